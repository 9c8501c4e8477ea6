// SPDX-License-Identifier: MIT
//
// The battery over every domain: what a program may not have, or no longer.
// More objects than the domain allows, a capability that is withdrawn while
// it runs, more memory than the host has, a directory that changes while it
// is listed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/domain_battery.h"
#include "support/test.h"

// --- as many objects as are allowed ------------------------------------------

#define MOST_LIVE 20

static uint32_t limit_of(struct pm_battery *b, const struct pm_domain_row *row)
{
    return pm_battery_set(b, row)->limit;
}

// Makes one object in each frame and keeps them all; then ends the first and
// makes two more.
static void write_hoarder(struct pm_battery_text *text,
                          const struct pm_domain_row *row)
{
    pm_text_init(text);
    pm_text_declare(text, row);
    pm_text_globals(text, row);
    for (int i = 0; i < MOST_LIVE; i++)
        pm_text_put(text, ".global keep_%d: state \"%s\"\n", i,
                    row->domain.name);
    pm_text_put(text, ".func main ()\n");
    pm_text_fill_globals(text);
    for (int i = 0; i < MOST_LIVE; i++) {
        pm_text_create(text, row, "h");
        pm_text_put(text, "    get_global h\n    set_global keep_%d\n", i);
        pm_text_put(text, "    frame_sync\n");
    }
    pm_text_call(text, pm_battery_verb(row, PM_VERB_DESTROY),
                 "get_global keep_0");
    pm_text_put(text, "    frame_sync\n");
    pm_text_create(text, row, "h");
    pm_text_put(text, "    frame_sync\n");
    pm_text_create(text, row, "h");
    pm_text_put(text, "more:\n    frame_sync\n    jmp more\n");
    pm_text_end(text);
}

static void check_refused(struct pm_battery *b, const struct pm_domain_row *row)
{
    CHECK_INT(*pm_battery_global(b, "status"), row->domain.limit_status);
    CHECK_INT(*pm_battery_global(b, "h"), 0);
    CHECK_INT(pm_battery_live(b, row), limit_of(b, row));
}

static void fill_up(struct pm_battery *b, const struct pm_domain_row *row)
{
    size_t made = 0;

    for (uint32_t i = 0; i < MOST_LIVE; i++) {
        uint64_t used = pm_heap_used(pm_battery_heap(b));
        CHECK_INT(pm_battery_frame(b), PM_TICK_FRAME);
        if (i < limit_of(b, row)) {
            CHECK_INT(*pm_battery_global(b, "status"), 0);
            CHECK_INT(pm_battery_live(b, row), i + 1);
            made = b->sample.made;
            continue;
        }
        check_refused(b, row);
        CHECK_INT(b->sample.made, made);
        CHECK_INT(pm_heap_used(pm_battery_heap(b)), used);
    }
}

static void try_limit(struct pm_battery *b, const struct pm_domain_row *row)
{
    if (!CHECK(limit_of(b, row) < MOST_LIVE))
        return;
    fill_up(b, row);
    CHECK_INT(pm_battery_frame(b), PM_TICK_FRAME);
    CHECK_INT(pm_battery_live(b, row), limit_of(b, row) - 1);
    // It works again: the free place is taken, and then it is full again.
    CHECK_INT(pm_battery_frame(b), PM_TICK_FRAME);
    CHECK_INT(*pm_battery_global(b, "status"), 0);
    CHECK(pm_battery_set(b, row)->places[0].ref == *pm_battery_global(b, "h"));
    CHECK_INT(pm_battery_frame(b), PM_TICK_FRAME);
    check_refused(b, row);
    pm_battery_validate(b);
}

TEST(limits, a_domain_that_is_full_says_so_and_works_again_when_one_ends)
{
    for
        PM_EACH_ROW(row)
        {
            struct pm_battery_text text;
            struct pm_battery b;
            write_hoarder(&text, row);
            if (pm_battery_open(&b, &text, NULL))
                try_limit(&b, row);
            pm_battery_close(&b);
            pm_text_free(&text);
        }
}

// --- a capability that is withdrawn ------------------------------------------

