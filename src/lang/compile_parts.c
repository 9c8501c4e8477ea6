// SPDX-License-Identifier: MIT
//
// The compiler as a library: which files are part of a program.
#include <prometeu/compile.h>

#include <string.h>

#include "base/mem.h"
#include "lang/compile_internal.h"
#include "lang/library.h"

// Its names are known everywhere, so it is part of every program.
#define PRELUDE "@std/prelude"

// --- what takes part ---------------------------------------------------------

// Reads the project's files and marks those that are wanted.
static pm_status choose_files(struct pm_compiler *compiler,
                              const struct pm_compile_options *options)
{
    for (size_t i = 0; i < compiler->file_count; i++) {
        struct pm_compile_file *file = compiler->files[i];
        file->takes_part = false;
        if (file->is_library || (file->is_test && !options->with_tests))
            continue;
        pm_status status = pm_compile_read(compiler, file);
        if (status)
            return status;
        file->takes_part = !file->is_test || !options->test_file ||
                           file->test_count == 0 ||
                           strcmp(options->test_file, file->path) == 0;
    }
    return PM_OK;
}

static bool is_module(struct pm_text text, const char *name)
{
    return strlen(name) == text.size && memcmp(name, text.data, text.size) == 0;
}

// Adds the library's own files of a module that are not there yet.
static pm_status add_library_files(struct pm_compiler *compiler,
                                   struct pm_text module)
{
    for (size_t i = 0; i < pm_library_count; i++) {
        const struct pm_library_file *row = &pm_library_files[i];
        if (!is_module(module, row->module) ||
            pm_compile_find(compiler, row->name))
            continue;
        pm_status status =
            pm_compile_put_file(compiler, row->name, row->text, row->size);
        if (status)
            return status;
    }
    return PM_OK;
}

// Marks the files of a module of the library and puts them on the list of
// those whose imports are to be followed. A module that there is not is the
// checker's to report.
static pm_status add_module(struct pm_compiler *compiler, struct pm_text module,
                            struct pm_compile_file ***todo, size_t *count,
                            size_t *capacity)
{
    pm_status status = add_library_files(compiler, module);

    for (size_t i = 0; !status && i < compiler->file_count; i++) {
        struct pm_compile_file *file = compiler->files[i];
        if (!file->is_library || file->takes_part ||
            file->module.size != module.size ||
            memcmp(file->module.data, module.data, module.size) != 0)
            continue;
        status = pm_compile_read(compiler, file);
        if (!status && !pm_mem_grow(&compiler->alloc, todo, capacity,
                                    *count + 1, sizeof(void *)))
            status = PM_ERR_NO_MEMORY;
        if (!status) {
            file->takes_part = true;
            (*todo)[(*count)++] = file;
        }
    }
    return status;
}

static pm_status choose_library(struct pm_compiler *compiler)
{
    const struct pm_text prelude = {PRELUDE, sizeof PRELUDE - 1};
    struct pm_compile_file **todo = NULL;
    size_t capacity = 0;
    size_t count = 0;
    pm_status status = PM_OK;

    for (size_t i = 0; !status && i < compiler->file_count; i++) {
        if (!compiler->files[i]->takes_part)
            continue;
        if (pm_mem_grow(&compiler->alloc, &todo, &capacity, count + 1,
                        sizeof(void *)))
            todo[count++] = compiler->files[i];
        else
            status = PM_ERR_NO_MEMORY;
    }
    if (!status)
        status = add_module(compiler, prelude, &todo, &count, &capacity);
    for (size_t i = 0; !status && i < count; i++)
        for (uint32_t k = 0; !status && k < todo[i]->import_count; k++)
            status = add_module(compiler, todo[i]->imports[k], &todo, &count,
                                &capacity);
    pm_mem_free(&compiler->alloc, todo, capacity * sizeof(void *));
    return status;
}

static pm_status add_part(struct pm_compiler *compiler,
                          struct pm_compile_file *file,
                          const struct pm_compile_options *options)
{
    uint32_t number = compiler->part_count++;
    char *module =
        pm_arena_copy(&compiler->arena, file->module.data, file->module.size);
    bool is_alone = !file->is_library && strncmp(file->path, "src/", 4) != 0;

    if (!module)
        return PM_ERR_NO_MEMORY;
    file->parsed.file = number;
    compiler->parts[number] = file;
    compiler->inputs[number] = (struct pm_check_file){
        .parsed = &file->parsed,
        .module_path = module,
        .name = file->path,
        .is_test = is_alone && options->with_tests,
        .is_library = file->is_library,
    };
    return PM_OK;
}

// Numbers the files: the project's by their paths, then the library's.
static pm_status number_files(struct pm_compiler *compiler,
                              const struct pm_compile_options *options)
{
    size_t room = compiler->file_count + 1;
    pm_status status = PM_OK;

    compiler->inputs =
        pm_arena_alloc(&compiler->arena, room * sizeof *compiler->inputs);
    compiler->parts = pm_arena_alloc(&compiler->arena, room * sizeof(void *));
    if (!compiler->inputs || !compiler->parts)
        return PM_ERR_NO_MEMORY;
    for (int library = 0; library < 2; library++)
        for (size_t i = 0; !status && i < compiler->file_count; i++) {
            struct pm_compile_file *file = compiler->files[i];
            if (file->takes_part && file->is_library == library)
                status = add_part(compiler, file, options);
        }
    return status;
}

pm_status pm_compile_choose(struct pm_compiler *compiler,
                            const struct pm_compile_options *options)
{
    pm_status status = choose_files(compiler, options);

    if (!status)
        status = choose_library(compiler);
    return status ? status : number_files(compiler, options);
}
