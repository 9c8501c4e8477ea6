// SPDX-License-Identifier: MIT
//
// How far two words are from each other, for "did you mean".

#ifndef PM_BASE_DISTANCE_H
#define PM_BASE_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

// Longer words are not compared.
enum { PM_DISTANCE_LONGEST = 40 };

// The least cost of making one word of the other: 2 for each letter that is put
// in, taken out or exchanged, [case_cost] for one that is exchanged for itself
// in the other case. UINT32_MAX when a word is longer than the above.
uint32_t pm_distance(const char *a, size_t a_size, const char *b, size_t b_size,
                     uint32_t case_cost);

#endif
