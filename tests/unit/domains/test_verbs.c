// SPDX-License-Identifier: MIT
//
// What each verb promises the program: reads change nothing, what fails gives
// nothing and leaves nothing behind, a destroy call ends its object whatever
// its function answers, and nothing enters the machine anew.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/domain_battery.h"
#include "support/test.h"

static const struct pm_domain_row *row_of(const char *name)
{
    return pm_domains_find(pm_battery_catalog(), name);
}

// A machine with one live object of the domain, between two frames.
static bool open_with(struct pm_battery *b, struct pm_battery_text *text,
                      const struct pm_domain_row *row,
                      const struct pm_battery_config *config)
{
    pm_text_begin(text, row);
    pm_text_create(text, row, "h");
    pm_text_put(text, "more:\n    frame_sync\n    jmp more\n");
    pm_text_end(text);
    return pm_battery_open(b, text, config) &&
           CHECK_INT(pm_battery_frame(b), PM_TICK_FRAME) &&
           CHECK_INT(pm_battery_live(b, row), 1);
}

static bool open_with_object(struct pm_battery *b, struct pm_battery_text *text,
                             const struct pm_domain_row *row)
{
    return open_with(b, text, row, NULL);
}

static void close_all(struct pm_battery *b, struct pm_battery_text *text)
{
    if (b->machine)
        pm_battery_validate(b);
    pm_battery_close(b);
    pm_text_free(text);
}

// --- reads -------------------------------------------------------------------

static bool gives_strings(const struct pm_call_decl *call)
{
    for (int i = 0; i < call->result_count; i++)
        if (call->results[i].type == PM_VALUE_STR)
            return true;
    return false;
}

// Payload and saved bytes of every object, for calls that make strings.
static uint64_t objects_of(struct pm_battery *b,
                           const struct pm_domain_row *row)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_object *object =
        pm_heap_at(pm_battery_heap(b), *pm_battery_global(b, "h"));
    struct pm_buf buf;

    pm_buf_init(&buf, &alloc);
    pm_buf_put(&buf, pm_object_bytes(object),
               PM_STATE_HEAD + row->domain.payload_size);
    pm_states_save(&b->machine->console->sys.states, &buf);
    CHECK_INT(pm_buf_status(&buf), PM_OK);
    uint64_t hash = pm_hash64(buf.data, buf.size);
    pm_buf_free(&buf);
    return hash;
}

static void enter_usual(struct pm_battery *b, const struct pm_call_decl *call)
{
    uint64_t args[PM_CALL_MAX_PARAMS];

    pm_battery_arguments(b, call, *pm_battery_global(b, "h"), args);
    CHECK_INT(pm_battery_enter(b, call, args, NULL), PM_TRAP_NONE);
}

static void check_read(struct pm_battery *b, const struct pm_domain_row *row,
                       const struct pm_call_decl *call)
{
    // A transfer writes to the program's buffer: the same bytes again.
    if (call->form == PM_FORM_READ)
        enter_usual(b, call);
    struct pm_fingerprint print = pm_battery_print(b);
    uint64_t objects = objects_of(b, row);
    enter_usual(b, call);
    CHECK_INT(objects_of(b, row), objects);
    if (!gives_strings(call))
        CHECK(pm_battery_same(print, pm_battery_print(b)));
}

TEST(verbs, a_read_changes_nothing_that_another_call_can_observe)
{
    for
        PM_EACH_ROW(row)
        {
            struct pm_battery_text text;
            struct pm_battery b;
            const struct pm_call_decl *call;
            int reads = 0;
            if (open_with_object(&b, &text, row))
                for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++)
                    if (call->verb == PM_VERB_READ) {
                        check_read(&b, row, call);
                        reads++;
                    }
            CHECK(reads > 0);
            close_all(&b, &text);
        }
}

// --- neutral results ---------------------------------------------------------

TEST(verbs, results_behind_a_status_are_neutral_though_they_were_set)
{
    struct pm_battery_text text;
    struct pm_battery b;

    if (open_with_object(&b, &text, row_of("counter"))) {
        const struct pm_call_decl *add = pm_battery_call("counter", "add");
        uint64_t args[PM_CALL_MAX_PARAMS] = {*pm_battery_global(&b, "h"), 5};
        CHECK_INT(pm_battery_enter(&b, add, args, NULL), PM_TRAP_NONE);
        CHECK_INT(args[0], 0);
        CHECK_INT(args[1], 12);
        CHECK(args[2] != 0 && args[3] == 1);
        uint64_t zero[PM_CALL_MAX_PARAMS] = {*pm_battery_global(&b, "h"), 0};
        CHECK_INT(pm_battery_enter(&b, add, zero, NULL), PM_TRAP_NONE);
        CHECK_INT(zero[0], PM_SAMPLE_NOTHING);
        CHECK(zero[1] == 0 && zero[2] == 0 && zero[3] == 0);
    }
    close_all(&b, &text);
}

