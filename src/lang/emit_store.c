// SPDX-License-Identifier: MIT
//
// Assignments: the value's slots lie on the stack, the last on top, and go to
// their places from the last to the first.
#include "lang/emit_internal.h"

static void store_places(struct pm_emit *e, const struct pm_low *node,
                         uint32_t count)
{
    for (uint32_t i = count; i-- > 0;) {
        if (node->kind == PM_LOW_SET_LOCAL)
            pm_emit_set(e, e->local_slot[node->index] + i);
        else if (node->kind == PM_LOW_SET_GLOBAL)
            pm_emit_op32(e, PM_OP_SET_GLOBAL, node->global->number + i, 1, 0);
        else
            pm_emit_op32(e, PM_OP_SET_CAPTURE, e->capture_slot[node->index] + i,
                         1, 0);
    }
}

// Nobody ever reads the local: it has no slot.
static void store_local(struct pm_emit *e, const struct pm_low *node)
{
    const struct pm_lt *type = e->low->locals[node->index].type;
    pm_emit_value(e, node->kids[0]);
    store_places(e, node, pm_emit_slot_count(e->em, type));
}

static void set_field(struct pm_emit *e, uint32_t field)
{
    pm_emit_op32(e, PM_OP_SET_FIELD, field, 2, 0);
}

// Several slots: object and values wait in temporaries until all is
// evaluated.
static void store_fields(struct pm_emit *e, const struct pm_low *node,
                         uint32_t at, struct pm_emit_slots slots)
{
    const struct pm_low *object = node->kids[0];
    pm_type_id type = pm_emit_reference(e->em, object->type);

    pm_emit_value(e, object);
    uint32_t *held = pm_emit_spill(e, &type, 1);
    pm_emit_value(e, node->kids[1]);
    uint32_t *values = pm_emit_spill(e, slots.types, slots.count);
    e->span = node->span;
    for (uint32_t i = 0; i < slots.count && held && values; i++) {
        pm_emit_get(e, *held);
        pm_emit_get(e, values[i]);
        set_field(e, at + i);
    }
    pm_emit_release_all(e, values, slots.count);
    pm_emit_release_all(e, held, 1);
}

static void store_field(struct pm_emit *e, const struct pm_low *node)
{
    const struct pm_lt *type = node->kids[0]->type;
    const struct pm_lt *place = node->kids[1]->type;
    if (type->kind == PM_LT_STRUCT)
        place = type->fields[node->index].type;
    else if (type->kind == PM_LT_CELL)
        place = type->parts[0];
    uint32_t at = pm_emit_field_at(e->em, type, node->index);
    struct pm_emit_slots slots = pm_emit_slots(e->em, place);

    if (slots.count > 1) {
        store_fields(e, node, at, slots);
        return;
    }
    pm_emit_values(e, node->kids, 2);
    e->span = node->span;
    if (slots.count)
        set_field(e, at);
    else
        pm_emit_pop(e, 1);
}

static void store_element(struct pm_emit *e, const struct pm_low *node)
{
    const struct pm_lt *array = node->kids[0]->type;
    const struct pm_low *value = node->kids[2];
    if (array->kind != PM_LT_ARRAY) {
        pm_emit_values(e, node->kids, 3);
        return;
    }
    const struct pm_lt *element = array->parts[0];
    pm_emit_values(e, node->kids, 2);
    if (!pm_emit_is_boxed(e->em, element)) {
        pm_emit_value(e, value);
    } else if (value->kind == PM_LOW_ZERO) {
        pm_emit_null(e, pm_emit_element(e->em, element));
    } else {
        pm_emit_value(e, value);
        pm_emit_box(e, element);
    }
    e->span = node->span;
    pm_emit_op(e, PM_OP_ARR_SET, 3, 0);
}

void pm_emit_store(struct pm_emit *e, const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_SET_LOCAL:
        store_local(e, node);
        break;
    case PM_LOW_SET_GLOBAL:
        pm_emit_value(e, node->kids[0]);
        store_places(e, node, pm_emit_slot_count(e->em, node->global->type));
        break;
    case PM_LOW_SET_CAPTURE:
        pm_emit_value(e, node->kids[0]);
        store_places(
            e, node,
            pm_emit_slot_count(e->em, e->low->captures[node->index].type));
        break;
    case PM_LOW_SET_FIELD:
        store_field(e, node);
        break;
    default:
        store_element(e, node);
    }
}
