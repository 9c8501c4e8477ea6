// SPDX-License-Identifier: MIT
//
// Decoding: instructions, their operands' ranges, targets, basic blocks. It
// concerns all of the code, reached or not.
#include <inttypes.h>

#include "base/bits.h"
#include "base/mem.h"
#include "link/verify_internal.h"
#include "registry/registry.h"

// Says that the bytes at [offset] are no instruction.
static bool refuse_bytes(struct pm_verifier *v, uint32_t offset)
{
    const uint8_t *code = v->function->code + offset;
    uint32_t left = v->function->code_size - offset;
    uint32_t opcode = left < 2 ? code[0] : code[0] | (uint32_t)code[1] << 8;
    const struct pm_opcode_info *info =
        left < 2 ? NULL : pm_opcode_info(opcode);
    struct pm_buf *text = pm_verify_begin_function(v);

    v->place = offset;
    pm_buf_printf(text, " at %" PRIu32 ": ", offset);
    if (left < 2)
        pm_buf_puts(text, "found half an opcode, wanted two bytes");
    else if (!info)
        pm_buf_printf(text, "found opcode 0x%02" PRIX32 ", which is none",
                      opcode);
    else
        pm_buf_printf(text,
                      "%s is cut off: found %" PRIu32
                      " bytes to the function's end, wanted %d",
                      info->name, left, info->size);
    return pm_verify_send(v, "LINK-CODE");
}

static bool count_instructions(struct pm_verifier *v, uint32_t *out_count)
{
    uint32_t offset = 0;

    *out_count = 0;
    while (offset < v->function->code_size) {
        uint32_t left = v->function->code_size - offset;
        const uint8_t *code = v->function->code + offset;
        const struct pm_opcode_info *info =
            left < 2 ? NULL : pm_opcode_info(pm_load16(code));
        if (!info || left < info->size)
            return refuse_bytes(v, offset);
        offset += info->size;
        *out_count += 1;
    }
    if (*out_count)
        return true;
    pm_buf_puts(pm_verify_begin_function(v),
                ": found no code, wanted at least ret or halt");
    return pm_verify_send(v, "LINK-CODE");
}

static bool get_memory(struct pm_verifier *v, uint32_t count)
{
    v->out->ins = pm_mem_zarray(v->alloc, count, sizeof *v->out->ins);
    v->index_of =
        pm_mem_zarray(v->alloc, v->function->code_size, sizeof *v->index_of);
    v->block_of = pm_mem_zarray(v->alloc, count, sizeof *v->block_of);
    v->safepoint_of = pm_mem_zarray(v->alloc, count, sizeof *v->safepoint_of);
    v->out->count = count;
    v->no_memory =
        !v->out->ins || !v->index_of || !v->block_of || !v->safepoint_of;
    return !v->no_memory;
}

static void decode_all(struct pm_verifier *v)
{
    uint32_t offset = 0;

    for (uint32_t i = 0; i < v->out->count; i++) {
        struct pm_verified_ins *ins = &v->out->ins[i];
        struct pm_instruction from;
        if (!pm_instruction_decode(v->function, offset, &from))
            pm_panic(__FILE__, __LINE__, "code decodes twice alike");
        ins->offset = offset;
        ins->opcode = from.info->code;
        ins->operand[0] = from.operand[0];
        ins->operand[1] = from.operand[1];
        v->index_of[offset] = i + 1;
        offset += from.size;
    }
}

// --- operands ----------------------------------------------------------------

// The number of rows of the table that operands of [letter] index.
static uint32_t table_size(const struct pm_verifier *v, char letter,
                           const char **out_what)
{
    const struct pm_module *m = v->module;

    switch (letter) {
    case 'k':
        *out_what = "constant";
        return m->constant_count;
    case 'l':
        *out_what = "local";
        return v->local_count;
    case 'g':
        *out_what = "global";
        return m->global_count;
    case 'f':
        *out_what = "function";
        return m->function_count;
    case 'm':
        *out_what = "field";
        return PM_TYPE_MAX_FIELDS;
    case 'c':
        *out_what = "capture";
        return v->function->capture_count;
    case 'h':
        *out_what = "host call";
        return m->host_decl_count;
    default:
        *out_what = NULL;
        return UINT32_MAX;
    }
}

static bool check_index(struct pm_verifier *v, char letter, uint64_t operand)
{
    const char *what;
    uint32_t size = table_size(v, letter, &what);

    if (!what || operand < size)
        return true;
    if (size == 0)
        return pm_verify_say(
            v, "LINK-INDEX", "found %s %" PRIu64 ", but there is none%s", what,
            operand, letter == 'c' ? " (only closures have captures)" : "");
    return pm_verify_say(v, "LINK-INDEX",
                         "found %s %" PRIu64 ", wanted one below %" PRIu32,
                         what, operand, size);
}

