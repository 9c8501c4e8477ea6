// SPDX-License-Identifier: MIT
//
// What people want to know: what became of each file, a table of all assets,
// what nothing uses, and what no machine can hold.

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "pack/project.h"

// --- sizes -------------------------------------------------------------------

// Which profiles cannot hold the asset, as "JAM and STANDARD" in [text].
static size_t too_small_for(const struct pm_packer *p,
                            const struct pm_pack_part *part, char *text,
                            size_t room)
{
    size_t count = 0;
    size_t at = 0;

    text[0] = 0;
    for (size_t i = 0; i < p->project->profile_count; i++) {
        const struct pm_pack_profile *profile = &p->project->profiles[i];
        size_t size = strlen(profile->name);
        if (part->decoded_size <= profile->bank[part->bank])
            continue;
        if (count++ && at + 6 < room) {
            memcpy(text + at, " and ", 6);
            at += 5;
        }
        if (at + size < room) {
            memcpy(text + at, profile->name, size + 1);
            at += size;
        }
    }
    return count;
}

static void check_size(struct pm_packer *p, const struct pm_pack_part *part)
{
    struct pm_place place = {
        .file = pm_pack_input_at(p, *pm_pack_files_of(part->unit))->name};
    struct pm_pack_shown shown = pm_pack_show(part->name);
    char names[120];
    size_t count = too_small_for(p, part, names, sizeof names);

    if (count == 0)
        return;
    if (count == p->project->profile_count) {
        const struct pm_pack_profile *largest =
            &p->project->profiles[count - 1];
        pm_pack_fault(p->diags, &place, "PACK-SIZE",
                      "\"%s\" has %" PRIu64 " bytes when it is loaded, and no "
                      "profile can hold it (%s: %" PRIu64
                      " of %s); make it smaller or cut it into several",
                      shown.text, part->decoded_size, largest->name,
                      largest->bank[part->bank], pm_bank_type_name(part->bank));
        return;
    }
    pm_diags_warning(p->diags, &place, "PACK-SIZE",
                     "\"%s\" has %" PRIu64 " bytes when it is loaded: more "
                     "than the profile%s %s can hold",
                     shown.text, part->decoded_size, count > 1 ? "s" : "",
                     names);
}

// A BLOB that is in no slot is read where it lies, whatever its size.
void pm_pack_check_sizes(struct pm_packer *p)
{
    for (size_t i = 0; i < p->part_count; i++) {
        const struct pm_pack_part *part = p->parts[i];
        if (part->bank != PM_BANK_BLOB || part->slot >= 0)
            check_size(p, part);
    }
}

// --- the table ---------------------------------------------------------------

// How many columns a text takes: one a character.
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((uint8_t)*text & 0xc0) != 0x80;
    return width;
}

static uint64_t stored_size(const struct pm_pack_part *part)
{
    return part->codec == PM_CODEC_NONE ? part->form_size : part->size;
}

static void put_row(struct pm_packer *p, const struct pm_pack_part *part,
                    int width)
{
    struct pm_buf *out = &p->out->report;
    struct pm_pack_shown name = pm_pack_show(part->name);
    int fill = width - (int)width_of(name.text);

    pm_buf_printf(out, "%6" PRId32 "  %s%*s  %-6s  ", part->id, name.text,
                  fill > 0 ? fill : 0, "", pm_bank_type_name(part->bank));
    if (part->slot >= 0)
        pm_buf_printf(out, "%4d", part->slot);
    else
        pm_buf_puts(out, "   -");
    pm_buf_printf(out, "  %-5s  %10" PRIu64 "  %10" PRIu64 "\n",
                  pm_asset_codec_name(part->codec), stored_size(part),
                  part->decoded_size);
}

static void put_table(struct pm_packer *p)
{
    struct pm_buf *out = &p->out->report;
    uint64_t stored = 0;
    uint64_t resident = 0;
    size_t width = 4;

    for (size_t i = 0; i < p->part_count; i++) {
        struct pm_pack_shown name = pm_pack_show(p->parts[i]->name);
        size_t own = width_of(name.text);
        width = own > width ? own : width;
        stored += stored_size(p->parts[i]);
        resident += p->parts[i]->decoded_size;
    }
    pm_buf_printf(out, "%6s  %-*s  %-6s  %4s  %-5s  %10s  %10s\n", "id",
                  (int)width, "name", "type", "slot", "codec", "stored",
                  "resident");
    for (size_t i = 0; i < p->part_count; i++)
        put_row(p, p->parts[i], (int)width);
    pm_buf_printf(
        out,
        "%zu asset%s, %" PRIu64 " bytes stored, %" PRIu64 " bytes resident\n",
        p->part_count, p->part_count == 1 ? "" : "s", stored, resident);
}

// --- all of it ---------------------------------------------------------------

static void put_unused(struct pm_packer *p)
{
    struct pm_buf *out = &p->out->report;

    for (size_t i = 0; i < p->unit_count; i++) {
        const struct pm_pack_unit *unit = &p->units[i];
        if (unit->kind != PM_PACK_FOR_MAPS || unit->is_dropped)
            continue;
        struct pm_pack_shown shown =
            pm_pack_show(pm_pack_input_at(p, *pm_pack_files_of(unit))->name);
        pm_buf_printf(out, "unused: %s, no map reads this tileset\n",
                      shown.text);
    }
    for (size_t i = 0; i < p->name_count; i++) {
        if (p->names[i].is_used)
            continue;
        struct pm_pack_shown shown = pm_pack_show(p->names[i].text);
        pm_buf_printf(out,
                      "unused: id %" PRId32 " of \"%s\" in %s, its file is "
                      "gone\n",
                      p->names[i].id, shown.text, PM_PACK_REGISTRY);
    }
}

pm_status pm_pack_write_report(struct pm_packer *p)
{
    struct pm_buf notes = p->out->report;

    // Slots were given first, but read better behind the conversions.
    pm_buf_init(&p->out->report, &p->alloc);
    for (size_t i = 0; i < p->unit_count; i++)
        if (p->units[i].report)
            pm_buf_puts(&p->out->report, p->units[i].report);
    if (notes.size)
        pm_buf_put(&p->out->report, notes.data, notes.size);
    p->out->report.failed = p->out->report.failed || notes.failed;
    pm_buf_free(&notes);
    put_table(p);
    put_unused(p);
    return pm_buf_status(&p->out->report);
}
