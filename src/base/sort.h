// SPDX-License-Identifier: MIT
//
// Sorting without memory and without bad cases: a heap sort of numbers that
// stand for things.

#ifndef PM_BASE_SORT_H
#define PM_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether thing [a] belongs behind thing [b]. It must order any two different
// numbers, or the result depends on their order before.
typedef bool pm_sort_is_after(const void *context, uint32_t a, uint32_t b);

void pm_sort(uint32_t *numbers, size_t count, pm_sort_is_after *is_after,
             const void *context);

#endif
