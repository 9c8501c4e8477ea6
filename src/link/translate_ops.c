// SPDX-License-Identifier: MIT
//
// Arithmetic, moves, objects: everything but control flow.
#include "base/check.h"
#include "base/mem.h"
#include "link/translate_internal.h"

static const struct pm_verified_ins *now(const struct pm_translator *tr)
{
    return pm_tr_ins(tr, tr->at);
}

static uint32_t by_type(const struct pm_translator *tr, uint32_t i32,
                        uint32_t i64, uint32_t f32, uint32_t f64)
{
    switch (now(tr)->type) {
    case PM_TYPE_I32:
        return i32;
    case PM_TYPE_F32:
        return f32;
    case PM_TYPE_F64:
        return f64;
    default:
        return i64;
    }
}

// --- arithmetic
// ---------------------------------------------------------------

// Ops with the one form R.
static void unary(struct pm_translator *tr, uint32_t code)
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

static void unary_integer(struct pm_translator *tr, uint32_t code)
{
    unary_from(tr, code, ACC_INTEGER, ACC_INTEGER);
}

// Of one meaning for f32 and f64.
static void unary_float(struct pm_translator *tr, uint32_t f32, uint32_t f64)
{
    if (now(tr)->type == PM_TYPE_F64)
        unary_from(tr, f64, ACC_FLOAT, ACC_FLOAT);
    else
        unary(tr, f32);
}

