// SPDX-License-Identifier: MIT
//
// A tree over a store in memory, as a machine has it, for tests.

#ifndef PM_TEST_FS_TREE_WORLD_H
#define PM_TEST_FS_TREE_WORLD_H

#include "conformance.h"

#include "base/mem.h"
#include "fs/tree.h"
#include "support/mem_store.h"
#include "support/test.h"

struct tree_world {
    struct pm_mem_store *store;
    struct pm_writeback *writeback;
    struct pm_volume *volume; // NULL: could not be made
    pm_fs_status status;      // of its creation
};

static inline void tree_world_close(struct tree_world *world)
{
    if (world->volume)
        world->volume->ops->destroy(world->volume);
    pm_writeback_destroy(world->writeback);
    *world = (struct tree_world){0};
}

// [config] without a store; with [store] NULL a tree in memory alone.
static inline pm_fs_status tree_world_open(struct tree_world *world,
                                           const struct pm_allocator *alloc,
                                           struct pm_mem_store *store,
                                           struct pm_tree_config config)
{
    *world = (struct tree_world){.store = store};
    if (store) {
        world->status =
            pm_writeback_create(alloc, &store->store, &world->writeback);
        if (world->status)
            return world->status;
        config.store = &store->store;
        config.writeback = world->writeback;
        config.is_saved = false;
    }
    world->status = pm_tree_create(alloc, &config, &world->volume);
    return world->status;
}

static inline struct pm_tree_config tree_config(void)
{
    return (struct pm_tree_config){.quota = PM_CONFORMANCE_QUOTA,
                                   .file_limit = PM_CONFORMANCE_FILE_LIMIT,
                                   .entries = PM_CONFORMANCE_ENTRIES,
                                   .is_saved = true};
}

#endif
