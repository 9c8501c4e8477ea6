// SPDX-License-Identifier: MIT
#include "vm/vm.h"

pm_status pm_vm_save(struct pm_vm *vm, struct pm_buf *out)
{
    (void)vm;
    (void)out;
    return PM_ERR_UNSUPPORTED;
}

pm_status pm_vm_restore(struct pm_vm *vm, struct pm_cursor *in)
{
    (void)vm;
    (void)in;
    return PM_ERR_UNSUPPORTED;
}
