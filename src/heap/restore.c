// SPDX-License-Identifier: MIT
//
// Reading the saved form. Every fact in it is checked before it is used: the
// pages first, then the cells that lie in them, then the queues, and when
// all objects stand, their references.

#include "heap/heap.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

#include "heap/heap_internal.h"
#include "heap/saved.h"

struct reader {
    struct pm_heap *heap;
    struct pm_cursor *in;
    struct pm_buf *why;
    // Bytes of the cells with objects and tombstones so far.
    uint64_t used;
    uint32_t free_cells[PM_HEAP_CLASSES + 1];
};

static bool PM_PRINTF(2, 3)
    reject(struct reader *reader, const char *format, ...)
{
    va_list args;
    if (reader->why) {
        va_start(args, format);
        pm_buf_puts(reader->why, "saved heap: ");
        pm_buf_vprintf(reader->why, format, args);
        va_end(args);
    }
    return false;
}

static bool is_cut_short(struct reader *reader)
{
    if (!reader->in->failed)
        return false;
    reject(reader, "the bytes end early, at %zu", reader->in->at);
    return true;
}

static bool wants(struct reader *reader, const char *what, uint32_t wanted)
{
    uint32_t found = pm_cursor_u32(reader->in);
    if (is_cut_short(reader))
        return false;
    if (found != wanted)
        return reject(reader, "%s is %" PRIu32 ", here it is %" PRIu32, what,
                      found, wanted);
    return true;
}

// --- header and pages --------------------------------------------------------

// More pages no object can take.
#define MAX_WANTED ((uint32_t)(PM_HEAP_MAX_LENGTH / 512u) + 2u)

static bool read_wish(struct reader *reader)
{
    struct pm_heap_tables *tables = reader->heap->tables;
    uint32_t wanted = pm_cursor_u32(reader->in);
    uint32_t pages = pm_cursor_u32(reader->in);
    bool right = wanted == PM_HEAP_SPAN
                     ? pages >= 1 && pages <= MAX_WANTED
                     : wanted <= PM_HEAP_CLASSES && pages == (wanted ? 1u : 0u);
    if (!right && !reader->in->failed)
        return reject(reader, "class %" PRIu32 " cannot want %" PRIu32 " pages",
                      wanted, pages);
    tables->wanted = wanted;
    tables->wanted_pages = pages;
    return true;
}

static bool read_header(struct reader *reader)
{
    struct pm_heap *heap = reader->heap;
    struct pm_heap_tables *tables = heap->tables;

    if (!wants(reader, "the mark at its start", SAVED_MAGIC) ||
        !wants(reader, "its version", SAVED_VERSION) ||
        !wants(reader, "its first index", heap->first) ||
        !wants(reader, "its number of pages", heap->page_count) ||
        !wants(reader, "its greatest generation", heap->max_generation) ||
        !read_wish(reader))
        return false;
    tables->allocated = pm_cursor_u64(reader->in);
    tables->live = pm_cursor_u64(reader->in);
    tables->collections = pm_cursor_u64(reader->in);
    tables->leaks = pm_cursor_u64(reader->in);
    return !is_cut_short(reader);
}

static bool is_info_right(const struct pm_heap *heap, uint32_t page,
                          uint8_t class, uint32_t info)
{
    switch (class) {
    case PM_HEAP_UNCUT:
    case PM_HEAP_SPAN_MORE:
        return info < heap->max_generation;
    case PM_HEAP_RETIRED:
        return info == heap->max_generation;
    case PM_HEAP_SPAN:
        return info >= 1 && info <= heap->page_count - page;
    default:
        return false;
    }
}

static bool read_pages(struct reader *reader)
{
    struct pm_heap *heap = reader->heap;
    uint32_t span = 0; // pages of the present span still to come

    for (uint32_t page = 0; page < heap->page_count; page++) {
        uint8_t class = pm_cursor_u8(reader->in);
        bool is_small = pm_heap_is_small(class);
        uint32_t info = is_small ? 0 : pm_cursor_u32(reader->in);
        if (is_cut_short(reader))
            return false;
        if ((!is_small && !is_info_right(heap, page, class, info)) ||
            (class == PM_HEAP_SPAN_MORE) != (span != 0))
            return reject(reader,
                          "page %" PRIu32 " cannot have class %u with %" PRIu32,
                          page, class, info);
        span = class == PM_HEAP_SPAN ? info - 1 : span - (span != 0);
        heap->page_class[page] = class;
        heap->page_info[page] = info;
    }
    return true;
}

// --- cells -------------------------------------------------------------------

static bool reject_cell(struct reader *reader, uint32_t index, const char *what)
{
    return reject(reader, "the cell at index %" PRIu32 " %s", index, what);
}

// Stores the generation; it must be in 1..max, or 0 where [zero] allows it.
static bool read_generation(struct reader *reader, uint32_t index,
                            uint32_t least, bool zero, struct pm_object *object)
{
    uint32_t generation = pm_cursor_u32(reader->in);
    if (is_cut_short(reader))
        return false;
    if (generation
            ? generation < least || generation > reader->heap->max_generation
            : !zero)
        return reject_cell(reader, index, "has an impossible generation");
    object->generation = generation;
    return true;
}

