// SPDX-License-Identifier: MIT
//
// The guest's heap: objects behind checked references, a collector, and a
// saved form that trusts nothing.
//
// All guest memory is one block that the owner allocates and hands in. What
// lies before [heap_start] belongs to the machine (globals, stacks), except
// granule 0; the rest is the heap's. Everything is addressed by offset and
// the heap's own tables lie inside the block too, so that copying the block
// back is a rewind of the heap. Host pins, the freeze count and the mark
// stack are the only state outside it.
//
// A granule is 16 bytes. A reference (HeapRef) is 64 bits: the number of the
// granule in which the object's header stands, counted from the start of the
// block, and above it a 32 bit generation. Null is 0. The header is exactly
// one granule and the payload follows it.
//
// Pages are 256 granules. A page is uncut, or cut into cells of one size
// class, or part of a span, which is a run of whole pages for one large
// object. Objects never move and header places stay where they are while a
// page keeps its cut, so what a generation is compared with is always a
// header. A page is cut anew only when it is wholly free.
//
// An object ends when a collection finds it unreachable, or when the program
// ends it (pm_heap_end). Both move the generation on at once. What the
// program ends stays as a tombstone of length 0 until a collection finds no
// reference to it; only then is the cell used again, first freed first
// reused within its class.
//
// Allocation never collects. What it answers is a function of the operations
// on the heap alone, never of the host.
//
// Invariants (pm_heap_validate checks them all):
//  H1  Granule 0 is an object of kind NONE and length 0, so that code may
//      read the header of null.
//  H2  Each page has a known class; a span's pages are contiguous, and a
//      page that continues a span follows one of the same span.
//  H3  Each cell is exactly one of free, live, tombstone, retired.
//  H4  A free or live cell's generation is in 1..max_generation; a retired
//      cell's is 0; a tombstone's is in 2..max_generation, or 0 when its
//      object had the last generation.
//  H5  Each free cell of a class is in that class's queue exactly once and
//      nothing else is in a queue.
//  H6  A live object lies in the smallest class, or the shortest span, that
//      holds it. Tombstones are of kind STATE or BYTES
//      and have length 0; free and retired cells have kind NONE, length 0.
//  H7  The flags of a live object are 0, those of a tombstone PM_FLAG_TOMB:
//      marks are kept outside the block.
//  H8  A reference slot of a live object is null, the handle of a live
//      object, or the last handle of a tombstone.
//  H9  Uncut pages remember the greatest generation that any header in them
//      was ever issued with (their floor); it is below max_generation, or
//      the page is retired. Cells cut from a page begin at floor + 1.
//  H10 The bytes counted as live plus those counted as allocated since the
//      last collection are the bytes of all live cells and tombstones.

#ifndef PM_HEAP_HEAP_H
#define PM_HEAP_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>
#include <prometeu/trap.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/cursor.h"

#define PM_HEAP_GRANULE       16u
#define PM_HEAP_PAGE          4096u
#define PM_HEAP_PAGE_GRANULES 256u
// Greatest length of an object, in its kind's unit.
#define PM_HEAP_MAX_LENGTH 0x7fffffffu

// Classes of a page. 1 to PM_HEAP_CLASSES are the size classes.
#define PM_HEAP_CLASSES   20u
#define PM_HEAP_UNCUT     0u
#define PM_HEAP_SPAN      21u // first page of a span
#define PM_HEAP_SPAN_MORE 22u // any other page of it
#define PM_HEAP_RETIRED   23u // never used again

// index | generation << 32; 0 is null.
typedef uint64_t pm_ref;

typedef enum pm_kind {
    PM_KIND_NONE = 0, // no object: a free or retired cell, or null
    PM_KIND_STRING = 1,
    PM_KIND_BYTES = 2,
    PM_KIND_ARRAY = 3,
    PM_KIND_RECORD = 4,
    PM_KIND_CLOSURE = 5,
    PM_KIND_COROUTINE = 6,
    PM_KIND_STATE = 7,
} pm_kind;

#define PM_KIND_COUNT 8

