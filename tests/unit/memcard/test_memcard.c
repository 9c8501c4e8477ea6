// SPDX-License-Identifier: MIT
#include "memcard/memcard.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "fs/tree.h"
#include "support/fault_alloc.h"
#include "support/mem_store.h"
#include "support/test.h"

#define APP 0x1234u

static struct pm_fault_alloc memory;
static struct pm_allocator alloc;
static struct pm_mem_store store;
static struct pm_writeback *writeback;
static struct pm_card *card;
static const uint8_t text[] = "0123456789abcdefghij";

static pm_fs_status open_card(bool has_store)
{
    const struct pm_store *seam = has_store ? &store.store : NULL;
    card = NULL;
    writeback = NULL;
    pm_fs_status status = pm_writeback_create(&alloc, seam, &writeback);
    return status ? status
                  : pm_card_create(&alloc, seam, writeback, APP, &card);
}

static void close_card(void)
{
    pm_card_destroy(card);
    pm_writeback_destroy(writeback);
    card = NULL;
    writeback = NULL;
}

static bool begin(bool has_store)
{
    memory = (struct pm_fault_alloc){0};
    alloc = pm_fault_alloc(&memory);
    pm_mem_store_open(&store);
    return CHECK_INT(open_card(has_store), PM_FS_OK);
}

static void end(void)
{
    close_card();
    CHECK_INT(memory.live_blocks, 0);
    CHECK_INT(store.over_reserved, 0);
    pm_mem_store_close(&store);
}

static struct pm_card_info stat_of(unsigned slot)
{
    struct pm_card_info info;
    pm_card_stat(card, slot, &info);
    return info;
}

static pm_mem_status read_slot(unsigned slot, uint64_t offset, void *dst,
                               uint32_t max, uint32_t *size, bool *eof)
{
    struct pm_destination dest = {dst, NULL, false};
    return pm_card_read(card, slot, offset, &dest, max, size, eof);
}

static bool holds(unsigned slot, const void *bytes, uint32_t count)
{
    static uint8_t room[PM_CARD_SLOT_SIZE];
    uint32_t size = 0;
    bool eof = false;
    return read_slot(slot, 0, room, sizeof room, &size, &eof) == PM_MEM_OK &&
           size == count && eof && memcmp(room, bytes, count) == 0;
}

static void commit_text(unsigned slot, uint32_t size)
{
    CHECK_INT(pm_card_write(card, slot, 0, text, size), PM_MEM_OK);
    CHECK_INT(pm_card_commit(card, slot), PM_MEM_OK);
}

// --- states ------------------------------------------------------------------

static void check_empty_slot(unsigned slot)
{
    uint8_t room[4];
    uint32_t size;
    bool eof;
    struct pm_card_info info = stat_of(slot);
    CHECK(info.state == PM_CARD_EMPTY && info.size == 0 &&
          info.generation == 0 && info.checksum == 0);
    CHECK_INT(read_slot(slot, 0, room, 4, &size, &eof), PM_MEM_EMPTY);
    CHECK_INT(pm_card_commit(card, slot), PM_MEM_NOTHING_STAGED);
    CHECK_INT(pm_card_clear(card, slot), PM_MEM_EMPTY);
    CHECK_INT(pm_card_write(card, slot, 5, text, 0), PM_MEM_OK);
    CHECK_INT(stat_of(slot).state, PM_CARD_EMPTY);
    CHECK_INT(pm_card_write(card, slot, 32768, text, 1), PM_MEM_TOO_LARGE);
    CHECK_INT(pm_card_write(card, slot, 32767, text, 2), PM_MEM_TOO_LARGE);
    CHECK_INT(pm_card_write(card, slot, UINT64_MAX, text, 2), PM_MEM_TOO_LARGE);
    CHECK_INT(stat_of(slot).state, PM_CARD_EMPTY);
}

