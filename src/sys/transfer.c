// SPDX-License-Identifier: MIT
//
// Byte transfer: the one protocol that moves bytes between host and guest
// (docs/spec/transfer.md), for every domain and for the memory card.
//
// In this order, each a trap, and nothing has been touched before the last of
// them has passed: capability; handle (or slot number); buffer; a negative
// number; a window over the limit; a window past the buffer's end. Then the
// price, which does not depend on what comes of it. Then a domain's source or
// sink works on the bytes that are lent, and until it is back the heap is
// frozen: nothing can be allocated, collected, ended or entered anew.
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/window.h"
#include "sys/call.h"

// The places of a transfer's arguments.
enum { HANDLE, HOST_OFFSET, BUFFER, BUFFER_OFFSET, MAX };

static PM_NOINLINE pm_trap_code bad(const struct pm_sys_call *info,
                                    struct pm_vm *vm, pm_trap_code trap, int at,
                                    int64_t found, const char *wanted)
{
    return pm_vm_fault(vm, trap, "%s.%s: %s is %" PRId64 ", it must be %s",
                       info->decl->module, info->decl->name,
                       info->decl->params[at].name, found, wanted);
}

static PM_NOINLINE pm_trap_code bad_window(const struct pm_sys_call *info,
                                           struct pm_vm *vm,
                                           const uint64_t *args, uint32_t size)
{
    return pm_vm_fault(vm, PM_TRAP_OOB,
                       "%s.%s: the window of %" PRId64 " bytes at %" PRId64
                       " reaches past the buffer's %" PRIu32 " bytes",
                       info->decl->module, info->decl->name, (int64_t)args[MAX],
                       (int64_t)args[BUFFER_OFFSET], size);
}

static pm_trap_code check_numbers(const struct pm_sys_call *info,
                                  struct pm_vm *vm, const uint64_t *args)
{
    static const int numbers[] = {HOST_OFFSET, BUFFER_OFFSET, MAX};
    const struct pm_object *buffer = pm_heap_at(pm_vm_heap(vm), args[BUFFER]);

    for (size_t i = 0; i < PM_ARRAY_LEN(numbers); i++)
        if (PM_UNLIKELY((int64_t)args[numbers[i]] < 0))
            return bad(info, vm, PM_TRAP_OOB, numbers[i],
                       (int64_t)args[numbers[i]], "0 or more");
    if (PM_UNLIKELY(args[MAX] > PM_TRANSFER_MAX))
        return bad(info, vm, PM_TRAP_INVALID_ARGUMENT, MAX, (int64_t)args[MAX],
                   "at most 1048576");
    if (PM_UNLIKELY(
            !pm_window_fits(args[BUFFER_OFFSET], args[MAX], buffer->length)))
        return bad_window(info, vm, args, buffer->length);
    return PM_TRAP_NONE;
}

// What a transfer with nothing wrong is about.
struct parties {
    struct pm_object *state; // NULL: a slot
    struct pm_object *buffer;
};

// Whether the handle, or the slot number, is one that the call takes.
PM_INLINE bool is_handle(const struct pm_sys_call *info,
                         const struct pm_heap *heap, uint64_t handle,
                         struct pm_object **out)
{
    const struct pm_sys_check *check = &info->checks[0];

    if (info->state_at >= 0)
        return pm_heap_resolve_domain(heap, handle, PM_KIND_STATE,
                                      info->transfer.domain,
                                      out) == PM_TRAP_NONE;
    *out = NULL;
    return check->argument != HANDLE || ((int64_t)handle >= check->least &&
                                         (int64_t)handle <= check->greatest);
}

// Whether nothing is wrong, at once; what is, and first, only [check] tells.
PM_INLINE bool is_right(const struct pm_sys_call *info,
                        const struct pm_heap *heap, const uint64_t *args,
                        struct parties *out)
{
    uint64_t signs = args[HOST_OFFSET] | args[BUFFER_OFFSET] | args[MAX];

    return !(info->capability & ~info->sys->capabilities) &&
           is_handle(info, heap, args[HANDLE], &out->state) &&
           !pm_heap_resolve(heap, args[BUFFER], PM_KIND_BYTES, &out->buffer) &&
           (int64_t)signs >= 0 && args[MAX] <= PM_TRANSFER_MAX &&
           pm_window_fits(args[BUFFER_OFFSET], args[MAX], out->buffer->length);
}

