// SPDX-License-Identifier: MIT
//
// Entries that are written as the packer does it are read in a way of their
// own. Here random entries, good and bad ones, are read twice: as they are,
// and with a space in each, which leads the other way. Both must agree.
#include "asset/asset_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "packed_world.h"
#include "support/test.h"

#define ENTRIES 4

static const char *pick(uint32_t *seed, const char *const *words, int count)
{
    return words[random_below(seed, (uint32_t)count)];
}

#define PICK(seed, words) pick(seed, words, PM_ARRAY_LEN(words))

// Mostly the first of them, which fit each other.
static const char *mostly(uint32_t *seed, const char *usual,
                          const char *const *others, int count)
{
    return random_below(seed, 25) ? usual : pick(seed, others, count);
}

#define MOSTLY(seed, usual, others)                                            \
    mostly(seed, usual, others, PM_ARRAY_LEN(others))

static const char *const numbers[] = {
    "0",
    "-1",
    "-0",
    "01",
    "1.0",
    "1e2",
    "true",
    "9007199254740991",
    "9007199254740992",
    "99999999999999999999",
    "\"4\"",
    "",
    "-",
    "4096",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "65536",
};
static const char *const names[] = {
    "",
    "\\u0041",
    "\xc3\xa9",
    "\xff",
    "a\"",
    "a\\\\b",
    "\x7f",
    "\t",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};
static const char *const banks[] = {"GLYPH", "SOUNDS", "SCENE", "BLOB",
                                    "BLOBB"};
static const char *const codecs[] = {"NONE", "LZ4", "ZSTD", "none"};
// Of [metadata], those that fit; 0 and 1 are a blob's.
enum { GLYPH = 7, PACKED_GLYPH = 12 };
static const char *const metadata[] = {
    "{}",
    "{\"codec\":{\"chunk\":4096}}",
    "{\"codec\":{\"chunk\":5000}}",
    "{\"codec\":{\"chunk\":65536}}",
    "{\"codec\":{\"chunk\":2097152}}",
    "{\"codec\":{\"chunk\":4096,\"x\":1}}",
    "{\"codec\":{}}",
    "{\"height\":8,\"palette_authored\":1,\"palette_count\":64,"
    "\"tile_size\":8,\"width\":8}",
    "{\"height\":8,\"palette_authored\":1,\"palette_count\":64,"
    "\"tile_size\":9,\"width\":8}",
    "{\"height\":8,\"palette_authored\":65,\"palette_count\":64,"
    "\"tile_size\":8,\"width\":8}",
    "{\"height\":0,\"palette_authored\":1,\"palette_count\":64,"
    "\"tile_size\":8,\"width\":8}",
    "{\"height\":12,\"palette_authored\":1,\"palette_count\":64,"
    "\"tile_size\":8,\"width\":8}",
    "{\"codec\":{\"chunk\":4096},\"height\":8,\"palette_authored\":1,"
    "\"palette_count\":64,\"tile_size\":8,\"width\":8}",
    "{\"codec\":{\"chunk\":4096}\"height\":8,\"palette_authored\":1,"
    "\"palette_count\":64,\"tile_size\":8,\"width\":8}",
    "{,\"height\":8,\"palette_authored\":1,\"palette_count\":64,"
    "\"tile_size\":8,\"width\":8}",
    "{\"codec\":{\"chunk\":4096},}",
    "{\"samples\":[]}",
    "[]",
    "",
};
static const char *const sums[] = {
    "",
    "\"integrity\":{\"algorithm\":\"xxh3-64\",\"block\":65536,"
    "\"sums\":\"0123456789abcdef\"},",
    "\"integrity\":{\"algorithm\":\"xxh3-64\",\"block\":65536,\"sums\":\"\"},",
    "\"integrity\":{\"algorithm\":\"xxh3-64\",\"block\":65536,"
    "\"sums\":\"0123456789abcde\"},",
    "\"integrity\":{\"algorithm\":\"xxh3-64\",\"block\":65536,"
    "\"sums\":\"0123456789abcdeF\"},",
    "\"integrity\":{\"algorithm\":\"xxh3-32\",\"block\":65536,"
    "\"sums\":\"0123456789abcdef\"},",
    "\"integrity\":{\"algorithm\":\"xxh3-64\",\"block\":65537,"
    "\"sums\":\"0123456789abcdef\"},",
};
static const char *const ends[] = {"", "}", ",\"size\":1}", ",\"x\":1}", " }"};

// Entry [i] of a type that fits; now and then one field of another.
static void put_entry(struct pm_buf *out, uint32_t seed, int i,
                      const char *space)
{
    bool is_glyph = random_below(&seed, 3) == 0;
    bool is_packed = random_below(&seed, 2) == 0;
    int chunk = is_packed && random_below(&seed, 2) == 0;
    char id[16];
    char offset[16];

    snprintf(id, sizeof id, "%d", i - 2);
    snprintf(offset, sizeof offset, "%d", i * 2112);
    pm_buf_printf(out, "%s{%s\"asset_id\":%s", i ? "," : "", space,
                  MOSTLY(&seed, id, numbers));
    pm_buf_printf(out, ",\"asset_name\":\"%s\"", MOSTLY(&seed, "a", names));
    pm_buf_printf(out, ",\"bank_type\":\"%s\"",
                  MOSTLY(&seed, is_glyph ? "GLYPH" : "BLOB", banks));
    pm_buf_printf(out, ",\"codec\":\"%s\"",
                  MOSTLY(&seed, is_packed ? "LZ4" : "NONE", codecs));
    pm_buf_printf(out, ",\"decoded_size\":%s,", MOSTLY(&seed, "2112", numbers));
    pm_buf_puts(out, MOSTLY(&seed, sums[random_below(&seed, 2)], sums));
    pm_buf_printf(out, "\"metadata\":%s",
                  MOSTLY(&seed,
                         is_glyph ? metadata[chunk ? PACKED_GLYPH : GLYPH]
                                  : metadata[chunk],
                         metadata));
    pm_buf_printf(out, ",\"offset\":%s", MOSTLY(&seed, offset, numbers));
    pm_buf_printf(out, ",\"size\":%s", MOSTLY(&seed, "2112", numbers));
    pm_buf_puts(out, MOSTLY(&seed, "}", ends));
}

