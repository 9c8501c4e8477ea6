// SPDX-License-Identifier: MIT
//
// Which stateful domains and host calls there are, with what carries them
// out: the console's own, and those that an embedder adds before a cartridge
// is loaded. One for a machine; what lives is in states.h.

#ifndef PM_SYS_DOMAINS_H
#define PM_SYS_DOMAINS_H

#include <prometeu/domain.h>

#include "base/diag.h"
#include "registry/registry.h"

struct pm_domain_row {
    struct pm_domain domain;
    uint16_t number;
    // Its functions are given the struct pm_sys of the console they work for
    // instead of a context.
    bool is_console;
};

struct pm_domains {
    struct pm_allocator alloc;
    struct pm_registry registry;
    struct pm_domain_row *rows;
    size_t count;
    size_t capacity;
    // An embedder's calls, in the order of the registry's own rows.
    struct pm_host_call *calls;
    size_t call_count;
    size_t call_capacity;
    // Of all domains, for the linker; NULL-ended.
    const char **names;
    size_t names_capacity;
};

// With the console's own domains. PM_ERR_NO_MEMORY.
pm_status pm_domains_init(struct pm_domains *domains,
                          const struct pm_allocator *alloc);
void pm_domains_free(struct pm_domains *domains);

// Adds domains and calls, all or none; see pm_machine_add_domains. Faults go
// to [diags].
pm_status pm_domains_add(struct pm_domains *domains,
                         const struct pm_domain *added, size_t added_count,
                         const struct pm_host_call *calls, size_t call_count,
                         struct pm_diags *diags);

const struct pm_domain_row *pm_domains_find(const struct pm_domains *domains,
                                            const char *name);

// What carries out a call that was declared so; NULL for the console's plain
// calls (pm_sys_find_body).
const struct pm_host_call *pm_domains_call(const struct pm_domains *domains,
                                           const struct pm_call_decl *decl);

// Whether every domain has its four verbs and every declaration makes sense;
// says what does not to [diags].
bool pm_domains_check(const struct pm_domain *domains, size_t domain_count,
                      const struct pm_host_call *calls, size_t call_count,
                      struct pm_diags *diags);

#endif
