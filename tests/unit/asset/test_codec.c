// SPDX-License-Identifier: MIT
//
// Packed slices: what was packed is read again by any window, each window
// decodes its own chunks alone, and every failure on the way is passed on.
#include "asset/asset_internal.h"

#include <lz4.h>
#include <stdlib.h>

#include "base/bits.h"
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

#define LONG_CHUNKS 2500 // three groups of the table
#define LONG_SIZE   (LONG_CHUNKS * 4096 - 100)

static uint8_t *make_long(const struct pm_allocator *alloc,
                          pm_asset_codec codec, struct pm_buf *file)
{
    uint8_t *plain = malloc(LONG_SIZE);
    make_content(TEXT, 3, plain, LONG_SIZE);
    write_one(alloc, codec, 4096, plain, LONG_SIZE, file);
    return plain;
}

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

#define BAD_BLOCKS 4
#define BAD_SIZE   (BAD_BLOCKS * PM_ASSET_BLOCK)

static pm_status read_byte(struct pm_asset_reader *reader, const uint8_t *plain,
                           size_t at)
{
    uint8_t byte = 0;
    pm_status status = pm_asset_reader_read(reader, at, &byte, 1);
    CHECK(status || byte == plain[at]);
    return status;
}

static void check_bad_block(const struct pm_source *source,
                            const uint8_t *plain, size_t bad)
{
    static uint8_t window[BAD_SIZE];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_reader *reader = NULL;
    struct pm_asset *asset = open_source(source);

    REQUIRE(asset != NULL);
    CHECK_INT(
        pm_asset_reader_open(asset, pm_asset_at(asset, 0), &alloc, &reader),
        PM_OK);
    // The windows begin within a chunk, which is the one that is kept.
    for (int i = 0; i < 2; i++) {
        size_t from = i ? bad * PM_ASSET_BLOCK + 30000 : 1000;
        CHECK_INT(
            pm_asset_reader_read(reader, from, window, BAD_SIZE - 1000 - from),
            PM_ERR_CORRUPT);
        for (size_t k = 0; k < BAD_BLOCKS; k++) {
            // The bad one first: what is kept is of it.
            size_t block = (bad + k) % BAD_BLOCKS;
            size_t at = block * PM_ASSET_BLOCK + 30000;
            pm_status wanted = block == bad ? PM_ERR_CORRUPT : PM_OK;
            CHECK_INT(read_byte(reader, plain, at), wanted);
        }
    }
    pm_asset_reader_close(reader);
    pm_asset_close(asset);
}

// A literal that changes in a block decodes as well as before: it is the sum
// that says so, before anything is given out or kept.
TEST(codec, nothing_of_a_block_with_a_wrong_sum_is_given_out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    uint8_t *plain = malloc(BAD_SIZE);
    struct pm_buf file;

    make_content(NOISE, 5, plain, BAD_SIZE);
    write_one(&alloc, PM_CODEC_LZ4, 4096, plain, BAD_SIZE, &file);
    for (int lending = NOTHING; lending < LENDINGS; lending++)
        // Without the first block, which has the table, there is no reader.
        for (size_t bad = 1; bad < BAD_BLOCKS; bad++) {
            struct counted counted = {.file = &file, .lending = lending};
            struct pm_source source = counted_source(&counted);
            uint8_t *byte = file.data + pm_load32(file.data + 12) +
                            bad * PM_ASSET_BLOCK + 30500;
            *byte ^= 1;
            check_bad_block(&source, plain, bad);
            *byte ^= 1;
        }
    pm_buf_free(&file);
    free(plain);
}

