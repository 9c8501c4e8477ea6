// SPDX-License-Identifier: MIT
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

#define CHUNK_SIZE ((size_t)64 << 10)

struct pm_arena_chunk {
    struct pm_arena_chunk *next;
    size_t size;
    _Alignas(16) uint8_t bytes[];
};

void pm_arena_init(struct pm_arena *arena, const struct pm_allocator *alloc)
{
    *arena = (struct pm_arena){.alloc = *alloc};
}

void pm_arena_free(struct pm_arena *arena)
{
    struct pm_arena_chunk *chunk = arena->chunks;
    while (chunk) {
        struct pm_arena_chunk *next = chunk->next;
        pm_mem_free(&arena->alloc, chunk, sizeof *chunk + chunk->size);
        chunk = next;
    }
    arena->chunks = NULL;
    arena->used = arena->capacity = 0;
}

static struct pm_arena_chunk *add_chunk(struct pm_arena *arena, size_t size)
{
    size_t capacity = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    struct pm_arena_chunk *chunk =
        pm_mem_zalloc(&arena->alloc, sizeof *chunk + capacity);
    if (!chunk)
        return NULL;
    chunk->size = capacity;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->used = 0;
    arena->capacity = capacity;
    return chunk;
}

void *pm_arena_alloc(struct pm_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + 15) & ~(size_t)15;
    if (size > arena->capacity - arena->used && !add_chunk(arena, size))
        return NULL;
    void *block = arena->chunks->bytes + arena->used;
    arena->used += size;
    return block;
}

char *pm_arena_copy(struct pm_arena *arena, const void *bytes, size_t size)
{
    char *copy = size < SIZE_MAX ? pm_arena_alloc(arena, size + 1) : NULL;
    if (copy && size)
        memcpy(copy, bytes, size);
    return copy;
}
