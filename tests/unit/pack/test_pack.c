// SPDX-License-Identifier: MIT
#include "pack/pack.h"

#include <stdio.h>
#include <stdlib.h>

#include "asset/asset.h"
#include "base/bits.h"

#include "support/fault_alloc.h"
#include "support/make_png.h"
#include "support/test.h"

static uint8_t pixels[256 * 256 * 4];

static const uint8_t rainbow[20][3] = {
    {255, 0, 255}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255},
};

static bool mentions(const struct pm_diags *diags, const char *what)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf out;
    pm_buf_init(&out, &alloc);
    pm_diags_print(diags, &out);
    const char *text = pm_buf_cstr(&out);
    bool found = strstr(text, what) != NULL;
    if (!found)
        fprintf(stderr, "wanted: %s\nfound:  %s\n", what, text);
    pm_buf_free(&out);
    return found;
}

struct made {
    struct pm_buf png;
    struct pm_buf report;
    struct pm_diags diags;
    struct pm_pack_glyph glyph;
    pm_status status;
};

static void make(struct made *m, int tile_size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_buf_init(&m->report, &alloc);
    pm_diags_init(&m->diags, &alloc);
    m->status = pm_pack_png("a.png", m->png.data, m->png.size, tile_size,
                            &alloc, &m->diags, &m->report, &m->glyph);
}

static void unmake(struct made *m)
{
    if (!m->status)
        pm_buf_free(&m->glyph.bytes);
    pm_buf_free(&m->png);
    pm_buf_free(&m->report);
    pm_diags_free(&m->diags);
}

static void begin(struct made *m)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_buf_init(&m->png, &alloc);
    memset(pixels, 0, sizeof pixels);
}

// --- pictures ----------------------------------------------------------------

TEST(png, an_indexed_picture_keeps_indices_and_palette_order)
{
    struct made m;
    begin(&m);
    for (int i = 0; i < 16 * 24; i++)
        pixels[i] = (uint8_t)(i % 5);
    make_png_indexed(&m.png, 16, 24, pixels, rainbow, 5);
    make(&m, 0);
    REQUIRE(m.status == PM_OK);
    CHECK_INT(m.glyph.width, 16);
    CHECK_INT(m.glyph.height, 24);
    CHECK_INT(m.glyph.tile_size, 8);
    REQUIRE(m.glyph.bytes.size == 16 * 24 / 2 + 2048);
    CHECK_INT(m.glyph.bytes.data[0], 0x01);
    CHECK_INT(m.glyph.bytes.data[1], 0x23);
    CHECK_INT(m.glyph.bytes.data[2], 0x40);
    const uint8_t *palette = m.glyph.bytes.data + 16 * 24 / 2;
    CHECK_INT(pm_load16(palette), 0xf81f);
    CHECK_INT(pm_load16(palette + 2), 0xf800);
    CHECK_INT(pm_load16(palette + 4), 0x07e0);
    CHECK_INT(pm_load16(palette + 8), 0xffff);
    CHECK_INT(pm_load16(palette + 10), 0);
    CHECK_STR(pm_buf_cstr(&m.report),
              "a.png: 16 x 24, indexed, 5 colours kept\n");
    unmake(&m);
}

TEST(png, packed_depths_and_small_palettes_work)
{
    struct made m;
    begin(&m);
    for (int y = 0; y < 8; y++)
        pixels[y] = 0x81;
    make_png_begin(&m.png, 8, 8, 1, 3);
    make_png_chunk(&m.png, "PLTE", rainbow, 6);
    make_png_end(&m.png, pixels, 1, 8);
    make(&m, 0);
    REQUIRE(m.status == PM_OK);
    CHECK_INT(m.glyph.bytes.data[0], 0x10);
    CHECK_INT(m.glyph.bytes.data[3], 0x01);
    unmake(&m);
}