static PM_NOINLINE pm_trap_code check(const struct pm_sys_call *info,
                                      struct pm_vm *vm, const uint64_t *args)
{
    pm_trap_code trap = pm_sys_check_capability(info, vm);

    for (uint32_t i = 0; !trap && i < info->check_count; i++)
        trap = pm_sys_check_argument(info, vm, &info->checks[i],
                                     args[info->checks[i].argument]);
    return trap ? trap : check_numbers(info, vm, args);
}

// The stage has the place within a page that the offset has within the file:
// then a system copies from its own pages fastest.
static uint8_t *stage_for(const struct pm_sys *sys, uint64_t offset)
{
    uintptr_t first = (uintptr_t)sys->stage + PM_STAGE_PAGE - 1;
    uintptr_t page = first & ~(uintptr_t)(PM_STAGE_PAGE - 1);

    return (uint8_t *)(page + (offset & (PM_STAGE_PAGE - 1)));
}

PM_INLINE void run_read(struct pm_call *call, uint8_t *window)
{
    const struct pm_sys_call *info = call->info;
    uint64_t *args = call->args;
    uint32_t max = (uint32_t)args[MAX];
    struct pm_destination dest = {
        .bytes = window, .stage = stage_for(call->sys, args[HOST_OFFSET])};
    uint32_t size = 0;
    bool eof = false;
    int32_t status = info->transfer.read(info->context, call, args[HOST_OFFSET],
                                         &dest, max, &size, &eof);

    PM_CHECK(size <= max || status);
    if (status) {
        size = 0;
        eof = false;
    }
    if (dest.is_staged && size)
        pm_mem_copy(window, dest.stage, size);
    call->sys->bytes_moved += size;
    args[0] = (uint64_t)(int64_t)status;
    args[1] = size;
    args[2] = eof;
}

PM_INLINE void run_write(struct pm_call *call, const uint8_t *window)
{
    const struct pm_sys_call *info = call->info;
    uint64_t *args = call->args;
    uint32_t max = (uint32_t)args[MAX];
    int32_t status = info->transfer.write(info->context, call,
                                          args[HOST_OFFSET], window, max);

    call->sys->bytes_moved += status ? 0 : max;
    args[0] = (uint64_t)(int64_t)status;
    args[1] = status ? 0 : max;
}

// Strings and results are for plain calls alone: to clear them would cost as
// much as a small transfer.
PM_INLINE void begin_call(struct pm_call *call, const struct pm_sys_call *info,
                          struct pm_vm *vm, uint64_t *args,
                          const struct parties *parties)
{
    struct pm_sys *sys = info->sys;

    call->sys = sys;
    call->vm = vm;
    call->info = info;
    call->args = args;
    call->has_allocated = false;
    if (parties->state) {
        pm_call_attach_to(call, args[HANDLE], parties->state,
                          &sys->states.sets[info->transfer.set]);
        return;
    }
    call->state = (struct pm_state){NULL, NULL};
    call->ref = 0;
    call->live = NULL;
}

static PM_NOINLINE pm_trap_code wrong(const struct pm_sys_call *info,
                                      struct pm_vm *vm, const uint64_t *args)
{
    pm_trap_code trap = check(info, vm, args);

    PM_CHECK(trap != PM_TRAP_NONE);
    return trap;
}

PM_INLINE pm_trap_code run(const struct pm_sys_call *info, struct pm_vm *vm,
                           uint64_t *args, bool reads)
{
    struct pm_heap *heap = pm_vm_heap(vm);
    struct parties parties;
    struct pm_call call;

    info->sys->calls++;
    if (PM_UNLIKELY(!is_right(info, heap, args, &parties)))
        return wrong(info, vm, args);
    begin_call(&call, info, vm, args, &parties);
    pm_vm_charge(vm, (args[MAX] + 15) / 16 * info->transfer.price16);
    uint8_t *window = pm_object_bytes(parties.buffer) + args[BUFFER_OFFSET];
    pm_heap_freeze(heap);
    if (reads)
        run_read(&call, window);
    else
        run_write(&call, window);
    pm_heap_thaw(heap);
    pm_call_detach(&call);
    if (PM_UNLIKELY(info->transfer.waits))
        pm_vm_end_tick(vm);
    return PM_TRAP_NONE;
}

pm_trap_code pm_sys_run_read(void *info, struct pm_vm *vm, uint64_t *args)
{
    return run(info, vm, args, true);
}

pm_trap_code pm_sys_run_write(void *info, struct pm_vm *vm, uint64_t *args)
{
    return run(info, vm, args, false);
}
