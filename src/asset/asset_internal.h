// SPDX-License-Identifier: MIT
//
// What the files of the asset module share.
//
// Invariants of an open asset:
//   1. every entry's slice lies inside the payload, and the payload inside
//      the source's size at the time of opening;
//   2. ids are unique, and `index` finds each of them;
//   3. slices overlap only when they are the same slice;
//   4. a sums_offset other than 0 is followed by 16 digits a block.

#ifndef PM_ASSET_ASSET_INTERNAL_H
#define PM_ASSET_ASSET_INTERNAL_H

#include <stdatomic.h>

#include "asset/asset.h"
#include "base/json.h"

struct pm_asset {
    struct pm_allocator alloc;
    struct pm_source source;
    uint8_t *header;
    size_t header_alloc; // bytes of [header]: the text and the padding
    uint32_t header_size;
    uint64_t payload_offset;
    uint64_t payload_size;
    struct pm_asset_entry *entries;
    size_t count;
    size_t capacity;
    // Open addressing over ids: 0 is free, otherwise entry + 1.
    uint32_t *index;
    uint32_t index_mask;
    // What the hash of ids depends on: that of the header, so that ids cannot
    // be chosen to collide.
    uint64_t seed;
    // A bit for each block that was found good.
    atomic_uint *good;
    uint32_t blocks;
    struct pm_asset_preload preload[PM_BANK_TYPES * PM_ASSET_SLOTS];
    size_t preload_count;
};

// What opening passes around.
struct pm_asset_opener {
    struct pm_asset *asset;
    struct pm_diags *diags;
    const char *file;
    struct pm_json json;
    size_t first_error; // errors in [diags] before
    uint32_t entry;     // number of the entry that is being read
    bool has_dropped;   // bad entries for which the table had no room
    bool has_table;
    bool has_preload;
    uint32_t preload_offset;
    uint32_t preload_end;
};

// Adds an error at byte [offset] of the header. [field] is named within the
// entry that is being read.
void pm_asset_entry_fault(struct pm_asset_opener *o, uint32_t offset,
                          const char *code, const char *field,
                          const char *format, ...) PM_PRINTF(5, 6);

// The same with [where] in place of the entry's field.
void pm_asset_fault(struct pm_asset_opener *o, uint32_t offset,
                    const char *code, const char *where, const char *format,
                    ...) PM_PRINTF(5, 6);

// Whether [value] is an integer between [min] and [max], stored in [out];
// otherwise a fault of [field].
bool pm_asset_want_int(struct pm_asset_opener *o,
                       const struct pm_json_value *value, const char *code,
                       const char *field, int64_t min, int64_t max,
                       int64_t *out);

// Reads a string's first bytes, escaped for a message.
const char *pm_asset_show(const struct pm_json *json,
                          const struct pm_json_str *str, char out[100]);

// asset_header.c: reads the header into the table.
pm_status pm_asset_read_header(struct pm_asset_opener *o);

// asset_metadata.c: checks metadata and sizes of an entry by its type.
void pm_asset_check_metadata(struct pm_asset_opener *o,
                             struct pm_asset_entry *entry);

// asset_table.c: makes the index, checks what concerns several entries, and
// reads the preload list.
pm_status pm_asset_check_table(struct pm_asset_opener *o);
// The entries by offset, then size: *[order] is a new array of
// asset->count numbers, NULL where the table itself is in order.
pm_status pm_asset_sort_slices(const struct pm_asset *asset, uint32_t **order);

// The number of blocks of a slice.
static inline uint64_t pm_asset_blocks(uint64_t size)
{
    return (size + PM_ASSET_BLOCK - 1) / PM_ASSET_BLOCK;
}

#endif
