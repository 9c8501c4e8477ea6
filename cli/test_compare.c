// SPDX-License-Identifier: MIT
//
// What came of a test, and what was expected of it.
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "test_suite.h"

#define FRAMES      600
#define MOST_FRAMES 1000000

static void compare_lines(const struct test_suite *suite,
                          const struct test_function *function,
                          const struct test_run *run)
{
    struct test_walk walk = {.suite = suite};
    const char *line = (const char *)run->lines.data;
    struct cli_expect expect;

    for (size_t i = 0;; i++) {
        bool is_wanted =
            test_next_in(&walk, function, CLI_EXPECT_LINE, &expect);
        bool is_found = i < run->line_count;
        if (!is_wanted && !is_found)
            return;
        if (is_wanted && is_found && test_is_line(&expect, line)) {
            line += strlen(line) + 1;
            continue;
        }
        char *wanted = is_wanted ? test_shown_expect(&expect) : NULL;
        test_fail(suite->list, function->result, is_wanted ? expect.line : 0,
                  is_found ? line : "nothing more",
                  wanted ? wanted : "nothing more",
                  "line %zu of what it traces", i + 1);
        cli_free_text(wanted);
        return;
    }
}

static bool is_trap_here(const struct test_suite *suite,
                         const struct test_run *run,
                         const struct cli_expect *expect)
{
    size_t size = test_trimmed(expect->text, expect->size);

    return strlen(run->trap) == size &&
           memcmp(run->trap, expect->text, size) == 0 &&
           test_is_here(suite, run->trap_file) &&
           run->trap_line == expect->line;
}

// A comment in the function itself, or one where the trap came about outside
// of all tests: in a function that the test calls.
static bool is_trap_wanted(const struct test_suite *suite,
                           struct test_functions *functions,
                           const struct test_function *function,
                           const struct test_run *run)
{
    struct test_walk walk = {.suite = suite};
    struct cli_expect expect;

    while (test_next(&walk, &expect)) {
        const struct test_function *around =
            test_function_at(functions, expect.offset);
        if (expect.kind == CLI_EXPECT_TRAP && (!around || around == function) &&
            is_trap_here(suite, run, &expect))
            return true;
    }
    return false;
}

static void fail_by_trap(const struct test_suite *suite,
                         const struct test_function *function,
                         const struct test_run *run,
                         const struct cli_expect *expect)
{
    char *wanted = expect ? test_shown_expect(expect) : NULL;
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
    bool is_here = test_is_here(suite, run->trap_file);
    test_fail(suite->list, function->result,
              expect    ? expect->line
              : is_here ? run->trap_line
                        : 0,
              pm_buf_cstr(&found), wanted,
              expect ? "another trap than this" : "it trapped");
    cli_free_text(wanted);
    pm_buf_free(&found);
}

static void compare_end(const struct test_suite *suite,
                        struct test_functions *functions,
                        const struct test_function *function,
                        const struct test_run *run)
{
    struct test_walk walk = {.suite = suite};
    struct cli_expect expect;
    bool wants_trap = test_next_in(&walk, function, CLI_EXPECT_TRAP, &expect);

    if (run->trap) {
        if (!is_trap_wanted(suite, functions, function, run))
            fail_by_trap(suite, function, run, wants_trap ? &expect : NULL);
        return;
    }
    if (wants_trap) {
        char *wanted = test_shown_expect(&expect);
        test_fail(suite->list, function->result, expect.line,
                  run->has_ended ? "it ended" : "it went on", wanted,
                  "no trap");
        cli_free_text(wanted);
    } else if (!run->has_ended) {
        test_fail(suite->list, function->result, 0, NULL, NULL,
                  "it had not ended after %" PRIu64 " frames", run->frames);
    }
}

uint64_t test_frames_of(const struct test_suite *suite,
                        const struct test_function *function)
{
    struct test_walk walk = {.suite = suite};
    struct cli_expect expect;
    uint64_t frames = 0;

    if (!test_next_in(&walk, function, CLI_EXPECT_FRAMES, &expect))
        return FRAMES;
    for (size_t i = 0; i < expect.size && expect.text[i] >= '0' &&
                       expect.text[i] <= '9' && frames < MOST_FRAMES;
         i++)
        frames = frames * 10 + (uint64_t)(expect.text[i] - '0');
    return frames ? frames : FRAMES;
}

void test_compare_run(const struct test_suite *suite,
                      struct test_functions *functions,
                      const struct test_function *function,
                      const struct test_run *run)
{
    if (run->trap)
        compare_end(suite, functions, function, run);
    compare_lines(suite, function, run);
    if (!run->trap)
        compare_end(suite, functions, function, run);
}
