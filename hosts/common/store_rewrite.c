// SPDX-License-Identifier: MIT
//
// Databases are made under another name and appear by a rename: new ones, and
// those that take the place of one whose flush has failed.
//
// Each step may be the last one:
//
//  - until the rename the old database and its log are as they were;
//  - from the rename until the directory is flushed, either may stand there
//    after a cut: the old log is still kept, and the new database needs none;
//  - after that the old log is removed, which nobody misses: its epoch is not
//    the new one's.

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "hosts/common/store_internal.h"
#include "hosts/common/store_io.h"

// --- the file ----------------------------------------------------------------

// Takes what an earlier run may have left. BUSY when another run is writing
// it.
static pm_fs_status clear_new(struct pm_store_disk_store *store,
                              const char *name)
{
    const struct pm_os *os = store->os;
    int fd = -1;
    int error = pm_store_io_open(os, store->dir, name, O_RDWR, &fd);

    if (error == ENOENT)
        return PM_FS_OK;
    if (!error) {
        error = os->lock(os->context, fd) == 0 ? 0 : errno;
        if (!error)
            error = pm_store_io_remove(os, store->dir, name);
        os->close(os->context, fd);
    } else if (error == ELOOP || error == ENXIO) {
        error = pm_store_io_remove(os, store->dir, name);
    }
    if (error == EWOULDBLOCK)
        return PM_FS_BUSY;
    return error && error != ENOENT ? pm_store_errno(error) : PM_FS_OK;
}

static pm_fs_status make_new(struct pm_store_disk_store *store, int *out_fd)
{
    const struct pm_os *os = store->os;
    char name[PM_STORE_NAME_LENGTH];

    pm_store_file_name(store, ".new", name);
    pm_fs_status status = clear_new(store, name);
    if (status)
        return status;
    int fd = -1;
    int error = pm_store_io_open(os, store->dir, name, PM_STORE_NEW_FILE, &fd);
    if (error)
        return error == EEXIST ? PM_FS_BUSY : pm_store_errno(error);
    // Before it has its name, so that nobody can have it then (S3).
    if (os->lock(os->context, fd) != 0) {
        error = errno;
        os->close(os->context, fd);
        return error == EWOULDBLOCK ? PM_FS_BUSY : pm_store_errno(error);
    }
    *out_fd = fd;
    return PM_FS_OK;
}

void pm_store_drop_new(struct pm_store_disk_store *store, int fd)
{
    char name[PM_STORE_NAME_LENGTH];

    pm_store_file_name(store, ".new", name);
    pm_store_io_remove(store->os, store->dir, name);
    store->os->close(store->os->context, fd);
}

// An epoch of which there is no log.
static pm_fs_status draw_epoch(struct pm_store_disk_store *store,
                               uint32_t *out_epoch)
{
    const struct pm_os *os = store->os;
    struct pm_os_stat info;
    char log[PM_STORE_NAME_LENGTH];

    for (int i = 0; i < 8; i++) {
        uint32_t epoch = 0;
        if (os->random(os->context, &epoch, sizeof epoch) != 0)
            return pm_store_errno(errno);
        // A user_version is signed.
        epoch &= INT32_MAX;
        pm_store_log_name(store, epoch, log);
        if (os->stat_at(os->context, store->dir, log, &info) == 0)
            continue;
        if (errno != ENOENT)
            return pm_store_errno(errno);
        *out_epoch = epoch;
        return PM_FS_OK;
    }
    return PM_FS_IO_FAILED;
}

// --- its content -------------------------------------------------------------

// No journal: a file that is not finished is not used.
static const char begin_new[] =
    "PRAGMA page_size = 4096;"
    "PRAGMA auto_vacuum = NONE;"
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA journal_mode = OFF;"
    "PRAGMA synchronous = OFF;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA temp_store = MEMORY;"
    "BEGIN;"
    "CREATE TABLE head (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE item (key INTEGER PRIMARY KEY, value BLOB NOT NULL);";

static int begin(struct pm_store_disk_store *store, struct pm_store_session *to,
                 uint32_t epoch)
{
    char sql[512];
    int reserved = (int)PM_STORE_PAGE_SUM;
    int code = sqlite3_file_control(to->db, "main", SQLITE_FCNTL_RESERVE_BYTES,
                                    &reserved);

    snprintf(sql, sizeof sql,
             "PRAGMA application_id = %" PRIu32 ";"
             "PRAGMA user_version = %" PRIu32 ";"
             "INSERT INTO head VALUES ('format', %d), ('marks', 0),"
             " ('app_id', %" PRIu32 ");",
             PM_STORE_APPLICATION, epoch, PM_STORE_FORMAT, store->app_id);
    if (!code)
        code = pm_store_session_exec(to, begin_new);
    if (!code)
        code = pm_store_session_exec(to, sql);
    if (!code)
        code = pm_store_session_prepare(to);
    return code;
}

