// SPDX-License-Identifier: MIT
//
// The write-back layer: collects what the save volume and the memory card
// change, and hands it to the store in transactions, in order.
//
// Each part that keeps something in the store (a tree, a card) is a client.
// It says what it will have to write before it changes anything
// (pm_writeback_reserve), and is asked for its changes when a transaction is
// due. So a change that answered OK cannot fail later for lack of space.
//
// A change is dirty until a transaction holds it, and unconfirmed until the
// device has confirmed that transaction. When a flush fails, all that is
// unconfirmed is dirty again: the store writes itself anew as a whole and
// wants to be given it once more.

#ifndef PM_FS_WRITEBACK_H
#define PM_FS_WRITEBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/fs.h>

#include "base/buf.h"

struct pm_writeback;

// What a transaction is put together with.
struct pm_changes;

struct pm_writeback_client {
    void *context;
    // Puts all that is dirty (pm_changes_put, pm_changes_remove). A status
    // other than OK ends the transaction.
    pm_fs_status (*collect)(void *context, struct pm_changes *changes);
    // The transaction that was collected for is in the store: what was put
    // is no longer dirty but unconfirmed. With [durable] all of it is
    // confirmed.
    void (*done)(void *context, bool durable);
    // A flush has failed: what is unconfirmed is dirty again.
    void (*undone)(void *context);
};

// [store] must outlive it. NULL: everything is confirmed at once.
pm_fs_status pm_writeback_create(const struct pm_allocator *alloc,
                                 const struct pm_store *store,
                                 struct pm_writeback **out);
// Does not write anything any more: pm_writeback_commit first.
void pm_writeback_destroy(struct pm_writeback *writeback);

// At most two clients.
void pm_writeback_add(struct pm_writeback *writeback,
                      struct pm_writeback_client client);

// Counts [changes] more changes with [bytes] of values together (without
// their hashes) as due, and takes device space for all that is due. On
// failure nothing has changed. The count ends with the transaction.
pm_fs_status pm_writeback_reserve(struct pm_writeback *writeback,
                                  uint64_t changes, uint64_t bytes);
// Counts for as long as the client holds it: for what is staged and will
// once be due. Given back by negative numbers, which cannot fail.
pm_fs_status pm_writeback_hold(struct pm_writeback *writeback, int64_t changes,
                               int64_t bytes);

// Hands over all that is due as one transaction; nothing is due afterwards.
// With [durable] waits for the device, also when nothing is due. On failure
// everything stays due.
pm_fs_status pm_writeback_commit(struct pm_writeback *writeback, bool durable);

// Damage was found in the store: before the next transaction a copy of it is
// kept aside, once, and without that copy nothing is written. With [at_once]
// it is tried now. [what] is a literal.
void pm_writeback_damaged(struct pm_writeback *writeback, const char *what,
                          bool at_once);

// --- items -------------------------------------------------------------------

// An item is a value and behind it a hash of key and value, so that one that
// was damaged, or stands under another's key, is found:
// XXH3-64 of (key, XXH3-64 of the value), little-endian.
#define PM_ITEM_TAIL 8u

uint64_t pm_item_hash(uint64_t key, const void *value, size_t size);

// Whether these [*size] bytes are the item [key]; takes the hash off [*size].
bool pm_item_open(uint64_t key, const void *item, size_t *size);

// Copies the value and puts it with its hash, which is given back.
uint64_t pm_changes_put(struct pm_changes *changes, uint64_t key,
                        const void *value, uint32_t size);
void pm_changes_remove(struct pm_changes *changes, uint64_t first,
                       uint64_t last);

// What a store answers, made one of the statuses that it may answer.
pm_fs_status pm_writeback_status(pm_fs_status status);

#endif
