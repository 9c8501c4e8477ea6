// SPDX-License-Identifier: MIT
//
// Instructions with a rule of their own: those whose operands depend on the
// module's tables.
#include <inttypes.h>
#include <stdio.h>

#include "link/verify_internal.h"
#include "registry/registry.h"

static struct pm_verified_ins *present(struct pm_verifier *v)
{
    return &v->out->ins[v->at];
}

static pm_type_id top(const struct pm_verifier *v)
{
    return v->stack[v->depth - 1];
}

// Says that [found] stands where [wanted] should, after [what] and, where it
// is one of several, its number.
static bool refuse(struct pm_verifier *v, const char *what, pm_type_id found,
                   pm_type_id wanted)
{
    struct pm_buf *text = pm_verify_begin(v);

    pm_buf_printf(text, "%s: found ", what);
    pm_link_put_type(text, v->module, found);
    pm_buf_puts(text, ", wanted ");
    pm_link_put_type(text, v->module, wanted);
    if (found == PM_TYPE_ANY && pm_type_is_ref(wanted))
        pm_buf_puts(text, "; narrow any with cast first");
    return pm_verify_send(v, "LINK-TYPE");
}

// The same where the wanted is put in words.
static bool refuse_words(struct pm_verifier *v, pm_type_id found,
                         const char *wanted)
{
    struct pm_buf *text = pm_verify_begin(v);

    pm_buf_puts(text, "found ");
    pm_link_put_type(text, v->module, found);
    pm_buf_printf(text, ", wanted %s", wanted);
    return pm_verify_send(v, "LINK-TYPE");
}

static bool pop(struct pm_verifier *v, pm_type_id *out)
{
    if (!pm_verify_need(v, 1))
        return false;
    *out = top(v);
    pm_verify_drop(v, 1);
    return true;
}

// Pops one value for a place of type [wanted].
static bool pop_into(struct pm_verifier *v, const char *what, pm_type_id wanted)
{
    pm_type_id found;

    if (!pop(v, &found))
        return false;
    if (!pm_verify_fits(found, wanted))
        return refuse(v, what, found, wanted);
    present(v)->type = found;
    return true;
}

static bool push_as(struct pm_verifier *v, pm_type_id type)
{
    present(v)->type = type;
    return pm_verify_push(v, type);
}

// --- rows of values ----------------------------------------------------------

// Types of several values: fields, or a plain list.
struct row {
    const char *what; // "parameter"
    const struct pm_field *fields;
    const pm_type_id *types;
    uint32_t count;
};

static pm_type_id row_type(const struct row *row, uint32_t i)
{
    return row->fields ? row->fields[i].type : row->types[i];
}

static struct row params_of(const struct pm_type *func)
{
    return (struct row){"parameter", func->fields, NULL, func->param_count};
}

static struct row results_of(const struct pm_type *func)
{
    return (struct row){"result", func->fields + func->param_count, NULL,
                        func->field_count - func->param_count};
}

// Checks that the top values are those of [row], without popping them.
static bool match_row(struct pm_verifier *v, const struct row *row)
{
    if (!pm_verify_need(v, row->count))
        return false;
    const pm_type_id *found = v->stack + v->depth - row->count;
    for (uint32_t i = 0; i < row->count; i++) {
        char what[32];
        if (pm_verify_fits(found[i], row_type(row, i)))
            continue;
        snprintf(what, sizeof what, "%s %" PRIu32, row->what, i + 1);
        return refuse(v, what, found[i], row_type(row, i));
    }
    return true;
}

static bool pop_row(struct pm_verifier *v, const struct row *row)
{
    if (!match_row(v, row))
        return false;
    pm_verify_drop(v, row->count);
    return true;
}

static bool push_row(struct pm_verifier *v, const struct row *row)
{
    for (uint32_t i = 0; i < row->count; i++)
        if (!pm_verify_push(v, row_type(row, i)))
            return false;
    return true;
}

// --- moves -------------------------------------------------------------------

static bool copy_from_top(struct pm_verifier *v, uint32_t below)
{
    if (!pm_verify_need(v, below + 1))
        return false;
    return push_as(v, v->stack[v->depth - 1 - below]);
}

static bool dup2(struct pm_verifier *v)
{
    if (!pm_verify_need(v, 2))
        return false;
    return pm_verify_push(v, v->stack[v->depth - 2]) &&
           pm_verify_push(v, v->stack[v->depth - 2]);
}

