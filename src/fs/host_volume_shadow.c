// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "fs/host_volume_internal.h"

// --- shadows -----------------------------------------------------------------

void pm_shadow_free(const struct pm_allocator *alloc, struct pm_shadow *shadow)
{
    pm_mem_free(alloc, shadow->data, shadow->capacity);
    *shadow = (struct pm_shadow){0};
}

bool pm_shadow_grow(struct pm_host_volume *volume, struct pm_shadow *shadow,
                    size_t wanted)
{
    size_t limit = (size_t)volume->config.file_limit;
    size_t capacity = shadow->capacity;

    if (wanted <= capacity)
        return true;
    capacity =
        capacity < limit - capacity / 2 ? capacity + capacity / 2 : limit;
    capacity = capacity < wanted ? wanted : capacity;
    uint8_t *data = volume->alloc.resize(volume->alloc.context, shadow->data,
                                         shadow->capacity, capacity);
    if (!data)
        return false;
    shadow->data = data;
    shadow->capacity = capacity;
    return true;
}

// A file is read by so many bytes at a time.
#define PART (1u << 30)

// Reads [size] bytes from the beginning, or what there is; [out_whole] tells
// whether the file ends there.
static pm_fs_status read_parts(const struct pm_directory *directory,
                               struct pm_directory_file *file, uint8_t *data,
                               size_t size, size_t *out_size, bool *out_whole)
{
    size_t done = 0;
    uint32_t got;

    do {
        uint32_t max = size - done < PART ? (uint32_t)(size - done) : PART;
        pm_fs_status status = directory->read(
            directory->context, file, done, data + done, max, &got, out_whole);
        if (!status && got > max)
            status = PM_FS_IO_FAILED;
        if (status)
            return status;
        done += got;
    } while (!*out_whole && done < size && got > 0);
    *out_size = done;
    return PM_FS_OK;
}

// Reads once; [out_whole] tells whether the file ended where its size said.
static pm_fs_status load_once(struct pm_host_volume *volume,
                              struct pm_directory_file *file,
                              struct pm_shadow *shadow, bool *out_whole)
{
    const struct pm_directory *directory = volume->config.directory;
    uint64_t size;
    pm_fs_status status = directory->size(directory->context, file, &size);

    if (status)
        return status;
    if (size > volume->config.file_limit)
        return PM_FS_TOO_LARGE;
    uint8_t *data = pm_mem_alloc(&volume->alloc, (size_t)size + 1);
    if (!data)
        return PM_FS_TRANSIENT;
    *shadow = (struct pm_shadow){
        .data = data, .capacity = (size_t)size + 1, .is_on_host = true};
    status = read_parts(directory, file, data, (size_t)size, &shadow->size,
                        out_whole);
    if (status)
        pm_shadow_free(&volume->alloc, shadow);
    return status;
}

// A file that grows while it is read is read again; one that always does
// cannot be had now.
static pm_fs_status load_file(struct pm_host_volume *volume,
                              struct pm_directory_file *file,
                              struct pm_shadow *shadow)
{
    for (int tries = 0; tries < 4; tries++) {
        bool is_whole;
        pm_fs_status status = load_once(volume, file, shadow, &is_whole);
        if (status || is_whole)
            return status;
        pm_shadow_free(&volume->alloc, shadow);
    }
    return PM_FS_TRANSIENT;
}

pm_fs_status pm_shadow_load(struct pm_host_volume *volume, const char *path,
                            struct pm_shadow *shadow)
{
    const struct pm_directory *directory = volume->config.directory;
    struct pm_directory_file *file;
    pm_fs_status status = directory->open(directory->context, path, &file);

    if (status)
        return status;
    status = load_file(volume, file, shadow);
    directory->close(directory->context, file);
    return status;
}

void pm_host_install(struct pm_host_volume *volume,
                     struct pm_volume_file *record,
                     const struct pm_shadow *shadow)
{
    const struct pm_directory *directory = volume->config.directory;

    if (record->file)
        directory->close(directory->context, record->file);
    record->file = NULL;
    record->shadow = *shadow;
    record->has_shadow = true;
}

pm_fs_status pm_host_publish(struct pm_host_volume *volume,
                             struct pm_volume_file *record)
{
    const struct pm_directory *directory = volume->config.directory;
    struct pm_shadow *shadow = &record->shadow;

