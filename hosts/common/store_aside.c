// SPDX-License-Identifier: MIT
//
// Damage is kept as it was found, for whoever wants to look at it: byte
// copies of the database and its log beside them, and why.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "hosts/common/store_internal.h"
#include "hosts/common/store_io.h"

// So many are kept; another one is refused.
#define MOST_COPIES 99

// Writes a new file and flushes it: the bytes of [from], or [text].
static int write_copy(struct pm_store_disk_store *store, const char *suffix,
                      int from, const char *text)
{
    const struct pm_os *os = store->os;
    char name[PM_STORE_NAME_LENGTH];
    int fd = -1;

    pm_store_file_name(store, suffix, name);
    int error = pm_store_io_open(os, store->dir, name, PM_STORE_NEW_FILE, &fd);
    if (error)
        return error;
    error = text ? pm_store_io_write(os, fd, text, strlen(text), 0)
                 : pm_store_io_copy(os, from, fd);
    if (!error && os->sync(os->context, fd) != 0)
        error = errno;
    os->close(os->context, fd);
    if (error)
        pm_store_io_remove(os, store->dir, name);
    return error;
}

static void remove_copy(struct pm_store_disk_store *store, const char *suffix)
{
    char name[PM_STORE_NAME_LENGTH];

    pm_store_file_name(store, suffix, name);
    pm_store_io_remove(store->os, store->dir, name);
}

static int copy_all(struct pm_store_disk_store *store, int number,
                    const char *what)
{
    char main[32];
    char log[32];
    char text[32];
    char why[512];

    snprintf(main, sizeof main, ".damaged-%d", number);
    snprintf(log, sizeof log, ".damaged-%d-wal", number);
    snprintf(text, sizeof text, ".damaged-%d.txt", number);
    snprintf(why, sizeof why, "%.500s\n", what);
    int error = write_copy(store, main, store->fd, NULL);
    if (error)
        return error;
    if (store->session.vfs.log.fd >= 0)
        error = write_copy(store, log, store->session.vfs.log.fd, NULL);
    if (!error)
        error = write_copy(store, text, -1, why);
    if (!error && store->os->sync(store->os->context, store->dir) != 0)
        error = errno;
    if (error) {
        remove_copy(store, text);
        remove_copy(store, log);
        remove_copy(store, main);
        return error == EEXIST ? EIO : error;
    }
    return 0;
}

pm_fs_status pm_store_keep_aside(void *context, const char *what)
{
    struct pm_store_disk_store *store = context;
    int error = EEXIST;

    if (store->kept_aside)
        return PM_FS_OK;
    if (store->read_only)
        return PM_FS_ACCESS_DENIED;
    for (int number = 1; number <= MOST_COPIES && error == EEXIST; number++)
        error = copy_all(store, number, what);
    if (error)
        return error == EEXIST ? PM_FS_STORAGE_FULL : pm_store_errno(error);
    store->kept_aside = true;
    return PM_FS_OK;
}