#define PM_FLAG_TOMB 1u // ended by the program, perhaps still referenced

// The header of each object. The payload begins right behind it.
struct pm_object {
    uint32_t generation;
    uint8_t kind;
    // 0 for each live object.
    uint8_t flags;
    // The domain of a STATE object; 0 otherwise.
    uint16_t domain;
    // Bytes of STRING, BYTES, STATE and COROUTINE; 8-byte slots of ARRAY,
    // RECORD and CLOSURE. 0 for what is not live.
    uint32_t length;
    // Type index of ARRAY and RECORD, function index of CLOSURE; the
    // owner's for the rest. In a free cell: index of the next in its queue.
    uint32_t type;
};

struct pm_marker;
struct pm_heap;

// What only the owner knows about the guest's types. Functions may be NULL
// where a heap never holds such an object. Nothing in here may allocate,
// end or collect.
struct pm_heap_types {
    void *context;

    // Whether the elements of an array of [type] are references.
    bool (*array_holds_refs)(void *context, uint32_t type);

    // The reference slots of a record or closure: bit i % 64 of word i / 64
    // says that slot i is one. NULL: none is. Must cover each object's
    // length and stay valid and the same while the heap lives.
    const uint64_t *(*ref_slots)(void *context, pm_kind kind, uint32_t type);

    // Calls pm_mark_ref for each live reference of a coroutine's payload.
    void (*visit_coroutine)(void *context, struct pm_object *object,
                            struct pm_marker *marker);

    // A STATE object was found unreachable that the program never ended: its
    // domain's destroy is due. The heap is frozen; the object can still be
    // read. Called in index order.
    void (*on_leak)(void *context, pm_ref ref, struct pm_object *object);

    // --- save and restore
    // --------------------------------------------------------

    // Appends a coroutine's payload in its wire form.
    void (*save_coroutine)(void *context, pm_ref ref,
                           const struct pm_object *object, struct pm_buf *out);

    // Reads that form into the zeroed payload of [object], whose length and
    // type are set. False when the bytes are not right. References in it are
    // checked later, by check_object.
    bool (*load_coroutine)(void *context, pm_ref ref, struct pm_object *object,
                           struct pm_cursor *in);

    // Whether [kind], [type], [domain] and [length] can go together in this
    // module. For each object, before its payload is read, and for each
    // tombstone, with length 0.
    bool (*check_header)(void *context, const struct pm_object *object);

    // Whether slot [slot] of [holder] may by its type hold a handle of
    // [target], which is live or a tombstone.
    bool (*check_ref)(void *context, const struct pm_object *holder,
                      uint32_t slot, const struct pm_object *target);

    // The rest of what the owner promises about an object: booleans 0 or 1,
    // a coroutine's references, a state object's payload. Called last, when
    // every object is there.
    bool (*check_object)(void *context, struct pm_heap *heap, pm_ref ref,
                         const struct pm_object *object);
};

struct pm_heap_config {
    // Owned by the caller, aligned to 16, must outlive the heap. Its content
    // before [heap_start] is left alone except for granule 0.
    uint8_t *block;
    size_t size; // bytes; a rest that is no whole page is not used
    // Where the heap begins: a multiple of 4096 and at least that.
    size_t heap_start;
    // Greatest generation ever issued; 0: 2^32 - 1. Small ones are for
    // tests.
    uint32_t max_generation;
    // Different references that can be pinned at a time; 0: 256.
    uint32_t max_pins;
    struct pm_heap_types types;
};

// A queue of free cells, linked through their headers' [type].
struct pm_heap_queue {
    uint32_t head; // index; 0: empty
    uint32_t tail; // only meaningful when not empty
};

// The part of the heap's state that lies in the block, at heap_start.
struct pm_heap_tables {
    struct pm_heap_queue queues[PM_HEAP_CLASSES + 1];
    uint64_t allocated;   // bytes of cells since the last collection
    uint64_t live;        // bytes of cells that the last collection kept
    uint64_t collections; // so far
    uint64_t leaks;       // STATE objects that were never ended
    // Class (or PM_HEAP_SPAN) whose allocation last failed for lack of
    // pages; the next collection tries to free whole pages for it. 0: none.
    uint32_t wanted;
    uint32_t wanted_pages;
    // No uncut page lies below this one.
    uint32_t first_uncut;
    uint32_t unused;
};

