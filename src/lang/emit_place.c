// SPDX-License-Identifier: MIT
//
// Parts of values, fields, elements: only the slots that are wanted are read.
#include "lang/emit_internal.h"

void pm_emit_part(struct pm_emit *e, const struct pm_low *node, uint32_t first,
                  uint32_t count)
{
    const struct pm_low *value = node->kids[0];
    if (pm_emit_is_nullable(value->type) && node->index == 0) {
        pm_emit_value(e, value);
        pm_emit_plain(e, PM_OP_IS_NULL);
        pm_emit_plain(e, PM_OP_NOT);
        return;
    }
    if (value->type->kind == PM_LT_NEVER) {
        pm_emit_effect(e, value);
        return;
    }
    uint32_t at = pm_emit_part_at(e->em, value->type, node->index);
    pm_emit_some_slots(e, value, at + first, count);
}

// --- fields ------------------------------------------------------------------

static bool is_free_to_repeat(const struct pm_low *node)
{
    return node->kind == PM_LOW_LOCAL || node->kind == PM_LOW_SELF;
}

static void get_field(struct pm_emit *e, uint32_t field)
{
    pm_emit_op32(e, PM_OP_GET_FIELD, field, 1, 1);
}

static void several_fields(struct pm_emit *e, const struct pm_low *node,
                           const uint32_t *fields, uint32_t count)
{
    const struct pm_low *object = node->kids[0];
    struct pm_emit_slots slots = pm_emit_slots(e->em, object->type);
    uint32_t *held = NULL;
    if (!is_free_to_repeat(object)) {
        pm_emit_value(e, object);
        held = pm_emit_spill(e, slots.types, slots.count);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (held)
            pm_emit_unspill(e, held, slots.count);
        else
            pm_emit_value(e, object);
        e->span = node->span;
        get_field(e, fields[i]);
    }
    pm_emit_release_all(e, held, slots.count);
}

void pm_emit_fields(struct pm_emit *e, const struct pm_low *node,
                    const uint32_t *fields, uint32_t count)
{
    if (count > 1) {
        several_fields(e, node, fields, count);
        return;
    }
    if (count == 0) {
        pm_emit_effect(e, node->kids[0]);
        return;
    }
    pm_emit_value(e, node->kids[0]);
    e->span = node->span;
    get_field(e, fields[0]);
}

void pm_emit_field(struct pm_emit *e, const struct pm_low *node, uint32_t first,
                   uint32_t count)
{
    const struct pm_lt *type = node->kids[0]->type;
    uint32_t at = pm_emit_field_at(e->em, type, node->index) + first;
    uint32_t *fields = pm_emit_alloc(e->em, count, sizeof *fields);
    if (!fields)
        return;
    for (uint32_t i = 0; i < count; i++)
        fields[i] = at + i;
    pm_emit_fields(e, node, fields, count);
}

void pm_emit_payload(struct pm_emit *e, const struct pm_low *node,
                     uint32_t first, uint32_t count)
{
    const struct pm_lt *type = node->kids[0]->type;
    if (type->kind != PM_LT_ENUM) {
        pm_emit_effect(e, node->kids[0]);
        return;
    }
    const struct pm_emit_enum *layout = pm_emit_enum(e->em, type);
    if (!layout)
        return;
    for (uint32_t i = 0; i < node->index; i++)
        first += pm_emit_slot_count(
            e->em, type->cases[node->case_index].fields[i].type);
    pm_emit_fields(e, node, layout->cases[node->case_index].fields + first,
                   count);
}

// --- elements ----------------------------------------------------------------

// The box on the stack becomes its slots; a null one stands for zeroes.
static void open_box(struct pm_emit *e, const struct pm_lt *element,
                     uint32_t first, uint32_t count)
{
    struct pm_emit_slots slots = pm_emit_slots(e->em, element);
    uint32_t box = pm_emit_take(e, pm_emit_element(e->em, element));
    struct pm_emit_label is_null = {.depth = e->depth - 1};
    struct pm_emit_label end = {.depth = e->depth - 1 + count};

    pm_emit_set(e, box);
    pm_emit_get(e, box);
    pm_emit_plain(e, PM_OP_IS_NULL);
    pm_emit_jump_if(e, true, &is_null);
    for (uint32_t i = 0; i < count; i++) {
        pm_emit_get(e, box);
        get_field(e, first + i);
    }
    pm_emit_jump(e, &end);
    pm_emit_bind(e, &is_null);
    for (uint32_t i = 0; i < count; i++)
        pm_emit_zero(e, slots.types[first + i]);
    pm_emit_bind(e, &end);
    pm_emit_release(e, box);
}

void pm_emit_index(struct pm_emit *e, const struct pm_low *node, uint32_t first,
                   uint32_t count)
{
    const struct pm_lt *array = node->kids[0]->type;
    pm_emit_values(e, node->kids, 2);
    e->span = node->span;
    pm_emit_op(e, PM_OP_ARR_GET, 2, 1);
    if (!e->reached || e->em->no_memory)
        return;
    if (pm_emit_is_boxed(e->em, array->parts[0]))
        open_box(e, array->parts[0], first, count);
    else if (count == 0)
        pm_emit_pop(e, 1);
}

void pm_emit_box(struct pm_emit *e, const struct pm_lt *element)
{
    pm_emit_op32(e, PM_OP_REC_MAKE, pm_emit_element(e->em, element),
                 pm_emit_slot_count(e->em, element), 1);
}