static void unary_number(struct pm_translator *tr, uint32_t i32, uint32_t i64,
                         uint32_t f32, uint32_t f64)
{
    if (now(tr)->type == PM_TYPE_F64 || now(tr)->type == PM_TYPE_F32)
        unary_float(tr, f32, f64);
    else
        unary_integer(tr, now(tr)->type == PM_TYPE_I32 ? i32 : i64);
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

static void numeric(struct pm_translator *tr, uint32_t i32, uint32_t i64,
                    uint32_t f32, uint32_t f64, bool commutes)
{
    uint32_t code = by_type(tr, i32, i64, f32, f64);
    if (code == f64 && now(tr)->type == PM_TYPE_F64)
        floats(tr, code);
    else if (code == f32 && now(tr)->type == PM_TYPE_F32)
        floats32(tr, code);
    else
        integers(tr, code, commutes);
}

// --- functions of their own
// ------------------------------------------------------

// The op takes [pops] values from their homes and leaves [pushes] there.
// Everything else on the stack is settled too: it may collect.
static void cold(struct pm_translator *tr, uint32_t code, uint32_t pops,
                 uint32_t pushes, uint64_t operand)
{
    pm_tr_settle_all(tr);
    pm_tr_pop(tr, pops);
    pm_tr_emit_wide(tr, code, pm_tr_home(tr, tr->depth), (int32_t)operand);
    for (uint32_t i = 0; i < pushes; i++)
        pm_tr_push_home(tr);
}

// --- conversions
// --------------------------------------------------------------------

static bool is_whole(pm_type_id type)
{
    return type != PM_TYPE_F32 && type != PM_TYPE_F64;
}

// Slots of i32, bool and byte are what i64 would be: nothing to do.
static void to_integer(struct pm_translator *tr)
{
    pm_type_id from = now(tr)->type;
    bool wide = now(tr)->opcode == PM_OP_TO_I64;
    if (is_whole(from) && (wide || from != PM_TYPE_I64))
        return;
    if (is_whole(from))
        unary(tr, PM_IOP_NARROW_I32);
    else if (from == PM_TYPE_F64)
        unary(tr, wide ? PM_IOP_F64_TO_I64 : PM_IOP_F64_TO_I32);
    else
        unary(tr, wide ? PM_IOP_F32_TO_I64 : PM_IOP_F32_TO_I32);
}

static void to_float_from_whole(struct pm_translator *tr, bool wide)
{
    if (wide)
        unary_from(tr, PM_IOP_I_TO_F64_R, ACC_INTEGER, ACC_FLOAT);
    else
        unary(tr, PM_IOP_I_TO_F32);
}

static void to_float(struct pm_translator *tr)
{
    pm_type_id from = now(tr)->type;
    bool wide = now(tr)->opcode == PM_OP_TO_F64;
    if (is_whole(from))
        to_float_from_whole(tr, wide);
    else if (wide && from == PM_TYPE_F32)
        unary(tr, PM_IOP_F32_TO_F64);
    else if (!wide && from == PM_TYPE_F64)
        unary(tr, PM_IOP_F64_TO_F32);
}

static void to_byte(struct pm_translator *tr)
{
    if (now(tr)->type != PM_TYPE_BOOL && now(tr)->type != PM_TYPE_BYTE)
        unary(tr, PM_IOP_NARROW_BYTE);
}

// --- moves
// ------------------------------------------------------------------------------

static void duplicate(struct pm_translator *tr, uint32_t position)
{
    const struct value value = tr->stack[position];
    if (value.place == CONSTANT)
        pm_tr_push_constant(tr, value.bits);
    else if (value.place == IN_LOCAL)
        pm_tr_push_local(tr, (uint32_t)value.bits);
    else
        pm_tr_emit_result(tr, 0, PM_IOP_MOV, pm_tr_home(tr, position), 0,
                          ACC_NONE);
}

static void exchange(struct pm_translator *tr, uint32_t left, uint32_t right)
{
    struct value *a = &tr->stack[left];
    struct value *b = &tr->stack[right];
    if (a->place == IN_HOME && b->place == IN_HOME) {
        pm_tr_emit(tr, PM_IOP_SWAP, pm_tr_home(tr, left), pm_tr_home(tr, right),
                   0, 0);
        return;
    }
    if (a->place == IN_HOME)
        pm_tr_emit(tr, PM_IOP_MOV, pm_tr_home(tr, right), pm_tr_home(tr, left),
                   0, 0);
    if (b->place == IN_HOME)
        pm_tr_emit(tr, PM_IOP_MOV, pm_tr_home(tr, left), pm_tr_home(tr, right),
                   0, 0);
    struct value moved = *a;
    *a = *b;
    *b = moved;
    tr->last_result = NO_OP;
}

// Where the value was just made by an op, that op writes the local itself.
static void set_local(struct pm_translator *tr, bool keep)
{
    uint32_t local = (uint32_t)now(tr)->operand[0];
    uint32_t top = tr->depth - 1;
    uint32_t made_by = tr->last_result;
    uint64_t ops = tr->image->op_count;

    tr->depth = top; // the value itself may be the local: x = x
    pm_tr_settle_local(tr, local);
    tr->depth = top + 1;
    if (tr->stack[top].place == IN_HOME && made_by != NO_OP &&
        made_by + 1 == ops && ops == tr->image->op_count) {
        tr->image->ops[made_by].a = pm_tr_local(tr, local);
        tr->acc_slot = pm_tr_local(tr, local);
    } else if (tr->stack[top].place != IN_LOCAL ||
               tr->stack[top].bits != local) {
        pm_tr_move_to(tr, top, pm_tr_local(tr, local));
    }
    pm_tr_pop(tr, 1);
    tr->last_result = NO_OP;
    if (keep)
        pm_tr_push_local(tr, local);
}

static bool is_f64(pm_type_id type)
{
    return type == PM_TYPE_F64;
}

static enum acc_kind kind_of(pm_type_id type)
{
    return is_f64(type) ? ACC_FLOAT : ACC_INTEGER;
}

static void get_global(struct pm_translator *tr)
{
    uint32_t number = (uint32_t)now(tr)->operand[0];
    pm_type_id type = tr->module->globals[number].type;
    pm_tr_emit_result(tr, 0,
                      is_f64(type) ? PM_IOP_GET_GLOBAL_F64 : PM_IOP_GET_GLOBAL,
                      0, 0, kind_of(type));
    if (!tr->failed)
        tr->image->ops[tr->last_result].wide =
            (int32_t)(PM_GUEST_GLOBALS + number * 8);
}

static void set_global(struct pm_translator *tr)
{
    int32_t offset =
        (int32_t)(PM_GUEST_GLOBALS + (uint32_t)now(tr)->operand[0] * 8);
    uint16_t slot = pm_tr_slot(tr, tr->depth - 1);
    pm_tr_pop(tr, 1);
    pm_tr_emit_wide(
        tr, is_f64(now(tr)->type) ? PM_IOP_SET_GLOBAL_F64 : PM_IOP_SET_GLOBAL,
        slot, offset);
}

// Right after a store from the same home, the value is still there.
static bool is_just_stored(const struct pm_translator *tr, uint16_t capture)
{
    const struct pm_image *image = tr->image;
    if (image->op_count <= tr->block_start)
        return false;
    const struct pm_op *last = &image->ops[image->op_count - 1];
    return (last->code == PM_IOP_SET_CAPTURE_R ||
            last->code == PM_IOP_SET_CAPTURE_A) &&
           last->c == capture && last->a == pm_tr_home(tr, tr->depth);
}

static void get_capture(struct pm_translator *tr)
{
    uint16_t capture = (uint16_t)now(tr)->operand[0];
    pm_type_id type = tr->function->captures[capture];
    if (is_just_stored(tr, capture))
        pm_tr_push_home(tr);
    else
        pm_tr_emit_result(
            tr, 0, is_f64(type) ? PM_IOP_GET_CAPTURE_F64 : PM_IOP_GET_CAPTURE,
            0, capture, kind_of(type));
}

static void set_capture(struct pm_translator *tr)
{
    uint16_t capture = (uint16_t)now(tr)->operand[0];
    uint16_t slot = pm_tr_slot(tr, tr->depth - 1);
    uint32_t code = PM_IOP_SET_CAPTURE_R;
    if (is_f64(tr->function->captures[capture]))
        code = PM_IOP_SET_CAPTURE_F64;
    else if (pm_tr_in_acc(tr, slot, ACC_INTEGER))
        code = PM_IOP_SET_CAPTURE_A;
    pm_tr_pop(tr, 1);
    pm_tr_emit(tr, code, slot, 0, capture, 0);
}

static void push_constant(struct pm_translator *tr)
{
    uint32_t number = (uint32_t)now(tr)->operand[0];
    const struct pm_constant *constant = &tr->module->constants[number];
    if (constant->type != PM_TYPE_STRING) {
        pm_tr_push_constant(tr, constant->bits);
        return;
    }
    uint32_t op = pm_tr_emit_wide(tr, PM_IOP_MOV_CONST,
                                  pm_tr_home(tr, tr->depth), (int32_t)number);
    pm_tr_push_home(tr);
    tr->last_result = op;
}

// --- objects
// --------------------------------------------------------------------------------

// [code] has forms R, I, A for the index.
static void load(struct pm_translator *tr, uint32_t code, enum acc_kind kind)
{
    uint16_t index;
    uint32_t form = 1;
    uint16_t object = pm_tr_slot(tr, tr->depth - 2);
    if (!pm_tr_small(tr, tr->depth - 1, &index)) {
        index = pm_tr_slot(tr, tr->depth - 1);
        form = pm_tr_in_acc(tr, index, ACC_INTEGER) ? 2 : 0;
    }
    pm_tr_emit_result(tr, 2, code + form, object, index, kind);
}

// [code] has forms R, I, A for the value.
static void store(struct pm_translator *tr, uint32_t code)
{
    uint16_t value;
    uint32_t form = 1;
    uint16_t object = pm_tr_slot(tr, tr->depth - 3);
    uint16_t index = pm_tr_slot(tr, tr->depth - 2);
    if (!pm_tr_small(tr, tr->depth - 1, &value)) {
        value = pm_tr_slot(tr, tr->depth - 1);
        form = pm_tr_in_acc(tr, value, ACC_INTEGER) ? 2 : 0;
    }
    pm_tr_pop(tr, 3);
    pm_tr_emit(tr, code + form, object, index, value, 0);
}

// Forms R and A for the value, by its type.
static void set_element(struct pm_translator *tr)
{
    pm_type_id type = now(tr)->type;
    uint32_t code = is_f64(type) ? PM_IOP_ARR_SET_F64_R : PM_IOP_ARR_SET_R;
    uint16_t object = pm_tr_slot(tr, tr->depth - 3);
    uint16_t index = pm_tr_slot(tr, tr->depth - 2);
    uint16_t value = pm_tr_slot(tr, tr->depth - 1);
    code += pm_tr_in_acc(tr, value, kind_of(type)) ? 1 : 0;
    pm_tr_pop(tr, 3);
    pm_tr_emit(tr, code, object, index, value, 0);
}

static pm_type_id field_type(const struct pm_translator *tr)
{
    return tr->module->types[now(tr)->type - PM_TYPE_FIRST_USER]
        .fields[now(tr)->operand[0]]
        .type;
}

static void get_field(struct pm_translator *tr)
{
    pm_type_id type = field_type(tr);
    uint32_t code = is_f64(type) ? PM_IOP_GET_FIELD_F64_R : PM_IOP_GET_FIELD_R;
    uint16_t object = pm_tr_slot(tr, tr->depth - 1);
    code += pm_tr_in_acc(tr, object, ACC_INTEGER) ? 1 : 0;
    pm_tr_emit_result(tr, 1, code, object, (uint16_t)now(tr)->operand[0],
                      kind_of(type));
}

static void set_field(struct pm_translator *tr)
{
    pm_type_id type = field_type(tr);
    uint32_t code = is_f64(type) ? PM_IOP_SET_FIELD_F64_R : PM_IOP_SET_FIELD_R;
    uint16_t object = pm_tr_slot(tr, tr->depth - 2);
    uint16_t value = pm_tr_slot(tr, tr->depth - 1);
    code += pm_tr_in_acc(tr, value, kind_of(type)) ? 1 : 0;
    pm_tr_pop(tr, 2);
    pm_tr_emit(tr, code, object, value, (uint16_t)now(tr)->operand[0], 0);
}

static uint32_t fields_of(const struct pm_translator *tr, uint64_t type)
{
    return tr->module->types[type - PM_TYPE_FIRST_USER].field_count;
}

// --- calls out of the program
// ------------------------------------------------------------------

static void host_call(struct pm_translator *tr)
{
    uint32_t number = (uint32_t)now(tr)->operand[0];
    const struct pm_image_call *call = &tr->image->calls[number];
    cold(tr, PM_IOP_SYSCALL, call->args, call->results, number);
}

// The image's own number of an intrinsic.
static uint32_t intrinsic_number(struct pm_translator *tr, uint32_t id)
{
    struct pm_image *image = tr->image;
    for (size_t i = 0; i < image->intrinsic_count; i++)
        if (image->intrinsics[i] == id)
            return (uint32_t)i;
    if (!pm_mem_grow(&image->alloc, &image->intrinsics,
                     &image->intrinsic_capacity, image->intrinsic_count + 1,
                     sizeof *image->intrinsics)) {
        tr->failed = true;
        return 0;
    }
    image->intrinsics[image->intrinsic_count] = id;
    return (uint32_t)image->intrinsic_count++;
}

static void intrinsic(struct pm_translator *tr)
{
    uint32_t id = (uint32_t)now(tr)->operand[0];
    const struct pm_intrinsic_decl *decl = pm_intrinsic_find(id);
    PM_CHECK(decl);
    cold(tr, PM_IOP_INTRINSIC, decl->param_count, decl->result_count,
         intrinsic_number(tr, id));
}

// After these the count is exact: the vm charges on the way out.
static void leave(struct pm_translator *tr, uint32_t code)
{
    uint16_t slot = 0;
    if (code == PM_IOP_SLEEP) {
        slot = pm_tr_slot(tr, tr->depth - 1);
        pm_tr_pop(tr, 1);
    }
    pm_tr_settle_all(tr);
    pm_tr_emit(tr, code, slot, 0, 0, 0);
    tr->q = 0;
    tr->in_op[tr->at] = (uint32_t)tr->image->op_count;
}

// --- by instruction
// ------------------------------------------------------------------------------

static void arithmetic(struct pm_translator *tr)
{
    switch (now(tr)->opcode) {
    case PM_OP_ADD:
        if (now(tr)->type == PM_TYPE_STRING)
            cold(tr, PM_IOP_STR_CONCAT, 2, 1, 0);
        else
            numeric(tr, PM_IOP_ADD_I32_RR, PM_IOP_ADD_I64_RR, PM_IOP_ADD_F32,
                    PM_IOP_ADD_F64_RR, true);
        break;
    case PM_OP_SUB:
        numeric(tr, PM_IOP_SUB_I32_RR, PM_IOP_SUB_I64_RR, PM_IOP_SUB_F32,
                PM_IOP_SUB_F64_RR, false);
        break;
    case PM_OP_MUL:
        numeric(tr, PM_IOP_MUL_I32_RR, PM_IOP_MUL_I64_RR, PM_IOP_MUL_F32,
                PM_IOP_MUL_F64_RR, true);
        break;
    case PM_OP_DIV:
        numeric(tr, PM_IOP_DIV_I32_RR, PM_IOP_DIV_I64_RR, PM_IOP_DIV_F32,
                PM_IOP_DIV_F64_RR, false);
        break;
    case PM_OP_REM:
        integers(tr, by_type(tr, PM_IOP_REM_I32_RR, PM_IOP_REM_I64_RR, 0, 0),
                 false);
        break;
    case PM_OP_DIV_U:
        integers(tr, by_type(tr, PM_IOP_DIVU_I32_RR, PM_IOP_DIVU_I64_RR, 0, 0),
                 false);
        break;
    case PM_OP_REM_U:
        integers(tr, by_type(tr, PM_IOP_REMU_I32_RR, PM_IOP_REMU_I64_RR, 0, 0),
                 false);
        break;
    case PM_OP_MIN:
        numeric(tr, PM_IOP_MIN_I_RR, PM_IOP_MIN_I_RR, PM_IOP_MIN_F32,
                PM_IOP_MIN_F64_RR, true);
        break;
    case PM_OP_MAX:
        numeric(tr, PM_IOP_MAX_I_RR, PM_IOP_MAX_I_RR, PM_IOP_MAX_F32,
                PM_IOP_MAX_F64_RR, true);
        break;
    case PM_OP_AND:
        integers(tr, PM_IOP_AND_RR, true);
        break;
    case PM_OP_OR:
        integers(tr, PM_IOP_OR_RR, true);
        break;
    case PM_OP_XOR:
        integers(tr, PM_IOP_XOR_RR, true);
        break;
    case PM_OP_SHL:
        integers(tr, by_type(tr, PM_IOP_SHL_I32_RR, PM_IOP_SHL_I64_RR, 0, 0),
                 false);
        break;
    case PM_OP_SHR:
        integers(tr, by_type(tr, PM_IOP_SHR_I32_RR, PM_IOP_SHR_I64_RR, 0, 0),
                 false);
        break;
    case PM_OP_SHR_U:
        integers(tr, by_type(tr, PM_IOP_SHRU_I32_RR, PM_IOP_SHRU_I64_RR, 0, 0),
                 false);
        break;
    case PM_OP_LT_U:
        less_unsigned(tr);
        break;
    default:
        PM_CHECK(!"an opcode that the verifier knows and the translator not");
    }
}

// Gives whether it was one.
static bool unary_operation(struct pm_translator *tr)
{
    bool wide = now(tr)->type == PM_TYPE_F64;
    switch (now(tr)->opcode) {
    case PM_OP_NEG:
        unary_number(tr, PM_IOP_NEG_I32_R, PM_IOP_NEG_I64_R, PM_IOP_NEG_F32,
                     PM_IOP_NEG_F64_R);
        break;
    case PM_OP_ABS:
        unary_number(tr, PM_IOP_ABS_I32_R, PM_IOP_ABS_I64_R, PM_IOP_ABS_F32,
                     PM_IOP_ABS_F64_R);
        break;
    case PM_OP_SQRT:
        unary_float(tr, PM_IOP_SQRT_F32, PM_IOP_SQRT_F64_R);
        break;
    case PM_OP_FLOOR:
        unary_float(tr, PM_IOP_FLOOR_F32, PM_IOP_FLOOR_F64_R);
        break;
    case PM_OP_CEIL:
        unary_float(tr, PM_IOP_CEIL_F32, PM_IOP_CEIL_F64_R);
        break;
    case PM_OP_TRUNC:
        unary_float(tr, PM_IOP_TRUNC_F32, PM_IOP_TRUNC_F64_R);
        break;
    case PM_OP_ROUND:
        unary_float(tr, PM_IOP_ROUND_F32, PM_IOP_ROUND_F64_R);
        break;
    case PM_OP_NOT:
        unary_integer(tr, now(tr)->type == PM_TYPE_BOOL ? PM_IOP_NOT_BOOL_R
                                                        : PM_IOP_NOT_INT_R);
        break;
    case PM_OP_CLZ:
        unary_integer(tr,
                      by_type(tr, PM_IOP_CLZ_I32_R, PM_IOP_CLZ_I64_R, 0, 0));
        break;
    case PM_OP_CTZ:
        unary_integer(tr,
                      by_type(tr, PM_IOP_CTZ_I32_R, PM_IOP_CTZ_I64_R, 0, 0));
        break;
    case PM_OP_POPCNT:
        unary_integer(
            tr, by_type(tr, PM_IOP_POPCNT_I32_R, PM_IOP_POPCNT_I64_R, 0, 0));
        break;
    case PM_OP_IS_NULL:
        unary_integer(tr, PM_IOP_IS_NULL_R);
        break;
    case PM_OP_TO_I32:
    case PM_OP_TO_I64:
        to_integer(tr);
        break;
    case PM_OP_TO_F32:
    case PM_OP_TO_F64:
        to_float(tr);
        break;
    case PM_OP_TO_BYTE:
        to_byte(tr);
        break;
    case PM_OP_WRAP_I32:
        unary_integer(tr, PM_IOP_WRAP_I32_R);
        break;
    case PM_OP_WRAP_BYTE:
        unary_integer(tr, PM_IOP_WRAP_BYTE_R);
        break;
    case PM_OP_SAT_I32:
        unary(tr, wide ? PM_IOP_SAT_I32_F64 : PM_IOP_SAT_I32_F32);
        break;
    case PM_OP_SAT_I64:
        unary(tr, wide ? PM_IOP_SAT_I64_F64 : PM_IOP_SAT_I64_F32);
        break;
    case PM_OP_TO_BITS:
        unary(tr, wide ? PM_IOP_F64_TO_BITS : PM_IOP_F32_TO_BITS);
        break;
    case PM_OP_FROM_BITS:
        if (now(tr)->type == PM_TYPE_I64)
            unary(tr, PM_IOP_F64_TO_BITS);
        else
            unary(tr, PM_IOP_F32_FROM_BITS);
        break;
    case PM_OP_ZEXT_I64:
        unary_integer(tr, PM_IOP_ZEXT_I32_R);
        break;
    default:
        return false;
    }
    return true;
}

static bool stack_operation(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = now(tr);
    switch (ins->opcode) {
    case PM_OP_NOP:
        break;
    case PM_OP_PUSH_CONST:
        push_constant(tr);
        break;
    case PM_OP_PUSH_I64:
    case PM_OP_PUSH_I32:
    case PM_OP_PUSH_F64:
    case PM_OP_PUSH_F32:
    case PM_OP_PUSH_BOOL:
    case PM_OP_PUSH_BYTE:
        pm_tr_push_constant(tr, ins->operand[0]);
        break;
    case PM_OP_PUSH_NULL:
        pm_tr_push_constant(tr, 0);
        break;
    case PM_OP_POP:
        pm_tr_pop(tr, 1);
        tr->last_result = NO_OP;
        break;
    case PM_OP_POP_N:
        pm_tr_pop(tr, (uint32_t)ins->operand[0]);
        tr->last_result = NO_OP;
        break;
    case PM_OP_DUP:
        duplicate(tr, tr->depth - 1);
        break;
    case PM_OP_DUP2:
        duplicate(tr, tr->depth - 2);
        duplicate(tr, tr->depth - 2);
        break;
    case PM_OP_OVER:
        duplicate(tr, tr->depth - 2);
        break;
    case PM_OP_SWAP:
        exchange(tr, tr->depth - 2, tr->depth - 1);
        break;
    case PM_OP_ROT:
        exchange(tr, tr->depth - 3, tr->depth - 2);
        exchange(tr, tr->depth - 2, tr->depth - 1);
        break;
    case PM_OP_GET_LOCAL:
        pm_tr_push_local(tr, (uint32_t)ins->operand[0]);
        break;
    case PM_OP_SET_LOCAL:
    case PM_OP_TEE_LOCAL:
        set_local(tr, ins->opcode == PM_OP_TEE_LOCAL);
        break;
    case PM_OP_GET_GLOBAL:
        get_global(tr);
        break;
    case PM_OP_SET_GLOBAL:
        set_global(tr);
        break;
    case PM_OP_GET_CAPTURE:
        get_capture(tr);
        break;
    case PM_OP_SET_CAPTURE:
        set_capture(tr);
        break;
    default:
        return false;
    }
    return true;
}

static bool memory_operation(struct pm_translator *tr)
{
    switch (now(tr)->opcode) {
    case PM_OP_LOAD8:
        load(tr, PM_IOP_LOAD8_R, ACC_INTEGER);
        break;
    case PM_OP_LOAD16:
        load(tr, PM_IOP_LOAD16_R, ACC_INTEGER);
        break;
    case PM_OP_LOAD32:
        load(tr, PM_IOP_LOAD32_R, ACC_INTEGER);
        break;
    case PM_OP_LOAD64:
    case PM_OP_LOAD_F64:
        load(tr, PM_IOP_LOAD64_R, ACC_INTEGER);
        break;
    case PM_OP_LOAD_F32:
        load(tr, PM_IOP_LOAD_F32_R, ACC_INTEGER);
        break;
    case PM_OP_STORE8:
        store(tr, PM_IOP_STORE8_R);
        break;
    case PM_OP_STORE16:
        store(tr, PM_IOP_STORE16_R);
        break;
    case PM_OP_STORE32:
        store(tr, PM_IOP_STORE32_R);
        break;
    case PM_OP_STORE64:
        store(tr, PM_IOP_STORE64_R);
        break;
    case PM_OP_STORE_F32:
        store(tr, PM_IOP_STORE_F32_R);
        break;
    case PM_OP_STORE_F64:
        store(tr, PM_IOP_STORE_F64_R);
        break;
    case PM_OP_BYTES_LEN:
        unary(tr, PM_IOP_BYTES_LEN);
        break;
    case PM_OP_ARR_LEN:
        unary(tr, PM_IOP_ARR_LEN);
        break;
    case PM_OP_ARR_GET:
        load(tr,
             is_f64(now(tr)->type) ? PM_IOP_ARR_GET_F64_R : PM_IOP_ARR_GET_R,
             kind_of(now(tr)->type));
        break;
    case PM_OP_ARR_SET:
        set_element(tr);
        break;
    case PM_OP_GET_FIELD:
        get_field(tr);
        break;
    case PM_OP_SET_FIELD:
        set_field(tr);
        break;
    default:
        return false;
    }
    return true;
}

// Instructions whose op does it all: opcode, op, operands, results.
static const struct {
    uint16_t opcode;
    uint16_t code;
    uint8_t pops;
    uint8_t pushes;
} plain[] = {
    {PM_OP_STR_LEN, PM_IOP_STR_LEN, 1, 1},
    {PM_OP_STR_BYTE, PM_IOP_STR_BYTE, 2, 1},
    {PM_OP_STR_SLICE, PM_IOP_STR_SLICE, 3, 1},
    {PM_OP_STR_COMPARE, PM_IOP_STR_COMPARE, 2, 1},
    {PM_OP_STR_FIND, PM_IOP_STR_FIND, 3, 1},
    {PM_OP_STR_FROM_I64, PM_IOP_STR_FROM_I64, 1, 1},
    {PM_OP_STR_CHAR, PM_IOP_STR_CHAR, 2, 2},
    {PM_OP_STR_FROM_CHAR, PM_IOP_STR_FROM_CHAR, 1, 1},
    {PM_OP_BYTES_NEW, PM_IOP_BYTES_NEW, 1, 1},
    {PM_OP_BYTES_FILL, PM_IOP_BYTES_FILL, 4, 0},
    {PM_OP_BYTES_COPY, PM_IOP_BYTES_COPY, 5, 0},
    {PM_OP_BYTES_COMPARE, PM_IOP_BYTES_COMPARE, 5, 1},
    {PM_OP_BYTES_FIND, PM_IOP_BYTES_FIND, 4, 1},
    {PM_OP_BYTES_FROM_STR, PM_IOP_BYTES_FROM_STR, 1, 1},
    {PM_OP_BYTES_TO_STR, PM_IOP_BYTES_TO_STR, 3, 2},
    {PM_OP_BYTES_RELEASE, PM_IOP_BYTES_RELEASE, 1, 0},
    {PM_OP_BYTES_XOR, PM_IOP_BYTES_XOR, 5, 0},
    {PM_OP_BYTES_CRC32, PM_IOP_BYTES_CRC32, 4, 1},
    {PM_OP_ARR_NEW, PM_IOP_ARR_NEW, 1, 1},
    {PM_OP_ARR_FILL, PM_IOP_ARR_FILL, 4, 0},
    {PM_OP_ARR_COPY, PM_IOP_ARR_COPY, 5, 0},
    {PM_OP_REC_NEW, PM_IOP_REC_NEW, 0, 1},
    {PM_OP_CORO_STATE, PM_IOP_CORO_STATE, 1, 1},
    {PM_OP_CAST, PM_IOP_CAST, 1, 1},
    {PM_OP_IS_TYPE, PM_IOP_IS_TYPE, 1, 1},
    {PM_OP_TRAP_WITH, PM_IOP_TRAP_WITH, 1, 0},
};

static bool plain_operation(struct pm_translator *tr)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(plain); i++) {
        if (plain[i].opcode != now(tr)->opcode)
            continue;
        cold(tr, plain[i].code, plain[i].pops, plain[i].pushes,
             now(tr)->operand[0]);
        return true;
    }
    return false;
}

