// SPDX-License-Identifier: MIT
//
// Making, removing and renaming entries of the mounted directory. None of
// these waits for the device; what a file is published in does.
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "hosts/common/directory_internal.h"

// --- making and removing -----------------------------------------------------

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

pm_fs_status pm_host_directory_make_dir(void *context, const char *path)
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
    int fd = os->open_beneath(os->context, place->dir, place->name,
                              PM_LIST_FLAGS, 0);

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

pm_fs_status pm_host_directory_remove(void *context, const char *path)
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

pm_fs_status pm_host_directory_rename(void *context, const char *from,
                                      const char *to)
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
        return pm_host_directory_stat(context, from, &info);
    if (is_beneath(to, from)) {
        status = pm_host_directory_stat(context, from, &info);
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
