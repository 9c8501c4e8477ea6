// SPDX-License-Identifier: MIT
//
// Saving and restoring at every stop.
#include "support/state_program.h"
#include "vm_test.h"

TEST(state, a_program_with_everything_ends_the_same_in_every_way)
{
    struct vm_way way = {0};
    struct vm_end end;

    CHECK(vm_run_all_ways(pm_state_program, &way, 60, &end));
    CHECK_INT(end.result, PM_VM_HALTED);
    CHECK_INT(end.frame, 6);
    vm_end_free(&end);
}
