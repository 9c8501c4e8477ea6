// SPDX-License-Identifier: MIT
//
// Logical frames: which coroutine runs when, and what the end of each turn
// means. Ready ones stand in a ring, sleeping ones in a binary heap by wake
// frame and age, both in the guest block.
#include "vm/vm_internal.h"

static struct pm_coroutine *coroutine_at(struct pm_vm *vm, pm_ref ref)
{
    return (struct pm_coroutine *)(void *)(pm_vm_object(vm, ref) + 1);
}

// --- the two lists -----------------------------------------------------------

static void push_ready(struct pm_vm *vm, pm_ref ref)
{
    struct pm_guest *guest = vm->guest;
    PM_CHECK(guest->ready_count < vm->config.coroutines);
    vm->ready[(guest->ready_first + guest->ready_count) %
              vm->config.coroutines] = ref;
    guest->ready_count++;
    coroutine_at(vm, ref)->state = PM_CORO_READY;
}

// The place it held is cleared, so that no dead reference stays behind.
static pm_ref pop_ready(struct pm_vm *vm)
{
    struct pm_guest *guest = vm->guest;
    pm_ref ref = vm->ready[guest->ready_first];
    vm->ready[guest->ready_first] = 0;
    guest->ready_first = (guest->ready_first + 1) % vm->config.coroutines;
    guest->ready_count--;
    return ref;
}

static bool wakes_before(struct pm_vm *vm, pm_ref a, pm_ref b)
{
    const struct pm_coroutine *left = coroutine_at(vm, a);
    const struct pm_coroutine *right = coroutine_at(vm, b);
    return left->wake < right->wake ||
           (left->wake == right->wake && left->age < right->age);
}

static void swap_sleeping(struct pm_vm *vm, uint32_t a, uint32_t b)
{
    pm_ref ref = vm->sleeping[a];
    vm->sleeping[a] = vm->sleeping[b];
    vm->sleeping[b] = ref;
}

