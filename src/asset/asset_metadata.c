// SPDX-License-Identifier: MIT
//
// Metadata by bank type, and the formulas that tie it to the sizes. Keys that
// are not known are ignored here and kept in the header.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset_internal.h"

#define SCENE_HEAD  8  // magic, version, layer count
#define SCENE_LAYER 20 // bytes of a layer before its cells

static void open_metadata(struct pm_json *json, const struct pm_asset *asset,
                          const struct pm_asset_entry *e)
{
    pm_json_open_at(json, asset->header, e->metadata_offset,
                    e->metadata_offset + e->metadata_size, &asset->alloc);
}

// Reads the value that is due as an integer of the metadata.
static int64_t read_int(struct pm_asset_opener *o, struct pm_json *json,
                        struct pm_asset_entry *e, const char *code,
                        const char *field, int64_t min, int64_t max)
{
    struct pm_json_value v;
    int64_t number;
    pm_json_skip(json, &v, NULL);
    if (!pm_asset_want_int(o, &v, code, field, min, max, &number))
        e->is_bad = true;
    return number;
}

static void want_keys(struct pm_asset_opener *o, struct pm_asset_entry *e,
                      uint32_t offset, const char *code, const char *where,
                      const char *const *names, int count, unsigned seen)
{
    for (int i = 0; i < count; i++)
        if (!(seen & 1u << i)) {
            pm_asset_entry_fault(o, offset, code, where,
                                 "the key \"%s\" is missing", names[i]);
            e->is_bad = true;
        }
}

static int key_among(const struct pm_json *json, const struct pm_json_str *key,
                     const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (pm_json_str_is(json, key, names[i]))
            return i;
    return -1;
}

static void want_size(struct pm_asset_opener *o, struct pm_asset_entry *e,
                      const char *field, uint64_t found, uint64_t wanted,
                      const char *why)
{
    if (found == wanted)
        return;
    pm_asset_entry_fault(o, e->header_offset, "PA-ENTRY-SIZE", field,
                         "found %" PRIu64 "; it must be %" PRIu64 ", %s", found,
                         wanted, why);
    e->is_bad = true;
}

// --- GLYPH -------------------------------------------------------------------

enum { GLYPH_HEIGHT, GLYPH_AUTHORED, GLYPH_COUNT, GLYPH_TILE, GLYPH_WIDTH };

static void read_glyph_key(struct pm_asset_opener *o, struct pm_json *json,
                           struct pm_asset_entry *e, int key)
{
    static const char code[] = "PA-GLYPH";
    switch (key) {
    case GLYPH_HEIGHT:
        e->height =
            (uint16_t)read_int(o, json, e, code, "metadata.height", 8, 256);
        break;
    case GLYPH_AUTHORED:
        e->palette_authored = (uint8_t)read_int(
            o, json, e, code, "metadata.palette_authored", 0, 64);
        break;
    case GLYPH_COUNT:
        read_int(o, json, e, code, "metadata.palette_count", 64, 64);
        break;
    case GLYPH_TILE:
        e->tile_size =
            (uint8_t)read_int(o, json, e, code, "metadata.tile_size", 8, 32);
        break;
    default:
        e->width =
            (uint16_t)read_int(o, json, e, code, "metadata.width", 8, 256);
        break;
    }
}

static void check_tiles(struct pm_asset_opener *o, struct pm_asset_entry *e)
{
    int tile = e->tile_size;

    if (tile != 8 && tile != 16 && tile != 32) {
        pm_asset_entry_fault(o, e->metadata_offset, "PA-GLYPH",
                             "metadata.tile_size",
                             "found %d; it must be 8, 16 or 32", tile);
        e->is_bad = true;
        return;
    }
    if (e->width % tile || e->height % tile) {
        pm_asset_entry_fault(o, e->metadata_offset, "PA-GLYPH", "metadata",
                             "a sheet of %u x %u pixels is no whole number of "
                             "tiles of %d",
                             e->width, e->height, tile);
        e->is_bad = true;
        return;
    }
    want_size(o, e, "decoded_size", e->decoded_size,
              (uint64_t)e->width * e->height + PM_ASSET_PALETTE_SIZE,
              "width * height + 2048");
}

static void check_glyph(struct pm_asset_opener *o, struct pm_json *json,
                        struct pm_asset_entry *e)
{
    static const char *const names[] = {"height", "palette_authored",
                                        "palette_count", "tile_size", "width"};
    struct pm_json_str key;
    unsigned seen = 0;

