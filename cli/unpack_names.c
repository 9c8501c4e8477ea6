// SPDX-License-Identifier: MIT
//
// The names of the files. An asset's name is hostile text: what could lead out
// of the folder, hide a file, mean a device, or confuse a terminal is taken
// out. Two files never have one name, also where letters of both cases are
// the same: the later one gets "~ID" behind its name, and '~' is in no other.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "unpack.h"

#define STEM_MOST 100 // bytes

// --- one name ----------------------------------------------------------------

static bool is_fit(uint32_t code)
{
    if (code < 0x80)
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
               (code >= 'A' && code <= 'Z') ||
               strchr(" -_.()+,=@!#", (int)code);
    return code >= 0xa0 && !(code >= 0x200b && code <= 0x200f) &&
           !(code >= 0x2028 && code <= 0x202e) &&
           !(code >= 0x2060 && code <= 0x206f) &&
           !(code >= 0xe000 && code <= 0xf8ff) && code < 0xe0000 &&
           !(code >= 0xfe00 && code <= 0xfe0f) && code != 0xfeff &&
           (code & 0xfffe) != 0xfffe;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

// Whether the part before the first dot is a device on some systems.
static bool is_device(const char *stem)
{
    static const char *const names[] = {"con",    "prn",     "aux",
                                        "nul",    "com",     "lpt",
                                        "conin$", "conout$", "clock$"};
    char part[8] = {0};
    size_t size = 0;

    for (; stem[size] && stem[size] != '.' && size < sizeof part; size++)
        if (size < sizeof part - 1)
            part[size] = lower(stem[size]);
    if (size == sizeof part)
        return false;
    while (size && part[size - 1] == ' ')
        part[--size] = '\0';
    for (size_t i = 0; i < PM_ARRAY_LEN(names); i++) {
        if (strcmp(part, names[i]) == 0)
            return true;
        bool has_number = i == 4 || i == 5;
        if (has_number && size == 4 && memcmp(part, names[i], 3) == 0 &&
            part[3] >= '0' && part[3] <= '9')
            return true;
    }
    return false;
}

// Writes a name without what does not fit; at most STEM_MOST bytes and a NUL.
static void clean(const char *name, size_t size, char out[STEM_MOST + 2])
{
    char *stem = out + 1;
    size_t length = 0;

    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t bytes = pm_utf8_decode(name + at, size - at, &code);
        bool fits = bytes && is_fit(code);
        size_t adds = fits ? bytes : 1;
        if (length + adds >= STEM_MOST)
            break;
        if (fits)
            memcpy(stem + length, name + at, bytes);
        else
            stem[length] = '_';
        length += adds;
        at += bytes ? bytes : 1;
    }
    while (length && (stem[length - 1] == '.' || stem[length - 1] == ' '))
        length--;
    stem[length] = '\0';
    // Some beginnings mean something of their own.
    out[0] = '_';
    if (length && !strchr(".- ", stem[0]) && !is_device(stem))
        memmove(out, stem, length + 1);
}

static const char *ending_of(const struct unpack_file *file, pm_bank_type bank)
{
    switch (file->kind) {
    case UNPACK_SHEET:
        return ".png";
    case UNPACK_SETTINGS:
        return ".json";
    case UNPACK_SAMPLE:
        return ".wav";
    case UNPACK_MAP:
        return ".tmj";
    case UNPACK_RAW:
        return bank == PM_BANK_GLYPH    ? ".glyph"
               : bank == PM_BANK_SOUNDS ? ".sounds"
               : bank == PM_BANK_SCENE  ? ".scene"
                                        : "";
    default:
        return "";
    }
}

// --- the plan ----------------------------------------------------------------

static void add_name(struct unpack_plan *plan, struct unpack_file *file,
                     const char *name)
{
    file->name = (uint32_t)plan->names.size;
    pm_buf_put(&plan->names, name, strlen(name) + 1);
}

// [sample] is the name of one of several samples, or NULL.
static void name_file(struct unpack *u, struct unpack_file *file,
                      const char *sample, size_t sample_size)
{
    const struct pm_asset_entry *entry = pm_asset_at(u->asset, file->entry);
    const char *ending = ending_of(file, (pm_bank_type)entry->bank_type);
    char stem[STEM_MOST + 2];
    char part[STEM_MOST + 2] = "";
    char number[32] = "";
    char text[STEM_MOST * 2 + 80];
    size_t size;
    const char *name = pm_asset_name(u->asset, entry, &size);

    clean(name, size, stem);
    if (sample)
        clean(sample, sample_size, part);
    if (file->is_other && file->is_part)
        snprintf(number, sizeof number, "~%" PRId32 "~%" PRIu32, entry->id,
                 file->sample);
    else if (file->is_other)
        snprintf(number, sizeof number, "~%" PRId32, entry->id);
    snprintf(text, sizeof text, "%s%s%s%s%s", stem, sample ? "-" : "", part,
             number, ending);
    add_name(&u->plan, file, text);
}

