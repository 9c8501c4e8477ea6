// SPDX-License-Identifier: MIT
//
// The verifier: types and control flow of one function at a time.
//
// How it works. The code is decoded once, front to back, and cut into basic
// blocks (code.c). A worklist ordered by address hands out the blocks; each
// is VISITED ONCE, with the state that its predecessors brought so far: the
// types on the operand stack and the set of locals that are surely assigned
// (verify.c). An edge to a block that has not been visited merges into its
// pending state: equal stacks, intersected sets. An edge to one that has been
// must bring an equal stack and no less than its set, for the visit cannot be
// repeated; this is what keeps the work linear whatever the code is. Within a
// block each instruction is stepped by its signature (signature.c) or by a
// rule of its own (rules*.c), and what the collector must know of a frame is
// written down at each safepoint (safepoints.c).
//
// Invariants:
//  1. No block is visited twice, none that control cannot reach.
//  2. The state a block was visited with holds on every way into it.
//  3. An instruction with PM_INS_REACHED had all of its operands, of the
//     types that its rule wants, on every way to it.
//  4. One mistake gives one message: behind a fault nothing is followed.

#ifndef PM_VERIFY_INTERNAL_H
#define PM_VERIFY_INTERNAL_H

#include "base/buf.h"
#include "link/link_internal.h"

enum {
    // Flags of instructions that the translator sees, and those that only
    // the verifier uses.
    PM_INS_PUBLIC =
        PM_INS_REACHED | PM_INS_LEADER | PM_INS_LOOP_HEADER | PM_INS_RESUMES,
    PM_INS_BLOCK = 0x20,        // a basic block begins here
    PM_INS_MAYBE_HEADER = 0x40, // some jump, reached or not, makes a loop
    PM_INS_REFUSED = 0x80,      // its operands were refused
    PM_VERIFY_SET_WORDS = PM_FUNCTION_MAX_SLOTS / 32,
};

typedef enum pm_block_phase {
    PM_BLOCK_NEW = 0,     // nothing leads here so far
    PM_BLOCK_PENDING = 1, // on the worklist, with a state
    PM_BLOCK_VISITED = 2, // its state is final
} pm_block_phase;

struct pm_block {
    uint32_t first; // its instructions: [first, end)
    uint32_t end;
    // Where its state starts in the pool: types of the stack, then the set of
    // assigned locals.
    size_t state;
    uint32_t depth;
    uint8_t phase;
    // A join here has been refused; saying so again would not help.
    bool refused;
};

struct pm_verifier {
    const struct pm_module *module;
    const struct pm_image_call *calls;
    const struct pm_function *function;
    uint32_t index;
    const char *file;
    const struct pm_allocator *alloc;
    struct pm_diags *diags;
    struct pm_verified *out;

    // Of each byte of the code: 1 + the instruction that begins there, or 0.
    uint32_t *index_of;
    // Of each instruction that begins a block: the block.
    uint32_t *block_of;
    // Of each instruction: its first safepoint.
    uint32_t *safepoint_of;
    struct pm_block *blocks;
    uint32_t block_count;
    // The worklist: a binary heap of blocks, the lowest first.
    uint32_t *heap;
    uint32_t heap_count;
    // States of blocks.
    uint32_t *pool;
    size_t pool_count;
    size_t pool_capacity;

    // The frame.
    pm_type_id locals[PM_FUNCTION_MAX_SLOTS];
    uint32_t local_count;
    uint32_t set_words;
    const struct pm_type *signature;

    // The state at instruction [at].
    uint32_t at;
    uint32_t depth;
    pm_type_id stack[PM_FUNCTION_MAX_SLOTS];
    uint32_t assigned[PM_VERIFY_SET_WORDS];
    // In the strict mode: of each slot of the stack, 1 + the host declaration
    // whose status it holds, or 0 (statuses.c).
    bool strict;
    uint32_t status_of[PM_FUNCTION_MAX_SLOTS];

    // Finds rows of the stack types by their content: open addressing, a
    // power of two.
    uint32_t *type_slots;
    size_t type_slot_count;

    // The greatest depth, and the instruction that reached it first.
    uint32_t greatest;
    uint32_t greatest_at;

    // The message that is being put together, and the offset it is about.
    struct pm_buf text;
    uint32_t place;
    // There are so many already that it will not be shown.
    bool is_counted_only;
    bool failed;
    bool no_memory;
};

// "s" behind a word of which there are [count].
#define PM_PLURAL(count) ((count) == 1 ? "" : "s")

// --- statuses.c --------------------------------------------------------------