    while (pm_json_next(json, &key)) {
        int which = key_among(json, &key, names, 5);
        if (which < 0) {
            pm_json_skip(json, NULL, NULL);
            continue;
        }
        seen |= 1u << which;
        read_glyph_key(o, json, e, which);
    }
    want_keys(o, e, e->metadata_offset, "PA-GLYPH", "metadata", names, 5, seen);
}

// --- SOUNDS ------------------------------------------------------------------

enum {
    SAMPLE_NAME,
    SAMPLE_OFFSET,
    SAMPLE_FRAMES,
    SAMPLE_RATE,
    SAMPLE_START,
    SAMPLE_END,
    SAMPLE_KEYS
};

static const char *const sample_keys[] = {
    "name", "offset", "frames", "rate", "loop_start", "loop_end",
};

#define SAMPLE_REQUIRED 4

struct sample_draft {
    int64_t values[SAMPLE_KEYS];
    unsigned seen;
    uint32_t offset; // in the header
    uint32_t number;
};

static void sample_fault(struct pm_asset_opener *o, struct pm_asset_entry *e,
                         const struct sample_draft *d, const char *format, ...)
    PM_PRINTF(4, 5);

static void sample_fault(struct pm_asset_opener *o, struct pm_asset_entry *e,
                         const struct sample_draft *d, const char *format, ...)
{
    char where[64];
    char text[200];
    va_list args;
    snprintf(where, sizeof where, "metadata.samples[%" PRIu32 "]", d->number);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_asset_entry_fault(o, d->offset, "PA-SOUNDS", where, "%s", text);
    e->is_bad = true;
}

static void read_sample_name(struct pm_asset_opener *o, struct pm_json *json,
                             struct pm_asset_entry *e,
                             const struct sample_draft *d)
{
    struct pm_json_value v;
    pm_json_skip(json, &v, NULL);
    if (v.kind != PM_JSON_STRING && v.kind != PM_JSON_FAILED)
        sample_fault(o, e, d, "name: found %s; a string is wanted",
                     pm_json_kind_name(v.kind));
}

static void read_sample_key(struct pm_asset_opener *o, struct pm_json *json,
                            struct pm_asset_entry *e, struct sample_draft *d,
                            int key)
{
    static const int64_t mins[] = {0, 0, 1, 1, 0, 1};
    char where[64];

    d->seen |= 1u << key;
    if (key == SAMPLE_NAME) {
        read_sample_name(o, json, e, d);
        return;
    }
    snprintf(where, sizeof where, "metadata.samples[%" PRIu32 "].%s", d->number,
             sample_keys[key]);
    d->values[key] =
        read_int(o, json, e, "PA-SOUNDS", where, mins[key],
                 key == SAMPLE_RATE ? 192000 : (int64_t)UINT32_MAX);
}

static void check_sample(struct pm_asset_opener *o, struct pm_asset_entry *e,
                         const struct sample_draft *d)
{
    int64_t offset = d->values[SAMPLE_OFFSET];
    int64_t frames = d->values[SAMPLE_FRAMES];
    bool has_start = d->seen & 1u << SAMPLE_START;
    bool has_end = d->seen & 1u << SAMPLE_END;

    if ((uint64_t)(offset + frames) > e->decoded_size / 2)
        sample_fault(o, e, d,
                     "frames %" PRId64 "..%" PRId64
                     " reach beyond the slice, which has %" PRIu64,
                     offset, offset + frames, e->decoded_size / 2);
    if (has_start != has_end)
        sample_fault(o, e, d,
                     "loop_start and loop_end go together; one is missing");
    else if (has_start && (d->values[SAMPLE_START] >= d->values[SAMPLE_END] ||
                           d->values[SAMPLE_END] > frames))
        sample_fault(o, e, d,
                     "the loop %" PRId64 "..%" PRId64
                     " is empty or reaches beyond the sample's %" PRId64
                     " frames",
                     d->values[SAMPLE_START], d->values[SAMPLE_END], frames);
}

static void read_sample(struct pm_asset_opener *o, struct pm_json *json,
                        struct pm_asset_entry *e, uint32_t number)
{
    struct sample_draft d = {.number = number};
    struct pm_json_value v;
    struct pm_json_str key;
    bool was_bad = e->is_bad;

