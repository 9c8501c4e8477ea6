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

// What the next frame does to a slot.
struct pm_bank_change {
    bool is_set;
    struct pm_resident *resident; // NULL: the slot is to be emptied
};

// Invariants, for each type:
//   1. [used] is the sum of the sizes of the different residents in [slots].
//   2. [used] is at most [budget], and stays so when the plans take effect.
//   3. a resident's slots are exactly those that point to it; its users are
//      these, the plans that do, and what was prepared and not put anywhere.
//   4. two residents in slots or plans differ in their identity.
struct pm_bank_slots {
    struct pm_resident *slots[PM_BANK_SLOTS];
    struct pm_bank_change plans[PM_BANK_SLOTS];
    uint64_t used;
    uint64_t budget;
};

struct pm_bank {
    struct pm_allocator alloc;
    struct pm_bank_slots types[PM_BANK_TYPES];
};

// bank.c ----------------------------------------------------------------------

bool pm_bank_is(const struct pm_resident *resident,
                const struct pm_bank_id *id);
// The resident of that identity, in a slot or planned for one; or NULL.
struct pm_resident *pm_bank_look_up(struct pm_bank *bank, pm_bank_type type,
                                    const struct pm_bank_id *id);
// Puts a user of [resident] (NULL: nothing) into the slot.
void pm_bank_set(struct pm_bank *bank, pm_bank_type type, unsigned slot,
                 struct pm_resident *resident);
void pm_bank_forget_change(struct pm_bank *bank, struct pm_bank_change *plan);
// Whether the budget holds with [resident] in [slot], beside what is in the
// other slots now or, when [is_later], then.
bool pm_bank_fits(const struct pm_bank_slots *banks, unsigned slot,
                  const struct pm_resident *resident, bool is_later);

// glyph.c, scene.c ------------------------------------------------------------

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
