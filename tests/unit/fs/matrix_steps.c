// SPDX-License-Identifier: MIT
#include "matrix_steps.h"

#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/check.h"
#include "support/test.h"

#define R PM_OPEN_READ
#define W PM_OPEN_WRITE
#define C PM_OPEN_CREATE
#define X PM_OPEN_EXCLUSIVE
#define T PM_OPEN_TRUNCATE

#define HUGE_SIZE (UINT64_C(1) << 40)

// /cart has other names; they are tried everywhere.
const struct mx_step mx_steps[] = {
    {MX_OPEN, 0, R, "f", 0, 0, 0},
    {MX_OPEN, 0, R, "manifest.json", 0, 0, 0},
    {MX_OPEN, 0, R | W, "f", 0, 0, 0},
    {MX_OPEN, 0, W | T, "f", 0, 0, 0},
    {MX_OPEN, MX_HELD, W | T, "f", 0, 0, 0},
    {MX_OPEN, 0, W | C, "new", 0, 0, 0},
    {MX_OPEN, 0, W | C | X, "f", 0, 0, 0},
    {MX_OPEN, 0, W | C | X | T, "new", 0, 0, 0},
    {MX_OPEN, MX_FULL_OF_ENTRIES, W | C, "new", 0, 0, 0},
    {MX_OPEN, 0, R, "none", 0, 0, 0},
    {MX_OPEN, 0, R, "d", 0, 0, 0},
    {MX_OPEN, 0, R, "", 0, 0, 0},
    {MX_OPEN, 0, R, "f/x", 0, 0, 0},
    {MX_OPEN, 0, R, "manifest.json/x", 0, 0, 0},
    {MX_OPEN, 0, W | C, "f/x", 0, 0, 0},
    {MX_OPEN, 0, R, "a//b", 0, 0, 0},
    {MX_OPEN, 0, W | C, "d/a-name-that-is-too-long-for-the-volume", 0, 0, 0},
    {MX_OPEN, 0, R, "/nowhere/x", 0, 0, 0},

    {MX_READ, 0, R, "f", 0, 0, 5},
    {MX_READ, 0, R, "manifest.json", 0, 0, 5},
    {MX_READ, 0, R | W, "f", 0, 0, 5},
    {MX_READ, 0, W, "f", 0, 0, 5},
    {MX_READ, MX_DIRTY, R, "f", 0, 0, 5},
    {MX_READ, MX_GONE, R, "f", 0, 0, 5},
    {MX_READ, MX_LOST, R, "f", 0, 0, 5},
    {MX_READ, MX_LOST, R, "manifest.json", 0, 0, 5},
    {MX_READ, MX_LOST, W, "f", 0, 0, 0},

    {MX_WRITE, 0, R | W, "f", 0, 1, 3},
    {MX_WRITE, 0, W, "f", 0, 20, 10},
    {MX_WRITE, 0, R, "f", 0, 0, 3},
    {MX_WRITE, 0, R, "manifest.json", 0, 0, 3},
    {MX_WRITE, 0, R, "f", 0, 0, 0},
    {MX_WRITE, 0, W, "f", 0, MX_FILE_LIMIT, 1},
    {MX_WRITE, 0, W, "f", 0, HUGE_SIZE, 1},
    {MX_WRITE, MX_FULL_OF_BYTES, W, "f", 0, 40, 20},
    {MX_WRITE, MX_LOST, W, "f", 0, 0, 3},
    {MX_WRITE, MX_LOST, R, "manifest.json", 0, 0, 3},

    {MX_SIZE, 0, R, "f", 0, 0, 0},
    {MX_SIZE, 0, R, "manifest.json", 0, 0, 0},
    {MX_SIZE, 0, W, "f", 0, 0, 0},
    {MX_SIZE, MX_GONE, R, "f", 0, 0, 0},
    {MX_SIZE, MX_LOST, R, "f", 0, 0, 0},
    {MX_SIZE, MX_LOST, R, "manifest.json", 0, 0, 0},

    {MX_TRUNCATE, 0, W, "f", 0, 0, 0},
    {MX_TRUNCATE, 0, R | W, "f", 0, 2, 0},
    {MX_TRUNCATE, 0, W, "f", 0, 30, 0},
    {MX_TRUNCATE, 0, R, "f", 0, 2, 0},
    {MX_TRUNCATE, 0, R, "manifest.json", 0, 2, 0},
    {MX_TRUNCATE, 0, W, "f", 0, MX_FILE_LIMIT + 1, 0},
    {MX_TRUNCATE, MX_FULL_OF_BYTES, W, "f", 0, MX_FILE_LIMIT, 0},
    {MX_TRUNCATE, MX_LOST, W, "f", 0, 2, 0},
    {MX_TRUNCATE, MX_LOST, R, "manifest.json", 0, 2, 0},

    {MX_SYNC, 0, R, "f", 0, 0, 0},
    {MX_SYNC, 0, R, "manifest.json", 0, 0, 0},
    {MX_SYNC, 0, R | W, "f", 0, 0, 0},
    {MX_SYNC, MX_DIRTY, R, "f", 0, 0, 0},
    {MX_SYNC, MX_DIRTY, R | W, "f", 0, 0, 0},
    {MX_SYNC, MX_DIRTY, W | C | X, "new", 0, 0, 0},
    {MX_SYNC, MX_DIRTY | MX_GONE, W, "f", 0, 0, 0},
    {MX_SYNC, MX_LOST, R | W, "f", 0, 0, 0},
    {MX_SYNC, MX_LOST, R, "manifest.json", 0, 0, 0},

    {MX_CLOSE, 0, R, "f", 0, 0, 0},
    {MX_CLOSE, 0, R, "manifest.json", 0, 0, 0},
    {MX_CLOSE, 0, R | W, "f", 0, 0, 0},
    {MX_CLOSE, MX_DIRTY, R | W, "f", 0, 0, 0},
    {MX_CLOSE, MX_DIRTY, W | C | X, "new", 0, 0, 0},
    {MX_CLOSE, MX_DIRTY | MX_GONE, W, "f", 0, 0, 0},
    {MX_CLOSE, MX_LOST, R | W, "f", 0, 0, 0},
    {MX_CLOSE, MX_LOST, R, "manifest.json", 0, 0, 0},

    {MX_REPLACE, 0, 0, "f", 0, 0, 10},
    {MX_REPLACE, 0, 0, "new", 0, 0, 10},
    {MX_REPLACE, 0, 0, "d/new", 0, 0, 0},
    {MX_REPLACE, 0, 0, "manifest.json", 0, 0, 10},
    {MX_REPLACE, MX_HELD, 0, "f", 0, 0, 10},
    {MX_REPLACE, 0, 0, "f", 0, 0, MX_FILE_LIMIT + 1},
    {MX_REPLACE, MX_FULL_OF_BYTES, 0, "new", 0, 0, MX_FILE_LIMIT},
    {MX_REPLACE, MX_FULL_OF_ENTRIES, 0, "new", 0, 0, 1},
    {MX_REPLACE, 0, 0, "none/x", 0, 0, 1},
    {MX_REPLACE, 0, 0, "f/x", 0, 0, 1},
    {MX_REPLACE, 0, 0, "d", 0, 0, 1},
    {MX_REPLACE, 0, 0, "", 0, 0, 1},
    {MX_REPLACE, 0, 0, "a/../b", 0, 0, 1},
    {MX_REPLACE, 0, 0, "d/a-name-that-is-too-long-for-the-volume", 0, 0, 1},
    {MX_REPLACE, 0, 0, "/nowhere/x", 0, 0, 1},

    {MX_STAT, 0, 0, "f", 0, 0, 0},
    {MX_STAT, 0, 0, "", 0, 0, 0},
    {MX_STAT, MX_DIRTY, 0, "f", 0, 0, 0},
    {MX_STAT, 0, 0, "manifest.json", 0, 0, 0},
    {MX_STAT, 0, 0, "none", 0, 0, 0},
    {MX_STAT, 0, 0, "f/x", 0, 0, 0},
    {MX_STAT, 0, 0, "manifest.json/x", 0, 0, 0},
    {MX_STAT, 0, 0, "a\\b", 0, 0, 0},
    {MX_STAT, 0, 0, "/nowhere/x", 0, 0, 0},

    {MX_LIST, 0, 0, "", 0, 100, 0},
    {MX_LIST, 0, 0, "d", 0, 100, 0},
    {MX_LIST, 0, 0, "", 0, 1, 0},
    {MX_LIST, 0, 0, "f", 0, 100, 0},
    {MX_LIST, 0, 0, "manifest.json", 0, 100, 0},
    {MX_LIST, 0, 0, "none", 0, 100, 0},
    {MX_LIST, 0, 0, "d/", 0, 100, 0},
    {MX_LIST, 0, 0, "/nowhere/x", 0, 100, 0},

    {MX_MAKE_DIR, 0, 0, "new", 0, 0, 0},
    {MX_MAKE_DIR, 0, 0, "f", 0, 0, 0},
    {MX_MAKE_DIR, 0, 0, "d", 0, 0, 0},
    {MX_MAKE_DIR, 0, 0, "", 0, 0, 0},
    {MX_MAKE_DIR, 0, 0, "manifest.json", 0, 0, 0},
    {MX_MAKE_DIR, 0, 0, "f/x", 0, 0, 0},
    {MX_MAKE_DIR, 0, 0, "none/x", 0, 0, 0},
    {MX_MAKE_DIR, 0, 0, "x/", 0, 0, 0},
    {MX_MAKE_DIR, MX_FULL_OF_ENTRIES, 0, "new", 0, 0, 0},
    {MX_MAKE_DIR, 0, 0, "/nowhere/x", 0, 0, 0},

    {MX_REMOVE, 0, 0, "f", 0, 0, 0},
    {MX_REMOVE, 0, 0, "e", 0, 0, 0},
    {MX_REMOVE, 0, 0, "d", 0, 0, 0},
    {MX_REMOVE, 0, 0, "", 0, 0, 0},
    {MX_REMOVE, MX_HELD, 0, "f", 0, 0, 0},
    {MX_REMOVE, 0, 0, "none", 0, 0, 0},
    {MX_REMOVE, 0, 0, "f/x", 0, 0, 0},
    {MX_REMOVE, 0, 0, "manifest.json", 0, 0, 0},
    {MX_REMOVE, 0, 0, "./f", 0, 0, 0},
    {MX_REMOVE, 0, 0, "/nowhere/x", 0, 0, 0},

    {MX_RENAME, 0, 0, "f", "new", 0, 0},
    {MX_RENAME, 0, 0, "f", "g", 0, 0},
    {MX_RENAME, 0, 0, "f", "f", 0, 0},
    {MX_RENAME, 0, 0, "d", "dd", 0, 0},
    {MX_RENAME, 0, 0, "d", "d/x", 0, 0},
    {MX_RENAME, 0, 0, "d", "e", 0, 0},
    {MX_RENAME, 0, 0, "f", "d", 0, 0},
    {MX_RENAME, 0, 0, "f", "g/x", 0, 0},
    {MX_RENAME, 0, 0, "f", "none/x", 0, 0},
    {MX_RENAME, 0, 0, "none", "x", 0, 0},
    {MX_RENAME, 0, 0, "f", "", 0, 0},
    {MX_RENAME, 0, 0, "f", "x//y", 0, 0},
    {MX_RENAME, 0, 0, "f", "/other/f", 0, 0},
    {MX_RENAME, 0, 0, "manifest.json", "x", 0, 0},
    {MX_RENAME, MX_HELD, 0, "g", "f", 0, 0},
    {MX_RENAME, MX_HELD, 0, "f", "new", 0, 0},
    {MX_RENAME, MX_DIRTY, 0, "f", "new", 0, 0},
    {MX_RENAME, 0, 0, "/nowhere/x", "x", 0, 0},

    {MX_USAGE, 0, 0, "", 0, 0, 0},
    {MX_USAGE, 0, 0, "f", 0, 0, 0},
    {MX_USAGE, 0, 0, "a//b", 0, 0, 0},
    {MX_USAGE, 0, 0, "/nowhere/x", 0, 0, 0},
};
const size_t mx_step_count = PM_ARRAY_LEN(mx_steps);

