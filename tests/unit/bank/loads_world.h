// SPDX-License-Identifier: MIT
//
// An asset file in memory with assets of every type, one of them damaged, a
// source that can be made to fail, and banks with small budgets.

#ifndef PM_TEST_LOADS_WORLD_H
#define PM_TEST_LOADS_WORLD_H

#include "bank/loads.h"
#include "support/fault_alloc.h"

#define ASSETS       9
#define DAMAGED_ID   9
#define BUS          40000u
#define BLOB_BUDGET  260000u
#define OTHER_BUDGET 9000u

struct loads_world {
    struct pm_fault_alloc faults;
    struct pm_buf file;
    uint64_t reads;   // of the source
    uint64_t fail_at; // the read of this number fails; 0: none
    struct pm_asset *assets;
    struct pm_bank *bank;
    struct pm_loads loads;
};

// False when memory was short.
bool loads_world_open(struct loads_world *w, const struct pm_workers *workers);
void loads_world_close(struct loads_world *w);

const struct pm_asset_entry *loads_world_entry(const struct loads_world *w,
                                               int32_t id);

#endif
