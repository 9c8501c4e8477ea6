// SPDX-License-Identifier: MIT
//
// prometeu test --strict: whether a program in assembler looks at the statuses
// of its host calls, as the language demands of those in PBS.
#include <string.h>

#include "test.h"

#define TEST_NAME "no status is dropped"

static bool is_of_status(const struct pm_diag *diag)
{
    return strcmp(diag->code, "LINK-STATUS") == 0;
}

// A test that fails for each status that is dropped; all else that is wrong
// with the program is printed.
static int take(struct test_list *list, const char *file,
                const struct pm_diags *diags)
{
    int code = CLI_OK;

    for (size_t i = 0; i < diags->count; i++) {
        const struct pm_diag *diag = &diags->items[i];
        if (!is_of_status(diag)) {
            code = diag->is_error ? CLI_BAD : code;
            continue;
        }
        struct test_result *result =
            test_add(list, file, TEST_NAME, diag->place.line);
        test_fail(list, result, diag->place.line, NULL, NULL, "%s", diag->text);
    }
    if (code != CLI_OK)
        cli_print_diags(diags, NULL);
    return code;
}

int test_statuses(struct test_list *list, const char *file,
                  const struct pm_buf *program)
{
    struct pm_diags diags;

    if (!test_is_wanted(list, file, TEST_NAME))
        return CLI_OK;
    pm_diags_init(&diags, &cli_alloc);
    pm_status status =
        cli_link(file, program->data, program->size, true, &diags);
    int code = take(list, file, &diags);
    if (!status)
        test_add(list, file, TEST_NAME, 0);
    else if (code == CLI_OK && diags.errors == 0)
        code = cli_exit_for(status);
    pm_diags_free(&diags);
    return code;
}

int test_assembler_file(struct test_list *list, const char *path)
{
    struct pm_buf program;

    if (!list->strict) {
        cli_error("%s: a program in assembler has no tests of its own; "
                  "--strict looks at what it does with statuses",
                  path);
        return CLI_USAGE;
    }
    pm_buf_init(&program, &cli_alloc);
    int code = cli_compile_file(path, &program);
    if (code == CLI_OK)
        code = test_statuses(list, path, &program);
    pm_buf_free(&program);
    return code;
}
