// SPDX-License-Identifier: MIT
#include "fs/host_volume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "support/fault_alloc.h"
#include "support/mem_directory.h"
#include "support/test.h"

#define RO    PM_OPEN_READ
#define RW    (PM_OPEN_READ | PM_OPEN_WRITE)
#define LIMIT 64u

// --- a world -----------------------------------------------------------------

struct world {
    struct pm_mem_directory host;
    struct pm_fault_alloc memory;
    struct pm_allocator alloc;
    struct pm_volume *volume;
    unsigned discarded;
    char discarded_path[64];
};

static void note_discarded(void *context, const char *path)
{
    struct world *w = context;
    w->discarded++;
    snprintf(w->discarded_path, sizeof w->discarded_path, "%s", path);
}

static void make_volume(struct world *w, bool writable)
{
    struct pm_host_volume_config config = {
        .directory = &w->host.seam,
        .writable = writable,
        .file_limit = LIMIT,
        .discarded = note_discarded,
        .context = w,
    };
    CHECK_INT(pm_host_volume_create(&w->alloc, &config, &w->volume), PM_FS_OK);
}

static void enter_as(struct world *w, bool writable)
{
    *w = (struct world){0};
    pm_mem_directory_init(&w->host);
    w->alloc = pm_fault_alloc(&w->memory);
    make_volume(w, writable);
}

static void enter(struct world *w)
{
    enter_as(w, true);
}

static void leave(struct world *w)
{
    w->volume->ops->destroy(w->volume);
    CHECK_INT(w->memory.live_blocks, 0);
    CHECK_INT(w->host.open_files, 0);
    pm_mem_directory_free(&w->host);
}

static struct pm_path path_of(const char *text)
{
    return (struct pm_path){text, strlen(text)};
}

static pm_fs_status open_as(struct world *w, const char *path, unsigned mode,
                            struct pm_volume_file **out)
{
    return w->volume->ops->open(w->volume, path_of(path), mode, out);
}

// Opens what must open.
static struct pm_volume_file *opened(struct world *w, const char *path,
                                     unsigned mode)
{
    struct pm_volume_file *file = NULL;
    CHECK_INT(open_as(w, path, mode, &file), PM_FS_OK);
    if (!file)
        abort();
    return file;
}

static pm_fs_status close_as(struct world *w, struct pm_volume_file *file,
                             bool publish)
{
    return w->volume->ops->close(w->volume, file, publish);
}

static pm_fs_status put(struct world *w, struct pm_volume_file *file,
                        uint64_t offset, const char *text)
{
    return w->volume->ops->write(w->volume, file, offset, (const uint8_t *)text,
                                 (uint32_t)strlen(text));
}

// Reads as a machine does; the text is good until the next call.
static const char *text_of(struct world *w, struct pm_volume_file *file)
{
    static char text[512];
    static uint8_t stage[512];
    struct pm_span span = {(uint8_t *)text, stage, false};
    uint32_t size = 0;
    bool eof = false;

    memset(text, '#', sizeof text);
    pm_fs_status status =
        w->volume->ops->read(w->volume, file, 0, &span, 500, &size, &eof);
    if (status)
        return pm_fs_status_name(status);
    CHECK(eof);
    if (span.is_staged)
        memcpy(text, stage, size);
    text[size] = 0;
    return text;
}

static pm_fs_status kind_at(struct world *w, const char *path, int *out_kind)
{
    struct pm_fs_stat info;
    pm_fs_status status = w->volume->ops->stat(w->volume, path_of(path), &info);
    *out_kind = status ? 0 : (int)info.kind;
    return status;
}

static int size_at(struct world *w, const char *path)
{
    struct pm_fs_stat info;
    pm_fs_status status = w->volume->ops->stat(w->volume, path_of(path), &info);
    return status ? -(int)status : (int)info.size;
}

static int revision_at(struct world *w, const char *path)
{
    struct pm_fs_stat info;
    pm_fs_status status = w->volume->ops->stat(w->volume, path_of(path), &info);
    return status ? -(int)status : (int)info.revision;
}

static pm_fs_status make_dir(struct world *w, const char *path)
{
    return w->volume->ops->make_dir(w->volume, path_of(path));
}

static pm_fs_status remove_at(struct world *w, const char *path)
{
    return w->volume->ops->remove(w->volume, path_of(path));
}

static pm_fs_status rename_to(struct world *w, const char *from, const char *to)
{
    return w->volume->ops->rename(w->volume, path_of(from), path_of(to));
}

static pm_fs_status replace(struct world *w, const char *path, const char *text)
{
    return w->volume->ops->replace(w->volume, path_of(path),
                                   (const uint8_t *)text, strlen(text));
}

