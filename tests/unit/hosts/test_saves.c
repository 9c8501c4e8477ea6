// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L

#include "hosts/common/saves.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "support/fault_alloc.h"
#include "support/sim_os.h"
#include "support/test.h"

struct world {
    struct pm_sim *sim;
    const struct pm_os *os;
    struct pm_fault_alloc memory;
    struct pm_allocator alloc;
    struct pm_saves_entry *entries;
    size_t count;
};

static void enter(struct world *world)
{
    *world = (struct world){.sim = pm_sim_new()};
    world->os = pm_sim_os(world->sim);
    world->alloc = pm_fault_alloc(&world->memory);
}

static void drop_list(struct world *world)
{
    if (world->entries)
        world->alloc.resize(world->alloc.context, world->entries,
                            world->count * sizeof *world->entries, 0);
    world->entries = NULL;
}

static void leave(struct world *world)
{
    drop_list(world);
    CHECK_INT(world->memory.live_blocks, 0);
    CHECK_INT(pm_sim_open_count(world->sim), 0);
    pm_sim_free(world->sim);
}

static pm_fs_status list(struct world *world)
{
    drop_list(world);
    return pm_saves_list(world->os, &world->alloc, "saves", &world->entries,
                         &world->count);
}

// --- names -------------------------------------------------------------------

TEST(saves, the_default_folder_is_below_the_users_data)
{
    char out[PM_SAVES_PATH];

    setenv("XDG_DATA_HOME", "/data", 1);
    setenv("HOME", "/home/u", 1);
    CHECK(pm_saves_default(out, sizeof out));
    CHECK_STR(out, "/data/prometeu/saves");
    unsetenv("XDG_DATA_HOME");
    CHECK(pm_saves_default(out, sizeof out));
    CHECK_STR(out, "/home/u/.local/share/prometeu/saves");
}

TEST(saves, a_relative_or_empty_data_folder_is_not_looked_at)
{
    char out[PM_SAVES_PATH];

    setenv("HOME", "/home/u", 1);
    setenv("XDG_DATA_HOME", "data", 1);
    CHECK(pm_saves_default(out, sizeof out));
    CHECK_STR(out, "/home/u/.local/share/prometeu/saves");
    setenv("XDG_DATA_HOME", "", 1);
    CHECK(pm_saves_default(out, sizeof out));
    CHECK_STR(out, "/home/u/.local/share/prometeu/saves");
    unsetenv("XDG_DATA_HOME");
}

TEST(saves, without_a_home_or_room_there_is_no_default_folder)
{
    char out[8];

    setenv("HOME", "/home/u", 1);
    unsetenv("XDG_DATA_HOME");
    CHECK(!pm_saves_default(out, sizeof out));
    setenv("XDG_DATA_HOME", "/data", 1);
    CHECK(!pm_saves_default(out, sizeof out));
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", "", 1);
    CHECK(!pm_saves_default(out, sizeof out));
    unsetenv("HOME");
    CHECK(!pm_saves_default(out, sizeof out));
}

TEST(saves, a_name_is_eight_digits_and_gives_its_app_id_back)
{
    static const uint32_t ids[] = {0,           1,           0x2a,
                                   0x80000000u, 0xdeadbeefu, UINT32_MAX};
    char name[PM_SAVES_NAME];
    uint32_t app_id = 7;

    pm_saves_name(0x2a, name);
    CHECK_STR(name, "0000002a.db");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        pm_saves_name(ids[i], name);
        CHECK(pm_saves_parse_name(name, &app_id));
        CHECK(app_id == ids[i]);
    }
}

TEST(saves, other_names_are_no_databases)
{
    static const char *const names[] = {"",
                                        "0",
                                        "0000002a",
                                        "0000002A.db",
                                        "000002a.db",
                                        "0000002a.db-wal-1",
                                        "00000002a.db",
                                        "0000002a.dbx",
                                        "0000002g.db",
                                        "0000002a.db.damaged-1"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint32_t app_id = 7;
        CHECK(!pm_saves_parse_name(names[i], &app_id));
        CHECK_INT(app_id, 7);
    }
}

