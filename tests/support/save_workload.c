// SPDX-License-Identifier: MIT
#include "support/save_workload.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

#define LIMIT PM_SAVE_FILE_LIMIT
// At most so many boundaries an operation has.
#define BOUNDARIES 3u

static const char *const paths[] = {"a",   "b", "c",   "d",   "d/a", "d/b",
                                    "d/c", "e", "e/a", "e/b", "e/c", "e/c/x"};

static uint32_t next(struct pm_save_workload *w, uint32_t limit)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (uint32_t)((w->random >> 20) % limit);
}

static struct pm_path path_of(const char *text)
{
    return (struct pm_path){text, strlen(text)};
}

// --- the model ---------------------------------------------------------------

static struct pm_save_entry *find(struct pm_save_workload *w, const char *path)
{
    for (size_t i = 0; i <= PM_SAVE_ENTRIES; i++)
        if (w->entries[i].is_used && strcmp(w->entries[i].path, path) == 0)
            return &w->entries[i];
    return NULL;
}

// The entry of a path, made when there is none.
static struct pm_save_entry *make(struct pm_save_workload *w, const char *path,
                                  pm_fs_kind kind)
{
    struct pm_save_entry *entry = find(w, path);

    for (size_t i = 0; i <= PM_SAVE_ENTRIES && !entry; i++)
        if (!w->entries[i].is_used)
            entry = &w->entries[i];
    PM_CHECK(entry); // the volume would not have had room for it
    if (!entry->is_used) {
        entry->is_used = true;
        entry->kind = kind;
        entry->size = 0;
        strcpy(entry->path, path);
    }
    return entry;
}

static void resize(struct pm_save_entry *entry, uint32_t size)
{
    if (size > entry->size)
        memset(entry->bytes + entry->size, 0, size - entry->size);
    entry->size = size;
}

// Moves an entry and what is below it.
static void move(struct pm_save_workload *w, const char *from, const char *to)
{
    struct pm_save_entry *old = find(w, to);
    size_t size = strlen(from);

    if (strcmp(from, to) == 0)
        return;
    if (old)
        old->is_used = false;
    for (size_t i = 0; i <= PM_SAVE_ENTRIES; i++) {
        struct pm_save_entry *entry = &w->entries[i];
        char path[2 * PM_SAVE_PATH];
        if (!entry->is_used || strncmp(entry->path, from, size) != 0 ||
            (entry->path[size] != '/' && entry->path[size] != '\0'))
            continue;
        strcpy(path, to);
        strcat(path, entry->path + size);
        PM_CHECK(strlen(path) < PM_SAVE_PATH);
        strcpy(entry->path, path);
    }
}

struct pm_save_sums pm_save_workload_sums(const struct pm_save_workload *w)
{
    struct pm_save_sums sums = {0};
    uint64_t used = 0;

    for (size_t i = 0; i <= PM_SAVE_ENTRIES; i++) {
        const struct pm_save_entry *e = &w->entries[i];
        if (!e->is_used)
            continue;
        sums.content += pm_save_sum_entry(e->path, e->kind, e->bytes, e->size);
        used += e->size;
    }
    for (unsigned i = 0; i < PM_SAVE_SLOTS; i++)
        if (w->slots[i].is_there)
            sums.content +=
                pm_save_sum_slot(i, w->slots[i].bytes, w->slots[i].size);
    sums.content += pm_save_sum_usage(used);
    return sums;
}

// --- boundaries --------------------------------------------------------------

// What the model is now may be there after a crash from here on.
static void begin_boundary(struct pm_save_workload *w, bool with_revisions)
{
    struct pm_save_sums sums = pm_save_workload_sums(w);

    if (with_revisions)
        pm_save_volume_revisions(&w->saves, &sums.revisions);
    w->boundaries[w->progress->begun + 1] = sums;
    w->progress->begun++;
    w->had_boundary = true;
}

// The last boundary was confirmed by the device.
static void acknowledge(struct pm_save_workload *w)
{
    struct pm_save_sums *last = &w->boundaries[w->progress->begun];

    pm_save_volume_revisions(&w->saves, &last->revisions);
    w->progress->acknowledged = w->progress->begun;
}