// --- what a step needs -------------------------------------------------------

struct path {
    char text[128];
    size_t size;
};

static struct path path_of(const struct mx_world *w, const char *name)
{
    const char *prefix = *name == '/' ? "" : mx_prefix(w->place);
    const char *slash = *name && *name != '/' ? "/" : "";
    struct path path;

    path.size = (size_t)snprintf(path.text, sizeof path.text, "%s%s%s", prefix,
                                 slash, name);
    return path;
}

static struct pm_open_file *open_one(struct mx_world *w, const char *name,
                                     unsigned mode)
{
    struct path path = path_of(w, name);
    struct pm_open_file *file = NULL;

    pm_fs_open(w->fs, path.text, path.size, mode, &file);
    return file;
}

// A handle as a saved state names it, whose file has another revision now.
static struct pm_open_file *lost_one(struct mx_world *w, const char *name,
                                     unsigned mode)
{
    struct path path = path_of(w, name);
    struct pm_open_file *file = NULL;
    struct pm_buf all;
    struct pm_buf one;

    pm_buf_init(&all, &w->alloc);
    pm_buf_init(&one, &w->alloc);
    pm_fs_save(w->fs, &all);
    pm_buf_put8(&one, (uint8_t)mode);
    pm_buf_put64(&one, 999999);
    pm_buf_put(&one, path.text, path.size);
    struct pm_cursor in = pm_cursor_make(all.data, all.size);
    CHECK_INT(pm_fs_load(w->fs, &in), PM_OK);
    CHECK_INT(pm_fs_load_file(w->fs, one.data, one.size, &file), PM_OK);
    pm_fs_end_load(w->fs, true);
    pm_buf_free(&all);
    pm_buf_free(&one);
    return file;
}

