// SPDX-License-Identifier: MIT
//
// What a module holds: only what is used, places, names, limits, tables; and
// the code itself, which is to be what a person would write.
#include <stdio.h>
#include <stdlib.h>

#include "low_world.h"
#include "support/fault_alloc.h"
#include "support/test.h"

// --- what is used ------------------------------------------------------------

static struct pm_low_fn *build_all(struct low_world *w)
{
    struct pm_low_global *n = low_global(w, "n", w->t_int);
    low_global(w, "unused", w->t_str);
    low_fn(w, "boot", w->t_void);
    struct pm_low_fn *boot = w->fn;
    struct pm_low_fn *unused = low_fn(w, "unused", w->t_void);
    low_body(w,
             low_node(w, PM_LOW_DROP, w->t_void, 1, low_nop(w, low_int(w, 1))));
    struct pm_low_fn *helper = low_fn(w, "helper", w->t_int);
    low_param(w, "who", w->t_int);
    uint32_t t = low_local(w, "twice", w->t_int);
    low_body(w,
             low_block(w, w->t_never, 2,
                       low_set(w, t, low_add(w, low_get(w, 0), low_get(w, 0))),
                       low_return(w, low_get(w, t))));
    struct pm_low_fn *reload = low_fn(w, "reload", w->t_void);
    low_body(w, low_gset(w, n, low_int(w, 77)));
    w->program.reload = reload;
    w->fn = boot;
    low_body(w, low_gset(w, n, low_call(w, helper, 1, low_int(w, 21))));
    return unused;
}

TEST(emit_module, holds_what_is_reached_and_exports_reload)
{
    struct low_world w;
    low_open(&w);
    build_all(&w);
    if (CHECK(low_run(&w))) {
        const struct pm_module *m = low_machine_module(w.machine);
        CHECK_INT(m->function_count, 3);
        CHECK_INT(m->global_count, 1);
        CHECK_INT(m->host_decl_count, 0);
        CHECK_INT(m->export_count, 1);
        CHECK_INT(m->exports[0].function, 2);
        CHECK_INT(m->functions[1].name.size, 6);
        CHECK_INT(m->local_name_count, 2);
        CHECK(memcmp(m->local_names[1].name.data, "twice", 5) == 0);
        CHECK_INT(low_result(&w, "n"), 42);
    }
    low_close(&w);
}

TEST(emit_module, equal_programs_are_equal_bytes)
{
    struct low_world a;
    struct low_world b;
    low_open(&a);
    low_open(&b);
    build_all(&a);
    build_all(&b);
    if (CHECK(low_link(&a) && low_link(&b))) {
        CHECK_INT(a.bytes.size, b.bytes.size);
        CHECK(memcmp(a.bytes.data, b.bytes.data, a.bytes.size) == 0);
    }
    low_close(&a);
    low_close(&b);
}

// --- places ------------------------------------------------------------------

static void trap_in_callee(struct low_world *w)
{
    low_fn(w, "boot", w->t_void);
    struct pm_low_fn *boot = w->fn;
    struct pm_low_fn *f = low_fn(w, "f", w->t_int);
    uint32_t a = low_param(w, "a", w->t_int);
    w->at = 120; // line 13
    low quotient =
        low_op(w, w->t_int, PM_OP_DIV, 2, low_int(w, 1), low_get(w, a));
    low_body(w, low_return(w, quotient));
    w->fn = boot;
    w->at = 40;
    low call = low_call(w, f, 1, low_nop(w, low_int(w, 0)));
    w->at = 50;
    low_body(w, low_block(w, w->t_void, 2,
                          low_node(w, PM_LOW_DROP, w->t_void, 1,
                                   low_nop(w, low_int(w, 3))),
                          low_node(w, PM_LOW_DROP, w->t_void, 1,
                                   low_op(w, w->t_int, PM_OP_ADD, 2, call,
                                          low_int(w, 1)))));
}

TEST(emit_module, traps_say_the_line_of_what_trapped)
{
    struct low_world w;
    low_open(&w);
    trap_in_callee(&w);
    for (int k = 0; k < 2; k++)
        if (CHECK(k ? low_run_optimised(&w) : low_run(&w))) {
            CHECK_INT(low_trap(&w), 0x0A);
            // Also where the function was put in place of its call.
            CHECK_INT(low_machine_trap_line(w.machine), 13);
        }
    CHECK_INT(low_machine_module(w.machine)->function_count, 1);
    low_close(&w);
}

