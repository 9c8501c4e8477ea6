// SPDX-License-Identifier: MIT
#include "sys/domains.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "sys/sys_internal.h"

// --- the console's own -------------------------------------------------------

static const struct {
    uint16_t number;
    const struct pm_domain *domain;
} console_rows[] = {
    {PM_DOMAIN_FILE, &pm_sys_file_domain},
    {PM_DOMAIN_CURSOR, &pm_sys_cursor_domain},
    {PM_DOMAIN_LOAD, &pm_sys_load_domain},
    {PM_DOMAIN_BANK, &pm_sys_bank_domain},
    {PM_DOMAIN_DATA, &pm_sys_data_domain},
    {PM_DOMAIN_VOICE, &pm_sys_voice_domain},
    {PM_DOMAIN_RANDOM, &pm_sys_random_domain},
};

static void add_row(struct pm_domains *domains, const struct pm_domain *domain,
                    uint16_t number, bool is_console)
{
    domains->rows[domains->count++] =
        (struct pm_domain_row){*domain, number, is_console};
    domains->names[domains->count - 1] = domain->name;
    domains->names[domains->count] = NULL;
}

static bool make_room(struct pm_domains *domains, size_t rows, size_t calls)
{
    return pm_mem_grow(&domains->alloc, &domains->rows, &domains->capacity,
                       domains->count + rows, sizeof *domains->rows) &&
           pm_mem_grow(&domains->alloc, &domains->names,
                       &domains->names_capacity, domains->count + rows + 1,
                       sizeof *domains->names) &&
           (calls == 0 ||
            pm_mem_grow(&domains->alloc, &domains->calls,
                        &domains->call_capacity, domains->call_count + calls,
                        sizeof *domains->calls));
}

pm_status pm_domains_init(struct pm_domains *domains,
                          const struct pm_allocator *alloc)
{
    *domains = (struct pm_domains){.alloc = *alloc};
    pm_registry_init(&domains->registry, alloc);
    if (!make_room(domains, PM_ARRAY_LEN(console_rows), 0))
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < PM_ARRAY_LEN(console_rows); i++)
        add_row(domains, console_rows[i].domain, console_rows[i].number, true);
    return PM_OK;
}

void pm_domains_free(struct pm_domains *domains)
{
    const struct pm_allocator *alloc = &domains->alloc;

    pm_registry_free(&domains->registry);
    pm_mem_free(alloc, domains->rows,
                domains->capacity * sizeof *domains->rows);
    pm_mem_free(alloc, domains->names,
                domains->names_capacity * sizeof *domains->names);
    pm_mem_free(alloc, domains->calls,
                domains->call_capacity * sizeof *domains->calls);
}

// --- look-ups ----------------------------------------------------------------

const struct pm_domain_row *pm_domains_find(const struct pm_domains *domains,
                                            const char *name)
{
    for (size_t i = 0; i < domains->count; i++)
        if (strcmp(domains->rows[i].domain.name, name) == 0)
            return &domains->rows[i];
    return NULL;
}

const struct pm_host_call *pm_domains_call(const struct pm_domains *domains,
                                           const struct pm_call_decl *decl)
{
    for (size_t i = 0; i < domains->call_count; i++)
        if (domains->calls[i].decl.id == decl->id)
            return &domains->calls[i];
    return NULL;
}

// --- adding ------------------------------------------------------------------

static bool refuse_taken(struct pm_diags *diags, const struct pm_call_decl *c)
{
    pm_diags_error(diags, NULL, "DOMAIN-CALL",
                   "%s.%s: its id 0x%x or its name and version are taken",
                   c->module, c->name, (unsigned)c->id);
    return false;
}

static bool is_call_free(const struct pm_domains *domains,
                         const struct pm_host_call *calls, size_t index,
                         struct pm_diags *diags)
{
    const struct pm_call_decl *c = &calls[index].decl;
    struct pm_text module = {c->module, (uint32_t)strlen(c->module)};
    struct pm_text name = {c->name, (uint32_t)strlen(c->name)};

    if (pm_registry_find_id(&domains->registry, c->id) ||
        pm_registry_find(&domains->registry, module, name, c->version, NULL))
        return refuse_taken(diags, c);
    for (size_t i = 0; i < index; i++) {
        const struct pm_call_decl *d = &calls[i].decl;
        if (d->id == c->id ||
            (d->version == c->version && !strcmp(d->module, c->module) &&
             !strcmp(d->name, c->name)))
            return refuse_taken(diags, c);
    }
    return true;
}

static bool are_free(const struct pm_domains *domains,
                     const struct pm_domain *added, size_t added_count,
                     const struct pm_host_call *calls, size_t call_count,
                     struct pm_diags *diags)
{
    bool ok = true;

    for (size_t i = 0; i < call_count; i++)
        ok &= is_call_free(domains, calls, i, diags);
    for (size_t i = 0; i < added_count; i++) {
        bool is_taken = pm_domains_find(domains, added[i].name) != NULL;
        for (size_t k = 0; k < i; k++)
            is_taken |= strcmp(added[k].name, added[i].name) == 0;
        if (is_taken)
            pm_diags_error(diags, NULL, "DOMAIN-NAME",
                           "domain %s: there is one of this name already",
                           added[i].name);
        ok &= !is_taken;
    }
    return ok;
}

// The registry takes all of them or, when memory is short, none.
static pm_status register_calls(struct pm_domains *domains,
                                const struct pm_host_call *calls, size_t count)
{
    size_t before = domains->registry.own_count;

    for (size_t i = 0; i < count; i++) {
        pm_status status = pm_registry_add(&domains->registry, &calls[i].decl);
        if (status) {
            domains->registry.own_count = before;
            return status;
        }
    }
    return PM_OK;
}

pm_status pm_domains_add(struct pm_domains *domains,
                         const struct pm_domain *added, size_t added_count,
                         const struct pm_host_call *calls, size_t call_count,
                         struct pm_diags *diags)
{
    size_t first = domains->count - PM_ARRAY_LEN(console_rows);

    if (!pm_domains_check(added, added_count, calls, call_count, diags) ||
        !are_free(domains, added, added_count, calls, call_count, diags))
        return PM_ERR_INVALID;
    if (first + added_count > UINT16_MAX - PM_DOMAIN_FIRST_EMBEDDER)
        return PM_ERR_LIMIT;
    if (!make_room(domains, added_count, call_count))
        return PM_ERR_NO_MEMORY;
    pm_status status = register_calls(domains, calls, call_count);
    if (status)
        return status;
    for (size_t i = 0; i < added_count; i++)
        add_row(domains, &added[i],
                (uint16_t)(PM_DOMAIN_FIRST_EMBEDDER + first + i), false);
    if (call_count)
        memcpy(domains->calls + domains->call_count, calls,
               call_count * sizeof *calls);
    domains->call_count += call_count;
    return PM_OK;
}
