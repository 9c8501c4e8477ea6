// SPDX-License-Identifier: MIT
//
// What the files of the driver share: inputs → units → parts.
//
// An input is a file. A unit is what one conversion takes: a file, or all
// files of a folder with asset.json. A part is an asset: most units make one,
// a map makes a SCENE, its sheets and its objects.

#ifndef PM_PACK_PROJECT_H
#define PM_PACK_PROJECT_H

#include "base/arena.h"
#include "base/json.h"
#include "pack/convert.h"

#define PM_PACK_NO_SLOT     (-1)
#define PM_PACK_ANY_SLOT    (-2)
#define PM_PACK_NONE        UINT32_MAX
#define PM_PACK_MOST_SHEETS 4

enum pm_pack_kind {
    PM_PACK_RAW,       // BLOB of the file's own bytes
    PM_PACK_PICTURE,   // GLYPH of a picture
    PM_PACK_SOUND,     // SOUNDS
    PM_PACK_ANIMATION, // GLYPH and BLOB .anim
    PM_PACK_MAP,       // SCENE, GLYPHs .tiles, BLOB .objects
    PM_PACK_FOR_MAPS,  // a tileset's file: no asset
};

// One sample that settings name.
struct pm_pack_sample {
    const char *file; // NULL: the unit's only one
    const char *name; // NULL: the file's
    bool has_loop;
    uint32_t loop_start;
    uint32_t loop_end;
    struct pm_place place;
};

// A key of settings, and where it stands.
struct pm_pack_seen {
    const char *key;
    struct pm_place place;
};

// NAME.json or asset.json.
struct pm_pack_settings {
    uint32_t input; // PM_PACK_NONE: there are none
    bool has_type;
    bool is_bad; // there was a fault in them
    pm_bank_type type;
    int tile_size; // 0: not said
    int slot;
    int32_t id; // 0: not said
    struct pm_place id_place;
    bool has_codec;
    pm_asset_codec codec;
    uint32_t chunk; // 0: not said
    bool extracts;
    struct pm_pack_sample *samples; // in the arena
    size_t sample_count;
    int sheet_slots[PM_PACK_MOST_SHEETS]; // of a map
    size_t sheet_slot_count;              // 0: not said
    // The keys that were there, for those that mean nothing here; in the
    // arena, since most units have no settings.
    struct pm_pack_seen *seen;
    size_t seen_count;
};

// Another file that a conversion read.
struct pm_pack_dep {
    const char *name;
    uint32_t input; // PM_PACK_NONE: there was no such file
    struct pm_hash128 hash;
};

// An asset, as a result describes it. Pointers lead into the result's bytes.
struct pm_pack_part {
    const char *suffix; // behind the unit's name: "", ".anim"
    pm_bank_type bank;
    pm_asset_codec codec;
    uint32_t chunk;
    bool is_file;         // the form is the unit's file as it is
    const char *metadata; // NULL: none
    const uint8_t *bytes; // the slice; of a SCENE its form
    size_t size;
    uint64_t form_size;
    uint64_t decoded_size;
    // Given by the driver.
    struct pm_pack_unit *unit;
    const char *name;
    int32_t id;
    int slot;
    uint8_t *file_bytes;  // read for is_file
    struct pm_buf packed; // of a SCENE
};

struct pm_pack_unit {
    struct pm_job job; // the first member
    struct pm_packer *packer;
    enum pm_pack_kind kind;
    const char *name;
    const char *folder;  // with its '/'; NULL: a file
    uint32_t first_file; // in the packer's list of files
    uint32_t file_count;
    struct pm_pack_settings settings;
    bool is_dropped; // a map's alone
    // What its job makes.
    struct pm_hash128 key;
    pm_status status;
    bool is_from_cache;
    struct pm_diags diags;
    struct pm_buf used; // other inputs that it read, u32
    struct pm_buf result;
    // The result where it lies, in the buffer above or in the cache.
    const void *bytes;
    size_t size;
    // The result, read.
    const char *report;
    struct pm_pack_dep *deps;
    size_t dep_count;
    struct pm_pack_part *parts;
    size_t part_count;
};

