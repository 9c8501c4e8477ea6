// SPDX-License-Identifier: MIT
//
// What docs/spec/fs.md, memcard.md and machine.md say of a whole machine with
// files.
#include <stdio.h>
#include <string.h>

#include "files_words.h"

// --- saves -------------------------------------------------------------------

TEST(files, what_is_saved_is_there_for_the_next_machine)
{
    struct files_world w;
    fw_enter(&w);
    CHECK_INT(fw_play(&w, PUT("/save/a", "hello") STAGE("3", "card")
                              SLOT("3", "commit") HALT),
              PM_TICK_HALTED);
    LOGGED(&w, "put 0;stage 0;commit 0;");
    CHECK_INT(fw_play(&w, SHOW("/save/a") CARD("3") STATE("3") HALT),
              PM_TICK_HALTED);
    LOGGED(&w, "hello;card;state 2;");
    CHECK_INT(w.opened, 2);
    fw_leave(&w);
}

TEST(files, saves_outlive_a_reload_and_the_same_application_shares_the_store)
{
    struct files_world w;
    fw_enter(&w);
    struct pm_machine *machine =
        fw_boot(&w, OPEN("f", "/save/a", "6") WRITE("f", "0", "one") FOREVER);
    REQUIRE(machine);
    fw_run(machine, 3);
    CHECK_INT(fw_load(machine, 7, SHOW("/save/a") HALT, NULL), PM_OK);
    CHECK_INT(w.opened, 1);
    CHECK_INT(w.closed, 0);
    CHECK_INT(fw_run(machine, 20), PM_TICK_HALTED);
    LOGGED(&w, "open 0;write 0;one;");
    CHECK_INT(fw_load(machine, 8, SHOW("/save/a") HALT, NULL), PM_OK);
    CHECK_INT(w.opened, 2);
    CHECK_INT(w.closed, 1);
    CHECK_INT(w.app_id, 8);
    pm_machine_destroy(machine);
    fw_leave(&w);
}

// A store whose flush failed is rewritten from what is given again. What an
// earlier cartridge had written and no device had confirmed was lost then:
// the next cartridge did not know of it.
TEST(files, what_a_cartridge_wrote_is_confirmed_before_the_next_shares_it)
{
    struct files_world w;
    struct pm_mem_store found;
    fw_enter(&w);
    struct pm_machine *machine =
        fw_boot(&w, OPEN("f", "/save/a", "6") WRITE("f", "0", "one") FOREVER);
    REQUIRE(machine);
    fw_run(machine, 3);
    CHECK_INT(fw_load(machine, 7,
                      OPEN("f", "/save/b", "6") WRITE("f", "0", "two")
                          ON("f", "sync") ON("f", "sync") HALT,
                      NULL),
              PM_OK);
    w.store.fail_flush = true;
    w.store.may_rewrite = true;
    CHECK_INT(fw_run(machine, 20), PM_TICK_HALTED);
    LOGGED(&w, "open 0;write 0;open 0;write 0;sync 0;sync 0;");
    pm_machine_destroy(machine);
    pm_mem_store_crash_into(&w.store, 0, &found);
    pm_mem_store_close(&w.store);
    w.store = found;
    w.store.store.context = &w.store;
    CHECK_INT(fw_play(&w, SHOW("/save/a") SHOW("/save/b") HALT),
              PM_TICK_HALTED);
    LOGGED(&w, "one;two;");
    fw_leave(&w);
}

TEST(files, a_load_that_fails_leaves_the_cartridge_and_its_store)
{
    struct files_world w;
    const char *report;
    fw_enter(&w);
    struct pm_machine *machine =
        fw_boot(&w, PUT("/save/a", "one") FRAME SHOW("/save/a") HALT);
    REQUIRE(machine);
    fw_run(machine, 2);
    CHECK_INT(fw_load(machine, 8, " pop\n" HALT, &report), PM_ERR_INVALID);
    w.open_status = PM_FS_BUSY;
    w.why = "another run has them";
    CHECK_INT(fw_load(machine, 8, HALT, &report), PM_ERR_IO);
    CHECK(strstr(report, "MACHINE-FILES") != NULL);
    CHECK(strstr(report, "another run has them") != NULL);
    CHECK_INT(w.closed, 0);
    CHECK_INT(fw_run(machine, 10), PM_TICK_HALTED);
    CHECK(strstr(w.log, "put 0;one;") != NULL);
    pm_machine_destroy(machine);
    fw_leave(&w);
}

