// SPDX-License-Identifier: MIT
//
// What files cost: small and large transfers in memory and over a store,
// beside memcpy; many small appends; the opening of a store with 10,000
// files.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/mem.h"
#include "fs/tree.h"
#include "support/mem_store.h"

#define FILE_SIZE (1u << 20)
#define LARGE     65536u
#define FILES     10000u

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

struct bench {
    struct pm_allocator alloc;
    struct pm_mem_store store;
    struct pm_writeback *writeback;
    struct pm_volume *volume;
    bool has_store;
};

static void open_tree(struct bench *bench)
{
    struct pm_tree_config config = {
        .quota = 64u << 20, .file_limit = 64u << 20, .entries = 20000};
    if (bench->has_store) {
        PM_CHECK(!pm_writeback_create(&bench->alloc, &bench->store.store,
                                      &bench->writeback));
        config.store = &bench->store.store;
        config.writeback = bench->writeback;
    }
    PM_CHECK(!pm_tree_create(&bench->alloc, &config, &bench->volume));
}

static void close_tree(struct bench *bench)
{
    bench->volume->ops->destroy(bench->volume);
    pm_writeback_destroy(bench->writeback);
    bench->writeback = NULL;
}

static struct pm_volume_file *open_file(struct bench *bench, const char *name)
{
    struct pm_volume_file *file;
    struct pm_path path = {name, strlen(name)};
    PM_CHECK(!bench->volume->ops->open(bench->volume, path, 7, &file));
    return file;
}

static uint8_t room[FILE_SIZE];

static void read_all(struct bench *bench, struct pm_volume_file *file,
                     uint32_t size)
{
    struct pm_volume *v = bench->volume;
    struct pm_destination dest = {room, NULL, false};
    for (uint32_t at = 0; at + size <= FILE_SIZE; at += size) {
        uint32_t got;
        bool eof;
        PM_CHECK(!v->ops->read(v, file, at, &dest, size, &got, &eof));
    }
}

static void write_all(struct bench *bench, struct pm_volume_file *file,
                      uint32_t size)
{
    struct pm_volume *v = bench->volume;
    for (uint32_t at = 0; at + size <= FILE_SIZE; at += size)
        PM_CHECK(!v->ops->write(v, file, at, room, size));
}

static double
per_call(struct bench *bench, struct pm_volume_file *file, uint32_t size,
         void (*run)(struct bench *, struct pm_volume_file *, uint32_t))
{
    int rounds = size < 1000 ? 40 : 2000;
    run(bench, file, size);
    double start = now();
    for (int i = 0; i < rounds; i++)
        run(bench, file, size);
    return (now() - start) / rounds / (FILE_SIZE / size);
}

static double copy_large(const uint8_t *from)
{
    double start = now();
    for (int i = 0; i < 2000; i++) {
        for (uint32_t at = 0; at < FILE_SIZE; at += LARGE) {
            memcpy(room, from + at, LARGE);
            __asm__ volatile("" ::: "memory");
        }
    }
    return (now() - start) / 2000 / (FILE_SIZE / LARGE);
}

static void bench_transfers(struct bench *bench, const char *what)
{
    open_tree(bench);
    struct pm_volume_file *file = open_file(bench, "f");
    uint8_t *from = malloc(FILE_SIZE);
    memset(from, 1, FILE_SIZE);
    memset(room, 1, FILE_SIZE);
    write_all(bench, file, LARGE);
    printf("%s: 16 bytes: read %.1f ns, write %.1f ns\n", what,
           per_call(bench, file, 16, read_all),
           per_call(bench, file, 16, write_all));
    double copy = copy_large(from);
    double read = per_call(bench, file, LARGE, read_all);
    double write = per_call(bench, file, LARGE, write_all);
    printf("%s: 64 KiB: read %.0f ns, write %.0f ns, memcpy %.0f ns\n", what,
           read, write, copy);
    free(from);
    bench->volume->ops->close(bench->volume, file, true);
    close_tree(bench);
}

static void bench_appends(struct bench *bench, const char *what)
{
    open_tree(bench);
    struct pm_volume *v = bench->volume;
    struct pm_volume_file *file = open_file(bench, "log");
    double start = now();
    for (uint64_t i = 0; i < 1000000; i++) {
        PM_CHECK(!v->ops->write(v, file, i * 13, room, 13));
        if (i % 100 == 99)
            v->ops->end_frame(v);
    }
    printf("%s: 1,000,000 appends of 13 bytes, 100 a frame: %.1f ns each\n",
           what, (now() - start) / 1e6);
    v->ops->close(v, file, true);
    close_tree(bench);
}

static void bench_opening(struct bench *bench)
{
    double best = 1e18;
    open_tree(bench);
    struct pm_volume *v = bench->volume;
    double start = now();
    for (unsigned i = 0; i < FILES; i++) {
        char name[32];
        snprintf(name, sizeof name, "file-%05u.txt", i);
        struct pm_volume_file *file = open_file(bench, name);
        v->ops->close(v, file, true);
    }
    printf("store: %u files made: %.2f ms\n", FILES, (now() - start) / 1e6);
    start = now();
    v->ops->end_frame(v);
    printf("store: and handed over: %.2f ms\n", (now() - start) / 1e6);
    close_tree(bench);
    for (int i = 0; i < 20; i++) {
        start = now();
        open_tree(bench);
        double time = now() - start;
        best = time < best ? time : best;
        close_tree(bench);
    }
    printf("store: a volume with %u files opened: %.2f ms\n", FILES,
           best / 1e6);
}

int main(void)
{
    struct bench bench = {.alloc = pm_allocator_libc()};

    bench_transfers(&bench, "memory");
    bench_appends(&bench, "memory");
    bench.has_store = true;
    pm_mem_store_open(&bench.store);
    bench.store.keeps_no_states = true;
    bench_transfers(&bench, "store");
    bench_appends(&bench, "store");
    pm_mem_store_close(&bench.store);
    pm_mem_store_open(&bench.store);
    bench.store.keeps_no_states = true;
    bench_opening(&bench);
    pm_mem_store_close(&bench.store);
    return 0;
}
