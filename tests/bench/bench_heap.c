// SPDX-License-Identifier: MIT
//
// What the heap costs: nanoseconds a node for allocation and collection
// together on binary trees, and the collection of a 16 MiB heap by what it
// is full of, at a go and in steps. A logical frame is 16.7 ms.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "heap/heap.h"

#define SIZE       (16u << 20)
#define HEAP_START 4096u
#define ROOTS      64u

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

struct bench {
    struct pm_heap *heap;
    pm_ref roots[ROOTS];
    uint32_t root_count;
    uint32_t collections;
};

static bool holds_refs(void *context, uint32_t type)
{
    (void)context;
    return type == 1;
}

static const uint64_t *ref_slots(void *context, pm_kind kind, uint32_t type)
{
    static const uint64_t both = 3;
    (void)context;
    (void)kind;
    return type == 1 ? &both : NULL;
}

static void visit(void *context, struct pm_marker *marker)
{
    struct bench *bench = context;
    for (uint32_t i = 0; i < bench->root_count; i++)
        pm_mark_ref(marker, bench->roots[i]);
}

static void collect(struct bench *bench, struct pm_heap_work *work)
{
    struct pm_heap_roots roots = {visit, bench};
    pm_heap_collect(bench->heap, &roots, work);
    bench->collections++;
}

static pm_ref alloc(struct bench *bench, pm_kind kind, uint32_t type,
                    uint32_t length)
{
    pm_ref ref;
    if (pm_heap_alloc(bench->heap, kind, type, length, &ref)) {
        collect(bench, NULL);
        if (pm_heap_alloc(bench->heap, kind, type, length, &ref)) {
            fprintf(stderr, "out of memory\n");
            exit(1);
        }
    }
    return ref;
}

static pm_ref tree(struct bench *bench, int depth)
{
    // As an engine does it that knows the type when it translates.
    pm_ref node = pm_heap_take(bench->heap, pm_heap_class_for[2], 2,
                               pm_object_word_of(PM_KIND_RECORD, 0), 1, 2);
    if (node == 0)
        node = alloc(bench, PM_KIND_RECORD, 1, 2);
    if (depth == 0)
        return node;
    uint32_t at = bench->root_count++;
    bench->roots[at] = node;
    for (int i = 0; i < 2; i++) {
        pm_ref child = tree(bench, depth - 1);
        pm_object_slots(pm_heap_at(bench->heap, node))[i] = child;
    }
    bench->root_count = at;
    return node;
}

static void bench_trees(struct bench *bench, int depth, int live_depth)
{
    int rounds = (1 << 23) >> depth;
    pm_heap_reset(bench->heap);
    bench->root_count = 0;
    bench->collections = 0;
    bench->roots[0] = tree(bench, live_depth);
    bench->root_count = 1;
    double start = now();
    for (int i = 0; i < rounds; i++) {
        tree(bench, depth);
        if (i % 64 == 0 && pm_heap_wants_collection(bench->heap))
            collect(bench, NULL);
    }
    double nodes = (double)rounds * (double)((2 << depth) - 1);
    printf("trees of depth %2d, one of %2d alive: %5.2f ns a node, "
           "%u collections\n",
           depth, live_depth, (now() - start) / nodes, bench->collections);
}

// A third of a frame or so, in the collector's units.
#define STEP 400000u

// The longest of the steps of one collection.
static double longest_step(struct bench *bench, uint32_t *steps)
{
    struct pm_heap_roots roots = {visit, bench};
    double longest = 0;
    bool is_done = false;
    pm_heap_collect_begin(bench->heap, &roots);
    for (*steps = 0; !is_done; ++*steps) {
        double start = now();
        is_done = pm_heap_collect_step(bench->heap, STEP, NULL);
        if (now() - start > longest)
            longest = now() - start;
    }
    return longest;
}

static void report(struct bench *bench, const char *what)
{
    struct pm_heap_work work;
    uint32_t steps = 1;
    double start = now();
    collect(bench, &work);
    double whole = now() - start;
    double step = work.freed ? whole : longest_step(bench, &steps);
    printf("%-26s %6.2f ms at a go; %6.2f ms the longest of %2u steps; "
           "%u marked, %u freed, %u units\n",
           what, whole / 1e6, step / 1e6, (unsigned)steps,
           (unsigned)work.marked, (unsigned)work.freed, (unsigned)work.units);
}

static uint64_t state = 88172645463325252u;

static uint32_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

// Fills the heap with the smallest records, each reached from the one chosen
// by [pick] among those before it.
static void fill(struct bench *bench, uint32_t type, int shuffled)
{
    static pm_ref all[SIZE / 32];
    uint32_t count = 0;
    pm_heap_reset(bench->heap);
    bench->root_count = 0;
    while (pm_heap_alloc(bench->heap, PM_KIND_RECORD, type, 2, &all[count]) ==
           PM_OK)
        count++;
    if (!type)
        return;
    for (uint32_t i = count - 1; shuffled && i > 0; i--) {
        uint32_t j = next_random() % (i + 1);
        pm_ref other = all[i];
        all[i] = all[j];
        all[j] = other;
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < 2; k++)
            if (2 * i + 1 + k < count)
                pm_object_slots(pm_heap_at(bench->heap, all[i]))[k] =
                    all[2 * i + 1 + k];
    bench->roots[0] = all[0];
    bench->root_count = 1;
}

// The same as one list: no two loads can overlap.
static void fill_list(struct bench *bench)
{
    fill(bench, 1, 1);
    pm_ref at = bench->roots[0];
    static pm_ref order[SIZE / 32];
    uint32_t count = 0, read = 0;
    order[count++] = at;
    while (read < count) {
        uint64_t *slots = pm_object_slots(pm_heap_at(bench->heap, order[read]));
        for (int k = 0; k < 2; k++)
            if (slots[k])
                order[count++] = slots[k];
        read++;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *slots = pm_object_slots(pm_heap_at(bench->heap, order[i]));
        slots[0] = i + 1 < count ? order[i + 1] : 0;
        slots[1] = 0;
    }
}

int main(void)
{
    struct pm_allocator libc = pm_allocator_libc();
    struct bench bench = {0};
    uint8_t *block = aligned_alloc(4096, SIZE);
    struct pm_heap_config config = {
        .block = block,
        .size = SIZE,
        .heap_start = HEAP_START,
        .types = {.array_holds_refs = holds_refs, .ref_slots = ref_slots}};

    if (!block)
        return 1;
    memset(block, 0, SIZE);
    if (pm_heap_create(&libc, &config, &bench.heap))
        return 1;
    bench_trees(&bench, 4, 0);
    bench_trees(&bench, 10, 10);
    bench_trees(&bench, 16, 16);
    fill(&bench, 0, 0);
    report(&bench, "garbage only");
    fill(&bench, 0, 0);
    pm_ref large;
    if (pm_heap_alloc(bench.heap, PM_KIND_BYTES, 0, SIZE / 2, &large) == PM_OK)
        return 1;
    report(&bench, "garbage, a span is wanted");
    fill(&bench, 1, 0);
    report(&bench, "a tree in order");
    fill(&bench, 1, 1);
    report(&bench, "a tree in random order");
    fill_list(&bench);
    report(&bench, "one list in random order");
    pm_heap_destroy(bench.heap);
    free(block);
    return 0;
}
