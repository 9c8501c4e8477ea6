// SPDX-License-Identifier: MIT
//
// The linker over hostile bytes: a module file, or (when the bytes are none)
// the code of a function in a module that has all kinds of things to name.
// The first byte is then the function's stack depth.
#include <string.h>

#include "asm/asm.h"
#include "base/check.h"
#include "link/link.h"
#include "support/shared_program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char host_module[] = PM_TEST_TYPES
    ".host gfx clear 1 (i64)\n"
    ".func main ()\n"
    "    ret\n"
    ".end\n"
    ".func target (n: i64, r: any) closure self (c: i64, p: Point)\n"
    "    .local x: i64, s: string, p: Point, a: Ints, f: Thunk\n"
    "    push_i64 1\n"
    "    hostcall gfx.clear\n"
    "    push_const \"a\"\n"
    "    pop\n"
    "    ret\n"
    ".end\n" PM_TEST_FUNCTIONS;

static void link_module(struct pm_module *module, struct pm_diags *diags)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_image *image = NULL;
    struct pm_link_config config = {.registry = &registry,
                                    .capabilities = UINT32_MAX};

    pm_registry_init(&registry, &alloc);
    pm_status status = pm_link(module, &config, &alloc, diags, &image);
    PM_CHECK((status == PM_OK) == (image != NULL));
    PM_CHECK((status == PM_OK) == (diags->errors == 0));
    pm_image_free(image);
}

static void link_code(const uint8_t *data, size_t size, struct pm_diags *diags)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_module module;
    struct pm_buf bytes;
    struct pm_function functions[8];

    if (size < 2 || size > PM_FUNCTION_MAX_CODE)
        return;
    pm_buf_init(&bytes, &alloc);
    PM_CHECK(pm_assemble(host_module, sizeof host_module - 1, NULL, NULL,
                         &alloc, diags, &bytes) == PM_OK);
    PM_CHECK(pm_module_read(bytes.data, bytes.size, NULL, &alloc, diags,
                            &module) == PM_OK);
    PM_CHECK(module.function_count <= PM_ARRAY_LEN(functions));
    memcpy(functions, module.functions,
           module.function_count * sizeof *functions);
    functions[1].code = data + 1;
    functions[1].code_size = (uint32_t)size - 1;
    functions[1].max_stack = data[0];
    module.functions = functions;
    link_module(&module, diags);
    pm_module_free(&module);
    pm_buf_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_module module;

    pm_diags_init(&diags, &alloc);
    if (pm_module_read(data, size, NULL, &alloc, &diags, &module) == PM_OK) {
        link_module(&module, &diags);
        pm_module_free(&module);
    } else {
        pm_diags_free(&diags);
        link_code(data, size, &diags);
    }
    pm_diags_free(&diags);
    return 0;
}
