// SPDX-License-Identifier: MIT
//
// One cell from its first generation to its last, all 2^32 - 1 of them, by
// the very code that runs everywhere: each handle is new, each old one is
// stale, and after the last the cell is never used again. Takes minutes; the
// exhaustive tests do the same with few bits.
//
// The heap has one page, which a single object fills, so a collection has
// one cell to look at.

#include <stdio.h>
#include <stdlib.h>

#include "support/heap_world.h"

static void require(bool ok, const char *what, uint32_t generation)
{
    if (ok)
        return;
    fprintf(stderr, "at generation %u: %s\n", (unsigned)generation, what);
    exit(1);
}

int main(int argc, char **argv)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct world world;
    uint32_t max = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : UINT32_MAX;
    pm_ref before = 0;

    require(world_open(&world, &alloc, 1, max), "no memory", 0);
    struct pm_heap *heap = world.heap;
    for (uint32_t generation = 1;; generation++) {
        pm_ref ref;
        // The smallest object that takes a page for itself.
        pm_status status = pm_heap_alloc(heap, PM_KIND_BYTES, 0,
                                         PM_HEAP_SMALL * 16 - 15, &ref);
        require(status == PM_OK, "the cell is retired too early", generation);
        require(ref == pm_ref_make(heap->first, generation),
                "a handle is not the next one", generation);
        require(pm_heap_ref_state(heap, before, NULL) != PM_REF_LIVE,
                "an old handle is valid again", generation);
        require(pm_heap_end(heap, ref) == PM_TRAP_NONE, "no end", generation);
        pm_heap_collect(heap, NULL, NULL);
        before = ref;
        if (generation % (1u << 28) == 0)
            fprintf(stderr, "generation %u\n", (unsigned)generation);
        if (generation == max)
            break;
    }
    pm_ref ref;
    require(pm_heap_alloc(heap, PM_KIND_BYTES, 0, 2033, &ref) != PM_OK,
            "used again", 0);
    require(heap->page_class[0] == PM_HEAP_RETIRED, "not retired", 0);
    require(world_is_valid(&world), "an invariant is broken", 0);
    for (uint32_t g = max; g > max - 1000 && g; g--)
        require(!world_is_live(&world, pm_ref_make(heap->first, g)),
                "an old handle is valid", g);
    world_close(&world, &alloc);
    printf("%u generations of one cell, then retired\n", (unsigned)max);
    return 0;
}
