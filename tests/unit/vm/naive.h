// SPDX-License-Identifier: MIT
//
// A stack interpreter over wire code that is as plain as can be: what the
// engine is compared with. It knows numbers, control flow, calls, one buffer,
// one array of i64 and one record; it adds up prices one by one.

#ifndef PM_VM_NAIVE_H
#define PM_VM_NAIVE_H

#include "bytecode/bytecode.h"
#include "vm/vm.h"

#define NAIVE_GLOBALS 32
#define NAIVE_BYTES   64
#define NAIVE_ARRAY   16
#define NAIVE_FIELDS  8

struct naive_value {
    pm_type_id type;
    uint64_t bits;
};

struct naive_end {
    bool halted;   // HALT, or function 0 returned
    bool too_long; // given up
    uint32_t trap; // pm_trap_code
    uint32_t function;
    uint32_t offset;
    uint64_t cycles;
    uint64_t frames;
    uint64_t globals[NAIVE_GLOBALS];
    uint8_t bytes[NAIVE_BYTES];
    uint64_t array[NAIVE_ARRAY];
    uint64_t fields[NAIVE_FIELDS];
};

// Runs at most [steps] instructions.
void naive_run(const struct pm_module *module, uint32_t stack_slots,
               uint32_t call_depth, uint64_t steps, struct naive_end *out);

#endif
