// SPDX-License-Identifier: MIT
//
// A checked little-endian reader over bytes in memory. It never reads past
// the end: a read that would gives zeroes and sets [failed], which is asked
// once after a group of reads.

#ifndef PM_BASE_CURSOR_H
#define PM_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bits.h"

struct pm_cursor {
    const uint8_t *data;
    size_t size;
    size_t at;
    bool failed;
};

static inline struct pm_cursor pm_cursor_make(const void *data, size_t size)
{
    return (struct pm_cursor){data, size, 0, false};
}

static inline size_t pm_cursor_left(const struct pm_cursor *cursor)
{
    return cursor->size - cursor->at;
}

// The next [size] bytes, or NULL (and failed) when there are fewer.
static inline const uint8_t *pm_cursor_take(struct pm_cursor *cursor,
                                            size_t size)
{
    if (cursor->failed || size > pm_cursor_left(cursor)) {
        cursor->failed = true;
        return NULL;
    }
    const uint8_t *bytes = cursor->data + cursor->at;
    cursor->at += size;
    return bytes;
}

static inline uint8_t pm_cursor_u8(struct pm_cursor *cursor)
{
    const uint8_t *b = pm_cursor_take(cursor, 1);
    return b ? b[0] : 0;
}

static inline uint16_t pm_cursor_u16(struct pm_cursor *cursor)
{
    const uint8_t *b = pm_cursor_take(cursor, 2);
    return b ? pm_load16(b) : 0;
}

static inline uint32_t pm_cursor_u32(struct pm_cursor *cursor)
{
    const uint8_t *b = pm_cursor_take(cursor, 4);
    return b ? pm_load32(b) : 0;
}

static inline uint64_t pm_cursor_u64(struct pm_cursor *cursor)
{
    const uint8_t *b = pm_cursor_take(cursor, 8);
    return b ? pm_load64(b) : 0;
}

#endif