TEST(verbs, behind_the_last_entry_a_cursor_gives_a_status_and_nothing_else)
{
    struct pm_battery_text text;
    struct pm_battery b;

    if (open_with_object(&b, &text, row_of("cursor"))) {
        uint64_t args[PM_CALL_MAX_PARAMS] = {*pm_battery_global(&b, "h"), 7, 7,
                                             7};
        CHECK_INT(
            pm_battery_enter(&b, pm_battery_call("fs", "next"), args, NULL),
            PM_TRAP_NONE);
        CHECK_INT(args[0], PM_FS_NOT_FOUND);
        CHECK(args[1] == 0 && args[2] == 0 && args[3] == 0);
    }
    close_all(&b, &text);
}

// --- creates that come to nothing --------------------------------------------

struct failed_open {
    enum pm_sample_open how;
    pm_trap_code trap;
    int64_t status;
};

static const struct failed_open failed_opens[] = {
    {PM_OPEN_STATUS, PM_TRAP_NONE, PM_SAMPLE_FAILED},
    {PM_OPEN_HOST_STATUS, PM_TRAP_NONE, PM_SAMPLE_FAILED},
    {PM_OPEN_TRAP, PM_TRAP_INVALID_ARGUMENT, 0},
    {PM_OPEN_HOST_TRAP, PM_TRAP_INVALID_ARGUMENT, 0},
    {PM_OPEN_STRING_STATUS, PM_TRAP_NONE, PM_SAMPLE_FAILED},
    {PM_OPEN_STRING_TRAP, PM_TRAP_INVALID_ARGUMENT, 0},
    {PM_OPEN_STRING_TOO_BIG, PM_TRAP_OUT_OF_MEMORY, 0},
};

static void check_failed_open(struct pm_battery *b,
                              const struct failed_open *open)
{
    const struct pm_domain_row *row = row_of("counter");
    uint64_t args[PM_CALL_MAX_PARAMS] = {99, (uint64_t)open->how, 7};

    CHECK_INT(
        pm_battery_enter(b, pm_battery_call("counter", "open"), args, NULL),
        open->trap);
    CHECK_INT(pm_battery_live(b, row), 1);
    CHECK_INT(b->sample.made - b->sample.released, 1);
    CHECK_INT(pm_battery_set(b, row)->lowest_free, 1);
    if (open->trap)
        return;
    CHECK_INT(args[0], open->status);
    CHECK(args[1] == 0 && args[2] == 0);
}

static void fail_to_open(const struct failed_open *open, bool collects)
{
    struct pm_battery_config config = {.collect_always = collects};
    struct pm_battery_text text;
    struct pm_battery b;

    if (open_with(&b, &text, row_of("counter"), &config)) {
        struct pm_fingerprint print = pm_battery_print(&b);
        check_failed_open(&b, open);
        pm_battery_validate(&b);
        if (open->how <= PM_OPEN_HOST_TRAP && !collects)
            CHECK(pm_battery_same(print, pm_battery_print(&b)));
    }
    close_all(&b, &text);
}

// A cell is only given back to where it was taken from when there was one:
// the first object cuts a page. Where a string's allocation has collected in
// between, there is nothing to go back to, and the object ends.
TEST(verbs, a_create_that_fails_leaves_the_heap_as_it_was)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(failed_opens); i++)
        for (int collects = 0; collects < 2; collects++)
            fail_to_open(&failed_opens[i], collects);
}

// In programs: the same in each dispatch form and with each collection.
TEST(verbs, a_create_that_fails_gives_null_everywhere)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(failed_opens); i++) {
        const struct failed_open *open = &failed_opens[i];
        struct pm_battery_text text;
        pm_text_begin(&text, row_of("counter"));
        for (int k = 0; k < 3; k++)
            pm_text_put(&text,
                        "    push_i64 1\n    push_i64 %d\n"
                        "    hostcall counter.open\n"
                        "    set_global text\n    set_global h\n"
                        "    set_global status\n    frame_sync\n",
                        (int)open->how);
        pm_text_put(&text, "    halt\n");
        pm_text_end(&text);
        struct pm_battery_outcome out = pm_battery_everywhere(&text, 20);
        CHECK_INT(out.code, open->trap);
        CHECK_INT(out.result, open->trap ? PM_TICK_TRAPPED : PM_TICK_HALTED);
        pm_text_free(&text);
    }
}

// It takes whole pages, which end as a tombstone and are collected.
TEST(verbs, a_large_object_that_was_not_made_leaves_nothing_for_long)
{
    const struct pm_domain_row *row = row_of("boulder");
    struct pm_battery_text text;
    struct pm_battery_config always = {.collect_always = true};
    struct pm_battery b;

    pm_text_begin(&text, row);
    pm_text_put(&text, "more:\n    push_bool true\n    hostcall boulder.open\n"
                       "    set_global h\n    set_global status\n"
                       "    frame_sync\n    jmp more\n");
    pm_text_end(&text);
    if (pm_battery_open(&b, &text, &always)) {
        CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
        CHECK_INT(*pm_battery_global(&b, "status"), PM_SAMPLE_FAILED);
        uint64_t used = pm_heap_used(pm_battery_heap(&b));
        for (int i = 0; i < 500; i++)
            CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
        CHECK_INT(pm_heap_used(pm_battery_heap(&b)), used);
        CHECK_INT(pm_battery_live(&b, row), 0);
        CHECK_INT(*pm_battery_global(&b, "h"), 0);
    }
    close_all(&b, &text);
}

