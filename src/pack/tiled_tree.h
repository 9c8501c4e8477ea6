// SPDX-License-Identifier: MIT
//
// A file of Tiled as a tree of nodes with attributes, one shape for XML and
// JSON: tiled_xml.c and tiled_json.c make it, and what lies behind them does
// not know which it was. The shape is that of JSON, with the names of XML:
// an object has the attributes of its scalars and the children of its
// arrays, in the order of the file.
//
// Text is not copied where it can be pointed at, and big arrays of numbers
// stay text until somebody wants them. All memory is one arena, linear in the
// files; trees are at most PM_JSON_DEPTH deep in either format.

#ifndef PM_PACK_TILED_TREE_H
#define PM_PACK_TILED_TREE_H

#include "base/arena.h"
#include "pack/convert.h"

// The largest file, in bytes.
#define PM_TILED_MAX_FILE ((size_t)256 << 20)

enum pm_tiled_form {
    PM_TILED_FORM_NODE,
    PM_TILED_FORM_LIST,
    PM_TILED_FORM_MERGE,
    PM_TILED_FORM_MARK,
    PM_TILED_FORM_POINTS,
    PM_TILED_FORM_VALUE,
};

enum pm_tiled_word {
    PM_TILED_UNKNOWN,
#define PM_TILED_WORD(name, text, form) PM_TILED_##name,
#include "pack/tiled_words.def"
#undef PM_TILED_WORD
    PM_TILED_WORDS,
};

// Bytes without a NUL behind them. Hostile.
struct pm_tiled_text {
    const char *text;
    size_t size;
};

// What the value was in the file.
enum pm_tiled_kind {
    PM_TILED_PLAIN, // of XML, where all is text
    PM_TILED_STRING,
    PM_TILED_NUMBER, // its digits
    PM_TILED_BOOL,   // "true" or "false"
    PM_TILED_ARRAY,  // its text, with brackets
    PM_TILED_OTHER,  // null or an object
};

struct pm_tiled_attr {
    struct pm_tiled_attr *next;
    struct pm_tiled_text text;
    uint64_t place;
    uint8_t word;
    uint8_t kind;
};

struct pm_tiled_node {
    struct pm_tiled_doc *doc;
    struct pm_tiled_node *parent;
    struct pm_tiled_node *next; // sibling
    struct pm_tiled_node *first;
    struct pm_tiled_node *last;
    struct pm_tiled_attr *attrs;
    uint64_t place; // XML: line and column; JSON: offset
    uint8_t word;
};

struct pm_tiled_doc {
    struct pm_tiled *tiled;
    const char *path; // in the assets folder
    const char *bytes;
    size_t size;
    bool is_xml;
    struct pm_tiled_node *root;
};

// What all parts of one conversion share.
struct pm_tiled {
    const struct pm_pack_file *file;
    const struct pm_pack_files *others;
    struct pm_allocator alloc;
    struct pm_arena arena;
    bool failed; // a fault was reported
    bool out_of_memory;
};

// --- making trees (tiled_xml.c, tiled_json.c) --------------------------------

// Makes doc->root of doc->bytes. Faults are reported; the root is then NULL.
void pm_tiled_read_xml(struct pm_tiled_doc *doc);
void pm_tiled_read_json(struct pm_tiled_doc *doc);

// Reads a file of either kind, by the ending of its name. NULL after a fault.
struct pm_tiled_doc *pm_tiled_read(struct pm_tiled *tiled, const char *path,
                                   const void *bytes, size_t size);

enum pm_tiled_word pm_tiled_word_of(struct pm_tiled_text text);
enum pm_tiled_form pm_tiled_form_of(enum pm_tiled_word word);
const char *pm_tiled_word_text(enum pm_tiled_word word);

// Adds a child to [parent], which is NULL for the root. NULL when memory is
// short.
struct pm_tiled_node *pm_tiled_add_node(struct pm_tiled_doc *doc,
                                        struct pm_tiled_node *parent,
                                        enum pm_tiled_word word,
                                        uint64_t place);

// Adds an attribute whose text outlives the tree. A second one of the same
// name is a fault.
void pm_tiled_add_attr(struct pm_tiled_node *node, enum pm_tiled_word word,
                       enum pm_tiled_kind kind, struct pm_tiled_text text,
                       uint64_t place);

// A copy in the arena; no text and out_of_memory when memory is short.
struct pm_tiled_text pm_tiled_keep(struct pm_tiled *tiled, const void *text,
                                   size_t size);

// --- faults ------------------------------------------------------------------

void pm_tiled_fault(const struct pm_tiled_doc *doc, uint64_t place,
                    const char *code, const char *format, ...) PM_PRINTF(4, 5);

// Hostile text as it may stand in a message: escaped, and cut when long.
struct pm_tiled_shown {
    char text[256];
};
struct pm_tiled_shown pm_tiled_show(struct pm_tiled *tiled,
                                    struct pm_tiled_text text);
// The name of a node, so.
struct pm_tiled_shown pm_tiled_show_name(const struct pm_tiled_node *node);

// Adds a line to the report, behind the name of the map.
void pm_tiled_report(struct pm_tiled *tiled, const char *format, ...)
    PM_PRINTF(2, 3);

// --- reading trees -----------------------------------------------------------

const struct pm_tiled_attr *pm_tiled_get(const struct pm_tiled_node *node,
                                         enum pm_tiled_word word);

// The next node of that word, from [node] on among its siblings; or NULL.
const struct pm_tiled_node *pm_tiled_find(const struct pm_tiled_node *node,
                                          enum pm_tiled_word word);

// A string; without text when there is none.
struct pm_tiled_text pm_tiled_string(const struct pm_tiled_node *node,
                                     enum pm_tiled_word word);
bool pm_tiled_is(struct pm_tiled_text text, const char *wanted);

// An integer [min]..[max]. False after a fault, which a missing one is too;
// or_int takes [fallback] then.
bool pm_tiled_int(const struct pm_tiled_node *node, enum pm_tiled_word word,
                  int64_t min, int64_t max, int64_t *out);
bool pm_tiled_int_or(const struct pm_tiled_node *node, enum pm_tiled_word word,
                     int64_t min, int64_t max, int64_t fallback, int64_t *out);

// A number with fractions, rounded to 1 / 2^[bits] and an int32 then; the
// fallback is one already.
bool pm_tiled_fixed_or(const struct pm_tiled_node *node,
                       enum pm_tiled_word word, int bits, int32_t fallback,
                       int32_t *out);

bool pm_tiled_bool_or(const struct pm_tiled_node *node, enum pm_tiled_word word,
                      bool fallback);

// Whether a mark is there (and not false).
bool pm_tiled_has_mark(const struct pm_tiled_node *node,
                       enum pm_tiled_word word);

// "#rrggbb" or "#aarrggbb", the # may be missing: as 0xAARRGGBB.
bool pm_tiled_colour(struct pm_tiled_text text, uint32_t *out);

// --- numbers (tiled_number.c) ------------------------------------------------

// All of the text as an integer; false when it is none or does not fit.
bool pm_tiled_parse_int(struct pm_tiled_text text, int64_t *out);

// All of the text as a decimal number, rounded to the nearest 1 / 2^[bits]
// (at most 16), halves away from zero; digits behind the twelfth of the
// fraction do not count. False when it is none or does not fit 32 bits.
bool pm_tiled_parse_fixed(struct pm_tiled_text text, int bits, int32_t *out);

#endif
