// SPDX-License-Identifier: MIT
//
// Module content as assembler text.

#ifndef PM_BYTECODE_PRINT_H
#define PM_BYTECODE_PRINT_H

#include "bytecode/bytecode_internal.h"

enum {
    // Longer names and texts are written where they are defined and by
    // number elsewhere, so that the text's length stays linear in the file's.
    PRINT_LONGEST_NAME = 64,
    // Func types with more parts are written by number.
    PRINT_MOST_PARTS = 8,
};

// Bit i is set when name i of that table stands for one row only. All NULL:
// names are taken as they are.
struct printer {
    const struct pm_module *module;
    const struct pm_intrinsic_names *names;
    uint8_t *type_unique;
    uint8_t *global_unique;
    uint8_t *function_unique;
    uint8_t *host_unique;
    bool is_strict; // use the above

    // The function being written; its names by local, empty: none.
    const struct pm_function *function;
    struct pm_text local[PM_FUNCTION_MAX_SLOTS];
    bool local_unique[PM_FUNCTION_MAX_SLOTS];
    // By offset, for jumps into the middle of instructions; NULL: any target
    // is written as an offset.
    const uint8_t *labels;
};

// A text in quotes, escaped so that the assembler reads the same bytes.
void pm_bytecode_print_string(struct pm_buf *out, struct pm_text text);

// A name where it is defined: as a word where it is one, else in quotes.
void pm_bytecode_print_name(struct pm_buf *out, struct pm_text name);

void pm_bytecode_print_type(const struct printer *p, pm_type_id type,
                            struct pm_buf *out);

// Parameters and results as "(i64) -> (bool)", or "#5".
void pm_bytecode_print_signature(const struct printer *p, pm_type_id type,
                                 struct pm_buf *out);

// "i64 5" or a text in quotes.
void pm_bytecode_print_constant_value(const struct pm_constant *row,
                                      struct pm_buf *out);

void pm_bytecode_print_float(struct pm_buf *out, uint64_t bits, bool is_f32);

void pm_bytecode_print_instruction(const struct printer *p,
                                   const struct pm_instruction *instruction,
                                   struct pm_buf *out);

// The name of a host call, "module.name", as far as it is not too long.
bool pm_bytecode_print_host_name(const struct pm_host_decl *decl, char *text,
                                 struct pm_text *out);

#endif
