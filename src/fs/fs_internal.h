// SPDX-License-Identifier: MIT
//
// What the files of fs.h share.

#ifndef PM_FS_FS_INTERNAL_H
#define PM_FS_FS_INTERNAL_H

#include "fs/fs.h"
#include "fs/path.h"

struct pm_fs_entry {
    char name[PM_NAME_MAX + 1];
    bool is_host;
    struct pm_volume *volume;
};

struct pm_fs {
    struct pm_allocator alloc;
    // In byte order of their names, so that saved states are canonical.
    struct pm_fs_entry *entries;
    size_t count;
    size_t capacity;
    // The paths of the running call, with a NUL behind.
    char paths[2][PM_PATH_MAX + 1];
};

// Where a path leads.
struct pm_fs_place {
    struct pm_volume *volume; // NULL: /host itself
    struct pm_path path;
    bool is_host;
};

// Finds the volume of a path; INVALID_PATH or NOT_FOUND. The path in [out] is
// in buffer [which] of the fs.
pm_fs_status pm_fs_find(struct pm_fs *fs, const char *path, size_t size,
                        int which, struct pm_fs_place *out);

#endif
