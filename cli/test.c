// SPDX-License-Identifier: MIT
//
// prometeu test: the command, and what came of the tests.
#include "test.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "hosts/common/files.h"
#include "json.h"

static const char help[] =
    "usage: prometeu test [PROJECT | FOLDER | FILE]... [FILTER]...\n"
    "                     [--json] [--update] [--strict]\n"
    "\n"
    "Runs the tests of a project, or of programs that are alone in a folder:\n"
    "each function marked [Test] in a machine of its own. What it traces is\n"
    "compared with the comments in it:\n"
    "\n"
    "    [Test] fn division() -> void {\n"
    "        trace(8 / 2)     // expect: 4\n"
    "        trace(8 / 0)     // expect trap: DIV_ZERO\n"
    "    }\n"
    "\n"
    "\"// expect error: PBS0301\" is a message of the compiler on that line,\n"
    "\"// frames: 120\" how long a test may take (600). Recordings are input\n"
    "scripts, tests/NAME.input, whose pictures and sound must be those of\n"
    "NAME.fingerprint. A word that is no file chooses tests whose name or\n"
    "file has it in it. Exit code 1 when a test fails.\n"
    "\n"
    "--strict   for assembler (projects, FILE.pasm): a host call's status "
    "that\n"
    "           is popped without a look at it fails, as it does in PBS\n"
    "--update   writes the fingerprints of recordings as they are now\n"
    "--json     the results as JSON\n"
    "\n"
    "example: prometeu test mygame jump\n";

// --- the list ----------------------------------------------------------------

static char *copy_of(const char *text)
{
    return text ? cli_copy(text, strlen(text)) : NULL;
}

bool test_is_wanted(const struct test_list *list, const char *file,
                    const char *name)
{
    return !list->filter || strstr(name, list->filter) ||
           strstr(file, list->filter);
}

struct test_result *test_add(struct test_list *list, const char *file,
                             const char *name, uint32_t line)
{
    struct test_result *result;

    if (!pm_mem_grow(&cli_alloc, &list->items, &list->capacity, list->count + 1,
                     sizeof(void *)))
        cli_no_memory();
    result = pm_mem_alloc(&cli_alloc, sizeof *result);
    if (!result)
        cli_no_memory();
    list->items[list->count++] = result;
    *result = (struct test_result){
        .file = copy_of(file), .name = copy_of(name), .line = line};
    return result;
}

void test_fail(struct test_list *list, struct test_result *result, uint32_t at,
               const char *found, const char *wanted, const char *format, ...)
{
    struct pm_buf text;
    va_list args;

    if (result->what)
        return;
    pm_buf_init(&text, &cli_alloc);
    va_start(args, format);
    pm_buf_vprintf(&text, format, args);
    va_end(args);
    result->what = copy_of(pm_buf_cstr(&text));
    if (!result->what)
        cli_no_memory();
    result->at = at;
    result->found = copy_of(found);
    result->wanted = copy_of(wanted);
    list->failed++;
    pm_buf_free(&text);
}

void test_list_free(struct test_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct test_result *result = list->items[i];
        cli_free_text(result->file);
        cli_free_text(result->name);
        cli_free_text(result->what);
        cli_free_text(result->found);
        cli_free_text(result->wanted);
        pm_mem_free(&cli_alloc, result, sizeof *result);
    }
    pm_mem_free(&cli_alloc, list->items, list->capacity * sizeof(void *));
}

// --- showing -----------------------------------------------------------------

static void put_failure(struct pm_buf *out, const struct test_result *result,
                        bool colour)
{
    pm_buf_puts(out, colour ? "\033[1;31mFAIL\033[0m " : "FAIL ");
    cli_put_escaped(out, result->name);
    pm_buf_puts(out, "\n  ");
    cli_put_escaped(out, result->file);
    if (result->at || result->line)
        pm_buf_printf(out, ":%u",
                      (unsigned)(result->at ? result->at : result->line));
    pm_buf_printf(out, ": %s\n", result->what);
    if (result->found)
        pm_buf_printf(out, "    found   %s\n", result->found);
    if (result->wanted)
        pm_buf_printf(out, "    wanted  %s\n", result->wanted);
}

static int show_text(const struct test_list *list)
{
    bool colour = cli_has_colour(1);
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i]->what)
            put_failure(&out, list->items[i], colour);
    pm_buf_printf(&out, "%s%zu passed, %zu failed%s\n",
                  !colour        ? ""
                  : list->failed ? "\033[1;31m"
                                 : "\033[1;32m",
                  list->count - list->failed, list->failed,
                  colour ? "\033[0m" : "");
    int code = cli_write_out(&out);
    pm_buf_free(&out);
    return code;
}

