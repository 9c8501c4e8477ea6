// SPDX-License-Identifier: MIT
//
// Ways through functions: loops, jumps out of expressions, conditions,
// coroutines.
#include "low_world.h"
#include "support/test.h"

// for i from 0 until 5: n = n * 10 + (1 + (nop(2) + { i < 3 ? i : JUMP }))
static void jump_out(pm_low_kind kind, uint64_t wanted)
{
    struct low_world w;
    low_open(&w);
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    low_fn(&w, "boot", w.t_void);
    uint32_t i = low_local(&w, "i", w.t_int);
    low jump =
        kind == PM_LOW_RETURN ? low_return(&w, NULL) : low_jump(&w, kind, 3);
    low value = low_if(
        &w, w.t_int,
        low_op(&w, w.t_bool, PM_OP_NE, 2, low_get(&w, i), low_int(&w, 3)),
        low_get(&w, i), jump);
    low sum = low_add(&w, low_int(&w, 1),
                      low_add(&w, low_nop(&w, low_int(&w, 2)), value));
    low body = low_gset(&w, n,
                        low_add(&w,
                                low_op(&w, w.t_int, PM_OP_MUL, 2,
                                       low_gget(&w, n), low_int(&w, 10)),
                                sum));
    low loop =
        low_while(&w, 3, low_lt(&w, low_get(&w, i), low_int(&w, 5)), body,
                  low_set(&w, i, low_add(&w, low_get(&w, i), low_int(&w, 1))));
    low_body(&w,
             low_block(
                 &w, w.t_void, 3, low_set(&w, i, low_int(&w, 0)), loop,
                 low_gset(&w, n,
                          low_op(&w, w.t_int, PM_OP_NEG, 1, low_gget(&w, n)))));
    for (int k = 0; k < 2; k++)
        if (CHECK(k ? low_run_optimised(&w) : low_run(&w)))
            CHECK_INT(low_result(&w, "n"), wanted);
    low_close(&w);
}

TEST(emit_flow, jumps_leave_operands_behind)
{
    jump_out(PM_LOW_BREAK, (uint64_t)-345);
    jump_out(PM_LOW_CONTINUE, (uint64_t)-3457);
    jump_out(PM_LOW_RETURN, 345);
}

// f(1, 2 else return 9): the result alone is on the stack.
TEST(emit_flow, a_return_within_arguments_gives_its_value)
{
    struct low_world w;
    low_open(&w);
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    low_fn(&w, "boot", w.t_void);
    struct pm_low_fn *boot = w.fn;
    struct pm_lt *p =
        low_type(&w, PM_LT_TUPLE, "(int, int)", 2, w.t_int, w.t_int);
    struct pm_low_fn *f = low_fn(&w, "f", p);
    uint32_t a = low_param(&w, "a", w.t_int);
    low leave =
        low_return(&w, low_node(&w, PM_LOW_TUPLE, p, 2,
                                low_nop(&w, low_int(&w, 9)), low_get(&w, a)));
    low second = low_if(&w, w.t_int, low_lt(&w, low_get(&w, a), low_int(&w, 5)),
                        low_int(&w, 2), leave);
    low_body(&w, low_return(&w, low_node(&w, PM_LOW_TUPLE, p, 2,
                                         low_nop(&w, low_int(&w, 1)), second)));
    w.fn = boot;
    uint32_t t = low_local(&w, "t", p);
    low_body(
        &w,
        low_block(
            &w, w.t_void, 2,
            low_set(&w, t, low_call(&w, f, 1, low_nop(&w, low_int(&w, 7)))),
            low_gset(&w, n,
                     low_add(&w,
                             low_op(&w, w.t_int, PM_OP_MUL, 2,
                                    low_part(&w, w.t_int, low_get(&w, t), 0),
                                    low_int(&w, 10)),
                             low_part(&w, w.t_int, low_get(&w, t), 1)))));
    for (int k = 0; k < 2; k++)
        if (CHECK(k ? low_run_optimised(&w) : low_run(&w)))
            CHECK_INT(low_result(&w, "n"), 97);
    low_close(&w);
}

