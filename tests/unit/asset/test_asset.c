// SPDX-License-Identifier: MIT
#include "asset/asset.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/hash.h"
#include "base/json.h"

#include "support/damaged.h"
#include "support/fault_alloc.h"
#include "support/mentions.h"
#include "support/test.h"

// --- damaged files -----------------------------------------------------------

static pm_status open_and_verify(const uint8_t *bytes, size_t size,
                                 struct pm_diags *diags)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_source source = pm_source_memory(bytes, size);
    struct pm_asset *asset;
    pm_status status = pm_asset_open(&source, "a.pa", &alloc, diags, &asset);
    CHECK((asset == NULL) == (status != PM_OK));
    if (!status)
        status = pm_asset_verify(asset, "a.pa", diags);
    pm_asset_close(asset);
    return status;
}

static void check_damaged(void *context, const struct pm_damaged *file)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    bool ok;
    (void)context;
    pm_diags_init(&diags, &alloc);
    pm_status status = open_and_verify(file->bytes, file->size, &diags);
    if (file->expected)
        ok = CHECK(status != PM_OK) && CHECK(diags.errors > 0) &&
             CHECK(pm_test_mentions(&diags, file->expected));
    else
        ok = CHECK_INT(status, PM_OK) && CHECK_INT(diags.errors, 0);
    if (!ok) {
        pm_test_mentions(&diags, "\n\n");
        fprintf(stderr, "  in the damaged file %s\n", file->name);
    }
    pm_diags_free(&diags);
}

TEST(asset, each_damaged_file_is_refused_by_its_own_rule)
{
    CHECK(pm_damaged_each(PM_DAMAGED_ASSETS, check_damaged, NULL) >= 300);
}

static void check_damaged_json(void *context, const struct pm_damaged *file)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_json_doc doc;
    (void)context;
    pm_diags_init(&diags, &alloc);
    pm_status status =
        pm_json_parse(file->bytes, file->size, "t.json", &alloc, &diags, &doc);
    CHECK_INT(status, file->expected ? PM_ERR_INVALID : PM_OK);
    if (file->expected)
        CHECK(pm_test_mentions(&diags, file->expected));
    else
        pm_json_doc_free(&doc);
    pm_diags_free(&diags);
}

TEST(asset, each_damaged_json_text_is_refused_by_its_own_rule)
{
    CHECK(pm_damaged_each(PM_DAMAGED_JSON, check_damaged_json, NULL) > 20);
}

// --- a file of every type ----------------------------------------------------

static uint8_t glyph_bytes[16 * 8 / 2 + 2048];
static uint8_t big_bytes[3 * 65536 + 100];

static const struct pm_asset_input inputs[] = {
    {.id = 9,
     .name = "big",
     .bank_type = PM_BANK_BLOB,
     .bytes = big_bytes,
     .size = sizeof big_bytes},
    {.id = -3,
     .name = "hero \"x\"\n",
     .bank_type = PM_BANK_GLYPH,
     .metadata = "{\"width\":16,\"height\":8,\"tile_size\":8,"
                 "\"palette_count\":64,\"palette_authored\":1,"
                 "\"zoo\":{\"b\":[true,null,{\"y\":1,\"x\":\"s\"}],\"a\":-5}}",
     .bytes = glyph_bytes,
     .size = sizeof glyph_bytes,
     .decoded_size = 16 * 8 + 2048},
    {.id = 4,
     .name = "beep",
     .bank_type = PM_BANK_SOUNDS,
     .metadata = "{\"samples\":[{\"name\":\"a\",\"offset\":0,\"frames\":2,"
                 "\"rate\":8000},{\"name\":\"b\",\"offset\":2,\"frames\":3,"
                 "\"rate\":44100,\"loop_start\":1,\"loop_end\":3}]}",
     .bytes = "0123456789",
     .size = 10},
    {.id = 5,
     .name = "nothing",
     .bank_type = PM_BANK_BLOB,
     .bytes = "",
     .size = 0},
};

static const struct pm_asset_input_preload preload[] = {
    {4, 2},
    {-3, 1},
    {-3, 0},
    {9, 15},
};

static pm_status write_sample(const struct pm_allocator *alloc,
                              struct pm_diags *diags, struct pm_buf *out)
{
    for (size_t i = 0; i < sizeof big_bytes; i++)
        big_bytes[i] = (uint8_t)(i * 7 + i / 256);
    pm_buf_init(out, alloc);
    return pm_asset_write(inputs, PM_ARRAY_LEN(inputs), preload,
                          PM_ARRAY_LEN(preload), "a.pa", diags, out);
}

