// SPDX-License-Identifier: MIT
#include "fs/cart_volume.h"

#include <string.h>

#include "base/mem.h"

// What a cartridge has (cart/cart.h says what is in them), in the order in
// which they are listed.
static const char *const names[] = {
    "assets.pa",
    "label.png",
    "manifest.json",
    "program.pbx",
};

#define NAME_COUNT (sizeof names / sizeof *names)

// Nothing changes while the machine runs.
#define REVISION 1u

struct pm_volume_file {
    const char *name;
    struct pm_source source;
    bool is_there;
};

struct cart_volume {
    struct pm_volume head;
    struct pm_allocator alloc;
    struct pm_volume_file files[NAME_COUNT];
};

static struct cart_volume *of(struct pm_volume *volume)
{
    return (struct cart_volume *)volume;
}

// --- finding -----------------------------------------------------------------

static bool is_name(struct pm_path path, const char *name)
{
    size_t size = strlen(name);
    return path.size == size && memcmp(path.text, name, size) == 0;
}

// There is one directory, the root: whatever has a '/' lies in a file or in
// nothing.
static pm_fs_status find(struct cart_volume *cart, struct pm_path path,
                         struct pm_volume_file **out)
{
    const char *slash = memchr(path.text, '/', path.size);
    struct pm_path first = {path.text,
                            slash ? (size_t)(slash - path.text) : path.size};

    for (size_t i = 0; i < NAME_COUNT; i++) {
        struct pm_volume_file *file = &cart->files[i];
        if (!file->is_there || !is_name(first, file->name))
            continue;
        if (slash)
            return PM_FS_NOT_A_DIRECTORY;
        *out = file;
        return PM_FS_OK;
    }
    return PM_FS_NOT_FOUND;
}

// --- files -------------------------------------------------------------------

static pm_fs_status open_file(struct pm_volume *volume, struct pm_path path,
                              unsigned mode, struct pm_volume_file **out)
{
    if (mode & PM_OPEN_WRITE)
        return PM_FS_ACCESS_DENIED;
    if (path.size == 0)
        return PM_FS_IS_A_DIRECTORY;
    return find(of(volume), path, out);
}

static pm_fs_status close_file(struct pm_volume *volume,
                               struct pm_volume_file *file, bool publish)
{
    // Files are the volume's; there is nothing to count.
    (void)volume;
    (void)file;
    (void)publish;
    return PM_FS_OK;
}

static pm_fs_status status_of(pm_status status)
{
    switch (status) {
    case PM_OK:
        return PM_FS_OK;
    case PM_ERR_NOT_FOUND:
        return PM_FS_NOT_FOUND;
    case PM_ERR_ACCESS:
        return PM_FS_ACCESS_DENIED;
    case PM_ERR_NO_MEMORY:
        return PM_FS_TRANSIENT;
    case PM_ERR_INVALID:
    case PM_ERR_CORRUPT:
        return PM_FS_CORRUPT;
    default:
        return PM_FS_IO_FAILED;
    }
}

static pm_fs_status read_file(struct pm_volume *volume,
                              struct pm_volume_file *file, uint64_t offset,
                              struct pm_destination *dest, uint32_t max,
                              uint32_t *out_size, bool *out_eof)
{
    const struct pm_source *source = &file->source;
    uint64_t left = offset < source->size ? source->size - offset : 0;
    uint32_t size = left < max ? (uint32_t)left : max;
    pm_status status = PM_OK;

    (void)volume;
    if (size > 0)
        status = source->read_at(source->context, offset, dest->stage, size);
    if (status)
        return status_of(status);
    dest->is_staged = true;
    *out_size = size;
    *out_eof = left == size;
    return PM_FS_OK;
}

static pm_fs_status write_file(struct pm_volume *volume,
                               struct pm_volume_file *file, uint64_t offset,
                               const uint8_t *src, uint32_t size)
{
    (void)volume;
    (void)file;
    (void)offset;
    (void)src;
    (void)size;
    return PM_FS_ACCESS_DENIED;
}

static pm_fs_status truncate_file(struct pm_volume *volume,
                                  struct pm_volume_file *file, uint64_t size)
{
    (void)volume;
    (void)file;
    (void)size;
    return PM_FS_ACCESS_DENIED;
}

static pm_fs_status sync_file(struct pm_volume *volume,
                              struct pm_volume_file *file)
{
    (void)volume;
    (void)file;
    return PM_FS_OK;
}

static pm_fs_status file_stat(struct pm_volume *volume,
                              struct pm_volume_file *file,
                              struct pm_fs_stat *out)
{
    (void)volume;
    *out = (struct pm_fs_stat){PM_FS_FILE, file->source.size, REVISION};
    return PM_FS_OK;
}

static void file_path(struct pm_volume *volume, struct pm_volume_file *file,
                      struct pm_buf *out)
{
    (void)volume;
    pm_buf_puts(out, file->name);
}

// --- entries -----------------------------------------------------------------

