// SPDX-License-Identifier: MIT
#include "support/sample_domains.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "support/sample_rows.h"

// --- counter -----------------------------------------------------------------

#define COUNTER_MAGIC UINT64_C(0x636f756e74657221)

struct counter_payload {
    int64_t value;
    uint64_t magic;
};

struct counter {
    int64_t start;
};

static bool make_counter(struct pm_sample *sample, struct pm_state *state,
                         int64_t start)
{
    struct counter *counter = pm_mem_alloc(&sample->alloc, sizeof *counter);

    if (!counter)
        return false;
    counter->start = start;
    state->host = counter;
    sample->made++;
    return true;
}

static void free_counter(struct pm_sample *sample, struct pm_state *state)
{
    pm_mem_free(&sample->alloc, state->host, sizeof(struct counter));
    state->host = NULL;
    sample->released++;
}

static pm_trap_code give_label(struct pm_call *call, int64_t how)
{
    static const char letter = 'x';

    if (how == PM_OPEN_STRING_TOO_BIG)
        return pm_call_return_str(call, 2, &letter, (size_t)64 << 20);
    return pm_call_return_str(call, 2, "label", 5);
}

static pm_trap_code end_open(struct pm_call *call, int64_t how)
{
    bool traps = how == PM_OPEN_TRAP || how == PM_OPEN_HOST_TRAP ||
                 how == PM_OPEN_STRING_TRAP;
    bool is_well = how == PM_OPEN_WELL || how == PM_OPEN_STRING_WELL;

    if (traps)
        return pm_call_trap(call, PM_TRAP_INVALID_ARGUMENT, "as it was told");
    if (!is_well)
        pm_call_return_int(call, 0, PM_SAMPLE_FAILED);
    return PM_TRAP_NONE;
}

pm_trap_code pm_counter_open(void *context, struct pm_call *call)
{
    int64_t how = pm_call_int(call, 1);
    struct pm_state *state = pm_call_state(call);
    struct counter_payload *payload = state->payload;
    bool has_host = how != PM_OPEN_STATUS && how != PM_OPEN_TRAP;

    *payload = (struct counter_payload){pm_call_int(call, 0), COUNTER_MAGIC};
    if (how >= PM_OPEN_STRING_STATUS) {
        pm_trap_code trap = give_label(call, how);
        if (trap)
            return trap;
    }
    if (has_host && !make_counter(context, state, payload->value)) {
        pm_call_return_int(call, 0, PM_SAMPLE_NO_MEMORY);
        return PM_TRAP_NONE;
    }
    return end_open(call, how);
}

// Sets its other results before the status makes them neutral.
pm_trap_code pm_counter_add(void *context, struct pm_call *call)
{
    struct counter_payload *payload = pm_call_state(call)->payload;
    int64_t by = pm_call_int(call, 1);

    (void)context;
    pm_call_return_int(call, 1, payload->value + by);
    pm_call_return_f64(call, 2, 0.5);
    pm_call_return_bool(call, 3, true);
    if (by == 0)
        pm_call_return_int(call, 0, PM_SAMPLE_NOTHING);
    payload->value += by;
    return PM_TRAP_NONE;
}

pm_trap_code pm_counter_get(void *context, struct pm_call *call)
{
    const struct counter_payload *payload = pm_call_state(call)->payload;

    (void)context;
    pm_call_return_int(call, 0, payload->value);
    pm_call_return_f64(call, 1, (double)payload->value / 2);
    pm_call_return_bool(call, 2, payload->value & 1);
    return PM_TRAP_NONE;
}

// Two strings: the second one's allocation must leave the first alone.
pm_trap_code pm_counter_name(void *context, struct pm_call *call)
{
    const struct pm_state *state = pm_call_state(call);
    const struct counter *counter = state->host;
    const struct counter_payload *payload = state->payload;
    char text[40];

    (void)context;
    if (!counter) {
        pm_call_return_int(call, 0, PM_SAMPLE_NOTHING);
        return PM_TRAP_NONE;
    }
    int size =
        snprintf(text, sizeof text, "from %lld", (long long)counter->start);
    pm_trap_code trap = pm_call_return_str(call, 1, text, (size_t)size);
    if (trap)
        return trap;
    size = snprintf(text, sizeof text, "now %lld", (long long)payload->value);
    return pm_call_return_str(call, 2, text, (size_t)size);
}