TEST(asset, what_was_written_is_read_again)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf file;
    struct pm_asset *asset;
    struct pm_asset_sample samples[3];
    uint8_t window[300];
    size_t size;

    pm_diags_init(&diags, &alloc);
    CHECK_INT(write_sample(&alloc, &diags, &file), PM_OK);
    struct pm_source source = pm_source_memory(file.data, file.size);
    REQUIRE(pm_asset_open(&source, NULL, &alloc, &diags, &asset) == PM_OK);
    CHECK_INT(pm_asset_count(asset), 4);
    const struct pm_asset_entry *glyph = pm_asset_at(asset, 0);
    CHECK_INT(glyph->id, -3);
    CHECK_INT(glyph->width, 16);
    CHECK_INT(glyph->height, 8);
    CHECK_INT(glyph->tile_size, 8);
    CHECK_INT(glyph->palette_authored, 1);
    CHECK_INT(pm_asset_form_size(glyph), sizeof glyph_bytes);
    const char *name = pm_asset_name(asset, glyph, &size);
    CHECK(size == 9 && memcmp(name, "hero \"x\"\n", 9) == 0);
    const char *meta = pm_asset_metadata(asset, glyph, &size);
    static const char sorted[] =
        "{\"height\":8,\"palette_authored\":1,\"palette_count\":64,"
        "\"tile_size\":8,\"width\":16,\"zoo\":{\"a\":-5,\"b\":[true,null,"
        "{\"x\":\"s\",\"y\":1}]}}";
    CHECK(size == sizeof sorted - 1 && memcmp(meta, sorted, size) == 0);
    const struct pm_asset_entry *beep = pm_asset_find(asset, 4);
    REQUIRE(beep && beep->bank_type == PM_BANK_SOUNDS);
    CHECK_INT(pm_asset_samples(asset, beep, samples, 3), 2);
    CHECK_INT(samples[1].offset, 2);
    CHECK_INT(samples[1].rate, 44100);
    CHECK_INT(samples[1].loop_end, 3);
    CHECK_INT(samples[0].loop_end, 0);
    CHECK(!pm_asset_find(asset, 10));
    CHECK_INT(pm_asset_preload_count(asset), 4);
    CHECK_INT(pm_asset_preload_at(asset, 0).slot, 0);
    CHECK_INT(pm_asset_preload_at(asset, 2).entry, 1);
    const struct pm_asset_entry *big = pm_asset_find(asset, 9);
    CHECK_INT(pm_asset_read(asset, big, 65400, window, 300), PM_OK);
    CHECK(memcmp(window, big_bytes + 65400, 300) == 0);
    CHECK_INT(pm_asset_read(asset, big, big->size - 7, window, 7), PM_OK);
    CHECK(memcmp(window, big_bytes + sizeof big_bytes - 7, 7) == 0);
    CHECK_INT(pm_asset_read(asset, big, 65400, window, 300), PM_OK);
    CHECK_INT(pm_asset_read(asset, big, big->size, window, 0), PM_OK);
    CHECK_INT(pm_asset_read(asset, big, big->size, window, 1), PM_ERR_INVALID);
    CHECK_INT(pm_asset_read(asset, big, UINT64_MAX, window, 1), PM_ERR_INVALID);
    CHECK_INT(pm_asset_verify(asset, NULL, &diags), PM_OK);
    pm_asset_close(asset);
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

TEST(asset, the_order_of_inputs_does_not_change_a_byte)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_input turned[PM_ARRAY_LEN(inputs)];
    struct pm_asset_input_preload turned_list[PM_ARRAY_LEN(preload)];
    struct pm_diags diags;
    struct pm_buf a;
    struct pm_buf b;

    for (size_t i = 0; i < PM_ARRAY_LEN(inputs); i++)
        turned[i] = inputs[PM_ARRAY_LEN(inputs) - 1 - i];
    for (size_t i = 0; i < PM_ARRAY_LEN(preload); i++)
        turned_list[i] = preload[PM_ARRAY_LEN(preload) - 1 - i];
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&b, &alloc);
    CHECK_INT(write_sample(&alloc, &diags, &a), PM_OK);
    CHECK_INT(pm_asset_write(turned, PM_ARRAY_LEN(turned), turned_list,
                             PM_ARRAY_LEN(turned_list), NULL, &diags, &b),
              PM_OK);
    CHECK(a.size == b.size && memcmp(a.data, b.data, a.size) == 0);
    pm_buf_free(&a);
    pm_buf_free(&b);
    pm_diags_free(&diags);
}

