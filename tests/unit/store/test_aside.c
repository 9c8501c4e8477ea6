// SPDX-License-Identifier: MIT
//
// What is kept aside of a damaged store: database, log and reason, byte for
// byte, beside each other under a number of their own.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "store_world.h"

#define COPY STORE_FILE ".damaged-1"

static const struct item small = {7, 100, 1};

// The path of the store's log.
static bool is_log(void *visitor, const char *name, enum pm_os_kind kind)
{
    char *path = visitor;

    (void)kind;
    if (!strstr(name, ".db-wal-"))
        return true;
    snprintf(path, 64, STORE_DIR "/%.40s", name);
    return false;
}

static void find_log(const struct world *world, char path[64])
{
    const struct pm_os *os = pm_sim_os(world->sim);
    int dir = os->open(os->context, AT_FDCWD, STORE_DIR, O_RDONLY, 0);

    path[0] = '\0';
    CHECK(dir >= 0);
    os->list(os->context, dir, is_log, path);
    os->close(os->context, dir);
    CHECK(path[0]);
}

static bool is_same(const struct world *world, const char *a, const char *b)
{
    size_t sizes[2] = {0, 0};
    uint8_t *bytes[2] = {pm_sim_get(world->sim, a, &sizes[0]),
                         pm_sim_get(world->sim, b, &sizes[1])};
    bool same = bytes[0] && bytes[1] && sizes[0] == sizes[1] &&
                memcmp(bytes[0], bytes[1], sizes[0]) == 0;

    free(bytes[0]);
    free(bytes[1]);
    return same;
}

static bool says(const struct world *world, const char *path, const char *text)
{
    size_t size = 0;
    uint8_t *bytes = pm_sim_get(world->sim, path, &size);
    bool same = bytes && size == strlen(text) && memcmp(bytes, text, size) == 0;

    free(bytes);
    return same;
}

static uint64_t hash_of(const struct world *world, const char *path)
{
    size_t size = 0;
    uint8_t *bytes = pm_sim_get(world->sim, path, &size);
    uint64_t hash = bytes ? pm_hash64(bytes, size) : 0;

    free(bytes);
    return hash;
}

static pm_fs_status keep(struct world *world, const char *what)
{
    return world->store.keep_aside(world->store.context, what);
}

// A store whose last transaction is in its log alone.
static void enter(struct world *world, char log[64])
{
    world_init(world);
    CHECK_INT(world_open(world), PM_FS_OK);
    CHECK_INT(put(world, small, true), PM_FS_OK);
    find_log(world, log);
}

TEST(aside, database_log_and_reason_are_kept_byte_for_byte)
{
    struct world world;
    char log[64];

    enter(&world, log);
    CHECK_INT(keep(&world, "a bit was wrong"), PM_FS_OK);
    CHECK(is_same(&world, COPY, STORE_FILE));
    CHECK(is_same(&world, COPY "-wal", log));
    CHECK(says(&world, COPY ".txt", "a bit was wrong\n"));
    uint64_t copy = hash_of(&world, COPY);
    uint64_t copy_of_log = hash_of(&world, COPY "-wal");
    world_close(&world);
    world_lose(&world);
    CHECK(hash_of(&world, COPY) == copy);
    CHECK(hash_of(&world, COPY "-wal") == copy_of_log);
    CHECK(says(&world, COPY ".txt", "a bit was wrong\n"));
    world_free(&world);
}

TEST(aside, a_run_keeps_one_copy_and_never_replaces_an_earlier_one)
{
    struct world world;
    char log[64];

    enter(&world, log);
    CHECK_INT(keep(&world, "first"), PM_FS_OK);
    CHECK_INT(keep(&world, "again"), PM_FS_OK);
    CHECK(!pm_sim_exists(world.sim, STORE_FILE ".damaged-2"));
    world_close(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(keep(&world, "second"), PM_FS_OK);
    CHECK(says(&world, COPY ".txt", "first\n"));
    CHECK(says(&world, STORE_FILE ".damaged-2.txt", "second\n"));
    world_close(&world);
    world_free(&world);
}

TEST(aside, a_copy_that_fails_at_any_call_leaves_nothing_and_is_told)
{
    for (uint64_t at = 1;; at++) {
        struct world world;
        char log[64];
        enter(&world, log);
        struct pm_sim_fault *fault = &pm_sim_knobs(world.sim)->fault;
        *fault = (struct pm_sim_fault){.error = EIO, .at = at};
        pm_fs_status status = keep(&world, "why");
        bool is_met = fault->hits != 0;
        *fault = (struct pm_sim_fault){0};
        CHECK(is_met == (status != PM_FS_OK));
        CHECK_INT(pm_sim_exists(world.sim, COPY), status == PM_FS_OK);
        CHECK_INT(pm_sim_exists(world.sim, COPY "-wal"), status == PM_FS_OK);
        CHECK_INT(pm_sim_exists(world.sim, COPY ".txt"), status == PM_FS_OK);
        CHECK(has(&world, small));
        world_close(&world);
        world_free(&world);
        if (!is_met)
            break;
    }
}
