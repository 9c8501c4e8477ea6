// SPDX-License-Identifier: MIT
//
// assets.pa: open, verify, look up and read whatever opens.

#include <stdlib.h>
#include <string.h>

#include "asset/asset.h"
#include "base/bits.h"
#include "base/hash.h"

static void use(const struct pm_asset *asset)
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
        pm_asset_read(asset, e, e->size - size, bytes, size);
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
        pm_asset_verify(asset, "input", &diags);
        use(asset);
    }
    pm_asset_close(asset);
    pm_diags_free(&diags);
    free(copy);
    return 0;
}
