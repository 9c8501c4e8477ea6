// SPDX-License-Identifier: MIT
#include "hosts/common/errno_status.h"

#include <errno.h>
#include <stddef.h>

struct row {
    int error;
    const char *name;
    pm_fs_status status;
};

#define ROW(error, status)                                                     \
    {                                                                          \
        error, #error, PM_FS_##status                                          \
    }

static const struct row rows[] = {
    // not there, in the way
    ROW(ENOENT, NOT_FOUND),
    ROW(ENXIO, ACCESS_DENIED),
    ROW(ENODEV, ACCESS_DENIED),
    ROW(EEXIST, EXISTS),
    ROW(ENOTDIR, NOT_A_DIRECTORY),
    ROW(EISDIR, IS_A_DIRECTORY),
    ROW(ENOTEMPTY, NOT_EMPTY),
    ROW(EBUSY, BUSY),
    ROW(ETXTBSY, BUSY),
    // not allowed; links and ways out are refused, not followed
    ROW(EACCES, ACCESS_DENIED),
    ROW(EPERM, ACCESS_DENIED),
    ROW(EROFS, ACCESS_DENIED),
    ROW(ELOOP, ACCESS_DENIED),
    ROW(EXDEV, ACCESS_DENIED),
    ROW(EOPNOTSUPP, ACCESS_DENIED),
    // no room
    ROW(ENOSPC, STORAGE_FULL),
    ROW(EDQUOT, STORAGE_FULL),
    ROW(EMLINK, STORAGE_FULL),
    ROW(EFBIG, TOO_LARGE),
    ROW(ENAMETOOLONG, INVALID_PATH),
    ROW(EILSEQ, INVALID_PATH),
    // later, perhaps
    ROW(EAGAIN, TRANSIENT),
    ROW(EINTR, TRANSIENT),
    ROW(ENOMEM, TRANSIENT),
    ROW(ENFILE, TRANSIENT),
    ROW(EMFILE, TRANSIENT),
    ROW(ETIMEDOUT, TRANSIENT),
    ROW(EDEADLK, TRANSIENT),
    ROW(ENOLCK, TRANSIENT),
    // broken
    ROW(EIO, IO_FAILED),
    ROW(ESTALE, IO_FAILED),
    ROW(EBADF, IO_FAILED),
    ROW(EINVAL, IO_FAILED),
    ROW(EREMOTEIO, IO_FAILED),
    ROW(ENODATA, CORRUPT),
    ROW(EBADMSG, CORRUPT),
    ROW(EUCLEAN, CORRUPT),
};

pm_fs_status pm_errno_status(int error)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].error == error)
            return rows[i].status;
    return PM_FS_IO_FAILED;
}

bool pm_errno_row(size_t index, int *out_errno, const char **out_name,
                  pm_fs_status *out_status)
{
    if (index >= sizeof rows / sizeof *rows)
        return false;
    *out_errno = rows[index].error;
    *out_name = rows[index].name;
    *out_status = rows[index].status;
    return true;
}
