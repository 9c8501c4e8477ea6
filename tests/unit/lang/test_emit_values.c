// SPDX-License-Identifier: MIT
//
// Values of each kind, made, kept, taken apart.
#include "low_world.h"
#include "support/test.h"

// What each test has: a world, a boot function, a global n.
struct scene {
    struct low_world w;
    struct pm_low_global *n;
    low body;
};

static struct low_world *begin(struct scene *s)
{
    low_open(&s->w);
    s->n = low_global(&s->w, "n", s->w.t_int);
    low_fn(&s->w, "boot", s->w.t_void);
    s->body = low_block(&s->w, s->w.t_void, 0);
    return &s->w;
}

static void add(struct scene *s, low statement)
{
    s->body = low_block(&s->w, s->w.t_void, 2, s->body, statement);
}

// n = n * 100 + value
static void show(struct scene *s, low value)
{
    struct low_world *w = &s->w;
    add(s, low_gset(w, s->n,
                    low_add(w,
                            low_op(w, w->t_int, PM_OP_MUL, 2, low_gget(w, s->n),
                                   low_int(w, 100)),
                            value)));
}

static low of_bool(struct low_world *w, low value)
{
    return low_if(w, w->t_int, value, low_int(w, 1), low_int(w, 0));
}

// Runs it as it is and optimised; both give [wanted], or the trap.
static void end(struct scene *s, uint64_t wanted, uint32_t trap)
{
    struct low_world *w = &s->w;
    low_body(w, s->body);
    for (int i = 0; i < 2; i++) {
        if (!(i ? low_run_optimised(w) : low_run(w)))
            break;
        CHECK_INT(low_trap(w), trap);
        CHECK_INT(low_result(w, "n"), wanted);
    }
    low_close(w);
}

TEST(emit_values, optionals_of_references_are_null_and_others_have_a_flag)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_lt *ms = low_type(w, PM_LT_OPTIONAL, "optional str", 1, w->t_str);
    struct pm_lt *mms = low_type(w, PM_LT_OPTIONAL, "o o str", 1, ms);
    uint32_t a = low_local(w, "a", ms);
    uint32_t b = low_local(w, "b", mms);
    add(&s, low_set(w, a, low_zero(w, ms)));
    show(&s, of_bool(w, low_part(w, w->t_bool, low_get(w, a), 0)));
    add(&s, low_set(w, b, low_node(w, PM_LOW_SOME, mms, 1, low_get(w, a))));
    // Some none is some.
    show(&s, of_bool(w, low_part(w, w->t_bool, low_get(w, b), 0)));
    show(&s, of_bool(w, low_part(w, w->t_bool,
                                 low_part(w, ms, low_get(w, b), 1), 0)));
    add(&s, low_set(w, a, low_node(w, PM_LOW_SOME, ms, 1, low_str(w, "xyz"))));
    show(&s, of_bool(w, low_part(w, w->t_bool, low_get(w, a), 0)));
    show(&s, low_op(w, w->t_int, PM_OP_STR_LEN, 1,
                    low_part(w, w->t_str, low_get(w, a), 1)));
    end(&s, 1000103, 0);
}

TEST(emit_values, elements_of_several_slots_are_boxed_and_null_is_zero)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_lt *m = low_type(w, PM_LT_OPTIONAL, "optional int", 1, w->t_int);
    struct pm_lt *array = low_type(w, PM_LT_ARRAY, "optional int[]", 1, m);
    uint32_t a = low_local(w, "a", array);
    low some = low_node(w, PM_LOW_SOME, m, 1, low_int(w, 7));