static void use_up(struct mx_world *w, unsigned flags)
{
    static const uint8_t bytes[MX_FILE_LIMIT];
    struct path path = path_of(w, "fill");

    if (flags & MX_FULL_OF_BYTES)
        pm_fs_replace(w->fs, path.text, path.size, bytes, 60);
    for (int i = 0; flags & MX_FULL_OF_ENTRIES && i < (int)MX_ENTRIES; i++) {
        char name[] = "dir0";
        name[3] = (char)('0' + i);
        path = path_of(w, name);
        pm_fs_make_dir(w->fs, path.text, path.size);
    }
}

struct held {
    struct pm_open_file *file;  // of the step
    struct pm_open_file *other; // somebody else's
};

static bool is_on_handle(enum mx_call call)
{
    return call >= MX_READ && call <= MX_CLOSE;
}

static bool prepare(struct mx_world *w, const struct mx_step *step,
                    struct held *held)
{
    *held = (struct held){0};
    use_up(w, step->flags);
    if (step->flags & MX_HELD ||
        (step->flags & MX_DIRTY && !(step->mode & PM_OPEN_WRITE)))
        held->other = open_one(w, "f", PM_OPEN_READ | PM_OPEN_WRITE);
    if (is_on_handle(step->call)) {
        held->file = step->flags & MX_LOST
                         ? lost_one(w, step->path, step->mode)
                         : open_one(w, step->path, step->mode);
        if (!held->file)
            return false;
    }
    struct pm_open_file *writes = held->other ? held->other : held->file;
    if (step->flags & MX_DIRTY && writes)
        pm_fs_write(writes, 1, (const uint8_t *)"xyz", 3);
    if (step->flags & MX_GONE && w->place >= MX_HOST_READ)
        pm_mem_erase(&w->directory, step->path);
    return true;
}

