// SPDX-License-Identifier: MIT
#include "heap/heap.h"

#include <string.h>

#include "base/mem.h"

#include "heap/heap_internal.h"

// Each class is the largest cell of which so many fit a page, close enough
// together that at most a quarter of a cell is lost.
const uint8_t pm_heap_class_granules[PM_HEAP_CLASSES + 1] = {
    0,  2,  3,  4,  5,  6,  7,  8,  10, 12, 14,
    16, 20, 24, 28, 32, 42, 51, 64, 85, 128};

const uint8_t pm_heap_class_for[PM_HEAP_SMALL + 1] = {
    1,  1,  1,  2,  3,  4,  5,  6,  7,  8,  8,  9,  9,  10, 10, 11, 11, 12, 12,
    12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15, 16, 16, 16, 16, 16,
    16, 16, 16, 16, 16, 17, 17, 17, 17, 17, 17, 17, 17, 17, 18, 18, 18, 18, 18,
    18, 18, 18, 18, 18, 18, 18, 18, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19,
    19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 20, 20, 20, 20, 20, 20, 20, 20, 20,
    20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20,
    20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20};

static const char *const kind_names[PM_KIND_COUNT] = {
    "none",   "string",  "bytes",     "array",
    "record", "closure", "coroutine", "state"};

const char *pm_kind_name(unsigned kind)
{
    return kind < PM_KIND_COUNT ? kind_names[kind] : "?";
}

// --- life --------------------------------------------------------------------

static size_t tables_size(size_t pages)
{
    size_t bytes = sizeof(struct pm_heap_tables) + pages * 5;
    return (bytes + PM_HEAP_PAGE - 1) / PM_HEAP_PAGE * PM_HEAP_PAGE;
}

// Of all pages behind heap_start, the most that leave room for their table.
static uint32_t count_pages(const struct pm_heap_config *config)
{
    size_t all = (config->size - config->heap_start) / PM_HEAP_PAGE;
    size_t pages = all;
    while (pages && pages + tables_size(pages) / PM_HEAP_PAGE > all)
        pages = all - tables_size(pages) / PM_HEAP_PAGE;
    return (uint32_t)pages;
}

static bool is_config_right(const struct pm_heap_config *config)
{
    return config->block && (uintptr_t)config->block % PM_HEAP_GRANULE == 0 &&
           config->heap_start >= PM_HEAP_PAGE &&
           config->heap_start % PM_HEAP_PAGE == 0 &&
           config->size > config->heap_start &&
           (uint64_t)config->size <= (uint64_t)UINT32_MAX * PM_HEAP_GRANULE;
}

static void lay_out(struct pm_heap *heap)
{
    uint8_t *at = heap->block + heap->heap_start;
    size_t start = heap->heap_start + tables_size(heap->page_count);
    heap->tables = (struct pm_heap_tables *)at;
    heap->page_info = (uint32_t *)(at + sizeof(struct pm_heap_tables));
    heap->page_class = (uint8_t *)(heap->page_info + heap->page_count);
    heap->first = (uint32_t)(start / PM_HEAP_GRANULE);
    heap->end = heap->first + heap->page_count * PM_HEAP_PAGE_GRANULES;
}

pm_status pm_heap_create(const struct pm_allocator *alloc,
                         const struct pm_heap_config *config,
                         struct pm_heap **out)
{
    if (!is_config_right(config))
        return PM_ERR_INVALID;
    uint32_t pages = count_pages(config);
    if (pages == 0)
        return PM_ERR_INVALID;
    struct pm_heap *heap = pm_mem_zalloc(alloc, sizeof *heap);
    if (!heap)
        return PM_ERR_NO_MEMORY;
    heap->alloc = *alloc;
    heap->block = config->block;
    heap->size = config->size;
    heap->heap_start = config->heap_start;
    heap->types = config->types;
    heap->page_count = pages;
    heap->max_generation =
        config->max_generation ? config->max_generation : UINT32_MAX;
    heap->max_pins = config->max_pins ? config->max_pins : 256;
    heap->stack_capacity = (size_t)pages * (PM_HEAP_PAGE_GRANULES / 2);
    heap->mark_words = config->size / PM_HEAP_GRANULE / 64;
    heap->pins = pm_mem_zarray(alloc, heap->max_pins, sizeof *heap->pins);
    heap->stack =
        pm_mem_alloc(alloc, heap->stack_capacity * sizeof *heap->stack);
    heap->marks = pm_mem_zarray(alloc, heap->mark_words, sizeof *heap->marks);
    if (!heap->pins || !heap->stack || !heap->marks) {
        pm_heap_destroy(heap);
        return PM_ERR_NO_MEMORY;
    }
    lay_out(heap);
    pm_heap_reset(heap);
    *out = heap;
    return PM_OK;
}

