// SPDX-License-Identifier: MIT
//
// What the files of the optimiser share.
//
// It works on trees in place. Each node has one parent; what is put in a
// second place is copied. Nothing that a program can notice changes: results,
// traps and their places, the order of effects. Only cycles become fewer, and
// calls that were put in place are not in a trap's list of calls.

#ifndef PM_LANG_OPTIMISE_INTERNAL_H
#define PM_LANG_OPTIMISE_INTERNAL_H

#include "base/check.h"
#include "lang/fold.h"
#include "lang/low.h"

struct pm_opt_local {
    uint32_t reads;
    uint32_t sets;
    struct pm_low *set; // the last one that was met
};

// What is known of a function, so that passes which would find nothing in it
// need not look. What says that something is there may be wrong.
struct pm_opt_fn {
    struct pm_low *body; // to be put in place of calls; NULL: it is not
    uint32_t size;       // of it
    uint32_t nodes;      // of the function, before anything was put in place
    uint32_t calls;      // of this function, in the whole program
    bool is_settled;     // tidying it once more does nothing
    bool is_stale;       // it is not as it was when [body] was made
    bool has_calls;
    bool is_calling; // [body] has calls
    bool has_loops;
    bool has_inner_loops; // in what is no statement
    bool has_globals;
    bool is_again; // calls in it may be put in place in the round to come
};

struct pm_opt_global {
    const struct pm_low *value;
    bool is_none;  // it holds other values, too
    bool is_first; // functions[0] sets it, always
};

struct pm_opt {
    struct pm_low_program *program;
    struct pm_low_fn *fn;    // the one at work
    struct pm_opt_fn *facts; // by the functions' places
    struct pm_opt_global *globals;
    bool is_first;      // round of putting in place: [nodes] still holds
    bool has_new_small; // a function qualifies that did not in the last round
    // Of the locals of [fn], while it is tidied.
    struct pm_opt_local *locals;
    uint32_t local_capacity;
    bool changed; // there may be more to do
    // Anything is not as it was, also what makes no more to do. A function
    // that a round leaves untouched stays so in all rounds that follow.
    bool touched;
    bool no_memory;
};

// A node with room for [count] kids; NULL and [no_memory] when it is short.
struct pm_low *pm_opt_node(struct pm_opt *opt, pm_low_kind kind,
                           const struct pm_lt *type, struct pm_span span,
                           uint32_t count);
// The same node once more, with the same kids.
struct pm_low *pm_opt_copy_node(struct pm_opt *opt, const struct pm_low *node);
// Another local of [opt]'s function, without a name; [no_memory] when it is
// short.
uint32_t pm_opt_add_local(struct pm_opt *opt, const struct pm_lt *type);
// What is known of a function.
static inline struct pm_opt_fn *pm_opt_facts(const struct pm_low_fn *fn)
{
    return fn->data;
}
// Whether a node is that one instruction, whatever its kids.
static inline bool pm_opt_is_op(const struct pm_low *node, uint16_t op)
{
    return node->kind == PM_LOW_OP && node->op_count == 1 && node->ops[0] == op;
}
// Whether it is a constant of type int.
static inline bool pm_opt_is_int(const struct pm_low *node)
{
    return node->kind == PM_LOW_INT && node->type->kind == PM_LT_INT;
}
// Whether it is a constant that can be put in other places: no ZERO, which
// may be large.
static inline bool pm_opt_is_constant(const struct pm_low *node)
{
    return node->kind == PM_LOW_INT || node->kind == PM_LOW_FLOAT ||
           node->kind == PM_LOW_STR;
}
// A constant in the place of a node, which need not have kids.
void pm_opt_become(struct pm_low *node, const struct pm_low *constant);

// --- fold_tree.c, fold_flow.c ------------------------------------------------

// The node simplified, kids first. Gives another node, or itself.
struct pm_low *pm_opt_simplify(struct pm_opt *opt, struct pm_low *node);
struct pm_low *pm_opt_simplify_op(struct pm_opt *opt, struct pm_low *node);
struct pm_low *pm_opt_simplify_zero(struct pm_opt *opt, struct pm_low *node);
struct pm_low *pm_opt_simplify_part(struct pm_opt *opt, struct pm_low *node);
struct pm_low *pm_opt_simplify_flow(struct pm_opt *opt, struct pm_low *node);
struct pm_low *pm_opt_not(struct pm_opt *opt, struct pm_low *node);

// --- optimise_effects.c ------------------------------------------------------

enum {
    PM_EFFECT_READS = 1,  // what stores and calls can change
    PM_EFFECT_WRITES = 2, // stores, calls, waits
    PM_EFFECT_TRAPS = 4,
    PM_EFFECT_SETS = 8,   // locals
    PM_EFFECT_JUMPS = 16, // leaves by itself
};

// What the node does itself, without its kids; and with them.
unsigned pm_opt_own_effects(const struct pm_low *node);
unsigned pm_opt_effects(const struct pm_low *node);
// Whether doing the two in the other order is not noticed, as far as effects
// tell; locals that one sets and the other reads are not looked at.
bool pm_opt_commute(unsigned a, unsigned b);
bool pm_opt_reads(const struct pm_low *node, uint32_t local);
uint32_t pm_opt_size(const struct pm_low *node);
// The same up to [limit]; something above it for all that is larger.
uint32_t pm_opt_size_to(const struct pm_low *node, uint32_t limit);

// --- closures.c --------------------------------------------------------------

// Binds closures to the functions that are called with them, as the first of
// all: copies are optimised like any function.
void pm_opt_closures(struct pm_opt *opt);

// --- optimise_locals.c, inline.c, optimise_globals.c -------------------------

// Counts a node, of which the kids have been counted.
static inline void pm_opt_count(struct pm_opt *opt, struct pm_low *node)
{
    if (node->kind == PM_LOW_LOCAL) {
        opt->locals[node->index].reads++;
    } else if (node->kind == PM_LOW_SET_LOCAL) {
        opt->locals[node->index].sets++;
        opt->locals[node->index].set = node;
    }
}

// Locals that are constants or copies, single uses, stores that nobody reads.
// What simplifying counted holds unless it touched something.
void pm_opt_locals(struct pm_opt *opt);
// Forgets the counts of the function's locals; [no_memory] when it is short.
void pm_opt_begin_counts(struct pm_opt *opt);
// Puts small functions in place of their calls in [opt]'s function.
void pm_opt_inline(struct pm_opt *opt);
// Says of each function that has changed since whether it may be put in place
// of its calls.
void pm_opt_find_small(struct pm_opt *opt);
// Folds what the bounds of numbers decide, and divides by shifting.
void pm_opt_ranges(struct pm_opt *opt);
// Takes loops out of expressions, as the last of all.
void pm_opt_unnest(struct pm_opt *opt);
// Looks through [opt]'s function for what [facts] and [globals] say.
void pm_opt_look(struct pm_opt *opt);
// Puts constants in the place of globals that only ever hold one, once all
// functions have been looked through.
void pm_opt_globals(struct pm_opt *opt);

#endif
