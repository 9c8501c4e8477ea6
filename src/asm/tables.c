// SPDX-License-Identifier: MIT
#include <string.h>

#include "asm/asm_internal.h"

static bool refuse_more(struct assembler *a, const struct asm_vec *vec,
                        const char *what)
{
    return vec->count < PM_MODULE_MAX_ITEMS ||
           pm_asm_error(a, &a->token, "ASM-LIMIT",
                        "more than %d %s in one module", PM_MODULE_MAX_ITEMS,
                        what);
}

bool pm_asm_exact(struct assembler *a)
{
    a->is_exact = true;
    return true;
}

bool pm_asm_module(struct assembler *a)
{
    struct asm_token place = a->token;
    if (!pm_asm_parse_name(a, &a->module_name))
        return false;
    if (a->has_module)
        return pm_asm_error(a, &place, "ASM-TWICE",
                            "a text has one .module line; this is another");
    a->has_module = true;
    return true;
}

// --- constants ---------------------------------------------------------------

bool pm_asm_pool_constant(struct assembler *a,
                          const struct pm_constant *constant, uint32_t *out)
{
    uint32_t space = ASM_CONST_KEY + constant->type;
    struct pm_text key = constant->text;

    if (constant->type != PM_TYPE_STRING)
        key = (struct pm_text){(const char *)&constant->bits,
                               sizeof constant->bits};
    const struct asm_entry *entry = pm_asm_map_find(a, space, 0, key);
    if (entry) {
        *out = entry->value;
        return true;
    }
    if (!refuse_more(a, &a->constants, "constants"))
        return false;
    *out = (uint32_t)a->constants.count;
    struct pm_constant *row = pm_asm_push(a, &a->constants, sizeof *row);
    if (!row)
        return false;
    *row = *constant;
    if (constant->type != PM_TYPE_STRING) {
        key.data = pm_arena_copy(&a->arena, key.data, key.size);
        if (!key.data)
            return pm_asm_out_of_memory(a);
    }
    return pm_asm_map_insert(a, space, 0, key, *out) != NULL;
}

bool pm_asm_parse_constant(struct assembler *a, struct pm_constant *out)
{
    pm_type_id type = PM_TYPE_STRING;
    struct asm_token place = a->token;

    *out = (struct pm_constant){.text = {"", 0}};
    if (place.kind == ASM_WORD && pm_asm_is_primitive(&place, &type))
        pm_asm_next(a);
    out->type = type;
    switch (type) {
    case PM_TYPE_STRING:
        return pm_asm_parse_string(a, &out->text);
    case PM_TYPE_I32:
        return pm_asm_parse_integer(a, 32, true, &out->bits);
    case PM_TYPE_I64:
        return pm_asm_parse_integer(a, 64, true, &out->bits);
    case PM_TYPE_F32:
        return pm_asm_parse_float(a, true, &out->bits);
    case PM_TYPE_F64:
        return pm_asm_parse_float(a, false, &out->bits);
    default:
        return pm_asm_error(
            a, &place, "ASM-TYPE",
            "a constant is a text in quotes or an i32, i64, f32 "
            "or f64 with its number");
    }
}

bool pm_asm_const(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_constant constant;
    struct pm_text name;
    pm_type_id type;
    uint32_t number;

    if (place.kind == ASM_WORD && pm_asm_is_primitive(&place, &type))
        return pm_asm_error(
            a, &place, "ASM-NAME",
            "'%s' is a type; choose another name for the constant",
            pm_asm_show(a, place.text, place.size));
    return pm_asm_parse_name(a, &name) && pm_asm_expect(a, '=') &&
           pm_asm_parse_constant(a, &constant) &&
           pm_asm_pool_constant(a, &constant, &number) &&
           pm_asm_define(a, &place, ASM_CONST, 0, "constant", name, number);
}

// --- globals, exports, files -------------------------------------------------

static bool add_global(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    pm_type_id type;

    if (!refuse_more(a, &a->globals, "globals") ||
        !pm_asm_parse_name(a, &name) || !pm_asm_expect(a, ':') ||
        !pm_asm_parse_type(a, &type))
        return false;
    uint32_t number = (uint32_t)a->globals.count;
    struct pm_global *row = pm_asm_push(a, &a->globals, sizeof *row);
    if (!row)
        return false;
    *row = (struct pm_global){name, type};
    return pm_asm_define(a, &place, ASM_GLOBAL, 0, "global", name, number);
}

bool pm_asm_global(struct assembler *a)
{
    do {
        if (!add_global(a))
            return false;
    } while (pm_asm_accept(a, ','));
    return true;
}

