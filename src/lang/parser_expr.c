// SPDX-License-Identifier: MIT
//
// Expressions: operators by precedence, and what stands behind a value.
#include "lang/parser_internal.h"

enum {
    LEVEL_NONE,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_COMPARE,
    LEVEL_BIT_OR,
    LEVEL_BIT_XOR,
    LEVEL_BIT_AND,
    LEVEL_SHIFT,
    LEVEL_SUM,
    LEVEL_PRODUCT,
};

static const uint8_t levels[PM_TOKEN_KINDS] = {
    [PM_TOKEN_KW_OR] = LEVEL_OR,        [PM_TOKEN_KW_AND] = LEVEL_AND,
    [PM_TOKEN_EQ] = LEVEL_COMPARE,      [PM_TOKEN_NE] = LEVEL_COMPARE,
    [PM_TOKEN_LT] = LEVEL_COMPARE,      [PM_TOKEN_LE] = LEVEL_COMPARE,
    [PM_TOKEN_GT] = LEVEL_COMPARE,      [PM_TOKEN_GE] = LEVEL_COMPARE,
    [PM_TOKEN_PIPE] = LEVEL_BIT_OR,     [PM_TOKEN_CARET] = LEVEL_BIT_XOR,
    [PM_TOKEN_AMP] = LEVEL_BIT_AND,     [PM_TOKEN_SHL] = LEVEL_SHIFT,
    [PM_TOKEN_SHR] = LEVEL_SHIFT,       [PM_TOKEN_SHR_U] = LEVEL_SHIFT,
    [PM_TOKEN_PLUS] = LEVEL_SUM,        [PM_TOKEN_MINUS] = LEVEL_SUM,
    [PM_TOKEN_STAR] = LEVEL_PRODUCT,    [PM_TOKEN_SLASH] = LEVEL_PRODUCT,
    [PM_TOKEN_PERCENT] = LEVEL_PRODUCT,
};

bool pm_parser_begins_expr(const struct parser *p)
{
    switch (p->kind) {
    case PM_TOKEN_NAME:
    case PM_TOKEN_INT:
    case PM_TOKEN_FLOAT:
    case PM_TOKEN_CHAR:
    case PM_TOKEN_STRING:
    case PM_TOKEN_STRING_BEGIN:
    case PM_TOKEN_KW_IF:
    case PM_TOKEN_KW_SWITCH:
    case PM_TOKEN_KW_HANDLE:
    case PM_TOKEN_KW_SPAWN:
    case PM_TOKEN_KW_SOME:
    case PM_TOKEN_KW_NONE:
    case PM_TOKEN_KW_OK:
    case PM_TOKEN_KW_ERR:
    case PM_TOKEN_KW_NEW:
    case PM_TOKEN_KW_THIS:
    case PM_TOKEN_KW_TRUE:
    case PM_TOKEN_KW_FALSE:
    case PM_TOKEN_KW_NOT:
    case PM_TOKEN_LPAREN:
    case PM_TOKEN_LBRACKET:
    case PM_TOKEN_MINUS:
    case PM_TOKEN_TILDE:
    case PM_TOKEN_BANG:
        return true;
    default:
        return false;
    }
}

// --- behind a value ----------------------------------------------------------

static struct pm_ast *arg(struct parser *p)
{
    uint32_t first = p->at;
    pm_token_kind second = pm_parser_peek(p, 1);

    if (p->kind != PM_TOKEN_NAME ||
        (second != PM_TOKEN_COLON && second != PM_TOKEN_ASSIGN))
        return pm_parse_expr(p);
    if (second == PM_TOKEN_ASSIGN) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_UNEXPECTED, first + 1, first + 1,
            "found '=', wanted ':' behind the name of an argument");
        pm_parser_fix(p, diag, first + 1, first + 1, ":");
    }
    pm_parser_next(p);
    pm_parser_next(p);
    struct pm_ast *value = pm_parse_expr(p);
    return PARSER_NODE(p, NAMED, first, first, value);
}

