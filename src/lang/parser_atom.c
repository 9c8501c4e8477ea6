// SPDX-License-Identifier: MIT
//
// Values that no operator makes: literals, names, what stands in brackets,
// what a keyword begins, and lambdas.
#include <string.h>

#include "lang/parser_internal.h"

// --- literals ----------------------------------------------------------------

struct pm_ast *pm_parse_int(struct parser *p, bool is_negated)
{
    uint32_t first = p->at;
    uint64_t value;

    // 2^63 itself only fits with a minus before it. Short ones always fit.
    if (p->tokens[first].size > 16 && !is_negated &&
        pm_token_int(p->out, first, &value) && value > INT64_MAX)
        pm_parser_complain(p, PM_LANG_NUMBER_RANGE, first, first,
                           "the number is too large for an int");
    pm_parser_next(p);
    return pm_parser_leaf(p, PM_AST_INT, first);
}

static struct pm_ast *leaf(struct parser *p, pm_ast_kind kind)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    return pm_parser_leaf(p, kind, first);
}

static void skip_to_piece(struct parser *p)
{
    while (p->kind != PM_TOKEN_STRING_MIDDLE &&
           p->kind != PM_TOKEN_STRING_END && pm_parser_skip(p))
        ;
    p->panic = false;
}

static struct pm_ast *formatted(struct parser *p)
{
    uint32_t first = p->at;
    uint32_t token = first;
    struct pm_ast *value = pm_parse_expr(p);

    if (!p->panic && p->kind == PM_TOKEN_FORMAT) {
        token = p->at;
        pm_parser_next(p);
    }
    if (!p->panic && p->kind != PM_TOKEN_STRING_MIDDLE &&
        p->kind != PM_TOKEN_STRING_END)
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "'}' or a format");
    struct pm_ast *node = PARSER_NODE(p, FORMATTED, first, token, value);
    skip_to_piece(p);
    return node;
}

static struct pm_ast *interpolation(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;
    bool is_end = false;

    pm_parser_push(p, leaf(p, PM_AST_STRING_PIECE));
    while (!is_end && p->kind != PM_TOKEN_END) {
        pm_parser_push(p, formatted(p));
        if (p->kind != PM_TOKEN_STRING_MIDDLE && p->kind != PM_TOKEN_STRING_END)
            break;
        is_end = p->kind == PM_TOKEN_STRING_END;
        pm_parser_push(p, leaf(p, PM_AST_STRING_PIECE));
    }
    return pm_parser_list(p, PM_AST_INTERPOLATION, first, first, mark);
}

// --- lambdas -----------------------------------------------------------------

static struct pm_ast *lambda_param(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *type = NULL;

    pm_parse_name(p, "the name of a parameter");
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_COLON))
        type = pm_parse_type(p);
    return PARSER_NODE(p, PARAM, first, first, type, NULL);
}

static struct pm_ast *lambda_params(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    if (p->kind == PM_TOKEN_LPAREN)
        pm_parser_items(p, lambda_param, LIST_MAY_BE_EMPTY, "',' or ')'");
    else
        pm_parser_push(p, lambda_param(p));
    return pm_parser_list(p, PM_AST_PARAMS, first, first, mark);
}

static void refuse_arrow(struct parser *p, uint32_t arrow)
{
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_WRONG_ARROW, arrow, arrow,
                           "found '->', wanted '=>' before a lambda's body");
    pm_parser_fix(p, diag, arrow, arrow, "=>");
}

static struct pm_ast *lambda(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *params = lambda_params(p);
    struct pm_ast *result = NULL;
    uint32_t token = p->at;

    if (!p->panic && pm_parser_accept(p, PM_TOKEN_ARROW)) {
        if (p->kind == PM_TOKEN_LBRACE) {
            refuse_arrow(p, token);
            struct pm_ast *block = pm_parse_block(p, "a lambda");
            return PARSER_NODE(p, LAMBDA, first, token, params, NULL, block);
        }
        result = pm_parse_type(p);
        if (p->kind != PM_TOKEN_FAT_ARROW && !p->panic) {
            refuse_arrow(p, token);
            p->panic = true;
            return PARSER_NODE(p, BAD, first, token, params, result);
        }
        token = p->at;
    }
    if (!pm_parser_expect(p, PM_TOKEN_FAT_ARROW))
        return PARSER_NODE(p, BAD, first, first, params);
    struct pm_ast *body = p->kind == PM_TOKEN_LBRACE
                              ? pm_parse_block(p, "a lambda")
                              : pm_parse_expr(p);
    return PARSER_NODE(p, LAMBDA, first, token, params, result, body);
}