#define AT(i) low_node(w, PM_LOW_INDEX, m, 2, low_get(w, a), low_int(w, i))
    add(&s,
        low_set(w, a, low_node(w, PM_LOW_NEW_ARRAY, array, 1, low_int(w, 3))));
    show(&s, of_bool(w, low_part(w, w->t_bool, AT(2), 0)));
    show(&s, low_part(w, w->t_int, AT(2), 1));
    add(&s, low_node(w, PM_LOW_SET_INDEX, w->t_void, 3, low_get(w, a),
                     low_int(w, 1), some));
    show(&s, of_bool(w, low_part(w, w->t_bool, AT(1), 0)));
    show(&s, low_part(w, w->t_int, AT(1), 1));
    // Elements are values: what comes from one does not change with it.
    uint32_t v = low_local(w, "v", m);
    add(&s, low_set(w, v, AT(1)));
    add(&s, low_node(w, PM_LOW_SET_INDEX, w->t_void, 3, low_get(w, a),
                     low_int(w, 1), low_zero(w, m)));
    show(&s, low_part(w, w->t_int, low_get(w, v), 1));
    show(&s, of_bool(w, low_part(w, w->t_bool, AT(1), 0)));
#undef AT
    end(&s, 1070700, 0);
}

TEST(emit_values, arrays_are_filled_and_listed)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_lt *p =
        low_type(w, PM_LT_TUPLE, "(int, int)", 2, w->t_int, w->t_int);
    struct pm_lt *array = low_type(w, PM_LT_ARRAY, "(int, int)[]", 1, p);
    struct pm_lt *strs = low_type(w, PM_LT_ARRAY, "str[]", 1, w->t_str);
    uint32_t a = low_local(w, "a", array);
    uint32_t b = low_local(w, "b", strs);
    low fill = low_node(w, PM_LOW_TUPLE, p, 2, low_nop(w, low_int(w, 3)),
                        low_nop(w, low_int(w, 4)));
    add(&s, low_set(w, a,
                    low_node(w, PM_LOW_NEW_ARRAY, array, 2,
                             low_nop(w, low_int(w, 2)), fill)));
    add(&s, low_set(w, b,
                    low_node(w, PM_LOW_ARRAY, strs, 3, low_str(w, "a"),
                             low_str(w, ""), low_str(w, "abc"))));
    show(&s,
         low_part(w, w->t_int,
                  low_node(w, PM_LOW_INDEX, p, 2, low_get(w, a), low_int(w, 1)),
                  1));
    show(&s, low_node(w, PM_LOW_LENGTH, w->t_int, 1, low_get(w, b)));
    show(&s, low_op(w, w->t_int, PM_OP_STR_LEN, 1,
                    low_node(w, PM_LOW_INDEX, w->t_str, 2, low_get(w, b),
                             low_int(w, 2))));
    add(&s, low_node(w, PM_LOW_DROP, w->t_void, 1,
                     low_node(w, PM_LOW_INDEX, w->t_str, 2, low_get(w, b),
                              low_int(w, 3))));
    end(&s, 40303, 0x03);
}

TEST(emit_values, cases_share_the_fields_of_an_enums_record)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_lt *p =
        low_type(w, PM_LT_TUPLE, "(bool, int)", 2, w->t_bool, w->t_int);
    struct pm_lt *shape = low_enum(w, "Shape");
    low_case(w, shape, "None", 0);
    low_case(w, shape, "A", 2, w->t_int, w->t_str);
    low_case(w, shape, "B", 2, w->t_str, w->t_int); // not in A's order
    low_case(w, shape, "C", 1, p);
    uint32_t v = low_local(w, "v", shape);
    low b = low_node(w, PM_LOW_CASE, shape, 2, low_str(w, "xyz"),
                     low_nop(w, low_int(w, 5)));
    b->case_index = 2;
    low length = low_node(w, PM_LOW_PAYLOAD, w->t_str, 1, low_get(w, v));
    length->case_index = 2;
    low number = low_node(w, PM_LOW_PAYLOAD, w->t_int, 1, low_get(w, v));
    number->case_index = 2;
    number->index = 1;
    low c = low_node(
        w, PM_LOW_CASE, shape, 1,
        low_node(w, PM_LOW_TUPLE, p, 2, low_bool(w, true), low_int(w, 8)));
    c->case_index = 3;
    low pair = low_node(w, PM_LOW_PAYLOAD, p, 1, low_get(w, v));
    pair->case_index = 3;
    add(&s, low_set(w, v, b));
    show(&s, low_node(w, PM_LOW_TAG, w->t_int, 1, low_get(w, v)));
    show(&s, low_op(w, w->t_int, PM_OP_STR_LEN, 1, length));
    show(&s, number);
    add(&s, low_set(w, v, c));
    show(&s, low_part(w, w->t_int, pair, 1));
    low_body(w, s.body);
    if (CHECK(low_run(w))) {
        const struct pm_module *module = low_machine_module(w->machine);
        // The tag, an int, a string, a bool.
        for (uint32_t i = 0; i < module->type_count; i++)
            if (module->types[i].kind == PM_TYPE_KIND_RECORD)
                CHECK_INT(module->types[i].field_count, 4);
    }
    end(&s, 2030508, 0);
}

