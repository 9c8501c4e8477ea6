// SPDX-License-Identifier: MIT
//
// The battery over every domain: what a handle is worth when its object has
// ended, in whatever way.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/domain_battery.h"
#include "support/test.h"

static void end(struct pm_battery_text *text)
{
    pm_text_put(text, "    halt\n");
    pm_text_end(text);
}

static const struct pm_call_decl *destroy_of(const struct pm_domain_row *row)
{
    return pm_battery_verb(row, PM_VERB_DESTROY);
}

// --- use after destroy -------------------------------------------------------

static void use_after_destroy(const struct pm_domain_row *row,
                              const struct pm_call_decl *destroy,
                              const struct pm_call_decl *call)
{
    struct pm_battery_text text;
    char wanted[100];

    pm_text_begin(&text, row);
    pm_text_create(&text, row, "h");
    unsigned created = text.call_line;
    pm_text_call(&text, destroy, "get_global h");
    unsigned ended = text.call_line;
    pm_text_call(&text, call, "get_global h");
    end(&text);
    struct pm_battery_outcome out = pm_battery_everywhere(&text, 10);
    CHECK_INT(out.result, PM_TICK_TRAPPED);
    CHECK_INT(out.code, PM_TRAP_STALE_HANDLE);
    snprintf(wanted, sizeof wanted,
             "; created at test.pasm:%u; ended at test.pasm:%u", created,
             ended);
    if (!CHECK(strstr(out.message, wanted) != NULL))
        fprintf(stderr, "%s: wanted \"%s\"\n", out.message, wanted);
    CHECK(strstr(out.message, "an ended object of kind state") != NULL);
    pm_text_free(&text);
}

TEST(ends, use_after_destroy_is_stale_and_says_where_it_was_made_and_ended)
{
    for
        PM_EACH_ROW(row)
        {
            const struct pm_call_decl *destroy;
            const struct pm_call_decl *call;
            for (size_t i = 0; (destroy = pm_battery_call_of(row, i)); i++)
                for (size_t k = 0; destroy->verb == PM_VERB_DESTROY &&
                                   (call = pm_battery_call_of(row, k));
                     k++)
                    if (call->verb != PM_VERB_CREATE)
                        use_after_destroy(row, destroy, call);
        }
}

// --- null --------------------------------------------------------------------

static void use_null(const struct pm_domain_row *row,
                     const struct pm_call_decl *call)
{
    struct pm_battery_text text;
    char wanted[200];

    pm_text_begin(&text, row);
    pm_text_call(&text, call, "get_global h");
    end(&text);
    struct pm_battery_outcome out = pm_battery_everywhere(&text, 10);
    CHECK_INT(out.code, PM_TRAP_NULL_REF);
    snprintf(wanted, sizeof wanted,
             "%s.%s: %s is null, it must be a handle of its domain",
             call->module, call->name, call->params[0].name);
    CHECK_STR(out.message, wanted);
    pm_text_free(&text);
}

TEST(ends, null_is_no_handle_of_any_domain)
{
    for
        PM_EACH_ROW(row)
        {
            const struct pm_call_decl *call;
            for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++)
                if (call->verb != PM_VERB_CREATE)
                    use_null(row, call);
        }
}

// --- handles of another domain -----------------------------------------------

static void downcast(const struct pm_domain_row *row,
                     const struct pm_domain_row *other)
{
    struct pm_battery_text text;

    pm_text_init(&text);
    pm_text_declare(&text, row);
    pm_text_declare(&text, other);
    pm_text_globals(&text, row);
    pm_text_put(&text,
                ".global other: state \"%s\", loose: any\n.func main ()\n",
                other->domain.name);
    pm_text_create(&text, other, "other");
    pm_text_put(&text,
                "    get_global other\n    set_global loose\n"
                "    get_global loose\n    cast state \"%s\"\n"
                "    set_global h\n",
                row->domain.name);
    end(&text);
    CHECK_INT(pm_battery_everywhere(&text, 10).code, PM_TRAP_TYPE);
    pm_text_free(&text);
}

