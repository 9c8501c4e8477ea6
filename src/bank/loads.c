// SPDX-License-Identifier: MIT
#include "bank/loads.h"

#include "bank/load_work.h"
#include "base/mem.h"

pm_asset_status pm_asset_status_of(pm_status status)
{
    switch (status) {
    case PM_OK:
        return PM_ASSET_OK;
    case PM_ERR_INVALID: // bytes that are no such asset's
    case PM_ERR_CORRUPT:
        return PM_ASSET_CORRUPT;
    case PM_ERR_NO_MEMORY:
        return PM_ASSET_TRANSIENT;
    default:
        return PM_ASSET_IO_FAILED;
    }
}

const char *pm_asset_status_name(pm_asset_status status)
{
    switch (status) {
#define PM_ASSET_STATUS(name, value, meaning)                                  \
    case PM_ASSET_##name:                                                      \
        return #name;
#include <prometeu/asset_status.def>
#undef PM_ASSET_STATUS
    }
    return "?";
}

static bool is_under_way(const struct pm_load *load)
{
    return load->state <= PM_LOAD_READY;
}

// --- begin -------------------------------------------------------------------

static bool is_busy(const struct pm_load_pair *live, size_t count,
                    unsigned type, unsigned slot)
{
    for (size_t i = 0; i < count; i++)
        if (is_under_way(live[i].load) && live[i].load->bank_type == type &&
            live[i].load->slot == slot)
            return true;
    return false;
}

// Decoded bytes of the type that are under way. None is of an asset that the
// table has not, nor over the budget, so that the sum stays small.
static uint64_t staged(const struct pm_loads *loads,
                       const struct pm_load_pair *live, size_t count,
                       unsigned type)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        if (is_under_way(live[i].load) && live[i].load->bank_type == type)
            sum += pm_asset_find(loads->assets, live[i].load->asset_id)
                       ->decoded_size;
    return sum;
}

// Whether the asset can be resident at all, and be under way beside the rest.
static bool has_room(const struct pm_loads *loads,
                     const struct pm_asset_entry *entry, uint64_t sum)
{
    unsigned type = entry->bank_type;
    uint64_t used;
    uint64_t budget;

    pm_bank_usage(loads->bank, (pm_bank_type)type, &used, &budget);
    return entry->decoded_size <= budget && sum <= loads->staged[type] &&
           entry->decoded_size <= loads->staged[type] - sum;
}

static uint64_t next_order(const struct pm_load_pair *live, size_t count)
{
    uint64_t greatest = 0;

    for (size_t i = 0; i < count; i++)
        if (live[i].load->order > greatest)
            greatest = live[i].load->order;
    return greatest + 1;
}

const struct pm_asset_entry *pm_loads_find(const struct pm_loads *loads,
                                           int64_t asset_id)
{
    if (!loads->assets || asset_id < INT32_MIN || asset_id > INT32_MAX)
        return NULL;
    return pm_asset_find(loads->assets, (int32_t)asset_id);
}

pm_asset_status pm_load_begin(struct pm_loads *loads,
                              const struct pm_load_pair *live, size_t count,
                              int64_t asset_id, unsigned slot,
                              struct pm_load *load, struct pm_load_work **out)
{
    const struct pm_asset_entry *entry = pm_loads_find(loads, asset_id);

    if (!entry)
        return PM_ASSET_UNKNOWN_ASSET;
    if (is_busy(live, count, entry->bank_type, slot))
        return PM_ASSET_SLOT_BUSY;
    if (!has_room(loads, entry, staged(loads, live, count, entry->bank_type)))
        return PM_ASSET_BUDGET;
    if (pm_load_work_begin(loads, entry, out))
        return PM_ASSET_TRANSIENT;
    *load = (struct pm_load){
        .asset_id = entry->id,
        .bank_type = entry->bank_type,
        .slot = (uint8_t)slot,
        .order = next_order(live, count),
        .size = entry->size,
    };
    return PM_ASSET_OK;
}

// --- commit and cancel -------------------------------------------------------

// The resident of a load that is READY. The job has run, but for one that a
// restored state has begun anew.
static pm_asset_status prepare(struct pm_loads *loads,
                               struct pm_load_work *work)
{
    pm_status status = pm_load_work_finish(loads, work);

    if (!status && !work->resident)
        status = pm_bank_prepare(loads->bank, &work->content, &work->resident);
    return pm_asset_status_of(status);
}

pm_asset_status pm_load_commit(struct pm_loads *loads,
                               const struct pm_load_pair *pair)
{
    struct pm_load *load = pair->load;
    struct pm_load_work *work = pair->work;

    if (load->state < PM_LOAD_READY)
        return PM_ASSET_NOT_READY;
    if (load->state != PM_LOAD_READY)
        return PM_ASSET_WRONG_STATE;
    pm_asset_status status = prepare(loads, work);
    if (status)
        return status;
    if (pm_bank_plan(loads->bank, (pm_bank_type)load->bank_type, load->slot,
                     work->resident))
        return PM_ASSET_BUDGET;
    work->resident = NULL;
    load->state = PM_LOAD_COMMITTED;
    return PM_ASSET_OK;
}

