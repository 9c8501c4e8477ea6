// SPDX-License-Identifier: MIT
//
// What the files of the engine share.

#ifndef PM_VM_INTERNAL_H
#define PM_VM_INTERNAL_H

#include <prometeu/alloc.h>

#include "base/window.h"
#include "image/ops.h"
#include "vm/vm.h"

// Where things lie in the guest block. The translator knows PM_GUEST_GLOBALS
// through image.h; the rest follows behind the globals.
#define PM_GUEST_STATE 64

// The running part of the main program or of a coroutine. A coroutine's heap
// object holds one, with its stack right behind it.
struct pm_coroutine {
    uint32_t state;     // enum pm_coro_state
    uint32_t safepoint; // where it stands, by number in the image
    uint32_t fp;        // its innermost frame, in bytes from the stack's start
    uint32_t depth;     // frames in use
    uint64_t wake;      // SLEEPING: the frame in which it is ready again
    uint64_t age;       // numbered in order of SPAWN
};

enum pm_coro_state {
    PM_CORO_READY = 0,
    PM_CORO_RUNNING = 1,
    PM_CORO_SLEEPING = 2,
    PM_CORO_FINISHED = 3,
    PM_CORO_FAULTED = 4, // seen only when a trapped machine is inspected
};

// The engine's state in the guest block.
struct pm_guest {
    uint64_t frame;
    uint64_t cycles;  // used in earlier runs
    int64_t overshot; // cycles beyond the last budget, taken from the next
    uint64_t next_age;
    pm_ref current; // the coroutine that runs; 0: the main program
    uint32_t in_frame;
    uint32_t chosen; // [current] has its turn
    uint32_t halted;
    // Between two frames, while a collection goes on; once it was hurried, 1
    // more than the ticks that the frame has still to wait for it.
    uint32_t waits;
    uint32_t run_left; // coroutines still to run in this frame
    uint32_t ready_first;
    uint32_t ready_count;
    uint32_t sleeping_count;
    struct pm_coroutine main;
    struct pm_trap_record trap;
};

#define PM_CORO_SLOTS (sizeof(struct pm_coroutine) / 8)

enum pm_exit {
    PM_EXIT_RETURN, // the outermost function returned
    PM_EXIT_SYNC,
    PM_EXIT_YIELD,
    PM_EXIT_SLEEP,
    PM_EXIT_BUDGET,
    PM_EXIT_HALT,
    PM_EXIT_TRAP,
};

struct pm_dispatch_form {
    // The handler of each code, or NULL where codes are dispatched as such.
    const void *const *handlers;
    // Runs from vm->ip until a way out is taken.
    void (*run)(struct pm_vm *vm);
    pm_dispatch dispatch;
};

// Where the parts of a guest block lie, and the heap over it.
struct pm_vm_block {
    uint8_t *base;
    struct pm_guest *guest;
    uint64_t *globals;
    uint64_t *const_refs;
    pm_ref *ready;
    pm_ref *sleeping;
    uint64_t *main_stack;
    struct pm_heap *heap;
};

struct pm_restore;

struct pm_vm {
    // Hot: what handlers touch.
    struct pm_op *code;
    uint8_t *base;
    uint8_t *stack_end;
    uint32_t depth_left;
    uint32_t fault;
    pm_ref fault_ref;
    int64_t fault_index;
    const struct pm_call_entry *calls;
    struct pm_call_entry *intrinsics;
    const uint64_t *pool;
    const struct pm_image_function *functions;
    uint64_t *const_refs; // in the block

    // Where execution stands; valid outside of handlers.
    const struct pm_op *ip;
    uint64_t *fp;
    int64_t left;
    int64_t forfeited; // cycles of this run's budget that nobody will use
    uint64_t sleep_frames;
    int exit;

    uint64_t *stack; // of what runs
    struct pm_coroutine *coro;