static void text_or_null(struct pm_json_writer *w, const char *key,
                         const char *text)
{
    if (text)
        cli_json_text(w, key, text);
    else
        cli_json_null(w, key);
}

static int show_json(const struct test_list *list)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    struct pm_json_writer w = pm_json_write_to(&out);
    pm_json_write_begin_object(&w);
    cli_json_begin_array(&w, "tests");
    for (size_t i = 0; i < list->count; i++) {
        const struct test_result *result = list->items[i];
        pm_json_write_begin_object(&w);
        cli_json_text(&w, "file", result->file);
        cli_json_text(&w, "name", result->name);
        cli_json_number(&w, "line", result->line);
        cli_json_bool(&w, "ok", !result->what);
        text_or_null(&w, "what", result->what);
        if (result->at)
            cli_json_number(&w, "at", result->at);
        else
            cli_json_null(&w, "at");
        text_or_null(&w, "found", result->found);
        text_or_null(&w, "wanted", result->wanted);
        pm_json_write_end(&w);
    }
    pm_json_write_end(&w);
    cli_json_number(&w, "passed", (int64_t)(list->count - list->failed));
    cli_json_number(&w, "failed", (int64_t)list->failed);
    pm_json_write_end(&w);
    pm_buf_puts(&out, "\n");
    int code = cli_write_out(&out);
    pm_buf_free(&out);
    return code;
}

int test_show(const struct test_list *list)
{
    int code = list->json ? show_json(list) : show_text(list);

    return code ? code : list->failed ? CLI_BAD : CLI_OK;
}

// --- the command -------------------------------------------------------------

static int test_path(struct test_list *list, const char *path)
{
    pm_status status;

    switch (cli_kind_of(path, &status)) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_PROJECT:
        return test_project(list, path);
    case CLI_KIND_FOLDER:
        return test_folder(list, path);
    case CLI_KIND_PBS:
        return test_file(list, path);
    case CLI_KIND_SOURCE:
        return test_assembler_file(list, path);
    default:
        cli_error("%s: this is no project, no folder and no source in PBS "
                  "(.pbs)",
                  path);
        return CLI_USAGE;
    }
}

static bool is_there(const char *path)
{
    struct pm_file *file;

    if (pm_file_is_directory(path))
        return true;
    if (pm_file_open(&cli_alloc, path, &file, NULL))
        return false;
    pm_file_close(file);
    return true;
}

#define MOST_WORDS 4096

// Each path with each filter, or all of it.
static int test_all(struct test_list *list, const char **words, size_t count)
{
    const char *here[] = {"."};
    const char **paths = words;
    size_t path_count = 0;
    int worst = CLI_OK;

    for (size_t i = 0; i < count; i++)
        if (is_there(words[i])) {
            const char *path = words[i];
            memmove(&words[path_count + 1], &words[path_count],
                    (i - path_count) * sizeof *words);
            words[path_count++] = path;
        }
    if (count - path_count > 1) {
        cli_error("test: \"%s\" and \"%s\" are no files; one word that chooses "
                  "tests is enough",
                  words[path_count], words[path_count + 1]);
        return CLI_USAGE;
    }
    if (count > path_count)
        list->filter = words[path_count];
    if (path_count == 0) {
        paths = here;
        path_count = 1;
    }
    for (size_t i = 0; i < path_count; i++) {
        int code = test_path(list, paths[i]);
        worst = code > worst ? code : worst;
    }
    if (worst == CLI_OK && list->count == 0 && list->filter) {
        cli_error("test: no test has \"%s\" in its name or file, and there is "
                  "no file of that name",
                  list->filter);
        return CLI_USAGE;
    }
    return worst;
}

int cli_test(int argc, char **argv)
{
    static const char *words[MOST_WORDS];
    struct test_list list = {0};
    const struct cli_option options[] = {
        {"--json", CLI_FLAG, &list.json, 0, 0},
        {"--strict", CLI_FLAG, &list.strict, 0, 0},
        {"--update", CLI_FLAG, &list.updates, 0, 0}};
    size_t count;
    int code = cli_options(argc, argv, help, options, PM_ARRAY_LEN(options),
                           words, 0, MOST_WORDS, &count);

    if (code >= 0)
        return code;
    code = test_all(&list, words, count);
    if (code == CLI_OK || list.count || list.json) {
        int shown = test_show(&list);
        code = shown > code ? shown : code;
    }
    test_list_free(&list);
    return code;
}
