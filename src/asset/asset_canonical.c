// SPDX-License-Identifier: MIT
//
// Entries as the packer writes them, read by comparing with the text that is
// due: several times as fast as reading any JSON. Whatever is not exactly so,
// be it legal or not, is left to the reader of all JSON, which then finds and
// words the faults. So this file can make opening faster, but never different.

#include <string.h>

#include "asset/asset_internal.h"
#include "base/bits.h"
#include "base/check.h"

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
    bool is_bad; // something else stands there
};

// Steps over the literal [text]; TAKE only if it stands there.
#define WANT(c, text) want(c, text, sizeof(text) - 1)
#define TAKE(c, text) take(c, text, sizeof(text) - 1)

// Compared in a few words only where the compiler sees how long the text is:
// these are always put in place.
PM_INLINE bool is_next(const struct cursor *c, const char *text, size_t size)
{
    return (size_t)(c->end - c->at) >= size && memcmp(c->at, text, size) == 0;
}

PM_INLINE void want(struct cursor *c, const char *text, size_t size)
{
    if (!c->is_bad && is_next(c, text, size))
        c->at += size;
    else
        c->is_bad = true;
}

PM_INLINE bool take(struct cursor *c, const char *text, size_t size)
{
    if (c->is_bad || !is_next(c, text, size))
        return false;
    c->at += size;
    return true;
}

// Digits without a needless zero in front, up to [max], which has at most 16.
static inline uint64_t want_number(struct cursor *c, uint64_t max)
{
    const uint8_t *start = c->at;
    uint64_t number = 0;

    while (c->at < c->end && (uint8_t)(*c->at - '0') < 10 && c->at - start < 17)
        number = number * 10 + (uint64_t)(*c->at++ - '0');
    if (c->at == start || (*start == '0' && c->at - start > 1) || number > max)
        c->is_bad = true;
    return number;
}

static int32_t want_id(struct cursor *c)
{
    if (!TAKE(c, "-"))
        return (int32_t)want_number(c, INT32_MAX);
    int64_t number = (int64_t)want_number(c, (uint64_t)INT32_MAX + 1);
    if (number == 0)
        c->is_bad = true; // -0 is no integer
    return (int32_t)-number;
}

// --- strings -----------------------------------------------------------------

// Whether a byte may stand in a string as it is, and is ASCII.
static inline bool is_plain(uint8_t b)
{
    return b >= 0x20 && b < 0x80 && b != '"' && b != '\\';
}

static void want_name(struct cursor *c, const uint8_t *header,
                      struct pm_asset_entry *e)
{
    const uint8_t *start = c->at;
    const uint8_t *end = c->end - start < 256 ? c->end : start + 256;

    // No further than a name can go: what is scanned is scanned once more.
    while (c->at < end && is_plain(*c->at))
        c->at++;
    size_t size = (size_t)(c->at - start);
    if (size < 1 || size > 255)
        c->is_bad = true;
    e->name_offset = (uint32_t)(start - header);
    e->name_size = (uint8_t)size;
}

static uint8_t want_bank(struct cursor *c)
{
    if (TAKE(c, "GLYPH\""))
        return PM_BANK_GLYPH;
    if (TAKE(c, "BLOB\""))
        return PM_BANK_BLOB;
    if (TAKE(c, "SCENE\""))
        return PM_BANK_SCENE;
    WANT(c, "SOUNDS\"");
    return PM_BANK_SOUNDS;
}

static uint8_t want_codec(struct cursor *c)
{
    if (TAKE(c, "NONE\""))
        return PM_CODEC_NONE;
    if (TAKE(c, "LZ4\""))
        return PM_CODEC_LZ4;
    WANT(c, "ZSTD\"");
    return PM_CODEC_ZSTD;
}

// Whether 16 bytes are hexadecimal digits; without a branch a byte.
static inline bool are_hex(const uint8_t *at)
{
    unsigned all = 1;

    for (int i = 0; i < 16; i++)
        all &= ((uint8_t)(at[i] - '0') < 10) | ((uint8_t)(at[i] - 'a') < 6);
    return all;
}

