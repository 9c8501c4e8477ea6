// SPDX-License-Identifier: MIT
//
// Numbers: as tokens, and what they mean.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/lexer_internal.h"

// More letters than any number needs; those of a token are copied.
enum { MOST_LETTERS = 400 };

#define LIMIT (UINT64_C(1) << 63)

static void skip_digits(struct lexer *l, unsigned classes)
{
    while (l->at < l->size &&
           (is_class(l->text[l->at], classes) || l->text[l->at] == '_'))
        l->at++;
}

static bool begins_digits(const struct lexer *l, uint32_t at)
{
    return is_class(byte_at(l, at), CLASS_DIGIT);
}

// Behind the whole part: a fraction and an exponent.
static bool skip_fraction(struct lexer *l)
{
    bool is_float = false;
    if (byte_at(l, l->at) == '.' && begins_digits(l, l->at + 1)) {
        is_float = true;
        l->at++;
        skip_digits(l, CLASS_DIGIT);
    }
    char e = byte_at(l, l->at);
    if (e == 'e' || e == 'E') {
        char sign = byte_at(l, l->at + 1);
        uint32_t digits = l->at + 1 + (sign == '+' || sign == '-');
        if (begins_digits(l, digits)) {
            is_float = true;
            l->at = digits;
            skip_digits(l, CLASS_DIGIT);
        }
    }
    return is_float;
}

static bool skip_based(struct lexer *l, bool is_hex)
{
    l->at += 2;
    uint32_t digits = l->at;
    if (is_hex) {
        skip_digits(l, CLASS_HEX);
    } else {
        while (byte_at(l, l->at) == '0' || byte_at(l, l->at) == '1' ||
               byte_at(l, l->at) == '_')
            l->at++;
    }
    return l->at > digits && l->text[digits] != '_';
}

static void report_bad(struct lexer *l, uint32_t start)
{
    // All of the word belongs to the mistake.
    while (l->at < l->size &&
           is_class(l->text[l->at], CLASS_LETTER | CLASS_DIGIT))
        l->at++;
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_BAD_NUMBER, lexer_span(l, start, l->at),
        "found '%s', which is not well formed as a number",
        pm_lang_show(l->report, l->text + start, l->at - start));
    char last = l->text[l->at - 1];
    if (last == 'f' || last == 'L' || last == 'u' || last == 'U')
        pm_lang_help(l->report, diag, "numbers have no letter behind them");
    else
        pm_lang_help(l->report, diag,
                     "numbers are written 12, 1_000, 0xff, 0b101, 1.5, 2e-3");
}

// "1." with nothing behind that a point could lead to: "1.max(2)" is a call
// and "1..9" another mistake. What begins behind a blank belongs elsewhere.
static bool lacks_digits(const struct lexer *l)
{
    char second = byte_at(l, l->at + 1);

    return byte_at(l, l->at) == '.' && second != '.' &&
           !is_class(second, CLASS_LETTER | CLASS_DIGIT);
}

static void report_lone_point(struct lexer *l, uint32_t start)
{
    l->at++;
    struct pm_span span = lexer_span(l, start, l->at);
    const char *shown =
        pm_lang_show(l->report, l->text + start, span.end - start);
    struct pm_lang_diag *diag =
        pm_lang_error(l->report, PM_LANG_BAD_NUMBER, span,
                      "found '%s', wanted digits behind the point", shown);
    pm_lang_help(l->report, diag, "write %s0", shown);
    pm_lang_fix(l->report, diag, span, "%s0", shown);
}

static void report_range(struct lexer *l, uint32_t start, bool is_float)
{
    struct pm_lang_diag *diag = pm_lang_error(
        l->report, PM_LANG_NUMBER_RANGE, lexer_span(l, start, l->at),
        "the number is too large for %s", is_float ? "a float" : "an int");
    if (!is_float)
        pm_lang_help(l->report, diag,
                     "an int holds -9223372036854775808 to "
                     "9223372036854775807");
}

