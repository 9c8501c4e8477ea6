// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L

#include "hosts/common/file_writer.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hosts/common/files.h"

struct pm_file_writer {
    struct pm_allocator alloc;
    int fd;
    sigset_t signals; // those that were held before
    char path[PATH_MAX];
    char temporary[PATH_MAX];
};

// --- beginning and end -------------------------------------------------------

static bool set_paths(struct pm_file_writer *writer, const char *path)
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    int size = snprintf(writer->path, sizeof writer->path, "%s", path);
    int length = snprintf(writer->temporary, sizeof writer->temporary,
                          "%.*s.%s.tmp-XXXXXX", folder, path, path + folder);

    return size >= 0 && (size_t)size < sizeof writer->path && length >= 0 &&
           (size_t)length < sizeof writer->temporary;
}

// Frees the writer, whose file is closed and has its name or is gone.
static void end(struct pm_file_writer *writer)
{
    struct pm_allocator alloc = writer->alloc;
    sigset_t signals = writer->signals;

    alloc.resize(alloc.context, writer, sizeof *writer, 0);
    pthread_sigmask(SIG_SETMASK, &signals, NULL);
}

pm_status pm_file_writer_open(const struct pm_allocator *alloc,
                              const char *path, struct pm_file_writer **out,
                              const char **out_error)
{
    struct pm_file_writer *writer =
        alloc->resize(alloc->context, NULL, 0, sizeof *writer);
    sigset_t all;

    if (!writer)
        return pm_host_failure(ENOMEM, out_error);
    writer->alloc = *alloc;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &writer->signals);
    errno = ENAMETOOLONG;
    writer->fd = set_paths(writer, path) ? mkstemp(writer->temporary) : -1;
    if (writer->fd < 0) {
        int error = errno;
        end(writer);
        return pm_host_failure(error, out_error);
    }
    *out = writer;
    return PM_OK;
}

void pm_file_writer_cancel(struct pm_file_writer *writer)
{
    if (!writer)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    unlink(writer->temporary);
    end(writer);
}

// --- pieces ------------------------------------------------------------------

// Whether a signal waits that ends the process once it may.
static bool is_interrupted(void)
{
    static const int enders[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t waiting;

    if (sigpending(&waiting) != 0)
        return false;
    for (size_t i = 0; i < sizeof enders / sizeof *enders; i++)
        if (sigismember(&waiting, enders[i]) == 1)
            return true;
    return false;
}

pm_status pm_file_writer_put(struct pm_file_writer *writer, const void *data,
                             size_t size, const char **out_error)
{
    const char *at = data;

    if (is_interrupted())
        return pm_host_failure(EINTR, out_error);
    while (size > 0) {
        size_t part = size < SSIZE_MAX ? size : SSIZE_MAX;
        // No signal comes meanwhile, so that nothing interrupts it.
        ssize_t put = write(writer->fd, at, part);
        if (put < 0)
            return pm_host_failure(errno, out_error);
        at += put;
        size -= (size_t)put;
    }
    return PM_OK;
}

// --- the name ----------------------------------------------------------------

// The permissions that a new file gets here.
static mode_t wanted_mode(void)
{
    mode_t mask = umask(022);
    umask(mask);
    return 0666 & ~mask;
}

// Gives the file its name if nobody has it. Where there are no hard links, a
// file that comes into being just then would be replaced.
static int name_new(struct pm_file_writer *writer)
{
    struct stat info;

    if (link(writer->temporary, writer->path) == 0) {
        unlink(writer->temporary);
        return 0;
    }
    if (errno == EEXIST)
        return EEXIST;
    if (lstat(writer->path, &info) == 0)
        return EEXIST;
    return rename(writer->temporary, writer->path) == 0 ? 0 : errno;
}

static int give_name(struct pm_file_writer *writer, bool may_replace)
{
    if (!may_replace)
        return name_new(writer);
    return rename(writer->temporary, writer->path) == 0 ? 0 : errno;
}

pm_status pm_file_writer_commit(struct pm_file_writer *writer, bool may_replace,
                                const char **out_error)
{
    int error = 0;

    if (fchmod(writer->fd, wanted_mode()) != 0 || fsync(writer->fd) != 0)
        error = errno;
    if (close(writer->fd) != 0 && !error)
        error = errno;
    writer->fd = -1;
    if (!error)
        error = give_name(writer, may_replace);
    if (error) {
        pm_file_writer_cancel(writer);
        return pm_host_failure(error, out_error);
    }
    end(writer);
    return PM_OK;
}
