// SPDX-License-Identifier: MIT
//
// Instructions, labels, places in the sources.
#include "base/bits.h"
#include "lang/emit_internal.h"

// --- places ------------------------------------------------------------------

static bool is_same_span(struct pm_span a, struct pm_span b)
{
    return a.file == b.file && a.start == b.start;
}

static void add_line(struct pm_emit *e, uint32_t file, uint32_t line,
                     uint32_t column)
{
    struct pm_emitter *em = e->em;
    uint32_t offset = (uint32_t)(em->code.size - e->start);
    if (em->line_count) {
        struct pm_line *last = &em->lines[em->line_count - 1];
        if (last->function == e->number && last->file == file &&
            last->line == line && last->column == column)
            return;
    }
    if (pm_emit_grow(em, &em->lines, &em->line_capacity, em->line_count,
                     sizeof *em->lines))
        em->lines[em->line_count++] =
            (struct pm_line){e->number, offset, file, line, column};
}

static void say_place(struct pm_emit *e, struct pm_span span)
{
    struct pm_emitter *em = e->em;
    if (e->has_said && is_same_span(e->said, span))
        return;
    e->has_said = true;
    e->said = span;
    if (!e->low || span.file >= em->program->file_count)
        return;
    const struct pm_parsed *parsed = em->program->files[span.file].parsed;
    if (!parsed || parsed->line_count == 0)
        return;
    uint32_t line = pm_line_of(parsed, span.start);
    uint32_t file = pm_emit_file(em, span.file);
    if (file != PM_EMIT_NO_ROW)
        add_line(e, file, line + 1, span.start - parsed->lines[line] + 1);
}

// A row of the line table for what may trap or wait, and for the first
// instruction of a statement; what lies between needs none.
static void note_place(struct pm_emit *e, const struct pm_opcode_info *info)
{
    if (pm_opcode_has(info, 'T') || pm_opcode_has(info, 'S'))
        say_place(e, e->span);
    else if (e->is_statement_start)
        say_place(e, e->statement);
    e->is_statement_start = false;
}

// --- instructions ------------------------------------------------------------

// Whether nothing is appended: where control does not get to, and once memory
// was short, when the depth of the stack means nothing any more.
static bool is_off(const struct pm_emit *e)
{
    return !e->reached || e->em->no_memory;
}

// Gives whether the instruction is to be appended.
static bool begin(struct pm_emit *e, uint16_t op, uint32_t pops,
                  uint32_t pushes)
{
    if (is_off(e))
        return false;
    PM_CHECK(e->depth >= pops);
    note_place(e, pm_opcode_info(op));
    e->depth += pushes - pops;
    if (e->depth > e->max_depth)
        e->max_depth = e->depth;
    pm_buf_put16(&e->em->code, op);
    return true;
}

void pm_emit_op(struct pm_emit *e, uint16_t op, uint32_t pops, uint32_t pushes)
{
    begin(e, op, pops, pushes);
}

void pm_emit_op32(struct pm_emit *e, uint16_t op, uint32_t operand,
                  uint32_t pops, uint32_t pushes)
{
    if (begin(e, op, pops, pushes))
        pm_buf_put32(&e->em->code, operand);
}

void pm_emit_op64(struct pm_emit *e, uint16_t op, uint64_t operand)
{
    if (begin(e, op, 0, 1))
        pm_buf_put64(&e->em->code, operand);
}

void pm_emit_op8(struct pm_emit *e, uint16_t op, uint8_t operand)
{
    if (begin(e, op, 0, 1))
        pm_buf_put8(&e->em->code, operand);
}

void pm_emit_op_counted(struct pm_emit *e, uint16_t op, uint32_t operand,
                        uint32_t count, uint32_t pops, uint32_t pushes)
{
    if (!begin(e, op, pops, pushes))
        return;
    pm_buf_put32(&e->em->code, operand);
    pm_buf_put32(&e->em->code, count);
}

// What instructions with a rule of their own take and leave.
static const struct {
    uint16_t op;
    uint8_t pops;
    uint8_t pushes;
} rules[] = {
    {PM_OP_DUP, 1, 2},      {PM_OP_DUP2, 2, 4},     {PM_OP_SWAP, 2, 2},
    {PM_OP_ROT, 3, 3},      {PM_OP_OVER, 2, 3},     {PM_OP_TO_I32, 1, 1},
    {PM_OP_TO_I64, 1, 1},   {PM_OP_TO_F32, 1, 1},   {PM_OP_TO_F64, 1, 1},
    {PM_OP_TO_BYTE, 1, 1},  {PM_OP_TO_BITS, 1, 1},  {PM_OP_FROM_BITS, 1, 1},
    {PM_OP_ARR_LEN, 1, 1},  {PM_OP_ARR_GET, 2, 1},  {PM_OP_ARR_SET, 3, 0},
    {PM_OP_ARR_FILL, 4, 0}, {PM_OP_ARR_COPY, 5, 0},
};

static void rule_of(uint16_t op, uint32_t *out_pops, uint32_t *out_pushes)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(rules); i++)
        if (rules[i].op == op) {
            *out_pops = rules[i].pops;
            *out_pushes = rules[i].pushes;
        }
}

