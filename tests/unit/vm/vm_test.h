// SPDX-License-Identifier: MIT
//
// Runs programs in every way there is and compares how they end: each
// dispatch form, with a collection at each allocation, in slices of any
// budget, saved and restored at each stop.

#ifndef PM_VM_TEST_H
#define PM_VM_TEST_H

#include "support/guest.h"
#include "support/test.h"

struct vm_way {
    pm_dispatch dispatch;
    bool collect_always;
    bool reload;     // save and restore at each stop
    int64_t budget;  // of each run; 0: 1,000,000
    uint32_t frames; // at most so many; 0: 100
    // 0: those of the test's small machine.
    uint32_t stack_slots;
    uint32_t coroutine_slots;
    uint32_t call_depth;
    uint32_t coroutines;
    size_t memory_size;
};

#define VM_END_STACK 8

// How a run ended. Its state is the saved form, with what was overshot
// zeroed; free it.
struct vm_end {
    bool ok; // it could be run, and each reload gave the same state
    pm_vm_result result;
    struct pm_trap_record trap;
    struct pm_stack_entry stack[VM_END_STACK];
    size_t depth;
    uint64_t cycles;
    uint64_t frame;
    uint64_t leaks;
    struct pm_buf state;
};

// Offset and size of what was overshot in the saved form.
#define VM_OVERSHOT_AT 52

bool vm_open(struct pm_test_guest *guest, const char *text,
             const struct vm_way *way);
// Saves, restores, saves again: gives whether the bytes are the same.
bool vm_reload(struct pm_vm *vm);
void vm_finish(struct pm_test_guest *guest, const struct vm_way *way,
               struct vm_end *out);
void vm_run(const char *text, const struct vm_way *way, struct vm_end *out);
void vm_end_free(struct vm_end *end);

// Whether two runs ended in the same way: result, trap, stack, cycles; and,
// with [states], the same saved form.
bool vm_same_end(const struct vm_end *a, const struct vm_end *b, bool states,
                 const char *what);

// Runs it in every way and checks that all end like the plain one, whose end
// is stored in [out]. Budgets go from 1 to [budgets] for the slices.
bool vm_run_all_ways(const char *text, const struct vm_way *way,
                     int64_t budgets, struct vm_end *out);

// The bits of a global in the saved form of [end]: globals follow each other
// there; works for programs without coroutines alive.
uint64_t vm_global(const struct vm_end *end, uint32_t index);

#endif
