// SPDX-License-Identifier: MIT
//
// The numbers of a layer's tiles: as an array of JSON, as elements of XML, as
// a list with commas, or as bytes in base64 that may be packed. All give
// exactly as many as the layer has cells.

#define ZSTD_STATIC_LINKING_ONLY // for a context in the caller's memory

#include <string.h>

#include <zlib.h>
#include <zstd.h>

#include "base/bits.h"
#include "base/json.h"
#include "base/mem.h"
#include "pack/tiled_map.h"

struct reader {
    const struct pm_tiled_node *layer;
    const struct pm_tiled_doc *doc;
    struct pm_tiled *tiled;
    uint64_t place;
    int64_t width;
    uint64_t count;
    uint64_t at; // numbers read
    uint32_t *out;
};

// Says what is wrong with the data as a whole; gives false.
static bool bad_data(const struct reader *r, const char *problem)
{
    pm_tiled_fault(r->doc, r->place, "PACK-MAP-DATA",
                   "the data of layer \"%s\" %s; save the map again with "
                   "Tiled",
                   pm_tiled_show_name(r->layer).text, problem);
    return false;
}

static bool bad_count(const struct reader *r, uint64_t found)
{
    pm_tiled_fault(r->doc, r->place, "PACK-MAP-DATA",
                   "the data of layer \"%s\" has %s%llu numbers; %llu are "
                   "wanted, one a cell: save the map again with Tiled",
                   pm_tiled_show_name(r->layer).text,
                   found > r->count ? "at least " : "",
                   (unsigned long long)found, (unsigned long long)r->count);
    return false;
}

// Takes one number; [place] is its own.
static bool take(struct reader *r, struct pm_tiled_text text, uint64_t place)
{
    int64_t value;

    if (r->at == r->count)
        return bad_count(r, r->count + 1);
    if (!pm_tiled_parse_int(text, &value) || value < 0 || value > UINT32_MAX) {
        pm_tiled_fault(r->doc, place, "PACK-MAP-DATA",
                       "layer \"%s\", column %llu, row %llu: found \"%s\"; "
                       "the number of a tile, 0..4294967295, is wanted",
                       pm_tiled_show_name(r->layer).text,
                       (unsigned long long)(r->at % (uint64_t)r->width),
                       (unsigned long long)(r->at / (uint64_t)r->width),
                       pm_tiled_show(r->tiled, text).text);
        return false;
    }
    r->out[r->at++] = (uint32_t)value;
    return true;
}

// --- arrays and lists --------------------------------------------------------

static bool read_array(struct reader *r, struct pm_tiled_text text)
{
    const char *bytes = r->doc->bytes;
    uint32_t from = (uint32_t)(text.text - bytes);
    struct pm_json_value value;
    struct pm_json json;
    bool ok = true;

    pm_json_open_at(&json, bytes, from, from + (uint32_t)text.size,
                    &r->tiled->alloc);
    pm_json_value(&json, &value);
    while (ok && pm_json_next(&json, NULL)) {
        uint32_t end;
        pm_json_skip(&json, &value, &end);
        ok = take(
            r, (struct pm_tiled_text){bytes + value.offset, end - value.offset},
            value.offset);
    }
    pm_json_close(&json);
    return ok && (r->at == r->count || bad_count(r, r->at));
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool read_csv(struct reader *r, struct pm_tiled_text text)
{
    const char *at = text.text;
    const char *end = text.text + text.size;

    while (end > at && is_space(end[-1]))
        end--;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        const char *from = at;
        const char *to = stop;
        while (from < to && is_space(*from))
            from++;
        while (to > from && is_space(to[-1]))
            to--;
        if (!take(r, (struct pm_tiled_text){from, (size_t)(to - from)},
                  r->place))
            return false;
        if (comma && comma + 1 == end)
            return bad_data(r, "ends with a comma");
        at = comma ? comma + 1 : end;
    }
    return r->at == r->count || bad_count(r, r->at);
}

