// SPDX-License-Identifier: MIT
//
// A disk in memory behind struct pm_os, whose power can be cut.
//
// Each file and directory has two contents: the one that calls see, and the
// one that is safe on the device. What was changed and not synced stands in
// one list of pending operations, in the order of the calls. A sync of a file
// (or directory) makes its operations safe and takes them off the list. A cut
// makes a new disk out of what is safe and of any choice among the pending
// operations: kept, lost, torn. Contents are blocks shared until they are
// written, so a cut costs little.
//
// Also: a limit of space, reserving of space, locks, calls that fail, and a
// hook before each call that changes something. There are no threads, no modes
// and no files without names, and two files cannot change places.

#ifndef PM_TEST_SIM_OS_H
#define PM_TEST_SIM_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hosts/common/os.h"

struct pm_sim;

// What to make fail. Zeroes: nothing.
struct pm_sim_fault {
    int error;    // errno
    uint64_t at;  // the call that fails, from 1 since the plan was set
    bool on;      // and all after it
    bool of_kind; // counts calls of [kind] only
    enum pm_os_call kind;
    uint64_t seen; // calls counted so far
    uint64_t hits; // how many failed
};

struct pm_sim_knobs {
    uint64_t space;       // bytes of the device; 0: no limit
    bool cannot_allocate; // allocate is EOPNOTSUPP
    // A sync that fails loses what was pending for that file. With this, the
    // calls too see the file as it is on the device from then on; without,
    // only a cut shows what was lost.
    bool failed_sync_reverts;
    bool folds_names;
    struct pm_sim_fault fault;
    // Called before each call that changes something; it may cut.
    void (*hook)(void *context, struct pm_sim *sim);
    void *hook_context;
    uint64_t calls[PM_OS_CALL_COUNT];
    uint64_t syncs_of_files;
    uint64_t syncs_of_directories;
};

struct pm_sim *pm_sim_new(void);
void pm_sim_free(struct pm_sim *sim);
const struct pm_os *pm_sim_os(struct pm_sim *sim);
struct pm_sim_knobs *pm_sim_knobs(struct pm_sim *sim);

// --- cuts --------------------------------------------------------------------

// What becomes of one pending operation.
enum pm_sim_fate_kind {
    PM_SIM_LOST,
    PM_SIM_KEPT,
    PM_SIM_TORN,   // a write of which the first [bytes] came through
    PM_SIM_ZEROES, // a write of which only the new size came through
    // A write under way: every 4,096-byte sector that it touches is garbage,
    // what stood beside it in them too.
    PM_SIM_SMASHED,
};

struct pm_sim_fate {
    enum pm_sim_fate_kind kind;
    uint32_t bytes;
};

struct pm_sim_pending {
    bool is_write;
    bool is_name;   // of a directory
    uint32_t inode; // the file or directory
    uint64_t offset;
    uint32_t size;
};

size_t pm_sim_pending_count(const struct pm_sim *sim);
struct pm_sim_pending pm_sim_pending_at(const struct pm_sim *sim, size_t index);

// The disk as after a cut with a fate for each pending operation. Nothing is
// open on it, nothing pending, no fault and no hook set.
struct pm_sim *pm_sim_cut(const struct pm_sim *sim,
                          const struct pm_sim_fate *fates);

// A copy of the disk as calls see it, all of it safe.
struct pm_sim *pm_sim_copy(const struct pm_sim *sim);

// Makes all that is pending safe.
void pm_sim_settle(struct pm_sim *sim);

// --- looking and putting -----------------------------------------------------

// Reads, replaces or removes a file by its path, without any fault. Getting
// gives a block of malloc or NULL when there is no such file.
uint8_t *pm_sim_get(const struct pm_sim *sim, const char *path,
                    size_t *out_size);
void pm_sim_put(struct pm_sim *sim, const char *path, const void *data,
                size_t size);
void pm_sim_put_directory(struct pm_sim *sim, const char *path);
void pm_sim_put_link(struct pm_sim *sim, const char *path);
bool pm_sim_exists(const struct pm_sim *sim, const char *path);
// A hash over all names and contents below [path].
uint64_t pm_sim_hash(const struct pm_sim *sim, const char *path);
// How many descriptors are open.
size_t pm_sim_open_count(const struct pm_sim *sim);
// Bytes of the device in use.
uint64_t pm_sim_used(const struct pm_sim *sim);

#endif
