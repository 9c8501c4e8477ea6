// SPDX-License-Identifier: MIT
#include "lang/low.h"

pm_status pm_low_optimise(struct pm_low_program *program)
{
    (void)program;
    return PM_OK;
}
