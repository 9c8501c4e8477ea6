// SPDX-License-Identifier: MIT
//
// One test for each kind of fault that byte transfers of other runtimes are
// known for; each begins with what went wrong there.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "support/test.h"
#include "world.h"

#define BUFFER 64
#define FILL   0xEE

static unsigned changed(const uint8_t *buffer)
{
    unsigned count = 0;

    for (int i = 0; i < BUFFER; i++)
        count += buffer[i] != FILL;
    return count;
}

// offset + length was computed in the word of its parts, and wrapped to a
// small number that lies inside the buffer.
TEST(regressions, a_length_and_offset_that_wrap_together_are_no_window)
{
    static const uint64_t pairs[][2] = {
        {UINT64_C(0x7fffffffffffffff), 1},
        {UINT64_C(0x7ffffffffffffff0), 0x100000},
        {UINT64_C(0xffffffff), 1},
        {UINT64_C(0xfffffff0), 16},
        {UINT64_C(0x100000000), 16},
        {UINT64_C(0xfffffffffffffff0), 16},
        {UINT64_C(0x8000000000000000), 0},
    };
    struct world w;

    if (world_open(&w, BUFFER))
        for (int i = 0; i < KINDS; i++) {
            world_fill(&w, &targets[i], 40, FILL);
            for (size_t k = 0; k < PM_ARRAY_LEN(pairs); k++) {
                CHECK_INT(
                    world_read(&w, &targets[i], 0, pairs[k][0], pairs[k][1])
                        .trap,
                    PM_TRAP_OOB);
                CHECK_INT(
                    world_write(&w, &targets[i], 0, pairs[k][0], pairs[k][1])
                        .trap,
                    PM_TRAP_OOB);
            }
            CHECK_INT(changed(world_buffer(&w)), 0);
        }
    world_close(&w);
}

// The same on the host's side: host_offset + max wrapped past the file's end
// or limit.
TEST(regressions, a_host_offset_near_the_greatest_number_reads_nothing)
{
    struct world w;

    if (world_open(&w, BUFFER))
        for (int i = 0; i < KINDS; i++) {
            world_fill(&w, &targets[i], 40, FILL);
            for (uint64_t below = 0; below < 70; below++) {
                struct moved moved = world_read(
                    &w, &targets[i], (uint64_t)INT64_MAX - below, 0, BUFFER);
                CHECK_INT(moved.status, 0);
                CHECK_INT(moved.size, 0);
                CHECK(moved.eof);
                moved = world_write(&w, &targets[i],
                                    (uint64_t)INT64_MAX - below, 0, BUFFER);
                CHECK(moved.trap == PM_TRAP_NONE && moved.status != 0);
                CHECK_INT(moved.size, 0);
            }
            CHECK_INT(changed(world_buffer(&w)), 0);
            uint8_t found[BUFFER];
            if (targets[i].kind != CARD)
                CHECK_INT(world_content(&w, &targets[i], found, sizeof found),
                          40);
        }
    world_close(&w);
}

// The most that a call may move was looked at only as far as the buffer went:
// a buffer that was larger let more through than the host's stage has room for.
TEST(regressions, a_window_over_the_limit_is_refused_however_large_the_buffer)
{
    const uint64_t most = 1048576;
    struct world w;

    if (world_open(&w, 2 * (uint32_t)most))
        for (int i = 0; i < ALL_KINDS; i++)
            for (uint64_t over = 1; over <= most; over *= 2) {
                CHECK_INT(world_read(&w, &targets[i], 0, 0, most + over).trap,
                          PM_TRAP_INVALID_ARGUMENT);
                if (targets[i].write)
                    CHECK_INT(
                        world_write(&w, &targets[i], 0, 0, most + over).trap,
                        PM_TRAP_INVALID_ARGUMENT);
            }
    for (int i = 0; w.b.machine && i < ALL_KINDS; i++)
        CHECK_INT(world_read(&w, &targets[i], 0, most, most).trap,
                  PM_TRAP_NONE);
    world_close(&w);
}

// A buffer of the host's was made as large as the guest asked, before or
// without a look at the number.
TEST(regressions, no_memory_of_the_host_is_sized_by_the_guests_count)
{
    struct world w;

    if (world_open(&w, BUFFER))
        for (int i = 0; i < ALL_KINDS; i++) {
            if (i < KINDS)
                world_fill(&w, &targets[i], 40, FILL);
            // What a reader keeps is made when it is first used.
            world_read(&w, &targets[i], 0, 0, BUFFER);
            size_t calls = w.b.faults.calls;
            size_t peak = w.b.faults.peak_bytes;
            for (int shift = 0; shift < 63; shift++) {
                world_read(&w, &targets[i], 0, 0, UINT64_C(1) << shift);
                world_read(&w, &targets[i], UINT64_C(1) << shift, 0, BUFFER);
            }
            CHECK_INT(w.b.faults.calls, calls);
            CHECK_INT(w.b.faults.peak_bytes, peak);
        }
    world_close(&w);
}