static bool begins_lambda(const struct parser *p)
{
    uint32_t match = p->tokens[p->at].match;
    if (match == PM_TOKEN_NO_MATCH)
        return false;
    pm_token_kind behind = (pm_token_kind)p->tokens[match + 1].kind;
    return behind == PM_TOKEN_FAT_ARROW || behind == PM_TOKEN_ARROW;
}

// --- brackets ----------------------------------------------------------------

// Behind "(int)": whether a value follows.
static bool is_cast(const struct parser *p, const struct pm_ast *type)
{
    static const char *const types[] = {"int",  "float",  "byte",
                                        "bool", "str",    "char",
                                        "long", "double", "unsigned"};
    const struct pm_token *token = &p->tokens[type->token];

    if (type->kind != PM_AST_NAME ||
        p->tokens[p->at].flags & PM_TOKEN_NEW_LINE ||
        (p->kind != PM_TOKEN_NAME && p->kind != PM_TOKEN_INT &&
         p->kind != PM_TOKEN_FLOAT && p->kind != PM_TOKEN_LPAREN))
        return false;
    for (size_t i = 0; i < PM_ARRAY_LEN(types); i++)
        if (strlen(types[i]) == token->size &&
            memcmp(types[i], p->out->text + token->offset, token->size) == 0)
            return true;
    return false;
}

static struct pm_ast *foreign_cast(struct parser *p, uint32_t first,
                                   size_t mark)
{
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_FOREIGN_OPERATOR, first, p->at - 1,
                           "found a type in parentheses before a value");

    pm_parser_help(p, diag, "write int(x), float(x), byte(x) or str(x)");
    p->kid_count = mark;
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    struct pm_ast *value = pm_parse_postfix(p);
    pm_parser_leave(p);
    return PARSER_NODE(p, BAD, first, first, value);
}

static struct pm_ast *parentheses(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    if (begins_lambda(p))
        return lambda(p);
    pm_parser_items(p, pm_parse_expr, 0, "',' or ')'");
    bool is_tuple = p->kid_count > mark + 1;
    if (!is_tuple && p->kid_count > mark && is_cast(p, p->kids[mark]))
        return foreign_cast(p, first, mark);
    return pm_parser_list(p, is_tuple ? PM_AST_TUPLE : PM_AST_PAREN, first,
                          first, mark);
}

static struct pm_ast *array(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;
    pm_parser_items(p, pm_parse_expr, LIST_MAY_TRAIL | LIST_MAY_BE_EMPTY,
                    "',' or ']'");
    return pm_parser_list(p, PM_AST_ARRAY, first, first, mark);
}

// "( value )" behind a keyword.
static struct pm_ast *in_parentheses(struct parser *p)
{
    uint32_t open = p->at;
    if (pm_parser_is_fresh(p) || !pm_parser_expect(p, PM_TOKEN_LPAREN)) {
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "'('");
        return pm_parser_bad(p, open);
    }
    struct pm_ast *value = pm_parse_expr(p);
    pm_parser_close(p, open);
    return value;
}

// --- what a keyword begins ---------------------------------------------------

static struct pm_ast *some(struct parser *p)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    struct pm_ast *value = in_parentheses(p);
    return PARSER_NODE(p, SOME, first, first, value);
}

static struct pm_ast *err(struct parser *p)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    struct pm_ast *value = in_parentheses(p);
    return PARSER_NODE(p, ERR, first, first, value);
}

static struct pm_ast *ok(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *value = NULL;

    pm_parser_next(p);
    uint32_t open = p->at;
    if (p->kind == PM_TOKEN_LPAREN && p->tokens[open].match == open + 1) {
        pm_parser_next(p);
        pm_parser_close(p, open);
    } else {
        value = in_parentheses(p);
    }
    return PARSER_NODE(p, OK, first, first, value);
}

// Whether "(" opens the arguments, and the type in front of it is missing:
// behind a tuple's type the length of an array would stand.
static bool lacks_type(const struct parser *p)
{
    uint32_t match = p->tokens[p->at].match;

    return p->kind == PM_TOKEN_LPAREN && match != PM_TOKEN_NO_MATCH &&
           p->tokens[match + 1].kind != PM_TOKEN_LBRACKET &&
           p->tokens[match + 1].kind != PM_TOKEN_LPAREN;
}

