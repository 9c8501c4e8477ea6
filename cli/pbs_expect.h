// SPDX-License-Identifier: MIT
//
// What test files say they expect:
//
//     trace(a)        // expect: 4
//     trace(a / 0)    // expect trap: DIV_ZERO
//     let b: int = "" // expect error: PBS0301
//     // frames: 120
//
// "expect:" is a line of the log, in the order of the comments; "expect
// trap:" a trap on the comment's line; "expect error:" a message of the
// compiler there, by its code or a part of its text; "frames:" how long the
// function around it may take.

#ifndef PM_CLI_PBS_EXPECT_H
#define PM_CLI_PBS_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_expect_kind {
    CLI_EXPECT_LINE,
    CLI_EXPECT_TRAP,
    CLI_EXPECT_ERROR,
    CLI_EXPECT_FRAMES,
};

struct cli_expect {
    enum cli_expect_kind kind;
    const char *text; // within the source
    size_t size;
    uint32_t offset; // of the comment
    uint32_t line;
};

// The next expectation behind [*at], a place between two lines that is moved
// on, and [*line], the number of that line. False at the end.
bool cli_pbs_next_expect(const char *text, size_t size, size_t *at,
                         uint32_t *line, struct cli_expect *out);

// Whether a source has "expect error:" anywhere.
bool cli_pbs_wants_errors(const char *text, size_t size);

#endif
