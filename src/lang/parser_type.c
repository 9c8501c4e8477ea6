// SPDX-License-Identifier: MIT
#include "lang/parser_internal.h"

bool pm_parser_begins_type(const struct parser *p)
{
    switch (p->kind) {
    case PM_TOKEN_NAME:
    case PM_TOKEN_KW_VOID:
    case PM_TOKEN_KW_SELF_TYPE:
    case PM_TOKEN_KW_FN:
    case PM_TOKEN_KW_OPTIONAL:
    case PM_TOKEN_KW_RESULT:
    case PM_TOKEN_LPAREN:
        return true;
    default:
        return false;
    }
}

// The kinds of tokens that types are made of, but for brackets.
static bool is_type_token(pm_token_kind kind)
{
    switch (kind) {
    case PM_TOKEN_NAME:
    case PM_TOKEN_DOT:
    case PM_TOKEN_COMMA:
    case PM_TOKEN_ARROW:
    case PM_TOKEN_KW_VOID:
    case PM_TOKEN_KW_SELF_TYPE:
    case PM_TOKEN_KW_FN:
    case PM_TOKEN_KW_OPTIONAL:
    case PM_TOKEN_KW_RESULT:
        return true;
    default:
        return false;
    }
}

// Looks from "<" on for its ">" with a "(" behind it: then it is a call with
// type arguments, else a comparison.
bool pm_parser_begins_type_args(const struct parser *p)
{
    int angles = 0;
    int rounds = 0;

    for (uint32_t i = 0; i < PARSER_MOST_TYPE_ARGS; i++) {
        pm_token_kind kind = pm_parser_peek(p, i);
        if (kind == PM_TOKEN_LT) {
            angles++;
        } else if (kind == PM_TOKEN_GT || kind == PM_TOKEN_SHR ||
                   kind == PM_TOKEN_SHR_U) {
            angles -= kind == PM_TOKEN_GT ? 1 : kind == PM_TOKEN_SHR ? 2 : 3;
            if (angles <= 0)
                return angles == 0 && rounds == 0 &&
                       pm_parser_peek(p, i + 1) == PM_TOKEN_LPAREN;
        } else if (kind == PM_TOKEN_LPAREN || kind == PM_TOKEN_LBRACKET) {
            rounds++;
        } else if (kind == PM_TOKEN_RPAREN || kind == PM_TOKEN_RBRACKET) {
            if (--rounds < 0)
                return false;
        } else if (!is_type_token(kind)) {
            return false;
        }
    }
    return false;
}

struct pm_ast *pm_parse_type_args(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    pm_parser_next(p);
    do
        pm_parser_push(p, pm_parse_type(p));
    while (pm_parser_accept(p, PM_TOKEN_COMMA));
    if (!pm_parser_accept_gt(p))
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "',' or '>'");
    return pm_parser_list(p, PM_AST_TYPES, first, first, mark);
}

static struct pm_ast *type_param(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *bound = NULL;

    pm_parse_name(p, "the name of a type parameter");
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_COLON))
        bound = pm_parse_type_atom(p);
    return PARSER_NODE(p, TYPE_PARAM, first, first, bound);
}

struct pm_ast *pm_parse_type_params(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    if (!pm_parser_accept(p, PM_TOKEN_LT))
        return NULL;
    do
        pm_parser_push(p, type_param(p));
    while (pm_parser_accept(p, PM_TOKEN_COMMA));
    if (!pm_parser_accept_gt(p))
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "',' or '>'");
    return pm_parser_list(p, PM_AST_TYPE_PARAMS, first, first, mark);
}

// "-> type", also as other languages write it.
struct pm_ast *pm_parse_result(struct parser *p)
{
    bool is_version =
        pm_parser_is_word(p, "version") && pm_parser_peek(p, 1) == PM_TOKEN_INT;

    if (p->panic)
        return NULL;
    if (pm_parser_accept(p, PM_TOKEN_ARROW))
        return pm_parse_type(p);
    if (pm_parser_opens_by_word(p))
        return NULL;
    if (p->kind == PM_TOKEN_FAT_ARROW || p->kind == PM_TOKEN_COLON) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p,
            p->kind == PM_TOKEN_COLON ? PM_LANG_NEEDS_ARROW
                                      : PM_LANG_WRONG_ARROW,
            p->at, p->at, "found '%s', wanted '->' before the result's type",
            pm_token_kind_text((pm_token_kind)p->kind));
        pm_parser_fix(p, diag, p->at, p->at, "->");
        pm_parser_next(p);
        return pm_parse_type(p);
    }
    // The next signature may stand on this line.
    bool is_fn =
        p->kind == PM_TOKEN_KW_FN && pm_parser_peek(p, 1) != PM_TOKEN_LPAREN;
    if (!pm_parser_begins_type(p) || is_version || is_fn ||
        pm_parser_is_fresh(p))
        return NULL;
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_NEEDS_ARROW, p->at, p->at,
                           "found '%s', wanted '->' before the result's type",
                           pm_parser_show(p, p->at));
    pm_parser_fix_behind(p, diag, p->at - 1, " ->");
    return pm_parse_type(p);
}

