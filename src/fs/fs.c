// SPDX-License-Identifier: MIT
//
// Volumes by name, and what is asked of them by path.
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "fs/fs_internal.h"

// --- life --------------------------------------------------------------------

pm_fs_status pm_fs_create(const struct pm_allocator *alloc, struct pm_fs **out)
{
    struct pm_fs *fs = pm_mem_zalloc(alloc, sizeof *fs);

    if (!fs)
        return PM_FS_TRANSIENT;
    fs->alloc = *alloc;
    *out = fs;
    return PM_FS_OK;
}

void pm_fs_destroy(struct pm_fs *fs)
{
    if (!fs)
        return;
    struct pm_allocator alloc = fs->alloc;
    for (size_t i = 0; i < fs->count; i++)
        fs->entries[i].volume->ops->destroy(fs->entries[i].volume);
    pm_mem_free(&alloc, fs->entries, fs->capacity * sizeof *fs->entries);
    pm_mem_free(&alloc, fs, sizeof *fs);
}

static int compare(const struct pm_fs_entry *entry, const char *name,
                   bool is_host)
{
    if (entry->is_host != is_host)
        return entry->is_host ? 1 : -1;
    return strcmp(entry->name, name);
}

static pm_fs_status refuse_mount(struct pm_volume *volume, pm_fs_status status)
{
    volume->ops->destroy(volume);
    return status;
}

pm_fs_status pm_fs_mount(struct pm_fs *fs, const char *name, bool is_host,
                         struct pm_volume *volume)
{
    size_t size = strlen(name);
    size_t at = 0;

    if (!pm_path_is_name(name, size))
        return refuse_mount(volume, PM_FS_INVALID_PATH);
    while (at < fs->count && compare(&fs->entries[at], name, is_host) < 0)
        at++;
    if (at < fs->count && compare(&fs->entries[at], name, is_host) == 0)
        return refuse_mount(volume, PM_FS_EXISTS);
    if (is_host && fs->count >= PM_FS_MAX_MOUNTS + 3)
        return refuse_mount(volume, PM_FS_TOO_MANY_OPEN);
    if (!pm_mem_grow(&fs->alloc, &fs->entries, &fs->capacity, fs->count + 1,
                     sizeof *fs->entries))
        return refuse_mount(volume, PM_FS_TRANSIENT);
    memmove(&fs->entries[at + 1], &fs->entries[at],
            (fs->count - at) * sizeof *fs->entries);
    fs->entries[at] =
        (struct pm_fs_entry){.is_host = is_host, .volume = volume};
    memcpy(fs->entries[at].name, name, size + 1);
    fs->count++;
    return PM_FS_OK;
}

// --- from path to volume -----------------------------------------------------

static struct pm_fs_entry *find_entry(const struct pm_fs *fs, const char *name,
                                      size_t size, bool is_host)
{
    for (size_t i = 0; i < fs->count; i++) {
        struct pm_fs_entry *entry = &fs->entries[i];
        if (entry->is_host == is_host && strlen(entry->name) == size &&
            memcmp(entry->name, name, size) == 0)
            return entry;
    }
    return NULL;
}

struct pm_volume *pm_fs_volume(const struct pm_fs *fs, const char *name,
                               bool is_host)
{
    const struct pm_fs_entry *entry =
        find_entry(fs, name, strlen(name), is_host);

    return entry ? entry->volume : NULL;
}

void pm_fs_remount(struct pm_fs *fs, const char *name, bool is_host,
                   struct pm_volume *volume)
{
    struct pm_fs_entry *entry = find_entry(fs, name, strlen(name), is_host);

    PM_CHECK(entry != NULL);
    entry->volume->ops->destroy(entry->volume);
    entry->volume = volume;
}

void pm_fs_exchange(struct pm_fs *a, struct pm_fs *b, const char *name,
                    bool is_host)
{
    struct pm_fs_entry *one = find_entry(a, name, strlen(name), is_host);
    struct pm_fs_entry *other = find_entry(b, name, strlen(name), is_host);

    PM_CHECK(one && other);
    struct pm_volume *volume = one->volume;
    one->volume = other->volume;
    other->volume = volume;
}

// The first component of [at], and what follows it without the '/'.
static size_t cut(const char *at, const char **out_rest)
{
    const char *slash = strchr(at, '/');
    size_t size = slash ? (size_t)(slash - at) : strlen(at);

    *out_rest = slash ? slash + 1 : at + size;
    return size;
}

pm_fs_status pm_fs_find(struct pm_fs *fs, const char *path, size_t size,
                        int which, struct pm_fs_place *out)
{
    char *copy = fs->paths[which];
    const char *at = copy + 1;
    const char *rest;
    bool is_host = false;

    if (!pm_path_is_right(path, size))
        return PM_FS_INVALID_PATH;
    memcpy(copy, path, size);
    copy[size] = '\0';
    size_t length = cut(at, &rest);
    if (length == 4 && memcmp(at, "host", 4) == 0) {
        *out = (struct pm_fs_place){.is_host = true};
        if (*rest == '\0')
            return PM_FS_OK;
        is_host = true;
        at = rest;
        length = cut(at, &rest);
    }
    const struct pm_fs_entry *entry = find_entry(fs, at, length, is_host);
    if (!entry)
        return PM_FS_NOT_FOUND;
    *out = (struct pm_fs_place){
        entry->volume, {rest, strlen(rest)}, entry->is_host};
    return PM_FS_OK;
}

