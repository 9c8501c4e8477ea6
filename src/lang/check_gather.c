// SPDX-License-Identifier: MIT
//
// Gathering: which modules there are and what they declare.

#include "lang/check_internal.h"
#include "lang/compile_registry.h"

static struct chk_module *module_of(struct checker *c, const char *path)
{
    struct chk_module *module = pm_chk_find_module(c, path);

    if (module)
        return module;
    module = pm_chk_alloc(c, sizeof *module);
    module->path = path;
    pm_chk_map_put(c, &c->modules, pm_chk_text(path), module);
    return module;
}

struct chk_module *pm_chk_find_module(struct checker *c, const char *path)
{
    return pm_chk_map_get(&c->modules, pm_chk_text(path));
}

const char *pm_chk_decl_kind_name(const struct chk_decl *decl)
{
    static const char *const names[] = {
        "function", "constant", "global",   "struct",   "enum",
        "service",  "contract", "callback", "state",    "host call",
        "function", "function", "module",   "function", "name",
    };

    return names[decl->kind];
}

// --- declarations ------------------------------------------------------------

void pm_chk_twice(struct checker *c, const struct chk_decl *first,
                  struct pm_span second, struct pm_text name)
{
    struct pm_lang_diag *diag =
        pm_chk_error_at(c, PM_LANG_DUPLICATE, second,
                        "'%s' is declared a second time", pm_chk_show(c, name));

    if (first->file && first->ast)
        pm_chk_note(c, diag,
                    pm_token_span(first->file->parsed, first->ast->token),
                    "first declared here");
    pm_chk_help(c, diag, "give one of the two another name");
}

struct chk_decl *pm_chk_new_decl(struct checker *c, chk_decl_kind kind,
                                 const struct pm_ast *ast)
{
    struct chk_decl *decl = pm_chk_alloc(c, sizeof *decl);

    decl->kind = kind;
    decl->name = pm_chk_name(c, ast);
    decl->ast = ast;
    decl->file = c->file;
    decl->is_pub = (ast->flags & PM_AST_PUB) != 0;
    return decl;
}

static struct chk_decl *add(struct checker *c, struct chk_map *names,
                            chk_decl_kind kind, const struct pm_ast *ast)
{
    struct chk_decl *decl = pm_chk_new_decl(c, kind, ast);
    struct chk_decl *first = pm_chk_map_put(c, names, decl->name, decl);

    if (first)
        pm_chk_twice(c, first, pm_chk_name_span(c, ast), decl->name);
    return decl;
}

static void read_attribute(struct checker *c, struct chk_decl *decl,
                           const struct pm_ast *attribute)
{
    struct pm_text name = pm_chk_name(c, attribute);

    decl->is_init = pm_chk_is(name, "Init");
    decl->is_frame = pm_chk_is(name, "Frame");
    decl->is_test = pm_chk_is(name, "Test");
    if (!decl->is_init && !decl->is_frame && !decl->is_test)
        pm_chk_help(c,
                    pm_chk_error(c, PM_LANG_ATTRIBUTE, attribute,
                                 "there is no attribute '%s'",
                                 pm_chk_show(c, name)),
                    "it is one of [Init], [Frame] and [Test]");
}

static void read_fn(struct checker *c, struct chk_decl *decl)
{
    const struct pm_ast *ast = decl->ast;

    decl->type_params = ast->kids[1];
    if (ast->kids[0])
        read_attribute(c, decl, ast->kids[0]);
    if (decl->is_test && !c->file->input->is_test)
        pm_chk_help(c,
                    pm_chk_error(c, PM_LANG_TEST_PLACE, ast->kids[0],
                                 "found [Test] in a file of the program"),
                    "tests stand in files of the folder tests/");
}

static void read_members(struct checker *c, struct chk_decl *owner,
                         const struct pm_ast *members)
{
    for (uint32_t i = 0; members && i < members->count; i++) {
        const struct pm_ast *ast = members->kids[i];
        if (ast->kind != PM_AST_FN && ast->kind != PM_AST_CONST)
            continue;
        struct chk_decl *decl =
            add(c, &owner->members, ast->kind == PM_AST_FN ? CHK_FN : CHK_CONST,
                ast);
        decl->owner = owner;
        if (ast->kind == PM_AST_FN)
            decl->type_params = ast->kids[1];
        else
            pm_chk_push(c, &c->globals, decl);
        if (ast->kind == PM_AST_FN && ast->kids[0])
            pm_chk_error(c, PM_LANG_ATTRIBUTE, ast->kids[0],
                         "found an attribute on a function within a %s; wanted "
                         "it on one that stands by itself",
                         pm_chk_decl_kind_name(owner));
    }
}

