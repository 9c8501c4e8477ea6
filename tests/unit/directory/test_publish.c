// SPDX-License-Identifier: MIT
//
// Publishing and every other call, with each system call failing in turn, on
// systems that lack something, and with the process killed.
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hosts/common/errno_status.h"
#include "odd_os.h"
#include "place.h"
#include "support/test.h"

#define OLD "the old content"
#define NEW "some quite other, longer content"

// --- each call with each errno -----------------------------------------------

// What a call on the mount is expected to have done when it says OK.
struct action {
    const char *name;
    pm_fs_status (*run)(struct place *p);
    bool (*is_done)(struct place *p);
};

static pm_fs_status do_open(struct place *p)
{
    return open_status(p, "d/old");
}

static pm_fs_status do_read(struct place *p)
{
    const char *text = read_text(p, "d/old");
    for (int status = 1; status <= PM_FS_BUSY; status++)
        if (strcmp(text, pm_fs_status_name((pm_fs_status)status)) == 0)
            return (pm_fs_status)status;
    return strcmp(text, OLD) == 0 ? PM_FS_OK : PM_FS_CORRUPT;
}

static pm_fs_status do_stat(struct place *p)
{
    int kind = kind_of(p, "d/old");
    return kind < 0 ? (pm_fs_status)-kind : PM_FS_OK;
}

static bool stop_at_once(void *visitor, const char *name, pm_fs_kind kind)
{
    (void)visitor;
    (void)name;
    (void)kind;
    return false;
}

static pm_fs_status do_list(struct place *p)
{
    return p->seam->list(p->seam->context, "d", stop_at_once, NULL);
}

static bool nothing_done(struct place *p)
{
    return file_holds(in_mount(p, "d/old"), OLD);
}

static pm_fs_status do_replace(struct place *p)
{
    return publish_text(p, "d/old", NEW, false);
}

static bool is_replaced(struct place *p)
{
    return file_holds(in_mount(p, "d/old"), NEW);
}

static pm_fs_status do_create(struct place *p)
{
    return publish_text(p, "d/new", NEW, true);
}

static bool is_created(struct place *p)
{
    return file_holds(in_mount(p, "d/new"), NEW);
}

static pm_fs_status do_may_write(struct place *p)
{
    return p->seam->may_write(p->seam->context, "d/old");
}

static pm_fs_status do_make_dir(struct place *p)
{
    return p->seam->make_dir(p->seam->context, "d/made");
}

static bool is_made(struct place *p)
{
    return access(in_mount(p, "d/made"), F_OK) == 0;
}

static pm_fs_status do_remove(struct place *p)
{
    return p->seam->remove(p->seam->context, "d/old");
}

static bool is_removed(struct place *p)
{
    return access(in_mount(p, "d/old"), F_OK) != 0;
}

static pm_fs_status do_rename(struct place *p)
{
    return p->seam->rename(p->seam->context, "d/old", "other");
}

static bool is_renamed(struct place *p)
{
    return is_removed(p) && file_holds(in_mount(p, "other"), OLD);
}

static pm_fs_status do_usage(struct place *p)
{
    uint64_t used;
    uint64_t limit;
    return p->seam->usage(p->seam->context, &used, &limit);
}

static const struct action actions[] = {
    {"open", do_open, nothing_done},
    {"read", do_read, nothing_done},
    {"stat", do_stat, nothing_done},
    {"list", do_list, nothing_done},
    {"usage", do_usage, nothing_done},
    {"may_write", do_may_write, nothing_done},
    {"replace", do_replace, is_replaced},
    {"create", do_create, is_created},
    {"make_dir", do_make_dir, is_made},
    {"remove", do_remove, is_removed},
    {"rename", do_rename, is_renamed},
};

static void set_up(struct place *p)
{
    remove_tree(in_mount(p, "d"));
    remove(in_mount(p, "other"));
    CHECK(mkdir(in_mount(p, "d"), 0777) == 0);
    write_file(in_mount(p, "d/old"), OLD);
}

static bool is_as_before(struct place *p)
{
    return nothing_done(p) && !is_created(p) && !is_made(p) &&
           access(in_mount(p, "other"), F_OK) != 0 &&
           access(in_mount(p, "d/new"), F_OK) != 0;
}

// Whether a status may stand for [error]: that of the table, or one that the
// call makes of it because it means something there.
static bool is_right(pm_fs_status status, int error)
{
    return status == pm_errno_status(error) ||
           (error == ENOENT && status == PM_FS_NOT_FOUND) ||
           (error == EEXIST && status == PM_FS_TRANSIENT) ||
           (error == EEXIST && status == PM_FS_NOT_EMPTY);
}

