// SPDX-License-Identifier: MIT
//
// Small functions in place of their calls.
//
// A function qualifies when its body is a value: statements, then a value, or
// an IF whose two ways are such bodies; "if c { return a } return b" is one of
// those. Parameters become locals of the caller, which are assigned in order
// before the body; most of them then dissolve (optimise_locals.c).
#include <string.h>

#include "lang/emit_internal.h"
#include "lang/optimise_internal.h"

// Nodes of a body that is put in every place, of one that is called in one
// place only, and of a function after all of it.
#define SMALL_BODY  24
#define ONLY_BODY   60
#define MOST_NODES  6000
#define MOST_LOCALS 300

// --- bodies as values --------------------------------------------------------

static bool is_never(const struct pm_low *node)
{
    return node->type->kind == PM_LT_NEVER;
}

static bool has_return(const struct pm_low *node)
{
    if (node->kind == PM_LOW_RETURN)
        return true;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && has_return(node->kids[i]))
            return true;
    return false;
}

struct shaping {
    struct pm_opt *opt;
    const struct pm_lt *result;
};

static struct pm_low *as_value(const struct shaping *s, struct pm_low *node);

static struct pm_low *empty(const struct shaping *s, const struct pm_low *node)
{
    return pm_opt_node(s->opt, PM_LOW_BLOCK, s->result, node->span, 0);
}

static struct pm_low *two_ways(const struct shaping *s,
                               const struct pm_low *node, struct pm_low *then,
                               struct pm_low *otherwise)
{
    struct pm_low *a = as_value(s, then);
    struct pm_low *b = a ? as_value(s, otherwise) : NULL;
    if (!b || has_return(node->kids[0]))
        return NULL;
    struct pm_low *out =
        pm_opt_node(s->opt, PM_LOW_IF, s->result, node->span, 3);
    if (!out)
        return NULL;
    out->kids[0] = node->kids[0];
    out->kids[1] = a;
    out->kids[2] = b;
    return out;
}

// The rest of a block from [from] on, as a block.
static struct pm_low *rest_of(const struct shaping *s,
                              const struct pm_low *block, uint32_t from)
{
    struct pm_low *out = pm_opt_node(s->opt, PM_LOW_BLOCK, block->type,
                                     block->span, block->count - from);
    for (uint32_t i = from; out && i < block->count; i++)
        out->kids[i - from] = block->kids[i];
    return out;
}

// Whether each way through it ends in a return.
static bool always_returns(const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_RETURN:
    case PM_LOW_TRAP:
        return true;
    case PM_LOW_BLOCK:
        return node->count && always_returns(node->kids[node->count - 1]);
    case PM_LOW_IF:
        return node->count > 2 && node->kids[2] &&
               always_returns(node->kids[1]) && always_returns(node->kids[2]);
    default:
        return false;
    }
}

// "if c { return a } rest" within a block, at [at].
static struct pm_low *early_return(const struct shaping *s,
                                   const struct pm_low *block, uint32_t at)
{
    struct pm_low *node = block->kids[at];
    if (node->kind != PM_LOW_IF || !always_returns(node->kids[1]) ||
        (node->count > 2 && node->kids[2]))
        return NULL;
    struct pm_low *rest = rest_of(s, block, at + 1);
    struct pm_low *last = rest ? two_ways(s, node, node->kids[1], rest) : NULL;
    if (!last)
        return NULL;
    struct pm_low *out =
        pm_opt_node(s->opt, PM_LOW_BLOCK, s->result, block->span, at + 1);
    for (uint32_t i = 0; out && i < at; i++)
        out->kids[i] = block->kids[i];
    if (out)
        out->kids[at] = last;
    return out;
}

static struct pm_low *block_as_value(const struct shaping *s,
                                     struct pm_low *block)
{
    for (uint32_t i = 0; i + 1 < block->count; i++)
        if (has_return(block->kids[i]))
            return early_return(s, block, i);
    if (block->count == 0)
        return s->result->kind == PM_LT_VOID ? block : NULL;
    uint32_t last = block->count - 1;
    // The last may be such an IF too, with nothing behind it.
    if (s->result->kind == PM_LT_VOID && block->kids[last]->kind == PM_LOW_IF &&
        has_return(block->kids[last]) &&
        !(block->kids[last]->count > 2 && block->kids[last]->kids[2]))
        return early_return(s, block, last);
    struct pm_low *value = as_value(s, block->kids[last]);
    if (!value)
        return NULL;
    struct pm_low *out = rest_of(s, block, 0);
    if (!out)
        return NULL;
    out->type = s->result;
    out->kids[last] = value;
    return out;
}

