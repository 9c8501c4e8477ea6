// SPDX-License-Identifier: MIT
//
// Damage where nothing is stored: a free page of the database that the next
// transaction has to use. Nothing is lost by it, and saving goes on, in a new
// file, with a copy of the damaged one kept aside.

#include <errno.h>
#include <stdlib.h>

#include "store_world.h"

#define PAGE 4096u
#define COPY STORE_FILE ".damaged-1"
#define MOST 64u

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

struct database {
    uint8_t *bytes;
    size_t size;
    uint32_t free[MOST]; // numbers of its free pages, from 1
    uint32_t count;
    uint32_t damaged; // index in [free]
};

// SQLite's list of free pages: pages with the numbers of others.
static void find_free(struct database *found)
{
    uint32_t trunk = big_endian(found->bytes + 32);

    found->count = 0;
    while (trunk && found->count < MOST) {
        const uint8_t *page = found->bytes + (trunk - 1) * PAGE;
        found->free[found->count++] = trunk;
        for (uint32_t i = 0; i < big_endian(page + 4); i++)
            if (found->count < MOST)
                found->free[found->count++] = big_endian(page + 8 + i * 4);
        trunk = big_endian(page);
    }
}

// A closed store that much has been removed from.
static bool make(struct world *world, struct database *out)
{
    CHECK_INT(world_open(world), PM_FS_OK);
    for (uint64_t key = 1; key <= 12; key++)
        CHECK_INT(put(world, (struct item){key, 9000, 1}, false), PM_FS_OK);
    CHECK_INT(remove_keys(world, 5, 10, true), PM_FS_OK);
    world_close(world);
    out->bytes = pm_sim_get(world->sim, STORE_FILE, &out->size);
    if (!CHECK(out->bytes != NULL))
        return false;
    find_free(out);
    return CHECK(out->count > 3);
}

static bool is_there(struct world *world)
{
    bool ok = true;

    for (uint64_t key = 1; key <= 12; key++)
        if (key < 5 || key > 10)
            ok = ok && has(world, (struct item){key, 9000, 1});
    return ok;
}

static const struct item wanted[] = {{20, 30000, 2}, {21, 30000, 3}};

static bool has_wanted(struct world *world)
{
    return has(world, wanted[0]) && has(world, wanted[1]);
}

static bool is_copy(const struct world *world, const struct database *of)
{
    size_t size = 0;
    uint8_t *bytes = pm_sim_get(world->sim, COPY, &size);
    bool same =
        bytes && size == of->size && memcmp(bytes, of->bytes, size) == 0;

    free(bytes);
    return same;
}

// Of pages that hold the numbers of others a copy must be there; SQLite need
// not read the others before it writes them.
static bool is_kept(const struct world *world, const struct database *of,
                    bool is_list)
{
    return is_copy(world, of) || (!is_list && !pm_sim_exists(world->sim, COPY));
}

// Damages free page [index] of [database], for as long as [run] takes.
static void with_damage(struct database *database, uint32_t index,
                        void (*run)(const struct database *database))
{
    uint8_t *at = database->bytes + (database->free[index] - 1) * PAGE + 3000;

    database->damaged = index;
    *at ^= 1;
    run(database);
    *at ^= 1;
}

static void save_and_look(const struct database *database, bool durable)
{
    struct world world;
    bool is_list = database->damaged == 0;

    world_init(&world);
    pm_sim_put_directory(world.sim, STORE_DIR);
    pm_sim_put(world.sim, STORE_FILE, database->bytes, database->size);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK(is_there(&world));
    CHECK_INT(put_many(&world, wanted, 2, durable), PM_FS_OK);
    CHECK(is_there(&world) && has_wanted(&world));
    CHECK(is_kept(&world, database, is_list));
    CHECK_INT(put(&world, (struct item){30, 9000, 4}, true), PM_FS_OK);
    world_close(&world);
    world_lose(&world);
    REQUIRE(world_open(&world) == PM_FS_OK);
    CHECK(is_there(&world) && has_wanted(&world));
    CHECK(has(&world, (struct item){30, 9000, 4}));
    CHECK(is_kept(&world, database, is_list));
    world_close(&world);
    world_free(&world);
}

static void save_in_both_ways(const struct database *database)
{
    save_and_look(database, false);
    save_and_look(database, true);
}

TEST(free_page, damage_where_nothing_is_stored_does_not_end_saving)
{
    struct world world;
    struct database database = {0};

    world_init(&world);
    if (make(&world, &database))
        for (uint32_t i = 0; i < database.count; i++)
            with_damage(&database, i, save_in_both_ways);
    free(database.bytes);
    world_free(&world);
}

// Whether the fault was met. What fails has changed nothing, and the next try
// does it.
static bool fail_at(const struct database *database, uint64_t at)
{
    struct world world;

    world_init(&world);
    pm_sim_put_directory(world.sim, STORE_DIR);
    pm_sim_put(world.sim, STORE_FILE, database->bytes, database->size);
    CHECK_INT(world_open(&world), PM_FS_OK);
    struct pm_sim_fault *fault = &pm_sim_knobs(world.sim)->fault;
    *fault = (struct pm_sim_fault){.error = EIO, .at = at};
    pm_fs_status status = put_many(&world, wanted, 2, true);
    bool is_met = fault->hits != 0;
    *fault = (struct pm_sim_fault){0};
    CHECK(is_there(&world));
    if (status) {
        pm_fs_status again = put_many(&world, wanted, 2, true);
        // A flush that failed may be told once more.
        if (again)
            again = put_many(&world, wanted, 2, true);
        CHECK_INT(again, PM_FS_OK);
    }
    CHECK(is_there(&world) && has_wanted(&world));
    CHECK(is_copy(&world, database));
    world_close(&world);
    world_lose(&world);
    CHECK_INT(world_open(&world), PM_FS_OK);
    CHECK(is_there(&world) && has_wanted(&world));
    world_close(&world);
    world_free(&world);
    return is_met;
}

static void fail_each(const struct database *database)
{
    uint64_t at = 1;

    while (fail_at(database, at))
        at++;
    CHECK(at > 20);
}

TEST(free_page, each_call_may_fail_while_the_damage_is_left_behind)
{
    struct world world;
    struct database database = {0};

    world_init(&world);
    if (make(&world, &database))
        with_damage(&database, 0, fail_each);
    free(database.bytes);
    world_free(&world);
}
