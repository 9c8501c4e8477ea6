// SPDX-License-Identifier: MIT
//
// A map between its tree and what it becomes. The way of a tile: its number
// in the data (tiled_data.c) names a tile of a tileset (tiled_sets.c), whose
// pixels go into the sheet of its size; the layer that it stands in
// (tiled_layers.c) keeps the sheet's number for it. Once all tiles are there
// the sheets are finished, and only then does a number become a cell.

#ifndef PM_PACK_TILED_MAP_H
#define PM_PACK_TILED_MAP_H

#include "pack/tiled_tree.h"

// Cells of all layers together, in the file and in the scene.
#define PM_TILED_MAX_CELLS  ((uint64_t)4 << 20)
#define PM_TILED_MAX_LAYERS 4
// Groups inside each other; a JSON of PM_JSON_DEPTH holds no more either.
#define PM_TILED_MAX_GROUPS 4
// Sides of a tileset's picture and pixels of all pictures, in pixels. A
// decoded one has up to four bytes a pixel.
#define PM_TILED_MAX_SIDE   4096
#define PM_TILED_MAX_PIXELS ((uint64_t)64 << 20)

// The bits of a tile's number.
#define PM_TILED_FLIP_X      0x80000000u
#define PM_TILED_FLIP_Y      0x40000000u
#define PM_TILED_DIAGONAL    0x20000000u
#define PM_TILED_HEXAGONAL   0x10000000u
#define PM_TILED_NUMBER_BITS 0x0fffffffu

// --- names (tiled_names.c) ---------------------------------------------------

// Texts, each once; a number can be kept with it.
struct pm_tiled_name {
    struct pm_tiled_text text;
    uint64_t hash;
    uint32_t value;
};

struct pm_tiled_names {
    struct pm_tiled_name *items;
    size_t count;
    size_t room;
    uint32_t *table; // of items + 1, 0: free; a power of two, or none
    size_t table_size;
};

// The place of [text], which must outlive the table; a new one has the value
// 0. SIZE_MAX when memory is short.
size_t pm_tiled_name_put(struct pm_tiled *tiled, struct pm_tiled_names *names,
                         struct pm_tiled_text text);
void pm_tiled_names_free(struct pm_tiled *tiled, struct pm_tiled_names *names);

// --- files (tiled_path.c) ----------------------------------------------------

// Another file, which [doc] names at [place] relative to its own folder.
// False after a fault. The path is kept in the arena.
bool pm_tiled_load(const struct pm_tiled_doc *doc, uint64_t place,
                   struct pm_tiled_text name, const char **out_path,
                   const void **out_bytes, size_t *out_size);

// --- data (tiled_data.c) -----------------------------------------------------

// Reads the [count] numbers of tiles that [holder], the layer itself or a
// chunk of it, has. False after a fault or when memory is short.
bool pm_tiled_read_gids(const struct pm_tiled_node *layer,
                        const struct pm_tiled_node *holder, int64_t width,
                        int64_t height, uint32_t *out);

// --- pictures (tiled_pictures.c) --------------------------------------------

struct pm_tiled_map;

struct pm_tiled_picture {
    bool is_bad;
    struct pm_pack_image image;
};

// Reads the picture that [node] names, if it is new, and gives its place in
// map->pictures. False after a fault, also an earlier one of the same picture,
// or when memory is short.
bool pm_tiled_picture_load(struct pm_tiled_map *map,
                           const struct pm_tiled_node *node, size_t *out);
void pm_tiled_pictures_free(struct pm_tiled_map *map);

// --- tilesets (tiled_sets.c) -------------------------------------------------

// A tile of a collection, which is a picture or a part of one.
struct pm_tiled_set_tile {
    uint32_t id;
    const struct pm_tiled_node *node;
    bool is_read; // once it was used, the rest is known
    bool is_bad;
    size_t picture;
    uint32_t x;
    uint32_t y;
    uint32_t width;
    uint32_t height;
};

struct pm_tiled_set {
    const struct pm_tiled_node *use;  // where the map has it
    const struct pm_tiled_node *node; // may be of another file
    uint32_t first;                   // number of its first tile
    int64_t tile_width;
    int64_t tile_height;
    int64_t margin;
    int64_t spacing;
    int64_t offset_x; // where tiles are drawn, in pixels
    int64_t offset_y;
    bool has_key; // a colour is transparent
    uint32_t key;
    bool is_collection; // a picture a tile
    // Once a tile of it was used:
    bool is_read;
    bool is_bad; // what is wrong was said
    size_t picture;
    uint32_t columns;
    uint32_t count;                  // of tiles
    struct pm_tiled_set_tile *tiles; // of a collection, by id
    uint32_t *numbers; // in the sheet + 1, as it is and transposed; 0: none yet
};

