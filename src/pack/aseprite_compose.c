// SPDX-License-Identifier: MIT
//
// A frame of an .aseprite file as it is seen: the background, then all other
// shown cels from the lowest up, z-index and all. In RGBA; an indexed file's
// indices are kept beside it for as long as they say the same.

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "pack/aseprite.h"
#include "pack/blend.h"

// --- order -------------------------------------------------------------------

static int z_of(const struct pm_ase *f, uint32_t layer)
{
    return f->layers[layer].kind == PM_ASE_GROUP ? 0 : f->now[layer].z;
}

// A cel of z-index n is shown n layers later.
static bool is_above(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_ase *f = context;
    int za = z_of(f, a);
    int zb = z_of(f, b);
    int place_a = (int)a + za;
    int place_b = (int)b + zb;

    if (f->layers[a].is_background != f->layers[b].is_background)
        return f->layers[b].is_background;
    if (place_a != place_b)
        return place_a > place_b;
    return za != zb ? za > zb : a > b;
}

// Lists what is to be drawn of [group] (all that is there, where groups are
// not laid over each other by themselves), the lowest first.
static uint32_t collect(struct pm_ase *f, uint32_t group, uint32_t *order)
{
    uint32_t count = 0;
    uint32_t at = group == PM_ASE_NONE ? 0 : group + 1;

    for (; at < f->layer_count; at++) {
        const struct pm_ase_layer *layer = &f->layers[at];
        if (group != PM_ASE_NONE && layer->level <= f->layers[group].level)
            break;
        if (!layer->is_shown || (f->has_groups && layer->parent != group))
            continue;
        if (layer->kind == PM_ASE_GROUP ? f->has_groups : f->now[at].is_there)
            order[count++] = at;
    }
    pm_sort(order, count, is_above, f);
    return count;
}

// --- cels --------------------------------------------------------------------

// Part of the canvas.
struct area {
    int x;
    int y;
    int right;
    int bottom;
};

static struct area area_of(const struct pm_ase *f, const struct pm_ase_cel *cel)
{
    int64_t right = (int64_t)cel->x + cel->width;
    int64_t bottom = (int64_t)cel->y + cel->height;
    return (struct area){
        .x = cel->x > 0 ? cel->x : 0,
        .y = cel->y > 0 ? cel->y : 0,
        .right = right < f->width ? (int)right : (int)f->width,
        .bottom = bottom < f->height ? (int)bottom : (int)f->height,
    };
}

// Linked cels cost nothing in the file; what they cost here has a limit.
static bool count_drawn(struct pm_ase *f, uint64_t pixels)
{
    f->drawn += pixels;
    if (f->drawn <= PM_ASE_MAX_DRAWN)
        return true;
    pm_pack_ase_fault(f,
                      "the cels of all frames draw more than %" PRIu64
                      " pixels: cut the file into several",
                      PM_ASE_MAX_DRAWN);
    return false;
}

// The pixel's colour; false when it is transparent by its index.
static bool colour_of(struct pm_ase *f, const struct pm_ase_layer *layer,
                      const uint8_t *at, uint8_t *rgba)
{
    if (f->depth == 4) {
        memcpy(rgba, at, 4);
    } else if (f->depth == 2) {
        rgba[0] = rgba[1] = rgba[2] = at[0];
        rgba[3] = at[1];
    } else {
        if (*at == f->transparent && !layer->is_background)
            return false;
        if (*at >= f->colours) {
            f->beyond++;
            return false;
        }
        memcpy(rgba, f->palette[*at], 4);
    }
    return true;
}

static void draw_pixel(struct pm_ase *f, const struct pm_ase_layer *layer,
                       const uint8_t *from, int opacity, uint8_t *to,
                       uint8_t *index)
{
    uint8_t rgba[4];

    if (!colour_of(f, layer, from, rgba))
        return;
    if (f->depth == 1) {
        f->is_exact &= rgba[3] == 255;
        *index = *from;
    }
    pm_pack_blend((enum pm_pack_blend_mode)layer->blend, to, rgba, opacity);
}