// ".export main" or ".export "start" = main".
bool pm_asm_export(struct assembler *a)
{
    struct asm_token place = a->token;
    struct asm_lexer start = a->lexer;
    struct pm_text name;
    uint32_t function;

    if (!refuse_more(a, &a->exports, "exports") || !pm_asm_parse_name(a, &name))
        return false;
    if (!pm_asm_accept(a, '=')) {
        a->lexer = start;
        a->token = place;
    }
    if (!pm_asm_parse_reference(a, ASM_FUNC, 0, "function", &function))
        return false;
    if (pm_asm_map_find(a, ASM_EXPORT, 0, name))
        return pm_asm_error(a, &place, "ASM-TWICE",
                            "'%s' is exported a second time",
                            pm_asm_show(a, name.data, name.size));
    struct pm_export *row = pm_asm_push(a, &a->exports, sizeof *row);
    if (!row || !pm_asm_map_insert(a, ASM_EXPORT, 0, name, function))
        return false;
    *row = (struct pm_export){name, function};
    if (function >= a->function_count)
        return pm_asm_error(a, &place, "ASM-NAME",
                            "there is no function #%u; the text has %u",
                            (unsigned)function, (unsigned)a->function_count);
    return true;
}

bool pm_asm_pool_file(struct assembler *a, struct pm_text name, uint32_t *out)
{
    const struct asm_entry *entry = pm_asm_map_find(a, ASM_FILE, 0, name);
    if (entry) {
        *out = entry->value;
        return true;
    }
    if (!refuse_more(a, &a->files, "files"))
        return false;
    *out = (uint32_t)a->files.count;
    struct pm_text *row = pm_asm_push(a, &a->files, sizeof *row);
    if (!row)
        return false;
    *row = name;
    return pm_asm_map_insert(a, ASM_FILE, 0, name, *out) != NULL;
}

bool pm_asm_file(struct assembler *a)
{
    struct pm_text name;
    uint32_t number;
    return pm_asm_parse_string(a, &name) && pm_asm_pool_file(a, name, &number);
}

// --- host calls --------------------------------------------------------------

// [first][separator][second] as one text of the arena.
static bool join(struct assembler *a, struct pm_text first, char separator,
                 struct pm_text second, struct pm_text *out)
{
    uint32_t size = first.size + 1 + second.size;
    char *text = pm_arena_alloc(&a->arena, size);
    if (!text)
        return pm_asm_out_of_memory(a);
    memcpy(text, first.data, first.size);
    text[first.size] = separator;
    memcpy(text + first.size + 1, second.data, second.size);
    *out = (struct pm_text){text, size};
    return true;
}

// No two declarations may agree in module, name and version.
static bool keep_host_key(struct assembler *a, const struct asm_token *place,
                          const struct pm_host_decl *decl, uint32_t number)
{
    struct pm_text key;
    struct pm_text version = {(const char *)&decl->version,
                              sizeof decl->version};
    // The key's first four bytes say where the module's name ends.
    struct pm_text length = {(const char *)&decl->module.size,
                             sizeof decl->module.size};
    if (!join(a, decl->module, 0, decl->name, &key) ||
        !join(a, length, 0, key, &key) || !join(a, version, 0, key, &key))
        return false;
    if (pm_asm_map_find(a, ASM_HOST_KEY, 0, key))
        return pm_asm_error(
            a, place, "ASM-TWICE",
            "host call \"%s\" \"%s\" %u is declared a second time",
            pm_asm_show(a, decl->module.data, decl->module.size),
            pm_asm_show(a, decl->name.data, decl->name.size),
            (unsigned)decl->version);
    return pm_asm_map_insert(a, ASM_HOST_KEY, 0, key, number) != NULL;
}

// "gfx" "clear" 1 (i64) -> (), with "name =" before it. Without a name of
// its own it is called "gfx.clear".
bool pm_asm_host(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_host_decl decl = {.type = PM_TYPE_NONE};
    struct pm_text alias;
    uint32_t number = (uint32_t)a->host_decls.count;

    if (!refuse_more(a, &a->host_decls, "host calls") ||
        !pm_asm_parse_name(a, &alias))
        return false;
    decl.module = alias;
    bool has_alias = pm_asm_accept(a, '=');
    if ((has_alias && !pm_asm_parse_name(a, &decl.module)) ||
        !pm_asm_parse_name(a, &decl.name) ||
        !pm_asm_parse_u32(a, "version", &decl.version) ||
        !pm_asm_parse_signature(a, &decl.type))
        return false;
    if (!has_alias && !join(a, decl.module, '.', decl.name, &alias))
        return false;
    struct pm_host_decl *row = pm_asm_push(a, &a->host_decls, sizeof *row);
    if (!row)
        return false;
    *row = decl;
    return keep_host_key(a, &place, &decl, number) &&
           pm_asm_define(a, &place, ASM_HOST, 0, "host call", alias, number);
}