void pm_heap_destroy(struct pm_heap *heap)
{
    if (!heap)
        return;
    struct pm_allocator alloc = heap->alloc;
    pm_mem_free(&alloc, heap->pins, heap->max_pins * sizeof *heap->pins);
    pm_mem_free(&alloc, heap->stack,
                heap->stack_capacity * sizeof *heap->stack);
    pm_mem_free(&alloc, heap->marks, heap->mark_words * sizeof *heap->marks);
    pm_mem_free(&alloc, heap, sizeof *heap);
}

void pm_heap_reset(struct pm_heap *heap)
{
    pm_heap_collect_abandon(heap);
    PM_CHECK(heap->frozen == 0);
    struct pm_object null = {0};
    memcpy(heap->block, &null, sizeof null);
    memset(heap->tables, 0,
           (size_t)heap->first * PM_HEAP_GRANULE - heap->heap_start);
    memset(heap->pins, 0, heap->max_pins * sizeof *heap->pins);
}

void pm_heap_swap(struct pm_heap *a, struct pm_heap *b)
{
    struct pm_heap c = *a;
    *a = *b;
    *b = c;
    a->collection.marker.heap = a;
    b->collection.marker.heap = b;
}

// --- references --------------------------------------------------------------

bool pm_heap_is_header(const struct pm_heap *heap, uint32_t index)
{
    if (index < heap->first || index >= heap->end)
        return false;
    uint8_t class = heap->page_class[pm_heap_page_of(heap, index)];
    uint32_t at = (index - heap->first) % PM_HEAP_PAGE_GRANULES;
    if (class == PM_HEAP_SPAN)
        return at == 0;
    if (!pm_heap_is_small(class))
        return false;
    uint32_t granules = pm_heap_class_granules[class];
    return at % granules == 0 && at / granules < pm_heap_cells_of(class);
}

struct pm_object *pm_heap_walk_next(const struct pm_heap *heap,
                                    struct pm_heap_walk *walk, uint32_t *index)
{
    for (; walk->page < heap->page_count; walk->page++, walk->cell = 0) {
        uint8_t class = heap->page_class[walk->page];
        uint32_t cells = pm_heap_is_small(class) ? pm_heap_cells_of(class)
                                                 : class == PM_HEAP_SPAN;
        if (walk->cell >= cells)
            continue;
        uint32_t at = class == PM_HEAP_SPAN
                          ? 0
                          : walk->cell * pm_heap_class_granules[class];
        walk->cell++;
        *index = pm_heap_page_index(heap, walk->page) + at;
        return pm_heap_cell(heap, *index);
    }
    return NULL;
}

bool pm_heap_is_ref_slot(const struct pm_heap *heap,
                         const struct pm_object *object, uint32_t slot)
{
    const struct pm_heap_types *types = &heap->types;
    const uint64_t *words = NULL;

    if (object->kind == PM_KIND_ARRAY)
        return types->array_holds_refs &&
               types->array_holds_refs(types->context, object->type);
    if (object->kind != PM_KIND_RECORD && object->kind != PM_KIND_CLOSURE)
        return false;
    if (types->ref_slots)
        words = types->ref_slots(types->context, (pm_kind)object->kind,
                                 object->type);
    return words && (words[slot / 64] >> slot % 64 & 1);
}

void pm_heap_clear_marks(struct pm_heap *heap)
{
    memset(heap->marks, 0, heap->mark_words * sizeof *heap->marks);
}

bool pm_heap_fits(const struct pm_heap *heap, uint32_t page,
                  const struct pm_object *object)
{
    uint8_t class = heap->page_class[page];
    uint32_t granules = pm_heap_granules((pm_kind)object->kind, object->length);
    if (granules <= PM_HEAP_SMALL)
        return class == pm_heap_class_for[granules];
    return class == PM_HEAP_SPAN &&
           heap->page_info[page] == pm_heap_span_pages(granules);
}

