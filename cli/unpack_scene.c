// SPDX-License-Identifier: MIT
//
// A SCENE as a Tiled map (.tmj). A tile of Tiled has one look, a cell a tile
// and a palette: so each glyph slot has a tileset for each palette that cells
// use, with the picture of what is preloaded into the slot.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "hosts/common/files.h"
#include "json.h"
#include "unpack.h"

#define PALETTES  64
#define CELL_USED (UINT32_C(1) << 24)

struct map {
    struct unpack *u;
    const char *name;
    struct pm_asset_reader *reader;
    struct pm_file_writer *writer;
    struct cli_scene scene;
    // By slot and palette: how many glyphs cells name (0: not used), and the
    // number of the first one in the map.
    uint32_t glyphs[PM_ASSET_SLOTS][PALETTES];
    uint32_t first[PM_ASSET_SLOTS][PALETTES];
    struct pm_buf text; // not yet written
};

// --- cells -------------------------------------------------------------------

typedef void visit_cell(struct map *map, const struct cli_layer *layer,
                        uint64_t number, uint32_t cell);

static bool each_cell(struct map *map, const struct cli_layer *layer,
                      visit_cell *visit)
{
    struct unpack *u = map->u;
    uint64_t count = (uint64_t)layer->width * layer->height;
    const size_t piece = UNPACK_PIECE / 4;

    for (uint64_t at = 0; at < count; at += piece) {
        size_t part = count - at < piece ? (size_t)(count - at) : piece;
        u->problem = pm_asset_reader_read(map->reader, layer->at + at * 4,
                                          u->piece, part * 4);
        for (size_t i = 0; i < part && !u->problem; i++)
            visit(map, layer, at + i, pm_load32(u->piece + i * 4));
        if (u->problem || u->is_stopped)
            return false;
    }
    return true;
}

static unsigned palette_of(uint32_t cell)
{
    return cell >> 16 & (PALETTES - 1);
}

static void note_cell(struct map *map, const struct cli_layer *layer,
                      uint64_t number, uint32_t cell)
{
    uint32_t glyph = cell & 0xffff;
    uint32_t *count = &map->glyphs[layer->slot][palette_of(cell)];

    (void)number;
    // Bits that have no meaning are for verify to tell; nothing is lost here.
    if (cell & CELL_USED && glyph >= *count)
        *count = glyph + 1;
}

// --- tilesets ----------------------------------------------------------------

static const struct pm_asset_entry *sheet_in(const struct unpack *u, int slot)
{
    for (size_t i = 0; i < pm_asset_preload_count(u->asset); i++) {
        struct pm_asset_preload item = pm_asset_preload_at(u->asset, i);
        const struct pm_asset_entry *entry = pm_asset_at(u->asset, item.entry);
        if (item.slot == slot && entry->bank_type == PM_BANK_GLYPH)
            return entry;
    }
    return NULL;
}

// The name of the sheet's own file, NULL when it is not among those chosen.
// The plan is in the order of the table.
static const char *sheet_name(const struct unpack *u,
                              const struct pm_asset_entry *sheet)
{
    size_t index = (size_t)(sheet - pm_asset_at(u->asset, 0));
    size_t low = 0;
    size_t high = u->plan.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct unpack_file *file = &u->plan.files[middle];
        if (file->kind == UNPACK_RESERVED || file->entry < index)
            low = middle + 1;
        else
            high = middle;
    }
    const struct unpack_file *file = &u->plan.files[low];
    if (low < u->plan.count && file->entry == index &&
        file->kind == UNPACK_SHEET)
        return unpack_name(u, file);
    return NULL;
}

static bool make_folder(struct unpack *u)
{
    const char *error = NULL;
    char *path = cli_path(u->folder, UNPACK_TILESETS);
    pm_status status =
        u->has_tilesets ? PM_OK : pm_file_make_directory(path, &error);

    if (status) {
        cli_file_error(path, status, error);
        u->is_stopped = true;
        u->code = CLI_WORLD;
    }
    u->has_tilesets = !status;
    cli_free_text(path);
    return !status;
}

// Writes the sheet in that palette, once for all maps. A sheet that is damaged
// is told where it is unpacked itself; the map only lacks its picture.
static void write_picture(struct unpack *u, const struct pm_asset_entry *sheet,
                          int slot, unsigned palette, const char *name)
{
    struct pm_asset_reader *reader;

    if (u->tilesets[slot] >> palette & 1 || !make_folder(u))
        return;
    u->tilesets[slot] |= UINT64_C(1) << palette;
    if (pm_asset_reader_open(u->asset, sheet, &cli_alloc, &reader))
        return;
    unpack_sheet(u, sheet, reader, name, palette);
    if (u->problem != PM_ERR_EXISTS)
        u->problem = PM_OK;
    pm_asset_reader_close(reader);
}

