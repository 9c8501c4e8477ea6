// SPDX-License-Identifier: MIT
//
// The table from errno to status, against what each error means to a program:
// written out here once more, so that no row changes its mind unseen.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hosts/common/errno_status.h"
#include "support/test.h"

struct row {
    int error;
    pm_fs_status status;
};

static const struct row wanted[] = {
    {ENOENT, PM_FS_NOT_FOUND},
    {ENXIO, PM_FS_ACCESS_DENIED},
    {ENODEV, PM_FS_ACCESS_DENIED},
    {EEXIST, PM_FS_EXISTS},
    {ENOTDIR, PM_FS_NOT_A_DIRECTORY},
    {EISDIR, PM_FS_IS_A_DIRECTORY},
    {ENOTEMPTY, PM_FS_NOT_EMPTY},
    {EBUSY, PM_FS_BUSY},
    {ETXTBSY, PM_FS_BUSY},
    {EACCES, PM_FS_ACCESS_DENIED},
    {EPERM, PM_FS_ACCESS_DENIED},
    {EROFS, PM_FS_ACCESS_DENIED},
    {ELOOP, PM_FS_ACCESS_DENIED},
    {EXDEV, PM_FS_ACCESS_DENIED},
    {EOPNOTSUPP, PM_FS_ACCESS_DENIED},
    {ENOSPC, PM_FS_STORAGE_FULL},
    {EDQUOT, PM_FS_STORAGE_FULL},
    {EMLINK, PM_FS_STORAGE_FULL},
    {EFBIG, PM_FS_TOO_LARGE},
    {ENAMETOOLONG, PM_FS_INVALID_PATH},
    {EILSEQ, PM_FS_INVALID_PATH},
    {EAGAIN, PM_FS_TRANSIENT},
    {EINTR, PM_FS_TRANSIENT},
    {ENOMEM, PM_FS_TRANSIENT},
    {ENFILE, PM_FS_TRANSIENT},
    {EMFILE, PM_FS_TRANSIENT},
    {ETIMEDOUT, PM_FS_TRANSIENT},
    {EDEADLK, PM_FS_TRANSIENT},
    {ENOLCK, PM_FS_TRANSIENT},
    {EIO, PM_FS_IO_FAILED},
    {ESTALE, PM_FS_IO_FAILED},
    {EBADF, PM_FS_IO_FAILED},
    {EINVAL, PM_FS_IO_FAILED},
    {EREMOTEIO, PM_FS_IO_FAILED},
    {ENODATA, PM_FS_CORRUPT},
    {EBADMSG, PM_FS_CORRUPT},
    {EUCLEAN, PM_FS_CORRUPT},
};
#define WANTED (sizeof wanted / sizeof *wanted)

static const struct row *find(int error)
{
    for (size_t i = 0; i < WANTED; i++)
        if (wanted[i].error == error)
            return &wanted[i];
    return NULL;
}

TEST(errno_status, each_error_has_the_status_of_what_it_means)
{
    for (size_t i = 0; i < WANTED; i++)
        if (!CHECK_INT(pm_errno_status(wanted[i].error), wanted[i].status))
            fprintf(stderr, "  %s\n", strerror(wanted[i].error));
}

TEST(errno_status, what_the_table_does_not_know_is_io_failed)
{
    for (int error = -10; error < 5000; error++)
        if (!find(error))
            CHECK_INT(pm_errno_status(error), PM_FS_IO_FAILED);
}

TEST(errno_status, the_table_has_each_error_once_and_no_other)
{
    const char *name;
    pm_fs_status status;
    int error;
    size_t count = 0;

    for (; pm_errno_row(count, &error, &name, &status); count++) {
        int again;
        const struct row *row = find(error);
        if (!CHECK(row && row->status == status))
            fprintf(stderr, "  %s\n", name);
        for (size_t i = 0; i < count; i++)
            CHECK(pm_errno_row(i, &again, &name, &status) && again != error);
    }
    CHECK_INT(count, WANTED);
}
