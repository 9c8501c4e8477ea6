// SPDX-License-Identifier: MIT
//
// Expressions: names, members, elements, optionals and results.

#include "lang/check_internal.h"

// --- making values fit -------------------------------------------------------

// Nodes whose type was not whole, as "none", take the one that is wanted.
static void retype(struct checker *c, struct pm_low *low,
                   const struct pm_lt *wanted)
{
    if (!low->type->has_unknown || low->type == wanted)
        return;
    low->type = wanted;
    switch (low->kind) {
    case PM_LOW_SOME:
        if (wanted->kind == PM_LT_OPTIONAL)
            retype(c, low->kids[0], wanted->parts[0]);
        break;
    case PM_LOW_OK:
        if (wanted->kind == PM_LT_RESULT && low->count)
            retype(c, low->kids[0], wanted->parts[1]);
        break;
    case PM_LOW_TUPLE:
        for (uint32_t i = 0; i < low->count && i < wanted->part_count; i++)
            retype(c, low->kids[i], wanted->parts[i]);
        break;
    case PM_LOW_ARRAY:
        for (uint32_t i = 0; i < low->count && wanted->part_count; i++)
            retype(c, low->kids[i], wanted->parts[0]);
        break;
    case PM_LOW_BLOCK:
        if (low->count)
            retype(c, low->kids[low->count - 1], wanted);
        break;
    case PM_LOW_IF:
        retype(c, low->kids[1], wanted);
        if (low->kids[2])
            retype(c, low->kids[2], wanted);
        break;
    default:
        break;
    }
}

static void report_mismatch(struct checker *c, const struct pm_ast *ast,
                            const struct pm_lt *found,
                            const struct pm_lt *wanted)
{
    struct pm_lang_diag *diag = pm_chk_error(
        c, found->kind == PM_LT_VOID ? PM_LANG_NO_VALUE : PM_LANG_MISMATCH, ast,
        found->kind == PM_LT_VOID ? "found something without a value%.0s, "
                                    "wanted %s"
                                  : "found %s, wanted %s",
        pm_chk_show_type(c, found), pm_chk_show_type(c, wanted));

    if (wanted->kind == PM_LT_INT && found->kind == PM_LT_FLOAT)
        pm_chk_help(c, diag, "int(…) takes the part before the point");
    else if (wanted->kind == PM_LT_FLOAT && found->kind == PM_LT_INT)
        pm_chk_help(c, diag, "float(…) converts it");
    else if (wanted->kind == PM_LT_BYTE && found->kind == PM_LT_INT)
        pm_chk_help(c, diag,
                    "byte(…) converts it and traps outside of 0..255; "
                    ".wrap_byte() takes the low 8 bits");
    else if (wanted->kind == PM_LT_STR && pm_chk_is_number(found))
        pm_chk_help(c, diag, "str(…) converts it, and so does \"{…}\"");
    else if (wanted->kind == PM_LT_OPTIONAL &&
             pm_chk_type_same(found, wanted->parts[0]))
        pm_chk_help(c, diag, "write some(…)");
    else if (wanted->kind == PM_LT_RESULT &&
             pm_chk_type_same(found, wanted->parts[1]))
        pm_chk_help(c, diag, "write ok(…)");
    else if (wanted->kind == PM_LT_RESULT &&
             pm_chk_type_same(found, wanted->parts[0]))
        pm_chk_help(c, diag, "write err(…)");
    else if (found->kind == PM_LT_OPTIONAL &&
             pm_chk_type_same(found->parts[0], wanted))
        pm_chk_help(c, diag, "say what it is when there is none: … else …");
    else if (found->kind == PM_LT_RESULT &&
             pm_chk_type_same(found->parts[1], wanted))
        pm_chk_help(
            c, diag,
            "pass the error on with '!', or deal with it with 'handle'");
}

struct pm_low *pm_chk_coerce(struct checker *c, const struct pm_ast *ast,
                             struct pm_low *value, const struct pm_lt *wanted)
{
    const struct pm_lt *found = value->type;

    if (found == wanted || found->kind == PM_LT_NEVER)
        return value;
    if (found->kind != PM_LT_VOID && pm_chk_type_same(found, wanted)) {
        retype(c, value, wanted);
        return value;
    }
    if (wanted->kind == PM_LT_CONTRACT && pm_chk_struct_has(c, found, wanted))
        return pm_chk_low1(c, PM_LOW_UPCAST, wanted, value->span, value);
    report_mismatch(c, ast, found, wanted);
    return pm_chk_unknown(c, ast);
}

