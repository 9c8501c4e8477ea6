// SPDX-License-Identifier: MIT
//
// A file that is written in pieces and is there in full or not at all, for
// what is too large to be held in memory. See pm_file_write (files.h).

#ifndef PM_HOST_FILE_WRITER_H
#define PM_HOST_FILE_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pm_file_writer;

// Begins a file at [path]: a temporary one in the same directory. Signals
// wait until the end, so that Ctrl-C leaves no temporary file; writers that
// are open at once end in the reverse order. Fails with PM_ERR_ACCESS,
// PM_ERR_NOT_FOUND, PM_ERR_IO, PM_ERR_NO_MEMORY.
pm_status pm_file_writer_open(const struct pm_allocator *alloc,
                              const char *path, struct pm_file_writer **out,
                              const char **out_error);

// Appends. After a failure only pm_file_writer_cancel is left to call. Also
// fails when a signal waits that would end the process.
pm_status pm_file_writer_put(struct pm_file_writer *writer, const void *data,
                             size_t size, const char **out_error);

// Gives the file its name, to the device first. Without [may_replace] it fails
// with PM_ERR_EXISTS where there is a file of that name, a link too. Ends the
// writer in either case. The directory is the caller's to flush.
pm_status pm_file_writer_commit(struct pm_file_writer *writer, bool may_replace,
                                const char **out_error);

// Ends the writer; nothing is left. NULL is fine.
void pm_file_writer_cancel(struct pm_file_writer *writer);

#ifdef __cplusplus
}
#endif

#endif
