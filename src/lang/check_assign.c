// SPDX-License-Identifier: MIT
//
// Assignments: to variables, globals, fields and elements.

#include "lang/check_internal.h"

static pm_token_kind operator_of(pm_token_kind assign)
{
    switch (assign) {
    case PM_TOKEN_ADD_ASSIGN:
        return PM_TOKEN_PLUS;
    case PM_TOKEN_SUB_ASSIGN:
        return PM_TOKEN_MINUS;
    case PM_TOKEN_MUL_ASSIGN:
        return PM_TOKEN_STAR;
    case PM_TOKEN_DIV_ASSIGN:
        return PM_TOKEN_SLASH;
    case PM_TOKEN_REM_ASSIGN:
        return PM_TOKEN_PERCENT;
    case PM_TOKEN_AND_ASSIGN:
        return PM_TOKEN_AMP;
    case PM_TOKEN_OR_ASSIGN:
        return PM_TOKEN_PIPE;
    case PM_TOKEN_XOR_ASSIGN:
        return PM_TOKEN_CARET;
    case PM_TOKEN_SHL_ASSIGN:
        return PM_TOKEN_SHL;
    case PM_TOKEN_SHR_ASSIGN:
        return PM_TOKEN_SHR;
    case PM_TOKEN_SHR_U_ASSIGN:
        return PM_TOKEN_SHR_U;
    default:
        return PM_TOKEN_ASSIGN;
    }
}

static pm_token_kind token_kind(struct checker *c, const struct pm_ast *ast)
{
    return (pm_token_kind)c->file->parsed->tokens[ast->token].kind;
}

// What is assigned: the value alone, or the target's own with it.
static struct pm_low *assigned(struct checker *c, const struct pm_ast *ast,
                               struct pm_low *present, const struct pm_lt *type)
{
    pm_token_kind op = operator_of(token_kind(c, ast));

    if (op == PM_TOKEN_ASSIGN)
        return pm_chk_expr_as(c, ast->kids[1], type);
    bool is_shift =
        op == PM_TOKEN_SHL || op == PM_TOKEN_SHR || op == PM_TOKEN_SHR_U;
    const struct pm_lt *wanted = is_shift ? c->t_int : type;
    struct pm_low *value = pm_chk_expr(c, ast->kids[1], wanted);
    return pm_chk_coerce(c, ast->kids[1],
                         pm_chk_operate(c, ast, op, present, value), type);
}

static void refuse_constant(struct checker *c, const struct pm_ast *ast,
                            struct pm_text name, struct pm_span declared)
{
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_ASSIGN_CONSTANT, ast, "'%s' cannot be assigned",
                     pm_chk_show(c, name));

    if (!pm_chk_is(name, "this"))
        pm_chk_note(c, diag, declared, "it is constant since here");
}

static struct pm_low *assign_var(struct checker *c, const struct pm_ast *ast,
                                 struct chk_var *var)
{
    struct pm_span span = pm_chk_span(c, ast);

    if (var->is_constant)
        refuse_constant(c, ast->kids[0], var->name, var->span);
    struct pm_low *present = NULL;
    if (token_kind(c, ast) != PM_TOKEN_ASSIGN)
        present = pm_chk_read_var(c, var, pm_chk_span(c, ast->kids[0]));
    struct pm_low *value = assigned(c, ast, present, var->type);
    if (var->is_self_name)
        return value;
    return pm_chk_write_var(c, var, value, span, false);
}

static struct pm_low *assign_global(struct checker *c, const struct pm_ast *ast,
                                    struct chk_decl *decl)
{
    if (decl->kind != CHK_GLOBAL) {
        if (decl->kind == CHK_CONST)
            refuse_constant(
                c, ast->kids[0], decl->name,
                pm_token_span(decl->file->parsed, decl->ast->token));
        else if (decl->kind != CHK_MISSING)
            pm_chk_error(c, PM_LANG_BAD_TARGET, ast->kids[0],
                         "found a %s, wanted something that can be assigned",
                         pm_chk_decl_kind_name(decl));
        return pm_chk_unknown(c, ast);
    }
    struct pm_low *present = pm_chk_decl_value(c, ast->kids[0], decl);
    struct pm_low *low =
        pm_chk_low(c, PM_LOW_SET_GLOBAL, c->t_void, pm_chk_span(c, ast), 1);
    low->kids[0] = assigned(c, ast, present, present->type);
    low->global = decl->global;
    return low;
}

static struct pm_low *assign_field(struct checker *c, const struct pm_ast *ast)
{
    struct chk_list list = {0};
    struct pm_low *present = pm_chk_expr(c, ast->kids[0], NULL);

    if (present->kind != PM_LOW_FIELD) {
        if (!pm_chk_is_unknown(present->type))
            pm_chk_error(
                c, PM_LANG_BAD_TARGET, ast->kids[0],
                "this cannot be assigned; wanted a variable, a field or "
                "an element");
        return pm_chk_unknown(c, ast);
    }
    bool is_plain = token_kind(c, ast) == PM_TOKEN_ASSIGN;
    struct pm_low *set =
        pm_chk_low(c, PM_LOW_SET_FIELD, c->t_void, pm_chk_span(c, ast), 2);
    set->index = present->index;
    set->kids[0] = present->kids[0];
    if (!is_plain) {
        set->kids[0] = pm_chk_spill(c, &list, present->kids[0]);
        present->kids[0] = pm_chk_again(c, set->kids[0]);
    }
    set->kids[1] = assigned(c, ast, present, present->type);
    pm_chk_push(c, &list, set);
    return pm_chk_low_block(c, c->t_void, set->span, &list);
}

