// SPDX-License-Identifier: MIT
//
// Random lowered programs that keep every rule of low.def: they end, read
// only locals that were assigned, and show what they find in calls of nop.

#ifndef PM_TEST_LOW_RANDOM_H
#define PM_TEST_LOW_RANDOM_H

#include "low_world.h"

// Fills a world that was just opened with the program of that number.
void low_random(struct low_world *w, uint64_t seed);

#endif
