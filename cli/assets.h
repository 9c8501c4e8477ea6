// SPDX-License-Identifier: MIT
//
// What the commands over assets.pa share: opening it, wherever it is, and
// what there is to know of an asset beyond its row of the table.

#ifndef PM_CLI_ASSETS_H
#define PM_CLI_ASSETS_H

#include "asset/asset.h"
#include "cart/cart.h"
#include "cli.h"

// An open assets.pa: a file, or that of a cartridge directory, a package or a
// project.
struct cli_assets {
    char *file; // as messages name it
    struct pm_source source;
    struct pm_asset *asset;
    struct pm_file *own;
    struct cli_cart cart;
    struct pm_pmc *pmc;
};

// CLI_OK, or the exit code, with a message. Close it in either case.
int cli_assets_open(const char *path, struct cli_assets *out);
void cli_assets_close(struct cli_assets *assets);

// --- which ones --------------------------------------------------------------

// The entry that has the id which [word] says, or the first from entry [from]
// on of that name; the count of entries when there is none.
size_t cli_asset_find(const struct pm_asset *asset, const char *word,
                      size_t from);

// Whether [entry] is in the preload list for [slot].
bool cli_asset_is_in_slot(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry, int slot);

// --- scenes ------------------------------------------------------------------

#define CLI_LAYERS 4

struct pm_json_writer;

struct cli_layer {
    bool is_active;
    uint8_t slot; // of the glyph bank
    uint8_t tile_size;
    int32_t parallax_x; // 16.16
    int32_t parallax_y;
    uint32_t width; // in cells
    uint32_t height;
    uint64_t at; // of the first cell in the stored form
};

struct cli_scene {
    struct cli_layer layers[CLI_LAYERS];
};

// Reads the heads of the layers. PM_ERR_CORRUPT for what is no scene.
pm_status cli_scene_read(const struct pm_asset *asset,
                         const struct pm_asset_entry *entry,
                         struct cli_scene *out);
// A layer's head as a JSON object.
void cli_scene_put_layer(struct pm_json_writer *w,
                         const struct cli_layer *layer);

// --- sounds ------------------------------------------------------------------

struct cli_samples {
    struct pm_asset_sample *items;
    size_t count;
    struct pm_buf names; // with a NUL behind each, which names may also hold
    uint32_t *name_ends; // offsets of those NULs
};

// PM_ERR_NO_MEMORY; there is then nothing to free.
pm_status cli_samples_read(const struct pm_asset *asset,
                           const struct pm_asset_entry *entry,
                           struct cli_samples *out);
void cli_samples_free(struct cli_samples *samples);
const char *cli_sample_name(const struct cli_samples *samples, size_t index,
                            size_t *size);

// --- for people --------------------------------------------------------------

// "512 B", "12.3 KiB".
void cli_put_size(struct pm_buf *out, uint64_t size);

// A name, escaped and cut so that it takes at most [most] columns.
void cli_put_name(struct pm_buf *out, const char *name, size_t size,
                  size_t most);

// [value], of 16.16, as the shortest decimal number that means it.
void cli_put_fixed(struct pm_buf *out, int32_t value);

#endif
