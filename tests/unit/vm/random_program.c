// SPDX-License-Identifier: MIT
#include "random_program.h"

#include "naive.h"
#include "random_gen.h"

static void declare(struct gen *g)
{
    pm_buf_puts(g->out, "    .local limit_i32: i32, limit_i64: i64\n"
                        "    .local buf: bytes, arr: Arr, rec: Rec\n");
    for (int t = 0; t < TYPES; t++)
        for (int i = 0; i < PER_TYPE; i++)
            pm_buf_printf(g->out, "    .local %s%d: %s\n", gen_type_names[t], i,
                          gen_type_names[t]);
    for (int i = 0; i < COUNTERS; i++)
        pm_buf_printf(g->out, "    .local ci32%d: i32, ci64%d: i64\n", i, i);
}

static void begin(struct gen *g)
{
    gen_say(g, "push_i32 %u", 1 + gen_below(g, 3));
    gen_say(g, "set_local limit_i32");
    gen_say(g, "push_i64 %u", 1 + gen_below(g, 3));
    gen_say(g, "set_local limit_i64");
    if (g->function == 0)
        pm_buf_printf(g->out,
                      "    push_i64 %d\n    bytes_new\n    set_global g_buf\n"
                      "    push_i64 %d\n    arr_new Arr\n    set_global g_arr\n"
                      "    rec_new Rec\n    set_global g_rec\n",
                      NAIVE_BYTES, NAIVE_ARRAY);
    pm_buf_puts(g->out, "    get_global g_buf\n    set_local buf\n"
                        "    get_global g_arr\n    set_local arr\n"
                        "    get_global g_rec\n    set_local rec\n");
    for (int t = 0; t < TYPES; t++)
        for (int i = 0; i < PER_TYPE; i++) {
            gen_constant(g, t);
            gen_say(g, "set_local %s%d", gen_type_names[t], i);
        }
}

static void put_types(struct gen *g, const int *types, int count,
                      const char *prefix)
{
    for (int i = 0; i < count; i++)
        if (prefix)
            pm_buf_printf(g->out, "%s%s%d: %s", i ? ", " : "", prefix, i,
                          gen_type_names[types[i]]);
        else
            pm_buf_printf(g->out, "%s%s", i ? ", " : "",
                          gen_type_names[types[i]]);
}

static void function(struct gen *g, int number)
{
    const struct shape *shape = &g->shapes[number];
    g->function = number;
    g->counters = 0;
    g->kept = 0;
    g->brk = -1;
    g->nest = 0;
    pm_buf_printf(g->out, ".func f%d (", number);
    put_types(g, shape->params, shape->param_count, "p");
    pm_buf_puts(g->out, ")");
    if (shape->result_count) {
        pm_buf_puts(g->out, " -> (");
        put_types(g, shape->results, shape->result_count, NULL);
        pm_buf_puts(g->out, ")");
    }
    pm_buf_puts(g->out, "\n");
    declare(g);
    begin(g);
    for (int i = 0; i < shape->param_count; i++) {
        gen_say(g, "get_local p%d", i);
        gen_say(g, "set_local %s%u", gen_type_names[shape->params[i]],
                gen_below(g, PER_TYPE));
    }
    gen_statements(g, 3 + (int)gen_below(g, 7));
    for (int i = 0; i < shape->result_count; i++)
        gen_expr(g, shape->results[i], 3);
    gen_say(g, number == 0 && gen_chance(g, 50) ? "halt" : "ret");
    pm_buf_puts(g->out, ".end\n");
}

void random_program(uint64_t seed, struct pm_buf *out)
{
    struct gen g = {.out = out, .random = seed * 2654435761u + 88172645463325u};

    pm_buf_puts(out, ".type Arr = array i64\n"
                     ".type Rec = record { l: i64, d: f64, i: i32, f: f32 }\n");
    for (int t = 0; t < TYPES; t++)
        for (int i = 0; i < PER_TYPE; i++)
            pm_buf_printf(out, ".global g_%s%d: %s\n", gen_type_names[t], i,
                          gen_type_names[t]);
    pm_buf_puts(out, ".global g_buf: bytes, g_arr: Arr, g_rec: Rec\n");
    for (int f = 1; f < FUNCTIONS; f++) {
        struct shape *shape = &g.shapes[f];
        shape->param_count = (int)gen_below(&g, 4);
        shape->result_count = (int)gen_below(&g, 4);
        for (int i = 0; i < 3; i++) {
            shape->params[i] = (int)gen_below(&g, TYPES);
            shape->results[i] = (int)gen_below(&g, TYPES);
        }
    }
    for (int f = 0; f < FUNCTIONS; f++)
        function(&g, f);
}
