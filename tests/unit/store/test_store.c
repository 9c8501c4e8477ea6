// SPDX-License-Identifier: MIT
//
// The store as its callers see it, on a disk where nothing goes wrong.

#include <stdlib.h>

#include "store_world.h"

static const struct item small = {7, 100, 1};
static const struct item large = {1000, 4096, 2};
static const struct item largest = {9, PM_STORE_MAX_VALUE, 3};

TEST(store, what_is_put_is_there_now_and_after_a_close)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(put(&world, small, false), PM_FS_OK);
    CHECK_INT(put(&world, large, true), PM_FS_OK);
    CHECK_INT(put(&world, largest, false), PM_FS_OK);
    CHECK(has(&world, small) && has(&world, large) && has(&world, largest));
    uint64_t before = content(&world);
    world_close(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK(has(&world, small) && has(&world, large) && has(&world, largest));
    CHECK(content(&world) == before);
    world_close(&world);
    world_free(&world);
}

TEST(store, a_clean_end_leaves_one_file)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(put(&world, small, true), PM_FS_OK);
    world_close(&world);
    size_t size = 0;
    uint8_t *bytes = pm_sim_get(world.sim, STORE_FILE, &size);
    CHECK(bytes != NULL);
    CHECK_INT(size % 4096, 0);
    CHECK_INT(pm_sim_used(world.sim), size);
    free(bytes);
    world_free(&world);
}

TEST(store, a_range_that_is_removed_is_gone_and_nothing_beside_it)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    for (uint64_t key = 1; key <= 300; key++)
        CHECK_INT(put(&world, (struct item){key, 50, 1}, false), PM_FS_OK);
    CHECK_INT(remove_keys(&world, 10, 290, false), PM_FS_OK);
    CHECK(has(&world, (struct item){9, 50, 1}));
    CHECK(has(&world, (struct item){291, 50, 1}));
    CHECK_INT(status_of_key(&world, 10), PM_FS_NOT_FOUND);
    CHECK_INT(status_of_key(&world, 290), PM_FS_NOT_FOUND);
    CHECK_INT(remove_keys(&world, 0, UINT64_MAX, true), PM_FS_OK);
    CHECK_INT(content(&world), 1);
    world_close(&world);
    world_free(&world);
}

TEST(store, changes_are_applied_in_their_order)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    const struct pm_store_change changes[] = {
        {.key = 1, .value = "a", .size = 1},
        {.key = 2, .value = "b", .size = 1},
        {.key = 0, .last = 1},
        {.key = 2, .value = "c", .size = 1},
        {.key = 3, .value = "", .size = 0},
    };
    CHECK_INT(world.store.commit(world.store.context, changes, 5, false),
              PM_FS_OK);
    uint8_t bytes[4] = {0};
    size_t size = 9;
    CHECK_INT(status_of_key(&world, 1), PM_FS_NOT_FOUND);
    CHECK_INT(world.store.get(world.store.context, 2, bytes, 4, &size),
              PM_FS_OK);
    CHECK(size == 1 && bytes[0] == 'c');
    CHECK_INT(world.store.get(world.store.context, 3, bytes, 4, &size),
              PM_FS_OK);
    CHECK_INT(size, 0);
    world_close(&world);
    world_free(&world);
}

TEST(store, keys_reach_to_their_limit_and_not_beyond)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    const struct item last = {INT64_MAX, 10, 1};
    CHECK_INT(put(&world, last, true), PM_FS_OK);
    CHECK(has(&world, last));
    CHECK_INT(put(&world, (struct item){(uint64_t)INT64_MAX + 1, 1, 1}, true),
              PM_FS_IO_FAILED);
    CHECK_INT(status_of_key(&world, UINT64_MAX), PM_FS_NOT_FOUND);
    const struct pm_store_change too_large = {
        .key = 1, .value = "", .size = PM_STORE_MAX_VALUE + 1};
    CHECK_INT(world.store.commit(world.store.context, &too_large, 1, true),
              PM_FS_IO_FAILED);
    world_close(&world);
    world_free(&world);
}

TEST(store, an_item_that_does_not_fit_is_damage)
{
    struct world world;
    uint8_t bytes[99];
    size_t size = 0;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(put(&world, small, true), PM_FS_OK);
    CHECK_INT(world.store.get(world.store.context, small.key, bytes, 99, &size),
              PM_FS_CORRUPT);
    world_close(&world);
    world_free(&world);
}

static bool stop_at_third(void *visitor, uint64_t key, const void *value,
                          size_t size)
{
    int *seen = visitor;
    (void)key;
    (void)value;
    (void)size;
    return ++*seen < 3;
}

TEST(store, a_scan_ends_where_the_visitor_wants)
{
    struct world world;
    int seen = 0;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    for (uint64_t key = 1; key <= 9; key++)
        CHECK_INT(put(&world, (struct item){key, 5, 1}, false), PM_FS_OK);
    CHECK_INT(world.store.scan(world.store.context, 4, 9, stop_at_third, &seen),
              PM_FS_OK);
    CHECK_INT(seen, 3);
    seen = 0;
    CHECK_INT(world.store.scan(world.store.context, 9, 4, stop_at_third, &seen),
              PM_FS_OK);
    CHECK_INT(seen, 0);
    CHECK_INT(put(&world, small, true), PM_FS_OK);
    world_close(&world);
    world_free(&world);
}

static uint64_t file_syncs(struct world *world)
{
    return pm_sim_knobs(world->sim)->syncs_of_files;
}

static uint64_t directory_syncs(struct world *world)
{
    return pm_sim_knobs(world->sim)->syncs_of_directories;
}

