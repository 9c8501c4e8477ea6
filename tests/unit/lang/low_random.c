// SPDX-License-Identifier: MIT
#include "low_random.h"

#include <string.h>

#define MOST_VARS  64
#define FUNCTIONS  5
#define CLOSURES   3
#define MOST_LOOPS 16

struct random {
    struct low_world *w;
    uint64_t state;
    // Locals of the function that can be read here, and those that a
    // statement may set.
    uint32_t vars[MOST_VARS];
    uint32_t var_count;
    bool is_fixed[MOST_VARS];
    struct pm_low_fn *functions[FUNCTIONS];
    uint32_t function_count; // those that may be called from here
    // One that changes what it captured, one that captures nothing, one
    // around another.
    struct pm_low_fn *closures[CLOSURES];
    struct pm_low_global *result;
    struct pm_low_global *ints;
    struct pm_low_global *fact; // set once
    const struct pm_lt *types[16];
    uint32_t type_count;
    struct pm_lt *pair, *maybe_int, *maybe_str, *outcome, *thing, *shape;
    struct pm_lt *numbers, *pairs, *maybe_any, *cell, *code, *fn;
    uint32_t loops;
    uint32_t open_loop[MOST_LOOPS]; // around here
    uint32_t open_count;
    uint32_t budget; // nodes still to make
    const struct pm_lt *result_type;
};

static uint32_t below(struct random *r, uint32_t limit)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((r->state >> 33) % limit);
}

static low value(struct random *r, const struct pm_lt *type, uint32_t depth);
static low statement(struct random *r, uint32_t depth);

static low as_type(low node, const struct pm_lt *type)
{
    node->type = type;
    return node;
}

// --- variables ---------------------------------------------------------------

static uint32_t add_var(struct random *r, const struct pm_lt *type,
                        bool is_fixed)
{
    static const char *const names[] = {"", "", "a", "b", "c"};
    uint32_t local = low_local(r->w, names[below(r, 5)], type);
    if (r->var_count < MOST_VARS) {
        r->vars[r->var_count] = local;
        r->is_fixed[r->var_count++] = is_fixed;
    }
    return local;
}

// A local of the type that can be read; UINT32_MAX: none.
static uint32_t find_var(struct random *r, const struct pm_lt *type,
                         bool to_set)
{
    if (r->var_count == 0)
        return UINT32_MAX;
    uint32_t start = below(r, r->var_count);
    for (uint32_t i = 0; i < r->var_count; i++) {
        uint32_t at = (start + i) % r->var_count;
        if (r->w->fn->locals[r->vars[at]].type == type &&
            !(to_set && r->is_fixed[at]))
            return r->vars[at];
    }
    return UINT32_MAX;
}

// --- values ------------------------------------------------------------------

static low small_int(struct random *r)
{
    static const int64_t odd[] = {0,      1,         -1,        2,
                                  7,      INT64_MIN, INT64_MAX, 40000,
                                  -40000, 1 << 20,   255,       (1LL << 40)};
    return low_int(r->w, odd[below(r, 12)]);
}

static low number_op(struct random *r, uint32_t depth)
{
    static const uint16_t two[] = {PM_OP_ADD, PM_OP_SUB, PM_OP_MUL,  PM_OP_AND,
                                   PM_OP_OR,  PM_OP_XOR, PM_OP_SHL,  PM_OP_SHR,
                                   PM_OP_MIN, PM_OP_MAX, PM_OP_SHR_U};
    static const uint16_t one[] = {PM_OP_NEG, PM_OP_ABS, PM_OP_NOT,
                                   PM_OP_CLZ, PM_OP_CTZ, PM_OP_POPCNT};
    static const uint16_t part[] = {PM_OP_DIV, PM_OP_REM, PM_OP_DIV_U,
                                    PM_OP_REM_U};
    struct low_world *w = r->w;
    uint32_t pick = below(r, 12);
    if (pick < 8)
        return low_op(w, w->t_int, two[below(r, 11)], 2,
                      value(r, w->t_int, depth), value(r, w->t_int, depth));
    if (pick < 10)
        return low_op(w, w->t_int, one[below(r, 6)], 1,
                      value(r, w->t_int, depth));
    // Mostly not by zero; by a power of two it may be a shift.
    uint32_t by = below(r, 16);
    low right = by < 6    ? low_int(w, (int64_t)1 << below(r, 5))
                : by < 14 ? low_op(w, w->t_int, PM_OP_OR, 2,
                                   value(r, w->t_int, depth), low_int(w, 1))
                          : value(r, w->t_int, depth);
    return low_op(w, w->t_int, part[below(r, 4)], 2, value(r, w->t_int, depth),
                  right);
}

