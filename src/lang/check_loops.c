// SPDX-License-Identifier: MIT
//
// if, while, for.

#include "lang/check_internal.h"

static bool is_true(const struct pm_low *low)
{
    return low->kind == PM_LOW_INT && low->type->kind == PM_LT_BOOL &&
           low->number != 0;
}

// --- if ----------------------------------------------------------------------

struct pm_low *pm_chk_condition(struct checker *c, const struct pm_ast *ast)
{
    struct pm_low *value = pm_chk_expr(c, ast, c->t_bool);

    if (value->type->kind == PM_LT_BOOL || pm_chk_is_unknown(value->type) ||
        value->type->kind == PM_LT_NEVER)
        return value;
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_CONDITION, ast, "found %s, wanted a bool",
                     pm_chk_show_type(c, value->type));
    if (pm_chk_is_number(value->type))
        pm_chk_help(c, diag, "compare it: … != 0");
    if (value->type->kind == PM_LT_OPTIONAL)
        pm_chk_help(c, diag, "write 'if let x = …', or '.is_some()'");
    return pm_chk_unknown(c, ast);
}

// "let x = e" as a condition: gives the test, and declares x in the present
// scope. Statements that come first go to [before], those of the way that is
// taken to [inside].
static struct pm_low *let_condition(struct checker *c, const struct pm_ast *ast,
                                    struct chk_list *before,
                                    struct chk_list *inside)
{
    struct pm_low *value = pm_chk_expr(c, ast->kids[1], NULL);
    const struct pm_lt *type = c->t_unknown;
    const struct pm_ast *name = ast->kids[0];

    if (value->type->kind == PM_LT_OPTIONAL)
        type = value->type->parts[0];
    else if (!pm_chk_is_unknown(value->type))
        pm_chk_error(c, PM_LANG_MISMATCH, ast->kids[1],
                     "found %s behind 'let', wanted an optional",
                     pm_chk_show_type(c, value->type));
    struct pm_low *held = pm_chk_spill(c, before, value);
    struct chk_var *var = pm_chk_declare(c, pm_chk_name(c, name),
                                         pm_chk_span(c, name), type, false);
    pm_chk_push(c, inside,
                pm_chk_write_var(
                    c, var, pm_chk_low_part(c, type, pm_chk_again(c, held), 1),
                    pm_chk_span(c, name), true));
    return pm_chk_low_part(c, c->t_bool, pm_chk_again(c, held), 0);
}

const struct pm_lt *pm_chk_join(const struct pm_lt *a, const struct pm_lt *b)
{
    if (a->kind == PM_LT_NEVER)
        return b;
    if (b->kind == PM_LT_NEVER || !pm_chk_type_same(b, a))
        return a; // the second is reported where it is made to fit
    return a->has_unknown ? b : a;
}

static struct pm_low *otherwise_of(struct checker *c, const struct pm_ast *ast,
                                   bool wants_value,
                                   const struct pm_lt *expected)
{
    if (!ast)
        return NULL;
    return ast->kind == PM_AST_IF
               ? pm_chk_if(c, ast, wants_value, expected)
               : pm_chk_arm_body(c, ast, wants_value, expected);
}

static struct pm_low *if_value(struct checker *c, const struct pm_ast *ast,
                               struct pm_low *condition, struct pm_low *then,
                               const struct pm_lt *expected)
{
    struct pm_span span = pm_chk_span(c, ast);

    if (!ast->kids[2]) {
        pm_chk_error(c, PM_LANG_NO_VALUE, ast,
                     "found 'if' without 'else' where a value is wanted");
        return pm_chk_unknown(c, ast);
    }
    if (!expected && !pm_chk_is_never(then))
        expected = then->type;
    struct pm_low *otherwise = otherwise_of(c, ast->kids[2], true, expected);
    const struct pm_lt *type = pm_chk_join(then->type, otherwise->type);
    if (!pm_chk_is_never(then))
        then = pm_chk_coerce(c, ast->kids[1], then, type);
    if (!pm_chk_is_never(otherwise))
        otherwise = pm_chk_coerce(c, ast->kids[2], otherwise, type);
    return pm_chk_low_if(c, type, span, condition, then, otherwise);
}