// The value [below] the top moves to the top.
static bool lift(struct pm_verifier *v, uint32_t below)
{
    if (!pm_verify_need(v, below + 1))
        return false;
    uint32_t at = v->depth - 1 - below;
    pm_type_id moved = v->stack[at];
    for (; at + 1 < v->depth; at++)
        v->stack[at] = v->stack[at + 1];
    v->stack[at] = moved;
    return true;
}

static bool pop_n(struct pm_verifier *v)
{
    uint32_t count = (uint32_t)present(v)->operand[0];

    if (!pm_verify_need(v, count))
        return false;
    pm_verify_drop(v, count);
    return true;
}

static bool push_null(struct pm_verifier *v)
{
    pm_type_id type = (pm_type_id)present(v)->operand[0];

    if (!pm_type_is_ref(type))
        return refuse_words(v, type, "a reference type to be null of");
    return push_as(v, type);
}

// --- locals, globals, captures -----------------------------------------------

static struct pm_text local_name(const struct pm_verifier *v, uint32_t local)
{
    const struct pm_module *m = v->module;
    uint32_t low = 0;
    uint32_t high = m->local_name_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct pm_local_name *name = &m->local_names[middle];
        if (name->function == v->index && name->local == local)
            return name->name;
        if (name->function < v->index ||
            (name->function == v->index && name->local < local))
            low = middle + 1;
        else
            high = middle;
    }
    return (struct pm_text){NULL, 0};
}

void pm_verify_put_local(struct pm_verifier *v, uint32_t local)
{
    struct pm_text name = local_name(v, local);

    pm_buf_printf(&v->text, "local %" PRIu32, local);
    if (name.size) {
        pm_buf_puts(&v->text, " ");
        pm_link_put_name(&v->text, name);
    }
}

static bool get_local(struct pm_verifier *v)
{
    uint32_t local = (uint32_t)present(v)->operand[0];

    if (v->assigned[local / 32] >> local % 32 & 1)
        return push_as(v, v->locals[local]);
    pm_verify_begin(v);
    pm_verify_put_local(v, local);
    pm_buf_puts(&v->text, " may not have been assigned on every way here");
    return pm_verify_send(v, "LINK-LOCAL");
}

static bool set_local(struct pm_verifier *v)
{
    uint32_t local = (uint32_t)present(v)->operand[0];

    if (local == 0 && v->function->flags & PM_FUNCTION_CLOSURE)
        return pm_verify_say(v, "LINK-LOCAL",
                             "found local 0 of a closure's body, wanted "
                             "another: it is the closure itself and stays so");
    if (!pop_into(v, "local", v->locals[local]))
        return false;
    v->assigned[local / 32] |= 1u << local % 32;
    return true;
}

static bool tee_local(struct pm_verifier *v)
{
    return set_local(v) && pm_verify_push(v, present(v)->type);
}

// --- conversions -------------------------------------------------------------

#define BIT(name) (1u << PM_TYPE_##name)

// Pops a value of one of the basic types in [from] and pushes a [to].
static bool convert(struct pm_verifier *v, uint32_t from, const char *words,
                    pm_type_id to)
{
    pm_type_id found;

    if (!pop(v, &found))
        return false;
    if (found >= 32 || !(from >> found & 1))
        return refuse_words(v, found, words);
    present(v)->type = found;
    return pm_verify_push(v, to);
}

// Between the bits of a float and the integer of its width.
static bool convert_bits(struct pm_verifier *v)
{
    pm_type_id found = v->depth ? top(v) : PM_TYPE_NONE;

    if (present(v)->opcode == PM_OP_TO_BITS)
        return convert(v, BIT(F32) | BIT(F64), "f32 or f64",
                       found == PM_TYPE_F32 ? PM_TYPE_I32 : PM_TYPE_I64);
    return convert(v, BIT(I32) | BIT(I64), "i32 or i64",
                   found == PM_TYPE_I32 ? PM_TYPE_F32 : PM_TYPE_F64);
}

// CAST and IS_TYPE.
static bool narrow(struct pm_verifier *v)
{
    pm_type_id type = (pm_type_id)present(v)->operand[0];
    pm_type_id found;

    if (!pm_type_is_ref(type) || type == PM_TYPE_ANY)
        return refuse_words(v, type,
                            "string, bytes, coroutine or a type of the "
                            "module as the target");
    if (!pop(v, &found))
        return false;
    if (!pm_type_is_ref(found))
        return refuse_words(v, found, "a reference");
    present(v)->type = found;
    return pm_verify_push(v, present(v)->opcode == PM_OP_CAST ? type
                                                              : PM_TYPE_BOOL);
}

