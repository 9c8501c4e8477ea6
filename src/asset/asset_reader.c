// SPDX-License-Identifier: MIT
//
// Readers: the stored form by windows. A chunk that a window covers is
// decoded straight to where it is wanted; one that it touches in part is
// decoded beside it and kept, because the next window is likely to want the
// rest of it. The stored bytes of a window's chunks are decoded where they lie
// if the source lends them, else read together as far as there is room. Without
// a codec the same is done with a block that is touched for the first time,
// because it must be read whole for its sum.

#include <inttypes.h>
#include <stdio.h>

#include "asset/asset_internal.h"
#include "base/mem.h"

#define NO_CHUNK UINT64_MAX
#define NO_BLOCK UINT64_MAX

// Room for stored bytes: that of small chunks is read together.
#define STORED_ROOM 32768

// What a packed slice needs: one block of memory for a decoder's state, the
// stored bytes of a chunk or some, and the bytes of the kept one.
struct unpacker {
    struct pm_asset_chunks chunks;
    uint64_t kept; // the chunk in [plain]
    void *decoder;
    size_t work_size;
    size_t block_size;
    uint8_t *block;
    uint8_t *stored;
    size_t stored_room;
    // What is in [stored]: bytes of the slice from [stored_at] on.
    uint64_t stored_at;
    size_t stored_size;
    uint8_t *plain;
    // Blocks of which chunks were decoded before their sums were compared; of
    // one call, which settles them before it ends.
    struct pm_asset_owed owed;
};

struct pm_asset_reader {
    const struct pm_asset *asset;
    const struct pm_asset_entry *entry;
    struct pm_allocator alloc;
    uint64_t form;             // bytes of the stored form
    struct unpacker *unpacker; // NULL with codec NONE
    // Of a slice with sums and codec NONE: room for a block, and which it is.
    uint8_t *block;
    size_t block_size;
    uint64_t block_number;
};

// --- opening -----------------------------------------------------------------

static size_t aligned(size_t size)
{
    return (size + 63) / 64 * 64;
}

static pm_status make_block(struct unpacker *u,
                            const struct pm_asset_entry *entry,
                            const struct pm_allocator *alloc)
{
    uint64_t form = pm_asset_form(entry);
    uint32_t chunk = pm_asset_chunk(entry);
    size_t plain = form < chunk ? (size_t)form : chunk;

    u->kept = NO_CHUNK;
    u->stored_size = 0;
    u->owed = (struct pm_asset_owed){0};
    u->stored_room = STORED_ROOM < entry->size ? STORED_ROOM : entry->size;
    if (u->stored_room < u->chunks.largest)
        u->stored_room = u->chunks.largest;
    u->work_size = pm_asset_decoder_size(entry->codec);
    u->block_size = aligned(u->work_size) + aligned(u->stored_room) + plain + 1;
    u->block = pm_mem_alloc(alloc, u->block_size);
    if (!u->block)
        return PM_ERR_NO_MEMORY;
    u->decoder = pm_asset_decoder_begin(entry->codec, u->block, u->work_size);
    u->stored = u->block + aligned(u->work_size);
    u->plain = u->stored + aligned(u->stored_room);
    return PM_OK;
}

static pm_status open_unpacker(struct pm_asset_reader *reader,
                               struct pm_asset_chunk_fault *fault)
{
    const struct pm_allocator *alloc = &reader->alloc;
    struct unpacker *u = pm_mem_alloc(alloc, sizeof *u);

    if (!u)
        return PM_ERR_NO_MEMORY;
    pm_status status = pm_asset_chunks_open(&u->chunks, reader->asset,
                                            reader->entry, alloc, fault);
    if (!status) {
        status = make_block(u, reader->entry, alloc);
        if (status)
            pm_asset_chunks_close(&u->chunks);
    }
    if (status) {
        pm_mem_free(alloc, u, sizeof *u);
        return status;
    }
    reader->unpacker = u;
    return PM_OK;
}

static pm_status make_room_for_block(struct pm_asset_reader *reader)
{
    const struct pm_asset_entry *entry = reader->entry;

    reader->block_number = NO_BLOCK;
    // What the source lends is checked without being read.
    if (!entry->sums_offset || entry->size == 0 || reader->asset->source.lend)
        return PM_OK;
    reader->block_size =
        entry->size < PM_ASSET_BLOCK ? (size_t)entry->size : PM_ASSET_BLOCK;
    reader->block = pm_mem_alloc(&reader->alloc, reader->block_size);
    return reader->block ? PM_OK : PM_ERR_NO_MEMORY;
}

pm_status pm_asset_reader_explain(const struct pm_asset *asset,
                                  const struct pm_asset_entry *entry,
                                  const struct pm_allocator *alloc,
                                  struct pm_asset_chunk_fault *fault,
                                  struct pm_asset_reader **out)
{
    struct pm_asset_reader *reader = pm_mem_zalloc(alloc, sizeof *reader);
    pm_status status;

