// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_world.h"
#include "support/test.h"

// --- who may -----------------------------------------------------------------

TEST(host_volume, a_protected_file_cannot_be_opened_for_writing)
{
    struct world w;
    struct pm_volume_file *file;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "text");
    pm_mem_protect(&w.host, "a");
    CHECK_INT(hw_open_as(&w, "a", RW, &file), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_open_as(&w, "a", RW | PM_OPEN_TRUNCATE, &file),
              PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_replace(&w, "a", "x"), PM_FS_ACCESS_DENIED);
    file = hw_opened(&w, "a", RO);
    CHECK_STR(hw_text_of(&w, file), "text");
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    hw_leave(&w);
}

TEST(host_volume, nothing_changes_on_a_mount_that_is_not_writable)
{
    struct world w;
    struct pm_volume_file *file;
    hw_enter_as(&w, false);
    pm_mem_put(&w.host, "a", "text");
    pm_mem_put_dir(&w.host, "d");
    CHECK_INT(hw_open_as(&w, "a", RW, &file), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_open_as(&w, "n", RW | PM_OPEN_CREATE, &file),
              PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_replace(&w, "a", "x"), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_make_dir(&w, "n"), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_remove_at(&w, "a"), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_remove_at(&w, "nothing"), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_rename_to(&w, "a", "b"), PM_FS_ACCESS_DENIED);
    file = hw_opened(&w, "a", RO);
    CHECK_INT(hw_put(&w, file, 0, "x"), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_cut(&w, file, 0), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_sync_of(&w, file), PM_FS_OK);
    CHECK_STR(hw_text_of(&w, file), "text");
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK_STR(hw_listing(&w, "", 10), "a d/ ");
    hw_leave(&w);
}

