// SPDX-License-Identifier: MIT
//
// What the files of the translator share.
//
// Translation walks a function's instructions once, in address order, with a
// picture of the operand stack: where each value is at the moment. A value
// may still be a constant or a local that was pushed, and costs nothing until
// something wants it in a slot. At joins, calls and safepoints every value is
// in its home.
//
// Cycles: [q] is the price of what ran since the counter was last exact. It
// is a constant at each instruction: taken branches subtract the difference
// between their q and the target's, loop headers have 0, and so has what
// follows a call or a host call that may wait. Each op's info keeps its q for
// whoever stops there.

#ifndef PM_LINK_TRANSLATE_INTERNAL_H
#define PM_LINK_TRANSLATE_INTERNAL_H

#include "image/ops.h"
#include "link/link_internal.h"

enum value_place {
    IN_HOME,  // in its own slot
    IN_LOCAL, // equal to a local, not yet copied
    CONSTANT, // not yet anywhere
};

struct value {
    enum value_place place;
    uint64_t bits; // local's number or the constant
};

// A branch whose target was not translated yet.
struct branch {
    uint32_t op;
    uint32_t target; // instruction
    int32_t q;       // on the branch's taken side
};

struct pm_translator {
    struct pm_image *image;
    const struct pm_module *module;
    const struct pm_function *function;
    struct pm_image_function *row;
    const struct pm_verified *verified;
    struct pm_allocator alloc;

    struct value stack[PM_FUNCTION_MAX_SLOTS];
    uint32_t depth;
    uint32_t at; // the instruction that is being translated
    int32_t q;
    bool reached; // control can fall through to here
    bool far;     // branches may not reach with 16 bits
    bool failed;  // memory was short

    // The last op, when it has just put its result into the home of the
    // stack's top and may as well put it elsewhere; or NO_OP.
    uint32_t last_result;
    // What the last op left in a register, and the slot that equals it.
    enum acc_kind { ACC_NONE, ACC_INTEGER, ACC_FLOAT } acc_kind;
    uint16_t acc_slot;
    // The first op since the last place where control can join.
    uint32_t block_start;

    // By instruction.
    uint32_t *op_of;    // its first op
    uint32_t *in_op;    // where to go on when it is suspended half done
    int32_t *q_of;      // the q before it
    bool *q_is_known;   // as [q_of] for targets that only jumps reach
    uint32_t *jumps_to; // how many jumps go to it
    // A loop's test whose only jump was replaced by a test of its own: no
    // join any more.
    bool *is_rotated;

    struct branch *branches;
    size_t branch_count;
    size_t branch_capacity;
};

#define NO_OP UINT32_MAX

// --- places (translate_stack.c) ----------------------------------------------

// The slot of a local, of a stack position's home, and of the link, as the
// byte offsets that instructions hold.
uint16_t pm_tr_local(const struct pm_translator *tr, uint32_t local);
uint16_t pm_tr_home(const struct pm_translator *tr, uint32_t position);
uint16_t pm_tr_link(const struct pm_translator *tr);

void pm_tr_push_home(struct pm_translator *tr);
void pm_tr_push_local(struct pm_translator *tr, uint32_t local);
void pm_tr_push_constant(struct pm_translator *tr, uint64_t bits);
void pm_tr_pop(struct pm_translator *tr, uint32_t count);

// The slot that holds the value at [position]; a constant is put into its
// home first.
uint16_t pm_tr_slot(struct pm_translator *tr, uint32_t position);
// Whether the value is a constant that fits 16 bits with sign; gives them.
bool pm_tr_small(const struct pm_translator *tr, uint32_t position,
                 uint16_t *out);
// Whether the value is a constant; gives its number in the pool if that fits
// 16 bits.
bool pm_tr_pooled(struct pm_translator *tr, uint32_t position, uint16_t *out);
// Puts the values from [position] up, or all of them, into their homes.
void pm_tr_settle(struct pm_translator *tr, uint32_t position);
void pm_tr_settle_all(struct pm_translator *tr);
// The same for values that stand for [local], which is about to change.
void pm_tr_settle_local(struct pm_translator *tr, uint32_t local);
// Moves the value at [position] into [slot].
void pm_tr_move_to(struct pm_translator *tr, uint32_t position, uint16_t slot);

// --- emitting (translate_emit.c) ---------------------------------------------