// The backend was asked, the position moved or the file grown, and only then
// the rest of the arguments was looked at.
TEST(regressions, the_last_argument_is_checked_before_the_first_effect)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        world_fill(&w, &targets[BOX], 40, FILL);
        uint64_t transfers = w.b.sample.transfers;
        CHECK_INT(world_write(&w, &targets[BOX], 100, 0, BUFFER + 1).trap,
                  PM_TRAP_OOB);
        CHECK_INT(world_write(&w, &targets[BOX], 100, BUFFER, 1).trap,
                  PM_TRAP_OOB);
        CHECK_INT(world_read(&w, &targets[BOX], 0, 1, BUFFER).trap,
                  PM_TRAP_OOB);
        CHECK_INT(w.b.sample.transfers, transfers);
        uint8_t found[BUFFER];
        CHECK_INT(world_content(&w, &targets[BOX], found, sizeof found), 40);
    }
    world_close(&w);
}

// A call for 0 bytes went home early, before rights were looked at, and told
// a program that it could read what it could not.
TEST(regressions, a_call_for_no_bytes_is_refused_like_any_other)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        pm_sample_box_set_mode(world_box(&w), 2);
        CHECK_INT(world_read(&w, &targets[BOX], 0, 0, 0).status,
                  PM_SAMPLE_DENIED);
        pm_sample_box_set_mode(world_box(&w), 1);
        CHECK_INT(world_write(&w, &targets[BOX], 0, 0, 0).status,
                  PM_SAMPLE_DENIED);
        // And the checks of its arguments are no fewer.
        CHECK_INT(world_read(&w, &targets[BOX], 0, BUFFER + 1, 0).trap,
                  PM_TRAP_OOB);
        CHECK_INT(world_write(&w, &targets[BOX], (uint64_t)-1, 0, 0).trap,
                  PM_TRAP_OOB);
        CHECK_INT(world_read(&w, &targets[BOX], 0, BUFFER, 0).trap,
                  PM_TRAP_NONE);
    }
    world_close(&w);
}

// Tries to read a file that is opened for writing only, and the other way
// round, for [max] bytes.
static void try_file_without_rights(unsigned mode, const char *name,
                                    uint32_t max)
{
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "file");
    struct pm_battery_text text;
    struct pm_battery b;

    pm_text_begin(&text, row);
    pm_text_create(&text, row, "h");
    pm_text_call(&text, pm_battery_call("fs", "close"), "get_global h");
    pm_text_put(
        &text,
        "    push_const \"/scratch/example\"\n    push_i64 %u\n"
        "    hostcall fs.open\n    set_global h\n    set_global status\n"
        "    get_global h\n    push_i64 0\n    get_global buffer\n"
        "    push_i64 0\n    push_i64 %u\n    hostcall fs.%s\n%s"
        "    pop\n    set_global status\n    halt\n",
        mode, (unsigned)max, name,
        strcmp(name, "read") == 0 ? "    pop\n" : "");
    pm_text_end(&text);
    if (pm_battery_open(&b, &text, NULL)) {
        CHECK_INT(pm_battery_run(&b, 10), PM_TICK_HALTED);
        CHECK_INT(*pm_battery_global(&b, "status"), PM_FS_ACCESS_DENIED);
    }
    pm_battery_close(&b);
    pm_text_free(&text);
}

TEST(regressions, a_file_is_no_more_than_it_was_opened_for)
{
    for (uint32_t max = 0; max < 2; max++) {
        try_file_without_rights(2, "read", max);
        try_file_without_rights(1, "write", max);
    }
}

// --- while a span is lent ----------------------------------------------------

// Whether the machine stops in a transfer whose function does what it must
// not: seen from outside, in a process of its own.
static bool is_stopped(struct world *w, enum pm_sample_misuse misuse)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 2);
        w->b.sample.misuse = misuse;
        world_read(w, &targets[BOX], 0, 0, 16);
        _exit(0);
    }
    PM_CHECK(child > 0);
    waitpid(child, &status, 0);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

// The base of the window was kept over something that moved it or freed it:
// nothing can be while it is lent.
TEST(regressions, no_base_outlives_what_it_points_to)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        world_fill(&w, &targets[BOX], 40, FILL);
        CHECK(!is_stopped(&w, PM_MISUSE_NONE));
        CHECK(is_stopped(&w, PM_MISUSE_END));
        CHECK(is_stopped(&w, PM_MISUSE_COLLECT));
        CHECK(is_stopped(&w, PM_MISUSE_STRING));
        // These two answer, and the transfer goes on.
        w.b.sample.misuse = PM_MISUSE_ALLOC;
        CHECK_INT(world_read(&w, &targets[BOX], 0, 0, 16).size, 16);
        w.b.sample.misuse = PM_MISUSE_TICK;
        CHECK_INT(world_write(&w, &targets[BOX], 0, 0, 16).size, 16);
        CHECK_INT(w.b.sample.refused, 2);
        CHECK_INT(pm_battery_heap(&w.b)->frozen, 0);
    }
    world_close(&w);
}

// --- a buffer that ends in between -------------------------------------------