TEST(emit_values, structs_of_several_types_meet_in_a_contract)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_lt *a = low_struct(w, "A", 1, "x", w->t_int);
    struct pm_lt *b = low_struct(w, "B", 1, "y", w->t_int);
    struct pm_lt *m = low_type(w, PM_LT_OPTIONAL, "optional C", 1, w->t_any);
    uint32_t o = low_local(w, "o", m);
    low up_a = low_node(w, PM_LOW_UPCAST, w->t_any, 1,
                        low_node(w, PM_LOW_NEW, a, 1, low_int(w, 3)));
    low up_b = low_node(w, PM_LOW_UPCAST, w->t_any, 1,
                        low_node(w, PM_LOW_NEW, b, 1, low_int(w, 4)));
    low either =
        low_if(w, w->t_any, low_lt(w, low_nop(w, low_int(w, 2)), low_int(w, 1)),
               up_a, up_b);
    low is_b = low_node(w, PM_LOW_IS_TYPE, w->t_bool, 1,
                        low_part(w, w->t_any, low_get(w, o), 1));
    is_b->of = b;
    low as_b =
        low_node(w, PM_LOW_CAST, b, 1, low_part(w, w->t_any, low_get(w, o), 1));
    low as_a =
        low_node(w, PM_LOW_CAST, a, 1, low_part(w, w->t_any, low_get(w, o), 1));
    add(&s, low_set(w, o, low_node(w, PM_LOW_SOME, m, 1, either)));
    show(&s, of_bool(w, is_b));
    show(&s, low_field(w, as_b, 0));
    show(&s, low_field(w, as_a, 0));
    end(&s, 104, 0x04);
}

// counter = (step) => { sum.0 += step; sum.0 }, over a shared cell and a
// captured pair
TEST(emit_values, closures_capture_spread_values_and_cells)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_low_fn *boot = w->fn;
    struct pm_lt *cell = low_type(w, PM_LT_CELL, "cell", 1, w->t_int);
    struct pm_lt *p =
        low_type(w, PM_LT_TUPLE, "(int, bool)", 2, w->t_int, w->t_bool);
    struct pm_lt *fn = low_type(w, PM_LT_FN, "fn", 2, w->t_int, w->t_int);
    struct pm_low_fn *body = low_fn(w, "lambda", w->t_int);
    uint32_t step = low_param(w, "step", w->t_int);
    low_capture(w, "pair", p);
    low_capture(w, "sum", cell);
    low pair = low_node(w, PM_LOW_CAPTURE, p, 0);
#define SUM() low_node(w, PM_LOW_CAPTURE, cell, 0)
    low sum1 = SUM(), sum2 = SUM(), sum3 = SUM();
    sum1->index = sum2->index = sum3->index = 1;
    low_body(w, low_block(w, w->t_never, 2,
                          low_set_field(
                              w, sum1, 0,
                              low_add(w, low_field(w, sum2, 0),
                                      low_add(w, low_get(w, step),
                                              low_part(w, w->t_int, pair, 0)))),
                          low_return(w, low_field(w, sum3, 0))));
    w->fn = boot;
    uint32_t c = low_local(w, "c", cell);
    uint32_t f = low_local(w, "f", fn);
    add(&s, low_set(w, c, low_node(w, PM_LOW_NEW, cell, 1, low_int(w, 10))));
    low closure = low_node(
        w, PM_LOW_CLOSURE, fn, 2,
        low_node(w, PM_LOW_TUPLE, p, 2, low_int(w, 2), low_bool(w, true)),
        low_get(w, c));
    closure->function = body;
    add(&s, low_set(w, f, closure));
    show(&s, low_node(w, PM_LOW_CALL_VALUE, w->t_int, 2, low_get(w, f),
                      low_int(w, 1)));
    add(&s, low_set_field(w, low_get(w, c), 0, low_int(w, 50)));
    show(&s, low_node(w, PM_LOW_CALL_VALUE, w->t_int, 2, low_get(w, f),
                      low_int(w, 5)));
    show(&s, low_field(w, low_get(w, c), 0));
    end(&s, 135757, 0);
}

