// SPDX-License-Identifier: MIT
//
// Opening: the prelude, the header's bytes, and everything's release.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset_internal.h"
#include "base/bits.h"
#include "base/hash.h"
#include "base/mem.h"

#define MAGIC          UINT32_C(0x41505341)
#define FLAG_CHECKSUM  UINT32_C(1)
#define MIN_HEADER_LEN 2

struct prelude {
    uint32_t magic;
    uint32_t version;
    uint32_t header_len;
    uint32_t payload_offset;
    uint32_t flags;
    uint32_t reserved;
    uint64_t checksum;
};

const char *pm_bank_type_name(pm_bank_type type)
{
    static const char *const names[] = {"GLYPH", "SOUNDS", "SCENE", "BLOB"};
    return (unsigned)type < PM_BANK_TYPES ? names[type] : "?";
}

const char *pm_asset_codec_name(pm_asset_codec codec)
{
    static const char *const names[] = {"NONE", "LZ4", "ZSTD"};
    return (unsigned)codec < PM_CODECS ? names[codec] : "?";
}

static void fault(struct pm_asset_opener *o, uint64_t offset, const char *code,
                  const char *format, ...) PM_PRINTF(4, 5);

static void fault(struct pm_asset_opener *o, uint64_t offset, const char *code,
                  const char *format, ...)
{
    struct pm_place place = pm_place_at(o->file, offset);
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_diags_error(o->diags, &place, code, "%s", text);
}

static bool has_errors(const struct pm_asset_opener *o)
{
    return o->diags->errors != o->first_error;
}

static pm_status read_source(struct pm_asset_opener *o, uint64_t offset,
                             void *dst, size_t size)
{
    const struct pm_source *source = o->source;
    pm_status status = source->read_at(source->context, offset, dst, size);
    if (status)
        fault(o, offset, "PA-IO", "%zu bytes could not be read (%s)", size,
              pm_status_meaning(status));
    return status;
}

// --- prelude -----------------------------------------------------------------

static pm_status load_prelude(struct pm_asset_opener *o, struct prelude *out)
{
    uint8_t b[PM_ASSET_PRELUDE_SIZE];

    if (o->source->size < sizeof b) {
        fault(o, 0, "PA-SIZE",
              "the file has %" PRIu64 " bytes; the prelude alone takes 32, so "
              "this is no assets.pa or only the beginning of one",
              o->source->size);
        return PM_ERR_INVALID;
    }
    pm_status status = read_source(o, 0, b, sizeof b);
    *out = (struct prelude){
        .magic = pm_load32(b),
        .version = pm_load32(b + 4),
        .header_len = pm_load32(b + 8),
        .payload_offset = pm_load32(b + 12),
        .flags = pm_load32(b + 16),
        .reserved = pm_load32(b + 20),
        .checksum = pm_load64(b + 24),
    };
    return status;
}

// What makes the rest of the prelude meaningless.
static pm_status check_identity(struct pm_asset_opener *o,
                                const struct prelude *p)
{
    if (p->magic != MAGIC) {
        fault(o, 0, "PA-MAGIC",
              "magic is %02x %02x %02x %02x; an assets.pa begins with 41 53 "
              "50 41 (\"ASPA\")",
              p->magic & 0xff, p->magic >> 8 & 0xff, p->magic >> 16 & 0xff,
              p->magic >> 24);
        return PM_ERR_INVALID;
    }
    if (p->version != PM_ASSET_SCHEMA) {
        fault(o, 4, "PA-VERSION",
              "schema_version is %" PRIu32 "; this program reads 1 only: pack "
              "the assets again, or use the program that made the file",
              p->version);
        return PM_ERR_UNSUPPORTED;
    }
    return PM_OK;
}

