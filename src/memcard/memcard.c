// SPDX-License-Identifier: MIT
#include "memcard/memcard.h"

#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "base/mem.h"
#include "memcard/memcard_internal.h"

// Memory of an item has room for its hash, which the store gives with it.
#define ITEM_ROOM (PM_CARD_ITEM + PM_ITEM_TAIL)

// What is staged holds space for its item, and for the one that was there.
enum { STAGED_ITEMS = 2 };

pm_fs_status pm_card_create(const struct pm_allocator *alloc,
                            const struct pm_store *store,
                            struct pm_writeback *writeback, uint32_t app_id,
                            struct pm_card **out)
{
    struct pm_card *card = pm_mem_zalloc(alloc, sizeof *card);
    pm_fs_status status = PM_FS_OK;

    if (!card)
        return PM_FS_TRANSIENT;
    card->alloc = *alloc;
    card->store = store;
    card->writeback = writeback;
    card->app_id = app_id;
    if (store)
        status = pm_card_read_heads(card);
    if (status && status != PM_FS_CORRUPT) {
        pm_card_destroy(card);
        return status;
    }
    if (store)
        pm_writeback_add(writeback, pm_card_client(card));
    *out = card;
    return status;
}

void pm_card_destroy(struct pm_card *card)
{
    if (!card)
        return;
    for (unsigned i = 0; i < PM_CARD_SLOTS; i++) {
        pm_mem_free(&card->alloc, card->slots[i].item, ITEM_ROOM);
        pm_mem_free(&card->alloc, card->slots[i].staged, PM_CARD_SLOT_SIZE);
        pm_mem_free(&card->alloc, card->loaded[i], PM_CARD_SLOT_SIZE);
    }
    struct pm_allocator alloc = card->alloc;
    pm_mem_free(&alloc, card, sizeof *card);
}

pm_mem_status pm_card_status(pm_fs_status status)
{
    switch (status) {
    case PM_FS_OK:
        return PM_MEM_OK;
    case PM_FS_STORAGE_FULL:
        return PM_MEM_STORAGE_FULL;
    case PM_FS_TRANSIENT:
        return PM_MEM_TRANSIENT;
    case PM_FS_CORRUPT:
        return PM_MEM_CORRUPT;
    default:
        return PM_MEM_IO_FAILED;
    }
}

// --- reading -----------------------------------------------------------------

void pm_card_stat(struct pm_card *card, unsigned slot, struct pm_card_info *out)
{
    const struct pm_card_slot *at = &card->slots[slot];
    const struct pm_card_head *head = &at->head;

    *out = (struct pm_card_info){.state = PM_CARD_EMPTY,
                                 .size = head->size,
                                 .generation = head->generation,
                                 .checksum = head->checksum,
                                 .uuid = {head->uuid[0], head->uuid[1]}};
    if (at->is_corrupt)
        out->state = PM_CARD_CORRUPT;
    else if (head->generation)
        out->state = PM_CARD_COMMITTED;
    if (at->staged) {
        out->state = PM_CARD_STAGED;
        out->size = at->staged_size;
        out->checksum = pm_hash64(at->staged, at->staged_size);
    }
}

pm_mem_status pm_card_read(struct pm_card *card, unsigned slot, uint64_t offset,
                           struct pm_destination *dest, uint32_t max,
                           uint32_t *out_size, bool *out_eof)
{
    const struct pm_card_slot *at = &card->slots[slot];

    if (at->is_corrupt)
        return PM_MEM_CORRUPT;
    if (at->head.generation == 0)
        return PM_MEM_EMPTY;
    pm_fs_status status = pm_card_read_item(card, slot);
    if (status)
        return pm_card_status(status);
    uint64_t left = offset < at->head.size ? at->head.size - offset : 0;
    uint32_t size = left < max ? (uint32_t)left : max;
    if (size)
        pm_mem_copy(dest->bytes, at->item + PM_CARD_HEAD + offset, size);
    *out_size = size;
    *out_eof = size == left;
    return PM_MEM_OK;
}

// --- staging -----------------------------------------------------------------

