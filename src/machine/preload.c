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
    struct pm_console *console;
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
    const struct pm_profile *profile = p->console->profile;
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

static pm_status install_glyph(struct preload *p,
                               const struct pm_asset_entry *entry,
                               unsigned slot, const uint8_t *bytes, size_t size)
{
    struct pm_glyph_form form = {.tile_size = entry->tile_size,
                                 .width = entry->width,
                                 .height = entry->height};

    return pm_bank_install_glyph(p->console->bank, slot, entry->id, &form,
                                 bytes, size);
}

// Reads an asset's stored form, which checks its integrity, and makes it
// resident. What no call of this version can reach is only read.
static void install(struct preload *p, const struct pm_asset_entry *entry,
                    unsigned slot)
{
    const struct pm_allocator *alloc = &p->console->alloc;
    size_t size = (size_t)pm_asset_form_size(entry);
    uint8_t *bytes = size ? pm_mem_alloc(alloc, size) : NULL;

    if (size && !bytes) {
        if (!p->status)
            p->status = PM_ERR_NO_MEMORY;
        return;
    }
    pm_status status = pm_asset_read(p->assets, entry, 0, bytes, size);
    if (status)
        fault(p, entry, status, "PRELOAD-READ", "cannot be read");
    else if (entry->bank_type == PM_BANK_GLYPH) {
        status = install_glyph(p, entry, slot, bytes, size);
        if (status)
            fault(p, entry, status, "PRELOAD-CONTENT", "cannot be resident");
    }
    pm_mem_free(alloc, bytes, size);
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
        if (item.slot != first && entry->bank_type == PM_BANK_GLYPH)
            p->status = pm_bank_share(p->console->bank, PM_BANK_GLYPH, first,
                                      item.slot);
    }
}

pm_status pm_console_preload(struct pm_console *console, struct pm_diags *diags)
{
    struct preload p = {
        .console = console, .diags = diags, .assets = console->cart.assets};

    if (!p.assets || pm_asset_preload_count(p.assets) == 0)
        return PM_OK;
    p.count = pm_asset_count(p.assets);
    p.slots = pm_mem_zalloc(&console->alloc, p.count);
    if (!p.slots)
        return PM_ERR_NO_MEMORY;
    mark_entries(&p);
    check_budgets(&p);
    if (!p.status)
        install_all(&p);
    pm_mem_free(&console->alloc, p.slots, p.count);
    return p.status;
}
