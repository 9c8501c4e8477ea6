// SPDX-License-Identifier: MIT
//
// Any text: it is refused with a reason, or gives a module that can be read
// and whose text gives the same module.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "asm/asm.h"
#include "base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bytes(const struct pm_buf *bytes, struct pm_diags *diags)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_module module;
    struct pm_buf text;
    struct pm_buf again;

    pm_buf_init(&text, &alloc);
    pm_buf_init(&again, &alloc);
    PM_CHECK(pm_module_read(bytes->data, bytes->size, "x", &alloc, diags,
                            &module) == PM_OK);
    PM_CHECK(pm_module_disassemble(&module, NULL, &text) == PM_OK);
    PM_CHECK(pm_assemble((const char *)text.data, text.size, "x", NULL, &alloc,
                         diags, &again) == PM_OK);
    PM_CHECK(again.size == bytes->size &&
             memcmp(again.data, bytes->data, again.size) == 0);
    pm_module_free(&module);
    pm_buf_free(&text);
    pm_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf bytes;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&bytes, &alloc);
    if (pm_assemble((const char *)data, size, "f", NULL, &alloc, &diags,
                    &bytes) == PM_OK)
        check_bytes(&bytes, &diags);
    else
        PM_CHECK(diags.errors > 0);
    pm_buf_free(&bytes);
    pm_diags_free(&diags);
    return 0;
}
