// SPDX-License-Identifier: MIT
//
// A strict JSON reader (RFC 8259): valid UTF-8 without a byte order mark, no
// duplicate keys at any level after escapes are resolved, nothing behind the
// value, at most PM_JSON_DEPTH containers inside each other.
//
// It comes in two shapes over one scanner. `struct pm_json` pulls values in
// one pass and keeps nothing but the places of the keys of objects still
// open, so that a header of 64 MiB costs no memory of its own; schema code
// walks it like this:
//
//     struct pm_json_value v;
//     pm_json_open(&json, text, size, alloc);
//     if (pm_json_value(&json, &v) == PM_JSON_OBJECT)
//         while (pm_json_next(&json, &key))
//             if (pm_json_str_is(&json, &key, "title"))
//                 pm_json_value(&json, &v);
//             else
//                 pm_json_skip(&json);
//     status = pm_json_finish(&json);
//     pm_json_close(&json);
//
// A failure ends every loop, so only pm_json_finish needs to be asked.
// `struct pm_json_doc` at the end of this file keeps a whole (small) document
// as a tape of nodes in one allocation, for code that wants to look around.
//
// Duplicate keys: keys that come in ascending order, as canonical writers
// have it, are proven distinct by comparing neighbours. Other objects are
// checked when they close, by pairs when small, by a radix sort over hashes
// with the text as the last word when large: hostile keys cost no more than
// a logarithm.

#ifndef PM_BASE_JSON_H
#define PM_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#include "base/diag.h"

// Containers inside each other; the root is the first, scalars add none.
#define PM_JSON_DEPTH 16

// Texts are smaller than this, so that offsets fit 32 bits.
#define PM_JSON_MAX_SIZE ((size_t)1 << 31)

enum pm_json_kind {
    PM_JSON_FAILED, // the reader has failed; there is no value
    PM_JSON_NULL,
    PM_JSON_FALSE,
    PM_JSON_TRUE,
    PM_JSON_INT,   // a number that is exactly an int64
    PM_JSON_OTHER, // a legal number with fraction or exponent, -0, or too big
    PM_JSON_STRING,
    PM_JSON_ARRAY,
    PM_JSON_OBJECT,
};

// The kind as a person says it: "a string".
const char *pm_json_kind_name(enum pm_json_kind kind);

// A string where it stands in the text, between its quotes.
struct pm_json_str {
    uint32_t offset;
    uint32_t size;
    bool escaped; // has backslashes: pm_json_str_decode resolves them
};

struct pm_json_value {
    enum pm_json_kind kind;
    uint32_t offset;        // of its first byte in the text
    int64_t number;         // INT
    struct pm_json_str str; // STRING
};

struct pm_json_level {
    bool is_object;
    bool is_first;  // no member or element has been read yet
    bool is_sorted; // the keys so far ascend, so they are distinct
    uint32_t keys;  // keys read so far
    struct pm_json_str last;
};

#define PM_JSON_INLINE_KEYS 128

struct pm_json {
    struct pm_allocator alloc;
    const uint8_t *text;
    const uint8_t *at;
    const uint8_t *end;
    // Why it failed: a stable code ("JSON-SYNTAX") and a sentence; NULL while
    // it has not.
    const char *code;
    const char *problem;
    uint32_t problem_offset;
    struct pm_json_str problem_key; // of a duplicate key
    pm_status status;
    int depth;
    bool is_known; // the keys need no check
    struct pm_json_level levels[PM_JSON_DEPTH + 1];
    // Offsets of the keys of all open objects, innermost last.
    uint32_t *keys;
    size_t key_count;
    size_t key_capacity;
    uint32_t inline_keys[PM_JSON_INLINE_KEYS];
};

// Starts reading [size] bytes of [text], which must outlive the reader. Never
// fails at once: a fault shows in the first read.
void pm_json_open(struct pm_json *json, const void *text, size_t size,
                  const struct pm_allocator *alloc);

