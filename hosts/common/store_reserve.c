// SPDX-License-Identifier: MIT
//
// How much space one transaction can need at most.
//
// A transaction writes each page that it changed once, as one frame of the
// log, when it commits (nothing is spilled earlier), and one frame more to
// fill the last sector up. So the question is how many pages [changes] puts
// or removals of one item each can change, in a B-tree whose rows are in its
// leaves:
//
//  - the pages on the way to the item, and on each level two siblings more
//    and up to two new pages when SQLite balances it (btree.c,
//    balance_nonroot: 3 pages become at most 5), and one when the root
//    grows: 5 * depth + 1; over all changes no more than there are pages
//    before and new ones: 2 * depth + 1 a change;
//  - the new overflow pages, each with 4,084 bytes of a value: for all
//    values together bytes / 4084 and one each for what is left over;
//  - of the list of free pages those that hold the numbers of the others,
//    about 1,000 each, and page 1;
//  - the one page of head.
//
// The depth is not asked but bounded: SQLite balances a page that is less
// than a third full, and a third of an inner page is 80 children.

#include <stdio.h>

#include "hosts/common/store_internal.h"

#define PAYLOAD   (PM_STORE_PAGE - PM_STORE_PAGE_SUM - 4u)
#define CHILDREN  80u
#define FREE_LIST 1000u
// Page 1, head, the first page of the free list, filling up; and as much for
// one transaction that only flushes (store.c).
#define FIXED 8u
// Reserved in steps of so much.
#define STEP ((uint64_t)64 << 10)

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

struct pm_store_bound pm_store_bound(uint64_t pages, uint64_t changes,
                                     uint64_t bytes)
{
    uint64_t overflow = bytes / PAYLOAD + changes;
    uint64_t depth = 2;

    for (uint64_t reach = CHILDREN; reach < pages + overflow; reach *= CHILDREN)
        depth++;
    uint64_t new_tree = changes * (2 * depth + 1);
    uint64_t tree = least(changes * (5 * depth + 1), pages + new_tree);
    uint64_t freed = pages / FREE_LIST + 1;
    return (struct pm_store_bound){FIXED + tree + overflow + freed,
                                   new_tree + overflow};
}

static uint64_t round_up(uint64_t size)
{
    return (size + STEP - 1) / STEP * STEP;
}

static pm_fs_status know_pages(struct pm_store_disk_store *store)
{
    sqlite3_stmt *statement = store->session.statements[PM_STORE_PAGES];

    if (store->pages_known)
        return PM_FS_OK;
    if (sqlite3_step(statement) == SQLITE_ROW)
        store->pages = (uint64_t)sqlite3_column_int64(statement, 0);
    pm_fs_status status = pm_store_status(store, sqlite3_reset(statement));
    store->pages_known = status == PM_FS_OK;
    return status;
}

pm_fs_status pm_store_reserve(void *context, uint64_t changes, uint64_t bytes)
{
    struct pm_store_disk_store *store = context;
    struct pm_store_vfs *vfs = &store->session.vfs;

    if (store->read_only)
        return PM_FS_ACCESS_DENIED;
    // More than any device has.
    if (changes > (uint64_t)1 << 32 || bytes > (uint64_t)1 << 48)
        return PM_FS_STORAGE_FULL;
    pm_fs_status status = pm_store_ready(store);
    if (!status && !store->must_rewrite)
        status = pm_store_settle(store);
    if (!status)
        status = know_pages(store);
    if (status)
        return status;
    struct pm_store_bound bound = pm_store_bound(store->pages, changes, bytes);
    uint64_t log_end =
        vfs->log_end + PM_STORE_LOG_HEADER + bound.frames * PM_STORE_FRAME;
    uint64_t main_end = (store->pages + bound.new_pages) * PM_STORE_PAGE;
    if (log_end <= vfs->log.taken && main_end <= vfs->main.taken)
        return PM_FS_OK;
    int error = pm_store_vfs_make_log(vfs);
    if (!error)
        error = pm_store_vfs_take(vfs, &vfs->log, round_up(log_end));
    // So that a later checkpoint finds room; without it the log would only
    // grow.
    if (!error)
        error = pm_store_vfs_take(vfs, &vfs->main, round_up(main_end));
    return error ? pm_store_errno(error) : PM_FS_OK;
}
