// SPDX-License-Identifier: MIT
//
// A growing byte buffer that remembers its first failure: write on, and ask
// once at the end whether all of it went in.

#ifndef PM_BASE_BUF_H
#define PM_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#include "base/check.h"

struct pm_buf {
    struct pm_allocator alloc;
    uint8_t *data;
    size_t size;
    size_t capacity;
    // Set once memory was short; later writes do nothing.
    bool failed;
};

void pm_buf_init(struct pm_buf *buf, const struct pm_allocator *alloc);
void pm_buf_free(struct pm_buf *buf);

// Appends; with NULL [data], appends [size] zero bytes.
void pm_buf_put(struct pm_buf *buf, const void *data, size_t size);
void pm_buf_put8(struct pm_buf *buf, uint8_t value);
void pm_buf_put16(struct pm_buf *buf, uint16_t value);
void pm_buf_put32(struct pm_buf *buf, uint32_t value);
void pm_buf_put64(struct pm_buf *buf, uint64_t value);

// Appends text without its terminating NUL.
void pm_buf_puts(struct pm_buf *buf, const char *text);
void pm_buf_printf(struct pm_buf *buf, const char *format, ...) PM_PRINTF(2, 3);
void pm_buf_vprintf(struct pm_buf *buf, const char *format, va_list args);

// Appends [size] bytes of hostile text so that a terminal stays safe: what is
// not printable UTF-8 becomes \xNN, newline, tab and backslash \n, \t, \\.
void pm_buf_put_escaped(struct pm_buf *buf, const void *text, size_t size);

// Makes the content a C string (a NUL behind it that size does not count) and
// returns it; NULL when a write failed.
const char *pm_buf_cstr(struct pm_buf *buf);

// PM_OK, or PM_ERR_NO_MEMORY when any write failed.
pm_status pm_buf_status(const struct pm_buf *buf);

#endif
