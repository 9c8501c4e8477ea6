// SPDX-License-Identifier: MIT
//
// Which parameters and captures are only ever called, and which closures are
// the same.
#include <string.h>

#include "lang/closures_internal.h"

bool pm_clo_grow(struct clo *clo, void **rows, uint32_t *capacity,
                 uint32_t count, size_t size)
{
    if (count < *capacity)
        return true;
    uint32_t more = 2 * *capacity + 16;
    uint8_t *out = pm_arena_alloc(clo->opt->program->arena, more * size);
    if (!out) {
        clo->opt->no_memory = true;
        return false;
    }
    if (*capacity)
        memcpy(out, *rows, *capacity * size);
    *rows = out;
    *capacity = more;
    return true;
}

// --- facts -------------------------------------------------------------------

static bool takes_functions(const struct pm_low_local *locals, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (locals[i].type->kind == PM_LT_FN)
            return true;
    return false;
}

static bool add_place(struct clo *clo)
{
    void *rows = clo->places;
    if (!pm_clo_grow(clo, &rows, &clo->place_capacity, clo->place_count + 1,
                     sizeof *clo->places))
        return false;
    clo->places = rows;
    clo->places[++clo->place_count] = (struct clo_place){0};
    return true;
}

bool pm_clo_add_facts(struct clo *clo, struct pm_low_fn *fn)
{
    struct clo_fn *facts =
        pm_arena_alloc(clo->opt->program->arena, sizeof *facts);

    fn->data = facts;
    if (!facts) {
        clo->opt->no_memory = true;
        return false;
    }
    facts->canonical = fn;
    if (!takes_functions(fn->locals, fn->param_count) &&
        !takes_functions(fn->captures, fn->capture_count))
        return true;
    facts->places = clo->place_count + 1;
    for (uint32_t i = 0; i < fn->param_count + fn->capture_count; i++)
        if (!add_place(clo))
            return false;
    return true;
}

// --- what becomes of functions -----------------------------------------------

struct look {
    struct clo *clo;
    struct pm_low_fn *fn;
};

// The place that a node reads a function from; 0: it does no such thing.
static uint32_t place_read(const struct look *look, const struct pm_low *node)
{
    if (node->type->kind != PM_LT_FN)
        return 0;
    if (node->kind == PM_LOW_LOCAL && node->index < look->fn->param_count)
        return clo_param(look->fn, node->index);
    if (node->kind == PM_LOW_CAPTURE)
        return clo_capture(look->fn, node->index);
    return 0;
}

static void escape(const struct look *look, uint32_t place)
{
    if (place)
        look->clo->places[place].escapes = true;
}

// What is in [from] gets into [to] as well.
static void hand_on(const struct look *look, uint32_t from, uint32_t to)
{
    struct clo *clo = look->clo;
    void *rows = clo->edges;

    if (!to) {
        escape(look, from);
        return;
    }
    if (!pm_clo_grow(clo, &rows, &clo->edge_capacity, clo->edge_count + 1,
                     sizeof *clo->edges))
        return;
    clo->edges = rows;
    clo->edges[++clo->edge_count] =
        (struct clo_edge){from, clo->places[to].fed_by};
    clo->places[to].fed_by = clo->edge_count;
}

static void look_at(const struct look *look, const struct pm_low *node);

// The kids of a call or closure, the first of which goes to the place [first].
static void look_at_handed(const struct look *look, const struct pm_low *node,
                           uint32_t first)
{
    for (uint32_t i = 0; i < node->count; i++) {
        uint32_t from = place_read(look, node->kids[i]);
        if (from)
            hand_on(look, from, first ? first + i : 0);
        else
            look_at(look, node->kids[i]);
    }
}

static void look_at_kids(const struct look *look, const struct pm_low *node,
                         uint32_t from)
{
    for (uint32_t i = from; i < node->count; i++)
        if (node->kids[i])
            look_at(look, node->kids[i]);
}

static void look_at(const struct look *look, const struct pm_low *node)
{
    struct clo_fn *facts = clo_facts(look->fn);

    facts->size++;
    switch (node->kind) {
    case PM_LOW_CALL:
        look_at_handed(look, node, clo_param(node->function, 0));
        return;
    case PM_LOW_CLOSURE:
        look_at_handed(look, node, clo_capture(node->function, 0));
        return;
    case PM_LOW_CALL_VALUE:
        look_at_kids(look, node, place_read(look, node->kids[0]) != 0);
        return;
    case PM_LOW_SELF:
        facts->is_fixed = true;
        return;
    case PM_LOW_SET_LOCAL:
        if (node->index < look->fn->param_count)
            escape(look, clo_param(look->fn, node->index));
        break;
    case PM_LOW_SET_CAPTURE:
        escape(look, clo_capture(look->fn, node->index));
        facts->is_fixed = true;
        break;
    default:
        escape(look, place_read(look, node));
        break;
    }
    look_at_kids(look, node, 0);
}