// All four combinations of a condition, as a value and as a branch.
static void logic(pm_low_kind kind, uint64_t wanted)
{
    struct low_world w;
    low_open(&w);
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    low_fn(&w, "boot", w.t_void);
    low all = low_block(&w, w.t_void, 0);
    uint32_t b = low_local(&w, "b", w.t_bool);
    for (int i = 0; i < 8; i++) {
        low left = low_lt(&w, low_nop(&w, low_int(&w, 0)), low_int(&w, i & 1));
        low right =
            low_lt(&w, low_nop(&w, low_int(&w, 0)), low_int(&w, i >> 1 & 1));
        low both = low_node(&w, kind, w.t_bool, 2, left, right);
        low set = low_block(&w, w.t_void, 0);
        if (i & 4) {
            set = low_set(&w, b, both);
            both = low_op(&w, w.t_bool, PM_OP_NOT, 1,
                          low_op(&w, w.t_bool, PM_OP_NOT, 1, low_get(&w, b)));
        }
        low digit = low_if(&w, w.t_int, both, low_int(&w, 2), low_int(&w, 1));
        all =
            low_block(&w, w.t_void, 3, all, set,
                      low_gset(&w, n,
                               low_add(&w,
                                       low_op(&w, w.t_int, PM_OP_MUL, 2,
                                              low_gget(&w, n), low_int(&w, 10)),
                                       digit)));
    }
    low_body(&w, all);
    for (int k = 0; k < 2; k++)
        if (CHECK(k ? low_run_optimised(&w) : low_run(&w))) {
            CHECK_INT(low_result(&w, "n"), wanted);
            // The right side only where it matters.
            CHECK_INT(low_machine_nops(w.machine), 12);
        }
    low_close(&w);
}

TEST(emit_flow, and_and_or_look_at_the_right_side_only_when_they_must)
{
    logic(PM_LOW_AND, 11121112);
    logic(PM_LOW_OR, 12221222);
}

TEST(emit_flow, loops_without_a_way_out_and_without_a_round)
{
    struct low_world w;
    low_open(&w);
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    low_fn(&w, "boot", w.t_void);
    low never = low_while(&w, 0, low_bool(&w, false),
                          low_nop(&w, low_int(&w, 1)), NULL);
    low up = low_gset(&w, n, low_add(&w, low_gget(&w, n), low_int(&w, 1)));
    low stop = low_if(
        &w, w.t_void, low_lt(&w, low_int(&w, 4), low_gget(&w, n)),
        low_node(&w, PM_LOW_TRAP, w.t_never, 1, low_str(&w, "enough")), NULL);
    low ever =
        low_while(&w, 1, NULL, low_block(&w, w.t_void, 2, up, stop), NULL);
    ever->type = w.t_never;
    low_body(&w, low_block(&w, w.t_never, 2, never, ever));
    for (int k = 0; k < 2; k++)
        if (CHECK(k ? low_run_optimised(&w) : low_run(&w))) {
            CHECK_INT(low_trap(&w), 0x02);
            CHECK_STR(low_machine_trap_message(w.machine), "enough");
            CHECK_INT(low_result(&w, "n"), 5);
            CHECK_INT(low_machine_nops(w.machine), 0);
        }
    low_close(&w);
}

// A loop's condition that assigns in one of its halves only.
TEST(emit_flow, a_condition_may_assign)
{
    struct low_world w;
    low_open(&w);
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    low_fn(&w, "boot", w.t_void);
    uint32_t i = low_local(&w, "i", w.t_int);
    uint32_t t = low_local(&w, "", w.t_int);
    low assigned =
        low_block(&w, w.t_bool, 2, low_set(&w, t, low_nop(&w, low_get(&w, i))),
                  low_lt(&w, low_add(&w, low_get(&w, t), low_get(&w, t)),
                         low_int(&w, 3)));
    low condition =
        low_node(&w, PM_LOW_OR, w.t_bool, 2,
                 low_node(&w, PM_LOW_AND, w.t_bool, 2,
                          low_lt(&w, low_get(&w, i), low_int(&w, 1)), assigned),
                 low_lt(&w, low_get(&w, i), low_int(&w, 4)));
    low loop = low_while(
        &w, 0, condition,
        low_set(&w, i, low_add(&w, low_get(&w, i), low_int(&w, 1))), NULL);
    low_body(&w, low_block(&w, w.t_void, 3, low_set(&w, i, low_int(&w, -2)),
                           loop, low_gset(&w, n, low_get(&w, i))));
    for (int k = 0; k < 2; k++)
        if (CHECK(k ? low_run_optimised(&w) : low_run(&w)))
            CHECK_INT(low_result(&w, "n"), 4);
    low_close(&w);
}

