// SPDX-License-Identifier: MIT
//
// Arguments to parameters: by place and by name, with defaults, and the
// inference of type arguments.
//
// Three rounds, so that what is known helps the rest: first arguments that
// have a type by themselves, then literals, then lambdas. They are evaluated
// as written all the same: where that differs from the parameters' order, or
// a default stands between, they go through locals.

#include "lang/check_internal.h"

struct chk_param *pm_chk_params(struct checker *c, const struct pm_ast *params,
                                struct chk_file *file, uint32_t *out_count)
{
    struct chk_param *out = pm_chk_alloc(c, (params->count + 1) * sizeof *out);

    for (uint32_t i = 0; i < params->count; i++) {
        out[i].name = pm_chk_token(file, params->kids[i]->token);
        out[i].type = params->kids[i]->kids[0];
        out[i].value = params->kids[i]->kids[1];
    }
    *out_count = params->count;
    return out;
}

// --- which argument is for which parameter -----------------------------------

static struct chk_param *param_named(struct checker *c, struct chk_call *call,
                                     const struct pm_ast *arg)
{
    struct pm_text name = pm_chk_name(c, arg);
    struct chk_nearest nearest = pm_chk_nearest_begin(c, name);

    for (uint32_t i = 0; i < call->count; i++) {
        if (pm_chk_same(call->params[i].name, name))
            return &call->params[i];
        pm_chk_nearest_try(&nearest, call->params[i].name);
    }
    struct pm_span span = pm_chk_name_span(c, arg);
    pm_chk_nearest_end(c, &nearest,
                       pm_chk_error_at(c, PM_LANG_ARGUMENT_NAME, span,
                                       "'%s' has no parameter '%s'",
                                       pm_chk_show(c, call->name),
                                       pm_chk_show(c, name)),
                       span);
    return NULL;
}

static uint32_t required(const struct chk_call *call)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < call->count; i++)
        count += call->params[i].value == NULL;
    return count;
}

static bool wrong_count(struct checker *c, struct chk_call *call,
                        const struct pm_ast *args)
{
    uint32_t least = required(call);
    struct pm_lang_diag *diag;

    if (least == call->count)
        diag = pm_chk_error(c, PM_LANG_ARGUMENT_COUNT, call->ast,
                            "found %u argument%s for '%s', wanted %u",
                            args->count, args->count == 1 ? "" : "s",
                            pm_chk_show(c, call->name), call->count);
    else
        diag = pm_chk_error(c, PM_LANG_ARGUMENT_COUNT, call->ast,
                            "found %u argument%s for '%s', wanted %u to %u",
                            args->count, args->count == 1 ? "" : "s",
                            pm_chk_show(c, call->name), least, call->count);
    if (call->declared)
        pm_chk_note(c, diag,
                    pm_token_span(call->file->parsed, call->declared->token),
                    "declared here");
    return false;
}

// Checks arguments that have no parameter, for the mistakes in them.
static void check_rest(struct checker *c, const struct pm_ast *args)
{
    for (uint32_t i = 0; i < args->count; i++) {
        const struct pm_ast *arg = args->kids[i];
        if (arg->kind == PM_AST_NAMED)
            arg = arg->kids[0];
        if (arg->kind != PM_AST_LAMBDA)
            pm_chk_expr(c, arg, NULL);
    }
}

static bool match(struct checker *c, struct chk_call *call,
                  const struct pm_ast *args)
{
    bool is_named = false;

    if (args->count > call->count)
        return wrong_count(c, call, args);
    for (uint32_t i = 0; i < args->count; i++) {
        const struct pm_ast *arg = args->kids[i];
        struct chk_param *param = &call->params[i];
        if (arg->kind == PM_AST_NAMED) {
            is_named = true;
            param = param_named(c, call, arg);
            if (!param)
                return false;
            if (param->argument) {
                pm_chk_error(c, PM_LANG_ARGUMENT_NAME, arg,
                             "'%s' is given a second time",
                             pm_chk_show(c, param->name));
                return false;
            }
            arg = arg->kids[0];
        } else if (is_named) {
            pm_chk_error(c, PM_LANG_ARGUMENT_NAME, arg,
                         "found an argument without a name behind one that has "
                         "one");
            return false;
        }
        param->argument = arg;
        param->order = i;
    }
    for (uint32_t i = 0; i < call->count; i++)
        if (!call->params[i].argument && !call->params[i].value)
            return wrong_count(c, call, args);
    return true;
}

// --- types -------------------------------------------------------------------

