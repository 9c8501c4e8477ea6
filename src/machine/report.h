// SPDX-License-Identifier: MIT
//
// Reports inside the machine: begin, collect diagnostics, end.

#ifndef PM_MACHINE_REPORT_H
#define PM_MACHINE_REPORT_H

#include "machine/machine_internal.h"

void pm_report_init(struct pm_report *report, const struct pm_allocator *alloc);
void pm_report_free(struct pm_report *report);

// Empties the report; faults then go to its [diags].
void pm_report_begin(struct pm_report *report);

// Makes the lines, and gives the report. A failed [status] that has no fault
// beside it gets a line of its own.
const struct pm_report *pm_report_end(struct pm_report *report,
                                      pm_status status);

#endif
