// SPDX-License-Identifier: MIT
#include "gfx/gfx.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "gfx/gfx_internal.h"

#define PICTURE_BYTES  (PM_PICTURE_PIXELS * sizeof(uint16_t))
#define COMMANDS_BYTES (PM_GFX_COMMANDS * sizeof(struct pm_gfx_command))

pm_status pm_gfx_init(struct pm_gfx *gfx, const struct pm_allocator *alloc)
{
    *gfx = (struct pm_gfx){.alloc = *alloc, .scene_slot = PM_GFX_NO_SCENE};
    gfx->front = pm_mem_zalloc(alloc, PICTURE_BYTES);
    gfx->back = pm_mem_zalloc(alloc, PICTURE_BYTES);
    gfx->commands = pm_mem_zalloc(alloc, COMMANDS_BYTES);
    gfx->text = pm_mem_alloc(alloc, PM_GFX_TEXT_BYTES);
    if (gfx->front && gfx->back && gfx->commands && gfx->text)
        return PM_OK;
    pm_gfx_free(gfx);
    return PM_ERR_NO_MEMORY;
}

void pm_gfx_free(struct pm_gfx *gfx)
{
    pm_mem_free(&gfx->alloc, gfx->front, PICTURE_BYTES);
    pm_mem_free(&gfx->alloc, gfx->back, PICTURE_BYTES);
    pm_mem_free(&gfx->alloc, gfx->commands, COMMANDS_BYTES);
    pm_mem_free(&gfx->alloc, gfx->text, PM_GFX_TEXT_BYTES);
    *gfx = (struct pm_gfx){.alloc = gfx->alloc};
}

void pm_gfx_clear(struct pm_gfx *gfx, uint16_t color)
{
    gfx->clear_color = color;
}

void pm_gfx_set_fade(struct pm_gfx *gfx, enum pm_gfx_fade_kind kind,
                     unsigned level, uint16_t color)
{
    PM_CHECK((unsigned)kind < PM_GFX_FADES && level <= PM_GFX_FADE_MAX);
    gfx->fades[kind] = (struct pm_gfx_fade){(uint8_t)level, color};
}

pm_gfx_status pm_gfx_bind_scene(struct pm_gfx *gfx, const struct pm_bank *bank,
                                unsigned slot)
{
    PM_CHECK(slot <= PM_GFX_BANK_MAX);
    if (!pm_bank_scene(bank, slot))
        return PM_GFX_SCENE_UNAVAILABLE;
    gfx->scene_slot = (uint8_t)slot;
    return PM_GFX_OK;
}

void pm_gfx_unbind_scene(struct pm_gfx *gfx)
{
    gfx->scene_slot = PM_GFX_NO_SCENE;
}

void pm_gfx_set_camera(struct pm_gfx *gfx, int64_t x, int64_t y)
{
    gfx->camera_x = pm_gfx_coord(x);
    gfx->camera_y = pm_gfx_coord(y);
}

// --- recording ---------------------------------------------------------------

static pm_gfx_status record(struct pm_gfx *gfx, struct pm_gfx_command command)
{
    if (gfx->command_count == PM_GFX_COMMANDS)
        return PM_GFX_DRAW_OVERFLOW;
    gfx->commands[gfx->command_count++] = command;
    gfx->work += pm_raster_work(&command);
    return PM_GFX_OK;
}

pm_gfx_status pm_gfx_pixel(struct pm_gfx *gfx, int64_t x, int64_t y,
                           uint16_t color)
{
    return record(gfx, (struct pm_gfx_command){.kind = PM_GFX_PIXEL,
                                               .color = color,
                                               .a = pm_gfx_coord(x),
                                               .b = pm_gfx_coord(y)});
}

pm_gfx_status pm_gfx_line(struct pm_gfx *gfx, int64_t x0, int64_t y0,
                          int64_t x1, int64_t y1, uint16_t color)
{
    return record(gfx, (struct pm_gfx_command){.kind = PM_GFX_LINE,
                                               .color = color,
                                               .a = pm_gfx_coord(x0),
                                               .b = pm_gfx_coord(y0),
                                               .c = pm_gfx_coord(x1),
                                               .d = pm_gfx_coord(y1)});
}

// The end of [length] pixels from [at]. Taken from the numbers as they came,
// so that a rectangle far larger than the picture keeps its edges.
static int32_t end_of(int64_t at, int64_t length)
{
    if (length <= 0)
        return pm_gfx_coord(at);
    return pm_gfx_coord(at > INT64_MAX - length ? INT64_MAX : at + length);
}

static pm_gfx_status record_rect(struct pm_gfx *gfx,
                                 enum pm_gfx_command_kind kind, int64_t x,
                                 int64_t y, int64_t width, int64_t height,
                                 uint16_t color)
{
    return record(gfx, (struct pm_gfx_command){.kind = (uint8_t)kind,
                                               .color = color,
                                               .a = pm_gfx_coord(x),
                                               .b = pm_gfx_coord(y),
                                               .c = end_of(x, width),
                                               .d = end_of(y, height)});
}

pm_gfx_status pm_gfx_rect(struct pm_gfx *gfx, int64_t x, int64_t y,
                          int64_t width, int64_t height, uint16_t color)
{
    return record_rect(gfx, PM_GFX_RECT, x, y, width, height, color);
}

pm_gfx_status pm_gfx_fill_rect(struct pm_gfx *gfx, int64_t x, int64_t y,
                               int64_t width, int64_t height, uint16_t color)
{
    return record_rect(gfx, PM_GFX_FILL_RECT, x, y, width, height, color);
}

