// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hosts/common/errno_status.h"
#include "hosts/common/store_internal.h"
#include "hosts/common/store_io.h"

#define CHECKPOINT_AT ((uint64_t)1 << 20)

// Another run may make or rewrite the database while it is being opened:
// so often it is looked at again.
#define ATTEMPTS 8

// --- what went wrong ---------------------------------------------------------

static pm_fs_status fail(const struct pm_store_disk_store *store,
                         struct pm_store_error *error, pm_fs_status status,
                         const char *what, const char *advice)
{
    if (error)
        snprintf(error->text, sizeof error->text, "%.512s/%s: %.200s%s%.200s",
                 store->directory, store->name, what, *advice ? "; " : "",
                 advice);
    return status;
}

static const char *advice_for(pm_fs_status status)
{
    switch (status) {
    case PM_FS_BUSY:
        return "end the other run, or choose another folder with --saves";
    case PM_FS_CORRUPT:
        return "it is left as it is: move it away to begin anew, or put a "
               "copy back";
    case PM_FS_ACCESS_DENIED:
        return "a plain file that may be read and written is wanted";
    case PM_FS_STORAGE_FULL:
        return "make room on the device";
    case PM_FS_TRANSIENT:
        return "try again";
    default:
        return "";
    }
}

static pm_fs_status fail_errno(const struct pm_store_disk_store *store,
                               struct pm_store_error *out_error, int error)
{
    pm_fs_status status =
        error == ENOENT ? PM_FS_NOT_FOUND : pm_store_errno(error);
    const char *what = strerror(error);

    if (error == ELOOP)
        what = "a symbolic link stands in place of the store";
    if (error == EISDIR)
        what = "a directory stands in place of the store";
    if (error == ENXIO)
        what = "a pipe, socket or device stands in place of the store";
    return fail(store, out_error, status, what, advice_for(status));
}

static pm_fs_status fail_directory(const struct pm_store_disk_store *store,
                                   struct pm_store_error *out_error, int error)
{
    pm_fs_status status =
        error == ENOENT ? PM_FS_NOT_FOUND : pm_store_errno(error);
    const char *advice =
        status == PM_FS_ACCESS_DENIED
            ? "the folder of saves must be one that may be read and written"
            : advice_for(status);

    return fail(store, out_error, status, strerror(error), advice);
}

// Whether a directory has the name that a store has while it is made.
static bool is_in_the_way(const struct pm_store_disk_store *store)
{
    const struct pm_os *os = store->os;
    char name[PM_STORE_NAME_LENGTH];
    struct pm_os_stat info;

    pm_store_file_name(store, ".new", name);
    return os->stat_at(os->context, store->dir, name, &info) == 0 &&
           info.kind == PM_OS_DIRECTORY;
}

// Why there is no new store; the steps of making one give no more than a
// status.
static pm_fs_status fail_make(const struct pm_store_disk_store *store,
                              struct pm_store_error *out_error,
                              pm_fs_status status)
{
    const char *what = "the store could not be made";
    const char *advice = advice_for(status);

    if (status == PM_FS_ACCESS_DENIED && is_in_the_way(store)) {
        what = "the store could not be made: a directory has its name with "
               ".new behind";
        advice = "remove that directory";
    } else if (status == PM_FS_ACCESS_DENIED) {
        what = "the store could not be made: its folder may not be written to";
        advice = "choose another folder with --saves";
    }
    if (status == PM_FS_STORAGE_FULL)
        what = "the store could not be made: there is no room for it";
    if (status == PM_FS_IO_FAILED)
        what = "the store could not be made: the device failed";
    return fail(store, out_error, status, what, advice);
}

// --- the directory -----------------------------------------------------------

// Flushes the directory that holds the first [length] bytes of [path].
static int flush_parent(const struct pm_os *os, const char *path, size_t length)
{
    char parent[1024];
    int fd = -1;

    while (length > 0 && path[length - 1] != '/')
        length--;
    snprintf(parent, sizeof parent, "%.*s", length ? (int)length : 1,
             length ? path : ".");
    int error =
        pm_store_io_open(os, AT_FDCWD, parent, O_RDONLY | O_DIRECTORY, &fd);
    if (error)
        return error;
    // Whatever it says: a flush has failed.
    if (os->sync(os->context, fd) != 0)
        error = EIO;
    os->close(os->context, fd);
    return error;
}

// Makes what is missing of [path]: each directory is made and its name
// flushed, or is not there, and [out_refusal] says why.
static int make_directories(struct pm_store_disk_store *store, const char *path,
                            int *out_refusal)
{
    const struct pm_os *os = store->os;
    char part[1024];
    size_t length = strlen(path);

    for (size_t i = 1; i <= length && i < sizeof part; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        // That it cannot be made shows when it is opened.
        if (os->make_dir(os->context, AT_FDCWD, part, 0700) != 0) {
            if (errno != EEXIST && !*out_refusal)
                *out_refusal = errno;
            continue;
        }
        int error = flush_parent(os, path, i);
        if (error) {
            os->remove(os->context, AT_FDCWD, part, true);
            return error;
        }
        store->is_parent_flushed = true;
    }
    return 0;
}