// A name of the registry. Names whose files are gone stay.
struct pm_pack_name {
    const char *text;
    int32_t id;
    bool is_used;
};

struct pm_packer {
    struct pm_allocator alloc;
    struct pm_arena arena; // of the driver's own thread
    struct pm_diags *diags;
    const struct pm_pack_project *project;
    struct pm_pack_result *out;
    size_t input_count;
    uint32_t *order;            // inputs by name
    uint32_t *by_stem;          // inputs by name without ending
    uint32_t *settings;         // of each input: its NAME.json, or none
    bool *is_taken;             // by a unit, or as settings
    bool *is_of_map;            // a map reads it
    struct pm_pack_unit *units; // by name
    size_t unit_count;
    uint32_t *files; // inputs of the units
    size_t file_count;
    struct pm_pack_part **parts; // by name
    size_t part_count;
    struct pm_pack_name *names; // room for name_room
    size_t name_count;
    size_t name_room;
};

static inline const struct pm_pack_input *
pm_pack_input_at(const struct pm_packer *p, uint32_t input)
{
    return &p->project->inputs[input];
}

// The inputs of a unit.
static inline const uint32_t *pm_pack_files_of(const struct pm_pack_unit *unit)
{
    return unit->packer->files + unit->first_file;
}

// --- messages.c --------------------------------------------------------------

// Formats, escapes nothing, and adds an error.
void pm_pack_fault(struct pm_diags *diags, const struct pm_place *place,
                   const char *code, const char *format, ...) PM_PRINTF(4, 5);

// [text], escaped and cut to a length that messages bear, in [out].
struct pm_pack_shown {
    char text[100];
};
struct pm_pack_shown pm_pack_show(const char *text);

// A text whose places are asked for one after the other, mostly from its start
// to its end: then all of them together are found in one go through it.
struct pm_pack_text {
    const char *file;
    const uint8_t *text;
    size_t size;
    size_t at; // how far it has been gone through
    size_t line_start;
    uint32_t lines; // before that
};
struct pm_place pm_pack_place(struct pm_pack_text *text, size_t offset);

// The nearest of [known] to [word], or NULL when none is near.
const char *pm_pack_nearest(const char *word, const char *const *known,
                            size_t count);

// --- plan.c ------------------------------------------------------------------

// The last part of a name, behind its folders.
const char *pm_pack_base_name(const char *name);
// Which input has that name; PM_PACK_NONE.
uint32_t pm_pack_find_input(const struct pm_packer *p, const char *name);
// Whether a file of that name is made into what [bank] holds.
bool pm_pack_makes(const char *name, pm_bank_type bank);
// Inputs → units, with their settings.
pm_status pm_pack_plan(struct pm_packer *p);

// --- settings.c --------------------------------------------------------------

// Reads the unit's settings, where there are any.
pm_status pm_pack_read_settings(struct pm_packer *p, struct pm_pack_unit *unit);
// settings_kind.c: gives the unit its kind; keys that mean nothing for it are
// faults.
void pm_pack_apply_settings(struct pm_packer *p, struct pm_pack_unit *unit);
// Whether a value is an integer in the range, or a fault.
bool pm_pack_want_int(struct pm_diags *diags, const struct pm_json_node *node,
                      const struct pm_place *place, const char *key,
                      int64_t min, int64_t max);

// --- files.c -----------------------------------------------------------------

// The bytes of an input; to be given back.
struct pm_pack_bytes {
    const uint8_t *data;
    size_t size;
    uint8_t *own;
};
pm_status pm_pack_read(struct pm_packer *p, uint32_t input,
                       struct pm_diags *diags, struct pm_pack_bytes *out);
// The same for bytes that must be those that were hashed: what changes while
// it is packed is a fault.
pm_status pm_pack_read_same(struct pm_packer *p, uint32_t input,
                            struct pm_diags *diags, struct pm_pack_bytes *out);
void pm_pack_release(struct pm_packer *p, struct pm_pack_bytes *bytes);
// Moves what [from] has to the end of [to]; faults that [from] only counted
// stay counted.
void pm_pack_take_diags(struct pm_diags *to, struct pm_diags *from);
// Works out the hashes of all inputs that have none.
pm_status pm_pack_hash_inputs(struct pm_packer *p);

