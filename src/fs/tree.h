// SPDX-License-Identifier: MIT
//
// A volume in memory: /scratch, and over a store /save.
//
// A tree of nodes; a file's bytes lie in one piece, so that a transfer is one
// copy. Over a store, nodes are all read when the tree is made and bytes when
// they are first touched, in blocks of 4,096, each with a checksum; a sum over
// all nodes finds what is missing.
//
// What the headers leave open, and this volume does:
//  - rename of a file onto a directory, or of a directory onto anything, is
//    EXISTS; of the root, ACCESS_DENIED; where an entry below a renamed
//    directory would get a path of more than [path_max] bytes, INVALID_PATH.
//  - truncate to the size that the file has changes nothing.
//  - A change of entries gives the directory (on rename, both) and the node
//    the same new revision.
//  - A volume that is over its quota may still shrink.
//  - A damaged block makes the operation that needs it CORRUPT; truncating to
//    0, removing, replacing and writing over the whole block work.

#ifndef PM_FS_TREE_H
#define PM_FS_TREE_H

#include "fs/volume.h"
#include "fs/writeback.h"

struct pm_tree_config {
    uint64_t quota;      // bytes of all files together
    uint64_t file_limit; // bytes of one file
    uint32_t entries;    // files and directories at most (STORAGE_FULL)
    uint32_t path_max;   // bytes of a path in the volume; 0: PM_PATH_MAX
    // Below it; NULL: memory alone. Both must outlive the tree.
    const struct pm_store *store;
    struct pm_writeback *writeback;
    // Whether saved states hold the content (/scratch) or not (/save).
    bool is_saved;
};

// Makes a volume, reading what is in the store. CORRUPT when the store's
// content is damaged so that not even the names can be trusted: the volume is
// made all the same and answers CORRUPT to everything, leaving the store as
// it is. IO_FAILED and the like: no volume is made. TRANSIENT: memory is
// short.
pm_fs_status pm_tree_create(const struct pm_allocator *alloc,
                            const struct pm_tree_config *config,
                            struct pm_volume **out);

// Checks all bytes of all files against their checksums and calls [bad] for
// each damaged file with its path. Gives CORRUPT when there was one.
pm_fs_status pm_tree_check(struct pm_volume *tree,
                           void (*bad)(void *context, const char *path),
                           void *context);

#endif