TEST(saves, a_store_belongs_to_whom_it_is_bound_to_by_place_or_package)
{
    const struct pm_store_owner none = {"", ""};
    const struct pm_store_owner placed = {"/games/a", ""};
    const struct pm_store_owner packed = {"", "f00"};
    const struct pm_store_owner both = {"/games/a", "f00"};
    const struct pm_store_owner other = {"/games/b", "bad"};
    const struct pm_store_owner moved = {"/games/b", "f00"};

    CHECK(pm_saves_owns(&none, &other));
    CHECK(pm_saves_owns(&none, &none));
    CHECK(pm_saves_owns(&placed, &both));
    CHECK(!pm_saves_owns(&placed, &packed));
    CHECK(!pm_saves_owns(&placed, &none));
    CHECK(!pm_saves_owns(&packed, &placed));
    CHECK(pm_saves_owns(&both, &moved));
    CHECK(!pm_saves_owns(&both, &other));
}

// --- listing -----------------------------------------------------------------

static void put_many(struct world *world)
{
    pm_sim_put_directory(world->sim, "saves");
    pm_sim_put(world->sim, "saves/0000002a.db", "12345", 5);
    pm_sim_put(world->sim, "saves/0000002a.db.damaged-1", "x", 1);
    pm_sim_put(world->sim, "saves/0000002a.db.damaged-1-wal-00", "x", 1);
    pm_sim_put(world->sim, "saves/0000002a.db.damaged-12", "x", 1);
    pm_sim_put(world->sim, "saves/0000002a.db-wal-0007", "log", 3);
    pm_sim_put(world->sim, "saves/00000001.db", "1", 1);
    pm_sim_put(world->sim, "saves/0000002b.db.damaged-1", "x", 1);
    pm_sim_put(world->sim, "saves/fffffff0.db", "", 0);
    pm_sim_put(world->sim, "saves/0000002c.db.cleared-1", "x", 1);
    pm_sim_put(world->sim, "saves/notes.txt", "x", 1);
}

TEST(saves, a_list_has_each_database_with_its_size_and_damaged_copies)
{
    struct world world;

    enter(&world);
    put_many(&world);
    CHECK_INT(list(&world), PM_FS_OK);
    if (CHECK_INT(world.count, 3)) {
        CHECK_INT(world.entries[0].app_id, 1);
        CHECK_INT(world.entries[0].size, 1);
        CHECK_INT(world.entries[1].app_id, 0x2a);
        CHECK_INT(world.entries[1].size, 5);
        CHECK_INT(world.entries[1].damaged, 2);
        CHECK_INT(world.entries[2].app_id, 0xfffffff0);
        CHECK_INT(world.entries[2].damaged, 0);
    }
    leave(&world);
}

TEST(saves, a_folder_that_is_empty_or_not_there_has_no_saves)
{
    struct world world;

    enter(&world);
    CHECK_INT(list(&world), PM_FS_OK);
    CHECK(world.count == 0 && world.entries == NULL);
    pm_sim_put_directory(world.sim, "saves");
    CHECK_INT(list(&world), PM_FS_OK);
    CHECK(world.count == 0 && world.entries == NULL);
    leave(&world);
}

TEST(saves, a_list_of_many_is_in_order)
{
    struct world world;

    enter(&world);
    pm_sim_put_directory(world.sim, "saves");
    for (uint32_t i = 0; i < 100; i++) {
        char path[32] = "saves/";
        pm_saves_name(i * 2654435761u, path + 6);
        pm_sim_put(world.sim, path, "x", 1);
    }
    CHECK_INT(list(&world), PM_FS_OK);
    CHECK_INT(world.count, 100);
    for (size_t i = 1; i < world.count; i++)
        CHECK(world.entries[i - 1].app_id < world.entries[i].app_id);
    leave(&world);
}

