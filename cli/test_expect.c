// SPDX-License-Identifier: MIT
//
// The tests of a source, and what the comments in them expect.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "test_suite.h"

// --- functions ---------------------------------------------------------------

struct test_functions
test_copy_functions(const struct test_suite *suite,
                    const struct pm_compile_result *result)
{
    struct test_functions out = {0};

    if (result->test_count == 0)
        return out;
    out.items = calloc(result->test_count, sizeof *out.items);
    if (!out.items)
        cli_no_memory();
    for (size_t i = 0; i < result->test_count; i++) {
        const struct pm_compile_test *test = &result->tests[i];
        if (!test_is_here(suite, test->place.file))
            continue;
        out.items[out.count++] = (struct test_function){
            .name = cli_copy(test->name, strlen(test->name)),
            .line = test->place.line,
            .start = test->place.start,
            .end = test->place.end,
        };
    }
    return out;
}

void test_free_functions(struct test_functions *functions)
{
    for (size_t i = 0; i < functions->count; i++)
        cli_free_text(functions->items[i].name);
    free(functions->items);
}

struct test_function *test_function_at(struct test_functions *functions,
                                       uint32_t offset)
{
    for (size_t i = 0; i < functions->count; i++)
        if (offset >= functions->items[i].start &&
            offset < functions->items[i].end)
            return &functions->items[i];
    return NULL;
}

// --- expectations ------------------------------------------------------------

bool test_next(struct test_walk *walk, struct cli_expect *out)
{
    if (walk->line == 0)
        walk->line = 1;
    return cli_pbs_next_expect(walk->suite->text, walk->suite->size, &walk->at,
                               &walk->line, out);
}

bool test_next_in(struct test_walk *walk, const struct test_function *function,
                  enum cli_expect_kind kind, struct cli_expect *out)
{
    while (test_next(walk, out))
        if (out->kind == kind && out->offset >= function->start &&
            out->offset < function->end)
            return true;
    return false;
}

// Blanks at the end do not count.
size_t test_trimmed(const char *text, size_t size)
{
    while (size && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    return size;
}

bool test_is_line(const struct cli_expect *expect, const char *line)
{
    size_t size = test_trimmed(expect->text, expect->size);
    bool same = false;
    struct pm_buf escaped;

    // A backslash is written as the log has it, or as it is shown.
    pm_buf_init(&escaped, &cli_alloc);
    pm_buf_put_escaped(&escaped, expect->text, size);
    size_t found = test_trimmed(line, strlen(line));
    same = (found == size && memcmp(line, expect->text, size) == 0) ||
           (found == escaped.size &&
            memcmp(line, escaped.data, escaped.size) == 0);
    pm_buf_free(&escaped);
    return same;
}

char *test_shown_expect(const struct cli_expect *expect)
{
    struct pm_buf text;

    pm_buf_init(&text, &cli_alloc);
    pm_buf_put_escaped(&text, expect->text,
                       test_trimmed(expect->text, expect->size));
    char *copy = cli_copy((const char *)text.data, text.size);
    pm_buf_free(&text);
    return copy;
}
