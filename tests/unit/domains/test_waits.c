// SPDX-License-Identifier: MIT
//
// Calls that wait for a device: the tick ends with them, the logical frame
// goes on in the next one and counts as late. box.slow_read waits and is
// else what box.read is, price and all: frames with the one or the other
// cost the same.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "support/domain_battery.h"
#include "support/test.h"

static const char waiting[] = "slow_read";
static const char plain[] = "read";

// Sums up what ticks did.
struct course {
    char results[40]; // a letter a tick: F L H T
    uint64_t cycles;
    uint64_t late;
};

static void write_body(struct pm_battery_text *text, const char *body,
                       const char *name)
{
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "box");

    pm_text_begin(text, row);
    pm_text_create(text, row, "h");
    pm_text_put(text, "    frame_sync\n");
    // '*' stands for the call.
    for (const char *at = body; *at; at++) {
        if (*at == '*')
            pm_text_call(text, pm_battery_call("box", name), "get_global h");
        else
            pm_text_put(text, "%c", *at);
    }
    pm_text_end(text);
}

static struct course follow(const struct pm_battery_text *text)
{
    struct pm_battery b;
    struct course course = {.cycles = 0};
    struct pm_telemetry telemetry;

    if (pm_battery_open(&b, text, NULL))
        for (size_t i = 0; i + 1 < sizeof course.results; i++) {
            enum pm_tick_result result = pm_machine_tick(b.machine, NULL);
            pm_machine_telemetry(b.machine, &telemetry);
            course.results[i] = "FLHT"[result];
            course.cycles += telemetry.cycles;
            course.late = telemetry.late_ticks;
            if (result >= PM_TICK_HALTED)
                break;
        }
    pm_battery_close(&b);
    return course;
}

// What [body] does with a call that waits in the place of one that does not:
// the same cycles, and [wanted] ticks. The same in every dispatch form.
static void compare(const char *body, const char *without, const char *wanted)
{
    struct pm_battery_text text;
    size_t late = 0;

    write_body(&text, body, plain);
    struct course quick = follow(&text);
    pm_text_free(&text);
    write_body(&text, body, waiting);
    struct course slow = follow(&text);
    pm_battery_everywhere(&text, 40);
    pm_text_free(&text);
    CHECK_STR(quick.results, without);
    CHECK_STR(slow.results, wanted);
    CHECK_INT(slow.cycles, quick.cycles);
    CHECK_INT(quick.late, 0);
    for (const char *at = wanted; *at; at++)
        late += *at == 'L';
    CHECK_INT(slow.late, late);
}

TEST(waits, a_frame_end_right_behind_it_is_put_off)
{
    compare("*    frame_sync\n    halt\n", "FFH", "FLFH");
}

TEST(waits, a_loop_behind_it_goes_on_in_the_next_tick)
{
    compare("*    push_i64 100\n    set_global status\n"
            "more:\n    get_global status\n    push_i64 1\n    sub\n"
            "    set_global status\n    get_global status\n    push_i64 0\n"
            "    gt\n    jmp_if_true more\n    frame_sync\n    halt\n",
            "FFH", "FLFH");
}

TEST(waits, each_call_of_a_loop_ends_its_tick)
{
    compare("    push_i64 3\n    set_global status\n"
            "more:\n*    get_global status\n    push_i64 1\n    sub\n"
            "    set_global status\n    get_global status\n    push_i64 0\n"
            "    gt\n    jmp_if_true more\n    frame_sync\n    halt\n",
            "FFH", "FLLLFH");
}

TEST(waits, two_in_a_row_end_a_tick_each)
{
    compare("**    frame_sync\n    halt\n", "FFH", "FLLFH");
}

// What was pushed before the call is there in the next tick: constants and
// locals that the translator had not put into their homes yet.
TEST(waits, operands_below_it_stay)
{
    compare("    push_i64 1000\n    get_global status\n    push_i64 7\n"
            "**    mul\n    add\n    set_global status\n"
            "    get_global status\n    push_i64 1000\n    eq\n"
            "    jmp_if_true good\n    trap\n"
            "good:\n    frame_sync\n    halt\n",
            "FFH", "FLLFH");
}