// Stores the name of the picture, which is written if it has to be.
static void picture_of(struct unpack *u, const struct pm_asset_entry *sheet,
                       int slot, unsigned palette, struct pm_buf *out)
{
    const char *own = sheet_name(u, sheet);

    if (own && palette == 0) {
        pm_buf_puts(out, own);
        pm_buf_put8(out, 0);
        return;
    }
    pm_buf_printf(out, UNPACK_TILESETS "/glyph%d-p%u.png", slot, palette);
    pm_buf_put8(out, 0);
    if (!out->failed)
        write_picture(u, sheet, slot, palette, (const char *)out->data);
}

static void put_picture(struct pm_json_writer *w, struct unpack *u,
                        const struct pm_asset_entry *sheet, int slot,
                        unsigned palette)
{
    struct pm_buf name;

    pm_buf_init(&name, &cli_alloc);
    picture_of(u, sheet, slot, palette, &name);
    if (!name.failed)
        cli_json_text(w, "image", (const char *)name.data);
    pm_buf_free(&name);
    cli_json_number(w, "imageheight", sheet->height);
    cli_json_number(w, "imagewidth", sheet->width);
}

static uint32_t tiles_of(const struct pm_asset_entry *sheet)
{
    uint32_t tile = sheet->tile_size;
    return sheet->width / tile * (sheet->height / tile);
}

static void put_tileset(struct map *map, struct pm_json_writer *w, int slot,
                        unsigned palette)
{
    const struct pm_asset_entry *sheet = sheet_in(map->u, slot);
    uint32_t tile = sheet ? sheet->tile_size : 8;
    char name[32];

    pm_json_write_begin_object(w);
    cli_json_number(w, "columns", sheet ? sheet->width / tile : 0);
    cli_json_number(w, "firstgid", map->first[slot][palette]);
    if (sheet)
        put_picture(w, map->u, sheet, slot, palette);
    cli_json_number(w, "margin", 0);
    snprintf(name, sizeof name, "slot %d palette %u", slot, palette);
    cli_json_text(w, "name", name);
    cli_json_number(w, "spacing", 0);
    cli_json_number(w, "tilecount", sheet ? tiles_of(sheet) : 0);
    cli_json_number(w, "tileheight", tile);
    cli_json_number(w, "tilewidth", tile);
    pm_json_write_end(w);
}

// Gives every slot and palette in use its range of numbers.
static void number_tiles(struct map *map)
{
    uint32_t next = 1;

    for (int slot = 0; slot < PM_ASSET_SLOTS; slot++) {
        const struct pm_asset_entry *sheet = sheet_in(map->u, slot);
        uint32_t tiles = sheet ? tiles_of(sheet) : 0;
        for (int palette = 0; palette < PALETTES; palette++) {
            uint32_t glyphs = map->glyphs[slot][palette];
            map->first[slot][palette] = next;
            if (glyphs)
                next += glyphs > tiles ? glyphs : tiles;
        }
    }
}

// --- layers ------------------------------------------------------------------

static void flush(struct map *map, size_t least)
{
    if (map->text.size < least)
        return;
    if (map->text.failed)
        map->u->problem = PM_ERR_NO_MEMORY;
    else
        unpack_put(map->u, map->name, map->writer, map->text.data,
                   map->text.size);
    map->text.size = 0;
}

static void put_cell(struct map *map, const struct cli_layer *layer,
                     uint64_t number, uint32_t cell)
{
    uint32_t gid = 0;

    if (cell & CELL_USED)
        gid = (map->first[layer->slot][palette_of(cell)] + (cell & 0xffff)) |
              (cell >> 22 & 1) << 31 | (cell >> 23 & 1) << 30;
    pm_buf_printf(&map->text, "%s%" PRIu32,
                  number == 0                  ? ""
                  : number % layer->width == 0 ? ",\n"
                                               : ",",
                  gid);
    flush(map, UNPACK_PIECE);
}

static void put_number_property(struct pm_json_writer *w, const char *name,
                                int64_t value)
{
    pm_json_write_begin_object(w);
    cli_json_text(w, "name", name);
    cli_json_text(w, "type", "int");
    cli_json_number(w, "value", value);
    pm_json_write_end(w);
}