// A tile that a number names.
struct pm_tiled_tile {
    struct pm_tiled_set *set;
    uint32_t index; // in the set
    size_t picture;
    uint32_t x; // in the picture
    uint32_t y;
    uint32_t size; // of a side; 0: no size that the machine has
    uint32_t width;
    uint32_t height;
};

// The tilesets of the map; faults are reported.
void pm_tiled_sets_read(struct pm_tiled_map *map,
                        const struct pm_tiled_node *root);
void pm_tiled_sets_free(struct pm_tiled_map *map);

// Finds the tile of number [gid], without its flags. On failure [why] says
// what is wrong, or is empty when that was reported before.
bool pm_tiled_sets_find(struct pm_tiled_map *map, uint32_t gid,
                        struct pm_tiled_tile *out, char *why, size_t room);

// Puts the tile into the sheet of its size and gives its number there.
bool pm_tiled_sets_use(struct pm_tiled_map *map,
                       const struct pm_tiled_tile *tile, bool is_transposed,
                       uint32_t *out_number);

// --- layers (tiled_layers.c) -------------------------------------------------

// What a layer has from itself and the groups around it.
struct pm_tiled_view {
    int64_t x; // offset, 1/256 pixel
    int64_t y;
    int32_t parallax_x; // 16.16
    int32_t parallax_y;
    bool is_visible;
    bool is_plain; // no opacity, tint or mode of blending
};

struct pm_tiled_chunk {
    int64_t x; // in cells of the map
    int64_t y;
    int64_t width;
    int64_t height;
    uint32_t *gids; // tiles' numbers with their flags, 0: none
};

struct pm_tiled_layer {
    const struct pm_tiled_node *node;
    struct pm_tiled_view view;
    struct pm_tiled_chunk *chunks;
    size_t chunk_count;
    uint32_t tile_size; // 0: no tile yet
    // The box of its tiles, in pixels.
    int64_t left;
    int64_t top;
    int64_t right;
    int64_t bottom;
};

struct pm_tiled_group {
    const struct pm_tiled_node *node;
    struct pm_tiled_view view;
};

struct pm_tiled_map {
    struct pm_tiled tiled;
    struct pm_pack_map *out;
    int64_t width; // in cells; 0 when infinite
    int64_t height;
    int64_t tile_width; // of a cell, in pixels
    int64_t tile_height;
    bool is_infinite;
    int64_t origin_x; // in pixels: becomes 0, 0
    int64_t origin_y;

    struct pm_tiled_set *sets;
    size_t set_count;
    struct pm_tiled_names picture_names;
    struct pm_tiled_picture *pictures;
    size_t picture_room;
    uint64_t pixels;   // of all pictures
    size_t text_bytes; // of all files that are text

    struct pm_tiled_layer layers[PM_TILED_MAX_LAYERS];
    int layer_count;
    uint64_t cells; // of the layers so far, in the file, later in the scene
    struct pm_tiled_group *groups; // of objects
    size_t group_count;
    size_t group_room;

    uint32_t sheet_sizes[3]; // in the order in which they came into use
    struct pm_pack_sheet *sheets[3];
};

// Finds the layers of the map, also in groups (tiled_groups.c).
void pm_tiled_layers_find(struct pm_tiled_map *map,
                          const struct pm_tiled_node *root);
// Reads their data and puts their tiles into sheets.
void pm_tiled_layers_read(struct pm_tiled_map *map);
// Makes the scene's layers, once the sheets are finished.
void pm_tiled_layers_write(struct pm_tiled_map *map);
void pm_tiled_layers_free(struct pm_tiled_map *map);

// Which of the map's sheets is that of a tile size.
uint8_t pm_tiled_sheet_of(const struct pm_tiled_map *map, uint32_t tile_size);

// --- objects (tiled_objects.c) -----------------------------------------------

struct pm_tiled_objects;

// Reads all objects; the tiles of theirs go into sheets.
struct pm_tiled_objects *
pm_tiled_objects_read(struct pm_tiled_map *map,
                      const struct pm_tiled_node *root);
// Writes map->out->objects, once the sheets are finished.
void pm_tiled_objects_write(struct pm_tiled_map *map,
                            struct pm_tiled_objects *objects);
void pm_tiled_objects_free(struct pm_tiled_map *map,
                           struct pm_tiled_objects *objects);

#endif