static bool add_file(struct unpack *u, size_t entry, enum unpack_kind kind,
                     uint32_t sample, const struct cli_samples *samples)
{
    struct unpack_plan *plan = &u->plan;
    size_t size = 0;
    const char *name = NULL;

    if (plan->names.size > UINT32_MAX / 2 ||
        !pm_mem_grow(&cli_alloc, &plan->files, &plan->capacity, plan->count + 1,
                     sizeof *plan->files))
        return false;
    struct unpack_file *file = &plan->files[plan->count++];
    *file = (struct unpack_file){
        .entry = (uint32_t)entry, .sample = sample, .kind = (uint8_t)kind};
    file->is_part = samples && samples->count > 1;
    if (file->is_part)
        name = cli_sample_name(samples, sample, &size);
    name_file(u, file, name, size);
    return !plan->names.failed;
}

static bool add_samples(struct unpack *u, size_t index)
{
    struct cli_samples samples;
    bool ok = true;

    if (cli_samples_read(u->asset, pm_asset_at(u->asset, index), &samples))
        return false;
    for (size_t i = 0; i < samples.count && ok; i++)
        ok = add_file(u, index, UNPACK_SAMPLE, (uint32_t)i, &samples);
    cli_samples_free(&samples);
    return ok;
}

static bool add_files(struct unpack *u, size_t index)
{
    if (u->is_raw)
        return add_file(u, index, UNPACK_RAW, 0, NULL);
    switch (pm_asset_at(u->asset, index)->bank_type) {
    case PM_BANK_GLYPH:
        return add_file(u, index, UNPACK_SHEET, 0, NULL) &&
               add_file(u, index, UNPACK_SETTINGS, 0, NULL);
    case PM_BANK_SOUNDS:
        return add_samples(u, index);
    case PM_BANK_SCENE:
        return add_file(u, index, UNPACK_MAP, 0, NULL);
    default:
        return add_file(u, index, UNPACK_BLOB, 0, NULL);
    }
}

static bool add_reserved(struct unpack *u)
{
    static const char *const names[] = {UNPACK_LIST, UNPACK_REGISTRY,
                                        UNPACK_TILESETS};
    struct unpack_plan *plan = &u->plan;

    for (size_t i = 0; i < PM_ARRAY_LEN(names); i++) {
        if (!pm_mem_grow(&cli_alloc, &plan->files, &plan->capacity,
                         plan->count + 1, sizeof *plan->files))
            return false;
        struct unpack_file *file = &plan->files[plan->count++];
        *file = (struct unpack_file){.kind = UNPACK_RESERVED};
        add_name(plan, file, names[i]);
    }
    return !plan->names.failed;
}

// --- names that are taken ----------------------------------------------------

// The order of two names without regard to case.
static int compare(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return (unsigned char)lower(*a) - (unsigned char)lower(*b);
}

static bool is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct unpack *u = context;
    const struct unpack_file *left = &u->plan.files[a];
    const struct unpack_file *right = &u->plan.files[b];
    int order = compare(unpack_name(u, left), unpack_name(u, right));

    if (order)
        return order > 0;
    if (left->kind != right->kind)
        return left->kind > right->kind;
    return a > b;
}

static void rename_file(struct unpack *u, struct unpack_file *file)
{
    file->is_other = true;
    name_file(u, file, NULL, 0);
}

// A sheet and its settings go together.
static void rename_pairs(struct unpack *u)
{
    for (size_t i = 1; i < u->plan.count; i++) {
        struct unpack_file *sheet = &u->plan.files[i - 1];
        struct unpack_file *settings = &u->plan.files[i];
        if (settings->kind != UNPACK_SETTINGS ||
            sheet->is_other == settings->is_other)
            continue;
        rename_file(u, sheet->is_other ? settings : sheet);
    }
}

static void part_names(struct unpack *u, uint32_t *order)
{
    struct unpack_plan *plan = &u->plan;

    for (size_t i = 0; i < plan->count; i++)
        order[i] = (uint32_t)i;
    pm_sort(order, plan->count, is_after, u);
    // Names change behind the comparison: of several that are equal all but
    // the first are changed, from the last on.
    for (size_t i = plan->count; i-- > 1 && !plan->names.failed;)
        if (compare(unpack_name(u, &plan->files[order[i - 1]]),
                    unpack_name(u, &plan->files[order[i]])) == 0)
            rename_file(u, &plan->files[order[i]]);
    rename_pairs(u);
}

pm_status unpack_plan(struct unpack *u)
{
    bool ok = add_reserved(u);

    for (size_t i = 0; i < pm_asset_count(u->asset) && ok; i++)
        if (u->is_chosen[i])
            ok = add_files(u, i);
    uint32_t *order =
        ok ? pm_mem_zarray(&cli_alloc, u->plan.count, sizeof *order) : NULL;
    if (order)
        part_names(u, order);
    ok = order && !u->plan.names.failed;
    pm_mem_free(&cli_alloc, order, u->plan.count * sizeof *order);
    return ok ? PM_OK : PM_ERR_NO_MEMORY;
}

void unpack_plan_free(struct unpack_plan *plan)
{
    pm_mem_free(&cli_alloc, plan->files, plan->capacity * sizeof *plan->files);
    pm_buf_free(&plan->names);
}

const char *unpack_name(const struct unpack *u, const struct unpack_file *file)
{
    return (const char *)u->plan.names.data + file->name;
}
