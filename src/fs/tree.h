// SPDX-License-Identifier: MIT
//
// A volume in memory: /scratch, and over a store /save.
//
// A tree of nodes; a file's bytes lie in one piece, so that a transfer is one
// copy. Over a store, nodes are all read when the tree is made and bytes when
// they are first touched, in blocks of 4,096, each with a checksum; a sum over
// all nodes finds what is missing.

#ifndef PM_FS_TREE_H
#define PM_FS_TREE_H

#include "fs/volume.h"
#include "fs/writeback.h"

struct pm_tree_config {
    uint64_t quota;      // bytes of all files together
    uint64_t file_limit; // bytes of one file
    uint32_t entries;    // files and directories at most (STORAGE_FULL)
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
