// SPDX-License-Identifier: MIT
//
// Rules of calls: functions, closures, coroutines, the host, intrinsics.
#include <inttypes.h>

#include "link/verify_internal.h"
#include "registry/registry.h"

static struct pm_verify_row params_of(const struct pm_type *func)
{
    return (struct pm_verify_row){"parameter", func->fields, NULL,
                                  func->param_count};
}

static struct pm_verify_row results_of(const struct pm_type *func)
{
    uint32_t count = func->field_count - func->param_count;

    return (struct pm_verify_row){
        "result", count ? func->fields + func->param_count : NULL, NULL, count};
}

static const struct pm_type *func_type(const struct pm_verifier *v,
                                       pm_type_id type)
{
    return pm_link_type_of_kind(v->module, type, PM_TYPE_KIND_FUNC);
}

// A message about the function that the present instruction names.
static bool refuse_callee(struct pm_verifier *v, uint32_t callee,
                          const char *why)
{
    struct pm_buf *text = pm_verify_begin(v);

    pm_link_put_function(text, v->module, callee);
    pm_buf_puts(text, why);
    return pm_verify_send(v, "LINK-CALL");
}

static bool is_closure(const struct pm_verifier *v, uint32_t function)
{
    return v->module->functions[function].flags & PM_FUNCTION_CLOSURE;
}

static bool call_as(struct pm_verifier *v, const struct pm_type *func)
{
    struct pm_verify_row params = params_of(func);
    struct pm_verify_row results = results_of(func);

    return pm_verify_pop_row(v, &params) && pm_verify_push_row(v, &results);
}

static bool call(struct pm_verifier *v)
{
    uint32_t callee = (uint32_t)pm_verify_present(v)->operand[0];

    if (is_closure(v, callee))
        return refuse_callee(v, callee,
                             " is a closure's body; wanted a plain function "
                             "(make_closure and call_closure run this one)");
    return call_as(v, func_type(v, v->module->functions[callee].type));
}

// Demands that the operand count of [what] is [wanted].
static bool check_count(struct pm_verifier *v, const char *what, uint64_t found,
                        uint32_t wanted)
{
    return found == wanted ||
           pm_verify_say(v, "LINK-CALL",
                         "found %" PRIu64 " %s%s, wanted %" PRIu32, found, what,
                         PM_PLURAL(found), wanted);
}

static bool make_closure(struct pm_verifier *v)
{
    uint32_t callee = (uint32_t)pm_verify_present(v)->operand[0];
    const struct pm_function *function = &v->module->functions[callee];
    struct pm_verify_row captures = {"capture", NULL, function->captures,
                                     function->capture_count};

    if (!is_closure(v, callee))
        return refuse_callee(v, callee,
                             " is a plain function; wanted a closure's body");
    return check_count(v, "capture", pm_verify_present(v)->operand[1],
                       function->capture_count) &&
           pm_verify_pop_row(v, &captures) && pm_verify_push(v, function->type);
}

// The type of the closure that lies under [count] arguments; NULL (and said)
// when there is none.
static const struct pm_type *closure_under(struct pm_verifier *v)
{
    uint64_t count = pm_verify_present(v)->operand[0];
    const struct pm_type *func;
    pm_type_id found;

    if (count >= PM_FUNCTION_MAX_SLOTS) {
        pm_verify_say(v, "LINK-CALL",
                      "found %" PRIu64 " arguments, wanted fewer than %d",
                      count, PM_FUNCTION_MAX_SLOTS);
        return NULL;
    }
    if (!pm_verify_need(v, (uint32_t)count + 1))
        return NULL;
    found = v->stack[v->depth - 1 - count];
    func = func_type(v, found);
    if (!func) {
        pm_verify_refuse_words(v, found, "a closure under the arguments");
        return NULL;
    }
    if (!check_count(v, "argument", count, func->param_count))
        return NULL;
    pm_verify_present(v)->type = found;
    return func;
}

static bool call_closure(struct pm_verifier *v)
{
    const struct pm_type *func = closure_under(v);

    if (!func)
        return false;
    struct pm_verify_row params = params_of(func);
    struct pm_verify_row results = results_of(func);
    if (!pm_verify_pop_row(v, &params))
        return false;
    pm_verify_drop(v, 1);
    return pm_verify_push_row(v, &results);
}

