// SPDX-License-Identifier: MIT
//
// What is a tree's own: every small window, every byte of the quota, depth,
// saved states, what a failed flush owes.

#include <stdio.h>
#include <stdlib.h>

#include "support/fault_alloc.h"
#include "tree_world.h"

#define P(text) pm_test_path(text)

static struct pm_fault_alloc memory;
static struct pm_allocator alloc;
static struct pm_mem_store store;
static struct tree_world world;
static struct pm_volume *volume;

static bool open_with(bool has_store, struct pm_tree_config config)
{
    memory = (struct pm_fault_alloc){0};
    alloc = pm_fault_alloc(&memory);
    pm_mem_store_open(&store);
    pm_fs_status status =
        tree_world_open(&world, &alloc, has_store ? &store : NULL, config);
    volume = world.volume;
    return CHECK_INT(status, PM_FS_OK);
}

static void close_all(void)
{
    tree_world_close(&world);
    CHECK_INT(memory.live_blocks, 0);
    CHECK_INT(store.over_reserved, 0);
    pm_mem_store_close(&store);
}

// Opened again over the same store.
static bool open_again(struct pm_tree_config config)
{
    tree_world_close(&world);
    pm_fs_status status = tree_world_open(&world, &alloc, &store, config);
    volume = world.volume;
    return CHECK_INT(status, PM_FS_OK);
}

static struct pm_volume_file *open_file(const char *path, unsigned mode)
{
    struct pm_volume_file *file = NULL;
    CHECK_INT(volume->ops->open(volume, P(path), mode, &file), PM_FS_OK);
    return file;
}

static pm_fs_status replace(const char *path, const void *bytes, uint64_t size)
{
    return volume->ops->replace(volume, P(path), bytes, size);
}

static pm_fs_status read_file(struct pm_volume_file *file, uint64_t offset,
                              void *dst, uint32_t max, uint32_t *size)
{
    struct pm_destination dest = {dst, NULL, false};
    bool eof;
    return volume->ops->read(volume, file, offset, &dest, max, size, &eof);
}

static bool holds(const char *path, const void *bytes, uint32_t size)
{
    static uint8_t room[PM_CONFORMANCE_FILE_LIMIT];
    struct pm_volume_file *file = open_file(path, PM_OPEN_READ);
    uint32_t got = 0;
    if (!file)
        return false;
    bool is_so = read_file(file, 0, room, sizeof room, &got) == PM_FS_OK &&
                 got == size && memcmp(room, bytes, size) == 0;
    volume->ops->close(volume, file, true);
    return is_so;
}

// --- every small window ------------------------------------------------------

static void check_read(struct pm_volume_file *file, const uint8_t *model,
                       uint32_t size, uint32_t offset, uint32_t max)
{
    uint8_t room[16];
    struct pm_destination dest = {room, NULL, false};
    uint32_t left = offset < size ? size - offset : 0;
    uint32_t wanted = left < max ? left : max;
    uint32_t got = 99;
    bool eof = false;

    memset(room, 0xee, sizeof room);
    CHECK_INT(volume->ops->read(volume, file, offset, &dest, max, &got, &eof),
              PM_FS_OK);
    CHECK(got == wanted && eof == (wanted == left));
    CHECK(wanted == 0 || memcmp(room, model + offset, wanted) == 0);
    CHECK_INT(room[wanted], 0xee);
}

static void check_write(struct pm_volume_file *file, uint32_t size,
                        uint32_t offset, uint32_t count)
{
    static const uint8_t old[] = "0123456789";
    static const uint8_t fresh[] = "abcdefghijkl";
    uint8_t model[32] = {0};
    uint8_t room[32];
    uint32_t got = 0;
    uint32_t end = count && offset + count > size ? offset + count : size;

    memcpy(model, old, size);
    memcpy(model + offset, fresh, count);
    CHECK_INT(volume->ops->truncate(volume, file, 0), PM_FS_OK);
    CHECK_INT(volume->ops->write(volume, file, 0, old, size), PM_FS_OK);
    CHECK_INT(volume->ops->write(volume, file, offset, fresh, count), PM_FS_OK);
    CHECK_INT(read_file(file, 0, room, sizeof room, &got), PM_FS_OK);
    CHECK(got == end && memcmp(room, model, end) == 0);
}

