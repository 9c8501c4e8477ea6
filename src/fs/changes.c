// SPDX-License-Identifier: MIT
//
// Items of the store and the list of changes of one transaction.

#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "base/mem.h"
#include "fs/writeback_internal.h"

uint64_t pm_item_hash(uint64_t key, const void *value, size_t size)
{
    uint8_t both[16];
    pm_store64(both, key);
    pm_store64(both + 8, pm_hash64(value, size));
    return pm_hash64(both, sizeof both);
}

bool pm_item_open(uint64_t key, const void *item, size_t *size)
{
    if (*size < PM_ITEM_TAIL)
        return false;
    size_t value = *size - PM_ITEM_TAIL;
    if (pm_load64((const uint8_t *)item + value) !=
        pm_item_hash(key, item, value))
        return false;
    *size = value;
    return true;
}

pm_fs_status pm_writeback_status(pm_fs_status status)
{
    switch (status) {
    case PM_FS_OK:
    case PM_FS_STORAGE_FULL:
    case PM_FS_TRANSIENT:
    case PM_FS_ACCESS_DENIED:
    case PM_FS_CORRUPT:
        return status;
    default:
        return PM_FS_IO_FAILED;
    }
}

void pm_changes_init(struct pm_changes *changes,
                     const struct pm_allocator *alloc)
{
    *changes = (struct pm_changes){.alloc = *alloc};
    pm_arena_init(&changes->values, alloc);
}

void pm_changes_free(struct pm_changes *changes)
{
    pm_arena_free(&changes->values);
    pm_mem_free(&changes->alloc, changes->list,
                changes->capacity * sizeof *changes->list);
}

static void add(struct pm_changes *changes, struct pm_store_change change)
{
    if (changes->failed ||
        !pm_mem_grow(&changes->alloc, &changes->list, &changes->capacity,
                     changes->count + 1, sizeof *changes->list))
        changes->failed = true;
    else
        changes->list[changes->count++] = change;
}

uint64_t pm_changes_put(struct pm_changes *changes, uint64_t key,
                        const void *value, uint32_t size)
{
    uint64_t hash = pm_item_hash(key, value, size);
    uint8_t *item = pm_arena_alloc(&changes->values, size + PM_ITEM_TAIL);

    if (!item) {
        changes->failed = true;
        return hash;
    }
    if (size)
        memcpy(item, value, size);
    pm_store64(item + size, hash);
    add(changes, (struct pm_store_change){
                     .key = key, .value = item, .size = size + PM_ITEM_TAIL});
    return hash;
}

void pm_changes_remove(struct pm_changes *changes, uint64_t first,
                       uint64_t last)
{
    add(changes, (struct pm_store_change){.key = first, .last = last});
}