TEST(host_volume, what_is_asked_of_the_wrong_kind_is_refused_by_name)
{
    struct world w;
    struct pm_volume_file *file;
    int kind;
    hw_enter(&w);
    pm_mem_put(&w.host, "f", "text");
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put(&w.host, "d/f", "x");
    CHECK_INT(hw_open_as(&w, "", RO, &file), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(hw_open_as(&w, "d", RO, &file), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(hw_open_as(&w, "d", RW, &file), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(
        hw_open_as(&w, "d", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE, &file),
        PM_FS_EXISTS);
    CHECK_INT(
        hw_open_as(&w, "f", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE, &file),
        PM_FS_EXISTS);
    CHECK_INT(hw_open_as(&w, "f/x", RO, &file), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(hw_open_as(&w, "n", RO, &file), PM_FS_NOT_FOUND);
    CHECK_INT(hw_open_as(&w, "n", RW, &file), PM_FS_NOT_FOUND);
    CHECK_INT(hw_open_as(&w, "n/x", RW | PM_OPEN_CREATE, &file),
              PM_FS_NOT_FOUND);
    CHECK_INT(hw_kind_at(&w, "", &kind), PM_FS_OK);
    CHECK_INT(kind, PM_FS_DIRECTORY);
    CHECK_INT(hw_kind_at(&w, "n", &kind), PM_FS_NOT_FOUND);
    CHECK_INT(hw_replace(&w, "", "x"), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(hw_replace(&w, "d", "x"), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(hw_replace(&w, "n/x", "x"), PM_FS_NOT_FOUND);
    CHECK_INT(hw_make_dir(&w, ""), PM_FS_EXISTS);
    CHECK_INT(hw_make_dir(&w, "d"), PM_FS_EXISTS);
    CHECK_INT(hw_make_dir(&w, "f"), PM_FS_EXISTS);
    CHECK_INT(hw_make_dir(&w, "f/x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(hw_make_dir(&w, "n/x"), PM_FS_NOT_FOUND);
    CHECK_INT(hw_remove_at(&w, ""), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_remove_at(&w, "d"), PM_FS_NOT_EMPTY);
    CHECK_INT(hw_remove_at(&w, "n"), PM_FS_NOT_FOUND);
    CHECK_STR(hw_listing(&w, "f", 10), "NOT_A_DIRECTORY");
    CHECK_STR(hw_listing(&w, "n", 10), "NOT_FOUND");
    CHECK_INT(hw_rename_to(&w, "", "x"), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_rename_to(&w, "f", ""), PM_FS_ACCESS_DENIED);
    CHECK_INT(hw_rename_to(&w, "n", "m"), PM_FS_NOT_FOUND);
    CHECK_INT(hw_rename_to(&w, "n", "n"), PM_FS_NOT_FOUND);
    CHECK_INT(hw_rename_to(&w, "f", "n/x"), PM_FS_NOT_FOUND);
    CHECK_INT(hw_rename_to(&w, "f", "f/x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(hw_rename_to(&w, "d", "d/x"), PM_FS_INVALID_PATH);
    CHECK_INT(hw_rename_to(&w, "d", "f"), PM_FS_EXISTS);
    CHECK_INT(hw_rename_to(&w, "f", "d"), PM_FS_EXISTS);
    CHECK_INT(hw_rename_to(&w, "f", "f"), PM_FS_OK);
    hw_leave(&w);
}

TEST(host_volume, names_that_no_path_can_have_are_not_listed)
{
    struct world w;
    char longest[257];
    hw_enter(&w);
    memset(longest, 'n', 256);
    longest[256] = 0;
    pm_mem_put(&w.host, "bad\nname", "");
    pm_mem_put(&w.host, "back\\slash", "");
    pm_mem_put(&w.host, "\xff", "");
    pm_mem_put(&w.host, longest, "");
    pm_mem_put(&w.host, "good", "");
    CHECK_STR(hw_listing(&w, "", 1), "good ");
    hw_leave(&w);
}

// --- renaming ----------------------------------------------------------------

TEST(host_volume, an_open_file_follows_its_rename)
{
    struct world w;
    int kind;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "old");
    pm_mem_put(&w.host, "c", "gone");
    struct pm_volume_file *file = hw_opened(&w, "a", RW);
    struct pm_volume_file *reader = hw_opened(&w, "c", RO);
    CHECK_INT(hw_put(&w, file, 0, "new"), PM_FS_OK);
    CHECK_INT(hw_rename_to(&w, "a", "c"), PM_FS_BUSY);
    CHECK_INT(hw_rename_to(&w, "c", "a"), PM_FS_BUSY);
    CHECK_INT(hw_rename_to(&w, "a", "b"), PM_FS_OK);
    CHECK_STR(hw_path_now(&w, file), "b");
    CHECK(pm_mem_holds(&w.host, "b", "old"));
    CHECK_INT(hw_kind_at(&w, "a", &kind), PM_FS_NOT_FOUND);
    CHECK_INT(hw_rename_to(&w, "c", "d"), PM_FS_OK);
    CHECK_STR(hw_path_now(&w, reader), "d");
    CHECK_STR(hw_text_of(&w, reader), "gone");
    CHECK_INT(hw_close_as(&w, reader, true), PM_FS_OK);
    CHECK_INT(hw_rename_to(&w, "b", "d"), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "d", "new"));
    CHECK(!pm_mem_exists(&w.host, "b"));
    hw_leave(&w);
}

TEST(host_volume, an_open_file_follows_the_rename_of_its_directory)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put(&w.host, "d/a", "old");
    pm_mem_put(&w.host, "d-x", "");
    struct pm_volume_file *a = hw_opened(&w, "d/a", RW);
    struct pm_volume_file *n = hw_opened(&w, "d/n", RW | PM_OPEN_CREATE);
    struct pm_volume_file *x = hw_opened(&w, "d-x", RO);
    CHECK_INT(hw_put(&w, a, 0, "new"), PM_FS_OK);
    CHECK_INT(hw_put(&w, n, 0, "made"), PM_FS_OK);
    CHECK_INT(hw_rename_to(&w, "d", "z"), PM_FS_OK);
    CHECK_STR(hw_path_now(&w, a), "z/a");
    CHECK_STR(hw_path_now(&w, n), "z/n");
    CHECK_STR(hw_path_now(&w, x), "d-x");
    CHECK_STR(hw_listing(&w, "z", 10), "a n ");
    CHECK_STR(hw_listing(&w, "d", 10), "NOT_FOUND");
    CHECK_INT(hw_close_as(&w, a, true), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, n, true), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, x, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "z/a", "new"));
    CHECK(pm_mem_holds(&w.host, "z/n", "made"));
    hw_leave(&w);
}

TEST(host_volume, a_file_that_was_never_published_is_renamed_without_the_host)
{
    struct world w;
    int kind;
    hw_enter(&w);
    pm_mem_put(&w.host, "there", "old");
    pm_mem_put_dir(&w.host, "d");
    struct pm_volume_file *file =
        hw_opened(&w, "a", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE);
    CHECK_INT(hw_put(&w, file, 0, "new"), PM_FS_OK);
    CHECK_INT(hw_rename_to(&w, "a", "d/b"), PM_FS_OK);
    CHECK_INT(hw_kind_at(&w, "a", &kind), PM_FS_NOT_FOUND);
    CHECK_INT(hw_rename_to(&w, "d/b", "nowhere/b"), PM_FS_NOT_FOUND);
    CHECK_INT(hw_rename_to(&w, "d/b", "d"), PM_FS_EXISTS);
    // Over a file of the host, which is replaced when it is published.
    CHECK_INT(hw_rename_to(&w, "d/b", "there"), PM_FS_OK);
    CHECK_INT(hw_size_at(&w, "there"), 3);
    CHECK(pm_mem_holds(&w.host, "there", "old"));
    CHECK_STR(hw_listing(&w, "", 10), "d/ there ");
    CHECK_STR(hw_listing(&w, "d", 10), "");
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "there", "new"));
    hw_leave(&w);
}

TEST(host_volume, a_file_that_the_host_removed_is_published_where_it_went)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "text");
    struct pm_volume_file *file = hw_opened(&w, "a", RW);
    pm_mem_erase(&w.host, "a");
    CHECK_INT(hw_size_at(&w, "a"), 4);
    CHECK_INT(hw_rename_to(&w, "a", "b"), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "b", "text"));
    hw_leave(&w);
}

