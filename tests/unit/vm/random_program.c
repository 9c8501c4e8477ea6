// SPDX-License-Identifier: MIT
#include "random_program.h"

#include <string.h>

#include "naive.h"

#define FUNCTIONS 4
#define TYPES     6 // i32 i64 f32 f64 bool byte, as PM_TYPE_I32 + n
#define PER_TYPE  2 // locals and globals of each
#define COUNTERS  24

static const char *const type_names[TYPES] = {"i32", "i64",  "f32",
                                              "f64", "bool", "byte"};
enum { I32, I64, F32, F64, BOOL, BYTE };

struct shape {
    int params[3];
    int param_count;
    int results[3];
    int result_count;
};

struct gen {
    struct pm_buf *out;
    uint64_t random;
    struct shape shapes[FUNCTIONS];
    int function;
    int labels;
    int counters; // used in this function
    int kept;     // values under the statement on the stack
    int brk;      // label behind the innermost loop; -1: none
    int nest;
};

static uint32_t rnd(struct gen *g, uint32_t below)
{
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return (uint32_t)(g->random >> 20) % below;
}

static bool chance(struct gen *g, uint32_t percent)
{
    return rnd(g, 100) < percent;
}

static void say(struct gen *g, const char *format, ...) PM_PRINTF(2, 3);
static void say(struct gen *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pm_buf_puts(g->out, "    ");
    pm_buf_vprintf(g->out, format, args);
    pm_buf_puts(g->out, "\n");
    va_end(args);
}

static void label(struct gen *g, int number)
{
    pm_buf_printf(g->out, "L%d:\n", number);
}

static void expr(struct gen *g, int type, int depth);

// --- leaves ------------------------------------------------------------------

static void constant_i64(struct gen *g)
{
    static const char *const edges[] = {"0",
                                        "1",
                                        "-1",
                                        "9223372036854775807",
                                        "-9223372036854775808",
                                        "32767",
                                        "32768",
                                        "-32768",
                                        "-32769",
                                        "4294967295",
                                        "2147483648",
                                        "255",
                                        "256",
                                        "63",
                                        "64"};
    if (chance(g, 40))
        say(g, "push_i64 %s", edges[rnd(g, PM_ARRAY_LEN(edges))]);
    else
        say(g, "push_i64 %d", (int)rnd(g, 100) - 30);
}

static void constant_i32(struct gen *g)
{
    static const char *const edges[] = {"0",          "1",           "-1",
                                        "2147483647", "-2147483648", "32768",
                                        "-32769",     "31",          "32"};
    if (chance(g, 40))
        say(g, "push_i32 %s", edges[rnd(g, PM_ARRAY_LEN(edges))]);
    else
        say(g, "push_i32 %d", (int)rnd(g, 100) - 30);
}

static void constant_float(struct gen *g, const char *type)
{
    static const char *const edges[] = {"0.0",   "-0.0",
                                        "1.0",   "-1.0",
                                        "0.5",   "1.5",
                                        "2.5",   "1e30",
                                        "-1e30", "1e-30",
                                        "3.7",   "-3.7",
                                        "255.0", "4503599627370497.5"};
    say(g, "push_%s %s", type, edges[rnd(g, PM_ARRAY_LEN(edges))]);
}

// A NaN of any bits, an infinity.
static void odd_float(struct gen *g, int type)
{
    static const char *const wide[] = {
        "0x7ff0000000000000", "0x7ff8000000000001", "0xfff0000000000000",
        "0xffffffffffffffff"};
    static const char *const narrow[] = {"0x7f800000", "0x7fc00001",
                                         "0xff800000", "0xffffffff"};
    say(g, "push_%s %s", type == F64 ? "i64" : "i32",
        (type == F64 ? wide : narrow)[rnd(g, 4)]);
    say(g, "from_bits");
}

