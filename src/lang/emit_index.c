// SPDX-License-Identifier: MIT
#include "base/mem.h"
#include "lang/emit_internal.h"

static size_t first_cell(const struct pm_emit_index *index, uint64_t hash)
{
    return (size_t)hash & (index->capacity - 1);
}

uint32_t pm_emit_index_find(const struct pm_emit_index *index, uint64_t hash,
                            pm_emit_is_row *is_row, const void *context)
{
    if (index->capacity == 0)
        return PM_EMIT_NO_ROW;
    size_t at = first_cell(index, hash);
    while (index->cells[at]) {
        uint32_t row = index->cells[at] - 1;
        if (index->hashes[at] == hash && is_row(context, row))
            return row;
        at = (at + 1) & (index->capacity - 1);
    }
    return PM_EMIT_NO_ROW;
}

static void put(struct pm_emit_index *index, uint64_t hash, uint32_t cell)
{
    size_t at = first_cell(index, hash);
    while (index->cells[at])
        at = (at + 1) & (index->capacity - 1);
    index->cells[at] = cell;
    index->hashes[at] = hash;
}

static bool grow(struct pm_emit_index *index, const struct pm_allocator *alloc)
{
    struct pm_emit_index bigger = {.count = index->count};
    bigger.capacity = index->capacity ? index->capacity * 2 : 64;
    bigger.cells = pm_mem_zarray(alloc, bigger.capacity, sizeof *bigger.cells);
    bigger.hashes =
        pm_mem_zarray(alloc, bigger.capacity, sizeof *bigger.hashes);
    if (!bigger.cells || !bigger.hashes) {
        pm_emit_index_free(&bigger, alloc);
        return false;
    }
    for (size_t i = 0; i < index->capacity; i++)
        if (index->cells[i])
            put(&bigger, index->hashes[i], index->cells[i]);
    pm_emit_index_free(index, alloc);
    *index = bigger;
    return true;
}

bool pm_emit_index_add(struct pm_emit_index *index,
                       const struct pm_allocator *alloc, uint64_t hash,
                       uint32_t row)
{
    if (index->count * 2 >= index->capacity && !grow(index, alloc))
        return false;
    put(index, hash, row + 1);
    index->count++;
    return true;
}

void pm_emit_index_free(struct pm_emit_index *index,
                        const struct pm_allocator *alloc)
{
    pm_mem_free(alloc, index->cells, index->capacity * sizeof *index->cells);
    pm_mem_free(alloc, index->hashes, index->capacity * sizeof *index->hashes);
    *index = (struct pm_emit_index){0};
}
