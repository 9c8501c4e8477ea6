// SPDX-License-Identifier: MIT
//
// Moves of values: the operand stack, locals, globals, captures, constants.
#include "link/translate_internal.h"

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
    uint32_t local = (uint32_t)pm_tr_now(tr)->operand[0];
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

static void get_global(struct pm_translator *tr)
{
    uint32_t number = (uint32_t)pm_tr_now(tr)->operand[0];
    pm_type_id type = tr->module->globals[number].type;
    pm_tr_emit_result(
        tr, 0, pm_tr_is_f64(type) ? PM_IOP_GET_GLOBAL_F64 : PM_IOP_GET_GLOBAL,
        0, 0, pm_tr_kind(type));
    if (!tr->failed)
        tr->image->ops[tr->last_result].wide =
            (int32_t)(PM_GUEST_GLOBALS + number * 8);
}

static void set_global(struct pm_translator *tr)
{
    int32_t offset =
        (int32_t)(PM_GUEST_GLOBALS + (uint32_t)pm_tr_now(tr)->operand[0] * 8);
    uint16_t slot = pm_tr_slot(tr, tr->depth - 1);
    pm_tr_pop(tr, 1);
    pm_tr_emit_wide(tr,
                    pm_tr_is_f64(pm_tr_now(tr)->type) ? PM_IOP_SET_GLOBAL_F64
                                                      : PM_IOP_SET_GLOBAL,
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
    uint16_t capture = (uint16_t)pm_tr_now(tr)->operand[0];
    pm_type_id type = tr->function->captures[capture];
    if (is_just_stored(tr, capture))
        pm_tr_push_home(tr);
    else
        pm_tr_emit_result(tr, 0,
                          pm_tr_is_f64(type) ? PM_IOP_GET_CAPTURE_F64
                                             : PM_IOP_GET_CAPTURE,
                          0, capture, pm_tr_kind(type));
}

static void set_capture(struct pm_translator *tr)
{
    uint16_t capture = (uint16_t)pm_tr_now(tr)->operand[0];
    uint16_t slot = pm_tr_slot(tr, tr->depth - 1);
    uint32_t code = PM_IOP_SET_CAPTURE_R;
    if (pm_tr_is_f64(tr->function->captures[capture]))
        code = PM_IOP_SET_CAPTURE_F64;
    else if (pm_tr_in_acc(tr, slot, ACC_INTEGER))
        code = PM_IOP_SET_CAPTURE_A;
    pm_tr_pop(tr, 1);
    pm_tr_emit(tr, code, slot, 0, capture, 0);
}

static void push_constant(struct pm_translator *tr)
{
    uint32_t number = (uint32_t)pm_tr_now(tr)->operand[0];
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

bool pm_tr_move(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = pm_tr_now(tr);
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
