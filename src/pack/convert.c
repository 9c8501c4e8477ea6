// SPDX-License-Identifier: MIT
//
// Runs the conversions: each unit is a job that looks into the cache under the
// hash of all that its result depends on, and converts when there is nothing
// good. Maps go first, because what they read is no asset of its own.

#include <string.h>

#include <prometeu/version.h>

#include "base/bits.h"
#include "base/mem.h"
#include "pack/jobs.h"
#include "pack/project.h"

// To be raised when a converter makes other bytes of the same file, so that no
// older result is taken for one of now.
#define REVISION 1u

// --- keys --------------------------------------------------------------------

static void put_samples(struct pm_buf *out,
                        const struct pm_pack_settings *settings)
{
    pm_buf_put32(out, (uint32_t)settings->sample_count);
    for (size_t i = 0; i < settings->sample_count; i++) {
        const struct pm_pack_sample *sample = &settings->samples[i];
        pm_buf_puts(out, sample->file ? sample->file : "");
        pm_buf_put8(out, 0);
        pm_buf_puts(out, sample->name ? sample->name : "");
        pm_buf_put8(out, 0);
        pm_buf_put8(out, sample->has_loop);
        pm_buf_put32(out, sample->loop_start);
        pm_buf_put32(out, sample->loop_end);
        // Faults in a sample are told with its place.
        pm_buf_put32(out, sample->place.line);
        pm_buf_put32(out, sample->place.column);
    }
}

static pm_status make_key(struct pm_pack_unit *unit)
{
    const struct pm_pack_settings *settings = &unit->settings;
    const uint32_t *files = pm_pack_files_of(unit);
    struct pm_buf text;

    pm_buf_init(&text, &unit->packer->alloc);
    pm_buf_puts(&text, PM_VERSION_STRING);
    pm_buf_put32(&text, REVISION);
    pm_buf_put8(&text, (uint8_t)unit->kind);
    pm_buf_put8(&text, (uint8_t)settings->tile_size);
    pm_buf_put8(&text, settings->has_codec);
    pm_buf_put8(&text, (uint8_t)settings->codec);
    pm_buf_put8(&text, unit->packer->project->stores);
    pm_buf_put32(&text, settings->chunk);
    pm_buf_put8(&text, settings->extracts);
    put_samples(&text, settings);
    pm_buf_puts(&text, unit->name);
    pm_buf_put8(&text, unit->folder != NULL);
    for (uint32_t i = 0; i < unit->file_count; i++) {
        const struct pm_pack_input *in =
            pm_pack_input_at(unit->packer, files[i]);
        pm_buf_puts(&text, in->name);
        pm_buf_put8(&text, 0);
        pm_buf_put64(&text, in->hash.low);
        pm_buf_put64(&text, in->hash.high);
    }
    pm_status status = pm_buf_status(&text);
    if (!status)
        unit->key = pm_hash128(text.data, text.size);
    pm_buf_free(&text);
    return status;
}

// --- parts -------------------------------------------------------------------

pm_status pm_pack_open_file(struct pm_pack_maker *m, uint32_t index,
                            struct pm_pack_bytes *bytes,
                            struct pm_pack_file *out)
{
    uint32_t input = pm_pack_files_of(m->unit)[index];
    const struct pm_pack_input *in = pm_pack_input_at(m->packer, input);
    pm_status status = pm_pack_read_same(m->packer, input, m->diags, bytes);

    if (status)
        return status;
    *out = (struct pm_pack_file){.name = in->name,
                                 .bytes = bytes->data,
                                 .size = bytes->size,
                                 .alloc = &m->alloc,
                                 .diags = m->diags,
                                 .report = &m->report};
    return PM_OK;
}

