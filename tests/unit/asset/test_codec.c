// SPDX-License-Identifier: MIT
//
// Packed slices: what was packed is read again by any window, and each window
// decodes its own chunks alone.
#include "asset/asset_internal.h"

#include <stdlib.h>
#include <string.h>

#include "packed_world.h"
#include "support/fault_alloc.h"
#include "support/test.h"

// --- the plain bytes ---------------------------------------------------------

static void check_window(struct pm_asset_reader *reader, const uint8_t *plain,
                         size_t at, uint8_t *window, size_t size)
{
    memset(window, 0xa5, size + 1);
    CHECK_INT(pm_asset_reader_read(reader, at, window, size), PM_OK);
    CHECK(memcmp(window, plain + at, size) == 0);
    CHECK_INT(window[size], 0xa5);
}

static void check_windows(const struct pm_asset *asset, const uint8_t *plain,
                          size_t size, uint32_t seed)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const struct pm_asset_entry *e = pm_asset_at(asset, 0);
    uint8_t *window = malloc(size + 1);
    struct pm_asset_reader *reader = NULL;

    CHECK_INT(pm_asset_form_size(e), size);
    CHECK_INT(pm_asset_reader_open(asset, e, &alloc, &reader), PM_OK);
    for (int i = 0; i < 60; i++) {
        size_t at = random_below(&seed, (uint32_t)size + 1);
        size_t most = size - at;
        if (i % 3 && most > 5000)
            most = 5000;
        check_window(reader, plain, at, window,
                     random_below(&seed, (uint32_t)most + 1));
    }
    CHECK_INT(pm_asset_reader_read(reader, size, window, 0), PM_OK);
    CHECK_INT(pm_asset_reader_read(reader, size, window, 1), PM_ERR_INVALID);
    CHECK_INT(pm_asset_reader_read(reader, UINT64_MAX, window, 2),
              PM_ERR_INVALID);
    pm_asset_reader_close(reader);
    CHECK_INT(pm_asset_read(asset, e, 0, window, size), PM_OK);
    CHECK(memcmp(window, plain, size) == 0);
    CHECK_INT(pm_asset_read(asset, e, 1, window, size), PM_ERR_INVALID);
    free(window);
}

static void check_one(pm_asset_codec codec, uint32_t chunk,
                      enum content content, size_t size, uint32_t seed)
{
    struct pm_allocator alloc = pm_allocator_libc();
    uint8_t *plain = malloc(size + 1);
    struct pm_buf file;

    make_content(content, seed, plain, size);
    write_one(&alloc, codec, chunk, plain, size, &file);
    for (int lending = NOTHING; lending < LENDINGS; lending++) {
        struct counted counted = {.file = &file, .lending = lending};
        struct pm_source source = counted_source(&counted);
        struct pm_asset *asset = open_source(&source);
        if (CHECK(asset != NULL))
            check_windows(asset, plain, size, seed);
        pm_asset_close(asset);
    }
    pm_buf_free(&file);
    free(plain);
}

TEST(codec, any_window_gives_the_plain_bytes)
{
    static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 65536, 197842};
    static const uint32_t chunks[] = {0, 4096, 16384, 1 << 20};

    for (int codec = PM_CODEC_NONE; codec < PM_CODECS; codec++)
        for (size_t i = 0; i < PM_ARRAY_LEN(sizes); i++)
            for (size_t j = 0; j < PM_ARRAY_LEN(chunks); j++)
                check_one((pm_asset_codec)codec, chunks[j], MIXED, sizes[i], 9);
}

TEST(codec, random_assets_give_the_plain_bytes)
{
    uint32_t seed = 20;

    for (int i = 0; i < 150; i++) {
        pm_asset_codec codec = (pm_asset_codec)random_below(&seed, PM_CODECS);
        uint32_t chunk = 4096u << random_below(&seed, 9);
        enum content content = (enum content)random_below(&seed, CONTENTS);
        size_t size = random_below(&seed, 1u << random_below(&seed, 19));
        check_one(codec, chunk, content, size, seed);
    }
}

// --- cost --------------------------------------------------------------------

// Reads window [at], [size] and gives how often the source was read for it.
static int reads_for(struct counted *counted, struct pm_asset_reader *reader,
                     size_t at, size_t size, const uint8_t *plain)
{
    static uint8_t window[16384];
    int before = counted->reads;
    CHECK_INT(pm_asset_reader_read(reader, at, window, size), PM_OK);
    CHECK(memcmp(window, plain + at, size) == 0);
    return counted->reads - before;
}

