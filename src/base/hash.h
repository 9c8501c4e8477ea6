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

// The same 64-bit hash of bytes that come in pieces.
struct pm_hash64_state {
    _Alignas(64) uint8_t opaque[640];
};

void pm_hash64_begin(struct pm_hash64_state *state);
void pm_hash64_add(struct pm_hash64_state *state, const void *data,
                   size_t size);
uint64_t pm_hash64_end(const struct pm_hash64_state *state);

struct pm_hash128 pm_hash128(const void *data, size_t size);

#endif