// Instructions whose operands or results depend on their immediates.
static bool counted_operation(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = now(tr);
    uint64_t first = ins->operand[0];
    switch (ins->opcode) {
    case PM_OP_REC_MAKE:
        cold(tr, PM_IOP_REC_MAKE, fields_of(tr, first), 1, first);
        break;
    case PM_OP_MAKE_CLOSURE:
        cold(tr, PM_IOP_MAKE_CLOSURE, (uint32_t)ins->operand[1], 1, first);
        break;
    case PM_OP_SPAWN:
        cold(tr, PM_IOP_SPAWN, (uint32_t)ins->operand[1], 1, first);
        break;
    case PM_OP_SPAWN_CLOSURE:
        cold(tr, PM_IOP_SPAWN_CLOSURE, (uint32_t)first + 1, 1, 0);
        break;
    case PM_OP_HOSTCALL:
        host_call(tr);
        break;
    case PM_OP_INTRINSIC:
        intrinsic(tr);
        break;
    case PM_OP_FRAME_SYNC:
        leave(tr, PM_IOP_FRAME_SYNC);
        break;
    case PM_OP_YIELD:
        leave(tr, PM_IOP_YIELD);
        break;
    case PM_OP_SLEEP:
        leave(tr, PM_IOP_SLEEP);
        break;
    case PM_OP_HALT:
        leave(tr, PM_IOP_HALT);
        break;
    case PM_OP_TRAP:
        pm_tr_emit(tr, PM_IOP_TRAP, 0, 0, 0, 0);
        break;
    default:
        return false;
    }
    return true;
}

void pm_tr_simple(struct pm_translator *tr)
{
    if (!stack_operation(tr) && !unary_operation(tr) && !memory_operation(tr) &&
        !plain_operation(tr) && !counted_operation(tr))
        arithmetic(tr);
}
