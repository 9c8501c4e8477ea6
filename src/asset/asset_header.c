// SPDX-License-Identifier: MIT
//
// The header: one pass over its text straight into the table. The preload
// list is stepped over and read when the table is known, because it may stand
// before it.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset_internal.h"
#include "base/mem.h"

#define ENTRY_KEYS 9

// In canonical order, so that the next key is found at the first try.
enum {
    KEY_ID,
    KEY_NAME,
    KEY_BANK,
    KEY_CODEC,
    KEY_DECODED,
    KEY_INTEGRITY,
    KEY_METADATA,
    KEY_OFFSET,
    KEY_SIZE,
};

static const char *const entry_keys[ENTRY_KEYS] = {
    "asset_id",  "asset_name", "bank_type", "codec", "decoded_size",
    "integrity", "metadata",   "offset",    "size",
};

#define REQUIRED_KEYS (((1u << ENTRY_KEYS) - 1) & ~(1u << KEY_INTEGRITY))

// --- faults ------------------------------------------------------------------

static void add_fault(struct pm_asset_opener *o, uint32_t offset,
                      const char *code, const char *where, const char *format,
                      va_list args)
{
    struct pm_place place =
        pm_place_at(o->file, (uint64_t)PM_ASSET_PRELUDE_SIZE + offset);
    char text[400];

    vsnprintf(text, sizeof text, format, args);
    pm_diags_error(o->diags, &place, code, "%s: %s", where, text);
}

void pm_asset_fault(struct pm_asset_opener *o, uint32_t offset,
                    const char *code, const char *where, const char *format,
                    ...)
{
    va_list args;
    va_start(args, format);
    add_fault(o, offset, code, where, format, args);
    va_end(args);
}

void pm_asset_entry_fault(struct pm_asset_opener *o, uint32_t offset,
                          const char *code, const char *field,
                          const char *format, ...)
{
    char where[160];
    va_list args;
    snprintf(where, sizeof where, "asset_table[%" PRIu32 "]%s%s", o->entry,
             *field ? "." : "", field);
    va_start(args, format);
    add_fault(o, offset, code, where, format, args);
    va_end(args);
}

const char *pm_asset_show(const struct pm_json *json,
                          const struct pm_json_str *str, char out[100])
{
    struct pm_allocator alloc = json->alloc;
    struct pm_buf buf;
    bool is_long = str->size > 60;

    pm_buf_init(&buf, &alloc);
    pm_buf_put_escaped(&buf, json->text + str->offset,
                       is_long ? 60 : str->size);
    const char *text = pm_buf_cstr(&buf);
    snprintf(out, 100, "\"%.90s%s\"", text ? text : "?", is_long ? "..." : "");
    pm_buf_free(&buf);
    return out;
}

bool pm_asset_want_int(struct pm_asset_opener *o,
                       const struct pm_json_value *value, const char *code,
                       const char *field, int64_t min, int64_t max,
                       int64_t *out)
{
    *out = min;
    if (value->kind == PM_JSON_FAILED)
        return false;
    if (value->kind != PM_JSON_INT) {
        pm_asset_entry_fault(o, value->offset, code, field,
                             "found %s; an integer %" PRId64 "..%" PRId64
                             " is wanted",
                             pm_json_kind_name(value->kind), min, max);
        return false;
    }
    if (value->number < min || value->number > max) {
        pm_asset_entry_fault(o, value->offset, code, field,
                             "found %" PRId64 "; it must be %" PRId64
                             "..%" PRId64,
                             value->number, min, max);
        return false;
    }
    *out = value->number;
    return true;
}

static bool want_kind(struct pm_asset_opener *o,
                      const struct pm_json_value *value, const char *code,
                      const char *field, enum pm_json_kind kind)
{
    if (value->kind == kind)
        return true;
    if (value->kind != PM_JSON_FAILED)
        pm_asset_entry_fault(
            o, value->offset, code, field, "found %s; %s is wanted",
            pm_json_kind_name(value->kind), pm_json_kind_name(kind));
    return false;
}

// --- fields of an entry ------------------------------------------------------

