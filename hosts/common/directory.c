// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "hosts/common/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "hosts/common/directory_internal.h"
#include "hosts/common/errno_status.h"

pm_fs_status pm_host_last_status(void)
{
    return pm_errno_status(errno);
}

// --- places ------------------------------------------------------------------

pm_fs_status pm_host_place_open(struct pm_host_directory *directory,
                                const char *path, int flags,
                                struct pm_host_place *out)
{
    const struct pm_os *os = directory->os;
    const char *slash = strrchr(path, '/');
    char parent[PATH_MAX];

    if (!slash) {
        *out = (struct pm_host_place){directory->root, path};
        return PM_FS_OK;
    }
    size_t size = (size_t)(slash - path);
    if (size >= sizeof parent)
        return PM_FS_INVALID_PATH;
    memcpy(parent, path, size);
    parent[size] = 0;
    int fd = os->open_beneath(os->context, directory->root, parent,
                              flags | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0)
        return pm_host_last_status();
    *out = (struct pm_host_place){fd, slash + 1};
    return PM_FS_OK;
}

void pm_host_place_close(struct pm_host_directory *directory,
                         struct pm_host_place *place)
{
    if (place->dir != directory->root)
        directory->os->close(directory->os->context, place->dir);
}

pm_fs_status pm_host_kind_status(enum pm_os_kind kind)
{
    return kind == PM_OS_FILE || kind == PM_OS_DIRECTORY ? PM_FS_OK
                                                         : PM_FS_ACCESS_DENIED;
}

pm_fs_status pm_host_place_stat(struct pm_host_directory *directory,
                                const struct pm_host_place *place,
                                struct pm_os_stat *out)
{
    const struct pm_os *os = directory->os;

    if (os->stat_at(os->context, place->dir, place->name, out) != 0)
        return pm_host_last_status();
    return pm_host_kind_status(out->kind);
}

// --- entries -----------------------------------------------------------------

pm_fs_status pm_host_directory_stat(void *context, const char *path,
                                    struct pm_directory_stat *out)
{
    struct pm_host_directory *directory = context;
    const struct pm_os *os = directory->os;
    struct pm_os_stat info;

    if (path[0] == 0)
        path = ".";
    pm_fs_status status =
        pm_host_directory_guard(directory, path, PM_FS_NOT_FOUND);
    if (status)
        return status;
    int fd = os->open_beneath(os->context, directory->root, path,
                              O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0)
        return pm_host_last_status();
    status = os->stat(os->context, fd, &info) ? pm_host_last_status()
                                              : pm_host_kind_status(info.kind);
    os->close(os->context, fd);
    if (status)
        return status;
    bool is_file = info.kind == PM_OS_FILE;
    *out = (struct pm_directory_stat){
        .kind = is_file ? PM_FS_FILE : PM_FS_DIRECTORY,
        .size = is_file ? info.size : 0,
    };
    return PM_FS_OK;
}

struct lister {
    const struct pm_os *os;
    int dir;
    bool (*visit)(void *visitor, const char *name, pm_fs_kind kind);
    void *visitor;
    pm_fs_status status;
};

static bool list_entry(void *visitor, const char *name, enum pm_os_kind kind)
{
    struct lister *lister = visitor;
    struct pm_os_stat info;

    if (pm_host_is_temporary(name, strlen(name)))
        return true;
    if (kind != PM_OS_FILE && kind != PM_OS_DIRECTORY && kind != PM_OS_OTHER) {
        if (lister->os->stat_at(lister->os->context, lister->dir, name,
                                &info) != 0) {
            if (errno == ENOENT) // gone meanwhile
                return true;
            lister->status = pm_host_last_status();
            return false;
        }
        kind = info.kind;
    }
    if (kind == PM_OS_OTHER)
        return true;
    return lister->visit(lister->visitor, name,
                         kind == PM_OS_FILE ? PM_FS_FILE : PM_FS_DIRECTORY);
}

// Why what cannot be listed cannot: a pipe is no directory and no file either.
static pm_fs_status list_status(void *context, const char *path)
{
    struct pm_directory_stat info;
    pm_fs_status status = pm_host_last_status();

    if (status != PM_FS_NOT_A_DIRECTORY)
        return status;
    return pm_host_directory_stat(context, path, &info) == PM_FS_ACCESS_DENIED
               ? PM_FS_ACCESS_DENIED
               : PM_FS_NOT_A_DIRECTORY;
}

static pm_fs_status
list_directory(void *context, const char *path,
               bool (*visit)(void *visitor, const char *name, pm_fs_kind kind),
               void *visitor)
{
    struct pm_host_directory *directory = context;
    const struct pm_os *os = directory->os;

    if (path[0] == 0)
        path = ".";
    pm_fs_status status =
        pm_host_directory_guard(directory, path, PM_FS_NOT_FOUND);
    if (status)
        return status;
    int fd =
        os->open_beneath(os->context, directory->root, path, PM_LIST_FLAGS, 0);
    if (fd < 0)
        return list_status(context, path);
    struct lister lister = {os, fd, visit, visitor, PM_FS_OK};
    if (os->list(os->context, fd, list_entry, &lister) != 0)
        lister.status = pm_host_last_status();
    os->close(os->context, fd);
    return lister.status;
}

// --- the whole ---------------------------------------------------------------

static pm_fs_status usage(void *context, uint64_t *out_used,
                          uint64_t *out_limit)
{
    const struct pm_host_directory *directory = context;

    if (directory->os->space(directory->os->context, directory->root, out_used,
                             out_limit) != 0)
        return pm_host_last_status();
    return PM_FS_OK;
}

static const struct pm_directory seam = {
    .open = pm_host_file_open,
    .close = pm_host_file_close,
    .read = pm_host_file_read,
    .size = pm_host_file_size,
    .stat = pm_host_directory_stat,
    .list = list_directory,
    .publish = pm_host_directory_publish,
    .may_write = pm_host_directory_may_write,
    .make_dir = pm_host_directory_make_dir,
    .remove = pm_host_directory_remove,
    .rename = pm_host_directory_rename,
    .usage = usage,
};

static pm_fs_status fail(int error, const char **out_error)
{
    if (out_error)
        *out_error = strerror(error);
    return pm_errno_status(error);
}

pm_fs_status pm_host_directory_open(const struct pm_os *os,
                                    const struct pm_allocator *alloc,
                                    const char *path,
                                    struct pm_host_directory **out,
                                    const char **out_error)
{
    int root = os->open(os->context, AT_FDCWD, path,
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (root < 0)
        return fail(errno, out_error);
    struct pm_host_directory *directory =
        alloc->resize(alloc->context, NULL, 0, sizeof *directory);
    if (!directory) {
        os->close(os->context, root);
        return fail(ENOMEM, out_error);
    }
    *directory = (struct pm_host_directory){
        .seam = seam,
        .alloc = *alloc,
        .os = os,
        .root = root,
        .is_in_place = os == pm_os_system(),
    };
    directory->seam.context = directory;
    // A system that takes a directory for a file answers nothing of worth.
    directory->knows_files = os->is_file && !os->is_file(os->context, root);
    *out = directory;
    return PM_FS_OK;
}

void pm_host_directory_close(struct pm_host_directory *directory)
{
    if (!directory)
        return;
    pm_host_forget_plain(directory);
    pm_host_file_free_spare(directory);
    directory->os->close(directory->os->context, directory->root);
    struct pm_allocator alloc = directory->alloc;
    alloc.resize(alloc.context, directory, sizeof *directory, 0);
}

const struct pm_directory *
pm_host_directory_seam(const struct pm_host_directory *directory)
{
    return &directory->seam;
}
