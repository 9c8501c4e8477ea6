// SPDX-License-Identifier: MIT
//
// Everything below a cartridge's saves fails, at each place.

#include <errno.h>

#include "hosts/common/errno_status.h"
#include "support/save_faults.h"
#include "support/test.h"

#define OPERATIONS 45u

static const int errors[] = {EIO,    ENOSPC, EINTR,  ENOMEM,
                             EACCES, EAGAIN, EDQUOT, ESTALE};
#define ERRORS (sizeof errors / sizeof *errors)

// Runs with the fault at each place until it is not met any more; gives how
// many places there were.
static uint64_t run_each_place(struct pm_save_fault fault)
{
    for (fault.at = 1;; fault.at++) {
        bool met = false;
        if (!fault.is_memory)
            fault.error = errors[(fault.at + fault.seed) % ERRORS];
        fault.is_cut = (fault.at + fault.seed) % 3 == 0;
        if (!CHECK(pm_save_fault_run(&fault, &met)) || !met)
            return fault.at - 1;
    }
}

// So many workloads, so that each error comes at each place.
static uint64_t run_each(struct pm_save_fault fault)
{
    uint64_t places = 0;

    for (uint64_t seed = 0; seed < 2 * ERRORS; seed++) {
        fault.operations = OPERATIONS;
        fault.seed = 100 + seed;
        fault.is_lazy = seed % 2 == 1;
        places += run_each_place(fault);
    }
    return places;
}

TEST(faults, each_system_call_fails_once_and_nothing_is_half_there)
{
    CHECK(run_each((struct pm_save_fault){0}) > 1000);
}

TEST(faults, all_system_calls_from_each_on_fail_and_nothing_is_half_there)
{
    CHECK(run_each((struct pm_save_fault){.on = true}) > 1000);
}

// Every errno that the table knows, at each call of one workload; other
// workloads, and longer ones, are long_faults's.
static uint64_t run_each_errno(bool on)
{
    struct pm_save_fault fault = {.operations = 6, .seed = 120, .on = on};
    const char *name;
    pm_fs_status status;
    uint64_t runs = 0;

    for (size_t i = 0; pm_errno_row(i, &fault.error, &name, &status); i++) {
        bool met = true;
        for (fault.at = 1; met; fault.at++, runs++) {
            fault.is_cut = fault.at % 3 == 0;
            if (!CHECK(pm_save_fault_run(&fault, &met)))
                return 0;
        }
    }
    return runs;
}

TEST(faults, each_errno_comes_at_each_call_once_and_from_then_on)
{
    CHECK(run_each_errno(false) > 1000);
    CHECK(run_each_errno(true) > 1000);
}

TEST(faults, each_allocation_fails_once_and_nothing_is_half_there)
{
    CHECK(run_each((struct pm_save_fault){.is_memory = true}) > 500);
}

TEST(faults, all_allocations_from_each_on_fail_and_nothing_is_half_there)
{
    const struct pm_save_fault fault = {.is_memory = true, .on = true};
    CHECK(run_each(fault) > 500);
}

TEST(faults, the_disk_is_full_at_any_byte_and_what_answered_ok_has_its_room)
{
    uint64_t met_count = 0;

    for (uint64_t i = 0; i < 300; i++) {
        // 1,000 is no multiple of any block; the last ones find room enough.
        const struct pm_save_fault fault = {.operations = OPERATIONS,
                                            .seed = 200 + i % 7,
                                            .is_full = true,
                                            .room = i * 1001,
                                            .is_cut = i % 2 == 1};
        bool met = false;
        if (!CHECK(pm_save_fault_run(&fault, &met)))
            return;
        met_count += met;
    }
    CHECK(met_count > 100);
}
