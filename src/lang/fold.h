// SPDX-License-Identifier: MIT
//
// What instructions do with constants, exactly as the machine does it.

#ifndef PM_LANG_FOLD_H
#define PM_LANG_FOLD_H

#include <stdbool.h>
#include <stdint.h>

// A value while constants are folded: l d b y as in opcodes.def.
struct pm_fold_value {
    char type;
    uint64_t bits;
};

// Does what the machine does; false where it would trap or the instruction is
// none that is known here.
bool pm_fold_op(uint16_t op, struct pm_fold_value *stack, uint32_t *depth);

#endif
