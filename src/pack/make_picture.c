// SPDX-License-Identifier: MIT
//
// Pictures become a GLYPH: one as it is, or one or many cut into tiles that
// are kept once.

#include <string.h>

#include "base/mem.h"
#include "pack/project.h"

#define USUAL_TILE 16
// Of a picture that is cut up; as of a tileset's.
#define MOST_SIDE 4096

static pm_status keep_whole(struct pm_pack_maker *m)
{
    struct pm_pack_bytes bytes;
    struct pm_pack_file file;
    struct pm_pack_glyph glyph;
    pm_status status = pm_pack_open_file(m, 0, &bytes, &file);

    if (status)
        return status;
    status = pm_pack_png(file.name, file.bytes, file.size,
                         m->unit->settings.tile_size, &m->alloc, m->diags,
                         &m->report, &glyph);
    pm_pack_release(m->packer, &bytes);
    if (status)
        return status;
    status = pm_pack_add_glyph(m, "", &glyph, 1);
    pm_buf_free(&glyph.bytes);
    return status;
}

// --- cutting -----------------------------------------------------------------

// Copies one tile, which may hang over the picture's edges, as RGBA.
static void copy_tile(const struct pm_pack_image *image, uint32_t left,
                      uint32_t top, uint32_t size, uint8_t *out)
{
    memset(out, 0, (size_t)size * size * 4);
    for (uint32_t y = 0; y < size && top + y < image->height; y++)
        for (uint32_t x = 0; x < size && left + x < image->width; x++) {
            size_t at = (size_t)(top + y) * image->width + left + x;
            uint8_t *to = out + ((size_t)y * size + x) * 4;
            if (!image->is_indexed) {
                memcpy(to, image->pixels + at * 4, 4);
                continue;
            }
            uint8_t index = image->pixels[at];
            memcpy(to, image->palette[index], 3);
            to[3] = index < image->colours ? image->alpha[index] : 0;
        }
}

pm_status pm_pack_cut(struct pm_pack_sheet *sheet, uint32_t size,
                      const struct pm_pack_image *image)
{
    uint8_t tile[32 * 32 * 4];
    uint32_t number;

    for (uint32_t y = 0; y < image->height; y += size)
        for (uint32_t x = 0; x < image->width; x += size) {
            copy_tile(image, x, y, size, tile);
            pm_status status =
                pm_pack_sheet_add(sheet, tile, (size_t)size * 4, &number);
            if (status)
                return status;
        }
    return PM_OK;
}

void pm_pack_report_sheet(struct pm_pack_maker *m,
                          const struct pm_pack_sheet *sheet, const char *name,
                          const struct pm_pack_glyph *glyph)
{
    uint32_t added;
    uint32_t kept;
    uint32_t palettes;

    pm_pack_sheet_counts(sheet, &added, &kept, &palettes);
    pm_buf_put_escaped(&m->report, name, strlen(name));
    pm_buf_printf(&m->report,
                  ": sheet of %u x %u, %u tiles added, %u kept, %u palette%s\n",
                  glyph->width, glyph->height, added, kept, palettes,
                  palettes == 1 ? "" : "s");
}

static pm_status cut_file(struct pm_pack_maker *m, struct pm_pack_sheet *sheet,
                          uint32_t size, uint32_t index)
{
    const char *name =
        pm_pack_input_at(m->packer, pm_pack_files_of(m->unit)[index])->name;
    struct pm_place place = {.file = name};
    struct pm_pack_bytes bytes;
    struct pm_pack_file file;
    struct pm_pack_image image;

    if (!pm_pack_makes(name, PM_BANK_GLYPH)) {
        pm_diags_warning(m->diags, &place, "PACK-UNUSED",
                         "the folder is a sheet, and this is no picture");
        return PM_OK;
    }
    pm_status status = pm_pack_open_file(m, index, &bytes, &file);
    if (status)
        return status;
    status = pm_pack_decode_png_of(file.name, file.bytes, file.size, MOST_SIDE,
                                   &m->alloc, m->diags, &image);
    pm_pack_release(m->packer, &bytes);
    if (status)
        return status;
    if (image.width % size || image.height % size)
        pm_diags_error(m->diags, &place, "PACK-PNG-SIZE",
                       "the picture has %u x %u pixels; both sides must be "
                       "multiples of the tile size %u: extend the canvas",
                       image.width, image.height, size);
    else
        status = pm_pack_cut(sheet, size, &image);
    pm_mem_free(&m->alloc, image.pixels, image.bytes);
    return status;
}

static pm_status cut_all(struct pm_pack_maker *m, struct pm_pack_sheet *sheet,
                         uint32_t size, const struct pm_pack_file *file)
{
    struct pm_pack_glyph glyph;
    uint32_t added;
    uint32_t kept;
    uint32_t palettes;

    for (uint32_t i = 0; i < m->unit->file_count; i++) {
        pm_status status = cut_file(m, sheet, size, i);
        // All faults of all pictures are told.
        if (status && status != PM_ERR_INVALID)
            return status;
    }
    if (m->diags->errors)
        return PM_ERR_INVALID;
    pm_status status = pm_pack_sheet_finish(sheet, file, &glyph);
    if (status)
        return status;
    pm_pack_report_sheet(m, sheet, m->unit->name, &glyph);
    pm_pack_sheet_counts(sheet, &added, &kept, &palettes);
    status = pm_pack_add_glyph(m, "", &glyph, (int)palettes);
    pm_buf_free(&glyph.bytes);
    return status;
}

pm_status pm_pack_make_picture(struct pm_pack_maker *m)
{
    struct pm_pack_sheet *sheet;
    struct pm_pack_file file = {.name = m->unit->name,
                                .alloc = &m->alloc,
                                .diags = m->diags,
                                .report = &m->report};
    uint32_t size = m->unit->settings.tile_size
                        ? (uint32_t)m->unit->settings.tile_size
                        : USUAL_TILE;

    if (!m->unit->folder && !m->unit->settings.extracts)
        return keep_whole(m);
    pm_status status = pm_pack_sheet_create(&m->alloc, size, &sheet);
    if (status)
        return status;
    status = cut_all(m, sheet, size, &file);
    pm_pack_sheet_free(sheet);
    return status;
}
