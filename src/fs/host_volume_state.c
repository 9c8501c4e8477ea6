// SPDX-License-Identifier: MIT
//
// The part of a saved state that holds what the host does not have, little-
// endian, everything sorted by path:
//
//     u64 counter, u64 floor
//     u32 count of revisions: u16 size, path, u64 revision
//     u32 count of shadows:   u16 size, path, u64 revision, u8 flags,
//                             u64 size, bytes
//
// Shadows are all of them, published ones too, so that a run that goes on
// from here reads what it would have read. Revisions are those of paths that
// have no shadow, as far as they are not the floor.
#include <string.h>

#include "base/mem.h"
#include "fs/host_volume_internal.h"
#include "fs/path.h"

enum {
    FLAG_DIRTY = 1,
    FLAG_ON_HOST = 2,
    FLAG_EXCLUSIVE = 4,
};

// --- saving ------------------------------------------------------------------

static void put_path(struct pm_buf *out, struct pm_path path)
{
    pm_buf_put16(out, (uint16_t)path.size);
    pm_buf_put(out, path.size ? path.text : "", path.size);
}

// Walks the entries of the table and the records without a shadow together,
// in the order of paths.
struct walk {
    const struct pm_host_set *set;
    size_t entry;
    size_t record;
};

static const struct pm_volume_file *next_bare(struct walk *walk)
{
    const struct pm_host_set *set = walk->set;

    for (; walk->record < set->count; walk->record++)
        if (!set->records[walk->record]->has_shadow)
            return set->records[walk->record];
    return NULL;
}

static bool next_revision(struct walk *walk, struct pm_path *path,
                          uint64_t *revision)
{
    const struct pm_revisions *revisions = &walk->set->revisions;
    const struct pm_volume_file *record = next_bare(walk);
    const struct pm_revision *entry = walk->entry < revisions->count
                                          ? &revisions->entries[walk->entry]
                                          : NULL;

    if (!entry && !record)
        return false;
    struct pm_path of_entry = {0};
    if (entry)
        of_entry = (struct pm_path){entry->path, entry->size};
    if (!record ||
        (entry && pm_path_compare(of_entry, pm_record_path(record)) < 0)) {
        *path = of_entry;
        *revision = entry->revision;
        walk->entry++;
    } else {
        *path = pm_record_path(record);
        *revision = record->revision;
        walk->record++;
    }
    return true;
}

static void save_revisions(const struct pm_host_set *set, struct pm_buf *out)
{
    struct walk walk = {.set = set};
    struct pm_path path;
    uint64_t revision;
    uint32_t count = 0;

    while (next_revision(&walk, &path, &revision))
        count += revision != set->revisions.floor;
    pm_buf_put32(out, count);
    walk = (struct walk){.set = set};
    while (next_revision(&walk, &path, &revision)) {
        if (revision == set->revisions.floor)
            continue;
        put_path(out, path);
        pm_buf_put64(out, revision);
    }
}

static void save_shadow(const struct pm_volume_file *record, struct pm_buf *out)
{
    const struct pm_shadow *shadow = &record->shadow;

    put_path(out, pm_record_path(record));
    pm_buf_put64(out, record->revision);
    pm_buf_put8(out, (uint8_t)((shadow->is_dirty ? FLAG_DIRTY : 0) |
                               (shadow->is_on_host ? FLAG_ON_HOST : 0) |
                               (shadow->is_exclusive ? FLAG_EXCLUSIVE : 0)));
    pm_buf_put64(out, shadow->size);
    if (shadow->size > 0)
        pm_buf_put(out, shadow->data, shadow->size);
}

void pm_host_save(struct pm_volume *base, struct pm_buf *out)
{
    const struct pm_host_set *set = &pm_host_of(base)->now;
    uint32_t count = 0;

    pm_buf_put64(out, set->revisions.counter);
    pm_buf_put64(out, set->revisions.floor);
    save_revisions(set, out);
    for (size_t i = 0; i < set->count; i++)
        count += set->records[i]->has_shadow;
    pm_buf_put32(out, count);
    for (size_t i = 0; i < set->count; i++)
        if (set->records[i]->has_shadow)
            save_shadow(set->records[i], out);
}

