// SPDX-License-Identifier: MIT
#include "pbs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hosts/common/files.h"
#include "hosts/common/walk.h"

void cli_pbs_init(struct cli_pbs *pbs, const char *folder)
{
    struct pm_compiler_config config = {.alloc = cli_alloc};

    *pbs = (struct cli_pbs){.folder = folder};
    if (pm_compiler_create(&config, &pbs->compiler))
        cli_no_memory();
}

static void free_names(struct cli_pbs *pbs)
{
    for (size_t i = 0; i < pbs->name_count; i++)
        cli_free_text(pbs->names[i]);
    pm_mem_free(&cli_alloc, pbs->names, pbs->name_count * sizeof(char *));
    pbs->names = NULL;
    pbs->name_count = 0;
}

void cli_pbs_free(struct cli_pbs *pbs)
{
    free_names(pbs);
    pm_compiler_destroy(pbs->compiler);
    pbs->compiler = NULL;
}

char *cli_pbs_below(const char *folder, const char *name)
{
    return strcmp(folder, ".") == 0 ? cli_copy(name, strlen(name))
                                    : cli_path(folder, name);
}

char *cli_pbs_shown(const struct cli_pbs *pbs, const char *file)
{
    if (!pbs->folder || file[0] == '@')
        return cli_copy(file, strlen(file));
    return cli_pbs_below(pbs->folder, file);
}

// --- reading -----------------------------------------------------------------

static bool ends_with(const char *name, const char *end)
{
    size_t size = strlen(name);
    size_t length = strlen(end);

    return size > length && strcmp(name + size - length, end) == 0;
}

bool cli_pbs_is_source(const char *name)
{
    return ends_with(name, ".pbs");
}

// What is neither hidden nor has another ending; a folder's name has none.
bool cli_pbs_wants(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *last = slash ? slash + 1 : name;

    return last[0] != '.' && (!strchr(last, '.') || ends_with(last, ".pbs"));
}

static int set_file(struct cli_pbs *pbs, const char *path, const char *name,
                    bool (*wants)(const char *text, size_t size),
                    size_t *out_count)
{
    struct cli_file file;
    pm_status status = cli_read_file(path, PM_COMPILE_MAX_TEXT, &file);

    if (status)
        return cli_exit_for(status);
    const char *text = file.data ? (const char *)file.data : "";
    if (!wants || wants(text, file.size)) {
        status = pm_compiler_set_file(pbs->compiler, name, text, file.size);
        ++*out_count;
    }
    cli_free_file(&file);
    if (status)
        cli_file_error(path, status, NULL);
    return cli_exit_for(status);
}

static int add_walked(struct cli_pbs *pbs, const char *folder,
                      const char *below, const struct pm_walk *walk,
                      bool (*wants)(const char *text, size_t size),
                      size_t *out_count)
{
    int code = CLI_OK;

    for (size_t i = 0; !code && i < walk->count; i++) {
        if (!cli_pbs_is_source(walk->files[i].name))
            continue;
        char *path = cli_path(folder, walk->files[i].name);
        char *name = cli_path(below, walk->files[i].name);
        code = set_file(pbs, path, name, wants, out_count);
        cli_free_text(name);
        cli_free_text(path);
    }
    return code;
}

// Finds what is below [folder], and tells where it cannot.
static int walk_folder(const char *folder, struct pm_walk *out)
{
    const char *error = NULL;
    pm_status status =
        pm_walk_folder(&cli_alloc, folder, cli_pbs_wants, out, &error);

    if (!status)
        return CLI_OK;
    char *path = *out->failed ? cli_path(folder, out->failed)
                              : cli_copy(folder, strlen(folder));
    cli_file_error(path, status, error);
    cli_free_text(path);
    return CLI_WORLD;
}

int cli_pbs_add_folder(struct cli_pbs *pbs, const char *name,
                       bool (*wants)(const char *text, size_t size),
                       size_t *out_count)
{
    char *folder = cli_path(pbs->folder, name);
    struct pm_walk walk;
    int code = CLI_OK;

    *out_count = 0;
    if (pm_file_is_directory(folder)) {
        code = walk_folder(folder, &walk);
        if (!code)
            code = add_walked(pbs, folder, name, &walk, wants, out_count);
        pm_walk_free(&walk);
    }
    cli_free_text(folder);
    return code;
}

// A file alone is no part of a project, wherever it lies: a name that would
// look like a part gets "./" in front.
int cli_pbs_add_file(struct cli_pbs *pbs, const char *path, char **out_name)
{
    bool is_like_part = strncmp(path, "src/", 4) == 0 ||
                        strncmp(path, "tests/", 6) == 0 || path[0] == '@';
    char *name =
        is_like_part ? cli_path(".", path) : cli_copy(path, strlen(path));
    size_t count = 0;
    int code = set_file(pbs, path, name, NULL, &count);

    if (out_name && code == CLI_OK)
        *out_name = name;
    else
        cli_free_text(name);
    return code;
}

