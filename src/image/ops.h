// SPDX-License-Identifier: MIT
//
// The codes of the internal form's instructions, from ops.def.

#ifndef PM_IMAGE_OPS_H
#define PM_IMAGE_OPS_H

typedef enum pm_iop {
#define HANDLER(name) PM_IOP_##name,
#include "image/handler_table.inc"
    PM_IOP_COUNT
} pm_iop;

// The name of a code, "(operand)" for one that is none.
const char *pm_iop_name(unsigned code);

#endif