static void check_windows(bool has_store)
{
    static const uint8_t text[] = "0123456789";

    if (!open_with(has_store, tree_config()))
        return;
    struct pm_volume_file *file = open_file("f", 7);
    for (uint32_t size = 0; size <= 10; size++) {
        for (uint32_t offset = 0; offset <= 12; offset++) {
            for (uint32_t max = 0; max <= 12; max++) {
                CHECK_INT(volume->ops->truncate(volume, file, 0), PM_FS_OK);
                CHECK_INT(volume->ops->write(volume, file, 0, text, size),
                          PM_FS_OK);
                check_read(file, text, size, offset, max);
                check_write(file, size, offset, max);
            }
        }
    }
    volume->ops->close(volume, file, true);
    close_all();
}

TEST(tree, every_small_window_of_every_small_file_is_as_in_an_array)
{
    check_windows(false);
    check_windows(true);
}

// --- limits ------------------------------------------------------------------

TEST(tree, the_quota_is_exact_to_the_byte)
{
    static uint8_t bytes[80];
    struct pm_tree_config config = tree_config();
    uint64_t limit;
    uint64_t used;

    config.quota = 64;
    for (uint32_t first = 0; first <= 64; first++) {
        if (!open_with(first % 2, config))
            return;
        CHECK_INT(replace("a", bytes, first), PM_FS_OK);
        struct pm_volume_file *file = open_file("b", 6);
        for (uint32_t size = 0; size <= 70; size++) {
            pm_fs_status wanted =
                first + size > 64 ? PM_FS_STORAGE_FULL : PM_FS_OK;
            CHECK_INT(volume->ops->truncate(volume, file, size), wanted);
            CHECK_INT(volume->ops->truncate(volume, file, 0), PM_FS_OK);
            CHECK_INT(volume->ops->write(volume, file, 0, bytes, size), wanted);
            CHECK_INT(volume->ops->usage(volume, &used, &limit), PM_FS_OK);
            CHECK_INT(used, first + (wanted ? 0 : size));
            CHECK_INT(volume->ops->truncate(volume, file, 0), PM_FS_OK);
            CHECK_INT(replace("c", bytes, size), wanted);
            volume->ops->remove(volume, P("c"));
        }
        volume->ops->close(volume, file, true);
        close_all();
    }
}

TEST(tree, what_is_over_a_smaller_quota_can_be_read_and_shrink)
{
    static uint8_t bytes[20000];
    static uint8_t room[20000];
    struct pm_tree_config config = tree_config();
    uint32_t got = 0;

    memset(bytes, 7, sizeof bytes);
    if (!open_with(true, config))
        return;
    CHECK_INT(replace("a", bytes, 20000), PM_FS_OK);
    config.quota = config.file_limit = 5000;
    if (!open_again(config))
        return;
    struct pm_volume_file *file = open_file("a", 3);
    CHECK_INT(read_file(file, 0, room, 20000, &got), PM_FS_OK);
    CHECK(got == 20000 && memcmp(bytes, room, 20000) == 0);
    CHECK_INT(volume->ops->write(volume, file, 20000, bytes, 1),
              PM_FS_TOO_LARGE);
    CHECK_INT(volume->ops->write(volume, file, 19999, bytes, 1), PM_FS_OK);
    CHECK_INT(replace("b", bytes, 1), PM_FS_STORAGE_FULL);
    CHECK_INT(volume->ops->truncate(volume, file, 4999), PM_FS_OK);
    CHECK_INT(replace("b", bytes, 1), PM_FS_OK);
    CHECK_INT(replace("c", bytes, 1), PM_FS_STORAGE_FULL);
    volume->ops->close(volume, file, true);
    close_all();
}

