// SPDX-License-Identifier: MIT
//
// Optionals and results: made, taken apart, passed on.

#include "lang/check_internal.h"

static struct pm_low *propagate(struct checker *c, const struct pm_ast *ast)
{
    struct pm_low *value = pm_chk_expr(c, ast->kids[0], NULL);
    const struct pm_lt *type = value->type;
    const struct pm_lt *result = c->body->result;
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list list = {0};
    bool is_result = type->kind == PM_LT_RESULT;

    if (pm_chk_is_unknown(type))
        return value;
    if (!is_result && type->kind != PM_LT_OPTIONAL) {
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_PROPAGATE, ast,
                         "found %s in front of '!', wanted a result or an "
                         "optional",
                         pm_chk_show_type(c, type)),
            "'!' passes a failure on; \"not\" is written 'not'");
        return pm_chk_unknown(c, ast);
    }
    const struct pm_lt *inner = type->parts[is_result];
    if (!result) {
        pm_chk_help(c,
                    pm_chk_error(c, PM_LANG_PROPAGATE, ast,
                                 "what this lambda gives is not known yet"),
                    "write it: (x) -> result<E> int => { … }");
        return pm_chk_zero(c, c->t_unknown, span);
    }
    if (!pm_chk_is_unknown(result) &&
        (result->kind != type->kind ||
         (is_result && !pm_chk_type_same(result->parts[0], type->parts[0])))) {
        struct pm_lang_diag *diag = pm_chk_error(
            c, PM_LANG_PROPAGATE, ast,
            "'!' would leave the function with %s, but it gives %s",
            is_result ? pm_chk_show_type(c, type->parts[0]) : "none",
            pm_chk_show_type(c, result));
        pm_chk_help(c, diag,
                    is_result ? "deal with the error here with 'handle'"
                              : "say what holds when there is none: … else …");
        return pm_chk_zero(c, inner->kind == PM_LT_VOID ? c->t_void : inner,
                           span);
    }
    struct pm_low *held = pm_chk_spill(c, &list, value);
    struct pm_low *flag = pm_chk_low_part(c, is_result ? c->t_int : c->t_bool,
                                          pm_chk_again(c, held), 0);
    struct pm_low *leave, *failed;
    if (is_result) {
        leave = pm_chk_low1(c, PM_LOW_ERR, result, span, pm_chk_again(c, flag));
        leave->kids[0] = pm_chk_low_part(c, c->t_int, pm_chk_again(c, held), 0);
        failed = pm_chk_low_op(c, PM_OP_NE, c->t_bool, span, flag,
                               pm_chk_low_int(c, c->t_int, span, 0));
    } else {
        leave = pm_chk_zero(c, result, span);
        failed = pm_chk_low_op(c, PM_OP_NOT, c->t_bool, span, flag, NULL);
    }
    pm_chk_push(c, &list,
                pm_chk_low_if(c, c->t_void, span, failed,
                              pm_chk_leave(c, leave, span), NULL));
    if (inner->kind == PM_LT_VOID)
        return pm_chk_low_block(c, c->t_void, span, &list);
    pm_chk_push(c, &list, pm_chk_low_part(c, inner, pm_chk_again(c, held), 1));
    return pm_chk_low_block(c, inner, span, &list);
}

static struct pm_low *else_value(struct checker *c, const struct pm_ast *ast)
{
    struct pm_low *value = pm_chk_expr(c, ast->kids[0], NULL);
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list list = {0};
    const struct pm_lt *type = value->type;

    if (type->kind != PM_LT_OPTIONAL) {
        if (!pm_chk_is_unknown(type))
            pm_chk_help(c,
                        pm_chk_error(c, PM_LANG_MISMATCH, ast->kids[0],
                                     "found %s in front of 'else', wanted an "
                                     "optional",
                                     pm_chk_show_type(c, type)),
                        type->kind == PM_LT_RESULT
                            ? "write: handle … { _ -> … }"
                            : "it always has a value");
        pm_chk_arm_body(c, ast->kids[1], true, NULL);
        return pm_chk_unknown(c, ast);
    }
    struct pm_low *held = pm_chk_spill(c, &list, value);
    const struct pm_lt *inner = type->parts[0];
    struct pm_low *otherwise = pm_chk_arm_body(
        c, ast->kids[1], true, pm_chk_is_unknown(inner) ? NULL : inner);
    // "a else b" with another optional for b goes on being one.
    if (otherwise->type->kind != PM_LT_NEVER)
        otherwise = pm_chk_coerce(c, ast->kids[1], otherwise, inner);
    pm_chk_push(
        c, &list,
        pm_chk_low_if(c, inner, span,
                      pm_chk_low_part(c, c->t_bool, pm_chk_again(c, held), 0),
                      pm_chk_low_part(c, inner, pm_chk_again(c, held), 1),
                      otherwise));
    return pm_chk_low_block(c, inner, span, &list);
}