void pm_emit_plain(struct pm_emit *e, uint16_t op)
{
    const char *at = pm_opcode_info(op)->signature;
    uint32_t pops = 0;
    uint32_t pushes = 0;
    if (*at == '*') {
        rule_of(op, &pops, &pushes);
    } else {
        for (; *at != ':'; at++)
            pops++;
        for (at++; *at; at++)
            pushes++;
    }
    begin(e, op, pops, pushes);
    if (op == PM_OP_HALT || op == PM_OP_TRAP || op == PM_OP_TRAP_WITH)
        e->reached = false;
}

// --- constants and places ----------------------------------------------------

void pm_emit_int(struct pm_emit *e, int64_t number)
{
    pm_emit_op64(e, PM_OP_PUSH_I64, (uint64_t)number);
}

void pm_emit_bool(struct pm_emit *e, bool value)
{
    pm_emit_op8(e, PM_OP_PUSH_BOOL, value);
}

void pm_emit_null(struct pm_emit *e, pm_type_id type)
{
    pm_emit_op32(e, PM_OP_PUSH_NULL, type, 0, 1);
}

void pm_emit_zero(struct pm_emit *e, pm_type_id type)
{
    switch (type) {
    case PM_TYPE_I64:
        pm_emit_int(e, 0);
        break;
    case PM_TYPE_F64:
        pm_emit_op64(e, PM_OP_PUSH_F64, 0);
        break;
    case PM_TYPE_BOOL:
        pm_emit_bool(e, false);
        break;
    case PM_TYPE_BYTE:
        pm_emit_op8(e, PM_OP_PUSH_BYTE, 0);
        break;
    default:
        pm_emit_null(e, type);
    }
}

void pm_emit_get(struct pm_emit *e, uint32_t slot)
{
    pm_emit_op32(e, PM_OP_GET_LOCAL, slot, 0, 1);
}

void pm_emit_set(struct pm_emit *e, uint32_t slot)
{
    pm_emit_op32(e, PM_OP_SET_LOCAL, slot, 1, 0);
}

void pm_emit_pop(struct pm_emit *e, uint32_t count)
{
    if (count == 1)
        pm_emit_op(e, PM_OP_POP, 1, 0);
    else if (count)
        pm_emit_op32(e, PM_OP_POP_N, count, count, 0);
}

// --- labels ------------------------------------------------------------------

// Operands that wait for a label make a chain through the code: each holds
// the offset of the one before it, + 1.
static void put_target(struct pm_emit *e, struct pm_emit_label *label)
{
    struct pm_buf *code = &e->em->code;
    label->is_used = true;
    if (label->is_bound) {
        pm_buf_put32(code, label->offset);
        return;
    }
    uint32_t at = (uint32_t)(code->size - e->start);
    pm_buf_put32(code, label->pending);
    label->pending = at + 1;
}

static void resolve(struct pm_emit *e, struct pm_emit_label *label)
{
    if (e->em->code.failed)
        return;
    uint8_t *code = e->em->code.data + e->start;
    while (label->pending) {
        uint8_t *operand = code + label->pending - 1;
        label->pending = pm_load32(operand);
        pm_store32(operand, label->offset);
    }
}

void pm_emit_jump(struct pm_emit *e, struct pm_emit_label *label)
{
    if (is_off(e))
        return;
    PM_CHECK(e->depth >= label->depth);
    pm_emit_pop(e, e->depth - label->depth);
    begin(e, PM_OP_JMP, 0, 0);
    put_target(e, label);
    e->reached = false;
}

void pm_emit_jump_if(struct pm_emit *e, bool when, struct pm_emit_label *label)
{
    if (!begin(e, when ? PM_OP_JMP_IF_TRUE : PM_OP_JMP_IF_FALSE, 1, 0))
        return;
    PM_CHECK(e->depth == label->depth);
    put_target(e, label);
}

// A jump to what follows it is taken back, unless another label stands
// between the two.
static void take_back_jump(struct pm_emit *e, struct pm_emit_label *label)
{
    struct pm_buf *code = &e->em->code;
    uint32_t here = (uint32_t)(code->size - e->start);
    if (e->em->no_memory || code->failed || e->reached ||
        e->last_label == here + 1 || label->pending + 3 != here)
        return;
    const uint8_t *jump = code->data + code->size - 6;
    if (pm_load16(jump) != PM_OP_JMP)
        return;
    label->pending = pm_load32(jump + 2);
    code->size -= 6;
}

void pm_emit_bind(struct pm_emit *e, struct pm_emit_label *label)
{
    if (label->pending)
        take_back_jump(e, label);
    label->offset = (uint32_t)(e->em->code.size - e->start);
    e->last_label = label->offset + 1;
    label->is_bound = true;
    if (label->is_used) {
        e->depth = label->depth;
        e->reached = true;
    }
    resolve(e, label);
}

void pm_emit_bind_back(struct pm_emit *e, struct pm_emit_label *label,
                       bool reached)
{
    label->offset = (uint32_t)(e->em->code.size - e->start);
    e->last_label = label->offset + 1;
    label->is_bound = true;
    label->depth = e->depth;
    e->reached = reached;
}
