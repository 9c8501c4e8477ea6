// SPDX-License-Identifier: MIT
#include "pack/convert.h"

#include <stdio.h>

#include "base/bits.h"

#include "support/fault_alloc.h"
#include "support/test.h"

#define MAX_TILES 1100

// A sheet that is made of tiles of size [size], and all that comes out.
struct world {
    uint32_t size;
    struct pm_pack_sheet *sheet;
    uint32_t count;
    uint32_t numbers[MAX_TILES];
    uint8_t (*tiles)[32 * 32 * 4];
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_pack_glyph glyph;
    pm_status status;
};

static uint8_t pixels[MAX_TILES][32 * 32 * 4];

static void begin(struct world *w, uint32_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    memset(w, 0, sizeof *w);
    memset(pixels, 0, sizeof pixels);
    w->size = size;
    w->tiles = pixels;
    pm_diags_init(&w->diags, &alloc);
    pm_buf_init(&w->report, &alloc);
    CHECK_INT(pm_pack_sheet_create(&alloc, size, &w->sheet), PM_OK);
}

// A new tile, transparent.
static uint8_t *tile(struct world *w)
{
    return w->tiles[w->count++];
}

static void set(const struct world *w, uint8_t *at, uint32_t x, uint32_t y,
                uint16_t colour)
{
    at += (y * w->size + x) * 4;
    at[0] = (uint8_t)((colour >> 11) * 255 / 31);
    at[1] = (uint8_t)((colour >> 5 & 63) * 255 / 63);
    at[2] = (uint8_t)((colour & 31) * 255 / 31);
    at[3] = 255;
}

static void finish(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_file file = {.name = "a.png",
                                .alloc = &alloc,
                                .diags = &w->diags,
                                .report = &w->report};
    for (uint32_t i = 0; i < w->count; i++)
        CHECK_INT(pm_pack_sheet_add(w->sheet, w->tiles[i], w->size * 4,
                                    &w->numbers[i]),
                  PM_OK);
    w->status = pm_pack_sheet_finish(w->sheet, &file, &w->glyph);
}

static void end(struct world *w)
{
    if (!w->status)
        pm_buf_free(&w->glyph.bytes);
    pm_pack_sheet_free(w->sheet);
    pm_diags_free(&w->diags);
    pm_buf_free(&w->report);
}

// What the machine shows at a pixel of a cell: -1 is transparent.
static int shown(const struct world *w, struct pm_pack_cell cell, uint32_t x,
                 uint32_t y)
{
    const struct pm_pack_glyph *glyph = &w->glyph;
    uint32_t columns = glyph->width / w->size;
    uint32_t px = cell.flip_x ? w->size - 1 - x : x;
    uint32_t py = cell.flip_y ? w->size - 1 - y : y;

    if (!cell.is_used)
        return -1;
    px += cell.glyph % columns * w->size;
    py += cell.glyph / columns * w->size;
    size_t at = (size_t)py * glyph->width + px;
    int index = glyph->bytes.data[at / 2] >> (at % 2 ? 0 : 4) & 15;
    const uint8_t *palettes =
        glyph->bytes.data + (size_t)glyph->width * glyph->height / 2;
    return index ? pm_load16(palettes + cell.palette * 32 + index * 2) : -1;
}

// The number of pixels that are not shown as they were drawn.
static int wrong_pixels(const struct world *w)
{
    int wrong = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        struct pm_pack_cell cell = pm_pack_sheet_cell(w->sheet, w->numbers[i]);
        for (uint32_t k = 0; k < w->size * w->size; k++) {
            const uint8_t *at = w->tiles[i] + (size_t)k * 4;
            int wanted = at[3] < 128 ? -1 : pm_pack_rgb565(at);
            wrong += shown(w, cell, k % w->size, k / w->size) != wanted;
        }
    }
    return wrong;
}

static bool mentions(const struct pm_diags *diags, const char *what)
{
    return diags->count == 1 && strstr(diags->items[0].text, what);
}

static uint32_t palettes_of(const struct world *w)
{
    uint32_t added;
    uint32_t kept;
    uint32_t palettes;
    pm_pack_sheet_counts(w->sheet, &added, &kept, &palettes);
    return palettes;
}

// --- tiles -------------------------------------------------------------------

