// SPDX-License-Identifier: MIT
//
// NAME.json and asset.json: what an author says about an asset. Unknown keys,
// values of the wrong kind and keys that mean nothing for this asset are
// faults with their places.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pack/project.h"

#define MOST_SAMPLES 4096

struct reader {
    struct pm_packer *packer;
    struct pm_pack_unit *unit;
    struct pm_pack_settings *settings;
    const char *file;
    struct pm_pack_bytes text;
    struct pm_pack_text places;
    struct pm_json_doc doc;
    bool out_of_memory;
};

static const char *const keys[] = {"type",     "tile_size", "slot",
                                   "asset_id", "codec",     "chunk",
                                   "extract",  "samples",   "sheet_slots"};
static const char *const sample_keys[] = {"file", "name", "loop_start",
                                          "loop_end"};

// --- faults ------------------------------------------------------------------

static struct pm_place place_of(struct reader *r,
                                const struct pm_json_node *node)
{
    return pm_pack_place(&r->places, node->offset);
}

static void put_unknown(struct reader *r, const struct pm_json_node *node,
                        const char *const *known, size_t count)
{
    struct pm_place place = place_of(r, node);
    struct pm_pack_shown shown = pm_pack_show(node->key);
    const char *near = pm_pack_nearest(node->key, known, count);
    char all[200] = "";
    for (size_t i = 0; i < count; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s",
                 i == 0          ? ""
                 : i + 1 < count ? ", "
                                 : " and ",
                 known[i]);
    pm_pack_fault(r->packer->diags, &place, "PACK-CONFIG",
                  near ? "unknown key \"%s\"; did you mean \"%s\"?"
                       : "unknown key \"%s\"; known are %s",
                  shown.text, near ? near : all);
}

bool pm_pack_want_int(struct pm_diags *diags, const struct pm_json_node *node,
                      const struct pm_place *place, const char *key,
                      int64_t min, int64_t max)
{
    if (node->kind != PM_JSON_INT)
        pm_pack_fault(diags, place, "PACK-CONFIG",
                      "%s: found %s; an integer %" PRId64 "..%" PRId64
                      " is wanted",
                      key, pm_json_kind_name(node->kind), min, max);
    else if (node->number < min || node->number > max)
        pm_pack_fault(diags, place, "PACK-CONFIG",
                      "%s: found %" PRId64 "; it must be %" PRId64 "..%" PRId64,
                      key, node->number, min, max);
    else
        return true;
    return false;
}

static bool want(struct reader *r, const struct pm_json_node *node, int64_t min,
                 int64_t max)
{
    struct pm_place place = place_of(r, node);
    return pm_pack_want_int(r->packer->diags, node, &place, node->key, min,
                            max);
}

static void put_wrong(struct reader *r, const struct pm_json_node *node,
                      const char *wanted)
{
    struct pm_place place = place_of(r, node);
    struct pm_pack_shown shown =
        pm_pack_show(node->kind == PM_JSON_STRING ? node->text : "");
    bool is_text = node->kind == PM_JSON_STRING;

    pm_pack_fault(r->packer->diags, &place, "PACK-CONFIG",
                  is_text ? "%s: found \"%s\"; %s is wanted"
                          : "%s: found %s; %s is wanted",
                  node->key ? node->key : "element",
                  is_text ? shown.text : pm_json_kind_name(node->kind), wanted);
}

// A string that holds no NUL, or a fault.
static const char *want_text(struct reader *r, const struct pm_json_node *node,
                             const char *wanted)
{
    if (node->kind == PM_JSON_STRING && node->size > 0 && node->size < 256 &&
        strlen(node->text) == node->size) {
        const char *copy =
            pm_arena_copy(&r->packer->arena, node->text, node->size);
        if (!copy)
            r->out_of_memory = true;
        return copy;
    }
    put_wrong(r, node, wanted);
    return NULL;
}

// --- single keys -------------------------------------------------------------

static void take_type(struct reader *r, const struct pm_json_node *node)
{
    for (int type = 0; node->kind == PM_JSON_STRING && type < PM_BANK_TYPES;
         type++)
        if (strcmp(node->text, pm_bank_type_name((pm_bank_type)type)) == 0) {
            r->settings->has_type = true;
            r->settings->type = (pm_bank_type)type;
            return;
        }
    put_wrong(r, node, "GLYPH, SOUNDS, SCENE or BLOB");
}

