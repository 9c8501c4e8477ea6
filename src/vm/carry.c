// SPDX-License-Identifier: MIT
//
// The plan: which globals are kept. Two things can be in the way of one: its
// type, and an object somewhere behind it, which only its value tells where
// types do not (any, closures). All that the candidates reach is walked once;
// only where something was in the way, what leads there is walked backwards.
#include "vm/carry.h"

#include <string.h>

#include "base/mem.h"
#include "vm/carry_graph.h"

// --- names -------------------------------------------------------------------

static bool global_name(const struct pm_module *module, uint32_t row,
                        struct pm_carry_name *out)
{
    *out = (struct pm_carry_name){module->globals[row].name, 0};
    return out->text.size;
}

static bool closure_name(const struct pm_module *module, uint32_t row,
                         struct pm_carry_name *out)
{
    *out = (struct pm_carry_name){module->functions[row].name, 0};
    return out->text.size && module->functions[row].flags & PM_FUNCTION_CLOSURE;
}

// --- closures ----------------------------------------------------------------

static bool is_same_closure(const struct pm_carry *c, uint32_t old_row,
                            uint32_t fresh_row)
{
    const struct pm_function *old = &c->from->image->module.functions[old_row];
    const struct pm_function *fresh =
        &c->to->image->module.functions[fresh_row];

    if (!pm_carry_types_agree(&c->types, old->type, fresh->type) ||
        old->capture_count != fresh->capture_count)
        return false;
    for (uint32_t i = 0; i < old->capture_count; i++)
        if (!pm_carry_types_agree(&c->types, old->captures[i],
                                  fresh->captures[i]))
            return false;
    return true;
}

static pm_status match_functions(struct pm_carry *c)
{
    const struct pm_module *old = &c->from->image->module;
    const struct pm_module *fresh = &c->to->image->module;
    pm_status status =
        pm_carry_match(&c->alloc, closure_name, old, old->function_count, fresh,
                       fresh->function_count, c->functions);

    for (uint32_t row = 0; !status && row < old->function_count; row++)
        if (c->functions[row] != PM_CARRY_NONE &&
            !is_same_closure(c, row, c->functions[row]))
            c->functions[row] = PM_CARRY_NONE;
    return status;
}

// --- globals -----------------------------------------------------------------

static void judge_type(struct pm_carry *c, uint32_t old_row, uint32_t fresh_row)
{
    pm_type_id old = c->from->image->module.globals[old_row].type;
    pm_type_id fresh = c->to->image->module.globals[fresh_row].type;
    struct pm_carry_global *global = &c->globals[fresh_row];

    *global = (struct pm_carry_global){.fate = PM_CARRY_KEPT, .old = old_row};
    if (pm_carry_types_agree(&c->types, old, fresh))
        return;
    global->fate = PM_CARRY_ANEW;
    global->why = (struct pm_carry_why){PM_CARRY_WHY_GLOBAL, 0};
    // The same type by name, then: what is different is inside.
    if (old >= PM_TYPE_FIRST_USER &&
        c->types.map[old - PM_TYPE_FIRST_USER] + PM_TYPE_FIRST_USER == fresh)
        global->why = (struct pm_carry_why){
            PM_CARRY_WHY_TYPE, c->types.origin[old - PM_TYPE_FIRST_USER]};
}

static pm_status match_globals(struct pm_carry *c)
{
    const struct pm_module *old = &c->from->image->module;
    const struct pm_module *fresh = &c->to->image->module;
    size_t count = (size_t)old->global_count + 1;
    uint32_t *map = pm_mem_zarray(&c->alloc, count, sizeof *map);

    if (!map)
        return PM_ERR_NO_MEMORY;
    pm_status status =
        pm_carry_match(&c->alloc, global_name, old, old->global_count, fresh,
                       fresh->global_count, map);
    for (uint32_t row = 0; !status && row < old->global_count; row++)
        if (map[row] != PM_CARRY_NONE)
            judge_type(c, row, map[row]);
    pm_mem_free(&c->alloc, map, count * sizeof *map);
    return status;
}

// What a global's value is, if it is a reference that is kept; or 0.
static pm_ref root_of(const struct pm_carry *c, uint32_t row)
{
    const struct pm_module *fresh = &c->to->image->module;
    const struct pm_carry_global *global = &c->globals[row];

    if (global->fate != PM_CARRY_KEPT ||
        !pm_type_is_ref(fresh->globals[row].type))
        return 0;
    return c->from->globals[global->old];
}

