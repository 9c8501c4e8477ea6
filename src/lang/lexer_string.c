// SPDX-License-Identifier: MIT
//
// Strings and characters. A string stands on one line; what is in its braces
// is tokens as anywhere, so strings may stand in strings.
#include <string.h>

#include "base/utf8.h"
#include "lang/lexer_internal.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return is_class(c, CLASS_HEX) ? (c | 32) - 'a' + 10 : -1;
}

// The digits of \xHH or \u{H…} from [*at] on.
static bool read_hex(const char *text, uint32_t size, uint32_t *at,
                     uint32_t most, uint32_t *code)
{
    uint32_t count = 0;
    *code = 0;
    while (*at < size && count < most && hex_value(text[*at]) >= 0) {
        *code = *code << 4 | (uint32_t)hex_value(text[(*at)++]);
        count++;
    }
    return count > 0;
}

static bool escape_x(const char *text, uint32_t size, uint32_t *at,
                     uint32_t *code)
{
    uint32_t start = *at;
    return read_hex(text, size, at, 2, code) && *at - start == 2 && *code < 128;
}

static bool escape_u(const char *text, uint32_t size, uint32_t *at,
                     uint32_t *code)
{
    if (*at >= size || text[*at] != '{')
        return false;
    ++*at;
    bool ok = read_hex(text, size, at, 6, code) && *code <= 0x10ffff &&
              (*code < 0xd800 || *code > 0xdfff);
    if (*at >= size || text[*at] != '}')
        return false;
    ++*at;
    return ok;
}

bool pm_lexer_escape(const char *text, uint32_t size, uint32_t *at,
                     uint32_t *code)
{
    static const char from[] = "ntr0\\\"'{}";
    static const char to[] = "\n\t\r\0\\\"'{}";

    *code = '?';
    ++*at;
    if (*at >= size || text[*at] == '\n' || text[*at] == 0)
        return false;
    char c = text[(*at)++];
    const char *found = strchr(from, c);
    if (found) {
        *code = (uint8_t)to[found - from];
        return true;
    }
    if (c == 'x')
        return escape_x(text, size, at, code);
    return c == 'u' && escape_u(text, size, at, code);
}

static void check_escape(struct lexer *l)
{
    uint32_t start = l->at;
    uint32_t code;
    if (pm_lexer_escape(l->text, l->size, &l->at, &code))
        return;
    const char *shown = pm_lang_show(l->report, l->text + start, l->at - start);
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_BAD_ESCAPE, lexer_span(l, start, l->at),
        "found the escape '%s', which is not known", shown);
    if (byte_at(l, start + 1) == 'x')
        pm_lang_help(l->report, diag,
                     "\\x has two hexadecimal digits and gives a character "
                     "up to \\x7f; above that write \\u{...}");
    else if (byte_at(l, start + 1) == 'u')
        pm_lang_help(l->report, diag,
                     "write \\u{...} with the hexadecimal number of a "
                     "character");
    else
        pm_lang_help(l->report, diag,
                     "write \\\\ for a backslash; known are \\n \\t \\r \\0 "
                     "\\\\ \\\" \\' \\{ \\} \\xHH \\u{H}");
}

static void report_control(struct lexer *l)
{
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_BAD_CHARACTER, lexer_span(l, l->at, l->at + 1),
        "found the control character %u in a string",
        (unsigned)(uint8_t)l->text[l->at]);
    pm_lang_help(l->report, diag, "write \\x%02x",
                 (unsigned)(uint8_t)l->text[l->at]);
}

static bool is_line_end(const struct lexer *l)
{
    char c = byte_at(l, l->at);
    return l->at >= l->size || c == '\n' ||
           (c == '\r' && byte_at(l, l->at + 1) == '\n');
}

// Goes behind the quote or brace that ends this piece and gives it; 0: the
// line ended before.
static char read_piece(struct lexer *l)
{
    while (!is_line_end(l)) {
        char c = l->text[l->at];
        if (c == '\\') {
            check_escape(l);
            continue;
        }
        if ((uint8_t)c < 0x20 && c != '\t')
            report_control(l);
        l->at++;
        if (c == '"' || c == '{')
            return c;
    }
    return 0;
}

