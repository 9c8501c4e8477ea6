// SPDX-License-Identifier: MIT
#include <string.h>

#include "hosts/common/store_internal.h"

static const char *const texts[] = {
#define X(symbol, text) text,
    PM_STORE_STATEMENTS(X)
#undef X
};

int pm_store_session_open(struct pm_store_session *session,
                          const struct pm_os *os, int dir, int main_fd,
                          const char *log_name, bool read_only)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

    memset(session->statements, 0, sizeof session->statements);
    session->db = NULL;
    session->level = -1;
    if (!pm_store_vfs_open(&session->vfs, os, dir, main_fd, log_name,
                           read_only))
        return SQLITE_NOMEM;
    flags |= read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int code =
        sqlite3_open_v2("store", &session->db, flags, session->vfs.vfs_name);
    if (!code) {
        sqlite3_extended_result_codes(session->db, 1);
        code = sqlite3_db_config(session->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                                 1, (int *)NULL);
    }
    if (code)
        pm_store_session_close(session);
    return code;
}

int pm_store_session_prepare(struct pm_store_session *session)
{
    for (int i = 0; i < PM_STORE_STATEMENT_COUNT; i++) {
        int code = sqlite3_prepare_v3(session->db, texts[i], -1,
                                      SQLITE_PREPARE_PERSISTENT,
                                      &session->statements[i], NULL);
        if (code)
            return code;
    }
    return SQLITE_OK;
}

void pm_store_session_close(struct pm_store_session *session)
{
    for (int i = 0; i < PM_STORE_STATEMENT_COUNT; i++) {
        sqlite3_finalize(session->statements[i]);
        session->statements[i] = NULL;
    }
    // Gives OK, as no statement is left.
    sqlite3_close(session->db);
    session->db = NULL;
    pm_store_vfs_close(&session->vfs);
}

int pm_store_session_exec(struct pm_store_session *session, const char *sql)
{
    return sqlite3_exec(session->db, sql, NULL, NULL, NULL);
}

int pm_store_session_run(struct pm_store_session *session,
                         enum pm_store_statement which)
{
    sqlite3_stmt *statement = session->statements[which];

    sqlite3_step(statement);
    return sqlite3_reset(statement);
}

int pm_store_session_put(struct pm_store_session *session, uint64_t key,
                         const void *value, size_t size)
{
    sqlite3_stmt *put = session->statements[PM_STORE_PUT];
    int code = sqlite3_bind_int64(put, 1, (sqlite3_int64)key);

    if (!code)
        code = sqlite3_bind_blob(put, 2, value, (int)size, SQLITE_STATIC);
    if (!code)
        code = pm_store_session_run(session, PM_STORE_PUT);
    // Or the caller's bytes would be kept in sight.
    sqlite3_clear_bindings(put);
    return code;
}

static int remove_range(struct pm_store_session *session, uint64_t first,
                        uint64_t last)
{
    sqlite3_stmt *statement = session->statements[PM_STORE_DELETE];

    if (first > INT64_MAX || first > last)
        return SQLITE_OK;
    if (last > INT64_MAX)
        last = INT64_MAX;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)last);
    return pm_store_session_run(session, PM_STORE_DELETE);
}

static int put_head(struct pm_store_session *session, const char *name,
                    const char *text)
{
    sqlite3_stmt *put = session->statements[PM_STORE_HEAD_PUT];
    int code = sqlite3_bind_text(put, 1, name, -1, SQLITE_STATIC);

    if (!code)
        code = sqlite3_bind_text(put, 2, text, -1, SQLITE_STATIC);
    if (!code)
        code = pm_store_session_run(session, PM_STORE_HEAD_PUT);
    sqlite3_clear_bindings(put);
    return code;
}

static int apply_change(struct pm_store_session *session,
                        const struct pm_store_change *change)
{
    if (!change->value)
        return remove_range(session, change->key, change->last);
    return pm_store_session_put(session, change->key, change->value,
                                change->size);
}

int pm_store_session_apply(struct pm_store_session *session,
                           const struct pm_store_work *work)
{
    int code = SQLITE_OK;

    for (size_t i = 0; i < work->count && !code; i++)
        code = apply_change(session, &work->changes[i]);
    if (!code && work->owner)
        code = put_head(session, "owner_path", work->owner->path);
    if (!code && work->owner)
        code = put_head(session, "owner_package", work->owner->package);
    if (!code && work->mark)
        code = pm_store_session_run(session, PM_STORE_MARK);
    return code;
}