    pm_json_value(json, &v);
    d.offset = v.offset;
    if (v.kind != PM_JSON_OBJECT) {
        if (v.kind == PM_JSON_ARRAY)
            pm_json_leave(json);
        sample_fault(o, e, &d, "found %s; an object is wanted",
                     pm_json_kind_name(v.kind));
        return;
    }
    e->is_bad = false;
    while (pm_json_next(json, &key)) {
        int which = key_among(json, &key, sample_keys, SAMPLE_KEYS);
        if (which < 0)
            pm_json_skip(json, NULL, NULL);
        else
            read_sample_key(o, json, e, &d, which);
    }
    for (int i = 0; i < SAMPLE_REQUIRED; i++)
        if (!(d.seen & 1u << i))
            sample_fault(o, e, &d, "the key \"%s\" is missing", sample_keys[i]);
    if (!e->is_bad)
        check_sample(o, e, &d);
    e->is_bad |= was_bad;
}

static void check_sounds(struct pm_asset_opener *o, struct pm_json *json,
                         struct pm_asset_entry *e)
{
    static const char *const names[] = {"samples"};
    struct pm_json_value v;
    struct pm_json_str key;
    unsigned seen = 0;
    uint32_t number = 0;

    if (e->decoded_size % 2) {
        pm_asset_entry_fault(o, e->header_offset, "PA-ENTRY-SIZE",
                             "decoded_size",
                             "found %" PRIu64 "; samples take two bytes each, "
                             "so it must be even",
                             e->decoded_size);
        e->is_bad = true;
    }
    while (pm_json_next(json, &key)) {
        if (!pm_json_str_is(json, &key, "samples")) {
            pm_json_skip(json, NULL, NULL);
            continue;
        }
        seen = 1;
        if (pm_json_value(json, &v) == PM_JSON_ARRAY) {
            while (pm_json_next(json, NULL))
                read_sample(o, json, e, number++);
            continue;
        }
        if (v.kind == PM_JSON_OBJECT)
            pm_json_leave(json);
        pm_asset_entry_fault(o, v.offset, "PA-SOUNDS", "metadata.samples",
                             "found %s; an array is wanted",
                             pm_json_kind_name(v.kind));
        e->is_bad = true;
    }
    want_keys(o, e, e->metadata_offset, "PA-SOUNDS", "metadata", names, 1,
              seen);
}

// Fills [out] from the sample object that was entered.
static void load_sample(struct pm_json *json, struct pm_asset_sample *out)
{
    struct pm_json_value v;
    struct pm_json_str key;
    uint32_t values[SAMPLE_KEYS] = {0};

    while (pm_json_next(json, &key)) {
        int which = key_among(json, &key, sample_keys, SAMPLE_KEYS);
        pm_json_skip(json, &v, NULL);
        if (which >= 0 && v.kind == PM_JSON_INT)
            values[which] = (uint32_t)v.number;
    }
    *out = (struct pm_asset_sample){values[SAMPLE_OFFSET],
                                    values[SAMPLE_FRAMES], values[SAMPLE_RATE],
                                    values[SAMPLE_START], values[SAMPLE_END]};
}

static size_t load_samples(struct pm_json *json, struct pm_asset_sample *out,
                           size_t room)
{
    struct pm_json_value v;
    struct pm_asset_sample sample;
    size_t count = 0;

    pm_json_value(json, &v);
    for (; pm_json_next(json, NULL); count++) {
        pm_json_value(json, &v);
        load_sample(json, &sample);
        if (count < room)
            out[count] = sample;
    }
    return count;
}

size_t pm_asset_samples(const struct pm_asset *asset,
                        const struct pm_asset_entry *entry,
                        struct pm_asset_sample *out, size_t room)
{
    struct pm_json json;
    struct pm_json_value v;
    struct pm_json_str key;
    size_t count = 0;

    if (entry->bank_type != PM_BANK_SOUNDS)
        return 0;
    open_metadata(&json, asset, entry);
    pm_json_value(&json, &v);
    while (pm_json_next(&json, &key))
        if (pm_json_str_is(&json, &key, "samples"))
            count = load_samples(&json, out, room);
        else
            pm_json_skip(&json, NULL, NULL);
    pm_json_close(&json);
    return count;
}

// --- SCENE and codecs --------------------------------------------------------

static void check_scene(struct pm_asset_opener *o, struct pm_asset_entry *e)
{
    const unsigned least = SCENE_HEAD + 4 * SCENE_LAYER;
    if (e->decoded_size >= least && (e->decoded_size - least) % 4 == 0)
        return;
    pm_asset_entry_fault(o, e->header_offset, "PA-ENTRY-SIZE", "decoded_size",
                         "found %" PRIu64 "; a scene has %u bytes and 4 for "
                         "each cell",
                         e->decoded_size, least);
    e->is_bad = true;
}

