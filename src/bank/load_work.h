// SPDX-License-Identifier: MIT
//
// The host's part of a load: reading, decoding and examining, as a job.

#ifndef PM_BANK_LOAD_WORK_H
#define PM_BANK_LOAD_WORK_H

#include <stdatomic.h>

#include "bank/loads.h"

struct pm_load_work {
    struct pm_job job;              // the first field: a job leads back here
    struct pm_asset_reader *reader; // NULL: [open_status] tells why
    pm_status open_status;
    struct pm_bank_content content;
    // When READY has been asked to commit in vain: what is in the way is the
    // budget.
    struct pm_resident *resident;
    pm_status status; // of the job, once it has run
    atomic_bool is_done;
    atomic_bool is_canceled; // the job is to stop at its next piece
    bool is_started;         // and not waited for yet
    bool has_run;
};

// Takes memory for the whole of it and hands the job out.
// PM_ERR_NO_MEMORY, PM_ERR_LIMIT.
pm_status pm_load_work_begin(struct pm_loads *loads,
                             const struct pm_asset_entry *entry,
                             struct pm_load_work **out);

// Waits for the job, or does it now without workers; gives how it ended.
pm_status pm_load_work_finish(struct pm_loads *loads,
                              struct pm_load_work *work);

#endif
