// SPDX-License-Identifier: MIT
//
// Literals, text with values in it, and values as text.

#include "base/buf.h"
#include "lang/check_internal.h"

static struct pm_low *make_float(struct checker *c, struct pm_span span,
                                 double real)
{
    struct pm_low *low = pm_chk_low(c, PM_LOW_FLOAT, c->t_float, span, 0);

    low->real = real;
    return low;
}

static struct pm_low *out_of_range(struct checker *c, const struct pm_ast *ast,
                                   const char *range)
{
    pm_chk_error(c, PM_LANG_LITERAL_RANGE, ast,
                 "the number %s does not fit: wanted %s",
                 pm_chk_show(c, pm_chk_name(c, ast)), range);
    return pm_chk_unknown(c, ast);
}

// An integer literal as what is wanted: an int, a byte or a float.
static struct pm_low *whole_number(struct checker *c, const struct pm_ast *ast,
                                   const struct pm_lt *expected, bool negated)
{
    struct pm_span span = pm_chk_span(c, ast);
    uint64_t number = 0;

    if (ast->kind == PM_AST_CHAR)
        number = pm_token_char(c->file->parsed, ast->token);
    else if (!pm_token_int(c->file->parsed, ast->token, &number))
        return pm_chk_unknown(c, ast); // told when it was read
    if (expected && expected->kind == PM_LT_FLOAT)
        return make_float(c, span, negated ? -(double)number : (double)number);
    if (expected && expected->kind == PM_LT_BYTE) {
        if (number > (negated ? 0 : 255))
            return out_of_range(c, ast, "a byte, 0 to 255");
        return pm_chk_low_int(c, c->t_byte, span, (int64_t)number);
    }
    // Hexadecimal and binary numbers may have all 64 bits.
    struct pm_text text = pm_chk_name(c, ast);
    bool is_bits = text.size > 1 && text.data[0] == '0' &&
                   (text.data[1] == 'x' || text.data[1] == 'b');
    if (number > (uint64_t)INT64_MAX + negated && !is_bits)
        return out_of_range(c, ast, "an int, up to 9223372036854775807");
    return pm_chk_low_int(c, c->t_int, span,
                          (int64_t)(negated ? 0 - number : number));
}

struct pm_low *pm_chk_literal(struct checker *c, const struct pm_ast *ast,
                              const struct pm_lt *expected, bool negated)
{
    struct pm_span span = pm_chk_span(c, ast);
    size_t size = 0;
    const char *text;

    switch (ast->kind) {
    case PM_AST_FLOAT: {
        double real = pm_token_float(c->file->parsed, ast->token);
        return make_float(c, span, negated ? -real : real);
    }
    case PM_AST_STRING:
        text = pm_token_string(c->file->parsed, ast->token, c->arena, &size);
        if (!text)
            pm_chk_no_memory(c);
        return pm_chk_low_str(c, span, (struct pm_text){text, (uint32_t)size});
    case PM_AST_BOOL:
        return pm_chk_low_int(c, c->t_bool, span,
                              c->file->parsed->tokens[ast->token].kind ==
                                  PM_TOKEN_KW_TRUE);
    default:
        return whole_number(c, ast, expected, negated);
    }
}

// --- values as text ----------------------------------------------------------

// The function that gives the name of an enum's case: ifs over its numbers.
static struct pm_low_fn *namer(struct checker *c, const struct pm_lt *type)
{
    struct chk_decl *decl = type->declaration;
    struct pm_span span = pm_token_span(decl->file->parsed, decl->ast->token);
    struct chk_list body = {0};

