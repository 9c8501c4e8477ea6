// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "hosts/common/os_fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/fault_alloc.h"
#include "support/sim_os.h"
#include "support/test.h"

// A disk with a file "f" of 4,096 bytes open for writing, behind a plan.
struct world {
    struct pm_sim *sim;
    struct pm_fault_alloc memory;
    struct pm_allocator alloc;
    struct pm_os_fault *fault;
    const struct pm_os *os;
    char why[512];
    int fd;
    int links; // calls that came through to [link]
};

static int count_link(void *context, int fd, int dir, const char *name)
{
    (void)fd;
    (void)dir;
    (void)name;
    (*(int *)context)++;
    return 0;
}

static bool enter(struct world *world, const char *plan)
{
    uint8_t bytes[4096];

    memset(bytes, 'o', sizeof bytes);
    *world = (struct world){.sim = pm_sim_new(), .fd = -1};
    world->alloc = pm_fault_alloc(&world->memory);
    pm_sim_put(world->sim, "f", bytes, sizeof bytes);
    pm_sim_put_directory(world->sim, "d");
    world->fault = pm_os_fault_create(&world->alloc, pm_sim_os(world->sim),
                                      plan, world->why, sizeof world->why);
    if (!CHECK(world->fault != NULL))
        return false;
    world->os = pm_os_fault_table(world->fault);
    world->fd =
        pm_sim_os(world->sim)
            ->open(pm_sim_os(world->sim)->context, AT_FDCWD, "f", O_RDWR, 0);
    return CHECK(world->fd >= 0);
}

static void leave(struct world *world)
{
    if (world->fault && world->fd >= 0)
        world->os->close(world->os->context, world->fd);
    pm_os_fault_destroy(world->fault);
    CHECK_INT(pm_sim_open_count(world->sim), 0);
    CHECK_INT(world->memory.live_blocks, 0);
    pm_sim_free(world->sim);
}

static bool see_nothing(void *visitor, const char *name, enum pm_os_kind kind)
{
    (void)visitor;
    (void)name;
    (void)kind;
    return true;
}

// Makes one call of a kind that succeeds where nothing is in the way.
static int64_t make_call(struct world *world, enum pm_os_call call)
{
    const struct pm_os *os = world->os;
    void *context = os->context;
    struct pm_os_stat stat;
    uint8_t bytes[1024] = {0};
    int fd;

    switch (call) {
    case PM_OS_OPEN:
        fd = os->open(context, AT_FDCWD, "f", O_RDONLY, 0);
        if (fd >= 0)
            os->close(context, fd);
        return fd;
    case PM_OS_READ:
        return os->read_at(context, world->fd, bytes, sizeof bytes, 0);
    case PM_OS_WRITE:
        return os->write_at(context, world->fd, bytes, sizeof bytes, 0);
    case PM_OS_TRUNCATE:
        return os->truncate(context, world->fd, 4096);
    case PM_OS_ALLOCATE:
        return os->allocate(context, world->fd, 0, 4096);
    case PM_OS_SYNC:
        return os->sync(context, world->fd);
    case PM_OS_STAT:
        return os->stat(context, world->fd, &stat);
    case PM_OS_MAKE_DIR:
        return os->make_dir(context, AT_FDCWD, "d/e", 0700);
    case PM_OS_REMOVE:
        return os->remove(context, AT_FDCWD, "d", true);
    case PM_OS_RENAME:
        return os->rename(context, AT_FDCWD, "f", AT_FDCWD, "g", 0);
    case PM_OS_LIST:
        fd = os->open(context, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY, 0);
        if (fd < 0)
            return -1;
        int result = os->list(context, fd, see_nothing, NULL);
        os->close(context, fd);
        return result;
    case PM_OS_LOCK:
        return os->lock(context, world->fd);
    case PM_OS_ACCESS:
        return os->access(context, AT_FDCWD, "f");
    case PM_OS_SET_MODE:
        return os->set_mode(context, world->fd, 0600);
    case PM_OS_LINK:
    case PM_OS_CALL_COUNT:
        break;
    }
    return -2;
}

