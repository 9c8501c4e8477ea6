// SPDX-License-Identifier: MIT
//
// Reading the saved form. Everything goes into a second block with a second
// heap; when all of it has been checked the two change places.
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "vm/saved.h"

bool pm_restore_reject(struct pm_restore *r, const char *format, ...)
{
    va_list args;
    if (r->why) {
        va_start(args, format);
        pm_buf_puts(r->why,
                    r->why->size ? "; saved program: " : "saved program: ");
        pm_buf_vprintf(r->why, format, args);
        va_end(args);
    }
    return false;
}

bool pm_restore_is_cut(struct pm_restore *r, const struct pm_cursor *in)
{
    if (in->failed)
        pm_restore_reject(r, "the bytes end early, at %zu", in->at);
    return in->failed;
}

// --- header, counters, trap --------------------------------------------------

static bool wants(struct pm_restore *r, struct pm_cursor *in, const char *what,
                  uint32_t wanted)
{
    uint32_t found = pm_cursor_u32(in);
    if (pm_restore_is_cut(r, in))
        return false;
    return found == wanted ||
           pm_restore_reject(r, "%s is %" PRIu32 ", here it is %" PRIu32, what,
                             found, wanted);
}

static bool read_limits(struct pm_restore *r, struct pm_cursor *in)
{
    const struct pm_vm_config *config = &r->vm->config;
    return wants(r, in, "the size of the stack", config->stack_slots) &&
           wants(r, in, "the size of coroutines' stacks",
                 config->coroutine_slots) &&
           wants(r, in, "the depth of calls", config->call_depth) &&
           wants(r, in, "the number of coroutines", config->coroutines);
}

static pm_status read_header(struct pm_restore *r, struct pm_cursor *in)
{
    uint64_t low = pm_cursor_u64(in);
    uint64_t high = pm_cursor_u64(in);
    uint32_t version = pm_cursor_u32(in);

    if (pm_restore_is_cut(r, in))
        return PM_ERR_INVALID;
    if (low != r->vm->image->fingerprint.low ||
        high != r->vm->image->fingerprint.high) {
        pm_restore_reject(r, "it is the state of another program");
        return PM_ERR_INVALID;
    }
    if (version != PM_SAVED_VERSION) {
        pm_restore_reject(r, "its version is %" PRIu32 ", wanted %u", version,
                          PM_SAVED_VERSION);
        return PM_ERR_UNSUPPORTED;
    }
    return read_limits(r, in) ? PM_OK : PM_ERR_INVALID;
}

// Far more than any frame can overshoot, and far from overflow.
#define MOST_OVERSHOT (INT64_C(1) << 62)

// More steps than any collection takes.
#define MOST_WAITS 100000

static bool read_counters(struct pm_restore *r, struct pm_cursor *in)
{
    struct pm_guest *guest = r->block.guest;

    guest->frame = pm_cursor_u64(in);
    guest->cycles = pm_cursor_u64(in);
    guest->overshot = (int64_t)pm_cursor_u64(in);
    guest->next_age = pm_cursor_u64(in);
    r->leaks = pm_cursor_u64(in);
    guest->in_frame = pm_cursor_u8(in);
    guest->chosen = pm_cursor_u8(in);
    guest->halted = pm_cursor_u8(in);
    guest->waits = pm_cursor_u32(in);
    guest->run_left = pm_cursor_u32(in);
    guest->current = pm_cursor_u64(in);
    if (pm_restore_is_cut(r, in))
        return false;
    if (guest->overshot > 0 || guest->overshot < -MOST_OVERSHOT)
        return pm_restore_reject(r, "%" PRId64 " cycles were overshot",
                                 guest->overshot);
    // Someone has the turn exactly while a frame runs, and the main program
    // only when no coroutine is left to run.
    if (guest->in_frame > 1 || guest->halted > 1 ||
        guest->chosen != guest->in_frame || guest->halted > guest->in_frame ||
        (guest->current && !guest->chosen) ||
        (guest->run_left && !guest->current) ||
        (guest->waits && (guest->in_frame || guest->waits > MOST_WAITS)))
        return pm_restore_reject(r, "what has its turn is contradictory");
    return true;
}