struct pm_low *pm_chk_if(struct checker *c, const struct pm_ast *ast,
                         bool wants_value, const struct pm_lt *expected)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list before = {0}, inside = {0};
    struct chk_scope scope = pm_chk_scope_begin(c);
    struct pm_low *condition =
        ast->kids[0]->kind == PM_AST_IF_LET
            ? let_condition(c, ast->kids[0], &before, &inside)
            : pm_chk_condition(c, ast->kids[0]);
    struct pm_low *then = pm_chk_block(c, ast->kids[1], wants_value, expected);
    pm_chk_push(c, &inside, then);
    then = pm_chk_low_block(c, then->type, then->span, &inside);
    pm_chk_scope_end(c, scope);
    struct pm_low *low;
    if (wants_value) {
        low = if_value(c, ast, condition, then, expected);
    } else {
        struct pm_low *otherwise = otherwise_of(c, ast->kids[2], false, NULL);
        bool never =
            otherwise && pm_chk_is_never(then) && pm_chk_is_never(otherwise);
        low = pm_chk_low_if(c, never ? c->t_never : c->t_void, span, condition,
                            then, otherwise);
    }
    pm_chk_push(c, &before, low);
    return pm_chk_low_block(c, low->type, span, &before);
}

// --- while -------------------------------------------------------------------

static struct pm_low *body_of(struct checker *c, const struct pm_ast *ast,
                              struct chk_loop *loop)
{
    loop->number = c->body->low->loop_count++;
    loop->cleanups = c->body->cleanups.count;
    pm_chk_push(c, &c->body->loops, loop);
    struct pm_low *body = pm_chk_block(c, ast, false, NULL);
    c->body->loops.count--;
    return body;
}

static struct pm_low *loop(struct checker *c, const struct pm_lt *type,
                           struct pm_span span, const struct chk_loop *info,
                           struct pm_low *condition, struct pm_low *body,
                           struct pm_low *step)
{
    struct pm_low *low = pm_chk_low_if(c, type, span, condition, body, step);

    low->kind = PM_LOW_WHILE;
    low->loop = info->number;
    return low;
}

// while let: for ever { if it is some { body } else { break } }
static struct pm_low *while_let(struct checker *c, const struct pm_ast *ast)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list before = {0}, inside = {0};
    struct chk_loop info = {0};
    struct chk_scope scope = pm_chk_scope_begin(c);
    struct pm_low *condition = let_condition(c, ast->kids[0], &before, &inside);
    struct pm_low *body = body_of(c, ast->kids[1], &info);

    pm_chk_push(c, &inside, body);
    pm_chk_scope_end(c, scope);
    struct pm_low *end = pm_chk_low(c, PM_LOW_BREAK, c->t_never, span, 0);
    end->loop = info.number;
    pm_chk_push(c, &before,
                pm_chk_low_if(c, pm_chk_is_never(body) ? c->t_never : c->t_void,
                              span, condition,
                              pm_chk_low_block(c, body->type, span, &inside),
                              end));
    return loop(c, c->t_void, span, &info, NULL,
                pm_chk_low_block(c, c->t_void, span, &before), NULL);
}

static struct pm_low *while_loop(struct checker *c, const struct pm_ast *ast)
{
    struct chk_loop info = {0};

    if (ast->kids[0]->kind == PM_AST_IF_LET)
        return while_let(c, ast);
    struct pm_low *condition = pm_chk_condition(c, ast->kids[0]);
    struct pm_low *body = body_of(c, ast->kids[1], &info);
    bool for_ever = is_true(condition);
    return loop(c, for_ever && !info.has_break ? c->t_never : c->t_void,
                pm_chk_span(c, ast), &info, for_ever ? NULL : condition, body,
                NULL);
}

// --- for … from --------------------------------------------------------------

static struct pm_low *set_local(struct checker *c, uint32_t index,
                                struct pm_low *value, bool is_declaration)
{
    struct pm_low *low =
        pm_chk_low1(c, PM_LOW_SET_LOCAL, c->t_void, value->span, value);

    low->index = index;
    low->is_declaration = is_declaration;
    return low;
}

static struct pm_low *get_int(struct checker *c, uint32_t index,
                              struct pm_span span)
{
    struct pm_low *low = pm_chk_low(c, PM_LOW_LOCAL, c->t_int, span, 2);

