// SPDX-License-Identifier: MIT
#include "fs/host_volume_internal.h"

// --- opening -----------------------------------------------------------------

// The record that [path] has or gets; a shadow or file is put in by the
// caller, who cannot fail any more.
static struct pm_volume_file *take_record(struct pm_host_volume *volume,
                                          struct pm_path path)
{
    struct pm_volume_file *record = pm_host_find(&volume->now, path);

    if (!record)
        record = pm_host_add(volume, &volume->now, path);
    if (record)
        record->handles++;
    return record;
}

// A path that is open already is opened anew all the same: what the host has
// put there since is seen by all handles.
static pm_fs_status open_to_read(struct pm_host_volume *volume,
                                 struct pm_path path,
                                 struct pm_volume_file **out)
{
    const struct pm_directory *directory = volume->config.directory;
    struct pm_directory_file *file;
    pm_fs_status status = directory->open(directory->context, path.text, &file);

    if (status)
        return status;
    struct pm_volume_file *record = take_record(volume, path);
    if (!record) {
        directory->close(directory->context, file);
        return PM_FS_TRANSIENT;
    }
    if (record->file)
        directory->close(directory->context, record->file);
    record->file = file;
    *out = record;
    return PM_FS_OK;
}

// Makes the shadow that opening [path] for writing wants.
static pm_fs_status make_shadow(struct pm_host_volume *volume, const char *path,
                                unsigned mode, struct pm_shadow *shadow)
{
    const struct pm_directory *directory = volume->config.directory;
    struct pm_directory_stat info;
    pm_fs_status status = pm_host_ask(volume, path, &info);
    bool is_new = status == PM_FS_NOT_FOUND && (mode & PM_OPEN_CREATE);

    if (status && !is_new)
        return status;
    if (!is_new && (mode & PM_OPEN_EXCLUSIVE))
        return PM_FS_EXISTS;
    if (!is_new && info.kind != PM_FS_FILE)
        return PM_FS_IS_A_DIRECTORY;
    status = directory->may_write(directory->context, path);
    if (status)
        return status;
    if (!is_new && !(mode & PM_OPEN_TRUNCATE))
        return pm_shadow_load(volume, path, shadow);
    *shadow = (struct pm_shadow){
        .is_dirty = true,
        .is_on_host = !is_new,
        .is_exclusive = is_new && (mode & PM_OPEN_EXCLUSIVE),
    };
    return PM_FS_OK;
}

static pm_fs_status open_to_write(struct pm_host_volume *volume,
                                  struct pm_path path, unsigned mode,
                                  struct pm_volume_file **out)
{
    struct pm_shadow shadow;
    pm_fs_status status = make_shadow(volume, path.text, mode, &shadow);

    if (status)
        return status;
    struct pm_volume_file *record = take_record(volume, path);
    if (!record) {
        pm_shadow_free(&volume->alloc, &shadow);
        return PM_FS_TRANSIENT;
    }
    pm_host_install(volume, record, &shadow);
    if (!shadow.is_on_host)
        pm_host_touch_entry(volume, path);
    else if (mode & PM_OPEN_TRUNCATE)
        pm_host_touch(volume, path);
    *out = record;
    return PM_FS_OK;
}

static pm_fs_status open_shadowed(struct pm_host_volume *volume,
                                  struct pm_volume_file *record, unsigned mode,
                                  struct pm_volume_file **out)
{
    if (mode & PM_OPEN_EXCLUSIVE)
        return PM_FS_EXISTS;
    if (mode & PM_OPEN_TRUNCATE) {
        record->shadow.size = 0;
        record->shadow.is_dirty = true;
        pm_host_touch(volume, pm_record_path(record));
    }
    record->handles++;
    *out = record;
    return PM_FS_OK;
}

pm_fs_status pm_host_open(struct pm_volume *base, struct pm_path path,
                          unsigned mode, struct pm_volume_file **out)
{
    struct pm_host_volume *volume = pm_host_of(base);

    if ((mode & PM_OPEN_WRITE) && !volume->config.writable)
        return PM_FS_ACCESS_DENIED;
    if (path.size == 0)
        return PM_FS_IS_A_DIRECTORY;
    pm_fs_status status = pm_host_check_parents(&volume->now, path);
    if (status)
        return status;
    struct pm_volume_file *record = pm_host_shadowed(&volume->now, path);
    if (record)
        return open_shadowed(volume, record, mode, out);
    if (mode & PM_OPEN_WRITE)
        return open_to_write(volume, path, mode, out);
    return open_to_read(volume, path, out);
}

// --- closing -----------------------------------------------------------------

// What was never published is gone, and with it the entry that it made.
static void discard(struct pm_host_volume *volume,
                    struct pm_volume_file *record)
{
    if (record->set == &volume->now && !record->shadow.is_on_host)
        pm_host_touch_entry(volume, pm_record_path(record));
    else if (record->set == &volume->now)
        pm_host_touch(volume, pm_record_path(record));
    if (volume->config.discarded)
        volume->config.discarded(volume->config.context, record->path);
}

pm_fs_status pm_host_close(struct pm_volume *base, struct pm_volume_file *file,
                           bool publish)
{
    struct pm_host_volume *volume = pm_host_of(base);
    pm_fs_status status = PM_FS_OK;

    // Files of before a load, and of a load that is not accepted yet, are not
    // the run's.
    if (publish && file->set == &volume->now)
        status = pm_host_publish(volume, file);
    if (--file->handles > 0)
        return status;
    if (file->has_shadow && file->shadow.is_dirty &&
        file->set != &volume->loaded)
        discard(volume, file);
    pm_host_release(volume, file);
    return status;
}
