// SPDX-License-Identifier: MIT
//
// Capabilities: the manifest asks, the host grants, the linker refuses what
// is not granted, the dispatcher refuses again.

#ifndef PM_REGISTRY_CAPS_H
#define PM_REGISTRY_CAPS_H

#include <stddef.h>
#include <stdint.h>

enum {
#define PM_CAP(name, symbol, bit, meaning) PM_CAP_##symbol = 1 << bit,
#include "registry/caps.def"
#undef PM_CAP
};

// The bit of the capability [name] of [size] bytes; 0 when there is none.
uint32_t pm_cap_by_name(const char *name, size_t size);

// The name of one bit, or "?".
const char *pm_cap_name(uint32_t bit);

#endif