    low->count = 0;
    low->index = index;
    return low;
}

// What i is compared with. A step that is known only when the program runs
// turns both sides by its sign: ~i < ~limit is i > limit.
struct range {
    struct pm_low *limit;
    struct pm_low *turn; // 0 or -1; NULL: the step is known
    bool is_down;
};

static struct range range_of(struct checker *c, struct chk_list *list,
                             struct pm_low *limit, struct pm_low *step,
                             bool is_positive)
{
    struct pm_span span = limit->span;

    if (is_positive)
        return (struct range){limit, NULL, false};
    if (step->kind == PM_LOW_INT)
        return (struct range){limit, NULL, step->number < 0};
    struct pm_low *turn = pm_chk_spill(
        c, list,
        pm_chk_low_op(c, PM_OP_SHR, c->t_int, span, pm_chk_again(c, step),
                      pm_chk_low_int(c, c->t_int, span, 63)));
    limit = pm_chk_spill(c, list,
                         pm_chk_low_op(c, PM_OP_XOR, c->t_int, span,
                                       pm_chk_again(c, limit),
                                       pm_chk_again(c, turn)));
    return (struct range){limit, turn, false};
}

static struct pm_low *range_test(struct checker *c, struct pm_low *i,
                                 const struct range *range)
{
    struct pm_span span = range->limit->span;

    if (range->turn)
        i = pm_chk_low_op(c, PM_OP_XOR, c->t_int, span, i,
                          pm_chk_again(c, range->turn));
    return pm_chk_low_op(c, range->is_down ? PM_OP_GT : PM_OP_LT, c->t_bool,
                         span, i, pm_chk_again(c, range->limit));
}

static void check_step(struct checker *c, const struct pm_ast *ast,
                       struct pm_low *step, struct chk_list *list)
{
    struct pm_span span = step->span;

    if (step->kind != PM_LOW_INT) {
        struct pm_low *is_zero =
            pm_chk_low_op(c, PM_OP_EQ, c->t_bool, span, pm_chk_again(c, step),
                          pm_chk_low_int(c, c->t_int, span, 0));
        struct pm_low *stop =
            pm_chk_low1(c, PM_LOW_TRAP, c->t_never, span,
                        pm_chk_low_str(c, span, pm_chk_text("the step is 0")));
        pm_chk_push(c, list,
                    pm_chk_low_if(c, c->t_void, span, is_zero, stop, NULL));
        return;
    }
    if (step->number == 0)
        pm_chk_error(c, PM_LANG_ZERO_STEP, ast,
                     "the step is 0: the loop would never end");
}

// Whether the step is the count of a loop around that is always above 0.
static bool is_positive(struct checker *c, const struct pm_ast *step)
{
    const struct chk_var *var = step && step->kind == PM_AST_NAME
                                    ? pm_chk_find_var(c, pm_chk_name(c, step))
                                    : NULL;

    return var && var->is_positive;
}

static struct pm_low *for_range(struct checker *c, const struct pm_ast *ast)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list list = {0};
    struct chk_loop info = {0};
    struct pm_low *from = pm_chk_expr_as(c, ast->kids[1], c->t_int);
    // The count starts first, so that all three are evaluated in order.
    uint32_t at = pm_chk_low_local(c, c->body->low, c->t_int, pm_chk_text(""));
    pm_chk_push(c, &list, set_local(c, at, from, true));
    struct pm_low *limit =
        pm_chk_spill(c, &list, pm_chk_expr_as(c, ast->kids[2], c->t_int));
    struct pm_low *step =
        ast->kids[3]
            ? pm_chk_spill(c, &list, pm_chk_expr_as(c, ast->kids[3], c->t_int))
            : pm_chk_low_int(c, c->t_int, span, 1);

    bool goes_up = is_positive(c, ast->kids[3]);
    if (!goes_up)
        check_step(c, ast->kids[3] ? ast->kids[3] : ast, step, &list);
    struct range range = range_of(c, &list, limit, step, goes_up);
    struct chk_scope scope = pm_chk_scope_begin(c);
    struct chk_var *var =
        pm_chk_declare(c, pm_chk_name(c, ast->kids[0]),
                       pm_chk_span(c, ast->kids[0]), c->t_int, true);
    var->is_positive = from->kind == PM_LOW_INT && from->number > 0 &&
                       step->kind == PM_LOW_INT && step->number > 0;
    // The loop's variable is the count itself: nobody else can assign it.
    c->body->low->locals[at].name = var->name;
    c->body->low->locals[var->index].name = pm_chk_text("");
    var->index = at;
    struct pm_low *body = body_of(c, ast->kids[4], &info);
    pm_chk_scope_end(c, scope);
    struct pm_low *next =
        set_local(c, at,
                  pm_chk_low_op(c, PM_OP_ADD, c->t_int, span,
                                get_int(c, at, span), pm_chk_again(c, step)),
                  false);
    pm_chk_push(c, &list,
                loop(c, c->t_void, span, &info,
                     range_test(c, get_int(c, at, span), &range), body, next));
    return pm_chk_low_block(c, c->t_void, span, &list);
}

