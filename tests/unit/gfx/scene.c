// SPDX-License-Identifier: MIT
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/hash.h"
#include "support/test.h"

void scene_open(struct scene *scene)
{
    *scene = (struct scene){0};
    struct pm_allocator alloc = pm_fault_alloc(&scene->state);
    struct pm_bank_config config = {.alloc = alloc};
    CHECK(pm_gfx_init(&scene->gfx, &alloc) == PM_OK);
    CHECK(pm_bank_create(&config, &scene->bank) == PM_OK);
}

void scene_close(struct scene *scene)
{
    pm_gfx_free(&scene->gfx);
    pm_bank_destroy(scene->bank);
    CHECK_INT(scene->state.live_blocks, 0);
}

void scene_sheet(struct scene *scene, unsigned slot, unsigned tile_size,
                 unsigned (*pattern)(unsigned i))
{
    struct pm_glyph_form form = {tile_size, 2 * tile_size, 2 * tile_size};
    size_t size = pm_glyph_stored_size(&form);
    size_t half = size - PM_GLYPH_PALETTES_BYTES;
    uint8_t *stored = malloc(size);

    for (unsigned i = 0; i < half; i++)
        stored[i] = (uint8_t)(pattern(2 * i) << 4 | pattern(2 * i + 1));
    for (unsigned i = 0; i < PM_GLYPH_PALETTES * PM_GLYPH_COLORS; i++)
        pm_store16(stored + half + 2 * i, (uint16_t)(i + 1));
    CHECK(pm_bank_install_glyph(scene->bank, slot, (int32_t)slot, &form, stored,
                                size) == PM_OK);
    free(stored);
}

void scene_present(struct scene *scene)
{
    pm_gfx_present(&scene->gfx, scene->bank);
}

bool scene_is(const struct scene *scene, int x, int y, const char *const rows[])
{
    bool same = true;
    for (int j = 0; rows[j]; j++)
        for (int i = 0; rows[j][i]; i++) {
            const uint16_t *row =
                scene->gfx.front + (y + j) * PM_PICTURE_WIDTH + x;
            same = same && (row[i] != 0) == (rows[j][i] != '.');
        }
    for (int j = 0; !same && rows[j]; j++) {
        for (int i = 0; rows[j][i]; i++)
            fputc(scene->gfx.front[(y + j) * PM_PICTURE_WIDTH + x + i] ? '#'
                                                                       : '.',
                  stderr);
        fprintf(stderr, "   wanted %s\n", rows[j]);
    }
    return same;
}

uint64_t scene_hash(const struct scene *scene)
{
    static uint8_t bytes[PM_PICTURE_PIXELS * 2];
    for (size_t i = 0; i < PM_PICTURE_PIXELS; i++)
        pm_store16(bytes + 2 * i, scene->gfx.front[i]);
    return pm_hash64(bytes, sizeof bytes);
}

uint64_t scene_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1du;
}
