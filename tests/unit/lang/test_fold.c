// SPDX-License-Identifier: MIT
//
// What is folded while compiling is what the machine computes: each
// instruction with each pair of odd values, both ways, in one program.
#include <stdlib.h>

#include "low_world.h"
#include "support/test.h"

static const int64_t ints[] = {0,
                               1,
                               -1,
                               2,
                               -2,
                               63,
                               64,
                               65,
                               255,
                               256,
                               INT64_MAX,
                               INT64_MIN,
                               INT64_MIN + 1,
                               -40,
                               1LL << 40,
                               0x7ff0000000000001};

static const uint64_t floats[] = {
    0,                  // 0.0
    0x8000000000000000, // -0.0
    0x3ff0000000000000, // 1.0
    0xbfe0000000000000, // -0.5
    0x3fe0000000000000, // 0.5
    0x4004000000000000, // 2.5
    0x7ff0000000000000, // inf
    0xfff0000000000000, // -inf
    0x7ff8000000000000, // nan
    0x43e0000000000000, // 2^63
    0xc3e0000000000000, // -2^63
    0x0000000000000001, // the least
    0x7fefffffffffffff, // the greatest
    0x4330000000000001, // 2^52 + 1
    0xc00c000000000000, // -3.5
    0x406fe00000000000, // 255.0
};

#define VALUES 16

// --- building ----------------------------------------------------------------

static low float_of_bits(struct low_world *w, uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return low_float(w, value);
}

// An operand, as a constant or as what nobody can know while compiling.
static low operand(struct low_world *w, const struct pm_lt *type,
                   uint32_t value, bool is_known)
{
    if (type == w->t_float && is_known)
        return float_of_bits(w, floats[value]);
    if (type == w->t_float)
        return low_op(w, type, PM_OP_FROM_BITS, 1,
                      low_nop(w, low_int(w, (int64_t)floats[value])));
    if (type == w->t_int)
        return is_known ? low_int(w, ints[value])
                        : low_nop(w, low_int(w, ints[value]));
    if (type == w->t_bool) {
        low number = low_nop(w, low_int(w, value & 1));
        return is_known ? low_bool(w, value & 1)
                        : low_op(w, type, PM_OP_EQ, 2, number, low_int(w, 1));
    }
    low node = low_int(w, value * 17);
    node->type = w->t_byte;
    return is_known ? node
                    : low_op(w, w->t_byte, PM_OP_WRAP_BYTE, 1,
                             low_nop(w, low_int(w, value * 17)));
}

static low apply(struct low_world *w, uint16_t op, const struct pm_lt *from,
                 const struct pm_lt *to, uint32_t a, uint32_t b, bool is_known)
{
    const char *signature = pm_opcode_info(op)->signature;
    bool takes_two = signature[0] != '*' && signature[2] == ':';
    low left = operand(w, from, a, is_known);
    if (!takes_two)
        return low_op(w, to, op, 1, left);
    return low_op(w, to, op, 2, left, operand(w, from, b, is_known));
}

// As an int that tells the values apart.
static low as_int(struct low_world *w, low node)
{
    if (node->type == w->t_float)
        return low_op(w, w->t_int, PM_OP_TO_BITS, 1, node);
    if (node->type != w->t_int)
        return low_op(w, w->t_int, PM_OP_TO_I64, 1, node);
    return node;
}

// differences += 1 where the two ways differ
static low check_pair(struct low_world *w, struct pm_low_global *differences,
                      uint16_t op, const struct pm_lt *from,
                      const struct pm_lt *to, uint32_t a, uint32_t b)
{
    low known = as_int(w, apply(w, op, from, to, a, b, true));
    low found = as_int(w, apply(w, op, from, to, a, b, false));
    return low_if(w, w->t_void, low_op(w, w->t_bool, PM_OP_NE, 2, known, found),
                  low_gset(w, differences,
                           low_add(w, low_gget(w, differences), low_int(w, 1))),
                  NULL);
}

// Whether the machine traps for these: then it has to be left alone.
static bool would_trap(struct low_world *w, uint16_t op,
                       const struct pm_lt *from, uint32_t a, uint32_t b)
{
    double f;
    memcpy(&f, &floats[a], sizeof f);
    switch (op) {
    case PM_OP_DIV:
    case PM_OP_REM:
    case PM_OP_DIV_U:
    case PM_OP_REM_U:
        return from == w->t_int && ints[b] == 0;
    case PM_OP_TO_I64:
        return from == w->t_float && !(f >= -0x1p63 && f < 0x1p63);
    case PM_OP_TO_BYTE:
        return from == w->t_int && (ints[a] < 0 || ints[a] > 255);
    default:
        return false;
    }
}