bool cli_pbs_has_sources(const char *folder)
{
    struct pm_walk walk;
    bool found = false;
    pm_status status =
        pm_walk_folder(&cli_alloc, folder, cli_pbs_wants, &walk, NULL);

    for (size_t i = 0; !status && !found && i < walk.count; i++)
        found = cli_pbs_is_source(walk.files[i].name);
    pm_walk_free(&walk);
    return found;
}

// --- building ----------------------------------------------------------------

static int build(struct cli_pbs *pbs, const struct pm_compile_options *options,
                 struct pm_buf *out)
{
    const struct pm_compile_result *result;
    pm_status status = pm_compiler_build(pbs->compiler, options, &result);

    cli_pbs_print(pbs, result);
    if (status && !result->errors)
        cli_error("the program cannot be compiled: %s",
                  pm_status_meaning(status));
    if (options && options->dump && result->dump)
        pm_buf_put(out, result->dump, result->dump_size);
    else if (!status)
        pm_buf_put(out, result->module, result->module_size);
    return cli_exit_for(status);
}

int cli_pbs_build_project(const char *folder,
                          const struct pm_compile_options *options,
                          struct pm_buf *out)
{
    struct cli_pbs pbs;
    size_t count;

    cli_pbs_init(&pbs, folder);
    int code = cli_pbs_add_folder(&pbs, "src", NULL, &count);
    if (code == CLI_OK)
        code = build(&pbs, options, out);
    cli_pbs_free(&pbs);
    return code;
}

// --- building again ----------------------------------------------------------

static int compare_name(const void *key, const void *file)
{
    return strcmp(key, ((const struct pm_walk_file *)file)->name);
}

static void forget_missing(struct cli_pbs *pbs, const struct pm_walk *walk)
{
    for (size_t i = 0; i < pbs->name_count; i++) {
        if (walk->count && bsearch(pbs->names[i], walk->files, walk->count,
                                   sizeof *walk->files, compare_name))
            continue;
        char *name = cli_path("src", pbs->names[i]);
        pm_compiler_remove_file(pbs->compiler, name);
        cli_free_text(name);
    }
}

// Who is on the list need not have been set: a name too many does no harm.
static void remember(struct cli_pbs *pbs, const struct pm_walk *walk)
{
    free_names(pbs);
    if (walk->count == 0)
        return;
    pbs->names = pm_mem_zarray(&cli_alloc, walk->count, sizeof(char *));
    if (!pbs->names)
        cli_no_memory();
    pbs->name_count = walk->count;
    for (size_t i = 0; i < walk->count; i++)
        pbs->names[i] =
            cli_copy(walk->files[i].name, strlen(walk->files[i].name));
}

int cli_pbs_rebuild(struct cli_pbs *pbs,
                    const struct pm_compile_options *options,
                    struct pm_buf *out)
{
    char *folder = cli_path(pbs->folder, "src");
    struct pm_walk walk;
    size_t count = 0;
    int code = walk_folder(folder, &walk);

    if (!code) {
        forget_missing(pbs, &walk);
        remember(pbs, &walk);
        code = add_walked(pbs, folder, "src", &walk, NULL, &count);
    }
    pm_walk_free(&walk);
    cli_free_text(folder);
    return code ? code : build(pbs, options, out);
}

int cli_pbs_build_file(const char *path,
                       const struct pm_compile_options *options,
                       struct pm_buf *out)
{
    struct cli_pbs pbs;

    cli_pbs_init(&pbs, NULL);
    int code = cli_pbs_add_file(&pbs, path, NULL);
    if (code == CLI_OK)
        code = build(&pbs, options, out);
    cli_pbs_free(&pbs);
    return code;
}

enum pm_compile_stage cli_pbs_stage(const char *command, const char *name)
{
    const char *names[PM_COMPILE_MODULE];

    for (int stage = 1; stage <= PM_COMPILE_MODULE; stage++) {
        names[stage - 1] = pm_compile_stage_name((enum pm_compile_stage)stage);
        if (strcmp(names[stage - 1], name) == 0)
            return (enum pm_compile_stage)stage;
    }
    const char *near = cli_nearest(name, names, PM_COMPILE_MODULE);
    cli_error("%s: there is no stage \"%s\"%s%s%s; there are tokens, tree, "
              "names, types, lowered, optimised and module",
              command, name, near ? ", did you mean \"" : "", near ? near : "",
              near ? "\"?" : "");
    return PM_COMPILE_NO_DUMP;
}
