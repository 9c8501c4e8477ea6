// SPDX-License-Identifier: MIT
//
// The JSON reader: both shapes agree on what is JSON, and what a document
// holds is read again after it was written.

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/utf8.h"

static void write_node(struct pm_json_writer *w,
                       const struct pm_json_node *node)
{
    switch (node->kind) {
    case PM_JSON_OBJECT:
        pm_json_write_begin_object(w);
        return;
    case PM_JSON_ARRAY:
        pm_json_write_begin_array(w);
        return;
    case PM_JSON_STRING:
        PM_CHECK(pm_utf8_is_valid(node->text, node->size));
        pm_json_write_string(w, node->text, node->size);
        return;
    case PM_JSON_INT:
        pm_json_write_int(w, node->number);
        return;
    default:
        pm_json_write_null(w);
        return;
    }
}

// Writes the document again.
static bool write_doc(const struct pm_json_doc *doc, struct pm_buf *out)
{
    struct pm_json_writer w = pm_json_write_to(out);
    uint32_t left[PM_JSON_DEPTH + 1];
    int depth = 0;
    for (size_t i = 0; i < doc->count; i++) {
        const struct pm_json_node *node = &doc->nodes[i];
        if (node->key)
            pm_json_write_key(&w, node->key);
        write_node(&w, node);
        if (depth)
            left[depth]--;
        if (node->kind == PM_JSON_OBJECT || node->kind == PM_JSON_ARRAY)
            left[++depth] = node->children;
        while (depth && left[depth] == 0) {
            pm_json_write_end(&w);
            depth--;
        }
    }
    return depth == 0;
}

static bool has_nul(const uint8_t *text, size_t size)
{
    for (size_t i = 0; i + 6 <= size; i++)
        if (memcmp(text + i, "\\u0000", 6) == 0)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_json_doc doc;
    struct pm_json_doc again;
    struct pm_json json;
    struct pm_buf text;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&text, &alloc);
    pm_json_open(&json, data, size, &alloc);
    pm_json_skip(&json, NULL, NULL);
    pm_status skipped = pm_json_finish(&json);
    pm_json_close(&json);
    pm_status status = pm_json_parse(data, size, "input", &alloc, &diags, &doc);
    PM_CHECK(skipped == status);
    PM_CHECK((status == PM_OK) == (diags.errors == 0));
    if (status == PM_OK) {
        if (!has_nul(data, size) && write_doc(&doc, &text)) {
            PM_CHECK(pm_json_parse(text.data, text.size, "again", &alloc,
                                   &diags, &again) == PM_OK);
            PM_CHECK(again.count == doc.count);
            pm_json_doc_free(&again);
        }
        pm_json_doc_free(&doc);
    }
    pm_buf_free(&text);
    pm_diags_free(&diags);
    return 0;
}
