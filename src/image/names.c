// SPDX-License-Identifier: MIT
#include "base/check.h"
#include "image/image.h"
#include "image/ops.h"

#define HANDLER(name) #name,
static const char *const names[PM_IOP_COUNT] = {
#include "image/handler_table.inc"
};

const char *pm_iop_name(unsigned code)
{
    return code < PM_IOP_COUNT ? names[code] : "(operand)";
}
