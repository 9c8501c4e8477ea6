// SPDX-License-Identifier: MIT
//
// Values: what leaves slots on the operand stack.
#include <string.h>

#include "lang/emit_internal.h"

void pm_emit_values(struct pm_emit *e, struct pm_low *const *nodes,
                    uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        pm_emit_value(e, nodes[i]);
}

static void zeroes(struct pm_emit *e, const struct pm_lt *type)
{
    struct pm_emit_slots slots = pm_emit_slots(e->em, type);
    for (uint32_t i = 0; i < slots.count; i++)
        pm_emit_zero(e, slots.types[i]);
}

static void number(struct pm_emit *e, const struct pm_low *node)
{
    switch (node->type->kind) {
    case PM_LT_BOOL:
        pm_emit_bool(e, node->number != 0);
        break;
    case PM_LT_BYTE:
        pm_emit_op8(e, PM_OP_PUSH_BYTE, (uint8_t)node->number);
        break;
    default:
        pm_emit_int(e, node->number);
    }
}

static void real(struct pm_emit *e, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    pm_emit_op64(e, PM_OP_PUSH_F64, bits);
}

// The value of SOME, OK and ERR: what says which, and the value's slots.
static void spread(struct pm_emit *e, const struct pm_low *node)
{
    const struct pm_lt *type = node->type;
    if (node->kind == PM_LOW_ERR) {
        pm_emit_value(e, node->kids[0]);
        zeroes(e, type->parts[1]);
        return;
    }
    if (node->kind == PM_LOW_OK)
        pm_emit_int(e, 0);
    else if (!pm_emit_is_nullable(type))
        pm_emit_bool(e, true);
    if (node->count && node->kids[0])
        pm_emit_value(e, node->kids[0]);
}

// --- operations --------------------------------------------------------------

// Fills and stores of boxed elements want them in their box.
static bool wants_box(const struct pm_emit *e, const struct pm_low *node)
{
    uint16_t op = node->ops[0];
    return (op == PM_OP_ARR_SET || op == PM_OP_ARR_FILL) &&
           node->kids[0]->type->kind == PM_LT_ARRAY &&
           pm_emit_is_boxed(e->em, node->kids[0]->type->parts[0]);
}

static void operation(struct pm_emit *e, const struct pm_low *node)
{
    pm_emit_values(e, node->kids, node->count);
    e->span = node->span;
    if (wants_box(e, node))
        pm_emit_box(e, node->kids[0]->type->parts[0]);
    for (uint32_t i = 0; i < node->op_count; i++)
        pm_emit_plain(e, node->ops[i]);
}

static void reference_of(struct pm_emit *e, const struct pm_low *node,
                         uint16_t op, const struct pm_lt *type)
{
    pm_emit_value(e, node->kids[0]);
    e->span = node->span;
    pm_emit_op32(e, op, pm_emit_reference(e->em, type), 1, 1);
}

// --- blocks ------------------------------------------------------------------

static void statement(struct pm_emit *e, const struct pm_low *node)
{
    e->is_statement_start = true;
    e->statement = node->span;
    pm_emit_effect(e, node);
}

// All but the last, whose value may be wanted.
static const struct pm_low *all_but_last(struct pm_emit *e,
                                         const struct pm_low *block)
{
    for (uint32_t i = 0; i + 1 < block->count; i++)
        statement(e, block->kids[i]);
    return block->count ? block->kids[block->count - 1] : NULL;
}

void pm_emit_effect(struct pm_emit *e, const struct pm_low *node)
{
    if (node->kind == PM_LOW_BLOCK) {
        const struct pm_low *last = all_but_last(e, node);
        if (last)
            statement(e, last);
        return;
    }
    if (node->kind == PM_LOW_DROP) {
        pm_emit_effect(e, node->kids[0]);
        return;
    }
    uint32_t slots = pm_emit_slot_count(e->em, node->type);
    if (slots == 0) {
        pm_emit_value(e, node);
    } else if (!pm_low_is_pure(node)) {
        pm_emit_value(e, node);
        e->span = node->span;
        pm_emit_pop(e, slots);
    }
}

// --- by kind -----------------------------------------------------------------

static void one_value(struct pm_emit *e, const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_INT:
        number(e, node);
        break;
    case PM_LOW_FLOAT:
        real(e, node->real);
        break;
    case PM_LOW_STR:
        if (e->reached)
            pm_emit_op32(e, PM_OP_PUSH_CONST, pm_emit_string(e->em, node->text),
                         0, 1);
        break;
    case PM_LOW_ZERO:
        zeroes(e, node->type);
        break;
    case PM_LOW_SELF:
        pm_emit_get(e, 0);
        break;
    case PM_LOW_SOME:
    case PM_LOW_OK:
    case PM_LOW_ERR:
        spread(e, node);
        break;
    case PM_LOW_TUPLE:
        pm_emit_values(e, node->kids, node->count);
        break;
    case PM_LOW_UPCAST: // any reference fits where any is wanted
        pm_emit_value(e, node->kids[0]);
        break;
    case PM_LOW_CAST:
        reference_of(e, node, PM_OP_CAST, node->type);
        break;
    case PM_LOW_IS_TYPE:
        reference_of(e, node, PM_OP_IS_TYPE, node->of);
        break;
    case PM_LOW_OP:
        operation(e, node);
        break;
    case PM_LOW_LENGTH:
        pm_emit_value(e, node->kids[0]);
        e->span = node->span;
        pm_emit_op(e, PM_OP_ARR_LEN, 1, 1);
        break;
    case PM_LOW_TAG: {
        const uint32_t tag = 0;
        pm_emit_fields(e, node, &tag, 1);
        break;
    }
    case PM_LOW_ARRAY:
        pm_emit_array(e, node);
        break;
    case PM_LOW_NEW_ARRAY:
        pm_emit_new_array(e, node);
        break;
    case PM_LOW_NEW:
        pm_emit_new(e, node);
        break;
    case PM_LOW_CASE:
        pm_emit_case(e, node);
        break;
    case PM_LOW_AND:
    case PM_LOW_OR:
        pm_emit_logic(e, node);
        break;
    case PM_LOW_IF:
        pm_emit_if(e, node);
        break;
    default:
        pm_emit_call(e, node);
    }
}

