// SPDX-License-Identifier: MIT
//
// Ticks that end where a device is waited for, telemetry, two machines side
// by side, and memory that is short.
#include <stdio.h>
#include <string.h>

#include "files_words.h"

// --- ticks -------------------------------------------------------------------

// Ticks and cycles until [body], which is one logical frame, is complete.
static uint64_t ticks_of(const char *body, enum pm_machine_dispatch dispatch,
                         uint64_t *out_cycles)
{
    struct pm_telemetry telemetry = {0};
    struct files_world w;
    fw_enter(&w);
    w.config.dispatch = dispatch;
    struct pm_machine *machine = fw_boot(&w, body);
    *out_cycles = 0;
    for (int i = 0; machine && i < 20 && telemetry.frame == 0; i++) {
        pm_machine_tick(machine, NULL);
        pm_machine_telemetry(machine, &telemetry);
        *out_cycles += telemetry.cycles;
    }
    CHECK_INT(telemetry.late_ticks + 1, telemetry.ticks);
    pm_machine_destroy(machine);
    fw_leave(&w);
    return telemetry.ticks;
}

TEST(files, what_waits_for_a_device_ends_the_tick_and_no_other_call_does)
{
    static const struct {
        const char *body;
        uint64_t ticks;
    } rows[] = {
        {FOREVER, 1},
        {PUT("/save/a", "x") FOREVER, 2},
        {PUT("/scratch/a", "x") FOREVER, 2},
        {PUT("/save/a", "x") PUT("/save/a", "y") FOREVER, 3},
        {OPEN("f", "/save/a", "6") WRITE("f", "0", "x") FOREVER, 1},
        {OPEN("f", "/save/a", "6") ON("f", "sync") FOREVER, 2},
        {OPEN("f", "/save/a", "6") ON("f", "close") FOREVER, 1},
        {OPEN("f", "/host/w/a", "6") ON("f", "close") FOREVER, 2},
        {OPEN("f", "/host/w/a", "1") FOREVER, 1},
        {STAGE("0", "x") FOREVER, 1},
        {STAGE("0", "x") SLOT("0", "commit") FOREVER, 2},
        {SLOT("0", "clear_slot") FOREVER, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t cycles;
        CHECK_INT(ticks_of(rows[i].body, PM_MACHINE_DISPATCH_AUTO, &cycles),
                  rows[i].ticks);
        for (int form = PM_MACHINE_DISPATCH_TAIL;
             form <= PM_MACHINE_DISPATCH_SWITCH; form++) {
            struct pm_machine_config config = {
                .dispatch = (enum pm_machine_dispatch)form};
            struct pm_machine *machine;
            uint64_t other;
            if (pm_machine_create(&config, &machine) == PM_ERR_UNSUPPORTED)
                continue;
            pm_machine_destroy(machine);
            CHECK_INT(
                ticks_of(rows[i].body, (enum pm_machine_dispatch)form, &other),
                rows[i].ticks);
            CHECK_INT(other, cycles);
        }
    }
}

TEST(files, telemetry_counts_moved_bytes_and_leaks)
{
    struct files_world w;
    struct pm_telemetry telemetry;
    fw_enter(&w);
    w.config.collect_always = true;
    struct pm_machine *machine =
        fw_boot(&w, OPEN("f", "/host/w/a", "6") WRITE("f", "0", "12345") FRAME
                " push_null File\n set_global f\n push_i64 8\n"
                " bytes_new\n pop\n" FOREVER);
    REQUIRE(machine);
    fw_run(machine, 1);
    pm_machine_telemetry(machine, &telemetry);
    CHECK_INT(telemetry.bytes_moved, 5);
    CHECK_INT(telemetry.leaks, 0);
    LOGGED(&w, "open 0;write 0;");
    fw_run(machine, 1);
    pm_machine_telemetry(machine, &telemetry);
    CHECK_INT(telemetry.bytes_moved, 0);
    CHECK_INT(telemetry.leaks, 1);
    CHECK_INT(telemetry.discarded, 1);
    LOGGED(&w, "[2]what was written to a on /host was never published and is "
               "discarded;");
    fw_run(machine, 5);
    LOGGED(&w, "");
    pm_machine_destroy(machine);
    fw_leave(&w);
}

// --- two machines ------------------------------------------------------------

TEST(files, two_machines_in_one_process_share_nothing)
{
    struct files_world a;
    struct files_world b;
    fw_enter(&a);
    fw_enter(&b);
    struct pm_machine *first =
        fw_boot(&a, PUT("/scratch/x", "a") PUT("/save/x", "a") STAGE("0", "a")
                        SHOW("/scratch/x") SHOW("/save/x") STATE("0") FOREVER);
    struct pm_machine *second =
        fw_boot(&b, SHOW("/scratch/x") SHOW("/save/x") STATE("0")
                        PUT("/save/x", "b") SHOW("/save/x") FOREVER);
    REQUIRE(first && second);
    for (int i = 0; i < 6; i++) {
        pm_machine_tick(first, NULL);
        pm_machine_tick(second, NULL);
    }
    LOGGED(&a, "put 0;put 0;stage 0;a;a;state 1;");
    LOGGED(&b, "show 1;show 1;state 0;put 0;b;");
    pm_machine_destroy(first);
    pm_machine_destroy(second);
    fw_leave(&a);
    fw_leave(&b);
}

// --- memory that is short ----------------------------------------------------

static const char uses_all[] = PUT("/save/a", "one") PUT("/scratch/b", "two")
    OPEN("f", "/host/w/c", "7") WRITE("f", "0", "three") ON("f", "close")
        STAGE("1", "four") SLOT("1", "commit") OPEN("g", "/save/d", "6") WRITE(
            "g", "9",
            "x") " push_const \"/save\"\n hostcall list\n set_global dir\n"
                 " push_const \"list\"\n call tell\n" HALT;

// A program that uses files, with an allocation failing: each one gives a
// status or PM_ERR_NO_MEMORY, and nothing is left behind.
TEST(files, each_allocation_may_fail_and_nothing_leaks)
{
    size_t at = 1;
    bool is_met = true;

    for (; is_met && at < 4000; at++) {
        struct files_world w;
        struct pm_machine *machine = NULL;
        fw_enter(&w);
        w.memory.fail_at = at;
        pm_status status = pm_machine_create(&w.config, &machine);
        if (!status)
            status = fw_load(machine, 7, uses_all, NULL);
        if (status)
            CHECK_INT(status, PM_ERR_NO_MEMORY);
        // A program that uses what it was not given traps.
        else if (fw_run(machine, 40) != PM_TICK_HALTED)
            CHECK_INT(pm_machine_trap(machine)->code, PM_TRAP_NULL_REF);
        is_met = w.memory.calls >= at;
        pm_machine_destroy(machine);
        w.memory.fail_at = 0;
        if (!is_met)
            LOGGED(&w, "put 0;put 0;open 0;write 0;close 0;stage 0;commit 0;"
                       "open 0;write 0;list 0;");
        CHECK(strstr(w.log, " 5;") == NULL && strstr(w.log, " 13;") == NULL);
        fw_leave(&w);
    }
    CHECK(at > 30);
    CHECK(!is_met);
}
