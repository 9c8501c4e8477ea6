// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_world.h"
#include "support/test.h"

// --- reading -----------------------------------------------------------------

TEST(host_volume, a_file_that_is_only_read_is_seen_as_it_is_at_each_read)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "one");
    struct pm_volume_file *file = hw_opened(&w, "a", RO);
    CHECK_STR(hw_text_of(&w, file), "one");
    pm_mem_change(&w.host, "a", "longer");
    CHECK_STR(hw_text_of(&w, file), "longer");
    pm_mem_put(&w.host, "a", "another");
    CHECK_STR(hw_text_of(&w, file), "longer");
    // Opening looks at the path again, for all its handles.
    struct pm_volume_file *second = hw_opened(&w, "a", RO);
    CHECK(second == file);
    CHECK_STR(hw_text_of(&w, file), "another");
    CHECK_INT(hw_close_as(&w, second, true), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK_INT(w.host.published, 0);
    hw_leave(&w);
}

TEST(host_volume, one_call_of_the_seam_tells_bytes_and_end)
{
    struct world w;
    static uint8_t stage[64];
    uint8_t bytes[64];
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "0123456789");
    struct pm_volume_file *file = hw_opened(&w, "a", RO);
    for (uint32_t max = 0; max < 13; max++) {
        for (uint64_t offset = 0; offset < 13; offset++) {
            struct pm_destination dest = {bytes, stage, false};
            uint32_t size;
            bool eof;
            size_t calls = w.host.calls;
            CHECK_INT(w.volume->ops->read(w.volume, file, offset, &dest, max,
                                          &size, &eof),
                      PM_FS_OK);
            uint64_t left = offset < 10 ? 10 - offset : 0;
            CHECK_INT(size, left < max ? left : max);
            CHECK_INT(eof, left <= max);
            CHECK(dest.is_staged);
            CHECK(memcmp(stage, &"0123456789"[size ? offset : 0], size) == 0);
            CHECK_INT(w.host.calls, calls + 1);
        }
    }
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    hw_leave(&w);
}

TEST(host_volume, reads_of_a_shadow_are_right_for_every_window)
{
    struct world w;
    uint8_t bytes[64];
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "0123456789");
    struct pm_volume_file *file = hw_opened(&w, "a", RW);
    for (uint32_t max = 0; max < 13; max++) {
        for (uint64_t offset = 0; offset < 13; offset++) {
            struct pm_destination dest = {bytes, NULL, true};
            uint32_t size;
            bool eof;
            CHECK_INT(w.volume->ops->read(w.volume, file, offset, &dest, max,
                                          &size, &eof),
                      PM_FS_OK);
            uint64_t left = offset < 10 ? 10 - offset : 0;
            CHECK_INT(size, left < max ? left : max);
            CHECK_INT(eof, left <= max);
            CHECK(!dest.is_staged);
            CHECK(memcmp(bytes, &"0123456789"[size ? offset : 0], size) == 0);
        }
    }
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    hw_leave(&w);
}

// --- shadows -----------------------------------------------------------------

TEST(host_volume, what_is_written_is_seen_by_every_handle_and_not_by_the_host)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "old");
    struct pm_volume_file *reader = hw_opened(&w, "a", RO);
    struct pm_volume_file *writer = hw_opened(&w, "a", RW);
    CHECK_INT(hw_put(&w, writer, 3, " and new"), PM_FS_OK);
    CHECK_STR(hw_text_of(&w, reader), "old and new");
    CHECK_INT(hw_size_at(&w, "a"), 11);
    CHECK(pm_mem_holds(&w.host, "a", "old"));
    struct pm_volume_file *later = hw_opened(&w, "a", RO);
    CHECK_STR(hw_text_of(&w, later), "old and new");
    CHECK_INT(hw_sync_of(&w, writer), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "old and new"));
    // Nothing has changed since: nothing is published.
    CHECK_INT(hw_sync_of(&w, writer), PM_FS_OK);
    CHECK_INT(w.host.published, 1);
    CHECK_INT(hw_put(&w, writer, 0, "OLD"), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, writer, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "OLD and new"));
    CHECK_STR(hw_text_of(&w, reader), "OLD and new");
    CHECK_INT(hw_close_as(&w, reader, true), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, later, true), PM_FS_OK);
    CHECK_INT(w.host.published, 2);
    CHECK_INT(w.discarded, 0);
    hw_leave(&w);
}

