// SPDX-License-Identifier: MIT
//
// Layers. Tiled draws a tile with its lower left corner on that of a cell,
// moved by the offsets of layer and tileset, and its size need not be that of
// the map's cells. The machine's layers are grids of one tile size that begin
// at 0, 0. So each tile is placed in pixels, which must be whole multiples of
// its size, and the grid is laid under them.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "pack/tiled_map.h"

#define KIND  "PACK-MAP-KIND"
#define LIMIT "PACK-MAP-LIMIT"

// --- data --------------------------------------------------------------------

// Counts cells against the limit before there is memory for them.
static bool count_cells(struct pm_tiled_map *map,
                        const struct pm_tiled_node *node, int64_t width,
                        int64_t height)
{
    uint64_t cells = (uint64_t)width * (uint64_t)height;

    if (cells <= PM_TILED_MAX_CELLS - map->cells) {
        map->cells += cells;
        return true;
    }
    pm_tiled_fault(node->doc, node->place, LIMIT,
                   "with these %" PRId64 " x %" PRId64
                   " the layers have more than %" PRIu64
                   " cells; make the map smaller, or split it",
                   width, height, PM_TILED_MAX_CELLS);
    return false;
}

// Reads one chunk, which [holder] is.
static bool read_chunk(struct pm_tiled_map *map,
                       const struct pm_tiled_layer *layer,
                       const struct pm_tiled_node *holder,
                       struct pm_tiled_chunk *chunk)
{
    const int64_t far = 1 << 24;

    if (!pm_tiled_int(holder, PM_TILED_WIDTH, 1, far, &chunk->width) ||
        !pm_tiled_int(holder, PM_TILED_HEIGHT, 1, far, &chunk->height))
        return false;
    if (map->is_infinite &&
        (!pm_tiled_int(holder, PM_TILED_X, -far, far, &chunk->x) ||
         !pm_tiled_int(holder, PM_TILED_Y, -far, far, &chunk->y)))
        return false;
    if (!count_cells(map, holder, chunk->width, chunk->height))
        return false;
    chunk->gids = pm_mem_zarray(&map->tiled.alloc,
                                (size_t)chunk->width * (size_t)chunk->height,
                                sizeof *chunk->gids);
    if (!chunk->gids) {
        map->tiled.out_of_memory = true;
        return false;
    }
    return pm_tiled_read_gids(layer->node, holder, chunk->width, chunk->height,
                              chunk->gids);
}

static size_t count_chunks(const struct pm_tiled_map *map,
                           const struct pm_tiled_node *layer)
{
    size_t count = 0;

    if (!map->is_infinite)
        return 1;
    for (const struct pm_tiled_node *node =
             pm_tiled_find(layer->first, PM_TILED_CHUNK);
         node; node = pm_tiled_find(node->next, PM_TILED_CHUNK))
        count++;
    return count;
}

static bool read_data(struct pm_tiled_map *map, struct pm_tiled_layer *layer)
{
    const struct pm_tiled_node *node = layer->node;
    size_t count = count_chunks(map, node);
    bool ok = true;

    layer->chunks =
        pm_mem_zarray(&map->tiled.alloc, count, sizeof *layer->chunks);
    if (count && !layer->chunks) {
        map->tiled.out_of_memory = true;
        return false;
    }
    layer->chunk_count = count;
    if (map->is_infinite && !count && pm_tiled_get(node, PM_TILED_DATA)) {
        pm_tiled_fault(node->doc, node->place, "PACK-MAP-DATA",
                       "the layer \"%s\" has its data in one piece, but the "
                       "map is infinite, so chunks are wanted; save the map "
                       "again with Tiled",
                       pm_tiled_show_name(node).text);
        return false;
    }
    if (!map->is_infinite)
        return read_chunk(map, layer, node, layer->chunks);
    const struct pm_tiled_node *chunk = node->first;
    for (size_t i = 0; i < count && !map->tiled.out_of_memory; i++) {
        chunk = pm_tiled_find(chunk, PM_TILED_CHUNK);
        ok = read_chunk(map, layer, chunk, &layer->chunks[i]) && ok;
        chunk = chunk->next;
    }
    return ok;
}

