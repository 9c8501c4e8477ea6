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

// Who is in a slot: what a saved state says, so that it can be found again.
struct pm_bank_id {
    int32_t asset_id;
    // A hash of the stored form and its parameters.
    uint64_t content;
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
pm_status pm_bank_share(struct pm_bank *bank, enum pm_bank_type type,
                        unsigned from, unsigned to);

// Empties a slot; an empty one stays so.
void pm_bank_unload(struct pm_bank *bank, enum pm_bank_type type,
                    unsigned slot);

// The sheet in a slot, or NULL when the slot is empty.
const struct pm_glyph_sheet *pm_bank_glyph(const struct pm_bank *bank,
                                           unsigned slot);

// Gives whether a slot holds something, and if so, in [out] (NULL: not
// wanted) its identity.
bool pm_bank_identity(const struct pm_bank *bank, enum pm_bank_type type,
                      unsigned slot, struct pm_bank_id *out);

// The lowest slot that holds the asset with this identity, or -1.
int pm_bank_find(const struct pm_bank *bank, enum pm_bank_type type,
                 const struct pm_bank_id *id);

// Resident bytes of a type, each resident counted once, and its budget.
void pm_bank_usage(const struct pm_bank *bank, enum pm_bank_type type,
                   uint64_t *out_used, uint64_t *out_budget);

#endif
