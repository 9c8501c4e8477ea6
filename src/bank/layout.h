// SPDX-License-Identifier: MIT
//
// What all slots of a bank hold, in saved states: identities, by which what
// is resident is found again, in the bank itself or in the asset file.

#ifndef PM_BANK_LAYOUT_H
#define PM_BANK_LAYOUT_H

#include "bank/bank.h"
#include "base/cursor.h"

// Appends, for each type and slot, u8 flags (1 full, 2 a change is planned,
// 4 which fills it) and the identities that they tell of: i32 asset, u64
// content.
void pm_bank_save(const struct pm_bank *bank, struct pm_buf *out);

// A layout that stands beside the bank until it is accepted.
struct pm_bank_layout;

// Reads what pm_bank_save wrote, hostile bytes, and sees to it that all of it
// is there, from [assets] (NULL: there are none) where the bank does not have
// it. PM_ERR_INVALID for bytes that say nothing that can be, or what the file
// does not have; PM_ERR_IO, PM_ERR_CORRUPT, PM_ERR_NO_MEMORY.
pm_status pm_bank_load(struct pm_bank *bank, const struct pm_asset *assets,
                       struct pm_cursor *in, struct pm_bank_layout **out);

// Ends the layout: it becomes what the bank holds, or is forgotten. Cannot
// fail. NULL is fine.
void pm_bank_end_load(struct pm_bank *bank, struct pm_bank_layout *layout,
                      bool accept);

#endif
