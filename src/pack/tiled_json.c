// SPDX-License-Identifier: MIT
//
// JSON to a tree, in one pass of the pull reader. Lists of numbers are stepped
// over and stay text.

#include "base/json.h"

#include <string.h>

#include "pack/tiled_tree.h"

struct level {
    struct pm_tiled_node *node; // of the object, or the owner of the list
    uint8_t element;            // what the list's elements are; 0: an object
};

struct reader {
    struct pm_tiled_doc *doc;
    struct pm_json json;
    struct level levels[PM_JSON_DEPTH + 1];
};

// The JSON of a string without its quotes, escapes resolved.
static struct pm_tiled_text string_of(struct reader *r,
                                      const struct pm_json_str *str)
{
    const char *text = r->doc->bytes + str->offset;

    if (!str->escaped)
        return (struct pm_tiled_text){text, str->size};
    struct pm_tiled_text copy = pm_tiled_keep(r->doc->tiled, text, str->size);
    if (copy.text)
        copy.size = pm_json_str_decode(&r->json, str,
                                       (char *)(uintptr_t)copy.text, copy.size);
    return copy;
}

static enum pm_tiled_word word_of(struct reader *r,
                                  const struct pm_json_str *key)
{
    char text[32];
    size_t size = pm_json_str_decode(&r->json, key, text, sizeof text);
    return size > sizeof text
               ? PM_TILED_UNKNOWN
               : pm_tiled_word_of((struct pm_tiled_text){text, size});
}

// --- objects and lists -------------------------------------------------------

static void enter(struct reader *r, struct pm_tiled_node *node,
                  enum pm_tiled_word element)
{
    r->levels[r->json.depth] = (struct level){node, (uint8_t)element};
}

static void enter_node(struct reader *r, struct pm_tiled_node *parent,
                       enum pm_tiled_word word, uint64_t place)
{
    struct pm_tiled_node *node = pm_tiled_add_node(r->doc, parent, word, place);

    if (!parent)
        r->doc->root = node;
    enter(r, node, PM_TILED_UNKNOWN);
}

// A layer says what it is in a member; XML has a name for each.
static void leave_node(struct pm_tiled_node *node)
{
    static const struct {
        const char *type;
        enum pm_tiled_word word;
    } kinds[] = {
        {"tilelayer", PM_TILED_LAYER},
        {"objectgroup", PM_TILED_OBJECTGROUP},
        {"imagelayer", PM_TILED_IMAGELAYER},
        {"group", PM_TILED_GROUP},
    };
    if (node->word != PM_TILED_LAYER)
        return;
    struct pm_tiled_text type = pm_tiled_string(node, PM_TILED_TYPE);
    for (size_t i = 0; i < PM_ARRAY_LEN(kinds); i++)
        if (pm_tiled_is(type, kinds[i].type)) {
            node->word = (uint8_t)kinds[i].word;
            return;
        }
    pm_tiled_fault(node->doc, node->place, "PACK-MAP",
                   "the layer \"%s\" has the type \"%s\"; tilelayer, "
                   "objectgroup, imagelayer or group is wanted",
                   pm_tiled_show_name(node).text,
                   pm_tiled_show(node->doc->tiled, type).text);
}

// The word behind a list's is that of its elements.
static enum pm_tiled_word element_of(enum pm_tiled_word list)
{
    return (enum pm_tiled_word)(list + 1);
}

static void unwanted(struct reader *r, const struct pm_json_value *value,
                     const char *where, const char *wanted)
{
    pm_tiled_fault(r->doc, value->offset, "PACK-MAP",
                   "%s: found %s; %s is wanted: save the file again with "
                   "Tiled 1.2 or newer",
                   where, pm_json_kind_name(value->kind), wanted);
}

static void read_element(struct reader *r, const struct level *level)
{
    struct level in = *level;
    struct pm_json_value value;
    enum pm_json_kind kind = pm_json_value(&r->json, &value);

    if (kind == PM_JSON_OBJECT) {
        enter_node(r, in.node, (enum pm_tiled_word)in.element, value.offset);
        return;
    }
    if (kind == PM_JSON_ARRAY)
        pm_json_leave(&r->json);
    if (!r->json.code)
        unwanted(r, &value,
                 pm_tiled_word_text((enum pm_tiled_word)(in.element - 1)),
                 "an object");
}

// --- members -----------------------------------------------------------------