// What is spawned has nobody to give results to.
static bool check_no_results(struct pm_verifier *v, const struct pm_type *func)
{
    uint32_t count = results_of(func).count;

    return count == 0 || pm_verify_say(v, "LINK-CALL",
                                       "found a function with %" PRIu32
                                       " result%s, wanted one without",
                                       count, PM_PLURAL(count));
}

static bool spawn(struct pm_verifier *v)
{
    uint32_t callee = (uint32_t)pm_verify_present(v)->operand[0];
    const struct pm_type *func;

    if (is_closure(v, callee))
        return refuse_callee(v, callee,
                             " is a closure's body; wanted a plain function "
                             "(make_closure and spawn_closure run this one)");
    func = func_type(v, v->module->functions[callee].type);
    struct pm_verify_row params = params_of(func);
    return check_count(v, "argument", pm_verify_present(v)->operand[1],
                       func->param_count) &&
           check_no_results(v, func) && pm_verify_pop_row(v, &params) &&
           pm_verify_push(v, PM_TYPE_COROUTINE);
}

static bool spawn_closure(struct pm_verifier *v)
{
    const struct pm_type *func = closure_under(v);

    if (!func || !check_no_results(v, func))
        return false;
    struct pm_verify_row params = params_of(func);
    if (!pm_verify_pop_row(v, &params))
        return false;
    pm_verify_drop(v, 1);
    return pm_verify_push(v, PM_TYPE_COROUTINE);
}

static bool ret(struct pm_verifier *v)
{
    struct pm_verify_row results = results_of(v->signature);

    if (v->depth != results.count)
        return pm_verify_say(v, "LINK-STACK",
                             "found %" PRIu32
                             " value%s on the stack, wanted exactly the "
                             "function's %" PRIu32 " result%s",
                             v->depth, PM_PLURAL(v->depth), results.count,
                             PM_PLURAL(results.count));
    return pm_verify_match_row(v, &results);
}

static bool host_call(struct pm_verifier *v)
{
    const struct pm_host_decl *decl =
        &v->module->host_decls[pm_verify_present(v)->operand[0]];

    return call_as(v, func_type(v, decl->type));
}

static pm_type_id value_type(const struct pm_value_decl *value)
{
    switch (value->type) {
    case PM_VALUE_INT:
        return PM_TYPE_I64;
    case PM_VALUE_BOOL:
        return PM_TYPE_BOOL;
    case PM_VALUE_STR:
        return PM_TYPE_STRING;
    case PM_VALUE_BYTES:
        return PM_TYPE_BYTES;
    case PM_VALUE_F64:
        return PM_TYPE_F64;
    case PM_VALUE_STATE:
        break;
    }
    pm_panic(__FILE__, __LINE__, "intrinsics have no state objects");
}

static bool intrinsic(struct pm_verifier *v)
{
    const struct pm_intrinsic_decl *decl =
        pm_intrinsic_find((uint32_t)pm_verify_present(v)->operand[0]);
    pm_type_id params[PM_ARRAY_LEN(decl->params)];
    pm_type_id results[PM_ARRAY_LEN(decl->results)];
    struct pm_verify_row in = {"parameter", NULL, params, decl->param_count};
    struct pm_verify_row out = {"result", NULL, results, decl->result_count};

    for (uint32_t i = 0; i < in.count; i++)
        params[i] = value_type(&decl->params[i]);
    for (uint32_t i = 0; i < out.count; i++)
        results[i] = value_type(&decl->results[i]);
    return pm_verify_pop_row(v, &in) && pm_verify_push_row(v, &out);
}

bool pm_verify_call_rule(struct pm_verifier *v)
{
    switch (pm_verify_present(v)->opcode) {
    case PM_OP_CALL:
        return call(v);
    case PM_OP_RET:
        return ret(v);
    case PM_OP_MAKE_CLOSURE:
        return make_closure(v);
    case PM_OP_CALL_CLOSURE:
        return call_closure(v);
    case PM_OP_SPAWN:
        return spawn(v);
    case PM_OP_SPAWN_CLOSURE:
        return spawn_closure(v);
    case PM_OP_HOSTCALL:
        return host_call(v);
    default:
        return intrinsic(v);
    }
}
