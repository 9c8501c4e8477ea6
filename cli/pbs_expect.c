// SPDX-License-Identifier: MIT
#include "pbs_expect.h"

#include <string.h>

// Where the comment of a line begins: "//" outside of quotes; [size] when
// there is none. Quotes within a string's braces come in pairs, so that
// turning at each quote comes out right behind them.
static size_t comment_in(const char *line, size_t size)
{
    char quote = '\0';

    for (size_t i = 0; i + 1 < size; i++) {
        if (quote && line[i] == '\\')
            i++;
        else if (quote && line[i] == quote)
            quote = '\0';
        else if (!quote && (line[i] == '"' || line[i] == '\''))
            quote = line[i];
        else if (!quote && line[i] == '/' && line[i + 1] == '/')
            return i;
    }
    return size;
}

static bool take(const char *text, size_t size, struct cli_expect *out)
{
    static const struct {
        const char *start;
        enum cli_expect_kind kind;
    } rows[] = {
        {"expect:", CLI_EXPECT_LINE},
        {"expect trap:", CLI_EXPECT_TRAP},
        {"expect error:", CLI_EXPECT_ERROR},
        {"frames:", CLI_EXPECT_FRAMES},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].start);
        if (size < length || memcmp(text, rows[i].start, length) != 0)
            continue;
        // One blank belongs to the comment, further ones to what is expected.
        if (length < size && text[length] == ' ')
            length++;
        out->kind = rows[i].kind;
        out->text = text + length;
        out->size = size - length;
        return true;
    }
    return false;
}

static bool expect_in_line(const char *line, size_t size,
                           struct cli_expect *out)
{
    if (size && line[size - 1] == '\r')
        size--;
    size_t comment = comment_in(line, size);
    size_t at = comment + 2;

    if (comment == size)
        return false;
    while (at < size && line[at] == ' ')
        at++;
    out->offset = (uint32_t)comment;
    return at < size && take(line + at, size - at, out);
}

bool cli_pbs_next_expect(const char *text, size_t size, size_t *at,
                         uint32_t *line, struct cli_expect *out)
{
    while (*at < size) {
        size_t start = *at;
        const char *end = memchr(text + start, '\n', size - start);
        size_t length = end ? (size_t)(end - text) - start : size - start;
        uint32_t number = (*line)++;
        *at = start + length + 1;
        if (!expect_in_line(text + start, length, out))
            continue;
        out->offset += (uint32_t)start;
        out->line = number;
        return true;
    }
    return false;
}

bool cli_pbs_wants_errors(const char *text, size_t size)
{
    struct cli_expect expect;
    uint32_t line = 1;
    size_t at = 0;

    while (cli_pbs_next_expect(text, size, &at, &line, &expect))
        if (expect.kind == CLI_EXPECT_ERROR)
            return true;
    return false;
}