struct pm_low *pm_chk_expr_as(struct checker *c, const struct pm_ast *ast,
                              const struct pm_lt *wanted)
{
    return pm_chk_coerce(c, ast, pm_chk_expr(c, ast, wanted), wanted);
}

bool pm_chk_adapts(const struct pm_ast *ast)
{
    switch (ast->kind) {
    case PM_AST_INT:
    case PM_AST_CHAR:
        return true;
    case PM_AST_EXPRESSION:
    case PM_AST_NEG:
    case PM_AST_PAREN:
    case PM_AST_COMPLEMENT:
        return pm_chk_adapts(ast->kids[0]);
    case PM_AST_BINARY:
        return pm_chk_adapts(ast->kids[0]) && pm_chk_adapts(ast->kids[1]);
    default:
        return false;
    }
}

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

// Names of other languages, and what to write here.
static const char *foreign(struct pm_text name)
{
    static const struct {
        const char *name;
        const char *help;
    } rows[] = {
        {"print", "trace(…) writes a line to the log"},
        {"println", "trace(…) writes a line to the log"},
        {"printf", "trace(\"… {x}\") writes a line to the log"},
        {"console", "trace(…) writes a line to the log"},
        {"null", "what may be missing is an optional: some(x) or none"},
        {"nil", "what may be missing is an optional: some(x) or none"},
        {"undefined", "what may be missing is an optional: some(x) or none"},
        {"None", "it is written none"},
        {"True", "it is written true"},
        {"False", "it is written false"},
        {"self", "the object of a method is this"},
        {"len", "write x.len()"},
        {"range", "write for i from 0 until n { … }"},
        {"string", "the type is str, and str(x) converts"},
        {"Math", "import { sin, cos } from \"@std/math\"; min, max, abs are "
                 "there without"},
        {"rnd", "import { new_random } from \"@std/random\""},
        {"random", "import { new_random } from \"@std/random\""},
    };

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        if (pm_chk_is(name, rows[i].name))
            return rows[i].help;
    return NULL;
}

static struct pm_low *unknown_name(struct checker *c, const struct pm_ast *ast)
{
    struct pm_text name = pm_chk_name(c, ast);
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_UNKNOWN_NAME, ast, "there is no '%s' here",
                     pm_chk_show(c, name));
    struct chk_nearest nearest = pm_chk_nearest_begin(c, name);

    for (struct chk_body *body = c->body; body; body = body->parent)
        for (uint32_t i = body->vars.count; i-- > 0;)
            pm_chk_nearest_try(&nearest,
                               ((struct chk_var *)body->vars.items[i])->name);
    pm_chk_nearest_map(&nearest, &c->file->imports);
    pm_chk_nearest_map(&nearest, &c->file->module->names);
    if (c->prelude)
        pm_chk_nearest_map(&nearest, &c->prelude->names);
    pm_chk_nearest_map(&nearest, &c->builtins);
    if (foreign(name)) {
        pm_chk_help(c, diag, "%s", foreign(name));
        return pm_chk_unknown(c, ast);
    }
    const struct pm_lt *self = c->body ? c->body->self : NULL;
    if (self && self->kind == PM_LT_STRUCT)
        for (uint32_t i = 0; i < self->field_count; i++)
            if (pm_chk_same(self->fields[i].name, name)) {
                pm_chk_help(c, diag,
                            "a field is reached through 'this': this.%s",
                            pm_chk_show(c, name));
                return pm_chk_unknown(c, ast);
            }
    pm_chk_nearest_end(c, &nearest, diag, pm_chk_span(c, ast));
    return pm_chk_unknown(c, ast);
}

static struct pm_low *name(struct checker *c, const struct pm_ast *ast)
{
    struct pm_text text = pm_chk_name(c, ast);
    struct chk_var *var = pm_chk_find_var(c, text);

    if (var)
        return pm_chk_read_var(c, var, pm_chk_span(c, ast));
    struct chk_decl *decl = pm_chk_lookup(c, c->file, text);
    return decl ? pm_chk_decl_value(c, ast, decl) : unknown_name(c, ast);
}