static void report_cut(struct lexer *l, uint32_t start)
{
    if (l->cut_at != UINT32_MAX && l->at <= l->cut_at)
        return;
    l->cut_at = l->at;
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_STRING_OPEN, lexer_span(l, start, l->at),
        "the string does not end on its line");
    pm_lang_help(l->report, diag,
                 "end it with \"; a new line in a string is \\n");
}

// Where the brace is whose value is being read: the last of an open string.
static uint32_t open_brace(const struct lexer *l)
{
    size_t at = l->count;

    while (at > 0 && l->tokens[at - 1].kind != PM_TOKEN_STRING_BEGIN &&
           l->tokens[at - 1].kind != PM_TOKEN_STRING_MIDDLE)
        at--;
    return at ? l->tokens[at - 1].offset + l->tokens[at - 1].size - 1 : 0;
}

void pm_lexer_stray_brace(struct lexer *l)
{
    // What else is wrong up to the line's end comes from it.
    if ((l->cut_at != UINT32_MAX && l->at <= l->cut_at) || l->no_memory)
        return;
    const char *end = memchr(l->text + l->at, '\n', l->size - l->at);
    l->cut_at = end ? (uint32_t)(end - l->text) : l->size;
    uint32_t brace = open_brace(l);
    struct pm_span span = lexer_span(l, brace, brace + 1);
    struct pm_lang_diag *diag =
        pm_lang_error(l->report, PM_LANG_BRACKET_OPEN, span,
                      "the '{' in this string begins a value, which no '}' "
                      "ends");
    pm_lang_help(l->report, diag, "where the brace is text write \\{");
    pm_lang_fix(l->report, diag, span, "\\{");
}

static void flag_cut(struct lexer *l)
{
    if (!l->no_memory)
        l->tokens[l->count - 1].flags |= PM_TOKEN_CUT;
}

static void add_end(struct lexer *l, uint32_t start)
{
    uint32_t begin = l->open[l->open_count - 1].token;
    pm_lexer_close(l);
    pm_lexer_add(l, PM_TOKEN_STRING_END, start);
    if (!l->no_memory)
        l->tokens[l->count - 1].match = begin;
}

void pm_lexer_string(struct lexer *l)
{
    uint32_t start = l->at++;
    char end = read_piece(l);

    if (end == '{') {
        pm_lexer_add(l, PM_TOKEN_STRING_BEGIN, start);
        pm_lexer_open(l, PM_TOKEN_STRING_BEGIN);
        return;
    }
    if (!end && l->strings)
        pm_lexer_stray_brace(l);
    else if (!end)
        report_cut(l, start);
    pm_lexer_add(l, PM_TOKEN_STRING, start);
    if (!end)
        flag_cut(l);
}

void pm_lexer_string_goes_on(struct lexer *l)
{
    uint32_t start = l->at++;
    char end = read_piece(l);

    if (end == '{') {
        pm_lexer_add(l, PM_TOKEN_STRING_MIDDLE, start);
        return;
    }
    uint32_t begin = l->open[l->open_count - 1].token;
    if (!end)
        report_cut(l, l->tokens[begin].offset);
    add_end(l, start);
    if (!end)
        flag_cut(l);
}

// All that is open down to the outermost string ends here.
void pm_lexer_string_cut(struct lexer *l)
{
    pm_lexer_stray_brace(l);
    while (l->strings && !l->no_memory) {
        if (l->open[l->open_count - 1].kind != PM_TOKEN_STRING_BEGIN) {
            l->open_count--;
            l->is_uneven = true;
            continue;
        }
        add_end(l, l->at);
        flag_cut(l);
    }
}

// --- formats -----------------------------------------------------------------

static void skip_digits(struct lexer *l)
{
    while (is_class(byte_at(l, l->at), CLASS_DIGIT))
        l->at++;
}

