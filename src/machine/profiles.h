// SPDX-License-Identifier: MIT
//
// The profiles, from profiles.def.

#ifndef PM_MACHINE_PROFILES_H
#define PM_MACHINE_PROFILES_H

#include <stdint.h>

#include "cart/cart.h"

struct pm_profile {
    const char *name;
    uint32_t cycles;
    uint32_t memory;
    uint32_t stack_slots;
    uint32_t coroutine_slots;
    uint32_t call_depth;
    uint32_t coroutines;
    uint64_t bank[PM_BANK_TYPES];
    uint32_t code_size;
    uint32_t module_size;
    uint32_t open_files;
    uint32_t cursors;
    uint32_t streams;
    uint64_t file_size;
    uint64_t save;
    uint64_t scratch;
    uint32_t entries;
    uint64_t bus;
    uint32_t loads;
    uint32_t readers;
    uint32_t voices;
};

// The row of a profile.
const struct pm_profile *pm_profile_of(pm_cart_profile profile);

#endif
