// SPDX-License-Identifier: MIT
//
// What patterns.c and switch.c share: what is looked at, and what the arms so
// far have covered.

#ifndef PM_LANG_CHECK_PATTERNS_H
#define PM_LANG_CHECK_PATTERNS_H

#include "lang/check_internal.h"

// What the arms so far have covered.
struct chk_cover {
    const struct pm_lt *type;
    bool *cases; // ENUM: its cases; RESULT: the error's
    uint32_t covered;
    bool some, none, ok, yes, no, all;
    struct chk_map literals;
};

struct chk_arm {
    struct pm_low *test; // NULL: always
    struct chk_list binds;
    struct pm_low *body;
    const struct pm_ast *ast;
};

struct chk_switch_state {
    struct pm_low *value; // a node to be read again
    struct pm_low *tag;   // of an enum with payload
    struct chk_cover cover;
    bool is_error; // it is the error of a handle
    bool is_bad;   // a pattern was wrong: what is covered is not known
    bool is_over;  // all was covered, and more is there, which was told
};

// The enum whose cases a value of the type has; NULL: none.
const struct pm_lt *pm_chk_cases_of(const struct pm_lt *type);
bool pm_chk_covers_all(const struct chk_cover *cover);
// The test of a pattern, NULL when it is always met; what it binds goes into
// the arm.
struct pm_low *pm_chk_pattern(struct checker *c, struct chk_switch_state *state,
                              struct chk_arm *arm,
                              const struct pm_ast *pattern);
// Declares a name of the arm's pattern with its value; "_" is none.
void pm_chk_bind_name(struct checker *c, struct chk_arm *arm,
                      const struct pm_ast *name, struct pm_low *value);
// number == wanted
struct pm_low *pm_chk_is_number_case(struct checker *c, struct pm_low *number,
                                     const struct pm_lt *type, int64_t wanted);

#endif
