// SPDX-License-Identifier: MIT
//
// Branches and loops.
#include "lang/parser_internal.h"

// --- conditions and branches -------------------------------------------------

static struct pm_ast *condition(struct parser *p)
{
    uint32_t first = p->at;

    if (pm_parser_accept(p, PM_TOKEN_KW_LET)) {
        struct pm_ast *name = pm_parse_name(p, "a name");
        struct pm_ast *value = !p->panic && pm_parser_expect(p, PM_TOKEN_ASSIGN)
                                   ? pm_parse_expr(p)
                                   : pm_parser_bad(p, p->at);
        return PARSER_NODE(p, IF_LET, first, first, name, value);
    }
    struct pm_ast *left = pm_parse_expr(p);
    if (p->kind != PM_TOKEN_ASSIGN || p->panic)
        return left;
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_ASSIGN_IN_CONDITION, p->at, p->at,
        "found '=', wanted '==': an assignment is no condition");
    pm_parser_fix(p, diag, p->at, p->at, "==");
    pm_parser_next(p);
    struct pm_ast *right = pm_parse_expr(p);
    return PARSER_NODE(p, BAD, first, first, left, right);
}

// Goes behind "else if" or another language's word for it.
static bool accept_else_if(struct parser *p)
{
    if (p->kind == PM_TOKEN_KW_ELSE && pm_parser_peek(p, 1) == PM_TOKEN_KW_IF) {
        pm_parser_next(p);
        return true;
    }
    if (!pm_parser_is_elif(p) || p->panic)
        return false;
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_WORD, p->at, p->at, "found '%s', wanted 'else if'",
        pm_parser_show(p, p->at));
    pm_parser_fix(p, diag, p->at, p->at, "else if");
    return true;
}

// One "if" with its block, with room for what stands behind its else.
static struct pm_ast *branch(struct parser *p)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    struct pm_ast *test = condition(p);
    struct pm_ast *then = pm_parse_block(p, "an if");
    return PARSER_NODE(p, IF, first, first, test, then, NULL);
}

// Hangs [otherwise] below the last of the branches from [mark] on, and each
// below the one before it.
static struct pm_ast *join_branches(struct parser *p, size_t mark,
                                    struct pm_ast *otherwise)
{
    while (p->kid_count > mark) {
        struct pm_ast *node = p->kids[--p->kid_count];
        if (node->count == 3 && otherwise)
            node = pm_parser_node(
                p, PM_AST_IF, node->first, node->token, 3,
                (struct pm_ast *[]){node->kids[0], node->kids[1], otherwise});
        otherwise = node;
    }
    return otherwise ? otherwise : &p->bad;
}

struct pm_ast *pm_parse_if(struct parser *p)
{
    size_t mark = p->kid_count;
    uint32_t links = 0;
    struct pm_ast *otherwise = NULL;

    do
        pm_parser_push(p, branch(p));
    while (!p->panic && pm_parser_link(p, &links) && accept_else_if(p));
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_KW_ELSE))
        otherwise = pm_parse_block(p, "an else");
    p->has_else_word = false;
    return join_branches(p, mark, otherwise);
}

struct pm_ast *pm_parse_while(struct parser *p)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    struct pm_ast *test = condition(p);
    struct pm_ast *body = pm_parse_block(p, "a while");
    return PARSER_NODE(p, WHILE, first, first, test, body);
}

// --- for ---------------------------------------------------------------------

static struct pm_ast *for_range(struct parser *p, uint32_t first,
                                struct pm_ast *name)
{
    struct pm_ast *until;
    struct pm_ast *step = NULL;

    pm_parser_next(p);
    struct pm_ast *from = pm_parse_expr(p);
    if (!p->panic && p->kind != PM_TOKEN_KW_UNTIL) {
        struct pm_lang_diag *diag = pm_parser_unexpected(
            p, PM_LANG_UNEXPECTED, "'until' and where the loop ends");
        pm_parser_help(p, diag, "write for i from a until b");
    }
    until = pm_parser_accept(p, PM_TOKEN_KW_UNTIL) ? pm_parse_expr(p)
                                                   : pm_parser_bad(p, p->at);
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_KW_STEP))
        step = pm_parse_expr(p);
    struct pm_ast *body = pm_parse_block(p, "a for");
    return PARSER_NODE(p, FOR_RANGE, first, first, name, from, until, step,
                       body);
}

