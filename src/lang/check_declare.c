// SPDX-License-Identifier: MIT
//
// What declarations say: fields, cases, contracts. Found out when it is first
// wanted, so that the order of declarations does not matter.

#include "lang/check_internal.h"

// --- fields ------------------------------------------------------------------

static void check_field_names(struct checker *c, const struct pm_ast *params)
{
    struct chk_map names = {0};

    for (uint32_t i = 0; i < params->count; i++) {
        const struct pm_ast *param = params->kids[i];
        const struct pm_ast *first =
            pm_chk_map_put(c, &names, pm_chk_name(c, param), (void *)param);
        if (!first)
            continue;
        struct pm_lang_diag *diag =
            pm_chk_error_at(c, PM_LANG_DUPLICATE, pm_chk_name_span(c, param),
                            "'%s' stands here a second time",
                            pm_chk_show(c, pm_chk_name(c, param)));
        pm_chk_note(c, diag, pm_chk_name_span(c, first), "first here");
    }
}

static const struct pm_lt_field *read_fields(struct checker *c,
                                             const struct pm_ast *params,
                                             struct chk_binding *bindings,
                                             const struct pm_lt *self,
                                             uint32_t *out_count)
{
    struct pm_lt_field *fields =
        pm_chk_alloc(c, (params->count + 1) * sizeof *fields);

    for (uint32_t i = 0; i < params->count; i++) {
        const struct pm_ast *param = params->kids[i];
        fields[i].name = pm_chk_name(c, param);
        fields[i].type = pm_chk_resolve(c, param->kids[0], bindings, self);
        if (fields[i].type->kind == PM_LT_VOID)
            fields[i].type = c->t_unknown;
    }
    check_field_names(c, params);
    *out_count = params->count;
    return fields;
}

static void read_contracts(struct checker *c, struct pm_lt *type,
                           struct chk_struct *info)
{
    const struct pm_ast *list = info->decl->ast->kids[2];

    for (uint32_t i = 0; list && i < list->count; i++) {
        const struct pm_lt *contract =
            pm_chk_resolve(c, list->kids[i], info->bindings, type);
        if (contract->kind == PM_LT_CONTRACT)
            pm_chk_push(c, &info->contracts, (void *)contract);
        else if (!pm_chk_is_unknown(contract))
            pm_chk_error(c, PM_LANG_NOT_A_TYPE, list->kids[i],
                         "found %s behind the fields, wanted a contract",
                         pm_chk_show_type(c, contract));
    }
    if (info->contracts.count)
        pm_chk_push(c, &c->structs, type);
}

void pm_chk_complete(struct checker *c, const struct pm_lt *type)
{
    struct chk_struct *info = pm_chk_struct_of(type);
    struct pm_lt *own = (struct pm_lt *)type;

    if (info->is_complete)
        return;
    info->is_complete = true;
    struct chk_file *before = c->file;
    c->file = info->decl->file;
    own->fields = read_fields(c, info->decl->ast->kids[1], info->bindings, type,
                              &own->field_count);
    read_contracts(c, own, info);
    c->file = before;
}

// --- enums -------------------------------------------------------------------

static int64_t case_number(struct checker *c, const struct pm_ast *ast)
{
    bool negative = ast->kind == PM_AST_NEG;
    uint64_t number = 0;

    if (negative)
        ast = ast->kids[0];
    if (!pm_token_int(c->file->parsed, ast->token, &number) ||
        number > INT64_MAX) {
        pm_chk_error(c, PM_LANG_LITERAL_RANGE, ast,
                     "the number does not fit an int");
        return 0;
    }
    return negative ? -(int64_t)number : (int64_t)number;
}

static void check_numbers(struct checker *c, const struct pm_ast *ast,
                          const struct pm_lt *type)
{
    for (uint32_t i = 0; i < type->case_count; i++) {
        const struct pm_ast *at = ast->kids[i];
        if (type->is_error && type->cases[i].number <= 0)
            pm_chk_error(
                c, PM_LANG_NUMBER_TWICE, at,
                "found the number %lld for an error, wanted one above 0",
                (long long)type->cases[i].number);
        for (uint32_t k = 0; k < i && type->case_count <= 1024; k++) {
            bool same_name =
                pm_chk_same(type->cases[i].name, type->cases[k].name);
            if (!same_name && type->cases[i].number != type->cases[k].number)
                continue;
            struct pm_lang_diag *diag =
                same_name ? pm_chk_error(c, PM_LANG_DUPLICATE, at,
                                         "there are two cases '%s'",
                                         pm_chk_show(c, type->cases[i].name))
                          : pm_chk_error(c, PM_LANG_NUMBER_TWICE, at,
                                         "two cases have the number %lld",
                                         (long long)type->cases[i].number);
            pm_chk_note(c, diag, pm_chk_span(c, ast->kids[k]),
                        "the other is here");
            break;
        }
    }
}