// --- convert.c ---------------------------------------------------------------

// Converts all maps, then all that no map keeps for itself.
pm_status pm_pack_convert_units(struct pm_packer *p);

// A conversion under way.
struct pm_pack_maker {
    struct pm_packer *packer;
    struct pm_pack_unit *unit;
    struct pm_allocator alloc;
    struct pm_diags *diags;
    struct pm_buf report;
    struct pm_buf parts; // as in a result
    uint32_t part_count;
    // Of a map: what it asked for and is there stands in unit->used, what is
    // not there here, a NUL behind each name.
    struct pm_buf missing;
    struct pm_pack_bytes *others; // one an input
};

// Reads the unit's file [index] and shows it as converters want it.
pm_status pm_pack_open_file(struct pm_pack_maker *m, uint32_t index,
                            struct pm_pack_bytes *bytes,
                            struct pm_pack_file *out);
// Adds an asset to the result, packed as the settings or its size have it.
// [part] has suffix, bank, metadata, bytes, size (of the form), decoded_size.
pm_status pm_pack_add_part(struct pm_pack_maker *m,
                           const struct pm_pack_part *part);
pm_status pm_pack_add_glyph(struct pm_pack_maker *m, const char *suffix,
                            const struct pm_pack_glyph *glyph, int palettes);

// Cuts a picture into tiles of [size], row by row, and adds them. What hangs
// over its edges is transparent.
pm_status pm_pack_cut(struct pm_pack_sheet *sheet, uint32_t size,
                      const struct pm_pack_image *image);
// A line on a finished sheet.
void pm_pack_report_sheet(struct pm_pack_maker *m,
                          const struct pm_pack_sheet *sheet, const char *name,
                          const struct pm_pack_glyph *glyph);

// What each kind does (make_*.c).
pm_status pm_pack_make_raw(struct pm_pack_maker *m);
pm_status pm_pack_make_picture(struct pm_pack_maker *m);
pm_status pm_pack_make_sound(struct pm_pack_maker *m);
pm_status pm_pack_make_animation(struct pm_pack_maker *m);
pm_status pm_pack_make_map(struct pm_pack_maker *m);

// --- result.c ----------------------------------------------------------------

// The bytes of a conversion's result into unit->result and unit->bytes.
pm_status pm_pack_write_result(struct pm_pack_maker *m);
// Reads unit->bytes, trusting nothing. PM_ERR_CORRUPT for what is not whole
// or not for this key. The arrays are freed by pm_pack_free_result.
pm_status pm_pack_read_result(struct pm_pack_unit *unit);
void pm_pack_free_result(struct pm_pack_unit *unit);
void pm_pack_put_part(struct pm_buf *out, const struct pm_pack_part *part);

// --- ids.c, slots.c, scenes.c, write.c, report.c
// ---------------------------------------

pm_status pm_pack_read_registry(struct pm_packer *p);
pm_status pm_pack_give_ids(struct pm_packer *p);
pm_status pm_pack_give_slots(struct pm_packer *p);
// The slot that a map's settings want it to draw a sheet from;
// PM_PACK_ANY_SLOT where they do not say.
int pm_pack_sheet_slot(const struct pm_pack_unit *unit, size_t sheet);
// The first file that an asset was made of, for messages.
const char *pm_pack_first_file(const struct pm_pack_part *part);
// Scenes draw from the slots of their sheets, and are packed.
pm_status pm_pack_finish_scenes(struct pm_packer *p);
pm_status pm_pack_write_assets(struct pm_packer *p);
void pm_pack_check_sizes(struct pm_packer *p);
pm_status pm_pack_write_report(struct pm_packer *p);

// Chooses how a form is packed: codec, and the slice in [out]. Left empty when
// it is stored as it is.
pm_status pm_pack_choose_codec(const struct pm_pack_unit *unit,
                               struct pm_pack_part *part, const uint8_t *form,
                               size_t size, struct pm_buf *out);

#endif
