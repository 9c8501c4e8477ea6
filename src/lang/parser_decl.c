// SPDX-License-Identifier: MIT
//
// Files and declarations.
#include "lang/parser_internal.h"

// --- names -------------------------------------------------------------------

static bool is_keyword(const struct parser *p)
{
    return p->kind >= PM_TOKEN_KW_IMPORT && p->kind < PM_TOKEN_LPAREN;
}

// Whether what stands behind this token may stand behind a name.
static bool stands_as_name(const struct parser *p)
{
    switch (pm_parser_peek(p, 1)) {
    case PM_TOKEN_ASSIGN:
    case PM_TOKEN_COLON:
    case PM_TOKEN_COMMA:
    case PM_TOKEN_LPAREN:
    case PM_TOKEN_RPAREN:
    case PM_TOKEN_LT:
    case PM_TOKEN_LBRACE:
    case PM_TOKEN_RBRACE:
    case PM_TOKEN_KW_IN:
    case PM_TOKEN_KW_FROM:
        return true;
    default:
        return false;
    }
}

struct pm_ast *pm_parse_name(struct parser *p, const char *wanted)
{
    uint32_t first = p->at;

    if (p->kind == PM_TOKEN_NAME) {
        pm_parser_next(p);
        return pm_parser_leaf(p, PM_AST_NAME, first);
    }
    if (is_keyword(p) && stands_as_name(p)) {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_NEEDS_NAME, first, first,
            "found '%s', a word of the language, wanted %s",
            pm_token_kind_text((pm_token_kind)p->kind), wanted);
        pm_parser_help(p, diag, "take another name");
        pm_parser_next(p);
        return pm_parser_leaf(p, PM_AST_NAME, first);
    }
    pm_parser_unexpected(p, PM_LANG_NEEDS_NAME, wanted);
    return pm_parser_bad(p, first);
}

// Names that are only written behind a dot may be any word.
static uint32_t member_name(struct parser *p, bool is_member,
                            const char *wanted)
{
    uint32_t name = p->at;
    if (is_member && is_keyword(p))
        pm_parser_next(p);
    else
        pm_parse_name(p, wanted);
    return name;
}

// --- functions and signatures ------------------------------------------------

static struct pm_ast *param(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *type = NULL;
    struct pm_ast *value = NULL;

    pm_parse_name(p, "the name of a parameter");
    if (p->panic) {
        type = pm_parser_bad(p, p->at);
    } else if (pm_parser_accept(p, PM_TOKEN_COLON)) {
        type = pm_parse_type(p);
    } else {
        struct pm_lang_diag *diag =
            pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "':' and a type");
        pm_parser_help(p, diag, "a parameter is written name: type");
        type = pm_parser_bad(p, p->at);
    }
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_ASSIGN))
        value = pm_parse_expr(p);
    return PARSER_NODE(p, PARAM, first, first, type, value);
}

struct pm_ast *pm_parse_params(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    if (p->kind == PM_TOKEN_LPAREN)
        pm_parser_items(p, param, LIST_MAY_TRAIL | LIST_MAY_BE_EMPTY,
                        "',' or ')'");
    else
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "'(' with the parameters");
    return pm_parser_list(p, PM_AST_PARAMS, first, first, mark);
}

struct pm_ast *pm_parse_fn_item(struct parser *p, uint32_t first,
                                struct pm_ast *attribute, unsigned flags,
                                bool is_member)
{
    pm_parser_next(p);
    uint32_t name = member_name(p, is_member, "the name of the function");
    struct pm_ast *type_params = pm_parse_type_params(p);
    struct pm_ast *params = pm_parse_params(p);
    struct pm_ast *result = pm_parse_result(p);
    struct pm_ast *body = pm_parse_block(p, "a function");
    struct pm_ast *fn = PARSER_NODE(p, FN, first, name, attribute, type_params,
                                    params, result, body);
    fn->flags |= (uint16_t)flags;
    return fn;
}

typedef enum { OF_CONTRACT, OF_HOST, OF_OP } signature_place;