static pm_gfx_status record_circle(struct pm_gfx *gfx,
                                   enum pm_gfx_command_kind kind, int64_t x,
                                   int64_t y, int64_t radius, uint16_t color)
{
    return record(gfx, (struct pm_gfx_command){.kind = (uint8_t)kind,
                                               .color = color,
                                               .a = pm_gfx_coord(x),
                                               .b = pm_gfx_coord(y),
                                               .c = pm_gfx_coord(radius)});
}

pm_gfx_status pm_gfx_circle(struct pm_gfx *gfx, int64_t x, int64_t y,
                            int64_t radius, uint16_t color)
{
    return record_circle(gfx, PM_GFX_CIRCLE, x, y, radius, color);
}

pm_gfx_status pm_gfx_disc(struct pm_gfx *gfx, int64_t x, int64_t y,
                          int64_t radius, uint16_t color)
{
    return record_circle(gfx, PM_GFX_DISC, x, y, radius, color);
}

pm_gfx_status pm_gfx_text(struct pm_gfx *gfx, int64_t x, int64_t y,
                          uint16_t color, const void *text, size_t size)
{
    if (size > PM_GFX_TEXT_BYTES - gfx->text_size)
        return PM_GFX_DRAW_OVERFLOW;
    pm_gfx_status status =
        record(gfx, (struct pm_gfx_command){.kind = PM_GFX_TEXT,
                                            .color = color,
                                            .a = pm_gfx_coord(x),
                                            .b = pm_gfx_coord(y),
                                            .c = (int32_t)gfx->text_size,
                                            .d = (int32_t)size});
    if (status == PM_GFX_OK && size > 0) {
        memcpy(gfx->text + gfx->text_size, text, size);
        gfx->text_size += (uint32_t)size;
    }
    return status;
}

// --- sprites -----------------------------------------------------------------

static bool is_within(int64_t value, int64_t max)
{
    return value >= 0 && value <= max;
}

bool pm_gfx_make_sprite(struct pm_gfx_sprite *out, int64_t glyph,
                        int64_t palette, int64_t x, int64_t y, int64_t layer,
                        int64_t bank, bool flip_x, bool flip_y,
                        int64_t priority)
{
    if (!is_within(glyph, PM_GFX_GLYPH_MAX) ||
        !is_within(palette, PM_GFX_PALETTE_MAX) ||
        !is_within(layer, PM_GFX_LAYER_MAX) ||
        !is_within(bank, PM_GFX_BANK_MAX) ||
        !is_within(priority, PM_GFX_PRIORITY_MAX))
        return false;
    *out = (struct pm_gfx_sprite){
        .x = pm_gfx_coord(x),
        .y = pm_gfx_coord(y),
        .glyph = (uint16_t)glyph,
        .palette = (uint8_t)palette,
        .layer = (uint8_t)layer,
        .bank = (uint8_t)bank,
        .priority = (uint8_t)priority,
        .flip_x = flip_x,
        .flip_y = flip_y,
    };
    return true;
}

bool pm_gfx_glyph_exists(const struct pm_bank *bank,
                         const struct pm_gfx_sprite *sprite)
{
    const struct pm_glyph_sheet *sheet = pm_bank_glyph(bank, sprite->bank);
    return !sheet || sprite->glyph < sheet->count;
}

pm_gfx_status pm_gfx_emit_sprite(struct pm_gfx *gfx, const struct pm_bank *bank,
                                 const struct pm_gfx_sprite *sprite)
{
    PM_CHECK(sprite->palette <= PM_GFX_PALETTE_MAX &&
             sprite->layer <= PM_GFX_LAYER_MAX &&
             sprite->bank <= PM_GFX_BANK_MAX);
    PM_CHECK(pm_gfx_coord(sprite->x) == sprite->x &&
             pm_gfx_coord(sprite->y) == sprite->y);
    if (!pm_bank_glyph(bank, sprite->bank))
        return PM_GFX_BANK_EMPTY;
    if (gfx->sprite_count == PM_GFX_SPRITES)
        return PM_GFX_SPRITE_OVERFLOW;
    gfx->sprites[gfx->sprite_count++] = *sprite;
    return PM_GFX_OK;
}

// --- the end of the frame ----------------------------------------------------

// The bound scene, or NULL.
static const struct pm_scene *scene_of(const struct pm_gfx *gfx,
                                       const struct pm_bank *bank)
{
    return gfx->scene_slot == PM_GFX_NO_SCENE
               ? NULL
               : pm_bank_scene(bank, gfx->scene_slot);
}

static void draw_layers(uint16_t *target, const struct pm_gfx *gfx,
                        const struct pm_bank *bank)
{
    const struct pm_scene *scene = scene_of(gfx, bank);
    struct pm_sprite_order order;

    pm_sprites_sort(&order, gfx->sprites, gfx->sprite_count);
    for (unsigned i = 0; i <= PM_GFX_LAYER_MAX; i++) {
        if (scene)
            pm_scene_layer_draw(target, bank, &scene->layers[i], gfx->camera_x,
                                gfx->camera_y);
        pm_sprites_draw(target, bank, gfx->sprites, &order, i);
    }
}

void pm_gfx_forget_frame(struct pm_gfx *gfx)
{
    gfx->sprite_count = 0;
    gfx->command_count = 0;
    gfx->text_size = 0;
    gfx->work = 0;
}

void pm_gfx_present(struct pm_gfx *gfx, const struct pm_bank *bank)
{
    uint16_t *target = gfx->back;

    pm_raster_fill(target, PM_PICTURE_PIXELS, gfx->clear_color);
    draw_layers(target, gfx, bank);
    pm_fades_apply(target, gfx->fades);
    for (uint32_t i = 0; i < gfx->command_count; i++)
        pm_raster_command(target, &gfx->commands[i], gfx->text);
    gfx->back = gfx->front;
    gfx->front = target;
    pm_gfx_forget_frame(gfx);
}