pm_ref_state pm_heap_ref_state(const struct pm_heap *heap, pm_ref ref,
                               struct pm_object **out)
{
    uint32_t generation = pm_ref_generation(ref);
    if (ref == 0)
        return PM_REF_NULL;
    if (generation == 0 || !pm_heap_is_header(heap, pm_ref_index(ref)))
        return PM_REF_FORGED;
    struct pm_object *object = pm_heap_at(heap, ref);
    bool tomb = object->flags & PM_FLAG_TOMB;
    if (out)
        *out = object;
    if (object->kind != PM_KIND_NONE && !tomb &&
        object->generation == generation)
        return PM_REF_LIVE;
    if (tomb && generation <= heap->max_generation &&
        pm_heap_next_generation(heap, generation) == object->generation)
        return PM_REF_STALE;
    return PM_REF_FORGED;
}

static pm_trap_code check_live(const struct pm_heap *heap, pm_ref ref,
                               struct pm_object **object)
{
    switch (pm_heap_ref_state(heap, ref, object)) {
    case PM_REF_NULL:
        return PM_TRAP_NULL_REF;
    case PM_REF_LIVE:
        return PM_TRAP_NONE;
    default:
        return PM_TRAP_STALE_HANDLE;
    }
}

pm_trap_code pm_heap_explain(const struct pm_heap *heap, pm_ref ref)
{
    struct pm_object *object;
    pm_trap_code code = check_live(heap, ref, &object);
    return code ? code : PM_TRAP_TYPE;
}

pm_trap_code pm_heap_check(const struct pm_heap *heap, pm_ref ref, pm_kind kind,
                           struct pm_object **out)
{
    struct pm_object *object;
    pm_trap_code code = check_live(heap, ref, &object);
    if (code)
        return code;
    if (kind != PM_KIND_NONE && object->kind != kind)
        return PM_TRAP_TYPE;
    *out = object;
    return PM_TRAP_NONE;
}

pm_trap_code pm_heap_check_domain(const struct pm_heap *heap, pm_ref ref,
                                  uint16_t domain, struct pm_object **out)
{
    struct pm_object *object;
    pm_trap_code code = pm_heap_check(heap, ref, PM_KIND_STATE, &object);
    if (code)
        return code;
    if (object->domain != domain)
        return PM_TRAP_TYPE;
    *out = object;
    return PM_TRAP_NONE;
}

void pm_heap_describe(const struct pm_heap *heap, pm_ref ref,
                      struct pm_buf *out)
{
    uint32_t index = pm_ref_index(ref);
    if (ref == 0) {
        pm_buf_puts(out, "null");
        return;
    }
    pm_buf_printf(out, "handle of index %u, generation %u: ", (unsigned)index,
                  (unsigned)pm_ref_generation(ref));
    if (!pm_heap_is_header(heap, index)) {
        pm_buf_puts(out, "no object stands there");
        return;
    }
    const struct pm_object *object = pm_heap_at(heap, ref);
    const char *state =
        object->kind == PM_KIND_NONE
            ? (object->generation ? "a free cell" : "a retired cell")
        : object->flags & PM_FLAG_TOMB ? "an ended object"
                                       : "a live object";
    pm_buf_printf(out, "%s of kind %s, domain %u, generation %u", state,
                  pm_kind_name(object->kind), (unsigned)object->domain,
                  (unsigned)object->generation);
}

// --- pins --------------------------------------------------------------------

static struct pm_heap_pin *find_pin(struct pm_heap *heap, pm_ref ref)
{
    for (uint32_t i = 0; i < heap->max_pins; i++)
        if (heap->pins[i].count && heap->pins[i].ref == ref)
            return &heap->pins[i];
    return NULL;
}

static struct pm_heap_pin *find_free_pin(struct pm_heap *heap)
{
    for (uint32_t i = 0; i < heap->max_pins; i++)
        if (heap->pins[i].count == 0)
            return &heap->pins[i];
    return NULL;
}

pm_status pm_heap_pin(struct pm_heap *heap, pm_ref ref)
{
    if (pm_heap_ref_state(heap, ref, NULL) != PM_REF_LIVE)
        return PM_ERR_INVALID;
    struct pm_heap_pin *pin = find_pin(heap, ref);
    if (!pin)
        pin = find_free_pin(heap);
    if (!pin || pin->count == UINT32_MAX)
        return PM_ERR_LIMIT;
    pin->ref = ref;
    pin->count++;
    return PM_OK;
}

pm_status pm_heap_unpin(struct pm_heap *heap, pm_ref ref)
{
    struct pm_heap_pin *pin = find_pin(heap, ref);
    if (!pin)
        return PM_ERR_INVALID;
    pin->count--;
    return PM_OK;
}
