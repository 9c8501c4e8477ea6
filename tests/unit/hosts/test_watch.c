// SPDX-License-Identifier: MIT
#define _XOPEN_SOURCE 700

#include "hosts/common/watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hosts/common/files.h"
#include "hosts/common/walk.h"
#include "support/fault_alloc.h"
#include "support/test.h"

static char folder[64];

static const char *path_of(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *text)
{
    CHECK_INT(pm_file_write(path_of(name), text, strlen(text), NULL), PM_OK);
}

static void enter(void)
{
    snprintf(folder, sizeof folder, "/tmp/pm-watch-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    CHECK(mkdir(path_of("sub"), 0777) == 0);
    CHECK(mkdir(path_of("sub/deep"), 0777) == 0);
    put("b", "1");
    put("sub/a", "22");
    put("sub/deep/c", "333");
}

// Removes what the tests make; what is not there is none of it.
static void leave(void)
{
    static const char *const names[] = {
        "link",    "b",        "sub/a", "sub/deep/c", "sub/new/d",
        "sub/new", "sub/deep", "sub",   "x.md",       "to"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(path_of(names[i]));
    CHECK(rmdir(folder) == 0);
}

static bool wants(const char *name)
{
    size_t size = strlen(name);
    return name[0] != '.' && !(size > 3 && strcmp(name + size - 3, ".md") == 0);
}

// --- walking -----------------------------------------------------------------

TEST(walk, lists_all_files_below_in_the_order_of_names)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_walk walk;

    enter();
    put("x.md", "left out");
    CHECK(symlink("b", path_of("link")) == 0);
    CHECK_INT(pm_walk_folder(&alloc, folder, wants, &walk, NULL), PM_OK);
    REQUIRE(walk.count == 4);
    CHECK_STR(walk.files[0].name, "b");
    CHECK_STR(walk.files[1].name, "link");
    CHECK_STR(walk.files[2].name, "sub/a");
    CHECK_STR(walk.files[3].name, "sub/deep/c");
    CHECK_INT(walk.files[1].size, 1);
    CHECK_INT(walk.files[1].inode, walk.files[0].inode);
    CHECK_INT(walk.files[3].size, 3);
    CHECK_INT(walk.folder_count, 2);
    pm_walk_free(&walk);
    leave();
}

TEST(walk, says_where_it_failed)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const char *error = NULL;
    struct pm_walk walk;

    enter();
    CHECK(symlink("sub", path_of("link")) == 0);
    CHECK_INT(pm_walk_folder(&alloc, folder, wants, &walk, &error),
              PM_ERR_UNSUPPORTED);
    CHECK_STR(walk.failed, "link");
    CHECK(error && strstr(error, "a link to a folder"));
    pm_walk_free(&walk);
    CHECK_INT(pm_walk_folder(&alloc, path_of("none"), wants, &walk, &error),
              PM_ERR_NOT_FOUND);
    CHECK_STR(walk.failed, "");
    pm_walk_free(&walk);
    leave();
}

static int walk_task(const struct pm_allocator *alloc, void *context)
{
    struct pm_walk walk;
    pm_status status = pm_walk_folder(alloc, folder, wants, &walk, NULL);

    (void)context;
    pm_walk_free(&walk);
    return status == PM_OK;
}

TEST(walk, a_failed_allocation_leaves_nothing_behind)
{
    enter();
    CHECK(pm_fault_alloc_each(walk_task, NULL, 0) > 5);
    leave();
}

TEST(walk, the_time_of_the_file_system_moves_on)
{
    int64_t first = 0;
    int64_t second = 0;

    enter();
    CHECK(pm_walk_touch(path_of("to"), &first));
    const struct timespec pause = {0, 20000000};
    nanosleep(&pause, NULL);
    CHECK(pm_walk_touch(path_of("to"), &second));
    CHECK(first > 0 && second > first);
    CHECK(!pm_walk_touch(path_of("no/such"), &first));
    leave();
}

// --- watching ----------------------------------------------------------------

