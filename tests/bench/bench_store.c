// SPDX-License-Identifier: MIT
//
// What saves cost on a real disk: a durable replace of 4 KiB through volume
// and store beside the same through SQLite alone, the opening of 10,000
// files, a million small writes with one sync beside the system's own calls.
//
//     bench_store [FOLDER]     on the disk of this folder; else the current

#define _GNU_SOURCE

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/check.h"
#include "fs/tree.h"
#include "hosts/common/os_fault.h"
#include "hosts/common/store.h"
#include "measure.h"

#define ROUNDS 200
#define BLOCK  4096u
#define FILES  10000u
#define WRITES 1000000u

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

// --- the volume over the store -----------------------------------------------

struct saves {
    struct pm_allocator alloc;
    struct pm_os_fault *counter;
    struct pm_store store;
    struct pm_writeback *writeback;
    struct pm_volume *volume;
};

static void open_saves(struct saves *saves, const char *folder)
{
    struct pm_tree_config config = {
        .quota = 1u << 30, .file_limit = 64u << 20, .entries = 20000};
    struct pm_store_error error;

    saves->alloc = pm_allocator_libc();
    saves->counter =
        pm_os_fault_create(&saves->alloc, pm_os_system(), NULL, NULL, 0);
    const struct pm_store_config store = {.alloc = &saves->alloc,
                                          .os =
                                              pm_os_fault_table(saves->counter),
                                          .directory = folder,
                                          .app_id = 1};
    PM_CHECK(!pm_store_open(&store, &saves->store, &error));
    PM_CHECK(
        !pm_writeback_create(&saves->alloc, &saves->store, &saves->writeback));
    config.store = &saves->store;
    config.writeback = saves->writeback;
    PM_CHECK(!pm_tree_create(&saves->alloc, &config, &saves->volume));
}

static void close_saves(struct saves *saves)
{
    saves->volume->ops->end_frame(saves->volume);
    saves->volume->ops->destroy(saves->volume);
    pm_writeback_destroy(saves->writeback);
    pm_store_close(&saves->store);
    pm_os_fault_destroy(saves->counter);
}

static unsigned long flushes(const struct saves *saves)
{
    return (unsigned long)pm_os_fault_calls(saves->counter, PM_OS_SYNC);
}

// --- SQLite alone ------------------------------------------------------------

struct bare {
    sqlite3 *db;
    sqlite3_stmt *put_block;
    sqlite3_stmt *put_row;
};

