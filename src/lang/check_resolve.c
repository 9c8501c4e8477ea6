// SPDX-License-Identifier: MIT
//
// Trees of types to types, and the inference of type arguments.

#include "lang/check_internal.h"

enum { DEEPEST_TYPE = 32 };

static const struct pm_lt *find_binding(const struct chk_binding *bindings,
                                        struct pm_text name, bool *out_found)
{
    for (; bindings; bindings = bindings->next)
        if (pm_chk_same(bindings->name, name)) {
            *out_found = true;
            return bindings->type;
        }
    *out_found = false;
    return NULL;
}

static const struct pm_lt *basic_type(struct checker *c, struct pm_text name)
{
    const struct pm_lt *all[] = {c->t_int, c->t_float, c->t_bool, c->t_byte,
                                 c->t_str, c->t_bytes, c->t_task, c->t_void};

    for (size_t i = 0; i < PM_ARRAY_LEN(all); i++)
        if (pm_chk_same(all[i]->name, name))
            return all[i];
    return NULL;
}

static const struct pm_lt *limit(struct checker *c, const struct pm_ast *ast,
                                 const struct pm_lt *type)
{
    if (type->depth <= DEEPEST_TYPE)
        return type;
    pm_chk_error(c, PM_LANG_TYPE_DEPTH, ast,
                 "types are nested more than %d deep here: %s", DEEPEST_TYPE,
                 pm_chk_show_type(c, type));
    return c->t_unknown;
}

// --- structs -----------------------------------------------------------------

struct chk_struct *pm_chk_struct_of(const struct pm_lt *type)
{
    return type->declaration;
}

static bool same_bindings(const struct chk_binding *a,
                          const struct chk_binding *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (a->type != b->type)
            return false;
    return !a && !b;
}

// In order of the parameters: the first one is last in the list.
static void arguments_of(struct checker *c, struct chk_binding *bindings,
                         struct chk_list *out)
{
    struct chk_list reverse = {0};

    for (; bindings; bindings = bindings->next)
        pm_chk_push(c, &reverse, (void *)bindings->type);
    for (uint32_t i = reverse.count; i-- > 0;)
        pm_chk_push(c, out, reverse.items[i]);
}

static struct pm_text struct_name(struct checker *c, struct chk_decl *decl,
                                  struct pm_lt *type)
{
    struct pm_text name = decl->name;

    for (uint32_t i = 0; i < type->part_count && name.size < 200; i++)
        name = pm_chk_format(c, "%.*s%s%.*s", (int)name.size, name.data,
                             i ? ", " : "<", (int)type->parts[i]->name.size,
                             type->parts[i]->name.data);
    if (type->part_count)
        name = pm_chk_format(c, "%.*s>", (int)name.size, name.data);
    return name;
}

const struct pm_lt *pm_chk_struct_type(struct checker *c, struct chk_decl *decl,
                                       struct chk_binding *bindings,
                                       struct pm_span span)
{
    for (uint32_t i = 0; i < decl->types.count; i++) {
        const struct pm_lt *type = decl->types.items[i];
        if (same_bindings(pm_chk_struct_of(type)->bindings, bindings))
            return type;
    }
    struct chk_list arguments = {0};
    arguments_of(c, bindings, &arguments);
    struct pm_lt *type = pm_chk_type_new(c, PM_LT_STRUCT, decl->name);
    type->parts = (const struct pm_lt *const *)arguments.items;
    type->part_count = arguments.count;
    for (uint32_t i = 0; i < arguments.count; i++) {
        type->has_unknown |= type->parts[i]->has_unknown;
        if (type->parts[i]->depth >= type->depth)
            type->depth = type->parts[i]->depth + 1;
    }
    type->name = struct_name(c, decl, type);
    struct chk_struct *info = pm_chk_alloc(c, sizeof *info);
    info->decl = decl;
    info->bindings = bindings;
    type->declaration = info;
    pm_chk_push(c, &decl->types, type);
    if (decl->types.count > 4096 && !c->too_many_instances) {
        c->too_many_instances = true;
        pm_chk_error_at(c, PM_LANG_TOO_MANY_INSTANCES, span,
                        "'%s' is used with more than 4096 lists of types",
                        pm_chk_show(c, decl->name));
    }
    return type;
}

struct chk_binding *pm_chk_bind(struct checker *c, struct chk_file *file,
                                const struct pm_ast *type_params,
                                struct chk_binding *next)
{
    for (uint32_t i = 0; type_params && i < type_params->count; i++) {
        struct chk_binding *binding = pm_chk_alloc(c, sizeof *binding);
        binding->name = pm_chk_token(file, type_params->kids[i]->token);
        binding->next = next;
        next = binding;
    }
    return next;
}

