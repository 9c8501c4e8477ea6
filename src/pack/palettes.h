// SPDX-License-Identifier: MIT
//
// Sorting the colours of tiles into palettes: each tile draws with one
// palette, so all its colours must be in one; the fewer palettes, the better.
// Finding the fewest is a hard problem; what is here is greedy, the same on
// every machine, and quadratic in the number of tiles, which a sheet bounds.

#ifndef PM_PACK_PALETTES_H
#define PM_PACK_PALETTES_H

#include <stdbool.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#define PM_PACK_PALETTES        64
#define PM_PACK_PALETTE_COLOURS 15 // besides the transparent one

// Different RGB565 colours, ascending.
struct pm_pack_colour_set {
    uint8_t count;
    uint16_t colours[PM_PACK_PALETTE_COLOURS];
};

// Adds [colour] in its place. False when it is not there yet and the set is
// full.
bool pm_pack_colour_set_add(struct pm_pack_colour_set *set, uint16_t colour);

// Gives each of [count] sets the number of a palette that has its colours.
// Palettes are numbered in the order in which [choice] first names them.
// [out_count] may be more than PM_PACK_PALETTES; [palettes], of that many,
// then has the first ones.
pm_status
pm_pack_sort_palettes(const struct pm_pack_colour_set *sets, uint32_t count,
                      const struct pm_allocator *alloc, uint32_t *choice,
                      struct pm_pack_colour_set *palettes, uint32_t *out_count);

#endif