static bool int_value(const char *text, uint32_t size, uint64_t *out);
static double float_value(const char *text, uint32_t size);

static void check_range(struct lexer *l, uint32_t start, bool is_float)
{
    const char *text = l->text + start;
    uint32_t size = l->at - start;
    uint64_t value;

    // Short ones fit in any case.
    if (is_float) {
        bool is_large =
            size > 300 || memchr(text, 'e', size) || memchr(text, 'E', size);
        if (is_large && float_value(text, size) > 1.7976931348623157e308)
            report_range(l, start, true);
    } else if (size > 16 && !int_value(text, size, &value)) {
        report_range(l, start, false);
    }
}

void pm_lexer_number(struct lexer *l)
{
    uint32_t start = l->at;
    char second = byte_at(l, start + 1);
    bool is_float = false;
    bool ok = true;

    if (l->text[start] == '0' && (second == 'x' || second == 'b')) {
        ok = skip_based(l, second == 'x');
    } else {
        skip_digits(l, CLASS_DIGIT);
        is_float = skip_fraction(l);
    }
    if (ok && !is_float && second != 'x' && second != 'b' && lacks_digits(l) &&
        l->at - start <= MOST_LETTERS) {
        report_lone_point(l, start);
        is_float = true;
    } else if (!ok || is_class(byte_at(l, l->at), CLASS_LETTER | CLASS_DIGIT) ||
               l->at - start > MOST_LETTERS)
        report_bad(l, start);
    else
        check_range(l, start, is_float);
    pm_lexer_add(l, is_float ? PM_TOKEN_FLOAT : PM_TOKEN_INT, start);
}

// --- values ------------------------------------------------------------------

static uint64_t digit_value(char c)
{
    return (uint64_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

// Anything that is no digit of the base ends it: such a token was reported.
static bool int_value(const char *text, uint32_t size, uint64_t *out)
{
    uint64_t base = 10;
    uint64_t value = 0;
    uint32_t at = 0;

    if (size > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'b')) {
        base = text[1] == 'x' ? 16 : 2;
        at = 2;
    }
    for (; at < size; at++) {
        if (text[at] == '_')
            continue;
        if (!is_class(text[at], CLASS_HEX) || digit_value(text[at]) >= base)
            break;
        uint64_t digit = digit_value(text[at]);
        if (value > (LIMIT - digit) / base)
            return false;
        value = value * base + digit;
    }
    *out = value;
    return true;
}

// The C library reads floats with the locale's decimal point.
static void put_point(char *text, size_t room)
{
    char sample[16];
    char *dot = strchr(text, '.');
    snprintf(sample, sizeof sample, "%.1f", 1.5);
    size_t size = strlen(sample) - 2;
    if (!dot || size == 1) {
        if (dot)
            *dot = sample[1];
        return;
    }
    if (strlen(text) + size >= room)
        return;
    memmove(dot + size, dot + 1, strlen(dot + 1) + 1);
    memcpy(dot, sample + 1, size);
}

static double float_value(const char *text, uint32_t size)
{
    char digits[MOST_LETTERS + 16];
    size_t count = 0;

    for (uint32_t i = 0; i < size && count < MOST_LETTERS; i++)
        if (text[i] != '_')
            digits[count++] = text[i];
    digits[count] = 0;
    put_point(digits, sizeof digits);
    return strtod(digits, NULL);
}

bool pm_token_int(const struct pm_parsed *parsed, uint32_t token, uint64_t *out)
{
    const struct pm_token *t = &parsed->tokens[token];
    return int_value(parsed->text + t->offset, t->size, out);
}

double pm_token_float(const struct pm_parsed *parsed, uint32_t token)
{
    const struct pm_token *t = &parsed->tokens[token];
    return float_value(parsed->text + t->offset, t->size);
}