static void take_tile_size(struct reader *r, const struct pm_json_node *node)
{
    struct pm_place place = place_of(r, node);

    if (!want(r, node, 8, 32))
        return;
    r->settings->tile_size = (int)node->number;
    if (node->number != 8 && node->number != 16 && node->number != 32)
        pm_pack_fault(r->packer->diags, &place, "PACK-CONFIG",
                      "tile_size: found %d; it must be 8, 16 or 32",
                      r->settings->tile_size);
}

static void take_slot(struct reader *r, const struct pm_json_node *node)
{
    r->settings->slot = PM_PACK_NO_SLOT;
    if (node->kind != PM_JSON_NULL && want(r, node, 0, PM_ASSET_SLOTS - 1))
        r->settings->slot = (int)node->number;
}

static void take_codec(struct reader *r, const struct pm_json_node *node)
{
    static const char *const names[] = {"none", "lz4", "zstd"};

    for (size_t i = 0; node->kind == PM_JSON_STRING && i < 3; i++)
        if (strcmp(node->text, names[i]) == 0) {
            r->settings->has_codec = true;
            r->settings->codec = (pm_asset_codec)i;
            return;
        }
    put_wrong(r, node, "\"none\", \"lz4\" or \"zstd\"");
}

static void take_chunk(struct reader *r, const struct pm_json_node *node)
{
    struct pm_place place = place_of(r, node);

    if (!want(r, node, 4096, 1 << 20))
        return;
    r->settings->chunk = (uint32_t)node->number;
    if (node->number & (node->number - 1))
        pm_pack_fault(r->packer->diags, &place, "PACK-CONFIG",
                      "chunk: found %" PRId64 "; it must be a power of two",
                      node->number);
}

static void take_extract(struct reader *r, const struct pm_json_node *node)
{
    if (node->kind != PM_JSON_TRUE && node->kind != PM_JSON_FALSE)
        put_wrong(r, node, "true or false");
    r->settings->extracts = node->kind == PM_JSON_TRUE;
}

static void take_sheet_slots(struct reader *r, const struct pm_json_node *array)
{
    struct pm_pack_settings *settings = r->settings;

    if (array->kind != PM_JSON_ARRAY || array->children < 1 ||
        array->children > PM_PACK_MOST_SHEETS) {
        put_wrong(r, array, "an array of 1 to 4 slots");
        return;
    }
    for (const struct pm_json_node *node = pm_json_first(&r->doc, array); node;
         node = pm_json_after(&r->doc, node)) {
        struct pm_place place = place_of(r, node);
        if (pm_pack_want_int(r->packer->diags, node, &place, "sheet_slots", 0,
                             PM_ASSET_SLOTS - 1))
            settings->sheet_slots[settings->sheet_slot_count++] =
                (int)node->number;
    }
}

// --- samples -----------------------------------------------------------------

static void take_sample_key(struct reader *r, struct pm_pack_sample *sample,
                            const struct pm_json_node *node, int *loops)
{
    if (strcmp(node->key, "file") == 0) {
        sample->file = want_text(r, node, "the name of a file");
    } else if (strcmp(node->key, "name") == 0) {
        sample->name = want_text(r, node, "a name of 1 to 255 bytes");
    } else if (strcmp(node->key, "loop_start") == 0) {
        *loops |= 1;
        if (want(r, node, 0, UINT32_MAX - 1))
            sample->loop_start = (uint32_t)node->number;
    } else if (strcmp(node->key, "loop_end") == 0) {
        *loops |= 2;
        if (want(r, node, 1, UINT32_MAX))
            sample->loop_end = (uint32_t)node->number;
    } else {
        put_unknown(r, node, sample_keys, PM_ARRAY_LEN(sample_keys));
    }
}

static void take_sample(struct reader *r, struct pm_pack_sample *sample,
                        const struct pm_json_node *object)
{
    int loops = 0;

    sample->place = place_of(r, object);
    if (object->kind != PM_JSON_OBJECT) {
        put_wrong(r, object, "an object such as {\"file\":\"a.wav\"}");
        return;
    }
    for (const struct pm_json_node *node = pm_json_first(&r->doc, object); node;
         node = pm_json_after(&r->doc, node))
        take_sample_key(r, sample, node, &loops);
    sample->has_loop = loops == 3;
    if (loops == 1 || loops == 2 ||
        (loops == 3 && sample->loop_start >= sample->loop_end))
        pm_pack_fault(r->packer->diags, &sample->place, "PACK-CONFIG",
                      "a loop has both loop_start and loop_end, in frames, the "
                      "end exclusive and behind the start");
    if (r->unit->folder && !sample->file)
        pm_pack_fault(r->packer->diags, &sample->place, "PACK-CONFIG",
                      "\"file\" is missing: which sound of the folder is it?");
}

