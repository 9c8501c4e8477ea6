// SPDX-License-Identifier: MIT
//
// The forms of one hash that hash.c chooses from.

#ifndef PM_BASE_HASH_INTERNAL_H
#define PM_BASE_HASH_INTERNAL_H

#include "base/hash.h"

uint64_t pm_hash64_plain(const void *data, size_t size);
uint64_t pm_hash64_avx2(const void *data, size_t size);
void pm_hash64_add_plain(struct pm_hash64_state *state, const void *data,
                         size_t size);
void pm_hash64_add_avx2(struct pm_hash64_state *state, const void *data,
                        size_t size);

#endif
