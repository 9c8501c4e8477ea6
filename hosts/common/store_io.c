// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "hosts/common/store_io.h"

#include <errno.h>
#include <fcntl.h>

// Whether a call that failed is to be made again.
static bool again(int *tries)
{
    return errno == EINTR && ++*tries < PM_STORE_TRIES;
}

// A call that failed without saying why is not taken for one that did not.
static int failure(void)
{
    return errno ? errno : EIO;
}

int pm_store_io_open(const struct pm_os *os, int dir, const char *name,
                     int flags, int *out_fd)
{
    int tries = 0;
    int fd;

    do
        fd = os->open(os->context, dir, name,
                      flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    while (fd < 0 && again(&tries));
    if (fd < 0)
        return failure();
    *out_fd = fd;
    return 0;
}

int pm_store_io_read(const struct pm_os *os, int fd, void *dst, size_t size,
                     uint64_t offset, size_t *out_size)
{
    uint8_t *at = dst;
    size_t done = 0;
    int tries = 0;

    while (done < size) {
        ssize_t got =
            os->read_at(os->context, fd, at + done, size - done, offset + done);
        if (got < 0 && again(&tries))
            continue;
        if (got < 0)
            return failure();
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *out_size = done;
    return 0;
}

int pm_store_io_write(const struct pm_os *os, int fd, const void *src,
                      size_t size, uint64_t offset)
{
    const uint8_t *at = src;
    int tries = 0;

    while (size > 0) {
        ssize_t put = os->write_at(os->context, fd, at, size, offset);
        if (put < 0 && again(&tries))
            continue;
        if (put <= 0)
            return put < 0 ? failure() : EIO;
        at += put;
        offset += (uint64_t)put;
        size -= (size_t)put;
    }
    return 0;
}

int pm_store_io_write_zeroes(const struct pm_os *os, int fd, uint64_t offset,
                             uint64_t end)
{
    static const uint8_t zeroes[65536];

    while (offset < end) {
        size_t part = end - offset < sizeof zeroes ? (size_t)(end - offset)
                                                   : sizeof zeroes;
        int error = pm_store_io_write(os, fd, zeroes, part, offset);
        if (error)
            return error;
        offset += part;
    }
    return 0;
}

int pm_store_io_truncate(const struct pm_os *os, int fd, uint64_t size)
{
    int tries = 0;

    while (os->truncate(os->context, fd, size) != 0)
        if (!again(&tries))
            return failure();
    return 0;
}

int pm_store_io_allocate(const struct pm_os *os, int fd, uint64_t offset,
                         uint64_t size)
{
    int tries = 0;

    while (os->allocate(os->context, fd, offset, size) != 0)
        if (!again(&tries))
            return failure();
    return 0;
}

int pm_store_io_remove(const struct pm_os *os, int dir, const char *name)
{
    int tries = 0;

    while (os->remove(os->context, dir, name, false) != 0)
        if (!again(&tries))
            return failure();
    return 0;
}

int pm_store_io_size(const struct pm_os *os, int fd, uint64_t *out_size)
{
    struct pm_os_stat info;

    if (os->stat(os->context, fd, &info) != 0)
        return failure();
    *out_size = info.size;
    return 0;
}

int pm_store_io_copy(const struct pm_os *os, int from, int to)
{
    uint8_t block[16384];
    uint64_t offset = 0;

    for (;;) {
        size_t got = 0;
        int error =
            pm_store_io_read(os, from, block, sizeof block, offset, &got);
        if (!error && got > 0)
            error = pm_store_io_write(os, to, block, got, offset);
        if (error || got == 0)
            return error;
        offset += got;
    }
}
