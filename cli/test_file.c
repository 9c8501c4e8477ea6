// SPDX-License-Identifier: MIT
//
// The tests in sources: compiled file by file, each [Test] run by itself, and
// what came of it compared with what the comments in it expect.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pbs.h"
#include "pbs_expect.h"
#include "test.h"

#define FRAMES      600
#define MOST_FRAMES 1000000

// One file with tests, and what it is compiled and run with.
struct suite {
    struct test_list *list;
    struct cli_pbs *pbs;
    struct cli_cart *cart; // the program is put into it
    const char *name;      // as the compiler calls it
    char *shown;
    // A copy: the file may be given another text meanwhile.
    char *text;
    size_t size;
};

// A [Test] function, copied out of a result.
struct function {
    char *name;
    uint32_t line;
    uint32_t start;
    uint32_t end;
    bool wants_errors;
    struct test_result *result; // NULL: it was not asked for
};

struct functions {
    struct function *items;
    size_t count;
};

// --- functions ---------------------------------------------------------------

static struct functions copy_functions(const struct suite *suite,
                                       const struct pm_compile_result *result)
{
    struct functions out = {0};

    if (result->test_count == 0)
        return out;
    out.items = calloc(result->test_count, sizeof *out.items);
    if (!out.items)
        cli_no_memory();
    for (size_t i = 0; i < result->test_count; i++) {
        const struct pm_compile_test *test = &result->tests[i];
        if (strcmp(test->place.file, suite->name) != 0)
            continue;
        out.items[out.count++] = (struct function){
            .name = cli_copy(test->name, strlen(test->name)),
            .line = test->place.line,
            .start = test->place.start,
            .end = test->place.end,
        };
    }
    return out;
}

static void free_functions(struct functions *functions)
{
    for (size_t i = 0; i < functions->count; i++)
        cli_free_text(functions->items[i].name);
    free(functions->items);
}

static struct function *function_at(struct functions *functions,
                                    uint32_t offset)
{
    for (size_t i = 0; i < functions->count; i++)
        if (offset >= functions->items[i].start &&
            offset < functions->items[i].end)
            return &functions->items[i];
    return NULL;
}

// --- expectations ------------------------------------------------------------

struct walk {
    const struct suite *suite;
    size_t at;
    uint32_t line;
};

static bool next(struct walk *walk, struct cli_expect *out)
{
    if (walk->line == 0)
        walk->line = 1;
    return cli_pbs_next_expect(walk->suite->text, walk->suite->size, &walk->at,
                               &walk->line, out);
}

static bool next_in(struct walk *walk, const struct function *function,
                    enum cli_expect_kind kind, struct cli_expect *out)
{
    while (next(walk, out))
        if (out->kind == kind && out->offset >= function->start &&
            out->offset < function->end)
            return true;
    return false;
}