pm_trap_code pm_counter_wait(void *context, struct pm_call *call)
{
    struct counter_payload *payload = pm_call_state(call)->payload;

    (void)context;
    payload->value++;
    return PM_TRAP_NONE;
}

// Puts another host part in the old one's place; [trap] when that is done.
pm_trap_code pm_counter_renew(void *context, struct pm_call *call)
{
    struct pm_sample *sample = context;
    struct pm_state *state = pm_call_state(call);
    int64_t start = state->host ? ((struct counter *)state->host)->start : 0;
    struct pm_state fresh = {state->payload, NULL};

    if (!make_counter(sample, &fresh, start)) {
        pm_call_return_int(call, 0, PM_SAMPLE_NO_MEMORY);
        return PM_TRAP_NONE;
    }
    if (state->host)
        free_counter(sample, state);
    state->host = fresh.host;
    return pm_call_bool(call, 1)
               ? pm_call_trap(call, PM_TRAP_INVALID_ARGUMENT, "as it was told")
               : PM_TRAP_NONE;
}

static void try_nested(struct pm_sample *sample)
{
    struct pm_machine *machine = sample->machine;
    struct pm_fingerprint print;
    uint8_t *bytes;
    size_t size;

    sample->nested += 10;
    sample->refused += pm_machine_tick(machine, NULL) == PM_TICK_NESTED;
    sample->refused += pm_machine_reset(machine) == PM_ERR_WRONG_STATE;
    sample->refused +=
        pm_machine_load(machine, sample->files, NULL) == PM_ERR_WRONG_STATE;
    sample->refused += pm_machine_reload(machine, sample->files, NULL, NULL) ==
                       PM_ERR_WRONG_STATE;
    sample->refused +=
        pm_machine_check(machine, sample->files, NULL) == PM_ERR_WRONG_STATE;
    sample->refused +=
        pm_machine_save(machine, &bytes, &size) == PM_ERR_WRONG_STATE;
    sample->refused +=
        pm_machine_fingerprint(machine, &print) == PM_ERR_WRONG_STATE;
    sample->refused +=
        pm_machine_restore(machine, "", 0, NULL) == PM_ERR_WRONG_STATE;
    sample->refused += pm_machine_flush(machine) == PM_FS_BUSY;
    sample->refused += pm_machine_add_domains(machine, NULL, 0, NULL, 0,
                                              NULL) == PM_ERR_WRONG_STATE;
}

pm_trap_code pm_counter_nest(void *context, struct pm_call *call)
{
    struct pm_sample *sample = context;

    (void)call;
    if (sample->machine)
        try_nested(sample);
    return PM_TRAP_NONE;
}

pm_trap_code pm_counter_close(void *context, struct pm_call *call)
{
    int64_t how = pm_call_int(call, 1);

    if (how == PM_CLOSE_STATUS)
        pm_call_return_int(call, 0, PM_SAMPLE_FAILED);
    if (how >= PM_CLOSE_FREED && pm_call_state(call)->host)
        free_counter(context, pm_call_state(call));
    return how == PM_CLOSE_FREED_TRAP
               ? pm_call_trap(call, PM_TRAP_INVALID_ARGUMENT, "as it was told")
               : PM_TRAP_NONE;
}

void pm_counter_release(void *context, struct pm_state *state)
{
    struct pm_sample *sample = context;
    const struct counter *counter = state->host;

    if (sample->logged < PM_SAMPLE_LOG)
        sample->log[sample->logged++] = counter->start;
    free_counter(sample, state);
}

// One that a call has freed before it trapped has nothing on the host.
void pm_counter_save(void *context, const struct pm_state *state,
                     struct pm_sink *sink)
{
    const struct counter *counter = state->host;

