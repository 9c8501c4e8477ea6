// SPDX-License-Identifier: MIT
//
// The library in PBS: all of it compiles, also what no program uses yet.
#include <stdio.h>
#include <string.h>

#include <prometeu/compile.h>

#include "lang/library.h"
#include "support/test.h"

// A program that imports each module of the library once. Files come by
// module.
static size_t import_all(char *text, size_t room)
{
    const char *last = "@std/prelude";
    size_t size = 0;

    for (size_t i = 0; i < pm_library_count; i++) {
        const char *module = pm_library_files[i].module;
        if (strcmp(module, last) == 0 || strcmp(module, "@std/prelude") == 0)
            continue;
        size += (size_t)snprintf(text + size, room - size,
                                 "import m%zu from \"%s\"\n", i, module);
        last = module;
    }
    size += (size_t)snprintf(text + size, room - size,
                             "[Frame] fn frame() -> void { }\n");
    return size;
}

static void show(const struct pm_compile_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        printf("%s:%u:%u: %s: %s\n", result->diags[i].place.file,
               result->diags[i].place.line, result->diags[i].place.column,
               result->diags[i].code, result->diags[i].text);
}

TEST(library, all_of_it_compiles_without_a_message)
{
    static char text[8192];
    size_t size = import_all(text, sizeof text);
    struct pm_compile_options options = {.check_library = true};
    struct pm_compiler *compiler;
    const struct pm_compile_result *result;

    REQUIRE(pm_library_count > 20);
    REQUIRE(pm_compiler_create(NULL, &compiler) == PM_OK);
    REQUIRE(pm_compiler_set_file(compiler, "src/main.pbs", text, size) ==
            PM_OK);
    CHECK(pm_compiler_build(compiler, &options, &result) == PM_OK);
    CHECK(result->count == 0);
    CHECK(result->module != NULL);
    show(result);
    pm_compiler_destroy(compiler);
}

// What a program does not use is not in its module.
TEST(library, a_program_pays_only_for_what_it_uses)
{
    static const char source[] = "[Frame] fn frame() -> void { }\n";
    struct pm_compiler *compiler;
    const struct pm_compile_result *result;

    REQUIRE(pm_compiler_create(NULL, &compiler) == PM_OK);
    REQUIRE(pm_compiler_set_file(compiler, "src/main.pbs", source,
                                 sizeof source - 1) == PM_OK);
    CHECK(pm_compiler_build(compiler, NULL, &result) == PM_OK);
    CHECK(result->module_size < 1024);
    pm_compiler_destroy(compiler);
}

// Each source is in the layout that "prometeu fmt" gives.
TEST(library, all_of_it_is_in_the_one_layout)
{
    struct pm_compiler *compiler;

    REQUIRE(pm_compiler_create(NULL, &compiler) == PM_OK);
    for (size_t i = 0; i < pm_library_count; i++) {
        const struct pm_library_file *file = &pm_library_files[i];
        const char *out = NULL;
        size_t size = 0;
        REQUIRE(pm_compiler_set_file(compiler, "x.pbs", file->text,
                                     file->size) == PM_OK);
        CHECK(pm_compiler_format(compiler, "x.pbs", &out, &size, NULL) ==
              PM_OK);
        if (size != file->size || memcmp(out, file->text, size) != 0)
            printf("%s is laid out otherwise\n", file->name);
        CHECK(size == file->size && memcmp(out, file->text, size) == 0);
    }
    pm_compiler_destroy(compiler);
}
