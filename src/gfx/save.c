// SPDX-License-Identifier: MIT
//
// The saved form, little-endian:
//
//   u16 x 57,600      the front picture
//   u16               clear colour
//   (u8 u16) x 2      fades: level, colour
//   u8                slot of the bound scene, 255 when none is bound
//   i32 i32           camera x, y, each -2^30..2^30
//   u32               sprites, then for each i32 x, y; u16 glyph; u8 palette,
//                     layer, bank, priority; u8 flips (bit 0 x, bit 1 y)
//   u32               commands, then for each u8 kind; u16 colour; i32 a, b,
//                     and c, d for the kinds that use them
//   u32               bytes of text, then these
//
// The offset of a text is not written: texts lie end to end in the order of
// their commands. The work is counted anew.

#include <string.h>

#include "gfx/gfx_internal.h"

static void save_sprite(const struct pm_gfx_sprite *sprite, struct pm_buf *out)
{
    pm_buf_put32(out, (uint32_t)sprite->x);
    pm_buf_put32(out, (uint32_t)sprite->y);
    pm_buf_put16(out, sprite->glyph);
    pm_buf_put8(out, sprite->palette);
    pm_buf_put8(out, sprite->layer);
    pm_buf_put8(out, sprite->bank);
    pm_buf_put8(out, sprite->priority);
    pm_buf_put8(out, (uint8_t)(sprite->flip_x | sprite->flip_y << 1));
}

static bool has_c(uint8_t kind)
{
    return kind != PM_GFX_PIXEL && kind != PM_GFX_TEXT;
}

static bool has_d(uint8_t kind)
{
    return kind == PM_GFX_LINE || kind == PM_GFX_RECT ||
           kind == PM_GFX_FILL_RECT || kind == PM_GFX_TEXT;
}

static void save_command(const struct pm_gfx_command *command,
                         struct pm_buf *out)
{
    pm_buf_put8(out, command->kind);
    pm_buf_put16(out, command->color);
    pm_buf_put32(out, (uint32_t)command->a);
    pm_buf_put32(out, (uint32_t)command->b);
    if (has_c(command->kind))
        pm_buf_put32(out, (uint32_t)command->c);
    if (has_d(command->kind))
        pm_buf_put32(out, (uint32_t)command->d);
}

// Makes the room first: a state is saved every few frames for rewinding, and
// this is most of it.
static void save_picture(const uint16_t *picture, struct pm_buf *out)
{
    size_t start = out->size;

    pm_buf_put(out, NULL, PM_PICTURE_PIXELS * 2);
    if (!out->failed)
        pm_store16s(out->data + start, picture, PM_PICTURE_PIXELS);
}

void pm_gfx_save(const struct pm_gfx *gfx, struct pm_buf *out)
{
    save_picture(gfx->front, out);
    pm_buf_put16(out, gfx->clear_color);
    for (int i = 0; i < PM_GFX_FADES; i++) {
        pm_buf_put8(out, gfx->fades[i].level);
        pm_buf_put16(out, gfx->fades[i].color);
    }
    pm_buf_put8(out, gfx->scene_slot);
    pm_buf_put32(out, (uint32_t)gfx->camera_x);
    pm_buf_put32(out, (uint32_t)gfx->camera_y);
    pm_buf_put32(out, gfx->sprite_count);
    for (uint32_t i = 0; i < gfx->sprite_count; i++)
        save_sprite(&gfx->sprites[i], out);
    pm_buf_put32(out, gfx->command_count);
    for (uint32_t i = 0; i < gfx->command_count; i++)
        save_command(&gfx->commands[i], out);
    pm_buf_put32(out, gfx->text_size);
    pm_buf_put(out, gfx->text, gfx->text_size);
}

// --- loading -----------------------------------------------------------------

// Everything is read twice by the same code: first with [into] NULL, to see
// that it is whole and keeps the rules, then into the state.

static bool load_sprite(struct pm_cursor *from, struct pm_gfx_sprite *sprite)
{
    sprite->x = (int32_t)pm_cursor_u32(from);
    sprite->y = (int32_t)pm_cursor_u32(from);
    sprite->glyph = pm_cursor_u16(from);
    sprite->palette = pm_cursor_u8(from);
    sprite->layer = pm_cursor_u8(from);
    sprite->bank = pm_cursor_u8(from);
    sprite->priority = pm_cursor_u8(from);
    uint8_t flips = pm_cursor_u8(from);
    sprite->flip_x = flips & 1;
    sprite->flip_y = flips >> 1 & 1;
    return flips <= 3 && sprite->palette <= PM_GFX_PALETTE_MAX &&
           sprite->layer <= PM_GFX_LAYER_MAX &&
           sprite->bank <= PM_GFX_BANK_MAX &&
           pm_gfx_coord(sprite->x) == sprite->x &&
           pm_gfx_coord(sprite->y) == sprite->y;
}

