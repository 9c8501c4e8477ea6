// SPDX-License-Identifier: MIT
//
// Making a vm: the layout of the guest block, and binding an image to a
// dispatch form.
#include "vm/vm.h"

#include <string.h>

#include "base/mem.h"
#include "vm/vm_internal.h"

_Static_assert(PM_GUEST_STATE + sizeof(struct pm_guest) <= PM_GUEST_GLOBALS,
               "the engine's state reaches into the globals");

// The parts of the block before the heap, as offsets.
struct layout {
    size_t const_refs;
    size_t ready;
    size_t sleeping;
    size_t main_stack;
    size_t heap;
};

static struct layout plan(const struct pm_module *module,
                          const struct pm_vm_config *config)
{
    struct layout at;
    at.const_refs = PM_GUEST_GLOBALS + (size_t)module->global_count * 8;
    at.ready = at.const_refs + (size_t)module->constant_count * 8;
    at.sleeping = at.ready + (size_t)config->coroutines * 8;
    at.main_stack = at.sleeping + (size_t)config->coroutines * 8;
    at.heap = at.main_stack + (size_t)config->stack_slots * 8;
    at.heap = (at.heap + 4095) & ~(size_t)4095;
    return at;
}

pm_status pm_vm_make_block(struct pm_vm *vm, struct pm_vm_block *out)
{
    struct layout at = plan(&vm->image->module, &vm->config);
    struct pm_heap_config heap = {.size = vm->config.memory_size,
                                  .heap_start = at.heap,
                                  .max_generation = vm->config.max_generation,
                                  .types = pm_vm_heap_types(vm)};
    uint8_t *base;

    *out = (struct pm_vm_block){0};
    if (at.heap + PM_HEAP_PAGE > vm->config.memory_size)
        return PM_ERR_LIMIT;
    base = pm_mem_zalloc(&vm->alloc, vm->config.memory_size);
    if (!base)
        return PM_ERR_NO_MEMORY;
    out->base = base;
    out->guest = (struct pm_guest *)(void *)(base + PM_GUEST_STATE);
    out->globals = (uint64_t *)(void *)(base + PM_GUEST_GLOBALS);
    out->const_refs = (uint64_t *)(void *)(base + at.const_refs);
    out->ready = (pm_ref *)(void *)(base + at.ready);
    out->sleeping = (pm_ref *)(void *)(base + at.sleeping);
    out->main_stack = (uint64_t *)(void *)(base + at.main_stack);
    heap.block = base;
    return pm_heap_create(&vm->alloc, &heap, &out->heap);
}

void pm_vm_free_block(struct pm_vm *vm, struct pm_vm_block *block)
{
    pm_heap_destroy(block->heap);
    pm_mem_free(&vm->alloc, block->base, vm->config.memory_size);
    *block = (struct pm_vm_block){0};
}

void pm_vm_point_into(struct pm_vm *vm, const struct pm_vm_block *block)
{
    vm->base = block->base;
    vm->guest = block->guest;
    vm->globals = block->globals;
    vm->const_refs = block->const_refs;
    vm->ready = block->ready;
    vm->sleeping = block->sleeping;
    vm->main_stack = block->main_stack;
    vm->heap = block->heap;
}

static pm_status make_block(struct pm_vm *vm)
{
    struct pm_vm_block block;
    pm_status status = pm_vm_make_block(vm, &block);
    pm_vm_point_into(vm, &block);
    return status;
}

static void bind_image(struct pm_vm *vm)
{
    struct pm_image *image = vm->image;
    const void *const *handlers = vm->form.handlers;

    PM_CHECK(image->bound == 0 || image->bound == (int)vm->config.dispatch);
    for (size_t i = 0; handlers && !image->bound && i < image->op_count; i++)
        if (image->infos[i].code < PM_IOP_COUNT)
            image->ops[i].handler = handlers[image->infos[i].code];
    image->bound = (int)vm->config.dispatch;
    vm->code = image->ops;
    vm->pool = image->pool;
    vm->functions = image->functions;
}

static pm_status find_intrinsics(struct pm_vm *vm)
{
    vm->intrinsic_count = vm->image->intrinsic_count;
    if (vm->intrinsic_count == 0)
        return PM_OK;
    vm->intrinsics =
        pm_mem_zarray(&vm->alloc, vm->intrinsic_count, sizeof *vm->intrinsics);
    if (!vm->intrinsics)
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < vm->intrinsic_count; i++) {
        vm->intrinsics[i] = vm->config.find_intrinsic(
            vm->config.intrinsic_context, vm->image->intrinsics[i]);
        PM_CHECK(vm->intrinsics[i].run);
    }
    return PM_OK;
}

static pm_status set_up(struct pm_vm *vm)
{
    pm_status status = pm_vm_make_ref_maps(vm);
    if (status)
        return status;
    status = pm_vm_make_sites(vm);
    if (status)
        return status;
    status = find_intrinsics(vm);
    if (status)
        return status;
    status = make_block(vm);
    if (status)
        return status;
    bind_image(vm);
    return pm_vm_reset(vm);
}

pm_status pm_vm_create(const struct pm_allocator *alloc,
                       const struct pm_vm_config *config,
                       struct pm_image *image, struct pm_vm **out)
{
    struct pm_vm *vm = pm_mem_zalloc(alloc, sizeof *vm);
    if (!vm)
        return PM_ERR_NO_MEMORY;
    vm->alloc = *alloc;
    vm->config = *config;
    vm->image = image;
    vm->calls = config->calls;
    vm->form = pm_dispatch_form(config->dispatch);
    vm->config.dispatch = vm->form.dispatch;
    pm_status status = vm->form.run ? set_up(vm) : PM_ERR_UNSUPPORTED;
    if (status) {
        pm_vm_destroy(vm);
        return status;
    }
    *out = vm;
    return PM_OK;
}

