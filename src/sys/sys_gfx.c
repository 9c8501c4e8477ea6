// SPDX-License-Identifier: MIT
//
// Host-call module "gfx": primitives and text. They give no status; a frame
// that asks for more than its list holds has run out of memory.
#include "base/check.h"
#include "sys/sys_internal.h"

static pm_trap_code ended(struct pm_vm *vm, pm_gfx_status status)
{
    if (PM_LIKELY(status == PM_GFX_OK))
        return PM_TRAP_NONE;
    return pm_vm_fault(vm, PM_TRAP_OUT_OF_MEMORY,
                       "this frame draws too much: at most %d primitives and "
                       "%d bytes of text fit into one",
                       PM_GFX_COMMANDS, PM_GFX_TEXT_BYTES);
}

static int64_t number(uint64_t argument)
{
    return (int64_t)argument;
}

static pm_trap_code clear(struct pm_sys *sys, struct pm_vm *vm, uint64_t *args)
{
    (void)vm;
    pm_gfx_clear(sys->gfx, (uint16_t)args[0]);
    return PM_TRAP_NONE;
}

static pm_trap_code pixel(struct pm_sys *sys, struct pm_vm *vm, uint64_t *args)
{
    return ended(vm, pm_gfx_pixel(sys->gfx, number(args[0]), number(args[1]),
                                  (uint16_t)args[2]));
}

static pm_trap_code line(struct pm_sys *sys, struct pm_vm *vm, uint64_t *args)
{
    return ended(vm, pm_gfx_line(sys->gfx, number(args[0]), number(args[1]),
                                 number(args[2]), number(args[3]),
                                 (uint16_t)args[4]));
}

static pm_trap_code rect(struct pm_sys *sys, struct pm_vm *vm, uint64_t *args)
{
    return ended(vm, pm_gfx_rect(sys->gfx, number(args[0]), number(args[1]),
                                 number(args[2]), number(args[3]),
                                 (uint16_t)args[4]));
}

static pm_trap_code fill_rect(struct pm_sys *sys, struct pm_vm *vm,
                              uint64_t *args)
{
    return ended(vm, pm_gfx_fill_rect(sys->gfx, number(args[0]),
                                      number(args[1]), number(args[2]),
                                      number(args[3]), (uint16_t)args[4]));
}

static pm_trap_code circle(struct pm_sys *sys, struct pm_vm *vm, uint64_t *args)
{
    return ended(vm, pm_gfx_circle(sys->gfx, number(args[0]), number(args[1]),
                                   number(args[2]), (uint16_t)args[3]));
}

static pm_trap_code disc(struct pm_sys *sys, struct pm_vm *vm, uint64_t *args)
{
    return ended(vm, pm_gfx_disc(sys->gfx, number(args[0]), number(args[1]),
                                 number(args[2]), (uint16_t)args[3]));
}

static pm_trap_code text(struct pm_sys *sys, struct pm_vm *vm, uint64_t *args)
{
    const struct pm_object *string = pm_sys_object(vm, args[2]);

    return ended(vm, pm_gfx_text(sys->gfx, number(args[0]), number(args[1]),
                                 (uint16_t)args[3], pm_object_bytes(string),
                                 string->length));
}

static const struct pm_sys_row rows[] = {
    {PM_SYSCALL_GFX_CLEAR, clear},         {PM_SYSCALL_GFX_PIXEL, pixel},
    {PM_SYSCALL_GFX_LINE, line},           {PM_SYSCALL_GFX_RECT, rect},
    {PM_SYSCALL_GFX_FILL_RECT, fill_rect}, {PM_SYSCALL_GFX_CIRCLE, circle},
    {PM_SYSCALL_GFX_DISC, disc},           {PM_SYSCALL_GFX_TEXT, text},
};

const struct pm_sys_table pm_sys_gfx = {rows, PM_ARRAY_LEN(rows)};
