// SPDX-License-Identifier: MIT
//
// The usual table of insertions, removals and exchanges, a row at a time.
#include "base/distance.h"

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

static uint32_t exchange(char a, char b, uint32_t case_cost)
{
    if (a == b)
        return 0;
    return lower(a) == lower(b) ? case_cost : 2;
}

uint32_t pm_distance(const char *a, size_t a_size, const char *b, size_t b_size,
                     uint32_t case_cost)
{
    uint32_t row[PM_DISTANCE_LONGEST + 1];

    if (a_size > PM_DISTANCE_LONGEST || b_size > PM_DISTANCE_LONGEST)
        return UINT32_MAX;
    for (size_t j = 0; j <= b_size; j++)
        row[j] = 2 * (uint32_t)j;
    for (size_t i = 1; i <= a_size; i++) {
        uint32_t corner = row[0];
        row[0] = 2 * (uint32_t)i;
        for (size_t j = 1; j <= b_size; j++) {
            uint32_t best = corner + exchange(a[i - 1], b[j - 1], case_cost);
            corner = row[j];
            row[j] = least(best, least(row[j], row[j - 1]) + 2);
        }
    }
    return row[b_size];
}
