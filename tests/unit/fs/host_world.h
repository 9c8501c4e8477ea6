// SPDX-License-Identifier: MIT
//
// A host volume over a directory in memory, and short words for its calls.

#ifndef PM_TEST_HOST_WORLD_H
#define PM_TEST_HOST_WORLD_H

#include "fs/host_volume.h"
#include "support/fault_alloc.h"
#include "support/mem_directory.h"

#define RO    PM_OPEN_READ
#define RW    (PM_OPEN_READ | PM_OPEN_WRITE)
#define LIMIT 64u // bytes of a file

struct world {
    struct pm_mem_directory host;
    struct pm_fault_alloc memory;
    struct pm_allocator alloc;
    struct pm_volume *volume;
    unsigned discarded;
    char discarded_path[64];
};

// Makes a volume over a directory in memory that is empty.
void hw_enter_as(struct world *w, bool writable);
void hw_enter(struct world *w);
// Checks that nothing is left.
void hw_leave(struct world *w);
struct pm_path hw_path_of(const char *text);
pm_fs_status hw_open_as(struct world *w, const char *path, unsigned mode,
                        struct pm_volume_file **out);
// Opens what must open.
struct pm_volume_file *hw_opened(struct world *w, const char *path,
                                 unsigned mode);
pm_fs_status hw_close_as(struct world *w, struct pm_volume_file *file,
                         bool publish);
pm_fs_status hw_put(struct world *w, struct pm_volume_file *file,
                    uint64_t offset, const char *text);
// The whole content, or the status's name; good until the next call.
const char *hw_text_of(struct world *w, struct pm_volume_file *file);
pm_fs_status hw_kind_at(struct world *w, const char *path, int *out_kind);
// Or -status.
int hw_size_at(struct world *w, const char *path);
int hw_revision_at(struct world *w, const char *path);
pm_fs_status hw_make_dir(struct world *w, const char *path);
pm_fs_status hw_remove_at(struct world *w, const char *path);
pm_fs_status hw_rename_to(struct world *w, const char *from, const char *to);
pm_fs_status hw_replace(struct world *w, const char *path, const char *text);
pm_fs_status hw_sync_of(struct world *w, struct pm_volume_file *file);
pm_fs_status hw_cut(struct world *w, struct pm_volume_file *file,
                    uint64_t size);
// The entries as "a b/ ", or the status's name.
const char *hw_listing(struct world *w, const char *path, uint32_t limit);
const char *hw_path_now(struct world *w, struct pm_volume_file *file);

#endif
