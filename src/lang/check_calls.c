// SPDX-License-Identifier: MIT
//
// Calls: of functions, methods, services, contracts, values; new and spawn.

#include "lang/check_internal.h"

// A call that is put together: what runs first, and the call itself.
static struct pm_low *finish(struct checker *c, struct chk_list *before,
                             struct pm_low *call)
{
    if (before->count == 0)
        return call;
    pm_chk_push(c, before, call);
    return pm_chk_low_block(c, call->type, call->span, before);
}

static struct pm_low *failed(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *type)
{
    return pm_chk_zero(c,
                       type && type->kind != PM_LT_VOID ? type : c->t_unknown,
                       pm_chk_span(c, ast));
}

// --- type arguments ----------------------------------------------------------

static bool bind_written(struct checker *c, struct chk_call *call,
                         const struct pm_ast *types, uint32_t wanted)
{
    if (types->count != wanted) {
        pm_chk_error(c, PM_LANG_TYPE_ARGUMENTS, types,
                     "found %u type argument%s for '%s', wanted %u",
                     types->count, types->count == 1 ? "" : "s",
                     pm_chk_show(c, call->name), wanted);
        return false;
    }
    struct chk_binding *at = call->bindings;
    for (uint32_t i = wanted; i-- > 0; at = at->next)
        at->type =
            pm_chk_resolve(c, types->kids[i], c->body->bindings, c->body->self);
    return true;
}

// --- functions that are declared ---------------------------------------------

static void push_params(struct checker *c, struct chk_list *list,
                        const struct chk_call *call)
{
    for (uint32_t i = 0; i < call->count; i++)
        pm_chk_push(c, list, call->params[i].low);
}

// Calls a FN: [object] is a method's, or NULL; [outer] its struct's bindings.
static struct pm_low *call_function(struct checker *c, const struct pm_ast *ast,
                                    struct chk_decl *decl,
                                    struct pm_low *object,
                                    struct chk_binding *outer,
                                    const struct pm_lt *expected)
{
    const struct pm_ast *types = ast->kids[1];
    uint32_t wanted = decl->type_params ? decl->type_params->count : 0;
    struct chk_list before = {0}, arguments = {0};
    struct chk_call call = {
        .ast = ast,
        .name = decl->name,
        .file = decl->file,
        .declared = decl->ast,
        .bindings = pm_chk_bind(c, decl->file, decl->type_params, outer),
        .bindings_end = outer,
        .self = object ? object->type : NULL,
    };

    call.params = pm_chk_params(c, decl->ast->kids[2], decl->file, &call.count);
    if (types && !bind_written(c, &call, types, wanted))
        return failed(c, ast, NULL);
    // Only where an argument's statements would come before the object.
    bool has_names = false;
    for (uint32_t i = 0; i < ast->kids[2]->count; i++)
        has_names |= ast->kids[2]->kids[i]->kind == PM_AST_NAMED;
    if (object && has_names)
        object = pm_chk_spill(c, &before, object);
    if (!pm_chk_arguments(c, &call, ast->kids[2], expected, decl->ast->kids[3],
                          &before))
        return failed(c, ast,
                      wanted || outer
                          ? NULL
                          : pm_chk_resolve_in(c, decl->file, decl->ast->kids[3],
                                              outer, call.self));
    if (!pm_chk_constraints(c, decl->file, decl->type_params, call.bindings,
                            pm_chk_span(c, ast)))
        return failed(c, ast, NULL);
    struct chk_instance *instance =
        pm_chk_instance(c, decl, call.bindings, call.self, pm_chk_span(c, ast));
    if (object)
        pm_chk_push(c, &arguments, object);
    push_params(c, &arguments, &call);
    return finish(c, &before,
                  pm_chk_low_call(c, instance->low, instance->result,
                                  pm_chk_span(c, ast), &arguments));
}

