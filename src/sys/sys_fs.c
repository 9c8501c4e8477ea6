// SPDX-License-Identifier: MIT
//
// Host-call module "fs": what is asked by path, without a handle.
#include <inttypes.h>

#include "base/check.h"
#include "base/window.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

static pm_trap_code answer(struct pm_call *call, pm_fs_status status)
{
    pm_call_return_int(call, 0, status);
    return PM_TRAP_NONE;
}

// The window is checked as a transfer's is; it may be as long as a file.
static pm_trap_code fs_replace(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    size_t path_size;
    size_t size;
    const char *path = pm_call_str(call, 0, &path_size);
    const uint8_t *src = pm_call_bytes(call, 1, &size);
    int64_t offset = pm_call_int(call, 2);
    int64_t length = pm_call_int(call, 3);

    if (offset < 0 || length < 0 ||
        !pm_window_fits((uint64_t)offset, (uint64_t)length, size))
        return pm_call_trap(call, PM_TRAP_OOB,
                            "the window of %" PRId64 " bytes at %" PRId64
                            " is not inside the buffer's %zu bytes",
                            length, offset, size);
    pm_call_charge(call, ((uint64_t)length + 15) / 16 * 2);
    return answer(call, pm_fs_replace(sys->fs, path, path_size, src + offset,
                                      (uint64_t)length));
}

static pm_trap_code fs_stat(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    size_t size;
    const char *path = pm_call_str(call, 0, &size);
    struct pm_fs_stat stat;
    pm_fs_status status = pm_fs_stat(sys->fs, path, size, &stat);

    pm_call_return_int(call, 1, stat.kind);
    pm_call_return_int(call, 2, (int64_t)stat.size);
    pm_call_return_int(call, 3, (int64_t)stat.revision);
    return answer(call, status);
}

static pm_trap_code fs_make_dir(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    size_t size;
    const char *path = pm_call_str(call, 0, &size);

    return answer(call, pm_fs_make_dir(sys->fs, path, size));
}

static pm_trap_code fs_remove(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    size_t size;
    const char *path = pm_call_str(call, 0, &size);

    return answer(call, pm_fs_remove(sys->fs, path, size));
}

static pm_trap_code fs_rename(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    size_t from_size;
    size_t to_size;
    const char *from = pm_call_str(call, 0, &from_size);
    const char *to = pm_call_str(call, 1, &to_size);

    return answer(call, pm_fs_rename(sys->fs, from, from_size, to, to_size));
}

static pm_trap_code fs_usage(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    size_t size;
    const char *path = pm_call_str(call, 0, &size);
    uint64_t used;
    uint64_t limit;
    pm_fs_status status = pm_fs_usage(sys->fs, path, size, &used, &limit);

    pm_call_return_int(call, 1, (int64_t)used);
    pm_call_return_int(call, 2, (int64_t)limit);
    return answer(call, status);
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_FS_REPLACE, .run = fs_replace},
    {.decl.id = PM_SYSCALL_FS_STAT, .run = fs_stat},
    {.decl.id = PM_SYSCALL_FS_MAKE_DIR, .run = fs_make_dir},
    {.decl.id = PM_SYSCALL_FS_REMOVE, .run = fs_remove},
    {.decl.id = PM_SYSCALL_FS_RENAME, .run = fs_rename},
    {.decl.id = PM_SYSCALL_FS_USAGE, .run = fs_usage},
};

const struct pm_sys_call_table pm_sys_fs = {rows, PM_ARRAY_LEN(rows)};
