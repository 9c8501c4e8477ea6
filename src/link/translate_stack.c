// SPDX-License-Identifier: MIT
//
// Where the values of the operand stack are.
#include "base/check.h"
#include "link/translate_internal.h"

uint16_t pm_tr_local(const struct pm_translator *tr, uint32_t local)
{
    (void)tr;
    return (uint16_t)(local * 8);
}

uint16_t pm_tr_home(const struct pm_translator *tr, uint32_t position)
{
    return (uint16_t)((tr->row->locals + 1 + position) * 8);
}

uint16_t pm_tr_link(const struct pm_translator *tr)
{
    return (uint16_t)(tr->row->locals * 8);
}

static void push(struct pm_translator *tr, enum value_place place,
                 uint64_t bits)
{
    PM_CHECK(tr->depth < PM_FUNCTION_MAX_SLOTS);
    tr->stack[tr->depth++] = (struct value){place, bits};
}

void pm_tr_push_home(struct pm_translator *tr)
{
    push(tr, IN_HOME, 0);
}

void pm_tr_push_local(struct pm_translator *tr, uint32_t local)
{
    push(tr, IN_LOCAL, local);
    tr->last_result = NO_OP;
}

void pm_tr_push_constant(struct pm_translator *tr, uint64_t bits)
{
    push(tr, CONSTANT, bits);
    tr->last_result = NO_OP;
}

void pm_tr_pop(struct pm_translator *tr, uint32_t count)
{
    PM_CHECK(tr->depth >= count);
    tr->depth -= count;
}

void pm_tr_move_to(struct pm_translator *tr, uint32_t position, uint16_t slot)
{
    const struct value *value = &tr->stack[position];
    if (value->place == CONSTANT)
        pm_tr_emit_constant(tr, slot, value->bits);
    else if (value->place == IN_LOCAL)
        pm_tr_emit(tr, PM_IOP_MOV, slot, pm_tr_local(tr, (uint32_t)value->bits),
                   0, 0);
    else if (slot != pm_tr_home(tr, position))
        pm_tr_emit(tr, PM_IOP_MOV, slot, pm_tr_home(tr, position), 0, 0);
}

uint16_t pm_tr_slot(struct pm_translator *tr, uint32_t position)
{
    struct value *value = &tr->stack[position];
    if (value->place == IN_LOCAL)
        return pm_tr_local(tr, (uint32_t)value->bits);
    if (value->place == CONSTANT) {
        pm_tr_emit_constant(tr, pm_tr_home(tr, position), value->bits);
        value->place = IN_HOME;
    }
    return pm_tr_home(tr, position);
}

bool pm_tr_small(const struct pm_translator *tr, uint32_t position,
                 uint16_t *out)
{
    const struct value *value = &tr->stack[position];
    int64_t number = (int64_t)value->bits;
    if (value->place != CONSTANT || number < INT16_MIN || number > INT16_MAX)
        return false;
    *out = (uint16_t)number;
    return true;
}

bool pm_tr_pooled(struct pm_translator *tr, uint32_t position, uint16_t *out)
{
    const struct value *value = &tr->stack[position];
    if (value->place != CONSTANT)
        return false;
    uint32_t number = pm_tr_pool(tr, value->bits);
    *out = (uint16_t)number;
    return number <= UINT16_MAX;
}

void pm_tr_settle(struct pm_translator *tr, uint32_t position)
{
    for (; position < tr->depth; position++) {
        if (tr->stack[position].place == IN_HOME)
            continue;
        pm_tr_move_to(tr, position, pm_tr_home(tr, position));
        tr->stack[position].place = IN_HOME;
    }
}

void pm_tr_settle_all(struct pm_translator *tr)
{
    pm_tr_settle(tr, 0);
}

void pm_tr_settle_local(struct pm_translator *tr, uint32_t local)
{
    for (uint32_t i = 0; i < tr->depth; i++) {
        if (tr->stack[i].place != IN_LOCAL || tr->stack[i].bits != local)
            continue;
        pm_tr_move_to(tr, i, pm_tr_home(tr, i));
        tr->stack[i].place = IN_HOME;
    }
}
