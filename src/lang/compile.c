// SPDX-License-Identifier: MIT
//
// The compiler as a library: the object, and the way through the
// stages.
#include <prometeu/compile.h>

#include <string.h>

#include "base/mem.h"
#include "lang/compile_internal.h"

// --- the object --------------------------------------------------------------

pm_status pm_compiler_create(const struct pm_compiler_config *config,
                             struct pm_compiler **out)
{
    struct pm_compiler_config usual = {0};
    struct pm_compiler *compiler;

    if (!config)
        config = &usual;
    struct pm_allocator alloc =
        config->alloc.resize ? config->alloc : pm_allocator_libc();
    compiler = pm_mem_zalloc(&alloc, sizeof *compiler);
    if (!compiler)
        return PM_ERR_NO_MEMORY;
    compiler->alloc = alloc;
    pm_arena_init(&compiler->arena, &alloc);
    pm_buf_init(&compiler->module, &alloc);
    pm_buf_init(&compiler->dump, &alloc);
    pm_status status =
        pm_compile_registry_create(&alloc, config, &compiler->registry);
    if (status) {
        pm_compiler_destroy(compiler);
        return status;
    }
    *out = compiler;
    return PM_OK;
}

// What the last call gave is gone.
void pm_compile_drop_result(struct pm_compiler *compiler)
{
    if (compiler->has_report)
        pm_lang_report_free(&compiler->report);
    compiler->has_report = false;
    pm_buf_free(&compiler->module);
    pm_buf_free(&compiler->dump);
    pm_buf_init(&compiler->module, &compiler->alloc);
    pm_buf_init(&compiler->dump, &compiler->alloc);
    pm_arena_free(&compiler->arena);
    compiler->inputs = NULL;
    compiler->parts = NULL;
    compiler->part_count = 0;
    compiler->result = (struct pm_compile_result){0};
}

void pm_compiler_destroy(struct pm_compiler *compiler)
{
    if (!compiler)
        return;
    struct pm_allocator alloc = compiler->alloc;
    pm_compile_drop_result(compiler);
    for (size_t i = 0; i < compiler->file_count; i++)
        pm_compile_free_file(compiler, compiler->files[i]);
    pm_mem_free(&alloc, compiler->files,
                compiler->file_capacity * sizeof(void *));
    pm_compile_registry_destroy(&alloc, compiler->registry);
    pm_mem_free(&alloc, compiler, sizeof *compiler);
}

// --- the stages --------------------------------------------------------------

static bool has_reading_errors(const struct pm_compiler *compiler)
{
    for (uint32_t i = 0; i < compiler->part_count; i++)
        if (compiler->parts[i]->report.errors)
            return true;
    return false;
}

static pm_status check(struct pm_compiler *compiler,
                       const struct pm_compile_options *options,
                       struct pm_check_output *out)
{
    const char *all = options->with_tests ? "" : NULL;
    const char *name = options->name ? options->name : "program";
    enum pm_compile_stage dump = options->dump;
    struct pm_check_input in = {
        .files = compiler->inputs,
        .file_count = compiler->part_count,
        .name = {name, (uint32_t)strlen(name)},
        .registry = compiler->registry,
        .test = options->test ? options->test : all,
        .only_needed = options->only_needed && options->test,
        .checks_library = options->check_library,
        .has_capabilities = options->has_capabilities,
        .capabilities = options->capabilities,
        .names_dump = dump == PM_COMPILE_NAMES ? &compiler->dump : NULL,
        .types_dump = dump == PM_COMPILE_TYPES ? &compiler->dump : NULL,
    };
    pm_status status = pm_check(&in, &compiler->arena, &compiler->report, out);

    if (!status && compiler->report.no_memory)
        return PM_ERR_NO_MEMORY;
    return status;
}

static pm_status make_module(struct pm_compiler *compiler,
                             const struct pm_compile_options *options,
                             struct pm_low_program *program)
{
    pm_status status = PM_OK;

    pm_compile_dump_program(compiler, program, options->dump, false);
    if (!options->no_optimise)
        status = pm_low_optimise(program);
    if (status)
        return status;
    pm_compile_dump_program(compiler, program, options->dump, true);
    status = pm_low_emit(program, &compiler->report, &compiler->module);
    if (!status)
        status = pm_buf_status(&compiler->module);
    if (!status && options->dump == PM_COMPILE_MODULE)
        status = pm_compile_dump_module(compiler);
    return status;
}

static pm_status go_through(struct pm_compiler *compiler,
                            const struct pm_compile_options *options,
                            bool builds)
{
    struct pm_check_output checked = {0};
    bool is_program = options->test || !options->with_tests;
    pm_status status = pm_compile_choose(compiler, options);

    if (status)
        return status;
    pm_compile_dump_trees(compiler, options->dump);
    status = check(compiler, options, &checked);
    if (!status && has_reading_errors(compiler))
        status = PM_ERR_INVALID;
    if (!status && is_program && (builds || options->dump))
        status = make_module(compiler, options, &checked.program);
    return status;
}

static pm_status compile(struct pm_compiler *compiler,
                         const struct pm_compile_options *options, bool builds,
                         const struct pm_compile_result **out)
{
    const struct pm_compile_options usual = {0};

    pm_compile_drop_result(compiler);
    *out = &compiler->result;
    pm_lang_report_init(&compiler->report, &compiler->alloc, &compiler->arena);
    compiler->has_report = true;
    pm_status status = go_through(compiler, options ? options : &usual, builds);
    pm_status made = pm_compile_result_make(compiler);
    if (made)
        return made;
    if (pm_buf_status(&compiler->dump))
        return PM_ERR_NO_MEMORY;
    if (!status && builds && compiler->module.size) {
        compiler->result.module = compiler->module.data;
        compiler->result.module_size = compiler->module.size;
    }
    return status;
}

pm_status pm_compiler_check(struct pm_compiler *compiler,
                            const struct pm_compile_options *options,
                            const struct pm_compile_result **out)
{
    return compile(compiler, options, false, out);
}

pm_status pm_compiler_build(struct pm_compiler *compiler,
                            const struct pm_compile_options *options,
                            const struct pm_compile_result **out)
{
    return compile(compiler, options, true, out);
}

// --- layout ------------------------------------------------------------------

pm_status pm_compiler_format(struct pm_compiler *compiler, const char *path,
                             const char **out, size_t *out_size,
                             const struct pm_compile_result **out_result)
{
    struct pm_compile_file *file = pm_compile_find(compiler, path);

    pm_compile_drop_result(compiler);
    if (out_result)
        *out_result = &compiler->result;
    if (!file)
        return PM_ERR_NOT_FOUND;
    pm_status status = pm_compile_read(compiler, file);
    if (status)
        return status;
    compiler->parts = &file;
    compiler->part_count = 1;
    file->parsed.file = 0;
    status = pm_compile_result_make(compiler);
    compiler->parts = NULL;
    compiler->part_count = 0;
    if (status)
        return status;
    status = pm_format(&file->parsed, &compiler->dump);
    if (status)
        return status;
    *out = pm_buf_cstr(&compiler->dump);
    *out_size = compiler->dump.size;
    return *out ? PM_OK : PM_ERR_NO_MEMORY;
}
