// SPDX-License-Identifier: MIT
//
// Host-call module "mem": the memory card.
#include "base/check.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

static unsigned slot_of(struct pm_call *call)
{
    return (unsigned)pm_call_int(call, 0);
}

static pm_trap_code mem_count(void *context, struct pm_call *call)
{
    (void)context;
    pm_call_return_int(call, 1, PM_CARD_SLOTS);
    return PM_TRAP_NONE;
}

static pm_trap_code mem_stat(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    struct pm_card_info info;

    pm_card_stat(sys->card, slot_of(call), &info);
    pm_call_return_int(call, 1, info.state);
    pm_call_return_int(call, 2, info.size);
    pm_call_return_int(call, 3, (int64_t)info.generation);
    pm_call_return_int(call, 4, (int64_t)info.checksum);
    return PM_TRAP_NONE;
}

static int32_t mem_read(void *context, struct pm_call *call, uint64_t offset,
                        struct pm_destination *dest, uint32_t max,
                        uint32_t *out_size, bool *out_eof)
{
    struct pm_sys *sys = context;

    return (int32_t)pm_card_read(sys->card, slot_of(call), offset, dest, max,
                                 out_size, out_eof);
}

static int32_t mem_write(void *context, struct pm_call *call, uint64_t offset,
                         const uint8_t *src, uint32_t size)
{
    struct pm_sys *sys = context;

    return (int32_t)pm_card_write(sys->card, slot_of(call), offset, src, size);
}

static pm_trap_code mem_commit(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;

    pm_call_return_int(call, 0, pm_card_commit(sys->card, slot_of(call)));
    return PM_TRAP_NONE;
}

static pm_trap_code mem_clear(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;

    pm_call_return_int(call, 0, pm_card_clear(sys->card, slot_of(call)));
    return PM_TRAP_NONE;
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_MEM_SLOT_COUNT, .run = mem_count},
    {.decl.id = PM_SYSCALL_MEM_SLOT_STAT, .run = mem_stat},
    {.decl.id = PM_SYSCALL_MEM_SLOT_READ, .read = mem_read},
    {.decl.id = PM_SYSCALL_MEM_SLOT_WRITE, .write = mem_write},
    {.decl.id = PM_SYSCALL_MEM_SLOT_COMMIT, .run = mem_commit},
    {.decl.id = PM_SYSCALL_MEM_SLOT_CLEAR, .run = mem_clear},
};

const struct pm_sys_call_table pm_sys_mem = {rows, PM_ARRAY_LEN(rows)};
