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
// Publishing can fail. At sync the shadow stays as it is, to be tried again;
// at close too while other handles are on it, and with the last handle it is
// discarded. A new file that was made EXCLUSIVE is published only where there
// still is nothing. A file that its owner made unwritable cannot be opened for
// writing.
//
// revision counts the changes that were made through this volume in this run.
// There is one counter, which begins at 1; a change gives its number to the
// path and, where an entry comes or goes, to the directory that it is in. A
// path that was never changed has revision 1. Only the last 256 changed paths
// are remembered, beside those that are open: then all others get the number
// of the youngest that was forgotten, so that a revision may grow without a
// change but never stays where there was one. What the host changed behind our
// back is seen as it is and counts for nothing.
//
// On a mount that is not writable everything that would change something is
// ACCESS_DENIED before the path is looked at.

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
