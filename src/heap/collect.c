// SPDX-License-Identifier: MIT
//
// Mark and sweep. Marking keeps its own stack, which holds an object at most
// once and so never overflows. Sweeping walks all cells in index order, so
// that the order in which cells are freed, and with it the order in which
// they are used again, is a function of the guest's operations.

#include <string.h>

#include "heap/heap_internal.h"

static inline bool is_marked(const struct pm_heap *heap, uint32_t index)
{
    return heap->marks[index / 64] >> index % 64 & 1;
}

// Does not touch the object: its header is fetched while others are scanned.
// Null ends here too, its bit is always set.
static inline void mark(struct pm_marker *marker, uint32_t index)
{
    struct pm_heap *heap = marker->heap;
    uint64_t *word = &heap->marks[index / 64];
    uint64_t bit = (uint64_t)1 << index % 64;

    if (*word & bit)
        return;
    *word |= bit;
    heap->stack[marker->depth++] = index;
}

void pm_mark_ref(struct pm_marker *marker, pm_ref ref)
{
    uint32_t index = pm_ref_index(ref);
    PM_CHECK(index == 0 ||
             (index >= marker->heap->first && index < marker->heap->end));
    mark(marker, index);
}

static void scan_array(struct pm_marker *marker, struct pm_object *object)
{
    const struct pm_heap_types *types = &marker->heap->types;
    const uint64_t *slots = pm_object_slots(object);

    if (!types->array_holds_refs ||
        !types->array_holds_refs(types->context, object->type))
        return;
    marker->scanned += object->length;
    for (uint32_t i = 0; i < object->length; i++)
        mark(marker, pm_ref_index(slots[i]));
}

// Most objects in a row are of few types: the last answer is kept.
static const uint64_t *ref_slots(struct pm_marker *marker,
                                 const struct pm_object *object)
{
    const struct pm_heap_types *types = &marker->heap->types;
    if (marker->kind == object->kind && marker->type == object->type)
        return marker->ref_slots;
    marker->kind = object->kind;
    marker->type = object->type;
    marker->ref_slots =
        types->ref_slots ? types->ref_slots(types->context,
                                            (pm_kind)object->kind, object->type)
                         : NULL;
    return marker->ref_slots;
}

static void scan_record(struct pm_marker *marker, struct pm_object *object)
{
    const uint64_t *slots = pm_object_slots(object);
    const uint64_t *words = ref_slots(marker, object);

    if (!words)
        return;
    marker->scanned += object->length;
    for (uint32_t base = 0; base < object->length; base += 64) {
        uint64_t word = words[base / 64];
        if (object->length - base < 64)
            word &= ((uint64_t)1 << (object->length - base)) - 1;
        for (; word; word &= word - 1)
            mark(marker,
                 pm_ref_index(slots[base + (uint32_t)__builtin_ctzll(word)]));
    }
}

static void scan(struct pm_marker *marker, struct pm_object *object)
{
    const struct pm_heap_types *types = &marker->heap->types;

    if (object->kind == PM_KIND_RECORD || object->kind == PM_KIND_CLOSURE)
        scan_record(marker, object);
    else if (object->kind == PM_KIND_ARRAY)
        scan_array(marker, object);
    else if (object->kind == PM_KIND_COROUTINE && types->visit_coroutine)
        types->visit_coroutine(types->context, object, marker);
}

// How long an object must be waited for, by the number of those that are
// fetched at the same time.
static const uint8_t unit_table[PM_HEAP_RING + 1] = {8, 8, 6, 4, 3, 2, 2, 2, 1,
                                                     1, 1, 1, 1, 1, 1, 1, 1};

// Gives whether all is marked.
static bool drain(struct pm_heap *heap, uint64_t limit)
{
    struct pm_heap_collection *c = &heap->collection;
    struct pm_marker *marker = &c->marker;

    while (marker->depth || c->in != c->out) {
        if (c->work.units >= limit)
            return false;
        while (marker->depth && c->in - c->out < PM_HEAP_RING) {
            struct pm_object *object =
                pm_heap_cell(heap, heap->stack[--marker->depth]);
            PM_PREFETCH(object);
            c->ring[c->in++ % PM_HEAP_RING] = object;
        }
        c->work.marked++;
        c->work.units += unit_table[c->in - c->out];
        uint64_t before = marker->scanned;
        scan(marker, c->ring[c->out++ % PM_HEAP_RING]);
        c->work.units += (marker->scanned - before) / 8;
    }
    return true;
}

static void mark_roots(struct pm_marker *marker,
                       const struct pm_heap_roots *roots)
{
    struct pm_heap *heap = marker->heap;

    pm_heap_clear_marks(heap);
    heap->marks[0] = 1;
    if (roots && roots->visit)
        roots->visit(roots->context, marker);
    for (uint32_t i = 0; i < heap->max_pins; i++)
        if (heap->pins[i].count)
            mark(marker, pm_ref_index(heap->pins[i].ref));
}

// --- sweep -------------------------------------------------------------------