static void check_life(unsigned slot)
{
    struct pm_card_info info;
    uint8_t room[8];
    uint32_t size;
    bool eof;

    check_empty_slot(slot);
    CHECK_INT(pm_card_write(card, slot, 2, text, 3), PM_MEM_OK);
    info = stat_of(slot);
    CHECK(info.state == PM_CARD_STAGED && info.size == 5 &&
          info.generation == 0);
    CHECK(info.checksum == pm_hash64("\0\0"
                                     "012",
                                     5));
    CHECK_INT(read_slot(slot, 0, room, 4, &size, &eof), PM_MEM_EMPTY);
    CHECK_INT(pm_card_commit(card, slot), PM_MEM_OK);
    CHECK_INT(pm_card_commit(card, slot), PM_MEM_NOTHING_STAGED);
    info = stat_of(slot);
    CHECK(info.state == PM_CARD_COMMITTED && info.size == 5 &&
          info.generation == 1 && (info.uuid[0] || info.uuid[1]));
    CHECK(holds(slot,
                "\0\0"
                "012",
                5));
    CHECK_INT(read_slot(slot, 3, room, 1, &size, &eof), PM_MEM_OK);
    CHECK(size == 1 && !eof && room[0] == '1');
    CHECK_INT(read_slot(slot, 9, room, 1, &size, &eof), PM_MEM_OK);
    CHECK(size == 0 && eof);
    // Staging begins with what is committed, which stays as it is.
    CHECK_INT(pm_card_write(card, slot, 0, text, 1), PM_MEM_OK);
    CHECK(stat_of(slot).state == PM_CARD_STAGED && stat_of(slot).size == 5);
    CHECK(holds(slot,
                "\0\0"
                "012",
                5));
    CHECK_INT(pm_card_commit(card, slot), PM_MEM_OK);
    CHECK(holds(slot,
                "0\0"
                "012",
                5));
    CHECK_INT(stat_of(slot).generation, 2);
    CHECK(stat_of(slot).uuid[0] != info.uuid[0]);
    CHECK_INT(pm_card_write(card, slot, 0, text, 9), PM_MEM_OK);
    CHECK_INT(pm_card_clear(card, slot), PM_MEM_OK);
    check_empty_slot(slot);
    CHECK_INT(pm_card_write(card, slot, 0, text, 9), PM_MEM_OK);
    CHECK_INT(pm_card_clear(card, slot), PM_MEM_OK); // staged alone
    check_empty_slot(slot);
}

TEST(memcard, a_slot_goes_through_all_its_states)
{
    for (int has_store = 0; has_store < 2; has_store++) {
        if (!begin(has_store))
            return;
        check_life(0);
        check_life(31);
        check_life(0);
        end();
    }
}

TEST(memcard, a_full_slot_is_exact)
{
    static uint8_t bytes[PM_CARD_SLOT_SIZE];
    if (!begin(true))
        return;
    memset(bytes, 9, sizeof bytes);
    CHECK_INT(pm_card_write(card, 3, 0, bytes, sizeof bytes), PM_MEM_OK);
    CHECK_INT(pm_card_commit(card, 3), PM_MEM_OK);
    close_card();
    CHECK_INT(open_card(true), PM_FS_OK);
    CHECK(holds(3, bytes, sizeof bytes));
    CHECK_INT(pm_card_write(card, 3, 1, bytes, sizeof bytes), PM_MEM_TOO_LARGE);
    end();
}

TEST(memcard, what_was_committed_is_there_the_next_time)
{
    struct pm_card_info info;
    if (!begin(true))
        return;
    commit_text(5, 10);
    commit_text(5, 12);
    commit_text(6, 1);
    CHECK_INT(pm_card_clear(card, 6), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 7, 0, text, 3), PM_MEM_OK); // staged only
    info = stat_of(5);
    close_card();
    CHECK_INT(open_card(true), PM_FS_OK);
    struct pm_card_info found = stat_of(5);
    CHECK(memcmp(&info, &found, sizeof info) == 0);
    CHECK(holds(5, text, 12));
    check_empty_slot(6);
    check_empty_slot(7);
    end();
}

