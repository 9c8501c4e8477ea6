// SPDX-License-Identifier: MIT
//
// Host-call module "fs", the domain "cursor": a directory's entries at one
// moment, given one by one.
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fs/path.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

struct cursor {
    struct pm_fs_names names;
    size_t at;     // in the bytes
    uint32_t left; // entries still to be given
};

static const struct pm_allocator *alloc_of(const struct pm_sys *sys)
{
    return &sys->states.domains->alloc;
}

static struct cursor *new_cursor(const struct pm_sys *sys)
{
    struct cursor *cursor = pm_mem_zalloc(alloc_of(sys), sizeof *cursor);

    if (cursor)
        pm_buf_init(&cursor->names.bytes, alloc_of(sys));
    return cursor;
}

static void free_cursor(const struct pm_sys *sys, struct cursor *cursor)
{
    pm_buf_free(&cursor->names.bytes);
    pm_mem_free(alloc_of(sys), cursor, sizeof *cursor);
}

static struct cursor *cursor_of(struct pm_call *call)
{
    return pm_call_state(call)->host;
}

// --- calls -------------------------------------------------------------------

static pm_trap_code cursor_list(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    size_t size;
    const char *path = pm_call_str(call, 0, &size);
    struct cursor *cursor = new_cursor(sys);
    pm_fs_status status = PM_FS_TRANSIENT;

    if (cursor)
        status =
            pm_fs_list(sys->fs, path, size, sys->listing_limit, &cursor->names);
    if (cursor && status)
        free_cursor(sys, cursor);
    pm_call_return_int(call, 0, status);
    if (status)
        return PM_TRAP_NONE;
    pm_call_charge(call, (uint64_t)cursor->names.count * 60);
    cursor->left = cursor->names.count;
    pm_call_state(call)->host = cursor;
    return PM_TRAP_NONE;
}

// The string is made before the cursor moves on.
static pm_trap_code cursor_next(void *context, struct pm_call *call)
{
    struct cursor *cursor = cursor_of(call);

    (void)context;
    if (cursor->left == 0) {
        pm_call_return_int(call, 0, PM_FS_NOT_FOUND);
        return PM_TRAP_NONE;
    }
    const uint8_t *entry = cursor->names.bytes.data + cursor->at;
    pm_trap_code trap =
        pm_call_return_str(call, 1, (const char *)entry + 2, entry[1]);
    if (trap)
        return trap;
    cursor->at += 2 + (size_t)entry[1];
    cursor->left--;
    pm_call_return_int(call, 2, entry[0]);
    pm_call_return_bool(call, 3, cursor->left != 0);
    return PM_TRAP_NONE;
}

static pm_trap_code cursor_left(void *context, struct pm_call *call)
{
    (void)context;
    pm_call_return_int(call, 0, cursor_of(call)->left);
    return PM_TRAP_NONE;
}

// --- the domain --------------------------------------------------------------

static void release(void *context, struct pm_state *state)
{
    free_cursor(context, state->host);
}

// Those that are still to be given; what was given nobody can see again.
static void save(void *context, const struct pm_state *state,
                 struct pm_sink *sink)
{
    const struct cursor *cursor = state->host;

    (void)context;
    if (cursor->left)
        pm_sink_put(sink, cursor->names.bytes.data + cursor->at,
                    cursor->names.bytes.size - cursor->at);
}

// Whether [in] has a next entry that can be one, behind [before] in order.
static bool read_entry(struct pm_cursor *in, const uint8_t *before)
{
    uint8_t kind = pm_cursor_u8(in);
    uint8_t size = pm_cursor_u8(in);
    const uint8_t *name = pm_cursor_take(in, size);

    if (!name || kind < PM_FS_FILE || kind > PM_FS_DIRECTORY ||
        !pm_path_is_name((const char *)name, size))
        return false;
    if (!before)
        return true;
    size_t least = size < before[1] ? size : before[1];
    int order = memcmp(before + 2, name, least);
    return order < 0 || (order == 0 && before[1] < size);
}

static pm_status read_entries(struct cursor *cursor, uint32_t limit,
                              const uint8_t *bytes, size_t size)
{
    struct pm_cursor in = pm_cursor_make(bytes, size);
    const uint8_t *before = NULL;

    while (pm_cursor_left(&in)) {
        const uint8_t *entry = bytes + in.at;
        if (cursor->left == limit || !read_entry(&in, before))
            return PM_ERR_INVALID;
        before = entry;
        cursor->left++;
    }
    cursor->names.count = cursor->left;
    pm_buf_put(&cursor->names.bytes, bytes, size);
    return pm_buf_status(&cursor->names.bytes);
}

static pm_status restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size)
{
    struct pm_sys *sys = context;
    struct cursor *cursor = new_cursor(sys);

    if (!cursor)
        return PM_ERR_NO_MEMORY;
    pm_status status = read_entries(cursor, sys->listing_limit, bytes, size);
    if (status) {
        free_cursor(sys, cursor);
        return status;
    }
    state->host = cursor;
    return PM_OK;
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_FS_LIST, .run = cursor_list},
    {.decl.id = PM_SYSCALL_FS_NEXT, .run = cursor_next},
    {.decl.id = PM_SYSCALL_FS_LEFT, .run = cursor_left},
    {.decl.id = PM_SYSCALL_FS_END, .run = pm_sys_end_object},
};

const struct pm_sys_call_table pm_sys_cursor = {rows, PM_ARRAY_LEN(rows)};

const struct pm_domain pm_sys_cursor_domain = {
    .name = "cursor",
    .meaning = "a directory's entries at one moment",
    .payload_size = 0,
    .max_live = 16,
    .limit_status = PM_FS_TOO_MANY_OPEN,
    .example = "push_const \"/scratch\"",
    .release = release,
    .save = save,
    .restore = restore,
};
