// SPDX-License-Identifier: MIT
//
// The canonical writer: keys sorted by byte, no white space, entries by id,
// preload by id and slot, each slice at the next multiple of 64, sums and
// checksum always. What it wrote is opened by the reader before it is given
// out, so the two cannot disagree about what is legal.

#include <inttypes.h>
#include <string.h>

#include "asset/asset_internal.h"
#include "base/bits.h"
#include "base/hash.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/utf8.h"

// What the file keeps of an input: its bytes, or [at] in the packed ones.
struct slice {
    size_t at;
    size_t size;
};

// Metadata that was written, and where it stands in the header: many assets of
// a kind have the same.
struct written {
    const char *metadata;
    uint32_t chunk;
    size_t at;
    size_t size; // 0: nothing yet
};

struct writer {
    const struct pm_asset_input *inputs;
    size_t count;
    const struct pm_asset_input_preload *preload;
    size_t preload_count;
    const char *file;
    struct pm_allocator alloc;
    struct pm_diags *diags;
    uint32_t *order;      // inputs by id, then the preload list by id and slot
    struct slice *slices; // one an input, in the order of ids
    bool *is_known;       // likewise: its slice was decoded before
    struct pm_buf packed; // the slices of LZ4 and ZSTD
    struct pm_buf header;
    struct written last;
};

// --- order -------------------------------------------------------------------

static bool input_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_asset_input *inputs = context;
    return inputs[a].id != inputs[b].id ? inputs[a].id > inputs[b].id : a > b;
}

static bool preload_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_asset_input_preload *list = context;
    if (list[a].id != list[b].id)
        return list[a].id > list[b].id;
    return list[a].slot != list[b].slot ? list[a].slot > list[b].slot : a > b;
}

// --- slices ------------------------------------------------------------------

static bool is_packed(const struct pm_asset_input *input)
{
    return input->codec == PM_CODEC_LZ4 || input->codec == PM_CODEC_ZSTD;
}

static uint32_t chunk_of(const struct pm_asset_input *input)
{
    return input->chunk ? input->chunk : (uint32_t)1 << PM_ASSET_CHUNK_SHIFT;
}

static pm_status pack_input(struct writer *w,
                            const struct pm_asset_input *input,
                            struct slice *slice)
{
    uint32_t chunk = chunk_of(input);

    size_t i = (size_t)(slice - w->slices);

    slice->at = w->packed.size;
    // What is packed here is decoded here.
    w->is_known[i] = !input->packed || input->is_packed_known;
    if (chunk < PM_ASSET_MIN_CHUNK || chunk > PM_ASSET_MAX_CHUNK ||
        (chunk & (chunk - 1))) {
        pm_diags_error(w->diags, NULL, "PA-CHUNK",
                       "asset %" PRId32 " has chunks of %" PRIu32
                       " bytes; they must have a power of two from 4096 to "
                       "1048576",
                       input->id, chunk);
        return PM_OK;
    }
    if (input->packed) {
        slice->size = input->packed_size;
        return PM_OK;
    }
    pm_status status = pm_asset_pack((uint8_t)input->codec, chunk, input->bytes,
                                     input->size, &w->packed);
    slice->size = w->packed.size - slice->at;
    return status;
}

static pm_status make_slices(struct writer *w)
{
    pm_status status = PM_OK;

    for (size_t i = 0; i < w->count && !status; i++) {
        const struct pm_asset_input *input = &w->inputs[w->order[i]];
        if (is_packed(input))
            status = pack_input(w, input, &w->slices[i]);
        else
            w->slices[i].size = input->size;
    }
    return status;
}

// The bytes of slice [i], NULL if it has none; they live until the next one is
// packed.
static const uint8_t *slice_bytes(const struct writer *w, size_t i)
{
    const struct pm_asset_input *input = &w->inputs[w->order[i]];
    if (w->slices[i].size == 0)
        return NULL;
    if (!is_packed(input))
        return input->bytes;
    return input->packed ? input->packed : w->packed.data + w->slices[i].at;
}

// --- header ------------------------------------------------------------------

static uint64_t aligned(uint64_t offset)
{
    return (offset + PM_ASSET_ALIGN - 1) / PM_ASSET_ALIGN * PM_ASSET_ALIGN;
}

static void put_sum(struct pm_buf *out, uint64_t sum)
{
    char digits[16];

    for (int i = 0; i < 16; i++)
        digits[i] = "0123456789abcdef"[sum >> (60 - 4 * i) & 15];
    pm_buf_put(out, digits, sizeof digits);
}