static void draw_cel(struct pm_ase *f, const struct pm_ase_cel *cel,
                     uint8_t *canvas)
{
    const struct pm_ase_layer *layer = &f->layers[cel->layer];
    struct area area = area_of(f, cel);
    int opacity = pm_pack_mul255(cel->opacity, layer->opacity);

    if (!cel->pixels || area.x >= area.right || area.y >= area.bottom)
        return;
    f->layer = cel->layer;
    if (!count_drawn(f, (uint64_t)(area.right - area.x) *
                            (uint64_t)(area.bottom - area.y)))
        return;
    f->is_exact &= opacity == 255 && layer->blend == PM_BLEND_NORMAL;
    for (int y = area.y; y < area.bottom; y++)
        for (int x = area.x; x < area.right; x++) {
            size_t at = (size_t)y * f->width + (size_t)x;
            size_t from =
                (size_t)(y - cel->y) * cel->width + (size_t)(x - cel->x);
            draw_pixel(f, layer, cel->pixels + from * f->depth, opacity,
                       canvas + at * 4,
                       f->depth == 1 ? f->indices[f->frame] + at : NULL);
        }
}

// --- groups ------------------------------------------------------------------

static void draw_group(struct pm_ase *f, uint32_t group, int level,
                       uint8_t *canvas, uint32_t *order);

// Composes a group on a canvas of its own, and lays that over [canvas].
static void draw_alone(struct pm_ase *f, uint32_t group, int level,
                       uint8_t *canvas, uint32_t *order)
{
    const struct pm_ase_layer *layer = &f->layers[group];
    size_t pixels = (size_t)f->width * f->height;

    f->layer = group;
    if (!count_drawn(f, pixels))
        return;
    if (!f->canvases[level])
        f->canvases[level] = pm_mem_alloc(f->file->alloc, pixels * 4);
    uint8_t *own = f->canvases[level];
    if (!own) {
        f->out_of_memory = true;
        return;
    }
    memset(own, 0, pixels * 4);
    draw_group(f, group, level, own, order);
    f->is_exact &= layer->opacity == 255 && layer->blend == PM_BLEND_NORMAL;
    for (size_t i = 0; i < pixels; i++)
        pm_pack_blend((enum pm_pack_blend_mode)layer->blend, canvas + i * 4,
                      own + i * 4, layer->opacity);
}

// As deep as groups are, which PM_ASE_MAX_LEVELS bounds. [order] has room for
// all layers of the group and of those in it: each is in one group only.
static void draw_group(struct pm_ase *f, uint32_t group, int level,
                       uint8_t *canvas, uint32_t *order)
{
    uint32_t count = collect(f, group, order);

    for (uint32_t i = 0; i < count && !pm_pack_ase_failed(f); i++) {
        if (f->layers[order[i]].kind == PM_ASE_GROUP)
            draw_alone(f, order[i], level + 1, canvas, order + count);
        else
            draw_cel(f, &f->now[order[i]], canvas);
    }
}

// --- frames ------------------------------------------------------------------

// Under a shown background, an indexed file has the colour of the transparent
// index.
static void fill(struct pm_ase *f, uint8_t *canvas)
{
    size_t pixels = (size_t)f->width * f->height;

    if (f->depth != 1)
        return;
    memset(f->indices[f->frame], f->transparent, pixels);
    if (f->transparent >= f->colours)
        return;
    for (uint32_t i = 0; i < f->layer_count; i++) {
        if (!f->layers[i].is_background || !f->layers[i].is_shown)
            continue;
        for (size_t k = 0; k < pixels; k++)
            memcpy(canvas + k * 4, f->palette[f->transparent], 4);
        return;
    }
}

static bool get_pixels(struct pm_ase *f)
{
    struct pm_pack_image *image = &f->out->frames[f->frame];
    size_t pixels = (size_t)f->width * f->height;

    image->width = f->width;
    image->height = f->height;
    image->bytes = pixels * 4;
    image->pixels = pm_mem_zalloc(f->file->alloc, image->bytes);
    if (f->depth == 1)
        f->indices[f->frame] = pm_mem_alloc(f->file->alloc, pixels);
    f->out_of_memory =
        !image->pixels || (f->depth == 1 && !f->indices[f->frame]);
    return !f->out_of_memory;
}

void pm_pack_ase_compose(struct pm_ase *f)
{
    f->chunk_name = "drawing";
    f->layer = PM_ASE_NONE;
    if (f->depth == 1 && f->colours == 0) {
        pm_pack_ase_fault(f, "pixels are indices, but there is no palette");
        return;
    }
    if (!get_pixels(f))
        return;
    uint8_t *canvas = f->out->frames[f->frame].pixels;
    fill(f, canvas);
    draw_group(f, PM_ASE_NONE, 0, canvas, f->order);
}
