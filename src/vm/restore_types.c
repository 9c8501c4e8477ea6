// SPDX-License-Identifier: MIT
//
// Restoring: whether objects and values are what the module's types say.
#include "vm/number.h"
#include "vm/saved.h"

bool pm_restore_check_value(const struct pm_vm *vm, const struct pm_heap *heap,
                            pm_type_id type, uint64_t value)
{
    struct pm_object *target;

    switch (type) {
    case PM_TYPE_I32:
        return (int64_t)value == (int32_t)value;
    case PM_TYPE_I64:
        return true;
    case PM_TYPE_F32:
        return value <= UINT32_MAX && pm_canon_f32(value) == value;
    case PM_TYPE_F64:
        return pm_canon_f64(value) == value;
    case PM_TYPE_BOOL:
        return value <= 1;
    case PM_TYPE_BYTE:
        return value <= 255;
    default:
        break;
    }
    switch (pm_heap_ref_state(heap, value, &target)) {
    case PM_REF_NULL:
        return true;
    case PM_REF_LIVE:
    case PM_REF_STALE:
        return pm_vm_type_accepts(vm, type, target);
    case PM_REF_FORGED:
        break;
    }
    return false;
}

static bool is_of_kind(const struct pm_module *module, uint32_t type,
                       pm_type_kind kind)
{
    return type < module->type_count && module->types[type].kind == kind;
}

bool pm_vm_check_header(void *context, const struct pm_object *object)
{
    const struct pm_vm *vm = context;
    const struct pm_module *module = &vm->image->module;

    switch (object->kind) {
    case PM_KIND_STRING:
    case PM_KIND_BYTES:
        return object->type == 0;
    case PM_KIND_COROUTINE:
        return object->type == 0 &&
               object->length == sizeof(struct pm_coroutine) +
                                     (uint64_t)vm->config.coroutine_slots * 8;
    case PM_KIND_ARRAY:
        return is_of_kind(module, object->type, PM_TYPE_KIND_ARRAY);
    case PM_KIND_RECORD:
        return is_of_kind(module, object->type, PM_TYPE_KIND_RECORD) &&
               object->length == module->types[object->type].field_count;
    case PM_KIND_CLOSURE:
        return object->type < module->function_count &&
               (module->functions[object->type].flags & PM_FUNCTION_CLOSURE) &&
               object->length == module->functions[object->type].capture_count;
    case PM_KIND_STATE:
        return is_of_kind(module, object->type, PM_TYPE_KIND_STATE) &&
               vm->config.check_state &&
               vm->config.check_state(vm->config.check_context, object);
    default:
        return false;
    }
}

static pm_type_id slot_type(const struct pm_vm *vm,
                            const struct pm_object *object, uint32_t slot)
{
    const struct pm_module *module = &vm->image->module;
    switch (object->kind) {
    case PM_KIND_ARRAY:
        return module->types[object->type].element;
    case PM_KIND_RECORD:
        return module->types[object->type].fields[slot].type;
    default:
        return module->functions[object->type].captures[slot];
    }
}

bool pm_vm_check_slot(void *context, const struct pm_object *holder,
                      uint32_t slot, const struct pm_object *target)
{
    const struct pm_vm *vm = context;
    return pm_vm_type_accepts(vm, slot_type(vm, holder, slot), target);
}

// References have been checked one by one already.
static bool check_plain_slots(const struct pm_vm *vm,
                              const struct pm_heap *heap,
                              const struct pm_object *object)
{
    for (uint32_t i = 0; i < object->length; i++) {
        pm_type_id type = slot_type(vm, object, i);
        if (!pm_type_is_ref(type) &&
            !pm_restore_check_value(vm, heap, type, pm_object_slots(object)[i]))
            return false;
    }
    return true;
}

bool pm_vm_check_object(void *context, struct pm_heap *heap, pm_ref ref,
                        const struct pm_object *object)
{
    struct pm_vm *vm = context;
    const struct pm_vm_config *config = &vm->config;

    if (pm_heap_has_slots(object->kind))
        return check_plain_slots(vm, heap, object);
    if (object->kind == PM_KIND_STATE)
        return !config->restore_state ||
               config->restore_state(config->check_context, ref,
                                     pm_heap_at(heap, ref));
    if (object->kind != PM_KIND_COROUTINE)
        return true;
    struct pm_coroutine *coro = (struct pm_coroutine *)pm_object_slots(object);
    return pm_restore_check_frames(vm->restoring, heap, coro,
                                   pm_coroutine_stack(coro));
}
