// SPDX-License-Identifier: MIT
//
// A map of Tiled, from bytes to layers, sheets and objects. All that is wrong
// is said as far as one fault does not hide another: first what the map says
// of itself, its layers and tilesets, then the data and the objects, then
// what the sheets cannot hold.

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "pack/tiled_map.h"

#define MAX_SIDE (1 << 24)
#define MAX_CELL 4096

static bool is_bad(const struct pm_tiled_map *map)
{
    return map->tiled.failed || map->tiled.out_of_memory;
}

static void check_orientation(const struct pm_tiled_node *root)
{
    struct pm_tiled_text found = pm_tiled_string(root, PM_TILED_ORIENTATION);

    if (!pm_tiled_is(found, "orthogonal"))
        pm_tiled_fault(root->doc, root->place, "PACK-MAP-KIND",
                       "the map's orientation is \"%s\"; the machine has only "
                       "orthogonal maps",
                       pm_tiled_show(root->doc->tiled, found).text);
}

static void read_head(struct pm_tiled_map *map,
                      const struct pm_tiled_node *root)
{
    check_orientation(root);
    pm_tiled_int(root, PM_TILED_WIDTH, 1, MAX_SIDE, &map->width);
    pm_tiled_int(root, PM_TILED_HEIGHT, 1, MAX_SIDE, &map->height);
    pm_tiled_int(root, PM_TILED_TILEWIDTH, 1, MAX_CELL, &map->tile_width);
    pm_tiled_int(root, PM_TILED_TILEHEIGHT, 1, MAX_CELL, &map->tile_height);
    map->is_infinite = pm_tiled_bool_or(root, PM_TILED_INFINITE, false);
    int32_t x;
    int32_t y;
    pm_tiled_fixed_or(root, PM_TILED_PARALLAXORIGINX, 8, 0, &x);
    pm_tiled_fixed_or(root, PM_TILED_PARALLAXORIGINY, 8, 0, &y);
    if (x || y)
        pm_tiled_report(&map->tiled,
                        "the parallax origin is left out; the machine counts "
                        "from the map's corner");
}

static const struct pm_tiled_node *read_root(struct pm_tiled_map *map)
{
    const struct pm_pack_file *file = map->tiled.file;
    struct pm_tiled_doc *doc =
        pm_tiled_read(&map->tiled, file->name, file->bytes, file->size);

    map->text_bytes = file->size;
    if (!doc)
        return NULL;
    if (doc->root->word != PM_TILED_MAP) {
        pm_tiled_fault(doc, doc->root->place, "PACK-MAP",
                       "this file is a tileset; a map is wanted");
        return NULL;
    }
    return doc->root;
}

// Chooses places and palettes once all tiles are there. Each sheet says what
// is wrong with it; one that failed stays empty.
static void finish_sheets(struct pm_tiled_map *map)
{
    struct pm_pack_map *out = map->out;

    for (int i = 0; i < 3 && map->sheets[i]; i++) {
        pm_status status = pm_pack_sheet_finish(map->sheets[i], map->tiled.file,
                                                &out->sheets[i].glyph);
        map->tiled.out_of_memory |= status == PM_ERR_NO_MEMORY;
        map->tiled.failed |= status != PM_OK;
        out->sheet_count++;
    }
}

static void report_sheets(struct pm_tiled_map *map)
{
    for (int i = 0; i < 3 && map->sheets[i]; i++) {
        uint32_t added;
        uint32_t kept;
        uint32_t palettes;
        pm_pack_sheet_counts(map->sheets[i], &added, &kept, &palettes);
        pm_tiled_report(&map->tiled,
                        "%" PRIu32 " tiles of %" PRIu32 " x %" PRIu32
                        " kept as %" PRIu32 " with %" PRIu32 " palettes",
                        added, map->sheet_sizes[i], map->sheet_sizes[i], kept,
                        palettes);
    }
}

static void convert(struct pm_tiled_map *map)
{
    const struct pm_tiled_node *root = read_root(map);
    struct pm_tiled_objects *objects;

    if (!root)
        return;
    read_head(map, root);
    pm_tiled_sets_read(map, root);
    pm_tiled_layers_find(map, root);
    if (is_bad(map))
        return;
    pm_tiled_layers_read(map);
    objects = pm_tiled_objects_read(map, root);
    if (!is_bad(map))
        finish_sheets(map);
    if (!is_bad(map))
        pm_tiled_layers_write(map);
    if (!is_bad(map))
        pm_tiled_objects_write(map, objects);
    if (!is_bad(map))
        report_sheets(map);
    pm_tiled_objects_free(map, objects);
}

pm_status pm_pack_decode_tiled(const struct pm_pack_file *file,
                               const struct pm_pack_files *others,
                               struct pm_pack_map *out)
{
    struct pm_tiled_map map = {.out = out};

    map.tiled.file = file;
    map.tiled.others = others;
    map.tiled.alloc = *file->alloc;
    *out = (struct pm_pack_map){0};
    pm_buf_init(&out->objects, file->alloc);
    pm_arena_init(&map.tiled.arena, file->alloc);
    convert(&map);
    map.tiled.out_of_memory |= file->report->failed;
    pm_tiled_layers_free(&map);
    pm_tiled_sets_free(&map);
    pm_tiled_pictures_free(&map);
    for (int i = 0; i < 3; i++)
        pm_pack_sheet_free(map.sheets[i]);
    pm_arena_free(&map.tiled.arena);
    if (!is_bad(&map))
        return PM_OK;
    pm_pack_map_free(file->alloc, out);
    return map.tiled.out_of_memory ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
}

void pm_pack_map_free(const struct pm_allocator *alloc, struct pm_pack_map *map)
{
    for (int i = 0; i < 4; i++) {
        struct pm_pack_scene_layer *layer = &map->layers[i];
        pm_mem_free(alloc, layer->cells,
                    (size_t)layer->width * layer->height *
                        sizeof *layer->cells);
    }
    for (uint32_t i = 0; i < map->sheet_count; i++)
        pm_buf_free(&map->sheets[i].glyph.bytes);
    pm_buf_free(&map->objects);
    *map = (struct pm_pack_map){0};
}