static void skip_one_of(struct lexer *l, const char *letters)
{
    char c = byte_at(l, l->at);
    if (c && strchr(letters, c))
        l->at++;
}

void pm_lexer_format(struct lexer *l)
{
    uint32_t start = l->at++;

    skip_one_of(l, "+");
    skip_digits(l);
    bool ok = true;
    if (byte_at(l, l->at) == '.') {
        uint32_t digits = ++l->at;
        skip_digits(l);
        ok = l->at > digits;
    }
    skip_one_of(l, "xXb");
    uint32_t end = l->at;
    while (end < l->size && !strchr("} \t\r\n\"", l->text[end]))
        end++;
    // Widths that no screen has room for are typing errors.
    ok = ok && end == l->at && end - start <= 12;
    l->at = end;
    if (!ok) {
        struct pm_lang_diag *diag = pm_lang_error(
            l->report, PM_LANG_BAD_FORMAT, lexer_span(l, start, end),
            "found the format '%s', which is not known",
            pm_lang_show(l->report, l->text + start, end - start));
        pm_lang_help(l->report, diag,
                     "a format is [+][0][width][.digits][x, X or b], as in "
                     "{a:04} or {b:.2}");
    }
    pm_lexer_add(l, PM_TOKEN_FORMAT, start);
}

// --- characters --------------------------------------------------------------

// Goes behind one character or escape; false when there is none.
static bool read_char(struct lexer *l)
{
    uint32_t code;
    if (is_line_end(l))
        return false;
    if (l->text[l->at] == '\\') {
        check_escape(l);
        return true;
    }
    size_t size = pm_utf8_decode(l->text + l->at, l->size - l->at, &code);
    if (size == 1 && code < 0x20 && code != '\t')
        report_control(l);
    l->at += size ? (uint32_t)size : 1;
    return true;
}

// A quote on this line from here on, as an offset; 0: none.
static uint32_t find_quote(const struct lexer *l)
{
    for (uint32_t at = l->at; at < l->size && l->text[at] != '\n'; at++)
        if (l->text[at] == '\'')
            return at;
    return 0;
}

static void report_single_quotes(struct lexer *l, uint32_t start)
{
    const char *inside = l->text + start + 1;
    uint32_t size = l->at - start - 2;
    struct pm_span span = lexer_span(l, start, l->at);
    struct pm_lang_diag *diag =
        pm_lang_error(l->report, PM_LANG_SINGLE_QUOTES, span,
                      "found a string in single quotes");
    pm_lang_help(l->report, diag,
                 "strings stand in double quotes; single quotes are for one "
                 "character");
    if (size < 200 && !memchr(inside, '"', size) && !memchr(inside, '{', size))
        pm_lang_fix(l->report, diag, span, "\"%.*s\"", (int)size, inside);
}

static void report_char(struct lexer *l, uint32_t start, const char *what,
                        const char *help)
{
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_BAD_CHAR, lexer_span(l, start, l->at), "%s", what);
    pm_lang_help(l->report, diag, "%s", help);
}

void pm_lexer_char(struct lexer *l)
{
    static const char help[] =
        "a character stands in single quotes, as in 'A' or '\\n'";
    uint32_t start = l->at++;
    pm_token_kind kind = PM_TOKEN_CHAR;

    if (byte_at(l, l->at) == '\'') {
        l->at++;
        bool is_quote = byte_at(l, l->at) == '\'';
        while (byte_at(l, l->at) == '\'')
            l->at++;
        report_char(l, start, "found no character between the quotes",
                    is_quote ? "the quote itself is '\\''" : help);
    } else {
        bool is_read = read_char(l);
        uint32_t quote = is_read ? find_quote(l) : 0;
        bool is_one = quote == l->at;
        if (quote)
            l->at = quote + 1;
        if (quote && !is_one) {
            report_single_quotes(l, start);
            kind = PM_TOKEN_STRING;
        } else if (!quote) {
            report_char(l, start, "found a quote that is not closed", help);
        }
    }
    pm_lexer_add(l, kind, start);
}
