// SPDX-License-Identifier: MIT
//
// Restoring: stacks of frames. A chain of frames is believed when each frame
// stands at a safepoint, each but the last in a call of exactly the function
// that the next one is of, and each slot holds what the verifier proved to be
// in it there.
#include <inttypes.h>

#include "vm/saved.h"

uint32_t pm_safepoint_opcode(const struct pm_image *image, uint32_t safepoint)
{
    uint32_t function = pm_image_safepoint_function(image, safepoint);
    struct pm_instruction instruction;
    bool ok = pm_instruction_decode(&image->module.functions[function],
                                    image->safepoints[safepoint].offset,
                                    &instruction);
    PM_CHECK(ok);
    return instruction.info->code;
}

// A frame being read, and its caller.
struct position {
    uint32_t function;
    uint32_t safepoint;
    uint32_t at; // its first slot on the stack
};

static bool reject_frame(struct pm_restore *r, const struct position *frame,
                         const char *what)
{
    return pm_restore_reject(r, "a frame of function %" PRIu32 " %s",
                             frame->function, what);
}

// --- from caller to callee ---------------------------------------------------

static uint32_t stack_depth(const struct pm_image *image, uint32_t row)
{
    uint32_t depth = 0;
    for (; row; row = image->stack_types[row].below)
        depth++;
    return depth;
}

// The caller must stand in a call of [callee]'s function. Gives the callee's
// place through callee->at, and the link between the two.
static bool follow_call(struct pm_restore *r, const struct position *caller,
                        struct position *callee, uint64_t *out_link)
{
    const struct pm_image *image = r->vm->image;
    const struct pm_image_safepoint *point =
        &image->safepoints[caller->safepoint];
    const struct pm_function *function =
        &image->module.functions[callee->function];
    uint32_t depth = stack_depth(image, point->stack);
    struct pm_instruction call;

    if (point->kind != 1 ||
        !pm_instruction_decode(&image->module.functions[caller->function],
                               point->offset, &call))
        return reject_frame(r, caller, "has a callee, but is in no call");
    if (call.info->code == PM_OP_CALL) {
        if (call.operand[0] != callee->function)
            return reject_frame(r, callee, "was not called by its caller");
    } else if (call.info->code == PM_OP_CALL_CLOSURE) {
        depth--; // the closure begins the callee's frame
        if (!(function->flags & PM_FUNCTION_CLOSURE) ||
            image->stack_types[point->stack].type != function->type)
            return reject_frame(r, callee,
                                "is of a type that its caller does not call");
    } else {
        return reject_frame(r, caller, "has a callee, but is in no call");
    }
    uint32_t distance = image->functions[caller->function].locals + 1 + depth;
    callee->at = caller->at + distance;
    *out_link = (uint64_t)(distance * 8) << 32 |
                (uint32_t)(point->op * sizeof(struct pm_op));
    return true;
}

// --- one frame ---------------------------------------------------------------

// Where a trap was: the record says it too.
static bool read_faulted(struct pm_restore *r, uint32_t offset,
                         struct position *frame)
{
    const struct pm_trap_record *trap = &r->block.guest->trap;
    if (trap->code == PM_TRAP_NONE || trap->function != frame->function ||
        trap->offset != offset)
        return reject_frame(r, frame, "trapped where the trap was not");
    frame->safepoint = r->vm->image->functions[frame->function].first_safepoint;
    return true;
}

static void read_slots(const struct pm_image *image, struct pm_cursor *in,
                       const struct position *frame, uint64_t *fp)
{
    uint32_t words = image->functions[frame->function].map_words;
    const uint64_t *live =
        image->maps + image->safepoints[frame->safepoint].map;
    for (uint32_t word = 0; word < words; word++)
        for (uint64_t bits = live[word]; bits; bits &= bits - 1)
            fp[word * 64 + (unsigned)__builtin_ctzll(bits)] = pm_cursor_u64(in);
}

static bool read_frame(struct pm_restore *r, struct pm_cursor *in,
                       const struct position *caller, bool may_be_faulted,
                       uint64_t *stack, uint32_t slots, struct position *frame)
{
    const struct pm_image *image = r->vm->image;
    uint64_t link = 0;

    frame->function = pm_cursor_u32(in);
    uint32_t offset = pm_cursor_u32(in);
    uint32_t kind = pm_cursor_u8(in);
    if (pm_restore_is_cut(r, in))
        return false;
    if (frame->function >= image->module.function_count)
        return reject_frame(r, frame, "is of no function that there is");
    if (caller && !follow_call(r, caller, frame, &link))
        return false;
    const struct pm_image_function *row = &image->functions[frame->function];
    if (row->slots > slots || frame->at > slots - row->slots)
        return reject_frame(r, frame, "does not fit the stack");
    stack[frame->at + row->locals] = link;
    if (may_be_faulted)
        return kind == PM_SAVED_FAULTED
                   ? read_faulted(r, offset, frame)
                   : reject_frame(r, frame, "should be the one that trapped");
    frame->safepoint =
        kind <= 1
            ? pm_image_find_safepoint(image, frame->function, offset, kind)
            : UINT32_MAX;
    if (frame->safepoint == UINT32_MAX)
        return reject_frame(r, frame, "stands where no frame can stand still");
    read_slots(image, in, frame, stack + frame->at);
    return !pm_restore_is_cut(r, in);
}