static struct pm_watch *start(bool polls)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const struct pm_watch_root root = {folder, true, wants};
    struct pm_watch *watch = NULL;

    CHECK_INT(pm_watch_open(&alloc, &root, 1, polls, &watch), PM_OK);
    return watch;
}

// Takes what is told of one change, however many steps it had.
static bool sees_change(struct pm_watch *watch)
{
    bool has_changed = pm_watch_wait(watch, 5000) == PM_WATCH_CHANGED;
    while (pm_watch_wait(watch, 50) == PM_WATCH_CHANGED)
        continue;
    return has_changed;
}

static void watch_changes(bool polls)
{
    enter();
    struct pm_watch *watch = start(polls);
    REQUIRE(watch != NULL);
    CHECK_INT(pm_watch_wait(watch, 50), PM_WATCH_QUIET);
    put("b", "one more");
    CHECK(sees_change(watch));
    put("sub/deep/c", "below");
    CHECK(sees_change(watch));
    // A new folder is watched too.
    CHECK(mkdir(path_of("sub/new"), 0777) == 0);
    if (!polls)
        CHECK(sees_change(watch));
    put("sub/new/d", "x");
    CHECK(sees_change(watch));
    remove(path_of("sub/a"));
    CHECK(sees_change(watch));
    put("x.md", "not wanted");
    CHECK_INT(pm_watch_wait(watch, 700), PM_WATCH_QUIET);
    pm_watch_close(watch);
    leave();
}

TEST(watch, tells_what_the_system_tells)
{
    watch_changes(false);
}

TEST(watch, knows_which_files_are_being_written_to)
{
    enter();
    struct pm_watch *watch = start(false);
    REQUIRE(watch != NULL);
    if (pm_watch_is_told(watch)) {
        FILE *one = fopen(path_of("b"), "w");
        FILE *other = fopen(path_of("sub/a"), "w");
        REQUIRE(one && other);
        CHECK(fputs("half", one) >= 0 && fflush(one) == 0);
        CHECK(fputs("half", other) >= 0 && fflush(other) == 0);
        CHECK(sees_change(watch));
        CHECK(pm_watch_is_writing(watch));
        CHECK(fclose(one) == 0);
        CHECK(sees_change(watch));
        CHECK(pm_watch_is_writing(watch));
        CHECK(fclose(other) == 0);
        CHECK(sees_change(watch));
        CHECK(!pm_watch_is_writing(watch));
        // It is written without ever being opened.
        CHECK(truncate(path_of("b"), 1) == 0);
        CHECK(sees_change(watch));
        CHECK(pm_watch_is_writing(watch));
        pm_watch_settle(watch);
        CHECK(!pm_watch_is_writing(watch));
        put("x.md", "not wanted");
        CHECK_INT(pm_watch_wait(watch, 100), PM_WATCH_QUIET);
        CHECK(!pm_watch_is_writing(watch));
    }
    pm_watch_close(watch);
    leave();
}

TEST(watch, sees_changes_by_looking)
{
    watch_changes(true);
}

TEST(watch, what_lies_below_a_flat_root_is_not_watched)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_watch *watch;

    for (int polls = 0; polls < 2; polls++) {
        enter();
        const struct pm_watch_root root = {folder, false, wants};
        REQUIRE(pm_watch_open(&alloc, &root, 1, polls, &watch) == PM_OK);
        put("sub/a", "below");
        CHECK_INT(pm_watch_wait(watch, 600), PM_WATCH_QUIET);
        put("b", "here");
        CHECK(sees_change(watch));
        pm_watch_close(watch);
        leave();
    }
}

TEST(watch, signals_end_the_waiting_and_not_the_program)
{
    enter();
    for (int polls = 0; polls < 2; polls++) {
        struct pm_watch *watch = start(polls);
        REQUIRE(watch != NULL);
        raise(polls ? SIGTERM : SIGINT);
        CHECK_INT(pm_watch_wait(watch, -1), PM_WATCH_STOPPED);
        raise(SIGINT);
        pm_watch_close(watch);
    }
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    CHECK(!sigismember(&mask, SIGINT));
    leave();
}