// --- calls -------------------------------------------------------------------

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
    struct row params = params_of(func);
    struct row results = results_of(func);

    return pop_row(v, &params) && push_row(v, &results);
}

static bool call(struct pm_verifier *v)
{
    uint32_t callee = (uint32_t)present(v)->operand[0];

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
                         "found %" PRIu64 " %s, wanted %" PRIu32, found, what,
                         wanted);
}

static bool make_closure(struct pm_verifier *v)
{
    uint32_t callee = (uint32_t)present(v)->operand[0];
    const struct pm_function *function = &v->module->functions[callee];
    struct row captures = {"capture", NULL, function->captures,
                           function->capture_count};

    if (!is_closure(v, callee))
        return refuse_callee(v, callee,
                             " is a plain function; wanted a closure's body");
    return check_count(v, "captures", present(v)->operand[1],
                       function->capture_count) &&
           pop_row(v, &captures) && pm_verify_push(v, function->type);
}

// The type of the closure that lies under [count] arguments; NULL (and said)
// when there is none.
static const struct pm_type *closure_under(struct pm_verifier *v)
{
    uint64_t count = present(v)->operand[0];
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
        refuse_words(v, found, "a closure under the arguments");
        return NULL;
    }
    if (!check_count(v, "arguments", count, func->param_count))
        return NULL;
    present(v)->type = found;
    return func;
}

static bool call_closure(struct pm_verifier *v)
{
    const struct pm_type *func = closure_under(v);

    if (!func)
        return false;
    struct row params = params_of(func);
    struct row results = results_of(func);
    if (!pop_row(v, &params))
        return false;
    pm_verify_drop(v, 1);
    return push_row(v, &results);
}

// What is spawned has nobody to give results to.
static bool check_no_results(struct pm_verifier *v, const struct pm_type *func)
{
    uint32_t count = results_of(func).count;

    return count == 0 || pm_verify_say(v, "LINK-CALL",
                                       "found a function with %" PRIu32
                                       " result%s, wanted one without",
                                       count, count == 1 ? "" : "s");
}

static bool spawn(struct pm_verifier *v)
{
    uint32_t callee = (uint32_t)present(v)->operand[0];
    const struct pm_type *func;

    if (is_closure(v, callee))
        return refuse_callee(v, callee,
                             " is a closure's body; wanted a plain function "
                             "(make_closure and spawn_closure run this one)");
    func = func_type(v, v->module->functions[callee].type);
    struct row params = params_of(func);
    return check_count(v, "arguments", present(v)->operand[1],
                       func->param_count) &&
           check_no_results(v, func) && pop_row(v, &params) &&
           pm_verify_push(v, PM_TYPE_COROUTINE);
}

static bool spawn_closure(struct pm_verifier *v)
{
    const struct pm_type *func = closure_under(v);

    if (!func || !check_no_results(v, func))
        return false;
    struct row params = params_of(func);
    if (!pop_row(v, &params))
        return false;
    pm_verify_drop(v, 1);
    return pm_verify_push(v, PM_TYPE_COROUTINE);
}

static bool ret(struct pm_verifier *v)
{
    struct row results = results_of(v->signature);

    if (v->depth != results.count)
        return pm_verify_say(v, "LINK-STACK",
                             "found %" PRIu32
                             " value%s on the stack, wanted exactly the "
                             "function's %" PRIu32 " result%s",
                             v->depth, v->depth == 1 ? "" : "s", results.count,
                             results.count == 1 ? "" : "s");
    return match_row(v, &results);
}

static bool host_call(struct pm_verifier *v)
{
    const struct pm_host_decl *decl =
        &v->module->host_decls[present(v)->operand[0]];

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
        pm_intrinsic_find((uint32_t)present(v)->operand[0]);
    pm_type_id params[PM_ARRAY_LEN(decl->params)];
    pm_type_id results[PM_ARRAY_LEN(decl->results)];
    struct row in = {"parameter", NULL, params, decl->param_count};
    struct row out = {"result", NULL, results, decl->result_count};

    for (uint32_t i = 0; i < in.count; i++)
        params[i] = value_type(&decl->params[i]);
    for (uint32_t i = 0; i < out.count; i++)
        results[i] = value_type(&decl->results[i]);
    return pop_row(v, &in) && push_row(v, &out);
}