struct pm_text pm_chk_string(struct checker *c, const struct pm_ast *ast)
{
    size_t size = 0;
    const char *text =
        pm_token_string(c->file->parsed, ast->token, c->arena, &size);

    if (!text)
        pm_chk_no_memory(c);
    return (struct pm_text){text, (uint32_t)size};
}

static bool in_library(struct checker *c, const struct pm_ast *ast,
                       const char *what)
{
    if (c->file->input->is_library)
        return true;
    pm_chk_error(c, PM_LANG_LIBRARY_ONLY, ast,
                 "found '%s' outside of the library; only modules of @std and "
                 "@sdk have it",
                 what);
    return false;
}

static void read_ops(struct checker *c, struct chk_decl *decl,
                     const struct pm_ast *extra)
{
    struct pm_text text = pm_chk_string(c, extra);
    uint32_t at = 0;

    while (at < text.size) {
        uint32_t end = at;
        while (end < text.size && text.data[end] != ' ')
            end++;
        const struct pm_opcode_info *info =
            pm_opcode_by_name(text.data + at, end - at);
        if (!info || info->operands[0] || decl->op_count == PM_LOW_MAX_OPS) {
            pm_chk_error(
                c, PM_LANG_UNKNOWN_INSTRUCTION, extra,
                "'%s' is not one to four instructions without operands",
                pm_chk_show(c, text));
            return;
        }
        decl->ops[decl->op_count++] = info->code;
        at = end + 1;
    }
}

static uint32_t intrinsic_id(struct checker *c, const struct pm_ast *ast)
{
    struct pm_intrinsic_names known = pm_compile_intrinsics(c->arena);
    struct pm_text name = pm_chk_name(c, ast);

    for (size_t i = 0; i < known.count; i++)
        if (pm_chk_is(name, known.rows[i].name))
            return known.rows[i].id;
    pm_chk_error(c, PM_LANG_UNKNOWN_INSTRUCTION, ast,
                 "there is no intrinsic '%s'", pm_chk_show(c, name));
    return 0;
}

// The signatures of a host, op or intrinsic block: functions of the module.
static void read_signatures(struct checker *c, const struct pm_ast *block,
                            chk_decl_kind kind, const struct pm_ast *members)
{
    struct pm_text module = {"", 0};

    if (kind == CHK_HOST)
        module = pm_chk_string(c, block->kids[0]);
    for (uint32_t i = 0; i < members->count; i++) {
        const struct pm_ast *ast = members->kids[i];
        if (ast->kind != PM_AST_SIGNATURE)
            continue;
        struct chk_decl *decl = add(c, &c->file->module->names, kind, ast);
        decl->is_pub = (block->flags & PM_AST_PUB) != 0;
        decl->type_params = ast->kids[0];
        const struct pm_ast *extra = ast->kids[3];
        if (kind == CHK_OP && extra)
            read_ops(c, decl, extra);
        if (kind == CHK_INTRINSIC)
            decl->number = intrinsic_id(c, ast);
        if (kind == CHK_HOST) {
            struct pm_low_host *host = pm_chk_alloc(c, sizeof *host);
            uint64_t version = 1;
            if (extra)
                pm_token_int(c->file->parsed, extra->token, &version);
            host->module = module;
            host->name = decl->name;
            host->version = (uint32_t)version;
            host->span = pm_chk_name_span(c, ast);
            decl->host = host;
        }
    }
}

static void read_extend(struct checker *c, const struct pm_ast *ast)
{
    if (!in_library(c, ast, "extend"))
        return;
    struct chk_decl *owner = pm_chk_new_decl(c, CHK_STRUCT, ast);
    owner->type_params = ast->kids[0];
    read_members(c, owner, ast->kids[2]);
    pm_chk_push(c, &c->extends, owner);
    for (uint32_t i = 0; i < owner->members.capacity; i++) {
        struct chk_map_entry *entry = &owner->members.entries[i];
        if (!entry->value)
            continue;
        struct chk_list *list = pm_chk_map_get(&c->extend_members, entry->key);
        if (!list) {
            list = pm_chk_alloc(c, sizeof *list);
            pm_chk_map_put(c, &c->extend_members, entry->key, list);
        }
        pm_chk_push(c, list, entry->value);
    }
}

static void note_entry(struct checker *c, struct chk_decl *decl)
{
    if (decl->is_init && !c->file->input->is_library)
        pm_chk_push(c, &c->inits, decl);
    if (decl->is_test && c->file->input->is_test) {
        struct pm_check_test *test = pm_chk_alloc(c, sizeof *test);
        test->name = decl->name;
        test->span = pm_chk_name_span(c, decl->ast);
        test->file = c->file->input;
        pm_chk_push(c, &c->tests, test);
    }
    if (!decl->is_frame)
        return;
    if (c->frame) {
        struct pm_lang_diag *diag = pm_chk_error_at(
            c, PM_LANG_TWO_FRAMES, pm_chk_name_span(c, decl->ast),
            "found a second [Frame] function; a program has one");
        pm_chk_note(c, diag,
                    pm_token_span(c->frame->file->parsed, c->frame->ast->token),
                    "the first is here");
        return;
    }
    c->frame = decl;
}

