// SPDX-License-Identifier: MIT
//
// Scenes: the stored form is used as it is, by layers that point into it.
#include <string.h>

#include "bank/bank_internal.h"
#include "base/bits.h"

#define HEAD  8
#define LAYER 20

static bool is_head(const uint8_t *b)
{
    bool is_tile = b[2] == 8 || b[2] == 16 || b[2] == 32;

    return b[0] <= 1 && b[1] < PM_BANK_SLOTS && (is_tile || !b[0]) && !b[3];
}

static bool are_cells(const uint8_t *cells, uint64_t count)
{
    uint32_t bits = 0;

    for (uint64_t i = 0; i < count; i++)
        bits |= pm_load32(cells + 4 * i);
    return !(bits & PM_CELL_UNUSED);
}

// Whether a layer stands at [*at], and moves behind it.
static bool is_layer(const uint8_t *bytes, size_t size, size_t *at)
{
    if (size - *at < LAYER || !is_head(bytes + *at))
        return false;
    const uint8_t *head = bytes + *at;
    uint64_t cells = (uint64_t)pm_load32(head + 12) * pm_load32(head + 16);
    *at += LAYER;
    if (cells > (size - *at) / 4 || !are_cells(head + LAYER, cells))
        return false;
    *at += (size_t)cells * 4;
    return true;
}

bool pm_scene_is_valid(const uint8_t *bytes, size_t size)
{
    size_t at = HEAD;

    if (size < HEAD || memcmp(bytes, "SCN1\1\0\4\0", HEAD) != 0)
        return false;
    for (int layer = 0; layer < PM_SCENE_LAYERS; layer++)
        if (!is_layer(bytes, size, &at))
            return false;
    return at == size;
}

void pm_scene_make(struct pm_scene *scene, const uint8_t *bytes)
{
    const uint8_t *head = bytes + HEAD;

    for (int i = 0; i < PM_SCENE_LAYERS; i++) {
        struct pm_scene_layer *layer = &scene->layers[i];
        *layer = (struct pm_scene_layer){
            .is_active = head[0],
            .glyph_bank = head[1],
            .tile_size = head[2],
            .parallax_x = (int32_t)pm_load32(head + 4),
            .parallax_y = (int32_t)pm_load32(head + 8),
            .width = pm_load32(head + 12),
            .height = pm_load32(head + 16),
            .cells = head + LAYER,
        };
        head += LAYER + (size_t)layer->width * layer->height * 4;
    }
}