pm_status pm_pack_choose_codec(const struct pm_pack_unit *unit,
                               struct pm_pack_part *part, const uint8_t *form,
                               size_t size, struct pm_buf *out)
{
    const struct pm_pack_settings *settings = &unit->settings;
    uint32_t chunk = settings->chunk ? settings->chunk : PM_ASSET_BLOCK;
    pm_asset_codec codec =
        settings->has_codec ? settings->codec : PM_CODEC_ZSTD;

    part->codec = PM_CODEC_NONE;
    part->chunk = 0;
    if (!settings->has_codec && unit->packer->project->stores)
        return PM_OK;
    // What has no bytes has none to save.
    if (codec == PM_CODEC_NONE || size == 0)
        return PM_OK;
    out->size = 0;
    pm_status status = pm_asset_pack((uint8_t)codec, chunk, form, size, out);
    if (status)
        return status;
    if (!settings->has_codec && out->size > size - size / 8) {
        out->size = 0;
        return PM_OK;
    }
    part->codec = codec;
    part->chunk = chunk;
    return PM_OK;
}

pm_status pm_pack_add_part(struct pm_pack_maker *m,
                           const struct pm_pack_part *given)
{
    struct pm_pack_part part = *given;
    struct pm_buf packed;
    pm_status status = PM_OK;

    pm_buf_init(&packed, &m->alloc);
    part.form_size = given->size;
    if (part.decoded_size == 0)
        part.decoded_size = given->size;
    // A scene is packed when the slots of its sheets are known.
    if (part.bank != PM_BANK_SCENE)
        status = pm_pack_choose_codec(m->unit, &part, given->bytes, given->size,
                                      &packed);
    if (packed.size) {
        part.bytes = packed.data;
        part.size = packed.size;
        part.is_file = false;
    } else if (part.is_file) {
        part.size = 0;
    }
    if (!status) {
        pm_pack_put_part(&m->parts, &part);
        m->part_count++;
        status = pm_buf_status(&m->parts);
    }
    pm_buf_free(&packed);
    return status;
}

pm_status pm_pack_add_glyph(struct pm_pack_maker *m, const char *suffix,
                            const struct pm_pack_glyph *glyph, int palettes)
{
    struct pm_pack_part part = {.suffix = suffix,
                                .bank = PM_BANK_GLYPH,
                                .bytes = glyph->bytes.data,
                                .size = glyph->bytes.size};
    struct pm_buf metadata;

    pm_buf_init(&metadata, &m->alloc);
    pm_buf_printf(&metadata,
                  "{\"height\":%d,\"palette_authored\":%d,"
                  "\"palette_count\":64,\"tile_size\":%d,\"width\":%d}",
                  glyph->height, palettes, glyph->tile_size, glyph->width);
    part.metadata = pm_buf_cstr(&metadata);
    part.decoded_size =
        (uint64_t)glyph->width * glyph->height + PM_ASSET_PALETTE_SIZE;
    pm_status status =
        part.metadata ? pm_pack_add_part(m, &part) : PM_ERR_NO_MEMORY;
    pm_buf_free(&metadata);
    return status;
}

// --- one unit ----------------------------------------------------------------

static pm_status make(struct pm_pack_maker *m)
{
    switch (m->unit->kind) {
    case PM_PACK_PICTURE:
        return pm_pack_make_picture(m);
    case PM_PACK_SOUND:
        return pm_pack_make_sound(m);
    case PM_PACK_ANIMATION:
        return pm_pack_make_animation(m);
    case PM_PACK_MAP:
        return pm_pack_make_map(m);
    default:
        return pm_pack_make_raw(m);
    }
}

// From the result on there is one way for what was made and what was kept:
// also its warnings are those that the result has.
static pm_status settle(struct pm_pack_maker *m)
{
    struct pm_pack_unit *unit = m->unit;

    if (m->diags->out_of_memory)
        return PM_ERR_NO_MEMORY;
    if (m->diags->errors)
        return PM_ERR_INVALID;
    pm_status status = pm_pack_write_result(m);
    if (status)
        return status;
    pm_diags_free(&unit->diags);
    return pm_pack_read_result(unit);
}

static pm_status convert(struct pm_pack_unit *unit)
{
    struct pm_packer *p = unit->packer;
    struct pm_pack_maker m = {
        .packer = p, .unit = unit, .alloc = p->alloc, .diags = &unit->diags};

    pm_buf_init(&m.report, &p->alloc);
    pm_buf_init(&m.parts, &p->alloc);
    pm_buf_init(&m.missing, &p->alloc);
    pm_status status = make(&m);
    if (!status)
        status = settle(&m);
    pm_buf_free(&m.report);
    pm_buf_free(&m.parts);
    pm_buf_free(&m.missing);
    return status;
}