static const enum pm_tiled_kind kinds[] = {
    [PM_JSON_NULL] = PM_TILED_OTHER,   [PM_JSON_FALSE] = PM_TILED_BOOL,
    [PM_JSON_TRUE] = PM_TILED_BOOL,    [PM_JSON_INT] = PM_TILED_NUMBER,
    [PM_JSON_OTHER] = PM_TILED_NUMBER, [PM_JSON_STRING] = PM_TILED_STRING,
    [PM_JSON_ARRAY] = PM_TILED_ARRAY,  [PM_JSON_OBJECT] = PM_TILED_OTHER,
};

// Keeps a value that is no node, as its text.
static void take_value(struct reader *r, struct pm_tiled_node *node,
                       enum pm_tiled_word word,
                       const struct pm_json_value *value)
{
    if (value->kind == PM_JSON_ARRAY || value->kind == PM_JSON_OBJECT)
        pm_json_leave(&r->json);
    if (r->json.code)
        return;
    const char *start = r->doc->bytes + value->offset;
    const char *end = (const char *)r->json.at;
    struct pm_tiled_text text = {start, (size_t)(end - start)};
    if (value->kind == PM_JSON_STRING)
        text = string_of(r, &value->str);
    pm_tiled_add_attr(node, word, kinds[value->kind], text, value->offset);
}

static void read_member(struct reader *r, const struct level *level,
                        const struct pm_json_str *key)
{
    struct pm_tiled_node *node = level->node;
    enum pm_tiled_word word = word_of(r, key);
    enum pm_tiled_form form = pm_tiled_form_of(word);
    struct pm_json_value value;

    // An object in a tile or a property is nothing that we use.
    if (word == PM_TILED_UNKNOWN ||
        (form == PM_TILED_FORM_NODE && word != PM_TILED_TILEOFFSET)) {
        pm_json_skip(&r->json, &value, NULL);
        return;
    }
    pm_json_value(&r->json, &value);
    if (form == PM_TILED_FORM_LIST && value.kind == PM_JSON_ARRAY)
        enter(r, node, element_of(word));
    else if (form == PM_TILED_FORM_NODE && value.kind == PM_JSON_OBJECT)
        enter_node(r, node, word, value.offset);
    else
        take_value(r, node, word, &value);
    if (form == PM_TILED_FORM_LIST && value.kind != PM_JSON_ARRAY &&
        !r->json.code)
        unwanted(r, &value, pm_tiled_word_text(word), "an array");
}

static void read_root(struct reader *r)
{
    struct pm_json_value value;

    if (pm_json_value(&r->json, &value) == PM_JSON_OBJECT)
        enter_node(r, NULL, PM_TILED_MAP, value.offset);
    else if (value.kind == PM_JSON_ARRAY)
        pm_json_leave(&r->json);
    if (!r->json.code && value.kind != PM_JSON_OBJECT)
        unwanted(r, &value, "the file", "an object");
}

static void read_all(struct reader *r)
{
    struct pm_json *json = &r->json;

    read_root(r);
    while (!json->code && json->depth > 0 && !r->doc->tiled->out_of_memory) {
        struct level *level = &r->levels[json->depth];
        struct pm_json_str key;
        if (!pm_json_next(json, &key)) {
            if (!json->code && !level->element)
                leave_node(level->node);
        } else if (level->element) {
            read_element(r, level);
        } else {
            read_member(r, level, &key);
        }
    }
}

void pm_tiled_read_json(struct pm_tiled_doc *doc)
{
    struct pm_tiled *tiled = doc->tiled;
    struct reader r;

    r.doc = doc;
    pm_json_open(&r.json, doc->bytes, doc->size, &tiled->alloc);
    read_all(&r);
    if (!tiled->out_of_memory) {
        pm_status status = pm_json_finish(&r.json);
        pm_json_report(&r.json, tiled->file->diags, doc->path, 0);
        tiled->out_of_memory = status == PM_ERR_NO_MEMORY;
        tiled->failed |= status != PM_OK;
        if (status)
            doc->root = NULL;
    }
    pm_json_close(&r.json);
    if (tiled->out_of_memory)
        doc->root = NULL;
    // A tileset says so.
    if (doc->root &&
        pm_tiled_is(pm_tiled_string(doc->root, PM_TILED_TYPE), "tileset"))
        doc->root->word = PM_TILED_TILESET;
}
