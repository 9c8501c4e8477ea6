// SPDX-License-Identifier: MIT
//
// What the compiler itself knows: conversions, trace, trap, assert, arrays,
// the members of enums, and a few things that only the library may use.

#include "lang/check_internal.h"

typedef enum builtin {
    BUILTIN_INT = 1,
    BUILTIN_FLOAT,
    BUILTIN_BOOL,
    BUILTIN_BYTE,
    BUILTIN_STR,
    BUILTIN_TRACE,
    BUILTIN_TRAP,
    BUILTIN_ASSERT,
    BUILTIN_ARRAY,
    BUILTIN_RAW_ARRAY,
    BUILTIN_RAW_CLEAR,
    BUILTIN_ERROR_OF,
    BUILTIN_KEY_INT,
    BUILTIN_IS_STR,
    BUILTIN_IS_FLOAT,
} builtin;

static const struct {
    const char *name;
    builtin number;
} rows[] = {
    {"int", BUILTIN_INT},
    {"float", BUILTIN_FLOAT},
    {"bool", BUILTIN_BOOL},
    {"byte", BUILTIN_BYTE},
    {"str", BUILTIN_STR},
    {"trace", BUILTIN_TRACE},
    {"trap", BUILTIN_TRAP},
    {"assert", BUILTIN_ASSERT},
    {"array", BUILTIN_ARRAY},
    {"raw_array", BUILTIN_RAW_ARRAY},
    {"raw_clear", BUILTIN_RAW_CLEAR},
    {"error_of", BUILTIN_ERROR_OF},
    {"key_int", BUILTIN_KEY_INT},
    {"is_str", BUILTIN_IS_STR},
    {"is_float", BUILTIN_IS_FLOAT},
};

void pm_chk_builtins_init(struct checker *c)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct chk_decl *decl = pm_chk_alloc(c, sizeof *decl);
        decl->kind = CHK_BUILTIN;
        decl->name = pm_chk_text(rows[i].name);
        decl->number = rows[i].number;
        decl->is_pub = true;
        pm_chk_map_put(c, &c->builtins, decl->name, decl);
    }
}

// --- the prelude's own functions ---------------------------------------------

struct chk_decl *pm_chk_prelude(struct checker *c, const char *name)
{
    return c->prelude ? pm_chk_map_get(&c->prelude->names, pm_chk_text(name))
                      : NULL;
}

struct pm_low *pm_chk_call_prelude(struct checker *c, const struct pm_ast *ast,
                                   const char *name, struct chk_list *arguments,
                                   const struct pm_lt *result)
{
    struct chk_decl *decl = pm_chk_prelude(c, name);

    if (!decl || decl->kind != CHK_FN || decl->type_params) {
        pm_chk_error(c, PM_LANG_UNKNOWN_NAME, ast,
                     "the library's prelude has no function '%s'", name);
        return pm_chk_zero(c, result, pm_chk_span(c, ast));
    }
    struct chk_instance *instance =
        pm_chk_instance(c, decl, NULL, NULL, pm_chk_span(c, ast));
    return pm_chk_low_call(c, instance->low, instance->result,
                           pm_chk_span(c, ast), arguments);
}

// --- conversions -------------------------------------------------------------

static struct pm_low *cannot_convert(struct checker *c,
                                     const struct pm_ast *ast,
                                     const struct pm_lt *from,
                                     const struct pm_lt *to)
{
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_CONVERSION, ast, "%s cannot be made %s",
                     pm_chk_show_type(c, from), pm_chk_show_type(c, to));

    if (from->kind == PM_LT_STR && pm_chk_is_number(to))
        pm_chk_help(c, diag,
                    "text.to_%s() reads a number and gives an optional",
                    pm_chk_show_type(c, to));
    return pm_chk_zero(c, to, pm_chk_span(c, ast));
}

static struct pm_low *to_int(struct checker *c, const struct pm_ast *ast,
                             struct pm_low *value)
{
    switch (value->type->kind) {
    case PM_LT_INT:
    case PM_LT_UNKNOWN:
        return value;
    case PM_LT_FLOAT:
    case PM_LT_BYTE:
    case PM_LT_BOOL:
        return pm_chk_low_op(c, PM_OP_TO_I64, c->t_int, value->span, value,
                             NULL);
    case PM_LT_ENUM:
        if (!value->type->has_payload)
            // The slot is the number already.
            return pm_chk_low_op(c, PM_OP_NOP, c->t_int, value->span, value,
                                 NULL);
        break;
    default:
        break;
    }
    return cannot_convert(c, ast, value->type, c->t_int);
}

