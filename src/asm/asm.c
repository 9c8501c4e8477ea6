// SPDX-License-Identifier: MIT
#include "asm/asm.h"

#include <string.h>

#include "asm/asm_internal.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"

// --- statements --------------------------------------------------------------

static const struct directive {
    const char *name;
    asm_pass pass;
    bool (*handle)(struct assembler *a);
} directives[] = {
    {".exact", ASM_PASS_NAMES, pm_asm_exact},
    {".type", ASM_PASS_NAMES, pm_asm_type_name},
    {".func", ASM_PASS_NAMES, pm_asm_func_name},
    {".type", ASM_PASS_TYPES, pm_asm_type_body},
    {".module", ASM_PASS_TABLES, pm_asm_module},
    {".const", ASM_PASS_TABLES, pm_asm_const},
    {".global", ASM_PASS_TABLES, pm_asm_global},
    {".host", ASM_PASS_TABLES, pm_asm_host},
    {".file", ASM_PASS_TABLES, pm_asm_file},
    {".export", ASM_PASS_TABLES, pm_asm_export},
    {".func", ASM_PASS_CODE, pm_asm_func},
    {".local", ASM_PASS_CODE, pm_asm_local},
    {".local_name", ASM_PASS_CODE, pm_asm_local_name},
    {".stack", ASM_PASS_CODE, pm_asm_stack},
    {".at", ASM_PASS_CODE, pm_asm_at},
    {".byte", ASM_PASS_CODE, pm_asm_byte},
    {".end", ASM_PASS_CODE, pm_asm_end},
};

static bool is_directive(const struct asm_token *token, const char *name)
{
    return token->size == strlen(name) &&
           memcmp(token->text, name, token->size) == 0;
}

static bool is_known(const struct asm_token *token)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(directives); i++)
        if (is_directive(token, directives[i].name))
            return true;
    return false;
}

static bool unknown_directive(struct assembler *a,
                              const struct asm_token *token)
{
    const char *nearest = NULL;
    uint32_t best = 3;
    for (size_t i = 0; i < PM_ARRAY_LEN(directives); i++) {
        const char *name = directives[i].name;
        uint32_t distance =
            pm_asm_distance(token->text, token->size, name, strlen(name), best);
        if (distance < best) {
            best = distance;
            nearest = name;
        }
    }
    const char *shown = pm_asm_show(a, token->text, token->size);
    if (nearest)
        return pm_asm_error(a, token, "ASM-SYNTAX",
                            "unknown directive '%s'; did you mean '%s'?", shown,
                            nearest);
    return pm_asm_error(a, token, "ASM-SYNTAX", "unknown directive '%s'",
                        shown);
}

// True when the statement was read to its end, or is not for this pass.
static bool run_directive(struct assembler *a, bool *is_handled)
{
    struct asm_token token = a->token;

    for (size_t i = 0; i < PM_ARRAY_LEN(directives); i++) {
        if (directives[i].pass != a->pass ||
            !is_directive(&token, directives[i].name))
            continue;
        pm_asm_next(a);
        // The names' pass stops behind the name.
        *is_handled = a->pass != ASM_PASS_NAMES;
        return directives[i].handle(a);
    }
    if (a->pass == ASM_PASS_CODE && !is_known(&token))
        return unknown_directive(a, &token);
    return true;
}

static bool is_label(const struct assembler *a)
{
    const struct asm_lexer *l = &a->lexer;
    return a->token.kind == ASM_WORD && l->at < l->size &&
           l->text[l->at] == ':';
}

// Labels, then an instruction or nothing.
static bool run_code(struct assembler *a)
{
    while (is_label(a)) {
        struct asm_token token = a->token;
        pm_asm_next(a);
        pm_asm_next(a);
        if (!pm_asm_define_label(a, &token))
            return false;
    }
    if (pm_asm_is_at_end(a))
        return true;
    if (a->token.kind != ASM_WORD)
        return pm_asm_unexpected(a, "an instruction, a label or a directive");
    return pm_asm_instruction(a);
}

static void run_statement(struct assembler *a)
{
    bool is_handled = false;
    bool ok = true;

    if (a->token.kind == ASM_DIRECTIVE) {
        ok = run_directive(a, &is_handled);
    } else if (a->pass == ASM_PASS_CODE) {
        ok = run_code(a);
        is_handled = true;
    }
    if (ok && is_handled && !pm_asm_is_at_end(a))
        pm_asm_unexpected(a, "the end of the line");
    while (!pm_asm_is_at_end(a))
        pm_asm_next(a);
    if (a->token.kind == ASM_NEWLINE) {
        a->lexer.depth = 0;
        pm_asm_next(a);
    }
}

static void run_pass(struct assembler *a, asm_pass pass)
{
    a->pass = pass;
    pm_asm_lexer_restart(a);
    while (a->token.kind != ASM_END && !a->no_memory)
        run_statement(a);
}