static pm_fs_status sync_of(struct world *w, struct pm_volume_file *file)
{
    return w->volume->ops->sync(w->volume, file);
}

static pm_fs_status cut(struct world *w, struct pm_volume_file *file,
                        uint64_t size)
{
    return w->volume->ops->truncate(w->volume, file, size);
}

// The entries as "a/ b c/ ", or the status's name.
static const char *listing(struct world *w, const char *path, uint32_t limit)
{
    static char text[1024];
    struct pm_fs_names names = {0};
    size_t at = 0;

    pm_buf_init(&names.bytes, &w->alloc);
    pm_fs_status status =
        w->volume->ops->list(w->volume, path_of(path), limit, &names);
    text[0] = 0;
    const uint8_t *entry = names.bytes.data;
    for (uint32_t i = 0; i < names.count; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s%s ",
                               (int)entry[1], (const char *)entry + 2,
                               entry[0] == PM_FS_DIRECTORY ? "/" : "");
        entry += 2 + entry[1];
    }
    CHECK(!status || (names.count == 0 && names.bytes.size == 0));
    pm_buf_free(&names.bytes);
    return status ? pm_fs_status_name(status) : text;
}

static const char *path_now(struct world *w, struct pm_volume_file *file)
{
    static char text[128];
    struct pm_buf buf;
    pm_buf_init(&buf, &w->alloc);
    w->volume->ops->file_path(w->volume, file, &buf);
    snprintf(text, sizeof text, "%.*s", (int)buf.size, (const char *)buf.data);
    pm_buf_free(&buf);
    return text;
}

// --- reading -----------------------------------------------------------------

TEST(host_volume, a_file_that_is_only_read_is_seen_as_it_is_at_each_read)
{
    struct world w;
    enter(&w);
    pm_mem_put(&w.host, "a", "one");
    struct pm_volume_file *file = opened(&w, "a", RO);
    CHECK_STR(text_of(&w, file), "one");
    pm_mem_change(&w.host, "a", "longer");
    CHECK_STR(text_of(&w, file), "longer");
    pm_mem_put(&w.host, "a", "another");
    CHECK_STR(text_of(&w, file), "longer");
    // Opening looks at the path again, for all its handles.
    struct pm_volume_file *second = opened(&w, "a", RO);
    CHECK(second == file);
    CHECK_STR(text_of(&w, file), "another");
    CHECK_INT(close_as(&w, second, true), PM_FS_OK);
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    CHECK_INT(w.host.published, 0);
    leave(&w);
}

TEST(host_volume, one_call_of_the_seam_tells_bytes_and_end)
{
    struct world w;
    static uint8_t stage[64];
    uint8_t bytes[64];
    enter(&w);
    pm_mem_put(&w.host, "a", "0123456789");
    struct pm_volume_file *file = opened(&w, "a", RO);
    for (uint32_t max = 0; max < 13; max++) {
        for (uint64_t offset = 0; offset < 13; offset++) {
            struct pm_span span = {bytes, stage, false};
            uint32_t size;
            bool eof;
            size_t calls = w.host.calls;
            CHECK_INT(w.volume->ops->read(w.volume, file, offset, &span, max,
                                          &size, &eof),
                      PM_FS_OK);
            uint64_t left = offset < 10 ? 10 - offset : 0;
            CHECK_INT(size, left < max ? left : max);
            CHECK_INT(eof, left <= max);
            CHECK(span.is_staged);
            CHECK(memcmp(stage, &"0123456789"[size ? offset : 0], size) == 0);
            CHECK_INT(w.host.calls, calls + 1);
        }
    }
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    leave(&w);
}

TEST(host_volume, reads_of_a_shadow_are_right_for_every_window)
{
    struct world w;
    uint8_t bytes[64];
    enter(&w);
    pm_mem_put(&w.host, "a", "0123456789");
    struct pm_volume_file *file = opened(&w, "a", RW);
    for (uint32_t max = 0; max < 13; max++) {
        for (uint64_t offset = 0; offset < 13; offset++) {
            struct pm_span span = {bytes, NULL, true};
            uint32_t size;
            bool eof;
            CHECK_INT(w.volume->ops->read(w.volume, file, offset, &span, max,
                                          &size, &eof),
                      PM_FS_OK);
            uint64_t left = offset < 10 ? 10 - offset : 0;
            CHECK_INT(size, left < max ? left : max);
            CHECK_INT(eof, left <= max);
            CHECK(!span.is_staged);
            CHECK(memcmp(bytes, &"0123456789"[size ? offset : 0], size) == 0);
        }
    }
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    leave(&w);
}

// --- shadows -----------------------------------------------------------------

