// SPDX-License-Identifier: MIT
//
// Lowered programs made by hand, for tests: types, trees, and the way through
// emitter, reader and linker into the engine.

#ifndef PM_TEST_LOW_WORLD_H
#define PM_TEST_LOW_WORLD_H

#include "base/buf.h"
#include "base/check.h"
#include "lang/low.h"
#include "low_machine.h"

#define LOW_MOST 4096

struct low_world {
    struct pm_allocator alloc;
    struct pm_arena arena;
    struct pm_lang_report report;
    struct pm_low_program program;
    struct pm_low_fn *functions[LOW_MOST];
    struct pm_low_global *globals[LOW_MOST];
    struct pm_low_file file;
    struct pm_parsed parsed;

    struct pm_lt *t_void, *t_never, *t_int, *t_float, *t_bool, *t_byte;
    struct pm_lt *t_str, *t_bytes, *t_task, *t_any; // t_any: a contract
    struct pm_low_fn *fn;   // the function that is being built
    uint32_t at;            // where new nodes come from
    struct pm_low_host nop; // ("bench", "nop", 1) (int) -> int

    // What became of it.
    pm_status status;
    struct pm_buf bytes;
    struct low_machine *machine;
};

void low_open(struct low_world *w);
void low_close(struct low_world *w);

// Emits, reads, links and runs; complains where one of them fails. A second
// call begins anew with the program as it is.
bool low_run(struct low_world *w);
// The first half: up to a machine.
bool low_link(struct low_world *w);
void low_forget(struct low_world *w);
// Optimises, then runs.
bool low_run_optimised(struct low_world *w);
// The slot of a global, by its name in the module; 0 with a complaint when it
// is not there.
uint64_t low_result(struct low_world *w, const char *name);
// The trap's code, 0: it halted.
uint32_t low_trap(struct low_world *w);

// --- types -------------------------------------------------------------------

struct pm_lt *low_type(struct low_world *w, pm_lt_kind kind, const char *name,
                       uint32_t count, ...); // const struct pm_lt * parts
struct pm_lt *low_struct(struct low_world *w, const char *name, uint32_t count,
                         ...); // name, type pairs
// An enum; its cases follow by low_case.
struct pm_lt *low_enum(struct low_world *w, const char *name);
void low_case(struct low_world *w, struct pm_lt *type, const char *name,
              uint32_t count, ...); // types

// --- functions, globals ------------------------------------------------------

struct pm_text low_text(const char *text);
// Begins a function, whose body low_body sets.
struct pm_low_fn *low_fn(struct low_world *w, const char *name,
                         const struct pm_lt *result);
uint32_t low_param(struct low_world *w, const char *name,
                   const struct pm_lt *type);
uint32_t low_local(struct low_world *w, const char *name,
                   const struct pm_lt *type);
uint32_t low_capture(struct low_world *w, const char *name,
                     const struct pm_lt *type);
void low_body(struct low_world *w, struct pm_low *body);
struct pm_low_global *low_global(struct low_world *w, const char *name,
                                 const struct pm_lt *type);

// --- trees -------------------------------------------------------------------

typedef struct pm_low *low;

low low_node(struct low_world *w, pm_low_kind kind, const struct pm_lt *type,
             uint32_t count, ...);
low low_int(struct low_world *w, int64_t number);
low low_bool(struct low_world *w, bool value);
low low_float(struct low_world *w, double value);
low low_str(struct low_world *w, const char *text);
low low_zero(struct low_world *w, const struct pm_lt *type);
low low_get(struct low_world *w, uint32_t local);
low low_set(struct low_world *w, uint32_t local, low value);
low low_gget(struct low_world *w, struct pm_low_global *global);
low low_gset(struct low_world *w, struct pm_low_global *global, low value);
low low_op(struct low_world *w, const struct pm_lt *type, uint16_t op,
           uint32_t count, ...);
low low_call(struct low_world *w, struct pm_low_fn *fn, uint32_t count, ...);
low low_part(struct low_world *w, const struct pm_lt *type, low value,
             uint32_t index);
low low_field(struct low_world *w, low object, uint32_t index);
low low_set_field(struct low_world *w, low object, uint32_t index, low value);
low low_block(struct low_world *w, const struct pm_lt *type, uint32_t count,
              ...);
low low_if(struct low_world *w, const struct pm_lt *type, low condition,
           low then, low otherwise);
low low_while(struct low_world *w, uint32_t loop, low condition, low body,
              low step);
low low_jump(struct low_world *w, pm_low_kind kind, uint32_t loop);
low low_return(struct low_world *w, low value);
low low_nop(struct low_world *w, low value);

// a + b of ints, and a < b.
low low_add(struct low_world *w, low a, low b);
low low_lt(struct low_world *w, low a, low b);

#endif
