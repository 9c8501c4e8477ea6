// SPDX-License-Identifier: MIT
//
// A whole project: the steps in their order.

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "pack/project.h"

// Of the lists of parts, which are of pointers into units.
#define POINTER sizeof(void *)

// --- parts -------------------------------------------------------------------

static bool part_is_after(const void *context, uint32_t a, uint32_t b)
{
    struct pm_pack_part *const *parts = context;
    int order = strcmp(parts[a]->name, parts[b]->name);
    return order ? order > 0 : a > b;
}

static pm_status name_part(struct pm_packer *p, struct pm_pack_part *part)
{
    size_t stem = strlen(part->unit->name);
    size_t suffix = strlen(part->suffix);
    char *name = pm_arena_alloc(&p->arena, stem + suffix + 1);

    if (!name)
        return PM_ERR_NO_MEMORY;
    memcpy(name, part->unit->name, stem);
    memcpy(name + stem, part->suffix, suffix);
    part->name = name;
    return PM_OK;
}

static pm_status sort_parts(struct pm_packer *p, struct pm_pack_part **found)
{
    uint32_t *numbers =
        pm_mem_zarray(&p->alloc, p->part_count, sizeof *numbers);

    if (!numbers)
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < p->part_count; i++)
        numbers[i] = (uint32_t)i;
    pm_sort(numbers, p->part_count, part_is_after, found);
    for (size_t i = 0; i < p->part_count; i++)
        p->parts[i] = found[numbers[i]];
    pm_mem_free(&p->alloc, numbers, p->part_count * sizeof *numbers);
    return PM_OK;
}

static void check_parts(struct pm_packer *p)
{
    for (size_t i = 1; i < p->part_count; i++) {
        const struct pm_pack_part *a = p->parts[i - 1];
        const struct pm_pack_part *b = p->parts[i];
        if (strcmp(a->name, b->name) != 0)
            continue;
        const char *file =
            pm_pack_input_at(p, *pm_pack_files_of(b->unit))->name;
        struct pm_place place = {.file = file};
        struct pm_pack_shown shown =
            pm_pack_show(pm_pack_input_at(p, *pm_pack_files_of(a->unit))->name);
        pm_pack_fault(p->diags, &place, "PACK-NAME",
                      "this and \"%s\": two files make an asset of the same "
                      "name; rename one",
                      shown.text);
    }
}

// All assets of all units, by name.
static pm_status collect_parts(struct pm_packer *p)
{
    struct pm_pack_part **found;
    size_t count = 0;
    pm_status status = PM_OK;

    for (size_t i = 0; i < p->unit_count; i++)
        p->part_count += p->units[i].part_count;
    if (p->part_count == 0)
        return PM_OK;
    p->parts = pm_mem_zarray(&p->alloc, p->part_count, POINTER);
    found = pm_mem_zarray(&p->alloc, p->part_count, POINTER);
    if (!p->parts || !found)
        status = PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < p->unit_count && !status; i++)
        for (size_t k = 0; k < p->units[i].part_count && !status; k++) {
            found[count] = &p->units[i].parts[k];
            status = name_part(p, found[count++]);
        }
    if (!status)
        status = sort_parts(p, found);
    if (!status)
        check_parts(p);
    pm_mem_free(&p->alloc, found, p->part_count * POINTER);
    return status;
}

// --- the steps ---------------------------------------------------------------

