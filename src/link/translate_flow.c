// SPDX-License-Identifier: MIT
//
// Joins, jumps, branches, calls.
#include "base/check.h"
#include "base/mem.h"
#include "link/translate_internal.h"

// --- joins -------------------------------------------------------------------

static bool falls_through(uint16_t opcode)
{
    return opcode != PM_OP_JMP && opcode != PM_OP_RET && opcode != PM_OP_HALT &&
           opcode != PM_OP_TRAP && opcode != PM_OP_TRAP_WITH;
}

bool pm_tr_is_fallen_into(const struct pm_translator *tr, uint32_t at)
{
    const struct pm_verified_ins *before = at ? pm_tr_ins(tr, at - 1) : NULL;
    return before && before->flags & PM_INS_REACHED &&
           falls_through(before->opcode);
}

static bool is_loop_header(const struct pm_translator *tr, uint32_t at)
{
    return pm_tr_ins(tr, at)->flags & PM_INS_LOOP_HEADER;
}

static void join(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = pm_tr_ins(tr, tr->at);

    if (tr->reached)
        pm_tr_settle_all(tr);
    if (is_loop_header(tr, tr->at)) {
        if (tr->reached)
            pm_tr_make_exact(tr);
        tr->q = 0;
    } else if (!tr->reached) {
        tr->q = tr->q_is_known[tr->at] ? tr->q_of[tr->at] : 0;
    }
    tr->depth = 0;
    while (tr->depth < ins->depth)
        pm_tr_push_home(tr);
    tr->block_start = (uint32_t)tr->image->op_count;
    tr->last_result = NO_OP;
    tr->acc_kind = ACC_NONE;
}

void pm_tr_begin_instruction(struct pm_translator *tr)
{
    int32_t price = pm_tr_price(tr, tr->at);

    if ((pm_tr_ins(tr, tr->at)->flags & PM_INS_LEADER &&
         !tr->is_rotated[tr->at]) ||
        tr->at == 0)
        join(tr);
    // Sums must fit the 16 bits that some instructions have for them.
    if (tr->far && tr->q + price > 20000)
        pm_tr_make_exact(tr);
    tr->op_of[tr->at] = (uint32_t)tr->image->op_count;
    tr->q_of[tr->at] = tr->q;
    tr->q_is_known[tr->at] = true;
    tr->reached = falls_through(pm_tr_ins(tr, tr->at)->opcode);
    tr->q += price;
}

// --- jumps -------------------------------------------------------------------

// A target that only jumps reach takes the q of the first one.
static void offer_q(struct pm_translator *tr, uint32_t target)
{
    if (target <= tr->at || tr->q_is_known[target] ||
        is_loop_header(tr, target) || pm_tr_is_fallen_into(tr, target))
        return;
    tr->q_of[target] = tr->q;
    tr->q_is_known[target] = true;
}

static void remember(struct pm_translator *tr, uint32_t op, uint32_t target)
{
    if (!pm_mem_grow(&tr->alloc, &tr->branches, &tr->branch_capacity,
                     tr->branch_count + 1, sizeof *tr->branches)) {
        tr->failed = true;
        return;
    }
    offer_q(tr, target);
    tr->branches[tr->branch_count++] = (struct branch){op, target, tr->q};
}

// Forward, and forward only: unconditional.
void pm_tr_jump_forward(struct pm_translator *tr, uint32_t target)
{
    if (tr->far) {
        remember(tr, pm_tr_emit_wide(tr, PM_IOP_CHARGE, 0, 0), target);
    }
    remember(tr, pm_tr_emit_wide(tr, PM_IOP_JMP, 0, 0), target);
}

// Back edges make the count exact, may return to the host and begin the
// header anew. Their info names the header, where the program then stands.
static void jump_back(struct pm_translator *tr, uint32_t target)
{
    uint32_t op = pm_tr_emit_wide(tr, PM_IOP_LOOP, (uint16_t)tr->q, 0);
    if (tr->failed)
        return;
    tr->image->ops[op].wide = (int32_t)(tr->op_of[target] - op);
    tr->image->infos[op].offset = pm_tr_ins(tr, target)->offset;
}

void pm_tr_branch(struct pm_translator *tr, uint32_t code, uint32_t opposite,
                  uint16_t a, uint16_t b, uint32_t target)
{
    if (target <= tr->at) {
        pm_tr_emit(tr, opposite, a, b, 2, 0);
        jump_back(tr, target);
    } else if (tr->far) {
        pm_tr_emit(tr, opposite, a, b, 3, 0);
        pm_tr_jump_forward(tr, target);
    } else {
        remember(tr, pm_tr_emit(tr, code, a, b, 0, 0), target);
    }
}

