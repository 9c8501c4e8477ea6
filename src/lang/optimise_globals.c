// SPDX-License-Identifier: MIT
//
// Globals that only ever hold one constant. They are set before anything
// reads them (docs/spec/pbs.md, "Declarations"), so each read is the
// constant.
#include <math.h>

#include "lang/emit_internal.h"
#include "lang/optimise_internal.h"

static bool is_same(const struct pm_low *a, const struct pm_low *b)
{
    if (a->kind != b->kind || a->type != b->type)
        return false;
    switch (a->kind) {
    case PM_LOW_INT:
        return a->number == b->number;
    case PM_LOW_FLOAT: // 0 and -0 are two, as every NaN
        return a->real == b->real && signbit(a->real) == signbit(b->real);
    default:
        return pm_emit_same_text(a->text, b->text);
    }
}

static void look_at_set(struct pm_opt_global *fact, const struct pm_low *node)
{
    const struct pm_low *value = node->kids[0];
    if (!fact->value)
        fact->value = value;
    if (!pm_opt_is_constant(value) || !is_same(fact->value, value))
        fact->is_none = true;
}

static void look_at(struct pm_opt *opt, struct pm_opt_fn *own,
                    const struct pm_low *node, bool is_inner)
{
    switch (node->kind) {
    case PM_LOW_SET_GLOBAL:
        look_at_set(&opt->globals[node->global->number], node);
        own->has_globals = true;
        break;
    case PM_LOW_GLOBAL:
        own->has_globals = true;
        break;
    case PM_LOW_CALL:
        own->has_calls = own->is_again = true;
        pm_opt_facts(node->function)->calls++;
        break;
    case PM_LOW_SPAWN:
    case PM_LOW_CLOSURE:
        pm_opt_facts(node->function)->calls++;
        break;
    case PM_LOW_WHILE:
        own->has_loops = true;
        own->has_inner_loops |= is_inner;
        break;
    default:
        break;
    }
}

// Whether a kid is a part of what its node computes, and no statement in it.
static bool is_operand(const struct pm_low *node, uint32_t kid)
{
    if (node->kind == PM_LOW_IF || node->kind == PM_LOW_WHILE)
        return kid == 0;
    return node->kind != PM_LOW_BLOCK;
}

// Counts calls, too: how often a function is called is a hint for what is put
// in place of calls, and this first count is the one that its author knows.
// [is_inner]: within something's operand.
static void look(struct pm_opt *opt, struct pm_opt_fn *own,
                 const struct pm_low *node, bool is_inner)
{
    own->nodes++;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            look(opt, own, node->kids[i], is_inner || is_operand(node, i));
    look_at(opt, own, node, is_inner);
}

void pm_opt_look(struct pm_opt *opt)
{
    if (!opt->no_memory)
        look(opt, pm_opt_facts(opt->fn), opt->fn->body, false);
}

static bool is_known(const struct pm_opt_global *fact)
{
    return !fact->is_none && fact->value && fact->is_first;
}

static void replace(struct pm_opt *opt, struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            replace(opt, node->kids[i]);
    if (node->kind != PM_LOW_GLOBAL && node->kind != PM_LOW_SET_GLOBAL)
        return;
    const struct pm_opt_global *fact = &opt->globals[node->global->number];
    if (!is_known(fact))
        return;
    opt->touched = true;
    if (node->kind == PM_LOW_GLOBAL)
        pm_opt_become(node, fact->value);
    else
        node->kind = PM_LOW_DROP;
}

// What functions[0] sets on its way, and not only sometimes.
static void find_first(struct pm_opt *opt, const struct pm_low *node)
{
    if (node->kind == PM_LOW_SET_GLOBAL)
        opt->globals[node->global->number].is_first = true;
    for (uint32_t i = 0; i < node->count && node->kind == PM_LOW_BLOCK; i++)
        find_first(opt, node->kids[i]);
}

static bool has_known(const struct pm_opt *opt)
{
    for (uint32_t i = 0; i < opt->program->global_count; i++)
        if (is_known(&opt->globals[i]))
            return true;
    return false;
}

void pm_opt_globals(struct pm_opt *opt)
{
    struct pm_low_program *program = opt->program;
    if (opt->no_memory)
        return;
    find_first(opt, program->functions[0]->body);
    if (!has_known(opt))
        return;
    for (uint32_t i = 0; i < program->function_count; i++) {
        opt->touched = false;
        if (opt->facts[i].has_globals)
            replace(opt, program->functions[i]->body);
        if (opt->touched)
            opt->facts[i].is_settled = false;
    }
}
