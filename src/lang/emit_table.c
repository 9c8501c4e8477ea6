// SPDX-License-Identifier: MIT
//
// Long arrays of constants: the numbers stand as digits of seven bits in a
// string, as many for each as the greatest needs, and a helper function makes
// the array of them. So a table takes about as much room as its numbers.
#include <string.h>

#include "lang/emit_internal.h"

struct table {
    enum pm_emit_helper helper;
    uint64_t base; // taken from each number
    uint32_t width;
};

static uint64_t bits_of(const struct pm_low *node)
{
    uint64_t bits = (uint64_t)node->number;
    if (node->kind == PM_LOW_FLOAT)
        memcpy(&bits, &node->real, sizeof bits);
    else if (node->kind == PM_LOW_ZERO)
        bits = 0;
    return bits;
}

static bool has_helper(const struct pm_lt *element, enum pm_emit_helper *out)
{
    switch (element->kind) {
    case PM_LT_INT:
        *out = PM_EMIT_HELPER_I64;
        return true;
    case PM_LT_FLOAT:
        *out = PM_EMIT_HELPER_F64;
        return true;
    case PM_LT_BYTE:
        *out = PM_EMIT_HELPER_BYTE;
        return true;
    default:
        return false;
    }
}

static uint32_t digits_of(uint64_t greatest)
{
    uint32_t digits = 1;
    while (greatest >>= 7)
        digits++;
    return digits;
}

static bool plan(const struct pm_low *node, struct table *out)
{
    int64_t least = 0;
    int64_t most = 0;
    if (!has_helper(node->type->parts[0], &out->helper))
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        if (!pm_low_is_constant(node->kids[i]) ||
            node->kids[i]->kind == PM_LOW_STR)
            return false;
        int64_t number = (int64_t)bits_of(node->kids[i]);
        least = i == 0 || number < least ? number : least;
        most = i == 0 || number > most ? number : most;
    }
    out->base = (uint64_t)least;
    out->width = digits_of((uint64_t)most - (uint64_t)least);
    return true;
}

static struct pm_text write_digits(struct pm_emitter *em,
                                   const struct pm_low *node,
                                   const struct table *table)
{
    size_t size = (size_t)node->count * table->width;
    char *text = pm_emit_alloc(em, size, 1);
    if (!text)
        return (struct pm_text){"", 0};
    char *at = text;
    for (uint32_t i = 0; i < node->count; i++) {
        uint64_t number = bits_of(node->kids[i]) - table->base;
        for (uint32_t k = table->width; k-- > 0;)
            *at++ = (char)(number >> (7 * k) & 127);
    }
    return (struct pm_text){text, (uint32_t)size};
}

bool pm_emit_table(struct pm_emit *e, const struct pm_low *node)
{
    struct table table;
    if (!plan(node, &table))
        return false;
    if (!e->reached)
        return true;
    struct pm_text digits = write_digits(e->em, node, &table);
    uint32_t text = pm_emit_string(e->em, digits);
    uint32_t helper = pm_emit_want_helper(e->em, table.helper);
    e->span = node->span;
    pm_emit_op32(e, PM_OP_PUSH_CONST, text, 0, 1);
    pm_emit_int(e, node->count);
    pm_emit_int(e, table.width);
    pm_emit_int(e, (int64_t)table.base);
    pm_emit_op32(e, PM_OP_CALL, helper, 4, 1);
    return true;
}

// --- the helpers -------------------------------------------------------------

static const struct {
    pm_type_id element;
    uint16_t op; // makes an element of an i64, or NOP
    const char *name;
} helpers[PM_EMIT_HELPERS] = {
    [PM_EMIT_HELPER_I64] = {PM_TYPE_I64, PM_OP_NOP, "(int table)"},
    [PM_EMIT_HELPER_F64] = {PM_TYPE_F64, PM_OP_FROM_BITS, "(float table)"},
    [PM_EMIT_HELPER_BYTE] = {PM_TYPE_BYTE, PM_OP_WRAP_BYTE, "(byte table)"},
};

// The helper's parameters and locals.
enum { DIGITS, COUNT, WIDTH, BASE, BYTES, ARRAY, AT, NUMBER, OFFSET, LEFT };

static void set_int(struct pm_emit *e, uint32_t slot, int64_t number)
{
    pm_emit_int(e, number);
    pm_emit_set(e, slot);
}

static void add_to(struct pm_emit *e, uint32_t slot, int64_t number)
{
    pm_emit_get(e, slot);
    pm_emit_int(e, number);
    pm_emit_plain(e, PM_OP_ADD);
    pm_emit_set(e, slot);
}

