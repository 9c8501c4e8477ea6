// SPDX-License-Identifier: MIT
//
// Calls of every kind: arguments from left to right, a callee that is a value
// before them.
#include "lang/emit_internal.h"

static uint32_t slots_of(struct pm_emit *e, struct pm_low *const *nodes,
                         uint32_t count)
{
    uint32_t slots = 0;
    for (uint32_t i = 0; i < count; i++)
        slots += pm_emit_slot_count(e->em, nodes[i]->type);
    return slots;
}

static void call_out(struct pm_emit *e, const struct pm_low *node, uint16_t op,
                     uint32_t operand)
{
    e->span = node->span;
    pm_emit_op32(e, op, operand, slots_of(e, node->kids, node->count),
                 pm_emit_slot_count(e->em, node->type));
}

// Declared only where it is really called.
static void host_call(struct pm_emit *e, const struct pm_low *node)
{
    if (e->reached)
        call_out(e, node, PM_OP_HOSTCALL, pm_emit_host(e->em, node->host));
}

// CALL_VALUE and SPAWN_VALUE: the operand is the number of arguments.
static void call_value(struct pm_emit *e, const struct pm_low *node,
                       uint16_t op)
{
    uint32_t slots = slots_of(e, node->kids, node->count);
    e->span = node->span;
    pm_emit_op32(e, op, slots - 1, slots,
                 pm_emit_slot_count(e->em, node->type));
}

// SPAWN and CLOSURE.
static void with_function(struct pm_emit *e, const struct pm_low *node,
                          uint16_t op)
{
    uint32_t slots = slots_of(e, node->kids, node->count);
    e->span = node->span;
    pm_emit_op_counted(e, op, node->function->number, slots, slots, 1);
}

void pm_emit_call(struct pm_emit *e, const struct pm_low *node)
{
    pm_emit_values(e, node->kids, node->count);
    switch (node->kind) {
    case PM_LOW_CALL:
        call_out(e, node, PM_OP_CALL, node->function->number);
        break;
    case PM_LOW_HOST:
        host_call(e, node);
        break;
    case PM_LOW_INTRINSIC:
        call_out(e, node, PM_OP_INTRINSIC, node->index);
        break;
    case PM_LOW_CALL_VALUE:
        call_value(e, node, PM_OP_CALL_CLOSURE);
        break;
    case PM_LOW_SPAWN_VALUE:
        call_value(e, node, PM_OP_SPAWN_CLOSURE);
        break;
    case PM_LOW_SPAWN:
        with_function(e, node, PM_OP_SPAWN);
        break;
    default:
        with_function(e, node, PM_OP_MAKE_CLOSURE);
    }
}