static bool read_free(struct reader *reader, struct pm_heap_walk *walk,
                      uint32_t index, struct pm_object *object)
{
    struct pm_heap *heap = reader->heap;
    uint8_t class = heap->page_class[walk->page];

    if (!pm_heap_is_small(class))
        return reject_cell(reader, index, "is free, but begins a span");
    if (!read_generation(reader, index, 1, true, object))
        return false;
    uint32_t count = pm_cursor_u16(reader->in);
    if (is_cut_short(reader))
        return false;
    uint32_t left = pm_heap_cells_of(class) - walk->cell + 1;
    if (count == 0 || count > left)
        return reject_cell(reader, index,
                           "begins a run that does not fit its page");
    struct pm_object empty = {.generation = object->generation};
    *object = empty;
    for (uint32_t i = 1; i < count; i++)
        *pm_heap_walk_next(heap, walk, &index) = empty;
    if (empty.generation)
        reader->free_cells[class] += count;
    return true;
}

static bool check_header(struct reader *reader, uint32_t index,
                         const struct pm_object *object)
{
    const struct pm_heap_types *types = &reader->heap->types;

    if (object->domain && object->kind != PM_KIND_STATE)
        return reject_cell(reader, index, "has a domain, but is no state");
    if (types->check_header && !types->check_header(types->context, object))
        return reject_cell(reader, index,
                           "has a type that does not go with its kind or "
                           "length");
    return true;
}

static bool read_tomb(struct reader *reader, uint32_t index,
                      struct pm_object *object)
{
    if (!read_generation(reader, index, 2, true, object))
        return false;
    object->kind = pm_cursor_u8(reader->in);
    object->flags = PM_FLAG_TOMB;
    object->domain = pm_cursor_u16(reader->in);
    object->type = pm_cursor_u32(reader->in);
    object->length = 0;
    if (is_cut_short(reader))
        return false;
    if (object->kind != PM_KIND_STATE && object->kind != PM_KIND_BYTES)
        return reject_cell(reader, index,
                           "is an ended object of a kind that "
                           "cannot be ended");
    return check_header(reader, index, object);
}

static bool read_slots(struct reader *reader, struct pm_object *object)
{
    size_t size = (size_t)object->length * 8;
    const uint8_t *bytes = pm_cursor_take(reader->in, size);
    uint64_t *slots = pm_object_slots(object);

    if (is_cut_short(reader))
        return false;
    for (uint32_t i = 0; i < object->length; i++)
        slots[i] = pm_load64(bytes + (size_t)i * 8);
    return true;
}

static bool read_bytes(struct reader *reader, uint32_t index,
                       struct pm_object *object)
{
    const uint8_t *bytes = pm_cursor_take(reader->in, object->length);

    if (is_cut_short(reader))
        return false;
    if (object->kind == PM_KIND_STRING &&
        !pm_utf8_is_valid(bytes, object->length))
        return reject_cell(reader, index, "is a string that is no UTF-8");
    if (object->length)
        memcpy(pm_object_bytes(object), bytes, object->length);
    return true;
}

static bool read_coroutine(struct reader *reader, uint32_t index,
                           struct pm_object *object)
{
    const struct pm_heap_types *types = &reader->heap->types;
    uint32_t size = pm_cursor_u32(reader->in);
    const uint8_t *bytes = pm_cursor_take(reader->in, size);

    if (is_cut_short(reader))
        return false;
    struct pm_cursor in = pm_cursor_make(bytes, size);
    if (!types->load_coroutine ||
        !types->load_coroutine(types->context,
                               pm_ref_make(index, object->generation), object,
                               &in) ||
        in.failed || pm_cursor_left(&in))
        return reject_cell(reader, index, "is a coroutine that is not right");
    return true;
}

static bool read_live(struct reader *reader, uint32_t page, uint32_t index,
                      struct pm_object *object)
{
    struct pm_heap *heap = reader->heap;

    if (!read_generation(reader, index, 1, false, object))
        return false;
    object->kind = pm_cursor_u8(reader->in);
    object->flags = 0;
    object->domain = pm_cursor_u16(reader->in);
    object->type = pm_cursor_u32(reader->in);
    object->length = pm_cursor_u32(reader->in);
    if (is_cut_short(reader))
        return false;
    if (object->kind == PM_KIND_NONE || object->kind >= PM_KIND_COUNT)
        return reject_cell(reader, index, "is of no kind");
    if (object->length > PM_HEAP_MAX_LENGTH ||
        !pm_heap_fits(heap, page, object))
        return reject_cell(reader, index,
                           "is not of the size that its length needs");
    if (!check_header(reader, index, object))
        return false;
    memset(object + 1, 0,
           (size_t)pm_heap_cell_bytes(heap, page) - PM_HEAP_GRANULE);
    if (pm_heap_has_slots(object->kind))
        return read_slots(reader, object);
    if (object->kind == PM_KIND_COROUTINE)
        return read_coroutine(reader, index, object);
    return read_bytes(reader, index, object);
}

