// SPDX-License-Identifier: MIT
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/mem.h"
#include "base/utf8.h"

void pm_buf_init(struct pm_buf *buf, const struct pm_allocator *alloc)
{
    *buf = (struct pm_buf){.alloc = *alloc};
}

void pm_buf_free(struct pm_buf *buf)
{
    pm_mem_free(&buf->alloc, buf->data, buf->capacity);
    buf->data = NULL;
    buf->size = buf->capacity = 0;
}

static PM_NOINLINE bool grow(struct pm_buf *buf, size_t more)
{
    if (more > SIZE_MAX - buf->size ||
        !pm_mem_grow(&buf->alloc, &buf->data, &buf->capacity, buf->size + more,
                     1))
        buf->failed = true;
    return !buf->failed;
}

// Most pieces are small, and there is room for them.
static inline bool reserve(struct pm_buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    return more <= buf->capacity - buf->size || grow(buf, more);
}

void pm_buf_put(struct pm_buf *buf, const void *data, size_t size)
{
    if (size == 0 || !reserve(buf, size))
        return;
    if (data)
        memcpy(buf->data + buf->size, data, size);
    else
        memset(buf->data + buf->size, 0, size);
    buf->size += size;
}

// Room for a few bytes; NULL when there is none.
static inline uint8_t *add(struct pm_buf *buf, size_t size)
{
    if (!reserve(buf, size))
        return NULL;
    buf->size += size;
    return buf->data + buf->size - size;
}

void pm_buf_put8(struct pm_buf *buf, uint8_t value)
{
    uint8_t *at = add(buf, 1);
    if (at)
        *at = value;
}

void pm_buf_put16(struct pm_buf *buf, uint16_t value)
{
    uint8_t *at = add(buf, 2);
    if (at)
        pm_store16(at, value);
}

void pm_buf_put32(struct pm_buf *buf, uint32_t value)
{
    uint8_t *at = add(buf, 4);
    if (at)
        pm_store32(at, value);
}

void pm_buf_put64(struct pm_buf *buf, uint64_t value)
{
    uint8_t *at = add(buf, 8);
    if (at)
        pm_store64(at, value);
}

void pm_buf_puts(struct pm_buf *buf, const char *text)
{
    pm_buf_put(buf, text, strlen(text));
}

void pm_buf_vprintf(struct pm_buf *buf, const char *format, va_list args)
{
    char few[128]; // most texts fit, and are formatted once
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(few, sizeof few, format, args);
    PM_CHECK(length >= 0);
    if ((size_t)length < sizeof few) {
        pm_buf_put(buf, few, (size_t)length);
    } else if (reserve(buf, (size_t)length + 1)) {
        vsnprintf((char *)buf->data + buf->size, (size_t)length + 1, format,
                  again);
        buf->size += (size_t)length;
    }
    va_end(again);
}

void pm_buf_printf(struct pm_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pm_buf_vprintf(buf, format, args);
    va_end(args);
}

static bool is_printable(uint32_t code)
{
    return code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0) &&
           !(code >= 0x200b && code <= 0x200f) &&
           !(code >= 0x2028 && code <= 0x202e) &&
           !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff;
}

static void put_escaped_byte(struct pm_buf *buf, uint8_t byte)
{
    if (byte == '\n')
        pm_buf_puts(buf, "\\n");
    else if (byte == '\t')
        pm_buf_puts(buf, "\\t");
    else
        pm_buf_printf(buf, "\\x%02x", byte);
}

void pm_buf_put_escaped(struct pm_buf *buf, const void *text, size_t size)
{
    const uint8_t *bytes = text;

    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t length = pm_utf8_decode(bytes + at, size - at, &code);
        if (length == 0 || !is_printable(code)) {
            size_t bad = length ? length : 1;
            for (size_t i = 0; i < bad; i++)
                put_escaped_byte(buf, bytes[at + i]);
            at += bad;
            continue;
        }
        if (code == '\\')
            pm_buf_put8(buf, '\\');
        pm_buf_put(buf, bytes + at, length);
        at += length;
    }
}

const char *pm_buf_cstr(struct pm_buf *buf)
{
    if (!reserve(buf, 1))
        return NULL;
    buf->data[buf->size] = 0;
    return (const char *)buf->data;
}

pm_status pm_buf_status(const struct pm_buf *buf)
{
    return buf->failed ? PM_ERR_NO_MEMORY : PM_OK;
}
