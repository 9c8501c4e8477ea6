// SPDX-License-Identifier: MIT
//
// Any bytes are refused as a saved state of picture or input, or are taken
// and written back the same, and what they hold is drawn within the picture.
// The picture of the saved state is left out of the inputs: all of it is
// black here, so that inputs stay small. Each slot has a scene and a sheet, so
// that whatever is bound is drawn.

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/check.h"
#include "base/mem.h"
#include "gfx/gfx.h"
#include "input/input.h"

#define PICTURE_BYTES (PM_PICTURE_PIXELS * 2)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct pm_buf *saved, const uint8_t *from,
                       size_t size)
{
    PM_CHECK(saved->size == size && memcmp(saved->data, from, size) == 0);
}

#define SIDE 40 // cells of a layer, each way

static void put_sheet(struct pm_bank *bank)
{
    static uint8_t stored[16 * 16 / 2 + PM_GLYPH_PALETTES_BYTES];
    struct pm_glyph_form form = {8, 16, 16};

    memset(stored, 0x5a, sizeof stored);
    PM_CHECK(pm_bank_install_glyph(bank, 0, 1, &form, stored, sizeof stored) ==
             PM_OK);
}

static uint8_t *put_layer(uint8_t *at, uint32_t parallax)
{
    at[0] = 1;
    at[1] = at[3] = 0;
    at[2] = 8;
    pm_store32(at + 4, parallax);
    pm_store32(at + 8, parallax);
    pm_store32(at + 12, SIDE);
    pm_store32(at + 16, SIDE);
    at += 20;
    for (uint32_t i = 0; i < SIDE * SIDE; i++, at += 4)
        pm_store32(at, i % 5 | (i & 255) << 16 | 1 << 24);
    return at;
}

static void put_scene(struct pm_bank *bank, const struct pm_allocator *alloc)
{
    static const uint32_t parallax[] = {65536, 1, 0xffff0000, 0x80000000};
    struct pm_bank_content content = {.type = PM_BANK_SCENE, .asset_id = 2};
    struct pm_resident *resident;

    content.size = 8 + PM_SCENE_LAYERS * (20 + SIDE * SIDE * 4);
    content.bytes = pm_mem_alloc(alloc, content.size);
    PM_CHECK(content.bytes);
    memcpy(content.bytes, "SCN1\1\0\4\0", 8);
    uint8_t *at = content.bytes + 8;
    for (int i = 0; i < PM_SCENE_LAYERS; i++)
        at = put_layer(at, parallax[i]);
    PM_CHECK(pm_bank_examine(&content) == PM_OK);
    PM_CHECK(pm_bank_prepare(bank, &content, &resident) == PM_OK);
    PM_CHECK(pm_bank_put(bank, 0, resident) == PM_OK);
    for (unsigned slot = 1; slot < PM_BANK_SLOTS; slot++)
        PM_CHECK(pm_bank_share(bank, PM_BANK_SCENE, 0, slot) == PM_OK);
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
    put_sheet(bank);
    put_scene(bank, &alloc);
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
