// SPDX-License-Identifier: MIT
//
// The copy: first every object is made, then they are filled, so that cycles
// need no care. The order is that of the plan, so that the new heap is a
// function of the two programs' states.
#include <string.h>

#include "vm/carry_graph.h"

static bool is_ended(const struct pm_object *object)
{
    return object->flags & PM_FLAG_TOMB;
}

static uint32_t type_in_new(const struct pm_carry *c,
                            const struct pm_object *object)
{
    switch (object->kind) {
    case PM_KIND_ARRAY:
    case PM_KIND_RECORD:
    case PM_KIND_STATE:
        return c->types.map[object->type];
    case PM_KIND_CLOSURE:
        return c->functions[object->type];
    default:
        return 0;
    }
}

// A coroutine of the old program has no code any more: it has ended, with the
// stack that every coroutine has.
static uint32_t length_in_new(const struct pm_carry *c,
                              const struct pm_object *object)
{
    if (object->kind != PM_KIND_COROUTINE)
        return object->length;
    return (uint32_t)(sizeof(struct pm_coroutine) +
                      (size_t)c->to->config.coroutine_slots * 8);
}

static pm_status make(struct pm_carry *c, struct pm_carry_item *item)
{
    const struct pm_object *object = pm_carry_object(c, item);
    uint32_t type = type_in_new(c, object);
    uint32_t length = length_in_new(c, object);
    struct pm_heap *heap = c->to->heap;
    pm_status status =
        object->kind == PM_KIND_STATE
            ? pm_heap_alloc_state(heap, object->domain, type, length, &item->to)
            : pm_heap_alloc(heap, (pm_kind)object->kind, type, length,
                            &item->to);

    if (status)
        return PM_ERR_LIMIT;
    if (is_ended(object))
        pm_heap_end(heap, item->to);
    return PM_OK;
}

static void fill_slots(const struct pm_carry *c, const struct pm_object *object,
                       uint64_t *slots)
{
    const uint64_t *old = pm_object_slots(object);

    for (uint32_t i = 0; i < object->length; i++) {
        slots[i] = old[i];
        if (old[i] && pm_carry_is_ref_slot(c, object, i))
            slots[i] = pm_carry_graph_find(c, old[i])->to;
    }
}

static void fill(const struct pm_carry *c, const struct pm_carry_item *item)
{
    const struct pm_object *object = pm_carry_object(c, item);
    struct pm_object *copy = pm_heap_at(c->to->heap, item->to);

    if (is_ended(object))
        return;
    if (pm_heap_has_slots(object->kind))
        fill_slots(c, object, pm_object_slots(copy));
    else if (object->kind == PM_KIND_COROUTINE)
        ((struct pm_coroutine *)pm_object_slots(copy))->state =
            PM_CORO_FINISHED;
    else if (object->length)
        memcpy(pm_object_bytes(copy), pm_object_bytes(object), object->length);
}

static void put_globals(struct pm_carry *c, bool is_emptied)
{
    const struct pm_module *fresh = &c->to->image->module;

    for (uint32_t row = 0; row < fresh->global_count; row++) {
        if (c->globals[row].fate != PM_CARRY_KEPT)
            continue;
        uint64_t value = c->from->globals[c->globals[row].old];
        if (value && pm_type_is_ref(fresh->globals[row].type))
            value = pm_carry_graph_find(c, value)->to;
        c->to->globals[row] = is_emptied ? 0 : value;
    }
}

// What only the values that are replaced have held is gone first.
static void collect(struct pm_vm *vm)
{
    struct pm_heap_roots roots = {pm_vm_visit_roots, vm};

    pm_vm_hurry_collection(vm);
    vm->guest->waits = 0;
    pm_heap_collect(vm->heap, &roots, &vm->last_work);
}

pm_status pm_carry_copy(struct pm_carry *c)
{
    pm_status status = PM_OK;

    put_globals(c, true);
    collect(c->to);
    for (size_t i = 0; i < c->count && !status; i++)
        status = make(c, &c->items[i]);
    if (status)
        return status;
    for (size_t i = 0; i < c->count; i++)
        fill(c, &c->items[i]);
    put_globals(c, false);
    return PM_OK;
}

bool pm_carry_next_state(const struct pm_carry *c, size_t *at,
                         struct pm_carried *out)
{
    while (*at < c->count) {
        const struct pm_carry_item *item = &c->items[(*at)++];
        const struct pm_object *object = pm_carry_object(c, item);
        if (object->kind != PM_KIND_STATE || is_ended(object))
            continue;
        *out = (struct pm_carried){pm_heap_ref_of(c->from->heap, object),
                                   item->to};
        return true;
    }
    return false;
}