TEST(tiles, equal_tiles_are_kept_once_also_when_they_are_flipped)
{
    static struct world w;
    begin(&w, 8);
    for (unsigned flip = 0; flip < 4; flip++) {
        uint8_t *at = tile(&w);
        set(&w, at, flip & 1 ? 6 : 1, flip & 2 ? 7 : 0, 0xf800);
        set(&w, at, flip & 1 ? 7 : 0, flip & 2 ? 5 : 2, 0x07e0);
    }
    finish(&w);
    REQUIRE(w.status == PM_OK);
    uint32_t added;
    uint32_t kept;
    uint32_t palettes;
    pm_pack_sheet_counts(w.sheet, &added, &kept, &palettes);
    CHECK_INT(added, 4);
    CHECK_INT(kept, 1);
    CHECK_INT(palettes, 1);
    for (unsigned flip = 0; flip < 4; flip++) {
        struct pm_pack_cell cell = pm_pack_sheet_cell(w.sheet, flip);
        CHECK_INT(cell.glyph, 0);
        CHECK_INT(cell.flip_x, flip & 1);
        CHECK_INT(cell.flip_y, flip >> 1);
    }
    CHECK_INT(w.glyph.width, 8);
    CHECK_INT(w.glyph.height, 8);
    CHECK_INT(w.glyph.bytes.size, 8 * 8 / 2 + 2048);
    CHECK_INT(w.glyph.bytes.data[0], 0x02);
    CHECK_INT(wrong_pixels(&w), 0);
    end(&w);
}

TEST(tiles, a_tile_that_is_its_own_mirror_is_not_flipped)
{
    static struct world w;
    begin(&w, 16);
    for (int i = 0; i < 2; i++) {
        uint8_t *at = tile(&w);
        set(&w, at, 3, i ? 15 : 0, 0xf800);
        set(&w, at, 12, i ? 15 : 0, 0xf800);
    }
    finish(&w);
    REQUIRE(w.status == PM_OK);
    CHECK(!pm_pack_sheet_cell(w.sheet, 0).flip_x);
    CHECK(!pm_pack_sheet_cell(w.sheet, 1).flip_x);
    CHECK(pm_pack_sheet_cell(w.sheet, 1).flip_y);
    CHECK_INT(wrong_pixels(&w), 0);
    end(&w);
}

TEST(tiles, transparent_tiles_take_no_place_and_are_not_used)
{
    static struct world w;
    begin(&w, 8);
    tile(&w);
    uint8_t *at = tile(&w);
    // Alpha decides, not colour.
    set(&w, at, 1, 1, 0xffff);
    at[(8 + 1) * 4 + 3] = 127;
    set(&w, tile(&w), 0, 0, 0);
    finish(&w);
    REQUIRE(w.status == PM_OK);
    CHECK(!pm_pack_sheet_cell(w.sheet, 0).is_used);
    CHECK(!pm_pack_sheet_cell(w.sheet, 1).is_used);
    CHECK(pm_pack_sheet_cell(w.sheet, 2).is_used);
    CHECK_INT(w.glyph.width, 8);
    CHECK_INT(wrong_pixels(&w), 0);
    end(&w);
}

TEST(tiles, a_sheet_of_nothing_is_one_transparent_tile)
{
    static struct world w;
    begin(&w, 32);
    finish(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(w.glyph.width, 32);
    CHECK_INT(w.glyph.height, 32);
    CHECK_INT(w.glyph.tile_size, 32);
    REQUIRE(w.glyph.bytes.size == 32 * 32 / 2 + 2048);
    for (size_t i = 0; i < w.glyph.bytes.size; i++)
        CHECK_INT(w.glyph.bytes.data[i], 0);
    end(&w);
}

TEST(tiles, the_sheet_has_few_free_cells_and_is_wide_rather_than_high)
{
    static const struct {
        uint32_t tiles;
        uint16_t width;
        uint16_t height;
    } rows[] = {{1, 8, 8},     {2, 16, 8},       {4, 16, 16},
                {6, 24, 16},   {7, 56, 8},       {12, 32, 24},
                {37, 152, 16}, {1023, 256, 256}, {1024, 256, 256}};
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        static struct world w;
        begin(&w, 8);
        // A number in bits, and a corner so that no two are flips.
        for (uint32_t k = 0; k < rows[i].tiles; k++) {
            uint8_t *at = tile(&w);
            set(&w, at, 0, 0, 0x1234);
            for (uint32_t bit = 0; bit < 11; bit++)
                if (k >> bit & 1)
                    set(&w, at, 1 + bit % 5, 1 + bit / 5, 0xffff);
        }
        finish(&w);
        REQUIRE(w.status == PM_OK);
        CHECK_INT(w.glyph.width, rows[i].width);
        CHECK_INT(w.glyph.height, rows[i].height);
        CHECK_INT(pm_pack_sheet_cell(w.sheet, rows[i].tiles - 1).glyph,
                  rows[i].tiles - 1);
        CHECK_INT(wrong_pixels(&w), 0);
        end(&w);
    }
}

