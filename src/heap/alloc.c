// SPDX-License-Identifier: MIT
//
// Allocation and explicit ends. A class's queue gives the cell; when it is
// empty the first uncut page is cut. Spans take the first run of uncut pages
// that is long enough.

#include <string.h>

#include "heap/heap_internal.h"

void pm_heap_uncut(struct pm_heap *heap, uint32_t page, uint32_t floor)
{
    bool is_used_up = floor >= heap->max_generation;
    heap->page_class[page] = is_used_up ? PM_HEAP_RETIRED : PM_HEAP_UNCUT;
    heap->page_info[page] = floor;
    if (!is_used_up && page < heap->tables->first_uncut)
        heap->tables->first_uncut = page;
}

uint64_t pm_heap_cell_bytes(const struct pm_heap *heap, uint32_t page)
{
    uint8_t class = heap->page_class[page];
    if (class == PM_HEAP_SPAN)
        return (uint64_t)heap->page_info[page] * PM_HEAP_PAGE;
    return (uint64_t)pm_heap_class_granules[class] * PM_HEAP_GRANULE;
}

uint32_t pm_heap_find_pages(struct pm_heap *heap, uint32_t count)
{
    const uint8_t *classes = heap->page_class;
    uint32_t at = heap->tables->first_uncut;
    uint32_t run = 0;

    while (at < heap->page_count && classes[at] != PM_HEAP_UNCUT)
        at++;
    heap->tables->first_uncut = at;
    for (; at < heap->page_count; at++) {
        run = classes[at] == PM_HEAP_UNCUT ? run + 1 : 0;
        if (run == count)
            return at + 1 - count;
    }
    return UINT32_MAX;
}

static void cut(struct pm_heap *heap, uint32_t page, uint8_t class)
{
    uint32_t generation = heap->page_info[page] + 1;
    uint32_t granules = pm_heap_class_granules[class];
    uint32_t index = pm_heap_page_index(heap, page);

    heap->page_class[page] = class;
    heap->page_info[page] = 0;
    for (uint32_t left = pm_heap_cells_of(class); left; left--) {
        *pm_heap_cell(heap, index) =
            (struct pm_object){.generation = generation};
        pm_heap_queue_push(heap, class, index);
        index += granules;
    }
}

static pm_status fail_for(struct pm_heap *heap, uint32_t class, uint32_t pages)
{
    heap->tables->wanted = class;
    heap->tables->wanted_pages = pages;
    return PM_ERR_NO_MEMORY;
}

static PM_NOINLINE pm_status refill(struct pm_heap *heap, uint8_t class)
{
    uint32_t page = pm_heap_find_pages(heap, 1);
    if (page == UINT32_MAX)
        return fail_for(heap, class, 1);
    cut(heap, page, class);
    return PM_OK;
}

static PM_NOINLINE pm_status alloc_span(struct pm_heap *heap, uint32_t word,
                                        uint32_t type, uint32_t length,
                                        uint32_t granules, pm_ref *out)
{
    uint32_t count = pm_heap_span_pages(granules);
    uint32_t page = pm_heap_find_pages(heap, count);
    if (page == UINT32_MAX)
        return fail_for(heap, PM_HEAP_SPAN, count);
    uint32_t index = pm_heap_page_index(heap, page);
    struct pm_object *object = pm_heap_cell(heap, index);
    object->generation = heap->page_info[page] + 1;
    memcpy(&object->kind, &word, sizeof word);
    object->length = length;
    object->type = type;
    memset(object + 1, 0, (size_t)(granules - 1) * PM_HEAP_GRANULE);
    // The other pages keep their floors: no header stands in them.
    memset(&heap->page_class[page], PM_HEAP_SPAN_MORE, count);
    heap->page_class[page] = PM_HEAP_SPAN;
    heap->page_info[page] = count;
    heap->tables->allocated += (uint64_t)count * PM_HEAP_PAGE;
    *out = pm_ref_make(index, object->generation);
    return PM_OK;
}

static inline pm_status alloc_object(struct pm_heap *heap, uint32_t word,
                                     uint32_t type, uint32_t length,
                                     uint32_t granules, pm_ref *out)
{
    if (PM_UNLIKELY(heap->frozen))
        return PM_ERR_WRONG_STATE;
    if (PM_UNLIKELY(granules > PM_HEAP_SMALL))
        return alloc_span(heap, word, type, length, granules, out);
    uint8_t class = pm_heap_class_for[granules];
    pm_ref ref = pm_heap_take(heap, class, granules, word, type, length);
    if (PM_UNLIKELY(ref == 0)) {
        pm_status status = refill(heap, class);
        if (status)
            return status;
        ref = pm_heap_take(heap, class, granules, word, type, length);
    }
    *out = ref;
    return PM_OK;
}

pm_status pm_heap_alloc(struct pm_heap *heap, pm_kind kind, uint32_t type,
                        uint32_t length, pm_ref *out)
{
    if (PM_UNLIKELY(length > PM_HEAP_MAX_LENGTH))
        return PM_ERR_NO_MEMORY;
    return alloc_object(heap, pm_object_word_of(kind, 0), type, length,
                        pm_heap_granules(kind, length), out);
}

pm_status pm_heap_alloc_state(struct pm_heap *heap, uint16_t domain,
                              uint32_t type, uint32_t size, pm_ref *out)
{
    if (size > PM_HEAP_MAX_LENGTH)
        return PM_ERR_NO_MEMORY;
    return alloc_object(heap, pm_object_word_of(PM_KIND_STATE, domain), type,
                        size, pm_heap_granules(PM_KIND_STATE, size), out);
}

void pm_heap_take_back(struct pm_heap *heap, pm_ref ref)
{
    struct pm_object *object = pm_heap_at(heap, ref);
    uint32_t index = pm_ref_index(ref);
    uint8_t class = heap->page_class[pm_heap_page_of(heap, index)];
    struct pm_heap_queue *queue = &heap->tables->queues[class];

    PM_CHECK(heap->frozen == 0 && pm_heap_is_small(class));
    *object = (struct pm_object){.generation = object->generation,
                                 .type = queue->head};
    if (queue->head == 0)
        queue->tail = index;
    queue->head = index;
    heap->tables->allocated -=
        (uint64_t)pm_heap_class_granules[class] * PM_HEAP_GRANULE;
}

pm_trap_code pm_heap_end(struct pm_heap *heap, pm_ref ref)
{
    PM_CHECK(heap->frozen == 0);
    struct pm_object *object;
    pm_trap_code code = pm_heap_check(heap, ref, PM_KIND_NONE, &object);
    if (code)
        return code;
    if (object->kind != PM_KIND_STATE && object->kind != PM_KIND_BYTES)
        return PM_TRAP_TYPE;
    object->generation = pm_heap_next_generation(heap, object->generation);
    object->flags = PM_FLAG_TOMB;
    object->length = 0;
    return PM_TRAP_NONE;
}