// --- tiles -------------------------------------------------------------------

// The cell that is looked at.
struct cell {
    struct pm_tiled_map *map;
    struct pm_tiled_layer *layer;
    int64_t column;
    int64_t row;
    bool is_bad; // which was said
};

static bool bad_cell(struct cell *cell, const char *code, const char *problem)
{
    const struct pm_tiled_node *node = cell->layer->node;
    const struct pm_tiled_attr *data = pm_tiled_get(node, PM_TILED_DATA);

    pm_tiled_fault(node->doc, data ? data->place : node->place, code,
                   "layer \"%s\", column %" PRId64 ", row %" PRId64 ": %s",
                   pm_tiled_show_name(node).text, cell->column, cell->row,
                   problem);
    cell->is_bad = true;
    return false;
}

static bool check_size(struct cell *cell, const struct pm_tiled_tile *tile)
{
    char problem[700];

    if (!tile->size)
        snprintf(problem, sizeof problem,
                 "the tile of tileset \"%s\" has %" PRIu32 " x %" PRIu32
                 " pixels; 8 x 8, 16 x 16 or 32 x 32 are wanted: cut the "
                 "picture so",
                 pm_tiled_show_name(tile->set->node).text, tile->width,
                 tile->height);
    else if (cell->layer->tile_size && cell->layer->tile_size != tile->size)
        snprintf(problem, sizeof problem,
                 "the tile of tileset \"%s\" has %" PRIu32 " x %" PRIu32
                 " pixels, tiles before it %" PRIu32 " x %" PRIu32
                 "; a layer has tiles of one size: put it into another layer",
                 pm_tiled_show_name(tile->set->node).text, tile->size,
                 tile->size, cell->layer->tile_size, cell->layer->tile_size);
    else
        return true;
    return bad_cell(cell, KIND, problem);
}

// The upper left corner of a tile of [size] in 1/256 pixel, from the corner
// of the map.
static void corner_of(const struct cell *cell, const struct pm_tiled_set *set,
                      uint32_t size, int64_t *x, int64_t *y)
{
    const struct pm_tiled_map *map = cell->map;
    const struct pm_tiled_view *view = &cell->layer->view;

    *x = (cell->column * map->tile_width + set->offset_x) * 256 + view->x;
    *y = ((cell->row + 1) * map->tile_height - size + set->offset_y) * 256 +
         view->y;
}

static bool check_corner(struct cell *cell, const struct pm_tiled_tile *tile,
                         int64_t x, int64_t y)
{
    int64_t step = (int64_t)tile->size * 256;
    char problem[700];

    if (x % step == 0 && y % step == 0) {
        if (cell->map->is_infinite || (x >= 0 && y >= 0))
            return true;
        return bad_cell(cell, KIND,
                        "the layer's offset moves the tile left of or above "
                        "the map; move it less, or make the map larger");
    }
    snprintf(problem, sizeof problem,
             "the tile of %" PRIu32 " x %" PRIu32 " pixels lies at %s%" PRId64
             ".%02d, %s%" PRId64
             ".%02d; it must lie at whole multiples of its size: set the "
             "offsets of layer, groups and tileset so",
             tile->size, tile->size, x < 0 ? "-" : "", (x < 0 ? -x : x) / 256,
             (int)((x < 0 ? -x : x) % 256 * 100 / 256), y < 0 ? "-" : "",
             (y < 0 ? -y : y) / 256, (int)((y < 0 ? -y : y) % 256 * 100 / 256));
    return bad_cell(cell, KIND, problem);
}

// Makes the layer's box hold a tile whose corner is at x, y, in pixels.
static void stretch(struct pm_tiled_layer *layer, int64_t x, int64_t y,
                    uint32_t size)
{
    bool is_first = !layer->tile_size;

    layer->tile_size = size;
    layer->left = is_first || x < layer->left ? x : layer->left;
    layer->top = is_first || y < layer->top ? y : layer->top;
    layer->right =
        is_first || x + size > layer->right ? x + size : layer->right;
    layer->bottom =
        is_first || y + size > layer->bottom ? y + size : layer->bottom;
}

