// SPDX-License-Identifier: MIT
//
// Banks in a reload: each slot goes on with the asset it holds, in its new
// content. Where it holds what was preloaded, it follows the preload list
// instead, so that a new list takes effect.
#include <inttypes.h>

#include "machine/machine_internal.h"

// --- what a slot is to hold --------------------------------------------------

// The entry of an asset for banks of a type, or NULL.
static const struct pm_asset_entry *find(const struct pm_asset *assets,
                                         pm_bank_type type, int32_t id)
{
    const struct pm_asset_entry *entry =
        assets ? pm_asset_find(assets, id) : NULL;

    return entry && entry->bank_type == type ? entry : NULL;
}

static const struct pm_asset_entry *preloaded(const struct pm_asset *assets,
                                              pm_bank_type type, unsigned slot)
{
    size_t count = assets ? pm_asset_preload_count(assets) : 0;

    for (size_t i = 0; i < count; i++) {
        struct pm_asset_preload item = pm_asset_preload_at(assets, i);
        const struct pm_asset_entry *entry = pm_asset_at(assets, item.entry);
        if (entry->bank_type == type && item.slot == slot)
            return entry;
    }
    return NULL;
}

struct follower {
    struct pm_console *old;
    struct pm_console *fresh;
    struct pm_reload *result;
};

// Whether the slot holds what was preloaded into it, or both nothing.
static bool is_as_preloaded(const struct follower *f, pm_bank_type type,
                            unsigned slot, const struct pm_bank_id *held)
{
    const struct pm_asset_entry *entry =
        preloaded(f->old->cart.assets, type, slot);

    return held && entry ? held->asset_id == entry->id : !held && !entry;
}

static const struct pm_asset_entry *wanted(const struct follower *f,
                                           pm_bank_type type, unsigned slot,
                                           const struct pm_bank_id *held)
{
    const struct pm_asset *assets = f->fresh->cart.assets;
    const struct pm_asset_entry *listed = preloaded(assets, type, slot);
    const struct pm_asset_entry *same =
        held ? find(assets, type, held->asset_id) : NULL;

    if (is_as_preloaded(f, type, slot, held))
        return listed ? listed : same;
    return held && !same ? listed : same;
}

// --- getting it there --------------------------------------------------------

static pm_status read_content(const struct pm_asset *assets,
                              const struct pm_asset_entry *entry,
                              struct pm_bank_content *content)
{
    pm_status status =
        pm_asset_read(assets, entry, 0, content->bytes, content->size);

    return status ? status : pm_bank_examine(content);
}

static pm_status prepare(struct pm_console *fresh,
                         const struct pm_asset_entry *entry,
                         struct pm_resident **out)
{
    const struct pm_asset *assets = fresh->cart.assets;
    struct pm_bank_content content;
    uint64_t used;
    uint64_t budget;

    pm_bank_usage(fresh->bank, (pm_bank_type)entry->bank_type, &used, &budget);
    if (entry->decoded_size > budget)
        return PM_ERR_LIMIT;
    pm_status status =
        pm_bank_content_begin(&fresh->alloc, assets, entry, &content);
    if (status)
        return status;
    status = read_content(assets, entry, &content);
    if (!status)
        status = pm_bank_prepare(fresh->bank, &content, out);
    if (status)
        pm_bank_content_free(&fresh->alloc, &content);
    return status;
}

static int slot_with(const struct pm_bank *bank, pm_bank_type type, int32_t id)
{
    struct pm_bank_id other;

    for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++)
        if (pm_bank_identity(bank, type, slot, &other) && other.asset_id == id)
            return (int)slot;
    return -1;
}

// All that is in these banks is of the new assets: one that is there already
// need not be read again.
static pm_status put(struct pm_console *fresh, pm_bank_type type, unsigned slot,
                     const struct pm_asset_entry *entry)
{
    struct pm_resident *resident;
    int from = slot_with(fresh->bank, type, entry->id);

    if (from >= 0)
        return pm_bank_share(fresh->bank, type, (unsigned)from, slot);
    pm_status status = prepare(fresh, entry, &resident);
    if (status)
        return status;
    status = pm_bank_put(fresh->bank, slot, resident);
    if (status)
        pm_bank_drop(fresh->bank, resident);
    return status;
}