// A function that is too large for copies needs a closure for its places.
static void escape_all(struct clo *clo, const struct pm_low_fn *fn)
{
    const struct clo_fn *facts = clo_facts(fn);
    uint32_t count = fn->param_count + fn->capture_count;

    if (!facts->places || facts->size <= CLO_MOST_NODES)
        return;
    for (uint32_t i = 0; i < count; i++)
        clo->places[facts->places + i].escapes = true;
}

// What feeds a place that escapes escapes as well.
static void spread_escapes(struct clo *clo)
{
    uint32_t count = 0;
    uint32_t *work = pm_arena_alloc(clo->opt->program->arena,
                                    (clo->place_count + 1) * sizeof *work);
    if (!work) {
        clo->opt->no_memory = true;
        return;
    }
    for (uint32_t i = 1; i <= clo->place_count; i++)
        if (clo->places[i].escapes)
            work[count++] = i;
    while (count) {
        uint32_t edge = clo->places[work[--count]].fed_by;
        for (; edge; edge = clo->edges[edge].next) {
            struct clo_place *from = &clo->places[clo->edges[edge].from];
            if (!from->escapes)
                work[count++] = clo->edges[edge].from;
            from->escapes = true;
        }
    }
}

// --- closures that are the same ----------------------------------------------

// Of what has neither name nor text: that is compared by the types.
static bool is_same_node(const struct pm_low *a, const struct pm_low *b)
{
    if (a->kind != b->kind || a->type != b->type || a->count != b->count ||
        a->op_count != b->op_count || a->span.file != b->span.file ||
        a->span.start != b->span.start)
        return false;
    switch (a->kind) {
    case PM_LOW_LOCAL:
    case PM_LOW_FIELD:
    case PM_LOW_PART:
    case PM_LOW_CAPTURE:
        return a->index == b->index;
    case PM_LOW_INT:
        return a->number == b->number;
    case PM_LOW_OP:
        return memcmp(a->ops, b->ops, sizeof a->ops) == 0;
    case PM_LOW_RETURN:
    case PM_LOW_AND:
    case PM_LOW_OR:
        return true;
    default:
        return false;
    }
}

static bool is_same_tree(const struct pm_low *a, const struct pm_low *b)
{
    if (!a || !b)
        return a == b;
    if (!is_same_node(a, b))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!is_same_tree(a->kids[i], b->kids[i]))
            return false;
    return true;
}

static bool can_trap(const struct pm_low *body)
{
    if (body->kind == PM_LOW_RETURN && body->count && body->kids[0])
        body = body->kids[0];
    return pm_opt_effects(body) & PM_EFFECT_TRAPS;
}

// Only a trap's list of calls could tell the two apart: closures that are
// written in one place have the names of the functions they are made in.
static bool is_same(const struct pm_low_fn *a, const struct pm_low_fn *b)
{
    return a->type == b->type && a->capture_count == b->capture_count &&
           a->local_count == b->local_count && is_same_tree(a->body, b->body) &&
           !can_trap(a->body);
}

static uint32_t hash_of(const struct pm_low_fn *fn, uint32_t mask)
{
    uint32_t hash = (uint32_t)fn->body->span.start * 0x9e3779b1u +
                    (uint32_t)fn->body->span.file * 0x85ebca6bu;
    return (hash ^ hash >> 15) & mask;
}

// Default arguments are made anew for each call that leaves them out.
static void find_same(struct clo *clo, uint32_t closures)
{
    struct pm_low_program *program = clo->opt->program;
    uint32_t mask = 15;
    while (mask < 2 * closures)
        mask = 2 * mask + 1;
    struct pm_low_fn **table =
        pm_arena_alloc(program->arena, (mask + 1) * sizeof(void *));
    if (!table) {
        clo->opt->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < program->function_count; i++) {
        struct pm_low_fn *fn = program->functions[i];
        if (!fn->is_closure)
            continue;
        struct pm_low_fn **slot = &table[hash_of(fn, mask)];
        if (*slot && is_same(fn, *slot))
            clo_facts(fn)->canonical = *slot;
        else
            *slot = fn;
    }
}

bool pm_clo_find_facts(struct clo *clo)
{
    struct pm_low_program *program = clo->opt->program;
    uint32_t closures = 0;

    for (uint32_t i = 0; i < program->function_count; i++) {
        if (!pm_clo_add_facts(clo, program->functions[i]))
            return false;
        closures += program->functions[i]->is_closure;
    }
    if (!closures)
        return false;
    for (uint32_t i = 0; i < program->function_count; i++) {
        struct look look = {clo, program->functions[i]};
        look_at(&look, program->functions[i]->body);
        escape_all(clo, program->functions[i]);
    }
    if (!clo->opt->no_memory)
        spread_escapes(clo);
    if (!clo->opt->no_memory)
        find_same(clo, closures);
    return !clo->opt->no_memory;
}