// --- arrays and records ------------------------------------------------------

static bool new_array(struct pm_verifier *v)
{
    pm_type_id type = (pm_type_id)present(v)->operand[0];
    const struct pm_type *array =
        pm_link_type_of_kind(v->module, type, PM_TYPE_KIND_ARRAY);

    if (!array)
        return refuse_words(v, type, "an array type to make");
    if (!pm_verify_signature(v, "x:"))
        return false;
    return pm_verify_push(v, type) && (present(v)->type = array->element, true);
}

static bool is_index(pm_type_id type)
{
    return type == PM_TYPE_I32 || type == PM_TYPE_I64;
}

// Operands of arrays' operations: a array, x index, v element; all arrays of
// one type.
static bool match_array(struct pm_verifier *v, const char *operands,
                        uint32_t count)
{
    const struct pm_type *array = NULL;
    pm_type_id array_type = PM_TYPE_NONE;

    if (!pm_verify_need(v, count))
        return false;
    const pm_type_id *found = v->stack + v->depth - count;
    for (uint32_t i = 0; i < count; i++) {
        if (operands[i] == 'x' && !is_index(found[i]))
            return refuse_words(v, found[i],
                                "an i32 or i64 as index or length");
        if (operands[i] == 'v' && !pm_verify_fits(found[i], array->element))
            return refuse(v, "element", found[i], array->element);
        if (operands[i] != 'a')
            continue;
        if (array && found[i] != array_type)
            return refuse(v, "second array", found[i], array_type);
        array_type = found[i];
        array = pm_link_type_of_kind(v->module, array_type, PM_TYPE_KIND_ARRAY);
        if (!array)
            return refuse_words(v, found[i],
                                found[i] == PM_TYPE_ANY
                                    ? "an array; narrow any with cast first"
                                    : "an array");
    }
    present(v)->type = array->element;
    pm_verify_drop(v, count);
    return true;
}

static bool new_record(struct pm_verifier *v, bool with_fields)
{
    pm_type_id type = (pm_type_id)present(v)->operand[0];
    const struct pm_type *record =
        pm_link_type_of_kind(v->module, type, PM_TYPE_KIND_RECORD);

    if (!record)
        return refuse_words(v, type, "a record type to make");
    struct row fields = {"field", record->fields, NULL, record->field_count};
    if (with_fields && !pop_row(v, &fields))
        return false;
    return pm_verify_push(v, type);
}

// The field that GET_FIELD or SET_FIELD names in the record that lies [below]
// the top; NULL (and said) when there is none.
static const struct pm_field *find_field(struct pm_verifier *v, uint32_t below)
{
    uint64_t field = present(v)->operand[0];
    const struct pm_type *record;
    pm_type_id found;

    if (!pm_verify_need(v, below + 1))
        return NULL;
    found = v->stack[v->depth - 1 - below];
    record = pm_link_type_of_kind(v->module, found, PM_TYPE_KIND_RECORD);
    if (!record) {
        refuse_words(v, found,
                     found == PM_TYPE_ANY
                         ? "a record; narrow any with cast first"
                         : "a record");
        return NULL;
    }
    if (field >= record->field_count) {
        pm_verify_say(v, "LINK-INDEX",
                      "found field %" PRIu64 ", but the record has %" PRIu32
                      " fields",
                      field, record->field_count);
        return NULL;
    }
    present(v)->type = found;
    return &record->fields[field];
}

static bool get_field(struct pm_verifier *v)
{
    const struct pm_field *field = find_field(v, 0);

    if (!field)
        return false;
    pm_verify_drop(v, 1);
    return pm_verify_push(v, field->type);
}

static bool set_field(struct pm_verifier *v)
{
    const struct pm_field *field = find_field(v, 1);

    if (!field)
        return false;
    if (!pm_verify_fits(top(v), field->type))
        return refuse(v, "field", top(v), field->type);
    pm_verify_drop(v, 2);
    return true;
}

// --- the table ---------------------------------------------------------------

static bool array_rule(struct pm_verifier *v)
{
    switch (present(v)->opcode) {
    case PM_OP_ARR_NEW:
        return new_array(v);
    case PM_OP_ARR_LEN:
        return match_array(v, "a", 1) && pm_verify_push(v, PM_TYPE_I64);
    case PM_OP_ARR_GET:
        return match_array(v, "ax", 2) && pm_verify_push(v, present(v)->type);
    case PM_OP_ARR_SET:
        return match_array(v, "axv", 3);
    case PM_OP_ARR_FILL:
        return match_array(v, "axxv", 4);
    default:
        return match_array(v, "axaxx", 5);
    }
}

