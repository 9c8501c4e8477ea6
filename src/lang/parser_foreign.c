// SPDX-License-Identifier: MIT
//
// Statements and blocks as other languages write them: each is told once and
// then passed over, or read for what it means, so that nothing follows from
// it.
#include <string.h>

#include "lang/parser_internal.h"

// --- blocks without braces ---------------------------------------------------

// At the word "end", alone on its line as far as it matters.
static bool is_end_word(const struct parser *p)
{
    return pm_parser_is_word(p, "end") &&
           (p->tokens[p->at + 1].flags & PM_TOKEN_NEW_LINE ||
            p->tokens[p->at + 1].kind == PM_TOKEN_RBRACE ||
            p->tokens[p->at + 1].kind == PM_TOKEN_RPAREN ||
            p->tokens[p->at + 1].kind == PM_TOKEN_END);
}

static bool ends_by_colon(const struct parser *p)
{
    return p->kind == PM_TOKEN_COLON &&
           p->tokens[p->at + 1].flags & PM_TOKEN_NEW_LINE;
}

bool pm_parser_opens_by_word(const struct parser *p)
{
    bool is_word =
        (pm_parser_is_word(p, "then") || pm_parser_is_word(p, "do")) &&
        pm_parser_peek(p, 1) != PM_TOKEN_LBRACE;

    return ends_by_colon(p) || is_word;
}

// Whether an "end" follows on a line of its own before the next declaration.
bool pm_parser_has_end_word(const struct parser *p)
{
    enum { MOST = 1000 };
    struct parser at = *p;

    for (int i = 0; i < MOST && at.kind != PM_TOKEN_END; i++) {
        if (pm_parser_is_fresh(&at) && is_end_word(&at))
            return true;
        if (i > 0 && pm_parser_is_fresh(&at) && at.kind != PM_TOKEN_LBRACKET &&
            pm_parser_begins_declaration(&at) &&
            pm_parser_indent(&at, at.at) == 0)
            return false;
        if (!pm_parser_skip(&at))
            return false;
    }
    return false;
}

// At what closes brackets around, or closes nothing.
static bool is_closed(const struct parser *p, uint32_t first)
{
    const struct pm_token *token = &p->tokens[p->at];

    return p->kind == PM_TOKEN_END || p->kind == PM_TOKEN_RBRACE ||
           ((p->kind == PM_TOKEN_RPAREN || p->kind == PM_TOKEN_RBRACKET) &&
            token->match != PM_TOKEN_NO_MATCH && token->match < first);
}

// Statements up to "end", "else" or, [by_indent], a line that is not deeper
// than [base].
static struct pm_ast *statements(struct parser *p, uint32_t first,
                                 bool by_indent, uint32_t base)
{
    size_t mark = p->kid_count;
    bool is_outer = p->in_words;

    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    p->in_words = true;
    while (!is_closed(p, first)) {
        if (by_indent && pm_parser_is_fresh(p) &&
            pm_parser_indent(p, p->at) <= base)
            break;
        if (!by_indent && (is_end_word(p) || p->kind == PM_TOKEN_KW_ELSE ||
                           pm_parser_is_elif(p)))
            break;
        uint32_t start = p->at;
        pm_parser_read_statement(p, first);
        if (p->at == start)
            break;
    }
    p->in_words = is_outer;
    p->has_else_word = !by_indent && p->kind == PM_TOKEN_KW_ELSE;
    if (!by_indent && is_end_word(p))
        pm_parser_next(p);
    pm_parser_leave(p);
    return pm_parser_list(p, PM_AST_BLOCK, first, first, mark);
}

struct pm_ast *pm_parse_word_block(struct parser *p, const char *of)
{
    uint32_t first = p->at;
    uint32_t base = pm_parser_indent(p, first);
    bool by_indent = p->kind == PM_TOKEN_COLON;
    bool is_word = by_indent || pm_parser_opens_by_word(p);

    if (is_word) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_NEEDS_BLOCK, first, first, "found '%s', wanted '{'",
            pm_parser_show(p, first));
        if (diag)
            pm_lang_help(p->report, diag, "the body of %s stands in { and }",
                         of);
        pm_parser_next(p);
    }
    p->has_else_word = false;
    return statements(p, first, by_indent, base);
}

// --- statements --------------------------------------------------------------

