// SPDX-License-Identifier: MIT
//
// Instructions on arrays, records, closures, coroutines and types.
#include <inttypes.h>
#include <string.h>

#include "vm/number.h"
#include "vm/vm_internal.h"

static const struct pm_type *type_of(const struct pm_vm *vm, pm_type_id type)
{
    return &vm->image->module.types[type - PM_TYPE_FIRST_USER];
}

// --- arrays ------------------------------------------------------------------

pm_trap_code pm_op_arr_new(struct pm_vm *vm, const struct pm_op *ip,
                           uint64_t *at)
{
    int64_t length = (int64_t)at[0];
    pm_ref ref;
    if (length < 0 || length > (int64_t)(PM_HEAP_MAX_LENGTH / 8))
        return pm_vm_fault(vm, length < 0 ? PM_TRAP_OOB : PM_TRAP_OUT_OF_MEMORY,
                           "an array of length %" PRId64, length);
    pm_vm_charge_bytes(vm, (uint64_t)length * 8);
    pm_trap_code trap =
        pm_vm_alloc(vm, PM_KIND_ARRAY, (uint32_t)ip->wide - PM_TYPE_FIRST_USER,
                    (uint32_t)length, &ref);
    if (!trap)
        at[0] = ref;
    return trap;
}

static pm_trap_code get_window(struct pm_vm *vm, pm_ref ref, uint64_t offset,
                               uint64_t length, uint64_t **out)
{
    pm_trap_code trap = pm_vm_check_ref(vm, ref);
    struct pm_object *array = pm_vm_object(vm, ref);
    if (trap)
        return pm_vm_fault_ref(vm, trap, ref);
    if (!pm_window_is_inside((int64_t)offset, (int64_t)length, array->length))
        return pm_vm_fault(vm, PM_TRAP_OOB,
                           "window of %" PRId64 " elements at %" PRId64
                           " in array of length %u",
                           (int64_t)length, (int64_t)offset,
                           (unsigned)array->length);
    *out = pm_object_slots(array) + offset;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_arr_fill(struct pm_vm *vm, const struct pm_op *ip,
                            uint64_t *at)
{
    uint64_t *to;
    uint64_t value = at[3];
    (void)ip;
    pm_trap_code trap = get_window(vm, at[0], at[1], at[2], &to);
    if (trap)
        return trap;
    const struct pm_object *array = pm_vm_object(vm, at[0]);
    if (vm->image->module.types[array->type].element == PM_TYPE_F64)
        value = pm_canon_f64(value);
    pm_vm_charge_bytes(vm, at[2] * 8);
    for (uint64_t i = 0; i < at[2]; i++)
        to[i] = value;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_arr_copy(struct pm_vm *vm, const struct pm_op *ip,
                            uint64_t *at)
{
    uint64_t *to;
    uint64_t *from;
    (void)ip;
    pm_trap_code trap = get_window(vm, at[0], at[1], at[4], &to);
    if (!trap)
        trap = get_window(vm, at[2], at[3], at[4], &from);
    if (trap)
        return trap;
    pm_vm_charge_bytes(vm, at[4] * 8);
    memmove(to, from, at[4] * 8);
    return PM_TRAP_NONE;
}

// --- records and closures ----------------------------------------------------

static pm_trap_code new_record(struct pm_vm *vm, pm_type_id type, pm_ref *out)
{
    uint32_t fields = type_of(vm, type)->field_count;
    pm_vm_charge_bytes(vm, (uint64_t)fields * 8);
    return pm_vm_alloc(vm, PM_KIND_RECORD, type - PM_TYPE_FIRST_USER, fields,
                       out);
}

pm_trap_code pm_op_rec_new(struct pm_vm *vm, const struct pm_op *ip,
                           uint64_t *at)
{
    return new_record(vm, (pm_type_id)ip->wide, &at[0]);
}

// Copies typed values into an object's slots; what escapes has one NaN.
static void store_values(uint64_t *to, const uint64_t *from,
                         const pm_type_id *types, size_t stride, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pm_type_id type =
            *(const pm_type_id *)(const void *)((const uint8_t *)types +
                                                i * stride);
        to[i] = type == PM_TYPE_F64 ? pm_canon_f64(from[i]) : from[i];
    }
}

pm_trap_code pm_op_rec_make(struct pm_vm *vm, const struct pm_op *ip,
                            uint64_t *at)
{
    const struct pm_type *type = type_of(vm, (pm_type_id)ip->wide);
    pm_ref ref;
    pm_trap_code trap = new_record(vm, (pm_type_id)ip->wide, &ref);
    if (trap)
        return trap;
    if (type->field_count)
        store_values(pm_object_slots(pm_vm_object(vm, ref)), at,
                     &type->fields[0].type, sizeof *type->fields,
                     type->field_count);
    at[0] = ref;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_make_closure(struct pm_vm *vm, const struct pm_op *ip,
                                uint64_t *at)
{
    const struct pm_function *function = &vm->image->module.functions[ip->wide];
    pm_ref ref;
    pm_vm_charge_bytes(vm, (uint64_t)function->capture_count * 8);
    pm_trap_code trap = pm_vm_alloc(vm, PM_KIND_CLOSURE, (uint32_t)ip->wide,
                                    function->capture_count, &ref);
    if (trap)
        return trap;
    store_values(pm_object_slots(pm_vm_object(vm, ref)), at, function->captures,
                 sizeof *function->captures, function->capture_count);
    at[0] = ref;
    return PM_TRAP_NONE;
}

// --- coroutines --------------------------------------------------------------

// Queues a coroutine that begins with [function]; its arguments are at [at],
// the closure first if it is one. The result replaces them.
static pm_trap_code spawn(struct pm_vm *vm, uint32_t function, uint64_t *at)
{
    const struct pm_image_function *row = &vm->image->functions[function];
    uint32_t bytes =
        (uint32_t)sizeof(struct pm_coroutine) + vm->config.coroutine_slots * 8;
    pm_ref ref;

    if (row->slots > vm->config.coroutine_slots)
        return pm_vm_fault(vm, PM_TRAP_STACK_OVERFLOW,
                           "the function needs %u slots, a coroutine has %u",
                           (unsigned)row->slots,
                           (unsigned)vm->config.coroutine_slots);
    pm_vm_charge_bytes(vm, bytes);
    pm_trap_code trap = pm_vm_check_room(vm);
    if (!trap)
        trap = pm_vm_alloc(vm, PM_KIND_COROUTINE, 0, bytes, &ref);
    if (trap)
        return trap;
    struct pm_coroutine *coro =
        (struct pm_coroutine *)(void *)(pm_vm_object(vm, ref) + 1);
    coro->safepoint = row->first_safepoint;
    coro->depth = 1;
    memcpy(pm_coroutine_stack(coro), at, (size_t)row->params * 8);
    pm_vm_queue_ready(vm, ref);
    at[0] = ref;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_spawn(struct pm_vm *vm, const struct pm_op *ip, uint64_t *at)
{
    return spawn(vm, (uint32_t)ip->wide, at);
}

pm_trap_code pm_op_spawn_closure(struct pm_vm *vm, const struct pm_op *ip,
                                 uint64_t *at)
{
    pm_trap_code trap = pm_vm_check_ref(vm, at[0]);
    (void)ip;
    if (trap)
        return pm_vm_fault_ref(vm, trap, at[0]);
    return spawn(vm, pm_vm_object(vm, at[0])->type, at);
}

pm_trap_code pm_op_coro_state(struct pm_vm *vm, const struct pm_op *ip,
                              uint64_t *at)
{
    pm_trap_code trap = pm_vm_check_ref(vm, at[0]);
    (void)ip;
    if (trap)
        return pm_vm_fault_ref(vm, trap, at[0]);
    at[0] =
        ((const struct pm_coroutine *)(const void *)(pm_vm_object(vm, at[0]) +
                                                     1))
            ->state;
    return PM_TRAP_NONE;
}

// --- types -------------------------------------------------------------------

pm_trap_code pm_op_cast(struct pm_vm *vm, const struct pm_op *ip, uint64_t *at)
{
    struct pm_buf wanted;
    pm_trap_code trap;

    if (at[0] == 0)
        return PM_TRAP_NONE;
    trap = pm_vm_check_ref(vm, at[0]);
    if (trap)
        return pm_vm_fault_ref(vm, trap, at[0]);
    const struct pm_object *object = pm_vm_object(vm, at[0]);
    if (pm_vm_type_accepts(vm, (pm_type_id)ip->wide, object))
        return PM_TRAP_NONE;
    pm_buf_init(&wanted, &vm->alloc);
    pm_type_print(&vm->image->module, (pm_type_id)ip->wide, &wanted);
    const char *text = pm_buf_cstr(&wanted);
    pm_vm_fault(vm, PM_TRAP_TYPE, "found another %s, wanted %s",
                pm_kind_name(object->kind), text ? text : "another type");
    pm_buf_free(&wanted);
    return PM_TRAP_TYPE;
}

pm_trap_code pm_op_is_type(struct pm_vm *vm, const struct pm_op *ip,
                           uint64_t *at)
{
    at[0] =
        pm_vm_check_ref(vm, at[0]) == PM_TRAP_NONE &&
        pm_vm_type_accepts(vm, (pm_type_id)ip->wide, pm_vm_object(vm, at[0]));
    return PM_TRAP_NONE;
}