// --- for … in ----------------------------------------------------------------

// Declares the loop's one or two names at the start of each turn.
static void bind_turn(struct checker *c, const struct pm_ast *ast,
                      struct chk_list *list, struct pm_low *index,
                      struct pm_low *element)
{
    const struct pm_ast *first = ast->kids[0], *second = ast->kids[1];
    struct pm_low *values[2] = {element, NULL};

    if (second && element->type->kind == PM_LT_TUPLE &&
        element->type->part_count == 2 && !index) {
        struct pm_low *both = pm_chk_spill(c, list, element);
        for (uint32_t i = 0; i < 2; i++)
            values[i] = pm_chk_low_part(c, element->type->parts[i],
                                        pm_chk_again(c, both), i);
    } else if (second) {
        values[0] = index ? index : pm_chk_unknown(c, first);
        values[1] = element;
    }
    for (int i = 0; i < 2; i++) {
        const struct pm_ast *name = i ? second : first;
        if (!name || pm_chk_is(pm_chk_name(c, name), "_"))
            continue;
        struct chk_var *var =
            pm_chk_declare(c, pm_chk_name(c, name), pm_chk_span(c, name),
                           values[i]->type, true);
        var->is_element = i == 1 && index;
        pm_chk_push(
            c, list,
            pm_chk_write_var(c, var, values[i], pm_chk_span(c, name), true));
    }
}

static struct pm_low *for_array(struct checker *c, const struct pm_ast *ast,
                                struct pm_low *value)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list list = {0}, turn = {0};
    struct chk_loop info = {0};
    const struct pm_lt *type = value->type->parts[0];
    struct pm_low *array = pm_chk_spill(c, &list, value);
    struct pm_low *length = pm_chk_spill(
        c, &list,
        pm_chk_low1(c, PM_LOW_LENGTH, c->t_int, span, pm_chk_again(c, array)));
    uint32_t at = pm_chk_low_local(c, c->body->low, c->t_int, pm_chk_text(""));

    pm_chk_push(c, &list,
                set_local(c, at, pm_chk_low_int(c, c->t_int, span, 0), true));
    struct chk_scope scope = pm_chk_scope_begin(c);
    bind_turn(c, ast, &turn, get_int(c, at, span),
              pm_chk_low2(c, PM_LOW_INDEX, type, span, pm_chk_again(c, array),
                          get_int(c, at, span)));
    struct pm_low *body = body_of(c, ast->kids[3], &info);
    pm_chk_push(c, &turn, body);
    pm_chk_scope_end(c, scope);
    struct pm_low *next = set_local(
        c, at,
        pm_chk_low_op(c, PM_OP_ADD, c->t_int, span, get_int(c, at, span),
                      pm_chk_low_int(c, c->t_int, span, 1)),
        false);
    pm_chk_push(
        c, &list,
        loop(c, c->t_void, span, &info,
             pm_chk_low_op(c, PM_OP_LT, c->t_bool, span, get_int(c, at, span),
                           pm_chk_again(c, length)),
             pm_chk_low_block(c, body->type, span, &turn), next));
    return pm_chk_low_block(c, c->t_void, span, &list);
}

static struct pm_low *call_with(struct checker *c, struct chk_instance *fn,
                                struct pm_span span, struct pm_low *object,
                                struct pm_low *argument)
{
    struct chk_list arguments = {0};