static void put_header(struct pm_buf *out, uint32_t seed, const char *space)
{
    pm_buf_puts(out, "{\"asset_table\":[");
    for (int i = 0; i < ENTRIES; i++)
        put_entry(out, seed + (uint32_t)i * 7919, i, space);
    pm_buf_puts(out, "],\"preload\":[]}");
}

struct opened {
    struct pm_asset *asset;
    struct pm_buf file;
    struct pm_diags diags;
    pm_status status;
};

static void open_header(struct opened *o, uint32_t seed, const char *space)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf text;

    pm_buf_init(&text, &alloc);
    pm_buf_init(&o->file, &alloc);
    pm_diags_init(&o->diags, &alloc);
    put_header(&text, seed, space);
    pm_buf_puts(&o->file, "ASPA\1");
    pm_buf_put(&o->file, NULL, 3);
    pm_buf_put32(&o->file, (uint32_t)text.size);
    pm_buf_put32(&o->file, (uint32_t)(32 + text.size + 63) / 64 * 64);
    pm_buf_put(&o->file, NULL, 16);
    pm_buf_put(&o->file, text.data, text.size);
    pm_buf_put(&o->file, NULL,
               pm_load32(o->file.data + 12) - o->file.size + ENTRIES * 2112);
    struct pm_source source = pm_source_memory(o->file.data, o->file.size);
    o->status = pm_asset_open(&source, NULL, &alloc, &o->diags, &o->asset);
    pm_buf_free(&text);
}

static void close_header(struct opened *o)
{
    pm_asset_close(o->asset);
    pm_diags_free(&o->diags);
    pm_buf_free(&o->file);
}

static void check_entry(const struct opened *a, const struct opened *b,
                        size_t i)
{
    struct pm_asset_entry x = *pm_asset_at(a->asset, i);
    struct pm_asset_entry y = *pm_asset_at(b->asset, i);
    // Each entry before has a space more in the other text, and this one.
    uint32_t shift = (uint32_t)i + 1;

    CHECK_INT(x.header_offset + shift - 1, y.header_offset);
    CHECK_INT(x.name_offset + shift, y.name_offset);
    CHECK_INT(x.metadata_offset + shift, y.metadata_offset);
    CHECK(x.sums_offset ? x.sums_offset + shift == y.sums_offset
                        : y.sums_offset == 0);
    CHECK(x.id == y.id && x.bank_type == y.bank_type && x.codec == y.codec);
    CHECK(x.name_size == y.name_size && x.tile_size == y.tile_size);
    CHECK(x.offset == y.offset && x.size == y.size);
    CHECK(x.decoded_size == y.decoded_size);
    CHECK(x.metadata_size == y.metadata_size);
    CHECK(x.first_block == y.first_block);
    CHECK(x.width == y.width && x.height == y.height);
    CHECK(x.palette_authored == y.palette_authored);
    CHECK(x.chunk_shift == y.chunk_shift);
    CHECK(!x.is_bad && !y.is_bad);
}

static bool check_seed(uint32_t seed)
{
    struct opened a;
    struct opened b;

    open_header(&a, seed, "");
    open_header(&b, seed, " ");
    CHECK_INT(a.status, b.status);
    CHECK_INT(a.diags.errors, b.diags.errors);
    for (size_t i = 0; i < a.diags.count && i < b.diags.count; i++)
        CHECK_STR(a.diags.items[i].code, b.diags.items[i].code);
    bool is_open = a.status == PM_OK && b.status == PM_OK;
    for (size_t i = 0; is_open && i < ENTRIES; i++)
        check_entry(&a, &b, i);
    close_header(&a);
    close_header(&b);
    return is_open;
}

TEST(canonical, both_ways_to_read_an_entry_agree)
{
    int open = 0;

    for (uint32_t seed = 0; seed < 5000; seed++)
        open += check_seed(seed * 1000003);
    // Enough of either kind.
    CHECK(open > 200 && open < 4000);
}

// Each of these is tried as an entry, fails, and is read in the other way:
// that must not cost the rest of the text each time.
TEST(canonical, a_table_of_anything_else_takes_linear_time)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_asset *asset;
    struct pm_buf file;
    uint32_t length = 8 << 20;

    pm_buf_init(&file, &alloc);
    pm_diags_init(&diags, &alloc);
    pm_buf_puts(&file, "ASPA\1");
    pm_buf_put(&file, NULL, 3);
    pm_buf_put32(&file, length);
    pm_buf_put32(&file, length + 64);
    pm_buf_put(&file, NULL, 16);
    pm_buf_puts(&file, "{\"asset_table\":[1");
    while (file.size < length + 31)
        pm_buf_puts(&file, ",1");
    pm_buf_put(&file, NULL, length + 64 - file.size);
    struct pm_source source = pm_source_memory(file.data, file.size);
    CHECK(pm_asset_open(&source, NULL, &alloc, &diags, &asset) != PM_OK);
    pm_diags_free(&diags);
    pm_buf_free(&file);
}
