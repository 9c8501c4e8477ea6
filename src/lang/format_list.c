// SPDX-License-Identifier: MIT
//
// Lists in brackets, and chains of operators and calls.
#include "lang/format_internal.h"

// --- lists -------------------------------------------------------------------

static void flat_list(struct format *f, const struct format_list *list)
{
    pm_format_token(f, list->open);
    for (uint32_t i = 0; i < list->count; i++) {
        if (i)
            pm_format_comma(f);
        pm_format_node(f, list->items[i]);
    }
    pm_format_token(f, list->close);
}

// One item a line.
static void broken_list(struct format *f, const struct format_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        f->marks[list->items[i]->first] |= MARK_HARD;
    f->marks[list->close] |= MARK_HARD;
    if (list->may_trail)
        f->marks[list->close] |= MARK_LIST_END;
    pm_format_token(f, list->open);
    f->indent += FORMAT_INDENT;
    for (uint32_t i = 0; i < list->count; i++) {
        format_line(f);
        pm_format_node(f, list->items[i]);
        if (list->may_trail || i + 1 < list->count)
            pm_format_comma(f);
    }
    f->indent -= FORMAT_INDENT;
    format_line(f);
    pm_format_token(f, list->close);
}

static bool list_fits(const struct format *f, const struct format_list *list)
{
    return pm_format_fits(f, list->open, list->close);
}

void pm_format_list(struct format *f, const struct format_list *list,
                    bool is_broken)
{
    if (!is_broken && list_fits(f, list))
        flat_list(f, list);
    else
        broken_list(f, list);
}

// --- arguments ---------------------------------------------------------------

// The brace of an argument that ends in a block; NO_MATCH: there is none.
static uint32_t brace_of(const struct format *f, const struct pm_ast *item)
{
    if (item->kind == PM_AST_NAMED)
        item = item->kids[0];
    if (item->kind == PM_AST_LAMBDA && item->kids[2]->kind == PM_AST_BLOCK)
        return item->kids[2]->first;
    if (item->kind == PM_AST_SWITCH || item->kind == PM_AST_HANDLE)
        return f->tokens[item->last].match;
    return PM_TOKEN_NO_MATCH;
}

// Whether all but the block of the last argument stays on one line:
// f(a, x => {
//     g(x)
// })
static bool may_hug(const struct format *f, const struct format_list *list)
{
    if (list->count == 0)
        return false;
    const struct pm_ast *last = list->items[list->count - 1];
    uint32_t brace = brace_of(f, last);
    uint32_t start = f->wants_line ? f->indent : f->column;
    return brace != PM_TOKEN_NO_MATCH &&
           !format_has_hard(f, list->open + 1, brace) &&
           !format_has_hard(f, last->last + 1, list->close) &&
           start + format_width(f, list->open, brace) <= FORMAT_COLUMNS;
}

void pm_format_args(struct format *f, const struct format_list *list)
{
    if (list_fits(f, list) || may_hug(f, list))
        flat_list(f, list);
    else
        broken_list(f, list);
}

// --- arrays ------------------------------------------------------------------

static bool is_literal(const struct pm_ast *node)
{
    if (node->kind == PM_AST_NEG)
        node = node->kids[0];
    return node->kind == PM_AST_INT || node->kind == PM_AST_FLOAT ||
           node->kind == PM_AST_CHAR || node->kind == PM_AST_BOOL;
}

static bool is_table(const struct format_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (!is_literal(list->items[i]))
            return false;
    return list->count > 0;
}

// Numbers keep their rows; a row that is too long is divided.
static void table(struct format *f, const struct format_list *list)
{
    pm_format_token(f, list->open);
    f->indent += FORMAT_INDENT;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct pm_ast *item = list->items[i];
        // With its comma.
        uint32_t end =
            f->column + 1 + format_width(f, item->first, item->last) + 1;
        f->wants_line =
            i == 0 || end > FORMAT_COLUMNS ||
            f->lines[item->first] > f->lines[list->items[i - 1]->last];
        pm_format_node(f, item);
        pm_format_comma(f);
    }
    f->indent -= FORMAT_INDENT;
    format_line(f);
    pm_format_token(f, list->close);
}