// Faults of one step do not keep those of the next from being told, as long as
// the next makes sense.
static pm_status run_steps(struct pm_packer *p)
{
    size_t errors = p->diags->errors;
    pm_status status = pm_pack_read_registry(p);

    if (!status || status == PM_ERR_INVALID)
        status = pm_pack_plan(p);
    if (!status)
        status = pm_pack_hash_inputs(p);
    if (!status)
        status = pm_pack_convert_units(p);
    if (!status)
        status = collect_parts(p);
    if (!status)
        status = pm_pack_give_ids(p);
    if (!status)
        status = pm_pack_give_slots(p);
    if (!status)
        pm_pack_check_sizes(p);
    if (!status && p->diags->errors == errors)
        status = pm_pack_finish_scenes(p);
    if (!status && p->diags->errors == errors)
        status = pm_pack_write_assets(p);
    if (!status && p->diags->errors == errors)
        status = pm_pack_write_report(p);
    if (status == PM_OK && p->diags->errors != errors)
        status = p->diags->out_of_memory ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
    p->out->asset_count = p->part_count;
    return status ? status : pm_buf_status(&p->out->keys);
}

static bool make_room(struct pm_packer *p)
{
    size_t count = p->input_count;

    if (count == 0)
        return true;
    p->order = pm_mem_zarray(&p->alloc, count, sizeof *p->order);
    p->by_stem = pm_mem_zarray(&p->alloc, count, sizeof *p->by_stem);
    p->settings = pm_mem_zarray(&p->alloc, count, sizeof *p->settings);
    p->is_taken = pm_mem_zarray(&p->alloc, count, sizeof *p->is_taken);
    p->is_of_map = pm_mem_zarray(&p->alloc, count, sizeof *p->is_of_map);
    p->units = pm_mem_zarray(&p->alloc, count, sizeof *p->units);
    p->files = pm_mem_zarray(&p->alloc, count, sizeof *p->files);
    return p->order && p->by_stem && p->settings && p->is_taken &&
           p->is_of_map && p->units && p->files;
}

static void free_units(struct pm_packer *p)
{
    for (size_t i = 0; i < p->unit_count; i++) {
        struct pm_pack_unit *unit = &p->units[i];
        pm_pack_free_result(unit);
        pm_diags_free(&unit->diags);
        pm_buf_free(&unit->result);
        pm_buf_free(&unit->used);
    }
}

static void free_packer(struct pm_packer *p)
{
    const struct pm_allocator *alloc = &p->alloc;
    size_t count = p->input_count;

    free_units(p);
    pm_mem_free(alloc, p->order, count * sizeof *p->order);
    pm_mem_free(alloc, p->by_stem, count * sizeof *p->by_stem);
    pm_mem_free(alloc, p->settings, count * sizeof *p->settings);
    pm_mem_free(alloc, p->is_taken, count * sizeof *p->is_taken);
    pm_mem_free(alloc, p->is_of_map, count * sizeof *p->is_of_map);
    pm_mem_free(alloc, p->units, count * sizeof *p->units);
    pm_mem_free(alloc, p->files, count * sizeof *p->files);
    pm_mem_free(alloc, p->parts, p->part_count * POINTER);
    pm_mem_free(alloc, p->names, p->name_room * sizeof *p->names);
    pm_arena_free(&p->arena);
}

pm_status pm_pack_project(const struct pm_pack_project *project,
                          const struct pm_allocator *alloc,
                          struct pm_diags *diags, struct pm_pack_result *out)
{
    struct pm_packer p = {.alloc = *alloc,
                          .diags = diags,
                          .project = project,
                          .out = out,
                          .input_count = project->count};

    *out = (struct pm_pack_result){0};
    pm_arena_init(&p.arena, alloc);
    pm_buf_init(&out->assets, alloc);
    pm_buf_init(&out->registry, alloc);
    pm_buf_init(&out->report, alloc);
    pm_buf_init(&out->keys, alloc);
    pm_status status = make_room(&p) ? run_steps(&p) : PM_ERR_NO_MEMORY;
    free_packer(&p);
    if (status) {
        pm_buf_free(&out->assets);
        pm_buf_free(&out->registry);
        pm_buf_free(&out->report);
    }
    return status;
}

void pm_pack_result_free(struct pm_pack_result *result)
{
    pm_buf_free(&result->assets);
    pm_buf_free(&result->registry);
    pm_buf_free(&result->report);
    pm_buf_free(&result->keys);
}
