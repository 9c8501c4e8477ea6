// SPDX-License-Identifier: MIT
//
// Arithmetic, bits and conversions: from tables of which op means what for
// which type.
#include "base/check.h"
#include "link/translate_internal.h"

// --- forms -------------------------------------------------------------------

// Ops with the one form R.
void pm_tr_unary(struct pm_translator *tr, uint32_t code)
{
    uint16_t slot = pm_tr_slot(tr, tr->depth - 1);
    pm_tr_emit_result(tr, 1, code, slot, 0, ACC_INTEGER);
}

// Ops with forms R and A.
static void unary_from(struct pm_translator *tr, uint32_t code,
                       enum acc_kind from, enum acc_kind to)
{
    uint16_t slot = pm_tr_slot(tr, tr->depth - 1);
    uint32_t form = pm_tr_in_acc(tr, slot, from) ? 1 : 0;
    pm_tr_emit_result(tr, 1, code + form, slot, 0, to);
}

// Where the right operand of an integer operation is: its form is 0 in a
// slot, 1 as a small number, 2 in the pool.
static uint32_t right_form(struct pm_translator *tr, uint32_t position,
                           uint16_t *out)
{
    if (pm_tr_small(tr, position, out))
        return 1;
    if (pm_tr_pooled(tr, position, out))
        return 2;
    return 0;
}

// [code] has forms RR, RI, RK, AR, AI, AK, RA; [commutes] lets a constant left
// operand change places.
static void integers(struct pm_translator *tr, uint32_t code, bool commutes)
{
    uint32_t left = tr->depth - 2;
    uint32_t right = tr->depth - 1;
    uint16_t second;
    uint32_t form = right_form(tr, right, &second);
    if (!form && commutes && (form = right_form(tr, left, &second)) != 0)
        left = right;
    uint16_t first = pm_tr_slot(tr, left);
    if (!form)
        second = pm_tr_slot(tr, right);
    if (pm_tr_in_acc(tr, first, ACC_INTEGER))
        form += 3;
    else if (!form && pm_tr_in_acc(tr, second, ACC_INTEGER))
        form = 6;
    pm_tr_emit_result(tr, 2, code + form, first, second, ACC_INTEGER);
}

// A comparison that sets has three forms, none with its operand in acc.
static void less_unsigned(struct pm_translator *tr)
{
    uint32_t left = tr->depth - 2;
    uint32_t right = tr->depth - 1;
    uint16_t second;
    uint32_t form = right_form(tr, right, &second);
    uint16_t first = pm_tr_slot(tr, left);
    if (!form)
        second = pm_tr_slot(tr, right);
    pm_tr_emit_result(tr, 2, PM_IOP_LTU_RR + form, first, second, ACC_INTEGER);
}

struct pm_tr_floats pm_tr_float_operands(struct pm_translator *tr,
                                         uint32_t left, uint32_t right)
{
    struct pm_tr_floats o = {0};
    if (pm_tr_pooled(tr, right, &o.b)) {
        o.form = 1;
        o.a = pm_tr_slot(tr, left);
    } else if (pm_tr_pooled(tr, left, &o.a)) {
        o.form = 2;
        o.b = pm_tr_slot(tr, right);
    } else {
        o.a = pm_tr_slot(tr, left);
        o.b = pm_tr_slot(tr, right);
    }
    return o;
}

uint32_t pm_tr_float_form(const struct pm_translator *tr,
                          const struct pm_tr_floats *floats)
{
    if (floats->form != 2 && pm_tr_in_acc(tr, floats->a, ACC_FLOAT))
        return 3 + floats->form;
    if (floats->form != 1 && pm_tr_in_acc(tr, floats->b, ACC_FLOAT))
        return floats->form == 2 ? 5 : 6;
    return floats->form;
}

static void floats(struct pm_translator *tr, uint32_t code)
{
    struct pm_tr_floats o =
        pm_tr_float_operands(tr, tr->depth - 2, tr->depth - 1);
    uint32_t form = pm_tr_float_form(tr, &o);
    pm_tr_emit_result(tr, 2, code + form, o.a, o.b, ACC_FLOAT);
}

static void floats32(struct pm_translator *tr, uint32_t code)
{
    uint16_t a = pm_tr_slot(tr, tr->depth - 2);
    uint16_t b = pm_tr_slot(tr, tr->depth - 1);
    pm_tr_emit_result(tr, 2, code, a, b, ACC_INTEGER);
}

// --- two operands ------------------------------------------------------------

