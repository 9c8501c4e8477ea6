// SPDX-License-Identifier: MIT
//
// Scenes get the slots of their sheets, which are known last, and are packed:
// a job each, with the cache as for everything else.

#include <string.h>

#include <prometeu/version.h>

#include "base/bits.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "pack/jobs.h"
#include "pack/project.h"

#define LAYERS 4

// A scene that is finished: its form with slots, packed. It is kept in the
// cache as the only part of a result of its own.
struct scene_job {
    struct pm_job job; // the first member
    struct pm_pack_unit result;
    struct pm_pack_part *scene;
    struct pm_buf form;
};

static pm_status fault_no_slot(struct pm_packer *p,
                               const struct pm_pack_part *scene,
                               const struct pm_pack_part *sheet)
{
    struct pm_place place = {.file = pm_pack_first_file(scene)};
    struct pm_pack_shown shown = pm_pack_show(sheet->name);

    pm_pack_fault(p->diags, &place, "PACK-SLOT",
                  "the map draws from \"%s\", for which no GLYPH slot is left: "
                  "all 16 are taken; say {\"slot\": null} in the NAME.json of "
                  "a sheet that need not be preloaded, or \"sheet_slots\" in "
                  "the map's",
                  shown.text);
    return PM_ERR_INVALID;
}

static bool has_sheets(const struct pm_pack_unit *unit)
{
    return unit->part_count > 1 && unit->parts[1].bank == PM_BANK_GLYPH;
}

// Puts slots in place of the numbers of sheets. The form is of our own
// writing, but may come from the cache: it is walked as if it were hostile.
static pm_status put_slots(struct pm_packer *p, struct scene_job *job)
{
    const struct pm_pack_unit *unit = job->scene->unit;
    struct pm_cursor c = pm_cursor_make(job->form.data, job->form.size);

    pm_cursor_take(&c, 8);
    for (int i = 0; i < LAYERS; i++) {
        uint8_t *layer = job->form.data + c.at;
        if (!pm_cursor_take(&c, 20))
            return PM_ERR_CORRUPT;
        uint64_t cells =
            (uint64_t)pm_load32(layer + 12) * pm_load32(layer + 16);
        if (cells > pm_cursor_left(&c) / 4)
            return PM_ERR_CORRUPT;
        pm_cursor_take(&c, (size_t)cells * 4);
        if (!layer[0])
            continue;
        // Nothing is drawn of a map without tiles.
        if (!has_sheets(unit)) {
            layer[1] = 0;
            continue;
        }
        size_t sheet = (size_t)layer[1] + 1;
        if (sheet >= unit->part_count ||
            unit->parts[sheet].bank != PM_BANK_GLYPH)
            return PM_ERR_CORRUPT;
        int slot = pm_pack_sheet_slot(unit, sheet - 1);
        if (slot < 0)
            slot = unit->parts[sheet].slot;
        if (slot < 0)
            return fault_no_slot(p, job->scene, &unit->parts[sheet]);
        layer[1] = (uint8_t)slot;
    }
    return PM_OK;
}

static pm_status make_key(struct scene_job *job)
{
    const struct pm_pack_settings *settings = &job->scene->unit->settings;
    struct pm_hash128 form = pm_hash128(job->form.data, job->form.size);
    struct pm_buf text;

    pm_buf_init(&text, &job->form.alloc);
    pm_buf_puts(&text, "scene " PM_VERSION_STRING);
    pm_buf_puts(&text, job->scene->name);
    pm_buf_put8(&text, settings->has_codec);
    pm_buf_put8(&text, (uint8_t)settings->codec);
    pm_buf_put8(&text, job->result.packer->project->stores);
    pm_buf_put32(&text, settings->chunk);
    pm_buf_put64(&text, form.low);
    pm_buf_put64(&text, form.high);
    pm_status status = pm_buf_status(&text);
    if (!status)
        job->result.key = pm_hash128(text.data, text.size);
    pm_buf_free(&text);
    return status;
}

// Packs the form; what is stored as it is has no bytes of its own.
static pm_status pack_form(struct scene_job *job, struct pm_pack_maker *m)
{
    struct pm_pack_part part = {.suffix = "",
                                .bank = PM_BANK_SCENE,
                                .form_size = job->form.size,
                                .decoded_size = job->form.size};
    struct pm_buf packed;

    pm_buf_init(&packed, &m->alloc);
    pm_status status = pm_pack_choose_codec(
        job->scene->unit, &part, job->form.data, job->form.size, &packed);
    part.bytes = packed.data;
    part.size = packed.size;
    if (!status) {
        pm_pack_put_part(&m->parts, &part);
        m->part_count = 1;
        status = pm_pack_write_result(m);
    }
    pm_buf_free(&packed);
    return status;
}

