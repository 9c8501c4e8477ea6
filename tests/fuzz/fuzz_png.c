// SPDX-License-Identifier: MIT
//
// PNG to GLYPH: what comes out has the size its sides say. Sums of chunks are
// put right, or mutations would end there.

#include <stdlib.h>
#include <string.h>

#include "asset/asset.h"
#include "base/crc.h"
#include "pack/pack.h"

static uint32_t big32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static void mend_sums(uint8_t *bytes, size_t size)
{
    for (size_t at = 8; size - at >= 12 && at < size;) {
        size_t length = big32(bytes + at);
        if (length > size - at - 12)
            return;
        uint32_t sum = pm_crc32(0, bytes + at + 4, length + 4);
        for (int i = 0; i < 4; i++)
            bytes[at + 8 + length + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        at += length + 12;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_glyph glyph;
    struct pm_diags diags;
    struct pm_buf report;
    uint8_t *copy = malloc(size ? size : 1);

    if (size)
        memcpy(copy, data, size);
    if (size > 8)
        mend_sums(copy, size);
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&report, &alloc);
    if (pm_pack_png("input.png", copy, size, 0, &alloc, &diags, &report,
                    &glyph) == PM_OK) {
        PM_CHECK(glyph.bytes.size == (size_t)glyph.width * glyph.height / 2 +
                                         PM_ASSET_PALETTE_SIZE);
        pm_buf_free(&glyph.bytes);
    } else {
        PM_CHECK(diags.errors > 0);
    }
    pm_buf_free(&report);
    pm_diags_free(&diags);
    free(copy);
    return 0;
}