// A tile as it is to be drawn into the scene.
struct drawn {
    uint32_t tile_size;
    uint32_t number; // in the sheet
    int64_t x;       // in 1/256 pixel from the map's corner
    int64_t y;
};

// Finds the tile of a cell and puts it into the sheet. False when there is
// nothing to draw; what was wrong has been said.
static bool find_tile(struct cell *cell, uint32_t gid, struct drawn *out)
{
    struct pm_tiled_tile tile;
    char why[700];

    if (gid & PM_TILED_HEXAGONAL)
        return bad_cell(cell, KIND,
                        "the tile is turned by 120 degrees, as only "
                        "hexagonal maps have it; draw it anew");
    if (!pm_tiled_sets_find(cell->map, gid & PM_TILED_NUMBER_BITS, &tile, why,
                            sizeof why))
        return *why && bad_cell(cell, "PACK-MAP-DATA", why);
    if (!check_size(cell, &tile))
        return false;
    corner_of(cell, tile.set, tile.size, &out->x, &out->y);
    out->tile_size = tile.size;
    return check_corner(cell, &tile, out->x, out->y) &&
           pm_tiled_sets_use(cell->map, &tile, gid & PM_TILED_DIAGONAL,
                             &out->number);
}

// What is done with each tile of a layer.
typedef void visit_tile(struct cell *cell, uint32_t gid,
                        const struct drawn *drawn);

// Goes through the tiles of a layer until one is bad: thousands would be bad
// in the same way. A tile of a tileset that was found bad before is passed.
static void each_tile(struct pm_tiled_map *map, struct pm_tiled_layer *layer,
                      visit_tile *visit)
{
    struct cell cell = {.map = map, .layer = layer};
    struct drawn drawn;

    for (size_t i = 0; i < layer->chunk_count; i++) {
        const struct pm_tiled_chunk *chunk = &layer->chunks[i];
        int64_t count = chunk->width * chunk->height;
        for (int64_t at = 0; at < count; at++) {
            uint32_t gid = chunk->gids[at];
            if (!gid)
                continue;
            cell.column = chunk->x + at % chunk->width;
            cell.row = chunk->y + at / chunk->width;
            if (find_tile(&cell, gid, &drawn))
                visit(&cell, gid, &drawn);
            if (cell.is_bad || map->tiled.out_of_memory)
                return;
        }
    }
}

static void measure_tile(struct cell *cell, uint32_t gid,
                         const struct drawn *drawn)
{
    (void)gid;
    stretch(cell->layer, drawn->x / 256, drawn->y / 256, drawn->tile_size);
}