static const struct binary {
    uint16_t opcode;
    bool commutes; // a constant on the left may change places
    uint16_t i32;  // the first of the op's forms, by type; 0: not for it
    uint16_t i64;  // also bool
    uint16_t f32;
    uint16_t f64;
} binaries[] = {
    {PM_OP_ADD, true, PM_IOP_ADD_I32_RR, PM_IOP_ADD_I64_RR, PM_IOP_ADD_F32,
     PM_IOP_ADD_F64_RR},
    {PM_OP_SUB, false, PM_IOP_SUB_I32_RR, PM_IOP_SUB_I64_RR, PM_IOP_SUB_F32,
     PM_IOP_SUB_F64_RR},
    {PM_OP_MUL, true, PM_IOP_MUL_I32_RR, PM_IOP_MUL_I64_RR, PM_IOP_MUL_F32,
     PM_IOP_MUL_F64_RR},
    {PM_OP_DIV, false, PM_IOP_DIV_I32_RR, PM_IOP_DIV_I64_RR, PM_IOP_DIV_F32,
     PM_IOP_DIV_F64_RR},
    {PM_OP_REM, false, PM_IOP_REM_I32_RR, PM_IOP_REM_I64_RR, 0, 0},
    {PM_OP_DIV_U, false, PM_IOP_DIVU_I32_RR, PM_IOP_DIVU_I64_RR, 0, 0},
    {PM_OP_REM_U, false, PM_IOP_REMU_I32_RR, PM_IOP_REMU_I64_RR, 0, 0},
    {PM_OP_MIN, true, PM_IOP_MIN_I_RR, PM_IOP_MIN_I_RR, PM_IOP_MIN_F32,
     PM_IOP_MIN_F64_RR},
    {PM_OP_MAX, true, PM_IOP_MAX_I_RR, PM_IOP_MAX_I_RR, PM_IOP_MAX_F32,
     PM_IOP_MAX_F64_RR},
    {PM_OP_AND, true, PM_IOP_AND_RR, PM_IOP_AND_RR, 0, 0},
    {PM_OP_OR, true, PM_IOP_OR_RR, PM_IOP_OR_RR, 0, 0},
    {PM_OP_XOR, true, PM_IOP_XOR_RR, PM_IOP_XOR_RR, 0, 0},
    {PM_OP_SHL, false, PM_IOP_SHL_I32_RR, PM_IOP_SHL_I64_RR, 0, 0},
    {PM_OP_SHR, false, PM_IOP_SHR_I32_RR, PM_IOP_SHR_I64_RR, 0, 0},
    {PM_OP_SHR_U, false, PM_IOP_SHRU_I32_RR, PM_IOP_SHRU_I64_RR, 0, 0},
};

static bool binary(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = pm_tr_now(tr);
    const struct binary *row = binaries;

    while (row->opcode != ins->opcode)
        if (++row == binaries + PM_ARRAY_LEN(binaries))
            return false;
    if (ins->type == PM_TYPE_F64)
        floats(tr, row->f64);
    else if (ins->type == PM_TYPE_F32)
        floats32(tr, row->f32);
    else
        integers(tr, ins->type == PM_TYPE_I32 ? row->i32 : row->i64,
                 row->commutes);
    return true;
}

// --- one operand -------------------------------------------------------------

// Ops that have forms R and A for integers and f64, and R alone for f32.
static const struct unary {
    uint16_t opcode;
    uint16_t i32;
    uint16_t i64;
    uint16_t f32;
    uint16_t f64;
} unaries[] = {
    {PM_OP_NEG, PM_IOP_NEG_I32_R, PM_IOP_NEG_I64_R, PM_IOP_NEG_F32,
     PM_IOP_NEG_F64_R},
    {PM_OP_ABS, PM_IOP_ABS_I32_R, PM_IOP_ABS_I64_R, PM_IOP_ABS_F32,
     PM_IOP_ABS_F64_R},
    {PM_OP_SQRT, 0, 0, PM_IOP_SQRT_F32, PM_IOP_SQRT_F64_R},
    {PM_OP_FLOOR, 0, 0, PM_IOP_FLOOR_F32, PM_IOP_FLOOR_F64_R},
    {PM_OP_CEIL, 0, 0, PM_IOP_CEIL_F32, PM_IOP_CEIL_F64_R},
    {PM_OP_TRUNC, 0, 0, PM_IOP_TRUNC_F32, PM_IOP_TRUNC_F64_R},
    {PM_OP_ROUND, 0, 0, PM_IOP_ROUND_F32, PM_IOP_ROUND_F64_R},
    {PM_OP_NOT, PM_IOP_NOT_INT_R, PM_IOP_NOT_INT_R, 0, 0},
    {PM_OP_CLZ, PM_IOP_CLZ_I32_R, PM_IOP_CLZ_I64_R, 0, 0},
    {PM_OP_CTZ, PM_IOP_CTZ_I32_R, PM_IOP_CTZ_I64_R, 0, 0},
    {PM_OP_POPCNT, PM_IOP_POPCNT_I32_R, PM_IOP_POPCNT_I64_R, 0, 0},
    {PM_OP_IS_NULL, PM_IOP_IS_NULL_R, PM_IOP_IS_NULL_R, 0, 0},
    {PM_OP_WRAP_I32, PM_IOP_WRAP_I32_R, PM_IOP_WRAP_I32_R, 0, 0},
    {PM_OP_WRAP_BYTE, PM_IOP_WRAP_BYTE_R, PM_IOP_WRAP_BYTE_R, 0, 0},
    {PM_OP_ZEXT_I64, PM_IOP_ZEXT_I32_R, PM_IOP_ZEXT_I32_R, 0, 0},
};

