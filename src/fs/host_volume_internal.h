// SPDX-License-Identifier: MIT
//
// What the files of the host volume share: records, sets of them, revisions.
//
// A record stands for a path that is open, once for all its handles. It has
// either the seam's open file, or a shadow. A set holds the records and what
// is known of revisions; there is one for now, and beside it one that a saved
// state is loaded into.
//
// What holds between calls:
//  S1  A set's records are sorted by path, no path twice, each with a handle
//      (in a set that is being loaded, shadows may still wait for theirs).
//  S2  A record has a file of the seam or a shadow, never both.
//  S3  A shadow that is not on the host is dirty; one that is exclusive is
//      not on the host.
//  S4  A path has a record or an entry in the revisions, never both.
//  S5  No shadow lies beneath another's path.

#ifndef PM_FS_HOST_VOLUME_INTERNAL_H
#define PM_FS_HOST_VOLUME_INTERNAL_H

#include "fs/host_volume.h"

// --- revisions (host_volume_revisions.c) -------------------------------------

struct pm_revision {
    char *path; // with a NUL behind
    size_t size;
    uint64_t revision;
};

// The last changes, by path, sorted. Older ones are forgotten: then every
// path that has no entry is as old as the youngest change forgotten.
struct pm_revisions {
    struct pm_allocator alloc;
    struct pm_revision *entries;
    size_t count;
    size_t capacity;
    uint64_t counter; // the last number given
    uint64_t floor;   // the revision of what has no entry
};

void pm_revisions_init(struct pm_revisions *revisions,
                       const struct pm_allocator *alloc);
void pm_revisions_free(struct pm_revisions *revisions);

// Cannot fail: what memory is too short for is forgotten at once.
void pm_revisions_put(struct pm_revisions *revisions, struct pm_path path,
                      uint64_t revision);
// The same, but fails. For loading, in ascending order of paths.
bool pm_revisions_append(struct pm_revisions *revisions, struct pm_path path,
                         uint64_t revision);
// The revision of a path's entry, or the floor.
uint64_t pm_revisions_entry(const struct pm_revisions *revisions,
                            struct pm_path path);
// The same, but never less than the floor.
uint64_t pm_revisions_of(const struct pm_revisions *revisions,
                         struct pm_path path);
void pm_revisions_drop(struct pm_revisions *revisions, struct pm_path path);
// The entries of [from] and of what lies beneath are those of [to].
void pm_revisions_move(struct pm_revisions *revisions, struct pm_path from,
                       struct pm_path to);

// --- records (host_volume_records.c) -----------------------------------------

struct pm_shadow {
    uint8_t *data;
    size_t size;
    size_t capacity;
    bool is_dirty;     // holds what was not published
    bool is_on_host;   // the host has a file of this path, as far as we know
    bool is_exclusive; // may only be published where there is nothing
};

struct pm_host_set;

struct pm_volume_file {
    struct pm_host_set *set; // NULL: of before a state was loaded
    char *path;              // with a NUL behind
    size_t path_size;
    uint64_t revision;
    uint32_t handles;
    struct pm_directory_file *file;
    bool has_shadow;
    struct pm_shadow shadow;
    // While a rename is under way: the path after it.
    char *next_path;
    size_t next_size;
};

struct pm_host_set {
    struct pm_volume_file **records;
    size_t count;
    size_t capacity;
    struct pm_revisions revisions;
};

struct pm_host_volume {
    struct pm_volume head;
    struct pm_allocator alloc;
    struct pm_host_volume_config config;
    struct pm_host_set now;
    struct pm_host_set loaded;
    bool is_loading;
    // A load failed because memory is short, not for its bytes.
    bool is_short;
};

static inline struct pm_host_volume *pm_host_of(struct pm_volume *volume)
{
    return (struct pm_host_volume *)volume;
}

static inline struct pm_path pm_record_path(const struct pm_volume_file *record)
{
    return (struct pm_path){record->path, record->path_size};
}

// By bytes; less than, equal to, greater than 0.
int pm_path_compare(struct pm_path a, struct pm_path b);
// Whether [path] lies beneath the directory [directory].
bool pm_path_is_beneath(struct pm_path path, struct pm_path directory);
// The directory that [path] is in; without a NUL behind.
struct pm_path pm_path_parent(struct pm_path path);
// Copies with a NUL behind, to be freed with size + 1; NULL when memory is
// short.
char *pm_path_copy(const struct pm_allocator *alloc, struct pm_path path);

