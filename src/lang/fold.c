// SPDX-License-Identifier: MIT
//
// Arithmetic on constants, exactly as the machine does it (docs/spec/vm.md):
// integers wrap, floats are those of IEEE 754 without contraction, and what
// would trap is left for the machine.
#include <math.h>
#include <string.h>

#include "lang/optimise_internal.h"

#define NAN_BITS UINT64_C(0x7ff8000000000000)

static double as_float(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return value != value ? NAN_BITS : bits;
}

// --- integers ----------------------------------------------------------------

static bool divide(uint16_t op, uint64_t x, uint64_t y, uint64_t *out)
{
    if (y == 0)
        return false;
    switch (op) {
    case PM_OP_DIV:
        *out = y == UINT64_MAX ? 0 - x : (uint64_t)((int64_t)x / (int64_t)y);
        return true;
    case PM_OP_REM:
        *out = y == UINT64_MAX ? 0 : (uint64_t)((int64_t)x % (int64_t)y);
        return true;
    case PM_OP_DIV_U:
        *out = x / y;
        return true;
    case PM_OP_REM_U:
        *out = x % y;
        return true;
    default:
        return false;
    }
}

// With the sign, whatever the compiler makes of >>.
static uint64_t shift_right(uint64_t x, uint64_t count)
{
    uint64_t filled = x >> (count & 63);
    if ((int64_t)x < 0 && count & 63)
        filled |= UINT64_MAX << (64 - (count & 63));
    return filled;
}

static bool two_integers(uint16_t op, uint64_t x, uint64_t y, uint64_t *out)
{
    switch (op) {
    case PM_OP_ADD:
        *out = x + y;
        return true;
    case PM_OP_SUB:
        *out = x - y;
        return true;
    case PM_OP_MUL:
        *out = x * y;
        return true;
    case PM_OP_AND:
        *out = x & y;
        return true;
    case PM_OP_OR:
        *out = x | y;
        return true;
    case PM_OP_XOR:
        *out = x ^ y;
        return true;
    case PM_OP_SHL:
        *out = x << (y & 63);
        return true;
    case PM_OP_SHR:
        *out = shift_right(x, y);
        return true;
    case PM_OP_SHR_U:
        *out = x >> (y & 63);
        return true;
    case PM_OP_MIN:
        *out = (int64_t)x < (int64_t)y ? x : y;
        return true;
    case PM_OP_MAX:
        *out = (int64_t)x > (int64_t)y ? x : y;
        return true;
    default:
        return divide(op, x, y, out);
    }
}

static uint64_t count_bits(uint64_t x)
{
    uint64_t count = 0;
    for (; x; x &= x - 1)
        count++;
    return count;
}

static bool one_integer(uint16_t op, uint64_t x, uint64_t *out)
{
    uint64_t low = x & (0 - x); // the lowest bit alone
    switch (op) {
    case PM_OP_NEG:
        *out = 0 - x;
        return true;
    case PM_OP_ABS:
        *out = (int64_t)x < 0 ? 0 - x : x;
        return true;
    case PM_OP_NOT:
        *out = ~x;
        return true;
    case PM_OP_POPCNT:
        *out = count_bits(x);
        return true;
    case PM_OP_CTZ:
        *out = x ? count_bits(low - 1) : 64;
        return true;
    case PM_OP_CLZ:
        for (*out = 64; x; x >>= 1)
            (*out)--;
        return true;
    default:
        return false;
    }
}

// Of two values that are neither less, equal nor greater one is a NaN.
static bool compare(uint16_t op, bool less, bool equal, bool greater, bool *out)
{
    switch (op) {
    case PM_OP_EQ:
        *out = equal;
        return true;
    case PM_OP_NE:
        *out = !equal;
        return true;
    case PM_OP_LT:
        *out = less;
        return true;
    case PM_OP_LE:
        *out = less || equal;
        return true;
    case PM_OP_GT:
        *out = greater;
        return true;
    case PM_OP_GE:
        *out = greater || equal;
        return true;
    default:
        return false;
    }
}

static bool compare_integers(uint16_t op, uint64_t x, uint64_t y, bool *out)
{
    int64_t a = (int64_t)x;
    int64_t b = (int64_t)y;

    if (op == PM_OP_LT_U) {
        *out = x < y;
        return true;
    }
    bool less = a < b;
    bool greater = a > b;
    return compare(op, less, a == b, greater, out);
}

// --- floats ------------------------------------------------------------------

static double least(double f, double g)
{
    if (f == g) // of 0 and -0 the second
        return signbit(f) ? f : g;
    return f < g ? f : g;
}

static double greatest(double f, double g)
{
    if (f == g)
        return signbit(f) ? g : f;
    return f > g ? f : g;
}

static bool two_floats(uint16_t op, double f, double g, double *out)
{
    bool has_nan = f != f || g != g;
    switch (op) {
    case PM_OP_ADD:
        *out = f + g;
        return true;
    case PM_OP_SUB:
        *out = f - g;
        return true;
    case PM_OP_MUL:
        *out = f * g;
        return true;
    case PM_OP_DIV:
        *out = f / g;
        return true;
    case PM_OP_MIN:
        *out = has_nan ? as_float(NAN_BITS) : least(f, g);
        return true;
    case PM_OP_MAX:
        *out = has_nan ? as_float(NAN_BITS) : greatest(f, g);
        return true;
    default:
        return false;
    }
}