enum { BEFORE_BLOCK = 1, BEFORE_NAME = 2, ALONE = 4 };

static const struct foreign_statement {
    const char *word;
    unsigned where;
    const char *help;
} rows[] = {
    {"loop", BEFORE_BLOCK, "write while true { }"},
    {"forever", BEFORE_BLOCK, "write while true { }"},
    {"do", BEFORE_BLOCK, "write while true { … if done { break } }"},
    {"repeat", BEFORE_BLOCK | ALONE,
     "write while true { … if done { break } }"},
    {"unless", BEFORE_NAME, "write if not condition { }"},
    {"try", BEFORE_BLOCK,
     "a failure is a value: handle f() { E.A -> …, _ -> … }"},
    {"pass", ALONE, "a block with nothing in it is { }"},
    {"end", ALONE, "a block ends with }"},
    {"goto", BEFORE_NAME, "there are if, while, for, break and continue"},
    {"global", BEFORE_NAME,
     "a global is used by its name alone; remove the line"},
    {"nonlocal", BEFORE_NAME,
     "what stands around is used by its name alone; remove the line"},
    {"del", BEFORE_NAME, "what nothing refers to goes by itself"},
    {"delete", BEFORE_NAME, "what nothing refers to goes by itself"},
};

static bool stands_so(const struct parser *p, unsigned where)
{
    const struct pm_token *next = &p->tokens[p->at + 1];
    bool is_new_line = next->flags & PM_TOKEN_NEW_LINE;

    if (next->kind == PM_TOKEN_LBRACE && !is_new_line)
        return where & BEFORE_BLOCK;
    // The last of a block may be its value.
    if (is_new_line)
        return where & ALONE && next->kind != PM_TOKEN_RBRACE;
    return next->kind == PM_TOKEN_NAME && where & BEFORE_NAME &&
           pm_parser_peek(p, 2) != PM_TOKEN_ASSIGN &&
           pm_parser_peek(p, 2) != PM_TOKEN_COLON;
}

static const struct foreign_statement *find(const struct parser *p)
{
    const struct pm_token *token = &p->tokens[p->at];
    const char *text = p->out->text + token->offset;

    if (p->kind != PM_TOKEN_NAME && p->kind != PM_TOKEN_KW_GLOBAL)
        return NULL;
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        if (token->size == strlen(rows[i].word) &&
            memcmp(text, rows[i].word, token->size) == 0)
            return stands_so(p, rows[i].where) ? &rows[i] : NULL;
    return NULL;
}

static bool at_until(const struct parser *p)
{
    return p->kind == PM_TOKEN_KW_UNTIL || pm_parser_is_word(p, "until");
}

// "catch (e) { }" behind a "try", "while (c)" behind a "do".
static void skip_tail(struct parser *p)
{
    while (pm_parser_is_word(p, "catch") || pm_parser_is_word(p, "except") ||
           pm_parser_is_word(p, "finally") ||
           (p->kind == PM_TOKEN_KW_WHILE && !pm_parser_is_fresh(p)) ||
           at_until(p)) {
        pm_parser_next(p);
        while (p->kind != PM_TOKEN_LBRACE && p->kind != PM_TOKEN_SEMICOLON &&
               !pm_parser_is_fresh(p) && pm_parser_skip(p))
            ;
        if (p->kind == PM_TOKEN_LBRACE && !pm_parser_is_fresh(p))
            pm_parser_skip(p);
    }
}

struct pm_ast *pm_parse_foreign_statement(struct parser *p)
{
    uint32_t first = p->at;
    const struct foreign_statement *row = find(p);

    if (!row)
        return NULL;
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_FOREIGN_WORD, first, first,
                           "found '%s', which begins no statement", row->word);
    pm_parser_help(p, diag, row->help);
    pm_parser_next(p);
    if (p->kind == PM_TOKEN_LBRACE && !pm_parser_is_fresh(p)) {
        struct pm_ast *body = pm_parse_block(p, "a block");
        skip_tail(p);
        return PARSER_NODE(p, BAD, first, first, body);
    }
    if (strcmp(row->word, "repeat") == 0) {
        // Up to the "until" with its condition.
        while (!at_until(p) && pm_parser_skip(p))
            ;
        skip_tail(p);
    } else if (!pm_parser_is_fresh(p)) {
        p->panic = true;
        p->mistake = first;
    }
    return pm_parser_bad(p, first);
}
