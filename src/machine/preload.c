// SPDX-License-Identifier: MIT
//
// Preload: what assets.pa wants resident before the first frame. All that is
// wrong is found, not only the first. The format's own rules (ids that exist,
// slots that are free) were checked when the file was opened.
#include <inttypes.h>

#include "base/mem.h"
#include "machine/machine_internal.h"

#define FILE_NAME PM_CART_ASSETS

struct preload {
    struct pm_allocator alloc;
    const struct pm_profile *profile; // NULL: it is not known
    struct pm_bank *bank;
    struct pm_diags *diags;
    const struct pm_asset *assets;
    // Of each entry of the table: one more than the slot it is in, 0 if none.
    uint8_t *slots;
    size_t count;
    pm_status status;
};

static void fault(struct preload *p, const struct pm_asset_entry *entry,
                  pm_status status, const char *code, const char *what)
{
    struct pm_place place = pm_place_at(
        FILE_NAME, PM_ASSET_PRELUDE_SIZE + (uint64_t)entry->header_offset);
    size_t size;
    const char *name = pm_asset_name(p->assets, entry, &size);
    char escaped[160];

    pm_text_escape(escaped, sizeof escaped, name, size);
    pm_diags_error(p->diags, &place, code,
                   "the preloaded asset %" PRId32 " (%s) %s: %s", entry->id,
                   escaped, what, pm_status_meaning(status));
    if (!p->status)
        p->status = status;
}

// --- budgets -----------------------------------------------------------------

static void check_budgets(struct preload *p)
{
    uint64_t used[PM_BANK_TYPES] = {0};
    const struct pm_profile *profile = p->profile;
    struct pm_place place = {.file = FILE_NAME};

    for (size_t i = 0; i < p->count; i++) {
        const struct pm_asset_entry *entry = pm_asset_at(p->assets, i);
        // Sizes end below 2^53, so that 64 of them cannot wrap around.
        if (p->slots[i])
            used[entry->bank_type] += entry->decoded_size;
    }
    for (int type = 0; type < PM_BANK_TYPES; type++) {
        if (used[type] <= profile->bank[type])
            continue;
        pm_diags_error(p->diags, &place, "PRELOAD-BUDGET",
                       "the preloaded %s assets need %" PRIu64
                       " resident bytes, the profile %s has %" PRIu64
                       "; preload fewer or smaller ones",
                       pm_bank_type_name((pm_bank_type)type), used[type],
                       profile->name, profile->bank[type]);
        if (!p->status)
            p->status = PM_ERR_INVALID;
    }
}

static void mark_entries(struct preload *p)
{
    for (size_t i = 0; i < pm_asset_preload_count(p->assets); i++) {
        struct pm_asset_preload item = pm_asset_preload_at(p->assets, i);
        p->slots[item.entry] = (uint8_t)(item.slot + 1);
    }
}

// --- installing --------------------------------------------------------------

// Reads an asset's stored form, which checks its integrity, and what it says.
static pm_status read_content(struct preload *p,
                              const struct pm_asset_entry *entry,
                              struct pm_bank_content *content)
{
    pm_status status =
        pm_asset_read(p->assets, entry, 0, content->bytes, content->size);

    if (status) {
        fault(p, entry, status, "PRELOAD-READ", "cannot be read");
        return status;
    }
    status = pm_bank_examine(content);
    if (status)
        fault(p, entry, status, "PRELOAD-CONTENT", "cannot be resident");
    return status;
}

static pm_status make_resident(struct preload *p,
                               const struct pm_asset_entry *entry,
                               struct pm_resident **out)
{
    const struct pm_allocator *alloc = &p->alloc;
    struct pm_bank_content content;
    pm_status status = pm_bank_content_begin(alloc, p->assets, entry, &content);

    if (status)
        return status;
    status = read_content(p, entry, &content);
    if (!status)
        status = pm_bank_prepare(p->bank, &content, out);
    if (status)
        pm_bank_content_free(alloc, &content);
    return status;
}

// Also after a fault, so that every asset is looked at; one that is larger
// than all of its budget is only counted.
static void install(struct preload *p, const struct pm_asset_entry *entry,
                    unsigned slot)
{
    struct pm_resident *resident;
    uint64_t used;
    uint64_t budget;

    pm_bank_usage(p->bank, (pm_bank_type)entry->bank_type, &used, &budget);
    if (entry->decoded_size > budget)
        return;
    pm_status status = make_resident(p, entry, &resident);
    if (!status) {
        status = pm_bank_put(p->bank, slot, resident);
        if (status)
            pm_bank_drop(p->bank, resident);
    }
    if (!p->status)
        p->status = status;
}

static void install_all(struct preload *p)
{
    for (size_t i = 0; i < pm_asset_preload_count(p->assets); i++) {
        struct pm_asset_preload item = pm_asset_preload_at(p->assets, i);
        const struct pm_asset_entry *entry = pm_asset_at(p->assets, item.entry);
        unsigned first = p->slots[item.entry] - 1u;
        // mark_entries noted the last slot of an asset that has several.
        if (item.slot == first)
            install(p, entry, first);
    }
    for (size_t i = 0; !p->status && i < pm_asset_preload_count(p->assets);
         i++) {
        struct pm_asset_preload item = pm_asset_preload_at(p->assets, i);
        const struct pm_asset_entry *entry = pm_asset_at(p->assets, item.entry);
        unsigned first = p->slots[item.entry] - 1u;
        if (item.slot != first)
            p->status = pm_bank_share(p->bank, (pm_bank_type)entry->bank_type,
                                      first, item.slot);
    }
}

pm_status pm_console_preload(const struct pm_allocator *alloc,
                             const struct pm_asset *assets,
                             const struct pm_profile *profile,
                             struct pm_bank *bank, struct pm_diags *diags)
{
    struct preload p = {.alloc = *alloc,
                        .profile = profile,
                        .bank = bank,
                        .diags = diags,
                        .assets = assets};

    if (!assets || pm_asset_preload_count(assets) == 0)
        return PM_OK;
    p.count = pm_asset_count(assets);
    p.slots = pm_mem_zalloc(alloc, p.count);
    if (!p.slots)
        return PM_ERR_NO_MEMORY;
    mark_entries(&p);
    if (profile)
        check_budgets(&p);
    install_all(&p);
    pm_mem_free(alloc, p.slots, p.count);
    return p.status;
}
