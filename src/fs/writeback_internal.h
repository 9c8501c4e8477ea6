// SPDX-License-Identifier: MIT
//
// What the write-back layer's files share.

#ifndef PM_FS_WRITEBACK_INTERNAL_H
#define PM_FS_WRITEBACK_INTERNAL_H

#include "base/arena.h"
#include "fs/writeback.h"

// A transaction being put together.
struct pm_changes {
    struct pm_allocator alloc;
    struct pm_store_change *list;
    size_t count;
    size_t capacity;
    struct pm_arena values;
    bool failed; // memory was short
};

void pm_changes_init(struct pm_changes *changes,
                     const struct pm_allocator *alloc);
void pm_changes_free(struct pm_changes *changes);

#endif