    struct pm_guest *guest; // in the block
    uint64_t *globals;      // in the block
    pm_ref *ready;          // in the block, a ring
    pm_ref *sleeping;       // in the block, a binary heap by (wake, age)
    uint64_t *main_stack;   // in the block
    struct pm_heap *heap;
    struct pm_image *image;
    struct pm_vm_config config;
    size_t intrinsic_count;
    // Which slots of records (by type) and closures (by function) are
    // references; see types.c.
    uint32_t *ref_map_at;
    uint64_t *ref_map_words;
    size_t ref_map_word_count;
    struct pm_dispatch_form form;
    struct pm_vm_site *sites; // NULL: not kept
    uint64_t leaks;
    // What pm_vm_restore knows while it runs, for the heap's questions.
    struct pm_restore *restoring;
    struct pm_heap_work last_work;
    struct pm_allocator alloc;
};

// acc and facc: the last instruction's result, if it was an integer or
// reference, and if it was an f64.
typedef void (*pm_handler)(const struct pm_op *ip, uint64_t *fp,
                           struct pm_vm *vm, int64_t left, uint64_t acc,
                           double facc);

// --- ways out of the handlers (leave.c) --------------------------------------

#define PM_HANDLER_ARGS                                                        \
    const struct pm_op *ip, uint64_t *fp, struct pm_vm *vm, int64_t left

void pm_vm_leave(PM_HANDLER_ARGS, enum pm_exit exit);
void pm_vm_leave_return(PM_HANDLER_ARGS);
void pm_vm_leave_sync(PM_HANDLER_ARGS);
void pm_vm_leave_yield(PM_HANDLER_ARGS);
void pm_vm_leave_sleep(PM_HANDLER_ARGS);
void pm_vm_leave_halt(PM_HANDLER_ARGS);
// Budget spent at a LOOP (its info names the header) or at a function's
// entry.
void pm_vm_leave_loop(PM_HANDLER_ARGS);
void pm_vm_leave_entry(PM_HANDLER_ARGS);
// A trap of the instruction at ip, code in vm->fault.
void pm_vm_leave_trap(PM_HANDLER_ARGS);
// A failed access through vm->fault_ref: null, stale or out of bounds.
void pm_vm_leave_access(PM_HANDLER_ARGS);

// --- dispatch forms ----------------------------------------------------------

// Without [run] where this build lacks the form.
struct pm_dispatch_form pm_dispatch_tail(void);
struct pm_dispatch_form pm_dispatch_goto(void);
struct pm_dispatch_form pm_dispatch_switch(void);
struct pm_dispatch_form pm_dispatch_form(pm_dispatch dispatch);

// --- instructions with functions of their own --------------------------------

typedef pm_trap_code pm_cold_fn(struct pm_vm *vm, const struct pm_op *ip,
                                uint64_t *at);
#define BIN_I(name, expr)
#define BIN_T(name, expr)
#define BIN_F(name, expr)
#define BIN_S(name, expr)
#define UN(name, expr)
#define UN_FF(name, expr)
#define UN_IF(name, expr)
#define UN_S(name, expr)
#define UN_T(name, condition, expr)
#define CMP_I(name, condition)
#define CMP_F(name, condition)
#define CMP_S(name, condition)
#define LOAD(name, size, expr)
#define STORE(name, size, action)
#define COLD(name, function) pm_cold_fn function;
#define HOT(name)
#define TWO(first, second)
#include "image/ops.def"
#include "image/ops_end.inc"

// The object behind a reference that verified code holds, live or not; its
// length is 0 when it is null or ended.
static inline struct pm_object *pm_vm_object(const struct pm_vm *vm, pm_ref ref)
{
    return (struct pm_object *)(vm->base + ((uint64_t)(uint32_t)ref << 4));
}

// Checks for null and for an ended object.
static inline pm_trap_code pm_vm_check_ref(const struct pm_vm *vm, pm_ref ref)
{
    if (PM_LIKELY(pm_vm_object(vm, ref)->generation == (uint32_t)(ref >> 32) &&
                  ref != 0))
        return PM_TRAP_NONE;
    return ref == 0 ? PM_TRAP_NULL_REF : PM_TRAP_STALE_HANDLE;
}

// Checks that [offset, offset + length) lies in [size]; all are guest
// numbers but size.
static inline bool pm_window_is_inside(int64_t offset, int64_t length,
                                       uint64_t size)
{
    return offset >= 0 && length >= 0 &&
           pm_window_fits((uint64_t)offset, (uint64_t)length, size);
}

