// SPDX-License-Identifier: MIT
//
// The parser's mistakes: reported once, with what is wanted, and where to go
// on after them.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lang/parser_internal.h"

// --- reports -----------------------------------------------------------------

const char *pm_parser_show(struct parser *p, uint32_t token)
{
    const struct pm_token *t = &p->tokens[token];
    return pm_lang_show(p->report, p->out->text + t->offset, t->size);
}

static const char *describe(struct parser *p, uint32_t token, char *room,
                            size_t size)
{
    pm_token_kind kind = (pm_token_kind)p->tokens[token].kind;
    switch (kind) {
    case PM_TOKEN_END:
    case PM_TOKEN_STRING:
    case PM_TOKEN_STRING_BEGIN:
        return pm_token_kind_text(kind);
    case PM_TOKEN_STRING_MIDDLE:
    case PM_TOKEN_STRING_END:
        return "'}'";
    default:
        snprintf(room, size, "'%s'", pm_parser_show(p, token));
        return room;
    }
}

bool pm_parser_is_behind_lone(const struct parser *p)
{
    const struct pm_token *token = &p->tokens[p->at];

    return p->at > 0 && token[-1].match == PM_TOKEN_NO_MATCH &&
           token[-1].kind >= PM_TOKEN_LPAREN &&
           token[-1].kind <= PM_TOKEN_LBRACE;
}

// Bytes that are no token, brackets without a match and what follows a string
// that was cut off are reported elsewhere.
static bool is_reported(const struct parser *p)
{
    const struct pm_token *token = &p->tokens[p->at];
    bool is_bracket =
        token->kind >= PM_TOKEN_LPAREN && token->kind <= PM_TOKEN_RBRACE;

    if (token->kind == PM_TOKEN_BAD || token->flags & PM_TOKEN_CUT ||
        (is_bracket && token->match == PM_TOKEN_NO_MATCH))
        return true;
    if (p->at > 0 &&
        (token[-1].flags & PM_TOKEN_CUT || token[-1].kind == PM_TOKEN_BAD))
        return true;
    return pm_parser_is_behind_lone(p);
}

static struct pm_lang_diag *report_at(struct parser *p, pm_lang_code code,
                                      struct pm_span span, const char *format,
                                      va_list args)
    __attribute__((format(printf, 4, 0)));

static struct pm_lang_diag *report_at(struct parser *p, pm_lang_code code,
                                      struct pm_span span, const char *format,
                                      va_list args)
{
    char text[400];
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the callers'.
    vsnprintf(text, sizeof text, format, args);
    return pm_lang_error(p->report, code, span, "%s", text);
}

// Begins a panic; false when the mistake here needs no report.
static bool begin_panic(struct parser *p)
{
    bool is_known = p->panic || is_reported(p);

    if (!p->panic)
        p->mistake = p->at;
    p->panic = true;
    return !is_known && !p->no_memory;
}

struct pm_lang_diag *pm_parser_error(struct parser *p, pm_lang_code code,
                                     const char *format, ...)
{
    va_list args;

    if (!begin_panic(p))
        return NULL;
    va_start(args, format);
    struct pm_lang_diag *diag =
        report_at(p, code, pm_token_span(p->out, p->at), format, args);
    va_end(args);
    return diag;
}

struct pm_lang_diag *pm_parser_unexpected(struct parser *p, pm_lang_code code,
                                          const char *wanted)
{
    char room[160];
    const struct pm_token *token = &p->tokens[p->at];
    bool is_end = token->kind == PM_TOKEN_END;

    if (!begin_panic(p))
        return NULL;
    if (p->at == 0 || !(token->flags & PM_TOKEN_NEW_LINE))
        return pm_lang_error(p->report, code, pm_token_span(p->out, p->at),
                             "found %s, wanted %s",
                             describe(p, p->at, room, sizeof room), wanted);
    // What is missing at the end of a line is missing there, and not where
    // the next line begins.
    struct pm_span span = pm_token_span(p->out, p->at - 1);
    span.start = span.end;
    return pm_lang_error(p->report, code, span, "found %s, wanted %s",
                         is_end ? "the end of the file" : "the end of the line",
                         wanted);
}

