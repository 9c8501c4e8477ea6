// SPDX-License-Identifier: MIT
//
// The one table from the host's errno to what a cartridge is told.

#ifndef PM_HOST_ERRNO_STATUS_H
#define PM_HOST_ERRNO_STATUS_H

#include <prometeu/fs.h>

#ifdef __cplusplus
extern "C" {
#endif

// What the table does not know is IO_FAILED; 0 too, for a call that failed
// without saying why. Never OK.
pm_fs_status pm_errno_status(int error);

// The table's rows, for the test that covers it: row [index], false behind
// the last.
bool pm_errno_row(size_t index, int *out_errno, const char **out_name,
                  pm_fs_status *out_status);

#ifdef __cplusplus
}
#endif

#endif
