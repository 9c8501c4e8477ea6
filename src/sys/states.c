// SPDX-License-Identifier: MIT
#include "sys/states.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "sys/states_internal.h"
#include "sys/sys.h"

// --- life --------------------------------------------------------------------

void pm_states_free_sets(struct pm_states *states, struct pm_live_set *sets)
{
    const struct pm_domains *domains = states->domains;

    for (size_t i = 0; sets && i < domains->count; i++)
        pm_mem_free(&domains->alloc, sets[i].places,
                    sets[i].limit * sizeof *sets[i].places);
    pm_mem_free(&domains->alloc, sets, domains->count * sizeof *sets);
}

bool pm_states_fill_sets(struct pm_states *states, struct pm_live_set *sets)
{
    const struct pm_domains *domains = states->domains;

    for (size_t i = 0; i < domains->count; i++) {
        uint32_t limit = sets[i].limit;
        sets[i].places =
            pm_mem_zarray(&domains->alloc, limit, sizeof *sets[i].places);
        if (!sets[i].places)
            sets[i].limit = 0;
        if (limit && !sets[i].places)
            return false;
    }
    return true;
}

pm_status pm_states_init(struct pm_states *states,
                         const struct pm_domains *domains, struct pm_sys *sys,
                         const struct pm_module *module,
                         uint32_t (*limit_of)(void *context,
                                              const struct pm_domain_row *row),
                         void *context)
{
    *states =
        (struct pm_states){.domains = domains, .sys = sys, .module = module};
    states->sets =
        pm_mem_zarray(&domains->alloc, domains->count, sizeof *states->sets);
    if (!states->sets)
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < domains->count; i++)
        states->sets[i].limit = limit_of(context, &domains->rows[i]);
    return pm_states_fill_sets(states, states->sets) ? PM_OK : PM_ERR_NO_MEMORY;
}

void pm_states_free(struct pm_states *states)
{
    if (!states->domains)
        return;
    pm_states_end_load(states);
    pm_states_free_sets(states, states->sets);
    states->sets = NULL;
}

// --- places ------------------------------------------------------------------

void pm_states_enter(struct pm_live_set *set, pm_ref ref,
                     struct pm_object *object)
{
    uint32_t place = set->lowest_free;

    PM_CHECK(set->count < set->limit);
    while (set->places[place].ref)
        place++;
    set->places[place] = (struct pm_live){.ref = ref};
    set->count++;
    set->lowest_free = place + 1;
    memset(pm_object_bytes(object), 0, PM_STATE_HEAD);
    memcpy(pm_object_bytes(object), &place, sizeof place);
}

void pm_states_leave(struct pm_live_set *set, uint32_t place)
{
    PM_CHECK(set->places[place].ref);
    set->places[place] = (struct pm_live){0};
    set->count--;
    if (place < set->lowest_free)
        set->lowest_free = place;
}

// --- ends --------------------------------------------------------------------

void pm_states_release(struct pm_states *states,
                       const struct pm_domain_row *row, struct pm_state *state)
{
    const struct pm_domain *domain = &row->domain;

    if (domain->release && state->host)
        domain->release(row->is_console ? states->sys : domain->context, state);
    state->host = NULL;
}

const struct pm_domain_row *pm_states_row(const struct pm_states *states,
                                          uint16_t number)
{
    for (size_t i = 0; i < states->domains->count; i++)
        if (states->domains->rows[i].number == number)
            return &states->domains->rows[i];
    return NULL;
}

void pm_states_on_leak(void *context, pm_ref ref, struct pm_object *object)
{
    struct pm_states *states = context;
    const struct pm_domain_row *row = pm_states_row(states, object->domain);
    struct pm_live_set *set = pm_states_set(states, row);
    uint32_t place = pm_state_place(object);

    PM_CHECK(set->places[place].ref == ref);
    struct pm_state state = {pm_state_payload(object), set->places[place].host};
    pm_states_release(states, row, &state);
    pm_states_leave(set, place);
    states->leaks++;
}

void pm_states_release_all(struct pm_states *states)
{
    for (size_t i = 0; states->sets && i < states->domains->count; i++) {
        struct pm_live_set *set = &states->sets[i];
        for (uint32_t place = 0; place < set->limit; place++) {
            struct pm_live live = set->places[place];
            if (!live.ref)
                continue;
            struct pm_state state = {
                pm_state_payload(pm_heap_at(pm_vm_heap(states->vm), live.ref)),
                live.host};
            pm_states_release(states, &states->domains->rows[i], &state);
            pm_states_leave(set, place);
        }
    }
}
