// SPDX-License-Identifier: MIT
//
// The optimiser's order of work: optimise_internal.h says what it may do.
#include <string.h>

#include "lang/optimise_internal.h"

uint32_t pm_opt_add_local(struct pm_opt *opt, const struct pm_lt *type)
{
    struct pm_low_fn *fn = opt->fn;

    if (fn->local_count == fn->local_capacity) {
        uint32_t capacity = 2 * fn->local_capacity + 4;
        struct pm_low_local *more =
            pm_arena_alloc(opt->program->arena, capacity * sizeof *more);
        if (!more) {
            opt->no_memory = true;
            return 0;
        }
        if (fn->local_count)
            memcpy(more, fn->locals, fn->local_count * sizeof *more);
        fn->locals = more;
        fn->local_capacity = capacity;
    }
    fn->locals[fn->local_count] = (struct pm_low_local){type, {"", 0}};
    return fn->local_count++;
}

struct pm_low *pm_opt_node(struct pm_opt *opt, pm_low_kind kind,
                           const struct pm_lt *type, struct pm_span span,
                           uint32_t count)
{
    struct pm_low *node = pm_arena_alloc(opt->program->arena,
                                         sizeof *node + count * sizeof(void *));
    if (!node) {
        opt->no_memory = true;
        return NULL;
    }
    node->kind = (uint8_t)kind;
    node->type = type;
    node->span = span;
    node->count = count;
    return node;
}

struct pm_low *pm_opt_copy_node(struct pm_opt *opt, const struct pm_low *node)
{
    size_t size = sizeof *node + node->count * sizeof(void *);
    struct pm_low *out = pm_arena_alloc(opt->program->arena, size);

    if (out)
        memcpy(out, node, size);
    else
        opt->no_memory = true;
    return out;
}

void pm_opt_become(struct pm_low *node, const struct pm_low *constant)
{
    node->kind = constant->kind;
    node->count = 0;
    switch (constant->kind) {
    case PM_LOW_INT:
        node->number = constant->number;
        break;
    case PM_LOW_FLOAT:
        node->real = constant->real;
        break;
    default:
        node->text = constant->text;
    }
}

// Most nodes are leaves that nothing is to be done about.
static bool is_plain_leaf(const struct pm_low *node)
{
    return node->kind == PM_LOW_LOCAL || pm_opt_is_constant(node);
}

struct pm_low *pm_opt_simplify(struct pm_opt *opt, struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count && !opt->no_memory; i++) {
        struct pm_low *kid = node->kids[i];
        if (kid && is_plain_leaf(kid))
            pm_opt_count(opt, kid);
        else if (kid)
            node->kids[i] = pm_opt_simplify(opt, kid);
    }
    if (opt->no_memory)
        return node;
    pm_opt_count(opt, node);
    switch (node->kind) {
    case PM_LOW_OP:
        return pm_opt_simplify_op(opt, node);
    case PM_LOW_ZERO:
        return pm_opt_simplify_zero(opt, node);
    case PM_LOW_PART:
        return pm_opt_simplify_part(opt, node);
    default:
        return pm_opt_simplify_flow(opt, node);
    }
}

// Rounds over a function; each may make room for the next.
#define MOST_ROUNDS 6

static void tidy(struct pm_opt *opt, struct pm_low_fn *fn)
{
    struct pm_opt_fn *facts = pm_opt_facts(fn);

    opt->fn = fn;
    facts->is_settled = false;
    for (int i = 0; i < MOST_ROUNDS && !opt->no_memory; i++) {
        opt->changed = opt->touched = false;
        pm_opt_begin_counts(opt);
        if (opt->no_memory)
            return;
        fn->body = pm_opt_simplify(opt, fn->body);
        if (!opt->no_memory)
            pm_opt_locals(opt);
        facts->is_stale |= opt->changed || opt->touched;
        facts->is_settled = !opt->changed && !opt->touched;
        if (!opt->changed)
            return;
    }
}

static bool begin(struct pm_opt *opt)
{
    struct pm_low_program *program = opt->program;

    opt->facts = pm_arena_alloc(program->arena,
                                program->function_count * sizeof *opt->facts);
    opt->globals = pm_arena_alloc(
        program->arena, program->global_count * sizeof *opt->globals + 1);
    if (!opt->facts || !opt->globals)
        return false;
    for (uint32_t i = 0; i < program->function_count; i++) {
        opt->facts[i].is_stale = true;
        program->functions[i]->data = &opt->facts[i];
    }
    for (uint32_t i = 0; i < program->global_count; i++)
        program->globals[i]->number = i;
    return true;
}

// One round of putting functions in place of their calls. The first is the
// one that tidies what the constants of globals have changed.
static void inline_round(struct pm_opt *opt, bool is_first)
{
    struct pm_low_program *program = opt->program;

    opt->is_first = is_first;
    pm_opt_find_small(opt);
    for (uint32_t i = 0; i < program->function_count && !opt->no_memory; i++) {
        opt->fn = program->functions[i];
        opt->changed = false;
        pm_opt_inline(opt);
        if (opt->changed || (is_first && !opt->facts[i].is_settled))
            tidy(opt, program->functions[i]);
    }
}

static void finish(struct pm_opt *opt, uint32_t number)
{
    opt->fn = opt->program->functions[number];
    opt->changed = false;
    pm_opt_ranges(opt);
    if (opt->changed)
        tidy(opt, opt->fn);
    if (opt->facts[number].has_inner_loops && !opt->no_memory)
        pm_opt_unnest(opt);
}

// How deep calls within calls are put in place.
#define INLINE_ROUNDS 3

pm_status pm_low_optimise(struct pm_low_program *program)
{
    struct pm_opt opt = {.program = program};

    pm_opt_closures(&opt);
    if (opt.no_memory || !begin(&opt))
        return PM_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < program->function_count && !opt.no_memory; i++) {
        tidy(&opt, program->functions[i]);
        pm_opt_look(&opt);
    }
    pm_opt_globals(&opt);
    for (int round = 0; round < INLINE_ROUNDS && !opt.no_memory; round++)
        inline_round(&opt, round == 0);
    for (uint32_t i = 0; i < program->function_count && !opt.no_memory; i++)
        finish(&opt, i);
    return opt.no_memory ? PM_ERR_NO_MEMORY : PM_OK;
}
