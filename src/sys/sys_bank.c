// SPDX-License-Identifier: MIT
//
// Host-call module "bank", the domain "bank": what is resident, and its bytes
// in the stored form. A reader is of what the slot held when it was opened;
// once that has changed it answers WRONG_STATE and never other bytes.

#include "base/check.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

struct reader {
    int32_t asset_id;
    uint8_t type;
    uint8_t slot;
    uint8_t reserved[2]; // 0
    uint64_t content;
};

static struct reader *reader_of(struct pm_call *call)
{
    return pm_call_state(call)->payload;
}

static bool is_there(const struct pm_sys *sys, const struct reader *reader)
{
    struct pm_bank_id id;

    return pm_bank_identity(sys->bank, (pm_bank_type)reader->type, reader->slot,
                            &id) &&
           id.asset_id == reader->asset_id && id.content == reader->content;
}

static pm_trap_code answer(struct pm_call *call, pm_asset_status status)
{
    pm_call_return_int(call, 0, status);
    return PM_TRAP_NONE;
}

// --- calls -------------------------------------------------------------------

static pm_trap_code bank_open(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    struct reader *reader = reader_of(call);
    struct pm_bank_id id;

    reader->type = (uint8_t)pm_call_int(call, 0);
    reader->slot = (uint8_t)pm_call_int(call, 1);
    if (!pm_bank_identity(sys->bank, (pm_bank_type)reader->type, reader->slot,
                          &id))
        return answer(call, PM_ASSET_UNKNOWN_ASSET);
    reader->asset_id = id.asset_id;
    reader->content = id.content;
    return answer(call, PM_ASSET_OK);
}

static pm_trap_code bank_size(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    const struct reader *reader = reader_of(call);

    if (!is_there(sys, reader))
        return answer(call, PM_ASSET_WRONG_STATE);
    pm_call_return_int(call, 1,
                       (int64_t)pm_bank_form_size(sys->bank,
                                                  (pm_bank_type)reader->type,
                                                  reader->slot));
    return answer(call, PM_ASSET_OK);
}

// Memory cannot fail: the bytes are copied once.
static int32_t bank_read(void *context, struct pm_call *call, uint64_t offset,
                         struct pm_destination *dest, uint32_t max,
                         uint32_t *out_size, bool *out_eof)
{
    struct pm_sys *sys = context;
    const struct reader *reader = reader_of(call);
    pm_bank_type type = (pm_bank_type)reader->type;

    if (!is_there(sys, reader))
        return PM_ASSET_WRONG_STATE;
    uint64_t all = pm_bank_form_size(sys->bank, type, reader->slot);
    uint64_t left = offset < all ? all - offset : 0;
    uint32_t size = left < max ? (uint32_t)left : max;
    *out_size = size;
    *out_eof = size == left;
    if (size)
        pm_bank_read(sys->bank, type, reader->slot, offset, dest->bytes, size);
    return PM_ASSET_OK;
}

static pm_trap_code bank_info(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    uint64_t used;
    uint64_t budget;

    pm_bank_usage(sys->bank, (pm_bank_type)pm_call_int(call, 0), &used,
                  &budget);
    pm_call_return_int(call, 1, (int64_t)used);
    pm_call_return_int(call, 2, (int64_t)budget);
    return answer(call, PM_ASSET_OK);
}

// Whether there will be something in the slot at the next frame.
static bool will_be_full(const struct pm_bank *bank, pm_bank_type type,
                         unsigned slot)
{
    struct pm_bank_id id;
    bool is_full;

    if (pm_bank_planned(bank, type, slot, &is_full, &id))
        return is_full;
    return pm_bank_identity(bank, type, slot, NULL);
}

static pm_trap_code bank_unload(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    pm_bank_type type = (pm_bank_type)pm_call_int(call, 0);
    unsigned slot = (unsigned)pm_call_int(call, 1);

    if (!will_be_full(sys->bank, type, slot))
        return answer(call, PM_ASSET_UNKNOWN_ASSET);
    // What replaces something else may not fit where it was kept.
    return answer(call, pm_bank_plan(sys->bank, type, slot, NULL)
                            ? PM_ASSET_BUDGET
                            : PM_ASSET_OK);
}

// --- the domain --------------------------------------------------------------

static bool can_be(const struct reader *reader)
{
    return reader->type < PM_BANK_TYPES && reader->slot < PM_BANK_SLOTS &&
           reader->reserved[0] == 0 && reader->reserved[1] == 0;
}

static pm_status restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size)
{
    (void)context;
    (void)bytes;
    return size || !can_be(state->payload) ? PM_ERR_INVALID : PM_OK;
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_BANK_OPEN, .run = bank_open},
    {.decl.id = PM_SYSCALL_BANK_SIZE, .run = bank_size},
    {.decl.id = PM_SYSCALL_BANK_READ, .read = bank_read},
    {.decl.id = PM_SYSCALL_BANK_CLOSE, .run = pm_sys_end_object},
    {.decl.id = PM_SYSCALL_BANK_INFO, .run = bank_info},
    {.decl.id = PM_SYSCALL_BANK_UNLOAD, .run = bank_unload},
};

const struct pm_sys_call_table pm_sys_bank = {rows, PM_ARRAY_LEN(rows)};

const struct pm_domain pm_sys_bank_domain = {
    .name = "bank",
    .meaning = "the bytes of what is resident in a slot",
    .payload_size = sizeof(struct reader),
    .max_live = 16,
    .limit_status = PM_ASSET_TOO_MANY_LOADS,
    .no_update = "what is resident changes as a whole, by loads",
    .example = "push_i64 3\n    push_i64 0",
    .save = pm_sys_save_nothing,
    .restore = restore,
};
