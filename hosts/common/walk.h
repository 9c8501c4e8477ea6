// SPDX-License-Identifier: MIT
//
// All files below a folder, with what tells whether they have changed.

#ifndef PM_HOST_WALK_H
#define PM_HOST_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pm_walk_file {
    char *name; // below the folder, '/' between
    uint64_t size;
    uint64_t inode;
    int64_t modified; // nanoseconds since 1970
    int64_t changed;  // of the inode: no program can set it
};

struct pm_walk {
    struct pm_allocator alloc;
    struct pm_walk_file *files; // in the order of their names' bytes
    size_t count;
    size_t capacity;
    char **folders; // the folders below, in no order
    size_t folder_count;
    size_t folder_capacity;
    // Where it failed: a name below the folder; empty: the folder itself.
    char failed[4096];
};

// Lists the regular files below [folder] whose names, and whose folders'
// names, [wants] takes ([name] is the whole name below the folder). Links to
// files count as the files. Fails with PM_ERR_UNSUPPORTED for links to folders
// and for what is no file, PM_ERR_NOT_FOUND and the like; [out] is to be freed
// in either case.
pm_status pm_walk_folder(const struct pm_allocator *alloc, const char *folder,
                         bool (*wants)(const char *name), struct pm_walk *out,
                         const char **out_error);
void pm_walk_free(struct pm_walk *walk);

// The time that the file system of [path] has now, in nanoseconds since 1970:
// the file, which need not exist, is written to. False when it cannot be.
bool pm_walk_touch(const char *path, int64_t *out_now);

#ifdef __cplusplus
}
#endif

#endif