// Runs an action with its call number [at] failing; false when it has fewer.
static bool run_with_fault(struct place *p, struct odd_os *odd,
                           const struct action *action, size_t at, int error,
                           bool fail_on)
{
    set_up(p);
    int before = odd->open_files;
    odd->fail_at = odd->calls + at;
    odd->fail_on = fail_on;
    odd->error = error;
    pm_fs_status status = action->run(p);
    bool is_met = odd->calls >= odd->fail_at;
    odd->fail_at = 0;
    bool ok = status ? CHECK(is_as_before(p)) && CHECK(is_right(status, error))
                     : CHECK(action->is_done(p));
    ok = CHECK_INT(odd->open_files, before) && ok;
    ok =
        (fail_on || CHECK(count_temporaries(p, "d") <= (status ? 0 : 1))) && ok;
    if (!ok)
        fprintf(stderr, "  %s, call %zu%s: %s gave %s\n", action->name, at,
                fail_on ? " and on" : "", strerror(error),
                pm_fs_status_name(status));
    return is_met;
}

static void try_action(struct place *p, struct odd_os *odd,
                       const struct action *action)
{
    const char *name;
    pm_fs_status unused;
    int error;

    for (size_t row = 0; pm_errno_row(row, &error, &name, &unused); row++)
        for (size_t at = 1; run_with_fault(p, odd, action, at, error, false);
             at++)
            ;
    for (size_t at = 1; run_with_fault(p, odd, action, at, 12345, false); at++)
        ;
}

TEST(publish, each_errno_at_each_call_changes_nothing_and_has_its_status)
{
    struct odd_os odd;
    struct place p;
    odd_os_init(&odd, pm_os_system());
    place_enter(&p, &odd.os);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        try_action(&p, &odd, &actions[i]);
    place_leave(&p);
    CHECK_INT(odd.open_files, 0);
}

// With everything failing from some call on, what was exchanged cannot be put
// back; up to then all holds.
TEST(publish, a_device_that_stays_broken_leaves_the_old_file_or_the_new)
{
    struct odd_os odd;
    struct place p;
    odd_os_init(&odd, pm_os_system());
    place_enter(&p, &odd.os);
    for (size_t at = 1;; at++) {
        set_up(&p);
        odd.fail_at = odd.calls + at;
        odd.fail_on = true;
        odd.error = EIO;
        pm_fs_status status = do_replace(&p);
        bool is_met = odd.calls >= odd.fail_at;
        odd.fail_at = 0;
        CHECK(nothing_done(&p) || is_replaced(&p));
        CHECK(status || is_replaced(&p));
        CHECK_STR(list_text(&p, "d"), "old ");
        if (!is_met)
            break;
    }
    place_leave(&p);
}

// --- systems that lack something ---------------------------------------------

static void lack(struct odd_os *odd, unsigned bits)
{
    odd->has_no_exchange = bits & 1;
    odd->has_no_replace = bits & 2;
    odd->has_no_unnamed = bits & 4;
    odd->cannot_link = bits & 8;
    odd->is_short = bits & 16;
}

TEST(publish, works_the_same_on_systems_that_lack_something)
{
    struct odd_os odd;
    struct place p;
    odd_os_init(&odd, pm_os_system());
    place_enter(&p, &odd.os);
    for (unsigned bits = 0; bits < 32; bits++) {
        // Without NO_REPLACE and links nothing can be made without replacing.
        bool can_create = (bits & 10) != 10;
        lack(&odd, bits);
        set_up(&p);
        CHECK(chmod(in_mount(&p, "d/old"), 0604) == 0);
        CHECK_INT(do_replace(&p), PM_FS_OK);
        CHECK(is_replaced(&p));
        struct stat info;
        CHECK(stat(in_mount(&p, "d/old"), &info) == 0);
        CHECK_INT(info.st_mode & 0777, 0604);
        CHECK_INT(do_create(&p) == PM_FS_OK, can_create);
        CHECK_INT(is_created(&p), can_create);
        CHECK_INT(publish_text(&p, "d/old", "x", true), PM_FS_EXISTS);
        CHECK_INT(publish_text(&p, "d/plain", "x", false) == PM_FS_OK,
                  can_create);
        CHECK_INT(p.seam->rename(p.seam->context, "d/old", "other"), PM_FS_OK);
        CHECK_STR(read_text(&p, "other"), NEW);
        CHECK_INT(count_temporaries(&p, "d"), 0);
    }
    lack(&odd, 0);
    odd.os.link = NULL;
    set_up(&p);
    CHECK_INT(do_replace(&p), PM_FS_OK);
    CHECK_INT(do_create(&p), PM_FS_OK);
    CHECK(is_replaced(&p) && is_created(&p));
    CHECK_INT(count_temporaries(&p, "d"), 0);
    place_leave(&p);
}

TEST(publish, costs_one_flush_of_the_file_and_one_of_the_directory)
{
    struct odd_os odd;
    struct place p;
    odd_os_init(&odd, pm_os_system());
    place_enter(&p, &odd.os);
    for (unsigned bits = 0; bits < 8; bits++) {
        lack(&odd, bits);
        set_up(&p);
        size_t before = odd.of_kind[PM_OS_SYNC];
        CHECK_INT(do_replace(&p), PM_FS_OK);
        CHECK_INT(odd.of_kind[PM_OS_SYNC] - before, 2);
        CHECK_INT(do_create(&p), PM_FS_OK);
        CHECK_INT(odd.of_kind[PM_OS_SYNC] - before, 4);
    }
    place_leave(&p);
}

