// SPDX-License-Identifier: MIT
//
// Cartridges made in memory.

#ifndef PM_TEST_CART_WORLD_H
#define PM_TEST_CART_WORLD_H

#include <prometeu/cart.h>
#include <prometeu/machine.h>

#include "base/buf.h"
#include "bytecode/bytecode.h"

struct pm_test_cart {
    struct pm_buf manifest;
    struct pm_buf program;
    struct pm_buf assets; // empty: none
    // Opened so far; the one of this number (from 1) fails with PM_ERR_IO.
    size_t opened;
    size_t fail_at;
    bool fails_to_read; // assets.pa, from now on
};

// A cartridge of an assembler text, with the capabilities gfx and log. False,
// with a message, when the text is wrong.
bool pm_test_cart_make(struct pm_test_cart *cart, const char *profile,
                       const char *text);
void pm_test_cart_free(struct pm_test_cart *cart);

// Another manifest, with these capabilities ("\"gfx\", \"log\"").
void pm_test_cart_manifest(struct pm_test_cart *cart, const char *profile,
                           const char *capabilities, const char *title);

// A sheet of 16 × 16 pixels, tiles of 8, each tile of its own colour; in bank
// [slot]. With [count] of them, in the slots behind it too.
bool pm_test_cart_add_sheet(struct pm_test_cart *cart, int slot, int count,
                            int side);

// A BLOB of 5,000 bytes, with id 1, in BLOB slot 0, and a sound of 1,000
// frames that loops, with id 2, in SOUNDS slot 0.
bool pm_test_cart_add_assets(struct pm_test_cart *cart);

// Reads of assets.pa fail with PM_ERR_IO, or do not any more.
void pm_test_cart_fail_reads(struct pm_test_cart *cart, bool fails);

struct pm_cart_files pm_test_cart_files(struct pm_test_cart *cart);

// Names of all intrinsics.
const struct pm_intrinsic_names *pm_test_intrinsics(void);

// A machine with the cartridge loaded; NULL, with the report on standard
// error, when it is refused.
struct pm_machine *pm_test_machine(struct pm_test_cart *cart,
                                   const struct pm_machine_config *config);

#endif
