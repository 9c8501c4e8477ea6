// SPDX-License-Identifier: MIT
#include "pack_world.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/make_png.h"
#include "support/mentions.h"
#include "support/test.h"

static const uint8_t colours[16][3] = {
    {255, 0, 255}, {255, 0, 0},     {0, 255, 0},  {0, 0, 255},
    {255, 255, 0}, {255, 255, 255}, {9, 99, 199},
};

// Of all worlds: entries are put in from several threads.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void world_begin(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();

    *w = (struct world){0};
    pm_diags_init(&w->diags, &alloc);
    w->status = PM_ERR_INVALID;
}

static void forget(struct world *w)
{
    pm_asset_close(w->asset);
    w->asset = NULL;
    pm_pack_result_free(&w->result);
    w->result = (struct pm_pack_result){0};
    pm_diags_free(&w->diags);
}

void world_end(struct world *w)
{
    forget(w);
    for (size_t i = 0; i < w->count; i++)
        free(w->files[i].bytes);
    for (size_t i = 0; i < w->entry_count; i++)
        pm_buf_free(&w->entries[i].bytes);
}

// --- files -------------------------------------------------------------------

static struct world_file *file_of(struct world *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->files[i].name, name) == 0)
            return &w->files[i];
    return NULL;
}

void world_put(struct world *w, const char *name, const void *bytes,
               size_t size)
{
    struct world_file *file = file_of(w, name);

    if (!file) {
        file = &w->files[w->count++];
        snprintf(file->name, sizeof file->name, "%s", name);
    }
    free(file->bytes);
    file->bytes = malloc(size + 1);
    memcpy(file->bytes, bytes, size);
    file->size = size;
}

void world_text(struct world *w, const char *name, const char *text)
{
    world_put(w, name, text, strlen(text));
}

void world_remove(struct world *w, const char *name)
{
    struct world_file *file = file_of(w, name);

    free(file->bytes);
    *file = w->files[--w->count];
    w->files[w->count] = (struct world_file){0};
}

void world_png(struct world *w, const char *name, uint8_t index)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf png;
    uint8_t pixels[64];

    memset(pixels, index, sizeof pixels);
    pm_buf_init(&png, &alloc);
    make_png_indexed(&png, 8, 8, pixels, colours, 16);
    world_put(w, name, png.data, png.size);
    pm_buf_free(&png);
}

// --- what the packer calls ---------------------------------------------------

static pm_status read_file(void *context, const struct pm_pack_input *input,
                           const struct pm_allocator *alloc,
                           struct pm_diags *diags, uint8_t **out_bytes,
                           size_t *out_size)
{
    struct world *w = context;
    const struct world_file *file = file_of(w, input->name);
    struct pm_place place = {.file = input->name};

    if (w->fails) {
        pm_diags_error(diags, &place, "PACK-READ", "the disk is on fire");
        return PM_ERR_IO;
    }
    uint8_t *bytes = alloc->resize(alloc->context, NULL, 0, file->size);
    if (!bytes)
        return PM_ERR_NO_MEMORY;
    memcpy(bytes, file->bytes, file->size);
    *out_bytes = bytes;
    *out_size = file->size;
    return PM_OK;
}

static struct world_entry *entry_of(struct world *w,
                                    const struct pm_hash128 *key)
{
    for (size_t i = 0; i < w->entry_count; i++)
        if (w->entries[i].key.low == key->low &&
            w->entries[i].key.high == key->high)
            return &w->entries[i];
    return NULL;
}

static pm_status find_entry(void *context, const struct pm_hash128 *key,
                            const void **out_bytes, size_t *out_size)
{
    struct world *w = context;

    pthread_mutex_lock(&lock);
    const struct world_entry *entry = entry_of(w, key);
    if (entry) {
        *out_bytes = entry->bytes.data;
        *out_size = entry->bytes.size;
    }
    w->finds += entry != NULL;
    pthread_mutex_unlock(&lock);
    return entry ? PM_OK : PM_ERR_NOT_FOUND;
}

static void keep_entry(void *context, const struct pm_hash128 *key,
                       const void *bytes, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct world *w = context;

    pthread_mutex_lock(&lock);
    struct world_entry *entry = entry_of(w, key);
    if (!entry && w->entry_count < WORLD_ENTRIES) {
        entry = &w->entries[w->entry_count++];
        entry->key = *key;
        pm_buf_init(&entry->bytes, &alloc);
    }
    if (entry) {
        entry->bytes.size = 0;
        pm_buf_put(&entry->bytes, bytes, size);
    }
    pthread_mutex_unlock(&lock);
}

// --- packing -----------------------------------------------------------------

pm_status world_pack_with(struct world *w, const struct pm_allocator *alloc,
                          struct pm_diags *diags, struct pm_pack_result *out,
                          bool turned)
{
    struct pm_pack_input inputs[WORLD_FILES] = {{0}};
    struct pm_pack_cache cache = {w, find_entry, keep_entry};
    struct pm_pack_project project = {.inputs = inputs,
                                      .count = w->count,
                                      .read = read_file,
                                      .context = w,
                                      .registry = w->registry,
                                      .registry_size =
                                          w->registry ? strlen(w->registry) : 0,
                                      .workers = w->workers,
                                      .cache = w->has_cache ? &cache : NULL,
                                      .profiles = w->profiles,
                                      .profile_count = w->profile_count};

    for (size_t i = 0; i < w->count; i++) {
        const struct world_file *file =
            &w->files[turned ? w->count - 1 - i : i];
        inputs[i] =
            (struct pm_pack_input){.name = file->name,
                                   .bytes = w->reads ? NULL : file->bytes,
                                   .size = file->size};
    }
    return pm_pack_project(&project, alloc, diags, out);
}

static void pack(struct world *w, bool turned)
{
    struct pm_allocator alloc = pm_allocator_libc();

    forget(w);
    w->status = world_pack_with(w, &alloc, &w->diags, &w->result, turned);
    if (w->status)
        return;
    struct pm_source source =
        pm_source_memory(w->result.assets.data, w->result.assets.size);
    CHECK_INT(pm_asset_open(&source, NULL, &alloc, &w->diags, &w->asset),
              PM_OK);
}

void world_pack(struct world *w)
{
    pack(w, false);
}

void world_pack_turned(struct world *w)
{
    pack(w, true);
}

// --- looking -----------------------------------------------------------------

bool world_mentions(struct world *w, const char *what)
{
    return pm_test_mentions(&w->diags, what);
}

bool world_reports(struct world *w, const char *what)
{
    const char *found = pm_buf_cstr(&w->result.report);
    bool has = found && strstr(found, what) != NULL;

    if (!has)
        fprintf(stderr, "wanted: %s\nfound:  %s\n", what, found);
    return has;
}

const struct pm_asset_entry *world_find(struct world *w, const char *name)
{
    for (size_t i = 0; w->asset && i < pm_asset_count(w->asset); i++) {
        const struct pm_asset_entry *entry = pm_asset_at(w->asset, i);
        size_t size;
        const char *own = pm_asset_name(w->asset, entry, &size);
        if (size == strlen(name) && memcmp(own, name, size) == 0)
            return entry;
    }
    return NULL;
}

int world_slot(struct world *w, const char *name)
{
    const struct pm_asset_entry *entry = world_find(w, name);

    for (size_t i = 0; entry && i < pm_asset_preload_count(w->asset); i++) {
        struct pm_asset_preload preload = pm_asset_preload_at(w->asset, i);
        if (pm_asset_at(w->asset, preload.entry) == entry)
            return preload.slot;
    }
    return -1;
}
