// SPDX-License-Identifier: MIT
//
// XML to a tree, by libexpat, fenced in: a DOCTYPE ends the reading, so there
// are no entities but the five of XML, nothing is loaded from elsewhere and
// nothing is blown up; elements inside each other are bounded. The file is
// handed over in one piece, because expat reads a token that is cut again
// from its start.
//
// libexpat takes its memory from the C library: its hooks for an allocator
// are not told whose memory it is. It is linear in the file and gone when the
// reading has ended.

#include <expat.h>
#include <string.h>

#include "base/json.h"
#include "pack/tiled_tree.h"

struct frame {
    struct pm_tiled_node *node; // where attributes and children go
    uint64_t place;
    uint8_t word;
};

struct reader {
    struct pm_tiled_doc *doc;
    XML_Parser parser;
    struct frame frames[PM_JSON_DEPTH];
    int depth;
    size_t skipped;     // open elements since one that is not known
    struct pm_buf text; // since the last tag
};

// Line and column, as places of XML are kept.
static uint64_t place_of(const struct reader *r)
{
    return (uint64_t)XML_GetCurrentLineNumber(r->parser) << 32 |
           (uint32_t)(XML_GetCurrentColumnNumber(r->parser) + 1);
}

// Reports a fault, after which nothing more is read.
static void stop(struct reader *r, const char *problem)
{
    pm_tiled_fault(r->doc, place_of(r), "PACK-MAP-XML", "%s", problem);
    XML_StopParser(r->parser, XML_FALSE);
}

static struct pm_tiled_text text_of(const char *text)
{
    return (struct pm_tiled_text){text, strlen(text)};
}

// --- elements ----------------------------------------------------------------

// An image's attributes go to its tileset or tile and are called there as in
// JSON.
static enum pm_tiled_word attr_word(const struct frame *frame, const char *name)
{
    enum pm_tiled_word word = pm_tiled_word_of(text_of(name));
    if (frame->word != PM_TILED_IMAGE)
        return pm_tiled_form_of(word) == PM_TILED_FORM_VALUE ||
                       word == PM_TILED_IMAGE
                   ? word
                   : PM_TILED_UNKNOWN;
    return word == PM_TILED_SOURCE  ? PM_TILED_IMAGE
           : word == PM_TILED_TRANS ? PM_TILED_TRANSPARENTCOLOR
                                    : PM_TILED_UNKNOWN;
}

static void add_attrs(struct reader *r, const struct frame *frame,
                      const XML_Char **attrs)
{
    for (; *attrs; attrs += 2) {
        enum pm_tiled_word word = attr_word(frame, attrs[0]);
        if (word != PM_TILED_UNKNOWN)
            pm_tiled_add_attr(
                frame->node, word, PM_TILED_PLAIN,
                pm_tiled_keep(r->doc->tiled, attrs[1], strlen(attrs[1])),
                frame->place);
    }
}

// Enters an element whose attributes and children are [node]'s.
static void enter(struct reader *r, struct pm_tiled_node *node,
                  enum pm_tiled_word word, const XML_Char **attrs)
{
    struct frame *frame = &r->frames[r->depth++];

    *frame = (struct frame){node, place_of(r), (uint8_t)word};
    add_attrs(r, frame, attrs);
}

static void enter_node(struct reader *r, struct pm_tiled_node *parent,
                       enum pm_tiled_word word, const XML_Char **attrs)
{
    struct pm_tiled_node *node =
        pm_tiled_add_node(r->doc, parent, word, place_of(r));
    if (!node)
        return;
    if (!parent)
        r->doc->root = node;
    enter(r, node, word, attrs);
}

// Adds a mark, or the points of a polygon, to the object that has it.
static void add_mark(struct reader *r, struct pm_tiled_node *node,
                     enum pm_tiled_word word, const XML_Char **attrs)
{
    struct pm_tiled_text text = {"", 0};

    for (; pm_tiled_form_of(word) == PM_TILED_FORM_POINTS && *attrs; attrs += 2)
        if (strcmp(attrs[0], "points") == 0)
            text = pm_tiled_keep(r->doc->tiled, attrs[1], strlen(attrs[1]));
    pm_tiled_add_attr(node, word, PM_TILED_PLAIN, text, place_of(r));
    r->skipped = 1;
}

static void open_child(struct reader *r, enum pm_tiled_word word,
                       const XML_Char **attrs)
{
    struct pm_tiled_node *parent = r->frames[r->depth - 1].node;

    switch (pm_tiled_form_of(word)) {
    case PM_TILED_FORM_NODE:
        enter_node(r, parent, word, attrs);
        break;
    case PM_TILED_FORM_MERGE:
        enter(r, parent, word, attrs);
        break;
    case PM_TILED_FORM_MARK:
    case PM_TILED_FORM_POINTS:
        add_mark(r, parent, word, attrs);
        break;
    default:
        // What a class has inside is left out.
        if (word == PM_TILED_PROPERTIES && parent->word != PM_TILED_PROPERTY)
            enter(r, parent, word, attrs);
        else
            r->skipped = 1;
        break;
    }
}

