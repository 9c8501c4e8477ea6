// SPDX-License-Identifier: MIT
//
// The cache as a folder: the log of results, the index of files, and a file
// whose time says what time it is. Nothing is flushed: what a power cut leaves
// is found by its sum.

#define _XOPEN_SOURCE 700 // realpath

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "hosts/common/files.h"
#include "pack.h"

#define LOG_NAME "results"

static pm_status find(void *context, const struct pm_hash128 *key,
                      const void **out_bytes, size_t *out_size)
{
    const struct cli_pack_cache *cache = context;
    return cli_pack_log_find(cache->log, key, out_bytes, out_size);
}

static void keep(void *context, const struct pm_hash128 *key, const void *bytes,
                 size_t size)
{
    const struct cli_pack_cache *cache = context;
    cli_pack_log_keep(cache->log, key, bytes, size);
}

// --- opening -----------------------------------------------------------------

// "…/mygame/assets" → "…/mygame/.prometeu/cache/assets".
static char *place_of(const char *assets)
{
    char real[PATH_MAX];

    if (!realpath(assets, real))
        return NULL;
    char *slash = strrchr(real, '/');
    if (!slash || slash[1] == 0)
        return NULL;
    *slash = 0;
    char *own = cli_path(real, ".prometeu");
    char *cache = cli_path(own, "cache");
    char *place = cli_path(cache, slash + 1);
    cli_free_text(cache);
    cli_free_text(own);
    return place;
}

// Keeps the folder out of version control, where nobody said otherwise.
static void write_ignore(const char *cache)
{
    char *path = cli_path(cache, "../../.gitignore");

    if (access(path, F_OK) != 0)
        pm_file_write_soon(path, "*\n", 2, NULL);
    cli_free_text(path);
}

void cli_pack_cache_open(struct cli_pack_cache *cache, const char *assets)
{
    *cache = (struct cli_pack_cache){.folder = place_of(assets)};
    if (!cache->folder)
        return;
    char *now = cli_path(cache->folder, "now");
    if (pm_file_make_directory(cache->folder, NULL) ||
        !pm_walk_touch(now, &cache->now))
        cli_pack_cache_close(cache);
    cli_free_text(now);
    if (!cache->folder)
        return;
    write_ignore(cache->folder);
    char *path = cli_path(cache->folder, LOG_NAME);
    cache->log = cli_pack_log_open(path);
    cli_free_text(path);
    if (cache->log)
        cache->calls = (struct pm_pack_cache){
            .context = cache, .find = find, .keep = keep};
}

void cli_pack_cache_close(struct cli_pack_cache *cache)
{
    cli_pack_log_close(cache->log);
    cache->log = NULL;
    cli_free_text(cache->folder);
    cache->folder = NULL;
}

// --- keeping it small --------------------------------------------------------

// Leftovers of packs that were cut off, and of versions that kept other files.
static void remove_others(const struct cli_pack_cache *cache)
{
    static const char *const ours[] = {"now", "index", LOG_NAME};
    struct pm_file_list list;

    if (pm_file_list(&cli_alloc, cache->folder, &list, NULL))
        return;
    for (size_t i = 0; i < list.count; i++) {
        bool is_ours = false;
        for (size_t k = 0; k < PM_ARRAY_LEN(ours); k++)
            is_ours = is_ours || strcmp(list.names[i], ours[k]) == 0;
        if (is_ours)
            continue;
        char *path = cli_path(cache->folder, list.names[i]);
        remove(path);
        cli_free_text(path);
    }
    pm_file_list_free(&cli_alloc, &list);
}

void cli_pack_cache_keep(struct cli_pack_cache *cache,
                         const struct pm_buf *keys)
{
    size_t count = keys->size / sizeof(struct pm_hash128);
    const struct pm_hash128 *all = (const void *)keys->data;

    if (!cache->folder)
        return;
    if (cache->log && cli_pack_log_is_wasteful(cache->log, all, count)) {
        char *path = cli_path(cache->folder, LOG_NAME);
        cli_pack_log_close(cache->log);
        cache->log = NULL;
        cli_pack_log_shrink(path, all, count);
        cli_free_text(path);
    }
    remove_others(cache);
}