// number = number << 7 | bytes[offset]; offset += 1
static void take_digit(struct pm_emit *e)
{
    pm_emit_get(e, NUMBER);
    pm_emit_int(e, 7);
    pm_emit_plain(e, PM_OP_SHL);
    pm_emit_get(e, BYTES);
    pm_emit_get(e, OFFSET);
    pm_emit_plain(e, PM_OP_LOAD8);
    pm_emit_plain(e, PM_OP_TO_I64);
    pm_emit_plain(e, PM_OP_OR);
    pm_emit_set(e, NUMBER);
    add_to(e, OFFSET, 1);
}

static void take_number(struct pm_emit *e)
{
    struct pm_emit_label head = {0};
    set_int(e, NUMBER, 0);
    pm_emit_get(e, WIDTH);
    pm_emit_set(e, LEFT);
    pm_emit_bind_back(e, &head, true);
    take_digit(e);
    add_to(e, LEFT, -1);
    pm_emit_get(e, LEFT);
    pm_emit_int(e, 0);
    pm_emit_plain(e, PM_OP_GT);
    pm_emit_jump_if(e, true, &head);
}

static void store_number(struct pm_emit *e, uint16_t op)
{
    pm_emit_get(e, ARRAY);
    pm_emit_get(e, AT);
    pm_emit_get(e, NUMBER);
    pm_emit_get(e, BASE);
    pm_emit_plain(e, PM_OP_ADD);
    if (op != PM_OP_NOP)
        pm_emit_plain(e, op);
    pm_emit_plain(e, PM_OP_ARR_SET);
    add_to(e, AT, 1);
}

static void helper_body(struct pm_emit *e, pm_type_id array, uint16_t op)
{
    struct pm_emit_label head = {0};
    struct pm_emit_label test = {0};
    pm_emit_get(e, DIGITS);
    pm_emit_plain(e, PM_OP_BYTES_FROM_STR);
    pm_emit_set(e, BYTES);
    pm_emit_get(e, COUNT);
    pm_emit_op32(e, PM_OP_ARR_NEW, array, 1, 1);
    pm_emit_set(e, ARRAY);
    set_int(e, AT, 0);
    set_int(e, OFFSET, 0);
    pm_emit_jump(e, &test);
    pm_emit_bind_back(e, &head, true);
    take_number(e);
    store_number(e, op);
    pm_emit_bind(e, &test);
    pm_emit_get(e, AT);
    pm_emit_get(e, COUNT);
    pm_emit_plain(e, PM_OP_LT);
    pm_emit_jump_if(e, true, &head);
    pm_emit_get(e, BYTES);
    pm_emit_plain(e, PM_OP_BYTES_RELEASE);
    pm_emit_get(e, ARRAY);
    pm_emit_op(e, PM_OP_RET, 1, 0);
}

static void helper(struct pm_emitter *em, enum pm_emit_helper which)
{
    pm_type_id array = pm_emit_array_row(em, helpers[which].element);
    const pm_type_id slots[] = {
        PM_TYPE_STRING, PM_TYPE_I64, PM_TYPE_I64, PM_TYPE_I64, PM_TYPE_BYTES,
        array,          PM_TYPE_I64, PM_TYPE_I64, PM_TYPE_I64, PM_TYPE_I64};
    const pm_type_id types[] = {PM_TYPE_STRING, PM_TYPE_I64, PM_TYPE_I64,
                                PM_TYPE_I64, array};
    const char *name = helpers[which].name;
    struct pm_emit *e = pm_emit_alloc(em, 1, sizeof *e);
    if (!e)
        return;
    e->em = em;
    e->number = (uint32_t)em->function_count;
    e->start = em->code.size;
    e->reached = true;
    for (size_t i = 0; i < PM_ARRAY_LEN(slots); i++)
        pm_emit_new_slot(e, slots[i]);
    helper_body(e, array, helpers[which].op);
    pm_emit_end(e, pm_emit_func_row(em, types, 4, 5),
                (struct pm_text){name, (uint32_t)strlen(name)},
                (struct pm_emit_slots){0}, 4, false);
}

void pm_emit_helpers(struct pm_emitter *em)
{
    for (uint32_t i = 0; i < em->helper_count && !em->no_memory; i++)
        for (int which = 0; which < PM_EMIT_HELPERS; which++)
            if (em->helper_number[which] == em->used_count + i)
                helper(em, which);
}

uint32_t pm_emit_want_helper(struct pm_emitter *em, enum pm_emit_helper which)
{
    if (em->helper_number[which] == PM_EMIT_NO_ROW)
        em->helper_number[which] = em->used_count + em->helper_count++;
    return em->helper_number[which];
}
