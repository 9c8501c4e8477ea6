// SPDX-License-Identifier: MIT
//
// Runs a module's bytes, for tests of what made them.

#ifndef PM_TEST_LOW_MACHINE_H
#define PM_TEST_LOW_MACHINE_H

#include "base/buf.h"
#include "bytecode/bytecode.h"

struct low_machine;

// Reads and links; complains and gives NULL where something is refused. The
// bytes must outlive it. The program may declare ("bench", "nop", 1)
// (int) -> (int), which gives its argument, and states of "thing".
struct low_machine *low_machine_open(const struct pm_buf *bytes);
void low_machine_close(struct low_machine *machine);
const struct pm_module *low_machine_module(const struct low_machine *machine);

// Runs until it halts or traps; complains when it does not. False: not.
bool low_machine_run(struct low_machine *machine);
// The same in frames, at most so many.
bool low_machine_run_frames(struct low_machine *machine, uint32_t frames);
// The slot of a global; 0 with a complaint when there is none.
uint64_t low_machine_global(struct low_machine *machine, const char *name);
// The trap's code, 0: none; where it was, as a line of the source.
uint32_t low_machine_trap(struct low_machine *machine);
uint32_t low_machine_trap_line(struct low_machine *machine);
const char *low_machine_trap_message(struct low_machine *machine);
uint64_t low_machine_nops(const struct low_machine *machine);
// A sum over the arguments of the calls of nop, in order.
uint64_t low_machine_trace(const struct low_machine *machine);
uint64_t low_machine_cycles(const struct low_machine *machine);

#endif