static void write_integrity(struct writer *w, struct pm_json_writer *json,
                            const uint8_t *bytes, size_t stored)
{
    pm_json_write_key(json, "integrity");
    pm_json_write_begin_object(json);
    pm_json_write_key(json, "algorithm");
    pm_json_write_cstr(json, "xxh3-64");
    pm_json_write_key(json, "block");
    pm_json_write_int(json, PM_ASSET_BLOCK);
    pm_json_write_key(json, "sums");
    pm_json_write_raw(json, "\"", 1);
    for (size_t at = 0; at < stored; at += PM_ASSET_BLOCK) {
        size_t left = stored - at;
        size_t size = left < PM_ASSET_BLOCK ? left : PM_ASSET_BLOCK;
        put_sum(&w->header, pm_hash64(bytes + at, size));
    }
    pm_buf_put8(&w->header, '"');
    pm_json_write_end(json);
}

static uint64_t resident_size(const struct pm_asset_input *input)
{
    return input->decoded_size ? input->decoded_size : input->size;
}

static bool is_as_last(const struct writer *w,
                       const struct pm_asset_input *input, uint32_t chunk)
{
    return w->last.size && input->metadata && w->last.chunk == chunk &&
           strcmp(w->last.metadata, input->metadata) == 0;
}

static pm_status write_metadata(struct writer *w, struct pm_json_writer *json,
                                const struct pm_asset_input *input)
{
    uint32_t chunk = is_packed(input) ? chunk_of(input) : 0;
    size_t errors = w->diags->errors;
    size_t at = w->header.size;

    if (is_as_last(w, input, chunk)) {
        // Room first: the header may move.
        pm_json_write_raw(json, NULL, w->last.size);
        if (!w->header.failed)
            memcpy(w->header.data + at, w->header.data + w->last.at,
                   w->last.size);
        return PM_OK;
    }
    pm_status status =
        pm_asset_write_metadata(input, chunk, &w->alloc, w->diags, json);
    // What has faults has them for each asset.
    if (!status && w->diags->errors == errors && input->metadata)
        w->last =
            (struct written){input->metadata, chunk, at, w->header.size - at};
    return status;
}

static pm_status write_entry(struct writer *w, struct pm_json_writer *json,
                             size_t i, uint64_t offset)
{
    const struct pm_asset_input *input = &w->inputs[w->order[i]];
    size_t size = w->slices[i].size;
    size_t name_size = strlen(input->name);

    if (!pm_utf8_is_valid(input->name, name_size))
        pm_diags_error(w->diags, NULL, "PA-ENTRY-NAME",
                       "asset_name of asset %" PRId32 " is not valid UTF-8",
                       input->id);
    pm_json_write_begin_object(json);
    pm_json_write_key(json, "asset_id");
    pm_json_write_int(json, input->id);
    pm_json_write_key(json, "asset_name");
    pm_json_write_string(json, input->name, name_size);
    pm_json_write_key(json, "bank_type");
    pm_json_write_cstr(json, pm_bank_type_name(input->bank_type));
    pm_json_write_key(json, "codec");
    pm_json_write_cstr(json, pm_asset_codec_name(input->codec));
    pm_json_write_key(json, "decoded_size");
    pm_json_write_int(json, (int64_t)resident_size(input));
    write_integrity(w, json, slice_bytes(w, i), size);
    pm_json_write_key(json, "metadata");
    pm_status status = write_metadata(w, json, input);
    pm_json_write_key(json, "offset");
    pm_json_write_int(json, (int64_t)offset);
    pm_json_write_key(json, "size");
    pm_json_write_int(json, (int64_t)size);
    pm_json_write_end(json);
    return status;
}

static void write_preload(struct writer *w, struct pm_json_writer *json)
{
    pm_json_write_key(json, "preload");
    pm_json_write_begin_array(json);
    for (size_t i = 0; i < w->preload_count; i++) {
        const struct pm_asset_input_preload *item =
            &w->preload[w->order[w->count + i]];
        pm_json_write_begin_object(json);
        pm_json_write_key(json, "asset_id");
        pm_json_write_int(json, item->id);
        pm_json_write_key(json, "slot");
        pm_json_write_int(json, item->slot);
        pm_json_write_end(json);
    }
    pm_json_write_end(json);
}

static pm_status write_header(struct writer *w)
{
    struct pm_json_writer json = pm_json_write_to(&w->header);
    uint64_t end = 0;

    pm_json_write_begin_object(&json);
    pm_json_write_key(&json, "asset_table");
    pm_json_write_begin_array(&json);
    for (size_t i = 0; i < w->count; i++) {
        pm_status status = write_entry(w, &json, i, aligned(end));
        if (status)
            return status;
        if (w->header.size > PM_ASSET_MAX_HEADER) {
            pm_diags_error(w->diags, NULL, "PA-HEADER-LEN",
                           "the header may have 64 MiB: %zu of the %zu "
                           "entries fit; make fewer or larger assets",
                           i, w->count);
            return PM_ERR_LIMIT;
        }
        end = aligned(end) + w->slices[i].size;
    }
    pm_json_write_end(&json);
    write_preload(w, &json);
    pm_json_write_end(&json);
    return pm_buf_status(&w->header);
}