static struct pm_low *some(struct checker *c, const struct pm_ast *ast,
                           const struct pm_lt *expected)
{
    const struct pm_lt *inner = expected && expected->kind == PM_LT_OPTIONAL
                                    ? expected->parts[0]
                                    : NULL;
    struct pm_low *value = pm_chk_expr(c, ast->kids[0], inner);

    if (inner && !inner->has_unknown)
        value = pm_chk_coerce(c, ast->kids[0], value, inner);
    if (value->type->kind == PM_LT_VOID)
        value = pm_chk_coerce(c, ast->kids[0], value, c->t_int);
    return pm_chk_low1(c, PM_LOW_SOME, pm_chk_type_optional(c, value->type),
                       pm_chk_span(c, ast), value);
}

static struct pm_low *none(struct checker *c, const struct pm_ast *ast,
                           const struct pm_lt *expected)
{
    bool is_known = expected && expected->kind == PM_LT_OPTIONAL;

    return pm_chk_zero(
        c, is_known ? expected : pm_chk_type_optional(c, c->t_unknown),
        pm_chk_span(c, ast));
}

static struct pm_low *ok(struct checker *c, const struct pm_ast *ast,
                         const struct pm_lt *expected)
{
    bool is_known = expected && expected->kind == PM_LT_RESULT;
    const struct pm_lt *error = is_known ? expected->parts[0] : c->t_unknown;
    const struct pm_lt *inner = is_known ? expected->parts[1] : NULL;
    struct pm_span span = pm_chk_span(c, ast);

    if (!ast->kids[0]) {
        if (inner && inner->kind != PM_LT_VOID && !pm_chk_is_unknown(inner))
            pm_chk_error(c, PM_LANG_MISMATCH, ast,
                         "found ok() without a value, wanted %s in it",
                         pm_chk_show_type(c, inner));
        return pm_chk_low(c, PM_LOW_OK,
                          is_known ? expected
                                   : pm_chk_type_result(c, error, c->t_void),
                          span, 0);
    }
    struct pm_low *value = pm_chk_expr(c, ast->kids[0], inner);
    if (inner && !inner->has_unknown)
        value = pm_chk_coerce(c, ast->kids[0], value, inner);
    return pm_chk_low1(c, PM_LOW_OK, pm_chk_type_result(c, error, value->type),
                       span, value);
}

static struct pm_low *err(struct checker *c, const struct pm_ast *ast,
                          const struct pm_lt *expected)
{
    bool is_known = expected && expected->kind == PM_LT_RESULT;
    const struct pm_lt *error = is_known ? expected->parts[0] : NULL;
    struct pm_low *number = pm_chk_expr(c, ast->kids[0], error);

    if (error && !error->has_unknown) {
        number = pm_chk_coerce(c, ast->kids[0], number, error);
    } else if (!pm_chk_is_unknown(number->type) &&
               (number->type->kind != PM_LT_ENUM || !number->type->is_error)) {
        pm_chk_error(c, PM_LANG_MISMATCH, ast->kids[0],
                     "found %s in err(), wanted a case of an error",
                     pm_chk_show_type(c, number->type));
        return pm_chk_unknown(c, ast);
    }
    return pm_chk_low1(
        c, PM_LOW_ERR,
        is_known ? expected : pm_chk_type_result(c, number->type, c->t_unknown),
        pm_chk_span(c, ast), number);
}

struct pm_low *pm_chk_failure(struct checker *c, const struct pm_ast *ast,
                              const struct pm_lt *expected)
{
    switch (ast->kind) {
    case PM_AST_ELSE:
        return else_value(c, ast);
    case PM_AST_PROPAGATE:
        return propagate(c, ast);
    case PM_AST_SOME:
        return some(c, ast, expected);
    case PM_AST_NONE:
        return none(c, ast, expected);
    case PM_AST_OK:
        return ok(c, ast, expected);
    default:
        return err(c, ast, expected);
    }
}
