// SPDX-License-Identifier: MIT
//
// The document shape of the JSON reader: nodes in the order of the text, so
// that a container's first child is the node behind it, and behind the nodes
// the resolved strings, all in one block.

#include "base/json.h"

#include <string.h>

#include "base/mem.h"

struct builder {
    struct pm_json json;
    struct pm_json_doc *doc;
    char *strings; // where the next resolved string goes
    // The open containers and the latest child of each; 0: none yet.
    uint32_t open[PM_JSON_DEPTH + 1];
    uint32_t latest[PM_JSON_DEPTH + 1];
};

// Each value is the root or stands behind one of these; inside strings they
// only make the bound larger.
static size_t count_values(const uint8_t *text, size_t size)
{
    size_t count = 1;
    for (size_t i = 0; i < size; i++)
        count += text[i] == ',' || text[i] == '{' || text[i] == '[';
    return count;
}

static const char *keep_string(struct builder *b, const struct pm_json_str *str,
                               uint32_t *size)
{
    char *text = b->strings;
    size_t length = pm_json_str_decode(&b->json, str, text, str->size);
    text[length] = 0;
    b->strings += length + 1;
    *size = (uint32_t)length;
    return text;
}

static struct pm_json_node *add_node(struct builder *b)
{
    struct pm_json_doc *doc = b->doc;
    uint32_t index = (uint32_t)doc->count++;
    struct pm_json_node *node = &doc->nodes[index];
    int depth = b->json.depth;

    *node = (struct pm_json_node){0};
    if (depth > 0) {
        doc->nodes[b->open[depth]].children++;
        if (b->latest[depth])
            doc->nodes[b->latest[depth]].next = index;
        b->latest[depth] = index;
    }
    return node;
}

// Reads the value that is due into a new node.
static void read_node(struct builder *b, const struct pm_json_str *key)
{
    struct pm_json_node *node = add_node(b);
    struct pm_json_value value;

    if (key) {
        node->key_offset = key->offset;
        node->key = keep_string(b, key, &node->key_size);
    }
    node->kind = pm_json_value(&b->json, &value);
    node->offset = value.offset;
    if (node->kind == PM_JSON_INT)
        node->number = value.number;
    else if (node->kind == PM_JSON_STRING)
        node->text = keep_string(b, &value.str, &node->size);
    else if (node->kind == PM_JSON_OBJECT || node->kind == PM_JSON_ARRAY) {
        b->open[b->json.depth] = (uint32_t)(node - b->doc->nodes);
        b->latest[b->json.depth] = 0;
    }
}

static void build(struct builder *b)
{
    read_node(b, NULL);
    while (!b->json.code && b->json.depth > 0) {
        struct pm_json_str key;
        bool in_object = b->json.levels[b->json.depth].is_object;
        if (pm_json_next(&b->json, &key))
            read_node(b, in_object ? &key : NULL);
    }
}

pm_status pm_json_parse(const void *text, size_t size, const char *file,
                        const struct pm_allocator *alloc,
                        struct pm_diags *diags, struct pm_json_doc *out)
{
    struct builder b = {.doc = out};
    struct pm_json_doc doc = {.alloc = *alloc};

    *out = doc;
    pm_json_open(&b.json, text, size, alloc);
    if (!b.json.code) {
        size_t nodes = count_values(text, size) * sizeof *doc.nodes;
        out->bytes = nodes + size + 1;
        out->nodes = pm_mem_alloc(alloc, out->bytes);
        if (!out->nodes)
            return PM_ERR_NO_MEMORY;
        b.strings = (char *)out->nodes + nodes;
        build(&b);
    }
    pm_status status = pm_json_finish(&b.json);
    pm_json_report(&b.json, diags, file, SIZE_MAX);
    pm_json_close(&b.json);
    if (status)
        pm_json_doc_free(out);
    return status;
}

void pm_json_doc_free(struct pm_json_doc *doc)
{
    pm_mem_free(&doc->alloc, doc->nodes, doc->bytes);
    doc->nodes = NULL;
    doc->count = doc->bytes = 0;
}

const struct pm_json_node *pm_json_first(const struct pm_json_doc *doc,
                                         const struct pm_json_node *node)
{
    (void)doc;
    return node && node->children ? node + 1 : NULL;
}

const struct pm_json_node *pm_json_after(const struct pm_json_doc *doc,
                                         const struct pm_json_node *node)
{
    return node->next ? &doc->nodes[node->next] : NULL;
}

const struct pm_json_node *pm_json_get(const struct pm_json_doc *doc,
                                       const struct pm_json_node *node,
                                       const char *key)
{
    if (!node || node->kind != PM_JSON_OBJECT)
        return NULL;
    for (node = pm_json_first(doc, node); node; node = pm_json_after(doc, node))
        if (strcmp(node->key, key) == 0)
            return node;
    return NULL;
}