static struct pm_low *to_float(struct checker *c, const struct pm_ast *ast,
                               struct pm_low *value)
{
    switch (value->type->kind) {
    case PM_LT_FLOAT:
    case PM_LT_UNKNOWN:
        return value;
    case PM_LT_INT:
    case PM_LT_BYTE:
        return pm_chk_low_op(c, PM_OP_TO_F64, c->t_float, value->span, value,
                             NULL);
    default:
        return cannot_convert(c, ast, value->type, c->t_float);
    }
}

static struct pm_low *to_byte(struct checker *c, const struct pm_ast *ast,
                              struct pm_low *value)
{
    switch (value->type->kind) {
    case PM_LT_BYTE:
    case PM_LT_UNKNOWN:
        return value;
    case PM_LT_FLOAT:
        value =
            pm_chk_low_op(c, PM_OP_TO_I64, c->t_int, value->span, value, NULL);
        break;
    case PM_LT_INT:
    case PM_LT_BOOL:
        break;
    default:
        return cannot_convert(c, ast, value->type, c->t_byte);
    }
    return pm_chk_low_op(c, PM_OP_TO_BYTE, c->t_byte, value->span, value, NULL);
}

static struct pm_low *to_bool(struct checker *c, const struct pm_ast *ast,
                              struct pm_low *value)
{
    switch (value->type->kind) {
    case PM_LT_BOOL:
    case PM_LT_UNKNOWN:
        return value;
    case PM_LT_BYTE:
        value =
            pm_chk_low_op(c, PM_OP_TO_I64, c->t_int, value->span, value, NULL);
        break;
    case PM_LT_INT:
        break;
    default:
        return cannot_convert(c, ast, value->type, c->t_bool);
    }
    return pm_chk_low_op(c, PM_OP_NE, c->t_bool, value->span, value,
                         pm_chk_low_int(c, c->t_int, value->span, 0));
}

static struct pm_low *convert(struct checker *c, const struct pm_ast *ast,
                              const struct pm_ast *arg, builtin number)
{
    struct pm_low *value = pm_chk_expr(
        c, arg,
        number == BUILTIN_FLOAT && pm_chk_adapts(arg) ? c->t_float : NULL);

    if (value->type->kind == PM_LT_NEVER)
        return value;
    switch (number) {
    case BUILTIN_INT:
        return to_int(c, ast, value);
    case BUILTIN_FLOAT:
        return to_float(c, ast, value);
    case BUILTIN_BYTE:
        return to_byte(c, ast, value);
    case BUILTIN_BOOL:
        return to_bool(c, ast, value);
    default:
        return pm_chk_to_str(c, arg, value);
    }
}

// --- trace, trap, assert -----------------------------------------------------

static struct pm_low *trace(struct checker *c, const struct pm_ast *ast,
                            const struct pm_ast *arg)
{
    static const char module[] = "log", name[] = "write";
    struct pm_low_host *host = c->trace;
    struct pm_span span = pm_chk_span(c, ast);
    struct pm_low *text = pm_chk_to_str(c, arg, pm_chk_expr(c, arg, NULL));

    if (!host) {
        const struct pm_lt *parts[3] = {c->t_int, c->t_str, c->t_void};
        host = pm_chk_alloc(c, sizeof *host);
        host->module = pm_chk_text(module);
        host->name = pm_chk_text(name);
        host->version = 1;
        host->span = span;
        host->type = pm_chk_type_fn(c, parts, 3);
        c->trace = host;
    }
    struct pm_low *low =
        pm_chk_low2(c, PM_LOW_HOST, c->t_void, span,
                    pm_chk_low_int(c, c->t_int, span, 0), text);
    low->host = host;
    pm_chk_need_capability(c, host, span);
    return low;
}

static struct pm_low *make_trap(struct checker *c, const struct pm_ast *ast,
                                struct pm_low *message)
{
    return pm_chk_low1(c, PM_LOW_TRAP, c->t_never, pm_chk_span(c, ast),
                       message);
}

static struct pm_low *make_assert(struct checker *c, const struct pm_ast *ast,
                                  const struct pm_ast *args)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct pm_low *condition = pm_chk_condition(c, args->kids[0]);
    struct pm_low *message;

    if (args->count > 1) {
        message = pm_chk_expr_as(c, args->kids[1], c->t_str);
    } else {
        struct pm_span what = pm_chk_span(c, args->kids[0]);
        struct pm_text text = {c->file->parsed->text + what.start,
                               what.end - what.start};
        if (text.size > 100)
            text.size = 100;
        // Never half a character.
        while (text.size && ((uint8_t)text.data[text.size] & 0xC0) == 0x80)
            text.size--;
        message = pm_chk_low_str(
            c, span,
            pm_chk_format(c, "assert failed: %.*s", (int)text.size, text.data));
    }
    return pm_chk_low_if(
        c, c->t_void, span,
        pm_chk_low_op(c, PM_OP_NOT, c->t_bool, span, condition, NULL),
        make_trap(c, ast, message), NULL);
}