static bool read_message(struct pm_restore *r, struct pm_cursor *in)
{
    struct pm_trap_record *trap = &r->block.guest->trap;
    uint32_t size = pm_cursor_u8(in);
    const uint8_t *text = pm_cursor_take(in, size);

    if (pm_restore_is_cut(r, in))
        return false;
    if (size >= PM_TRAP_MESSAGE_SIZE || (size && memchr(text, 0, size)))
        return pm_restore_reject(r, "the trap's message is no text");
    if (size)
        memcpy(trap->message, text, size);
    return true;
}

static bool read_trap(struct pm_restore *r, struct pm_cursor *in)
{
    const struct pm_module *module = &r->vm->image->module;
    struct pm_trap_record *trap = &r->block.guest->trap;
    struct pm_instruction instruction;

    trap->code = pm_cursor_u32(in);
    if (trap->code == PM_TRAP_NONE)
        return !pm_restore_is_cut(r, in);
    trap->function = pm_cursor_u32(in);
    trap->offset = pm_cursor_u32(in);
    trap->opcode = pm_cursor_u32(in);
    if (!read_message(r, in))
        return false;
    if (strcmp(pm_trap_name((pm_trap_code)trap->code), "?") == 0 ||
        trap->function >= module->function_count ||
        !pm_instruction_decode(&module->functions[trap->function], trap->offset,
                               &instruction) ||
        instruction.info->code != trap->opcode)
        return pm_restore_reject(r,
                                 "trap %" PRIu32 " was not in opcode %" PRIu32
                                 " of function %" PRIu32,
                                 trap->code, trap->opcode, trap->function);
    return true;
}

// --- lists, globals ----------------------------------------------------------

static bool read_list(struct pm_restore *r, struct pm_cursor *in,
                      const char *what, pm_ref *list, uint32_t *out_count)
{
    uint32_t count = pm_cursor_u32(in);

    if (pm_restore_is_cut(r, in))
        return false;
    if (count > r->vm->config.coroutines)
        return pm_restore_reject(r, "%" PRIu32 " coroutines are %s", count,
                                 what);
    for (uint32_t i = 0; i < count; i++)
        list[i] = pm_cursor_u64(in);
    *out_count = count;
    return !pm_restore_is_cut(r, in);
}

static bool read_lists(struct pm_restore *r, struct pm_cursor *in)
{
    struct pm_guest *guest = r->block.guest;
    if (!read_list(r, in, "ready", r->block.ready, &guest->ready_count) ||
        !read_list(r, in, "sleeping", r->block.sleeping,
                   &guest->sleeping_count))
        return false;
    if (guest->run_left > guest->ready_count)
        return pm_restore_reject(r,
                                 "more coroutines are to run than are ready");
    return true;
}

static void read_globals(struct pm_restore *r, struct pm_cursor *in)
{
    const struct pm_module *module = &r->vm->image->module;
    for (uint32_t i = 0; i < module->global_count; i++)
        r->block.globals[i] = pm_cursor_u64(in);
    for (uint32_t i = 0; i < module->constant_count; i++)
        if (module->constants[i].type == PM_TYPE_STRING)
            r->block.const_refs[i] = pm_cursor_u64(in);
}

static bool check_constant(const struct pm_restore *r, uint32_t number)
{
    const struct pm_text *text = &r->vm->image->module.constants[number].text;
    struct pm_object *string;
    return pm_heap_check(r->block.heap, r->block.const_refs[number],
                         PM_KIND_STRING, &string) == PM_TRAP_NONE &&
           string->length == text->size &&
           (text->size == 0 ||
            memcmp(pm_object_bytes(string), text->data, text->size) == 0);
}