// Makes an object, and the call in the next frame.
static void write_caller(struct pm_battery_text *text,
                         const struct pm_domain_row *row,
                         const struct pm_call_decl *call)
{
    pm_text_begin(text, row);
    pm_text_create(text, row, "h");
    pm_text_put(text, "    frame_sync\n");
    if (call->verb == PM_VERB_CREATE)
        pm_text_create(text, row, "h");
    else
        pm_text_call(text, call, "get_global h");
    pm_text_put(text, "    halt\n");
    pm_text_end(text);
}

static void check_withdrawn(struct pm_battery *b,
                            const struct pm_call_decl *call)
{
    const struct pm_trap_info *trap = pm_machine_trap(b->machine);
    char wanted[100];

    if (!CHECK(trap != NULL))
        return;
    CHECK_INT(trap->code, PM_TRAP_CAPABILITY);
    snprintf(wanted, sizeof wanted, "%s.%s needs the capability ", call->module,
             call->name);
    CHECK(strncmp(trap->message, wanted, strlen(wanted)) == 0);
}

static void withdraw(const struct pm_domain_row *row,
                     const struct pm_call_decl *call)
{
    struct pm_battery_text text;
    struct pm_battery b;

    write_caller(&text, row, call);
    if (pm_battery_open(&b, &text, NULL)) {
        CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
        pm_machine_grant(b.machine, ~call->capability);
        enum pm_tick_result result = pm_battery_run(&b, 5);
        CHECK_INT(pm_battery_live(&b, row),
                  call->capability || call->verb != PM_VERB_DESTROY
                      ? 1 + (!call->capability && call->verb == PM_VERB_CREATE)
                      : 0);
        if (call->capability)
            check_withdrawn(&b, call);
        else
            CHECK_INT(result, PM_TICK_HALTED);
        pm_battery_validate(&b);
    }
    pm_battery_close(&b);
    pm_text_free(&text);
}

TEST(limits, a_capability_that_is_withdrawn_stops_each_call_that_needs_it)
{
    for
        PM_EACH_ROW(row)
        {
            const struct pm_call_decl *call;
            for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++)
                withdraw(row, call);
        }
}

TEST(limits, a_capability_that_is_given_back_works_again)
{
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "counter");
    struct pm_battery_text text;
    struct pm_battery b;

    write_caller(&text, row, pm_battery_call("counter", "get"));
    if (pm_battery_open(&b, &text, NULL)) {
        CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
        pm_machine_grant(b.machine, 0);
        pm_machine_grant(b.machine, UINT32_MAX);
        CHECK_INT(pm_battery_run(&b, 5), PM_TICK_HALTED);
    }
    pm_battery_close(&b);
    pm_text_free(&text);
}

// --- memory that is short ----------------------------------------------------

static void write_everything(struct pm_battery_text *text)
{
    const struct pm_call_decl *call;
    char name[20];

    pm_text_init(text);
    for
        PM_EACH_ROW(row)
    pm_text_declare(text, row);
    pm_text_put(text, ".global status: i64, text: string, buffer: bytes, "
                      "made: i64\n");
    for
        PM_EACH_ROW(row)
    pm_text_put(text, ".global of_%s: state \"%s\"\n", row->domain.name,
                row->domain.name);
    pm_text_put(text, ".func main ()\n");
    pm_text_fill_globals(text);
    for
        PM_EACH_ROW(row)
        {
            char push[40];
            snprintf(name, sizeof name, "of_%s", row->domain.name);
            snprintf(push, sizeof push, "get_global %s", name);
            pm_text_create(text, row, name);
            // Without an object, for lack of memory, there is nothing to do.
            pm_text_put(text,
                        "    get_global status\n    push_i64 0\n    eq\n"
                        "    jmp_if_false without_%s\n",
                        row->domain.name);
            for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++)
                if (call->verb == PM_VERB_READ || call->verb == PM_VERB_UPDATE)
                    pm_text_call(text, call, push);
            pm_text_put(text, "without_%s:\n", row->domain.name);
        }
    pm_text_put(text, "    halt\n");
    pm_text_end(text);
}

