// SPDX-License-Identifier: MIT
//
// Any bytes as what a store holds, or as a saved state: refused, or a volume
// and a card on which everything can be done.
//
// The first byte says what the rest is. Even: items, each u8 kind, u8 number,
// u8 block, u16 size, u8 flags and the bytes; with flag 1 the right hash is
// put behind them, so that what lies behind the hashes is reached; a last
// meta item is made from what the nodes say when bit 1 of the first byte is
// set. Odd: a saved state of a tree (bit 1 clear) or a card (set).

#include <string.h>

#include "base/bits.h"
#include "base/check.h"
#include "base/mem.h"
#include "fs/tree.h"
#include "memcard/memcard.h"
#include "support/mem_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pm_path path_of(const char *text)
{
    return (struct pm_path){text, strlen(text)};
}

// --- items -------------------------------------------------------------------

struct made {
    uint64_t count;
    uint64_t used;
    uint64_t sum;
};

static void put_item(struct pm_mem_store *store, uint64_t key,
                     const uint8_t *bytes, size_t size, bool is_sealed)
{
    static uint8_t room[70000];
    memcpy(room, bytes, size);
    if (is_sealed) {
        pm_store64(room + size, pm_item_hash(key, bytes, size));
        size += PM_ITEM_TAIL;
    }
    pm_mem_store_set(store, key, room, size);
}

static void read_item(struct pm_mem_store *store, struct pm_cursor *in,
                      struct made *made)
{
    uint64_t kind = pm_cursor_u8(in) % 4;
    uint64_t number = pm_cursor_u8(in);
    uint64_t block = pm_cursor_u8(in);
    size_t size = pm_cursor_u16(in);
    unsigned flags = pm_cursor_u8(in);
    if (size > pm_cursor_left(in))
        size = pm_cursor_left(in);
    const uint8_t *bytes = pm_cursor_take(in, size);
    if (in->failed)
        return;
    uint64_t key = kind << 60 | (kind == 2 ? number << 20 | block : number);
    bool is_new = pm_mem_store_find(store, key) == NULL;
    put_item(store, key, bytes, size, flags & 1);
    if (kind == 1 && is_new && size >= 25) {
        made->count++;
        made->used += pm_load64(bytes + 16);
        made->sum += pm_item_hash(key, bytes, size);
    }
}

static void put_meta(struct pm_mem_store *store, const struct made *made)
{
    uint8_t value[56];
    pm_store32(value, 0x45525450);
    pm_store32(value + 4, 1);
    pm_store64(value + 8, 256);
    pm_store64(value + 16, 1000);
    pm_store64(value + 24, 1000);
    pm_store64(value + 32, made->count);
    pm_store64(value + 40, made->used);
    pm_store64(value + 48, made->sum);
    put_item(store, 0, value, sizeof value, true);
}

// --- use ---------------------------------------------------------------------

static void use_file(struct pm_volume *v, struct pm_path path)
{
    static uint8_t room[PM_TRANSFER_MAX];
    struct pm_destination dest = {room, NULL, false};
    struct pm_volume_file *file;
    uint32_t size;
    bool eof;
    if (v->ops->open(v, path, PM_OPEN_READ | PM_OPEN_WRITE, &file))
        return;
    v->ops->read(v, file, 0, &dest, sizeof room, &size, &eof);
    v->ops->write(v, file, 4090, room, 10);
    v->ops->truncate(v, file, 4097);
    v->ops->close(v, file, true);
}

// Does something with each entry of a directory.
static void use_directory(const struct pm_allocator *alloc, struct pm_volume *v,
                          const char *dir)
{
    struct pm_fs_names names = {.count = 0};
    pm_buf_init(&names.bytes, alloc);
    if (v->ops->list(v, path_of(dir), 1000, &names) == PM_FS_OK) {
        for (size_t at = 0; at < names.bytes.size;) {
            const uint8_t *entry = names.bytes.data + at;
            char text[300] = {0};
            memcpy(text, entry + 2, entry[1]);
            use_file(v, path_of(text));
            if (at % 3 == 0)
                v->ops->rename(v, path_of(text), path_of("fuzzed"));
            if (at % 3 == 1)
                v->ops->remove(v, path_of(text));
            at += 2u + entry[1];
        }
    }
    pm_buf_free(&names.bytes);
}

static void use_volume(const struct pm_allocator *alloc, struct pm_volume *v)
{
    use_directory(alloc, v, "");
    v->ops->replace(v, path_of("new"), (const uint8_t *)"abc", 3);
    v->ops->make_dir(v, path_of("dir"));
    v->ops->end_frame(v);
}

