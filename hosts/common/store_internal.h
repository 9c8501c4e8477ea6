// SPDX-License-Identifier: MIT
//
// What the files of the store share: the object, sessions and work.

#ifndef PM_HOST_STORE_INTERNAL_H
#define PM_HOST_STORE_INTERNAL_H

#include <stddef.h>

#include <sqlite3.h>

#include "hosts/common/store.h"
#include "hosts/common/store_vfs.h"

// "PMsv", the application_id of the database's header.
#define PM_STORE_APPLICATION 0x504d7376u
// The version of its tables.
#define PM_STORE_FORMAT 1

// --- sessions (store_session.c) ----------------------------------------------

// PM_STORE_SQL(symbol, text): the statements that a session keeps.
#define PM_STORE_STATEMENTS(X)                                                 \
    X(BEGIN, "BEGIN IMMEDIATE")                                                \
    X(COMMIT, "COMMIT")                                                        \
    X(ROLLBACK, "ROLLBACK")                                                    \
    X(GET, "SELECT value FROM item WHERE key = ?1")                            \
    X(SCAN, "SELECT * FROM item WHERE key BETWEEN ?1 AND ?2 ORDER BY key")     \
    X(PUT, "INSERT OR REPLACE INTO item VALUES (?1, ?2)")                      \
    X(DELETE, "DELETE FROM item WHERE key BETWEEN ?1 AND ?2")                  \
    X(HEAD_GET, "SELECT value FROM head WHERE name = ?1")                      \
    X(HEAD_PUT, "INSERT OR REPLACE INTO head VALUES (?1, ?2)")                 \
    X(HEAD_ALL, "SELECT name, value FROM head")                                \
    X(MARK, "UPDATE head SET value = value + 1 WHERE name = 'marks'")          \
    X(PAGES, "PRAGMA page_count")                                              \
    X(EPOCH, "PRAGMA user_version")                                            \
    X(PROGRAM, "PRAGMA application_id")

enum pm_store_statement {
#define X(symbol, text) PM_STORE_##symbol,
    PM_STORE_STATEMENTS(X)
#undef X
        PM_STORE_STATEMENT_COUNT
};

// A connection over one VFS.
struct pm_store_session {
    struct pm_store_vfs vfs;
    sqlite3 *db; // NULL: not open
    sqlite3_stmt *statements[PM_STORE_STATEMENT_COUNT];
    int level; // PRAGMA synchronous
};

// What a transaction does.
struct pm_store_work {
    const struct pm_store_change *changes;
    size_t count;
    const struct pm_store_owner *owner; // NULL: it stays
    bool mark; // changes something that nobody looks at
};

// All give SQLite's codes. What fails to open is closed again, but
// [session->vfs] can still be asked what went wrong.
int pm_store_session_open(struct pm_store_session *session,
                          const struct pm_os *os, int dir, int main_fd,
                          const char *log_name, bool read_only);
int pm_store_session_prepare(struct pm_store_session *session);
void pm_store_session_close(struct pm_store_session *session);
int pm_store_session_exec(struct pm_store_session *session, const char *sql);
// Runs a statement that gives no rows.
int pm_store_session_run(struct pm_store_session *session,
                         enum pm_store_statement which);
// Applies the work without a transaction around it.
int pm_store_session_apply(struct pm_store_session *session,
                           const struct pm_store_work *work);
int pm_store_session_put(struct pm_store_session *session, uint64_t key,
                         const void *value, size_t size);

// --- the store ---------------------------------------------------------------

struct pm_store_disk_store {
    const struct pm_allocator *alloc;
    const struct pm_os *os;
    char *directory; // for texts
    size_t directory_size;
    uint32_t app_id;
    bool read_only;
    char name[PM_STORE_NAME_LENGTH];
    int dir;
    int fd; // of the database, with its lock
    uint32_t epoch;
    struct pm_store_session session;
    bool must_reopen;  // what the session knows of its files may be wrong
    bool must_rewrite; // S4
    bool failure_told; // a transaction has failed since
    bool unflushed;    // there are transactions that no flush has confirmed
    bool recovered;    // the log holds what another session has left
    bool kept_aside;
    bool is_parent_flushed;   // the directory's name was, by this run
    uint64_t checkpoint_step; // the log's size between checkpoints
    uint64_t checkpoint_at;   // once the log's end has passed this
    bool pages_known;
    uint64_t pages;
};

// The functions of struct pm_store, without a context.
extern const struct pm_store pm_store_functions;

// (store_open.c) Closes and frees all but the session.
void pm_store_release(struct pm_store_disk_store *store);
// Removes logs of other epochs and unfinished files.
void pm_store_remove_leftovers(struct pm_store_disk_store *store);

// What a call that gave [code] is to the caller; remembers a failed flush.
pm_fs_status pm_store_status(struct pm_store_disk_store *store, int code);
// The same for an errno.
pm_fs_status pm_store_errno(int error);

// NAME with [suffix] into [out].
void pm_store_file_name(const struct pm_store_disk_store *store,
                        const char *suffix,
                        char out[static PM_STORE_NAME_LENGTH]);
void pm_store_log_name(const struct pm_store_disk_store *store, uint32_t epoch,
                       char out[static PM_STORE_NAME_LENGTH]);

// (store_connect.c) Opens a session over the store's files. CORRUPT with
// [out_reason] when it is not ours.
pm_fs_status pm_store_connect(struct pm_store_disk_store *store,
                              const char **out_reason);
// A session that can be used, opened again where that is needed.
pm_fs_status pm_store_ready(struct pm_store_disk_store *store);

// (store_header.c) The same for the first time: finds the epoch.
pm_fs_status pm_store_connect_first(struct pm_store_disk_store *store,
                                    const char **out_reason);

// (store.c) Makes the log one that can be written to.
pm_fs_status pm_store_settle(struct pm_store_disk_store *store);

// (store_rewrite.c) Makes a new database under NAME.new, locked and flushed:
// empty, or with [copy] the content of the session and [work].
pm_fs_status pm_store_fill_new(struct pm_store_disk_store *store, bool copy,
                               const struct pm_store_work *work, int *out_fd,
                               uint32_t *out_epoch);
void pm_store_drop_new(struct pm_store_disk_store *store, int fd);
// Writes the whole store and [work] into a new file, which takes the place of
// the old one.
pm_fs_status pm_store_rewrite(struct pm_store_disk_store *store,
                              const struct pm_store_work *work);

// (store_reserve.c) Upper bounds for one transaction on a database of
// [pages] pages.
struct pm_store_bound {
    uint64_t frames;    // of the log
    uint64_t new_pages; // of the database
};
struct pm_store_bound pm_store_bound(uint64_t pages, uint64_t changes,
                                     uint64_t bytes);
pm_fs_status pm_store_reserve(void *context, uint64_t changes, uint64_t bytes);

// (store_aside.c)
pm_fs_status pm_store_keep_aside(void *context, const char *what);

#endif
