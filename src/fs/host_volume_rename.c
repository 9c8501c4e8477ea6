// SPDX-License-Identifier: MIT
//
// Renaming what may be open. The seam renames what the host has; records
// follow with the paths they stand for. All memory that this takes is taken
// first, so that nothing can fail once the seam has answered.
#include <string.h>

#include "base/mem.h"
#include "fs/host_volume_internal.h"
#include "fs/path.h"

static bool is_moved(const struct pm_volume_file *record, struct pm_path from)
{
    struct pm_path path = pm_record_path(record);
    return pm_path_compare(path, from) == 0 || pm_path_is_beneath(path, from);
}

static void drop_next_paths(struct pm_host_volume *volume)
{
    for (size_t i = 0; i < volume->now.count; i++) {
        struct pm_volume_file *record = volume->now.records[i];
        if (record->next_path)
            pm_mem_free(&volume->alloc, record->next_path,
                        record->next_size + 1);
        record->next_path = NULL;
    }
}

static pm_fs_status prepare_record(struct pm_host_volume *volume,
                                   struct pm_volume_file *record,
                                   struct pm_path from, struct pm_path to)
{
    size_t rest = record->path_size - from.size;
    size_t size = to.size + rest;

    if (size > PM_PATH_MAX)
        return PM_FS_INVALID_PATH;
    char *path = pm_mem_alloc(&volume->alloc, size + 1);
    if (!path)
        return PM_FS_TRANSIENT;
    memcpy(path, to.text, to.size);
    memcpy(path + to.size, record->path + from.size, rest + 1);
    record->next_path = path;
    record->next_size = size;
    return PM_FS_OK;
}

static pm_fs_status prepare(struct pm_host_volume *volume, struct pm_path from,
                            struct pm_path to)
{
    for (size_t i = 0; i < volume->now.count; i++) {
        struct pm_volume_file *record = volume->now.records[i];
        if (!is_moved(record, from))
            continue;
        pm_fs_status status = prepare_record(volume, record, from, to);
        if (status) {
            drop_next_paths(volume);
            return status;
        }
    }
    return PM_FS_OK;
}

// Few records, nearly in order: what moved goes to its place one by one.
static void sort_records(struct pm_host_set *set)
{
    for (size_t i = 1; i < set->count; i++) {
        struct pm_volume_file *record = set->records[i];
        size_t at = i;
        for (; at > 0 && pm_path_compare(pm_record_path(set->records[at - 1]),
                                         pm_record_path(record)) > 0;
             at--)
            set->records[at] = set->records[at - 1];
        set->records[at] = record;
    }
}

static void take_next_paths(struct pm_host_volume *volume)
{
    for (size_t i = 0; i < volume->now.count; i++) {
        struct pm_volume_file *record = volume->now.records[i];
        if (!record->next_path)
            continue;
        pm_mem_free(&volume->alloc, record->path, record->path_size + 1);
        record->path = record->next_path;
        record->path_size = record->next_size;
        record->next_path = NULL;
    }
    sort_records(&volume->now);
}

// Both names have changed, and the directories that they are in.
static void commit(struct pm_host_volume *volume, struct pm_path from,
                   struct pm_path to)
{
    take_next_paths(volume);
    pm_revisions_move(&volume->now.revisions, from, to);
    // A record takes the place of the entry that a removed file may have left.
    for (size_t i = 0; i < volume->now.count; i++)
        pm_revisions_drop(&volume->now.revisions,
                          pm_record_path(volume->now.records[i]));
    pm_host_touch_entry(volume, from);
    pm_host_touch_entry(volume, to);
}

// What is at [path], shadows first.
static pm_fs_status look(struct pm_host_volume *volume, struct pm_path path,
                         struct pm_directory_stat *out)
{
    const struct pm_volume_file *record = pm_host_shadowed(&volume->now, path);

    if (record) {
        *out = (struct pm_directory_stat){PM_FS_FILE, record->shadow.size};
        return PM_FS_OK;
    }
    pm_fs_status status = pm_host_check_parents(&volume->now, path);
    return status ? status : pm_host_ask(volume, path.text, out);
}