static bool read_cells(struct reader *reader)
{
    struct pm_heap *heap = reader->heap;
    struct pm_heap_walk walk = {0};
    struct pm_object *object;
    uint32_t index;

    while ((object = pm_heap_walk_next(heap, &walk, &index))) {
        uint8_t state = pm_cursor_u8(reader->in);
        bool right;
        if (is_cut_short(reader))
            return false;
        if (state == SAVED_FREE)
            right = read_free(reader, &walk, index, object);
        else if (state == SAVED_TOMB)
            right = read_tomb(reader, index, object);
        else if (state == SAVED_LIVE)
            right = read_live(reader, walk.page, index, object);
        else
            right = reject_cell(reader, index, "is in no known state");
        if (!right)
            return false;
        if (state != SAVED_FREE)
            reader->used += pm_heap_cell_bytes(heap, walk.page);
    }
    const struct pm_heap_tables *tables = heap->tables;
    if (tables->live > reader->used ||
        tables->allocated != reader->used - tables->live)
        return reject(reader,
                      "%" PRIu64 " bytes are counted as live and %" PRIu64
                      " as allocated since, but objects take %" PRIu64,
                      tables->live, tables->allocated, reader->used);
    return true;
}

// --- queues ------------------------------------------------------------------

static bool read_run(struct reader *reader, uint8_t class, uint32_t start)
{
    struct pm_heap *heap = reader->heap;
    uint32_t count = pm_cursor_u16(reader->in);

    if (is_cut_short(reader))
        return false;
    if (count == 0 || count > reader->free_cells[class])
        return reject(reader, "the queue of class %u has a run too long",
                      class);
    reader->free_cells[class] -= count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = start + i * pm_heap_class_granules[class];
        const struct pm_object *object = pm_heap_cell(heap, index);
        if (!pm_heap_is_header(heap, index) ||
            heap->page_class[pm_heap_page_of(heap, index)] != class ||
            object->kind != PM_KIND_NONE || object->generation == 0 ||
            pm_heap_test_and_mark(heap, index))
            return reject_cell(reader, index,
                               "is in a queue where it does not belong");
        pm_heap_queue_push(heap, class, index);
    }
    return true;
}

static bool read_queue(struct reader *reader, uint8_t class)
{
    for (;;) {
        uint32_t start = pm_cursor_u32(reader->in);
        if (is_cut_short(reader))
            return false;
        if (start == 0)
            break;
        if (!read_run(reader, class, start))
            return false;
    }
    if (reader->free_cells[class])
        return reject(reader, "the queue of class %u misses %" PRIu32 " cells",
                      class, reader->free_cells[class]);
    return true;
}

static bool read_queues(struct reader *reader)
{
    pm_heap_clear_marks(reader->heap);
    for (uint8_t class = 1; class <= PM_HEAP_CLASSES; class ++)
        if (!read_queue(reader, class))
            return false;
    return true;
}

// --- what objects hold -------------------------------------------------------

static bool check_slots(struct reader *reader, uint32_t index,
                        const struct pm_object *object)
{
    struct pm_heap *heap = reader->heap;
    const struct pm_heap_types *types = &heap->types;

    for (uint32_t i = 0; i < object->length; i++) {
        pm_ref ref = pm_object_slots(object)[i];
        struct pm_object *target;
        if (ref == 0 || !pm_heap_is_ref_slot(heap, object, i))
            continue;
        pm_ref_state state = pm_heap_ref_state(heap, ref, &target);
        if (state == PM_REF_FORGED)
            return reject_cell(reader, index, "holds a forged reference");
        if (types->check_ref &&
            !types->check_ref(types->context, object, i, target))
            return reject_cell(reader, index,
                               "holds a reference of a wrong type");
    }
    return true;
}

static bool check_objects(struct reader *reader)
{
    struct pm_heap *heap = reader->heap;
    const struct pm_heap_types *types = &heap->types;
    struct pm_heap_walk walk = {0};
    const struct pm_object *object;
    uint32_t index;

    while ((object = pm_heap_walk_next(heap, &walk, &index))) {
        if (!pm_heap_is_live(object))
            continue;
        if (pm_heap_has_slots(object->kind) &&
            !check_slots(reader, index, object))
            return false;
        if (types->check_object &&
            !types->check_object(types->context, heap,
                                 pm_ref_make(index, object->generation),
                                 object))
            return reject_cell(reader, index,
                               "has content that its type does not allow");
    }
    return true;
}

pm_status pm_heap_restore(struct pm_heap *heap, struct pm_cursor *in,
                          struct pm_buf *why)
{
    struct reader reader = {.heap = heap, .in = in, .why = why};

    pm_heap_reset(heap);
    if (read_header(&reader) && read_pages(&reader) && read_cells(&reader) &&
        read_queues(&reader) && check_objects(&reader))
        return PM_OK;
    pm_heap_reset(heap);
    return PM_ERR_INVALID;
}
