// SPDX-License-Identifier: MIT
//
// From proven stack code to register code: translate_internal.h tells how.
#include <string.h>

#include "base/mem.h"
#include "link/translate_internal.h"

int32_t pm_tr_price(const struct pm_translator *tr, uint32_t at)
{
    const struct pm_verified_ins *ins = pm_tr_ins(tr, at);
    const struct pm_opcode_info *info = pm_opcode_info(ins->opcode);
    if (ins->opcode == PM_OP_HOSTCALL)
        return (int32_t)tr->image->calls[ins->operand[0]].decl->price;
    if (ins->opcode == PM_OP_INTRINSIC)
        return (int32_t)pm_intrinsic_find((uint32_t)ins->operand[0])->price;
    return info->price;
}

// Whether sums of prices or distances may not fit 16 bits.
static bool is_far(const struct pm_translator *tr)
{
    int64_t price = 0;
    for (uint32_t i = 0; i < tr->verified->count; i++)
        if (pm_tr_ins(tr, i)->flags & PM_INS_REACHED)
            price += pm_tr_price(tr, i);
    return price > 30000 || tr->verified->count > 8000;
}

static void one_instruction(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = pm_tr_ins(tr, tr->at);
    uint32_t begun = tr->at;

    pm_tr_begin_instruction(tr);
    switch (ins->opcode) {
    case PM_OP_JMP:
        pm_tr_jump(tr, (uint32_t)ins->operand[0]);
        break;
    case PM_OP_JMP_IF_FALSE:
    case PM_OP_JMP_IF_TRUE:
        pm_tr_branch_on_bool(tr, ins->opcode == PM_OP_JMP_IF_TRUE,
                             (uint32_t)ins->operand[0]);
        break;
    case PM_OP_EQ:
    case PM_OP_NE:
    case PM_OP_LT:
    case PM_OP_LE:
    case PM_OP_GT:
    case PM_OP_GE:
        tr->at = begun + pm_tr_compare(tr) - 1;
        break;
    case PM_OP_CALL:
    case PM_OP_CALL_CLOSURE:
        pm_tr_call(tr);
        break;
    case PM_OP_RET:
        pm_tr_return(tr);
        break;
    default:
        if (!pm_tr_move(tr) && !pm_tr_object(tr))
            pm_tr_arithmetic(tr);
    }
    if (tr->in_op[begun] == 0)
        tr->in_op[begun] = (uint32_t)tr->image->op_count;
}

static void all_instructions(struct pm_translator *tr)
{
    for (tr->at = 0; tr->at < tr->verified->count && !tr->failed; tr->at++) {
        if (pm_tr_ins(tr, tr->at)->flags & PM_INS_REACHED)
            one_instruction(tr);
        else
            tr->reached = false;
    }
}

// Safepoints and instructions both ascend by offset.
static void place_safepoints(struct pm_translator *tr)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < tr->row->safepoint_count; i++) {
        struct pm_image_safepoint *point =
            &tr->image->safepoints[tr->row->first_safepoint + i];
        while (pm_tr_ins(tr, at)->offset < point->offset)
            at++;
        point->op =
            point->kind == PM_SAFEPOINT_BEFORE ? tr->op_of[at] : tr->in_op[at];
    }
}

static bool make_tables(struct pm_translator *tr)
{
    uint32_t count = tr->verified->count;
    tr->op_of = pm_mem_zarray(&tr->alloc, count, sizeof *tr->op_of);
    tr->in_op = pm_mem_zarray(&tr->alloc, count, sizeof *tr->in_op);
    tr->q_of = pm_mem_zarray(&tr->alloc, count, sizeof *tr->q_of);
    tr->q_is_known = pm_mem_zarray(&tr->alloc, count, sizeof *tr->q_is_known);
    tr->jumps_to = pm_mem_zarray(&tr->alloc, count, sizeof *tr->jumps_to);
    tr->is_rotated = pm_mem_zarray(&tr->alloc, count, sizeof *tr->is_rotated);
    return tr->op_of && tr->in_op && tr->q_of && tr->q_is_known &&
           tr->jumps_to && tr->is_rotated;
}

static void count_jumps(struct pm_translator *tr)
{
    for (uint32_t i = 0; i < tr->verified->count; i++) {
        const struct pm_verified_ins *ins = pm_tr_ins(tr, i);
        if (ins->flags & PM_INS_REACHED && ins->opcode >= PM_OP_JMP &&
            ins->opcode <= PM_OP_JMP_IF_TRUE)
            tr->jumps_to[ins->operand[0]]++;
    }
}

