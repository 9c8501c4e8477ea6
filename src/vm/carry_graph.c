// SPDX-License-Identifier: MIT
#include "vm/carry_graph.h"

#include <string.h>

#include "base/mem.h"

void pm_carry_graph_clear(struct pm_carry *c)
{
    for (size_t i = 0; i < c->count; i++)
        c->numbers[c->items[i].index] = 0;
    c->count = 0;
    c->has_obstacle = false;
}

bool pm_carry_is_ref_slot(const struct pm_carry *c,
                          const struct pm_object *object, uint32_t slot)
{
    const struct pm_heap_types *types = &c->from->heap->types;

    if (object->kind == PM_KIND_ARRAY)
        return types->array_holds_refs(types->context, object->type);
    const uint64_t *words =
        types->ref_slots(types->context, (pm_kind)object->kind, object->type);
    return words[slot / 64] >> slot % 64 & 1;
}

// An ended object keeps its type, and must find it again like a live one.
static struct pm_carry_why judge(const struct pm_carry *c,
                                 const struct pm_object *object)
{
    switch (object->kind) {
    case PM_KIND_ARRAY:
    case PM_KIND_RECORD:
    case PM_KIND_STATE:
        if (c->types.origin[object->type] != PM_CARRY_NONE)
            return (struct pm_carry_why){PM_CARRY_WHY_TYPE,
                                         c->types.origin[object->type]};
        break;
    case PM_KIND_CLOSURE:
        if (c->functions[object->type] == PM_CARRY_NONE)
            return (struct pm_carry_why){PM_CARRY_WHY_FUNCTION, object->type};
        break;
    default:
        break;
    }
    return (struct pm_carry_why){PM_CARRY_WHY_NOT, 0};
}

pm_status pm_carry_graph_add(struct pm_carry *c, pm_ref ref)
{
    uint32_t index = pm_ref_index(ref);

    if (index == 0 || c->numbers[index])
        return PM_OK;
    if (!pm_mem_grow(&c->alloc, &c->items, &c->capacity, c->count + 1,
                     sizeof *c->items))
        return PM_ERR_NO_MEMORY;
    struct pm_carry_item *item = &c->items[c->count++];
    *item = (struct pm_carry_item){.index = index};
    item->why = judge(c, pm_carry_object(c, item));
    c->has_obstacle = c->has_obstacle || item->why.kind != PM_CARRY_WHY_NOT;
    c->numbers[index] = (uint32_t)c->count;
    return PM_OK;
}

pm_status pm_carry_graph_walk(struct pm_carry *c)
{
    pm_status status = PM_OK;

    for (size_t at = 0; at < c->count && !status; at++) {
        const struct pm_object *object = pm_carry_object(c, &c->items[at]);
        if (c->items[at].why.kind != PM_CARRY_WHY_NOT ||
            !pm_heap_has_slots(object->kind))
            continue;
        for (uint32_t i = 0; i < object->length && !status; i++)
            if (pm_carry_is_ref_slot(c, object, i))
                status = pm_carry_graph_add(c, pm_object_slots(object)[i]);
    }
    return status;
}

const struct pm_carry_item *pm_carry_graph_find(const struct pm_carry *c,
                                                pm_ref ref)
{
    uint32_t number = ref ? c->numbers[pm_ref_index(ref)] : 0;

    return number ? &c->items[number - 1] : NULL;
}

// --- backwards ---------------------------------------------------------------

// Items by the items that they are referred to by.
struct holders {
    size_t *first; // of each item, and one behind the last
    uint32_t *numbers;
    size_t count;
};

// Calls [visit] for each reference between two items.
static void each_reference(struct pm_carry *c, struct holders *holders,
                           void (*visit)(struct holders *holders, uint32_t from,
                                         uint32_t to))
{
    for (size_t at = c->count; at--;) {
        const struct pm_object *object = pm_carry_object(c, &c->items[at]);
        if (c->items[at].why.kind != PM_CARRY_WHY_NOT ||
            !pm_heap_has_slots(object->kind))
            continue;
        for (uint32_t i = 0; i < object->length; i++) {
            pm_ref ref = pm_object_slots(object)[i];
            if (ref && pm_carry_is_ref_slot(c, object, i))
                visit(holders, (uint32_t)at, c->numbers[pm_ref_index(ref)] - 1);
        }
    }
}

static void count_holder(struct holders *holders, uint32_t from, uint32_t to)
{
    (void)from;
    holders->first[to]++;
    holders->count++;
}

static void list_holder(struct holders *holders, uint32_t from, uint32_t to)
{
    holders->numbers[--holders->first[to]] = from;
}

static void spread(struct pm_carry *c, const struct holders *holders,
                   uint32_t *queue)
{
    size_t count = 0;

    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].why.kind != PM_CARRY_WHY_NOT)
            queue[count++] = (uint32_t)i;
    for (size_t at = 0; at < count; at++) {
        uint32_t item = queue[at];
        for (size_t i = holders->first[item]; i < holders->first[item + 1];
             i++) {
            struct pm_carry_item *holder = &c->items[holders->numbers[i]];
            if (holder->why.kind != PM_CARRY_WHY_NOT)
                continue;
            holder->why = c->items[item].why;
            queue[count++] = holders->numbers[i];
        }
    }
}

pm_status pm_carry_graph_spread(struct pm_carry *c)
{
    const struct pm_allocator *alloc = &c->alloc;
    size_t rows = c->count + 1;
    struct holders holders = {
        .first = pm_mem_zarray(alloc, rows, sizeof *holders.first)};
    uint32_t *queue = pm_mem_zarray(alloc, rows, sizeof *queue);
    pm_status status = PM_ERR_NO_MEMORY;

    if (holders.first)
        each_reference(c, &holders, count_holder);
    holders.numbers =
        pm_mem_zarray(alloc, holders.count + 1, sizeof *holders.numbers);
    if (holders.first && holders.numbers && queue) {
        for (size_t i = 1; i < rows; i++)
            holders.first[i] += holders.first[i - 1];
        each_reference(c, &holders, list_holder);
        spread(c, &holders, queue);
        status = PM_OK;
    }
    pm_mem_free(alloc, holders.numbers,
                (holders.count + 1) * sizeof *holders.numbers);
    pm_mem_free(alloc, queue, rows * sizeof *queue);
    pm_mem_free(alloc, holders.first, rows * sizeof *holders.first);
    return status;
}
