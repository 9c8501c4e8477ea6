// SPDX-License-Identifier: MIT
//
// The host calls and intrinsics that programs may declare, for the compile
// interface.

#ifndef PM_LANG_COMPILE_REGISTRY_H
#define PM_LANG_COMPILE_REGISTRY_H

#include <prometeu/compile.h>

#include "base/arena.h"
#include "bytecode/bytecode.h"

struct pm_registry;

// The console's calls and the embedder's. Fails like pm_registry_add, or with
// PM_ERR_NO_MEMORY.
pm_status pm_compile_registry_create(const struct pm_allocator *alloc,
                                     const struct pm_compiler_config *config,
                                     struct pm_registry **out);
// NULL is fine.
void pm_compile_registry_destroy(const struct pm_allocator *alloc,
                                 struct pm_registry *registry);
// The capability bits that a call needs, and the name of one that is not in
// [granted] (NULL: none is missing, or there is no such call).
const char *pm_compile_missing_capability(const struct pm_registry *registry,
                                          struct pm_text module,
                                          struct pm_text name, uint32_t version,
                                          uint32_t granted, uint32_t *out_bit);
// The names of the intrinsics, in [arena]; none when memory is short.
struct pm_intrinsic_names pm_compile_intrinsics(struct pm_arena *arena);

#endif
