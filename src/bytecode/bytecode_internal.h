// SPDX-License-Identifier: MIT
//
// What the files of this module share: the layout's numbers, and rows of
// bytes that are sorted to find equal ones.

#ifndef PM_BYTECODE_INTERNAL_H
#define PM_BYTECODE_INTERNAL_H

#include "bytecode/bytecode.h"

// The file's first four bytes, "PBX\0".
#define PBX_MAGIC 0x00584250u

enum {
    PBX_STRINGS = 1,
    PBX_MODULE,
    PBX_TYPES,
    PBX_CONSTANTS,
    PBX_FUNCTIONS,
    PBX_GLOBALS,
    PBX_CODE,
    PBX_EXPORTS,
    PBX_HOST_CALLS,
    PBX_DEBUG,
    PBX_SECTION_COUNT = PBX_DEBUG,
    PBX_HEADER_SIZE = 16 + PBX_SECTION_COUNT * 12,
    // Strings, lines and names of locals.
    PBX_MAX_SMALL_ITEMS = 1 << 20,
    PBX_MAX_CAPTURES = 255,
};

#define PBX_NAN32 0x7fc00000u
#define PBX_NAN64 0x7ff8000000000000u

// Some bytes and a number that goes with them.
struct pbx_row {
    const uint8_t *data;
    uint32_t size;
    uint32_t index;
};

// Orders two rows by their bytes, a row before its continuations.
int pm_pbx_row_compare(const struct pbx_row *a, const struct pbx_row *b);

// Sorts [count] rows, equal ones by [index]; [scratch] has as much room.
// Each byte is looked at a logarithmic number of times: equal rows are found
// by sorting because nobody can choose bytes that make it slow.
void pm_pbx_rows_sort(struct pbx_row *rows, struct pbx_row *scratch,
                      size_t count);

// Whether a float's bits are a NaN other than the canonical one.
bool pm_pbx_is_odd_nan(pm_type_id type, uint64_t bits);

// --- reading -----------------------------------------------------------------

#include "base/cursor.h"

struct pbx_reader {
    const uint8_t *bytes;
    size_t size;
    const char *file;
    const struct pm_allocator *alloc;
    struct pm_diags *diags;
    bool failed; // something was reported
    bool no_memory;

    struct pm_cursor section[PBX_SECTION_COUNT + 1];

    struct pm_text *strings;
    uint8_t *string_used;
    uint32_t string_count;

    // The result while it grows, its tables not const.
    struct pm_module module;
    struct pm_type *types;
    struct pm_field *fields;
    struct pm_constant *constants;
    struct pm_function *functions;
    struct pm_global *globals;
    struct pm_export *exports;
    struct pm_host_decl *host_decls;
    struct pm_text *files;
    struct pm_line *lines;
    struct pm_local_name *local_names;
    pm_type_id *slots;
    size_t field_count; // of all types
    size_t slot_count;  // captures and locals of all functions
    uint64_t code_size; // of all functions
    // Where the lines and names of locals start in their section.
    struct pm_cursor line_cursor;
    struct pm_cursor local_cursor;
};

// The cursor's place in the file.
static inline size_t pbx_where(const struct pbx_reader *reader,
                               const struct pm_cursor *cursor)
{
    return (size_t)(cursor->data - reader->bytes) + cursor->at;
}

// Reports a fault at file offset [at]; the rest are the code, a format and
// its arguments.
#define PBX_COMPLAIN(reader, at, ...)                                          \
    do {                                                                       \
        struct pm_place pbx_place = pm_place_at((reader)->file, (at));         \
        pm_diags_error((reader)->diags, &pbx_place, __VA_ARGS__);              \
        (reader)->failed = true;                                               \
    } while (0)

// Counts all tables and adds up what their rows hold, so that one block can
// take it. Afterwards every row is known to be wholly there. False when one
// is not.
bool pm_pbx_measure(struct pbx_reader *reader);

// Fills the tables of the block and checks every number in them.
void pm_pbx_fill(struct pbx_reader *reader);

#endif
