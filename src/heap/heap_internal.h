// SPDX-License-Identifier: MIT
//
// What the heap's files share.

#ifndef PM_HEAP_HEAP_INTERNAL_H
#define PM_HEAP_HEAP_INTERNAL_H

#include "heap/heap.h"

static inline bool pm_heap_is_small(uint8_t class)
{
    return class >= 1 && class <= PM_HEAP_CLASSES;
}

static inline uint32_t pm_heap_cells_of(uint8_t class)
{
    return PM_HEAP_PAGE_GRANULES / pm_heap_class_granules[class];
}

static inline struct pm_object *pm_heap_cell(const struct pm_heap *heap,
                                             uint32_t index)
{
    return pm_heap_at(heap, index);
}

static inline uint32_t pm_heap_page_of(const struct pm_heap *heap,
                                       uint32_t index)
{
    return (index - heap->first) / PM_HEAP_PAGE_GRANULES;
}

static inline uint32_t pm_heap_page_index(const struct pm_heap *heap,
                                          uint32_t page)
{
    return heap->first + page * PM_HEAP_PAGE_GRANULES;
}

// Whether a header stands at [index]; [index] may be anything.
bool pm_heap_is_header(const struct pm_heap *heap, uint32_t index);

static inline void pm_heap_queue_push(struct pm_heap *heap, uint8_t class,
                                      uint32_t index)
{
    struct pm_heap_queue *queue = &heap->tables->queues[class];
    if (queue->head)
        pm_heap_cell(heap, queue->tail)->type = index;
    else
        queue->head = index;
    queue->tail = index;
    pm_heap_cell(heap, index)->type = 0;
}

// The generation after [generation], or 0 when that was the last.
static inline uint32_t pm_heap_next_generation(const struct pm_heap *heap,
                                               uint32_t generation)
{
    return generation < heap->max_generation ? generation + 1 : 0;
}

// Makes a page (back) into an uncut one with this floor, or retires it when
// no generation is left.
void pm_heap_uncut(struct pm_heap *heap, uint32_t page, uint32_t floor);

// The first page of the lowest run of [count] uncut pages, or UINT32_MAX.
uint32_t pm_heap_find_pages(struct pm_heap *heap, uint32_t count);

// Pages of the span that an object of so many granules takes.
static inline uint32_t pm_heap_span_pages(uint32_t granules)
{
    return (granules + PM_HEAP_PAGE_GRANULES - 1) / PM_HEAP_PAGE_GRANULES;
}

// A walk over all cells of all pages that have any, in index order.
struct pm_heap_walk {
    uint32_t page;
    uint32_t cell; // number within the page
};

// The next cell's header, or NULL at the end; stores its index. Start with
// zeroes.
struct pm_object *pm_heap_walk_next(const struct pm_heap *heap,
                                    struct pm_heap_walk *walk, uint32_t *index);

static inline bool pm_heap_is_live(const struct pm_object *object)
{
    return object->kind != PM_KIND_NONE && !(object->flags & PM_FLAG_TOMB);
}

// Whether slot [slot] of a live object is a reference by its type.
bool pm_heap_is_ref_slot(const struct pm_heap *heap,
                         const struct pm_object *object, uint32_t slot);

// Clears the marks, for use as a set of indices.
void pm_heap_clear_marks(struct pm_heap *heap);

static inline bool pm_heap_test_and_mark(struct pm_heap *heap, uint32_t index)
{
    uint64_t *word = &heap->marks[index / 64];
    uint64_t bit = (uint64_t)1 << index % 64;
    bool was_set = *word & bit;
    *word |= bit;
    return was_set;
}

// Whether a live object of this header's kind and length belongs into a cell
// of [page].
bool pm_heap_fits(const struct pm_heap *heap, uint32_t page,
                  const struct pm_object *object);

// Bytes of cell that an object at a page of [class] takes.
uint64_t pm_heap_cell_bytes(const struct pm_heap *heap, uint32_t page);

#endif