bool pm_restore_frames(struct pm_restore *r, struct pm_cursor *in,
                       struct pm_coroutine *coro, uint64_t *stack,
                       uint32_t slots)
{
    uint32_t count = pm_cursor_u32(in);
    struct position caller = {0};

    if (pm_restore_is_cut(r, in))
        return false;
    if (count == 0 || count > r->vm->config.call_depth)
        return pm_restore_reject(r, "a stack of %" PRIu32 " frames", count);
    for (uint32_t i = 0; i < count; i++) {
        struct position frame = {0};
        bool is_faulted = coro->state == PM_CORO_FAULTED && i + 1 == count;
        if (!read_frame(r, in, i ? &caller : NULL, is_faulted, stack, slots,
                        &frame))
            return false;
        caller = frame;
    }
    coro->safepoint = caller.safepoint;
    coro->fp = caller.at * 8;
    coro->depth = count;
    return true;
}

// --- what the slots hold -----------------------------------------------------

static bool reject_slot(struct pm_restore *r, const struct pm_frame *frame,
                        uint32_t slot)
{
    return pm_restore_reject(r,
                             "slot %" PRIu32 " of a frame of function %" PRIu32
                             " holds %" PRIx64
                             ", which its type does not allow",
                             slot, frame->function, frame->fp[slot]);
}

static bool check_locals(struct pm_restore *r, const struct pm_heap *heap,
                         const struct pm_frame *frame)
{
    const struct pm_image *image = r->vm->image;
    const struct pm_function *function =
        &image->module.functions[frame->function];
    const uint64_t *live =
        image->maps + image->safepoints[frame->safepoint].map;
    uint32_t locals = image->functions[frame->function].locals;

    for (uint32_t i = 0; i < locals; i++)
        if (live[i / 64] >> (i % 64) & 1 &&
            !pm_restore_check_value(
                r->vm, heap,
                pm_function_local_type(&image->module, function, i),
                frame->fp[i]))
            return reject_slot(r, frame, i);
    return true;
}

static bool check_operands(struct pm_restore *r, const struct pm_heap *heap,
                           const struct pm_frame *frame)
{
    const struct pm_image *image = r->vm->image;
    const struct pm_image_safepoint *point =
        &image->safepoints[frame->safepoint];
    uint32_t row = point->stack;

    // In a call_closure the topmost is the closure, which is the callee's.
    if (point->kind == 1 && row &&
        pm_safepoint_opcode(image, frame->safepoint) == PM_OP_CALL_CLOSURE)
        row = image->stack_types[row].below;
    uint32_t slot =
        image->functions[frame->function].locals + stack_depth(image, row);
    for (; row; row = image->stack_types[row].below, slot--)
        if (!pm_restore_check_value(r->vm, heap, image->stack_types[row].type,
                                    frame->fp[slot]))
            return reject_slot(r, frame, slot);
    return true;
}

// Captures are reached through local 0 without further checks: it must be a
// closure over this very function.
static bool check_closure(struct pm_restore *r, const struct pm_heap *heap,
                          const struct pm_frame *frame)
{
    struct pm_object *closure;

    if (!(r->vm->image->module.functions[frame->function].flags &
          PM_FUNCTION_CLOSURE))
        return true;
    if (pm_heap_check(heap, frame->fp[0], PM_KIND_CLOSURE, &closure) ||
        closure->type != frame->function)
        return reject_slot(r, frame, 0);
    return true;
}

bool pm_restore_check_frames(struct pm_restore *r, const struct pm_heap *heap,
                             const struct pm_coroutine *coro, uint64_t *stack)
{
    struct pm_frame_walk walk;
    bool is_faulted = coro->state == PM_CORO_FAULTED;

    if (coro->state == PM_CORO_FINISHED)
        return true;
    pm_frame_walk_begin(&walk, r->vm->image, coro, stack);
    do {
        if (!is_faulted && (!check_closure(r, heap, &walk.frame) ||
                            !check_locals(r, heap, &walk.frame) ||
                            !check_operands(r, heap, &walk.frame)))
            return false;
        is_faulted = false; // only the innermost frame is
    } while (pm_frame_walk_next(&walk));
    return true;
}
