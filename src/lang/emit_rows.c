// SPDX-License-Identifier: MIT
//
// Rows of the module that functions refer to: globals, constants, host calls,
// files.
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "lang/emit_internal.h"

struct pm_text pm_emit_part_name(struct pm_emitter *em, struct pm_text name,
                                 uint32_t part, uint32_t count)
{
    char digits[16];
    if (count == 1)
        return name;
    int size = snprintf(digits, sizeof digits, ".%u", part);
    char *text = pm_emit_alloc(em, name.size + (size_t)size, 1);
    if (!text)
        return (struct pm_text){"", 0};
    if (name.size)
        memcpy(text, name.data, name.size);
    memcpy(text + name.size, digits, (size_t)size);
    return (struct pm_text){text, name.size + (uint32_t)size};
}

bool pm_emit_same_text(struct pm_text a, struct pm_text b)
{
    return a.size == b.size &&
           (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

// --- globals -----------------------------------------------------------------

static void add_global(struct pm_emitter *em, struct pm_low_global *global)
{
    struct pm_emit_slots slots = pm_emit_slots(em, global->type);
    global->number = (uint32_t)em->global_count;
    for (uint32_t i = 0; i < slots.count; i++) {
        if (!pm_emit_grow(em, &em->globals, &em->global_capacity,
                          em->global_count, sizeof *em->globals))
            return;
        em->globals[em->global_count++] = (struct pm_global){
            pm_emit_part_name(em, global->name, i, slots.count),
            slots.types[i]};
    }
}

void pm_emit_make_globals(struct pm_emitter *em)
{
    for (uint32_t i = 0; i < em->program->global_count; i++)
        if (em->program->globals[i]->is_used)
            add_global(em, em->program->globals[i]);
}

// --- constants ---------------------------------------------------------------

struct wanted {
    const struct pm_emitter *em;
    struct pm_text text;
    const struct pm_low_host *host;
};

static bool is_string(const void *context, uint32_t row)
{
    const struct wanted *wanted = context;
    return pm_emit_same_text(wanted->em->constants[row].text, wanted->text);
}

static void add_to_index(struct pm_emitter *em, struct pm_emit_index *index,
                         uint64_t hash, uint32_t row)
{
    if (!pm_emit_index_add(index, &em->alloc, hash, row))
        em->no_memory = true;
}

uint32_t pm_emit_string(struct pm_emitter *em, struct pm_text text)
{
    struct wanted wanted = {em, text, NULL};
    uint64_t hash = pm_hash64(text.data, text.size);
    uint32_t row =
        pm_emit_index_find(&em->constant_index, hash, is_string, &wanted);
    if (row != PM_EMIT_NO_ROW)
        return row;
    if (!pm_emit_grow(em, &em->constants, &em->constant_capacity,
                      em->constant_count, sizeof *em->constants))
        return 0;
    row = (uint32_t)em->constant_count++;
    em->constants[row] =
        (struct pm_constant){.type = PM_TYPE_STRING, .text = text};
    add_to_index(em, &em->constant_index, hash, row);
    return row;
}

// --- host calls --------------------------------------------------------------

static bool is_host(const void *context, uint32_t row)
{
    const struct wanted *wanted = context;
    const struct pm_host_decl *decl = &wanted->em->hosts[row];
    return decl->version == wanted->host->version &&
           pm_emit_same_text(decl->name, wanted->host->name) &&
           pm_emit_same_text(decl->module, wanted->host->module);
}

uint32_t pm_emit_host(struct pm_emitter *em, const struct pm_low_host *host)
{
    struct wanted wanted = {em, {0}, host};
    uint64_t hash = pm_hash64(host->name.data, host->name.size);
    uint32_t row = pm_emit_index_find(&em->host_index, hash, is_host, &wanted);
    if (row != PM_EMIT_NO_ROW)
        return row;
    pm_type_id type = pm_emit_func(em, host->type);
    if (!pm_emit_grow(em, &em->hosts, &em->host_capacity, em->host_count,
                      sizeof *em->hosts))
        return 0;
    row = (uint32_t)em->host_count++;
    em->hosts[row] =
        (struct pm_host_decl){host->module, host->name, host->version, type};
    add_to_index(em, &em->host_index, hash, row);
    return row;
}

// --- files -------------------------------------------------------------------

static uint32_t row_of_file(struct pm_emitter *em, struct pm_text name)
{
    for (size_t i = 0; i < em->file_count; i++)
        if (pm_emit_same_text(em->files[i], name))
            return (uint32_t)i;
    if (!pm_emit_grow(em, &em->files, &em->file_capacity, em->file_count,
                      sizeof *em->files))
        return PM_EMIT_NO_ROW;
    em->files[em->file_count] = name;
    return (uint32_t)em->file_count++;
}

uint32_t pm_emit_file(struct pm_emitter *em, uint32_t file)
{
    const char *name = em->program->files[file].name;
    if (em->file_number[file] == PM_EMIT_NO_ROW)
        em->file_number[file] =
            row_of_file(em, (struct pm_text){name, (uint32_t)strlen(name)});
    return em->file_number[file];
}
