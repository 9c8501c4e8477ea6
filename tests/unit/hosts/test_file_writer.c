// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L

#include "hosts/common/file_writer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hosts/common/files.h"
#include "hosts/common/png.h"
#include "pack/pack.h"
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
    char text[64] = "";
    FILE *file = fopen(path_of(name), "rb");
    if (!file)
        return false;
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return size == strlen(wanted) && memcmp(text, wanted, size) == 0;
}

// Writes two pieces and gives what the commit says.
static pm_status write_pieces(const struct pm_allocator *alloc,
                              const char *name, bool may_replace)
{
    struct pm_file_writer *writer;
    const char *error = NULL;
    pm_status status =
        pm_file_writer_open(alloc, path_of(name), &writer, &error);
    if (status)
        return status;
    CHECK(pm_file_writer_put(writer, "one ", 4, &error) == PM_OK);
    CHECK(pm_file_writer_put(writer, "two", 3, &error) == PM_OK);
    status = pm_file_writer_commit(writer, may_replace, &error);
    CHECK(!status || error);
    return status;
}

TEST(file_writer, pieces_make_one_file_with_the_usual_permissions)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct stat info;
    mode_t before = umask(027);
    enter();
    CHECK(write_pieces(&alloc, "a", false) == PM_OK);
    umask(before);
    CHECK(holds("a", "one two"));
    CHECK(stat(path_of("a"), &info) == 0);
    CHECK_INT(info.st_mode & 0777, 0640);
    leave(1);
}

TEST(file_writer, a_file_that_is_there_is_replaced_only_when_it_may_be)
{
    struct pm_allocator alloc = pm_allocator_libc();
    enter();
    CHECK(pm_file_write(path_of("a"), "old", 3, NULL) == PM_OK);
    CHECK(write_pieces(&alloc, "a", false) == PM_ERR_EXISTS);
    CHECK(holds("a", "old"));
    CHECK(write_pieces(&alloc, "a", true) == PM_OK);
    CHECK(holds("a", "one two"));
    leave(1);
}

TEST(file_writer, a_link_is_never_followed)
{
    struct pm_allocator alloc = pm_allocator_libc();
    char link[256];
    enter();
    CHECK(pm_file_write(path_of("a"), "old", 3, NULL) == PM_OK);
    snprintf(link, sizeof link, "%s/link", folder);
    CHECK(symlink("a", link) == 0);
    CHECK(write_pieces(&alloc, "link", false) == PM_ERR_EXISTS);
    CHECK(write_pieces(&alloc, "link", true) == PM_OK);
    CHECK(holds("a", "old"));
    CHECK(holds("link", "one two"));
    leave(2);
}

TEST(file_writer, a_cancelled_file_leaves_nothing)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_file_writer *writer;
    enter();
    REQUIRE(pm_file_writer_open(&alloc, path_of("a"), &writer, NULL) == PM_OK);
    CHECK(pm_file_writer_put(writer, "x", 1, NULL) == PM_OK);
    pm_file_writer_cancel(writer);
    pm_file_writer_cancel(NULL);
    leave(0);
}

TEST(file_writer, places_that_cannot_be_are_told)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_file_writer *writer;
    const char *error = NULL;
    char path[5000];
    enter();
    CHECK(pm_file_writer_open(&alloc, path_of("no/a"), &writer, &error) ==
          PM_ERR_NOT_FOUND);
    CHECK(error != NULL);
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = 0;
    CHECK(pm_file_writer_open(&alloc, path, &writer, &error) == PM_ERR_IO);
    CHECK(mkdir(path_of("folder"), 0777) == 0);
    CHECK(write_pieces(&alloc, "folder", false) == PM_ERR_EXISTS);
    CHECK(write_pieces(&alloc, "folder", true) != PM_OK);
    CHECK(rmdir(path_of("folder")) == 0);
    leave(0);
}

static int write_once(const struct pm_allocator *alloc, void *context)
{
    (void)context;
    return write_pieces(alloc, "a", true) == PM_OK;
}

TEST(file_writer, memory_that_is_short_is_told)
{
    sigset_t before;
    sigset_t after;
    enter();
    sigprocmask(SIG_SETMASK, NULL, &before);
    CHECK_INT(pm_fault_alloc_each(write_once, NULL, 0), 1);
    sigprocmask(SIG_SETMASK, NULL, &after);
    CHECK_INT(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
    leave(1);
}

// Opens two writers, is told to end, and goes on as a command does.
static void be_interrupted(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_file_writer *outer;
    struct pm_file_writer *inner;
    if (pm_file_writer_open(&alloc, path_of("outer"), &outer, NULL) ||
        pm_file_writer_open(&alloc, path_of("inner"), &inner, NULL))
        _exit(1);
    raise(SIGINT);
    if (pm_file_writer_put(inner, "x", 1, NULL) == PM_OK)
        _exit(2);
    pm_file_writer_cancel(inner);
    pm_file_writer_cancel(outer);
    _exit(3); // the signal came with the last one
}

TEST(file_writer, an_interrupt_ends_the_process_once_nothing_is_left)
{
    int status = 0;
    enter();
    pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        be_interrupted();
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    leave(0);
}

// --- indexed pictures --------------------------------------------------------

static struct pm_png_indexed picture_of(const uint8_t *indices)
{
    struct pm_png_indexed picture = {
        .width = 16, .height = 8, .indices = indices};
    for (unsigned i = 0; i < 16; i++)
        picture.palette[i] = (uint16_t)(i * 4111);
    return picture;
}

TEST(png_indexed, the_packer_reads_back_what_was_written)
{
    struct pm_allocator alloc = pm_allocator_libc();
    uint8_t indices[16 * 8];
    struct pm_pack_glyph glyph;
    struct pm_diags diags;
    struct pm_buf report;
    uint8_t *file;
    size_t size;

    for (unsigned i = 0; i < sizeof indices; i++)
        indices[i] = i * 7 % 16;
    struct pm_png_indexed picture = picture_of(indices);
    REQUIRE(pm_png_encode_indexed(&picture, &alloc, &file, &size) == PM_OK);
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&report, &alloc);
    REQUIRE(pm_pack_png("a", file, size, 8, &alloc, &diags, &report, &glyph) ==
            PM_OK);
    CHECK_INT(diags.count, 0);
    for (unsigned i = 0; i < sizeof indices; i += 2)
        CHECK_INT(glyph.bytes.data[i / 2], indices[i] << 4 | indices[i + 1]);
    for (unsigned i = 0; i < 16; i++) {
        const uint8_t *colour = glyph.bytes.data + sizeof indices / 2 + i * 2;
        CHECK_INT(colour[0] | colour[1] << 8, picture.palette[i]);
    }
    pm_buf_free(&glyph.bytes);
    pm_buf_free(&report);
    pm_diags_free(&diags);
    alloc.resize(alloc.context, file, size, 0);
}

static int encode_once(const struct pm_allocator *alloc, void *context)
{
    struct pm_png_indexed picture = picture_of(context);
    uint8_t *file;
    size_t size;
    if (pm_png_encode_indexed(&picture, alloc, &file, &size))
        return 0;
    alloc->resize(alloc->context, file, size, 0);
    return 1;
}

TEST(png_indexed, memory_that_is_short_is_told)
{
    uint8_t indices[16 * 8] = {0};
    CHECK(pm_fault_alloc_each(encode_once, indices, 0) >= 1);
}
