// SPDX-License-Identifier: MIT
#include "layers.h"

#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/mem.h"
#include "support/test.h"

uint32_t layers_cell(unsigned glyph, unsigned palette, bool flip_x, bool flip_y)
{
    return glyph | palette << 16 | (uint32_t)flip_x << 22 |
           (uint32_t)flip_y << 23 | 1u << 24;
}

void layers_fill(struct layers *layers, unsigned index, unsigned bank,
                 unsigned tile_size, uint32_t width, uint32_t height)
{
    struct layer *layer = &layers->layer[index];

    layer->is_active = true;
    layer->bank = (uint8_t)bank;
    layer->tile_size = (uint8_t)tile_size;
    layer->parallax_x = layer->parallax_y = 65536;
    layer->width = width;
    layer->height = height;
    for (uint32_t i = 0; i < width * height; i++)
        layer->cells[i] = layers_cell(0, 0, false, false);
}

// --- into the bank -----------------------------------------------------------

static size_t stored_size(const struct layers *layers)
{
    size_t size = 8;
    for (int i = 0; i < PM_SCENE_LAYERS; i++)
        size +=
            20 + 4 * (size_t)layers->layer[i].width * layers->layer[i].height;
    return size;
}

static uint8_t *store_layer(const struct layer *layer, uint8_t *at)
{
    uint64_t cells = (uint64_t)layer->width * layer->height;

    at[0] = layer->is_active;
    at[1] = layer->bank;
    at[2] = layer->tile_size;
    at[3] = 0;
    pm_store32(at + 4, (uint32_t)layer->parallax_x);
    pm_store32(at + 8, (uint32_t)layer->parallax_y);
    pm_store32(at + 12, layer->width);
    pm_store32(at + 16, layer->height);
    for (uint64_t i = 0; i < cells; i++)
        pm_store32(at + 20 + 4 * i, layer->cells[i]);
    return at + 20 + 4 * cells;
}

void layers_put(struct scene *scene, unsigned slot, int32_t id,
                const struct layers *layers)
{
    struct pm_allocator alloc = pm_fault_alloc(&scene->state);
    struct pm_bank_content content = {
        .type = PM_BANK_SCENE, .asset_id = id, .size = stored_size(layers)};
    struct pm_resident *resident = NULL;

    content.bytes = pm_mem_alloc(&alloc, content.size);
    memcpy(content.bytes, "SCN1\1\0\4\0", 8);
    uint8_t *at = content.bytes + 8;
    for (int i = 0; i < PM_SCENE_LAYERS; i++)
        at = store_layer(&layers->layer[i], at);
    CHECK(pm_bank_examine(&content) == PM_OK);
    CHECK(pm_bank_prepare(scene->bank, &content, &resident) == PM_OK);
    CHECK(pm_bank_put(scene->bank, slot, resident) == PM_OK);
}

// --- the picture as it is defined --------------------------------------------

// Pixel tx, ty of a tile: its colour in [out], or false when there is none.
static bool tile_pixel(const struct pm_glyph_sheet *sheet, unsigned glyph,
                       unsigned palette, int tx, int ty, uint16_t *out)
{
    int size = (int)sheet->form.tile_size;
    int columns = (int)sheet->form.width / size;
    int rows = (int)sheet->form.height / size;

    if (glyph >= (unsigned)(columns * rows))
        return false;
    int px = (int)glyph % columns * size + tx;
    int py = (int)glyph / columns * size + ty;
    unsigned index = sheet->pixels[py * (int)sheet->form.width + px];
    if (index == 0)
        return false;
    *out = sheet->palettes[palette * 16 + index];
    return true;
}

static int64_t layer_place(int32_t camera, int32_t parallax)
{
    int64_t way = (int64_t)camera * parallax;
    int64_t above = ((way % 65536) + 65536) % 65536;

    return (way - above) / 65536;
}

static bool layer_pixel(const struct scene *scene, const struct layer *layer,
                        int x, int y, uint16_t *out)
{
    const struct pm_glyph_sheet *sheet =
        pm_bank_glyph(scene->bank, layer->bank);
    int size = layer->tile_size;

    if (!layer->is_active || !sheet || (int)sheet->form.tile_size != size)
        return false;
    int64_t lx = layer_place(scene->gfx.camera_x, layer->parallax_x) + x;
    int64_t ly = layer_place(scene->gfx.camera_y, layer->parallax_y) + y;
    if (lx < 0 || ly < 0 || lx >= (int64_t)layer->width * size ||
        ly >= (int64_t)layer->height * size)
        return false;
    uint32_t cell = layer->cells[ly / size * layer->width + lx / size];
    int tx = (int)(lx % size);
    int ty = (int)(ly % size);
    if (!(cell >> 24 & 1))
        return false;
    tx = cell >> 22 & 1 ? size - 1 - tx : tx;
    ty = cell >> 23 & 1 ? size - 1 - ty : ty;
    return tile_pixel(sheet, cell & 0xffff, cell >> 16 & 63, tx, ty, out);
}

static bool sprite_pixel(const struct scene *scene,
                         const struct pm_gfx_sprite *sprite, int x, int y,
                         uint16_t *out)
{
    const struct pm_glyph_sheet *sheet =
        pm_bank_glyph(scene->bank, sprite->bank);

    if (!sheet)
        return false;
    int size = (int)sheet->form.tile_size;
    int tx = x - sprite->x;
    int ty = y - sprite->y;
    if (tx < 0 || ty < 0 || tx >= size || ty >= size)
        return false;
    tx = sprite->flip_x ? size - 1 - tx : tx;
    ty = sprite->flip_y ? size - 1 - ty : ty;
    return tile_pixel(sheet, sprite->glyph, sprite->palette, tx, ty, out);
}

static uint16_t pixel(const struct scene *scene, const struct layers *layers,
                      int x, int y)
{
    uint16_t color = scene->gfx.clear_color;

    for (unsigned i = 0; i < PM_SCENE_LAYERS; i++) {
        int best = -1;
        if (layers)
            layer_pixel(scene, &layers->layer[i], x, y, &color);
        for (uint32_t k = 0; k < scene->gfx.sprite_count; k++) {
            const struct pm_gfx_sprite *sprite = &scene->gfx.sprites[k];
            if (sprite->layer == i && sprite->priority >= best &&
                sprite_pixel(scene, sprite, x, y, &color))
                best = sprite->priority;
        }
    }
    return color;
}

void layers_picture(const struct scene *scene, const struct layers *layers,
                    uint16_t *wanted)
{
    for (int y = 0; y < PM_PICTURE_HEIGHT; y++)
        for (int x = 0; x < PM_PICTURE_WIDTH; x++)
            wanted[y * PM_PICTURE_WIDTH + x] = pixel(scene, layers, x, y);
}

bool layers_match(const struct scene *scene, const uint16_t *wanted)
{
    for (int i = 0; i < PM_PICTURE_PIXELS; i++)
        if (scene->gfx.front[i] != wanted[i]) {
            fprintf(stderr, "pixel %d, %d is %04x, wanted %04x\n",
                    i % PM_PICTURE_WIDTH, i / PM_PICTURE_WIDTH,
                    scene->gfx.front[i], wanted[i]);
            return false;
        }
    return true;
}
