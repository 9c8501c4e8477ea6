// SPDX-License-Identifier: MIT
//
// Expressions: what each kind of them is.

#include "lang/check_internal.h"

// --- tuples and arrays -------------------------------------------------------

static struct pm_low *tuple(struct checker *c, const struct pm_ast *ast,
                            const struct pm_lt *expected)
{
    bool is_known = expected && expected->kind == PM_LT_TUPLE &&
                    expected->part_count == ast->count;
    struct pm_low *low = pm_chk_low(c, PM_LOW_TUPLE, c->t_unknown,
                                    pm_chk_span(c, ast), ast->count);
    struct chk_list parts = {0};

    for (uint32_t i = 0; i < ast->count; i++) {
        const struct pm_lt *wanted = is_known ? expected->parts[i] : NULL;
        low->kids[i] = wanted && !wanted->has_unknown
                           ? pm_chk_expr_as(c, ast->kids[i], wanted)
                           : pm_chk_expr(c, ast->kids[i], wanted);
        if (low->kids[i]->type->kind == PM_LT_VOID)
            low->kids[i] =
                pm_chk_coerce(c, ast->kids[i], low->kids[i], c->t_int);
        pm_chk_push(c, &parts, (void *)low->kids[i]->type);
    }
    low->type = pm_chk_type_tuple(c, (const struct pm_lt *const *)parts.items,
                                  parts.count);
    return low;
}

static struct pm_low *array(struct checker *c, const struct pm_ast *ast,
                            const struct pm_lt *expected)
{
    const struct pm_lt *element = NULL;
    struct pm_low *low = pm_chk_low(c, PM_LOW_ARRAY, c->t_unknown,
                                    pm_chk_span(c, ast), ast->count);

    if (expected && expected->kind == PM_LT_ARRAY &&
        !pm_chk_is_unknown(expected->parts[0]))
        element = expected->parts[0];
    // Without one that is wanted, the first that is no bare literal says it.
    for (uint32_t i = 0; i < ast->count && !element; i++)
        if (ast->kids[i]->kind == PM_AST_FLOAT)
            element = c->t_float;
    for (uint32_t i = 0; i < ast->count; i++) {
        low->kids[i] = element && !element->has_unknown
                           ? pm_chk_expr_as(c, ast->kids[i], element)
                           : pm_chk_expr(c, ast->kids[i], element);
        if (low->kids[i]->type->kind == PM_LT_VOID)
            low->kids[i] =
                pm_chk_coerce(c, ast->kids[i], low->kids[i], c->t_int);
        if (!element || element->has_unknown)
            element = low->kids[i]->type;
    }
    for (uint32_t i = 0; i < ast->count; i++)
        low->kids[i] = pm_chk_coerce(c, ast->kids[i], low->kids[i], element);
    low->type = pm_chk_type_array(c, element ? element : c->t_unknown);
    return low;
}

static struct pm_low *new_array(struct checker *c, const struct pm_ast *ast)
{
    const struct pm_lt *element =
        pm_chk_resolve(c, ast->kids[0], c->body->bindings, c->body->self);
    struct pm_low *length = pm_chk_expr_as(c, ast->kids[1], c->t_int);

    if (!pm_chk_has_zero(element)) {
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_NO_ZERO, ast,
                         "found new %s[…], but %s has no value to begin "
                         "with",
                         pm_chk_show_type(c, element),
                         pm_chk_show_type(c, element)),
            "write array(n, value), or make an array of optionals");
    }
    struct pm_low *low =
        pm_chk_low2(c, PM_LOW_NEW_ARRAY, pm_chk_type_array(c, element),
                    pm_chk_span(c, ast), length, NULL);
    return low;
}

// --- all of them -------------------------------------------------------------

struct pm_low *pm_chk_expr(struct checker *c, const struct pm_ast *ast,
                           const struct pm_lt *expected)
{
    switch (ast->kind) {
    case PM_AST_INT:
    case PM_AST_FLOAT:
    case PM_AST_CHAR:
    case PM_AST_STRING:
    case PM_AST_BOOL:
        return pm_chk_literal(c, ast, expected, false);
    case PM_AST_INTERPOLATION:
        return pm_chk_interpolation(c, ast);
    case PM_AST_NAME:
        return pm_chk_name_value(c, ast);
    case PM_AST_THIS:
        return pm_chk_this(c, ast);
    case PM_AST_NEG:
    case PM_AST_COMPLEMENT:
    case PM_AST_NOT:
        return pm_chk_unary(c, ast, expected);
    case PM_AST_BINARY:
        return pm_chk_binary(c, ast, expected);
    case PM_AST_ELSE:
    case PM_AST_PROPAGATE:
    case PM_AST_SOME:
    case PM_AST_NONE:
    case PM_AST_OK:
    case PM_AST_ERR:
        return pm_chk_failure(c, ast, expected);
    case PM_AST_MEMBER:
        return pm_chk_member(c, ast);
    case PM_AST_INDEX:
        return pm_chk_element(c, ast);
    case PM_AST_CALL:
        return pm_chk_call(c, ast, expected);
    case PM_AST_TUPLE:
        return tuple(c, ast, expected);
    case PM_AST_PAREN:
        return pm_chk_expr(c, ast->kids[0], expected);
    case PM_AST_ARRAY:
        return array(c, ast, expected);
    case PM_AST_NEW:
        return pm_chk_new(c, ast, expected);
    case PM_AST_NEW_ARRAY:
        return new_array(c, ast);
    case PM_AST_IF:
        return pm_chk_if(c, ast, true, expected);
    case PM_AST_SWITCH:
        return pm_chk_switch(c, ast, true, expected);
    case PM_AST_HANDLE:
        return pm_chk_handle(c, ast, expected);
    case PM_AST_SPAWN:
        return pm_chk_spawn(c, ast);
    case PM_AST_LAMBDA:
        return pm_chk_lambda(c, ast, expected);
    default:
        return pm_chk_unknown(c, ast);
    }
}