// --- loading -----------------------------------------------------------------

// Far from where the counter could ever come, and from its end.
#define MAX_REVISION ((uint64_t)1 << 62)

static bool fail_short(struct pm_host_volume *volume)
{
    volume->is_short = true;
    return false;
}

static bool is_right(struct pm_path path)
{
    for (size_t start = 0; start <= path.size;) {
        const char *slash = memchr(path.text + start, '/', path.size - start);
        size_t end = slash ? (size_t)(slash - path.text) : path.size;
        if (!pm_path_is_name(path.text + start, end - start))
            return false;
        start = end + 1;
    }
    return path.size <= PM_PATH_MAX;
}

// A path that stands behind [last].
static bool load_path(struct pm_cursor *in, struct pm_path last,
                      struct pm_path *out)
{
    size_t size = pm_cursor_u16(in);
    const uint8_t *text = pm_cursor_take(in, size);

    if (!text)
        return false;
    *out = (struct pm_path){(const char *)text, size};
    if (last.text && pm_path_compare(last, *out) >= 0)
        return false;
    return size == 0 || is_right(*out);
}

static bool is_revision(const struct pm_host_set *set, uint64_t revision)
{
    return revision >= 1 && revision <= set->revisions.counter;
}

static bool load_revisions(struct pm_host_volume *volume, struct pm_cursor *in)
{
    struct pm_host_set *set = &volume->loaded;
    struct pm_path last = {0};
    uint32_t count = pm_cursor_u32(in);

    for (uint32_t i = 0; i < count; i++) {
        struct pm_path path;
        if (!load_path(in, last, &path))
            return false;
        uint64_t revision = pm_cursor_u64(in);
        if (in->failed || !is_revision(set, revision) ||
            revision == set->revisions.floor)
            return false;
        if (!pm_revisions_append(&set->revisions, path, revision))
            return fail_short(volume);
        last = path;
    }
    return !in->failed;
}

static bool load_content(struct pm_host_volume *volume,
                         struct pm_shadow *shadow, struct pm_cursor *in)
{
    uint64_t size = pm_cursor_u64(in);

    if (size > volume->config.file_limit || size > pm_cursor_left(in))
        return false;
    const uint8_t *bytes = pm_cursor_take(in, (size_t)size);
    if (!bytes || size == 0)
        return bytes != NULL;
    if (!pm_shadow_grow(volume, shadow, (size_t)size))
        return fail_short(volume);
    memcpy(shadow->data, bytes, (size_t)size);
    shadow->size = (size_t)size;
    return true;
}

static bool load_flags(struct pm_shadow *shadow, struct pm_cursor *in)
{
    uint8_t flags = pm_cursor_u8(in);

    shadow->is_dirty = flags & FLAG_DIRTY;
    shadow->is_on_host = flags & FLAG_ON_HOST;
    shadow->is_exclusive = flags & FLAG_EXCLUSIVE;
    return flags < 8 && (shadow->is_dirty || shadow->is_on_host) &&
           !(shadow->is_exclusive && shadow->is_on_host);
}

static bool load_shadow(struct pm_host_volume *volume, struct pm_path *last,
                        struct pm_cursor *in)
{
    struct pm_host_set *set = &volume->loaded;
    struct pm_path path;

    if (!load_path(in, *last, &path) || path.size == 0 ||
        pm_host_check_parents(set, path) != PM_FS_OK)
        return false;
    *last = path;
    size_t revisions = set->revisions.count;
    struct pm_volume_file *record = pm_host_add(volume, set, path);
    if (!record)
        return fail_short(volume);
    if (revisions != set->revisions.count)
        return false;
    record->has_shadow = true;
    record->revision = pm_cursor_u64(in);
    return is_revision(set, record->revision) &&
           load_flags(&record->shadow, in) &&
           load_content(volume, &record->shadow, in);
}