TEST(png, true_colour_of_few_colours_comes_through_exactly)
{
    static const uint16_t wanted[] = {0x0000, 0x001f, 0x07e0, 0xf800};
    struct made m;
    begin(&m);
    for (int i = 0; i < 32 * 32; i++) {
        pixels[i * 4 + i % 4 % 3] = 255;
        pixels[i * 4 + 3] = i % 4 == 3 ? 127 : 128;
    }
    make_png_rgba(&m.png, 32, 32, pixels);
    make(&m, 0);
    REQUIRE(m.status == PM_OK);
    CHECK_INT(m.glyph.tile_size, 16);
    const uint8_t *palette = m.glyph.bytes.data + 32 * 32 / 2;
    for (int i = 0; i < 4; i++)
        CHECK_INT(pm_load16(palette + i * 2), wanted[i]);
    // Red, green, blue, transparent.
    CHECK_INT(m.glyph.bytes.data[0], 0x32);
    CHECK_INT(m.glyph.bytes.data[1], 0x10);
    CHECK_STR(pm_buf_cstr(&m.report),
              "a.png: 32 x 32, true colour, 3 colours kept\n");
    unmake(&m);
}

TEST(png, many_colours_are_reduced_to_fifteen_the_same_way_each_time)
{
    struct made m[2];
    for (int k = 0; k < 2; k++) {
        begin(&m[k]);
        for (int i = 0; i < 64 * 64; i++) {
            pixels[i * 4] = (uint8_t)(i % 64 * 4);
            pixels[i * 4 + 1] = (uint8_t)(i / 64 * 4);
            pixels[i * 4 + 2] = (uint8_t)(i * 31 / 7);
            pixels[i * 4 + 3] = 255;
        }
        make_png_rgba(&m[k].png, 64, 64, pixels);
        make(&m[k], 8);
        REQUIRE(m[k].status == PM_OK);
    }
    CHECK_INT(m[0].glyph.tile_size, 8);
    CHECK(memcmp(m[0].glyph.bytes.data, m[1].glyph.bytes.data,
                 m[0].glyph.bytes.size) == 0);
    CHECK(strstr(pm_buf_cstr(&m[0].report), "colours reduced to 15, off by"));
    for (int i = 0; i < 64 * 64 / 2; i++)
        CHECK(m[0].glyph.bytes.data[i] & 0x0f &&
              m[0].glyph.bytes.data[i] & 0xf0);
    unmake(&m[0]);
    unmake(&m[1]);
}

TEST(png, all_the_colours_of_one_channel_are_spread_evenly)
{
    struct made m;
    begin(&m);
    for (int i = 0; i < 256 * 8; i++) {
        memset(pixels + i * 4, i % 256, 3);
        pixels[i * 4 + 3] = 255;
    }
    make_png_rgba(&m.png, 256, 8, pixels);
    make(&m, 0);
    REQUIRE(m.status == PM_OK);
    // 256 greys in 15 boxes: none is further off than a box is wide.
    int worst = 0;
    const char *at = strstr(pm_buf_cstr(&m.report), "off by up to ");
    REQUIRE(at != NULL);
    CHECK_INT(sscanf(at, "off by up to %d", &worst), 1);
    CHECK(worst <= 24);
    unmake(&m);
}

static void check_refused(struct made *m, int tile, const char *what)
{
    make(m, tile);
    CHECK_INT(m->status, PM_ERR_INVALID);
    CHECK(mentions(&m->diags, what));
    unmake(m);
}

TEST(png, sizes_that_are_no_whole_tiles_are_refused)
{
    struct made m;
    begin(&m);
    make_png_indexed(&m.png, 12, 8, pixels, rainbow, 5);
    check_refused(&m, 0, "a.png: error PACK-PNG-SIZE: the picture has 12 x 8");
    begin(&m);
    make_png_indexed(&m.png, 24, 24, pixels, rainbow, 5);
    check_refused(&m, 16, "multiples of the tile size 16");
}

TEST(png, an_index_that_a_sheet_does_not_have_is_refused)
{
    struct made m;
    begin(&m);
    pixels[8 * 3 + 2] = 16;
    make_png_indexed(&m.png, 8, 8, pixels, rainbow, 20);
    check_refused(&m, 0,
                  "PACK-PNG-COLOURS: the pixel at 2, 3 has palette index 16");
    begin(&m);
    pixels[9] = 5;
    make_png_indexed(&m.png, 8, 8, pixels, rainbow, 5);
    check_refused(&m, 0, "palette index 5 of 5 colours");
}

TEST(png, a_large_palette_is_fine_when_only_its_start_is_used)
{
    struct made m;
    begin(&m);
    pixels[9] = 15;
    make_png_indexed(&m.png, 8, 8, pixels, rainbow, 20);
    make(&m, 0);
    CHECK_INT(m.status, PM_OK);
    unmake(&m);
}

