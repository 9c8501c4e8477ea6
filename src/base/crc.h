// SPDX-License-Identifier: MIT
//
// The CRC-32 of ZIP and PNG.

#ifndef PM_BASE_CRC_H
#define PM_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

// The sum of [size] bytes behind those that gave [crc], which is 0 at first.
uint32_t pm_crc32(uint32_t crc, const void *data, size_t size);

#endif
