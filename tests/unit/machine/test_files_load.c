// SPDX-License-Identifier: MIT
//
// Machines with files at their edges: what a load meets in the store and in
// the mounts, a reset and a restore among what is open, /cart.
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "files_world.h"

#define FOREVER "forever:\n frame_sync\n jmp forever\n"
#define SHADOW                                                                 \
    " push_const \"/host/w/a\"\n push_i64 6\n hostcall open\n"                 \
    " set_global f\n push_const \"open\"\n call tell\n"                        \
    " get_global f\n push_i64 0\n push_const \"x\"\n call write\n"
#define DISCARDED                                                              \
    "[2]what was written to a on /host was never published and is discarded;"

// --- loading -----------------------------------------------------------------

// Each call that a load makes to the store, failing with each status that a
// store may give: refused with the reason, or CORRUPT and told to the program.
TEST(files_load, a_store_that_fails_while_it_is_read_refuses_the_boot)
{
    static const pm_fs_status all[] = {PM_FS_IO_FAILED, PM_FS_TRANSIENT,
                                       PM_FS_ACCESS_DENIED, PM_FS_CORRUPT};
    for (size_t i = 0; i < PM_ARRAY_LEN(all); i++) {
        bool was_met = true;
        for (uint64_t at = 1; was_met && at < 50; at++) {
            struct files_world w;
            struct pm_machine *machine;
            const char *report;
            fw_enter(&w);
            fw_play(&w, " push_const \"/save/a\"\n push_const \"x\"\n"
                        " call put\n halt\n");
            REQUIRE(pm_machine_create(&w.config, &machine) == PM_OK);
            w.store.calls = 0;
            w.store.fail_calls = PM_STORE_ANY;
            w.store.fail_at = at;
            w.store.fail_status = all[i];
            pm_status status = fw_load(machine, 7, " halt\n", &report);
            was_met = w.store.calls >= at;
            if (!was_met || all[i] == PM_FS_CORRUPT) {
                CHECK_INT(status, PM_OK);
            } else if (all[i] == PM_FS_TRANSIENT) {
                CHECK_INT(status, PM_ERR_NO_MEMORY);
            } else {
                CHECK_INT(status, PM_ERR_IO);
                CHECK(strstr(report, "MACHINE-FILES") != NULL);
                CHECK(strstr(report, pm_fs_status_meaning(all[i])) != NULL);
            }
            pm_machine_destroy(machine);
            fw_leave(&w);
        }
        CHECK(!was_met);
    }
}

TEST(files_load, a_mount_of_a_bad_or_repeated_name_refuses_the_boot)
{
    static const struct {
        const char *name;
        const char *says;
    } rows[] = {{"a/b", "breaks a rule"},
                {"..", "breaks a rule"},
                {"", "breaks a rule"},
                {"r", "there is one already"}};
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct files_world w;
        struct pm_machine *machine;
        const char *report;
        fw_enter(&w);
        w.mounts[1].name = rows[i].name;
        REQUIRE(pm_machine_create(&w.config, &machine) == PM_OK);
        CHECK_INT(fw_load(machine, 7, " halt\n", &report), PM_ERR_IO);
        CHECK(strstr(report, "MACHINE-FILES") != NULL);
        CHECK(strstr(report, rows[i].says) != NULL);
        CHECK_INT(w.opened, w.closed);
        pm_machine_destroy(machine);
        fw_leave(&w);
    }
}

TEST(files_load, a_check_does_not_open_the_saves)
{
    struct files_world w;
    struct pm_machine *machine;
    fw_enter(&w);
    w.open_status = PM_FS_BUSY;
    REQUIRE(pm_machine_create(&w.config, &machine) == PM_OK);
    struct pm_test_cart cart = fw_cart("JAM", 7, " halt\n");
    struct pm_cart_files files = pm_test_cart_files(&cart);
    CHECK_INT(pm_machine_check(machine, &files, NULL), PM_OK);
    CHECK_INT(pm_machine_load(machine, &files, NULL), PM_ERR_IO);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
    fw_leave(&w);
}

TEST(files_load, without_the_capability_no_saves_are_opened)
{
    struct files_world w;
    struct pm_test_cart cart;
    fw_enter(&w);
    w.open_status = PM_FS_BUSY;
    REQUIRE(pm_test_cart_make(&cart, "JAM", ".func main ()\n halt\n.end\n"));
    struct pm_machine *machine = pm_test_machine(&cart, &w.config);
    CHECK(machine != NULL);
    CHECK_INT(pm_machine_flush(machine), PM_FS_OK);
    CHECK_INT(pm_machine_reset(machine), PM_OK);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
    fw_leave(&w);
}