struct pm_ast *pm_parse_args(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;
    pm_parser_items(p, arg, LIST_MAY_TRAIL | LIST_MAY_BE_EMPTY, "',' or ')'");
    return pm_parser_list(p, PM_AST_ARGS, first, first, mark);
}

static struct pm_ast *call(struct parser *p, uint32_t first,
                           struct pm_ast *callee, struct pm_ast *types)
{
    uint32_t token = p->at;
    struct pm_ast *args = pm_parse_args(p);
    return PARSER_NODE(p, CALL, first, token, callee, types, args);
}

static struct pm_ast *index_of(struct parser *p, uint32_t first,
                               struct pm_ast *object)
{
    uint32_t open = p->at;
    pm_parser_next(p);
    struct pm_ast *index = pm_parse_expr(p);
    if (p->kind == PM_TOKEN_COLON && !p->panic) {
        struct pm_lang_diag *diag =
            pm_parser_error(p, PM_LANG_UNEXPECTED, "found ':', wanted ']'");
        pm_parser_help(p, diag, "a part is x.slice(start, end)");
        pm_parser_skip_in_list(p, open);
        p->panic = false;
        while (!pm_parser_at_close(p, open) && pm_parser_skip(p))
            ;
    }
    pm_parser_close(p, open);
    return PARSER_NODE(p, INDEX, first, open, object, index);
}

// Behind a dot any word is a name.
static struct pm_ast *member(struct parser *p, uint32_t first,
                             struct pm_ast *object)
{
    pm_parser_next(p);
    uint32_t name = p->at;
    bool is_word = p->kind == PM_TOKEN_NAME ||
                   (p->kind >= PM_TOKEN_KW_IMPORT && p->kind < PM_TOKEN_LPAREN);
    if (is_word)
        pm_parser_next(p);
    else
        pm_parser_unexpected(p, PM_LANG_NEEDS_NAME, "a name behind the '.'");
    return PARSER_NODE(p, MEMBER, first, name, object);
}

// "p->x" and "p:f()" of other languages; NULL: it is something else.
static struct pm_ast *foreign_member(struct parser *p, uint32_t first,
                                     struct pm_ast *object)
{
    bool is_arrow = p->kind == PM_TOKEN_ARROW;

    if (p->at == 0 || pm_parser_peek(p, 1) != PM_TOKEN_NAME ||
        !pm_parser_adjoins(p, p->at - 1) || !pm_parser_adjoins(p, p->at) ||
        (object->kind != PM_AST_NAME && object->kind != PM_AST_MEMBER &&
         object->kind != PM_AST_INDEX && object->kind != PM_AST_CALL) ||
        (!is_arrow && (pm_parser_peek(p, 2) != PM_TOKEN_LPAREN ||
                       !pm_parser_adjoins(p, p->at + 1))))
        return NULL;
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_FOREIGN_OPERATOR, p->at, p->at,
                           "found '%s', wanted '.'", is_arrow ? "->" : ":");
    pm_parser_fix(p, diag, p->at, p->at, ".");
    return member(p, first, object);
}

static struct pm_ast *refuse_increment(struct parser *p, uint32_t first,
                                       struct pm_ast *value)
{
    return pm_parser_refuse_increment(p)
               ? PARSER_NODE(p, BAD, first, first, value)
               : NULL;
}

