// SPDX-License-Identifier: MIT
//
// An allocator for tests: checks that every block comes back with its size,
// counts what is live, and fails on command.

#ifndef PM_TEST_FAULT_ALLOC_H
#define PM_TEST_FAULT_ALLOC_H

#include <stddef.h>

#include <prometeu/alloc.h>

struct pm_fault_alloc {
    size_t live_blocks;
    size_t live_bytes;
    size_t peak_bytes;
    // Allocations and growths asked for so far.
    size_t calls;
    // The call (from 1) that fails; 0: none. With [fail_on], that one and
    // all after it.
    size_t fail_at;
    int fail_on;
    // Refuse beyond so many live bytes; 0: no limit.
    size_t limit;
};

// An allocator over [state], which starts as zeroes and must outlive it.
struct pm_allocator pm_fault_alloc(struct pm_fault_alloc *state);

// Runs [task] with the 1st, 2nd, 3rd … allocation failing, until a run meets
// no failure; after each run CHECKs that nothing leaked. [task] returns
// whether it succeeded, and must not succeed in a run that met a failure
// unless [may_recover]. Gives the number of failing points tried.
size_t pm_fault_alloc_each(int (*task)(const struct pm_allocator *alloc,
                                       void *context),
                           void *context, int may_recover);

#endif
