// SPDX-License-Identifier: MIT
//
// Blocks, variables, and expressions as statements.

#include "lang/check_internal.h"

// --- blocks ------------------------------------------------------------------

static void check_reached(struct checker *c, const struct pm_ast *block,
                          uint32_t next)
{
    if (next >= block->count)
        return;
    struct pm_lang_diag *diag = pm_chk_error(
        c, PM_LANG_UNREACHABLE, block->kids[next], "this is never reached");
    pm_chk_note(c, diag, pm_chk_span(c, block->kids[next - 1]),
                "nothing goes on behind this");
}

struct pm_low *pm_chk_block(struct checker *c, const struct pm_ast *ast,
                            bool wants_value, const struct pm_lt *expected)
{
    struct chk_scope scope = pm_chk_scope_begin(c);
    struct chk_list list = {0};
    const struct pm_lt *type = c->t_void;

    for (uint32_t i = 0; i < ast->count; i++) {
        const struct pm_ast *kid = ast->kids[i];
        bool is_value = wants_value && i + 1 == ast->count;
        struct pm_low *low = is_value ? pm_chk_arm_body(c, kid, true, expected)
                                      : pm_chk_statement(c, kid);
        pm_chk_push(c, &list, low);
        if (is_value)
            type = low->type;
        if (pm_chk_is_never(low)) {
            type = c->t_never;
            check_reached(c, ast, i + 1);
            break;
        }
    }
    if (wants_value && ast->count == 0) {
        pm_chk_error(c, PM_LANG_NO_VALUE, ast,
                     "the block is empty, wanted a value at its end");
        type = c->t_unknown;
    }
    pm_chk_scope_end(c, scope);
    return pm_chk_low_block(c, type, pm_chk_span(c, ast), &list);
}

struct pm_low *pm_chk_arm_body(struct checker *c, const struct pm_ast *ast,
                               bool wants_value, const struct pm_lt *expected)
{
    if (ast->kind == PM_AST_BLOCK)
        return pm_chk_block(c, ast, wants_value, expected);
    if (ast->kind == PM_AST_EXPRESSION)
        ast = wants_value ? ast->kids[0] : ast;
    switch (ast->kind) {
    case PM_AST_IF:
        return pm_chk_if(c, ast, wants_value, expected);
    case PM_AST_SWITCH:
        return pm_chk_switch(c, ast, wants_value, expected);
    case PM_AST_BREAK:
    case PM_AST_CONTINUE:
    case PM_AST_RETURN:
        return pm_chk_jump(c, ast);
    case PM_AST_LET:
    case PM_AST_FN:
    case PM_AST_WHILE:
    case PM_AST_FOR_RANGE:
    case PM_AST_FOR_IN:
    case PM_AST_USING:
    case PM_AST_YIELD:
    case PM_AST_SLEEP:
    case PM_AST_ASSIGN:
    case PM_AST_EXPRESSION:
        break;
    default:
        if (wants_value)
            return expected && !expected->has_unknown
                       ? pm_chk_expr_as(c, ast, expected)
                       : pm_chk_expr(c, ast, expected);
        break;
    }
    struct pm_low *low = pm_chk_statement(c, ast);
    if (!wants_value || pm_chk_is_never(low))
        return low;
    pm_chk_error(c, PM_LANG_NO_VALUE, ast,
                 "found a statement that has no value, wanted %s",
                 expected ? pm_chk_show_type(c, expected) : "a value");
    return pm_chk_unknown(c, ast);
}

// --- expressions as statements -----------------------------------------------

// Whether it is a host call with results, of which the first may be a status.
static bool gives_status(const struct pm_low *value)
{
    while (value->kind == PM_LOW_BLOCK && value->count)
        value = value->kids[value->count - 1];
    return value->kind == PM_LOW_HOST && value->type->kind != PM_LT_VOID;
}

void pm_chk_must_use(struct checker *c, const struct pm_ast *ast,
                     const struct pm_low *value)
{
    pm_lt_kind kind = value->type->kind;

    if (gives_status(value)) {
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_UNUSED_RESULT, ast,
                         "what the host call gives is not used: nobody would "
                         "see that it failed"),
            "look at its status, or write '_ = …' when it does not "
            "matter");
        return;
    }
    if (kind != PM_LT_OPTIONAL && kind != PM_LT_RESULT)
        return;
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_UNUSED_RESULT, ast,
                     "%s is not used: nobody would see that it failed",
                     pm_chk_show_type(c, value->type));
    pm_chk_help(
        c, diag,
        kind == PM_LT_RESULT
            ? "pass the error on with '!', deal with it with 'handle', or "
              "write '_ = …' when it does not matter"
            : "take it apart with 'else' or 'if let', or write '_ = …' "
              "when it does not matter");
}

