// SPDX-License-Identifier: MIT
//
// A script of all operations, run with each allocation and each call of the
// store failing, once or from then on. A step that fails has changed nothing
// (V1); when the fault is gone all goes on, and what the volume shows then is
// what the store gives the next time.

#include <stdlib.h>

#include "base/hash.h"
#include "support/fault_alloc.h"
#include "tree_world.h"

#define P(text) pm_test_path(text)

static struct pm_fault_alloc memory;
static struct pm_allocator alloc;
static struct pm_mem_store store;
static struct tree_world world;
static struct pm_volume_file *file;
static uint8_t bytes[20000];

// --- what is visible ---------------------------------------------------------

struct picture {
    struct pm_fs_stat stats[8];
    uint64_t hashes[8];
    uint64_t used;
};

static const char *const paths[] = {"",    "a",   "a/f", "a/g",
                                    "a/h", "a/d", "new", "other"};

static uint64_t hash_of(struct pm_path path)
{
    static uint8_t room[20000];
    struct pm_volume *volume = world.volume;
    struct pm_destination dest = {room, NULL, false};
    struct pm_volume_file *opened = NULL;
    uint32_t size = 0;
    bool eof;
    CHECK_INT(volume->ops->open(volume, path, PM_OPEN_READ, &opened), 0);
    CHECK_INT(
        volume->ops->read(volume, opened, 0, &dest, sizeof room, &size, &eof),
        0);
    volume->ops->close(volume, opened, true);
    return pm_hash64(room, size);
}

// [with_bytes]: reads what was not read, which no failing step may rely on.
static struct picture look(bool with_bytes)
{
    struct pm_volume *volume = world.volume;
    struct picture picture;
    uint64_t limit;
    memset(&picture, 0, sizeof picture);
    for (size_t i = 0; i < PM_ARRAY_LEN(paths); i++) {
        struct pm_fs_stat stat;
        if (volume->ops->stat(volume, P(paths[i]), &stat))
            continue;
        picture.stats[i].kind = stat.kind;
        picture.stats[i].size = stat.size;
        picture.stats[i].revision = stat.revision;
        if (with_bytes && stat.kind == PM_FS_FILE)
            picture.hashes[i] = hash_of(P(paths[i]));
    }
    CHECK_INT(volume->ops->usage(volume, &picture.used, &limit), 0);
    return picture;
}

