// SPDX-License-Identifier: MIT
//
// Where frames stand, and which of their slots hold references. A frame that
// waits is always at a safepoint; the image has a map for each.
#include "vm/vm_internal.h"

uint32_t pm_image_function_of(const struct pm_image *image, uint32_t op)
{
    uint32_t low = 0;
    uint32_t high = image->module.function_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (image->functions[middle].entry <= op)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint32_t pm_image_safepoint_function(const struct pm_image *image,
                                     uint32_t safepoint)
{
    uint32_t low = 0;
    uint32_t high = image->module.function_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (image->functions[middle].first_safepoint <= safepoint)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool is_before(const struct pm_image_safepoint *point, uint32_t offset,
                      uint32_t kind)
{
    return point->offset < offset ||
           (point->offset == offset && point->kind < kind);
}

uint32_t pm_image_find_safepoint(const struct pm_image *image,
                                 uint32_t function, uint32_t offset,
                                 uint32_t kind)
{
    const struct pm_image_function *row = &image->functions[function];
    uint32_t low = row->first_safepoint;
    uint32_t end = low + row->safepoint_count;
    uint32_t high = end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (is_before(&image->safepoints[middle], offset, kind))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == end || image->safepoints[low].offset != offset ||
        image->safepoints[low].kind != kind)
        return UINT32_MAX;
    return low;
}

void pm_frame_walk_begin(struct pm_frame_walk *walk,
                         const struct pm_image *image,
                         const struct pm_coroutine *coro, uint64_t *stack)
{
    walk->image = image;
    walk->frame.fp = stack + coro->fp / 8;
    walk->frame.safepoint = coro->safepoint;
    walk->frame.function = pm_image_safepoint_function(image, coro->safepoint);
}

bool pm_frame_walk_next(struct pm_frame_walk *walk)
{
    const struct pm_image *image = walk->image;
    struct pm_frame *frame = &walk->frame;
    uint64_t link = frame->fp[image->functions[frame->function].locals];
    uint32_t op = (uint32_t)link / sizeof(struct pm_op);

    if (op == 0)
        return false;
    frame->fp -= (link >> 32) / 8;
    frame->function = pm_image_function_of(image, op - 1);
    frame->safepoint = pm_image_find_safepoint(image, frame->function,
                                               image->infos[op - 1].offset, 1);
    PM_CHECK(frame->safepoint != UINT32_MAX);
    return true;
}

static void mark_frame(const struct pm_frame *frame,
                       const struct pm_image *image, struct pm_marker *marker)
{
    uint32_t words = image->functions[frame->function].map_words;
    const uint64_t *refs =
        image->maps + image->safepoints[frame->safepoint].map + words;
    for (uint32_t word = 0; word < words; word++)
        for (uint64_t bits = refs[word]; bits; bits &= bits - 1)
            pm_mark_ref(marker,
                        frame->fp[word * 64 + (unsigned)__builtin_ctzll(bits)]);
}

static void mark_stack(struct pm_vm *vm, const struct pm_coroutine *coro,
                       uint64_t *stack, struct pm_marker *marker)
{
    struct pm_frame_walk walk;
    if (coro->state == PM_CORO_FINISHED || coro->state == PM_CORO_FAULTED)
        return;
    pm_frame_walk_begin(&walk, vm->image, coro, stack);
    do
        mark_frame(&walk.frame, vm->image, marker);
    while (pm_frame_walk_next(&walk));
}

void pm_vm_visit_coroutine(void *context, struct pm_object *object,
                           struct pm_marker *marker)
{
    struct pm_coroutine *coro = (struct pm_coroutine *)(void *)(object + 1);
    mark_stack(context, coro, pm_coroutine_stack(coro), marker);
}

void pm_vm_visit_roots(void *context, struct pm_marker *marker)
{
    struct pm_vm *vm = context;
    const struct pm_module *module = &vm->image->module;
    const struct pm_guest *guest = vm->guest;

    for (uint32_t i = 0; i < module->global_count; i++)
        if (pm_type_is_ref(module->globals[i].type))
            pm_mark_ref(marker, vm->globals[i]);
    for (uint32_t i = 0; i < module->constant_count; i++)
        pm_mark_ref(marker, vm->const_refs[i]);
    pm_mark_ref(marker, guest->current);
    for (uint32_t i = 0; i < guest->ready_count; i++)
        pm_mark_ref(
            marker,
            vm->ready[(guest->ready_first + i) % vm->config.coroutines]);
    for (uint32_t i = 0; i < guest->sleeping_count; i++)
        pm_mark_ref(marker, vm->sleeping[i]);
    mark_stack(vm, &guest->main, vm->main_stack, marker);
}

void pm_vm_park(struct pm_vm *vm, uint32_t safepoint)
{
    struct pm_coroutine *coro = vm->coro;
    coro->safepoint = safepoint;
    coro->fp = (uint32_t)((uint8_t *)vm->fp - (uint8_t *)vm->stack);
    coro->depth = vm->config.call_depth - vm->depth_left;
}

uint32_t pm_vm_safepoint_in(const struct pm_vm *vm)
{
    uint32_t op = (uint32_t)(vm->ip - vm->code);
    uint32_t safepoint =
        pm_image_find_safepoint(vm->image, pm_image_function_of(vm->image, op),
                                vm->image->infos[op].offset, 1);
    PM_CHECK(safepoint != UINT32_MAX);
    return safepoint;
}

// What marking and sweeping costs when an allocation forced it.
static int64_t price_of(const struct pm_heap_work *work)
{
    return (int64_t)(work->marked * 8 + work->scanned + work->swept * 2);
}

void pm_vm_collect(struct pm_vm *vm)
{
    struct pm_heap_roots roots = {pm_vm_visit_roots, vm};
    pm_vm_park(vm, pm_vm_safepoint_in(vm));
    pm_heap_collect(vm->heap, &roots, &vm->last_work);
    vm->leaks += vm->last_work.leaks;
    vm->left -= price_of(&vm->last_work);
}

size_t pm_vm_call_stack(const struct pm_vm *vm, struct pm_stack_entry *out,
                        size_t room)
{
    const struct pm_image *image = vm->image;
    const struct pm_trap_record *trap = &vm->guest->trap;
    struct pm_frame_walk walk;
    size_t count = 0;

    if (!vm->coro || vm->coro->state == PM_CORO_FINISHED)
        return 0;
    pm_frame_walk_begin(&walk, image, vm->coro, vm->stack);
    if (trap->code)
        walk.frame.function = trap->function;
    do {
        uint32_t offset = count == 0 && trap->code
                              ? trap->offset
                              : image->safepoints[walk.frame.safepoint].offset;
        if (count < room)
            out[count] = (struct pm_stack_entry){walk.frame.function, offset};
        count++;
    } while (pm_frame_walk_next(&walk));
    return count;
}
