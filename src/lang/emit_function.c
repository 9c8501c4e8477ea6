// SPDX-License-Identifier: MIT
//
// A function at a time.
#include <string.h>

#include "lang/emit_internal.h"

// --- what a function is refused for ------------------------------------------

static const char *name_of(struct pm_emit *e)
{
    return pm_lang_show(e->em->report, e->low->name.data, e->low->name.size);
}

static void refuse(struct pm_emit *e, pm_lang_code code, const char *what,
                   uint32_t found, uint32_t most, const char *help)
{
    struct pm_lang_report *report = e->em->report;
    struct pm_lang_diag *diag =
        pm_lang_error(report, code, e->low->span,
                      "'%s' takes %u %s, at most %u fit a function", name_of(e),
                      found, what, most);
    pm_lang_help(report, diag, "%s", help);
    e->em->refused = true;
}

static void check_limits(struct pm_emit *e, uint32_t size, uint32_t captures)
{
    uint32_t slots = e->slot_count + e->max_depth;
    if (!e->low || e->em->no_memory)
        return;
    if (size > PM_FUNCTION_MAX_CODE)
        refuse(e, PM_LANG_FUNCTION_TOO_LONG, "bytes of code", size,
               PM_FUNCTION_MAX_CODE,
               "move parts of it into functions of their own");
    if (slots > PM_FUNCTION_MAX_SLOTS)
        refuse(e, PM_LANG_TOO_MANY_SLOTS, "slots for its variables and values",
               slots, PM_FUNCTION_MAX_SLOTS,
               "move parts of it into functions of their own, or put what "
               "belongs together into a struct");
    if (captures > PM_TYPE_MAX_FIELDS)
        refuse(e, PM_LANG_TOO_MANY_SLOTS, "captured slots", captures,
               PM_TYPE_MAX_FIELDS,
               "put what belongs together into a struct and capture that");
}

static void check_func(struct pm_emit *e, pm_type_id type)
{
    if (!e->low || type < PM_TYPE_FIRST_USER || e->em->no_memory)
        return;
    uint32_t count = e->em->rows[type - PM_TYPE_FIRST_USER].field_count;
    if (count > PM_TYPE_MAX_FIELDS)
        refuse(e, PM_LANG_TOO_MANY_PARAMETERS,
               "slots for its parameters and results", count,
               PM_TYPE_MAX_FIELDS,
               "put parameters that belong together into a struct");
}

// --- ends --------------------------------------------------------------------

void pm_emit_end(struct pm_emit *e, pm_type_id type, struct pm_text name,
                 struct pm_emit_slots captures, uint32_t first_local,
                 bool is_closure)
{
    struct pm_emitter *em = e->em;
    uint32_t size = (uint32_t)(em->code.size - e->start);
    uint32_t locals = e->slot_count - first_local;
    pm_type_id *types = pm_emit_alloc(em, locals, sizeof *types);

    check_limits(e, size, captures.count);
    check_func(e, type);
    if (!types || !pm_emit_grow(em, &em->functions, &em->function_capacity,
                                em->function_count, sizeof *em->functions))
        return;
    if (locals)
        memcpy(types, e->slots + first_local, locals * sizeof *types);
    em->functions[em->function_count++] = (struct pm_emit_function){
        .code = (uint32_t)e->start,
        .code_size = size,
        .max_stack = e->max_depth,
        .type = type,
        .captures = captures,
        .locals = {types, locals},
        .name = name,
        .is_closure = is_closure,
    };
}

static void add_name(struct pm_emit *e, uint32_t slot, struct pm_text name)
{
    struct pm_emitter *em = e->em;
    if (pm_emit_grow(em, &em->names, &em->name_capacity, em->name_count,
                     sizeof *em->names))
        em->names[em->name_count++] =
            (struct pm_local_name){e->number, slot, name};
}

// The names of the locals, by slot; a slot that several share has the first
// one's.
static void name_locals(struct pm_emit *e)
{
    struct pm_emitter *em = e->em;
    struct pm_text *names = pm_emit_alloc(em, e->slot_count, sizeof *names);
    for (uint32_t i = 0; i < e->low->local_count && !em->no_memory; i++) {
        const struct pm_low_local *local = &e->low->locals[i];
        uint32_t first = e->local_slot[i];
        uint32_t count = pm_emit_slot_count(em, local->type);
        if (first == PM_EMIT_NO_ROW || local->name.size == 0)
            continue;
        for (uint32_t k = 0; k < count && first + k < e->slot_count; k++)
            if (names[first + k].size == 0)
                names[first + k] = pm_emit_part_name(em, local->name, k, count);
    }
    for (uint32_t i = 0; i < e->slot_count && !em->no_memory; i++)
        if (names[i].size)
            add_name(e, i, names[i]);
}