// --- strings -----------------------------------------------------------------

// The second string's allocation collects; the first must outlive it.
TEST(verbs, two_strings_of_one_call_are_both_there)
{
    struct pm_battery_text text;

    pm_text_begin(&text, row_of("counter"));
    pm_text_create(&text, row_of("counter"), "h");
    pm_text_put(&text, ".local now: string, from: string\n");
    for (int i = 0; i < 5; i++)
        pm_text_put(&text, "    get_global h\n    hostcall counter.name\n"
                           "    set_local now\n    set_local from\n    pop\n");
    pm_text_put(&text, "    get_local now\n    push_const \"now 7\"\n"
                       "    str_compare\n    get_local from\n"
                       "    push_const \"from 7\"\n    str_compare\n    or\n"
                       "    push_i64 0\n    eq\n    jmp_if_true well\n"
                       "    push_i64 1\n    push_i64 0\n    div\n    pop\n"
                       "well:\n    halt\n");
    pm_text_end(&text);
    struct pm_battery_outcome out = pm_battery_everywhere(&text, 10);
    CHECK_INT(out.code, PM_TRAP_NONE);
    CHECK_INT(out.result, PM_TICK_HALTED);
    pm_text_free(&text);
}

// --- destroys ----------------------------------------------------------------

static void check_close(struct pm_battery *b, uint64_t how, int64_t status)
{
    const struct pm_domain_row *row = row_of("counter");
    pm_ref h = *pm_battery_global(b, "h");
    uint64_t args[PM_CALL_MAX_PARAMS] = {h, how};
    uint64_t again[PM_CALL_MAX_PARAMS] = {h, how};
    const struct pm_call_decl *call = pm_battery_call("counter", "close");

    CHECK_INT(pm_battery_enter(b, call, args, NULL), PM_TRAP_NONE);
    CHECK_INT(args[0], status);
    CHECK_INT(b->sample.released, 1);
    CHECK_INT(pm_battery_live(b, row), 0);
    CHECK_INT(pm_battery_enter(b, call, again, NULL), PM_TRAP_STALE_HANDLE);
    CHECK_INT(b->sample.released, 1);
}

TEST(verbs, a_destroy_ends_its_object_whatever_its_function_answers)
{
    static const int64_t statuses[] = {
        [PM_CLOSE_WELL] = PM_SAMPLE_OK,
        [PM_CLOSE_STATUS] = PM_SAMPLE_FAILED,
        [PM_CLOSE_FREED] = PM_SAMPLE_OK,
    };

    for (uint64_t how = 0; how < PM_ARRAY_LEN(statuses); how++) {
        struct pm_battery_text text;
        struct pm_battery b;
        if (open_with_object(&b, &text, row_of("counter")))
            check_close(&b, how, statuses[how]);
        close_all(&b, &text);
    }
}

// The program stops there; what the call freed itself is not freed again.
TEST(verbs, a_call_that_frees_and_traps_is_not_released_again)
{
    static const char *const calls[] = {
        "    push_i64 3\n    hostcall counter.close\n    pop\n",
        "    push_bool true\n    hostcall counter.renew\n    pop\n",
    };

    for (size_t i = 0; i < PM_ARRAY_LEN(calls); i++) {
        struct pm_battery_text text;
        pm_text_begin(&text, row_of("counter"));
        pm_text_create(&text, row_of("counter"), "h");
        pm_text_put(&text, "    get_global h\n%s    halt\n", calls[i]);
        pm_text_end(&text);
        struct pm_battery_outcome out = pm_battery_everywhere(&text, 10);
        CHECK_INT(out.code, PM_TRAP_INVALID_ARGUMENT);
        CHECK(strstr(out.message, "as it was told") != NULL);
        pm_text_free(&text);
    }
}

// --- entering anew -----------------------------------------------------------

TEST(verbs, nothing_enters_the_machine_from_inside_a_call)
{
    struct pm_battery_text text;
    struct pm_battery b;

    pm_text_begin(&text, row_of("counter"));
    pm_text_create(&text, row_of("counter"), "h");
    pm_text_put(&text, "    get_global h\n    hostcall counter.nest\n    pop\n"
                       "    frame_sync\n    halt\n");
    pm_text_end(&text);
    if (pm_battery_open(&b, &text, NULL)) {
        CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
        CHECK(b.sample.nested > 0);
        CHECK_INT(b.sample.refused, b.sample.nested);
        CHECK_INT(pm_battery_frame(&b), PM_TICK_HALTED);
    }
    close_all(&b, &text);
}
