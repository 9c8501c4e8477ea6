// SPDX-License-Identifier: MIT
//
// What the files of the banks share.

#ifndef PM_BANK_INTERNAL_H
#define PM_BANK_INTERNAL_H

#include "bank/bank.h"

// One asset in memory. What depends on the type is in the union.
struct pm_resident {
    struct pm_bank_id id;
    pm_bank_type type;
    unsigned slots; // that hold it
    unsigned users; // these, plans, and whoever has prepared it
    size_t size;    // bytes at [bytes]; what the budget counts
    uint8_t *bytes;
    union {
        struct pm_glyph_sheet glyph;
        struct pm_scene scene;
        struct pm_sound_set sounds;
    };
};

// glyph.c: unpacks a sheet's stored form into new bytes. PM_ERR_NO_MEMORY.
pm_status pm_glyph_make(const struct pm_allocator *alloc,
                        struct pm_resident *resident,
                        const struct pm_bank_content *content);
bool pm_glyph_form_fits(const struct pm_bank_content *content);
// A window of the stored form.
void pm_glyph_read(const struct pm_glyph_sheet *sheet, uint64_t at,
                   uint8_t *dst, size_t size);

// scene.c: whether the stored form holds together; the layers' heads in it.
bool pm_scene_is_valid(const uint8_t *bytes, size_t size);
void pm_scene_make(struct pm_scene *scene, const uint8_t *bytes);

#endif
