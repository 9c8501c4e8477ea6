// SPDX-License-Identifier: MIT
//
// One function with a label a handler and computed gotos. For gcc without
// optimisation or under sanitizers; clang makes slow code of it.
#include "base/bits.h"
#include "vm/number.h"
#include "vm/vm_internal.h"

#if defined(__GNUC__)

// Runs the vm, or with NULL gives the labels.
static const void *const *run_or_list(struct pm_vm *vm)
{
#define HANDLER(name) &&op_##name,
    static const void *const handlers[PM_IOP_COUNT] = {
#include "image/handler_table.inc"
    };
    if (!vm)
        return handlers;

    const struct pm_op *ip = vm->ip;
    uint64_t *fp = vm->fp;
    int64_t left = vm->left;
    uint64_t acc = 0;
    double facc = 0.0;

#define H(name)    op_##name:
#define DISPATCH   goto * ip->handler
#define GOTO(name) goto op_##name
#define LEAVE(way)                                                             \
    do {                                                                       \
        way(ip, fp, vm, left);                                                 \
        return NULL;                                                           \
    } while (0)
    DISPATCH;
#include "vm/handlers.inc"
}

static void run(struct pm_vm *vm)
{
    run_or_list(vm);
}

struct pm_dispatch_form pm_dispatch_goto(void)
{
    return (struct pm_dispatch_form){run_or_list(NULL), run, PM_DISPATCH_GOTO};
}

#else

struct pm_dispatch_form pm_dispatch_goto(void)
{
    return (struct pm_dispatch_form){NULL, NULL, PM_DISPATCH_AUTO};
}

#endif
