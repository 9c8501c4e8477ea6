// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asm/asm_internal.h"

// A number's letters without "_", NUL-terminated.
struct digits {
    char text[512];
    size_t size;
};

static bool copy_digits(struct assembler *a, struct digits *out)
{
    const struct asm_token *token = &a->token;
    out->size = 0;
    for (size_t i = 0; i < token->size; i++) {
        if (token->text[i] == '_')
            continue;
        if (out->size + 1 == sizeof out->text)
            return pm_asm_error(a, token, "ASM-NUMBER",
                                "the number is longer than %zu digits",
                                sizeof out->text - 1);
        out->text[out->size++] = token->text[i];
    }
    out->text[out->size] = 0;
    return true;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

// Digits without sign: decimal, 0x… or 0b…. False when they are none or more
// than 64 bits.
static bool read_magnitude(const char *text, uint64_t *out, bool *is_decimal)
{
    unsigned base = 10;
    uint64_t value = 0;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        base = 16;
    else if (text[0] == '0' && (text[1] == 'b' || text[1] == 'B'))
        base = 2;
    if (base != 10)
        text += 2;
    *is_decimal = base == 10;
    if (!*text)
        return false;
    for (; *text; text++) {
        unsigned digit = (unsigned)digit_value(*text);
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    *out = value;
    return true;
}

// Whether the magnitude with its sign fits; hexadecimal digits may use all
// bits.
static bool fits(uint64_t value, int bits, bool is_signed, bool is_negative,
                 bool is_decimal)
{
    uint64_t half = UINT64_C(1) << (bits - 1);
    if (is_negative)
        return is_signed && value <= half;
    if (is_signed && is_decimal)
        return value < half;
    return bits == 64 || value < UINT64_C(1) << bits;
}

static const char *range_of(int bits, bool is_signed)
{
    if (bits == 8)
        return "0 to 255";
    if (bits == 64)
        return "-9223372036854775808 to 9223372036854775807";
    return is_signed ? "-2147483648 to 2147483647" : "0 to 4294967295";
}

static bool read_integer(struct assembler *a, int bits, bool is_signed,
                         uint64_t *out)
{
    struct digits digits;
    uint64_t value;
    bool is_decimal;

    if (!copy_digits(a, &digits))
        return false;
    bool is_negative = digits.text[0] == '-';
    const char *text = digits.text + (is_negative || digits.text[0] == '+');
    if (!read_magnitude(text, &value, &is_decimal) ||
        !fits(value, bits, is_signed, is_negative, is_decimal))
        return pm_asm_error(a, &a->token, "ASM-NUMBER",
                            "'%s' is not a whole number from %s",
                            pm_asm_show(a, a->token.text, a->token.size),
                            range_of(bits, is_signed));
    if (bits == 32 && is_signed && !is_negative)
        value = (uint64_t)(int64_t)(int32_t)(uint32_t)value;
    *out = is_negative ? 0 - value : value;
    pm_asm_next(a);
    return true;
}

bool pm_asm_parse_integer(struct assembler *a, int bits, bool is_signed,
                          uint64_t *out)
{
    if (a->token.kind == ASM_NUMBER)
        return read_integer(a, bits, is_signed, out);
    if (a->token.kind != ASM_CHAR)
        return pm_asm_unexpected(a, "a whole number or a character as 'A'");
    if (bits == 8 && a->token.code > 255)
        return pm_asm_error(a, &a->token, "ASM-NUMBER",
                            "the character does not fit into a byte");
    *out = a->token.code;
    pm_asm_next(a);
    return true;
}

bool pm_asm_parse_u32(struct assembler *a, const char *what, uint32_t *out)
{
    uint64_t value;
    if (a->token.kind != ASM_NUMBER) {
        struct pm_buf wanted;
        pm_buf_init(&wanted, a->alloc);
        pm_buf_printf(&wanted, "a number (%s)", what);
        const char *text = pm_buf_cstr(&wanted);
        bool ok = pm_asm_unexpected(a, text ? text : what);
        pm_buf_free(&wanted);
        return ok;
    }
    if (!read_integer(a, 32, false, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

// --- floats ------------------------------------------------------------------

// The C library reads and writes floats with the locale's decimal point; text
// always has a dot.
static void localize(struct digits *digits)
{
    char sample[16];
    char *dot = strchr(digits->text, '.');
    snprintf(sample, sizeof sample, "%.1f", 1.5);
    size_t size = strlen(sample) - 2;
    if (!dot || digits->size + size >= sizeof digits->text)
        return;
    memmove(dot + size, dot + 1, strlen(dot + 1) + 1);
    memcpy(dot, sample + 1, size);
}

// Letters that strtod would take but the format does not have.
static bool is_plain_float(const char *text)
{
    const char *at = text + (*text == '-' || *text == '+');
    bool is_hex = at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
    const char *letters =
        is_hex ? "0123456789abcdefABCDEFxXpP+-." : "0123456789eE+-.";
    return *at >= '0' && *at <= '9' && strspn(at, letters) == strlen(at);
}

static uint64_t bits_of_f64(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t bits_of_f32(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static bool read_digits(struct digits *digits, bool is_f32, uint64_t *out)
{
    char *end;
    if (!is_plain_float(digits->text))
        return false;
    localize(digits);
    if (is_f32)
        *out = bits_of_f32(strtof(digits->text, &end));
    else
        *out = bits_of_f64(strtod(digits->text, &end));
    return *end == 0;
}

static bool read_special(const struct asm_token *token, bool is_f32,
                         uint64_t *out)
{
    static const struct {
        const char *name;
        uint64_t f32;
        uint64_t f64;
    } rows[] = {
        {"nan", 0x7fc00000u, UINT64_C(0x7ff8000000000000)},
        {"inf", 0x7f800000u, UINT64_C(0x7ff0000000000000)},
        {"+inf", 0x7f800000u, UINT64_C(0x7ff0000000000000)},
        {"-inf", 0xff800000u, UINT64_C(0xfff0000000000000)},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        if (strlen(rows[i].name) == token->size &&
            memcmp(rows[i].name, token->text, token->size) == 0) {
            *out = is_f32 ? rows[i].f32 : rows[i].f64;
            return true;
        }
    return false;
}

bool pm_asm_parse_float(struct assembler *a, bool is_f32, uint64_t *out)
{
    struct digits digits;
    const uint64_t infinite =
        is_f32 ? 0x7f800000u : UINT64_C(0x7ff0000000000000);
    const uint64_t sign = UINT64_C(1) << (is_f32 ? 31 : 63);

    if (pm_asm_accept(a, '#'))
        return pm_asm_parse_integer(a, is_f32 ? 32 : 64, false, out);
    if (a->token.kind != ASM_NUMBER && a->token.kind != ASM_WORD)
        return pm_asm_unexpected(a,
                                 "a number as 1.5, 2e-3, 0x1p-3, nan or inf");
    if (!read_special(&a->token, is_f32, out)) {
        if (!copy_digits(a, &digits))
            return false;
        if (!read_digits(&digits, is_f32, out))
            return pm_asm_error(
                a, &a->token, "ASM-NUMBER",
                "'%s' is not a number as 1.5, 2e-3, 0x1p-3, nan "
                "or inf",
                pm_asm_show(a, a->token.text, a->token.size));
        if ((*out & ~sign) == infinite)
            return pm_asm_error(a, &a->token, "ASM-NUMBER",
                                "the number is too large for an %s; write inf "
                                "if that is meant",
                                is_f32 ? "f32" : "f64");
    }
    pm_asm_next(a);
    return true;
}
