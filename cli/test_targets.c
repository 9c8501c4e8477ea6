// SPDX-License-Identifier: MIT
//
// What tests are given as: a file, a project, a folder of both.
#include <string.h>

#include "hosts/common/files.h"
#include "hosts/common/walk.h"
#include "pbs.h"
#include "test.h"

int test_file(struct test_list *list, const char *path)
{
    struct cli_pbs pbs;
    struct cli_cart cart;
    char *name = NULL;

    cli_pbs_init(&pbs, NULL);
    cli_cart_init(&cart);
    cli_write_source_manifest(path, NULL, &cart.manifest);
    int code = cli_pbs_add_file(&pbs, path, &name);
    if (code == CLI_OK)
        code = test_source(list, &pbs, &cart, name);
    cli_free_text(name);
    cli_cart_free(&cart);
    cli_pbs_free(&pbs);
    return code;
}

// --- a project ---------------------------------------------------------------

static int run_tests(struct test_list *list, struct cli_pbs *pbs,
                     const char *folder)
{
    struct cli_cart cart;
    struct pm_walk walk;
    int worst;
    char *tests = cli_path(folder, "tests");
    pm_status status =
        pm_walk_folder(&cli_alloc, tests, cli_pbs_wants, &walk, NULL);

    cli_cart_init(&cart);
    worst = cli_build_test_project(folder, &cart);
    for (size_t i = 0; worst == CLI_OK && !status && i < walk.count; i++) {
        if (!cli_pbs_is_source(walk.files[i].name))
            continue;
        char *name = cli_path("tests", walk.files[i].name);
        worst = test_source(list, pbs, &cart, name);
        cli_free_text(name);
    }
    cli_cart_free(&cart);
    cli_free_text(tests);
    pm_walk_free(&walk);
    return worst;
}

// Whether the project's program is one in assembler.
static bool is_assembler(const char *folder)
{
    char *path = cli_path(folder, "src/main.pasm");
    struct pm_file *file;
    bool is = !pm_file_open(&cli_alloc, path, &file, NULL);

    if (is)
        pm_file_close(file);
    cli_free_text(path);
    return is;
}

// What is tested of the program as it is built: statuses, recordings.
static int test_built(struct test_list *list, const char *folder)
{
    bool is_strict = list->strict && is_assembler(folder);
    bool has_recordings = test_has_recordings(folder);
    struct cli_cart cart;

    if (!is_strict && !has_recordings)
        return CLI_OK;
    cli_cart_init(&cart);
    int code = cli_build_project(folder, NULL, NULL, &cart, NULL);
    if (code == CLI_OK && is_strict) {
        char *source = cli_path(folder, "src/main.pasm");
        code = test_statuses(list, source, &cart.program);
        cli_free_text(source);
    }
    if (code == CLI_OK && has_recordings)
        code = test_recordings(list, folder, &cart);
    cli_cart_free(&cart);
    return code;
}

// What is wrong with the program is told once, and not for each of its tests.
static int check_program(struct cli_pbs *pbs)
{
    struct pm_compile_options options = {.with_tests = true, .test_file = ""};
    const struct pm_compile_result *result;
    pm_status status = pm_compiler_check(pbs->compiler, &options, &result);

    if (!status)
        return CLI_OK;
    cli_pbs_print(pbs, result);
    cli_error("%s: the program does not compile, so no test was run",
              pbs->folder);
    return cli_exit_for(status);
}

int test_project(struct test_list *list, const char *folder)
{
    struct cli_pbs pbs;
    size_t sources = 0;
    size_t tests = 0;

    cli_pbs_init(&pbs, folder);
    int code = cli_pbs_add_folder(&pbs, "src", NULL, &sources);
    if (code == CLI_OK)
        code = cli_pbs_add_folder(&pbs, "tests", NULL, &tests);
    if (code == CLI_OK && tests)
        code = check_program(&pbs);
    if (code == CLI_OK && tests)
        code = run_tests(list, &pbs, folder);
    cli_pbs_free(&pbs);
    if (code == CLI_OK)
        code = test_built(list, folder);
    return code;
}

// --- a folder ----------------------------------------------------------------

static bool is_project_file(const char *name)
{
    const char *slash = strrchr(name, '/');
    return strcmp(slash ? slash + 1 : name, "prometeu.json") == 0;
}

static bool wants_projects(const char *name)
{
    return cli_pbs_wants(name) || is_project_file(name);
}

// Whether a file belongs to a project below the folder.
static bool is_in_project(const struct pm_walk *walk, const char *name)
{
    for (size_t i = 0; i < walk->count; i++) {
        const char *file = walk->files[i].name;
        const char *slash = strrchr(file, '/');
        if (slash && is_project_file(file) &&
            strncmp(file, name, (size_t)(slash - file) + 1) == 0)
            return true;
    }
    return false;
}

static int run_alone(struct test_list *list, struct cli_pbs *pbs,
                     struct cli_cart *cart, const char *path)
{
    char *name = NULL;
    int code = cli_pbs_add_file(pbs, path, &name);

    if (code == CLI_OK) {
        code = test_source(list, pbs, cart, name);
        pm_compiler_remove_file(pbs->compiler, name);
    }
    cli_free_text(name);
    return code;
}

static int run_project(struct test_list *list, const char *project_file)
{
    const char *slash = strrchr(project_file, '/');
    char *folder = cli_copy(project_file, (size_t)(slash - project_file));
    int code = test_project(list, folder);

    cli_free_text(folder);
    return code;
}

static int run_walked(struct test_list *list, const struct pm_walk *walk,
                      const char *folder)
{
    struct cli_pbs pbs;
    struct cli_cart cart;
    int worst = CLI_OK;

    // One compiler for all of them, so that the library is read once.
    cli_pbs_init(&pbs, NULL);
    cli_cart_init(&cart);
    cli_write_source_manifest(folder, NULL, &cart.manifest);
    for (size_t i = 0; i < walk->count; i++) {
        const char *name = walk->files[i].name;
        char *path = cli_pbs_below(folder, name);
        int code = CLI_OK;
        if (is_project_file(name))
            code = run_project(list, path);
        else if (cli_pbs_is_source(name) && !is_in_project(walk, name))
            code = run_alone(list, &pbs, &cart, path);
        worst = code > worst ? code : worst;
        cli_free_text(path);
    }
    cli_cart_free(&cart);
    cli_pbs_free(&pbs);
    return worst;
}

int test_folder(struct test_list *list, const char *folder)
{
    struct pm_walk walk;
    const char *error = NULL;
    pm_status status =
        pm_walk_folder(&cli_alloc, folder, wants_projects, &walk, &error);
    int code = CLI_WORLD;

    if (status) {
        char *path = walk.failed[0] ? cli_path(folder, walk.failed)
                                    : cli_copy(folder, strlen(folder));
        cli_file_error(path, status, error);
        cli_free_text(path);
    } else {
        code = run_walked(list, &walk, folder);
    }
    pm_walk_free(&walk);
    return code;
}
