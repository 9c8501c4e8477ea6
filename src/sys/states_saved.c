// SPDX-License-Identifier: MIT
//
// What a saved state holds of state objects beside their payload, and making
// it again: in tables of its own, which take the place of the old ones when
// all of the state has been accepted.
#include <string.h>

#include "base/bits.h"
#include "base/check.h"
#include "base/mem.h"
#include "sys/states_internal.h"
#include "sys/sys.h"

struct pm_live_set *pm_states_make_sets(const struct pm_domains *domains,
                                        const struct pm_live_set *like)
{
    struct pm_live_set *sets =
        pm_mem_zarray(&domains->alloc, domains->count, sizeof *sets);

    for (size_t i = 0; sets && i < domains->count; i++)
        sets[i].limit = like[i].limit;
    return sets;
}

void pm_sink_put(struct pm_sink *sink, const void *bytes, size_t size)
{
    pm_buf_put(sink->out, bytes, size);
}

void pm_sink_fail(struct pm_sink *sink)
{
    sink->out->failed = true;
}

static void save_one(struct pm_states *states, const struct pm_domain_row *row,
                     uint32_t place, const struct pm_live *live,
                     struct pm_buf *out)
{
    const struct pm_domain *domain = &row->domain;
    const struct pm_object *object =
        pm_heap_at(pm_vm_heap(states->vm), live->ref);
    struct pm_state state = {pm_state_payload(object), live->host};
    struct pm_sink sink = {out};

    pm_buf_put32(out, place);
    pm_buf_put64(out, live->ref);
    pm_buf_put32(out, 0);
    size_t start = out->size;
    if (domain->save)
        domain->save(row->is_console ? states->sys : domain->context, &state,
                     &sink);
    if (!out->failed)
        pm_store32(out->data + start - 4, (uint32_t)(out->size - start));
}

void pm_states_save(struct pm_states *states, struct pm_buf *out)
{
    for (size_t i = 0; i < states->domains->count; i++) {
        const struct pm_live_set *set = &states->sets[i];
        pm_buf_put16(out, states->domains->rows[i].number);
        pm_buf_put32(out, set->count);
        for (uint32_t place = 0; place < set->limit; place++)
            if (set->places[place].ref)
                save_one(states, &states->domains->rows[i], place,
                         &set->places[place], out);
    }
}

// Where the objects of one row begin in the list of what is saved.
static bool load_row(struct pm_states *states, size_t row, struct pm_cursor *in)
{
    uint32_t limit = states->sets[row].limit;
    uint16_t number = pm_cursor_u16(in);
    uint32_t count = pm_cursor_u32(in);
    uint32_t next = 0;

    states->saved_first[row] = states->saved_count;
    if (in->failed || number != states->domains->rows[row].number ||
        count > limit)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct pm_live_saved *saved = &states->saved[states->saved_count++];
        saved->place = pm_cursor_u32(in);
        saved->ref = pm_cursor_u64(in);
        saved->size = pm_cursor_u32(in);
        saved->bytes = pm_cursor_take(in, saved->size);
        saved->is_taken = false;
        if (in->failed || saved->place < next || saved->place >= limit)
            return false;
        next = saved->place + 1;
    }
    return true;
}

static size_t most_saved(const struct pm_states *states)
{
    size_t most = 0;

    for (size_t i = 0; i < states->domains->count; i++)
        most += states->sets[i].limit;
    return most;
}

pm_status pm_states_load(struct pm_states *states, struct pm_cursor *in)
{
    const struct pm_domains *domains = states->domains;
    size_t rows = domains->count;

    PM_CHECK(!states->incoming);
    states->incoming = pm_states_make_sets(domains, states->sets);
    states->saved = pm_mem_zarray(&domains->alloc, most_saved(states),
                                  sizeof *states->saved);
    states->saved_first =
        pm_mem_zarray(&domains->alloc, rows + 1, sizeof *states->saved_first);
    states->saved_count = 0;
    if (!states->incoming || !states->saved || !states->saved_first ||
        !pm_states_fill_sets(states, states->incoming))
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < rows; i++)
        if (!load_row(states, i, in))
            return PM_ERR_INVALID;
    states->saved_first[rows] = states->saved_count;
    states->restore_status = PM_OK;
    return PM_OK;
}