static bool is_same(const struct picture *a, const struct picture *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

// --- the script --------------------------------------------------------------

#define STEP(name, call)                                                       \
    static pm_fs_status step_##name(struct pm_volume *v)                       \
    {                                                                          \
        return (call);                                                         \
    }
#define FILE_STEP(name, call) STEP(name, file ? (call) : PM_FS_OK)

static pm_fs_status close_file(struct pm_volume *v)
{
    if (file)
        v->ops->close(v, file, true);
    file = NULL;
    return PM_FS_OK;
}

static pm_fs_status end_frame(struct pm_volume *v)
{
    v->ops->end_frame(v);
    return PM_FS_OK;
}

static pm_fs_status read_some(struct pm_volume *v, uint64_t offset)
{
    uint8_t room[64];
    uint8_t before[64];
    struct pm_destination dest = {room, NULL, false};
    uint32_t size;
    bool eof;
    memset(room, 0xee, sizeof room);
    memset(before, 0xee, sizeof before);
    pm_fs_status status = v->ops->read(v, file, offset, &dest, 64, &size, &eof);
    CHECK(status == PM_FS_OK || memcmp(room, before, 64) == 0);
    return status;
}

static pm_fs_status list_some(struct pm_volume *v)
{
    struct pm_fs_names names = {.count = 0};
    pm_buf_init(&names.bytes, &alloc);
    pm_fs_status status = v->ops->list(v, P("a"), 100, &names);
    pm_buf_free(&names.bytes);
    return status;
}

STEP(make_dir, v->ops->make_dir(v, P("a")))
STEP(make_dir_2, v->ops->make_dir(v, P("a/d")))
STEP(create, v->ops->open(v, P("a/f"), 15, &file))
FILE_STEP(write, v->ops->write(v, file, 0, bytes, 5000))
FILE_STEP(write_far, v->ops->write(v, file, 9000, bytes, 100))
FILE_STEP(shorten, v->ops->truncate(v, file, 4100))
FILE_STEP(lengthen, v->ops->truncate(v, file, 9000))
FILE_STEP(sync, v->ops->sync(v, file))
STEP(close, close_file(v))
STEP(replace, v->ops->replace(v, P("a/g"), bytes, 6000))
STEP(replace_again, v->ops->replace(v, P("a/g"), bytes, 10))
STEP(replace_new, v->ops->replace(v, P("new"), bytes, 12000))
STEP(rename, v->ops->rename(v, P("a/f"), P("a/h")))
STEP(rename_over, v->ops->rename(v, P("a/g"), P("a/h")))
STEP(rename_dir, v->ops->rename(v, P("a/d"), P("other")))
STEP(end_frame, end_frame(v))
STEP(reopen, v->ops->open(v, P("new"), 3, &file))
FILE_STEP(read, read_some(v, 4090))
FILE_STEP(write_edge, v->ops->write(v, file, 8000, bytes, 1000))
FILE_STEP(shorten_edge, v->ops->truncate(v, file, 10001))
STEP(empty, v->ops->open(v, P("a/h"), 18, &file))
STEP(list, list_some(v))
STEP(remove, v->ops->remove(v, P("new")))
STEP(remove_dir, v->ops->remove(v, P("other")))

typedef pm_fs_status step(struct pm_volume *v);

static step *const first_half[] = {
    step_make_dir,  step_make_dir_2,  step_create,    step_write,
    step_end_frame, step_write_far,   step_shorten,   step_lengthen,
    step_sync,      step_close,       step_replace,   step_replace_again,
    step_rename,    step_replace_new, step_end_frame, step_rename_over,
    step_end_frame, step_rename_dir,  step_end_frame};

// In a volume that has read nothing yet.
static step *const second_half[] = {
    step_reopen, step_read,      step_write_edge, step_shorten_edge, step_close,
    step_empty,  step_end_frame, step_sync,       step_close,        step_list,
    step_remove, step_end_frame, step_remove_dir};

// --- faults ------------------------------------------------------------------

// The fault of a run; it strikes within steps only.
static struct {
    size_t memory_at;
    uint64_t store_at;
    bool stays;
    unsigned calls;
    pm_fs_status status;
    size_t memory_calls;
    uint64_t store_calls;
} fault;

static void arm(void)
{
    memory.fail_at = fault.memory_at;
    memory.fail_on = fault.stays;
    memory.calls = fault.memory_calls;
    store.fail_at = fault.store_at;
    store.fail_on = fault.stays;
    store.fail_calls = fault.calls;
    store.fail_status = fault.status;
    store.calls = fault.store_calls;
}

static void disarm(void)
{
    fault.memory_calls = memory.calls;
    fault.store_calls = store.calls;
    memory.fail_at = 0;
    store.fail_at = 0;
}

static bool was_met(void)
{
    return (fault.memory_at && fault.memory_calls >= fault.memory_at) ||
           (fault.store_at && fault.store_calls >= fault.store_at);
}

static void run_step(step *run)
{
    struct picture before = look(false);
    arm();
    pm_fs_status status = run(world.volume);
    disarm();
    struct picture after = look(false);
    if (status == PM_FS_OK)
        return;
    CHECK(was_met());
    CHECK(is_same(&before, &after));
    // From a fault that stays, steps before may not have been done.
    if (!fault.stays)
        CHECK_INT(run(world.volume), PM_FS_OK);
}

static bool open_tree(void)
{
    arm();
    pm_fs_status status =
        tree_world_open(&world, &alloc, &store, tree_config());
    disarm();
    if (status) {
        CHECK(was_met() && world.volume == NULL);
        tree_world_close(&world);
        status = tree_world_open(&world, &alloc, &store, tree_config());
    }
    return CHECK_INT(status, PM_FS_OK);
}

// Closes the volume; the next one shows the same.
static bool open_again(bool sync)
{
    struct picture before = look(sync);
    close_file(world.volume);
    pm_writeback_commit(world.writeback, true);
    tree_world_close(&world);
    if (!open_tree())
        return false;
    struct picture after = look(sync);
    return CHECK(is_same(&before, &after));
}

static void run_steps(step *const *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        run_step(steps[i]);
}

// Gives whether the fault was met.
static bool run_script(void)
{
    memory = (struct pm_fault_alloc){0};
    alloc = pm_fault_alloc(&memory);
    pm_mem_store_open(&store);
    if (open_tree()) {
        run_steps(first_half, PM_ARRAY_LEN(first_half));
        if (open_again(false))
            run_steps(second_half, PM_ARRAY_LEN(second_half));
        // Now all faults are over.
        bool met = was_met();
        fault.memory_at = fault.store_at = 0;
        open_again(true);
        fault.memory_at = met;
    }
    tree_world_close(&world);
    CHECK_INT(memory.live_blocks, 0);
    CHECK_INT(store.over_reserved, 0);
    CHECK_INT(store.kept_aside, 0);
    pm_mem_store_close(&store);
    return fault.memory_at;
}

static size_t run_each(bool in_memory, bool stays, unsigned calls,
                       pm_fs_status status)
{
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 11 + i / 256);
    for (size_t point = 1;; point++) {
        memset(&fault, 0, sizeof fault);
        fault.memory_at = in_memory ? point : 0;
        fault.store_at = in_memory ? 0 : point;
        fault.stays = stays;
        fault.calls = calls;
        fault.status = status;
        if (!run_script())
            return point - 1;
    }
}