TEST(memcard, the_uuid_tells_card_slot_history_and_content_apart)
{
    uint64_t seen[5];
    if (!begin(false))
        return;
    commit_text(0, 4);
    seen[0] = stat_of(0).uuid[0];
    commit_text(0, 4); // the same content again
    seen[1] = stat_of(0).uuid[0];
    commit_text(1, 4);
    seen[2] = stat_of(1).uuid[0];
    commit_text(2, 5);
    seen[3] = stat_of(2).uuid[0];
    CHECK_INT(pm_card_clear(card, 0), PM_MEM_OK);
    commit_text(0, 4);
    CHECK(stat_of(0).uuid[0] == seen[0]); // as in the first run
    seen[4] = 0;
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < i; j++)
            CHECK(seen[i] != seen[j]);
    }
    end();
}

// --- space -------------------------------------------------------------------

TEST(memcard, space_is_taken_at_the_first_write_and_never_missing_at_commit)
{
    static uint8_t bytes[PM_CARD_SLOT_SIZE];
    struct pm_volume *tree = NULL;
    struct pm_volume_file *file;

    if (!begin(true))
        return;
    struct pm_tree_config config = {.quota = 1 << 20,
                                    .file_limit = 1 << 20,
                                    .entries = 9,
                                    .store = &store.store,
                                    .writeback = writeback};
    CHECK_INT(pm_tree_create(&alloc, &config, &tree), PM_FS_OK);
    // Twice for each: for its item, and for the one that was there before.
    store.space = 200000;
    CHECK_INT(pm_card_write(card, 0, 0, bytes, 1), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 1, 0, bytes, 1), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 2, 0, bytes, 1), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 3, 0, bytes, 1), PM_MEM_STORAGE_FULL);
    CHECK_INT(stat_of(3).state, PM_CARD_EMPTY);
    // What the save volume asks for comes from what is left.
    CHECK_INT(tree->ops->open(tree, (struct pm_path){"f", 1}, 6, &file), 0);
    CHECK_INT(tree->ops->write(tree, file, 0, bytes, 20000),
              PM_FS_STORAGE_FULL);
    tree->ops->close(tree, file, true);
    tree->ops->end_frame(tree);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_INT(pm_card_write(card, i, 0, bytes, sizeof bytes), PM_MEM_OK);
        CHECK_INT(pm_card_commit(card, i), PM_MEM_OK);
    }
    CHECK_INT(pm_card_write(card, 3, 0, bytes, 1), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 4, 0, bytes, 1), PM_MEM_STORAGE_FULL);
    CHECK_INT(pm_card_clear(card, 0), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 4, 0, bytes, 1), PM_MEM_OK);
    tree->ops->destroy(tree);
    end();
}

TEST(memcard, a_commit_takes_along_what_the_save_volume_did_before)
{
    struct pm_volume *tree = NULL;
    struct pm_fs_stat stat;
    struct pm_path path = {"d", 1};

    if (!begin(true))
        return;
    struct pm_tree_config config = {.quota = 1,
                                    .entries = 9,
                                    .store = &store.store,
                                    .writeback = writeback};
    CHECK_INT(pm_tree_create(&alloc, &config, &tree), PM_FS_OK);
    CHECK_INT(tree->ops->make_dir(tree, path), PM_FS_OK);
    commit_text(0, 5);
    CHECK_INT(store.commits, 1);
    tree->ops->destroy(tree);
    close_card();
    CHECK_INT(pm_mem_store_crash_states(&store), 1);
    CHECK_INT(open_card(true), PM_FS_OK);
    config.writeback = writeback;
    CHECK_INT(pm_tree_create(&alloc, &config, &tree), PM_FS_OK);
    CHECK_INT(tree->ops->stat(tree, path, &stat), PM_FS_OK);
    CHECK(holds(0, text, 5));
    tree->ops->destroy(tree);
    end();
}

