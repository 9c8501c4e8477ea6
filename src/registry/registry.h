// SPDX-License-Identifier: MIT
//
// What host calls and intrinsics there are: metadata only, no code behind
// it. The linker checks a module's declarations against it, the dispatcher
// checks arguments against it (docs/spec/host-calls.md).
//
// A registry begins with the console's own rows (syscalls.def) and takes the
// embedder's, whose ids are 0x8000 and up.

#ifndef PM_REGISTRY_H
#define PM_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <prometeu/domain.h>

#include "bytecode/bytecode.h"

struct pm_intrinsic_decl {
    uint32_t id;
    const char *name;
    uint32_t price;
    struct pm_value_decl params[4];
    struct pm_value_decl results[2];
    uint8_t param_count;
    uint8_t result_count;
    const char *meaning;
};

enum {
#define PM_SYSCALL(id, symbol, ...) PM_SYSCALL_##symbol = id,
#include "registry/syscalls.def"
#undef PM_SYSCALL
};

enum {
#define PM_INTRINSIC(id, symbol, ...) PM_INTRINSIC_##symbol = id,
#include "registry/intrinsics.def"
#undef PM_INTRINSIC
};

enum {
#define PM_DOMAIN(symbol, number, name) PM_DOMAIN_##symbol = number,
#include "registry/domains.def"
#undef PM_DOMAIN
    PM_DOMAIN_FIRST_EMBEDDER = 64,
};

struct pm_registry {
    struct pm_allocator alloc;
    // The embedder's rows; the console's are in a constant table.
    struct pm_call_decl *own;
    size_t own_count;
    size_t own_capacity;
};

void pm_registry_init(struct pm_registry *registry,
                      const struct pm_allocator *alloc);
void pm_registry_free(struct pm_registry *registry);

// The console's own rows.
const struct pm_call_decl *pm_registry_console_rows(size_t *out_count);

// The names of the console's own state domains, with a NULL behind.
const char *const *pm_registry_console_domains(void);

// Adds a call of the embedder's. Fails with PM_ERR_INVALID when its id is
// below 0x8000 or a count is over its limit, PM_ERR_EXISTS when the id or
// (module, name, version) is taken. The texts must outlive the registry.
pm_status pm_registry_add(struct pm_registry *registry,
                          const struct pm_call_decl *call);

// The number of rows, and row [index] of them: the console's first.
size_t pm_registry_count(const struct pm_registry *registry);
const struct pm_call_decl *pm_registry_at(const struct pm_registry *registry,
                                          size_t index);

// The row of (module, name, version); NULL when there is none. With
// [out_other], also says whether the name exists in another version.
const struct pm_call_decl *pm_registry_find(const struct pm_registry *registry,
                                            struct pm_text module,
                                            struct pm_text name,
                                            uint32_t version,
                                            bool *out_other_version);

const struct pm_call_decl *
pm_registry_find_id(const struct pm_registry *registry, uint32_t id);

// The intrinsic with [id], or NULL.
// Whether the call's first result is its status.
static inline bool pm_call_has_status(const struct pm_call_decl *decl)
{
    return decl->result_count && decl->results[0].type == PM_VALUE_INT &&
           strcmp(decl->results[0].name, "status") == 0;
}

const struct pm_intrinsic_decl *pm_intrinsic_find(uint32_t id);

// Writes the types that [row] takes and gives in the letters of opcodes.def
// ("ll:b"), as assembler and disassembler want them.
#define PM_INTRINSIC_SIGNATURE 8
void pm_intrinsic_sign(const struct pm_intrinsic_decl *row,
                       char out[PM_INTRINSIC_SIGNATURE]);

// All intrinsics.
const struct pm_intrinsic_decl *pm_intrinsic_rows(size_t *out_count);

#endif
