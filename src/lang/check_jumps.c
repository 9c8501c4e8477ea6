// SPDX-License-Identifier: MIT
//
// return, break, continue, and "using", which they all close.

#include "lang/check_internal.h"

// --- jumps -------------------------------------------------------------------

// What is in use beyond the first [keep] is closed, the last one first.
static void close_down_to(struct checker *c, struct chk_list *list,
                          uint32_t keep, struct pm_span span)
{
    for (uint32_t i = c->body->cleanups.count; i-- > keep;) {
        struct chk_cleanup *cleanup = c->body->cleanups.items[i];
        struct chk_instance *close =
            pm_chk_method(c, cleanup->var->type, "close", span);
        if (!close)
            continue;
        struct chk_list arguments = {0};
        pm_chk_push(c, &arguments, pm_chk_read_var(c, cleanup->var, span));
        struct pm_low *call =
            pm_chk_low_call(c, close->low, close->result, span, &arguments);
        if (close->result->kind != PM_LT_VOID)
            call = pm_chk_low1(c, PM_LOW_DROP, c->t_void, span, call);
        pm_chk_push(c, list, call);
    }
}

struct pm_low *pm_chk_leave(struct checker *c, struct pm_low *value,
                            struct pm_span span)
{
    struct chk_list list = {0};

    if (value && c->body->cleanups.count)
        value = pm_chk_spill(c, &list, value);
    close_down_to(c, &list, 0, span);
    struct pm_low *leave =
        pm_chk_low(c, PM_LOW_RETURN, c->t_never, span, value != NULL);
    if (value)
        leave->kids[0] = value;
    pm_chk_push(c, &list, leave);
    return pm_chk_low_block(c, c->t_never, span, &list);
}

static struct pm_low *return_value(struct checker *c, const struct pm_ast *ast)
{
    struct chk_body *body = c->body;
    const struct pm_ast *value = ast->kids[0];

    if (!body->result) { // of a lambda: the first return says it
        if (!value) {
            body->result = c->t_void;
            return NULL;
        }
        struct pm_low *low = pm_chk_expr(c, value, NULL);
        body->result = low->type;
        return low;
    }
    if (body->result->kind == PM_LT_VOID) {
        if (!value)
            return NULL;
        struct pm_low *low = pm_chk_expr(c, value, NULL);
        if (low->type->kind == PM_LT_NEVER)
            return low;
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_RETURN_VALUE, value,
                         "found a value behind 'return' in a function that "
                         "gives none"),
            "say what it gives: fn f() -> int { … }");
        return NULL;
    }
    if (value)
        return pm_chk_expr_as(c, value, body->result);
    if (body->result->kind == PM_LT_RESULT &&
        body->result->parts[1]->kind == PM_LT_VOID)
        pm_chk_help(c,
                    pm_chk_error(c, PM_LANG_RETURN_VALUE, ast,
                                 "found 'return' alone, wanted %s",
                                 pm_chk_show_type(c, body->result)),
                    "write return ok()");
    else if (!pm_chk_is_unknown(body->result))
        pm_chk_error(c, PM_LANG_RETURN_VALUE, ast,
                     "found 'return' alone, wanted %s behind it",
                     pm_chk_show_type(c, body->result));
    return NULL;
}

struct pm_low *pm_chk_jump(struct checker *c, const struct pm_ast *ast)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list list = {0};

    if (ast->kind == PM_AST_RETURN) {
        struct pm_low *value = return_value(c, ast);
        return pm_chk_leave(c, value, span);
    }
    if (c->body->loops.count == 0) {
        pm_chk_error(c, PM_LANG_OUTSIDE_LOOP, ast,
                     "found '%s' outside of a loop",
                     ast->kind == PM_AST_BREAK ? "break" : "continue");
        return pm_chk_low(c, PM_LOW_BLOCK, c->t_void, span, 0);
    }
    struct chk_loop *loop = c->body->loops.items[c->body->loops.count - 1];
    close_down_to(c, &list, loop->cleanups, span);
    struct pm_low *low = pm_chk_low(
        c, ast->kind == PM_AST_BREAK ? PM_LOW_BREAK : PM_LOW_CONTINUE,
        c->t_never, span, 0);
    low->loop = loop->number;
    loop->has_break |= ast->kind == PM_AST_BREAK;
    pm_chk_push(c, &list, low);
    return pm_chk_low_block(c, c->t_never, span, &list);
}

// --- using -------------------------------------------------------------------

struct pm_low *pm_chk_using(struct checker *c, const struct pm_ast *ast)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct pm_low *value = pm_chk_expr(c, ast->kids[1], NULL);
    struct chk_scope scope = pm_chk_scope_begin(c);
    struct chk_var *var =
        pm_chk_declare(c, pm_chk_name(c, ast->kids[0]),
                       pm_chk_span(c, ast->kids[0]), value->type, true);
    struct chk_cleanup cleanup = {var, ast};
    struct chk_list list = {0};
    struct chk_instance *close = pm_chk_method(c, value->type, "close", span);

    if (!pm_chk_is_unknown(value->type) && (!close || close->param_count != 1))
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_UNKNOWN_MEMBER, ast->kids[1],
                         "%s has no method 'close()', which 'using' calls "
                         "at the end",
                         pm_chk_show_type(c, value->type)),
            value->type->kind == PM_LT_RESULT
                ? "the value of a result is had with '!' or 'handle'"
                : "use let, or write such a method");
    pm_chk_push(c, &list, pm_chk_write_var(c, var, value, value->span, true));
    pm_chk_push(c, &c->body->cleanups, &cleanup);
    struct pm_low *block = pm_chk_block(c, ast->kids[2], false, NULL);
    pm_chk_push(c, &list, block);
    if (!pm_chk_is_never(block))
        close_down_to(c, &list, c->body->cleanups.count - 1,
                      pm_token_span(c->file->parsed, ast->kids[2]->last));
    c->body->cleanups.count--;
    pm_chk_scope_end(c, scope);
    return pm_chk_low_block(c, pm_chk_is_never(block) ? c->t_never : c->t_void,
                            span, &list);
}
