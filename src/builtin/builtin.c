// SPDX-License-Identifier: MIT
#include "builtin/builtin.h"

#include <inttypes.h>

#include "base/check.h"
#include "registry/registry.h"

// --- pads --------------------------------------------------------------------

static PM_NOINLINE pm_trap_code bad_number(struct pm_vm *vm, uint32_t id,
                                           const uint64_t *args)
{
    const struct pm_intrinsic_decl *row = pm_intrinsic_find(id);

    for (uint8_t i = 0; i < row->param_count; i++) {
        const struct pm_value_decl *param = &row->params[i];
        int64_t value = (int64_t)args[i];
        if (value < param->least || value > param->greatest)
            return pm_vm_fault(
                vm, PM_TRAP_INVALID_ARGUMENT,
                "%s: %s is %" PRId64 ", it must be %" PRId64 " to %" PRId64,
                row->name, param->name, value, param->least, param->greatest);
    }
    return PM_TRAP_INVALID_ARGUMENT;
}

static bool is_button(const uint64_t *args)
{
    return args[0] < PM_PADS && args[1] < PM_BUTTONS;
}

#define PAD_BIT(name, symbol, field)                                           \
    static pm_trap_code name(void *context, struct pm_vm *vm, uint64_t *args)  \
    {                                                                          \
        const struct pm_input *input = context;                                \
        if (PM_UNLIKELY(!is_button(args)))                                     \
            return bad_number(vm, PM_INTRINSIC_##symbol, args);                \
        args[0] = input->pads[args[0]].field >> args[1] & 1;                   \
        return PM_TRAP_NONE;                                                   \
    }

PAD_BIT(pad_down, PAD_DOWN, down)
PAD_BIT(pad_pressed, PAD_PRESSED, pressed)
PAD_BIT(pad_released, PAD_RELEASED, released)

static pm_trap_code pad_hold(void *context, struct pm_vm *vm, uint64_t *args)
{
    const struct pm_input *input = context;

    if (PM_UNLIKELY(!is_button(args)))
        return bad_number(vm, PM_INTRINSIC_PAD_HOLD, args);
    args[0] = input->pads[args[0]].hold[args[1]];
    return PM_TRAP_NONE;
}

// --- pointer and frame -------------------------------------------------------

#define TOUCH(name, expression)                                                \
    static pm_trap_code name(void *context, struct pm_vm *vm, uint64_t *args)  \
    {                                                                          \
        const struct pm_touch_state *touch =                                   \
            &((const struct pm_input *)context)->touch;                        \
        (void)vm;                                                              \
        args[0] = (uint64_t)(expression);                                      \
        return PM_TRAP_NONE;                                                   \
    }

TOUCH(touch_x, touch->x)
TOUCH(touch_y, touch->y)
TOUCH(touch_present, touch->present)
TOUCH(touch_down, touch->down)
TOUCH(touch_pressed, touch->pressed)
TOUCH(touch_released, touch->released)
TOUCH(touch_hold, touch->hold)

static pm_trap_code frame(void *context, struct pm_vm *vm, uint64_t *args)
{
    (void)context;
    args[0] = pm_vm_frame(vm);
    return PM_TRAP_NONE;
}

static pm_trap_code unknown(void *context, struct pm_vm *vm, uint64_t *args)
{
    (void)context;
    (void)args;
    return pm_vm_fault(vm, PM_TRAP_INVALID_INTRINSIC,
                       "this machine has no such intrinsic");
}

struct pm_call_entry pm_builtin_find(void *context, uint32_t id)
{
    static const struct {
        uint32_t id;
        pm_call_fn run;
    } rows[] = {
        {PM_INTRINSIC_FRAME, frame},
        {PM_INTRINSIC_PAD_DOWN, pad_down},
        {PM_INTRINSIC_PAD_PRESSED, pad_pressed},
        {PM_INTRINSIC_PAD_RELEASED, pad_released},
        {PM_INTRINSIC_PAD_HOLD, pad_hold},
        {PM_INTRINSIC_TOUCH_X, touch_x},
        {PM_INTRINSIC_TOUCH_Y, touch_y},
        {PM_INTRINSIC_TOUCH_PRESENT, touch_present},
        {PM_INTRINSIC_TOUCH_DOWN, touch_down},
        {PM_INTRINSIC_TOUCH_PRESSED, touch_pressed},
        {PM_INTRINSIC_TOUCH_RELEASED, touch_released},
        {PM_INTRINSIC_TOUCH_HOLD, touch_hold},
    };

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        if (rows[i].id == id)
            return (struct pm_call_entry){rows[i].run, context};
    return (struct pm_call_entry){unknown, context};
}
