// SPDX-License-Identifier: MIT
//
// A vm that takes the place of one with another version of the program.
#include <string.h>

#include "vm/vm_internal.h"

static bool can_be_entry(const struct pm_module *module, uint32_t row)
{
    const struct pm_function *function = &module->functions[row];

    return !(function->flags & PM_FUNCTION_CLOSURE) &&
           pm_function_type(module, function)->field_count == 0;
}

uint32_t pm_vm_reload_entry(const struct pm_vm *vm)
{
    static const char name[] = "reload";
    const struct pm_module *module = &vm->image->module;

    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct pm_export *row = &module->exports[i];
        if (row->name.size == sizeof name - 1 &&
            memcmp(row->name.data, name, sizeof name - 1) == 0 &&
            can_be_entry(module, row->function))
            return row->function;
    }
    return 0;
}

pm_status pm_vm_start_reload(struct pm_vm *vm, const struct pm_vm *from)
{
    const struct pm_image_function *entry =
        &vm->image->functions[pm_vm_reload_entry(vm)];

    if (entry->slots > vm->config.stack_slots)
        return PM_ERR_LIMIT;
    vm->guest->main.safepoint = entry->first_safepoint;
    vm->guest->frame = from->guest->frame;
    pm_vm_attach(vm);
    return PM_OK;
}

void pm_vm_take_counts(struct pm_vm *vm, const struct pm_vm *from)
{
    vm->guest->frame = from->guest->frame;
    vm->guest->cycles = from->guest->cycles;
    vm->guest->overshot = from->guest->overshot;
    vm->leaks = from->leaks;
    pm_heap_take_leaks(vm->heap, from->heap);
}

void pm_vm_rebind(struct pm_vm *vm, const struct pm_vm_config *config)
{
    vm->config.find_intrinsic = config->find_intrinsic;
    vm->config.intrinsic_context = config->intrinsic_context;
    vm->config.leak_context = config->leak_context;
    vm->config.check_context = config->check_context;
    for (size_t i = 0; i < vm->intrinsic_count; i++)
        vm->intrinsics[i] = config->find_intrinsic(config->intrinsic_context,
                                                   vm->image->intrinsics[i]);
}
