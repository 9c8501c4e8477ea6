// SPDX-License-Identifier: MIT
//
// Copies of functions in which a closure is bound, or that are no closures
// any more.
#include <string.h>

#include "lang/closures_internal.h"

// All copies of a program, and bindings in one function and within what it
// binds: a function that hands itself a closure around the one it got would
// have no end.
#define MOST_COPIED 40000u
#define MOST_DEPTH  4u

// Where what was a local or capture is now.
struct place {
    uint8_t kind;   // PM_LOW_LOCAL, PM_LOW_CAPTURE; PM_LOW_CLOSURE: bound
    uint32_t index; // bound: of the first of the closure's captures
};

struct copying {
    struct clo *clo;
    const struct pm_low_fn *from;
    struct pm_low_fn *to;
    const struct pm_low_fn *bound; // NULL: none
    uint8_t bound_kind;            // what its captures are in the copy
    struct place *locals;
    struct place *captures;
};

// --- trees -------------------------------------------------------------------

static struct pm_low *copy_tree(const struct copying *c,
                                const struct pm_low *node);

// The bound closure, as one that is made: what becomes of it is seen when the
// copy is looked through.
static struct pm_low *put_closure(const struct copying *c,
                                  const struct pm_low *node, uint32_t first)
{
    struct pm_opt *opt = c->clo->opt;
    const struct pm_low_fn *bound = c->bound;
    struct pm_low *out = pm_opt_node(opt, PM_LOW_CLOSURE, node->type,
                                     node->span, bound->capture_count);
    if (!out)
        return NULL;
    out->function = (struct pm_low_fn *)bound;
    for (uint32_t i = 0; i < bound->capture_count; i++) {
        out->kids[i] = pm_opt_node(opt, (pm_low_kind)c->bound_kind,
                                   bound->captures[i].type, node->span, 0);
        if (!out->kids[i])
            return NULL;
        out->kids[i]->index = first + i;
    }
    return out;
}

static void move_node(const struct copying *c, struct pm_low *node)
{
    const struct place *place;

    switch (node->kind) {
    case PM_LOW_LOCAL:
        place = &c->locals[node->index];
        node->kind = place->kind;
        break;
    case PM_LOW_CAPTURE:
        place = &c->captures[node->index];
        node->kind = place->kind;
        break;
    case PM_LOW_SET_LOCAL:
        place = &c->locals[node->index];
        break;
    case PM_LOW_SET_CAPTURE:
        place = &c->captures[node->index];
        break;
    default:
        return;
    }
    node->index = place->index;
}

static const struct place *place_of(const struct copying *c,
                                    const struct pm_low *node)
{
    if (node->kind == PM_LOW_LOCAL)
        return &c->locals[node->index];
    return node->kind == PM_LOW_CAPTURE ? &c->captures[node->index] : NULL;
}

static struct pm_low *copy_tree(const struct copying *c,
                                const struct pm_low *node)
{
    struct pm_opt *opt = c->clo->opt;
    const struct place *place = place_of(c, node);

    if (place && place->kind == PM_LOW_CLOSURE)
        return put_closure(c, node, place->index);
    struct pm_low *out = pm_opt_copy_node(opt, node);
    if (!out)
        return NULL;
    move_node(c, out);
    for (uint32_t i = 0; i < node->count && !opt->no_memory; i++)
        if (node->kids[i])
            out->kids[i] = copy_tree(c, node->kids[i]);
    return out;
}

// --- locals and captures -----------------------------------------------------

// A list of locals or captures of the copy, made from parts of others.
struct list {
    struct clo *clo;
    struct pm_low_local *rows;
    uint32_t count;
};

static bool begin_list(struct list *list, struct clo *clo, uint32_t room)
{
    list->clo = clo;
    list->count = 0;
    list->rows = pm_arena_alloc(clo->opt->program->arena,
                                (room + 1) * sizeof *list->rows);
    clo->opt->no_memory |= !list->rows;
    return list->rows != NULL;
}

static void add(struct list *list, const struct pm_low_local *rows,
                uint32_t from, uint32_t until)
{
    for (uint32_t i = from; i < until; i++)
        list->rows[list->count++] = rows[i];
}

static struct place *places_from(struct clo *clo, uint8_t kind, uint32_t count,
                                 uint32_t first)
{
    struct place *out =
        pm_arena_alloc(clo->opt->program->arena, (count + 1) * sizeof *out);
    if (!out) {
        clo->opt->no_memory = true;
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++)
        out[i] = (struct place){kind, first + i};
    return out;
}