TEST(tiles, one_tile_too_many_is_refused_with_how_many_there_are)
{
    static struct world w;
    begin(&w, 32);
    for (uint16_t i = 0; i < 65; i++)
        set(&w, tile(&w), 0, 0, i);
    finish(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(mentions(&w.diags, "65 different tiles of 32 x 32 pixels; a sheet "
                             "of 256 x 256 holds 64"));
    end(&w);
}

TEST(tiles, a_tile_size_that_the_machine_does_not_have_is_refused)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_sheet *sheet;
    for (uint32_t size = 0; size < 100; size++)
        if (size != 8 && size != 16 && size != 32)
            CHECK_INT(pm_pack_sheet_create(&alloc, size, &sheet),
                      PM_ERR_INVALID);
}

TEST(tiles, rows_may_be_far_apart)
{
    static struct world w;
    struct pm_pack_file file = {.name = "a"};
    static uint8_t picture[8][100];
    begin(&w, 8);
    memset(picture, 255, sizeof picture);
    picture[3][5 * 4] = 0;
    set(&w, tile(&w), 0, 0, 0);
    for (uint32_t i = 0; i < 64; i++)
        set(&w, w.tiles[0], i % 8, i / 8, i == 3 * 8 + 5 ? 0x07ff : 0xffff);
    CHECK_INT(pm_pack_sheet_add(w.sheet, picture[0], 100, &w.numbers[0]),
              PM_OK);
    w.status = pm_pack_sheet_finish(w.sheet, &file, &w.glyph);
    CHECK_INT(wrong_pixels(&w), 0);
    end(&w);
}

// --- colours -----------------------------------------------------------------

TEST(tiles, colours_go_into_as_few_palettes_as_they_can)
{
    // Ten groups of 15 colours; each tile has five of one group.
    static struct world w;
    begin(&w, 8);
    for (uint16_t i = 0; i < 60; i++) {
        uint16_t group = i % 10;
        uint8_t *at = tile(&w);
        for (uint16_t k = 0; k < 5; k++)
            set(&w, at, k, 0,
                (uint16_t)(group * 1000 + (i / 10 * 3 + k) % 15 * 7));
    }
    finish(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(palettes_of(&w), 10);
    // In order of the tiles that first draw with them.
    for (uint32_t i = 0; i < 60; i++)
        CHECK_INT(pm_pack_sheet_cell(w.sheet, i).palette, i % 10);
    CHECK_INT(wrong_pixels(&w), 0);
    end(&w);
}

TEST(tiles, palettes_ascend_and_what_is_not_used_is_zero)
{
    static struct world w;
    begin(&w, 8);
    uint8_t *at = tile(&w);
    for (uint16_t i = 0; i < 15; i++)
        set(&w, at, i % 8, i / 8, (uint16_t)(1500 - i * 100));
    finish(&w);
    REQUIRE(w.status == PM_OK);
    const uint8_t *palettes = w.glyph.bytes.data + 32;
    CHECK_INT(pm_load16(palettes), 0);
    for (int i = 1; i < 16; i++)
        CHECK_INT(pm_load16(palettes + i * 2), i * 100);
    for (int i = 16; i < 1024; i++)
        CHECK_INT(pm_load16(palettes + i * 2), 0);
    end(&w);
}

TEST(tiles, more_than_64_palettes_are_refused_with_how_many_are_needed)
{
    static struct world w;
    for (uint16_t count = 64; count <= 65; count++) {
        begin(&w, 8);
        for (uint16_t i = 0; i < count; i++) {
            uint8_t *at = tile(&w);
            for (uint16_t k = 0; k < 15; k++)
                set(&w, at, k % 8, k / 8, (uint16_t)(i * 15 + k));
        }
        finish(&w);
        CHECK_INT(w.status, count == 64 ? PM_OK : PM_ERR_INVALID);
        if (count == 64)
            CHECK_INT(wrong_pixels(&w), 0);
        else
            CHECK(mentions(&w.diags, "need 65 palettes of 15 colours; a "
                                     "sheet has 64"));
        end(&w);
    }
}

TEST(tiles, a_tile_of_many_colours_is_reduced_and_the_report_says_so)
{
    static struct world w;
    begin(&w, 8);
    set(&w, tile(&w), 0, 0, 0xf800);
    uint8_t *at = tile(&w);
    for (uint16_t i = 0; i < 32; i++)
        set(&w, at, i % 8, i / 8, i);
    finish(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_STR(pm_buf_cstr(&w.report),
              "a.png: 1 tile of more than 15 colours reduced; the worst is "
              "glyph 1, from 32 colours to 15, off by up to 9 of 255\n");
    struct pm_pack_cell cell = pm_pack_sheet_cell(w.sheet, 1);
    for (int i = 0; i < 32; i++) {
        int found = shown(&w, cell, (uint32_t)i % 8, (uint32_t)i / 8);
        CHECK(found >= i - 1 && found <= i + 1);
    }
    CHECK_INT(shown(&w, cell, 0, 7), -1);
    end(&w);
}

// --- any tiles ---------------------------------------------------------------

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

// Tiles of a few colours out of [colours], some of them flips of others.
static void draw_random(struct world *w, uint32_t count, uint32_t colours,
                        uint32_t seed)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *at = tile(w);
        uint32_t kinds = 1 + next(&seed) % 15;
        uint32_t first = next(&seed) % colours;
        for (uint32_t k = 0; k < w->size * w->size; k++)
            if (next(&seed) % 4)
                set(w, at, k % w->size, k / w->size,
                    (uint16_t)((first + next(&seed) % kinds) % colours * 97));
        uint32_t from = next(&seed) % w->count;
        unsigned flip = next(&seed) % 8;
        if (flip < 4)
            for (uint32_t k = 0; k < w->size * w->size; k++) {
                uint32_t x = k % w->size;
                uint32_t y = k / w->size;
                uint32_t fx = flip & 1 ? w->size - 1 - x : x;
                uint32_t fy = flip & 2 ? w->size - 1 - y : y;
                if (w->tiles[from] != at)
                    memcpy(at + (size_t)k * 4,
                           w->tiles[from] + (fy * w->size + fx) * 4, 4);
            }
    }
}

