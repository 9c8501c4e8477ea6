// SPDX-License-Identifier: MIT
//
// The tests in sources: compiled file by file, each [Test] run by itself, and
// what came of it compared with what the comments in it expect.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "test_suite.h"

// --- files that compile ------------------------------------------------------

struct test_result *test_add_result(const struct test_suite *suite,
                                    const struct test_function *function)
{
    if (!test_is_wanted(suite->list, suite->shown, function->name))
        return NULL;
    return test_add(suite->list, suite->shown, function->name, function->line);
}

static int run_function(const struct test_suite *suite,
                        struct test_functions *functions,
                        struct test_function *function)
{
    struct pm_compile_options options = {.with_tests = true,
                                         .test_file = suite->name,
                                         .test = function->name,
                                         .only_needed = true,
                                         .name = function->name};
    struct test_run run = {.frames = test_frames_of(suite, function)};
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
        test_compare_run(suite, functions, function, &run);
    } else {
        test_fail(suite->list, function->result, 0, NULL, NULL,
                  "the console does not take the program");
    }
    test_run_free(&run);
    return code == CLI_WORLD ? code : CLI_OK;
}

static int run_functions(const struct test_suite *suite,
                         struct test_functions *functions)
{
    int code = CLI_OK;

    for (size_t i = 0; code == CLI_OK && i < functions->count; i++) {
        struct test_function *function = &functions->items[i];
        if (function->wants_errors)
            continue;
        function->result = test_add_result(suite, function);
        if (function->result)
            code = run_function(suite, functions, function);
    }
    return code;
}

// Every test of a file that does not compile has failed.
static void fail_all(const struct test_suite *suite,
                     struct test_functions *functions,
                     const struct pm_compile_result *result, pm_status status)
{
    for (size_t i = 0; i < result->count; i++)
        cli_pbs_print_diag(suite->pbs, &result->diags[i]);
    const char *found =
        result->count ? result->diags[0].text : pm_status_meaning(status);
    for (size_t i = 0; i < functions->count; i++) {
        struct test_function *function = &functions->items[i];
        if (function->wants_errors)
            continue;
        function->result = test_add_result(suite, function);
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

static int run_others(const struct test_suite *suite,
                      struct test_functions *functions)
{
    struct pm_compile_options options = {.with_tests = true,
                                         .test_file = suite->name};
    const struct pm_compile_result *result = NULL;
    size_t left;
    char *text = test_without_wrong(suite, functions, &left);
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

static int run_suite(struct test_suite *suite)
{
    struct pm_compile_options options = {.with_tests = true,
                                         .test_file = suite->name};
    const struct pm_compile_result *result;
    pm_status status =
        pm_compiler_check(suite->pbs->compiler, &options, &result);
    int code = CLI_OK;

    if (status == PM_ERR_NO_MEMORY)
        cli_no_memory();
    struct test_functions functions = test_copy_functions(suite, result);
    if (cli_pbs_wants_errors(suite->text, suite->size)) {
        test_compare_errors(suite, &functions, result);
        code = run_others(suite, &functions);
    } else if (status) {
        fail_all(suite, &functions, result, status);
    } else {
        code = run_functions(suite, &functions);
    }
    test_free_functions(&functions);
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
    struct test_suite suite = {
        .list = list, .pbs = pbs, .cart = cart, .name = name};
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
