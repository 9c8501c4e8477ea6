// SPDX-License-Identifier: MIT
//
// Files that change while they are read: cut short, unlinked, replaced and
// overwritten by another thread or process, during 100,000 reads each. No
// signal, and only right bytes, CORRUPT or IO.
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asset/asset.h"
#include "hosts/common/files.h"
#include "packed_world.h"
#include "support/test.h"

#define READS  100000
#define ASSETS 200
#define SIZE   5000

static uint8_t plain[ASSETS][SIZE];

static void write_many(struct pm_buf *file)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static struct pm_asset_input inputs[ASSETS];
    struct pm_diags diags;

    for (int i = 0; i < ASSETS; i++) {
        make_content(MIXED, (uint32_t)i, plain[i], SIZE);
        inputs[i] = (struct pm_asset_input){.id = i,
                                            .name = "a",
                                            .bank_type = PM_BANK_BLOB,
                                            .bytes = plain[i],
                                            .size = SIZE};
    }
    pm_diags_init(&diags, &alloc);
    pm_buf_init(file, &alloc);
    CHECK_INT(pm_asset_write(inputs, ASSETS, NULL, 0, NULL, &diags, file),
              PM_OK);
    pm_diags_free(&diags);
}

// --- the one that changes the file -------------------------------------------

struct changer {
    char path[64];
    struct pm_buf file;
    int fd;
    atomic_bool is_done;
};

static bool make_file(struct changer *c)
{
    const char *folder = getenv("TMPDIR");

    atomic_init(&c->is_done, false);
    write_many(&c->file);
    snprintf(c->path, sizeof c->path, "%.40s/changing-XXXXXX",
             folder ? folder : "/tmp");
    c->fd = mkstemp(c->path);
    return CHECK(c->fd >= 0) &&
           CHECK(write(c->fd, c->file.data, c->file.size) ==
                 (ssize_t)c->file.size);
}

static void remove_file(struct changer *c)
{
    close(c->fd);
    unlink(c->path);
    pm_buf_free(&c->file);
}

// Overwrites random stretches with noise and puts them right again.
static void *overwrite(void *context)
{
    struct changer *c = context;
    uint32_t seed = 5;
    uint8_t noise[4000];

    make_content(NOISE, 6, noise, sizeof noise);
    while (!atomic_load(&c->is_done)) {
        uint32_t size = 1 + random_below(&seed, sizeof noise);
        uint32_t at = random_below(&seed, (uint32_t)c->file.size - size);
        ssize_t put = pwrite(c->fd, noise, size, at);
        put += pwrite(c->fd, c->file.data + at, size, at);
        CHECK_INT(put, 2 * (ssize_t)size);
    }
    return NULL;
}

// Makes the file shorter and shorter until nothing is left of it.
static void *cut(void *context)
{
    struct changer *c = context;

    for (size_t size = c->file.size; size > 0; size -= size / 50 + 1)
        CHECK_INT(ftruncate(c->fd, (off_t)size), 0);
    CHECK_INT(ftruncate(c->fd, 0), 0);
    return NULL;
}

// --- the one that reads it ---------------------------------------------------

struct counts {
    int ok;
    int corrupt;
    int io;
};

static void count(struct counts *counts, pm_status status, bool is_right)
{
    CHECK(status == PM_OK || status == PM_ERR_CORRUPT || status == PM_ERR_IO);
    CHECK(status != PM_OK || is_right);
    counts->ok += status == PM_OK;
    counts->corrupt += status == PM_ERR_CORRUPT;
    counts->io += status == PM_ERR_IO;
}

static struct pm_asset *open_file(const char *path, struct pm_file **file)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset *asset = NULL;
    struct pm_diags diags;

    *file = NULL;
    if (pm_file_open(&alloc, path, file, NULL))
        return NULL;
    struct pm_source source = pm_file_source(*file);
    pm_diags_init(&diags, &alloc);
    pm_asset_open(&source, path, &alloc, &diags, &asset);
    pm_diags_free(&diags);
    return asset;
}

static void read_random(const struct pm_asset *asset, uint32_t *seed,
                        struct counts *counts)
{
    uint8_t window[SIZE];
    uint32_t i = random_below(seed, ASSETS);
    uint32_t at = random_below(seed, SIZE);
    uint32_t size = random_below(seed, SIZE - at);
    pm_status status =
        pm_asset_read(asset, pm_asset_at(asset, i), at, window, size);
    count(counts, status, memcmp(window, plain[i] + at, size) == 0);
}

// Each asset once, of a file that was just opened: every read is a block's
// first touch.
static void read_first_time(const char *path, struct counts *counts)
{
    struct pm_file *file;
    struct pm_asset *asset = open_file(path, &file);
    uint8_t window[SIZE];

    for (size_t i = 0; asset && i < pm_asset_count(asset); i++) {
        pm_status status =
            pm_asset_read(asset, pm_asset_at(asset, i), 0, window, SIZE);
        count(counts, status, memcmp(window, plain[i], SIZE) == 0);
    }
    pm_asset_close(asset);
    pm_file_close(file);
}