    if (decl->namer)
        return decl->namer;
    struct pm_low_fn *fn = pm_chk_low_fn(
        c, pm_chk_format(c, "%.*s.str", (int)decl->name.size, decl->name.data),
        span);
    decl->namer = fn;
    pm_chk_low_local(c, fn, type, pm_chk_text("value"));
    fn->param_count = 1;
    fn->result = c->t_str;
    for (uint32_t i = 0; i < type->case_count; i++) {
        struct pm_low *value = pm_chk_low(c, PM_LOW_LOCAL, type, span, 0);
        struct pm_low *test =
            pm_chk_low_op(c, PM_OP_EQ, c->t_bool, span, value,
                          pm_chk_low_int(c, type, span, type->cases[i].number));
        struct pm_low *leave =
            pm_chk_low1(c, PM_LOW_RETURN, c->t_never, span,
                        pm_chk_low_str(c, span, type->cases[i].name));
        pm_chk_push(c, &body,
                    i + 1 < type->case_count
                        ? pm_chk_low_if(c, c->t_void, span, test, leave, NULL)
                        : leave);
    }
    fn->body = pm_chk_low_block(c, c->t_never, span, &body);
    return fn;
}

static struct pm_low *call_namer(struct checker *c, const struct pm_lt *type,
                                 struct pm_low *value)
{
    struct chk_list arguments = {0};

    pm_chk_push(c, &arguments, value);
    return pm_chk_low_call(c, namer(c, type), c->t_str, value->span,
                           &arguments);
}

static struct pm_low *bool_text(struct checker *c, struct pm_low *value)
{
    struct pm_span span = value->span;

    return pm_chk_low_if(c, c->t_str, span, value,
                         pm_chk_low_str(c, span, pm_chk_text("true")),
                         pm_chk_low_str(c, span, pm_chk_text("false")));
}

struct pm_low *pm_chk_to_str(struct checker *c, const struct pm_ast *ast,
                             struct pm_low *value)
{
    struct chk_list arguments = {0};
    struct chk_instance *method;

    switch (value->type->kind) {
    case PM_LT_UNKNOWN:
        return pm_chk_zero(c, c->t_str, value->span);
    case PM_LT_STR:
        return value;
    case PM_LT_INT:
        return pm_chk_low_op(c, PM_OP_STR_FROM_I64, c->t_str, value->span,
                             value, NULL);
    case PM_LT_BYTE:
        value =
            pm_chk_low_op(c, PM_OP_TO_I64, c->t_int, value->span, value, NULL);
        return pm_chk_low_op(c, PM_OP_STR_FROM_I64, c->t_str, value->span,
                             value, NULL);
    case PM_LT_BOOL:
        return bool_text(c, value);
    case PM_LT_FLOAT:
        pm_chk_push(c, &arguments, value);
        return pm_chk_call_prelude(c, ast, "float_to_str", &arguments,
                                   c->t_str);
    case PM_LT_ENUM:
        if (pm_chk_is_plain_enum(value->type))
            return call_namer(c, value->type, value);
        break;
    case PM_LT_STRUCT:
        method = pm_chk_method(c, value->type, "to_str", value->span);
        if (!method || method->param_count != 1 || method->result != c->t_str)
            break;
        pm_chk_push(c, &arguments, value);
        return pm_chk_low_call(c, method->low, c->t_str, value->span,
                               &arguments);
    default:
        break;
    }
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_CONVERSION, ast, "%s cannot be made text",
                     pm_chk_show_type(c, value->type));
    if (value->type->kind == PM_LT_STRUCT)
        pm_chk_help(c, diag, "give it a method: fn to_str() -> str { … }");
    else if (value->type->kind == PM_LT_OPTIONAL)
        pm_chk_help(c, diag, "say what it is when there is none: … else …");
    else if (value->type->kind == PM_LT_RESULT)
        pm_chk_help(c, diag, "get the value with '!' or 'handle'");
    return pm_chk_zero(c, c->t_str, value->span);
}

// --- text with values in it --------------------------------------------------

struct format {
    int64_t flags, width, digits;
};

enum { PLUS = 1, ZERO = 2, HEX = 4, HEX_UPPER = 8, BINARY = 16 };

// ":+08.3x": the lexer has checked its form.
static struct format read_format(struct pm_text text)
{
    struct format format = {0, 0, -1};
    uint32_t at = 1;