static PM_NOINLINE void report_leak(struct pm_heap *heap,
                                    struct pm_object *object)
{
    const struct pm_heap_types *types = &heap->types;
    heap->collection.work.leaks++;
    if (types->on_leak)
        types->on_leak(types->context, pm_heap_ref_of(heap, object), object);
}

// Ends what is not reached; gives the generation that the next object there
// has, or 0 when there is none left.
static inline uint32_t end_object(struct pm_heap *heap,
                                  struct pm_object *object)
{
    if (PM_UNLIKELY(object->flags & PM_FLAG_TOMB))
        return object->generation;
    if (PM_UNLIKELY(object->kind == PM_KIND_STATE))
        report_leak(heap, object);
    return pm_heap_next_generation(heap, object->generation);
}

// Puts a chain of cells, from [first] to [last], behind a class's queue.
static void append_chain(struct pm_heap *heap, uint8_t class, uint32_t first,
                         uint32_t last)
{
    struct pm_heap_queue *queue = &heap->tables->queues[class];
    if (queue->head)
        pm_heap_cell(heap, queue->tail)->type = first;
    else
        queue->head = first;
    queue->tail = last;
}

static void sweep_cells(struct pm_heap *heap, uint32_t page, uint8_t class)
{
    uint32_t granules = pm_heap_class_granules[class];
    uint32_t cells = pm_heap_cells_of(class);
    uint32_t start = pm_heap_page_index(heap, page);
    const uint64_t *marks = &heap->marks[start / 64];
    struct pm_object *object = pm_heap_cell(heap, start);
    // Freed cells are chained behind this one.
    struct pm_object chain = {.type = 0};
    struct pm_object *last = &chain;
    uint32_t kept = 0;
    uint32_t freed = 0;

    for (uint32_t at = 0; at < cells * granules;
         at += granules, object += granules) {
        if (marks[at / 64] >> at % 64 & 1) {
            kept++;
        } else if (object->kind != PM_KIND_NONE) {
            uint32_t generation = end_object(heap, object);
            *object = (struct pm_object){.generation = generation};
            freed++;
            if (generation) {
                last->type = start + at;
                last = object;
            }
        }
    }
    if (chain.type)
        append_chain(heap, class, chain.type,
                     pm_ref_index(pm_heap_ref_of(heap, last)));
    uint64_t bytes = (uint64_t)granules * PM_HEAP_GRANULE;
    heap->collection.work.swept += cells;
    heap->collection.work.freed += freed;
    heap->collection.work.freed_bytes += freed * bytes;
    heap->collection.work.live_bytes += kept * bytes;
    heap->collection.freed[class] += freed;
}

// Gives a span's pages back. The first one's floor is the generation its
// last object had, the others had no header.
static void free_span(struct pm_heap *heap, uint32_t page)
{
    uint32_t count = heap->page_info[page];
    uint32_t generation =
        pm_heap_cell(heap, pm_heap_page_index(heap, page))->generation;

    pm_heap_uncut(heap, page,
                  generation ? generation - 1 : heap->max_generation);
    for (uint32_t i = 1; i < count; i++)
        pm_heap_uncut(heap, page + i, heap->page_info[page + i]);
}

static void sweep_span(struct pm_heap *heap, uint32_t page)
{
    struct pm_object *object =
        pm_heap_cell(heap, pm_heap_page_index(heap, page));
    uint64_t bytes = pm_heap_cell_bytes(heap, page);

    heap->collection.work.swept++;
    if (is_marked(heap, pm_heap_page_index(heap, page))) {
        heap->collection.work.live_bytes += bytes;
        return;
    }
    uint32_t generation = end_object(heap, object);
    *object = (struct pm_object){.generation = generation};
    free_span(heap, page);
    heap->collection.work.freed++;
    heap->collection.work.freed_bytes += bytes;
}

// Gives whether all is swept.
static bool sweep_pages(struct pm_heap *heap, uint64_t limit)
{
    struct pm_heap_collection *c = &heap->collection;

    for (; c->page < heap->page_count; c->page++) {
        if (c->work.units >= limit)
            return false;
        uint8_t class = heap->page_class[c->page];
        uint64_t before = c->work.swept;
        if (pm_heap_is_small(class))
            sweep_cells(heap, c->page, class);
        else if (class == PM_HEAP_SPAN)
            sweep_span(heap, c->page);
        c->work.units += (c->work.swept - before + 7) / 8;
    }
    return true;
}

// --- taking pages back -------------------------------------------------------

// Set in a page's class while its cells are taken out of their queue.
#define LEAVING 0x80u

// Whether all of a page's cells are free and none is retired; stores the
// greatest generation ever issued, which is one less than what a free cell's
// header has.
static bool is_wholly_free(const struct pm_heap *heap, uint32_t page,
                           uint8_t class, uint32_t *floor)
{
    uint32_t index = pm_heap_page_index(heap, page);
    *floor = 0;
    for (uint32_t left = pm_heap_cells_of(class); left; left--) {
        const struct pm_object *object = pm_heap_cell(heap, index);
        if (object->kind != PM_KIND_NONE || object->generation == 0)
            return false;
        if (object->generation - 1 > *floor)
            *floor = object->generation - 1;
        index += pm_heap_class_granules[class];
    }
    return true;
}

