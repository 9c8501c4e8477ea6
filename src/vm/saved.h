// SPDX-License-Identifier: MIT
//
// What the writer and the reader of the saved form share
// (docs/spec/saved-state.md).

#ifndef PM_VM_SAVED_H
#define PM_VM_SAVED_H

#include "vm/vm_internal.h"

#define PM_SAVED_VERSION 3u

// A frame's kind: that of its safepoint, or this one for the frame in which
// a trap was; it has no slots.
#define PM_SAVED_FAULTED 2u

// Where something stands in the order in which sleepers wake.
struct pm_sleeper {
    uint64_t wake;
    uint64_t age;
    pm_ref ref;
};

// Sorts by wake, then age.
void pm_vm_sort_sleepers(struct pm_sleeper *rows, size_t count);

// --- reading -----------------------------------------------------------------

// A restore in progress: everything goes into [block], which the vm takes
// over at the end.
struct pm_restore {
    struct pm_vm *vm;
    struct pm_vm_block block;
    uint64_t leaks;
    struct pm_buf *why;
    // Coroutines by state, and those that live: ages, wakes.
    uint32_t counts[5];
    struct pm_sleeper *alive; // room for config.coroutines
    uint32_t alive_count;
};

// Appends why the state is refused. Always false.
bool pm_restore_reject(struct pm_restore *r, const char *format, ...)
    PM_PRINTF(2, 3);
// Whether the bytes ended; says so.
bool pm_restore_is_cut(struct pm_restore *r, const struct pm_cursor *in);

// Reads the frames of [coro], whose state is set, into [stack] of [slots]
// slots. What the slots hold is checked by pm_restore_check_frames, once the
// heap stands.
bool pm_restore_frames(struct pm_restore *r, struct pm_cursor *in,
                       struct pm_coroutine *coro, uint64_t *stack,
                       uint32_t slots);
bool pm_restore_check_frames(struct pm_restore *r, const struct pm_heap *heap,
                             const struct pm_coroutine *coro, uint64_t *stack);

// The opcode of the instruction at a safepoint.
uint32_t pm_safepoint_opcode(const struct pm_image *image, uint32_t safepoint);

// Whether [value] is what a slot of [type] may hold.
bool pm_restore_check_value(const struct pm_vm *vm, const struct pm_heap *heap,
                            pm_type_id type, uint64_t value);

#endif
