// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/mem.h"
#include "fs/host_volume_internal.h"

// --- paths -------------------------------------------------------------------

int pm_path_compare(struct pm_path a, struct pm_path b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size ? memcmp(a.text, b.text, size) : 0;

    if (order)
        return order;
    return a.size < b.size ? -1 : a.size > b.size;
}

bool pm_path_is_beneath(struct pm_path path, struct pm_path directory)
{
    if (directory.size == 0)
        return path.size > 0;
    return path.size > directory.size && path.text[directory.size] == '/' &&
           memcmp(path.text, directory.text, directory.size) == 0;
}

struct pm_path pm_path_parent(struct pm_path path)
{
    while (path.size > 0 && path.text[path.size - 1] != '/')
        path.size--;
    if (path.size > 0)
        path.size--;
    return path;
}

char *pm_path_copy(const struct pm_allocator *alloc, struct pm_path path)
{
    char *copy = pm_mem_alloc(alloc, path.size + 1);

    if (!copy)
        return NULL;
    if (path.size > 0)
        memcpy(copy, path.text, path.size);
    copy[path.size] = 0;
    return copy;
}

// --- sets --------------------------------------------------------------------

void pm_host_set_init(struct pm_host_set *set, const struct pm_allocator *alloc)
{
    *set = (struct pm_host_set){0};
    pm_revisions_init(&set->revisions, alloc);
}

static void free_record(struct pm_host_volume *volume,
                        struct pm_volume_file *record)
{
    const struct pm_directory *directory = volume->config.directory;

    if (record->file)
        directory->close(directory->context, record->file);
    pm_shadow_free(&volume->alloc, &record->shadow);
    pm_mem_free(&volume->alloc, record->path, record->path_size + 1);
    pm_mem_free(&volume->alloc, record, sizeof *record);
}

void pm_host_set_free(struct pm_host_volume *volume, struct pm_host_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        free_record(volume, set->records[i]);
    pm_mem_free(&volume->alloc, set->records, set->capacity * sizeof(void *));
    pm_revisions_free(&set->revisions);
    pm_host_set_init(set, &volume->alloc);
}

size_t pm_host_lower_bound(const struct pm_host_set *set, struct pm_path path)
{
    size_t low = 0;
    size_t high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pm_path_compare(pm_record_path(set->records[middle]), path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct pm_volume_file *pm_host_find(const struct pm_host_set *set,
                                    struct pm_path path)
{
    size_t at = pm_host_lower_bound(set, path);

    if (at == set->count ||
        pm_path_compare(pm_record_path(set->records[at]), path) != 0)
        return NULL;
    return set->records[at];
}

struct pm_volume_file *pm_host_shadowed(const struct pm_host_set *set,
                                        struct pm_path path)
{
    struct pm_volume_file *record = pm_host_find(set, path);
    return record && record->has_shadow ? record : NULL;
}

pm_fs_status pm_host_check_parents(const struct pm_host_set *set,
                                   struct pm_path path)
{
    if (set->count == 0)
        return PM_FS_OK;
    for (path = pm_path_parent(path); path.size > 0;
         path = pm_path_parent(path))
        if (pm_host_shadowed(set, path))
            return PM_FS_NOT_A_DIRECTORY;
    return PM_FS_OK;
}

// --- records -----------------------------------------------------------------

struct pm_volume_file *pm_host_add(struct pm_host_volume *volume,
                                   struct pm_host_set *set, struct pm_path path)
{
    const struct pm_allocator *alloc = &volume->alloc;

    if (!pm_mem_grow(alloc, &set->records, &set->capacity, set->count + 1,
                     sizeof(void *)))
        return NULL;
    struct pm_volume_file *record = pm_mem_zalloc(alloc, sizeof *record);
    if (!record)
        return NULL;
    record->path = pm_path_copy(alloc, path);
    if (!record->path) {
        pm_mem_free(alloc, record, sizeof *record);
        return NULL;
    }
    record->path_size = path.size;
    record->set = set;
    record->revision = pm_revisions_entry(&set->revisions, path);
    pm_revisions_drop(&set->revisions, path);
    size_t at = pm_host_lower_bound(set, path);
    memmove(set->records + at + 1, set->records + at,
            (set->count - at) * sizeof(void *));
    set->records[at] = record;
    set->count++;
    return record;
}

void pm_host_release(struct pm_host_volume *volume,
                     struct pm_volume_file *record)
{
    struct pm_host_set *set = record->set;

    if (set) {
        size_t at = pm_host_lower_bound(set, pm_record_path(record));
        set->count--;
        memmove(set->records + at, set->records + at + 1,
                (set->count - at) * sizeof(void *));
        pm_revisions_put(&set->revisions, pm_record_path(record),
                         record->revision);
    }
    free_record(volume, record);
}

static void set_revision(struct pm_host_set *set, struct pm_path path,
                         uint64_t revision)
{
    struct pm_volume_file *record = pm_host_find(set, path);

    if (record)
        record->revision = revision;
    else
        pm_revisions_put(&set->revisions, path, revision);
}

void pm_host_touch(struct pm_host_volume *volume, struct pm_path path)
{
    struct pm_host_set *set = &volume->now;
    set_revision(set, path, ++set->revisions.counter);
}

void pm_host_touch_entry(struct pm_host_volume *volume, struct pm_path path)
{
    struct pm_host_set *set = &volume->now;
    uint64_t revision = ++set->revisions.counter;

    set_revision(set, path, revision);
    set_revision(set, pm_path_parent(path), revision);
}