bool pm_chk_all_bound(const struct chk_binding *bindings,
                      const struct chk_binding *end)
{
    for (; bindings != end; bindings = bindings->next)
        if (!bindings->type)
            return false;
    return true;
}

// --- constraints -------------------------------------------------------------

static bool keeps(struct checker *c, struct chk_file *file,
                  const struct pm_ast *bound, const struct pm_lt *type,
                  struct chk_binding *bindings)
{
    struct pm_text name = pm_chk_token(file, bound->token);

    if (pm_chk_is_unknown(type))
        return true;
    if (pm_chk_is(name, "Number"))
        return pm_chk_is_number(type);
    if (pm_chk_is(name, "Ordered"))
        return pm_chk_is_ordered(type);
    if (pm_chk_is(name, "Key"))
        return pm_chk_is_key(type);
    const struct pm_lt *contract =
        pm_chk_resolve_in(c, file, bound, bindings, NULL);
    return contract->kind == PM_LT_UNKNOWN || contract == type ||
           (contract->kind == PM_LT_CONTRACT &&
            pm_chk_struct_has(c, type, contract));
}

static const char *constraint_help(struct pm_text name)
{
    if (pm_chk_is(name, "Number"))
        return "it takes int and float";
    if (pm_chk_is(name, "Ordered"))
        return "it takes what can be compared with '<': int, float, byte, str";
    if (pm_chk_is(name, "Key"))
        return "it takes int, byte, bool, str and enums without payload";
    return "it takes structs that name the contract behind their fields";
}

bool pm_chk_constraints(struct checker *c, struct chk_file *file,
                        const struct pm_ast *type_params,
                        struct chk_binding *bindings, struct pm_span span)
{
    // Bindings are in reverse order of the parameters.
    struct chk_binding *at = bindings;

    for (uint32_t i = type_params ? type_params->count : 0; i-- > 0;) {
        const struct pm_ast *bound = type_params->kids[i]->kids[0];
        if (bound && at->type && !keeps(c, file, bound, at->type, bindings)) {
            struct pm_text name = pm_chk_token(file, bound->token);
            struct pm_lang_diag *diag = pm_chk_error_at(
                c, PM_LANG_CONSTRAINT, span,
                "found %s, wanted a type that is %s",
                pm_chk_show_type(c, at->type), pm_chk_show(c, name));
            pm_chk_help(c, diag, "%s", constraint_help(name));
            pm_chk_note(c, diag, pm_ast_span(file->parsed, bound),
                        "wanted because of this");
            return false;
        }
        at = at->next;
    }
    return true;
}

// --- from trees --------------------------------------------------------------

static const struct pm_lt *resolve_arguments(struct checker *c,
                                             struct chk_decl *decl,
                                             const struct pm_ast *ast,
                                             struct chk_binding *bindings,
                                             const struct pm_lt *self)
{
    const struct pm_ast *types = ast->kids[1];
    uint32_t wanted = decl->type_params ? decl->type_params->count : 0;
    uint32_t found = types ? types->count : 0;

    if (found != wanted) {
        pm_chk_error(c, PM_LANG_TYPE_ARGUMENTS, ast,
                     "found %u type argument%s for '%s', wanted %u", found,
                     found == 1 ? "" : "s", pm_chk_show(c, decl->name), wanted);
        return c->t_unknown;
    }
    struct chk_binding *own =
        pm_chk_bind(c, decl->file, decl->type_params, NULL);
    struct chk_binding *at = own;
    bool is_bad = false;
    for (uint32_t i = found; i-- > 0; at = at->next) {
        at->type = pm_chk_resolve(c, types->kids[i], bindings, self);
        is_bad |= at->type->depth > DEEPEST_TYPE;
        if (at->type->kind == PM_LT_VOID) {
            pm_chk_error(c, PM_LANG_NOT_A_TYPE, types->kids[i],
                         "found void, wanted a type that has values");
            at->type = c->t_unknown;
        }
    }
    if (is_bad || !pm_chk_constraints(c, decl->file, decl->type_params, own,
                                      pm_chk_span(c, ast)))
        return c->t_unknown;
    return limit(c, ast, pm_chk_struct_type(c, decl, own, pm_chk_span(c, ast)));
}