static bool check_target(struct pm_verifier *v, struct pm_verified_ins *ins,
                         uint64_t target)
{
    if (target >= v->function->code_size)
        return pm_verify_say(v, "LINK-TARGET",
                             "target %" PRIu64
                             " lies outside the function, which has %" PRIu32
                             " bytes",
                             target, v->function->code_size);
    if (!v->index_of[target])
        return pm_verify_say(v, "LINK-TARGET",
                             "target %" PRIu64
                             " lies within an instruction, wanted the start "
                             "of one",
                             target);
    ins->operand[0] = v->index_of[target] - 1;
    return true;
}

static bool check_operand(struct pm_verifier *v, struct pm_verified_ins *ins,
                          char letter, uint64_t operand)
{
    switch (letter) {
    case 'j':
        return check_target(v, ins, operand);
    case 't':
        return pm_link_type_exists(v->module, (pm_type_id)operand) ||
               pm_verify_say(v, "LINK-INDEX",
                             "found type number %" PRIu64 ", which is none",
                             operand);
    case 'x':
        return pm_intrinsic_find((uint32_t)operand) ||
               pm_verify_say(v, "LINK-INDEX",
                             "found intrinsic 0x%04" PRIX64
                             ", which is none; the reference lists all",
                             operand);
    case 'b':
        return ins->opcode != PM_OP_PUSH_BOOL || operand <= 1 ||
               pm_verify_say(v, "LINK-INDEX",
                             "found %" PRIu64 ", wanted 0 (false) or 1 (true)",
                             operand);
    default:
        return check_index(v, letter, operand);
    }
}

static void check_operands(struct pm_verifier *v)
{
    for (v->at = 0; v->at < v->out->count; v->at++) {
        struct pm_verified_ins *ins = &v->out->ins[v->at];
        const char *letters = pm_opcode_info(ins->opcode)->operands;
        bool ok = true;
        if (ins->opcode == PM_OP_SYSCALL)
            ok = pm_verify_say(v, "LINK-SYSCALL",
                               "only the linker makes it; wanted hostcall "
                               "with a declaration");
        for (int i = 0; ok && letters[i]; i++)
            ok = check_operand(v, ins, letters[i], ins->operand[i]);
        if (!ok)
            ins->flags |= PM_INS_REFUSED;
    }
    v->at = 0;
}

// --- blocks ------------------------------------------------------------------

static void mark_leaders(struct pm_verifier *v)
{
    struct pm_verified *out = v->out;

    out->ins[0].flags |= PM_INS_BLOCK;
    for (uint32_t i = 0; i < out->count; i++) {
        struct pm_verified_ins *ins = &out->ins[i];
        const struct pm_opcode_info *info = pm_opcode_info(ins->opcode);
        if (pm_opcode_has(info, 'E') && i + 1 < out->count)
            out->ins[i + 1].flags |= PM_INS_BLOCK;
        if (info->operands[0] != 'j' || ins->flags & PM_INS_REFUSED)
            continue;
        out->ins[ins->operand[0]].flags |= PM_INS_BLOCK;
        if (ins->operand[0] <= i)
            out->ins[ins->operand[0]].flags |= PM_INS_MAYBE_HEADER;
    }
}

static bool make_blocks(struct pm_verifier *v)
{
    struct pm_verified *out = v->out;
    uint32_t count = 0;

    mark_leaders(v);
    for (uint32_t i = 0; i < out->count; i++)
        count += (out->ins[i].flags & PM_INS_BLOCK) != 0;
    v->blocks = pm_mem_zarray(v->alloc, count, sizeof *v->blocks);
    v->heap = pm_mem_zarray(v->alloc, count, sizeof *v->heap);
    v->block_count = out->block_count = count;
    v->no_memory = !v->blocks || !v->heap;
    if (v->no_memory)
        return false;

    uint32_t block = 0;
    for (uint32_t i = 0; i < out->count; i++) {
        if (!(out->ins[i].flags & PM_INS_BLOCK))
            continue;
        if (block)
            v->blocks[block - 1].end = i;
        v->block_of[i] = block;
        v->blocks[block++].first = i;
    }
    v->blocks[count - 1].end = out->count;
    return true;
}

bool pm_verify_decode(struct pm_verifier *v)
{
    uint32_t count;

    if (!count_instructions(v, &count) || !get_memory(v, count))
        return false;
    decode_all(v);
    check_operands(v);
    return make_blocks(v);
}
