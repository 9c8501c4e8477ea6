// SPDX-License-Identifier: MIT
//
// What names, members and elements mean.

#include "lang/check_internal.h"

// --- names -------------------------------------------------------------------

// A function as a value: a closure that calls it.
static struct pm_low *function_value(struct checker *c,
                                     const struct pm_ast *ast,
                                     struct chk_decl *decl)
{
    struct pm_span span = pm_chk_span(c, ast);

    if (decl->kind != CHK_FN || decl->type_params) {
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_NOT_A_VALUE, ast,
                         decl->type_params
                             ? "'%s' has type parameters and is no value"
                             : "'%s' can be called, but is no value",
                         pm_chk_show(c, decl->name)),
            "wrap it: x => %s(x)", pm_chk_show(c, decl->name));
        return pm_chk_unknown(c, ast);
    }
    struct chk_instance *instance = pm_chk_instance(c, decl, NULL, NULL, span);
    struct pm_low_fn *low = pm_chk_low_fn(c, decl->name, instance->low->span);
    struct chk_list parts = {0}, arguments = {0};
    low->is_closure = true;
    low->result = instance->result;
    low->param_count = instance->param_count;
    for (uint32_t i = 0; i < instance->param_count; i++) {
        pm_chk_push(c, &parts, (void *)instance->params[i]);
        uint32_t at =
            pm_chk_low_local(c, low, instance->params[i], pm_chk_text(""));
        struct pm_low *get =
            pm_chk_low(c, PM_LOW_LOCAL, instance->params[i], low->span, 0);
        get->index = at;
        pm_chk_push(c, &arguments, get);
    }
    pm_chk_push(c, &parts, (void *)instance->result);
    low->type = pm_chk_type_fn(c, (const struct pm_lt *const *)parts.items,
                               parts.count);
    low->body = pm_chk_low_call(c, instance->low, instance->result, low->span,
                                &arguments);
    if (instance->result->kind != PM_LT_VOID)
        low->body =
            pm_chk_low1(c, PM_LOW_RETURN, c->t_never, low->span, low->body);
    struct pm_low *closure = pm_chk_low(c, PM_LOW_CLOSURE, low->type, span, 0);
    closure->function = low;
    return closure;
}

struct pm_low *pm_chk_decl_value(struct checker *c, const struct pm_ast *ast,
                                 struct chk_decl *decl)
{
    if (decl->kind == CHK_MISSING)
        return pm_chk_unknown(c, ast);
    if (decl->kind == CHK_FN || decl->kind == CHK_BUILTIN ||
        decl->kind == CHK_OP || decl->kind == CHK_HOST ||
        decl->kind == CHK_INTRINSIC)
        return function_value(c, ast, decl);
    if (decl->kind != CHK_CONST && decl->kind != CHK_GLOBAL) {
        struct pm_lang_diag *diag = pm_chk_error(
            c, PM_LANG_NOT_A_VALUE, ast, "'%s' is a %s, wanted a value",
            pm_chk_show(c, decl->name), pm_chk_decl_kind_name(decl));
        if (decl->kind == CHK_STRUCT)
            pm_chk_help(c, diag, "to make one write: new %s(…)",
                        pm_chk_show(c, decl->name));
        return pm_chk_unknown(c, ast);
    }
    pm_chk_lower_global(c, decl);
    if (decl->literal) {
        struct pm_low *copy = pm_chk_again(c, decl->literal);
        copy->span = pm_chk_span(c, ast);
        return copy;
    }
    struct pm_low *low =
        pm_chk_low(c, PM_LOW_GLOBAL, decl->type, pm_chk_span(c, ast), 0);
    low->global = decl->global;
    if (!decl->global)
        return pm_chk_unknown(c, ast);
    return low;
}

struct pm_low *pm_chk_name_value(struct checker *c, const struct pm_ast *ast)
{
    struct pm_text text = pm_chk_name(c, ast);
    struct chk_var *var = pm_chk_find_var(c, text);

    if (var)
        return pm_chk_read_var(c, var, pm_chk_span(c, ast));
    struct chk_decl *decl = pm_chk_lookup(c, c->file, text);
    return decl ? pm_chk_decl_value(c, ast, decl) : pm_chk_unknown_name(c, ast);
}

struct pm_low *pm_chk_this(struct checker *c, const struct pm_ast *ast)
{
    struct chk_var *var = pm_chk_find_var(c, pm_chk_text("this"));

    if (var)
        return pm_chk_read_var(c, var, pm_chk_span(c, ast));
    pm_chk_error(c, PM_LANG_UNKNOWN_NAME, ast,
                 "found 'this' outside of a struct's methods");
    return pm_chk_unknown(c, ast);
}

// --- members -----------------------------------------------------------------

