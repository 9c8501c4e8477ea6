// SPDX-License-Identifier: MIT
//
// Metadata as the canonical writer has it: keys sorted at every level, and
// metadata.codec.chunk put in where a slice is packed in chunks that are not
// of 65,536 bytes.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset_internal.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/sort.h"

struct metadata {
    const struct pm_json_doc *doc;
    struct pm_json_writer *json;
    uint32_t *numbers; // room for doc->count, used as a stack
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
    default: // was refused by check_numbers
        pm_json_write_null(m->json);
        break;
    }
}

// Writes the document into a text of its own: the metadata may be nested up
// to the writer's limit.
static pm_status write_doc(const struct pm_json_doc *doc,
                           const struct pm_allocator *alloc,
                           struct pm_json_writer *json)
{
    struct pm_buf text;
    struct pm_json_writer inner = pm_json_write_to(&text);
    struct metadata m = {.doc = doc, .json = &inner};
    uint32_t *numbers = pm_mem_alloc(alloc, doc->count * sizeof *numbers);

    if (!numbers)
        return PM_ERR_NO_MEMORY;
    pm_buf_init(&text, alloc);
    m.numbers = numbers;
    write_node(&m, doc->nodes);
    pm_json_write_raw(json, text.data, text.size);
    pm_status status = pm_buf_status(&text);
    pm_buf_free(&text);
    pm_mem_free(alloc, numbers, doc->count * sizeof *numbers);
    return status;
}

static void check_numbers(const struct pm_asset_input *input,
                          const struct pm_json_doc *doc, struct pm_diags *diags)
{
    for (size_t i = 0; i < doc->count; i++)
        if (doc->nodes[i].kind == PM_JSON_OTHER) {
            pm_diags_error(diags, NULL, "PA-WRITE-NUMBER",
                           "metadata of asset %" PRId32
                           ": the number at byte %" PRIu32
                           " is no 64-bit integer; write it as one (scaled, "
                           "for instance)",
                           input->id, doc->nodes[i].offset);
            return;
        }
}

// --- codec.chunk -------------------------------------------------------------

// Puts [text] behind the brace of an object that stands in the metadata.
static void put_member(struct pm_buf *out, const char *metadata,
                       const struct pm_json_node *object, const char *text)
{
    size_t at = object->offset + 1;

    pm_buf_put(out, metadata, at);
    pm_buf_puts(out, text);
    if (object->children)
        pm_buf_put8(out, ',');
    pm_buf_puts(out, metadata + at);
}

static void check_said(const struct pm_asset_input *input, uint32_t chunk,
                       const struct pm_json_node *said, struct pm_diags *diags)
{
    if (said->kind == PM_JSON_INT && said->number != (int64_t)chunk)
        pm_diags_error(diags, NULL, "PA-CHUNK",
                       "metadata of asset %" PRId32 ": codec.chunk is %" PRId64
                       ", but the asset is packed in chunks of %" PRIu32
                       "; leave it out",
                       input->id, said->number, chunk);
}

// Writes to [out] the metadata with its chunk, or nothing where it need not
// change: sorting comes later, so any place in the object will do. What is no
// object is left for the reader to refuse.
static void add_chunk(const struct pm_asset_input *input, uint32_t chunk,
                      const char *metadata, const struct pm_json_doc *doc,
                      struct pm_diags *diags, struct pm_buf *out)
{
    const struct pm_json_node *root = doc->nodes;
    const struct pm_json_node *codec = pm_json_get(doc, root, "codec");
    const struct pm_json_node *said = pm_json_get(doc, codec, "chunk");
    char text[64];

    if (said)
        check_said(input, chunk, said, diags);
    if (said || chunk == (uint32_t)1 << PM_ASSET_CHUNK_SHIFT ||
        root->kind != PM_JSON_OBJECT ||
        (codec && codec->kind != PM_JSON_OBJECT))
        return;
    snprintf(text, sizeof text, "%s\"chunk\":%" PRIu32 "%s",
             codec ? "" : "\"codec\":{", chunk, codec ? "" : "}");
    put_member(out, metadata, codec ? codec : root, text);
}

// Puts the chunk in and reads the result in place of [doc]. On failure there
// is no document.
static pm_status merge_chunk(const struct pm_asset_input *input, uint32_t chunk,
                             const char *metadata,
                             const struct pm_allocator *alloc,
                             struct pm_diags *diags, struct pm_json_doc *doc)
{
    struct pm_buf merged;

    pm_buf_init(&merged, alloc);
    add_chunk(input, chunk, metadata, doc, diags, &merged);
    pm_status status = pm_buf_status(&merged);
    if (status || merged.size)
        pm_json_doc_free(doc);
    if (!status && merged.size)
        status = pm_json_parse(merged.data, merged.size, "metadata", alloc,
                               diags, doc);
    pm_buf_free(&merged);
    return status;
}

pm_status pm_asset_write_metadata(const struct pm_asset_input *input,
                                  uint32_t chunk,
                                  const struct pm_allocator *alloc,
                                  struct pm_diags *diags,
                                  struct pm_json_writer *json)
{
    const char *metadata = input->metadata ? input->metadata : "{}";
    struct pm_json_doc doc;
    pm_status status = pm_json_parse(metadata, strlen(metadata), "metadata",
                                     alloc, diags, &doc);
    if (status) {
        // The fault is in [diags]; the text must stay JSON for the rest.
        pm_json_write_raw(json, "{}", 2);
        return status == PM_ERR_NO_MEMORY ? status : PM_OK;
    }
    check_numbers(input, &doc, diags);
    if (chunk)
        status = merge_chunk(input, chunk, metadata, alloc, diags, &doc);
    if (status)
        return status;
    status = write_doc(&doc, alloc, json);
    pm_json_doc_free(&doc);
    return status;
}