bool pm_chk_may_stand_alone(const struct pm_ast *ast)
{
    switch (ast->kind) {
    case PM_AST_CALL:
    case PM_AST_SPAWN:
    case PM_AST_SWITCH:
    case PM_AST_HANDLE:
    case PM_AST_IF:
    case PM_AST_BAD:
        return true;
    case PM_AST_PROPAGATE:
    case PM_AST_PAREN:
        return pm_chk_may_stand_alone(ast->kids[0]);
    case PM_AST_ELSE:
        return true;
    default:
        return false;
    }
}

static struct pm_low *expression_statement(struct checker *c,
                                           const struct pm_ast *ast)
{
    const struct pm_ast *inner = ast->kids[0];

    if (inner->kind == PM_AST_IF)
        return pm_chk_if(c, inner, false, NULL);
    if (inner->kind == PM_AST_SWITCH)
        return pm_chk_switch(c, inner, false, NULL);
    uint32_t errors = c->report->errors;
    struct pm_low *value = pm_chk_expr(c, inner, NULL);
    if (!pm_chk_may_stand_alone(inner) && c->report->errors == errors)
        pm_chk_help(c,
                    pm_chk_error(c, PM_LANG_NO_EFFECT, inner,
                                 "this is computed and forgotten"),
                    inner->kind == PM_AST_BINARY &&
                            c->file->parsed->tokens[inner->token].kind ==
                                PM_TOKEN_EQ
                        ? "to give it a value write '=' instead of '=='"
                    : c->body->result && c->body->result->kind == PM_LT_VOID
                        ? "use the value, or remove it"
                        : "if it is what the function gives, write 'return' "
                          "in front of it");
    else if (inner->kind != PM_AST_ELSE && c->report->errors == errors)
        pm_chk_must_use(c, inner, value);
    if (value->type->kind == PM_LT_VOID || pm_chk_is_never(value))
        return value;
    return pm_chk_low1(c, PM_LOW_DROP, c->t_void, value->span, value);
}

// --- variables ---------------------------------------------------------------

static void check_known(struct checker *c, const struct pm_ast *ast,
                        const struct pm_lt *type)
{
    if (type->has_unknown && !pm_chk_is_unknown(type) &&
        c->report->errors == 0 &&
        !(c->body->root->instance && c->body->root->instance->is_speculative))
        pm_chk_help(c,
                    pm_chk_error(c, PM_LANG_CANNOT_INFER, ast,
                                 "its type cannot be known from here: found %s",
                                 pm_chk_show_type(c, type)),
                    "write the type: let x: int[] = []");
}

static struct pm_low *let_value(struct checker *c, const struct pm_ast *ast)
{
    struct pm_low *value;

    if (ast->kids[1]) {
        const struct pm_lt *type =
            pm_chk_resolve(c, ast->kids[1], c->body->bindings, c->body->self);
        value = pm_chk_expr_as(c, ast->kids[2], type);
        // What is said holds, whatever is wrong with the value.
        return pm_chk_is_unknown(value->type)
                   ? pm_chk_zero(c, type, value->span)
                   : value;
    }
    value = pm_chk_expr(c, ast->kids[2], NULL);
    if (value->type->kind == PM_LT_VOID) {
        pm_chk_error(c, PM_LANG_NO_VALUE, ast->kids[2],
                     "found something without a value, wanted one");
        return pm_chk_unknown(c, ast);
    }
    check_known(c, ast->kids[2], value->type);
    return value;
}

static struct pm_low *let_names(struct checker *c, const struct pm_ast *ast,
                                struct pm_low *value)
{
    const struct pm_ast *names = ast->kids[0];
    struct chk_list list = {0};
    bool is_tuple = value->type->kind == PM_LT_TUPLE;

