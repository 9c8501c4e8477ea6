// SPDX-License-Identifier: MIT
//
// prometeu check.
#include <stdio.h>
#include <string.h>

#include "hosts/common/files.h"
#include "pbs.h"
#include "pbs_expect.h"

static const char help[] =
    "usage: prometeu check [PROJECT | FILE.pbs...] [--json]\n"
    "\n"
    "Says what is wrong with the sources of a project, its tests among them,\n"
    "or with files that are programs by themselves; makes nothing. \"prometeu\n"
    "explain CODE\" says more about one kind of message. Exit code 1 when\n"
    "there are errors.\n"
    "\n"
    "--json   everything with places, notes and fixes, for editors\n"
    "\n"
    "example: prometeu check mygame\n";

// What has been found so far.
struct check {
    bool json;
    struct pm_buf out;
    struct pm_json_writer w; // of JSON: the list of diagnostics
    size_t errors;
    size_t warnings;
};

static int take(struct check *check, const struct cli_pbs *pbs,
                const struct pm_compile_result *result, pm_status status)
{
    for (size_t i = 0; i < result->count; i++)
        if (check->json)
            cli_pbs_put_json(pbs, &result->diags[i], &check->w);
        else
            cli_pbs_print_diag(pbs, &result->diags[i]);
    check->errors += result->errors;
    check->warnings += result->warnings;
    if (status && !result->errors)
        cli_error("the program cannot be checked: %s",
                  pm_status_meaning(status));
    return cli_exit_for(status);
}

// Test files that want errors have them.
static bool is_checked(const char *text, size_t size)
{
    return !cli_pbs_wants_errors(text, size);
}

// First with the tests, and then, when all is well, what only a program has
// to have, with what its manifest allows ([given]), and what would not fit.
// Messages of the first are not told twice that way.
static int check_program(struct check *check, struct cli_pbs *pbs,
                         const struct pm_compile_options *given)
{
    struct pm_compile_options options = {.with_tests = true};
    const struct pm_compile_result *result;
    pm_status status = pm_compiler_check(pbs->compiler, &options, &result);

    if (status)
        return take(check, pbs, result, status);
    size_t warnings = result->warnings;
    int code = take(check, pbs, result, status);
    options = *given;
    options.with_tests = false;
    // All the way: what is too large is only known when it is made.
    status = pm_compiler_build(pbs->compiler, &options, &result);
    return status || warnings == 0 ? take(check, pbs, result, status) : code;
}

static int check_project(struct check *check, const char *folder)
{
    struct pm_compile_options options = {.has_capabilities = true};
    struct cli_pbs pbs;
    size_t sources;
    size_t tests;

    cli_pbs_init(&pbs, folder);
    int code = cli_pbs_add_folder(&pbs, "src", NULL, &sources);
    if (code == CLI_OK)
        code = cli_pbs_add_folder(&pbs, "tests", is_checked, &tests);
    // Without a good prometeu.json the sources are looked at all the same.
    int project = cli_project_capabilities(folder, &options.capabilities);
    if (project)
        options.has_capabilities = false;
    if (code == CLI_OK && sources == 0) {
        cli_error("%s: there are no PBS sources in its folder src", folder);
        code = CLI_USAGE;
    }
    if (code == CLI_OK)
        code = check_program(check, &pbs, &options);
    cli_pbs_free(&pbs);
    return code ? code : project;
}

// A file with tests is no program.
static int check_file(struct check *check, const char *path)
{
    struct cli_pbs pbs;
    struct pm_compile_options options = {.with_tests = true};
    const struct pm_compile_result *result;

    cli_pbs_init(&pbs, NULL);
    int code = cli_pbs_add_file(&pbs, path, NULL);
    if (code == CLI_OK) {
        pm_status status = pm_compiler_check(pbs.compiler, &options, &result);
        code = status || result->test_count
                   ? take(check, &pbs, result, status)
                   : check_program(check, &pbs, &options);
    }
    cli_pbs_free(&pbs);
    return code;
}

static int check_path(struct check *check, const char *path)
{
    pm_status status;

    switch (cli_kind_of(path, &status)) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_PROJECT:
        return check_project(check, path);
    case CLI_KIND_PBS:
        return check_file(check, path);
    default:
        cli_error("%s: this is no project and no source in PBS (.pbs)", path);
        return CLI_USAGE;
    }
}

static int tell(struct check *check, int code)
{
    if (!check->json) {
        cli_pbs_count(check->errors, check->warnings);
        if (code == CLI_OK && check->warnings == 0)
            printf("nothing wrong\n");
        return code;
    }
    pm_json_write_end(&check->w);
    cli_json_number(&check->w, "errors", (int64_t)check->errors);
    cli_json_number(&check->w, "warnings", (int64_t)check->warnings);
    cli_json_bool(&check->w, "ok", code == CLI_OK);
    pm_json_write_end(&check->w);
    pm_buf_puts(&check->out, "\n");
    int written = cli_write_out(&check->out);
    return code ? code : written;
}

#define MOST_FILES 4096

int cli_check(int argc, char **argv)
{
    static const char *paths[MOST_FILES] = {"."};
    struct check check = {0};
    const struct cli_option options[] = {
        {"--json", CLI_FLAG, &check.json, 0, 0}};
    size_t count;
    int worst = CLI_OK;
    int code =
        cli_options(argc, argv, help, options, 1, paths, 0, MOST_FILES, &count);

    if (code >= 0)
        return code;
    pm_buf_init(&check.out, &cli_alloc);
    check.w = pm_json_write_to(&check.out);
    if (check.json) {
        pm_json_write_begin_object(&check.w);
        cli_json_begin_array(&check.w, "diagnostics");
    }
    for (size_t i = 0; i < (count ? count : 1); i++) {
        code = check_path(&check, paths[i]);
        if (code > worst)
            worst = code;
    }
    code = tell(&check, worst);
    pm_buf_free(&check.out);
    return code;
}
