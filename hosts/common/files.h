// SPDX-License-Identifier: MIT
//
// Files of the host, as the library wants them: sources to read from, whole
// files, and files that are either the old one or the new one.
//
// Where a function takes [out_error], it stores there, on failure, a message
// of the host such as "No such file or directory"; it lives until the thread
// asks again. NULL is fine.

#ifndef PM_HOST_FILES_H
#define PM_HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/source.h>
#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// What an errno is as a status; its message goes to [out_error] (may be NULL).
pm_status pm_host_failure(int error, const char **out_error);

// An open file. Its source may be read from several threads.
struct pm_file;

// Opens a regular file for reading by position and stores it in [out], to be
// closed by the caller. Fails with PM_ERR_NOT_FOUND, PM_ERR_ACCESS,
// PM_ERR_IO, PM_ERR_NO_MEMORY; PM_ERR_UNSUPPORTED for what is no regular
// file.
pm_status pm_file_open(const struct pm_allocator *alloc, const char *path,
                       struct pm_file **out, const char **out_error);

// The file as a source; good until the file is closed.
struct pm_source pm_file_source(struct pm_file *file);
void pm_file_close(struct pm_file *file);

// Reads a whole file of at most [limit] bytes. Stores its bytes in
// [out_data], to be freed with the allocator and [out_size]; a file of 0
// bytes gives NULL. Fails like pm_file_open, and with PM_ERR_LIMIT when the
// file is larger. Also reads what has no size of its own, such as a pipe.
pm_status pm_file_read(const struct pm_allocator *alloc, const char *path,
                       size_t limit, uint8_t **out_data, size_t *out_size,
                       const char **out_error);

// Writes [size] bytes to [path], so that whatever happens meanwhile, power
// cuts and signals too, the name has either its old content or the new one
// in full: the bytes go to a file of another name in the same directory,
// to the device, and are then renamed. Signals wait meanwhile; what only a
// power cut or SIGKILL can leave behind is named ".NAME.tmp-XXXXXX".
pm_status pm_file_write(const char *path, const void *data, size_t size,
                        const char **out_error);

// The same without waiting for the device: other programs see the old content
// or the new one, but after a power cut the file may hold anything. Only the
// user may read it. For what is checked when it is read, and can be made
// again; from any thread.
pm_status pm_file_write_soon(const char *path, const void *data, size_t size,
                             const char **out_error);

// The names in a directory, without "." and "..", in the order of their
// bytes.
struct pm_file_list {
    char **names;
    size_t count;
    size_t capacity; // of [names]; for freeing only
};

// Lists a directory; the list is the caller's to free.
pm_status pm_file_list(const struct pm_allocator *alloc, const char *path,
                       struct pm_file_list *out, const char **out_error);
void pm_file_list_free(const struct pm_allocator *alloc,
                       struct pm_file_list *list);

// Makes a directory and those above it that are missing.
pm_status pm_file_make_directory(const char *path, const char **out_error);

bool pm_file_is_directory(const char *path);

#ifdef __cplusplus
}
#endif

#endif
