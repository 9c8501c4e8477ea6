// SPDX-License-Identifier: MIT
//
// Reads of a mounted directory's file whose system calls give a few bytes
// each and fail in turn, for windows of 1 byte to 1 MiB: no byte of the buffer
// has changed, what the call gives is neutral, and the status is the errno's.
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "hosts/common/directory.h"
#include "hosts/common/errno_status.h"
#include "support/test.h"
#include "world.h"

#define LARGEST (1u << 20)
// Around the window, and behind it in the file.
#define EDGE 32u

struct run {
    struct pm_os os;
    size_t chunk;   // bytes that a read gives at most
    size_t reads;   // so far
    size_t fail_at; // the read (from 1) that fails; 0: none
    int error;
    char base[64];
    struct pm_host_directory *directory;
    struct world w;
    uint64_t injections;
};

static ssize_t read_at(void *context, int fd, void *dst, size_t size,
                       uint64_t offset)
{
    struct run *run = context;

    if (++run->reads == run->fail_at) {
        errno = run->error;
        return -1;
    }
    return pread(fd, dst, size < run->chunk ? size : run->chunk, (off_t)offset);
}

// --- the place ---------------------------------------------------------------

static bool make_file(struct run *run)
{
    char path[80];
    uint8_t *bytes = malloc(LARGEST + EDGE);

    snprintf(run->base, sizeof run->base, "/tmp/pm-reads-XXXXXX");
    if (!CHECK(bytes && mkdtemp(run->base))) {
        free(bytes);
        return false;
    }
    for (size_t i = 0; i < LARGEST + EDGE; i++)
        bytes[i] = (uint8_t)(i * 7 + 1);
    snprintf(path, sizeof path, "%s/file", run->base);
    int fd = open(path, O_WRONLY | O_CREAT, 0666);
    bool ok = CHECK(write(fd, bytes, LARGEST + EDGE) == LARGEST + EDGE);
    close(fd);
    free(bytes);
    return ok;
}

static void put_program(struct pm_battery_text *text)
{
    const struct pm_domain_row *file =
        pm_domains_find(pm_battery_catalog(), "file");

    pm_text_init(text);
    pm_text_declare(text, file);
    pm_text_globals(text, file);
    pm_text_put(text,
                ".func main ()\n    push_i64 %u\n    bytes_new\n"
                "    set_global buffer\n"
                "    push_const \"/host/m/file\"\n    push_i64 1\n"
                "    hostcall fs.open\n    set_global h\n"
                "    set_global status\n"
                "more:\n    frame_sync\n    jmp more\n",
                (unsigned)(LARGEST + 2 * EDGE));
    pm_text_end(text);
}

static bool open_run(struct run *run)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_mount mount = {.name = "m"};
    struct pm_battery_config config = {
        .profile = "ADVANCED", .mounts = &mount, .mount_count = 1};

    run->os = *pm_os_system();
    run->os.context = run; // which the system's own calls do not look at
    run->os.read_at = read_at;
    run->chunk = SIZE_MAX;
    if (!make_file(run) ||
        !CHECK(!pm_host_directory_open(&run->os, &alloc, run->base,
                                       &run->directory, NULL)))
        return false;
    mount.directory = pm_host_directory_seam(run->directory);
    put_program(&run->w.text);
    return pm_battery_open(&run->w.b, &run->w.text, &config) &&
           CHECK_INT(pm_battery_frame(&run->w.b), PM_TICK_FRAME) &&
           CHECK_INT(*pm_battery_global(&run->w.b, "status"), 0);
}

static void close_run(struct run *run)
{
    char path[80];

    world_close(&run->w);
    pm_host_directory_close(run->directory);
    snprintf(path, sizeof path, "%s/file", run->base);
    unlink(path);
    rmdir(run->base);
}

// --- injections --------------------------------------------------------------

static struct moved read_window(struct run *run, uint32_t size)
{
    run->reads = 0;
    return world_move(&run->w, pm_battery_call("fs", "read"),
                      *pm_battery_global(&run->w.b, "h"), 3, EDGE, size);
}

// Each errno in turn; those that are tried again come some other way.
static int error_of(size_t failing, pm_fs_status *out_status)
{
    const char *name;
    int error;
    size_t count = 1; // there is a first

    while (pm_errno_row(count, &error, &name, out_status))
        count++;
    pm_errno_row(failing % count, &error, &name, out_status);
    return error;
}

