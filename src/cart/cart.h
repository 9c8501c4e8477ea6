// SPDX-License-Identifier: MIT
//
// Cartridges (docs/spec/cartridge.md): a manifest, a program, perhaps assets
// and a label, as files of a directory or as one package (.pmc), a ZIP of
// stored entries that is read in place.

#ifndef PM_CART_CART_H
#define PM_CART_CART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/cart.h>
#include <prometeu/source.h>

#include "asset/asset.h"
#include "base/buf.h"
#include "base/diag.h"
#include "registry/caps.h"

#define PM_CART_MANIFEST "manifest.json"
#define PM_CART_PROGRAM  "program.pbx"
#define PM_CART_ASSETS   "assets.pa"
#define PM_CART_LABEL    "label.png"

#define PM_CART_MAX_MANIFEST ((size_t)64 << 10)
#define PM_CART_MAX_PROGRAM  ((size_t)16 << 20)
#define PM_CART_MAX_LABEL    ((size_t)1 << 20)
#define PM_CART_MAX_TITLE    128
#define PM_CART_MAX_VERSION  32

typedef enum pm_cart_mode {
    PM_CART_GAME,
    PM_CART_SYSTEM,
} pm_cart_mode;

typedef enum pm_cart_profile {
    PM_CART_JAM,
    PM_CART_STANDARD,
    PM_CART_ADVANCED,
} pm_cart_profile;

// "JAM", "STANDARD", "ADVANCED".
const char *pm_cart_profile_name(pm_cart_profile profile);

struct pm_manifest {
    uint32_t app_id;
    pm_cart_mode mode;
    pm_cart_profile profile;
    uint32_t capabilities; // bits of registry/caps.h
    // Hostile text, UTF-8 without a NUL inside.
    char title[PM_CART_MAX_TITLE + 1];
    char app_version[PM_CART_MAX_VERSION + 1];
};

// Reads a manifest of [size] bytes; [file] names it in messages. All faults
// go to [diags]; PM_ERR_INVALID when there was one, PM_ERR_UNSUPPORTED for
// another cartridge_version alone, or PM_ERR_NO_MEMORY.
//
// [own] has the capabilities that an embedder adds to the console's; NULL:
// none.
pm_status pm_manifest_read(const void *text, size_t size, const char *file,
                           const struct pm_own_caps *own,
                           const struct pm_allocator *alloc,
                           struct pm_diags *diags, struct pm_manifest *out);

// --- loading -----------------------------------------------------------------

struct pm_cart {
    struct pm_allocator alloc;
    struct pm_manifest manifest;
    // program.pbx, not yet verified.
    uint8_t *program;
    size_t program_size;
    // NULL: the cartridge has none.
    struct pm_asset *assets;
    // Of size 0 when there is none.
    struct pm_source label;
};

// Reads and checks all files. Every fault of all of them goes to [diags];
// the answer is that of the first. On failure there is nothing to free. The
// sources that [files] opened must stay readable until pm_cart_free.
pm_status pm_cart_load(const struct pm_cart_files *files,
                       const struct pm_own_caps *own,
                       const struct pm_allocator *alloc, struct pm_diags *diags,
                       struct pm_cart *out);

// Reads and checks manifest.json alone.
pm_status pm_cart_read_manifest(const struct pm_cart_files *files,
                                const struct pm_own_caps *own,
                                const struct pm_allocator *alloc,
                                struct pm_diags *diags,
                                struct pm_manifest *out);

void pm_cart_free(struct pm_cart *cart);

// --- packages ----------------------------------------------------------------

struct pm_pmc;

// Opens a package over [source], which is copied. Checks the ZIP's structure
// and the sums of all entries but assets.pa, which has sums of its own.
pm_status pm_pmc_open(const struct pm_source *source, const char *file,
                      const struct pm_allocator *alloc, struct pm_diags *diags,
                      struct pm_pmc **out);

void pm_pmc_close(struct pm_pmc *pmc);

// The files inside, read in place; valid until the close.
struct pm_cart_files pm_pmc_files(struct pm_pmc *pmc);

// What goes into a package; NULL for a file that is not there.
struct pm_pmc_input {
    const void *manifest;
    size_t manifest_size;
    const void *program;
    size_t program_size;
    const void *assets;
    size_t assets_size;
    const void *label;
    size_t label_size;
};

// Writes a package: equal inputs give equal bytes, and assets.pa begins at a
// multiple of 64. [out] is emptied first and holds it only on success.
// PM_ERR_LIMIT when it would reach 4 GiB.
pm_status pm_pmc_write(const struct pm_pmc_input *input, struct pm_diags *diags,
                       struct pm_buf *out);

#endif