static void read_cases(struct checker *c, struct pm_lt *type,
                       const struct pm_ast *ast)
{
    struct pm_lt_case *cases =
        pm_chk_alloc(c, (ast->count + 1) * sizeof *cases);
    int64_t next = type->is_error ? 1 : 0;

    pm_chk_is_too_long(c, ast, ast->count, "cases");
    type->cases = cases;
    for (uint32_t i = 0; i < ast->count; i++) {
        const struct pm_ast *at = ast->kids[i];
        if (at->kind != PM_AST_CASE)
            continue;
        struct pm_lt_case *one = &cases[type->case_count++];
        one->name = pm_chk_name(c, at);
        if (at->kids[1])
            next = case_number(c, at->kids[1]);
        one->number = next++;
        if (!at->kids[0])
            continue;
        if (type->is_error) {
            pm_chk_error(c, PM_LANG_PAYLOAD_ERROR, at,
                         "an error's case has no values; use an enum for that");
            continue;
        }
        type->has_payload = true;
    }
    if (type->case_count == ast->count)
        check_numbers(c, ast, type);
    // Behind all names, for a case may hold its own enum.
    for (uint32_t i = 0; i < type->case_count; i++)
        if (ast->kids[i]->kids[0] && !type->is_error)
            cases[i].fields = read_fields(c, ast->kids[i]->kids[0], NULL, NULL,
                                          &cases[i].field_count);
}

static void make_enum(struct checker *c, struct chk_decl *decl)
{
    struct pm_lt *type = pm_chk_type_new(c, PM_LT_ENUM, decl->name);

    type->is_error = decl->ast->kind == PM_AST_ERROR;
    type->declaration = decl;
    decl->type = type;
    if (decl->ast->count == 0)
        pm_chk_error(c, PM_LANG_NOT_A_TYPE, decl->ast,
                     "'%s' has no cases, wanted one at least",
                     pm_chk_show(c, decl->name));
    // Whether there are payloads is asked for while they are read.
    for (uint32_t i = 0; i < decl->ast->count && !type->is_error; i++)
        if (decl->ast->kids[i]->kind == PM_AST_CASE &&
            decl->ast->kids[i]->kids[0])
            type->has_payload = true;
    read_cases(c, type, decl->ast);
}

// --- the others --------------------------------------------------------------

static void make_callback(struct checker *c, struct chk_decl *decl)
{
    const struct pm_ast *params = decl->ast->kids[0];
    struct chk_list parts = {0};

    if (decl->visit == 1) {
        pm_chk_error(c, PM_LANG_TYPE_CYCLE, decl->ast,
                     "the callback '%s' names itself",
                     pm_chk_show(c, decl->name));
        decl->type = c->t_unknown;
        return;
    }
    decl->visit = 1;
    for (uint32_t i = 0; i < params->count; i++)
        pm_chk_push(
            c, &parts,
            (void *)pm_chk_resolve(c, params->kids[i]->kids[0], NULL, NULL));
    pm_chk_push(c, &parts,
                (void *)pm_chk_resolve(c, decl->ast->kids[1], NULL, NULL));
    decl->visit = 2;
    if (!decl->type)
        decl->type = pm_chk_type_fn(c, (const struct pm_lt *const *)parts.items,
                                    parts.count);
}

static void make_state(struct checker *c, struct chk_decl *decl)
{
    struct pm_lt *type = pm_chk_type_new(c, PM_LT_STATE, decl->name);
    const struct pm_ast *domain = decl->ast->kids[0];
    size_t size = 0;

    type->domain.data =
        pm_token_string(c->file->parsed, domain->token, c->arena, &size);
    if (!type->domain.data)
        pm_chk_no_memory(c);
    type->domain.size = (uint32_t)size;
    type->declaration = decl;
    decl->type = type;
}

static void make_contract(struct checker *c, struct chk_decl *decl)
{
    struct pm_lt *type = pm_chk_type_new(c, PM_LT_CONTRACT, decl->name);
    const struct pm_ast *members = decl->ast->kids[0];

    type->declaration = decl;
    decl->type = type;
    for (uint32_t i = 0; i < members->count; i++) {
        const struct pm_ast *at = members->kids[i];
        if (at->kind != PM_AST_SIGNATURE)
            continue;
        if (pm_chk_map_put(c, &decl->members, pm_chk_name(c, at), (void *)at))
            pm_chk_error_at(c, PM_LANG_DUPLICATE, pm_chk_name_span(c, at),
                            "the contract has '%s' already",
                            pm_chk_show(c, pm_chk_name(c, at)));
        if (at->kids[0])
            pm_chk_error(c, PM_LANG_TYPE_ARGUMENTS, at->kids[0],
                         "a contract's functions have no type parameters");
    }
}

