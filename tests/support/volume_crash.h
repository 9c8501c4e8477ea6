// SPDX-License-Identifier: MIT
//
// Workloads for the crash campaign over all of a cartridge's saves (volume,
// card, write-back, store), and what may be left of them: what was at some
// boundary between the last that was acknowledged and the last that was
// begun (promises 1 to 3 of docs/spec/fs.md).

#ifndef PM_TEST_VOLUME_CRASH_H
#define PM_TEST_VOLUME_CRASH_H

#include "support/crash_campaign.h"

struct pm_volume_crash {
    uint32_t operations;
    uint32_t durable_every; // of so many frame ends one is a sync; 0: 4
    uint32_t close_every;   // operations; closed and opened again; 0: never
    uint64_t checkpoint_at; // of the store
    bool is_scripted;
    bool is_lazy;
    bool cannot_allocate;
    // Flushes fail from this one on, for [failing_flushes] of them; 0: none.
    uint32_t fail_sync_at;
    uint32_t failing_flushes;
    bool failed_sync_reverts;
};

// Runs one workload; adds to the campaign's counts. False when a state was
// not allowed or the workload itself was not served; stderr says which.
bool pm_volume_crash_run(const struct pm_volume_crash *workload,
                         struct pm_crash_campaign *campaign);

#endif