void pm_parser_wants(struct parser *p, pm_token_kind kind)
{
    char wanted[16];
    snprintf(wanted, sizeof wanted, "'%s'", pm_token_kind_text(kind));
    pm_parser_unexpected(p, PM_LANG_UNEXPECTED, wanted);
}

struct pm_lang_diag *pm_parser_complain(struct parser *p, pm_lang_code code,
                                        uint32_t first, uint32_t last,
                                        const char *format, ...)
{
    va_list args;
    struct pm_span span = pm_token_span(p->out, first);

    if (p->panic || p->no_memory)
        return NULL;
    span.end = pm_token_span(p->out, last).end;
    va_start(args, format);
    struct pm_lang_diag *diag = report_at(p, code, span, format, args);
    va_end(args);
    return diag;
}

void pm_parser_help(struct parser *p, struct pm_lang_diag *diag,
                    const char *text)
{
    pm_lang_help(p->report, diag, "%s", text);
}

void pm_parser_fix(struct parser *p, struct pm_lang_diag *diag, uint32_t first,
                   uint32_t last, const char *text)
{
    struct pm_span span = pm_token_span(p->out, first);
    span.end = pm_token_span(p->out, last).end;
    pm_lang_fix(p->report, diag, span, "%s", text);
}

void pm_parser_fix_before(struct parser *p, struct pm_lang_diag *diag,
                          uint32_t token, const char *text)
{
    struct pm_span span = pm_token_span(p->out, token);
    span.end = span.start;
    pm_lang_fix(p->report, diag, span, "%s", text);
}

void pm_parser_fix_behind(struct parser *p, struct pm_lang_diag *diag,
                          uint32_t token, const char *text)
{
    struct pm_span span = pm_token_span(p->out, token);
    span.start = span.end;
    pm_lang_fix(p->report, diag, span, "%s", text);
}

// --- skipping ----------------------------------------------------------------

bool pm_parser_skip(struct parser *p)
{
    uint32_t match = p->tokens[p->at].match;
    if (p->kind == PM_TOKEN_END || p->kind == PM_TOKEN_STRING_MIDDLE)
        return false;
    if (match != PM_TOKEN_NO_MATCH) {
        if (match < p->at)
            return false;
        p->at = match;
        p->kind = p->tokens[match].kind;
    }
    pm_parser_next(p);
    return true;
}

static bool ends_here(const struct parser *p)
{
    uint32_t match = p->tokens[p->at].match;
    return p->kind == PM_TOKEN_END || p->kind == PM_TOKEN_STRING_MIDDLE ||
           (match != PM_TOKEN_NO_MATCH && match < p->at);
}

bool pm_parser_at_close(const struct parser *p, uint32_t open)
{
    const struct pm_token *token = &p->tokens[open];
    if (ends_here(p))
        return true;
    if (token->match != PM_TOKEN_NO_MATCH)
        return false;
    // Neither begins an item: they stand behind what was not closed.
    bool is_round = token->kind != PM_TOKEN_LBRACE;
    if (is_round && (p->kind == PM_TOKEN_ARROW || p->kind == PM_TOKEN_LBRACE))
        return true;
    if (!pm_parser_is_fresh(p))
        return false;
    // Items one a line: the list goes on where a comma says so.
    bool goes_on =
        p->at == open + 1 || p->tokens[p->at - 1].kind == PM_TOKEN_COMMA;
    if (is_round && !goes_on)
        return true;
    return pm_parser_indent(p, p->at) <= pm_parser_indent(p, open);
}

void pm_parser_close(struct parser *p, uint32_t open)
{
    uint32_t match = p->tokens[open].match;
    if (match == PM_TOKEN_NO_MATCH) {
        // The rest of the line may belong to anything.
        p->mistake = p->at;
        p->panic = p->panic || !pm_parser_is_fresh(p);
        return;
    }
    if (p->at != match) {
        pm_parser_wants(p, (pm_token_kind)p->tokens[match].kind);
        while (p->at != match && pm_parser_skip(p))
            ;
    }
    if (p->at == match) {
        pm_parser_next(p);
        p->panic = false;
    }
}