bool pm_save_workload_allows(const struct pm_save_workload *workload,
                             const struct pm_crash_progress *progress,
                             const struct pm_save_sums *found)
{
    for (uint64_t k = progress->acknowledged; k <= progress->begun; k++) {
        const struct pm_save_sums *sums = &workload->boundaries[k];
        if (sums->content == found->content &&
            (!sums->revisions || !found->revisions ||
             sums->revisions == found->revisions))
            return true;
    }
    return false;
}

// --- drawing -----------------------------------------------------------------

// Mostly one where something is.
static const char *draw_path(struct pm_save_workload *w)
{
    const char *path = paths[next(w, sizeof paths / sizeof *paths)];

    for (uint32_t tries = next(w, 8); tries > 0 && !find(w, path); tries--)
        path = paths[next(w, sizeof paths / sizeof *paths)];
    return path;
}

static uint32_t draw_size(struct pm_save_workload *w)
{
    static const uint32_t edges[] = {0, 1, 4095, 4096, 4097, 8192, LIMIT};

    if (next(w, 4) == 0)
        return edges[next(w, sizeof edges / sizeof *edges)];
    return next(w, next(w, 3) ? 60 : 3000);
}

static void draw_bytes(struct pm_save_workload *w, uint8_t *out, uint32_t size)
{
    uint64_t x = w->random | 1;

    next(w, 2);
    for (uint32_t i = 0; i < size; i++) {
        if (i % 8 == 0)
            x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
        out[i] = (uint8_t)(x >> (i % 8 * 8));
    }
}

static struct pm_save_handle *draw_handle(struct pm_save_workload *w)
{
    uint32_t at = next(w, PM_SAVE_HANDLES);

    for (uint32_t i = 0; i < PM_SAVE_HANDLES && !w->handles[at].file; i++)
        at = (at + 1) % PM_SAVE_HANDLES;
    return &w->handles[at];
}

// --- operations on files -----------------------------------------------------

static void close_handle(struct pm_save_workload *w, struct pm_save_handle *h)
{
    if (h->file)
        w->saves.volume->ops->close(w->saves.volume, h->file, true);
    *h = (struct pm_save_handle){0};
}

static pm_fs_status do_open(struct pm_save_workload *w)
{
    static const unsigned modes[] = {3, 7, 7, 15, 23};
    struct pm_save_handle *h = &w->handles[next(w, PM_SAVE_HANDLES)];
    const char *path = draw_path(w);
    unsigned mode = modes[next(w, sizeof modes / sizeof *modes)];

    close_handle(w, h);
    pm_fs_status status = w->saves.volume->ops->open(
        w->saves.volume, path_of(path), mode, &h->file);
    if (status) {
        h->file = NULL;
        return status;
    }
    h->entry = make(w, path, PM_FS_FILE);
    if (mode & PM_OPEN_TRUNCATE)
        h->entry->size = 0;
    return PM_FS_OK;
}

static pm_fs_status do_close(struct pm_save_workload *w)
{
    close_handle(w, draw_handle(w));
    return PM_FS_OK;
}

static pm_fs_status write_at(struct pm_save_workload *w,
                             struct pm_save_handle *h, uint32_t offset)
{
    uint8_t bytes[LIMIT];
    uint32_t size = draw_size(w);

    draw_bytes(w, bytes, size);
    pm_fs_status status = w->saves.volume->ops->write(w->saves.volume, h->file,
                                                      offset, bytes, size);
    if (status || size == 0)
        return status;
    if (offset + size > h->entry->size)
        resize(h->entry, offset + size);
    memcpy(h->entry->bytes + offset, bytes, size);
    return PM_FS_OK;
}

static pm_fs_status do_write(struct pm_save_workload *w)
{
    struct pm_save_handle *h = draw_handle(w);
    return h->file ? write_at(w, h, draw_size(w)) : do_open(w);
}

static pm_fs_status do_append(struct pm_save_workload *w)
{
    struct pm_save_handle *h = draw_handle(w);
    return h->file ? write_at(w, h, h->entry->size) : do_open(w);
}

static pm_fs_status do_truncate(struct pm_save_workload *w)
{
    struct pm_save_handle *h = draw_handle(w);
    uint32_t size = draw_size(w);

    if (!h->file)
        return do_open(w);
    pm_fs_status status =
        w->saves.volume->ops->truncate(w->saves.volume, h->file, size);
    if (!status)
        resize(h->entry, size);
    return status;
}

