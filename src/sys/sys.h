// SPDX-License-Identifier: MIT
//
// Host calls: from a row of the registry to the code behind it.
//
// Every call comes through one dispatcher, which checks what the row states:
// that the capability is still granted, that whole numbers are in their
// ranges, that references are of the right kind, and it charges the price by
// length before the work is done. What is left to a call's body is the work,
// so bodies check nothing again. There is one file a host-call module
// (sys_gfx.c), each with a table from id to body.

#ifndef PM_SYS_SYS_H
#define PM_SYS_SYS_H

#include <stddef.h>
#include <stdint.h>

#include "bank/bank.h"
#include "gfx/gfx.h"
#include "registry/registry.h"
#include "vm/vm.h"

// What the bodies work on. Everything pointed to must outlive the calls.
struct pm_sys {
    // Capability bits that are granted now; taking one away makes its calls
    // trap.
    uint32_t capabilities;
    // Calls made so far.
    uint64_t calls;
    struct pm_gfx *gfx;
    const struct pm_bank *bank;
    // Where log lines go; NULL: nowhere. See pm_machine_config.
    void (*log)(void *context, int level, const char *text, size_t size);
    void *log_context;
};

// Does a call's work: arguments, checked, in [args]; results go there too.
typedef pm_trap_code (*pm_sys_body)(struct pm_sys *sys, struct pm_vm *vm,
                                    uint64_t *args);

// What the dispatcher checks of one argument.
struct pm_sys_check {
    uint8_t argument;
    uint8_t type; // pm_value_type
    int64_t least;
    int64_t greatest;
};

// One call, ready to be entered. Made by pm_sys_bind; must stay where it is
// while the vm lives.
struct pm_sys_call {
    struct pm_sys *sys;
    const struct pm_call_decl *decl;
    pm_sys_body body;
    uint32_t capability;
    uint32_t check_count;
    struct pm_sys_check checks[PM_CALL_MAX_PARAMS];
};

// Makes [call] from its row and gives the entry for the vm. A row without
// code behind it (an embedder's that was not given one) traps
// INVALID_SYSCALL when it is called.
struct pm_call_entry pm_sys_bind(struct pm_sys_call *call, struct pm_sys *sys,
                                 const struct pm_call_decl *decl);

// The body of a call, or NULL.
pm_sys_body pm_sys_find_body(uint32_t id);

#endif