void pm_tr_branch_on_bool(struct pm_translator *tr, bool when, uint32_t target)
{
    uint32_t top = tr->depth - 1;
    uint16_t slot = pm_tr_slot(tr, top);
    pm_tr_pop(tr, 1);
    pm_tr_settle_all(tr);
    uint32_t form = pm_tr_in_acc(tr, slot, ACC_INTEGER) ? 1 : 0;
    uint32_t zero = PM_IOP_JZ_R + form;
    uint32_t other = PM_IOP_JNZ_R + form;
    pm_tr_branch(tr, when ? other : zero, when ? zero : other, slot, 0, target);
}

void pm_tr_resolve_branches(struct pm_translator *tr)
{
    for (size_t i = 0; i < tr->branch_count && !tr->failed; i++) {
        const struct branch *branch = &tr->branches[i];
        struct pm_op *op = &tr->image->ops[branch->op];
        int32_t distance = (int32_t)(tr->op_of[branch->target] - branch->op);
        int32_t q = branch->q - tr->q_of[branch->target];
        if (op->code == PM_IOP_CHARGE) {
            op->wide = q;
        } else if (op->code == PM_IOP_JMP) {
            op->wide = distance;
            op->b32 = tr->far ? 0 : (uint16_t)q;
        } else {
            PM_CHECK(distance <= INT16_MAX && q >= INT16_MIN && q <= INT16_MAX);
            op->c = (uint16_t)distance;
            op->d = (uint16_t)q;
        }
    }
}

void pm_tr_jump(struct pm_translator *tr, uint32_t target)
{
    pm_tr_settle_all(tr);
    if (target > tr->at) {
        if (!pm_tr_test_at_entry(tr, target))
            pm_tr_jump_forward(tr, target);
    } else if (!pm_tr_test_at_end(tr, target)) {
        jump_back(tr, target);
    }
}

// --- calls -------------------------------------------------------------------

static const struct pm_type *func_type(const struct pm_translator *tr,
                                       pm_type_id type)
{
    return &tr->module->types[type - PM_TYPE_FIRST_USER];
}

static void after_call(struct pm_translator *tr, const struct pm_type *type)
{
    uint32_t results = type->field_count - type->param_count;
    for (uint32_t i = 0; i < results; i++)
        pm_tr_push_home(tr);
    tr->q = 0;
    tr->in_op[tr->at] = (uint32_t)tr->image->op_count;
}

// The count is exact once the op has charged: a trap adds nothing. Where the
// callee is gets filled in when all functions are there.
static void emit_call(struct pm_translator *tr, uint32_t code, uint32_t args,
                      uint32_t callee)
{
    pm_tr_settle_all(tr);
    pm_tr_pop(tr, args);
    uint16_t charge = (uint16_t)tr->q;
    tr->q = 0;
    pm_tr_emit(tr, code, pm_tr_home(tr, tr->depth), charge, 0, 0);
    pm_tr_emit_wide(tr, PM_IOP_COUNT, 0, (int32_t)callee);
}

void pm_tr_call(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = pm_tr_ins(tr, tr->at);
    if (ins->opcode == PM_OP_CALL) {
        uint32_t callee = (uint32_t)ins->operand[0];
        const struct pm_type *type =
            func_type(tr, tr->module->functions[callee].type);
        emit_call(tr, PM_IOP_CALL, type->param_count, callee);
        after_call(tr, type);
    } else {
        const struct pm_type *type = func_type(tr, ins->type);
        emit_call(tr, PM_IOP_CALL_CLOSURE, type->param_count + 1, 0);
        after_call(tr, type);
    }
}

void pm_tr_return(struct pm_translator *tr)
{
    uint32_t results = tr->depth;
    uint16_t charge = (uint16_t)tr->q;
    uint16_t number;
    if (results == 0) {
        pm_tr_emit(tr, PM_IOP_RET, 0, pm_tr_link(tr), charge, 0);
    } else if (results > 1) {
        pm_tr_settle_all(tr);
        pm_tr_emit(tr, PM_IOP_RET_N, pm_tr_home(tr, 0), pm_tr_link(tr), charge,
                   (uint16_t)results);
    } else if (pm_tr_small(tr, 0, &number)) {
        pm_tr_emit(tr, PM_IOP_RET_I, number, pm_tr_link(tr), charge, 0);
    } else {
        uint16_t slot = pm_tr_slot(tr, 0);
        uint32_t code =
            pm_tr_in_acc(tr, slot, ACC_INTEGER) ? PM_IOP_RET_A : PM_IOP_RET_R;
        pm_tr_emit(tr, code, slot, pm_tr_link(tr), charge, 0);
    }
}
