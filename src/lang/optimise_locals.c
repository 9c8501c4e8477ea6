// SPDX-License-Identifier: MIT
//
// Locals that need not be: constants, copies, values that are used once and
// right away, stores that nobody reads.
//
// All of it rests on one fact: a local is assigned on every way to a read. So
// where there is one assignment alone, each read gives what that assignment
// stored last.
#include <string.h>

#include "lang/emit_internal.h"
#include "lang/optimise_internal.h"

// --- counting ----------------------------------------------------------------

void pm_opt_begin_counts(struct pm_opt *opt)
{
    uint32_t count = opt->fn->local_count;

    if (count > opt->local_capacity) {
        uint32_t capacity = 2 * count;
        opt->locals =
            pm_arena_alloc(opt->program->arena, capacity * sizeof *opt->locals);
        opt->local_capacity = opt->locals ? capacity : 0;
        opt->no_memory |= !opt->locals;
    } else if (count) {
        memset(opt->locals, 0, count * sizeof *opt->locals);
    }
}

static void count(struct pm_opt *opt, struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            count(opt, node->kids[i]);
    pm_opt_count(opt, node);
}

static bool is_assigned_once(const struct pm_opt *opt, uint32_t local)
{
    return opt->locals[local].sets == (local >= opt->fn->param_count);
}

// --- constants and copies ----------------------------------------------------

// What a local always is: a constant, another local, or NULL.
static const struct pm_low *always(const struct pm_opt *opt, uint32_t local)
{
    if (local < opt->fn->param_count || opt->locals[local].sets != 1)
        return NULL;
    const struct pm_low *value = opt->locals[local].set->kids[0];
    if (pm_opt_is_constant(value))
        return value;
    if (value->kind == PM_LOW_LOCAL && value->index != local &&
        is_assigned_once(opt, value->index) &&
        opt->fn->locals[local].name.size == 0 &&
        value->type == opt->fn->locals[local].type)
        return value;
    return NULL;
}

static void replace_reads(struct pm_opt *opt, struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            replace_reads(opt, node->kids[i]);
    if (node->kind != PM_LOW_LOCAL)
        return;
    const struct pm_low *value = always(opt, node->index);
    if (!value)
        return;
    opt->locals[node->index].reads--;
    opt->changed = true;
    if (value->kind == PM_LOW_LOCAL) {
        node->index = value->index;
        opt->locals[node->index].reads++;
    } else {
        pm_opt_become(node, value);
    }
}

// --- one use -----------------------------------------------------------------

// Looks, in the order of evaluation, for the one read of a local, past what
// may as well be done after [value].
struct search {
    uint32_t local;
    struct pm_low *value;
    unsigned effects; // of the value
};

enum found { NOT_YET, FOUND, BLOCKED };

static enum found search(const struct search *s, struct pm_low **at);

static enum found past(const struct search *s, const struct pm_low *node)
{
    unsigned own = pm_opt_own_effects(node);
    if (!pm_opt_commute(own, s->effects))
        return BLOCKED;
    // What the value sets is read here, or the other way round.
    if (s->effects & PM_EFFECT_SETS)
        return node->kind == PM_LOW_LOCAL || own & PM_EFFECT_SETS ? BLOCKED
                                                                  : NOT_YET;
    if (own & PM_EFFECT_SETS && pm_opt_reads(s->value, node->index))
        return BLOCKED;
    return NOT_YET;
}

static uint32_t always_evaluated(const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_AND:
    case PM_LOW_OR:
    case PM_LOW_IF:
        return 1;
    case PM_LOW_WHILE:
        return 0;
    default:
        return node->count;
    }
}

static enum found search_kids(const struct search *s, struct pm_low *node)
{
    uint32_t sure = always_evaluated(node);
    for (uint32_t i = 0; i < sure; i++) {
        enum found found = node->kids[i] ? search(s, &node->kids[i]) : NOT_YET;
        if (found != NOT_YET)
            return found;
    }
    return sure < node->count ? BLOCKED : past(s, node);
}