static struct pm_low *as_value(const struct shaping *s, struct pm_low *node)
{
    bool is_void = s->result->kind == PM_LT_VOID;
    switch (node->kind) {
    case PM_LOW_RETURN:
        if (node->count == 0 || !node->kids[0])
            return is_void ? empty(s, node) : NULL;
        return has_return(node->kids[0]) ? NULL : node->kids[0];
    case PM_LOW_BLOCK:
        return block_as_value(s, node);
    case PM_LOW_IF:
        if (!has_return(node))
            return is_void ? node : NULL;
        if (node->count > 2 && node->kids[2])
            return two_ways(s, node, node->kids[1], node->kids[2]);
        return NULL;
    default:
        if (has_return(node))
            return NULL;
        return is_void || is_never(node) ? node : NULL;
    }
}

// --- copies ------------------------------------------------------------------

// From the callee's numbers to the caller's.
struct mapping {
    struct pm_opt *opt;
    struct pm_low **values; // of parameters that are put in place themselves
    uint32_t first_local;
    uint32_t first_loop;
    // The place that all nodes of the library get; NULL: they keep their own.
    const struct pm_span *place;
};

static bool is_library(const struct pm_low_program *program,
                       struct pm_span span)
{
    return span.file < program->file_count &&
           program->files[span.file].name[0] == '@';
}

static void renumber(const struct mapping *m, struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_LOCAL:
    case PM_LOW_SET_LOCAL:
        node->index += m->first_local;
        break;
    case PM_LOW_WHILE:
    case PM_LOW_BREAK:
    case PM_LOW_CONTINUE:
        node->loop += m->first_loop;
        break;
    default:
        break;
    }
}

static struct pm_low *copy_tree(const struct mapping *m,
                                const struct pm_low *node)
{
    if (node->kind == PM_LOW_LOCAL && m->values && m->values[node->index])
        return pm_opt_copy_node(m->opt, m->values[node->index]);
    struct pm_low *out = pm_opt_copy_node(m->opt, node);
    if (!out)
        return NULL;
    renumber(m, out);
    if (m->place && is_library(m->opt->program, out->span))
        out->span = *m->place;
    for (uint32_t i = 0; i < node->count && !m->opt->no_memory; i++)
        if (node->kids[i])
            out->kids[i] = copy_tree(m, node->kids[i]);
    return m->opt->no_memory ? NULL : out;
}

// --- who qualifies -----------------------------------------------------------

static bool calls_itself(const struct pm_low *node, const struct pm_low_fn *fn)
{
    if (node->kind == PM_LOW_CALL && node->function == fn)
        return true;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && calls_itself(node->kids[i], fn))
            return true;
    return false;
}

static void judge(struct pm_opt *opt, struct pm_low_fn *fn)
{
    struct pm_opt_fn *facts = pm_opt_facts(fn);
    struct shaping shaping = {opt, fn->result};
    bool was_small = facts->body != NULL;
    facts->is_stale = false;
    facts->is_calling = facts->has_calls;
    facts->body = NULL;
    // Whoever is called somewhere was so in the beginning.
    if (facts->calls == 0)
        return;
    facts->size =
        opt->is_first ? facts->nodes : pm_opt_size_to(fn->body, ONLY_BODY);
    if (fn->is_closure || fn == opt->program->functions[0] ||
        fn == opt->program->reload ||
        facts->size > (facts->calls == 1 ? ONLY_BODY : SMALL_BODY) ||
        calls_itself(fn->body, fn))
        return;
    // Of its own, for the function itself goes on changing.
    struct pm_low *body = copy_tree(&(struct mapping){.opt = opt}, fn->body);
    facts->body = body ? as_value(&shaping, body) : NULL;
    opt->has_new_small |= facts->body && !was_small;
}

void pm_opt_find_small(struct pm_opt *opt)
{
    struct pm_low_program *program = opt->program;

    opt->has_new_small = false;
    for (size_t i = 0; i < program->function_count && !opt->no_memory; i++)
        if (opt->facts[i].is_stale)
            judge(opt, program->functions[i]);
}

// --- putting in place --------------------------------------------------------

// Adds the callee's locals, without names: what was put in place is not a
// variable of the caller's.
static bool add_locals(struct pm_opt *opt, const struct pm_low_fn *callee)
{
    for (uint32_t i = 0; i < callee->local_count && !opt->no_memory; i++)
        pm_opt_add_local(opt, callee->locals[i].type);
    return !opt->no_memory;
}

static bool sets(const struct pm_low *node, uint32_t local)
{
    if (node->kind == PM_LOW_SET_LOCAL && node->index == local)
        return true;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && sets(node->kids[i], local))
            return true;
    return false;
}

// Whether the parameter may simply be its argument, wherever it is read: a
// constant, or a local that nothing assigns meanwhile.
static bool is_plain(const struct pm_low *call, uint32_t index,
                     const struct pm_low *body)
{
    const struct pm_low *argument = call->kids[index];
    if (sets(body, index))
        return false;
    if (argument->type != call->function->locals[index].type)
        return false;
    if (pm_opt_is_constant(argument))
        return true;
    if (argument->kind != PM_LOW_LOCAL)
        return false;
    for (uint32_t i = 0; i < call->count; i++)
        if (sets(call->kids[i], argument->index))
            return false;
    return true;
}

