// SPDX-License-Identifier: MIT
//
// Host-call module "composer": the scene, sprites and fades.
#include "base/check.h"
#include "sys/sys_internal.h"

// The dispatcher has checked all ranges.
static pm_trap_code bind_scene(struct pm_sys *sys, struct pm_vm *vm,
                               uint64_t *args)
{
    (void)vm;
    args[0] =
        (uint64_t)pm_gfx_bind_scene(sys->gfx, sys->bank, (unsigned)args[0]);
    return PM_TRAP_NONE;
}

static pm_trap_code unbind_scene(struct pm_sys *sys, struct pm_vm *vm,
                                 uint64_t *args)
{
    (void)vm;
    (void)args;
    pm_gfx_unbind_scene(sys->gfx);
    return PM_TRAP_NONE;
}

static pm_trap_code set_camera(struct pm_sys *sys, struct pm_vm *vm,
                               uint64_t *args)
{
    (void)vm;
    pm_gfx_set_camera(sys->gfx, (int64_t)args[0], (int64_t)args[1]);
    return PM_TRAP_NONE;
}

static PM_NOINLINE pm_trap_code no_glyph(struct pm_sys *sys, struct pm_vm *vm,
                                         const struct pm_gfx_sprite *sprite)
{
    const struct pm_glyph_sheet *sheet = pm_bank_glyph(sys->bank, sprite->bank);

    return pm_vm_fault(vm, PM_TRAP_INVALID_ARGUMENT,
                       "composer.emit_sprite: glyph_id is %u, the sheet in "
                       "bank %u has 0 to %u",
                       sprite->glyph, sprite->bank,
                       sheet ? sheet->count - 1 : 0);
}

static pm_trap_code emit_sprite(struct pm_sys *sys, struct pm_vm *vm,
                                uint64_t *args)
{
    struct pm_gfx_sprite sprite = {
        .x = pm_gfx_coord((int64_t)args[2]),
        .y = pm_gfx_coord((int64_t)args[3]),
        .glyph = (uint16_t)args[0],
        .palette = (uint8_t)args[1],
        .layer = (uint8_t)args[4],
        .bank = (uint8_t)args[5],
        .flip_x = args[6] != 0,
        .flip_y = args[7] != 0,
        .priority = (uint8_t)args[8],
    };

    if (PM_UNLIKELY(!pm_gfx_glyph_exists(sys->bank, &sprite)))
        return no_glyph(sys, vm, &sprite);
    args[0] = (uint64_t)pm_gfx_emit_sprite(sys->gfx, sys->bank, &sprite);
    return PM_TRAP_NONE;
}

static pm_trap_code set_fade(struct pm_sys *sys, struct pm_vm *vm,
                             uint64_t *args)
{
    (void)vm;
    pm_gfx_set_fade(sys->gfx, args[0] ? PM_GFX_FADE_HUD : PM_GFX_FADE_SCENE,
                    (unsigned)args[1], (uint16_t)args[2]);
    return PM_TRAP_NONE;
}

static const struct pm_sys_row rows[] = {
    {PM_SYSCALL_COMPOSER_BIND_SCENE, bind_scene},
    {PM_SYSCALL_COMPOSER_UNBIND_SCENE, unbind_scene},
    {PM_SYSCALL_COMPOSER_SET_CAMERA, set_camera},
    {PM_SYSCALL_COMPOSER_EMIT_SPRITE, emit_sprite},
    {PM_SYSCALL_COMPOSER_SET_FADE, set_fade},
};

const struct pm_sys_table pm_sys_composer = {rows, PM_ARRAY_LEN(rows)};
