// SPDX-License-Identifier: MIT
#include "sys/states_join.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "sys/states_internal.h"
#include "sys/sys_internal.h"

// The longest payload of the domains that follow other assets.
#define FOLLOWED_MAX 64

// An object whose host part is made again.
struct again {
    const struct pm_domain_row *row;
    uint32_t place; // among the joined
    // The object as it was, and where it is now.
    struct pm_sys *from;
    pm_ref from_ref;
    pm_ref ref;
    void *before;
    // Whose files or assets the new part is made of.
    struct pm_sys *to;
    void *host;
    bool is_made;
    // The payload as it is to be.
    uint64_t payload[FOLLOWED_MAX / 8];
};

struct pm_joined {
    struct pm_allocator alloc;
    struct pm_sys *old;
    struct pm_sys *fresh;
    const struct pm_carry *carry;
    struct pm_live_set *sets;
    struct again *agains;
    size_t again_count;
    size_t again_capacity;
};

static struct pm_object *object_in(const struct pm_sys *sys, pm_ref ref)
{
    return pm_heap_at(pm_vm_heap(sys->states.vm), ref);
}

// The program in whose memory the objects that go on are.
static struct pm_sys *home(const struct pm_joined *j)
{
    return j->carry ? j->fresh : j->old;
}

// --- what is made again ------------------------------------------------------

static bool is_of_cart(const struct pm_sys *sys, const void *host)
{
    const struct pm_open_file *file = host;

    return file->volume == pm_fs_volume(sys->fs, "cart", false);
}

// Of an object that was carried over: where its new host part comes from;
// NULL: it goes on with the one it has.
static struct pm_sys *follows(const struct pm_joined *j,
                              const struct pm_domain_row *row, const void *host)
{
    switch (row->number) {
    case PM_DOMAIN_LOAD:
    case PM_DOMAIN_DATA:
        return j->fresh;
    case PM_DOMAIN_FILE:
        return host && is_of_cart(j->old, host) ? j->fresh : NULL;
    default:
        return NULL;
    }
}

// The same of one that the new program has made: sounds and files are those
// of the machine that goes on.
static struct pm_sys *stays(const struct pm_joined *j,
                            const struct pm_domain_row *row, const void *host)
{
    switch (row->number) {
    case PM_DOMAIN_VOICE:
        return host ? j->old : NULL;
    case PM_DOMAIN_FILE:
        return host && !is_of_cart(j->fresh, host) ? j->old : NULL;
    default:
        return NULL;
    }
}

static pm_status add_again(struct pm_joined *j, const struct again *again)
{
    if (!again->to)
        return PM_OK;
    if (!pm_mem_grow(&j->alloc, &j->agains, &j->again_capacity,
                     j->again_count + 1, sizeof *j->agains))
        return PM_ERR_NO_MEMORY;
    j->agains[j->again_count++] = *again;
    return PM_OK;
}

static void follow_assets(const struct again *again, void *payload)
{
    if (again->row->number == PM_DOMAIN_LOAD)
        pm_load_follow(&again->to->loads, payload);
    else if (again->row->number == PM_DOMAIN_DATA)
        pm_sys_follow_data(payload);
}

static pm_status make_again(struct pm_joined *j, struct again *again)
{
    const struct pm_domain *domain = &again->row->domain;
    struct pm_state before = {
        pm_state_payload(object_in(again->from, again->from_ref)),
        again->before};
    struct pm_state state = {again->payload, NULL};
    struct pm_sink sink;
    struct pm_buf bytes;

    PM_CHECK(domain->payload_size <= FOLLOWED_MAX);
    pm_mem_copy(again->payload, before.payload, domain->payload_size);
    follow_assets(again, again->payload);
    pm_buf_init(&bytes, &j->alloc);
    sink.out = &bytes;
    domain->save(again->from, &before, &sink);
    pm_status status = pm_buf_status(&bytes);
    if (!status)
        status = domain->restore(again->to, &state, bytes.data, bytes.size);
    pm_buf_free(&bytes);
    again->host = state.host;
    again->is_made = status == PM_OK;
    return status;
}

// --- joining -----------------------------------------------------------------

static pm_status carry_one(struct pm_joined *j, const struct pm_carried *pair)
{
    struct pm_states *states = &j->old->states;
    const struct pm_object *object = object_in(j->old, pair->from);
    const struct pm_domain_row *row = pm_states_row(states, object->domain);
    size_t number = (size_t)(row - states->domains->rows);
    uint32_t place = pm_state_place(object);
    void *host = states->sets[number].places[place].host;
    const struct again again = {.row = row,
                                .place = place,
                                .from = j->old,
                                .from_ref = pair->from,
                                .ref = pair->to,
                                .before = host,
                                .to = follows(j, row, host)};

    PM_CHECK(states->sets[number].places[place].ref == pair->from);
    pm_states_enter_at(&j->sets[number], place, pair->to, host);
    return add_again(j, &again);
}

static pm_status carry_all(struct pm_joined *j)
{
    struct pm_carried pair;
    pm_status status = PM_OK;
    size_t at = 0;

    while (!status && pm_carry_next_state(j->carry, &at, &pair))
        status = carry_one(j, &pair);
    return status;
}

static pm_status stay_all(struct pm_joined *j)
{
    struct pm_states *states = &j->old->states;
    pm_status status = PM_OK;

    for (size_t i = 0; i < states->domains->count; i++)
        for (uint32_t k = 0; k < states->sets[i].limit && !status; k++) {
            pm_ref ref = states->sets[i].places[k].ref;
            struct pm_carried pair = {ref, ref};
            if (ref)
                status = carry_one(j, &pair);
        }
    return status;
}

