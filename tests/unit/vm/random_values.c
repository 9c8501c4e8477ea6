// SPDX-License-Identifier: MIT
#include "naive.h"
#include "random_gen.h"

// --- operations --------------------------------------------------------------

// An index below [below], mostly.
void gen_index(struct gen *g, unsigned below, int depth)
{
    int type = gen_small_type(g);
    if (gen_chance(g, 40)) {
        gen_say(g, "push_%s %u", gen_type_names[type],
                gen_below(g, below + (gen_chance(g, 3) ? 2 : 0)));
        return;
    }
    gen_expr(g, type, depth);
    if (gen_chance(g, 98)) {
        gen_say(g, "push_%s %u", gen_type_names[type], below - 1);
        gen_say(g, "and");
    }
}

void gen_object(struct gen *g, const char *name)
{
    if (gen_chance(g, 60))
        gen_say(g, "get_local %s", name);
    else
        gen_say(g, "get_global g_%s", name);
}

// Both operands of [type], now and then in an odd manner.
static void two(struct gen *g, int type, int depth)
{
    gen_expr(g, type, depth);
    switch (gen_below(g, 12)) {
    case 0:
        gen_say(g, "dup");
        break;
    case 1:
        gen_expr(g, type, depth);
        gen_say(g, "swap");
        break;
    case 2:
        gen_say(g, "tee_local %s%u", gen_type_names[type],
                gen_below(g, PER_TYPE));
        gen_expr(g, type, depth);
        break;
    default:
        gen_expr(g, type, depth);
        break;
    }
}

static void integer_binary(struct gen *g, int type, int depth)
{
    static const char *const plain[] = {"add", "sub", "mul", "min", "max",
                                        "and", "or",  "xor", "add", "sub"};
    static const char *const division[] = {"div", "rem", "div_u", "rem_u"};
    static const char *const shifts[] = {"shl", "shr", "shr_u"};
    uint32_t kind = gen_below(g, 10);

    if (kind < 6) {
        two(g, type, depth);
        gen_say(g, "%s", gen_pick(g, plain, PM_ARRAY_LEN(plain)));
    } else if (kind < 8) {
        two(g, type, depth);
        if (gen_chance(g, 97)) {
            gen_say(g, "push_%s 1", gen_type_names[type]);
            gen_say(g, "or");
        }
        gen_say(g, "%s", gen_pick(g, division, PM_ARRAY_LEN(division)));
    } else {
        gen_expr(g, type, depth);
        gen_expr(g, gen_small_type(g), depth);
        gen_say(g, "%s", gen_pick(g, shifts, PM_ARRAY_LEN(shifts)));
    }
}

static void integer_from_elsewhere(struct gen *g, int type, int depth)
{
    int from = gen_chance(g, 50) ? F64 : F32;
    switch (gen_below(g, 6)) {
    case 0:
        gen_expr(g, gen_chance(g, 50) ? BOOL : BYTE, depth);
        gen_say(g, "to_%s", gen_type_names[type]);
        break;
    case 1:
        gen_expr(g, type == I64 ? I32 : I64, depth);
        gen_say(g, "%s",
                type == I64 ? (gen_chance(g, 50) ? "zext_i64" : "to_i64")
                            : "wrap_i32");
        break;
    case 2:
        gen_expr(g, from, depth);
        gen_say(g, "sat_%s", gen_type_names[type]);
        break;
    case 3:
        gen_expr(g, type == I64 ? F64 : F32, depth);
        gen_say(g, "to_bits");
        break;
    case 4:
        if (gen_chance(g, 90)) {
            gen_leaf(g, type);
            break;
        }
        gen_expr(g, from, depth);
        gen_say(g, "to_%s", gen_type_names[type]);
        break;
    default:
        gen_object(g, "rec");
        gen_say(g, "get_field Rec.%s", type == I64 ? "l" : "i");
        break;
    }
}

static void integer_from_memory(struct gen *g, int type, int depth)
{
    if (type == I32) {
        gen_object(g, "buf");
        gen_index(g, 32, depth);
        gen_say(g, "load32");
        return;
    }
    switch (gen_below(g, 5)) {
    case 0:
        gen_object(g, "arr");
        gen_say(g, "arr_len");
        break;
    case 1:
        gen_object(g, "buf");
        gen_say(g, "bytes_len");
        break;
    case 2:
        gen_object(g, "arr");
        gen_index(g, NAIVE_ARRAY, depth);
        gen_say(g, "arr_get");
        break;
    default:
        gen_object(g, "buf");
        gen_index(g, 32, depth);
        gen_say(g, "%s", gen_chance(g, 50) ? "load16" : "load64");
        break;
    }
}

