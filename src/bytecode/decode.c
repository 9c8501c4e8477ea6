// SPDX-License-Identifier: MIT
#include "base/bits.h"
#include "bytecode/bytecode.h"

// The operand's value and its size in bytes.
static uint32_t decode_operand(char letter, const uint8_t *at, uint64_t *out)
{
    switch (letter) {
    case 'b':
        *out = at[0];
        return 1;
    case 'i':
        *out = (uint64_t)(int64_t)(int32_t)pm_load32(at);
        return 4;
    case 'I':
    case 'd':
        *out = pm_load64(at);
        return 8;
    default:
        *out = pm_load32(at);
        return 4;
    }
}

bool pm_instruction_decode(const struct pm_function *function, uint32_t offset,
                           struct pm_instruction *out)
{
    const uint8_t *code = function->code;
    uint32_t size = function->code_size;

    *out = (struct pm_instruction){.offset = offset};
    if (offset > size || size - offset < 2)
        return false;
    const struct pm_opcode_info *info =
        pm_opcode_info(pm_load16(code + offset));
    if (!info || size - offset < info->size)
        return false;
    uint32_t at = offset + 2;
    for (int i = 0; i < 2 && info->operands[i]; i++)
        at += decode_operand(info->operands[i], code + at, &out->operand[i]);
    out->info = info;
    out->size = info->size;
    return true;
}