TEST(tree, no_rename_makes_a_path_that_is_too_long)
{
    struct pm_tree_config config = tree_config();
    char deep[21];

    config.path_max = 20;
    if (!open_with(false, config))
        return;
    CHECK_INT(volume->ops->make_dir(volume, P("a")), PM_FS_OK);
    CHECK_INT(volume->ops->make_dir(volume, P("a/b")), PM_FS_OK);
    CHECK_INT(replace("a/b/cccc", "x", 1), PM_FS_OK);
    memset(deep, 'd', 20);
    deep[14] = 0; // 13 and "/b/cccc" are 20
    CHECK_INT(volume->ops->rename(volume, P("a"), P(deep)), PM_FS_INVALID_PATH);
    deep[13] = 0;
    CHECK_INT(volume->ops->rename(volume, P("a"), P(deep)), PM_FS_OK);
    CHECK(holds("ddddddddddddd/b/cccc", "x", 1));
    close_all();
}

TEST(tree, memory_follows_what_files_hold)
{
    static uint8_t bytes[60000];
    if (!open_with(true, tree_config()))
        return;
    struct pm_volume_file *file = open_file("f", 6);
    CHECK_INT(volume->ops->write(volume, file, 0, bytes, 60000), PM_FS_OK);
    CHECK_INT(volume->ops->truncate(volume, file, 100), PM_FS_OK);
    CHECK(memory.live_bytes < 10000);
    volume->ops->close(volume, file, true);
    close_all();
}

TEST(tree, removed_files_do_not_pile_up_without_a_sync)
{
    if (!open_with(true, tree_config()))
        return;
    for (int i = 0; i < 20000; i++) {
        struct pm_volume_file *file = open_file("f", 6);
        volume->ops->close(volume, file, true);
        volume->ops->end_frame(volume);
        CHECK_INT(volume->ops->remove(volume, P("f")), PM_FS_OK);
        volume->ops->end_frame(volume);
    }
    CHECK(memory.peak_bytes < 4000000);
    CHECK_INT(store.flushes, 4);
    close_all();
}

TEST(tree, thousands_of_names_are_found_and_listed_in_order)
{
    struct pm_tree_config config = tree_config();
    struct pm_fs_names names = {.count = 0};
    char name[16];

    config.entries = 5000;
    if (!open_with(true, config))
        return;
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "%u", i * 7919u % 5000u);
        volume->ops->close(volume, open_file(name, 14), true);
    }
    volume->ops->end_frame(volume);
    if (!open_again(config))
        return;
    pm_buf_init(&names.bytes, &alloc);
    CHECK_INT(volume->ops->list(volume, P(""), 5000, &names), PM_FS_OK);
    CHECK_INT(names.count, 5000);
    char before[16] = "";
    for (size_t at = 0; at < names.bytes.size;) {
        const uint8_t *entry = names.bytes.data + at;
        memcpy(name, entry + 2, entry[1]);
        name[entry[1]] = 0;
        CHECK(strcmp(before, name) < 0);
        memcpy(before, name, sizeof name);
        at += 2u + entry[1];
    }
    pm_buf_free(&names.bytes);
    close_all();
}

// --- what is owed ------------------------------------------------------------

TEST(tree, a_frame_without_changes_hands_over_nothing)
{
    if (!open_with(true, tree_config()))
        return;
    volume->ops->end_frame(volume);
    CHECK_INT(store.calls, 2); // the meta item, and whether there are others
    CHECK_INT(replace("f", "x", 1), PM_FS_OK);
    volume->ops->end_frame(volume);
    CHECK_INT(store.commits, 1);
    close_all();
}

TEST(tree, a_write_to_what_is_due_already_asks_the_store_for_nothing)
{
    if (!open_with(true, tree_config()))
        return;
    struct pm_volume_file *file = open_file("f", 6);
    CHECK_INT(volume->ops->write(volume, file, 0, (const uint8_t *)"x", 1), 0);
    uint64_t calls = store.calls;
    size_t allocations = memory.calls;
    for (unsigned i = 0; i < 8; i++)
        CHECK_INT(volume->ops->write(volume, file, i, (const uint8_t *)"y", 1),
                  0);
    CHECK_INT(store.calls, calls);
    CHECK_INT(memory.calls, allocations);
    volume->ops->close(volume, file, true);
    close_all();
}