struct pm_heap_pin {
    pm_ref ref;
    uint32_t count; // 0: the place is free
};

// What a collection did; the owner makes a price of it. A function of the
// guest's operations alone.
struct pm_heap_work {
    uint64_t marked;  // objects reached, tombstones included
    uint64_t scanned; // slots of arrays, records, closures looked at
    uint64_t swept;   // cells visited
    uint64_t freed;   // cells given back
    uint64_t freed_bytes;
    uint64_t live_bytes; // bytes of cells kept
    uint64_t leaks;      // STATE objects destroyed by the collector
    // Time, roughly, in units of some ten nanoseconds: an object is one, or
    // up to eight where objects hang in a chain and each must be waited for;
    // eight slots or swept cells are one.
    uint64_t units;
};

struct pm_marker {
    struct pm_heap *heap;
    size_t depth;
    uint64_t scanned;
    // The last answer of ref_slots and the question; kind 0: none yet.
    const uint64_t *ref_slots;
    uint32_t type;
    uint8_t kind;
};

// Objects wait in a ring for a few turns between being fetched and being
// scanned, so that the memory's latency overlaps.
#define PM_HEAP_RING 16u

// A collection that may be spread over several steps.
struct pm_heap_collection {
    enum { PM_HEAP_IDLE, PM_HEAP_MARKING, PM_HEAP_SWEEPING } phase;
    struct pm_marker marker;
    struct pm_object *ring[PM_HEAP_RING];
    uint32_t in; // objects that entered the ring and that left it
    uint32_t out;
    uint32_t page;                       // next to be swept
    uint32_t freed[PM_HEAP_CLASSES + 1]; // cells by class
    struct pm_heap_work work;
};

// Open so that engines reach it without a call; change it only through the
// functions below.
struct pm_heap {
    uint8_t *block;
    struct pm_heap_tables *tables; // in the block
    // First cell page's granule index and the index past the last one.
    uint32_t first;
    uint32_t end;
    uint32_t max_generation;
    uint32_t page_count;
    uint8_t *page_class; // in the block, by page from [first]
    // In the block. Floor of UNCUT, SPAN_MORE and RETIRED pages, number of
    // pages for SPAN; 0 for pages that are cut.
    uint32_t *page_info;
    uint32_t frozen; // depth of freezes
    uint32_t max_pins;
    struct pm_heap_pin *pins;
    uint32_t *stack; // of the marker; an object is on it at most once
    size_t stack_capacity;
    uint64_t *marks; // a bit a granule, from the block's start
    size_t mark_words;
    struct pm_heap_collection collection;
    struct pm_heap_types types;
    struct pm_allocator alloc;
    size_t size; // of the block, as given
    size_t heap_start;
};

// The roots of a collection. The heap's pins are added by itself.
struct pm_heap_roots {
    void (*visit)(void *context, struct pm_marker *marker);
    void *context;
};

// --- life --------------------------------------------------------------------

// An empty heap over [config->block]. Fails with PM_ERR_NO_MEMORY, or
// PM_ERR_INVALID when the block has no room for a single page.
pm_status pm_heap_create(const struct pm_allocator *alloc,
                         const struct pm_heap_config *config,
                         struct pm_heap **out);
void pm_heap_destroy(struct pm_heap *heap);

// Forgets all objects, generations included: only for a machine that is
// reset as a whole, with no reference left anywhere. Unpins everything.
void pm_heap_reset(struct pm_heap *heap);

// Exchanges two heaps with all they have, blocks included, so that a pointer
// to one of them goes on being valid after a restore into the other.
void pm_heap_swap(struct pm_heap *a, struct pm_heap *b);

// Bytes that objects can use, headers included.
static inline uint64_t pm_heap_capacity(const struct pm_heap *heap)
{
    return (uint64_t)heap->page_count * PM_HEAP_PAGE;
}

