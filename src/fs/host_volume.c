// SPDX-License-Identifier: MIT
#include "fs/host_volume.h"

#include "base/mem.h"
#include "fs/host_volume_internal.h"

// --- one file ----------------------------------------------------------------

static pm_fs_status sync_file(struct pm_volume *base,
                              struct pm_volume_file *file)
{
    return pm_host_publish(pm_host_of(base), file);
}

static pm_fs_status file_stat(struct pm_volume *base,
                              struct pm_volume_file *file,
                              struct pm_fs_stat *out)
{
    const struct pm_directory *directory = pm_host_of(base)->config.directory;
    uint64_t size = file->shadow.size;

    if (!file->has_shadow) {
        pm_fs_status status =
            directory->size(directory->context, file->file, &size);
        if (status)
            return status;
    }
    *out = (struct pm_fs_stat){PM_FS_FILE, size, file->revision};
    return PM_FS_OK;
}

static void file_path(struct pm_volume *base, struct pm_volume_file *file,
                      struct pm_buf *out)
{
    (void)base;
    pm_buf_put(out, file->path, file->path_size);
}

// --- entries -----------------------------------------------------------------

pm_fs_status pm_host_ask(struct pm_host_volume *volume, const char *path,
                         struct pm_directory_stat *out)
{
    const struct pm_directory *directory = volume->config.directory;
    pm_fs_status status = directory->stat(directory->context, path, out);

    if (status)
        return status;
    if (out->kind == PM_FS_DIRECTORY)
        out->size = 0;
    else if (out->kind != PM_FS_FILE)
        return PM_FS_IO_FAILED;
    return PM_FS_OK;
}

static pm_fs_status stat_path(struct pm_volume *base, struct pm_path path,
                              struct pm_fs_stat *out)
{
    struct pm_host_volume *volume = pm_host_of(base);
    struct pm_volume_file *record = pm_host_find(&volume->now, path);
    struct pm_directory_stat info;

    if (record && record->has_shadow)
        return file_stat(base, record, out);
    pm_fs_status status = pm_host_check_parents(&volume->now, path);
    if (!status)
        status = pm_host_ask(volume, path.text, &info);
    if (status)
        return status;
    uint64_t revision = record ? record->revision
                               : pm_revisions_of(&volume->now.revisions, path);
    *out = (struct pm_fs_stat){info.kind, info.size, revision};
    return PM_FS_OK;
}

static pm_fs_status replace(struct pm_volume *base, struct pm_path path,
                            const uint8_t *src, uint64_t size)
{
    struct pm_host_volume *volume = pm_host_of(base);
    const struct pm_directory *directory = volume->config.directory;
    struct pm_directory_stat info;

    if (!volume->config.writable)
        return PM_FS_ACCESS_DENIED;
    if (path.size == 0)
        return PM_FS_IS_A_DIRECTORY;
    if (pm_host_find(&volume->now, path))
        return PM_FS_BUSY;
    pm_fs_status status = pm_host_check_parents(&volume->now, path);
    if (status)
        return status;
    if (size > volume->config.file_limit)
        return PM_FS_TOO_LARGE;
    status = pm_host_ask(volume, path.text, &info);
    bool is_new = status == PM_FS_NOT_FOUND;
    if (status && !is_new)
        return status;
    if (!is_new && info.kind == PM_FS_DIRECTORY)
        return PM_FS_IS_A_DIRECTORY;
    status = directory->publish(directory->context, path.text, src,
                                (size_t)size, false);
    if (status)
        return status;
    if (is_new)
        pm_host_touch_entry(volume, path);
    else
        pm_host_touch(volume, path);
    return PM_FS_OK;
}