    if (!record->has_shadow || !shadow->is_dirty)
        return PM_FS_OK;
    pm_fs_status status =
        directory->publish(directory->context, record->path, shadow->data,
                           shadow->size, shadow->is_exclusive);
    if (status)
        return status;
    shadow->is_dirty = false;
    shadow->is_on_host = true;
    shadow->is_exclusive = false;
    return PM_FS_OK;
}

// --- bytes -------------------------------------------------------------------

static PM_NOINLINE void read_shadow(const struct pm_shadow *shadow,
                                    uint64_t offset,
                                    struct pm_destination *dest, uint32_t max,
                                    uint32_t *out_size, bool *out_eof)
{
    size_t left = offset < shadow->size ? shadow->size - (size_t)offset : 0;
    uint32_t size = left < max ? (uint32_t)left : max;

    if (size > 0)
        pm_mem_copy(dest->bytes, shadow->data + offset, size);
    dest->is_staged = false;
    *out_size = size;
    *out_eof = left == size;
}

pm_fs_status pm_host_read(struct pm_volume *base, struct pm_volume_file *file,
                          uint64_t offset, struct pm_destination *dest,
                          uint32_t max, uint32_t *out_size, bool *out_eof)
{
    const struct pm_directory *directory = pm_host_of(base)->config.directory;

    if (file->has_shadow) {
        read_shadow(&file->shadow, offset, dest, max, out_size, out_eof);
        return PM_FS_OK;
    }
    // The last thing, so that a compiler makes it a jump: each return behind
    // a system call costs, and this is all of them that there need be.
    dest->is_staged = true;
    return directory->read(directory->context, file->file, offset, dest->stage,
                           max, out_size, out_eof);
}

// Whoever may write has made a shadow by opening; only after a saved state
// that says otherwise is there none.
static pm_fs_status ensure_shadow(struct pm_host_volume *volume,
                                  struct pm_volume_file *file)
{
    const struct pm_directory *directory = volume->config.directory;
    struct pm_shadow shadow;

    if (!volume->config.writable)
        return PM_FS_ACCESS_DENIED;
    if (file->has_shadow)
        return PM_FS_OK;
    pm_fs_status status = directory->may_write(directory->context, file->path);
    if (!status)
        status = pm_shadow_load(volume, file->path, &shadow);
    if (!status)
        pm_host_install(volume, file, &shadow);
    return status;
}

static void changed(struct pm_volume_file *file)
{
    file->shadow.is_dirty = true;
    if (file->set)
        file->revision = ++file->set->revisions.counter;
}

pm_fs_status pm_host_write(struct pm_volume *base, struct pm_volume_file *file,
                           uint64_t offset, const uint8_t *src, uint32_t size)
{
    struct pm_host_volume *volume = pm_host_of(base);
    uint64_t limit = volume->config.file_limit;

    if (!volume->config.writable)
        return PM_FS_ACCESS_DENIED;
    if (size == 0)
        return PM_FS_OK;
    if (offset > limit || size > limit - offset)
        return PM_FS_TOO_LARGE;
    pm_fs_status status = ensure_shadow(volume, file);
    if (status)
        return status;
    struct pm_shadow *shadow = &file->shadow;
    size_t end = (size_t)offset + size;
    if (end > shadow->size) {
        if (!pm_shadow_grow(volume, shadow, end))
            return PM_FS_TRANSIENT;
        if (offset > shadow->size)
            memset(shadow->data + shadow->size, 0,
                   (size_t)offset - shadow->size);
        shadow->size = end;
    }
    pm_mem_copy(shadow->data + offset, src, size);
    changed(file);
    return PM_FS_OK;
}

pm_fs_status pm_host_truncate(struct pm_volume *base,
                              struct pm_volume_file *file, uint64_t size)
{
    struct pm_host_volume *volume = pm_host_of(base);

    if (!volume->config.writable)
        return PM_FS_ACCESS_DENIED;
    if (size > volume->config.file_limit)
        return PM_FS_TOO_LARGE;
    pm_fs_status status = ensure_shadow(volume, file);
    struct pm_shadow *shadow = &file->shadow;
    if (status || size == shadow->size)
        return status;
    if (!pm_shadow_grow(volume, shadow, (size_t)size))
        return PM_FS_TRANSIENT;
    if (size > shadow->size)
        memset(shadow->data + shadow->size, 0, (size_t)size - shadow->size);
    shadow->size = (size_t)size;
    changed(file);
    return PM_FS_OK;
}
