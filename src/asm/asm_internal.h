// SPDX-License-Identifier: MIT
//
// What the assembler's files share.
//
// The text is walked four times, a statement at a time: for the names of
// types and functions, for the types, for the other tables, and for the
// functions' bodies. So everything can be used before it is defined, and only
// labels need patching.

#ifndef PM_ASM_INTERNAL_H
#define PM_ASM_INTERNAL_H

#include "asm/asm.h"
#include "base/arena.h"

// --- tokens ------------------------------------------------------------------

typedef enum asm_token_kind {
    ASM_END,
    ASM_NEWLINE,
    ASM_WORD,      // a name or a mnemonic; may have dots inside
    ASM_DIRECTIVE, // ".name"
    ASM_NUMBER,    // any number, not yet looked at
    ASM_STRING,
    ASM_CHAR,
    ASM_ARROW,
    ASM_PUNCTUATION, // one byte
    ASM_BAD,         // reported by the lexer
} asm_token_kind;

struct asm_token {
    asm_token_kind kind;
    const char *text; // in the source
    uint32_t size;
    uint32_t line;
    uint32_t column;
    struct pm_text string; // STRING: its content
    uint32_t code;         // CHAR
};

struct asm_lexer {
    const char *text;
    size_t size;
    size_t at;
    uint32_t line;
    size_t line_start;
    // Open brackets: line ends inside them count as blanks, up to a line that
    // starts with a directive.
    uint32_t depth;
};

// --- names -------------------------------------------------------------------

// What a name stands for; each kind has names of its own.
typedef enum asm_space {
    ASM_TYPE,
    ASM_CONST,
    ASM_GLOBAL,
    ASM_FUNC,
    ASM_HOST,
    ASM_INTRINSIC,
    ASM_LOCAL,
    ASM_CAPTURE,
    ASM_LABEL,
    ASM_FIELD, // scope: the record
    // Things that are pooled by their content.
    ASM_EXPORT,
    ASM_FILE,
    ASM_TYPE_KEY,
    ASM_HOST_KEY,
    ASM_CONST_KEY, // + the type
} asm_space;

struct asm_entry {
    struct pm_text key;
    uint32_t hash;
    uint32_t space;
    uint32_t scope; // the function or record it belongs to, else 0
    uint32_t value;
    uint32_t line; // where it was defined
    bool has_twin; // defined again
};

// From (space, scope, key) to a number.
struct asm_map {
    struct asm_entry *entries;
    size_t count;
    size_t capacity;
    // Numbers of entries plus one; 0: free. A power of two.
    uint32_t *slots;
    size_t slot_count;
    uint64_t seed;
};

// --- the module while it grows -----------------------------------------------

// A growing array; count first, so that a zeroed one is empty.
struct asm_vec {
    void *data;
    size_t count;
    size_t capacity;
};

// A type as written. Children are linked by [next].
struct asm_type {
    pm_type_kind kind; // 0: [id] says it all
    pm_type_id id;
    uint32_t height; // of the tree of types written out in place
    uint32_t param_count;
    uint32_t child_count;
    struct asm_type *child;
    struct asm_type *last;
    struct asm_type *next;
    struct pm_text name;       // of a record, or a state's domain
    struct pm_text field_name; // as a record's field
    struct asm_token place;
};

struct asm_function {
    struct pm_text name;
    pm_type_id type;
    uint32_t flags;
    uint32_t capture_count;
    uint32_t local_count;
    uint32_t max_stack;
    bool has_stack; // said by .stack
    size_t slot_start;
    size_t code_start;
    size_t code_size;
    struct asm_token place;
};

struct asm_label {
    size_t offset;
    bool is_defined;
    struct asm_token use; // the first one
};

struct asm_fixup {
    size_t at; // in the code
    uint32_t label;
};

typedef enum asm_pass {
    ASM_PASS_NAMES = 1,
    ASM_PASS_TYPES,
    ASM_PASS_TABLES,
    ASM_PASS_CODE,
} asm_pass;

struct assembler {
    const struct pm_allocator *alloc;
    struct pm_diags *diags;
    const char *file;
    const struct pm_intrinsic_names *names;
    struct pm_arena arena;
    struct asm_map map;
    struct asm_lexer lexer;
    struct asm_token token; // the next one
    asm_pass pass;
    bool failed; // something was reported
    bool no_memory;
    // Comparisons left for "did you mean": a text full of faults must not
    // make finding them slow.
    uint32_t suggestions;

