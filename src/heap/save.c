// SPDX-License-Identifier: MIT
//
// The saved form: what the heap is, little-endian and without dead bytes.
// docs/spec/heap.md has the layout.

#include "heap/heap.h"

#include "base/bits.h"

#include "heap/heap_internal.h"
#include "heap/saved.h"

static void put_header(const struct pm_heap *heap, struct pm_buf *out)
{
    const struct pm_heap_tables *tables = heap->tables;
    pm_buf_put32(out, SAVED_MAGIC);
    pm_buf_put32(out, SAVED_VERSION);
    pm_buf_put32(out, heap->first);
    pm_buf_put32(out, heap->page_count);
    pm_buf_put32(out, heap->max_generation);
    pm_buf_put32(out, tables->wanted);
    pm_buf_put32(out, tables->wanted_pages);
    pm_buf_put64(out, tables->allocated);
    pm_buf_put64(out, tables->live);
    pm_buf_put64(out, tables->collections);
    pm_buf_put64(out, tables->leaks);
}

static void put_pages(const struct pm_heap *heap, struct pm_buf *out)
{
    for (uint32_t page = 0; page < heap->page_count; page++) {
        pm_buf_put8(out, heap->page_class[page]);
        if (!pm_heap_is_small(heap->page_class[page]))
            pm_buf_put32(out, heap->page_info[page]);
    }
}

static void put_slots(const struct pm_object *object, struct pm_buf *out)
{
    const uint64_t *slots = pm_object_slots(object);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    pm_buf_put(out, slots, (size_t)object->length * 8);
#else
    for (uint32_t i = 0; i < object->length; i++)
        pm_buf_put64(out, slots[i]);
#endif
}

// Its size stands before it, so that the reader is bounded.
static void put_coroutine(const struct pm_heap *heap, uint32_t index,
                          const struct pm_object *object, struct pm_buf *out)
{
    const struct pm_heap_types *types = &heap->types;
    size_t at = out->size;

    PM_CHECK(types->save_coroutine != NULL);
    pm_buf_put32(out, 0);
    types->save_coroutine(types->context,
                          pm_ref_make(index, object->generation), object, out);
    if (!out->failed)
        pm_store32(out->data + at, (uint32_t)(out->size - at - 4));
}

static void put_live(const struct pm_heap *heap, uint32_t index,
                     const struct pm_object *object, struct pm_buf *out)
{
    pm_buf_put8(out, SAVED_LIVE);
    pm_buf_put32(out, object->generation);
    pm_buf_put8(out, object->kind);
    pm_buf_put16(out, object->domain);
    pm_buf_put32(out, object->type);
    pm_buf_put32(out, object->length);
    if (pm_heap_has_slots(object->kind))
        put_slots(object, out);
    else if (object->kind == PM_KIND_COROUTINE)
        put_coroutine(heap, index, object, out);
    else
        pm_buf_put(out, pm_object_bytes(object), object->length);
}

static void put_tomb(const struct pm_object *object, struct pm_buf *out)
{
    pm_buf_put8(out, SAVED_TOMB);
    pm_buf_put32(out, object->generation);
    pm_buf_put8(out, object->kind);
    pm_buf_put16(out, object->domain);
    pm_buf_put32(out, object->type);
}

// Free cells of one generation that follow each other in a page are one
// record, and so are retired ones, whose generation is 0.
static void put_free(const struct pm_heap *heap, struct pm_heap_walk *walk,
                     const struct pm_object *object, struct pm_buf *out)
{
    uint32_t page = walk->page;
    uint16_t count = 0;
    struct pm_heap_walk before;
    const struct pm_object *next;
    uint32_t index;

    do {
        count++;
        before = *walk;
        next = pm_heap_walk_next(heap, walk, &index);
    } while (next && walk->page == page && next->kind == PM_KIND_NONE &&
             next->generation == object->generation);
    *walk = before;
    pm_buf_put8(out, SAVED_FREE);
    pm_buf_put32(out, object->generation);
    pm_buf_put16(out, count);
}

static void put_cells(const struct pm_heap *heap, struct pm_buf *out)
{
    struct pm_heap_walk walk = {0};
    const struct pm_object *object;
    uint32_t index;

    while ((object = pm_heap_walk_next(heap, &walk, &index))) {
        if (object->kind == PM_KIND_NONE)
            put_free(heap, &walk, object, out);
        else if (object->flags & PM_FLAG_TOMB)
            put_tomb(object, out);
        else
            put_live(heap, index, object, out);
    }
}

// Cells that follow each other both in the queue and in their page are one
// run; index 0 ends the queue.
static void put_queue(const struct pm_heap *heap, uint8_t class,
                      struct pm_buf *out)
{
    uint32_t granules = pm_heap_class_granules[class];
    uint32_t index = heap->tables->queues[class].head;

    while (index) {
        uint32_t start = index;
        uint16_t count = 0;
        do {
            count++;
            index = pm_heap_cell(heap, index)->type;
        } while (index == start + count * granules &&
                 pm_heap_page_of(heap, index) == pm_heap_page_of(heap, start));
        pm_buf_put32(out, start);
        pm_buf_put16(out, count);
    }
    pm_buf_put32(out, 0);
}

void pm_heap_save(const struct pm_heap *heap, struct pm_buf *out)
{
    PM_CHECK(!pm_heap_is_collecting(heap));
    put_header(heap, out);
    put_pages(heap, out);
    put_cells(heap, out);
    for (uint8_t class = 1; class <= PM_HEAP_CLASSES; class ++)
        put_queue(heap, class, out);
}
