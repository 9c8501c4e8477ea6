// SPDX-License-Identifier: MIT
//
// The store of a cartridge's saves (struct pm_store) on a host's disk: one
// SQLite database for each app_id, in a directory of the user's.
//
// # Files
//
//     0000002a.db              the database, locked while it is open
//     0000002a.db-wal-EPOCH    its write-ahead log; gone after a clean end
//     0000002a.db.new          a database that is being written
//     0000002a.db.unsure       a flush failed in this boot, see below
//     0000002a.db.damaged-1    what was kept aside, with .damaged-1-wal and
//                              .damaged-1.txt, which says why
//
// A database appears under its name only complete and flushed, by a rename,
// so that what stands there is a store or it is none. It carries an epoch, a
// random number (user_version); a log belongs to the database of its epoch
// alone. What other epochs and unfinished files have left is removed at open.
//
// # What holds
//
//  S1 After a crash the store is as after some prefix of its transactions
//     that includes the last durable one that answered OK.
//  S2 A file that is damaged, of another application or no store at all is
//     never written to.
//  S3 Two runs never have one store: the database's lock is held from before
//     it has its name until it is closed.
//  S4 After a failed flush no transaction succeeds before a durable one has
//     written the whole store into a new file and flushed it. Until then
//     scan and get give what the log's checksums confirm: the content after
//     some transaction since the last confirmed one. That is remembered
//     beyond the end of the run, for as long as the system's own caches may
//     disagree with the device: by the file .unsure, which need not survive
//     a power cut, as then the caches are gone too.
//  S5 The space for a transaction that was reserved is there.
//  S6 A transaction that has to change a damaged page goes, with everything
//     that the store holds, into a new file, if all of that can be read and a
//     copy of the old file is kept aside; else it answers CORRUPT.
//
// # How durable it is, and what that costs
//
// A transaction that is not durable writes to the log and flushes nothing. A
// durable one flushes the log once. It fills the log's last sector up first,
// so that no later write can damage what is durable. A log that is new costs
// a flush of the directory; one that begins anew after a checkpoint costs a
// flush of its header. Checkpoints come with a durable transaction once the
// log has passed 1 MiB (checkpoint_at), and at close.

#ifndef PM_HOST_STORE_H
#define PM_HOST_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/fs.h>

#include "hosts/common/os.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pm_store_config {
    const struct pm_allocator *alloc; // must outlive the store
    const struct pm_os *os;           // the same
    const char *directory;            // is made when it is missing
    uint32_t app_id;
    // Opens only what is there (else NOT_FOUND) and changes nothing.
    bool read_only;
    // Bytes of the log at which a durable transaction is followed by a
    // checkpoint; at 16 times as many any is. 0: 1 MiB.
    uint64_t checkpoint_at;
};

// What went wrong, for the user: which file, what was found, what to do.
struct pm_store_error {
    char text[1024];
};

// Opens the store of an app_id, which is made when there is none, and fills
// [out]; to be closed by pm_store_close. On failure [out] is left alone and
// [out_error], which may be NULL, says why:
//
//  - BUSY: another run has it open;
//  - CORRUPT: it is damaged, no store, or another application's; it is left
//    as it is;
//  - ACCESS_DENIED: also for links, directories and other things that are
//    not files;
//  - NOT_FOUND (read only), STORAGE_FULL, TRANSIENT, IO_FAILED.
pm_fs_status pm_store_open(const struct pm_store_config *config,
                           struct pm_store *out,
                           struct pm_store_error *out_error);

// Closes a store that pm_store_open filled; one of zeroes is fine. What was
// committed and not durable becomes so if the device lets it.
void pm_store_close(struct pm_store *store);

// The cartridge that an app_id is bound to (saves.h). Empty texts: none yet.
struct pm_store_owner {
    char path[1024];
    char package[160]; // the fingerprint of a package
};

pm_fs_status pm_store_get_owner(const struct pm_store *store,
                                struct pm_store_owner *out);
// Durable, like a commit.
pm_fs_status pm_store_set_owner(const struct pm_store *store,
                                const struct pm_store_owner *owner);

#ifdef __cplusplus
}
#endif

#endif
