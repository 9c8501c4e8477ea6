// SPDX-License-Identifier: MIT
//
// What the writer makes of metadata, and of slices that were packed before.
#include "asset/asset_internal.h"

#include <string.h>

#include "packed_world.h"
#include "support/test.h"

// --- metadata ----------------------------------------------------------------

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

TEST(write, the_chunk_is_merged_into_the_metadata)
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

TEST(write, what_the_reader_refuses_of_a_chunk_is_not_written)
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

// Metadata that was just written is copied, unless something about it differs.
TEST(write, equal_metadata_is_written_the_same_each_time)
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

// --- packed slices -----------------------------------------------------------

// What was packed elsewhere is decoded before it is given out, unless the
// caller answers for it.
TEST(write, a_slice_packed_before_is_decoded_unless_it_is_known)
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
TEST(write, a_resident_size_that_is_not_that_of_the_form_is_not_written)
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
