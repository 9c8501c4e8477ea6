// SPDX-License-Identifier: MIT
//
// Names → units: the convention. A folder with asset.json is one unit of all
// files in it; of the others, NAME.json is the settings of each NAME.* beside
// it, and every file's ending says what it becomes.

#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "pack/project.h"

#define FOLDER_SETTINGS "asset.json"
#define MOST_NAME       255

static const struct {
    const char *ending;
    enum pm_pack_kind kind;
} endings[] = {
    {".png", PM_PACK_PICTURE},   {".wav", PM_PACK_SOUND},
    {".flac", PM_PACK_SOUND},    {".ogg", PM_PACK_SOUND},
    {".aif", PM_PACK_SOUND},     {".aiff", PM_PACK_SOUND},
    {".ase", PM_PACK_ANIMATION}, {".aseprite", PM_PACK_ANIMATION},
    {".tmj", PM_PACK_MAP},       {".tmx", PM_PACK_MAP},
    {".tsj", PM_PACK_FOR_MAPS},  {".tsx", PM_PACK_FOR_MAPS},
};

// --- names -------------------------------------------------------------------

const char *pm_pack_base_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

// The length of a name without its ending.
static size_t stem_size(const char *name)
{
    const char *base = pm_pack_base_name(name);
    const char *dot = strrchr(base, '.');
    return dot && dot != base ? (size_t)(dot - name) : strlen(name);
}

static bool is_json(const char *name)
{
    return strcmp(name + stem_size(name), ".json") == 0;
}

static enum pm_pack_kind kind_of(const char *name)
{
    const char *ending = name + stem_size(name);

    for (size_t i = 0; i < PM_ARRAY_LEN(endings); i++)
        if (strcmp(ending, endings[i].ending) == 0)
            return endings[i].kind;
    return PM_PACK_RAW;
}

bool pm_pack_makes(const char *name, pm_bank_type bank)
{
    enum pm_pack_kind kind = kind_of(name);
    return bank == PM_BANK_GLYPH ? kind == PM_PACK_PICTURE
                                 : kind == PM_PACK_SOUND;
}

static bool name_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_pack_input *inputs = context;
    int order = strcmp(inputs[a].name, inputs[b].name);
    return order ? order > 0 : a > b;
}

static bool stem_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_pack_input *inputs = context;
    size_t x = stem_size(inputs[a].name);
    size_t y = stem_size(inputs[b].name);
    int order = memcmp(inputs[a].name, inputs[b].name, x < y ? x : y);

    if (order)
        return order > 0;
    return x != y ? x > y : name_is_after(context, a, b);
}

