// SPDX-License-Identifier: MIT
//
// One script that uses every call, run with each call of the seam and each
// allocation failing: once, and from then on. What answers with a status must
// have changed nothing: the saved state of the volume (shadows, revisions,
// counter) and all that the host has are compared before and after.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_world.h"
#include "support/test.h"

enum verb {
    OPEN,
    CLOSE,
    READ,
    WRITE,
    CUT,
    SYNC,
    STAT_FILE,
    REPLACE,
    STAT,
    LIST,
    MAKE_DIR,
    REMOVE,
    RENAME,
    USAGE,
};

struct step {
    enum verb verb;
    const char *path; // or text
    const char *to;
    unsigned slot;
    unsigned number; // mode, offset, size
};

#define NEW   (RW | PM_OPEN_CREATE)
#define SLOTS 6

static const struct step script[] = {
    {STAT, "", NULL, 0, 0},
    {OPEN, "a", NULL, 0, RO},
    {READ, NULL, NULL, 0, 0},
    {STAT_FILE, NULL, NULL, 0, 0},
    {OPEN, "a", NULL, 1, RW},
    {WRITE, "hello", NULL, 1, 20},
    {READ, NULL, NULL, 0, 0},
    {CUT, NULL, NULL, 1, 40},
    {SYNC, NULL, NULL, 1, 0},
    {OPEN, "d/n", NULL, 2, NEW | PM_OPEN_EXCLUSIVE},
    {WRITE, "new", NULL, 2, 0},
    {LIST, "d", NULL, 0, 0},
    {STAT, "d/n", NULL, 0, 0},
    {MAKE_DIR, "e", NULL, 0, 0},
    {RENAME, "d/n", "e/n", 0, 0},
    {RENAME, "d", "g", 0, 0},
    {RENAME, "e", "h", 0, 0},
    {OPEN, "h/m", NULL, 3, NEW},
    {RENAME, "h/m", "g/old", 0, 0},
    {WRITE, "over", NULL, 3, 0},
    {REPLACE, "r", "whole", 0, 0},
    {REPLACE, "r", "again", 0, 0},
    {OPEN, "r", NULL, 4, RW | PM_OPEN_TRUNCATE},
    {WRITE, "t", NULL, 4, 0},
    {RENAME, "r", "s", 0, 0},
    {OPEN, "b", NULL, 5, RO},
    {OPEN, "b", NULL, 5, RO},
    {REMOVE, "b", NULL, 0, 0},
    {CLOSE, NULL, NULL, 5, 0},
    {REMOVE, "b", NULL, 0, 0},
    {LIST, "", NULL, 0, 0},
    {USAGE, NULL, NULL, 0, 0},
    {CLOSE, NULL, NULL, 4, 1},
    {CLOSE, NULL, NULL, 3, 1},
    {CLOSE, NULL, NULL, 2, 1},
    {CLOSE, NULL, NULL, 1, 0},
    {WRITE, "x", NULL, 0, 0},
};

struct run {
    struct world w;
    struct pm_volume_file *files[SLOTS];
    unsigned failed;
};

static pm_fs_status do_open(struct run *r, const struct step *s)
{
    struct pm_volume_file *file;
    pm_fs_status status = hw_open_as(&r->w, s->path, s->number, &file);

    if (status)
        return status;
    if (r->files[s->slot])
        hw_close_as(&r->w, r->files[s->slot], false);
    r->files[s->slot] = file;
    return PM_FS_OK;
}

static pm_fs_status do_read(struct run *r, struct pm_volume_file *file)
{
    static uint8_t stage[128];
    uint8_t bytes[128];
    struct pm_destination dest = {bytes, stage, false};
    uint32_t size;
    bool eof;

    memset(bytes, '#', sizeof bytes);
    pm_fs_status status =
        r->w.volume->ops->read(r->w.volume, file, 0, &dest, 100, &size, &eof);
    for (size_t i = 0; status && i < sizeof bytes; i++)
        CHECK(bytes[i] == '#');
    return status;
}

static pm_fs_status do_close(struct run *r, const struct step *s)
{
    struct pm_volume_file *file = r->files[s->slot];
    r->files[s->slot] = NULL;
    return hw_close_as(&r->w, file, s->number);
}

static pm_fs_status do_file(struct run *r, const struct step *s)
{
    struct pm_volume *v = r->w.volume;
    struct pm_volume_file *file = r->files[s->slot];
    struct pm_fs_stat info;

    switch (s->verb) {
    case READ:
        return do_read(r, file);
    case WRITE:
        return hw_put(&r->w, file, s->number, s->path);
    case CUT:
        return hw_cut(&r->w, file, s->number);
    case SYNC:
        return hw_sync_of(&r->w, file);
    case STAT_FILE:
        return v->ops->file_stat(v, file, &info);
    default:
        return do_close(r, s);
    }
}

static pm_fs_status do_list(struct run *r, const struct step *s)
{
    struct pm_volume *v = r->w.volume;
    struct pm_fs_names names = {0};

    pm_buf_init(&names.bytes, &r->w.alloc);
    pm_fs_status status = v->ops->list(v, hw_path_of(s->path), 100, &names);
    CHECK(!status || (names.count == 0 && names.bytes.size == 0));
    pm_buf_free(&names.bytes);
    return status;
}

