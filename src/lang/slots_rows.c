// SPDX-License-Identifier: MIT
//
// Rows of the module's type table. Arrays, funcs and states are found by what
// they are, for no two may be equal; a record is a row of its own for each
// type. A record's fields are filled in at the end, which makes circles of
// types as easy as any others.
#include <string.h>

#include "base/hash.h"
#include "lang/emit_internal.h"

static pm_type_id add_row(struct pm_emitter *em, const struct pm_type *row)
{
    if (!pm_emit_grow(em, &em->rows, &em->row_capacity, em->row_count,
                      sizeof *em->rows))
        return PM_TYPE_ANY;
    em->rows[em->row_count] = *row;
    return PM_TYPE_FIRST_USER + (pm_type_id)em->row_count++;
}

// --- rows by content ---------------------------------------------------------

struct wanted_row {
    const struct pm_emitter *em;
    const struct pm_type *type;
};

static bool is_same_row(const void *context, uint32_t row)
{
    const struct wanted_row *wanted = context;
    const struct pm_type *a = wanted->type;
    const struct pm_type *b = &wanted->em->rows[row];
    if (a->kind != b->kind || a->element != b->element ||
        a->field_count != b->field_count || a->param_count != b->param_count ||
        !pm_emit_same_text(a->name, b->name))
        return false;
    for (uint32_t i = 0; i < a->field_count; i++)
        if (a->fields[i].type != b->fields[i].type)
            return false;
    return true;
}

static uint64_t hash_row(const struct pm_type *type)
{
    struct pm_hash64_state state;
    uint32_t head[4] = {type->kind, type->element, type->field_count,
                        type->param_count};
    pm_hash64_begin(&state);
    pm_hash64_add(&state, head, sizeof head);
    if (type->name.size)
        pm_hash64_add(&state, type->name.data, type->name.size);
    for (uint32_t i = 0; i < type->field_count; i++)
        pm_hash64_add(&state, &type->fields[i].type,
                      sizeof type->fields[i].type);
    return pm_hash64_end(&state);
}

static pm_type_id intern(struct pm_emitter *em, const struct pm_type *type)
{
    struct wanted_row wanted = {em, type};
    uint64_t hash = hash_row(type);
    uint32_t row =
        pm_emit_index_find(&em->row_index, hash, is_same_row, &wanted);
    if (row != PM_EMIT_NO_ROW)
        return PM_TYPE_FIRST_USER + row;
    pm_type_id id = add_row(em, type);
    if (em->no_memory)
        return PM_TYPE_ANY;
    if (!pm_emit_index_add(&em->row_index, &em->alloc, hash,
                           id - PM_TYPE_FIRST_USER))
        em->no_memory = true;
    return id;
}

pm_type_id pm_emit_array_row(struct pm_emitter *em, pm_type_id element)
{
    struct pm_type type = {.kind = PM_TYPE_KIND_ARRAY, .element = element};
    return intern(em, &type);
}

pm_type_id pm_emit_func_row(struct pm_emitter *em, const pm_type_id *types,
                            uint32_t param_count, uint32_t count)
{
    struct pm_field *fields = pm_emit_alloc(em, count, sizeof *fields);
    if (!fields)
        return PM_TYPE_ANY;
    for (uint32_t i = 0; i < count; i++)
        fields[i].type = types[i];
    struct pm_type type = {.kind = PM_TYPE_KIND_FUNC,
                           .fields = fields,
                           .field_count = count,
                           .param_count = param_count};
    return intern(em, &type);
}

pm_type_id pm_emit_func(struct pm_emitter *em, const struct pm_lt *fn)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < fn->part_count; i++)
        count += pm_emit_slot_count(em, fn->parts[i]);
    pm_type_id *types = pm_emit_alloc(em, count, sizeof *types);
    if (!types || em->no_memory)
        return PM_TYPE_ANY;
    uint32_t at = 0;
    uint32_t params = 0;
    for (uint32_t i = 0; i < fn->part_count; i++) {
        struct pm_emit_slots slots = pm_emit_slots(em, fn->parts[i]);
        params = i + 1 == fn->part_count ? at : params;
        for (uint32_t k = 0; k < slots.count; k++)
            types[at++] = slots.types[k];
    }
    return pm_emit_func_row(em, types, params, at);
}

static pm_type_id state_row(struct pm_emitter *em, const struct pm_lt *state)
{
    struct pm_type type = {.kind = PM_TYPE_KIND_STATE, .name = state->domain};
    return intern(em, &type);
}

// --- records -----------------------------------------------------------------

// A row whose fields come later.
static pm_type_id record_row(struct pm_emitter *em, const struct pm_lt *type,
                             bool is_box)
{
    struct pm_type row = {.kind = PM_TYPE_KIND_RECORD, .name = type->name};
    pm_type_id id = add_row(em, &row);
    if (!pm_emit_grow(em, &em->records, &em->record_capacity, em->record_count,
                      sizeof *em->records))
        return PM_TYPE_ANY;
    em->records[em->record_count++] = (struct pm_emit_record){type, id, is_box};
    return id;
}

struct field_list {
    struct pm_field *fields;
    uint32_t count;
};

static void add_fields(struct pm_emitter *em, struct field_list *list,
                       struct pm_text name, struct pm_emit_slots slots)
{
    for (uint32_t i = 0; i < slots.count; i++)
        list->fields[list->count++] = (struct pm_field){
            pm_emit_part_name(em, name, i, slots.count), slots.types[i]};
}

static struct pm_text number_name(struct pm_emitter *em, uint32_t number)
{
    struct pm_text none = {"", 0};
    struct pm_text name = pm_emit_part_name(em, none, number, 2);
    // Without the dot.
    return name.size ? (struct pm_text){name.data + 1, name.size - 1} : name;
}

