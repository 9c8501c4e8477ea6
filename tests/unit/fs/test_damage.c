// SPDX-License-Identifier: MIT
//
// Stores that are damaged or hostile: what is read is right or CORRUPT, and
// the store as it was found is kept.

#include <stdlib.h>

#include "base/bits.h"
#include "tree_world.h"

#define P(text) pm_test_path(text)

#define META_KEY  ((uint64_t)0)
#define NODE_KEY  ((uint64_t)1 << 60)
#define BLOCK_KEY ((uint64_t)2 << 60)

static struct pm_allocator alloc;
static struct tree_world world;
static uint8_t content[5000];

static bool open_world(struct pm_mem_store *store, pm_fs_status wanted)
{
    alloc = pm_allocator_libc();
    pm_fs_status status = tree_world_open(&world, &alloc, store, tree_config());
    return CHECK_INT(status, wanted);
}

static void make_store(struct pm_mem_store *store)
{
    pm_mem_store_open(store);
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * 3 + 1);
    open_world(store, PM_FS_OK);
    struct pm_volume *v = world.volume;
    CHECK_INT(v->ops->make_dir(v, P("dir")), PM_FS_OK);
    CHECK_INT(v->ops->replace(v, P("dir/big"), content, 5000), PM_FS_OK);
    CHECK_INT(v->ops->replace(v, P("small"), content, 20), PM_FS_OK);
    CHECK_INT(v->ops->replace(v, P("zero"), (const uint8_t[9]){0}, 9),
              PM_FS_OK);
    tree_world_close(&world);
}

static pm_fs_status read_whole(const char *path, uint32_t size,
                               const uint8_t *wanted)
{
    static uint8_t room[6000];
    struct pm_volume *v = world.volume;
    struct pm_destination dest = {room, NULL, false};
    struct pm_volume_file *file;
    uint32_t got = 0;
    bool eof = false;

    memset(room, 0xee, sizeof room);
    if (!CHECK_INT(v->ops->open(v, P(path), PM_OPEN_READ, &file), PM_FS_OK))
        return PM_FS_OK;
    pm_fs_status status =
        v->ops->read(v, file, 0, &dest, sizeof room, &got, &eof);
    if (status == PM_FS_OK)
        CHECK(got == size && eof && memcmp(room, wanted, size) == 0);
    else
        CHECK(status == PM_FS_CORRUPT && got == 0 && room[0] == 0xee &&
              memcmp(room, room + 1, sizeof room - 1) == 0);
    v->ops->close(v, file, true);
    return status;
}

// Reads everything of a volume whose names are right.
static unsigned corrupt_files(const char **out_path)
{
    static const uint8_t zeroes[9];
    static const struct {
        const char *path;
        uint32_t size;
        const uint8_t *bytes;
    } files[] = {{"dir/big", 5000, content},
                 {"small", 20, content},
                 {"zero", 9, zeroes}};
    unsigned count = 0;
    for (size_t i = 0; i < PM_ARRAY_LEN(files); i++) {
        if (read_whole(files[i].path, files[i].size, files[i].bytes)) {
            *out_path = files[i].path;
            count++;
        }
    }
    return count;
}

// A whole volume that is CORRUPT says so to everything and touches nothing.
static void check_refused(struct pm_mem_store *store)
{
    struct pm_volume *v = world.volume;
    struct pm_volume_file *file = NULL;
    struct pm_fs_names names = {.count = 0};
    struct pm_fs_stat stat;
    uint64_t numbers[2];
    unsigned commits = store->commits;

    pm_buf_init(&names.bytes, &alloc);
    CHECK_INT(v->ops->open(v, P("a"), 6, &file), PM_FS_CORRUPT);
    CHECK_INT(v->ops->replace(v, P("a"), content, 1), PM_FS_CORRUPT);
    CHECK_INT(v->ops->stat(v, P(""), &stat), PM_FS_CORRUPT);
    CHECK_INT(v->ops->list(v, P(""), 10, &names), PM_FS_CORRUPT);
    CHECK_INT(v->ops->make_dir(v, P("a")), PM_FS_CORRUPT);
    CHECK_INT(v->ops->remove(v, P("a")), PM_FS_CORRUPT);
    CHECK_INT(v->ops->rename(v, P("a"), P("b")), PM_FS_CORRUPT);
    CHECK_INT(v->ops->usage(v, &numbers[0], &numbers[1]), PM_FS_CORRUPT);
    CHECK_INT(v->ops->attach(v, P("small"), 1, &file), PM_FS_CORRUPT);
    CHECK_INT(pm_tree_check(v, NULL, NULL), PM_FS_CORRUPT);
    v->ops->end_frame(v);
    CHECK_INT(store->commits, commits);
    CHECK_INT(store->kept_aside, 0);
    pm_buf_free(&names.bytes);
}