static void free_tables(struct pm_translator *tr)
{
    uint32_t count = tr->verified->count;
    pm_mem_free(&tr->alloc, tr->op_of, count * sizeof *tr->op_of);
    pm_mem_free(&tr->alloc, tr->in_op, count * sizeof *tr->in_op);
    pm_mem_free(&tr->alloc, tr->q_of, count * sizeof *tr->q_of);
    pm_mem_free(&tr->alloc, tr->q_is_known, count * sizeof *tr->q_is_known);
    pm_mem_free(&tr->alloc, tr->jumps_to, count * sizeof *tr->jumps_to);
    pm_mem_free(&tr->alloc, tr->is_rotated, count * sizeof *tr->is_rotated);
    pm_mem_free(&tr->alloc, tr->branches,
                tr->branch_capacity * sizeof *tr->branches);
}

// The image's first op ends the outermost function: its link leads there.
static void begin_image(struct pm_translator *tr)
{
    if (tr->image->op_count == 0)
        pm_tr_emit(tr, PM_IOP_EXIT, 0, 0, 0, 0);
    if (!tr->failed)
        tr->image->infos[0].price = 0;
}

static void translate(struct pm_translator *tr)
{
    begin_image(tr);
    tr->row->entry = (uint32_t)tr->image->op_count;
    all_instructions(tr);
    tr->row->op_end = (uint32_t)tr->image->op_count;
    if (tr->failed)
        return;
    pm_tr_resolve_branches(tr);
    place_safepoints(tr);
}

pm_status pm_translate_function(struct pm_image *image,
                                const struct pm_verified *verified)
{
    struct pm_translator *tr = pm_mem_zalloc(&image->alloc, sizeof *tr);
    if (!tr)
        return PM_ERR_NO_MEMORY;
    tr->image = image;
    tr->module = &image->module;
    tr->function = &image->module.functions[verified->function];
    tr->row = &image->functions[verified->function];
    tr->verified = verified;
    tr->alloc = image->alloc;
    tr->reached = true;
    tr->last_result = NO_OP;
    tr->failed = !make_tables(tr);
    if (!tr->failed) {
        tr->far = is_far(tr);
        count_jumps(tr);
        translate(tr);
    }
    pm_status status = tr->failed ? PM_ERR_NO_MEMORY : PM_OK;
    free_tables(tr);
    pm_mem_free(&image->alloc, tr, sizeof *tr);
    return status;
}

// The op that does [first] and [second] at once, or [first].
static uint16_t fused(uint16_t first, uint16_t second)
{
#define PAIR(a, b) ((uint32_t)(a) << 16 | (b))
    switch (PAIR(first, second)) {
#define TWO(first, second)                                                     \
    case PAIR(PM_IOP_##first, PM_IOP_##second):                                \
        return PM_IOP_##first##__##second;
#define BIN_I(name, expr)
#define BIN_T(name, expr)
#define BIN_F(name, expr)
#define BIN_S(name, expr)
#define UN(name, expr)
#define UN_FF(name, expr)
#define UN_IF(name, expr)
#define UN_S(name, expr)
#define UN_T(name, condition, expr)
#define CMP_I(name, condition)
#define CMP_F(name, condition)
#define CMP_S(name, condition)
#define LOAD(name, size, expr)
#define STORE(name, size, action)
#define COLD(name, function)
#define HOT(name)
#include "image/ops.def"
#include "image/ops_end.inc"
    default:
        return first;
    }
}

// Nothing jumps between the two halves without meeting the second as it was.
static void fuse_pairs(struct pm_image *image)
{
    for (size_t i = 0; i + 1 < image->op_count; i++) {
        uint16_t code = image->infos[i].code;
        uint16_t two = fused(code, image->infos[i + 1].code);
        if (two == code)
            continue;
        image->infos[i].code = two;
        image->ops[i].code = two;
        i++;
    }
}

static void fill_in_calls(struct pm_image *image)
{
    for (size_t i = 0; i < image->op_count; i++) {
        struct pm_op *callee = &image->ops[i + 1];
        if (image->infos[i].code != PM_IOP_CALL)
            continue;
        const struct pm_image_function *row = &image->functions[callee->wide];
        callee->a32 = (uint16_t)(row->locals * 8);
        callee->b32 = (uint16_t)(row->slots * 8);
        callee->wide = (int32_t)row->entry;
    }
}

void pm_translate_finish(struct pm_image *image)
{
    fill_in_calls(image);
    fuse_pairs(image);
}
