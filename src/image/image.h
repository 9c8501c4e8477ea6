// SPDX-License-Identifier: MIT
//
// The image: the internal form of a program, which every engine runs.
//
// The wire form is a stack machine; the image is register code. Each frame is
// a row of 64-bit slots: first the locals (parameters among them), then one
// link slot, then the operand stack; a value that the wire form keeps on its
// stack at depth d has its home in slot locals + 1 + d. Instructions are 16
// bytes: the handler, and four 16-bit operands.
//
// Only the linker makes an image; nothing in it is trusted to be checked
// again.

#ifndef PM_IMAGE_H
#define PM_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "bytecode/bytecode.h"

// Where the globals lie in the guest block: instructions name them by offset.
#define PM_GUEST_GLOBALS 1024

// One instruction of the internal form. [handler] is the code (PM_IOP_...)
// until an engine binds the image to one of its dispatch forms.
struct pm_op {
    union {
        uint64_t code;
        const void *handler;
    };
    union {
        struct {
            uint16_t a, b, c, d;
        };
        struct {
            uint16_t a32, b32;
            int32_t wide;
        };
        uint64_t bits;
        int64_t value;
        double number;
    };
};

// What an observer needs to know of one instruction. [price] is the sum of
// the prices of the wire instructions from the last point where the counter
// was made exact up to and with the wire instruction at [offset].
struct pm_op_info {
    uint32_t offset;
    int32_t price;
    uint16_t code;
};

struct pm_image_safepoint {
    uint32_t offset;
    uint32_t kind; // pm_safepoint_kind
    // The op of the image to go on with from here.
    uint32_t op;
    // Where its bitmaps start in the image's map words.
    uint32_t map;
    // The types of its operand stack: the row of the topmost value among the
    // image's stack types; 0: it is empty. In a CALL_CLOSURE the closure,
    // with which the callee's frame begins, is the topmost.
    uint32_t stack;
};

// One value of an operand stack: the row of the one below it (0: none) and
// its type. Equal stacks share their rows.
struct pm_image_stack_type {
    uint32_t below;
    pm_type_id type;
};

struct pm_image_function {
    uint32_t entry;  // first op
    uint32_t op_end; // behind its last
    uint32_t locals; // with closure and parameters: the link slot's number
    uint32_t slots;  // all slots: locals + 1 + max_stack
    uint32_t params; // with the hidden closure
    uint32_t results;
    uint32_t first_safepoint;
    uint32_t safepoint_count;
    uint32_t map_words;
};

// A host call as the program declared it and the registry resolved it.
struct pm_image_call {
    const struct pm_call_decl *decl;
    uint16_t args;
    uint16_t results;
};

struct pm_image {
    struct pm_allocator alloc;
    struct pm_module module;
    struct pm_op *ops;
    struct pm_op_info *infos;
    size_t op_count;
    size_t op_capacity;
    size_t info_capacity;
    struct pm_image_function *functions;
    struct pm_image_safepoint *safepoints;
    size_t safepoint_count;
    size_t safepoint_capacity;
    uint64_t *maps;
    size_t map_count;
    size_t map_capacity;
    // Row 0 is never used.
    struct pm_image_stack_type *stack_types;
    size_t stack_type_count;
    size_t stack_type_capacity;
    // 64-bit constants that instructions name by number.
    uint64_t *pool;
    size_t pool_count;
    size_t pool_capacity;
    struct pm_image_call *calls; // one a host-call declaration
    // The ids of the intrinsics that the program uses; instructions name
    // them by their place here.
    uint32_t *intrinsics;
    size_t intrinsic_count;
    size_t intrinsic_capacity;
    // Of the module's bytes without debug data: what two images of one
    // program have in common.
    struct pm_hash128 fingerprint;
    // The dispatch form that ops are bound to; 0: none yet.
    int bound;
};

// Frees the image and the module in it; NULL is fine.
void pm_image_free(struct pm_image *image);

#endif