// Row [index] is bound, and what is behind it moves by what takes its place.
static void bind_place(struct place *places, uint32_t count, uint32_t index,
                       uint32_t captures)
{
    places[index].kind = PM_LOW_CLOSURE;
    for (uint32_t i = index + 1; i < count; i++)
        places[i].index += captures - 1;
}

// --- functions ---------------------------------------------------------------

static struct pm_low_fn *add_function(struct clo *clo,
                                      const struct pm_low_fn *from)
{
    struct pm_low_program *program = clo->opt->program;
    void *rows = program->functions;
    struct pm_low_fn *out = pm_arena_alloc(program->arena, sizeof *out);

    if (!out) {
        clo->opt->no_memory = true;
        return NULL;
    }
    *out = *from;
    if (!pm_clo_grow(clo, &rows, &clo->function_capacity,
                     program->function_count, sizeof(void *)))
        return NULL;
    program->functions = rows;
    program->functions[program->function_count++] = out;
    return out;
}

// What is known of the original's places holds for the copy's; those of the
// closure that is bound are its own.
static uint32_t place_before(const struct copying *c, bool is_capture,
                             uint32_t index)
{
    const struct pm_low_fn *from = c->from;
    uint8_t kind = is_capture ? PM_LOW_CAPTURE : PM_LOW_LOCAL;

    for (uint32_t i = 0; i < from->param_count; i++)
        if (c->locals[i].kind == kind && c->locals[i].index == index)
            return clo_param(from, i);
    for (uint32_t i = 0; i < from->capture_count; i++)
        if (c->captures[i].kind == kind && c->captures[i].index == index)
            return clo_capture(from, i);
    for (uint32_t i = 0; i < from->param_count + from->capture_count; i++) {
        const struct place *place = i < from->param_count
                                        ? &c->locals[i]
                                        : &c->captures[i - from->param_count];
        if (place->kind == PM_LOW_CLOSURE && index >= place->index)
            return clo_capture(c->bound, index - place->index);
    }
    return 0;
}

static void inherit_places(const struct copying *c)
{
    struct clo *clo = c->clo;
    const struct pm_low_fn *to = c->to;
    uint32_t first = clo_facts(to)->places;

    for (uint32_t i = 0; first && i < to->param_count + to->capture_count;
         i++) {
        bool is_capture = i >= to->param_count;
        uint32_t before =
            place_before(c, is_capture, is_capture ? i - to->param_count : i);
        clo->places[first + i].escapes = !before || clo->places[before].escapes;
    }
}

static struct pm_low_fn *finish(struct copying *c)
{
    struct clo *clo = c->clo;
    const struct clo_fn *from = clo_facts(c->from);

    if (clo->opt->no_memory || !pm_clo_add_facts(clo, c->to))
        return NULL;
    struct clo_fn *facts = clo_facts(c->to);
    facts->size = from->size;
    facts->is_fixed = from->is_fixed;
    facts->depth = from->depth;
    if (c->bound)
        facts->depth += clo_facts(c->bound)->depth + 1;
    clo->copied += from->size;
    inherit_places(c);
    c->to->body = copy_tree(c, c->from->body);
    return clo->opt->no_memory ? NULL : c->to;
}

static bool may_copy(const struct clo *clo, const struct pm_low_fn *fn)
{
    return clo_facts(fn)->size <= CLO_MOST_NODES &&
           clo->copied + clo_facts(fn)->size <= MOST_COPIED;
}

struct pm_low_fn *pm_clo_plain(struct clo *clo, struct pm_low_fn *fn)
{
    struct clo_fn *facts = clo_facts(fn);
    uint32_t captures = fn->capture_count;
    struct list locals;

    if (facts->plain || !may_copy(clo, fn))
        return facts->plain;
    struct copying c = {.clo = clo, .from = fn};
    c.locals = places_from(clo, PM_LOW_LOCAL, fn->local_count, captures);
    c.captures = places_from(clo, PM_LOW_LOCAL, captures, 0);
    c.to = add_function(clo, fn);
    if (!begin_list(&locals, clo, captures + fn->local_count) || !c.to ||
        clo->opt->no_memory)
        return NULL;
    add(&locals, fn->captures, 0, captures);
    add(&locals, fn->locals, 0, fn->local_count);
    c.to->locals = locals.rows;
    c.to->local_count = c.to->local_capacity = locals.count;
    c.to->param_count = captures + fn->param_count;
    c.to->captures = NULL;
    c.to->capture_count = c.to->capture_capacity = 0;
    c.to->is_closure = false;
    return facts->plain = finish(&c);
}