TEST(saves, a_list_that_an_error_ends_is_no_list)
{
    static const enum pm_os_call kinds[] = {PM_OS_OPEN, PM_OS_LIST, PM_OS_LIST};
    static const uint64_t at[] = {1, 1, 2};

    for (int i = 0; i < 3; i++) {
        struct world world;
        enter(&world);
        put_many(&world);
        pm_sim_knobs(world.sim)->fault = (struct pm_sim_fault){
            .error = EIO, .at = at[i], .of_kind = true, .kind = kinds[i]};
        CHECK_INT(list(&world), PM_FS_IO_FAILED);
        CHECK(world.count == 0 && world.entries == NULL);
        leave(&world);
    }
}

static int list_once(const struct pm_allocator *alloc, void *context)
{
    struct world *world = context;
    struct pm_saves_entry *entries;
    size_t count;
    pm_fs_status status =
        pm_saves_list(world->os, alloc, "saves", &entries, &count);

    CHECK(!status || status == PM_FS_TRANSIENT);
    CHECK(!status || (!entries && !count));
    if (entries)
        alloc->resize(alloc->context, entries, count * sizeof *entries, 0);
    return status == PM_FS_OK;
}

TEST(saves, a_list_for_which_memory_is_short_leaks_nothing)
{
    struct world world;

    enter(&world);
    pm_sim_put_directory(world.sim, "saves");
    for (uint32_t i = 0; i < 40; i++) {
        char path[32] = "saves/";
        pm_saves_name(i, path + 6);
        pm_sim_put(world.sim, path, "x", 1);
    }
    CHECK(pm_fault_alloc_each(list_once, &world, 0) >= 4);
    leave(&world);
}

// --- setting aside -----------------------------------------------------------

static pm_fs_status set_aside(struct world *world, uint32_t app_id, char *name)
{
    return pm_saves_set_aside(world->os, "saves", app_id, name, 64);
}

TEST(saves, what_is_set_aside_keeps_its_bytes_and_its_log)
{
    struct world world;
    char name[64];
    size_t size = 0;

    enter(&world);
    put_many(&world);
    CHECK_INT(set_aside(&world, 0x2a, name), PM_FS_OK);
    CHECK_STR(name, "0000002a.db.cleared-1");
    CHECK(!pm_sim_exists(world.sim, "saves/0000002a.db"));
    CHECK(!pm_sim_exists(world.sim, "saves/0000002a.db-wal-0007"));
    uint8_t *bytes =
        pm_sim_get(world.sim, "saves/0000002a.db.cleared-1", &size);
    CHECK(bytes && size == 5 && memcmp(bytes, "12345", 5) == 0);
    free(bytes);
    bytes =
        pm_sim_get(world.sim, "saves/0000002a.db.cleared-1-wal-0007", &size);
    CHECK(bytes && size == 3 && memcmp(bytes, "log", 3) == 0);
    free(bytes);
    CHECK(pm_sim_exists(world.sim, "saves/00000001.db"));
    CHECK(pm_sim_exists(world.sim, "saves/0000002a.db.damaged-1"));
    leave(&world);
}

TEST(saves, what_is_set_aside_is_so_after_a_power_cut)
{
    struct world world;
    char name[64];

    enter(&world);
    put_many(&world);
    pm_sim_settle(world.sim);
    CHECK_INT(set_aside(&world, 0x2a, name), PM_FS_OK);
    struct pm_sim_fate *fates =
        calloc(pm_sim_pending_count(world.sim) + 1, sizeof *fates);
    struct pm_sim *cut = pm_sim_cut(world.sim, fates); // all that is pending
    CHECK(!pm_sim_exists(cut, "saves/0000002a.db"));
    CHECK(pm_sim_exists(cut, "saves/0000002a.db.cleared-1"));
    CHECK(pm_sim_exists(cut, "saves/0000002a.db.cleared-1-wal-0007"));
    pm_sim_free(cut);
    free(fates);
    leave(&world);
}

