// SPDX-License-Identifier: MIT
//
// Making arrays, records, cases of enums.
#include "lang/emit_internal.h"

// Arrays of constants shorter than this are made by an instruction an
// element, which is quick; longer ones from a string, which is small.
#define LONG_TABLE 512

// --- arrays ------------------------------------------------------------------

static void store_elements(struct pm_emit *e, const struct pm_low *node,
                           uint32_t array)
{
    const struct pm_lt *element = node->type->parts[0];
    bool is_boxed = pm_emit_is_boxed(e->em, element);
    for (uint32_t i = 0; i < node->count; i++) {
        if (pm_low_is_zero(node->kids[i]))
            continue; // as it begins
        pm_emit_get(e, array);
        pm_emit_int(e, i);
        pm_emit_value(e, node->kids[i]);
        if (is_boxed)
            pm_emit_box(e, element);
        pm_emit_op(e, PM_OP_ARR_SET, 3, 0);
    }
}

void pm_emit_array(struct pm_emit *e, const struct pm_low *node)
{
    if (node->count >= LONG_TABLE && pm_emit_table(e, node))
        return;
    pm_type_id type = pm_emit_reference(e->em, node->type);
    e->span = node->span;
    pm_emit_int(e, node->count);
    pm_emit_op32(e, PM_OP_ARR_NEW, type, 1, 1);
    if (node->count == 0)
        return;
    uint32_t array = pm_emit_take(e, type);
    pm_emit_set(e, array);
    store_elements(e, node, array);
    pm_emit_get(e, array);
    pm_emit_release(e, array);
}

// Length and element are evaluated before there is an array.
static void filled_array(struct pm_emit *e, const struct pm_low *node)
{
    const struct pm_lt *element = node->type->parts[0];
    pm_type_id types[2] = {PM_TYPE_I64, pm_emit_element(e->em, element)};
    pm_type_id type = pm_emit_reference(e->em, node->type);

    pm_emit_values(e, node->kids, 2);
    if (pm_emit_is_boxed(e->em, element))
        pm_emit_box(e, element);
    uint32_t *held = pm_emit_spill(e, types, 2);
    uint32_t array = pm_emit_take(e, type);
    if (!held)
        return;
    e->span = node->span;
    pm_emit_get(e, held[0]);
    pm_emit_op32(e, PM_OP_ARR_NEW, type, 1, 1);
    pm_emit_set(e, array);
    pm_emit_get(e, array);
    pm_emit_int(e, 0);
    pm_emit_get(e, held[0]);
    pm_emit_get(e, held[1]);
    pm_emit_op(e, PM_OP_ARR_FILL, 4, 0);
    pm_emit_get(e, array);
    pm_emit_release(e, array);
    pm_emit_release_all(e, held, 2);
}

void pm_emit_new_array(struct pm_emit *e, const struct pm_low *node)
{
    if (node->count > 1 && node->kids[1] && !pm_low_is_zero(node->kids[1])) {
        filled_array(e, node);
        return;
    }
    pm_emit_value(e, node->kids[0]);
    e->span = node->span;
    pm_emit_op32(e, PM_OP_ARR_NEW, pm_emit_reference(e->em, node->type), 1, 1);
}

// --- records -----------------------------------------------------------------

static bool are_all_zero(const struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (!pm_low_is_zero(node->kids[i]))
            return false;
    return true;
}

static uint32_t slots_of_kids(struct pm_emit *e, const struct pm_low *node)
{
    uint32_t slots = 0;
    for (uint32_t i = 0; i < node->count; i++)
        slots += pm_emit_slot_count(e->em, node->kids[i]->type);
    return slots;
}

void pm_emit_new(struct pm_emit *e, const struct pm_low *node)
{
    pm_type_id type = pm_emit_reference(e->em, node->type);
    if (are_all_zero(node)) {
        e->span = node->span;
        pm_emit_op32(e, PM_OP_REC_NEW, type, 0, 1);
        return;
    }
    uint32_t slots = slots_of_kids(e, node);
    pm_emit_values(e, node->kids, node->count);
    e->span = node->span;
    pm_emit_op32(e, PM_OP_REC_MAKE, type, slots, 1);
}

// Whether the case's slots stand in its record in their order.
static bool is_ascending(const struct pm_emit_case *one)
{
    for (uint32_t i = 1; i < one->count; i++)
        if (one->fields[i] <= one->fields[i - 1])
            return false;
    return true;
}

// Pushes zeroes for the fields from [from] to [to], which the case has not.
static void fill_gap(struct pm_emit *e, const struct pm_emit_enum *layout,
                     uint32_t from, uint32_t to)
{
    for (; from < to; from++)
        pm_emit_zero(e, layout->fields.types[from]);
}

// Values that are a slot each and in order need not wait for each other.
static bool case_in_order(struct pm_emit *e, const struct pm_low *node,
                          const struct pm_emit_enum *layout)
{
    const struct pm_emit_case *one = &layout->cases[node->case_index];
    uint32_t at = 1;
    if (!is_ascending(one) || one->count != node->count)
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (pm_emit_slot_count(e->em, node->kids[i]->type) != 1)
            return false;
    for (uint32_t i = 0; i < node->count; i++) {
        fill_gap(e, layout, at, one->fields[i]);
        pm_emit_value(e, node->kids[i]);
        at = one->fields[i] + 1;
    }
    fill_gap(e, layout, at, layout->fields.count);
    return true;
}

static uint32_t slot_with(const struct pm_emit_case *one, uint32_t field)
{
    uint32_t i = 0;
    while (i < one->count && one->fields[i] != field)
        i++;
    return i;
}

static void case_by_temporaries(struct pm_emit *e, const struct pm_low *node,
                                const struct pm_emit_enum *layout)
{
    const struct pm_emit_case *one = &layout->cases[node->case_index];
    pm_type_id *types = pm_emit_alloc(e->em, one->count, sizeof *types);
    if (!types)
        return;
    for (uint32_t i = 0; i < one->count; i++)
        types[i] = layout->fields.types[one->fields[i]];
    uint32_t tag_depth = e->depth;
    pm_emit_values(e, node->kids, node->count);
    if (!e->reached || e->depth != tag_depth + one->count)
        return;
    uint32_t *held = pm_emit_spill(e, types, one->count);
    for (uint32_t i = 1; held && i < layout->fields.count; i++) {
        uint32_t slot = slot_with(one, i);
        if (slot < one->count)
            pm_emit_get(e, held[slot]);
        else
            pm_emit_zero(e, layout->fields.types[i]);
    }
    pm_emit_release_all(e, held, one->count);
}

void pm_emit_case(struct pm_emit *e, const struct pm_low *node)
{
    const struct pm_emit_enum *layout = pm_emit_enum(e->em, node->type);
    if (!layout)
        return;
    pm_emit_int(e, node->type->cases[node->case_index].number);
    if (!case_in_order(e, node, layout))
        case_by_temporaries(e, node, layout);
    e->span = node->span;
    pm_emit_op32(e, PM_OP_REC_MAKE, pm_emit_reference(e->em, node->type),
                 layout->fields.count, 1);
}
