// SPDX-License-Identifier: MIT
//
// What a type of the language is in slots (docs/spec/pbs.md, "Types").
#include <string.h>

#include "lang/emit_internal.h"

bool pm_emit_is_reference(const struct pm_lt *type)
{
    switch (type->kind) {
    case PM_LT_STR:
    case PM_LT_BYTES:
    case PM_LT_TASK:
    case PM_LT_ARRAY:
    case PM_LT_STRUCT:
    case PM_LT_CONTRACT:
    case PM_LT_FN:
    case PM_LT_STATE:
    case PM_LT_CELL:
        return true;
    case PM_LT_ENUM:
        return type->has_payload;
    default:
        return false;
    }
}

bool pm_emit_is_nullable(const struct pm_lt *type)
{
    return type->kind == PM_LT_OPTIONAL && pm_emit_is_reference(type->parts[0]);
}

// --- lists of slots ----------------------------------------------------------

// Collects slots in two rounds: the first, without [types], counts.
struct slot_list {
    pm_type_id *types;
    uint32_t count;
};

static void add_slot(struct slot_list *list, pm_type_id type)
{
    if (list->types)
        list->types[list->count] = type;
    list->count++;
}

static void add_slots(struct pm_emitter *em, struct slot_list *list,
                      const struct pm_lt *type)
{
    struct pm_emit_slots slots = pm_emit_slots(em, type);
    for (uint32_t i = 0; i < slots.count; i++)
        add_slot(list, slots.types[i]);
}

static void list_spread(struct pm_emitter *em, struct slot_list *list,
                        const struct pm_lt *type)
{
    switch (type->kind) {
    case PM_LT_OPTIONAL:
        if (!pm_emit_is_nullable(type))
            add_slot(list, PM_TYPE_BOOL);
        add_slots(em, list, type->parts[0]);
        break;
    case PM_LT_RESULT:
        add_slot(list, PM_TYPE_I64);
        add_slots(em, list, type->parts[1]);
        break;
    case PM_LT_TUPLE:
        for (uint32_t i = 0; i < type->part_count; i++)
            add_slots(em, list, type->parts[i]);
        break;
    case PM_LT_VOID:
    case PM_LT_NEVER:
    case PM_LT_UNKNOWN:
        break;
    default:
        add_slot(list, pm_emit_reference(em, type));
    }
}

// Types lie within each other at most 32 deep, which bounds this.
struct pm_emit_slots pm_emit_slots(struct pm_emitter *em,
                                   const struct pm_lt *type)
{
    PM_CHECK(type->number < em->program->type_count);
    struct pm_emit_type *known = &em->types[type->number];
    if (known->has_slots)
        return known->slots;
    struct slot_list list = {0};
    list_spread(em, &list, type);
    list.types = pm_emit_alloc(em, list.count, sizeof *list.types);
    if (!list.types)
        return (struct pm_emit_slots){0};
    list.count = 0;
    list_spread(em, &list, type);
    if (em->no_memory)
        return (struct pm_emit_slots){0};
    known->slots = (struct pm_emit_slots){list.types, list.count};
    known->has_slots = true;
    return known->slots;
}

uint32_t pm_emit_slot_count(struct pm_emitter *em, const struct pm_lt *type)
{
    return pm_emit_slots(em, type).count;
}

// --- parts, fields, cases ----------------------------------------------------

uint32_t pm_emit_part_at(struct pm_emitter *em, const struct pm_lt *type,
                         uint32_t part)
{
    if (type->kind != PM_LT_TUPLE)
        return pm_emit_is_nullable(type) ? 0 : part;
    uint32_t at = 0;
    for (uint32_t i = 0; i < part; i++)
        at += pm_emit_slot_count(em, type->parts[i]);
    return at;
}

uint32_t pm_emit_part_count(struct pm_emitter *em, const struct pm_lt *type,
                            uint32_t part)
{
    switch (type->kind) {
    case PM_LT_OPTIONAL:
        return part ? pm_emit_slot_count(em, type->parts[0]) : 1;
    case PM_LT_RESULT:
        return part ? pm_emit_slot_count(em, type->parts[1]) : 1;
    default:
        return pm_emit_slot_count(em, type->parts[part]);
    }
}

uint32_t pm_emit_field_at(struct pm_emitter *em, const struct pm_lt *type,
                          uint32_t field)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < field && type->kind == PM_LT_STRUCT; i++)
        at += pm_emit_slot_count(em, type->fields[i].type);
    return at;
}

// The fields of an enum's record: the tag, then slots that the cases share. A
// case takes, for each of its slots, the first field of that type that it has
// not taken yet, and adds one where there is none.
struct enum_layout {
    struct slot_list fields;
    bool *is_taken;
};

static uint32_t case_slots(struct pm_emitter *em, const struct pm_lt_case *one)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < one->field_count; i++)
        count += pm_emit_slot_count(em, one->fields[i].type);
    return count;
}

static uint32_t most_fields(struct pm_emitter *em, const struct pm_lt *type)
{
    uint32_t count = 1;
    for (uint32_t i = 0; i < type->case_count; i++)
        count += case_slots(em, &type->cases[i]);
    return count;
}

static uint32_t take_field(struct enum_layout *layout, pm_type_id type)
{
    uint32_t at = 1;
    while (at < layout->fields.count &&
           (layout->is_taken[at] || layout->fields.types[at] != type))
        at++;
    if (at == layout->fields.count)
        add_slot(&layout->fields, type);
    layout->is_taken[at] = true;
    return at;
}

static void lay_out_case(struct pm_emitter *em, struct enum_layout *layout,
                         const struct pm_lt_case *one, struct pm_emit_case *out)
{
    out->fields = pm_emit_alloc(em, case_slots(em, one), sizeof *out->fields);
    if (em->no_memory)
        return;
    memset(layout->is_taken, 0, layout->fields.count);
    for (uint32_t i = 0; i < one->field_count; i++) {
        struct pm_emit_slots slots = pm_emit_slots(em, one->fields[i].type);
        for (uint32_t k = 0; k < slots.count; k++)
            out->fields[out->count++] = take_field(layout, slots.types[k]);
    }
}

static struct pm_emit_enum *lay_out(struct pm_emitter *em,
                                    const struct pm_lt *type)
{
    struct enum_layout layout = {0};
    uint32_t most = most_fields(em, type);
    struct pm_emit_enum *out = pm_emit_alloc(em, 1, sizeof *out);
    layout.fields.types = pm_emit_alloc(em, most, sizeof *layout.fields.types);
    layout.is_taken = pm_emit_alloc(em, most, sizeof *layout.is_taken);
    if (em->no_memory)
        return NULL;
    out->cases = pm_emit_alloc(em, type->case_count, sizeof *out->cases);
    add_slot(&layout.fields, PM_TYPE_I64);
    for (uint32_t i = 0; i < type->case_count && !em->no_memory; i++)
        lay_out_case(em, &layout, &type->cases[i], &out->cases[i]);
    out->fields =
        (struct pm_emit_slots){layout.fields.types, layout.fields.count};
    return em->no_memory ? NULL : out;
}

const struct pm_emit_enum *pm_emit_enum(struct pm_emitter *em,
                                        const struct pm_lt *type)
{
    PM_CHECK(type->number < em->program->type_count);
    struct pm_emit_type *known = &em->types[type->number];
    if (!known->enumeration)
        known->enumeration = lay_out(em, type);
    return known->enumeration;
}