TEST(tiles, whatever_is_drawn_is_shown_exactly)
{
    static const uint32_t sizes[] = {8, 16, 32};
    for (uint32_t seed = 0; seed < 30; seed++) {
        static struct world w;
        begin(&w, sizes[seed % 3]);
        draw_random(&w, 60, 10 + seed * 7, seed);
        finish(&w);
        REQUIRE(w.status == PM_OK);
        CHECK_INT(wrong_pixels(&w), 0);
        end(&w);
    }
}

TEST(tiles, the_result_depends_on_pixels_and_order_only)
{
    static struct world w[2];
    for (int i = 0; i < 2; i++) {
        begin(&w[i], 8);
        draw_random(&w[i], 300, 60, 5);
        finish(&w[i]);
        REQUIRE(w[i].status == PM_OK);
    }
    CHECK_INT(w[0].glyph.bytes.size, w[1].glyph.bytes.size);
    CHECK(memcmp(w[0].glyph.bytes.data, w[1].glyph.bytes.data,
                 w[0].glyph.bytes.size) == 0);
    end(&w[0]);
    end(&w[1]);
}

static int sheet_task(const struct pm_allocator *alloc, void *context)
{
    struct world *w = context;
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_pack_file file = {
        .name = "a", .alloc = alloc, .diags = &diags, .report = &report};
    struct pm_pack_sheet *sheet = NULL;
    struct pm_pack_glyph glyph;

    pm_diags_init(&diags, alloc);
    pm_buf_init(&report, alloc);
    pm_status status = pm_pack_sheet_create(alloc, w->size, &sheet);
    for (uint32_t i = 0; !status && i < w->count; i++)
        status =
            pm_pack_sheet_add(sheet, w->tiles[i], w->size * 4, &w->numbers[i]);
    if (!status)
        status = pm_pack_sheet_finish(sheet, &file, &glyph);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    if (!status)
        pm_buf_free(&glyph.bytes);
    pm_pack_sheet_free(sheet);
    bool ok = !status && !report.failed;
    pm_diags_free(&diags);
    pm_buf_free(&report);
    return ok;
}

TEST(tiles, a_failed_allocation_leaves_nothing_behind)
{
    static struct world w;
    begin(&w, 8);
    draw_random(&w, 100, 50, 1);
    uint8_t *at = tile(&w);
    for (uint16_t i = 0; i < 64; i++)
        set(&w, at, i % 8, i / 8, (uint16_t)(i * 500));
    CHECK(pm_fault_alloc_each(sheet_task, &w, 0) > 20);
    w.status = PM_ERR_INVALID;
    end(&w);
}
