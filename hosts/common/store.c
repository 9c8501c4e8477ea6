// SPDX-License-Identifier: MIT
#include "hosts/common/store.h"

#include <stdio.h>
#include <string.h>

#include "hosts/common/store_internal.h"
#include "hosts/common/store_io.h"

// Transactions that are not durable wait for a checkpoint until the log has so
// many times the size.
#define CHECKPOINT_MUST 16u

// --- reading -----------------------------------------------------------------

static pm_fs_status scan(void *context, uint64_t first, uint64_t last,
                         bool (*visit)(void *visitor, uint64_t key,
                                       const void *value, size_t size),
                         void *visitor)
{
    struct pm_store_disk_store *store = context;
    pm_fs_status status = pm_store_ready(store);

    if (status || first > INT64_MAX || first > last)
        return status;
    sqlite3_stmt *statement = store->session.statements[PM_STORE_SCAN];
    if (sqlite3_stmt_busy(statement))
        return PM_FS_TRANSIENT; // one scan at a time
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(statement, 2,
                       last > INT64_MAX ? INT64_MAX : (sqlite3_int64)last);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        uint64_t key = (uint64_t)sqlite3_column_int64(statement, 0);
        const void *value = sqlite3_column_blob(statement, 1);
        size_t size = (size_t)sqlite3_column_bytes(statement, 1);
        // No value for an empty one, or when SQLite had no memory.
        if (!value && sqlite3_errcode(store->session.db) == SQLITE_NOMEM)
            break;
        if (!visit(visitor, key, value ? value : "", size))
            break;
    }
    return pm_store_status(store, sqlite3_reset(statement));
}

static pm_fs_status get(void *context, uint64_t key, void *dst, size_t room,
                        size_t *out_size)
{
    struct pm_store_disk_store *store = context;
    pm_fs_status status = pm_store_ready(store);

    if (status)
        return status;
    if (key > INT64_MAX)
        return PM_FS_NOT_FOUND;
    sqlite3_stmt *statement = store->session.statements[PM_STORE_GET];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)key);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    const void *value = found ? sqlite3_column_blob(statement, 0) : NULL;
    size_t size = found ? (size_t)sqlite3_column_bytes(statement, 0) : 0;
    bool fits = size <= room && (value || size == 0);
    if (value && fits)
        memcpy(dst, value, size);
    int code = sqlite3_errcode(store->session.db) == SQLITE_NOMEM ? SQLITE_NOMEM
                                                                  : SQLITE_OK;
    int end = sqlite3_reset(statement);
    status = pm_store_status(store, end ? end : code);
    if (status)
        return status;
    if (!found)
        return PM_FS_NOT_FOUND;
    if (!fits)
        return PM_FS_CORRUPT;
    *out_size = size;
    return PM_FS_OK;
}

// --- changing ----------------------------------------------------------------

// With FULL the commit flushes the log, with NORMAL it does not. The pragma
// acts when it is prepared, so it cannot be kept.
static int set_level(struct pm_store_session *session, bool durable)
{
    int level = durable ? 2 : 1;

    if (session->level == level)
        return SQLITE_OK;
    int code =
        pm_store_session_exec(session, durable ? "PRAGMA synchronous = FULL"
                                               : "PRAGMA synchronous = "
                                                 "NORMAL");
    if (!code)
        session->level = level;
    return code;
}

static int transact(struct pm_store_session *session,
                    const struct pm_store_work *work, bool durable)
{
    int code = set_level(session, durable);

    if (!code)
        code = pm_store_session_run(session, PM_STORE_BEGIN);
    if (code)
        return code;
    code = pm_store_session_apply(session, work);
    if (!code)
        code = pm_store_session_run(session, PM_STORE_COMMIT);
    if (code && !sqlite3_get_autocommit(session->db))
        pm_store_session_run(session, PM_STORE_ROLLBACK);
    return code;
}

// Until it succeeds it is tried again after as much of the log.
static pm_fs_status checkpoint(struct pm_store_disk_store *store)
{
    int in_log = 0;
    int done = 0;

    store->checkpoint_at = store->session.vfs.log_end + store->checkpoint_step;
    int code = sqlite3_wal_checkpoint_v2(
        store->session.db, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_log, &done);
    pm_fs_status status = pm_store_status(store, code);
    if (!status && (in_log != done || store->must_rewrite))
        return PM_FS_IO_FAILED;
    if (!status) {
        store->checkpoint_at = 0;
        store->unflushed = false;
        store->recovered = false;
    }
    return status;
}

// A log that another run has left may end anywhere in a sector, which a write
// behind it could damage: it is brought into the database first, and begins
// anew.
pm_fs_status pm_store_settle(struct pm_store_disk_store *store)
{
    return store->recovered ? checkpoint(store) : PM_FS_OK;
}

static void checkpoint_if_large(struct pm_store_disk_store *store, bool durable)
{
    uint64_t end = store->session.vfs.log_end;
    uint64_t limit = store->checkpoint_step * (durable ? 1 : CHECKPOINT_MUST);

    // That it fails loses nothing: everything stays in the log.
    if (end >= limit && end >= store->checkpoint_at && !store->must_rewrite)
        (void)checkpoint(store);
}