static struct pm_low_fn *find_binding(const struct pm_low_fn *fn,
                                      uint32_t index,
                                      const struct pm_low_fn *bound)
{
    struct clo_binding *at = clo_facts(fn)->bindings;
    while (at && (at->index != index || at->bound != bound))
        at = at->next;
    return at ? at->copy : NULL;
}

static struct pm_low_fn *remember(struct clo *clo, struct pm_low_fn *fn,
                                  uint32_t index, const struct pm_low_fn *bound,
                                  struct pm_low_fn *copy)
{
    struct clo_fn *facts = clo_facts(fn);
    struct clo_binding *row =
        pm_arena_alloc(clo->opt->program->arena, sizeof *row);

    clo->opt->no_memory |= !row;
    if (!row || !copy)
        return NULL;
    *row = (struct clo_binding){index, bound, copy, facts->bindings};
    facts->bindings = row;
    return copy;
}

// What is bound can be called without a closure, too: else one would be made
// for each call of it.
static bool may_bind(struct clo *clo, const struct pm_low_fn *fn,
                     struct pm_low_fn *bound)
{
    uint32_t depth = clo_facts(fn)->depth + clo_facts(bound)->depth;
    return may_copy(clo, fn) && depth < MOST_DEPTH &&
           !clo_facts(bound)->is_fixed && pm_clo_plain(clo, bound) &&
           may_copy(clo, fn);
}

struct pm_low_fn *pm_clo_bind_param(struct clo *clo, struct pm_low_fn *fn,
                                    uint32_t index, struct pm_low_fn *bound)
{
    struct pm_low_fn *known = find_binding(fn, index, bound);
    uint32_t captures = bound->capture_count;
    struct list locals;

    if (known || !may_bind(clo, fn, bound))
        return known;
    struct copying c = {
        .clo = clo, .from = fn, .bound = bound, .bound_kind = PM_LOW_LOCAL};
    c.locals = places_from(clo, PM_LOW_LOCAL, fn->local_count, 0);
    c.captures = places_from(clo, PM_LOW_CAPTURE, fn->capture_count, 0);
    c.to = add_function(clo, fn);
    if (!begin_list(&locals, clo, captures + fn->local_count) || !c.to ||
        clo->opt->no_memory)
        return NULL;
    bind_place(c.locals, fn->local_count, index, captures);
    add(&locals, fn->locals, 0, index);
    add(&locals, bound->captures, 0, captures);
    add(&locals, fn->locals, index + 1, fn->local_count);
    c.to->locals = locals.rows;
    c.to->local_count = c.to->local_capacity = locals.count;
    c.to->param_count = fn->param_count + captures - 1;
    return remember(clo, fn, index, bound, finish(&c));
}

struct pm_low_fn *pm_clo_bind_capture(struct clo *clo, struct pm_low_fn *fn,
                                      uint32_t index, struct pm_low_fn *bound)
{
    // Parameters and captures are told apart by their numbers.
    uint32_t key = fn->param_count + index;
    struct pm_low_fn *known = find_binding(fn, key, bound);
    uint32_t more = bound->capture_count;
    struct list captures;

    if (known || !may_bind(clo, fn, bound))
        return known;
    struct copying c = {
        .clo = clo, .from = fn, .bound = bound, .bound_kind = PM_LOW_CAPTURE};
    c.locals = places_from(clo, PM_LOW_LOCAL, fn->local_count, 0);
    c.captures = places_from(clo, PM_LOW_CAPTURE, fn->capture_count, 0);
    c.to = add_function(clo, fn);
    if (!begin_list(&captures, clo, more + fn->capture_count) || !c.to ||
        clo->opt->no_memory)
        return NULL;
    bind_place(c.captures, fn->capture_count, index, more);
    add(&captures, fn->captures, 0, index);
    add(&captures, bound->captures, 0, more);
    add(&captures, fn->captures, index + 1, fn->capture_count);
    c.to->captures = captures.rows;
    c.to->capture_count = c.to->capture_capacity = captures.count;
    return remember(clo, fn, key, bound, finish(&c));
}
