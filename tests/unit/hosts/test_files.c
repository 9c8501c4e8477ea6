// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L

#include "hosts/common/files.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/fault_alloc.h"
#include "support/test.h"

static char folder[64];

static void enter(void)
{
    snprintf(folder, sizeof folder, "/tmp/pm-test-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
}

static const char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

// Removes the folder and what is in it; it must hold [count] files.
static void leave(size_t count)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_file_list list;
    REQUIRE(pm_file_list(&alloc, folder, &list, NULL) == PM_OK);
    CHECK_INT(list.count, count);
    for (size_t i = 0; i < list.count; i++)
        remove(path_of(list.names[i]));
    pm_file_list_free(&alloc, &list);
    CHECK(rmdir(folder) == 0);
}

static bool holds(const char *name, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    uint8_t *data;
    size_t size;
    if (pm_file_read(&alloc, path_of(name), 1 << 20, &data, &size, NULL))
        return false;
    bool same = size == strlen(wanted) &&
                (size == 0 || memcmp(data, wanted, size) == 0);
    if (data)
        alloc.resize(alloc.context, data, size, 0);
    return same;
}

TEST(files, are_written_whole_and_leave_nothing_beside_them)
{
    enter();
    CHECK(pm_file_write(path_of("a"), "first", 5, NULL) == PM_OK);
    CHECK(holds("a", "first"));
    CHECK(chmod(path_of("a"), 0640) == 0);
    CHECK(pm_file_write(path_of("a"), "the second", 10, NULL) == PM_OK);
    CHECK(holds("a", "the second"));
    struct stat info;
    CHECK(stat(path_of("a"), &info) == 0 && (info.st_mode & 0777) == 0640);
    CHECK(pm_file_write(path_of("empty"), NULL, 0, NULL) == PM_OK);
    CHECK(holds("empty", ""));
    leave(2);
}

TEST(files, that_cannot_be_written_stay_as_they_were)
{
    const char *error = NULL;
    enter();
    CHECK(pm_file_write(path_of("no/such/a"), "x", 1, &error) ==
          PM_ERR_NOT_FOUND);
    CHECK_STR(error, "No such file or directory");
    // A folder cannot be replaced by a file.
    CHECK(mkdir(path_of("d"), 0700) == 0);
    error = NULL;
    CHECK(pm_file_write(path_of("d"), "x", 1, &error) != PM_OK);
    CHECK(error != NULL);
    leave(1);
}

static volatile sig_atomic_t got_signal;

static void on_signal(int number)
{
    (void)number;
    got_signal++;
}

TEST(files, a_signal_in_the_midst_of_writing_does_not_get_lost)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction before;
    static uint8_t large[1 << 20];
    enter();
    sigaction(SIGINT, &action, &before);
    pid_t self = getpid();
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 200; i++)
            kill(self, SIGINT);
        _exit(0);
    }
    for (int i = 0; i < 8; i++)
        CHECK(pm_file_write(path_of("a"), large, sizeof large, NULL) == PM_OK);
    // The child may need longer.
    for (int i = 0; i < 200 && got_signal == 0; i++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    waitpid(child, NULL, 0);
    CHECK(got_signal > 0);
    sigaction(SIGINT, &before, NULL);
    leave(1);
}

TEST(files, are_read_up_to_a_limit)
{
    struct pm_allocator alloc = pm_allocator_libc();
    uint8_t *data = NULL;
    size_t size = 0;
    const char *error = NULL;
    enter();
    CHECK(pm_file_write(path_of("a"), "12345", 5, NULL) == PM_OK);
    CHECK(pm_file_read(&alloc, path_of("a"), 4, &data, &size, &error) ==
          PM_ERR_LIMIT);
    CHECK_STR(error, "the file is too large");
    CHECK(pm_file_read(&alloc, path_of("a"), 5, &data, &size, NULL) == PM_OK);
    CHECK_INT(size, 5);
    alloc.resize(alloc.context, data, size, 0);
    CHECK(pm_file_read(&alloc, path_of("b"), 5, &data, &size, NULL) ==
          PM_ERR_NOT_FOUND);
    CHECK(pm_file_read(&alloc, folder, 5, &data, &size, NULL) == PM_ERR_IO);
    leave(1);
}

