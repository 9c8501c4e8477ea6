// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/check.h"
#include "bytecode/bytecode.h"

enum {
#define PM_OPCODE(name, code, operands, signature, price, flags, meaning)      \
    ROW_##name,
#include "bytecode/opcodes.def"
#undef PM_OPCODE
};

// Bytes of an operand by its letter.
#define SIZE_OF(letter)                                                        \
    ((letter) == 0                        ? 0                                  \
     : (letter) == 'b'                    ? 1                                  \
     : (letter) == 'I' || (letter) == 'd' ? 8                                  \
                                          : 4)

static const struct pm_opcode_info rows[] = {
#define PM_OPCODE(name, code, operands, signature, price, flags, meaning)      \
    {#name,                                                                    \
     operands,                                                                 \
     signature,                                                                \
     flags,                                                                    \
     meaning,                                                                  \
     code,                                                                     \
     price,                                                                    \
     2 + SIZE_OF(("" operands "\0")[0]) +                                      \
         SIZE_OF(("" operands "\0")[("" operands "\0")[0] ? 1 : 0])},
#include "bytecode/opcodes.def"
#undef PM_OPCODE
};

const struct pm_opcode_info *const pm_opcode_table[PM_OPCODE_END] = {
#define PM_OPCODE(name, code, operands, signature, price, flags, meaning)      \
    [code] = &rows[ROW_##name],
#include "bytecode/opcodes.def"
#undef PM_OPCODE
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *row, const char *name, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (row[i] == 0 || lower(row[i]) != lower(name[i]))
            return false;
    return row[size] == 0;
}

const struct pm_opcode_info *pm_opcode_by_name(const char *name, size_t size)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        if (same_name(rows[i].name, name, size))
            return &rows[i];
    return NULL;
}

const struct pm_opcode_info *pm_opcode_rows(size_t *out_count)
{
    *out_count = PM_ARRAY_LEN(rows);
    return rows;
}