static int transact_durably(struct pm_store_disk_store *store,
                            const struct pm_store_work *work)
{
    const struct pm_store_work mark = {.mark = true};
    struct pm_store_session *session = &store->session;
    uint64_t flushes = session->vfs.flushes;
    int code = transact(session, work, true);

    // A transaction that changes nothing writes and flushes nothing, but what
    // was there before it has to be flushed. That wants a frame, too: behind
    // it the log's last sector is filled up.
    if (!code && store->unflushed && session->vfs.flushes == flushes)
        code = transact(session, &mark, true);
    return code;
}

static pm_fs_status add(struct pm_store_disk_store *store,
                        const struct pm_store_work *work, bool durable)
{
    pm_fs_status status = pm_store_ready(store);

    if (status)
        return status;
    if (work->count == 0 && !work->owner && !(durable && store->unflushed))
        return PM_FS_OK;
    status = pm_store_settle(store);
    if (status)
        return status;
    store->pages_known = false;
    int code = durable ? transact_durably(store, work)
                       : transact(&store->session, work, false);
    status = pm_store_status(store, code);
    if (status)
        return status;
    store->unflushed = !durable;
    checkpoint_if_large(store, durable);
    return PM_FS_OK;
}

// A page is damaged that a transaction has to change. Where everything that
// the store holds can still be read (a free page holds nothing), it goes into
// a new file, once a copy of the old one is kept aside; else nothing changes.
static pm_fs_status leave_damage(struct pm_store_disk_store *store,
                                 const struct pm_store_work *work)
{
    uint32_t epoch = store->epoch;

    if (pm_store_keep_aside(store, "a page that is to be changed is damaged"))
        return PM_FS_CORRUPT;
    store->must_rewrite = true;
    pm_fs_status status = pm_store_rewrite(store, work);
    if (!status || store->epoch != epoch)
        return status;
    store->must_rewrite = false;
    return PM_FS_CORRUPT;
}

// The flush that fails need not be a transaction's own (it may be that of a
// checkpoint behind one that succeeded, or of a reservation). The caller has
// to learn of it before the new file is written, as it gives again what was
// not confirmed only then.
static pm_fs_status change(struct pm_store_disk_store *store,
                           const struct pm_store_work *work, bool durable)
{
    if (store->read_only)
        return PM_FS_ACCESS_DENIED;
    if (store->must_rewrite && store->failure_told)
        return durable ? pm_store_rewrite(store, work) : PM_FS_IO_FAILED;
    pm_fs_status status =
        store->must_rewrite ? PM_FS_IO_FAILED : add(store, work, durable);
    if (status == PM_FS_CORRUPT && !store->must_rewrite)
        status = leave_damage(store, work);
    store->failure_told = store->must_rewrite && status != PM_FS_OK;
    return status;
}

static pm_fs_status commit(void *context, const struct pm_store_change *changes,
                           size_t count, bool durable)
{
    struct pm_store_disk_store *store = context;
    const struct pm_store_work work = {.changes = changes, .count = count};

    for (size_t i = 0; i < count; i++)
        if (changes[i].value && (changes[i].key > INT64_MAX ||
                                 changes[i].size > PM_STORE_MAX_VALUE))
            return PM_FS_IO_FAILED; // no such item can ever be stored
    return change(store, &work, durable);
}

// --- the owner ---------------------------------------------------------------

static int get_text(struct pm_store_session *session, const char *name,
                    char *out, size_t room)
{
    sqlite3_stmt *statement = session->statements[PM_STORE_HEAD_GET];

    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    out[0] = '\0';
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(statement, 0);
        snprintf(out, room, "%s", text ? (const char *)text : "");
    }
    return sqlite3_reset(statement);
}

pm_fs_status pm_store_get_owner(const struct pm_store *seam,
                                struct pm_store_owner *out)
{
    struct pm_store_disk_store *store = seam->context;
    struct pm_store_owner owner = {"", ""};
    pm_fs_status status = pm_store_ready(store);

    if (status)
        return status;
    int code =
        get_text(&store->session, "owner_path", owner.path, sizeof owner.path);
    if (!code)
        code = get_text(&store->session, "owner_package", owner.package,
                        sizeof owner.package);
    status = pm_store_status(store, code);
    if (!status)
        *out = owner;
    return status;
}

pm_fs_status pm_store_set_owner(const struct pm_store *seam,
                                const struct pm_store_owner *owner)
{
    const struct pm_store_work work = {.owner = owner};
    return change(seam->context, &work, true);
}

// --- the end -----------------------------------------------------------------

const struct pm_store pm_store_functions = {
    .scan = scan,
    .get = get,
    .reserve = pm_store_reserve,
    .commit = commit,
    .keep_aside = pm_store_keep_aside,
};

// Brings everything into the database, so that the log can go. True when the
// log holds nothing any more that the database does not.
static bool empty_log(struct pm_store_disk_store *store)
{
    if (!store->session.db || store->must_reopen || store->must_rewrite ||
        store->read_only || store->session.vfs.log.fd < 0)
        return false;
    return checkpoint(store) == PM_FS_OK;
}

void pm_store_close(struct pm_store *seam)
{
    struct pm_store_disk_store *store = seam->context;
    char log[PM_STORE_NAME_LENGTH];

    *seam = (struct pm_store){0};
    if (!store)
        return;
    bool is_empty = empty_log(store);
    if (store->session.db)
        pm_store_session_close(&store->session);
    pm_store_log_name(store, store->epoch, log);
    // Should it come back, it says what the database says.
    if (is_empty)
        pm_store_io_remove(store->os, store->dir, log);
    pm_store_release(store);
}