static pm_status bring_one(struct pm_joined *j, size_t number, uint32_t at)
{
    const struct pm_domain_row *row = &j->old->states.domains->rows[number];
    const struct pm_live *live = &j->fresh->states.sets[number].places[at];
    struct pm_live_set *set = &j->sets[number];

    if (set->count == set->limit)
        return PM_ERR_LIMIT;
    // Nothing is given back meanwhile, so that looking goes on from there.
    while (set->places[set->lowest_free].ref)
        set->lowest_free++;
    uint32_t place = set->lowest_free;
    const struct again again = {.row = row,
                                .place = place,
                                .from = j->fresh,
                                .from_ref = live->ref,
                                .ref = live->ref,
                                .before = live->host,
                                .to = stays(j, row, live->host)};
    pm_states_enter_at(set, place, live->ref, live->host);
    memcpy(pm_object_bytes(object_in(j->fresh, live->ref)), &place,
           sizeof place);
    return add_again(j, &again);
}

static pm_status bring_all(struct pm_joined *j,
                           const struct pm_domain_row **out_full)
{
    const struct pm_states *states = &j->fresh->states;

    for (size_t i = 0; i < states->domains->count; i++)
        for (uint32_t k = 0; k < states->sets[i].limit; k++) {
            if (!states->sets[i].places[k].ref)
                continue;
            pm_status status = bring_one(j, i, k);
            if (status == PM_ERR_LIMIT)
                *out_full = &states->domains->rows[i];
            if (status)
                return status;
        }
    return PM_OK;
}

static pm_status join(struct pm_joined *j,
                      const struct pm_domain_row **out_full)
{
    struct pm_states *states = &j->old->states;

    j->sets = pm_states_make_sets(states->domains, states->sets);
    if (!j->sets || !pm_states_fill_sets(states, j->sets))
        return PM_ERR_NO_MEMORY;
    pm_status status = j->carry ? carry_all(j) : stay_all(j);
    if (!status && j->carry)
        status = bring_all(j, out_full);
    for (size_t i = 0; i < j->again_count && !status; i++)
        status = make_again(j, &j->agains[i]);
    return status;
}

pm_status pm_states_join(struct pm_sys *old, struct pm_sys *fresh,
                         const struct pm_carry *carry,
                         const struct pm_domain_row **out_full,
                         struct pm_joined **out)
{
    const struct pm_allocator *alloc = &old->states.domains->alloc;
    struct pm_joined *j = pm_mem_zalloc(alloc, sizeof *j);

    *out_full = NULL;
    if (!j)
        return PM_ERR_NO_MEMORY;
    *j = (struct pm_joined){
        .alloc = *alloc, .old = old, .fresh = fresh, .carry = carry};
    pm_status status = join(j, out_full);
    if (status) {
        pm_states_refuse(j);
        return status;
    }
    *out = j;
    return PM_OK;
}

// --- the end -----------------------------------------------------------------

static void free_joined(struct pm_joined *j)
{
    struct pm_allocator alloc = j->alloc;

    pm_mem_free(&alloc, j->agains, j->again_capacity * sizeof *j->agains);
    pm_mem_free(&alloc, j, sizeof *j);
}

void pm_states_refuse(struct pm_joined *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < j->again_count; i++) {
        const struct again *again = &j->agains[i];
        struct pm_state state = {j->agains[i].payload, again->host};
        if (again->is_made)
            pm_states_release(&again->to->states, again->row, &state);
    }
    if (j->sets)
        pm_states_free_sets(&j->old->states, j->sets);
    free_joined(j);
}

static void accept_again(struct pm_joined *j, const struct again *again)
{
    size_t number = (size_t)(again->row - j->old->states.domains->rows);
    struct pm_object *object = object_in(home(j), again->ref);
    struct pm_state before = {
        pm_state_payload(object_in(again->from, again->from_ref)),
        again->before};

    pm_states_release(&again->from->states, again->row, &before);
    j->sets[number].places[again->place].host = again->host;
    pm_mem_copy(pm_state_payload(object), again->payload,
                again->row->domain.payload_size);
}

static void forget_all(struct pm_states *states)
{
    for (size_t i = 0; i < states->domains->count; i++) {
        struct pm_live_set *set = &states->sets[i];
        memset(set->places, 0, set->limit * sizeof *set->places);
        set->count = set->lowest_free = 0;
    }
}

// What goes on is none of the old tables' any more.
static void leave_all(struct pm_joined *j)
{
    struct pm_states *states = &j->old->states;
    struct pm_carried pair;
    size_t at = 0;

    if (!j->carry)
        forget_all(states);
    while (j->carry && pm_carry_next_state(j->carry, &at, &pair)) {
        const struct pm_object *object = object_in(j->old, pair.from);
        pm_states_leave(
            pm_states_set(states, pm_states_row(states, object->domain)),
            pm_state_place(object));
    }
}

void pm_states_accept(struct pm_joined *j)
{
    struct pm_states *states = &j->old->states;

    for (size_t i = 0; i < j->again_count; i++)
        accept_again(j, &j->agains[i]);
    leave_all(j);
    pm_states_release_all(states);
    if (j->carry)
        forget_all(&j->fresh->states);
    pm_states_free_sets(states, states->sets);
    states->sets = j->sets;
    for (size_t i = 0; i < states->domains->count; i++)
        pm_states_find_lowest_free(&states->sets[i]);
    free_joined(j);
}