static void warn(struct pm_console *fresh, pm_bank_type type, unsigned slot,
                 int32_t id, const char *code, const char *why)
{
    struct pm_place place = {.file = PM_CART_ASSETS};

    pm_diags_warning(&fresh->machine->report.diags, &place, code,
                     "asset %" PRId32 " was in %s slot %u and %s: the slot is "
                     "empty now",
                     id, pm_bank_type_name(type), slot, why);
}

// Short memory ends the reload; whatever else is the asset's own fault.
static pm_status follow_slot(const struct follower *f, pm_bank_type type,
                             unsigned slot)
{
    struct pm_bank_id id;
    const struct pm_bank_id *held =
        pm_bank_identity(f->old->bank, type, slot, &id) ? &id : NULL;
    const struct pm_asset_entry *entry = wanted(f, type, slot, held);
    pm_status status = entry ? put(f->fresh, type, slot, entry) : PM_OK;

    if (status == PM_ERR_NO_MEMORY)
        return status;
    if (status || (held && !entry)) {
        f->result->emptied++;
        pm_bank_unload(f->fresh->bank, type, slot);
        warn(f->fresh, type, slot, entry ? entry->id : held->asset_id,
             status ? "RELOAD-ASSET" : "RELOAD-ASSET-GONE",
             status ? pm_status_meaning(status) : "is gone");
    }
    return PM_OK;
}

// What is not wanted makes room first.
static void unload_unwanted(const struct follower *f, pm_bank_type type)
{
    struct pm_bank_id id;
    struct pm_bank_id now;

    for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
        const struct pm_bank_id *held =
            pm_bank_identity(f->old->bank, type, slot, &id) ? &id : NULL;
        const struct pm_asset_entry *entry = wanted(f, type, slot, held);
        if (pm_bank_identity(f->fresh->bank, type, slot, &now) &&
            (!entry || entry->id != now.asset_id))
            pm_bank_unload(f->fresh->bank, type, slot);
    }
}

static bool is_changed(const struct follower *f, pm_bank_type type,
                       unsigned slot)
{
    struct pm_bank_id before;
    struct pm_bank_id now;

    if (!pm_bank_identity(f->fresh->bank, type, slot, &now))
        return false;
    return !pm_bank_identity(f->old->bank, type, slot, &before) ||
           before.asset_id != now.asset_id || before.content != now.content;
}

pm_status pm_console_follow_banks(struct pm_console *old,
                                  struct pm_console *fresh,
                                  struct pm_reload *result)
{
    const struct follower f = {old, fresh, result};

    for (int i = 0; i < PM_BANK_TYPES; i++) {
        pm_bank_type type = (pm_bank_type)i;
        unload_unwanted(&f, type);
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
            pm_status status = follow_slot(&f, type, slot);
            if (status)
                return status;
            result->assets += is_changed(&f, type, slot);
        }
    }
    return PM_OK;
}

// --- plans -------------------------------------------------------------------

// A plan that cannot be followed is told and forgotten: the slot stays.
static pm_status follow_plan(struct pm_console *old, struct pm_console *fresh,
                             pm_bank_type type, unsigned slot)
{
    struct pm_resident *resident = NULL;
    struct pm_bank_id id;
    bool is_full;
    pm_status status = PM_OK;

    if (!pm_bank_planned(old->bank, type, slot, &is_full, &id))
        return PM_OK;
    const struct pm_asset_entry *entry =
        is_full ? find(fresh->cart.assets, type, id.asset_id) : NULL;
    if (is_full)
        status = entry ? prepare(fresh, entry, &resident) : PM_ERR_NOT_FOUND;
    if (!status) {
        status = pm_bank_plan(fresh->bank, type, slot, resident);
        if (status)
            pm_bank_drop(fresh->bank, resident);
    }
    if (!status || status == PM_ERR_NO_MEMORY)
        return status;
    struct pm_place place = {.file = PM_CART_ASSETS};
    pm_diags_warning(&fresh->machine->report.diags, &place, "RELOAD-ASSET",
                     "%s slot %u was to change in the next frame and stays as "
                     "it is: %s",
                     pm_bank_type_name(type), slot, pm_status_meaning(status));
    return PM_OK;
}

pm_status pm_console_follow_plans(struct pm_console *old,
                                  struct pm_console *fresh)
{
    pm_bank_forget_plans(fresh->bank);
    for (int type = 0; type < PM_BANK_TYPES; type++)
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
            pm_status status =
                follow_plan(old, fresh, (pm_bank_type)type, slot);
            if (status)
                return status;
        }
    return PM_OK;
}
