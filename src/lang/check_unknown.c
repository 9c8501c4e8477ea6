// SPDX-License-Identifier: MIT
//
// Names, types and members that there are not: what was probably meant.

#include "lang/check_internal.h"
#include "lang/library.h"

// --- the library -------------------------------------------------------------

// Whether a line of a source declares a public name: "pub fn sin(",
// "pub declare service Gfx {".
static bool declares(const char *line, const char *end, struct pm_text name)
{
    static const char pub[] = "pub ";

    if ((size_t)(end - line) < sizeof pub || memcmp(line, pub, 4) != 0)
        return false;
    for (const char *at = line + 4; at < end; at++) {
        bool begins = at[-1] == ' ';
        if (*at == '(' || *at == '{' || *at == '"')
            return false;
        if (begins && name.size < (size_t)(end - at) &&
            memcmp(at, name.data, name.size) == 0 &&
            memchr(" (<:{", at[name.size], 5))
            return true;
    }
    return false;
}

// The module of the library that has a name, or NULL.
static const char *library_module(struct pm_text name)
{
    for (size_t i = 0; i < pm_library_count && name.size; i++) {
        const char *line = pm_library_files[i].text;
        const char *end = line + pm_library_files[i].size;
        while (line < end) {
            const char *stop = memchr(line, '\n', (size_t)(end - line));
            if (declares(line, stop ? stop : end, name))
                return pm_library_files[i].module;
            line = stop ? stop + 1 : end;
        }
    }
    return NULL;
}

// Says which import is missing, and has the name stand for anything from here
// on: what is not imported is told once a file.
static bool help_with_import(struct checker *c, const struct pm_ast *ast,
                             struct pm_text name, struct pm_lang_diag *diag)
{
    if (!diag || c->file->input->is_library || ++c->suggestions > 100)
        return false;
    const char *module = library_module(name);
    if (!module || strcmp(module, "@std/prelude") == 0)
        return false;
    pm_chk_help(c, diag, "write import { %s } from \"%s\"",
                pm_chk_show(c, name), module);
    struct chk_decl *decl = pm_chk_new_decl(c, CHK_MISSING, ast);
    decl->type = c->t_unknown;
    pm_chk_map_put(c, &c->file->imports, name, decl);
    return true;
}

// --- names -------------------------------------------------------------------

struct foreign {
    const char *name;
    const char *help;
};

// Says what a name of another language is here: more than another word, as in
// [rows], or one that pm_lang_foreign_word knows.
static bool help_with_foreign(struct checker *c, const struct foreign *rows,
                              size_t count, struct pm_text name,
                              struct pm_lang_diag *diag)
{
    const char *meant = pm_lang_foreign_word(name.data, name.size);

    for (size_t i = 0; i < count; i++)
        if (pm_chk_is(name, rows[i].name)) {
            pm_chk_help(c, diag, "%s", rows[i].help);
            return true;
        }
    if (meant)
        pm_chk_help(c, diag, "it is written here '%s'", meant);
    return meant != NULL;
}

static const struct foreign foreign_names[] = {
    {"null", "what may be missing is an optional: some(x) or none"},
    {"nil", "what may be missing is an optional: some(x) or none"},
    {"undefined", "what may be missing is an optional: some(x) or none"},
    {"None", "it is written none"},
    {"len", "write x.len()"},
    {"range", "write for i from 0 until n { … }"},
    {"pairs", "write for key, value in m { … }"},
    {"ipairs", "write for i, x in xs { … }"},
    {"enumerate", "write for i, x in xs { … }"},
    {"console", "trace(x) writes a line to the log"},
    {"Math", "import { sin, cos } from \"@std/math\"; min, max, abs are there "
             "without"},
    {"math", "import { sin, cos } from \"@std/math\"; min, max, abs are there "
             "without"},
    {"rnd", "import { new_random } from \"@std/random\""},
    {"rand", "import { new_random } from \"@std/random\""},
    {"random", "import { new_random } from \"@std/random\""},
    {"parseInt", "text.to_int() reads a number and gives an optional"},
    {"parseFloat", "text.to_float() reads a number and gives an optional"},
    {"tonumber", "text.to_int() reads a number and gives an optional"},
    {"tostring", "write str(x), or \"{x}\""},
    {"pass", "a block with nothing in it is { }"},
    {"end", "a block ends with }"},
    {"super", "there is no inheritance; a contract says what structs have in "
              "common"},
};