TEST(files, a_store_that_is_refused_refuses_the_boot_with_its_reason)
{
    static const pm_fs_status all[] = {PM_FS_BUSY, PM_FS_IO_FAILED,
                                       PM_FS_ACCESS_DENIED, PM_FS_STORAGE_FULL};
    for (size_t i = 0; i < sizeof all / sizeof *all * 2; i++) {
        struct files_world w;
        struct pm_machine *machine;
        const char *report;
        fw_enter(&w);
        w.open_status = all[i / 2];
        w.why = i % 2 ? "because \x1b[31m of it" : "";
        REQUIRE(pm_machine_create(&w.config, &machine) == PM_OK);
        CHECK_INT(fw_load(machine, 7, HALT, &report), PM_ERR_IO);
        CHECK(strstr(report, "MACHINE-FILES") != NULL);
        CHECK(strstr(report, i % 2 ? "because \\x1b[31m of it"
                                   : pm_fs_status_meaning(w.open_status)) !=
              NULL);
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_EMPTY);
        pm_machine_destroy(machine);
        fw_leave(&w);
    }
}

TEST(files, a_damaged_store_boots_and_answers_corrupt)
{
    struct files_world w;
    fw_enter(&w);
    CHECK_INT(fw_play(&w, PUT("/save/a", "one") HALT), PM_TICK_HALTED);
    LOGGED(&w, "put 0;");
    for (size_t i = 0; i < w.store.now.count; i++)
        pm_mem_store_flip(&w.store, i, 5);
    w.open_status = PM_FS_CORRUPT;
    CHECK_INT(fw_play(&w, SHOW("/save/a") PUT("/save/a", "two")
                              PUT("/scratch/a", "x") HALT),
              PM_TICK_HALTED);
    LOGGED(&w, "show 13;put 13;put 0;");
    fw_leave(&w);
}

TEST(files, without_saves_they_are_in_memory_and_end_with_the_cartridge)
{
    struct files_world w;
    fw_enter(&w);
    w.config.saves.open = NULL;
    CHECK_INT(fw_play(&w, PUT("/save/a", "one") SHOW("/save/a") STAGE("0", "x")
                              SLOT("0", "commit") CARD("0") HALT),
              PM_TICK_HALTED);
    LOGGED(&w, "put 0;one;stage 0;commit 0;x;");
    CHECK_INT(fw_play(&w, SHOW("/save/a") CARD("0") HALT), PM_TICK_HALTED);
    LOGGED(&w, "show 1;card 1;");
    fw_leave(&w);
}

// --- reset -------------------------------------------------------------------

TEST(files, a_reset_takes_all_but_the_saves)
{
    struct files_world w;
    fw_enter(&w);
    struct pm_machine *machine = fw_boot(
        &w, SHOW("/scratch/a") STATE("1") SHOW("/host/w/a") SHOW("/save/a")
                PUT("/scratch/a", "one") PUT("/save/a", "one") STAGE("1", "x")
                    OPEN("f", "/host/w/a", "6") WRITE("f", "0", "x") FOREVER);
    REQUIRE(machine);
    struct pm_fingerprint fresh = fw_print(machine);
    fw_run(machine, 6);
    LOGGED(&w, "show 1;state 0;show 1;show 1;put 0;put 0;stage 0;open 0;"
               "write 0;");
    CHECK(!fw_same(fw_print(machine), fresh));
    CHECK_INT(pm_machine_reset(machine), PM_OK);
    CHECK(fw_same(fw_print(machine), fresh));
    LOGGED(&w, "[2]what was written to a on /host was never published and is "
               "discarded;");
    CHECK(!pm_mem_exists(&w.work, "a"));
    fw_run(machine, 1);
    LOGGED(&w, "show 1;state 0;show 1;one;");
    pm_machine_destroy(machine);
    fw_leave(&w);
}

// --- what is due -------------------------------------------------------------

// The confirmed state is not asked for: what a frame leaves goes to the store
// without waiting for the device.
static void check_due(const char *body, int wanted, const char *log)
{
    struct files_world w;
    fw_enter(&w);
    struct pm_machine *machine = fw_boot(&w, body);
    REQUIRE(machine);
    unsigned before = w.store.commits;
    CHECK_INT(fw_run(machine, 1), wanted);
    CHECK_INT(w.store.commits, before + 1);
    LOGGED(&w, log);
    pm_machine_destroy(machine);
    CHECK_INT(w.store.commits, before + 1);
    CHECK_INT(fw_play(&w, SHOW("/save/a") HALT), PM_TICK_HALTED);
    LOGGED(&w, "x;");
    fw_leave(&w);
}