// An entry while it is read: what must be decided once all keys are known.
struct draft {
    struct pm_asset_entry entry;
    unsigned seen; // a bit a key
    uint32_t sums_size;
    bool has_bad_sums;
    bool is_canonical; // the metadata has been read
};

// Resolves a string where it stands in our copy of the header.
static size_t resolve(struct pm_asset_opener *o, const struct pm_json_str *str)
{
    return pm_json_str_decode(&o->json, str, o->asset->header + str->offset,
                              str->size);
}

static void read_name(struct pm_asset_opener *o, struct draft *d)
{
    struct pm_json_value v;
    pm_json_skip(&o->json, &v, NULL);
    if (!want_kind(o, &v, "PA-ENTRY-TYPE", "asset_name", PM_JSON_STRING)) {
        d->entry.is_bad = true;
        return;
    }
    size_t size = v.str.escaped ? resolve(o, &v.str) : v.str.size;
    if (size < 1 || size > 255) {
        pm_asset_entry_fault(o, v.offset, "PA-ENTRY-NAME", "asset_name",
                             "the name has %zu bytes; it must have 1..255",
                             size);
        d->entry.is_bad = true;
        return;
    }
    d->entry.name_offset = v.str.offset;
    d->entry.name_size = (uint8_t)size;
}

static const char *bank_name(int number)
{
    return pm_bank_type_name((pm_bank_type)number);
}

static const char *codec_name(int number)
{
    return pm_asset_codec_name((pm_asset_codec)number);
}

// Reads a string that must be one of [count] words.
static uint8_t read_word(struct pm_asset_opener *o, struct draft *d,
                         const char *code, const char *field,
                         const char *(*name)(int), int count)
{
    struct pm_json_value v;
    char shown[100];

    pm_json_skip(&o->json, &v, NULL);
    if (want_kind(o, &v, "PA-ENTRY-TYPE", field, PM_JSON_STRING)) {
        for (int i = 0; i < count; i++)
            if (pm_json_str_is(&o->json, &v.str, name(i)))
                return (uint8_t)i;
        pm_asset_entry_fault(o, v.offset, code, field,
                             "found %s, which is none of %s, %s, %s%s%s",
                             pm_asset_show(&o->json, &v.str, shown), name(0),
                             name(1), name(2), count > 3 ? ", " : "",
                             count > 3 ? name(3) : "");
    }
    d->entry.is_bad = true;
    return 0;
}

static int64_t read_int(struct pm_asset_opener *o, struct draft *d,
                        const char *field, int64_t min, int64_t max)
{
    struct pm_json_value v;
    int64_t number;
    pm_json_skip(&o->json, &v, NULL);
    const char *code =
        v.kind == PM_JSON_INT ? "PA-ENTRY-RANGE" : "PA-ENTRY-TYPE";
    if (!pm_asset_want_int(o, &v, code, field, min, max, &number))
        d->entry.is_bad = true;
    return number;
}

// --- integrity ---------------------------------------------------------------

