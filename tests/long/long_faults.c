// SPDX-License-Identifier: MIT
//
// Every errno that the table knows, at every system call of workloads over a
// cartridge's saves, once and from then on, with a power cut and without.
// PM_FAULT_SEEDS is how many workloads (8).

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hosts/common/errno_status.h"
#include "support/save_faults.h"
#include "support/test.h"

// Gives the runs; 0 when one was not as it has to be.
static uint64_t run_places(struct pm_save_fault fault)
{
    bool met = true;

    for (fault.at = 1; met; fault.at++)
        if (!CHECK(pm_save_fault_run(&fault, &met)))
            return 0;
    return fault.at - 1;
}

// The four ways that an errno comes: once or from then on, cut or not.
static uint64_t run_ways(struct pm_save_fault fault)
{
    uint64_t runs = 0;

    for (unsigned way = 0; way < 4; way++) {
        fault.on = way & 1;
        fault.is_cut = way & 2;
        uint64_t places = run_places(fault);
        if (places == 0)
            return 0;
        runs += places;
    }
    return runs;
}

TEST(faults, every_errno_comes_at_every_call)
{
    const char *text = getenv("PM_FAULT_SEEDS");
    uint64_t seeds = text ? strtoull(text, NULL, 10) : 8;
    const char *name;
    pm_fs_status status;
    uint64_t runs = 0;

    for (uint64_t seed = 0; seed < seeds; seed++) {
        struct pm_save_fault fault = {
            .operations = 45, .seed = 400 + seed, .is_lazy = seed % 2 == 1};
        for (size_t i = 0; pm_errno_row(i, &fault.error, &name, &status); i++) {
            uint64_t now = run_ways(fault);
            if (now == 0)
                return;
            runs += now;
        }
        printf("%" PRIu64 " workloads, %" PRIu64 " runs\n", seed + 1, runs);
        fflush(stdout);
    }
}
