// SPDX-License-Identifier: MIT
//
// UTF-8 as RFC 3629 has it: no surrogates, nothing overlong, up to U+10FFFF.

#ifndef PM_BASE_UTF8_H
#define PM_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Decodes the character at [at] into [code]. Returns its length in bytes, 0
// when the bytes are not UTF-8 or [size] is 0.
size_t pm_utf8_decode(const void *at, size_t size, uint32_t *code);

// Writes [code] (a valid scalar value) to [out] and returns its length.
size_t pm_utf8_encode(uint32_t code, uint8_t out[4]);

// The number of leading bytes of [text] that are valid UTF-8; [size] when
// all of them are.
size_t pm_utf8_valid_prefix(const void *text, size_t size);

static inline bool pm_utf8_is_valid(const void *text, size_t size)
{
    return pm_utf8_valid_prefix(text, size) == size;
}

#endif