// Bytes of the cells in use, garbage not yet collected included.
static inline uint64_t pm_heap_used(const struct pm_heap *heap)
{
    return heap->tables->live + heap->tables->allocated;
}

// Goes on with the count of leaks of [from].
static inline void pm_heap_take_leaks(struct pm_heap *heap,
                                      const struct pm_heap *from)
{
    heap->tables->leaks = from->tables->leaks;
}

// --- references --------------------------------------------------------------

static inline uint32_t pm_ref_index(pm_ref ref)
{
    return (uint32_t)ref;
}

static inline uint32_t pm_ref_generation(pm_ref ref)
{
    return (uint32_t)(ref >> 32);
}

static inline pm_ref pm_ref_make(uint32_t index, uint32_t generation)
{
    return index | (uint64_t)generation << 32;
}

// The header at [ref]'s index, unchecked. For references that verified code
// holds this is always a header: of its object, of a tombstone (length 0), or
// granule 0 (length 0) for null.
static inline struct pm_object *pm_heap_at(const struct pm_heap *heap,
                                           pm_ref ref)
{
    return (struct pm_object *)(heap->block +
                                (uint64_t)pm_ref_index(ref) * PM_HEAP_GRANULE);
}

static inline uint64_t *pm_object_slots(const struct pm_object *object)
{
    return (uint64_t *)((uintptr_t)object + PM_HEAP_GRANULE);
}

static inline uint8_t *pm_object_bytes(const struct pm_object *object)
{
    return (uint8_t *)((uintptr_t)object + PM_HEAP_GRANULE);
}

// The handle of a live object whose header is [object].
static inline pm_ref pm_heap_ref_of(const struct pm_heap *heap,
                                    const struct pm_object *object)
{
    size_t offset = (size_t)((const uint8_t *)object - heap->block);
    return pm_ref_make((uint32_t)(offset / PM_HEAP_GRANULE),
                       object->generation);
}

// Kind, flags and domain as one word, for comparing them at once.
static inline uint32_t pm_object_word(const struct pm_object *object)
{
    uint32_t word;
    __builtin_memcpy(&word, &object->kind, sizeof word);
    return word;
}

static inline uint32_t pm_object_word_of(pm_kind kind, uint16_t domain)
{
    struct pm_object object = {.kind = (uint8_t)kind, .domain = domain};
    return pm_object_word(&object);
}

// Why a resolve failed: NULL_REF, STALE_HANDLE or TYPE.
pm_trap_code pm_heap_explain(const struct pm_heap *heap, pm_ref ref);

// The checked resolve for references that verified code holds: stores the
// live object of [kind] (and [domain], for STATE) in [out] and gives
// PM_TRAP_NONE, or stores NULL and gives the trap. Null fails the comparison
// of kinds, granule 0 having none.
static inline pm_trap_code pm_heap_resolve_domain(const struct pm_heap *heap,
                                                  pm_ref ref, pm_kind kind,
                                                  uint16_t domain,
                                                  struct pm_object **out)
{
    struct pm_object *object = pm_heap_at(heap, ref);
    if (PM_LIKELY(object->generation == pm_ref_generation(ref) &&
                  pm_object_word(object) == pm_object_word_of(kind, domain))) {
        *out = object;
        return PM_TRAP_NONE;
    }
    *out = NULL;
    return pm_heap_explain(heap, ref);
}

static inline pm_trap_code pm_heap_resolve(const struct pm_heap *heap,
                                           pm_ref ref, pm_kind kind,
                                           struct pm_object **out)
{
    return pm_heap_resolve_domain(heap, ref, kind, 0, out);
}

// What a 64 bit value from anywhere is.
typedef enum pm_ref_state {
    PM_REF_NULL,
    PM_REF_LIVE,
    PM_REF_STALE, // last handle of an object that ended, cell not reused
    PM_REF_FORGED // no handle that anybody can rightly hold now
} pm_ref_state;

// Finds that out, trusting nothing; for LIVE and STALE stores the header in
// [out] (which may be NULL).
pm_ref_state pm_heap_ref_state(const struct pm_heap *heap, pm_ref ref,
                               struct pm_object **out);