static void check_extent(struct pm_asset_opener *o, const struct prelude *p)
{
    uint64_t size = o->source->size;
    uint64_t end = PM_ASSET_PRELUDE_SIZE + (uint64_t)p->header_len;
    uint64_t wanted =
        (end + PM_ASSET_ALIGN - 1) / PM_ASSET_ALIGN * PM_ASSET_ALIGN;

    if (p->header_len < MIN_HEADER_LEN || p->header_len > PM_ASSET_MAX_HEADER) {
        fault(o, 8, "PA-HEADER-LEN",
              "header_len is %" PRIu32 "; it must be 2..67108864",
              p->header_len);
        return;
    }
    if (p->payload_offset != wanted)
        fault(o, 12, "PA-PAYLOAD-OFFSET",
              "payload_offset is %" PRIu32 "; for this header_len it must be "
              "%" PRIu64,
              p->payload_offset, wanted);
    if (wanted > size)
        fault(o, 8, "PA-SIZE",
              "header and padding end at byte %" PRIu64 ", the file at %" PRIu64
              ": its end is missing",
              wanted, size);
}

static pm_status check_prelude(struct pm_asset_opener *o,
                               const struct prelude *p)
{
    pm_status status = check_identity(o, p);
    if (status)
        return status;
    check_extent(o, p);
    if (p->flags & ~FLAG_CHECKSUM)
        fault(o, 16, "PA-FLAGS",
              "flags are 0x%" PRIx32 "; only bit 0 has a meaning, the others "
              "must be 0",
              p->flags);
    if (p->reserved)
        fault(o, 20, "PA-RESERVED", "reserved is 0x%" PRIx32 "; it must be 0",
              p->reserved);
    if (!(p->flags & FLAG_CHECKSUM) && p->checksum)
        fault(o, 24, "PA-CHECKSUM-FIELD",
              "header_checksum is %016" PRIx64 " though flag bit 0 says there "
              "is none; it must then be 0",
              p->checksum);
    return has_errors(o) ? PM_ERR_INVALID : PM_OK;
}

// --- header bytes ------------------------------------------------------------

static size_t aligned(size_t size)
{
    return (size + 15) / 16 * 16;
}

// Makes the asset with room for all that this header can need. What of it no
// entry takes is never touched.
static pm_status make_asset(struct pm_asset_opener *o, const struct prelude *p,
                            const struct pm_allocator *alloc)
{
    size_t header_at = aligned(sizeof *o->asset);
    size_t header_room = p->payload_offset - PM_ASSET_PRELUDE_SIZE;
    size_t entries_at = header_at + aligned(header_room);
    size_t capacity = p->header_len / PM_ASSET_SHORTEST_ENTRY + 1;
    size_t bytes = entries_at + capacity * sizeof *o->asset->entries +
                   pm_asset_table_room(p->header_len, capacity);
    uint8_t *block = pm_mem_alloc(alloc, bytes);

    if (!block)
        return PM_ERR_NO_MEMORY;
    o->asset = (void *)block;
    *o->asset = (struct pm_asset){
        .alloc = *alloc,
        .bytes = bytes,
        .source = *o->source,
        .header = block + header_at,
        .header_room = header_room,
        .header_size = p->header_len,
        .payload_offset = p->payload_offset,
        .payload_size = o->source->size - p->payload_offset,
        .entries = (void *)(block + entries_at),
        .capacity = capacity,
    };
    return PM_OK;
}

static pm_status check_header_bytes(struct pm_asset_opener *o,
                                    const struct prelude *p)
{
    struct pm_asset *asset = o->asset;

    for (size_t i = asset->header_size; i < asset->header_room; i++)
        if (asset->header[i]) {
            fault(o, PM_ASSET_PRELUDE_SIZE + i, "PA-PADDING",
                  "a byte between header and payload is 0x%02x; it must be 0",
                  asset->header[i]);
            return PM_ERR_INVALID;
        }
    asset->seed = pm_hash64(asset->header, asset->header_size);
    asset->has_checksum = p->flags & FLAG_CHECKSUM;
    if ((p->flags & FLAG_CHECKSUM) && asset->seed != p->checksum) {
        fault(o, 24, "PA-CHECKSUM",
              "header_checksum says %016" PRIx64 ", the header's bytes give "
              "%016" PRIx64 ": the file is damaged",
              p->checksum, asset->seed);
        return PM_ERR_CORRUPT;
    }
    return PM_OK;
}

