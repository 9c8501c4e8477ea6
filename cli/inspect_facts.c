// SPDX-License-Identifier: MIT
//
// What inspect says of an assets.pa as a whole.
#include "inspect.h"
#include "machine/profiles.h"

// --- totals ------------------------------------------------------------------

static void add(uint64_t *sum, uint64_t value)
{
    const uint64_t most = PM_ASSET_MAX_OFFSET;
    *sum = value > most - *sum ? most : *sum + value;
}

// Whether an item of the preload list before [index] has the same asset.
static bool was_preloaded(const struct pm_asset *asset, size_t index)
{
    uint32_t entry = pm_asset_preload_at(asset, index).entry;

    for (size_t i = 0; i < index; i++)
        if (pm_asset_preload_at(asset, i).entry == entry)
            return true;
    return false;
}

void cli_totals_of(const struct pm_asset *asset,
                   struct cli_totals out[PM_BANK_TYPES])
{
    for (int i = 0; i < PM_BANK_TYPES; i++)
        out[i] = (struct cli_totals){0};
    for (size_t i = 0; i < pm_asset_count(asset); i++) {
        const struct pm_asset_entry *entry = pm_asset_at(asset, i);
        struct cli_totals *bank = &out[entry->bank_type];
        bank->assets++;
        add(&bank->stored, entry->size);
        add(&bank->form, pm_asset_form_size(entry));
        add(&bank->resident, entry->decoded_size);
    }
    for (size_t i = 0; i < pm_asset_preload_count(asset); i++) {
        const struct pm_asset_entry *entry =
            pm_asset_at(asset, pm_asset_preload_at(asset, i).entry);
        if (!was_preloaded(asset, i))
            add(&out[entry->bank_type].preloaded, entry->decoded_size);
    }
}

bool cli_excess_next(const struct cli_totals totals[PM_BANK_TYPES], int profile,
                     struct cli_excess *excess)
{
    const int profiles = PM_CART_ADVANCED + 1;

    while (excess->at < profiles * PM_BANK_TYPES) {
        int number = excess->at / PM_BANK_TYPES;
        int bank = excess->at % PM_BANK_TYPES;
        const struct pm_profile *row = pm_profile_of((pm_cart_profile)number);
        excess->at++;
        if ((profile >= 0 && profile != number) ||
            totals[bank].preloaded <= row->bank[bank])
            continue;
        excess->profile = row->name;
        excess->bank = (pm_bank_type)bank;
        excess->needed = totals[bank].preloaded;
        excess->budget = row->bank[bank];
        return true;
    }
    return false;
}