static struct pm_ast *type_name(struct parser *p)
{
    uint32_t first = p->at;
    uint32_t name = first;
    struct pm_ast *qualifier = NULL;
    struct pm_ast *args = NULL;

    pm_parser_next(p);
    if (p->kind == PM_TOKEN_DOT && pm_parser_peek(p, 1) == PM_TOKEN_NAME) {
        qualifier = pm_parser_leaf(p, PM_AST_NAME, first);
        name = p->at + 1;
        pm_parser_next(p);
        pm_parser_next(p);
    }
    if (p->kind == PM_TOKEN_LT)
        args = pm_parse_type_args(p);
    return PARSER_NODE(p, TYPE_NAME, first, name, qualifier, args);
}

static struct pm_ast *type_fn(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *result = NULL;

    pm_parser_next(p);
    uint32_t open = p->at;
    size_t mark = p->kid_count;
    if (p->kind == PM_TOKEN_LPAREN)
        pm_parser_items(p, pm_parse_type, LIST_MAY_BE_EMPTY, "',' or ')'");
    else
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED,
                             "'(' with the types of the parameters");
    struct pm_ast *params = pm_parser_list(p, PM_AST_TYPES, open, open, mark);
    if (pm_parser_accept(p, PM_TOKEN_ARROW))
        result = pm_parse_type(p);
    return PARSER_NODE(p, TYPE_FN, first, first, params, result);
}

static struct pm_ast *type_tuple(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    pm_parser_items(p, pm_parse_type, 0, "',' or ')'");
    if (p->kid_count == mark + 1)
        return p->kids[--p->kid_count];
    return pm_parser_list(p, PM_AST_TYPE_TUPLE, first, first, mark);
}

static struct pm_ast *no_type(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_lang_diag *diag =
        pm_parser_unexpected(p, PM_LANG_NEEDS_TYPE, "a type");
    if (p->kind == PM_TOKEN_LBRACKET)
        pm_parser_help(p, diag, "an array's type is written T[], as in int[]");
    return pm_parser_bad(p, first);
}

struct pm_ast *pm_parse_type_atom(struct parser *p)
{
    switch (p->kind) {
    case PM_TOKEN_NAME:
        return type_name(p);
    case PM_TOKEN_KW_VOID:
    case PM_TOKEN_KW_SELF_TYPE: {
        uint32_t first = p->at;
        pm_parser_next(p);
        return PARSER_NODE(p, TYPE_NAME, first, first, NULL, NULL);
    }
    case PM_TOKEN_KW_FN:
        return type_fn(p);
    case PM_TOKEN_LPAREN:
        return type_tuple(p);
    default:
        return no_type(p);
    }
}

static struct pm_ast *type_postfix(struct parser *p)
{
    uint32_t first = p->at;
    uint32_t links = 0;
    struct pm_ast *type = pm_parse_type_atom(p);

    while (p->kind == PM_TOKEN_LBRACKET && !pm_parser_is_fresh(p) &&
           !p->panic && pm_parser_link(p, &links)) {
        uint32_t open = p->at;
        pm_parser_next(p);
        pm_parser_close(p, open);
        type = PARSER_NODE(p, TYPE_ARRAY, first, open, type);
    }
    return type;
}

static struct pm_ast *type_result(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *error;

    pm_parser_next(p);
    if (pm_parser_accept(p, PM_TOKEN_LT)) {
        error = pm_parse_type(p);
        if (!pm_parser_accept_gt(p))
            pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "'>'");
    } else {
        struct pm_lang_diag *diag = pm_parser_unexpected(
            p, PM_LANG_UNEXPECTED, "'<' with the type of the error");
        pm_parser_help(p, diag, "write result<E> T");
        error = pm_parser_bad(p, p->at);
    }
    struct pm_ast *value =
        p->panic ? pm_parser_bad(p, p->at) : pm_parse_type(p);
    return PARSER_NODE(p, TYPE_RESULT, first, first, error, value);
}

struct pm_ast *pm_parse_type(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *type;

    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    if (pm_parser_accept(p, PM_TOKEN_KW_OPTIONAL)) {
        type = pm_parse_type(p);
        type = PARSER_NODE(p, TYPE_OPTIONAL, first, first, type);
    } else if (p->kind == PM_TOKEN_KW_RESULT) {
        type = type_result(p);
    } else {
        type = type_postfix(p);
    }
    pm_parser_leave(p);
    return type;
}