static void constant(struct gen *g, int type)
{
    switch (type) {
    case I64:
        constant_i64(g);
        break;
    case I32:
        constant_i32(g);
        break;
    case F32:
    case F64:
        if (chance(g, 15))
            odd_float(g, type);
        else
            constant_float(g, type_names[type]);
        break;
    case BOOL:
        say(g, "push_bool %u", rnd(g, 2));
        break;
    default:
        say(g, "push_byte %u", rnd(g, 256));
        break;
    }
}

static void leaf(struct gen *g, int type)
{
    uint32_t kind = rnd(g, 10);
    if (kind < 4)
        constant(g, type);
    else if (kind < 8)
        say(g, "get_local %s%u", type_names[type], rnd(g, PER_TYPE));
    else
        say(g, "get_global g_%s%u", type_names[type], rnd(g, PER_TYPE));
}

// --- operations --------------------------------------------------------------

static int small_loops(struct gen *g)
{
    return chance(g, 50) ? I64 : I32;
}

// An index below [below], mostly.
static void index_expr(struct gen *g, unsigned below, int depth)
{
    int type = small_loops(g);
    if (chance(g, 40)) {
        say(g, "push_%s %u", type_names[type],
            rnd(g, below + (chance(g, 3) ? 2 : 0)));
        return;
    }
    expr(g, type, depth);
    if (chance(g, 98)) {
        say(g, "push_%s %u", type_names[type], below - 1);
        say(g, "and");
    }
}

static void object(struct gen *g, const char *name)
{
    if (chance(g, 60))
        say(g, "get_local %s", name);
    else
        say(g, "get_global g_%s", name);
}

// Both operands of [type], now and then in an odd manner.
static void two(struct gen *g, int type, int depth)
{
    expr(g, type, depth);
    switch (rnd(g, 12)) {
    case 0:
        say(g, "dup");
        break;
    case 1:
        expr(g, type, depth);
        say(g, "swap");
        break;
    case 2:
        say(g, "tee_local %s%u", type_names[type], rnd(g, PER_TYPE));
        expr(g, type, depth);
        break;
    default:
        expr(g, type, depth);
        break;
    }
}

static const char *pick(struct gen *g, const char *const *names, size_t count)
{
    return names[rnd(g, (uint32_t)count)];
}

static void integer_binary(struct gen *g, int type, int depth)
{
    static const char *const plain[] = {"add", "sub", "mul", "min", "max",
                                        "and", "or",  "xor", "add", "sub"};
    static const char *const division[] = {"div", "rem", "div_u", "rem_u"};
    static const char *const shifts[] = {"shl", "shr", "shr_u"};
    uint32_t kind = rnd(g, 10);

    if (kind < 6) {
        two(g, type, depth);
        say(g, "%s", pick(g, plain, PM_ARRAY_LEN(plain)));
    } else if (kind < 8) {
        two(g, type, depth);
        if (chance(g, 97)) {
            say(g, "push_%s 1", type_names[type]);
            say(g, "or");
        }
        say(g, "%s", pick(g, division, PM_ARRAY_LEN(division)));
    } else {
        expr(g, type, depth);
        expr(g, small_loops(g), depth);
        say(g, "%s", pick(g, shifts, PM_ARRAY_LEN(shifts)));
    }
}

static void integer_from_elsewhere(struct gen *g, int type, int depth)
{
    int from = chance(g, 50) ? F64 : F32;
    switch (rnd(g, 6)) {
    case 0:
        expr(g, chance(g, 50) ? BOOL : BYTE, depth);
        say(g, "to_%s", type_names[type]);
        break;
    case 1:
        expr(g, type == I64 ? I32 : I64, depth);
        say(g, "%s",
            type == I64 ? (chance(g, 50) ? "zext_i64" : "to_i64") : "wrap_i32");
        break;
    case 2:
        expr(g, from, depth);
        say(g, "sat_%s", type_names[type]);
        break;
    case 3:
        expr(g, type == I64 ? F64 : F32, depth);
        say(g, "to_bits");
        break;
    case 4:
        if (chance(g, 90)) {
            leaf(g, type);
            break;
        }
        expr(g, from, depth);
        say(g, "to_%s", type_names[type]);
        break;
    default:
        object(g, "rec");
        say(g, "get_field Rec.%s", type == I64 ? "l" : "i");
        break;
    }
}

