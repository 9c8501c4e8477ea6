// SPDX-License-Identifier: MIT
//
// What the files of prometeu test share: the list of tests that ran, and how
// one of them is run.

#ifndef PM_CLI_TEST_H
#define PM_CLI_TEST_H

#include "cli.h"
#include "input/script.h"

// Texts are copies; those that do not apply are NULL.
struct test_result {
    char *file; // as people know it
    char *name;
    uint32_t line; // where the test begins
    char *what;    // NULL: it passed
    uint32_t at;   // the line of [file] that is meant; 0: none
    char *found;
    char *wanted;
};

struct test_list {
    struct test_result **items;
    size_t count;
    size_t capacity;
    size_t failed;
    // What the command line asked for.
    const char *filter; // NULL: all
    bool updates;
    bool json;
    bool strict;
};

// Whether a test of this name in this file was asked for.
bool test_is_wanted(const struct test_list *list, const char *file,
                    const char *name);

// Adds a test that passed, as far as is known now.
struct test_result *test_add(struct test_list *list, const char *file,
                             const char *name, uint32_t line);

// Makes it fail, unless it did before. [found] and [wanted] may be NULL.
void test_fail(struct test_list *list, struct test_result *result, uint32_t at,
               const char *found, const char *wanted, const char *format, ...)
    PM_PRINTF(6, 7);

void test_list_free(struct test_list *list);

// Prints what failed and how many passed, or all of it as JSON. CLI_OK, or
// the exit code.
int test_show(const struct test_list *list);

// --- one run (test_run.c) ----------------------------------------------------

struct test_run {
    uint64_t frames; // at most
    // What came of it.
    struct pm_buf lines; // of the log, escaped, a NUL behind each
    size_t line_count;
    bool has_ended; // else the frames were used up
    char *trap;     // its name, or NULL; with its sentence and place
    char *trap_message;
    char *trap_file;
    uint32_t trap_line;
};

// Runs a program by itself until it ends, in a machine of its own that saves
// in memory. [file] is the one whose line a trap is shown at, where the trap
// came about below it. CLI_OK, or the exit code after a message: the machine
// could not be had, or does not take the program.
int test_run(struct cli_cart *cart, const char *file, struct test_run *run);
void test_run_free(struct test_run *run);

// --- one file (test_file.c) --------------------------------------------------

// Runs the tests of one of the sources, by the name that the compiler has for
// it; [cart] is what its programs are put into.
struct cli_pbs;
int test_source(struct test_list *list, struct cli_pbs *pbs,
                struct cli_cart *cart, const char *name);

// --- statuses (test_statuses.c) ----------------------------------------------

// The strict mode for a program in assembler: one test, that no status of a
// host call is dropped without a look at it, and one that fails for each that
// is. [file] is what people know it as.
int test_statuses(struct test_list *list, const char *file,
                  const struct pm_buf *program);
// The same for an assembler text.
int test_assembler_file(struct test_list *list, const char *path);

// --- kinds of tests ----------------------------------------------------------

// Runs the tests of a project, of a folder of programs and projects, or of one
// program.
// CLI_OK, or the exit code when something could not be run at all.
int test_project(struct test_list *list, const char *folder);
int test_folder(struct test_list *list, const char *folder);
int test_file(struct test_list *list, const char *path);

// Plays the recordings below the project's tests: NAME.input against
// NAME.fingerprint (test_recording.c). [cart] is the game.
int test_recordings(struct test_list *list, const char *folder,
                    struct cli_cart *cart);
bool test_has_recordings(const char *folder);

#endif
