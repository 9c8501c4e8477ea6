// SPDX-License-Identifier: MIT
//
// The compiler as a library: the files, and the way through the stages.
#include <prometeu/compile.h>

#include <string.h>

#include "base/mem.h"
#include "lang/compile_internal.h"
#include "lang/library.h"

// Its names are known everywhere, so it is part of every program.
#define PRELUDE "@std/prelude"

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
static void drop_result(struct pm_compiler *compiler)
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

static void forget_reading(struct pm_compile_file *file)
{
    if (!file->is_read)
        return;
    pm_lang_report_free(&file->report);
    pm_arena_free(&file->arena);
    file->is_read = false;
}

static void free_file(struct pm_compiler *compiler,
                      struct pm_compile_file *file)
{
    forget_reading(file);
    pm_mem_free(&compiler->alloc, file, file->block);
}

void pm_compiler_destroy(struct pm_compiler *compiler)
{
    if (!compiler)
        return;
    struct pm_allocator alloc = compiler->alloc;
    drop_result(compiler);
    for (size_t i = 0; i < compiler->file_count; i++)
        free_file(compiler, compiler->files[i]);
    pm_mem_free(&alloc, compiler->files,
                compiler->file_capacity * sizeof *compiler->files);
    pm_compile_registry_destroy(&alloc, compiler->registry);
    pm_mem_free(&alloc, compiler, sizeof *compiler);
}

// --- files -------------------------------------------------------------------

// Where a file is or belongs; [found] says which.
static size_t place_of(const struct pm_compiler *compiler, const char *path,
                       bool *found)
{
    size_t low = 0;
    size_t high = compiler->file_count;

    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(compiler->files[middle]->path, path);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct pm_compile_file *pm_compile_find(const struct pm_compiler *compiler,
                                        const char *path)
{
    bool found;
    size_t at = place_of(compiler, path, &found);

    return found ? compiler->files[at] : NULL;
}

static bool begins_with(const char *path, const char *start)
{
    return strncmp(path, start, strlen(start)) == 0;
}

// "src/enemies/boss.pbs" is of the module "enemies", "@std/text/case.pbs" and
// "@std/text.pbs" are of "@std/text".
static void set_module(struct pm_compile_file *file)
{
    const char *path = file->path;
    const char *last = strrchr(path, '/');
    const char *start = path;

    file->is_library = path[0] == '@';
    file->is_test = begins_with(path, "tests/");
    if (file->is_library) {
        const char *inner = last ? strchr(path, '/') : NULL;
        const char *end = inner ? strchr(inner + 1, '/') : NULL;
        if (!end)
            end = path + strlen(path) - (strlen(path) > 4 ? 4 : 0);
        file->module = (struct pm_text){path, (uint32_t)(end - path)};
        return;
    }
    if (file->is_test)
        start = path + strlen("tests/");
    else if (begins_with(path, "src/"))
        start = path + strlen("src/");
    else
        return;
    if (last > start)
        file->module = (struct pm_text){start, (uint32_t)(last - start)};
}

static struct pm_compile_file *make_file(struct pm_compiler *compiler,
                                         const char *path, const char *text,
                                         size_t size)
{
    size_t path_size = strlen(path) + 1;
    size_t block = sizeof(struct pm_compile_file) + path_size + size + 1;
    struct pm_compile_file *file = pm_mem_zalloc(&compiler->alloc, block);

    if (!file)
        return NULL;
    char *names = (char *)(file + 1);
    memcpy(names, path, path_size);
    if (size)
        memcpy(names + path_size, text, size);
    file->path = names;
    file->text = names + path_size;
    file->size = size;
    file->block = block;
    file->module.data = "";
    set_module(file);
    return file;
}

static pm_status put_file(struct pm_compiler *compiler, const char *path,
                          const char *text, size_t size)
{
    bool found;
    size_t at = place_of(compiler, path, &found);

    if (found && compiler->files[at]->size == size &&
        (size == 0 || memcmp(compiler->files[at]->text, text, size) == 0))
        return PM_OK;
    if (!found &&
        !pm_mem_grow(&compiler->alloc, &compiler->files,
                     &compiler->file_capacity, compiler->file_count + 1,
                     sizeof *compiler->files))
        return PM_ERR_NO_MEMORY;
    struct pm_compile_file *file = make_file(compiler, path, text, size);
    if (!file)
        return PM_ERR_NO_MEMORY;
    if (found) {
        free_file(compiler, compiler->files[at]);
    } else {
        memmove(&compiler->files[at + 1], &compiler->files[at],
                (compiler->file_count - at) * sizeof *compiler->files);
        compiler->file_count++;
    }
    compiler->files[at] = file;
    return PM_OK;
}

pm_status pm_compiler_set_file(struct pm_compiler *compiler, const char *path,
                               const char *text, size_t size)
{
    if (size > PM_COMPILE_MAX_TEXT)
        return PM_ERR_LIMIT;
    drop_result(compiler);
    return put_file(compiler, path, text, size);
}

void pm_compiler_remove_file(struct pm_compiler *compiler, const char *path)
{
    bool found;
    size_t at = place_of(compiler, path, &found);

    drop_result(compiler);
    if (!found)
        return;
    free_file(compiler, compiler->files[at]);
    compiler->file_count--;
    memmove(&compiler->files[at], &compiler->files[at + 1],
            (compiler->file_count - at) * sizeof *compiler->files);
}

const char *pm_compiler_text(const struct pm_compiler *compiler,
                             const char *path, size_t *out_size)
{
    const struct pm_compile_file *file = pm_compile_find(compiler, path);

    if (!file)
        return NULL;
    *out_size = file->size;
    return file->text;
}

uint64_t pm_compiler_read_count(const struct pm_compiler *compiler)
{
    return compiler->read_count;
}

// --- reading -----------------------------------------------------------------

bool pm_compile_is_test(const struct pm_parsed *parsed,
                        const struct pm_ast *item)
{
    if (item->kind != PM_AST_FN || item->count == 0 || !item->kids[0])
        return false;
    const struct pm_token *word = &parsed->tokens[item->kids[0]->token];
    return word->size == 4 &&
           memcmp(parsed->text + word->offset, "Test", 4) == 0;
}

static bool is_library_import(const struct pm_parsed *parsed,
                              const struct pm_ast *item)
{
    if ((item->kind != PM_AST_IMPORT_NAMES &&
         item->kind != PM_AST_IMPORT_MODULE) ||
        item->count == 0 || !item->kids[0] ||
        item->kids[0]->kind != PM_AST_STRING)
        return false;
    const struct pm_token *path = &parsed->tokens[item->kids[0]->token];
    return path->size > 2 && parsed->text[path->offset + 1] == '@';
}

// Notes what later calls want to know of the tree.
static pm_status look_through(struct pm_compile_file *file)
{
    const struct pm_ast *tree = file->parsed.tree;
    uint32_t count = 0;

    for (uint32_t i = 0; i < tree->count; i++) {
        count += is_library_import(&file->parsed, tree->kids[i]);
        file->test_count += pm_compile_is_test(&file->parsed, tree->kids[i]);
    }
    file->imports =
        pm_arena_alloc(&file->arena, (count + 1) * sizeof *file->imports);
    if (!file->imports)
        return PM_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct pm_ast *item = tree->kids[i];
        size_t size;
        if (!is_library_import(&file->parsed, item))
            continue;
        const char *path = pm_token_string(&file->parsed, item->kids[0]->token,
                                           &file->arena, &size);
        if (!path)
            return PM_ERR_NO_MEMORY;
        file->imports[file->import_count++] =
            (struct pm_text){path, (uint32_t)size};
    }
    return PM_OK;
}