static bool check_globals(struct pm_restore *r)
{
    const struct pm_module *module = &r->vm->image->module;
    for (uint32_t i = 0; i < module->global_count; i++)
        if (!pm_restore_check_value(r->vm, r->block.heap,
                                    module->globals[i].type,
                                    r->block.globals[i]))
            return pm_restore_reject(
                r, "global %" PRIu32 " holds what its type does not allow", i);
    for (uint32_t i = 0; i < module->constant_count; i++)
        if (module->constants[i].type == PM_TYPE_STRING &&
            !check_constant(r, i))
            return pm_restore_reject(
                r, "constant %" PRIu32 " is not the program's", i);
    return true;
}

// --- the main program and the coroutines -------------------------------------

// Where something may rest: not begun, or in the one kind of instruction
// that let it rest.
static bool rests(const struct pm_restore *r, const struct pm_coroutine *coro,
                  uint32_t opcode)
{
    const struct pm_image *image = r->vm->image;
    return image->safepoints[coro->safepoint].kind == 1 &&
           pm_safepoint_opcode(image, coro->safepoint) == opcode;
}

static bool has_not_begun(const struct pm_restore *r,
                          const struct pm_coroutine *coro)
{
    const struct pm_image_safepoint *point =
        &r->vm->image->safepoints[coro->safepoint];
    return coro->depth == 1 && point->offset == 0 && point->kind == 0;
}

// What has its turn was stopped by the budget, or has halted the program.
static bool is_stopped(const struct pm_restore *r,
                       const struct pm_coroutine *coro)
{
    if (r->block.guest->halted)
        return rests(r, coro, PM_OP_HALT);
    return r->vm->image->safepoints[coro->safepoint].kind == 0;
}

static bool main_may_rest(const struct pm_restore *r)
{
    const struct pm_guest *guest = r->block.guest;
    const struct pm_coroutine *main = &guest->main;
    bool has_turn = guest->chosen && !guest->current;

    switch (main->state) {
    case PM_CORO_FINISHED:
        return has_turn && guest->halted && !guest->trap.code;
    case PM_CORO_FAULTED:
        return has_turn && !guest->halted && guest->trap.code;
    case PM_CORO_READY:
        if (has_turn)
            return !guest->trap.code && is_stopped(r, main);
        return has_not_begun(r, main) || rests(r, main, PM_OP_FRAME_SYNC);
    default:
        return false;
    }
}

static bool read_main(struct pm_restore *r, struct pm_cursor *in)
{
    struct pm_coroutine *main = &r->block.guest->main;

    main->state = pm_cursor_u8(in);
    if (pm_restore_is_cut(r, in))
        return false;
    if (main->state != PM_CORO_FINISHED &&
        !pm_restore_frames(r, in, main, r->block.main_stack,
                           r->vm->config.stack_slots))
        return false;
    struct pm_frame_walk walk;
    pm_frame_walk_begin(&walk, r->vm->image, main, r->block.main_stack);
    while (main->depth && pm_frame_walk_next(&walk)) {
    }
    if (main->depth && walk.frame.function != 0 &&
        walk.frame.function != pm_vm_reload_entry(r->vm))
        return pm_restore_reject(r, "the main program is not function 0, nor "
                                    "the one that reload starts");
    return main_may_rest(r) ||
           pm_restore_reject(r, "the main program rests where it cannot");
}

static bool coroutine_may_rest(const struct pm_restore *r,
                               const struct pm_coroutine *coro)
{
    const struct pm_guest *guest = r->block.guest;
    switch (coro->state) {
    case PM_CORO_READY:
        return has_not_begun(r, coro) || rests(r, coro, PM_OP_YIELD) ||
               rests(r, coro, PM_OP_SLEEP);
    case PM_CORO_SLEEPING:
        return rests(r, coro, PM_OP_SLEEP) &&
               coro->wake >= guest->frame + guest->in_frame;
    case PM_CORO_RUNNING:
        return !guest->trap.code && is_stopped(r, coro);
    case PM_CORO_FAULTED:
        return guest->trap.code && !guest->halted;
    default:
        return false;
    }
}

