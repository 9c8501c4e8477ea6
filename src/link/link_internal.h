// SPDX-License-Identifier: MIT
//
// What the verifier hands to the translator: one function at a time, decoded,
// with the type facts that were proven.

#ifndef PM_LINK_INTERNAL_H
#define PM_LINK_INTERNAL_H

#include "link/link.h"

enum {
    PM_INS_REACHED = 1,     // control can get here; the rest is not translated
    PM_INS_LEADER = 2,      // some jump goes here
    PM_INS_LOOP_HEADER = 4, // some jump from here or below goes here
    PM_INS_RESUMES = 8,     // the host call before it may end the tick
};

// One decoded instruction.
struct pm_verified_ins {
    uint32_t offset;
    uint16_t opcode; // HOSTCALL stays HOSTCALL here, operand = declaration
    uint16_t depth;  // operands on the stack before it; 0 where not reached
    uint8_t flags;
    // What the polymorphic part of its signature was resolved to: the type of
    // the class letter (n N D m o q e r) of its operands; the element type of
    // arrays' operations; the source type of TO_* and CAST; the FUNC type of
    // CALL_CLOSURE and SPAWN_CLOSURE; the record type of GET_FIELD and
    // SET_FIELD; the value's type for DUP, GET_LOCAL and other moves of one
    // value. PM_TYPE_NONE elsewhere.
    pm_type_id type;
    // Operands as decoded; for jumps operand[0] is the INDEX of the target
    // instruction, not its offset.
    uint64_t operand[2];
};

// A point at which a frame can stand still. For kind BEFORE the instruction
// at [offset] has not begun: the function's entry, loop headers and what
// follows a host call that may wait, with the whole operand stack live. For
// kind IN it has: calls, host calls, allocations, FRAME_SYNC, YIELD, SLEEP. A
// CALL's, CALL_CLOSURE's arguments (with the closure) belong to the callee's
// frame and are not live in the caller's, and what SLEEP pops is gone; operands
// of all other instructions are live.
typedef enum pm_safepoint_kind {
    PM_SAFEPOINT_BEFORE = 0,
    PM_SAFEPOINT_IN = 1,
} pm_safepoint_kind;

struct pm_verified {
    uint32_t function;
    struct pm_verified_ins *ins;
    uint32_t count;
    // Ascending by (offset, kind). Each has three bitmaps over the frame's
    // slots, each of [map_words] 64-bit words, at maps[index * 3 * map_words]:
    // live, live and reference, live and f64. Slot numbers: locals (with the
    // hidden closure and parameters) from 0, then one link slot, then the
    // operand stack from its bottom.
    struct pm_image_safepoint *safepoints;
    uint64_t *maps;
    // What the safepoints' [stack] name; row 0 is never used.
    struct pm_image_stack_type *stack_types;
    size_t stack_type_count;
    size_t stack_type_capacity;
    uint32_t safepoint_count;
    uint32_t safepoint_capacity; // what safepoints and maps have room for
    uint32_t map_words;
    // How much work verification was: basic blocks, and visits to them. No
    // block is visited twice.
    uint32_t block_count;
    uint32_t block_visits;
};

// Verifies function [function]; gives facts that live until
// pm_verified_free. [calls] are the module's host calls as far as they were
// resolved. Faults go to the diagnostics.
pm_status pm_verify_function(const struct pm_module *module,
                             const struct pm_image_call *calls,
                             const struct pm_link_config *config,
                             uint32_t function,
                             const struct pm_allocator *alloc,
                             struct pm_diags *diags, struct pm_verified *out);
void pm_verified_free(struct pm_verified *verified,
                      const struct pm_allocator *alloc);

// Whether the instruction is a host call that may end the tick.
bool pm_link_may_wait(const struct pm_verified_ins *ins,
                      const struct pm_image_call *calls);

// The type of local [local] of [function], hidden closure and parameters
// first; [local] must be in range.
pm_type_id pm_local_type(const struct pm_module *module,
                         const struct pm_function *function, uint32_t local);
// Hidden closure + parameters + locals.
uint32_t pm_frame_local_count(const struct pm_module *module,
                              const struct pm_function *function);

// Appends the translation of [verified] to [image], which is being built.
pm_status pm_translate_function(struct pm_image *image,
                                const struct pm_verified *verified);

// Once all functions are translated: fills in where calls go.
void pm_translate_finish(struct pm_image *image);

#endif
