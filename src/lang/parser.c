// SPDX-License-Identifier: MIT
#include "lang/parser_internal.h"

#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "lang/lexer_internal.h"

// --- tokens ------------------------------------------------------------------

void pm_parser_next(struct parser *p)
{
    p->is_split = false;
    if (p->kind == PM_TOKEN_END)
        return;
    p->at++;
    p->kind = p->tokens[p->at].kind;
}

pm_token_kind pm_parser_peek(const struct parser *p, uint32_t ahead)
{
    uint32_t left = p->out->token_count - 1 - p->at;
    return (pm_token_kind)p->tokens[p->at + (ahead < left ? ahead : left)].kind;
}

bool pm_parser_accept(struct parser *p, pm_token_kind kind)
{
    if (p->kind != kind)
        return false;
    pm_parser_next(p);
    return true;
}

bool pm_parser_expect(struct parser *p, pm_token_kind kind)
{
    if (pm_parser_accept(p, kind))
        return true;
    pm_parser_wants(p, kind);
    return false;
}

bool pm_parser_is_word(const struct parser *p, const char *word)
{
    const struct pm_token *token = &p->tokens[p->at];
    return p->kind == PM_TOKEN_NAME && token->size == strlen(word) &&
           memcmp(p->out->text + token->offset, word, token->size) == 0;
}

bool pm_parser_accept_gt(struct parser *p)
{
    pm_token_kind rest;
    switch (p->kind) {
    case PM_TOKEN_GT:
        pm_parser_next(p);
        return true;
    case PM_TOKEN_SHR:
        rest = PM_TOKEN_GT;
        break;
    case PM_TOKEN_SHR_U:
        rest = PM_TOKEN_SHR;
        break;
    case PM_TOKEN_GE:
        rest = PM_TOKEN_ASSIGN;
        break;
    case PM_TOKEN_SHR_ASSIGN:
        rest = PM_TOKEN_GE;
        break;
    case PM_TOKEN_SHR_U_ASSIGN:
        rest = PM_TOKEN_SHR_ASSIGN;
        break;
    default:
        return false;
    }
    p->kind = (uint8_t)rest;
    p->is_split = true;
    return true;
}

bool pm_parser_adjoins(const struct parser *p, uint32_t left)
{
    const struct pm_token *token = &p->tokens[left];
    return token[0].kind != PM_TOKEN_END &&
           token[0].offset + token[0].size == token[1].offset;
}

uint32_t pm_parser_indent(const struct parser *p, uint32_t token)
{
    const char *text = p->out->text;
    uint32_t at = p->tokens[token].offset;
    while (at > 0 && text[at - 1] != '\n')
        at--;
    uint32_t start = at;
    while (at < p->out->size && is_class(text[at], CLASS_BLANK))
        at++;
    return at - start;
}

// --- nodes -------------------------------------------------------------------

static void give_up(struct parser *p)
{
    p->no_memory = true;
    p->at = p->out->token_count - 1;
    p->kind = PM_TOKEN_END;
    p->is_split = false;
}

static uint32_t last_read(const struct parser *p, uint32_t first)
{
    uint32_t end = p->at + p->is_split;
    return end > first ? end - 1 : first;
}

static struct pm_ast *refuse_height(struct parser *p, uint32_t first)
{
    if (!p->is_too_deep)
        pm_parser_complain(p, PM_LANG_TOO_DEEP, first, first,
                           "this is nested too deep");
    p->is_too_deep = true;
    return pm_parser_leaf(p, PM_AST_BAD, first);
}

struct pm_ast *pm_parser_node(struct parser *p, pm_ast_kind kind,
                              uint32_t first, uint32_t token, uint32_t count,
                              struct pm_ast *const *kids)
{
    uint16_t flags = 0;
    uint32_t height = 0;
    struct pm_ast *node = pm_arena_alloc(
        p->arena, sizeof *node + count * sizeof(struct pm_ast *));

    if (!node) {
        give_up(p);
        return &p->bad;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct pm_ast *kid = kids[i];
        node->kids[i] = kid;
        if (!kid)
            continue;
        if (kid->height > height)
            height = kid->height;
        flags |= kid->flags & PM_AST_PARTIAL;
        if (kid->kind == PM_AST_BAD)
            flags |= PM_AST_PARTIAL;
    }
    if (height >= PM_AST_HEIGHT_LIMIT)
        return refuse_height(p, first);
    if (p->mistake != PARSER_NOWHERE && p->mistake >= first)
        flags |= PM_AST_PARTIAL;
    node->kind = (uint16_t)kind;
    node->flags = flags;
    node->first = first;
    node->last = last_read(p, first);
    node->token = token;
    node->count = count;
    node->height = height + 1;
    return node;
}