static bool load_shadows(struct pm_host_volume *volume, struct pm_cursor *in)
{
    struct pm_path last = {0};
    uint32_t count = pm_cursor_u32(in);

    if (count > 0 && !volume->config.writable)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (in->failed || !load_shadow(volume, &last, in))
            return false;
    return !in->failed;
}

static bool load_set(struct pm_host_volume *volume, struct pm_cursor *in)
{
    struct pm_revisions *revisions = &volume->loaded.revisions;

    revisions->counter = pm_cursor_u64(in);
    revisions->floor = pm_cursor_u64(in);
    if (revisions->counter > MAX_REVISION ||
        !is_revision(&volume->loaded, revisions->floor))
        return false;
    return load_revisions(volume, in) && load_shadows(volume, in);
}

pm_status pm_host_load(struct pm_volume *base, struct pm_cursor *in)
{
    struct pm_host_volume *volume = pm_host_of(base);

    pm_host_set_free(volume, &volume->loaded);
    volume->is_short = false;
    volume->is_loading = load_set(volume, in);
    if (!volume->is_loading)
        pm_host_set_free(volume, &volume->loaded);
    return volume->is_loading ? PM_OK
           : volume->is_short ? PM_ERR_NO_MEMORY
                              : PM_ERR_INVALID;
}

// --- attaching ---------------------------------------------------------------

static pm_fs_status attach_file(struct pm_host_volume *volume,
                                struct pm_path path, uint64_t revision,
                                struct pm_volume_file **out)
{
    const struct pm_directory *directory = volume->config.directory;
    struct pm_host_set *set = &volume->loaded;
    struct pm_directory_file *file;

    if (pm_revisions_entry(&set->revisions, path) != revision ||
        pm_host_check_parents(set, path) != PM_FS_OK ||
        directory->open(directory->context, path.text, &file) != PM_FS_OK)
        return PM_FS_CORRUPT;
    struct pm_volume_file *record = pm_host_add(volume, set, path);
    if (!record) {
        directory->close(directory->context, file);
        return PM_FS_TRANSIENT;
    }
    record->file = file;
    record->handles = 1;
    *out = record;
    return PM_FS_OK;
}

pm_fs_status pm_host_attach(struct pm_volume *base, struct pm_path path,
                            uint64_t revision, struct pm_volume_file **out)
{
    struct pm_host_volume *volume = pm_host_of(base);

    if (!volume->is_loading || path.size == 0)
        return PM_FS_CORRUPT;
    struct pm_volume_file *record = pm_host_find(&volume->loaded, path);
    if (!record)
        return attach_file(volume, path, revision, out);
    if (record->revision != revision)
        return PM_FS_CORRUPT;
    record->handles++;
    *out = record;
    return PM_FS_OK;
}

// A shadow of the state that none of its files is on would never be closed.
static void drop_unattached(struct pm_host_volume *volume)
{
    for (size_t i = volume->now.count; i-- > 0;)
        if (volume->now.records[i]->handles == 0)
            pm_host_release(volume, volume->now.records[i]);
}

// The files of before go on without a set until they are closed.
static void accept_loaded(struct pm_host_volume *volume)
{
    struct pm_host_set *now = &volume->now;

    for (size_t i = 0; i < now->count; i++)
        now->records[i]->set = NULL;
    now->count = 0;
    pm_host_set_free(volume, now);
    *now = volume->loaded;
    pm_host_set_init(&volume->loaded, &volume->alloc);
    for (size_t i = 0; i < now->count; i++)
        now->records[i]->set = now;
    drop_unattached(volume);
}

void pm_host_end_load(struct pm_volume *base, bool accept)
{
    struct pm_host_volume *volume = pm_host_of(base);

    if (volume->is_loading && accept)
        accept_loaded(volume);
    pm_host_set_free(volume, &volume->loaded);
    volume->is_loading = false;
}