static void read_declaration(struct checker *c, const struct pm_ast *ast)
{
    struct chk_map *names = &c->file->module->names;
    struct chk_decl *decl;

    switch (ast->kind) {
    case PM_AST_FN:
        decl = add(c, names, CHK_FN, ast);
        read_fn(c, decl);
        note_entry(c, decl);
        break;
    case PM_AST_CONST:
    case PM_AST_GLOBAL:
        decl = add(c, names, ast->kind == PM_AST_CONST ? CHK_CONST : CHK_GLOBAL,
                   ast);
        pm_chk_push(c, &c->globals, decl);
        break;
    case PM_AST_STRUCT:
        decl = add(c, names, CHK_STRUCT, ast);
        decl->type_params = ast->kids[0];
        read_members(c, decl, ast->kids[3]);
        break;
    case PM_AST_ENUM:
    case PM_AST_ERROR:
        add(c, names, CHK_ENUM, ast);
        break;
    case PM_AST_SERVICE:
        read_members(c, add(c, names, CHK_SERVICE, ast), ast->kids[0]);
        break;
    case PM_AST_CONTRACT:
        add(c, names, CHK_CONTRACT, ast);
        break;
    case PM_AST_CALLBACK:
        add(c, names, CHK_CALLBACK, ast);
        break;
    case PM_AST_STATE:
        add(c, names, CHK_STATE, ast);
        break;
    case PM_AST_HOST:
        read_signatures(c, ast, CHK_HOST, ast->kids[1]);
        break;
    case PM_AST_OPS:
        if (in_library(c, ast, "op"))
            read_signatures(c, ast, CHK_OP, ast->kids[0]);
        break;
    case PM_AST_INTRINSICS:
        if (in_library(c, ast, "intrinsic"))
            read_signatures(c, ast, CHK_INTRINSIC, ast->kids[0]);
        break;
    case PM_AST_EXTEND:
        read_extend(c, ast);
        break;
    default:
        break;
    }
}

// --- all of it ---------------------------------------------------------------

static void read_declarations(struct checker *c)
{
    for (uint32_t i = 0; i < c->input->file_count; i++) {
        c->file = &c->files[i];
        const struct pm_ast *tree = c->file->parsed->tree;
        for (uint32_t k = 0; tree && k < tree->count; k++)
            read_declaration(c, tree->kids[k]);
    }
}

void pm_chk_gather(struct checker *c)
{
    c->files = pm_chk_alloc(c, (c->input->file_count + 1) * sizeof *c->files);
    for (uint32_t i = 0; i < c->input->file_count; i++) {
        struct chk_file *file = &c->files[i];
        file->input = &c->input->files[i];
        file->parsed = file->input->parsed;
        file->module = module_of(c, file->input->module_path);
        file->module->is_library = file->input->is_library;
        pm_chk_push(c, &file->module->files, file);
    }
    c->prelude = pm_chk_find_module(c, "@std/prelude");
    read_declarations(c);
    pm_chk_imports(c);
}

bool pm_chk_skips(const struct checker *c, const struct chk_module *module)
{
    return module->is_library && !c->input->checks_library;
}

// --- looking up --------------------------------------------------------------

struct chk_decl *pm_chk_lookup(struct checker *c, struct chk_file *file,
                               struct pm_text name)
{
    struct chk_decl *decl = pm_chk_map_get(&file->imports, name);

    if (!decl)
        decl = pm_chk_map_get(&file->module->names, name);
    if (!decl && c->prelude && file->module != c->prelude) {
        decl = pm_chk_map_get(&c->prelude->names, name);
        if (decl && !decl->is_pub && !file->input->is_library)
            decl = NULL;
    }
    return decl ? decl : pm_chk_map_get(&c->builtins, name);
}

struct chk_decl *pm_chk_path(struct checker *c, const struct pm_ast *ast)
{
    if (ast->kind == PM_AST_NAME) {
        struct pm_text name = pm_chk_name(c, ast);
        if (c->body && pm_chk_find_var(c, name))
            return NULL;
        return pm_chk_lookup(c, c->file, name);
    }
    if (ast->kind != PM_AST_MEMBER || ast->kids[0]->kind != PM_AST_NAME)
        return NULL;
    struct chk_decl *module = pm_chk_path(c, ast->kids[0]);
    if (!module || module->kind != CHK_MODULE)
        return NULL;
    return pm_chk_public(module->module, pm_chk_name(c, ast));
}
