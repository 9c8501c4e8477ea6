// SPDX-License-Identifier: MIT
//
// What the files of the emitter share.
//
// Each value of the language is a list of *slots*, each of one type of the
// module (slots.c). Expressions become stack code from left to right: the
// code of a node leaves the node's slots on the operand stack, the first one
// lowest. Locals, globals, fields and captures of several slots are so many
// consecutive ones.
//
// The emitter follows the depth of the stack, so that a jump out of an
// expression can drop what lies there, and whether control gets to where it
// is: code that nothing reaches is not emitted. Both are exact, which the
// linker wants of the greatest depth.

#ifndef PM_LANG_EMIT_INTERNAL_H
#define PM_LANG_EMIT_INTERNAL_H

#include "base/check.h"
#include "lang/low.h"

// --- an index of rows by content (emit_index.c) ------------------------------

// Finds rows by a hash of what they are: open addressing over row numbers.
struct pm_emit_index {
    uint32_t *cells; // row + 1; 0: free
    uint64_t *hashes;
    size_t capacity; // a power of two, or 0
    size_t count;
};

// Whether row [row] is the one that is looked for.
typedef bool pm_emit_is_row(const void *context, uint32_t row);

#define PM_EMIT_NO_ROW UINT32_MAX

uint32_t pm_emit_index_find(const struct pm_emit_index *index, uint64_t hash,
                            pm_emit_is_row *is_row, const void *context);
// False when memory is short.
bool pm_emit_index_add(struct pm_emit_index *index,
                       const struct pm_allocator *alloc, uint64_t hash,
                       uint32_t row);
void pm_emit_index_free(struct pm_emit_index *index,
                        const struct pm_allocator *alloc);

// --- the module that is being made -------------------------------------------

struct pm_emit_slots {
    const pm_type_id *types;
    uint32_t count;
};

// The record of an enum with payload: which of its fields hold the values of
// each case, in the order of the case's slots. Field 0 is the tag.
struct pm_emit_case {
    uint32_t *fields;
    uint32_t count;
};

struct pm_emit_enum {
    struct pm_emit_slots fields;
    struct pm_emit_case *cases;
};

// What a type of the language is in the module.
struct pm_emit_type {
    struct pm_emit_slots slots;
    bool has_slots;
    // The type's own row, of references; the record around its slots as an
    // element of an array.
    pm_type_id own;
    pm_type_id box;
    struct pm_emit_enum *enumeration; // of an enum with payload, once wanted
};

struct pm_emit_function {
    uint32_t code; // offset in [code]
    uint32_t code_size;
    uint32_t max_stack;
    pm_type_id type;
    struct pm_emit_slots captures;
    struct pm_emit_slots locals;
    struct pm_text name;
    bool is_closure;
};

// A record whose fields are filled in at the end.
struct pm_emit_record {
    const struct pm_lt *type;
    pm_type_id row;
    bool is_box;
};

// Functions that the emitter itself adds to a module: they make arrays from
// strings of digits (emit_table.c).
enum pm_emit_helper {
    PM_EMIT_HELPER_I64,
    PM_EMIT_HELPER_F64,
    PM_EMIT_HELPER_BYTE,
    PM_EMIT_HELPERS,
};

struct pm_emitter {
    const struct pm_low_program *program;
    struct pm_lang_report *report;
    struct pm_allocator alloc;
    struct pm_arena arena;
    bool no_memory;
    bool refused;

    struct pm_emit_type *types; // by a type's number
    struct pm_low_fn **used;    // the functions of the program, in order
    uint32_t used_count;
    uint32_t helper_number[PM_EMIT_HELPERS]; // NO_ROW: not wanted
    uint32_t helper_count;