static pm_status read_asset(struct pm_asset_opener *o, const struct prelude *p)
{
    struct pm_asset *asset = o->asset;
    pm_status status = read_source(o, PM_ASSET_PRELUDE_SIZE, asset->header,
                                   asset->header_room);
    if (!status)
        status = check_header_bytes(o, p);
    if (!status)
        status = pm_asset_read_header(o);
    if (status)
        return status;
    size_t errors = o->diags->errors - o->first_error;
    if (o->forgives_preload)
        errors -= o->preload_errors;
    return errors ? PM_ERR_INVALID : PM_OK;
}

static pm_status open_asset(const struct pm_source *source, const char *file,
                            const struct pm_allocator *alloc,
                            struct pm_diags *diags, bool forgives_preload,
                            struct pm_asset **out)
{
    struct pm_asset_opener o = {.source = source,
                                .diags = diags,
                                .file = file,
                                .first_error = diags->errors,
                                .forgives_preload = forgives_preload};
    struct prelude p;

    *out = NULL;
    pm_status status = load_prelude(&o, &p);
    if (!status)
        status = check_prelude(&o, &p);
    if (!status)
        status = make_asset(&o, &p, alloc);
    if (!status)
        status = read_asset(&o, &p);
    if (status)
        pm_asset_close(o.asset);
    else
        *out = o.asset;
    return status;
}

pm_status pm_asset_open(const struct pm_source *source, const char *file,
                        const struct pm_allocator *alloc,
                        struct pm_diags *diags, struct pm_asset **out)
{
    return open_asset(source, file, alloc, diags, false, out);
}

pm_status pm_asset_open_despite_preload(const struct pm_source *source,
                                        const char *file,
                                        const struct pm_allocator *alloc,
                                        struct pm_diags *diags,
                                        struct pm_asset **out)
{
    return open_asset(source, file, alloc, diags, true, out);
}

void pm_asset_close(struct pm_asset *asset)
{
    if (!asset)
        return;
    struct pm_allocator alloc = asset->alloc;
    pm_mem_free(&alloc, asset, asset->bytes);
}

// --- access ------------------------------------------------------------------

size_t pm_asset_count(const struct pm_asset *asset)
{
    return asset->count;
}

const struct pm_asset_entry *pm_asset_at(const struct pm_asset *asset,
                                         size_t index)
{
    PM_CHECK(index < asset->count);
    return &asset->entries[index];
}

bool pm_asset_checksum(const struct pm_asset *asset, uint64_t *out)
{
    *out = asset->has_checksum ? asset->seed : 0;
    return asset->has_checksum;
}

size_t pm_asset_preload_count(const struct pm_asset *asset)
{
    return asset->preload_count;
}

struct pm_asset_preload pm_asset_preload_at(const struct pm_asset *asset,
                                            size_t index)
{
    PM_CHECK(index < asset->preload_count);
    return asset->preload[index];
}

const char *pm_asset_name(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry, size_t *size)
{
    *size = entry->name_size;
    return (const char *)asset->header + entry->name_offset;
}

const char *pm_asset_metadata(const struct pm_asset *asset,
                              const struct pm_asset_entry *entry, size_t *size)
{
    *size = entry->metadata_size;
    return (const char *)asset->header + entry->metadata_offset;
}

const char *pm_asset_sums(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry, size_t *size)
{
    *size = entry->sums_offset ? (size_t)pm_asset_blocks(entry->size) * 16 : 0;
    return entry->sums_offset ? (const char *)asset->header + entry->sums_offset
                              : NULL;
}

uint64_t pm_asset_header_size(const struct pm_asset *asset)
{
    return asset->header_size;
}

uint64_t pm_asset_payload_offset(const struct pm_asset *asset)
{
    return asset->payload_offset;
}

uint64_t pm_asset_payload_size(const struct pm_asset *asset)
{
    return asset->payload_size;
}

uint64_t pm_asset_form_size(const struct pm_asset_entry *entry)
{
    return pm_asset_form(entry);
}
