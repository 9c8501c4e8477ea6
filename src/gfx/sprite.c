// SPDX-License-Identifier: MIT
#include <string.h>

#include "gfx/gfx_internal.h"

#define KEYS ((PM_GFX_LAYER_MAX + 1) * (PM_GFX_PRIORITY_MAX + 1))

// The part of a tile that is in the picture, along one axis.
struct cut {
    int32_t at;    // first pixel in the picture
    int32_t count; // pixels; 0 or less: none
    int32_t from;  // first pixel in the tile
    int32_t step;  // 1, or -1 when flipped
};

static struct cut cut_make(int32_t at, int32_t size, int32_t length, bool flip)
{
    int32_t hidden = at < 0 ? -at : 0;
    struct cut c = {.at = at + hidden, .count = size - hidden, .step = 1};
    if (c.count > length - c.at)
        c.count = length - c.at;
    c.from = hidden;
    if (flip) {
        c.from = size - 1 - hidden;
        c.step = -1;
    }
    return c;
}

// A select and not a branch: which pixels are transparent cannot be
// foreseen, and the row is short.
static void draw_row(uint16_t *to, const uint8_t *from, int32_t count,
                     int32_t step, const uint16_t *palette)
{
    for (int32_t i = 0; i < count; i++, from += step) {
        uint16_t color = palette[*from];
        uint16_t under = to[i];
        to[i] = *from ? color : under;
    }
}

void pm_sprite_draw(uint16_t *target, const struct pm_glyph_sheet *sheet,
                    const struct pm_gfx_sprite *sprite)
{
    int32_t size = (int32_t)sheet->form.tile_size;
    int32_t width = (int32_t)sheet->form.width;
    struct cut x = cut_make(sprite->x, size, PM_PICTURE_WIDTH, sprite->flip_x);
    struct cut y = cut_make(sprite->y, size, PM_PICTURE_HEIGHT, sprite->flip_y);

    if (sprite->glyph >= sheet->count || x.count <= 0 || y.count <= 0)
        return;
    int32_t column = (int32_t)(sprite->glyph % sheet->columns) * size;
    int32_t row = (int32_t)(sprite->glyph / sheet->columns) * size;
    const uint16_t *palette =
        sheet->palettes + sprite->palette * PM_GLYPH_COLORS;
    for (int32_t i = 0; i < y.count; i++) {
        const uint8_t *from = sheet->pixels +
                              (row + y.from + i * y.step) * width + column +
                              x.from;
        draw_row(target + (y.at + i) * PM_PICTURE_WIDTH + x.at, from, x.count,
                 x.step, palette);
    }
}

// A counting sort: stable, and its cost does not depend on the order.
static void sort(const struct pm_gfx_sprite *sprites, uint32_t count,
                 uint16_t order[PM_GFX_SPRITES])
{
    uint16_t starts[KEYS + 1];

    memset(starts, 0, sizeof starts);
    for (uint32_t i = 0; i < count; i++)
        starts[sprites[i].layer * 256 + sprites[i].priority + 1]++;
    for (uint32_t i = 0; i < KEYS; i++)
        starts[i + 1] += starts[i];
    for (uint32_t i = 0; i < count; i++)
        order[starts[sprites[i].layer * 256 + sprites[i].priority]++] =
            (uint16_t)i;
}

void pm_sprites_draw(uint16_t *target, const struct pm_bank *bank,
                     const struct pm_gfx_sprite *sprites, uint32_t count)
{
    uint16_t order[PM_GFX_SPRITES];

    sort(sprites, count, order);
    for (uint32_t i = 0; i < count; i++) {
        const struct pm_gfx_sprite *sprite = &sprites[order[i]];
        const struct pm_glyph_sheet *sheet = pm_bank_glyph(bank, sprite->bank);
        if (sheet)
            pm_sprite_draw(target, sheet, sprite);
    }
}
