// SPDX-License-Identifier: MIT
//
// Carrying a program's globals over into another version of it: what hot
// reload is made of (docs/spec/reload.md).
//
// A global is kept when both programs have it by name, its types are the same
// in structure, and all that its value reaches can be made again in the new
// program. Types are compared by what they say: records and states by name,
// records field by field, arrays and functions by their parts. What is kept
// is copied into the new program's heap with its sharing and its cycles.
//
// A plan looks at both programs and changes neither. Copying changes the new
// one only: when it fails, that one is to be thrown away.

#ifndef PM_VM_CARRY_H
#define PM_VM_CARRY_H

#include "vm/vm.h"

struct pm_carry;

enum pm_carry_fate {
    PM_CARRY_NEW,  // the old program has no such global
    PM_CARRY_KEPT, // it gets the old value
    PM_CARRY_ANEW, // both have it, and it gets the new program's value
};

// Decides for each global. Neither vm may run or be changed until the copy,
// but for the new one's first frame.
pm_status pm_carry_plan(const struct pm_allocator *alloc, struct pm_vm *from,
                        struct pm_vm *to, struct pm_carry **out);
// NULL is fine.
void pm_carry_free(struct pm_carry *carry);

// What becomes of a global of the new program.
enum pm_carry_fate pm_carry_fate_of(const struct pm_carry *carry,
                                    uint32_t global);
// Appends why a global starts anew: "field 'vy' of Player is new". What comes
// from the programs is escaped.
void pm_carry_explain(const struct pm_carry *carry, uint32_t global,
                      struct pm_buf *out);

// Collects what the new program's own values of the kept globals held, copies
// the old ones and puts them there. PM_ERR_LIMIT: they do not fit into the new
// program's memory; PM_ERR_NO_MEMORY.
//
// A coroutine that is reached is an ended one there. State objects get a
// handle and their payload; what stands behind them is the caller's to move.
pm_status pm_carry_copy(struct pm_carry *carry);

// The live state objects that were copied, one after the other: [at] is where
// to look on, 0 at the beginning. False when there are no more.
struct pm_carried {
    pm_ref from;
    pm_ref to;
};
bool pm_carry_next_state(const struct pm_carry *carry, size_t *at,
                         struct pm_carried *out);

#endif