// Starts at byte [offset] of [text], which ends at [end]: a value that was read
// before and so is known to be good is read again. Allocates nothing, because
// its keys are known to be distinct.
void pm_json_open_at(struct pm_json *json, const void *text, uint32_t offset,
                     uint32_t end, const struct pm_allocator *alloc);

void pm_json_close(struct pm_json *json);

// Reads the value that is due: the root, or after pm_json_next the member's
// or element's. Containers are entered: go on with pm_json_next until it gives
// false, or call pm_json_leave.
enum pm_json_kind pm_json_value(struct pm_json *json,
                                struct pm_json_value *out);

// Inside a container: whether there is another member or element, whose value
// is then due. [key] receives an object's key and may be NULL. False at the
// end, which leaves the container, and after a failure.
bool pm_json_next(struct pm_json *json, struct pm_json_str *key);

// Reads the rest of the innermost container, checking all of it.
void pm_json_leave(struct pm_json *json);

// Reads the value that is due, checking all of it. Gives its place and the
// offset behind its last byte.
enum pm_json_kind pm_json_skip(struct pm_json *json, struct pm_json_value *out,
                               uint32_t *end);

// Once the root has been read: checks that nothing follows and says how it
// all ended, PM_ERR_INVALID for text that is no JSON by the rules above.
pm_status pm_json_finish(struct pm_json *json);

// Adds the failure as a diagnostic. With [file_offset] SIZE_MAX the place is a
// line and column, otherwise the byte [file_offset] + offset of a file.
void pm_json_report(const struct pm_json *json, struct pm_diags *diags,
                    const char *file, size_t file_offset);

// Whether the string says [text] once escapes are resolved.
bool pm_json_str_is(const struct pm_json *json, const struct pm_json_str *str,
                    const char *text);

// Writes the resolved string to [out] (room for [size] bytes, str->size is
// always enough; may be the place it stands in) and gives its length. What has
// no room is left out, the length still counts it.
size_t pm_json_str_decode(const struct pm_json *json,
                          const struct pm_json_str *str, void *out,
                          size_t size);

// The line and column (from 1, columns in bytes) of a byte of a text.
struct pm_place pm_json_place(const char *file, const void *text, size_t size,
                              size_t offset);

// --- a whole document --------------------------------------------------------

struct pm_json_node {
    enum pm_json_kind kind;
    uint32_t offset;     // of the value in the text
    uint32_t key_offset; // of the key, behind its quote
    uint32_t next;       // index of the next sibling; 0: none
    uint32_t children;   // members or elements; the first is the next node
    uint32_t size;       // bytes of [text]
    uint32_t key_size;   // bytes of [key]
    int64_t number;      // INT
    const char *key;     // resolved, NUL behind it; NULL outside objects
    const char *text;    // STRING: resolved, NUL behind it
};

struct pm_json_doc {
    struct pm_allocator alloc;
    struct pm_json_node *nodes; // the root is the first
    size_t count;
    size_t bytes; // of the one allocation that holds nodes and strings
};

// Reads [size] bytes of [text] into [out], which keeps no pointer into it.
// Faults are added to [diags] with lines and columns of [file]. On failure
// there is nothing to free.
pm_status pm_json_parse(const void *text, size_t size, const char *file,
                        const struct pm_allocator *alloc,
                        struct pm_diags *diags, struct pm_json_doc *out);

void pm_json_doc_free(struct pm_json_doc *doc);

// The first member or element of [node], or NULL.
const struct pm_json_node *pm_json_first(const struct pm_json_doc *doc,
                                         const struct pm_json_node *node);

// The sibling behind [node], or NULL.
const struct pm_json_node *pm_json_after(const struct pm_json_doc *doc,
                                         const struct pm_json_node *node);

// The member of object [node] with that key, or NULL (also when [node] is NULL
// or no object).
const struct pm_json_node *pm_json_get(const struct pm_json_doc *doc,
                                       const struct pm_json_node *node,
                                       const char *key);

#endif
