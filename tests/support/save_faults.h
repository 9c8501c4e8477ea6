// SPDX-License-Identifier: MIT
//
// Workloads over a cartridge's saves of which something below fails: a system
// call, an allocation, the room on the disk.
//
// After each operation: what answered OK is there, what answered an error has
// changed nothing. When the fault is gone, all goes on; and after closing and
// opening all is there that was there before.

#ifndef PM_TEST_SAVE_FAULTS_H
#define PM_TEST_SAVE_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

struct pm_save_fault {
    uint64_t seed;
    uint32_t operations;
    bool is_lazy;
    // The [at]th system call fails with this errno; 0: none.
    int error;
    uint64_t at;
    // The [at]th allocation fails.
    bool is_memory;
    // With both: and all after it.
    bool on;
    // After [room] bytes the disk is full: promise 4.
    bool is_full;
    uint64_t room;
    // The power goes while the fault is there: all that is pending is lost.
    bool is_cut;
};

// One run; false when something was not as it has to be, which stderr says.
// [out_met] may be NULL: whether the fault was met at all.
bool pm_save_fault_run(const struct pm_save_fault *fault, bool *out_met);

#endif