// Verified code cannot hold it; the dispatcher refuses it all the same.
static void enter_with_other(struct pm_battery *b,
                             const struct pm_domain_row *row,
                             const char *global)
{
    const struct pm_call_decl *call;
    struct pm_fingerprint before = pm_battery_print(b);
    char message[PM_BATTERY_MESSAGE];
    char wanted[PM_BATTERY_MESSAGE];
    uint64_t args[PM_CALL_MAX_PARAMS];

    for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++) {
        if (call->verb == PM_VERB_CREATE)
            continue;
        pm_battery_arguments(b, call, *pm_battery_global(b, global), args);
        CHECK_INT(pm_battery_enter(b, call, args, message), PM_TRAP_TYPE);
        snprintf(wanted, sizeof wanted,
                 "%s.%s: %s is something else, it must be a handle of its "
                 "domain",
                 call->module, call->name, call->params[0].name);
        CHECK_STR(message, wanted);
    }
    CHECK(pm_battery_same(before, pm_battery_print(b)));
}

static void try_others(const struct pm_domain_row *row,
                       const struct pm_domain_row *other)
{
    struct pm_battery_text text;
    struct pm_battery b;

    pm_text_init(&text);
    pm_text_declare(&text, row);
    pm_text_declare(&text, other);
    pm_text_globals(&text, row);
    pm_text_put(&text, ".global other: state \"%s\"\n.func main ()\n",
                other->domain.name);
    pm_text_fill_globals(&text);
    pm_text_create(&text, other, "other");
    pm_text_put(&text, "more:\n    frame_sync\n    jmp more\n");
    pm_text_end(&text);
    if (pm_battery_open(&b, &text, NULL)) {
        CHECK_INT(pm_battery_run(&b, 1), PM_TICK_FRAME);
        enter_with_other(&b, row, "other");
        enter_with_other(&b, row, "buffer");
        enter_with_other(&b, row, "text");
    }
    pm_battery_close(&b);
    pm_text_free(&text);
}

TEST(ends, a_handle_of_another_domain_is_of_a_wrong_type)
{
    for
        PM_EACH_ROW(row)
        for
            PM_EACH_ROW(other)
        if (row != other) {
            downcast(row, other);
            try_others(row, other);
        }
}

// --- cells that are used again -----------------------------------------------

// Ends the last frame's object and makes another one in each frame.
static void write_recycler(struct pm_battery_text *text,
                           const struct pm_domain_row *row)
{
    pm_text_begin(text, row);
    pm_text_put(text, "more:\n");
    pm_text_create(text, row, "h");
    pm_text_put(text, "    frame_sync\n");
    pm_text_call(text, destroy_of(row), "get_global h");
    pm_text_put(text,
                "    push_null state \"%s\"\n    set_global h\n    jmp more\n",
                row->domain.name);
    pm_text_end(text);
}

static void enter_with_old(struct pm_battery *b,
                           const struct pm_domain_row *row, pm_ref old)
{
    const struct pm_call_decl *call;
    struct pm_fingerprint before = pm_battery_print(b);
    uint64_t args[PM_CALL_MAX_PARAMS];

    for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++) {
        if (call->verb == PM_VERB_CREATE)
            continue;
        pm_battery_arguments(b, call, old, args);
        CHECK_INT(pm_battery_enter(b, call, args, NULL), PM_TRAP_STALE_HANDLE);
    }
    CHECK(pm_battery_same(before, pm_battery_print(b)));
    CHECK_INT(pm_battery_live(b, row), 1);
}