static const char *const call_names[] = {
#define X(symbol, name) name,
    PM_OS_CALLS(X)
#undef X
};

TEST(os_fault, every_call_goes_through_and_is_counted_without_a_plan)
{
    for (int call = 0; call < PM_OS_LINK; call++) {
        struct world world;
        REQUIRE(enter(&world, NULL));
        CHECK(make_call(&world, (enum pm_os_call)call) >= 0);
        CHECK_INT(pm_os_fault_calls(world.fault, (enum pm_os_call)call), 1);
        CHECK_INT(pm_os_fault_failed(world.fault), 0);
        leave(&world);
    }
}

TEST(os_fault, every_kind_of_call_fails_by_its_name_and_does_nothing)
{
    for (int call = 0; call < PM_OS_LINK; call++) {
        struct world world;
        char plan[64];
        snprintf(plan, sizeof plan, "denied@%s:1", call_names[call]);
        REQUIRE(enter(&world, plan));
        uint64_t before = pm_sim_hash(world.sim, "");
        errno = 0;
        CHECK_INT(make_call(&world, (enum pm_os_call)call), -1);
        CHECK_INT(errno, EACCES);
        CHECK_INT(pm_os_fault_failed(world.fault), 1);
        CHECK(pm_sim_hash(world.sim, "") == before);
        // Once only: the next one goes through.
        CHECK(make_call(&world, (enum pm_os_call)call) >= 0);
        CHECK_INT(pm_os_fault_calls(world.fault, (enum pm_os_call)call), 2);
        leave(&world);
    }
}

TEST(os_fault, both_kinds_of_open_and_of_stat_are_one_kind_each)
{
    struct world world;
    struct pm_os_stat stat;

    REQUIRE(enter(&world, "EIO@open:2,EIO@stat:2"));
    CHECK(make_call(&world, PM_OS_OPEN) >= 0);
    CHECK_INT(
        world.os->open_beneath(world.os->context, AT_FDCWD, "f", O_RDONLY, 0),
        -1);
    CHECK_INT(errno, EIO);
    CHECK_INT(make_call(&world, PM_OS_STAT), 0);
    CHECK_INT(world.os->stat_at(world.os->context, AT_FDCWD, "f", &stat), -1);
    CHECK_INT(errno, EIO);
    leave(&world);
}

TEST(os_fault, link_is_there_when_it_is_below_and_fails_by_its_name)
{
    struct world world;
    REQUIRE(enter(&world, NULL));
    CHECK(world.os->link == NULL); // the simulated disk has none

    struct pm_os under = {.context = &world.links, .link = count_link};
    struct pm_os_fault *fault =
        pm_os_fault_create(&world.alloc, &under, "busy@link:2", NULL, 0);
    REQUIRE(fault != NULL);
    const struct pm_os *os = pm_os_fault_table(fault);
    CHECK_INT(os->link(os->context, 3, AT_FDCWD, "x"), 0);
    CHECK_INT(os->link(os->context, 3, AT_FDCWD, "x"), -1);
    CHECK_INT(errno, EBUSY);
    CHECK_INT(world.links, 1);
    CHECK_INT(pm_os_fault_calls(fault, PM_OS_LINK), 2);
    pm_os_fault_destroy(fault);
    leave(&world);
}

TEST(os_fault, what_nobody_injects_goes_through_uncounted)
{
    struct world world;
    uint64_t used = 0;
    uint64_t total = 0;
    uint8_t bytes[8];

    REQUIRE(enter(&world, "EIO@any:1+"));
    CHECK_INT(world.os->space(world.os->context, world.fd, &used, &total), 0);
    CHECK(total > 0);
    CHECK(!world.os->folds_names(world.os->context, AT_FDCWD));
    CHECK_INT(world.os->random(world.os->context, bytes, sizeof bytes), 0);
    CHECK_INT(pm_os_fault_failed(world.fault), 0);
    leave(&world);
}

