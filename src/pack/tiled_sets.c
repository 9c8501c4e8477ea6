// SPDX-License-Identifier: MIT
//
// Tilesets. Those in files of their own are read at once, the rest when a tile
// is first used.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "pack/tiled_map.h"

#define CODE "PACK-MAP-TILESET"

// --- reading -----------------------------------------------------------------

// The tileset that stands in a file of its own; NULL after a fault.
static const struct pm_tiled_node *load_set(struct pm_tiled_map *map,
                                            const struct pm_tiled_node *use)
{
    const struct pm_tiled_attr *source = pm_tiled_get(use, PM_TILED_SOURCE);
    const void *bytes;
    const char *path;
    size_t size;

    if (!pm_tiled_load(use->doc, source->place,
                       pm_tiled_string(use, PM_TILED_SOURCE), &path, &bytes,
                       &size))
        return NULL;
    // One file may be named many times.
    if (size > PM_TILED_MAX_FILE - map->text_bytes) {
        pm_tiled_fault(use->doc, source->place, "PACK-MAP-LIMIT",
                       "the map and its tilesets have more than %zu bytes of "
                       "text; split the map",
                       PM_TILED_MAX_FILE);
        return NULL;
    }
    map->text_bytes += size;
    struct pm_tiled_doc *doc = pm_tiled_read(&map->tiled, path, bytes, size);
    if (!doc || doc->root->word == PM_TILED_TILESET)
        return doc ? doc->root : NULL;
    pm_tiled_fault(doc, doc->root->place, CODE,
                   "this file is no tileset, but the map wants one; choose "
                   "the right file in Tiled");
    return NULL;
}

static void read_key(struct pm_tiled_set *set)
{
    const struct pm_tiled_node *node = set->node;
    struct pm_tiled_text key = pm_tiled_string(node, PM_TILED_TRANSPARENTCOLOR);

    if (!key.size)
        return;
    set->has_key = pm_tiled_colour(key, &set->key);
    if (!set->has_key)
        pm_tiled_fault(node->doc, node->place, CODE,
                       "the transparent colour of tileset \"%s\" is \"%s\"; "
                       "six hexadecimal digits are wanted",
                       pm_tiled_show_name(node).text,
                       pm_tiled_show(node->doc->tiled, key).text);
}

static void read_offset(struct pm_tiled_set *set)
{
    const struct pm_tiled_node *offset =
        pm_tiled_find(set->node->first, PM_TILED_TILEOFFSET);

    if (!offset)
        return;
    pm_tiled_int_or(offset, PM_TILED_X, -65536, 65536, 0, &set->offset_x);
    pm_tiled_int_or(offset, PM_TILED_Y, -65536, 65536, 0, &set->offset_y);
}

static void read_set(struct pm_tiled_map *map, struct pm_tiled_set *set,
                     const struct pm_tiled_node *use)
{
    int64_t first;

    set->use = set->node = use;
    pm_tiled_int(use, PM_TILED_FIRSTGID, 1, PM_TILED_NUMBER_BITS, &first);
    set->first = (uint32_t)first;
    if (pm_tiled_get(use, PM_TILED_SOURCE))
        set->node = load_set(map, use);
    if (!set->node) {
        set->is_bad = true;
        return;
    }
    const struct pm_tiled_node *node = set->node;
    set->is_collection = !pm_tiled_get(node, PM_TILED_IMAGE);
    pm_tiled_int(node, PM_TILED_TILEWIDTH, 0, PM_TILED_MAX_SIDE,
                 &set->tile_width);
    pm_tiled_int(node, PM_TILED_TILEHEIGHT, 0, PM_TILED_MAX_SIDE,
                 &set->tile_height);
    pm_tiled_int_or(node, PM_TILED_MARGIN, 0, PM_TILED_MAX_SIDE, 0,
                    &set->margin);
    pm_tiled_int_or(node, PM_TILED_SPACING, 0, PM_TILED_MAX_SIDE, 0,
                    &set->spacing);
    read_offset(set);
    read_key(set);
    if (pm_tiled_is(pm_tiled_string(node, PM_TILED_TILERENDERSIZE), "grid"))
        pm_tiled_fault(node->doc, node->place, CODE,
                       "tileset \"%s\" draws its tiles in the size of the "
                       "map's grid; the machine does not scale: set Tile "
                       "Render Size to Tile Size",
                       pm_tiled_show_name(node).text);
}