// Gives how many digits there are, all of them in sums.
static uint32_t want_sums(struct cursor *c)
{
    const uint8_t *start = c->at;

    while (c->end - c->at >= 16 && are_hex(c->at))
        c->at += 16;
    return (uint32_t)(c->at - start);
}

// --- metadata ----------------------------------------------------------------

static uint64_t want_from(struct cursor *c, uint64_t min, uint64_t max)
{
    uint64_t number = want_number(c, max);
    if (number < min)
        c->is_bad = true;
    return number;
}

static void want_glyph(struct cursor *c, struct pm_asset_entry *e)
{
    WANT(c, "\"height\":");
    e->height = (uint16_t)want_from(c, 8, 256);
    WANT(c, ",\"palette_authored\":");
    e->palette_authored = (uint8_t)want_number(c, 64);
    WANT(c, ",\"palette_count\":64,\"tile_size\":");
    e->tile_size = (uint8_t)want_from(c, 8, 32);
    WANT(c, ",\"width\":");
    e->width = (uint16_t)want_from(c, 8, 256);
}

// The first member of what is packed, where it is there.
static bool take_chunk(struct cursor *c, struct pm_asset_entry *e)
{
    e->chunk_shift = PM_ASSET_CHUNK_SHIFT;
    if (!TAKE(c, "\"codec\":{\"chunk\":"))
        return false;
    uint64_t chunk = want_from(c, PM_ASSET_MIN_CHUNK, PM_ASSET_MAX_CHUNK);
    WANT(c, "}");
    for (e->chunk_shift = 12; chunk > (uint64_t)1 << e->chunk_shift;)
        e->chunk_shift++;
    if (chunk & (chunk - 1))
        c->is_bad = true;
    return true;
}

static void want_metadata(struct cursor *c, const uint8_t *header,
                          struct pm_asset_entry *e)
{
    const uint8_t *start = c->at;

    if (e->bank_type == PM_BANK_SOUNDS)
        c->is_bad = true;
    WANT(c, "{");
    bool has_chunk = e->codec != PM_CODEC_NONE && take_chunk(c, e);
    if (has_chunk && e->bank_type == PM_BANK_GLYPH)
        WANT(c, ",");
    if (e->bank_type == PM_BANK_GLYPH)
        want_glyph(c, e);
    WANT(c, "}");
    e->metadata_offset = (uint32_t)(start - header);
    e->metadata_size = (uint32_t)(c->at - start);
}

// --- an entry ----------------------------------------------------------------

static void want_entry(struct cursor *c, const uint8_t *header,
                       struct pm_asset_entry *e, uint32_t *sums_size)
{
    WANT(c, "{\"asset_id\":");
    e->id = want_id(c);
    WANT(c, ",\"asset_name\":\"");
    want_name(c, header, e);
    WANT(c, "\",\"bank_type\":\"");
    e->bank_type = want_bank(c);
    WANT(c, ",\"codec\":\"");
    e->codec = want_codec(c);
    WANT(c, ",\"decoded_size\":");
    e->decoded_size = want_number(c, PM_ASSET_MAX_OFFSET);
    WANT(c, ",");
    if (TAKE(c, "\"integrity\":{\"algorithm\":\"xxh3-64\",\"block\":65536,"
                "\"sums\":\"")) {
        e->sums_offset = (uint32_t)(c->at - header);
        *sums_size = want_sums(c);
        WANT(c, "\"},");
    }
    WANT(c, "\"metadata\":");
    want_metadata(c, header, e);
    WANT(c, ",\"offset\":");
    e->offset = want_number(c, PM_ASSET_MAX_OFFSET);
    WANT(c, ",\"size\":");
    e->size = want_number(c, PM_ASSET_MAX_OFFSET);
    WANT(c, "}");
}

uint32_t pm_asset_canonical_entry(const struct pm_asset *asset, uint32_t offset,
                                  struct pm_asset_entry *out,
                                  uint32_t *sums_size)
{
    struct cursor c = {.at = asset->header + offset,
                       .end = asset->header + asset->header_size};
    struct pm_asset_entry e = {.header_offset = offset};

    *sums_size = 0;
    want_entry(&c, asset->header, &e, sums_size);
    if (c.is_bad)
        return 0;
    *out = e;
    return (uint32_t)(c.at - asset->header);
}
