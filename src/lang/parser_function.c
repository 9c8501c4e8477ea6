// SPDX-License-Identifier: MIT
//
// Names, functions and signatures.
#include "lang/parser_internal.h"

// --- names -------------------------------------------------------------------

static bool is_keyword(const struct parser *p)
{
    return p->kind >= PM_TOKEN_KW_IMPORT && p->kind < PM_TOKEN_LPAREN;
}

// Whether what stands behind this token may stand behind a name.
static bool stands_as_name(const struct parser *p)
{
    switch (pm_parser_peek(p, 1)) {
    case PM_TOKEN_ASSIGN:
    case PM_TOKEN_COLON:
    case PM_TOKEN_COMMA:
    case PM_TOKEN_LPAREN:
    case PM_TOKEN_RPAREN:
    case PM_TOKEN_LT:
    case PM_TOKEN_LBRACE:
    case PM_TOKEN_RBRACE:
    case PM_TOKEN_KW_IN:
    case PM_TOKEN_KW_FROM:
        return true;
    default:
        return false;
    }
}

struct pm_ast *pm_parse_name(struct parser *p, const char *wanted)
{
    uint32_t first = p->at;

    if (p->kind == PM_TOKEN_NAME) {
        pm_parser_next(p);
        return pm_parser_leaf(p, PM_AST_NAME, first);
    }
    if (is_keyword(p) && stands_as_name(p)) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_NEEDS_NAME, first, first,
            "found '%s', a word of the language, wanted %s",
            pm_token_kind_text((pm_token_kind)p->kind), wanted);
        pm_parser_help(p, diag, "take another name");
        pm_parser_next(p);
        return pm_parser_leaf(p, PM_AST_NAME, first);
    }
    // Every use of what has no name would be told.
    p->lacks_declarations = true;
    pm_parser_unexpected(p, PM_LANG_NEEDS_NAME, wanted);
    return pm_parser_bad(p, first);
}

// Names that are only written behind a dot may be any word.
static uint32_t member_name(struct parser *p, bool is_member,
                            const char *wanted)
{
    uint32_t name = p->at;
    if (is_member && is_keyword(p))
        pm_parser_next(p);
    else
        pm_parse_name(p, wanted);
    return name;
}

// --- functions and signatures ------------------------------------------------

// The type of a parameter, also where the ':' before it is missing.
static struct pm_ast *param_type(struct parser *p)
{
    if (p->panic)
        return pm_parser_bad(p, p->at);
    if (pm_parser_accept(p, PM_TOKEN_COLON)) {
        struct pm_ast *type = pm_parse_type(p);
        // The value behind a type that is missing is there all the same.
        p->panic = p->panic && p->kind != PM_TOKEN_ASSIGN;
        return type;
    }
    struct pm_lang_diag *diag =
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "':' and a type");
    pm_parser_help(p, diag, "a parameter is written name: type");
    if (p->kind != PM_TOKEN_NAME || pm_parser_is_fresh(p)) {
        p->panic = p->kind != PM_TOKEN_COMMA && p->kind != PM_TOKEN_RPAREN;
        return pm_parser_bad(p, p->at);
    }
    p->panic = false;
    // "x x: int", a name too many.
    if (pm_parser_peek(p, 1) == PM_TOKEN_COLON) {
        pm_parser_next(p);
        pm_parser_next(p);
        return pm_parse_type(p);
    }
    pm_parser_fix_behind(p, diag, p->at - 1, ":");
    return pm_parse_type(p);
}

// A value that stands right behind the type: what a parameter is without an
// argument.
static bool lacks_assign(const struct parser *p)
{
    return !p->panic && p->kind != PM_TOKEN_NAME && !pm_parser_is_fresh(p) &&
           pm_parser_begins_expr(p);
}

static struct pm_ast *param_value(struct parser *p)
{
    if (p->panic)
        return NULL;
    if (lacks_assign(p)) {
        struct pm_lang_diag *diag =
            pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "',' or ')'");
        pm_parser_help(p, diag,
                       "what it is without an argument stands behind '=': "
                       "name: type = value");
        pm_parser_fix_behind(p, diag, p->at - 1, " =");
        p->panic = false;
        return pm_parse_expr(p);
    }
    return pm_parser_accept(p, PM_TOKEN_ASSIGN) ? pm_parse_expr(p) : NULL;
}

