// SPDX-License-Identifier: MIT
//
// What nodes do, as far as moving them needs to know.
//
// Reading a field, a length or a tag never traps: no user's value is null.
#include "lang/optimise_internal.h"

static bool has_operand(const struct pm_opcode_info *info, char letter)
{
    for (const char *at = info->signature; *at && *at != ':'; at++)
        if (*at == letter)
            return true;
    return false;
}

static bool leaves_nothing(const struct pm_opcode_info *info)
{
    const char *at = info->signature;
    while (*at && *at != ':')
        at++;
    return *at == ':' && at[1] == 0;
}

static unsigned effects_of_op(uint16_t op, bool is_of_strings)
{
    const struct pm_opcode_info *info = pm_opcode_info(op);
    bool is_compare = op >= PM_OP_EQ && op <= PM_OP_GE;
    unsigned effects = 0;

    // These trap for strings alone: null, no memory.
    if ((is_compare || op == PM_OP_ADD) && !is_of_strings)
        return 0;
    if (pm_opcode_has(info, 'T'))
        effects |= PM_EFFECT_TRAPS;
    if (op == PM_OP_ARR_GET || has_operand(info, 'B') || has_operand(info, 'C'))
        effects |= PM_EFFECT_READS;
    if (op == PM_OP_ARR_SET || op == PM_OP_ARR_FILL || op == PM_OP_ARR_COPY ||
        leaves_nothing(info) || pm_opcode_has(info, 'S') ||
        pm_opcode_has(info, 'E'))
        effects |= PM_EFFECT_WRITES;
    return effects;
}

static unsigned op_effects(const struct pm_low *node)
{
    bool is_of_strings = node->count && node->kids[0]->type->kind == PM_LT_STR;
    unsigned effects = 0;
    for (uint32_t i = 0; i < node->op_count; i++)
        effects |= effects_of_op(node->ops[i], is_of_strings);
    return effects;
}

unsigned pm_opt_own_effects(const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_GLOBAL:
    case PM_LOW_CAPTURE:
    case PM_LOW_FIELD:
    case PM_LOW_TAG:
    case PM_LOW_PAYLOAD:
        return PM_EFFECT_READS;
    case PM_LOW_INDEX:
    case PM_LOW_INTRINSIC: // input stands still during a frame
        return PM_EFFECT_READS | PM_EFFECT_TRAPS;
    case PM_LOW_CASE:
    case PM_LOW_ARRAY:
    case PM_LOW_NEW_ARRAY:
    case PM_LOW_NEW:
    case PM_LOW_CLOSURE:
    case PM_LOW_CAST:
        return PM_EFFECT_TRAPS;
    case PM_LOW_OP:
        return op_effects(node);
    case PM_LOW_CALL:
    case PM_LOW_CALL_VALUE:
    case PM_LOW_HOST:
    case PM_LOW_SPAWN:
    case PM_LOW_SPAWN_VALUE:
    case PM_LOW_YIELD:
    case PM_LOW_SLEEP:
    case PM_LOW_FRAME_SYNC:
        return PM_EFFECT_READS | PM_EFFECT_WRITES | PM_EFFECT_TRAPS;
    case PM_LOW_SET_GLOBAL:
    case PM_LOW_SET_CAPTURE:
    case PM_LOW_SET_FIELD:
        return PM_EFFECT_WRITES;
    case PM_LOW_SET_INDEX:
        return PM_EFFECT_WRITES | PM_EFFECT_TRAPS;
    case PM_LOW_SET_LOCAL:
        return PM_EFFECT_SETS;
    case PM_LOW_WHILE:
    case PM_LOW_BREAK:
    case PM_LOW_CONTINUE:
    case PM_LOW_RETURN:
    case PM_LOW_TRAP:
        return PM_EFFECT_JUMPS | PM_EFFECT_TRAPS | PM_EFFECT_WRITES;
    default:
        return 0;
    }
}

unsigned pm_opt_effects(const struct pm_low *node)
{
    unsigned effects = pm_opt_own_effects(node);
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            effects |= pm_opt_effects(node->kids[i]);
    return effects;
}

bool pm_opt_commute(unsigned a, unsigned b)
{
    const unsigned seen = PM_EFFECT_READS | PM_EFFECT_WRITES | PM_EFFECT_TRAPS;
    if ((a | b) & PM_EFFECT_JUMPS)
        return false;
    if ((a & PM_EFFECT_WRITES && b & seen) ||
        (b & PM_EFFECT_WRITES && a & seen))
        return false;
    return !(a & b & PM_EFFECT_TRAPS);
}

bool pm_opt_reads(const struct pm_low *node, uint32_t local)
{
    if (node->kind == PM_LOW_LOCAL)
        return node->index == local;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && pm_opt_reads(node->kids[i], local))
            return true;
    return false;
}

uint32_t pm_opt_size_to(const struct pm_low *node, uint32_t limit)
{
    uint32_t size = 1;
    for (uint32_t i = 0; i < node->count && size <= limit; i++)
        if (node->kids[i])
            size += pm_opt_size_to(node->kids[i], limit - size);
    return size;
}

uint32_t pm_opt_size(const struct pm_low *node)
{
    uint32_t size = 1;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            size += pm_opt_size(node->kids[i]);
    return size;
}