struct pm_ast *pm_parser_leaf(struct parser *p, pm_ast_kind kind,
                              uint32_t token)
{
    struct pm_ast *node = pm_parser_node(p, kind, token, token, 0, NULL);
    // More may have been read before it is made.
    node->last = token;
    return node;
}

void pm_parser_push(struct parser *p, struct pm_ast *kid)
{
    if (p->kid_count == p->kid_capacity &&
        !pm_mem_grow(&p->arena->alloc, &p->kids, &p->kid_capacity,
                     p->kid_count + 1, sizeof(struct pm_ast *))) {
        give_up(p);
        return;
    }
    p->kids[p->kid_count++] = kid;
}

struct pm_ast *pm_parser_list(struct parser *p, pm_ast_kind kind,
                              uint32_t first, uint32_t token, size_t mark)
{
    // Short memory may have left less than was to be put aside.
    size_t count = p->kid_count > mark ? p->kid_count - mark : 0;
    struct pm_ast *const *kids = count ? p->kids + mark : NULL;
    struct pm_ast *node =
        pm_parser_node(p, kind, first, token, (uint32_t)count, kids);
    p->kid_count -= count;
    return node;
}

struct pm_ast *pm_parser_bad(struct parser *p, uint32_t first)
{
    return pm_parser_node(p, PM_AST_BAD, first, first, 0, NULL);
}

bool pm_parser_enter(struct parser *p)
{
    if (p->depth < PARSER_MOST_LEVELS) {
        p->depth++;
        return true;
    }
    if (!p->is_too_deep && !p->panic) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_TOO_DEEP, p->at, p->at,
            "this is nested more than %d levels deep", PARSER_MOST_LEVELS);
        pm_parser_help(p, diag, "give a part of it a name of its own");
    }
    p->is_too_deep = true;
    return false;
}

struct pm_ast *pm_parser_too_deep(struct parser *p)
{
    uint32_t first = p->at;
    p->panic = true;
    p->mistake = first;
    pm_parser_skip(p);
    return pm_parser_bad(p, first);
}

bool pm_parser_link(struct parser *p, uint32_t *count)
{
    if (++*count <= PARSER_MOST_CHAIN)
        return true;
    if (!p->is_too_long && !p->panic) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_CHAIN_TOO_LONG, p->at, p->at,
            "more than %d links hang together here", PARSER_MOST_CHAIN);
        pm_parser_help(p, diag, "give a part of it a name of its own");
    }
    p->is_too_long = true;
    p->panic = true;
    p->mistake = p->at;
    return false;
}

// --- the whole file ----------------------------------------------------------

// Stages report in their own order; readers want that of the text.
static void sort_report(struct pm_lang_report *report, uint32_t from)
{
    for (uint32_t i = from; i < report->count; i++) {
        struct pm_lang_diag diag = report->items[i];
        uint32_t at = i;
        for (; at > from && report->items[at - 1].span.start > diag.span.start;
             at--)
            report->items[at] = report->items[at - 1];
        report->items[at] = diag;
    }
}

static pm_status parse(struct pm_parsed *out, struct pm_arena *arena,
                       struct pm_lang_report *report, uint32_t before,
                       bool is_known)
{
    struct parser p = {.out = out,
                       .arena = arena,
                       .report = report,
                       .tokens = out->tokens,
                       .kind = out->tokens[0].kind,
                       .mistake = PARSER_NOWHERE,
                       .negated = PARSER_NOWHERE,
                       .reported = before,
                       .bad = {.kind = PM_AST_BAD, .height = 1}};
    uint32_t errors = report->errors;
    out->tree = pm_parse_file(&p);
    pm_parser_report_brackets(&p);
    out->lacks_declarations = p.lacks_declarations;
    // What is not reported is so because something else was. In case it was
    // not: nothing half read passes for right.
    if (p.mistake != PARSER_NOWHERE && report->errors == errors && !is_known)
        pm_lang_error(report, PM_LANG_UNEXPECTED, pm_token_span(out, p.mistake),
                      "found something that cannot stand here");
    pm_mem_free(&arena->alloc, p.kids,
                p.kid_capacity * sizeof(struct pm_ast *));
    if (!p.no_memory && !report->no_memory)
        return PM_OK;
    out->tree = NULL;
    return PM_ERR_NO_MEMORY;
}

pm_status pm_parse(struct pm_parsed *out, struct pm_arena *arena,
                   struct pm_lang_report *report, uint32_t file,
                   const char *text, size_t size)
{
    uint32_t before = report->count;
    uint32_t errors = report->errors;
    *out = (struct pm_parsed){
        .text = size ? text : "", .size = (uint32_t)size, .file = file};
    pm_status status = pm_lex(out, arena, report);
    if (status == PM_OK)
        status = parse(out, arena, report, before, report->errors > errors);
    out->has_mistakes = report->errors > errors;
    sort_report(report, before);
    return status;
}
