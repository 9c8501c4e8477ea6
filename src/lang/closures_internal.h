// SPDX-License-Identifier: MIT
//
// What the files that bind closures share.
//
// Where a function is called with a closure that is written there,
//
//     xs.retain(x => x > least)
//
// the call goes to a copy of the function in which that parameter is bound:
// the closure's captures are parameters in its place, and its calls are plain
// calls, which can be put in place like any others. The closure is never
// made.

#ifndef PM_LANG_CLOSURES_INTERNAL_H
#define PM_LANG_CLOSURES_INTERNAL_H

#include "lang/optimise_internal.h"

// Nodes of a function that is copied.
#define CLO_MOST_NODES 400u

// A place through which a function gets functions: a parameter or a capture.
// It escapes when its function does more with it than to call it or to hand
// it on to places that do not escape: then there has to be a closure.
struct clo_place {
    bool escapes;
    uint32_t fed_by; // the first of its edges, from 1; 0: none
};

// What is in [from] is handed on to the place that has this in its list.
struct clo_edge {
    uint32_t from;
    uint32_t next; // from 1; 0: the last
};

// A copy of a function with the closure [bound] at its place [index].
struct clo_binding {
    uint32_t index;
    const struct pm_low_fn *bound;
    struct pm_low_fn *copy;
    struct clo_binding *next;
};

struct clo_fn {
    // Its parameters' places, then its captures'; 0: it has none that could
    // hold a function.
    uint32_t places;
    uint32_t size;  // in nodes
    uint32_t depth; // bindings, and bindings within what they bind
    // A closure that names itself or changes what it captured: where it is
    // called there has to be one.
    bool is_fixed;
    bool is_reached;
    // The first closure that does the same; itself, if it is the first.
    struct pm_low_fn *canonical;
    struct pm_low_fn *plain; // the same with captures as first parameters
    struct clo_binding *bindings;
};

struct clo {
    struct pm_opt *opt;
    struct clo_place *places; // from 1
    uint32_t place_count;
    uint32_t place_capacity;
    struct clo_edge *edges; // from 1
    uint32_t edge_count;
    uint32_t edge_capacity;
    uint32_t function_capacity;
    uint32_t copied;         // nodes, so far
    struct pm_low_fn **work; // reached, and not looked through yet
    uint32_t work_count;
    uint32_t work_capacity;
};

static inline struct clo_fn *clo_facts(const struct pm_low_fn *fn)
{
    return fn->data;
}

// The place of a parameter or capture; 0: the function has none.
static inline uint32_t clo_param(const struct pm_low_fn *fn, uint32_t index)
{
    uint32_t first = clo_facts(fn)->places;
    return first ? first + index : 0;
}

static inline uint32_t clo_capture(const struct pm_low_fn *fn, uint32_t index)
{
    return clo_param(fn, fn->param_count + index);
}

// Room for one more row behind [count]; false, and opt->no_memory, when memory
// is short.
bool pm_clo_grow(struct clo *clo, void **rows, uint32_t *capacity,
                 uint32_t count, size_t size);

// --- closures_places.c -------------------------------------------------------

// Gives a function its facts, places included, as if none escaped.
bool pm_clo_add_facts(struct clo *clo, struct pm_low_fn *fn);
// Finds out of all functions which places escape, which closures are fixed
// and which are the same. False when there is no closure, or memory is short.
bool pm_clo_find_facts(struct clo *clo);

// --- closures_copy.c ---------------------------------------------------------

// The same function as no closure, its captures as its first parameters.
struct pm_low_fn *pm_clo_plain(struct clo *clo, struct pm_low_fn *fn);
// A copy of [fn] with [bound]'s captures in place of its parameter, or of its
// capture, [index]. NULL when there are enough copies, or memory is short.
struct pm_low_fn *pm_clo_bind_param(struct clo *clo, struct pm_low_fn *fn,
                                    uint32_t index, struct pm_low_fn *bound);
struct pm_low_fn *pm_clo_bind_capture(struct clo *clo, struct pm_low_fn *fn,
                                      uint32_t index, struct pm_low_fn *bound);

#endif
