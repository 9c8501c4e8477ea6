// SPDX-License-Identifier: MIT
//
// Random programs that verify: numbers of all types, nested loops and
// branches with values left on the stack, calls with several results,
// recursion, a buffer, an array and a record.

#ifndef PM_VM_RANDOM_PROGRAM_H
#define PM_VM_RANDOM_PROGRAM_H

#include "base/buf.h"

// Appends assembler text of the program of that number.
void random_program(uint64_t seed, struct pm_buf *out);

#endif
