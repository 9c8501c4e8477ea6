// SPDX-License-Identifier: MIT
//
// Nested functions and lambdas.

#include "lang/check_internal.h"

// The type of a body that is read: its parameters and result are known.
static const struct pm_lt *closure_type(struct checker *c,
                                        const struct pm_low_fn *low,
                                        const struct pm_lt *result)
{
    struct chk_list parts = {0};

    for (uint32_t i = 0; i < low->param_count; i++)
        pm_chk_push(c, &parts, (void *)low->locals[i].type);
    pm_chk_push(c, &parts, (void *)result);
    return pm_chk_type_fn(c, (const struct pm_lt *const *)parts.items,
                          parts.count);
}

static void closure_params(struct checker *c, struct chk_body *body,
                           const struct pm_ast *params,
                           const struct pm_lt *expected)
{
    struct chk_body *outer = body->parent;

    for (uint32_t i = 0; i < params->count; i++) {
        const struct pm_ast *param = params->kids[i];
        const struct pm_lt *type = c->t_unknown;
        if (param->kids[0])
            type =
                pm_chk_resolve(c, param->kids[0], outer->bindings, outer->self);
        else if (expected && i + 1 < expected->part_count)
            type = expected->parts[i];
        else
            pm_chk_help(
                c,
                pm_chk_error(c, PM_LANG_CANNOT_INFER, param,
                             "the type of '%s' cannot be known from here",
                             pm_chk_show(c, pm_chk_name(c, param))),
                "write it: (%s: int) => …",
                pm_chk_show(c, pm_chk_name(c, param)));
        pm_chk_low_local(c, body->low, type, pm_chk_text(""));
    }
    body->low->param_count = params->count;
    for (uint32_t i = 0; i < params->count; i++)
        pm_chk_declare_param(c, pm_chk_name(c, params->kids[i]),
                             pm_chk_name_span(c, params->kids[i]), i, false);
}

struct pm_low *pm_chk_nested_fn(struct checker *c, const struct pm_ast *ast)
{
    struct pm_span span = pm_chk_name_span(c, ast);
    struct chk_body *body = pm_chk_alloc(c, sizeof *body);
    struct pm_low_fn *low = pm_chk_low_fn(c, pm_chk_name(c, ast), span);

    if (ast->kids[1])
        pm_chk_error(c, PM_LANG_TYPE_ARGUMENTS, ast->kids[1],
                     "a nested function has no type parameters");
    pm_chk_begin_body(c, body, c->file, low);
    body->result = pm_chk_resolve(c, ast->kids[3], body->bindings, body->self);
    low->result = body->result;
    struct chk_scope scope = pm_chk_scope_begin(c);
    // Its own name first, so that parameters may hide it.
    struct chk_var *self = pm_chk_alloc(c, sizeof *self);
    self->name = pm_chk_name(c, ast);
    self->span = span;
    self->owner = body;
    self->is_constant = self->is_self_name = true;
    self->type = c->t_unknown;
    pm_chk_push_var(c, body, self);
    body->scope = body->vars.count;
    closure_params(c, body, ast->kids[2], NULL);
    self->type = closure_type(c, low, body->result);
    low->type = self->type;
    if (ast->kids[4] && ast->kids[4]->kind == PM_AST_BLOCK) {
        low->body = pm_chk_block(c, ast->kids[4], false, NULL);
        pm_chk_check_end(c, ast->kids[4], low->body, body->result);
    } else {
        low->body = pm_chk_low(c, PM_LOW_BLOCK, c->t_void, span, 0);
    }
    pm_chk_scope_end(c, scope);
    pm_chk_end_body(c, body);
    struct chk_var *var =
        pm_chk_declare(c, pm_chk_name(c, ast), span, low->type, true);
    return pm_chk_write_var(
        c, var, pm_chk_make_closure(c, body, low->type, span), span, true);
}

// A lambda whose body is an expression gives its value, if it has one.
static void expression_body(struct checker *c, struct chk_body *body,
                            const struct pm_ast *ast)
{
    const struct pm_lt *wanted = body->result;
    struct pm_low *value;

    if (wanted && wanted->kind == PM_LT_VOID) {
        value = pm_chk_expr(c, ast, NULL);
        pm_chk_must_use(c, ast, value);
        body->low->body =
            value->type->kind == PM_LT_VOID || value->type->kind == PM_LT_NEVER
                ? value
                : pm_chk_low1(c, PM_LOW_DROP, c->t_void, value->span, value);
        return;
    }
    value = wanted && !wanted->has_unknown ? pm_chk_expr_as(c, ast, wanted)
                                           : pm_chk_expr(c, ast, wanted);
    if (!wanted || wanted->has_unknown)
        body->result =
            value->type->kind == PM_LT_NEVER ? c->t_void : value->type;
    if (value->type->kind == PM_LT_VOID || value->type->kind == PM_LT_NEVER)
        body->low->body = value;
    else
        body->low->body =
            pm_chk_low1(c, PM_LOW_RETURN, c->t_never, value->span, value);
}

static void lambda_body(struct checker *c, struct chk_body *body,
                        const struct pm_ast *ast)
{
    if (ast->kind != PM_AST_BLOCK) {
        expression_body(c, body, ast);
        return;
    }
    if (body->result && body->result->has_unknown)
        body->result = NULL;
    body->low->body = pm_chk_block(c, ast, false, NULL);
    if (!body->result)
        body->result = c->t_void;
    pm_chk_check_end(c, ast, body->low->body, body->result);
}

struct pm_low *pm_chk_lambda(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_body *body = pm_chk_alloc(c, sizeof *body);
    const struct pm_ast *params = ast->kids[0];
    struct pm_low_fn *low = pm_chk_low_fn(
        c,
        pm_chk_format(c, "%.*s.lambda%u", (int)c->body->root->low->name.size,
                      c->body->root->low->name.data,
                      ++c->body->root->lambda_count),
        span);

    if (expected && expected->kind != PM_LT_FN)
        expected = NULL;
    if (expected && expected->part_count != params->count + 1) {
        pm_chk_error(c, PM_LANG_ARGUMENT_COUNT, params,
                     "found %u parameter%s, wanted %u for %s", params->count,
                     params->count == 1 ? "" : "s", expected->part_count - 1,
                     pm_chk_show_type(c, expected));
        return pm_chk_unknown(c, ast);
    }
    pm_chk_begin_body(c, body, c->file, low);
    if (ast->kids[1])
        body->result =
            pm_chk_resolve(c, ast->kids[1], body->bindings, body->self);
    else if (expected)
        body->result = expected->parts[expected->part_count - 1];
    struct chk_scope scope = pm_chk_scope_begin(c);
    closure_params(c, body, params, expected);
    lambda_body(c, body, ast->kids[2]);
    low->result = body->result;
    low->type = closure_type(c, low, body->result);
    pm_chk_scope_end(c, scope);
    pm_chk_end_body(c, body);
    return pm_chk_make_closure(c, body, low->type, span);
}