static struct pm_low *assign_index(struct checker *c, const struct pm_ast *ast)
{
    struct chk_list list = {0};
    struct pm_low *present = pm_chk_expr(c, ast->kids[0], NULL);

    if (present->kind != PM_LOW_INDEX) {
        // An element of something else: set_at(index, value).
        if (present->kind == PM_LOW_CALL && present->count == 2) {
            struct chk_instance *setter = pm_chk_method(
                c, present->kids[0]->type, "set", pm_chk_span(c, ast));
            if (setter && setter->param_count == 3) {
                struct chk_list args = {0};
                struct pm_low *object = present->kids[0];
                struct pm_low *index = present->kids[1];
                if (token_kind(c, ast) != PM_TOKEN_ASSIGN) {
                    object = pm_chk_spill(c, &list, object);
                    index = pm_chk_spill(c, &list, index);
                    present->kids[0] = pm_chk_again(c, object);
                    present->kids[1] = pm_chk_again(c, index);
                }
                pm_chk_push(c, &args, object);
                pm_chk_push(c, &args, index);
                pm_chk_push(c, &args,
                            assigned(c, ast, present, setter->params[2]));
                pm_chk_push(c, &list,
                            pm_chk_low_call(c, setter->low, setter->result,
                                            pm_chk_span(c, ast), &args));
                return pm_chk_low_block(c, c->t_void, pm_chk_span(c, ast),
                                        &list);
            }
        }
        if (!pm_chk_is_unknown(present->type))
            pm_chk_error(c, PM_LANG_BAD_TARGET, ast->kids[0],
                         "this element cannot be assigned");
        return pm_chk_unknown(c, ast);
    }
    struct pm_low *set =
        pm_chk_low(c, PM_LOW_SET_INDEX, c->t_void, pm_chk_span(c, ast), 3);
    set->kids[0] = present->kids[0];
    set->kids[1] = present->kids[1];
    if (token_kind(c, ast) != PM_TOKEN_ASSIGN) {
        set->kids[0] = pm_chk_spill(c, &list, present->kids[0]);
        set->kids[1] = pm_chk_spill(c, &list, present->kids[1]);
        present->kids[0] = pm_chk_again(c, set->kids[0]);
        present->kids[1] = pm_chk_again(c, set->kids[1]);
    }
    set->kids[2] = assigned(c, ast, present, present->type);
    pm_chk_push(c, &list, set);
    return pm_chk_low_block(c, c->t_void, set->span, &list);
}

// A name that there is not, told once: from here on it stands for a variable
// of what it is given, as most often 'let' is what is missing.
static struct pm_low *assign_missing(struct checker *c,
                                     const struct pm_ast *ast)
{
    const struct pm_ast *target = ast->kids[0];

    pm_chk_missing_target(c, target);
    struct pm_low *value = pm_chk_expr(c, ast->kids[1], NULL);
    const struct pm_lt *type =
        token_kind(c, ast) == PM_TOKEN_ASSIGN ? value->type : c->t_unknown;
    if (type->kind == PM_LT_VOID || pm_chk_is_never(value))
        type = c->t_unknown;
    pm_chk_declare(c, pm_chk_name(c, target), pm_chk_span(c, target), type,
                   false);
    return pm_chk_unknown(c, ast);
}

struct pm_low *pm_chk_assign(struct checker *c, const struct pm_ast *ast)
{
    const struct pm_ast *target = ast->kids[0];

    if (target->kind == PM_AST_NAME && pm_chk_is(pm_chk_name(c, target), "_")) {
        struct pm_low *value = pm_chk_expr(c, ast->kids[1], NULL);
        if (value->type->kind == PM_LT_VOID || pm_chk_is_never(value))
            return value;
        return pm_chk_low1(c, PM_LOW_DROP, c->t_void, value->span, value);
    }
    if (target->kind == PM_AST_NAME) {
        struct chk_var *var = pm_chk_find_var(c, pm_chk_name(c, target));
        if (var)
            return assign_var(c, ast, var);
    }
    struct chk_decl *decl = pm_chk_path(c, target);
    if (decl)
        return assign_global(c, ast, decl);
    if (target->kind == PM_AST_NAME)
        return assign_missing(c, ast);
    if (target->kind == PM_AST_MEMBER)
        return assign_field(c, ast);
    if (target->kind == PM_AST_INDEX)
        return assign_index(c, ast);
    uint32_t errors = c->report->errors;
    pm_chk_expr(c, target, NULL);
    if (target->kind != PM_AST_BAD && c->report->errors == errors)
        pm_chk_error(
            c, PM_LANG_BAD_TARGET, target,
            "this cannot be assigned; wanted a variable, a field or an "
            "element");
    pm_chk_expr(c, ast->kids[1], NULL);
    return pm_chk_unknown(c, ast);
}
