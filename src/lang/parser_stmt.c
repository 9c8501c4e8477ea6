// SPDX-License-Identifier: MIT
//
// Statements.
#include "lang/parser_internal.h"

// --- declarations ------------------------------------------------------------

static struct pm_ast *binding_name(struct parser *p)
{
    return pm_parse_name(p, "a name or '_'");
}

static struct pm_ast *binding(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    if (p->kind != PM_TOKEN_LPAREN)
        return binding_name(p);
    pm_parser_items(p, binding_name, 0, "',' or ')'");
    return pm_parser_list(p, PM_AST_BINDINGS, first, first, mark);
}

static struct pm_ast *let(struct parser *p)
{
    uint32_t first = p->at;
    bool is_constant = p->kind == PM_TOKEN_KW_CONST;
    struct pm_ast *type = NULL;
    struct pm_ast *value;

    pm_parser_next(p);
    if (pm_parser_is_word(p, "mut") && pm_parser_peek(p, 1) == PM_TOKEN_NAME) {
        pm_parser_complain(p, PM_LANG_FOREIGN_WORD, p->at, p->at,
                           "found 'mut', but every 'let' can be assigned");
        pm_parser_next(p);
    }
    struct pm_ast *target = binding(p);
    bool is_foreign = p->kind == PM_TOKEN_COLON &&
                      pm_parser_peek(p, 1) == PM_TOKEN_ASSIGN &&
                      pm_parser_adjoins(p, p->at) && !p->panic;
    if (is_foreign) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_FOREIGN_OPERATOR, p->at, p->at + 1,
                               "found ':=', wanted '='");
        pm_parser_fix(p, diag, p->at, p->at + 1, "=");
        pm_parser_next(p);
    } else if (!p->panic && pm_parser_accept(p, PM_TOKEN_COLON)) {
        type = pm_parse_type(p);
    }
    if (!p->panic && p->kind != PM_TOKEN_ASSIGN) {
        struct pm_lang_diag *diag = pm_parser_unexpected(
            p, PM_LANG_UNEXPECTED, type ? "'='" : "'=' or ':' and a type");
        pm_parser_help(p, diag, "each name has a value from the start");
    }
    value = !p->panic && pm_parser_accept(p, PM_TOKEN_ASSIGN)
                ? pm_parse_expr(p)
                : pm_parser_bad(p, p->at);
    struct pm_ast *node =
        PARSER_NODE(p, LET, first, first, target, type, value);
    if (is_constant)
        node->flags |= PM_AST_CONSTANT;
    return node;
}

static struct pm_ast *misplaced(struct parser *p)
{
    uint32_t first = p->at;
    bool is_import = p->kind == PM_TOKEN_KW_IMPORT ||
                     pm_parser_peek(p, 1) == PM_TOKEN_KW_IMPORT;
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_NOT_HERE, first, first,
                           is_import ? "found an import in a function"
                                     : "found a declaration in a function");
    pm_parser_help(p, diag,
                   "move it out of the function, or use let, const or fn");
    if (is_import) {
        p->panic = true;
        return pm_parser_bad(p, first);
    }
    struct pm_ast *item = pm_parse_declaration(p);
    return PARSER_NODE(p, BAD, first, first, item);
}

static struct pm_ast *using(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *value;

    pm_parser_next(p);
    struct pm_ast *name = pm_parse_name(p, "a name");
    value = !p->panic && pm_parser_expect(p, PM_TOKEN_ASSIGN)
                ? pm_parse_expr(p)
                : pm_parser_bad(p, p->at);
    struct pm_ast *body = pm_parse_block(p, "a using");
    return PARSER_NODE(p, USING, first, first, name, value, body);
}

// --- jumps and assignments ---------------------------------------------------

bool pm_parser_begins_jump(const struct parser *p)
{
    return p->kind == PM_TOKEN_KW_BREAK || p->kind == PM_TOKEN_KW_CONTINUE ||
           p->kind == PM_TOKEN_KW_RETURN;
}

struct pm_ast *pm_parse_jump(struct parser *p)
{
    uint32_t first = p->at;
    pm_token_kind kind = (pm_token_kind)p->kind;
    struct pm_ast *value = NULL;

    pm_parser_next(p);
    if (kind == PM_TOKEN_KW_BREAK)
        return pm_parser_leaf(p, PM_AST_BREAK, first);
    if (kind == PM_TOKEN_KW_CONTINUE)
        return pm_parser_leaf(p, PM_AST_CONTINUE, first);
    // A value begins on the line of its return: arms without commas could
    // not be told from it otherwise.
    if ((pm_parser_begins_expr(p) || p->kind == PM_TOKEN_PLUS) &&
        !(p->tokens[p->at].flags & PM_TOKEN_NEW_LINE))
        value = pm_parse_expr(p);
    return PARSER_NODE(p, RETURN, first, first, value);
}

static bool is_assign(pm_token_kind kind)
{
    return kind >= PM_TOKEN_ASSIGN && kind <= PM_TOKEN_SHR_U_ASSIGN;
}

static bool is_target(const struct pm_ast *node)
{
    return node->kind == PM_AST_NAME || node->kind == PM_AST_MEMBER ||
           node->kind == PM_AST_INDEX || node->kind == PM_AST_BAD;
}