// --- the calls ---------------------------------------------------------------

static pm_fs_status call_handle(struct mx_world *w, const struct mx_step *step,
                                struct held *held)
{
    static uint8_t bytes[MX_FILE_LIMIT + 1];
    static uint8_t stage[MX_FILE_LIMIT + 2];
    struct pm_destination dest = {bytes, stage, false};
    struct pm_open_file *file = held->file;
    uint64_t size;
    uint32_t got;
    bool eof;

    switch (step->call) {
    case MX_READ:
        return pm_fs_read(file, step->number, &dest, (uint32_t)step->size, &got,
                          &eof);
    case MX_WRITE:
        return pm_fs_write(file, step->number, bytes, (uint32_t)step->size);
    case MX_SIZE:
        return pm_fs_size(file, &size);
    case MX_TRUNCATE:
        return pm_fs_truncate(file, step->number);
    case MX_SYNC:
        return pm_fs_sync(file);
    default:
        held->file = NULL;
        return pm_fs_close(w->fs, file, true);
    }
}

static pm_fs_status call_list(struct mx_world *w, const struct path *path,
                              uint32_t limit)
{
    struct pm_fs_names names = {.count = 0};

    pm_buf_init(&names.bytes, &w->alloc);
    pm_fs_status status =
        pm_fs_list(w->fs, path->text, path->size, limit, &names);
    pm_buf_free(&names.bytes);
    return status;
}

static pm_fs_status call_name(struct mx_world *w, const struct mx_step *step,
                              struct held *held)
{
    static const uint8_t bytes[MX_FILE_LIMIT + 1];
    struct path at = path_of(w, step->path);
    struct path to = path_of(w, step->to ? step->to : "");
    struct pm_fs_stat stat;
    uint64_t used;
    uint64_t limit;

    switch (step->call) {
    case MX_OPEN:
        return pm_fs_open(w->fs, at.text, at.size, step->mode, &held->file);
    case MX_REPLACE:
        return pm_fs_replace(w->fs, at.text, at.size, bytes, step->size);
    case MX_STAT:
        return pm_fs_stat(w->fs, at.text, at.size, &stat);
    case MX_LIST:
        return call_list(w, &at, (uint32_t)step->number);
    case MX_MAKE_DIR:
        return pm_fs_make_dir(w->fs, at.text, at.size);
    case MX_REMOVE:
        return pm_fs_remove(w->fs, at.text, at.size);
    case MX_RENAME:
        return pm_fs_rename(w->fs, at.text, at.size, to.text, to.size);
    default:
        return pm_fs_usage(w->fs, at.text, at.size, &used, &limit);
    }
}

pm_fs_status mx_do(struct mx_world *w, const struct mx_step *step,
                   const struct mx_plan *plan, bool *out_made,
                   bool *out_was_met)
{
    pm_fs_status status = PM_FS_OK;
    struct held held;

    *out_was_met = false;
    *out_made = prepare(w, step, &held);
    if (*out_made) {
        mx_arm(w, plan);
        status = is_on_handle(step->call) ? call_handle(w, step, &held)
                                          : call_name(w, step, &held);
        *out_was_met = mx_disarm(w, plan);
    }
    if (held.file)
        pm_fs_close(w->fs, held.file, false);
    if (held.other)
        pm_fs_close(w->fs, held.other, false);
    return status;
}
