// SPDX-License-Identifier: MIT
//
// switch and handle, their arms and patterns.
#include "lang/parser_internal.h"

// --- patterns ----------------------------------------------------------------

static struct pm_ast *bound_name(struct parser *p)
{
    return pm_parse_name(p, "a name or '_'");
}

static struct pm_ast *literal(struct parser *p, uint32_t first)
{
    struct pm_ast *value = pm_parse_atom(p);
    return PARSER_NODE(p, PATTERN_LITERAL, first, first, value);
}

static struct pm_ast *negative(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *value;

    pm_parser_next(p);
    if (p->kind == PM_TOKEN_INT) {
        value = pm_parse_int(p, true);
    } else if (p->kind == PM_TOKEN_FLOAT) {
        value = pm_parse_atom(p);
    } else {
        pm_parser_unexpected(p, PM_LANG_BAD_PATTERN, "a number");
        value = pm_parser_bad(p, p->at);
    }
    value = PARSER_NODE(p, NEG, first, first, value);
    return PARSER_NODE(p, PATTERN_LITERAL, first, first, value);
}

// "Shape.Circle(r)", "m.Shape.Circle", or just a name.
static struct pm_ast *named(struct parser *p)
{
    uint32_t first = p->at;
    uint32_t parts[3] = {first};
    uint32_t count = 1;
    size_t mark = p->kid_count;
    unsigned flags = 0;

    pm_parser_next(p);
    while (count < 3 && pm_parser_accept(p, PM_TOKEN_DOT)) {
        parts[count++] = p->at;
        pm_parse_name(p, "the name of a case");
    }
    if (count == 1)
        return pm_parser_leaf(p, PM_AST_PATTERN_NAME, first);
    struct pm_ast *qualifier =
        count == 3 ? pm_parser_leaf(p, PM_AST_NAME, first) : NULL;
    struct pm_ast *type =
        PARSER_NODE(p, TYPE_NAME, first, parts[count - 2], qualifier, NULL);
    type->last = parts[count - 2];
    pm_parser_push(p, type);
    if (!p->panic && p->kind == PM_TOKEN_LPAREN) {
        flags = PM_AST_HAS_NAMES;
        pm_parser_items(p, bound_name, 0, "',' or ')'");
    }
    struct pm_ast *node =
        pm_parser_list(p, PM_AST_PATTERN_CASE, first, parts[count - 1], mark);
    node->flags |= (uint16_t)flags;
    return node;
}

static struct pm_ast *pattern(struct parser *p);

// "( name )" or "( pattern )"
static struct pm_ast *inner(struct parser *p, pm_parse_fn *read)
{
    uint32_t open = p->at;
    if (!pm_parser_expect(p, PM_TOKEN_LPAREN))
        return pm_parser_bad(p, open);
    struct pm_ast *node = read(p);
    pm_parser_close(p, open);
    return node;
}

static struct pm_ast *pattern_some(struct parser *p)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    struct pm_ast *name = inner(p, bound_name);
    return PARSER_NODE(p, PATTERN_SOME, first, first, name);
}

static struct pm_ast *pattern_ok(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *name = NULL;
    pm_parser_next(p);
    if (p->kind == PM_TOKEN_LPAREN)
        name = inner(p, bound_name);
    return PARSER_NODE(p, PATTERN_OK, first, first, name);
}

static struct pm_ast *pattern_err(struct parser *p)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    struct pm_ast *of = inner(p, pattern);
    return PARSER_NODE(p, PATTERN_ERR, first, first, of);
}

static struct pm_ast *any(struct parser *p)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    return pm_parser_leaf(p, PM_AST_PATTERN_ANY, first);
}

static struct pm_ast *no_pattern(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_lang_diag *diag =
        pm_parser_unexpected(p, PM_LANG_BAD_PATTERN, "a pattern");
    if (p->kind == PM_TOKEN_STRING_BEGIN)
        pm_parser_help(p, diag, "a string as a pattern has no values in it");
    return pm_parser_bad(p, first);
}

static struct pm_ast *one_pattern(struct parser *p)
{
    uint32_t first = p->at;
    switch (p->kind) {
    case PM_TOKEN_NAME:
        return pm_parser_is_word(p, "_") ? any(p) : named(p);
    case PM_TOKEN_KW_DEFAULT:
        return any(p);
    case PM_TOKEN_INT:
    case PM_TOKEN_FLOAT:
    case PM_TOKEN_CHAR:
    case PM_TOKEN_STRING:
    case PM_TOKEN_KW_TRUE:
    case PM_TOKEN_KW_FALSE:
        return literal(p, first);
    case PM_TOKEN_MINUS:
        return negative(p);
    case PM_TOKEN_KW_SOME:
        return pattern_some(p);
    case PM_TOKEN_KW_NONE:
        pm_parser_next(p);
        return pm_parser_leaf(p, PM_AST_PATTERN_NONE, first);
    case PM_TOKEN_KW_OK:
        return pattern_ok(p);
    case PM_TOKEN_KW_ERR:
        return pattern_err(p);
    default:
        return no_pattern(p);
    }
}

static struct pm_ast *pattern(struct parser *p)
{
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    struct pm_ast *node = one_pattern(p);
    pm_parser_leave(p);
    return node;
}

// "case A:" of other languages
static bool begins_case(const struct parser *p)
{
    return pm_parser_is_word(p, "case") &&
           pm_parser_peek(p, 1) != PM_TOKEN_ARROW &&
           pm_parser_peek(p, 1) != PM_TOKEN_COMMA &&
           pm_parser_peek(p, 1) != PM_TOKEN_DOT;
}

