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

struct writer {
    const struct pm_asset_input *inputs;
    size_t count;
    const struct pm_asset_input_preload *preload;
    size_t preload_count;
    const char *file;
    struct pm_allocator alloc;
    struct pm_diags *diags;
    uint32_t *order; // inputs by id, then the preload list by id and slot
    struct pm_buf header;
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

// --- metadata ----------------------------------------------------------------

struct metadata {
    const struct pm_json_doc *doc;
    struct pm_json_writer *json;
    uint32_t *numbers; // room for doc->count, used as a stack
    const struct pm_json_node *bad;
};

static bool key_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_json_node *nodes = context;
    const struct pm_json_node *x = &nodes[a];
    const struct pm_json_node *y = &nodes[b];
    size_t common = x->key_size < y->key_size ? x->key_size : y->key_size;
    int order = memcmp(x->key, y->key, common);
    return order ? order > 0 : x->key_size > y->key_size;
}

static void write_node(struct metadata *m, const struct pm_json_node *node);

// Writes members in the order of their keys, or elements in their own.
static void write_children(struct metadata *m, const struct pm_json_node *node)
{
    uint32_t *numbers = m->numbers;
    size_t count = 0;

    for (const struct pm_json_node *child = pm_json_first(m->doc, node); child;
         child = pm_json_after(m->doc, child))
        numbers[count++] = (uint32_t)(child - m->doc->nodes);
    if (node->kind == PM_JSON_OBJECT)
        pm_sort(numbers, count, key_is_after, m->doc->nodes);
    m->numbers += count;
    for (size_t i = 0; i < count; i++) {
        const struct pm_json_node *child = &m->doc->nodes[numbers[i]];
        if (child->key)
            pm_json_write_key_bytes(m->json, child->key, child->key_size);
        write_node(m, child);
    }
    m->numbers = numbers;
    pm_json_write_end(m->json);
}

// Goes as deep as the document, which is PM_JSON_DEPTH at most.
static void write_node(struct metadata *m, const struct pm_json_node *node)
{
    switch (node->kind) {
    case PM_JSON_OBJECT:
        pm_json_write_begin_object(m->json);
        write_children(m, node);
        break;
    case PM_JSON_ARRAY:
        pm_json_write_begin_array(m->json);
        write_children(m, node);
        break;
    case PM_JSON_STRING:
        pm_json_write_string(m->json, node->text, node->size);
        break;
    case PM_JSON_TRUE:
    case PM_JSON_FALSE:
        pm_json_write_bool(m->json, node->kind == PM_JSON_TRUE);
        break;
    case PM_JSON_NULL:
        pm_json_write_null(m->json);
        break;
    case PM_JSON_INT:
        pm_json_write_int(m->json, node->number);
        break;
    default:
        m->bad = node;
        pm_json_write_null(m->json);
        break;
    }
}

static pm_status write_doc(struct writer *w, struct pm_json_writer *json,
                           const struct pm_asset_input *input,
                           const struct pm_json_doc *doc)
{
    struct pm_buf text;
    struct pm_json_writer inner = pm_json_write_to(&text);
    struct metadata m = {.doc = doc, .json = &inner};
    uint32_t *numbers = pm_mem_alloc(&w->alloc, doc->count * sizeof *numbers);

    if (!numbers)
        return PM_ERR_NO_MEMORY;
    // Into a text of its own: it may be nested up to the writer's limit.
    pm_buf_init(&text, &w->alloc);
    m.numbers = numbers;
    write_node(&m, doc->nodes);
    pm_json_write_raw(json, text.data, text.size);
    pm_status status = pm_buf_status(&text);
    pm_buf_free(&text);
    pm_mem_free(&w->alloc, numbers, doc->count * sizeof *numbers);
    if (m.bad)
        pm_diags_error(w->diags, NULL, "PA-WRITE-NUMBER",
                       "metadata of asset %" PRId32
                       ": the number at byte %" PRIu32
                       " is no 64-bit integer; write it as one (scaled, for "
                       "instance)",
                       input->id, m.bad->offset);
    return status;
}

