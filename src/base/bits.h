// SPDX-License-Identifier: MIT
//
// Little-endian loads and stores at any alignment. Compilers make one
// instruction of each on little-endian machines.

#ifndef PM_BASE_BITS_H
#define PM_BASE_BITS_H

#include <stdint.h>

static inline uint16_t pm_load16(const void *at)
{
    const uint8_t *b = at;
    return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t pm_load32(const void *at)
{
    const uint8_t *b = at;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

static inline uint64_t pm_load64(const void *at)
{
    const uint8_t *b = at;
    return (uint64_t)pm_load32(b) | (uint64_t)pm_load32(b + 4) << 32;
}

static inline void pm_store16(void *at, uint16_t v)
{
    uint8_t *b = at;
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
}

static inline void pm_store32(void *at, uint32_t v)
{
    uint8_t *b = at;
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
    b[2] = (uint8_t)(v >> 16);
    b[3] = (uint8_t)(v >> 24);
}

static inline void pm_store64(void *at, uint64_t v)
{
    pm_store32(at, (uint32_t)v);
    pm_store32((uint8_t *)at + 4, (uint32_t)(v >> 32));
}

#endif