    *out = NULL;
    if (!reader)
        return PM_ERR_NO_MEMORY;
    reader->asset = asset;
    reader->entry = entry;
    reader->alloc = *alloc;
    reader->form = pm_asset_form(entry);
    if (entry->codec != PM_CODEC_NONE)
        status = open_unpacker(reader, fault);
    else
        status = make_room_for_block(reader);
    if (status)
        pm_mem_free(alloc, reader, sizeof *reader);
    else
        *out = reader;
    return status;
}

pm_status pm_asset_reader_open(const struct pm_asset *asset,
                               const struct pm_asset_entry *entry,
                               const struct pm_allocator *alloc,
                               struct pm_asset_reader **out)
{
    struct pm_asset_chunk_fault unused;
    return pm_asset_reader_explain(asset, entry, alloc, &unused, out);
}

void pm_asset_reader_close(struct pm_asset_reader *reader)
{
    if (!reader)
        return;
    struct pm_allocator alloc = reader->alloc;
    struct unpacker *u = reader->unpacker;
    if (u) {
        pm_asset_chunks_close(&u->chunks);
        pm_mem_free(&alloc, u->block, u->block_size);
        pm_mem_free(&alloc, u, sizeof *u);
    }
    pm_mem_free(&alloc, reader->block, reader->block_size);
    pm_mem_free(&alloc, reader, sizeof *reader);
}

// --- reading -----------------------------------------------------------------

// Reads the [stored] bytes at [at], and those of further chunks up to [last]
// as far as there is room for them.
static pm_status read_stored(struct pm_asset_reader *reader, uint64_t chunk,
                             uint64_t last, uint64_t at, uint32_t stored)
{
    struct unpacker *u = reader->unpacker;
    size_t size = pm_asset_chunks_run(&u->chunks, chunk, last, u->stored_room);

    PM_CHECK(size >= stored && size <= u->stored_room);
    u->stored_size = 0;
    pm_status status =
        pm_asset_read_stored(reader->asset, reader->entry, at, u->stored, size);
    if (status)
        return status;
    u->stored_at = at;
    u->stored_size = size;
    return PM_OK;
}

static pm_status settle(struct pm_asset_reader *reader)
{
    return pm_asset_settle(reader->asset, reader->entry,
                           &reader->unpacker->owed);
}

// Lends the [stored] bytes at [at], or NULL. The blocks that are owed are
// settled when a chunk leaves them: by then decoding has brought their bytes
// into the processor's caches, from where hashing them costs a fraction.
static pm_status lend_chunk(struct pm_asset_reader *reader, uint64_t at,
                            uint32_t stored, const uint8_t **out)
{
    struct pm_asset_owed *owed = &reader->unpacker->owed;

    if (at >= owed->at && at + stored <= owed->end) {
        *out = owed->bytes + (at - owed->at);
        return PM_OK;
    }
    pm_status status = settle(reader);
    if (status)
        return status;
    return pm_asset_lend_owed(reader->asset, reader->entry, at, stored, out,
                              owed);
}

// Finds the stored bytes of [chunk]; chunks up to [last] will be wanted next.
static pm_status find_stored(struct pm_asset_reader *reader, uint64_t chunk,
                             uint64_t last, const uint8_t **out,
                             uint32_t *stored)
{
    struct unpacker *u = reader->unpacker;
    uint64_t at;
    pm_status status = pm_asset_chunks_find(&u->chunks, chunk, &at, stored);

    if (status)
        return status;
    if (at < u->stored_at || at + *stored > u->stored_at + u->stored_size) {
        status = lend_chunk(reader, at, *stored, out);
        if (status || *out)
            return status;
        status = read_stored(reader, chunk, last, at, *stored);
    }
    *out = u->stored + (at - u->stored_at);
    return status;
}

// Decodes [chunk] whole to [dst]; chunks up to [last] will be wanted next.
static pm_status decode(struct pm_asset_reader *reader, uint64_t chunk,
                        uint64_t last, void *dst, uint32_t size)
{
    const uint8_t *src;
    uint32_t stored;
    pm_status status = find_stored(reader, chunk, last, &src, &stored);

    if (status)
        return status;
    return pm_asset_decode(reader->entry, reader->unpacker->decoder, src,
                           stored, dst, size)
               ? PM_OK
               : PM_ERR_CORRUPT;
}

// Makes [chunk] the one that is kept.
static pm_status keep(struct pm_asset_reader *reader, uint64_t chunk,
                      uint64_t last, uint32_t size)
{
    struct unpacker *u = reader->unpacker;

    if (u->kept == chunk)
        return PM_OK;
    u->kept = NO_CHUNK;
    pm_status status = decode(reader, chunk, last, u->plain, size);
    if (!status)
        u->kept = chunk;
    return status;
}

