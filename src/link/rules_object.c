// SPDX-License-Identifier: MIT
//
// Rules of arrays and records.
#include <inttypes.h>

#include "link/verify_internal.h"

static bool new_array(struct pm_verifier *v)
{
    pm_type_id type = (pm_type_id)pm_verify_present(v)->operand[0];
    const struct pm_type *array =
        pm_link_type_of_kind(v->module, type, PM_TYPE_KIND_ARRAY);

    if (!array)
        return pm_verify_refuse_words(v, type, "an array type to make");
    if (!pm_verify_signature(v, "x:"))
        return false;
    return pm_verify_push(v, type) &&
           (pm_verify_present(v)->type = array->element, true);
}

static bool is_index(pm_type_id type)
{
    return type == PM_TYPE_I32 || type == PM_TYPE_I64;
}

// Operands of arrays' operations: a array, x index, v element; all arrays of
// one type.
static bool match_array(struct pm_verifier *v, const char *operands,
                        uint32_t count)
{
    const struct pm_type *array = NULL;
    pm_type_id array_type = PM_TYPE_NONE;

    if (!pm_verify_need(v, count))
        return false;
    const pm_type_id *found = v->stack + v->depth - count;
    for (uint32_t i = 0; i < count; i++) {
        if (operands[i] == 'x' && !is_index(found[i]))
            return pm_verify_refuse_words(v, found[i],
                                          "an i32 or i64 as index or length");
        if (operands[i] == 'v' && !pm_verify_fits(found[i], array->element))
            return pm_verify_refuse(v, "element", found[i], array->element);
        if (operands[i] != 'a')
            continue;
        if (array && found[i] != array_type)
            return pm_verify_refuse(v, "second array", found[i], array_type);
        array_type = found[i];
        array = pm_link_type_of_kind(v->module, array_type, PM_TYPE_KIND_ARRAY);
        if (!array)
            return pm_verify_refuse_words(
                v, found[i],
                found[i] == PM_TYPE_ANY ? "an array; narrow any with cast first"
                                        : "an array");
    }
    pm_verify_present(v)->type = array->element;
    pm_verify_drop(v, count);
    return true;
}

static bool new_record(struct pm_verifier *v, bool with_fields)
{
    pm_type_id type = (pm_type_id)pm_verify_present(v)->operand[0];
    const struct pm_type *record =
        pm_link_type_of_kind(v->module, type, PM_TYPE_KIND_RECORD);

    if (!record)
        return pm_verify_refuse_words(v, type, "a record type to make");
    struct pm_verify_row fields = {"field", record->fields, NULL,
                                   record->field_count};
    if (with_fields && !pm_verify_pop_row(v, &fields))
        return false;
    return pm_verify_push(v, type);
}

// The field that GET_FIELD or SET_FIELD names in the record that lies [below]
// the top; NULL (and said) when there is none.
static const struct pm_field *find_field(struct pm_verifier *v, uint32_t below)
{
    uint64_t field = pm_verify_present(v)->operand[0];
    const struct pm_type *record;
    pm_type_id found;

    if (!pm_verify_need(v, below + 1))
        return NULL;
    found = v->stack[v->depth - 1 - below];
    record = pm_link_type_of_kind(v->module, found, PM_TYPE_KIND_RECORD);
    if (!record) {
        pm_verify_refuse_words(v, found,
                               found == PM_TYPE_ANY
                                   ? "a record; narrow any with cast first"
                                   : "a record");
        return NULL;
    }
    if (field >= record->field_count) {
        pm_verify_say(v, "LINK-INDEX",
                      "found field %" PRIu64 ", but the record has %" PRIu32
                      " fields",
                      field, record->field_count);
        return NULL;
    }
    pm_verify_present(v)->type = found;
    return &record->fields[field];
}

static bool get_field(struct pm_verifier *v)
{
    const struct pm_field *field = find_field(v, 0);

    if (!field)
        return false;
    pm_verify_drop(v, 1);
    return pm_verify_push(v, field->type);
}

static bool set_field(struct pm_verifier *v)
{
    const struct pm_field *field = find_field(v, 1);

    if (!field)
        return false;
    pm_type_id value = v->stack[v->depth - 1];
    if (!pm_verify_fits(value, field->type))
        return pm_verify_refuse(v, "field", value, field->type);
    pm_verify_drop(v, 2);
    return true;
}

bool pm_verify_object_rule(struct pm_verifier *v)
{
    switch (pm_verify_present(v)->opcode) {
    case PM_OP_ARR_NEW:
        return new_array(v);
    case PM_OP_ARR_LEN:
        return match_array(v, "a", 1) && pm_verify_push(v, PM_TYPE_I64);
    case PM_OP_ARR_GET:
        return match_array(v, "ax", 2) &&
               pm_verify_push(v, pm_verify_present(v)->type);
    case PM_OP_ARR_SET:
        return match_array(v, "axv", 3);
    case PM_OP_ARR_FILL:
        return match_array(v, "axxv", 4);
    case PM_OP_ARR_COPY:
        return match_array(v, "axaxx", 5);
    case PM_OP_REC_NEW:
        return new_record(v, false);
    case PM_OP_REC_MAKE:
        return new_record(v, true);
    case PM_OP_GET_FIELD:
        return get_field(v);
    default:
        return set_field(v);
    }
}
