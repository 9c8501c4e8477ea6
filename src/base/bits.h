// SPDX-License-Identifier: MIT
//
// Little-endian loads and stores at any alignment: one instruction each on a
// little-endian machine, one more to swap the bytes on any other.

#ifndef PM_BASE_BITS_H
#define PM_BASE_BITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define PM_LITTLE16(v) (v)
#define PM_LITTLE32(v) (v)
#define PM_LITTLE64(v) (v)
#else
#define PM_LITTLE16(v) __builtin_bswap16(v)
#define PM_LITTLE32(v) __builtin_bswap32(v)
#define PM_LITTLE64(v) __builtin_bswap64(v)
#endif

static inline uint16_t pm_load16(const void *at)
{
    uint16_t v;
    memcpy(&v, at, sizeof v);
    return PM_LITTLE16(v);
}

static inline uint32_t pm_load32(const void *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return PM_LITTLE32(v);
}

static inline uint64_t pm_load64(const void *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return PM_LITTLE64(v);
}

static inline void pm_store16(void *at, uint16_t v)
{
    uint16_t bytes = PM_LITTLE16(v);
    memcpy(at, &bytes, sizeof bytes);
}

// [count] numbers one after the other.
static inline void pm_load16s(uint16_t *to, const void *from, size_t count)
{
    if (PM_LITTLE16(1) == 1) {
        memcpy(to, from, count * sizeof *to);
        return;
    }
    for (size_t i = 0; i < count; i++)
        to[i] = pm_load16((const uint8_t *)from + 2 * i);
}

static inline void pm_store16s(void *to, const uint16_t *from, size_t count)
{
    if (PM_LITTLE16(1) == 1) {
        memcpy(to, from, count * sizeof *from);
        return;
    }
    for (size_t i = 0; i < count; i++)
        pm_store16((uint8_t *)to + 2 * i, from[i]);
}

static inline void pm_store32(void *at, uint32_t v)
{
    uint32_t bytes = PM_LITTLE32(v);
    memcpy(at, &bytes, sizeof bytes);
}

static inline void pm_store64(void *at, uint64_t v)
{
    uint64_t bytes = PM_LITTLE64(v);
    memcpy(at, &bytes, sizeof bytes);
}

#endif
