// SPDX-License-Identifier: MIT
//
// What confinement and volumes cost over the bare system calls, measured
// turn by turn in one run:
//
//     open    a file four components down, against openat of the same path
//             (with fstat, which tells what was opened, and without), and
//             against the least that the contract lets it be: openat2 with
//             its rules, and the cheapest question whether it is a file
//     read    16 bytes through the volume, against pread
//     read    64 KiB through the volume, against pread; with and without the
//             copy from the stage that a read wants which may fail midway,
//             and against pread and memcpy, the least that this can be:
//             the same bytes again and again, which lie in the processor's
//             second cache, and through a file that does not fit there
#define _GNU_SOURCE

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/host_volume.h"
#include "hosts/common/directory.h"
#include "measure.h"

#define ROUNDS    401
#define FILE_PATH "one/two/three/file"
#define SIZE      65536u
#define LONG_PATH "one/two/three/long"
#define LONG_SIZE (16u << 20)

struct world {
    char base[64];
    int root;
    struct pm_host_directory *directory;
    const struct pm_directory *seam;
    struct pm_volume *volume;
    struct pm_volume_file *file;
    int fd;
    // The file that is read from its beginning to its end, and how far.
    struct pm_volume_file *long_file;
    int long_fd;
    uint64_t offset;
    uint8_t *stage;
    // In a page as the machine has them: the guest's bytes lie 32 behind its
    // beginning, the stage where the offset lies in the file.
    uint8_t *pages;
    uint8_t *window;
};

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

// --- what is measured --------------------------------------------------------

static void open_plain(struct world *w)
{
    int fd = openat(w->root, FILE_PATH, O_RDONLY | O_CLOEXEC);
    close(fd);
}

static void open_and_look(struct world *w)
{
    struct stat info;
    int fd = openat(w->root, FILE_PATH, O_RDONLY | O_CLOEXEC);
    must(fstat(fd, &info) == 0, "fstat");
    close(fd);
}