static void one_statement(struct pm_emit *e, const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_SET_LOCAL:
    case PM_LOW_SET_GLOBAL:
    case PM_LOW_SET_CAPTURE:
    case PM_LOW_SET_FIELD:
    case PM_LOW_SET_INDEX:
        pm_emit_store(e, node);
        break;
    case PM_LOW_WHILE:
        pm_emit_while(e, node);
        break;
    case PM_LOW_BREAK:
    case PM_LOW_CONTINUE:
        pm_emit_jump_out(e, node);
        break;
    case PM_LOW_RETURN:
        pm_emit_return(e, node);
        break;
    case PM_LOW_TRAP:
        pm_emit_value(e, node->kids[0]);
        e->span = node->span;
        pm_emit_plain(e, PM_OP_TRAP_WITH);
        break;
    case PM_LOW_YIELD:
        e->span = node->span;
        pm_emit_plain(e, PM_OP_YIELD);
        break;
    case PM_LOW_SLEEP:
        pm_emit_value(e, node->kids[0]);
        e->span = node->span;
        pm_emit_plain(e, PM_OP_SLEEP);
        break;
    case PM_LOW_FRAME_SYNC:
        e->span = node->span;
        pm_emit_plain(e, PM_OP_FRAME_SYNC);
        break;
    default:
        pm_emit_effect(e, node);
    }
}

static void block(struct pm_emit *e, const struct pm_low *node, uint32_t first,
                  uint32_t count)
{
    const struct pm_low *last = all_but_last(e, node);
    e->is_statement_start = true;
    if (last)
        e->statement = last->span;
    if (last && count)
        pm_emit_some_slots(e, last, first, count);
    else if (last)
        pm_emit_effect(e, last);
}

// Keeps [count] of the slots on top, from [first] on, and drops the others of
// [all].
static void keep(struct pm_emit *e, struct pm_emit_slots all, uint32_t first,
                 uint32_t count)
{
    pm_emit_pop(e, all.count - first - count);
    if (first == 0)
        return;
    uint32_t *slots = pm_emit_spill(e, all.types + first, count);
    pm_emit_pop(e, first);
    pm_emit_unspill(e, slots, count);
    pm_emit_release_all(e, slots, count);
}

static void places(struct pm_emit *e, const struct pm_low *node, uint32_t first,
                   uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        if (node->kind == PM_LOW_LOCAL)
            pm_emit_get(e, e->local_slot[node->index] + i);
        else if (node->kind == PM_LOW_GLOBAL)
            pm_emit_op32(e, PM_OP_GET_GLOBAL, node->global->number + i, 0, 1);
        else
            pm_emit_op32(e, PM_OP_GET_CAPTURE, e->capture_slot[node->index] + i,
                         0, 1);
    }
}

static void slots_of_kind(struct pm_emit *e, const struct pm_low *node,
                          uint32_t first, uint32_t count)
{
    struct pm_emit_slots all;
    switch (node->kind) {
    case PM_LOW_LOCAL:
    case PM_LOW_GLOBAL:
    case PM_LOW_CAPTURE:
        places(e, node, first, count);
        break;
    case PM_LOW_PART:
        pm_emit_part(e, node, first, count);
        break;
    case PM_LOW_FIELD:
        pm_emit_field(e, node, first, count);
        break;
    case PM_LOW_PAYLOAD:
        pm_emit_payload(e, node, first, count);
        break;
    case PM_LOW_INDEX:
        pm_emit_index(e, node, first, count);
        break;
    case PM_LOW_BLOCK:
        block(e, node, first, count);
        break;
    default:
        if (node->kind >= PM_LOW_SET_LOCAL) {
            one_statement(e, node);
            break;
        }
        one_value(e, node);
        all = pm_emit_slots(e->em, node->type);
        if (count < all.count)
            keep(e, all, first, count);
    }
}

void pm_emit_some_slots(struct pm_emit *e, const struct pm_low *node,
                        uint32_t first, uint32_t count)
{
    uint32_t depth = e->depth;
    slots_of_kind(e, node, first, count);
    PM_ASSERT(!e->reached || e->em->no_memory || e->depth == depth + count);
    // Where control does not come back nothing was left; what follows is not
    // emitted, but counts.
    e->depth = depth + count;
}

void pm_emit_value(struct pm_emit *e, const struct pm_low *node)
{
    pm_emit_some_slots(e, node, 0, pm_emit_slot_count(e->em, node->type));
}