// Around the present instruction, in the strict mode.
void pm_verify_statuses_before(struct pm_verifier *v);
void pm_verify_statuses_behind(struct pm_verifier *v);

// --- report.c ----------------------------------------------------------------

// Appends a name of the module's as 'name': escaped, and cut when it is long.
void pm_link_put_name(struct pm_buf *out, struct pm_text name);

// Appends "function 'main' (0)".
void pm_link_put_function(struct pm_buf *out, const struct pm_module *module,
                          uint32_t function);

// Appends a type's name; short whatever the type is.
void pm_link_put_type(struct pm_buf *out, const struct pm_module *module,
                      pm_type_id type);

// Begins a message about the present instruction. Append to what it gives,
// then send it.
struct pm_buf *pm_verify_begin(struct pm_verifier *v);
// The same about the function as a whole.
struct pm_buf *pm_verify_begin_function(struct pm_verifier *v);
// Sends the message under [code] and marks the function as failed. Always
// false, so that a rule can end with it.
bool pm_verify_send(struct pm_verifier *v, const char *code);

// A whole message whose text is known.
bool pm_verify_say(struct pm_verifier *v, const char *code, const char *format,
                   ...) PM_PRINTF(3, 4);

// --- code.c ------------------------------------------------------------------

// Decodes the function, checks operands and targets, and cuts blocks. False
// when nothing further can be said about the function.
bool pm_verify_decode(struct pm_verifier *v);

// --- signature.c -------------------------------------------------------------

// Whether [found] may stand where [wanted] is.
bool pm_verify_fits(pm_type_id found, pm_type_id wanted);

// Demands [count] operands.
bool pm_verify_need(struct pm_verifier *v, uint32_t count);
bool pm_verify_push(struct pm_verifier *v, pm_type_id type);
void pm_verify_drop(struct pm_verifier *v, uint32_t count);

// Steps the present instruction by the row's signature.
bool pm_verify_signature(struct pm_verifier *v, const char *signature);

// --- values.c ----------------------------------------------------------------

static inline struct pm_verified_ins *pm_verify_present(struct pm_verifier *v)
{
    return &v->out->ins[v->at];
}

// Says that [found] stands where [wanted] should, after [what] it is. False.
bool pm_verify_refuse(struct pm_verifier *v, const char *what, pm_type_id found,
                      pm_type_id wanted);
// The same where the wanted is put in words.
bool pm_verify_refuse_words(struct pm_verifier *v, pm_type_id found,
                            const char *wanted);

// Types of several values: fields, or a plain list.
struct pm_verify_row {
    const char *what; // one of them: "parameter"
    const struct pm_field *fields;
    const pm_type_id *types;
    uint32_t count;
};

// Checks that the top values are those of the row; popping them or not.
bool pm_verify_match_row(struct pm_verifier *v,
                         const struct pm_verify_row *row);
bool pm_verify_pop_row(struct pm_verifier *v, const struct pm_verify_row *row);
bool pm_verify_push_row(struct pm_verifier *v, const struct pm_verify_row *row);

// --- rules.c -----------------------------------------------------------------

// Steps the present instruction by a rule of its own.
bool pm_verify_rule(struct pm_verifier *v);
// Those of rules_call.c and rules_object.c.
bool pm_verify_call_rule(struct pm_verifier *v);
bool pm_verify_object_rule(struct pm_verifier *v);

// Appends "local 3 'score'" to the present message.
void pm_verify_put_local(struct pm_verifier *v, uint32_t local);

// --- safepoints.c ------------------------------------------------------------

// Makes room for all safepoints that the code can have.
bool pm_verify_plan_safepoints(struct pm_verifier *v);
// Writes down the present state before or in the present instruction, when it
// has such a safepoint.
void pm_verify_note_before(struct pm_verifier *v);
void pm_verify_note_in(struct pm_verifier *v);
// Drops those that control does not reach.
void pm_verify_pack_safepoints(struct pm_verifier *v);

// --- stack_types.c -----------------------------------------------------------

// The row for [type] on top of row [below]; 0 when memory is short.
uint32_t pm_verify_stack_type(struct pm_verifier *v, uint32_t below,
                              pm_type_id type);

// --- frame.c -----------------------------------------------------------------

// The user type [type], or NULL when it is none of the module's.
const struct pm_type *pm_link_user_type(const struct pm_module *module,
                                        pm_type_id type);
// The same when it is of [kind], else NULL.
const struct pm_type *pm_link_type_of_kind(const struct pm_module *module,
                                           pm_type_id type, pm_type_kind kind);
// Whether [type] is a type at all: a built-in one or of the module's.
bool pm_link_type_exists(const struct pm_module *module, pm_type_id type);

#endif