static pm_status write_metadata(struct writer *w, struct pm_json_writer *json,
                                const struct pm_asset_input *input)
{
    const char *text = input->metadata ? input->metadata : "{}";
    struct pm_json_doc doc;
    pm_status status = pm_json_parse(text, strlen(text), "metadata", &w->alloc,
                                     w->diags, &doc);
    if (status) {
        pm_json_write_raw(json, "{}", 2);
        return status == PM_ERR_NO_MEMORY ? status : PM_OK;
    }
    status = write_doc(w, json, input, &doc);
    pm_json_doc_free(&doc);
    return status;
}

// --- header ------------------------------------------------------------------

static uint64_t aligned(uint64_t offset)
{
    return (offset + PM_ASSET_ALIGN - 1) / PM_ASSET_ALIGN * PM_ASSET_ALIGN;
}

static void write_integrity(struct writer *w, struct pm_json_writer *json,
                            const struct pm_asset_input *input)
{
    pm_json_write_key(json, "integrity");
    pm_json_write_begin_object(json);
    pm_json_write_key(json, "algorithm");
    pm_json_write_cstr(json, "xxh3-64");
    pm_json_write_key(json, "block");
    pm_json_write_int(json, PM_ASSET_BLOCK);
    pm_json_write_key(json, "sums");
    pm_json_write_raw(json, "\"", 1);
    for (size_t at = 0; at < input->size; at += PM_ASSET_BLOCK) {
        size_t left = input->size - at;
        size_t size = left < PM_ASSET_BLOCK ? left : PM_ASSET_BLOCK;
        pm_buf_printf(&w->header, "%016" PRIx64,
                      pm_hash64((const uint8_t *)input->bytes + at, size));
    }
    pm_buf_put8(&w->header, '"');
    pm_json_write_end(json);
}

static uint64_t resident_size(const struct pm_asset_input *input)
{
    return input->decoded_size ? input->decoded_size : input->size;
}

static pm_status write_entry(struct writer *w, struct pm_json_writer *json,
                             const struct pm_asset_input *input,
                             uint64_t offset)
{
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
    pm_json_write_cstr(json, pm_asset_codec_name(PM_CODEC_NONE));
    pm_json_write_key(json, "decoded_size");
    pm_json_write_int(json, (int64_t)resident_size(input));
    write_integrity(w, json, input);
    pm_json_write_key(json, "metadata");
    pm_status status = write_metadata(w, json, input);
    pm_json_write_key(json, "offset");
    pm_json_write_int(json, (int64_t)offset);
    pm_json_write_key(json, "size");
    pm_json_write_int(json, (int64_t)input->size);
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
        const struct pm_asset_input *input = &w->inputs[w->order[i]];
        pm_status status = write_entry(w, &json, input, aligned(end));
        if (status)
            return status;
        if (w->header.size > PM_ASSET_MAX_HEADER) {
            pm_diags_error(w->diags, NULL, "PA-HEADER-LEN",
                           "the header may have 64 MiB: %zu of the %zu "
                           "entries fit; make fewer or larger assets",
                           i, w->count);
            return PM_ERR_LIMIT;
        }
        end = aligned(end) + input->size;
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
    uint64_t end = 0;

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
        const struct pm_asset_input *input = &w->inputs[w->order[i]];
        pm_buf_put(out, NULL, (size_t)(aligned(end) - end));
        pm_buf_put(out, input->bytes, input->size);
        end = aligned(end) + input->size;
    }
    return pm_buf_status(out);
}

static pm_status check_file(struct writer *w, const struct pm_buf *out)
{
    struct pm_source source = pm_source_memory(out->data, out->size);
    struct pm_asset *asset;
    pm_status status =
        pm_asset_open(&source, w->file, &w->alloc, w->diags, &asset);
    if (status)
        return status;
    status = pm_asset_verify(asset, w->file, w->diags);
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
    pm_status status = write_header(w);
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
    size_t bytes = (count + preload_count + 1) * sizeof *w.order;

    w.order = pm_mem_alloc(&w.alloc, bytes);
    if (!w.order)
        return PM_ERR_NO_MEMORY;
    pm_buf_init(&w.header, &w.alloc);
    out->size = 0;
    pm_status status = write_all(&w, out);
    if (status)
        out->size = 0;
    pm_buf_free(&w.header);
    pm_mem_free(&w.alloc, w.order, bytes);
    return status;
}
