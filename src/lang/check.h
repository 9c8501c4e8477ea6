// SPDX-License-Identifier: MIT
//
// The checker: trees to the lowered form (docs/spec/pbs.md).
//
// Finds out what each name means and what type everything has, reports what
// does not fit, and lowers function after function as they are used. All
// mistakes of all files are found in one go; each is told once.

#ifndef PM_LANG_CHECK_H
#define PM_LANG_CHECK_H

#include "lang/low.h"

struct pm_registry;

struct pm_check_file {
    const struct pm_parsed *parsed; // parsed->file is its place in the list
    const char *module_path;        // "", "enemies/ai", "@std/math"
    const char *name;               // "src/enemies/ai/boss.pbs"
    bool is_test;                   // may have [Test] functions
    bool is_library;                // of @std or @sdk
};

struct pm_check_test {
    struct pm_text name;
    struct pm_span span; // of its name
    const struct pm_check_file *file;
};

struct pm_check_input {
    const struct pm_check_file *files;
    uint32_t file_count;
    struct pm_text name;                // the program's
    const struct pm_registry *registry; // may be NULL
    // NULL: the program, which has a [Frame]; else the [Test] to run, "" for
    // none: only checked.
    const char *test;
    // What the program may use; see compile.h.
    bool has_capabilities;
    uint32_t capabilities;
    // Functions of the library are checked too, used or not.
    bool checks_library;
    // Looks only at what that [Test] needs, once everything has been checked:
    // so that running a thousand tests does not check everything as often.
    bool only_needed;
    // For dumps of what each file sees and of the types found; may be NULL.
    struct pm_buf *names_dump;
    struct pm_buf *types_dump;
};

struct pm_check_output {
    struct pm_low_program program;
    const struct pm_check_test *tests; // in order of files and places
    uint32_t test_count;
};

// Checks all files. What was found out lives in [arena]. PM_ERR_INVALID when
// there is an error in [report] (also an earlier one), PM_ERR_NO_MEMORY.
pm_status pm_check(const struct pm_check_input *input, struct pm_arena *arena,
                   struct pm_lang_report *report, struct pm_check_output *out);

#endif