// What changes something is not for /host itself.
static pm_fs_status find_volume(struct pm_fs *fs, const char *path, size_t size,
                                int which, struct pm_fs_place *out)
{
    pm_fs_status status = pm_fs_find(fs, path, size, which, out);

    return !status && !out->volume ? PM_FS_ACCESS_DENIED : status;
}

// --- operations on names -----------------------------------------------------

pm_fs_status pm_fs_replace(struct pm_fs *fs, const char *path, size_t size,
                           const uint8_t *src, uint64_t length)
{
    struct pm_fs_place at;
    pm_fs_status status = find_volume(fs, path, size, 0, &at);

    return status ? status
                  : at.volume->ops->replace(at.volume, at.path, src, length);
}

pm_fs_status pm_fs_stat(struct pm_fs *fs, const char *path, size_t size,
                        struct pm_fs_stat *out)
{
    struct pm_fs_place at;
    pm_fs_status status = pm_fs_find(fs, path, size, 0, &at);

    *out = (struct pm_fs_stat){0};
    if (status)
        return status;
    if (at.volume)
        return at.volume->ops->stat(at.volume, at.path, out);
    *out = (struct pm_fs_stat){.kind = PM_FS_DIRECTORY, .revision = 1};
    return PM_FS_OK;
}

static pm_fs_status list_mounts(const struct pm_fs *fs, struct pm_fs_names *out)
{
    for (size_t i = 0; i < fs->count; i++) {
        const struct pm_fs_entry *entry = &fs->entries[i];
        size_t size = strlen(entry->name);
        if (!entry->is_host)
            continue;
        pm_buf_put8(&out->bytes, PM_FS_DIRECTORY);
        pm_buf_put8(&out->bytes, (uint8_t)size);
        pm_buf_put(&out->bytes, entry->name, size);
        out->count++;
    }
    return out->bytes.failed ? PM_FS_TRANSIENT : PM_FS_OK;
}

pm_fs_status pm_fs_list(struct pm_fs *fs, const char *path, size_t size,
                        uint32_t limit, struct pm_fs_names *out)
{
    struct pm_fs_place at;
    pm_fs_status status = pm_fs_find(fs, path, size, 0, &at);

    if (status)
        return status;
    return at.volume ? at.volume->ops->list(at.volume, at.path, limit, out)
                     : list_mounts(fs, out);
}

pm_fs_status pm_fs_make_dir(struct pm_fs *fs, const char *path, size_t size)
{
    struct pm_fs_place at;
    pm_fs_status status = find_volume(fs, path, size, 0, &at);

    return status ? status : at.volume->ops->make_dir(at.volume, at.path);
}

pm_fs_status pm_fs_remove(struct pm_fs *fs, const char *path, size_t size)
{
    struct pm_fs_place at;
    pm_fs_status status = find_volume(fs, path, size, 0, &at);

    return status ? status : at.volume->ops->remove(at.volume, at.path);
}

pm_fs_status pm_fs_rename(struct pm_fs *fs, const char *from, size_t from_size,
                          const char *to, size_t to_size)
{
    struct pm_fs_place at;
    struct pm_fs_place there;
    pm_fs_status status = find_volume(fs, from, from_size, 0, &at);

    if (!status)
        status = find_volume(fs, to, to_size, 1, &there);
    if (status)
        return status;
    if (at.volume != there.volume)
        return PM_FS_ACCESS_DENIED;
    return at.volume->ops->rename(at.volume, at.path, there.path);
}

pm_fs_status pm_fs_usage(struct pm_fs *fs, const char *path, size_t size,
                         uint64_t *out_used, uint64_t *out_limit)
{
    struct pm_fs_place at;
    pm_fs_status status = find_volume(fs, path, size, 0, &at);

    *out_used = *out_limit = 0;
    return status ? status
                  : at.volume->ops->usage(at.volume, out_used, out_limit);
}

// --- frames and saved states -------------------------------------------------

pm_fs_status pm_fs_end_frame(struct pm_fs *fs)
{
    pm_fs_status first = PM_FS_OK;

    for (size_t i = 0; i < fs->count; i++) {
        struct pm_volume *volume = fs->entries[i].volume;
        pm_fs_status status = volume->ops->end_frame(volume);
        if (!first)
            first = status;
    }
    return first;
}

void pm_fs_save(struct pm_fs *fs, struct pm_buf *out)
{
    for (size_t i = 0; i < fs->count; i++)
        fs->entries[i].volume->ops->save(fs->entries[i].volume, out);
}

pm_status pm_fs_load(struct pm_fs *fs, struct pm_cursor *in)
{
    pm_status status = PM_OK;

    for (size_t i = 0; !status && i < fs->count; i++) {
        struct pm_volume *volume = fs->entries[i].volume;
        status = volume->ops->load(volume, in);
    }
    return status;
}

void pm_fs_end_load(struct pm_fs *fs, bool accept)
{
    for (size_t i = 0; i < fs->count; i++)
        fs->entries[i].volume->ops->end_load(fs->entries[i].volume, accept);
}
