// SPDX-License-Identifier: MIT
//
// What no token begins with: each run of it is reported once, with what was
// probably meant.
#include <string.h>

#include "base/utf8.h"
#include "lang/lexer_internal.h"

void pm_lexer_check_utf8(struct lexer *l)
{
    size_t at = 0;
    while (at < l->size) {
        at += pm_utf8_valid_prefix(l->text + at, l->size - at);
        if (at >= l->size)
            return;
        uint32_t start = (uint32_t)at;
        struct pm_lang_diag *diag = pm_lang_error(
            l->report, PM_LANG_BAD_UTF8, lexer_span(l, start, start + 1),
            "found the byte 0x%02x, which is not UTF-8 here",
            (unsigned)(uint8_t)l->text[at]);
        pm_lang_help(l->report, diag, "save the file as UTF-8");
        const char *next = memchr(l->text + at, '\n', l->size - at);
        at = next ? (size_t)(next - l->text) : l->size;
    }
}

void pm_lexer_block_comment(struct lexer *l)
{
    uint32_t start = l->at;
    l->at += 2;
    while (l->at < l->size &&
           !(l->text[l->at] == '*' && byte_at(l, l->at + 1) == '/')) {
        // A string's braces end with the line in any case.
        if (l->text[l->at] == '\n') {
            if (l->strings)
                pm_lexer_string_cut(l);
            l->flags |= PM_TOKEN_NEW_LINE;
        }
        l->at++;
    }
    if (l->at < l->size)
        l->at += 2;
    else
        l->flags |= PM_TOKEN_CUT;
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_FOREIGN_COMMENT, lexer_span(l, start, start + 2),
        "found /*, but there are no comments of this kind");
    pm_lang_help(l->report, diag, "begin each line of the comment with //");
}

// "#" with a word right behind it, within a line: no comment.
static bool is_hash_word(const struct lexer *l, uint32_t at)
{
    return !(l->flags & PM_TOKEN_NEW_LINE) &&
           is_class(byte_at(l, at), CLASS_LETTER | CLASS_DIGIT);
}

static const char *hash_help(const struct lexer *l)
{
    if (is_hash_word(l, l->at))
        return "a length is xs.len(), a colour a number: 0xF800, or "
               "Color.rgb(255, 0, 0)";
    if (l->size - l->at >= 7 && memcmp(l->text + l->at, "include", 7) == 0)
        return "write import { A, B } from \"path\"";
    if (l->size - l->at >= 6 && memcmp(l->text + l->at, "define", 6) == 0)
        return "write declare const NAME: int = 1";
    return "comments begin with //";
}

static const char *help_for(char c)
{
    switch (c) {
    case '?':
        return "'optional T' is the type of what may be missing, 'x else y' "
               "gives y where x is none, and 'if c { a } else { b }' gives a "
               "or b";
    case '@':
        return "attributes are written [Frame]";
    case '`':
        return "strings stand in double quotes; values in them in braces, "
               "as in \"{x}\"";
    case '\\':
        return "a statement may go on in the next line without a mark, "
               "before an operator or within ( )";
    case '\r':
        return "lines end with a line feed, or carriage return and line feed";
    case '$':
        return "values stand in strings in braces, as in \"{x}\"";
    default:
        return "remove it";
    }
}

// The size of a curly quote at [at], 0: there is none.
static uint32_t curly_quote(const struct lexer *l, uint32_t at)
{
    static const char *const quotes[] = {"\xe2\x80\x9c", "\xe2\x80\x9d",
                                         "\xe2\x80\x98", "\xe2\x80\x99"};
    for (size_t i = 0; i < 4; i++)
        if (l->size - at >= 3 && memcmp(l->text + at, quotes[i], 3) == 0)
            return 3;
    return 0;
}

// A text in curly quotes on one line is passed over as a whole.
static bool skip_curly(struct lexer *l)
{
    uint32_t start = l->at;
    if (!curly_quote(l, start))
        return false;
    for (uint32_t at = start + 3; at < l->size && l->text[at] != '\n'; at++)
        if (curly_quote(l, at)) {
            l->at = at + 3;
            return true;
        }
    l->at += 3;
    return true;
}

// A text in back quotes on one line is one mistake.
static void skip_to_backquote(struct lexer *l)
{
    for (uint32_t at = l->at; at < l->size && l->text[at] != '\n'; at++)
        if (l->text[at] == '`') {
            l->at = at + 1;
            return;
        }
}

static void add_word(struct lexer *l)
{
    uint32_t start = l->at;
    bool is_name = false;
    while (l->at < l->size) {
        char c = l->text[l->at];
        bool is_ascii = is_class(c, CLASS_LETTER | CLASS_DIGIT);
        if (!is_ascii && (uint8_t)c < 0x80)
            break;
        is_name = is_name || is_ascii;
        l->at++;
    }
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_BAD_CHARACTER, lexer_span(l, start, l->at),
        "found '%s'; outside of strings and comments stands ASCII only",
        pm_lang_show(l->report, l->text + start, l->at - start));
    if (is_name)
        pm_lang_help(l->report, diag,
                     "names are of the letters a to z, digits and _");
    pm_lexer_add(l, is_name ? PM_TOKEN_NAME : PM_TOKEN_BAD, start);
}

static void add_curly(struct lexer *l, uint32_t start)
{
    struct pm_lang_diag *diag =
        pm_lang_error(l->report, PM_LANG_BAD_CHARACTER,
                      lexer_span(l, start, l->at), "found a curly quote");
    pm_lang_help(l->report, diag, "strings stand in straight quotes: \"");
    pm_lexer_add(l, PM_TOKEN_BAD, start);
}

void pm_lexer_bad(struct lexer *l)
{
    uint32_t start = l->at;
    char c = l->text[start];

    if (skip_curly(l)) {
        add_curly(l, start);
        return;
    }
    if ((uint8_t)c >= 0x80 || is_class(c, CLASS_LETTER)) {
        add_word(l);
        return;
    }
    if (c == '\\' && l->strings) {
        // As in "{\"a\": 1}", where the brace was meant as text.
        pm_lexer_stray_brace(l);
        l->at++;
        pm_lexer_add(l, PM_TOKEN_BAD, start);
        return;
    }
    // The same again is the same mistake.
    while (l->at < l->size && l->text[l->at] == c)
        l->at++;
    if (c == '`')
        skip_to_backquote(l);
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_BAD_CHARACTER, lexer_span(l, start, l->at),
        "found '%s', which no token begins with",
        pm_lang_show(l->report, l->text + start, l->at - start));
    pm_lang_help(l->report, diag, "%s", c == '#' ? hash_help(l) : help_for(c));
    if (c == '#' && !is_hash_word(l, l->at)) {
        const char *end = memchr(l->text + l->at, '\n', l->size - l->at);
        l->at = end ? (uint32_t)(end - l->text) : l->size;
        return;
    }
    if (c != '\r')
        pm_lexer_add(l, PM_TOKEN_BAD, start);
}
