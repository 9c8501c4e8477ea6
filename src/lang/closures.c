// SPDX-License-Identifier: MIT
//
// Calls with closures that are written there (closures_internal.h).
#include <string.h>

#include "lang/closures_internal.h"

static bool may_escape(const struct clo *clo, uint32_t place)
{
    return !place || clo->places[place].escapes;
}

static struct pm_low_fn *same_as(const struct pm_low_fn *fn)
{
    return clo_facts(fn)->canonical;
}

// A call or closure of [function] in which kid [index], a closure, gives way
// to what it captures.
static struct pm_low *bound_node(struct clo *clo, const struct pm_low *node,
                                 uint32_t index, struct pm_low_fn *function)
{
    const struct pm_low *closure = node->kids[index];
    uint32_t behind = node->count - index - 1;
    struct pm_low *out =
        pm_opt_node(clo->opt, (pm_low_kind)node->kind, node->type, node->span,
                    index + closure->count + behind);
    if (!out)
        return NULL;
    out->function = function;
    memcpy(out->kids, node->kids, index * sizeof(void *));
    memcpy(out->kids + index, closure->kids, closure->count * sizeof(void *));
    memcpy(out->kids + index + closure->count, node->kids + index + 1,
           behind * sizeof(void *));
    return out;
}

// The first kid from [from] on that is a closure for a place that does not
// escape.
static uint32_t find_closure(const struct clo *clo, const struct pm_low *node,
                             uint32_t from)
{
    bool is_call = node->kind == PM_LOW_CALL;
    uint32_t i = from;

    for (; i < node->count; i++)
        if (node->kids[i]->kind == PM_LOW_CLOSURE &&
            !may_escape(clo, is_call ? clo_param(node->function, i)
                                     : clo_capture(node->function, i)))
            break;
    return i;
}

// Of a CALL or CLOSURE. A kid that cannot be bound stays as it is.
static struct pm_low *bind_kids(struct clo *clo, struct pm_low *node)
{
    uint32_t at = find_closure(clo, node, 0);

    while (at < node->count && !clo->opt->no_memory) {
        struct pm_low_fn *bound = same_as(node->kids[at]->function);
        struct pm_low_fn *function =
            node->kind == PM_LOW_CALL
                ? pm_clo_bind_param(clo, node->function, at, bound)
                : pm_clo_bind_capture(clo, node->function, at, bound);
        struct pm_low *out =
            function ? bound_node(clo, node, at, function) : NULL;
        if (out)
            node = out;
        at = find_closure(clo, node, out ? at : at + 1);
    }
    return node;
}

// A closure that is called where it is made.
static struct pm_low *call_plain(struct clo *clo, struct pm_low *node)
{
    struct pm_low_fn *fn = same_as(node->kids[0]->function);
    struct pm_low_fn *plain =
        clo_facts(fn)->is_fixed ? NULL : pm_clo_plain(clo, fn);
    struct pm_low *out = plain ? bound_node(clo, node, 0, plain) : NULL;

    if (!out)
        return node;
    out->kind = PM_LOW_CALL;
    return bind_kids(clo, out);
}

static void reach(struct clo *clo, struct pm_low_fn *fn)
{
    struct clo_fn *facts = fn ? clo_facts(fn) : NULL;
    void *rows = clo->work;

    if (!facts || facts->is_reached)
        return;
    facts->is_reached = true;
    if (!pm_clo_grow(clo, &rows, &clo->work_capacity, clo->work_count,
                     sizeof(void *)))
        return;
    clo->work = rows;
    clo->work[clo->work_count++] = fn;
}

static struct pm_low *rewrite(struct clo *clo, struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_CALL:
    case PM_LOW_CLOSURE:
        return bind_kids(clo, node);
    case PM_LOW_CALL_VALUE:
        return node->kids[0]->kind == PM_LOW_CLOSURE ? call_plain(clo, node)
                                                     : node;
    default:
        return node;
    }
}

static bool is_leaf(const struct pm_low *node)
{
    return node->count == 0 && node->kind != PM_LOW_CALL &&
           node->kind != PM_LOW_SPAWN;
}

static struct pm_low *visit(struct clo *clo, struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count && !clo->opt->no_memory; i++)
        if (node->kids[i] && !is_leaf(node->kids[i]))
            node->kids[i] = visit(clo, node->kids[i]);
    if (clo->opt->no_memory)
        return node;
    node = rewrite(clo, node);
    if (node->kind == PM_LOW_CALL || node->kind == PM_LOW_SPAWN)
        reach(clo, node->function);
    // Those that are left: nothing gets to one that was bound.
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && node->kids[i]->kind == PM_LOW_CLOSURE)
            reach(clo, node->kids[i]->function);
    return node;
}

void pm_opt_closures(struct pm_opt *opt)
{
    struct pm_low_program *program = opt->program;
    struct clo clo = {.opt = opt};

    clo.function_capacity = program->function_count;
    if (!pm_clo_find_facts(&clo))
        return;
    // What nothing gets to would be copied for nothing.
    reach(&clo, program->functions[0]);
    reach(&clo, program->reload);
    while (clo.work_count && !opt->no_memory) {
        struct pm_low_fn *fn = clo.work[--clo.work_count];
        fn->body = visit(&clo, fn->body);
    }
}