TEST(host_volume, what_is_written_is_seen_by_every_handle_and_not_by_the_host)
{
    struct world w;
    enter(&w);
    pm_mem_put(&w.host, "a", "old");
    struct pm_volume_file *reader = opened(&w, "a", RO);
    struct pm_volume_file *writer = opened(&w, "a", RW);
    CHECK_INT(put(&w, writer, 3, " and new"), PM_FS_OK);
    CHECK_STR(text_of(&w, reader), "old and new");
    CHECK_INT(size_at(&w, "a"), 11);
    CHECK(pm_mem_holds(&w.host, "a", "old"));
    struct pm_volume_file *later = opened(&w, "a", RO);
    CHECK_STR(text_of(&w, later), "old and new");
    CHECK_INT(sync_of(&w, writer), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "old and new"));
    // Nothing has changed since: nothing is published.
    CHECK_INT(sync_of(&w, writer), PM_FS_OK);
    CHECK_INT(w.host.published, 1);
    CHECK_INT(put(&w, writer, 0, "OLD"), PM_FS_OK);
    CHECK_INT(close_as(&w, writer, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "OLD and new"));
    CHECK_STR(text_of(&w, reader), "OLD and new");
    CHECK_INT(close_as(&w, reader, true), PM_FS_OK);
    CHECK_INT(close_as(&w, later, true), PM_FS_OK);
    CHECK_INT(w.host.published, 2);
    CHECK_INT(w.discarded, 0);
    leave(&w);
}

