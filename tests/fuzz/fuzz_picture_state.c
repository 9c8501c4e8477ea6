// SPDX-License-Identifier: MIT
//
// Any bytes are refused as a saved state of picture or input, or are taken
// and written back the same, and what they hold is drawn within the picture.
// The picture of the saved state is left out of the inputs: all of it is
// black here, so that inputs stay small.

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "gfx/gfx.h"
#include "input/input.h"

#define PICTURE_BYTES (PM_PICTURE_PIXELS * 2)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct pm_buf *saved, const uint8_t *from,
                       size_t size)
{
    PM_CHECK(saved->size == size && memcmp(saved->data, from, size) == 0);
}

static void try_picture(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_bank_config config = {.alloc = alloc};
    static struct pm_gfx gfx;
    struct pm_bank *bank;
    struct pm_buf saved;
    uint8_t *whole = calloc(1, PICTURE_BYTES + size);

    PM_CHECK(whole && pm_bank_create(&config, &bank) == PM_OK);
    if (size > 0)
        memcpy(whole + PICTURE_BYTES, data, size);
    PM_CHECK(pm_gfx_init(&gfx, &alloc) == PM_OK);
    struct pm_cursor from = pm_cursor_make(whole, PICTURE_BYTES + size);
    if (pm_gfx_load(&gfx, &from) == PM_OK) {
        pm_buf_init(&saved, &alloc);
        pm_gfx_save(&gfx, &saved);
        check_same(&saved, whole, from.at);
        pm_buf_free(&saved);
        pm_gfx_present(&gfx, bank);
    }
    pm_gfx_free(&gfx);
    pm_bank_destroy(bank);
    free(whole);
}

static void try_input(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_input input = {0};
    struct pm_cursor from = pm_cursor_make(data, size);
    struct pm_buf saved;

    if (pm_input_load(&input, &from) != PM_OK)
        return;
    pm_buf_init(&saved, &alloc);
    pm_input_save(&input, &saved);
    check_same(&saved, data, from.at);
    pm_buf_free(&saved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_picture(data, size);
    try_input(data, size);
    return 0;
}
