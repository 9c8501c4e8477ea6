// SPDX-License-Identifier: MIT
//
// The cache as files: a result each, named by its key. They are written whole
// under another name first and not flushed: what a power cut leaves is found
// by its sum.

#define _XOPEN_SOURCE 700 // realpath

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sort.h"
#include "hosts/common/files.h"
#include "pack.h"

#define MOST_RESULT ((size_t)1 << 30)
#define NAME_SIZE   33

// Called from several threads: nothing here but paths and files.
static void name_of(const struct pm_hash128 *key, char *out)
{
    snprintf(out, NAME_SIZE, "%016" PRIx64 "%016" PRIx64, key->high, key->low);
}

static bool path_of(const struct cli_pack_cache *cache,
                    const struct pm_hash128 *key, char *out, size_t room)
{
    char name[NAME_SIZE];

    name_of(key, name);
    int size = snprintf(out, room, "%s/%s", cache->folder, name);
    return size > 0 && (size_t)size < room;
}

static pm_status find(void *context, const struct pm_hash128 *key,
                      struct pm_buf *out)
{
    const struct cli_pack_cache *cache = context;
    char path[PATH_MAX];

    if (!path_of(cache, key, path, sizeof path))
        return PM_ERR_NOT_FOUND;
    // The buffer takes the memory over: a copy of every result, on all
    // processors at once, is felt.
    pm_buf_free(out);
    if (pm_file_read(&out->alloc, path, MOST_RESULT, &out->data, &out->size,
                     NULL))
        return PM_ERR_NOT_FOUND;
    out->capacity = out->size;
    return PM_OK;
}

static void keep(void *context, const struct pm_hash128 *key, const void *bytes,
                 size_t size)
{
    const struct cli_pack_cache *cache = context;
    char path[PATH_MAX];

    if (path_of(cache, key, path, sizeof path))
        pm_file_write_soon(path, bytes, size, NULL);
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
    cache->calls =
        (struct pm_pack_cache){.context = cache, .find = find, .keep = keep};
}

void cli_pack_cache_close(struct cli_pack_cache *cache)
{
    cli_free_text(cache->folder);
    cache->folder = NULL;
}

// --- keeping it small --------------------------------------------------------

static bool key_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_hash128 *keys = context;

    if (keys[a].high != keys[b].high)
        return keys[a].high > keys[b].high;
    return keys[a].low != keys[b].low ? keys[a].low > keys[b].low : a > b;
}

// Names of hexadecimal digits are in the order of the numbers.
static void remove_others(const struct cli_pack_cache *cache,
                          const struct pm_file_list *list,
                          const struct pm_hash128 *keys, const uint32_t *order,
                          size_t count)
{
    char name[NAME_SIZE];
    size_t at = 0;

    for (size_t i = 0; i < list->count; i++) {
        const char *found = list->names[i];
        int order_of = -1;
        while (at < count) {
            name_of(&keys[order[at]], name);
            order_of = strcmp(name, found);
            if (order_of >= 0)
                break;
            at++;
        }
        if ((at < count && order_of == 0) || strcmp(found, "now") == 0 ||
            strcmp(found, "index") == 0)
            continue;
        char *path = cli_path(cache->folder, found);
        remove(path);
        cli_free_text(path);
    }
}

void cli_pack_cache_keep(const struct cli_pack_cache *cache,
                         const struct pm_buf *keys)
{
    size_t count = keys->size / sizeof(struct pm_hash128);
    const struct pm_hash128 *all = (const void *)keys->data;
    struct pm_file_list list;
    uint32_t *order;

    if (!cache->folder || pm_file_list(&cli_alloc, cache->folder, &list, NULL))
        return;
    order = pm_mem_zarray(&cli_alloc, count, sizeof *order);
    if (order || count == 0) {
        for (size_t i = 0; i < count; i++)
            order[i] = (uint32_t)i;
        pm_sort(order, count, key_is_after, all);
        remove_others(cache, &list, all, order, count);
    }
    pm_mem_free(&cli_alloc, order, count * sizeof *order);
    pm_file_list_free(&cli_alloc, &list);
}
