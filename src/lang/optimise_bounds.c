// SPDX-License-Identifier: MIT
//
// Bounds of expressions, from what is known of the locals in them. What may
// wrap has none.
#include "lang/optimise_bounds.h"

#include <stdint.h>

#include "lang/optimise_internal.h"

// Expressions within expressions that are looked into.
#define MOST_DEPTH 8

static const struct pm_opt_bounds all = {INT64_MIN, INT64_MAX};

struct pm_opt_bounds pm_opt_hull(struct pm_opt_bounds a, struct pm_opt_bounds b)
{
    return (struct pm_opt_bounds){a.low < b.low ? a.low : b.low,
                                  a.high > b.high ? a.high : b.high};
}

struct pm_opt_bounds pm_opt_bounds_of_type(const struct pm_lt *type)
{
    if (type->kind == PM_LT_BYTE)
        return (struct pm_opt_bounds){0, UINT8_MAX};
    return type->kind == PM_LT_BOOL ? (struct pm_opt_bounds){0, 1} : all;
}

static struct pm_opt_bounds sum(struct pm_opt_bounds a, struct pm_opt_bounds b)
{
    struct pm_opt_bounds out;
    if (__builtin_add_overflow(a.low, b.low, &out.low) ||
        __builtin_add_overflow(a.high, b.high, &out.high))
        return all;
    return out;
}

static struct pm_opt_bounds difference(struct pm_opt_bounds a,
                                       struct pm_opt_bounds b)
{
    struct pm_opt_bounds out;
    if (__builtin_sub_overflow(a.low, b.high, &out.low) ||
        __builtin_sub_overflow(a.high, b.low, &out.high))
        return all;
    return out;
}

// By a number that is never below zero, or all.
static struct pm_opt_bounds product(struct pm_opt_bounds a,
                                    struct pm_opt_bounds b)
{
    struct pm_opt_bounds out;
    if (b.low < 0 && a.low >= 0)
        return product(b, a);
    if (b.low < 0 ||
        __builtin_mul_overflow(a.low, a.low < 0 ? b.high : b.low, &out.low) ||
        __builtin_mul_overflow(a.high, a.high < 0 ? b.low : b.high, &out.high))
        return all;
    return out;
}

static struct pm_opt_bounds remainder_of(struct pm_opt_bounds a,
                                         struct pm_opt_bounds b)
{
    if (b.low <= 0 || b.low != b.high)
        return all;
    int64_t most = b.high - 1;
    struct pm_opt_bounds out = {a.low >= 0 ? 0 : -most, a.high <= 0 ? 0 : most};
    if (a.low >= 0 && a.high < most)
        out.high = a.high;
    return out;
}

static struct pm_opt_bounds masked(struct pm_opt_bounds a,
                                   struct pm_opt_bounds b)
{
    if (a.low < 0 && b.low < 0)
        return all;
    if (a.low < 0)
        return (struct pm_opt_bounds){0, b.high};
    if (b.low < 0)
        return (struct pm_opt_bounds){0, a.high};
    return (struct pm_opt_bounds){0, a.high < b.high ? a.high : b.high};
}

static struct pm_opt_bounds shifted(struct pm_opt_bounds a,
                                    struct pm_opt_bounds by)
{
    if (by.low < 0 || by.low != by.high || by.low > 62)
        return all;
    return (struct pm_opt_bounds){a.low >> by.low, a.high >> by.low};
}

static struct pm_opt_bounds of_binary(uint16_t op, struct pm_opt_bounds a,
                                      struct pm_opt_bounds b)
{
    switch (op) {
    case PM_OP_ADD:
        return sum(a, b);
    case PM_OP_SUB:
        return difference(a, b);
    case PM_OP_MUL:
        return product(a, b);
    case PM_OP_DIV:
        return b.low > 0 && b.low == b.high
                   ? (struct pm_opt_bounds){a.low / b.low, a.high / b.low}
                   : all;
    case PM_OP_REM:
        return remainder_of(a, b);
    case PM_OP_AND:
        return masked(a, b);
    case PM_OP_SHR:
        return shifted(a, b);
    case PM_OP_SHR_U:
        return a.low >= 0 ? shifted(a, b) : all;
    case PM_OP_MIN:
        return (struct pm_opt_bounds){a.low < b.low ? a.low : b.low,
                                      a.high < b.high ? a.high : b.high};
    case PM_OP_MAX:
        return (struct pm_opt_bounds){a.low > b.low ? a.low : b.low,
                                      a.high > b.high ? a.high : b.high};
    default:
        return all;
    }
}

static struct pm_opt_bounds of(const struct pm_opt_bounds *known,
                               const struct pm_low *node, uint32_t depth);

static struct pm_opt_bounds of_unary(const struct pm_opt_bounds *known,
                                     const struct pm_low *node, uint32_t depth)
{
    struct pm_opt_bounds kid = of(known, node->kids[0], depth);
    switch (node->ops[0]) {
    case PM_OP_STR_LEN:
    case PM_OP_BYTES_LEN:
    case PM_OP_ARR_LEN:
        return (struct pm_opt_bounds){0, UINT32_MAX};
    case PM_OP_TO_I64:
        return node->kids[0]->type->kind == PM_LT_FLOAT ? all : kid;
    case PM_OP_ABS:
        if (kid.low == INT64_MIN)
            return all;
        if (kid.low >= 0)
            return kid;
        return (struct pm_opt_bounds){0, -kid.low > kid.high ? -kid.low
                                                             : kid.high};
    default:
        return all;
    }
}

static struct pm_opt_bounds of(const struct pm_opt_bounds *known,
                               const struct pm_low *node, uint32_t depth)
{
    if (!pm_opt_is_of_ints(node) || depth == 0)
        return pm_opt_bounds_of_type(node->type);
    switch (node->kind) {
    case PM_LOW_INT:
        return (struct pm_opt_bounds){node->number, node->number};
    case PM_LOW_LOCAL:
        return known[node->index];
    case PM_LOW_LENGTH:
        return (struct pm_opt_bounds){0, UINT32_MAX};
    case PM_LOW_BLOCK:
        return node->count ? of(known, node->kids[node->count - 1], depth - 1)
                           : all;
    case PM_LOW_IF:
        return pm_opt_hull(of(known, node->kids[1], depth - 1),
                           of(known, node->kids[2], depth - 1));
    case PM_LOW_OP:
        if (node->op_count == 1 && node->count == 1)
            return of_unary(known, node, depth - 1);
        if (node->op_count == 1 && node->count == 2 &&
            pm_opt_is_of_ints(node->kids[0]))
            return of_binary(node->ops[0], of(known, node->kids[0], depth - 1),
                             of(known, node->kids[1], depth - 1));
        return all;
    default:
        return all;
    }
}

struct pm_opt_bounds pm_opt_bounds_of(const struct pm_opt_bounds *known,
                                      const struct pm_low *node)
{
    return of(known, node, MOST_DEPTH);
}