void pm_parser_skip_in_list(struct parser *p, uint32_t open)
{
    while (p->kind != PM_TOKEN_COMMA && !pm_parser_at_close(p, open) &&
           pm_parser_skip(p))
        ;
    p->panic = false;
}

// Whether a token at the start of a line goes on with the line above.
static bool goes_on(const struct parser *p)
{
    if (p->kind >= PM_TOKEN_COMMA && p->kind < PM_TOKEN_KINDS)
        return p->kind != PM_TOKEN_BANG && p->kind != PM_TOKEN_MINUS &&
               p->kind != PM_TOKEN_TILDE;
    switch (p->kind) {
    case PM_TOKEN_KW_ELSE:
    case PM_TOKEN_KW_AND:
    case PM_TOKEN_KW_OR:
    case PM_TOKEN_KW_UNTIL:
    case PM_TOKEN_KW_STEP:
    case PM_TOKEN_KW_FROM:
    case PM_TOKEN_KW_IN:
    case PM_TOKEN_KW_AS:
        return true;
    default:
        return false;
    }
}

void pm_parser_skip_statement(struct parser *p)
{
    while (p->kind != PM_TOKEN_SEMICOLON &&
           !(pm_parser_is_fresh(p) && !goes_on(p)) && pm_parser_skip(p))
        ;
    p->panic = false;
}

bool pm_parser_skip_to_block(struct parser *p)
{
    // Who finds none goes back, so the way is short.
    enum { MOST = 200 };
    for (int i = 0; i < MOST && p->kind != PM_TOKEN_LBRACE; i++)
        if (pm_parser_is_fresh(p) || p->kind == PM_TOKEN_SEMICOLON ||
            !pm_parser_skip(p))
            break;
    if (p->kind != PM_TOKEN_LBRACE)
        return false;
    p->panic = false;
    return true;
}

// --- lists -------------------------------------------------------------------

// Whether the comma is missing between two items side by side.
static bool lacks_comma(const struct parser *p, unsigned flags)
{
    if (flags & LIST_OF_TYPED)
        return p->kind == PM_TOKEN_NAME &&
               pm_parser_peek(p, 1) == PM_TOKEN_COLON;
    return pm_parser_begins_expr(p);
}

static void item_missing(struct parser *p, uint32_t open, const char *wanted,
                         unsigned flags)
{
    bool is_comma = lacks_comma(p, flags);
    struct pm_lang_diag *diag =
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, wanted);
    if (is_comma) {
        pm_parser_fix_behind(p, diag, p->at - 1, ",");
        p->panic = false;
        return;
    }
    p->lacks_declarations |= (flags & LIST_DECLARES) != 0;
    pm_parser_skip_in_list(p, open);
    pm_parser_accept(p, PM_TOKEN_COMMA);
}

void pm_parser_items(struct parser *p, pm_parse_fn *item, unsigned flags,
                     const char *wanted)
{
    uint32_t open = p->at;
    pm_parser_next(p);
    if (pm_parser_at_close(p, open) && !(flags & LIST_MAY_BE_EMPTY))
        pm_parser_push(p, item(p));
    while (!pm_parser_at_close(p, open)) {
        pm_parser_push(p, item(p));
        if (p->panic) {
            p->lacks_declarations |= (flags & LIST_DECLARES) != 0;
            pm_parser_skip_in_list(p, open);
        }
        uint32_t comma = p->at;
        if (pm_parser_accept(p, PM_TOKEN_COMMA)) {
            if (pm_parser_at_close(p, open) && !(flags & LIST_MAY_TRAIL))
                pm_parser_complain(p, PM_LANG_UNEXPECTED, comma, comma,
                                   "found a ',' with nothing behind it");
            continue;
        }
        if (pm_parser_at_close(p, open) ||
            p->tokens[open].match == PM_TOKEN_NO_MATCH)
            break;
        item_missing(p, open, wanted, flags);
    }
    pm_parser_close(p, open);
}
