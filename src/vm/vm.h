// SPDX-License-Identifier: MIT
//
// The engine: runs an image in a block of guest memory.
//
// Everything that the program can observe lies in the block: objects,
// globals, stacks, coroutines, the scheduler's lists. It is addressed by
// offsets, so a copy of the block is a step to rewind to. The struct below
// holds what can be made again from image and block.
//
// The engine knows no host call: it is handed a table of entries, one for
// each of the image's declarations, and one for each intrinsic.
//
// A logical frame runs every coroutine that was ready when it began, once and
// in order, then the main program up to FRAME_SYNC. When the budget of
// cycles is spent the engine returns at the next back edge or call and goes
// on there in the next run.

#ifndef PM_VM_H
#define PM_VM_H

#include <stdbool.h>
#include <stdint.h>

#include <prometeu/trap.h>

#include "heap/heap.h"
#include "image/image.h"

struct pm_vm;

// Carries out a host call or an intrinsic: arguments in args[0] and up,
// results to be put there too. Gives a trap, or PM_TRAP_NONE. May charge
// (pm_vm_charge), allocate (pm_vm_alloc) and set the trap's message
// (pm_vm_fault); args stays where it is.
typedef pm_trap_code (*pm_call_fn)(void *context, struct pm_vm *vm,
                                   uint64_t *args);

struct pm_call_entry {
    pm_call_fn run;
    void *context;
};

// How the code that runs instructions is put together; all forms do exactly
// the same.
typedef enum pm_dispatch {
    PM_DISPATCH_AUTO = 0,
    PM_DISPATCH_TAIL = 1,   // handlers that end in a jump to the next one
    PM_DISPATCH_GOTO = 2,   // one function, computed goto
    PM_DISPATCH_SWITCH = 3, // one function, a switch
} pm_dispatch;

// Whether this build has the form.
bool pm_dispatch_is_available(pm_dispatch dispatch);
const char *pm_dispatch_name(pm_dispatch dispatch);

struct pm_vm_config {
    // Guest memory in bytes, stacks and tables included; a multiple of 4096.
    size_t memory_size;
    // Slots of the main program's stack, and of each coroutine's.
    uint32_t stack_slots;
    uint32_t coroutine_slots;
    // Frames of calls in each of them.
    uint32_t call_depth;
    // Coroutines alive at a time; the next SPAWN traps OUT_OF_MEMORY.
    uint32_t coroutines;
    pm_dispatch dispatch;
    // One entry a host-call declaration of the image, in its order.
    const struct pm_call_entry *calls;
    // Gives the entry of an intrinsic; its context must outlive the vm.
    struct pm_call_entry (*find_intrinsic)(void *context, uint32_t id);
    void *intrinsic_context;
    // A state object was collected without having been destroyed.
    void (*on_leak)(void *context, pm_ref ref, struct pm_object *object);
    void *leak_context;
    // Whether a state object that a saved state brings (or its tombstone, of
    // length 0) has a domain, type and length that go together. NULL: states
    // with such objects are refused.
    bool (*check_state)(void *context, const struct pm_object *object);
    // Makes what stands behind a live state object that a restore brings,
    // beside what there is; false refuses the state. Then, when all else was
    // accepted, whether nothing is missing: the last chance to refuse. NULL:
    // nothing stands behind them.
    bool (*restore_state)(void *context, pm_ref ref, struct pm_object *object);
    bool (*restored_states)(void *context);
    void *check_context;
    // Tests: collect at every allocation.
    bool collect_always;
    // Tests: the heap's greatest generation; 0: its own.
    uint32_t max_generation;
};

typedef enum pm_vm_result {
    PM_VM_FRAME,   // the logical frame is complete
    PM_VM_BUDGET,  // the budget is spent, the frame goes on in the next run
    PM_VM_HALTED,  // the program has ended
    PM_VM_TRAPPED, // see pm_vm_trap
} pm_vm_result;

#define PM_TRAP_MESSAGE_SIZE 200

// What is known of a trap. Part of guest state: it survives a snapshot.
struct pm_trap_record {
    uint32_t code; // pm_trap_code; 0: none
    uint32_t function;
    uint32_t offset; // of the instruction, within the function
    uint32_t opcode; // on the wire
    char message[PM_TRAP_MESSAGE_SIZE];
};

// One frame of a call stack, the innermost first.
struct pm_stack_entry {
    uint32_t function;
    uint32_t offset;
};

// The image must outlive the vm and is bound to its dispatch form: two vms
// of different forms need two images.
pm_status pm_vm_create(const struct pm_allocator *alloc,
                       const struct pm_vm_config *config,
                       struct pm_image *image, struct pm_vm **out);
void pm_vm_destroy(struct pm_vm *vm);

// Back to the first instruction of function 0, as after creation.
pm_status pm_vm_reset(struct pm_vm *vm);

// --- another version of the program -----------------------------------------