TEST(codec, a_window_reads_its_own_chunks_and_no_others)
{
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_allocator libc = pm_allocator_libc();
    struct pm_asset_reader *reader = NULL;
    struct pm_diags diags;
    struct pm_buf file;

    uint8_t *plain = make_long(&libc, PM_CODEC_LZ4, &file);
    struct counted counted = {.file = &file};
    struct pm_source source = counted_source(&counted);
    struct pm_asset *asset = open_source(&source);
    REQUIRE(asset != NULL);
    pm_diags_init(&diags, &libc);
    // From here on every block is known to be good: one read is left for the
    // chunks of a window, as far as there is room for them.
    CHECK_INT(pm_asset_verify(asset, NULL, &diags), PM_OK);
    CHECK_INT(
        pm_asset_reader_open(asset, pm_asset_at(asset, 0), &alloc, &reader),
        PM_OK);
    CHECK(state.live_bytes < 64 * 1024);
    size_t last = (size_t)LONG_SIZE - 100;
    // Of the group that is in memory: the chunk alone.
    CHECK_INT(reads_for(&counted, reader, last, 100, plain), 1);
    CHECK_INT(reads_for(&counted, reader, last - 50, 120, plain), 0);
    CHECK_INT(reads_for(&counted, reader, last - 9000, 4096, plain), 1);
    CHECK_INT(reads_for(&counted, reader, 2200 * 4096, 4096, plain), 1);
    // Of another group: its part of the table, too.
    CHECK_INT(reads_for(&counted, reader, 5 * 4096, 4096, plain), 2);
    CHECK_INT(reads_for(&counted, reader, 9 * 4096 + 5, 4096, plain), 1);
    CHECK_INT(reads_for(&counted, reader, 9 * 4096, 16384, plain), 1);
    CHECK_INT(reads_for(&counted, reader, 1023 * 4096 + 1, 4096, plain), 3);
    // Nothing was allocated since it was opened.
    CHECK_INT(state.peak_bytes, state.live_bytes);
    pm_asset_reader_close(reader);
    CHECK_INT(state.live_blocks, 0);
    pm_asset_close(asset);
    pm_diags_free(&diags);
    pm_buf_free(&file);
    free(plain);
}

// What a source lends is decoded, and compared with its sum, where it lies.
TEST(codec, chunks_that_are_lent_are_not_read)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_reader *reader = NULL;
    struct pm_buf file;

    uint8_t *plain = make_long(&alloc, PM_CODEC_LZ4, &file);
    struct counted counted = {.file = &file, .lending = ALL};
    struct pm_source source = counted_source(&counted);
    struct pm_asset *asset = open_source(&source);
    REQUIRE(asset != NULL);
    const struct pm_asset_entry *e = pm_asset_at(asset, 0);
    CHECK_INT(pm_asset_reader_open(asset, e, &alloc, &reader), PM_OK);
    size_t at = (size_t)LONG_SIZE - 9000;
    CHECK_INT(reads_for(&counted, reader, at, 5000, plain), 0);
    CHECK_INT(reads_for(&counted, reader, at, 5000, plain), 0);
    pm_asset_reader_close(reader);
    pm_asset_close(asset);
    asset = open_source(&source);
    REQUIRE(asset != NULL);
    e = pm_asset_at(asset, 0);
    CHECK_INT(pm_asset_reader_open(asset, e, &alloc, &reader), PM_OK);
    file.data[pm_asset_payload_offset(asset) + e->size - 1] ^= 1;
    uint8_t byte;
    CHECK_INT(pm_asset_reader_read(reader, at + 8999, &byte, 1),
              PM_ERR_CORRUPT);
    pm_asset_reader_close(reader);
    pm_asset_close(asset);
    pm_buf_free(&file);
    free(plain);
}

// Whole blocks come in one read, checked or not; so do those that are known to
// be good. What lies at the window's ends is read in pieces.
TEST(codec, the_whole_blocks_of_a_window_are_read_at_once)
{
    static uint8_t plain[20 * PM_ASSET_BLOCK + 100];
    static uint8_t window[sizeof plain];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf file;

    make_content(NOISE, 2, plain, sizeof plain);
    write_one(&alloc, PM_CODEC_NONE, 0, plain, sizeof plain, &file);
    struct counted counted = {.file = &file};
    struct pm_source source = counted_source(&counted);
    struct pm_asset *asset = open_source(&source);
    REQUIRE(asset != NULL);
    const struct pm_asset_entry *e = pm_asset_at(asset, 0);
    counted.reads = 0;
    CHECK_INT(pm_asset_read(asset, e, 65536, window, 16 * 65536), PM_OK);
    CHECK_INT(counted.reads, 1);
    CHECK(memcmp(window, plain + 65536, 16 * 65536) == 0);
    // Four pieces of the first block, the good ones, the rest.
    CHECK_INT(pm_asset_read(asset, e, 5, window, sizeof plain - 5), PM_OK);
    CHECK_INT(counted.reads, 1 + 4 + 1 + 1);
    CHECK(memcmp(window, plain + 5, sizeof plain - 5) == 0);
    CHECK_INT(pm_asset_read(asset, e, 0, window, sizeof plain), PM_OK);
    CHECK_INT(counted.reads, 1 + 4 + 1 + 1 + 1);
    pm_asset_close(asset);
    // A bad block among them is found, wherever it lies.
    for (size_t at = 0; at < sizeof plain; at += 65536) {
        asset = open_source(&source);
        REQUIRE(asset != NULL);
        e = pm_asset_at(asset, 0);
        file.data[pm_asset_payload_offset(asset) + at + 50] ^= 1;
        CHECK_INT(pm_asset_read(asset, e, 0, window, sizeof plain),
                  PM_ERR_CORRUPT);
        file.data[pm_asset_payload_offset(asset) + at + 50] ^= 1;
        CHECK_INT(pm_asset_read(asset, e, 0, window, sizeof plain), PM_OK);
        CHECK(memcmp(window, plain, sizeof plain) == 0);
        pm_asset_close(asset);
    }
    pm_buf_free(&file);
}