static void count_bad(void *context, const char *path)
{
    CHECK(path[0] != 0);
    ++*(unsigned *)context;
}

// Whatever was done to the store: right bytes or CORRUPT. Gives whether any
// of it was noticed.
static bool check_damaged(struct pm_mem_store *store)
{
    struct pm_mem_store found;
    const char *path = NULL;
    unsigned bad = 0;

    alloc = pm_allocator_libc();
    pm_mem_store_crash_into(store, 0, &found);
    pm_fs_status status = tree_world_open(&world, &alloc, store, tree_config());
    if (status) {
        CHECK_INT(status, PM_FS_CORRUPT);
        check_refused(store);
    } else {
        status = pm_tree_check(world.volume, count_bad, &bad);
        CHECK_INT(status, bad ? PM_FS_CORRUPT : PM_FS_OK);
        CHECK_INT(corrupt_files(&path), bad);
        CHECK_INT(store->kept_aside, bad != 0);
        CHECK(!bad || pm_mem_items_equal(&store->aside, &found.now));
    }
    CHECK(pm_mem_items_equal(&store->now, &found.now));
    if (path) { // what it was goes, then it is as good as any
        struct pm_volume *v = world.volume;
        CHECK_INT(v->ops->replace(v, P(path), content, 5), PM_FS_OK);
        CHECK_INT(read_whole(path, 5, content), PM_FS_OK);
        CHECK_INT(store->kept_aside, 1);
    }
    tree_world_close(&world);
    pm_mem_store_close(&found);
    return status != PM_FS_OK;
}

TEST(damage, every_flipped_bit_of_every_item_is_noticed)
{
    struct pm_mem_store store;
    make_store(&store);
    for (size_t i = 0; i < store.now.count; i++) {
        size_t bits = store.now.list[i].value->size * 8u;
        for (size_t bit = 0; bit<bits; bit += bits> 9000 && bit > 99 ? 7 : 1) {
            struct pm_mem_store copy;
            pm_mem_store_crash_into(&store, 0, &copy);
            pm_mem_store_flip(&copy, i, bit);
            CHECK(check_damaged(&copy));
            pm_mem_store_close(&copy);
        }
    }
    pm_mem_store_close(&store);
}

TEST(damage, a_missing_or_cut_or_swapped_item_is_noticed)
{
    struct pm_mem_store store;
    make_store(&store);
    for (size_t i = 0; i < store.now.count; i++) {
        struct pm_mem_item item = store.now.list[i];
        struct pm_mem_store copy;
        pm_mem_store_crash_into(&store, 0, &copy);
        pm_mem_store_set(&copy, item.key, NULL, 0);
        CHECK(check_damaged(&copy));
        pm_mem_store_close(&copy);
        for (size_t size = 0; size < item.value->size && size < 64; size++) {
            pm_mem_store_crash_into(&store, 0, &copy);
            pm_mem_store_set(&copy, item.key, item.value->bytes, size);
            CHECK(check_damaged(&copy));
            pm_mem_store_close(&copy);
        }
        for (size_t j = 0; j < store.now.count; j++) {
            if (j == i)
                continue;
            pm_mem_store_crash_into(&store, 0, &copy);
            pm_mem_store_set(&copy, item.key, store.now.list[j].value->bytes,
                             store.now.list[j].value->size);
            CHECK(check_damaged(&copy));
            pm_mem_store_close(&copy);
        }
    }
    pm_mem_store_close(&store);
}

