// SPDX-License-Identifier: MIT
#include "base/json_write.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

struct pm_json_writer pm_json_write_to(struct pm_buf *out)
{
    return (struct pm_json_writer){.out = out};
}

static void begin_value(struct pm_json_writer *w)
{
    if (w->needs_comma)
        pm_buf_put8(w->out, ',');
    w->needs_comma = true;
}

static void begin(struct pm_json_writer *w, const char *brackets)
{
    PM_CHECK(w->depth < PM_JSON_WRITE_DEPTH);
    begin_value(w);
    pm_buf_put8(w->out, (uint8_t)brackets[0]);
    w->closers[w->depth++] = brackets[1];
    w->needs_comma = false;
}

void pm_json_write_begin_object(struct pm_json_writer *w)
{
    begin(w, "{}");
}

void pm_json_write_begin_array(struct pm_json_writer *w)
{
    begin(w, "[]");
}

void pm_json_write_end(struct pm_json_writer *w)
{
    PM_CHECK(w->depth > 0);
    pm_buf_put8(w->out, (uint8_t)w->closers[--w->depth]);
    w->needs_comma = true;
}

static void put_control(struct pm_buf *out, uint8_t c)
{
    static const char from[] = "\b\f\n\r\t";
    static const char to[] = "bfnrt";
    const char *at = memchr(from, c, sizeof from - 1);
    if (at)
        pm_buf_printf(out, "\\%c", to[at - from]);
    else
        pm_buf_printf(out, "\\u%04x", c);
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void put_quoted(struct pm_buf *out, const uint8_t *at, size_t size)
{
    const uint8_t *end = at + size;

    pm_buf_put8(out, '"');
    while (at < end) {
        const uint8_t *plain = at;
        while (plain < end && is_plain(*plain))
            plain++;
        pm_buf_put(out, at, (size_t)(plain - at));
        at = plain;
        if (at == end)
            break;
        uint32_t code;
        size_t length = pm_utf8_decode(at, (size_t)(end - at), &code);
        if (length == 0) {
            pm_buf_puts(out, "\xef\xbf\xbd");
            length = 1;
        } else if (code < 0x20) {
            put_control(out, *at);
        } else {
            if (code == '"' || code == '\\')
                pm_buf_put8(out, '\\');
            pm_buf_put(out, at, length);
        }
        at += length;
    }
    pm_buf_put8(out, '"');
}

void pm_json_write_key_bytes(struct pm_json_writer *w, const void *key,
                             size_t size)
{
    begin_value(w);
    put_quoted(w->out, key, size);
    pm_buf_put8(w->out, ':');
    w->needs_comma = false;
}

void pm_json_write_key(struct pm_json_writer *w, const char *key)
{
    pm_json_write_key_bytes(w, key, strlen(key));
}

void pm_json_write_int(struct pm_json_writer *w, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

    begin_value(w);
    do
        digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        digits[--at] = '-';
    pm_buf_put(w->out, digits + at, sizeof digits - at);
}

void pm_json_write_bool(struct pm_json_writer *w, bool value)
{
    begin_value(w);
    pm_buf_puts(w->out, value ? "true" : "false");
}

void pm_json_write_null(struct pm_json_writer *w)
{
    begin_value(w);
    pm_buf_puts(w->out, "null");
}

void pm_json_write_string(struct pm_json_writer *w, const void *text,
                          size_t size)
{
    begin_value(w);
    put_quoted(w->out, text, size);
}

void pm_json_write_cstr(struct pm_json_writer *w, const char *text)
{
    pm_json_write_string(w, text, strlen(text));
}

void pm_json_write_u64_string(struct pm_json_writer *w, uint64_t value)
{
    begin_value(w);
    pm_buf_printf(w->out, "\"%" PRIu64 "\"", value);
}

void pm_json_write_raw(struct pm_json_writer *w, const void *json, size_t size)
{
    begin_value(w);
    pm_buf_put(w->out, json, size);
}
