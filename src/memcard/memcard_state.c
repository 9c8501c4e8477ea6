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

// What staging takes could not be had: memory, or the device's space.
static pm_status no_room(pm_fs_status status)
{
    return status == PM_FS_TRANSIENT      ? PM_ERR_NO_MEMORY
           : status == PM_FS_STORAGE_FULL ? PM_ERR_LIMIT
                                          : PM_ERR_IO;
}

static pm_status load_slot(struct pm_card *card, unsigned *next,
                           struct pm_cursor *in)
{
    unsigned slot = pm_cursor_u8(in);
    uint32_t size = pm_cursor_u32(in);
    // Staging begins with a byte that is written.
    if (in->failed || slot < *next || slot >= PM_CARD_SLOTS || size == 0 ||
        size > PM_CARD_SLOT_SIZE)
        return PM_ERR_INVALID;
    const uint8_t *bytes = pm_cursor_take(in, size);
    if (!bytes)
        return PM_ERR_INVALID;
    pm_fs_status status = pm_card_stage(card, &card->loaded[slot]);
    if (status)
        return no_room(status);
    memcpy(card->loaded[slot], bytes, size);
    card->loaded_size[slot] = size;
    *next = slot + 1;
    return PM_OK;
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
    pm_status status =
        pm_cursor_u32(in) == STATE_MAGIC ? PM_OK : PM_ERR_INVALID;
    unsigned count = pm_cursor_u8(in);
    for (; !status && count; count--)
        status = load_slot(card, &next, in);
    if (!status && in->failed)
        status = PM_ERR_INVALID;
    if (status)
        drop_loaded(card);
    card->is_loading = status == PM_OK;
    return status;
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
        pm_card_unstage_slot(card, i);
        card->slots[i].staged_size = 0;
    }
}