TEST(store, a_durable_transaction_flushes_one_file_once)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(put(&world, small, true), PM_FS_OK);
    uint64_t files = file_syncs(&world);
    uint64_t directories = directory_syncs(&world);
    for (uint32_t i = 1; i <= 50; i++) {
        CHECK_INT(put(&world, (struct item){5, 4096, i}, true), PM_FS_OK);
        CHECK_INT(file_syncs(&world), files + i);
    }
    CHECK_INT(directory_syncs(&world), directories);
    world_close(&world);
    world_free(&world);
}

TEST(store, what_is_not_durable_flushes_nothing_and_a_sync_flushes_all_at_once)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(put(&world, small, true), PM_FS_OK);
    uint64_t files = file_syncs(&world);
    for (uint32_t i = 1; i <= 50; i++)
        CHECK_INT(put(&world, (struct item){5, 900, i}, false), PM_FS_OK);
    CHECK_INT(file_syncs(&world), files);
    CHECK_INT(flush_store(&world), PM_FS_OK);
    CHECK_INT(file_syncs(&world), files + 1);
    CHECK_INT(flush_store(&world), PM_FS_OK);
    CHECK_INT(file_syncs(&world), files + 1);
    // A durable one that changes nothing has the earlier one to flush.
    CHECK_INT(put(&world, (struct item){5, 900, 1}, false), PM_FS_OK);
    CHECK_INT(remove_keys(&world, 100, 200, true), PM_FS_OK);
    CHECK_INT(file_syncs(&world), files + 2);
    world_close(&world);
    world_free(&world);
}

TEST(store, the_log_is_checkpointed_once_it_is_large)
{
    struct world world;
    size_t size = 0;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    for (uint32_t i = 1; i <= 600; i++)
        CHECK_INT(put(&world, (struct item){i % 40, 8000, i}, true), PM_FS_OK);
    CHECK(pm_sim_used(world.sim) < ((uint64_t)3 << 20));
    uint8_t *bytes = pm_sim_get(world.sim, STORE_FILE, &size);
    CHECK(size > 40 * 8000);
    free(bytes);
    world_close(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    for (uint32_t i = 561; i <= 600; i++)
        CHECK(has(&world, (struct item){i % 40, 8000, i}));
    world_close(&world);
    world_free(&world);
}

TEST(store, an_owner_is_kept)
{
    struct world world;
    struct pm_store_owner owner = {"x", "y"};
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(pm_store_get_owner(&world.store, &owner), PM_FS_OK);
    CHECK_STR(owner.path, "");
    CHECK_STR(owner.package, "");
    const struct pm_store_owner mine = {"/games/mine", "sha256:12ab"};
    CHECK_INT(pm_store_set_owner(&world.store, &mine), PM_FS_OK);
    world_close(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(pm_store_get_owner(&world.store, &owner), PM_FS_OK);
    CHECK_STR(owner.path, "/games/mine");
    CHECK_STR(owner.package, "sha256:12ab");
    CHECK_INT(content(&world), 1);
    world_close(&world);
    world_free(&world);
}

// Or another cartridge could claim the saves.
TEST(store, an_owner_is_durable_at_once)
{
    struct world world;
    struct pm_store_owner owner;
    const struct pm_store_owner mine = {"/games/mine", ""};
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(pm_store_set_owner(&world.store, &mine), PM_FS_OK);
    struct pm_sim *cut =
        pm_sim_cut(world.sim, (struct pm_sim_fate[64]){{PM_SIM_LOST, 0}});
    CHECK(pm_sim_pending_count(world.sim) <= 64);
    world_close(&world);
    world_set_disk(&world, cut);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(pm_store_get_owner(&world.store, &owner), PM_FS_OK);
    CHECK_STR(owner.path, "/games/mine");
    world_close(&world);
    world_free(&world);
}

TEST(store, read_only_changes_nothing_even_with_a_log)
{
    struct world world;
    world_init(&world);
    CHECK_INT(world_open_as(&world, STORE_APP, true), PM_FS_NOT_FOUND);
    CHECK(!pm_sim_exists(world.sim, STORE_DIR));
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(put(&world, small, true), PM_FS_OK);
    // As when the run is killed: the log stays.
    struct pm_sim *killed = pm_sim_copy(world.sim);
    world_close(&world);
    world_set_disk(&world, killed);
    uint64_t before = pm_sim_hash(world.sim, STORE_DIR);
    REQUIRE(world_open_as(&world, STORE_APP, true) == PM_FS_OK);
    CHECK(has(&world, small));
    CHECK_INT(put(&world, large, true), PM_FS_ACCESS_DENIED);
    CHECK_INT(world.store.reserve(world.store.context, 1, 1),
              PM_FS_ACCESS_DENIED);
    CHECK_INT(world.store.keep_aside(world.store.context, "x"),
              PM_FS_ACCESS_DENIED);
    world_close(&world);
    CHECK(pm_sim_hash(world.sim, STORE_DIR) == before);
    world_free(&world);
}

static int whole_life(const struct pm_allocator *alloc, void *context)
{
    struct pm_sim *sim = pm_sim_new();
    struct pm_store store = {0};
    const struct pm_store_config config = {
        .alloc = alloc, .os = pm_sim_os(sim), .directory = "a/b", .app_id = 1};
    pm_fs_status status = pm_store_open(&config, &store, NULL);

    (void)context;
    CHECK(status == PM_FS_OK || status == PM_FS_TRANSIENT);
    pm_store_close(&store);
    CHECK_INT(pm_sim_open_count(sim), 0);
    pm_sim_free(sim);
    return status == PM_FS_OK;
}

TEST(store, each_allocation_may_fail)
{
    CHECK(pm_fault_alloc_each(whole_life, NULL, 0) >= 2);
}