// A member of what is no value: a service, an enum, a module.
static struct pm_low *static_member(struct checker *c, const struct pm_ast *ast,
                                    struct chk_decl *decl)
{
    struct pm_text member = pm_chk_name(c, ast);

    if (decl->kind == CHK_MISSING)
        return pm_chk_unknown(c, ast);
    if (decl->kind == CHK_ENUM)
        return pm_chk_enum_member(c, ast, decl, member, NULL);
    struct chk_decl *found = decl->kind == CHK_MODULE
                                 ? pm_chk_public(decl->module, member)
                                 : pm_chk_map_get(&decl->members, member);
    if (found)
        return pm_chk_decl_value(c, ast, found);
    struct pm_lang_diag *diag = pm_chk_error_at(
        c, PM_LANG_UNKNOWN_MEMBER, pm_chk_name_span(c, ast), "'%s' has no '%s'",
        pm_chk_show(c, decl->name), pm_chk_show(c, member));
    struct chk_nearest nearest = pm_chk_nearest_begin(c, member);
    if (decl->kind == CHK_MODULE && pm_chk_public(decl->module, decl->name)) {
        pm_chk_help(c, diag,
                    "'%s' is the whole module here; for the one of that name "
                    "in it write import { %s } from \"%s\"",
                    pm_chk_show(c, decl->name), pm_chk_show(c, decl->name),
                    decl->module->path);
        return pm_chk_unknown(c, ast);
    }
    if (decl->kind == CHK_MODULE)
        pm_chk_nearest_public(&nearest, decl->module);
    else
        pm_chk_nearest_map(&nearest, &decl->members);
    pm_chk_nearest_end(c, &nearest, diag, pm_chk_name_span(c, ast));
    return pm_chk_unknown(c, ast);
}

struct pm_low *pm_chk_member(struct checker *c, const struct pm_ast *ast)
{
    struct chk_decl *decl = pm_chk_path(c, ast);

    if (decl)
        return pm_chk_decl_value(c, ast, decl);
    decl = pm_chk_path(c, ast->kids[0]);
    if (decl && decl->kind != CHK_CONST && decl->kind != CHK_GLOBAL)
        return static_member(c, ast, decl);
    struct pm_low *object = pm_chk_expr(c, ast->kids[0], NULL);
    const struct pm_lt *type = object->type;
    struct pm_text wanted = pm_chk_name(c, ast);
    if (pm_chk_is_unknown(type))
        return pm_chk_unknown(c, ast);
    if (type->kind == PM_LT_STRUCT) {
        pm_chk_complete(c, type);
        for (uint32_t i = 0; i < type->field_count; i++) {
            if (!pm_chk_same(type->fields[i].name, wanted))
                continue;
            struct pm_low *low =
                pm_chk_low1(c, PM_LOW_FIELD, type->fields[i].type,
                            pm_chk_span(c, ast), object);
            low->index = i;
            return low;
        }
    }
    return pm_chk_unknown_member(c, ast, object);
}

// --- elements ----------------------------------------------------------------

struct pm_low *pm_chk_element(struct checker *c, const struct pm_ast *ast)
{
    struct pm_low *object = pm_chk_expr(c, ast->kids[0], NULL);
    struct pm_span span = pm_chk_span(c, ast);

    if (object->type->kind == PM_LT_ARRAY) {
        struct pm_low *index = pm_chk_expr(c, ast->kids[1], c->t_int);
        if (index->type->kind == PM_LT_BYTE)
            index = pm_chk_low_op(c, PM_OP_TO_I64, c->t_int, index->span, index,
                                  NULL);
        index = pm_chk_coerce(c, ast->kids[1], index, c->t_int);
        return pm_chk_low2(c, PM_LOW_INDEX, object->type->parts[0], span,
                           object, index);
    }
    if (!pm_chk_is_unknown(object->type)) {
        struct chk_instance *getter =
            pm_chk_method(c, object->type, "get", span);
        if (getter && getter->param_count == 2) {
            struct chk_list arguments = {0};
            pm_chk_push(c, &arguments, object);
            pm_chk_push(c, &arguments,
                        pm_chk_expr_as(c, ast->kids[1], getter->params[1]));
            return pm_chk_low_call(c, getter->low, getter->result, span,
                                   &arguments);
        }
        struct pm_lang_diag *diag = pm_chk_error(
            c, PM_LANG_NOT_INDEXABLE, ast->kids[0],
            "found %s in front of '[', wanted an array or a type with a "
            "method 'get'",
            pm_chk_show_type(c, object->type));
        if (object->type->kind == PM_LT_STR)
            pm_chk_help(
                c, diag,
                "text.byte_at(i) gives a byte, text.slice(a, b) a part");
    }
    pm_chk_expr(c, ast->kids[1], NULL);
    return pm_chk_unknown(c, ast);
}
