// SPDX-License-Identifier: MIT
//
// Numbers as Tiled writes them, in whole numbers all the way, so that every
// machine reads the same.

#include "pack/tiled_tree.h"

// Digits of a fraction that count: 10^12 * 2^16 fits 64 bits.
#define FRACTION_DIGITS 12

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool pm_tiled_parse_int(struct pm_tiled_text text, int64_t *out)
{
    size_t at = 0;
    bool is_negative = text.size > 0 && text.text[0] == '-';
    int64_t value = 0;

    at += is_negative;
    // Eighteen digits always fit.
    if (at == text.size || text.size - at > 18)
        return false;
    for (; at < text.size; at++) {
        if (!is_digit(text.text[at]))
            return false;
        value = value * 10 + (text.text[at] - '0');
    }
    *out = is_negative ? -value : value;
    return true;
}

// A decimal number, taken apart.
struct decimal {
    bool is_negative;
    const char *digits; // with at most one point in between
    size_t size;
    int64_t point; // the number of digits before the point, may be negative
};

static bool take_exponent(const char *at, const char *end, int64_t *out)
{
    struct pm_tiled_text text = {at, (size_t)(end - at)};
    if (text.size > 0 && *at == '+') {
        text.text++;
        text.size--;
        if (text.size > 0 && *text.text == '-')
            return false;
    }
    return pm_tiled_parse_int(text, out) && *out >= -1000 && *out <= 1000;
}

static bool take_apart(struct pm_tiled_text text, struct decimal *out)
{
    const char *at = text.text;
    const char *end = text.text + text.size;
    int64_t exponent = 0;
    size_t before = 0;
    size_t behind = 0;

    out->is_negative = at < end && *at == '-';
    at += out->is_negative;
    out->digits = at;
    for (; at < end && is_digit(*at); at++)
        before++;
    if (at < end && *at == '.')
        for (at++; at < end && is_digit(*at); at++)
            behind++;
    out->size = (size_t)(at - out->digits);
    if (at < end && (*at == 'e' || *at == 'E')) {
        if (!take_exponent(at + 1, end, &exponent))
            return false;
        at = end;
    }
    out->point = (int64_t)before + exponent;
    return at == end && before + behind > 0;
}

// The digits before the point as a number, those behind it as billionths of
// thousandths. False when the number is far too big.
static bool weigh(const struct decimal *d, uint64_t *whole, uint64_t *fraction)
{
    int64_t place = d->point; // of the digit, from 1 down before the point
    int behind = 0;

    *whole = *fraction = 0;
    for (int64_t zeroes = place; zeroes < 0 && behind < FRACTION_DIGITS;
         zeroes++)
        behind++;
    for (size_t i = 0; i < d->size; i++) {
        if (d->digits[i] == '.')
            continue;
        unsigned digit = (unsigned)(d->digits[i] - '0');
        if (place-- > 0) {
            *whole = *whole * 10 + digit;
            if (*whole > UINT32_MAX)
                return false;
        } else if (behind < FRACTION_DIGITS) {
            *fraction = *fraction * 10 + digit;
            behind++;
        }
    }
    for (; place > 0; place--)
        if ((*whole *= 10) > UINT32_MAX)
            return false;
    for (; behind < FRACTION_DIGITS; behind++)
        *fraction *= 10;
    return true;
}

bool pm_tiled_parse_fixed(struct pm_tiled_text text, int bits, int32_t *out)
{
    const uint64_t one = UINT64_C(1000000000000);
    struct decimal d;
    uint64_t whole;
    uint64_t fraction;

    if (!take_apart(text, &d) || !weigh(&d, &whole, &fraction))
        return false;
    uint64_t value = (whole << bits) + ((fraction << bits) + one / 2) / one;
    if (value > (uint64_t)INT32_MAX)
        return false;
    *out = d.is_negative ? -(int32_t)value : (int32_t)value;
    return true;
}