static pm_fs_status stat_path(struct pm_volume *volume, struct pm_path path,
                              struct pm_fs_stat *out)
{
    struct pm_volume_file *file;

    if (path.size == 0) {
        *out = (struct pm_fs_stat){PM_FS_DIRECTORY, 0, REVISION};
        return PM_FS_OK;
    }
    pm_fs_status status = find(of(volume), path, &file);
    return status ? status : file_stat(volume, file, out);
}

static pm_fs_status list(struct pm_volume *volume, struct pm_path path,
                         uint32_t limit, struct pm_fs_names *out)
{
    struct cart_volume *cart = of(volume);
    struct pm_volume_file *file;
    uint32_t count = 0;

    if (path.size > 0) {
        pm_fs_status status = find(cart, path, &file);
        return status ? status : PM_FS_NOT_A_DIRECTORY;
    }
    for (size_t i = 0; i < NAME_COUNT; i++)
        count += cart->files[i].is_there;
    if (count > limit)
        return PM_FS_TOO_LARGE;
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (!cart->files[i].is_there)
            continue;
        pm_buf_put8(&out->bytes, PM_FS_FILE);
        pm_buf_put8(&out->bytes, (uint8_t)strlen(names[i]));
        pm_buf_puts(&out->bytes, names[i]);
    }
    if (out->bytes.failed) {
        out->bytes.size = 0;
        return PM_FS_TRANSIENT;
    }
    out->count = count;
    return PM_FS_OK;
}

static pm_fs_status replace(struct pm_volume *volume, struct pm_path path,
                            const uint8_t *src, uint64_t size)
{
    (void)volume;
    (void)path;
    (void)src;
    (void)size;
    return PM_FS_ACCESS_DENIED;
}

static pm_fs_status change_path(struct pm_volume *volume, struct pm_path path)
{
    (void)volume;
    (void)path;
    return PM_FS_ACCESS_DENIED;
}

static pm_fs_status rename_path(struct pm_volume *volume, struct pm_path from,
                                struct pm_path to)
{
    (void)volume;
    (void)from;
    (void)to;
    return PM_FS_ACCESS_DENIED;
}

static pm_fs_status usage(struct pm_volume *volume, uint64_t *out_used,
                          uint64_t *out_limit)
{
    const struct cart_volume *cart = of(volume);
    uint64_t used = 0;

    for (size_t i = 0; i < NAME_COUNT; i++)
        used += cart->files[i].is_there ? cart->files[i].source.size : 0;
    *out_used = used;
    *out_limit = used;
    return PM_FS_OK;
}

static pm_fs_status end_frame(struct pm_volume *volume)
{
    (void)volume;
    return PM_FS_OK;
}

// --- saved states ------------------------------------------------------------

static void save(struct pm_volume *volume, struct pm_buf *out)
{
    (void)volume;
    (void)out;
}

static pm_status load(struct pm_volume *volume, struct pm_cursor *in)
{
    (void)volume;
    return in->failed ? PM_ERR_INVALID : PM_OK;
}

static pm_fs_status attach(struct pm_volume *volume, struct pm_path path,
                           uint64_t revision, struct pm_volume_file **out)
{
    if (revision != REVISION || path.size == 0 ||
        find(of(volume), path, out) != PM_FS_OK)
        return PM_FS_CORRUPT;
    return PM_FS_OK;
}

static void end_load(struct pm_volume *volume, bool accept)
{
    (void)volume;
    (void)accept;
}

// --- the whole ---------------------------------------------------------------

static void destroy(struct pm_volume *volume)
{
    struct cart_volume *cart = of(volume);
    struct pm_allocator alloc = cart->alloc;

    pm_mem_free(&alloc, cart, sizeof *cart);
}

static const struct pm_volume_ops ops = {
    .destroy = destroy,
    .open = open_file,
    .close = close_file,
    .read = read_file,
    .write = write_file,
    .truncate = truncate_file,
    .sync = sync_file,
    .file_stat = file_stat,
    .file_path = file_path,
    .replace = replace,
    .stat = stat_path,
    .list = list,
    .make_dir = change_path,
    .remove = change_path,
    .rename = rename_path,
    .usage = usage,
    .end_frame = end_frame,
    .save = save,
    .load = load,
    .attach = attach,
    .end_load = end_load,
};

pm_fs_status pm_cart_volume_create(const struct pm_allocator *alloc,
                                   const struct pm_cart_files *files,
                                   struct pm_volume **out)
{
    struct cart_volume *cart = pm_mem_zalloc(alloc, sizeof *cart);

    if (!cart)
        return PM_FS_TRANSIENT;
    cart->head.ops = &ops;
    cart->alloc = *alloc;
    for (size_t i = 0; i < NAME_COUNT; i++) {
        struct pm_volume_file *file = &cart->files[i];
        file->name = names[i];
        file->is_there =
            files->open(files->context, names[i], &file->source) == PM_OK;
    }
    *out = &cart->head;
    return PM_FS_OK;
}