static pm_status make_result(struct scene_job *job)
{
    struct pm_packer *p = job->result.packer;
    const struct pm_pack_cache *cache = p->project->cache;
    struct pm_pack_maker m = {.packer = p,
                              .unit = &job->result,
                              .alloc = p->alloc,
                              .diags = &job->result.diags};

    pm_buf_init(&m.report, &p->alloc);
    pm_buf_init(&m.parts, &p->alloc);
    pm_buf_init(&m.missing, &p->alloc);
    pm_status status = pack_form(job, &m);
    pm_buf_free(&m.parts);
    if (!status)
        status = pm_pack_read_result(&job->result);
    if (!status && cache)
        cache->keep(cache->context, &job->result.key, job->result.result.data,
                    job->result.result.size);
    return status;
}

static bool take_from_cache(struct scene_job *job)
{
    const struct pm_pack_cache *cache = job->result.packer->project->cache;

    if (!cache || cache->find(cache->context, &job->result.key,
                              &job->result.bytes, &job->result.size) != PM_OK)
        return false;
    if (pm_pack_read_result(&job->result) == PM_OK &&
        job->result.part_count == 1)
        return true;
    pm_pack_free_result(&job->result);
    return false;
}

static void run_scene(struct pm_job *at)
{
    struct scene_job *job = (struct scene_job *)at;
    struct pm_pack_part *scene = job->scene;

    job->result.status = make_key(job);
    if (!job->result.status && !take_from_cache(job))
        job->result.status = make_result(job);
    if (job->result.status)
        return;
    const struct pm_pack_part *part = &job->result.parts[0];
    scene->codec = part->codec;
    scene->chunk = part->chunk;
    if (part->codec == PM_CODEC_NONE)
        pm_buf_put(&scene->packed, job->form.data, job->form.size);
    else
        pm_buf_put(&scene->packed, part->bytes, part->size);
    scene->bytes = scene->packed.data;
    scene->size = scene->packed.size;
    job->result.status = pm_buf_status(&scene->packed);
}

static pm_status begin_scene(struct pm_packer *p, struct scene_job *job,
                             struct pm_pack_part *scene)
{
    job->result.packer = p;
    job->scene = scene;
    pm_buf_init(&job->form, &p->alloc);
    pm_buf_init(&job->result.result, &p->alloc);
    pm_buf_init(&job->result.used, &p->alloc);
    pm_diags_init(&job->result.diags, &p->alloc);
    pm_buf_put(&job->form, scene->bytes, scene->size);
    if (job->form.failed)
        return PM_ERR_NO_MEMORY;
    pm_status status = put_slots(p, job);
    if (!status)
        job->job.run = run_scene;
    return status;
}

static void end_scene(struct pm_packer *p, struct scene_job *job)
{
    if (!job->result.packer)
        return;
    if (job->result.status == PM_OK && job->result.parts)
        pm_buf_put(&p->out->keys, &job->result.key, sizeof job->result.key);
    pm_pack_free_result(&job->result);
    pm_buf_free(&job->result.result);
    pm_buf_free(&job->result.used);
    pm_diags_free(&job->result.diags);
    pm_buf_free(&job->form);
}

static pm_status run_scenes(struct pm_packer *p, struct scene_job *jobs)
{
    pm_status status = PM_OK;
    size_t at = 0;

    for (size_t i = 0; i < p->part_count; i++) {
        if (p->parts[i]->bank != PM_BANK_SCENE)
            continue;
        pm_status one = begin_scene(p, &jobs[at++], p->parts[i]);
        if (one && (!status || status == PM_ERR_INVALID))
            status = one;
    }
    if (status)
        return status;
    pm_pack_run_jobs(p->project->workers, jobs, at, sizeof *jobs);
    for (size_t i = 0; i < at && !status; i++)
        status = jobs[i].result.status;
    return status;
}

pm_status pm_pack_finish_scenes(struct pm_packer *p)
{
    size_t count = 0;

    for (size_t i = 0; i < p->part_count; i++)
        count += p->parts[i]->bank == PM_BANK_SCENE;
    if (count == 0)
        return PM_OK;
    struct scene_job *jobs = pm_mem_zarray(&p->alloc, count, sizeof *jobs);
    if (!jobs)
        return PM_ERR_NO_MEMORY;
    pm_status status = run_scenes(p, jobs);
    for (size_t i = 0; i < count; i++)
        end_scene(p, &jobs[i]);
    pm_mem_free(&p->alloc, jobs, count * sizeof *jobs);
    return status;
}
