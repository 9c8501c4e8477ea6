// SPDX-License-Identifier: MIT
//
// A project in memory for tests of the packer: files, registry, cache.

#ifndef PM_TEST_PACK_WORLD_H
#define PM_TEST_PACK_WORLD_H

#include "asset/asset.h"
#include "pack/pack.h"

#define WORLD_FILES   64
#define WORLD_ENTRIES 256

struct world_file {
    char name[300];
    uint8_t *bytes;
    size_t size;
};

struct world_entry {
    struct pm_hash128 key;
    struct pm_buf bytes;
};

struct world {
    struct world_file files[WORLD_FILES];
    size_t count;
    const char *registry;
    const struct pm_workers *workers;
    const struct pm_pack_profile *profiles;
    size_t profile_count;
    bool reads; // files are read when they are needed
    bool fails; // and cannot be
    // What was kept; [has_cache] hands it in.
    bool has_cache;
    struct world_entry entries[WORLD_ENTRIES];
    size_t entry_count;
    size_t finds;
    // Of the last pack.
    struct pm_diags diags;
    struct pm_pack_result result;
    struct pm_asset *asset;
    pm_status status;
};

void world_begin(struct world *w);
void world_end(struct world *w);

// Adds a file or replaces it; removes it.
void world_put(struct world *w, const char *name, const void *bytes,
               size_t size);
void world_text(struct world *w, const char *name, const char *text);
void world_remove(struct world *w, const char *name);
// An indexed PNG of 8 x 8 pixels of colour [index].
void world_png(struct world *w, const char *name, uint8_t index);

// Packs all of it, in the order of the files or the other way round, and opens
// what came out.
void world_pack(struct world *w);
void world_pack_turned(struct world *w);
pm_status world_pack_with(struct world *w, const struct pm_allocator *alloc,
                          struct pm_diags *diags, struct pm_pack_result *out,
                          bool turned);

// Whether the diagnostics of the last pack have that text; shows them if not.
bool world_mentions(struct world *w, const char *what);
bool world_reports(struct world *w, const char *what);
const struct pm_asset_entry *world_find(struct world *w, const char *name);
// The slot that an asset is preloaded into, or -1.
int world_slot(struct world *w, const char *name);

#endif