static void open_bare(struct world *w)
{
    const struct pm_os *os = pm_os_system();
    int fd = os->open_beneath(os->context, w->root, FILE_PATH,
                              O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    must(os->is_file(os->context, fd), "is_file");
    os->close(os->context, fd);
}

static void open_confined(struct world *w)
{
    struct pm_directory_file *file;
    must(w->seam->open(w->seam->context, FILE_PATH, &file) == PM_FS_OK, "open");
    w->seam->close(w->seam->context, file);
}

static void pread_small(struct world *w)
{
    must(pread(w->fd, w->window, 16, 0) == 16, "pread");
}

static void read_of(struct world *w, struct pm_volume_file *file,
                    uint64_t offset, uint32_t max, bool copies)
{
    struct pm_destination dest = {w->window, w->stage, false};
    uint32_t size;
    bool eof;
    pm_fs_status status =
        w->volume->ops->read(w->volume, file, offset, &dest, max, &size, &eof);
    must(status == PM_FS_OK && size == max, "read");
    if (copies && dest.is_staged)
        pm_mem_copy(dest.bytes, dest.stage, size);
}

static void read_small(struct world *w)
{
    read_of(w, w->file, 0, 16, true);
}

static void pread_large(struct world *w)
{
    must(pread(w->fd, w->pages, SIZE, 0) == SIZE, "pread");
}

static void pread_there(struct world *w)
{
    must(pread(w->fd, w->window, SIZE, 0) == SIZE, "pread");
}

static void pread_and_copy(struct world *w)
{
    must(pread(w->fd, w->stage, SIZE, 0) == SIZE, "pread");
    memcpy(w->window, w->stage, SIZE);
}

static void read_large(struct world *w)
{
    read_of(w, w->file, 0, SIZE, true);
}

static void stage_large(struct world *w)
{
    read_of(w, w->file, 0, SIZE, false);
}

static uint64_t next_offset(struct world *w)
{
    w->offset = (w->offset + SIZE) % LONG_SIZE;
    return w->offset;
}

static void pread_on(struct world *w)
{
    must(pread(w->long_fd, w->window, SIZE, (off_t)next_offset(w)) == SIZE,
         "pread");
}

static void read_on(struct world *w)
{
    read_of(w, w->long_file, next_offset(w), SIZE, true);
}

// --- measuring ---------------------------------------------------------------

static double time_of(struct world *w, void (*task)(struct world *w), int times)
{
    double start = now();
    for (int i = 0; i < times; i++)
        task(w);
    return (now() - start) / times;
}

// The two turn by turn, so that what disturbs one disturbs the other. The
// machine is faster and slower by turns: what counts is the median of what
// the two of one round differ by.
static void compare(struct world *w, const char *name,
                    void (*plain)(struct world *w),
                    void (*ours)(struct world *w), int times)
{
    double a[ROUNDS];
    double b[ROUNDS];
    double more[ROUNDS];
    double ratio[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        a[i] = time_of(w, plain, times);
        b[i] = time_of(w, ours, times);
        more[i] = b[i] - a[i];
        ratio[i] = b[i] / a[i];
    }
    printf("%-37s %9.0f ns %9.0f ns  %+8.0f ns  %5.2f times\n", name,
           bench_median(a, ROUNDS), bench_median(b, ROUNDS),
           bench_median(more, ROUNDS), bench_median(ratio, ROUNDS));
}

// --- the place ---------------------------------------------------------------

static int make_file(struct world *w, const char *path, uint32_t size)
{
    static uint8_t content[SIZE];
    int fd = openat(w->root, path, O_RDWR | O_CREAT, 0666);

    for (uint32_t done = 0; done < size; done += SIZE)
        must(write(fd, content, SIZE) == SIZE, "write");
    return fd;
}

static struct pm_volume_file *open_to_read(struct world *w, const char *name)
{
    struct pm_path path = {name, strlen(name)};
    struct pm_volume_file *file;

    must(w->volume->ops->open(w->volume, path, PM_OPEN_READ, &file) == PM_FS_OK,
         "open");
    return file;
}

static void set_up(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();

    snprintf(w->base, sizeof w->base, "/tmp/pm-bench-XXXXXX");
    must(mkdtemp(w->base) != NULL, "mkdtemp");
    w->root = open(w->base, O_RDONLY | O_DIRECTORY);
    must(mkdirat(w->root, "one", 0777) == 0 &&
             mkdirat(w->root, "one/two", 0777) == 0 &&
             mkdirat(w->root, "one/two/three", 0777) == 0,
         "mkdir");
    w->fd = make_file(w, FILE_PATH, 2 * SIZE);
    w->long_fd = make_file(w, LONG_PATH, LONG_SIZE);
    must(pm_host_directory_open(pm_os_system(), &alloc, w->base, &w->directory,
                                NULL) == PM_FS_OK,
         "open");
    w->seam = pm_host_directory_seam(w->directory);
    struct pm_host_volume_config config = {.directory = w->seam,
                                           .file_limit = LONG_SIZE};
    must(pm_host_volume_create(&alloc, &config, &w->volume) == PM_FS_OK,
         "create");
    w->file = open_to_read(w, FILE_PATH);
    w->long_file = open_to_read(w, LONG_PATH);
    w->stage = aligned_alloc(4096, PM_TRANSFER_MAX + 4096);
    w->pages = aligned_alloc(4096, SIZE + 4096);
    must(w->stage && w->pages, "malloc");
    w->window = w->pages + 32;
}

static void tear_down(struct world *w)
{
    w->volume->ops->close(w->volume, w->file, false);
    w->volume->ops->close(w->volume, w->long_file, false);
    w->volume->ops->destroy(w->volume);
    pm_host_directory_close(w->directory);
    close(w->fd);
    close(w->long_fd);
    unlinkat(w->root, FILE_PATH, 0);
    unlinkat(w->root, LONG_PATH, 0);
    unlinkat(w->root, "one/two/three", AT_REMOVEDIR);
    unlinkat(w->root, "one/two", AT_REMOVEDIR);
    unlinkat(w->root, "one", AT_REMOVEDIR);
    close(w->root);
    rmdir(w->base);
    free(w->stage);
    free(w->pages);
}

int main(void)
{
    struct world w = {0};

    set_up(&w);
    printf("%-37s %12s %12s  %11s\n", "", "plain", "ours", "more");
    compare(&w, "open, against openat", open_plain, open_confined, 200);
    compare(&w, "open, against openat and fstat", open_and_look, open_confined,
            200);
    compare(&w, "open, against openat2 and a question", open_bare,
            open_confined, 200);
    compare(&w, "read 16 bytes, against pread", pread_small, read_small, 500);
    compare(&w, "read 64 KiB, against pread", pread_large, read_large, 100);
    compare(&w, "the same, pread to the same place", pread_there, read_large,
            100);
    compare(&w, "the same, against pread and memcpy", pread_and_copy,
            read_large, 100);
    compare(&w, "the same without the copy", pread_large, stage_large, 100);
    compare(&w, "64 KiB each through 16 MiB", pread_on, read_on, 100);
    tear_down(&w);
    return 0;
}
