// SPDX-License-Identifier: MIT
//
// Any bytes as a saved heap: refused, or a heap whose invariants hold, that
// saves and restores as itself and on which a collection runs.

#include "heap/heap.h"

#include "support/heap_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct world a;
    struct world b;
    struct pm_buf bytes[2];
    struct pm_cursor in = pm_cursor_make(data, size);

    PM_CHECK(world_open(&a, &alloc, 8, 7));
    PM_CHECK(world_open(&b, &alloc, 8, 7));
    pm_buf_init(&bytes[0], &alloc);
    pm_buf_init(&bytes[1], &alloc);
    if (pm_heap_restore(a.heap, &in, NULL) == PM_OK) {
        PM_CHECK(world_is_valid(&a));
        pm_heap_save(a.heap, &bytes[0]);
        in = pm_cursor_make(bytes[0].data, bytes[0].size);
        PM_CHECK(pm_heap_restore(b.heap, &in, NULL) == PM_OK);
        pm_heap_save(b.heap, &bytes[1]);
        PM_CHECK(bytes[0].size == bytes[1].size &&
                 memcmp(bytes[0].data, bytes[1].data, bytes[0].size) == 0);
        world_collect(&a, NULL);
        PM_CHECK(world_is_valid(&a));
        PM_CHECK(pm_heap_used(a.heap) == 0);
        while (world_alloc(&a, PM_KIND_BYTES, 0, 100))
            ;
        PM_CHECK(world_is_valid(&a));
    }
    pm_buf_free(&bytes[0]);
    pm_buf_free(&bytes[1]);
    world_close(&a, &alloc);
    world_close(&b, &alloc);
    return 0;
}
