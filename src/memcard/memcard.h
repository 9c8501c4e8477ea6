// SPDX-License-Identifier: MIT
//
// The memory card: 32 slots of up to 32,768 bytes (docs/spec/memcard.md),
// kept in the same store as the save volume or, without one, in memory.
//
// A slot has committed content, which is in the store, and may have staged
// content, which is in memory and part of saved states. The first write to a
// slot copies the committed content into staging and takes the space for the
// commit, so that a commit cannot fail for lack of it.

#ifndef PM_MEMCARD_MEMCARD_H
#define PM_MEMCARD_MEMCARD_H

#include <stdbool.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/fs.h>
#include <prometeu/status.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "fs/volume.h"
#include "fs/writeback.h"

enum {
    PM_CARD_SLOTS = 32,
    PM_CARD_SLOT_SIZE = 32768,
};

// What a cartridge is told; numbers are frozen (mem_status.def).
typedef enum pm_mem_status {
#define PM_MEM_STATUS(name, value, meaning) PM_MEM_##name = value,
#include <prometeu/mem_status.def>
#undef PM_MEM_STATUS
} pm_mem_status;

typedef enum pm_card_state {
    PM_CARD_EMPTY = 0,
    PM_CARD_STAGED = 1,
    PM_CARD_COMMITTED = 2,
    PM_CARD_CORRUPT = 3,
} pm_card_state;

struct pm_card_info {
    pm_card_state state; // STAGED wins
    uint32_t size;       // of the staged content if there is one
    uint64_t generation; // of the committed content; 0: none yet
    uint64_t checksum;   // XXH3-64 of the content that [size] is of
    uint64_t uuid[2];    // of the committed content
};

struct pm_card;

// Reads the slots' heads from the store. [app_id] goes into the uuids. Fails
// like pm_tree_create; slots that are damaged are CORRUPT.
pm_fs_status pm_card_create(const struct pm_allocator *alloc,
                            const struct pm_store *store,
                            struct pm_writeback *writeback, uint32_t app_id,
                            struct pm_card **out);
void pm_card_destroy(struct pm_card *card);

// [slot] is 0..31 in all of them.
void pm_card_stat(struct pm_card *card, unsigned slot,
                  struct pm_card_info *out);
// Committed content: EMPTY without any, CORRUPT where it is damaged.
pm_mem_status pm_card_read(struct pm_card *card, unsigned slot, uint64_t offset,
                           struct pm_destination *dest, uint32_t max,
                           uint32_t *out_size, bool *out_eof);
// Staging: TOO_LARGE beyond the slot's size; 0 bytes stage nothing new.
pm_mem_status pm_card_write(struct pm_card *card, unsigned slot,
                            uint64_t offset, const uint8_t *src, uint32_t size);
// Staged content becomes the committed one, on the device.
pm_mem_status pm_card_commit(struct pm_card *card, unsigned slot);
// Removes committed and staged content, on the device. EMPTY when there is
// neither.
pm_mem_status pm_card_clear(struct pm_card *card, unsigned slot);

// Drops what is staged in all slots.
void pm_card_reset(struct pm_card *card);

// Saved states hold what is staged. Load keeps what it reads beside what is
// there until pm_card_end_load, before which nothing need have been loaded.
// PM_ERR_INVALID, PM_ERR_NO_MEMORY.
void pm_card_save(struct pm_card *card, struct pm_buf *out);
pm_status pm_card_load(struct pm_card *card, struct pm_cursor *in);
void pm_card_end_load(struct pm_card *card, bool accept);

#endif
