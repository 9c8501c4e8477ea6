// SPDX-License-Identifier: MIT
//
// A flush that failed is remembered beyond the run in which it did: what the
// system shows of the files may be on no device, so the next run writes the
// store anew before it calls anything durable.

#include <errno.h>
#include <stdlib.h>

#include "store_world.h"

#define MARK STORE_FILE ".unsure"

static const struct item first = {7, 100, 1};
static const struct item second = {8, 5000, 2};

// A run whose flush number [at] fails, while it wants a second item durable.
// Gives whether it came to that.
static bool run_that_fails(struct world *world, uint64_t at)
{
    struct pm_sim_fault *fault = &pm_sim_knobs(world->sim)->fault;

    CHECK_INT(world_open(world), PM_FS_OK);
    CHECK_INT(put(world, first, true), PM_FS_OK);
    *fault = (struct pm_sim_fault){
        .error = EIO, .at = at, .of_kind = true, .kind = PM_OS_SYNC};
    pm_fs_status status = put(world, second, true);
    bool is_met = fault->hits != 0;
    *fault = (struct pm_sim_fault){0};
    if (is_met)
        CHECK_INT(status, PM_FS_IO_FAILED);
    world_close(world);
    return is_met;
}

// The next run: the first thing that is durable takes a new file, and what is
// seen then is there after a cut.
static void run_behind_it(struct world *world)
{
    struct pm_sim_knobs *knobs = pm_sim_knobs(world->sim);

    CHECK(pm_sim_exists(world->sim, MARK));
    CHECK_INT(world_open(world), PM_FS_OK);
    uint64_t seen = content(world);
    uint64_t renames = knobs->calls[PM_OS_RENAME];
    CHECK_INT(flush_store(world), PM_FS_OK);
    CHECK_INT(knobs->calls[PM_OS_RENAME], renames + 1);
    CHECK(!pm_sim_exists(world->sim, MARK));
    CHECK_INT(flush_store(world), PM_FS_OK);
    CHECK_INT(knobs->calls[PM_OS_RENAME], renames + 1);
    world_close(world);
    world_lose(world);
    REQUIRE(world_open(world) == PM_FS_OK);
    CHECK(content(world) == seen);
    CHECK(has(world, first));
    world_close(world);
}

TEST(unsure, the_next_run_writes_the_store_anew_before_it_calls_it_durable)
{
    for (int reverts = 0; reverts < 2; reverts++)
        for (uint64_t at = 1;; at++) {
            struct world world;
            world_init(&world);
            pm_sim_knobs(world.sim)->failed_sync_reverts = reverts == 1;
            bool is_met = run_that_fails(&world, at);
            if (is_met)
                run_behind_it(&world);
            else
                CHECK(at > 1 && !pm_sim_exists(world.sim, MARK));
            world_free(&world);
            if (!is_met)
                break;
        }
}
