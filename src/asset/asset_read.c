// SPDX-License-Identifier: MIT
//
// Reading by windows. A block whose sum is not known to be right is read
// whole, in pieces, hashed as it comes, and the part of it that is wanted is
// taken from those very bytes.

#include <string.h>

#include "asset/asset_internal.h"
#include "base/hash.h"

#define PIECE 16384

static bool is_good(const struct pm_asset *asset, uint32_t block)
{
    return atomic_load_explicit(&asset->good[block / 32],
                                memory_order_relaxed) >>
               block % 32 &
           1;
}

static void mark_good(const struct pm_asset *asset, uint32_t block)
{
    atomic_fetch_or_explicit(&asset->good[block / 32], 1u << block % 32,
                             memory_order_relaxed);
}

// The sum of block [number] of the slice, from its 16 digits.
static uint64_t wanted_sum(const struct pm_asset *asset,
                           const struct pm_asset_entry *entry, uint64_t number)
{
    const uint8_t *digits = asset->header + entry->sums_offset + number * 16;
    uint64_t sum = 0;
    for (int i = 0; i < 16; i++) {
        unsigned c = digits[i];
        sum = sum << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return sum;
}

static pm_status read_raw(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry, uint64_t at,
                          void *dst, size_t size)
{
    const struct pm_source *source = &asset->source;
    if (size == 0)
        return PM_OK;
    return source->read_at(
        source->context, asset->payload_offset + entry->offset + at, dst, size);
}

// Copies what piece [at], [size] and window [from], [to] have in common.
static void copy_common(uint8_t *dst, uint64_t from, uint64_t to,
                        const uint8_t *piece, uint64_t at, size_t size)
{
    uint64_t first = at > from ? at : from;
    uint64_t last = at + size < to ? at + size : to;
    if (first < last)
        memcpy(dst + (first - from), piece + (first - at),
               (size_t)(last - first));
}

// Reads block [number] whole and gives the part in the window to [dst].
static pm_status read_checked(const struct pm_asset *asset,
                              const struct pm_asset_entry *entry,
                              uint64_t number, uint8_t *dst, uint64_t from,
                              uint64_t to)
{
    struct pm_hash64_state hash;
    uint8_t piece[PIECE];
    uint64_t at = number * PM_ASSET_BLOCK;
    uint64_t end = at + PM_ASSET_BLOCK;

    if (end > entry->size)
        end = entry->size;
    pm_hash64_begin(&hash);
    while (at < end) {
        size_t size = end - at < PIECE ? (size_t)(end - at) : PIECE;
        pm_status status = read_raw(asset, entry, at, piece, size);
        if (status)
            return status;
        pm_hash64_add(&hash, piece, size);
        copy_common(dst, from, to, piece, at, size);
        at += size;
    }
    if (pm_hash64_end(&hash) != wanted_sum(asset, entry, number))
        return PM_ERR_CORRUPT;
    mark_good(asset, entry->first_block + (uint32_t)number);
    return PM_OK;
}

// Reads a window of a slice that has sums, block by block.
static pm_status read_blocks(const struct pm_asset *asset,
                             const struct pm_asset_entry *entry, uint64_t from,
                             uint8_t *dst, uint64_t to)
{
    pm_status status = PM_OK;
    uint64_t at = from;

    while (at < to && !status) {
        uint64_t number = at / PM_ASSET_BLOCK;
        uint64_t end = (number + 1) * PM_ASSET_BLOCK;
        if (end > to)
            end = to;
        if (is_good(asset, entry->first_block + (uint32_t)number))
            status = read_raw(asset, entry, at, dst + (at - from),
                              (size_t)(end - at));
        else
            status =
                read_checked(asset, entry, number, dst + (at - from), at, end);
        at = end;
    }
    return status;
}

pm_status pm_asset_read_stored(const struct pm_asset *asset,
                               const struct pm_asset_entry *entry, uint64_t at,
                               void *dst, size_t size)
{
    if (at > entry->size || size > entry->size - at)
        return PM_ERR_INVALID;
    if (!entry->sums_offset)
        return read_raw(asset, entry, at, dst, size);
    return read_blocks(asset, entry, at, dst, at + size);
}
