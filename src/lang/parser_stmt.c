// SPDX-License-Identifier: MIT
//
// Blocks and statements.
#include "lang/parser_internal.h"

// --- blocks ------------------------------------------------------------------

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

// Whether the token before this one is a word of another language.
static void help_with_word(struct parser *p, struct pm_lang_diag *diag)
{
    const struct pm_token *token = &p->tokens[p->at - 1];
    const char *meant =
        pm_lang_foreign_word(p->out->text + token->offset, token->size);
    if (meant)
        pm_lang_help(p->report, diag, "'%s' is written here '%s'",
                     pm_parser_show(p, p->at - 1), meant);
}

// Behind a statement: its end, or the mistake that it has none.
static void end_statement(struct parser *p, uint32_t open)
{
    if (!p->panic && !pm_parser_is_fresh(p) && !is_behind_block(p) &&
        !is_lone_closing(p) && p->kind != PM_TOKEN_SEMICOLON &&
        !pm_parser_at_close(p, open)) {
        struct pm_lang_diag *diag =
            pm_parser_unexpected(p, PM_LANG_ONE_LINE,
                                 "the end of the statement: a new line or "
                                 "';'");
        if (pm_parser_begins_expr(p))
            p->panic = false;
        if (p->kind == PM_TOKEN_ASSIGN)
            pm_parser_help(p, diag, "an assignment has no value");
        help_with_word(p, diag);
    }
    if (p->panic)
        pm_parser_skip_statement(p);
    pm_parser_accept(p, PM_TOKEN_SEMICOLON);
}

static void read_statement(struct parser *p, uint32_t open)
{
    uint32_t start = p->at;
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
    end_statement(p, open);
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

static bool begins_statement(const struct parser *p)
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

// A block whose "{" is missing, reported: up to a lone "}", or one statement.
static struct pm_ast *open_block(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;
    bool has_end = has_lone_brace(p);

    p->panic = false;
    p->excused += has_end;
    if (!pm_parser_enter(p))
        return pm_parser_too_deep(p);
    while (has_end && p->kind != PM_TOKEN_RBRACE && p->kind != PM_TOKEN_END) {
        uint32_t start = p->at;
        read_statement(p, first);
        if (p->at == start)
            break;
    }
    if (has_end)
        pm_parser_accept(p, PM_TOKEN_RBRACE);
    else if (begins_statement(p))
        pm_parser_push(p, pm_parse_statement(p));
    pm_parser_leave(p);
    return pm_parser_list(p, PM_AST_BLOCK, first, first, mark);
}

static struct pm_ast *missing_block(struct parser *p, const char *of)
{
    uint32_t first = p->at;
    if (!p->panic) {
        struct pm_lang_diag *diag =
            pm_parser_unexpected(p, PM_LANG_NEEDS_BLOCK, "'{'");
        if (diag)
            pm_lang_help(p->report, diag, "the body of %s stands in braces",
                         of);
        if (p->kind != PM_TOKEN_LBRACE && !pm_parser_is_fresh(p) &&
            pm_parser_begins_jump(p))
            return open_block(p);
        struct parser before = *p;
        if (pm_parser_skip_to_block(p))
            return pm_parse_block(p, of);
        p->at = before.at;
        p->kind = before.kind;
        return open_block(p);
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
    pm_parser_next(p);
    while (!pm_parser_at_close(p, open))
        read_statement(p, open);
    pm_parser_close(p, open);
    pm_parser_leave(p);
    return pm_parser_list(p, PM_AST_BLOCK, open, open, mark);
}

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
    return join_branches(p, mark, otherwise);
}

static struct pm_ast *while_loop(struct parser *p)
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
    value = pm_parser_accept(p, PM_TOKEN_KW_IN) ? pm_parse_expr(p)
                                                : pm_parser_bad(p, p->at);
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
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_FOR, p->at, p->at,
        "found '(', wanted a name: the head of a loop has no parentheses");
    pm_parser_help(p, diag,
                   "write for i from 0 until n { }, for x in list { } or "
                   "while condition { }");
    pm_parser_skip(p);
    p->panic = true;
    struct pm_ast *body = pm_parse_block(p, "a for");
    return PARSER_NODE(p, BAD, first, first, body);
}

static struct pm_ast *for_loop(struct parser *p)
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
    return for_in(p, first, name);
}

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
    bool is_import = p->kind == PM_TOKEN_KW_IMPORT;
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
    if (pm_parser_begins_expr(p) &&
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
        (pm_parser_foreign_word(p) && begins_statement(p)))
        return;
    if (p->kind != PM_TOKEN_NAME) {
        // A declaration of another language, reported.
        p->mistake = p->at;
        pm_parser_next(p);
        p->panic = true;
        return;
    }
    pm_token_kind third = pm_parser_peek(p, 2);
    if (third != PM_TOKEN_ASSIGN && third != PM_TOKEN_SEMICOLON)
        return;
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_FOREIGN_WORD, p->at, p->at,
                           "found a type in front of a name, wanted 'let'");
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
        return while_loop(p);
    case PM_TOKEN_KW_FOR:
        return for_loop(p);
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
