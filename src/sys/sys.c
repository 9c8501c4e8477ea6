// SPDX-License-Identifier: MIT
//
// The dispatcher.
#include "sys/sys.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "registry/caps.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

static PM_NOINLINE pm_trap_code bad_capability(const struct pm_sys_call *call,
                                               struct pm_vm *vm)
{
    return pm_vm_fault(vm, PM_TRAP_CAPABILITY,
                       "%s.%s needs the capability %s, which is not granted "
                       "any more",
                       call->decl->module, call->decl->name,
                       pm_cap_name_of(call->sys->own_caps, call->capability));
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

static const char *wanted_of(const struct pm_sys_check *check)
{
    return check->type == PM_VALUE_STR     ? "a string"
           : check->type == PM_VALUE_BYTES ? "bytes"
                                           : "a handle of its domain";
}

static PM_NOINLINE pm_trap_code bad_ref(const struct pm_sys_call *call,
                                        struct pm_vm *vm,
                                        const struct pm_sys_check *check,
                                        pm_trap_code trap, pm_ref ref)
{
    const char *wanted = wanted_of(check);

    // The vm's own text goes on with index and generations, and where the
    // object was created and ended.
    if (trap == PM_TRAP_STALE_HANDLE)
        return pm_vm_fault_stale(
            vm, ref, "%s.%s: %s has ended: ", call->decl->module,
            call->decl->name, call->decl->params[check->argument].name);
    return pm_vm_fault(
        vm, trap, "%s.%s: %s is %s, it must be %s", call->decl->module,
        call->decl->name, call->decl->params[check->argument].name,
        trap == PM_TRAP_NULL_REF ? "null" : "something else", wanted);
}

static const pm_kind kinds[] = {[PM_VALUE_STR] = PM_KIND_STRING,
                                [PM_VALUE_BYTES] = PM_KIND_BYTES,
                                [PM_VALUE_STATE] = PM_KIND_STATE};

static pm_trap_code check_ref(const struct pm_sys_call *call, struct pm_vm *vm,
                              const struct pm_sys_check *check, pm_ref ref)
{
    struct pm_object *object;
    pm_trap_code trap = pm_heap_resolve_domain(
        pm_vm_heap(vm), ref, kinds[check->type], check->domain, &object);

    return PM_UNLIKELY(trap) ? bad_ref(call, vm, check, trap, ref) : trap;
}

pm_trap_code pm_sys_check_capability(const struct pm_sys_call *call,
                                     struct pm_vm *vm)
{
    if (PM_UNLIKELY(call->capability & ~call->sys->capabilities))
        return bad_capability(call, vm);
    return PM_TRAP_NONE;
}

pm_trap_code pm_sys_check_argument(const struct pm_sys_call *call,
                                   struct pm_vm *vm,
                                   const struct pm_sys_check *check,
                                   uint64_t argument)
{
    int64_t value = (int64_t)argument;

    if (check->type != PM_VALUE_INT)
        return check_ref(call, vm, check, argument);
    if (PM_UNLIKELY(value < check->least || value > check->greatest))
        return bad_number(call, vm, check, value);
    return PM_TRAP_NONE;
}

// Charges for the length of what a checked string or buffer holds.
static void charge_length(const struct pm_sys_call *call, struct pm_vm *vm,
                          const struct pm_sys_check *check, pm_ref ref)
{
    if (call->decl->price16 &&
        (check->type == PM_VALUE_STR || check->type == PM_VALUE_BYTES))
        pm_vm_charge(vm,
                     ((uint64_t)pm_heap_at(pm_vm_heap(vm), ref)->length + 15) /
                         16 * call->decl->price16);
}

pm_trap_code pm_sys_check_all(const struct pm_sys_call *call, struct pm_vm *vm,
                              const uint64_t *args)
{
    pm_trap_code trap = pm_sys_check_capability(call, vm);

    call->sys->calls++;
    for (uint32_t i = 0; !trap && i < call->check_count; i++) {
        const struct pm_sys_check *check = &call->checks[i];
        trap = pm_sys_check_argument(call, vm, check, args[check->argument]);
        if (!trap)
            charge_length(call, vm, check, args[check->argument]);
    }
    return trap;
}

static pm_trap_code dispatch(void *context, struct pm_vm *vm, uint64_t *args)
{
    const struct pm_sys_call *call = context;
    pm_trap_code trap = pm_sys_check_all(call, vm, args);

    return PM_UNLIKELY(trap) ? trap : call->body(call->sys, vm, args);
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

const struct pm_host_call *pm_sys_find_call(uint32_t id)
{
    const struct pm_sys_call_table *const tables[] = {
        &pm_sys_random, &pm_sys_file, &pm_sys_cursor, &pm_sys_fs,   &pm_sys_mem,
        &pm_sys_asset,  &pm_sys_bank, &pm_sys_data,   &pm_sys_audio};

    for (size_t t = 0; t < PM_ARRAY_LEN(tables); t++)
        for (size_t i = 0; i < tables[t]->count; i++)
            if (tables[t]->rows[i].decl.id == id)
                return &tables[t]->rows[i];
    return NULL;
}

// Whether the argument needs a look: any 64-bit number does not, nor does a
// bool, which the verifier knows to be 0 or 1. A transfer's numbers have
// checks of their own.
static bool wants_check(const struct pm_call_decl *decl, uint8_t index)
{
    const struct pm_value_decl *param = &decl->params[index];

    switch (param->type) {
    case PM_VALUE_INT:
        return (decl->form == PM_FORM_PLAIN || index == 0) &&
               (param->least != INT64_MIN || param->greatest != INT64_MAX);
    case PM_VALUE_STR:
    case PM_VALUE_BYTES:
    case PM_VALUE_STATE:
        return true;
    default:
        return false;
    }
}

static uint32_t type_of_domain(const struct pm_module *module, const char *name)
{
    for (uint32_t i = 0; i < module->type_count; i++) {
        const struct pm_type *type = &module->types[i];
        if (type->kind == PM_TYPE_KIND_STATE &&
            type->name.size == strlen(name) &&
            memcmp(type->name.data, name, type->name.size) == 0)
            return i;
    }
    return UINT32_MAX;
}

static void bind_state(struct pm_sys_call *call, const struct pm_module *module)
{
    const struct pm_call_decl *decl = call->decl;
    const struct pm_value_decl *values =
        decl->verb == PM_VERB_CREATE ? decl->results : decl->params;
    int count =
        decl->verb == PM_VERB_CREATE ? decl->result_count : decl->param_count;

    call->state_at = -1;
    for (int i = 0; i < count; i++)
        if (values[i].type == PM_VALUE_STATE) {
            call->state_at = i;
            call->row =
                pm_domains_find(call->sys->states.domains, values[i].domain);
            call->state_type = type_of_domain(module, values[i].domain);
        }
}

static void bind_checks(struct pm_sys_call *call)
{
    const struct pm_call_decl *decl = call->decl;

    for (uint8_t i = 0; i < decl->param_count; i++) {
        const struct pm_value_decl *param = &decl->params[i];
        if (wants_check(decl, i))
            call->checks[call->check_count++] = (struct pm_sys_check){
                .argument = i,
                .type = (uint8_t)param->type,
                .domain = param->type == PM_VALUE_STATE ? call->row->number : 0,
                .least = param->least,
                .greatest = param->greatest,
            };
    }
}

// Behind [bind_state].
static void bind_transfer(struct pm_sys_call *call)
{
    const struct pm_domains *domains = call->sys->states.domains;

    if (!call->host || call->decl->form == PM_FORM_PLAIN)
        return;
    call->transfer = (struct pm_sys_transfer){
        .read = call->host->read,
        .write = call->host->write,
        .price16 = call->decl->price16,
        .waits = call->decl->waits,
    };
    if (call->row) {
        call->transfer.set = (uint32_t)(call->row - domains->rows);
        call->transfer.domain = call->row->number;
    }
}

static pm_call_fn entry_of(const struct pm_sys_call *call)
{
    if (call->body)
        return dispatch;
    if (!call->host)
        return missing;
    switch (call->decl->form) {
    case PM_FORM_READ:
        return pm_sys_run_read;
    case PM_FORM_WRITE:
        return pm_sys_run_write;
    default:
        return pm_sys_run_call;
    }
}

struct pm_call_entry pm_sys_bind(struct pm_sys_call *call, struct pm_sys *sys,
                                 const struct pm_call_decl *decl,
                                 const struct pm_module *module)
{
    bool is_console = decl->id < PM_CALL_FIRST_EMBEDDER_ID;

    *call = (struct pm_sys_call){.sys = sys,
                                 .decl = decl,
                                 .body = pm_sys_find_body(decl->id),
                                 .capability = decl->capability};
    call->host = is_console ? pm_sys_find_call(decl->id)
                            : pm_domains_call(sys->states.domains, decl);
    if (call->host)
        call->context = is_console ? sys : call->host->context;
    bind_state(call, module);
    bind_checks(call);
    bind_transfer(call);
    return (struct pm_call_entry){entry_of(call), call};
}