// The full check, for values from the host, untyped data and saved states:
// accepts exactly the handles of live objects of [kind] (PM_KIND_NONE: of
// any) and stores the header in [out]. Otherwise NULL_REF, TYPE, or
// STALE_HANDLE, which is also the answer to a forged value.
pm_trap_code pm_heap_check(const struct pm_heap *heap, pm_ref ref, pm_kind kind,
                           struct pm_object **out);
// The same for STATE objects of one domain.
pm_trap_code pm_heap_check_domain(const struct pm_heap *heap, pm_ref ref,
                                  uint16_t domain, struct pm_object **out);

// Appends what a trap's detail says about any 64 bit value: kind, domain,
// index, both generations.
void pm_heap_describe(const struct pm_heap *heap, pm_ref ref,
                      struct pm_buf *out);

// "string", "bytes", …; "?" for a number that is no kind.
const char *pm_kind_name(unsigned kind);

// --- allocation --------------------------------------------------------------

// Granules of a cell by size class; [0] is no class.
extern const uint8_t pm_heap_class_granules[PM_HEAP_CLASSES + 1];

// Smallest class whose cells hold so many granules. Objects of more than
// PM_HEAP_SMALL granules take whole pages.
#define PM_HEAP_SMALL 128u
extern const uint8_t pm_heap_class_for[PM_HEAP_SMALL + 1];

// Whether objects of [kind] have 8-byte slots.
static inline bool pm_heap_has_slots(unsigned kind)
{
    return kind >= PM_KIND_ARRAY && kind <= PM_KIND_CLOSURE;
}

// Granules that an object takes, header included, before rounding up to its
// class; an allocation's price may grow with it.
static inline uint32_t pm_heap_granules(pm_kind kind, uint32_t length)
{
    uint64_t bytes = pm_heap_has_slots(kind) ? (uint64_t)length * 8 : length;
    return 1 + (uint32_t)((bytes + PM_HEAP_GRANULE - 1) / PM_HEAP_GRANULE);
}

// The way in for engines that know an object's class when they translate:
// takes a zeroed cell of [class] for an object of so many granules, or gives
// 0 when the class has none at hand; pm_heap_alloc is then the slow path.
// [word] is the object's kind and domain. Never while frozen.
static inline pm_ref pm_heap_take(struct pm_heap *heap, uint8_t class,
                                  uint32_t granules, uint32_t word,
                                  uint32_t type, uint32_t length)
{
    struct pm_heap_tables *tables = heap->tables;
    uint32_t index = tables->queues[class].head;
    struct pm_object *object = pm_heap_at(heap, index);

    PM_ASSERT(heap->frozen == 0);
    if (PM_UNLIKELY(index == 0))
        return 0;
    tables->queues[class].head = object->type;
    __builtin_memcpy(&object->kind, &word, sizeof word);
    object->length = length;
    object->type = type;
    tables->allocated +=
        (uint64_t)pm_heap_class_granules[class] * PM_HEAP_GRANULE;
    // Small payloads are cleared here: a call would cost more than the work.
    uint64_t *at = pm_object_slots(object);
    if (granules > 8) {
        __builtin_memset(at, 0, (size_t)(granules - 1) * PM_HEAP_GRANULE);
    } else {
        for (uint32_t left = granules - 1; left; left--, at += 2)
            at[0] = at[1] = 0;
    }
    return pm_ref_make(index, object->generation);
}

// Allocates a zeroed object and stores its handle in [out], which is left
// alone on failure. [length] in the kind's unit (see pm_object).
//
// Never collects: on PM_ERR_NO_MEMORY the caller collects and tries once
// more. PM_ERR_WRONG_STATE while the heap is frozen.
pm_status pm_heap_alloc(struct pm_heap *heap, pm_kind kind, uint32_t type,
                        uint32_t length, pm_ref *out);

// The same for a STATE object of [domain] with [size] bytes of plain data.
pm_status pm_heap_alloc_state(struct pm_heap *heap, uint16_t domain,
                              uint32_t type, uint32_t size, pm_ref *out);