// --- faults ------------------------------------------------------------------

struct picture {
    struct pm_card_info slots[3];
};

static struct picture look(void)
{
    struct picture picture;
    memset(&picture, 0, sizeof picture);
    for (unsigned i = 0; i < 3; i++)
        pm_card_stat(card, i, &picture.slots[i]);
    return picture;
}

static pm_mem_status step(int number)
{
    uint8_t room[32];
    uint32_t size;
    bool eof;
    switch (number) {
    case 0:
        return pm_card_write(card, 0, 0, text, 10);
    case 1:
    case 6:
        return pm_card_commit(card, 0);
    case 2:
        return pm_card_write(card, 1, 5, text, 10);
    case 3:
        return pm_card_commit(card, 1);
    case 5:
        return pm_card_write(card, 0, 3, text, 10); // reads the item first
    case 7:
        return read_slot(1, 0, room, 32, &size, &eof);
    case 8:
        return pm_card_clear(card, 1);
    default:
        return PM_MEM_OK;
    }
}

// Gives whether the fault was met. After each step that fails all is as
// before; the same step is done again then and succeeds.
static bool run_script(size_t memory_at, uint64_t store_at)
{
    bool met = false;
    size_t memory_calls = 0;
    uint64_t store_calls = 0;

    if (!begin(true))
        return false;
    for (int i = 0; i < 9; i++) {
        if (i == 4) { // another run
            struct picture before = look();
            close_card();
            CHECK_INT(open_card(true), PM_FS_OK);
            struct picture after = look();
            CHECK(memcmp(&before, &after, sizeof before) == 0);
        }
        struct picture before = look();
        memory.calls = memory_calls;
        memory.fail_at = memory_at;
        store.calls = store_calls;
        store.fail_at = store_at;
        pm_mem_status status = step(i);
        memory_calls = memory.calls;
        store_calls = store.calls;
        memory.fail_at = store.fail_at = 0;
        if (status == PM_MEM_OK)
            continue;
        met = true;
        struct picture after = look();
        CHECK(memcmp(&before, &after, sizeof before) == 0);
        CHECK(status == PM_MEM_TRANSIENT || status == PM_MEM_IO_FAILED);
        CHECK_INT(step(i), PM_MEM_OK);
    }
    CHECK(holds(0, "0120123456789", 13));
    CHECK_INT(stat_of(1).state, PM_CARD_EMPTY);
    CHECK_INT(store.now.count, 1);
    end();
    return met || (memory_at && memory_calls >= memory_at) ||
           (store_at && store_calls >= store_at);
}

TEST(memcard, a_step_that_fails_has_changed_nothing)
{
    size_t points = 0;
    while (run_script(points + 1, 0))
        points++;
    CHECK(points > 10);
    points = 0;
    while (run_script(0, points + 1))
        points++;
    CHECK(points > 5);
}

TEST(memcard, each_allocation_at_creation_can_fail)
{
    for (size_t point = 1; point <= 2; point++) {
        memory = (struct pm_fault_alloc){.fail_at = point};
        alloc = pm_fault_alloc(&memory);
        pm_mem_store_open(&store);
        CHECK_INT(open_card(true), PM_FS_TRANSIENT);
        end();
    }
}

TEST(memcard, a_failed_flush_leaves_the_slot_staged_and_is_remembered)
{
    if (!begin(true))
        return;
    commit_text(0, 4);
    CHECK_INT(pm_card_write(card, 0, 0, text + 5, 4), PM_MEM_OK);
    store.fail_flush = true;
    CHECK_INT(pm_card_commit(card, 0), PM_MEM_IO_FAILED);
    CHECK_INT(pm_card_commit(card, 0), PM_MEM_IO_FAILED);
    CHECK_INT(pm_card_clear(card, 0), PM_MEM_IO_FAILED);
    CHECK(stat_of(0).state == PM_CARD_STAGED && holds(0, text, 4));
    store.may_rewrite = true;
    CHECK_INT(pm_card_commit(card, 0), PM_MEM_OK);
    CHECK(holds(0, text + 5, 4));
    close_card();
    CHECK_INT(open_card(true), PM_FS_OK);
    CHECK(holds(0, text + 5, 4));
    end();
}