// Blanks at the end do not count.
static size_t trimmed(const char *text, size_t size)
{
    while (size && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    return size;
}

static bool is_line(const struct cli_expect *expect, const char *line)
{
    size_t size = trimmed(expect->text, expect->size);
    bool same = false;
    struct pm_buf escaped;

    // A backslash is written as the log has it, or as it is shown.
    pm_buf_init(&escaped, &cli_alloc);
    pm_buf_put_escaped(&escaped, expect->text, size);
    size_t found = trimmed(line, strlen(line));
    same = (found == size && memcmp(line, expect->text, size) == 0) ||
           (found == escaped.size &&
            memcmp(line, escaped.data, escaped.size) == 0);
    pm_buf_free(&escaped);
    return same;
}

static char *shown_expect(const struct cli_expect *expect)
{
    struct pm_buf text;

    pm_buf_init(&text, &cli_alloc);
    pm_buf_put_escaped(&text, expect->text,
                       trimmed(expect->text, expect->size));
    char *copy = cli_copy((const char *)text.data, text.size);
    pm_buf_free(&text);
    return copy;
}

// --- one run -----------------------------------------------------------------

static void compare_lines(const struct suite *suite,
                          const struct function *function,
                          const struct test_run *run)
{
    struct walk walk = {.suite = suite};
    const char *line = (const char *)run->lines.data;
    struct cli_expect expect;

    for (size_t i = 0;; i++) {
        bool is_wanted = next_in(&walk, function, CLI_EXPECT_LINE, &expect);
        bool is_found = i < run->line_count;
        if (!is_wanted && !is_found)
            return;
        if (is_wanted && is_found && is_line(&expect, line)) {
            line += strlen(line) + 1;
            continue;
        }
        char *wanted = is_wanted ? shown_expect(&expect) : NULL;
        test_fail(suite->list, function->result, is_wanted ? expect.line : 0,
                  is_found ? line : "nothing more",
                  wanted ? wanted : "nothing more",
                  "line %zu of what it traces", i + 1);
        cli_free_text(wanted);
        return;
    }
}

static bool is_trap_here(const struct suite *suite, const struct test_run *run,
                         const struct cli_expect *expect)
{
    size_t size = trimmed(expect->text, expect->size);

    return strlen(run->trap) == size &&
           memcmp(run->trap, expect->text, size) == 0 && run->trap_file &&
           strcmp(run->trap_file, suite->name) == 0 &&
           run->trap_line == expect->line;
}

// A comment in the function itself, or one where the trap came about outside
// of all tests: in a function that the test calls.
static bool is_trap_wanted(const struct suite *suite,
                           struct functions *functions,
                           const struct function *function,
                           const struct test_run *run)
{
    struct walk walk = {.suite = suite};
    struct cli_expect expect;

    while (next(&walk, &expect)) {
        const struct function *around = function_at(functions, expect.offset);
        if (expect.kind == CLI_EXPECT_TRAP && (!around || around == function) &&
            is_trap_here(suite, run, &expect))
            return true;
    }
    return false;
}

static void fail_by_trap(const struct suite *suite,
                         const struct function *function,
                         const struct test_run *run,
                         const struct cli_expect *expect)
{
    char *wanted = expect ? shown_expect(expect) : NULL;
    struct pm_buf found;

    pm_buf_init(&found, &cli_alloc);
    pm_buf_puts(&found, run->trap);
    if (run->trap_file) {
        char *file = cli_pbs_shown(suite->pbs, run->trap_file);
        pm_buf_puts(&found, " at ");
        cli_put_escaped(&found, file);
        pm_buf_printf(&found, ":%" PRIu32, run->trap_line);
        cli_free_text(file);
    }
    pm_buf_printf(&found, ": %s", run->trap_message);
    bool is_here = run->trap_file && strcmp(run->trap_file, suite->name) == 0;
    test_fail(suite->list, function->result,
              expect    ? expect->line
              : is_here ? run->trap_line
                        : 0,
              pm_buf_cstr(&found), wanted,
              expect ? "another trap than this" : "it trapped");
    cli_free_text(wanted);
    pm_buf_free(&found);
}

static void compare_end(const struct suite *suite, struct functions *functions,
                        const struct function *function,
                        const struct test_run *run)
{
    struct walk walk = {.suite = suite};
    struct cli_expect expect;
    bool wants_trap = next_in(&walk, function, CLI_EXPECT_TRAP, &expect);

    if (run->trap) {
        if (!is_trap_wanted(suite, functions, function, run))
            fail_by_trap(suite, function, run, wants_trap ? &expect : NULL);
        return;
    }
    if (wants_trap) {
        char *wanted = shown_expect(&expect);
        test_fail(suite->list, function->result, expect.line,
                  run->has_ended ? "it ended" : "it went on", wanted,
                  "no trap");
        cli_free_text(wanted);
    } else if (!run->has_ended) {
        test_fail(suite->list, function->result, 0, NULL, NULL,
                  "it had not ended after %" PRIu64 " frames", run->frames);
    }
}

static uint64_t frames_of(const struct suite *suite,
                          const struct function *function)
{
    struct walk walk = {.suite = suite};
    struct cli_expect expect;
    uint64_t frames = 0;

    if (!next_in(&walk, function, CLI_EXPECT_FRAMES, &expect))
        return FRAMES;
    for (size_t i = 0; i < expect.size && expect.text[i] >= '0' &&
                       expect.text[i] <= '9' && frames < MOST_FRAMES;
         i++)
        frames = frames * 10 + (uint64_t)(expect.text[i] - '0');
    return frames ? frames : FRAMES;
}

static int run_function(const struct suite *suite, struct functions *functions,
                        struct function *function)
{
    struct pm_compile_options options = {.with_tests = true,
                                         .test_file = suite->name,
                                         .test = function->name,
                                         .only_needed = true,
                                         .name = function->name};
    struct test_run run = {.frames = frames_of(suite, function)};
    const struct pm_compile_result *result;
    pm_status status =
        pm_compiler_build(suite->pbs->compiler, &options, &result);

    if (status) {
        for (size_t i = 0; i < result->count; i++)
            cli_pbs_print_diag(suite->pbs, &result->diags[i]);
        test_fail(suite->list, function->result, 0,
                  result->count ? result->diags[0].text
                                : pm_status_meaning(status),
                  NULL, "it does not compile");
        return CLI_OK;
    }
    pm_buf_free(&suite->cart->program);
    pm_buf_init(&suite->cart->program, &cli_alloc);
    pm_buf_put(&suite->cart->program, result->module, result->module_size);
    int code = test_run(suite->cart, suite->name, &run);
    if (code == CLI_OK) {
        if (run.trap)
            compare_end(suite, functions, function, &run);
        compare_lines(suite, function, &run);
        if (!run.trap)
            compare_end(suite, functions, function, &run);
    } else {
        test_fail(suite->list, function->result, 0, NULL, NULL,
                  "the console does not take the program");
    }
    test_run_free(&run);
    return code == CLI_WORLD ? code : CLI_OK;
}

// --- files that compile ------------------------------------------------------

static struct test_result *add_result(const struct suite *suite,
                                      const struct function *function)
{
    if (!test_is_wanted(suite->list, suite->shown, function->name))
        return NULL;
    return test_add(suite->list, suite->shown, function->name, function->line);
}

static int run_functions(const struct suite *suite, struct functions *functions)
{
    int code = CLI_OK;

    for (size_t i = 0; code == CLI_OK && i < functions->count; i++) {
        struct function *function = &functions->items[i];
        if (function->wants_errors)
            continue;
        function->result = add_result(suite, function);
        if (function->result)
            code = run_function(suite, functions, function);
    }
    return code;
}

// Every test of a file that does not compile has failed.
static void fail_all(const struct suite *suite, struct functions *functions,
                     const struct pm_compile_result *result, pm_status status)
{
    for (size_t i = 0; i < result->count; i++)
        cli_pbs_print_diag(suite->pbs, &result->diags[i]);
    const char *found =
        result->count ? result->diags[0].text : pm_status_meaning(status);
    for (size_t i = 0; i < functions->count; i++) {
        struct function *function = &functions->items[i];
        if (function->wants_errors)
            continue;
        function->result = add_result(suite, function);
        if (function->result)
            test_fail(suite->list, function->result, 0, found, NULL,
                      "the file does not compile");
    }
    if (functions->count == 0 && status &&
        test_is_wanted(suite->list, suite->shown, "the file"))
        test_fail(suite->list,
                  test_add(suite->list, suite->shown, "the file", 0), 0, found,
                  NULL, "it does not compile");
}

// --- files that want errors --------------------------------------------------

static bool is_error_met(const struct cli_expect *expect,
                         const struct pm_compile_diag *diag)
{
    size_t size = trimmed(expect->text, expect->size);
    char *wanted = cli_copy(expect->text, size);
    bool is_met = size && (strcmp(diag->code, wanted) == 0 ||
                           strstr(diag->text, wanted) != NULL);

    cli_free_text(wanted);
    return is_met;
}

// Gives the message that meets an expectation and was not taken, or NULL.
static const struct pm_compile_diag *
find_error(const struct suite *suite, const struct pm_compile_result *result,
           const struct cli_expect *expect, bool *taken)
{
    for (size_t i = 0; i < result->count; i++) {
        const struct pm_compile_diag *diag = &result->diags[i];
        if (!taken[i] && diag->place.file &&
            strcmp(diag->place.file, suite->name) == 0 &&
            diag->place.line == expect->line && is_error_met(expect, diag)) {
            taken[i] = true;
            return diag;
        }
    }
    return NULL;
}

// Where a message or an expectation counts: at its test, or at the file. NULL
// when that was not asked for.
static struct test_result *result_of(const struct suite *suite,
                                     struct functions *functions,
                                     uint32_t offset,
                                     struct test_result **of_file)
{
    struct function *function = function_at(functions, offset);

    if (function) {
        if (!function->wants_errors)
            function->result = add_result(suite, function);
        function->wants_errors = true;
        return function->result;
    }
    if (!*of_file && test_is_wanted(suite->list, suite->shown, "the file"))
        *of_file = test_add(suite->list, suite->shown, "the file", 0);
    return *of_file;
}

static void fail_by_message(const struct suite *suite,
                            struct test_result *result,
                            const struct pm_compile_diag *diag)
{
    struct pm_buf found;
    bool is_here =
        diag->place.file && strcmp(diag->place.file, suite->name) == 0;

    pm_buf_init(&found, &cli_alloc);
    pm_buf_printf(&found, "%s: %s", diag->code, diag->text);
    test_fail(suite->list, result, is_here ? diag->place.line : 0,
              pm_buf_cstr(&found), NULL, "a message that is not expected");
    pm_buf_free(&found);
}

// What stands on the line of an expectation that was not met.
static const struct pm_compile_diag *
found_on(const struct suite *suite, const struct pm_compile_result *result,
         uint32_t line)
{
    for (size_t i = 0; i < result->count; i++)
        if (result->diags[i].place.file &&
            strcmp(result->diags[i].place.file, suite->name) == 0 &&
            result->diags[i].place.line == line)
            return &result->diags[i];
    return NULL;
}

static void fail_by_absence(const struct suite *suite,
                            const struct pm_compile_result *result,
                            const struct cli_expect *expect,
                            struct test_result *at)
{
    const struct pm_compile_diag *diag = found_on(suite, result, expect->line);
    char *wanted = shown_expect(expect);
    struct pm_buf found;

    pm_buf_init(&found, &cli_alloc);
    if (diag)
        pm_buf_printf(&found, "%s: %s", diag->code, diag->text);
    else
        pm_buf_puts(&found, "no message on this line");
    test_fail(suite->list, at, expect->line, pm_buf_cstr(&found), wanted,
              "not the message that is expected");
    pm_buf_free(&found);
    cli_free_text(wanted);
}

static void compare_errors(const struct suite *suite,
                           struct functions *functions,
                           const struct pm_compile_result *result)
{
    struct test_result *of_file = NULL;
    struct walk walk = {.suite = suite};
    struct cli_expect expect;
    bool *taken = calloc(result->count + 1, sizeof *taken);

    if (!taken)
        cli_no_memory();
    while (next(&walk, &expect)) {
        if (expect.kind != CLI_EXPECT_ERROR)
            continue;
        struct test_result *at =
            result_of(suite, functions, expect.offset, &of_file);
        if (find_error(suite, result, &expect, taken) || !at)
            continue;
        fail_by_absence(suite, result, &expect, at);
    }
    for (size_t i = 0; i < result->count; i++) {
        const struct pm_compile_diag *diag = &result->diags[i];
        bool is_here =
            diag->place.file && strcmp(diag->place.file, suite->name) == 0;
        if (taken[i] || !diag->is_error)
            continue;
        struct test_result *at =
            result_of(suite, functions,
                      is_here ? diag->place.start : UINT32_MAX, &of_file);
        if (at)
            fail_by_message(suite, at, diag);
    }
    free(taken);
}

// The text with blanks in place of the functions that are there to be wrong:
// lines and columns stay.
static char *without_wrong(const struct suite *suite,
                           const struct functions *functions, size_t *out_left)
{
    char *text = cli_copy(suite->text, suite->size);

    *out_left = 0;
    for (size_t i = 0; i < functions->count; i++) {
        const struct function *function = &functions->items[i];
        *out_left += !function->wants_errors;
        for (uint32_t at = function->start;
             function->wants_errors && at < function->end; at++)
            if (text[at] != '\n')
                text[at] = ' ';
    }
    return text;
}

static int run_others(const struct suite *suite, struct functions *functions)
{
    struct pm_compile_options options = {.with_tests = true,
                                         .test_file = suite->name};
    const struct pm_compile_result *result = NULL;
    size_t left;
    char *text = without_wrong(suite, functions, &left);
    int code = CLI_OK;

    if (left) {
        pm_status status = pm_compiler_set_file(suite->pbs->compiler,
                                                suite->name, text, suite->size);
        if (!status)
            status = pm_compiler_check(suite->pbs->compiler, &options, &result);
        if (status == PM_ERR_NO_MEMORY)
            cli_no_memory();
        if (status && result)
            fail_all(suite, functions, result, status);
        else
            code = run_functions(suite, functions);
    }
    // The text may hold NULs, so its size is told.
    pm_mem_free(&cli_alloc, text, suite->size + 1);
    return code;
}

// --- a file ------------------------------------------------------------------

static int run_suite(struct suite *suite)
{
    struct pm_compile_options options = {.with_tests = true,
                                         .test_file = suite->name};
    const struct pm_compile_result *result;
    pm_status status =
        pm_compiler_check(suite->pbs->compiler, &options, &result);
    int code = CLI_OK;

    if (status == PM_ERR_NO_MEMORY)
        cli_no_memory();
    struct functions functions = copy_functions(suite, result);
    if (cli_pbs_wants_errors(suite->text, suite->size)) {
        compare_errors(suite, &functions, result);
        code = run_others(suite, &functions);
    } else if (status) {
        fail_all(suite, &functions, result, status);
    } else {
        code = run_functions(suite, &functions);
    }
    free_functions(&functions);
    return code;
}

// Those that want errors came first.
static void sort_by_line(struct test_list *list, size_t first)
{
    for (size_t i = first + 1; i < list->count; i++) {
        struct test_result *result = list->items[i];
        size_t at = i;
        for (; at > first && list->items[at - 1]->line > result->line; at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = result;
    }
}

int test_source(struct test_list *list, struct cli_pbs *pbs,
                struct cli_cart *cart, const char *name)
{
    struct suite suite = {.list = list, .pbs = pbs, .cart = cart, .name = name};
    const char *text = pm_compiler_text(pbs->compiler, name, &suite.size);

    size_t first = list->count;
    suite.text = cli_copy(text, suite.size);
    suite.shown = cli_pbs_shown(pbs, name);
    int code = run_suite(&suite);
    sort_by_line(list, first);
    cli_free_text(suite.shown);
    pm_mem_free(&cli_alloc, suite.text, suite.size + 1);
    return code;
}