static void integer(struct gen *g, int type, int depth)
{
    static const char *const unary[] = {"neg", "abs", "not",
                                        "clz", "ctz", "popcnt"};
    switch (gen_below(g, 8)) {
    case 0:
        gen_expr(g, type, depth);
        gen_say(g, "%s", gen_pick(g, unary, PM_ARRAY_LEN(unary)));
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
    switch (gen_below(g, 5)) {
    case 0:
        gen_expr(g, gen_chance(g, 50) ? I64 : I32, depth);
        gen_say(g, "to_%s", gen_type_names[type]);
        break;
    case 1:
        gen_expr(g, type == F64 ? F32 : F64, depth);
        gen_say(g, "to_%s", gen_type_names[type]);
        break;
    case 2:
        gen_expr(g, type == F64 ? I64 : I32, depth);
        gen_say(g, "from_bits");
        break;
    case 3:
        gen_object(g, "buf");
        gen_index(g, 32, depth);
        gen_say(g, "load_%s", gen_type_names[type]);
        break;
    default:
        gen_object(g, "rec");
        gen_say(g, "get_field Rec.%s", type == F64 ? "d" : "f");
        break;
    }
}

static void floating(struct gen *g, int type, int depth)
{
    static const char *const binary[] = {"add", "sub", "mul",
                                         "div", "min", "max"};
    static const char *const unary[] = {"neg",  "abs",   "sqrt", "floor",
                                        "ceil", "trunc", "round"};
    switch (gen_below(g, 5)) {
    case 0:
        gen_expr(g, type, depth);
        gen_say(g, "%s", gen_pick(g, unary, PM_ARRAY_LEN(unary)));
        break;
    case 1:
        float_from_elsewhere(g, type, depth);
        break;
    default:
        two(g, type, depth);
        gen_say(g, "%s", gen_pick(g, binary, PM_ARRAY_LEN(binary)));
        break;
    }
}

static void boolean(struct gen *g, int depth)
{
    static const char *const compare[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    static const char *const logic[] = {"and", "or", "xor"};
    int type = (int)gen_below(g, 10);

    if (type < TYPES) {
        two(g, type, depth);
        gen_say(g, "%s",
                gen_pick(g, compare, type == BOOL ? 2 : PM_ARRAY_LEN(compare)));
    } else if (type == 6) {
        two(g, gen_small_type(g), depth);
        gen_say(g, "lt_u");
    } else if (type == 7) {
        gen_expr(g, BOOL, depth);
        gen_say(g, "not");
    } else {
        two(g, BOOL, depth);
        gen_say(g, "%s", gen_pick(g, logic, PM_ARRAY_LEN(logic)));
    }
}

static void byte(struct gen *g, int depth)
{
    switch (gen_below(g, 3)) {
    case 0:
        gen_expr(g, gen_small_type(g), depth);
        gen_say(g, "wrap_byte");
        break;
    case 1:
        gen_expr(g, BOOL, depth);
        gen_say(g, "to_byte");
        break;
    default:
        gen_object(g, "buf");
        gen_index(g, NAIVE_BYTES, depth);
        gen_say(g, "load8");
        break;
    }
}

static void choice(struct gen *g, int type, int depth)
{
    int other = g->labels++;
    int end = g->labels++;
    gen_expr(g, BOOL, depth);
    if (gen_chance(g, 20))
        gen_say(g, "not");
    gen_say(g, "jmp_if_%s L%d", gen_chance(g, 50) ? "true" : "false", other);
    gen_expr(g, type, depth);
    gen_say(g, "jmp L%d", end);
    gen_label(g, other);
    gen_expr(g, type, depth);
    gen_label(g, end);
}

// a b c and some moves among them, folded into one value.
static void juggle(struct gen *g, int type, int depth)
{
    static const char *const fold[] = {"add", "sub", "min", "max"};
    bool shrink = type == BOOL || type == BYTE;
    gen_expr(g, type, depth);
    gen_expr(g, type, depth);
    int extra = 1;
    switch (gen_below(g, 3)) {
    case 0:
        gen_say(g, "over");
        extra = 2;
        break;
    case 1:
        gen_say(g, "dup2");
        extra = 3;
        break;
    default:
        gen_expr(g, type, depth);
        gen_say(g, "rot");
        extra = 2;
        break;
    }
    if (shrink) {
        gen_say(g, "pop_n %d", extra);
        return;
    }
    while (extra--) {
        gen_say(g, "%s", gen_pick(g, fold, PM_ARRAY_LEN(fold)));
        if (extra && gen_chance(g, 30))
            gen_say(g, "swap");
    }
}

// --- calls -------------------------------------------------------------------

// Mostly a later function, so that most programs end.
int gen_callee(struct gen *g)
{
    if (g->function + 1 < FUNCTIONS && !gen_chance(g, 4))
        return g->function + 1 +
               (int)gen_below(g, (uint32_t)(FUNCTIONS - 1 - g->function));
    return g->function && gen_chance(g, 8) ? g->function : -1;
}

void gen_call(struct gen *g, int function, int depth)
{
    const struct shape *shape = &g->shapes[function];
    for (int i = 0; i < shape->param_count; i++)
        gen_expr(g, shape->params[i], depth);
    gen_say(g, "call f%d", function);
}

// A call one of whose results is wanted: it must be the last that is left.
static bool call_for(struct gen *g, int type, int depth)
{
    int function = gen_callee(g);
    if (function < 0 || g->nest > 2)
        return false;
    const struct shape *shape = &g->shapes[function];
    for (int i = 0; i < shape->result_count; i++) {
        if (shape->results[i] != type)
            continue;
        gen_call(g, function, depth);
        if (shape->result_count - 1 > i)
            gen_say(g, "pop_n %d", shape->result_count - 1 - i);
        for (int k = 0; k < i; k++) {
            gen_say(g, "swap");
            gen_say(g, "pop");
        }
        return true;
    }
    return false;
}

void gen_expr(struct gen *g, int type, int depth)
{
    if (depth <= 0 || gen_chance(g, 20)) {
        gen_leaf(g, type);
        return;
    }
    depth--;
    uint32_t kind = gen_below(g, 20);
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
