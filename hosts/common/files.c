// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L

#include "hosts/common/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

pm_status pm_host_failure(int error, const char **out_error)
{
    if (out_error)
        *out_error = strerror(error);
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return PM_ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return PM_ERR_ACCESS;
    case EEXIST:
        return PM_ERR_EXISTS;
    case ENOMEM:
        return PM_ERR_NO_MEMORY;
    default:
        return PM_ERR_IO;
    }
}

// The same for errno as it is.
static pm_status fail(const char **out_error)
{
    return pm_host_failure(errno, out_error);
}

static pm_status fail_with(pm_status status, const char *error,
                           const char **out_error)
{
    if (out_error)
        *out_error = error;
    return status;
}

// Calls again when a signal interrupted the call. Not for ever: what is
// interrupted a thousand times is, and that is an answer.
#define INTERRUPTS 1000
#define AGAIN(result, call)                                                    \
    do {                                                                       \
        int tries_left = INTERRUPTS;                                           \
        do {                                                                   \
            (result) = (call);                                                 \
        } while ((result) < 0 && errno == EINTR && --tries_left > 0);          \
    } while (0)

// --- reading by position -----------------------------------------------------

struct pm_file {
    struct pm_allocator alloc;
    int fd;
    uint64_t size;
};

static pm_status read_at(void *context, uint64_t offset, void *dst, size_t size)
{
    const struct pm_file *file = context;
    uint8_t *at = dst;

    while (size > 0) {
        size_t part = size < SSIZE_MAX ? size : SSIZE_MAX;
        ssize_t got;
        AGAIN(got, pread(file->fd, at, part, (off_t)offset));
        if (got <= 0)
            return PM_ERR_IO; // 0: the file has become shorter
        at += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return PM_OK;
}

static pm_status open_regular(const char *path, int *out_fd, uint64_t *out_size,
                              const char **out_error)
{
    struct stat info;
    // Not to be held up by a pipe that nobody writes to.
    int fd;

    AGAIN(fd, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (fd < 0)
        return fail(out_error);
    if (fstat(fd, &info) != 0) {
        pm_status status = fail(out_error);
        close(fd);
        return status;
    }
    if (!S_ISREG(info.st_mode)) {
        close(fd);
        return fail_with(PM_ERR_UNSUPPORTED, "not a regular file", out_error);
    }
    *out_fd = fd;
    *out_size = (uint64_t)info.st_size;
    return PM_OK;
}

pm_status pm_file_open(const struct pm_allocator *alloc, const char *path,
                       struct pm_file **out, const char **out_error)
{
    int fd = -1;
    uint64_t size = 0;
    pm_status status = open_regular(path, &fd, &size, out_error);

    if (status)
        return status;
    struct pm_file *file = alloc->resize(alloc->context, NULL, 0, sizeof *file);
    if (!file) {
        close(fd);
        return fail_with(PM_ERR_NO_MEMORY, "out of memory", out_error);
    }
    *file = (struct pm_file){*alloc, fd, size};
    *out = file;
    return PM_OK;
}

struct pm_source pm_file_source(struct pm_file *file)
{
    return (struct pm_source){
        .read_at = read_at, .context = file, .size = file->size};
}

void pm_file_close(struct pm_file *file)
{
    if (!file)
        return;
    close(file->fd);
    struct pm_allocator alloc = file->alloc;
    alloc.resize(alloc.context, file, sizeof *file, 0);
}

// --- whole files -------------------------------------------------------------

struct bytes {
    const struct pm_allocator *alloc;
    uint8_t *data;
    size_t size;
    size_t capacity;
};

static bool bytes_resize(struct bytes *b, size_t capacity)
{
    if (b->capacity == capacity)
        return true;
    uint8_t *data =
        b->alloc->resize(b->alloc->context, b->data, b->capacity, capacity);
    if (!data && capacity > 0)
        return false;
    b->data = data;
    b->capacity = capacity;
    return true;
}

// Reads to the end, but no more than one byte beyond [limit].
static pm_status read_all(int fd, size_t limit, struct bytes *b,
                          const char **out_error)
{
    for (;;) {
        if (b->size == b->capacity &&
            !bytes_resize(b, b->capacity ? b->capacity * 2 : 65536))
            return fail_with(PM_ERR_NO_MEMORY, "out of memory", out_error);
        ssize_t got;
        AGAIN(got, read(fd, b->data + b->size, b->capacity - b->size));
        if (got < 0)
            return fail(out_error);
        if (got == 0)
            return PM_OK;
        b->size += (size_t)got;
        if (b->size > limit)
            return fail_with(PM_ERR_LIMIT, "the file is too large", out_error);
    }
}

// Makes room for what the file has now and one byte, which finds its end. A
// guess only: the file may change, and a pipe has no size.
static bool make_room(int fd, size_t limit, struct bytes *b)
{
    struct stat info;

    return fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
           info.st_size <= 0 || (uint64_t)info.st_size > limit ||
           bytes_resize(b, (size_t)info.st_size + 1);
}

pm_status pm_file_read(const struct pm_allocator *alloc, const char *path,
                       size_t limit, uint8_t **out_data, size_t *out_size,
                       const char **out_error)
{
    struct bytes b = {.alloc = alloc};
    int fd;

    // The opening of a pipe waits, so that a signal may come.
    AGAIN(fd, open(path, O_RDONLY | O_CLOEXEC));
    if (fd < 0)
        return fail(out_error);
    pm_status status =
        make_room(fd, limit, &b)
            ? read_all(fd, limit, &b, out_error)
            : fail_with(PM_ERR_NO_MEMORY, "out of memory", out_error);
    close(fd);
    if (status == PM_OK && !bytes_resize(&b, b.size))
        status = fail_with(PM_ERR_NO_MEMORY, "out of memory", out_error);
    if (status) {
        bytes_resize(&b, 0);
        return status;
    }
    *out_data = b.data;
    *out_size = b.size;
    return PM_OK;
}

// --- writing -----------------------------------------------------------------

static bool write_all(int fd, const uint8_t *at, size_t size)
{
    while (size > 0) {
        size_t part = size < SSIZE_MAX ? size : SSIZE_MAX;
        ssize_t put;
        AGAIN(put, write(fd, at, part));
        if (put < 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

// The length of the directory part of [path], its slash included.
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

// Makes the new name last: some filesystems cannot, which is not our failure.
static bool sync_directory(const char *path)
{
    char directory[PATH_MAX];
    snprintf(directory, sizeof directory, "%.*s", (int)directory_length(path),
             path);
    int fd;

    AGAIN(fd, open(directory[0] ? directory : ".",
                   O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
    int error = errno;
    close(fd);
    errno = error;
    return ok;
}

// The permissions of the file that will be replaced, or those that a new one
// would get here.
static mode_t wanted_mode(const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0)
        return info.st_mode & 0777;
    mode_t mask = umask(022);
    umask(mask);
    return 0666 & ~mask;
}

static bool fill_temporary(int fd, const char *path, const void *data,
                           size_t size, bool flushes)
{
    // Asking for the mask sets it, which threads must not do side by side:
    // what need not last is the user's alone.
    if (!flushes)
        return write_all(fd, data, size);
    return write_all(fd, data, size) && fchmod(fd, wanted_mode(path)) == 0 &&
           fsync(fd) == 0;
}

static pm_status write_and_rename(const char *path, char *temporary,
                                  const void *data, size_t size, bool flushes,
                                  const char **out_error)
{
    int fd = mkstemp(temporary);
    if (fd < 0)
        return fail(out_error);
    bool ok = fill_temporary(fd, path, data, size, flushes);
    int error = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(temporary, path) != 0) {
        ok = false;
        error = errno;
    }
    if (!ok) {
        unlink(temporary);
        errno = error;
        return fail(out_error);
    }
    return !flushes || sync_directory(path) ? PM_OK : fail(out_error);
}

static pm_status write_file(const char *path, const void *data, size_t size,
                            bool flushes, const char **out_error)
{
    char temporary[PATH_MAX];
    size_t directory = directory_length(path);
    sigset_t all;
    sigset_t before;
    int length = snprintf(temporary, sizeof temporary, "%.*s.%s.tmp-XXXXXX",
                          (int)directory, path, path + directory);

    if (length < 0 || (size_t)length >= sizeof temporary)
        return fail_with(PM_ERR_IO, "the path is too long", out_error);
    // Ctrl-C waits until the temporary file is gone.
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pm_status status =
        write_and_rename(path, temporary, data, size, flushes, out_error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

pm_status pm_file_write(const char *path, const void *data, size_t size,
                        const char **out_error)
{
    return write_file(path, data, size, true, out_error);
}

pm_status pm_file_write_soon(const char *path, const void *data, size_t size,
                             const char **out_error)
{
    return write_file(path, data, size, false, out_error);
}

pm_status pm_file_make_directory(const char *path, const char **out_error)
{
    char part[PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof part)
        return fail_with(PM_ERR_IO, "the path is too long", out_error);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0777) != 0 && !pm_file_is_directory(part))
            return fail(out_error);
    }
    return PM_OK;
}

bool pm_file_is_directory(const char *path)
{
    struct stat info;
    // errno stays what it was: callers report why mkdir failed.
    int error = errno;
    bool is = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    errno = error;
    return is;
}

// --- directories -------------------------------------------------------------

static bool add_name(const struct pm_allocator *alloc,
                     struct pm_file_list *list, const char *name)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        char **names = alloc->resize(alloc->context, list->names,
                                     list->capacity * sizeof *names,
                                     capacity * sizeof *names);
        if (!names)
            return false;
        list->names = names;
        list->capacity = capacity;
    }
    size_t size = strlen(name) + 1;
    char *copy = alloc->resize(alloc->context, NULL, 0, size);
    if (!copy)
        return false;
    memcpy(copy, name, size);
    list->names[list->count++] = copy;
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

static pm_status read_names(const struct pm_allocator *alloc, DIR *directory,
                            struct pm_file_list *list, const char **out_error)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry)
            return errno ? fail(out_error) : PM_OK;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (!add_name(alloc, list, entry->d_name))
            return fail_with(PM_ERR_NO_MEMORY, "out of memory", out_error);
    }
}

pm_status pm_file_list(const struct pm_allocator *alloc, const char *path,
                       struct pm_file_list *out, const char **out_error)
{
    struct pm_file_list list = {0};
    DIR *directory = opendir(path);

    if (!directory)
        return fail(out_error);
    pm_status status = read_names(alloc, directory, &list, out_error);
    closedir(directory);
    if (status) {
        pm_file_list_free(alloc, &list);
        return status;
    }
    if (list.count > 1)
        qsort(list.names, list.count, sizeof *list.names, by_bytes);
    *out = list;
    return PM_OK;
}

void pm_file_list_free(const struct pm_allocator *alloc,
                       struct pm_file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        alloc->resize(alloc->context, list->names[i],
                      strlen(list->names[i]) + 1, 0);
    if (list->names)
        alloc->resize(alloc->context, list->names,
                      list->capacity * sizeof *list->names, 0);
    *list = (struct pm_file_list){0};
}
