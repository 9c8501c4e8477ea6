// SPDX-License-Identifier: MIT
//
// Traps: the guest's structural faults. A trap ends the program and leaves
// the machine whole. Codes are in traps.def (docs/spec/vm.md, "Traps").

#ifndef PROMETEU_TRAP_H
#define PROMETEU_TRAP_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pm_trap_code {
#define PM_TRAP(name, code, meaning) PM_TRAP_##name = code,
#include <prometeu/traps.def>
#undef PM_TRAP
} pm_trap_code;

// The trap's name ("DIV_ZERO"), or "?" for a number that is no trap.
const char *pm_trap_name(pm_trap_code code);

// One clause that says what the trap means; never NULL.
const char *pm_trap_meaning(pm_trap_code code);

#ifdef __cplusplus
}
#endif

#endif