static struct pm_low *assign_param(struct pm_opt *opt, struct pm_low *call,
                                   uint32_t index, uint32_t first,
                                   const struct pm_lt *type)
{
    struct pm_low *set =
        pm_opt_node(opt, PM_LOW_SET_LOCAL, type, call->kids[index]->span, 1);
    if (!set)
        return NULL;
    set->index = first + index;
    set->kids[0] = call->kids[index];
    return set;
}

// A type of statements: any that is in the program.
static const struct pm_lt *void_type(const struct pm_low_program *program)
{
    return program->functions[0]->result;
}

// A trap within the library shows the line that called it: the callee is no
// more there to be seen in the list of calls.
static bool hides_callee(const struct pm_opt *opt, const struct pm_low *call)
{
    return is_library(opt->program, call->function->span) &&
           !is_library(opt->program, call->span);
}

static struct pm_low *put_in_place(struct pm_opt *opt, struct pm_low *call)
{
    struct pm_low_fn *callee = call->function;
    const struct pm_low *body = pm_opt_facts(callee)->body;
    struct mapping m = {opt, NULL, opt->fn->local_count, opt->fn->loop_count,
                        hides_callee(opt, call) ? &call->span : NULL};
    m.values = pm_arena_alloc(opt->program->arena,
                              (callee->local_count + 1) * sizeof(void *));
    struct pm_low *out = pm_opt_node(opt, PM_LOW_BLOCK, callee->result,
                                     call->span, call->count + 1);
    if (!m.values || !out || !add_locals(opt, callee)) {
        opt->no_memory = true;
        return call;
    }
    opt->fn->loop_count += callee->loop_count;
    uint32_t at = 0;
    for (uint32_t i = 0; i < call->count; i++) {
        if (is_plain(call, i, body))
            m.values[i] = call->kids[i];
        else
            out->kids[at++] = assign_param(opt, call, i, m.first_local,
                                           void_type(opt->program));
    }
    out->kids[at++] = copy_tree(&m, body);
    out->count = at;
    opt->changed = true;
    return opt->no_memory ? call : out;
}

static bool may_grow(const struct pm_opt *opt, const struct pm_low_fn *callee,
                     uint32_t size)
{
    return size + pm_opt_facts(callee)->size <= MOST_NODES &&
           opt->fn->local_count + callee->local_count <= MOST_LOCALS;
}

// Leaves that are no calls need not be visited.
static bool may_have_call(const struct pm_low *node)
{
    return node->count || node->kind == PM_LOW_CALL;
}

// What was found while a function's calls were visited.
struct visit {
    uint32_t size;  // of the function so far; 0 before it was needed
    bool has_calls; // some are left
    bool is_again;  // and may be put in place in the next round
};

// Whether a function is to be put in place of its call.
static bool takes(struct pm_opt *opt, struct visit *v,
                  const struct pm_low_fn *callee)
{
    const struct pm_opt_fn *facts = pm_opt_facts(callee);

    if (callee == opt->fn || !facts->body)
        return false;
    if (v->size == 0)
        v->size = opt->is_first ? pm_opt_facts(opt->fn)->nodes
                                : pm_opt_size(opt->fn->body);
    if (may_grow(opt, callee, v->size))
        return true;
    v->is_again = true; // it may be smaller by then
    return false;
}

static struct pm_low *visit(struct pm_opt *opt, struct visit *v,
                            struct pm_low *node)
{
    for (uint32_t i = 0; i < node->count && !opt->no_memory; i++)
        if (node->kids[i] && may_have_call(node->kids[i]))
            node->kids[i] = visit(opt, v, node->kids[i]);
    if (node->kind != PM_LOW_CALL || opt->no_memory)
        return node;
    if (!takes(opt, v, node->function)) {
        v->has_calls = true;
        return node;
    }
    const struct pm_opt_fn *facts = pm_opt_facts(node->function);
    struct pm_opt_fn *own = pm_opt_facts(opt->fn);
    v->size += facts->size;
    v->has_calls |= facts->is_calling;
    v->is_again |= facts->is_calling;
    own->has_loops |= facts->has_loops;
    own->has_inner_loops |= facts->has_loops;
    own->is_stale = true;
    return put_in_place(opt, node);
}

// Whoever has no calls left but those that could not be put in place in the
// round before, and not for want of room, waits for another function to
// qualify.
void pm_opt_inline(struct pm_opt *opt)
{
    struct pm_opt_fn *own = pm_opt_facts(opt->fn);
    struct visit v = {0};

    if (!own->has_calls || !(own->is_again || opt->has_new_small))
        return;
    opt->fn->body = visit(opt, &v, opt->fn->body);
    own->has_calls = v.has_calls;
    own->is_again = v.is_again;
}
