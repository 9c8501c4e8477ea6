// SPDX-License-Identifier: MIT
#include "naive.h"
#include "random_gen.h"

static void assign(struct gen *g)
{
    int type = (int)gen_below(g, TYPES);
    gen_expr(g, type, 3);
    if (gen_chance(g, 70))
        gen_say(g, "set_local %s%u", gen_type_names[type],
                gen_below(g, PER_TYPE));
    else
        gen_say(g, "set_global g_%s%u", gen_type_names[type],
                gen_below(g, PER_TYPE));
}

// x = x op constant, what translators fuse.
static void step_local(struct gen *g)
{
    int type = gen_small_type(g);
    uint32_t local = gen_below(g, PER_TYPE);
    gen_say(g, "get_local %s%u", gen_type_names[type], local);
    gen_say(g, "push_%s 1", gen_type_names[type]);
    gen_say(g, "%s", gen_chance(g, 70) ? "add" : "sub");
    gen_say(g, "set_local %s%u", gen_type_names[type], local);
}

static void store(struct gen *g)
{
    static const char *const stores[] = {"store8", "store16", "store32"};
    switch (gen_below(g, 6)) {
    case 0:
        gen_object(g, "arr");
        gen_index(g, NAIVE_ARRAY, 2);
        gen_expr(g, I64, 2);
        gen_say(g, "arr_set");
        break;
    case 1:
        gen_object(g, "rec");
        switch (gen_below(g, 4)) {
        case 0:
            gen_expr(g, I64, 2);
            gen_say(g, "set_field Rec.l");
            break;
        case 1:
            gen_expr(g, F64, 2);
            gen_say(g, "set_field Rec.d");
            break;
        case 2:
            gen_expr(g, I32, 2);
            gen_say(g, "set_field Rec.i");
            break;
        default:
            gen_expr(g, F32, 2);
            gen_say(g, "set_field Rec.f");
            break;
        }
        break;
    case 2:
        gen_object(g, "buf");
        gen_index(g, 32, 2);
        gen_expr(g, I64, 2);
        gen_say(g, "store64");
        break;
    case 3:
        gen_object(g, "buf");
        gen_index(g, 32, 2);
        gen_expr(g, F64, 2);
        gen_say(g, "store_f64");
        break;
    case 4:
        gen_object(g, "buf");
        gen_index(g, 32, 2);
        gen_expr(g, F32, 2);
        gen_say(g, "store_f32");
        break;
    default:
        gen_object(g, "buf");
        gen_index(g, 32, 2);
        gen_expr(g, gen_chance(g, 30) ? BYTE : gen_small_type(g), 2);
        gen_say(g, "%s", gen_pick(g, stores, PM_ARRAY_LEN(stores)));
        break;
    }
}

static void branch(struct gen *g)
{
    int other = g->labels++;
    int end = g->labels++;
    bool has_other = gen_chance(g, 50);
    gen_expr(g, BOOL, 2);
    gen_say(g, "jmp_if_%s L%d", gen_chance(g, 50) ? "true" : "false", other);
    gen_statements(g, 1 + (int)gen_below(g, 2));
    if (has_other)
        gen_say(g, "jmp L%d", end);
    gen_label(g, other);
    if (has_other)
        gen_statements(g, 1 + (int)gen_below(g, 2));
    gen_label(g, end);
}

static void count_up(struct gen *g, const char *type, int counter, int limit,
                     int head)
{
    static const char *const less[] = {"lt", "ne"};
    gen_say(g, "get_local c%s%d", type, counter);
    gen_say(g, "push_%s 1", type);
    gen_say(g, "add");
    if (gen_chance(g, 50)) {
        gen_say(g, "tee_local c%s%d", type, counter);
    } else {
        gen_say(g, "set_local c%s%d", type, counter);
        gen_say(g, "get_local c%s%d", type, counter);
    }
    if (gen_chance(g, 30)) {
        gen_say(g, "push_%s %d", type, limit);
        gen_say(g, "swap");
        gen_say(g, "gt");
    } else {
        gen_say(g, "push_%s %d", type, limit);
        gen_say(g, "%s", gen_pick(g, less, 2));
    }
    if (gen_chance(g, 30)) {
        gen_say(g, "not");
        gen_say(g, "jmp_if_false L%d", head);
    } else {
        gen_say(g, "jmp_if_true L%d", head);
    }
}

static void while_loop(struct gen *g, const char *type, int counter, int limit,
                       int head, int end)
{
    bool down = gen_chance(g, 30);
    gen_say(g, "push_%s %d", type, down ? limit : 0);
    gen_say(g, "set_local c%s%d", type, counter);
    gen_label(g, head);
    gen_say(g, "get_local c%s%d", type, counter);
    if (!down && gen_chance(g, 40)) {
        // Against another local, which nothing else writes.
        gen_say(g, "get_local limit_%s", type);
    } else {
        gen_say(g, "push_%s %d", type, down ? 0 : limit);
    }
    if (gen_chance(g, 50)) {
        gen_say(g, "%s", down ? "gt" : "lt");
        gen_say(g, "jmp_if_false L%d", end);
    } else {
        gen_say(g, "%s", down ? "le" : "ge");
        gen_say(g, "jmp_if_true L%d", end);
    }
    gen_statements(g, 1 + (int)gen_below(g, 3));
    gen_say(g, "get_local c%s%d", type, counter);
    gen_say(g, "push_%s 1", type);
    gen_say(g, "%s", down ? "sub" : "add");
    gen_say(g, "set_local c%s%d", type, counter);
    gen_say(g, "jmp L%d", head);
    gen_label(g, end);
}

