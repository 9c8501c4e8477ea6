// SPDX-License-Identifier: MIT
//
// The dispatcher.
#include "sys/sys.h"

#include <inttypes.h>

#include "base/check.h"
#include "registry/caps.h"
#include "sys/sys_internal.h"

static PM_NOINLINE pm_trap_code bad_capability(const struct pm_sys_call *call,
                                               struct pm_vm *vm)
{
    return pm_vm_fault(vm, PM_TRAP_CAPABILITY,
                       "%s.%s needs the capability %s, which is not granted "
                       "any more",
                       call->decl->module, call->decl->name,
                       pm_cap_name(call->capability));
}

static PM_NOINLINE pm_trap_code bad_number(const struct pm_sys_call *call,
                                           struct pm_vm *vm,
                                           const struct pm_sys_check *check,
                                           int64_t found)
{
    return pm_vm_fault(vm, PM_TRAP_INVALID_ARGUMENT,
                       "%s.%s: %s is %" PRId64 ", it must be %" PRId64
                       " to %" PRId64,
                       call->decl->module, call->decl->name,
                       call->decl->params[check->argument].name, found,
                       check->least, check->greatest);
}

static PM_NOINLINE pm_trap_code bad_ref(const struct pm_sys_call *call,
                                        struct pm_vm *vm,
                                        const struct pm_sys_check *check,
                                        pm_trap_code trap, pm_ref ref)
{
    const char *wanted = check->type == PM_VALUE_STR ? "a string" : "bytes";

    if (trap == PM_TRAP_STALE_HANDLE)
        return pm_vm_fault_ref(vm, trap, ref);
    return pm_vm_fault(
        vm, trap, "%s.%s: %s is %s, it must be %s", call->decl->module,
        call->decl->name, call->decl->params[check->argument].name,
        trap == PM_TRAP_NULL_REF ? "null" : "something else", wanted);
}

// Checks a reference, and charges for the length of what it refers to.
static pm_trap_code check_ref(const struct pm_sys_call *call, struct pm_vm *vm,
                              const struct pm_sys_check *check, pm_ref ref)
{
    pm_kind kind = check->type == PM_VALUE_STR ? PM_KIND_STRING : PM_KIND_BYTES;
    struct pm_object *object;
    pm_trap_code trap = pm_heap_resolve(pm_vm_heap(vm), ref, kind, &object);

    if (PM_UNLIKELY(trap))
        return bad_ref(call, vm, check, trap, ref);
    if (call->decl->price16)
        pm_vm_charge(vm, ((uint64_t)object->length + 15) / 16 *
                             call->decl->price16);
    return PM_TRAP_NONE;
}

static pm_trap_code dispatch(void *context, struct pm_vm *vm, uint64_t *args)
{
    const struct pm_sys_call *call = context;
    struct pm_sys *sys = call->sys;

    sys->calls++;
    if (PM_UNLIKELY(call->capability & ~sys->capabilities))
        return bad_capability(call, vm);
    for (uint32_t i = 0; i < call->check_count; i++) {
        const struct pm_sys_check *check = &call->checks[i];
        if (PM_LIKELY(check->type == PM_VALUE_INT)) {
            int64_t value = (int64_t)args[check->argument];
            if (PM_UNLIKELY(value < check->least || value > check->greatest))
                return bad_number(call, vm, check, value);
            continue;
        }
        pm_trap_code trap = check_ref(call, vm, check, args[check->argument]);
        if (PM_UNLIKELY(trap))
            return trap;
    }
    return call->body(sys, vm, args);
}

static pm_trap_code missing(void *context, struct pm_vm *vm, uint64_t *args)
{
    const struct pm_sys_call *call = context;

    (void)args;
    return pm_vm_fault(vm, PM_TRAP_INVALID_SYSCALL,
                       "%s.%s has no code behind it in this host",
                       call->decl->module, call->decl->name);
}

pm_sys_body pm_sys_find_body(uint32_t id)
{
    const struct pm_sys_table *const tables[] = {&pm_sys_log, &pm_sys_gfx,
                                                 &pm_sys_composer};

    for (size_t t = 0; t < PM_ARRAY_LEN(tables); t++)
        for (size_t i = 0; i < tables[t]->count; i++)
            if (tables[t]->rows[i].id == id)
                return tables[t]->rows[i].body;
    return NULL;
}

// Whether the argument needs a look: any 64-bit number does not, nor does a
// bool, which the verifier knows to be 0 or 1.
static bool wants_check(const struct pm_value_decl *param)
{
    switch (param->type) {
    case PM_VALUE_INT:
        return param->least != INT64_MIN || param->greatest != INT64_MAX;
    case PM_VALUE_STR:
    case PM_VALUE_BYTES:
        return true;
    default:
        return false;
    }
}

struct pm_call_entry pm_sys_bind(struct pm_sys_call *call, struct pm_sys *sys,
                                 const struct pm_call_decl *decl)
{
    *call = (struct pm_sys_call){.sys = sys,
                                 .decl = decl,
                                 .body = pm_sys_find_body(decl->id),
                                 .capability = decl->capability};
    for (uint8_t i = 0; i < decl->param_count; i++) {
        const struct pm_value_decl *param = &decl->params[i];
        if (wants_check(param))
            call->checks[call->check_count++] = (struct pm_sys_check){
                .argument = i,
                .type = (uint8_t)param->type,
                .least = param->least,
                .greatest = param->greatest,
            };
    }
    return (struct pm_call_entry){call->body ? dispatch : missing, call};
}