TEST(damage, a_damaged_block_can_be_got_rid_of)
{
    struct pm_mem_store store;
    struct pm_volume_file *file;
    struct pm_fs_stat stat;

    for (int way = 0; way < 4; way++) {
        make_store(&store);
        size_t last = store.now.count - 1;
        while (store.now.list[last].value->size != 4096 + PM_ITEM_TAIL)
            last--;
        pm_mem_store_flip(&store, last, 5);
        open_world(&store, PM_FS_OK);
        struct pm_volume *v = world.volume;
        CHECK_INT(v->ops->open(v, P("dir/big"), 3, &file), PM_FS_OK);
        CHECK_INT(v->ops->write(v, file, 1, content, 1), PM_FS_CORRUPT);
        CHECK_INT(v->ops->truncate(v, file, 100), PM_FS_CORRUPT);
        CHECK_INT(v->ops->write(v, file, 4500, content, 1), PM_FS_OK);
        CHECK_INT(v->ops->write(v, file, 4500, content + 4500, 1), PM_FS_OK);
        if (way == 0)
            CHECK_INT(v->ops->truncate(v, file, 0), PM_FS_OK);
        if (way == 1)
            CHECK_INT(v->ops->write(v, file, 0, content, 4096), PM_FS_OK);
        CHECK_INT(v->ops->sync(v, file), PM_FS_OK);
        v->ops->close(v, file, true);
        if (way == 2)
            CHECK_INT(v->ops->remove(v, P("dir/big")), PM_FS_OK);
        if (way == 3)
            CHECK_INT(v->ops->replace(v, P("dir/big"), content, 5000),
                      PM_FS_OK);
        CHECK_INT(pm_writeback_commit(world.writeback, true), PM_FS_OK);
        CHECK_INT(store.kept_aside, 1);
        tree_world_close(&world);
        open_world(&store, PM_FS_OK);
        CHECK_INT(pm_tree_check(world.volume, NULL, NULL), PM_FS_OK);
        if (way == 1 || way == 3)
            CHECK_INT(read_whole("dir/big", 5000, content), PM_FS_OK);
        if (way == 2)
            CHECK_INT(
                world.volume->ops->stat(world.volume, P("dir/big"), &stat),
                PM_FS_NOT_FOUND);
        tree_world_close(&world);
        pm_mem_store_close(&store);
    }
}

TEST(damage, nothing_is_written_before_a_copy_is_kept_aside)
{
    struct pm_mem_store store;

    make_store(&store);
    pm_mem_store_flip(&store, store.now.count - 1, 5); // of "zero"
    open_world(&store, PM_FS_OK);
    struct pm_volume *v = world.volume;
    store.fail_calls = PM_STORE_KEEP_ASIDE;
    store.fail_at = 1;
    store.fail_on = true;
    store.calls = 0;
    store.commits = 0;
    CHECK_INT(read_whole("zero", 9, content), PM_FS_CORRUPT);
    CHECK_INT(v->ops->replace(v, P("zero"), content, 1), PM_FS_IO_FAILED);
    CHECK_INT(read_whole("zero", 9, content), PM_FS_CORRUPT);
    v->ops->end_frame(v);
    CHECK_INT(store.commits, 0);
    store.fail_at = 0;
    CHECK_INT(v->ops->replace(v, P("zero"), content, 1), PM_FS_OK);
    CHECK_INT(store.kept_aside, 1);
    CHECK(!pm_mem_items_equal(&store.aside, &store.now));
    CHECK_INT(read_whole("zero", 1, content), PM_FS_OK);
    tree_world_close(&world);
    pm_mem_store_close(&store);
}

// --- stores that are whole but wrong -----------------------------------------

static struct pm_mem_store hostile;
static uint64_t sum;
static uint64_t count;
static uint64_t used;

static uint64_t put_item(uint64_t key, uint8_t *value, size_t size)
{
    uint64_t hash = pm_item_hash(key, value, size);
    pm_store64(value + size, hash);
    pm_mem_store_set(&hostile, key, value, size + 8);
    return hash;
}

static void put_node(uint64_t id, uint64_t parent, uint64_t size, uint8_t kind,
                     const char *name)
{
    uint8_t value[400] = {0};
    pm_store64(value, parent);
    pm_store64(value + 8, 1); // revision
    pm_store64(value + 16, size);
    value[24] = kind;
    memcpy(value + 25, name, strlen(name));
    sum += put_item(NODE_KEY | id, value, 25 + strlen(name));
    count++;
    used += size;
}

static void put_meta(uint64_t next_id, uint64_t revision, uint64_t root)
{
    uint8_t value[64] = {0};
    pm_store32(value, 0x45525450);
    pm_store32(value + 4, 1);
    pm_store64(value + 8, next_id);
    pm_store64(value + 16, revision);
    pm_store64(value + 24, root);
    pm_store64(value + 32, count);
    pm_store64(value + 40, used);
    pm_store64(value + 48, sum);
    put_item(META_KEY, value, 56);
}

static void start(void)
{
    pm_mem_store_open(&hostile);
    sum = count = used = 0;
}

static void finish(pm_fs_status wanted)
{
    if (open_world(&hostile, wanted) && wanted == PM_FS_CORRUPT)
        check_refused(&hostile);
    tree_world_close(&world);
    pm_mem_store_close(&hostile);
}