static bool fails_whole(struct run *run, uint32_t size, size_t failing,
                        const uint8_t *before)
{
    pm_fs_status status;

    run->fail_at = failing;
    run->error = error_of(failing, &status);
    struct moved moved = read_window(run, size);
    run->injections++;
    return !moved.trap && moved.status == status && moved.size == 0 &&
           !moved.eof && run->reads == failing &&
           memcmp(world_buffer(&run->w), before, size + 2 * EDGE) == 0;
}

static void try_size(struct run *run, uint32_t size, size_t chunk)
{
    uint8_t *before = malloc(LARGEST + 2 * EDGE);
    unsigned bad = 0;

    REQUIRE(before);
    memset(before, 0xEE, LARGEST + 2 * EDGE);
    memcpy(world_buffer(&run->w), before, LARGEST + 2 * EDGE);
    run->chunk = chunk;
    run->fail_at = SIZE_MAX;
    // One byte more than the window is asked for.
    size_t reads = (size + 1 + chunk - 1) / chunk;
    for (size_t failing = 1; failing <= reads; failing++)
        bad += !fails_whole(run, size, failing, before);
    CHECK_INT(bad, 0);
    run->fail_at = 0;
    struct moved moved = read_window(run, size);
    CHECK(!moved.trap && moved.status == 0 && moved.size == size && !moved.eof);
    CHECK_INT(run->reads, reads);
    CHECK_INT(world_buffer(&run->w)[EDGE - 1], 0xEE);
    CHECK_INT(world_buffer(&run->w)[EDGE + size], 0xEE);
    for (uint32_t i = 0; i < size; i++)
        bad += world_buffer(&run->w)[EDGE + i] != (uint8_t)((i + 3) * 7 + 1);
    CHECK_INT(bad, 0);
    free(before);
}

TEST(host_reads, that_fail_midway_change_no_byte)
{
    static struct run run;
    static const struct {
        uint32_t size;
        size_t chunk;
    } rows[] = {{1, 1},
                {2, 1},
                {15, 1},
                {16, 1},
                {17, 1},
                {255, 1},
                {256, 1},
                {4095, 8},
                {4096, 8},
                {4097, 8},
                {20000, 64},
                {65535, 512},
                {65536, 512},
                {LARGEST / 2, 4096},
                {LARGEST - 1, 8192},
                {LARGEST, 8192}};

    if (open_run(&run))
        for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
            try_size(&run, rows[i].size, rows[i].chunk);
    CHECK(run.injections > 3000);
    close_run(&run);
}

// --- calls that are wrong ----------------------------------------------------

// Whether the call traps, and nothing was asked of the host or changed.
static bool is_refused(struct run *run, uint64_t handle, uint64_t offset,
                       uint64_t at, uint64_t max)
{
    uint8_t *memory = NULL;

    CHECK(world_same_memory(&run->w, &memory));
    run->reads = 0;
    struct moved moved = world_move(&run->w, pm_battery_call("fs", "read"),
                                    handle, offset, at, max);
    bool is_same = world_same_memory(&run->w, &memory);
    free(memory);
    return moved.trap && run->reads == 0 && is_same;
}

TEST(host_reads, that_are_malformed_ask_nothing_of_the_host)
{
    static struct run run;
    const uint32_t size = LARGEST + 2 * EDGE;
    const uint64_t bad[] = {(uint64_t)-1, (uint64_t)INT64_MIN};

    if (open_run(&run)) {
        uint64_t file = *pm_battery_global(&run.w.b, "h");
        for (size_t i = 0; i < PM_ARRAY_LEN(bad); i++) {
            CHECK(is_refused(&run, file, bad[i], 0, 16));
            CHECK(is_refused(&run, file, 0, bad[i], 16));
            CHECK(is_refused(&run, file, 0, 0, bad[i]));
        }
        CHECK(is_refused(&run, file, 0, 0, LARGEST + 1));
        CHECK(is_refused(&run, file, 0, 0, INT64_MAX));
        CHECK(is_refused(&run, file, 0, size, 1));
        CHECK(is_refused(&run, file, 0, size - 15, 16));
        CHECK(is_refused(&run, file, 0, INT64_MAX, 1));
        CHECK(is_refused(&run, file, 0, INT64_MAX, LARGEST));
        CHECK(is_refused(&run, 0, 0, 0, 16));
        CHECK(is_refused(&run, file + ((uint64_t)1 << 32), 0, 0, 16));
        CHECK(
            is_refused(&run, *pm_battery_global(&run.w.b, "buffer"), 0, 0, 16));
        // Nothing is wrong with these.
        CHECK(!is_refused(&run, file, 0, size - 16, 16));
        CHECK(!is_refused(&run, file, 0, 0, 0));
    }
    close_run(&run);
}
