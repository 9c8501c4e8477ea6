// SPDX-License-Identifier: MIT
//
// Blocks, variables, jumps, assignments.

#include "lang/check_internal.h"

// --- blocks ------------------------------------------------------------------

static bool is_never(const struct pm_low *low)
{
    return low->type->kind == PM_LT_NEVER;
}

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
        if (is_never(low)) {
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
    if (!wants_value || is_never(low))
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
    if (value->type->kind == PM_LT_VOID || is_never(value))
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

    if (is_never(value)) {
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

// --- assignment --------------------------------------------------------------

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
        else
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

struct pm_low *pm_chk_assign(struct checker *c, const struct pm_ast *ast)
{
    const struct pm_ast *target = ast->kids[0];

    if (target->kind == PM_AST_NAME && pm_chk_is(pm_chk_name(c, target), "_")) {
        struct pm_low *value = pm_chk_expr(c, ast->kids[1], NULL);
        if (value->type->kind == PM_LT_VOID || is_never(value))
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

static struct pm_low *using(struct checker *c, const struct pm_ast *ast)
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
    if (!is_never(block))
        close_down_to(c, &list, c->body->cleanups.count - 1,
                      pm_token_span(c->file->parsed, ast->kids[2]->last));
    c->body->cleanups.count--;
    pm_chk_scope_end(c, scope);
    return pm_chk_low_block(c, is_never(block) ? c->t_never : c->t_void, span,
                            &list);
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
        return using(c, ast);
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
        if (value->type->kind == PM_LT_VOID || is_never(value))
            return value;
        return pm_chk_low1(c, PM_LOW_DROP, c->t_void, value->span, value);
    }
    }
}
