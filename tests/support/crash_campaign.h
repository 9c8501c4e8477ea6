// SPDX-License-Identifier: MIT
//
// Cuts the power at every system call that a workload makes, in every way
// that matters, and has what is left on the disk checked.
//
// The workload runs once on a simulated disk. Before each call that changes
// something, all that was written and not flushed is pending; the campaign
// goes through choices of what becomes of it:
//
//  - each prefix of the pending operations came through;
//  - each subset of the last eight, with all earlier ones kept, or lost;
//  - one of the last writes is torn at each multiple of 512 bytes, or came
//    through as a new size and zeroes only, or has smashed its sectors;
//  - all of one file came through and nothing of the others, and the reverse;
//  - all names and no contents, all contents and no names;
//  - fates drawn at random.
//
// For each the disk as it is after the cut is given to [check]. Some are cut
// once more, at each call that [check] makes.

#ifndef PM_TEST_CRASH_CAMPAIGN_H
#define PM_TEST_CRASH_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "support/sim_os.h"

// What the workload has come to: transactions are numbered from 1.
struct pm_crash_progress {
    uint64_t begun;        // the last that was asked for
    uint64_t acknowledged; // the last that must be there after a cut
};

struct pm_crash_campaign {
    void *context;
    // Runs the workload on [sim], which it may set knobs of (but the hook),
    // and keeps [progress] up to date.
    void (*run)(void *context, struct pm_sim *sim,
                struct pm_crash_progress *progress);
    // Whether [os], a disk after a cut, is as it may be. It may change it.
    bool (*check)(void *context, const struct pm_os *os,
                  const struct pm_crash_progress *progress);
    uint64_t seed;
    uint32_t most_at_a_call; // so many of the choices, drawn; 0: all
    uint32_t again_every;    // cut every so manyth check, too; 0: none
    uint64_t stop_at;        // so many states in all; 0: no limit

    // What came of it.
    uint64_t calls;
    uint64_t states;
    uint64_t again; // of which so many after two cuts
    uint64_t failures;
};

// False when a check has failed; the first ones are described on stderr.
bool pm_crash_campaign_run(struct pm_crash_campaign *campaign);

#endif
