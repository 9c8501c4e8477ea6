// SPDX-License-Identifier: MIT
//
// Blocks, also those whose braces are missing.
#include "lang/parser_internal.h"

static bool is_lone_closing(const struct parser *p)
{
    return (p->kind == PM_TOKEN_RBRACE || p->kind == PM_TOKEN_RPAREN ||
            p->kind == PM_TOKEN_RBRACKET) &&
           p->tokens[p->at].match == PM_TOKEN_NO_MATCH;
}

// A block's closing brace ends its statement as well as a line does.
static bool is_behind_block(const struct parser *p)
{
    return p->at > 0 && p->tokens[p->at - 1].kind == PM_TOKEN_RBRACE;
}

// Where the token before this one is a word of another language, what is
// behind it is of no use.
static void help_with_word(struct parser *p, struct pm_lang_diag *diag)
{
    const struct pm_token *token = &p->tokens[p->at - 1];
    const char *meant =
        pm_lang_foreign_word(p->out->text + token->offset, token->size);
    if (!meant)
        return;
    pm_lang_help(p->report, diag, "'%s' is written here '%s'",
                 pm_parser_show(p, p->at - 1), meant);
    p->panic = true;
}

static bool is_at_end(const struct parser *p, uint32_t open)
{
    return pm_parser_is_fresh(p) || is_behind_block(p) || is_lone_closing(p) ||
           (p->in_words && pm_parser_is_word(p, "end")) ||
           p->kind == PM_TOKEN_SEMICOLON || pm_parser_at_close(p, open);
}

static void report_no_end(struct parser *p)
{
    struct pm_lang_diag *diag = pm_parser_unexpected(
        p, PM_LANG_ONE_LINE, "the end of the statement: a new line or ';'");

    if (pm_parser_begins_expr(p))
        p->panic = false;
    if (p->kind == PM_TOKEN_ASSIGN)
        pm_parser_help(p, diag, "an assignment has no value");
    if (p->kind == PM_TOKEN_KW_IF) {
        p->panic = true;
        pm_parser_help(p, diag,
                       "a value by a condition is written if c { a } else "
                       "{ b }");
    }
    if (p->kind == PM_TOKEN_COMMA)
        pm_parser_help(p, diag,
                       "write each on a line of its own, or let (a, b) = "
                       "(1, 2)");
    help_with_word(p, diag);
}

// Behind a statement: its end, or the mistake that it has none. Where
// something in the statement was told, what is left of it was not understood
// because of that.
static void end_statement(struct parser *p, uint32_t open, bool was_told)
{
    if (!p->panic && !is_at_end(p, open)) {
        if (p->kid_count)
            p->kids[p->kid_count - 1]->flags |= PM_AST_PARTIAL;
        if (was_told)
            p->panic = true;
        else
            report_no_end(p);
    }
    if (p->panic)
        pm_parser_skip_statement(p);
    pm_parser_accept(p, PM_TOKEN_SEMICOLON);
}

void pm_parser_read_statement(struct parser *p, uint32_t open)
{
    uint32_t start = p->at;
    uint32_t errors = p->report->errors;
    if (is_lone_closing(p)) {
        pm_parser_next(p);
        return;
    }
    if (p->kind == PM_TOKEN_SEMICOLON) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_UNEXPECTED, p->at, p->at,
                               "found a ';' that ends no statement");
        pm_parser_fix(p, diag, p->at, p->at, "");
        pm_parser_next(p);
        return;
    }
    pm_parser_push(p, pm_parse_statement(p));
    end_statement(p, open, p->report->errors > errors);
    if (p->at == start && !pm_parser_skip(p))
        pm_parser_next(p);
}

// Whether a closing brace follows at this level that has no opening one.
static bool has_lone_brace(const struct parser *p)
{
    enum { MOST = 1000 };
    uint32_t at = p->at;
    for (int i = 0; i < MOST && at < p->out->token_count; i++, at++) {
        const struct pm_token *token = &p->tokens[at];
        if (token->kind == PM_TOKEN_END)
            return false;
        if (token->match == PM_TOKEN_NO_MATCH) {
            if (token->kind == PM_TOKEN_RBRACE)
                return true;
            continue;
        }
        if (token->match < at)
            return false;
        at = token->match;
    }
    return false;
}

bool pm_parser_begins_statement(const struct parser *p)
{
    switch (p->kind) {
    case PM_TOKEN_KW_LET:
    case PM_TOKEN_KW_CONST:
    case PM_TOKEN_KW_FN:
    case PM_TOKEN_KW_WHILE:
    case PM_TOKEN_KW_FOR:
    case PM_TOKEN_KW_USING:
    case PM_TOKEN_KW_YIELD:
    case PM_TOKEN_KW_SLEEP:
        return true;
    default:
        return pm_parser_begins_expr(p) || pm_parser_begins_jump(p);
    }
}

// A block whose "{" is missing: up to a lone "}", which is not reported when
// that was, or one statement.
static struct pm_ast *open_block(struct parser *p, bool is_reported)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;
    bool has_end = has_lone_brace(p);

    p->panic = false;
    p->excused += has_end && is_reported;
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    while (has_end && p->kind != PM_TOKEN_RBRACE && p->kind != PM_TOKEN_END) {
        uint32_t start = p->at;
        pm_parser_read_statement(p, first);
        if (p->at == start)
            break;
    }
    if (has_end)
        pm_parser_accept(p, PM_TOKEN_RBRACE);
    else if (pm_parser_begins_statement(p))
        pm_parser_push(p, pm_parse_statement(p));
    pm_parser_leave(p);
    return pm_parser_list(p, PM_AST_BLOCK, first, first, mark);
}

static struct pm_ast *missing_block(struct parser *p, const char *of)
{
    uint32_t first = p->at;
    bool is_else = p->has_else_word;
    p->has_else_word = false;
    if (!p->panic && (is_else || pm_parser_opens_by_word(p)))
        return pm_parse_word_block(p, of);
    if (!p->panic) {
        struct pm_lang_diag *diag =
            pm_parser_unexpected(p, PM_LANG_NEEDS_BLOCK, "'{'");
        if (diag)
            pm_lang_help(p->report, diag, "the body of %s stands in braces",
                         of);
        if (p->kind != PM_TOKEN_LBRACE && !pm_parser_is_fresh(p) &&
            pm_parser_begins_jump(p))
            return open_block(p, diag != NULL);
        if (pm_parser_is_fresh(p) && pm_parser_has_end_word(p)) {
            p->panic = false;
            return pm_parse_word_block(p, of);
        }
        uint32_t at = p->at;
        uint8_t kind = p->kind;
        if (pm_parser_skip_to_block(p))
            return pm_parse_block(p, of);
        p->at = at;
        p->kind = kind;
        return open_block(p, diag != NULL);
    }
    if (pm_parser_skip_to_block(p))
        return pm_parse_block(p, of);
    return pm_parser_bad(p, first);
}

struct pm_ast *pm_parse_block(struct parser *p, const char *of)
{
    uint32_t open = p->at;
    size_t mark = p->kid_count;

    if (p->kind != PM_TOKEN_LBRACE || p->panic)
        return missing_block(p, of);
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    bool is_outer = p->in_words;
    p->in_words = false;
    pm_parser_next(p);
    while (!pm_parser_at_close(p, open))
        pm_parser_read_statement(p, open);
    pm_parser_close(p, open);
    p->in_words = is_outer;
    pm_parser_leave(p);
    return pm_parser_list(p, PM_AST_BLOCK, open, open, mark);
}