void pm_vm_destroy(struct pm_vm *vm)
{
    if (!vm)
        return;
    struct pm_allocator alloc = vm->alloc;
    pm_heap_destroy(vm->heap);
    pm_mem_free(&alloc, vm->base, vm->config.memory_size);
    pm_mem_free(&alloc, vm->intrinsics,
                vm->intrinsic_count * sizeof *vm->intrinsics);
    pm_vm_free_ref_maps(vm);
    pm_vm_free_sites(vm);
    pm_mem_free(&alloc, vm, sizeof *vm);
}

// String constants live in the heap as objects that are always reachable.
static pm_status make_constants(struct pm_vm *vm)
{
    const struct pm_module *module = &vm->image->module;
    for (uint32_t i = 0; i < module->constant_count; i++) {
        const struct pm_constant *constant = &module->constants[i];
        pm_ref ref = 0;
        if (constant->type != PM_TYPE_STRING)
            continue;
        if (pm_heap_alloc(vm->heap, PM_KIND_STRING, 0, constant->text.size,
                          &ref))
            return PM_ERR_LIMIT;
        if (constant->text.size)
            memcpy(pm_object_bytes(pm_heap_at(vm->heap, ref)),
                   constant->text.data, constant->text.size);
        vm->const_refs[i] = ref;
    }
    return PM_OK;
}

pm_status pm_vm_reset(struct pm_vm *vm)
{
    struct layout at = plan(&vm->image->module, &vm->config);
    const struct pm_image_function *boot = &vm->image->functions[0];

    if (boot->slots > vm->config.stack_slots)
        return PM_ERR_LIMIT;
    memset(vm->base + PM_GUEST_STATE, 0, at.heap - PM_GUEST_STATE);
    pm_heap_reset(vm->heap);
    vm->guest->main.safepoint = boot->first_safepoint;
    vm->guest->main.depth = 1;
    vm->leaks = 0;
    pm_vm_attach(vm);
    return make_constants(vm);
}

bool pm_vm_is_between_frames(const struct pm_vm *vm)
{
    return !vm->guest->in_frame && !vm->guest->waits;
}

uint64_t pm_vm_frame(const struct pm_vm *vm)
{
    return vm->guest->frame;
}

uint64_t pm_vm_cycles(const struct pm_vm *vm)
{
    return vm->guest->cycles;
}

bool pm_vm_is_halted(const struct pm_vm *vm)
{
    return vm->guest->halted;
}

const struct pm_trap_record *pm_vm_trap(const struct pm_vm *vm)
{
    return vm->guest->trap.code ? &vm->guest->trap : NULL;
}

struct pm_heap *pm_vm_heap(struct pm_vm *vm)
{
    return vm->heap;
}

const struct pm_image *pm_vm_image(const struct pm_vm *vm)
{
    return vm->image;
}

uint64_t *pm_vm_global(struct pm_vm *vm, uint32_t global)
{
    PM_CHECK(global < vm->image->module.global_count);
    return &vm->globals[global];
}

void pm_vm_charge(struct pm_vm *vm, uint64_t cycles)
{
    vm->left -= (int64_t)cycles;
}

static pm_trap_code no_room(struct pm_vm *vm, pm_kind kind, uint32_t length)
{
    return pm_vm_fault(vm, PM_TRAP_OUT_OF_MEMORY,
                       "no room for a %s of length %u: %llu of %llu bytes are "
                       "in use",
                       pm_kind_name(kind), (unsigned)length,
                       (unsigned long long)pm_heap_used(vm->heap),
                       (unsigned long long)pm_heap_capacity(vm->heap));
}

// What allocates: pm_heap_alloc or, with a domain, pm_heap_alloc_state.
static pm_status try_alloc(struct pm_vm *vm, pm_kind kind, uint16_t domain,
                           uint32_t type, uint32_t length, pm_ref *out)
{
    return kind == PM_KIND_STATE
               ? pm_heap_alloc_state(vm->heap, domain, type, length, out)
               : pm_heap_alloc(vm->heap, kind, type, length, out);
}

static pm_trap_code alloc(struct pm_vm *vm, pm_kind kind, uint16_t domain,
                          uint32_t type, uint32_t length, pm_ref *out)
{
    if (PM_UNLIKELY(vm->config.collect_always)) {
        int64_t left = vm->left;
        pm_vm_collect(vm);
        vm->left = left; // the same price as without it
    }
    if (PM_UNLIKELY(try_alloc(vm, kind, domain, type, length, out))) {
        pm_vm_collect(vm);
        if (try_alloc(vm, kind, domain, type, length, out))
            return no_room(vm, kind, length);
    }
    if (kind == PM_KIND_BYTES || kind == PM_KIND_STATE)
        pm_vm_note_created(vm, *out);
    return PM_TRAP_NONE;
}

pm_trap_code pm_vm_alloc(struct pm_vm *vm, pm_kind kind, uint32_t type,
                         uint32_t length, pm_ref *out)
{
    return alloc(vm, kind, 0, type, length, out);
}

pm_trap_code pm_vm_alloc_state(struct pm_vm *vm, uint16_t domain, uint32_t type,
                               uint32_t size, pm_ref *out)
{
    return alloc(vm, PM_KIND_STATE, domain, type, size, out);
}

void pm_vm_end_tick(struct pm_vm *vm)
{
    if (vm->left > 0) {
        vm->forfeited += vm->left;
        vm->left = 0;
    }
}
