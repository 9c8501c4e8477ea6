// SPDX-License-Identifier: MIT
#include <string.h>

#include "gfx/gfx_internal.h"

#define PRIORITIES (PM_GFX_PRIORITY_MAX + 1)
#define KEYS       ((PM_GFX_LAYER_MAX + 1) * PRIORITIES)

static uint32_t key_of(const struct pm_gfx_sprite *sprite)
{
    return (uint32_t)sprite->layer * PRIORITIES + sprite->priority;
}

// A counting sort: stable, and its cost does not depend on the order.
void pm_sprites_sort(struct pm_sprite_order *order,
                     const struct pm_gfx_sprite *sprites, uint32_t count)
{
    uint16_t starts[KEYS + 1];

    memset(starts, 0, sizeof starts);
    for (uint32_t i = 0; i < count; i++)
        starts[key_of(&sprites[i]) + 1]++;
    for (uint32_t i = 0; i < KEYS; i++)
        starts[i + 1] += starts[i];
    for (uint32_t i = 0; i <= PM_GFX_LAYER_MAX + 1; i++)
        order->starts[i] = starts[i * PRIORITIES];
    for (uint32_t i = 0; i < count; i++)
        order->places[starts[key_of(&sprites[i])]++] = (uint16_t)i;
}

void pm_sprites_draw(uint16_t *target, const struct pm_bank *bank,
                     const struct pm_gfx_sprite *sprites,
                     const struct pm_sprite_order *order, unsigned layer)
{
    for (uint32_t i = order->starts[layer]; i < order->starts[layer + 1]; i++) {
        const struct pm_gfx_sprite *sprite = &sprites[order->places[i]];
        const struct pm_glyph_sheet *sheet = pm_bank_glyph(bank, sprite->bank);
        struct pm_tile tile = {
            .x = sprite->x,
            .y = sprite->y,
            .glyph = sprite->glyph,
            .palette = sprite->palette,
            .flip_x = sprite->flip_x,
            .flip_y = sprite->flip_y,
        };
        if (sheet)
            pm_tile_draw(target, sheet, &tile);
    }
}
