// SPDX-License-Identifier: MIT
//
// Where objects were created and ended, for the message of a stale handle.
// Kept only for programs with debug data, outside of guest state: a table of
// fixed size in which a new object takes the place of an old one, so that it
// is never wrong but may have forgotten.
#include "base/mem.h"
#include "vm/vm_internal.h"

#define SITES 1024

struct pm_vm_site {
    pm_ref ref;
    uint32_t created; // op; 0: not known
    uint32_t ended;
};

pm_status pm_vm_make_sites(struct pm_vm *vm)
{
    if (vm->image->module.line_count == 0)
        return PM_OK;
    vm->sites = pm_mem_zarray(&vm->alloc, SITES, sizeof *vm->sites);
    return vm->sites ? PM_OK : PM_ERR_NO_MEMORY;
}

void pm_vm_free_sites(struct pm_vm *vm)
{
    pm_mem_free(&vm->alloc, vm->sites, SITES * sizeof *vm->sites);
}

static struct pm_vm_site *place_of(struct pm_vm *vm, pm_ref ref)
{
    return &vm->sites[pm_ref_index(ref) % SITES];
}

static uint32_t op_now(const struct pm_vm *vm)
{
    return (uint32_t)(vm->ip - vm->code);
}

void pm_vm_note_created(struct pm_vm *vm, pm_ref ref)
{
    if (vm->sites)
        *place_of(vm, ref) = (struct pm_vm_site){ref, op_now(vm), 0};
}

void pm_vm_note_ended(struct pm_vm *vm, pm_ref ref)
{
    if (!vm->sites)
        return;
    struct pm_vm_site *site = place_of(vm, ref);
    if (site->ref != ref)
        *site = (struct pm_vm_site){ref, 0, 0};
    site->ended = op_now(vm);
}

static bool entry_of(const struct pm_vm *vm, uint32_t op,
                     struct pm_stack_entry *out)
{
    if (op == 0)
        return false;
    *out = (struct pm_stack_entry){pm_image_function_of(vm->image, op),
                                   vm->image->infos[op].offset};
    return true;
}

void pm_vm_stale_sites(struct pm_vm *vm, struct pm_stale_sites *out)
{
    *out = (struct pm_stale_sites){0};
    if (!vm->sites || vm->guest->trap.code != PM_TRAP_STALE_HANDLE)
        return;
    const struct pm_vm_site *site = place_of(vm, vm->fault_ref);
    if (site->ref != vm->fault_ref)
        return;
    out->has_created = entry_of(vm, site->created, &out->created);
    out->has_ended = entry_of(vm, site->ended, &out->ended);
}
