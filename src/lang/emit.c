// SPDX-License-Identifier: MIT
//
// From the lowered form to a module's bytes: emit_internal.h tells how.
#include "base/mem.h"
#include "lang/emit_internal.h"

void *pm_emit_alloc(struct pm_emitter *em, size_t count, size_t size)
{
    void *block = NULL;
    if (!em->no_memory)
        block = pm_arena_alloc(&em->arena, count ? count * size : 1);
    if (!block)
        em->no_memory = true;
    return block;
}

bool pm_emit_grow(struct pm_emitter *em, void *array, size_t *capacity,
                  size_t count, size_t element)
{
    if (!em->no_memory &&
        pm_mem_grow(&em->alloc, array, capacity, count + 1, element))
        return true;
    em->no_memory = true;
    return false;
}

// --- begin and end -----------------------------------------------------------

static void begin(struct pm_emitter *em, const struct pm_low_program *program,
                  struct pm_lang_report *report)
{
    *em = (struct pm_emitter){
        .program = program, .report = report, .alloc = program->alloc};
    pm_arena_init(&em->arena, &em->alloc);
    pm_buf_init(&em->code, &em->alloc);
    em->types = pm_emit_alloc(em, program->type_count, sizeof *em->types);
    em->file_number =
        pm_emit_alloc(em, program->file_count, sizeof *em->file_number);
    for (uint32_t i = 0; i < program->file_count && !em->no_memory; i++)
        em->file_number[i] = PM_EMIT_NO_ROW;
    for (int i = 0; i < PM_EMIT_HELPERS; i++)
        em->helper_number[i] = PM_EMIT_NO_ROW;
}

#define FREE_ROWS(em, array, capacity)                                         \
    pm_mem_free(&(em)->alloc, (em)->array, (em)->capacity * sizeof *(em)->array)

static void end(struct pm_emitter *em)
{
    FREE_ROWS(em, rows, row_capacity);
    FREE_ROWS(em, constants, constant_capacity);
    FREE_ROWS(em, globals, global_capacity);
    FREE_ROWS(em, hosts, host_capacity);
    FREE_ROWS(em, functions, function_capacity);
    FREE_ROWS(em, lines, line_capacity);
    FREE_ROWS(em, names, name_capacity);
    FREE_ROWS(em, records, record_capacity);
    FREE_ROWS(em, files, file_capacity);
    pm_emit_index_free(&em->row_index, &em->alloc);
    pm_emit_index_free(&em->constant_index, &em->alloc);
    pm_emit_index_free(&em->host_index, &em->alloc);
    pm_buf_free(&em->code);
    pm_arena_free(&em->arena);
}

// --- the module --------------------------------------------------------------

static struct pm_function *list_functions(struct pm_emitter *em)
{
    struct pm_function *list =
        pm_emit_alloc(em, em->function_count, sizeof *list);
    for (size_t i = 0; i < em->function_count && list; i++) {
        const struct pm_emit_function *f = &em->functions[i];
        list[i] = (struct pm_function){
            .name = f->name,
            .type = f->type,
            .flags = f->is_closure ? PM_FUNCTION_CLOSURE : 0,
            .captures = f->captures.types,
            .capture_count = f->captures.count,
            .locals = f->locals.types,
            .local_count = f->locals.count,
            .max_stack = f->max_stack,
            .code = em->code.data + f->code,
            .code_size = f->code_size,
        };
    }
    return list;
}

static void refuse_size(struct pm_emitter *em)
{
    struct pm_span start = em->program->functions[0]->span;
    struct pm_lang_diag *diag = pm_lang_error(
        em->report, PM_LANG_MODULE_TOO_BIG, start,
        "the program does not fit a module: at most %d functions, types, "
        "strings and slots of globals each, and %d bytes",
        PM_MODULE_MAX_ITEMS, PM_MODULE_MAX_SIZE);
    pm_lang_help(em->report, diag,
                 "move tables and texts into the cartridge's assets");
}

static pm_status write(struct pm_emitter *em, struct pm_buf *out)
{
    struct pm_export reload = {{"reload", 6}, 0};
    struct pm_module module = {
        .name = em->program->name,
        .types = em->rows,
        .type_count = (uint32_t)em->row_count,
        .constants = em->constants,
        .constant_count = (uint32_t)em->constant_count,
        .functions = list_functions(em),
        .function_count = (uint32_t)em->function_count,
        .globals = em->globals,
        .global_count = (uint32_t)em->global_count,
        .exports = &reload,
        .host_decls = em->hosts,
        .host_decl_count = (uint32_t)em->host_count,
        .files = em->files,
        .file_count = (uint32_t)em->file_count,
        .lines = em->lines,
        .line_count = (uint32_t)em->line_count,
        .local_names = em->names,
        .local_name_count = (uint32_t)em->name_count,
    };
    if (em->program->reload) {
        reload.function = em->program->reload->number;
        module.export_count = 1;
    }
    if (em->no_memory)
        return PM_ERR_NO_MEMORY;
    pm_status status = pm_module_write(&module, out);
    if (status == PM_ERR_INVALID)
        refuse_size(em);
    return status;
}

pm_status pm_low_emit(const struct pm_low_program *program,
                      struct pm_lang_report *report, struct pm_buf *out)
{
    struct pm_emitter em;
    pm_status status = PM_ERR_NO_MEMORY;

    begin(&em, program, report);
    if (!em.no_memory)
        pm_emit_reach(&em);
    if (!em.no_memory)
        pm_emit_make_globals(&em);
    if (!em.no_memory)
        pm_emit_functions(&em);
    pm_emit_helpers(&em);
    pm_emit_fill_records(&em);
    if (!em.no_memory && !em.code.failed && !report->no_memory)
        status = em.refused ? PM_ERR_INVALID : write(&em, out);
    end(&em);
    return report->no_memory ? PM_ERR_NO_MEMORY : status;
}