static void put_parallax(struct pm_json_writer *w, const char *key,
                         int32_t value)
{
    struct pm_buf text;

    pm_buf_init(&text, &cli_alloc);
    cli_put_fixed(&text, value);
    pm_json_write_key(w, key);
    pm_json_write_raw(w, text.data, text.size);
    pm_buf_free(&text);
}

static void put_layer(struct map *map, struct pm_json_writer *w, int number)
{
    const struct cli_layer *layer = &map->scene.layers[number];
    char name[32];

    snprintf(name, sizeof name, "layer %d", number);
    pm_json_write_begin_object(w);
    cli_json_number(w, "height", layer->height);
    cli_json_number(w, "id", number + 1);
    cli_json_text(w, "name", name);
    cli_json_number(w, "opacity", 1);
    put_parallax(w, "parallaxx", layer->parallax_x);
    put_parallax(w, "parallaxy", layer->parallax_y);
    cli_json_begin_array(w, "properties");
    put_number_property(w, "slot", layer->slot);
    put_number_property(w, "tile_size", layer->tile_size);
    pm_json_write_end(w);
    cli_json_text(w, "type", "tilelayer");
    cli_json_bool(w, "visible", layer->is_active);
    cli_json_number(w, "width", layer->width);
    cli_json_number(w, "x", 0);
    cli_json_number(w, "y", 0);
    pm_json_write_key(w, "data");
    // The writer goes on behind the bracket, whatever has been written out.
    pm_json_write_begin_array(w);
    each_cell(map, layer, put_cell);
    pm_json_write_end(w);
    pm_json_write_end(w);
}

// A layer without cells that is not active says nothing.
static bool is_shown(const struct cli_layer *layer)
{
    return layer->is_active || (layer->width && layer->height);
}

// --- the map -----------------------------------------------------------------

static void put_size(struct map *map, struct pm_json_writer *w)
{
    uint32_t width = 1;
    uint32_t height = 1;
    uint32_t tile = 8;

    for (int i = 0; i < CLI_LAYERS; i++) {
        const struct cli_layer *layer = &map->scene.layers[i];
        if (!is_shown(layer))
            continue;
        width = layer->width > width ? layer->width : width;
        height = layer->height > height ? layer->height : height;
        tile = layer->tile_size > tile ? layer->tile_size : tile;
    }
    cli_json_number(w, "height", height);
    cli_json_number(w, "tileheight", tile);
    cli_json_number(w, "tilewidth", tile);
    cli_json_number(w, "width", width);
}

static void put_map(struct map *map)
{
    struct pm_json_writer writer = pm_json_write_to(&map->text);
    struct pm_json_writer *w = &writer;

    pm_json_write_begin_object(w);
    cli_json_number(w, "compressionlevel", -1);
    cli_json_bool(w, "infinite", false);
    cli_json_number(w, "nextlayerid", CLI_LAYERS + 1);
    cli_json_number(w, "nextobjectid", 1);
    cli_json_text(w, "orientation", "orthogonal");
    cli_json_text(w, "renderorder", "right-down");
    cli_json_text(w, "tiledversion", "1.10.2");
    cli_json_text(w, "type", "map");
    cli_json_text(w, "version", "1.10");
    put_size(map, w);
    cli_json_begin_array(w, "tilesets");
    for (int slot = 0; slot < PM_ASSET_SLOTS; slot++)
        for (unsigned palette = 0; palette < PALETTES; palette++)
            if (map->glyphs[slot][palette] && !map->u->problem)
                put_tileset(map, w, slot, palette);
    pm_json_write_end(w);
    cli_json_begin_array(w, "layers");
    for (int i = 0; i < CLI_LAYERS && !map->u->problem; i++)
        if (is_shown(&map->scene.layers[i]))
            put_layer(map, w, i);
    pm_json_write_end(w);
    pm_json_write_end(w);
    pm_buf_puts(&map->text, "\n");
    flush(map, 0);
}

// Whether the cells can be read; notes what they name.
static bool look_at_cells(struct map *map)
{
    for (int i = 0; i < CLI_LAYERS; i++)
        if (!each_cell(map, &map->scene.layers[i], note_cell))
            return false;
    number_tiles(map);
    return true;
}

void unpack_map(struct unpack *u, const struct pm_asset_entry *entry,
                struct pm_asset_reader *reader, const char *name)
{
    struct map map = {.u = u, .name = name, .reader = reader};

    u->problem = cli_scene_read(u->asset, entry, &map.scene);
    if (u->problem || !look_at_cells(&map) ||
        !unpack_begin(u, name, &map.writer))
        return;
    pm_buf_init(&map.text, &cli_alloc);
    put_map(&map);
    pm_buf_free(&map.text);
    unpack_end(u, name, map.writer);
}
