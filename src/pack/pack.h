// SPDX-License-Identifier: MIT
//
// The packer: the files of a project's assets folder → assets.pa
// (docs/spec/assets.md, "Packing"). The result depends on names and bytes
// only: not on the order of the inputs, the time, the machine, on how many
// threads there are, or on what an earlier pack left in the cache.
//
// How it works. The names say which assets there are (plan.c), files with
// settings change that (settings.c). Each asset is converted by a job of its
// own to a result, which is bytes (result.c) whether it was just made or comes
// from the cache. When all have ended, what they made is named, gets its ids
// from the registry (ids.c) and its slots (slots.c), and is written.

#ifndef PM_PACK_PACK_H
#define PM_PACK_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>
#include <prometeu/workers.h>

#include "asset/asset.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/hash.h"

// The largest sheet, in pixels each way.
#define PM_PACK_MAX_SIDE 256

// The registry of ids, in the assets folder; the name of it in messages.
#define PM_PACK_REGISTRY "assets.ids.json"

// One file of the assets folder.
struct pm_pack_input {
    // The name in the folder, with '/' between: "levels/one.tmj".
    const char *name;
    // NULL with a size: they are read when they are needed.
    const void *bytes;
    size_t size;
    // The hash of the bytes, where it is known that they have not changed
    // since; otherwise it is worked out and stored here.
    bool has_hash;
    struct pm_hash128 hash;
};

// What a profile can hold of each bank type.
struct pm_pack_profile {
    const char *name;
    uint64_t bank[PM_BANK_TYPES];
};

// Where results are kept from one pack to the next. Both functions are called
// from several threads, never with one key at a time.
struct pm_pack_cache {
    void *context;
    // Gives what was kept under [key], which must stay where it is until the
    // pack has ended or something else is kept under that key; whatever it
    // gives is checked. PM_ERR_NOT_FOUND when there is nothing.
    pm_status (*find)(void *context, const struct pm_hash128 *key,
                      const void **out_bytes, size_t *out_size);
    // Keeps it, or does not.
    void (*keep)(void *context, const struct pm_hash128 *key, const void *bytes,
                 size_t size);
};

struct pm_pack_project {
    struct pm_pack_input *inputs; // in any order
    size_t count;
    // Gives all bytes of an input that has none, in memory of the packer's
    // allocator; called from several threads, never for one input at a time
    // unless maps share it. Fails with PM_ERR_IO and the like after a message
    // of its own, which is given to [diags].
    pm_status (*read)(void *context, const struct pm_pack_input *input,
                      const struct pm_allocator *alloc, struct pm_diags *diags,
                      uint8_t **out_bytes, size_t *out_size);
    void *context;
    // The registry's text ({"NAME": ID, …}); NULL: a new project. Ids in it
    // never move, new names get the lowest positive ids that are free.
    const void *registry;
    size_t registry_size;
    // Threads to convert on; NULL: one asset after the other. With threads
    // the allocator must be one that threads share.
    const struct pm_workers *workers;
    const struct pm_pack_cache *cache; // NULL: none
    // Assets that do not say otherwise are stored as they are: for tests whose
    // results must not change with the version of a compressor.
    bool stores;
    // From the smallest to the largest; none: sizes are not looked at.
    const struct pm_pack_profile *profiles;
    size_t profile_count;
};

struct pm_pack_result {
    struct pm_buf assets;   // assets.pa
    struct pm_buf registry; // the registry's new text
    struct pm_buf report;   // for people
    // The keys (struct pm_hash128) in the cache that this pack used or kept.
    struct pm_buf keys;
    size_t asset_count;
    size_t converted; // by this pack, the others came from the cache
};

// Packs a project. All faults go to [diags], in the order of names. On success
// the caller frees [out]; on failure only [out]->keys holds something, and is
// freed the same way.
pm_status pm_pack_project(const struct pm_pack_project *project,
                          const struct pm_allocator *alloc,
                          struct pm_diags *diags, struct pm_pack_result *out);

void pm_pack_result_free(struct pm_pack_result *result);

// --- single images -----------------------------------------------------------

struct pm_pack_glyph {
    uint16_t width; // in pixels
    uint16_t height;
    uint8_t tile_size;
    struct pm_buf bytes; // the stored form
};

// Makes a GLYPH of a PNG. Indexed pictures of up to 16 colours keep indices
// and palette order; others are reduced to 15 colours and the transparent
// index 0, with a line about it in [report]. [tile_size] 0: 16 where both
// sides allow it, else 8. On failure there is nothing to free.
pm_status pm_pack_png(const char *file, const void *png, size_t size,
                      int tile_size, const struct pm_allocator *alloc,
                      struct pm_diags *diags, struct pm_buf *report,
                      struct pm_pack_glyph *out);

#endif