// What is touched for the first time must be read whole for its sum: once is
// enough for all of its windows.
TEST(codec, small_windows_of_plain_slices_read_a_new_block_once)
{
    static uint8_t plain[150000];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_reader *reader = NULL;
    struct pm_buf file;

    make_content(MIXED, 2, plain, sizeof plain);
    write_one(&alloc, PM_CODEC_NONE, 0, plain, sizeof plain, &file);
    struct counted counted = {.file = &file};
    struct pm_source source = counted_source(&counted);
    struct pm_asset *asset = open_source(&source);
    REQUIRE(asset != NULL);
    CHECK_INT(
        pm_asset_reader_open(asset, pm_asset_at(asset, 0), &alloc, &reader),
        PM_OK);
    CHECK_INT(reads_for(&counted, reader, 0, 4096, plain), 1);
    CHECK_INT(reads_for(&counted, reader, 4096, 4096, plain), 0);
    CHECK_INT(reads_for(&counted, reader, 65000, 536, plain), 0);
    // The next one in pieces, as the window ends in the block after it.
    CHECK(reads_for(&counted, reader, 131000, 200, plain) > 2);
    CHECK_INT(reads_for(&counted, reader, 131000, 200, plain), 1);
    CHECK_INT(reads_for(&counted, reader, 149999, 1, plain), 1);
    CHECK_INT(reads_for(&counted, reader, 7, 100, plain), 0);
    file.data[pm_asset_payload_offset(asset) + 70000] ^= 1;
    pm_asset_reader_close(reader);
    pm_asset_close(asset);
    // A block that does not match its sum is never kept.
    asset = open_source(&source);
    REQUIRE(asset != NULL);
    CHECK_INT(
        pm_asset_reader_open(asset, pm_asset_at(asset, 0), &alloc, &reader),
        PM_OK);
    for (int i = 0; i < 2; i++) {
        uint8_t byte;
        CHECK_INT(pm_asset_reader_read(reader, 65536, &byte, 1),
                  PM_ERR_CORRUPT);
        CHECK_INT(pm_asset_reader_read(reader, 65535, &byte, 1), PM_OK);
    }
    pm_asset_reader_close(reader);
    pm_asset_close(asset);
    pm_buf_free(&file);
}

TEST(codec, the_memory_of_a_reader_is_bounded_by_its_chunk)
{
    static const size_t limits[PM_CODECS] = {66 * 1024, 400 * 1024, 600 * 1024};

    for (int codec = PM_CODEC_NONE; codec < PM_CODECS; codec++) {
        struct pm_fault_alloc state = {0};
        struct pm_allocator alloc = pm_fault_alloc(&state);
        struct pm_allocator libc = pm_allocator_libc();
        struct pm_asset_reader *reader = NULL;
        struct pm_buf file;
        size_t size = (size_t)3 << 20;
        uint8_t *plain = malloc(size);

        make_content(NOISE, 5, plain, size);
        write_one(&libc, (pm_asset_codec)codec, 128 << 10, plain, size, &file);
        struct pm_source source = pm_source_memory(file.data, file.size);
        struct pm_asset *asset = open_source(&source);
        REQUIRE(asset != NULL);
        CHECK_INT(
            pm_asset_reader_open(asset, pm_asset_at(asset, 0), &alloc, &reader),
            PM_OK);
        CHECK_INT(pm_asset_reader_read(reader, 0, plain, size), PM_OK);
        CHECK(state.peak_bytes <= limits[codec]);
        pm_asset_reader_close(reader);
        pm_asset_close(asset);
        pm_buf_free(&file);
        free(plain);
    }
}
