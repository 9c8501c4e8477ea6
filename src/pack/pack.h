// SPDX-License-Identifier: MIT
//
// The packer: files of a project's assets folder in memory → assets.pa. The
// result depends on names and bytes only, not on the order of the inputs, the
// time or the machine.
//
// Convention: NAME.png is a GLYPH named NAME; any other file is a BLOB with
// its file name. NAME.json beside it may say {"tile_size": 8|16|32,
// "slot": 0..15 or null, "asset_id": int}. GLYPHs are preloaded in the order
// of their ids, into the lowest slots that nobody asked for, until all 16 are
// taken; a slot of null means no preload.

#ifndef PM_PACK_PACK_H
#define PM_PACK_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#include "base/buf.h"
#include "base/diag.h"

// The largest sheet, in pixels each way.
#define PM_PACK_MAX_SIDE 256

struct pm_pack_input {
    // The file's name in the assets folder, "hero.png".
    const char *name;
    const void *bytes;
    size_t size;
    // The text of NAME.json; NULL: there is none.
    const void *config;
    size_t config_size;
};

struct pm_pack_result {
    struct pm_buf assets;   // assets.pa
    struct pm_buf registry; // the registry's new text
    struct pm_buf report;   // a line for people on each asset
};

// Packs [count] inputs. [registry] is the text of the project's registry of
// ids ({"NAME": ID, …}), NULL for a new project: ids in it never move, new
// names get the lowest positive ids that are free.
//
// All faults go to [diags]. On success the caller frees [out]; on failure
// there is nothing to free.
pm_status pm_pack_project(const struct pm_pack_input *inputs, size_t count,
                          const void *registry, size_t registry_size,
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