// Before the first database of a directory: a former run may have made that
// and not come to its flush. A parent that may not be read cannot be flushed.
static int flush_own_name(struct pm_store_disk_store *store)
{
    const char *path = store->directory;
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    int error =
        store->is_parent_flushed ? 0 : flush_parent(store->os, path, length);
    return error == EACCES ? 0 : error;
}

static int open_directory(struct pm_store_disk_store *store)
{
    const struct pm_os *os = store->os;
    // A link that the user has put there himself is his own affair.
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    int refusal = 0;

    store->dir = os->open(os->context, AT_FDCWD, store->directory, flags, 0);
    if (store->dir < 0 && errno == ENOENT && !store->read_only) {
        int error = make_directories(store, store->directory, &refusal);
        if (error)
            return error;
        store->dir =
            os->open(os->context, AT_FDCWD, store->directory, flags, 0);
    }
    if (store->dir >= 0)
        return 0;
    return errno == ENOENT && refusal ? refusal : errno;
}

// --- the file and its lock ---------------------------------------------------

static void close_file(struct pm_store_disk_store *store)
{
    if (store->fd >= 0)
        store->os->close(store->os->context, store->fd);
    store->fd = -1;
}

// Whether the name still stands for the file that is open: 0, ESTALE when it
// does not, another errno.
static int check_name(struct pm_store_disk_store *store,
                      const struct pm_os_stat *opened)
{
    struct pm_os_stat named;

    if (store->os->stat_at(store->os->context, store->dir, store->name,
                           &named) != 0)
        return errno == ENOENT ? ESTALE : errno;
    return named.inode == opened->inode && named.device == opened->device
               ? 0
               : ESTALE;
}

// Opens the database and takes its lock. EISDIR or ELOOP for what is no
// file, EWOULDBLOCK when another run has it, ESTALE when it was replaced
// meanwhile.
static int open_file(struct pm_store_disk_store *store)
{
    struct pm_os_stat info;
    int error =
        pm_store_io_open(store->os, store->dir, store->name,
                         store->read_only ? O_RDONLY : O_RDWR, &store->fd);

    if (error)
        return error;
    if (store->os->stat(store->os->context, store->fd, &info) != 0)
        return errno;
    if (info.kind != PM_OS_FILE)
        return info.kind == PM_OS_DIRECTORY ? EISDIR : ENXIO;
    if (store->os->lock(store->os->context, store->fd) != 0)
        return errno;
    return check_name(store, &info);
}

// EEXIST where there is a store. Where the file system cannot rename so, only
// a run that makes the same store in this very moment is not seen; it has
// nothing in it yet, and finds at its first look at the name that it lost it.
static int name_new(struct pm_store_disk_store *store, const char *new_name)
{
    const struct pm_os *os = store->os;
    struct pm_os_stat info;

    if (os->rename(os->context, store->dir, new_name, store->dir, store->name,
                   PM_OS_NO_REPLACE) == 0)
        return 0;
    if (errno != EINVAL)
        return errno;
    if (os->stat_at(os->context, store->dir, store->name, &info) == 0)
        return EEXIST;
    if (errno != ENOENT)
        return errno;
    return os->rename(os->context, store->dir, new_name, store->dir,
                      store->name, 0) == 0
               ? 0
               : errno;
}

// Makes a new, empty store under its name, unless another run is faster: it
// can be opened then.
static pm_fs_status make_file(struct pm_store_disk_store *store)
{
    char new_name[PM_STORE_NAME_LENGTH];
    int fd = -1;
    uint32_t epoch = 0;
    const struct pm_store_work nothing = {0};
    const struct pm_os *os = store->os;
    int error = flush_own_name(store);

    if (error)
        return pm_store_errno(error);
    pm_store_file_name(store, ".new", new_name);
    pm_fs_status status =
        pm_store_fill_new(store, false, &nothing, &fd, &epoch);
    if (status)
        return status;
    error = name_new(store, new_name);
    if (error) {
        pm_store_drop_new(store, fd);
        // Another run was faster.
        return error == EEXIST || error == ENOENT ? PM_FS_OK
                                                  : pm_store_errno(error);
    }
    if (os->sync(os->context, store->dir) != 0) {
        // Nobody has been told of it yet.
        pm_store_io_remove(os, store->dir, store->name);
        os->close(os->context, fd);
        return PM_FS_IO_FAILED;
    }
    os->close(os->context, fd);
    return PM_FS_OK;
}

static pm_fs_status find_file(struct pm_store_disk_store *store,
                              struct pm_store_error *out_error)
{
    int error = 0;