// "for i = 1, 10" of other languages, at the "=".
static struct pm_ast *counted_for(struct parser *p, uint32_t first,
                                  struct pm_ast *name)
{
    struct pm_ast *until = NULL;
    struct pm_ast *step = NULL;
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_FOR, p->at, p->at, "found '=', wanted 'from'");
    pm_parser_help(p, diag,
                   "write for i from 1 until 11 { }; 'until' is not reached");

    pm_parser_next(p);
    struct pm_ast *from = pm_parse_expr(p);
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_COMMA))
        until = pm_parse_expr(p);
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_COMMA))
        step = pm_parse_expr(p);
    struct pm_ast *body = pm_parse_block(p, "a for");
    if (!until)
        until = pm_parser_bad(p, p->at);
    return PARSER_NODE(p, FOR_RANGE, first, first, name, from, until, step,
                       body);
}

static struct pm_ast *for_in(struct parser *p, uint32_t first,
                             struct pm_ast *name)
{
    struct pm_ast *second = NULL;
    struct pm_ast *value;

    if (pm_parser_accept(p, PM_TOKEN_COMMA))
        second = pm_parse_name(p, "a second name");
    if (!p->panic && p->kind != PM_TOKEN_KW_IN) {
        struct pm_lang_diag *diag =
            pm_parser_unexpected(p, PM_LANG_FOREIGN_FOR, "'in' or 'from'");
        pm_parser_help(p, diag,
                       "write for x in list { } or for i from 0 until n { }");
    }
    if (pm_parser_accept(p, PM_TOKEN_KW_IN)) {
        bool is_outer = p->is_range;
        p->is_range = true;
        value = pm_parse_expr(p);
        p->is_range = is_outer;
    } else {
        value = pm_parser_bad(p, p->at);
    }
    if (!p->panic && p->kind == PM_TOKEN_DOT &&
        pm_parser_peek(p, 1) == PM_TOKEN_DOT) {
        struct pm_lang_diag *diag = pm_parser_error(
            p, PM_LANG_FOREIGN_FOR, "found '..', which is no operator");
        pm_parser_help(p, diag, "write for i from a until b");
    }
    struct pm_ast *body = pm_parse_block(p, "a for");
    return PARSER_NODE(p, FOR_IN, first, first, name, second, value, body);
}

// "for (…" of other languages: the head is passed over.
static struct pm_ast *foreign_for(struct parser *p, uint32_t first)
{
    uint32_t close = p->tokens[p->at].match;
    bool is_in = close != PM_TOKEN_NO_MATCH &&
                 p->tokens[close + 1].kind == PM_TOKEN_KW_IN;
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_FOR, p->at, p->at,
        "found '(', wanted a name: the head of a loop has no parentheses");
    if (is_in)
        pm_parser_help(p, diag,
                       "write for a, b in pairs { } for a map or a List of "
                       "pairs, else for pair in pairs { let (a, b) = pair }");
    else
        pm_parser_help(p, diag,
                       "write for i from 0 until n { }, for x in list { } or "
                       "while condition { }");
    pm_parser_skip(p);
    p->panic = true;
    struct pm_ast *body = pm_parse_block(p, "a for");
    return PARSER_NODE(p, BAD, first, first, body);
}

struct pm_ast *pm_parse_for(struct parser *p)
{
    uint32_t first = p->at;

    pm_parser_next(p);
    if (p->kind == PM_TOKEN_LPAREN && !p->panic)
        return foreign_for(p, first);
    if (p->kind == PM_TOKEN_KW_LET)
        pm_parser_next(p);
    struct pm_ast *name = pm_parse_name(p, "a name");
    if (p->kind == PM_TOKEN_KW_FROM && !p->panic)
        return for_range(p, first, name);
    if (p->kind == PM_TOKEN_ASSIGN && !p->panic)
        return counted_for(p, first, name);
    return for_in(p, first, name);
}