    struct pm_buf code;
    struct pm_type *rows;
    size_t row_count, row_capacity;
    struct pm_constant *constants;
    size_t constant_count, constant_capacity;
    struct pm_global *globals;
    size_t global_count, global_capacity;
    struct pm_host_decl *hosts;
    size_t host_count, host_capacity;
    struct pm_emit_function *functions;
    size_t function_count, function_capacity;
    struct pm_line *lines;
    size_t line_count, line_capacity;
    struct pm_local_name *names;
    size_t name_count, name_capacity;
    struct pm_emit_record *records;
    size_t record_count, record_capacity;
    uint32_t *file_number; // by the program's; NO_ROW: not yet used
    struct pm_text *files;
    size_t file_count, file_capacity;

    struct pm_emit_index row_index;
    struct pm_emit_index constant_index;
    struct pm_emit_index host_index;
};

// Zeroed memory that lives as long as the emitter; NULL and [no_memory] when
// it is short. A size of 0 gives some place.
void *pm_emit_alloc(struct pm_emitter *em, size_t count, size_t size);
// Makes room for one more row; false and [no_memory] when it is short.
bool pm_emit_grow(struct pm_emitter *em, void *array, size_t *capacity,
                  size_t count, size_t element);
// Text "name.3" in the arena.
struct pm_text pm_emit_part_name(struct pm_emitter *em, struct pm_text name,
                                 uint32_t part, uint32_t count);

// Whether a and b are the same text.
bool pm_emit_same_text(struct pm_text a, struct pm_text b);

// Finds what functions[0] and reload reach; numbers functions and globals.
void pm_emit_reach(struct pm_emitter *em);
// Rows of what is declared once: globals, host calls, constants, files.
void pm_emit_make_globals(struct pm_emitter *em);
uint32_t pm_emit_string(struct pm_emitter *em, struct pm_text text);
uint32_t pm_emit_host(struct pm_emitter *em, const struct pm_low_host *host);
// The module's number of a file of the program, or NO_ROW.
uint32_t pm_emit_file(struct pm_emitter *em, uint32_t file);
// The number of a helper function.
uint32_t pm_emit_want_helper(struct pm_emitter *em, enum pm_emit_helper which);
// Emits those that are wanted, behind all others.
void pm_emit_helpers(struct pm_emitter *em);

// --- types (slots.c, slots_rows.c) -------------------------------------------

// Whether values are one reference that is never null.
bool pm_emit_is_reference(const struct pm_lt *type);
// Whether it is an optional that is a reference, null for none.
bool pm_emit_is_nullable(const struct pm_lt *type);
struct pm_emit_slots pm_emit_slots(struct pm_emitter *em,
                                   const struct pm_lt *type);
uint32_t pm_emit_slot_count(struct pm_emitter *em, const struct pm_lt *type);
// Where part [part] of a spread type is among its slots.
uint32_t pm_emit_part_at(struct pm_emitter *em, const struct pm_lt *type,
                         uint32_t part);
// The type of part [part] as slots: what PART gives.
uint32_t pm_emit_part_count(struct pm_emitter *em, const struct pm_lt *type,
                            uint32_t part);
// Where field [field] of a STRUCT is among its record's.
uint32_t pm_emit_field_at(struct pm_emitter *em, const struct pm_lt *type,
                          uint32_t field);
// NULL when memory is short.
const struct pm_emit_enum *pm_emit_enum(struct pm_emitter *em,
                                        const struct pm_lt *type);
// The row of a type of references; of any other type, too, its one slot.
pm_type_id pm_emit_reference(struct pm_emitter *em, const struct pm_lt *type);
// What an array of [element] has for elements, and whether that is a box.
pm_type_id pm_emit_element(struct pm_emitter *em, const struct pm_lt *element);
bool pm_emit_is_boxed(struct pm_emitter *em, const struct pm_lt *element);
// Rows by content.
pm_type_id pm_emit_array_row(struct pm_emitter *em, pm_type_id element);
pm_type_id pm_emit_func_row(struct pm_emitter *em, const pm_type_id *types,
                            uint32_t param_count, uint32_t count);
