// SPDX-License-Identifier: MIT
//
// The hashes of the formats: XXH3 with seed 0, 64 bits for integrity sums,
// 128 bits for fingerprints. From libxxhash.

#ifndef PM_BASE_HASH_H
#define PM_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct pm_hash128 {
    uint64_t low;
    uint64_t high;
};

uint64_t pm_hash64(const void *data, size_t size);
struct pm_hash128 pm_hash128(const void *data, size_t size);

#endif