pm_fs_status pm_card_hold(struct pm_card *card, int count)
{
    if (!card->store)
        return PM_FS_OK;
    return pm_writeback_hold(card->writeback, count,
                             (int64_t)count * (int64_t)PM_CARD_ITEM);
}

pm_fs_status pm_card_stage(struct pm_card *card, uint8_t **out)
{
    uint8_t *staged = pm_mem_alloc(&card->alloc, PM_CARD_SLOT_SIZE);
    if (!staged)
        return PM_FS_TRANSIENT;
    pm_fs_status status = pm_card_hold(card, STAGED_ITEMS);
    if (status)
        pm_mem_free(&card->alloc, staged, PM_CARD_SLOT_SIZE);
    else
        *out = staged;
    return status;
}

void pm_card_unstage(struct pm_card *card, uint8_t **staged)
{
    if (!*staged)
        return;
    pm_mem_free(&card->alloc, *staged, PM_CARD_SLOT_SIZE);
    *staged = NULL;
    (void)pm_card_hold(card, -STAGED_ITEMS); // giving back cannot fail
}

void pm_card_release_restore(struct pm_card *card, unsigned slot)
{
    struct pm_card_slot *at = &card->slots[slot];

    if (at->must_restore || !at->holds_restore)
        return;
    at->holds_restore = false;
    (void)pm_card_hold(card, -1);
}

void pm_card_unstage_slot(struct pm_card *card, unsigned slot)
{
    struct pm_card_slot *at = &card->slots[slot];

    if (!at->staged)
        return;
    pm_mem_free(&card->alloc, at->staged, PM_CARD_SLOT_SIZE);
    at->staged = NULL;
    at->staged_size = 0;
    // Of what was staged one item stays for the one that must go back.
    bool keeps = at->must_restore && !at->holds_restore;
    at->holds_restore |= keeps;
    (void)pm_card_hold(card, keeps - STAGED_ITEMS);
}

// A slot that is CORRUPT is staged from nothing: what could be copied is not
// known. One that turns out to be so in here says so first.
static pm_fs_status stage_slot(struct pm_card *card, unsigned slot)
{
    struct pm_card_slot *at = &card->slots[slot];
    pm_fs_status status = PM_FS_OK;

    if (at->staged)
        return PM_FS_OK;
    if (at->head.generation)
        status = pm_card_read_item(card, slot);
    if (!status)
        status = pm_card_stage(card, &at->staged);
    if (status)
        return status;
    at->staged_size = at->head.size;
    if (at->staged_size)
        memcpy(at->staged, at->item + PM_CARD_HEAD, at->staged_size);
    return PM_FS_OK;
}

pm_mem_status pm_card_write(struct pm_card *card, unsigned slot,
                            uint64_t offset, const uint8_t *src, uint32_t size)
{
    struct pm_card_slot *at = &card->slots[slot];

    if (size == 0)
        return PM_MEM_OK;
    if (size > PM_CARD_SLOT_SIZE || offset > PM_CARD_SLOT_SIZE - size)
        return PM_MEM_TOO_LARGE;
    pm_fs_status status = stage_slot(card, slot);
    if (status)
        return pm_card_status(status);
    if (offset > at->staged_size)
        memset(at->staged + at->staged_size, 0, offset - at->staged_size);
    pm_mem_copy(at->staged + offset, src, size);
    if (offset + size > at->staged_size)
        at->staged_size = (uint32_t)offset + size;
    return PM_MEM_OK;
}

// --- committing --------------------------------------------------------------

// One transaction with all that is due of the save volume; the space for it
// is held (a commit) or reserved (a removal).
static pm_fs_status hand_over(struct pm_card *card, unsigned change,
                              unsigned slot, const uint8_t *item, uint32_t size)
{
    if (!card->store)
        return PM_FS_OK;
    card->change = change;
    card->change_slot = slot;
    card->change_item = item;
    card->change_size = size;
    pm_fs_status status = pm_writeback_commit(card->writeback, true);
    card->change = PM_CARD_NOTHING;
    card->change_item = NULL;
    if (status)
        card->slots[slot].must_restore = true;
    return status;
}