// Begins a call. Stored bytes are of one call: another one sees the file as it
// is then.
static void begin_call(struct unpacker *u)
{
    u->stored_at = u->stored_size = 0;
}

// Ends a call: nothing is given out, or kept, of blocks that are not good.
static pm_status end_call(struct pm_asset_reader *reader, pm_status status)
{
    pm_status settled = settle(reader);

    if (!status)
        status = settled;
    if (status)
        reader->unpacker->kept = NO_CHUNK;
    return status;
}

static PM_NOINLINE pm_status read_chunks(struct pm_asset_reader *reader,
                                         uint64_t at, uint8_t *dst, size_t left)
{
    struct unpacker *u = reader->unpacker;
    uint32_t whole = pm_asset_chunk(reader->entry);
    uint64_t last = left ? (at + left - 1) / whole : 0;
    pm_status status = PM_OK;

    begin_call(u);
    while (left > 0 && !status) {
        uint64_t chunk = at / whole;
        uint32_t skip = (uint32_t)(at % whole);
        uint32_t size = pm_asset_chunk_size(reader->entry, chunk);
        size_t part = left < size - skip ? left : size - skip;
        if (part == size && u->kept != chunk) {
            status = decode(reader, chunk, last, dst, size);
        } else {
            status = keep(reader, chunk, last, size);
            if (!status)
                pm_mem_copy(dst, u->plain + skip, part);
        }
        at += part;
        dst += part;
        left -= part;
    }
    return end_call(reader, status);
}

pm_status pm_asset_reader_try(struct pm_asset_reader *reader, uint64_t chunk,
                              struct pm_asset_chunk_fault *fault)
{
    struct unpacker *u = reader->unpacker;
    uint32_t size = pm_asset_chunk_size(reader->entry, chunk);
    uint64_t at = 0;
    uint32_t stored;
    pm_status status = PM_OK;

    begin_call(u);
    status = end_call(reader, keep(reader, chunk, chunk, size));
    if (!status)
        return PM_OK;
    if (pm_asset_chunks_find(&u->chunks, chunk, &at, &stored))
        at = 0;
    fault->at = at;
    snprintf(fault->text, sizeof fault->text,
             status == PM_ERR_CORRUPT
                 ? "chunk %" PRIu64 " does not decode to exactly %" PRIu32
                   " bytes"
                 : "chunk %" PRIu64 " of %" PRIu32 " bytes",
             chunk, size);
    return status;
}

static size_t block_size(const struct pm_asset_entry *entry, uint64_t number)
{
    uint64_t left = entry->size - number * PM_ASSET_BLOCK;
    return left < PM_ASSET_BLOCK ? (size_t)left : PM_ASSET_BLOCK;
}

// Whether the window is a part of one block that is kept, or that nobody has
// read before and had better be.
static bool is_of_block(const struct pm_asset_reader *reader, uint64_t at,
                        size_t size)
{
    const struct pm_asset_entry *entry = reader->entry;
    uint64_t number = at / PM_ASSET_BLOCK;
    size_t whole = block_size(entry, number);

    if (size == 0 || size == whole || at % PM_ASSET_BLOCK + size > whole)
        return false;
    return reader->block_number == number ||
           !pm_asset_is_good(reader->asset, entry, number);
}

static PM_NOINLINE pm_status read_of_block(struct pm_asset_reader *reader,
                                           uint64_t at, void *dst, size_t size)
{
    uint64_t number = at / PM_ASSET_BLOCK;

    if (reader->block_number != number) {
        reader->block_number = NO_BLOCK;
        pm_status status = pm_asset_read_stored(
            reader->asset, reader->entry, number * PM_ASSET_BLOCK,
            reader->block, block_size(reader->entry, number));
        if (status)
            return status;
        reader->block_number = number;
    }
    pm_mem_copy(dst, reader->block + at % PM_ASSET_BLOCK, size);
    return PM_OK;
}

pm_status pm_asset_reader_read(struct pm_asset_reader *reader, uint64_t at,
                               void *dst, size_t size)
{
    if (at > reader->form || size > reader->form - at)
        return PM_ERR_INVALID;
    if (reader->unpacker)
        return read_chunks(reader, at, dst, size);
    if (reader->block && is_of_block(reader, at, size))
        return read_of_block(reader, at, dst, size);
    return pm_asset_read_stored(reader->asset, reader->entry, at, dst, size);
}

pm_status pm_asset_read(const struct pm_asset *asset,
                        const struct pm_asset_entry *entry, uint64_t at,
                        void *dst, size_t size)
{
    struct pm_asset_reader *reader;

    if (entry->codec == PM_CODEC_NONE)
        return pm_asset_read_stored(asset, entry, at, dst, size);
    pm_status status =
        pm_asset_reader_open(asset, entry, &asset->alloc, &reader);
    if (status)
        return status;
    status = pm_asset_reader_read(reader, at, dst, size);
    pm_asset_reader_close(reader);
    return status;
}