// host, op and intrinsic: their signatures are trees of another form.
static struct pm_low *call_signature(struct checker *c,
                                     const struct pm_ast *ast,
                                     struct chk_decl *decl,
                                     const struct pm_lt *expected)
{
    const struct pm_ast *signature = decl->ast;
    struct chk_list before = {0};
    struct chk_call call = {
        .ast = ast,
        .name = decl->name,
        .file = decl->file,
        .declared = signature,
        .bindings = pm_chk_bind(c, decl->file, decl->type_params, NULL),
    };
    uint32_t wanted = decl->type_params ? decl->type_params->count : 0;

    call.params = pm_chk_params(c, signature->kids[1], decl->file, &call.count);
    if (ast->kids[1] && !bind_written(c, &call, ast->kids[1], wanted))
        return failed(c, ast, NULL);
    if (!pm_chk_arguments(c, &call, ast->kids[2], expected, signature->kids[2],
                          &before))
        return failed(c, ast, NULL);
    if (!pm_chk_constraints(c, decl->file, decl->type_params, call.bindings,
                            pm_chk_span(c, ast)))
        return failed(c, ast, NULL);
    const struct pm_lt *result = pm_chk_resolve_in(
        c, decl->file, signature->kids[2], call.bindings, NULL);
    struct pm_low *low = pm_chk_low(c,
                                    decl->kind == CHK_HOST ? PM_LOW_HOST
                                    : decl->kind == CHK_OP ? PM_LOW_OP
                                                           : PM_LOW_INTRINSIC,
                                    result, pm_chk_span(c, ast), call.count);
    struct chk_list parts = {0};
    for (uint32_t i = 0; i < call.count; i++) {
        low->kids[i] = call.params[i].low;
        pm_chk_push(c, &parts, (void *)call.params[i].low->type);
    }
    if (decl->kind == CHK_HOST) {
        struct pm_low_host *host = (struct pm_low_host *)decl->host;
        pm_chk_push(c, &parts, (void *)result);
        if (!host->type)
            host->type = pm_chk_type_fn(
                c, (const struct pm_lt *const *)parts.items, parts.count);
        low->host = host;
        pm_chk_need_capability(c, host, pm_chk_span(c, ast));
    } else if (decl->kind == CHK_OP) {
        memcpy(low->ops, decl->ops, sizeof low->ops);
        low->op_count = decl->op_count;
    } else {
        low->index = decl->number;
    }
    return finish(c, &before, low);
}

// --- values ------------------------------------------------------------------

static struct pm_low *call_value(struct checker *c, const struct pm_ast *ast,
                                 struct pm_low *callee)
{
    const struct pm_lt *type = callee->type;
    const struct pm_ast *args = ast->kids[2];

    if (type->kind != PM_LT_FN) {
        if (!pm_chk_is_unknown(type)) {
            struct pm_lang_diag *diag =
                pm_chk_error(c, PM_LANG_NOT_CALLABLE, ast->kids[0],
                             "found %s in front of '(', wanted a function",
                             pm_chk_show_type(c, type));
            if (ast->kids[0]->kind == PM_AST_MEMBER && args->count == 0)
                pm_chk_help(c, diag, "a field is read without ( )");
        }
        for (uint32_t i = 0; i < args->count; i++)
            if (args->kids[i]->kind != PM_AST_NAMED &&
                args->kids[i]->kind != PM_AST_LAMBDA)
                pm_chk_expr(c, args->kids[i], NULL);
        return pm_chk_unknown(c, ast);
    }
    struct chk_list before = {0};
    struct chk_call call = {
        .ast = ast, .name = pm_chk_text("this value"), .file = c->file};
    call.count = type->part_count - 1;
    call.params = pm_chk_alloc(c, (call.count + 1) * sizeof *call.params);
    for (uint32_t i = 0; i < call.count; i++) {
        call.params[i].name = pm_chk_text("");
        call.params[i].known = type->parts[i];
    }
    if (!pm_chk_arguments(c, &call, args, NULL, NULL, &before))
        return failed(c, ast, type->parts[call.count]);
    struct pm_low *low =
        pm_chk_low(c, PM_LOW_CALL_VALUE, type->parts[call.count],
                   pm_chk_span(c, ast), call.count + 1);
    low->kids[0] = callee;
    for (uint32_t i = 0; i < call.count; i++)
        low->kids[i + 1] = call.params[i].low;
    return low;
}

// --- methods -----------------------------------------------------------------