    (void)context;
    if (counter)
        pm_sink_put(sink, &counter->start, sizeof counter->start);
}

pm_status pm_counter_restore(void *context, struct pm_state *state,
                             const void *bytes, size_t size)
{
    const struct counter_payload *payload = state->payload;
    int64_t start;

    if (payload->magic != COUNTER_MAGIC)
        return PM_ERR_INVALID;
    if (size == 0)
        return PM_OK;
    if (size != sizeof start)
        return PM_ERR_INVALID;
    memcpy(&start, bytes, sizeof start);
    return make_counter(context, state, start) ? PM_OK : PM_ERR_NO_MEMORY;
}

// --- stone and boulder -------------------------------------------------------

pm_trap_code pm_stone_open(void *context, struct pm_call *call)
{
    (void)context, (void)call;
    return PM_TRAP_NONE;
}

pm_trap_code pm_stone_look(void *context, struct pm_call *call)
{
    (void)context;
    pm_call_return_int(call, 0, 1);
    return PM_TRAP_NONE;
}

#define BOULDER_WORDS (PM_DOMAIN_MAX_PAYLOAD / 8)

pm_trap_code pm_boulder_open(void *context, struct pm_call *call)
{
    uint64_t *words = pm_call_state(call)->payload;

    (void)context;
    for (int i = 0; i < BOULDER_WORDS; i++)
        words[i] = (uint64_t)i;
    if (pm_call_bool(call, 0))
        pm_call_return_int(call, 0, PM_SAMPLE_FAILED);
    return PM_TRAP_NONE;
}

pm_trap_code pm_boulder_get(void *context, struct pm_call *call)
{
    const uint64_t *words = pm_call_state(call)->payload;

    (void)context;
    pm_call_return_int(call, 0, (int64_t)words[pm_call_int(call, 1)]);
    return PM_TRAP_NONE;
}

pm_trap_code pm_boulder_set(void *context, struct pm_call *call)
{
    uint64_t *words = pm_call_state(call)->payload;

    (void)context;
    words[pm_call_int(call, 1)] = (uint64_t)pm_call_int(call, 2);
    return PM_TRAP_NONE;
}

// --- all of them -------------------------------------------------------------

static void hand_out(struct pm_sample *sample, struct pm_domain *domains,
                     struct pm_host_call *calls)
{
    memcpy(domains, pm_sample_domain_rows, PM_SAMPLE_DOMAINS * sizeof *domains);
    memcpy(calls, pm_sample_call_rows, PM_SAMPLE_CALLS * sizeof *calls);
    for (int i = 0; i < PM_SAMPLE_DOMAINS; i++)
        domains[i].context = sample;
    for (int i = 0; i < PM_SAMPLE_CALLS; i++)
        calls[i].context = sample;
}

pm_status pm_sample_register(struct pm_sample *sample,
                             struct pm_machine *machine)
{
    struct pm_domain domains[PM_SAMPLE_DOMAINS];
    struct pm_host_call calls[PM_SAMPLE_CALLS];
    const struct pm_report *report = NULL;
    pm_status status =
        pm_machine_add_capability(machine, "samples", PM_SAMPLE_CAP_BIT);

    if (status)
        return status;
    hand_out(sample, domains, calls);
    status = pm_machine_add_domains(machine, domains, PM_SAMPLE_DOMAINS, calls,
                                    PM_SAMPLE_CALLS, &report);
    if (status == PM_ERR_INVALID)
        fprintf(stderr, "%s", pm_report_text(report));
    return status;
}

pm_status pm_sample_add(struct pm_sample *sample, struct pm_domains *domains)
{
    struct pm_domain rows[PM_SAMPLE_DOMAINS];
    struct pm_host_call calls[PM_SAMPLE_CALLS];
    struct pm_diags diags;

    pm_diags_init(&diags, &domains->alloc);
    hand_out(sample, rows, calls);
    pm_status status = pm_domains_add(domains, rows, PM_SAMPLE_DOMAINS, calls,
                                      PM_SAMPLE_CALLS, &diags);
    pm_diags_free(&diags);
    return status;
}
