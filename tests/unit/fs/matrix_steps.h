// SPDX-License-Identifier: MIT
//
// The calls of the matrix, with the arguments that they are tried with.

#ifndef PM_TEST_FS_MATRIX_STEPS_H
#define PM_TEST_FS_MATRIX_STEPS_H

#include "matrix_world.h"

enum mx_call {
    MX_OPEN,
    MX_READ,
    MX_WRITE,
    MX_SIZE,
    MX_TRUNCATE,
    MX_SYNC,
    MX_CLOSE,
    MX_REPLACE,
    MX_STAT,
    MX_LIST,
    MX_NEXT,
    MX_MAKE_DIR,
    MX_REMOVE,
    MX_RENAME,
    MX_USAGE,
    MX_CALLS,
};

enum {
    // Somebody else has "f" open for writing.
    MX_HELD = 1,
    // ... and has written to it.
    MX_DIRTY = 2,
    // The handle is one that a restore could not attach.
    MX_LOST = 4,
    // The volume's entries, or its bytes, are used up.
    MX_FULL_OF_ENTRIES = 8,
    MX_FULL_OF_BYTES = 16,
    // What the path names is gone meanwhile; on /host behind our back.
    MX_GONE = 32,
};

struct mx_step {
    enum mx_call call;
    unsigned flags;
    unsigned mode;    // of open, and of the handle
    const char *path; // within the volume; with '/' first: as it is
    const char *to;
    uint64_t number; // offset, size, limit
    uint64_t size;
};

extern const struct mx_step mx_steps[];
extern const size_t mx_step_count;

// Makes the step in the world, under the plan. Gives its status; false in
// [out_made] when what it needs could not be had.
pm_fs_status mx_do(struct mx_world *world, const struct mx_step *step,
                   const struct mx_plan *plan, bool *out_made,
                   bool *out_was_met);

#endif