static struct pm_ast *new_nothing(struct parser *p, uint32_t first)
{
    struct pm_lang_diag *diag =
        pm_parser_unexpected(p, PM_LANG_NEEDS_TYPE, "the type of what is made");

    pm_parser_help(p, diag, "write new P(1), or new P(x: 1)");
    pm_parser_skip(p);
    return pm_parser_bad(p, first);
}

static struct pm_ast *new_value(struct parser *p)
{
    uint32_t first = p->at;

    pm_parser_next(p);
    if (lacks_type(p))
        return new_nothing(p, first);
    struct pm_ast *type = pm_parse_type_atom(p);
    uint32_t open = p->at;
    if (!p->panic && !pm_parser_is_fresh(p)) {
        if (p->kind == PM_TOKEN_LPAREN) {
            struct pm_ast *args = pm_parse_args(p);
            return PARSER_NODE(p, NEW, first, first, type, args);
        }
        if (pm_parser_accept(p, PM_TOKEN_LBRACKET)) {
            struct pm_ast *length = pm_parse_expr(p);
            pm_parser_close(p, open);
            return PARSER_NODE(p, NEW_ARRAY, first, first, type, length);
        }
    }
    struct pm_lang_diag *diag = pm_parser_unexpected(
        p, PM_LANG_UNEXPECTED, "'(' with the fields, or '[' with the length");
    if (p->kind == PM_TOKEN_LBRACE)
        pm_parser_help(p, diag, "write new P(1), or new P(x: 1)");
    return PARSER_NODE(p, BAD, first, first, type);
}

static struct pm_ast *spawn(struct parser *p)
{
    uint32_t first = p->at;

    pm_parser_next(p);
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    uint32_t errors = p->report->errors;
    struct pm_ast *call = pm_parse_postfix(p);
    pm_parser_leave(p);
    if (call->kind != PM_AST_CALL && p->report->errors == errors) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_UNEXPECTED, call->first, call->last,
                               "found no call behind 'spawn'");
        pm_parser_help(p, diag, "write spawn f(a)");
        return PARSER_NODE(p, BAD, first, first, call);
    }
    return PARSER_NODE(p, SPAWN, first, first, call);
}

// --- any of them -------------------------------------------------------------

static bool wants_value(pm_token_kind before)
{
    return before == PM_TOKEN_ASSIGN || before == PM_TOKEN_LPAREN ||
           before == PM_TOKEN_COMMA || before == PM_TOKEN_COLON ||
           before == PM_TOKEN_KW_RETURN;
}

static const char *help_for(const struct parser *p)
{
    if (p->at == 0 || p->tokens[p->at].flags & PM_TOKEN_NEW_LINE)
        return NULL;
    switch (p->kind) {
    case PM_TOKEN_DOT:
        return pm_parser_peek(p, 1) == PM_TOKEN_INT
                   ? "a number has a digit before its point: 0.5"
                   : NULL;
    case PM_TOKEN_KW_FN:
        return "a function without a name is written (a: int) => a + 1";
    case PM_TOKEN_KW_LET:
        return "'let' stands in front of a statement, or behind 'if' and "
               "'while'";
    case PM_TOKEN_AMP:
    case PM_TOKEN_STAR:
        return "there are no pointers";
    case PM_TOKEN_LBRACE:
        if (p->tokens[p->at - 1].kind == PM_TOKEN_STRING_BEGIN ||
            p->tokens[p->at - 1].kind == PM_TOKEN_STRING_MIDDLE)
            return "where a brace is text write \\{";
        return wants_value((pm_token_kind)p->tokens[p->at - 1].kind)
                   ? "an array is written [a, b], a struct new S(a, b)"
                   : NULL;
    default:
        return NULL;
    }
}

// "{}" in a string.
static bool is_empty_braces(const struct parser *p)
{
    pm_token_kind before =
        p->at ? (pm_token_kind)p->tokens[p->at - 1].kind : PM_TOKEN_END;

    return (before == PM_TOKEN_STRING_BEGIN ||
            before == PM_TOKEN_STRING_MIDDLE) &&
           (p->kind == PM_TOKEN_STRING_MIDDLE ||
            p->kind == PM_TOKEN_STRING_END) &&
           !(p->tokens[p->at].flags & PM_TOKEN_CUT);
}

