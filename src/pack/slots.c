// SPDX-License-Identifier: MIT
//
// Slots: what is preloaded where.

#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "pack/project.h"

// --- giving ------------------------------------------------------------------

static bool id_is_after(const void *context, uint32_t a, uint32_t b)
{
    struct pm_pack_part *const *parts = context;
    return parts[a]->id != parts[b]->id ? parts[a]->id > parts[b]->id : a > b;
}

const char *pm_pack_first_file(const struct pm_pack_part *part)
{
    return pm_pack_input_at(part->unit->packer, *pm_pack_files_of(part->unit))
        ->name;
}

int pm_pack_sheet_slot(const struct pm_pack_unit *unit, size_t sheet)
{
    return sheet < unit->settings.sheet_slot_count
               ? unit->settings.sheet_slots[sheet]
               : PM_PACK_ANY_SLOT;
}

// A sheet whose slot was said is preloaded with its map, or not at all: then
// the program loads both.
static int sheet_wish(const struct pm_pack_part *part)
{
    const struct pm_pack_unit *unit = part->unit;
    int slot = pm_pack_sheet_slot(unit, (size_t)(part - unit->parts) - 1);

    if (part->bank != PM_BANK_GLYPH)
        return PM_PACK_ANY_SLOT;
    if (slot >= 0 && unit->settings.slot == PM_PACK_NO_SLOT)
        return PM_PACK_NO_SLOT;
    return slot;
}

// What settings say is said of the unit's first asset. Who says nothing wants
// any slot, but for BLOBs, which are read where they lie.
static void take_wish(struct pm_pack_part *part)
{
    if (part == part->unit->parts)
        part->slot = part->unit->settings.slot;
    else
        part->slot = sheet_wish(part);
    if (part->slot == PM_PACK_ANY_SLOT && part->bank == PM_BANK_BLOB)
        part->slot = PM_PACK_NO_SLOT;
}

struct slots {
    const struct pm_pack_part *taken[PM_BANK_TYPES][PM_ASSET_SLOTS];
    int next[PM_BANK_TYPES];
};

static void take_slot(struct pm_packer *p, struct slots *slots,
                      const struct pm_pack_part *part)
{
    const struct pm_pack_part **place = &slots->taken[part->bank][part->slot];
    struct pm_place where = {.file = pm_pack_first_file(part)};

    if (part->unit->settings.input != PM_PACK_NONE)
        where.file = pm_pack_input_at(p, part->unit->settings.input)->name;
    if (*place) {
        struct pm_pack_shown other = pm_pack_show((*place)->name);
        pm_pack_fault(p->diags, &where, "PACK-SLOT",
                      "%s slot %d is asked for by \"%s\" too; give one of "
                      "them another, or null",
                      pm_bank_type_name(part->bank), part->slot, other.text);
    }
    *place = part;
}

static void give_slot(struct pm_packer *p, struct slots *slots,
                      struct pm_pack_part *part)
{
    int *next = &slots->next[part->bank];

    while (*next < PM_ASSET_SLOTS && slots->taken[part->bank][*next])
        (*next)++;
    part->slot = *next < PM_ASSET_SLOTS ? (*next)++ : PM_PACK_NO_SLOT;
    if (part->slot != PM_PACK_NO_SLOT)
        return;
    pm_buf_put_escaped(&p->out->report, part->name, strlen(part->name));
    pm_buf_printf(&p->out->report,
                  ": not preloaded, all 16 slots of %s are taken\n",
                  pm_bank_type_name(part->bank));
}

pm_status pm_pack_give_slots(struct pm_packer *p)
{
    struct slots slots = {0};
    uint32_t *numbers =
        pm_mem_zarray(&p->alloc, p->part_count, sizeof *numbers);

    if (!numbers)
        return p->part_count ? PM_ERR_NO_MEMORY : PM_OK;
    for (size_t i = 0; i < p->part_count; i++) {
        numbers[i] = (uint32_t)i;
        take_wish(p->parts[i]);
        if (p->parts[i]->slot >= 0)
            take_slot(p, &slots, p->parts[i]);
    }
    pm_sort(numbers, p->part_count, id_is_after, p->parts);
    for (size_t i = 0; i < p->part_count; i++)
        if (p->parts[numbers[i]]->slot == PM_PACK_ANY_SLOT)
            give_slot(p, &slots, p->parts[numbers[i]]);
    pm_mem_free(&p->alloc, numbers, p->part_count * sizeof *numbers);
    return PM_OK;
}
