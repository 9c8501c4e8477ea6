// SPDX-License-Identifier: MIT
//
// Random operations on a cartridge's saves beside a naive model.
//
// Whatever the store below answers: an operation that answers OK is done as
// the model does it, one that answers an error has changed nothing. Each end
// of a frame, sync, replace, commit and clear is a boundary; what the model
// was at each is kept, so that what is left after a crash can be compared.

#ifndef PM_TEST_SAVE_WORKLOAD_H
#define PM_TEST_SAVE_WORKLOAD_H

#include "support/crash_campaign.h"
#include "support/save_volume.h"

enum {
    PM_SAVE_HANDLES = 2,
    PM_SAVE_PATH = 24,
};

struct pm_save_entry {
    bool is_used;
    pm_fs_kind kind;
    char path[PM_SAVE_PATH];
    uint32_t size;
    uint8_t bytes[PM_SAVE_FILE_LIMIT];
};

struct pm_save_slot {
    bool is_there;
    uint32_t size;
    uint32_t staged; // bytes; 0: nothing is staged
    uint8_t bytes[PM_SAVE_FILE_LIMIT];
    uint8_t stage[PM_SAVE_FILE_LIMIT];
};

struct pm_save_handle {
    struct pm_volume_file *file; // NULL: not open
    struct pm_save_entry *entry;
};

struct pm_save_workload {
    // Set before pm_save_workload_init.
    uint64_t seed;
    uint32_t operations;
    uint32_t durable_every; // of so many frame ends one is a sync; 0: 4
    bool is_lazy;           // does not look at what is there after each
    bool is_scripted;       // goes through all kinds of operations in turn

    struct pm_save_volume saves;
    // One more than the volume takes, for what it is asked for in vain.
    struct pm_save_entry entries[PM_SAVE_ENTRIES + 1];
    struct pm_save_slot slots[PM_SAVE_SLOTS];
    struct pm_save_handle handles[PM_SAVE_HANDLES];
    uint64_t random;

    // What was at each boundary, numbered from 0: the empty volume.
    struct pm_save_sums *boundaries;
    struct pm_crash_progress *progress;

    // What the last operation was, and what it answered.
    const char *what;
    pm_fs_status status;
    bool had_boundary; // it was one, or asked for one
    // The first thing that was wrong, or NULL; the operation's number.
    const char *wrong;
    uint32_t number;
};

// [progress] is kept up to date.
void pm_save_workload_init(struct pm_save_workload *workload,
                           struct pm_crash_progress *progress);
void pm_save_workload_free(struct pm_save_workload *workload);

// Closes the handles; for the saves to be closed.
void pm_save_workload_drop_handles(struct pm_save_workload *workload);
// What is staged on the card is gone, as the saves were closed.
void pm_save_workload_drop_staged(struct pm_save_workload *workload);

// One operation on [saves], which are open. It does not look at what came of
// it but by pm_save_workload_look.
void pm_save_workload_step(struct pm_save_workload *workload);
// Makes all durable; gives what was answered.
pm_fs_status pm_save_workload_sync(struct pm_save_workload *workload);
// Ends the frame.
void pm_save_workload_end_frame(struct pm_save_workload *workload);

// Whether what can be seen is what the model has; else [wrong] is set.
bool pm_save_workload_look(struct pm_save_workload *workload);
// The model as it is now.
struct pm_save_sums pm_save_workload_sums(const struct pm_save_workload *w);
// Whether this is what some boundary from the last acknowledged to the last
// begun was.
bool pm_save_workload_allows(const struct pm_save_workload *workload,
                             const struct pm_crash_progress *progress,
                             const struct pm_save_sums *found);

#endif
