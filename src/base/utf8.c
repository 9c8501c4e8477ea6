// SPDX-License-Identifier: MIT
#include "base/utf8.h"

#include <string.h>

static bool is_tail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

static size_t decode2(const uint8_t *b, uint32_t *code)
{
    if (b[0] < 0xc2 || !is_tail(b[1]))
        return 0;
    *code = (uint32_t)(b[0] & 0x1f) << 6 | (b[1] & 0x3f);
    return 2;
}

static size_t decode3(const uint8_t *b, uint32_t *code)
{
    if (!is_tail(b[1]) || !is_tail(b[2]))
        return 0;
    uint32_t c = (uint32_t)(b[0] & 0x0f) << 12 | (uint32_t)(b[1] & 0x3f) << 6 |
                 (b[2] & 0x3f);
    if (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code = c;
    return 3;
}

static size_t decode4(const uint8_t *b, uint32_t *code)
{
    if (!is_tail(b[1]) || !is_tail(b[2]) || !is_tail(b[3]))
        return 0;
    uint32_t c = (uint32_t)(b[0] & 0x07) << 18 | (uint32_t)(b[1] & 0x3f) << 12 |
                 (uint32_t)(b[2] & 0x3f) << 6 | (b[3] & 0x3f);
    if (c < 0x10000 || c > 0x10ffff)
        return 0;
    *code = c;
    return 4;
}

size_t pm_utf8_decode(const void *at, size_t size, uint32_t *code)
{
    const uint8_t *b = at;

    if (size == 0)
        return 0;
    if (b[0] < 0x80) {
        *code = b[0];
        return 1;
    }
    if (b[0] < 0xe0)
        return size >= 2 ? decode2(b, code) : 0;
    if (b[0] < 0xf0)
        return size >= 3 ? decode3(b, code) : 0;
    if (b[0] < 0xf5)
        return size >= 4 ? decode4(b, code) : 0;
    return 0;
}

size_t pm_utf8_encode(uint32_t code, uint8_t out[4])
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (uint8_t)(0xc0 | code >> 6);
        out[1] = (uint8_t)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (uint8_t)(0xe0 | code >> 12);
        out[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | code >> 18);
    out[1] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (code & 0x3f));
    return 4;
}

// Steps over eight plain ASCII bytes at a time where it can.
static size_t ascii_run(const uint8_t *at, size_t size)
{
    size_t n = 0;
    while (size - n >= 8) {
        uint64_t word;
        memcpy(&word, at + n, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
        n += 8;
    }
    return n;
}

size_t pm_utf8_valid_prefix(const void *text, size_t size)
{
    const uint8_t *bytes = text;
    size_t at = 0;

    while (at < size) {
        at += ascii_run(bytes + at, size - at);
        if (at == size)
            break;
        uint32_t code;
        size_t length = pm_utf8_decode(bytes + at, size - at, &code);
        if (length == 0)
            break;
        at += length;
    }
    return at;
}
