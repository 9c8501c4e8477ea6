// SPDX-License-Identifier: MIT
//
// What the files of "prometeu unpack" share. First all names are chosen
// (unpack_names.c), then asset after asset is written, in pieces.

#ifndef PM_CLI_UNPACK_H
#define PM_CLI_UNPACK_H

#include "assets.h"
#include "hosts/common/file_writer.h"

#define UNPACK_LIST     "assets.json"
#define UNPACK_REGISTRY "assets.ids.json"
#define UNPACK_TILESETS "tilesets"

#define UNPACK_PIECE ((size_t)65536)

// Of two files that want one name, the one whose kind stands first has it.
enum unpack_kind {
    UNPACK_RESERVED,
    UNPACK_SHEET,    // NAME.png
    UNPACK_SETTINGS, // NAME.json for the packer
    UNPACK_SAMPLE,   // NAME.wav
    UNPACK_MAP,      // NAME.tmj
    UNPACK_BLOB,
    UNPACK_RAW, // the stored form
};

struct unpack_file {
    uint32_t entry; // index in the table
    uint32_t sample;
    uint32_t name; // offset in [names]
    uint8_t kind;
    bool is_part;  // one of several samples
    bool is_other; // the name that it wanted was taken
};

struct unpack_plan {
    struct unpack_file *files; // those of an entry stand together
    size_t count;
    size_t capacity;
    struct pm_buf names; // with a NUL behind each
};

struct unpack {
    const struct pm_asset *asset;
    const char *file;   // as messages name it
    const char *folder; // where everything goes
    const char *const *words;
    size_t word_count; // 0: all assets
    bool is_raw;
    bool may_replace;
    bool is_json;
    uint64_t most; // bytes
    bool *is_chosen;
    struct unpack_plan plan;
    uint8_t *piece; // UNPACK_PIECE bytes
    struct pm_file_writer *list;
    size_t in_list;                    // lines that are in it
    struct pm_buf report;              // --json: the same lines
    bool has_tilesets;                 // the folder is there
    uint64_t tilesets[PM_ASSET_SLOTS]; // pictures in it: a bit a palette
    size_t unpacked;                   // assets
    size_t written;                    // files
    // The asset at hand: what is wrong with it, PM_OK for nothing. What goes
    // wrong with the folder stops everything.
    pm_status problem;
    bool is_stopped;
    int code;
};

// --- unpack_names.c ----------------------------------------------------------

// Plans the files of all chosen assets; every name is another one, and none
// leaves the folder. PM_ERR_NO_MEMORY.
pm_status unpack_plan(struct unpack *u);
void unpack_plan_free(struct unpack_plan *plan);
const char *unpack_name(const struct unpack *u, const struct unpack_file *file);

// --- unpack.c ----------------------------------------------------------------

// Begins a file of that name in the folder, goes on, and ends it. A failure is
// told once; the asset is then one that could not be unpacked.
bool unpack_begin(struct unpack *u, const char *name,
                  struct pm_file_writer **out);
bool unpack_put(struct unpack *u, const char *name,
                struct pm_file_writer *writer, const void *data, size_t size);
// Gives the file its name, or with an asset that is bad drops it.
bool unpack_end(struct unpack *u, const char *name,
                struct pm_file_writer *writer);
// A small file in one step.
bool unpack_whole(struct unpack *u, const char *name, const void *data,
                  size_t size);

// Copies [size] bytes of a stored form to a file.
bool unpack_copy(struct unpack *u, const char *name,
                 struct pm_asset_reader *reader, uint64_t at, uint64_t size,
                 struct pm_file_writer *writer);

// --- one file each -----------------------------------------------------------

// unpack_glyph.c: the sheet in one of its palettes.
void unpack_sheet(struct unpack *u, const struct pm_asset_entry *entry,
                  struct pm_asset_reader *reader, const char *name,
                  unsigned palette);
void unpack_settings(struct unpack *u, const struct pm_asset_entry *entry,
                     const char *name);
// unpack_sounds.c
void unpack_sample(struct unpack *u, struct pm_asset_reader *reader,
                   const struct pm_asset_sample *sample, const char *name);
// unpack_scene.c
void unpack_map(struct unpack *u, const struct pm_asset_entry *entry,
                struct pm_asset_reader *reader, const char *name);

// --- unpack_list.c -----------------------------------------------------------

// assets.json, a line an asset; and the registry of ids.
bool unpack_list_begin(struct unpack *u);
void unpack_list_add(struct unpack *u, const struct pm_asset_entry *entry,
                     struct pm_asset_reader *reader,
                     const struct unpack_file *files, size_t count);
void unpack_list_end(struct unpack *u);
void unpack_registry(struct unpack *u);

#endif
