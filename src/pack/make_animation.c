// SPDX-License-Identifier: MIT
//
// An Aseprite file becomes a sheet of the tiles of all frames, and a BLOB that
// says which tiles make up each frame, how long it stands, and which frames
// are which animation (docs/spec/assets.md, "Animations").

#include <string.h>

#include "pack/project.h"

#define TAG_NAME 64

static uint32_t pick_tile(const struct pm_pack_maker *m,
                          const struct pm_pack_animation *animation)
{
    if (m->unit->settings.tile_size)
        return (uint32_t)m->unit->settings.tile_size;
    return animation->width % 16 || animation->height % 16 ? 8 : 16;
}

static void put_cell(struct pm_buf *out, struct pm_pack_cell cell)
{
    pm_buf_put32(out, pm_pack_cell_bits(&cell));
}

static void put_tag(struct pm_buf *out, const struct pm_pack_tag *tag)
{
    size_t size = strnlen(tag->name, TAG_NAME - 1);

    pm_buf_put32(out, tag->from);
    pm_buf_put32(out, tag->to);
    pm_buf_put32(out, tag->direction);
    pm_buf_put32(out, tag->repeat);
    pm_buf_put(out, tag->name, size);
    pm_buf_put(out, NULL, TAG_NAME - size);
}

static void put_animation(struct pm_buf *out,
                          const struct pm_pack_animation *animation,
                          const struct pm_pack_sheet *sheet, uint32_t tile)
{
    uint32_t columns = (animation->width + tile - 1) / tile;
    uint32_t rows = (animation->height + tile - 1) / tile;

    pm_buf_puts(out, "ANM1");
    pm_buf_put32(out, tile);
    pm_buf_put32(out, columns);
    pm_buf_put32(out, rows);
    pm_buf_put32(out, animation->frame_count);
    pm_buf_put32(out, animation->tag_count);
    pm_buf_put32(out, animation->width);
    pm_buf_put32(out, animation->height);
    for (uint32_t i = 0; i < animation->frame_count; i++)
        pm_buf_put32(out, animation->durations[i]);
    // Tiles were added row by row, frame by frame.
    for (uint32_t i = 0; i < animation->frame_count * columns * rows; i++)
        put_cell(out, pm_pack_sheet_cell(sheet, i));
    for (uint32_t i = 0; i < animation->tag_count; i++)
        put_tag(out, &animation->tags[i]);
}

static pm_status add_parts(struct pm_pack_maker *m,
                           const struct pm_pack_animation *animation,
                           const struct pm_pack_sheet *sheet, uint32_t tile,
                           const struct pm_pack_glyph *glyph)
{
    struct pm_pack_part part = {.suffix = ".anim", .bank = PM_BANK_BLOB};
    struct pm_buf text;
    uint32_t added;
    uint32_t kept;
    uint32_t palettes;

    pm_pack_sheet_counts(sheet, &added, &kept, &palettes);
    pm_status status = pm_pack_add_glyph(m, "", glyph, (int)palettes);
    if (status)
        return status;
    pm_buf_init(&text, &m->alloc);
    put_animation(&text, animation, sheet, tile);
    status = pm_buf_status(&text);
    part.bytes = text.data;
    part.size = text.size;
    if (!status)
        status = pm_pack_add_part(m, &part);
    pm_buf_free(&text);
    return status;
}

static pm_status make_sheet(struct pm_pack_maker *m,
                            const struct pm_pack_file *file,
                            const struct pm_pack_animation *animation,
                            struct pm_pack_sheet *sheet, uint32_t tile)
{
    struct pm_pack_glyph glyph;

    for (uint32_t i = 0; i < animation->frame_count; i++) {
        pm_status status = pm_pack_cut(sheet, tile, &animation->frames[i]);
        if (status)
            return status;
    }
    pm_status status = pm_pack_sheet_finish(sheet, file, &glyph);
    if (status)
        return status;
    pm_pack_report_sheet(m, sheet, file->name, &glyph);
    status = add_parts(m, animation, sheet, tile, &glyph);
    pm_buf_free(&glyph.bytes);
    return status;
}

pm_status pm_pack_make_animation(struct pm_pack_maker *m)
{
    struct pm_pack_animation animation;
    struct pm_pack_sheet *sheet;
    struct pm_pack_bytes bytes;
    struct pm_pack_file file;
    pm_status status = pm_pack_open_file(m, 0, &bytes, &file);

    if (status)
        return status;
    status = pm_pack_decode_aseprite(&file, &animation);
    if (!status) {
        uint32_t tile = pick_tile(m, &animation);
        status = pm_pack_sheet_create(&m->alloc, tile, &sheet);
        if (!status) {
            status = make_sheet(m, &file, &animation, sheet, tile);
            pm_pack_sheet_free(sheet);
        }
        pm_pack_animation_free(&m->alloc, &animation);
    }
    pm_pack_release(m->packer, &bytes);
    return status;
}
