// SPDX-License-Identifier: MIT
//
// Shared by the files of gfx. Targets are PM_PICTURE_PIXELS pixels; whatever
// is drawn is clipped to them.

#ifndef PM_GFX_INTERNAL_H
#define PM_GFX_INTERNAL_H

#include "gfx/gfx.h"

// Draws a recorded primitive; [text] is where text commands have their bytes.
void pm_raster_command(uint16_t *target, const struct pm_gfx_command *command,
                       const uint8_t *text);

// Sets [count] pixels.
void pm_raster_fill(uint16_t *at, size_t count, uint16_t color);

// The pixels a command may touch, for pm_gfx's [work].
uint32_t pm_raster_work(const struct pm_gfx_command *command);

// A tile of a sheet, and where its upper left corner is in the picture.
struct pm_tile {
    int32_t x;
    int32_t y;
    uint32_t glyph;
    uint32_t palette; // 0..63
    bool flip_x;
    bool flip_y;
};

// Draws a tile. A number outside the sheet draws nothing.
void pm_tile_draw(uint16_t *target, const struct pm_glyph_sheet *sheet,
                  const struct pm_tile *tile);

// Draws what of a scene's layer is in view, if its slot has a sheet with
// tiles of the layer's size.
void pm_scene_layer_draw(uint16_t *target, const struct pm_bank *bank,
                         const struct pm_scene_layer *layer, int32_t camera_x,
                         int32_t camera_y);

// Places in an array of sprites, by layer, priority and place.
struct pm_sprite_order {
    uint16_t places[PM_GFX_SPRITES];
    // Layer i has places[starts[i]] to places[starts[i + 1] - 1].
    uint16_t starts[PM_GFX_LAYER_MAX + 2];
};

// Sorts up to PM_GFX_SPRITES sprites.
void pm_sprites_sort(struct pm_sprite_order *order,
                     const struct pm_gfx_sprite *sprites, uint32_t count);

// Draws the sprites of one layer in their order.
void pm_sprites_draw(uint16_t *target, const struct pm_bank *bank,
                     const struct pm_gfx_sprite *sprites,
                     const struct pm_sprite_order *order, unsigned layer);

// Blends each pixel with the fades, one after the other.
void pm_fades_apply(uint16_t *target, const struct pm_gfx_fade *fades);

// The eight rows of a character, top first, bit 7 is the left pixel.
void pm_font_rows(uint32_t code, uint8_t rows[PM_FONT_SIZE]);

// Takes the next character of a text: its code, or PM_FONT_UNKNOWN for a
// byte that is not UTF-8. Moves *[at], which must be before [end].
#define PM_FONT_UNKNOWN UINT32_MAX
uint32_t pm_font_next(const uint8_t **at, const uint8_t *end);

#endif