// --- arrays ------------------------------------------------------------------

static struct pm_low *filled_array(struct checker *c, const struct pm_ast *ast,
                                   const struct pm_ast *args,
                                   const struct pm_lt *expected)
{
    const struct pm_lt *element =
        expected && expected->kind == PM_LT_ARRAY ? expected->parts[0] : NULL;
    struct pm_low *length = pm_chk_expr_as(c, args->kids[0], c->t_int);
    struct pm_low *value = element && !element->has_unknown
                               ? pm_chk_expr_as(c, args->kids[1], element)
                               : pm_chk_expr(c, args->kids[1], element);

    if (value->type->kind == PM_LT_VOID)
        value = pm_chk_coerce(c, args->kids[1], value, c->t_int);
    return pm_chk_low2(c, PM_LOW_NEW_ARRAY, pm_chk_type_array(c, value->type),
                       pm_chk_span(c, ast), length, value);
}

static struct pm_low *raw_clear(struct checker *c, const struct pm_ast *ast,
                                const struct pm_ast *args)
{
    struct pm_low *array = pm_chk_expr(c, args->kids[0], NULL);
    struct pm_low *index = pm_chk_expr_as(c, args->kids[1], c->t_int);
    struct pm_low *low =
        pm_chk_low(c, PM_LOW_SET_INDEX, c->t_void, pm_chk_span(c, ast), 3);

    if (array->type->kind != PM_LT_ARRAY)
        return pm_chk_unknown(c, ast);
    low->kids[0] = array;
    low->kids[1] = index;
    low->kids[2] = pm_chk_zero(c, array->type->parts[0], pm_chk_span(c, ast));
    return low;
}

// --- what only the library uses ----------------------------------------------

static const struct pm_lt *type_argument(struct checker *c,
                                         const struct pm_ast *ast)
{
    const struct pm_ast *types = ast->kids[1];

    if (types && types->count == 1)
        return pm_chk_resolve(c, types->kids[0], c->body->bindings,
                              c->body->self);
    pm_chk_error(c, PM_LANG_TYPE_ARGUMENTS, ast, "wanted one type argument");
    return c->t_unknown;
}

static struct pm_low *library_call(struct checker *c, const struct pm_ast *ast,
                                   builtin number)
{
    const struct pm_ast *args = ast->kids[2];
    struct pm_span span = pm_chk_span(c, ast);
    struct pm_low *value;
    const struct pm_lt *type;

    switch (number) {
    case BUILTIN_RAW_ARRAY:
        type = type_argument(c, ast);
        return pm_chk_low2(c, PM_LOW_NEW_ARRAY, pm_chk_type_array(c, type),
                           span, pm_chk_expr_as(c, args->kids[0], c->t_int),
                           NULL);
    case BUILTIN_RAW_CLEAR:
        return raw_clear(c, ast, args);
    case BUILTIN_ERROR_OF:
        type = type_argument(c, ast);
        value = pm_chk_expr_as(c, args->kids[0], c->t_int);
        return pm_chk_low_op(c, PM_OP_NOP, type, span, value, NULL);
    case BUILTIN_KEY_INT:
        value = pm_chk_expr(c, args->kids[0], NULL);
        // Only its other way is taken for these.
        if (value->type->kind == PM_LT_STR || value->type->kind == PM_LT_FLOAT)
            return pm_chk_low2(
                c, PM_LOW_BLOCK, c->t_int, span,
                pm_chk_low1(c, PM_LOW_DROP, c->t_void, span, value),
                pm_chk_low_int(c, c->t_int, span, 0));
        return to_int(c, ast, value);
    case BUILTIN_IS_FLOAT:
        type = type_argument(c, ast);
        return pm_chk_low_int(c, c->t_bool, span, type->kind == PM_LT_FLOAT);
    default:
        type = type_argument(c, ast);
        return pm_chk_low_int(c, c->t_bool, span, type->kind == PM_LT_STR);
    }
}

bool pm_chk_count_is(struct checker *c, const struct pm_ast *ast,
                     struct pm_text name, uint32_t least, uint32_t most)
{
    const struct pm_ast *args = ast->kids[2];

    for (uint32_t i = 0; i < args->count; i++)
        if (args->kids[i]->kind == PM_AST_NAMED) {
            pm_chk_error(c, PM_LANG_ARGUMENT_NAME, args->kids[i],
                         "the arguments of '%s' have no names",
                         pm_chk_show(c, name));
            return false;
        }
    if (args->count >= least && args->count <= most)
        return true;
    pm_chk_error(c, PM_LANG_ARGUMENT_COUNT, ast,
                 "found %u argument%s for '%s', wanted %u", args->count,
                 args->count == 1 ? "" : "s", pm_chk_show(c, name),
                 args->count < least ? least : most);
    return false;
}

