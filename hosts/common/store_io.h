// SPDX-License-Identifier: MIT
//
// System calls as the store wants them: whole reads and writes, interrupted
// ones tried again (but not for ever).

#ifndef PM_HOST_STORE_IO_H
#define PM_HOST_STORE_IO_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>

#include "hosts/common/os.h"

// An interrupted call is tried so often.
#define PM_STORE_TRIES 100

// Flags to open what must not be there yet.
#define PM_STORE_NEW_FILE (O_RDWR | O_CREAT | O_EXCL)

// All give 0 or an errno.
int pm_store_io_open(const struct pm_os *os, int dir, const char *name,
                     int flags, int *out_fd);
// Reads until [size] bytes are there or the file ends.
int pm_store_io_read(const struct pm_os *os, int fd, void *dst, size_t size,
                     uint64_t offset, size_t *out_size);
int pm_store_io_write(const struct pm_os *os, int fd, const void *src,
                      size_t size, uint64_t offset);
int pm_store_io_write_zeroes(const struct pm_os *os, int fd, uint64_t offset,
                             uint64_t end);
int pm_store_io_truncate(const struct pm_os *os, int fd, uint64_t size);
int pm_store_io_allocate(const struct pm_os *os, int fd, uint64_t offset,
                         uint64_t size);
int pm_store_io_remove(const struct pm_os *os, int dir, const char *name);
int pm_store_io_size(const struct pm_os *os, int fd, uint64_t *out_size);
// All bytes of one file into another, which is empty.
int pm_store_io_copy(const struct pm_os *os, int from, int to);

#endif
