// SPDX-License-Identifier: MIT
//
// Sounds become a SOUNDS asset: a sample each, end to end, named by settings
// or by their files.

#include <inttypes.h>
#include <string.h>

#include "base/json_write.h"
#include "pack/project.h"

struct sounds {
    struct pm_pack_maker *maker;
    struct pm_buf samples;
    struct pm_buf metadata;
    struct pm_json_writer json;
    uint64_t frames;
};

// The file's name without folder and ending.
static void write_name(struct sounds *s, const struct pm_pack_sample *setting,
                       const char *file)
{
    const char *base = pm_pack_base_name(file);
    const char *dot = strrchr(base, '.');

    pm_json_write_key(&s->json, "name");
    if (setting && setting->name)
        pm_json_write_cstr(&s->json, setting->name);
    else
        pm_json_write_string(&s->json, base,
                             dot ? (size_t)(dot - base) : strlen(base));
}

// Keys go in the order of their bytes.
static void write_sample(struct sounds *s, const struct pm_pack_sample *setting,
                         const struct pm_pack_sound *sound, const char *file)
{
    bool has_setting = setting && setting->has_loop;

    pm_json_write_begin_object(&s->json);
    pm_json_write_key(&s->json, "frames");
    pm_json_write_int(&s->json, sound->frames);
    if (has_setting || sound->has_loop) {
        pm_json_write_key(&s->json, "loop_end");
        pm_json_write_int(&s->json,
                          has_setting ? setting->loop_end : sound->loop_end);
        pm_json_write_key(&s->json, "loop_start");
        pm_json_write_int(&s->json, has_setting ? setting->loop_start
                                                : sound->loop_start);
    }
    write_name(s, setting, file);
    pm_json_write_key(&s->json, "offset");
    pm_json_write_int(&s->json, (int64_t)s->frames);
    pm_json_write_key(&s->json, "rate");
    pm_json_write_int(&s->json, sound->rate);
    pm_json_write_end(&s->json);
}

static void put_samples(struct sounds *s, const struct pm_pack_sound *sound)
{
    for (uint32_t i = 0; i < sound->frames && !s->samples.failed; i++)
        pm_buf_put16(&s->samples, (uint16_t)sound->samples[i]);
    s->frames += sound->frames;
}

static pm_status add_file(struct sounds *s, uint32_t index,
                          const struct pm_pack_sample *setting)
{
    struct pm_pack_maker *m = s->maker;
    struct pm_pack_bytes bytes;
    struct pm_pack_file file;
    struct pm_pack_sound sound;
    pm_status status = pm_pack_open_file(m, index, &bytes, &file);

    if (status)
        return status;
    status = pm_pack_decode_sound(&file, &sound);
    pm_pack_release(m->packer, &bytes);
    if (status)
        return status;
    if (setting && setting->has_loop && setting->loop_end > sound.frames)
        pm_diags_error(m->diags, &setting->place, "PACK-CONFIG",
                       "loop_end is %" PRIu32 ", but the sound has %" PRIu32
                       " frames",
                       setting->loop_end, sound.frames);
    write_sample(s, setting, &sound, file.name);
    put_samples(s, &sound);
    pm_pack_sound_free(&m->alloc, &sound);
    return pm_buf_status(&s->samples);
}

// --- which files -------------------------------------------------------------

// The unit's file that a sample names, relative to its folder.
static uint32_t find_file(const struct pm_pack_maker *m,
                          const struct pm_pack_sample *setting)
{
    const struct pm_pack_unit *unit = m->unit;
    const char *folder = unit->folder ? unit->folder : "";
    size_t size = strlen(folder);
    const uint32_t *files = pm_pack_files_of(unit);
    uint32_t low = 0;
    uint32_t high = unit->file_count;

    if (!setting->file)
        return 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *name = pm_pack_input_at(m->packer, files[middle])->name;
        // A single file may be named with or without its folders.
        const char *own = unit->folder ? name + size : pm_pack_base_name(name);
        int order = strcmp(own, setting->file);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PM_PACK_NONE;
}

static pm_status add_settings(struct sounds *s)
{
    struct pm_pack_maker *m = s->maker;
    const struct pm_pack_settings *settings = &m->unit->settings;

    for (size_t i = 0; i < settings->sample_count; i++) {
        const struct pm_pack_sample *setting = &settings->samples[i];
        uint32_t index = find_file(m, setting);
        if (index == PM_PACK_NONE) {
            struct pm_pack_shown shown = pm_pack_show(setting->file);
            pm_diags_error(m->diags, &setting->place, "PACK-CONFIG",
                           "there is no file \"%s\" here", shown.text);
            continue;
        }
        pm_status status = add_file(s, index, setting);
        if (status && status != PM_ERR_INVALID)
            return status;
    }
    return PM_OK;
}

static pm_status add_files(struct sounds *s)
{
    struct pm_pack_maker *m = s->maker;
    const uint32_t *files = pm_pack_files_of(m->unit);

    for (uint32_t i = 0; i < m->unit->file_count; i++) {
        const char *name = pm_pack_input_at(m->packer, files[i])->name;
        struct pm_place place = {.file = name};
        pm_status status = PM_OK;
        if (pm_pack_makes(name, PM_BANK_SOUNDS))
            status = add_file(s, i, NULL);
        else
            pm_diags_warning(m->diags, &place, "PACK-UNUSED",
                             "the folder is one of sounds, and this is none");
        if (status && status != PM_ERR_INVALID)
            return status;
    }
    return PM_OK;
}

static pm_status finish(struct sounds *s)
{
    struct pm_pack_part part = {.suffix = "",
                                .bank = PM_BANK_SOUNDS,
                                .bytes = s->samples.data,
                                .size = s->samples.size};

    pm_json_write_end(&s->json);
    pm_json_write_end(&s->json);
    part.metadata = pm_buf_cstr(&s->metadata);
    if (!part.metadata)
        return PM_ERR_NO_MEMORY;
    return pm_pack_add_part(s->maker, &part);
}

pm_status pm_pack_make_sound(struct pm_pack_maker *m)
{
    struct sounds s = {.maker = m};

    pm_buf_init(&s.samples, &m->alloc);
    pm_buf_init(&s.metadata, &m->alloc);
    s.json = pm_json_write_to(&s.metadata);
    pm_json_write_begin_object(&s.json);
    pm_json_write_key(&s.json, "samples");
    pm_json_write_begin_array(&s.json);
    pm_status status =
        m->unit->settings.sample_count ? add_settings(&s) : add_files(&s);
    if (!status)
        status = m->diags->errors ? PM_ERR_INVALID : finish(&s);
    pm_buf_free(&s.samples);
    pm_buf_free(&s.metadata);
    return status;
}