static pm_fs_status make_dir(struct pm_volume *base, struct pm_path path)
{
    struct pm_host_volume *volume = pm_host_of(base);
    const struct pm_directory *directory = volume->config.directory;

    if (!volume->config.writable)
        return PM_FS_ACCESS_DENIED;
    if (path.size == 0 || pm_host_shadowed(&volume->now, path))
        return PM_FS_EXISTS;
    pm_fs_status status = pm_host_check_parents(&volume->now, path);
    if (!status)
        status = directory->make_dir(directory->context, path.text);
    if (status)
        return status;
    pm_host_touch_entry(volume, path);
    return PM_FS_OK;
}

// Whether anything beneath [path] is open, published or not.
static bool is_open_beneath(const struct pm_host_set *set, struct pm_path path)
{
    for (size_t i = pm_host_lower_bound(set, path); i < set->count; i++) {
        struct pm_path other = pm_record_path(set->records[i]);
        if (pm_path_is_beneath(other, path))
            return true;
        // "a-b" stands between "a" and "a/b".
        if (other.size < path.size ||
            pm_path_compare((struct pm_path){other.text, path.size}, path) != 0)
            return false;
    }
    return false;
}

static pm_fs_status remove_path(struct pm_volume *base, struct pm_path path)
{
    struct pm_host_volume *volume = pm_host_of(base);
    const struct pm_directory *directory = volume->config.directory;

    if (!volume->config.writable || path.size == 0)
        return PM_FS_ACCESS_DENIED;
    if (pm_host_find(&volume->now, path))
        return PM_FS_BUSY;
    if (is_open_beneath(&volume->now, path))
        return PM_FS_NOT_EMPTY;
    pm_fs_status status = pm_host_check_parents(&volume->now, path);
    if (!status)
        status = directory->remove(directory->context, path.text);
    if (status)
        return status;
    pm_host_touch_entry(volume, path);
    return PM_FS_OK;
}

static pm_fs_status usage(struct pm_volume *base, uint64_t *out_used,
                          uint64_t *out_limit)
{
    const struct pm_directory *directory = pm_host_of(base)->config.directory;
    return directory->usage(directory->context, out_used, out_limit);
}

static pm_fs_status end_frame(struct pm_volume *base)
{
    // Nothing is published but by sync, close and replace.
    (void)base;
    return PM_FS_OK;
}

// --- the whole ---------------------------------------------------------------

static void destroy(struct pm_volume *base)
{
    struct pm_host_volume *volume = pm_host_of(base);
    struct pm_allocator alloc = volume->alloc;

    pm_host_set_free(volume, &volume->now);
    pm_host_set_free(volume, &volume->loaded);
    pm_mem_free(&alloc, volume, sizeof *volume);
}

static const struct pm_volume_ops ops = {
    .destroy = destroy,
    .open = pm_host_open,
    .close = pm_host_close,
    .read = pm_host_read,
    .write = pm_host_write,
    .truncate = pm_host_truncate,
    .sync = sync_file,
    .file_stat = file_stat,
    .file_path = file_path,
    .replace = replace,
    .stat = stat_path,
    .list = pm_host_list,
    .make_dir = make_dir,
    .remove = remove_path,
    .rename = pm_host_rename,
    .usage = usage,
    .end_frame = end_frame,
    .save = pm_host_save,
    .load = pm_host_load,
    .attach = pm_host_attach,
    .end_load = pm_host_end_load,
};

pm_fs_status pm_host_volume_create(const struct pm_allocator *alloc,
                                   const struct pm_host_volume_config *config,
                                   struct pm_volume **out)
{
    struct pm_host_volume *volume = pm_mem_zalloc(alloc, sizeof *volume);

    if (!volume)
        return PM_FS_TRANSIENT;
    volume->head.ops = &ops;
    volume->alloc = *alloc;
    volume->config = *config;
    // One byte more than the limit is asked for when a file is loaded.
    if (volume->config.file_limit > SIZE_MAX / 2)
        volume->config.file_limit = SIZE_MAX / 2;
    pm_host_set_init(&volume->now, alloc);
    pm_host_set_init(&volume->loaded, alloc);
    *out = &volume->head;
    return PM_FS_OK;
}
