// SPDX-License-Identifier: MIT
//
// Writing the saved form (docs/spec/saved-state.md): what the program can
// observe and nothing else, in terms of the wire.
#include <string.h>

#include "base/mem.h"
#include "vm/number.h"
#include "vm/saved.h"

// --- order -------------------------------------------------------------------

static bool is_before(const struct pm_sleeper *a, const struct pm_sleeper *b)
{
    return a->wake < b->wake || (a->wake == b->wake && a->age < b->age);
}

// Lets the row at [at] sink in a heap whose latest stands on top.
static void sink(struct pm_sleeper *rows, size_t at, size_t count)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count && is_before(&rows[child], &rows[child + 1]))
            child++;
        if (!is_before(&rows[at], &rows[child]))
            return;
        struct pm_sleeper held = rows[at];
        rows[at] = rows[child];
        rows[child] = held;
        at = child;
    }
}

void pm_vm_sort_sleepers(struct pm_sleeper *rows, size_t count)
{
    for (size_t at = count / 2; at--;)
        sink(rows, at, count);
    for (size_t end = count; end > 1; end--) {
        struct pm_sleeper latest = rows[0];
        rows[0] = rows[end - 1];
        rows[end - 1] = latest;
        sink(rows, 0, end - 1);
    }
}

// --- frames ------------------------------------------------------------------

static void put_frame(const struct pm_image *image,
                      const struct pm_frame *frame, struct pm_buf *out)
{
    const struct pm_image_safepoint *point =
        &image->safepoints[frame->safepoint];
    uint32_t words = image->functions[frame->function].map_words;
    const uint64_t *live = image->maps + point->map;
    const uint64_t *f64 = live + 2 * (size_t)words;

    pm_buf_put32(out, frame->function);
    pm_buf_put32(out, point->offset);
    pm_buf_put8(out, (uint8_t)point->kind);
    for (uint32_t word = 0; word < words; word++)
        for (uint64_t bits = live[word]; bits; bits &= bits - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(bits);
            uint64_t value = frame->fp[word * 64 + bit];
            if (f64[word] >> bit & 1)
                value = pm_canon_f64(value);
            pm_buf_put64(out, value);
        }
}

static void put_faulted(const struct pm_vm *vm, struct pm_buf *out)
{
    pm_buf_put32(out, vm->guest->trap.function);
    pm_buf_put32(out, vm->guest->trap.offset);
    pm_buf_put8(out, PM_SAVED_FAULTED);
}

// The walk goes from the innermost frame outwards, the saved form the other
// way round: callers first, so that a reader can check each callee.
static void put_frames(struct pm_vm *vm, const struct pm_coroutine *coro,
                       uint64_t *stack, struct pm_buf *out)
{
    uint32_t depth = coro->depth;
    struct pm_frame *frames = pm_mem_zarray(&vm->alloc, depth, sizeof *frames);
    struct pm_frame_walk walk;
    uint32_t count = 0;

    if (!frames) {
        out->failed = true;
        return;
    }
    pm_frame_walk_begin(&walk, vm->image, coro, stack);
    do {
        PM_CHECK(count < depth);
        frames[count++] = walk.frame;
    } while (pm_frame_walk_next(&walk));
    PM_CHECK(count == depth);
    pm_buf_put32(out, depth);
    while (count--)
        if (count == 0 && coro->state == PM_CORO_FAULTED)
            put_faulted(vm, out);
        else
            put_frame(vm->image, &frames[count], out);
    pm_mem_free(&vm->alloc, frames, depth * sizeof *frames);
}

void pm_vm_save_coroutine(void *context, pm_ref ref,
                          const struct pm_object *object, struct pm_buf *out)
{
    struct pm_coroutine *coro = (struct pm_coroutine *)pm_object_slots(object);
    (void)ref;

    pm_buf_put8(out, (uint8_t)coro->state);
    if (coro->state == PM_CORO_FINISHED)
        return;
    pm_buf_put64(out, coro->age);
    if (coro->state == PM_CORO_SLEEPING)
        pm_buf_put64(out, coro->wake);
    put_frames(context, coro, pm_coroutine_stack(coro), out);
}

// --- the parts ---------------------------------------------------------------