// Leaves for good: the rest of the block is not reached from here.
static void leave_for_good(struct gen *g)
{
    const struct shape *shape = &g->shapes[g->function];

    if (g->kept > 0 || gen_chance(g, 60)) {
        gen_say(g, "jmp L%d", g->brk);
        return;
    }
    for (int i = 0; i < shape->result_count; i++)
        gen_expr(g, shape->results[i], 1);
    gen_say(g, "ret");
}

// The test at the end, where the loop is entered too, as compilers lay loops
// out. Some bodies never get to their end, and the test is met once.
static void rotated_loop(struct gen *g, const char *type, int counter,
                         int limit, int head, int end)
{
    int test = g->labels++;
    bool never_ends = gen_chance(g, 20);

    // Counted from above the limit it never runs.
    gen_say(g, "push_%s %d", type, gen_chance(g, 80) ? 0 : limit + 1);
    gen_say(g, "set_local c%s%d", type, counter);
    gen_say(g, "jmp L%d", test);
    gen_label(g, head);
    gen_statements(g, (int)gen_below(g, 3));
    if (never_ends)
        leave_for_good(g);
    if (!never_ends || gen_chance(g, 30)) {
        gen_say(g, "get_local c%s%d", type, counter);
        gen_say(g, "push_%s 1", type);
        gen_say(g, "add");
        gen_say(g, "set_local c%s%d", type, counter);
    }
    gen_label(g, test);
    gen_say(g, "get_local c%s%d", type, counter);
    if (gen_chance(g, 40))
        gen_say(g, "get_local limit_%s", type);
    else
        gen_say(g, "push_%s %d", type, limit);
    if (gen_chance(g, 70)) {
        gen_say(g, "lt");
        gen_say(g, "jmp_if_true L%d", head);
    } else {
        gen_say(g, "ge");
        gen_say(g, "jmp_if_false L%d", head);
    }
    gen_label(g, end);
}

static void loop(struct gen *g)
{
    const char *type = gen_type_names[gen_small_type(g)];
    int counter = g->counters++;
    int head = g->labels++;
    int end = g->labels++;
    int limit = 1 + (int)gen_below(g, 4);
    int outer = g->brk;
    int kept = gen_chance(g, 30) ? (int)gen_below(g, TYPES) : -1;

    if (kept >= 0)
        gen_expr(g, kept, 2);
    g->kept += kept >= 0;
    g->brk = end;
    g->nest++;
    if (gen_chance(g, 35)) {
        while_loop(g, type, counter, limit, head, end);
    } else if (gen_chance(g, 50)) {
        rotated_loop(g, type, counter, limit, head, end);
    } else {
        gen_say(g, "push_%s 0", type);
        gen_say(g, "set_local c%s%d", type, counter);
        gen_label(g, head);
        gen_statements(g, 1 + (int)gen_below(g, 3));
        count_up(g, type, counter, limit, head);
        gen_label(g, end);
    }
    g->nest--;
    g->brk = outer;
    g->kept -= kept >= 0;
    if (kept >= 0)
        gen_say(g, "set_local %s%u", gen_type_names[kept],
                gen_below(g, PER_TYPE));
}

static void call_statement(struct gen *g)
{
    int function = gen_callee(g);
    if (function < 0 || g->nest > 2)
        return;
    const struct shape *shape = &g->shapes[function];
    gen_call(g, function, 2);
    for (int i = shape->result_count; i--;)
        if (gen_chance(g, 70))
            gen_say(g, "set_local %s%u", gen_type_names[shape->results[i]],
                    gen_below(g, PER_TYPE));
        else
            gen_say(g, "pop");
}

static void leave(struct gen *g)
{
    int on = g->labels++;
    gen_expr(g, BOOL, 2);
    gen_say(g, "jmp_if_%s L%d", gen_chance(g, 50) ? "true" : "false", on);
    if (g->brk >= 0 && gen_chance(g, 70)) {
        gen_say(g, "jmp L%d", g->brk);
    } else if (g->kept == 0) {
        const struct shape *shape = &g->shapes[g->function];
        for (int i = 0; i < shape->result_count; i++)
            gen_expr(g, shape->results[i], 1);
        gen_say(g, "ret");
    }
    gen_label(g, on);
}

static void statement(struct gen *g)
{
    uint32_t kind = gen_below(g, 20);
    if (kind < 7)
        assign(g);
    else if (kind < 9)
        step_local(g);
    else if (kind < 11)
        store(g);
    else if (kind < 13)
        branch(g);
    else if (kind < 16 && g->nest < 3 && g->counters < COUNTERS)
        loop(g);
    else if (kind == 16)
        call_statement(g);
    else if (kind == 17)
        leave(g);
    else if (kind == 18)
        gen_say(g, gen_chance(g, 70) ? "nop" : "frame_sync");
    else {
        int type = (int)gen_below(g, TYPES);
        gen_expr(g, type, 2);
        gen_say(g, "pop");
    }
}

void gen_statements(struct gen *g, int count)
{
    while (count--)
        statement(g);
}