static void integer_from_memory(struct gen *g, int type, int depth)
{
    if (type == I32) {
        object(g, "buf");
        index_expr(g, 32, depth);
        say(g, "load32");
        return;
    }
    switch (rnd(g, 5)) {
    case 0:
        object(g, "arr");
        say(g, "arr_len");
        break;
    case 1:
        object(g, "buf");
        say(g, "bytes_len");
        break;
    case 2:
        object(g, "arr");
        index_expr(g, NAIVE_ARRAY, depth);
        say(g, "arr_get");
        break;
    default:
        object(g, "buf");
        index_expr(g, 32, depth);
        say(g, "%s", chance(g, 50) ? "load16" : "load64");
        break;
    }
}

static void integer(struct gen *g, int type, int depth)
{
    static const char *const unary[] = {"neg", "abs", "not",
                                        "clz", "ctz", "popcnt"};
    switch (rnd(g, 8)) {
    case 0:
        expr(g, type, depth);
        say(g, "%s", pick(g, unary, PM_ARRAY_LEN(unary)));
        break;
    case 1:
        integer_from_elsewhere(g, type, depth);
        break;
    case 2:
        integer_from_memory(g, type, depth);
        break;
    default:
        integer_binary(g, type, depth);
        break;
    }
}

static void float_from_elsewhere(struct gen *g, int type, int depth)
{
    switch (rnd(g, 5)) {
    case 0:
        expr(g, chance(g, 50) ? I64 : I32, depth);
        say(g, "to_%s", type_names[type]);
        break;
    case 1:
        expr(g, type == F64 ? F32 : F64, depth);
        say(g, "to_%s", type_names[type]);
        break;
    case 2:
        expr(g, type == F64 ? I64 : I32, depth);
        say(g, "from_bits");
        break;
    case 3:
        object(g, "buf");
        index_expr(g, 32, depth);
        say(g, "load_%s", type_names[type]);
        break;
    default:
        object(g, "rec");
        say(g, "get_field Rec.%s", type == F64 ? "d" : "f");
        break;
    }
}

static void floating(struct gen *g, int type, int depth)
{
    static const char *const binary[] = {"add", "sub", "mul",
                                         "div", "min", "max"};
    static const char *const unary[] = {"neg",  "abs",   "sqrt", "floor",
                                        "ceil", "trunc", "round"};
    switch (rnd(g, 5)) {
    case 0:
        expr(g, type, depth);
        say(g, "%s", pick(g, unary, PM_ARRAY_LEN(unary)));
        break;
    case 1:
        float_from_elsewhere(g, type, depth);
        break;
    default:
        two(g, type, depth);
        say(g, "%s", pick(g, binary, PM_ARRAY_LEN(binary)));
        break;
    }
}

