// SPDX-License-Identifier: MIT
//
// The compiler as a library: the files, and what reading them gave.
#include <prometeu/compile.h>

#include <string.h>

#include "base/mem.h"
#include "lang/compile_internal.h"

static void forget_reading(struct pm_compile_file *file)
{
    if (!file->is_read)
        return;
    pm_lang_report_free(&file->report);
    pm_arena_free(&file->arena);
    file->is_read = false;
}

void pm_compile_free_file(struct pm_compiler *compiler,
                          struct pm_compile_file *file)
{
    forget_reading(file);
    pm_mem_free(&compiler->alloc, file, file->block);
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
    const char *start;

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

pm_status pm_compile_put_file(struct pm_compiler *compiler, const char *path,
                              const char *text, size_t size)
{
    bool found;
    size_t at = place_of(compiler, path, &found);

    if (found && compiler->files[at]->size == size &&
        (size == 0 || memcmp(compiler->files[at]->text, text, size) == 0))
        return PM_OK;
    if (!found && !pm_mem_grow(&compiler->alloc, &compiler->files,
                               &compiler->file_capacity,
                               compiler->file_count + 1, sizeof(void *)))
        return PM_ERR_NO_MEMORY;
    struct pm_compile_file *file = make_file(compiler, path, text, size);
    if (!file)
        return PM_ERR_NO_MEMORY;
    if (found) {
        pm_compile_free_file(compiler, compiler->files[at]);
    } else {
        memmove(&compiler->files[at + 1], &compiler->files[at],
                (compiler->file_count - at) * sizeof(void *));
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
    pm_compile_drop_result(compiler);
    return pm_compile_put_file(compiler, path, text, size);
}

void pm_compiler_remove_file(struct pm_compiler *compiler, const char *path)
{
    bool found;
    size_t at = place_of(compiler, path, &found);

    pm_compile_drop_result(compiler);
    if (!found)
        return;
    pm_compile_free_file(compiler, compiler->files[at]);
    compiler->file_count--;
    memmove(&compiler->files[at], &compiler->files[at + 1],
            (compiler->file_count - at) * sizeof(void *));
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
