// SPDX-License-Identifier: MIT
//
// The card's items in the store, which is not trusted.

#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "base/mem.h"
#include "memcard/memcard_internal.h"

void pm_card_put_head(uint8_t *item, const struct pm_card_head *head)
{
    pm_store64(item, head->generation);
    pm_store32(item + 8, head->size);
    pm_store64(item + 12, head->checksum);
    pm_store64(item + 20, head->uuid[0]);
    pm_store64(item + 28, head->uuid[1]);
}

// Whether these are the bytes of a slot's item; gives its head.
static bool parse(unsigned slot, const uint8_t *item, size_t size,
                  struct pm_card_head *out)
{
    if (!pm_item_open(pm_card_key(slot), item, &size) || size < PM_CARD_HEAD ||
        size > PM_CARD_ITEM)
        return false;
    *out = (struct pm_card_head){pm_load64(item),
                                 pm_load32(item + 8),
                                 pm_load64(item + 12),
                                 {pm_load64(item + 20), pm_load64(item + 28)}};
    return out->generation != 0 && out->size == size - PM_CARD_HEAD &&
           out->checksum == pm_hash64(item + PM_CARD_HEAD, out->size);
}

static void set_corrupt(struct pm_card *card, unsigned slot)
{
    card->slots[slot].head = (struct pm_card_head){0};
    card->slots[slot].is_corrupt = true;
    pm_writeback_damaged(card->writeback, "a memory card slot is damaged",
                         true);
}

static bool read_head(void *visitor, uint64_t key, const void *value,
                      size_t size)
{
    struct pm_card *card = visitor;
    uint64_t slot = key - pm_card_key(0);

    if (slot < PM_CARD_SLOTS &&
        !parse((unsigned)slot, value, size, &card->slots[slot].head))
        card->slots[slot].is_corrupt = true;
    return true;
}

pm_fs_status pm_card_read_heads(struct pm_card *card)
{
    const struct pm_store *store = card->store;
    pm_fs_status status = pm_writeback_status(
        store->scan(store->context, pm_card_key(0),
                    pm_card_key(PM_CARD_SLOTS - 1), read_head, card));

    if (status && status != PM_FS_CORRUPT)
        return status;
    for (unsigned i = 0; i < PM_CARD_SLOTS; i++) {
        if (status || card->slots[i].is_corrupt)
            set_corrupt(card, i);
    }
    return status;
}

static bool is_same(const struct pm_card_head *a, const struct pm_card_head *b)
{
    return a->generation == b->generation && a->size == b->size &&
           a->checksum == b->checksum && a->uuid[0] == b->uuid[0] &&
           a->uuid[1] == b->uuid[1];
}

static pm_fs_status get_item(struct pm_card *card, unsigned slot, uint8_t *room)
{
    const struct pm_store *store = card->store;
    struct pm_card_head head;
    size_t size = 0;
    pm_fs_status status = store->get(store->context, pm_card_key(slot), room,
                                     PM_CARD_ITEM + PM_ITEM_TAIL, &size);

    if (status == PM_FS_NOT_FOUND)
        return PM_FS_CORRUPT; // its head was there
    if (status)
        return pm_writeback_status(status);
    if (size > PM_CARD_ITEM + PM_ITEM_TAIL || !parse(slot, room, size, &head) ||
        !is_same(&head, &card->slots[slot].head))
        return PM_FS_CORRUPT;
    return PM_FS_OK;
}

pm_fs_status pm_card_read_item(struct pm_card *card, unsigned slot)
{
    struct pm_card_slot *at = &card->slots[slot];
    if (at->item)
        return PM_FS_OK;
    uint8_t *room = pm_mem_alloc(&card->alloc, PM_CARD_ITEM + PM_ITEM_TAIL);
    if (!room)
        return PM_FS_TRANSIENT;
    pm_fs_status status = get_item(card, slot, room);
    if (!status) {
        at->item = room;
        return PM_FS_OK;
    }
    pm_mem_free(&card->alloc, room, PM_CARD_ITEM + PM_ITEM_TAIL);
    if (status == PM_FS_CORRUPT)
        set_corrupt(card, slot);
    return status;
}

// --- transactions ------------------------------------------------------------

// A change of the card is made durable before the call ends, or is not made.
// One whose flush failed may be in the store nevertheless, and come back with
// a later transaction: so what the slot has is put over it with each, until
// one is confirmed.
static void put_back(const struct pm_card *card, unsigned slot,
                     struct pm_changes *changes)
{
    const struct pm_card_slot *at = &card->slots[slot];
    uint64_t key = pm_card_key(slot);

    // Damaged it was, and damaged it is again: an item too short to be one.
    if (at->is_corrupt)
        pm_changes_put(changes, key, "", 0);
    else if (at->head.generation)
        pm_changes_put(changes, key, at->item, PM_CARD_HEAD + at->head.size);
    else
        pm_changes_remove(changes, key, key);
}

static pm_fs_status collect(void *context, struct pm_changes *changes)
{
    const struct pm_card *card = context;
    uint64_t key = pm_card_key(card->change_slot);

    for (unsigned i = 0; i < PM_CARD_SLOTS; i++) {
        bool is_changed =
            card->change != PM_CARD_NOTHING && card->change_slot == i;
        if (card->slots[i].must_restore && !is_changed)
            put_back(card, i, changes);
    }
    if (card->change == PM_CARD_PUT)
        pm_changes_put(changes, key, card->change_item, card->change_size);
    if (card->change == PM_CARD_REMOVE)
        pm_changes_remove(changes, key, key);
    return PM_FS_OK;
}

static void done(void *context, bool durable)
{
    struct pm_card *card = context;

    for (unsigned i = 0; i < PM_CARD_SLOTS && durable; i++) {
        card->slots[i].must_restore = false;
        pm_card_release_restore(card, i);
    }
}

static void undone(void *context)
{
    (void)context;
}

struct pm_writeback_client pm_card_client(struct pm_card *card)
{
    return (struct pm_writeback_client){card, collect, done, undone};
}
