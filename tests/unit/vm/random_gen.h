// SPDX-License-Identifier: MIT
//
// What the files of the generator share. Everything is drawn from one sequence
// of numbers, so that the order of calls is part of what a seed means.

#ifndef PM_VM_RANDOM_GEN_H
#define PM_VM_RANDOM_GEN_H

#include "base/buf.h"

#define FUNCTIONS 4
#define TYPES     6 // i32 i64 f32 f64 bool byte, as PM_TYPE_I32 + n
#define PER_TYPE  2 // locals and globals of each
#define COUNTERS  24

enum { I32, I64, F32, F64, BOOL, BYTE };
extern const char *const gen_type_names[TYPES];

struct shape {
    int params[3];
    int param_count;
    int results[3];
    int result_count;
};

struct gen {
    struct pm_buf *out;
    uint64_t random;
    struct shape shapes[FUNCTIONS];
    int function;
    int labels;
    int counters; // used in this function
    int kept;     // values under the statement on the stack
    int brk;      // label behind the innermost loop; -1: none
    int nest;
};

// --- random_gen.c: drawing, writing, leaves ----------------------------------

// The next number, below a limit.
uint32_t gen_below(struct gen *g, uint32_t limit);
bool gen_chance(struct gen *g, uint32_t percent);
const char *gen_pick(struct gen *g, const char *const *names, size_t count);
// I64 or I32.
int gen_small_type(struct gen *g);
// An indented line.
void gen_say(struct gen *g, const char *format, ...) PM_PRINTF(2, 3);
void gen_label(struct gen *g, int number);
void gen_constant(struct gen *g, int type);
// A constant, local or global.
void gen_leaf(struct gen *g, int type);

// --- random_values.c: expressions --------------------------------------------

// Leaves one value of [type] on the stack.
void gen_expr(struct gen *g, int type, int depth);
// An index below [below], mostly.
void gen_index(struct gen *g, unsigned below, int depth);
// The array, buffer or record of that name.
void gen_object(struct gen *g, const char *name);
// Mostly a later function, so that most programs end; -1: none.
int gen_callee(struct gen *g);
void gen_call(struct gen *g, int function, int depth);

// --- random_statements.c: stores, loops, branches, leaving -------------------

void gen_statements(struct gen *g, int count);

#endif