TEST(png, transparency_that_gets_lost_is_a_warning)
{
    struct made m;
    begin(&m);
    make_png_begin(&m.png, 8, 8, 8, 3);
    make_png_chunk(&m.png, "PLTE", rainbow, 15);
    make_png_chunk(&m.png, "tRNS", "\xff\x00", 2);
    make_png_end(&m.png, pixels, 8, 8);
    make(&m, 0);
    CHECK_INT(m.status, PM_OK);
    CHECK(mentions(&m.diags, "warning PACK-PNG-ALPHA: palette index 1"));
    CHECK_INT(m.diags.errors, 0);
    unmake(&m);
}

TEST(png, hostile_sizes_are_refused_before_decoding)
{
    struct made m;
    begin(&m);
    make_png_begin(&m.png, 0x7fffffff, 0x7fffffff, 8, 6);
    make_png_end(&m.png, pixels, 8, 8);
    check_refused(&m, 0, "PACK-PNG-SIZE: the picture has 2147483647 x");
    begin(&m);
    make_png_begin(&m.png, 0, 8, 8, 6);
    make_png_end(&m.png, pixels, 8, 8);
    check_refused(&m, 0, "PACK-PNG-SIZE: the picture has 0 x 8");
    begin(&m);
    make_png_begin(&m.png, 257, 8, 8, 6);
    make_png_end(&m.png, pixels, 8, 8);
    check_refused(&m, 0, "PACK-PNG-SIZE: the picture has 257 x 8");
}

TEST(png, what_is_no_png_is_refused)
{
    struct made m;
    begin(&m);
    pm_buf_puts(&m.png, "GIF89a and then some more bytes to fill the head");
    check_refused(&m, 0, "PACK-PNG: this is no PNG");
    begin(&m);
    check_refused(&m, 0, "PACK-PNG: this is no PNG");
    begin(&m);
    make_png_begin(&m.png, 8, 8, 7, 6);
    make_png_end(&m.png, pixels, 32, 8);
    check_refused(&m, 0, "PACK-PNG: the picture cannot be decoded");
}

TEST(png, every_truncation_is_refused_and_leaves_nothing_behind)
{
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_allocator libc = pm_allocator_libc();
    struct pm_buf png;
    struct pm_buf report;

    pm_buf_init(&png, &libc);
    pm_buf_init(&report, &libc);
    memset(pixels, 0, sizeof pixels);
    make_png_indexed(&png, 8, 8, pixels, rainbow, 5);
    for (size_t size = 0; size < png.size; size++) {
        struct pm_pack_glyph glyph;
        struct pm_diags diags;
        pm_diags_init(&diags, &libc);
        CHECK(pm_pack_png("a.png", png.data, size, 0, &alloc, &diags, &report,
                          &glyph) != PM_OK);
        CHECK(diags.errors > 0);
        CHECK_INT(state.live_blocks, 0);
        pm_diags_free(&diags);
    }
    pm_buf_free(&png);
    pm_buf_free(&report);
}

// --- projects ----------------------------------------------------------------

struct project {
    struct pm_diags diags;
    struct pm_pack_result result;
    struct pm_asset *asset;
    pm_status status;
};

static void pack(struct project *p, const struct pm_pack_input *inputs,
                 size_t count, const char *registry)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_diags_init(&p->diags, &alloc);
    p->asset = NULL;
    p->status = pm_pack_project(inputs, count, registry,
                                registry ? strlen(registry) : 0, &alloc,
                                &p->diags, &p->result);
    if (p->status)
        return;
    struct pm_source source =
        pm_source_memory(p->result.assets.data, p->result.assets.size);
    CHECK_INT(pm_asset_open(&source, NULL, &alloc, &p->diags, &p->asset),
              PM_OK);
}

static void unpack(struct project *p)
{
    pm_asset_close(p->asset);
    if (!p->status)
        pm_pack_result_free(&p->result);
    pm_diags_free(&p->diags);
}

static void small_png(struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_buf_init(out, &alloc);
    memset(pixels, 0, sizeof pixels);
    make_png_indexed(out, 8, 8, pixels, rainbow, 5);
}