static low call(struct random *r, const struct pm_lt *type, uint32_t depth)
{
    for (uint32_t i = 0; i < r->function_count; i++) {
        struct pm_low_fn *fn = r->functions[i];
        if (fn->result == type && below(r, 2))
            return low_call(r->w, fn, 2, value(r, r->w->t_int, depth),
                            value(r, fn->locals[1].type, depth));
    }
    return NULL;
}

static low in_range(struct random *r, low array, uint32_t depth)
{
    struct low_world *w = r->w;
    if (below(r, 12) == 0)
        return value(r, w->t_int, depth);
    (void)array;
    return low_op(w, w->t_int, PM_OP_AND, 2, value(r, w->t_int, depth),
                  low_int(w, 1));
}

static low index_of(struct random *r, struct pm_lt *array, uint32_t depth)
{
    low from = value(r, array, depth);
    return low_node(r->w, PM_LOW_INDEX, array->parts[0], 2, from,
                    in_range(r, from, depth));
}

static low part_of(struct random *r, const struct pm_lt *type,
                   const struct pm_lt *of, uint32_t part, uint32_t depth)
{
    return low_part(r->w, type, value(r, of, depth), part);
}

static low payload(struct random *r, uint32_t depth)
{
    // if s is Num { s.0 } else { 3 }
    struct low_world *w = r->w;
    uint32_t vars = r->var_count;
    uint32_t held = add_var(r, r->shape, true);
    r->var_count = vars; // only read below
    low get = low_node(w, PM_LOW_PAYLOAD, w->t_int, 1, low_get(w, held));
    get->case_index = 1;
    low test = low_op(w, w->t_bool, PM_OP_EQ, 2,
                      low_node(w, PM_LOW_TAG, w->t_int, 1, low_get(w, held)),
                      low_int(w, 1));
    low held_value = value(r, r->shape, depth);
    return low_block(w, w->t_int, 2, low_set(w, held, held_value),
                     low_if(w, w->t_int, test, get, low_int(w, 3)));
}

static low cast(struct random *r, uint32_t depth)
{
    struct low_world *w = r->w;
    low object =
        low_node(w, PM_LOW_UPCAST, w->t_any, 1, value(r, r->thing, depth));
    low test = low_node(w, PM_LOW_IS_TYPE, w->t_bool, 1, object);
    test->of = r->thing;
    return low_if(w, w->t_int, test, value(r, w->t_int, depth), low_int(w, 9));
}

static low int_value(struct random *r, uint32_t depth)
{
    struct low_world *w = r->w;
    low node;
    switch (below(r, 16)) {
    case 0:
    case 1:
    case 2:
    case 3:
        return number_op(r, depth);
    case 4:
        return part_of(r, w->t_int, r->pair, 0, depth);
    case 5:
        return part_of(r, w->t_int, r->maybe_int, 1, depth);
    case 6:
        return part_of(r, w->t_int, r->outcome, below(r, 2) ? 0 : 0, depth);
    case 7:
        return low_field(w, value(r, r->thing, depth), 0);
    case 8:
        return low_nop(w, value(r, w->t_int, depth));
    case 9:
        return index_of(r, r->numbers, depth);
    case 10:
        return payload(r, depth);
    case 11:
        return cast(r, depth);
    case 12:
        return low_gget(w, below(r, 2) ? r->ints : r->fact);
    case 13:
        return low_field(w, value(r, r->cell, depth), 0);
    case 14:
        node = low_node(w, PM_LOW_CALL_VALUE, w->t_int, 2,
                        value(r, r->fn, depth), value(r, w->t_int, depth));
        return node;
    default:
        node = low_op(w, w->t_int, PM_OP_STR_LEN, 1, value(r, w->t_str, depth));
        return node;
    }
}