// "a := b"
static struct pm_ast *foreign_let(struct parser *p, uint32_t first,
                                  struct pm_ast *target)
{
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_FOREIGN_OPERATOR, p->at, p->at + 1,
                           "found ':=', wanted 'let' and '='");
    pm_parser_help(p, diag, "write let name = value");
    pm_parser_next(p);
    pm_parser_next(p);
    struct pm_ast *value = pm_parse_expr(p);
    if (target->kind != PM_AST_NAME)
        return PARSER_NODE(p, BAD, first, first, target, value);
    return PARSER_NODE(p, LET, first, first, target, NULL, value);
}

struct pm_ast *pm_parse_assign(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *left = pm_parse_expr(p);
    uint32_t token = p->at;

    if (p->panic)
        return left;
    if (p->kind == PM_TOKEN_COLON && pm_parser_peek(p, 1) == PM_TOKEN_ASSIGN &&
        pm_parser_adjoins(p, token))
        return foreign_let(p, first, left);
    if (!is_assign((pm_token_kind)p->kind))
        return left;
    bool is_fine = is_target(left);
    if (!is_fine) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_NOT_ASSIGNABLE, left->first, left->last,
            "found something that cannot be assigned to");
        pm_parser_help(p, diag,
                       "on the left of '=' stands a name, a field, an element "
                       "a[i], or _");
    }
    pm_parser_next(p);
    struct pm_ast *value = pm_parse_expr(p);
    if (!is_fine)
        return PARSER_NODE(p, BAD, first, token, left, value);
    return PARSER_NODE(p, ASSIGN, first, token, left, value);
}

static bool is_statement(const struct pm_ast *node)
{
    switch (node->kind) {
    case PM_AST_ASSIGN:
    case PM_AST_LET:
    case PM_AST_BAD:
    case PM_AST_BREAK:
    case PM_AST_CONTINUE:
    case PM_AST_RETURN:
        return true;
    default:
        return false;
    }
}

struct pm_ast *pm_parse_assign_or_jump(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *node =
        pm_parser_begins_jump(p) ? pm_parse_jump(p) : pm_parse_assign(p);
    if (is_statement(node))
        return node;
    return PARSER_NODE(p, EXPRESSION, first, first, node);
}

// --- statements --------------------------------------------------------------

// "int x = 1" or another language's word: two names side by side.
static void check_foreign(struct parser *p)
{
    const struct pm_token *second = &p->tokens[p->at + 1];
    if (second->kind != PM_TOKEN_NAME || second->flags & PM_TOKEN_NEW_LINE ||
        (pm_parser_foreign_word(p) && pm_parser_begins_statement(p)))
        return;
    if (p->kind != PM_TOKEN_NAME) {
        // A declaration of another language, reported.
        p->mistake = p->at;
        pm_parser_next(p);
        p->panic = true;
        return;
    }
    pm_token_kind third = pm_parser_peek(p, 2);
    if (third != PM_TOKEN_ASSIGN && third != PM_TOKEN_SEMICOLON &&
        third != PM_TOKEN_LBRACKET)
        return;
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_FOREIGN_WORD, p->at, p->at,
                           "found a type in front of a name, wanted 'let'");
    if (third == PM_TOKEN_LBRACKET) {
        pm_parser_help(p, diag, "write let name = new int[10]");
        p->mistake = p->at;
        p->panic = true;
        return;
    }
    pm_parser_help(p, diag, "write let name: type = value");
    p->kind = PM_TOKEN_KW_LET;
}

static struct pm_ast *lone_else(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_lang_diag *diag =
        pm_parser_error(p, PM_LANG_UNEXPECTED, "found 'else' without its 'if'");
    pm_parser_help(p, diag, "'else' stands behind the block of an 'if'");
    pm_parser_next(p);
    struct pm_ast *body = pm_parse_block(p, "an else");
    return PARSER_NODE(p, BAD, first, first, body);
}

static struct pm_ast *sleep_statement(struct parser *p)
{
    uint32_t first = p->at;
    pm_parser_next(p);
    struct pm_ast *frames = pm_parse_expr(p);
    return PARSER_NODE(p, SLEEP, first, first, frames);
}

static struct pm_ast *statement(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *foreign = pm_parse_foreign_statement(p);
    if (foreign)
        return foreign;
    if (p->kind == PM_TOKEN_NAME)
        check_foreign(p);
    switch (p->kind) {
    case PM_TOKEN_KW_LET:
    case PM_TOKEN_KW_CONST:
        return let(p);
    case PM_TOKEN_KW_FN:
        return pm_parse_fn_item(p, first, NULL, 0, false);
    case PM_TOKEN_KW_IF:
        return pm_parse_if(p);
    case PM_TOKEN_KW_WHILE:
        return pm_parse_while(p);
    case PM_TOKEN_KW_FOR:
        return pm_parse_for(p);
    case PM_TOKEN_KW_SWITCH:
        return pm_parse_switch(p);
    case PM_TOKEN_KW_USING:
        return using(p);
    case PM_TOKEN_KW_YIELD:
        pm_parser_next(p);
        return pm_parser_leaf(p, PM_AST_YIELD, first);
    case PM_TOKEN_KW_SLEEP:
        return sleep_statement(p);
    case PM_TOKEN_KW_ELSE:
        return lone_else(p);
    case PM_TOKEN_KW_DECLARE:
    case PM_TOKEN_KW_PUB:
    case PM_TOKEN_KW_IMPORT:
        return misplaced(p);
    case PM_TOKEN_LBRACE:
        return pm_parse_block(p, "a block");
    default:
        return pm_parse_assign_or_jump(p);
    }
}

struct pm_ast *pm_parse_statement(struct parser *p)
{
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    struct pm_ast *node = statement(p);
    pm_parser_leave(p);
    return node;
}
