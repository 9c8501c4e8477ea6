// SPDX-License-Identifier: MIT
//
// What the card's files share.

#ifndef PM_MEMCARD_MEMCARD_INTERNAL_H
#define PM_MEMCARD_MEMCARD_INTERNAL_H

#include "memcard/memcard.h"

// A slot's item: generation, size, checksum, uuid, then the content.
#define PM_CARD_HEAD 36u
#define PM_CARD_ITEM (PM_CARD_HEAD + PM_CARD_SLOT_SIZE)

static inline uint64_t pm_card_key(unsigned slot)
{
    return (uint64_t)3 << 60 | slot;
}

struct pm_card_head {
    uint64_t generation; // 0: nothing is committed
    uint32_t size;
    uint64_t checksum;
    uint64_t uuid[2];
};

struct pm_card_slot {
    struct pm_card_head head;
    // An item as it stands in the store without its hash, PM_CARD_ITEM bytes
    // of memory; NULL: not read yet, or nothing is committed.
    uint8_t *item;
    bool is_corrupt;
    // PM_CARD_SLOT_SIZE bytes of memory; NULL: nothing is staged.
    uint8_t *staged;
    uint32_t staged_size;
    // A change that failed may be in the store all the same: what the slot
    // has goes into each transaction until one is confirmed.
    bool must_restore;
    bool holds_restore; // the space for that, while nothing is staged
};

// What the next transaction has of the card.
enum { PM_CARD_NOTHING, PM_CARD_PUT, PM_CARD_REMOVE };

struct pm_card {
    struct pm_allocator alloc;
    const struct pm_store *store; // NULL: memory alone
    struct pm_writeback *writeback;
    uint32_t app_id;
    struct pm_card_slot slots[PM_CARD_SLOTS];

    unsigned change; // PM_CARD_...
    unsigned change_slot;
    const uint8_t *change_item;
    uint32_t change_size;

    // Staged content that is being loaded.
    bool is_loading;
    uint8_t *loaded[PM_CARD_SLOTS];
    uint32_t loaded_size[PM_CARD_SLOTS];
};

pm_mem_status pm_card_status(pm_fs_status status);
// Gives PM_CARD_SLOT_SIZE bytes with space held for their commit, and for
// what was there before should that fail.
pm_fs_status pm_card_stage(struct pm_card *card, uint8_t **out);
void pm_card_unstage(struct pm_card *card, uint8_t **staged);
// The same for a slot's own, whose former content keeps its space as long as
// that is needed.
void pm_card_unstage_slot(struct pm_card *card, unsigned slot);
// Gives the space back that a change which may fail holds.
void pm_card_release_restore(struct pm_card *card, unsigned slot);
// Space for [count] items, or given back.
pm_fs_status pm_card_hold(struct pm_card *card, int count);

// --- memcard_store.c ---------------------------------------------------------

// Reads all heads. CORRUPT: all slots are.
pm_fs_status pm_card_read_heads(struct pm_card *card);
// Reads the content of a committed slot, if that has not been done.
pm_fs_status pm_card_read_item(struct pm_card *card, unsigned slot);
void pm_card_put_head(uint8_t *item, const struct pm_card_head *head);
struct pm_writeback_client pm_card_client(struct pm_card *card);

#endif