TEST(asset, every_flipped_bit_of_prelude_and_header_is_found)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf file;

    pm_diags_init(&diags, &alloc);
    CHECK_INT(write_sample(&alloc, &diags, &file), PM_OK);
    size_t end = pm_load32(file.data + 12);
    for (size_t bit = 0; bit < end * 8; bit++) {
        struct pm_source source = pm_source_memory(file.data, file.size);
        struct pm_asset *asset;
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (!CHECK(pm_asset_open(&source, NULL, &alloc, &diags, &asset) !=
                   PM_OK))
            fprintf(stderr, "  bit %zu\n", bit);
        pm_asset_close(asset);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

TEST(asset, every_flipped_payload_bit_is_found_by_verify)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf file;
    struct pm_asset *asset;

    pm_diags_init(&diags, &alloc);
    CHECK_INT(write_sample(&alloc, &diags, &file), PM_OK);
    size_t start = pm_load32(file.data + 12);
    struct pm_source source = pm_source_memory(file.data, file.size);
    for (size_t at = start; at < file.size; at += 997) {
        file.data[at] ^= 0x10;
        REQUIRE(pm_asset_open(&source, NULL, &alloc, &diags, &asset) == PM_OK);
        CHECK_INT(pm_asset_verify(asset, NULL, &diags), PM_ERR_CORRUPT);
        pm_asset_close(asset);
        file.data[at] ^= 0x10;
    }
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

TEST(asset, every_truncation_is_refused)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf file;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&file, &alloc);
    CHECK_INT(pm_asset_write(inputs + 1, 2, NULL, 0, NULL, &diags, &file),
              PM_OK);
    for (size_t size = 0; size < file.size; size++) {
        struct pm_source source = pm_source_memory(file.data, size);
        struct pm_asset *asset;
        CHECK(pm_asset_open(&source, NULL, &alloc, &diags, &asset) != PM_OK);
    }
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

TEST(asset, a_bad_block_spoils_only_the_windows_that_touch_it)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf file;
    struct pm_asset *asset;
    uint8_t window[100];

    pm_diags_init(&diags, &alloc);
    CHECK_INT(write_sample(&alloc, &diags, &file), PM_OK);
    struct pm_source source = pm_source_memory(file.data, file.size);
    REQUIRE(pm_asset_open(&source, NULL, &alloc, &diags, &asset) == PM_OK);
    const struct pm_asset_entry *big = pm_asset_find(asset, 9);
    file.data[pm_asset_payload_offset(asset) + big->offset + 65536] ^= 1;
    CHECK_INT(pm_asset_read(asset, big, 65436, window, 100), PM_OK);
    CHECK_INT(pm_asset_read(asset, big, 65437, window, 100), PM_ERR_CORRUPT);
    CHECK_INT(pm_asset_read(asset, big, 131071, window, 1), PM_ERR_CORRUPT);
    CHECK_INT(pm_asset_read(asset, big, 131072, window, 1), PM_OK);
    CHECK_INT(pm_asset_verify(asset, "x.pa", &diags), PM_ERR_CORRUPT);
    CHECK_INT(diags.errors, 1);
    CHECK(pm_test_mentions(&diags, "PA-SUM: asset 9: block 1 does not match"));
    pm_asset_close(asset);
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

TEST(asset, all_structural_errors_are_listed_at_once)
{
    static const char header[] =
        "{\"asset_table\":[{\"asset_id\":\"x\",\"asset_name\":\"\","
        "\"bank_type\":\"B\",\"codec\":1,\"decoded_size\":-1,\"metadata\":0,"
        "\"offset\":1.5,\"size\":true,\"more\":0},7],\"preload\":["
        "{\"asset_id\":1,\"slot\":99},{\"slot\":\"a\"},3],\"x\":0}";
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf file;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&file, &alloc);
    pm_buf_puts(&file, "ASPA\1");
    pm_buf_put(&file, NULL, 3);
    pm_buf_put32(&file, sizeof header - 1);
    pm_buf_put32(&file, (32 + sizeof header - 1 + 63) / 64 * 64);
    pm_buf_put(&file, NULL, 16);
    pm_buf_puts(&file, header);
    pm_buf_put(&file, NULL, pm_load32(file.data + 12) - file.size);
    CHECK_INT(open_and_verify(file.data, file.size, &diags), PM_ERR_INVALID);
    CHECK_INT(diags.errors, 15);
    CHECK(pm_test_mentions(&diags, "a.pa:+60: error PA-ENTRY-TYPE: "
                                   "asset_table[0].asset_id: found a string"));
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

// --- sources -----------------------------------------------------------------