static low bool_value(struct random *r, uint32_t depth)
{
    static const uint16_t compare[] = {PM_OP_EQ, PM_OP_NE, PM_OP_LT,
                                       PM_OP_LE, PM_OP_GT, PM_OP_GE};
    struct low_world *w = r->w;
    switch (below(r, 10)) {
    case 0:
        return low_node(w, PM_LOW_AND, w->t_bool, 2, value(r, w->t_bool, depth),
                        value(r, w->t_bool, depth));
    case 1:
        return low_node(w, PM_LOW_OR, w->t_bool, 2, value(r, w->t_bool, depth),
                        value(r, w->t_bool, depth));
    case 2:
        return low_op(w, w->t_bool, PM_OP_NOT, 1, value(r, w->t_bool, depth));
    case 3:
        return part_of(r, w->t_bool, r->maybe_int, 0, depth);
    case 4:
        return part_of(r, w->t_bool, r->maybe_str, 0, depth);
    case 5:
        return low_op(w, w->t_bool, compare[below(r, 6)], 2,
                      value(r, w->t_float, depth), value(r, w->t_float, depth));
    case 6:
        return low_op(w, w->t_bool, compare[below(r, 2)], 2,
                      value(r, w->t_str, depth), value(r, w->t_str, depth));
    case 7:
        return part_of(r, w->t_bool, r->pair, 1, depth);
    default:
        return low_op(w, w->t_bool, compare[below(r, 6)], 2,
                      value(r, w->t_int, depth), value(r, w->t_int, depth));
    }
}

static low float_value(struct random *r, uint32_t depth)
{
    static const uint16_t two[] = {PM_OP_ADD, PM_OP_SUB, PM_OP_MUL,
                                   PM_OP_DIV, PM_OP_MIN, PM_OP_MAX};
    static const uint16_t one[] = {PM_OP_NEG,  PM_OP_ABS,   PM_OP_SQRT,
                                   PM_OP_CEIL, PM_OP_FLOOR, PM_OP_ROUND};
    struct low_world *w = r->w;
    switch (below(r, 5)) {
    case 0:
        return low_op(w, w->t_float, one[below(r, 6)], 1,
                      value(r, w->t_float, depth));
    case 1:
        return low_op(w, w->t_float, PM_OP_TO_F64, 1,
                      value(r, w->t_int, depth));
    case 2:
        return low_field(w, value(r, r->thing, depth), 2);
    default:
        return low_op(w, w->t_float, two[below(r, 6)], 2,
                      value(r, w->t_float, depth), value(r, w->t_float, depth));
    }
}

static low str_value(struct random *r, uint32_t depth)
{
    struct low_world *w = r->w;
    if (below(r, 3) == 0)
        return low_op(w, w->t_str, PM_OP_STR_FROM_I64, 1,
                      value(r, w->t_int, depth));
    return low_op(w, w->t_str, PM_OP_ADD, 2, value(r, w->t_str, depth),
                  value(r, w->t_str, depth));
}

// What is nothing but itself, for when there is no more room.
static low leaf(struct random *r, const struct pm_lt *type);

static low make_closure(struct random *r, uint32_t number)
{
    struct low_world *w = r->w;
    low node;

    if (number == 0)
        node = low_node(w, PM_LOW_CLOSURE, r->fn, 1, leaf(r, w->t_int));
    else if (number == 1)
        node = low_node(w, PM_LOW_CLOSURE, r->fn, 0);
    else
        node = low_node(w, PM_LOW_CLOSURE, r->fn, 2,
                        make_closure(r, below(r, 2)), leaf(r, w->t_int));
    node->function = r->closures[number];
    return node;
}

