// SPDX-License-Identifier: MIT
//
// A decoded picture becomes the stored form of a GLYPH: indices of four bits,
// then 64 palettes of which the first is the picture's.

#include <string.h>

#include "base/mem.h"
#include "pack/pack_internal.h"

#define PALETTES 64

struct maker {
    const char *file;
    struct pm_diags *diags;
    struct pm_buf *report;
    struct pm_allocator alloc;
    struct pm_pack_image image;
    uint16_t palette[16];
};

static void put_name(struct maker *m)
{
    pm_buf_put_escaped(m->report, m->file, strlen(m->file));
}

static int pick_tile(const struct maker *m, int wanted)
{
    uint32_t w = m->image.width;
    uint32_t h = m->image.height;
    struct pm_place place = {.file = m->file};
    int tile = wanted ? wanted : (w % 16 || h % 16) ? 8 : 16;

    if (w % (uint32_t)tile == 0 && h % (uint32_t)tile == 0)
        return tile;
    pm_diags_error(m->diags, &place, "PACK-PNG-SIZE",
                   "the picture has %u x %u pixels; both sides must be "
                   "multiples of the tile size %d: extend the canvas",
                   w, h, tile);
    return 0;
}

// Indexed pictures stay as they are, if the machine has their indices.
static pm_status keep_indices(struct maker *m)
{
    const struct pm_pack_image *image = &m->image;
    struct pm_place place = {.file = m->file};

    for (size_t i = 0; i < image->bytes; i++) {
        if (image->pixels[i] < 16 && image->pixels[i] < image->colours)
            continue;
        pm_diags_error(m->diags, &place, "PACK-PNG-COLOURS",
                       "the pixel at %zu, %zu has palette index %u of %d "
                       "colours; a sheet has 16: reduce the palette to 16 "
                       "colours, or save the picture as true colour to have "
                       "it reduced",
                       i % image->width, i / image->width, image->pixels[i],
                       image->colours);
        return PM_ERR_INVALID;
    }
    for (int i = 0; i < 16 && i < image->colours; i++) {
        m->palette[i] = pm_pack_rgb565(image->palette[i]);
        if (i > 0 && image->alpha[i] < 128)
            pm_diags_warning(m->diags, &place, "PACK-PNG-ALPHA",
                             "palette index %d is transparent in the picture; "
                             "in the machine only index 0 is",
                             i);
    }
    put_name(m);
    pm_buf_printf(m->report, ": %u x %u, indexed, %d colours kept\n",
                  image->width, image->height,
                  image->colours < 16 ? image->colours : 16);
    return PM_OK;
}

static pm_status reduce_colours(struct maker *m)
{
    struct pm_pack_image *image = &m->image;
    struct pm_pack_colours colours;

    // Indices are written over the pixels they come from, always behind.
    pm_status status =
        pm_pack_quantise(image->pixels, (size_t)image->width * image->height,
                         image->pixels, &m->alloc, &colours);
    if (status)
        return status;
    memcpy(m->palette, colours.palette, sizeof m->palette);
    put_name(m);
    pm_buf_printf(m->report, ": %u x %u, true colour, ", image->width,
                  image->height);
    if (colours.found <= 15)
        pm_buf_printf(m->report, "%d colours kept\n", colours.found);
    else
        pm_buf_printf(m->report,
                      "%d colours reduced to %d, off by up to %d of 255\n",
                      colours.found, colours.used, colours.worst);
    return PM_OK;
}

static pm_status put_stored(const struct maker *m, struct pm_buf *out)
{
    size_t count = (size_t)m->image.width * m->image.height;

    for (size_t i = 0; i < count; i += 2)
        pm_buf_put8(
            out, (uint8_t)(m->image.pixels[i] << 4 | m->image.pixels[i + 1]));
    for (int i = 0; i < 16; i++)
        pm_buf_put16(out, m->palette[i]);
    pm_buf_put(out, NULL, (PALETTES - 1) * 16 * 2);
    return pm_buf_status(out);
}

static pm_status make(struct maker *m, int tile_size, struct pm_pack_glyph *out)
{
    int tile = pick_tile(m, tile_size);
    if (!tile)
        return PM_ERR_INVALID;
    pm_status status =
        m->image.is_indexed ? keep_indices(m) : reduce_colours(m);
    if (status)
        return status;
    out->width = (uint16_t)m->image.width;
    out->height = (uint16_t)m->image.height;
    out->tile_size = (uint8_t)tile;
    return put_stored(m, &out->bytes);
}

pm_status pm_pack_png(const char *file, const void *png, size_t size,
                      int tile_size, const struct pm_allocator *alloc,
                      struct pm_diags *diags, struct pm_buf *report,
                      struct pm_pack_glyph *out)
{
    struct maker m = {
        .file = file, .diags = diags, .report = report, .alloc = *alloc};

    pm_buf_init(&out->bytes, alloc);
    pm_status status =
        pm_pack_decode_png(file, png, size, alloc, diags, &m.image);
    if (status)
        return status;
    status = make(&m, tile_size, out);
    pm_mem_free(alloc, m.image.pixels, m.image.bytes);
    if (status)
        pm_buf_free(&out->bytes);
    return status;
}