static bool help_with_field(struct checker *c, struct pm_text name,
                            struct pm_lang_diag *diag)
{
    const struct pm_lt *self = c->body ? c->body->self : NULL;

    if (!self || self->kind != PM_LT_STRUCT)
        return false;
    for (uint32_t i = 0; i < self->field_count; i++)
        if (pm_chk_same(self->fields[i].name, name)) {
            pm_chk_help(c, diag, "a field is reached through 'this': this.%s",
                        pm_chk_show(c, name));
            return true;
        }
    struct chk_binding *bindings;
    if (!pm_chk_find_method(c, self, name, &bindings))
        return false;
    pm_chk_help(c, diag, "a method is called through 'this': this.%s(…)",
                pm_chk_show(c, name));
    return true;
}

// The enum or error of a module that has a case, the first by its place in
// the table.
static const struct chk_decl *enum_with(const struct chk_map *names,
                                        struct pm_text name)
{
    for (uint32_t i = 0; i < names->capacity; i++) {
        const struct chk_decl *decl = names->entries[i].value;
        if (!decl || decl->kind != CHK_ENUM)
            continue;
        for (uint32_t k = 0; k < decl->ast->count; k++) {
            const struct pm_ast *kid = decl->ast->kids[k];
            if (kid->kind == PM_AST_CASE &&
                pm_chk_same(pm_chk_token(decl->file, kid->token), name))
                return decl;
        }
    }
    return NULL;
}

static bool help_with_case(struct checker *c, struct pm_text name,
                           struct pm_lang_diag *diag)
{
    if (!diag || ++c->suggestions > 100)
        return false;
    const struct chk_decl *decl = enum_with(&c->file->module->names, name);
    if (!decl)
        decl = enum_with(&c->file->imports, name);
    if (!decl)
        return false;
    pm_chk_help(c, diag, "a case is written with its enum: %s.%s",
                pm_chk_show(c, decl->name), pm_chk_show(c, name));
    return true;
}

static void suggest_name(struct checker *c, const struct pm_ast *ast,
                         struct pm_text name, struct pm_lang_diag *diag)
{
    struct chk_nearest nearest = pm_chk_nearest_begin(c, name);

    for (struct chk_body *body = c->body; body; body = body->parent)
        for (uint32_t i = body->vars.count; i-- > 0;)
            pm_chk_nearest_try(&nearest,
                               ((struct chk_var *)body->vars.items[i])->name);
    pm_chk_nearest_map(&nearest, &c->file->imports);
    pm_chk_nearest_map(&nearest, &c->file->module->names);
    if (c->prelude)
        pm_chk_nearest_public(&nearest, c->prelude);
    pm_chk_nearest_map(&nearest, &c->builtins);
    pm_chk_nearest_end(c, &nearest, diag, pm_chk_span(c, ast));
}

static struct pm_lang_diag *report_name(struct checker *c,
                                        const struct pm_ast *ast)
{
    struct pm_text name = pm_chk_name(c, ast);
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_UNKNOWN_NAME, ast, "there is no '%s' here",
                     pm_chk_show(c, name));

    if (!help_with_foreign(c, foreign_names, PM_ARRAY_LEN(foreign_names), name,
                           diag) &&
        !help_with_field(c, name, diag) &&
        !help_with_import(c, ast, name, diag) && !help_with_case(c, name, diag))
        suggest_name(c, ast, name, diag);
    return diag;
}

struct pm_low *pm_chk_unknown_name(struct checker *c, const struct pm_ast *ast)
{
    report_name(c, ast);
    return pm_chk_unknown(c, ast);
}