static inline void pm_vm_charge_bytes(struct pm_vm *vm, uint64_t bytes)
{
    vm->left -= (int64_t)((bytes + 15) / 16);
}

// --- frames and roots (frames.c) ---------------------------------------------

// The function that op number [op] belongs to.
uint32_t pm_image_function_of(const struct pm_image *image, uint32_t op);
// The number of a safepoint, or UINT32_MAX.
uint32_t pm_image_find_safepoint(const struct pm_image *image,
                                 uint32_t function, uint32_t offset,
                                 uint32_t kind);
// The function a safepoint belongs to.
uint32_t pm_image_safepoint_function(const struct pm_image *image,
                                     uint32_t safepoint);

struct pm_frame {
    uint64_t *fp;
    uint32_t function;
    uint32_t safepoint;
};

// Walks the frames of one coroutine, innermost first.
struct pm_frame_walk {
    const struct pm_image *image;
    struct pm_frame frame;
};
void pm_frame_walk_begin(struct pm_frame_walk *walk,
                         const struct pm_image *image,
                         const struct pm_coroutine *coro, uint64_t *stack);
// Steps to the caller; false when there is none.
bool pm_frame_walk_next(struct pm_frame_walk *walk);

static inline uint64_t *pm_coroutine_stack(struct pm_coroutine *coro)
{
    return (uint64_t *)(coro + 1);
}

void pm_vm_visit_roots(void *context, struct pm_marker *marker);
void pm_vm_visit_coroutine(void *context, struct pm_object *object,
                           struct pm_marker *marker);

// Collects now and gives the price.
void pm_vm_collect(struct pm_vm *vm);
// Writes the running coroutine's position into the block, with the
// instruction at vm->ip as its safepoint.
void pm_vm_park(struct pm_vm *vm, uint32_t safepoint);
uint32_t pm_vm_safepoint_in(const struct pm_vm *vm);

// --- what the heap asks about types (types.c) --------------------------------

pm_status pm_vm_make_ref_maps(struct pm_vm *vm);
void pm_vm_free_ref_maps(struct pm_vm *vm);
struct pm_heap_types pm_vm_heap_types(struct pm_vm *vm);

// Whether a slot of [type] may hold a handle of [target].
bool pm_vm_type_accepts(const struct pm_vm *vm, pm_type_id type,
                        const struct pm_object *target);

// --- the guest block (vm.c) --------------------------------------------------

// A zeroed block with an empty heap. On failure what was made so far is in
// [out], for pm_vm_free_block or pm_vm_point_into.
pm_status pm_vm_make_block(struct pm_vm *vm, struct pm_vm_block *out);
void pm_vm_free_block(struct pm_vm *vm, struct pm_vm_block *block);
void pm_vm_point_into(struct pm_vm *vm, const struct pm_vm_block *block);

// --- where objects began and ended (sites.c) ---------------------------------

pm_status pm_vm_make_sites(struct pm_vm *vm);
void pm_vm_free_sites(struct pm_vm *vm);
void pm_vm_note_created(struct pm_vm *vm, pm_ref ref);

// --- saved form (state.c, restore*.c) ----------------------------------------

void pm_vm_save_coroutine(void *context, pm_ref ref,
                          const struct pm_object *object, struct pm_buf *out);
bool pm_vm_load_coroutine(void *context, pm_ref ref, struct pm_object *object,
                          struct pm_cursor *in);
bool pm_vm_check_header(void *context, const struct pm_object *object);
bool pm_vm_check_slot(void *context, const struct pm_object *holder,
                      uint32_t slot, const struct pm_object *target);
bool pm_vm_check_object(void *context, struct pm_heap *heap, pm_ref ref,
                        const struct pm_object *object);

// --- scheduler (schedule.c) --------------------------------------------------

// Points the vm at what has its turn.
void pm_vm_attach(struct pm_vm *vm);
// Whether one more coroutine may live: OUT_OF_MEMORY, or NONE.
pm_trap_code pm_vm_check_room(struct pm_vm *vm);
// Queues a new coroutine for which there is room.
void pm_vm_queue_ready(struct pm_vm *vm, pm_ref ref);

#endif