static void check_order(const struct pm_tiled_set *before,
                        const struct pm_tiled_set *set)
{
    if (set->first > before->first)
        return;
    pm_tiled_fault(set->use->doc, set->use->place, CODE,
                   "the tileset begins with tile number %" PRIu32
                   ", that before it with %" PRIu32
                   "; ascending numbers are wanted: save the map again with "
                   "Tiled",
                   set->first, before->first);
}

void pm_tiled_sets_read(struct pm_tiled_map *map,
                        const struct pm_tiled_node *root)
{
    const struct pm_tiled_node *node;
    size_t count = 0;

    for (node = pm_tiled_find(root->first, PM_TILED_TILESET); node;
         node = pm_tiled_find(node->next, PM_TILED_TILESET))
        count++;
    map->sets = pm_mem_zarray(&map->tiled.alloc, count, sizeof *map->sets);
    if (count && !map->sets) {
        map->tiled.out_of_memory = true;
        return;
    }
    for (node = pm_tiled_find(root->first, PM_TILED_TILESET); node;
         node = pm_tiled_find(node->next, PM_TILED_TILESET)) {
        struct pm_tiled_set *set = &map->sets[map->set_count++];
        read_set(map, set, node);
        if (map->set_count > 1)
            check_order(set - 1, set);
    }
}

static void free_set(struct pm_tiled_map *map, struct pm_tiled_set *set)
{
    pm_mem_free(&map->tiled.alloc, set->tiles, set->count * sizeof *set->tiles);
    pm_mem_free(&map->tiled.alloc, set->numbers,
                (size_t)set->count * 2 * sizeof *set->numbers);
}

void pm_tiled_sets_free(struct pm_tiled_map *map)
{
    const struct pm_allocator *alloc = &map->tiled.alloc;

    for (size_t i = 0; i < map->set_count; i++)
        free_set(map, &map->sets[i]);
    pm_mem_free(alloc, map->sets, map->set_count * sizeof *map->sets);
}

// --- tiles of a set ----------------------------------------------------------

// How many tiles stand side by side in [side] pixels.
static uint32_t tiles_along(const struct pm_tiled_set *set, uint32_t side,
                            int64_t tile)
{
    int64_t room = (int64_t)side - set->margin + set->spacing;
    return room <= 0 ? 0 : (uint32_t)(room / (tile + set->spacing));
}

static bool read_single(struct pm_tiled_map *map, struct pm_tiled_set *set)
{
    const struct pm_tiled_node *node = set->node;
    int64_t columns;

    if (set->tile_width < 1 || set->tile_height < 1) {
        pm_tiled_fault(node->doc, node->place, CODE,
                       "the tiles of tileset \"%s\" have %" PRId64 " x %" PRId64
                       " pixels; 8, 16 or 32 are wanted",
                       pm_tiled_show_name(node).text, set->tile_width,
                       set->tile_height);
        return false;
    }
    if (!pm_tiled_picture_load(map, node, &set->picture))
        return false;
    const struct pm_pack_image *image = &map->pictures[set->picture].image;
    set->columns = tiles_along(set, image->width, set->tile_width);
    set->count =
        set->columns * tiles_along(set, image->height, set->tile_height);
    pm_tiled_int_or(node, PM_TILED_COLUMNS, 0, INT32_MAX, set->columns,
                    &columns);
    if (columns == set->columns)
        return true;
    pm_tiled_fault(
        node->doc, node->place, CODE,
        "tileset \"%s\" was saved with %" PRId64
        " tiles in a row, its picture of %" PRIu32 " pixels has %" PRIu32
        ": open the map and the tileset in Tiled and save them",
        pm_tiled_show_name(node).text, columns, image->width, set->columns);
    set->count = 0;
    return false;
}

