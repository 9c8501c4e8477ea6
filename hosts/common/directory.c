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

// O_NONBLOCK: not to be held up by a pipe; O_NOCTTY: nor to take a terminal.
#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC)
#define LIST_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct pm_directory_file {
    int fd;
};

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

static pm_fs_status kind_status(enum pm_os_kind kind)
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
    return kind_status(out->kind);
}

// --- files -------------------------------------------------------------------

// OK for the descriptor of a regular file.
static pm_fs_status expect_file(const struct pm_os *os, int fd)
{
    struct pm_os_stat info;

    if (os->stat(os->context, fd, &info) != 0)
        return pm_host_last_status();
    if (info.kind == PM_OS_DIRECTORY)
        return PM_FS_IS_A_DIRECTORY;
    return kind_status(info.kind);
}

static pm_fs_status open_file(void *context, const char *path,
                              struct pm_directory_file **out)
{
    struct pm_host_directory *directory = context;
    const struct pm_os *os = directory->os;
    const struct pm_allocator *alloc = &directory->alloc;
    pm_fs_status status =
        pm_host_directory_guard(directory, path, PM_FS_NOT_FOUND);

    if (status)
        return status;
    int fd =
        os->open_beneath(os->context, directory->root, path, READ_FLAGS, 0);
    if (fd < 0)
        return pm_host_last_status();
    status = expect_file(os, fd);
    struct pm_directory_file *file = NULL;
    if (!status) {
        file = alloc->resize(alloc->context, NULL, 0, sizeof *file);
        status = file ? PM_FS_OK : PM_FS_TRANSIENT;
    }
    if (status) {
        os->close(os->context, fd);
        return status;
    }
    file->fd = fd;
    *out = file;
    return PM_FS_OK;
}

static void close_file(void *context, struct pm_directory_file *file)
{
    struct pm_host_directory *directory = context;

    directory->os->close(directory->os->context, file->fd);
    directory->alloc.resize(directory->alloc.context, file, sizeof *file, 0);
}

