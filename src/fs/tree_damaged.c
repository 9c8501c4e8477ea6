// SPDX-License-Identifier: MIT
//
// The operations of a volume whose names cannot be trusted: it is there, it
// is CORRUPT, and it leaves the store as it is. No file of it is ever open.

#include "base/mem.h"
#include "fs/tree_internal.h"

static void damaged_destroy(struct pm_volume *volume)
{
    struct pm_allocator alloc = pm_tree_of(volume)->alloc;
    pm_mem_free(&alloc, volume, sizeof(struct pm_tree));
}

static pm_fs_status damaged_open(struct pm_volume *volume, struct pm_path path,
                                 unsigned mode, struct pm_volume_file **out)
{
    (void)volume;
    (void)path;
    (void)mode;
    (void)out;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_replace(struct pm_volume *volume,
                                    struct pm_path path, const uint8_t *src,
                                    uint64_t size)
{
    (void)volume;
    (void)path;
    (void)src;
    (void)size;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_stat(struct pm_volume *volume, struct pm_path path,
                                 struct pm_fs_stat *out)
{
    (void)volume;
    (void)path;
    (void)out;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_list(struct pm_volume *volume, struct pm_path path,
                                 uint32_t limit, struct pm_fs_names *out)
{
    (void)volume;
    (void)path;
    (void)limit;
    (void)out;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_path(struct pm_volume *volume, struct pm_path path)
{
    (void)volume;
    (void)path;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_rename(struct pm_volume *volume,
                                   struct pm_path from, struct pm_path to)
{
    (void)volume;
    (void)from;
    (void)to;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_usage(struct pm_volume *volume, uint64_t *out_used,
                                  uint64_t *out_limit)
{
    (void)volume;
    (void)out_used;
    (void)out_limit;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_end_frame(struct pm_volume *volume)
{
    (void)volume;
    return PM_FS_OK;
}

static pm_fs_status damaged_attach(struct pm_volume *volume,
                                   struct pm_path path, uint64_t revision,
                                   struct pm_volume_file **out)
{
    (void)volume;
    (void)path;
    (void)revision;
    (void)out;
    return PM_FS_CORRUPT;
}

// Without those on open files, which nothing can ask for.
const struct pm_volume_ops pm_tree_damaged_ops = {
    .destroy = damaged_destroy,
    .open = damaged_open,
    .replace = damaged_replace,
    .stat = damaged_stat,
    .list = damaged_list,
    .make_dir = damaged_path,
    .remove = damaged_path,
    .rename = damaged_rename,
    .usage = damaged_usage,
    .end_frame = damaged_end_frame,
    .save = pm_tree_save,
    .load = pm_tree_load,
    .attach = damaged_attach,
    .end_load = pm_tree_end_load,
};
