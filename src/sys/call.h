// SPDX-License-Identifier: MIT
//
// A running host call, as the functions behind <prometeu/domain.h> see it.

#ifndef PM_SYS_CALL_H
#define PM_SYS_CALL_H

#include "sys/states.h"
#include "sys/sys.h"

struct pm_call {
    struct pm_sys *sys;
    struct pm_vm *vm;
    const struct pm_sys_call *info;
    uint64_t *args;
    struct pm_state state;
    pm_ref ref; // of the state's object; 0: the call is about none
    // The object's place, into which what the function left of [state.host]
    // goes back; NULL: the call is about none.
    struct pm_live *live;
    // It has tried to allocate, so that a collection may have run.
    bool has_allocated;
    // Strings given so far, pinned until the call ends.
    pm_ref strings[PM_CALL_MAX_RESULTS];
    uint64_t results[PM_CALL_MAX_RESULTS];
};

// Carries out a call with functions of its own (pm_call_fn): arguments are
// checked, a state object is found or made, the function runs, results that a
// status makes neutral are neutral.
pm_trap_code pm_sys_run_call(void *info, struct pm_vm *vm, uint64_t *args);

// The same for byte transfers (transfer.c).
pm_trap_code pm_sys_run_read(void *info, struct pm_vm *vm, uint64_t *args);
pm_trap_code pm_sys_run_write(void *info, struct pm_vm *vm, uint64_t *args);

// What both begin with: whether the capability is still granted.
pm_trap_code pm_sys_check_capability(const struct pm_sys_call *info,
                                     struct pm_vm *vm);
// One argument by its row.
pm_trap_code pm_sys_check_argument(const struct pm_sys_call *info,
                                   struct pm_vm *vm,
                                   const struct pm_sys_check *check,
                                   uint64_t argument);

// All of them, in order, with the price by length.
pm_trap_code pm_sys_check_all(const struct pm_sys_call *info, struct pm_vm *vm,
                              const uint64_t *args);

// A destroy call's function where the domain's release, which follows every
// end, does the work or there is none.
pm_trap_code pm_sys_end_object(void *context, struct pm_call *call);
// A domain's save where the payload is all that there is.
void pm_sys_save_nothing(void *context, const struct pm_state *state,
                         struct pm_sink *sink);

// Points [call] at the live object of a checked handle.
static inline void pm_call_attach_to(struct pm_call *call, pm_ref ref,
                                     struct pm_object *object,
                                     const struct pm_live_set *set)
{
    struct pm_live *live = &set->places[pm_state_place(object)];

    PM_CHECK(live->ref == ref);
    call->ref = ref;
    call->live = live;
    call->state = (struct pm_state){pm_state_payload(object), live->host};
}

static inline void pm_call_attach(struct pm_call *call, pm_ref ref)
{
    pm_call_attach_to(call, ref, pm_heap_at(pm_vm_heap(call->vm), ref),
                      pm_states_set(&call->sys->states, call->info->row));
}

// What the host keeps for the call's object: pm_call_state(call)->host, for
// the console's own calls, which have an object.
static inline void *pm_call_host(const struct pm_call *call)
{
    return call->state.host;
}

// When the function is back: what the host keeps for the object may be another
// thing now, also when it answered a trap. Without this, what it freed would
// be released once more.
static inline void pm_call_detach(struct pm_call *call)
{
    if (call->live)
        call->live->host = call->state.host;
}

#endif