static struct pm_ast *patterns(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    if (begins_case(p)) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_FOREIGN_WORD, p->at, p->at,
                               "found 'case', wanted a pattern");
        pm_parser_help(p, diag, "an arm is written pattern -> what to do");
        pm_parser_next(p);
        first = p->at;
    }
    do
        pm_parser_push(p, pattern(p));
    while (!p->panic && pm_parser_accept(p, PM_TOKEN_COMMA));
    return pm_parser_list(p, PM_AST_PATTERNS, first, first, mark);
}

// --- arms --------------------------------------------------------------------

static void arm_arrow(struct parser *p)
{
    if (p->panic || pm_parser_accept(p, PM_TOKEN_ARROW))
        return;
    if (p->kind == PM_TOKEN_FAT_ARROW || p->kind == PM_TOKEN_COLON) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_WRONG_ARROW, p->at, p->at,
                               "found '%s', wanted '->' behind the pattern",
                               pm_token_kind_text((pm_token_kind)p->kind));
        pm_parser_fix(p, diag, p->at, p->at, "->");
        pm_parser_next(p);
        return;
    }
    pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "',' or '->'");
}

static struct pm_ast *arm_body(struct parser *p)
{
    if (p->panic)
        return pm_parser_bad(p, p->at);
    if (p->kind == PM_TOKEN_LBRACE)
        return pm_parse_block(p, "an arm");
    if (pm_parser_begins_jump(p))
        return pm_parse_jump(p);
    if (p->kind == PM_TOKEN_KW_YIELD || p->kind == PM_TOKEN_KW_SLEEP ||
        p->kind == PM_TOKEN_KW_LET || p->kind == PM_TOKEN_KW_WHILE ||
        p->kind == PM_TOKEN_KW_FOR) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_NEEDS_BLOCK, p->at, p->at,
            "found '%s', wanted '{' before a statement of this kind",
            pm_token_kind_text((pm_token_kind)p->kind));
        pm_parser_help(p, diag, "put it into braces");
        return pm_parse_statement(p);
    }
    return pm_parse_assign(p);
}

// Behind "case A:": statements up to the next one, with or without a "break".
static struct pm_ast *case_body(struct parser *p, uint32_t open)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    while (!pm_parser_at_close(p, open) && !begins_case(p) &&
           p->kind != PM_TOKEN_KW_DEFAULT) {
        uint32_t start = p->at;
        if (pm_parser_accept(p, PM_TOKEN_KW_BREAK)) {
            pm_parser_accept(p, PM_TOKEN_SEMICOLON);
            continue;
        }
        pm_parser_read_statement(p, open);
        if (p->at == start)
            break;
    }
    return pm_parser_list(p, PM_AST_BLOCK, first, first, mark);
}

static struct pm_ast *arm(struct parser *p, uint32_t open)
{
    uint32_t first = p->at;
    bool is_case = begins_case(p);
    bool is_default = p->kind == PM_TOKEN_KW_DEFAULT;
    struct pm_ast *list = patterns(p);
    struct pm_ast *body;

    is_case = is_case && p->kind == PM_TOKEN_COLON && !p->panic;
    is_default = is_default && p->kind == PM_TOKEN_COLON && !p->panic &&
                 p->tokens[p->at + 1].flags & PM_TOKEN_NEW_LINE;
    if (is_case)
        pm_parser_next(p);
    else
        arm_arrow(p);
    if (is_case || is_default)
        body = case_body(p, open);
    else
        body = arm_body(p);
    return PARSER_NODE(p, ARM, first, first, list, body);
}

static void read_arm(struct parser *p, uint32_t open)
{
    uint32_t start = p->at;

    if (p->kind == PM_TOKEN_SEMICOLON) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_UNEXPECTED, p->at, p->at,
                               "found ';' between arms, wanted ','");
        pm_parser_fix(p, diag, p->at, p->at, ",");
        pm_parser_next(p);
        return;
    }
    pm_parser_push(p, arm(p, open));
    if (p->panic) {
        // To a comma, or the next line.
        while (p->kind != PM_TOKEN_COMMA && !pm_parser_at_close(p, open) &&
               !(pm_parser_is_fresh(p) && p->at > start) && pm_parser_skip(p))
            ;
        p->panic = false;
    }
    pm_parser_accept(p, PM_TOKEN_COMMA);
    if (p->at == start && !pm_parser_skip(p))
        pm_parser_next(p);
}

static void arms(struct parser *p)
{
    if (p->panic && !pm_parser_skip_to_block(p))
        return;
    if (p->kind != PM_TOKEN_LBRACE) {
        pm_parser_unexpected(p, PM_LANG_NEEDS_BLOCK, "'{' with the arms");
        if (!pm_parser_skip_to_block(p))
            return;
    }
    uint32_t open = p->at;
    pm_parser_next(p);
    while (!pm_parser_at_close(p, open))
        read_arm(p, open);
    pm_parser_close(p, open);
}

struct pm_ast *pm_parse_switch(struct parser *p)
{
    uint32_t first = p->at;
    bool is_switch = p->kind == PM_TOKEN_KW_SWITCH;
    size_t mark = p->kid_count;

    pm_parser_next(p);
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    pm_parser_push(p, pm_parse_expr(p));
    arms(p);
    pm_parser_leave(p);
    return pm_parser_list(p, is_switch ? PM_AST_SWITCH : PM_AST_HANDLE, first,
                          first, mark);
}