TEST(ends, a_handle_that_the_host_held_never_reaches_the_cells_next_object)
{
    for
        PM_EACH_ROW(row)
        {
            struct pm_battery_config always = {.collect_always = true};
            struct pm_battery_text text;
            struct pm_battery b;
            write_recycler(&text, row);
            if (pm_battery_open(&b, &text, &always)) {
                CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
                pm_ref old = *pm_battery_global(&b, "h");
                pm_ref now = 0;
                for (int i = 0;
                     i < 400 && pm_ref_index(now) != pm_ref_index(old); i++) {
                    CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
                    now = *pm_battery_global(&b, "h");
                }
                CHECK_INT(pm_ref_index(now), pm_ref_index(old));
                CHECK(now != old && old != 0);
                enter_with_old(&b, row, old);
                pm_battery_validate(&b);
            }
            pm_battery_close(&b);
            pm_text_free(&text);
        }
}

// --- generations that run out ------------------------------------------------

enum { FRAMES = 600 };

static int by_value(const void *a, const void *b)
{
    pm_ref x = *(const pm_ref *)a;
    pm_ref y = *(const pm_ref *)b;

    return x < y ? -1 : x > y;
}

static void check_distinct(pm_ref *refs, int count)
{
    qsort(refs, (size_t)count, sizeof *refs, by_value);
    for (int i = 1; i < count; i++)
        CHECK(refs[i] != refs[i - 1]);
}

// Gives how many frames there were: an object that takes whole pages uses up
// the memory with its generations.
static int exhaust(struct pm_battery *b, const struct pm_domain_row *row,
                   pm_ref refs[FRAMES])
{
    int count = 0;

    for (; count < FRAMES; count++) {
        enum pm_tick_result result = pm_battery_frame(b);
        if (result == PM_TICK_TRAPPED) {
            CHECK_INT(pm_machine_trap(b->machine)->code, PM_TRAP_OUT_OF_MEMORY);
            CHECK(row->domain.payload_size > 2048);
            break;
        }
        CHECK_INT(result, PM_TICK_FRAME);
        refs[count] = *pm_battery_global(b, "h");
        CHECK(pm_ref_generation(refs[count]) <= 3);
    }
    return count;
}

TEST(ends, no_handle_is_given_twice_when_generations_run_out)
{
    for
        PM_EACH_ROW(row)
        {
            struct pm_battery_config how = {.collect_always = true,
                                            .max_generation = 3};
            static pm_ref refs[FRAMES];
            struct pm_battery_text text;
            struct pm_battery b;
            write_recycler(&text, row);
            if (pm_battery_open(&b, &text, &how)) {
                int count = exhaust(&b, row, refs);
                CHECK(count > 100);
                pm_battery_validate(&b);
                for (int i = 0; i + 1 < count; i++)
                    CHECK_INT(pm_heap_check(pm_battery_heap(&b), refs[i],
                                            PM_KIND_NONE,
                                            &(struct pm_object *){0}),
                              PM_TRAP_STALE_HANDLE);
                check_distinct(refs, count);
            }
            pm_battery_close(&b);
            pm_text_free(&text);
        }
}

// --- collection --------------------------------------------------------------

static void write_leaker(struct pm_battery_text *text,
                         const struct pm_domain_row *row)
{
    static const char *const names[] = {"a", "b", "c"};

    pm_text_init(text);
    pm_text_declare(text, row);
    pm_text_globals(text, row);
    for (int i = 0; i < 3; i++)
        pm_text_put(text, ".global %s: state \"%s\"\n", names[i],
                    row->domain.name);
    pm_text_put(text, ".func main ()\n");
    for (int i = 0; i < 3; i++)
        pm_text_create(text, row, names[i]);
    pm_text_put(text, "    frame_sync\n");
    for (int i = 0; i < 3; i++)
        pm_text_put(text, "    push_null state \"%s\"\n    set_global %s\n",
                    row->domain.name, names[i]);
    pm_text_put(text, "    frame_sync\n    frame_sync\n");
    pm_text_create(text, row, "h");
    pm_text_put(text, "    frame_sync\n");
    end(text);
}

static uint64_t leaks_of(struct pm_battery *b)
{
    struct pm_telemetry telemetry;

    pm_machine_telemetry(b->machine, &telemetry);
    return telemetry.leaks;
}