TEST(files, the_end_of_a_frame_a_halt_and_a_trap_write_what_is_due)
{
    check_due(OPEN("f", "/save/a", "6") WRITE("f", "0", "x") FOREVER,
              PM_TICK_FRAME, "open 0;write 0;");
    check_due(OPEN("f", "/save/a", "6") WRITE("f", "0", "x") HALT,
              PM_TICK_HALTED, "open 0;write 0;");
    check_due(OPEN("f", "/save/a", "6") WRITE("f", "0", "x") TRAP,
              PM_TICK_TRAPPED, "open 0;write 0;");
}

TEST(files, a_frame_without_changes_asks_the_store_for_nothing)
{
    struct files_world w;
    fw_enter(&w);
    struct pm_machine *machine = fw_boot(&w, FOREVER);
    REQUIRE(machine);
    uint64_t calls = w.store.calls;
    fw_run(machine, 20);
    CHECK_INT(w.store.calls, calls);
    pm_machine_destroy(machine);
    fw_leave(&w);
}

TEST(files, a_write_that_fails_at_a_frames_end_is_logged_once_and_tried_again)
{
    struct files_world w;
    fw_enter(&w);
    struct pm_machine *machine =
        fw_boot(&w, OPEN("f", "/save/a", "6") WRITE("f", "0", "x") FOREVER);
    REQUIRE(machine);
    w.store.calls = 0;
    w.store.fail_calls = PM_STORE_COMMIT;
    w.store.fail_at = 1;
    w.store.fail_on = true;
    fw_run(machine, 5);
    CHECK(w.store.failed >= 5);
    LOGGED(&w, "open 0;write 0;[3]what was saved cannot be written now, and "
               "is tried again: the device failed; trying again will not "
               "help;");
    w.store.fail_at = 0;
    fw_run(machine, 1);
    LOGGED(&w, "");
    pm_machine_destroy(machine);
    CHECK_INT(fw_play(&w, SHOW("/save/a") HALT), PM_TICK_HALTED);
    LOGGED(&w, "x;");
    fw_leave(&w);
}

TEST(files, flush_confirms_what_was_saved_so_far)
{
    struct files_world w;
    struct pm_machine *machine;
    fw_enter(&w);
    REQUIRE(pm_machine_create(&w.config, &machine) == PM_OK);
    CHECK_INT(pm_machine_flush(machine), PM_FS_OK);
    pm_machine_destroy(machine);
    machine =
        fw_boot(&w, OPEN("f", "/save/a", "6") WRITE("f", "0", "x") FOREVER);
    REQUIRE(machine);
    fw_run(machine, 1);
    unsigned flushes = w.store.flushes;
    CHECK(pm_mem_store_crash_states(&w.store) > 1);
    CHECK_INT(pm_machine_flush(machine), PM_FS_OK);
    CHECK_INT(w.store.flushes, flushes + 1);
    CHECK_INT(pm_mem_store_crash_states(&w.store), 1);
    w.store.fail_flush = true;
    CHECK_INT(pm_machine_flush(machine), PM_FS_IO_FAILED);
    pm_machine_destroy(machine);
    fw_leave(&w);
}

// --- /host -------------------------------------------------------------------

TEST(files, what_nobody_publishes_is_discarded_counted_and_logged_once)
{
    static const char *const ends[] = {HALT, TRAP};
    for (size_t i = 0; i < 2; i++) {
        char body[1024];
        struct files_world w;
        snprintf(body, sizeof body, "%s%s",
                 OPEN("f", "/host/w/a", "6") WRITE("f", "0", "x"), ends[i]);
        fw_enter(&w);
        struct pm_machine *machine = fw_boot(&w, body);
        REQUIRE(machine);
        fw_run(machine, 3);
        LOGGED(&w, "open 0;write 0;");
        pm_machine_destroy(machine);
        LOGGED(&w, "[2]what was written to a on /host was never published "
                   "and is discarded;");
        CHECK(!pm_mem_exists(&w.work, "a"));
        fw_leave(&w);
    }
}

TEST(files, close_and_sync_publish_what_was_written_on_host)
{
    struct files_world w;
    fw_enter(&w);
    pm_mem_put(&w.read, "old", "old");
    CHECK_INT(fw_play(&w, OPEN("f", "/host/w/a", "6") WRITE("f", "0", "x")
                              ON("f", "sync") WRITE("f", "1", "y")
                                  ON("f", "close") SHOW("/host/r/old")
                                      PUT("/host/r/old", "no") HALT),
              PM_TICK_HALTED);
    LOGGED(&w, "open 0;write 0;sync 0;write 0;close 0;old;put 2;");
    CHECK(pm_mem_holds(&w.work, "a", "xy"));
    CHECK(pm_mem_holds(&w.read, "old", "old"));
    CHECK_INT(w.work.published, 2);
    fw_leave(&w);
}