    pm_chk_push(c, &arguments, pm_chk_again(c, object));
    pm_chk_push(c, &arguments, argument);
    return pm_chk_low_call(c, fn->low, fn->result, span, &arguments);
}

static struct pm_low *for_protocol(struct checker *c, const struct pm_ast *ast,
                                   struct pm_low *value,
                                   struct chk_instance *next,
                                   struct chk_instance *get)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list list = {0}, turn = {0};
    struct chk_loop info = {0};
    struct pm_low *object = pm_chk_spill(c, &list, value);
    uint32_t at = pm_chk_low_local(c, c->body->low, c->t_int, pm_chk_text(""));

    pm_chk_push(c, &list,
                set_local(c, at,
                          call_with(c, next, span, object,
                                    pm_chk_low_int(c, c->t_int, span, 0)),
                          true));
    struct chk_scope scope = pm_chk_scope_begin(c);
    struct pm_low *element =
        call_with(c, get, span, object, get_int(c, at, span));
    bool gives_both =
        element->type->kind == PM_LT_TUPLE && element->type->part_count == 2;
    if (!ast->kids[1] && gives_both)
        element = pm_chk_low_part(c, element->type->parts[0],
                                  pm_chk_spill(c, &turn, element), 0);
    bind_turn(c, ast, &turn, gives_both ? NULL : get_int(c, at, span), element);
    struct pm_low *body = body_of(c, ast->kids[3], &info);
    pm_chk_push(c, &turn, body);
    pm_chk_scope_end(c, scope);
    struct pm_low *after =
        pm_chk_low_op(c, PM_OP_ADD, c->t_int, span, get_int(c, at, span),
                      pm_chk_low_int(c, c->t_int, span, 1));
    pm_chk_push(
        c, &list,
        loop(c, c->t_void, span, &info,
             pm_chk_low_op(c, PM_OP_GE, c->t_bool, span, get_int(c, at, span),
                           pm_chk_low_int(c, c->t_int, span, 0)),
             pm_chk_low_block(c, body->type, span, &turn),
             set_local(c, at, call_with(c, next, span, object, after), false)));
    return pm_chk_low_block(c, c->t_void, span, &list);
}

// What cannot be gone through: the body is still checked.
static struct pm_low *for_unknown(struct checker *c, const struct pm_ast *ast)
{
    struct chk_scope scope = pm_chk_scope_begin(c);
    struct chk_list turn = {0};
    struct chk_loop info = {0};

    bind_turn(c, ast, &turn, pm_chk_unknown(c, ast), pm_chk_unknown(c, ast));
    body_of(c, ast->kids[3], &info);
    pm_chk_scope_end(c, scope);
    return pm_chk_unknown(c, ast);
}

static struct pm_low *for_in(struct checker *c, const struct pm_ast *ast)
{
    struct pm_low *value = pm_chk_expr(c, ast->kids[2], NULL);
    struct pm_span span = pm_chk_span(c, ast->kids[2]);

    if (value->type->kind == PM_LT_ARRAY)
        return for_array(c, ast, value);
    if (pm_chk_is_unknown(value->type))
        return for_unknown(c, ast);
    struct chk_instance *next =
        pm_chk_method(c, value->type, "iter_next", span);
    struct chk_instance *get = pm_chk_method(c, value->type, "iter_at", span);
    if (next && get && next->param_count == 2 && get->param_count == 2 &&
        next->result == c->t_int)
        return for_protocol(c, ast, value, next, get);
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_NOT_ITERABLE, ast->kids[2],
                     "found %s, wanted something to go through: an array, a "
                     "List, a map, a str or bytes",
                     pm_chk_show_type(c, value->type));
    if (value->type->kind == PM_LT_INT)
        pm_chk_help(c, diag, "to count write: for i from 0 until n { … }");
    else if (value->type->kind == PM_LT_STRUCT)
        pm_chk_help(c, diag,
                    "give it iter_next(i: int) -> int and iter_at(i: int)");
    return for_unknown(c, ast);
}

struct pm_low *pm_chk_loop_statement(struct checker *c,
                                     const struct pm_ast *ast)
{
    if (ast->kind == PM_AST_WHILE)
        return while_loop(c, ast);
    return ast->kind == PM_AST_FOR_RANGE ? for_range(c, ast) : for_in(c, ast);
}