// What is there comes into memory before it is changed, as it may have to go
// back. Damaged content may be lost.
static pm_fs_status read_before_change(struct pm_card *card, unsigned slot)
{
    if (!card->store || card->slots[slot].head.generation == 0)
        return PM_FS_OK;
    pm_fs_status status = pm_card_read_item(card, slot);
    return status == PM_FS_CORRUPT ? PM_FS_OK : status;
}

// [item] has the content already. The uuid is the hash of what the item says
// with the former uuid in its place, behind the identity of the slot.
static bool make_head(const struct pm_card *card, unsigned slot, uint8_t *item,
                      struct pm_card_head *out)
{
    const struct pm_card_slot *at = &card->slots[slot];
    uint32_t size = 32 + at->staged_size;
    uint8_t *text = pm_mem_alloc(&card->alloc, size);

    if (!text)
        return false;
    pm_store64(text, at->head.uuid[0]);
    pm_store64(text + 8, at->head.uuid[1]);
    pm_store32(text + 16, card->app_id);
    pm_store32(text + 20, slot);
    pm_store64(text + 24, at->head.generation + 1);
    memcpy(text + 32, at->staged, at->staged_size);
    struct pm_hash128 uuid = pm_hash128(text, size);
    pm_mem_free(&card->alloc, text, size);
    *out = (struct pm_card_head){at->head.generation + 1,
                                 at->staged_size,
                                 pm_hash64(at->staged, at->staged_size),
                                 {uuid.low, uuid.high}};
    memcpy(item + PM_CARD_HEAD, at->staged, at->staged_size);
    pm_card_put_head(item, out);
    return true;
}

static void set_committed(struct pm_card *card, unsigned slot,
                          const struct pm_card_head *head, uint8_t *item)
{
    struct pm_card_slot *at = &card->slots[slot];
    pm_mem_free(&card->alloc, at->item, ITEM_ROOM);
    at->item = item;
    at->head = *head;
    at->is_corrupt = false;
    pm_card_unstage_slot(card, slot);
}

pm_mem_status pm_card_commit(struct pm_card *card, unsigned slot)
{
    struct pm_card_head head;
    pm_fs_status status;

    if (!card->slots[slot].staged)
        return PM_MEM_NOTHING_STAGED;
    status = read_before_change(card, slot);
    if (status)
        return pm_card_status(status);
    uint8_t *item = pm_mem_alloc(&card->alloc, ITEM_ROOM);
    if (!item)
        return PM_MEM_TRANSIENT;
    status = PM_FS_TRANSIENT;
    if (make_head(card, slot, item, &head))
        status =
            hand_over(card, PM_CARD_PUT, slot, item, PM_CARD_HEAD + head.size);
    if (status)
        pm_mem_free(&card->alloc, item, ITEM_ROOM);
    else
        set_committed(card, slot, &head, item);
    return pm_card_status(status);
}

// Space for the item that would have to go back.
static pm_fs_status hold_restore(struct pm_card *card, unsigned slot)
{
    struct pm_card_slot *at = &card->slots[slot];

    if (at->staged || at->holds_restore)
        return PM_FS_OK;
    pm_fs_status status = pm_card_hold(card, 1);
    at->holds_restore = status == PM_FS_OK;
    return status;
}

static pm_fs_status remove_item(struct pm_card *card, unsigned slot)
{
    pm_fs_status status = read_before_change(card, slot);

    if (status || !card->store)
        return status;
    status = hold_restore(card, slot);
    if (!status)
        status = pm_writeback_reserve(card->writeback, 1, 0);
    if (!status)
        return hand_over(card, PM_CARD_REMOVE, slot, NULL, 0);
    pm_card_release_restore(card, slot);
    return status;
}

pm_mem_status pm_card_clear(struct pm_card *card, unsigned slot)
{
    struct pm_card_slot *at = &card->slots[slot];
    bool is_in_store = at->is_corrupt || at->head.generation;

    if (!is_in_store && !at->staged)
        return PM_MEM_EMPTY;
    if (is_in_store) {
        pm_fs_status status = remove_item(card, slot);
        if (status)
            return pm_card_status(status);
    }
    set_committed(card, slot, &(struct pm_card_head){0}, NULL);
    return PM_MEM_OK;
}