// A source that says it is 4 GiB long, has the file's first bytes, and notes
// how far it is read.
struct sparse {
    const uint8_t *bytes;
    size_t size;
    uint64_t furthest;
    int reads;
    int fail_at;
};

static pm_status sparse_read(void *context, uint64_t offset, void *dst,
                             size_t size)
{
    struct sparse *s = context;
    s->reads++;
    if (s->reads == s->fail_at)
        return PM_ERR_IO;
    if (offset + size > s->furthest)
        s->furthest = offset + size;
    memset(dst, 0, size);
    if (offset < s->size)
        memcpy(dst, s->bytes + offset,
               size < s->size - offset ? size : s->size - (size_t)offset);
    return PM_OK;
}

// The header of a file whose only slice has 4 GiB and no sums.
static void make_huge(struct pm_buf *out)
{
    static const char header[] =
        "{\"asset_table\":[{\"asset_id\":1,\"asset_name\":\"huge\","
        "\"bank_type\":\"BLOB\",\"codec\":\"NONE\",\"decoded_size\":4294967296"
        ",\"metadata\":{},\"offset\":0,\"size\":4294967296}],\"preload\":[]}";
    pm_buf_puts(out, "ASPA\1");
    pm_buf_put(out, NULL, 3);
    pm_buf_put32(out, sizeof header - 1);
    pm_buf_put32(out, (32 + sizeof header - 1 + 63) / 64 * 64);
    pm_buf_put32(out, 1);
    pm_buf_put32(out, 0);
    pm_buf_put64(out, pm_hash64(header, sizeof header - 1));
    pm_buf_puts(out, header);
}

TEST(asset, opening_four_gigabytes_touches_prelude_and_header_only)
{
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_allocator libc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_asset *asset;
    struct pm_buf head;
    uint8_t byte;

    pm_buf_init(&head, &libc);
    pm_diags_init(&diags, &libc);
    make_huge(&head);
    uint64_t payload = pm_load32(head.data + 12);
    struct sparse s = {.bytes = head.data, .size = head.size};
    struct pm_source source = {.read_at = sparse_read,
                               .context = &s,
                               .size = payload + (UINT64_C(1) << 32)};
    REQUIRE(pm_asset_open(&source, NULL, &alloc, &diags, &asset) == PM_OK);
    CHECK_INT(s.furthest, payload);
    CHECK(s.reads <= 4);
    CHECK(state.peak_bytes < 4096);
    const struct pm_asset_entry *e = pm_asset_find(asset, 1);
    CHECK_INT(pm_asset_read(asset, e, UINT32_MAX, &byte, 1), PM_OK);
    CHECK_INT(s.furthest, source.size);
    pm_asset_close(asset);
    CHECK_INT(state.live_blocks, 0);
    pm_buf_free(&head);
    pm_diags_free(&diags);
}

TEST(asset, a_source_that_fails_is_reported_as_such)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_asset *asset;
    struct pm_buf head;

    pm_buf_init(&head, &alloc);
    pm_diags_init(&diags, &alloc);
    make_huge(&head);
    for (int at = 1; at <= 2; at++) {
        struct sparse s = {
            .bytes = head.data, .size = head.size, .fail_at = at};
        struct pm_source source = {
            .read_at = sparse_read, .context = &s, .size = UINT64_C(1) << 33};
        CHECK_INT(pm_asset_open(&source, NULL, &alloc, &diags, &asset),
                  PM_ERR_IO);
        CHECK(asset == NULL);
    }
    CHECK(pm_test_mentions(&diags, "PA-IO: "));
    pm_buf_free(&head);
    pm_diags_free(&diags);
}

// --- limits ------------------------------------------------------------------

#define MANY 20000

TEST(asset, memory_stays_below_twice_the_header)
{
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_allocator libc = pm_allocator_libc();
    struct pm_asset_input *many = calloc(MANY, sizeof *many);
    struct pm_diags diags;
    struct pm_asset *asset;
    struct pm_buf file;

    REQUIRE(many != NULL);
    for (int i = 0; i < MANY; i++)
        many[i] = (struct pm_asset_input){.id = i * 65537,
                                          .name = "a",
                                          .bank_type = PM_BANK_BLOB,
                                          .bytes = ""};
    pm_diags_init(&diags, &libc);
    pm_buf_init(&file, &libc);
    REQUIRE(pm_asset_write(many, MANY, NULL, 0, NULL, &diags, &file) == PM_OK);
    struct pm_source source = pm_source_memory(file.data, file.size);
    REQUIRE(pm_asset_open(&source, NULL, &alloc, &diags, &asset) == PM_OK);
    CHECK(state.peak_bytes <= 2 * pm_asset_header_size(asset));
    CHECK_INT(state.calls, 1);
    for (int i = 0; i < MANY; i++)
        CHECK(pm_asset_find(asset, i * 65537) != NULL);
    pm_asset_close(asset);
    CHECK_INT(state.live_blocks, 0);
    pm_buf_free(&file);
    pm_diags_free(&diags);
    free(many);
}