// "version" of a host call, the text of an op.
static struct pm_ast *signature_extra(struct parser *p, signature_place place)
{
    if (place == OF_HOST && pm_parser_is_word(p, "version")) {
        pm_parser_next(p);
        if (p->kind == PM_TOKEN_INT)
            return pm_parse_atom(p);
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "a number");
    }
    if (place == OF_OP && pm_parser_expect(p, PM_TOKEN_ASSIGN)) {
        if (p->kind == PM_TOKEN_STRING)
            return pm_parse_atom(p);
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "a string");
    }
    return NULL;
}

static struct pm_ast *signature(struct parser *p, signature_place place)
{
    uint32_t first = p->at;

    if (!pm_parser_expect(p, PM_TOKEN_KW_FN))
        return pm_parser_bad(p, first);
    uint32_t name = member_name(p, true, "the name of a function");
    struct pm_ast *type_params = pm_parse_type_params(p);
    struct pm_ast *params = pm_parse_params(p);
    struct pm_ast *result = pm_parse_result(p);
    struct pm_ast *extra = p->panic ? NULL : signature_extra(p, place);
    if (p->kind == PM_TOKEN_LBRACE && !p->panic) {
        struct pm_lang_diag *diag = pm_parser_error(
            p, PM_LANG_UNEXPECTED, "found a body, where none can stand");
        pm_parser_help(p, diag, "only the function's head stands here");
        pm_parser_skip(p);
        p->panic = false;
    }
    return PARSER_NODE(p, SIGNATURE, first, name, type_params, params, result,
                       extra);
}

static struct pm_ast *contract_signature(struct parser *p)
{
    return signature(p, OF_CONTRACT);
}

static struct pm_ast *host_signature(struct parser *p)
{
    return signature(p, OF_HOST);
}

static struct pm_ast *op_signature(struct parser *p)
{
    return signature(p, OF_OP);
}

// --- members -----------------------------------------------------------------

static struct pm_ast *value_item(struct parser *p, pm_ast_kind kind,
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
        struct pm_ast *item = value_item(p, PM_AST_CONST, first);
        item->flags |= (uint16_t)flags;
        return item;
    }
    pm_parser_unexpected(p, PM_LANG_UNEXPECTED,
                         may_be_const ? "'fn' or 'const'" : "'fn'");
    return pm_parser_bad(p, first);
}

static struct pm_ast *method(struct parser *p)
{
    return member_item(p, false);
}

static struct pm_ast *service_member(struct parser *p)
{
    return member_item(p, true);
}

static bool begins_member(const struct parser *p)
{
    return p->kind == PM_TOKEN_KW_FN || p->kind == PM_TOKEN_KW_PUB ||
           p->kind == PM_TOKEN_KW_CONST;
}

// A ";" or "," that nothing here needs.
static bool skip_divider(struct parser *p)
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
    while (!pm_parser_at_close(p, open) &&
           !(begins_member(p) && pm_parser_is_fresh(p)) && pm_parser_skip(p))
        ;
    p->panic = false;
}

static struct pm_ast *members(struct parser *p, pm_parse_fn *item)
{
    uint32_t open = p->at;
    size_t mark = p->kid_count;