static low leaf(struct random *r, const struct pm_lt *type)
{
    static const double floats[] = {0.0, -0.0, 1.0, 0.5, -3.25, 1e300};
    struct low_world *w = r->w;
    uint32_t var = below(r, 4) ? find_var(r, type, false) : UINT32_MAX;
    low node;
    if (var != UINT32_MAX)
        return low_get(w, var);
    if (type == w->t_int)
        return small_int(r);
    if (type == w->t_float)
        return low_float(w, floats[below(r, 6)]);
    if (type == w->t_bool)
        return low_bool(w, below(r, 2));
    if (type == w->t_str)
        return low_str(w, below(r, 2) ? "ab" : "");
    if (type == r->pair)
        return low_node(w, PM_LOW_TUPLE, type, 2, leaf(r, w->t_int),
                        leaf(r, w->t_bool));
    if (type == r->thing)
        return low_node(w, PM_LOW_NEW, type, 3, leaf(r, w->t_int),
                        leaf(r, r->maybe_int), leaf(r, w->t_float));
    if (type == r->cell)
        return low_node(w, PM_LOW_NEW, type, 1, leaf(r, w->t_int));
    if (type == r->shape) {
        node = below(r, 2)
                   ? low_node(w, PM_LOW_CASE, type, 1, leaf(r, w->t_int))
                   : low_node(w, PM_LOW_CASE, type, 2, leaf(r, w->t_str),
                              leaf(r, w->t_int));
        node->case_index = node->count == 1 ? 1 : 2;
        return node;
    }
    if (type == w->t_any)
        return low_node(w, PM_LOW_UPCAST, type, 1,
                        leaf(r, below(r, 2) ? r->thing : r->thing));
    if (type == r->numbers)
        return low_node(w, PM_LOW_ARRAY, type, 2, leaf(r, w->t_int),
                        leaf(r, w->t_int));
    if (type == r->pairs)
        return low_node(w, PM_LOW_NEW_ARRAY, type, 1, low_int(w, 2));
    if (type == r->fn)
        return make_closure(r, below(r, CLOSURES));
    return low_zero(w, type); // optionals, results
}

static low spread(struct random *r, const struct pm_lt *type, uint32_t depth)
{
    struct low_world *w = r->w;
    low node;
    if (type == r->maybe_int)
        return low_node(w, PM_LOW_SOME, type, 1, value(r, w->t_int, depth));
    if (type == r->maybe_str)
        return low_node(w, PM_LOW_SOME, type, 1, value(r, w->t_str, depth));
    if (type == r->maybe_any)
        return low_node(w, PM_LOW_SOME, type, 1, value(r, w->t_any, depth));
    if (type == r->outcome && below(r, 2))
        return low_node(w, PM_LOW_ERR, type, 1,
                        as_type(low_int(w, 2), r->code));
    if (type == r->outcome)
        return low_node(w, PM_LOW_OK, type, 1, value(r, w->t_str, depth));
    if (type == r->pair && below(r, 3) == 0)
        return index_of(r, r->pairs, depth);
    if (type == r->pair)
        return low_node(w, PM_LOW_TUPLE, type, 2, value(r, w->t_int, depth),
                        value(r, w->t_bool, depth));
    if (type == r->thing)
        return low_node(w, PM_LOW_NEW, type, 3, value(r, w->t_int, depth),
                        value(r, r->maybe_int, depth),
                        value(r, w->t_float, depth));
    if (type == r->numbers && below(r, 2)) {
        node = low_node(w, PM_LOW_NEW_ARRAY, type, 2, low_int(w, 2),
                        value(r, w->t_int, depth));
        return node;
    }
    if (type == r->pairs)
        return low_node(w, PM_LOW_NEW_ARRAY, type, 2, low_int(w, 2),
                        value(r, r->pair, depth));
    return leaf(r, type);
}

static low by_type(struct random *r, const struct pm_lt *type, uint32_t depth)
{
    struct low_world *w = r->w;
    if (type == w->t_int)
        return int_value(r, depth);
    if (type == w->t_bool)
        return bool_value(r, depth);
    if (type == w->t_float)
        return float_value(r, depth);
    if (type == w->t_str)
        return str_value(r, depth);
    return spread(r, type, depth);
}

// "x else jump": a value, or a way out with operands still on the stack.
static low way_out(struct random *r, uint32_t depth)
{
    struct low_world *w = r->w;
    if (r->open_count && below(r, 2))
        return low_jump(w, below(r, 2) ? PM_LOW_BREAK : PM_LOW_CONTINUE,
                        r->open_loop[below(r, r->open_count)]);
    if (r->result_type->kind == PM_LT_VOID)
        return low_return(w, NULL);
    return low_return(w, value(r, r->result_type, depth));
}

// The main program rarely ends before its end.
static bool may_leave(struct random *r)
{
    return r->open_count || r->result_type->kind != PM_LT_VOID ||
           below(r, 30) == 0;
}