static void try_node(pm_fs_status wanted, uint64_t id, uint64_t parent,
                     uint64_t size, uint8_t kind, const char *name)
{
    start();
    put_node(1, 0, 0, PM_FS_DIRECTORY, "d");
    put_node(2, 1, 0, PM_FS_FILE, "f");
    put_node(id, parent, size, kind, name);
    put_meta(10, 5, 5);
    finish(wanted);
}

TEST(damage, nodes_that_make_no_tree_are_refused)
{
    char name[300];
    memset(name, 'x', sizeof name);
    name[256] = 0;

    try_node(PM_FS_OK, 3, 1, 0, PM_FS_FILE, "g");
    try_node(PM_FS_OK, 9, 0, 123456789, PM_FS_FILE, "g");
    try_node(PM_FS_CORRUPT, 10, 1, 0, PM_FS_FILE, "g"); // never given
    try_node(PM_FS_CORRUPT, 0, 1, 0, PM_FS_FILE, "g");
    try_node(PM_FS_CORRUPT, 3, 2, 0, PM_FS_FILE, "g");      // within a file
    try_node(PM_FS_CORRUPT, 3, 7, 0, PM_FS_FILE, "g");      // within nothing
    try_node(PM_FS_CORRUPT, 3, 3, 0, PM_FS_DIRECTORY, "g"); // within itself
    try_node(PM_FS_CORRUPT, 3, 1, 0, PM_FS_FILE, "f");      // twice
    try_node(PM_FS_CORRUPT, 3, 1, 1, PM_FS_DIRECTORY, "g");
    try_node(PM_FS_CORRUPT, 3, 1, (1ull << 32) + 1, PM_FS_FILE, "g");
    try_node(PM_FS_CORRUPT, 3, 1, 0, 0, "g");
    try_node(PM_FS_CORRUPT, 3, 1, 0, 3, "g");
    try_node(PM_FS_CORRUPT, 3, 1, 0, PM_FS_FILE, "");
    try_node(PM_FS_CORRUPT, 3, 1, 0, PM_FS_FILE, "..");
    try_node(PM_FS_CORRUPT, 3, 1, 0, PM_FS_FILE, "a/b");
    try_node(PM_FS_CORRUPT, 3, 1, 0, PM_FS_FILE, "a\nb");
    try_node(PM_FS_CORRUPT, 3, 1, 0, PM_FS_FILE, name);
}

TEST(damage, circles_and_depths_beyond_paths_are_refused)
{
    start();
    put_node(1, 2, 0, PM_FS_DIRECTORY, "a");
    put_node(2, 1, 0, PM_FS_DIRECTORY, "b");
    put_meta(3, 5, 5);
    finish(PM_FS_CORRUPT);
    for (uint64_t depth = 512; depth <= 513; depth++) {
        start();
        for (uint64_t i = 1; i <= depth; i++)
            put_node(i, i - 1, 0, PM_FS_DIRECTORY, "a");
        put_meta(depth + 1, 5, 5);
        finish(depth == 512 ? PM_FS_OK : PM_FS_CORRUPT);
    }
}

TEST(damage, a_meta_item_that_does_not_fit_is_refused)
{
    for (int way = 0; way < 6; way++) {
        start();
        put_node(1, 0, 0, PM_FS_DIRECTORY, "a");
        sum += way == 1;
        count += way == 2;
        used += way == 3;
        put_meta(way == 4 ? 1ull << 41 : 2, 5, way == 5 ? 6 : 5);
        finish(way ? PM_FS_CORRUPT : PM_FS_OK);
    }
}

TEST(damage, items_without_a_meta_item_are_no_new_volume)
{
    uint8_t value[16] = {0};

    start();
    finish(PM_FS_OK);
    start();
    put_node(1, 0, 0, PM_FS_DIRECTORY, "a");
    finish(PM_FS_CORRUPT);
    start();
    put_item(BLOCK_KEY | 1 << 20, value, 0);
    finish(PM_FS_CORRUPT);
    start(); // the card's
    put_item((uint64_t)3 << 60, value, 0);
    finish(PM_FS_OK);
}

TEST(damage, a_size_without_blocks_takes_no_memory)
{
    start();
    put_node(1, 0, 1ull << 32, PM_FS_FILE, "huge");
    put_meta(2, 5, 5);
    REQUIRE(open_world(&hostile, PM_FS_OK));
    CHECK_INT(read_whole("huge", 0, content), PM_FS_CORRUPT);
    tree_world_close(&world);
    pm_mem_store_close(&hostile);
}
