// SPDX-License-Identifier: MIT
//
// A struct pm_os before another one that counts calls, makes them fail, and
// lacks what other systems lack.

#ifndef PM_TEST_DIRECTORY_ODD_OS_H
#define PM_TEST_DIRECTORY_ODD_OS_H

#include "hosts/common/os.h"

struct odd_os {
    struct pm_os os; // what is to be used
    const struct pm_os *under;
    // Calls that can fail, so far, and how many of a kind.
    size_t calls;
    size_t of_kind[PM_OS_CALL_COUNT];
    // The call (from 1) that fails with [error]; 0: none. With [fail_on] that
    // one and all after it.
    size_t fail_at;
    bool fail_on;
    int error;
    // Descriptors that are open now.
    int open_files;
    bool has_no_exchange;
    bool has_no_replace; // nor NO_REPLACE
    bool has_no_unnamed;
    bool cannot_link;
    // Names that differ in case are one; the first spelling stays.
    bool folds;
    // Everything is a regular file, if is_file is asked.
    bool knows_no_kinds;
    // How often is_file said yes.
    size_t said_file;
    // Half of what is asked for is read and written.
    bool is_short;
    // What changes something, in order, a letter each: 'w' bytes written, 'f'
    // a file flushed, 'd' a directory, 'n' a name given. Calls that fail are
    // not among them.
    char notes[64];
    size_t noted;
};

void odd_os_init(struct odd_os *odd, const struct pm_os *under);

#endif
