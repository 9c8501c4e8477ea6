// SPDX-License-Identifier: MIT
//
// What files import, and what modules hand on of others.
//
// First all imports say which module needs which. Then names are looked up,
// module by module in the order of their needs: what a module hands on is
// known before anyone asks for it. Where modules need each other in a circle,
// which was reported, a name that is not there may be behind it: that is no
// mistake of its own. A name that is not found stands for anything, so that
// one mistake has one message.

#include <string.h>

#include "lang/check_internal.h"
#include "lang/library.h"

static bool is_import(const struct pm_ast *ast)
{
    return (ast->kind == PM_AST_IMPORT_NAMES ||
            ast->kind == PM_AST_IMPORT_MODULE) &&
           ast->kids[0]->kind == PM_AST_STRING;
}

// --- which modules -----------------------------------------------------------

static void unknown_module(struct checker *c, const struct pm_ast *path,
                           struct pm_text name)
{
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_UNKNOWN_MODULE, path,
                     "there is no module \"%s\"", pm_chk_show(c, name));
    struct chk_nearest nearest = pm_chk_nearest_begin(c, name);

    pm_chk_nearest_map(&nearest, &c->modules);
    for (size_t i = 0; i < pm_library_count; i++)
        pm_chk_nearest_try(
            &nearest,
            (struct pm_text){pm_library_files[i].module,
                             (uint32_t)strlen(pm_library_files[i].module)});
    if (diag && nearest.best.data)
        pm_chk_help(c, diag, "did you mean \"%s\"?",
                    pm_chk_show(c, nearest.best));
    else
        pm_chk_help(
            c, diag,
            "a module is a folder below src/, by its path from there, or "
            "one of @std/… and @sdk/…");
}

static void note_need(struct checker *c, const struct pm_ast *path)
{
    struct pm_text name = pm_chk_string(c, path);
    struct chk_module *module = pm_chk_map_get(&c->modules, name);

    if (!module) {
        unknown_module(c, path, name);
        return;
    }
    struct chk_need *need = pm_chk_alloc(c, sizeof *need);
    need->module = module;
    need->span = pm_chk_span(c, path);
    pm_chk_push(c, &c->file->module->needs, need);
}

static void note_needs(struct checker *c)
{
    for (uint32_t i = 0; i < c->input->file_count; i++) {
        c->file = &c->files[i];
        const struct pm_ast *tree = c->file->parsed->tree;
        for (uint32_t k = 0; tree && k < tree->count; k++)
            if (is_import(tree->kids[k]))
                note_need(c, tree->kids[k]->kids[0]);
    }
}

// --- what others see ---------------------------------------------------------

static struct chk_decl *declared_or_handed_on(const struct chk_module *module,
                                              struct pm_text name)
{
    struct chk_decl *decl = pm_chk_map_get(&module->names, name);

    return decl ? decl : pm_chk_map_get(&module->handed_on, name);
}

struct chk_decl *pm_chk_public(const struct chk_module *module,
                               struct pm_text name)
{
    struct chk_decl *decl = declared_or_handed_on(module, name);

    return decl && decl->is_pub ? decl : NULL;
}

void pm_chk_nearest_public(struct chk_nearest *nearest,
                           const struct chk_module *module)
{
    for (uint32_t i = 0; i < module->names.capacity; i++) {
        const struct chk_decl *decl = module->names.entries[i].value;
        if (decl && decl->is_pub)
            pm_chk_nearest_try(nearest, decl->name);
    }
    pm_chk_nearest_map(nearest, &module->handed_on);
}

// --- the file's names --------------------------------------------------------

// Puts a name into a map of what is imported or handed on. What is missing is
// in nobody's way.
static void put(struct checker *c, struct chk_map *map, struct pm_text name,
                struct chk_decl *decl, struct pm_span span)
{
    struct chk_decl *first = pm_chk_map_put(c, map, name, decl);

    if (!first)
        first = pm_chk_map_get(&c->file->module->names, name);
    if (first && first != decl && decl->kind != CHK_MISSING &&
        first->kind != CHK_MISSING)
        pm_chk_twice(c, first, span, name);
}

static void import_as(struct checker *c, struct pm_text name,
                      struct chk_decl *decl, struct pm_span span, bool is_pub)
{
    struct chk_module *module = c->file->module;

