// SPDX-License-Identifier: MIT
//
// The lowered form of a program: what the checker makes of the trees, the
// optimiser works on and the emitter turns into a module.
//
// Everything is resolved: names are numbers, generics are instances, patterns
// are tests, "using" is its close on each way out. What it does is exactly
// what docs/spec/pbs.md says the program does; nothing in it can be wrong any
// more except for the limits of modules.

#ifndef PM_LANG_LOW_H
#define PM_LANG_LOW_H

#include "lang/ast.h"
#include "lang/types.h"

typedef enum pm_low_kind {
#define PM_LOW(kind, name, kids, data) PM_LOW_##kind,
#include "lang/low.def"
#undef PM_LOW
    PM_LOW_KINDS,
} pm_low_kind;

#define PM_LOW_MAX_OPS 4

struct pm_low_fn;
struct pm_low_global;

// There are many of them: as it is laid out a leaf has 48 bytes.
struct pm_low {
    uint8_t kind; // pm_low_kind
    uint8_t op_count;
    bool is_declaration; // SET_LOCAL: the first of its variable in its scope
    uint32_t count;      // of kids
    const struct pm_lt *type;
    union {
        int64_t number;
        double real;
        struct pm_text text;
        struct {
            uint32_t index;
            uint32_t case_index; // in the type's cases
        };
        struct pm_low_fn *function;
        struct pm_low_global *global;
        const struct pm_low_host *host;
        const struct pm_lt *of;
        uint32_t loop; // unique in its function
        uint16_t ops[PM_LOW_MAX_OPS];
    };
    struct pm_span span;
    struct pm_low *kids[]; // [count]
};

struct pm_low_local {
    const struct pm_lt *type;
    struct pm_text name; // empty: the compiler's own
};

struct pm_low_fn {
    struct pm_text name; // "Player.step", "first<int>"; as traps show it
    struct pm_span span; // of its name
    // Parameters are the first locals.
    struct pm_low_local *locals;
    uint32_t local_count;
    uint32_t local_capacity;
    uint32_t param_count;
    const struct pm_lt *result; // VOID: none
    struct pm_low *body;        // void, never, or ends in RETURNs
    uint32_t loop_count;
    bool is_closure;
    struct pm_low_local *captures;
    uint32_t capture_count;
    uint32_t capture_capacity;
    const struct pm_lt *type; // FN
    // The emitter's and the optimiser's.
    uint32_t number;
    bool is_used;
    void *data;
};

struct pm_low_global {
    struct pm_text name; // unique in the program: "player", "enemies.count"
    const struct pm_lt *type;
    struct pm_low *value; // set in "boot" already; for dumps
    struct pm_span span;
    uint32_t number;
    bool is_used;
};

struct pm_low_host {
    struct pm_text module;
    struct pm_text name;
    uint32_t version;
    const struct pm_lt *type; // FN; several results as a TUPLE
    struct pm_span span;
};

struct pm_low_file {
    const char *name; // in debug data and traps: "src/main.pbs"
    const struct pm_parsed *parsed;
};

struct pm_low_program {
    struct pm_text name;
    // functions[0] is where the program starts: globals, Init, the loop of
    // Frame. Reload (may be NULL) is exported as "reload".
    struct pm_low_fn **functions;
    uint32_t function_count;
    struct pm_low_fn *reload;
    struct pm_low_global **globals;
    uint32_t global_count;
    const struct pm_low_file *files; // by the file number of spans
    uint32_t file_count;
    uint32_t type_count; // numbers of types are below it
    // For what the emitter needs of types that the checker did not make.
    struct pm_arena *arena;
    struct pm_allocator alloc;
};

// Dumps a program, a function at a time.
void pm_dump_low(const struct pm_low_program *program, struct pm_buf *out);

// Makes it do the same with less: folds, drops what is never reached or used,
// puts small functions in place of their calls. Fails only with
// PM_ERR_NO_MEMORY.
pm_status pm_low_optimise(struct pm_low_program *program);

// Appends the module's bytes. What does not fit a module (code of a function,
// slots, fields) is reported, with PM_ERR_INVALID. Intrinsics by id.
pm_status pm_low_emit(const struct pm_low_program *program,
                      struct pm_lang_report *report, struct pm_buf *out);

#endif