static void run_sql(struct bare *bare, const char *sql)
{
    PM_CHECK(sqlite3_exec(bare->db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static void open_bare(struct bare *bare, const char *path)
{
    PM_CHECK(sqlite3_open(path, &bare->db) == SQLITE_OK);
    run_sql(bare, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                  "CREATE TABLE item (key INTEGER PRIMARY KEY, value BLOB);");
    const char *sql = "INSERT OR REPLACE INTO item VALUES (?1, ?2)";
    PM_CHECK(!sqlite3_prepare_v2(bare->db, sql, -1, &bare->put_block, NULL));
    PM_CHECK(!sqlite3_prepare_v2(bare->db, sql, -1, &bare->put_row, NULL));
}

static void close_bare(struct bare *bare)
{
    sqlite3_finalize(bare->put_block);
    sqlite3_finalize(bare->put_row);
    sqlite3_close(bare->db);
}

static void put(sqlite3_stmt *statement, int64_t key, const void *value,
                int size)
{
    sqlite3_bind_int64(statement, 1, key);
    sqlite3_bind_blob(statement, 2, value, size, SQLITE_STATIC);
    PM_CHECK(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_reset(statement);
}

static void replace_bare(struct bare *bare, int64_t round, const void *block)
{
    run_sql(bare, "BEGIN IMMEDIATE");
    put(bare->put_block, ((int64_t)1 << 40) + round % 8, block, BLOCK);
    put(bare->put_row, round % 8, block, 48);
    run_sql(bare, "COMMIT");
}

// --- what is measured --------------------------------------------------------

static void bench_replace(const char *folder)
{
    static uint8_t block[BLOCK];
    static double ours[ROUNDS];
    static double theirs[ROUNDS];
    static double ratios[ROUNDS];
    struct saves saves;
    struct bare bare;
    char path[512];
    unsigned long before;
    unsigned long count = 0;

    snprintf(path, sizeof path, "%s/bare.db", folder);
    open_saves(&saves, folder);
    open_bare(&bare, path);
    for (int i = 0; i < ROUNDS; i++) {
        char name[8];
        memset(block, i + 1, sizeof block);
        snprintf(name, sizeof name, "f%d", i % 8);
        before = flushes(&saves);
        double start = now();
        PM_CHECK(!saves.volume->ops->replace(
            saves.volume, (struct pm_path){name, 2}, block, BLOCK));
        ours[i] = now() - start;
        count += flushes(&saves) - before;
        start = now();
        replace_bare(&bare, i, block);
        theirs[i] = now() - start;
        ratios[i] = ours[i] / theirs[i];
    }
    printf("replace of 4 KiB: %.0f us, SQLite alone %.0f us, median ratio "
           "%.2f; %.2f flushes each\n",
           bench_median(ours, ROUNDS), bench_median(theirs, ROUNDS),
           bench_median(ratios, ROUNDS), (double)count / ROUNDS);
    close_bare(&bare);
    close_saves(&saves);
}

static void bench_open(const char *folder)
{
    struct saves saves;
    double times[9];

    open_saves(&saves, folder);
    for (unsigned i = 0; i < FILES; i++) {
        char name[16];
        struct pm_volume_file *file;
        int size = snprintf(name, sizeof name, "file-%05u", i);
        PM_CHECK(!saves.volume->ops->open(
            saves.volume, (struct pm_path){name, (size_t)size}, 7, &file));
        PM_CHECK(!saves.volume->ops->write(saves.volume, file, 0,
                                           (const uint8_t *)name, 10));
        saves.volume->ops->close(saves.volume, file, true);
    }
    close_saves(&saves);
    for (int i = 0; i < 9; i++) {
        double start = now();
        open_saves(&saves, folder);
        times[i] = now() - start;
        close_saves(&saves);
    }
    printf("opening %u files: %.1f ms\n", FILES, bench_median(times, 9) / 1000);
}

static double write_to(struct pm_volume *volume, bool is_synced)
{
    static const uint8_t bytes[13] = "thirteen byte";
    struct pm_volume_file *file;

    PM_CHECK(!volume->ops->open(volume, (struct pm_path){"log", 3}, 22, &file));
    double start = now();
    for (uint64_t i = 0; i < WRITES; i++)
        PM_CHECK(!volume->ops->write(volume, file, i * 13, bytes, 13));
    if (is_synced)
        PM_CHECK(!volume->ops->sync(volume, file));
    double time = now() - start;
    volume->ops->close(volume, file, true);
    return time;
}

static double write_natively(const char *folder)
{
    char path[512];
    snprintf(path, sizeof path, "%s/native", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

    PM_CHECK(fd >= 0);
    double start = now();
    for (off_t i = 0; i < WRITES; i++) {
        PM_CHECK(lseek(fd, i * 13, SEEK_SET) >= 0);
        PM_CHECK(write(fd, "thirteen byte", 13) == 13);
    }
    PM_CHECK(fdatasync(fd) == 0);
    double time = now() - start;
    close(fd);
    unlink(path);
    return time;
}

static void bench_writes(const char *folder)
{
    struct saves saves;
    struct pm_volume *scratch;
    const struct pm_tree_config config = {
        .quota = 64u << 20, .file_limit = 64u << 20, .entries = 10};
    double times[3][5];

    open_saves(&saves, folder);
    PM_CHECK(!pm_tree_create(&saves.alloc, &config, &scratch));
    unsigned long before = flushes(&saves);
    for (int i = 0; i < 5; i++) {
        times[0][i] = write_to(saves.volume, true);
        times[1][i] = write_to(scratch, false);
        times[2][i] = write_natively(folder);
    }
    printf("%u writes of 13 bytes and a sync: /save %.0f ms (%.1f flushes), "
           "/scratch %.0f ms, natively %.0f ms\n",
           WRITES, bench_median(times[0], 5) / 1000,
           (double)(flushes(&saves) - before) / 5,
           bench_median(times[1], 5) / 1000, bench_median(times[2], 5) / 1000);
    scratch->ops->destroy(scratch);
    close_saves(&saves);
}

static void in_folder(const char *parent, void (*bench)(const char *folder))
{
    char folder[256];
    char command[300];

    snprintf(folder, sizeof folder, "%s/bench-XXXXXX", parent);
    PM_CHECK(mkdtemp(folder));
    bench(folder);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    PM_CHECK(system(command) == 0);
}

int main(int argc, char **argv)
{
    const char *parent = argc > 1 ? argv[1] : ".";

    in_folder(parent, bench_replace);
    in_folder(parent, bench_open);
    in_folder(parent, bench_writes);
    return 0;
}