static struct pm_low *call_contract(struct checker *c, const struct pm_ast *ast,
                                    struct pm_low *object,
                                    const struct pm_ast *signature)
{
    struct chk_decl *decl = object->type->declaration;
    struct chk_list before = {0}, arguments = {0};
    struct chk_call call = {
        .ast = ast,
        .name = pm_chk_token(decl->file, signature->token),
        .file = decl->file,
        .declared = signature,
        .self = object->type,
    };
    struct pm_low_fn *low = pm_chk_dispatcher(c, object->type, signature);

    call.params = pm_chk_params(c, signature->kids[1], decl->file, &call.count);
    if (!pm_chk_arguments(c, &call, ast->kids[2], NULL, NULL, &before))
        return failed(c, ast, low->result);
    pm_chk_push(c, &arguments, object);
    push_params(c, &arguments, &call);
    return finish(
        c, &before,
        pm_chk_low_call(c, low, low->result, pm_chk_span(c, ast), &arguments));
}

static struct pm_low *call_method(struct checker *c, const struct pm_ast *ast,
                                  const struct pm_lt *expected)
{
    const struct pm_ast *callee = ast->kids[0];
    struct pm_text name = pm_chk_name(c, callee);
    struct pm_low *object = pm_chk_expr(c, callee->kids[0], NULL);
    const struct pm_lt *type = object->type;
    struct chk_binding *bindings;

    if (pm_chk_is_unknown(type))
        return call_value(c, ast, object);
    if (type->kind == PM_LT_CONTRACT) {
        const struct pm_ast *signature = pm_chk_map_get(
            &((struct chk_decl *)type->declaration)->members, name);
        if (signature)
            return call_contract(c, ast, object, signature);
    }
    struct chk_decl *method = pm_chk_find_method(c, type, name, &bindings);
    if (method)
        return call_function(c, ast, method, object, bindings, expected);
    struct pm_low *builtin = pm_chk_builtin_method(c, ast, object, name);
    if (builtin)
        return builtin;
    // A field that holds a function, or the message that there is none.
    return call_value(c, ast, pm_chk_expr(c, callee, NULL));
}

// --- everything that can be called -------------------------------------------

static struct pm_low *call_decl(struct checker *c, const struct pm_ast *ast,
                                struct chk_decl *decl,
                                const struct pm_lt *expected)
{
    switch (decl->kind) {
    case CHK_FN:
        return call_function(c, ast, decl, NULL, NULL, expected);
    case CHK_HOST:
    case CHK_OP:
    case CHK_INTRINSIC:
        return call_signature(c, ast, decl, expected);
    case CHK_BUILTIN:
        return pm_chk_builtin_call(c, ast, decl, expected);
    default:
        return call_value(c, ast, pm_chk_decl_value(c, ast->kids[0], decl));
    }
}

// A call through what is no value: S.f(), E.Case(), module.f().
static struct pm_low *call_static(struct checker *c, const struct pm_ast *ast,
                                  struct chk_decl *owner,
                                  const struct pm_lt *expected)
{
    const struct pm_ast *callee = ast->kids[0];
    struct pm_text name = pm_chk_name(c, callee);

    if (owner->kind == CHK_ENUM)
        return pm_chk_enum_member(c, callee, owner, name, ast);
    if (owner->kind == CHK_SERVICE) {
        struct chk_decl *decl = pm_chk_map_get(&owner->members, name);
        if (decl)
            return call_decl(c, ast, decl, expected);
    }
    return call_value(c, ast, pm_chk_expr(c, callee, NULL));
}

struct pm_low *pm_chk_call(struct checker *c, const struct pm_ast *ast,
                           const struct pm_lt *expected)
{
    const struct pm_ast *callee = ast->kids[0];
    struct chk_decl *decl = pm_chk_path(c, callee);

    if (decl)
        return call_decl(c, ast, decl, expected);
    if (callee->kind != PM_AST_MEMBER)
        return call_value(c, ast, pm_chk_expr(c, callee, NULL));
    decl = pm_chk_path(c, callee->kids[0]);
    if (decl && decl->kind != CHK_CONST && decl->kind != CHK_GLOBAL)
        return call_static(c, ast, decl, expected);
    return call_method(c, ast, expected);
}

// --- new ---------------------------------------------------------------------

static struct pm_low *refuse_new(struct checker *c, const struct pm_ast *ast,
                                 const char *found)
{
    const struct pm_ast *args = ast->kids[1];

    pm_chk_error(c, PM_LANG_NOT_A_TYPE, ast->kids[0],
                 "found %s behind 'new', wanted a struct", found);
    for (uint32_t i = 0; args && i < args->count; i++)
        if (args->kids[i]->kind != PM_AST_NAMED &&
            args->kids[i]->kind != PM_AST_LAMBDA)
            pm_chk_expr(c, args->kids[i], NULL);
    return pm_chk_unknown(c, ast);
}