TEST(tree, what_was_not_confirmed_when_a_flush_failed_is_given_again)
{
    static uint8_t bytes[10000];
    if (!open_with(true, tree_config()))
        return;
    memset(bytes, 3, sizeof bytes);
    CHECK_INT(replace("f", bytes, 10000), PM_FS_OK);
    CHECK_INT(replace("gone", bytes, 10000), PM_FS_OK);
    struct pm_volume_file *file = open_file("f", 3);
    CHECK_INT(volume->ops->truncate(volume, file, 100), PM_FS_OK);
    CHECK_INT(volume->ops->remove(volume, P("gone")), PM_FS_OK);
    volume->ops->end_frame(volume);
    store.fail_flush = true;
    CHECK_INT(volume->ops->sync(volume, file), PM_FS_IO_FAILED);
    CHECK_INT(volume->ops->sync(volume, file), PM_FS_IO_FAILED);
    CHECK_INT(replace("new", bytes, 5), PM_FS_IO_FAILED);
    CHECK_INT(volume->ops->sync(volume, file), PM_FS_IO_FAILED);
    store.may_rewrite = true;
    CHECK_INT(volume->ops->sync(volume, file), PM_FS_OK);
    CHECK_INT(store.now.count, 3); // meta, the file and its block
    volume->ops->close(volume, file, true);
    if (!open_again(tree_config()))
        return;
    CHECK(holds("f", bytes, 100));
    close_all();
}

TEST(tree, a_rewritten_store_has_its_meta_item_although_nothing_has_changed)
{
    if (!open_with(true, tree_config()))
        return;
    struct pm_volume_file *file = open_file("f", 6);
    volume->ops->end_frame(volume);
    store.fail_flush = true;
    CHECK_INT(volume->ops->sync(volume, file), PM_FS_IO_FAILED);
    store.may_rewrite = true;
    CHECK_INT(volume->ops->sync(volume, file), PM_FS_OK);
    CHECK_INT(store.now.count, 2);
    volume->ops->close(volume, file, true);
    if (!open_again(tree_config()))
        return;
    CHECK(holds("f", "", 0));
    close_all();
}

// --- saved states ------------------------------------------------------------

static void save(struct pm_buf *out)
{
    pm_buf_init(out, &alloc);
    volume->ops->save(volume, out);
    CHECK(!out->failed);
}

static bool load(const struct pm_buf *bytes)
{
    struct pm_cursor in = pm_cursor_make(bytes->data, bytes->size);
    return volume->ops->load(volume, &in) == PM_OK && pm_cursor_left(&in) == 0;
}

static void furnish(void)
{
    CHECK_INT(volume->ops->make_dir(volume, P("b")), PM_FS_OK);
    CHECK_INT(volume->ops->make_dir(volume, P("b/d")), PM_FS_OK);
    CHECK_INT(replace("b-", "after b/", 8), PM_FS_OK);
    CHECK_INT(replace("b/c", "content", 7), PM_FS_OK);
    CHECK_INT(replace("a", "", 0), PM_FS_OK);
}

TEST(tree, a_saved_state_comes_back_and_saves_as_itself)
{
    struct pm_buf first;
    struct pm_buf second;
    struct pm_volume_file *file;
    struct pm_fs_stat stat = {0};

    if (!open_with(false, tree_config()))
        return;
    furnish();
    CHECK_INT(volume->ops->stat(volume, P("b/c"), &stat), PM_FS_OK);
    save(&first);
    struct pm_volume_file *old = open_file("b/c", 3);
    CHECK_INT(volume->ops->write(volume, old, 0, (const uint8_t *)"X", 1), 0);
    CHECK_INT(volume->ops->remove(volume, P("a")), PM_FS_OK);
    CHECK(load(&first));
    CHECK_INT(volume->ops->attach(volume, P("b/c"), stat.revision + 1, &file),
              PM_FS_CORRUPT);
    CHECK_INT(volume->ops->attach(volume, P("none"), 1, &file), PM_FS_CORRUPT);
    CHECK_INT(volume->ops->attach(volume, P("b/d"), 2, &file), PM_FS_CORRUPT);
    CHECK_INT(volume->ops->attach(volume, P("b/c"), stat.revision, &file),
              PM_FS_OK);
    volume->ops->end_load(volume, true);
    volume->ops->close(volume, old, true); // of the tree that is gone
    CHECK_INT(volume->ops->remove(volume, P("b/c")), PM_FS_BUSY);
    save(&second);
    CHECK(first.size == second.size &&
          memcmp(first.data, second.data, first.size) == 0);
    CHECK(holds("b/c", "content", 7) && holds("b-", "after b/", 8));
    volume->ops->close(volume, file, true);
    pm_buf_free(&first);
    pm_buf_free(&second);
    close_all();
}

