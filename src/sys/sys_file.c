// SPDX-License-Identifier: MIT
//
// Host-call module "fs", the domain "file".
#include "base/check.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

static struct pm_open_file *file_of(struct pm_call *call)
{
    return pm_call_host(call);
}

static pm_trap_code answer(struct pm_call *call, pm_fs_status status)
{
    pm_call_return_int(call, 0, status);
    return PM_TRAP_NONE;
}

static pm_trap_code file_open(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    size_t size;
    const char *path = pm_call_str(call, 0, &size);
    unsigned mode = (unsigned)pm_call_int(call, 1);
    struct pm_open_file *file = NULL;

    if (!pm_fs_mode_is_right(mode))
        return pm_call_trap(call, PM_TRAP_INVALID_ARGUMENT,
                            "mode is %u; READ or WRITE is needed, CREATE and "
                            "TRUNCATE need WRITE, EXCLUSIVE needs CREATE",
                            mode);
    pm_fs_status status = pm_fs_open(sys->fs, path, size, mode, &file);
    pm_call_state(call)->host = file;
    return answer(call, status);
}

static int32_t file_read(void *context, struct pm_call *call, uint64_t offset,
                         struct pm_destination *dest, uint32_t max,
                         uint32_t *out_size, bool *out_eof)
{
    (void)context;
    return (int32_t)pm_fs_read(file_of(call), offset, dest, max, out_size,
                               out_eof);
}

// Zeroes that growth is made of cost what writing them would.
static void charge_growth(struct pm_sys *sys, struct pm_call *call,
                          uint64_t from)
{
    uint64_t size = 0;

    if (from > sys->file_limit ||
        pm_fs_size(file_of(call), &size) != PM_FS_OK || size >= from)
        return;
    pm_call_charge(call, (from - size + 15) / 16 * 2);
}

static int32_t file_write(void *context, struct pm_call *call, uint64_t offset,
                          const uint8_t *src, uint32_t size)
{
    if (size)
        charge_growth(context, call, offset);
    return (int32_t)pm_fs_write(file_of(call), offset, src, size);
}

static pm_trap_code file_size(void *context, struct pm_call *call)
{
    uint64_t size;
    pm_fs_status status = pm_fs_size(file_of(call), &size);

    (void)context;
    pm_call_return_int(call, 1, (int64_t)size);
    return answer(call, status);
}

static pm_trap_code file_truncate(void *context, struct pm_call *call)
{
    uint64_t size = (uint64_t)pm_call_int(call, 1);

    charge_growth(context, call, size);
    return answer(call, pm_fs_truncate(file_of(call), size));
}

static pm_trap_code file_sync(void *context, struct pm_call *call)
{
    (void)context;
    return answer(call, pm_fs_sync(file_of(call)));
}

static pm_trap_code file_close(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    struct pm_state *state = pm_call_state(call);
    const struct pm_open_file *file = state->host;

    if (file->is_host && file->mode & PM_OPEN_WRITE)
        pm_call_end_tick(call);
    pm_fs_status status = pm_fs_close(sys->fs, state->host, true);
    state->host = NULL;
    return answer(call, status);
}

// --- the domain --------------------------------------------------------------

static void release(void *context, struct pm_state *state)
{
    struct pm_sys *sys = context;

    pm_fs_close(sys->fs, state->host, false);
}

static void save(void *context, const struct pm_state *state,
                 struct pm_sink *sink)
{
    struct pm_sys *sys = context;
    struct pm_buf bytes;

    pm_buf_init(&bytes, &sys->states.domains->alloc);
    pm_fs_save_file(sys->fs, state->host, &bytes);
    if (bytes.failed)
        pm_sink_fail(sink);
    pm_sink_put(sink, bytes.data, bytes.size);
    pm_buf_free(&bytes);
}

static pm_status restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size)
{
    struct pm_sys *sys = context;

    struct pm_open_file *file = NULL;
    pm_status status =
        sys->fs ? pm_fs_load_file(sys->fs, bytes, size, &file) : PM_ERR_INVALID;

    state->host = file;
    return status;
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_FS_OPEN, .run = file_open},
    {.decl.id = PM_SYSCALL_FS_READ, .read = file_read},
    {.decl.id = PM_SYSCALL_FS_WRITE, .write = file_write},
    {.decl.id = PM_SYSCALL_FS_SIZE, .run = file_size},
    {.decl.id = PM_SYSCALL_FS_TRUNCATE, .run = file_truncate},
    {.decl.id = PM_SYSCALL_FS_SYNC, .run = file_sync},
    {.decl.id = PM_SYSCALL_FS_CLOSE, .run = file_close},
};

const struct pm_sys_call_table pm_sys_file = {rows, PM_ARRAY_LEN(rows)};

const struct pm_domain pm_sys_file_domain = {
    .name = "file",
    .meaning = "an open file",
    .payload_size = 0,
    .max_live = 64,
    .limit_status = PM_FS_TOO_MANY_OPEN,
    .example = "push_const \"/scratch/example\"\n    push_i64 7",
    .release = release,
    .save = save,
    .restore = restore,
};
