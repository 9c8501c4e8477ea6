// SPDX-License-Identifier: MIT
//
// Host-call module "log".
#include "base/check.h"
#include "sys/sys_internal.h"

static pm_trap_code log_write(struct pm_sys *sys, struct pm_vm *vm,
                              uint64_t *args)
{
    const struct pm_object *text = pm_sys_object(vm, args[1]);

    if (sys->log)
        sys->log(sys->log_context, (int)args[0],
                 (const char *)pm_object_bytes(text), text->length);
    return PM_TRAP_NONE;
}

static const struct pm_sys_row rows[] = {
    {PM_SYSCALL_LOG_WRITE, log_write},
};

const struct pm_sys_table pm_sys_log = {rows, PM_ARRAY_LEN(rows)};
