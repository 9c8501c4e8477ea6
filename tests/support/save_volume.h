// SPDX-License-Identifier: MIT
//
// A cartridge's saves as a machine has them, for tests: the volume and the
// card over one write-back layer, over the store, over a table of system
// calls; and what can be seen of them as two numbers.

#ifndef PM_TEST_SAVE_VOLUME_H
#define PM_TEST_SAVE_VOLUME_H

#include "fs/tree.h"
#include "hosts/common/store.h"
#include "memcard/memcard.h"

enum {
    PM_SAVE_FILE_LIMIT = 9000,
    PM_SAVE_QUOTA = 40000,
    PM_SAVE_ENTRIES = 14,
    PM_SAVE_SLOTS = 3, // of the card, that tests use
    PM_SAVE_APP = 1,
};

#define PM_SAVE_DIRECTORY "saves"
#define PM_SAVE_DATABASE  PM_SAVE_DIRECTORY "/00000001.db"
// A file that is not counted in what is seen, put to show that it goes on.
#define PM_SAVE_PROBE "probe"

struct pm_save_volume {
    struct pm_store store;
    struct pm_writeback *writeback;
    struct pm_volume *volume; // NULL: could not be opened
    struct pm_card *card;
    struct pm_store_error error;
};

// Opens all parts; on failure, none. [checkpoint_at] as in the store's
// configuration; [spare]: how many bytes and entries there may be beyond the
// usual limits. With CORRUPT the parts are there and answer it.
pm_fs_status pm_save_volume_open(struct pm_save_volume *saves,
                                 const struct pm_allocator *alloc,
                                 const struct pm_os *os, uint64_t checkpoint_at,
                                 uint32_t spare);
// Nothing is open any more. Does not write what is due.
void pm_save_volume_close(struct pm_save_volume *saves);
// The same, but with the frame ended before, as a machine does it.
void pm_save_volume_end(struct pm_save_volume *saves);

// What is seen, as sums over all entries and slots, in no order.
struct pm_save_sums {
    uint64_t content;   // paths, kinds, sizes, bytes; usage
    uint64_t revisions; // of each; generations of the slots. 0: not known
};

uint64_t pm_save_sum_entry(const char *path, pm_fs_kind kind,
                           const uint8_t *bytes, uint32_t size);
uint64_t pm_save_sum_slot(unsigned slot, const uint8_t *bytes, uint32_t size);
uint64_t pm_save_sum_usage(uint64_t used);

// What can be seen now. A status other than OK where something could not be
// read; then [out] is not to be looked at.
pm_fs_status pm_save_volume_see(struct pm_save_volume *saves,
                                struct pm_save_sums *out);
// Only the revisions, which touches no block of a file.
pm_fs_status pm_save_volume_revisions(struct pm_save_volume *saves,
                                      uint64_t *out);

// Reads a whole file of at most PM_SAVE_FILE_LIMIT bytes.
pm_fs_status pm_save_volume_read(struct pm_volume *volume, const char *path,
                                 uint8_t *out, uint32_t *out_size);
// Replaces the probe; whether that is answered OK, and there after closing and
// opening, with all else as it was. Wants 8 spare entries and bytes.
bool pm_save_volume_goes_on(struct pm_save_volume *saves,
                            const struct pm_allocator *alloc,
                            const struct pm_os *os);

#endif
