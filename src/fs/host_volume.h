// SPDX-License-Identifier: MIT
//
// /host/NAME: a directory of the host, through <prometeu/fs.h>.
//
// A file opened for writing works on a shadow: its content in memory, seen by
// every handle of the run and by stat, list and open. sync, and the close of
// a handle that may write, publish it: the directory seam's atomic and
// durable publish. Nothing else does; a shadow whose last handle ends
// otherwise is discarded and counted.
//
// revision counts the changes that were made through this volume; what the
// host changed behind our back is seen as it is.

#ifndef PM_FS_HOST_VOLUME_H
#define PM_FS_HOST_VOLUME_H

#include "fs/volume.h"

struct pm_host_volume_config {
    const struct pm_directory *directory; // must outlive the volume
    bool writable;
    uint64_t file_limit; // bytes of a file that is written
    // A shadow was discarded: its path, for the log and a count. May be NULL.
    void (*discarded)(void *context, const char *path);
    void *context;
};

pm_fs_status pm_host_volume_create(const struct pm_allocator *alloc,
                                   const struct pm_host_volume_config *config,
                                   struct pm_volume **out);

#endif
