// SPDX-License-Identifier: MIT
//
// Any bytes: what is read is written as the same bytes, and its text
// assembles to them.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "asm/asm.h"
#include "base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct pm_buf *buf, const uint8_t *data,
                       size_t size)
{
    PM_CHECK(buf->size == size && memcmp(buf->data, data, size) == 0);
}

static void check_module(const struct pm_module *module, const uint8_t *data,
                         size_t size, struct pm_diags *diags)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf bytes;
    struct pm_buf text;
    struct pm_buf again;

    pm_buf_init(&bytes, &alloc);
    pm_buf_init(&text, &alloc);
    pm_buf_init(&again, &alloc);
    PM_CHECK(pm_module_write(module, &bytes) == PM_OK);
    check_same(&bytes, data, size);
    PM_CHECK(pm_module_disassemble(module, NULL, &text) == PM_OK);
    PM_CHECK(pm_assemble((const char *)text.data, text.size, "x", NULL, &alloc,
                         diags, &again) == PM_OK);
    check_same(&again, data, size);
    pm_buf_free(&bytes);
    pm_buf_free(&text);
    pm_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_module module;

    pm_diags_init(&diags, &alloc);
    if (pm_module_read(data, size, "x", &alloc, &diags, &module) == PM_OK) {
        check_module(&module, data, size, &diags);
        pm_module_free(&module);
    } else {
        PM_CHECK(diags.errors > 0);
    }
    pm_diags_free(&diags);
    return 0;
}
