// SPDX-License-Identifier: MIT
//
// assets.pa, envelope version 1 (docs/spec/assets.md): cold bytes in one
// file, described by a table. Opening reads the prelude and the header and
// nothing else; payload bytes are read by windows, on demand, and each block
// of 64 KiB is checked against its sum when it is first touched.
//
// All memory is one block: the header's bytes, a table of 64 bytes an entry and
// an index of ids, with room for as many entries as such a header can hold:
// together at most twice the header and a little. Nothing here is proportional
// to the payload.
//
// Once open, an asset file does not change: reads may run on several threads
// at once if the source allows that. The only state that reads touch is the
// bitmap of blocks found good, which is atomic.

#ifndef PM_ASSET_ASSET_H
#define PM_ASSET_ASSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/source.h>

#include "base/buf.h"
#include "base/diag.h"

#define PM_ASSET_SCHEMA       1
#define PM_ASSET_PRELUDE_SIZE 32
#define PM_ASSET_MAX_HEADER   ((uint32_t)64 << 20)
#define PM_ASSET_ALIGN        64
#define PM_ASSET_BLOCK        ((uint32_t)65536)
#define PM_ASSET_SLOTS        16
#define PM_ASSET_MAX_OFFSET   (((int64_t)1 << 53) - 1)
// 64 palettes of 16 colours of two bytes, behind the indices of a GLYPH.
#define PM_ASSET_PALETTE_SIZE 2048

typedef enum pm_bank_type {
    PM_BANK_GLYPH,
    PM_BANK_SOUNDS,
    PM_BANK_SCENE,
    PM_BANK_BLOB,
    PM_BANK_TYPES,
} pm_bank_type;

typedef enum pm_asset_codec {
    PM_CODEC_NONE,
    PM_CODEC_LZ4,
    PM_CODEC_ZSTD,
    PM_CODECS,
} pm_asset_codec;

// "GLYPH", "NONE"; "?" for a number that is none.
const char *pm_bank_type_name(pm_bank_type type);
const char *pm_asset_codec_name(pm_asset_codec codec);

// One row of the table. Text is kept as offsets into the header: use the
// functions below.
struct pm_asset_entry {
    int32_t id;
    uint8_t bank_type; // enum pm_bank_type
    uint8_t codec;     // enum pm_asset_codec
    uint8_t name_size;
    uint8_t tile_size;      // GLYPH: 8, 16 or 32
    uint32_t header_offset; // of the entry in the header
    uint32_t name_offset;
    uint64_t offset; // of the slice in the payload region
    uint64_t size;   // stored bytes
    uint64_t decoded_size;
    uint32_t metadata_offset;
    uint32_t metadata_size;
    uint32_t sums_offset; // of the digits; 0: no integrity
    uint32_t first_block; // number of the slice's first block in the bitmap
    uint16_t width;       // GLYPH, in pixels
    uint16_t height;
    uint8_t palette_authored; // GLYPH, 0..64
    uint8_t chunk_shift;      // LZ4 and ZSTD: log2 of the chunk's bytes
    bool is_bad;              // only while opening
};

struct pm_asset_preload {
    uint32_t entry; // index in the table
    uint8_t slot;
};

struct pm_asset;

// Opens [source], which is copied and must stay readable until the close.
// [file] names it in messages and may be NULL.
//
// Every structural error is added to [diags]. Fails with PM_ERR_INVALID,
// PM_ERR_CORRUPT (the header's checksum), PM_ERR_UNSUPPORTED (another
// version), PM_ERR_IO or PM_ERR_NO_MEMORY; *[out] is then NULL.
pm_status pm_asset_open(const struct pm_source *source, const char *file,
                        const struct pm_allocator *alloc,
                        struct pm_diags *diags, struct pm_asset **out);

// The same, but faults of the preload list are only told: what there is of it
// that is right can then be checked further. Nothing may be booted from it.
pm_status pm_asset_open_despite_preload(const struct pm_source *source,
                                        const char *file,
                                        const struct pm_allocator *alloc,
                                        struct pm_diags *diags,
                                        struct pm_asset **out);

void pm_asset_close(struct pm_asset *asset);

// The table, in the order of the file.
size_t pm_asset_count(const struct pm_asset *asset);
const struct pm_asset_entry *pm_asset_at(const struct pm_asset *asset,
                                         size_t index);

// The entry with that id, or NULL.
const struct pm_asset_entry *pm_asset_find(const struct pm_asset *asset,
                                           int32_t id);

// The preload list, in the order of the file: at most 64 items.
size_t pm_asset_preload_count(const struct pm_asset *asset);
struct pm_asset_preload pm_asset_preload_at(const struct pm_asset *asset,
                                            size_t index);

// The name, [size] bytes of UTF-8 without a NUL behind them. Hostile text.
const char *pm_asset_name(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry, size_t *size);

// The metadata object as it stands in the header.
const char *pm_asset_metadata(const struct pm_asset *asset,
                              const struct pm_asset_entry *entry, size_t *size);

// The digits of the integrity sums, 16 for each block of the slice, as they
// stand in the header; NULL for an entry without integrity.
const char *pm_asset_sums(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry, size_t *size);