TEST(tree, a_load_that_is_not_accepted_leaves_everything)
{
    struct pm_buf first;
    struct pm_buf second;

    if (!open_with(false, tree_config()))
        return;
    save(&first);
    furnish();
    CHECK(load(&first));
    volume->ops->end_load(volume, false);
    CHECK(holds("b/c", "content", 7));
    save(&second);
    CHECK(load(&first));
    CHECK(load(&second)); // the later one counts
    volume->ops->end_load(volume, true);
    CHECK(holds("b/c", "content", 7));
    pm_buf_free(&first);
    pm_buf_free(&second);
    close_all();
}

TEST(tree, the_saved_state_does_not_tell_in_which_order_names_came)
{
    struct pm_buf states[2];

    for (int i = 0; i < 2; i++) {
        if (!open_with(false, tree_config()))
            return;
        CHECK_INT(replace(i ? "a" : "c", "", 0), PM_FS_OK);
        CHECK_INT(replace(i ? "c" : "a", "", 0), PM_FS_OK);
        CHECK_INT(replace("a", "1", 1), PM_FS_OK);
        CHECK_INT(replace("c", "2", 1), PM_FS_OK);
        struct pm_allocator libc = pm_allocator_libc();
        pm_buf_init(&states[i], &libc);
        volume->ops->save(volume, &states[i]);
        close_all();
    }
    CHECK(states[0].size == states[1].size &&
          memcmp(states[0].data, states[1].data, states[0].size) == 0);
    pm_buf_free(&states[0]);
    pm_buf_free(&states[1]);
}

TEST(tree, every_prefix_and_every_flipped_bit_of_a_state_is_no_harm)
{
    struct pm_buf state;
    struct pm_buf again;

    if (!open_with(false, tree_config()))
        return;
    furnish();
    save(&state);
    for (size_t size = 0; size < state.size; size++) {
        struct pm_cursor in = pm_cursor_make(state.data, size);
        CHECK_INT(volume->ops->load(volume, &in), PM_ERR_INVALID);
    }
    for (size_t bit = 0; bit < state.size * 8; bit++) {
        state.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (load(&state)) {
            volume->ops->end_load(volume, true);
            save(&again); // what is accepted is canonical
            CHECK(again.size == state.size &&
                  memcmp(again.data, state.data, state.size) == 0);
            pm_buf_free(&again);
        }
        state.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    pm_buf_free(&state);
    close_all();
}

TEST(tree, a_state_finds_the_files_of_a_save_volume_by_their_revision)
{
    struct pm_volume_file *file;
    struct pm_fs_stat stat = {0};
    struct pm_buf state;

    if (!open_with(true, tree_config()))
        return;
    CHECK_INT(replace("f", "x", 1), PM_FS_OK);
    CHECK_INT(volume->ops->stat(volume, P("f"), &stat), PM_FS_OK);
    save(&state);
    CHECK_INT(state.size, 0);
    CHECK(load(&state));
    CHECK_INT(volume->ops->attach(volume, P("f"), stat.revision, &file), 0);
    volume->ops->end_load(volume, true);
    volume->ops->close(volume, file, true);
    CHECK_INT(replace("f", "y", 1), PM_FS_OK);
    CHECK_INT(volume->ops->attach(volume, P("f"), stat.revision, &file),
              PM_FS_CORRUPT);
    pm_buf_free(&state);
    close_all();
}