static bool id_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_tiled_set_tile *tiles = context;
    return tiles[a].id != tiles[b].id ? tiles[a].id > tiles[b].id : a > b;
}

// Puts the tiles in order of their ids; most files have them so.
static bool sort_tiles(struct pm_tiled_map *map, struct pm_tiled_set *set)
{
    const struct pm_allocator *alloc = &map->tiled.alloc;
    uint32_t *order = pm_mem_zarray(alloc, set->count, sizeof *order);
    struct pm_tiled_set_tile *sorted =
        pm_mem_zarray(alloc, set->count, sizeof *sorted);
    bool ok = order && sorted;

    for (uint32_t i = 0; ok && i < set->count; i++)
        order[i] = i;
    if (ok)
        pm_sort(order, set->count, id_is_after, set->tiles);
    for (uint32_t i = 0; ok && i < set->count; i++)
        sorted[i] = set->tiles[order[i]];
    pm_mem_free(alloc, order, set->count * sizeof *order);
    pm_mem_free(alloc, ok ? set->tiles : sorted, set->count * sizeof *sorted);
    if (ok)
        set->tiles = sorted;
    else
        map->tiled.out_of_memory = true;
    return ok;
}

static bool check_ids(const struct pm_tiled_set *set)
{
    for (uint32_t i = 1; i < set->count; i++) {
        const struct pm_tiled_node *node = set->tiles[i].node;
        if (set->tiles[i].id != set->tiles[i - 1].id)
            continue;
        pm_tiled_fault(node->doc, node->place, CODE,
                       "tileset \"%s\" has two tiles with the id %" PRIu32
                       "; save it again with Tiled",
                       pm_tiled_show_name(set->node).text, set->tiles[i].id);
        return false;
    }
    return true;
}

static bool read_collection(struct pm_tiled_map *map, struct pm_tiled_set *set)
{
    const struct pm_tiled_node *node;
    uint32_t count = 0;

    for (node = pm_tiled_find(set->node->first, PM_TILED_TILE); node;
         node = pm_tiled_find(node->next, PM_TILED_TILE))
        count++;
    set->tiles = pm_mem_zarray(&map->tiled.alloc, count, sizeof *set->tiles);
    if (count && !set->tiles) {
        map->tiled.out_of_memory = true;
        return false;
    }
    set->count = count;
    count = 0;
    for (node = pm_tiled_find(set->node->first, PM_TILED_TILE); node;
         node = pm_tiled_find(node->next, PM_TILED_TILE)) {
        int64_t id;
        if (!pm_tiled_int(node, PM_TILED_ID, 0, PM_TILED_NUMBER_BITS, &id))
            return false;
        set->tiles[count++] =
            (struct pm_tiled_set_tile){.id = (uint32_t)id, .node = node};
    }
    return !count || (sort_tiles(map, set) && check_ids(set));
}

static void report_animations(struct pm_tiled_map *map,
                              const struct pm_tiled_set *set)
{
    size_t count = 0;

    for (const struct pm_tiled_node *node =
             pm_tiled_find(set->node->first, PM_TILED_TILE);
         node; node = pm_tiled_find(node->next, PM_TILED_TILE))
        count += pm_tiled_has_mark(node, PM_TILED_ANIMATION);
    if (count)
        pm_tiled_report(&map->tiled,
                        "tileset \"%s\" has %zu animated tiles, which are "
                        "shown as they are without",
                        pm_tiled_show_name(set->node).text, count);
}

