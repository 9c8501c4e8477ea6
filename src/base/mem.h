// SPDX-License-Identifier: MIT
//
// Helpers over the allocator an embedder handed in. Sizes are carried along
// because the allocator wants them back.

#ifndef PM_BASE_MEM_H
#define PM_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

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

// Makes room for [wanted] elements in *[array], which holds *[capacity] of
// [element] bytes; grows by at least a half. False when memory is short, the
// array is then as it was.
bool pm_mem_grow(const struct pm_allocator *alloc, void *array,
                 size_t *capacity, size_t wanted, size_t element);

#endif