// --- tables ------------------------------------------------------------------

static int64_t ints_at(int64_t i)
{
    return i * i * 77 - 40000;
}

static int64_t wide_at(int64_t i)
{
    return (int64_t)((uint64_t)i * 0x9e3779b97f4a7c15u);
}

static int64_t bytes_at(int64_t i)
{
    return i * 37 % 256;
}

// A table of [count] elements; n is a sum that knows their order.
static void table(int64_t (*at)(int64_t), char element, uint32_t count)
{
    struct low_world *w = malloc(sizeof *w);
    low_open(w);
    const struct pm_lt *type = element == 'd'   ? w->t_float
                               : element == 'y' ? w->t_byte
                                                : w->t_int;
    struct pm_lt *array = low_type(w, PM_LT_ARRAY, "table", 1, type);
    struct pm_low_global *n = low_global(w, "n", w->t_int);
    low_fn(w, "boot", w->t_void);
    uint32_t a = low_local(w, "a", array);
    uint32_t i = low_local(w, "i", w->t_int);
    low all =
        pm_arena_alloc(&w->arena, sizeof *all + count * sizeof *all->kids);
    *all = *low_node(w, PM_LOW_ARRAY, array, 0);
    all->count = count;
    uint64_t wanted = 0;
    for (uint32_t k = 0; k < count; k++) {
        int64_t value = at(k);
        uint64_t bits = (uint64_t)value;
        double real = (double)value / 16;
        all->kids[k] = element == 'd' ? low_float(w, real) : low_int(w, value);
        all->kids[k]->type = type;
        if (element == 'd')
            memcpy(&bits, &real, sizeof bits);
        wanted = wanted * 31 + bits;
    }
    low item = low_node(w, PM_LOW_INDEX, type, 2, low_get(w, a), low_get(w, i));
    if (element != 'l')
        item = low_op(w, w->t_int,
                      element == 'd' ? PM_OP_TO_BITS : PM_OP_TO_I64, 1, item);
    low sum = low_gset(w, n,
                       low_add(w,
                               low_op(w, w->t_int, PM_OP_MUL, 2, low_gget(w, n),
                                      low_int(w, 31)),
                               item));
    low loop =
        low_while(w, 0, low_lt(w, low_get(w, i), low_int(w, count)), sum,
                  low_set(w, i, low_add(w, low_get(w, i), low_int(w, 1))));
    low_body(w, low_block(w, w->t_void, 3, low_set(w, a, all),
                          low_set(w, i, low_int(w, 0)), loop));
    if (CHECK(low_run(w))) {
        CHECK_INT(low_trap(w), 0);
        CHECK(low_result(w, "n") == wanted);
        CHECK(w->bytes.size < 1000 + (size_t)count * 11);
    }
    low_close(w);
    free(w);
}

TEST(emit_module, long_tables_of_constants_are_small)
{
    table(ints_at, 'l', 10000);
    table(wide_at, 'l', 1000);
    table(bytes_at, 'y', 5000);
    table(wide_at, 'd', 1000);
    table(ints_at, 'l', 20);
}

// --- limits ------------------------------------------------------------------

static void refused(struct low_world *w, pm_lang_code code)
{
    CHECK_INT(pm_low_emit(&w->program, &w->report, &w->bytes), PM_ERR_INVALID);
    CHECK_INT(w->bytes.size, 0);
    if (CHECK(w->report.count >= 1)) {
        CHECK_INT(w->report.items[0].code, code);
        CHECK(w->report.items[0].help != NULL);
    }
    low_close(w);
    free(w);
}

static struct low_world *open_world(void)
{
    struct low_world *w = malloc(sizeof *w);
    low_open(w);
    low_fn(w, "boot", w->t_void);
    return w;
}

TEST(emit_module, a_function_that_is_too_long_is_refused)
{
    struct low_world *w = open_world();
    low all = low_block(w, w->t_void, 0);
    for (int i = 0; i < 3700; i++)
        all = low_block(
            w, w->t_void, 2, all,
            low_node(w, PM_LOW_DROP, w->t_void, 1, low_nop(w, low_int(w, i))));
    low_body(w, all);
    refused(w, PM_LANG_FUNCTION_TOO_LONG);
}

