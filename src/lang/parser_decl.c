// SPDX-License-Identifier: MIT
//
// Declarations.
#include "lang/parser_internal.h"

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
    p->lacks_declarations = true;
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
        methods = pm_parse_members(p, pm_parse_method);
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
        pm_parser_items(p, case_item, LIST_MAY_TRAIL | LIST_DECLARES,
                        "',' or '}'");
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
    struct pm_ast *list = pm_parse_members(
        p, is_service ? pm_parse_service_member : pm_parse_contract_signature);
    if (is_service)
        return PARSER_NODE(p, SERVICE, first, name, list);
    return PARSER_NODE(p, CONTRACT, first, name, list);
}

struct pm_ast *pm_parse_a_string(struct parser *p, const char *wanted)
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
    struct pm_ast *domain = pm_parse_a_string(p, "a string with the domain");
    return PARSER_NODE(p, STATE, first, name, domain);
}

static struct pm_ast *host_item(struct parser *p, uint32_t first)
{
    uint32_t token = p->at;
    pm_parser_next(p);
    struct pm_ast *module =
        pm_parse_a_string(p, "a string with the module of calls");
    struct pm_ast *list = pm_parse_members(p, pm_parse_host_signature);
    return PARSER_NODE(p, HOST, first, token, module, list);
}

static struct pm_ast *extend_item(struct parser *p, uint32_t first)
{
    uint32_t token = p->at;
    pm_parser_next(p);
    struct pm_ast *type_params = pm_parse_type_params(p);
    struct pm_ast *type = pm_parse_type(p);
    struct pm_ast *list = pm_parse_members(p, pm_parse_method);
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
        struct pm_ast *list = pm_parse_members(
            p, is_op ? pm_parse_op_signature : pm_parse_contract_signature);
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
        return pm_parse_value_item(p, PM_AST_CONST, first);
    case PM_TOKEN_KW_GLOBAL:
        return pm_parse_value_item(p, PM_AST_GLOBAL, first);
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

// --- declarations ------------------------------------------------------------

bool pm_parser_lacks_declare(const struct parser *p)
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
    if (pm_parser_lacks_declare(p)) {
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
