// SPDX-License-Identifier: MIT
//
// The host calls and intrinsics that programs may declare.
#include "lang/compile_registry.h"

#include "base/mem.h"
#include "registry/caps.h"
#include "registry/registry.h"

pm_status pm_compile_registry_create(const struct pm_allocator *alloc,
                                     const struct pm_compiler_config *config,
                                     struct pm_registry **out)
{
    struct pm_registry *registry = pm_mem_zalloc(alloc, sizeof *registry);
    pm_status status = PM_OK;

    if (!registry)
        return PM_ERR_NO_MEMORY;
    pm_registry_init(registry, alloc);
    for (size_t i = 0; !status && i < config->call_count; i++)
        status = pm_registry_add(registry, &config->calls[i]);
    if (status)
        pm_compile_registry_destroy(alloc, registry);
    else
        *out = registry;
    return status;
}

void pm_compile_registry_destroy(const struct pm_allocator *alloc,
                                 struct pm_registry *registry)
{
    if (!registry)
        return;
    pm_registry_free(registry);
    pm_mem_free(alloc, registry, sizeof *registry);
}

struct pm_intrinsic_names pm_compile_intrinsics(struct pm_arena *arena)
{
    size_t count;
    const struct pm_intrinsic_decl *decls = pm_intrinsic_rows(&count);
    struct pm_intrinsic_name *rows =
        pm_arena_alloc(arena, count * sizeof *rows);
    char(*signatures)[PM_INTRINSIC_SIGNATURE] =
        pm_arena_alloc(arena, count * sizeof *signatures);

    if (!rows || !signatures)
        return (struct pm_intrinsic_names){0};
    for (size_t i = 0; i < count; i++) {
        pm_intrinsic_sign(&decls[i], signatures[i]);
        rows[i] = (struct pm_intrinsic_name){decls[i].name, decls[i].id,
                                             signatures[i]};
    }
    return (struct pm_intrinsic_names){rows, count};
}

const char *pm_compile_missing_capability(const struct pm_registry *registry,
                                          struct pm_text module,
                                          struct pm_text name, uint32_t version,
                                          uint32_t granted, uint32_t *out_bit)
{
    const struct pm_call_decl *row =
        pm_registry_find(registry, module, name, version, NULL);
    uint32_t missing = row ? row->capability & ~granted : 0;

    *out_bit = missing & (0 - missing);
    return missing ? pm_cap_name(*out_bit) : NULL;
}