const struct pm_lt *pm_chk_decl_type(struct checker *c, struct chk_decl *decl)
{
    struct chk_file *before = c->file;

    if (decl->kind == CHK_CONST || decl->kind == CHK_GLOBAL)
        return NULL; // its type is that of its value
    if (decl->type)
        return decl->type;
    c->file = decl->file;
    switch (decl->kind) {
    case CHK_ENUM:
        make_enum(c, decl);
        break;
    case CHK_CALLBACK:
        make_callback(c, decl);
        break;
    case CHK_STATE:
        make_state(c, decl);
        break;
    case CHK_CONTRACT:
        make_contract(c, decl);
        break;
    default:
        break;
    }
    c->file = before;
    return decl->type;
}

// Declarations of the program itself are looked at whether they are used or
// not.
void pm_chk_declare_all(struct checker *c)
{
    for (uint32_t i = 0; i < c->input->file_count; i++) {
        struct chk_module *module = c->files[i].module;
        if (pm_chk_skips(c, module) || module->visit == 3)
            continue;
        module->visit = 3;
        for (uint32_t k = 0; k < module->names.capacity; k++) {
            struct chk_decl *decl = module->names.entries[k].value;
            if (!decl)
                continue;
            c->file = decl->file;
            pm_chk_decl_type(c, decl);
            if (decl->kind != CHK_STRUCT)
                continue;
            struct chk_binding *unknown =
                pm_chk_bind(c, decl->file, decl->type_params, NULL);
            for (struct chk_binding *at = unknown; at; at = at->next)
                at->type = c->t_unknown;
            pm_chk_complete(c,
                            pm_chk_struct_type(c, decl, unknown,
                                               pm_chk_name_span(c, decl->ast)));
        }
    }
}

// --- contracts ---------------------------------------------------------------

bool pm_chk_struct_has(struct checker *c, const struct pm_lt *type,
                       const struct pm_lt *contract)
{
    if (type->kind != PM_LT_STRUCT)
        return false;
    pm_chk_complete(c, type);
    const struct chk_list *list = &pm_chk_struct_of(type)->contracts;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i] == contract)
            return true;
    return false;
}

// Whether a method is what a contract's signature wants.
static bool agrees(struct checker *c, const struct pm_lt *type,
                   struct chk_decl *method, const struct chk_decl *contract,
                   const struct pm_ast *signature)
{
    struct chk_struct *info = pm_chk_struct_of(type);
    const struct pm_ast *params = method->ast->kids[2];
    const struct pm_ast *wanted = signature->kids[1];

    if (method->type_params || params->count != wanted->count)
        return false;
    for (uint32_t i = 0; i < params->count; i++)
        if (!pm_chk_type_same(
                pm_chk_resolve_in(c, method->file, params->kids[i]->kids[0],
                                  info->bindings, type),
                pm_chk_resolve_in(c, contract->file, wanted->kids[i]->kids[0],
                                  NULL, contract->type)))
            return false;
    return pm_chk_type_same(
        pm_chk_resolve_in(c, method->file, method->ast->kids[3], info->bindings,
                          type),
        pm_chk_resolve_in(c, contract->file, signature->kids[2], NULL,
                          contract->type));
}

static void check_contract(struct checker *c, const struct pm_lt *type,
                           const struct pm_lt *contract)
{
    struct chk_struct *info = pm_chk_struct_of(type);
    struct chk_decl *wanted = contract->declaration;
    const struct pm_ast *members = wanted->ast->kids[0];

    for (uint32_t i = 0; i < members->count; i++) {
        const struct pm_ast *at = members->kids[i];
        if (at->kind != PM_AST_SIGNATURE)
            continue;
        struct pm_text name = pm_chk_token(wanted->file, at->token);
        struct chk_decl *method = pm_chk_map_get(&info->decl->members, name);
        if (method && method->kind == CHK_FN &&
            agrees(c, type, method, wanted, at))
            continue;
        c->file = info->decl->file;
        const struct pm_ast *place = method ? method->ast : info->decl->ast;
        struct pm_lang_diag *diag = pm_chk_error_at(
            c, PM_LANG_CONTRACT, pm_chk_name_span(c, place),
            method ? "'%s.%s' is not as the contract '%s' wants it"
                   : "'%s' lacks the function '%s' of the contract '%s'",
            pm_chk_show(c, info->decl->name), pm_chk_show(c, name),
            pm_chk_show(c, wanted->name));
        pm_chk_note(c, diag, pm_ast_span(wanted->file->parsed, at),
                    "wanted like this");
    }
}

void pm_chk_check_contracts(struct checker *c)
{
    for (uint32_t i = 0; i < c->structs.count; i++) {
        const struct pm_lt *type = c->structs.items[i];
        const struct chk_list *list = &pm_chk_struct_of(type)->contracts;
        for (uint32_t k = 0; k < list->count; k++)
            check_contract(c, type, list->items[k]);
    }
}
