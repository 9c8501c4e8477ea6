// SPDX-License-Identifier: MIT
//
// Layers of scenes. What of a layer is in view is found along each axis by
// itself, as a run of cells; these are read from the scene and drawn, so that
// the cost is that of the picture and not of the layer.

#include "gfx/gfx_internal.h"

// The cells of a layer that are in the picture, along one axis.
struct run {
    uint32_t first;
    uint32_t end; // the one behind the last; first: none
    int32_t at;   // where the first one begins in the picture
};

// The pixel of a layer that is at the picture's first: the camera's way times
// the layer's share of it, rounded down, so that it moves as evenly left of
// the world's origin as right of it.
static int64_t origin(int32_t camera, int32_t parallax)
{
    int64_t way = (int64_t)camera * parallax;
    int64_t whole = way / 65536;

    return way % 65536 < 0 ? whole - 1 : whole;
}

static struct run run_make(int64_t origin, uint32_t cells, int32_t size,
                           int32_t length)
{
    int64_t from = origin > 0 ? origin : 0;
    int64_t end = origin + length;

    if (end > (int64_t)cells * size)
        end = (int64_t)cells * size;
    if (from >= end)
        return (struct run){0};
    int64_t first = from / size;
    return (struct run){
        .first = (uint32_t)first,
        .end = (uint32_t)((end - 1) / size + 1),
        .at = (int32_t)(first * size - origin),
    };
}

static void draw_cell(uint16_t *target, const struct pm_glyph_sheet *sheet,
                      uint32_t cell, int32_t x, int32_t y)
{
    struct pm_tile tile = {
        .x = x,
        .y = y,
        .glyph = PM_CELL_GLYPH(cell),
        .palette = PM_CELL_PALETTE(cell),
        .flip_x = PM_CELL_FLIP_X(cell),
        .flip_y = PM_CELL_FLIP_Y(cell),
    };

    if (PM_CELL_IS_USED(cell))
        pm_tile_draw(target, sheet, &tile);
}

// The sheet that the layer's tiles come from, or NULL when it has none.
static const struct pm_glyph_sheet *sheet_of(const struct pm_bank *bank,
                                             const struct pm_scene_layer *layer)
{
    if (!layer->is_active)
        return NULL;
    const struct pm_glyph_sheet *sheet = pm_bank_glyph(bank, layer->glyph_bank);
    return sheet && sheet->form.tile_size == layer->tile_size ? sheet : NULL;
}

void pm_scene_layer_draw(uint16_t *target, const struct pm_bank *bank,
                         const struct pm_scene_layer *layer, int32_t camera_x,
                         int32_t camera_y)
{
    const struct pm_glyph_sheet *sheet = sheet_of(bank, layer);
    int32_t size = layer->tile_size;

    if (!sheet)
        return;
    struct run columns = run_make(origin(camera_x, layer->parallax_x),
                                  layer->width, size, PM_PICTURE_WIDTH);
    struct run rows = run_make(origin(camera_y, layer->parallax_y),
                               layer->height, size, PM_PICTURE_HEIGHT);
    int32_t y = rows.at;
    for (uint32_t row = rows.first; row < rows.end; row++, y += size) {
        int32_t x = columns.at;
        for (uint32_t column = columns.first; column < columns.end;
             column++, x += size)
            draw_cell(target, sheet, pm_scene_cell(layer, column, row), x, y);
    }
}
