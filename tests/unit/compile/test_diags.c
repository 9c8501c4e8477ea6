// SPDX-License-Identifier: MIT
//
// The table of the compiler's messages says true things: each example gives
// its message.
#include <prometeu/compile.h>

#include <stdio.h>
#include <string.h>

#include "registry/caps.h"
#include "support/code_example.h"
#include "support/test.h"

static bool has_code(const struct pm_compile_result *result, const char *code)
{
    for (size_t i = 0; i < result->count; i++)
        if (strcmp(result->diags[i].code, code) == 0)
            return true;
    return false;
}

// As a program, or as a file that may have tests and needs no [Frame].
static bool gives_code(const struct pm_compile_code *code, bool with_tests)
{
    struct pm_compile_options options = {.with_tests = with_tests};
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;

    if (pm_compiler_create(NULL, &compiler))
        return false;
    bool found = CHECK(pm_example_set(compiler, code->example, &options));
    if (found) {
        pm_compiler_build(compiler, &options, &result);
        found = has_code(result, code->code);
    }
    pm_compiler_destroy(compiler);
    return found;
}

TEST(diags, each_example_gives_its_message)
{
    for (size_t i = 0; i < pm_compile_code_count(); i++) {
        struct pm_compile_code code = pm_compile_code_at(i);
        if (!CHECK(gives_code(&code, true) || gives_code(&code, false)))
            fprintf(stderr, "%s: %s\n", code.code, code.example);
    }
}

// The text of one file after an example was set.
static bool has_text(struct pm_compiler *compiler, const char *path,
                     const char *wanted)
{
    size_t size;
    const char *text = pm_compiler_text(compiler, path, &size);

    return text && size == strlen(wanted) && memcmp(text, wanted, size) == 0;
}

TEST(diags, examples_have_files_repeated_text_and_a_manifest)
{
    struct pm_compile_options options = {0};
    struct pm_compiler *compiler;

    if (!CHECK(pm_compiler_create(NULL, &compiler) == PM_OK))
        return;
    CHECK(
        pm_example_set(compiler,
                       "a << 1 <<3 times: b#>>\n// file: src/x/y.pbs\nc"
                       "// file: prometeu.json\n{\"capabilities\": [\"gfx\"]}",
                       &options));
    CHECK(has_text(compiler, "src/main.pbs", "a << 1 b0b1b2\n"));
    CHECK(has_text(compiler, "src/x/y.pbs", "\nc"));
    CHECK(options.has_capabilities);
    CHECK_INT(options.capabilities, PM_CAP_GFX);
    CHECK(!pm_example_set(compiler, "// file: prometeu.json\n{", &options));
    pm_compiler_destroy(compiler);
}

TEST(diags, codes_are_in_order_and_all_have_their_texts)
{
    const char *before = "PBS0000";

    for (size_t i = 0; i < pm_compile_code_count(); i++) {
        struct pm_compile_code code = pm_compile_code_at(i);
        CHECK_INT(strlen(code.code), 7);
        CHECK(strcmp(before, code.code) < 0);
        CHECK(*code.title && *code.explanation && *code.example);
        // A title is no sentence of its own.
        CHECK(code.title[strlen(code.title) - 1] != '.');
        before = code.code;
    }
}
