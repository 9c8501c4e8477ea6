// SPDX-License-Identifier: MIT
//
// Packed slices: a byte for codec and chunk, four for the size of the stored
// form, then the slice. Windows, whole reads and verifying must agree.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asset/asset.h"
#include "base/bits.h"

#define MAX_FORM ((uint32_t)1 << 22)

static void put_file(struct pm_buf *out, const uint8_t *data, size_t size)
{
    struct pm_buf header;
    unsigned chunk = 4096u << data[0] / 2 % 9;

    pm_buf_init(&header, &out->alloc);
    pm_buf_printf(&header,
                  "{\"asset_table\":[{\"asset_id\":1,\"asset_name\":\"a\","
                  "\"bank_type\":\"BLOB\",\"codec\":\"%s\",\"decoded_size\":%u,"
                  "\"metadata\":{\"codec\":{\"chunk\":%u}},\"offset\":0,"
                  "\"size\":%zu}],\"preload\":[]}",
                  data[0] & 1 ? "ZSTD" : "LZ4",
                  (unsigned)(pm_load32(data + 1) % MAX_FORM), chunk, size - 5);
    pm_buf_puts(out, "ASPA\1");
    pm_buf_put(out, NULL, 3);
    pm_buf_put32(out, (uint32_t)header.size);
    pm_buf_put32(out, (uint32_t)(32 + header.size + 63) / 64 * 64);
    pm_buf_put(out, NULL, 16);
    pm_buf_put(out, header.data, header.size);
    pm_buf_put(out, NULL, pm_load32(out->data + 12) - out->size);
    if (size > 5)
        pm_buf_put(out, data + 5, size - 5);
    pm_buf_free(&header);
}

// Windows of all kinds give what the whole read gave, in any order.
static void check_windows(struct pm_asset_reader *reader, const uint8_t *whole,
                          size_t size)
{
    static uint8_t window[5000];

    for (size_t i = 0; i < 20; i++) {
        size_t at = (i * 7919 + i * i * 104729) % (size + 1);
        size_t part = size - at < sizeof window ? size - at : sizeof window;
        PM_CHECK(!pm_asset_reader_read(reader, at, window, part));
        PM_CHECK(memcmp(window, whole + at, part) == 0);
    }
}

static void use(const struct pm_asset *asset)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const struct pm_asset_entry *e = pm_asset_at(asset, 0);
    size_t size = (size_t)pm_asset_form_size(e);
    uint8_t *whole = malloc(size + 1);
    struct pm_asset_reader *reader;
    struct pm_diags diags;

    // What was in the memory before must not show.
    memset(whole, 0xee, size);
    pm_diags_init(&diags, &alloc);
    pm_status verified = pm_asset_verify(asset, NULL, &diags);
    pm_status status = pm_asset_reader_open(asset, e, &alloc, &reader);
    if (!status) {
        status = pm_asset_reader_read(reader, 0, whole, size);
        if (!status)
            check_windows(reader, whole, size);
        pm_asset_reader_close(reader);
    }
    PM_CHECK(status == verified);
    PM_CHECK(status == PM_OK || status == PM_ERR_CORRUPT);
    pm_diags_free(&diags);
    free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset *asset;
    struct pm_diags diags;
    struct pm_buf file;

    if (size < 5)
        return 0;
    pm_buf_init(&file, &alloc);
    put_file(&file, data, size);
    pm_diags_init(&diags, &alloc);
    struct pm_source source = pm_source_memory(file.data, file.size);
    if (!pm_asset_open(&source, NULL, &alloc, &diags, &asset))
        use(asset);
    pm_asset_close(asset);
    pm_diags_free(&diags);
    pm_buf_free(&file);
    return 0;
}
