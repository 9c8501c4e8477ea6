// SPDX-License-Identifier: MIT
//
// Ways that are never taken, blocks within blocks, conditions.
#include "lang/emit_internal.h"
#include "lang/optimise_internal.h"

static bool is_bool(const struct pm_low *node, bool value)
{
    return node->kind == PM_LOW_INT && node->type->kind == PM_LT_BOOL &&
           (node->number != 0) == value;
}

static bool is_never(const struct pm_low *node)
{
    return node->type->kind == PM_LT_NEVER;
}

static struct pm_low *nothing(struct pm_opt *opt, const struct pm_low *node)
{
    return pm_opt_node(opt, PM_LOW_BLOCK, node->type, node->span, 0);
}

// --- and, or -----------------------------------------------------------------

static struct pm_low *logic(struct pm_opt *opt, struct pm_low *node)
{
    bool is_and = node->kind == PM_LOW_AND;
    struct pm_low *left = node->kids[0];
    struct pm_low *right = node->kids[1];
    struct pm_low *out = node;
    if (is_bool(left, is_and) ||
        (is_bool(right, !is_and) && pm_low_is_pure(left)))
        out = right;
    else if (is_bool(right, is_and) || is_bool(left, !is_and))
        out = left;
    opt->changed |= out != node;
    return out;
}

// --- if ----------------------------------------------------------------------

// An IF whose condition is known. A statement that is left out leaves an
// empty block.
static struct pm_low *known_if(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *taken = node->kids[1];
    if (node->kids[0]->number == 0)
        taken = node->count > 2 ? node->kids[2] : NULL;
    opt->changed = true;
    return taken ? taken : nothing(opt, node);
}

// "if c { true } else { x }" and its kin.
static struct pm_low *bool_if(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *c = node->kids[0];
    struct pm_low *then = node->kids[1];
    struct pm_low *otherwise = node->kids[2];
    pm_low_kind kind = PM_LOW_AND;
    if (node->type->kind != PM_LT_BOOL || is_never(then) || is_never(otherwise))
        return node;
    if (is_bool(then, true) && is_bool(otherwise, false)) {
        opt->changed = true;
        return c;
    }
    if (is_bool(then, false) && is_bool(otherwise, true)) {
        opt->changed = true;
        return pm_opt_not(opt, c);
    }
    if (is_bool(then, true))
        kind = PM_LOW_OR;
    else if (!is_bool(otherwise, false))
        return node;
    struct pm_low *out = pm_opt_node(opt, kind, node->type, node->span, 2);
    if (!out)
        return node;
    opt->changed = true;
    out->kids[0] = c;
    out->kids[1] = kind == PM_LOW_OR ? otherwise : then;
    return out;
}

static bool is_empty(const struct pm_low *node)
{
    return !node || (node->kind == PM_LOW_BLOCK && node->count == 0);
}

static struct pm_low *simplify_if(struct pm_opt *opt, struct pm_low *node)
{
    if (node->kids[0]->kind == PM_LOW_INT)
        return known_if(opt, node);
    if (node->count > 2 && node->kids[2] && node->type->kind == PM_LT_BOOL)
        return bool_if(opt, node);
    if (node->type->kind != PM_LT_VOID)
        return node;
    if (node->count > 2 && node->kids[2] && is_empty(node->kids[2])) {
        node->kids[2] = NULL;
        opt->touched = true;
    }
    // Nothing to do when it holds: the other way round.
    if (is_empty(node->kids[1]) && node->count > 2 && node->kids[2]) {
        node->kids[0] = pm_opt_not(opt, node->kids[0]);
        node->kids[1] = node->kids[2];
        node->kids[2] = NULL;
        opt->changed = true;
    }
    return node;
}

// --- loops -------------------------------------------------------------------

static struct pm_low *simplify_while(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *condition = node->kids[0];
    if (!condition || condition->kind != PM_LOW_INT)
        return node;
    opt->changed = true;
    if (condition->number == 0)
        return nothing(opt, node);
    node->kids[0] = NULL;
    return node;
}

// --- blocks ------------------------------------------------------------------

// What a block consists of, once blocks within it are taken apart.
struct parts {
    struct pm_low **kids; // NULL while they are counted
    uint32_t count;
    bool is_over; // a statement does not go on
};

static void add_part(struct parts *parts, struct pm_low *node)
{
    if (parts->kids)
        parts->kids[parts->count] = node;
    parts->count++;
    parts->is_over = is_never(node);
}

static void take_apart(struct parts *parts, const struct pm_low *block,
                       bool has_value)
{
    for (uint32_t i = 0; i < block->count && !parts->is_over; i++) {
        struct pm_low *kid = block->kids[i];
        bool is_value = has_value && i + 1 == block->count;
        if (kid->kind == PM_LOW_BLOCK)
            take_apart(parts, kid, is_value);
        else if (is_value || !pm_low_is_pure(kid))
            add_part(parts, kid);
    }
}

static bool is_tidy(const struct pm_low *block, bool has_value)
{
    for (uint32_t i = 0; i < block->count; i++) {
        const struct pm_low *kid = block->kids[i];
        bool is_last = i + 1 == block->count;
        if (kid->kind == PM_LOW_BLOCK || (is_never(kid) && !is_last) ||
            (pm_low_is_pure(kid) && !(is_last && has_value)))
            return false;
    }
    return true;
}

static struct pm_low *simplify_block(struct pm_opt *opt, struct pm_low *node)
{
    bool has_value =
        node->type->kind != PM_LT_VOID && node->type->kind != PM_LT_NEVER;
    struct parts parts = {0};
    if (has_value && node->count == 1) {
        opt->touched = true;
        return node->kids[0];
    }
    if (is_tidy(node, has_value))
        return node;
    take_apart(&parts, node, has_value);
    struct pm_low *out =
        pm_opt_node(opt, PM_LOW_BLOCK, node->type, node->span, parts.count);
    if (!out)
        return node;
    parts = (struct parts){out->kids, 0, false};
    take_apart(&parts, node, has_value);
    opt->changed = true;
    // What would give the value is never reached.
    if (has_value && out->count && is_never(out->kids[out->count - 1]))
        out->type = out->kids[out->count - 1]->type;
    return has_value && out->count == 1 ? out->kids[0] : out;
}

// "x = { s; v }" is "s; x = v": only for what evaluates that one kid first.
static struct pm_low *lift_block(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *value = node->count ? node->kids[0] : NULL;
    if (!value || value->kind != PM_LOW_BLOCK || value->count == 0 ||
        is_never(value) || value->type->kind == PM_LT_VOID)
        return node;
    struct pm_low *last = value->kids[value->count - 1];
    if (is_never(last))
        return node;
    node->kids[0] = last;
    value->kids[value->count - 1] = node;
    value->type = node->type;
    opt->changed = true;
    return value;
}

struct pm_low *pm_opt_simplify_flow(struct pm_opt *opt, struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_AND:
    case PM_LOW_OR:
        return logic(opt, node);
    case PM_LOW_IF:
        return simplify_if(opt, node);
    case PM_LOW_WHILE:
        return simplify_while(opt, node);
    case PM_LOW_BLOCK:
        return simplify_block(opt, node);
    case PM_LOW_SET_LOCAL:
    case PM_LOW_SET_GLOBAL:
    case PM_LOW_SET_CAPTURE:
    case PM_LOW_RETURN:
    case PM_LOW_DROP:
        return lift_block(opt, node);
    default:
        return node;
    }
}
