// SPDX-License-Identifier: MIT
//
// A map as the stored form of a SCENE (docs/spec/assets.md).

#include "pack/convert.h"

uint32_t pm_pack_cell_bits(const struct pm_pack_cell *cell)
{
    if (!cell->is_used)
        return 0;
    return (uint32_t)cell->glyph | (uint32_t)(cell->palette & 63) << 16 |
           (uint32_t)cell->flip_x << 22 | (uint32_t)cell->flip_y << 23 |
           (uint32_t)1 << 24;
}

static void put_layer(const struct pm_pack_map *map,
                      const struct pm_pack_scene_layer *layer,
                      const uint8_t *slots, struct pm_buf *out)
{
    size_t count = (size_t)layer->width * layer->height;
    bool is_active = layer->is_active;

    pm_buf_put8(out, is_active);
    pm_buf_put8(out, is_active ? slots[layer->sheet] : 0);
    pm_buf_put8(out, is_active ? map->sheets[layer->sheet].glyph.tile_size : 8);
    pm_buf_put8(out, 0);
    pm_buf_put32(out, (uint32_t)layer->parallax_x);
    pm_buf_put32(out, (uint32_t)layer->parallax_y);
    pm_buf_put32(out, layer->width);
    pm_buf_put32(out, layer->height);
    for (size_t i = 0; i < count; i++)
        pm_buf_put32(out, pm_pack_cell_bits(&layer->cells[i]));
}

pm_status pm_pack_scene_write(const struct pm_pack_map *map,
                              const uint8_t *slots, struct pm_buf *out)
{
    pm_buf_puts(out, "SCN1");
    pm_buf_put16(out, 1);
    pm_buf_put16(out, 4);
    for (int i = 0; i < 4; i++)
        put_layer(map, &map->layers[i], slots, out);
    return pm_buf_status(out);
}
