// SPDX-License-Identifier: MIT
//
// Ten million states after a cut: the campaigns of tests/unit/crash over
// store and volume, with other seeds for as long as it takes.
//
//     long_crash [FIRST_SEED]
//
// PM_CRASH_STATES is how many states instead. Two processes share the work
// when each is given its half and another first seed.

#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "support/store_crash.h"
#include "support/volume_crash.h"

#define STATES 10000000u

struct total {
    uint64_t wanted;
    uint64_t states;
    uint64_t again;
    uint64_t workloads;
    double start;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct pm_crash_campaign campaign_of(const struct total *total,
                                            uint64_t seed)
{
    return (struct pm_crash_campaign){.seed = seed,
                                      .most_at_a_call = 60,
                                      .again_every = 1000,
                                      .stop_at = total->wanted - total->states};
}

static void add(struct total *total, const struct pm_crash_campaign *campaign)
{
    total->states += campaign->states;
    total->again += campaign->again;
    total->workloads++;
}

// Goes through what a workload can be, by its seed.
static bool run_store(struct total *total, uint64_t seed)
{
    struct pm_crash_campaign campaign = campaign_of(total, seed);
    const struct pm_store_crash workload = {
        .transactions = 40,
        .large_every = (uint32_t)(seed % 5 * 2),
        .durable_every = 2 + (uint32_t)(seed / 5 % 3),
        .close_every = (uint32_t)(seed / 3 % 4 * 3),
        .reserves = seed / 2 % 2 == 0,
        .cannot_allocate = seed / 4 % 4 == 0,
        .fail_sync_at = seed % 3 ? 0 : 4 + (uint32_t)(seed / 3 % 30),
        .failed_sync_reverts = seed / 7 % 2 == 0,
    };
    bool ok = pm_store_crash_run(&workload, &campaign);

    add(total, &campaign);
    return ok;
}

static bool run_volume(struct total *total, uint64_t seed)
{
    static const uint64_t checkpoints[] = {0, 1500, 6000, 30000};
    struct pm_crash_campaign campaign = campaign_of(total, seed);
    bool fails = seed % 2 == 0;
    const struct pm_volume_crash workload = {
        .operations = 60,
        .durable_every = seed % 3 ? 3 : 12,
        .close_every = fails ? 0 : (uint32_t)(seed / 3 % 3 * 9),
        .checkpoint_at = checkpoints[seed / 3 % 4],
        .is_lazy = seed / 7 % 2 == 0,
        .cannot_allocate = seed / 5 % 4 == 0,
        .fail_sync_at = fails ? 1 + (uint32_t)(seed / 2 % 40) : 0,
        .failing_flushes = 1 + (uint32_t)(seed / 11 % 3),
        .failed_sync_reverts = seed / 13 % 2 == 0,
    };
    bool ok = pm_volume_crash_run(&workload, &campaign);

    add(total, &campaign);
    return ok;
}

static void report(const struct total *total)
{
    double seconds = now() - total->start;

    printf("%" PRIu64 " of %" PRIu64 " states, %" PRIu64
           " of them after two cuts, %" PRIu64 " workloads, %.0f a second\n",
           total->states, total->wanted, total->again, total->workloads,
           (double)total->states / seconds);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const char *states = getenv("PM_CRASH_STATES");
    struct total total = {.wanted = STATES, .start = now()};
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    double reported = total.start;

    if (states)
        total.wanted = strtoull(states, NULL, 10);
    for (; total.states < total.wanted; seed++) {
        if (!run_volume(&total, seed) ||
            (total.states < total.wanted && !run_store(&total, seed))) {
            fprintf(stderr, "long_crash: failed with seed %" PRIu64 "\n", seed);
            return 1;
        }
        if (now() - reported > 10) {
            reported = now();
            report(&total);
        }
    }
    report(&total);
    return 0;
}
