// SPDX-License-Identifier: MIT
//
// What the optimiser leaves of programs; that they still do the same is
// test_random_low's to say.
#include <stdlib.h>

#include "low_world.h"
#include "support/test.h"

static struct low_world *open_world(void)
{
    struct low_world *w = malloc(sizeof *w);
    low_open(w);
    low_fn(w, "boot", w->t_void);
    return w;
}

static void close_world(struct low_world *w)
{
    low_close(w);
    free(w);
}

// The optimised program as text.
static void check_dump(struct low_world *w, const char *wanted)
{
    struct pm_buf text;
    pm_buf_init(&text, &w->alloc);
    CHECK_INT(pm_low_optimise(&w->program), PM_OK);
    pm_dump_low(&w->program, &text);
    CHECK_STR(pm_buf_cstr(&text), wanted);
    pm_buf_free(&text);
    CHECK(low_run(w));
    close_world(w);
}

static low show(struct low_world *w, low value)
{
    return low_node(w, PM_LOW_DROP, w->t_void, 1, low_nop(w, value));
}

TEST(optimise, constants_go_through_locals_and_globals_and_ways_are_dropped)
{
    struct low_world *w = open_world();
    struct pm_low_global *limit = low_global(w, "limit", w->t_int);
    uint32_t a = low_local(w, "", w->t_int);
    low_body(
        w,
        low_block(w, w->t_void, 3, low_gset(w, limit, low_int(w, 6)),
                  low_set(w, a, low_add(w, low_gget(w, limit), low_int(w, 1))),
                  low_if(w, w->t_void, low_lt(w, low_get(w, a), low_int(w, 9)),
                         show(w, low_get(w, a)), show(w, low_int(w, 0)))));
    check_dump(w, "global limit: int\n\n"
                  "fn boot() -> void\n"
                  "  locals 0: int\n"
                  "  block\n"
                  "    drop\n"
                  "      host call nop: int\n"
                  "        int 7: int\n\n");
}

TEST(optimise, a_global_that_is_set_later_only_is_no_constant)
{
    struct low_world *w = open_world();
    struct pm_low_global *n = low_global(w, "n", w->t_int);
    low_body(
        w, low_block(w, w->t_void, 2, show(w, low_gget(w, n)),
                     low_if(w, w->t_void,
                            low_lt(w, low_nop(w, low_int(w, 1)), low_int(w, 2)),
                            low_gset(w, n, low_int(w, 5)), NULL)));
    check_dump(w, "global n: int\n\n"
                  "fn boot() -> void\n"
                  "  block\n"
                  "    drop\n"
                  "      host call nop: int\n"
                  "        global n: int\n"
                  "    if\n"
                  "      op LT: bool\n"
                  "        host call nop: int\n"
                  "          int 1: int\n"
                  "        int 2: int\n"
                  "      set global n\n"
                  "        int 5: int\n"
                  "      -\n\n");
}

TEST(optimise, strings_of_constants_are_joined)
{
    struct low_world *w = open_world();
    low text = low_op(
        w, w->t_str, PM_OP_ADD, 2,
        low_op(w, w->t_str, PM_OP_ADD, 2,
               low_op(w, w->t_str, PM_OP_STR_FROM_I64, 1,
                      low_nop(w, low_int(w, 1))),
               low_str(w, "a")),
        low_op(w, w->t_str, PM_OP_ADD, 2, low_str(w, "b"), low_str(w, "c")));
    low_body(w, show(w, low_op(w, w->t_int, PM_OP_STR_LEN, 1, text)));
    check_dump(w, "fn boot() -> void\n"
                  "  drop\n"
                  "    host call nop: int\n"
                  "      op STR_LEN: int\n"
                  "        op ADD: str\n"
                  "          op STR_FROM_I64: str\n"
                  "            host call nop: int\n"
                  "              int 1: int\n"
                  "          str \"abc\": str\n\n");
}

// fn larger(a, b) { if a < b { return b } return a }
static struct pm_low_fn *larger(struct low_world *w)
{
    struct pm_low_fn *boot = w->fn;
    struct pm_low_fn *fn = low_fn(w, "larger", w->t_int);
    uint32_t a = low_param(w, "a", w->t_int);
    uint32_t b = low_param(w, "b", w->t_int);
    low_body(w, low_block(w, w->t_never, 2,
                          low_if(w, w->t_void,
                                 low_lt(w, low_get(w, a), low_get(w, b)),
                                 low_return(w, low_get(w, b)), NULL),
                          low_return(w, low_get(w, a))));
    w->fn = boot;
    return fn;
}