static bool are_hex_digits(const uint8_t *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!((at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f')))
            return false;
    return true;
}

static void read_sums(struct pm_asset_opener *o, struct draft *d,
                      const struct pm_json_value *v)
{
    size_t size = v->str.escaped ? resolve(o, &v->str) : v->str.size;
    if (size % 16 || !are_hex_digits(o->asset->header + v->str.offset, size)) {
        pm_asset_entry_fault(o, v->offset, "PA-INTEGRITY-SUMS",
                             "integrity.sums",
                             "found %zu characters; 16 lower-case hexadecimal "
                             "digits a block are wanted",
                             size);
        d->has_bad_sums = true;
        return;
    }
    d->entry.sums_offset = v->str.offset;
    d->sums_size = (uint32_t)size;
}

static void read_algorithm(struct pm_asset_opener *o, struct draft *d,
                           const struct pm_json_value *v)
{
    char shown[100];
    if (!pm_json_str_is(&o->json, &v->str, "xxh3-64")) {
        pm_asset_entry_fault(o, v->offset, "PA-INTEGRITY-ALGORITHM",
                             "integrity.algorithm",
                             "found %s; only \"xxh3-64\" is known",
                             pm_asset_show(&o->json, &v->str, shown));
        d->has_bad_sums = true;
    }
}

enum { SEEN_ALGORITHM = 1, SEEN_BLOCK = 2, SEEN_SUMS = 4 };

// Reads one member of the integrity object; gives its SEEN_ bit.
static unsigned read_integrity_member(struct pm_asset_opener *o,
                                      struct draft *d,
                                      const struct pm_json_str *key)
{
    struct pm_json_value v;
    char shown[100];
    int64_t block;

    pm_json_skip(&o->json, &v, NULL);
    if (pm_json_str_is(&o->json, key, "algorithm")) {
        if (want_kind(o, &v, "PA-INTEGRITY-TYPE", "integrity.algorithm",
                      PM_JSON_STRING))
            read_algorithm(o, d, &v);
        return SEEN_ALGORITHM;
    }
    if (pm_json_str_is(&o->json, key, "block")) {
        if (!pm_asset_want_int(o, &v, "PA-INTEGRITY-BLOCK", "integrity.block",
                               PM_ASSET_BLOCK, PM_ASSET_BLOCK, &block))
            d->has_bad_sums = true;
        return SEEN_BLOCK;
    }
    if (pm_json_str_is(&o->json, key, "sums")) {
        if (want_kind(o, &v, "PA-INTEGRITY-TYPE", "integrity.sums",
                      PM_JSON_STRING))
            read_sums(o, d, &v);
        return SEEN_SUMS;
    }
    if (!o->json.code)
        pm_asset_entry_fault(o, key->offset - 1, "PA-INTEGRITY-KEY",
                             "integrity", "unknown key %s",
                             pm_asset_show(&o->json, key, shown));
    return 0;
}

static void read_integrity(struct pm_asset_opener *o, struct draft *d)
{
    static const char *const names[] = {"algorithm", "block", "sums"};
    struct pm_json_value v;
    struct pm_json_str key;
    unsigned seen = 0;

    if (pm_json_value(&o->json, &v) != PM_JSON_OBJECT) {
        if (v.kind == PM_JSON_ARRAY)
            pm_json_leave(&o->json);
        want_kind(o, &v, "PA-ENTRY-TYPE", "integrity", PM_JSON_OBJECT);
        d->entry.is_bad = true;
        return;
    }
    while (pm_json_next(&o->json, &key))
        seen |= read_integrity_member(o, d, &key);
    for (int i = 0; i < 3 && !o->json.code; i++)
        if (!(seen & 1u << i)) {
            pm_asset_entry_fault(o, v.offset, "PA-INTEGRITY-MISSING",
                                 "integrity", "the key \"%s\" is missing",
                                 names[i]);
            d->has_bad_sums = true;
        }
}

// Numbers the blocks of an entry with integrity.
static void take_blocks(struct pm_asset_opener *o, struct draft *d)
{
    struct pm_asset *asset = o->asset;
    uint64_t blocks = pm_asset_blocks(d->entry.size);

    if (!d->entry.sums_offset || d->has_bad_sums)
        return;
    if (blocks != d->sums_size / 16) {
        pm_asset_entry_fault(o, d->entry.header_offset, "PA-INTEGRITY-COUNT",
                             "integrity.sums",
                             "there are %" PRIu32 " sums; %" PRIu64
                             " stored bytes have %" PRIu64 " blocks",
                             d->sums_size / 16, d->entry.size, blocks);
        return;
    }
    d->entry.first_block = asset->blocks;
    asset->blocks += (uint32_t)blocks;
}

// --- an entry ----------------------------------------------------------------

static int entry_key(const struct pm_json *json, const struct pm_json_str *key,
                     int guess)
{
    if (guess < ENTRY_KEYS && pm_json_str_is(json, key, entry_keys[guess]))
        return guess;
    for (int i = 0; i < ENTRY_KEYS; i++)
        if (pm_json_str_is(json, key, entry_keys[i]))
            return i;
    return -1;
}

static void read_metadata(struct pm_asset_opener *o, struct draft *d)
{
    struct pm_json_value v;
    uint32_t end;
    pm_json_skip(&o->json, &v, &end);
    if (!want_kind(o, &v, "PA-ENTRY-TYPE", "metadata", PM_JSON_OBJECT)) {
        d->entry.is_bad = true;
        return;
    }
    d->entry.metadata_offset = v.offset;
    d->entry.metadata_size = end - v.offset;
}

static void read_field(struct pm_asset_opener *o, struct draft *d, int key)
{
    struct pm_asset_entry *e = &d->entry;
    switch (key) {
    case KEY_ID:
        e->id = (int32_t)read_int(o, d, "asset_id", INT32_MIN, INT32_MAX);
        break;
    case KEY_NAME:
        read_name(o, d);
        break;
    case KEY_BANK:
        e->bank_type = read_word(o, d, "PA-ENTRY-BANK", "bank_type", bank_name,
                                 PM_BANK_TYPES);
        break;
    case KEY_CODEC:
        e->codec =
            read_word(o, d, "PA-ENTRY-CODEC", "codec", codec_name, PM_CODECS);
        break;
    case KEY_DECODED:
        e->decoded_size =
            (uint64_t)read_int(o, d, "decoded_size", 0, PM_ASSET_MAX_OFFSET);
        break;
    case KEY_INTEGRITY:
        read_integrity(o, d);
        break;
    case KEY_METADATA:
        read_metadata(o, d);
        break;
    case KEY_OFFSET:
        e->offset = (uint64_t)read_int(o, d, "offset", 0, PM_ASSET_MAX_OFFSET);
        break;
    default:
        e->size = (uint64_t)read_int(o, d, "size", 0, PM_ASSET_MAX_OFFSET);
        break;
    }
}

static void check_slice(struct pm_asset_opener *o, struct draft *d)
{
    const struct pm_asset_entry *e = &d->entry;
    uint64_t payload = o->asset->payload_size;

    // Neither can overflow: both are below 2^53.
    if (e->offset + e->size > payload) {
        pm_asset_entry_fault(o, e->header_offset, "PA-SLICE-RANGE", "offset",
                             "the slice is bytes %" PRIu64 "..%" PRIu64
                             " of the payload, which has %" PRIu64,
                             e->offset, e->offset + e->size, payload);
        d->entry.is_bad = true;
    }
}

static void finish_entry(struct pm_asset_opener *o, struct draft *d)
{
    struct pm_asset *asset = o->asset;
    unsigned missing = REQUIRED_KEYS & ~d->seen;

    for (int i = 0; missing; i++, missing >>= 1)
        if (missing & 1) {
            pm_asset_entry_fault(o, d->entry.header_offset, "PA-ENTRY-MISSING",
                                 "", "the key \"%s\" is missing",
                                 entry_keys[i]);
            d->entry.is_bad = true;
        }
    if (!d->entry.is_bad) {
        check_slice(o, d);
        if (!d->is_canonical)
            pm_asset_check_metadata(o, &d->entry);
        else if (!d->entry.is_bad)
            pm_asset_check_sizes(o, &d->entry);
        take_blocks(o, d);
    }
    bool has_id = d->seen & 1u << KEY_ID;
    if (has_id && asset->count < asset->capacity)
        asset->entries[asset->count++] = d->entry;
    else
        o->has_dropped = true;
}

// Reads the entry that is due if it is written as the packer does it.
static bool read_canonical(struct pm_asset_opener *o, struct draft *d)
{
    uint32_t offset = (uint32_t)(o->json.at - o->json.text);
    uint32_t end = o->json.code
                       ? 0
                       : pm_asset_canonical_entry(o->asset, offset, &d->entry,
                                                  &d->sums_size);
    if (end == 0)
        return false;
    o->json.at = o->json.text + end;
    d->seen = REQUIRED_KEYS;
    d->is_canonical = true;
    finish_entry(o, d);
    return true;
}

static void read_entry(struct pm_asset_opener *o)
{
    struct draft d = {0};
    struct pm_json_value v;
    struct pm_json_str key;
    char shown[100];
    int guess = 0;

    if (read_canonical(o, &d))
        return;
    if (pm_json_value(&o->json, &v) != PM_JSON_OBJECT) {
        if (v.kind == PM_JSON_ARRAY)
            pm_json_leave(&o->json);
        want_kind(o, &v, "PA-ENTRY-TYPE", "", PM_JSON_OBJECT);
        o->has_dropped = true;
        return;
    }
    d.entry.header_offset = v.offset;
    while (pm_json_next(&o->json, &key)) {
        int which = entry_key(&o->json, &key, guess);
        guess = which + 1;
        if (which >= 0) {
            d.seen |= 1u << which;
            read_field(o, &d, which);
            continue;
        }
        pm_asset_entry_fault(o, key.offset - 1, "PA-ENTRY-KEY", "",
                             "unknown key %s",
                             pm_asset_show(&o->json, &key, shown));
        pm_json_skip(&o->json, NULL, NULL);
    }
    if (!o->json.code)
        finish_entry(o, &d);
}

// --- the header object -------------------------------------------------------

static void read_table(struct pm_asset_opener *o)
{
    struct pm_json_value v;

    o->has_table = true;
    if (pm_json_value(&o->json, &v) == PM_JSON_ARRAY) {
        for (o->entry = 0; pm_json_next(&o->json, NULL); o->entry++)
            read_entry(o);
        return;
    }
    if (v.kind == PM_JSON_OBJECT)
        pm_json_leave(&o->json);
    if (v.kind != PM_JSON_FAILED)
        pm_asset_fault(o, v.offset, "PA-HEADER-TYPE", "asset_table",
                       "found %s; an array is wanted",
                       pm_json_kind_name(v.kind));
}

static void read_preload(struct pm_asset_opener *o)
{
    struct pm_json_value v;

    pm_json_skip(&o->json, &v, &o->preload_end);
    o->preload_offset = v.offset;
    o->has_preload = true;
    if (v.kind == PM_JSON_ARRAY || v.kind == PM_JSON_FAILED)
        return;
    pm_asset_fault(o, v.offset, "PA-HEADER-TYPE", "preload",
                   "found %s; an array is wanted", pm_json_kind_name(v.kind));
    o->preload_end = 0;
}

static void read_root(struct pm_asset_opener *o)
{
    struct pm_json_value v;
    struct pm_json_str key;
    char shown[100];

    if (pm_json_value(&o->json, &v) != PM_JSON_OBJECT) {
        if (v.kind != PM_JSON_FAILED)
            pm_asset_fault(o, v.offset, "PA-HEADER-TYPE", "header",
                           "found %s; an object is wanted",
                           pm_json_kind_name(v.kind));
        return;
    }
    while (pm_json_next(&o->json, &key)) {
        if (pm_json_str_is(&o->json, &key, "asset_table")) {
            read_table(o);
        } else if (pm_json_str_is(&o->json, &key, "preload")) {
            read_preload(o);
        } else {
            pm_asset_fault(o, key.offset - 1, "PA-HEADER-KEY", "header",
                           "unknown key %s",
                           pm_asset_show(&o->json, &key, shown));
            pm_json_skip(&o->json, NULL, NULL);
        }
    }
    if (!o->json.code && !o->has_table)
        pm_asset_fault(o, v.offset, "PA-HEADER-MISSING", "header",
                       "the key \"asset_table\" is missing");
    if (!o->json.code && !o->has_preload)
        pm_asset_fault(o, v.offset, "PA-HEADER-MISSING", "header",
                       "the key \"preload\" is missing");
}

pm_status pm_asset_read_header(struct pm_asset_opener *o)
{
    struct pm_asset *asset = o->asset;

    pm_json_open(&o->json, asset->header, asset->header_size, &asset->alloc);
    read_root(o);
    pm_status status = pm_json_finish(&o->json);
    pm_json_report(&o->json, o->diags, o->file, PM_ASSET_PRELUDE_SIZE);
    pm_json_close(&o->json);
    return status ? status : pm_asset_check_table(o);
}