    bool is_exact;
    bool has_module;
    struct pm_text module_name;
    struct asm_vec written_types; // struct asm_type *, by .type
    uint32_t types_met;           // in this pass
    struct asm_vec types;         // struct pm_type
    struct asm_vec constants;     // struct pm_constant
    struct asm_vec functions;     // struct asm_function
    struct asm_vec slots;         // pm_type_id: captures and locals
    struct asm_vec globals;       // struct pm_global
    struct asm_vec exports;       // struct pm_export
    struct asm_vec host_decls;    // struct pm_host_decl
    struct asm_vec files;         // struct pm_text
    struct asm_vec lines;         // struct pm_line
    struct asm_vec local_names;   // struct pm_local_name
    struct pm_buf code;

    // The function being read.
    uint32_t function_count; // those met so far
    bool in_function;
    bool has_places;        // .at was used: no lines of its own
    bool wants_instruction; // behind an .at
    struct asm_function *function;
    uint32_t slot_count; // of its locals, with parameters
    bool too_many_slots;
    struct pm_text slot_names[PM_FUNCTION_MAX_SLOTS];
    bool slot_named[PM_FUNCTION_MAX_SLOTS];
    struct asm_vec labels; // struct asm_label
    struct asm_vec fixups; // struct asm_fixup
};

// --- lexer.c -----------------------------------------------------------------

// Starts over at the text's beginning.
void pm_asm_lexer_restart(struct assembler *a);
// Moves on: a->token is the token behind the present one. Faults in tokens
// are reported in the last pass that reads them.
void pm_asm_next(struct assembler *a);

// --- report.c ----------------------------------------------------------------

// Reports a fault at [token] and gives false.
bool pm_asm_error(struct assembler *a, const struct asm_token *token,
                  const char *code, const char *format, ...) PM_PRINTF(4, 5);
// Reports that the present token is not [wanted]; false.
bool pm_asm_unexpected(struct assembler *a, const char *wanted);
// Reports that [name] is unknown, with the nearest known one; false.
bool pm_asm_unknown(struct assembler *a, const struct asm_token *token,
                    asm_space space, uint32_t scope, const char *what,
                    struct pm_text name);
// Reports an unknown mnemonic or directive; false.
bool pm_asm_unknown_instruction(struct assembler *a,
                                const struct asm_token *token);
// A text made safe and short for messages: of the arena, never NULL.
const char *pm_asm_show(struct assembler *a, const char *text, size_t size);
// The number of edits between two words, at most [limit].
uint32_t pm_asm_distance(const char *a, size_t a_size, const char *b,
                         size_t b_size, uint32_t limit);
bool pm_asm_out_of_memory(struct assembler *a);

// --- map.c -------------------------------------------------------------------

// NULL when there is none. Valid until the next insert.
struct asm_entry *pm_asm_map_find(struct assembler *a, uint32_t space,
                                  uint32_t scope, struct pm_text key);
// Adds an entry; NULL when memory is short. [key] must stay.
struct asm_entry *pm_asm_map_insert(struct assembler *a, uint32_t space,
                                    uint32_t scope, struct pm_text key,
                                    uint32_t value);
// Room for one more element of [size] bytes, zeroed; NULL when memory is
// short.
void *pm_asm_push(struct assembler *a, struct asm_vec *vec, size_t size);
void pm_asm_vec_free(struct assembler *a, struct asm_vec *vec, size_t size);

// --- parse.c -----------------------------------------------------------------

bool pm_asm_is_word(const struct asm_token *token, const char *word);
bool pm_asm_is_punctuation(const struct asm_token *token, char c);
// Takes one byte of punctuation, or reports that it is missing.
bool pm_asm_expect(struct assembler *a, char c);
// Takes it when it is there.
bool pm_asm_accept(struct assembler *a, char c);
bool pm_asm_is_at_end(const struct assembler *a);
// A name, as a word or in quotes; "_" is the empty one.
bool pm_asm_parse_name(struct assembler *a, struct pm_text *out);
bool pm_asm_parse_string(struct assembler *a, struct pm_text *out);
// Gives [name] to number [value]; reports a second definition.
bool pm_asm_define(struct assembler *a, const struct asm_token *token,
                   asm_space space, uint32_t scope, const char *what,
                   struct pm_text name, uint32_t value);
