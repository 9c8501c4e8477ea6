// SPDX-License-Identifier: MIT
//
// prometeu fmt.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hosts/common/files.h"
#include "hosts/common/walk.h"
#include "pbs.h"

static const char help[] =
    "usage: prometeu fmt [--check] [FILE.pbs... | FOLDER... | -]\n"
    "\n"
    "Gives sources in PBS their one layout, and prints the names of files\n"
    "that changed. Comments stay. \"-\" takes standard input to standard\n"
    "output. Without a name: the sources and tests of the project in the\n"
    "current directory. A file that cannot be read as PBS is told and left\n"
    "alone.\n"
    "\n"
    "--check   changes nothing, prints the names of files that would change,\n"
    "          and ends with 1 when there is one\n"
    "\n"
    "example: prometeu fmt src/main.pbs\n";

struct fmt {
    bool checks;
    size_t changed;
};

// --- one text ----------------------------------------------------------------

// The text in its layout; it belongs to the sources. CLI_OK or the exit code,
// with messages.
static int lay_out(struct cli_pbs *pbs, const char *name, const char **out,
                   size_t *out_size)
{
    const struct pm_compile_result *result;
    pm_status status =
        pm_compiler_format(pbs->compiler, name, out, out_size, &result);

    if (!status)
        return CLI_OK;
    cli_pbs_print(pbs, result);
    if (!result->errors)
        cli_file_error(name, status, NULL);
    return cli_exit_for(status);
}

static int take_result(struct fmt *fmt, const char *path, const char *text,
                       size_t size)
{
    struct pm_buf line;
    int code = CLI_OK;

    fmt->changed++;
    if (!fmt->checks)
        code = cli_exit_for(cli_write_file(path, text, size));
    if (code)
        return code;
    pm_buf_init(&line, &cli_alloc);
    cli_put_escaped(&line, path);
    pm_buf_puts(&line, "\n");
    code = cli_write_out(&line);
    pm_buf_free(&line);
    return code;
}

static int fmt_file(struct fmt *fmt, const char *path)
{
    struct cli_pbs pbs;
    char *name = NULL;
    const char *text;
    size_t size;
    size_t old_size;

    cli_pbs_init(&pbs, NULL);
    int code = cli_pbs_add_file(&pbs, path, &name);
    if (code == CLI_OK)
        code = lay_out(&pbs, name, &text, &size);
    if (code == CLI_OK) {
        const char *old = pm_compiler_text(pbs.compiler, name, &old_size);
        if (size != old_size || memcmp(text, old, size) != 0)
            code = take_result(fmt, path, text, size);
    }
    cli_free_text(name);
    cli_pbs_free(&pbs);
    return code;
}

// --- standard input ----------------------------------------------------------

static int read_input(struct pm_buf *out)
{
    char piece[4096];
    size_t size;

    while ((size = fread(piece, 1, sizeof piece, stdin)) > 0 &&
           out->size <= PM_COMPILE_MAX_TEXT)
        pm_buf_put(out, piece, size);
    if (ferror(stdin)) {
        cli_error("standard input cannot be read: %s", strerror(errno));
        return CLI_WORLD;
    }
    return cli_exit_for(pm_buf_status(out));
}

static int fmt_input(struct fmt *fmt)
{
    static const char name[] = "standard input";
    struct cli_pbs pbs;
    struct pm_buf in;
    struct pm_buf out;
    const char *text;
    size_t size;

    cli_pbs_init(&pbs, NULL);
    pm_buf_init(&in, &cli_alloc);
    pm_buf_init(&out, &cli_alloc);
    int code = read_input(&in);
    if (code == CLI_OK)
        code = cli_exit_for(pm_compiler_set_file(
            pbs.compiler, name, in.size ? (const char *)in.data : "", in.size));
    if (code == CLI_OK)
        code = lay_out(&pbs, name, &text, &size);
    if (code == CLI_OK) {
        fmt->changed +=
            size != in.size || (size && memcmp(text, in.data, size) != 0);
        pm_buf_put(&out, text, size);
        if (!fmt->checks)
            code = cli_write_out(&out);
    }
    pm_buf_free(&out);
    pm_buf_free(&in);
    cli_pbs_free(&pbs);
    return code;
}

// --- folders -----------------------------------------------------------------

static int fmt_folder(struct fmt *fmt, const char *folder)
{
    struct pm_walk walk;
    const char *error = NULL;
    int worst = CLI_OK;
    pm_status status =
        pm_walk_folder(&cli_alloc, folder, cli_pbs_wants, &walk, &error);

    if (status)
        cli_file_error(folder, status, error);
    for (size_t i = 0; !status && i < walk.count; i++) {
        char *path = cli_pbs_below(folder, walk.files[i].name);
        if (cli_pbs_is_source(path)) {
            int code = fmt_file(fmt, path);
            worst = code > worst ? code : worst;
        }
        cli_free_text(path);
    }
    pm_walk_free(&walk);
    return status ? CLI_WORLD : worst;
}

static int fmt_project(struct fmt *fmt, const char *folder)
{
    static const char *const names[] = {"src", "tests"};
    int worst = CLI_OK;

    for (size_t i = 0; i < PM_ARRAY_LEN(names); i++) {
        char *path = cli_pbs_below(folder, names[i]);
        int code = pm_file_is_directory(path) ? fmt_folder(fmt, path) : CLI_OK;
        worst = code > worst ? code : worst;
        cli_free_text(path);
    }
    return worst;
}

static int fmt_path(struct fmt *fmt, const char *path)
{
    pm_status status;

    if (strcmp(path, "-") == 0)
        return fmt_input(fmt);
    switch (cli_kind_of(path, &status)) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_PROJECT:
        return fmt_project(fmt, path);
    case CLI_KIND_FOLDER:
        return fmt_folder(fmt, path);
    case CLI_KIND_PBS:
        return fmt_file(fmt, path);
    default:
        cli_error("%s: this is no source in PBS (.pbs) and no folder of them",
                  path);
        return CLI_USAGE;
    }
}

#define MOST_FILES 4096

int cli_fmt(int argc, char **argv)
{
    static const char *paths[MOST_FILES] = {"."};
    struct fmt fmt = {0};
    const struct cli_option options[] = {
        {"--check", CLI_FLAG, &fmt.checks, 0, 0}};
    size_t count;
    int worst = CLI_OK;
    int code =
        cli_options(argc, argv, help, options, 1, paths, 0, MOST_FILES, &count);

    if (code >= 0)
        return code;
    for (size_t i = 0; i < (count ? count : 1); i++) {
        code = fmt_path(&fmt, paths[i]);
        worst = code > worst ? code : worst;
    }
    return worst == CLI_OK && fmt.checks && fmt.changed ? CLI_BAD : worst;
}
