// SPDX-License-Identifier: MIT
//
// Brackets without a match, and what belongs to the same mistake.
//
// Where an opening bracket is missing, something was not understood there and
// was told; the closing one that is left over much later is the same mistake,
// and so is whatever could not be read between the two:
//
// - ) and ], and braces that are left over in a line, belong to the first
//   mistake in the same lines, as far as commas hold these together;
// - a brace belongs to the last mistake before it that wanted a brace, or that
//   met code outside of all functions.
#include <string.h>

#include "lang/parser_internal.h"

enum {
    // How far back lines are followed.
    MOST_TOKENS = 1000,
    // With more mistakes than these nothing is put together any more, so that
    // a text of nothing but brackets takes no longer than another.
    MOST_MISTAKES = 50,
};

static bool has_many(const struct parser *p)
{
    return p->report->count - p->reported > MOST_MISTAKES;
}

static bool is_opening(pm_token_kind kind)
{
    return kind == PM_TOKEN_LPAREN || kind == PM_TOKEN_LBRACKET ||
           kind == PM_TOKEN_LBRACE;
}

static bool is_closing(pm_token_kind kind)
{
    return kind == PM_TOKEN_RPAREN || kind == PM_TOKEN_RBRACKET ||
           kind == PM_TOKEN_RBRACE;
}

// What was told on the line behind a bracket that is not closed.
static void drop_behind(struct parser *p, uint32_t token)
{
    struct pm_lang_report *report = p->report;
    uint32_t from = p->tokens[token].offset;
    uint32_t line = pm_line_of(p->out, from);

    if (has_many(p))
        return;
    for (uint32_t i = report->count; i-- > p->reported;) {
        uint32_t start = report->items[i].span.start;
        if (start > from && pm_line_of(p->out, start) == line)
            pm_lang_report_remove(report, i);
    }
}

static void report_bracket(struct parser *p, uint32_t token)
{
    const char *text = pm_token_kind_text((pm_token_kind)p->tokens[token].kind);
    struct pm_span span = pm_token_span(p->out, token);
    pm_token_kind kind = (pm_token_kind)p->tokens[token].kind;

    // Bodies do not end where they seem to.
    p->lacks_declarations = p->lacks_declarations || kind == PM_TOKEN_LBRACE ||
                            kind == PM_TOKEN_RBRACE;
    if (is_opening(kind)) {
        drop_behind(p, token);
        pm_lang_error(p->report, PM_LANG_BRACKET_OPEN, span,
                      "this '%s' is not closed", text);
        return;
    }
    struct pm_lang_diag *diag =
        pm_lang_error(p->report, PM_LANG_BRACKET_STRAY, span,
                      "this '%s' closes nothing", text);
    pm_parser_help(p, diag, "remove it, or write what opens it");
}

// --- one mistake -------------------------------------------------------------

// Where the lines begin that hang together with the token's.
static uint32_t lines_start(const struct parser *p, uint32_t token)
{
    for (int i = 0; token > 0 && i < MOST_TOKENS; i++, token--)
        if (p->tokens[token].flags & PM_TOKEN_NEW_LINE &&
            p->tokens[token - 1].kind != PM_TOKEN_COMMA)
            break;
    return p->tokens[token].offset;
}

// The first mistake in [from, to), as an item of the report; its count: none.
static uint32_t first_within(const struct parser *p, uint32_t from, uint32_t to)
{
    const struct pm_lang_report *report = p->report;
    uint32_t found = report->count;

    for (uint32_t i = p->reported; i < report->count; i++) {
        uint32_t start = report->items[i].span.start;
        if (start >= from && start < to &&
            (found == report->count || start < report->items[found].span.start))
            found = i;
    }
    return found;
}

static bool wants_brace(const struct pm_lang_diag *diag)
{
    return strstr(diag->text, "wanted '{'") != NULL;
}

// A declaration was wanted where code stood, that braces had let out.
static bool wants_declaration(const struct pm_lang_diag *diag)
{
    return diag->code == PM_LANG_NOT_A_DECLARATION ||
           strstr(diag->text, "wanted 'fn'");
}

// The last such mistake before [to]; the report's count: none.
static uint32_t last_before(const struct parser *p, uint32_t to,
                            bool (*is_it)(const struct pm_lang_diag *diag))
{
    const struct pm_lang_report *report = p->report;
    uint32_t found = report->count;

    for (uint32_t i = p->reported; i < report->count; i++) {
        const struct pm_lang_diag *diag = &report->items[i];
        if (diag->span.start < to && is_it(diag) &&
            (found == report->count ||
             diag->span.start > report->items[found].span.start))
            found = i;
    }
    return found;
}

// What was told behind mistake [cause] and before [to] is the same mistake.
static void drop_between(struct parser *p, uint32_t cause, uint32_t to)
{
    struct pm_lang_report *report = p->report;
    struct pm_span span = report->items[cause].span;

    for (uint32_t i = report->count; i-- > p->reported;) {
        uint32_t start = report->items[i].span.start;
        if (i != cause && start >= span.start && start < to) {
            pm_lang_report_remove(report, i);
            cause -= i < cause;
        }
    }
    report->items[cause].unread_end = to;
    p->same_from = span.start;
    p->same_to = to;
}

// Whether the closing bracket is left over because of a mistake before it.
static bool belongs_to_mistake(struct parser *p, uint32_t token)
{
    uint32_t to = p->tokens[token].offset;

    if (p->same_from <= to && to < p->same_to)
        return true;
    if (has_many(p))
        return false;
    uint32_t cause = first_within(p, lines_start(p, token), to);

    if (p->tokens[token].kind == PM_TOKEN_RBRACE) {
        uint32_t none = p->report->count;
        if (cause == none)
            cause = last_before(p, to, wants_brace);
        if (cause == none)
            cause = last_before(p, to, wants_declaration);
    }
    if (cause == p->report->count)
        return false;
    drop_between(p, cause, to);
    return true;
}

// --- all of them -------------------------------------------------------------

static void close_without_open(struct parser *p, uint32_t token)
{
    bool is_brace = p->tokens[token].kind == PM_TOKEN_RBRACE;

    if (is_brace && p->excused) {
        p->excused--;
        return;
    }
    if (!belongs_to_mistake(p, token))
        report_bracket(p, token);
    else
        p->lacks_declarations = p->lacks_declarations || is_brace;
}

// From the end, so that a line's string that was cut off, and swallowed the
// closing brackets, is known when the opening ones are met.
void pm_parser_report_brackets(struct parser *p)
{
    const struct pm_token *tokens = p->tokens;
    uint32_t at = p->out->token_count - 1;
    bool is_cut_file = tokens[at].flags & PM_TOKEN_CUT;
    bool is_cut = false;

    for (uint32_t i = at + 1; i-- > 0;) {
        pm_token_kind kind = (pm_token_kind)tokens[i].kind;
        bool is_lone = tokens[i].match == PM_TOKEN_NO_MATCH;
        is_cut = is_cut || (tokens[i].flags & PM_TOKEN_CUT);
        if (is_lone && is_opening(kind) && !is_cut && !is_cut_file)
            report_bracket(p, i);
        if (is_lone && is_closing(kind))
            close_without_open(p, i);
        if (tokens[i].flags & PM_TOKEN_NEW_LINE)
            is_cut = false;
    }
}
