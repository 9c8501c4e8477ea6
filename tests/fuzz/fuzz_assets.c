// SPDX-License-Identifier: MIT
//
// assets.pa: open, verify, look up and read whatever opens.

#include <stdlib.h>
#include <string.h>

#include "asset/asset.h"
#include "base/bits.h"
#include "base/hash.h"

// Reads the stored form's beginning, end and all of it, in steps of odd sizes;
// a slice that was verified reads without a failure.
static void read_form(const struct pm_asset *asset,
                      const struct pm_asset_entry *e, bool is_verified)
{
    static uint8_t bytes[5000];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_reader *reader;
    uint64_t size = pm_asset_form_size(e);
    pm_status status = pm_asset_reader_open(asset, e, &alloc, &reader);

    // A form may be said to be large that a few bytes decode to.
    for (uint64_t at = 0; at < size && at < 1 << 20 && !status;) {
        size_t part = 1 + (size_t)(at * 31 % (sizeof bytes - 1));
        if (part > size - at)
            part = (size_t)(size - at);
        status = pm_asset_reader_read(reader, at, bytes, part);
        at += part;
    }
    if (!status && size)
        status = pm_asset_reader_read(reader, size - 1, bytes, 1);
    PM_CHECK(status == PM_OK || (!is_verified && status == PM_ERR_CORRUPT));
    pm_asset_reader_close(reader);
}

static void use(const struct pm_asset *asset, bool is_verified)
{
    static uint8_t bytes[100];
    struct pm_asset_sample samples[4];
    size_t size;

    for (size_t i = 0; i < pm_asset_count(asset); i++) {
        const struct pm_asset_entry *e = pm_asset_at(asset, i);
        PM_CHECK(pm_asset_find(asset, e->id) == e);
        PM_CHECK(e->offset + e->size <= pm_asset_payload_size(asset));
        pm_asset_name(asset, e, &size);
        PM_CHECK(size >= 1 && size <= 255);
        pm_asset_metadata(asset, e, &size);
        pm_asset_samples(asset, e, samples, 4);
        size = e->size < sizeof bytes ? (size_t)e->size : sizeof bytes;
        pm_asset_read_stored(asset, e, e->size - size, bytes, size);
        if (i < 10)
            read_form(asset, e, is_verified);
    }
    for (size_t i = 0; i < pm_asset_preload_count(asset); i++)
        PM_CHECK(pm_asset_preload_at(asset, i).entry < pm_asset_count(asset));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_source source;
    struct pm_diags diags;
    struct pm_asset *asset;
    uint8_t *copy = malloc(size ? size : 1);

    // The checksum is put right, or no mutated header would be looked at.
    if (size)
        memcpy(copy, data, size);
    if (size >= PM_ASSET_PRELUDE_SIZE && (copy[16] & 1)) {
        size_t length = pm_load32(copy + 8);
        if (length <= size - PM_ASSET_PRELUDE_SIZE)
            pm_store64(copy + 24,
                       pm_hash64(copy + PM_ASSET_PRELUDE_SIZE, length));
    }
    source = pm_source_memory(copy, size);
    pm_diags_init(&diags, &alloc);
    pm_status status = pm_asset_open(&source, "input", &alloc, &diags, &asset);
    PM_CHECK((status == PM_OK) == (diags.errors == 0));
    if (!status) {
        status = pm_asset_verify(asset, "input", &diags);
        PM_CHECK((status == PM_OK) == (diags.errors == 0));
        use(asset, status == PM_OK);
    }
    pm_asset_close(asset);
    pm_diags_free(&diags);
    free(copy);
    return 0;
}
