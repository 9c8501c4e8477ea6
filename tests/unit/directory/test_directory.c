// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"
#include "support/fault_alloc.h"
#include "support/test.h"

// --- what there is -----------------------------------------------------------

static void plain_use(struct place *p)
{
    const struct pm_directory *seam = p->seam;
    CHECK_INT(kind_of(p, ""), PM_FS_DIRECTORY);
    CHECK_STR(list_text(p, ""), "");
    CHECK_INT(seam->make_dir(seam->context, "d"), PM_FS_OK);
    CHECK_INT(seam->make_dir(seam->context, "d"), PM_FS_EXISTS);
    CHECK_INT(seam->make_dir(seam->context, "n/x"), PM_FS_NOT_FOUND);
    CHECK_INT(publish_text(p, "d/a", "first", true), PM_FS_OK);
    CHECK_INT(publish_text(p, "d/a", "second", true), PM_FS_EXISTS);
    CHECK_STR(read_text(p, "d/a"), "first");
    CHECK_INT(publish_text(p, "d/a", "second", false), PM_FS_OK);
    CHECK_INT(publish_text(p, "d/b", "", false), PM_FS_OK);
    CHECK_STR(read_text(p, "d/a"), "second");
    CHECK_STR(read_text(p, "d/b"), "");
    CHECK_INT(kind_of(p, "d/a"), PM_FS_FILE);
    CHECK_INT(kind_of(p, "d/a/x"), -PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(kind_of(p, "n"), -PM_FS_NOT_FOUND);
    CHECK_STR(list_text(p, "d"), "a b ");
    CHECK_STR(list_text(p, "d/a"), "NOT_A_DIRECTORY");
    CHECK_STR(list_text(p, "n"), "NOT_FOUND");
    CHECK_INT(open_status(p, "d"), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(open_status(p, "d/a/x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(publish_text(p, "d", "x", false), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(publish_text(p, "d/a/x", "x", false), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(publish_text(p, "n/x", "x", false), PM_FS_NOT_FOUND);
    CHECK_INT(seam->make_dir(seam->context, "d/a"), PM_FS_EXISTS);
    CHECK_INT(seam->may_write(seam->context, "d/a"), PM_FS_OK);
    CHECK_INT(seam->may_write(seam->context, "d/n"), PM_FS_OK);
    CHECK_INT(seam->may_write(seam->context, "d"), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(seam->may_write(seam->context, "n/x"), PM_FS_NOT_FOUND);
    CHECK_INT(seam->may_write(seam->context, "d/a/x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(seam->remove(seam->context, "d"), PM_FS_NOT_EMPTY);
    CHECK_INT(seam->remove(seam->context, "n"), PM_FS_NOT_FOUND);
    CHECK_INT(seam->remove(seam->context, "d/a"), PM_FS_OK);
    CHECK_INT(seam->remove(seam->context, "d/b"), PM_FS_OK);
    CHECK_INT(seam->remove(seam->context, "d"), PM_FS_OK);
    CHECK_STR(list_text(p, ""), "");
}

TEST(directory, does_what_each_call_says_and_names_what_it_cannot)
{
    over_both(plain_use);
}

static void renames(struct place *p)
{
    const struct pm_directory *seam = p->seam;
    void *c = seam->context;
    CHECK_INT(seam->make_dir(c, "d"), PM_FS_OK);
    CHECK_INT(seam->make_dir(c, "empty"), PM_FS_OK);
    write_file(in_mount(p, "a"), "A");
    write_file(in_mount(p, "b"), "B");
    CHECK_INT(seam->rename(c, "a", "a"), PM_FS_OK);
    CHECK_INT(seam->rename(c, "n", "n"), PM_FS_NOT_FOUND);
    CHECK_INT(seam->rename(c, "n", "m"), PM_FS_NOT_FOUND);
    CHECK_INT(seam->rename(c, "a", "n/x"), PM_FS_NOT_FOUND);
    CHECK_INT(seam->rename(c, "a", "b/x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(seam->rename(c, "a", "a/x"), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(seam->rename(c, "d", "d/x"), PM_FS_INVALID_PATH);
    CHECK_INT(seam->rename(c, "a", "d"), PM_FS_EXISTS);
    CHECK_INT(seam->rename(c, "d", "a"), PM_FS_EXISTS);
    // POSIX would replace an empty directory.
    CHECK_INT(seam->rename(c, "d", "empty"), PM_FS_EXISTS);
    CHECK_INT(seam->rename(c, "a", "d/a"), PM_FS_OK);
    CHECK_INT(seam->rename(c, "b", "d/a"), PM_FS_OK);
    CHECK_STR(read_text(p, "d/a"), "B");
    CHECK_INT(seam->rename(c, "d", "e"), PM_FS_OK);
    CHECK_STR(list_text(p, ""), "e/ empty/ ");
    CHECK_STR(list_text(p, "e"), "a ");
    // Two names of one file.
    CHECK(link(in_mount(p, "e/a"), in_mount(p, "other")) == 0);
    CHECK_INT(seam->rename(c, "e/a", "other"), PM_FS_OK);
    CHECK_STR(list_text(p, "e"), "");
    CHECK_STR(read_text(p, "other"), "B");
}

TEST(directory, renames_replace_files_only)
{
    over_both(renames);
}

// Reads up to ten bytes: how many, and a hundred more where the file goes on.
static int read_ten(const struct pm_directory *seam,
                    struct pm_directory_file *file, uint64_t offset)
{
    char bytes[16];
    uint32_t got = 99;
    bool eof = false;

    CHECK_INT(seam->read(seam->context, file, offset, bytes, 10, &got, &eof),
              PM_FS_OK);
    return (int)got + (eof ? 0 : 100);
}

static void open_files(struct place *p)
{
    const struct pm_directory *seam = p->seam;
    struct pm_directory_file *file;
    uint64_t size;
    write_file(in_mount(p, "a"), "0123456789AB");
    REQUIRE(seam->open(seam->context, "a", &file) == PM_FS_OK);
    CHECK_INT(read_ten(seam, file, 0), 110);
    CHECK_INT(read_ten(seam, file, 1), 110);
    CHECK_INT(read_ten(seam, file, 2), 10);
    CHECK_INT(read_ten(seam, file, 10), 2);
    CHECK_INT(read_ten(seam, file, 12), 0);
    const uint64_t far[] = {1u << 30, INT64_MAX - 5, INT64_MAX,
                            (uint64_t)INT64_MAX + 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++)
        CHECK_INT(read_ten(seam, file, far[i]), 0);
    // Changed where it is: seen. Replaced: the file that was opened stays.
    write_file(in_mount(p, "a"), "short");
    CHECK_INT(seam->size(seam->context, file, &size), PM_FS_OK);
    CHECK_INT(size, 5);
    CHECK_INT(publish_text(p, "a", "replaced", false), PM_FS_OK);
    CHECK_INT(read_ten(seam, file, 0), 5);
    seam->close(seam->context, file);
}

TEST(directory, an_open_file_is_read_as_it_is_at_each_read)
{
    over_both(open_files);
}

// Opens [count] files at once and closes them.
static void open_many(const struct pm_directory *seam, int count)
{
    struct pm_directory_file *files[64];

    for (int i = 0; i < count; i++)
        REQUIRE(seam->open(seam->context, "a", &files[i]) == PM_FS_OK);
    for (int i = 0; i < count; i++)
        seam->close(seam->context, files[i]);
}

static void records(struct place *p)
{
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_host_directory *directory;
    const char *error;

    write_file(in_mount(p, "a"), "text");
    REQUIRE(pm_host_directory_open(p->os, &alloc, in_mount(p, ""), &directory,
                                   &error) == PM_FS_OK);
    const struct pm_directory *seam = pm_host_directory_seam(directory);
    open_many(seam, 64);
    size_t blocks = state.live_blocks;
    open_many(seam, 64);
    CHECK_INT(state.live_blocks, blocks);
    open_many(seam, 8);
    CHECK_INT(state.live_blocks, blocks);
    size_t calls = state.calls;
    for (int i = 0; i < 100; i++)
        open_many(seam, 4);
    CHECK_INT(state.calls, calls);
    // What could not be opened leaves its record as well.
    struct pm_directory_file *none = NULL;
    CHECK_INT(seam->open(seam->context, "n", &none), PM_FS_NOT_FOUND);
    CHECK_INT(seam->open(seam->context, ".", &none), PM_FS_IS_A_DIRECTORY);
    CHECK(none == NULL);
    CHECK_INT(state.live_blocks, blocks);
    pm_host_directory_close(directory);
    CHECK_INT(state.live_blocks, 0);
}

TEST(directory, a_closed_file_leaves_its_record_to_the_next)
{
    over_both(records);
}

static void deep_and_long(struct place *p)
{
    char path[1025] = "";
    char name[256];
    // 500 directories of one letter are a path of 999 bytes.
    for (int i = 0; i < 500; i++) {
        strcat(path, i ? "/d" : "d");
        if (!CHECK_INT(p->seam->make_dir(p->seam->context, path), PM_FS_OK))
            return;
    }
    strcat(path, "/f");
    CHECK_INT(publish_text(p, path, "deep", true), PM_FS_OK);
    CHECK_STR(read_text(p, path), "deep");
    memset(name, 'n', 255);
    name[255] = 0;
    CHECK_INT(publish_text(p, name, "long", true), PM_FS_OK);
    CHECK_STR(read_text(p, name), "long");
    char longer[300];
    memset(longer, 'n', 256);
    longer[256] = 0;
    CHECK_INT(open_status(p, longer), PM_FS_INVALID_PATH);
    CHECK_INT(publish_text(p, longer, "x", true), PM_FS_INVALID_PATH);
}

TEST(directory, deep_paths_and_long_names_work_up_to_the_rules)
{
    over_both(deep_and_long);
}

TEST(directory, says_why_it_cannot_be_opened)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_host_directory *directory = NULL;
    const char *error = NULL;
    CHECK_INT(pm_host_directory_open(pm_os_system(), &alloc, "/nowhere/at/all",
                                     &directory, &error),
              PM_FS_NOT_FOUND);
    CHECK_STR(error, "No such file or directory");
    CHECK_INT(pm_host_directory_open(pm_os_system(), &alloc, "/etc/passwd",
                                     &directory, &error),
              PM_FS_NOT_A_DIRECTORY);
    CHECK(directory == NULL);
    pm_host_directory_close(NULL);
}

// --- rights ------------------------------------------------------------------

static void modes(struct place *p)
{
    struct stat info;
    mode_t mask = umask(027);
    CHECK_INT(publish_text(p, "new", "x", true), PM_FS_OK);
    CHECK(stat(in_mount(p, "new"), &info) == 0);
    CHECK_INT(info.st_mode & 07777, 0640);
    CHECK(chmod(in_mount(p, "new"), 04666) == 0);
    CHECK_INT(publish_text(p, "new", "y", false), PM_FS_OK);
    CHECK(stat(in_mount(p, "new"), &info) == 0);
    CHECK_INT(info.st_mode & 07777, 0666);
    CHECK(chmod(in_mount(p, "new"), 0600) == 0);
    CHECK_INT(publish_text(p, "new", "y", false), PM_FS_OK);
    CHECK(stat(in_mount(p, "new"), &info) == 0);
    CHECK_INT(info.st_mode & 07777, 0600);
    umask(mask);
}

TEST(directory, a_replaced_file_keeps_its_permissions_and_a_new_one_is_masked)
{
    over_both(modes);
}

static void denied(struct place *p)
{
    const struct pm_directory *seam = p->seam;
    write_file(in_mount(p, "closed"), "x");
    CHECK(mkdir(in_mount(p, "d"), 0777) == 0);
    write_file(in_mount(p, "d/f"), "x");
    CHECK(chmod(in_mount(p, "closed"), 0) == 0);
    // As somebody whom permissions bind.
    bool is_root = geteuid() == 0;
    if (is_root) {
        CHECK(chown(in_mount(p, ""), 65534, (gid_t)-1) == 0);
        CHECK(chown(in_mount(p, "d"), 65534, (gid_t)-1) == 0);
        CHECK(chown(in_mount(p, "d/f"), 65534, (gid_t)-1) == 0);
        CHECK(chmod(p->base, 0755) == 0);
        CHECK(seteuid(65534) == 0);
    }
    CHECK_INT(open_status(p, "closed"), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->may_write(seam->context, "closed"), PM_FS_ACCESS_DENIED);
    CHECK_INT(publish_text(p, "closed", "y", false), PM_FS_ACCESS_DENIED);
    CHECK(chmod(in_mount(p, "d/f"), 0444) == 0);
    CHECK_INT(seam->may_write(seam->context, "d/f"), PM_FS_ACCESS_DENIED);
    CHECK_INT(publish_text(p, "d/f", "y", false), PM_FS_ACCESS_DENIED);
    CHECK(chmod(in_mount(p, "d/f"), 0666) == 0);
    CHECK(chmod(in_mount(p, "d"), 0555) == 0);
    CHECK_STR(read_text(p, "d/f"), "x");
    CHECK_INT(seam->may_write(seam->context, "d/f"), PM_FS_ACCESS_DENIED);
    CHECK_INT(publish_text(p, "d/f", "y", false), PM_FS_ACCESS_DENIED);
    CHECK_INT(publish_text(p, "d/n", "y", true), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->make_dir(seam->context, "d/n"), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->remove(seam->context, "d/f"), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->rename(seam->context, "d/f", "f"), PM_FS_ACCESS_DENIED);
    // May be searched, not read.
    CHECK(chmod(in_mount(p, "d"), 0311) == 0);
    CHECK_STR(read_text(p, "d/f"), "x");
    CHECK_STR(list_text(p, "d"), "ACCESS_DENIED");
    CHECK(chmod(in_mount(p, "d"), 0) == 0);
    CHECK_INT(open_status(p, "d/f"), PM_FS_ACCESS_DENIED);
    CHECK_INT(kind_of(p, "d/f"), -PM_FS_ACCESS_DENIED);
    CHECK(chmod(in_mount(p, "d"), 0777) == 0);
    if (is_root)
        CHECK(seteuid(0) == 0);
    CHECK(file_holds(in_mount(p, "d/f"), "x"));
    CHECK_INT(count_temporaries(p, "d"), 0);
}

TEST(directory, what_permissions_forbid_is_denied_and_changes_nothing)
{
    over_both(denied);
}

static void hard_links(struct place *p)
{
    write_file(in_mount(p, "mine"), "shared");
    CHECK(link(in_mount(p, "mine"), in_base(p, "outside/theirs")) == 0);
    CHECK_INT(publish_text(p, "mine", "changed", false), PM_FS_OK);
    CHECK_STR(read_text(p, "mine"), "changed");
    CHECK(file_holds(in_base(p, "outside/theirs"), "shared"));
}

TEST(directory, publishing_replaces_a_name_and_never_writes_through_it)
{
    over_both(hard_links);
}

// --- temporaries -------------------------------------------------------------

static void temporaries(struct place *p)
{
    const char *name = ".prometeu-0123abcd.tmp";
    const struct pm_directory *seam = p->seam;
    write_file(in_mount(p, name), "left behind");
    write_file(in_mount(p, "file"), "x");
    CHECK_INT(open_status(p, name), PM_FS_ACCESS_DENIED);
    CHECK_INT(kind_of(p, name), -PM_FS_ACCESS_DENIED);
    CHECK_INT(publish_text(p, name, "x", false), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->may_write(seam->context, name), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->make_dir(seam->context, name), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->remove(seam->context, name), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->rename(seam->context, name, "y"), PM_FS_ACCESS_DENIED);
    CHECK_INT(seam->rename(seam->context, "file", name), PM_FS_ACCESS_DENIED);
    CHECK_STR(list_text(p, ""), "file ");
    static const char *const others[] = {
        ".prometeu-0123abc.tmp",  ".prometeu-0123abcde.tmp",
        ".prometeu-0123abcG.tmp", ".prometeu-0123abcd.tmp2",
        ".prometeu-0123abcd",     ".prometeu-",
        "prometeu-0123abcd.tmp",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CHECK_INT(publish_text(p, others[i], "x", true), PM_FS_OK);
    // A directory of which only a temporary is left is empty.
    CHECK(mkdir(in_mount(p, "d"), 0777) == 0);
    write_file(in_mount(p, "d/.prometeu-00000000.tmp"), "left behind");
    write_file(in_mount(p, "d/x"), "x");
    CHECK_INT(seam->remove(seam->context, "d"), PM_FS_NOT_EMPTY);
    CHECK_INT(count_temporaries(p, "d"), 1);
    CHECK_INT(seam->remove(seam->context, "d/x"), PM_FS_OK);
    CHECK_INT(seam->remove(seam->context, "d"), PM_FS_OK);
}

TEST(directory, temporaries_are_never_seen_and_never_in_the_way)
{
    over_both(temporaries);
}

// --- memory ------------------------------------------------------------------

static int open_and_use(const struct pm_allocator *alloc, void *context)
{
    const struct place *p = context;
    struct pm_host_directory *directory;
    struct pm_directory_file *file;

    if (pm_host_directory_open(pm_os_system(), alloc, in_mount(p, ""),
                               &directory, NULL) != PM_FS_OK)
        return 0;
    const struct pm_directory *seam = pm_host_directory_seam(directory);
    pm_fs_status status = seam->open(seam->context, "d/a", &file);
    if (status == PM_FS_OK)
        seam->close(seam->context, file);
    else
        CHECK_INT(status, PM_FS_TRANSIENT);
    pm_host_directory_close(directory);
    return status == PM_FS_OK;
}

TEST(directory, each_allocation_may_fail)
{
    struct place p;
    place_enter(&p, pm_os_system());
    CHECK(mkdir(in_mount(&p, "d"), 0777) == 0);
    write_file(in_mount(&p, "d/a"), "x");
    // What folds no names need not be remembered.
    CHECK(pm_fault_alloc_each(open_and_use, &p, true) >= 3);
    place_leave(&p);
}
