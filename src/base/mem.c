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

// Whether string instructions may stumble over the distance.
static bool is_slow(const void *dst, const void *src, size_t size)
{
    uintptr_t distance = ((uintptr_t)dst - (uintptr_t)src) % 4096;

    return size > PM_MEM_PIECE && distance - 1 < 31;
}

void pm_mem_copy_large(void *dst, const void *src, size_t size)
{
    uint8_t *to = dst;
    const uint8_t *from = src;
    size_t piece;

    if (!is_slow(dst, src, size)) {
        memcpy(dst, src, size);
        return;
    }
    for (; size; size -= piece, to += piece, from += piece) {
        piece = size < PM_MEM_PIECE ? size : PM_MEM_PIECE;
        memcpy(to, from, piece);
    }
}

void pm_mem_move(void *dst, const void *src, size_t size)
{
    uint8_t *to = dst;
    const uint8_t *from = src;
    size_t piece;

    if (!is_slow(dst, src, size)) {
        memmove(dst, src, size);
    } else if ((uintptr_t)dst - (uintptr_t)src >= size) {
        pm_mem_copy(dst, src, size);
    } else {
        // The target begins within the source: from the end.
        while (size) {
            piece = size < PM_MEM_PIECE ? size : PM_MEM_PIECE;
            size -= piece;
            memmove(to + size, from + size, piece);
        }
    }
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