// Runs it over a failing allocator: whatever fails, the machine is whole and
// what it saves is what it restores.
static int run_over(const struct pm_allocator *alloc, void *context)
{
    struct pm_battery b;
    const struct pm_battery_text *text = context;
    bool ok;

    memset(&b, 0, sizeof b);
    ok = pm_battery_open_over(&b, text, NULL, alloc);
    if (ok) {
        CHECK_INT(pm_battery_run(&b, 20), PM_TICK_HALTED);
        pm_battery_validate(&b);
    }
    pm_machine_destroy(b.machine);
    pm_test_cart_free(&b.cart);
    CHECK_INT(b.sample.released, b.sample.made);
    return ok;
}

TEST(limits, each_allocation_may_fail_in_a_program_that_uses_every_domain)
{
    struct pm_battery_text text;

    write_everything(&text);
    size_t points = pm_fault_alloc_each(run_over, &text, 1);
    CHECK(points > 100);
    pm_text_free(&text);
}

// --- a directory that changes while it is listed -----------------------------

// Makes three files, lists, and then changes what [change] says; "seen" is
// how many entries the cursor still gives.
static void list_while(const char *change, int64_t wanted)
{
    static const char *const names[] = {"a", "b", "c"};
    static const char *const calls[] = {"remove", "make_dir", "rename"};
    const struct pm_domain_row *cursor =
        pm_domains_find(pm_battery_catalog(), "cursor");
    struct pm_battery_text text;
    struct pm_battery_outcome out;

    pm_text_init(&text);
    pm_text_declare(&text, cursor);
    for (size_t i = 0; i < PM_ARRAY_LEN(calls); i++)
        pm_text_declare_call(&text, pm_battery_call("fs", calls[i]));
    pm_text_globals(&text, cursor);
    pm_text_put(&text, ".global seen: i64\n.func main ()\n");
    for (int i = 0; i < 3; i++)
        pm_text_put(&text,
                    "    push_const \"/scratch/%s\"\n"
                    "    hostcall fs.make_dir\n    pop\n",
                    names[i]);
    pm_text_create(&text, cursor, "h");
    pm_text_put(&text,
                "more:\n    get_global h\n    hostcall fs.next\n    pop\n"
                "    pop\n    pop\n    push_i64 0\n    eq\n"
                "    jmp_if_false done\n    get_global seen\n    push_i64 1\n"
                "    add\n    set_global seen\n%s    jmp more\n"
                "done:\n    get_global seen\n    push_i64 %d\n    eq\n"
                "    jmp_if_true well\n    push_i64 1\n    push_i64 0\n"
                "    div\n    pop\nwell:\n    halt\n",
                change, (int)wanted);
    pm_text_end(&text);
    out = pm_battery_everywhere(&text, 30);
    CHECK_INT(out.result, PM_TICK_HALTED);
    CHECK_INT(out.code, PM_TRAP_NONE);
    pm_text_free(&text);
}

TEST(limits, a_cursor_gives_what_there_was_whatever_happens_meanwhile)
{
    list_while("", 3);
    list_while("    push_const \"/scratch/c\"\n    hostcall fs.remove\n"
               "    pop\n",
               3);
    list_while("    push_const \"/scratch/d\"\n    hostcall fs.make_dir\n"
               "    pop\n",
               3);
    list_while("    push_const \"/scratch/a\"\n    push_const \"/scratch/z\"\n"
               "    hostcall fs.rename\n    pop\n",
               3);
}

TEST(limits, a_cursor_that_ends_while_it_is_used_is_stale)
{
    const struct pm_domain_row *cursor =
        pm_domains_find(pm_battery_catalog(), "cursor");
    struct pm_battery_text text;

    pm_text_begin(&text, cursor);
    pm_text_create(&text, cursor, "h");
    pm_text_call(&text, pm_battery_call("fs", "next"), "get_global h");
    pm_text_call(&text, pm_battery_call("fs", "end"), "get_global h");
    pm_text_call(&text, pm_battery_call("fs", "next"), "get_global h");
    pm_text_put(&text, "    halt\n");
    pm_text_end(&text);
    CHECK_INT(pm_battery_everywhere(&text, 10).code, PM_TRAP_STALE_HANDLE);
    pm_text_free(&text);
}
