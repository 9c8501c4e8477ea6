// SPDX-License-Identifier: MIT
//
// Capabilities: the manifest asks, the host grants, the linker refuses what
// is not granted, the dispatcher refuses again.

#ifndef PM_REGISTRY_CAPS_H
#define PM_REGISTRY_CAPS_H

#include <stddef.h>
#include <stdint.h>

enum {
    PM_CAP_NONE = 0,
#define PM_CAP(name, symbol, bit, meaning) PM_CAP_##symbol = 1 << bit,
#include "registry/caps.def"
#undef PM_CAP
};

// Capabilities of an embedder's own, by bit; NULL: none of that bit.
struct pm_own_caps {
    const char *names[32];
};

// The bit of the capability [name] of [size] bytes; 0 when there is none.
uint32_t pm_cap_by_name(const char *name, size_t size);

// The name of one bit, or "?".
const char *pm_cap_name(uint32_t bit);

// The same with an embedder's own (NULL: none).
uint32_t pm_cap_find(const struct pm_own_caps *own, const char *name,
                     size_t size);
const char *pm_cap_name_of(const struct pm_own_caps *own, uint32_t bit);

#endif
