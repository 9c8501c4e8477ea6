// SPDX-License-Identifier: MIT
//
// What the files of the asset module share.
//
// Invariants of an open asset:
//   1. every entry's slice lies inside the payload, and the payload inside
//      the source's size at the time of opening;
//   2. ids are unique, and `index` finds each of them;
//   3. slices overlap only when they are the same slice;
//   4. a sums_offset other than 0 is followed by 16 digits a block;
//   5. a packed slice has room for its table and for one stored byte a chunk;
//   6. it is one block of memory: this struct, the header, the table, the
//      index, and the bitmap of good blocks.

#ifndef PM_ASSET_ASSET_INTERNAL_H
#define PM_ASSET_ASSET_INTERNAL_H

#include <stdatomic.h>

#include "asset/asset.h"
#include "base/json.h"
#include "base/json_write.h"

struct pm_asset {
    struct pm_allocator alloc;
    size_t bytes; // of the block of memory
    struct pm_source source;
    uint8_t *header;
    size_t header_room; // bytes of [header]: the text and the padding
    uint32_t header_size;
    uint64_t payload_offset;
    uint64_t payload_size;
    struct pm_asset_entry *entries;
    size_t count;
    size_t capacity; // as many entries as the header can hold
    // Open addressing over ids: 0 is free, otherwise entry + 1.
    uint32_t *index;
    uint32_t index_mask;
    // What the hash of ids depends on: that of the header, so that ids cannot
    // be chosen to collide.
    uint64_t seed;
    bool has_checksum; // of the header, in the prelude; [seed] is that hash
    // A bit for each block that was found good.
    atomic_uint *good;
    uint32_t blocks;
    struct pm_asset_preload preload[PM_BANK_TYPES * PM_ASSET_SLOTS];
    size_t preload_count;
};