static struct pm_ast *param(struct parser *p)
{
    uint32_t first = p->at;

    pm_parse_name(p, "the name of a parameter");
    struct pm_ast *type = param_type(p);
    struct pm_ast *value = param_value(p);
    return PARSER_NODE(p, PARAM, first, first, type, value);
}

static void no_params(struct parser *p)
{
    p->lacks_declarations = true;
    pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "'(' with the parameters");
}

struct pm_ast *pm_parse_params(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    if (p->kind == PM_TOKEN_LPAREN)
        pm_parser_items(p, param,
                        LIST_MAY_TRAIL | LIST_MAY_BE_EMPTY | LIST_DECLARES |
                            LIST_OF_TYPED,
                        "',' or ')'");
    else
        no_params(p);
    // One that closes nothing is told, and hides nothing.
    while (p->kind == PM_TOKEN_RPAREN &&
           p->tokens[p->at].match == PM_TOKEN_NO_MATCH)
        pm_parser_next(p);
    // Where they are not closed, what follows them is known all the same.
    if (p->tokens[first].match == PM_TOKEN_NO_MATCH &&
        p->tokens[first].kind == PM_TOKEN_LPAREN &&
        (p->kind == PM_TOKEN_ARROW || p->kind == PM_TOKEN_LBRACE))
        p->panic = false;
    return pm_parser_list(p, PM_AST_PARAMS, first, first, mark);
}

struct pm_ast *pm_parse_fn_item(struct parser *p, uint32_t first,
                                struct pm_ast *attribute, unsigned flags,
                                bool is_member)
{
    pm_parser_next(p);
    uint32_t name = member_name(p, is_member, "the name of the function");
    struct pm_ast *type_params = pm_parse_type_params(p);
    struct pm_ast *params = pm_parse_params(p);
    struct pm_ast *result = pm_parse_result(p);
    struct pm_ast *body = pm_parse_block(p, "a function");
    struct pm_ast *fn = PARSER_NODE(p, FN, first, name, attribute, type_params,
                                    params, result, body);
    fn->flags |= (uint16_t)flags;
    return fn;
}

typedef enum { OF_CONTRACT, OF_HOST, OF_OP } signature_place;

// "version" of a host call, the text of an op.
static struct pm_ast *signature_extra(struct parser *p, signature_place place)
{
    if (place == OF_HOST && pm_parser_is_word(p, "version")) {
        pm_parser_next(p);
        if (p->kind == PM_TOKEN_INT)
            return pm_parse_atom(p);
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "a number");
    }
    if (place == OF_OP && pm_parser_expect(p, PM_TOKEN_ASSIGN)) {
        if (p->kind == PM_TOKEN_STRING)
            return pm_parse_atom(p);
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "a string");
    }
    return NULL;
}

static struct pm_ast *signature(struct parser *p, signature_place place)
{
    uint32_t first = p->at;

    if (!pm_parser_expect(p, PM_TOKEN_KW_FN))
        return pm_parser_bad(p, first);
    uint32_t name = member_name(p, true, "the name of a function");
    struct pm_ast *type_params = pm_parse_type_params(p);
    struct pm_ast *params = pm_parse_params(p);
    struct pm_ast *result = pm_parse_result(p);
    struct pm_ast *extra = p->panic ? NULL : signature_extra(p, place);
    if (p->kind == PM_TOKEN_LBRACE && !p->panic) {
        struct pm_lang_diag *diag = pm_parser_error(
            p, PM_LANG_UNEXPECTED, "found a body, where none can stand");
        pm_parser_help(p, diag, "only the function's head stands here");
        pm_parser_skip(p);
        p->panic = false;
    }
    return PARSER_NODE(p, SIGNATURE, first, name, type_params, params, result,
                       extra);
}

struct pm_ast *pm_parse_contract_signature(struct parser *p)
{
    return signature(p, OF_CONTRACT);
}

struct pm_ast *pm_parse_host_signature(struct parser *p)
{
    return signature(p, OF_HOST);
}

struct pm_ast *pm_parse_op_signature(struct parser *p)
{
    return signature(p, OF_OP);
}
