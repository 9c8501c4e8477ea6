// SPDX-License-Identifier: MIT
//
// What the files share that run the tests of one source.

#ifndef PM_CLI_TEST_SUITE_H
#define PM_CLI_TEST_SUITE_H

#include <string.h>

#include "pbs.h"
#include "pbs_expect.h"
#include "test.h"

// One file with tests, and what it is compiled and run with.
struct test_suite {
    struct test_list *list;
    struct cli_pbs *pbs;
    struct cli_cart *cart; // the program is put into it
    const char *name;      // as the compiler calls it
    char *shown;
    // A copy: the file may be given another text meanwhile.
    char *text;
    size_t size;
};

// Whether a place is in the file itself; [file] may be NULL.
static inline bool test_is_here(const struct test_suite *suite,
                                const char *file)
{
    return file && strcmp(file, suite->name) == 0;
}

// A [Test] function, copied out of a result.
struct test_function {
    char *name;
    uint32_t line;
    uint32_t start;
    uint32_t end;
    bool wants_errors;
    struct test_result *result; // NULL: it was not asked for
};

struct test_functions {
    struct test_function *items;
    size_t count;
};

// A way through the expectations; zeroes but for [suite] are its start.
struct test_walk {
    const struct test_suite *suite;
    size_t at;
    uint32_t line;
};

// --- expectations (test_expect.c) --------------------------------------------

struct test_functions
test_copy_functions(const struct test_suite *suite,
                    const struct pm_compile_result *result);
void test_free_functions(struct test_functions *functions);
// The function around a place; NULL: none.
struct test_function *test_function_at(struct test_functions *functions,
                                       uint32_t offset);

// The next expectation; false: there is none.
bool test_next(struct test_walk *walk, struct cli_expect *out);
// The next of a kind within a function.
bool test_next_in(struct test_walk *walk, const struct test_function *function,
                  enum cli_expect_kind kind, struct cli_expect *out);
// The size without blanks at the end, which do not count.
size_t test_trimmed(const char *text, size_t size);
bool test_is_line(const struct cli_expect *expect, const char *line);
// As a text to be freed.
char *test_shown_expect(const struct cli_expect *expect);

// --- one run (test_compare.c) ------------------------------------------------

// How many frames a test may take.
uint64_t test_frames_of(const struct test_suite *suite,
                        const struct test_function *function);
// Makes the test fail when what came of it is not what is expected.
void test_compare_run(const struct test_suite *suite,
                      struct test_functions *functions,
                      const struct test_function *function,
                      const struct test_run *run);

// --- files that want errors (test_errors.c) ----------------------------------

// Compares messages and expectations; marks the functions that want some.
void test_compare_errors(const struct test_suite *suite,
                         struct test_functions *functions,
                         const struct pm_compile_result *result);
// The text with blanks in place of the functions that are there to be wrong:
// lines and columns stay. Gives how many functions are left.
char *test_without_wrong(const struct test_suite *suite,
                         const struct test_functions *functions,
                         size_t *out_left);

// --- test_file.c -------------------------------------------------------------

// A result of the test, or NULL: it was not asked for.
struct test_result *test_add_result(const struct test_suite *suite,
                                    const struct test_function *function);

#endif