TEST(host_volume, a_new_file_is_there_for_the_run_before_it_is_published)
{
    struct world w;
    int kind;
    hw_enter(&w);
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put(&w.host, "d/z", "z");
    struct pm_volume_file *file = hw_opened(&w, "d/n", RW | PM_OPEN_CREATE);
    CHECK(!pm_mem_exists(&w.host, "d/n"));
    CHECK_INT(hw_kind_at(&w, "d/n", &kind), PM_FS_OK);
    CHECK_INT(kind, PM_FS_FILE);
    CHECK_STR(hw_listing(&w, "d", 10), "n z ");
    CHECK_STR(hw_listing(&w, "d", 1), "TOO_LARGE");
    CHECK_STR(hw_listing(&w, "", 10), "d/ ");
    CHECK_STR(hw_listing(&w, "d/n", 10), "NOT_A_DIRECTORY");
    CHECK_STR(hw_listing(&w, "d/n/x", 10), "NOT_A_DIRECTORY");
    CHECK_INT(hw_kind_at(&w, "d/n/x", &kind), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(hw_make_dir(&w, "d/n"), PM_FS_EXISTS);
    CHECK_INT(hw_make_dir(&w, "d/n/x"), PM_FS_NOT_A_DIRECTORY);
    struct pm_volume_file *none;
    CHECK_INT(
        hw_open_as(&w, "d/n", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE, &none),
        PM_FS_EXISTS);
    CHECK_INT(hw_open_as(&w, "d/n/x", RW | PM_OPEN_CREATE, &none),
              PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(hw_remove_at(&w, "d"), PM_FS_NOT_EMPTY);
    CHECK_INT(hw_remove_at(&w, "d/n"), PM_FS_BUSY);
    CHECK_INT(hw_replace(&w, "d/n", "x"), PM_FS_BUSY);
    CHECK_INT(hw_replace(&w, "d/n/x", "x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    // Also when nothing was written: it was made.
    CHECK(pm_mem_holds(&w.host, "d/n", ""));
    hw_leave(&w);
}

TEST(host_volume, a_directory_that_holds_only_an_unpublished_file_is_not_empty)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put_dir(&w.host, "d-e");
    struct pm_volume_file *other = hw_opened(&w, "d-e/n", RW | PM_OPEN_CREATE);
    struct pm_volume_file *file = hw_opened(&w, "d/n", RW | PM_OPEN_CREATE);
    CHECK_INT(hw_remove_at(&w, "d"), PM_FS_NOT_EMPTY);
    CHECK_INT(hw_close_as(&w, file, false), PM_FS_OK);
    CHECK_INT(hw_remove_at(&w, "d"), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, other, false), PM_FS_OK);
    hw_leave(&w);
}

TEST(host_volume, what_ends_without_publishing_is_discarded_and_counted)
{
    struct world w;
    int kind;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "old");
    struct pm_volume_file *a = hw_opened(&w, "a", RW);
    struct pm_volume_file *n = hw_opened(&w, "n", RW | PM_OPEN_CREATE);
    struct pm_volume_file *clean = hw_opened(&w, "a", RW);
    CHECK_INT(hw_put(&w, a, 0, "new"), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, clean, false), PM_FS_OK);
    CHECK_INT(w.discarded, 0); // another handle is on it
    CHECK_STR(hw_text_of(&w, a), "new");
    CHECK_INT(hw_close_as(&w, a, false), PM_FS_OK);
    CHECK_INT(w.discarded, 1);
    CHECK_STR(w.discarded_path, "a");
    CHECK_INT(hw_close_as(&w, n, false), PM_FS_OK);
    CHECK_INT(w.discarded, 2);
    CHECK(pm_mem_holds(&w.host, "a", "old"));
    CHECK_INT(hw_kind_at(&w, "n", &kind), PM_FS_NOT_FOUND);
    struct pm_volume_file *untouched = hw_opened(&w, "a", RW);
    CHECK_INT(hw_close_as(&w, untouched, false), PM_FS_OK);
    CHECK_INT(w.discarded, 2);
    hw_leave(&w);
}

TEST(host_volume, a_failed_sync_can_be_tried_again)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "old");
    struct pm_volume_file *file = hw_opened(&w, "a", RW);
    CHECK_INT(hw_put(&w, file, 0, "new"), PM_FS_OK);
    w.host.fail_at = w.host.calls + 1;
    w.host.status = PM_FS_STORAGE_FULL;
    CHECK_INT(hw_sync_of(&w, file), PM_FS_STORAGE_FULL);
    CHECK(pm_mem_holds(&w.host, "a", "old"));
    CHECK_STR(hw_text_of(&w, file), "new");
    CHECK_INT(hw_sync_of(&w, file), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "new"));
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    hw_leave(&w);
}

TEST(host_volume, a_failed_close_says_so_and_keeps_the_shadow_for_the_others)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "old");
    struct pm_volume_file *first = hw_opened(&w, "a", RW);
    struct pm_volume_file *second = hw_opened(&w, "a", RW);
    CHECK_INT(hw_put(&w, first, 0, "new"), PM_FS_OK);
    w.host.fail_at = w.host.calls + 1;
    w.host.fail_on = true;
    w.host.status = PM_FS_IO_FAILED;
    CHECK_INT(hw_close_as(&w, first, true), PM_FS_IO_FAILED);
    CHECK_STR(hw_text_of(&w, second), "new");
    CHECK_INT(w.discarded, 0);
    CHECK_INT(hw_close_as(&w, second, true), PM_FS_IO_FAILED);
    CHECK_INT(w.discarded, 1);
    w.host.fail_at = 0;
    CHECK(pm_mem_holds(&w.host, "a", "old"));
    hw_leave(&w);
}