bool pm_states_check(void *context, const struct pm_object *object)
{
    const struct pm_states *states = context;
    const struct pm_domain_row *row = pm_states_row(states, object->domain);

    if (!row)
        return false;
    const struct pm_type *type = &states->module->types[object->type];
    size_t size = strlen(row->domain.name);
    return type->name.size == size &&
           memcmp(type->name.data, row->domain.name, size) == 0 &&
           (object->flags & PM_FLAG_TOMB ||
            object->length == PM_STATE_HEAD + row->domain.payload_size);
}

static struct pm_live_saved *find_saved(struct pm_states *states, size_t row,
                                        uint32_t place)
{
    size_t low = states->saved_first[row];
    size_t high = states->saved_first[row + 1];

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (states->saved[middle].place < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low < states->saved_first[row + 1] &&
                   states->saved[low].place == place
               ? &states->saved[low]
               : NULL;
}

void pm_states_enter_at(struct pm_live_set *set, uint32_t place, pm_ref ref,
                        void *host)
{
    set->places[place] = (struct pm_live){ref, host};
    set->count++;
}

static pm_status make_again(struct pm_states *states,
                            const struct pm_domain_row *row,
                            const struct pm_live_saved *saved,
                            struct pm_state *state)
{
    const struct pm_domain *domain = &row->domain;

    if (!domain->restore)
        return saved->size ? PM_ERR_INVALID : PM_OK;
    return domain->restore(row->is_console ? states->sys : domain->context,
                           state, saved->bytes, saved->size);
}

bool pm_states_restore(void *context, pm_ref ref, struct pm_object *object)
{
    struct pm_states *states = context;
    const struct pm_domain_row *row = pm_states_row(states, object->domain);
    size_t index = (size_t)(row - states->domains->rows);
    struct pm_live_saved *saved;
    struct pm_state state = {pm_state_payload(object), NULL};
    uint32_t place = pm_state_place(object);

    if (!states->incoming)
        return false;
    saved = find_saved(states, index, place);
    if (!saved || saved->ref != ref || saved->is_taken ||
        pm_load32(pm_object_bytes(object) + 4) != 0)
        return false;
    states->restore_status = make_again(states, row, saved, &state);
    if (states->restore_status)
        return false;
    saved->is_taken = true;
    pm_states_enter_at(&states->incoming[index], place, ref, state.host);
    return true;
}

void pm_states_find_lowest_free(struct pm_live_set *set)
{
    set->lowest_free = 0;
    while (set->lowest_free < set->limit && set->places[set->lowest_free].ref)
        set->lowest_free++;
}

bool pm_states_restored(void *context)
{
    struct pm_states *states = context;
    struct pm_live_set *old = states->sets;

    if (!states->incoming)
        return false;
    for (size_t i = 0; i < states->saved_count; i++)
        if (!states->saved[i].is_taken)
            return false;
    pm_states_release_all(states);
    states->sets = states->incoming;
    states->incoming = NULL;
    for (size_t i = 0; i < states->domains->count; i++)
        pm_states_find_lowest_free(&states->sets[i]);
    pm_states_free_sets(states, old);
    return true;
}

// The payloads of what was restored are gone already: release is told of the
// host's part alone.
static void release_incoming(struct pm_states *states)
{
    for (size_t i = 0; i < states->domains->count; i++) {
        struct pm_live_set *set = &states->incoming[i];
        for (uint32_t place = 0; set->places && place < set->limit; place++) {
            struct pm_state state = {NULL, set->places[place].host};
            if (set->places[place].ref)
                pm_states_release(states, &states->domains->rows[i], &state);
        }
    }
}

void pm_states_end_load(struct pm_states *states)
{
    const struct pm_domains *domains = states->domains;

    if (states->incoming) {
        release_incoming(states);
        pm_states_free_sets(states, states->incoming);
    }
    if (states->saved)
        pm_mem_free(&domains->alloc, states->saved,
                    most_saved(states) * sizeof *states->saved);
    if (states->saved_first)
        pm_mem_free(&domains->alloc, states->saved_first,
                    (domains->count + 1) * sizeof *states->saved_first);
    states->incoming = NULL;
    states->saved = NULL;
    states->saved_first = NULL;
    states->saved_count = 0;
}