static pm_fs_status do_make_dir(struct pm_save_workload *w)
{
    const char *path = next(w, 3) ? (next(w, 2) ? "d" : "e") : draw_path(w);
    pm_fs_status status =
        w->saves.volume->ops->make_dir(w->saves.volume, path_of(path));

    if (!status)
        make(w, path, PM_FS_DIRECTORY);
    return status;
}

static pm_fs_status do_remove(struct pm_save_workload *w)
{
    const char *path = draw_path(w);
    pm_fs_status status =
        w->saves.volume->ops->remove(w->saves.volume, path_of(path));

    if (!status)
        find(w, path)->is_used = false;
    return status;
}

static pm_fs_status do_rename(struct pm_save_workload *w)
{
    const char *from = draw_path(w);
    const char *to = draw_path(w);
    // Names that the model has room for: a directory goes to the top only.
    struct pm_save_entry *entry = find(w, from);
    if (entry && entry->kind == PM_FS_DIRECTORY)
        to = next(w, 2) ? "d" : "c";
    pm_fs_status status = w->saves.volume->ops->rename(
        w->saves.volume, path_of(from), path_of(to));

    if (!status)
        move(w, from, to);
    return status;
}

// --- operations that wait for the device -------------------------------------

static pm_fs_status do_replace(struct pm_save_workload *w)
{
    const char *path = draw_path(w);
    uint8_t bytes[LIMIT];
    uint32_t size = draw_size(w);
    struct pm_save_entry *entry = find(w, path);
    struct pm_save_entry before = {0};

    draw_bytes(w, bytes, size);
    // What is due may be there without it.
    begin_boundary(w, true);
    if (entry)
        before = *entry;
    if (entry && entry->kind == PM_FS_DIRECTORY)
        return w->saves.volume->ops->replace(w->saves.volume, path_of(path),
                                             bytes, size);
    entry = entry ? entry : make(w, path, PM_FS_FILE);
    resize(entry, size);
    memcpy(entry->bytes, bytes, size);
    begin_boundary(w, false);
    pm_fs_status status = w->saves.volume->ops->replace(
        w->saves.volume, path_of(path), bytes, size);
    if (status)
        *entry = before;
    else
        acknowledge(w);
    return status;
}

pm_fs_status pm_save_workload_sync(struct pm_save_workload *w)
{
    struct pm_volume *volume = w->saves.volume;

    begin_boundary(w, true);
    for (unsigned i = 0; i < PM_SAVE_HANDLES; i++) {
        if (!w->handles[i].file)
            continue;
        pm_fs_status status = volume->ops->sync(volume, w->handles[i].file);
        if (!status)
            acknowledge(w);
        return status;
    }
    // Without an open file there is another way to the same.
    pm_fs_status status = pm_writeback_commit(w->saves.writeback, true);
    if (!status)
        acknowledge(w);
    return status;
}

void pm_save_workload_end_frame(struct pm_save_workload *w)
{
    begin_boundary(w, true);
    w->saves.volume->ops->end_frame(w->saves.volume);
}

static pm_fs_status do_end_frame(struct pm_save_workload *w)
{
    if (next(w, w->durable_every ? w->durable_every : 4) == 0)
        return pm_save_workload_sync(w);
    pm_save_workload_end_frame(w);
    return PM_FS_OK;
}

// --- the card ----------------------------------------------------------------

static pm_fs_status status_of(pm_mem_status status)
{
    switch (status) {
    case PM_MEM_OK:
        return PM_FS_OK;
    case PM_MEM_STORAGE_FULL:
        return PM_FS_STORAGE_FULL;
    case PM_MEM_TRANSIENT:
        return PM_FS_TRANSIENT;
    case PM_MEM_CORRUPT:
        return PM_FS_CORRUPT;
    case PM_MEM_IO_FAILED:
        return PM_FS_IO_FAILED;
    default:
        return PM_FS_NOT_FOUND; // nothing there, nothing staged
    }
}

static pm_fs_status do_card_write(struct pm_save_workload *w)
{
    unsigned number = next(w, PM_SAVE_SLOTS);
    struct pm_save_slot *slot = &w->slots[number];
    uint8_t bytes[LIMIT];
    uint32_t offset = next(w, 40);
    uint32_t size = 1 + next(w, next(w, 3) ? 100 : LIMIT - 41);

    draw_bytes(w, bytes, size);
    pm_mem_status status =
        pm_card_write(w->saves.card, number, offset, bytes, size);
    if (status)
        return status_of(status);
    if (!slot->staged) {
        memset(slot->stage, 0, sizeof slot->stage);
        memcpy(slot->stage, slot->bytes, slot->is_there ? slot->size : 0);
        slot->staged = slot->is_there ? slot->size : 0;
    }
    memcpy(slot->stage + offset, bytes, size);
    if (offset + size > slot->staged)
        slot->staged = offset + size;
    return PM_FS_OK;
}

