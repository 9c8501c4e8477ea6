// SPDX-License-Identifier: MIT
#include "pack/pack.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"

#include "support/fault_alloc.h"
#include "support/make_png.h"
#include "support/mentions.h"
#include "support/test.h"

static uint8_t pixels[256 * 256 * 4];

static const uint8_t rainbow[20][3] = {
    {255, 0, 255}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255},
};

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
    CHECK(pm_test_mentions(&m->diags, what));
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
    CHECK(
        pm_test_mentions(&m.diags, "warning PACK-PNG-ALPHA: palette index 1"));
    CHECK_INT(m.diags.errors, 0);
    unmake(&m);
}

TEST(png, hostile_sizes_are_refused_before_decoding)
{
    struct made m;
    begin(&m);
    make_png_begin(&m.png, 0x7fffffff, 0x7fffffff, 8, 6);
    make_png_end(&m.png, pixels, 8, 8);
    check_refused(
        &m, 0, "a.png:+16: error PACK-PNG-SIZE: the picture has 2147483647 x");
    begin(&m);
    make_png_begin(&m.png, 0, 8, 8, 6);
    make_png_end(&m.png, pixels, 8, 8);
    check_refused(&m, 0,
                  "a.png:+16: error PACK-PNG-SIZE: the picture has 0 x 8");
    begin(&m);
    make_png_begin(&m.png, 257, 8, 8, 6);
    make_png_end(&m.png, pixels, 8, 8);
    check_refused(&m, 0,
                  "a.png:+16: error PACK-PNG-SIZE: the picture has 257 x 8");
}

TEST(png, what_is_no_png_is_refused)
{
    struct made m;
    begin(&m);
    pm_buf_puts(&m.png, "GIF89a and then some more bytes to fill the head");
    check_refused(&m, 0, "a.png:+0: error PACK-PNG: this is no PNG");
    begin(&m);
    check_refused(&m, 0, "a.png:+0: error PACK-PNG: this is no PNG");
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