// --- damage ------------------------------------------------------------------

static void check_corrupt_slot(unsigned slot)
{
    uint8_t room[4] = "...";
    uint32_t size = 9;
    bool eof;
    struct pm_card_info info = stat_of(slot);
    CHECK(info.state == PM_CARD_CORRUPT && info.size == 0 &&
          info.generation == 0);
    CHECK_INT(read_slot(slot, 0, room, 4, &size, &eof), PM_MEM_CORRUPT);
    CHECK(size == 9 && memcmp(room, "...", 4) == 0);
    CHECK_INT(pm_card_commit(card, slot), PM_MEM_NOTHING_STAGED);
}

TEST(memcard, every_flipped_bit_of_a_slot_is_corrupt_and_kept_aside)
{
    if (!begin(true))
        return;
    commit_text(4, 20);
    commit_text(9, 3);
    close_card();
    size_t bits = store.now.list[0].value->size * 8u;
    for (size_t bit = 0; bit < bits; bit++) {
        pm_mem_store_flip(&store, 0, bit);
        store.kept_aside = 0;
        CHECK_INT(open_card(true), PM_FS_OK);
        check_corrupt_slot(4);
        CHECK(holds(9, text, 3));
        CHECK_INT(store.kept_aside, 1);
        close_card();
        pm_mem_store_flip(&store, 0, bit);
    }
    CHECK_INT(open_card(true), PM_FS_OK);
    CHECK(holds(4, text, 20));
    end();
}

TEST(memcard, a_corrupt_slot_is_staged_from_nothing_or_cleared)
{
    for (int way = 0; way < 2; way++) {
        if (!begin(true))
            return;
        commit_text(4, 20);
        close_card();
        pm_mem_store_flip(&store, 0, 99);
        CHECK_INT(open_card(true), PM_FS_OK);
        if (way == 0) {
            CHECK_INT(pm_card_write(card, 4, 1, text, 1), PM_MEM_OK);
            CHECK(stat_of(4).state == PM_CARD_STAGED && stat_of(4).size == 2);
            CHECK_INT(pm_card_commit(card, 4), PM_MEM_OK);
            CHECK(holds(4, "\0000", 2) && stat_of(4).generation == 1);
        } else {
            CHECK_INT(pm_card_clear(card, 4), PM_MEM_OK);
            check_empty_slot(4);
        }
        CHECK_INT(store.kept_aside, 1);
        CHECK(!pm_mem_items_equal(&store.aside, &store.now));
        end();
    }
}

TEST(memcard, an_item_that_changes_behind_the_machine_is_corrupt)
{
    if (!begin(true))
        return;
    commit_text(1, 5);
    struct pm_mem_store older;
    pm_mem_store_crash_into(&store, 0, &older);
    commit_text(1, 5);
    close_card();
    CHECK_INT(open_card(true), PM_FS_OK);
    const struct pm_mem_item *item =
        pm_mem_store_find(&older, (uint64_t)3 << 60 | 1);
    pm_mem_store_set(&store, item->key, item->value->bytes, item->value->size);
    CHECK_INT(pm_card_write(card, 1, 0, text, 1), PM_MEM_CORRUPT);
    check_corrupt_slot(1);
    CHECK_INT(pm_card_write(card, 1, 0, text, 1), PM_MEM_OK);
    pm_mem_store_close(&older);
    end();
}