// Reads what is needed once a tile of the set is used.
static bool open_set(struct pm_tiled_map *map, struct pm_tiled_set *set)
{
    if (set->is_read || set->is_bad)
        return !set->is_bad;
    set->is_read = true;
    set->is_bad = !(set->is_collection ? read_collection(map, set)
                                       : read_single(map, set));
    if (set->is_bad)
        return false;
    set->numbers = pm_mem_zarray(&map->tiled.alloc, (size_t)set->count * 2,
                                 sizeof *set->numbers);
    if (set->count && !set->numbers) {
        map->tiled.out_of_memory = set->is_bad = true;
        return false;
    }
    report_animations(map, set);
    return true;
}

// --- one tile ----------------------------------------------------------------

// The last set that begins at or before the number.
static struct pm_tiled_set *set_of(struct pm_tiled_map *map, uint32_t gid)
{
    size_t from = 0;
    size_t to = map->set_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (map->sets[middle].first <= gid)
            from = middle + 1;
        else
            to = middle;
    }
    return from ? &map->sets[from - 1] : NULL;
}

static bool find_in_collection(const struct pm_tiled_set *set, uint32_t id,
                               uint32_t *out)
{
    uint32_t from = 0;
    uint32_t to = set->count;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (set->tiles[middle].id < id)
            from = middle + 1;
        else
            to = middle;
    }
    *out = from;
    return from < set->count && set->tiles[from].id == id &&
           pm_tiled_get(set->tiles[from].node, PM_TILED_IMAGE);
}

// Where the tile is in the picture of a set that has one.
static void place_in_single(const struct pm_tiled_set *set,
                            struct pm_tiled_tile *out)
{
    out->picture = set->picture;
    out->width = (uint32_t)set->tile_width;
    out->height = (uint32_t)set->tile_height;
    out->x = (uint32_t)(set->margin + (out->index % set->columns) *
                                          (set->tile_width + set->spacing));
    out->y = (uint32_t)(set->margin + (out->index / set->columns) *
                                          (set->tile_height + set->spacing));
}

// Finds a tile's picture, and the part of it that is the tile.
static bool read_tile(struct pm_tiled_map *map, struct pm_tiled_set_tile *tile)
{
    const struct pm_tiled_node *node = tile->node;
    int64_t x;
    int64_t y;
    int64_t width;
    int64_t height;

    if (!pm_tiled_picture_load(map, node, &tile->picture))
        return false;
    const struct pm_pack_image *image = &map->pictures[tile->picture].image;
    int64_t w = image->width;
    int64_t h = image->height;
    if (!pm_tiled_int_or(node, PM_TILED_X, 0, w - 1, 0, &x) ||
        !pm_tiled_int_or(node, PM_TILED_Y, 0, h - 1, 0, &y) ||
        !pm_tiled_int_or(node, PM_TILED_WIDTH, 1, w - x, w - x, &width) ||
        !pm_tiled_int_or(node, PM_TILED_HEIGHT, 1, h - y, h - y, &height))
        return false;
    tile->x = (uint32_t)x;
    tile->y = (uint32_t)y;
    tile->width = (uint32_t)width;
    tile->height = (uint32_t)height;
    return true;
}

static bool place_in_collection(struct pm_tiled_map *map,
                                struct pm_tiled_set_tile *tile,
                                struct pm_tiled_tile *out)
{
    if (!tile->is_read)
        tile->is_bad = !read_tile(map, tile);
    tile->is_read = true;
    out->picture = tile->picture;
    out->x = tile->x;
    out->y = tile->y;
    out->width = tile->width;
    out->height = tile->height;
    return !tile->is_bad;
}

static bool find_index(const struct pm_tiled_set *set, uint32_t id,
                       uint32_t *out)
{
    if (set->is_collection)
        return find_in_collection(set, id, out);
    *out = id;
    return id < set->count;
}

bool pm_tiled_sets_find(struct pm_tiled_map *map, uint32_t gid,
                        struct pm_tiled_tile *out, char *why, size_t room)
{
    struct pm_tiled_set *set = set_of(map, gid);