TEST(os_fault, an_error_goes_by_words_and_by_the_hosts_name_in_any_case)
{
    static const struct {
        const char *name;
        int error;
    } rows[] = {
        {"io-error", EIO},         {"disk-full", ENOSPC},  {"quota", EDQUOT},
        {"no-memory", ENOMEM},     {"denied", EACCES},     {"read-only", EROFS},
        {"busy", EBUSY},           {"interrupted", EINTR}, {"ESTALE", ESTALE},
        {"too-many-open", EMFILE}, {"estale", ESTALE},     {"EUCLEAN", EUCLEAN},
        {"IO-Error", EIO}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world;
        char plan[64];
        snprintf(plan, sizeof plan, " %s@write:1", rows[i].name);
        REQUIRE(enter(&world, plan));
        CHECK_INT(make_call(&world, PM_OS_WRITE), -1);
        CHECK_INT(errno, rows[i].error);
        leave(&world);
    }
}

TEST(os_fault, a_plus_means_every_call_from_there_on)
{
    struct world world;

    REQUIRE(enter(&world, "io-error@sync:3+"));
    for (int i = 1; i <= 6; i++)
        CHECK_INT(make_call(&world, PM_OS_SYNC), i < 3 ? 0 : -1);
    CHECK_INT(pm_os_fault_failed(world.fault), 4);
    CHECK_INT(make_call(&world, PM_OS_READ), 1024);
    leave(&world);
}

TEST(os_fault, any_counts_calls_of_all_kinds)
{
    struct world world;

    REQUIRE(enter(&world, "busy@any:3"));
    CHECK_INT(make_call(&world, PM_OS_READ), 1024);
    CHECK_INT(make_call(&world, PM_OS_SYNC), 0);
    CHECK_INT(make_call(&world, PM_OS_STAT), -1);
    CHECK_INT(errno, EBUSY);
    CHECK_INT(make_call(&world, PM_OS_STAT), 0);
    leave(&world);
}

TEST(os_fault, several_rules_hold_together)
{
    struct world world;

    REQUIRE(enter(&world, "short@read:1, quota@write:2,EIO@read:2"));
    CHECK_INT(make_call(&world, PM_OS_READ), 512);
    CHECK_INT(make_call(&world, PM_OS_READ), -1);
    CHECK_INT(errno, EIO);
    CHECK_INT(make_call(&world, PM_OS_WRITE), 1024);
    CHECK_INT(make_call(&world, PM_OS_WRITE), -1);
    CHECK_INT(errno, EDQUOT);
    leave(&world);
}

TEST(os_fault, a_short_call_does_half_but_never_nothing)
{
    struct world world;
    uint8_t byte = 0;

    REQUIRE(enter(&world, "short@write:1+,short@read:1+"));
    CHECK_INT(make_call(&world, PM_OS_WRITE), 512);
    CHECK_INT(make_call(&world, PM_OS_READ), 512);
    CHECK_INT(world.os->write_at(world.os->context, world.fd, "x", 1, 0), 1);
    CHECK_INT(world.os->read_at(world.os->context, world.fd, &byte, 1, 0), 1);
    CHECK_INT(byte, 'x');
    leave(&world);
}

TEST(os_fault, a_torn_write_puts_its_first_whole_sectors_and_fails)
{
    struct world world;
    size_t size = 0;

    REQUIRE(enter(&world, "torn@write:1"));
    CHECK_INT(make_call(&world, PM_OS_WRITE), -1);
    CHECK_INT(errno, EIO);
    uint8_t *bytes = pm_sim_get(world.sim, "f", &size);
    REQUIRE(bytes != NULL && size == 4096);
    CHECK(bytes[0] == 0 && bytes[511] == 0 && bytes[512] == 'o');
    free(bytes);
    leave(&world);
}