static enum found search(const struct search *s, struct pm_low **at)
{
    if ((*at)->kind != PM_LOW_LOCAL || (*at)->index != s->local)
        return search_kids(s, *at);
    *at = s->value;
    return FOUND;
}

// How many statements further on a value may go.
#define FAR 8

static bool move_value(struct pm_low *block, uint32_t at, struct pm_low *set)
{
    struct search s = {set->index, set->kids[0], pm_opt_effects(set->kids[0])};
    for (uint32_t i = at + 1; i < block->count && i <= at + FAR; i++) {
        if (!block->kids[i])
            continue;
        enum found found = search(&s, &block->kids[i]);
        if (found == FOUND)
            return true;
        if (found == BLOCKED)
            return false;
    }
    return false;
}

static bool may_be_one_use(const struct pm_opt *opt, uint32_t local)
{
    return opt->locals[local].sets == 1 && opt->locals[local].reads == 1 &&
           opt->fn->locals[local].name.size == 0 &&
           local >= opt->fn->param_count;
}

static bool is_one_use(const struct pm_opt *opt, const struct pm_low *set)
{
    return set->kind == PM_LOW_SET_LOCAL && may_be_one_use(opt, set->index) &&
           // A value of a struct where a contract is wanted stays a value of
           // the contract.
           set->kids[0]->type == opt->fn->locals[set->index].type;
}

// Takes what was moved out of the block.
static void close_gaps(struct pm_low *block)
{
    uint32_t to = 0;
    for (uint32_t i = 0; i < block->count; i++)
        if (block->kids[i])
            block->kids[to++] = block->kids[i];
    block->count = to;
}

static void move_values(struct pm_opt *opt, struct pm_low *node)
{
    bool moved = false;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            move_values(opt, node->kids[i]);
    if (node->kind != PM_LOW_BLOCK)
        return;
    for (uint32_t i = node->count; i-- > 0;) {
        struct pm_low *set = node->kids[i];
        if (!is_one_use(opt, set) || !move_value(node, i, set))
            continue;
        opt->locals[set->index] = (struct pm_opt_local){0};
        node->kids[i] = NULL;
        moved = true;
    }
    if (moved)
        close_gaps(node);
    opt->changed |= moved;
}

// --- stores that nobody reads ------------------------------------------------

static void drop_stores(struct pm_opt *opt, struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            drop_stores(opt, node->kids[i]);
    if (node->kind != PM_LOW_SET_LOCAL || opt->locals[node->index].reads)
        return;
    // Named ones that cost something stay, for a debugger to show.
    if (opt->fn->locals[node->index].name.size &&
        !pm_low_is_constant(node->kids[0]))
        return;
    node->kind = PM_LOW_DROP;
    opt->changed = true;
}

// Whether there is any local of which the question holds: only then the tree
// has to be looked through.
static bool has_any(const struct pm_opt *opt,
                    bool (*holds)(const struct pm_opt *opt, uint32_t local))
{
    for (uint32_t i = 0; i < opt->fn->local_count; i++)
        if (holds(opt, i))
            return true;
    return false;
}

static bool is_replaced(const struct pm_opt *opt, uint32_t local)
{
    return opt->locals[local].reads && always(opt, local);
}

static bool is_never_read(const struct pm_opt *opt, uint32_t local)
{
    return opt->locals[local].sets && opt->locals[local].reads == 0;
}

void pm_opt_locals(struct pm_opt *opt)
{
    struct pm_low_fn *fn = opt->fn;

    if (opt->changed || opt->touched) {
        pm_opt_begin_counts(opt);
        if (opt->no_memory)
            return;
        count(opt, fn->body);
    }
    if (has_any(opt, is_replaced))
        replace_reads(opt, fn->body);
    if (has_any(opt, may_be_one_use))
        move_values(opt, fn->body);
    if (has_any(opt, is_never_read))
        drop_stores(opt, fn->body);
}
