// SPDX-License-Identifier: MIT
//
// Questions about lowered trees.
#include <string.h>

#include "lang/emit_internal.h"

bool pm_low_is_constant(const struct pm_low *node)
{
    return node->kind == PM_LOW_INT || node->kind == PM_LOW_FLOAT ||
           node->kind == PM_LOW_STR || node->kind == PM_LOW_ZERO;
}

bool pm_low_is_zero(const struct pm_low *node)
{
    uint64_t bits;
    switch (node->kind) {
    case PM_LOW_ZERO:
        return true;
    case PM_LOW_INT:
        return node->number == 0;
    case PM_LOW_FLOAT: // not of -0
        memcpy(&bits, &node->real, sizeof bits);
        return bits == 0;
    default:
        return false;
    }
}

static bool is_pure_kind(uint8_t kind)
{
    switch (kind) {
    case PM_LOW_INT:
    case PM_LOW_FLOAT:
    case PM_LOW_STR:
    case PM_LOW_ZERO:
    case PM_LOW_LOCAL:
    case PM_LOW_GLOBAL:
    case PM_LOW_CAPTURE:
    case PM_LOW_SELF:
    case PM_LOW_PART:
    case PM_LOW_SOME:
    case PM_LOW_OK:
    case PM_LOW_ERR:
    case PM_LOW_TUPLE:
    case PM_LOW_AND:
    case PM_LOW_OR:
    case PM_LOW_UPCAST:
    case PM_LOW_IS_TYPE:
    case PM_LOW_BLOCK:
    case PM_LOW_IF:
    case PM_LOW_DROP:
        return true;
    default:
        return false;
    }
}

static bool is_pure_op(const struct pm_low *node)
{
    for (uint32_t i = 0; i < node->op_count; i++) {
        const struct pm_opcode_info *info = pm_opcode_info(node->ops[i]);
        bool is_compare = node->ops[i] >= PM_OP_EQ && node->ops[i] <= PM_OP_GE;
        bool is_sum = node->ops[i] == PM_OP_ADD;
        // Comparisons and sums only trap for strings: null, no memory.
        if ((is_compare || is_sum) && node->kids[0]->type->kind != PM_LT_STR)
            continue;
        if (pm_opcode_has(info, 'T') || pm_opcode_has(info, 'A') ||
            pm_opcode_has(info, 'S') || pm_opcode_has(info, 'E'))
            return false;
    }
    return node->op_count > 0 && node->count > 0;
}

bool pm_low_is_pure(const struct pm_low *node)
{
    if (node->kind == PM_LOW_OP ? !is_pure_op(node) : !is_pure_kind(node->kind))
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && !pm_low_is_pure(node->kids[i]))
            return false;
    return true;
}
