// SPDX-License-Identifier: MIT
//
// What is known of whole numbers: the least and the greatest that a local
// ever holds. With that comparisons are decided, and what is never below zero
// is divided by shifting and masking, for which the translator has its
// shortest forms and which costs a fourth.
//
// A local's bounds hold wherever it is read: they are those of all that is
// ever assigned to it. What a loop counts is the exception that makes it
// useful: "i = i + 1" within "while i < n" cannot wrap, so that i is never
// below what it began with.
#include <stdint.h>
#include <string.h>

#include "lang/emit_internal.h"
#include "lang/optimise_bounds.h"
#include "lang/optimise_internal.h"

struct ranges {
    struct pm_opt *opt;
    // By local: what is known, and what the round at work has found so far.
    struct pm_opt_bounds *known;
    struct pm_opt_bounds *found;
    bool *is_set; // [found] says something
};

// A loop around what is looked at.
struct loop {
    const struct pm_low *node;
    bool in_condition;
};

// Rounds in which locals that are made of others become known.
#define ROUNDS 2

// --- of locals ---------------------------------------------------------------

static uint32_t count_sets(const struct pm_low *node, uint32_t local)
{
    uint32_t count = node->kind == PM_LOW_SET_LOCAL && node->index == local;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            count += count_sets(node->kids[i], local);
    return count;
}

// What a local is compared with by [op] or its mirror image, or NULL.
static const struct pm_low *compared(const struct pm_low *test, uint32_t local,
                                     uint16_t op, uint16_t mirrored)
{
    for (uint32_t i = 0; i < 2; i++) {
        if (!pm_opt_is_op(test, i ? mirrored : op))
            continue;
        const struct pm_low *side = test->kids[i];
        if (side->kind == PM_LOW_LOCAL && side->index == local)
            return test->kids[1 - i];
    }
    return NULL;
}

// By how much an assignment changes its own local; 0: it does something else.
static int64_t step_of(const struct pm_low *set)
{
    const struct pm_low *value = set->kids[0];
    bool adds = pm_opt_is_op(value, PM_OP_ADD);

    if ((!adds && !pm_opt_is_op(value, PM_OP_SUB)) ||
        value->kids[0]->kind != PM_LOW_LOCAL ||
        value->kids[0]->index != set->index ||
        value->kids[1]->kind != PM_LOW_INT ||
        value->kids[1]->number == INT64_MIN)
        return 0;
    return adds ? value->kids[1]->number : -value->kids[1]->number;
}

// Whether [set] is a loop's only change of its local, made at most once after
// each test. Gives what a count like this brings, besides what it began with.
static bool is_counted(const struct ranges *r, const struct pm_low *set,
                       const struct loop *loop, struct pm_opt_bounds *out)
{
    int64_t step = step_of(set);
    if (!loop || loop->in_condition || !loop->node->kids[0] || step == 0)
        return false;
    const struct pm_low *limit =
        step > 0
            ? compared(loop->node->kids[0], set->index, PM_OP_LT, PM_OP_GT)
            : compared(loop->node->kids[0], set->index, PM_OP_GT, PM_OP_LT);
    if (!limit || !pm_opt_is_of_ints(limit) ||
        count_sets(loop->node, set->index) != 1)
        return false;
    // Beyond the limit by less than a step.
    struct pm_opt_bounds to = pm_opt_bounds_of(r->known, limit);
    int64_t *end = step > 0 ? &to.high : &to.low;
    int64_t over = step > 0 ? step - 1 : step + 1;
    if (__builtin_add_overflow(*end, over, end))
        return false;
    *out = step > 0 ? (struct pm_opt_bounds){INT64_MAX, *end}
                    : (struct pm_opt_bounds){*end, INT64_MIN};
    return true;
}

static void add_found(struct ranges *r, uint32_t local,
                      struct pm_opt_bounds more)
{
    r->found[local] =
        r->is_set[local] ? pm_opt_hull(r->found[local], more) : more;
    r->is_set[local] = true;
}

static void collect(struct ranges *r, const struct pm_low *node,
                    const struct loop *loop)
{
    struct loop inner = {node, false};

    if (node->kind == PM_LOW_WHILE)
        loop = &inner;
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind == PM_LOW_WHILE)
            inner.in_condition = i == 0;
        if (node->kids[i])
            collect(r, node->kids[i], loop);
    }
    if (node->kind != PM_LOW_SET_LOCAL || !pm_opt_is_of_ints(node->kids[0]))
        return;
    struct pm_opt_bounds bounds;
    if (!is_counted(r, node, loop, &bounds))
        bounds = pm_opt_bounds_of(r->known, node->kids[0]);
    add_found(r, node->index, bounds);
}

static bool begin(struct ranges *r)
{
    struct pm_opt *opt = r->opt;
    struct pm_arena *arena = opt->program->arena;
    uint32_t count = opt->fn->local_count + 1;

    r->known = pm_arena_alloc(arena, count * sizeof *r->known);
    r->found = pm_arena_alloc(arena, count * sizeof *r->found);
    r->is_set = pm_arena_alloc(arena, count * sizeof *r->is_set);
    opt->no_memory |= !r->known || !r->found || !r->is_set;
    for (uint32_t i = 0; !opt->no_memory && i < opt->fn->local_count; i++)
        r->known[i] = pm_opt_bounds_of_type(opt->fn->locals[i].type);
    return !opt->no_memory;
}

// Each round follows from what the one before found, so that each holds.
static void one_round(struct ranges *r)
{
    const struct pm_low_fn *fn = r->opt->fn;

    for (uint32_t i = 0; i < fn->local_count; i++)
        r->is_set[i] = false;
    for (uint32_t i = 0; i < fn->param_count; i++)
        add_found(r, i, pm_opt_bounds_of_type(fn->locals[i].type));
    collect(r, fn->body, NULL);
    for (uint32_t i = 0; i < fn->local_count; i++)
        if (r->is_set[i] && fn->locals[i].type->kind == PM_LT_INT &&
            r->found[i].low <= r->found[i].high)
            r->known[i] = r->found[i];
}