static pm_fs_status do_card_commit(struct pm_save_workload *w)
{
    unsigned number = next(w, PM_SAVE_SLOTS);
    struct pm_save_slot *slot = &w->slots[number];
    struct pm_save_slot before = *slot;

    begin_boundary(w, true);
    if (slot->staged) {
        slot->is_there = true;
        slot->size = slot->staged;
        memcpy(slot->bytes, slot->stage, slot->staged);
        slot->staged = 0;
        begin_boundary(w, false);
    }
    pm_mem_status status = pm_card_commit(w->saves.card, number);
    if (status)
        *slot = before;
    else
        acknowledge(w);
    return status_of(status);
}

static pm_fs_status do_card_clear(struct pm_save_workload *w)
{
    unsigned number = next(w, PM_SAVE_SLOTS);
    struct pm_save_slot *slot = &w->slots[number];
    struct pm_save_slot before = *slot;

    begin_boundary(w, true);
    slot->is_there = false;
    slot->staged = 0;
    begin_boundary(w, false);
    pm_mem_status status = pm_card_clear(w->saves.card, number);
    if (status)
        *slot = before;
    // What was staged only is in no store; nothing waits for the device then.
    else if (before.is_there)
        acknowledge(w);
    return status_of(status);
}

// --- a run -------------------------------------------------------------------

void pm_save_workload_init(struct pm_save_workload *w,
                           struct pm_crash_progress *progress)
{
    size_t most = (size_t)(w->operations + 16) * BOUNDARIES;

    w->random = (w->seed + 1) * 0x9e3779b97f4a7c15u;
    w->progress = progress;
    w->boundaries = calloc(most, sizeof *w->boundaries);
    PM_CHECK(w->boundaries);
    w->boundaries[0] = pm_save_workload_sums(w);
}

void pm_save_workload_free(struct pm_save_workload *w)
{
    free(w->boundaries);
    w->boundaries = NULL;
}

void pm_save_workload_drop_handles(struct pm_save_workload *w)
{
    for (unsigned i = 0; i < PM_SAVE_HANDLES; i++)
        close_handle(w, &w->handles[i]);
}

void pm_save_workload_drop_staged(struct pm_save_workload *w)
{
    for (unsigned i = 0; i < PM_SAVE_SLOTS; i++)
        w->slots[i].staged = 0;
}

void pm_save_workload_step(struct pm_save_workload *w)
{
    // What comes more often is there more than once.
    static const struct {
        const char *what;
        pm_fs_status (*run)(struct pm_save_workload *w);
    } rows[] = {
        {"open", do_open},
        {"write", do_write},
        {"frame", do_end_frame},
        {"append", do_append},
        {"make_dir", do_make_dir},
        {"write", do_write},
        {"frame", do_end_frame},
        {"truncate", do_truncate},
        {"card_write", do_card_write},
        {"rename", do_rename},
        {"frame", do_end_frame},
        {"replace", do_replace},
        {"close", do_close},
        {"append", do_append},
        {"card_commit", do_card_commit},
        {"remove", do_remove},
        {"rename", do_rename},
        {"frame", do_end_frame},
        {"card_clear", do_card_clear},
    };
    const uint32_t count = sizeof rows / sizeof *rows;
    uint32_t at = w->is_scripted ? w->number % count : next(w, count);

    // A clear is rarer, so that there is something on the card.
    if (rows[at].run == do_card_clear && next(w, 3))
        at = 0;
    w->number++;
    w->had_boundary = false;
    w->what = rows[at].what;
    w->status = rows[at].run(w);
}

bool pm_save_workload_look(struct pm_save_workload *w)
{
    struct pm_save_sums wanted = pm_save_workload_sums(w);
    struct pm_save_sums found = {0};

    if (pm_save_volume_see(&w->saves, &found))
        w->wrong = w->wrong ? w->wrong : "what is there cannot be read";
    else if (found.content != wanted.content)
        w->wrong = w->wrong ? w->wrong : "what is there is not the model's";
    return !w->wrong;
}
