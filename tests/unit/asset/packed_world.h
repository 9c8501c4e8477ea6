// SPDX-License-Identifier: MIT
//
// Assets of one packed slice, for the tests of this folder, and a source that
// counts reads and fails on command.

#ifndef PM_TEST_PACKED_WORLD_H
#define PM_TEST_PACKED_WORLD_H

#include "asset/asset.h"

// Fills [out] with one of several kinds of content: nothing but zeros, text
// that packs well, noise that does not, and a mixture of all.
enum content { ZEROS, TEXT, NOISE, MIXED, CONTENTS };
void make_content(enum content content, uint32_t seed, uint8_t *out,
                  size_t size);

uint32_t random_below(uint32_t *state, uint32_t limit);

// Writes a file with one BLOB of that content; CHECKs that it went well.
void write_one(const struct pm_allocator *alloc, pm_asset_codec codec,
               uint32_t chunk, const void *plain, size_t size,
               struct pm_buf *file);

// The same with so much text that the table has three groups of chunks. Gives
// the plain bytes, which the caller frees.
#define LONG_CHUNKS 2500
#define LONG_SIZE   (LONG_CHUNKS * 4096 - 100)
uint8_t *make_long(const struct pm_allocator *alloc, pm_asset_codec codec,
                   struct pm_buf *file);

// What a source lends: nothing, all, every second time.
enum lending { NOTHING, ALL, AT_TIMES, LENDINGS };

struct counted {
    const struct pm_buf *file;
    uint64_t size; // 0: that of the file
    int reads;
    int fail_at; // the read (from 1) that fails; 0: none
    enum lending lending;
    int loans; // that were asked for
};

struct pm_source counted_source(struct counted *counted);

// Opens [source]; NULL (and a failed CHECK) when it cannot be opened.
struct pm_asset *open_source(const struct pm_source *source);

#endif
