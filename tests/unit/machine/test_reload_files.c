// SPDX-License-Identifier: MIT
//
// Hot reload of cartridges with files and a memory card, and with an
// embedder's objects.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files_world.h"
#include "registry/caps.h"
#include "support/sample_domains.h"

// Opens something of everything, then looks at it and changes it.
#define EACH_FRAME                                                             \
    "again:\n"                                                                 \
    " frame_sync\n"                                                            \
    " get_global n\n push_i64 1\n add\n set_global n\n"                        \
    " get_global f\n get_global n\n push_const \"!\"\n call write\n"           \
    " get_global g\n get_global n\n push_const \"?\"\n call write\n"           \
    " get_global f\n call content\n"                                           \
    " get_global g\n call content\n"                                           \
    " push_const \"/save/a\"\n call show\n"                                    \
    " push_i64 2\n call state\n"                                               \
    " get_global dir\n hostcall left\n push_const \"left\"\n call tell\n"      \
    " jmp again\n"

static const char busy[] =
    " push_const \"/save/a\"\n push_const \"saved\"\n call put\n"
    " push_const \"/scratch/b\"\n push_const \"scratch\"\n call put\n"
    " push_const \"/scratch/b\"\n push_i64 3\n hostcall open\n"
    " set_global f\n push_const \"open\"\n call tell\n"
    " push_const \"/host/w/c\"\n push_i64 7\n hostcall open\n"
    " set_global g\n push_const \"open\"\n call tell\n"
    " push_const \"/scratch\"\n hostcall list\n set_global dir\n"
    " push_const \"list\"\n call tell\n"
    " push_i64 2\n push_const \"staged\"\n call stage\n" EACH_FRAME;

struct session {
    struct files_world w;
    struct pm_machine *machine;
    struct pm_test_cart cart;
    const char *report;
};

static bool begin(struct session *s, const char *body)
{
    *s = (struct session){.report = ""};
    fw_enter(&s->w);
    s->machine = fw_boot(&s->w, body);
    return CHECK(s->machine != NULL);
}

static pm_status reload(struct session *s, const char *body)
{
    const struct pm_report *report = NULL;

    s->cart = fw_cart("JAM", 7, body);
    s->w.log[0] = '\0';
    struct pm_cart_files files = pm_test_cart_files(&s->cart);
    pm_status status = pm_machine_reload(s->machine, &files, NULL, &report);
    s->report = pm_report_text(report);
    return status;
}

static void end(struct session *s)
{
    pm_machine_destroy(s->machine);
    pm_test_cart_free(&s->cart);
    fw_leave(&s->w);
}

TEST(reload_files, open_files_and_staged_slots_go_on)
{
    struct session s;
    struct session straight;
    REQUIRE(begin(&s, busy));
    REQUIRE(begin(&straight, busy));

    fw_run(s.machine, 5);
    fw_run(straight.machine, 5);
    CHECK_INT(reload(&s, " nop\n" EACH_FRAME), PM_OK);
    CHECK_STR(s.report, "");
    CHECK_STR(s.w.log, "");
    straight.w.log[0] = '\0';
    fw_run(s.machine, 4);
    fw_run(straight.machine, 4);
    CHECK(strstr(s.w.log, "write 0;write 0;") != NULL);
    CHECK(strstr(s.w.log, "saved;state 1;left 1;") != NULL);
    CHECK_STR(s.w.log, straight.w.log);
    CHECK_INT(s.w.opened, 1);
    end(&s);
    end(&straight);
}