static bool read_elements(struct reader *r, const struct pm_tiled_node *first)
{
    for (const struct pm_tiled_node *tile = pm_tiled_find(first, PM_TILED_TILE);
         tile; tile = pm_tiled_find(tile->next, PM_TILED_TILE)) {
        const struct pm_tiled_attr *gid = pm_tiled_get(tile, PM_TILED_GID);
        struct pm_tiled_text none = {"0", 1};
        if (!take(r, gid ? gid->text : none, tile->place))
            return false;
    }
    return r->at == r->count || bad_count(r, r->at);
}

// --- base64 ------------------------------------------------------------------

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Decodes into [out], which has room for three bytes for each four of text.
// Gives the number of bytes, or SIZE_MAX for text that is no base64.
static size_t decode64(struct pm_tiled_text text, uint8_t *out)
{
    uint32_t bits = 0;
    size_t digits = 0;
    size_t padding = 0;
    size_t size = 0;

    for (size_t i = 0; i < text.size; i++) {
        char c = text.text[i];
        int digit = digit_of(c);
        if (is_space(c))
            continue;
        if (c == '=') {
            padding++;
            continue;
        }
        if (digit < 0 || padding)
            return SIZE_MAX;
        bits = bits << 6 | (uint32_t)digit;
        if (++digits % 4 == 1)
            continue;
        // Two bits too many are left of the second digit, four of the third.
        out[size++] = (uint8_t)(bits >> (6 - 2 * ((digits - 1) % 4)));
    }
    if (padding > 2 || (digits + padding) % 4 || digits % 4 == 1)
        return SIZE_MAX;
    return size;
}

// --- unpacking ---------------------------------------------------------------

// Stands before each block, because the libraries do not tell sizes back.
union block {
    size_t size;
    max_align_t align;
};

static void *get_memory(void *opaque, size_t size)
{
    struct pm_tiled *tiled = opaque;
    union block *block = pm_mem_alloc(&tiled->alloc, sizeof *block + size);
    if (!block) {
        tiled->out_of_memory = true;
        return NULL;
    }
    block->size = size;
    return block + 1;
}

static void free_memory(void *opaque, void *at)
{
    struct pm_tiled *tiled = opaque;
    if (!at)
        return;
    union block *block = (union block *)at - 1;
    pm_mem_free(&tiled->alloc, block, sizeof *block + block->size);
}

static voidpf get_zlib_memory(voidpf opaque, uInt count, uInt size)
{
    return get_memory(opaque, (size_t)count * size);
}

// What is wrong with a stream that ended so, or NULL.
static const char *check_stream(int result, const z_stream *z)
{
    if (result == Z_STREAM_END && z->avail_out)
        return "has fewer bytes, once unpacked, than its cells need";
    if (result == Z_STREAM_END)
        return z->avail_in ? "goes on behind the end of what is packed" : NULL;
    if (z->avail_out == 0 && z->avail_in)
        return "has more bytes, once unpacked, than its cells need";
    if (result == Z_BUF_ERROR || result == Z_OK)
        return "ends before all is unpacked";
    return "cannot be unpacked, it is damaged";
}

// [window]: 15 for zlib, 31 for gzip.
static const char *unpack_zlib(struct pm_tiled *tiled, const uint8_t *from,
                               size_t size, uint8_t *out, size_t wanted,
                               int window)
{
    z_stream z = {.zalloc = get_zlib_memory,
                  .zfree = free_memory,
                  .opaque = tiled,
                  .next_in = (Bytef *)(uintptr_t)from,
                  .avail_in = (uInt)size,
                  .next_out = out,
                  .avail_out = (uInt)wanted};

    if (inflateInit2(&z, window) != Z_OK)
        return "cannot be unpacked";
    int result = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    return check_stream(result, &z);
}

static const char *check_size(unsigned long long found, size_t wanted)
{
    if (found == wanted)
        return NULL;
    return found < wanted
               ? "has fewer bytes, once unpacked, than its cells need"
               : "has more bytes, once unpacked, than its cells need";
}