void pm_chk_missing_target(struct checker *c, const struct pm_ast *ast)
{
    struct pm_lang_diag *diag = report_name(c, ast);

    if (diag && !diag->help)
        pm_chk_help(c, diag, "a new variable is declared with let: let %s = …",
                    pm_chk_show(c, pm_chk_name(c, ast)));
}

// --- cases -------------------------------------------------------------------

void pm_chk_unknown_case(struct checker *c, const struct pm_ast *ast,
                         const struct pm_lt *type)
{
    struct pm_text name = pm_chk_name(c, ast);
    struct pm_span span = pm_chk_name_span(c, ast);
    struct chk_nearest nearest = pm_chk_nearest_begin(c, name);

    if (pm_chk_map_get(&c->missing_cases, name) == type)
        return;
    for (uint32_t i = 0; i < type->case_count; i++)
        pm_chk_nearest_try(&nearest, type->cases[i].name);
    struct pm_lang_diag *diag =
        pm_chk_error_at(c, PM_LANG_UNKNOWN_CASE, span, "%s has no case '%s'",
                        pm_chk_show_type(c, type), pm_chk_show(c, name));
    pm_chk_nearest_end(c, &nearest, diag, span);
    if (diag && !diag->fix)
        pm_chk_map_put(c, &c->missing_cases, name, (void *)(uintptr_t)type);
}

// --- types -------------------------------------------------------------------

static const struct foreign foreign_types[] = {
    {"Array", "an array of T is T[]; one that grows is List<T>"},
    {"Vec", "an array of T is T[]; one that grows is List<T>"},
    {"vector", "an array of T is T[]; one that grows is List<T>"},
    {"list", "an array of T is T[]; one that grows is List<T>"},
    {"Map", "it is written map<K, V>"},
    {"dict", "it is written map<K, V>"},
    {"Dictionary", "it is written map<K, V>"},
    {"HashMap", "it is written map<K, V>"},
    {"Option", "it is written optional T"},
    {"Optional", "it is written optional T"},
    {"Result", "it is written result<E> T"},
    {"any", "each value has one type; a function for many has type "
            "parameters: fn f<T>(x: T)"},
    {"Object", "each value has one type; a function for many has type "
               "parameters: fn f<T>(x: T)"},
};

const struct pm_lt *pm_chk_unknown_type(struct checker *c,
                                        const struct pm_ast *ast,
                                        struct pm_text name,
                                        const struct chk_binding *bindings)
{
    static const char *const basics[] = {"int", "float", "bool", "byte",
                                         "str", "bytes", "task", "void",
                                         "map", "List"};
    struct pm_span span = pm_chk_name_span(c, ast);
    struct pm_lang_diag *diag =
        pm_chk_error_at(c, PM_LANG_UNKNOWN_TYPE, span, "there is no type '%s'",
                        pm_chk_show(c, name));

    if (help_with_foreign(c, foreign_types, PM_ARRAY_LEN(foreign_types), name,
                          diag) ||
        (!ast->kids[0] && help_with_import(c, ast, name, diag)))
        return c->t_unknown;
    struct chk_nearest nearest = pm_chk_nearest_begin(c, name);
    for (size_t i = 0; i < PM_ARRAY_LEN(basics); i++)
        pm_chk_nearest_try(&nearest, pm_chk_text(basics[i]));
    for (; bindings; bindings = bindings->next)
        pm_chk_nearest_try(&nearest, bindings->name);
    pm_chk_nearest_map(&nearest, &c->file->imports);
    pm_chk_nearest_map(&nearest, &c->file->module->names);
    pm_chk_nearest_end(c, &nearest, diag, span);
    return c->t_unknown;
}

// --- members -----------------------------------------------------------------

// What others call what many types have here.
static const struct {
    const char *name;
    const char *meant;
} foreign_members[] = {
    {"length", "len"},        {"size", "len"},          {"count", "len"},
    {"append", "push"},       {"add", "push"},          {"push_back", "push"},
    {"includes", "contains"}, {"has", "contains"},      {"indexOf", "index_of"},
    {"toString", "to_str"},   {"forEach", "each"},      {"substring", "slice"},
    {"substr", "slice"},      {"sub", "slice"},         {"reduce", "fold"},
    {"toUpperCase", "upper"}, {"toLowerCase", "lower"}, {"isEmpty", "is_empty"},
};