// Appends an op; gives its number. After it no result can be redirected.
uint32_t pm_tr_emit(struct pm_translator *tr, uint32_t code, uint16_t a,
                    uint16_t b, uint16_t c, uint16_t d);
// Appends one with a 32-bit operand.
uint32_t pm_tr_emit_wide(struct pm_translator *tr, uint32_t code, uint16_t a,
                         int32_t wide);
// Pops [pops] values, pushes a result in its home and appends the op that
// makes it: its a is the home. [kind] says which register it leaves it in.
void pm_tr_emit_result(struct pm_translator *tr, uint32_t pops, uint32_t code,
                       uint16_t b, uint16_t c, enum acc_kind kind);
// Whether the slot's value is in the register for [kind].
bool pm_tr_in_acc(const struct pm_translator *tr, uint16_t slot,
                  enum acc_kind kind);
// Number of a constant in the pool.
uint32_t pm_tr_pool(struct pm_translator *tr, uint64_t bits);
// Appends a move of a constant into a slot.
void pm_tr_emit_constant(struct pm_translator *tr, uint16_t slot,
                         uint64_t bits);
// Charges q now.
void pm_tr_make_exact(struct pm_translator *tr);

// --- control flow (translate_flow.c) -----------------------------------------

// Takes up instruction [at], a place where control joins or not.
void pm_tr_begin_instruction(struct pm_translator *tr);
void pm_tr_jump(struct pm_translator *tr, uint32_t target);
// Whether an instruction is gone to from the one above it.
bool pm_tr_is_fallen_into(const struct pm_translator *tr, uint32_t at);
void pm_tr_jump_forward(struct pm_translator *tr, uint32_t target);
// Appends [op]'s branch to [target]: codes for taken and its opposite, with
// operands a and b.
void pm_tr_branch(struct pm_translator *tr, uint32_t code, uint32_t opposite,
                  uint16_t a, uint16_t b, uint32_t target);
// A comparison at [at]; gives how many instructions it took up: more than
// one when a branch follows.
uint32_t pm_tr_compare(struct pm_translator *tr);
// For a jump to a loop's test, back to its header or forward to its end: test
// right here. Gives whether the jump was done so (translate_compare.c).
bool pm_tr_test_at_end(struct pm_translator *tr, uint32_t header);
bool pm_tr_test_at_entry(struct pm_translator *tr, uint32_t target);
void pm_tr_branch_on_bool(struct pm_translator *tr, bool when, uint32_t target);
void pm_tr_resolve_branches(struct pm_translator *tr);
void pm_tr_call(struct pm_translator *tr);
void pm_tr_return(struct pm_translator *tr);

// Where two f64 operands are: a slot each, or one of them in the pool.
struct pm_tr_floats {
    uint16_t a;
    uint16_t b;
    uint32_t form; // 0 RR, 1 RK, 2 KR
};
struct pm_tr_floats pm_tr_float_operands(struct pm_translator *tr,
                                         uint32_t left, uint32_t right);
// The form to emit right now, given what is in the register: the above, or
// 3 AR, 4 AK, 5 KA, 6 RA.
uint32_t pm_tr_float_form(const struct pm_translator *tr,
                          const struct pm_tr_floats *floats);

// --- everything else ---------------------------------------------------------

// Each gives whether the instruction at [at] was one of its kind:
// translate_moves.c, translate_objects.c; what is left is arithmetic
// (translate_arith.c).
bool pm_tr_move(struct pm_translator *tr);
bool pm_tr_object(struct pm_translator *tr);
void pm_tr_arithmetic(struct pm_translator *tr);

// Appends an op with the one form R, whose result is an integer.
void pm_tr_unary(struct pm_translator *tr, uint32_t code);

static inline bool pm_tr_is_f64(pm_type_id type)
{
    return type == PM_TYPE_F64;
}

// The register that a result of this type is left in.
static inline enum acc_kind pm_tr_kind(pm_type_id type)
{
    return pm_tr_is_f64(type) ? ACC_FLOAT : ACC_INTEGER;
}

static inline const struct pm_verified_ins *
pm_tr_ins(const struct pm_translator *tr, uint32_t at)
{
    return &tr->verified->ins[at];
}

static inline const struct pm_verified_ins *
pm_tr_now(const struct pm_translator *tr)
{
    return pm_tr_ins(tr, tr->at);
}

// The price of instruction [at], host calls' and intrinsics' included.
int32_t pm_tr_price(const struct pm_translator *tr, uint32_t at);

#endif
