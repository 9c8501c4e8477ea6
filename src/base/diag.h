// SPDX-License-Identifier: MIT
//
// Diagnostics: what is wrong with a source, a module, a manifest, an asset
// file. All of it is collected, with places, never just the first fault.

#ifndef PM_BASE_DIAG_H
#define PM_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

// After so many, further ones are only counted: a hostile file cannot make
// the report grow without bound.
#define PM_DIAG_LIMIT 500

// Where a fault lies. Text has lines and columns (from 1, columns in bytes),
// binary formats have a byte offset; a place may have neither.
struct pm_place {
    const char *file; // NULL: not known. Copied on add.
    uint32_t line;    // 0: none
    uint32_t column;
    uint64_t offset;
    bool has_offset;
};

struct pm_diag {
    struct pm_place place;
    bool is_error; // otherwise a warning or a note
    char *code;    // stable, for people to look up: "PBX-TYPE"
    char *text;    // one sentence: what was found, what was wanted
};

struct pm_diags {
    struct pm_allocator alloc;
    struct pm_diag *items;
    size_t count;
    size_t capacity;
    size_t errors;
    // Faults seen beyond PM_DIAG_LIMIT.
    size_t dropped;
    // Set when a fault could not be stored for lack of memory. It still
    // counts in [errors], so that failing stays failing.
    bool out_of_memory;
};

void pm_diags_init(struct pm_diags *diags, const struct pm_allocator *alloc);
void pm_diags_free(struct pm_diags *diags);

// Adds an error at [place] (NULL: none). Hostile text in the arguments must
// have been escaped (pm_buf_put_escaped) by the caller.
void pm_diags_error(struct pm_diags *diags, const struct pm_place *place,
                    const char *code, const char *format, ...) PM_PRINTF(4, 5);

// The same for what does not make the work fail.
void pm_diags_warning(struct pm_diags *diags, const struct pm_place *place,
                      const char *code, const char *format, ...)
    PM_PRINTF(4, 5);

// Writes one diagnostic as "file:line:column: error CODE: text" (binary
// places as "file:+offset: …"), without a line end.
void pm_diag_print(const struct pm_diag *diag, struct pm_buf *out);

// Writes all of them, a line each.
void pm_diags_print(const struct pm_diags *diags, struct pm_buf *out);

// A place in binary data.
static inline struct pm_place pm_place_at(const char *file, uint64_t offset)
{
    return (struct pm_place){
        .file = file, .offset = offset, .has_offset = true};
}

// A place in text.
static inline struct pm_place pm_place_line(const char *file, uint32_t line,
                                            uint32_t column)
{
    return (struct pm_place){.file = file, .line = line, .column = column};
}

#endif