static low block_value(struct random *r, const struct pm_lt *type,
                       uint32_t depth)
{
    uint32_t vars = r->var_count;
    low first = statement(r, depth);
    low second = value(r, type, depth);
    r->var_count = vars;
    return low_block(r->w, type, 2, first, second);
}

static low value(struct random *r, const struct pm_lt *type, uint32_t depth)
{
    struct low_world *w = r->w;
    low node;
    if (depth == 0 || r->budget < 10) {
        return leaf(r, type);
    }
    r->budget--;
    depth--;
    switch (below(r, 14)) {
    case 0:
    case 1:
    case 2:
        return leaf(r, type);
    case 3:
        return low_if(w, type, value(r, w->t_bool, depth),
                      value(r, type, depth), value(r, type, depth));
    case 4:
        if (!may_leave(r))
            return leaf(r, type);
        return low_if(w, type, value(r, w->t_bool, depth),
                      value(r, type, depth), way_out(r, depth));
    case 5:
        return block_value(r, type, depth);
    case 6:
    case 7:
        node = call(r, type, depth);
        return node ? node : by_type(r, type, depth);
    default:
        return by_type(r, type, depth);
    }
}

// --- statements --------------------------------------------------------------

static const struct pm_lt *any_type(struct random *r)
{
    return r->types[below(r, r->type_count)];
}

static low declare(struct random *r, uint32_t depth)
{
    const struct pm_lt *type = any_type(r);
    low node = value(r, type, depth);
    node = low_set(r->w, add_var(r, type, false), node);
    node->is_declaration = true;
    return node;
}

static low assign(struct random *r, uint32_t depth)
{
    const struct pm_lt *type = any_type(r);
    uint32_t var = find_var(r, type, true);
    if (var == UINT32_MAX)
        return declare(r, depth);
    return low_set(r->w, var, value(r, type, depth));
}

static low scope(struct random *r, uint32_t depth)
{
    uint32_t vars = r->var_count;
    low a = statement(r, depth);
    low b = statement(r, depth);
    low c = statement(r, depth);
    r->var_count = vars;
    return low_block(r->w, r->w->t_void, 3, a, b, c);
}

// for i from 0 until 3, with a limit that some rounds do not reach
// The test of a loop: i < limit, limit < i, or one of them the other way round.
static low loop_test(struct random *r, uint32_t i, bool down, int64_t limit)
{
    struct low_world *w = r->w;
    uint16_t op = down ? PM_OP_GT : PM_OP_LT;
    if (below(r, 4))
        return low_op(w, w->t_bool, op, 2, low_get(w, i), low_int(w, limit));
    op = down ? PM_OP_LT : PM_OP_GT;
    return low_op(w, w->t_bool, op, 2, low_int(w, limit), low_get(w, i));
}

static low loop(struct random *r, uint32_t depth)
{
    struct low_world *w = r->w;
    int64_t first = below(r, 2) ? 0 : (int64_t)below(r, 9) - 4;
    int64_t by = 1 + (int64_t)below(r, 3);
    bool down = below(r, 4) == 0;
    if (r->loops == MOST_LOOPS || r->open_count == MOST_LOOPS)
        return scope(r, depth);
    uint32_t number = r->loops++;
    uint32_t vars = r->var_count;
    uint32_t i = add_var(r, w->t_int, true);
    low start = low_set(w, i, low_int(w, first));
    low test = loop_test(r, i, down, down ? first - 3 * by : first + 3 * by);
    if (below(r, 3) == 0)
        test = low_node(w, PM_LOW_AND, w->t_bool, 2, test,
                        value(r, w->t_bool, depth));
    r->open_loop[r->open_count++] = number;
    low body = scope(r, depth);
    r->open_count--;
    low step =
        low_set(w, i, low_add(w, low_get(w, i), low_int(w, down ? -by : by)));
    r->var_count = vars;
    return low_block(w, w->t_void, 2, start,
                     low_while(w, number, test, body, step));
}

static low report(struct random *r, uint32_t depth)
{
    struct low_world *w = r->w;
    low seen = value(r, w->t_int, depth);
    return low_gset(w, r->result,
                    low_add(w,
                            low_op(w, w->t_int, PM_OP_MUL, 2,
                                   low_gget(w, r->result), low_int(w, 31)),
                            seen));
}

static low drop(struct random *r, uint32_t depth)
{
    return low_node(r->w, PM_LOW_DROP, r->w->t_void, 1,
                    value(r, any_type(r), depth));
}

