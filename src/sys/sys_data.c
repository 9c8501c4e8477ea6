// SPDX-License-Identifier: MIT
//
// Host-call module "data", the domain "data": an asset's bytes without making
// it resident. Any window is read and decoded by itself.

#include "base/check.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

// Cycles per 16 bytes of a chunk that has to be decoded.
#define DECODE_PRICE 8u

// The payload. Which chunk was read last is the program's doing, whatever the
// host still has of it: the price must not depend on the host.
struct reader {
    int32_t asset_id;
    uint32_t reserved; // 0
    uint64_t chunk;    // one more than its number; 0: none yet
};

static struct reader *reader_of(struct pm_call *call)
{
    return pm_call_state(call)->payload;
}

// NULL: other assets were loaded meanwhile, and it is gone.
static const struct pm_asset_entry *entry_of(const struct pm_sys *sys,
                                             const struct reader *reader)
{
    return pm_loads_find(&sys->loads, reader->asset_id);
}

static pm_asset_status open_host(struct pm_sys *sys,
                                 const struct pm_asset_entry *entry,
                                 struct pm_state *state)
{
    struct pm_asset_reader *reader = NULL;
    pm_status status = pm_asset_reader_open(sys->loads.assets, entry,
                                            &sys->loads.alloc, &reader);

    state->host = reader;
    return pm_asset_status_of(status);
}

// --- calls -------------------------------------------------------------------

static pm_trap_code data_open(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    const struct pm_asset_entry *entry =
        pm_loads_find(&sys->loads, pm_call_int(call, 0));
    pm_asset_status status = PM_ASSET_UNKNOWN_ASSET;

    if (entry) {
        reader_of(call)->asset_id = entry->id;
        status = open_host(sys, entry, pm_call_state(call));
    }
    pm_call_return_int(call, 0, status);
    return PM_TRAP_NONE;
}

static pm_trap_code data_size(void *context, struct pm_call *call)
{
    const struct pm_asset_entry *entry = entry_of(context, reader_of(call));

    if (!entry) {
        pm_call_return_int(call, 0, PM_ASSET_IO_FAILED);
        return PM_TRAP_NONE;
    }
    pm_call_return_int(call, 1, (int64_t)pm_asset_form_size(entry));
    return PM_TRAP_NONE;
}

// What decoding the window's chunks costs, but for the one that was read last.
static void charge_chunks(struct pm_call *call,
                          const struct pm_asset_entry *entry, uint64_t offset,
                          uint32_t size)
{
    struct reader *reader = reader_of(call);
    uint64_t first = offset >> entry->chunk_shift;
    uint64_t last = (offset + size - 1) >> entry->chunk_shift;
    uint64_t count = last - first + 1;

    if (reader->chunk > first && reader->chunk <= last + 1)
        count--;
    reader->chunk = last + 1;
    pm_call_charge(call,
                   ((count << entry->chunk_shift) + 15) / 16 * DECODE_PRICE);
}

static int32_t data_read(void *context, struct pm_call *call, uint64_t offset,
                         struct pm_destination *dest, uint32_t max,
                         uint32_t *out_size, bool *out_eof)
{
    const struct pm_asset_entry *entry = entry_of(context, reader_of(call));

    if (!entry)
        return PM_ASSET_IO_FAILED;
    uint64_t all = pm_asset_form_size(entry);
    uint64_t left = offset < all ? all - offset : 0;
    uint32_t size = left < max ? (uint32_t)left : max;

    *out_size = size;
    *out_eof = size == left;
    if (size == 0)
        return PM_ASSET_OK;
    if (!pm_call_state(call)->host)
        return PM_ASSET_IO_FAILED;
    if (entry->codec != PM_CODEC_NONE)
        charge_chunks(call, entry, offset, size);
    dest->is_staged = true;
    return (int32_t)pm_asset_status_of(pm_asset_reader_read(
        pm_call_state(call)->host, offset, dest->stage, size));
}

// --- the domain --------------------------------------------------------------

static void release(void *context, struct pm_state *state)
{
    (void)context;
    pm_asset_reader_close(state->host);
}

static bool can_be(const struct reader *reader,
                   const struct pm_asset_entry *entry)
{
    uint64_t chunks = 0;

    if (reader->reserved)
        return false;
    if (entry && entry->codec != PM_CODEC_NONE)
        chunks = (pm_asset_form_size(entry) +
                  (((uint64_t)1 << entry->chunk_shift) - 1)) >>
                 entry->chunk_shift;
    return reader->chunk <= chunks;
}

static pm_status restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size)
{
    struct pm_sys *sys = context;
    const struct reader *reader = state->payload;
    const struct pm_asset_entry *entry =
        pm_loads_find(&sys->loads, reader->asset_id);

    (void)bytes;
    if (size || !can_be(reader, entry))
        return PM_ERR_INVALID;
    // Where the asset is gone or the file cannot be read any more, that is what
    // reads answer.
    if (!entry)
        return PM_OK;
    return open_host(sys, entry, state) == PM_ASSET_TRANSIENT ? PM_ERR_NO_MEMORY
                                                              : PM_OK;
}

// The chunk that was read last is another one's, or is so no more.
void pm_sys_follow_data(void *payload)
{
    struct reader *reader = payload;

    reader->chunk = 0;
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_DATA_OPEN, .run = data_open},
    {.decl.id = PM_SYSCALL_DATA_SIZE, .run = data_size},
    {.decl.id = PM_SYSCALL_DATA_READ, .read = data_read},
    {.decl.id = PM_SYSCALL_DATA_CLOSE, .run = pm_sys_end_object},
};

const struct pm_sys_call_table pm_sys_data = {rows, PM_ARRAY_LEN(rows)};

const struct pm_domain pm_sys_data_domain = {
    .name = "data",
    .meaning = "an asset's bytes, read where they lie",
    .payload_size = sizeof(struct reader),
    .max_live = 16,
    .limit_status = PM_ASSET_TOO_MANY_LOADS,
    .no_update = "a cartridge's assets never change",
    .example = "push_i64 1",
    .release = release,
    .save = pm_sys_save_nothing,
    .restore = restore,
};