static bool unary(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = pm_tr_now(tr);
    const struct unary *row = unaries;

    while (row->opcode != ins->opcode)
        if (++row == unaries + PM_ARRAY_LEN(unaries))
            return false;
    if (ins->type == PM_TYPE_F64)
        unary_from(tr, row->f64, ACC_FLOAT, ACC_FLOAT);
    else if (ins->type == PM_TYPE_F32)
        pm_tr_unary(tr, row->f32);
    else if (ins->opcode == PM_OP_NOT && ins->type == PM_TYPE_BOOL)
        unary_from(tr, PM_IOP_NOT_BOOL_R, ACC_INTEGER, ACC_INTEGER);
    else
        unary_from(tr, ins->type == PM_TYPE_I32 ? row->i32 : row->i64,
                   ACC_INTEGER, ACC_INTEGER);
    return true;
}

// --- conversions -------------------------------------------------------------

// What is not here costs nothing: slots of i32, bool and byte hold what those
// of i64 would.
static const struct {
    uint16_t opcode;
    uint16_t from;
    uint16_t code;
} conversions[] = {
    {PM_OP_TO_I32, PM_TYPE_I64, PM_IOP_NARROW_I32},
    {PM_OP_TO_I32, PM_TYPE_F32, PM_IOP_F32_TO_I32},
    {PM_OP_TO_I32, PM_TYPE_F64, PM_IOP_F64_TO_I32},
    {PM_OP_TO_I64, PM_TYPE_F32, PM_IOP_F32_TO_I64},
    {PM_OP_TO_I64, PM_TYPE_F64, PM_IOP_F64_TO_I64},
    {PM_OP_TO_F32, PM_TYPE_I32, PM_IOP_I_TO_F32},
    {PM_OP_TO_F32, PM_TYPE_I64, PM_IOP_I_TO_F32},
    {PM_OP_TO_F32, PM_TYPE_BYTE, PM_IOP_I_TO_F32},
    {PM_OP_TO_F32, PM_TYPE_F64, PM_IOP_F64_TO_F32},
    {PM_OP_TO_F64, PM_TYPE_F32, PM_IOP_F32_TO_F64},
    {PM_OP_TO_BYTE, PM_TYPE_I32, PM_IOP_NARROW_BYTE},
    {PM_OP_TO_BYTE, PM_TYPE_I64, PM_IOP_NARROW_BYTE},
    {PM_OP_SAT_I32, PM_TYPE_F32, PM_IOP_SAT_I32_F32},
    {PM_OP_SAT_I32, PM_TYPE_F64, PM_IOP_SAT_I32_F64},
    {PM_OP_SAT_I64, PM_TYPE_F32, PM_IOP_SAT_I64_F32},
    {PM_OP_SAT_I64, PM_TYPE_F64, PM_IOP_SAT_I64_F64},
    {PM_OP_TO_BITS, PM_TYPE_F32, PM_IOP_F32_TO_BITS},
    {PM_OP_TO_BITS, PM_TYPE_F64, PM_IOP_F64_TO_BITS},
    {PM_OP_FROM_BITS, PM_TYPE_I32, PM_IOP_F32_FROM_BITS},
    {PM_OP_FROM_BITS, PM_TYPE_I64, PM_IOP_F64_TO_BITS},
};

static void conversion(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = pm_tr_now(tr);

    if (ins->opcode == PM_OP_TO_F64 && ins->type != PM_TYPE_F32 &&
        ins->type != PM_TYPE_F64) {
        unary_from(tr, PM_IOP_I_TO_F64_R, ACC_INTEGER, ACC_FLOAT);
        return;
    }
    for (size_t i = 0; i < PM_ARRAY_LEN(conversions); i++)
        if (conversions[i].opcode == ins->opcode &&
            conversions[i].from == ins->type) {
            pm_tr_unary(tr, conversions[i].code);
            return;
        }
}

void pm_tr_arithmetic(struct pm_translator *tr)
{
    if (pm_tr_now(tr)->opcode == PM_OP_LT_U)
        less_unsigned(tr);
    else if (!binary(tr) && !unary(tr))
        conversion(tr);
}
