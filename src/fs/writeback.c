// SPDX-License-Identifier: MIT
#include "fs/writeback.h"

#include "base/check.h"
#include "base/mem.h"
#include "fs/writeback_internal.h"

enum { MAX_CLIENTS = 2 };

// How much a transaction may take in the store.
struct amount {
    uint64_t changes;
    uint64_t bytes;
};

struct pm_writeback {
    struct pm_allocator alloc;
    const struct pm_store *store;
    struct pm_writeback_client clients[MAX_CLIENTS];
    unsigned client_count;
    struct amount due;         // for the next transaction
    struct amount held;        // for one that a client will ask for
    struct amount unconfirmed; // due again when a flush fails
    const char *damage;        // what was found and is not kept aside; or NULL
    bool is_kept;              // a copy stands aside
    bool is_short;             // space for what is due was not taken
};

pm_fs_status pm_writeback_create(const struct pm_allocator *alloc,
                                 const struct pm_store *store,
                                 struct pm_writeback **out)
{
    struct pm_writeback *writeback = pm_mem_zalloc(alloc, sizeof *writeback);
    if (!writeback)
        return PM_FS_TRANSIENT;
    writeback->alloc = *alloc;
    writeback->store = store;
    *out = writeback;
    return PM_FS_OK;
}

void pm_writeback_destroy(struct pm_writeback *writeback)
{
    if (!writeback)
        return;
    struct pm_allocator alloc = writeback->alloc;
    pm_mem_free(&alloc, writeback, sizeof *writeback);
}

void pm_writeback_add(struct pm_writeback *writeback,
                      struct pm_writeback_client client)
{
    PM_CHECK(writeback->client_count < MAX_CLIENTS);
    writeback->clients[writeback->client_count++] = client;
}

// --- space -------------------------------------------------------------------

static struct amount plus(struct amount a, struct amount b)
{
    return (struct amount){a.changes + b.changes, a.bytes + b.bytes};
}

static pm_fs_status take_space(const struct pm_writeback *writeback,
                               struct amount more)
{
    const struct pm_store *store = writeback->store;
    struct amount all = plus(plus(writeback->due, writeback->held), more);
    return store ? pm_writeback_status(
                       store->reserve(store->context, all.changes, all.bytes))
                 : PM_FS_OK;
}

pm_fs_status pm_writeback_reserve(struct pm_writeback *writeback,
                                  uint64_t changes, uint64_t bytes)
{
    struct amount more = {changes, bytes + changes * PM_ITEM_TAIL};
    pm_fs_status status = take_space(writeback, more);
    if (status)
        return status;
    writeback->due = plus(writeback->due, more);
    return PM_FS_OK;
}

pm_fs_status pm_writeback_hold(struct pm_writeback *writeback, int64_t changes,
                               int64_t bytes)
{
    // Unsigned, so that what is given back wraps to a difference.
    struct amount more = {(uint64_t)changes,
                          (uint64_t)bytes + (uint64_t)changes * PM_ITEM_TAIL};
    pm_fs_status status = PM_FS_OK;

    PM_CHECK((changes < 0) == (bytes < 0));
    if (changes > 0)
        status = take_space(writeback, more);
    if (status)
        return status;
    writeback->held = plus(writeback->held, more);
    return PM_FS_OK;
}

// --- damage ------------------------------------------------------------------

static pm_fs_status keep_aside(struct pm_writeback *writeback)
{
    const struct pm_store *store = writeback->store;
    pm_fs_status status = PM_FS_OK;
    if (writeback->damage)
        status = pm_writeback_status(
            store->keep_aside(store->context, writeback->damage));
    if (writeback->damage && !status) {
        writeback->damage = NULL;
        writeback->is_kept = true;
    }
    return status;
}

void pm_writeback_damaged(struct pm_writeback *writeback, const char *what,
                          bool at_once)
{
    if (!writeback->store || writeback->is_kept)
        return;
    if (!writeback->damage)
        writeback->damage = what;
    if (at_once)
        (void)keep_aside(writeback); // else before the next transaction
}

// --- transactions ------------------------------------------------------------

static pm_fs_status collect(const struct pm_writeback *writeback,
                            struct pm_changes *changes)
{
    for (unsigned i = 0; i < writeback->client_count; i++) {
        const struct pm_writeback_client *client = &writeback->clients[i];
        pm_fs_status status = client->collect(client->context, changes);
        if (status)
            return status;
    }
    return changes->failed ? PM_FS_TRANSIENT : PM_FS_OK;
}

// Space for what is due or held although nobody asked for it just now. When
// there is none, the next transaction itself says so.
static void take_what_is_short(struct pm_writeback *writeback)
{
    if (writeback->is_short)
        writeback->is_short = take_space(writeback, (struct amount){0}) != 0;
}

static void succeed(struct pm_writeback *writeback, bool durable)
{
    if (durable)
        writeback->unconfirmed = (struct amount){0};
    else
        writeback->unconfirmed = plus(writeback->unconfirmed, writeback->due);
    writeback->due = (struct amount){0};
    for (unsigned i = 0; i < writeback->client_count; i++)
        writeback->clients[i].done(writeback->clients[i].context, durable);
    // What is held was part of what the transaction had reserved; a store
    // that reserves for one transaction alone is asked again. What it took
    // before, it still has.
    writeback->is_short = writeback->held.changes != 0;
    take_what_is_short(writeback);
}

// After a transaction that should have waited for the device, or could not be
// written to it, what it had not confirmed before may be lost with it.
static void flush_failed(struct pm_writeback *writeback)
{
    writeback->due = plus(writeback->due, writeback->unconfirmed);
    writeback->unconfirmed = (struct amount){0};
    for (unsigned i = 0; i < writeback->client_count; i++)
        writeback->clients[i].undone(writeback->clients[i].context);
    writeback->is_short = true;
}

static pm_fs_status hand_over(struct pm_writeback *writeback, bool durable)
{
    const struct pm_store *store = writeback->store;
    struct pm_changes changes;
    pm_fs_status status;

    take_what_is_short(writeback);
    pm_changes_init(&changes, &writeback->alloc);
    status = collect(writeback, &changes);
    if (!status) {
        status = pm_writeback_status(store->commit(store->context, changes.list,
                                                   changes.count, durable));
        if (!status)
            succeed(writeback, durable);
        else if (durable || status == PM_FS_IO_FAILED)
            flush_failed(writeback);
    }
    pm_changes_free(&changes);
    return status;
}

pm_fs_status pm_writeback_commit(struct pm_writeback *writeback, bool durable)
{
    if (!writeback->store || (!durable && !writeback->due.changes))
        return PM_FS_OK;
    pm_fs_status status = keep_aside(writeback);
    return status ? status : hand_over(writeback, durable);
}
