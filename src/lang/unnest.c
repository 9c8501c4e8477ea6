// SPDX-License-Identifier: MIT
//
// Loops out of expressions.
//
// A function with a loop that was put in place of its call leaves the loop
// within an expression: what was evaluated before it waits on the stack. The
// translator makes its best code only of loops with an empty stack, so what
// comes before such a loop, and the loop's value, go through locals.
#include <string.h>

#include "lang/emit_internal.h"
#include "lang/optimise_internal.h"

// Kinds whose first kids wait on the stack while the others are evaluated.
static bool holds_operands(const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_OP:
    case PM_LOW_TUPLE:
    case PM_LOW_CASE:
    case PM_LOW_INDEX:
    case PM_LOW_NEW_ARRAY:
    case PM_LOW_NEW:
    case PM_LOW_CLOSURE:
    case PM_LOW_CALL:
    case PM_LOW_CALL_VALUE:
    case PM_LOW_HOST:
    case PM_LOW_INTRINSIC:
    case PM_LOW_SPAWN:
    case PM_LOW_SPAWN_VALUE:
    case PM_LOW_SET_FIELD:
    case PM_LOW_SET_INDEX:
        return true;
    default:
        return false;
    }
}

static bool has_value(const struct pm_low *node)
{
    return node->type->kind != PM_LT_VOID && node->type->kind != PM_LT_NEVER;
}

// One that leaves instead of giving a value stays where it is, and so do all.
static bool all_have_values(const struct pm_low *node, uint32_t last)
{
    for (uint32_t i = 0; i <= last; i++)
        if (!has_value(node->kids[i]))
            return false;
    return true;
}

// Puts the kids up to [last] into locals in front of the node.
static struct pm_low *spread(struct pm_opt *opt, struct pm_low *node,
                             uint32_t last)
{
    struct pm_low *block =
        pm_opt_node(opt, PM_LOW_BLOCK, node->type, node->span, last + 2);
    uint32_t at = 0;

    if (!block)
        return node;
    for (uint32_t i = 0; i <= last; i++) {
        struct pm_low *kid = node->kids[i];
        if (pm_low_is_constant(kid))
            continue;
        struct pm_low *set =
            pm_opt_node(opt, PM_LOW_SET_LOCAL,
                        opt->program->functions[0]->result, kid->span, 1);
        struct pm_low *get =
            pm_opt_node(opt, PM_LOW_LOCAL, kid->type, kid->span, 0);
        if (!set || !get)
            return node;
        set->index = get->index = pm_opt_add_local(opt, kid->type);
        set->kids[0] = kid;
        block->kids[at++] = set;
        node->kids[i] = get;
    }
    block->kids[at++] = node;
    block->count = at;
    return block;
}

// Gives the node or what takes its place; [has_loop]: there is one in it.
static struct pm_low *visit(struct pm_opt *opt, struct pm_low *node,
                            bool *has_loop)
{
    uint32_t last = 0;

    *has_loop = node->kind == PM_LOW_WHILE;
    for (uint32_t i = 0; i < node->count && !opt->no_memory; i++) {
        bool inside = false;
        if (!node->kids[i])
            continue;
        node->kids[i] = visit(opt, node->kids[i], &inside);
        if (inside)
            last = i;
        *has_loop |= inside;
    }
    if (last == 0 || opt->no_memory || !holds_operands(node) ||
        !all_have_values(node, last))
        return node;
    return spread(opt, node, last);
}

void pm_opt_unnest(struct pm_opt *opt)
{
    bool has_loop;

    opt->fn->body = visit(opt, opt->fn->body, &has_loop);
}
