// SPDX-License-Identifier: MIT
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static void *libc_resize(void *context, void *block, size_t old_size,
                         size_t new_size)
{
    (void)context;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

struct pm_allocator pm_allocator_libc(void)
{
    return (struct pm_allocator){libc_resize, NULL};
}

void *pm_mem_alloc(const struct pm_allocator *alloc, size_t size)
{
    PM_CHECK(size != 0);
    return alloc->resize(alloc->context, NULL, 0, size);
}

void *pm_mem_zalloc(const struct pm_allocator *alloc, size_t size)
{
    void *block = pm_mem_alloc(alloc, size);
    if (block)
        memset(block, 0, size);
    return block;
}

void *pm_mem_zarray(const struct pm_allocator *alloc, size_t count, size_t size)
{
    if (count == 0 || count > SIZE_MAX / size)
        return NULL;
    return pm_mem_zalloc(alloc, count * size);
}

void pm_mem_free(const struct pm_allocator *alloc, void *block, size_t size)
{
    if (block)
        alloc->resize(alloc->context, block, size, 0);
}

bool pm_mem_grow(const struct pm_allocator *alloc, void *array,
                 size_t *capacity, size_t wanted, size_t element)
{
    void *old;
    size_t next = *capacity + *capacity / 2;

    if (wanted <= *capacity)
        return true;
    if (next < wanted)
        next = wanted;
    if (next < 8)
        next = 8;
    if (next > SIZE_MAX / element)
        return false;
    memcpy(&old, array, sizeof old);
    void *grown =
        alloc->resize(alloc->context, old, *capacity * element, next * element);
    if (!grown)
        return false;
    memcpy(array, &grown, sizeof grown);
    *capacity = next;
    return true;
}
