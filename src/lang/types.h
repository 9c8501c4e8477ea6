// SPDX-License-Identifier: MIT
//
// The types of the language (docs/spec/pbs.md, "Types").
//
// Each type exists once in a program: two are the same exactly when their
// pointers are. Generic structs are one type for each list of arguments.

#ifndef PM_LANG_TYPES_H
#define PM_LANG_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "bytecode/bytecode.h"

typedef enum pm_lt_kind {
    PM_LT_UNKNOWN, // of what was wrong and reported: fits everything
    PM_LT_VOID,
    PM_LT_NEVER, // of what does not go on: jumps, traps
    PM_LT_INT,
    PM_LT_FLOAT,
    PM_LT_BOOL,
    PM_LT_BYTE,
    PM_LT_STR,
    PM_LT_BYTES,
    PM_LT_TASK,
    PM_LT_ARRAY,    // [0]: the element
    PM_LT_STRUCT,   // fields
    PM_LT_ENUM,     // cases; an error too
    PM_LT_CONTRACT, // any struct that names it
    PM_LT_FN,       // parameters, then the result
    PM_LT_STATE,    // domain
    PM_LT_OPTIONAL, // [0]: the value
    PM_LT_RESULT,   // [0]: the error, an ENUM; [1]: the value, may be VOID
    PM_LT_TUPLE,    // two or more
    PM_LT_CELL,     // [0]: a variable that closures share. Only in lowered
                    // code
} pm_lt_kind;

struct pm_lt;

struct pm_lt_field {
    struct pm_text name;
    const struct pm_lt *type;
};

struct pm_lt_case {
    struct pm_text name;
    int64_t number;
    const struct pm_lt_field *fields;
    uint32_t field_count;
};

struct pm_lt {
    pm_lt_kind kind;
    uint32_t number;     // in order of making, from 0: for tables of stages
    uint32_t depth;      // of types within types
    bool has_unknown;    // UNKNOWN is somewhere in it
    struct pm_text name; // as messages show it: "List<int>"
    // Types within: see the kinds. FN: parameters, then the result (VOID
    // where there is none). Generic STRUCTs: the arguments.
    const struct pm_lt *const *parts;
    uint32_t part_count;
    // STRUCT, filled in once its declaration has been read.
    const struct pm_lt_field *fields;
    uint32_t field_count;
    // ENUM. Has_payload: some case has fields.
    const struct pm_lt_case *cases;
    uint32_t case_count;
    bool has_payload;
    bool is_error;
    struct pm_text domain; // STATE
    void *declaration;     // the checker's
};

#endif