static bool load_alive(struct pm_restore *r, struct pm_cursor *in,
                       struct pm_coroutine *coro)
{
    const struct pm_image *image = r->vm->image;
    struct pm_frame_walk walk;

    coro->age = pm_cursor_u64(in);
    if (coro->state == PM_CORO_SLEEPING)
        coro->wake = pm_cursor_u64(in);
    if (coro->age >= r->block.guest->next_age ||
        r->alive_count == r->vm->config.coroutines)
        return pm_restore_reject(r, "a coroutine too many");
    r->alive[r->alive_count++] = (struct pm_sleeper){0, coro->age, 0};
    if (!pm_restore_frames(r, in, coro, pm_coroutine_stack(coro),
                           r->vm->config.coroutine_slots))
        return false;
    pm_frame_walk_begin(&walk, image, coro, pm_coroutine_stack(coro));
    while (pm_frame_walk_next(&walk)) {
    }
    if (image->functions[walk.frame.function].results)
        return pm_restore_reject(r, "a coroutine with results");
    return coroutine_may_rest(r, coro) ||
           pm_restore_reject(r, "a coroutine rests where it cannot");
}

bool pm_vm_load_coroutine(void *context, pm_ref ref, struct pm_object *object,
                          struct pm_cursor *in)
{
    struct pm_vm *vm = context;
    struct pm_restore *r = vm->restoring;
    struct pm_coroutine *coro = (struct pm_coroutine *)pm_object_slots(object);
    (void)ref;

    coro->state = pm_cursor_u8(in);
    if (in->failed || coro->state > PM_CORO_FAULTED)
        return pm_restore_reject(r, "a coroutine in no state");
    r->counts[coro->state]++;
    return coro->state == PM_CORO_FINISHED || load_alive(r, in, coro);
}

// --- the lists, once the heap stands -----------------------------------------

static struct pm_coroutine *find_coroutine(struct pm_restore *r, pm_ref ref,
                                           uint32_t state)
{
    struct pm_object *object;
    struct pm_coroutine *coro;

    if (pm_heap_check(r->block.heap, ref, PM_KIND_COROUTINE, &object))
        return NULL;
    coro = (struct pm_coroutine *)pm_object_slots(object);
    return coro->state == state ? coro : NULL;
}

// No coroutine is in a state like this: marks what has been seen.
#define SEEN 99u

static bool check_ready(struct pm_restore *r)
{
    const struct pm_guest *guest = r->block.guest;
    uint32_t i;

    for (i = 0; i < guest->ready_count; i++) {
        struct pm_coroutine *coro =
            find_coroutine(r, r->block.ready[i], PM_CORO_READY);
        if (!coro)
            break;
        coro->state = SEEN;
    }
    for (uint32_t k = 0; k < i; k++)
        find_coroutine(r, r->block.ready[k], SEEN)->state = PM_CORO_READY;
    if (i < guest->ready_count || i != r->counts[PM_CORO_READY])
        return pm_restore_reject(
            r, "the queue is not of the ready coroutines, each once");
    return true;
}

// Ascending, hence each once; a sorted list is also a binary heap.
static bool check_sleeping(struct pm_restore *r)
{
    const struct pm_guest *guest = r->block.guest;
    const struct pm_coroutine *last = NULL;

    for (uint32_t i = 0; i < guest->sleeping_count; i++) {
        const struct pm_coroutine *coro =
            find_coroutine(r, r->block.sleeping[i], PM_CORO_SLEEPING);
        if (!coro ||
            (last && (coro->wake < last->wake ||
                      (coro->wake == last->wake && coro->age <= last->age))))
            return pm_restore_reject(
                r, "the sleeping coroutines are not listed in order");
        last = coro;
    }
    return guest->sleeping_count == r->counts[PM_CORO_SLEEPING] ||
           pm_restore_reject(r, "a coroutine sleeps that is not listed");
}

