// SPDX-License-Identifier: MIT
//
// Writes JSON without white space, keys in the order they are given, with the
// shortest escapes: for reports and for canonical headers. Commas and colons
// come by themselves:
//
//     pm_json_write_begin_object(&w);
//     pm_json_write_key(&w, "size");
//     pm_json_write_int(&w, 12);
//     pm_json_write_end(&w);
//
// Memory failures are remembered by the buffer.

#ifndef PM_BASE_JSON_WRITE_H
#define PM_BASE_JSON_WRITE_H

#include "base/buf.h"

#define PM_JSON_WRITE_DEPTH 16

struct pm_json_writer {
    struct pm_buf *out;
    int depth;
    bool needs_comma;
    // The closing brackets that are due, innermost last.
    char closers[PM_JSON_WRITE_DEPTH];
};

struct pm_json_writer pm_json_write_to(struct pm_buf *out);

void pm_json_write_begin_object(struct pm_json_writer *w);
void pm_json_write_begin_array(struct pm_json_writer *w);
// Ends the innermost object or array.
void pm_json_write_end(struct pm_json_writer *w);

void pm_json_write_key(struct pm_json_writer *w, const char *key);
void pm_json_write_key_bytes(struct pm_json_writer *w, const void *key,
                             size_t size);
void pm_json_write_int(struct pm_json_writer *w, int64_t value);
void pm_json_write_bool(struct pm_json_writer *w, bool value);
void pm_json_write_null(struct pm_json_writer *w);

// [text] should be UTF-8; bytes that are not become U+FFFD.
void pm_json_write_string(struct pm_json_writer *w, const void *text,
                          size_t size);
void pm_json_write_cstr(struct pm_json_writer *w, const char *text);

// A 64-bit number as a decimal string, for handles and fingerprints: readers
// in other languages keep only 53 bits of a number.
void pm_json_write_u64_string(struct pm_json_writer *w, uint64_t value);

// [json] must be one JSON value; it goes in as it is.
void pm_json_write_raw(struct pm_json_writer *w, const void *json, size_t size);

#endif
