// SPDX-License-Identifier: MIT
//
// Why a store cannot be opened, in the words that a person reads: what stands
// in the way and what to do, never something else.

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "store_world.h"

static void check_says(const struct world *world, const char *what)
{
    if (!CHECK(strstr(world->error.text, what) != NULL))
        CHECK_STR(world->error.text, what);
}

static void fail_calls(struct world *world, enum pm_os_call kind, uint64_t at,
                       int error)
{
    pm_sim_knobs(world->sim)->fault = (struct pm_sim_fault){
        .error = error, .at = at, .of_kind = true, .kind = kind};
}

TEST(refused, a_folder_that_cannot_be_made_says_why)
{
    struct world world;
    world_init(&world);
    fail_calls(&world, PM_OS_MAKE_DIR, 1, EACCES);
    CHECK_INT(world_try(&world), PM_FS_ACCESS_DENIED);
    check_says(&world, "Permission denied; the folder of saves must be one");
    fail_calls(&world, PM_OS_MAKE_DIR, 1, EROFS);
    CHECK_INT(world_try(&world), PM_FS_ACCESS_DENIED);
    check_says(&world, "Read-only file system; the folder");
    world_free(&world);
}

TEST(refused, a_folder_that_is_none_says_so)
{
    struct world world;
    world_init(&world);
    pm_sim_put(world.sim, STORE_DIR, "x", 1);
    CHECK_INT(world_try(&world), PM_FS_ACCESS_DENIED);
    check_says(&world, "Not a directory; the folder of saves must be one");
    world_free(&world);
}

// The second open is that of a database that is not there, the third that of
// what an earlier run may have left, and the fourth makes the new one.
TEST(refused, a_store_that_cannot_be_made_says_why)
{
    struct world world;
    world_init(&world);
    pm_sim_put_directory(world.sim, STORE_DIR);
    for (uint64_t at = 1;; at++) {
        fail_calls(&world, PM_OS_OPEN, at, EACCES);
        pm_fs_status status = world_try(&world);
        if (pm_sim_knobs(world.sim)->fault.hits == 0 || !status)
            break;
        CHECK_INT(status, PM_FS_ACCESS_DENIED);
        CHECK(strstr(world.error.text, "Permission denied") ||
              strstr(world.error.text, "its folder may not be written to"));
    }
    world_free(&world);
}

TEST(refused, a_directory_in_the_way_of_a_new_store_is_named)
{
    struct world world;
    world_init(&world);
    pm_sim_put_directory(world.sim, STORE_DIR);
    pm_sim_put_directory(world.sim, STORE_FILE ".new");
    CHECK_INT(world_try(&world), PM_FS_ACCESS_DENIED);
    check_says(&world, "could not be made: a directory has its name with .new "
                       "behind; remove that directory");
    world_free(&world);
}

TEST(refused, a_store_for_which_there_is_no_room_says_so)
{
    struct world world;
    world_init(&world);
    pm_sim_put_directory(world.sim, STORE_DIR);
    pm_sim_knobs(world.sim)->space = 4096;
    CHECK_INT(world_try(&world), PM_FS_STORAGE_FULL);
    check_says(&world, "could not be made: there is no room for it; make room "
                       "on the device");
    world_free(&world);
}

// A wrong checksum is no error of the disk.
TEST(refused, a_damaged_page_is_called_that)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_try(&world) == PM_FS_OK);
    size_t size = 0;
    uint8_t *bytes = pm_sim_get(world.sim, STORE_FILE, &size);
    REQUIRE(bytes != NULL && size > 2 * 4096);
    bytes[4096 + 100] ^= 1;
    pm_sim_put(world.sim, STORE_FILE, bytes, size);
    CHECK_INT(world_try(&world), PM_FS_CORRUPT);
    check_says(&world, "a page of the database is damaged; it is left as it "
                       "is");
    free(bytes);
    world_free(&world);
}

TEST(refused, what_is_no_file_is_called_that)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_try(&world) == PM_FS_OK);
    fail_calls(&world, PM_OS_OPEN, 2, ENXIO);
    CHECK_INT(world_try(&world), PM_FS_ACCESS_DENIED);
    check_says(&world, "a pipe, socket or device stands in place of the store");
    world_free(&world);
}

TEST(refused, a_link_is_not_followed_and_called_that)
{
    struct world world;
    world_init(&world);
    pm_sim_put_directory(world.sim, STORE_DIR);
    pm_sim_put_link(world.sim, STORE_FILE);
    CHECK_INT(world_try(&world), PM_FS_ACCESS_DENIED);
    check_says(&world, "a symbolic link stands in place of the store");
    world_free(&world);
}

// --- a race ------------------------------------------------------------------

static int (*lock_of_sim)(void *context, int fd);

// Another run has put a new database under the name just before the lock of
// the old one is had.
static int lock_too_late(void *context, int fd)
{
    struct pm_sim *sim = context;
    static bool is_done;

    if (!is_done) {
        const struct pm_os *os = pm_sim_os(sim);
        is_done = true;
        CHECK_INT(os->rename(os->context, AT_FDCWD, STORE_FILE, AT_FDCWD,
                             STORE_DIR "/old", 0),
                  0);
    }
    return lock_of_sim(context, fd);
}

TEST(refused, a_lock_counts_only_on_the_file_that_has_the_name)
{
    struct world world;
    world_init(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK_INT(put(&world, (struct item){1, 10, 1}, true), PM_FS_OK);
    world_close(&world);
    struct pm_os os = *pm_sim_os(world.sim);
    lock_of_sim = os.lock;
    os.lock = lock_too_late;
    const struct pm_store_config config = {.alloc = &world.alloc,
                                           .os = &os,
                                           .directory = STORE_DIR,
                                           .app_id = STORE_APP};
    CHECK_INT(pm_store_open(&config, &world.store, &world.error), PM_FS_OK);
    CHECK(pm_sim_exists(world.sim, STORE_FILE));
    CHECK_INT(content(&world), 1); // the new, empty one
    world_close(&world);
    world_free(&world);
}
