// SPDX-License-Identifier: MIT
//
// The invariants of heap.h, checked one by one. Numbers in the messages are
// theirs.

#include "heap/heap.h"

#include <inttypes.h>

#include "heap/heap_internal.h"

struct check {
    struct pm_heap *heap;
    struct pm_buf *why;
    uint64_t used;
    uint32_t free_cells[PM_HEAP_CLASSES + 1];
};

static bool broken(struct check *check, const char *rule, const char *place,
                   uint32_t number)
{
    if (check->why)
        pm_buf_printf(check->why, "%s does not hold at %s %" PRIu32, rule,
                      place, number);
    return false;
}

static bool check_null(struct check *check)
{
    const struct pm_object *null = pm_heap_at(check->heap, 0);
    if (null->kind != PM_KIND_NONE || null->length || null->generation)
        return broken(check, "H1", "index", 0);
    return true;
}

static bool check_pages(struct check *check)
{
    const struct pm_heap *heap = check->heap;
    uint32_t max = heap->max_generation;
    uint32_t span = 0;

    for (uint32_t page = 0; page < heap->page_count; page++) {
        uint8_t class = heap->page_class[page];
        uint32_t info = heap->page_info[page];
        if ((class == PM_HEAP_SPAN_MORE) != (span != 0))
            return broken(check, "H2", "page", page);
        span -= span != 0;
        if (class == PM_HEAP_UNCUT ? info >= max
            : class == PM_HEAP_RETIRED
                ? info != max
                : class == PM_HEAP_SPAN_MORE && info >= max)
            return broken(check, "H9", "page", page);
        if (class == PM_HEAP_UNCUT && page < heap->tables->first_uncut)
            return broken(check, "H9", "page", page);
        if (class == PM_HEAP_SPAN) {
            if (info == 0 || info > heap->page_count - page)
                return broken(check, "H2", "page", page);
            span = info - 1;
        } else if (class > PM_HEAP_RETIRED ||
                   (pm_heap_is_small(class) && info)) {
            return broken(check, "H2", "page", page);
        }
    }
    return true;
}

static bool check_live(struct check *check, uint32_t page, uint32_t index,
                       const struct pm_object *object)
{
    const struct pm_heap *heap = check->heap;

    if (object->generation == 0 || object->generation > heap->max_generation)
        return broken(check, "H4", "index", index);
    if (object->length > PM_HEAP_MAX_LENGTH ||
        !pm_heap_fits(heap, page, object))
        return broken(check, "H6", "index", index);
    if (object->flags || (object->domain && object->kind != PM_KIND_STATE))
        return broken(check, "H7", "index", index);
    if (!pm_heap_has_slots(object->kind))
        return true;
    for (uint32_t i = 0; i < object->length; i++)
        if (pm_heap_is_ref_slot(heap, object, i) &&
            pm_heap_ref_state(heap, pm_object_slots(object)[i], NULL) ==
                PM_REF_FORGED)
            return broken(check, "H8", "index", index);
    return true;
}

static bool check_tomb(struct check *check, uint32_t index,
                       const struct pm_object *object)
{
    if (object->generation == 1 ||
        object->generation > check->heap->max_generation)
        return broken(check, "H4", "index", index);
    if (object->length ||
        (object->kind != PM_KIND_STATE && object->kind != PM_KIND_BYTES))
        return broken(check, "H6", "index", index);
    if (object->flags != PM_FLAG_TOMB)
        return broken(check, "H7", "index", index);
    return true;
}

static bool check_empty(struct check *check, uint32_t page, uint32_t index,
                        const struct pm_object *object)
{
    uint8_t class = check->heap->page_class[page];

    if (object->generation > check->heap->max_generation)
        return broken(check, "H4", "index", index);
    if (class == PM_HEAP_SPAN)
        return broken(check, "H3", "index", index);
    if (object->length || object->flags || object->domain)
        return broken(check, "H6", "index", index);
    if (object->generation)
        check->free_cells[class]++;
    return true;
}

static bool check_cells(struct check *check)
{
    const struct pm_heap *heap = check->heap;
    struct pm_heap_walk walk = {0};
    const struct pm_object *object;
    uint32_t index;

    while ((object = pm_heap_walk_next(heap, &walk, &index))) {
        bool right;
        if (object->kind == PM_KIND_NONE)
            right = check_empty(check, walk.page, index, object);
        else if (object->kind >= PM_KIND_COUNT)
            right = broken(check, "H3", "index", index);
        else if (object->flags & PM_FLAG_TOMB)
            right = check_tomb(check, index, object);
        else
            right = check_live(check, walk.page, index, object);
        if (!right)
            return false;
        if (object->kind != PM_KIND_NONE)
            check->used += pm_heap_cell_bytes(heap, walk.page);
    }
    if (check->used != pm_heap_used(heap))
        return broken(check, "H10", "byte", (uint32_t)check->used);
    return true;
}

static bool check_queue(struct check *check, uint8_t class)
{
    struct pm_heap *heap = check->heap;
    uint32_t index = heap->tables->queues[class].head;

    while (index) {
        const struct pm_object *object = pm_heap_cell(heap, index);
        if (!pm_heap_is_header(heap, index) ||
            heap->page_class[pm_heap_page_of(heap, index)] != class ||
            object->kind != PM_KIND_NONE || object->generation == 0 ||
            pm_heap_test_and_mark(heap, index))
            return broken(check, "H5", "index", index);
        check->free_cells[class]--;
        if (object->type == 0 && heap->tables->queues[class].tail != index)
            return broken(check, "H5", "index", index);
        index = object->type;
    }
    if (check->free_cells[class])
        return broken(check, "H5", "class", class);
    return true;
}

bool pm_heap_validate(struct pm_heap *heap, struct pm_buf *why)
{
    PM_CHECK(!pm_heap_is_collecting(heap));
    struct check check = {.heap = heap, .why = why};

    if (!check_null(&check) || !check_pages(&check) || !check_cells(&check))
        return false;
    pm_heap_clear_marks(heap);
    for (uint8_t class = 1; class <= PM_HEAP_CLASSES; class ++)
        if (!check_queue(&check, class))
            return false;
    return true;
}
