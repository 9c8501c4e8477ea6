// SPDX-License-Identifier: MIT
//
// Calls with functions of their own: what <prometeu/domain.h> promises such
// a function, and what the four verbs promise the program.
#include "sys/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

// --- arguments ---------------------------------------------------------------

static uint64_t argument(const struct pm_call *call, unsigned index,
                         pm_value_type type)
{
    const struct pm_call_decl *decl = call->info->decl;

    PM_CHECK(index < decl->param_count && decl->params[index].type == type);
    return call->args[index];
}

int64_t pm_call_int(const struct pm_call *call, unsigned index)
{
    return (int64_t)argument(call, index, PM_VALUE_INT);
}

bool pm_call_bool(const struct pm_call *call, unsigned index)
{
    return argument(call, index, PM_VALUE_BOOL) != 0;
}

double pm_call_f64(const struct pm_call *call, unsigned index)
{
    uint64_t bits = argument(call, index, PM_VALUE_F64);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint8_t *bytes_of(const struct pm_call *call, pm_ref ref,
                         size_t *out_size)
{
    const struct pm_object *object = pm_heap_at(pm_vm_heap(call->vm), ref);

    *out_size = object->length;
    return pm_object_bytes(object);
}

const char *pm_call_str(const struct pm_call *call, unsigned index,
                        size_t *out_size)
{
    pm_ref ref = argument(call, index, PM_VALUE_STR);

    return (const char *)bytes_of(call, ref, out_size);
}

uint8_t *pm_call_bytes(const struct pm_call *call, unsigned index,
                       size_t *out_size)
{
    return bytes_of(call, argument(call, index, PM_VALUE_BYTES), out_size);
}

struct pm_state *pm_call_state(struct pm_call *call)
{
    return call->ref ? &call->state : NULL;
}

// --- results -----------------------------------------------------------------

static void set_result(struct pm_call *call, unsigned index, pm_value_type type,
                       uint64_t value)
{
    const struct pm_call_decl *decl = call->info->decl;

    PM_CHECK(decl->form == PM_FORM_PLAIN && index < decl->result_count &&
             decl->results[index].type == type);
    call->results[index] = value;
}

void pm_call_return_int(struct pm_call *call, unsigned index, int64_t value)
{
    set_result(call, index, PM_VALUE_INT, (uint64_t)value);
}

void pm_call_return_bool(struct pm_call *call, unsigned index, bool value)
{
    set_result(call, index, PM_VALUE_BOOL, value);
}

// Every NaN that a program can see is the one.
void pm_call_return_f64(struct pm_call *call, unsigned index, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    if (value != value)
        bits = UINT64_C(0x7FF8000000000000);
    set_result(call, index, PM_VALUE_F64, bits);
}

pm_trap_code pm_call_return_str(struct pm_call *call, unsigned index,
                                const char *text, size_t size)
{
    struct pm_heap *heap = pm_vm_heap(call->vm);
    pm_ref ref;

    PM_CHECK(call->info->decl->form == PM_FORM_PLAIN &&
             index < PM_CALL_MAX_RESULTS && call->strings[index] == 0);
    if (size > PM_HEAP_MAX_LENGTH)
        return pm_call_trap(call, PM_TRAP_OUT_OF_MEMORY,
                            "a string of %zu bytes", size);
    call->has_allocated = true;
    pm_trap_code trap =
        pm_vm_alloc(call->vm, PM_KIND_STRING, 0, (uint32_t)size, &ref);
    if (trap)
        return trap;
    if (size)
        memcpy(pm_object_bytes(pm_heap_at(heap, ref)), text, size);
    // The next allocation of this call must not collect it.
    pm_status status = pm_heap_pin(heap, ref);
    PM_CHECK(status == PM_OK);
    call->strings[index] = ref;
    set_result(call, index, PM_VALUE_STR, ref);
    return PM_TRAP_NONE;
}

void pm_call_charge(struct pm_call *call, uint64_t cycles)
{
    pm_vm_charge(call->vm, cycles);
}

void pm_call_end_tick(struct pm_call *call)
{
    PM_CHECK(call->info->decl->waits || call->info->decl->may_wait);
    pm_vm_end_tick(call->vm);
}

pm_trap_code pm_call_trap(struct pm_call *call, pm_trap_code code,
                          const char *format, ...)
{
    char text[PM_TRAP_MESSAGE_SIZE];
    va_list args;

    PM_CHECK(code != PM_TRAP_NONE);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return pm_vm_fault(call->vm, code, "%s.%s: %s", call->info->decl->module,
                       call->info->decl->name, text);
}

// --- the verbs ---------------------------------------------------------------

static struct pm_live_set *set_of(const struct pm_call *call)
{
    return pm_states_set(&call->sys->states, call->info->row);
}

// The object stands before the function runs, so that nothing that it does
// must be undone because memory is short. It is pinned meanwhile.
static pm_trap_code begin_create(struct pm_call *call)
{
    const struct pm_sys_call *info = call->info;
    struct pm_heap *heap = pm_vm_heap(call->vm);
    pm_trap_code trap = pm_vm_alloc_state(
        call->vm, info->row->number, info->state_type,
        PM_STATE_HEAD + info->row->domain.payload_size, &call->ref);

    if (trap)
        return trap;
    struct pm_object *object = pm_heap_at(heap, call->ref);
    pm_status status = pm_heap_pin(heap, call->ref);
    PM_CHECK(status == PM_OK);
    pm_states_enter(set_of(call), call->ref, object);
    call->state = (struct pm_state){pm_state_payload(object), NULL};
    return PM_TRAP_NONE;
}

// The heap is as it was before, where nothing was allocated since; otherwise
// the object ends like any other.
static void abandon_create(struct pm_call *call)
{
    struct pm_heap *heap = pm_vm_heap(call->vm);
    struct pm_object *object = pm_heap_at(heap, call->ref);
    bool is_small =
        pm_heap_granules(PM_KIND_STATE, object->length) <= PM_HEAP_SMALL;

    pm_states_release(&call->sys->states, call->info->row, &call->state);
    pm_states_leave(set_of(call), pm_state_place(object));
    if (is_small && !call->has_allocated)
        pm_heap_take_back(heap, call->ref);
    else
        pm_heap_end(heap, call->ref);
}

static void end_create(struct pm_call *call, bool is_kept)
{
    struct pm_heap *heap = pm_vm_heap(call->vm);

    pm_heap_unpin(heap, call->ref);
    if (!is_kept) {
        abandon_create(call);
        return;
    }
    uint32_t place = pm_state_place(pm_heap_at(heap, call->ref));
    set_of(call)->places[place].host = call->state.host;
    call->results[call->info->state_at] = call->ref;
}

// The object ends whatever the function answered.
static void end_destroy(struct pm_call *call)
{
    struct pm_heap *heap = pm_vm_heap(call->vm);
    uint32_t place = pm_state_place(pm_heap_at(heap, call->ref));

    pm_states_release(&call->sys->states, call->info->row, &call->state);
    pm_states_leave(set_of(call), place);
    pm_heap_end(heap, call->ref);
    pm_vm_note_ended(call->vm, call->ref);
}

// --- running -----------------------------------------------------------------

static void finish_results(struct pm_call *call)
{
    const struct pm_call_decl *decl = call->info->decl;

    if (pm_call_has_status(decl) && call->results[0] != 0)
        memset(call->results + 1, 0, sizeof call->results - 8);
    memcpy(call->args, call->results,
           decl->result_count * sizeof *call->results);
}

static void unpin_strings(struct pm_call *call)
{
    for (size_t i = 0; i < PM_CALL_MAX_RESULTS; i++)
        if (call->strings[i])
            pm_heap_unpin(pm_vm_heap(call->vm), call->strings[i]);
}

static pm_trap_code run_create(struct pm_call *call)
{
    const struct pm_sys_call *info = call->info;
    const struct pm_live_set *set = set_of(call);

    if (set->count == set->limit) {
        call->results[0] = (uint64_t)(int64_t)info->row->domain.limit_status;
        return PM_TRAP_NONE;
    }
    pm_trap_code trap = begin_create(call);
    if (trap)
        return trap;
    trap = info->host->run(info->context, call);
    end_create(call, !trap && call->results[0] == 0);
    return trap;
}

static pm_trap_code run_with_state(struct pm_call *call)
{
    const struct pm_sys_call *info = call->info;

    if (info->state_at >= 0)
        pm_call_attach(call, call->args[info->state_at]);
    pm_trap_code trap = info->host->run(info->context, call);
    pm_call_detach(call);
    if (!trap && info->decl->verb == PM_VERB_DESTROY)
        end_destroy(call);
    return trap;
}

pm_trap_code pm_sys_end_object(void *context, struct pm_call *call)
{
    (void)context;
    (void)call;
    return PM_TRAP_NONE;
}

void pm_sys_save_nothing(void *context, const struct pm_state *state,
                         struct pm_sink *sink)
{
    (void)context;
    (void)state;
    (void)sink;
}

pm_trap_code pm_sys_run_call(void *context, struct pm_vm *vm, uint64_t *args)
{
    const struct pm_sys_call *info = context;
    struct pm_call call = {
        .sys = info->sys, .vm = vm, .info = info, .args = args};
    pm_trap_code trap = pm_sys_check_all(info, vm, args);

    if (trap)
        return trap;
    trap = info->decl->verb == PM_VERB_CREATE ? run_create(&call)
                                              : run_with_state(&call);
    unpin_strings(&call);
    if (trap)
        return trap;
    finish_results(&call);
    if (info->decl->waits)
        pm_vm_end_tick(vm);
    return PM_TRAP_NONE;
}
