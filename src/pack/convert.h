// SPDX-License-Identifier: MIT
//
// Converters: one file that an artist made, as bytes, to what the packer
// packs. They trust nothing, know no files and no ids, and depend on nothing
// but their input, so that they can run side by side.
//
// Each takes [file], the name for messages; gives every fault to [diags] with
// the place in the file; adds lines for people to [report] (what was
// quantised, mixed down, left out); and gives nothing at all on failure
// (PM_ERR_INVALID for a bad file, PM_ERR_NO_MEMORY). Results are freed by the
// function beside them.

#ifndef PM_PACK_CONVERT_H
#define PM_PACK_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "pack/pack_internal.h"

// What a converter reads, and where it puts messages.
struct pm_pack_file {
    const char *name; // for messages
    const void *bytes;
    size_t size;
    const struct pm_allocator *alloc;
    struct pm_diags *diags;
    struct pm_buf *report;
};

// --- sounds (wav.c) ----------------------------------------------------------

struct pm_pack_sound {
    uint32_t rate;   // per second, 1..192,000
    uint32_t frames; // 1 or more
    bool has_loop;
    uint32_t loop_start; // in frames; the end is exclusive
    uint32_t loop_end;
    int16_t *samples; // one channel
};

// WAV (and what else libsndfile reads of the same kind: AIFF, FLAC, OGG).
// Channels are mixed to one; a loop in the file is kept.
pm_status pm_pack_decode_sound(const struct pm_pack_file *file,
                               struct pm_pack_sound *out);
void pm_pack_sound_free(const struct pm_allocator *alloc,
                        struct pm_pack_sound *sound);

// --- pictures in frames (aseprite.c) -----------------------------------------

struct pm_pack_tag {
    char name[64];
    uint16_t from; // frames, both of them in the tag
    uint16_t to;
    uint8_t direction; // 0 forward, 1 reverse, 2 ping-pong, 3 ping-pong reverse
    uint16_t repeat;   // 0: for ever
};

struct pm_pack_animation {
    uint32_t width; // of each frame, in pixels
    uint32_t height;
    uint32_t frame_count;
    // Each of width * height pixels, all layers laid over each other as
    // Aseprite shows them. All indexed, with one palette, or none.
    struct pm_pack_image *frames;
    uint16_t *durations; // milliseconds
    uint32_t tag_count;
    struct pm_pack_tag *tags;
};

// An .aseprite or .ase file: RGBA, greyscale or indexed; layers, groups,
// visibility, opacity, blend modes, cels linked, compressed, raw and of
// tilemaps.
pm_status pm_pack_decode_aseprite(const struct pm_pack_file *file,
                                  struct pm_pack_animation *out);
void pm_pack_animation_free(const struct pm_allocator *alloc,
                            struct pm_pack_animation *animation);

// --- sheets (tiles.c) --------------------------------------------------------

// One tile as it is to be drawn.
struct pm_pack_cell {
    uint16_t glyph;
    uint8_t palette;
    bool flip_x;
    bool flip_y;
    bool is_used; // false: every pixel is transparent
};

// A sheet that is being put together: pictures are cut into tiles, equal
// tiles (also flipped ones) are kept once, and colours are sorted into as few
// palettes of 15 as will do. Order of adding decides order in the sheet.
struct pm_pack_sheet;

pm_status pm_pack_sheet_create(const struct pm_allocator *alloc,
                               uint32_t tile_size, struct pm_pack_sheet **out);
void pm_pack_sheet_free(struct pm_pack_sheet *sheet);

// Adds one tile of tile_size * tile_size pixels, RGBA, [stride] bytes a row.
// [out_number] is what pm_pack_sheet_cell is asked with later.
pm_status pm_pack_sheet_add(struct pm_pack_sheet *sheet, const uint8_t *rgba,
                            size_t stride, uint32_t *out_number);

// Chooses palettes and places: to be called once, after all tiles. Faults
// when the sheet has more tiles than 256 * 256 pixels hold, or needs more
// than 64 palettes; tiles of more than 15 colours are reduced, with a line in
// the report. Gives the GLYPH.
pm_status pm_pack_sheet_finish(struct pm_pack_sheet *sheet,
                               const struct pm_pack_file *file,
                               struct pm_pack_glyph *out);
struct pm_pack_cell pm_pack_sheet_cell(const struct pm_pack_sheet *sheet,
                                       uint32_t number);
// For the report: tiles that were added, kept, and palettes in use.
void pm_pack_sheet_counts(const struct pm_pack_sheet *sheet,
                          uint32_t *out_added, uint32_t *out_kept,
                          uint32_t *out_palettes);

// --- maps (tiled.c, tiled_json.c, tiled_xml.c) -------------------------------

// Another file that a map needs: its tilesets and their pictures.
struct pm_pack_files {
    void *context;
    // Gives the bytes of [path], relative to the assets folder and without
    // ".." in it; they live until the conversion has ended.
    // PM_ERR_NOT_FOUND when there is no such file.
    pm_status (*find)(void *context, const char *path, const void **out_bytes,
                      size_t *out_size);
};

struct pm_pack_scene_layer {
    bool is_active;
    uint8_t sheet;      // which of the map's sheets
    int32_t parallax_x; // 16.16
    int32_t parallax_y;
    uint32_t width; // in tiles
    uint32_t height;
    struct pm_pack_cell *cells;
};

// A GLYPH that a map needs: all tiles of one size.
struct pm_pack_map_sheet {
    struct pm_pack_glyph glyph;
};

struct pm_pack_map {
    struct pm_pack_scene_layer layers[4];
    uint32_t sheet_count; // 0..3: one a tile size; 0 when no tile is used
    struct pm_pack_map_sheet sheets[4];
    // What stands in object layers, and the map's own properties, as bytes
    // for a BLOB (docs/spec/assets.md); empty without any.
    struct pm_buf objects;
};

// A Tiled map, .tmj or .tmx: orthogonal; up to four visible tile layers from
// the lowest up, also in groups; tilesets inside or in files beside it
// (.tsj, .tsx), of one picture or of one a tile; data as array, CSV or base64
// (plain, zlib, gzip, zstd); fixed and infinite; all three flips.
//
// file->name is its path in the assets folder, which other files are found
// from; its ending says which of the two it is.
pm_status pm_pack_decode_tiled(const struct pm_pack_file *file,
                               const struct pm_pack_files *others,
                               struct pm_pack_map *out);
void pm_pack_map_free(const struct pm_allocator *alloc,
                      struct pm_pack_map *map);

// A cell as SCENE has it; 0 for one that is not used.
uint32_t pm_pack_cell_bits(const struct pm_pack_cell *cell);

// The SCENE's stored form, each layer drawing from the slot that its sheet
// has: [slots] has one a sheet.
pm_status pm_pack_scene_write(const struct pm_pack_map *map,
                              const uint8_t *slots, struct pm_buf *out);

#endif
