// SPDX-License-Identifier: MIT
//
// The objects that kept globals reach, in the order in which they are found.

#ifndef PM_VM_CARRY_GRAPH_H
#define PM_VM_CARRY_GRAPH_H

#include "vm/carry_internal.h"

enum pm_carry_why_kind {
    PM_CARRY_WHY_NOT,
    PM_CARRY_WHY_GLOBAL,   // the global is declared with another type
    PM_CARRY_WHY_TYPE,     // [row] is an old type that is different
    PM_CARRY_WHY_FUNCTION, // [row] is an old closure that is
};

// What is in the way of a global or an object.
struct pm_carry_why {
    uint32_t kind;
    uint32_t row;
};

struct pm_carry_global {
    enum pm_carry_fate fate;
    uint32_t old; // its row in the old program
    struct pm_carry_why why;
};

struct pm_carry_item {
    uint32_t index; // of the old object
    struct pm_carry_why why;
    pm_ref to; // once it was copied; of an ended object its last handle
};

struct pm_carry {
    struct pm_allocator alloc;
    struct pm_vm *from;
    struct pm_vm *to;
    struct pm_carry_types types;
    struct pm_carry_global *globals; // by row of the new program
    // Of each old function that is a closure's: which it is in the new one.
    uint32_t *functions;
    // By index in the old heap: one more than the item's number.
    uint32_t *numbers;
    size_t number_count;
    struct pm_carry_item *items;
    size_t count;
    size_t capacity;
    // Objects were found that cannot be made again.
    bool has_obstacle;
};

void pm_carry_graph_clear(struct pm_carry *c);
// Adds what [ref] refers to, if it is not there yet; 0 is fine.
pm_status pm_carry_graph_add(struct pm_carry *c, pm_ref ref);
// Adds all that what was added leads to.
pm_status pm_carry_graph_walk(struct pm_carry *c);
// The item of a reference; NULL when there is none.
const struct pm_carry_item *pm_carry_graph_find(const struct pm_carry *c,
                                                pm_ref ref);
// Gives all items that lead to one that has an obstacle that too.
pm_status pm_carry_graph_spread(struct pm_carry *c);

// Whether slot [slot] of an old object with slots holds a reference.
bool pm_carry_is_ref_slot(const struct pm_carry *c,
                          const struct pm_object *object, uint32_t slot);

static inline struct pm_object *
pm_carry_object(const struct pm_carry *c, const struct pm_carry_item *item)
{
    return pm_heap_at(c->from->heap, item->index);
}

#endif