static void take_samples(struct reader *r, const struct pm_json_node *array)
{
    size_t most = r->unit->folder ? MOST_SAMPLES : 1;

    if (array->kind != PM_JSON_ARRAY || array->children < 1 ||
        array->children > most) {
        struct pm_place place = place_of(r, array);
        pm_pack_fault(r->packer->diags, &place, "PACK-CONFIG",
                      "samples: found %s; an array of 1 to %zu objects is "
                      "wanted",
                      pm_json_kind_name(array->kind), most);
        return;
    }
    struct pm_pack_sample *samples =
        pm_arena_alloc(&r->packer->arena, array->children * sizeof *samples);
    if (!samples) {
        r->out_of_memory = true;
        return;
    }
    r->settings->samples = samples;
    for (const struct pm_json_node *node = pm_json_first(&r->doc, array); node;
         node = pm_json_after(&r->doc, node))
        take_sample(r, &samples[r->settings->sample_count++], node);
}

// --- all keys ----------------------------------------------------------------

static void take_key(struct reader *r, const struct pm_json_node *node)
{
    static void (*const takes[])(struct reader *,
                                 const struct pm_json_node *) = {
        take_type,    take_tile_size, take_slot,
        NULL,         take_codec,     take_chunk,
        take_extract, take_samples,   take_sheet_slots};
    struct pm_pack_settings *settings = r->settings;
    size_t i = 0;

    while (i < PM_ARRAY_LEN(keys) && strcmp(node->key, keys[i]) != 0)
        i++;
    if (i == PM_ARRAY_LEN(keys)) {
        put_unknown(r, node, keys, PM_ARRAY_LEN(keys));
        return;
    }
    settings->seen[settings->seen_count].key = keys[i];
    settings->seen[settings->seen_count].place = place_of(r, node);
    settings->seen_count++;
    if (takes[i]) {
        takes[i](r, node);
        return;
    }
    settings->id_place = place_of(r, node);
    if (want(r, node, 1, INT32_MAX))
        settings->id = (int32_t)node->number;
}

static void take_keys(struct reader *r)
{
    if (r->doc.nodes->kind != PM_JSON_OBJECT) {
        struct pm_place place = place_of(r, r->doc.nodes);
        pm_pack_fault(r->packer->diags, &place, "PACK-CONFIG",
                      "found %s; an object is wanted",
                      pm_json_kind_name(r->doc.nodes->kind));
        return;
    }
    if (r->doc.nodes->children == 0)
        return;
    r->settings->seen = pm_arena_alloc(
        &r->packer->arena, r->doc.nodes->children * sizeof *r->settings->seen);
    if (!r->settings->seen) {
        r->out_of_memory = true;
        return;
    }
    for (const struct pm_json_node *node = pm_json_first(&r->doc, r->doc.nodes);
         node; node = pm_json_after(&r->doc, node))
        take_key(r, node);
}

static pm_status read_keys(struct pm_packer *p, struct pm_pack_unit *unit)
{
    struct reader r = {.packer = p,
                       .unit = unit,
                       .settings = &unit->settings,
                       .file = pm_pack_input_at(p, unit->settings.input)->name};
    size_t errors = p->diags->errors;
    pm_status status = pm_pack_read(p, unit->settings.input, p->diags, &r.text);

    if (!status)
        status = pm_json_parse(r.text.data, r.text.size, r.file, &p->alloc,
                               p->diags, &r.doc);
    if (!status) {
        r.places = (struct pm_pack_text){
            .file = r.file, .text = r.text.data, .size = r.text.size};
        take_keys(&r);
        pm_json_doc_free(&r.doc);
    }
    pm_pack_release(p, &r.text);
    unit->settings.is_bad = p->diags->errors != errors;
    if (r.out_of_memory)
        return PM_ERR_NO_MEMORY;
    return status == PM_ERR_INVALID ? PM_OK : status;
}

pm_status pm_pack_read_settings(struct pm_packer *p, struct pm_pack_unit *unit)
{
    unit->settings.slot = PM_PACK_ANY_SLOT;
    if (unit->settings.input != PM_PACK_NONE) {
        pm_status status = read_keys(p, unit);
        if (status)
            return status;
    }
    pm_pack_apply_settings(p, unit);
    return PM_OK;
}
