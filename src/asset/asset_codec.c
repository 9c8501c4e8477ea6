// SPDX-License-Identifier: MIT
//
// One chunk at a time: LZ4 blocks and ZSTD frames, decoded to exactly the
// bytes that are wanted and refused otherwise.

#define ZSTD_STATIC_LINKING_ONLY // for workspaces of our own memory

#include <lz4.h>
#include <zstd.h>

#include "asset/asset_internal.h"
#include "base/bits.h"

// --- ZSTD --------------------------------------------------------------------

#define ZSTD_MAGIC     UINT32_C(0xfd2fb528)
#define SINGLE_SEGMENT 0x20
#define RESERVED_BIT   0x08
#define DICTIONARY_ID  0x03

// The greatest window that a descriptor asks for (RFC 8878, 3.1.1.1.2).
static uint64_t window_of(uint8_t descriptor)
{
    uint64_t base = UINT64_C(1) << (10 + (descriptor >> 3));
    return base + base / 8 * (descriptor & 7);
}

// Reads the content size behind descriptor [d], where it has one.
static bool read_content_size(const uint8_t *at, size_t left, uint8_t d,
                              uint64_t *out)
{
    static const uint8_t widths[] = {1, 2, 4, 8};
    size_t width = widths[d >> 6];

    if (left < width)
        return false;
    *out = 0;
    for (size_t i = 0; i < width; i++)
        *out |= (uint64_t)at[i] << 8 * i;
    if (width == 2)
        *out += 256;
    return true;
}

// Whether the frame begins as one of [size] bytes must: no skippable frame or
// one of an older format, no dictionary, a window of at most [chunk], and, if
// it says its content's size, that very size.
static bool is_frame_head(const uint8_t *src, size_t stored, uint64_t size,
                          uint64_t chunk)
{
    uint64_t content;
    size_t at = 5;

    if (stored < 6 || pm_load32(src) != ZSTD_MAGIC)
        return false;
    uint8_t d = src[4];
    if (d & (RESERVED_BIT | DICTIONARY_ID))
        return false;
    if (!(d & SINGLE_SEGMENT)) {
        if (window_of(src[at++]) > chunk)
            return false;
        if (d >> 6 == 0)
            return true;
    }
    return read_content_size(src + at, stored - at, d, &content) &&
           content == size;
}

// The library takes each frame for itself: nothing of one chunk is left for
// the next.
static bool decode_zstd(ZSTD_DCtx *context, const void *src, size_t stored,
                        void *dst, size_t size, uint64_t chunk)
{
    return is_frame_head(src, stored, size, chunk) &&
           ZSTD_findFrameCompressedSize(src, stored) == stored &&
           ZSTD_decompressDCtx(context, dst, size, src, stored) == size;
}

// --- LZ4 ---------------------------------------------------------------------

static bool decode_lz4(const void *src, size_t stored, void *dst, size_t size)
{
    return LZ4_decompress_safe(src, dst, (int)stored, (int)size) == (int)size;
}

// --- both --------------------------------------------------------------------

size_t pm_asset_decoder_size(uint8_t codec)
{
    return codec == PM_CODEC_ZSTD ? ZSTD_estimateDCtxSize() : 0;
}

void *pm_asset_decoder_begin(uint8_t codec, void *work, size_t work_size)
{
    if (codec != PM_CODEC_ZSTD)
        return NULL;
    ZSTD_DCtx *context = ZSTD_initStaticDCtx(work, work_size);
    PM_CHECK(context != NULL);
    return context;
}

bool pm_asset_decode(const struct pm_asset_entry *entry, void *decoder,
                     const void *src, size_t stored, void *dst, size_t size)
{
    if (entry->codec == PM_CODEC_LZ4)
        return decode_lz4(src, stored, dst, size);
    return decode_zstd(decoder, src, stored, dst, size, pm_asset_chunk(entry));
}