TEST(fault, each_allocation_can_fail_once)
{
    CHECK(run_each(true, false, 0, PM_FS_OK) > 50);
}

TEST(fault, each_allocation_and_all_behind_it_can_fail)
{
    CHECK(run_each(true, true, 0, PM_FS_OK) > 50);
}

TEST(fault, each_call_of_the_store_can_fail_once)
{
    CHECK(run_each(false, false, 0, PM_FS_IO_FAILED) > 30);
    CHECK(run_each(false, false, 0, PM_FS_TRANSIENT) > 30);
}

TEST(fault, each_call_of_the_store_and_all_behind_it_can_fail)
{
    CHECK(run_each(false, true, 0, PM_FS_IO_FAILED) > 10);
}

TEST(fault, the_device_can_be_full_at_each_reservation)
{
    CHECK(run_each(false, false, PM_STORE_RESERVE, PM_FS_STORAGE_FULL) > 10);
    CHECK(run_each(false, true, PM_STORE_RESERVE, PM_FS_STORAGE_FULL) > 10);
}

TEST(fault, each_transaction_can_fail)
{
    CHECK(run_each(false, false, PM_STORE_COMMIT, PM_FS_IO_FAILED) > 8);
    CHECK(run_each(false, true, PM_STORE_COMMIT, PM_FS_IO_FAILED) > 1);
}

TEST(fault, what_was_taken_fits_a_full_device)
{
    uint64_t space = 30000;

    memset(bytes, 5, sizeof bytes);
    memory = (struct pm_fault_alloc){0};
    alloc = pm_fault_alloc(&memory);
    pm_mem_store_open(&store);
    store.space = space;
    REQUIRE(tree_world_open(&world, &alloc, &store, tree_config()) == PM_FS_OK);
    struct pm_volume *v = world.volume;
    CHECK_INT(v->ops->open(v, P("f"), 6, &file), PM_FS_OK);
    uint64_t size = 0;
    while (v->ops->write(v, file, size, bytes, 100) == PM_FS_OK)
        size += 100;
    CHECK(size > 10000 && size < space);
    CHECK_INT(v->ops->sync(v, file), PM_FS_OK);
    close_file(v);
    CHECK_INT(v->ops->remove(v, P("f")), PM_FS_OK);
    CHECK_INT(pm_writeback_commit(world.writeback, true), PM_FS_OK);
    CHECK_INT(store.over_reserved, 0);
    CHECK_INT(store.now.count, 1);
    tree_world_close(&world);
    pm_mem_store_close(&store);
}