TEST(host_volume, a_rename_may_not_make_the_path_of_an_open_file_too_long)
{
    struct world w;
    char name[201];
    char path[1300];
    hw_enter(&w);
    memset(name, 'n', 200);
    name[200] = 0;
    pm_mem_put_dir(&w.host, "d");
    pm_mem_put_dir(&w.host, "e");
    snprintf(path, sizeof path, "d/%s", name);
    pm_mem_put_dir(&w.host, path);
    snprintf(path, sizeof path, "d/%s/%s", name, name);
    pm_mem_put_dir(&w.host, path);
    snprintf(path, sizeof path, "d/%s/%s/%s", name, name, name);
    struct pm_volume_file *file = hw_opened(&w, path, RW | PM_OPEN_CREATE);
    snprintf(path, sizeof path, "e/%s", name);
    pm_mem_put_dir(&w.host, path);
    snprintf(path, sizeof path, "e/%s/%s", name, name);
    pm_mem_put_dir(&w.host, path);
    snprintf(path, sizeof path, "e/%s/%s/%s", name, name, name);
    CHECK_INT(hw_rename_to(&w, "d", path), PM_FS_INVALID_PATH);
    CHECK(pm_mem_exists(&w.host, "d"));
    CHECK_INT(hw_close_as(&w, file, false), PM_FS_OK);
    hw_leave(&w);
}

// --- revisions ---------------------------------------------------------------