static pm_fs_status read_file(void *context, struct pm_directory_file *file,
                              uint64_t offset, void *dst, size_t size,
                              size_t *out_size)
{
    const struct pm_host_directory *directory = context;
    const struct pm_os *os = directory->os;
    uint8_t *at = dst;
    size_t done = 0;

    // No file is longer, and the system would not understand the offset.
    if (offset > INT64_MAX)
        size = 0;
    else if (size > INT64_MAX - offset)
        size = (size_t)(INT64_MAX - offset);
    while (done < size) {
        ssize_t got = os->read_at(os->context, file->fd, at + done, size - done,
                                  offset + done);
        if (got < 0)
            return pm_host_last_status();
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *out_size = done;
    return PM_FS_OK;
}

static pm_fs_status size_of_file(void *context, struct pm_directory_file *file,
                                 uint64_t *out_size)
{
    const struct pm_host_directory *directory = context;
    struct pm_os_stat info;

    if (directory->os->stat(directory->os->context, file->fd, &info) != 0)
        return pm_host_last_status();
    *out_size = info.size;
    return PM_FS_OK;
}

// --- entries -----------------------------------------------------------------

static pm_fs_status stat_path(void *context, const char *path,
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
                                              : kind_status(info.kind);
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
    return stat_path(context, path, &info) == PM_FS_ACCESS_DENIED
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
        os->open_beneath(os->context, directory->root, path, LIST_FLAGS, 0);
    if (fd < 0)
        return list_status(context, path);
    struct lister lister = {os, fd, visit, visitor, PM_FS_OK};
    if (os->list(os->context, fd, list_entry, &lister) != 0)
        lister.status = pm_host_last_status();
    os->close(os->context, fd);
    return lister.status;
}

// --- changing entries --------------------------------------------------------

static pm_fs_status make_dir_at(struct pm_host_directory *directory,
                                const struct pm_host_place *place)
{
    const struct pm_os *os = directory->os;
    struct pm_os_stat info;
    pm_fs_status status = pm_host_place_stat(directory, place, &info);

    if (status != PM_FS_NOT_FOUND)
        return status ? status : PM_FS_EXISTS;
    if (os->make_dir(os->context, place->dir, place->name, 0777) != 0)
        return pm_host_last_status();
    return PM_FS_OK;
}

static pm_fs_status make_dir(void *context, const char *path)
{
    struct pm_host_directory *directory = context;
    struct pm_host_place place;
    pm_fs_status status =
        pm_host_directory_guard(directory, path, PM_FS_EXISTS);

    if (!status)
        status = pm_host_place_open(directory, path, O_PATH, &place);
    if (status)
        return status;
    status = make_dir_at(directory, &place);
    pm_host_place_close(directory, &place);
    return status;
}

static bool is_all_temporary(void *visitor, const char *name,
                             enum pm_os_kind kind)
{
    bool *is_so = visitor;
    *is_so =
        kind != PM_OS_DIRECTORY && pm_host_is_temporary(name, strlen(name));
    return *is_so;
}

struct sweeper {
    const struct pm_os *os;
    int dir;
};

static bool sweep_entry(void *visitor, const char *name, enum pm_os_kind kind)
{
    const struct sweeper *sweeper = visitor;

    if (kind != PM_OS_DIRECTORY && pm_host_is_temporary(name, strlen(name)))
        sweeper->os->remove(sweeper->os->context, sweeper->dir, name, false);
    return true;
}

// Removes what killed processes left in the directory at [place], if there is
// nothing else: to a cartridge it is empty. A process that is publishing in
// there at this moment meets the same as if it had come a little later.
static void sweep(struct pm_host_directory *directory,
                  const struct pm_host_place *place)
{
    const struct pm_os *os = directory->os;
    bool is_all = true;
    int fd =
        os->open_beneath(os->context, place->dir, place->name, LIST_FLAGS, 0);

    if (fd < 0)
        return;
    struct sweeper sweeper = {os, fd};
    if (os->list(os->context, fd, is_all_temporary, &is_all) == 0 && is_all)
        os->list(os->context, fd, sweep_entry, &sweeper);
    os->close(os->context, fd);
}

static pm_fs_status remove_dir_at(struct pm_host_directory *directory,
                                  const struct pm_host_place *place)
{
    const struct pm_os *os = directory->os;

    for (int tries = 0; tries < 2; tries++) {
        if (os->remove(os->context, place->dir, place->name, true) == 0)
            return PM_FS_OK;
        // POSIX lets a system say EEXIST.
        if (errno != ENOTEMPTY && errno != EEXIST)
            return pm_host_last_status();
        if (tries == 0)
            sweep(directory, place);
    }
    return PM_FS_NOT_EMPTY;
}

static pm_fs_status remove_at(struct pm_host_directory *directory,
                              const struct pm_host_place *place)
{
    const struct pm_os *os = directory->os;
    struct pm_os_stat info;
    pm_fs_status status = pm_host_place_stat(directory, place, &info);

    if (status)
        return status;
    if (info.kind == PM_OS_DIRECTORY)
        return remove_dir_at(directory, place);
    if (os->remove(os->context, place->dir, place->name, false) != 0)
        return pm_host_last_status();
    return PM_FS_OK;
}

static pm_fs_status remove_path(void *context, const char *path)
{
    struct pm_host_directory *directory = context;
    struct pm_host_place place;
    pm_fs_status status =
        pm_host_directory_guard(directory, path, PM_FS_NOT_FOUND);

    if (!status)
        status = pm_host_place_open(directory, path, O_PATH, &place);
    if (status)
        return status;
    status = remove_at(directory, &place);
    pm_host_place_close(directory, &place);
    return status;
}

// --- renaming ----------------------------------------------------------------

static pm_fs_status rename_to_free(const struct pm_os *os,
                                   const struct pm_host_place *from,
                                   const struct pm_host_place *to)
{
    if (os->rename(os->context, from->dir, from->name, to->dir, to->name,
                   PM_OS_NO_REPLACE) == 0)
        return PM_FS_OK;
    // A file system without that: it was free a moment ago.
    if (errno == EINVAL && os->rename(os->context, from->dir, from->name,
                                      to->dir, to->name, 0) == 0)
        return PM_FS_OK;
    return pm_host_last_status();
}

static pm_fs_status rename_over(const struct pm_os *os,
                                const struct pm_host_place *from,
                                const struct pm_os_stat *from_info,
                                const struct pm_host_place *to,
                                const struct pm_os_stat *to_info)
{
    if (from_info->kind == PM_OS_DIRECTORY || to_info->kind == PM_OS_DIRECTORY)
        return PM_FS_EXISTS;
    // Of two names of one file POSIX keeps both; what was asked for is that
    // [from] is gone.
    bool is_same = from_info->inode == to_info->inode &&
                   from_info->device == to_info->device;
    int result = is_same ? os->remove(os->context, from->dir, from->name, false)
                         : os->rename(os->context, from->dir, from->name,
                                      to->dir, to->name, 0);
    return result ? pm_host_last_status() : PM_FS_OK;
}

static pm_fs_status rename_at(struct pm_host_directory *directory,
                              const struct pm_host_place *from,
                              const struct pm_host_place *to)
{
    struct pm_os_stat from_info;
    struct pm_os_stat to_info;
    pm_fs_status status = pm_host_place_stat(directory, from, &from_info);

    if (status)
        return status;
    status = pm_host_place_stat(directory, to, &to_info);
    if (status == PM_FS_NOT_FOUND)
        return rename_to_free(directory->os, from, to);
    if (status)
        return status;
    return rename_over(directory->os, from, &from_info, to, &to_info);
}

static bool is_beneath(const char *path, const char *directory)
{
    size_t size = strlen(directory);
    return strncmp(path, directory, size) == 0 && path[size] == '/';
}

static pm_fs_status rename_path(void *context, const char *from, const char *to)
{
    struct pm_host_directory *directory = context;
    struct pm_directory_stat info;
    struct pm_host_place from_place;
    struct pm_host_place to_place;
    pm_fs_status status =
        pm_host_directory_guard(directory, from, PM_FS_NOT_FOUND);

    if (!status)
        status = pm_host_directory_guard(directory, to, PM_FS_EXISTS);
    if (status)
        return status;
    if (strcmp(from, to) == 0)
        return stat_path(context, from, &info);
    if (is_beneath(to, from)) {
        status = stat_path(context, from, &info);
        if (!status)
            status = info.kind == PM_FS_DIRECTORY ? PM_FS_INVALID_PATH
                                                  : PM_FS_NOT_A_DIRECTORY;
        return status;
    }
    status = pm_host_place_open(directory, from, O_PATH, &from_place);
    if (status)
        return status;
    status = pm_host_place_open(directory, to, O_PATH, &to_place);
    if (!status) {
        status = rename_at(directory, &from_place, &to_place);
        pm_host_place_close(directory, &to_place);
    }
    pm_host_place_close(directory, &from_place);
    return status;
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
    .open = open_file,
    .close = close_file,
    .read = read_file,
    .size = size_of_file,
    .stat = stat_path,
    .list = list_directory,
    .publish = pm_host_directory_publish,
    .may_write = pm_host_directory_may_write,
    .make_dir = make_dir,
    .remove = remove_path,
    .rename = rename_path,
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
        .seam = seam, .alloc = *alloc, .os = os, .root = root};
    directory->seam.context = directory;
    *out = directory;
    return PM_FS_OK;
}

void pm_host_directory_close(struct pm_host_directory *directory)
{
    if (!directory)
        return;
    pm_host_forget_plain(directory);
    directory->os->close(directory->os->context, directory->root);
    struct pm_allocator alloc = directory->alloc;
    alloc.resize(alloc.context, directory, sizeof *directory, 0);
}

const struct pm_directory *
pm_host_directory_seam(const struct pm_host_directory *directory)
{
    return &directory->seam;
}
