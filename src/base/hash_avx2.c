// SPDX-License-Identifier: MIT
//
// XXH3-64 with instructions that not every processor has: CMakeLists.txt
// compiles this file for them, hash.c asks before it calls. The value is the
// same.
#include "base/hash_internal.h"

#ifdef __AVX2__
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t pm_hash64_avx2(const void *data, size_t size)
{
    return XXH3_64bits(data, size);
}

void pm_hash64_add_avx2(struct pm_hash64_state *state, const void *data,
                        size_t size)
{
    XXH3_64bits_update((XXH3_state_t *)(void *)state, data, size);
}
#else
uint64_t pm_hash64_avx2(const void *data, size_t size)
{
    return pm_hash64_plain(data, size);
}

void pm_hash64_add_avx2(struct pm_hash64_state *state, const void *data,
                        size_t size)
{
    pm_hash64_add_plain(state, data, size);
}
#endif