struct refusal {
    struct pm_asset_input input;
    const char *expected;
};

TEST(asset, the_writer_refuses_what_the_reader_refuses)
{
    static const struct refusal rows[] = {
        {{.id = 1, .name = "", .bank_type = PM_BANK_BLOB, .bytes = ""},
         "PA-ENTRY-NAME"},
        {{.id = 1, .name = "\xff", .bank_type = PM_BANK_BLOB, .bytes = ""},
         "PA-ENTRY-NAME"},
        {{.id = 1, .name = "a", .bank_type = PM_BANK_TYPES, .bytes = ""},
         "PA-ENTRY-BANK"},
        {{.id = 1, .name = "a", .bank_type = PM_BANK_GLYPH, .bytes = ""},
         "PA-GLYPH"},
        {{.id = 1,
          .name = "a",
          .bank_type = PM_BANK_BLOB,
          .bytes = "",
          .metadata = "{\"a\":0.5}"},
         "PA-WRITE-NUMBER"},
        {{.id = 1,
          .name = "a",
          .bank_type = PM_BANK_BLOB,
          .bytes = "",
          .metadata = "{\"a\":1,\"a\":2}"},
         "JSON-DUPLICATE"},
        {{.id = 1,
          .name = "a",
          .bank_type = PM_BANK_BLOB,
          .bytes = "",
          .metadata = "[]"},
         "PA-ENTRY-TYPE"},
        {{.id = 1,
          .name = "a",
          .bank_type = PM_BANK_BLOB,
          .bytes = "",
          .metadata = "{\"a\":[[[[[[[[[[[[[1]]]]]]]]]]]]]}"},
         "JSON-DEPTH"},
        {{.id = 1,
          .name = "a",
          .bank_type = PM_BANK_BLOB,
          .bytes = "xy",
          .size = 2,
          .decoded_size = 3},
         "PA-ENTRY-SIZE"},
    };
    struct pm_allocator alloc = pm_allocator_libc();
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct pm_diags diags;
        struct pm_buf file;
        pm_diags_init(&diags, &alloc);
        pm_buf_init(&file, &alloc);
        CHECK(pm_asset_write(&rows[i].input, 1, NULL, 0, NULL, &diags, &file) !=
              PM_OK);
        CHECK_INT(file.size, 0);
        CHECK(pm_test_mentions(&diags, rows[i].expected));
        pm_buf_free(&file);
        pm_diags_free(&diags);
    }
}

static int write_and_read(const struct pm_allocator *alloc, void *context)
{
    struct pm_diags diags;
    struct pm_buf file;
    struct pm_asset *asset = NULL;
    (void)context;
    pm_diags_init(&diags, alloc);
    pm_status status = write_sample(alloc, &diags, &file);
    if (!status) {
        struct pm_source source = pm_source_memory(file.data, file.size);
        status = pm_asset_open(&source, "f", alloc, &diags, &asset);
    }
    if (!status)
        status = pm_asset_verify(asset, "f", &diags);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    pm_asset_close(asset);
    pm_buf_free(&file);
    pm_diags_free(&diags);
    return status == PM_OK;
}

// One block holds everything, and nothing else is asked for on the way.
TEST(asset, a_file_of_the_packer_opens_with_one_allocation)
{
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_allocator libc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_asset *asset;
    struct pm_buf file;

    pm_diags_init(&diags, &libc);
    REQUIRE(write_sample(&libc, &diags, &file) == PM_OK);
    struct pm_source source = pm_source_memory(file.data, file.size);
    REQUIRE(pm_asset_open(&source, "f", &alloc, &diags, &asset) == PM_OK);
    CHECK_INT(state.calls, 1);
    pm_asset_close(asset);
    CHECK_INT(state.live_blocks, 0);
    state = (struct pm_fault_alloc){.fail_at = 1};
    CHECK_INT(pm_asset_open(&source, "f", &alloc, &diags, &asset),
              PM_ERR_NO_MEMORY);
    CHECK(asset == NULL);
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

TEST(asset, a_failed_allocation_leaves_nothing_behind)
{
    CHECK(pm_fault_alloc_each(write_and_read, NULL, 0) > 10);
}
