// SPDX-License-Identifier: MIT
//
// Comments behind lines: those of consecutive lines that began in one column
// begin in one column again.
//
// That formatting twice is formatting once: what shares a column here shares
// it in the text that is written, and two groups that come to stand in one
// column are a group whose longest line is as long as before.
#include <string.h>

#include "base/mem.h"
#include "lang/format_internal.h"

// How many characters stand before [at] on its line of the source.
static uint32_t source_column(const struct format *f, uint32_t at)
{
    uint32_t column = 0;

    while (at > 0 && f->parsed->text[at - 1] != '\n')
        column += ((uint8_t)f->parsed->text[--at] & 0xc0) != 0x80;
    return column;
}

void pm_format_note_comment(struct format *f)
{
    if (!pm_mem_grow(&f->alloc, &f->comments, &f->comment_capacity,
                     f->comment_count + 1, sizeof *f->comments)) {
        f->no_memory = true;
        return;
    }
    f->comments[f->comment_count++] = (struct format_comment){
        .at = f->out->size,
        .column = f->column,
        .source_column = source_column(f, f->text_at),
    };
}

// Whether [second] stands behind the next line, in the same column.
static bool goes_on(const char *text, const struct format_comment *first,
                    const struct format_comment *second)
{
    const char *from = text + first->at;
    const char *to = text + second->at;
    const char *end = memchr(from, '\n', (size_t)(to - from));

    return first->source_column == second->source_column && end &&
           !memchr(end + 1, '\n', (size_t)(to - end - 1));
}

// Where the group ends that begins at [first], and the column of all of it.
static size_t group_end(const struct format *f, const char *text, size_t first,
                        uint32_t *column)
{
    size_t end = first + 1;

    *column = f->comments[first].column;
    while (end < f->comment_count &&
           goes_on(text, &f->comments[end - 1], &f->comments[end])) {
        if (f->comments[end].column > *column)
            *column = f->comments[end].column;
        end++;
    }
    return end;
}

void pm_format_put_aligned(const struct format *f, const struct pm_buf *text,
                           struct pm_buf *out)
{
    const char *bytes = (const char *)text->data;
    size_t written = 0;
    size_t end = 0;
    uint32_t column = 0;

    if (text->size == 0)
        return;
    for (size_t i = 0; i < f->comment_count; i++) {
        const struct format_comment *comment = &f->comments[i];
        if (i == end)
            end = group_end(f, bytes, i, &column);
        pm_buf_put(out, bytes + written, comment->at - written);
        for (uint32_t at = comment->column; at < column; at++)
            pm_buf_put8(out, ' ');
        written = comment->at;
    }
    pm_buf_put(out, bytes + written, text->size - written);
}