struct pm_low *pm_chk_builtin_call(struct checker *c, const struct pm_ast *ast,
                                   struct chk_decl *decl,
                                   const struct pm_lt *expected)
{
    builtin number = (builtin)decl->number;
    const struct pm_ast *args = ast->kids[2];
    bool takes_two = number == BUILTIN_ARRAY || number == BUILTIN_RAW_CLEAR;
    bool takes_none = number == BUILTIN_IS_STR || number == BUILTIN_IS_FLOAT;
    uint32_t least = takes_two ? 2 : takes_none ? 0 : 1;

    if (number >= BUILTIN_RAW_ARRAY && !c->file->input->is_library) {
        pm_chk_error(c, PM_LANG_LIBRARY_ONLY, ast,
                     "'%s' is only for the library",
                     pm_chk_show(c, decl->name));
        return pm_chk_unknown(c, ast);
    }
    if (!pm_chk_count_is(c, ast, decl->name, least,
                         number == BUILTIN_ASSERT ? 2 : least))
        return pm_chk_unknown(c, ast);
    switch (number) {
    case BUILTIN_TRACE:
        return trace(c, ast, args->kids[0]);
    case BUILTIN_TRAP:
        return make_trap(c, ast, pm_chk_expr_as(c, args->kids[0], c->t_str));
    case BUILTIN_ASSERT:
        return make_assert(c, ast, args);
    case BUILTIN_ARRAY:
        return filled_array(c, ast, args, expected);
    default:
        return number >= BUILTIN_RAW_ARRAY
                   ? library_call(c, ast, number)
                   : convert(c, ast, args->kids[0], number);
    }
}

// --- members of built-in types -----------------------------------------------

// r.ok(): some of its value, or none.
static struct pm_low *ok_value(struct checker *c, struct pm_low *object,
                               struct pm_span span)
{
    const struct pm_lt *inner = object->type->parts[1];
    const struct pm_lt *optional = pm_chk_type_optional(c, inner);
    struct chk_list list = {0};
    struct pm_low *held = pm_chk_spill(c, &list, object);
    struct pm_low *is_ok =
        pm_chk_low_op(c, PM_OP_EQ, c->t_bool, span,
                      pm_chk_low_part(c, c->t_int, pm_chk_again(c, held), 0),
                      pm_chk_low_int(c, c->t_int, span, 0));
    struct pm_low *value =
        pm_chk_low1(c, PM_LOW_SOME, optional, span,
                    pm_chk_low_part(c, inner, pm_chk_again(c, held), 1));

    pm_chk_push(c, &list,
                pm_chk_low_if(c, optional, span, is_ok, value,
                              pm_chk_zero(c, optional, span)));
    return pm_chk_low_block(c, optional, span, &list);
}

struct pm_low *pm_chk_builtin_method(struct checker *c,
                                     const struct pm_ast *ast,
                                     struct pm_low *object, struct pm_text name)
{
    pm_lt_kind kind = object->type->kind;
    struct pm_span span = pm_chk_span(c, ast);
    struct pm_low *low;

    if (kind == PM_LT_ARRAY && pm_chk_is(name, "len")) {
        low = pm_chk_low1(c, PM_LOW_LENGTH, c->t_int, span, object);
    } else if (kind == PM_LT_OPTIONAL &&
               (pm_chk_is(name, "is_some") || pm_chk_is(name, "is_none"))) {
        low = pm_chk_low_part(c, c->t_bool, object, 0);
        if (pm_chk_is(name, "is_none"))
            low = pm_chk_low_op(c, PM_OP_NOT, c->t_bool, span, low, NULL);
    } else if (kind == PM_LT_RESULT &&
               (pm_chk_is(name, "is_ok") || pm_chk_is(name, "is_err"))) {
        low = pm_chk_low_op(c, pm_chk_is(name, "is_ok") ? PM_OP_EQ : PM_OP_NE,
                            c->t_bool, span,
                            pm_chk_low_part(c, c->t_int, object, 0),
                            pm_chk_low_int(c, c->t_int, span, 0));
    } else if (kind == PM_LT_RESULT && pm_chk_is(name, "ok") &&
               object->type->parts[1]->kind != PM_LT_VOID) {
        low = ok_value(c, object, span);
    } else if (kind == PM_LT_TASK && pm_chk_is(name, "is_done")) {
        low = pm_chk_low_op(
            c, PM_OP_EQ, c->t_bool, span,
            pm_chk_low_op(c, PM_OP_CORO_STATE, c->t_int, span, object, NULL),
            pm_chk_low_int(c, c->t_int, span, 3));
    } else {
        return NULL;
    }
    pm_chk_count_is(c, ast, name, 0, 0);
    return low;
}
