// SPDX-License-Identifier: MIT
//
// Saved states hold staged content: u32 magic, u8 count, then by slot: u8
// slot, u32 size, the bytes.

#include <string.h>

#include "base/mem.h"
#include "memcard/memcard_internal.h"

#define STATE_MAGIC 0x31434d50u // "PMC1"

void pm_card_save(struct pm_card *card, struct pm_buf *out)
{
    uint8_t count = 0;
    for (unsigned i = 0; i < PM_CARD_SLOTS; i++)
        count += card->slots[i].staged != NULL;
    pm_buf_put32(out, STATE_MAGIC);
    pm_buf_put8(out, count);
    for (unsigned i = 0; i < PM_CARD_SLOTS; i++) {
        const struct pm_card_slot *at = &card->slots[i];
        if (!at->staged)
            continue;
        pm_buf_put8(out, (uint8_t)i);
        pm_buf_put32(out, at->staged_size);
        pm_buf_put(out, at->staged, at->staged_size);
    }
}

static bool load_slot(struct pm_card *card, unsigned *next,
                      struct pm_cursor *in)
{
    unsigned slot = pm_cursor_u8(in);
    uint32_t size = pm_cursor_u32(in);
    // Staging begins with a byte that is written.
    if (in->failed || slot < *next || slot >= PM_CARD_SLOTS || size == 0 ||
        size > PM_CARD_SLOT_SIZE)
        return false;
    const uint8_t *bytes = pm_cursor_take(in, size);
    if (!bytes || pm_card_stage(card, &card->loaded[slot]) != PM_FS_OK)
        return false;
    memcpy(card->loaded[slot], bytes, size);
    card->loaded_size[slot] = size;
    *next = slot + 1;
    return true;
}

static void drop_loaded(struct pm_card *card)
{
    for (unsigned i = 0; i < PM_CARD_SLOTS; i++) {
        pm_card_unstage(card, &card->loaded[i]);
        card->loaded_size[i] = 0;
    }
    card->is_loading = false;
}

pm_status pm_card_load(struct pm_card *card, struct pm_cursor *in)
{
    unsigned next = 0;

    drop_loaded(card);
    bool is_right = pm_cursor_u32(in) == STATE_MAGIC;
    unsigned count = pm_cursor_u8(in);
    for (; is_right && count; count--)
        is_right = load_slot(card, &next, in);
    is_right = is_right && !in->failed;
    if (!is_right)
        drop_loaded(card);
    card->is_loading = is_right;
    return is_right ? PM_OK : PM_ERR_INVALID;
}

void pm_card_end_load(struct pm_card *card, bool accept)
{
    for (unsigned i = 0; card->is_loading && accept && i < PM_CARD_SLOTS; i++) {
        struct pm_card_slot *at = &card->slots[i];
        uint8_t *old = at->staged;
        at->staged = card->loaded[i];
        at->staged_size = card->loaded_size[i];
        card->loaded[i] = old;
    }
    drop_loaded(card);
}

void pm_card_reset(struct pm_card *card)
{
    for (unsigned i = 0; i < PM_CARD_SLOTS; i++) {
        pm_card_unstage(card, &card->slots[i].staged);
        card->slots[i].staged_size = 0;
    }
}
