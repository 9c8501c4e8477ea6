// SPDX-License-Identifier: MIT
//
// What the files of the Aseprite reader share. A file is a header, then
// frames of chunks. Chunks are read one by one (aseprite.c,
// aseprite_chunks.c, aseprite_cels.c); at the end of each frame its cels are
// laid over each other (aseprite_compose.c).
//
// A file of a few bytes can ask for much: frames, pixels that zlib packs a
// thousand to one, cels that are linked again and again. Each of these has a
// limit below, and nothing is reserved before what asks for it was checked.

#ifndef PM_PACK_ASEPRITE_H
#define PM_PACK_ASEPRITE_H

#include "base/cursor.h"
#include "pack/convert.h"

#define PM_ASE_MAX_SIDE     4096
#define PM_ASE_MAX_PIXELS   ((uint64_t)1 << 24) // of all frames together
#define PM_ASE_MAX_DECODED  ((uint64_t)1 << 26) // bytes of all cels and tiles
#define PM_ASE_MAX_DRAWN    ((uint64_t)1 << 28) // pixels of all cels drawn
#define PM_ASE_MAX_LAYERS   1024
#define PM_ASE_MAX_LEVELS   16 // of groups in each other
#define PM_ASE_MAX_TILESETS 256

#define PM_ASE_NONE UINT32_MAX

enum pm_ase_layer_kind { PM_ASE_IMAGE, PM_ASE_GROUP, PM_ASE_TILEMAP };

struct pm_ase_layer {
    const uint8_t *name; // in the file
    size_t name_size;
    enum pm_ase_layer_kind kind;
    uint32_t parent; // a group, or PM_ASE_NONE
    uint16_t level;
    bool is_shown; // it and all its groups
    bool is_background;
    uint8_t blend;
    uint8_t opacity;
    uint32_t tileset; // its id
};

struct pm_ase_cel {
    bool is_there;
    uint8_t opacity;
    int16_t x;
    int16_t y;
    int16_t z;
    uint32_t layer;
    uint32_t width; // in pixels, also of a tilemap
    uint32_t height;
    const uint8_t *pixels; // in a block, or in the file
};

struct pm_ase_tileset {
    uint32_t id;
    bool zero_is_empty;
    uint32_t count;
    uint32_t width; // of a tile
    uint32_t height;
    const uint8_t *pixels; // NULL: they are in another file
};

struct pm_ase_block {
    uint8_t *bytes;
    size_t size;
};

struct pm_ase {
    const struct pm_pack_file *file;
    struct pm_pack_animation *out;
    size_t errors; // of the diagnostics, before this file
    bool out_of_memory;

    // The header.
    uint32_t width;
    uint32_t height;
    uint32_t frame_count;
    uint32_t depth; // bytes a pixel: 4 RGBA, 2 grey and alpha, 1 an index
    bool has_opacity;
    bool has_groups; // groups are laid over each other by themselves
    uint16_t speed;
    uint8_t transparent;

    // Where the reader is, for messages.
    uint32_t frame;
    size_t chunk; // its offset
    const char *chunk_name;
    uint32_t layer; // PM_ASE_NONE: of none

    struct pm_ase_layer layers[PM_ASE_MAX_LAYERS];
    uint32_t layer_count;
    struct pm_ase_tileset tilesets[PM_ASE_MAX_TILESETS];
    uint32_t tileset_count;

    // The palette as it is in this frame.
    uint8_t palette[256][4];
    uint32_t colours;
    bool has_new_palette;
    bool palette_changed; // after the first frame was composed

    // Cels of the frames before, each frame's by layer, and of this one.
    struct pm_ase_cel *cels;
    size_t cel_count;
    size_t cel_room;
    size_t *starts; // of each frame and behind the last, in [cels]
    struct pm_ase_cel now[PM_ASE_MAX_LAYERS]; // by layer

    struct pm_ase_block *blocks; // of unpacked pixels
    size_t block_count;
    size_t block_room;
    uint64_t decoded; // bytes of them, so far
    uint64_t drawn;   // pixels, so far

    // Composing.
    uint32_t order[PM_ASE_MAX_LAYERS];        // layers, from the lowest up
    uint8_t *canvases[PM_ASE_MAX_LEVELS + 1]; // of groups; [0] is not used
    uint8_t **indices; // of each frame, of an indexed file
    bool is_exact;     // indices say all that is to be seen
    uint64_t beyond;   // pixels with an index that the palette does not have
    uint64_t unknown;  // chunks of kinds that are not known
};

// Adds a fault at the chunk that is being read: "frame 1, layer 2 "legs",
// cel: ...".
void pm_pack_ase_fault(struct pm_ase *f, const char *format, ...)
    PM_PRINTF(2, 3);
bool pm_pack_ase_failed(const struct pm_ase *f);

// A block of [size] bytes that lives as long as [f], zeroed; NULL after a
// fault or without memory. Counts against PM_ASE_MAX_DECODED.
uint8_t *pm_pack_ase_block(struct pm_ase *f, uint64_t size);

// What is left in [from], unpacked by zlib to exactly [size] bytes, in a
// block; NULL after a fault.
uint8_t *pm_pack_ase_inflate(struct pm_ase *f, struct pm_cursor *from,
                             uint64_t size);

// Each reads the body of a chunk.
void pm_pack_ase_old_palette(struct pm_ase *f, struct pm_cursor *body);
void pm_pack_ase_older_palette(struct pm_ase *f, struct pm_cursor *body);
void pm_pack_ase_palette(struct pm_ase *f, struct pm_cursor *body);
void pm_pack_ase_layer(struct pm_ase *f, struct pm_cursor *body);
void pm_pack_ase_tags(struct pm_ase *f, struct pm_cursor *body);
void pm_pack_ase_tileset(struct pm_ase *f, struct pm_cursor *body);
void pm_pack_ase_cel(struct pm_ase *f, struct pm_cursor *body);

// Ends a frame's reading: its cels join those that can be linked to.
void pm_pack_ase_keep_cels(struct pm_ase *f);

// Composes the frame from f->now into its picture.
void pm_pack_ase_compose(struct pm_ase *f);

#endif
