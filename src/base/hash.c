// SPDX-License-Identifier: MIT
#include "base/hash.h"

#include <stdbool.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/hash_internal.h"

// Shorter inputs are hashed without vectors anyway.
#define LEAST_FOR_VECTORS 256

uint64_t pm_hash64_plain(const void *data, size_t size)
{
    return XXH3_64bits(data, size);
}

static bool is_for_vectors(size_t size)
{
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
    return size >= LEAST_FOR_VECTORS && __builtin_cpu_supports("avx2");
#else
    (void)size;
    return false;
#endif
}

uint64_t pm_hash64(const void *data, size_t size)
{
    return is_for_vectors(size) ? pm_hash64_avx2(data, size)
                                : pm_hash64_plain(data, size);
}

struct pm_hash128 pm_hash128(const void *data, size_t size)
{
    XXH128_hash_t hash = XXH3_128bits(data, size);
    return (struct pm_hash128){hash.low64, hash.high64};
}

_Static_assert(sizeof(XXH3_state_t) <= sizeof(struct pm_hash64_state),
               "the opaque state must hold libxxhash's");

void pm_hash64_begin(struct pm_hash64_state *state)
{
    // Only ever used in place, so its memory is the library's own state.
    XXH3_state_t *inner = (void *)state;
    XXH3_INITSTATE(inner);
    XXH3_64bits_reset(inner);
}

void pm_hash64_add_plain(struct pm_hash64_state *state, const void *data,
                         size_t size)
{
    XXH3_64bits_update((XXH3_state_t *)(void *)state, data, size);
}

// The state is the same in both forms.
void pm_hash64_add(struct pm_hash64_state *state, const void *data, size_t size)
{
    if (is_for_vectors(size))
        pm_hash64_add_avx2(state, data, size);
    else
        pm_hash64_add_plain(state, data, size);
}

uint64_t pm_hash64_end(const struct pm_hash64_state *state)
{
    return XXH3_64bits_digest((const XXH3_state_t *)(const void *)state);
}