// --- what follows ------------------------------------------------------------

static bool may_gain(const struct pm_low *node)
{
    if (node->kind != PM_LOW_OP || node->op_count != 1 || node->count == 0 ||
        !pm_opt_is_of_ints(node->kids[0]))
        return false;
    switch (node->ops[0]) {
    case PM_OP_ABS:
        return true;
    case PM_OP_EQ:
    case PM_OP_NE:
    case PM_OP_LT:
    case PM_OP_LE:
    case PM_OP_GT:
    case PM_OP_GE:
    case PM_OP_DIV:
    case PM_OP_REM:
    case PM_OP_AND:
    case PM_OP_MIN:
    case PM_OP_MAX:
        return node->count == 2 &&
               (pm_opt_is_int(node->kids[0]) || pm_opt_is_int(node->kids[1]));
    default:
        return false;
    }
}

static bool has_gain(const struct pm_low *node)
{
    if (may_gain(node))
        return true;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && has_gain(node->kids[i]))
            return true;
    return false;
}

// 1: a op b always holds, 0: never, -1: not known.
static int decide(uint16_t op, struct pm_opt_bounds a, struct pm_opt_bounds b)
{
    switch (op) {
    case PM_OP_LT:
        return a.high < b.low ? 1 : a.low >= b.high ? 0 : -1;
    case PM_OP_LE:
        return a.high <= b.low ? 1 : a.low > b.high ? 0 : -1;
    case PM_OP_GT:
        return decide(PM_OP_LT, b, a);
    case PM_OP_GE:
        return decide(PM_OP_LE, b, a);
    case PM_OP_EQ:
        return a.high < b.low || a.low > b.high ? 0 : -1;
    case PM_OP_NE:
        return a.high < b.low || a.low > b.high ? 1 : -1;
    default:
        return -1;
    }
}

static bool is_power_of_two(int64_t number)
{
    return number > 0 && (number & (number - 1)) == 0;
}

// 0, 1, 3, 7 and so on.
static bool is_mask(int64_t number)
{
    uint64_t bits = (uint64_t)number;
    return number >= 0 && (bits & (bits + 1)) == 0;
}

// The operand that the operation always gives, or NULL.
static struct pm_low *same_as(const struct pm_low *node, struct pm_opt_bounds a,
                              struct pm_opt_bounds b)
{
    struct pm_low *const *kids = node->kids;
    switch (node->ops[0]) {
    case PM_OP_MAX:
        return a.low >= b.high ? kids[0] : b.low >= a.high ? kids[1] : NULL;
    case PM_OP_MIN:
        return a.high <= b.low ? kids[0] : b.high <= a.low ? kids[1] : NULL;
    case PM_OP_REM:
        return a.low >= 0 && b.low == b.high && a.high < b.low ? kids[0] : NULL;
    case PM_OP_AND:
        return b.low == b.high && is_mask(b.low) && a.low >= 0 &&
                       a.high <= b.low
                   ? kids[0]
                   : NULL;
    default:
        return NULL;
    }
}

// Shifts or masks what is never below zero in place of dividing it.
static void divide_by_bits(struct ranges *r, struct pm_low *node,
                           struct pm_opt_bounds a)
{
    bool divides = node->ops[0] == PM_OP_DIV;
    struct pm_low *by = node->kids[1];

    if ((!divides && node->ops[0] != PM_OP_REM) || !pm_opt_is_int(by) ||
        a.low < 0 || !is_power_of_two(by->number))
        return;
    node->ops[0] = divides ? PM_OP_SHR : PM_OP_AND;
    by->number =
        divides ? __builtin_ctzll((uint64_t)by->number) : by->number - 1;
    r->opt->changed = true;
}

static struct pm_low *improve(struct ranges *r, struct pm_low *node)
{
    struct pm_opt_bounds a = pm_opt_bounds_of(r->known, node->kids[0]);
    if (node->ops[0] == PM_OP_ABS && node->count == 1) {
        r->opt->changed |= a.low >= 0;
        return a.low >= 0 ? node->kids[0] : node;
    }
    struct pm_opt_bounds b = pm_opt_bounds_of(r->known, node->kids[1]);
    int holds = decide(node->ops[0], a, b);
    if (holds >= 0 && pm_low_is_pure(node->kids[0]) &&
        pm_low_is_pure(node->kids[1])) {
        struct pm_low *out =
            pm_opt_node(r->opt, PM_LOW_INT, node->type, node->span, 0);
        if (!out)
            return node;
        out->number = holds;
        r->opt->changed = true;
        return out;
    }
    struct pm_low *same = same_as(node, a, b);
    if (same && pm_low_is_pure(node->kids[same == node->kids[0]])) {
        r->opt->changed = true;
        return same;
    }
    divide_by_bits(r, node, a);
    return node;
}

static struct pm_low *visit(struct ranges *r, struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count && !r->opt->no_memory; i++)
        if (node->kids[i] && node->kids[i]->count)
            node->kids[i] = visit(r, node->kids[i]);
    return may_gain(node) && !r->opt->no_memory ? improve(r, node) : node;
}

void pm_opt_ranges(struct pm_opt *opt)
{
    struct ranges r = {.opt = opt};

    if (!has_gain(opt->fn->body) || !begin(&r))
        return;
    for (int i = 0; i < ROUNDS; i++)
        one_round(&r);
    opt->fn->body = visit(&r, opt->fn->body);
}
