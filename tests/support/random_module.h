// SPDX-License-Identifier: MIT
//
// Random modules that keep every rule of the file format and few of the
// linker's: for readers, writers and tools over them.

#ifndef PM_TEST_RANDOM_MODULE_H
#define PM_TEST_RANDOM_MODULE_H

#include <stdint.h>

#include "base/buf.h"

// Appends the bytes of the module of that number; the same ones each time.
void pm_random_module(uint64_t seed, struct pm_buf *out);

#endif
