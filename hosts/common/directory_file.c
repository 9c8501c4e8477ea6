// SPDX-License-Identifier: MIT
//
// Files of a mounted directory that are read from: open, close, read, size.
// These come by the hundred thousand, so that over the system's own table its
// calls are put in place (os_in_place.h) and records are used again; whatever
// is out of the ordinary goes through the table all the same.
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>

#include "hosts/common/directory_internal.h"
#include "hosts/common/os_in_place.h"

// O_NONBLOCK: not to be held up by a pipe; O_NOCTTY: nor to take a terminal.
#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC)

struct pm_directory_file {
    int fd;
    struct pm_directory_file *next; // of those that wait to be used again
};

// --- records -----------------------------------------------------------------

// Those of closed files are used again: a few, so that a burst of open files
// gives back what it took.
static struct pm_directory_file *take_file(struct pm_host_directory *directory)
{
    const struct pm_allocator *alloc = &directory->alloc;
    struct pm_directory_file *file = directory->spare;

    if (!file)
        return alloc->resize(alloc->context, NULL, 0, sizeof *file);
    directory->spare = file->next;
    directory->spare_count--;
    return file;
}

static void free_file(const struct pm_allocator *alloc,
                      struct pm_directory_file *file)
{
    alloc->resize(alloc->context, file, sizeof *file, 0);
}

static void give_file(struct pm_host_directory *directory,
                      struct pm_directory_file *file)
{
    if (directory->spare_count == PM_SPARE_FILES) {
        free_file(&directory->alloc, file);
        return;
    }
    file->next = directory->spare;
    directory->spare = file;
    directory->spare_count++;
}

void pm_host_file_free_spare(struct pm_host_directory *directory)
{
    while (directory->spare) {
        struct pm_directory_file *file = directory->spare;
        directory->spare = file->next;
        free_file(&directory->alloc, file);
    }
}

// --- opening -----------------------------------------------------------------

// OK for the descriptor of a regular file.
static pm_fs_status expect_file(const struct pm_host_directory *directory,
                                int fd)
{
    const struct pm_os *os = directory->os;
    struct pm_os_stat info;

    if (directory->knows_files && os->is_file(os->context, fd))
        return PM_FS_OK;
    if (os->stat(os->context, fd, &info) != 0)
        return pm_host_last_status();
    if (info.kind == PM_OS_DIRECTORY)
        return PM_FS_IS_A_DIRECTORY;
    return pm_host_kind_status(info.kind);
}

// What is not there is known at once; whatever else goes wrong in place, and
// whether for good, is for the table to tell.
static inline int open_to_read(const struct pm_host_directory *directory,
                               const char *path)
{
    const struct pm_os *os = directory->os;

    if (directory->is_in_place) {
        int fd = pm_in_place_open_beneath(directory->root, path, READ_FLAGS, 0);
        if (fd >= 0)
            return fd;
        if (fd == -ENOENT) {
            errno = ENOENT;
            return -1;
        }
    }
    return os->open_beneath(os->context, directory->root, path, READ_FLAGS, 0);
}

static inline pm_fs_status open_file(struct pm_host_directory *directory,
                                     const char *path,
                                     struct pm_directory_file *file)
{
    file->fd = open_to_read(directory, path);
    if (file->fd < 0)
        return pm_host_last_status();
    if (directory->is_in_place && pm_in_place_is_file(file->fd))
        return PM_FS_OK;
    pm_fs_status status = expect_file(directory, file->fd);
    if (status)
        directory->os->close(directory->os->context, file->fd);
    return status;
}

pm_fs_status pm_host_file_open(void *context, const char *path,
                               struct pm_directory_file **out)
{
    struct pm_host_directory *directory = context;
    pm_fs_status status =
        pm_host_directory_guard(directory, path, PM_FS_NOT_FOUND);

    if (status)
        return status;
    struct pm_directory_file *file = take_file(directory);
    if (!file)
        return PM_FS_TRANSIENT;
    status = open_file(directory, path, file);
    if (status) {
        give_file(directory, file);
        return status;
    }
    *out = file;
    return PM_FS_OK;
}

void pm_host_file_close(void *context, struct pm_directory_file *file)
{
    struct pm_host_directory *directory = context;
    int fd = file->fd;

    give_file(directory, file);
    if (directory->is_in_place)
        pm_in_place_close(fd);
    else
        directory->os->close(directory->os->context, fd);
}

// --- reading -----------------------------------------------------------------

// Reads on where [done] bytes of the window and of one byte more are there.
static PM_OUT_OF_LINE pm_fs_status
read_on(const struct pm_host_directory *directory, int fd, uint64_t offset,
        uint8_t *dst, uint32_t max, uint64_t done, uint32_t *out_size,
        bool *out_eof)
{
    const struct pm_os *os = directory->os;
    uint64_t wanted = (uint64_t)max + 1;

    // No file is longer, and the system would not understand the offset.
    if (offset > INT64_MAX)
        wanted = 0;
    else if (wanted > INT64_MAX - offset)
        wanted = INT64_MAX - offset;
    while (done < wanted) {
        ssize_t got = os->read_at(os->context, fd, dst + done,
                                  (size_t)(wanted - done), offset + done);
        if (got < 0)
            return pm_host_last_status();
        if (got == 0)
            break;
        done += (uint64_t)got;
    }
    *out_size = done < max ? (uint32_t)done : max;
    *out_eof = done <= max;
    return PM_FS_OK;
}

// One byte more than wanted tells whether the end was met, in one call:
// between two the host could change the file. What the call in place did not
// do, and why, is found out by the table's.
pm_fs_status pm_host_file_read(void *context, struct pm_directory_file *file,
                               uint64_t offset, void *dst, uint32_t max,
                               uint32_t *out_size, bool *out_eof)
{
    const struct pm_host_directory *directory = context;
    size_t wanted = (size_t)max + 1;
    long got = 0;

    if (directory->is_in_place && offset < INT64_MAX - (uint64_t)UINT32_MAX) {
        got = pm_in_place_read_at(file->fd, dst, wanted, offset);
        if (got == (long)wanted) {
            *out_size = max;
            *out_eof = false;
            return PM_FS_OK;
        }
    }
    return read_on(directory, file->fd, offset, dst, max,
                   got < 0 ? 0 : (uint64_t)got, out_size, out_eof);
}

pm_fs_status pm_host_file_size(void *context, struct pm_directory_file *file,
                               uint64_t *out_size)
{
    const struct pm_host_directory *directory = context;
    struct pm_os_stat info;

    if (directory->os->stat(directory->os->context, file->fd, &info) != 0)
        return pm_host_last_status();
    *out_size = info.size;
    return PM_FS_OK;
}
