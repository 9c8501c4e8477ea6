// SPDX-License-Identifier: MIT
//
// Banks: asset memory that is resident, in numbered places.
//
// There are four types of bank with sixteen slots each. What is in a slot is
// a resident: its bytes in the form that the machine draws or plays from,
// and its identity. The same asset in two slots is one resident with two
// users; it counts once against the budget of its type. An asset whose
// content differs (it was edited and loaded again) is another resident, even
// if its id is the same.
//
// Becoming resident has three steps. Content is the stored form with what the
// table says of it; it is read and examined by whoever likes, also on another
// thread. pm_bank_prepare makes a resident of it. That is put into a slot at
// once, or planned for the next frame boundary, where pm_bank_apply puts all
// plans into effect together and cannot fail.
//
// Every change is all or nothing: after a failure the slots, the budget and
// the memory are as they were.

#ifndef PM_BANK_BANK_H
#define PM_BANK_BANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#include "asset/asset.h"
#include "base/bits.h"

#define PM_BANK_SLOTS 16

#define PM_GLYPH_PALETTES       64
#define PM_GLYPH_COLORS         16
#define PM_GLYPH_PALETTES_BYTES (PM_GLYPH_PALETTES * PM_GLYPH_COLORS * 2)
#define PM_GLYPH_SHEET_MAX      256
// The largest resident sheet: a byte a pixel, and its palettes.
#define PM_GLYPH_RESIDENT_MAX                                                  \
    (PM_GLYPH_SHEET_MAX * PM_GLYPH_SHEET_MAX + PM_GLYPH_PALETTES_BYTES)

// The form of a glyph sheet. The tiles are counted from 0, row by row.
struct pm_glyph_form {
    uint32_t tile_size; // 8, 16 or 32
    uint32_t width;     // pixels; a multiple of tile_size, 8..256
    uint32_t height;    // likewise
};

// A resident sheet. Lives until the bank changes the slot it was asked from.
struct pm_glyph_sheet {
    struct pm_glyph_form form;
    uint32_t columns; // tiles in a row
    uint32_t count;   // tiles
    // width * height indices, 0..15 each; 0 is transparent.
    const uint8_t *pixels;
    // PM_GLYPH_PALETTES * PM_GLYPH_COLORS colours, RGB565.
    const uint16_t *palettes;
};

// A layer of a resident scene.
struct pm_scene_layer {
    bool is_active;
    uint8_t glyph_bank; // slot of the sheet that its tiles are in
    uint8_t tile_size;  // 8, 16, 32; any number where it is not active
    int32_t parallax_x; // 16.16 of the camera's way
    int32_t parallax_y;
    uint32_t width; // in tiles; 0: nothing is drawn
    uint32_t height;
    // width * height cells, row by row: see pm_scene_cell.
    const uint8_t *cells;
};

#define PM_SCENE_LAYERS 4

struct pm_scene {
    struct pm_scene_layer layers[PM_SCENE_LAYERS];
};

// The cell at column x, row y, which must be inside the layer.
static inline uint32_t pm_scene_cell(const struct pm_scene_layer *layer,
                                     uint32_t x, uint32_t y)
{
    return pm_load32(layer->cells + 4 * ((uint64_t)y * layer->width + x));
}

// What a cell says. Glyph and palette are any number: what the sheet does not
// have draws nothing.
#define PM_CELL_GLYPH(cell)   ((cell)&0xffff)
#define PM_CELL_PALETTE(cell) ((cell) >> 16 & 63)
#define PM_CELL_FLIP_X(cell)  ((cell) >> 22 & 1)
#define PM_CELL_FLIP_Y(cell)  ((cell) >> 23 & 1)
#define PM_CELL_IS_USED(cell) ((cell) >> 24 & 1)
// Bits that are 0.
#define PM_CELL_UNUSED 0xfe000000u

// Resident sounds: samples of one channel, little-endian, end to end.
struct pm_sound_set {
    const uint8_t *frames; // two bytes each
    uint32_t frame_count;
    uint32_t sample_count;
    const struct pm_asset_sample *samples;
};

// Who is in a slot: what a saved state says, so that it can be found again.
struct pm_bank_id {
    int32_t asset_id;
    // A hash of the stored form and its parameters.
    uint64_t content;
};

// The stored form of an asset that is to become resident.
struct pm_bank_content {
    pm_bank_type type;
    int32_t asset_id;
    struct pm_glyph_form glyph;      // GLYPH
    struct pm_asset_sample *samples; // SOUNDS
    uint32_t sample_count;
    uint8_t *bytes; // of the allocator that frees it, as [samples]
    size_t size;
    uint64_t hash; // set by pm_bank_examine
};

struct pm_bank_config {
    struct pm_allocator alloc;
    // Resident bytes each type may hold. All zero: room for sixteen of the
    // largest sheets, and 4 MiB for each of the other types.
    uint64_t budget[PM_BANK_TYPES];
};

struct pm_bank;

// Makes sixteen empty slots of each type and stores them in [out], to be
// destroyed by the caller. Fails with PM_ERR_NO_MEMORY.
pm_status pm_bank_create(const struct pm_bank_config *config,
                         struct pm_bank **out);
void pm_bank_destroy(struct pm_bank *bank);

