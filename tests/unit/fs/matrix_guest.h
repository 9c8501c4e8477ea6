// SPDX-License-Identifier: MIT
//
// The part of the matrix that only a whole machine has: limits of open files
// and cursors, a cursor's next, and the card's calls that always answer OK.

#ifndef PM_TEST_FS_MATRIX_GUEST_H
#define PM_TEST_FS_MATRIX_GUEST_H

#include "matrix_steps.h"

// Runs the programs on a machine and marks what they were answered. [card]
// (may be NULL) is for slot_count, which is call 0, and slot_stat, call 1.
void mx_run_guest(enum mx_place place, bool reached[MX_CALLS][15],
                  bool card[6][8]);

#endif