// Undoes the allocation of a small object whose handle nobody has seen: the
// heap is as before it, but for a page that was cut for it. Only right behind
// the allocation, with nothing allocated since.
void pm_heap_take_back(struct pm_heap *heap, pm_ref ref);

// Ends a live STATE or BYTES object: its handles are stale at once, its
// length is 0. Gives NULL_REF, STALE_HANDLE or TYPE for anything else.
// Never while frozen.
pm_trap_code pm_heap_end(struct pm_heap *heap, pm_ref ref);

// --- collection --------------------------------------------------------------

// Marks what [ref] refers to as reachable. Null, live and stale handles only.
void pm_mark_ref(struct pm_marker *marker, pm_ref ref);

// Frees what neither [roots] nor the pins reach, and the tombstones no one
// refers to any more. [work] may be NULL. Never while frozen.
//
// What it frees does not depend on the order in which the roots are visited,
// but the units of work may: visit them in an order that is the same on each
// engine.
void pm_heap_collect(struct pm_heap *heap, const struct pm_heap_roots *roots,
                     struct pm_heap_work *work);

// The same in steps, for a machine that returns to its host while the guest
// waits. Between them the heap is frozen and the guest must not run; the
// roots are visited by the begin alone. A step ends soon after [units] of
// work and gives whether the collection is complete; [work] (may be NULL) is
// what was done since the begin. The outcome is that of pm_heap_collect,
// however it is cut in steps.
void pm_heap_collect_begin(struct pm_heap *heap,
                           const struct pm_heap_roots *roots);
bool pm_heap_collect_step(struct pm_heap *heap, uint64_t units,
                          struct pm_heap_work *work);

static inline bool pm_heap_is_collecting(const struct pm_heap *heap)
{
    return heap->collection.phase != PM_HEAP_IDLE;
}

// Forgets a collection that is under way. Only where the block is replaced
// as a whole: a sweep may have been half done. Reset and restore do it too.
void pm_heap_collect_abandon(struct pm_heap *heap);

// Whether enough was allocated since the last collection that a frame's end
// is a good time for one. A function of the operations alone.
bool pm_heap_wants_collection(const struct pm_heap *heap);

// --- the host's hold ---------------------------------------------------------

// Keeps the live object of [ref] reachable until it is unpinned as often as
// it was pinned. PM_ERR_LIMIT when the table is full, PM_ERR_INVALID when
// [ref] is no live handle. Pins are not part of the saved state.
pm_status pm_heap_pin(struct pm_heap *heap, pm_ref ref);

// PM_ERR_INVALID when [ref] is not pinned.
pm_status pm_heap_unpin(struct pm_heap *heap, pm_ref ref);

// While frozen (a span of an object's bytes is lent) nothing can be
// allocated, ended or collected. Freezes nest.
static inline void pm_heap_freeze(struct pm_heap *heap)
{
    heap->frozen++;
    PM_CHECK(heap->frozen != 0);
}

static inline void pm_heap_thaw(struct pm_heap *heap)
{
    PM_CHECK(heap->frozen != 0);
    heap->frozen--;
}

// --- save, restore, check ----------------------------------------------------

// Appends the heap's canonical form (docs/spec/heap.md). Failing memory shows
// in [out]. Never while a collection is under way.
void pm_heap_save(const struct pm_heap *heap, struct pm_buf *out);

// Reads that form into [heap], which must have the saved geometry; what it
// held, pins included, is lost. Trusts nothing. On failure the heap is empty,
// the answer PM_ERR_INVALID, and one sentence that says what was wrong is
// appended to [why] (may be NULL).
//
// To keep the old state on failure, restore into a second heap over a second
// block and swap.
pm_status pm_heap_restore(struct pm_heap *heap, struct pm_cursor *in,
                          struct pm_buf *why);

// Checks every invariant. On failure appends which and where to [why] (may
// be NULL) and gives false. Never while a collection runs.
bool pm_heap_validate(struct pm_heap *heap, struct pm_buf *why);

#endif
