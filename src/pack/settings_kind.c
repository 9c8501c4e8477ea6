// SPDX-License-Identifier: MIT
//
// What settings mean for a unit: the kind that it becomes, and keys that mean
// nothing for that kind.

#include <string.h>

#include "pack/project.h"

// The types that each kind of unit may have, the usual one first.
static bool suits(enum pm_pack_kind kind, pm_bank_type type)
{
    switch (kind) {
    case PM_PACK_PICTURE:
    case PM_PACK_ANIMATION:
        return type == PM_BANK_GLYPH;
    case PM_PACK_SOUND:
        return type == PM_BANK_SOUNDS;
    case PM_PACK_MAP:
        return type == PM_BANK_SCENE;
    default:
        return type == PM_BANK_BLOB;
    }
}

static void fault_at_key(struct pm_packer *p, struct pm_pack_unit *unit,
                         const char *key, const char *format)
{
    struct pm_pack_settings *settings = &unit->settings;
    struct pm_place place = {.file =
                                 pm_pack_input_at(p, settings->input)->name};
    struct pm_pack_shown shown = pm_pack_show(unit->name);

    for (size_t i = 0; i < settings->seen_count; i++)
        if (strcmp(settings->seen[i].key, key) == 0)
            place = settings->seen[i].place;
    pm_pack_fault(p->diags, &place, "PACK-CONFIG", format, key, shown.text);
    settings->is_bad = true;
}

// A folder is what its settings say, or what all of its files are.
static void choose_folder_kind(struct pm_packer *p, struct pm_pack_unit *unit)
{
    static const pm_bank_type types[] = {PM_BANK_GLYPH, PM_BANK_SOUNDS};
    const uint32_t *files = pm_pack_files_of(unit);

    for (size_t t = 0; t < 2; t++) {
        size_t of_type = 0;
        for (uint32_t i = 0; i < unit->file_count; i++)
            of_type +=
                pm_pack_makes(pm_pack_input_at(p, files[i])->name, types[t]);
        bool is_it = unit->settings.has_type ? unit->settings.type == types[t]
                                             : of_type == unit->file_count;
        if (!is_it || of_type == 0)
            continue;
        unit->kind = t == 0 ? PM_PACK_PICTURE : PM_PACK_SOUND;
        return;
    }
    if (!unit->settings.is_bad)
        fault_at_key(p, unit, "type",
                     "%s: the folder \"%s\" must have pictures (GLYPH) or "
                     "sounds (SOUNDS), with \"type\" saying which of them "
                     "where it has other files too");
    unit->settings.is_bad = true;
}

static void choose_kind(struct pm_packer *p, struct pm_pack_unit *unit)
{
    if (unit->folder)
        choose_folder_kind(p, unit);
    else if (unit->settings.has_type && unit->settings.type == PM_BANK_BLOB)
        unit->kind = PM_PACK_RAW;
    else if (unit->settings.has_type && !suits(unit->kind, unit->settings.type))
        fault_at_key(p, unit, "type",
                     "%s: a file such as that of \"%s\" cannot be made into "
                     "this; leave \"type\" out, or say \"BLOB\"");
}

static bool means_something(const char *key, enum pm_pack_kind kind)
{
    if (strcmp(key, "tile_size") == 0)
        return kind == PM_PACK_PICTURE || kind == PM_PACK_ANIMATION;
    if (strcmp(key, "extract") == 0)
        return kind == PM_PACK_PICTURE;
    if (strcmp(key, "samples") == 0)
        return kind == PM_PACK_SOUND;
    return strcmp(key, "sheet_slots") != 0 || kind == PM_PACK_MAP;
}

static void check_meaning(struct pm_packer *p, struct pm_pack_unit *unit)
{
    for (size_t i = 0; i < unit->settings.seen_count; i++) {
        const char *key = unit->settings.seen[i].key;
        if (!means_something(key, unit->kind))
            fault_at_key(p, unit, key,
                         "%s: this means nothing for \"%s\"; leave it out");
    }
}

void pm_pack_apply_settings(struct pm_packer *p, struct pm_pack_unit *unit)
{
    choose_kind(p, unit);
    if (!unit->settings.is_bad)
        check_meaning(p, unit);
}