pm_status pm_compile_read(struct pm_compiler *compiler,
                          struct pm_compile_file *file)
{
    if (file->is_read)
        return PM_OK;
    file->test_count = file->import_count = 0;
    pm_arena_init(&file->arena, &compiler->alloc);
    pm_lang_report_init(&file->report, &compiler->alloc, &file->arena);
    file->is_read = true;
    compiler->read_count++;
    pm_status status = pm_parse(&file->parsed, &file->arena, &file->report, 0,
                                file->text, file->size);
    if (!status && file->report.no_memory)
        status = PM_ERR_NO_MEMORY;
    if (!status)
        status = look_through(file);
    if (status)
        forget_reading(file);
    return status;
}

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
        pm_status status = put_file(compiler, row->name, row->text, row->size);
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
                                    *count + 1, sizeof **todo))
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
                        sizeof *todo))
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
    pm_mem_free(&compiler->alloc, todo, capacity * sizeof *todo);
    return status;
}

static pm_status add_part(struct pm_compiler *compiler,
                          struct pm_compile_file *file,
                          const struct pm_compile_options *options)
{
    uint32_t number = compiler->part_count++;
    char *module =
        pm_arena_copy(&compiler->arena, file->module.data, file->module.size);
    bool is_alone = !file->is_library && !begins_with(file->path, "src/");

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
    compiler->parts =
        pm_arena_alloc(&compiler->arena, room * sizeof *compiler->parts);
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

static pm_status choose(struct pm_compiler *compiler,
                        const struct pm_compile_options *options)
{
    pm_status status = choose_files(compiler, options);

    if (!status)
        status = choose_library(compiler);
    return status ? status : number_files(compiler, options);
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
    pm_status status = choose(compiler, options);

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

    drop_result(compiler);
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

    drop_result(compiler);
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