TEST(host_volume, a_revision_grows_with_each_change_and_with_nothing_else)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "text");
    pm_mem_put_dir(&w.host, "d");
    CHECK_INT(hw_revision_at(&w, "a"), 1);
    CHECK_INT(hw_revision_at(&w, ""), 1);
    pm_mem_change(&w.host, "a", "behind our back");
    CHECK_INT(hw_revision_at(&w, "a"), 1);
    struct pm_volume_file *file = hw_opened(&w, "a", RW);
    CHECK_INT(hw_put(&w, file, 0, ""), PM_FS_OK);
    CHECK_INT(hw_cut(&w, file, 15), PM_FS_OK);
    CHECK_INT(hw_revision_at(&w, "a"), 1);
    CHECK_INT(hw_put(&w, file, 0, "x"), PM_FS_OK);
    CHECK_INT(hw_revision_at(&w, "a"), 2);
    CHECK_INT(hw_cut(&w, file, 3), PM_FS_OK);
    CHECK_INT(hw_revision_at(&w, "a"), 3);
    CHECK_INT(hw_sync_of(&w, file), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK_INT(hw_revision_at(&w, "a"), 3);
    CHECK_INT(hw_replace(&w, "a", "y"), PM_FS_OK);
    CHECK_INT(hw_revision_at(&w, "a"), 4);
    CHECK_INT(hw_revision_at(&w, ""), 1);
    CHECK_INT(hw_rename_to(&w, "a", "d/b"), PM_FS_OK);
    CHECK(hw_revision_at(&w, "d/b") > 4);
    CHECK(hw_revision_at(&w, "") > 4);
    CHECK(hw_revision_at(&w, "d") > 4);
    int last = hw_revision_at(&w, "d/b");
    CHECK_INT(hw_rename_to(&w, "d", "e"), PM_FS_OK);
    CHECK_INT(hw_revision_at(&w, "e/b"), last);
    CHECK_INT(hw_remove_at(&w, "e/b"), PM_FS_OK);
    file = hw_opened(&w, "e/b", RW | PM_OPEN_CREATE);
    CHECK(hw_revision_at(&w, "e/b") > last);
    last = hw_revision_at(&w, "e/b");
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK_INT(hw_revision_at(&w, "e/b"), last);
    file = hw_opened(&w, "e/b", RW | PM_OPEN_TRUNCATE);
    CHECK_INT(hw_revision_at(&w, "e/b"), last + 1);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    hw_leave(&w);
}

TEST(host_volume, revisions_never_go_back_however_many_paths_have_changed)
{
    struct world w;
    char path[16];
    hw_enter(&w);
    pm_mem_put(&w.host, "never", "");
    for (int i = 0; i < 600; i++) {
        snprintf(path, sizeof path, "f%03d", i);
        CHECK_INT(hw_replace(&w, path, "x"), PM_FS_OK);
        CHECK_INT(hw_revision_at(&w, path), i + 2);
    }
    for (int i = 0; i < 600; i++) {
        snprintf(path, sizeof path, "f%03d", i);
        CHECK(hw_revision_at(&w, path) >= i + 2);
        CHECK(hw_revision_at(&w, path) <= 601);
    }
    // Forgotten ones are as young as the youngest of them.
    CHECK_INT(hw_revision_at(&w, "f000"), hw_revision_at(&w, "never"));
    CHECK_INT(hw_revision_at(&w, "f599"), 601);
    hw_leave(&w);
}

TEST(host_volume, closing_what_never_changed_makes_no_revision_grow)
{
    struct world w;
    char path[16];
    hw_enter(&w);
    pm_mem_put(&w.host, "never", "");
    struct pm_volume_file *file = hw_opened(&w, "never", RO);
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "f%03d", i);
        CHECK_INT(hw_replace(&w, path, "x"), PM_FS_OK);
    }
    int forgotten = hw_revision_at(&w, "f000");
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK_INT(hw_revision_at(&w, "f000"), forgotten);
    hw_leave(&w);
}