// What the first frame finds, and what it writes.
#define REHEARSE                                                               \
    " push_const \"/save/a\"\n call show\n"                                    \
    " push_const \"/scratch/b\"\n call show\n"                                 \
    " push_i64 2\n call state\n"                                               \
    " push_const \"/save/a\"\n push_const \"other\"\n call put\n"              \
    " push_const \"/save/new\"\n push_const \"new\"\n call put\n"              \
    " push_const \"/scratch/new\"\n push_const \"new\"\n call put\n"           \
    " push_const \"/host/w/new\"\n push_const \"new\"\n call put\n"            \
    " push_i64 3\n push_const \"other\"\n call stage\n"                        \
    " push_i64 3\n hostcall commit\n push_const \"commit\"\n call tell\n"      \
    " push_const \"/save/a\"\n call show\n"
#define LOOK                                                                   \
    " push_const \"/save/a\"\n call show\n"                                    \
    " push_const \"/save/new\"\n call show\n"                                  \
    " push_const \"/scratch/new\"\n call show\n"                               \
    " push_i64 3\n call state\n"                                               \
    "again:\n frame_sync\n jmp again\n"

static const char *const before =
    " push_const \"/save/a\"\n push_const \"saved\"\n call put\n"
    " push_const \"/scratch/b\"\n push_const \"scratch\"\n call put\n"
    " push_i64 2\n push_const \"staged\"\n call stage\n"
    "again:\n frame_sync\n jmp again\n";

static const char rehearsed[] =
    "saved;scratch;state 1;put 0;put 0;put 0;put 2;stage 0;commit 0;other;";

TEST(reload_files, the_first_frame_sees_all_and_writes_nothing)
{
    struct session s;
    REQUIRE(begin(&s, before));

    fw_run(s.machine, 3);
    size_t items = s.w.store.now.count;
    CHECK_INT(reload(&s, REHEARSE " frame_sync\n" LOOK), PM_OK);
    CHECK_STR(s.w.log, rehearsed);
    CHECK_INT(s.w.store.now.count, items);
    s.w.log[0] = '\0';
    fw_run(s.machine, 1);
    // NOT_FOUND is 1.
    CHECK_STR(s.w.log, "saved;show 1;show 1;state 0;");
    end(&s);
}

TEST(reload_files, a_refused_first_frame_has_written_nothing)
{
    struct session s;
    REQUIRE(begin(&s, before));

    fw_run(s.machine, 3);
    struct pm_fingerprint print = fw_print(s.machine);
    size_t items = s.w.store.now.count;
    CHECK_INT(reload(&s, REHEARSE " push_const \"no\"\n trap_with\n"),
              PM_ERR_INVALID);
    CHECK_STR(s.w.log, rehearsed);
    CHECK(fw_same(fw_print(s.machine), print));
    CHECK_INT(s.w.store.now.count, items);
    CHECK_INT(fw_run(s.machine, 2), PM_TICK_FRAME);
    end(&s);
}

TEST(reload_files, saves_that_fail_do_not_stop_it)
{
    static const char writes[] =
        " push_const \"/save/a\"\n push_i64 7\n hostcall open\n"
        " set_global f\n push_const \"open\"\n call tell\n"
        " get_global f\n push_i64 0\n push_const \"saved\"\n call write\n"
        "again:\n frame_sync\n jmp again\n";
    struct session s;
    REQUIRE(begin(&s, writes));

    s.w.store.fail_calls = PM_STORE_COMMIT;
    s.w.store.fail_at = 1;
    s.w.store.fail_on = true;
    fw_run(s.machine, 3);
    CHECK_INT(reload(&s, "again:\n frame_sync\n get_global f\n"
                         " call content\n jmp again\n"),
              PM_OK);
    s.w.store.fail_on = false;
    s.w.store.fail_at = 0;
    s.w.log[0] = '\0';
    fw_run(s.machine, 1);
    CHECK(strstr(s.w.log, "saved;") != NULL);
    CHECK_INT(pm_machine_flush(s.machine), PM_FS_OK);
    end(&s);
}

// --- an embedder's objects ---------------------------------------------------