// --- folding -----------------------------------------------------------------

TEST(publish, names_are_told_apart_byte_by_byte_where_the_host_folds_them)
{
    struct odd_os odd;
    struct place p;
    odd_os_init(&odd, pm_os_system());
    odd.folds = true;
    place_enter(&p, &odd.os);
    const struct pm_directory *seam = p.seam;
    void *c = seam->context;
    CHECK_INT(seam->make_dir(c, "Dir"), PM_FS_OK);
    CHECK_INT(publish_text(&p, "Dir/Save", OLD, true), PM_FS_OK);
    CHECK_STR(read_text(&p, "Dir/Save"), OLD);
    // The host below would take it for the same.
    struct pm_os_stat info;
    int dir = odd.os.open(&odd, AT_FDCWD, in_mount(&p, "Dir"), O_RDONLY, 0);
    CHECK(odd.os.stat_at(&odd, dir, "SAVE", &info) == 0);
    odd.os.close(&odd, dir);
    CHECK_INT(open_status(&p, "Dir/SAVE"), PM_FS_NOT_FOUND);
    CHECK_INT(open_status(&p, "DIR/Save"), PM_FS_NOT_FOUND);
    CHECK_INT(kind_of(&p, "dir"), -PM_FS_NOT_FOUND);
    CHECK_INT(kind_of(&p, "Dir"), PM_FS_DIRECTORY);
    CHECK_INT(kind_of(&p, ""), PM_FS_DIRECTORY);
    CHECK_STR(list_text(&p, "dir"), "NOT_FOUND");
    CHECK_STR(list_text(&p, "Dir"), "Save ");
    CHECK_INT(publish_text(&p, "Dir/save", NEW, true), PM_FS_EXISTS);
    CHECK_INT(publish_text(&p, "Dir/save", NEW, false), PM_FS_EXISTS);
    CHECK_INT(publish_text(&p, "dir/x", NEW, false), PM_FS_NOT_FOUND);
    CHECK_INT(seam->may_write(c, "Dir/save"), PM_FS_EXISTS);
    CHECK_INT(seam->make_dir(c, "DIR"), PM_FS_EXISTS);
    CHECK_INT(seam->remove(c, "Dir/save"), PM_FS_NOT_FOUND);
    CHECK_INT(seam->rename(c, "Dir/save", "x"), PM_FS_NOT_FOUND);
    CHECK_INT(publish_text(&p, "other", "x", true), PM_FS_OK);
    CHECK_INT(seam->rename(c, "other", "Dir/save"), PM_FS_EXISTS);
    CHECK_STR(read_text(&p, "Dir/Save"), OLD);
    CHECK_INT(publish_text(&p, "Dir/Save", NEW, false), PM_FS_OK);
    CHECK_STR(read_text(&p, "Dir/Save"), NEW);
    place_leave(&p);
}

// --- being killed ------------------------------------------------------------

#define KILLS 200
#define SIZE  60000u

// Publishes whole files of one letter, one after another, until it is killed.
static void publish_forever(struct place *p)
{
    static char data[SIZE];
    for (unsigned i = 0;; i++) {
        memset(data, 'a' + (int)(i % 26), SIZE);
        p->seam->publish(p->seam->context, "d/file", data, SIZE, false);
    }
}

static bool is_whole(const char *path)
{
    static char data[SIZE + 1];
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    for (size_t i = 1; i < size; i++)
        if (data[i] != data[0])
            return false;
    return size == SIZE;
}

static void kill_one(struct place *p, unsigned microseconds)
{
    pid_t child = fork();
    if (child == 0)
        publish_forever(p);
    usleep(microseconds);
    kill(child, SIGKILL);
    CHECK(waitpid(child, NULL, 0) == child);
}

static void killed(const struct pm_os *os)
{
    struct place p;
    char *data = malloc(SIZE);
    REQUIRE(data != NULL);
    place_enter(&p, os);
    CHECK(mkdir(in_mount(&p, "d"), 0777) == 0);
    memset(data, 'z', SIZE);
    CHECK_INT(p.seam->publish(p.seam->context, "d/file", data, SIZE, true),
              PM_FS_OK);
    free(data);
    for (unsigned i = 0; i < KILLS / 2; i++) {
        kill_one(&p, 500 + i * 7919 % 9000);
        CHECK(is_whole(in_mount(&p, "d/file")));
        CHECK_STR(list_text(&p, "d"), "file ");
    }
    CHECK_INT(p.seam->remove(p.seam->context, "d/file"), PM_FS_OK);
    CHECK_INT(p.seam->remove(p.seam->context, "d"), PM_FS_OK);
    place_leave(&p);
}

TEST(publish, a_process_killed_at_any_moment_leaves_the_old_file_or_the_new)
{
    struct odd_os odd;
    odd_os_init(&odd, pm_os_system());
    killed(pm_os_system());
    lack(&odd, 1 | 4);
    killed(&odd.os);
}