TEST(os_fault, a_write_of_less_than_two_sectors_is_torn_to_nothing)
{
    struct world world;
    uint64_t before;
    uint8_t bytes[600] = {0};

    REQUIRE(enter(&world, "torn@write:1"));
    before = pm_sim_hash(world.sim, "");
    CHECK_INT(
        world.os->write_at(world.os->context, world.fd, bytes, sizeof bytes, 0),
        -1);
    CHECK(pm_sim_hash(world.sim, "") == before);
    leave(&world);
}

static void note_kill(void *context)
{
    (*(int *)context)++;
}

TEST(os_fault, a_kill_comes_before_the_call_and_no_more_than_once)
{
    struct world world;
    int kills = 0;

    REQUIRE(enter(&world, "kill@write:2"));
    pm_os_fault_on_kill(world.fault, note_kill, &kills);
    CHECK_INT(make_call(&world, PM_OS_WRITE), 1024);
    CHECK_INT(kills, 0);
    uint64_t before = pm_sim_hash(world.sim, "");
    CHECK_INT(world.os->write_at(world.os->context, world.fd, "killed", 6, 0),
              -1);
    CHECK_INT(kills, 1);
    CHECK(pm_sim_hash(world.sim, "") == before);
    CHECK_INT(make_call(&world, PM_OS_WRITE), 1024);
    CHECK_INT(kills, 1);
    leave(&world);
}

// --- a full disk -------------------------------------------------------------

static int64_t write_some(struct world *world, size_t size, uint64_t offset)
{
    static const uint8_t zeroes[8192];
    return world->os->write_at(world->os->context, world->fd, zeroes, size,
                               offset);
}

TEST(os_fault, a_disk_gets_full_at_the_byte_and_what_is_there_may_be_rewritten)
{
    struct world world;

    REQUIRE(enter(&world, "disk-full@1000"));
    CHECK_INT(write_some(&world, 4096, 0), 4096); // had its room
    CHECK_INT(write_some(&world, 600, 4096), 600);
    CHECK_INT(write_some(&world, 600, 4696), 400); // short at the end
    CHECK_INT(write_some(&world, 600, 5096), -1);
    CHECK_INT(errno, ENOSPC);
    CHECK_INT(write_some(&world, 1000, 4096), 1000);
    CHECK_INT(pm_os_fault_failed(world.fault), 1);
    leave(&world);
}

TEST(os_fault, what_was_allocated_can_be_written_on_a_full_disk)
{
    struct world world;
    void *context;

    REQUIRE(enter(&world, "disk-full@8192"));
    context = world.os->context;
    CHECK_INT(world.os->allocate(context, world.fd, 4096, 8192), 0);
    CHECK_INT(world.os->allocate(context, world.fd, 4096, 8193), -1);
    CHECK_INT(errno, ENOSPC);
    CHECK_INT(write_some(&world, 8192, 4096), 8192);
    CHECK_INT(write_some(&world, 1, 12288), -1);
    CHECK_INT(errno, ENOSPC);
    leave(&world);
}

TEST(os_fault, an_allocation_that_fails_below_takes_no_room)
{
    struct world world;
    void *context;

    REQUIRE(enter(&world, "disk-full@4096"));
    context = world.os->context;
    pm_sim_knobs(world.sim)->cannot_allocate = true;
    CHECK_INT(world.os->allocate(context, world.fd, 4096, 4096), -1);
    CHECK_INT(errno, EOPNOTSUPP);
    CHECK_INT(write_some(&world, 4096, 4096), 4096);
    leave(&world);
}

TEST(os_fault, a_disk_of_no_bytes_is_full_from_the_start)
{
    struct world world;

    REQUIRE(enter(&world, "disk-full@0"));
    CHECK_INT(write_some(&world, 1, 4096), -1);
    CHECK_INT(errno, ENOSPC);
    CHECK_INT(write_some(&world, 1, 4095), 1);
    leave(&world);
}

// --- plans that are none -----------------------------------------------------

