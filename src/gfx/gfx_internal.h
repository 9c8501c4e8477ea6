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

// Draws one tile of a sheet. A tile number outside the sheet draws nothing.
void pm_sprite_draw(uint16_t *target, const struct pm_glyph_sheet *sheet,
                    const struct pm_gfx_sprite *sprite);

// Draws up to PM_GFX_SPRITES sprites in the order of layer, priority and
// place in the array.
void pm_sprites_draw(uint16_t *target, const struct pm_bank *bank,
                     const struct pm_gfx_sprite *sprites, uint32_t count);

// Blends each pixel with the fades, one after the other.
void pm_fades_apply(uint16_t *target, const struct pm_gfx_fade *fades);

// The eight rows of a character, top first, bit 7 is the left pixel.
void pm_font_rows(uint32_t code, uint8_t rows[PM_FONT_SIZE]);

// Takes the next character of a text: its code, or PM_FONT_UNKNOWN for a
// byte that is not UTF-8. Moves *[at], which must be before [end].
#define PM_FONT_UNKNOWN UINT32_MAX
uint32_t pm_font_next(const uint8_t **at, const uint8_t *end);

#endif
