// SPDX-License-Identifier: MIT
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hosts/common/errno_status.h"
#include "hosts/common/store_internal.h"
#include "hosts/common/store_io.h"

// --- names -------------------------------------------------------------------

void pm_store_file_name(const struct pm_store_disk_store *store,
                        const char *suffix,
                        char out[static PM_STORE_NAME_LENGTH])
{
    snprintf(out, PM_STORE_NAME_LENGTH, "%.16s%.40s", store->name, suffix);
}

void pm_store_log_name(const struct pm_store_disk_store *store, uint32_t epoch,
                       char out[static PM_STORE_NAME_LENGTH])
{
    snprintf(out, PM_STORE_NAME_LENGTH, "%.16s-wal-%08" PRIx32, store->name,
             epoch);
}

// --- whose fault it is -------------------------------------------------------

// Other states than those that a store may answer are those of its own
// files, which nobody asked for.
pm_fs_status pm_store_errno(int error)
{
    pm_fs_status status = pm_errno_status(error);

    switch (status) {
    case PM_FS_STORAGE_FULL:
    case PM_FS_TRANSIENT:
    case PM_FS_ACCESS_DENIED:
    case PM_FS_CORRUPT:
        return status;
    case PM_FS_TOO_LARGE:
        return PM_FS_STORAGE_FULL;
    case PM_FS_BUSY:
        return PM_FS_TRANSIENT;
    case PM_FS_IS_A_DIRECTORY:
    case PM_FS_NOT_A_DIRECTORY:
        return PM_FS_ACCESS_DENIED;
    default:
        return PM_FS_IO_FAILED;
    }
}

static pm_fs_status status_of(const struct pm_store_vfs *vfs, int code)
{
    if (code == SQLITE_IOERR_DATA)
        return PM_FS_CORRUPT;
    if (code == SQLITE_IOERR_NOMEM)
        return PM_FS_TRANSIENT;
    switch (code & 0xff) {
    case SQLITE_OK:
        return PM_FS_OK;
    case SQLITE_NOMEM:
        return PM_FS_TRANSIENT;
    case SQLITE_FULL:
        return PM_FS_STORAGE_FULL;
    case SQLITE_READONLY:
        return PM_FS_ACCESS_DENIED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: // a table is not there
        return PM_FS_CORRUPT;
    default:
        return vfs->error ? pm_store_errno(vfs->error) : PM_FS_IO_FAILED;
    }
}

// The mark of S4. That it cannot be made is no reason to fail otherwise: the
// run itself knows.
static void mark_unsure(const struct pm_store_disk_store *store)
{
    char name[PM_STORE_NAME_LENGTH];
    int fd = -1;

    pm_store_file_name(store, ".unsure", name);
    if (pm_store_io_open(store->os, store->dir, name, PM_STORE_NEW_FILE, &fd) ==
        0)
        store->os->close(store->os->context, fd);
}

pm_fs_status pm_store_status(struct pm_store_disk_store *store, int code)
{
    struct pm_store_vfs *vfs = &store->session.vfs;

    if (vfs->flush_failed && !store->must_reopen) {
        mark_unsure(store);
        store->must_reopen = true;
        store->must_rewrite = true;
    }
    if (code == SQLITE_OK)
        return PM_FS_OK;
    pm_fs_status status =
        vfs->flush_failed ? PM_FS_IO_FAILED : status_of(vfs, code);
    vfs->error = 0;
    return status;
}

// --- sessions over the store's files -----------------------------------------

// No mapping of files, no files but the two, nothing spilled before a commit
// (pm_store_bound counts on it), no page cleared that is freed, checkpoints
// only when the store asks for one. The lock is EXCLUSIVE before the log is
// first looked at, so that SQLite needs no shared memory.
static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE;"
                               "PRAGMA mmap_size = 0;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA cache_spill = OFF;"
                               "PRAGMA secure_delete = OFF;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA wal_autocheckpoint = 0;"
                               "PRAGMA synchronous = NORMAL";

