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
    struct pm_json_doc doc;
    bool out_of_memory;
};

static const char *const keys[] = {"type",  "tile_size", "slot",    "asset_id",
                                   "codec", "chunk",     "extract", "samples"};
static const char *const sample_keys[] = {"file", "name", "loop_start",
                                          "loop_end"};

// --- faults ------------------------------------------------------------------

void pm_pack_fault(struct pm_diags *diags, const struct pm_place *place,
                   const char *code, const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_diags_error(diags, place, code, "%s", text);
}

// Escapes by hand: no memory is needed, so none can be short.
struct pm_pack_shown pm_pack_show(const char *text)
{
    struct pm_pack_shown out;
    size_t at = 0;

    for (const char *from = text; *from; from++) {
        uint8_t byte = (uint8_t)*from;
        bool is_plain = byte >= 0x20 && byte < 0x7f && byte != '\\';
        if (at + 8 > sizeof out.text) {
            memcpy(out.text + at, "...", 3);
            at += 3;
            break;
        }
        if (is_plain)
            out.text[at++] = *from;
        else
            at += (size_t)snprintf(out.text + at, 5, "\\x%02x", byte);
    }
    out.text[at] = 0;
    return out;
}

static struct pm_place place_of(const struct reader *r,
                                const struct pm_json_node *node)
{
    return pm_json_place(r->file, r->text.data, r->text.size, node->offset);
}

// The distance that two words are apart: changed, left out, put in letters.
static size_t distance(const char *a, const char *b)
{
    size_t row[24];
    size_t width = strlen(b);

    if (width + 1 > PM_ARRAY_LEN(row) || strlen(a) > 40)
        return SIZE_MAX;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[width];
}

static void put_unknown(struct reader *r, const struct pm_json_node *node,
                        const char *const *known, size_t count)
{
    struct pm_place place = place_of(r, node);
    struct pm_pack_shown shown = pm_pack_show(node->key);
    const char *near = NULL;
    size_t least = strlen(node->key) < 4 ? 2 : 3;

    for (size_t i = 0; i < count; i++) {
        size_t apart = distance(node->key, known[i]);
        if (apart < least) {
            least = apart;
            near = known[i];
        }
    }
    char all[160] = "";
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
    sample->place.file = r->file;
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
        take_type,  take_tile_size, take_slot,    NULL,
        take_codec, take_chunk,     take_extract, take_samples};
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
    settings->seen[settings->seen_count++].place.file = r->file;
    if (takes[i]) {
        takes[i](r, node);
        return;
    }
    settings->id_place = place_of(r, node);
    settings->id_place.file = r->file;
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
        take_keys(&r);
        pm_json_doc_free(&r.doc);
    }
    pm_pack_release(p, &r.text);
    unit->settings.is_bad = p->diags->errors != errors;
    if (r.out_of_memory)
        return PM_ERR_NO_MEMORY;
    return status == PM_ERR_INVALID ? PM_OK : status;
}

// --- what they mean for a unit -----------------------------------------------

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

static void check_meaning(struct pm_packer *p, struct pm_pack_unit *unit)
{
    for (size_t i = 0; i < unit->settings.seen_count; i++) {
        const char *key = unit->settings.seen[i].key;
        bool is_picture = unit->kind == PM_PACK_PICTURE;
        bool is_fine = strcmp(key, "tile_size") == 0
                           ? is_picture || unit->kind == PM_PACK_ANIMATION
                       : strcmp(key, "extract") == 0 ? is_picture
                       : strcmp(key, "samples") == 0
                           ? unit->kind == PM_PACK_SOUND
                           : true;
        if (!is_fine)
            fault_at_key(p, unit, key,
                         "%s: this means nothing for \"%s\"; leave it out");
    }
}

pm_status pm_pack_read_settings(struct pm_packer *p, struct pm_pack_unit *unit)
{
    unit->settings.slot = PM_PACK_ANY_SLOT;
    if (unit->settings.input != PM_PACK_NONE) {
        pm_status status = read_keys(p, unit);
        if (status)
            return status;
    }
    choose_kind(p, unit);
    if (!unit->settings.is_bad)
        check_meaning(p, unit);
    return PM_OK;
}
