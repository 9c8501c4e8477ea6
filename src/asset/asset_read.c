// SPDX-License-Identifier: MIT
//
// Reading by windows. A block whose sum is not known to be right is read
// whole: straight to where it is wanted if all of it is, else in pieces that
// are hashed as they come. What is given out are the very bytes that were
// hashed. Blocks that are known to be good are read in one go.

#include "asset/asset_internal.h"
#include "base/hash.h"
#include "base/mem.h"

#define PIECE 16384

static bool is_good(const struct pm_asset *asset, uint32_t block)
{
    return atomic_load_explicit(&asset->good[block / 32],
                                memory_order_relaxed) >>
               block % 32 &
           1;
}

bool pm_asset_is_good(const struct pm_asset *asset,
                      const struct pm_asset_entry *entry, uint64_t number)
{
    return is_good(asset, entry->first_block + (uint32_t)number);
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
        pm_mem_copy(dst + (first - from), piece + (first - at),
                    (size_t)(last - first));
}

// Reads the block at [at]..[end] in pieces, gives the part in the window
// [from]..[to] to [dst] and the block's sum to [sum].
static pm_status read_pieces(const struct pm_asset *asset,
                             const struct pm_asset_entry *entry, uint64_t at,
                             uint64_t end, uint8_t *dst, uint64_t from,
                             uint64_t to, uint64_t *sum)
{
    struct pm_hash64_state hash;
    uint8_t piece[PIECE];

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
    *sum = pm_hash64_end(&hash);
    return PM_OK;
}

// Reads block [number] whole and gives the part in the window to [dst].
static pm_status read_checked(const struct pm_asset *asset,
                              const struct pm_asset_entry *entry,
                              uint64_t number, uint8_t *dst, uint64_t from,
                              uint64_t to)
{
    uint64_t at = number * PM_ASSET_BLOCK;
    uint64_t end = at + PM_ASSET_BLOCK;
    uint64_t sum = 0;
    pm_status status;

    if (end > entry->size)
        end = entry->size;
    if (from == at && to == end) {
        status = read_raw(asset, entry, at, dst, (size_t)(end - at));
        if (!status)
            sum = pm_hash64(dst, (size_t)(end - at));
    } else {
        status = read_pieces(asset, entry, at, end, dst, from, to, &sum);
    }
    if (status)
        return status;
    if (sum != wanted_sum(asset, entry, number))
        return PM_ERR_CORRUPT;
    mark_good(asset, entry->first_block + (uint32_t)number);
    return PM_OK;
}

// The end of the good blocks from [number] on, or [to] if that comes first.
static uint64_t end_of_good(const struct pm_asset *asset,
                            const struct pm_asset_entry *entry, uint64_t number,
                            uint64_t to)
{
    uint64_t end = (number + 1) * PM_ASSET_BLOCK;

    while (end < to && is_good(asset, entry->first_block + (uint32_t)++number))
        end += PM_ASSET_BLOCK;
    return end < to ? end : to;
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
        uint8_t *place = dst + (at - from);
        if (is_good(asset, entry->first_block + (uint32_t)number)) {
            end = end_of_good(asset, entry, number, to);
            status = read_raw(asset, entry, at, place, (size_t)(end - at));
        } else {
            end = end < to ? end : to;
            status = read_checked(asset, entry, number, place, at, end);
        }
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