// Ends the buffer and moves bytes into it, in a program.
static void use_released(const char *name)
{
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "box");
    struct pm_battery_text text;

    pm_text_begin(&text, row);
    pm_text_create(&text, row, "h");
    pm_text_call(&text, pm_battery_call("box", name), "get_global h");
    pm_text_put(&text, "    get_global buffer\n    bytes_release\n");
    pm_text_call(&text, pm_battery_call("box", name), "get_global h");
    pm_text_put(&text, "    halt\n");
    pm_text_end(&text);
    struct pm_battery_outcome out = pm_battery_everywhere(&text, 10);
    CHECK_INT(out.code, PM_TRAP_STALE_HANDLE);
    CHECK(strstr(out.message, "an ended object of kind bytes") != NULL);
    pm_text_free(&text);
}

// A buffer that the program had freed was written to all the same.
TEST(regressions, a_buffer_that_was_released_is_stale)
{
    use_released("read");
    use_released("write");
    use_released("slow_read");
}

// The buffer was reachable by nothing but the arguments of the very call, and
// was collected while bytes moved.
TEST(regressions, a_buffer_that_only_the_call_holds_is_held)
{
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "box");
    struct pm_battery_text text;

    pm_text_begin(&text, row);
    pm_text_create(&text, row, "h");
    for (int i = 0; i < 20; i++)
        pm_text_put(&text, "    get_global h\n    push_i64 0\n"
                           "    push_i64 4000\n    bytes_new\n"
                           "    push_i64 3960\n    push_i64 40\n"
                           "    hostcall box.read\n    pop\n"
                           "    push_i64 40\n    sub\n    pop\n    pop\n");
    pm_text_put(&text, "    halt\n");
    pm_text_end(&text);
    CHECK_INT(pm_battery_everywhere(&text, 20).result, PM_TICK_HALTED);
    pm_text_free(&text);
}

// --- halves ------------------------------------------------------------------

// Bytes were copied as they came, and a bad block behind them was noticed
// when half of the window had been written.
TEST(regressions, a_bad_tail_leaves_the_head_of_the_window_alone)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        world_fill(&w, &targets[BOX], 40, FILL);
        w.b.sample.chunk = 8;
        w.b.sample.fail_at = 5;
        w.b.sample.fail_status = PM_SAMPLE_FAILED;
        struct moved moved = world_read(&w, &targets[BOX], 0, 3, 40);
        CHECK_INT(moved.status, PM_SAMPLE_FAILED);
        CHECK_INT(moved.size, 0);
        CHECK(!moved.eof);
        CHECK_INT(changed(world_buffer(&w)), 0);
        w.b.sample.fail_at = 0;
        CHECK_INT(world_read(&w, &targets[BOX], 0, 3, 40).size, 40);
        CHECK(changed(world_buffer(&w)) >= 39);
    }
    world_close(&w);
}

// Whatever the host said became the one status -1.
TEST(regressions, each_status_comes_through_as_it_is)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        world_fill(&w, &targets[BOX], 40, FILL);
        w.b.sample.chunk = 1;
        w.b.sample.fail_at = 1;
        for (int bit = 0; bit < 31; bit++) {
            int32_t status = (int32_t)(1u << bit);
            w.b.sample.fail_status = status;
            CHECK_INT(world_read(&w, &targets[BOX], 0, 0, 4).status, status);
            CHECK_INT(world_write(&w, &targets[BOX], 0, 0, 4).status, status);
        }
    }
    world_close(&w);
}

// --- ends --------------------------------------------------------------------

// A window or content that ends exactly where the memory does was refused, or
// one byte more let through.
TEST(regressions, windows_that_end_exactly_at_the_end_are_whole)
{
    struct world w;

    if (world_open(&w, BUFFER))
        for (int i = 0; i < KINDS; i++) {
            world_fill(&w, &targets[i], BUFFER, FILL);
            for (uint32_t at = 0; at <= BUFFER; at++) {
                struct moved moved =
                    world_read(&w, &targets[i], at, at, BUFFER - at);
                CHECK_INT(moved.size, BUFFER - at);
                CHECK(moved.eof);
                CHECK_INT(
                    world_read(&w, &targets[i], 0, at, BUFFER - at + 1).trap,
                    PM_TRAP_OOB);
                CHECK_INT(
                    world_write(&w, &targets[i], at, at, BUFFER - at).status,
                    0);
                CHECK_INT(
                    world_write(&w, &targets[i], 0, at, BUFFER - at + 1).trap,
                    PM_TRAP_OOB);
            }
        }
    world_close(&w);
}

// The last byte that a slot may have, and the first that it may not.
TEST(regressions, a_slot_ends_at_its_last_byte)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        world_fill(&w, &targets[CARD], 0, FILL);
        CHECK_INT(
            world_write(&w, &targets[CARD], PM_CARD_SLOT_SIZE - 1, 0, 1).status,
            PM_MEM_OK);
        CHECK_INT(
            world_write(&w, &targets[CARD], PM_CARD_SLOT_SIZE, 0, 1).status,
            PM_MEM_TOO_LARGE);
        CHECK_INT(
            world_write(&w, &targets[CARD], PM_CARD_SLOT_SIZE - 1, 0, 2).status,
            PM_MEM_TOO_LARGE);
    }
    world_close(&w);
}