// --- the module --------------------------------------------------------------

// The functions with their code in place; NULL when memory is short.
static struct pm_function *build_functions(struct assembler *a)
{
    const struct asm_function *from = a->functions.data;
    const pm_type_id *slots = a->slots.data;
    struct pm_function *rows =
        pm_arena_alloc(&a->arena, a->functions.count * sizeof *rows);

    if (!rows) {
        pm_asm_out_of_memory(a);
        return NULL;
    }
    for (size_t i = 0; i < a->functions.count; i++) {
        rows[i] = (struct pm_function){
            .name = from[i].name,
            .type = from[i].type,
            .flags = from[i].flags,
            .capture_count = from[i].capture_count,
            .local_count = from[i].local_count,
            .max_stack = from[i].max_stack,
            .code = a->code.data + from[i].code_start,
            .code_size = (uint32_t)from[i].code_size,
        };
        if (slots) {
            rows[i].captures = slots + from[i].slot_start;
            rows[i].locals = rows[i].captures + from[i].capture_count;
        }
    }
    return rows;
}

static void build_module(struct assembler *a, struct pm_module *m)
{
    *m = (struct pm_module){
        .alloc = *a->alloc,
        .name = a->module_name,
        .types = a->types.data,
        .constants = a->constants.data,
        .functions = build_functions(a),
        .globals = a->globals.data,
        .exports = a->exports.data,
        .host_decls = a->host_decls.data,
        .files = a->files.data,
        .lines = a->lines.data,
        .local_names = a->local_names.data,
        .type_count = (uint32_t)a->types.count,
        .constant_count = (uint32_t)a->constants.count,
        .function_count = (uint32_t)a->functions.count,
        .global_count = (uint32_t)a->globals.count,
        .export_count = (uint32_t)a->exports.count,
        .host_decl_count = (uint32_t)a->host_decls.count,
        .file_count = (uint32_t)a->files.count,
        .line_count = (uint32_t)a->lines.count,
        .local_name_count = (uint32_t)a->local_names.count,
    };
}

static void measure_function(struct assembler *a, const struct pm_module *m,
                             struct pm_function *row,
                             const struct asm_function *from)
{
    if (!from->has_stack &&
        !pm_asm_measure_stack(m, row, a->names, a->alloc, &row->max_stack)) {
        pm_asm_out_of_memory(a);
        return;
    }
    uint64_t slots = (uint64_t)pm_function_slot_count(m, row) + row->max_stack;
    if (slots > PM_FUNCTION_MAX_SLOTS)
        pm_asm_error(
            a, &from->place, "ASM-LIMIT",
            "the function needs %u parameters and locals and a stack of "
            "%u; together at most %d are allowed",
            (unsigned)pm_function_slot_count(m, row), (unsigned)row->max_stack,
            PM_FUNCTION_MAX_SLOTS);
}

static void finish(struct assembler *a, struct pm_buf *out)
{
    const struct asm_token nowhere = {.line = 1, .column = 1};
    struct pm_module m;

    build_module(a, &m);
    if (a->no_memory)
        return;
    for (uint32_t i = 0; i < m.function_count; i++)
        measure_function(a, &m, (struct pm_function *)m.functions + i,
                         (const struct asm_function *)a->functions.data + i);
    if (a->failed)
        return;
    pm_status status = pm_module_write(&m, out);
    if (status == PM_ERR_NO_MEMORY)
        pm_asm_out_of_memory(a);
    else if (status)
        pm_asm_error(a, &nowhere, "ASM-LIMIT",
                     "the module would be longer than %d bytes",
                     PM_MODULE_MAX_SIZE);
}

static void check_functions(struct assembler *a)
{
    const struct asm_token nowhere = {.line = 1, .column = 1};
    if (a->in_function) {
        pm_asm_error(a, &a->token, "ASM-SYNTAX",
                     "the text ends inside a function; .end is missing");
        pm_asm_finish_function(a);
    }
    if (a->functions.count == 0 && !a->failed)
        pm_asm_error(a, &nowhere, "ASM-CODE",
                     "no function; the program starts in the first .func");
    if (a->functions.count > PM_MODULE_MAX_ITEMS ||
        a->written_types.count > PM_MODULE_MAX_ITEMS)
        pm_asm_error(a, &nowhere, "ASM-LIMIT",
                     "more than %d functions or types in one module",
                     PM_MODULE_MAX_ITEMS);
    if (a->code.failed)
        pm_asm_out_of_memory(a);
}

// --- the whole ---------------------------------------------------------------