TEST(host_volume, a_new_file_is_there_for_the_run_before_it_is_published)
{
    struct world w;
    int kind;
    enter(&w);
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put(&w.host, "d/z", "z");
    struct pm_volume_file *file = opened(&w, "d/n", RW | PM_OPEN_CREATE);
    CHECK(!pm_mem_exists(&w.host, "d/n"));
    CHECK_INT(kind_at(&w, "d/n", &kind), PM_FS_OK);
    CHECK_INT(kind, PM_FS_FILE);
    CHECK_STR(listing(&w, "d", 10), "n z ");
    CHECK_STR(listing(&w, "d", 1), "TOO_LARGE");
    CHECK_STR(listing(&w, "", 10), "d/ ");
    CHECK_STR(listing(&w, "d/n", 10), "NOT_A_DIRECTORY");
    CHECK_STR(listing(&w, "d/n/x", 10), "NOT_A_DIRECTORY");
    CHECK_INT(kind_at(&w, "d/n/x", &kind), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(make_dir(&w, "d/n"), PM_FS_EXISTS);
    CHECK_INT(make_dir(&w, "d/n/x"), PM_FS_NOT_A_DIRECTORY);
    struct pm_volume_file *none;
    CHECK_INT(
        open_as(&w, "d/n", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE, &none),
        PM_FS_EXISTS);
    CHECK_INT(open_as(&w, "d/n/x", RW | PM_OPEN_CREATE, &none),
              PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(remove_at(&w, "d"), PM_FS_NOT_EMPTY);
    CHECK_INT(remove_at(&w, "d/n"), PM_FS_BUSY);
    CHECK_INT(replace(&w, "d/n", "x"), PM_FS_BUSY);
    CHECK_INT(replace(&w, "d/n/x", "x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    // Also when nothing was written: it was made.
    CHECK(pm_mem_holds(&w.host, "d/n", ""));
    leave(&w);
}

TEST(host_volume, a_directory_that_holds_only_an_unpublished_file_is_not_empty)
{
    struct world w;
    enter(&w);
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put_dir(&w.host, "d-e");
    struct pm_volume_file *other = opened(&w, "d-e/n", RW | PM_OPEN_CREATE);
    struct pm_volume_file *file = opened(&w, "d/n", RW | PM_OPEN_CREATE);
    CHECK_INT(remove_at(&w, "d"), PM_FS_NOT_EMPTY);
    CHECK_INT(close_as(&w, file, false), PM_FS_OK);
    CHECK_INT(remove_at(&w, "d"), PM_FS_OK);
    CHECK_INT(close_as(&w, other, false), PM_FS_OK);
    leave(&w);
}

TEST(host_volume, what_ends_without_publishing_is_discarded_and_counted)
{
    struct world w;
    int kind;
    enter(&w);
    pm_mem_put(&w.host, "a", "old");
    struct pm_volume_file *a = opened(&w, "a", RW);
    struct pm_volume_file *n = opened(&w, "n", RW | PM_OPEN_CREATE);
    struct pm_volume_file *clean = opened(&w, "a", RW);
    CHECK_INT(put(&w, a, 0, "new"), PM_FS_OK);
    CHECK_INT(close_as(&w, clean, false), PM_FS_OK);
    CHECK_INT(w.discarded, 0); // another handle is on it
    CHECK_STR(text_of(&w, a), "new");
    CHECK_INT(close_as(&w, a, false), PM_FS_OK);
    CHECK_INT(w.discarded, 1);
    CHECK_STR(w.discarded_path, "a");
    CHECK_INT(close_as(&w, n, false), PM_FS_OK);
    CHECK_INT(w.discarded, 2);
    CHECK(pm_mem_holds(&w.host, "a", "old"));
    CHECK_INT(kind_at(&w, "n", &kind), PM_FS_NOT_FOUND);
    struct pm_volume_file *untouched = opened(&w, "a", RW);
    CHECK_INT(close_as(&w, untouched, false), PM_FS_OK);
    CHECK_INT(w.discarded, 2);
    leave(&w);
}

TEST(host_volume, a_failed_sync_can_be_tried_again)
{
    struct world w;
    enter(&w);
    pm_mem_put(&w.host, "a", "old");
    struct pm_volume_file *file = opened(&w, "a", RW);
    CHECK_INT(put(&w, file, 0, "new"), PM_FS_OK);
    w.host.fail_at = w.host.calls + 1;
    w.host.status = PM_FS_STORAGE_FULL;
    CHECK_INT(sync_of(&w, file), PM_FS_STORAGE_FULL);
    CHECK(pm_mem_holds(&w.host, "a", "old"));
    CHECK_STR(text_of(&w, file), "new");
    CHECK_INT(sync_of(&w, file), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "new"));
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    leave(&w);
}

TEST(host_volume, a_failed_close_says_so_and_keeps_the_shadow_for_the_others)
{
    struct world w;
    enter(&w);
    pm_mem_put(&w.host, "a", "old");
    struct pm_volume_file *first = opened(&w, "a", RW);
    struct pm_volume_file *second = opened(&w, "a", RW);
    CHECK_INT(put(&w, first, 0, "new"), PM_FS_OK);
    w.host.fail_at = w.host.calls + 1;
    w.host.fail_on = true;
    w.host.status = PM_FS_IO_FAILED;
    CHECK_INT(close_as(&w, first, true), PM_FS_IO_FAILED);
    CHECK_STR(text_of(&w, second), "new");
    CHECK_INT(w.discarded, 0);
    CHECK_INT(close_as(&w, second, true), PM_FS_IO_FAILED);
    CHECK_INT(w.discarded, 1);
    w.host.fail_at = 0;
    CHECK(pm_mem_holds(&w.host, "a", "old"));
    leave(&w);
}

TEST(host_volume, exclusive_holds_until_the_file_is_published)
{
    struct world w;
    enter(&w);
    struct pm_volume_file *exclusive =
        opened(&w, "a", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE);
    struct pm_volume_file *plain = opened(&w, "b", RW | PM_OPEN_CREATE);
    pm_mem_put(&w.host, "a", "theirs");
    pm_mem_put(&w.host, "b", "theirs");
    CHECK_STR(listing(&w, "", 2), "a b ");
    CHECK_INT(sync_of(&w, exclusive), PM_FS_EXISTS);
    CHECK(pm_mem_holds(&w.host, "a", "theirs"));
    CHECK_INT(sync_of(&w, plain), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "b", ""));
    pm_mem_erase(&w.host, "a");
    CHECK_INT(sync_of(&w, exclusive), PM_FS_OK);
    // From now on it is a file like any other.
    CHECK_INT(put(&w, exclusive, 0, "x"), PM_FS_OK);
    CHECK_INT(close_as(&w, exclusive, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "x"));
    CHECK_INT(close_as(&w, plain, true), PM_FS_OK);
    leave(&w);
}

TEST(host_volume, truncate_on_open_does_not_read_what_it_throws_away)
{
    struct world w;
    char large[LIMIT + 2];
    enter(&w);
    memset(large, 'x', sizeof large);
    large[LIMIT + 1] = 0;
    pm_mem_put(&w.host, "a", large);
    struct pm_volume_file *file;
    CHECK_INT(open_as(&w, "a", RW, &file), PM_FS_TOO_LARGE);
    struct pm_volume_file *reader = opened(&w, "a", RO);
    CHECK_INT(strlen(text_of(&w, reader)), LIMIT + 1);
    file = opened(&w, "a", RW | PM_OPEN_TRUNCATE);
    CHECK_STR(text_of(&w, reader), "");
    CHECK(pm_mem_holds(&w.host, "a", large));
    CHECK_INT(put(&w, file, 0, "text"), PM_FS_OK);
    struct pm_volume_file *again = opened(&w, "a", RW | PM_OPEN_TRUNCATE);
    CHECK_STR(text_of(&w, file), "");
    CHECK_INT(close_as(&w, again, false), PM_FS_OK);
    CHECK_INT(close_as(&w, reader, false), PM_FS_OK);
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", ""));
    leave(&w);
}

TEST(host_volume, writes_fill_gaps_and_end_at_the_limit)
{
    struct world w;
    enter(&w);
    struct pm_volume_file *file = opened(&w, "a", RW | PM_OPEN_CREATE);
    CHECK_INT(put(&w, file, 5, "x"), PM_FS_OK);
    CHECK_INT(size_at(&w, "a"), 6);
    CHECK_INT(put(&w, file, 40, ""), PM_FS_OK);
    CHECK_INT(put(&w, file, UINT64_MAX, ""), PM_FS_OK);
    CHECK_INT(size_at(&w, "a"), 6);
    CHECK_INT(put(&w, file, LIMIT, "x"), PM_FS_TOO_LARGE);
    CHECK_INT(put(&w, file, LIMIT - 1, "xy"), PM_FS_TOO_LARGE);
    CHECK_INT(put(&w, file, UINT64_MAX, "x"), PM_FS_TOO_LARGE);
    CHECK_INT(size_at(&w, "a"), 6);
    CHECK_INT(put(&w, file, LIMIT - 1, "x"), PM_FS_OK);
    CHECK_INT(size_at(&w, "a"), LIMIT);
    CHECK_INT(cut(&w, file, LIMIT + 1), PM_FS_TOO_LARGE);
    CHECK_INT(cut(&w, file, UINT64_MAX), PM_FS_TOO_LARGE);
    CHECK_INT(cut(&w, file, 2), PM_FS_OK);
    CHECK_INT(cut(&w, file, 8), PM_FS_OK);
    CHECK_INT(size_at(&w, "a"), 8);
    CHECK(memcmp(text_of(&w, file), "\0\0\0\0\0\0\0", 8) == 0);
    CHECK_INT(close_as(&w, file, false), PM_FS_OK);
    CHECK_INT(replace(&w, "b",
                      "0123456789012345678901234567890123456789"
                      "012345678901234567890123"),
              PM_FS_OK);
    CHECK_INT(replace(&w, "b",
                      "0123456789012345678901234567890123456789"
                      "0123456789012345678901234"),
              PM_FS_TOO_LARGE);
    leave(&w);
}

static void grow_meanwhile(struct pm_mem_directory *host)
{
    char text[LIMIT];
    size_t size = host->calls % 30 + 10;
    memset(text, 'g', size);
    text[size] = 0;
    pm_mem_change(host, "a", text);
}

static void shrink_meanwhile(struct pm_mem_directory *host)
{
    pm_mem_change(host, "a", "s");
}

TEST(host_volume, a_file_that_changes_while_it_is_loaded_is_seen_as_it_is)
{
    struct world w;
    struct pm_volume_file *file;
    enter(&w);
    pm_mem_put(&w.host, "a", "long enough");
    w.host.before_read = shrink_meanwhile;
    file = opened(&w, "a", RW);
    CHECK_STR(text_of(&w, file), "s");
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    w.host.before_read = grow_meanwhile;
    CHECK_INT(open_as(&w, "a", RW, &file), PM_FS_TRANSIENT);
    w.host.before_read = NULL;
    leave(&w);
}

// --- who may -----------------------------------------------------------------

TEST(host_volume, a_protected_file_cannot_be_opened_for_writing)
{
    struct world w;
    struct pm_volume_file *file;
    enter(&w);
    pm_mem_put(&w.host, "a", "text");
    pm_mem_protect(&w.host, "a");
    CHECK_INT(open_as(&w, "a", RW, &file), PM_FS_ACCESS_DENIED);
    CHECK_INT(open_as(&w, "a", RW | PM_OPEN_TRUNCATE, &file),
              PM_FS_ACCESS_DENIED);
    CHECK_INT(replace(&w, "a", "x"), PM_FS_ACCESS_DENIED);
    file = opened(&w, "a", RO);
    CHECK_STR(text_of(&w, file), "text");
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    leave(&w);
}

TEST(host_volume, nothing_changes_on_a_mount_that_is_not_writable)
{
    struct world w;
    struct pm_volume_file *file;
    enter_as(&w, false);
    pm_mem_put(&w.host, "a", "text");
    pm_mem_put_dir(&w.host, "d");
    CHECK_INT(open_as(&w, "a", RW, &file), PM_FS_ACCESS_DENIED);
    CHECK_INT(open_as(&w, "n", RW | PM_OPEN_CREATE, &file),
              PM_FS_ACCESS_DENIED);
    CHECK_INT(replace(&w, "a", "x"), PM_FS_ACCESS_DENIED);
    CHECK_INT(make_dir(&w, "n"), PM_FS_ACCESS_DENIED);
    CHECK_INT(remove_at(&w, "a"), PM_FS_ACCESS_DENIED);
    CHECK_INT(remove_at(&w, "nothing"), PM_FS_ACCESS_DENIED);
    CHECK_INT(rename_to(&w, "a", "b"), PM_FS_ACCESS_DENIED);
    file = opened(&w, "a", RO);
    CHECK_INT(put(&w, file, 0, "x"), PM_FS_ACCESS_DENIED);
    CHECK_INT(cut(&w, file, 0), PM_FS_ACCESS_DENIED);
    CHECK_INT(sync_of(&w, file), PM_FS_OK);
    CHECK_STR(text_of(&w, file), "text");
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    CHECK_STR(listing(&w, "", 10), "a d/ ");
    leave(&w);
}

TEST(host_volume, what_is_asked_of_the_wrong_kind_is_refused_by_name)
{
    struct world w;
    struct pm_volume_file *file;
    int kind;
    enter(&w);
    pm_mem_put(&w.host, "f", "text");
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put(&w.host, "d/f", "x");
    CHECK_INT(open_as(&w, "", RO, &file), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(open_as(&w, "d", RO, &file), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(open_as(&w, "d", RW, &file), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(open_as(&w, "d", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE, &file),
              PM_FS_EXISTS);
    CHECK_INT(open_as(&w, "f", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE, &file),
              PM_FS_EXISTS);
    CHECK_INT(open_as(&w, "f/x", RO, &file), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(open_as(&w, "n", RO, &file), PM_FS_NOT_FOUND);
    CHECK_INT(open_as(&w, "n", RW, &file), PM_FS_NOT_FOUND);
    CHECK_INT(open_as(&w, "n/x", RW | PM_OPEN_CREATE, &file), PM_FS_NOT_FOUND);
    CHECK_INT(kind_at(&w, "", &kind), PM_FS_OK);
    CHECK_INT(kind, PM_FS_DIRECTORY);
    CHECK_INT(kind_at(&w, "n", &kind), PM_FS_NOT_FOUND);
    CHECK_INT(replace(&w, "", "x"), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(replace(&w, "d", "x"), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(replace(&w, "n/x", "x"), PM_FS_NOT_FOUND);
    CHECK_INT(make_dir(&w, ""), PM_FS_EXISTS);
    CHECK_INT(make_dir(&w, "d"), PM_FS_EXISTS);
    CHECK_INT(make_dir(&w, "f"), PM_FS_EXISTS);
    CHECK_INT(make_dir(&w, "f/x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(make_dir(&w, "n/x"), PM_FS_NOT_FOUND);
    CHECK_INT(remove_at(&w, ""), PM_FS_ACCESS_DENIED);
    CHECK_INT(remove_at(&w, "d"), PM_FS_NOT_EMPTY);
    CHECK_INT(remove_at(&w, "n"), PM_FS_NOT_FOUND);
    CHECK_STR(listing(&w, "f", 10), "NOT_A_DIRECTORY");
    CHECK_STR(listing(&w, "n", 10), "NOT_FOUND");
    CHECK_INT(rename_to(&w, "", "x"), PM_FS_ACCESS_DENIED);
    CHECK_INT(rename_to(&w, "f", ""), PM_FS_ACCESS_DENIED);
    CHECK_INT(rename_to(&w, "n", "m"), PM_FS_NOT_FOUND);
    CHECK_INT(rename_to(&w, "n", "n"), PM_FS_NOT_FOUND);
    CHECK_INT(rename_to(&w, "f", "n/x"), PM_FS_NOT_FOUND);
    CHECK_INT(rename_to(&w, "f", "f/x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(rename_to(&w, "d", "d/x"), PM_FS_INVALID_PATH);
    CHECK_INT(rename_to(&w, "d", "f"), PM_FS_EXISTS);
    CHECK_INT(rename_to(&w, "f", "d"), PM_FS_EXISTS);
    CHECK_INT(rename_to(&w, "f", "f"), PM_FS_OK);
    leave(&w);
}

TEST(host_volume, names_that_no_path_can_have_are_not_listed)
{
    struct world w;
    char longest[257];
    enter(&w);
    memset(longest, 'n', 256);
    longest[256] = 0;
    pm_mem_put(&w.host, "bad\nname", "");
    pm_mem_put(&w.host, "back\\slash", "");
    pm_mem_put(&w.host, "\xff", "");
    pm_mem_put(&w.host, longest, "");
    pm_mem_put(&w.host, "good", "");
    CHECK_STR(listing(&w, "", 1), "good ");
    leave(&w);
}

// --- renaming ----------------------------------------------------------------

TEST(host_volume, an_open_file_follows_its_rename)
{
    struct world w;
    int kind;
    enter(&w);
    pm_mem_put(&w.host, "a", "old");
    pm_mem_put(&w.host, "c", "gone");
    struct pm_volume_file *file = opened(&w, "a", RW);
    struct pm_volume_file *reader = opened(&w, "c", RO);
    CHECK_INT(put(&w, file, 0, "new"), PM_FS_OK);
    CHECK_INT(rename_to(&w, "a", "c"), PM_FS_BUSY);
    CHECK_INT(rename_to(&w, "c", "a"), PM_FS_BUSY);
    CHECK_INT(rename_to(&w, "a", "b"), PM_FS_OK);
    CHECK_STR(path_now(&w, file), "b");
    CHECK(pm_mem_holds(&w.host, "b", "old"));
    CHECK_INT(kind_at(&w, "a", &kind), PM_FS_NOT_FOUND);
    CHECK_INT(rename_to(&w, "c", "d"), PM_FS_OK);
    CHECK_STR(path_now(&w, reader), "d");
    CHECK_STR(text_of(&w, reader), "gone");
    CHECK_INT(close_as(&w, reader, true), PM_FS_OK);
    CHECK_INT(rename_to(&w, "b", "d"), PM_FS_OK);
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "d", "new"));
    CHECK(!pm_mem_exists(&w.host, "b"));
    leave(&w);
}

TEST(host_volume, an_open_file_follows_the_rename_of_its_directory)
{
    struct world w;
    enter(&w);
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put(&w.host, "d/a", "old");
    pm_mem_put(&w.host, "d-x", "");
    struct pm_volume_file *a = opened(&w, "d/a", RW);
    struct pm_volume_file *n = opened(&w, "d/n", RW | PM_OPEN_CREATE);
    struct pm_volume_file *x = opened(&w, "d-x", RO);
    CHECK_INT(put(&w, a, 0, "new"), PM_FS_OK);
    CHECK_INT(put(&w, n, 0, "made"), PM_FS_OK);
    CHECK_INT(rename_to(&w, "d", "z"), PM_FS_OK);
    CHECK_STR(path_now(&w, a), "z/a");
    CHECK_STR(path_now(&w, n), "z/n");
    CHECK_STR(path_now(&w, x), "d-x");
    CHECK_STR(listing(&w, "z", 10), "a n ");
    CHECK_STR(listing(&w, "d", 10), "NOT_FOUND");
    CHECK_INT(close_as(&w, a, true), PM_FS_OK);
    CHECK_INT(close_as(&w, n, true), PM_FS_OK);
    CHECK_INT(close_as(&w, x, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "z/a", "new"));
    CHECK(pm_mem_holds(&w.host, "z/n", "made"));
    leave(&w);
}

TEST(host_volume, a_file_that_was_never_published_is_renamed_without_the_host)
{
    struct world w;
    int kind;
    enter(&w);
    pm_mem_put(&w.host, "there", "old");
    pm_mem_put_dir(&w.host, "d");
    struct pm_volume_file *file =
        opened(&w, "a", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE);
    CHECK_INT(put(&w, file, 0, "new"), PM_FS_OK);
    CHECK_INT(rename_to(&w, "a", "d/b"), PM_FS_OK);
    CHECK_INT(kind_at(&w, "a", &kind), PM_FS_NOT_FOUND);
    CHECK_INT(rename_to(&w, "d/b", "nowhere/b"), PM_FS_NOT_FOUND);
    CHECK_INT(rename_to(&w, "d/b", "d"), PM_FS_EXISTS);
    // Over a file of the host, which is replaced when it is published.
    CHECK_INT(rename_to(&w, "d/b", "there"), PM_FS_OK);
    CHECK_INT(size_at(&w, "there"), 3);
    CHECK(pm_mem_holds(&w.host, "there", "old"));
    CHECK_STR(listing(&w, "", 10), "d/ there ");
    CHECK_STR(listing(&w, "d", 10), "");
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "there", "new"));
    leave(&w);
}

TEST(host_volume, a_file_that_the_host_removed_is_published_where_it_went)
{
    struct world w;
    enter(&w);
    pm_mem_put(&w.host, "a", "text");
    struct pm_volume_file *file = opened(&w, "a", RW);
    pm_mem_erase(&w.host, "a");
    CHECK_INT(size_at(&w, "a"), 4);
    CHECK_INT(rename_to(&w, "a", "b"), PM_FS_OK);
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "b", "text"));
    leave(&w);
}

TEST(host_volume, a_rename_may_not_make_the_path_of_an_open_file_too_long)
{
    struct world w;
    char name[201];
    char path[1300];
    enter(&w);
    memset(name, 'n', 200);
    name[200] = 0;
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put_dir(&w.host, "e");
    snprintf(path, sizeof path, "d/%s", name);
    pm_mem_put_dir(&w.host, path);
    snprintf(path, sizeof path, "d/%s/%s", name, name);
    pm_mem_put_dir(&w.host, path);
    snprintf(path, sizeof path, "d/%s/%s/%s", name, name, name);
    struct pm_volume_file *file = opened(&w, path, RW | PM_OPEN_CREATE);
    snprintf(path, sizeof path, "e/%s", name);
    pm_mem_put_dir(&w.host, path);
    snprintf(path, sizeof path, "e/%s/%s", name, name);
    pm_mem_put_dir(&w.host, path);
    snprintf(path, sizeof path, "e/%s/%s/%s", name, name, name);
    CHECK_INT(rename_to(&w, "d", path), PM_FS_INVALID_PATH);
    CHECK(pm_mem_exists(&w.host, "d"));
    CHECK_INT(close_as(&w, file, false), PM_FS_OK);
    leave(&w);
}

// --- revisions ---------------------------------------------------------------

TEST(host_volume, a_revision_grows_with_each_change_and_with_nothing_else)
{
    struct world w;
    enter(&w);
    pm_mem_put(&w.host, "a", "text");
    pm_mem_put_dir(&w.host, "d");
    CHECK_INT(revision_at(&w, "a"), 1);
    CHECK_INT(revision_at(&w, ""), 1);
    pm_mem_change(&w.host, "a", "behind our back");
    CHECK_INT(revision_at(&w, "a"), 1);
    struct pm_volume_file *file = opened(&w, "a", RW);
    CHECK_INT(put(&w, file, 0, ""), PM_FS_OK);
    CHECK_INT(cut(&w, file, 15), PM_FS_OK);
    CHECK_INT(revision_at(&w, "a"), 1);
    CHECK_INT(put(&w, file, 0, "x"), PM_FS_OK);
    CHECK_INT(revision_at(&w, "a"), 2);
    CHECK_INT(cut(&w, file, 3), PM_FS_OK);
    CHECK_INT(revision_at(&w, "a"), 3);
    CHECK_INT(sync_of(&w, file), PM_FS_OK);
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    CHECK_INT(revision_at(&w, "a"), 3);
    CHECK_INT(replace(&w, "a", "y"), PM_FS_OK);
    CHECK_INT(revision_at(&w, "a"), 4);
    CHECK_INT(revision_at(&w, ""), 1);
    CHECK_INT(rename_to(&w, "a", "d/b"), PM_FS_OK);
    CHECK(revision_at(&w, "d/b") > 4);
    CHECK(revision_at(&w, "") > 4);
    CHECK(revision_at(&w, "d") > 4);
    int last = revision_at(&w, "d/b");
    CHECK_INT(rename_to(&w, "d", "e"), PM_FS_OK);
    CHECK_INT(revision_at(&w, "e/b"), last);
    CHECK_INT(remove_at(&w, "e/b"), PM_FS_OK);
    file = opened(&w, "e/b", RW | PM_OPEN_CREATE);
    CHECK(revision_at(&w, "e/b") > last);
    last = revision_at(&w, "e/b");
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    CHECK_INT(revision_at(&w, "e/b"), last);
    file = opened(&w, "e/b", RW | PM_OPEN_TRUNCATE);
    CHECK_INT(revision_at(&w, "e/b"), last + 1);
    CHECK_INT(close_as(&w, file, true), PM_FS_OK);
    leave(&w);
}

TEST(host_volume, revisions_never_go_back_however_many_paths_have_changed)
{
    struct world w;
    char path[16];
    enter(&w);
    pm_mem_put(&w.host, "never", "");
    for (int i = 0; i < 600; i++) {
        snprintf(path, sizeof path, "f%03d", i);
        CHECK_INT(replace(&w, path, "x"), PM_FS_OK);
        CHECK_INT(revision_at(&w, path), i + 2);
    }
    for (int i = 0; i < 600; i++) {
        snprintf(path, sizeof path, "f%03d", i);
        CHECK(revision_at(&w, path) >= i + 2);
        CHECK(revision_at(&w, path) <= 601);
    }
    // Forgotten ones are as young as the youngest of them.
    CHECK_INT(revision_at(&w, "f000"), revision_at(&w, "never"));
    CHECK_INT(revision_at(&w, "f599"), 601);
    leave(&w);
}
