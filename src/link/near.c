// SPDX-License-Identifier: MIT
//
// "Did you mean": the number of single letters to change, add or leave out
// between two names.
#include <string.h>

#include "link/linker_internal.h"

enum {
    LONGEST = 60,
    SLIPS = 2,
};

static uint8_t least(uint8_t a, uint8_t b, uint8_t c)
{
    uint8_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

bool pm_linker_is_near(const char *found, size_t found_size, const char *wanted,
                       size_t wanted_size)
{
    uint8_t row[LONGEST + 1];

    if (found_size > LONGEST || wanted_size > LONGEST ||
        found_size > wanted_size + SLIPS || wanted_size > found_size + SLIPS)
        return false;
    for (size_t j = 0; j <= wanted_size; j++)
        row[j] = (uint8_t)j;
    for (size_t i = 0; i < found_size; i++) {
        uint8_t corner = row[0];
        row[0] = (uint8_t)(i + 1);
        for (size_t j = 0; j < wanted_size; j++) {
            uint8_t change = corner + (found[i] != wanted[j]);
            corner = row[j + 1];
            row[j + 1] =
                least(change, (uint8_t)(row[j] + 1), (uint8_t)(row[j + 1] + 1));
        }
    }
    // Short names differ in one letter and mean something else.
    return row[wanted_size] <= SLIPS && row[wanted_size] * 2 < wanted_size;
}
