// SPDX-License-Identifier: MIT
#include "bank/layout.h"

#include "bank/bank_internal.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/mem.h"

enum { FULL = 1, PLANNED = 2, FILLS = 4 };

struct pm_bank_layout {
    struct pm_bank_slots types[PM_BANK_TYPES];
};

// --- saving ------------------------------------------------------------------

static void put_id(struct pm_buf *out, const struct pm_bank_id *id)
{
    pm_buf_put32(out, (uint32_t)id->asset_id);
    pm_buf_put64(out, id->content);
}

void pm_bank_save(const struct pm_bank *bank, struct pm_buf *out)
{
    for (int type = 0; type < PM_BANK_TYPES; type++)
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
            const struct pm_resident *now = bank->types[type].slots[slot];
            const struct pm_bank_change *plan = &bank->types[type].plans[slot];
            pm_buf_put8(out, (uint8_t)((now ? FULL : 0) |
                                       (plan->is_set ? PLANNED : 0) |
                                       (plan->resident ? FILLS : 0)));
            if (now)
                put_id(out, &now->id);
            if (plan->resident)
                put_id(out, &plan->resident->id);
        }
}

// --- loading -----------------------------------------------------------------

struct loader {
    struct pm_bank *bank;
    const struct pm_asset *assets;
    struct pm_cursor *in;
    struct pm_bank_layout *layout;
};

// Reads the asset anew; it must be what it was.
static pm_status fetch(const struct loader *l, pm_bank_type type,
                       const struct pm_bank_id *id, struct pm_resident **out)
{
    const struct pm_allocator *alloc = &l->bank->alloc;
    const struct pm_asset_entry *entry =
        l->assets ? pm_asset_find(l->assets, id->asset_id) : NULL;
    struct pm_bank_content content;

    if (!entry || entry->bank_type != type ||
        entry->decoded_size > l->bank->types[type].budget)
        return PM_ERR_INVALID;
    pm_status status = pm_bank_content_begin(alloc, l->assets, entry, &content);
    if (status)
        return status;
    status = pm_asset_read(l->assets, entry, 0, content.bytes, content.size);
    if (!status)
        status = pm_bank_examine(&content);
    if (!status && content.hash != id->content)
        status = PM_ERR_INVALID;
    if (!status)
        status = pm_bank_prepare(l->bank, &content, out);
    if (status)
        pm_bank_content_free(alloc, &content);
    return status;
}

// The resident of that identity with a user for the layout: one that is in
// the layout already, one of the bank, or a new one.
static pm_status hold(const struct loader *l, pm_bank_type type,
                      const struct pm_bank_id *id, struct pm_resident **out)
{
    const struct pm_bank_slots *slots = &l->layout->types[type];
    struct pm_resident *found = NULL;

    for (unsigned i = 0; i < PM_BANK_SLOTS && !found; i++) {
        if (pm_bank_is(slots->slots[i], id))
            found = slots->slots[i];
        else if (pm_bank_is(slots->plans[i].resident, id))
            found = slots->plans[i].resident;
    }
    if (!found)
        found = pm_bank_look_up(l->bank, type, id);
    if (!found)
        return fetch(l, type, id, out);
    found->users++;
    *out = found;
    return PM_OK;
}

static pm_status read_one(const struct loader *l, pm_bank_type type,
                          struct pm_resident **out)
{
    struct pm_bank_id id;

    id.asset_id = (int32_t)pm_cursor_u32(l->in);
    id.content = pm_cursor_u64(l->in);
    return l->in->failed ? PM_ERR_INVALID : hold(l, type, &id, out);
}

static pm_status read_slot(const struct loader *l, pm_bank_type type,
                           unsigned slot)
{
    struct pm_bank_slots *slots = &l->layout->types[type];
    uint8_t flags = pm_cursor_u8(l->in);
    pm_status status = PM_OK;

    if (l->in->failed || flags > (FULL | PLANNED | FILLS) ||
        (flags & FILLS && !(flags & PLANNED)))
        return PM_ERR_INVALID;
    if (flags & FULL)
        status = read_one(l, type, &slots->slots[slot]);
    slots->plans[slot].is_set = flags & PLANNED;
    if (!status && flags & FILLS)
        status = read_one(l, type, &slots->plans[slot].resident);
    return status;
}

// Whether now and later all of it is within the budget.
static bool is_within(const struct pm_bank_slots *slots)
{
    const struct pm_resident *later =
        slots->plans[0].is_set ? slots->plans[0].resident : slots->slots[0];

    return pm_bank_fits(slots, 0, slots->slots[0], false) &&
           pm_bank_fits(slots, 0, later, true);
}

static pm_status read_all(const struct loader *l)
{
    pm_status status = PM_OK;

    for (int type = 0; type < PM_BANK_TYPES && !status; type++) {
        struct pm_bank_slots *slots = &l->layout->types[type];
        slots->budget = l->bank->types[type].budget;
        for (unsigned slot = 0; slot < PM_BANK_SLOTS && !status; slot++)
            status = read_slot(l, (pm_bank_type)type, slot);
        if (!status && !is_within(slots))
            status = PM_ERR_INVALID;
    }
    return status;
}

pm_status pm_bank_load(struct pm_bank *bank, const struct pm_asset *assets,
                       struct pm_cursor *in, struct pm_bank_layout **out)
{
    struct pm_bank_layout *layout = pm_mem_zalloc(&bank->alloc, sizeof *layout);
    const struct loader l = {bank, assets, in, layout};

    if (!layout)
        return PM_ERR_NO_MEMORY;
    pm_status status = read_all(&l);
    if (status) {
        pm_bank_end_load(bank, layout, false);
        return status;
    }
    *out = layout;
    return PM_OK;
}

// --- the end -----------------------------------------------------------------

// The slot gives up what it held and takes over what the layout holds for it.
static void accept_slot(struct pm_bank *bank, pm_bank_type type, unsigned slot,
                        struct pm_bank_slots *from)
{
    struct pm_bank_change *plan = &bank->types[type].plans[slot];

    pm_bank_set(bank, type, slot, from->slots[slot]);
    pm_bank_forget_change(bank, plan);
    *plan = from->plans[slot];
}

void pm_bank_end_load(struct pm_bank *bank, struct pm_bank_layout *layout,
                      bool accept)
{
    if (!layout)
        return;
    for (int type = 0; type < PM_BANK_TYPES; type++)
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
            struct pm_bank_slots *from = &layout->types[type];
            if (accept) {
                accept_slot(bank, (pm_bank_type)type, slot, from);
                continue;
            }
            pm_bank_drop(bank, from->slots[slot]);
            pm_bank_drop(bank, from->plans[slot].resident);
        }
    pm_mem_free(&bank->alloc, layout, sizeof *layout);
}