    put(c, &c->file->imports, name, decl, span);
    // A clash with what the module declares was reported as the file's.
    if (is_pub && !pm_chk_map_get(&module->names, name))
        put(c, &module->handed_on, name, decl, span);
}

static struct chk_decl *missing(struct checker *c, const struct pm_ast *ast)
{
    struct chk_decl *decl = pm_chk_new_decl(c, CHK_MISSING, ast);

    decl->is_pub = true;
    decl->type = c->t_unknown;
    return decl;
}

// Whether a file of the module imports the name for itself.
static const struct chk_decl *imported_there(const struct chk_module *module,
                                             struct pm_text name)
{
    const struct chk_decl *decl = NULL;

    for (uint32_t i = 0; i < module->files.count && !decl; i++) {
        const struct chk_file *file = module->files.items[i];
        decl = pm_chk_map_get(&file->imports, name);
    }
    return decl && decl->kind != CHK_MODULE && decl->file ? decl : NULL;
}

static void not_exported(struct checker *c, const struct chk_module *module,
                         struct pm_text name, struct pm_span span)
{
    const struct chk_decl *own = pm_chk_map_get(&module->names, name);
    const struct chk_decl *other = own ? NULL : imported_there(module, name);

    if (!own && c->has_circle)
        return;
    struct pm_lang_diag *diag = pm_chk_error_at(
        c, PM_LANG_NOT_EXPORTED, span,
        own     ? "'%s' of \"%s\" is not public"
        : other ? "'%s' is not handed on by \"%s\", which imports it"
                : "there is no '%s' in \"%s\"",
        pm_chk_show(c, name), module->path);
    if (own) {
        pm_chk_note(c, diag, pm_token_span(own->file->parsed, own->ast->token),
                    "it is declared here; write 'pub' in front of it");
        return;
    }
    if (other) {
        pm_chk_help(c, diag,
                    "import it from \"%s\", or write 'pub' in front of the "
                    "import there",
                    other->file->module->path);
        return;
    }
    struct chk_nearest nearest = pm_chk_nearest_begin(c, name);
    pm_chk_nearest_public(&nearest, module);
    pm_chk_nearest_end(c, &nearest, diag, span);
}

// [module] is NULL where there is none of that path, which was reported.
static void import_name(struct checker *c, const struct chk_module *module,
                        const struct pm_ast *ast, bool is_pub)
{
    struct pm_text name = pm_chk_name(c, ast);
    const struct pm_ast *alias = ast->kids[0];
    struct chk_decl *decl = module ? pm_chk_public(module, name) : NULL;

    if (!decl && module)
        not_exported(c, module, name, pm_chk_name_span(c, ast));
    if (!decl)
        decl = missing(c, ast);
    if (alias)
        ast = alias;
    import_as(c, pm_chk_name(c, ast), decl, pm_chk_name_span(c, ast), is_pub);
}

static void read_import(struct checker *c, const struct pm_ast *ast)
{
    struct chk_module *module =
        pm_chk_map_get(&c->modules, pm_chk_string(c, ast->kids[0]));

    if (ast->kind == PM_AST_IMPORT_NAMES) {
        for (uint32_t i = 1; i < ast->count; i++)
            if (ast->kids[i]->kind == PM_AST_IMPORT_NAME)
                import_name(c, module, ast->kids[i], ast->flags & PM_AST_PUB);
        return;
    }
    struct chk_decl *decl =
        module ? pm_chk_new_decl(c, CHK_MODULE, ast) : missing(c, ast);
    decl->module = module;
    import_as(c, decl->name, decl, pm_chk_name_span(c, ast), false);
}

// What is handed on first: files of one module may ask each other for it.
static void read_module(struct checker *c, struct chk_module *module)
{
    for (int is_pub = 1; is_pub >= 0; is_pub--)
        for (uint32_t i = 0; i < module->files.count; i++) {
            c->file = module->files.items[i];
            const struct pm_ast *tree = c->file->parsed->tree;
            for (uint32_t k = 0; tree && k < tree->count; k++)
                if (is_import(tree->kids[k]) &&
                    !(tree->kids[k]->flags & PM_AST_PUB) == !is_pub)
                    read_import(c, tree->kids[k]);
        }
}

void pm_chk_imports(struct checker *c)
{
    note_needs(c);
    pm_chk_check_cycles(c);
    for (uint32_t i = 0; i < c->module_order.count; i++)
        read_module(c, c->module_order.items[i]);
}