TEST(emit_flow, coroutines_wait_and_the_frame_ends)
{
    struct low_world w;
    low_open(&w);
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    low_fn(&w, "boot", w.t_void);
    struct pm_low_fn *boot = w.fn;
    struct pm_low_fn *task = low_fn(&w, "task", w.t_void);
    uint32_t by = low_param(&w, "by", w.t_int);
#define MORE() low_gset(&w, n, low_add(&w, low_gget(&w, n), low_get(&w, by)))
    low_body(&w,
             low_block(&w, w.t_void, 5, MORE(),
                       low_node(&w, PM_LOW_YIELD, w.t_void, 0), MORE(),
                       low_node(&w, PM_LOW_SLEEP, w.t_void, 1, low_int(&w, 2)),
                       MORE()));
#undef MORE
    struct pm_lt *fn = low_type(&w, PM_LT_FN, "fn", 1, w.t_void);
    struct pm_low_fn *lambda = low_fn(&w, "lambda", w.t_void);
    low_capture(&w, "x", w.t_int);
    low_body(&w, low_gset(&w, n,
                          low_add(&w, low_gget(&w, n),
                                  low_node(&w, PM_LOW_CAPTURE, w.t_int, 0))));
    w.fn = boot;
    low spawn = low_node(&w, PM_LOW_SPAWN, w.t_task, 1, low_int(&w, 10));
    spawn->function = task;
    low closure = low_node(&w, PM_LOW_CLOSURE, fn, 1, low_int(&w, 1000));
    closure->function = lambda;
    uint32_t i = low_local(&w, "i", w.t_int);
    low frames =
        low_while(&w, 0, low_lt(&w, low_get(&w, i), low_int(&w, 6)),
                  low_node(&w, PM_LOW_FRAME_SYNC, w.t_void, 0),
                  low_set(&w, i, low_add(&w, low_get(&w, i), low_int(&w, 1))));
    low_body(&w, low_block(&w, w.t_void, 4,
                           low_node(&w, PM_LOW_DROP, w.t_void, 1, spawn),
                           low_node(&w, PM_LOW_DROP, w.t_void, 1,
                                    low_node(&w, PM_LOW_SPAWN_VALUE, w.t_task,
                                             1, closure)),
                           low_set(&w, i, low_int(&w, 0)), frames));
    for (int k = 0; k < 2; k++)
        if (CHECK(k ? low_run_optimised(&w) : low_run(&w)))
            CHECK_INT(low_result(&w, "n"), 1030);
    low_close(&w);
}

// if n == 0 {…} else if n == 1 {…} …: long chains are one after the other.
TEST(emit_flow, long_chains_of_else_if)
{
    struct low_world w;
    low_open(&w);
    struct pm_low_global *n = low_global(&w, "n", w.t_int);
    low_fn(&w, "boot", w.t_void);
    uint32_t v = low_local(&w, "v", w.t_int);
    low chain = NULL;
    for (int i = 400; i-- > 0;)
        chain = low_if(
            &w, w.t_void,
            low_op(&w, w.t_bool, PM_OP_EQ, 2, low_get(&w, v), low_int(&w, i)),
            low_gset(&w, n, low_int(&w, i * 2)), chain);
    low_body(&w,
             low_block(&w, w.t_void, 2,
                       low_set(&w, v, low_nop(&w, low_int(&w, 321))), chain));
    for (int k = 0; k < 2; k++)
        if (CHECK(k ? low_run_optimised(&w) : low_run(&w)))
            CHECK_INT(low_result(&w, "n"), 642);
    low_close(&w);
}
