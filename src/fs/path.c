// SPDX-License-Identifier: MIT
#include "fs/path.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

// C0, DEL and C1: a terminal would act on them.
static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

static bool is_dots(const char *text, size_t size)
{
    return (size == 1 && text[0] == '.') ||
           (size == 2 && text[0] == '.' && text[1] == '.');
}

bool pm_path_is_name(const char *text, size_t size)
{
    if (size == 0 || size > PM_NAME_MAX || is_dots(text, size))
        return false;
    for (size_t at = 0; at < size;) {
        uint32_t code = (uint8_t)text[at];
        size_t length =
            code < 0x80 ? 1 : pm_utf8_decode(text + at, size - at, &code);
        if (length == 0 || is_control(code) || code == '/' || code == '\\')
            return false;
        at += length;
    }
    return true;
}

bool pm_path_is_right(const char *text, size_t size)
{
    if (size < 2 || size > PM_PATH_MAX || text[0] != '/')
        return false;
    for (size_t at = 1; at <= size;) {
        const char *slash = memchr(text + at, '/', size - at);
        size_t end = slash ? (size_t)(slash - text) : size;
        if (!pm_path_is_name(text + at, end - at))
            return false;
        at = end + 1;
    }
    return true;
}