// Reads metadata.codec, which only packed slices have a use for.
static void read_codec(struct pm_asset_opener *o, struct pm_json *json,
                       struct pm_asset_entry *e)
{
    struct pm_json_value v;
    struct pm_json_str key;

    if (pm_json_value(json, &v) != PM_JSON_OBJECT) {
        if (v.kind == PM_JSON_ARRAY)
            pm_json_leave(json);
        pm_asset_entry_fault(o, v.offset, "PA-CHUNK", "metadata.codec",
                             "found %s; an object is wanted",
                             pm_json_kind_name(v.kind));
        e->is_bad = true;
        return;
    }
    while (pm_json_next(json, &key)) {
        if (!pm_json_str_is(json, &key, "chunk")) {
            pm_json_skip(json, NULL, NULL);
            continue;
        }
        int64_t chunk = read_int(o, json, e, "PA-CHUNK", "metadata.codec.chunk",
                                 PM_ASSET_MIN_CHUNK, PM_ASSET_MAX_CHUNK);
        if (chunk & (chunk - 1)) {
            pm_asset_entry_fault(
                o, key.offset - 1, "PA-CHUNK", "metadata.codec.chunk",
                "found %" PRId64 "; it must be a power of two", chunk);
            e->is_bad = true;
        }
        for (e->chunk_shift = 12; chunk > 1 << e->chunk_shift;)
            e->chunk_shift++;
    }
}

// A packed slice has its table and at least a byte, at most the bound, for
// each chunk.
static void check_packed_size(struct pm_asset_opener *o,
                              struct pm_asset_entry *e)
{
    uint64_t count = pm_asset_chunk_count(e);
    uint64_t form = pm_asset_form_size(e);
    uint64_t least = 4 + count * 5;
    // None of it can overflow: the form is below 2^53.
    uint64_t most = 4 + count * (4 + 128) + form + form / 128;

    if (e->size >= least && e->size <= most)
        return;
    pm_asset_entry_fault(o, e->header_offset, "PA-ENTRY-SIZE", "size",
                         "found %" PRIu64 "; a slice of %" PRIu64
                         " chunks that decode to %" PRIu64 " bytes has %" PRIu64
                         "..%" PRIu64,
                         e->size, count, form, least, most);
    e->is_bad = true;
}

// Reads what metadata says of a packed slice's codec.
static void read_codec_metadata(struct pm_asset_opener *o,
                                struct pm_asset_entry *e)
{
    struct pm_json json;
    struct pm_json_value v;
    struct pm_json_str key;

    e->chunk_shift = PM_ASSET_CHUNK_SHIFT;
    open_metadata(&json, o->asset, e);
    pm_json_value(&json, &v);
    while (pm_json_next(&json, &key))
        if (pm_json_str_is(&json, &key, "codec"))
            read_codec(o, &json, e);
        else
            pm_json_skip(&json, NULL, NULL);
    pm_json_close(&json);
}

static void check_codec_size(struct pm_asset_opener *o,
                             struct pm_asset_entry *e)
{
    if (e->codec == PM_CODEC_NONE)
        want_size(o, e, "size", e->size, pm_asset_form_size(e),
                  "the size of the stored form");
    else
        check_packed_size(o, e);
}

void pm_asset_check_sizes(struct pm_asset_opener *o, struct pm_asset_entry *e)
{
    if (e->bank_type == PM_BANK_GLYPH)
        check_tiles(o, e);
    else if (e->bank_type == PM_BANK_SCENE)
        check_scene(o, e);
    if (!e->is_bad)
        check_codec_size(o, e);
}

void pm_asset_check_metadata(struct pm_asset_opener *o,
                             struct pm_asset_entry *e)
{
    struct pm_json json;
    struct pm_json_value v;

    open_metadata(&json, o->asset, e);
    pm_json_value(&json, &v);
    if (e->bank_type == PM_BANK_GLYPH)
        check_glyph(o, &json, e);
    else if (e->bank_type == PM_BANK_SOUNDS)
        check_sounds(o, &json, e);
    pm_json_close(&json);
    if (!e->is_bad && e->codec != PM_CODEC_NONE)
        read_codec_metadata(o, e);
    if (!e->is_bad)
        pm_asset_check_sizes(o, e);
}