// --- types -------------------------------------------------------------------

static uint32_t append_slots(struct pm_emit *e, pm_type_id *types, uint32_t at,
                             const struct pm_lt *type)
{
    struct pm_emit_slots slots = pm_emit_slots(e->em, type);
    for (uint32_t i = 0; i < slots.count; i++) {
        if (types)
            types[at] = slots.types[i];
        at++;
    }
    return at;
}

static uint32_t list_signature(struct pm_emit *e, pm_type_id *types,
                               uint32_t *out_params)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < e->low->param_count; i++)
        at = append_slots(e, types, at, e->low->locals[i].type);
    *out_params = at;
    return append_slots(e, types, at, e->low->result);
}

static pm_type_id signature(struct pm_emit *e)
{
    uint32_t params;
    uint32_t count = list_signature(e, NULL, &params);
    pm_type_id *types = pm_emit_alloc(e->em, count, sizeof *types);
    if (!types || e->em->no_memory)
        return PM_TYPE_ANY;
    list_signature(e, types, &params);
    return pm_emit_func_row(e->em, types, params, count);
}

static struct pm_emit_slots captures_of(struct pm_emit *e)
{
    const struct pm_low_fn *low = e->low;
    uint32_t count = 0;
    e->capture_slot =
        pm_emit_alloc(e->em, low->capture_count, sizeof *e->capture_slot);
    if (!e->capture_slot)
        return (struct pm_emit_slots){0};
    for (uint32_t i = 0; i < low->capture_count; i++) {
        e->capture_slot[i] = count;
        count = append_slots(e, NULL, count, low->captures[i].type);
    }
    pm_type_id *types = pm_emit_alloc(e->em, count, sizeof *types);
    if (!types || e->em->no_memory)
        return (struct pm_emit_slots){0};
    uint32_t at = 0;
    for (uint32_t i = 0; i < low->capture_count; i++)
        at = append_slots(e, types, at, low->captures[i].type);
    return (struct pm_emit_slots){types, count};
}

// --- bodies ------------------------------------------------------------------

static void body(struct pm_emit *e)
{
    e->reached = true;
    pm_emit_effect(e, e->low->body);
    if (!e->reached)
        return;
    e->span = e->low->span;
    // A function with a result never gets here, which the linker cannot see.
    if (pm_emit_slot_count(e->em, e->low->result))
        pm_emit_plain(e, PM_OP_TRAP);
    else
        pm_emit_op(e, PM_OP_RET, 0, 0);
}

static void start(struct pm_emit *e, struct pm_emitter *em,
                  const struct pm_low_fn *low, bool never_rotates)
{
    memset(e, 0, offsetof(struct pm_emit, slots));
    e->em = em;
    e->low = low;
    e->number = low->number;
    e->start = em->code.size;
    e->never_rotates = never_rotates;
    e->loops = pm_emit_alloc(em, low->loop_count, sizeof *e->loops);
}

// Gives whether the function is to be emitted once more.
static bool emit_once(struct pm_emit *e, struct pm_emitter *em,
                      const struct pm_low_fn *low, bool never_rotates)
{
    size_t lines = em->line_count;
    start(e, em, low, never_rotates);
    pm_type_id type = signature(e);
    struct pm_emit_slots captures = captures_of(e);
    if (low->is_closure)
        pm_emit_new_slot(e, type);
    pm_emit_place_locals(e);
    if (em->no_memory)
        return false;
    uint32_t params = low->is_closure;
    for (uint32_t i = 0; i < low->param_count; i++)
        params += pm_emit_slot_count(em, low->locals[i].type);
    body(e);
    if (e->has_dead_body && !em->no_memory) {
        em->code.size = e->start;
        em->line_count = lines;
        return true;
    }
    name_locals(e);
    pm_emit_end(e, type, low->name, captures, params, low->is_closure);
    return false;
}

void pm_emit_functions(struct pm_emitter *em)
{
    struct pm_emit *e = pm_emit_alloc(em, 1, sizeof *e);
    for (uint32_t i = 0; i < em->used_count && !em->no_memory; i++)
        if (emit_once(e, em, em->used[i], false))
            emit_once(e, em, em->used[i], true);
}