static void boolean(struct gen *g, int depth)
{
    static const char *const compare[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    static const char *const logic[] = {"and", "or", "xor"};
    int type = (int)rnd(g, 10);

    if (type < TYPES) {
        two(g, type, depth);
        say(g, "%s",
            pick(g, compare, type == BOOL ? 2 : PM_ARRAY_LEN(compare)));
    } else if (type == 6) {
        two(g, small_loops(g), depth);
        say(g, "lt_u");
    } else if (type == 7) {
        expr(g, BOOL, depth);
        say(g, "not");
    } else {
        two(g, BOOL, depth);
        say(g, "%s", pick(g, logic, PM_ARRAY_LEN(logic)));
    }
}

static void byte(struct gen *g, int depth)
{
    switch (rnd(g, 3)) {
    case 0:
        expr(g, small_loops(g), depth);
        say(g, "wrap_byte");
        break;
    case 1:
        expr(g, BOOL, depth);
        say(g, "to_byte");
        break;
    default:
        object(g, "buf");
        index_expr(g, NAIVE_BYTES, depth);
        say(g, "load8");
        break;
    }
}

static void choice(struct gen *g, int type, int depth)
{
    int other = g->labels++;
    int end = g->labels++;
    expr(g, BOOL, depth);
    if (chance(g, 20))
        say(g, "not");
    say(g, "jmp_if_%s L%d", chance(g, 50) ? "true" : "false", other);
    expr(g, type, depth);
    say(g, "jmp L%d", end);
    label(g, other);
    expr(g, type, depth);
    label(g, end);
}

// a b c and some moves among them, folded into one value.
static void juggle(struct gen *g, int type, int depth)
{
    static const char *const fold[] = {"add", "sub", "min", "max"};
    bool shrink = type == BOOL || type == BYTE;
    expr(g, type, depth);
    expr(g, type, depth);
    int extra = 1;
    switch (rnd(g, 3)) {
    case 0:
        say(g, "over");
        extra = 2;
        break;
    case 1:
        say(g, "dup2");
        extra = 3;
        break;
    default:
        expr(g, type, depth);
        say(g, "rot");
        extra = 2;
        break;
    }
    if (shrink) {
        say(g, "pop_n %d", extra);
        return;
    }
    while (extra--) {
        say(g, "%s", pick(g, fold, PM_ARRAY_LEN(fold)));
        if (extra && chance(g, 30))
            say(g, "swap");
    }
}

// --- calls -------------------------------------------------------------------

// Mostly a later function, so that most programs end.
static int callee(struct gen *g)
{
    if (g->function + 1 < FUNCTIONS && !chance(g, 4))
        return g->function + 1 +
               (int)rnd(g, (uint32_t)(FUNCTIONS - 1 - g->function));
    return g->function && chance(g, 8) ? g->function : -1;
}

static void call(struct gen *g, int function, int depth)
{
    const struct shape *shape = &g->shapes[function];
    for (int i = 0; i < shape->param_count; i++)
        expr(g, shape->params[i], depth);
    say(g, "call f%d", function);
}

// A call one of whose results is wanted: it must be the last that is left.
static bool call_for(struct gen *g, int type, int depth)
{
    int function = callee(g);
    if (function < 0 || g->nest > 2)
        return false;
    const struct shape *shape = &g->shapes[function];
    for (int i = 0; i < shape->result_count; i++) {
        if (shape->results[i] != type)
            continue;
        call(g, function, depth);
        if (shape->result_count - 1 > i)
            say(g, "pop_n %d", shape->result_count - 1 - i);
        for (int k = 0; k < i; k++) {
            say(g, "swap");
            say(g, "pop");
        }
        return true;
    }
    return false;
}

static void expr(struct gen *g, int type, int depth)
{
    if (depth <= 0 || chance(g, 20)) {
        leaf(g, type);
        return;
    }
    depth--;
    uint32_t kind = rnd(g, 20);
    if (kind == 0)
        choice(g, type, depth);
    else if (kind == 1)
        juggle(g, type, depth - 1);
    else if (kind == 2 && call_for(g, type, depth - 1))
        return;
    else if (type == I32 || type == I64)
        integer(g, type, depth);
    else if (type == F32 || type == F64)
        floating(g, type, depth);
    else if (type == BOOL)
        boolean(g, depth);
    else
        byte(g, depth);
}

// --- statements --------------------------------------------------------------

static void statements(struct gen *g, int count);

static void assign(struct gen *g)
{
    int type = (int)rnd(g, TYPES);
    expr(g, type, 3);
    if (chance(g, 70))
        say(g, "set_local %s%u", type_names[type], rnd(g, PER_TYPE));
    else
        say(g, "set_global g_%s%u", type_names[type], rnd(g, PER_TYPE));
}

// x = x op constant, what translators fuse.
static void step_local(struct gen *g)
{
    int type = small_loops(g);
    uint32_t local = rnd(g, PER_TYPE);
    say(g, "get_local %s%u", type_names[type], local);
    say(g, "push_%s 1", type_names[type]);
    say(g, "%s", chance(g, 70) ? "add" : "sub");
    say(g, "set_local %s%u", type_names[type], local);
}

static void store(struct gen *g)
{
    static const char *const stores[] = {"store8", "store16", "store32"};
    switch (rnd(g, 6)) {
    case 0:
        object(g, "arr");
        index_expr(g, NAIVE_ARRAY, 2);
        expr(g, I64, 2);
        say(g, "arr_set");
        break;
    case 1:
        object(g, "rec");
        switch (rnd(g, 4)) {
        case 0:
            expr(g, I64, 2);
            say(g, "set_field Rec.l");
            break;
        case 1:
            expr(g, F64, 2);
            say(g, "set_field Rec.d");
            break;
        case 2:
            expr(g, I32, 2);
            say(g, "set_field Rec.i");
            break;
        default:
            expr(g, F32, 2);
            say(g, "set_field Rec.f");
            break;
        }
        break;
    case 2:
        object(g, "buf");
        index_expr(g, 32, 2);
        expr(g, I64, 2);
        say(g, "store64");
        break;
    case 3:
        object(g, "buf");
        index_expr(g, 32, 2);
        expr(g, F64, 2);
        say(g, "store_f64");
        break;
    case 4:
        object(g, "buf");
        index_expr(g, 32, 2);
        expr(g, F32, 2);
        say(g, "store_f32");
        break;
    default:
        object(g, "buf");
        index_expr(g, 32, 2);
        expr(g, chance(g, 30) ? BYTE : small_loops(g), 2);
        say(g, "%s", pick(g, stores, PM_ARRAY_LEN(stores)));
        break;
    }
}

static void branch(struct gen *g)
{
    int other = g->labels++;
    int end = g->labels++;
    bool has_other = chance(g, 50);
    expr(g, BOOL, 2);
    say(g, "jmp_if_%s L%d", chance(g, 50) ? "true" : "false", other);
    statements(g, 1 + (int)rnd(g, 2));
    if (has_other)
        say(g, "jmp L%d", end);
    label(g, other);
    if (has_other)
        statements(g, 1 + (int)rnd(g, 2));
    label(g, end);
}

static void count_up(struct gen *g, const char *type, int counter, int limit,
                     int head)
{
    static const char *const less[] = {"lt", "ne"};
    say(g, "get_local c%s%d", type, counter);
    say(g, "push_%s 1", type);
    say(g, "add");
    if (chance(g, 50)) {
        say(g, "tee_local c%s%d", type, counter);
    } else {
        say(g, "set_local c%s%d", type, counter);
        say(g, "get_local c%s%d", type, counter);
    }
    if (chance(g, 30)) {
        say(g, "push_%s %d", type, limit);
        say(g, "swap");
        say(g, "gt");
    } else {
        say(g, "push_%s %d", type, limit);
        say(g, "%s", pick(g, less, 2));
    }
    if (chance(g, 30)) {
        say(g, "not");
        say(g, "jmp_if_false L%d", head);
    } else {
        say(g, "jmp_if_true L%d", head);
    }
}

static void while_loop(struct gen *g, const char *type, int counter, int limit,
                       int head, int end)
{
    bool down = chance(g, 30);
    say(g, "push_%s %d", type, down ? limit : 0);
    say(g, "set_local c%s%d", type, counter);
    label(g, head);
    say(g, "get_local c%s%d", type, counter);
    if (!down && chance(g, 40)) {
        // Against another local, which nothing else writes.
        say(g, "get_local limit_%s", type);
    } else {
        say(g, "push_%s %d", type, down ? 0 : limit);
    }
    if (chance(g, 50)) {
        say(g, "%s", down ? "gt" : "lt");
        say(g, "jmp_if_false L%d", end);
    } else {
        say(g, "%s", down ? "le" : "ge");
        say(g, "jmp_if_true L%d", end);
    }
    statements(g, 1 + (int)rnd(g, 3));
    say(g, "get_local c%s%d", type, counter);
    say(g, "push_%s 1", type);
    say(g, "%s", down ? "sub" : "add");
    say(g, "set_local c%s%d", type, counter);
    say(g, "jmp L%d", head);
    label(g, end);
}

// Leaves for good: the rest of the block is not reached from here.
static void leave_for_good(struct gen *g)
{
    const struct shape *shape = &g->shapes[g->function];

    if (g->kept > 0 || chance(g, 60)) {
        say(g, "jmp L%d", g->brk);
        return;
    }
    for (int i = 0; i < shape->result_count; i++)
        expr(g, shape->results[i], 1);
    say(g, "ret");
}

// The test at the end, where the loop is entered too, as compilers lay loops
// out. Some bodies never get to their end, and the test is met once.
static void rotated_loop(struct gen *g, const char *type, int counter,
                         int limit, int head, int end)
{
    int test = g->labels++;
    bool never_ends = chance(g, 20);

    // Counted from above the limit it never runs.
    say(g, "push_%s %d", type, chance(g, 80) ? 0 : limit + 1);
    say(g, "set_local c%s%d", type, counter);
    say(g, "jmp L%d", test);
    label(g, head);
    statements(g, (int)rnd(g, 3));
    if (never_ends)
        leave_for_good(g);
    if (!never_ends || chance(g, 30)) {
        say(g, "get_local c%s%d", type, counter);
        say(g, "push_%s 1", type);
        say(g, "add");
        say(g, "set_local c%s%d", type, counter);
    }
    label(g, test);
    say(g, "get_local c%s%d", type, counter);
    if (chance(g, 40))
        say(g, "get_local limit_%s", type);
    else
        say(g, "push_%s %d", type, limit);
    if (chance(g, 70)) {
        say(g, "lt");
        say(g, "jmp_if_true L%d", head);
    } else {
        say(g, "ge");
        say(g, "jmp_if_false L%d", head);
    }
    label(g, end);
}

static void loop(struct gen *g)
{
    const char *type = type_names[small_loops(g)];
    int counter = g->counters++;
    int head = g->labels++;
    int end = g->labels++;
    int limit = 1 + (int)rnd(g, 4);
    int outer = g->brk;
    int kept = chance(g, 30) ? (int)rnd(g, TYPES) : -1;

    if (kept >= 0)
        expr(g, kept, 2);
    g->kept += kept >= 0;
    g->brk = end;
    g->nest++;
    if (chance(g, 35)) {
        while_loop(g, type, counter, limit, head, end);
    } else if (chance(g, 50)) {
        rotated_loop(g, type, counter, limit, head, end);
    } else {
        say(g, "push_%s 0", type);
        say(g, "set_local c%s%d", type, counter);
        label(g, head);
        statements(g, 1 + (int)rnd(g, 3));
        count_up(g, type, counter, limit, head);
        label(g, end);
    }
    g->nest--;
    g->brk = outer;
    g->kept -= kept >= 0;
    if (kept >= 0)
        say(g, "set_local %s%u", type_names[kept], rnd(g, PER_TYPE));
}

static void call_statement(struct gen *g)
{
    int function = callee(g);
    if (function < 0 || g->nest > 2)
        return;
    const struct shape *shape = &g->shapes[function];
    call(g, function, 2);
    for (int i = shape->result_count; i--;)
        if (chance(g, 70))
            say(g, "set_local %s%u", type_names[shape->results[i]],
                rnd(g, PER_TYPE));
        else
            say(g, "pop");
}

static void leave(struct gen *g)
{
    int on = g->labels++;
    expr(g, BOOL, 2);
    say(g, "jmp_if_%s L%d", chance(g, 50) ? "true" : "false", on);
    if (g->brk >= 0 && chance(g, 70)) {
        say(g, "jmp L%d", g->brk);
    } else if (g->kept == 0) {
        const struct shape *shape = &g->shapes[g->function];
        for (int i = 0; i < shape->result_count; i++)
            expr(g, shape->results[i], 1);
        say(g, "ret");
    }
    label(g, on);
}

static void statement(struct gen *g)
{
    uint32_t kind = rnd(g, 20);
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
        say(g, chance(g, 70) ? "nop" : "frame_sync");
    else {
        int type = (int)rnd(g, TYPES);
        expr(g, type, 2);
        say(g, "pop");
    }
}

static void statements(struct gen *g, int count)
{
    while (count--)
        statement(g);
}

// --- functions ---------------------------------------------------------------

static void declare(struct gen *g)
{
    pm_buf_puts(g->out, "    .local limit_i32: i32, limit_i64: i64\n"
                        "    .local buf: bytes, arr: Arr, rec: Rec\n");
    for (int t = 0; t < TYPES; t++)
        for (int i = 0; i < PER_TYPE; i++)
            pm_buf_printf(g->out, "    .local %s%d: %s\n", type_names[t], i,
                          type_names[t]);
    for (int i = 0; i < COUNTERS; i++)
        pm_buf_printf(g->out, "    .local ci32%d: i32, ci64%d: i64\n", i, i);
}

static void begin(struct gen *g)
{
    say(g, "push_i32 %u", 1 + rnd(g, 3));
    say(g, "set_local limit_i32");
    say(g, "push_i64 %u", 1 + rnd(g, 3));
    say(g, "set_local limit_i64");
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
            constant(g, t);
            say(g, "set_local %s%d", type_names[t], i);
        }
}

