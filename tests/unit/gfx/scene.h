// SPDX-License-Identifier: MIT
//
// What the tests of gfx share: a machine's picture with a bank, and pictures
// as text.

#ifndef PM_TEST_GFX_SCENE_H
#define PM_TEST_GFX_SCENE_H

#include "gfx/gfx.h"
#include "support/fault_alloc.h"

struct scene {
    struct pm_fault_alloc state;
    struct pm_gfx gfx;
    struct pm_bank *bank;
};

void scene_open(struct scene *scene);
void scene_close(struct scene *scene);

// Puts a sheet of 2 x 2 tiles into [slot]. Pixel i of the sheet, row by row,
// has the index pattern(i); colour c of palette p is p * 16 + c + 1, so that
// no colour is black.
void scene_sheet(struct scene *scene, unsigned slot, unsigned tile_size,
                 unsigned (*pattern)(unsigned i));

void scene_present(struct scene *scene);

// Compares the part of the front picture at x, y with rows of text, ended by
// NULL: '.' is colour 0, any other character some other colour.
bool scene_is(const struct scene *scene, int x, int y,
              const char *const rows[]);

// XXH3-64 over the front picture, little-endian.
uint64_t scene_hash(const struct scene *scene);

uint64_t scene_random(uint64_t *state);

#endif
