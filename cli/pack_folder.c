// SPDX-License-Identifier: MIT
//
// An assets folder on disk → assets.pa: the files of the folder, threads, the
// cache and the registry of ids around the packer.
#include <string.h>

#include "base/mem.h"
#include "hosts/common/files.h"
#include "hosts/common/workers.h"
#include "machine/profiles.h"
#include "pack.h"

#define MOST_REGISTRY ((size_t)16 << 20)
#define UNPACKED_LIST "assets.json" // of "prometeu unpack"
#define MOST_ASSET    ((size_t)512 << 20)

struct folder {
    const char *path;
    struct pm_walk walk;
    struct pm_pack_input *inputs; // one each, in the order of the walk
    struct cli_file registry;
    struct cli_pack_cache cache;
    struct pm_diags diags;
};

// --- files -------------------------------------------------------------------

bool cli_pack_wants(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    size_t size = strlen(base);

    return base[0] != '.' && strcmp(name, PM_PACK_REGISTRY) != 0 &&
           strcmp(name, UNPACKED_LIST) != 0 &&
           !(size > 3 && strcmp(base + size - 3, ".md") == 0);
}

static pm_status read_input(void *context, const struct pm_pack_input *input,
                            const struct pm_allocator *alloc,
                            struct pm_diags *diags, uint8_t **out_bytes,
                            size_t *out_size)
{
    const struct folder *f = context;
    struct pm_place place = {.file = input->name};
    const char *error = NULL;
    char *path = cli_path(f->path, input->name);
    pm_status status =
        pm_file_read(alloc, path, MOST_ASSET, out_bytes, out_size, &error);

    if (status)
        pm_diags_error(diags, &place, "PACK-READ", "it cannot be read: %s",
                       error ? error : pm_status_meaning(status));
    cli_free_text(path);
    return status;
}

static pm_status walk(struct folder *f)
{
    const char *error = NULL;
    pm_status status =
        pm_walk_folder(&cli_alloc, f->path, cli_pack_wants, &f->walk, &error);

    if (status) {
        char *path = f->walk.failed[0] ? cli_path(f->path, f->walk.failed)
                                       : cli_copy(f->path, strlen(f->path));
        cli_file_error(path, status, error);
        cli_free_text(path);
        return status;
    }
    f->inputs = pm_mem_zarray(&cli_alloc, f->walk.count, sizeof *f->inputs);
    if (f->walk.count && !f->inputs)
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->walk.count; i++) {
        f->inputs[i].name = f->walk.files[i].name;
        f->inputs[i].size = (size_t)f->walk.files[i].size;
    }
    return PM_OK;
}

static pm_status read_registry(struct folder *f)
{
    char *path = cli_path(f->path, PM_PACK_REGISTRY);
    struct pm_file *file;
    pm_status status = pm_file_open(&cli_alloc, path, &file, NULL);

    if (!status)
        pm_file_close(file);
    // What is there and cannot be read must not be taken for nothing: all ids
    // would move.
    status = status == PM_ERR_NOT_FOUND
                 ? PM_OK
                 : cli_read_file(path, MOST_REGISTRY, &f->registry);
    cli_free_text(path);
    return status;
}

// Whether a file holds just these bytes.
static bool holds(const char *path, const uint8_t *data, size_t size)
{
    struct pm_file *file;
    uint8_t piece[65536];

    if (pm_file_open(&cli_alloc, path, &file, NULL))
        return false;
    struct pm_source source = pm_file_source(file);
    bool is_same = source.size == size;
    for (size_t at = 0; at < size && is_same; at += sizeof piece) {
        size_t part = size - at < sizeof piece ? size - at : sizeof piece;
        is_same = source.read_at(source.context, at, piece, part) == PM_OK &&
                  memcmp(piece, data + at, part) == 0;
    }
    pm_file_close(file);
    return is_same;
}