static struct pm_ast *no_value(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_lang_diag *diag;

    if (is_empty_braces(p)) {
        diag = pm_parser_complain(p, PM_LANG_NEEDS_VALUE, first, first,
                                  "found braces with nothing in them, wanted "
                                  "a value");
        pm_parser_help(p, diag, "where braces are text write \\{ and \\}");
        return pm_parser_bad(p, first);
    }
    diag = pm_parser_unexpected(p, PM_LANG_NEEDS_VALUE, "a value");
    const char *help = help_for(p);
    if (help)
        pm_parser_help(p, diag, help);
    return pm_parser_bad(p, first);
}

static struct pm_ast *if_value(struct parser *p)
{
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    struct pm_ast *node = pm_parse_if(p);
    pm_parser_leave(p);
    return node;
}

// f"…" and its kin.
static bool is_string_prefix(const struct parser *p)
{
    pm_token_kind next = pm_parser_peek(p, 1);

    if (p->tokens[p->at + 1].flags & PM_TOKEN_CUT)
        return false;
    return (next == PM_TOKEN_STRING || next == PM_TOKEN_STRING_BEGIN) &&
           p->tokens[p->at].size == 1 && pm_parser_adjoins(p, p->at);
}

static struct pm_ast *prefixed_string(struct parser *p)
{
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_WORD, p->at, p->at, "found '%s' before a string",
        pm_parser_show(p, p->at));
    pm_parser_fix(p, diag, p->at, p->at, "");
    pm_parser_help(p, diag,
                   "values stand in the braces of any string: \"{x}\"");
    pm_parser_next(p);
    return pm_parse_atom(p);
}

// "lambda x, y: x + y"
static struct pm_ast *foreign_lambda(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_WORD, first, first, "found 'lambda'");

    pm_parser_help(p, diag,
                   "a function without a name is written x => x + 1, or "
                   "(x, y) => x + y");
    do
        pm_parser_next(p);
    while (p->kind == PM_TOKEN_NAME || p->kind == PM_TOKEN_COMMA);
    if (!pm_parser_accept(p, PM_TOKEN_COLON))
        return pm_parser_bad(p, first);
    struct pm_ast *body = pm_parse_expr(p);
    return PARSER_NODE(p, BAD, first, first, body);
}

static struct pm_ast *name_or_lambda(struct parser *p)
{
    if (is_string_prefix(p))
        return prefixed_string(p);
    if (pm_parser_is_word(p, "lambda") &&
        (pm_parser_peek(p, 1) == PM_TOKEN_NAME ||
         pm_parser_peek(p, 1) == PM_TOKEN_COLON))
        return foreign_lambda(p);
    if (pm_parser_peek(p, 1) == PM_TOKEN_FAT_ARROW)
        return lambda(p);
    return leaf(p, PM_AST_NAME);
}

struct pm_ast *pm_parse_atom(struct parser *p)
{
    switch (p->kind) {
    case PM_TOKEN_NAME:
        return name_or_lambda(p);
    case PM_TOKEN_INT:
        return pm_parse_int(p, p->negated == p->at);
    case PM_TOKEN_FLOAT:
        return leaf(p, PM_AST_FLOAT);
    case PM_TOKEN_CHAR:
        return leaf(p, PM_AST_CHAR);
    case PM_TOKEN_STRING:
        return leaf(p, PM_AST_STRING);
    case PM_TOKEN_STRING_BEGIN:
        return interpolation(p);
    case PM_TOKEN_KW_TRUE:
    case PM_TOKEN_KW_FALSE:
        return leaf(p, PM_AST_BOOL);
    case PM_TOKEN_KW_THIS:
        return leaf(p, PM_AST_THIS);
    case PM_TOKEN_KW_NONE:
        return leaf(p, PM_AST_NONE);
    case PM_TOKEN_LPAREN:
        return parentheses(p);
    case PM_TOKEN_LBRACKET:
        return array(p);
    case PM_TOKEN_KW_NEW:
        return new_value(p);
    case PM_TOKEN_KW_SOME:
        return some(p);
    case PM_TOKEN_KW_OK:
        return ok(p);
    case PM_TOKEN_KW_ERR:
        return err(p);
    case PM_TOKEN_KW_IF:
        return if_value(p);
    case PM_TOKEN_KW_SWITCH:
    case PM_TOKEN_KW_HANDLE:
        return pm_parse_switch(p);
    case PM_TOKEN_KW_SPAWN:
        return spawn(p);
    default:
        return no_value(p);
    }
}
