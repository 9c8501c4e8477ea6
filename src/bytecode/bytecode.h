// SPDX-License-Identifier: MIT
//
// Modules: the typed programs of PBX files (docs/spec/pbx.md).
//
// A format only. Reading checks structure (every length, offset and index),
// not meaning: what a module may do is the linker's to say. Everything in a
// read module points into the bytes that were read or into one block that
// belongs to the module; nothing is executed, nothing is trusted.

#ifndef PM_BYTECODE_H
#define PM_BYTECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#include "base/buf.h"
#include "base/diag.h"

typedef enum pm_opcode {
#define PM_OPCODE(name, code, operands, signature, price, flags, meaning)      \
    PM_OP_##name = code,
#include "bytecode/opcodes.def"
#undef PM_OPCODE
} pm_opcode;

struct pm_opcode_info {
    const char *name; // NULL: no such code
    const char *operands;
    const char *signature;
    const char *flags;
    const char *meaning;
    uint16_t code;
    uint16_t price;
    // Bytes of the instruction with its opcode.
    uint8_t size;
};

// Whether the row's flags have [flag]; they are four letters at most.
static inline bool pm_opcode_has(const struct pm_opcode_info *info, char flag)
{
    for (const char *at = info->flags; *at; at++)
        if (*at == flag)
            return true;
    return false;
}

// By code: the row, or NULL; [code] below PM_OPCODE_END.
#define PM_OPCODE_END 0x300
extern const struct pm_opcode_info *const pm_opcode_table[PM_OPCODE_END];

// The row of [code], or NULL when there is none. Constant time.
static inline const struct pm_opcode_info *pm_opcode_info(uint32_t code)
{
    return code < PM_OPCODE_END ? pm_opcode_table[code] : NULL;
}

// The row whose name is [name] of [size] bytes, letter case ignored; or NULL.
const struct pm_opcode_info *pm_opcode_by_name(const char *name, size_t size);

// All rows in the table's order.
const struct pm_opcode_info *pm_opcode_rows(size_t *out_count);

// --- types -------------------------------------------------------------------

// A type is a number: one of these, or PM_TYPE_FIRST_USER + an index into the
// module's type table.
enum {
    PM_TYPE_NONE = 0, // no type; never stored in a module
    PM_TYPE_I32 = 1,
    PM_TYPE_I64 = 2,
    PM_TYPE_F32 = 3,
    PM_TYPE_F64 = 4,
    PM_TYPE_BOOL = 5,
    PM_TYPE_BYTE = 6,
    PM_TYPE_STRING = 7,
    PM_TYPE_BYTES = 8,
    PM_TYPE_COROUTINE = 9,
    PM_TYPE_ANY = 10, // any reference; CAST and IS_TYPE narrow it
    PM_TYPE_FIRST_USER = 16,
};

typedef uint32_t pm_type_id;

// Whether slots of this type hold a HeapRef.
static inline bool pm_type_is_ref(pm_type_id type)
{
    return type >= PM_TYPE_STRING;
}

typedef enum pm_type_kind {
    PM_TYPE_KIND_ARRAY = 1,  // elements of one type
    PM_TYPE_KIND_RECORD = 2, // named fields; each record type is its own
    PM_TYPE_KIND_FUNC = 3,   // a closure's parameters and results
    PM_TYPE_KIND_STATE = 4,  // a state object of a domain
} pm_type_kind;

// Text inside the module's bytes; valid UTF-8, not NUL-terminated.
struct pm_text {
    const char *data;
    uint32_t size;
};

struct pm_field {
    struct pm_text name;
    pm_type_id type;
};

struct pm_type {
    pm_type_kind kind;
    struct pm_text name; // RECORD: its name; STATE: its domain; else empty
    pm_type_id element;  // ARRAY
    // RECORD: the fields. FUNC: param_count parameters, then the results
    // (names empty).
    const struct pm_field *fields;
    uint32_t field_count; // RECORD: fields; FUNC: parameters + results
    uint32_t param_count; // FUNC
};

struct pm_constant {
    pm_type_id type; // I32 I64 F32 F64 or STRING
    // The number, i32 sign-extended; the bits of a float.
    uint64_t bits;
    struct pm_text text;
};

// --- functions ---------------------------------------------------------------

enum {
    // The function is a closure's body: local 0 is the closure itself, its
    // parameters follow from local 1.
    PM_FUNCTION_CLOSURE = 1,
};

struct pm_function {
    struct pm_text name; // may be empty
    // A FUNC type: parameters and results.
    pm_type_id type;
    uint32_t flags;
    // Types of the captured slots; only for closures.
    const pm_type_id *captures;
    uint32_t capture_count;
    // Types of the locals behind the parameters.
    const pm_type_id *locals;
    uint32_t local_count;
    // The greatest depth of its operand stack, exactly.
    uint32_t max_stack;
    // The instructions, and where they start in the file (for messages).
    const uint8_t *code;
    uint32_t code_size;
    uint32_t code_offset;
};

struct pm_global {
    struct pm_text name;
    pm_type_id type;
};

