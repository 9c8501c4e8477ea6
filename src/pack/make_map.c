// SPDX-License-Identifier: MIT
//
// A Tiled map becomes a SCENE, its sheets, and a BLOB of its objects. The
// scene's layers name their sheets by number until slots are given.

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "pack/project.h"

#define PALETTES 64

// What the converter asks for: each file is read once, however often it is
// named, and lives until the conversion has ended.
static pm_status find_other(void *context, const char *path,
                            const void **out_bytes, size_t *out_size)
{
    struct pm_pack_maker *m = context;
    uint32_t input = pm_pack_find_input(m->packer, path);

    if (input == PM_PACK_NONE) {
        pm_buf_put(&m->missing, path, strlen(path) + 1);
        return PM_ERR_NOT_FOUND;
    }
    struct pm_pack_bytes *bytes = &m->others[input];
    if (!bytes->data && pm_pack_input_at(m->packer, input)->size) {
        pm_status status = pm_pack_read_same(m->packer, input, m->diags, bytes);
        if (status)
            return status;
    }
    pm_buf_put32(&m->unit->used, input);
    *out_bytes = bytes->data;
    *out_size = bytes->size;
    return m->unit->used.failed ? PM_ERR_NO_MEMORY : PM_OK;
}

// How many palettes of a sheet have a colour.
static int count_palettes(const struct pm_pack_glyph *glyph)
{
    const uint8_t *palettes =
        glyph->bytes.data + glyph->bytes.size - PM_ASSET_PALETTE_SIZE;
    int count = PALETTES;

    while (count > 1) {
        const uint8_t *palette = palettes + (size_t)(count - 1) * 32;
        bool is_empty = true;
        for (int i = 0; i < 32; i++)
            is_empty = is_empty && palette[i] == 0;
        if (!is_empty)
            break;
        count--;
    }
    return count;
}

static pm_status add_scene(struct pm_pack_maker *m,
                           const struct pm_pack_map *map)
{
    static const uint8_t numbers[] = {0, 1, 2, 3};
    struct pm_pack_part part = {.suffix = "", .bank = PM_BANK_SCENE};
    struct pm_buf form;

    pm_buf_init(&form, &m->alloc);
    pm_status status = pm_pack_scene_write(map, numbers, &form);
    if (!status)
        status = pm_buf_status(&form);
    part.bytes = form.data;
    part.size = form.size;
    if (!status)
        status = pm_pack_add_part(m, &part);
    pm_buf_free(&form);
    return status;
}

// The scene first: its sheets are the parts behind it, in their order.
static pm_status add_parts(struct pm_pack_maker *m,
                           const struct pm_pack_map *map)
{
    pm_status status = add_scene(m, map);

    for (uint32_t i = 0; i < map->sheet_count && !status; i++) {
        char suffix[24] = ".tiles";
        if (i > 0)
            snprintf(suffix, sizeof suffix, ".tiles%u", i + 1);
        status = pm_pack_add_glyph(m, suffix, &map->sheets[i].glyph,
                                   count_palettes(&map->sheets[i].glyph));
    }
    if (!status && map->objects.size) {
        struct pm_pack_part part = {.suffix = ".objects",
                                    .bank = PM_BANK_BLOB,
                                    .bytes = map->objects.data,
                                    .size = map->objects.size};
        status = pm_pack_add_part(m, &part);
    }
    return status;
}

static pm_status convert(struct pm_pack_maker *m)
{
    struct pm_pack_files others = {m, find_other};
    struct pm_pack_map map;
    struct pm_pack_bytes bytes;
    struct pm_pack_file file;
    pm_status status = pm_pack_open_file(m, 0, &bytes, &file);

    if (status)
        return status;
    status = pm_pack_decode_tiled(&file, &others, &map);
    pm_pack_release(m->packer, &bytes);
    if (status)
        return status;
    status = add_parts(m, &map);
    pm_pack_map_free(&m->alloc, &map);
    return status;
}

pm_status pm_pack_make_map(struct pm_pack_maker *m)
{
    size_t count = m->packer->input_count;

    m->others = pm_mem_zarray(&m->alloc, count, sizeof *m->others);
    if (!m->others)
        return PM_ERR_NO_MEMORY;
    pm_status status = convert(m);
    for (size_t i = 0; i < count; i++)
        pm_pack_release(m->packer, &m->others[i]);
    pm_mem_free(&m->alloc, m->others, count * sizeof *m->others);
    return status;
}
