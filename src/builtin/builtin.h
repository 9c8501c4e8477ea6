// SPDX-License-Identifier: MIT
//
// Intrinsics: input and the frame's number, which need no capability
// (registry/intrinsics.def).

#ifndef PM_BUILTIN_BUILTIN_H
#define PM_BUILTIN_BUILTIN_H

#include "input/input.h"
#include "vm/vm.h"

// The entry of the intrinsic [id], for pm_vm_config.find_intrinsic. [context]
// is the const struct pm_input that it reads, which must outlive the vm. An
// id without a row gives an entry that traps INVALID_INTRINSIC.
struct pm_call_entry pm_builtin_find(void *context, uint32_t id);

#endif
