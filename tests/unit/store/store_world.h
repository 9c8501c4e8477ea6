// SPDX-License-Identifier: MIT
//
// What the tests of the store share: a simulated disk with a store on it.

#ifndef PM_TEST_STORE_WORLD_H
#define PM_TEST_STORE_WORLD_H

#include "hosts/common/store.h"
#include "support/fault_alloc.h"
#include "support/sim_os.h"
#include "support/test.h"

#define STORE_DIR  "saves"
#define STORE_FILE "saves/0000002a.db"
#define STORE_APP  0x2au

struct world {
    struct pm_sim *sim;
    struct pm_fault_alloc memory;
    struct pm_allocator alloc;
    struct pm_store store;
    struct pm_store_error error;
};

void world_init(struct world *world);
// Checks that nothing leaked.
void world_free(struct world *world);
pm_fs_status world_open(struct world *world);
pm_fs_status world_open_as(struct world *world, uint32_t app_id,
                           bool read_only);
void world_close(struct world *world);
// Exchanges the disk; what was open on the old one is forgotten, not closed.
void world_set_disk(struct world *world, struct pm_sim *sim);
// The disk as after a power cut in which all that is pending was lost.
void world_lose(struct world *world);
// Opens the store and closes it again.
pm_fs_status world_try(struct world *world);

// One item whose bytes follow from [key] and [seed].
struct item {
    uint64_t key;
    uint32_t size;
    uint32_t seed;
};

void item_bytes(struct item item, uint8_t *out);
pm_fs_status put(struct world *world, struct item item, bool durable);
pm_fs_status put_many(struct world *world, const struct item *items,
                      size_t count, bool durable);
pm_fs_status remove_keys(struct world *world, uint64_t first, uint64_t last,
                         bool durable);
pm_fs_status flush_store(struct world *world);
// Whether the item is there with exactly its bytes.
bool has(struct world *world, struct item item);
pm_fs_status status_of_key(struct world *world, uint64_t key);
// A hash over all keys and values; 0 and a failed check when it cannot be
// scanned. The sum of an empty store is 1.
uint64_t content(struct world *world);
pm_fs_status content_status(struct world *world, uint64_t *out_hash,
                            size_t *out_count);

#endif
