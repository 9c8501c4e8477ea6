// SPDX-License-Identifier: MIT
#define _DEFAULT_SOURCE // madvise

#include "hosts/common/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

// Blocks from so many bytes on ask for large pages.
#define LARGE_BLOCK ((size_t)8 << 20)
#define LARGE_PAGE  ((size_t)2 << 20)

static void *new_block(size_t size)
{
#ifdef MADV_HUGEPAGE
    if (size >= LARGE_BLOCK && size <= SIZE_MAX - LARGE_PAGE) {
        size_t room = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
        void *block = aligned_alloc(LARGE_PAGE, room);
        // Advice: where the system does not take it all is as it was.
        if (block)
            madvise(block, room, MADV_HUGEPAGE);
        return block;
    }
#endif
    return malloc(size);
}

static void *resize(void *context, void *block, size_t old_size,
                    size_t new_size)
{
    (void)context;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return block ? realloc(block, new_size) : new_block(new_size);
}

struct pm_allocator pm_host_allocator(void)
{
    return (struct pm_allocator){resize, NULL};
}