// One of what may stand behind a value; NULL: there is none.
static struct pm_ast *suffix(struct parser *p, uint32_t first,
                             struct pm_ast *value)
{
    switch (p->kind) {
    case PM_TOKEN_DOT:
        if (pm_parser_peek(p, 1) == PM_TOKEN_DOT)
            return NULL;
        return member(p, first, value);
    case PM_TOKEN_LPAREN:
        return pm_parser_is_fresh(p) ? NULL : call(p, first, value, NULL);
    case PM_TOKEN_LBRACKET:
        return pm_parser_is_fresh(p) ? NULL : index_of(p, first, value);
    case PM_TOKEN_BANG: {
        uint32_t token = p->at;
        if (pm_parser_is_fresh(p))
            return NULL;
        pm_parser_next(p);
        return PARSER_NODE(p, PROPAGATE, first, token, value);
    }
    case PM_TOKEN_LT: {
        if (!pm_parser_begins_type_args(p))
            return NULL;
        struct pm_ast *types = pm_parse_type_args(p);
        if (p->kind != PM_TOKEN_LPAREN)
            return PARSER_NODE(p, BAD, first, first, value, types);
        return call(p, first, value, types);
    }
    case PM_TOKEN_COLON:
    case PM_TOKEN_ARROW:
        return foreign_member(p, first, value);
    case PM_TOKEN_PLUS:
    case PM_TOKEN_MINUS:
        return refuse_increment(p, first, value);
    default:
        return NULL;
    }
}

struct pm_ast *pm_parse_postfix(struct parser *p)
{
    uint32_t first = p->at;
    uint32_t links = 0;
    struct pm_ast *value = pm_parse_atom(p);
    struct pm_ast *next;

    while (!p->panic && (next = suffix(p, first, value))) {
        value = next;
        if (!pm_parser_link(p, &links))
            break;
    }
    return value;
}

// --- before a value ----------------------------------------------------------

// "+x", "++x": nothing that numbers need.
static struct pm_ast *foreign_plus(struct parser *p)
{
    uint32_t first = p->at;
    bool is_double =
        pm_parser_peek(p, 1) == PM_TOKEN_PLUS && pm_parser_adjoins(p, first);
    struct pm_lang_diag *diag = NULL;
    if (!pm_parser_is_behind_lone(p))
        diag = pm_parser_complain(
            p, PM_LANG_FOREIGN_OPERATOR, first, first + is_double,
            is_double ? "found '++', which is no operator"
                      : "found '+' without a value before it");
    pm_parser_help(p, diag,
                   is_double ? "write x += 1 as a statement" : "remove it");
    pm_parser_next(p);
    if (is_double)
        pm_parser_next(p);
    struct pm_ast *value = pm_parse_unary(p);
    return PARSER_NODE(p, BAD, first, first, value);
}

static struct pm_ast *foreign_not(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_OPERATOR, first, first, "found '!', wanted 'not'");
    pm_parser_fix(p, diag, first, first, "not ");
    pm_parser_next(p);
    struct pm_ast *value = pm_parse_unary(p);
    return PARSER_NODE(p, NOT, first, first, value);
}

static struct pm_ast *unary(struct parser *p)
{
    uint32_t first = p->at;
    bool is_negative = p->kind == PM_TOKEN_MINUS;
    struct pm_ast *value;

    pm_parser_next(p);
    if (is_negative && p->kind == PM_TOKEN_INT)
        p->negated = p->at;
    value = pm_parse_unary(p);
    if (is_negative)
        return PARSER_NODE(p, NEG, first, first, value);
    return PARSER_NODE(p, COMPLEMENT, first, first, value);
}

struct pm_ast *pm_parse_unary(struct parser *p)
{
    struct pm_ast *node;

    if (p->kind != PM_TOKEN_MINUS && p->kind != PM_TOKEN_TILDE &&
        p->kind != PM_TOKEN_BANG && p->kind != PM_TOKEN_PLUS)
        return pm_parse_postfix(p);
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    if (p->kind == PM_TOKEN_BANG)
        node = foreign_not(p);
    else if (p->kind == PM_TOKEN_PLUS)
        node = foreign_plus(p);
    else
        node = unary(p);
    pm_parser_leave(p);
    return node;
}

// --- between values ----------------------------------------------------------

static struct pm_ast *binary(struct parser *p, unsigned least);

static struct pm_ast *not_value(struct parser *p, unsigned least)
{
    uint32_t first = p->at;

    if (least > LEVEL_NOT) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_UNEXPECTED, first, first,
            "found 'not' behind an operator that binds tighter");
        pm_parser_help(p, diag, "put the 'not' with its value in parentheses");
    }
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    pm_parser_next(p);
    struct pm_ast *value = binary(p, LEVEL_NOT);
    pm_parser_leave(p);
    return PARSER_NODE(p, NOT, first, first, value);
}