TEST(emit_values, a_nested_function_calls_itself)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_low_fn *boot = w->fn;
    struct pm_lt *fn = low_type(w, PM_LT_FN, "fn", 2, w->t_int, w->t_int);
    struct pm_low_fn *body = low_fn(w, "sum", w->t_int);
    uint32_t n = low_param(w, "n", w->t_int);
    body->is_closure = true;
    low again = low_node(w, PM_LOW_CALL_VALUE, w->t_int, 2,
                         low_node(w, PM_LOW_SELF, fn, 0),
                         low_add(w, low_get(w, n), low_int(w, -1)));
    low_body(w,
             low_return(
                 w, low_if(w, w->t_int, low_lt(w, low_get(w, n), low_int(w, 1)),
                           low_int(w, 0), low_add(w, low_get(w, n), again))));
    w->fn = boot;
    low closure = low_node(w, PM_LOW_CLOSURE, fn, 0);
    closure->function = body;
    show(&s,
         low_node(w, PM_LOW_CALL_VALUE, w->t_int, 2, closure, low_int(w, 10)));
    end(&s, 55, 0);
}

TEST(emit_values, results_carry_a_value_or_an_error)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_lt *code = low_enum(w, "Code");
    low_case(w, code, "a", 0);
    struct pm_lt *r =
        low_type(w, PM_LT_RESULT, "result<Code> float", 2, code, w->t_float);
    struct pm_lt *none =
        low_type(w, PM_LT_RESULT, "result<Code> void", 2, code, w->t_void);
    uint32_t v = low_local(w, "v", r);
    uint32_t u = low_local(w, "u", none);
    low error = low_int(w, 4);
    error->type = code;
    add(&s, low_set(w, v, low_node(w, PM_LOW_OK, r, 1, low_float(w, 6.0))));
    show(&s, low_part(w, w->t_int, low_get(w, v), 0));
    show(&s, low_op(w, w->t_int, PM_OP_TO_I64, 1,
                    low_part(w, w->t_float, low_get(w, v), 1)));
    add(&s, low_set(w, v, low_node(w, PM_LOW_ERR, r, 1, error)));
    show(&s, low_part(w, w->t_int, low_get(w, v), 0));
    add(&s, low_set(w, u, low_node(w, PM_LOW_OK, none, 0)));
    show(&s, low_part(w, w->t_int, low_get(w, u), 0));
    end(&s, 60400, 0);
}

TEST(emit_values, operands_wait_while_a_part_is_taken)
{
    struct scene s;
    struct low_world *w = begin(&s);
    struct pm_low_fn *boot = w->fn;
    struct pm_lt *p = low_type(w, PM_LT_TUPLE, "(int, int, int)", 3, w->t_int,
                               w->t_int, w->t_int);
    struct pm_low_fn *three = low_fn(w, "three", p);
    low_body(w,
             low_return(w, low_node(w, PM_LOW_TUPLE, p, 3, low_int(w, 4),
                                    low_nop(w, low_int(w, 5)), low_int(w, 6))));
    w->fn = boot;
    for (uint32_t i = 0; i < 3; i++)
        show(&s, low_add(w, low_nop(w, low_int(w, 10)),
                         low_part(w, w->t_int, low_call(w, three, 0), i)));
    end(&s, 141516, 0);
}
