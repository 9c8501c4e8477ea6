// SPDX-License-Identifier: MIT
//
// The ways out of the handlers. Each makes the cycle count exact for the
// instruction at ip, and says where execution stands.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vm/vm_internal.h"

static size_t op_number(const struct pm_vm *vm, const struct pm_op *ip)
{
    return (size_t)(ip - vm->code);
}

void pm_vm_leave(PM_HANDLER_ARGS, enum pm_exit exit)
{
    vm->ip = ip;
    vm->fp = fp;
    vm->left = left - vm->image->infos[op_number(vm, ip)].price;
    vm->exit = exit;
}

void pm_vm_leave_return(PM_HANDLER_ARGS)
{
    pm_vm_leave(ip, fp, vm, left, PM_EXIT_RETURN);
}

// FRAME_SYNC belongs to the main program, YIELD and SLEEP to coroutines.
static bool refuse_unless(struct pm_vm *vm, bool legal, const char *why)
{
    if (!legal)
        vm->fault = pm_vm_fault(vm, PM_TRAP_ILLEGAL_INSTRUCTION, "%s", why);
    return !legal;
}

void pm_vm_leave_sync(PM_HANDLER_ARGS)
{
    if (refuse_unless(vm, vm->guest->current == 0,
                      "frame_sync in a coroutine: only the main program ends "
                      "frames")) {
        pm_vm_leave_trap(ip, fp, vm, left);
        return;
    }
    pm_vm_leave(ip, fp, vm, left, PM_EXIT_SYNC);
}

static const char not_a_coroutine[] =
    "yield or sleep in the main program: only coroutines wait";

void pm_vm_leave_yield(PM_HANDLER_ARGS)
{
    if (refuse_unless(vm, vm->guest->current != 0, not_a_coroutine)) {
        pm_vm_leave_trap(ip, fp, vm, left);
        return;
    }
    pm_vm_leave(ip, fp, vm, left, PM_EXIT_YIELD);
}

void pm_vm_leave_sleep(PM_HANDLER_ARGS)
{
    if (refuse_unless(vm, vm->guest->current != 0, not_a_coroutine)) {
        pm_vm_leave_trap(ip, fp, vm, left);
        return;
    }
    if ((int64_t)vm->sleep_frames < 0) {
        vm->fault = pm_vm_fault(vm, PM_TRAP_OOB, "sleep for %" PRId64 " frames",
                                (int64_t)vm->sleep_frames);
        pm_vm_leave_trap(ip, fp, vm, left);
        return;
    }
    pm_vm_leave(ip, fp, vm, left, PM_EXIT_SLEEP);
}

void pm_vm_leave_halt(PM_HANDLER_ARGS)
{
    pm_vm_leave(ip, fp, vm, left, PM_EXIT_HALT);
}

// Loops have charged what they cost by themselves.
static void leave_budget(PM_HANDLER_ARGS, uint32_t function, uint32_t offset)
{
    uint32_t safepoint =
        pm_image_find_safepoint(vm->image, function, offset, 0);
    PM_CHECK(safepoint != UINT32_MAX);
    vm->ip = ip;
    vm->fp = fp;
    vm->left = left;
    vm->exit = PM_EXIT_BUDGET;
    pm_vm_park(vm, safepoint);
}

void pm_vm_leave_loop(PM_HANDLER_ARGS)
{
    size_t op = op_number(vm, ip);
    leave_budget(ip, fp, vm, left,
                 pm_image_function_of(vm->image, (uint32_t)op),
                 vm->image->infos[op].offset);
}

void pm_vm_leave_entry(PM_HANDLER_ARGS)
{
    leave_budget(ip, fp, vm, left,
                 pm_image_function_of(vm->image, (uint32_t)op_number(vm, ip)),
                 0);
}

static void describe(struct pm_vm *vm, const char *text)
{
    struct pm_trap_record *trap = &vm->guest->trap;
    if (trap->message[0] == 0)
        snprintf(trap->message, sizeof trap->message, "%s", text);
}

// Room for what pm_heap_describe says of any reference.
#define DESCRIPTION 256

static void *give_nothing(void *context, void *block, size_t old_size,
                          size_t new_size)
{
    (void)context, (void)block, (void)old_size, (void)new_size;
    return NULL;
}

// Without the host's memory: what a trap says is part of the program's state
// and must not depend on how much of it there is.
static const char *describe_in(const struct pm_vm *vm, char room[DESCRIPTION])
{
    struct pm_buf text = {.alloc = {give_nothing, NULL},
                          .data = (uint8_t *)room,
                          .capacity = DESCRIPTION};

    pm_heap_describe(vm->heap, vm->fault_ref, &text);
    const char *line = pm_buf_cstr(&text);
    PM_CHECK(line);
    return line;
}

static void describe_ref(struct pm_vm *vm)
{
    char room[DESCRIPTION];

    describe(vm, describe_in(vm, room));
}

void pm_vm_leave_trap(PM_HANDLER_ARGS)
{
    const struct pm_image *image = vm->image;
    const struct pm_op_info *info = &image->infos[op_number(vm, ip)];
    struct pm_trap_record *trap = &vm->guest->trap;
    struct pm_instruction instruction;

    pm_vm_leave(ip, fp, vm, left, PM_EXIT_TRAP);
    trap->code = vm->fault;
    trap->function = pm_image_function_of(image, (uint32_t)op_number(vm, ip));
    trap->offset = info->offset;
    if (pm_instruction_decode(&image->module.functions[trap->function],
                              info->offset, &instruction))
        trap->opcode = instruction.info->code;
    describe(vm, pm_trap_meaning((pm_trap_code)vm->fault));
}

void pm_vm_leave_access(PM_HANDLER_ARGS)
{
    pm_trap_code code = pm_vm_check_ref(vm, vm->fault_ref);
    vm->fault = code ? code : PM_TRAP_OOB;
    if (code == PM_TRAP_STALE_HANDLE)
        describe_ref(vm);
    if (code == PM_TRAP_NONE)
        pm_vm_fault(vm, PM_TRAP_OOB, "index %" PRId64 " in %s of length %u",
                    vm->fault_index,
                    pm_kind_name(pm_vm_object(vm, vm->fault_ref)->kind),
                    (unsigned)pm_vm_object(vm, vm->fault_ref)->length);
    pm_vm_leave_trap(ip, fp, vm, left);
}

pm_trap_code pm_vm_fault(struct pm_vm *vm, pm_trap_code code,
                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(vm->guest->trap.message, PM_TRAP_MESSAGE_SIZE, format, args);
    va_end(args);
    return code;
}

pm_trap_code pm_vm_fault_ref(struct pm_vm *vm, pm_trap_code code, pm_ref ref)
{
    vm->fault_ref = ref;
    if (code == PM_TRAP_STALE_HANDLE)
        describe_ref(vm);
    return code;
}

pm_trap_code pm_vm_fault_stale(struct pm_vm *vm, pm_ref ref, const char *format,
                               ...)
{
    char *message = vm->guest->trap.message;
    char room[DESCRIPTION];
    va_list args;

    vm->fault_ref = ref;
    va_start(args, format);
    vsnprintf(message, PM_TRAP_MESSAGE_SIZE, format, args);
    va_end(args);
    size_t size = strlen(message);
    snprintf(message + size, PM_TRAP_MESSAGE_SIZE - size, "%s",
             describe_in(vm, room));
    return PM_TRAP_STALE_HANDLE;
}
