// SPDX-License-Identifier: MIT
//
// The power is cut at every system call of workloads over all of a
// cartridge's saves.

#include "support/test.h"
#include "support/volume_crash.h"
#include "total.h"

static void run(const struct pm_volume_crash *workload, uint64_t seed,
                uint32_t most)
{
    struct pm_crash_campaign campaign = {
        .seed = seed, .most_at_a_call = most, .again_every = 1000};
    double start = campaign_now();

    CHECK(pm_volume_crash_run(workload, &campaign));
    CHECK_INT(campaign.failures, 0);
    campaign_count(&campaign, campaign_now() - start);
}

TEST(crash, files_and_slots_survive_a_cut_at_every_call_of_a_script)
{
    const struct pm_volume_crash workload = {.operations = 57,
                                             .is_scripted = true};
    run(&workload, 1, 26);
}

TEST(crash, files_and_slots_survive_a_cut_at_every_call_of_random_workloads)
{
    const struct pm_volume_crash workload = {.operations = 60};

    for (uint64_t seed = 10; seed < 14; seed++)
        run(&workload, seed, 26);
}

TEST(crash, what_is_never_read_before_survives_a_cut_at_every_call)
{
    const struct pm_volume_crash workload = {
        .operations = 60, .is_lazy = true, .close_every = 8};

    for (uint64_t seed = 20; seed < 23; seed++)
        run(&workload, seed, 26);
}

TEST(crash, files_and_slots_survive_a_cut_in_checkpoints)
{
    const struct pm_volume_crash workload = {.operations = 60,
                                             .checkpoint_at = 60000};

    for (uint64_t seed = 30; seed < 33; seed++)
        run(&workload, seed, 26);
}

TEST(crash, files_and_slots_survive_a_cut_where_space_is_taken_by_zeroes)
{
    const struct pm_volume_crash workload = {.operations = 40,
                                             .cannot_allocate = true};
    run(&workload, 40, 26);
}

// Which flush fails first goes through all of the workload.
TEST(crash, failed_flushes_and_a_cut_at_every_call_lose_nothing_confirmed)
{
    for (uint32_t at = 1; at < 15; at++) {
        const struct pm_volume_crash workload = {
            .operations = 40,
            .durable_every = 2,
            .fail_sync_at = at,
            .failing_flushes = 1 + at % 3,
            .checkpoint_at = at % 2 ? 30000 : 0,
            .failed_sync_reverts = at % 4 < 2};
        run(&workload, 50 + at, 20);
    }
}