#define COUNTERS                                                               \
    ".type Counter = state \"counter\"\n"                                      \
    ".host open = \"counter\" \"open\" 1 (i64, i64) -> (i64, Counter, "        \
    "string)\n"                                                                \
    ".host count = \"counter\" \"add\" 1 (Counter, i64) -> (i64, i64, f64, "   \
    "bool)\n"                                                                  \
    ".global value: i64, kept: Counter\n"
#define OPEN(start, global)                                                    \
    " push_i64 " start "\n push_i64 0\n hostcall open\n pop\n"                 \
    " set_global " global "\n pop\n"
#define COUNT                                                                  \
    "again:\n get_global kept\n push_i64 1\n hostcall count\n pop\n pop\n"     \
    " set_global value\n pop\n frame_sync\n jmp again\n.end\n"

static bool make_cart(struct pm_test_cart *cart, const char *text)
{
    if (!CHECK(pm_test_cart_make(cart, "JAM", text)))
        return false;
    pm_test_cart_manifest(cart, "JAM", "\"samples\"", "Test");
    return true;
}

TEST(reload_files, an_embedders_objects_are_handed_on_as_they_are)
{
    static const char old[] =
        COUNTERS ".global lost: Counter\n"
                 ".func main ()\n" OPEN("10", "kept") OPEN("20", "lost") COUNT;
    static const char fresh[] =
        COUNTERS ".global made: Counter\n"
                 ".func main ()\n" OPEN("30", "made")
                     OPEN("40", "kept") " frame_sync\n" COUNT;
    struct pm_sample sample = {.alloc = pm_allocator_libc()};
    struct pm_test_cart carts[2];
    struct pm_machine *machine;
    REQUIRE(make_cart(&carts[0], old) && make_cart(&carts[1], fresh));
    REQUIRE(pm_machine_create(NULL, &machine) == PM_OK);
    REQUIRE(pm_sample_register(&sample, machine) == PM_OK);
    struct pm_cart_files files = pm_test_cart_files(&carts[0]);
    REQUIRE(pm_machine_load(machine, &files, NULL) == PM_OK);

    for (int i = 0; i < 3; i++)
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    CHECK_INT(sample.made, 2);
    files = pm_test_cart_files(&carts[1]);
    CHECK_INT(pm_machine_reload(machine, &files, NULL, NULL), PM_OK);
    // Two were made in the first frame; of these the one that the kept one
    // replaced was released, and of the old ones the one that is no global.
    CHECK_INT(sample.made, 4);
    CHECK_INT(sample.released, 2);
    REQUIRE(sample.logged == 2);
    CHECK_INT(sample.log[0] + sample.log[1], 60);
    struct pm_fingerprint one;
    struct pm_fingerprint other;
    uint8_t *bytes;
    size_t size;
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    CHECK_INT(pm_machine_fingerprint(machine, &one), PM_OK);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    CHECK_INT(pm_machine_restore(machine, bytes, size, NULL), PM_OK);
    CHECK_INT(pm_machine_fingerprint(machine, &other), PM_OK);
    CHECK(fw_same(one, other));
    pm_machine_free_state(machine, bytes, size);
    struct pm_telemetry telemetry;
    pm_machine_telemetry(machine, &telemetry);
    CHECK_INT(telemetry.leaks, 0);
    pm_machine_destroy(machine);
    CHECK_INT(sample.made, sample.released);
    pm_test_cart_free(&carts[0]);
    pm_test_cart_free(&carts[1]);
}

TEST(reload_files, capabilities_that_were_taken_stay_away)
{
    struct session s;
    REQUIRE(begin(&s, before));

    fw_run(s.machine, 1);
    pm_machine_grant(s.machine, UINT32_MAX & ~PM_CAP_LOG);
    CHECK_INT(reload(&s, "again:\n frame_sync\n jmp again\n"), PM_OK);
    struct pm_cart_info info;
    CHECK(pm_machine_cart(s.machine, &info));
    CHECK_INT(info.capabilities, PM_CAP_FS);
    end(&s);
}