// The header's bytes and those of the payload region.
uint64_t pm_asset_header_size(const struct pm_asset *asset);
uint64_t pm_asset_payload_offset(const struct pm_asset *asset);
uint64_t pm_asset_payload_size(const struct pm_asset *asset);

// Whether the prelude has a checksum of the header, and that; else 0.
bool pm_asset_checksum(const struct pm_asset *asset, uint64_t *out);

// Bytes of the stored form: what a slice with codec NONE holds.
uint64_t pm_asset_form_size(const struct pm_asset_entry *entry);

// One sample of a SOUNDS asset; places in frames (two bytes each).
struct pm_asset_sample {
    uint32_t offset; // from the start of the slice
    uint32_t frames;
    uint32_t rate;       // per second
    uint32_t loop_start; // from the start of the sample
    uint32_t loop_end;   // exclusive; 0: no loop
};

// Fills up to [room] samples of a SOUNDS entry and gives how many it has.
size_t pm_asset_samples(const struct pm_asset *asset,
                        const struct pm_asset_entry *entry,
                        struct pm_asset_sample *out, size_t room);

// Reads the window [at], [size] of the stored bytes of a slice.
//
// Fails with PM_ERR_INVALID for a window outside the slice, PM_ERR_CORRUPT
// when a block does not match its sum, PM_ERR_IO; [dst] is then undefined.
pm_status pm_asset_read_stored(const struct pm_asset *asset,
                               const struct pm_asset_entry *entry, uint64_t at,
                               void *dst, size_t size);

// A place to read one asset's stored form from, decoding what the codec
// packed. It keeps the chunk that it decoded last, so that neighbouring
// windows decode each chunk once; all memory it will ever need is taken when
// it is opened: a chunk of each form, ZSTD's state (some 100 KiB) and 8 bytes
// for each 1,024 chunks; without a codec a block of 64 KiB, which it keeps
// likewise when it is touched for the first time. One thread at a time;
// several readers of one asset may read at once.
struct pm_asset_reader;

// Reads and checks the table of a packed slice. Fails with PM_ERR_NO_MEMORY,
// and for a packed slice with PM_ERR_CORRUPT or PM_ERR_IO. [asset] and [entry]
// must outlive it.
pm_status pm_asset_reader_open(const struct pm_asset *asset,
                               const struct pm_asset_entry *entry,
                               const struct pm_allocator *alloc,
                               struct pm_asset_reader **out);
void pm_asset_reader_close(struct pm_asset_reader *reader);

// Reads the window [at], [size] of the stored form. A window in one chunk
// decodes at most that chunk. Fails with PM_ERR_INVALID for a window outside
// the form, PM_ERR_CORRUPT when stored bytes do not match their sum or do not
// decode to exactly what they must, PM_ERR_IO; [dst] is then undefined.
pm_status pm_asset_reader_read(struct pm_asset_reader *reader, uint64_t at,
                               void *dst, size_t size);

// The same in one step, with a reader of its own, whose memory comes from the
// asset's allocator.
pm_status pm_asset_read(const struct pm_asset *asset,
                        const struct pm_asset_entry *entry, uint64_t at,
                        void *dst, size_t size);

// Reads all of the file: gap bytes are zero, sums match, slices decode and
// hold their payload's rules. Adds every fault to [diags]; fails with
// PM_ERR_CORRUPT when there was one, PM_ERR_IO or PM_ERR_NO_MEMORY.
pm_status pm_asset_verify(const struct pm_asset *asset, const char *file,
                          struct pm_diags *diags);

// --- writing -----------------------------------------------------------------

struct pm_asset_input {
    int32_t id;
    const char *name;
    pm_bank_type bank_type;
    // A JSON object, or NULL for an empty one; written with sorted keys.
    const char *metadata;
    // The stored form. The file keeps it as the codec packs it.
    const void *bytes;
    size_t size;
    // The resident size; 0: that of the stored form.
    uint64_t decoded_size;
    pm_asset_codec codec;
    // Of LZ4 and ZSTD: bytes of a chunk, a power of two, 4 KiB..1 MiB; 0:
    // 65,536. It stands in the metadata unless it is that.
    uint32_t chunk;
    // Of LZ4 and ZSTD: what pm_asset_pack made of [bytes], which then may be
    // NULL, with this codec and chunk; NULL: it is made while writing.
    const void *packed;
    size_t packed_size;
    // That [packed] is known to be just that, so that it need not be decoded
    // once more. Without, the writer decodes it and refuses what does not.
    bool is_packed_known;
};

// Appends to [out] what LZ4 or ZSTD make of a stored form in chunks of [chunk]
// bytes (a legal size): a slice. Equal bytes give equal slices. Each chunk was
// decoded again and is what it was made of; else PM_ERR_CORRUPT.
pm_status pm_asset_pack(uint8_t codec, uint32_t chunk, const void *bytes,
                        size_t size, struct pm_buf *out);

struct pm_asset_input_preload {
    int32_t id;
    int slot;
};

// Writes a canonical file: equal inputs, in any order, give equal bytes.
// Refuses what the reader refuses, because it opens what it wrote; faults go
// to [diags]. [out] is emptied first and holds the file only on success.
pm_status pm_asset_write(const struct pm_asset_input *inputs, size_t count,
                         const struct pm_asset_input_preload *preload,
                         size_t preload_count, const char *file,
                         struct pm_diags *diags, struct pm_buf *out);

#endif