static bool load_command(struct pm_cursor *from, struct pm_gfx_command *c,
                         uint32_t *text_size)
{
    c->kind = pm_cursor_u8(from);
    c->color = pm_cursor_u16(from);
    c->a = (int32_t)pm_cursor_u32(from);
    c->b = (int32_t)pm_cursor_u32(from);
    if (c->kind >= PM_GFX_COMMAND_KINDS)
        return false;
    c->c = has_c(c->kind) ? (int32_t)pm_cursor_u32(from) : 0;
    c->d = has_d(c->kind) ? (int32_t)pm_cursor_u32(from) : 0;
    if (c->kind == PM_GFX_TEXT) {
        if (c->d < 0 || (uint32_t)c->d > PM_GFX_TEXT_BYTES - *text_size)
            return false;
        c->c = (int32_t)*text_size;
        *text_size += (uint32_t)c->d;
    }
    return pm_gfx_coord(c->a) == c->a && pm_gfx_coord(c->b) == c->b &&
           pm_gfx_coord(c->c) == c->c && pm_gfx_coord(c->d) == c->d;
}

static bool load_settings(struct pm_cursor *from, struct pm_gfx *into)
{
    uint16_t clear_color = pm_cursor_u16(from);
    struct pm_gfx_fade fades[PM_GFX_FADES];

    for (int i = 0; i < PM_GFX_FADES; i++) {
        fades[i].level = pm_cursor_u8(from);
        fades[i].color = pm_cursor_u16(from);
        if (fades[i].level > PM_GFX_FADE_MAX)
            return false;
    }
    if (into) {
        into->clear_color = clear_color;
        memcpy(into->fades, fades, sizeof fades);
    }
    return true;
}

// The slot need not be full: it may have been emptied after the binding.
static bool load_scene(struct pm_cursor *from, struct pm_gfx *into)
{
    uint8_t slot = pm_cursor_u8(from);
    int32_t x = (int32_t)pm_cursor_u32(from);
    int32_t y = (int32_t)pm_cursor_u32(from);

    if ((slot > PM_GFX_BANK_MAX && slot != PM_GFX_NO_SCENE) ||
        pm_gfx_coord(x) != x || pm_gfx_coord(y) != y)
        return false;
    if (into) {
        into->scene_slot = slot;
        into->camera_x = x;
        into->camera_y = y;
    }
    return true;
}

static bool load_sprites(struct pm_cursor *from, struct pm_gfx *into)
{
    uint32_t count = pm_cursor_u32(from);

    if (from->failed || count > PM_GFX_SPRITES)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct pm_gfx_sprite sprite = {0};
        if (!load_sprite(from, &sprite))
            return false;
        if (into)
            into->sprites[i] = sprite;
    }
    if (into)
        into->sprite_count = count;
    return true;
}

static bool load_commands(struct pm_cursor *from, struct pm_gfx *into)
{
    uint32_t count = pm_cursor_u32(from);
    uint32_t text_size = 0;

    if (from->failed || count > PM_GFX_COMMANDS)
        return false;
    if (into)
        into->work = 0;
    for (uint32_t i = 0; i < count && !from->failed; i++) {
        struct pm_gfx_command command = {0};
        if (!load_command(from, &command, &text_size))
            return false;
        if (into) {
            into->commands[i] = command;
            into->work += pm_raster_work(&command);
        }
    }
    if (pm_cursor_u32(from) != text_size)
        return false;
    const uint8_t *text = pm_cursor_take(from, text_size);
    if (into && text_size > 0)
        memcpy(into->text, text, text_size);
    if (into) {
        into->command_count = count;
        into->text_size = text_size;
    }
    return true;
}

static bool load_all(struct pm_cursor *from, struct pm_gfx *into)
{
    const uint8_t *picture = pm_cursor_take(from, PM_PICTURE_PIXELS * 2);

    if (into && picture)
        pm_load16s(into->front, picture, PM_PICTURE_PIXELS);
    return load_settings(from, into) && load_scene(from, into) &&
           load_sprites(from, into) && load_commands(from, into) &&
           !from->failed;
}

pm_status pm_gfx_load(struct pm_gfx *gfx, struct pm_cursor *from)
{
    struct pm_cursor trial = *from;

    if (!load_all(&trial, NULL))
        return PM_ERR_INVALID;
    load_all(from, gfx);
    return PM_OK;
}