static struct chk_decl *struct_named(struct checker *c,
                                     const struct pm_ast *type)
{
    struct pm_text name = pm_chk_name(c, type);

    if (type->kind != PM_AST_TYPE_NAME || type->kids[0])
        return NULL;
    if (pm_chk_is(name, "map"))
        name = pm_chk_text("Map");
    struct chk_decl *decl = pm_chk_lookup(c, c->file, name);
    return decl && decl->kind == CHK_STRUCT ? decl : NULL;
}

static struct pm_low *make(struct checker *c, const struct pm_ast *ast,
                           struct chk_decl *decl, struct chk_binding *bindings,
                           const struct pm_lt *self)
{
    struct chk_list before = {0};
    struct chk_call call = {
        .ast = ast,
        .name = decl->name,
        .file = decl->file,
        .declared = decl->ast,
        .bindings = bindings,
        .bindings_end = self ? bindings : NULL,
        .self = self,
    };

    call.params = pm_chk_params(c, decl->ast->kids[1], decl->file, &call.count);
    if (!pm_chk_arguments(c, &call, ast->kids[1], NULL, NULL, &before))
        return failed(c, ast, self);
    if (!self) {
        if (!pm_chk_constraints(c, decl->file, decl->type_params, bindings,
                                pm_chk_span(c, ast)))
            return failed(c, ast, NULL);
        self = pm_chk_struct_type(c, decl, bindings, pm_chk_span(c, ast));
    }
    pm_chk_complete(c, self);
    struct pm_low *low =
        pm_chk_low(c, PM_LOW_NEW, self, pm_chk_span(c, ast), call.count);
    for (uint32_t i = 0; i < call.count; i++)
        low->kids[i] = call.params[i].low;
    return finish(c, &before, low);
}

struct pm_low *pm_chk_new(struct checker *c, const struct pm_ast *ast,
                          const struct pm_lt *expected)
{
    const struct pm_ast *type = ast->kids[0];
    struct chk_decl *decl = struct_named(c, type);

    // "new List()": the arguments of the type come from what is wanted, or
    // from the fields.
    if (decl && decl->type_params && !type->kids[1]) {
        if (expected && expected->kind == PM_LT_STRUCT &&
            pm_chk_struct_of(expected)->decl == decl && !expected->has_unknown)
            return make(c, ast, decl, pm_chk_struct_of(expected)->bindings,
                        expected);
        return make(c, ast, decl,
                    pm_chk_bind(c, decl->file, decl->type_params, NULL), NULL);
    }
    const struct pm_lt *made =
        pm_chk_resolve(c, type, c->body->bindings, c->body->self);
    if (made->kind != PM_LT_STRUCT) {
        if (pm_chk_is_unknown(made))
            return pm_chk_unknown(c, ast);
        return refuse_new(c, ast, pm_chk_show_type(c, made));
    }
    struct chk_struct *info = pm_chk_struct_of(made);
    return make(c, ast, info->decl, info->bindings, made);
}

// --- spawn -------------------------------------------------------------------

struct pm_low *pm_chk_spawn(struct checker *c, const struct pm_ast *ast)
{
    const struct pm_ast *inner = ast->kids[0];

    if (inner->kind != PM_AST_CALL)
        return pm_chk_unknown(c, ast);
    struct pm_low *call = pm_chk_call(c, inner, NULL);
    struct pm_low *last = call;
    if (pm_chk_is_unknown(call->type))
        return pm_chk_zero(c, c->t_task, pm_chk_span(c, ast));
    while (last->kind == PM_LOW_BLOCK && last->count)
        last = last->kids[last->count - 1];
    if ((last->kind != PM_LOW_CALL && last->kind != PM_LOW_CALL_VALUE) ||
        last->type->kind != PM_LT_VOID) {
        pm_chk_error(c, PM_LANG_NOT_CALLABLE, inner,
                     "found a call that cannot run by itself, wanted one of a "
                     "function without result");
        return pm_chk_zero(c, c->t_task, pm_chk_span(c, ast));
    }
    last->kind = last->kind == PM_LOW_CALL ? PM_LOW_SPAWN : PM_LOW_SPAWN_VALUE;
    last->type = c->t_task;
    for (struct pm_low *at = call; at != last; at = at->kids[at->count - 1])
        at->type = c->t_task;
    return call;
}