TEST(saves, nothing_that_was_set_aside_before_is_replaced)
{
    struct world world;
    char name[64];
    size_t size = 0;

    enter(&world);
    put_many(&world);
    pm_sim_put(world.sim, "saves/0000002a.db.cleared-1", "older", 5);
    pm_sim_put(world.sim, "saves/0000002a.db.cleared-2", "old", 3);
    CHECK_INT(set_aside(&world, 0x2a, name), PM_FS_OK);
    CHECK_STR(name, "0000002a.db.cleared-3");
    uint8_t *bytes =
        pm_sim_get(world.sim, "saves/0000002a.db.cleared-1", &size);
    CHECK(bytes && size == 5 && memcmp(bytes, "older", 5) == 0);
    free(bytes);
    leave(&world);
}

TEST(saves, what_is_not_there_cannot_be_set_aside)
{
    struct world world;
    char name[64];

    enter(&world);
    CHECK_INT(set_aside(&world, 1, name), PM_FS_NOT_FOUND);
    put_many(&world);
    CHECK_INT(set_aside(&world, 2, name), PM_FS_NOT_FOUND);
    leave(&world);
}

TEST(saves, a_store_that_a_run_has_open_is_busy_until_it_is_closed)
{
    struct world world;
    struct pm_store store = {0};
    char name[64];

    enter(&world);
    const struct pm_store_config config = {.alloc = &world.alloc,
                                           .os = world.os,
                                           .directory = "saves",
                                           .app_id = 0x2a};
    REQUIRE(pm_store_open(&config, &store, NULL) == PM_FS_OK);
    uint64_t before = pm_sim_hash(world.sim, "saves");
    CHECK_INT(set_aside(&world, 0x2a, name), PM_FS_BUSY);
    CHECK(pm_sim_hash(world.sim, "saves") == before);
    pm_store_close(&store);
    CHECK_INT(set_aside(&world, 0x2a, name), PM_FS_OK);
    leave(&world);
}

// A database and its log after a crash, with a content that only the log has.
static bool crash_with_a_log(struct world *world)
{
    const struct pm_store_config config = {.alloc = &world->alloc,
                                           .os = world->os,
                                           .directory = "saves",
                                           .app_id = 0x2a};
    const struct pm_store_change change = {1, 0, "kept", 4};
    struct pm_store store = {0};

    if (!CHECK_INT(pm_store_open(&config, &store, NULL), PM_FS_OK) ||
        !CHECK_INT(store.commit(store.context, &change, 1, true), PM_FS_OK))
        return false;
    struct pm_sim *copy = pm_sim_copy(world->sim);
    pm_store_close(&store);
    pm_sim_free(world->sim);
    world->sim = copy;
    world->os = pm_sim_os(copy);
    return true;
}

// Whether some store of the folder, under its own or its new name with all
// that goes with it, still has the content.
static bool has_content(struct world *world)
{
    const struct pm_store_config config = {.alloc = &world->alloc,
                                           .os = world->os,
                                           .directory = "saves",
                                           .app_id = 0x2a,
                                           .read_only = true};
    struct pm_store store = {0};
    uint8_t bytes[8];
    size_t size = 0;

    if (pm_store_open(&config, &store, NULL))
        return false;
    bool has =
        store.get(store.context, 1, bytes, sizeof bytes, &size) == PM_FS_OK &&
        size == 4 && memcmp(bytes, "kept", 4) == 0;
    pm_store_close(&store);
    return has;
}

TEST(saves, setting_aside_fails_at_each_call_and_the_store_stays_as_it_was)
{
    for (uint64_t at = 1;; at++) {
        struct world world;
        char name[64];
        enter(&world);
        if (!crash_with_a_log(&world))
            return;
        pm_sim_knobs(world.sim)->fault =
            (struct pm_sim_fault){.error = EIO, .at = at};
        pm_fs_status status = set_aside(&world, 0x2a, name);
        uint64_t hits = pm_sim_knobs(world.sim)->fault.hits;
        // An old log that cannot be removed does no harm.
        CHECK(hits || !status);
        pm_sim_knobs(world.sim)->fault = (struct pm_sim_fault){0};
        CHECK(has_content(&world) == (status != PM_FS_OK));
        leave(&world);
        if (!hits)
            break;
    }
}
