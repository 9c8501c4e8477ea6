// SPDX-License-Identifier: MIT
//
// The members of structs, services and groups of signatures; constants.
#include "lang/parser_internal.h"

struct pm_ast *pm_parse_value_item(struct parser *p, pm_ast_kind kind,
                                   uint32_t first)
{
    struct pm_ast *type;
    struct pm_ast *value;

    pm_parser_next(p);
    uint32_t name = p->at;
    pm_parse_name(p, kind == PM_AST_CONST ? "the name of the constant"
                                          : "the name of the global");
    if (p->kind == PM_TOKEN_ASSIGN && !p->panic) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_NEEDS_TYPE, p->at, p->at,
                               "found '=', wanted ':' and a type before it");
        pm_parser_help(p, diag,
                       "what a file declares states its type: name: T = value");
        type = pm_parser_bad(p, p->at);
    } else {
        type = pm_parser_expect(p, PM_TOKEN_COLON) ? pm_parse_type(p)
                                                   : pm_parser_bad(p, p->at);
    }
    if (!p->panic && pm_parser_expect(p, PM_TOKEN_ASSIGN))
        value = pm_parse_expr(p);
    else
        value = pm_parser_bad(p, p->at);
    if (kind == PM_AST_CONST)
        return PARSER_NODE(p, CONST, first, name, type, value);
    return PARSER_NODE(p, GLOBAL, first, name, type, value);
}

static struct pm_ast *member_item(struct parser *p, bool may_be_const)
{
    uint32_t first = p->at;
    unsigned flags = pm_parser_accept(p, PM_TOKEN_KW_PUB) ? PM_AST_PUB : 0;

    if (p->kind == PM_TOKEN_NAME)
        pm_parser_foreign_word(p);
    if (p->kind == PM_TOKEN_KW_FN)
        return pm_parse_fn_item(p, first, NULL, flags, true);
    if (p->kind == PM_TOKEN_KW_CONST && may_be_const) {
        struct pm_ast *item = pm_parse_value_item(p, PM_AST_CONST, first);
        item->flags |= (uint16_t)flags;
        return item;
    }
    pm_parser_unexpected(p, PM_LANG_UNEXPECTED,
                         may_be_const ? "'fn' or 'const'" : "'fn'");
    return pm_parser_bad(p, first);
}

struct pm_ast *pm_parse_method(struct parser *p)
{
    return member_item(p, false);
}

struct pm_ast *pm_parse_service_member(struct parser *p)
{
    return member_item(p, true);
}

static bool begins_member(const struct parser *p)
{
    return p->kind == PM_TOKEN_KW_FN || p->kind == PM_TOKEN_KW_PUB ||
           p->kind == PM_TOKEN_KW_CONST;
}

bool pm_parser_skip_divider(struct parser *p)
{
    if (p->kind != PM_TOKEN_SEMICOLON && p->kind != PM_TOKEN_COMMA)
        return false;
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_UNEXPECTED, p->at, p->at,
                           "found a '%s' between declarations",
                           pm_token_kind_text((pm_token_kind)p->kind));
    pm_parser_fix(p, diag, p->at, p->at, "");
    pm_parser_help(p, diag, "remove it");
    pm_parser_next(p);
    return true;
}

static void skip_to_member(struct parser *p, uint32_t open)
{
    p->lacks_declarations = true;
    while (!pm_parser_at_close(p, open) &&
           !(begins_member(p) && pm_parser_is_fresh(p)) && pm_parser_skip(p))
        ;
    p->panic = false;
}

struct pm_ast *pm_parse_members(struct parser *p, pm_parse_fn *item)
{
    uint32_t open = p->at;
    size_t mark = p->kid_count;

    if (!pm_parser_expect(p, PM_TOKEN_LBRACE))
        return pm_parser_bad(p, open);
    while (!pm_parser_at_close(p, open)) {
        uint32_t start = p->at;
        if (pm_parser_skip_divider(p))
            continue;
        pm_parser_push(p, item(p));
        if (p->panic)
            skip_to_member(p, open);
        if (p->at == start && !pm_parser_skip(p))
            break;
    }
    pm_parser_close(p, open);
    return pm_parser_list(p, PM_AST_MEMBERS, open, open, mark);
}
