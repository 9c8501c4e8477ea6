// SPDX-License-Identifier: MIT
//
// The table of a packed slice: where each chunk lies. It is checked whole when
// it is opened; what stays in memory is one number for each group of chunks
// and the sizes of one group, so that a table of any length costs little. A
// group that is read again is held against what was found the first time.

#include <inttypes.h>
#include <stdio.h>

#include "asset/asset_internal.h"
#include "base/bits.h"
#include "base/mem.h"

#define NO_GROUP UINT64_MAX

static pm_status fault(struct pm_asset_chunk_fault *out, uint64_t at,
                       const char *format, ...) PM_PRINTF(3, 4);

static pm_status fault(struct pm_asset_chunk_fault *out, uint64_t at,
                       const char *format, ...)
{
    va_list args;
    out->at = at;
    va_start(args, format);
    vsnprintf(out->text, sizeof out->text, format, args);
    va_end(args);
    return PM_ERR_CORRUPT;
}

static uint64_t place_of_size(uint64_t chunk)
{
    return 4 + chunk * 4;
}

static uint32_t group_count(const struct pm_asset_chunks *c, uint64_t group)
{
    uint64_t left = c->count - group * PM_ASSET_CHUNK_GROUP;
    return left < PM_ASSET_CHUNK_GROUP ? (uint32_t)left : PM_ASSET_CHUNK_GROUP;
}

// Reads the sizes of a group and turns them into places.
static pm_status load_group(struct pm_asset_chunks *c, uint64_t group,
                            struct pm_asset_chunk_fault *out)
{
    uint64_t first = group * PM_ASSET_CHUNK_GROUP;
    uint32_t count = group_count(c, group);

    c->group = NO_GROUP;
    pm_status status =
        pm_asset_read_stored(c->asset, c->entry, place_of_size(first),
                             c->starts + 1, (size_t)count * 4);
    if (status)
        return fault(out, place_of_size(first), "its table of chunks"), status;
    c->starts[0] = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t stored = pm_load32((const uint8_t *)&c->starts[i + 1]);
        uint32_t size = pm_asset_chunk_size(c->entry, first + i);
        if (stored < 1 || stored > pm_asset_chunk_bound(size))
            return fault(out, place_of_size(first + i),
                         "chunk %" PRIu64 " is said to have %" PRIu32
                         " stored bytes; for %" PRIu32
                         " there must be 1..%" PRIu32,
                         first + i, stored, size, pm_asset_chunk_bound(size));
        c->starts[i + 1] = c->starts[i] + stored;
        if (stored > c->largest)
            c->largest = stored;
    }
    return PM_OK;
}

static pm_status check_count(struct pm_asset_chunks *c,
                             struct pm_asset_chunk_fault *out)
{
    uint8_t bytes[4];
    pm_status status =
        pm_asset_read_stored(c->asset, c->entry, 0, bytes, sizeof bytes);

    if (status)
        return fault(out, 0, "its count of chunks"), status;
    if (pm_load32(bytes) != c->count)
        return fault(out, 0,
                     "the slice says %" PRIu32 " chunks; %" PRIu64
                     " bytes in chunks of %" PRIu32 " are %" PRIu64,
                     pm_load32(bytes), pm_asset_form_size(c->entry),
                     pm_asset_chunk(c->entry), c->count);
    return PM_OK;
}

// The array grows with what was read, not by what the header says.
static pm_status add_group(struct pm_asset_chunks *c, uint64_t group,
                           uint64_t place)
{
    if (!pm_mem_grow(&c->alloc, &c->groups, &c->capacity, (size_t)group + 1,
                     sizeof *c->groups))
        return PM_ERR_NO_MEMORY;
    c->groups[group] = place;
    return PM_OK;
}

static pm_status check_sizes(struct pm_asset_chunks *c,
                             struct pm_asset_chunk_fault *out)
{
    uint64_t place = place_of_size(c->count);
    uint64_t group = 0;
    pm_status status = add_group(c, 0, place);

    for (; group * PM_ASSET_CHUNK_GROUP < c->count && !status; group++) {
        status = load_group(c, group, out);
        if (status)
            return status;
        place += c->starts[group_count(c, group)];
        status = add_group(c, group + 1, place);
    }
    if (status)
        return status;
    if (place != c->entry->size)
        return fault(out, place_of_size(0),
                     "its chunks end at byte %" PRIu64
                     " of the slice, which has %" PRIu64,
                     place, c->entry->size);
    c->group = group ? group - 1 : NO_GROUP;
    return PM_OK;
}

pm_status pm_asset_chunks_open(struct pm_asset_chunks *c,
                               const struct pm_asset *asset,
                               const struct pm_asset_entry *entry,
                               const struct pm_allocator *alloc,
                               struct pm_asset_chunk_fault *out)
{
    c->asset = asset;
    c->entry = entry;
    c->alloc = *alloc;
    c->count = pm_asset_chunk_count(entry);
    c->groups = NULL;
    c->capacity = 0;
    c->largest = 0;
    c->group = NO_GROUP;
    pm_status status = check_count(c, out);
    if (!status)
        status = check_sizes(c, out);
    if (status)
        pm_asset_chunks_close(c);
    return status;
}

void pm_asset_chunks_close(struct pm_asset_chunks *c)
{
    pm_mem_free(&c->alloc, c->groups, c->capacity * sizeof *c->groups);
    c->groups = NULL;
    c->capacity = 0;
}

pm_status pm_asset_chunks_find(struct pm_asset_chunks *c, uint64_t chunk,
                               uint64_t *at, uint32_t *stored)
{
    uint64_t group = chunk / PM_ASSET_CHUNK_GROUP;
    uint32_t i = chunk % PM_ASSET_CHUNK_GROUP;
    struct pm_asset_chunk_fault unused;

    if (group != c->group) {
        uint32_t largest = c->largest;
        pm_status status = load_group(c, group, &unused);
        if (status)
            return status;
        if (c->largest != largest ||
            c->groups[group] + c->starts[group_count(c, group)] !=
                c->groups[group + 1]) {
            c->largest = largest;
            return PM_ERR_CORRUPT; // the file has changed
        }
        c->group = group;
    }
    *at = c->groups[group] + c->starts[i];
    *stored = c->starts[i + 1] - c->starts[i];
    return PM_OK;
}

size_t pm_asset_chunks_run(const struct pm_asset_chunks *c, uint64_t chunk,
                           uint64_t last, size_t room)
{
    uint64_t first = c->group * PM_ASSET_CHUNK_GROUP;
    uint32_t i = (uint32_t)(chunk - first);
    uint32_t end = i + 1;
    uint32_t limit = group_count(c, c->group);

    if (last - first < limit)
        limit = (uint32_t)(last - first) + 1;
    while (end < limit && c->starts[end + 1] - c->starts[i] <= room)
        end++;
    return c->starts[end] - c->starts[i];
}
