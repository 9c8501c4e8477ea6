// SPDX-License-Identifier: MIT
//
// A small heap for tests: its block, a few variables as roots, and a module
// of made-up types:
//
//     array type 1     elements are references, others are plain
//     record type 1    slots 0 and 1 are references
//     record type 2    slot 1 is a reference, to BYTES only
//     closure          slot 0 is a reference
//     coroutine        its payload is references, 8 bytes each
//
// In the header as a whole, because the support library does not know the
// heap.

#ifndef PM_TEST_HEAP_WORLD_H
#define PM_TEST_HEAP_WORLD_H

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "heap/heap.h"

#define WORLD_VARS  8
#define WORLD_LEAKS 16

struct world {
    struct pm_heap *heap;
    uint8_t *block;
    size_t size;
    pm_ref vars[WORLD_VARS];
    // The leaks reported, in order.
    pm_ref leaks[WORLD_LEAKS];
    uint32_t leak_count;
};

static inline bool world_array_holds_refs(void *context, uint32_t type)
{
    (void)context;
    return type == 1;
}

static inline const uint64_t *world_ref_slots(void *context, pm_kind kind,
                                              uint32_t type)
{
    // Objects of up to 256 slots, references only in the first word.
    static const uint64_t words[3][4] = {{1}, {3}, {2}};
    (void)context;
    if (kind == PM_KIND_CLOSURE)
        return words[0];
    return type == 1 || type == 2 ? words[type] : NULL;
}

static inline void world_visit_coroutine(void *context,
                                         struct pm_object *object,
                                         struct pm_marker *marker)
{
    (void)context;
    for (uint32_t i = 0; i < object->length / 8; i++)
        pm_mark_ref(marker, pm_object_slots(object)[i]);
}

static inline void world_on_leak(void *context, pm_ref ref,
                                 struct pm_object *object)
{
    struct world *world = context;
    (void)object;
    if (world->leak_count < WORLD_LEAKS)
        world->leaks[world->leak_count] = ref;
    world->leak_count++;
}

static inline void world_save_coroutine(void *context, pm_ref ref,
                                        const struct pm_object *object,
                                        struct pm_buf *out)
{
    (void)context;
    (void)ref;
    for (uint32_t i = 0; i < object->length / 8; i++)
        pm_buf_put64(out, pm_object_slots(object)[i]);
}

static inline bool world_load_coroutine(void *context, pm_ref ref,
                                        struct pm_object *object,
                                        struct pm_cursor *in)
{
    (void)context;
    (void)ref;
    for (uint32_t i = 0; i < object->length / 8; i++)
        pm_object_slots(object)[i] = pm_cursor_u64(in);
    return !in->failed;
}

static inline bool world_check_header(void *context,
                                      const struct pm_object *object)
{
    (void)context;
    switch (object->kind) {
    case PM_KIND_ARRAY:
        return object->type <= 1;
    case PM_KIND_RECORD:
        return object->type <= 2 && object->length >= 2 &&
               object->length <= 256;
    case PM_KIND_CLOSURE:
        return object->length >= 1 && object->length <= 256;
    case PM_KIND_COROUTINE:
        return object->length % 8 == 0;
    case PM_KIND_STATE:
        return object->domain != 0;
    default:
        return object->type == 0;
    }
}

static inline bool world_check_ref(void *context,
                                   const struct pm_object *holder,
                                   uint32_t slot,
                                   const struct pm_object *target)
{
    (void)context;
    (void)slot;
    return holder->kind != PM_KIND_RECORD || holder->type != 2 ||
           target->kind == PM_KIND_BYTES;
}

static inline bool world_check_object(void *context, struct pm_heap *heap,
                                      pm_ref ref,
                                      const struct pm_object *object)
{
    (void)context;
    (void)ref;
    if (object->kind != PM_KIND_COROUTINE)
        return true;
    for (uint32_t i = 0; i < object->length / 8; i++)
        if (pm_heap_ref_state(heap, pm_object_slots(object)[i], NULL) ==
            PM_REF_FORGED)
            return false;
    return true;
}

// A heap of exactly [pages] pages for objects. False when memory is short.
static inline bool world_open(struct world *world,
                              const struct pm_allocator *alloc, uint32_t pages,
                              uint32_t max_generation)
{
    memset(world, 0, sizeof *world);
    // Page 0 is the owner's; small heaps have one page of tables.
    world->size = (size_t)(pages + 2) * PM_HEAP_PAGE;
    world->block = pm_mem_zalloc(alloc, world->size);
    if (!world->block)
        return false;
    struct pm_heap_config config = {
        .block = world->block,
        .size = world->size,
        .heap_start = PM_HEAP_PAGE,
        .max_generation = max_generation,
        .max_pins = 4,
        .types = {
            .context = world,
            .array_holds_refs = world_array_holds_refs,
            .ref_slots = world_ref_slots,
            .visit_coroutine = world_visit_coroutine,
            .on_leak = world_on_leak,
            .save_coroutine = world_save_coroutine,
            .load_coroutine = world_load_coroutine,
            .check_header = world_check_header,
            .check_ref = world_check_ref,
            .check_object = world_check_object,
        }};
    if (pm_heap_create(alloc, &config, &world->heap) == PM_OK)
        return true;
    pm_mem_free(alloc, world->block, world->size);
    return false;
}

static inline void world_close(struct world *world,
                               const struct pm_allocator *alloc)
{
    pm_heap_destroy(world->heap);
    pm_mem_free(alloc, world->block, world->size);
}

static inline void world_visit(void *context, struct pm_marker *marker)
{
    struct world *world = context;
    for (int i = 0; i < WORLD_VARS; i++)
        pm_mark_ref(marker, world->vars[i]);
}

static inline void world_collect(struct world *world, struct pm_heap_work *work)
{
    struct pm_heap_roots roots = {world_visit, world};
    pm_heap_collect(world->heap, &roots, work);
}

// The same in steps of [units]; gives how many it took.
static inline uint32_t world_collect_in_steps(struct world *world,
                                              uint64_t units)
{
    struct pm_heap_roots roots = {world_visit, world};
    uint32_t steps = 1;
    pm_heap_collect_begin(world->heap, &roots);
    while (!pm_heap_collect_step(world->heap, units, NULL))
        steps++;
    return steps;
}

// 0 when it does not fit.
static inline pm_ref world_alloc(struct world *world, pm_kind kind,
                                 uint32_t type, uint32_t length)
{
    pm_ref ref = 0;
    pm_status status =
        kind == PM_KIND_STATE
            ? pm_heap_alloc_state(world->heap, (uint16_t)type, 0, length, &ref)
            : pm_heap_alloc(world->heap, kind, type, length, &ref);
    return status == PM_OK ? ref : 0;
}

// Whether the heap's invariants hold; prints what does not.
static inline bool world_is_valid(struct world *world)
{
    struct pm_allocator libc = pm_allocator_libc();
    struct pm_buf why;
    pm_buf_init(&why, &libc);
    bool valid = pm_heap_validate(world->heap, &why);
    if (!valid)
        fprintf(stderr, "%s\n", pm_buf_cstr(&why));
    pm_buf_free(&why);
    return valid;
}

// Whether [ref] is the handle of a live object.
static inline bool world_is_live(const struct world *world, pm_ref ref)
{
    return pm_heap_ref_state(world->heap, ref, NULL) == PM_REF_LIVE;
}

static inline uint64_t *world_slots(const struct world *world, pm_ref ref)
{
    return pm_object_slots(pm_heap_at(world->heap, ref));
}

#endif