// What opening passes around.
struct pm_asset_opener {
    struct pm_asset *asset; // NULL before the prelude was read
    const struct pm_source *source;
    struct pm_diags *diags;
    const char *file;
    struct pm_json json;
    size_t first_error; // errors in [diags] before
    size_t preload_errors;
    bool forgives_preload;
    uint32_t entry;   // number of the entry that is being read
    bool has_dropped; // bad entries for which the table had no room
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

// asset_canonical.c: reads an entry that stands at [offset] of the header just
// as the packer writes it. Gives the offset behind it, or 0 when it is written
// in another way. Ranges across fields are not checked.
uint32_t pm_asset_canonical_entry(const struct pm_asset *asset, uint32_t offset,
                                  struct pm_asset_entry *out,
                                  uint32_t *sums_size);

// asset_metadata.c: reads the metadata of an entry and checks it and the sizes
// by the entry's type.
void pm_asset_check_metadata(struct pm_asset_opener *o,
                             struct pm_asset_entry *entry);
// The same where the metadata was read before.
void pm_asset_check_sizes(struct pm_asset_opener *o,
                          struct pm_asset_entry *entry);

// No entry without fault is shorter: bounds how many a header can hold.
#define PM_ASSET_SHORTEST_ENTRY                                                \
    (sizeof "{\"asset_id\":0,\"asset_name\":\"a\",\"bank_type\":\"BLOB\","     \
            "\"codec\":\"LZ4\",\"decoded_size\":0,\"metadata\":{},"            \
            "\"offset\":0,\"size\":0}," -                                      \
     1)

// asset_table.c: the bytes that index and bitmap of a header's entries take at
// most.
size_t pm_asset_table_room(size_t header_size, size_t capacity);
// asset_table.c: makes the index, checks what concerns several entries, and
// reads the preload list.
pm_status pm_asset_check_table(struct pm_asset_opener *o);
// The entries by offset, then size: *[order] is a new array of
// asset->count numbers, NULL where the table itself is in order.
pm_status pm_asset_sort_slices(const struct pm_asset *asset, uint32_t **order);

// As pm_asset_form_size, for every window and chunk.
static inline uint64_t pm_asset_form(const struct pm_asset_entry *entry)
{
    if (entry->bank_type == PM_BANK_GLYPH)
        return (uint64_t)entry->width * entry->height / 2 +
               PM_ASSET_PALETTE_SIZE;
    return entry->decoded_size;
}

// The number of blocks of a slice.
static inline uint64_t pm_asset_blocks(uint64_t size)
{
    return (size + PM_ASSET_BLOCK - 1) / PM_ASSET_BLOCK;
}

// asset_read.c: whether block [number] of a slice with sums was found good.
bool pm_asset_is_good(const struct pm_asset *asset,
                      const struct pm_asset_entry *entry, uint64_t number);
// As pm_asset_read_stored, but gives the stored bytes where they lie: they may
// be used as long as the asset is open. *[out] is NULL, which is no failure,
// where the source does not lend them.
pm_status pm_asset_lend_stored(const struct pm_asset *asset,
                               const struct pm_asset_entry *entry, uint64_t at,
                               size_t size, const uint8_t **out);
// The same, but the blocks in which these bytes lie may not have been compared
// with their sums yet: they are [owed], and nothing that was made of them may
// be given out before they are settled. Zeroes: nothing is owed.
struct pm_asset_owed {
    uint64_t at; // in the slice, from the start of a block
    uint64_t end;
    const uint8_t *bytes;
};
pm_status pm_asset_lend_owed(const struct pm_asset *asset,
                             const struct pm_asset_entry *entry, uint64_t at,
                             size_t size, const uint8_t **out,
                             struct pm_asset_owed *owed);
// Compares what is owed, of which nothing is left then. Fails with
// PM_ERR_CORRUPT.
pm_status pm_asset_settle(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry,
                          struct pm_asset_owed *owed);

// asset_verify.c: pm_asset_verify, but does not decode the slices of entries
// [i] with is_known[i].
pm_status pm_asset_verify_unknown(const struct pm_asset *asset,
                                  const bool *is_known, const char *file,
                                  struct pm_diags *diags);

// --- packed slices -----------------------------------------------------------

#define PM_ASSET_MIN_CHUNK   ((uint32_t)4096)
#define PM_ASSET_MAX_CHUNK   ((uint32_t)1 << 20)
#define PM_ASSET_CHUNK_SHIFT 16 // where metadata does not say

static inline uint32_t pm_asset_chunk(const struct pm_asset_entry *entry)
{
    return (uint32_t)1 << entry->chunk_shift;
}

static inline uint64_t pm_asset_chunk_count(const struct pm_asset_entry *entry)
{
    uint64_t form = pm_asset_form(entry);
    return (form + pm_asset_chunk(entry) - 1) >> entry->chunk_shift;
}

// Bytes that a chunk decodes to: only the last one may have fewer.
static inline uint32_t pm_asset_chunk_size(const struct pm_asset_entry *entry,
                                           uint64_t chunk)
{
    uint64_t left = pm_asset_form(entry) - (chunk << entry->chunk_shift);
    return left < pm_asset_chunk(entry) ? (uint32_t)left
                                        : pm_asset_chunk(entry);
}

// The most stored bytes that [size] bytes may take: somewhat more than either
// codec needs for what it cannot pack. Without a limit a small asset could ask
// for any amount of memory to be read into.
static inline uint32_t pm_asset_chunk_bound(uint32_t size)
{
    return size + size / 128 + 128;
}

// asset_codec.c: what decodes chunks of a codec, in [work_size] bytes at
// [work] (pm_asset_decoder_size), aligned for any object. It lives as long as
// they do and needs no end.
size_t pm_asset_decoder_size(uint8_t codec);
void *pm_asset_decoder_begin(uint8_t codec, void *work, size_t work_size);
// Gives whether [stored] bytes at [src] are one block or frame that decodes to
// exactly [size] bytes.
bool pm_asset_decode(const struct pm_asset_entry *entry, void *decoder,
                     const void *src, size_t stored, void *dst, size_t size);

// asset_write_metadata.c: writes the canonical metadata of an input; [chunk]
// is 0 for codec NONE. Faults in it go to [diags] and are no failure.
pm_status pm_asset_write_metadata(const struct pm_asset_input *input,
                                  uint32_t chunk,
                                  const struct pm_allocator *alloc,
                                  struct pm_diags *diags,
                                  struct pm_json_writer *json);

// Chunks whose sizes are in memory at a time.
#define PM_ASSET_CHUNK_GROUP 1024

// The table of a packed slice, every size of it checked.
struct pm_asset_chunks {
    const struct pm_asset *asset;
    const struct pm_asset_entry *entry;
    struct pm_allocator alloc;
    uint64_t count;
    // Where each group begins in the slice, and the slice's end.
    uint64_t *groups;
    size_t capacity;  // of [groups]
    uint32_t largest; // stored bytes of the largest chunk
    uint64_t group;   // whose chunks are in [starts], from its beginning
    uint32_t starts[PM_ASSET_CHUNK_GROUP + 1];
};

// What is wrong with a packed slice, and where in it.
struct pm_asset_chunk_fault {
    uint64_t at;
    char text[200];
};

// asset_chunks.c. Opening reads the whole table; on failure there is nothing
// to close, and [out] says what was found (or could not be read).
pm_status pm_asset_chunks_open(struct pm_asset_chunks *c,
                               const struct pm_asset *asset,
                               const struct pm_asset_entry *entry,
                               const struct pm_allocator *alloc,
                               struct pm_asset_chunk_fault *out);
void pm_asset_chunks_close(struct pm_asset_chunks *c);
// Where in the slice [chunk] lies.
pm_status pm_asset_chunks_find(struct pm_asset_chunks *c, uint64_t chunk,
                               uint64_t *at, uint32_t *stored);
// Stored bytes of [chunk], which was just found, and of as many that follow it
// up to [last] as fit [room] and are known without reading.
size_t pm_asset_chunks_run(const struct pm_asset_chunks *c, uint64_t chunk,
                           uint64_t last, size_t room);

// asset_reader.c: as pm_asset_reader_open, and says what is wrong.
pm_status pm_asset_reader_explain(const struct pm_asset *asset,
                                  const struct pm_asset_entry *entry,
                                  const struct pm_allocator *alloc,
                                  struct pm_asset_chunk_fault *fault,
                                  struct pm_asset_reader **out);
// Decodes a chunk of a packed slice and says what is wrong with it.
pm_status pm_asset_reader_try(struct pm_asset_reader *reader, uint64_t chunk,
                              struct pm_asset_chunk_fault *fault);

#endif