TEST(changing, overwritten_bytes_are_never_taken_for_right_ones)
{
    struct changer c;
    struct counts counts = {0};
    pthread_t thread;

    REQUIRE(make_file(&c));
    REQUIRE(pthread_create(&thread, NULL, overwrite, &c) == 0);
    for (int i = 0; counts.ok + counts.corrupt < READS && i < 100 * READS; i++)
        read_first_time(c.path, &counts);
    atomic_store(&c.is_done, true);
    pthread_join(thread, NULL);
    CHECK(counts.ok > 0 && counts.corrupt > 0);
    CHECK_INT(counts.io, 0);
    remove_file(&c);
}

TEST(changing, another_process_may_overwrite_the_file_as_well)
{
    struct changer c;
    struct counts counts = {0};

    REQUIRE(make_file(&c));
    pid_t child = fork();
    if (child == 0) {
        overwrite(&c);
        _exit(0);
    }
    REQUIRE(child > 0);
    for (int i = 0; counts.ok + counts.corrupt < READS && i < 100 * READS; i++)
        read_first_time(c.path, &counts);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    CHECK(counts.ok > 0 && counts.corrupt > 0);
    remove_file(&c);
}

TEST(changing, a_file_that_is_cut_short_gives_right_bytes_or_io)
{
    struct changer c;
    struct counts counts = {0};
    struct pm_file *file;
    pthread_t thread;
    uint32_t seed = 8;

    REQUIRE(make_file(&c));
    struct pm_asset *asset = open_file(c.path, &file);
    REQUIRE(asset != NULL);
    for (int i = 0; i < READS / 2; i++)
        read_random(asset, &seed, &counts);
    CHECK_INT(counts.ok, READS / 2);
    REQUIRE(pthread_create(&thread, NULL, cut, &c) == 0);
    for (int i = 0; i < READS / 2; i++)
        read_random(asset, &seed, &counts);
    pthread_join(thread, NULL);
    CHECK(counts.io > 0);
    CHECK_INT(counts.corrupt, 0);
    pm_asset_close(asset);
    pm_file_close(file);
    remove_file(&c);
}

TEST(changing, a_file_that_is_replaced_or_unlinked_goes_on_being_the_old_one)
{
    static const char other[] = "not an assets.pa any more";
    struct changer c;
    struct counts counts = {0};
    struct pm_file *file;
    uint32_t seed = 8;

    REQUIRE(make_file(&c));
    struct pm_asset *asset = open_file(c.path, &file);
    REQUIRE(asset != NULL);
    for (int i = 0; i < READS; i++) {
        if (i % 1000 == 500)
            CHECK_INT(pm_file_write(c.path, other, sizeof other, NULL), PM_OK);
        if (i % 1000 == 900)
            CHECK_INT(unlink(c.path), 0);
        read_random(asset, &seed, &counts);
    }
    CHECK_INT(counts.ok, READS);
    pm_asset_close(asset);
    pm_file_close(file);
    CHECK(open_file(c.path, &file) == NULL);
    pm_file_close(file);
    remove_file(&c);
}

// --- packed slices -----------------------------------------------------------

// A block that was found good may change later: then a chunk decodes to
// something else or not at all. What holds is that nothing else happens.
TEST(changing, packed_slices_that_are_overwritten_do_no_harm)
{
    static uint8_t form[300000];
    static uint8_t window[300000];
    struct pm_allocator alloc = pm_allocator_libc();
    struct changer c;
    struct counts counts = {0};
    pthread_t thread;

    for (int codec = PM_CODEC_LZ4; codec < PM_CODECS; codec++) {
        REQUIRE(make_file(&c));
        pm_buf_free(&c.file);
        make_content(MIXED, 3, form, sizeof form);
        write_one(&alloc, (pm_asset_codec)codec, 4096, form, sizeof form,
                  &c.file);
        CHECK_INT(ftruncate(c.fd, 0), 0);
        CHECK(pwrite(c.fd, c.file.data, c.file.size, 0) > 0);
        REQUIRE(pthread_create(&thread, NULL, overwrite, &c) == 0);
        for (int i = 0; i < 1500; i++) {
            struct pm_file *file;
            struct pm_asset *asset = open_file(c.path, &file);
            if (asset)
                count(&counts,
                      pm_asset_read(asset, pm_asset_at(asset, 0), 0, window,
                                    i % 2 ? sizeof form : 5000),
                      true);
            pm_asset_close(asset);
            pm_file_close(file);
        }
        atomic_store(&c.is_done, true);
        pthread_join(thread, NULL);
        remove_file(&c);
    }
    CHECK(counts.ok > 0 && counts.corrupt > 0);
}
