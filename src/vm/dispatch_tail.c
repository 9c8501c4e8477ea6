// SPDX-License-Identifier: MIT
//
// Handlers as functions that end in a jump to the next one. Needs a compiler
// that turns the call at the end into a jump: clang says so by an attribute,
// gcc does it whenever it optimises.
#include "base/bits.h"
#include "vm/number.h"
#include "vm/vm_internal.h"

#if defined(__clang__) && __has_attribute(musttail)
#define JUMP __attribute__((musttail)) return
#elif defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) &&     \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define JUMP return
#endif

#ifdef JUMP

#define UNUSED __attribute__((unused))
// Every handler is declared first: fused ones go on to others by name.
#define HANDLER(name)                                                          \
    static void op_##name(const struct pm_op *, uint64_t *, struct pm_vm *,    \
                          int64_t, uint64_t, double);
#include "image/handler_table.inc"

#define H(name)                                                                \
    static void op_##name(const struct pm_op *ip UNUSED, uint64_t *fp UNUSED,  \
                          struct pm_vm *vm UNUSED, int64_t left UNUSED,        \
                          uint64_t acc UNUSED, double facc UNUSED)
#define DISPATCH                                                               \
    JUMP((pm_handler)(uintptr_t)ip->handler)(ip, fp, vm, left, acc, facc)
#define GOTO(name) JUMP op_##name(ip, fp, vm, left, acc, facc)
// A way out has fewer arguments; the compiler may or may not jump there.
#define LEAVE(way)                                                             \
    do {                                                                       \
        way(ip, fp, vm, left);                                                 \
        return;                                                                \
    } while (0)
#include "vm/handlers.inc"

#define HANDLER(name) (const void *)(uintptr_t)op_##name,
static const void *const handlers[PM_IOP_COUNT] = {
#include "image/handler_table.inc"
};

static void run(struct pm_vm *vm)
{
    ((pm_handler)(uintptr_t)vm->ip->handler)(vm->ip, vm->fp, vm, vm->left, 0,
                                             0.0);
}

struct pm_dispatch_form pm_dispatch_tail(void)
{
    return (struct pm_dispatch_form){handlers, run, PM_DISPATCH_TAIL};
}

#else

struct pm_dispatch_form pm_dispatch_tail(void)
{
    return (struct pm_dispatch_form){NULL, NULL, PM_DISPATCH_AUTO};
}

#endif
