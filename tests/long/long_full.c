// SPDX-License-Identifier: MIT
//
// The disk is full at every byte count up to 65,536, and at every 61st up to
// 400,000, under a workload over a cartridge's saves. PM_FULL_FIRST and
// PM_FULL_LAST are other bounds.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/save_faults.h"
#include "support/test.h"

#define EACH 65536u
#define STEP 61u

static uint64_t bound(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : usual;
}

static bool run(uint64_t room, uint64_t *met_count)
{
    const struct pm_save_fault fault = {.operations = 45,
                                        .seed = 300 + room % 11,
                                        .is_full = true,
                                        .room = room,
                                        .is_cut = room % 2 == 1};
    bool met = false;
    bool ok = pm_save_fault_run(&fault, &met);

    *met_count += met;
    return CHECK(ok);
}

TEST(full, what_answered_ok_has_its_room_at_every_byte_count)
{
    uint64_t room = bound("PM_FULL_FIRST", 0);
    uint64_t last = bound("PM_FULL_LAST", 400000);
    uint64_t runs = 0;
    uint64_t met_count = 0;

    for (; room <= last; room += room < EACH ? 1 : STEP) {
        if (!run(room, &met_count))
            return;
        if (++runs % 5000 == 0) {
            printf("%" PRIu64 " bytes, %" PRIu64 " found the disk full\n", room,
                   met_count);
            fflush(stdout);
        }
    }
    printf("%" PRIu64 " runs, %" PRIu64 " found the disk full\n", runs,
           met_count);
}