static bool check_text(struct assembler *a)
{
    size_t size = a->lexer.size;
    size_t good = pm_utf8_valid_prefix(a->lexer.text, size);
    struct asm_token place = {.line = 1, .column = 1};

    if (size > 4 * (size_t)PM_MODULE_MAX_SIZE)
        return pm_asm_error(a, &place, "ASM-LIMIT",
                            "the text has %zu bytes; at most %d are read", size,
                            4 * PM_MODULE_MAX_SIZE);
    if (good == size)
        return true;
    for (size_t i = 0; i < good; i++, place.column++)
        if (a->lexer.text[i] == '\n') {
            place.line++;
            place.column = 0;
        }
    return pm_asm_error(a, &place, "ASM-SYNTAX", "the text is not UTF-8 here");
}

static void name_intrinsics(struct assembler *a)
{
    for (size_t i = 0; a->names && i < a->names->count; i++) {
        const struct pm_intrinsic_name *row = &a->names->rows[i];
        struct pm_text name = {row->name, (uint32_t)strlen(row->name)};
        if (!pm_asm_map_insert(a, ASM_INTRINSIC, 0, name, row->id))
            return;
    }
}

static void assemble(struct assembler *a, struct pm_buf *out)
{
    if (!check_text(a))
        return;
    name_intrinsics(a);
    run_pass(a, ASM_PASS_NAMES);
    run_pass(a, ASM_PASS_TYPES);
    if (!pm_asm_resolve_types(a))
        return;
    run_pass(a, ASM_PASS_TABLES);
    a->function_count = 0;
    run_pass(a, ASM_PASS_CODE);
    check_functions(a);
    if (!a->failed)
        finish(a, out);
}

// Whether [a] stands behind [b] in the text.
static bool is_behind(const struct pm_diag *a, const struct pm_diag *b)
{
    return a->place.line > b->place.line || (a->place.line == b->place.line &&
                                             a->place.column > b->place.column);
}

// The walks find faults out of order. There are at most PM_DIAG_LIMIT, most
// of them in place.
static void sort_diags(struct pm_diags *diags, size_t first)
{
    for (size_t i = first + 1; i < diags->count; i++) {
        struct pm_diag item = diags->items[i];
        size_t at = i;
        for (; at > first && is_behind(&diags->items[at - 1], &item); at--)
            diags->items[at] = diags->items[at - 1];
        diags->items[at] = item;
    }
}

static void free_all(struct assembler *a)
{
    pm_asm_vec_free(a, &a->written_types, sizeof(struct asm_type *));
    pm_asm_vec_free(a, &a->types, sizeof(struct pm_type));
    pm_asm_vec_free(a, &a->constants, sizeof(struct pm_constant));
    pm_asm_vec_free(a, &a->functions, sizeof(struct asm_function));
    pm_asm_vec_free(a, &a->slots, sizeof(pm_type_id));
    pm_asm_vec_free(a, &a->globals, sizeof(struct pm_global));
    pm_asm_vec_free(a, &a->exports, sizeof(struct pm_export));
    pm_asm_vec_free(a, &a->host_decls, sizeof(struct pm_host_decl));
    pm_asm_vec_free(a, &a->files, sizeof(struct pm_text));
    pm_asm_vec_free(a, &a->lines, sizeof(struct pm_line));
    pm_asm_vec_free(a, &a->local_names, sizeof(struct pm_local_name));
    pm_asm_vec_free(a, &a->labels, sizeof(struct asm_label));
    pm_asm_vec_free(a, &a->fixups, sizeof(struct asm_fixup));
    pm_mem_free(a->alloc, a->map.entries,
                a->map.capacity * sizeof *a->map.entries);
    pm_mem_free(a->alloc, a->map.slots,
                a->map.slot_count * sizeof *a->map.slots);
    pm_buf_free(&a->code);
    pm_arena_free(&a->arena);
}

pm_status pm_assemble(const char *text, size_t size, const char *file,
                      const struct pm_intrinsic_names *names,
                      const struct pm_allocator *alloc, struct pm_diags *diags,
                      struct pm_buf *out)
{
    // Too large for some stacks, and freed before the call returns.
    struct assembler *a = pm_mem_zalloc(alloc, sizeof *a);
    size_t first = diags->count;
    if (!a)
        return PM_ERR_NO_MEMORY;
    a->alloc = alloc;
    a->diags = diags;
    a->file = file;
    a->names = names;
    a->suggestions = 20000;
    a->map.seed = pm_hash64(text, size);
    a->lexer.text = text;
    a->lexer.size = size;
    pm_arena_init(&a->arena, alloc);
    pm_buf_init(&a->code, alloc);
    assemble(a, out);
    sort_diags(diags, first);
    pm_status status = PM_OK;
    if (a->no_memory || (a->failed && diags->out_of_memory))
        status = PM_ERR_NO_MEMORY;
    else if (a->failed)
        status = PM_ERR_INVALID;
    free_all(a);
    pm_mem_free(alloc, a, sizeof *a);
    return status;
}
