// SPDX-License-Identifier: MIT
//
// What messages are made of: texts from outside, made safe, and the nearest
// name to one that is not known.

#include <stdio.h>
#include <string.h>

#include "pack/project.h"

void pm_pack_fault(struct pm_diags *diags, const struct pm_place *place,
                   const char *code, const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_diags_error(diags, place, code, "%s", text);
}

// Escapes by hand: no memory is needed, so none can be short.
struct pm_pack_shown pm_pack_show(const char *text)
{
    struct pm_pack_shown out;
    size_t at = 0;

    for (const char *from = text; *from; from++) {
        uint8_t byte = (uint8_t)*from;
        bool is_plain = byte >= 0x20 && byte < 0x7f && byte != '\\';
        if (at + 8 > sizeof out.text) {
            memcpy(out.text + at, "...", 3);
            at += 3;
            break;
        }
        if (is_plain)
            out.text[at++] = *from;
        else
            at += (size_t)snprintf(out.text + at, 5, "\\x%02x", byte);
    }
    out.text[at] = 0;
    return out;
}

// The distance that two words are apart: changed, left out, put in letters.
static size_t distance(const char *a, const char *b)
{
    size_t row[24];
    size_t width = strlen(b);

    if (width + 1 > PM_ARRAY_LEN(row) || strlen(a) > 40)
        return SIZE_MAX;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[width];
}

const char *pm_pack_nearest(const char *word, const char *const *known,
                            size_t count)
{
    const char *near = NULL;
    size_t least = strlen(word) < 4 ? 2 : 3;

    for (size_t i = 0; i < count; i++) {
        size_t apart = distance(word, known[i]);
        if (apart < least) {
            least = apart;
            near = known[i];
        }
    }
    return near;
}

struct pm_place pm_pack_place(struct pm_pack_text *text, size_t offset)
{
    if (offset < text->at)
        text->at = text->line_start = text->lines = 0;
    for (; text->at < offset && text->at < text->size; text->at++)
        if (text->text[text->at] == '\n') {
            text->lines++;
            text->line_start = text->at + 1;
        }
    return pm_place_line(text->file, text->lines + 1,
                         (uint32_t)(offset - text->line_start) + 1);
}