// Metadata that was just written is copied, unless something about it differs.
TEST(codec, equal_metadata_is_written_the_same_each_time)
{
    static const struct {
        const char *metadata;
        uint32_t chunk;
        const char *wanted;
    } rows[] = {
        {"{\"b\":1,\"a\":2}", 4096,
         "{\"a\":2,\"b\":1,\"codec\":{\"chunk\":4096}}"},
        {"{\"b\":1,\"a\":2}", 4096,
         "{\"a\":2,\"b\":1,\"codec\":{\"chunk\":4096}}"},
        {"{\"b\":1,\"a\":2}", 8192,
         "{\"a\":2,\"b\":1,\"codec\":{\"chunk\":8192}}"},
        {"{\"b\":1,\"a\":2}", 0, "{\"a\":2,\"b\":1}"},
        {"{\"b\":1,\"a\":3}", 0, "{\"a\":3,\"b\":1}"},
        {NULL, 0, "{}"},
        {"{\"b\":1,\"a\":3}", 0, "{\"a\":3,\"b\":1}"},
        {"{\"b\":1,\"a\":3}", 0, "{\"a\":3,\"b\":1}"},
    };
    struct pm_asset_input inputs[PM_ARRAY_LEN(rows)];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf file;

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        inputs[i] = (struct pm_asset_input){.id = (int32_t)i,
                                            .name = "a",
                                            .bank_type = PM_BANK_BLOB,
                                            .bytes = "abc",
                                            .size = 3,
                                            .metadata = rows[i].metadata,
                                            .codec = PM_CODEC_LZ4,
                                            .chunk = rows[i].chunk};
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&file, &alloc);
    CHECK_INT(pm_asset_write(inputs, PM_ARRAY_LEN(rows), NULL, 0, NULL, &diags,
                             &file),
              PM_OK);
    struct pm_source source = pm_source_memory(file.data, file.size);
    struct pm_asset *asset = open_source(&source);
    REQUIRE(asset != NULL);
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        const struct pm_asset_entry *e = pm_asset_at(asset, i);
        CHECK_INT(e->metadata_size, strlen(rows[i].wanted));
        CHECK(memcmp(asset->header + e->metadata_offset, rows[i].wanted,
                     strlen(rows[i].wanted)) == 0);
    }
    pm_asset_close(asset);
    pm_buf_free(&file);
    pm_diags_free(&diags);
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

// --- failures ----------------------------------------------------------------

static void check_changed(struct pm_asset *asset, struct pm_buf *file,
                          size_t place, uint8_t bits)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const struct pm_asset_entry *e = pm_asset_at(asset, 0);
    uint8_t *size =
        file->data + pm_asset_payload_offset(asset) + e->offset + place;
    struct pm_asset_reader *reader = NULL;
    uint8_t byte;

    CHECK_INT(pm_asset_reader_open(asset, e, &alloc, &reader), PM_OK);
    *size ^= bits;
    CHECK_INT(pm_asset_reader_read(reader, 0, &byte, 1), PM_ERR_CORRUPT);
    *size ^= bits;
    CHECK_INT(pm_asset_reader_read(reader, 0, &byte, 1), PM_OK);
    pm_asset_reader_close(reader);
}

TEST(codec, a_table_that_changes_behind_an_open_reader_is_corrupt)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf file;

    // The last group is in memory; the first is read again, and differs: in
    // its sum, and with a size that no chunk may have.
    uint8_t *plain = make_long(&alloc, PM_CODEC_ZSTD, &file);
    struct pm_source source = pm_source_memory(file.data, file.size);
    struct pm_asset *asset = open_source(&source);
    REQUIRE(asset != NULL);
    check_changed(asset, &file, 4 + 4 * 7, 1);
    check_changed(asset, &file, 4 + 4 * 7 + 3, 0x80);
    pm_asset_close(asset);
    pm_buf_free(&file);
    free(plain);
}

struct sample {
    struct pm_buf file;
    uint8_t plain[40000];
    pm_asset_codec codec;
};

static int open_and_read(const struct pm_allocator *alloc, void *context)
{
    struct sample *sample = context;
    struct pm_source source =
        pm_source_memory(sample->file.data, sample->file.size);
    struct pm_asset *asset = NULL;
    struct pm_asset_reader *reader = NULL;
    struct pm_diags diags;
    uint8_t window[9000];

    pm_diags_init(&diags, alloc);
    pm_status status = pm_asset_open(&source, NULL, alloc, &diags, &asset);
    if (!status)
        status =
            pm_asset_reader_open(asset, pm_asset_at(asset, 0), alloc, &reader);
    CHECK((reader != NULL) == (status == PM_OK));
    if (!status)
        status = pm_asset_reader_read(reader, 3000, window, sizeof window);
    if (!status) {
        CHECK(memcmp(window, sample->plain + 3000, sizeof window) == 0);
        status = pm_asset_read(asset, pm_asset_at(asset, 0), 5, window, 100);
    }
    if (!status)
        status = pm_asset_verify(asset, NULL, &diags);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    pm_asset_reader_close(reader);
    pm_asset_close(asset);
    pm_diags_free(&diags);
    return status == PM_OK;
}