// Whether a sheet may have this form.
bool pm_glyph_form_is_valid(const struct pm_glyph_form *form);

// Bytes of a sheet of a valid form as it is stored: ceil(w * h / 2) + 2,048;
// and as it is resident: w * h + 2,048.
size_t pm_glyph_stored_size(const struct pm_glyph_form *form);
size_t pm_glyph_resident_size(const struct pm_glyph_form *form);

// Makes room for the stored form of an entry: [bytes] is there, to be filled
// by the caller. Fails with PM_ERR_NO_MEMORY; PM_ERR_LIMIT for a form that
// memory cannot hold. pm_bank_content_free ends it.
pm_status pm_bank_content_begin(const struct pm_allocator *alloc,
                                const struct pm_asset *asset,
                                const struct pm_asset_entry *entry,
                                struct pm_bank_content *out);
void pm_bank_content_free(const struct pm_allocator *alloc,
                          struct pm_bank_content *content);

// Checks content that has been read and takes its hash. Touches nothing else,
// so that it can be done on any thread. PM_ERR_INVALID: bad content.
pm_status pm_bank_examine(struct pm_bank_content *content);

// An asset that is resident, or ready to be.
struct pm_resident;

// Makes a resident of examined content, or finds the one that is there
// already. Takes the content's memory, which must be of the bank's allocator,
// on success. Fails with PM_ERR_NO_MEMORY.
pm_status pm_bank_prepare(struct pm_bank *bank, struct pm_bank_content *content,
                          struct pm_resident **out);
// Gives back what was prepared and not put anywhere. NULL is fine.
void pm_bank_drop(struct pm_bank *bank, struct pm_resident *resident);

// Puts what was prepared into [slot] at once, in place of what is there.
// Takes it over on success. PM_ERR_LIMIT: the type's budget is exceeded.
pm_status pm_bank_put(struct pm_bank *bank, unsigned slot,
                      struct pm_resident *resident);

// Plans the same for the next pm_bank_apply, in place of what was planned for
// the slot before; a NULL resident empties it. PM_ERR_LIMIT: with all that is
// planned the type's budget would be exceeded; nothing has changed then.
pm_status pm_bank_plan(struct pm_bank *bank, pm_bank_type type, unsigned slot,
                       struct pm_resident *resident);
// Whether something is planned for a slot, and if so what: false in
// [out_full] when it is to be emptied.
bool pm_bank_planned(const struct pm_bank *bank, pm_bank_type type,
                     unsigned slot, bool *out_full, struct pm_bank_id *out);
// Forgets all plans.
void pm_bank_forget_plans(struct pm_bank *bank);
// Puts all plans into effect. Cannot fail.
void pm_bank_apply(struct pm_bank *bank);

// Puts a sheet in its stored form into [slot] (0..15), in place of what is
// there.
//
// The stored form is 4-bit indices row by row, the left pixel in the high
// nibble, then 64 palettes of 16 colours, RGB565, little-endian. Fails with
// PM_ERR_INVALID when form or size break a rule, PM_ERR_LIMIT when the type's
// budget would be exceeded, PM_ERR_NO_MEMORY.
pm_status pm_bank_install_glyph(struct pm_bank *bank, unsigned slot,
                                int32_t asset_id,
                                const struct pm_glyph_form *form,
                                const uint8_t *stored, size_t stored_size);

// Lets slot [to] hold what slot [from] holds, without another copy. Fails
// with PM_ERR_NOT_FOUND when [from] is empty.
pm_status pm_bank_share(struct pm_bank *bank, pm_bank_type type, unsigned from,
                        unsigned to);

// Empties a slot; an empty one stays so.
void pm_bank_unload(struct pm_bank *bank, pm_bank_type type, unsigned slot);

// The sheet in a slot, or NULL when the slot is empty.
const struct pm_glyph_sheet *pm_bank_glyph(const struct pm_bank *bank,
                                           unsigned slot);

// The scene in a slot, the sounds in one; NULL when it is empty. They live as
// long as sheets do.
const struct pm_scene *pm_bank_scene(const struct pm_bank *bank, unsigned slot);
const struct pm_sound_set *pm_bank_sounds(const struct pm_bank *bank,
                                          unsigned slot);

// Bytes of the stored form of what is in a slot, and a window of them, which
// must lie inside. The slot must be full.
uint64_t pm_bank_form_size(const struct pm_bank *bank, pm_bank_type type,
                           unsigned slot);
void pm_bank_read(const struct pm_bank *bank, pm_bank_type type, unsigned slot,
                  uint64_t at, uint8_t *dst, size_t size);

// Gives whether a slot holds something, and if so, in [out] (NULL: not
// wanted) its identity.
bool pm_bank_identity(const struct pm_bank *bank, pm_bank_type type,
                      unsigned slot, struct pm_bank_id *out);

// The lowest slot that holds the asset with this identity, or -1.
int pm_bank_find(const struct pm_bank *bank, pm_bank_type type,
                 const struct pm_bank_id *id);

// Resident bytes of a type, each resident counted once, and its budget.
void pm_bank_usage(const struct pm_bank *bank, pm_bank_type type,
                   uint64_t *out_used, uint64_t *out_budget);

#endif