// The func type of a function of the language.
pm_type_id pm_emit_func(struct pm_emitter *em, const struct pm_lt *fn);
// Fills in the fields of all records that are there.
void pm_emit_fill_records(struct pm_emitter *em);

// --- a function's code (emit_code.c) -----------------------------------------

struct pm_emit_label {
    uint32_t offset; // once bound
    uint32_t depth;
    uint32_t pending; // the last operand that waits for it, + 1
    bool is_bound;
    bool is_used;
};

struct pm_emit_loop {
    struct pm_emit_label next;
    struct pm_emit_label exit;
};

#define PM_EMIT_MAX_SLOTS 4096

struct pm_emit {
    struct pm_emitter *em;
    const struct pm_low_fn *low; // NULL in a helper
    uint32_t number;
    size_t start; // in the code
    uint32_t depth;
    uint32_t max_depth;
    bool reached;
    bool is_statement_start;
    // Loops are tested at their start: rotating one left code that nothing
    // reaches, which counts for the greatest depth.
    bool never_rotates;
    bool has_dead_body;
    uint32_t last_label;      // where the last one was bound, + 1
    struct pm_span span;      // what the next instruction comes from
    struct pm_span statement; // the statement that it belongs to
    struct pm_span said;      // the last row of the line table
    bool has_said;

    uint32_t *local_slot; // by a local's number
    uint32_t *capture_slot;
    struct pm_emit_loop *loops;
    uint32_t slot_count;
    // Beyond the count anything: what is above is cleared for each function,
    // these are not.
    pm_type_id slots[PM_EMIT_MAX_SLOTS];
    bool is_free[PM_EMIT_MAX_SLOTS]; // a temporary nobody uses now
};

// Appends an instruction: [pops] and [pushes] are its effect on the stack.
// Nothing is appended where control does not get to.
void pm_emit_op(struct pm_emit *e, uint16_t op, uint32_t pops, uint32_t pushes);
void pm_emit_op32(struct pm_emit *e, uint16_t op, uint32_t operand,
                  uint32_t pops, uint32_t pushes);
void pm_emit_op64(struct pm_emit *e, uint16_t op, uint64_t operand);
void pm_emit_op8(struct pm_emit *e, uint16_t op, uint8_t operand);
void pm_emit_op_counted(struct pm_emit *e, uint16_t op, uint32_t operand,
                        uint32_t count, uint32_t pops, uint32_t pushes);
// An instruction without operands in the code, by its row's signature.
void pm_emit_plain(struct pm_emit *e, uint16_t op);

void pm_emit_int(struct pm_emit *e, int64_t number);
void pm_emit_bool(struct pm_emit *e, bool value);
void pm_emit_null(struct pm_emit *e, pm_type_id type);
void pm_emit_zero(struct pm_emit *e, pm_type_id type);
void pm_emit_get(struct pm_emit *e, uint32_t slot);
void pm_emit_set(struct pm_emit *e, uint32_t slot);
void pm_emit_pop(struct pm_emit *e, uint32_t count);

// Control goes on at [label] with what is on the stack above its depth
// dropped. Whoever makes a label says its depth.
void pm_emit_jump(struct pm_emit *e, struct pm_emit_label *label);
// Pops a bool and goes to [label] when it is [when].
void pm_emit_jump_if(struct pm_emit *e, bool when, struct pm_emit_label *label);
void pm_emit_bind(struct pm_emit *e, struct pm_emit_label *label);
// Binds a label that only jumps from further down reach: [reached] says
// whether one of them will be.
void pm_emit_bind_back(struct pm_emit *e, struct pm_emit_label *label,
                       bool reached);

// --- locals (emit_locals.c) --------------------------------------------------

// Gives each local its slots; those whose uses do not meet may share.
void pm_emit_place_locals(struct pm_emit *e);
uint32_t pm_emit_new_slot(struct pm_emit *e, pm_type_id type);
// A slot of that type for a while.
uint32_t pm_emit_take(struct pm_emit *e, pm_type_id type);
void pm_emit_release(struct pm_emit *e, uint32_t slot);
// The same for several, which need not be consecutive. Takes the values from
// the stack; NULL when memory is short.
uint32_t *pm_emit_spill(struct pm_emit *e, const pm_type_id *types,
                        uint32_t count);