TEST(project, ids_slots_and_kinds_follow_the_convention)
{
    struct project p;
    struct pm_buf png;
    small_png(&png);
    const struct pm_pack_input inputs[] = {
        {"tiles.png", png.data, png.size, NULL, 0},
        {"level.bin", "abc", 3, NULL, 0},
        {"hero.png", png.data, png.size, NULL, 0},
    };
    pack(&p, inputs, 3, "{\"old\": 1, \"tiles\": 3}");
    REQUIRE(p.status == PM_OK);
    CHECK_STR(pm_buf_cstr(&p.result.registry),
              "{\n  \"hero\": 2,\n  \"level.bin\": 4,\n  \"old\": 1,\n  "
              "\"tiles\": 3\n}\n");
    CHECK_INT(pm_asset_count(p.asset), 3);
    CHECK_INT(pm_asset_find(p.asset, 2)->bank_type, PM_BANK_GLYPH);
    CHECK_INT(pm_asset_find(p.asset, 4)->bank_type, PM_BANK_BLOB);
    CHECK_INT(pm_asset_preload_count(p.asset), 2);
    CHECK_INT(pm_asset_at(p.asset, pm_asset_preload_at(p.asset, 0).entry)->id,
              2);
    CHECK_INT(pm_asset_preload_at(p.asset, 1).slot, 1);
    unpack(&p);
    pm_buf_free(&png);
}

TEST(project, the_order_of_inputs_does_not_change_a_byte)
{
    struct project a;
    struct project b;
    struct pm_buf png;
    small_png(&png);
    const struct pm_pack_input inputs[] = {
        {"z.png", png.data, png.size, "{\"slot\":0}", 10},
        {"b.bin", "abc", 3, NULL, 0},
        {"a.png", png.data, png.size, NULL, 0},
    };
    const struct pm_pack_input turned[] = {inputs[2], inputs[0], inputs[1]};
    pack(&a, inputs, 3, NULL);
    pack(&b, turned, 3, NULL);
    REQUIRE(a.status == PM_OK && b.status == PM_OK);
    CHECK(a.result.assets.size == b.result.assets.size &&
          memcmp(a.result.assets.data, b.result.assets.data,
                 a.result.assets.size) == 0);
    CHECK_STR(pm_buf_cstr(&a.result.registry), pm_buf_cstr(&b.result.registry));
    CHECK_STR(pm_buf_cstr(&a.result.report), pm_buf_cstr(&b.result.report));
    unpack(&a);
    unpack(&b);
    pm_buf_free(&png);
}

TEST(project, an_empty_project_gives_an_empty_file)
{
    struct project p;
    pack(&p, NULL, 0, NULL);
    CHECK_INT(p.status, PM_OK);
    CHECK_STR(pm_buf_cstr(&p.result.registry), "{}\n");
    CHECK_INT(pm_asset_count(p.asset), 0);
    unpack(&p);
}

TEST(project, settings_override_the_convention)
{
    static const char hero[] =
        "{\"tile_size\":8,\"slot\":null,\"asset_id\":40}";
    static const char level[] = "{\"slot\":5}";
    struct project p;
    struct pm_buf png;
    small_png(&png);
    const struct pm_pack_input inputs[] = {
        {"hero.png", png.data, png.size, hero, sizeof hero - 1},
        {"level.bin", "abc", 3, level, sizeof level - 1},
    };
    pack(&p, inputs, 2, NULL);
    REQUIRE(p.status == PM_OK);
    CHECK(pm_asset_find(p.asset, 40) != NULL);
    CHECK_INT(pm_asset_preload_count(p.asset), 1);
    CHECK_INT(pm_asset_preload_at(p.asset, 0).slot, 5);
    unpack(&p);
    pm_buf_free(&png);
}

TEST(project, seventeen_sheets_fill_the_slots_and_one_waits)
{
    struct pm_pack_input inputs[17];
    char names[17][24];
    struct project p;
    struct pm_buf png;
    small_png(&png);
    for (int i = 0; i < 17; i++) {
        snprintf(names[i], sizeof names[i], "s%02d.png", i);
        inputs[i] =
            (struct pm_pack_input){names[i], png.data, png.size, NULL, 0};
    }
    pack(&p, inputs, 17, NULL);
    REQUIRE(p.status == PM_OK);
    CHECK_INT(pm_asset_preload_count(p.asset), 16);
    CHECK(strstr(pm_buf_cstr(&p.result.report),
                 "s16: not preloaded, all 16 slots are taken"));
    unpack(&p);
    pm_buf_free(&png);
}