// Whether what is of [kind] may go to [to]. [out_exists]: it replaces a file.
static pm_fs_status check_target(struct pm_host_volume *volume, pm_fs_kind kind,
                                 struct pm_path to, bool *out_exists)
{
    struct pm_directory_stat info;
    pm_fs_status status = look(volume, to, &info);

    *out_exists = status == PM_FS_OK;
    if (status == PM_FS_NOT_FOUND)
        status = PM_FS_OK;
    if (status)
        return status;
    if (*out_exists &&
        (kind == PM_FS_DIRECTORY || info.kind == PM_FS_DIRECTORY))
        return PM_FS_EXISTS;
    return pm_host_find(&volume->now, to) ? PM_FS_BUSY : PM_FS_OK;
}

// A shadow that the host has no file of: only the path changes. It replaces a
// file of the host when it is published, as all that is in it appears then.
static pm_fs_status rename_shadow(struct pm_host_volume *volume,
                                  struct pm_volume_file *record,
                                  struct pm_path from, struct pm_path to,
                                  bool replaces)
{
    const struct pm_directory *directory = volume->config.directory;
    pm_fs_status status = directory->may_write(directory->context, to.text);

    if (!status)
        status = prepare(volume, from, to);
    if (status)
        return status;
    record->shadow.is_dirty = true;
    record->shadow.is_on_host = replaces;
    if (replaces)
        record->shadow.is_exclusive = false;
    commit(volume, from, to);
    return PM_FS_OK;
}

static pm_fs_status rename_on_host(struct pm_host_volume *volume,
                                   struct pm_path from, struct pm_path to)
{
    const struct pm_directory *directory = volume->config.directory;
    pm_fs_status status = prepare(volume, from, to);

    if (status)
        return status;
    status = directory->rename(directory->context, from.text, to.text);
    if (status) {
        drop_next_paths(volume);
        return status;
    }
    commit(volume, from, to);
    return PM_FS_OK;
}

// Whether the host has the file of [record]: it may have lost it since.
static pm_fs_status ask_host(struct pm_host_volume *volume,
                             const struct pm_volume_file *record, bool *out_has)
{
    struct pm_directory_stat info;
    pm_fs_status status = PM_FS_NOT_FOUND;

    if (record->shadow.is_on_host)
        status = pm_host_ask(volume, record->path, &info);
    *out_has = status == PM_FS_OK;
    return status == PM_FS_NOT_FOUND ? PM_FS_OK : status;
}

static pm_fs_status rename_checked(struct pm_host_volume *volume,
                                   struct pm_path from, struct pm_path to,
                                   bool replaces)
{
    struct pm_volume_file *record = pm_host_shadowed(&volume->now, from);
    bool is_on_host = true;
    pm_fs_status status = PM_FS_OK;

    if (record)
        status = ask_host(volume, record, &is_on_host);
    if (status)
        return status;
    return is_on_host ? rename_on_host(volume, from, to)
                      : rename_shadow(volume, record, from, to, replaces);
}

pm_fs_status pm_host_rename(struct pm_volume *base, struct pm_path from,
                            struct pm_path to)
{
    struct pm_host_volume *volume = pm_host_of(base);
    struct pm_directory_stat info;
    bool replaces;

    if (!volume->config.writable || from.size == 0 || to.size == 0)
        return PM_FS_ACCESS_DENIED;
    pm_fs_status status = look(volume, from, &info);
    if (status)
        return status;
    if (pm_path_compare(from, to) == 0)
        return PM_FS_OK;
    if (pm_path_is_beneath(to, from))
        return info.kind == PM_FS_DIRECTORY ? PM_FS_INVALID_PATH
                                            : PM_FS_NOT_A_DIRECTORY;
    status = check_target(volume, info.kind, to, &replaces);
    return status ? status : rename_checked(volume, from, to, replaces);
}
