// SPDX-License-Identifier: MIT
#include "support/fuzz_compile.h"

#include <stdlib.h>
#include <string.h>

#include <prometeu/compile.h>

#include "base/check.h"
#include "link/link.h"
#include "registry/registry.h"

// What a program may ask for that the console does not have.
static bool is_of_the_host(const char *code)
{
    return strncmp(code, "LINK-HOST", 9) == 0 ||
           strcmp(code, "LINK-DOMAIN") == 0;
}

static void check_module(const uint8_t *bytes, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_module module;
    struct pm_registry registry;
    struct pm_image *image = NULL;

    pm_diags_init(&diags, &alloc);
    pm_registry_init(&registry, &alloc);
    PM_CHECK(pm_module_read(bytes, size, "m", &alloc, &diags, &module) ==
             PM_OK);
    struct pm_link_config config = {
        .registry = &registry, .capabilities = UINT32_MAX, .file = "m"};
    if (pm_link(&module, &config, &alloc, &diags, &image)) {
        for (size_t i = 0; i < diags.count; i++) {
            if (is_of_the_host(diags.items[i].code))
                continue;
            fprintf(stderr, "%s: %s\n", diags.items[i].code,
                    diags.items[i].text);
            PM_CHECK(!"the linker refuses what the compiler made");
        }
        pm_module_free(&module);
    } else {
        pm_image_free(image);
    }
    pm_registry_free(&registry);
    pm_diags_free(&diags);
}

void pm_fuzz_compile(const char *text, size_t size)
{
    static struct pm_compiler *compiler; // keeps the library that it has read
    const struct pm_compile_result *result;

    if (!compiler)
        PM_CHECK(pm_compiler_create(NULL, &compiler) == PM_OK);
    PM_CHECK(pm_compiler_set_file(compiler, "src/main.pbs", text, size) ==
             PM_OK);
    for (int plain = 0; plain < 2; plain++) {
        struct pm_compile_options options = {.no_optimise = plain};
        pm_status status = pm_compiler_build(compiler, &options, &result);
        PM_CHECK(status == PM_OK || status == PM_ERR_INVALID);
        PM_CHECK((status == PM_OK) == (result->errors == 0));
        PM_CHECK((status == PM_OK) == (result->module != NULL));
        if (status == PM_OK)
            check_module(result->module, result->module_size);
    }
}