TEST(ends, what_is_never_destroyed_is_released_once_by_the_collector)
{
    for
        PM_EACH_ROW(row)
        {
            struct pm_battery_config always = {.collect_always = true};
            struct pm_battery_text text;
            struct pm_battery b;
            write_leaker(&text, row);
            if (pm_battery_open(&b, &text, &always)) {
                CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
                CHECK_INT(pm_battery_live(&b, row), 3);
                CHECK_INT(leaks_of(&b), 0);
                pm_battery_frame(&b);
                CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
                CHECK_INT(pm_battery_live(&b, row), 0);
                CHECK_INT(leaks_of(&b), 3);
                CHECK_INT(pm_battery_frame(&b), PM_TICK_FRAME);
                // The lowest place is the first to be taken again.
                CHECK_INT(pm_battery_live(&b, row), 1);
                CHECK(pm_battery_set(&b, row)->places[0].ref ==
                      *pm_battery_global(&b, "h"));
                pm_battery_validate(&b);
            }
            pm_battery_close(&b);
            pm_text_free(&text);
        }
}

TEST(ends, the_collector_releases_in_the_order_of_the_heap)
{
    struct pm_battery_config always = {.collect_always = true};
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "counter");
    struct pm_battery_text text;
    struct pm_battery b;

    pm_text_begin(&text, row);
    pm_text_put(&text, ".local a: state \"counter\", b: state \"counter\", "
                       "c: state \"counter\"\n");
    for (int i = 0; i < 3; i++)
        pm_text_put(&text,
                    "    push_i64 %d\n    push_i64 0\n"
                    "    hostcall counter.open\n    pop\n    set_local %c\n"
                    "    pop\n",
                    10 + i, 'a' + i);
    // The last reference is to the first one; all end in one collection.
    pm_text_put(&text, "    push_null state \"counter\"\n    dup\n    dup\n"
                       "    set_local c\n    set_local a\n    set_local b\n"
                       "    frame_sync\n    frame_sync\n");
    end(&text);
    if (pm_battery_open(&b, &text, &always)) {
        pm_battery_run(&b, 10);
        CHECK_INT(b.sample.logged, 3);
        for (int i = 0; i < 3; i++)
            CHECK_INT(b.sample.log[i], 10 + i);
    }
    pm_battery_close(&b);
    pm_text_free(&text);
}

// --- the machine goes away ---------------------------------------------------

static void write_holder(struct pm_battery_text *text,
                         const struct pm_domain_row *row)
{
    pm_text_begin(text, row);
    pm_text_create(text, row, "h");
    pm_text_put(text, "more:\n    frame_sync\n    jmp more\n");
    pm_text_end(text);
}

TEST(ends, reset_reload_and_destroy_release_what_lives)
{
    for
        PM_EACH_ROW(row)
        {
            struct pm_battery_text text;
            struct pm_battery b;
            write_holder(&text, row);
            if (pm_battery_open(&b, &text, NULL)) {
                struct pm_fingerprint fresh = pm_battery_print(&b);
                CHECK_INT(pm_battery_run(&b, 2), PM_TICK_FRAME);
                CHECK_INT(pm_battery_live(&b, row), 1);
                size_t made = b.sample.made;
                CHECK_INT(pm_machine_reset(b.machine), PM_OK);
                CHECK_INT(b.sample.released, made);
                CHECK_INT(pm_battery_live(&b, row), 0);
                CHECK_INT(leaks_of(&b), 0);
                CHECK(pm_battery_same(fresh, pm_battery_print(&b)));
                CHECK_INT(pm_battery_run(&b, 2), PM_TICK_FRAME);
                CHECK_INT(pm_machine_load(b.machine, &b.files, NULL), PM_OK);
                CHECK_INT(b.sample.released, b.sample.made);
                CHECK(pm_battery_same(fresh, pm_battery_print(&b)));
                CHECK_INT(pm_battery_run(&b, 2), PM_TICK_FRAME);
                CHECK_INT(pm_battery_live(&b, row), 1);
            }
            pm_battery_close(&b);
            pm_text_free(&text);
        }
}
