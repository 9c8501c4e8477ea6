// SPDX-License-Identifier: MIT
//
// Helpers over the allocator an embedder handed in. Sizes are carried along
// because the allocator wants them back.

#ifndef PM_BASE_MEM_H
#define PM_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <prometeu/alloc.h>

// Allocates [size] bytes; NULL when memory is short. [size] may not be 0.
void *pm_mem_alloc(const struct pm_allocator *alloc, size_t size);

// The same, zeroed.
void *pm_mem_zalloc(const struct pm_allocator *alloc, size_t size);

// Allocates [count] zeroed elements; NULL also when the product overflows.
// A count of 0 gives NULL, which is then no failure.
void *pm_mem_zarray(const struct pm_allocator *alloc, size_t count,
                    size_t size);

// Frees a block of [size] bytes; NULL is fine.
void pm_mem_free(const struct pm_allocator *alloc, void *block, size_t size);

// Blocks up to here are copied at once.
#define PM_MEM_PIECE ((size_t)1024)

// memcpy, for blocks of a size and place that a guest chooses.
//
// The string instructions that a C library uses for large blocks are some
// twenty times slower on some processors (AMD with FSRM) where the target lies
// a few bytes behind the source within a page, and buffers behind a header of
// 16 bytes often do: such blocks are copied in pieces (bench_copy).
void pm_mem_copy_large(void *dst, const void *src, size_t size);

static inline void pm_mem_copy(void *dst, const void *src, size_t size)
{
    if (size <= PM_MEM_PIECE)
        memcpy(dst, src, size);
    else
        pm_mem_copy_large(dst, src, size);
}

// The same for blocks that may overlap, as memmove.
void pm_mem_move(void *dst, const void *src, size_t size);

// Makes room for [wanted] elements in *[array], which holds *[capacity] of
// [element] bytes; grows by at least a half. False when memory is short, the
// array is then as it was.
bool pm_mem_grow(const struct pm_allocator *alloc, void *array,
                 size_t *capacity, size_t wanted, size_t element);

#endif