    for (int i = 0; i < ATTEMPTS; i++) {
        error = open_file(store);
        if (!error)
            return PM_FS_OK;
        close_file(store);
        if (error == ENOENT && !store->read_only) {
            pm_fs_status status = make_file(store);
            if (status == PM_FS_BUSY)
                break;
            if (status)
                return fail_make(store, out_error, status);
        } else if (error != ESTALE) {
            break;
        }
    }
    if (error == EWOULDBLOCK || error == ESTALE ||
        (error == ENOENT && !store->read_only))
        return fail(store, out_error, PM_FS_BUSY,
                    "the store is in use by another run",
                    advice_for(PM_FS_BUSY));
    return fail_errno(store, out_error, error);
}

// --- leftovers ---------------------------------------------------------------

static bool remove_leftover(void *visitor, const char *name,
                            enum pm_os_kind kind)
{
    const struct pm_store_disk_store *store = visitor;
    size_t length = strlen(store->name);
    char log[PM_STORE_NAME_LENGTH];

    if (kind == PM_OS_DIRECTORY || strncmp(name, store->name, length) != 0)
        return true;
    pm_store_log_name(store, store->epoch, log);
    bool is_old_log =
        strncmp(name + length, "-wal-", 5) == 0 && strcmp(name, log) != 0;
    // What cannot go now goes the next time.
    if (is_old_log || strcmp(name + length, ".new") == 0)
        pm_store_io_remove(store->os, store->dir, name);
    return true;
}

void pm_store_remove_leftovers(struct pm_store_disk_store *store)
{
    store->os->list(store->os->context, store->dir, remove_leftover, store);
}

static pm_fs_status look_whether_unsure(struct pm_store_disk_store *store)
{
    struct pm_os_stat info;
    char name[PM_STORE_NAME_LENGTH];

    pm_store_file_name(store, ".unsure", name);
    // Nobody has given this run anything that could be lost.
    if (store->os->stat_at(store->os->context, store->dir, name, &info) == 0)
        store->must_rewrite = store->failure_told = true;
    else if (errno != ENOENT)
        return pm_store_errno(errno);
    return PM_FS_OK;
}

// --- the whole ---------------------------------------------------------------

void pm_store_release(struct pm_store_disk_store *store)
{
    const struct pm_allocator *alloc = store->alloc;

    close_file(store);
    if (store->dir >= 0)
        store->os->close(store->os->context, store->dir);
    if (store->directory)
        alloc->resize(alloc->context, store->directory, store->directory_size,
                      0);
    alloc->resize(alloc->context, store, sizeof *store, 0);
}

static struct pm_store_disk_store *
new_store(const struct pm_store_config *config)
{
    const struct pm_allocator *alloc = config->alloc;
    size_t size = strlen(config->directory) + 1;
    struct pm_store_disk_store *store =
        alloc->resize(alloc->context, NULL, 0, sizeof *store);

    if (!store)
        return NULL;
    memset(store, 0, sizeof *store);
    store->alloc = alloc;
    store->os = config->os;
    store->app_id = config->app_id;
    store->read_only = config->read_only;
    store->checkpoint_step =
        config->checkpoint_at ? config->checkpoint_at : CHECKPOINT_AT;
    store->dir = -1;
    store->fd = -1;
    snprintf(store->name, sizeof store->name, "%08" PRIx32 ".db",
             config->app_id);
    store->directory = alloc->resize(alloc->context, NULL, 0, size);
    if (!store->directory) {
        pm_store_release(store);
        return NULL;
    }
    store->directory_size = size;
    memcpy(store->directory, config->directory, size);
    return store;
}

static pm_fs_status open_all(struct pm_store_disk_store *store,
                             struct pm_store_error *out_error)
{
    const char *reason = NULL;
    int error = open_directory(store);

    if (error)
        return fail_directory(store, out_error, error);
    pm_fs_status status = find_file(store, out_error);
    if (status)
        return status;
    status = pm_store_connect_first(store, &reason);
    if (status)
        return fail(store, out_error, status, reason, advice_for(status));
    status = look_whether_unsure(store);
    if (status)
        return fail(store, out_error, status, "the folder cannot be read",
                    advice_for(status));
    if (!store->read_only)
        pm_store_remove_leftovers(store);
    return PM_FS_OK;
}

pm_fs_status pm_store_open(const struct pm_store_config *config,
                           struct pm_store *out,
                           struct pm_store_error *out_error)
{
    struct pm_store_disk_store *store = new_store(config);

    if (!store) {
        if (out_error)
            snprintf(out_error->text, sizeof out_error->text, "out of memory");
        return PM_FS_TRANSIENT;
    }
    pm_fs_status status = open_all(store, out_error);
    if (status) {
        if (store->session.db)
            pm_store_session_close(&store->session);
        pm_store_release(store);
        return status;
    }
    *out = pm_store_functions;
    out->context = store;
    return PM_FS_OK;
}