static pm_status walk(struct pm_carry *c)
{
    uint32_t count = c->to->image->module.global_count;
    pm_status status = PM_OK;

    pm_carry_graph_clear(c);
    for (uint32_t row = 0; row < count && !status; row++)
        status = pm_carry_graph_add(c, root_of(c, row));
    return status ? status : pm_carry_graph_walk(c);
}

static void drop_globals(struct pm_carry *c)
{
    uint32_t count = c->to->image->module.global_count;

    for (uint32_t row = 0; row < count; row++) {
        const struct pm_carry_item *item =
            pm_carry_graph_find(c, root_of(c, row));
        if (!item || item->why.kind == PM_CARRY_WHY_NOT)
            continue;
        c->globals[row].fate = PM_CARRY_ANEW;
        c->globals[row].why = item->why;
    }
}

static pm_status judge_values(struct pm_carry *c)
{
    pm_status status = walk(c);

    if (status || !c->has_obstacle)
        return status;
    status = pm_carry_graph_spread(c);
    if (status)
        return status;
    drop_globals(c);
    return walk(c);
}

// --- life --------------------------------------------------------------------

static pm_status make(struct pm_carry *c)
{
    const struct pm_module *old = &c->from->image->module;
    const struct pm_module *fresh = &c->to->image->module;
    pm_status status = pm_carry_types_make(&c->alloc, old, fresh, &c->types);

    if (status)
        return status;
    c->number_count = c->from->heap->end;
    c->numbers = pm_mem_zarray(&c->alloc, c->number_count, sizeof *c->numbers);
    c->globals = pm_mem_zarray(&c->alloc, (size_t)fresh->global_count + 1,
                               sizeof *c->globals);
    c->functions = pm_mem_zarray(&c->alloc, (size_t)old->function_count + 1,
                                 sizeof *c->functions);
    if (!c->numbers || !c->globals || !c->functions)
        return PM_ERR_NO_MEMORY;
    status = match_functions(c);
    if (!status)
        status = match_globals(c);
    return status ? status : judge_values(c);
}

pm_status pm_carry_plan(const struct pm_allocator *alloc, struct pm_vm *from,
                        struct pm_vm *to, struct pm_carry **out)
{
    struct pm_carry *c = pm_mem_zalloc(alloc, sizeof *c);

    if (!c)
        return PM_ERR_NO_MEMORY;
    *c = (struct pm_carry){.alloc = *alloc, .from = from, .to = to};
    pm_vm_hurry_collection(from);
    pm_status status = make(c);
    if (status) {
        pm_carry_free(c);
        return status;
    }
    *out = c;
    return PM_OK;
}

void pm_carry_free(struct pm_carry *c)
{
    if (!c)
        return;
    struct pm_allocator alloc = c->alloc;
    pm_carry_types_free(&c->types);
    pm_mem_free(&alloc, c->numbers, c->number_count * sizeof *c->numbers);
    pm_mem_free(&alloc, c->items, c->capacity * sizeof *c->items);
    pm_mem_free(&alloc, c->globals,
                ((size_t)c->to->image->module.global_count + 1) *
                    sizeof *c->globals);
    pm_mem_free(&alloc, c->functions,
                ((size_t)c->from->image->module.function_count + 1) *
                    sizeof *c->functions);
    pm_mem_free(&alloc, c, sizeof *c);
}

// --- answers -----------------------------------------------------------------

enum pm_carry_fate pm_carry_fate_of(const struct pm_carry *c, uint32_t global)
{
    return c->globals[global].fate;
}

static void explain_type(const struct pm_carry *c, uint32_t global,
                         struct pm_buf *out)
{
    const struct pm_module *old = &c->from->image->module;
    const struct pm_module *fresh = &c->to->image->module;

    pm_buf_puts(out, "it was ");
    pm_type_print(old, old->globals[c->globals[global].old].type, out);
    pm_buf_puts(out, " and is ");
    pm_type_print(fresh, fresh->globals[global].type, out);
}

void pm_carry_explain(const struct pm_carry *c, uint32_t global,
                      struct pm_buf *out)
{
    const struct pm_carry_why *why = &c->globals[global].why;

    if (why->kind == PM_CARRY_WHY_GLOBAL) {
        explain_type(c, global, out);
    } else if (why->kind == PM_CARRY_WHY_TYPE) {
        pm_carry_types_explain(&c->types, why->row, out);
    } else if (why->kind == PM_CARRY_WHY_FUNCTION) {
        const struct pm_function *function =
            &c->from->image->module.functions[why->row];
        pm_buf_puts(out, "it holds a closure of the function ");
        if (function->name.size)
            pm_buf_put_escaped(out, function->name.data, function->name.size);
        else
            pm_buf_printf(out, "#%u", (unsigned)why->row);
        pm_buf_puts(out, ", which is gone or another");
    }
}