// The instruction behind the call is a loop's header, or one that a jump
// goes to with another sum of prices.
TEST(waits, what_is_behind_it_may_be_where_ways_meet)
{
    compare("    push_i64 3\n    set_global status\n*"
            "more:\n    get_global status\n    push_i64 1\n    sub\n"
            "    set_global status\n    get_global status\n    push_i64 0\n"
            "    gt\n    jmp_if_true more\n    frame_sync\n    halt\n",
            "FFH", "FLFH");
    compare("    get_global status\n    push_i64 0\n    ne\n"
            "    jmp_if_true other\n    nop\n*"
            "other:\n    frame_sync\n    halt\n",
            "FFH", "FLFH");
}

TEST(waits, it_is_waited_for_before_the_program_halts)
{
    compare("*    halt\n", "FH", "FLH");
}

TEST(waits, it_is_waited_for_before_the_program_traps)
{
    compare("*    push_i64 1\n    push_i64 0\n    div\n    pop\n    halt\n",
            "FT", "FLT");
}

TEST(waits, every_frame_may_wait)
{
    compare("*    frame_sync\n*    frame_sync\n*    frame_sync\n    halt\n",
            "FFFFH", "FLFLFLFH");
}

// --- coroutines --------------------------------------------------------------

TEST(waits, a_coroutine_that_waits_puts_off_the_frame_of_all)
{
    compare("    spawn worker, 0\n    pop\n    frame_sync\n    frame_sync\n"
            "    frame_sync\n    halt\n.end\n"
            ".func worker ()\n*    yield\n*    ret\n",
            "FFFFH", "FFLFLFH");
}

// --- ends --------------------------------------------------------------------

TEST(waits, an_object_ends_with_a_destroy_that_waits)
{
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "box");
    struct pm_battery_text text;
    struct pm_battery b;

    pm_text_begin(&text, row);
    pm_text_create(&text, row, "h");
    pm_text_call(&text, pm_battery_call("box", "shred"), "get_global h");
    pm_text_put(&text, "    frame_sync\n    halt\n");
    pm_text_end(&text);
    if (pm_battery_open(&b, &text, NULL)) {
        CHECK_INT(pm_machine_tick(b.machine, NULL), PM_TICK_LATE);
        CHECK_INT(pm_battery_live(&b, row), 0);
        CHECK_INT(b.sample.released, 1);
        CHECK_INT(pm_machine_tick(b.machine, NULL), PM_TICK_FRAME);
    }
    pm_battery_close(&b);
    pm_text_free(&text);
}

// --- saved in between --------------------------------------------------------

// Goes on with [bytes] in a machine of its own, to the end.
static struct pm_fingerprint go_on(const struct pm_battery_text *text,
                                   const uint8_t *bytes, size_t size)
{
    struct pm_battery b;
    struct pm_fingerprint print = {0};

    if (pm_battery_open(&b, text, NULL)) {
        CHECK_INT(pm_machine_restore(b.machine, bytes, size, NULL), PM_OK);
        CHECK_INT(pm_machine_tick(b.machine, NULL), PM_TICK_FRAME);
        pm_battery_validate(&b);
        CHECK_INT(pm_battery_run(&b, 5), PM_TICK_HALTED);
        print = pm_battery_print(&b);
    }
    pm_battery_close(&b);
    return print;
}

// Nothing is left of the frame but its end.
TEST(waits, a_state_of_a_frame_that_was_put_off_goes_on_the_same)
{
    struct pm_battery_text text;
    struct pm_battery b;
    uint8_t *bytes;
    size_t size;

    write_body(&text, "*    frame_sync\n    halt\n", waiting);
    if (pm_battery_open(&b, &text, NULL)) {
        CHECK_INT(pm_machine_tick(b.machine, NULL), PM_TICK_FRAME);
        CHECK_INT(pm_machine_tick(b.machine, NULL), PM_TICK_LATE);
        struct pm_fingerprint here = pm_battery_print(&b);
        if (CHECK_INT(pm_machine_save(b.machine, &bytes, &size), PM_OK)) {
            struct pm_fingerprint other = go_on(&text, bytes, size);
            CHECK_INT(pm_machine_tick(b.machine, NULL), PM_TICK_FRAME);
            CHECK(!pm_battery_same(here, pm_battery_print(&b)));
            CHECK_INT(pm_machine_restore(b.machine, bytes, size, NULL), PM_OK);
            CHECK(pm_battery_same(here, pm_battery_print(&b)));
            CHECK_INT(pm_battery_run(&b, 5), PM_TICK_HALTED);
            CHECK(pm_battery_same(other, pm_battery_print(&b)));
            pm_machine_free_state(b.machine, bytes, size);
        }
    }
    pm_battery_close(&b);
    pm_text_free(&text);
}
