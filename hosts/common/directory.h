// SPDX-License-Identifier: MIT
//
// A directory of the host for cartridges to see (/host/NAME), confined:
// whatever a path says and whatever happens beside us, nothing outside of the
// directory is reached.
//
//  - Each path is opened as a whole beneath the directory's descriptor, and
//    changes go through a descriptor of the parent to a last component that
//    is never followed. No directory is kept open from one call to the next:
//    it could have been moved out meanwhile.
//  - What is no regular file and no directory is ACCESS_DENIED and not
//    listed: links, pipes, sockets, devices.
//  - Names are compared byte by byte where the host folds them too: another
//    spelling of a name is NOT_FOUND, and making a second name that the host
//    would mix up with one there is EXISTS.
//  - A file is published whole: into a file without a name (or with one made
//    up here), flushed, put in place, its directory flushed. If only that
//    last flush fails the old file is put back, where the file system can
//    exchange two names.
//
// A process that dies while it publishes can leave a file that is named
// ".prometeu-XXXXXXXX.tmp". Such names are ours: ACCESS_DENIED to all calls
// and not listed. They go when their directory is removed and holds nothing
// else.

#ifndef PM_HOST_DIRECTORY_H
#define PM_HOST_DIRECTORY_H

#include <prometeu/alloc.h>
#include <prometeu/fs.h>

#include "hosts/common/os.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pm_host_directory;

// Opens the directory at [path], the user's own words: links in it are
// followed. [os] must outlive it. On failure stores in [out_error] (may be
// NULL) what the host says, such as "Not a directory"; it lives until the
// thread asks again.
pm_fs_status pm_host_directory_open(const struct pm_os *os,
                                    const struct pm_allocator *alloc,
                                    const char *path,
                                    struct pm_host_directory **out,
                                    const char **out_error);
// All its files have been closed. NULL is fine.
void pm_host_directory_close(struct pm_host_directory *directory);

// The seam to hand on; good until the directory is closed.
const struct pm_directory *
pm_host_directory_seam(const struct pm_host_directory *directory);

#ifdef __cplusplus
}
#endif

#endif