static bool convert_rule(struct pm_verifier *v)
{
    switch (present(v)->opcode) {
    case PM_OP_TO_I32:
        return convert(v,
                       BIT(I64) | BIT(F32) | BIT(F64) | BIT(BOOL) | BIT(BYTE),
                       "i64, f32, f64, bool or byte", PM_TYPE_I32);
    case PM_OP_TO_I64:
        return convert(v,
                       BIT(I32) | BIT(F32) | BIT(F64) | BIT(BOOL) | BIT(BYTE),
                       "i32, f32, f64, bool or byte", PM_TYPE_I64);
    case PM_OP_TO_F32:
        return convert(v, BIT(I32) | BIT(I64) | BIT(F64) | BIT(BYTE),
                       "i32, i64, f64 or byte", PM_TYPE_F32);
    case PM_OP_TO_F64:
        return convert(v, BIT(I32) | BIT(I64) | BIT(F32) | BIT(BYTE),
                       "i32, i64, f32 or byte", PM_TYPE_F64);
    case PM_OP_TO_BYTE:
        return convert(v, BIT(I32) | BIT(I64) | BIT(BOOL), "i32, i64 or bool",
                       PM_TYPE_BYTE);
    default:
        return convert_bits(v);
    }
}

static bool global_rule(struct pm_verifier *v)
{
    struct pm_verified_ins *ins = present(v);

    switch (ins->opcode) {
    case PM_OP_GET_GLOBAL:
        return push_as(v, v->module->globals[ins->operand[0]].type);
    case PM_OP_SET_GLOBAL:
        return pop_into(v, "global", v->module->globals[ins->operand[0]].type);
    case PM_OP_GET_CAPTURE:
        return push_as(v, v->function->captures[ins->operand[0]]);
    default:
        return pop_into(v, "capture", v->function->captures[ins->operand[0]]);
    }
}

bool pm_verify_rule(struct pm_verifier *v)
{
    struct pm_verified_ins *ins = present(v);

    switch (ins->opcode) {
    case PM_OP_PUSH_CONST:
        return push_as(v, v->module->constants[ins->operand[0]].type);
    case PM_OP_PUSH_NULL:
        return push_null(v);
    case PM_OP_DUP:
        return copy_from_top(v, 0);
    case PM_OP_OVER:
        return copy_from_top(v, 1);
    case PM_OP_DUP2:
        return dup2(v);
    case PM_OP_SWAP:
        return lift(v, 1);
    case PM_OP_ROT:
        return lift(v, 2);
    case PM_OP_POP_N:
        return pop_n(v);
    case PM_OP_GET_LOCAL:
        return get_local(v);
    case PM_OP_SET_LOCAL:
        return set_local(v);
    case PM_OP_TEE_LOCAL:
        return tee_local(v);
    case PM_OP_GET_GLOBAL:
    case PM_OP_SET_GLOBAL:
    case PM_OP_GET_CAPTURE:
    case PM_OP_SET_CAPTURE:
        return global_rule(v);
    case PM_OP_TO_I32:
    case PM_OP_TO_I64:
    case PM_OP_TO_F32:
    case PM_OP_TO_F64:
    case PM_OP_TO_BYTE:
    case PM_OP_TO_BITS:
    case PM_OP_FROM_BITS:
        return convert_rule(v);
    case PM_OP_CAST:
    case PM_OP_IS_TYPE:
        return narrow(v);
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
    case PM_OP_INTRINSIC:
        return intrinsic(v);
    case PM_OP_ARR_NEW:
    case PM_OP_ARR_LEN:
    case PM_OP_ARR_GET:
    case PM_OP_ARR_SET:
    case PM_OP_ARR_FILL:
    case PM_OP_ARR_COPY:
        return array_rule(v);
    case PM_OP_REC_NEW:
        return new_record(v, false);
    case PM_OP_REC_MAKE:
        return new_record(v, true);
    case PM_OP_GET_FIELD:
        return get_field(v);
    case PM_OP_SET_FIELD:
        return set_field(v);
    default:
        pm_panic(__FILE__, __LINE__, "every * row has a rule");
    }
}