TEST(emit_module, too_many_variables_are_refused)
{
    struct low_world *w = open_world();
    low set = low_block(w, w->t_void, 0);
    low get = low_block(w, w->t_void, 0);
    for (int i = 0; i < 512; i++) {
        uint32_t local = low_local(w, "v", w->t_int);
        set = low_block(w, w->t_void, 2, set, low_set(w, local, low_int(w, i)));
        get = low_block(w, w->t_void, 2, get,
                        low_node(w, PM_LOW_DROP, w->t_void, 1,
                                 low_nop(w, low_get(w, local))));
    }
    low_body(w, low_block(w, w->t_void, 2, set, get));
    refused(w, PM_LANG_TOO_MANY_SLOTS);
}

TEST(emit_module, variables_that_never_live_together_share_their_slots)
{
    struct low_world *w = open_world();
    low all = low_block(w, w->t_void, 0);
    for (int i = 0; i < 1000; i++) {
        uint32_t local = low_local(w, i % 2 ? "a" : "b", w->t_int);
        all = low_block(w, w->t_void, 3, all, low_set(w, local, low_int(w, i)),
                        low_node(w, PM_LOW_DROP, w->t_void, 1,
                                 low_nop(w, low_get(w, local))));
    }
    low_body(w, all);
    if (CHECK(low_run(w)))
        CHECK_INT(low_machine_module(w->machine)->functions[0].local_count, 2);
    low_close(w);
    free(w);
}

TEST(emit_module, too_many_fields_and_parameters_are_refused)
{
    struct low_world *w = open_world();
    const struct pm_lt *p = w->t_int;
    for (int i = 0; i < 8; i++)
        p = low_type(w, PM_LT_TUPLE, "()", 2, p, p);
    struct pm_lt *thing = low_struct(w, "Thing", 1, "all", p);
    low_body(w, low_node(w, PM_LOW_DROP, w->t_void, 1,
                         low_node(w, PM_LOW_NEW, thing, 1, low_zero(w, p))));
    refused(w, PM_LANG_TOO_MANY_FIELDS);

    w = open_world();
    struct pm_low_fn *boot = w->fn;
    struct pm_low_fn *f = low_fn(w, "f", w->t_void);
    p = w->t_int;
    for (int i = 0; i < 8; i++)
        p = low_type(w, PM_LT_TUPLE, "()", 2, p, p);
    low_param(w, "p", p);
    low_body(w, low_block(w, w->t_void, 0));
    w->fn = boot;
    low_body(w, low_call(w, f, 1, low_zero(w, p)));
    refused(w, PM_LANG_TOO_MANY_PARAMETERS);
}

// --- the code ----------------------------------------------------------------

static void check_code(struct low_world *w, const char *wanted)
{
    struct pm_buf text;
    pm_buf_init(&text, &w->alloc);
    if (CHECK(low_run_optimised(w))) {
        pm_module_disassemble(low_machine_module(w->machine), NULL, &text);
        const char *code = strstr(pm_buf_cstr(&text), "    push_i64");
        CHECK_STR(code, wanted);
    }
    pm_buf_free(&text);
    low_close(w);
    free(w);
}

TEST(emit_module, a_loop_is_what_a_person_would_write)
{
    struct low_world *w = open_world();
    struct pm_low_global *n = low_global(w, "n", w->t_int);
    uint32_t sum = low_local(w, "sum", w->t_int);
    uint32_t end = low_local(w, "", w->t_int);
    uint32_t i = low_local(w, "i", w->t_int);
    low body =
        low_if(w, w->t_void,
               low_node(w, PM_LOW_OR, w->t_bool, 2,
                        low_lt(w, low_get(w, sum), low_int(w, 7)),
                        low_lt(w, low_get(w, i), low_int(w, 3))),
               low_set(w, sum, low_add(w, low_get(w, sum), low_get(w, i))),
               low_jump(w, PM_LOW_BREAK, 0));
    low_body(
        w,
        low_block(
            w, w->t_void, 5, low_set(w, sum, low_int(w, 0)),
            low_set(w, end, low_int(w, 10)), low_set(w, i, low_int(w, 0)),
            low_while(w, 0, low_lt(w, low_get(w, i), low_get(w, end)), body,
                      low_set(w, i, low_add(w, low_get(w, i), low_int(w, 1)))),
            low_gset(w, n, low_get(w, sum))));
    check_code(w, "    push_i64 0\n"
                  "    set_local sum\n"
                  "    push_i64 0\n"
                  "    set_local i\n"
                  "    jmp L130\n"
                  "L38:\n"
                  "    get_local sum\n"
                  "    push_i64 7\n"
                  "    lt\n"
                  "    jmp_if_true L86\n"
                  "    get_local i\n"
                  "    push_i64 3\n"
                  "    lt\n"
                  "    jmp_if_false L154\n"
                  "L86:\n"
                  "    get_local sum\n"
                  "    get_local i\n"
                  "    add\n"
                  "    set_local sum\n"
                  "    get_local i\n"
                  "    push_i64 1\n"
                  "    add\n"
                  "    set_local i\n"
                  "L130:\n"
                  "    get_local i\n"
                  "    push_i64 10\n"
                  "    lt\n"
                  "    jmp_if_true L38\n"
                  "L154:\n"
                  "    get_local sum\n"
                  "    set_global n\n"
                  "    ret\n"
                  ".end\n");
}

