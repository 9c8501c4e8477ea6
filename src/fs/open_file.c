// SPDX-License-Identifier: MIT
//
// Open files: the rights of a handle, and what a saved state keeps of it.
#include <string.h>

#include "base/mem.h"
#include "fs/fs_internal.h"

bool pm_fs_mode_is_right(unsigned mode)
{
    bool can_write = mode & PM_OPEN_WRITE;

    if (mode > 31 || !(mode & (PM_OPEN_READ | PM_OPEN_WRITE)))
        return false;
    if (!can_write && mode & (PM_OPEN_CREATE | PM_OPEN_TRUNCATE))
        return false;
    return !(mode & PM_OPEN_EXCLUSIVE) || mode & PM_OPEN_CREATE;
}

static struct pm_open_file *
make_file(const struct pm_fs *fs, const struct pm_fs_place *at, unsigned mode)
{
    struct pm_open_file *file = pm_mem_zalloc(&fs->alloc, sizeof *file);

    if (file)
        *file = (struct pm_open_file){.volume = at->volume,
                                      .mode = (uint8_t)mode,
                                      .is_host = at->is_host};
    return file;
}

static void free_file(const struct pm_fs *fs, struct pm_open_file *file)
{
    pm_mem_free(&fs->alloc, file->lost, file->lost_size);
    pm_mem_free(&fs->alloc, file, sizeof *file);
}

pm_fs_status pm_fs_open(struct pm_fs *fs, const char *path, size_t size,
                        unsigned mode, struct pm_open_file **out)
{
    struct pm_fs_place at;
    pm_fs_status status = pm_fs_find(fs, path, size, 0, &at);

    if (status)
        return status;
    if (!at.volume)
        return PM_FS_IS_A_DIRECTORY;
    struct pm_open_file *file = make_file(fs, &at, mode);
    if (!file)
        return PM_FS_TRANSIENT;
    status = at.volume->ops->open(at.volume, at.path, mode, &file->file);
    if (status) {
        free_file(fs, file);
        return status;
    }
    *out = file;
    return PM_FS_OK;
}

pm_fs_status pm_fs_close(struct pm_fs *fs, struct pm_open_file *file,
                         bool publish)
{
    bool is_attached = file->file != NULL;
    bool can_publish = publish && file->mode & PM_OPEN_WRITE;
    pm_fs_status status =
        is_attached
            ? file->volume->ops->close(file->volume, file->file, can_publish)
            : PM_FS_CORRUPT;

    free_file(fs, file);
    return status;
}

// --- bytes -------------------------------------------------------------------

pm_fs_status pm_fs_write(struct pm_open_file *file, uint64_t offset,
                         const uint8_t *src, uint32_t size)
{
    pm_fs_status status = pm_fs_check_right(file, PM_OPEN_WRITE);

    return status ? status
                  : file->volume->ops->write(file->volume, file->file, offset,
                                             src, size);
}

pm_fs_status pm_fs_size(struct pm_open_file *file, uint64_t *out_size)
{
    struct pm_fs_stat stat = {0};
    pm_fs_status status = pm_fs_check_right(file, 0);

    if (!status)
        status = file->volume->ops->file_stat(file->volume, file->file, &stat);
    *out_size = stat.size;
    return status;
}

pm_fs_status pm_fs_truncate(struct pm_open_file *file, uint64_t size)
{
    pm_fs_status status = pm_fs_check_right(file, PM_OPEN_WRITE);

    return status ? status
                  : file->volume->ops->truncate(file->volume, file->file, size);
}

pm_fs_status pm_fs_sync(struct pm_open_file *file)
{
    pm_fs_status status = pm_fs_check_right(file, 0);

    return status ? status : file->volume->ops->sync(file->volume, file->file);
}

// --- saved states ------------------------------------------------------------

static const struct pm_fs_entry *entry_of(const struct pm_fs *fs,
                                          const struct pm_volume *volume)
{
    for (size_t i = 0; i < fs->count; i++)
        if (fs->entries[i].volume == volume)
            return &fs->entries[i];
    return NULL;
}

// u8 mode, u64 revision, the whole path.
void pm_fs_save_file(const struct pm_fs *fs, const struct pm_open_file *file,
                     struct pm_buf *out)
{
    const struct pm_fs_entry *entry = entry_of(fs, file->volume);
    struct pm_fs_stat stat = {0};

    if (!file->file) {
        pm_buf_put(out, file->lost, file->lost_size);
        return;
    }
    // A file whose size cannot be had now will not be attached again either:
    // no file has revision 0.
    if (file->volume->ops->file_stat(file->volume, file->file, &stat))
        stat.revision = 0;
    pm_buf_put8(out, file->mode);
    pm_buf_put64(out, stat.revision);
    pm_buf_puts(out, entry->is_host ? "/host/" : "/");
    pm_buf_puts(out, entry->name);
    pm_buf_puts(out, "/");
    file->volume->ops->file_path(file->volume, file->file, out);
}

static pm_status keep_lost(const struct pm_fs *fs, struct pm_open_file *file,
                           const void *bytes, size_t size)
{
    file->file = NULL;
    file->lost = pm_mem_alloc(&fs->alloc, size);
    if (!file->lost)
        return PM_ERR_NO_MEMORY;
    memcpy(file->lost, bytes, size);
    file->lost_size = size;
    return PM_OK;
}

pm_status pm_fs_load_file(struct pm_fs *fs, const void *bytes, size_t size,
                          struct pm_open_file **out)
{
    struct pm_cursor in = pm_cursor_make(bytes, size);
    unsigned mode = pm_cursor_u8(&in);
    uint64_t revision = pm_cursor_u64(&in);
    struct pm_fs_place at;

    if (in.failed || !pm_fs_mode_is_right(mode) ||
        pm_fs_find(fs, (const char *)bytes + in.at, size - in.at, 0, &at) ||
        !at.volume || at.path.size == 0)
        return PM_ERR_INVALID;
    struct pm_open_file *file = make_file(fs, &at, mode);
    if (!file)
        return PM_ERR_NO_MEMORY;
    pm_fs_status found =
        at.volume->ops->attach(at.volume, at.path, revision, &file->file);
    // What memory is short for is not lost: the restore fails, and changes
    // nothing.
    if (found == PM_FS_TRANSIENT ||
        (found && keep_lost(fs, file, bytes, size))) {
        free_file(fs, file);
        return PM_ERR_NO_MEMORY;
    }
    *out = file;
    return PM_OK;
}