static int64_t round_down(int64_t value, int64_t step)
{
    int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

// An infinite map begins where its first tiles are, at a multiple of all tile
// sizes in use.
static void find_origin(struct pm_tiled_map *map)
{
    const int64_t far = INT32_MAX / 256;
    bool is_first = true;
    int64_t step = 8;

    for (int i = 0; i < map->layer_count && map->is_infinite; i++) {
        const struct pm_tiled_layer *layer = &map->layers[i];
        if (!layer->tile_size)
            continue;
        step = layer->tile_size > step ? layer->tile_size : step;
        if (is_first || layer->left < map->origin_x)
            map->origin_x = layer->left;
        if (is_first || layer->top < map->origin_y)
            map->origin_y = layer->top;
        if (layer->left < -far || layer->left > far || layer->top < -far ||
            layer->top > far)
            pm_tiled_fault(
                layer->node->doc, layer->node->place, LIMIT,
                "the first tiles of layer \"%s\" lie at %" PRId64 ", %" PRId64
                "; not more than 8388607 pixels are wanted: move "
                "the map nearer to 0, 0",
                pm_tiled_show_name(layer->node).text, layer->left, layer->top);
        is_first = false;
    }
    map->origin_x = round_down(map->origin_x, step);
    map->origin_y = round_down(map->origin_y, step);
}

void pm_tiled_layers_read(struct pm_tiled_map *map)
{
    for (int i = 0; i < map->layer_count; i++)
        if (read_data(map, &map->layers[i]))
            each_tile(map, &map->layers[i], measure_tile);
    find_origin(map);
}

// --- scene -------------------------------------------------------------------

// Tiles of the layer's size from the origin to [end], and to the end of the
// map, which is [map_end] pixels away.
static int64_t tiles_to(const struct pm_tiled_layer *layer, int64_t end,
                        int64_t origin, int64_t map_end)
{
    int64_t size = layer->tile_size;
    int64_t far = end > map_end ? end : map_end;
    return (far - origin + size - 1) / size;
}

// Makes the cells of a layer, all empty.
static bool make_cells(struct pm_tiled_map *map, struct pm_tiled_layer *layer,
                       struct pm_pack_scene_layer *out)
{
    bool is_fixed = !map->is_infinite;
    int64_t width =
        tiles_to(layer, layer->right, map->origin_x,
                 is_fixed ? map->width * map->tile_width : layer->right);
    int64_t height =
        tiles_to(layer, layer->bottom, map->origin_y,
                 is_fixed ? map->height * map->tile_height : layer->bottom);

    // Sides that are too large for a product are clipped, and still too large.
    const int64_t most = (int64_t)PM_TILED_MAX_CELLS + 1;
    if (!count_cells(map, layer->node, width < most ? width : most,
                     height < most ? height : most))
        return false;
    out->cells = pm_mem_zarray(
        &map->tiled.alloc, (size_t)width * (size_t)height, sizeof *out->cells);
    if (!out->cells) {
        map->tiled.out_of_memory = true;
        return false;
    }
    out->width = (uint32_t)width;
    out->height = (uint32_t)height;
    return true;
}

static void put_tile(struct cell *cell, uint32_t gid, const struct drawn *drawn)
{
    struct pm_tiled_map *map = cell->map;
    struct pm_pack_scene_layer *out =
        &map->out->layers[cell->layer - map->layers];
    int64_t size = drawn->tile_size;
    int64_t x = (drawn->x / 256 - map->origin_x) / size;
    int64_t y = (drawn->y / 256 - map->origin_y) / size;
    struct pm_pack_cell *at = &out->cells[y * out->width + x];

    if (at->is_used) {
        bad_cell(cell, KIND,
                 "the tile falls onto another of the layer; take one away");
        return;
    }
    *at = pm_pack_sheet_cell(map->sheets[out->sheet], drawn->number);
    at->flip_x ^= (gid & PM_TILED_FLIP_X) != 0;
    at->flip_y ^= (gid & PM_TILED_FLIP_Y) != 0;
}

uint8_t pm_tiled_sheet_of(const struct pm_tiled_map *map, uint32_t tile_size)
{
    uint8_t i = 0;
    while (i < 2 && map->sheet_sizes[i] != tile_size)
        i++;
    return i;
}

void pm_tiled_layers_write(struct pm_tiled_map *map)
{
    map->cells = 0;
    for (int i = 0; i < map->layer_count; i++) {
        struct pm_tiled_layer *layer = &map->layers[i];
        struct pm_pack_scene_layer *out = &map->out->layers[i];
        if (!layer->tile_size) {
            pm_tiled_report(&map->tiled,
                            "tile layer \"%s\" has no tiles; the scene's "
                            "layer %d is not active",
                            pm_tiled_show_name(layer->node).text, i);
            continue;
        }
        out->is_active = true;
        out->sheet = pm_tiled_sheet_of(map, layer->tile_size);
        out->parallax_x = layer->view.parallax_x;
        out->parallax_y = layer->view.parallax_y;
        if (make_cells(map, layer, out))
            each_tile(map, layer, put_tile);
    }
}

void pm_tiled_layers_free(struct pm_tiled_map *map)
{
    const struct pm_allocator *alloc = &map->tiled.alloc;

    for (int i = 0; i < map->layer_count; i++) {
        struct pm_tiled_layer *layer = &map->layers[i];
        for (size_t k = 0; k < layer->chunk_count; k++) {
            struct pm_tiled_chunk *chunk = &layer->chunks[k];
            pm_mem_free(alloc, chunk->gids,
                        (size_t)chunk->width * (size_t)chunk->height *
                            sizeof *chunk->gids);
        }
        pm_mem_free(alloc, layer->chunks,
                    layer->chunk_count * sizeof *layer->chunks);
    }
    pm_mem_free(alloc, map->groups, map->group_room * sizeof *map->groups);
}
