// SPDX-License-Identifier: MIT
//
// Which functions and globals a program can get to.
#include "lang/emit_internal.h"

struct reach {
    struct pm_low_fn **work;
    uint32_t count;
};

static void add(struct reach *reach, struct pm_low_fn *function)
{
    if (!function || function->is_used)
        return;
    function->is_used = true;
    reach->work[reach->count++] = function;
}

static void visit(struct reach *reach, const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_CALL:
    case PM_LOW_SPAWN:
    case PM_LOW_CLOSURE:
        add(reach, node->function);
        break;
    case PM_LOW_GLOBAL:
    case PM_LOW_SET_GLOBAL:
        node->global->is_used = true;
        break;
    default:
        break;
    }
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            visit(reach, node->kids[i]);
}

static void number_functions(struct pm_emitter *em)
{
    const struct pm_low_program *program = em->program;
    for (uint32_t i = 0; i < program->function_count; i++) {
        struct pm_low_fn *function = program->functions[i];
        if (!function->is_used)
            continue;
        function->number = em->used_count;
        em->used[em->used_count++] = function;
    }
}

void pm_emit_reach(struct pm_emitter *em)
{
    const struct pm_low_program *program = em->program;
    struct reach reach = {0};
    reach.work = pm_emit_alloc(em, program->function_count, sizeof(void *));
    em->used = pm_emit_alloc(em, program->function_count, sizeof(void *));
    if (em->no_memory)
        return;
    for (uint32_t i = 0; i < program->function_count; i++)
        program->functions[i]->is_used = false;
    for (uint32_t i = 0; i < program->global_count; i++)
        program->globals[i]->is_used = false;
    add(&reach, program->functions[0]);
    add(&reach, program->reload);
    while (reach.count)
        visit(&reach, reach.work[--reach.count]->body);
    number_functions(em);
}
