// SPDX-License-Identifier: MIT
#include "json.h"

#include <string.h>

#include "base/utf8.h"
#include "cli.h"

// --- text --------------------------------------------------------------------

// What moves a cursor, hides, or turns the direction of writing.
static bool is_unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
           (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

static void put_code(struct pm_buf *out, uint32_t code, const uint8_t *at,
                     size_t length)
{
    if (code == '\n')
        pm_buf_puts(out, "\\n");
    else if (code == '\t')
        pm_buf_puts(out, "\\t");
    else if (is_unsafe(code))
        pm_buf_printf(out, "\\u%04x", (unsigned)code);
    else
        pm_buf_put(out, at, length);
}

// [is_json]: quotes and backslashes are escaped already.
static void put_safe(struct pm_buf *out, const void *text, size_t size,
                     bool is_json)
{
    const uint8_t *at = text;
    const uint8_t *end = at + size;

    while (at < end) {
        uint32_t code = 0xfffd;
        size_t length = pm_utf8_decode(at, (size_t)(end - at), &code);
        if (length == 0)
            pm_buf_puts(out, "\xef\xbf\xbd");
        if (!is_json && (code == '"' || code == '\\'))
            pm_buf_put8(out, '\\');
        if (length)
            put_code(out, code, at, length);
        at += length ? length : 1;
    }
}

void cli_json_string(struct pm_json_writer *w, const void *text, size_t size)
{
    struct pm_buf safe;

    pm_buf_init(&safe, &cli_alloc);
    pm_buf_put8(&safe, '"');
    put_safe(&safe, text, size, false);
    pm_buf_put8(&safe, '"');
    pm_json_write_raw(w, safe.data, safe.size);
    w->out->failed |= safe.failed;
    pm_buf_free(&safe);
}

// --- values ------------------------------------------------------------------

// The end of the string whose first quote is at [at].
static size_t string_end(const char *json, size_t size, size_t at)
{
    for (at++; at < size && json[at] != '"'; at++)
        at += json[at] == '\\';
    return at < size ? at + 1 : size;
}

void cli_json_put_plain(struct pm_buf *out, const char *json, size_t size)
{
    size_t at = 0;

    while (at < size) {
        size_t end = at + 1;
        if (json[at] == '"')
            end = string_end(json, size, at);
        if (!memchr(" \t\r\n", json[at], 4))
            put_safe(out, json + at, end - at, true);
        at = end;
    }
}

void cli_json_copy(struct pm_json_writer *w, const char *key, const char *json,
                   size_t size)
{
    struct pm_buf plain;

    pm_buf_init(&plain, &cli_alloc);
    cli_json_put_plain(&plain, json, size);
    pm_json_write_key(w, key);
    pm_json_write_raw(w, plain.data, plain.size);
    w->out->failed |= plain.failed;
    pm_buf_free(&plain);
}

// --- members -----------------------------------------------------------------

void cli_json_bytes(struct pm_json_writer *w, const char *key,
                    const void *value, size_t size)
{
    pm_json_write_key(w, key);
    cli_json_string(w, value, size);
}

void cli_json_text(struct pm_json_writer *w, const char *key, const char *value)
{
    cli_json_bytes(w, key, value, strlen(value));
}

void cli_json_number(struct pm_json_writer *w, const char *key, int64_t value)
{
    pm_json_write_key(w, key);
    pm_json_write_int(w, value);
}

void cli_json_bool(struct pm_json_writer *w, const char *key, bool value)
{
    pm_json_write_key(w, key);
    pm_json_write_bool(w, value);
}

void cli_json_null(struct pm_json_writer *w, const char *key)
{
    pm_json_write_key(w, key);
    pm_json_write_null(w);
}

void cli_json_begin_object(struct pm_json_writer *w, const char *key)
{
    pm_json_write_key(w, key);
    pm_json_write_begin_object(w);
}

void cli_json_begin_array(struct pm_json_writer *w, const char *key)
{
    pm_json_write_key(w, key);
    pm_json_write_begin_array(w);
}
