// SPDX-License-Identifier: MIT
//
// A file: imports, then declarations.
#include "lang/parser_internal.h"

// --- imports -----------------------------------------------------------------

static struct pm_ast *import_name(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *alias = NULL;

    pm_parse_name(p, "the name of what is imported");
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_KW_AS))
        alias = pm_parse_name(p, "a name");
    return PARSER_NODE(p, IMPORT_NAME, first, first, alias);
}

static struct pm_ast *import_path(struct parser *p)
{
    if (!p->panic && p->kind != PM_TOKEN_KW_FROM) {
        struct pm_lang_diag *diag = pm_parser_unexpected(
            p, PM_LANG_UNEXPECTED, "'from' and the module's path");
        pm_parser_help(p, diag,
                       "write import { A, B } from \"path\" or import m from "
                       "\"path\"");
    }
    pm_parser_accept(p, PM_TOKEN_KW_FROM);
    return pm_parse_a_string(p, "a string with the module's path");
}

// "import m from": at the name.
static struct pm_ast *import_module(struct parser *p, uint32_t first)
{
    uint32_t name = p->at;

    if (p->kind == PM_TOKEN_STRING || p->kind == PM_TOKEN_STAR) {
        struct pm_lang_diag *diag = pm_parser_unexpected(
            p, PM_LANG_UNEXPECTED, "names in '{ }', or a name");
        pm_parser_help(p, diag,
                       "write import { A, B } from \"path\" or import m "
                       "from \"path\"");
    } else {
        pm_parse_name(p, "names in '{ }', or a name");
    }
    struct pm_ast *path = import_path(p);
    return PARSER_NODE(p, IMPORT_MODULE, first, name, path);
}

// "import { A, B } from": at the brace.
static struct pm_ast *import_names(struct parser *p, uint32_t first)
{
    uint32_t token = p->at - 1;
    size_t mark = p->kid_count;

    // The path is the first kid, so its place is kept.
    pm_parser_push(p, NULL);
    pm_parser_items(p, import_name, LIST_MAY_TRAIL | LIST_DECLARES,
                    "',' or '}'");
    struct pm_ast *path = import_path(p);
    if (p->kid_count > mark)
        p->kids[mark] = path;
    return pm_parser_list(p, PM_AST_IMPORT_NAMES, first, token, mark);
}

static bool begins_import(const struct parser *p)
{
    return p->kind == PM_TOKEN_KW_IMPORT ||
           (p->kind == PM_TOKEN_KW_PUB &&
            (pm_parser_peek(p, 1) == PM_TOKEN_KW_IMPORT ||
             pm_parser_peek(p, 1) == PM_TOKEN_LBRACE));
}

// "pub { A } from", as "export { A } from" of another language.
static void refuse_lone_braces(struct parser *p)
{
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_UNEXPECTED, p->at, p->at,
                           "found '{', wanted 'import' before it");
    pm_parser_fix_before(p, diag, p->at, "import ");
}

static struct pm_ast *import(struct parser *p)
{
    uint32_t first = p->at;
    bool is_pub = pm_parser_accept(p, PM_TOKEN_KW_PUB);

    if (p->kind == PM_TOKEN_LBRACE)
        refuse_lone_braces(p);
    else
        pm_parser_next(p);
    if (p->kind != PM_TOKEN_LBRACE) {
        if (is_pub) {
            struct pm_lang_diag *diag = pm_parser_complain(
                p, PM_LANG_UNEXPECTED, first, first,
                "found 'pub' before the import of a whole module; only names "
                "are handed on");
            pm_parser_help(p, diag, "write pub import { A, B } from \"path\"");
        }
        return import_module(p, first);
    }
    struct pm_ast *names = import_names(p, first);
    if (is_pub)
        names->flags |= PM_AST_PUB;
    return names;
}

static struct pm_ast *no_declaration(struct parser *p)
{
    uint32_t first = p->at;
    bool is_typed = (p->kind == PM_TOKEN_NAME || p->kind == PM_TOKEN_KW_VOID) &&
                    pm_parser_peek(p, 1) == PM_TOKEN_NAME;
    struct pm_lang_diag *diag =
        pm_parser_error(p, PM_LANG_NOT_A_DECLARATION,
                        "found '%s', wanted 'import', 'fn' or 'declare'",
                        pm_parser_show(p, p->at));
    if (p->kind == PM_TOKEN_KW_FROM || pm_parser_is_word(p, "from"))
        pm_parser_help(p, diag, "write import { A, B } from \"path\"");
    else if (is_typed && pm_parser_peek(p, 2) == PM_TOKEN_LPAREN)
        pm_parser_help(p, diag,
                       "a function is written fn f(a: int) -> int { }");
    else if (is_typed && pm_parser_peek(p, 2) == PM_TOKEN_ASSIGN)
        pm_parser_help(p, diag, "write declare global name: int = 1");
    else if (p->kind == PM_TOKEN_MINUS)
        pm_parser_help(p, diag, "comments begin with //");
    else if (pm_parser_is_word(p, "end"))
        pm_parser_help(p, diag, "blocks stand in { and }");
    else if (p->kind == PM_TOKEN_KW_LET)
        pm_parser_help(p, diag,
                       "what the functions of a file share is declared as "
                       "'declare global name: T = value'");
    else
        pm_parser_help(p, diag, "statements stand in functions");
    return pm_parser_bad(p, first);
}

static void skip_to_declaration(struct parser *p)
{
    p->lacks_declarations = true;
    while (!((pm_parser_begins_declaration(p) || pm_parser_lacks_declare(p)) &&
             pm_parser_is_fresh(p)) &&
           pm_parser_skip(p))
        ;
    p->panic = false;
}

static struct pm_ast *item(struct parser *p, bool *has_declarations)
{
    if (p->kind == PM_TOKEN_NAME && pm_parser_peek(p, 1) != PM_TOKEN_LPAREN)
        pm_parser_foreign_word(p);
    if (begins_import(p)) {
        if (*has_declarations) {
            struct pm_lang_diag *diag =
                pm_parser_complain(p, PM_LANG_IMPORT_PLACE, p->at, p->at,
                                   "found an import behind a declaration");
            pm_parser_help(p, diag, "move it to the top of the file");
        }
        return import(p);
    }
    if (p->kind == PM_TOKEN_NAME)
        pm_parser_foreign_word(p);
    if (!pm_parser_begins_declaration(p) && !pm_parser_lacks_declare(p))
        return no_declaration(p);
    *has_declarations = true;
    return pm_parse_declaration(p);
}

// What a missing brace let through to the file.
static bool is_stray(const struct parser *p)
{
    return p->kind == PM_TOKEN_RBRACE || p->kind == PM_TOKEN_RPAREN ||
           p->kind == PM_TOKEN_RBRACKET;
}

struct pm_ast *pm_parse_file(struct parser *p)
{
    size_t mark = p->kid_count;
    bool has_declarations = false;

    while (p->kind != PM_TOKEN_END) {
        uint32_t start = p->at;
        if (is_stray(p)) {
            pm_parser_next(p);
            continue;
        }
        if (pm_parser_skip_divider(p))
            continue;
        pm_parser_push(p, item(p, &has_declarations));
        if (p->at == start && p->kind != PM_TOKEN_END && !pm_parser_skip(p))
            pm_parser_next(p);
        if (p->panic)
            skip_to_declaration(p);
    }
    return pm_parser_list(p, PM_AST_FILE, 0, 0, mark);
}
