// SPDX-License-Identifier: MIT
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t pm_hash64(const void *data, size_t size)
{
    return XXH3_64bits(data, size);
}

struct pm_hash128 pm_hash128(const void *data, size_t size)
{
    XXH128_hash_t hash = XXH3_128bits(data, size);
    return (struct pm_hash128){hash.low64, hash.high64};
}