static void put_header(const struct pm_vm *vm, struct pm_buf *out)
{
    pm_buf_put64(out, vm->image->fingerprint.low);
    pm_buf_put64(out, vm->image->fingerprint.high);
    pm_buf_put32(out, PM_SAVED_VERSION);
    pm_buf_put32(out, vm->config.stack_slots);
    pm_buf_put32(out, vm->config.coroutine_slots);
    pm_buf_put32(out, vm->config.call_depth);
    pm_buf_put32(out, vm->config.coroutines);
}

static void put_counters(const struct pm_vm *vm, struct pm_buf *out)
{
    const struct pm_guest *guest = vm->guest;
    pm_buf_put64(out, guest->frame);
    pm_buf_put64(out, guest->cycles);
    pm_buf_put64(out, (uint64_t)guest->overshot);
    pm_buf_put64(out, guest->next_age);
    pm_buf_put64(out, vm->leaks);
    pm_buf_put8(out, (uint8_t)guest->in_frame);
    pm_buf_put8(out, (uint8_t)guest->chosen);
    pm_buf_put8(out, (uint8_t)guest->halted);
    pm_buf_put32(out, guest->waits);
    pm_buf_put32(out, guest->run_left);
    pm_buf_put64(out, guest->current);
}

static void put_trap(const struct pm_vm *vm, struct pm_buf *out)
{
    const struct pm_trap_record *trap = &vm->guest->trap;
    size_t size = strnlen(trap->message, PM_TRAP_MESSAGE_SIZE - 1);

    pm_buf_put32(out, trap->code);
    if (trap->code == PM_TRAP_NONE)
        return;
    pm_buf_put32(out, trap->function);
    pm_buf_put32(out, trap->offset);
    pm_buf_put32(out, trap->opcode);
    pm_buf_put8(out, (uint8_t)size);
    pm_buf_put(out, trap->message, size);
}

static void put_ready(const struct pm_vm *vm, struct pm_buf *out)
{
    const struct pm_guest *guest = vm->guest;
    pm_buf_put32(out, guest->ready_count);
    for (uint32_t i = 0; i < guest->ready_count; i++)
        pm_buf_put64(
            out, vm->ready[(guest->ready_first + i) % vm->config.coroutines]);
}

static void put_sleeping(const struct pm_vm *vm, struct pm_buf *out)
{
    uint32_t count = vm->guest->sleeping_count;
    struct pm_sleeper *rows = pm_mem_zarray(&vm->alloc, count, sizeof *rows);

    pm_buf_put32(out, count);
    if (!rows) {
        out->failed = out->failed || count != 0;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        pm_ref ref = vm->sleeping[i];
        const struct pm_coroutine *coro =
            (const struct pm_coroutine *)pm_object_slots(pm_vm_object(vm, ref));
        rows[i] = (struct pm_sleeper){coro->wake, coro->age, ref};
    }
    pm_vm_sort_sleepers(rows, count);
    for (uint32_t i = 0; i < count; i++)
        pm_buf_put64(out, rows[i].ref);
    pm_mem_free(&vm->alloc, rows, count * sizeof *rows);
}

static void put_globals(const struct pm_vm *vm, struct pm_buf *out)
{
    const struct pm_module *module = &vm->image->module;
    for (uint32_t i = 0; i < module->global_count; i++)
        pm_buf_put64(out, module->globals[i].type == PM_TYPE_F64
                              ? pm_canon_f64(vm->globals[i])
                              : vm->globals[i]);
    for (uint32_t i = 0; i < module->constant_count; i++)
        if (module->constants[i].type == PM_TYPE_STRING)
            pm_buf_put64(out, vm->const_refs[i]);
}

pm_status pm_vm_save(struct pm_vm *vm, struct pm_buf *out)
{
    pm_vm_hurry_collection(vm);
    const struct pm_coroutine *main = &vm->guest->main;

    put_header(vm, out);
    put_counters(vm, out);
    put_trap(vm, out);
    put_ready(vm, out);
    put_sleeping(vm, out);
    put_globals(vm, out);
    pm_buf_put8(out, (uint8_t)main->state);
    if (main->state != PM_CORO_FINISHED)
        put_frames(vm, main, vm->main_stack, out);
    pm_heap_save(vm->heap, out);
    return pm_buf_status(out);
}
