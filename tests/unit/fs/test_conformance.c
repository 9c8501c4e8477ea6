// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "support/fault_alloc.h"
#include "tree_world.h"

struct world {
    struct pm_fault_alloc memory;
    struct pm_mem_store store;
    struct tree_world tree;
};

static struct pm_volume *make(bool has_store, void **out_world)
{
    struct world *world = calloc(1, sizeof *world);
    struct pm_allocator alloc = pm_fault_alloc(&world->memory);
    pm_mem_store_open(&world->store);
    tree_world_open(&world->tree, &alloc, has_store ? &world->store : NULL,
                    tree_config());
    *out_world = world;
    return world->tree.volume;
}

static struct pm_volume *make_scratch(void **out_world)
{
    return make(false, out_world);
}

static struct pm_volume *make_save(void **out_world)
{
    return make(true, out_world);
}

static void destroy(struct pm_volume *volume, void *context)
{
    struct world *world = context;
    CHECK(volume == world->tree.volume);
    tree_world_close(&world->tree);
    CHECK_INT(world->memory.live_blocks, 0);
    CHECK_INT(world->store.over_reserved, 0);
    pm_mem_store_close(&world->store);
    free(world);
}

#define FLAGS (PM_VOLUME_HAS_QUOTA | PM_VOLUME_DIR_REVISION)

TEST(conformance, a_tree_in_memory_does_what_every_volume_does)
{
    static const struct pm_volume_kind kind = {"scratch", FLAGS, make_scratch,
                                               destroy};
    pm_conformance_run(&kind);
}

TEST(conformance, a_tree_over_a_store_does_what_every_volume_does)
{
    static const struct pm_volume_kind kind = {"save", FLAGS, make_save,
                                               destroy};
    pm_conformance_run(&kind);
}