static const char *unpack_zstd(struct pm_tiled *tiled, const uint8_t *from,
                               size_t size, uint8_t *out, size_t wanted)
{
    ZSTD_customMem memory = {get_memory, free_memory, tiled};
    unsigned long long told = ZSTD_getFrameContentSize(from, size);
    ZSTD_DCtx *context;

    if (told == ZSTD_CONTENTSIZE_ERROR)
        return "cannot be unpacked, it is damaged";
    if (told != ZSTD_CONTENTSIZE_UNKNOWN && told != wanted)
        return check_size(told, wanted);
    context = ZSTD_createDCtx_advanced(memory);
    if (!context) {
        tiled->out_of_memory = true;
        return "cannot be unpacked";
    }
    size_t found = ZSTD_decompressDCtx(context, out, wanted, from, size);
    ZSTD_freeDCtx(context);
    return ZSTD_isError(found) ? "cannot be unpacked, it is damaged"
                               : check_size(found, wanted);
}

static const char *unpack(struct reader *r, struct pm_tiled_text how,
                          const uint8_t *from, size_t size)
{
    uint8_t *out = (uint8_t *)r->out;
    size_t wanted = (size_t)r->count * 4;

    if (pm_tiled_is(how, "zlib"))
        return unpack_zlib(r->tiled, from, size, out, wanted, 15);
    if (pm_tiled_is(how, "gzip"))
        return unpack_zlib(r->tiled, from, size, out, wanted, 31);
    if (pm_tiled_is(how, "zstd"))
        return unpack_zstd(r->tiled, from, size, out, wanted);
    if (how.size)
        return "is packed in a way that is not known; zlib, gzip and zstd are";
    if (size != wanted)
        return size < wanted ? "has fewer bytes than its cells need"
                             : "has more bytes than its cells need";
    memcpy(out, from, wanted);
    return NULL;
}

static bool read_base64(struct reader *r, struct pm_tiled_text text)
{
    size_t room = text.size / 4 * 3 + 3;
    uint8_t *bytes = pm_mem_alloc(&r->tiled->alloc, room);
    struct pm_tiled_text how = pm_tiled_string(r->layer, PM_TILED_COMPRESSION);
    const char *problem;

    if (!bytes) {
        r->tiled->out_of_memory = true;
        return false;
    }
    size_t size = decode64(text, bytes);
    problem = size == SIZE_MAX ? "is no base64" : unpack(r, how, bytes, size);
    pm_mem_free(&r->tiled->alloc, bytes, room);
    if (problem && !r->tiled->out_of_memory)
        bad_data(r, problem);
    for (uint64_t i = 0; !problem && i < r->count; i++)
        r->out[i] = pm_load32(&r->out[i]);
    return !problem;
}

// --- all ---------------------------------------------------------------------

bool pm_tiled_read_gids(const struct pm_tiled_node *layer,
                        const struct pm_tiled_node *holder, int64_t width,
                        int64_t height, uint32_t *out)
{
    const struct pm_tiled_attr *data = pm_tiled_get(holder, PM_TILED_DATA);
    struct pm_tiled_text encoding = pm_tiled_string(layer, PM_TILED_ENCODING);
    struct reader r = {.layer = layer,
                       .doc = layer->doc,
                       .tiled = layer->doc->tiled,
                       .place = data ? data->place : holder->place,
                       .width = width,
                       .count = (uint64_t)width * (uint64_t)height,
                       .out = out};

    if (data && data->kind == PM_TILED_ARRAY)
        return read_array(&r, data->text);
    if (!data && pm_tiled_find(holder->first, PM_TILED_TILE))
        return read_elements(&r, holder->first);
    if (!data)
        return bad_data(&r, "is missing");
    if (data->kind != PM_TILED_PLAIN && data->kind != PM_TILED_STRING)
        return bad_data(&r, "is no array and no string");
    if (pm_tiled_is(encoding, "csv"))
        return read_csv(&r, data->text);
    if (pm_tiled_is(encoding, "base64"))
        return read_base64(&r, data->text);
    return bad_data(&r, "has an encoding that is not known; csv and base64 "
                        "are");
}