// The first place in order whose name is not below [name].
static size_t lower_bound(const struct pm_packer *p, const char *name)
{
    size_t low = 0;
    size_t high = p->input_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(pm_pack_input_at(p, p->order[middle])->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t pm_pack_find_input(const struct pm_packer *p, const char *name)
{
    size_t at = lower_bound(p, name);

    if (at < p->input_count &&
        strcmp(pm_pack_input_at(p, p->order[at])->name, name) == 0)
        return p->order[at];
    return PM_PACK_NONE;
}

// --- units -------------------------------------------------------------------

static struct pm_pack_unit *new_unit(struct pm_packer *p)
{
    struct pm_pack_unit *unit = &p->units[p->unit_count++];

    unit->packer = p;
    unit->first_file = (uint32_t)p->file_count;
    unit->settings.input = PM_PACK_NONE;
    pm_diags_init(&unit->diags, &p->alloc);
    pm_buf_init(&unit->result, &p->alloc);
    pm_buf_init(&unit->used, &p->alloc);
    return unit;
}

static void take_file(struct pm_packer *p, struct pm_pack_unit *unit,
                      uint32_t input)
{
    p->is_taken[input] = true;
    p->files[p->file_count++] = input;
    unit->file_count++;
}

static void fault_at(struct pm_packer *p, uint32_t input, const char *code,
                     const char *text)
{
    struct pm_place place = {.file = pm_pack_input_at(p, input)->name};
    pm_diags_error(p->diags, &place, code, "%s", text);
}

// All files whose names begin with the folder's, which stand together.
static pm_status take_folder(struct pm_packer *p, uint32_t json)
{
    const char *name = pm_pack_input_at(p, json)->name;
    size_t size = strlen(name) - strlen(FOLDER_SETTINGS);

    // Whatever comes of it, it makes one unit at most.
    p->is_taken[json] = true;
    if (size == 0) {
        fault_at(p, json, "PACK-FOLDER",
                 "the assets folder itself cannot be one asset; put the files "
                 "and asset.json into a folder in it");
        return PM_OK;
    }
    struct pm_pack_unit *unit = new_unit(p);
    unit->folder = pm_arena_copy(&p->arena, name, size);
    unit->name = pm_arena_copy(&p->arena, name, size - 1);
    if (!unit->folder || !unit->name)
        return PM_ERR_NO_MEMORY;
    unit->settings.input = json;
    for (size_t at = lower_bound(p, unit->folder); at < p->input_count; at++) {
        uint32_t input = p->order[at];
        if (strncmp(pm_pack_input_at(p, input)->name, unit->folder, size) != 0)
            break;
        const char *base = pm_pack_base_name(pm_pack_input_at(p, input)->name);
        if (input == json)
            continue;
        if (p->is_taken[input] || strcmp(base, FOLDER_SETTINGS) == 0) {
            fault_at(p, input, "PACK-FOLDER",
                     "a folder inside of one that is an asset has an "
                     "asset.json too; take one of them away");
            break;
        }
        take_file(p, unit, input);
    }
    return PM_OK;
}

static pm_status take_folders(struct pm_packer *p)
{
    for (size_t i = 0; i < p->input_count; i++) {
        uint32_t input = p->order[i];
        const char *name = pm_pack_input_at(p, input)->name;
        if (p->is_taken[input] ||
            strcmp(pm_pack_base_name(name), FOLDER_SETTINGS) != 0)
            continue;
        pm_status status = take_folder(p, input);
        if (status)
            return status;
    }
    return PM_OK;
}

// Gives the settings among [count] files of one stem to all others of them.
static void pair_group(struct pm_packer *p, const uint32_t *group, size_t count)
{
    uint32_t json = PM_PACK_NONE;
    size_t others = 0;

    for (size_t i = 0; i < count; i++) {
        if (p->is_taken[group[i]])
            continue;
        if (is_json(pm_pack_input_at(p, group[i])->name))
            json = group[i];
        else
            others++;
    }
    if (json == PM_PACK_NONE || others == 0)
        return;
    p->is_taken[json] = true;
    for (size_t i = 0; i < count; i++)
        if (!p->is_taken[group[i]])
            p->settings[group[i]] = json;
}

static void pair_settings(struct pm_packer *p)
{
    const struct pm_pack_input *inputs = p->project->inputs;
    size_t start = 0;

    for (size_t i = 0; i < p->input_count; i++)
        p->by_stem[i] = (uint32_t)i;
    pm_sort(p->by_stem, p->input_count, stem_is_after, inputs);
    for (size_t i = 1; i <= p->input_count; i++) {
        const char *first = inputs[p->by_stem[start]].name;
        size_t size = stem_size(first);
        if (i < p->input_count &&
            stem_size(inputs[p->by_stem[i]].name) == size &&
            memcmp(inputs[p->by_stem[i]].name, first, size) == 0)
            continue;
        pair_group(p, p->by_stem + start, i - start);
        start = i;
    }
}

static pm_status take_single(struct pm_packer *p, uint32_t input)
{
    const char *name = pm_pack_input_at(p, input)->name;
    struct pm_pack_unit *unit = new_unit(p);

    unit->kind = kind_of(name);
    unit->settings.input = p->settings[input];
    take_file(p, unit, input);
    // What is for maps only is an asset where someone says so.
    if (unit->kind == PM_PACK_FOR_MAPS && unit->settings.input != PM_PACK_NONE)
        unit->kind = PM_PACK_RAW;
    unit->name = name;
    pm_status status = pm_pack_read_settings(p, unit);
    if (status)
        return status;
    if (unit->kind != PM_PACK_RAW) {
        unit->name = pm_arena_copy(&p->arena, name, stem_size(name));
        if (!unit->name)
            return PM_ERR_NO_MEMORY;
    }
    return PM_OK;
}

static pm_status take_singles(struct pm_packer *p)
{
    for (size_t i = 0; i < p->input_count; i++) {
        uint32_t input = p->order[i];
        if (p->is_taken[input])
            continue;
        pm_status status = take_single(p, input);
        if (status)
            return status;
    }
    return PM_OK;
}

// --- all ---------------------------------------------------------------------

static void check_names(struct pm_packer *p)
{
    for (size_t i = 0; i < p->input_count; i++) {
        const char *name = pm_pack_input_at(p, p->order[i])->name;
        struct pm_pack_shown shown = pm_pack_show(name);
        struct pm_place place = {.file = shown.text};
        size_t size = strlen(name);
        if (size > MOST_NAME - 16 || !pm_utf8_is_valid(name, size))
            pm_diags_error(p->diags, &place, "PACK-NAME",
                           "the name with its folders has more than %d bytes "
                           "or is no UTF-8; rename the file",
                           MOST_NAME - 16);
        if (i > 0 &&
            strcmp(pm_pack_input_at(p, p->order[i - 1])->name, name) == 0)
            pm_diags_error(p->diags, &place, "PACK-NAME",
                           "there are two files of this name");
    }
}

static pm_status sort_units(struct pm_packer *p)
{
    size_t folders = 0;
    size_t a = 0;

    // Folders came first; everything else is in order of names already, but
    // diagnostics and ids want all of it in one order.
    while (folders < p->unit_count && p->units[folders].folder)
        folders++;
    if (folders == 0 || folders == p->unit_count)
        return PM_OK;
    struct pm_pack_unit *sorted =
        pm_mem_zarray(&p->alloc, p->unit_count, sizeof *sorted);
    if (!sorted)
        return PM_ERR_NO_MEMORY;
    size_t b = folders;
    for (size_t i = 0; i < p->unit_count; i++) {
        bool is_folder =
            b == p->unit_count ||
            (a < folders && strcmp(p->units[a].name, p->units[b].name) <= 0);
        sorted[i] = p->units[is_folder ? a++ : b++];
    }
    memcpy(p->units, sorted, p->unit_count * sizeof *sorted);
    pm_mem_free(&p->alloc, sorted, p->unit_count * sizeof *sorted);
    return PM_OK;
}

pm_status pm_pack_plan(struct pm_packer *p)
{
    for (size_t i = 0; i < p->input_count; i++) {
        p->order[i] = (uint32_t)i;
        p->settings[i] = PM_PACK_NONE;
    }
    pm_sort(p->order, p->input_count, name_is_after, p->project->inputs);
    check_names(p);
    pm_status status = take_folders(p);
    for (size_t i = 0; i < p->unit_count && !status; i++)
        status = pm_pack_read_settings(p, &p->units[i]);
    if (!status && p->input_count)
        pair_settings(p);
    if (!status)
        status = take_singles(p);
    return status ? status : sort_units(p);
}