    *why = 0;
    *out = (struct pm_tiled_tile){.set = set};
    if (!set) {
        snprintf(why, room, "tile number %" PRIu32 " is of no tileset", gid);
        return false;
    }
    if (!open_set(map, set))
        return false;
    if (!find_index(set, gid - set->first, &out->index)) {
        snprintf(why, room,
                 "tile number %" PRIu32 " is tile %" PRIu32
                 " of tileset \"%s\", which has %s (%" PRIu32 " tiles)",
                 gid, gid - set->first, pm_tiled_show_name(set->node).text,
                 set->is_collection ? "none of that id with a picture"
                                    : "fewer",
                 set->count);
        return false;
    }
    if (!set->is_collection)
        place_in_single(set, out);
    else if (!place_in_collection(map, &set->tiles[out->index], out))
        return false;
    if (out->width == out->height &&
        (out->width == 8 || out->width == 16 || out->width == 32))
        out->size = out->width;
    return true;
}

// --- pixels ------------------------------------------------------------------

static void copy_pixel(const struct pm_pack_image *image, size_t at,
                       uint8_t *out)
{
    if (image->is_indexed) {
        uint8_t index = image->pixels[at];
        memcpy(out, image->palette[index], 3);
        out[3] = image->alpha[index];
    } else {
        memcpy(out, image->pixels + at * 4, 4);
    }
}

// The tile's pixels, with x and y exchanged where it is transposed.
static void copy_tile(const struct pm_tiled_map *map,
                      const struct pm_tiled_tile *tile, bool is_transposed,
                      uint8_t *out)
{
    const struct pm_pack_image *image = &map->pictures[tile->picture].image;
    const struct pm_tiled_set *set = tile->set;

    for (uint32_t y = 0; y < tile->size; y++)
        for (uint32_t x = 0; x < tile->size; x++) {
            uint32_t column = is_transposed ? y : x;
            uint32_t row = is_transposed ? x : y;
            uint8_t *pixel = out + ((size_t)y * tile->size + x) * 4;
            copy_pixel(image,
                       (size_t)(tile->y + row) * image->width + tile->x +
                           column,
                       pixel);
            uint32_t rgb =
                (uint32_t)pixel[0] << 16 | (uint32_t)pixel[1] << 8 | pixel[2];
            if (set->has_key && rgb == (set->key & 0xffffff))
                pixel[3] = 0;
        }
}

// The sheet of a tile size, made when it is first wanted.
static struct pm_pack_sheet *sheet_of(struct pm_tiled_map *map,
                                      uint32_t tile_size)
{
    int i = 0;

    // There are three sizes, so the last place is the one that is left.
    while (i < 2 && map->sheets[i] && map->sheet_sizes[i] != tile_size)
        i++;
    if (!map->sheets[i] &&
        pm_pack_sheet_create(&map->tiled.alloc, tile_size, &map->sheets[i])) {
        map->tiled.out_of_memory = true;
        return NULL;
    }
    map->sheet_sizes[i] = tile_size;
    return map->sheets[i];
}

bool pm_tiled_sets_use(struct pm_tiled_map *map,
                       const struct pm_tiled_tile *tile, bool is_transposed,
                       uint32_t *out_number)
{
    uint32_t *number =
        &tile->set->numbers[(size_t)tile->index * 2 + is_transposed];
    uint8_t pixels[32 * 32 * 4];

    if (!*number) {
        struct pm_pack_sheet *sheet = sheet_of(map, tile->size);
        if (!sheet)
            return false;
        copy_tile(map, tile, is_transposed, pixels);
        if (pm_pack_sheet_add(sheet, pixels, (size_t)tile->size * 4, number)) {
            map->tiled.out_of_memory = true;
            return false;
        }
        ++*number;
    }
    *out_number = *number - 1;
    return true;
}
