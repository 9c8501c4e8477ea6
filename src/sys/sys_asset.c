// SPDX-License-Identifier: MIT
//
// Host-call module "asset", the domain "load": assets on their way into a
// bank (docs/spec/loading.md). The payload is struct pm_load, the host's part
// its work.

#include "base/check.h"
#include "sys/call.h"
#include "sys/states_internal.h"
#include "sys/sys_internal.h"

// No profile has more.
enum { MOST_LOADS = 64 };

static struct pm_load_pair pair_of(struct pm_call *call)
{
    struct pm_state *state = pm_call_state(call);

    return (struct pm_load_pair){state->payload, state->host};
}

static pm_trap_code answer(struct pm_call *call, pm_asset_status status)
{
    pm_call_return_int(call, 0, status);
    return PM_TRAP_NONE;
}

// All live loads but one that is being made, whose payload is zeroes.
static size_t live_loads(struct pm_sys *sys, struct pm_load_pair *out)
{
    struct pm_states *states = &sys->states;
    const struct pm_live_set *set =
        pm_states_set(states, pm_states_row(states, PM_DOMAIN_LOAD));
    struct pm_heap *heap = pm_vm_heap(states->vm);
    size_t count = 0;

    PM_CHECK(set->limit <= MOST_LOADS);
    for (uint32_t i = 0; i < set->limit && count < set->count; i++) {
        const struct pm_live *live = &set->places[i];
        if (!live->ref)
            continue;
        struct pm_load *load = pm_state_payload(pm_heap_at(heap, live->ref));
        if (load->order)
            out[count++] = (struct pm_load_pair){load, live->host};
    }
    return count;
}

void pm_sys_deliver(struct pm_sys *sys)
{
    struct pm_load_pair pairs[MOST_LOADS];

    pm_loads_deliver(&sys->loads, pairs, live_loads(sys, pairs));
}

// --- calls -------------------------------------------------------------------

static pm_trap_code asset_load(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    struct pm_state *state = pm_call_state(call);
    struct pm_load_pair pairs[MOST_LOADS];
    struct pm_load_work *work = NULL;
    pm_asset_status status = pm_load_begin(
        &sys->loads, pairs, live_loads(sys, pairs), pm_call_int(call, 0),
        (unsigned)pm_call_int(call, 1), state->payload, &work);

    state->host = work;
    return answer(call, status);
}

static pm_trap_code asset_status(void *context, struct pm_call *call)
{
    const struct pm_load *load = pair_of(call).load;

    (void)context;
    pm_call_return_int(call, 1, load->state);
    pm_call_return_int(call, 2, (int64_t)load->moved);
    pm_call_return_int(call, 3, load->error);
    return answer(call, PM_ASSET_OK);
}

static pm_trap_code asset_commit(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    struct pm_load_pair pair = pair_of(call);

    return answer(call, pm_load_commit(&sys->loads, &pair));
}

static pm_trap_code asset_cancel(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    struct pm_state *state = pm_call_state(call);
    struct pm_load_pair pair = pair_of(call);
    pm_asset_status status = pm_load_cancel(&pair);

    if (!status) {
        pm_load_work_end(&sys->loads, state->host);
        state->host = NULL;
    }
    return answer(call, status);
}

// --- the domain --------------------------------------------------------------

static void release(void *context, struct pm_state *state)
{
    struct pm_sys *sys = context;

    pm_load_work_end(&sys->loads, state->host);
}

static pm_status restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size)
{
    struct pm_sys *sys = context;
    struct pm_load_work *work = NULL;
    pm_status status = PM_ERR_INVALID;

    (void)bytes;
    if (size == 0)
        status = pm_load_restore(&sys->loads, state->payload, &work);
    state->host = work;
    return status;
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_ASSET_LOAD, .run = asset_load},
    {.decl.id = PM_SYSCALL_ASSET_STATUS, .run = asset_status},
    {.decl.id = PM_SYSCALL_ASSET_COMMIT, .run = asset_commit},
    {.decl.id = PM_SYSCALL_ASSET_CANCEL, .run = asset_cancel},
    {.decl.id = PM_SYSCALL_ASSET_RELEASE, .run = pm_sys_end_object},
};

const struct pm_sys_call_table pm_sys_asset = {rows, PM_ARRAY_LEN(rows)};

const struct pm_domain pm_sys_load_domain = {
    .name = "load",
    .meaning = "an asset on its way into a bank's slot",
    .payload_size = sizeof(struct pm_load),
    .max_live = 16,
    .limit_status = PM_ASSET_TOO_MANY_LOADS,
    .example = "push_i64 1\n    @made\n    push_i64 15\n    and",
    .release = release,
    .save = pm_sys_save_nothing,
    .restore = restore,
};