static void one_op(uint16_t op, char from_letter, char to_letter)
{
    struct low_world *w = malloc(sizeof *w);
    low_open(w);
    const struct pm_lt *types[128] = {['l'] = w->t_int,
                                      ['d'] = w->t_float,
                                      ['b'] = w->t_bool,
                                      ['y'] = w->t_byte};
    const struct pm_lt *from = types[(int)from_letter];
    const struct pm_lt *to = types[(int)to_letter];
    struct pm_low_global *differences = low_global(w, "differences", w->t_int);
    low_fn(w, "boot", w->t_void);
    low all = low_block(w, w->t_void, 0);
    for (uint32_t a = 0; a < VALUES; a++)
        for (uint32_t b = 0; b < VALUES; b++)
            if (!would_trap(w, op, from, a, b))
                all = low_block(w, w->t_void, 2, all,
                                check_pair(w, differences, op, from, to, a, b));
    low_body(w, all);
    if (low_run_optimised(w)) {
        CHECK_INT(low_trap(w), 0);
        if (!CHECK_INT(low_result(w, "differences"), 0))
            CHECK_STR(pm_opcode_info(op)->name, "");
    }
    low_close(w);
    free(w);
}

TEST(fold, integers_are_folded_as_the_machine_computes)
{
    static const uint16_t ops[] = {
        PM_OP_ADD,   PM_OP_SUB,   PM_OP_MUL, PM_OP_DIV, PM_OP_REM,
        PM_OP_DIV_U, PM_OP_REM_U, PM_OP_MIN, PM_OP_MAX, PM_OP_AND,
        PM_OP_OR,    PM_OP_XOR,   PM_OP_SHL, PM_OP_SHR, PM_OP_NEG,
        PM_OP_SHR_U, PM_OP_ABS,   PM_OP_NOT, PM_OP_CLZ, PM_OP_CTZ,
        PM_OP_POPCNT};
    for (size_t i = 0; i < PM_ARRAY_LEN(ops); i++)
        one_op(ops[i], 'l', 'l');
    for (uint16_t op = PM_OP_EQ; op <= PM_OP_GE; op++)
        one_op(op, 'l', 'b');
    one_op(PM_OP_LT_U, 'l', 'b');
}

TEST(fold, floats_are_folded_as_the_machine_computes)
{
    static const uint16_t ops[] = {
        PM_OP_ADD,   PM_OP_SUB,   PM_OP_MUL,  PM_OP_DIV,  PM_OP_MIN,
        PM_OP_MAX,   PM_OP_NEG,   PM_OP_ABS,  PM_OP_SQRT, PM_OP_CEIL,
        PM_OP_FLOOR, PM_OP_TRUNC, PM_OP_ROUND};
    for (size_t i = 0; i < PM_ARRAY_LEN(ops); i++)
        one_op(ops[i], 'd', 'd');
    for (uint16_t op = PM_OP_EQ; op <= PM_OP_GE; op++)
        one_op(op, 'd', 'b');
}

TEST(fold, conversions_bools_and_bytes_too)
{
    one_op(PM_OP_TO_I64, 'd', 'l');
    one_op(PM_OP_SAT_I64, 'd', 'l');
    one_op(PM_OP_TO_F64, 'l', 'd');
    one_op(PM_OP_TO_F64, 'y', 'd');
    one_op(PM_OP_TO_I64, 'b', 'l');
    one_op(PM_OP_TO_I64, 'y', 'l');
    one_op(PM_OP_TO_BYTE, 'l', 'y');
    one_op(PM_OP_TO_BYTE, 'b', 'y');
    one_op(PM_OP_WRAP_BYTE, 'l', 'y');
    one_op(PM_OP_TO_BITS, 'd', 'l');
    one_op(PM_OP_FROM_BITS, 'l', 'd');
    one_op(PM_OP_AND, 'b', 'b');
    one_op(PM_OP_OR, 'b', 'b');
    one_op(PM_OP_XOR, 'b', 'b');
    one_op(PM_OP_NOT, 'b', 'b');
    for (uint16_t op = PM_OP_EQ; op <= PM_OP_NE; op++)
        one_op(op, 'b', 'b');
    for (uint16_t op = PM_OP_EQ; op <= PM_OP_GE; op++)
        one_op(op, 'y', 'b');
}

TEST(fold, division_by_zero_still_traps)
{
    static const uint16_t ops[] = {PM_OP_DIV, PM_OP_REM, PM_OP_DIV_U,
                                   PM_OP_REM_U};
    for (size_t i = 0; i < PM_ARRAY_LEN(ops); i++) {
        struct low_world w;
        low_open(&w);
        low_fn(&w, "boot", w.t_void);
        w.at = 70; // line 8
        low_body(&w, low_node(&w, PM_LOW_DROP, w.t_void, 1,
                              low_op(&w, w.t_int, ops[i], 2, low_int(&w, 1),
                                     low_int(&w, 0))));
        if (low_run_optimised(&w)) {
            CHECK_INT(low_trap(&w), 0x0A);
            CHECK_INT(low_machine_trap_line(w.machine), 8);
        }
        low_close(&w);
    }
}