#define FAULTS                                                                 \
    "there are disk-full, io-error, quota, no-memory, denied, read-only, "     \
    "busy, interrupted, too-many-open, short, torn, kill, and the host's "     \
    "names such as ESTALE"
#define CALLS                                                                  \
    "there are open, read, write, truncate, allocate, sync, stat, mkdir, "     \
    "remove, rename, list, lock, access, chmod, link, any"

TEST(os_fault, a_plan_that_is_none_says_what_was_found_and_what_is_wanted)
{
    static const struct {
        const char *plan;
        const char *why;
    } rows[] = {
        {"", "\"\" is no fault; " FAULTS},
        {"explode@write:1", "\"explode\" is no fault; " FAULTS},
        {"io-error:1", "found \":1\" behind \"io-error\", wanted @ and a call, "
                       "as in disk-full@write:3"},
        {"io-error", "found \"\" behind \"io-error\", wanted @ and a call, as "
                     "in disk-full@write:3"},
        {"EIO@wrote:1", "\"wrote\" is no call; " CALLS},
        {"EIO@write", "found \"\" behind the call, wanted : and which of them, "
                      "as in write:3"},
        {"EIO@write:x", "found \"x\", wanted a number"},
        {"EIO@write:0", "calls are counted from 1"},
        {"EIO@write:99999999999999999999",
         "the number 99999999999999999999... is too large"},
        {"disk-full@99999999999999999999",
         "the number 99999999999999999999... is too large"},
        {"torn@read:1", "only a write can be torn: torn@write:N"},
        {"torn@any:1", "only a write can be torn: torn@write:N"},
        {"short@sync:1", "only a read or a write can be short"},
        {"short@any:1", "only a read or a write can be short"},
        {"EIO@write:1 EIO@read:1",
         "found \" EIO@read:1\" behind a rule, wanted a comma or the end"},
        {"EIO@write:1,", "\"\" is no fault; " FAULTS},
        {"EIO@4096", "\"4096\" is no call; " CALLS},
    };
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_sim *sim = pm_sim_new();
    char why[512];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(pm_os_fault_create(&alloc, pm_sim_os(sim), rows[i].plan, why,
                                 sizeof why) == NULL);
        CHECK_STR(why, rows[i].why);
    }
    pm_sim_free(sim);
}

TEST(os_fault, a_plan_has_at_most_32_rules)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_sim *sim = pm_sim_new();
    char plan[1024] = "";
    char why[512];

    for (int i = 0; i < 32; i++)
        strcat(plan, i ? ",EIO@read:9" : "EIO@read:9");
    struct pm_os_fault *fault =
        pm_os_fault_create(&alloc, pm_sim_os(sim), plan, why, sizeof why);
    CHECK(fault != NULL);
    pm_os_fault_destroy(fault);
    strcat(plan, ",EIO@read:9");
    CHECK(pm_os_fault_create(&alloc, pm_sim_os(sim), plan, why, sizeof why) ==
          NULL);
    CHECK_STR(why, "more than 32 rules");
    pm_sim_free(sim);
}

TEST(os_fault, a_short_room_for_the_reason_cuts_it)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_sim *sim = pm_sim_new();
    char why[8] = "xxxxxxx";

    CHECK(pm_os_fault_create(&alloc, pm_sim_os(sim), "EIO@write:0", why,
                             sizeof why) == NULL);
    CHECK_STR(why, "calls a");
    CHECK(pm_os_fault_create(&alloc, pm_sim_os(sim), "EIO@write:0", NULL, 0) ==
          NULL);
    pm_sim_free(sim);
}

TEST(os_fault, without_memory_there_is_no_reason)
{
    struct pm_fault_alloc memory = {.fail_at = 1};
    struct pm_allocator alloc = pm_fault_alloc(&memory);
    struct pm_sim *sim = pm_sim_new();
    char why[64] = "old";

    CHECK(pm_os_fault_create(&alloc, pm_sim_os(sim), NULL, why, sizeof why) ==
          NULL);
    CHECK_STR(why, "");
    pm_sim_free(sim);
}