    if (!pm_parser_expect(p, PM_TOKEN_LBRACE))
        return pm_parser_bad(p, open);
    while (!pm_parser_at_close(p, open)) {
        uint32_t start = p->at;
        if (skip_divider(p))
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

// --- what "declare" declares -------------------------------------------------

static struct pm_ast *contracts(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    if (p->panic || !pm_parser_accept(p, PM_TOKEN_COLON))
        return NULL;
    do
        pm_parser_push(p, pm_parse_type(p));
    while (pm_parser_accept(p, PM_TOKEN_COMMA));
    return pm_parser_list(p, PM_AST_TYPES, first, first, mark);
}

// Fields in braces, as other languages have them: passed over whole.
static struct pm_ast *fields_in_braces(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_lang_diag *diag =
        pm_parser_error(p, PM_LANG_UNEXPECTED,
                        "found '{', wanted '(' with the fields of the struct");
    pm_parser_help(p, diag,
                   "fields stand in parentheses, methods behind them in "
                   "braces: declare struct P(x: int) { fn f() -> void { } }");
    if (pm_parser_peek(p, 1) == PM_TOKEN_NAME)
        pm_parser_skip(p);
    p->panic = false;
    return pm_parser_list(p, PM_AST_PARAMS, first, first, p->kid_count);
}

static struct pm_ast *struct_item(struct parser *p, uint32_t first)
{
    pm_parser_next(p);
    uint32_t name = p->at;
    pm_parse_name(p, "the name of the struct");
    struct pm_ast *type_params = pm_parse_type_params(p);
    struct pm_ast *fields = p->kind == PM_TOKEN_LBRACE && !p->panic
                                ? fields_in_braces(p)
                                : pm_parse_params(p);
    struct pm_ast *types = contracts(p);
    struct pm_ast *methods = NULL;
    if (!p->panic && p->kind == PM_TOKEN_LBRACE)
        methods = members(p, method);
    return PARSER_NODE(p, STRUCT, first, name, type_params, fields, types,
                       methods);
}

static struct pm_ast *case_number(struct parser *p)
{
    uint32_t first = p->at;
    if (!pm_parser_accept(p, PM_TOKEN_MINUS)) {
        if (p->kind == PM_TOKEN_INT)
            return pm_parse_int(p, false);
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "a number");
        return pm_parser_bad(p, first);
    }
    if (p->kind != PM_TOKEN_INT) {
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "a number");
        return pm_parser_bad(p, first);
    }
    struct pm_ast *number = pm_parse_int(p, true);
    return PARSER_NODE(p, NEG, first, first, number);
}

static struct pm_ast *case_item(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *params = NULL;
    struct pm_ast *number = NULL;

    pm_parse_name(p, "the name of a case");
    if (!p->panic && p->kind == PM_TOKEN_LPAREN)
        params = pm_parse_params(p);
    if (!p->panic && pm_parser_accept(p, PM_TOKEN_ASSIGN))
        number = case_number(p);
    return PARSER_NODE(p, CASE, first, first, params, number);
}

static struct pm_ast *enum_item(struct parser *p, pm_ast_kind kind,
                                uint32_t first)
{
    pm_parser_next(p);
    uint32_t name = p->at;
    pm_parse_name(p, kind == PM_AST_ENUM ? "the name of the enum"
                                         : "the name of the error");
    size_t mark = p->kid_count;
    if (p->kind == PM_TOKEN_LBRACE)
        pm_parser_items(p, case_item, LIST_MAY_TRAIL, "',' or '}'");
    else
        pm_parser_unexpected(p, PM_LANG_UNEXPECTED, "'{' with the cases");
    return pm_parser_list(p, kind, first, name, mark);
}

static struct pm_ast *callback_item(struct parser *p, uint32_t first)
{
    pm_parser_next(p);
    uint32_t name = p->at;
    pm_parse_name(p, "the name of the callback");
    struct pm_ast *params = pm_parse_params(p);
    struct pm_ast *result = pm_parse_result(p);
    return PARSER_NODE(p, CALLBACK, first, name, params, result);
}

static struct pm_ast *group_item(struct parser *p, uint32_t first,
                                 bool is_service)
{
    pm_parser_next(p);
    uint32_t name = p->at;
    pm_parse_name(p, is_service ? "the name of the service"
                                : "the name of the contract");
    struct pm_ast *list =
        members(p, is_service ? service_member : contract_signature);
    if (is_service)
        return PARSER_NODE(p, SERVICE, first, name, list);
    return PARSER_NODE(p, CONTRACT, first, name, list);
}

static struct pm_ast *a_string(struct parser *p, const char *wanted)
{
    uint32_t first = p->at;
    if (p->kind == PM_TOKEN_STRING && !p->panic)
        return pm_parse_atom(p);
    pm_parser_unexpected(p, PM_LANG_UNEXPECTED, wanted);
    return pm_parser_bad(p, first);
}

static struct pm_ast *state_item(struct parser *p, uint32_t first)
{
    pm_parser_next(p);
    uint32_t name = p->at;
    pm_parse_name(p, "the name of the state");
    struct pm_ast *domain = a_string(p, "a string with the domain");
    return PARSER_NODE(p, STATE, first, name, domain);
}

static struct pm_ast *host_item(struct parser *p, uint32_t first)
{
    uint32_t token = p->at;
    pm_parser_next(p);
    struct pm_ast *module = a_string(p, "a string with the module of calls");
    struct pm_ast *list = members(p, host_signature);
    return PARSER_NODE(p, HOST, first, token, module, list);
}