struct bad_project {
    const char *name;
    const char *config;
    const char *registry;
    const char *expected;
};

TEST(project, faults_are_reported_with_their_places)
{
    static const struct bad_project rows[] = {
        {"a.bin", "{\"size\":1}", NULL,
         "a.bin.json:1:9: error PACK-CONFIG: unknown key \"size\""},
        {"a.bin", "[]", NULL, "PACK-CONFIG: found an array"},
        {"a.bin", "{", NULL, "a.bin.json:1:2: error JSON-SYNTAX"},
        {"a.bin", "{\"slot\":16}", NULL, "PACK-CONFIG: slot: found 16"},
        {"a.bin", "{\n\"slot\":\"1\"}", NULL,
         "a.bin.json:2:8: error PACK-CONFIG: slot: found a string"},
        {"a.bin", "{\"tile_size\":12}", NULL,
         "PACK-CONFIG: tile_size: found 12"},
        {"a.bin", "{\"tile_size\":64}", NULL,
         "PACK-CONFIG: tile_size: found 64"},
        {"a.bin", "{\"asset_id\":0}", NULL, "PACK-CONFIG: asset_id: found 0"},
        {"a.bin", "{\"asset_id\":2}", "{\"a.bin\":1}",
         "PACK-ID: asset_id is 2, but the registry has 1"},
        {"a.bin", "{\"asset_id\":2}", "{\"b\":2}",
         "PACK-ID: asset id 2 is given to"},
        {"a.bin", NULL, "{\"x\":2,\"b\":2}", "PACK-ID: asset id 2 is given to"},
        {"a.bin", NULL, "[]", "PACK-REGISTRY: found an array"},
        {"a.bin", NULL, "{\"x\":\"2\"}",
         "registry:1:6: error PACK-CONFIG: asset id: found a string"},
        {"a.bin", NULL, "{\"x\\u0000\":2}", "PACK-REGISTRY: the name of id"},
        {"a.bin", NULL, "{\"x\":2,}", "registry:1:8: error JSON-SYNTAX"},
        {"a.png", NULL, NULL, "a.png: error PACK-PNG: this is no PNG"},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        const struct bad_project *row = &rows[i];
        struct pm_pack_input input = {row->name, "abc", 3, row->config,
                                      row->config ? strlen(row->config) : 0};
        struct project p;
        pack(&p, &input, 1, row->registry);
        CHECK_INT(p.status, PM_ERR_INVALID);
        CHECK(mentions(&p.diags, row->expected));
        unpack(&p);
    }
}

TEST(project, two_files_of_one_name_are_refused)
{
    struct project p;
    struct pm_buf png;
    small_png(&png);
    const struct pm_pack_input inputs[] = {
        {"a.png", png.data, png.size, NULL, 0},
        {"a", "abc", 3, NULL, 0},
    };
    pack(&p, inputs, 2, NULL);
    CHECK_INT(p.status, PM_ERR_INVALID);
    CHECK(mentions(&p.diags, "PACK-NAME: two files"));
    unpack(&p);
    pm_buf_free(&png);
}

static int pack_task(const struct pm_allocator *alloc, void *context)
{
    struct pm_buf *png = context;
    const struct pm_pack_input inputs[] = {
        {"hero.png", png->data, png->size, "{\"slot\":3}", 10},
        {"level.bin", "abc", 3, NULL, 0},
    };
    struct pm_pack_result result;
    struct pm_diags diags;
    pm_diags_init(&diags, alloc);
    pm_status status =
        pm_pack_project(inputs, 2, "{\"x\":1}", 7, alloc, &diags, &result);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY || diags.out_of_memory);
    if (!status)
        pm_pack_result_free(&result);
    pm_diags_free(&diags);
    return status == PM_OK;
}

TEST(project, a_failed_allocation_leaves_nothing_behind)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf png;
    pm_buf_init(&png, &alloc);
    memset(pixels, 0, sizeof pixels);
    for (int i = 0; i < 8 * 8; i++) {
        pixels[i * 4] = (uint8_t)(i * 4);
        pixels[i * 4 + 3] = 255;
    }
    make_png_rgba(&png, 8, 8, pixels);
    CHECK(pm_fault_alloc_each(pack_task, &png, 0) > 20);
    pm_buf_free(&png);
}
