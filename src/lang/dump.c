// SPDX-License-Identifier: MIT
//
// Tokens and trees as text, a line each, for people and tests.
#include <string.h>

#include "lang/ast.h"

static void put_place(const struct pm_parsed *parsed, uint32_t token,
                      struct pm_buf *out)
{
    uint32_t offset = parsed->tokens[token].offset;
    uint32_t line = pm_line_of(parsed, offset);
    pm_buf_printf(out, "%u:%u", (unsigned)line + 1,
                  (unsigned)(offset - parsed->lines[line]) + 1);
}

static void put_token(const struct pm_parsed *parsed, uint32_t token,
                      struct pm_buf *out)
{
    const struct pm_token *t = &parsed->tokens[token];
    pm_buf_put_escaped(out, parsed->text + t->offset, t->size);
}

static const char *kind_name(pm_token_kind kind)
{
    static const char *const names[] = {
#define PM_TOKEN(kind, text) #kind,
#include "lang/token.def"
#undef PM_TOKEN
    };
    return names[kind];
}

void pm_dump_tokens(const struct pm_parsed *parsed, struct pm_buf *out)
{
    for (uint32_t i = 0; i < parsed->token_count; i++) {
        const struct pm_token *token = &parsed->tokens[i];
        put_place(parsed, i, out);
        pm_buf_printf(out, " %s", kind_name((pm_token_kind)token->kind));
        if (token->size) {
            pm_buf_puts(out, " ");
            put_token(parsed, i, out);
        }
        if (token->flags & PM_TOKEN_NEW_LINE)
            pm_buf_puts(out, " new-line");
        if (token->flags & PM_TOKEN_NESTED)
            pm_buf_puts(out, " nested");
        if (token->flags & PM_TOKEN_DOCUMENTED)
            pm_buf_puts(out, " documented");
        if (token->flags & PM_TOKEN_CUT)
            pm_buf_puts(out, " cut");
        if (token->match != PM_TOKEN_NO_MATCH) {
            pm_buf_puts(out, " matches ");
            put_place(parsed, token->match, out);
        }
        pm_buf_puts(out, "\n");
    }
}

// --- the tree ----------------------------------------------------------------

// Of these the main token says more than their kind does.
static bool says_token(const struct pm_parsed *parsed,
                       const struct pm_ast *node)
{
    switch (node->kind) {
    case PM_AST_FILE:
    case PM_AST_IMPORT_NAMES:
    case PM_AST_TYPE_PARAMS:
    case PM_AST_PARAMS:
    case PM_AST_TYPES:
    case PM_AST_MEMBERS:
    case PM_AST_HOST:
    case PM_AST_OPS:
    case PM_AST_INTRINSICS:
    case PM_AST_EXTEND:
    case PM_AST_TYPE_ARRAY:
    case PM_AST_TYPE_OPTIONAL:
    case PM_AST_TYPE_RESULT:
    case PM_AST_TYPE_TUPLE:
    case PM_AST_TYPE_FN:
    case PM_AST_BAD:
        return false;
    case PM_AST_FORMATTED:
        return parsed->tokens[node->token].kind == PM_TOKEN_FORMAT;
    case PM_AST_PATTERN_NAME:
    case PM_AST_PATTERN_CASE:
    case PM_AST_ASSIGN:
        return true;
    case PM_AST_CALL:
    case PM_AST_INDEX:
    case PM_AST_ARGS:
    case PM_AST_ELSE:
    case PM_AST_LAMBDA:
    case PM_AST_PROPAGATE:
        return false;
    default:
        break;
    }
    // Statements and patterns have a keyword or bracket in front, and so have
    // values from TUPLE on.
    return !(node->kind >= PM_AST_BLOCK && node->kind <= PM_AST_PATTERN_ERR) &&
           !(node->kind >= PM_AST_TUPLE) && node->kind != PM_AST_THIS &&
           node->kind != PM_AST_NEG && node->kind != PM_AST_COMPLEMENT &&
           node->kind != PM_AST_NOT && node->kind != PM_AST_INTERPOLATION;
}

// The role of kid [index], as a piece of [roles] without its mark.
static const char *role_of(const char *roles, uint32_t index, size_t *size)
{
    for (;;) {
        *size = strcspn(roles, " ?*");
        bool is_list = roles[*size] == '*';
        if (index == 0 || is_list || !roles[*size])
            return roles;
        roles += *size + (roles[*size] == '?');
        roles += *roles == ' ';
        index--;
    }
}

static void put_head(const struct pm_parsed *parsed, const struct pm_ast *node,
                     struct pm_buf *out)
{
    pm_buf_puts(out, pm_ast_kind_name((pm_ast_kind)node->kind));
    if (says_token(parsed, node)) {
        pm_buf_puts(out, " '");
        put_token(parsed, node->token, out);
        pm_buf_puts(out, "'");
    }
    if (node->flags & PM_AST_PUB)
        pm_buf_puts(out, " pub");
    if (node->flags & PM_AST_CONSTANT)
        pm_buf_puts(out, " constant");
    if (node->flags & PM_AST_HAS_NAMES)
        pm_buf_puts(out, " with names");
    if (node->flags & PM_AST_PARTIAL)
        pm_buf_puts(out, " partial");
    pm_buf_puts(out, " @");
    put_place(parsed, node->first, out);
    pm_buf_puts(out, "\n");
}

// A tree is at most PM_AST_HEIGHT_LIMIT high.
static void put_tree(const struct pm_parsed *parsed, const struct pm_ast *node,
                     unsigned depth, struct pm_buf *out)
{
    enum { MOST_INDENT = 100 };
    const char *roles = pm_ast_kind_roles((pm_ast_kind)node->kind);

    put_head(parsed, node, out);
    for (uint32_t i = 0; i < node->count; i++) {
        size_t size;
        const char *role = role_of(roles, i, &size);
        if (!node->kids[i])
            continue;
        unsigned indent = depth < MOST_INDENT ? depth : MOST_INDENT;
        pm_buf_printf(out, "%*s%.*s: ", (int)(2 * indent + 2), "", (int)size,
                      role);
        put_tree(parsed, node->kids[i], depth + 1, out);
    }
}

void pm_dump_tree(const struct pm_parsed *parsed, struct pm_buf *out)
{
    put_tree(parsed, parsed->tree, 0, out);
}