static pm_status write_packed(const struct sample *sample,
                              const struct pm_allocator *alloc,
                              struct pm_buf *file)
{
    struct pm_asset_input input = {.id = 1,
                                   .name = "a",
                                   .bank_type = PM_BANK_BLOB,
                                   .metadata = "{\"codec\":{\"x\":1}}",
                                   .bytes = sample->plain,
                                   .size = sizeof sample->plain,
                                   .codec = sample->codec,
                                   .chunk = 4096};
    struct pm_diags diags;

    pm_diags_init(&diags, alloc);
    pm_buf_init(file, alloc);
    pm_status status = pm_asset_write(&input, 1, NULL, 0, NULL, &diags, file);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    CHECK((file->size == 0) == (status != PM_OK));
    pm_diags_free(&diags);
    return status;
}

static int write_sample(const struct pm_allocator *alloc, void *context)
{
    const struct sample *sample = context;
    struct pm_buf file;
    pm_status status = write_packed(sample, alloc, &file);

    if (!status)
        CHECK(file.size == sample->file.size &&
              memcmp(file.data, sample->file.data, file.size) == 0);
    pm_buf_free(&file);
    return status == PM_OK;
}

static void make_sample(struct sample *sample, pm_asset_codec codec)
{
    struct pm_allocator alloc = pm_allocator_libc();

    sample->codec = codec;
    make_content(MIXED, 1, sample->plain, sizeof sample->plain);
    CHECK_INT(write_packed(sample, &alloc, &sample->file), PM_OK);
}

TEST(codec, a_failed_allocation_leaves_nothing_behind)
{
    static struct sample sample;

    for (int codec = PM_CODEC_LZ4; codec < PM_CODECS; codec++) {
        make_sample(&sample, (pm_asset_codec)codec);
        CHECK(pm_fault_alloc_each(open_and_read, &sample, 0) > 10);
        CHECK(pm_fault_alloc_each(write_sample, &sample, 0) > 20);
        pm_buf_free(&sample.file);
    }
}

// Opens and reads with the [fail_at]th read failing; gives whether it was met.
static bool read_with_failure(const struct sample *sample, int fail_at)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct counted counted = {.file = &sample->file};
    struct pm_source source = counted_source(&counted);
    struct pm_asset *asset = open_source(&source);
    struct pm_asset_reader *reader = NULL;
    struct pm_diags diags;
    uint8_t window[9000];

    pm_diags_init(&diags, &alloc);
    counted.reads = 0;
    counted.fail_at = fail_at;
    const struct pm_asset_entry *e = pm_asset_at(asset, 0);
    pm_status status = pm_asset_reader_open(asset, e, &alloc, &reader);
    if (!status)
        status = pm_asset_reader_read(reader, 3000, window, sizeof window);
    if (!status)
        status = pm_asset_read(asset, e, 30000, window, 100);
    if (!status)
        status = pm_asset_verify(asset, NULL, &diags);
    bool was_met = counted.reads >= fail_at;
    CHECK_INT(status, was_met ? PM_ERR_IO : PM_OK);
    pm_asset_reader_close(reader);
    pm_asset_close(asset);
    pm_diags_free(&diags);
    return was_met;
}

TEST(codec, each_read_that_fails_is_an_io_error)
{
    static struct sample sample;

    for (int codec = PM_CODEC_LZ4; codec < PM_CODECS; codec++) {
        int fail_at = 1;
        make_sample(&sample, (pm_asset_codec)codec);
        while (read_with_failure(&sample, fail_at))
            fail_at++;
        CHECK(fail_at > 15);
        pm_buf_free(&sample.file);
    }
}

// --- decoders ----------------------------------------------------------------

// A literal, a match at distance 0, literals.
static size_t put_zero_offset(uint8_t *out, int match)
{
    size_t at = 0;
    int rest = match - 19;

    out[at++] = (uint8_t)(0x10 | (rest >= 0 ? 15 : match - 4));
    out[at++] = 'x';
    out[at++] = 0;
    out[at++] = 0;
    for (; rest >= 255; rest -= 255)
        out[at++] = 255;
    if (match >= 19)
        out[at++] = (uint8_t)rest;
    out[at++] = 0xc0;
    memset(out + at, 'y', 12);
    return at + 12;
}