    if (at < text.size && text.data[at] == '+') {
        format.flags |= PLUS;
        at++;
    }
    if (at < text.size && text.data[at] == '0') {
        format.flags |= ZERO;
        at++;
    }
    for (; at < text.size && text.data[at] >= '0' && text.data[at] <= '9'; at++)
        if (format.width < 1000)
            format.width = 10 * format.width + text.data[at] - '0';
    if (at < text.size && text.data[at] == '.') {
        format.digits = 0;
        for (at++;
             at < text.size && text.data[at] >= '0' && text.data[at] <= '9';
             at++)
            if (format.digits < 1000)
                format.digits = 10 * format.digits + text.data[at] - '0';
    }
    if (at < text.size)
        format.flags |= text.data[at] == 'x'   ? HEX
                        : text.data[at] == 'X' ? HEX_UPPER
                                               : BINARY;
    return format;
}

static struct pm_low *formatted(struct checker *c, const struct pm_ast *ast)
{
    const struct pm_token *token = &c->file->parsed->tokens[ast->token];
    struct pm_low *value = pm_chk_expr(c, ast->kids[0], NULL);
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list arguments = {0};
    const char *function = "format_str";

    if (value->type->kind == PM_LT_VOID || value->type->kind == PM_LT_NEVER)
        value = pm_chk_coerce(c, ast->kids[0], value, c->t_str);
    if (token->kind != PM_TOKEN_FORMAT)
        return pm_chk_to_str(c, ast->kids[0], value);
    struct format format = read_format(pm_chk_token(c->file, ast->token));
    bool is_float = value->type->kind == PM_LT_FLOAT;
    bool is_int =
        value->type->kind == PM_LT_INT || value->type->kind == PM_LT_BYTE;
    if (value->type->kind == PM_LT_BYTE)
        value = pm_chk_low_op(c, PM_OP_TO_I64, c->t_int, span, value, NULL);
    if ((format.digits >= 0 && !is_float) ||
        ((format.flags & (HEX | HEX_UPPER | BINARY)) && !is_int) ||
        ((format.flags & (PLUS | ZERO)) && !is_int && !is_float))
        if (!pm_chk_is_unknown(value->type))
            pm_chk_help(
                c,
                pm_chk_error_at(c, PM_LANG_FORMAT,
                                pm_token_span(c->file->parsed, ast->token),
                                "the format does not suit %s",
                                pm_chk_show_type(c, value->type)),
                "digits behind a point are for floats, x X b for ints, "
                "+ and 0 for numbers");
    if (is_float)
        function = "format_float";
    else if (is_int)
        function = "format_int";
    else
        value = pm_chk_to_str(c, ast->kids[0], value);
    pm_chk_push(c, &arguments, value);
    pm_chk_push(c, &arguments, pm_chk_low_int(c, c->t_int, span, format.flags));
    pm_chk_push(c, &arguments, pm_chk_low_int(c, c->t_int, span, format.width));
    if (is_float)
        pm_chk_push(c, &arguments,
                    pm_chk_low_int(c, c->t_int, span, format.digits));
    return pm_chk_call_prelude(c, ast, function, &arguments, c->t_str);
}

static struct pm_low *piece(struct checker *c, const struct pm_ast *ast)
{
    size_t size = 0;
    const char *text =
        pm_token_string(c->file->parsed, ast->token, c->arena, &size);

    if (!text)
        pm_chk_no_memory(c);
    if (size == 0)
        return NULL;
    return pm_chk_low_str(c, pm_chk_span(c, ast),
                          (struct pm_text){text, (uint32_t)size});
}

struct pm_low *pm_chk_interpolation(struct checker *c, const struct pm_ast *ast)
{
    struct pm_low *all = NULL;

    if (pm_chk_is_too_long(c, ast, ast->count / 2, "values in a text"))
        return pm_chk_unknown(c, ast);
    for (uint32_t i = 0; i < ast->count; i++) {
        const struct pm_ast *kid = ast->kids[i];
        struct pm_low *part = kid->kind == PM_AST_STRING_PIECE ? piece(c, kid)
                              : kid->kind == PM_AST_FORMATTED
                                  ? formatted(c, kid)
                                  : NULL;
        if (!part)
            continue;
        all = all ? pm_chk_low_op(c, PM_OP_ADD, c->t_str, pm_chk_span(c, ast),
                                  all, part)
                  : part;
    }
    return all ? all : pm_chk_low_str(c, pm_chk_span(c, ast), pm_chk_text(""));
}