static struct chk_decl *qualified(struct checker *c, const struct pm_ast *ast,
                                  struct pm_text name)
{
    const struct pm_ast *qualifier = ast->kids[0];
    struct chk_decl *module =
        pm_chk_lookup(c, c->file, pm_chk_name(c, qualifier));

    if (module && module->kind == CHK_MISSING)
        return module;
    if (!module || module->kind != CHK_MODULE)
        return NULL;
    return pm_chk_public(module->module, name);
}

static const struct pm_lt *resolve_name(struct checker *c,
                                        const struct pm_ast *ast,
                                        struct chk_binding *bindings,
                                        const struct pm_lt *self)
{
    struct pm_text name = pm_chk_name(c, ast);
    bool is_bound;
    const struct pm_lt *type = find_binding(bindings, name, &is_bound);

    if (pm_chk_is(name, "Self")) {
        if (self)
            return self;
        pm_chk_error(c, PM_LANG_NOT_A_TYPE, ast,
                     "found Self outside of a struct's methods");
        return c->t_unknown;
    }
    if (!ast->kids[0] && is_bound)
        return type ? type : c->t_unknown;
    if (!ast->kids[0] && (type = basic_type(c, name)))
        return type;
    struct chk_decl *decl = ast->kids[0] ? qualified(c, ast, name)
                            : pm_chk_is(name, "map")
                                ? pm_chk_lookup(c, c->file, pm_chk_text("Map"))
                                : pm_chk_lookup(c, c->file, name);
    if (!decl)
        return pm_chk_unknown_type(c, ast, name, bindings);
    if (decl->kind == CHK_STRUCT)
        return resolve_arguments(c, decl, ast, bindings, self);
    if (decl->kind == CHK_MISSING)
        return c->t_unknown;
    if (ast->kids[1])
        pm_chk_error(c, PM_LANG_TYPE_ARGUMENTS, ast,
                     "'%s' takes no type arguments", pm_chk_show(c, name));
    // A constant and a global have a type, and are none.
    bool is_value = decl->kind == CHK_CONST || decl->kind == CHK_GLOBAL;
    type = is_value ? NULL : pm_chk_decl_type(c, decl);
    if (type)
        return type;
    pm_chk_error(c, PM_LANG_NOT_A_TYPE, ast, "'%s' is a %s, wanted a type",
                 pm_chk_show(c, name), pm_chk_decl_kind_name(decl));
    return c->t_unknown;
}

static const struct pm_lt *resolve_value(struct checker *c,
                                         const struct pm_ast *ast,
                                         struct chk_binding *bindings,
                                         const struct pm_lt *self)
{
    const struct pm_lt *type = pm_chk_resolve(c, ast, bindings, self);

    if (type->kind != PM_LT_VOID)
        return type;
    pm_chk_error(c, PM_LANG_NOT_A_TYPE, ast,
                 "found void, wanted a type that has values");
    return c->t_unknown;
}

static const struct pm_lt *resolve_list(struct checker *c,
                                        const struct pm_ast *ast,
                                        const struct pm_ast *result,
                                        struct chk_binding *bindings,
                                        const struct pm_lt *self)
{
    struct chk_list parts = {0};

    for (uint32_t i = 0; i < ast->count; i++)
        pm_chk_push(c, &parts,
                    (void *)resolve_value(c, ast->kids[i], bindings, self));
    const struct pm_lt *const *types = (const struct pm_lt *const *)parts.items;
    if (ast->kind == PM_AST_TYPE_TUPLE)
        return pm_chk_type_tuple(c, types, parts.count);
    pm_chk_push(c, &parts, (void *)pm_chk_resolve(c, result, bindings, self));
    return pm_chk_type_fn(c, (const struct pm_lt *const *)parts.items,
                          parts.count);
}

static const struct pm_lt *resolve_result(struct checker *c,
                                          const struct pm_ast *ast,
                                          struct chk_binding *bindings,
                                          const struct pm_lt *self)
{
    const struct pm_lt *error = pm_chk_resolve(c, ast->kids[0], bindings, self);
    const struct pm_lt *value = pm_chk_resolve(c, ast->kids[1], bindings, self);

    if (!pm_chk_is_unknown(error) &&
        (error->kind != PM_LT_ENUM || !error->is_error)) {
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_NOT_A_TYPE, ast->kids[0],
                         "found %s as the error of a result, wanted an error",
                         pm_chk_show_type(c, error)),
            "declare one: declare error LoadError { Missing, Damaged }");
        error = c->t_unknown;
    }
    return pm_chk_type_result(c, error, value);
}