// --- memory ------------------------------------------------------------------

static int task(const struct pm_allocator *alloc, void *context)
{
    struct low_world *w = context;
    struct pm_lang_report report;
    struct pm_arena arena;
    struct pm_buf out;
    pm_arena_init(&arena, alloc);
    pm_lang_report_init(&report, alloc, &arena);
    pm_buf_init(&out, alloc);
    w->program.arena = &arena;
    w->program.alloc = *alloc;
    pm_status status = PM_OK;
    if (w->at) // optimise too
        status = pm_low_optimise(&w->program);
    if (!status)
        status = pm_low_emit(&w->program, &report, &out);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    pm_buf_free(&out);
    pm_lang_report_free(&report);
    pm_arena_free(&arena);
    w->program.arena = &w->arena;
    return status == PM_OK;
}

static void build_everything(struct low_world *w)
{
    build_all(w);
    struct pm_lt *p =
        low_type(w, PM_LT_TUPLE, "(int, int)", 2, w->t_int, w->t_int);
    struct pm_lt *array = low_type(w, PM_LT_ARRAY, "(int, int)[]", 1, p);
    uint32_t a = low_local(w, "a", array);
    low set = low_set(
        w, a,
        low_node(w, PM_LOW_NEW_ARRAY, array, 1, low_nop(w, low_int(w, 3))));
    low get = low_part(
        w, w->t_int,
        low_node(w, PM_LOW_INDEX, p, 2, low_get(w, a), low_int(w, 1)), 1);
    w->fn->body =
        low_block(w, w->t_void, 3, w->fn->body, set,
                  low_node(w, PM_LOW_DROP, w->t_void, 1, low_nop(w, get)));
}

TEST(emit_module, a_failed_allocation_anywhere_is_told_and_nothing_leaks)
{
    struct low_world w;
    low_open(&w);
    build_everything(&w);
    w.at = 0;
    CHECK(pm_fault_alloc_each(task, &w, 0) > 15);
    low_close(&w);
}

// The optimiser changes the program, also where it then fails: each point
// needs one of its own.
TEST(emit_module, the_optimiser_too)
{
    size_t points = 0;
    for (bool met = true; met;) {
        struct low_world w;
        struct pm_fault_alloc state = {.fail_at = ++points};
        struct pm_allocator alloc = pm_fault_alloc(&state);
        low_open(&w);
        build_everything(&w);
        w.at = 1;
        bool ok = task(&alloc, &w);
        met = state.calls >= points;
        CHECK(ok != met);
        CHECK_INT(state.live_blocks, 0);
        low_close(&w);
    }
    CHECK(points > 15);
}

// --- dumps -------------------------------------------------------------------

TEST(emit_module, a_dump_shows_each_node)
{
    struct low_world w;
    struct pm_buf text;
    low_open(&w);
    build_all(&w);
    pm_buf_init(&text, &w.alloc);
    pm_dump_low(&w.program, &text);
    CHECK_STR(strstr(pm_buf_cstr(&text), "fn helper"),
              "fn helper(who: int) -> int\n"
              "  locals twice: int\n"
              "  block\n"
              "    set local 1 twice\n"
              "      op ADD: int\n"
              "        local 0 who: int\n"
              "        local 0 who: int\n"
              "    return\n"
              "      local 1 twice: int\n"
              "\n"
              "fn reload() -> void\n"
              "  set global n\n"
              "    int 77: int\n"
              "\n");
    pm_buf_free(&text);
    low_close(&w);
}