static int head_integer(struct pm_store_session *session, const char *name,
                        int64_t *out)
{
    sqlite3_stmt *get = session->statements[PM_STORE_HEAD_GET];

    sqlite3_bind_text(get, 1, name, -1, SQLITE_STATIC);
    int code = sqlite3_step(get);
    *out = code == SQLITE_ROW ? sqlite3_column_int64(get, 0) : -1;
    return sqlite3_reset(get);
}

static int first_integer(struct pm_store_session *session,
                         enum pm_store_statement which, int64_t *out)
{
    sqlite3_stmt *statement = session->statements[which];

    if (sqlite3_step(statement) == SQLITE_ROW)
        *out = sqlite3_column_int64(statement, 0);
    return sqlite3_reset(statement);
}

static int check_head(struct pm_store_disk_store *store,
                      const char **out_reason)
{
    struct pm_store_session *session = &store->session;
    int64_t epoch = -1;
    int64_t application = -1;
    int64_t format = 0;
    int64_t app_id = 0;
    int code = first_integer(session, PM_STORE_EPOCH, &epoch);

    if (!code)
        code = first_integer(session, PM_STORE_PROGRAM, &application);
    if (!code)
        code = head_integer(session, "format", &format);
    if (!code)
        code = head_integer(session, "app_id", &app_id);
    if (code)
        return code;
    if (epoch != (int64_t)store->epoch || application != PM_STORE_APPLICATION)
        *out_reason = "the database and its log do not belong together";
    else if (format != PM_STORE_FORMAT)
        *out_reason = "the store has a format that this version does not know";
    else if (app_id != (int64_t)store->app_id)
        *out_reason = "the store is another application's";
    else
        return SQLITE_OK;
    return SQLITE_CORRUPT;
}

static int start(struct pm_store_disk_store *store, const char **out_reason)
{
    struct pm_store_session *session = &store->session;
    int code = pm_store_session_exec(session, settings);

    session->level = 1;
    if (!code)
        code = pm_store_session_prepare(session);
    if (!code)
        code = check_head(store, out_reason);
    return code;
}

// What SQLite calls an error of the disk may be a checksum that is wrong.
static const char *reason_of(const struct pm_store_vfs *vfs, int code)
{
    if (code == SQLITE_IOERR_DATA)
        return "a page of the database is damaged";
    return vfs->error ? strerror(vfs->error) : sqlite3_errstr(code);
}

pm_fs_status pm_store_connect(struct pm_store_disk_store *store,
                              const char **out_reason)
{
    struct pm_store_session *session = &store->session;
    char log[PM_STORE_NAME_LENGTH];

    *out_reason = NULL;
    pm_store_log_name(store, store->epoch, log);
    int code = pm_store_session_open(session, store->os, store->dir, store->fd,
                                     log, store->read_only);
    bool is_open = code == SQLITE_OK;
    if (is_open)
        code = start(store, out_reason);
    if (code) {
        if (!*out_reason)
            *out_reason = reason_of(&session->vfs, code);
        pm_fs_status status = pm_store_status(store, code);
        if (is_open)
            pm_store_session_close(session);
        return status;
    }
    session->vfs.main.taken = 0;
    store->must_reopen = false;
    store->pages_known = false;
    // What another run has left in the log was perhaps never flushed.
    store->unflushed = session->vfs.log.dirty;
    store->recovered = session->vfs.log.dirty;
    store->checkpoint_at = 0;
    return PM_FS_OK;
}

pm_fs_status pm_store_ready(struct pm_store_disk_store *store)
{
    const char *reason = NULL;

    if (store->session.db && !store->must_reopen)
        return PM_FS_OK;
    if (store->session.db)
        pm_store_session_close(&store->session);
    return pm_store_connect(store, &reason);
}
