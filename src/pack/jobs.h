// SPDX-License-Identifier: MIT
//
// Jobs of the packer: many of one kind, on threads or one after the other.

#ifndef PM_PACK_JOBS_H
#define PM_PACK_JOBS_H

#include <stddef.h>

#include <prometeu/workers.h>

// Runs [count] jobs, which stand [stride] bytes apart and have [run] set, and
// returns when all have run. A job with run NULL is left out.
void pm_pack_run_jobs(const struct pm_workers *workers, void *first,
                      size_t count, size_t stride);

#endif
