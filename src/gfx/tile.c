// SPDX-License-Identifier: MIT
//
// Tiles of sheets: what sprites and scenes are drawn with. A tile that lies
// in the picture whole, as nearly all do, is drawn eight pixels at a time;
// one that is cut at an edge pixel by pixel.

#include <string.h>

#include "gfx/gfx_internal.h"

#define GROUP 8

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

// The rows of a tile that are in the picture, and what they are drawn from.
struct rows {
    int32_t count;
    int32_t step;        // from one row to the next in the sheet
    const uint8_t *from; // the first one's left end
    uint16_t *to;        // the first one's left end in the picture
    const uint16_t *palette;
};

// A select and not a branch: which pixels are transparent cannot be
// foreseen, and the row is short.
static inline void draw_pixels(uint16_t *to, const uint8_t *from, int32_t count,
                               int32_t step, const uint16_t *palette)
{
    for (int32_t i = 0; i < count; i++, from += step) {
        uint16_t color = palette[*from];
        uint16_t under = to[i];
        to[i] = *from ? color : under;
    }
}

#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 9)

typedef uint16_t group_pixels __attribute__((vector_size(2 * GROUP)));
typedef uint8_t group_indices __attribute__((vector_size(GROUP)));

// All pixels of a group at once, which takes a third less time than one by
// one. [order] is the group's indices in the order of the picture.
static inline void draw_together(uint16_t *to, uint64_t order,
                                 group_pixels colors)
{
    group_indices indices;
    group_pixels under;

    memcpy(&indices, &order, sizeof indices);
    memcpy(&under, to, sizeof under);
    group_pixels seen =
        (group_pixels)(__builtin_convertvector(indices, group_pixels) != 0);
    colors = (colors & seen) | (under & ~seen);
    memcpy(to, &colors, sizeof colors);
}

static inline void draw_straight(uint16_t *to, const uint8_t *from,
                                 uint64_t indices, const uint16_t *palette)
{
    draw_together(to, indices,
                  (group_pixels){palette[from[0]], palette[from[1]],
                                 palette[from[2]], palette[from[3]],
                                 palette[from[4]], palette[from[5]],
                                 palette[from[6]], palette[from[7]]});
}

static inline void draw_mirrored(uint16_t *to, const uint8_t *from,
                                 uint64_t indices, const uint16_t *palette)
{
    draw_together(to, __builtin_bswap64(indices),
                  (group_pixels){palette[from[7]], palette[from[6]],
                                 palette[from[5]], palette[from[4]],
                                 palette[from[3]], palette[from[2]],
                                 palette[from[1]], palette[from[0]]});
}

#else

static inline void draw_straight(uint16_t *to, const uint8_t *from,
                                 uint64_t indices, const uint16_t *palette)
{
    (void)indices;
    draw_pixels(to, from, GROUP, 1, palette);
}

static inline void draw_mirrored(uint16_t *to, const uint8_t *from,
                                 uint64_t indices, const uint16_t *palette)
{
    (void)indices;
    draw_pixels(to, from + GROUP - 1, GROUP, -1, palette);
}

#endif

// Pixels that are transparent together are passed over.
static inline void draw_group(uint16_t *to, const uint8_t *from, bool flip,
                              const uint16_t *palette)
{
    uint64_t indices;

    memcpy(&indices, from, sizeof indices);
    if (indices == 0)
        return;
    if (flip)
        draw_mirrored(to, from, indices, palette);
    else
        draw_straight(to, from, indices, palette);
}

static void draw_whole(struct rows rows, int32_t size)
{
    for (; rows.count > 0; rows.count--) {
        for (int32_t i = 0; i < size; i += GROUP)
            draw_group(rows.to + i, rows.from + i, false, rows.palette);
        rows.from += rows.step;
        rows.to += PM_PICTURE_WIDTH;
    }
}

static void draw_whole_flipped(struct rows rows, int32_t size)
{
    for (; rows.count > 0; rows.count--) {
        for (int32_t i = 0; i < size; i += GROUP)
            draw_group(rows.to + i, rows.from + size - GROUP - i, true,
                       rows.palette);
        rows.from += rows.step;
        rows.to += PM_PICTURE_WIDTH;
    }
}

static void draw_cut(struct rows rows, const struct cut *x)
{
    for (; rows.count > 0; rows.count--) {
        draw_pixels(rows.to, rows.from + x->from, x->count, x->step,
                    rows.palette);
        rows.from += rows.step;
        rows.to += PM_PICTURE_WIDTH;
    }
}

void pm_tile_draw(uint16_t *target, const struct pm_glyph_sheet *sheet,
                  const struct pm_tile *tile)
{
    int32_t size = (int32_t)sheet->form.tile_size;
    int32_t width = (int32_t)sheet->form.width;
    struct cut x = cut_make(tile->x, size, PM_PICTURE_WIDTH, tile->flip_x);
    struct cut y = cut_make(tile->y, size, PM_PICTURE_HEIGHT, tile->flip_y);

    if (tile->glyph >= sheet->count || x.count <= 0 || y.count <= 0)
        return;
    int32_t column = (int32_t)(tile->glyph % sheet->columns) * size;
    int32_t row = (int32_t)(tile->glyph / sheet->columns) * size;
    struct rows rows = {
        .count = y.count,
        .step = y.step * width,
        .from = sheet->pixels + (row + y.from) * width + column,
        .to = target + y.at * PM_PICTURE_WIDTH + x.at,
        .palette = sheet->palettes + tile->palette * PM_GLYPH_COLORS,
    };
    if (x.count < size)
        draw_cut(rows, &x);
    else if (tile->flip_x)
        draw_whole_flipped(rows, size);
    else
        draw_whole(rows, size);
}
