// SPDX-License-Identifier: MIT
//
// The few calls of pm_os_system that its table's users put in place where the
// table is just that (syscall.h says why): what a file that is opened to be
// read from and read in small pieces is made of. Each answers with an errno as
// a negative number and leaves errno alone; none is tried again.

#ifndef PM_HOST_OS_IN_PLACE_H
#define PM_HOST_OS_IN_PLACE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>

#include "hosts/common/syscall.h"

// For what seldom comes behind a call in place, so that what always comes is
// short.
#if defined(__GNUC__)
#define PM_OUT_OF_LINE __attribute__((noinline))
#else
#define PM_OUT_OF_LINE
#endif

// [mode] is 0 where [flags] make no file.
static inline int pm_in_place_open_beneath(int dir, const char *path, int flags,
                                           unsigned mode)
{
    // O_NOFOLLOW would let O_PATH open a link; no link is followed anyway.
    struct open_how how = {
        .flags = (unsigned)((flags | O_CLOEXEC) & ~O_NOFOLLOW),
        .mode = mode,
        .resolve =
            RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };

    return (int)pm_syscall(SYS_openat2, dir, (long)(intptr_t)path,
                           (long)(intptr_t)&how, sizeof how, 0, 0);
}

// Copying nothing to where nothing may be written. The kernel compares the
// kinds before the rights: EISDIR and EINVAL are for what is no regular file,
// EBADF is left for what is one. That takes 0.4 of fstat's time.
static inline bool pm_in_place_is_file(int fd)
{
    return pm_syscall(SYS_copy_file_range, fd, 0, fd, 0, 0, 0) == -EBADF;
}

static inline void pm_in_place_close(int fd)
{
    // Not again after EINTR: Linux has released the descriptor by then.
    pm_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
}

static inline long pm_in_place_read_at(int fd, void *dst, size_t size,
                                       uint64_t offset)
{
    return pm_syscall_read_at(fd, dst, size, (int64_t)offset);
}

#endif