static struct pm_ast *extend_item(struct parser *p, uint32_t first)
{
    uint32_t token = p->at;
    pm_parser_next(p);
    struct pm_ast *type_params = pm_parse_type_params(p);
    struct pm_ast *type = pm_parse_type(p);
    struct pm_ast *list = members(p, method);
    return PARSER_NODE(p, EXTEND, first, token, type_params, type, list);
}

static struct pm_ast *named_by_word(struct parser *p, uint32_t first)
{
    uint32_t token = p->at;
    if (pm_parser_is_word(p, "state"))
        return state_item(p, first);
    if (pm_parser_is_word(p, "host"))
        return host_item(p, first);
    if (pm_parser_is_word(p, "extend"))
        return extend_item(p, first);
    bool is_op = pm_parser_is_word(p, "op");
    if (is_op || pm_parser_is_word(p, "intrinsic")) {
        pm_parser_next(p);
        struct pm_ast *list =
            members(p, is_op ? op_signature : contract_signature);
        if (is_op)
            return PARSER_NODE(p, OPS, first, token, list);
        return PARSER_NODE(p, INTRINSICS, first, token, list);
    }
    struct pm_lang_diag *diag = pm_parser_unexpected(
        p, PM_LANG_UNEXPECTED,
        "const, global, struct, enum, error, service, contract, callback, "
        "state or host");
    if (p->kind == PM_TOKEN_KW_FN)
        pm_parser_help(p, diag, "functions are declared without 'declare'");
    if (p->kind == PM_TOKEN_KW_LET || pm_parser_is_word(p, "var"))
        pm_parser_help(p, diag, "write 'declare global name: T = value'");
    return pm_parser_bad(p, first);
}

static struct pm_ast *declared(struct parser *p, uint32_t first)
{
    switch (p->kind) {
    case PM_TOKEN_KW_CONST:
        return value_item(p, PM_AST_CONST, first);
    case PM_TOKEN_KW_GLOBAL:
        return value_item(p, PM_AST_GLOBAL, first);
    case PM_TOKEN_KW_STRUCT:
        return struct_item(p, first);
    case PM_TOKEN_KW_ENUM:
        return enum_item(p, PM_AST_ENUM, first);
    case PM_TOKEN_KW_ERROR:
        return enum_item(p, PM_AST_ERROR, first);
    case PM_TOKEN_KW_SERVICE:
        return group_item(p, first, true);
    case PM_TOKEN_KW_CONTRACT:
        return group_item(p, first, false);
    case PM_TOKEN_KW_CALLBACK:
        return callback_item(p, first);
    default:
        return named_by_word(p, first);
    }
}

// --- the file ----------------------------------------------------------------

static bool begins_declared(const struct parser *p)
{
    return (p->kind >= PM_TOKEN_KW_STRUCT && p->kind <= PM_TOKEN_KW_GLOBAL) &&
           pm_parser_peek(p, 1) == PM_TOKEN_NAME;
}

bool pm_parser_begins_declaration(const struct parser *p)
{
    switch (p->kind) {
    case PM_TOKEN_KW_FN:
    case PM_TOKEN_KW_PUB:
    case PM_TOKEN_KW_DECLARE:
    case PM_TOKEN_KW_IMPORT:
        return true;
    case PM_TOKEN_LBRACKET:
        return pm_parser_peek(p, 1) == PM_TOKEN_NAME &&
               pm_parser_peek(p, 2) == PM_TOKEN_RBRACKET;
    default:
        return false;
    }
}

static struct pm_ast *attribute(struct parser *p)
{
    uint32_t open = p->at;
    if (!pm_parser_accept(p, PM_TOKEN_LBRACKET))
        return NULL;
    struct pm_ast *name = pm_parse_name(p, "the name of an attribute");
    pm_parser_close(p, open);
    return name;
}

static void refuse_attribute(struct parser *p, const struct pm_ast *name)
{
    if (name)
        pm_parser_complain(p, PM_LANG_UNEXPECTED, name->first, name->last,
                           "an attribute can only stand in front of 'fn'");
}