// --- file --------------------------------------------------------------------

static pm_status put_file(struct writer *w, struct pm_buf *out)
{
    uint64_t header_end = PM_ASSET_PRELUDE_SIZE + (uint64_t)w->header.size;
    uint64_t payload = aligned(header_end);
    uint64_t all = payload;
    uint64_t end = 0;

    for (size_t i = 0; i < w->count; i++)
        all = aligned(all) + w->slices[i].size;
    // All of it at once: growing would copy what is there again and again.
    if (all > SIZE_MAX ||
        !pm_mem_grow(&out->alloc, &out->data, &out->capacity, (size_t)all, 1))
        return PM_ERR_NO_MEMORY;
    pm_buf_put(out, "ASPA", 4);
    pm_buf_put32(out, PM_ASSET_SCHEMA);
    pm_buf_put32(out, (uint32_t)w->header.size);
    pm_buf_put32(out, (uint32_t)payload);
    pm_buf_put32(out, 1);
    pm_buf_put32(out, 0);
    pm_buf_put64(out, pm_hash64(w->header.data, w->header.size));
    pm_buf_put(out, w->header.data, w->header.size);
    pm_buf_put(out, NULL, (size_t)(payload - header_end));
    for (size_t i = 0; i < w->count; i++) {
        size_t size = w->slices[i].size;
        pm_buf_put(out, NULL, (size_t)(aligned(end) - end));
        if (size)
            pm_buf_put(out, slice_bytes(w, i), size);
        end = aligned(end) + size;
    }
    return pm_buf_status(out);
}

// A slice decodes to what it was made of, in the chunks that it was made in. If
// the entry says something else of it, as metadata or the resident size can,
// it must be decoded in that way to be refused.
static void forget_what_differs(struct writer *w, const struct pm_asset *asset)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct pm_asset_input *input = &w->inputs[w->order[i]];
        const struct pm_asset_entry *e = &asset->entries[i];
        if (pm_asset_form(e) != input->size ||
            pm_asset_chunk(e) != chunk_of(input))
            w->is_known[i] = false;
    }
}

static pm_status check_file(struct writer *w, const struct pm_buf *out)
{
    struct pm_source source = pm_source_memory(out->data, out->size);
    struct pm_asset *asset;
    pm_status status =
        pm_asset_open(&source, w->file, &w->alloc, w->diags, &asset);
    if (status)
        return status;
    PM_CHECK(asset->count == w->count);
    forget_what_differs(w, asset);
    status = pm_asset_verify_unknown(asset, w->is_known, w->file, w->diags);
    pm_asset_close(asset);
    return status;
}

static pm_status write_all(struct writer *w, struct pm_buf *out)
{
    size_t errors = w->diags->errors;

    for (size_t i = 0; i < w->count; i++)
        w->order[i] = (uint32_t)i;
    for (size_t i = 0; i < w->preload_count; i++)
        w->order[w->count + i] = (uint32_t)i;
    pm_sort(w->order, w->count, input_is_after, w->inputs);
    pm_sort(w->order + w->count, w->preload_count, preload_is_after,
            w->preload);
    pm_status status = make_slices(w);
    if (!status)
        status = write_header(w);
    if (!status && w->diags->errors != errors)
        status = PM_ERR_INVALID;
    if (!status)
        status = put_file(w, out);
    if (!status)
        status = check_file(w, out);
    return status;
}

pm_status pm_asset_write(const struct pm_asset_input *inputs, size_t count,
                         const struct pm_asset_input_preload *preload,
                         size_t preload_count, const char *file,
                         struct pm_diags *diags, struct pm_buf *out)
{
    struct writer w = {.inputs = inputs,
                       .count = count,
                       .preload = preload,
                       .preload_count = preload_count,
                       .file = file,
                       .alloc = out->alloc,
                       .diags = diags};
    size_t order_bytes = (count + preload_count + 1) * sizeof *w.order;
    size_t slices_bytes = (count + 1) * sizeof *w.slices;
    pm_status status = PM_ERR_NO_MEMORY;

    w.order = pm_mem_alloc(&w.alloc, order_bytes);
    w.slices = pm_mem_zalloc(&w.alloc, slices_bytes);
    w.is_known = pm_mem_zalloc(&w.alloc, count + 1);
    pm_buf_init(&w.packed, &w.alloc);
    pm_buf_init(&w.header, &w.alloc);
    out->size = 0;
    if (w.order && w.slices && w.is_known)
        status = write_all(&w, out);
    if (status)
        out->size = 0;
    pm_buf_free(&w.header);
    pm_buf_free(&w.packed);
    pm_mem_free(&w.alloc, w.is_known, count + 1);
    pm_mem_free(&w.alloc, w.slices, slices_bytes);
    pm_mem_free(&w.alloc, w.order, order_bytes);
    return status;
}