TEST(optimise, small_functions_are_put_in_place_of_their_calls)
{
    struct low_world *w = open_world();
    struct pm_low_fn *fn = larger(w);
    uint32_t x = low_local(w, "x", w->t_int);
    low_body(w, low_block(
                    w, w->t_void, 3, low_set(w, x, low_nop(w, low_int(w, 4))),
                    show(w, low_call(w, fn, 2, low_get(w, x), low_int(w, 9))),
                    show(w, low_call(w, fn, 2, low_int(w, 7), low_int(w, 3)))));
    CHECK_INT(pm_low_optimise(&w->program), PM_OK);
    if (CHECK(low_run(w))) {
        CHECK_INT(low_machine_module(w->machine)->function_count, 1);
        CHECK_INT(low_machine_trace(w->machine), (4 * 31 + 9) * 31 + 7);
    }
    close_world(w);
}

// larger(nop(1), { nop(2); x }): each argument once, from left to right.
TEST(optimise, arguments_are_evaluated_once_and_in_order)
{
    for (int k = 0; k < 2; k++) {
        struct low_world *w = open_world();
        struct pm_low_fn *fn = larger(w);
        uint32_t x = low_local(w, "x", w->t_int);
        low second = low_block(w, w->t_int, 3, low_set(w, x, low_int(w, 50)),
                               show(w, low_int(w, 2)), low_get(w, x));
        low first = low_add(w, low_get(w, x), low_nop(w, low_int(w, 1)));
        low_body(w,
                 low_block(
                     w, w->t_void, 4, low_set(w, x, low_nop(w, low_int(w, 60))),
                     show(w, low_call(w, fn, 2, first, second)),
                     low_set(w, x, low_int(w, 70)),
                     show(w, low_call(w, fn, 2, low_get(w, x),
                                      low_block(w, w->t_int, 2,
                                                low_set(w, x, low_int(w, 5)),
                                                low_get(w, x))))));
        if (CHECK(k ? low_run_optimised(w) : low_run(w)))
            CHECK_INT(low_machine_trace(w->machine),
                      (((60 * 31 + 1) * 31 + 2) * 31 + 61) * 31 + 70);
        close_world(w);
    }
}

TEST(optimise, functions_that_call_each_other_in_a_circle_stay_calls)
{
    struct low_world *w = open_world();
    struct pm_low_fn *boot = w->fn;
    struct pm_low_fn *even = low_fn(w, "even", w->t_int);
    struct pm_low_fn *odd = low_fn(w, "odd", w->t_int);
    struct pm_low_fn *both[] = {even, odd};
    for (int i = 0; i < 2; i++) {
        w->fn = both[i];
        uint32_t n = low_param(w, "n", w->t_int);
        low_body(w,
                 low_return(w, low_if(w, w->t_int,
                                      low_lt(w, low_get(w, n), low_int(w, 1)),
                                      low_int(w, i),
                                      low_call(w, both[1 - i], 1,
                                               low_add(w, low_get(w, n),
                                                       low_int(w, -1))))));
    }
    w->fn = boot;
    low_body(w, show(w, low_call(w, even, 1, low_nop(w, low_int(w, 101)))));
    if (CHECK(low_run_optimised(w)))
        CHECK_INT(low_machine_trace(w->machine), 101 * 31 + 1);
    close_world(w);
}

// Doubling functions in a chain: 2^40 nodes without a limit.
TEST(optimise, functions_do_not_grow_without_end)
{
    struct low_world *w = open_world();
    struct pm_low_fn *boot = w->fn;
    struct pm_low_fn *last = NULL;
    for (int i = 0; i < 40; i++) {
        struct pm_low_fn *fn = low_fn(w, "twice", w->t_int);
        uint32_t n = low_param(w, "n", w->t_int);
        low value = low_add(w, low_get(w, n), low_int(w, 1));
        if (last)
            value = low_if(
                w, w->t_int, low_lt(w, low_get(w, n), low_int(w, i)),
                low_call(w, last, 1, low_add(w, low_get(w, n), low_int(w, 1))),
                low_call(w, last, 1, low_add(w, low_get(w, n), low_int(w, 2))));
        low_body(w, low_return(w, value));
        last = fn;
    }
    w->fn = boot;
    low_body(w, show(w, low_call(w, last, 1, low_nop(w, low_int(w, 0)))));
    if (CHECK(low_run_optimised(w)))
        CHECK(w->bytes.size < 200000);
    close_world(w);
}