TEST(memcard, a_store_that_cannot_be_read_at_all_makes_no_card_or_a_corrupt_one)
{
    if (!begin(true))
        return;
    commit_text(0, 5);
    close_card();
    store.fail_calls = PM_STORE_SCAN;
    store.fail_at = 1;
    store.calls = 0;
    CHECK_INT(open_card(true), PM_FS_IO_FAILED);
    CHECK(card == NULL);
    close_card();
    store.fail_status = PM_FS_CORRUPT;
    store.calls = 0;
    CHECK_INT(open_card(true), PM_FS_CORRUPT);
    for (unsigned i = 0; i < PM_CARD_SLOTS; i++)
        check_corrupt_slot(i);
    CHECK_INT(store.kept_aside, 1);
    end();
}

// --- saved states ------------------------------------------------------------

static void save(struct pm_buf *out)
{
    pm_buf_init(out, &alloc);
    pm_card_save(card, out);
    CHECK(!out->failed);
}

static bool load(const uint8_t *bytes, size_t size)
{
    struct pm_cursor in = pm_cursor_make(bytes, size);
    return pm_card_load(card, &in) == PM_OK && pm_cursor_left(&in) == 0;
}

TEST(memcard, a_saved_state_holds_what_is_staged)
{
    struct pm_buf state;
    struct pm_buf again;

    if (!begin(true))
        return;
    commit_text(0, 5);
    CHECK_INT(pm_card_write(card, 0, 5, text, 5), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 9, 0, text, 7), PM_MEM_OK);
    save(&state);
    CHECK_INT(pm_card_commit(card, 0), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 3, 0, text, 7), PM_MEM_OK);
    CHECK(load(state.data, state.size));
    pm_card_end_load(card, false);
    CHECK(stat_of(3).state == PM_CARD_STAGED);
    CHECK(load(state.data, state.size));
    CHECK(load(state.data, state.size));
    pm_card_end_load(card, true);
    CHECK(stat_of(0).size == 10 && stat_of(0).state == PM_CARD_STAGED);
    CHECK(stat_of(3).state == PM_CARD_EMPTY);
    CHECK(stat_of(9).size == 7 && stat_of(9).state == PM_CARD_STAGED);
    save(&again);
    CHECK(again.size == state.size &&
          memcmp(again.data, state.data, state.size) == 0);
    CHECK_INT(pm_card_commit(card, 9), PM_MEM_OK);
    CHECK(holds(9, text, 7));
    pm_buf_free(&state);
    pm_buf_free(&again);
    end();
}

TEST(memcard, every_prefix_and_every_flipped_bit_of_a_state_is_no_harm)
{
    struct pm_buf state;

    if (!begin(true))
        return;
    CHECK_INT(pm_card_write(card, 2, 0, text, 5), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 9, 0, text, 3), PM_MEM_OK);
    save(&state);
    for (size_t size = 0; size < state.size; size++)
        CHECK(!load(state.data, size));
    for (size_t bit = 0; bit < state.size * 8; bit++) {
        state.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (load(state.data, state.size)) {
            struct pm_buf again;
            pm_card_end_load(card, true);
            save(&again);
            CHECK(again.size == state.size &&
                  memcmp(again.data, state.data, state.size) == 0);
            pm_buf_free(&again);
        }
        state.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    pm_buf_free(&state);
    end();
}

TEST(memcard, a_state_that_finds_no_space_is_not_loaded)
{
    struct pm_buf state;

    if (!begin(true))
        return;
    CHECK_INT(pm_card_write(card, 2, 0, text, 5), PM_MEM_OK);
    CHECK_INT(pm_card_write(card, 9, 0, text, 3), PM_MEM_OK);
    save(&state);
    store.space = 200000; // for three, and two are held
    CHECK(!load(state.data, state.size));
    CHECK_INT(pm_card_write(card, 3, 0, text, 3), PM_MEM_OK);
    CHECK_INT(pm_card_commit(card, 3), PM_MEM_OK);
    pm_buf_free(&state);
    end();
}