static void refuse_undeclared(struct parser *p)
{
    struct pm_lang_diag *diag =
        pm_parser_complain(p, PM_LANG_NOT_A_DECLARATION, p->at, p->at,
                           "found '%s', wanted 'declare' before it",
                           pm_token_kind_text((pm_token_kind)p->kind));
    pm_parser_fix_before(p, diag, p->at, "declare ");
}

struct pm_ast *pm_parse_declaration(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_ast *name = attribute(p);
    unsigned flags = pm_parser_accept(p, PM_TOKEN_KW_PUB) ? PM_AST_PUB : 0;
    struct pm_ast *item;

    if (p->kind == PM_TOKEN_NAME)
        pm_parser_foreign_word(p);
    if (p->kind == PM_TOKEN_KW_FN)
        return pm_parse_fn_item(p, first, name, flags, false);
    if (begins_declared(p)) {
        // A word of another language in its place was reported.
        if (p->kind == p->tokens[p->at].kind)
            refuse_undeclared(p);
        item = declared(p, first);
    } else if (pm_parser_accept(p, PM_TOKEN_KW_DECLARE)) {
        if (pm_parser_accept(p, PM_TOKEN_KW_PUB)) {
            pm_parser_complain(p, PM_LANG_UNEXPECTED, p->at - 1, p->at - 1,
                               "'pub' stands in front of 'declare'");
            flags = PM_AST_PUB;
        }
        item = declared(p, first);
    } else {
        pm_parser_unexpected(p, PM_LANG_NOT_A_DECLARATION, "'fn' or 'declare'");
        return pm_parser_bad(p, first);
    }
    refuse_attribute(p, name);
    item->flags |= (uint16_t)flags;
    return item;
}

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
    return a_string(p, "a string with the module's path");
}

static struct pm_ast *import(struct parser *p)
{
    uint32_t first = p->at;
    size_t mark = p->kid_count;

    pm_parser_next(p);
    if (p->kind != PM_TOKEN_LBRACE) {
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
    // The path is the first kid, so its place is kept.
    pm_parser_push(p, NULL);
    pm_parser_items(p, import_name, LIST_MAY_TRAIL, "',' or '}'");
    struct pm_ast *path = import_path(p);
    if (p->kid_count > mark)
        p->kids[mark] = path;
    return pm_parser_list(p, PM_AST_IMPORT_NAMES, first, first, mark);
}

static struct pm_ast *no_declaration(struct parser *p)
{
    uint32_t first = p->at;
    struct pm_lang_diag *diag =
        pm_parser_error(p, PM_LANG_NOT_A_DECLARATION,
                        "found '%s', wanted 'import', 'fn' or 'declare'",
                        pm_parser_show(p, p->at));
    if (p->kind == PM_TOKEN_KW_LET)
        pm_parser_help(p, diag,
                       "what the functions of a file share is declared as "
                       "'declare global name: T = value'");
    else
        pm_parser_help(p, diag, "statements stand in functions");
    return pm_parser_bad(p, first);
}

static void skip_to_declaration(struct parser *p)
{
    while (!((pm_parser_begins_declaration(p) || begins_declared(p)) &&
             pm_parser_is_fresh(p)) &&
           pm_parser_skip(p))
        ;
    p->panic = false;
}

static struct pm_ast *item(struct parser *p, bool *has_declarations)
{
    if (p->kind == PM_TOKEN_KW_IMPORT) {
        if (*has_declarations) {
            struct pm_lang_diag *diag =
                pm_parser_complain(p, PM_LANG_IMPORT_PLACE, p->at, p->at,
                                   "found an import behind a declaration");
            pm_parser_help(p, diag, "move it to the top of the file");
        }
        return import(p);
    }
    *has_declarations = true;
    if (p->kind == PM_TOKEN_NAME)
        pm_parser_foreign_word(p);
    if (pm_parser_begins_declaration(p) || begins_declared(p))
        return pm_parse_declaration(p);
    return no_declaration(p);
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
        if (skip_divider(p))
            continue;
        pm_parser_push(p, item(p, &has_declarations));
        if (p->at == start && p->kind != PM_TOKEN_END && !pm_parser_skip(p))
            pm_parser_next(p);
        if (p->panic)
            skip_to_declaration(p);
    }
    return pm_parser_list(p, PM_AST_FILE, 0, 0, mark);
}