pm_status cli_write_changed(const char *path, const void *data, size_t size,
                            bool *out_written)
{
    bool is_same = holds(path, data, size);

    *out_written = !is_same;
    return is_same ? PM_OK : cli_write_file(path, data, size);
}

static pm_status keep_registry(const struct folder *f,
                               const struct pm_buf *registry)
{
    bool is_written;
    char *path = cli_path(f->path, PM_PACK_REGISTRY);
    pm_status status =
        cli_write_changed(path, registry->data, registry->size, &is_written);
    cli_free_text(path);
    return status;
}

// --- packing -----------------------------------------------------------------

static pm_status pack(struct folder *f, const struct pm_workers *workers,
                      struct pm_pack_result *result)
{
    struct pm_pack_profile profiles[PM_CART_ADVANCED + 1];
    struct pm_pack_project project = {.inputs = f->inputs,
                                      .count = f->walk.count,
                                      .read = read_input,
                                      .context = f,
                                      .registry = f->registry.data,
                                      .registry_size = f->registry.size,
                                      .workers = workers,
                                      .profiles = profiles,
                                      .profile_count = PM_ARRAY_LEN(profiles)};

    for (size_t i = 0; i < PM_ARRAY_LEN(profiles); i++) {
        const struct pm_profile *profile = pm_profile_of((pm_cart_profile)i);
        profiles[i].name = profile->name;
        memcpy(profiles[i].bank, profile->bank, sizeof profile->bank);
    }
    if (f->cache.log)
        project.cache = &f->cache.calls;
    pm_status status = pm_pack_project(&project, &cli_alloc, &f->diags, result);
    cli_print_diags(&f->diags, NULL);
    return status;
}

static void take_result(struct folder *f, struct pm_pack_result *result,
                        struct cli_packed *out)
{
    *out = (struct cli_packed){.assets = result->assets,
                               .report = result->report,
                               .asset_count = result->asset_count,
                               .converted = result->converted};
    pm_buf_init(&result->assets, &cli_alloc);
    pm_buf_init(&result->report, &cli_alloc);
    cli_pack_cache_keep(&f->cache, &result->keys);
}

static pm_status pack_walked(struct folder *f,
                             const struct cli_pack_options *options,
                             struct cli_packed *out)
{
    struct pm_worker_pool *pool = NULL;
    struct pm_pack_result result;

    cli_pack_index_read(&f->cache, &f->walk, f->inputs);
    // Without threads all is done here, one after the other.
    if (options->threads != 1)
        pm_worker_pool_create(&cli_alloc, (unsigned)options->threads, &pool);
    pm_status status =
        pack(f, pool ? pm_worker_pool_workers(pool) : NULL, &result);
    pm_worker_pool_destroy(pool);
    cli_pack_index_write(&f->cache, &f->walk, f->inputs);
    if (!status)
        status = keep_registry(f, &result.registry);
    if (!status)
        take_result(f, &result, out);
    pm_pack_result_free(&result);
    return status;
}

pm_status cli_pack_assets(const char *folder,
                          const struct cli_pack_options *options,
                          struct cli_packed *out)
{
    struct folder f = {.path = folder};

    *out = (struct cli_packed){0};
    pm_buf_init(&out->assets, &cli_alloc);
    pm_buf_init(&out->report, &cli_alloc);
    pm_diags_init(&f.diags, &cli_alloc);
    if (!options->no_cache)
        cli_pack_cache_open(&f.cache, folder);
    pm_status status = walk(&f);
    if (!status)
        status = read_registry(&f);
    if (!status && f.walk.count)
        status = pack_walked(&f, options, out);
    pm_mem_free(&cli_alloc, f.inputs, f.walk.count * sizeof *f.inputs);
    pm_walk_free(&f.walk);
    cli_free_file(&f.registry);
    cli_pack_cache_close(&f.cache);
    pm_diags_free(&f.diags);
    return status;
}

void cli_packed_free(struct cli_packed *packed)
{
    pm_buf_free(&packed->assets);
    pm_buf_free(&packed->report);
}