    if (!pm_chk_is_unknown(value->type) &&
        (!is_tuple || value->type->part_count != names->count)) {
        pm_chk_error(c, PM_LANG_MISMATCH, names,
                     "found %u names for %s, wanted as many as it has values",
                     names->count, pm_chk_show_type(c, value->type));
        is_tuple = false;
    }
    struct pm_low *all = pm_chk_spill(c, &list, value);
    for (uint32_t i = 0; i < names->count; i++) {
        const struct pm_ast *name = names->kids[i];
        const struct pm_lt *type =
            is_tuple ? value->type->parts[i] : c->t_unknown;
        if (pm_chk_is(pm_chk_name(c, name), "_"))
            continue;
        struct pm_low *part =
            is_tuple ? pm_chk_low_part(c, type, pm_chk_again(c, all), i)
                     : pm_chk_unknown(c, name);
        struct chk_var *var =
            pm_chk_declare(c, pm_chk_name(c, name), pm_chk_span(c, name), type,
                           (ast->flags & PM_AST_CONSTANT) != 0);
        pm_chk_push(c, &list, pm_chk_write_var(c, var, part, part->span, true));
    }
    return pm_chk_low_block(c, c->t_void, pm_chk_span(c, ast), &list);
}

static struct pm_low *let(struct checker *c, const struct pm_ast *ast)
{
    const struct pm_ast *target = ast->kids[0];
    struct pm_low *value = let_value(c, ast);

    // What was not read whole may be of any type.
    if (ast->flags & PM_AST_PARTIAL && !ast->kids[1])
        value = pm_chk_unknown(c, ast);
    if (pm_chk_is_never(value)) {
        // Later uses of the names are no further mistakes.
        if (target->kind == PM_AST_NAME)
            pm_chk_declare(c, pm_chk_name(c, target), pm_chk_span(c, target),
                           c->t_unknown, false);
        return value;
    }
    if (target->kind != PM_AST_NAME)
        return let_names(c, ast, value);
    if (pm_chk_is(pm_chk_name(c, target), "_"))
        return pm_chk_low1(c, PM_LOW_DROP, c->t_void, value->span, value);
    struct chk_var *var =
        pm_chk_declare(c, pm_chk_name(c, target), pm_chk_span(c, target),
                       value->type, (ast->flags & PM_AST_CONSTANT) != 0);
    return pm_chk_write_var(c, var, value, pm_chk_span(c, ast), true);
}

// --- all of them -------------------------------------------------------------

struct pm_low *pm_chk_statement(struct checker *c, const struct pm_ast *ast)
{
    switch (ast->kind) {
    case PM_AST_LET:
        return let(c, ast);
    case PM_AST_FN:
        return pm_chk_nested_fn(c, ast);
    case PM_AST_IF:
        return pm_chk_if(c, ast, false, NULL);
    case PM_AST_SWITCH:
        return pm_chk_switch(c, ast, false, NULL);
    case PM_AST_WHILE:
    case PM_AST_FOR_RANGE:
    case PM_AST_FOR_IN:
        return pm_chk_loop_statement(c, ast);
    case PM_AST_USING:
        return pm_chk_using(c, ast);
    case PM_AST_YIELD:
        return pm_chk_low(c, PM_LOW_YIELD, c->t_void, pm_chk_span(c, ast), 0);
    case PM_AST_SLEEP:
        return pm_chk_low1(c, PM_LOW_SLEEP, c->t_void, pm_chk_span(c, ast),
                           pm_chk_expr_as(c, ast->kids[0], c->t_int));
    case PM_AST_BREAK:
    case PM_AST_CONTINUE:
    case PM_AST_RETURN:
        return pm_chk_jump(c, ast);
    case PM_AST_ASSIGN:
        return pm_chk_assign(c, ast);
    case PM_AST_BLOCK:
        return pm_chk_block(c, ast, false, NULL);
    case PM_AST_EXPRESSION:
        return expression_statement(c, ast);
    case PM_AST_BAD:
        return pm_chk_unknown(c, ast);
    default: {
        // An expression in a place where statements stand, as an arm.
        struct pm_low *value = pm_chk_expr(c, ast, NULL);
        pm_chk_must_use(c, ast, value);
        if (value->type->kind == PM_LT_VOID || pm_chk_is_never(value))
            return value;
        return pm_chk_low1(c, PM_LOW_DROP, c->t_void, value->span, value);
    }
    }
}