static void push_sleeping(struct pm_vm *vm, pm_ref ref)
{
    uint32_t at = vm->guest->sleeping_count++;
    vm->sleeping[at] = ref;
    coroutine_at(vm, ref)->state = PM_CORO_SLEEPING;
    while (at &&
           wakes_before(vm, vm->sleeping[at], vm->sleeping[(at - 1) / 2])) {
        swap_sleeping(vm, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static pm_ref pop_sleeping(struct pm_vm *vm)
{
    uint32_t count = --vm->guest->sleeping_count;
    pm_ref first = vm->sleeping[0];
    uint32_t at = 0;

    vm->sleeping[0] = vm->sleeping[count];
    vm->sleeping[count] = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count &&
            wakes_before(vm, vm->sleeping[child + 1], vm->sleeping[child]))
            child++;
        if (!wakes_before(vm, vm->sleeping[child], vm->sleeping[at]))
            break;
        swap_sleeping(vm, at, child);
        at = child;
    }
    return first;
}

pm_trap_code pm_vm_check_room(struct pm_vm *vm)
{
    const struct pm_guest *guest = vm->guest;
    uint32_t alive =
        guest->ready_count + guest->sleeping_count + (guest->current ? 1 : 0);
    if (alive >= vm->config.coroutines)
        return pm_vm_fault(vm, PM_TRAP_OUT_OF_MEMORY,
                           "more than %u coroutines alive",
                           (unsigned)vm->config.coroutines);
    return PM_TRAP_NONE;
}

void pm_vm_queue_ready(struct pm_vm *vm, pm_ref ref)
{
    coroutine_at(vm, ref)->age = vm->guest->next_age++;
    push_ready(vm, ref);
}

// --- turns -------------------------------------------------------------------

static void begin_frame(struct pm_vm *vm)
{
    struct pm_guest *guest = vm->guest;
    while (guest->sleeping_count &&
           coroutine_at(vm, vm->sleeping[0])->wake <= guest->frame)
        push_ready(vm, pop_sleeping(vm));
    guest->run_left = guest->ready_count;
    guest->in_frame = 1;
}

static void choose_next(struct pm_vm *vm)
{
    struct pm_guest *guest = vm->guest;
    guest->current = 0;
    if (guest->run_left) {
        guest->run_left--;
        guest->current = pop_ready(vm);
        coroutine_at(vm, guest->current)->state = PM_CORO_RUNNING;
    }
    guest->chosen = 1;
}

void pm_vm_attach(struct pm_vm *vm)
{
    pm_ref current = vm->guest->current;
    vm->coro = current ? coroutine_at(vm, current) : &vm->guest->main;
    vm->stack = current ? pm_coroutine_stack(vm->coro) : vm->main_stack;
    vm->stack_end =
        (uint8_t *)(vm->stack + (current ? vm->config.coroutine_slots
                                         : vm->config.stack_slots));
    vm->depth_left = vm->config.call_depth - vm->coro->depth;
    vm->fp = vm->stack + vm->coro->fp / 8;
}

static void run_turn(struct pm_vm *vm)
{
    pm_vm_attach(vm);
    vm->ip = vm->code + vm->image->safepoints[vm->coro->safepoint].op;
    vm->form.run(vm);
}

static void end_coroutine_turn(struct pm_vm *vm)
{
    struct pm_guest *guest = vm->guest;
    pm_ref ref = guest->current;

    guest->current = 0;
    guest->chosen = 0;
    if (vm->exit == PM_EXIT_RETURN) {
        vm->coro->state = PM_CORO_FINISHED;
        return;
    }
    pm_vm_park(vm, pm_vm_safepoint_in(vm));
    if (vm->exit == PM_EXIT_YIELD || vm->sleep_frames == 0) {
        push_ready(vm, ref);
        return;
    }
    vm->coro->wake = vm->sleep_frames > UINT64_MAX - guest->frame
                         ? UINT64_MAX
                         : guest->frame + vm->sleep_frames;
    push_sleeping(vm, ref);
}

static pm_vm_result end_frame(struct pm_vm *vm)
{
    struct pm_guest *guest = vm->guest;
    guest->frame++;
    guest->in_frame = 0;
    guest->chosen = 0;
    return PM_VM_FRAME;
}

static pm_vm_result fault(struct pm_vm *vm)
{
    vm->coro->fp = (uint32_t)((uint8_t *)vm->fp - (uint8_t *)vm->stack);
    vm->coro->depth = vm->config.call_depth - vm->depth_left;
    vm->coro->safepoint =
        vm->image->functions[vm->guest->trap.function].first_safepoint;
    vm->coro->state = PM_CORO_FAULTED;
    return PM_VM_TRAPPED;
}

// --- collections between frames ----------------------------------------------

// Units of work in one tick: some milliseconds where memory is at its worst.
#define COLLECT_UNITS 100000

static void begin_collection(struct pm_vm *vm)
{
    struct pm_heap_roots roots = {pm_vm_visit_roots, vm};
    pm_heap_collect_begin(vm->heap, &roots);
    vm->guest->waits = 1;
}

static bool step_collection(struct pm_vm *vm)
{
    if (!pm_heap_collect_step(vm->heap, COLLECT_UNITS, &vm->last_work))
        return false;
    vm->leaks += vm->last_work.leaks;
    return true;
}

// A frame begins when the collection that is due has been done: a step a
// tick, so that no tick takes long. Gives whether it may begin now.
static bool collect_between_frames(struct pm_vm *vm)
{
    struct pm_guest *guest = vm->guest;

    if (guest->waits == 0) {
        if (!vm->config.collect_always && !pm_heap_wants_collection(vm->heap))
            return true;
        begin_collection(vm);
    }
    if (!pm_heap_is_collecting(vm->heap))
        return --guest->waits == 0;
    if (!step_collection(vm))
        return false;
    guest->waits = 0;
    return true;
}

void pm_vm_hurry_collection(struct pm_vm *vm)
{
    uint32_t steps = 1;
    if (!pm_heap_is_collecting(vm->heap))
        return;
    while (!step_collection(vm))
        steps++;
    vm->guest->waits = steps;
}

static pm_vm_result run_frame(struct pm_vm *vm)
{
    struct pm_guest *guest = vm->guest;

    if (!guest->in_frame) {
        if (!collect_between_frames(vm))
            return PM_VM_BUDGET;
        begin_frame(vm);
    }
    for (;;) {
        if (!guest->chosen)
            choose_next(vm);
        run_turn(vm);
        switch (vm->exit) {
        case PM_EXIT_BUDGET:
            return PM_VM_BUDGET;
        case PM_EXIT_TRAP:
            return fault(vm);
        case PM_EXIT_SYNC:
            pm_vm_park(vm, pm_vm_safepoint_in(vm));
            return end_frame(vm);
        case PM_EXIT_HALT:
            pm_vm_park(vm, pm_vm_safepoint_in(vm));
            guest->halted = 1;
            return PM_VM_HALTED;
        default:
            break;
        }
        if (!guest->current) { // the main program returned
            vm->coro->state = PM_CORO_FINISHED;
            guest->halted = 1;
            return PM_VM_HALTED;
        }
        end_coroutine_turn(vm);
    }
}

pm_vm_result pm_vm_run(struct pm_vm *vm, int64_t budget)
{
    struct pm_guest *guest = vm->guest;
    int64_t start = budget + guest->overshot;
    pm_vm_result result = PM_VM_BUDGET;

    if (guest->trap.code)
        return PM_VM_TRAPPED;
    if (guest->halted)
        return PM_VM_HALTED;
    vm->left = start;
    vm->forfeited = 0;
    if (start > 0)
        result = run_frame(vm);
    guest->cycles += (uint64_t)(start - vm->forfeited - vm->left);
    guest->overshot = vm->left < 0 ? vm->left : 0;
    return result;
}