TEST(files_load, cart_shows_the_cartridges_own_files)
{
    struct files_world w;
    fw_enter(&w);
    struct pm_machine *machine;
    REQUIRE(pm_machine_create(&w.config, &machine) == PM_OK);
    struct pm_test_cart cart = fw_cart(
        "JAM", 7,
        " push_const \"/cart/label.png\"\n call show\n"
        " push_const \"/cart/manifest.json\"\n call show\n"
        " push_const \"/cart/manifest.json\"\n push_const \"x\"\n call put\n"
        " push_const \"/cart\"\n hostcall list\n set_global dir\n pop\n"
        " get_global dir\n hostcall left\n push_const \"left\"\n call tell\n"
        " halt\n");
    struct pm_cart_files files = pm_test_cart_files(&cart);
    REQUIRE(pm_machine_load(machine, &files, NULL) == PM_OK);
    CHECK_INT(fw_run(machine, 20), PM_TICK_HALTED);
    CHECK(strncmp(w.log, "show 1;{\"magic\":\"PMTU\"", 22) == 0);
    CHECK(strstr(w.log, ";put 2;left 2;") != NULL);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
    fw_leave(&w);
}

// --- reset and restore -------------------------------------------------------

TEST(files_load, a_reset_without_memory_changes_nothing)
{
    struct files_world w;
    pm_status status = PM_ERR_NO_MEMORY;
    size_t at = 0;
    fw_enter(&w);
    struct pm_machine *machine = fw_boot(
        &w, SHADOW " push_i64 1\n push_const \"x\"\n call stage\n" FOREVER);
    REQUIRE(machine);
    fw_run(machine, 2);
    struct pm_fingerprint before = fw_print(machine);
    while (status == PM_ERR_NO_MEMORY && at < 100) {
        w.memory.calls = 0;
        w.memory.fail_at = ++at;
        status = pm_machine_reset(machine);
        w.memory.fail_at = 0;
        if (status)
            CHECK(fw_same(fw_print(machine), before));
    }
    CHECK_INT(status, PM_OK);
    CHECK(at > 3);
    LOGGED(&w, "open 0;write 0;stage 0;" DISCARDED);
    pm_machine_destroy(machine);
    fw_leave(&w);
}

TEST(files_load, a_program_that_ended_can_be_reset_and_saves_go_on)
{
    struct files_world w;
    fw_enter(&w);
    struct pm_machine *machine =
        fw_boot(&w, " push_const \"/save/a\"\n call show\n"
                    " push_const \"/save/a\"\n push_const \"x\"\n call put\n"
                    " push_const \"end\"\n trap_with\n");
    REQUIRE(machine);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(fw_run(machine, 10), PM_TICK_TRAPPED);
        CHECK_INT(pm_machine_reset(machine), PM_OK);
    }
    LOGGED(&w, "show 1;put 0;x;put 0;x;put 0;");
    CHECK_INT(w.opened, 1);
    pm_machine_destroy(machine);
    fw_leave(&w);
}

// A restored state brings its own shadows; those that it takes the place of
// were never published.
TEST(files_load, a_restore_discards_what_was_written_since)
{
    struct files_world w;
    struct pm_telemetry telemetry;
    uint8_t *bytes;
    size_t size;
    fw_enter(&w);
    struct pm_machine *machine = fw_boot(&w, " frame_sync\n" SHADOW FOREVER);
    REQUIRE(machine);
    fw_run(machine, 1);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    fw_run(machine, 2);
    CHECK_INT(pm_machine_restore(machine, bytes, size, NULL), PM_OK);
    LOGGED(&w, "open 0;write 0;" DISCARDED);
    pm_machine_telemetry(machine, &telemetry);
    CHECK_INT(telemetry.discarded, 1);
    CHECK(!pm_mem_exists(&w.work, "a"));
    fw_run(machine, 2);
    LOGGED(&w, "open 0;write 0;");
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    LOGGED(&w, DISCARDED);
    fw_leave(&w);
}

// A row of failures that ended is told anew when another begins.
TEST(files_load, each_row_of_failed_writes_is_logged_once)
{
    struct files_world w;
    fw_enter(&w);
    struct pm_machine *machine = fw_boot(
        &w, " push_const \"/save/a\"\n push_i64 6\n hostcall open\n"
            " set_global f\n pop\n"
            "again:\n"
            " get_global n\n push_i64 1\n add\n set_global n\n"
            " get_global f\n get_global n\n"
            " push_const \"x\"\n call write\n frame_sync\n jmp again\n");
    REQUIRE(machine);
    w.store.fail_calls = PM_STORE_COMMIT;
    w.store.fail_on = true;
    for (int row = 0; row < 2; row++) {
        unsigned found = 0;
        w.store.calls = 0;
        w.store.fail_at = 1;
        fw_run(machine, 3);
        w.store.fail_at = 0;
        fw_run(machine, 2);
        for (const char *at = w.log; (at = strstr(at, "[3]")); at++)
            found++;
        CHECK_INT(found, 1);
        w.log[0] = '\0';
    }
    pm_machine_destroy(machine);
    fw_leave(&w);
}