static uint32_t struct_slots(struct pm_emitter *em, const struct pm_lt *type)
{
    return pm_emit_field_at(em, type, type->field_count);
}

static void fill_struct(struct pm_emitter *em, const struct pm_lt *type,
                        struct field_list *list)
{
    list->fields =
        pm_emit_alloc(em, struct_slots(em, type), sizeof *list->fields);
    for (uint32_t i = 0; i < type->field_count && !em->no_memory; i++)
        add_fields(em, list, type->fields[i].name,
                   pm_emit_slots(em, type->fields[i].type));
}

// Records without names of their own: cells, boxes, enums.
static void fill_numbered(struct pm_emitter *em, struct pm_emit_slots slots,
                          bool has_tag, struct field_list *list)
{
    list->fields = pm_emit_alloc(em, slots.count, sizeof *list->fields);
    for (uint32_t i = 0; i < slots.count && !em->no_memory; i++) {
        struct pm_text name = {"tag", 3};
        if (!has_tag || i > 0)
            name = number_name(em, has_tag ? i - 1 : i);
        list->fields[list->count++] = (struct pm_field){name, slots.types[i]};
    }
}

static void fill_enum(struct pm_emitter *em, const struct pm_lt *type,
                      struct field_list *list)
{
    const struct pm_emit_enum *layout = pm_emit_enum(em, type);
    if (layout)
        fill_numbered(em, layout->fields, true, list);
}

static void refuse_record(struct pm_emitter *em, const struct pm_lt *type,
                          uint32_t count)
{
    struct pm_span none = {0};
    em->refused = true;
    struct pm_lang_diag *diag = pm_lang_error(
        em->report, PM_LANG_TOO_MANY_FIELDS, none,
        "'%s' takes %u slots, at most %d fit a record",
        pm_lang_show(em->report, type->name.data, type->name.size), count,
        PM_TYPE_MAX_FIELDS);
    pm_lang_help(em->report, diag,
                 "put some of its fields into a struct of their own");
}

static void fill_record(struct pm_emitter *em, struct pm_emit_record record)
{
    struct field_list list = {0};
    const struct pm_lt *type = record.type;

    if (record.is_box)
        fill_numbered(em, pm_emit_slots(em, type), false, &list);
    else if (type->kind == PM_LT_STRUCT)
        fill_struct(em, type, &list);
    else if (type->kind == PM_LT_CELL)
        fill_numbered(em, pm_emit_slots(em, type->parts[0]), false, &list);
    else
        fill_enum(em, type, &list);
    if (em->no_memory)
        return;
    if (list.count > PM_TYPE_MAX_FIELDS)
        refuse_record(em, type, list.count);
    em->rows[record.row - PM_TYPE_FIRST_USER].fields = list.fields;
    em->rows[record.row - PM_TYPE_FIRST_USER].field_count = list.count;
}

// Filling one in may bring others.
void pm_emit_fill_records(struct pm_emitter *em)
{
    for (size_t i = 0; i < em->record_count && !em->no_memory; i++)
        fill_record(em, em->records[i]);
}

// --- types of the language ---------------------------------------------------

static pm_type_id make_own(struct pm_emitter *em, const struct pm_lt *type)
{
    switch (type->kind) {
    case PM_LT_ARRAY:
        return pm_emit_array_row(em, pm_emit_element(em, type->parts[0]));
    case PM_LT_FN:
        return pm_emit_func(em, type);
    case PM_LT_STATE:
        return state_row(em, type);
    default: // STRUCT, CELL, an ENUM with payload
        return record_row(em, type, false);
    }
}

static pm_type_id own_row(struct pm_emitter *em, const struct pm_lt *type)
{
    PM_CHECK(type->number < em->program->type_count);
    struct pm_emit_type *known = &em->types[type->number];
    if (known->own == PM_TYPE_NONE) {
        pm_type_id row = make_own(em, type);
        if (!em->no_memory)
            known->own = row;
        return row;
    }
    return known->own;
}

pm_type_id pm_emit_reference(struct pm_emitter *em, const struct pm_lt *type)
{
    switch (type->kind) {
    case PM_LT_INT:
        return PM_TYPE_I64;
    case PM_LT_FLOAT:
        return PM_TYPE_F64;
    case PM_LT_BOOL:
        return PM_TYPE_BOOL;
    case PM_LT_BYTE:
        return PM_TYPE_BYTE;
    case PM_LT_STR:
        return PM_TYPE_STRING;
    case PM_LT_BYTES:
        return PM_TYPE_BYTES;
    case PM_LT_TASK:
        return PM_TYPE_COROUTINE;
    case PM_LT_CONTRACT:
        return PM_TYPE_ANY;
    case PM_LT_ENUM:
        return type->has_payload ? own_row(em, type) : PM_TYPE_I64;
    case PM_LT_ARRAY:
    case PM_LT_STRUCT:
    case PM_LT_FN:
    case PM_LT_STATE:
    case PM_LT_CELL:
        return own_row(em, type);
    default:
        return PM_TYPE_ANY;
    }
}

bool pm_emit_is_boxed(struct pm_emitter *em, const struct pm_lt *element)
{
    return pm_emit_slot_count(em, element) != 1;
}

pm_type_id pm_emit_element(struct pm_emitter *em, const struct pm_lt *element)
{
    struct pm_emit_slots slots = pm_emit_slots(em, element);
    if (slots.count == 1 || em->no_memory)
        return slots.count == 1 ? slots.types[0] : PM_TYPE_ANY;
    struct pm_emit_type *known = &em->types[element->number];
    if (known->box == PM_TYPE_NONE) {
        pm_type_id row = record_row(em, element, true);
        if (!em->no_memory)
            known->box = row;
        return row;
    }
    return known->box;
}
