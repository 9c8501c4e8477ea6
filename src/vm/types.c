// SPDX-License-Identifier: MIT
//
// What the heap asks about the module's types.
#include "base/mem.h"
#include "vm/vm_internal.h"

static uint32_t words_for(uint32_t slots)
{
    return slots ? (slots + 63) / 64 : 1;
}

static size_t count_words(const struct pm_module *module)
{
    size_t words = 0;
    for (uint32_t i = 0; i < module->type_count; i++)
        words += words_for(module->types[i].field_count);
    for (uint32_t i = 0; i < module->function_count; i++)
        words += words_for(module->functions[i].capture_count);
    return words;
}

static void set_ref(uint64_t *words, uint32_t slot, pm_type_id type)
{
    if (pm_type_is_ref(type))
        words[slot / 64] |= UINT64_C(1) << (slot % 64);
}

static void fill_maps(struct pm_vm *vm)
{
    const struct pm_module *module = &vm->image->module;
    uint32_t at = 0;

    for (uint32_t i = 0; i < module->type_count; i++) {
        const struct pm_type *type = &module->types[i];
        vm->ref_map_at[i] = at;
        for (uint32_t f = 0; f < type->field_count; f++)
            set_ref(vm->ref_map_words + at, f, type->fields[f].type);
        at += words_for(type->field_count);
    }
    for (uint32_t i = 0; i < module->function_count; i++) {
        const struct pm_function *function = &module->functions[i];
        vm->ref_map_at[module->type_count + i] = at;
        for (uint32_t c = 0; c < function->capture_count; c++)
            set_ref(vm->ref_map_words + at, c, function->captures[c]);
        at += words_for(function->capture_count);
    }
}

static size_t row_count(const struct pm_vm *vm)
{
    return (size_t)vm->image->module.type_count +
           vm->image->module.function_count;
}

pm_status pm_vm_make_ref_maps(struct pm_vm *vm)
{
    vm->ref_map_word_count = count_words(&vm->image->module);
    vm->ref_map_at =
        pm_mem_zarray(&vm->alloc, row_count(vm), sizeof *vm->ref_map_at);
    vm->ref_map_words = pm_mem_zarray(&vm->alloc, vm->ref_map_word_count,
                                      sizeof *vm->ref_map_words);
    if (!vm->ref_map_at || !vm->ref_map_words)
        return PM_ERR_NO_MEMORY;
    fill_maps(vm);
    return PM_OK;
}

void pm_vm_free_ref_maps(struct pm_vm *vm)
{
    pm_mem_free(&vm->alloc, vm->ref_map_at,
                row_count(vm) * sizeof *vm->ref_map_at);
    pm_mem_free(&vm->alloc, vm->ref_map_words,
                vm->ref_map_word_count * sizeof *vm->ref_map_words);
}

static bool array_holds_refs(void *context, uint32_t type)
{
    const struct pm_vm *vm = context;
    return pm_type_is_ref(vm->image->module.types[type].element);
}

static const uint64_t *ref_slots(void *context, pm_kind kind, uint32_t type)
{
    const struct pm_vm *vm = context;
    size_t row = kind == PM_KIND_CLOSURE
                     ? (size_t)vm->image->module.type_count + type
                     : type;
    return vm->ref_map_words + vm->ref_map_at[row];
}

static void on_leak(void *context, pm_ref ref, struct pm_object *object)
{
    struct pm_vm *vm = context;
    if (vm->config.on_leak)
        vm->config.on_leak(vm->config.leak_context, ref, object);
}

static bool is_user_type(const struct pm_vm *vm, pm_type_id type,
                         pm_type_kind kind)
{
    const struct pm_module *module = &vm->image->module;
    return type >= PM_TYPE_FIRST_USER &&
           type - PM_TYPE_FIRST_USER < module->type_count &&
           module->types[type - PM_TYPE_FIRST_USER].kind == kind;
}

bool pm_vm_type_accepts(const struct pm_vm *vm, pm_type_id type,
                        const struct pm_object *target)
{
    const struct pm_module *module = &vm->image->module;
    switch (target->kind) {
    case PM_KIND_STRING:
        return type == PM_TYPE_STRING || type == PM_TYPE_ANY;
    case PM_KIND_BYTES:
        return type == PM_TYPE_BYTES || type == PM_TYPE_ANY;
    case PM_KIND_COROUTINE:
        return type == PM_TYPE_COROUTINE || type == PM_TYPE_ANY;
    case PM_KIND_ARRAY:
    case PM_KIND_RECORD:
        return type == PM_TYPE_ANY || type == target->type + PM_TYPE_FIRST_USER;
    case PM_KIND_CLOSURE:
        return type == PM_TYPE_ANY ||
               type == module->functions[target->type].type;
    case PM_KIND_STATE:
        return type == PM_TYPE_ANY ||
               (is_user_type(vm, type, PM_TYPE_KIND_STATE) &&
                type == target->type + PM_TYPE_FIRST_USER);
    default:
        return false;
    }
}

// The answers for saving stand in state.c, for restoring in restore_types.c
// and restore_frames.c.
struct pm_heap_types pm_vm_heap_types(struct pm_vm *vm)
{
    return (struct pm_heap_types){
        .context = vm,
        .array_holds_refs = array_holds_refs,
        .ref_slots = ref_slots,
        .visit_coroutine = pm_vm_visit_coroutine,
        .on_leak = on_leak,
        .save_coroutine = pm_vm_save_coroutine,
        .load_coroutine = pm_vm_load_coroutine,
        .check_header = pm_vm_check_header,
        .check_ref = pm_vm_check_slot,
        .check_object = pm_vm_check_object,
    };
}