void pm_emit_unspill(struct pm_emit *e, const uint32_t *slots, uint32_t count);
void pm_emit_release_all(struct pm_emit *e, const uint32_t *slots,
                         uint32_t count);

// --- nodes -------------------------------------------------------------------

// Leaves the node's slots on the stack; none where control does not come
// back.
void pm_emit_value(struct pm_emit *e, const struct pm_low *node);
// Leaves only [count] of them, from [first] on.
void pm_emit_some_slots(struct pm_emit *e, const struct pm_low *node,
                        uint32_t first, uint32_t count);
// Does what the node does and leaves nothing.
void pm_emit_effect(struct pm_emit *e, const struct pm_low *node);
void pm_emit_values(struct pm_emit *e, struct pm_low *const *nodes,
                    uint32_t count);
// Goes to [label] when the condition is [when].
void pm_emit_branch(struct pm_emit *e, const struct pm_low *condition,
                    bool when, struct pm_emit_label *label);

// What is emitted by files of their own; each is a kind of node.
void pm_emit_if(struct pm_emit *e, const struct pm_low *node);
void pm_emit_while(struct pm_emit *e, const struct pm_low *node);
void pm_emit_jump_out(struct pm_emit *e, const struct pm_low *node);
void pm_emit_return(struct pm_emit *e, const struct pm_low *node);
void pm_emit_logic(struct pm_emit *e, const struct pm_low *node);
void pm_emit_store(struct pm_emit *e, const struct pm_low *node);
void pm_emit_part(struct pm_emit *e, const struct pm_low *node, uint32_t first,
                  uint32_t count);
// Fields of the record that is [node]'s first kid.
void pm_emit_fields(struct pm_emit *e, const struct pm_low *node,
                    const uint32_t *fields, uint32_t count);
void pm_emit_field(struct pm_emit *e, const struct pm_low *node, uint32_t first,
                   uint32_t count);
void pm_emit_payload(struct pm_emit *e, const struct pm_low *node,
                     uint32_t first, uint32_t count);
void pm_emit_index(struct pm_emit *e, const struct pm_low *node, uint32_t first,
                   uint32_t count);
void pm_emit_box(struct pm_emit *e, const struct pm_lt *element);
void pm_emit_array(struct pm_emit *e, const struct pm_low *node);
void pm_emit_new_array(struct pm_emit *e, const struct pm_low *node);
void pm_emit_new(struct pm_emit *e, const struct pm_low *node);
void pm_emit_case(struct pm_emit *e, const struct pm_low *node);
// An array of constants as a string of digits, if that pays.
bool pm_emit_table(struct pm_emit *e, const struct pm_low *node);
void pm_emit_call(struct pm_emit *e, const struct pm_low *node);

// What can become of a condition.
struct pm_emit_truth {
    bool can_hold;
    bool can_fail;
};
struct pm_emit_truth pm_emit_truth(const struct pm_low *condition);

// --- functions (emit_function.c) ---------------------------------------------

void pm_emit_functions(struct pm_emitter *em);
// Ends the code of [e] as a function of the module.
void pm_emit_end(struct pm_emit *e, pm_type_id type, struct pm_text name,
                 struct pm_emit_slots captures, uint32_t first_local,
                 bool is_closure);

// --- trees (low_tree.c) ------------------------------------------------------

// Whether the node can be left out when nobody wants its value.
bool pm_low_is_pure(const struct pm_low *node);
// Whether the node is a constant, all zeroes of any type included.
bool pm_low_is_constant(const struct pm_low *node);
// A number, bool or null of all zero bits.
bool pm_low_is_zero(const struct pm_low *node);

#endif