static low set_element(struct random *r, uint32_t depth)
{
    struct pm_lt *array = below(r, 2) ? r->numbers : r->pairs;
    low to = value(r, array, depth);
    low at = in_range(r, to, depth);
    return low_node(r->w, PM_LOW_SET_INDEX, r->w->t_void, 3, to, at,
                    value(r, array->parts[0], depth));
}

static low statement(struct random *r, uint32_t depth)
{
    struct low_world *w = r->w;
    low node;
    if (depth == 0 || r->budget < 10)
        return report(r, 0);
    r->budget--;
    depth--;
    switch (below(r, 14)) {
    case 0:
    case 1:
    case 2:
        return declare(r, depth);
    case 3:
    case 4:
        return assign(r, depth);
    case 5:
        return low_if(w, w->t_void, value(r, w->t_bool, depth), scope(r, depth),
                      scope(r, depth));
    case 6:
        return low_if(w, w->t_void, value(r, w->t_bool, depth),
                      may_leave(r) && below(r, 2) ? way_out(r, 0)
                                                  : scope(r, depth),
                      NULL);
    case 7:
        return loop(r, depth);
    case 8:
        return drop(r, depth);
    case 9:
        node = value(r, r->thing, depth);
        if (below(r, 2))
            return low_set_field(w, node, 0, value(r, w->t_int, depth));
        return low_set_field(w, node, 1, value(r, r->maybe_int, depth));
    case 10:
        return set_element(r, depth);
    case 11:
        return low_gset(w, r->ints, value(r, w->t_int, depth));
    case 12:
        node = value(r, r->cell, depth);
        return low_set_field(w, node, 0, value(r, w->t_int, depth));
    default:
        return report(r, depth);
    }
}

// --- programs ----------------------------------------------------------------

static void make_types(struct random *r)
{
    struct low_world *w = r->w;
    r->pair = low_type(w, PM_LT_TUPLE, "(int, bool)", 2, w->t_int, w->t_bool);
    r->maybe_int = low_type(w, PM_LT_OPTIONAL, "optional int", 1, w->t_int);
    r->maybe_str = low_type(w, PM_LT_OPTIONAL, "optional str", 1, w->t_str);
    r->maybe_any = low_type(w, PM_LT_OPTIONAL, "optional Any", 1, w->t_any);
    r->code = low_enum(w, "Code");
    low_case(w, r->code, "fine", 0);
    r->outcome =
        low_type(w, PM_LT_RESULT, "result<Code> str", 2, r->code, w->t_str);
    r->thing = low_struct(w, "Thing", 3, "n", w->t_int, "m", r->maybe_int, "f",
                          w->t_float);
    r->shape = low_enum(w, "Shape");
    low_case(w, r->shape, "None", 0);
    low_case(w, r->shape, "Num", 1, w->t_int);
    low_case(w, r->shape, "Both", 2, w->t_str, w->t_int);
    r->numbers = low_type(w, PM_LT_ARRAY, "int[]", 1, w->t_int);
    r->pairs = low_type(w, PM_LT_ARRAY, "(int, bool)[]", 1, r->pair);
    r->cell = low_type(w, PM_LT_CELL, "cell int", 1, w->t_int);
    r->fn = low_type(w, PM_LT_FN, "fn(int) -> int", 2, w->t_int, w->t_int);
    const struct pm_lt *all[] = {
        w->t_int,   w->t_bool,    w->t_float, w->t_str, r->pair,  r->maybe_int,
        r->thing,   r->maybe_str, r->outcome, r->shape, w->t_any, r->maybe_any,
        r->numbers, r->pairs,     r->cell,    r->fn};
    r->type_count = 16;
    memcpy(r->types, all, sizeof all);
}

static low body_of(struct random *r, uint32_t statements)
{
    struct low_world *w = r->w;
    low block = low_block(w, w->t_void, 0);
    for (uint32_t i = 0; i < statements; i++)
        block = low_block(w, w->t_void, 2, block, statement(r, 4));
    if (r->result_type->kind == PM_LT_VOID)
        return block;
    return low_block(w, w->t_never, 2, block,
                     low_return(w, value(r, r->result_type, 3)));
}