static const struct pm_lt *wanted_type(struct checker *c, struct chk_call *call,
                                       struct chk_param *param)
{
    if (param->known)
        return param->known;
    return pm_chk_resolve_in(c, call->file, param->type, call->bindings,
                             call->self);
}

static void check_one(struct checker *c, struct chk_call *call,
                      struct chk_param *param)
{
    const struct pm_lt *wanted = wanted_type(c, call, param);

    // Where more than one mistake could follow from one that is told.
    param->low = wanted->has_unknown
                     ? pm_chk_expr(c, param->argument, wanted)
                     : pm_chk_expr_as(c, param->argument, wanted);
    if (param->low->type->kind == PM_LT_VOID)
        param->low =
            pm_chk_coerce(c, param->argument, param->low,
                          wanted->kind == PM_LT_VOID ? c->t_int : wanted);
    if (param->type && call->bindings != call->bindings_end)
        pm_chk_infer(c, call->file, param->type, param->low->type,
                     call->bindings);
}

static int round_of(const struct pm_ast *argument)
{
    return argument->kind == PM_AST_LAMBDA ? 2
           : pm_chk_adapts(argument)       ? 1
                                           : 0;
}

static void check_all(struct checker *c, struct chk_call *call,
                      const struct pm_ast *args)
{
    for (int round = 0; round < 3; round++)
        for (uint32_t k = 0; k < args->count; k++)
            for (uint32_t i = 0; i < call->count; i++) {
                struct chk_param *param = &call->params[i];
                if (param->argument && param->order == k && !param->low &&
                    round_of(param->argument) == round) {
                    check_one(c, call, param);
                    break;
                }
            }
}

static bool report_unbound(struct checker *c, struct chk_call *call)
{
    for (struct chk_binding *at = call->bindings; at != call->bindings_end;
         at = at->next) {
        if (at->type)
            continue;
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_CANNOT_INFER, call->ast,
                         "the type '%s' of '%s' cannot be known from here",
                         pm_chk_show(c, at->name), pm_chk_show(c, call->name)),
            "write it: %s<…>(…)", pm_chk_show(c, call->name));
        return false;
    }
    return true;
}

// --- defaults and order ------------------------------------------------------

// A default is evaluated at the call, with the names of its declaration.
static struct pm_low *default_value(struct checker *c, struct chk_call *call,
                                    struct chk_param *param)
{
    struct chk_body *body = c->body;
    struct chk_file *file = c->file;
    uint32_t hidden = body->hidden;
    bool hides = body->hides_parents;
    struct chk_binding *bindings = body->bindings;
    const struct pm_lt *self = body->self;
    const struct pm_lt *wanted = wanted_type(c, call, param);

    body->hidden = body->vars.count;
    body->hides_parents = true;
    body->bindings = call->bindings;
    body->self = call->self;
    c->file = call->file;
    struct pm_low *low = pm_chk_expr_as(c, param->value, wanted);
    c->file = file;
    body->hidden = hidden;
    body->hides_parents = hides;
    body->bindings = bindings;
    body->self = self;
    return low;
}

static bool in_order(const struct chk_call *call)
{
    for (uint32_t i = 0, last = 0; i < call->count; i++) {
        if (!call->params[i].argument)
            continue;
        if (call->params[i].order < last)
            return false;
        last = call->params[i].order;
    }
    return true;
}

static void spill_as_written(struct checker *c, struct chk_call *call,
                             uint32_t count, struct chk_list *before)
{
    for (uint32_t k = 0; k < count; k++)
        for (uint32_t i = 0; i < call->count; i++)
            if (call->params[i].argument && call->params[i].order == k)
                call->params[i].low =
                    pm_chk_spill(c, before, call->params[i].low);
}

bool pm_chk_arguments(struct checker *c, struct chk_call *call,
                      const struct pm_ast *args, const struct pm_lt *expected,
                      const struct pm_ast *result, struct chk_list *before)
{
    if (!match(c, call, args)) {
        check_rest(c, args);
        return false;
    }
    check_all(c, call, args);
    if (call->bindings != call->bindings_end) {
        if (expected && result)
            pm_chk_infer(c, call->file, result, expected, call->bindings);
        if (!report_unbound(c, call))
            return false;
    }
    if (!in_order(call))
        spill_as_written(c, call, args->count, before);
    for (uint32_t i = 0; i < call->count; i++) {
        struct chk_param *param = &call->params[i];
        const struct pm_lt *wanted = wanted_type(c, call, param);
        if (param->argument)
            param->low = pm_chk_coerce(c, param->argument, param->low, wanted);
        else
            param->low = default_value(c, call, param);
    }
    return true;
}