pm_asset_status pm_load_cancel(const struct pm_load_pair *pair)
{
    if (!is_under_way(pair->load))
        return PM_ASSET_WRONG_STATE;
    pair->load->state = PM_LOAD_CANCELED;
    return PM_ASSET_OK;
}

// --- frames ------------------------------------------------------------------

// Few, and almost always in order already.
static void sort(struct pm_load_pair *pairs, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct pm_load_pair pair = pairs[i];
        size_t at = i;
        for (; at > 0 && pairs[at - 1].load->order > pair.load->order; at--)
            pairs[at] = pairs[at - 1];
        pairs[at] = pair;
    }
}

// All bytes have come over the bus: the load becomes what its work has come
// to.
static void publish(struct pm_loads *loads, const struct pm_load_pair *pair)
{
    struct pm_load_work *work = pair->work;

    loads->waits += work->is_started &&
                    !atomic_load_explicit(&work->is_done, memory_order_acquire);
    pm_asset_status status =
        pm_asset_status_of(pm_load_work_finish(loads, work));
    pair->load->state = status ? PM_LOAD_ERROR : PM_LOAD_READY;
    pair->load->error = (uint8_t)status;
}

static void move(struct pm_load *load, uint64_t *width)
{
    uint64_t left = load->size - load->moved;
    uint64_t now = left < *width ? left : *width;

    load->state = PM_LOAD_LOADING;
    load->moved += now;
    *width -= now;
}

// First come, first served: what does not fit into a frame goes on in the
// next one, and nothing overtakes it.
void pm_loads_deliver(struct pm_loads *loads, struct pm_load_pair *pairs,
                      size_t count)
{
    uint64_t width = loads->bus;
    bool is_open = true;

    sort(pairs, count);
    for (size_t i = 0; i < count && is_open; i++) {
        struct pm_load *load = pairs[i].load;
        if (load->state > PM_LOAD_LOADING)
            continue;
        if (width == 0 && load->size > load->moved)
            break;
        move(load, &width);
        is_open = load->moved == load->size;
        if (is_open)
            publish(loads, &pairs[i]);
    }
    pm_bank_apply(loads->bank);
}

// --- saved states ------------------------------------------------------------

static bool is_state(const struct pm_load *load)
{
    switch (load->state) {
    case PM_LOAD_PENDING:
        return load->moved == 0 && load->error == 0;
    case PM_LOAD_LOADING:
        return load->moved < load->size && load->error == 0;
    case PM_LOAD_READY:
    case PM_LOAD_COMMITTED:
        return load->moved == load->size && load->error == 0;
    case PM_LOAD_CANCELED:
        return load->error == 0;
    case PM_LOAD_ERROR:
        return load->moved == load->size &&
               (load->error == PM_ASSET_CORRUPT ||
                load->error == PM_ASSET_TRANSIENT ||
                load->error == PM_ASSET_IO_FAILED);
    default:
        return false;
    }
}

// An asset that was there when the load ended may be gone since.
static bool fits_table(const struct pm_loads *loads, const struct pm_load *load,
                       const struct pm_asset_entry *entry)
{
    if (!is_under_way(load) && (!entry || entry->bank_type != load->bank_type))
        return load->bank_type < PM_BANK_TYPES;
    return entry && load->bank_type == entry->bank_type &&
           load->size == entry->size &&
           (!is_under_way(load) || has_room(loads, entry, 0));
}

static bool can_be(const struct pm_loads *loads, const struct pm_load *load,
                   const struct pm_asset_entry *entry)
{
    return load->moved <= load->size && load->slot < PM_BANK_SLOTS &&
           load->order != 0 && load->order < UINT64_MAX / 2 && is_state(load) &&
           fits_table(loads, load, entry);
}

pm_status pm_load_restore(struct pm_loads *loads, const struct pm_load *load,
                          struct pm_load_work **out)
{
    const struct pm_asset_entry *entry = pm_loads_find(loads, load->asset_id);

    *out = NULL;
    if (!can_be(loads, load, entry))
        return PM_ERR_INVALID;
    return is_under_way(load) ? pm_load_work_begin(loads, entry, out) : PM_OK;
}

// --- other assets ------------------------------------------------------------

static void end_without_asset(struct pm_load *load)
{
    if (!is_under_way(load))
        return;
    load->state = PM_LOAD_ERROR;
    load->error = PM_ASSET_IO_FAILED;
    load->moved = load->size;
}

void pm_load_follow(const struct pm_loads *loads, struct pm_load *load)
{
    const struct pm_asset_entry *entry = pm_loads_find(loads, load->asset_id);

    if (!entry || entry->bank_type != load->bank_type ||
        (is_under_way(load) && !has_room(loads, entry, 0))) {
        end_without_asset(load);
        return;
    }
    if (load->size == entry->size)
        return;
    load->size = entry->size;
    if (load->state <= PM_LOAD_LOADING) {
        load->state = PM_LOAD_PENDING;
        load->moved = 0;
    } else {
        load->moved = load->size;
    }
}