// The function in which the program starts when it takes another one's place:
// the one that it exports as "reload", without parameters and results, or 0.
uint32_t pm_vm_reload_entry(const struct pm_vm *vm);

// Makes a vm that has not run yet start there, in the frame that [from] is in.
// PM_ERR_LIMIT: its stack has no room for that function.
pm_status pm_vm_start_reload(struct pm_vm *vm, const struct pm_vm *from);

// Goes on counting where [from] is: frames, cycles, leaks.
void pm_vm_take_counts(struct pm_vm *vm, const struct pm_vm *from);

// Puts the contexts of [config] in the place of those it was created with;
// nothing else may differ.
void pm_vm_rebind(struct pm_vm *vm, const struct pm_vm_config *config);

// -----------------------------------------------------------------------------

// Runs with [budget] further cycles, less what the last run overshot.
pm_vm_result pm_vm_run(struct pm_vm *vm, int64_t budget);

// Whether the last logical frame is complete, so that a new one would begin.
bool pm_vm_is_between_frames(const struct pm_vm *vm);

// Logical frames completed.
uint64_t pm_vm_frame(const struct pm_vm *vm);

// Cycles used since creation or reset. Exact between runs.
uint64_t pm_vm_cycles(const struct pm_vm *vm);

bool pm_vm_is_halted(const struct pm_vm *vm);

// The trap that ended the program, or NULL.
const struct pm_trap_record *pm_vm_trap(const struct pm_vm *vm);

// The calls of the program (or coroutine) that ran last, innermost first.
// Gives how many there are; stores at most [room].
size_t pm_vm_call_stack(const struct pm_vm *vm, struct pm_stack_entry *out,
                        size_t room);

// Where the object of the stale handle that trapped was created and ended, as
// far as it is known: only with debug data, and not after a restore.
struct pm_stale_sites {
    struct pm_stack_entry created;
    struct pm_stack_entry ended;
    bool has_created;
    bool has_ended;
};
void pm_vm_stale_sites(struct pm_vm *vm, struct pm_stale_sites *out);

struct pm_heap *pm_vm_heap(struct pm_vm *vm);
const struct pm_image *pm_vm_image(const struct pm_vm *vm);

// A global's slot, for tests and debuggers.
uint64_t *pm_vm_global(struct pm_vm *vm, uint32_t global);

// --- for host calls ----------------------------------------------------------

// Adds [cycles] to what the running call costs.
void pm_vm_charge(struct pm_vm *vm, uint64_t cycles);

// Sets the message of the trap that the call is about to answer with.
pm_trap_code pm_vm_fault(struct pm_vm *vm, pm_trap_code code,
                         const char *format, ...) PM_PRINTF(3, 4);

// Answers with the trap for a reference that was not what it should be.
pm_trap_code pm_vm_fault_ref(struct pm_vm *vm, pm_trap_code code, pm_ref ref);

// The same for a stale one, with words before the description of the handle.
pm_trap_code pm_vm_fault_stale(struct pm_vm *vm, pm_ref ref, const char *format,
                               ...) PM_PRINTF(3, 4);

// Notes that the running instruction ended a STATE or BYTES object.
void pm_vm_note_ended(struct pm_vm *vm, pm_ref ref);

// Allocates, collecting when it must. Gives OUT_OF_MEMORY, or NONE.
pm_trap_code pm_vm_alloc(struct pm_vm *vm, pm_kind kind, uint32_t type,
                         uint32_t length, pm_ref *out);

// The same for a state object of [domain] with [size] bytes; [type] is the
// module's type.
pm_trap_code pm_vm_alloc_state(struct pm_vm *vm, uint16_t domain, uint32_t type,
                               uint32_t size, pm_ref *out);

// Ends the tick with the running call, which has waited for a device: what
// the budget has left is forfeited, not used, and the frame goes on behind the
// call in the next run. The call is declared as one that waits, so that the
// linker has put a place to stop there.
void pm_vm_end_tick(struct pm_vm *vm);

// --- save and restore --------------------------------------------------------

// Completes a collection that is under way between two frames, with all that
// it has to tell (on_leak). The frame still waits as long as it would have, so
// that this changes nothing. Saving begins with it.
void pm_vm_hurry_collection(struct pm_vm *vm);

// Appends the program's state in its canonical form: wire positions, live
// slots only (docs/spec/saved-state.md). Only between runs.
// PM_ERR_NO_MEMORY leaves [out] half written.
pm_status pm_vm_save(struct pm_vm *vm, struct pm_buf *out);

// Reads what pm_vm_save wrote, up to the end of [in], trusting nothing; the vm
// must have the same program, memory and limits. Pins are gone afterwards. On
// failure the state is as it was, PM_ERR_INVALID is the answer (or
// PM_ERR_UNSUPPORTED for another version, PM_ERR_NO_MEMORY) and one sentence
// that says what was wrong is appended to [why] (may be NULL).
pm_status pm_vm_restore(struct pm_vm *vm, struct pm_cursor *in,
                        struct pm_buf *why);

#endif