// Takes the cells of leaving pages out of a queue; the others keep their
// order.
static void filter_queue(struct pm_heap *heap, uint8_t class)
{
    struct pm_heap_queue *queue = &heap->tables->queues[class];
    uint32_t index = queue->head;
    queue->head = 0;
    while (index) {
        uint32_t next = pm_heap_cell(heap, index)->type;
        if (!(heap->page_class[pm_heap_page_of(heap, index)] & LEAVING))
            pm_heap_queue_push(heap, class, index);
        index = next;
    }
}

static void take_back_pages(struct pm_heap *heap)
{
    bool is_touched[PM_HEAP_CLASSES + 1] = {false};

    for (uint32_t page = 0; page < heap->page_count; page++) {
        uint8_t class = heap->page_class[page];
        uint32_t floor;
        if (!pm_heap_is_small(class) ||
            !is_wholly_free(heap, page, class, &floor))
            continue;
        heap->page_class[page] = (uint8_t)(class | LEAVING);
        heap->page_info[page] = floor;
        is_touched[class] = true;
    }
    for (uint8_t class = 1; class <= PM_HEAP_CLASSES; class ++)
        if (is_touched[class])
            filter_queue(heap, class);
    for (uint32_t page = 0; page < heap->page_count; page++)
        if (heap->page_class[page] & LEAVING)
            pm_heap_uncut(heap, page, heap->page_info[page]);
}

// Whether the allocation that failed last would still fail, or nearly: with
// so few cells freed in its class the next failure is near, while other
// classes may sit on free pages.
static bool needs_pages(struct pm_heap *heap)
{
    uint32_t wanted = heap->tables->wanted;

    if (wanted == 0 ||
        pm_heap_find_pages(heap, heap->tables->wanted_pages) != UINT32_MAX)
        return false;
    if (wanted == PM_HEAP_SPAN)
        return true;
    uint64_t bytes = (uint64_t)heap->collection.freed[wanted] *
                     pm_heap_class_granules[wanted] * PM_HEAP_GRANULE;
    return bytes < pm_heap_capacity(heap) / 16;
}

void pm_heap_collect_begin(struct pm_heap *heap,
                           const struct pm_heap_roots *roots)
{
    PM_CHECK(heap->frozen == 0);
    struct pm_heap_collection *c = &heap->collection;

    memset(c, 0, sizeof *c);
    c->phase = PM_HEAP_MARKING;
    c->marker.heap = heap;
    pm_heap_freeze(heap);
    mark_roots(&c->marker, roots);
}

void pm_heap_collect_abandon(struct pm_heap *heap)
{
    if (!pm_heap_is_collecting(heap))
        return;
    heap->collection.phase = PM_HEAP_IDLE;
    pm_heap_thaw(heap);
}

static void finish(struct pm_heap *heap)
{
    const struct pm_heap_work *work = &heap->collection.work;
    struct pm_heap_tables *tables = heap->tables;

    if (needs_pages(heap)) {
        // Looks at most cells once more and walks the queues.
        heap->collection.work.units += work->swept / 4;
        take_back_pages(heap);
    }
    tables->allocated = 0;
    tables->live = work->live_bytes;
    tables->collections++;
    tables->leaks += work->leaks;
    tables->wanted = 0;
    tables->wanted_pages = 0;
    heap->collection.phase = PM_HEAP_IDLE;
    pm_heap_thaw(heap);
}

bool pm_heap_collect_step(struct pm_heap *heap, uint64_t units,
                          struct pm_heap_work *work)
{
    struct pm_heap_collection *c = &heap->collection;
    PM_CHECK(c->phase != PM_HEAP_IDLE);
    uint64_t done = c->work.units;
    uint64_t limit = units < UINT64_MAX - done ? done + units : UINT64_MAX;

    if (c->phase == PM_HEAP_MARKING && drain(heap, limit))
        c->phase = PM_HEAP_SWEEPING;
    if (c->phase == PM_HEAP_SWEEPING && sweep_pages(heap, limit))
        finish(heap);
    c->work.scanned = c->marker.scanned;
    if (work)
        *work = c->work;
    return c->phase == PM_HEAP_IDLE;
}

void pm_heap_collect(struct pm_heap *heap, const struct pm_heap_roots *roots,
                     struct pm_heap_work *work)
{
    pm_heap_collect_begin(heap, roots);
    bool is_done = pm_heap_collect_step(heap, UINT64_MAX, work);
    PM_CHECK(is_done);
}

// As much as is live, so that the work for each allocated byte is bounded,
// but at most half of what is free, so that the work does not fall into an
// allocation, and at least a sixteenth of the heap, so that a small live set
// does not make every frame collect.
bool pm_heap_wants_collection(const struct pm_heap *heap)
{
    uint64_t capacity = pm_heap_capacity(heap);
    uint64_t limit = heap->tables->live;
    if (limit > (capacity - limit) / 2)
        limit = (capacity - limit) / 2;
    if (limit < capacity / 16)
        limit = capacity / 16;
    return heap->tables->allocated >= limit;
}