static bool is_compare(const struct parser *p, const struct pm_ast *node)
{
    return node->kind == PM_AST_BINARY &&
           levels[p->tokens[node->token].kind] == LEVEL_COMPARE;
}

// Whether another comparison of the same level stands before this operator.
static bool refuse_chain(struct parser *p, const struct pm_ast *left)
{
    if (!is_compare(p, left))
        return false;
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_COMPARE_CHAIN, p->at, p->at,
                           "found a second comparison behind a comparison");
    pm_parser_help(p, diag, "write a < b and b < c, or parentheses");
    return true;
}

// Reads the operator here and its right side.
static struct pm_ast *operation(struct parser *p, uint32_t first,
                                struct pm_ast *left, unsigned level,
                                pm_token_kind foreign)
{
    uint32_t token = p->at;
    bool is_bad = level == LEVEL_COMPARE && refuse_chain(p, left);

    if (foreign != PM_TOKEN_END) {
        pm_parser_refuse_operator(p, foreign);
        is_bad = true;
    }
    pm_parser_next(p);
    if (foreign == PM_TOKEN_EQ && p->kind == PM_TOKEN_KW_NOT)
        pm_parser_next(p);
    struct pm_ast *right = binary(p, level + 1);
    if (is_bad)
        return PARSER_NODE(p, BAD, first, token, left, right);
    return PARSER_NODE(p, BINARY, first, token, left, right);
}

// The kinds that begin an operator only elsewhere.
static bool begins_foreign(const struct parser *p)
{
    return p->kind == PM_TOKEN_TILDE || p->kind == PM_TOKEN_DOT ||
           p->kind == PM_TOKEN_KW_IN || p->kind == PM_TOKEN_NAME;
}

static pm_token_kind foreign_of(const struct parser *p)
{
    bool is_word = p->kind == PM_TOKEN_KW_IN || pm_parser_is_word(p, "is");

    if (is_word && !pm_parser_is_fresh(p))
        return PM_TOKEN_EQ;
    return p->kind == PM_TOKEN_NAME ? PM_TOKEN_END
                                    : pm_parser_foreign_operator(p);
}

static struct pm_ast *binary(struct parser *p, unsigned least)
{
    uint32_t first = p->at;
    uint32_t links = 0;
    struct pm_ast *left =
        p->kind == PM_TOKEN_KW_NOT ? not_value(p, least) : pm_parse_unary(p);

    while (!p->panic) {
        pm_token_kind kind = (pm_token_kind)p->kind;
        if (levels[kind] == LEVEL_NONE && !begins_foreign(p))
            break;
        pm_token_kind foreign = foreign_of(p);
        unsigned level = levels[foreign == PM_TOKEN_END ? kind : foreign];
        if (level < least || level == LEVEL_NONE ||
            (kind == PM_TOKEN_MINUS && pm_parser_is_fresh(p)) ||
            !pm_parser_link(p, &links))
            break;
        left = operation(p, first, left, level, foreign);
    }
    return left;
}

static struct pm_ast *fallback(struct parser *p)
{
    if (p->kind == PM_TOKEN_LBRACE)
        return pm_parse_block(p, "an else");
    if (pm_parser_begins_jump(p))
        return pm_parse_jump(p);
    return pm_parse_expr(p);
}

struct pm_ast *pm_parse_expr(struct parser *p)
{
    uint32_t first = p->at;

    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    struct pm_ast *value = binary(p, LEVEL_OR);
    if (p->kind == PM_TOKEN_KW_ELSE && !p->panic &&
        !(p->in_words && pm_parser_is_fresh(p))) {
        uint32_t token = p->at;
        pm_parser_next(p);
        struct pm_ast *other = fallback(p);
        value = PARSER_NODE(p, ELSE, first, token, value, other);
    }
    pm_parser_leave(p);
    return value;
}
