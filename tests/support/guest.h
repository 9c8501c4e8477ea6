// SPDX-License-Identifier: MIT
//
// Runs assembler text, or a module's bytes, in the engine, without the rest of
// the console.

#ifndef PM_TEST_GUEST_H
#define PM_TEST_GUEST_H

#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "registry/registry.h"
#include "vm/vm.h"

struct pm_test_guest {
    struct pm_allocator alloc;
    struct pm_registry registry;
    struct pm_diags diags;
    struct pm_buf bytes; // the module; the image points into it
    struct pm_image *image;
    struct pm_vm *vm;
    struct pm_call_entry calls[16];
    // How often host call ("test", "nop", 1) was called.
    uint64_t nops;
};

struct pm_test_guest_config {
    pm_dispatch dispatch;
    size_t memory_size;       // 0: 4 MiB
    uint32_t stack_slots;     // 0: 16,384
    uint32_t coroutine_slots; // 0: 256
    uint32_t call_depth;      // 0: 1,024
    uint32_t coroutines;      // 0: 64
    bool collect_always;
};

// Assembles (or takes a module's bytes), links and creates. The program may
// declare ("bench", "nop", 1) (i64) -> (i64), which gives its argument, and the
// console's calls, which trap. False with a message on standard error when
// something is refused.
bool pm_test_guest_open(struct pm_test_guest *guest, const char *text,
                        size_t size, const char *file,
                        const struct pm_test_guest_config *config);
void pm_test_guest_close(struct pm_test_guest *guest);

// Runs whole logical frames with [budget] cycles a run until the program
// halts or traps, at most [runs] runs.
pm_vm_result pm_test_guest_finish(struct pm_test_guest *guest, int64_t budget,
                                  size_t runs);

// The slot of the global with that name.
uint64_t pm_test_guest_global(const struct pm_test_guest *guest,
                              const char *name);

#endif
