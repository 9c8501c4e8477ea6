// SPDX-License-Identifier: MIT
//
// An arena: many small blocks with one end of life. For tools and readers
// whose results are freed together.

#ifndef PM_BASE_ARENA_H
#define PM_BASE_ARENA_H

#include <stddef.h>

#include <prometeu/alloc.h>

struct pm_arena_chunk;

struct pm_arena {
    struct pm_allocator alloc;
    struct pm_arena_chunk *chunks;
    size_t used;
    size_t capacity;
};

void pm_arena_init(struct pm_arena *arena, const struct pm_allocator *alloc);
void pm_arena_free(struct pm_arena *arena);

// Zeroed bytes, aligned to 16; NULL when memory is short.
void *pm_arena_alloc(struct pm_arena *arena, size_t size);

// A copy of [size] bytes with a NUL behind it; NULL when memory is short.
char *pm_arena_copy(struct pm_arena *arena, const void *bytes, size_t size);

#endif