const struct pm_lt *pm_chk_resolve(struct checker *c, const struct pm_ast *ast,
                                   struct chk_binding *bindings,
                                   const struct pm_lt *self)
{
    const struct pm_lt *type;

    if (!ast)
        return c->t_void;
    switch (ast->kind) {
    case PM_AST_TYPE_NAME:
        return resolve_name(c, ast, bindings, self);
    case PM_AST_TYPE_ARRAY:
        type = resolve_value(c, ast->kids[0], bindings, self);
        return limit(c, ast, pm_chk_type_array(c, type));
    case PM_AST_TYPE_OPTIONAL:
        type = resolve_value(c, ast->kids[0], bindings, self);
        return limit(c, ast, pm_chk_type_optional(c, type));
    case PM_AST_TYPE_RESULT:
        return limit(c, ast, resolve_result(c, ast, bindings, self));
    case PM_AST_TYPE_TUPLE:
        return limit(c, ast, resolve_list(c, ast, NULL, bindings, self));
    case PM_AST_TYPE_FN:
        return limit(
            c, ast,
            resolve_list(c, ast->kids[0], ast->kids[1], bindings, self));
    default:
        return c->t_unknown;
    }
}

const struct pm_lt *pm_chk_resolve_in(struct checker *c, struct chk_file *file,
                                      const struct pm_ast *ast,
                                      struct chk_binding *bindings,
                                      const struct pm_lt *self)
{
    struct chk_file *before = c->file;

    c->file = file;
    const struct pm_lt *type = pm_chk_resolve(c, ast, bindings, self);
    c->file = before;
    return type;
}

// --- inference ---------------------------------------------------------------

static struct chk_binding *binding_of(struct chk_binding *bindings,
                                      struct pm_text name)
{
    for (; bindings; bindings = bindings->next)
        if (pm_chk_same(bindings->name, name))
            return bindings;
    return NULL;
}

static void infer_list(struct checker *c, struct chk_file *file,
                       const struct pm_ast *list, const struct pm_lt *type,
                       uint32_t count, struct chk_binding *bindings)
{
    for (uint32_t i = 0; i < list->count && i < count; i++)
        pm_chk_infer(c, file, list->kids[i], type->parts[i], bindings);
}

// Whether a name in a type's tree means the struct that [type] is made from.
static bool names_struct(struct checker *c, struct chk_file *file,
                         const struct pm_ast *ast, const struct pm_lt *type)
{
    struct pm_text name = pm_chk_token(file, ast->token);

    if (type->kind != PM_LT_STRUCT)
        return false;
    if (pm_chk_is(name, "map"))
        name = pm_chk_text("Map");
    struct chk_file *before = c->file;
    c->file = file;
    struct chk_decl *decl =
        ast->kids[0] ? qualified(c, ast, name) : pm_chk_lookup(c, file, name);
    c->file = before;
    return decl == pm_chk_struct_of(type)->decl;
}

void pm_chk_infer(struct checker *c, struct chk_file *file,
                  const struct pm_ast *ast, const struct pm_lt *type,
                  struct chk_binding *bindings)
{
    if (!ast || !bindings)
        return;
    if (ast->kind == PM_AST_TYPE_NAME && !ast->kids[0] && !ast->kids[1]) {
        struct chk_binding *binding =
            binding_of(bindings, pm_chk_token(file, ast->token));
        // Something known takes the place of something that is not.
        if (binding && type->kind != PM_LT_VOID && type->kind != PM_LT_NEVER &&
            (!binding->type ||
             (binding->type->has_unknown && !type->has_unknown)))
            binding->type = type;
        return;
    }
    if (ast->kind == PM_AST_TYPE_NAME && ast->kids[1] &&
        names_struct(c, file, ast, type))
        infer_list(c, file, ast->kids[1], type, type->part_count, bindings);
    if ((ast->kind == PM_AST_TYPE_ARRAY && type->kind == PM_LT_ARRAY) ||
        (ast->kind == PM_AST_TYPE_OPTIONAL && type->kind == PM_LT_OPTIONAL) ||
        (ast->kind == PM_AST_TYPE_RESULT && type->kind == PM_LT_RESULT) ||
        (ast->kind == PM_AST_TYPE_TUPLE && type->kind == PM_LT_TUPLE))
        infer_list(c, file, ast, type, type->part_count, bindings);
    if (ast->kind == PM_AST_TYPE_FN && type->kind == PM_LT_FN) {
        infer_list(c, file, ast->kids[0], type, type->part_count - 1, bindings);
        pm_chk_infer(c, file, ast->kids[1], type->parts[type->part_count - 1],
                     bindings);
    }
}