static bool has_method(struct checker *c, const struct pm_lt *type,
                       struct pm_text name)
{
    struct chk_binding *bindings;

    return pm_chk_find_method(c, type, name, &bindings) ||
           (type->kind == PM_LT_ARRAY && pm_chk_is(name, "len"));
}

static bool help_with_foreign_member(struct checker *c,
                                     const struct pm_lt *type,
                                     struct pm_text wanted,
                                     struct pm_lang_diag *diag)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(foreign_members); i++)
        if (pm_chk_is(wanted, foreign_members[i].name) &&
            has_method(c, type, pm_chk_text(foreign_members[i].meant))) {
            pm_chk_help(c, diag, "it is written here .%s(…)",
                        foreign_members[i].meant);
            return true;
        }
    return false;
}

static void suggest_member(struct checker *c, const struct pm_lt *type,
                           struct pm_text wanted, struct pm_lang_diag *diag,
                           struct pm_span span)
{
    struct chk_nearest nearest = pm_chk_nearest_begin(c, wanted);

    if (type->kind == PM_LT_STRUCT) {
        for (uint32_t i = 0; i < type->field_count; i++)
            pm_chk_nearest_try(&nearest, type->fields[i].name);
        pm_chk_nearest_map(&nearest, &pm_chk_struct_of(type)->decl->members);
    }
    for (uint32_t i = 0; i < c->extend_members.capacity; i++) {
        struct chk_binding *bindings;
        struct pm_text name = c->extend_members.entries[i].key;
        if (c->extend_members.entries[i].value && name.size <= 40 &&
            pm_chk_find_method(c, type, name, &bindings))
            pm_chk_nearest_try(&nearest, name);
    }
    pm_chk_nearest_end(c, &nearest, diag, span);
}

static bool grows(struct pm_text name)
{
    static const char *const names[] = {"push",   "pop",    "add",
                                        "append", "insert", "remove"};

    for (size_t i = 0; i < PM_ARRAY_LEN(names); i++)
        if (pm_chk_is(name, names[i]))
            return true;
    return false;
}

struct pm_low *pm_chk_unknown_member(struct checker *c,
                                     const struct pm_ast *ast,
                                     const struct pm_low *object)
{
    const struct pm_lt *type = object->type;
    struct pm_text wanted = pm_chk_name(c, ast);
    struct pm_span span = pm_chk_name_span(c, ast);

    // The type was told to be not known.
    if (type->has_unknown)
        return pm_chk_unknown(c, ast);
    if (has_method(c, type, wanted)) {
        pm_chk_help(c,
                    pm_chk_error_at(c, PM_LANG_NOT_A_VALUE, span,
                                    "'%s' is a method and has to be called",
                                    pm_chk_show(c, wanted)),
                    "write %s()", pm_chk_show(c, wanted));
        return pm_chk_unknown(c, ast);
    }
    struct pm_lang_diag *diag =
        pm_chk_error_at(c, PM_LANG_UNKNOWN_MEMBER, span, "%s has no '%s'",
                        pm_chk_show_type(c, type), pm_chk_show(c, wanted));
    if (type->kind == PM_LT_ARRAY && grows(wanted))
        pm_chk_help(
            c, diag,
            "an array keeps its length; a List grows: [1, 2].to_list()");
    else if (type->kind == PM_LT_TUPLE)
        pm_chk_help_tuple(c, diag, ast->kids[0]);
    else if (type->kind == PM_LT_OPTIONAL)
        pm_chk_help(c, diag, "say what it is when there is none: … else …");
    else if (type->kind == PM_LT_RESULT)
        pm_chk_help(c, diag, "get the value with '!' or 'handle'");
    else if (!help_with_foreign_member(c, type, wanted, diag))
        suggest_member(c, type, wanted, diag, span);
    return pm_chk_unknown(c, ast);
}