// The format forbids a distance of 0. Whatever the library makes of it, it may
// not hand out what was in the memory before.
TEST(codec, an_lz4_match_at_distance_0_shows_no_old_memory)
{
    static const struct pm_asset_entry lz4 = {.codec = PM_CODEC_LZ4,
                                              .chunk_shift = 12};
    for (int match = 4; match < 1000; match++) {
        size_t size = 1 + (size_t)match + 12;
        uint8_t block[64];
        uint8_t a[1200];
        uint8_t b[1200];
        size_t stored = put_zero_offset(block, match);
        memset(a, 0x55, sizeof a);
        memset(b, 0xaa, sizeof b);
        bool is_a = pm_asset_decode(&lz4, NULL, block, stored, a, size);
        bool is_b = pm_asset_decode(&lz4, NULL, block, stored, b, size);
        CHECK_INT(is_a, is_b);
        CHECK(!is_a || memcmp(a, b, size) == 0);
    }
}

// Each bit of packed chunks flipped: decoding gives the right number of bytes
// or is refused, and never touches memory that is not its own.
TEST(codec, flipped_bits_of_chunks_do_no_harm)
{
    static struct sample sample;

    for (int codec = PM_CODEC_LZ4; codec < PM_CODECS; codec++) {
        make_sample(&sample, (pm_asset_codec)codec);
        struct pm_source source =
            pm_source_memory(sample.file.data, sample.file.size);
        struct pm_asset *asset = open_source(&source);
        REQUIRE(asset != NULL);
        struct pm_asset_entry plain = *pm_asset_at(asset, 0);
        uint8_t *slice =
            sample.file.data + pm_asset_payload_offset(asset) + plain.offset;
        plain.sums_offset = 0; // so that the decoders see it
        for (size_t bit = 0; bit < plain.size * 8; bit += 11) {
            uint8_t window[4096];
            slice[bit / 8] ^= (uint8_t)(1u << bit % 8);
            pm_status status = pm_asset_read(
                asset, &plain, bit / 8 < 20000 ? 0 : 36000, window, 4000);
            CHECK(status == PM_OK || status == PM_ERR_CORRUPT);
            slice[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        pm_asset_close(asset);
        pm_buf_free(&sample.file);
    }
}

// --- the writer --------------------------------------------------------------

static void check_metadata(pm_asset_codec codec, uint32_t chunk,
                           const char *metadata, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_input input = {.id = 1,
                                   .name = "a",
                                   .bank_type = PM_BANK_BLOB,
                                   .metadata = metadata,
                                   .bytes = "abc",
                                   .size = 3,
                                   .codec = codec,
                                   .chunk = chunk};
    struct pm_asset *asset;
    struct pm_diags diags;
    struct pm_buf file;
    size_t size;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&file, &alloc);
    pm_status status = pm_asset_write(&input, 1, NULL, 0, NULL, &diags, &file);
    CHECK_INT(status, wanted ? PM_OK : PM_ERR_INVALID);
    CHECK_INT(diags.errors > 0, wanted == NULL);
    if (wanted) {
        struct pm_source source = pm_source_memory(file.data, file.size);
        asset = open_source(&source);
        const struct pm_asset_entry *e = pm_asset_at(asset, 0);
        const char *text = pm_asset_metadata(asset, e, &size);
        CHECK(size == strlen(wanted) && memcmp(text, wanted, size) == 0);
        CHECK(codec == PM_CODEC_NONE ||
              pm_asset_chunk(e) == (chunk ? chunk : 65536));
        pm_asset_close(asset);
    }
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

TEST(codec, the_chunk_is_merged_into_the_metadata)
{
    check_metadata(PM_CODEC_LZ4, 0, NULL, "{}");
    check_metadata(PM_CODEC_LZ4, 65536, "{\"a\":1}", "{\"a\":1}");
    check_metadata(PM_CODEC_ZSTD, 4096, NULL, "{\"codec\":{\"chunk\":4096}}");
    check_metadata(PM_CODEC_LZ4, 8192, "{\"z\":1,\"a\":2}",
                   "{\"a\":2,\"codec\":{\"chunk\":8192},\"z\":1}");
    check_metadata(PM_CODEC_LZ4, 8192, " { \"codec\" : { \"d\":0,\"a\":[] } }",
                   "{\"codec\":{\"a\":[],\"chunk\":8192,\"d\":0}}");
    check_metadata(PM_CODEC_LZ4, 8192, "{\"codec\":{}}",
                   "{\"codec\":{\"chunk\":8192}}");
    check_metadata(PM_CODEC_LZ4, 8192, "{\"codec\":{\"chunk\":8192}}",
                   "{\"codec\":{\"chunk\":8192}}");
    // Without a codec it means nothing, and is kept.
    check_metadata(PM_CODEC_NONE, 8192, "{\"codec\":3}", "{\"codec\":3}");
}

TEST(codec, what_the_reader_refuses_of_a_chunk_is_not_written)
{
    check_metadata(PM_CODEC_LZ4, 2048, NULL, NULL);
    check_metadata(PM_CODEC_LZ4, 5000, NULL, NULL);
    check_metadata(PM_CODEC_ZSTD, 2 << 20, NULL, NULL);
    check_metadata(PM_CODEC_LZ4, 8192, "{\"codec\":3}", NULL);
    check_metadata(PM_CODEC_LZ4, 8192, "{\"codec\":{\"chunk\":4096}}", NULL);
    check_metadata(PM_CODEC_LZ4, 0, "{\"codec\":{\"chunk\":4096}}", NULL);
    check_metadata(PM_CODEC_LZ4, 8192, "{\"codec\":{\"chunk\":\"8192\"}}",
                   NULL);
    check_metadata(PM_CODEC_LZ4, 8192, "[]", NULL);
    check_metadata(PM_CODEC_LZ4, 8192, "{", NULL);
    check_metadata(PM_CODECS, 0, NULL, NULL);
}

// What was packed elsewhere is decoded before it is given out, unless the
// caller answers for it.
TEST(codec, a_slice_packed_before_is_decoded_unless_it_is_known)
{
    static uint8_t plain[9000];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf packed;
    struct pm_buf file;
    struct pm_asset_input input = {.id = 1,
                                   .name = "a",
                                   .bank_type = PM_BANK_BLOB,
                                   .size = sizeof plain,
                                   .codec = PM_CODEC_ZSTD,
                                   .chunk = 4096};

    make_content(TEXT, 1, plain, sizeof plain);
    pm_buf_init(&packed, &alloc);
    pm_buf_init(&file, &alloc);
    pm_diags_init(&diags, &alloc);
    CHECK_INT(pm_asset_pack(PM_CODEC_ZSTD, 4096, plain, sizeof plain, &packed),
              PM_OK);
    input.packed = packed.data;
    input.packed_size = packed.size;
    CHECK_INT(pm_asset_write(&input, 1, NULL, 0, NULL, &diags, &file), PM_OK);
    packed.data[packed.size - 3] ^= 0x55;
    CHECK_INT(pm_asset_write(&input, 1, NULL, 0, NULL, &diags, &file),
              PM_ERR_CORRUPT);
    CHECK(diags.count == 1 && strcmp(diags.items[0].code, "PA-CODEC") == 0);
    CHECK_INT(file.size, 0);
    input.is_packed_known = true;
    CHECK_INT(pm_asset_write(&input, 1, NULL, 0, NULL, &diags, &file), PM_OK);
    pm_diags_free(&diags);
    pm_buf_free(&file);
    pm_buf_free(&packed);
}

// What was packed here need not be decoded again, but for an entry that says
// something else of it.
TEST(codec, a_resident_size_that_is_not_that_of_the_form_is_not_written)
{
    static uint8_t plain[9000];
    struct pm_allocator alloc = pm_allocator_libc();

    make_content(TEXT, 1, plain, sizeof plain);
    for (int codec = PM_CODEC_LZ4; codec < PM_CODECS; codec++) {
        struct pm_asset_input input = {.id = 1,
                                       .name = "a",
                                       .bank_type = PM_BANK_BLOB,
                                       .bytes = plain,
                                       .size = sizeof plain,
                                       .decoded_size = sizeof plain + 1,
                                       .codec = (pm_asset_codec)codec};
        struct pm_diags diags;
        struct pm_buf file;
        pm_diags_init(&diags, &alloc);
        pm_buf_init(&file, &alloc);
        CHECK_INT(pm_asset_write(&input, 1, NULL, 0, NULL, &diags, &file),
                  PM_ERR_CORRUPT);
        CHECK(diags.count == 1 && strcmp(diags.items[0].code, "PA-CODEC") == 0);
        pm_buf_free(&file);
        pm_diags_free(&diags);
    }
}
