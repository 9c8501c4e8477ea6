// SPDX-License-Identifier: MIT
//
// The power is cut at every system call of workloads over the store.

#include "support/store_crash.h"
#include "support/test.h"
#include "total.h"

static void run(const struct pm_store_crash *workload, uint64_t seed,
                uint32_t most)
{
    struct pm_crash_campaign campaign = {
        .seed = seed, .most_at_a_call = most, .again_every = 1000};
    double start = campaign_now();

    CHECK(pm_store_crash_run(workload, &campaign));
    CHECK_INT(campaign.failures, 0);
    campaign_count(&campaign, campaign_now() - start);
}

TEST(crash, small_transactions_survive_a_cut_at_every_call)
{
    const struct pm_store_crash workload = {.transactions = 60,
                                            .durable_every = 3};
    run(&workload, 1, 26);
}

TEST(crash, large_transactions_survive_a_cut_at_every_call)
{
    const struct pm_store_crash workload = {
        .transactions = 30, .large_every = 3, .durable_every = 4};
    run(&workload, 2, 26);
}

TEST(crash, checkpoints_and_ends_survive_a_cut_at_every_call)
{
    const struct pm_store_crash workload = {.transactions = 50,
                                            .large_every = 10,
                                            .durable_every = 3,
                                            .close_every = 6};
    run(&workload, 3, 26);
}

TEST(crash, reserved_space_survives_a_cut_at_every_call)
{
    const struct pm_store_crash workload = {.transactions = 40,
                                            .durable_every = 3,
                                            .reserves = true,
                                            .close_every = 9};
    run(&workload, 4, 26);
}

TEST(crash, space_reserved_by_zeroes_survives_a_cut_at_every_call)
{
    const struct pm_store_crash workload = {.transactions = 40,
                                            .durable_every = 3,
                                            .reserves = true,
                                            .cannot_allocate = true,
                                            .close_every = 9};
    run(&workload, 5, 26);
}

// Which flush fails goes through all of the workload.
TEST(crash, a_failed_flush_and_the_new_file_survive_a_cut_at_every_call)
{
    // The first three are those of a new store.
    for (uint32_t at = 4; at < 16; at++) {
        const struct pm_store_crash workload = {.transactions = 16,
                                                .durable_every = 2,
                                                .large_every = 5,
                                                .fail_sync_at = at,
                                                .failed_sync_reverts =
                                                    at % 2 == 0};
        run(&workload, 6 + at, 12);
    }
}