struct pm_export {
    struct pm_text name;
    uint32_t function;
};

struct pm_host_decl {
    struct pm_text module;
    struct pm_text name;
    uint32_t version;
    // A FUNC type: parameters and results.
    pm_type_id type;
};

// --- debug data --------------------------------------------------------------

// From [offset] of the function's code on, instructions come from this place.
struct pm_line {
    uint32_t function;
    uint32_t offset;
    uint32_t file;   // index into files
    uint32_t line;   // from 1
    uint32_t column; // from 1; 0: unknown
};

struct pm_local_name {
    uint32_t function;
    uint32_t local;
    struct pm_text name;
};

struct pm_module {
    struct pm_allocator alloc;
    // One block that holds all tables below.
    void *block;
    size_t block_size;

    struct pm_text name;
    const struct pm_type *types;
    const struct pm_constant *constants;
    const struct pm_function *functions;
    const struct pm_global *globals;
    const struct pm_export *exports;
    const struct pm_host_decl *host_decls;
    const struct pm_text *files;
    const struct pm_line *lines;             // by function, then offset
    const struct pm_local_name *local_names; // by function, then local
    uint32_t type_count;
    uint32_t constant_count;
    uint32_t function_count;
    uint32_t global_count;
    uint32_t export_count;
    uint32_t host_decl_count;
    uint32_t file_count;
    uint32_t line_count;
    uint32_t local_name_count;
};

// Limits of the format; a profile may set lower ones.
enum {
    PM_MODULE_MAX_SIZE = 16 << 20,
    PM_MODULE_MAX_ITEMS = 65535, // rows of each table (lines: 1 << 20)
    PM_FUNCTION_MAX_SLOTS = 512, // closure + parameters + locals + max_stack
    PM_FUNCTION_MAX_CODE = 65535,
    PM_TYPE_MAX_FIELDS = 255,
};

// Reads a module from [size] bytes, which must outlive it.
//
// Reports what is wrong in [diags] with byte offsets, under the file name
// [file], and returns PM_ERR_INVALID (PM_ERR_UNSUPPORTED for another version,
// PM_ERR_NO_MEMORY); [out] is then left alone. Takes memory linear in [size]
// and time linear up to a logarithm, whatever the bytes are.
pm_status pm_module_read(const void *bytes, size_t size, const char *file,
                         const struct pm_allocator *alloc,
                         struct pm_diags *diags, struct pm_module *out);

// Frees what reading allocated.
void pm_module_free(struct pm_module *module);

// The number of locals of [function]: the closure itself, the parameters and
// the locals behind them.
uint32_t pm_function_slot_count(const struct pm_module *module,
                                const struct pm_function *function);

// Its type's row.
const struct pm_type *pm_function_type(const struct pm_module *module,
                                       const struct pm_function *function);

// The type of a local, counted as above; PM_TYPE_NONE when there is none. A
// closure's own type is the function's.
pm_type_id pm_function_local_type(const struct pm_module *module,
                                  const struct pm_function *function,
                                  uint32_t local);

// Appends the canonical bytes of [module] to [out]: reading and writing gives
// the same bytes again. Fails with PM_ERR_INVALID when a table has too many
// rows or the file would be too long, and leaves [out] as it was; whether the
// rows themselves are good is for pm_module_read to say.
pm_status pm_module_write(const struct pm_module *module, struct pm_buf *out);

// Names of the intrinsics, which a module knows by number only.
struct pm_intrinsic_name {
    const char *name;
    uint32_t id;
    // In the letters of opcodes.def, "dd:d"; NULL: not known.
    const char *signature;
};

struct pm_intrinsic_names {
    const struct pm_intrinsic_name *rows;
    size_t count;
};

// Appends assembler text of the whole module, which assembles to the same
// bytes (docs/spec/asm.md). [names] may be NULL: intrinsics are then written
// by number.
pm_status pm_module_disassemble(const struct pm_module *module,
                                const struct pm_intrinsic_names *names,
                                struct pm_buf *out);

// --- instructions ------------------------------------------------------------

struct pm_instruction {
    const struct pm_opcode_info *info;
    uint32_t offset; // from the start of the function
    uint32_t size;
    // The operands as they stand in the row's "operands": numbers, the bits
    // of floats; signed ones are sign-extended.
    uint64_t operand[2];
};

// Decodes the instruction at [offset] of [function]. False when the code is
// unknown or the instruction does not fit; [out]->info is then NULL.
bool pm_instruction_decode(const struct pm_function *function, uint32_t offset,
                           struct pm_instruction *out);

// Appends one instruction as assembler text, without line end; names come
// from [module].
void pm_instruction_print(const struct pm_module *module,
                          const struct pm_function *function,
                          const struct pm_instruction *instruction,
                          struct pm_buf *out);

// Appends a type in assembler syntax: "i64", "array f64", "Player".
void pm_type_print(const struct pm_module *module, pm_type_id type,
                   struct pm_buf *out);

// The source place of [offset] in function [function]; false without one.
bool pm_module_find_line(const struct pm_module *module, uint32_t function,
                         uint32_t offset, struct pm_line *out);

#endif
