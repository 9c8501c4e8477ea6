// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "fs/host_volume_internal.h"
#include "fs/path.h"

// The names of a directory as they come: the host's, then those of shadows.
struct names {
    const struct pm_allocator *alloc;
    struct pm_buf bytes; // u8 kind, u8 length, name
    size_t *offsets;
    size_t capacity;
    size_t count;
    size_t most; // more than that are certainly too many
    pm_fs_status status;
};

static const uint8_t *entry_at(const struct names *names, size_t index)
{
    return names->bytes.data + names->offsets[index];
}

static void add(struct names *names, const char *name, size_t size,
                pm_fs_kind kind)
{
    if (names->count == names->most) {
        names->status = PM_FS_TOO_LARGE;
        return;
    }
    if (!pm_mem_grow(names->alloc, &names->offsets, &names->capacity,
                     names->count + 1, sizeof *names->offsets)) {
        names->status = PM_FS_TRANSIENT;
        return;
    }
    names->offsets[names->count] = names->bytes.size;
    pm_buf_put8(&names->bytes, (uint8_t)kind);
    pm_buf_put8(&names->bytes, (uint8_t)size);
    pm_buf_put(&names->bytes, name, size);
    if (names->bytes.failed)
        names->status = PM_FS_TRANSIENT;
    else
        names->count++;
}

// A name that no path can have is not there for a cartridge.
static bool add_of_host(void *visitor, const char *name, pm_fs_kind kind)
{
    struct names *names = visitor;
    size_t size = strlen(name);

    if (pm_path_is_name(name, size) &&
        (kind == PM_FS_FILE || kind == PM_FS_DIRECTORY))
        add(names, name, size, kind);
    return names->status == PM_FS_OK;
}

static void add_shadows(struct names *names, const struct pm_host_set *set,
                        struct pm_path path)
{
    size_t start = path.size ? path.size + 1 : 0;

    for (size_t i = 0; i < set->count && !names->status; i++) {
        const struct pm_volume_file *record = set->records[i];
        struct pm_path parent = pm_path_parent(pm_record_path(record));
        if (record->has_shadow && pm_path_compare(parent, path) == 0)
            add(names, record->path + start, record->path_size - start,
                PM_FS_FILE);
    }
}

static int compare_names(const struct names *names, size_t a, size_t b)
{
    const uint8_t *left = entry_at(names, a);
    const uint8_t *right = entry_at(names, b);

    return pm_path_compare((struct pm_path){(const char *)left + 2, left[1]},
                           (struct pm_path){(const char *)right + 2, right[1]});
}

static bool is_after(const void *context, uint32_t a, uint32_t b)
{
    int order = compare_names(context, a, b);
    return order ? order > 0 : a > b;
}

// Writes the names in order, the last of equal ones: that of the shadow.
static pm_fs_status put_sorted(const struct names *names, uint32_t limit,
                               struct pm_fs_names *out)
{
    uint32_t *order = pm_mem_zarray(names->alloc, names->count, sizeof *order);

    if (!order)
        return names->count ? PM_FS_TRANSIENT : PM_FS_OK;
    for (size_t i = 0; i < names->count; i++)
        order[i] = (uint32_t)i;
    pm_sort(order, names->count, is_after, names);
    for (size_t i = 0; i < names->count; i++) {
        if (i + 1 < names->count &&
            compare_names(names, order[i], order[i + 1]) == 0)
            continue;
        const uint8_t *entry = entry_at(names, order[i]);
        pm_buf_put(&out->bytes, entry, 2u + entry[1]);
        out->count++;
    }
    pm_mem_free(names->alloc, order, names->count * sizeof *order);
    if (out->bytes.failed)
        return PM_FS_TRANSIENT;
    return out->count > limit ? PM_FS_TOO_LARGE : PM_FS_OK;
}

static pm_fs_status collect(struct pm_host_volume *volume, struct pm_path path,
                            struct names *names)
{
    const struct pm_directory *directory = volume->config.directory;
    pm_fs_status status =
        directory->list(directory->context, path.text, add_of_host, names);

    if (!status)
        add_shadows(names, &volume->now, path);
    return status ? status : names->status;
}

pm_fs_status pm_host_list(struct pm_volume *base, struct pm_path path,
                          uint32_t limit, struct pm_fs_names *out)
{
    struct pm_host_volume *volume = pm_host_of(base);

    if (pm_host_shadowed(&volume->now, path))
        return PM_FS_NOT_A_DIRECTORY;
    pm_fs_status status = pm_host_check_parents(&volume->now, path);
    if (status)
        return status;
    // A shadow can bear the name of a file of the host.
    struct names names = {.alloc = &volume->alloc,
                          .most = (size_t)limit + volume->now.count};
    if (names.most > UINT32_MAX)
        names.most = UINT32_MAX;
    pm_buf_init(&names.bytes, &volume->alloc);
    status = collect(volume, path, &names);
    if (!status)
        status = put_sorted(&names, limit, out);
    if (status) {
        out->bytes.size = 0;
        out->count = 0;
    }
    pm_mem_free(&volume->alloc, names.offsets,
                names.capacity * sizeof *names.offsets);
    pm_buf_free(&names.bytes);
    return status;
}
