// SPDX-License-Identifier: MIT
//
// Packing a stored form into a slice: u32 count, u32 stored size a chunk, the
// chunks. Each is decoded again as soon as it is there, while its bytes are
// near and on the thread that made it. The levels are fixed and each call
// compresses alone in one thread, so that one version of the libraries gives
// the same bytes everywhere.

#define ZSTD_STATIC_LINKING_ONLY // for contexts in our own memory

#include <lz4hc.h>
#include <string.h>
#include <zstd.h>

#include "asset/asset_internal.h"
#include "base/bits.h"
#include "base/mem.h"

// Decoding is as fast at any level: these are where more time brings little.
#define LZ4_LEVEL  9
#define ZSTD_LEVEL 12

struct packer {
    uint8_t codec;
    struct pm_allocator alloc;
    LZ4_streamHC_t *lz4;
    ZSTD_CCtx *zstd;
    // For decoding what was packed: the decoder's state and a chunk.
    struct pm_asset_entry entry;
    uint8_t *work;
    size_t work_size;
    void *decoder;
    uint8_t *plain;
};

// --- memory for ZSTD ---------------------------------------------------------

// ZSTD gives blocks back without their size: it stands in front of them.
union block_head {
    size_t size;
    max_align_t align;
};

static void *take(void *context, size_t size)
{
    const struct pm_allocator *alloc = context;
    union block_head *head = NULL;

    if (size <= SIZE_MAX - sizeof *head)
        head = pm_mem_alloc(alloc, sizeof *head + size);
    if (!head)
        return NULL;
    head->size = sizeof *head + size;
    return head + 1;
}

static void give_back(void *context, void *block)
{
    union block_head *head = block;
    if (head)
        pm_mem_free(context, head - 1, head[-1].size);
}

// --- chunks ------------------------------------------------------------------

static pm_status begin_check(struct packer *p, uint32_t chunk, size_t size)
{
    size_t state = (pm_asset_decoder_size(p->codec) + 63) / 64 * 64;

    p->entry.codec = p->codec;
    while (pm_asset_chunk(&p->entry) < chunk)
        p->entry.chunk_shift++;
    p->work_size = state + (size < chunk ? size : chunk) + 1;
    p->work = pm_mem_alloc(&p->alloc, p->work_size);
    if (!p->work)
        return PM_ERR_NO_MEMORY;
    p->decoder = pm_asset_decoder_begin(p->codec, p->work, state);
    p->plain = p->work + state;
    return PM_OK;
}

static pm_status begin(struct packer *p)
{
    ZSTD_customMem memory = {take, give_back, &p->alloc};

    if (p->codec == PM_CODEC_LZ4)
        p->lz4 = pm_mem_alloc(&p->alloc, (size_t)LZ4_sizeofStateHC());
    else
        p->zstd = ZSTD_createCCtx_advanced(memory);
    return p->lz4 || p->zstd ? PM_OK : PM_ERR_NO_MEMORY;
}

static void end(struct packer *p)
{
    pm_mem_free(&p->alloc, p->lz4, (size_t)LZ4_sizeofStateHC());
    ZSTD_freeCCtx(p->zstd);
    pm_mem_free(&p->alloc, p->work, p->work_size);
}

static bool is_right(const struct packer *p, const void *packed, size_t stored,
                     const void *plain, size_t size)
{
    return pm_asset_decode(&p->entry, p->decoder, packed, stored, p->plain,
                           size) &&
           memcmp(p->plain, plain, size) == 0;
}

// Packs a chunk into [room] bytes; 0 when memory was short.
static size_t pack_chunk(struct packer *p, const void *src, size_t size,
                         void *dst, size_t room)
{
    if (p->lz4)
        return (size_t)LZ4_compress_HC_extStateHC(p->lz4, src, dst, (int)size,
                                                  (int)room, LZ4_LEVEL);
    size_t packed =
        ZSTD_compressCCtx(p->zstd, dst, room, src, size, ZSTD_LEVEL);
    return ZSTD_isError(packed) ? 0 : packed;
}

static pm_status pack_chunks(struct packer *p, uint32_t chunk,
                             const uint8_t *bytes, size_t size,
                             struct pm_buf *out)
{
    size_t count = (size + chunk - 1) / chunk;
    size_t table = out->size + 4;

    pm_buf_put32(out, (uint32_t)count);
    pm_buf_put(out, NULL, count * 4);
    for (size_t i = 0; i < count && !out->failed; i++) {
        size_t left = size - i * chunk;
        uint32_t part = left < chunk ? (uint32_t)left : chunk;
        uint32_t room = pm_asset_chunk_bound(part);
        pm_buf_put(out, NULL, room);
        if (out->failed)
            break;
        size_t packed = pack_chunk(p, bytes + i * chunk, part,
                                   out->data + out->size - room, room);
        if (packed == 0)
            return PM_ERR_NO_MEMORY;
        if (!is_right(p, out->data + out->size - room, packed,
                      bytes + i * chunk, part))
            return PM_ERR_CORRUPT;
        out->size -= room - packed;
        pm_store32(out->data + table + i * 4, (uint32_t)packed);
    }
    return pm_buf_status(out);
}

pm_status pm_asset_pack(uint8_t codec, uint32_t chunk, const void *bytes,
                        size_t size, struct pm_buf *out)
{
    struct packer p = {.codec = codec, .alloc = out->alloc};

    if ((size + chunk - 1) / chunk > UINT32_MAX)
        return PM_ERR_LIMIT;
    pm_status status = begin(&p);
    if (!status)
        status = begin_check(&p, chunk, size);
    if (!status)
        status = pack_chunks(&p, chunk, bytes, size, out);
    end(&p);
    return status;
}