static void begin(struct random *r, const struct pm_lt *result, uint32_t budget)
{
    r->var_count = 0;
    r->loops = 0;
    r->open_count = 0;
    r->budget = budget;
    r->result_type = result;
}

static void function(struct random *r, uint32_t number)
{
    struct low_world *w = r->w;
    const struct pm_lt *result = below(r, 2) ? w->t_int : any_type(r);
    begin(r, result, 20 + below(r, 80));
    struct pm_low_fn *fn = low_fn(w, "f", result);
    r->vars[r->var_count++] = low_param(w, "a", w->t_int);
    const struct pm_lt *type = below(r, 3) ? any_type(r) : r->fn;
    r->vars[r->var_count++] = low_param(w, "b", type);
    // What is never assigned may be bound to the closure that it always is.
    r->is_fixed[0] = false;
    r->is_fixed[1] = type == r->fn && below(r, 4);
    low_body(w, body_of(r, 1 + below(r, 3)));
    fn->type = NULL;
    r->functions[number] = fn;
    r->function_count = number + 1;
}

static low capture(struct random *r, const struct pm_lt *type, uint32_t index)
{
    low node = low_node(r->w, PM_LOW_CAPTURE, type, 0);
    node->index = index;
    return node;
}

// n => captured = captured * 3 + n, which it gives
static struct pm_low_fn *changing_closure(struct random *r)
{
    struct low_world *w = r->w;
    struct pm_low_fn *fn = low_fn(w, "count", w->t_int);
    uint32_t n = low_param(w, "n", w->t_int);
    low_capture(w, "sum", w->t_int);
    low set = low_node(w, PM_LOW_SET_CAPTURE, w->t_void, 1,
                       low_add(w,
                               low_op(w, w->t_int, PM_OP_MUL, 2,
                                      capture(r, w->t_int, 0), low_int(w, 3)),
                               low_get(w, n)));
    low_body(w, low_block(w, w->t_never, 2, set,
                          low_return(w, capture(r, w->t_int, 0))));
    return fn;
}

// n => n * 2 + 1
static struct pm_low_fn *plain_closure(struct random *r)
{
    struct low_world *w = r->w;
    struct pm_low_fn *fn = low_fn(w, "plain", w->t_int);
    uint32_t n = low_param(w, "n", w->t_int);
    low twice = low_op(w, w->t_int, PM_OP_MUL, 2, low_get(w, n), low_int(w, 2));
    low_body(w, low_return(w, low_add(w, twice, low_int(w, 1))));
    fn->is_closure = true;
    return fn;
}

// n => f(n) + a
static struct pm_low_fn *closure_around(struct random *r)
{
    struct low_world *w = r->w;
    struct pm_low_fn *fn = low_fn(w, "around", w->t_int);
    uint32_t n = low_param(w, "n", w->t_int);
    low_capture(w, "f", r->fn);
    low_capture(w, "a", w->t_int);
    low call = low_node(w, PM_LOW_CALL_VALUE, w->t_int, 2, capture(r, r->fn, 0),
                        low_get(w, n));
    low_body(w, low_return(w, low_add(w, call, capture(r, w->t_int, 1))));
    return fn;
}

void low_random(struct low_world *w, uint64_t seed)
{
    struct random r = {.w = w, .state = seed * 2654435761u + 99};
    make_types(&r);
    r.result = low_global(w, "result", w->t_int);
    r.ints = low_global(w, "ints", w->t_int);
    r.fact = low_global(w, "fact", w->t_int);
    struct pm_low_fn *boot = low_fn(w, "boot", w->t_void);
    r.closures[0] = changing_closure(&r);
    r.closures[1] = plain_closure(&r);
    r.closures[2] = closure_around(&r);
    for (uint32_t i = 0; i < FUNCTIONS; i++)
        function(&r, i);
    w->fn = boot;
    begin(&r, w->t_void, 150);
    low first = low_block(w, w->t_void, 3, low_gset(w, r.result, low_int(w, 0)),
                          low_gset(w, r.ints, low_int(w, 3)),
                          low_gset(w, r.fact, low_int(w, 12)));
    low last = low_node(w, PM_LOW_DROP, w->t_void, 1,
                        low_nop(w, low_gget(w, r.result)));
    low_body(w, low_block(w, w->t_void, 3, first, body_of(&r, 8), last));
}
