// SPDX-License-Identifier: MIT
//
// Safepoints: which slots of a frame are live, and which of those are
// references or f64, wherever a frame can stand still.
//
// Each has its place in the table before the first block is visited, so that
// blocks may be visited in any order; those that are then not reached are
// taken out at the end.
#include <string.h>

#include "base/mem.h"
#include "link/verify_internal.h"

// In a slot of the table that nothing was written to.
#define UNUSED UINT32_MAX

static bool may_have_in(uint32_t opcode)
{
    const struct pm_opcode_info *info = pm_opcode_info(opcode);
    return pm_opcode_has(info, 'S') || pm_opcode_has(info, 'A');
}

static bool may_have_before(const struct pm_verifier *v, uint32_t at)
{
    return at == 0 ||
           v->out->ins[at].flags & (PM_INS_MAYBE_HEADER | PM_INS_RESUMES);
}

bool pm_link_may_wait(const struct pm_verified_ins *ins,
                      const struct pm_image_call *calls)
{
    const struct pm_call_decl *call;

    if (ins->opcode != PM_OP_HOSTCALL)
        return false;
    call = calls[ins->operand[0]].decl;
    return call && (call->waits || call->may_wait);
}

// A call that was refused has no number that could be looked up.
static void mark_resumes(struct pm_verifier *v)
{
    struct pm_verified *out = v->out;

    for (uint32_t i = 0; i + 1 < out->count; i++)
        if (!(out->ins[i].flags & PM_INS_REFUSED) &&
            pm_link_may_wait(&out->ins[i], v->calls))
            out->ins[i + 1].flags |= PM_INS_RESUMES;
}

static uint32_t count_safepoints(struct pm_verifier *v)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < v->out->count; i++) {
        v->safepoint_of[i] = count;
        count += may_have_before(v, i);
        count += may_have_in(v->out->ins[i].opcode);
    }
    return count;
}

bool pm_verify_plan_safepoints(struct pm_verifier *v)
{
    struct pm_verified *out = v->out;
    mark_resumes(v);
    uint32_t count = count_safepoints(v);
    uint32_t slots = v->local_count + 1 + v->function->max_stack;

    out->map_words = (slots + 63) / 64;
    out->safepoints = pm_mem_zarray(v->alloc, count, sizeof *out->safepoints);
    out->maps = pm_mem_zarray(v->alloc, (size_t)count * 3 * out->map_words,
                              sizeof *out->maps);
    out->safepoint_capacity = count;
    v->no_memory = !out->safepoints || !out->maps;
    for (uint32_t i = 0; !v->no_memory && i < count; i++)
        out->safepoints[i].kind = UNUSED;
    return !v->no_memory;
}

static void mark(uint64_t *map, uint32_t words, uint32_t slot, pm_type_id type)
{
    uint64_t bit = (uint64_t)1 << slot % 64;

    map[slot / 64] |= bit;
    if (pm_type_is_ref(type))
        map[words + slot / 64] |= bit;
    if (type == PM_TYPE_F64)
        map[2 * words + slot / 64] |= bit;
}

// The stack's lowest [depth] values as a row of the stack types.
static uint32_t stack_row(struct pm_verifier *v, uint32_t depth)
{
    uint32_t row = 0;

    for (uint32_t i = 0; i < depth && !v->no_memory; i++)
        row = pm_verify_stack_type(v, row, v->stack[i]);
    return row;
}

static void note(struct pm_verifier *v, uint32_t row, pm_safepoint_kind kind,
                 uint32_t depth)
{
    struct pm_verified *out = v->out;
    uint32_t words = out->map_words;
    uint64_t *map = out->maps + (size_t)row * 3 * words;

    // Deeper than declared: the function is going to be refused.
    if (depth > v->function->max_stack)
        return;
    out->safepoints[row].offset = out->ins[v->at].offset;
    out->safepoints[row].kind = kind;
    for (uint32_t i = 0; i < v->local_count; i++)
        if (v->assigned[i / 32] >> i % 32 & 1)
            mark(map, words, i, v->locals[i]);
    for (uint32_t i = 0; i < depth; i++)
        mark(map, words, v->local_count + 1 + i, v->stack[i]);
    out->safepoints[row].stack = stack_row(v, depth);
}

void pm_verify_note_before(struct pm_verifier *v)
{
    if (may_have_before(v, v->at))
        note(v, v->safepoint_of[v->at], PM_SAFEPOINT_BEFORE, v->depth);
}

// How many operands belong to the callee's frame already, or are gone.
static uint32_t handed_over(const struct pm_verifier *v,
                            const struct pm_verified_ins *ins)
{
    const struct pm_function *callee;

    if (ins->opcode == PM_OP_CALL_CLOSURE)
        return (uint32_t)ins->operand[0] + 1;
    if (ins->opcode == PM_OP_SLEEP)
        return 1;
    if (ins->opcode != PM_OP_CALL)
        return 0;
    callee = &v->module->functions[ins->operand[0]];
    return pm_link_user_type(v->module, callee->type)->param_count;
}

void pm_verify_note_in(struct pm_verifier *v)
{
    const struct pm_verified_ins *ins = &v->out->ins[v->at];
    uint32_t gone;

    if (!may_have_in(ins->opcode))
        return;
    // Only the sum of two strings allocates.
    if (ins->opcode == PM_OP_ADD &&
        (v->depth == 0 || v->stack[v->depth - 1] != PM_TYPE_STRING))
        return;
    gone = handed_over(v, ins);
    if (gone > v->depth)
        return;
    uint32_t row = v->safepoint_of[v->at] + may_have_before(v, v->at);
    note(v, row, PM_SAFEPOINT_IN, v->depth - gone);
    if (ins->opcode == PM_OP_CALL_CLOSURE)
        v->out->safepoints[row].stack = stack_row(v, v->depth - gone + 1);
}

static bool is_kept(const struct pm_verified *out, uint32_t row,
                    const uint32_t *index_of)
{
    const struct pm_image_safepoint *point = &out->safepoints[row];

    if (point->kind != PM_SAFEPOINT_BEFORE || point->offset == 0)
        return point->kind != UNUSED;
    return out->ins[index_of[point->offset] - 1].flags &
           (PM_INS_LOOP_HEADER | PM_INS_RESUMES);
}

void pm_verify_pack_safepoints(struct pm_verifier *v)
{
    struct pm_verified *out = v->out;
    size_t size = 3 * (size_t)out->map_words;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < out->safepoint_capacity; i++) {
        if (!is_kept(out, i, v->index_of))
            continue;
        out->safepoints[kept] = out->safepoints[i];
        out->safepoints[kept].map = (uint32_t)(kept * size);
        if (kept != i)
            memcpy(out->maps + kept * size, out->maps + i * size,
                   size * sizeof *out->maps);
        kept++;
    }
    out->safepoint_count = kept;
}
