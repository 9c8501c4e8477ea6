// SPDX-License-Identifier: MIT
#include "pack/tiled_tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define SHOWN_BYTES 60

struct word {
    const char *text;
    enum pm_tiled_form form;
};

static const struct word words[PM_TILED_WORDS] = {
    [PM_TILED_UNKNOWN] = {"", PM_TILED_FORM_VALUE},
#define PM_TILED_WORD(name, string, kind)                                      \
    [PM_TILED_##name] = {string, PM_TILED_FORM_##kind},
#include "pack/tiled_words.def"
#undef PM_TILED_WORD
};

enum pm_tiled_word pm_tiled_word_of(struct pm_tiled_text text)
{
    for (int i = 1; i < PM_TILED_WORDS; i++)
        if (text.size && words[i].text[0] == text.text[0] &&
            pm_tiled_is(text, words[i].text))
            return (enum pm_tiled_word)i;
    return PM_TILED_UNKNOWN;
}

enum pm_tiled_form pm_tiled_form_of(enum pm_tiled_word word)
{
    return words[word].form;
}

const char *pm_tiled_word_text(enum pm_tiled_word word)
{
    return words[word].text;
}

// --- making ------------------------------------------------------------------

static bool ends_with(const char *path, const char *ending)
{
    size_t size = strlen(path);
    size_t tail = strlen(ending);
    return size >= tail && strcmp(path + size - tail, ending) == 0;
}

struct pm_tiled_doc *pm_tiled_read(struct pm_tiled *tiled, const char *path,
                                   const void *bytes, size_t size)
{
    struct pm_tiled_doc *doc = pm_arena_alloc(&tiled->arena, sizeof *doc);
    char *copy = pm_arena_copy(&tiled->arena, path, strlen(path));

    if (!doc || !copy) {
        tiled->out_of_memory = true;
        return NULL;
    }
    *doc = (struct pm_tiled_doc){
        .tiled = tiled, .path = copy, .bytes = size ? bytes : "", .size = size};
    doc->is_xml = ends_with(path, ".tmx") || ends_with(path, ".tsx") ||
                  ends_with(path, ".xml");
    if (size > PM_TILED_MAX_FILE)
        pm_tiled_fault(doc, 0, "PACK-MAP-LIMIT",
                       "the file has %zu bytes; at most %zu are read: split "
                       "the map",
                       size, PM_TILED_MAX_FILE);
    else if (doc->is_xml)
        pm_tiled_read_xml(doc);
    else
        pm_tiled_read_json(doc);
    return doc->root ? doc : NULL;
}

struct pm_tiled_node *pm_tiled_add_node(struct pm_tiled_doc *doc,
                                        struct pm_tiled_node *parent,
                                        enum pm_tiled_word word, uint64_t place)
{
    struct pm_tiled_node *node =
        pm_arena_alloc(&doc->tiled->arena, sizeof *node);

    if (!node) {
        doc->tiled->out_of_memory = true;
        return NULL;
    }
    *node = (struct pm_tiled_node){
        .doc = doc, .parent = parent, .place = place, .word = (uint8_t)word};
    if (parent && parent->last)
        parent->last->next = node;
    else if (parent)
        parent->first = node;
    if (parent)
        parent->last = node;
    return node;
}

void pm_tiled_add_attr(struct pm_tiled_node *node, enum pm_tiled_word word,
                       enum pm_tiled_kind kind, struct pm_tiled_text text,
                       uint64_t place)
{
    struct pm_tiled *tiled = node->doc->tiled;

    // No more words than there are, so this search is bounded.
    if (pm_tiled_get(node, word)) {
        pm_tiled_fault(node->doc, place, "PACK-MAP",
                       "there is a second \"%s\" in this %s; one is wanted",
                       words[word].text, words[node->word].text);
        return;
    }
    struct pm_tiled_attr *attr = pm_arena_alloc(&tiled->arena, sizeof *attr);
    if (!attr) {
        tiled->out_of_memory = true;
        return;
    }
    *attr = (struct pm_tiled_attr){.next = node->attrs,
                                   .text = text,
                                   .place = place,
                                   .word = (uint8_t)word,
                                   .kind = (uint8_t)kind};
    node->attrs = attr;
}

struct pm_tiled_text pm_tiled_keep(struct pm_tiled *tiled, const void *text,
                                   size_t size)
{
    const char *copy = pm_arena_copy(&tiled->arena, text, size);
    if (!copy)
        tiled->out_of_memory = true;
    return (struct pm_tiled_text){copy, copy ? size : 0};
}

// --- faults ------------------------------------------------------------------

static struct pm_place place_of(const struct pm_tiled_doc *doc, uint64_t place)
{
    return doc->is_xml ? pm_place_line(doc->path, (uint32_t)(place >> 32),
                                       (uint32_t)place)
                       : pm_place_at(doc->path, place);
}

void pm_tiled_fault(const struct pm_tiled_doc *doc, uint64_t place,
                    const char *code, const char *format, ...)
{
    struct pm_place at = place_of(doc, place);
    char text[1500];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    doc->tiled->failed = true;
    pm_diags_error(doc->tiled->file->diags, &at, code, "%s", text);
}

struct pm_tiled_shown pm_tiled_show(struct pm_tiled *tiled,
                                    struct pm_tiled_text text)
{
    struct pm_tiled_shown out = {"?"};
    size_t size = text.size < SHOWN_BYTES ? text.size : SHOWN_BYTES;
    struct pm_buf buf;

    // A character that the cut goes through is left out.
    if (size < text.size)
        size = pm_utf8_valid_prefix(text.text, size);
    pm_buf_init(&buf, &tiled->alloc);
    if (size)
        pm_buf_put_escaped(&buf, text.text, size);
    if (size < text.size)
        pm_buf_puts(&buf, "...");
    const char *escaped = pm_buf_cstr(&buf);
    if (escaped)
        snprintf(out.text, sizeof out.text, "%s", escaped);
    else
        tiled->out_of_memory = true;
    pm_buf_free(&buf);
    return out;
}

struct pm_tiled_shown pm_tiled_show_name(const struct pm_tiled_node *node)
{
    const struct pm_tiled_attr *name = pm_tiled_get(node, PM_TILED_NAME);
    return pm_tiled_show(node->doc->tiled,
                         name ? name->text : (struct pm_tiled_text){"", 0});
}

void pm_tiled_report(struct pm_tiled *tiled, const char *format, ...)
{
    struct pm_buf *report = tiled->file->report;
    va_list args;

    pm_buf_put_escaped(report, tiled->file->name, strlen(tiled->file->name));
    pm_buf_puts(report, ": ");
    va_start(args, format);
    pm_buf_vprintf(report, format, args);
    va_end(args);
    pm_buf_puts(report, "\n");
}

// --- reading -----------------------------------------------------------------

const struct pm_tiled_attr *pm_tiled_get(const struct pm_tiled_node *node,
                                         enum pm_tiled_word word)
{
    const struct pm_tiled_attr *attr = node->attrs;
    while (attr && attr->word != word)
        attr = attr->next;
    return attr;
}

const struct pm_tiled_node *pm_tiled_find(const struct pm_tiled_node *node,
                                          enum pm_tiled_word word)
{
    while (node && node->word != word)
        node = node->next;
    return node;
}

bool pm_tiled_is(struct pm_tiled_text text, const char *wanted)
{
    return text.size == strlen(wanted) &&
           memcmp(text.text, wanted, text.size) == 0;
}

// Says that a value is not what is wanted; gives false.
static bool unwanted(const struct pm_tiled_node *node,
                     const struct pm_tiled_attr *attr, const char *wanted)
{
    static const char *const kinds[] = {"", "the string ", "the number ",
                                        "", "an array",    "an object or null"};
    bool is_short = attr->kind < PM_TILED_ARRAY;
    const char *quote =
        attr->kind == PM_TILED_PLAIN || attr->kind == PM_TILED_STRING ? "\""
                                                                      : "";

    pm_tiled_fault(
        node->doc, attr->place, "PACK-MAP",
        "\"%s\" of this %s: found %s%s%s%s; %s is wanted",
        words[attr->word].text, words[node->word].text, kinds[attr->kind],
        quote, is_short ? pm_tiled_show(node->doc->tiled, attr->text).text : "",
        quote, wanted);
    return false;
}

struct pm_tiled_text pm_tiled_string(const struct pm_tiled_node *node,
                                     enum pm_tiled_word word)
{
    const struct pm_tiled_attr *attr = pm_tiled_get(node, word);

    if (!attr)
        return (struct pm_tiled_text){"", 0};
    if (attr->kind != PM_TILED_PLAIN && attr->kind != PM_TILED_STRING) {
        unwanted(node, attr, "a string");
        return (struct pm_tiled_text){"", 0};
    }
    return attr->text;
}

static bool is_number(const struct pm_tiled_attr *attr)
{
    return attr->kind == PM_TILED_PLAIN || attr->kind == PM_TILED_NUMBER;
}

bool pm_tiled_int_or(const struct pm_tiled_node *node, enum pm_tiled_word word,
                     int64_t min, int64_t max, int64_t fallback, int64_t *out)
{
    const struct pm_tiled_attr *attr = pm_tiled_get(node, word);
    char wanted[80];

    *out = fallback;
    if (!attr)
        return true;
    if (is_number(attr) && pm_tiled_parse_int(attr->text, out) && *out >= min &&
        *out <= max)
        return true;
    *out = fallback;
    snprintf(wanted, sizeof wanted, "an integer %" PRId64 "..%" PRId64, min,
             max);
    return unwanted(node, attr, wanted);
}

bool pm_tiled_int(const struct pm_tiled_node *node, enum pm_tiled_word word,
                  int64_t min, int64_t max, int64_t *out)
{
    if (pm_tiled_get(node, word))
        return pm_tiled_int_or(node, word, min, max, min, out);
    *out = min;
    pm_tiled_fault(node->doc, node->place, "PACK-MAP",
                   "this %s has no \"%s\"; save the file again with Tiled",
                   words[node->word].text, words[word].text);
    return false;
}

bool pm_tiled_fixed_or(const struct pm_tiled_node *node,
                       enum pm_tiled_word word, int bits, int32_t fallback,
                       int32_t *out)
{
    const struct pm_tiled_attr *attr = pm_tiled_get(node, word);
    char wanted[80];

    *out = fallback;
    if (!attr)
        return true;
    if (is_number(attr) && pm_tiled_parse_fixed(attr->text, bits, out))
        return true;
    *out = fallback;
    snprintf(wanted, sizeof wanted, "a number between -%d and %d",
             INT32_MAX >> bits, INT32_MAX >> bits);
    return unwanted(node, attr, wanted);
}

bool pm_tiled_bool_or(const struct pm_tiled_node *node, enum pm_tiled_word word,
                      bool fallback)
{
    const struct pm_tiled_attr *attr = pm_tiled_get(node, word);

    if (!attr)
        return fallback;
    if (attr->kind == PM_TILED_BOOL || attr->kind == PM_TILED_PLAIN) {
        if (pm_tiled_is(attr->text, "true") || pm_tiled_is(attr->text, "1"))
            return true;
        if (pm_tiled_is(attr->text, "false") || pm_tiled_is(attr->text, "0"))
            return false;
    }
    unwanted(node, attr, "true or false");
    return fallback;
}

bool pm_tiled_has_mark(const struct pm_tiled_node *node,
                       enum pm_tiled_word word)
{
    const struct pm_tiled_attr *attr = pm_tiled_get(node, word);
    return attr &&
           !(attr->kind == PM_TILED_BOOL && pm_tiled_is(attr->text, "false"));
}

bool pm_tiled_colour(struct pm_tiled_text text, uint32_t *out)
{
    uint32_t value = 0;

    if (text.size && text.text[0] == '#') {
        text.text++;
        text.size--;
    }
    if (text.size != 6 && text.size != 8)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.text[i];
        char low = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if (low >= 'a' && low <= 'f')
            value = value << 4 | (uint32_t)(low - 'a' + 10);
        else
            return false;
    }
    *out = text.size == 6 ? value | 0xff000000u : value;
    return true;
}