void pm_format_array(struct format *f, const struct format_list *list)
{
    if (list_fits(f, list))
        flat_list(f, list);
    else if (is_table(list))
        table(f, list);
    else
        pm_format_args(f, list);
}

// --- operators ---------------------------------------------------------------

static unsigned level_of(const struct format *f, const struct pm_ast *node)
{
    switch (f->tokens[node->token].kind) {
    case PM_TOKEN_KW_OR:
        return 1;
    case PM_TOKEN_KW_AND:
        return 2;
    case PM_TOKEN_PIPE:
        return 4;
    case PM_TOKEN_CARET:
        return 5;
    case PM_TOKEN_AMP:
        return 6;
    case PM_TOKEN_SHL:
    case PM_TOKEN_SHR:
    case PM_TOKEN_SHR_U:
        return 7;
    case PM_TOKEN_PLUS:
    case PM_TOKEN_MINUS:
        return 8;
    case PM_TOKEN_STAR:
    case PM_TOKEN_SLASH:
    case PM_TOKEN_PERCENT:
        return 9;
    default:
        return 3;
    }
}

static bool is_same_level(const struct format *f, const struct pm_ast *node,
                          unsigned level)
{
    return node->kind == PM_AST_BINARY && level_of(f, node) == level;
}

static void mark_operands(struct format *f, const struct pm_ast *node,
                          unsigned level)
{
    for (; is_same_level(f, node, level); node = node->kids[0])
        f->marks[node->kids[1]->first] |= MARK_HARD;
}

// Operators stand at the ends of lines: not all may begin one.
static void broken_binary(struct format *f, const struct pm_ast *node,
                          unsigned level)
{
    if (is_same_level(f, node->kids[0], level)) {
        broken_binary(f, node->kids[0], level);
    } else {
        pm_format_node(f, node->kids[0]);
        f->indent += FORMAT_INDENT;
    }
    pm_format_token(f, node->token);
    format_line_on(f);
    pm_format_node(f, node->kids[1]);
}

void pm_format_binary(struct format *f, const struct pm_ast *node)
{
    if (pm_format_begins(f, node->first, node->last)) {
        pm_format_plain(f, node);
        return;
    }
    uint32_t indent = f->indent;
    unsigned level = level_of(f, node);
    mark_operands(f, node, level);
    broken_binary(f, node, level);
    f->indent = indent;
}

// --- calls of calls ----------------------------------------------------------

bool pm_format_is_chain(const struct pm_ast *node)
{
    return node->kind == PM_AST_CALL || node->kind == PM_AST_MEMBER ||
           node->kind == PM_AST_INDEX || node->kind == PM_AST_PROPAGATE;
}

static bool calls_member(const struct pm_ast *node)
{
    return node->kind == PM_AST_CALL && node->kids[0]->kind == PM_AST_MEMBER;
}

// The dot of a member.
static uint32_t dot_of(const struct pm_ast *member)
{
    return member->token - 1;
}

static void chain(struct format *f, const struct pm_ast *node, bool is_broken,
                  bool is_called)
{
    const struct pm_ast *of = node->kids[0];

    if (pm_format_is_chain(of)) {
        chain(f, of, is_broken, calls_member(node));
    } else {
        pm_format_node(f, of);
        f->indent += is_broken ? FORMAT_INDENT : 0;
    }
    if (node->kind == PM_AST_MEMBER) {
        if (is_broken && is_called)
            format_line_on(f);
        pm_format_tokens(f, dot_of(node), node->token + 1);
        return;
    }
    pm_format_kids(f, node, 1, of->last + 1);
}

void pm_format_chain(struct format *f, const struct pm_ast *node)
{
    uint32_t indent = f->indent;
    uint32_t calls = 0;
    bool is_broken = false;

    for (const struct pm_ast *at = node; pm_format_is_chain(at);
         at = at->kids[0])
        calls += calls_member(at);
    if (calls > 1 && !pm_format_begins(f, node->first, node->last)) {
        is_broken = true;
        for (const struct pm_ast *at = node; pm_format_is_chain(at);
             at = at->kids[0])
            if (calls_member(at))
                f->marks[dot_of(at->kids[0])] |= MARK_HARD;
    }
    chain(f, node, is_broken, false);
    f->indent = indent;
}
