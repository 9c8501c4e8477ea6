// SPDX-License-Identifier: MIT
//
// Arithmetic that C leaves open or libraries do differently: the same bits on
// every host.

#ifndef PM_VM_NUMBER_H
#define PM_VM_NUMBER_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define PM_NAN_F64 UINT64_C(0x7ff8000000000000)
#define PM_NAN_F32 UINT32_C(0x7fc00000)

static inline uint64_t pm_f64_bits(double f)
{
    uint64_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static inline double pm_f64_from(uint64_t bits)
{
    double f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static inline uint64_t pm_f32_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return f != f ? PM_NAN_F32 : bits;
}

static inline float pm_f32_from(uint64_t slot)
{
    uint32_t bits = (uint32_t)slot;
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

// The one quiet NaN for every NaN.
static inline uint64_t pm_canon_f64(uint64_t bits)
{
    double f = pm_f64_from(bits);
    return f != f ? PM_NAN_F64 : bits;
}

static inline uint64_t pm_canon_f32(uint64_t bits)
{
    return pm_f32_bits(pm_f32_from(bits));
}

static inline double pm_min_f64(double f, double g)
{
    if (f != f || g != g)
        return pm_f64_from(PM_NAN_F64);
    if (f == g)
        return pm_f64_from(pm_f64_bits(f) | pm_f64_bits(g)); // -0 wins
    return f < g ? f : g;
}

static inline double pm_max_f64(double f, double g)
{
    if (f != f || g != g)
        return pm_f64_from(PM_NAN_F64);
    if (f == g)
        return pm_f64_from(pm_f64_bits(f) & pm_f64_bits(g)); // +0 wins
    return f > g ? f : g;
}

// To the nearest integer, ties to even, whatever rounding mode the host is
// in: beyond 2^52 every number is an integer.
static inline double pm_round_even(double f)
{
    double whole = floor(f);
    double rest = f - whole;
    if (!(f > -4503599627370496.0 && f < 4503599627370496.0))
        return f;
    if (rest > 0.5 || (rest == 0.5 && fmod(whole, 2.0) != 0.0))
        whole += 1.0;
    return copysign(whole, f);
}

static inline uint64_t pm_sat_i32(double f)
{
    if (f != f)
        return 0;
    if (f <= -2147483648.0)
        return (uint64_t)(int64_t)INT32_MIN;
    if (f >= 2147483647.0)
        return INT32_MAX;
    return (uint64_t)(int64_t)f;
}

static inline uint64_t pm_sat_i64(double f)
{
    if (f != f)
        return 0;
    if (f <= -9223372036854775808.0)
        return (uint64_t)INT64_MIN;
    if (f >= 9223372036854775808.0)
        return INT64_MAX;
    return (uint64_t)(int64_t)f;
}

static inline uint64_t pm_clz64(uint64_t x)
{
    return x ? (uint64_t)__builtin_clzll(x) : 64;
}

static inline uint64_t pm_ctz64(uint64_t x)
{
    return x ? (uint64_t)__builtin_ctzll(x) : 64;
}

static inline uint64_t pm_popcount64(uint64_t x)
{
    // Without an instruction for it, the builtin would call a function.
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) +
        (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return x * UINT64_C(0x0101010101010101) >> 56;
}

#endif