static void use_card(struct pm_card *card)
{
    static uint8_t room[PM_CARD_SLOT_SIZE];
    for (unsigned i = 0; i < PM_CARD_SLOTS; i++) {
        struct pm_destination dest = {room, NULL, false};
        struct pm_card_info info;
        uint32_t size;
        bool eof;
        pm_card_stat(card, i, &info);
        pm_mem_status status =
            pm_card_read(card, i, 0, &dest, sizeof room, &size, &eof);
        PM_CHECK((status == PM_MEM_OK) == (info.generation != 0));
        pm_card_write(card, i, i, (const uint8_t *)"x", 1);
        if (i % 2)
            PM_CHECK(pm_card_commit(card, i) == PM_MEM_OK);
        else
            PM_CHECK(pm_card_clear(card, i) == PM_MEM_OK);
    }
}

static void ignore(void *context, const char *path)
{
    (void)context;
    (void)path;
}

static struct pm_tree_config config_for(const struct pm_mem_store *store,
                                        struct pm_writeback *writeback)
{
    return (struct pm_tree_config){.quota = 100000,
                                   .file_limit = 50000,
                                   .entries = 100,
                                   .store = store ? &store->store : NULL,
                                   .writeback = writeback,
                                   .is_saved = store == NULL};
}

// What a volume has written can be read again.
static void open_again(const struct pm_allocator *alloc,
                       struct pm_mem_store *store)
{
    struct pm_writeback *writeback;
    struct pm_volume *volume;
    PM_CHECK(!pm_writeback_create(alloc, &store->store, &writeback));
    struct pm_tree_config config = config_for(store, writeback);
    PM_CHECK(!pm_tree_create(alloc, &config, &volume));
    volume->ops->destroy(volume);
    pm_writeback_destroy(writeback);
}

static void run_store(const struct pm_allocator *alloc, struct pm_cursor *in,
                      bool has_meta)
{
    struct pm_mem_store store;
    struct made made = {0};
    struct pm_writeback *writeback;
    struct pm_volume *volume = NULL;
    struct pm_card *card;

    pm_mem_store_open(&store);
    while (pm_cursor_left(in) && !in->failed)
        read_item(&store, in, &made);
    if (has_meta)
        put_meta(&store, &made);
    PM_CHECK(!pm_writeback_create(alloc, &store.store, &writeback));
    struct pm_tree_config config = config_for(&store, writeback);
    pm_fs_status status = pm_tree_create(alloc, &config, &volume);
    PM_CHECK(!status || status == PM_FS_CORRUPT);
    PM_CHECK(!pm_card_create(alloc, &store.store, writeback, 1, &card));
    pm_tree_check(volume, ignore, NULL);
    use_volume(alloc, volume);
    use_card(card);
    PM_CHECK(!pm_writeback_commit(writeback, true));
    PM_CHECK(store.over_reserved == 0);
    pm_card_destroy(card);
    volume->ops->destroy(volume);
    pm_writeback_destroy(writeback);
    if (!status)
        open_again(alloc, &store);
    pm_mem_store_close(&store);
}

// --- saved states ------------------------------------------------------------

static void run_tree_state(const struct pm_allocator *alloc,
                           struct pm_cursor *in)
{
    struct pm_tree_config config = config_for(NULL, NULL);
    struct pm_volume *volume;
    struct pm_buf out;
    size_t start = in->at;

    PM_CHECK(!pm_tree_create(alloc, &config, &volume));
    pm_buf_init(&out, alloc);
    if (volume->ops->load(volume, in) == PM_OK) {
        volume->ops->end_load(volume, true);
        volume->ops->save(volume, &out);
        PM_CHECK(out.size == in->at - start &&
                 memcmp(out.data, in->data + start, out.size) == 0);
        use_volume(alloc, volume);
    }
    pm_buf_free(&out);
    volume->ops->destroy(volume);
}

static void run_card_state(const struct pm_allocator *alloc,
                           struct pm_cursor *in)
{
    struct pm_card *card;
    struct pm_buf out;
    size_t start = in->at;

    PM_CHECK(!pm_card_create(alloc, NULL, NULL, 1, &card));
    pm_buf_init(&out, alloc);
    if (pm_card_load(card, in) == PM_OK) {
        pm_card_end_load(card, true);
        pm_card_save(card, &out);
        PM_CHECK(out.size == in->at - start &&
                 memcmp(out.data, in->data + start, out.size) == 0);
        use_card(card);
    }
    pm_buf_free(&out);
    pm_card_destroy(card);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_cursor in = pm_cursor_make(data, size);
    unsigned first = pm_cursor_u8(&in);

    if (first % 2 == 0)
        run_store(&alloc, &in, first & 2);
    else if (first & 2)
        run_card_state(&alloc, &in);
    else
        run_tree_state(&alloc, &in);
    return 0;
}