TEST(host_volume, exclusive_holds_until_the_file_is_published)
{
    struct world w;
    hw_enter(&w);
    struct pm_volume_file *exclusive =
        hw_opened(&w, "a", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE);
    struct pm_volume_file *plain = hw_opened(&w, "b", RW | PM_OPEN_CREATE);
    pm_mem_put(&w.host, "a", "theirs");
    pm_mem_put(&w.host, "b", "theirs");
    CHECK_STR(hw_listing(&w, "", 2), "a b ");
    CHECK_INT(hw_sync_of(&w, exclusive), PM_FS_EXISTS);
    CHECK(pm_mem_holds(&w.host, "a", "theirs"));
    CHECK_INT(hw_sync_of(&w, plain), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "b", ""));
    pm_mem_erase(&w.host, "a");
    CHECK_INT(hw_sync_of(&w, exclusive), PM_FS_OK);
    // From now on it is a file like any other.
    CHECK_INT(hw_put(&w, exclusive, 0, "x"), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, exclusive, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "x"));
    CHECK_INT(hw_close_as(&w, plain, true), PM_FS_OK);
    hw_leave(&w);
}

TEST(host_volume, truncate_on_open_does_not_read_what_it_throws_away)
{
    struct world w;
    char large[LIMIT + 2];
    hw_enter(&w);
    memset(large, 'x', sizeof large);
    large[LIMIT + 1] = 0;
    pm_mem_put(&w.host, "a", large);
    struct pm_volume_file *file;
    CHECK_INT(hw_open_as(&w, "a", RW, &file), PM_FS_TOO_LARGE);
    struct pm_volume_file *reader = hw_opened(&w, "a", RO);
    CHECK_INT(strlen(hw_text_of(&w, reader)), LIMIT + 1);
    file = hw_opened(&w, "a", RW | PM_OPEN_TRUNCATE);
    CHECK_STR(hw_text_of(&w, reader), "");
    CHECK(pm_mem_holds(&w.host, "a", large));
    CHECK_INT(hw_put(&w, file, 0, "text"), PM_FS_OK);
    struct pm_volume_file *again = hw_opened(&w, "a", RW | PM_OPEN_TRUNCATE);
    CHECK_STR(hw_text_of(&w, file), "");
    CHECK_INT(hw_close_as(&w, again, false), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, reader, false), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", ""));
    hw_leave(&w);
}

TEST(host_volume, writes_fill_gaps_and_end_at_the_limit)
{
    struct world w;
    hw_enter(&w);
    struct pm_volume_file *file = hw_opened(&w, "a", RW | PM_OPEN_CREATE);
    CHECK_INT(hw_put(&w, file, 5, "x"), PM_FS_OK);
    CHECK_INT(hw_size_at(&w, "a"), 6);
    CHECK_INT(hw_put(&w, file, 40, ""), PM_FS_OK);
    CHECK_INT(hw_put(&w, file, UINT64_MAX, ""), PM_FS_OK);
    CHECK_INT(hw_size_at(&w, "a"), 6);
    CHECK_INT(hw_put(&w, file, LIMIT, "x"), PM_FS_TOO_LARGE);
    CHECK_INT(hw_put(&w, file, LIMIT - 1, "xy"), PM_FS_TOO_LARGE);
    CHECK_INT(hw_put(&w, file, UINT64_MAX, "x"), PM_FS_TOO_LARGE);
    CHECK_INT(hw_size_at(&w, "a"), 6);
    CHECK_INT(hw_put(&w, file, LIMIT - 1, "x"), PM_FS_OK);
    CHECK_INT(hw_size_at(&w, "a"), LIMIT);
    CHECK_INT(hw_cut(&w, file, LIMIT + 1), PM_FS_TOO_LARGE);
    CHECK_INT(hw_cut(&w, file, UINT64_MAX), PM_FS_TOO_LARGE);
    CHECK_INT(hw_cut(&w, file, 2), PM_FS_OK);
    CHECK_INT(hw_cut(&w, file, 8), PM_FS_OK);
    CHECK_INT(hw_size_at(&w, "a"), 8);
    CHECK(memcmp(hw_text_of(&w, file), "\0\0\0\0\0\0\0", 8) == 0);
    CHECK_INT(hw_close_as(&w, file, false), PM_FS_OK);
    CHECK_INT(hw_replace(&w, "b",
                         "0123456789012345678901234567890123456789"
                         "012345678901234567890123"),
              PM_FS_OK);
    CHECK_INT(hw_replace(&w, "b",
                         "0123456789012345678901234567890123456789"
                         "0123456789012345678901234"),
              PM_FS_TOO_LARGE);
    hw_leave(&w);
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
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "long enough");
    w.host.before_read = shrink_meanwhile;
    file = hw_opened(&w, "a", RW);
    CHECK_STR(hw_text_of(&w, file), "s");
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    w.host.before_read = grow_meanwhile;
    CHECK_INT(hw_open_as(&w, "a", RW, &file), PM_FS_TRANSIENT);
    w.host.before_read = NULL;
    hw_leave(&w);
}