// "#5", a word or a name in quotes: the number of a thing.
bool pm_asm_parse_reference(struct assembler *a, asm_space space,
                            uint32_t scope, const char *what, uint32_t *out);

// --- number.c ----------------------------------------------------------------

bool pm_asm_parse_u32(struct assembler *a, const char *what, uint32_t *out);
// An integer of [bits] 8, 32 or 64; also a character.
bool pm_asm_parse_integer(struct assembler *a, int bits, bool is_signed,
                          uint64_t *out);
// The bits of an f32 or f64.
bool pm_asm_parse_float(struct assembler *a, bool is_f32, uint64_t *out);

// --- types.c -----------------------------------------------------------------

// A type, all of whose names are known.
bool pm_asm_parse_type(struct assembler *a, pm_type_id *out);
// "(i64, f64) -> (bool)" or "#5": a func type.
bool pm_asm_parse_signature(struct assembler *a, pm_type_id *out);
// Adds the results that follow to [func]: "-> (i64, f64)", "-> i64" or none.
bool pm_asm_parse_results(struct assembler *a, struct asm_type *func,
                          uint32_t depth);
// A type to be resolved later; NULL after a fault.
struct asm_type *pm_asm_parse_type_tree(struct assembler *a, uint32_t depth);
// An empty func type to add parameters to; NULL when memory is short.
struct asm_type *pm_asm_new_func(struct assembler *a);
// Parses a type and appends it to [parent], which counts it.
struct asm_type *pm_asm_parse_child(struct assembler *a,
                                    struct asm_type *parent, uint32_t depth);
bool pm_asm_resolve_type(struct assembler *a, const struct asm_type *tree,
                         pm_type_id *out);
// Whether the token is a type's name of the language itself.
bool pm_asm_is_primitive(const struct asm_token *token, pm_type_id *out);
bool pm_asm_type_name(struct assembler *a);
bool pm_asm_type_body(struct assembler *a);
// Gives all that .type wrote its row.
bool pm_asm_resolve_types(struct assembler *a);
const struct pm_type *pm_asm_type_row(const struct assembler *a,
                                      pm_type_id type);

// --- tables.c ----------------------------------------------------------------

bool pm_asm_module(struct assembler *a);
bool pm_asm_const(struct assembler *a);
bool pm_asm_global(struct assembler *a);
bool pm_asm_host(struct assembler *a);
bool pm_asm_file(struct assembler *a);
bool pm_asm_export(struct assembler *a);
bool pm_asm_exact(struct assembler *a);
// The number of a constant, added if it is new.
bool pm_asm_pool_constant(struct assembler *a,
                          const struct pm_constant *constant, uint32_t *out);
// "i64 5" or "text".
bool pm_asm_parse_constant(struct assembler *a, struct pm_constant *out);
bool pm_asm_pool_file(struct assembler *a, struct pm_text name, uint32_t *out);

// --- function.c --------------------------------------------------------------

bool pm_asm_func_name(struct assembler *a);
bool pm_asm_func(struct assembler *a);
bool pm_asm_local(struct assembler *a);
bool pm_asm_local_name(struct assembler *a);
bool pm_asm_stack(struct assembler *a);
bool pm_asm_at(struct assembler *a);
bool pm_asm_byte(struct assembler *a);
bool pm_asm_end(struct assembler *a);
void pm_asm_finish_function(struct assembler *a);

// --- code.c ------------------------------------------------------------------

bool pm_asm_instruction(struct assembler *a);
bool pm_asm_define_label(struct assembler *a, const struct asm_token *token);
// Notes that what follows in the code comes from this place.
bool pm_asm_add_line(struct assembler *a, uint32_t file, uint32_t line,
                     uint32_t column);
// Puts the labels' places into the jumps.
void pm_asm_patch_labels(struct assembler *a);
// The scope of locals and labels of the function being read.
uint32_t pm_asm_scope(const struct assembler *a);

// --- stack.c -----------------------------------------------------------------

// The greatest depth of [function]'s operand stack over all that its start
// reaches, found by following the code once; code that is wrong gives some
// number. False when memory is short.
bool pm_asm_measure_stack(const struct pm_module *module,
                          const struct pm_function *function,
                          const struct pm_intrinsic_names *names,
                          const struct pm_allocator *alloc, uint32_t *out);

#endif