static bool check_current(struct pm_restore *r)
{
    const struct pm_guest *guest = r->block.guest;
    uint32_t state = guest->trap.code ? PM_CORO_FAULTED : PM_CORO_RUNNING;
    uint32_t wanted = guest->current ? 1 : 0;

    if ((guest->current && !find_coroutine(r, guest->current, state)) ||
        r->counts[PM_CORO_RUNNING] + r->counts[PM_CORO_FAULTED] != wanted)
        return pm_restore_reject(r, "what has its turn is not what runs");
    // The one that trapped is the main program or it.
    if ((guest->trap.code && !guest->current) !=
        (guest->main.state == PM_CORO_FAULTED))
        return pm_restore_reject(r, "nothing has trapped");
    return true;
}

static bool check_ages(struct pm_restore *r)
{
    pm_vm_sort_sleepers(r->alive, r->alive_count);
    for (uint32_t i = 1; i < r->alive_count; i++)
        if (r->alive[i].age == r->alive[i - 1].age)
            return pm_restore_reject(r, "two coroutines are of one age");
    return true;
}

// --- all of it ---------------------------------------------------------------

static pm_status read_all(struct pm_restore *r, struct pm_cursor *in)
{
    pm_status status = read_header(r, in);

    if (status)
        return status;
    if (!read_counters(r, in) || !read_trap(r, in) || !read_lists(r, in))
        return PM_ERR_INVALID;
    read_globals(r, in);
    if (!read_main(r, in))
        return PM_ERR_INVALID;
    status = pm_heap_restore(r->block.heap, in, r->why);
    if (status)
        return status;
    return check_globals(r) &&
                   pm_restore_check_frames(r, r->block.heap,
                                           &r->block.guest->main,
                                           r->block.main_stack) &&
                   check_ready(r) && check_sleeping(r) && check_current(r) &&
                   check_ages(r)
               ? PM_OK
               : PM_ERR_INVALID;
}

// What stands behind state objects is made as they are read; whether that was
// all of it can be said only at the end.
static pm_status check_states(struct pm_restore *r)
{
    const struct pm_vm_config *config = &r->vm->config;

    if (!config->restored_states ||
        config->restored_states(config->check_context))
        return PM_OK;
    pm_restore_reject(r, "state objects and what stands behind them do not go "
                         "together");
    return PM_ERR_INVALID;
}

// The heap keeps its address; its block is another one.
static void take_over(struct pm_restore *r)
{
    struct pm_vm *vm = r->vm;
    struct pm_heap *heap = vm->heap;
    uint8_t *old = vm->base;

    pm_heap_swap(heap, r->block.heap);
    pm_vm_point_into(vm, &r->block);
    vm->heap = heap;
    vm->leaks = r->leaks;
    vm->last_work = (struct pm_heap_work){0};
    pm_vm_attach(vm);
    r->block.base = old;
}

pm_status pm_vm_restore(struct pm_vm *vm, struct pm_cursor *in,
                        struct pm_buf *why)
{
    struct pm_restore r = {.vm = vm, .why = why};
    size_t most = vm->config.coroutines;
    pm_status status = pm_vm_make_block(vm, &r.block);

    r.alive = pm_mem_zarray(&vm->alloc, most, sizeof *r.alive);
    if (!status && most && !r.alive)
        status = PM_ERR_NO_MEMORY;
    vm->restoring = &r;
    if (!status)
        status = read_all(&r, in);
    if (!status && pm_cursor_left(in)) {
        pm_restore_reject(&r, "%zu bytes follow its end", pm_cursor_left(in));
        status = PM_ERR_INVALID;
    }
    if (!status)
        status = check_states(&r);
    if (!status)
        take_over(&r);
    vm->restoring = NULL;
    pm_mem_free(&vm->alloc, r.alive, most * sizeof *r.alive);
    pm_vm_free_block(vm, &r.block);
    return status;
}
