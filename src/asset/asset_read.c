// SPDX-License-Identifier: MIT
//
// Reading by windows. A block whose sum is not known to be right is read
// whole: straight to where it is wanted if all of it is, some blocks in one go,
// else in pieces that are hashed as they come. What is given out are the very
// bytes that were hashed. Blocks that are known to be good are read in one go.
// What the source lends is hashed where it lies; who makes something of it
// first, and hashes it then, finds it in the processor's caches.

#include "asset/asset_internal.h"
#include "base/hash.h"
#include "base/mem.h"

#define PIECE 16384

// Whole blocks that are read together, as many as a transfer of the guest's:
// hashing from the processor's larger caches costs less than further calls.
#define RUN_BLOCKS 16

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

static bool is_right(const struct pm_asset *asset,
                     const struct pm_asset_entry *entry, uint64_t number,
                     uint64_t sum)
{
    if (sum != wanted_sum(asset, entry, number))
        return false;
    mark_good(asset, entry->first_block + (uint32_t)number);
    return true;
}

// The end of block [number].
static uint64_t end_of_block(const struct pm_asset_entry *entry,
                             uint64_t number)
{
    uint64_t end = (number + 1) * PM_ASSET_BLOCK;
    return end < entry->size ? end : entry->size;
}

// Reads block [number], of which the window has [from]..[to].
static pm_status read_part(const struct pm_asset *asset,
                           const struct pm_asset_entry *entry, uint64_t number,
                           uint8_t *dst, uint64_t from, uint64_t to)
{
    uint64_t sum = 0;
    pm_status status =
        read_pieces(asset, entry, number * PM_ASSET_BLOCK,
                    end_of_block(entry, number), dst, from, to, &sum);

    if (status)
        return status;
    return is_right(asset, entry, number, sum) ? PM_OK : PM_ERR_CORRUPT;
}

// Checks the whole blocks [at]..[end] of the slice that are not known to be
// good; they lie at [bytes].
static pm_status check_blocks(const struct pm_asset *asset,
                              const struct pm_asset_entry *entry, uint64_t at,
                              uint64_t end, const uint8_t *bytes)
{
    while (at < end) {
        uint64_t number = at / PM_ASSET_BLOCK;
        size_t size = (size_t)(end_of_block(entry, number) - at);
        if (!pm_asset_is_good(asset, entry, number) &&
            !is_right(asset, entry, number, pm_hash64(bytes, size)))
            return PM_ERR_CORRUPT;
        at += size;
        bytes += size;
    }
    return PM_OK;
}

// The end of the whole blocks from [number] on that are read together; where
// [number] itself is not whole in the window, which ends at [to]: its start.
static uint64_t end_of_run(const struct pm_asset_entry *entry, uint64_t number,
                           uint64_t to)
{
    uint64_t end = number * PM_ASSET_BLOCK;
    uint64_t last = number + RUN_BLOCKS;

    while (number < last && end < to && end_of_block(entry, number) <= to)
        end = end_of_block(entry, number++);
    return end;
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

// Reads a window of a slice that has sums.
static pm_status read_blocks(const struct pm_asset *asset,
                             const struct pm_asset_entry *entry, uint64_t from,
                             uint8_t *dst, uint64_t to)
{
    pm_status status = PM_OK;
    uint64_t at = from;

    while (at < to && !status) {
        uint64_t number = at / PM_ASSET_BLOCK;
        uint64_t end = at % PM_ASSET_BLOCK ? at : end_of_run(entry, number, to);
        uint8_t *place = dst + (at - from);
        if (pm_asset_is_good(asset, entry, number)) {
            end = end_of_good(asset, entry, number, to);
            status = read_raw(asset, entry, at, place, (size_t)(end - at));
        } else if (end > at) {
            status = read_raw(asset, entry, at, place, (size_t)(end - at));
            if (!status)
                status = check_blocks(asset, entry, at, end, place);
        } else {
            end = end_of_block(entry, number);
            end = end < to ? end : to;
            status = read_part(asset, entry, number, place, at, end);
        }
        at = end;
    }
    return status;
}

static const uint8_t *lend(const struct pm_asset *asset,
                           const struct pm_asset_entry *entry, uint64_t at,
                           size_t size)
{
    const struct pm_source *source = &asset->source;

    return source->lend(source->context,
                        asset->payload_offset + entry->offset + at, size);
}

static bool is_in_good_block(const struct pm_asset *asset,
                             const struct pm_asset_entry *entry, uint64_t at,
                             size_t size)
{
    return at % PM_ASSET_BLOCK + size <= PM_ASSET_BLOCK && size > 0 &&
           pm_asset_is_good(asset, entry, at / PM_ASSET_BLOCK);
}

// Lends a window of a slice that has sums, and with it the blocks in which it
// lies: it is for them that a sum is owed.
static const uint8_t *lend_blocks(const struct pm_asset *asset,
                                  const struct pm_asset_entry *entry,
                                  uint64_t from, uint64_t to,
                                  struct pm_asset_owed *owed)
{
    uint64_t first = from / PM_ASSET_BLOCK * PM_ASSET_BLOCK;
    uint64_t end = end_of_block(entry, (to - 1) / PM_ASSET_BLOCK);
    const uint8_t *bytes = lend(asset, entry, first, (size_t)(end - first));

    if (!bytes)
        return NULL;
    *owed = (struct pm_asset_owed){first, end, bytes};
    return bytes + (from - first);
}

pm_status pm_asset_lend_owed(const struct pm_asset *asset,
                             const struct pm_asset_entry *entry, uint64_t at,
                             size_t size, const uint8_t **out,
                             struct pm_asset_owed *owed)
{
    *out = NULL;
    *owed = (struct pm_asset_owed){0};
    if (at > entry->size || size > entry->size - at)
        return PM_ERR_INVALID;
    if (!asset->source.lend || size == 0)
        return PM_OK;
    if (entry->sums_offset && !is_in_good_block(asset, entry, at, size))
        *out = lend_blocks(asset, entry, at, at + size, owed);
    else
        *out = lend(asset, entry, at, size);
    return PM_OK;
}

pm_status pm_asset_settle(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry,
                          struct pm_asset_owed *owed)
{
    struct pm_asset_owed all = *owed;

    *owed = (struct pm_asset_owed){0};
    return check_blocks(asset, entry, all.at, all.end, all.bytes);
}

pm_status pm_asset_lend_stored(const struct pm_asset *asset,
                               const struct pm_asset_entry *entry, uint64_t at,
                               size_t size, const uint8_t **out)
{
    struct pm_asset_owed owed;
    pm_status status = pm_asset_lend_owed(asset, entry, at, size, out, &owed);

    if (!status)
        status = pm_asset_settle(asset, entry, &owed);
    if (status)
        *out = NULL;
    return status;
}

pm_status pm_asset_read_stored(const struct pm_asset *asset,
                               const struct pm_asset_entry *entry, uint64_t at,
                               void *dst, size_t size)
{
    const uint8_t *lent;

    if (at > entry->size || size > entry->size - at)
        return PM_ERR_INVALID;
    // Small windows come often, and their cost is that of the calls: what needs
    // no check ends in the source's own.
    if (!entry->sums_offset || is_in_good_block(asset, entry, at, size))
        return read_raw(asset, entry, at, dst, size);
    pm_status status = pm_asset_lend_stored(asset, entry, at, size, &lent);
    if (status)
        return status;
    if (!lent)
        return read_blocks(asset, entry, at, dst, at + size);
    pm_mem_copy(dst, lent, size);
    return PM_OK;
}
