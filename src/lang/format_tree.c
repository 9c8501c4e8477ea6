// SPDX-License-Identifier: MIT
//
// Where lines end, by the tree.
#include "lang/format_internal.h"

void pm_format_kids(struct format *f, const struct pm_ast *node, uint32_t from,
                    uint32_t at)
{
    for (uint32_t i = from; i < node->count; i++) {
        const struct pm_ast *kid = node->kids[i];
        if (!kid)
            continue;
        pm_format_tokens(f, at, kid->first);
        pm_format_node(f, kid);
        // Types within types may end in one token, ">>".
        at = kid->last + 1;
    }
    pm_format_tokens(f, at, node->last + 1);
}

void pm_format_plain(struct format *f, const struct pm_ast *node)
{
    pm_format_kids(f, node, 0, node->first);
}

// --- braces ------------------------------------------------------------------

// Kids from [from] on, which stand behind the brace [open].
static void braces(struct format *f, const struct pm_ast *node, uint32_t from,
                   uint32_t open)
{
    bool is_broken =
        f->marks[open] & MARK_BROKEN ||
        (node->count > from && !pm_format_fits(f, open, node->last));

    for (uint32_t i = from; is_broken && i < node->count; i++)
        f->marks[node->kids[i]->first] |= MARK_HARD;
    if (is_broken)
        f->marks[node->last] |= MARK_HARD;
    pm_format_token(f, open);
    f->indent += is_broken ? FORMAT_INDENT : 0;
    for (uint32_t i = from; i < node->count; i++) {
        if (is_broken)
            format_line(f);
        pm_format_node(f, node->kids[i]);
    }
    f->indent -= is_broken ? FORMAT_INDENT : 0;
    if (is_broken)
        format_line(f);
    pm_format_token(f, node->last);
}

static void arms(struct format *f, const struct pm_ast *node)
{
    uint32_t open = f->tokens[node->last].match;
    pm_format_token(f, node->first);
    pm_format_node(f, node->kids[0]);
    pm_format_tokens(f, node->kids[0]->last + 1, open);
    braces(f, node, 1, open);
}

static void break_block(struct format *f, const struct pm_ast *block)
{
    if (block->count)
        f->marks[block->first] |= MARK_BROKEN;
}

// All blocks of an if stand on one line, or none does.
static void branches(struct format *f, const struct pm_ast *node)
{
    if (!pm_format_fits(f, node->first, node->last)) {
        const struct pm_ast *at = node;
        for (; at && at->kind == PM_AST_IF; at = at->kids[2])
            break_block(f, at->kids[1]);
        if (at)
            break_block(f, at);
    }
    pm_format_plain(f, node);
}

// --- lists -------------------------------------------------------------------

static struct format_list list_of(const struct pm_ast *node, uint32_t from,
                                  bool may_trail)
{
    return (struct format_list){.open = node->first,
                                .close = node->last,
                                .items = node->kids + from,
                                .count = node->count - from,
                                .may_trail = may_trail};
}

static void imports(struct format *f, const struct pm_ast *node)
{
    struct format_list list = list_of(node, 1, true);
    list.open = node->token + 1;
    list.close = f->tokens[list.open].match;
    pm_format_tokens(f, node->first, list.open);
    pm_format_list(f, &list, false);
    pm_format_tokens(f, list.close + 1, node->last + 1);
}

// Cases stay on one line if the first stood on the line of its brace.
static void cases(struct format *f, const struct pm_ast *node)
{
    struct format_list list = list_of(node, 0, true);
    list.open = f->tokens[list.close].match;
    bool is_broken = f->tokens[list.open + 1].flags & PM_TOKEN_NEW_LINE;
    pm_format_tokens(f, node->first, list.open);
    pm_format_list(f, &list, is_broken);
}

// --- the rest ----------------------------------------------------------------

static void function(struct format *f, const struct pm_ast *node)
{
    const struct pm_ast *attribute = node->kids[0];
    uint32_t at = node->first;

    if (attribute) {
        at = attribute->last + 2;
        pm_format_tokens(f, node->first, at);
        format_line(f);
    }
    for (uint32_t i = 1; i < node->count; i++) {
        const struct pm_ast *kid = node->kids[i];
        if (!kid)
            continue;
        pm_format_tokens(f, at, kid->first);
        pm_format_node(f, kid);
        at = kid->last + 1;
    }
}

static void otherwise(struct format *f, const struct pm_ast *node)
{
    bool fits = pm_format_begins(f, node->first, node->last);
    uint32_t indent = f->indent;

    if (!fits)
        f->marks[node->token] |= MARK_HARD;
    pm_format_node(f, node->kids[0]);
    if (!fits) {
        f->indent += FORMAT_INDENT;
        format_line_on(f);
    }
    pm_format_tokens(f, node->token, node->kids[1]->first);
    pm_format_node(f, node->kids[1]);
    f->indent = indent;
}

// Parameters of a lambda have no comma behind the last, so they stay on one
// line.
static void lambda(struct format *f, const struct pm_ast *node)
{
    pm_format_plain(f, node->kids[0]);
    uint32_t at = node->kids[0]->last + 1;
    for (uint32_t i = 1; i < 3; i++) {
        const struct pm_ast *kid = node->kids[i];
        if (!kid)
            continue;
        pm_format_tokens(f, at, kid->first);
        pm_format_node(f, kid);
        at = kid->last + 1;
    }
}

static void file(struct format *f, const struct pm_ast *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        format_line(f);
        pm_format_node(f, node->kids[i]);
    }
}

static void list_node(struct format *f, const struct pm_ast *node)
{
    struct format_list list = list_of(node, 0, node->kind != PM_AST_TUPLE);
    if (node->kind == PM_AST_ARGS)
        pm_format_args(f, &list);
    else if (node->kind == PM_AST_ARRAY)
        pm_format_array(f, &list);
    else
        pm_format_list(f, &list, false);
}

void pm_format_node(struct format *f, const struct pm_ast *node)
{
    switch (node->kind) {
    case PM_AST_FILE:
        file(f, node);
        break;
    case PM_AST_FN:
        function(f, node);
        break;
    case PM_AST_IMPORT_NAMES:
        imports(f, node);
        break;
    case PM_AST_ENUM:
    case PM_AST_ERROR:
        cases(f, node);
        break;
    case PM_AST_PARAMS:
    case PM_AST_ARGS:
    case PM_AST_ARRAY:
    case PM_AST_TUPLE:
        list_node(f, node);
        break;
    case PM_AST_BLOCK:
    case PM_AST_MEMBERS:
        braces(f, node, 0, node->first);
        break;
    case PM_AST_SWITCH:
    case PM_AST_HANDLE:
        arms(f, node);
        break;
    case PM_AST_IF:
        branches(f, node);
        break;
    case PM_AST_ELSE:
        otherwise(f, node);
        break;
    case PM_AST_LAMBDA:
        lambda(f, node);
        break;
    case PM_AST_BINARY:
        pm_format_binary(f, node);
        break;
    case PM_AST_INTERPOLATION:
        pm_format_string(f, node->first, node->last);
        break;
    default:
        if (pm_format_is_chain(node))
            pm_format_chain(f, node);
        else
            pm_format_plain(f, node);
    }
}
