// SPDX-License-Identifier: MIT
//
// The assembler: text (docs/spec/asm.md) to module bytes. The way back is
// pm_module_disassemble; text that it wrote assembles to the same bytes.

#ifndef PM_ASM_H
#define PM_ASM_H

#include <stddef.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#include "base/buf.h"
#include "base/diag.h"
#include "bytecode/bytecode.h"

// Assembles [size] bytes of [text] and appends the module's bytes to [out].
//
// [file] is the name that messages and the module's debug data give the text
// (NULL: none, and no debug lines). [names] may be NULL: intrinsics can then
// be written by number only.
//
// Reports every fault in [diags] with line and column and then returns
// PM_ERR_INVALID; returns PM_ERR_NO_MEMORY when memory is short. [out] is
// left as it was in both cases. The module is structurally good when it
// succeeds; whether its code is, the linker says.
pm_status pm_assemble(const char *text, size_t size, const char *file,
                      const struct pm_intrinsic_names *names,
                      const struct pm_allocator *alloc, struct pm_diags *diags,
                      struct pm_buf *out);

#endif