TEST(files, are_sources_that_notice_when_they_shrink)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_file *file;
    char bytes[8] = {0};
    enter();
    CHECK(pm_file_write(path_of("a"), "0123456789", 10, NULL) == PM_OK);
    REQUIRE(pm_file_open(&alloc, path_of("a"), &file, NULL) == PM_OK);
    struct pm_source source = pm_file_source(file);
    CHECK_INT(source.size, 10);
    CHECK(source.read_at(source.context, 3, bytes, 4) == PM_OK);
    CHECK(memcmp(bytes, "3456", 4) == 0);
    CHECK(source.read_at(source.context, 10, bytes, 0) == PM_OK);
    // Replaced by name: the open one is as it was.
    CHECK(pm_file_write(path_of("a"), "x", 1, NULL) == PM_OK);
    CHECK(source.read_at(source.context, 9, bytes, 1) == PM_OK);
    pm_file_close(file);
    REQUIRE(pm_file_open(&alloc, path_of("a"), &file, NULL) == PM_OK);
    source = pm_file_source(file);
    CHECK(truncate(path_of("a"), 0) == 0);
    CHECK(source.read_at(source.context, 0, bytes, 1) == PM_ERR_IO);
    pm_file_close(file);
    pm_file_close(NULL);
    leave(1);
}

TEST(files, that_are_none_are_not_opened)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_file *file;
    const char *error = NULL;
    enter();
    CHECK(pm_file_open(&alloc, folder, &file, &error) == PM_ERR_UNSUPPORTED);
    CHECK_STR(error, "not a regular file");
    CHECK(mkfifo(path_of("pipe"), 0600) == 0);
    CHECK(pm_file_open(&alloc, path_of("pipe"), &file, NULL) ==
          PM_ERR_UNSUPPORTED);
    CHECK(pm_file_open(&alloc, path_of("none"), &file, NULL) ==
          PM_ERR_NOT_FOUND);
    leave(1);
}

TEST(files, are_listed_in_the_order_of_their_bytes)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static const char *const names[] = {"b", "B", "a10", "a2", ".h", "\xff"};
    static const char *const sorted[] = {".h", "B", "a10", "a2", "b", "\xff"};
    struct pm_file_list list;
    enter();
    for (int i = 0; i < 6; i++)
        CHECK(pm_file_write(path_of(names[i]), "", 0, NULL) == PM_OK);
    REQUIRE(pm_file_list(&alloc, folder, &list, NULL) == PM_OK);
    REQUIRE(list.count == 6);
    for (int i = 0; i < 6; i++)
        CHECK_STR(list.names[i], sorted[i]);
    pm_file_list_free(&alloc, &list);
    CHECK(pm_file_list(&alloc, path_of("none"), &list, NULL) ==
          PM_ERR_NOT_FOUND);
    leave(6);
}

static int use_all(const struct pm_allocator *alloc, void *context)
{
    const char *name = context;
    struct pm_file *file = NULL;
    struct pm_file_list list = {0};
    uint8_t *data = NULL;
    size_t size = 0;
    int ok = pm_file_open(alloc, name, &file, NULL) == PM_OK &&
             pm_file_read(alloc, name, 100000, &data, &size, NULL) == PM_OK &&
             pm_file_list(alloc, folder, &list, NULL) == PM_OK;
    pm_file_list_free(alloc, &list);
    if (data)
        alloc->resize(alloc->context, data, size, 0);
    pm_file_close(file);
    return ok;
}

TEST(files, short_memory_is_a_status)
{
    char name[256];
    static uint8_t bytes[90000];
    enter();
    CHECK(pm_file_write(path_of("a"), bytes, sizeof bytes, NULL) == PM_OK);
    snprintf(name, sizeof name, "%s", path_of("a"));
    CHECK(pm_fault_alloc_each(use_all, name, 0) >= 4);
    leave(1);
}

TEST(files, folders_are_made_with_those_above_them)
{
    enter();
    CHECK(pm_file_make_directory(path_of("a/b/c/"), NULL) == PM_OK);
    CHECK(pm_file_make_directory(path_of("a/b/c"), NULL) == PM_OK);
    CHECK(pm_file_is_directory(path_of("a/b/c")));
    CHECK(pm_file_write(path_of("f"), "", 0, NULL) == PM_OK);
    const char *error = NULL;
    CHECK(pm_file_make_directory(path_of("f/g"), &error) != PM_OK);
    CHECK(error != NULL);
    CHECK(!pm_file_is_directory(path_of("f")));
    CHECK(rmdir(path_of("a/b/c")) == 0 && rmdir(path_of("a/b")) == 0);
    leave(2);
}