// Whether the other files that the result was made of are as they were.
static bool deps_hold(struct pm_pack_unit *unit)
{
    for (size_t i = 0; i < unit->dep_count; i++) {
        const struct pm_pack_dep *dep = &unit->deps[i];
        if (dep->input == PM_PACK_NONE)
            continue;
        const struct pm_pack_input *in =
            pm_pack_input_at(unit->packer, dep->input);
        if (in->hash.low != dep->hash.low || in->hash.high != dep->hash.high)
            return false;
        pm_buf_put32(&unit->used, dep->input);
    }
    return !unit->used.failed;
}

static bool take_from_cache(struct pm_pack_unit *unit)
{
    const struct pm_pack_cache *cache = unit->packer->project->cache;

    if (!cache || cache->find(cache->context, &unit->key, &unit->bytes,
                              &unit->size) != PM_OK)
        return false;
    if (pm_pack_read_result(unit) == PM_OK && deps_hold(unit) &&
        !unit->diags.out_of_memory)
        return true;
    pm_pack_free_result(unit);
    pm_diags_free(&unit->diags);
    pm_buf_free(&unit->used);
    return false;
}

static void run_unit(struct pm_job *job)
{
    struct pm_pack_unit *unit = (struct pm_pack_unit *)job;
    const struct pm_pack_cache *cache = unit->packer->project->cache;

    unit->status = make_key(unit);
    if (unit->status)
        return;
    unit->is_from_cache = take_from_cache(unit);
    if (unit->is_from_cache)
        return;
    unit->status = convert(unit);
    if (!unit->status && cache)
        cache->keep(cache->context, &unit->key, unit->result.data,
                    unit->result.size);
}

// --- all units ---------------------------------------------------------------

static void run_units(struct pm_packer *p, bool maps)
{
    for (size_t i = 0; i < p->unit_count; i++) {
        struct pm_pack_unit *unit = &p->units[i];
        bool runs = !unit->is_dropped && !unit->settings.is_bad &&
                    unit->kind != PM_PACK_FOR_MAPS &&
                    (unit->kind == PM_PACK_MAP) == maps;
        unit->job.run = runs ? run_unit : NULL;
    }
    pm_pack_run_jobs(p->project->workers, p->units, p->unit_count,
                     sizeof *p->units);
}

// A picture or tileset that a map reads is the map's alone, unless it has
// settings of its own.
static void drop_what_maps_read(struct pm_packer *p)
{
    for (size_t i = 0; i < p->unit_count; i++) {
        const struct pm_buf *used = &p->units[i].used;
        for (size_t at = 0; at < used->size; at += 4)
            p->is_of_map[pm_load32(used->data + at)] = true;
    }
    for (size_t i = 0; i < p->unit_count; i++) {
        struct pm_pack_unit *unit = &p->units[i];
        if (!unit->folder && unit->settings.input == PM_PACK_NONE &&
            (unit->kind == PM_PACK_PICTURE || unit->kind == PM_PACK_FOR_MAPS))
            unit->is_dropped = p->is_of_map[*pm_pack_files_of(unit)];
    }
}

pm_status pm_pack_convert_units(struct pm_packer *p)
{
    pm_status status = PM_OK;

    run_units(p, true);
    drop_what_maps_read(p);
    run_units(p, false);
    for (size_t i = 0; i < p->unit_count; i++) {
        struct pm_pack_unit *unit = &p->units[i];
        if (!status && unit->status != PM_ERR_INVALID)
            status = unit->status;
        if (unit->status == PM_OK && unit->parts) {
            pm_buf_put(&p->out->keys, &unit->key, sizeof unit->key);
            p->out->converted += !unit->is_from_cache;
        }
        pm_pack_take_diags(p->diags, &unit->diags);
    }
    return status;
}
