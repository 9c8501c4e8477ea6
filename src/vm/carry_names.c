// SPDX-License-Identifier: MIT
//
// Rows of two modules that have the same name: a table of the fresh names, in
// which rows of one name hang behind each other in their order.
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "vm/carry_internal.h"

// The rows of one name that are still to be given away; 0 ends a list, rows
// are counted from 1.
struct slot {
    uint32_t first;
    uint32_t last;
    uint32_t any; // a row of the name, also when all are given away
};

struct names {
    const struct pm_module *module;
    pm_carry_name_of name_of;
    struct slot *slots;
    size_t slot_count; // a power of two
    uint32_t *next;    // of each row
};

static bool is_same(const struct pm_carry_name *a,
                    const struct pm_carry_name *b)
{
    return a->kind == b->kind && a->text.size == b->text.size &&
           memcmp(a->text.data, b->text.data, a->text.size) == 0;
}

static struct slot *find(const struct names *names,
                         const struct pm_carry_name *name)
{
    size_t mask = names->slot_count - 1;
    size_t at = (size_t)(pm_hash64(name->text.data, name->text.size) +
                         name->kind * UINT64_C(0x9E3779B97F4A7C15));

    for (;; at++) {
        struct slot *slot = &names->slots[at & mask];
        struct pm_carry_name other;
        if (!slot->any)
            return slot;
        if (names->name_of(names->module, slot->any - 1, &other) &&
            is_same(name, &other))
            return slot;
    }
}

static void enter(struct names *names, uint32_t row)
{
    struct pm_carry_name name;

    if (!names->name_of(names->module, row, &name))
        return;
    struct slot *slot = find(names, &name);
    if (slot->last)
        names->next[slot->last - 1] = row + 1;
    else
        slot->first = slot->any = row + 1;
    slot->last = row + 1;
}

static uint32_t take(struct names *names, const struct pm_carry_name *name)
{
    struct slot *slot = find(names, name);
    uint32_t row = slot->first;

    if (row == 0)
        return PM_CARRY_NONE;
    slot->first = names->next[row - 1];
    return row - 1;
}

pm_status pm_carry_match(const struct pm_allocator *alloc,
                         pm_carry_name_of name_of, const struct pm_module *old,
                         uint32_t old_count, const struct pm_module *fresh,
                         uint32_t fresh_count, uint32_t *out_map)
{
    struct names names = {
        .module = fresh, .name_of = name_of, .slot_count = 16};
    struct pm_carry_name name;
    pm_status status = PM_ERR_NO_MEMORY;

    while (names.slot_count < 2 * (size_t)fresh_count)
        names.slot_count *= 2;
    names.slots = pm_mem_zarray(alloc, names.slot_count, sizeof *names.slots);
    names.next =
        pm_mem_zarray(alloc, (size_t)fresh_count + 1, sizeof *names.next);
    if (names.slots && names.next) {
        for (uint32_t row = 0; row < fresh_count; row++)
            enter(&names, row);
        for (uint32_t row = 0; row < old_count; row++)
            out_map[row] =
                name_of(old, row, &name) ? take(&names, &name) : PM_CARRY_NONE;
        status = PM_OK;
    }
    pm_mem_free(alloc, names.next,
                ((size_t)fresh_count + 1) * sizeof *names.next);
    pm_mem_free(alloc, names.slots, names.slot_count * sizeof *names.slots);
    return status;
}