static int copy_head(struct pm_store_session *from, struct pm_store_session *to)
{
    sqlite3_stmt *all = from->statements[PM_STORE_HEAD_ALL];
    sqlite3_stmt *put = to->statements[PM_STORE_HEAD_PUT];
    int code = SQLITE_OK;

    while (!code && sqlite3_step(all) == SQLITE_ROW) {
        code = sqlite3_bind_value(put, 1, sqlite3_column_value(all, 0));
        if (!code)
            code = sqlite3_bind_value(put, 2, sqlite3_column_value(all, 1));
        if (!code)
            code = pm_store_session_run(to, PM_STORE_HEAD_PUT);
    }
    int end = sqlite3_reset(all);
    return code ? code : end;
}

static int copy_items(struct pm_store_session *from,
                      struct pm_store_session *to)
{
    sqlite3_stmt *all = from->statements[PM_STORE_SCAN];
    sqlite3_stmt *put = to->statements[PM_STORE_PUT];
    int code = SQLITE_OK;

    sqlite3_bind_int64(all, 1, 0);
    sqlite3_bind_int64(all, 2, INT64_MAX);
    while (!code && sqlite3_step(all) == SQLITE_ROW) {
        code = sqlite3_bind_value(put, 1, sqlite3_column_value(all, 0));
        if (!code)
            code = sqlite3_bind_value(put, 2, sqlite3_column_value(all, 1));
        if (!code)
            code = pm_store_session_run(to, PM_STORE_PUT);
    }
    int end = sqlite3_reset(all);
    return code ? code : end;
}

static int fill(struct pm_store_disk_store *store, struct pm_store_session *to,
                bool copy, const struct pm_store_work *work, uint32_t epoch)
{
    int code = begin(store, to, epoch);

    if (!code && copy)
        code = copy_head(&store->session, to);
    if (!code && copy)
        code = copy_items(&store->session, to);
    if (!code)
        code = pm_store_session_apply(to, work);
    if (!code)
        code = pm_store_session_run(to, PM_STORE_COMMIT);
    // Says in the header that there may be a log, without making one.
    if (!code)
        code = pm_store_session_exec(to, "PRAGMA journal_mode = WAL");
    return code;
}

// What the two sessions have met, as one status.
static pm_fs_status fill_status(struct pm_store_disk_store *store,
                                const struct pm_store_session *to, int code)
{
    if (code && to->vfs.error)
        return pm_store_errno(to->vfs.error);
    return pm_store_status(store, code);
}

pm_fs_status pm_store_fill_new(struct pm_store_disk_store *store, bool copy,
                               const struct pm_store_work *work, int *out_fd,
                               uint32_t *out_epoch)
{
    struct pm_store_session to;
    int fd = -1;
    uint32_t epoch = 0;
    pm_fs_status status = draw_epoch(store, &epoch);

    if (!status)
        status = make_new(store, &fd);
    if (status)
        return status;
    int code =
        pm_store_session_open(&to, store->os, store->dir, fd, NULL, false);
    if (!code) {
        code = fill(store, &to, copy, work, epoch);
        status = fill_status(store, &to, code);
        pm_store_session_close(&to);
    } else {
        status = fill_status(store, &to, code);
    }
    if (!status && store->os->sync(store->os->context, fd) != 0)
        status = PM_FS_IO_FAILED;
    if (status) {
        pm_store_drop_new(store, fd);
        return status;
    }
    *out_fd = fd;
    *out_epoch = epoch;
    return PM_FS_OK;
}

// --- instead of the old one --------------------------------------------------

// The store is in the new file from here on, whose directory is not flushed
// yet.
static void adopt(struct pm_store_disk_store *store, int fd, uint32_t epoch)
{
    if (store->session.db)
        pm_store_session_close(&store->session);
    store->os->close(store->os->context, store->fd);
    store->fd = fd;
    store->epoch = epoch;
    store->must_reopen = true;
}

static void confirm(struct pm_store_disk_store *store)
{
    char name[PM_STORE_NAME_LENGTH];

    pm_store_file_name(store, ".unsure", name);
    pm_store_io_remove(store->os, store->dir, name);
    pm_store_remove_leftovers(store);
    store->must_rewrite = false;
}

pm_fs_status pm_store_rewrite(struct pm_store_disk_store *store,
                              const struct pm_store_work *work)
{
    const struct pm_os *os = store->os;
    char new_name[PM_STORE_NAME_LENGTH];
    int fd = -1;
    uint32_t epoch = 0;

    // Only what the log's checksums confirm counts.
    store->must_reopen = true;
    pm_fs_status status = pm_store_ready(store);
    if (!status)
        status = pm_store_fill_new(store, true, work, &fd, &epoch);
    if (status)
        return status == PM_FS_BUSY ? PM_FS_TRANSIENT : status;
    pm_store_file_name(store, ".new", new_name);
    if (os->rename(os->context, store->dir, new_name, store->dir, store->name,
                   0) != 0) {
        status = pm_store_errno(errno);
        pm_store_drop_new(store, fd);
        return status;
    }
    adopt(store, fd, epoch);
    if (os->sync(os->context, store->dir) != 0)
        return PM_FS_IO_FAILED;
    confirm(store);
    return PM_FS_OK;
}
