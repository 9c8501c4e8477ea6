// SPDX-License-Identifier: MIT
#include "low_world.h"

#include "bytecode/bytecode.h"
#include "support/fault_alloc.h"
#include "support/test.h"

// --- programs ----------------------------------------------------------------

TEST(emit, an_empty_program_halts)
{
    struct low_world w;
    low_open(&w);
    low_fn(&w, "boot", w.t_void);
    low_body(&w, low_block(&w, w.t_void, 0));
    if (CHECK(low_run(&w)))
        CHECK_INT(low_trap(&w), 0);
    low_close(&w);
}

// sum = 0; i = 0; while i < 10 { sum += i; i += 1 }; result = sum
static void build_sum(struct low_world *w)
{
    low_fn(w, "boot", w->t_void);
    struct pm_low_global *result = low_global(w, "result", w->t_int);
    uint32_t sum = low_local(w, "sum", w->t_int);
    uint32_t i = low_local(w, "i", w->t_int);
    low_body(
        w, low_block(
               w, w->t_void, 4, low_set(w, sum, low_int(w, 0)),
               low_set(w, i, low_int(w, 0)),
               low_while(
                   w, 0, low_lt(w, low_get(w, i), low_int(w, 10)),
                   low_set(w, sum, low_add(w, low_get(w, sum), low_get(w, i))),
                   low_set(w, i, low_add(w, low_get(w, i), low_int(w, 1)))),
               low_gset(w, result, low_get(w, sum))));
}

TEST(emit, a_loop_runs_and_is_tested_at_its_end)
{
    struct low_world w;
    low_open(&w);
    build_sum(&w);
    if (CHECK(low_run(&w)))
        CHECK_INT(low_result(&w, "result"), 45);
    low_close(&w);
}

TEST(emit, calls_give_spread_values)
{
    struct low_world w;
    low_open(&w);
    struct pm_lt *pair =
        low_type(&w, PM_LT_TUPLE, "(int, bool)", 2, w.t_int, w.t_bool);
    low_fn(&w, "boot", w.t_void);
    struct pm_low_fn *boot = w.fn;
    struct pm_low_fn *two = low_fn(&w, "two", pair);
    uint32_t a = low_param(&w, "a", w.t_int);
    low_body(
        &w, low_return(&w, low_node(&w, PM_LOW_TUPLE, pair, 2,
                                    low_add(&w, low_get(&w, a), low_int(&w, 1)),
                                    low_bool(&w, true))));
    w.fn = boot;
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    struct pm_low_global *b = low_global(&w, "b", w.t_bool);
    uint32_t t = low_local(&w, "t", pair);
    low_body(
        &w,
        low_block(&w, w.t_void, 4,
                  low_set(&w, t, low_call(&w, two, 1, low_int(&w, 6))),
                  low_gset(&w, n, low_part(&w, w.t_int, low_get(&w, t), 0)),
                  low_gset(&w, b,
                           low_part(&w, w.t_bool,
                                    low_call(&w, two, 1, low_int(&w, 1)), 1)),
                  low_return(&w, NULL)));
    if (CHECK(low_run(&w))) {
        CHECK_INT(low_result(&w, "n"), 7);
        CHECK_INT(low_result(&w, "b"), 1);
    }
    low_close(&w);
}

TEST(emit, records_strings_and_host_calls)
{
    struct low_world w;
    low_open(&w);
    struct pm_lt *spot =
        low_type(&w, PM_LT_TUPLE, "(int, int)", 2, w.t_int, w.t_int);
    struct pm_lt *thing =
        low_struct(&w, "Thing", 3, "name", w.t_str, "pos", spot, "n", w.t_int);
    low_fn(&w, "boot", w.t_void);
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    struct pm_low_global *m = low_global(&w, "m", w.t_int);
    uint32_t t = low_local(&w, "t", thing);
    low body = low_block(
        &w, w.t_void, 4,
        low_set(&w, t,
                low_node(&w, PM_LOW_NEW, thing, 3,
                         low_op(&w, w.t_str, PM_OP_ADD, 2, low_str(&w, "ab"),
                                low_str(&w, "cde")),
                         low_node(&w, PM_LOW_TUPLE, spot, 2, low_int(&w, 3),
                                  low_int(&w, 4)),
                         low_int(&w, 5))),
        // t.pos = (t.pos.1, t.pos.0)
        low_set_field(
            &w, low_get(&w, t), 1,
            low_node(
                &w, PM_LOW_TUPLE, spot, 2,
                low_part(&w, w.t_int, low_field(&w, low_get(&w, t), 1), 1),
                low_part(&w, w.t_int, low_field(&w, low_get(&w, t), 1), 0))),
        low_gset(&w, n,
                 low_add(&w,
                         low_op(&w, w.t_int, PM_OP_STR_LEN, 1,
                                low_field(&w, low_get(&w, t), 0)),
                         low_nop(&w, low_field(&w, low_get(&w, t), 2)))),
        low_gset(&w, m,
                 low_part(&w, w.t_int, low_field(&w, low_get(&w, t), 1), 0)));
    low_body(&w, body);
    if (CHECK(low_run(&w))) {
        CHECK_INT(low_result(&w, "n"), 10);
        CHECK_INT(low_result(&w, "m"), 4);
        CHECK_INT(low_machine_nops(w.machine), 1);
    }
    low_close(&w);
}