static double round_even(double f)
{
    double whole = floor(f);
    double rest = f - whole;
    if (!(f > -4503599627370496.0 && f < 4503599627370496.0))
        return f;
    if (rest > 0.5 || (rest == 0.5 && fmod(whole, 2.0) != 0.0))
        whole += 1.0;
    return copysign(whole, f);
}

static bool one_float(uint16_t op, double f, double *out)
{
    switch (op) {
    case PM_OP_NEG:
        *out = -f;
        return true;
    case PM_OP_ABS:
        *out = fabs(f);
        return true;
    case PM_OP_SQRT:
        *out = sqrt(f);
        return true;
    case PM_OP_FLOOR:
        *out = floor(f);
        return true;
    case PM_OP_CEIL:
        *out = ceil(f);
        return true;
    case PM_OP_TRUNC:
        *out = trunc(f);
        return true;
    case PM_OP_ROUND:
        *out = round_even(f);
        return true;
    default:
        return false;
    }
}

static bool compare_floats(uint16_t op, double f, double g, bool *out)
{
    bool less = f < g;
    bool greater = f > g;
    return compare(op, less, f == g, greater, out);
}

// --- conversions -------------------------------------------------------------

static bool to_integer(uint16_t op, double f, uint64_t *out)
{
    bool fits = f >= -9223372036854775808.0 && f < 9223372036854775808.0;
    if (fits)
        *out = (uint64_t)(int64_t)f;
    else if (op == PM_OP_SAT_I64 && f != f)
        *out = 0;
    else if (op == PM_OP_SAT_I64)
        *out = f < 0 ? (uint64_t)INT64_MIN : INT64_MAX;
    else
        return false;
    return true;
}

static bool convert(uint16_t op, struct pm_fold_value *value)
{
    bool is_float = value->type == 'd';
    switch (op) {
    case PM_OP_TO_I64:
    case PM_OP_SAT_I64:
        if (is_float && !to_integer(op, as_float(value->bits), &value->bits))
            return false;
        value->type = 'l';
        return true;
    case PM_OP_TO_F64:
        if (is_float)
            return false;
        value->bits = bits_of((double)(int64_t)value->bits);
        value->type = 'd';
        return true;
    case PM_OP_TO_BYTE:
        if (is_float || value->bits > 255)
            return false;
        value->type = 'y';
        return true;
    case PM_OP_WRAP_BYTE:
        value->bits &= 255;
        value->type = 'y';
        return !is_float;
    case PM_OP_TO_BITS:
        value->type = 'l';
        return is_float;
    case PM_OP_FROM_BITS:
        value->bits = bits_of(as_float(value->bits));
        value->type = 'd';
        return !is_float;
    default:
        return false;
    }
}

// --- by instruction ----------------------------------------------------------

static bool fold_one(uint16_t op, struct pm_fold_value *value)
{
    double f;
    if (convert(op, value))
        return true;
    if (value->type == 'b' && op == PM_OP_NOT) {
        value->bits ^= 1;
        return true;
    }
    if (value->type == 'l')
        return one_integer(op, value->bits, &value->bits);
    if (value->type != 'd' || !one_float(op, as_float(value->bits), &f))
        return false;
    value->bits = bits_of(f);
    return true;
}

static bool fold_two(uint16_t op, struct pm_fold_value *a,
                     const struct pm_fold_value *b)
{
    bool holds;
    double f;
    if (a->type != b->type)
        return false;
    if (a->type == 'd'
            ? compare_floats(op, as_float(a->bits), as_float(b->bits), &holds)
            : compare_integers(op, a->bits, b->bits, &holds)) {
        *a = (struct pm_fold_value){'b', holds};
        return true;
    }
    if (a->type == 'd') {
        if (!two_floats(op, as_float(a->bits), as_float(b->bits), &f))
            return false;
        a->bits = bits_of(f);
        return true;
    }
    if (a->type == 'y' || (a->type == 'b' && op != PM_OP_AND &&
                           op != PM_OP_OR && op != PM_OP_XOR))
        return false;
    return two_integers(op, a->bits, b->bits, &a->bits);
}

bool pm_fold_op(uint16_t op, struct pm_fold_value *stack, uint32_t *depth)
{
    const char *signature = pm_opcode_info(op)->signature;
    bool takes_two =
        signature[0] != '*' && strchr(signature, ':') == signature + 2;
    if (op == PM_OP_DUP && *depth >= 1 && *depth < 4) {
        stack[*depth] = stack[*depth - 1];
        (*depth)++;
        return true;
    }
    if (takes_two && *depth >= 2 &&
        fold_two(op, &stack[*depth - 2], &stack[*depth - 1])) {
        (*depth)--;
        return true;
    }
    return !takes_two && *depth >= 1 && fold_one(op, &stack[*depth - 1]);
}