static struct pm_low *this_value(struct checker *c, const struct pm_ast *ast)
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
    struct chk_decl *found = NULL;
    const struct chk_map *names = &decl->members;

    if (decl->kind == CHK_ENUM)
        return pm_chk_enum_member(c, ast, decl, member, NULL);
    if (decl->kind == CHK_MODULE)
        names = &decl->module->names;
    found = pm_chk_map_get(names, member);
    if (found && (decl->kind != CHK_MODULE || found->is_pub))
        return pm_chk_decl_value(c, ast, found);
    struct pm_lang_diag *diag = pm_chk_error_at(
        c, PM_LANG_UNKNOWN_MEMBER, pm_chk_name_span(c, ast), "'%s' has no '%s'",
        pm_chk_show(c, decl->name), pm_chk_show(c, member));
    struct chk_nearest nearest = pm_chk_nearest_begin(c, member);
    pm_chk_nearest_map(&nearest, names);
    pm_chk_nearest_end(c, &nearest, diag, pm_chk_name_span(c, ast));
    return pm_chk_unknown(c, ast);
}

static void suggest_member(struct checker *c, const struct pm_lt *type,
                           struct pm_text wanted, struct pm_lang_diag *diag,
                           struct pm_span span)
{
    struct chk_nearest nearest = pm_chk_nearest_begin(c, wanted);

    if (type->kind == PM_LT_STRUCT) {
        for (uint32_t i = 0; i < type->field_count; i++)
            pm_chk_nearest_try(&nearest, type->fields[i].name);
        pm_chk_nearest_map(&nearest, &pm_chk_struct_of(type)->decl->members);
    }
    for (uint32_t i = 0; i < c->extend_members.capacity; i++) {
        struct chk_binding *bindings;
        struct pm_text name = c->extend_members.entries[i].key;
        if (c->extend_members.entries[i].value && name.size <= 40 &&
            pm_chk_find_method(c, type, name, &bindings))
            pm_chk_nearest_try(&nearest, name);
    }
    pm_chk_nearest_end(c, &nearest, diag, span);
}

static struct pm_low *member(struct checker *c, const struct pm_ast *ast)
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
    struct chk_binding *bindings;
    struct pm_span span = pm_chk_name_span(c, ast);
    if (pm_chk_find_method(c, type, wanted, &bindings)) {
        pm_chk_help(c,
                    pm_chk_error_at(c, PM_LANG_NOT_A_VALUE, span,
                                    "'%s' is a method and has to be called",
                                    pm_chk_show(c, wanted)),
                    "write %s()", pm_chk_show(c, wanted));
        return pm_chk_unknown(c, ast);
    }
    struct pm_lang_diag *diag =
        pm_chk_error_at(c, PM_LANG_UNKNOWN_MEMBER, span, "%s has no '%s'",
                        pm_chk_show_type(c, type), pm_chk_show(c, wanted));
    if (type->kind == PM_LT_ARRAY &&
        (pm_chk_is(wanted, "push") || pm_chk_is(wanted, "pop") ||
         pm_chk_is(wanted, "add") || pm_chk_is(wanted, "append") ||
         pm_chk_is(wanted, "insert") || pm_chk_is(wanted, "remove")))
        pm_chk_help(
            c, diag,
            "an array keeps its length; a List grows: [1, 2].to_list()");
    else if (type->kind == PM_LT_OPTIONAL)
        pm_chk_help(c, diag, "say what it is when there is none: … else …");
    else if (type->kind == PM_LT_RESULT)
        pm_chk_help(c, diag, "get the value with '!' or 'handle'");
    else
        suggest_member(c, type, wanted, diag, span);
    return pm_chk_unknown(c, ast);
}

// --- elements ----------------------------------------------------------------

static struct pm_low *index_value(struct checker *c, const struct pm_ast *ast)
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

// --- optionals and results ---------------------------------------------------

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
        return name(c, ast);
    case PM_AST_THIS:
        return this_value(c, ast);
    case PM_AST_NEG:
    case PM_AST_COMPLEMENT:
    case PM_AST_NOT:
        return pm_chk_unary(c, ast, expected);
    case PM_AST_BINARY:
        return pm_chk_binary(c, ast, expected);
    case PM_AST_ELSE:
        return else_value(c, ast);
    case PM_AST_PROPAGATE:
        return propagate(c, ast);
    case PM_AST_MEMBER:
        return member(c, ast);
    case PM_AST_INDEX:
        return index_value(c, ast);
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
    case PM_AST_SOME:
        return some(c, ast, expected);
    case PM_AST_NONE:
        return none(c, ast, expected);
    case PM_AST_OK:
        return ok(c, ast, expected);
    case PM_AST_ERR:
        return err(c, ast, expected);
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