static void open_root(struct reader *r, const char *name,
                      const XML_Char **attrs)
{
    enum pm_tiled_word word = pm_tiled_word_of(text_of(name));

    if (word == PM_TILED_MAP || word == PM_TILED_TILESET) {
        enter_node(r, NULL, word, attrs);
        return;
    }
    pm_tiled_fault(r->doc, place_of(r), "PACK-MAP-XML",
                   "the file holds a <%s>; a <map> or <tileset> of Tiled is "
                   "wanted",
                   pm_tiled_show(r->doc->tiled, text_of(name)).text);
    XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_start(void *context, const XML_Char *name,
                             const XML_Char **attrs)
{
    struct reader *r = context;

    r->text.size = 0;
    if (r->skipped)
        r->skipped++;
    else if (r->depth == 0)
        open_root(r, name, attrs);
    else if (r->depth == PM_JSON_DEPTH)
        stop(r, "there are more than 16 elements inside each other; put "
                "fewer groups into groups");
    else
        open_child(r, pm_tiled_word_of(text_of(name)), attrs);
    if (r->doc->tiled->out_of_memory)
        XML_StopParser(r->parser, XML_FALSE);
}

// --- text --------------------------------------------------------------------

static bool is_blank(const struct pm_buf *text)
{
    for (size_t i = 0; i < text->size; i++)
        if (!strchr(" \t\r\n", text->data[i]) || !text->data[i])
            return false;
    return true;
}

// The text before a closing tag is the data of a layer or chunk, or the value
// of a property that has lines.
static void take_text(struct reader *r, const struct frame *frame)
{
    bool is_property = frame->word == PM_TILED_PROPERTY;
    enum pm_tiled_word word = is_property ? PM_TILED_VALUETEXT : PM_TILED_DATA;

    if (is_property
            ? pm_tiled_get(frame->node, word) != NULL
            : (frame->word != PM_TILED_DATA && frame->word != PM_TILED_CHUNK) ||
                  is_blank(&r->text))
        return;
    pm_tiled_add_attr(frame->node, word, PM_TILED_PLAIN,
                      pm_tiled_keep(r->doc->tiled, r->text.data, r->text.size),
                      frame->place);
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct reader *r = context;

    (void)name;
    if (r->skipped)
        r->skipped--;
    else if (r->depth > 0)
        take_text(r, &r->frames[--r->depth]);
    r->text.size = 0;
    if (r->text.failed || r->doc->tiled->out_of_memory)
        XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_text(void *context, const XML_Char *text, int size)
{
    struct reader *r = context;
    int word = r->depth ? r->frames[r->depth - 1].word : 0;

    if (!r->skipped && (word == PM_TILED_DATA || word == PM_TILED_CHUNK ||
                        word == PM_TILED_PROPERTY))
        pm_buf_put(&r->text, text, (size_t)size);
}

static void XMLCALL on_doctype(void *context, const XML_Char *name,
                               const XML_Char *system_id,
                               const XML_Char *public_id, int has_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_subset;
    stop(context, "the file has a DOCTYPE, which is not read: take it out, or "
                  "save the file again with Tiled");
}

// --- all ---------------------------------------------------------------------

static void check_end(struct reader *r, enum XML_Status status)
{
    struct pm_tiled *tiled = r->doc->tiled;
    enum XML_Error error = XML_GetErrorCode(r->parser);

    if (r->text.failed ||
        (status != XML_STATUS_OK && error == XML_ERROR_NO_MEMORY))
        tiled->out_of_memory = true;
    else if (status != XML_STATUS_OK && error != XML_ERROR_ABORTED)
        pm_tiled_fault(r->doc, place_of(r), "PACK-MAP-XML",
                       "this is not well-formed XML: %s; save the file again "
                       "with Tiled",
                       XML_ErrorString(error));
    if (status != XML_STATUS_OK)
        r->doc->root = NULL;
}

void pm_tiled_read_xml(struct pm_tiled_doc *doc)
{
    struct reader r = {.doc = doc};

    pm_buf_init(&r.text, &doc->tiled->alloc);
    r.parser = XML_ParserCreate(NULL);
    if (!r.parser) {
        doc->tiled->out_of_memory = true;
        return;
    }
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    check_end(&r, XML_Parse(r.parser, doc->bytes, (int)doc->size, XML_TRUE));
    XML_ParserFree(r.parser);
    pm_buf_free(&r.text);
}
