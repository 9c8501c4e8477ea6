// SPDX-License-Identifier: MIT
//
// The least and the greatest that a whole number can be, both included.

#ifndef PM_LANG_OPTIMISE_BOUNDS_H
#define PM_LANG_OPTIMISE_BOUNDS_H

#include "lang/low.h"

struct pm_opt_bounds {
    int64_t low;
    int64_t high;
};

// Whether a node's value is a whole number.
static inline bool pm_opt_is_of_ints(const struct pm_low *node)
{
    return node->type->kind == PM_LT_INT;
}

// Those of all values of a type; of what is neither byte nor bool nor int they
// say nothing.
struct pm_opt_bounds pm_opt_bounds_of_type(const struct pm_lt *type);
// The least that has both in it.
struct pm_opt_bounds pm_opt_hull(struct pm_opt_bounds a,
                                 struct pm_opt_bounds b);
// Those of an expression; [known]: of the locals, by their numbers.
struct pm_opt_bounds pm_opt_bounds_of(const struct pm_opt_bounds *known,
                                      const struct pm_low *node);

#endif
