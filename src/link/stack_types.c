// SPDX-License-Identifier: MIT
//
// The types of operand stacks at safepoints, as rows that name the row below
// them. Rows of one content are one row, so their number is bounded by what
// the code pushes, not by safepoints times depth.

#include "base/mem.h"
#include "link/verify_internal.h"

static size_t place_of(const struct pm_verifier *v, uint32_t below,
                       pm_type_id type)
{
    uint64_t mixed =
        ((uint64_t)below << 32 | type) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) & (v->type_slot_count - 1);
}

// The slot that holds the row of this content, or the free one for it.
static uint32_t *find(struct pm_verifier *v, uint32_t below, pm_type_id type)
{
    size_t at = place_of(v, below, type);
    for (;;) {
        uint32_t *slot = &v->type_slots[at];
        const struct pm_image_stack_type *row = &v->out->stack_types[*slot];
        if (*slot == 0 || (row->below == below && row->type == type))
            return slot;
        at = (at + 1) & (v->type_slot_count - 1);
    }
}

// Twice the slots; all rows find their places anew.
static bool grow(struct pm_verifier *v)
{
    size_t count = v->type_slot_count ? v->type_slot_count * 2 : 16;
    uint32_t *slots = pm_mem_zarray(v->alloc, count, sizeof *slots);
    if (!slots)
        return false;
    pm_mem_free(v->alloc, v->type_slots,
                v->type_slot_count * sizeof *v->type_slots);
    v->type_slots = slots;
    v->type_slot_count = count;
    for (size_t i = 1; i < v->out->stack_type_count; i++) {
        const struct pm_image_stack_type *row = &v->out->stack_types[i];
        *find(v, row->below, row->type) = (uint32_t)i;
    }
    return true;
}

static bool make_room(struct pm_verifier *v)
{
    struct pm_verified *out = v->out;
    if (out->stack_type_count == 0)
        out->stack_type_count = 1;
    return pm_mem_grow(v->alloc, &out->stack_types, &out->stack_type_capacity,
                       out->stack_type_count + 1, sizeof *out->stack_types) &&
           (out->stack_type_count * 2 < v->type_slot_count || grow(v));
}

uint32_t pm_verify_stack_type(struct pm_verifier *v, uint32_t below,
                              pm_type_id type)
{
    if (!make_room(v)) {
        v->no_memory = true;
        return 0;
    }
    uint32_t *slot = find(v, below, type);
    if (*slot == 0) {
        *slot = (uint32_t)v->out->stack_type_count++;
        v->out->stack_types[*slot] = (struct pm_image_stack_type){below, type};
    }
    return *slot;
}