void pm_host_set_init(struct pm_host_set *set,
                      const struct pm_allocator *alloc);
// Frees it with all its records.
void pm_host_set_free(struct pm_host_volume *volume, struct pm_host_set *set);

struct pm_volume_file *pm_host_find(const struct pm_host_set *set,
                                    struct pm_path path);
// The index of the first record that is not before [path].
size_t pm_host_lower_bound(const struct pm_host_set *set, struct pm_path path);
// The record of [path], which has a shadow; NULL when there is none.
struct pm_volume_file *pm_host_shadowed(const struct pm_host_set *set,
                                        struct pm_path path);
// NOT_A_DIRECTORY when a directory of [path] is a file with a shadow.
pm_fs_status pm_host_check_parents(const struct pm_host_set *set,
                                   struct pm_path path);
// Makes a record without handles, file or shadow; NULL when memory is short.
struct pm_volume_file *pm_host_add(struct pm_host_volume *volume,
                                   struct pm_host_set *set,
                                   struct pm_path path);
// Takes a record out of its set and frees it; its revision is kept.
void pm_host_release(struct pm_host_volume *volume,
                     struct pm_volume_file *record);

// [path] has changed; with its entry in the directory it is in.
void pm_host_touch(struct pm_host_volume *volume, struct pm_path path);
void pm_host_touch_entry(struct pm_host_volume *volume, struct pm_path path);

// --- shadows (host_volume_shadow.c) ------------------------------------------

void pm_shadow_free(const struct pm_allocator *alloc, struct pm_shadow *shadow);
// Reads the file at [path] of the host into [shadow].
pm_fs_status pm_shadow_load(struct pm_host_volume *volume, const char *path,
                            struct pm_shadow *shadow);
// Room for [wanted] bytes, which the file limit allows; false when memory is
// short.
bool pm_shadow_grow(struct pm_host_volume *volume, struct pm_shadow *shadow,
                    size_t wanted);
// Gives [record] the shadow in place of the seam's file.
void pm_host_install(struct pm_host_volume *volume,
                     struct pm_volume_file *record,
                     const struct pm_shadow *shadow);
pm_fs_status pm_host_publish(struct pm_host_volume *volume,
                             struct pm_volume_file *record);

pm_fs_status pm_host_read(struct pm_volume *volume, struct pm_volume_file *file,
                          uint64_t offset, struct pm_destination *dest,
                          uint32_t max, uint32_t *out_size, bool *out_eof);
pm_fs_status pm_host_write(struct pm_volume *volume,
                           struct pm_volume_file *file, uint64_t offset,
                           const uint8_t *src, uint32_t size);
pm_fs_status pm_host_truncate(struct pm_volume *volume,
                              struct pm_volume_file *file, uint64_t size);

// --- opening and closing (host_volume_open.c) --------------------------------

pm_fs_status pm_host_open(struct pm_volume *volume, struct pm_path path,
                          unsigned mode, struct pm_volume_file **out);
pm_fs_status pm_host_close(struct pm_volume *volume,
                           struct pm_volume_file *file, bool publish);

// --- entries (host_volume_list.c, host_volume_rename.c) ----------------------

// What the seam says is at [path], checked.
pm_fs_status pm_host_ask(struct pm_host_volume *volume, const char *path,
                         struct pm_directory_stat *out);
pm_fs_status pm_host_list(struct pm_volume *volume, struct pm_path path,
                          uint32_t limit, struct pm_fs_names *out);
pm_fs_status pm_host_rename(struct pm_volume *volume, struct pm_path from,
                            struct pm_path to);

// --- saved states (host_volume_state.c) --------------------------------------

void pm_host_save(struct pm_volume *volume, struct pm_buf *out);
pm_status pm_host_load(struct pm_volume *volume, struct pm_cursor *in);
pm_fs_status pm_host_attach(struct pm_volume *volume, struct pm_path path,
                            uint64_t revision, struct pm_volume_file **out);
void pm_host_end_load(struct pm_volume *volume, bool accept);

#endif
