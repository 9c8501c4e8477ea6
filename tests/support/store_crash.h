// SPDX-License-Identifier: MIT
//
// Workloads for the crash campaign over the store alone, and what may be left
// of them: exactly the content after some transaction between the last that
// was acknowledged and the last that was begun.

#ifndef PM_TEST_STORE_CRASH_H
#define PM_TEST_STORE_CRASH_H

#include "support/crash_campaign.h"

struct pm_store_crash {
    uint32_t transactions;
    uint32_t large_every;   // every so manyth transaction is large; 0: none
    uint32_t durable_every; // every so manyth is durable, on average
    uint32_t close_every;   // the store is closed and opened again; 0: never
    bool reserves;
    bool cannot_allocate;
    // Flushes fail from this one on, for [failures] of them; 0: none.
    uint32_t fail_sync_at;
    bool failed_sync_reverts;
};

// Runs one workload; adds to the campaign's counts. False when a state was
// not allowed or the workload itself was not served.
bool pm_store_crash_run(const struct pm_store_crash *workload,
                        struct pm_crash_campaign *campaign);

#endif