static void put_types(struct gen *g, const int *types, int count,
                      const char *prefix)
{
    for (int i = 0; i < count; i++)
        if (prefix)
            pm_buf_printf(g->out, "%s%s%d: %s", i ? ", " : "", prefix, i,
                          type_names[types[i]]);
        else
            pm_buf_printf(g->out, "%s%s", i ? ", " : "", type_names[types[i]]);
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
        say(g, "get_local p%d", i);
        say(g, "set_local %s%u", type_names[shape->params[i]],
            rnd(g, PER_TYPE));
    }
    statements(g, 3 + (int)rnd(g, 7));
    for (int i = 0; i < shape->result_count; i++)
        expr(g, shape->results[i], 3);
    say(g, number == 0 && chance(g, 50) ? "halt" : "ret");
    pm_buf_puts(g->out, ".end\n");
}

void random_program(uint64_t seed, struct pm_buf *out)
{
    struct gen g = {.out = out, .random = seed * 2654435761u + 88172645463325u};

    pm_buf_puts(out, ".type Arr = array i64\n"
                     ".type Rec = record { l: i64, d: f64, i: i32, f: f32 }\n");
    for (int t = 0; t < TYPES; t++)
        for (int i = 0; i < PER_TYPE; i++)
            pm_buf_printf(out, ".global g_%s%d: %s\n", type_names[t], i,
                          type_names[t]);
    pm_buf_puts(out, ".global g_buf: bytes, g_arr: Arr, g_rec: Rec\n");
    for (int f = 1; f < FUNCTIONS; f++) {
        struct shape *shape = &g.shapes[f];
        shape->param_count = (int)rnd(&g, 4);
        shape->result_count = (int)rnd(&g, 4);
        for (int i = 0; i < 3; i++) {
            shape->params[i] = (int)rnd(&g, TYPES);
            shape->results[i] = (int)rnd(&g, TYPES);
        }
    }
    for (int f = 0; f < FUNCTIONS; f++)
        function(&g, f);
}
