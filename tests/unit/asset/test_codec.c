// SPDX-License-Identifier: MIT
//
// Packed slices: what was packed is read again by any window, and what is not
// exactly what it must be is refused.
#include "asset/asset_internal.h"

#include <stdlib.h>

#include "base/bits.h"

#include "support/test.h"

#define PLAIN (3 * 65536 + 1234)

static uint8_t plain[PLAIN];

// Text that packs well, with stretches that do not pack at all.
static void make_plain(void)
{
    uint32_t state = 1;
    for (size_t i = 0; i < PLAIN; i++) {
        state = state * 1664525 + 1013904223;
        plain[i] = (uint8_t)(i / 9000 % 3 == 2 ? state >> 24 : i / 7 % 50);
    }
}

static struct pm_asset *open_one(pm_asset_codec codec, uint32_t chunk,
                                 size_t size, struct pm_buf *file)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_input input = {.id = 1,
                                   .name = "a",
                                   .bank_type = PM_BANK_BLOB,
                                   .bytes = plain,
                                   .size = size,
                                   .codec = codec,
                                   .chunk = chunk};
    struct pm_asset *asset = NULL;
    struct pm_diags diags;

    make_plain();
    pm_diags_init(&diags, &alloc);
    pm_buf_init(file, &alloc);
    CHECK_INT(pm_asset_write(&input, 1, NULL, 0, NULL, &diags, file), PM_OK);
    struct pm_source source = pm_source_memory(file->data, file->size);
    CHECK_INT(pm_asset_open(&source, NULL, &alloc, &diags, &asset), PM_OK);
    pm_diags_free(&diags);
    return asset;
}

static void check_windows(const struct pm_asset *asset, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const struct pm_asset_entry *e = pm_asset_at(asset, 0);
    uint8_t *window = malloc(size + 1);
    struct pm_asset_reader *reader;
    uint32_t state = 7;

    CHECK_INT(pm_asset_form_size(e), size);
    REQUIRE(pm_asset_reader_open(asset, e, &alloc, &reader) == PM_OK);
    for (int i = 0; i < 300; i++) {
        state = state * 1664525 + 1013904223;
        size_t at = (state >> 8) % (size + 1);
        state = state * 1664525 + 1013904223;
        size_t part = (state >> 8) % (size - at + 1);
        if (i % 3)
            part %= 5000;
        CHECK_INT(pm_asset_reader_read(reader, at, window, part), PM_OK);
        CHECK(memcmp(window, plain + at, part) == 0);
    }
    CHECK_INT(pm_asset_reader_read(reader, size, window, 1), PM_ERR_INVALID);
    pm_asset_reader_close(reader);
    CHECK_INT(pm_asset_read(asset, e, 0, window, size), PM_OK);
    CHECK(memcmp(window, plain, size) == 0);
    free(window);
}

TEST(codec, any_window_gives_the_plain_bytes)
{
    static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 65536, PLAIN};
    static const uint32_t chunks[] = {0, 4096, 65536, 1 << 20};

    for (int codec = PM_CODEC_NONE; codec < PM_CODECS; codec++)
        for (size_t i = 0; i < PM_ARRAY_LEN(sizes); i++)
            for (size_t j = 0; j < PM_ARRAY_LEN(chunks); j++) {
                struct pm_buf file;
                struct pm_asset *asset =
                    open_one((pm_asset_codec)codec, chunks[j], sizes[i], &file);
                REQUIRE(asset != NULL);
                check_windows(asset, sizes[i]);
                pm_asset_close(asset);
                pm_buf_free(&file);
            }
}