static pm_fs_status do_path(struct run *r, const struct step *s)
{
    struct pm_volume *v = r->w.volume;
    struct pm_fs_stat info;
    uint64_t used;
    uint64_t limit;

    switch (s->verb) {
    case OPEN:
        return do_open(r, s);
    case REPLACE:
        return hw_replace(&r->w, s->path, s->to);
    case STAT:
        return v->ops->stat(v, hw_path_of(s->path), &info);
    case LIST:
        return do_list(r, s);
    case MAKE_DIR:
        return hw_make_dir(&r->w, s->path);
    case REMOVE:
        return hw_remove_at(&r->w, s->path);
    case RENAME:
        return hw_rename_to(&r->w, s->path, s->to);
    default:
        return v->ops->usage(v, &used, &limit);
    }
}

static bool is_on_file(enum verb verb)
{
    return verb >= CLOSE && verb <= STAT_FILE;
}

// --- comparing ---------------------------------------------------------------

struct picture {
    struct pm_buf state;
    char *host;
};

static struct picture picture_of(struct run *r)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct picture picture;

    pm_buf_init(&picture.state, &alloc);
    r->w.volume->ops->save(r->w.volume, &picture.state);
    picture.host = pm_mem_dump(&r->w.host);
    return picture;
}

static bool is_same(const struct picture *a, const struct picture *b)
{
    return a->state.size == b->state.size &&
           memcmp(a->state.data, b->state.data, a->state.size) == 0 &&
           strcmp(a->host, b->host) == 0;
}

static void drop(struct picture *picture)
{
    pm_buf_free(&picture->state);
    free(picture->host);
}

static pm_fs_status step(struct run *r, const struct step *s)
{
    struct picture before = picture_of(r);
    pm_fs_status status = is_on_file(s->verb) ? do_file(r, s) : do_path(r, s);
    struct picture after = picture_of(r);

    // A close releases whatever it answers; the host is as it was.
    bool ok =
        !status || (s->verb == CLOSE ? strcmp(before.host, after.host) == 0
                                     : is_same(&before, &after));
    if (!CHECK(ok))
        fprintf(stderr, "  step %d (%s): %s\n", (int)(s - script),
                s->path ? s->path : "", pm_fs_status_name(status));
    drop(&before);
    drop(&after);
    return status;
}

// --- the runs ----------------------------------------------------------------

static void set_up(struct run *r)
{
    *r = (struct run){0};
    hw_enter(&r->w);
    pm_mem_put(&r->w.host, "a", "aaaa");
    pm_mem_put(&r->w.host, "b", "bbbb");
    pm_mem_put_dir(&r->w.host, "d");
    pm_mem_put(&r->w.host, "d/old", "old");
}

static void play(struct run *r)
{
    for (size_t i = 0; i < sizeof script / sizeof *script; i++) {
        const struct step *s = &script[i];
        if (is_on_file(s->verb) && !r->files[s->slot])
            continue;
        r->failed += step(r, s) != PM_FS_OK;
    }
}

static void tear_down(struct run *r)
{
    r->w.host.fail_at = 0;
    r->w.memory.fail_at = 0;
    for (size_t i = 0; i < SLOTS; i++)
        if (r->files[i])
            hw_close_as(&r->w, r->files[i], true);
    hw_leave(&r->w);
}

TEST(host_faults, the_script_fails_nowhere_but_where_a_file_is_open)
{
    struct run r;
    set_up(&r);
    play(&r);
    CHECK_INT(r.failed, 1); // the removal of "b"
    CHECK(pm_mem_holds(&r.w.host, "h/n", "new"));
    CHECK(pm_mem_holds(&r.w.host, "g/old", "over"));
    CHECK(pm_mem_holds(&r.w.host, "s", "t"));
    tear_down(&r);
}

// Gives whether the run met a failure.
static bool play_with_seam(size_t at, bool fail_on, pm_fs_status status)
{
    struct run r;
    set_up(&r);
    r.w.host.fail_at = at;
    r.w.host.fail_on = fail_on;
    r.w.host.status = status;
    play(&r);
    bool is_met = r.w.host.calls >= at;
    tear_down(&r);
    return is_met;
}

TEST(host_faults, each_call_of_the_seam_may_fail_with_each_status)
{
    for (int status = 1; status <= PM_FS_BUSY; status++) {
        size_t at = 1;
        while (play_with_seam(at, false, (pm_fs_status)status))
            at++;
        CHECK(at > 40);
        for (at = 1; play_with_seam(at, true, (pm_fs_status)status); at++)
            ;
    }
}

static bool play_with_memory(size_t at, bool fail_on)
{
    struct run r;
    set_up(&r);
    size_t first = r.w.memory.calls;
    r.w.memory.fail_at = first + at;
    r.w.memory.fail_on = fail_on;
    play(&r);
    bool is_met = r.w.memory.calls >= first + at;
    tear_down(&r);
    return is_met;
}

TEST(host_faults, each_allocation_may_fail)
{
    size_t at = 1;
    while (play_with_memory(at, false))
        at++;
    CHECK(at > 40);
    for (at = 1; play_with_memory(at, true); at++)
        ;
}

TEST(host_faults, a_volume_that_memory_is_too_short_for_is_not_made)
{
    struct pm_fault_alloc memory = {.fail_at = 1};
    struct pm_allocator alloc = pm_fault_alloc(&memory);
    struct pm_mem_directory host;
    struct pm_volume *volume = NULL;
    pm_mem_directory_init(&host);
    struct pm_host_volume_config config = {.directory = &host.seam};
    CHECK_INT(pm_host_volume_create(&alloc, &config, &volume), PM_FS_TRANSIENT);
    CHECK(volume == NULL);
    pm_mem_directory_free(&host);
}
