// SPDX-License-Identifier: MIT
//
// Files whose mistakes are expected.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "test_suite.h"

static bool is_error_met(const struct cli_expect *expect,
                         const struct pm_compile_diag *diag)
{
    size_t size = test_trimmed(expect->text, expect->size);
    char *wanted = cli_copy(expect->text, size);
    bool is_met = size && (strcmp(diag->code, wanted) == 0 ||
                           strstr(diag->text, wanted) != NULL);

    cli_free_text(wanted);
    return is_met;
}

// Gives the message that meets an expectation and was not taken, or NULL.
static const struct pm_compile_diag *
find_error(const struct test_suite *suite,
           const struct pm_compile_result *result,
           const struct cli_expect *expect, bool *taken)
{
    for (size_t i = 0; i < result->count; i++) {
        const struct pm_compile_diag *diag = &result->diags[i];
        if (!taken[i] && test_is_here(suite, diag->place.file) &&
            diag->place.line == expect->line && is_error_met(expect, diag)) {
            taken[i] = true;
            return diag;
        }
    }
    return NULL;
}

// Where a message or an expectation counts: at its test, or at the file. NULL
// when that was not asked for.
static struct test_result *result_of(const struct test_suite *suite,
                                     struct test_functions *functions,
                                     uint32_t offset,
                                     struct test_result **of_file)
{
    struct test_function *function = test_function_at(functions, offset);

    if (function) {
        if (!function->wants_errors)
            function->result = test_add_result(suite, function);
        function->wants_errors = true;
        return function->result;
    }
    if (!*of_file && test_is_wanted(suite->list, suite->shown, "the file"))
        *of_file = test_add(suite->list, suite->shown, "the file", 0);
    return *of_file;
}

static void fail_by_message(const struct test_suite *suite,
                            struct test_result *result,
                            const struct pm_compile_diag *diag)
{
    struct pm_buf found;
    bool is_here = test_is_here(suite, diag->place.file);

    pm_buf_init(&found, &cli_alloc);
    pm_buf_printf(&found, "%s: %s", diag->code, diag->text);
    test_fail(suite->list, result, is_here ? diag->place.line : 0,
              pm_buf_cstr(&found), NULL, "a message that is not expected");
    pm_buf_free(&found);
}

// What stands on the line of an expectation that was not met.
static const struct pm_compile_diag *
found_on(const struct test_suite *suite, const struct pm_compile_result *result,
         uint32_t line)
{
    for (size_t i = 0; i < result->count; i++)
        if (test_is_here(suite, result->diags[i].place.file) &&
            result->diags[i].place.line == line)
            return &result->diags[i];
    return NULL;
}

static void fail_by_absence(const struct test_suite *suite,
                            const struct pm_compile_result *result,
                            const struct cli_expect *expect,
                            struct test_result *at)
{
    const struct pm_compile_diag *diag = found_on(suite, result, expect->line);
    char *wanted = test_shown_expect(expect);
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

void test_compare_errors(const struct test_suite *suite,
                         struct test_functions *functions,
                         const struct pm_compile_result *result)
{
    struct test_result *of_file = NULL;
    struct test_walk walk = {.suite = suite};
    struct cli_expect expect;
    bool *taken = calloc(result->count + 1, sizeof *taken);

    if (!taken)
        cli_no_memory();
    while (test_next(&walk, &expect)) {
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
        bool is_here = test_is_here(suite, diag->place.file);
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

char *test_without_wrong(const struct test_suite *suite,
                         const struct test_functions *functions,
                         size_t *out_left)
{
    char *text = cli_copy(suite->text, suite->size);

    *out_left = 0;
    for (size_t i = 0; i < functions->count; i++) {
        const struct test_function *function = &functions->items[i];
        *out_left += !function->wants_errors;
        for (uint32_t at = function->start;
             function->wants_errors && at < function->end; at++)
            if (text[at] != '\n')
                text[at] = ' ';
    }
    return text;
}
