// SPDX-License-Identifier: MIT
//
// Packed slices that are damaged, that change, or that cannot be read: every
// failure on the way is passed on, and nothing bad is given out.
#include "asset/asset_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "packed_world.h"
#include "support/fault_alloc.h"
#include "support/test.h"

// --- wrong sums --------------------------------------------------------------

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
