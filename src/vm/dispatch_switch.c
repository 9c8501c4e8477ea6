// SPDX-License-Identifier: MIT
//
// One function with a switch: for any compiler. Instructions keep their
// codes.
#include "base/bits.h"
#include "vm/number.h"
#include "vm/vm_internal.h"

static void run(struct pm_vm *vm)
{
    const struct pm_op *ip = vm->ip;
    uint64_t *fp = vm->fp;
    int64_t left = vm->left;
    uint64_t acc = 0;
    double facc = 0.0;

// The label is for fused handlers, which go on to others by name.
#define H(name)                                                                \
    case PM_IOP_##name:                                                        \
        op_##name : __attribute__((unused));
#define DISPATCH   goto next
#define GOTO(name) goto op_##name
#define LEAVE(way)                                                             \
    do {                                                                       \
        way(ip, fp, vm, left);                                                 \
        return;                                                                \
    } while (0)
next:
    switch (ip->code) {
#include "vm/handlers.inc"
    }
}

struct pm_dispatch_form pm_dispatch_switch(void)
{
    return (struct pm_dispatch_form){NULL, run, PM_DISPATCH_SWITCH};
}
