// SPDX-License-Identifier: MIT
#include "pack/convert.h"

#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "base/bits.h"

#include "support/fault_alloc.h"
#include "support/make_aseprite.h"
#include "support/test.h"

struct world {
    struct make_ase m;
    struct pm_buf bytes;
    struct pm_buf report;
    struct pm_diags diags;
    struct pm_pack_animation result;
    pm_status status;
};

static const uint8_t red[4] = {255, 0, 0, 255};
static const uint8_t green[4] = {0, 255, 0, 255};
static const uint8_t blue[4] = {0, 0, 255, 255};
static const uint8_t none[4] = {0, 0, 0, 0};

static const uint8_t colours[4][4] = {
    {10, 0, 0, 255}, {20, 0, 0, 255}, {30, 0, 0, 255}, {40, 0, 0, 255}};

static void begin(struct world *w, uint16_t width, uint16_t height,
                  uint16_t bits, uint16_t frames, uint32_t flags,
                  uint8_t transparent)
{
    struct pm_allocator alloc = pm_allocator_libc();
    memset(w, 0, sizeof *w);
    pm_buf_init(&w->bytes, &alloc);
    pm_buf_init(&w->report, &alloc);
    pm_diags_init(&w->diags, &alloc);
    make_ase_begin(&w->m, &w->bytes, width, height, bits, frames, flags,
                   transparent);
    make_ase_frame(&w->m, 100);
}

static void decode(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_file file = {.name = "a.ase",
                                .bytes = w->bytes.data,
                                .size = w->bytes.size,
                                .alloc = &alloc,
                                .diags = &w->diags,
                                .report = &w->report};
    w->status = pm_pack_decode_aseprite(&file, &w->result);
    for (size_t i = 0; w->status && i < w->diags.count; i++)
        CHECK(w->diags.items[i].place.has_offset);
}

static void finish(struct world *w)
{
    make_ase_end(&w->m);
    decode(w);
}

static void end(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_pack_animation_free(&alloc, &w->result);
    pm_buf_free(&w->bytes);
    pm_buf_free(&w->report);
    pm_diags_free(&w->diags);
}

static bool mentions(const struct pm_diags *diags, const char *what)
{
    for (size_t i = 0; i < diags->count; i++)
        if (strstr(diags->items[i].text, what))
            return true;
    fprintf(stderr, "wanted: %s\n", what);
    for (size_t i = 0; i < diags->count; i++)
        fprintf(stderr, "found:  %s\n", diags->items[i].text);
    return false;
}

// Whether a pixel of an RGBA frame is [rgba].
static bool is(const struct world *w, uint32_t frame, uint32_t x, uint32_t y,
               const uint8_t *rgba)
{
    if (w->status || frame >= w->result.frame_count)
        return false;
    const struct pm_pack_image *image = &w->result.frames[frame];
    const uint8_t *at = image->pixels + ((size_t)y * image->width + x) * 4;
    if (image->is_indexed)
        return false;
    return rgba[3] == 0 ? at[3] == 0 : memcmp(at, rgba, 4) == 0;
}

static void layer(struct world *w, const char *name)
{
    make_ase_layer(&w->m, 1, 0, 0, 0, 255, name);
}

// A raw cel of one pixel of 32 bits.
static void dot(struct world *w, uint16_t at, int16_t x, int16_t z,
                const uint8_t *rgba)
{
    struct make_ase_cel cel = {at, x, 0, 255, z, 1, 1};
    make_ase_cel(&w->m, &cel, 0, rgba, 4);
}

// --- pixels ------------------------------------------------------------------

TEST(aseprite, cels_are_put_in_their_place_and_clipped)
{
    static const int16_t places[][2] = {
        {1, 1}, {-1, -1}, {3, 2}, {9, 9}, {-9, 0}};
    for (size_t i = 0; i < PM_ARRAY_LEN(places); i++) {
        for (uint16_t kind = 0; kind <= 2; kind += 2) {
            uint8_t pixels[4][4];
            struct world w;
            begin(&w, 4, 3, 32, 1, 1, 0);
            for (int k = 0; k < 4; k++)
                memcpy(pixels[k], k == 3 ? blue : red, 4);
            layer(&w, "a");
            struct make_ase_cel cel = {0, places[i][0], places[i][1], 255, 0, 2,
                                       2};
            make_ase_cel(&w.m, &cel, kind, pixels, sizeof pixels);
            finish(&w);
            REQUIRE(w.status == PM_OK);
            CHECK_INT(w.result.width, 4);
            CHECK_INT(w.result.height, 3);
            CHECK_INT(w.result.durations[0], 100);
            for (int y = 0; y < 3; y++)
                for (int x = 0; x < 4; x++) {
                    int cx = x - places[i][0];
                    int cy = y - places[i][1];
                    bool in = cx >= 0 && cy >= 0 && cx < 2 && cy < 2;
                    CHECK(is(&w, 0, (uint32_t)x, (uint32_t)y,
                             !in                  ? none
                             : cx == 1 && cy == 1 ? blue
                                                  : red));
                }
            end(&w);
        }
    }
}

TEST(aseprite, grey_pixels_become_rgba)
{
    static const uint8_t pixels[] = {100, 255, 50, 128};
    static const uint8_t wanted[2][4] = {{100, 100, 100, 255},
                                         {50, 50, 50, 128}};
    struct world w;
    begin(&w, 2, 1, 16, 1, 1, 0);
    layer(&w, "a");
    struct make_ase_cel cel = {0, 0, 0, 255, 0, 2, 1};
    make_ase_cel(&w.m, &cel, 2, pixels, sizeof pixels);
    finish(&w);
    CHECK(is(&w, 0, 0, 0, wanted[0]));
    CHECK(is(&w, 0, 1, 0, wanted[1]));
    end(&w);
}

static void indexed(struct world *w, uint16_t layer_flags, uint8_t opacity,
                    const uint8_t *pixels)
{
    begin(w, 4, 1, 8, 1, 1, 2);
    make_ase_palette(&w->m, colours, 4);
    make_ase_layer(&w->m, layer_flags, 0, 0, 0, opacity, "a");
    struct make_ase_cel cel = {0, 0, 0, 255, 0, 4, 1};
    make_ase_cel(&w->m, &cel, 2, pixels, 4);
    finish(w);
}

TEST(aseprite, an_indexed_file_keeps_indices_and_palette)
{
    static const uint8_t pixels[4] = {3, 2, 1, 0};
    struct world w;
    indexed(&w, 1, 255, pixels);
    REQUIRE(w.status == PM_OK);
    const struct pm_pack_image *image = &w.result.frames[0];
    REQUIRE(image->is_indexed);
    CHECK_INT(image->bytes, 4);
    CHECK(memcmp(image->pixels, pixels, 4) == 0);
    CHECK_INT(image->colours, 4);
    for (int i = 0; i < 4; i++) {
        CHECK_INT(image->palette[i][0], 10 + i * 10);
        CHECK_INT(image->alpha[i], i == 2 ? 0 : 255);
    }
    end(&w);
}

TEST(aseprite, an_indexed_background_has_no_transparent_index)
{
    static const uint8_t pixels[4] = {3, 2, 1, 0};
    struct world w;
    indexed(&w, 1 | 8, 255, pixels);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.result.frames[0].is_indexed);
    CHECK_INT(w.result.frames[0].alpha[2], 255);
    end(&w);
}

TEST(aseprite, an_indexed_file_that_is_not_opaque_becomes_rgba)
{
    static const uint8_t pixels[4] = {3, 2, 1, 0};
    static const uint8_t wanted[4] = {40, 0, 0, 128};
    struct world w;
    indexed(&w, 1, 128, pixels);
    CHECK(is(&w, 0, 0, 0, wanted));
    CHECK(is(&w, 0, 1, 0, none));
    end(&w);
}

TEST(aseprite, indices_beyond_the_palette_are_transparent_and_told)
{
    static const uint8_t pixels[4] = {3, 200, 1, 4};
    struct world w;
    indexed(&w, 1, 255, pixels);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.result.frames[0].is_indexed);
    CHECK(memcmp(w.result.frames[0].pixels, "\3\2\1\2", 4) == 0);
    CHECK(strstr(pm_buf_cstr(&w.report), "2 pixels have an index that"));
    end(&w);
}

TEST(aseprite, a_palette_that_changes_makes_frames_rgba)
{
    static const uint8_t other[4][4] = {{90, 0, 0, 255}, {91, 0, 0, 255}};
    static const uint8_t wanted[2][4] = {{20, 0, 0, 255}, {91, 0, 0, 255}};
    static const uint8_t pixel[1] = {1};
    for (int changed = 0; changed < 2; changed++) {
        struct world w;
        struct make_ase_cel cel = {0, 0, 0, 255, 0, 1, 1};
        begin(&w, 1, 1, 8, 2, 1, 0);
        make_ase_palette(&w.m, colours, 4);
        layer(&w, "a");
        make_ase_cel(&w.m, &cel, 0, pixel, 1);
        make_ase_frame(&w.m, 0);
        make_ase_palette(&w.m, changed ? other : colours, 4);
        make_ase_link(&w.m, &cel, 0);
        finish(&w);
        REQUIRE(w.status == PM_OK);
        CHECK_INT(w.result.frames[0].is_indexed, !changed);
        CHECK_INT(w.result.frames[1].is_indexed, !changed);
        if (changed) {
            CHECK(is(&w, 0, 0, 0, wanted[0]));
            CHECK(is(&w, 1, 0, 0, wanted[1]));
        }
        end(&w);
    }
}

TEST(aseprite, old_palettes_count_until_a_new_one_is_there)
{
    static const uint8_t body[] = {2, 0, 1, 1, 9, 8, 7, 1, 1, 63, 62, 0};
    static const uint8_t pixels[4] = {0, 1, 2, 3};
    for (int kind = 0; kind < 3; kind++) {
        struct world w;
        struct make_ase_cel cel = {0, 0, 0, 255, 0, 4, 1};
        begin(&w, 4, 1, 8, 1, 1, 9);
        if (kind == 2)
            make_ase_palette(&w.m, colours, 4);
        make_ase_chunk(&w.m, kind == 1 ? 0x11 : 0x04, body, sizeof body);
        layer(&w, "a");
        make_ase_cel(&w.m, &cel, 0, pixels, 4);
        finish(&w);
        REQUIRE(w.status == PM_OK);
        const struct pm_pack_image *image = &w.result.frames[0];
        CHECK_INT(image->palette[1][0], kind == 0 ? 9 : kind == 1 ? 36 : 20);
        CHECK_INT(image->palette[3][0], kind == 0 ? 63 : kind == 1 ? 255 : 40);
        CHECK_INT(image->palette[2][0], kind == 2 ? 30 : 0);
        CHECK_INT(image->colours, 10);
        end(&w);
    }
}

// --- layers ------------------------------------------------------------------

TEST(aseprite, what_is_hidden_is_not_seen)
{
    struct world w;
    begin(&w, 5, 1, 32, 1, 1, 0);
    layer(&w, "shown");
    make_ase_layer(&w.m, 0, 0, 0, 0, 255, "hidden");
    make_ase_layer(&w.m, 0, 1, 0, 0, 255, "hidden group");
    make_ase_layer(&w.m, 1, 1, 1, 0, 255, "group in it");
    make_ase_layer(&w.m, 1, 0, 2, 0, 255, "shown in it");
    make_ase_layer(&w.m, 1 | 64, 0, 0, 0, 255, "reference");
    make_ase_layer(&w.m, 1, 1, 0, 0, 255, "shown group");
    make_ase_layer(&w.m, 1, 0, 1, 0, 255, "shown in it");
    static const uint16_t with_cels[] = {0, 1, 4, 5, 7};
    for (size_t i = 0; i < 5; i++)
        dot(&w, with_cels[i], (int16_t)i, 0, red);
    finish(&w);
    CHECK(is(&w, 0, 0, 0, red));
    CHECK(is(&w, 0, 1, 0, none));
    CHECK(is(&w, 0, 2, 0, none));
    CHECK(is(&w, 0, 3, 0, none));
    CHECK(is(&w, 0, 4, 0, red));
    end(&w);
}

TEST(aseprite, opacities_of_cel_and_layer_are_multiplied)
{
    static const uint8_t wanted[3][4] = {
        {255, 0, 0, 128}, {255, 0, 0, 64}, {255, 0, 0, 128}};
    for (uint32_t flags = 0; flags < 2; flags++) {
        struct world w;
        begin(&w, 2, 1, 32, 1, flags, 0);
        make_ase_layer(&w.m, 1, 0, 0, 0, 128, "a");
        struct make_ase_cel cel = {0, 1, 0, 128, 0, 1, 1};
        make_ase_cel(&w.m, &cel, 0, red, 4);
        finish(&w);
        // Without flag 1 the layer's opacity means nothing.
        CHECK(is(&w, 0, 1, 0, wanted[flags ? 1 : 2]));
        end(&w);
    }
}

TEST(aseprite, the_layer_s_blend_mode_is_used)
{
    static const uint8_t below[4] = {200, 100, 50, 255};
    static const uint8_t above[4] = {100, 100, 255, 255};
    static const uint8_t wanted[4] = {78, 39, 50, 255};
    struct world w;
    begin(&w, 1, 1, 32, 1, 1, 0);
    layer(&w, "below");
    make_ase_layer(&w.m, 1, 0, 0, 1, 255, "multiply");
    dot(&w, 0, 0, 0, below);
    dot(&w, 1, 0, 0, above);
    finish(&w);
    CHECK(is(&w, 0, 0, 0, wanted));
    end(&w);
}

// Layers 0, 1 and 2 are red, green and blue; what lies on top?
TEST(aseprite, the_z_index_moves_a_cel_between_layers)
{
    static const struct {
        int16_t z[3];
        const uint8_t *top;
    } rows[] = {
        {{0, 0, 0}, blue},  {{2, 0, 0}, red},    {{1, 0, 0}, blue},
        {{0, 1, 0}, green}, {{0, 0, -1}, green}, {{0, 0, -2}, green},
        {{9, 5, 0}, red},   {{-3, 0, 0}, blue},  {{32767, 32767, 0}, green},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct world w;
        begin(&w, 1, 1, 32, 1, 1, 0);
        for (int k = 0; k < 3; k++)
            layer(&w, "a");
        dot(&w, 0, 0, rows[i].z[0], red);
        dot(&w, 1, 0, rows[i].z[1], green);
        dot(&w, 2, 0, rows[i].z[2], blue);
        finish(&w);
        if (!CHECK(is(&w, 0, 0, 0, rows[i].top)))
            fprintf(stderr, "in row %zu\n", i);
        end(&w);
    }
}

TEST(aseprite, a_background_stays_below_all)
{
    struct world w;
    begin(&w, 1, 1, 32, 1, 1, 0);
    make_ase_layer(&w.m, 1 | 8, 0, 0, 0, 255, "background");
    layer(&w, "a");
    dot(&w, 0, 0, 100, red);
    dot(&w, 1, 0, -100, green);
    finish(&w);
    CHECK(is(&w, 0, 0, 0, green));
    end(&w);
}

TEST(aseprite, groups_are_laid_over_by_themselves_where_the_file_says_so)
{
    // A group of half opacity with green over red: by itself it is half
    // green; else green lies over all.
    static const uint8_t wanted[4] = {0, 128, 127, 255};
    for (uint32_t flags = 1; flags <= 3; flags += 2) {
        struct world w;
        begin(&w, 2, 1, 32, 1, flags, 0);
        layer(&w, "below");
        make_ase_layer(&w.m, 1, 1, 0, 0, 128, "group");
        make_ase_layer(&w.m, 1, 0, 1, 0, 255, "red");
        make_ase_layer(&w.m, 1, 1, 1, 0, 255, "inner");
        make_ase_layer(&w.m, 1, 0, 2, 0, 255, "green");
        dot(&w, 0, 0, 0, blue);
        dot(&w, 2, 0, 0, red);
        dot(&w, 4, 0, 0, green);
        finish(&w);
        CHECK(is(&w, 0, 0, 0, flags == 3 ? wanted : green));
        CHECK(is(&w, 0, 1, 0, none));
        end(&w);
    }
}

// --- frames ------------------------------------------------------------------

TEST(aseprite, linked_cels_show_the_pixels_of_an_earlier_frame)
{
    struct world w;
    struct make_ase_cel cel = {0, 2, 0, 255, 0, 1, 1};
    begin(&w, 3, 1, 32, 4, 1, 0);
    layer(&w, "a");
    layer(&w, "b");
    dot(&w, 1, 1, 0, green);
    dot(&w, 0, 0, 0, red);
    make_ase_frame(&w.m, 0);
    make_ase_link(&w.m, &cel, 0);
    make_ase_frame(&w.m, 40);
    make_ase_frame(&w.m, 50);
    // To a link, and to a layer that came first in its frame.
    make_ase_link(&w.m, &cel, 1);
    cel.layer = 1;
    cel.x = 0;
    make_ase_link(&w.m, &cel, 0);
    finish(&w);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.result.frame_count == 4);
    CHECK(is(&w, 0, 0, 0, red));
    CHECK(is(&w, 0, 1, 0, green));
    CHECK(is(&w, 1, 0, 0, none));
    CHECK(is(&w, 1, 2, 0, red));
    CHECK(is(&w, 2, 2, 0, none));
    CHECK(is(&w, 3, 2, 0, red));
    CHECK(is(&w, 3, 0, 0, green));
    CHECK_INT(w.result.durations[0], 100);
    CHECK_INT(w.result.durations[1], 70);
    CHECK_INT(w.result.durations[2], 40);
    end(&w);
}

TEST(aseprite, tags_have_names_frames_direction_and_repeat)
{
    struct world w;
    begin(&w, 1, 1, 32, 3, 1, 0);
    make_ase_tag(&w.m, 1, 2, 3, 7, "l\xc3\xa4uft");
    make_ase_frame(&w.m, 1);
    make_ase_frame(&w.m, 1);
    finish(&w);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.result.tag_count == 1);
    const struct pm_pack_tag *tag = &w.result.tags[0];
    CHECK_STR(tag->name, "l\xc3\xa4uft");
    CHECK_INT(tag->from, 1);
    CHECK_INT(tag->to, 2);
    CHECK_INT(tag->direction, 3);
    CHECK_INT(tag->repeat, 7);
    end(&w);
}

TEST(aseprite, chunks_that_are_not_known_are_left_out_and_told)
{
    struct world w;
    begin(&w, 1, 1, 32, 1, 1, 0);
    make_ase_chunk(&w.m, 0x2020, "any", 3);
    make_ase_chunk(&w.m, 0x2007, "any", 3);
    make_ase_chunk(&w.m, 0x3000, "any", 3);
    make_ase_chunk(&w.m, 0x3001, NULL, 0);
    finish(&w);
    CHECK_INT(w.status, PM_OK);
    CHECK_STR(pm_buf_cstr(&w.report),
              "a.ase: 2 chunks of kinds that are not known left out\n");
    end(&w);
}

// --- tiles -------------------------------------------------------------------

#define FLIP_X 0x80000000
#define FLIP_Y 0x40000000
#define TURN   0x20000000

// An indexed tilemap of 2 x 1 tiles of 2 x 2 pixels.
static void tilemap(struct world *w, uint32_t left, uint32_t right,
                    uint16_t height)
{
    static const uint8_t pixels[8] = {0, 0, 0, 0, 1, 2, 3, 0};
    const uint32_t tiles[] = {left, right};
    struct make_ase_cel cel = {0, 1, 0, 255, 0, 2, 1};
    begin(w, 6, 2, 8, 1, 1, 0);
    make_ase_palette(&w->m, colours, 4);
    make_ase_tileset(&w->m, 7, height == 2 ? 2 : 4, 2, height, pixels, 8);
    make_ase_layer(&w->m, 1, 2, 0, 0, 255, "map");
    make_ase_tiles(&w->m, &cel, tiles);
    finish(w);
}

TEST(aseprite, tilemaps_are_drawn_with_all_flips)
{
    static const struct {
        uint32_t cell;
        uint8_t wanted[4];
    } rows[] = {
        {0, {0, 0, 0, 0}},
        {1, {1, 2, 3, 0}},
        {1 | FLIP_X, {2, 1, 0, 3}},
        {1 | FLIP_Y, {3, 0, 1, 2}},
        {1 | TURN, {1, 3, 2, 0}},
        {1 | FLIP_X | FLIP_Y, {0, 3, 2, 1}},
        // Turned to the right: the left column, from below, is on top.
        {1 | FLIP_X | TURN, {3, 1, 0, 2}},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct world w;
        const uint8_t *want = rows[i].wanted;
        tilemap(&w, rows[i].cell, 1, 2);
        REQUIRE(w.status == PM_OK);
        REQUIRE(w.result.frames[0].is_indexed);
        const uint8_t *pixels = w.result.frames[0].pixels;
        const uint8_t upper[6] = {0, want[0], want[1], 1, 2, 0};
        const uint8_t lower[6] = {0, want[2], want[3], 3, 0, 0};
        if (!CHECK(memcmp(pixels, upper, 6) == 0 &&
                   memcmp(pixels + 6, lower, 6) == 0))
            fprintf(stderr, "in row %zu\n", i);
        end(&w);
    }
}

TEST(aseprite, tiles_that_are_not_there_or_cannot_turn_are_refused)
{
    struct world w;
    tilemap(&w, 1, 2, 2);
    CHECK(mentions(&w.diags, "frame 1, layer 0 \"map\", cel: tile 2 at 1, 0; "
                             "the tileset has 2"));
    end(&w);
    tilemap(&w, 1 | TURN, 1, 1);
    CHECK(mentions(&w.diags, "the tile at 0, 0 is turned, but tiles are not "
                             "square"));
    end(&w);
}

// --- bad files ---------------------------------------------------------------

// The file that is damaged: where its parts begin.
enum {
    FRAME = 128,
    LAYER = FRAME + 16,         // 6 + 16 + 2 + 4
    CEL = LAYER + 6 + 18 + 4,   // 6 + 16 + 4 + zlib of 4 bytes: 2 + 5 + 4 + 4
    TAGS = CEL + 6 + 20 + 15,   // 6 + 10 + 17 + 2 + 3
    FRAME2 = TAGS + 6 + 27 + 5, //
    LINK = FRAME2 + 16,         // 6 + 16 + 2
    GOOD_SIZE = LINK + 6 + 16 + 2
};

static void make_good(struct world *w, uint32_t flags)
{
    struct make_ase_cel cel = {0, 0, 0, 255, 0, 1, 1};
    begin(w, 8, 4, 32, 2, flags, 0);
    layer(w, "legs");
    make_ase_cel(&w->m, &cel, 2, red, 4);
    make_ase_tag(&w->m, 0, 1, 0, 0, "run");
    make_ase_frame(&w->m, 100);
    make_ase_link(&w->m, &cel, 0);
    make_ase_end(&w->m);
}

TEST(aseprite, the_file_that_is_damaged_below_is_good)
{
    struct world w;
    make_good(&w, 1);
    CHECK_INT(w.bytes.size, GOOD_SIZE);
    decode(&w);
    CHECK_INT(w.status, PM_OK);
    end(&w);
}

struct damage {
    const char *what;
    size_t at; // where [bytes] go
    size_t size;
    const char *bytes;
    size_t offset; // of the message
    const char *expected;
};

static const struct damage damages[] = {
    {"magic", 4, 2, "\0\0", 0, "this is no Aseprite file"},
    {"file size", 0, 4, "\xff\xff\0\0", 0,
     "the header says the file has 65535"},
    {"no frames", 6, 2, "\0\0", 0, "there are 0 frames"},
    {"many frames", 6, 2, "\xff\xff", 0, "there are 65535 frames"},
    {"width 0", 8, 2, "\0\0", 0, "the canvas has 0 x 4"},
    {"width 4097", 8, 2, "\1\x10", 0, "the canvas has 4097 x 4"},
    {"height 65535", 10, 2, "\xff\xff", 0, "the canvas has 8 x 65535"},
    {"all pixels", 8, 4, "\0\x10\0\x10", 0,
     "2 frames of 4096 x 4096 have 33554432 pixels together"},
    {"24 bits", 12, 2, "\x18\0", 0, "pixels have 24 bits"},
    {"frame size", FRAME, 4, "\xff\xff\0\0", FRAME,
     "frame 1, header: the frame says it has 65535 bytes"},
    {"frame short", FRAME, 4, "\xf\0\0\0", FRAME, "it has 15 bytes"},
    {"frame magic", FRAME + 4, 2, "\0\0", FRAME, "begins with 0000"},
    {"chunks", FRAME + 6, 2, "\4\0", FRAME2, "chunk 4 of 4 says it has 0"},
    {"new chunks", FRAME + 12, 4, "\xff\xff\xff\xff", FRAME2,
     "chunk 4 of 4294967295 says"},
    {"chunk size", LAYER, 4, "\5\0\0\0", LAYER,
     "frame 1, chunks: chunk 1 of 3 says it has 5 bytes"},
    {"chunk long", TAGS, 4, "\xff\0\0\0", TAGS, "chunk 3 of 3 says it has 255"},
    {"layer kind", LAYER + 8, 2, "\3\0", LAYER, "layer: a layer of kind 3"},
    {"layer level", LAYER + 10, 2, "\1\0", LAYER, "the layer is on level 1"},
    {"layer deep", LAYER + 10, 2, "\x10\0", LAYER, "groups are 16 deep"},
    {"layer blend", LAYER + 16, 2, "\x13\0", LAYER, "blend mode 19"},
    {"layer name", LAYER + 22, 2, "\5\0", LAYER, "the chunk ends before"},
    {"cel layer", CEL + 6, 2, "\1\0", CEL,
     "frame 1, cel: a cel of layer 1; there are 1 so far"},
    {"cel kind", CEL + 13, 2, "\4\0", CEL,
     "frame 1, layer 0 \"legs\", cel: a cel of kind 4"},
    {"cel on group", LAYER + 8, 2, "\1\0", CEL, "a group has no cels"},
    {"cel of tiles", CEL + 13, 2, "\3\0", CEL, "of tiles on a layer of pixels"},
    {"cel links to itself", CEL + 13, 2, "\1\0", CEL,
     "linked to frame 2; it must be an earlier one"},
    {"cel raw short", CEL + 13, 4, "\0\0\0\0", CEL, ""},
    {"cel wide", CEL + 22, 2, "\2\0", CEL,
     "the packed pixels end after 4 of 8 bytes"},
    {"cel bomb", CEL + 22, 4, "\xff\xff\xff\xff", CEL,
     "15 packed bytes cannot be the 17179344900 that the size asks for"},
    {"zlib head", CEL + 26, 1, "\0", CEL, "damaged near byte"},
    {"zlib sum", CEL + 38, 1, "\7", CEL, "damaged near byte"},
    {"zlib block", CEL + 28, 1, "\7", CEL, "damaged near byte"},
    {"zlib long", CEL + 29, 5, "\3\0\xfc\xff\0", CEL, ""},
    {"tag from", TAGS + 16, 2, "\2\0", TAGS, "goes from frame 3 to 2 of 2"},
    {"tag to", TAGS + 18, 2, "\2\0", TAGS, "goes from frame 1 to 3 of 2"},
    {"tag direction", TAGS + 20, 1, "\4", TAGS, "has direction 4"},
    {"tag name", TAGS + 35, 1, "\xff", TAGS, "is not UTF-8"},
    {"tag name nul", TAGS + 36, 1, "\0", TAGS, "is not UTF-8"},
    {"tags many", TAGS + 6, 2, "\2\0", TAGS, "the chunk ends before"},
    {"link later", LINK + 22, 2, "\1\0", LINK,
     "frame 2, layer 0 \"legs\", cel: the cel is linked to frame 2"},
    {"link far", LINK + 22, 2, "\xff\xff", LINK, "linked to frame 65536"},
};

TEST(aseprite, each_damaged_file_is_refused_with_place_and_reason)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(damages); i++) {
        const struct damage *row = &damages[i];
        struct world w;
        make_good(&w, 1);
        memcpy(w.bytes.data + row->at, row->bytes, row->size);
        decode(&w);
        if (!row->expected[0]) {
            // Only not to be read in a wrong way.
            CHECK(w.status == PM_OK || w.diags.errors > 0);
        } else if (!CHECK_INT(w.status, PM_ERR_INVALID) ||
                   !CHECK(mentions(&w.diags, row->expected)) ||
                   !CHECK_INT(w.diags.items[0].place.offset, row->offset)) {
            fprintf(stderr, "in: %s\n", row->what);
        }
        end(&w);
    }
}

TEST(aseprite, a_file_cut_off_anywhere_is_refused)
{
    for (size_t size = 0; size < GOOD_SIZE; size++) {
        struct world w;
        make_good(&w, 1);
        // From a block of its own, so that a byte too far is seen.
        uint8_t *copy = malloc(size ? size : 1);
        memcpy(copy, w.bytes.data, size);
        if (size >= 4)
            pm_store32(copy, (uint32_t)size);
        pm_buf_free(&w.bytes);
        w.bytes.data = copy;
        w.bytes.size = size;
        w.bytes.capacity = size ? size : 1;
        decode(&w);
        CHECK_INT(w.status, PM_ERR_INVALID);
        CHECK(w.diags.errors > 0);
        end(&w);
    }
}

TEST(aseprite, faults_of_all_frames_are_told)
{
    struct world w;
    make_good(&w, 1);
    w.bytes.data[LAYER + 16] = 99;
    w.bytes.data[CEL + 22] = 9;
    w.bytes.data[LINK + 22] = 9;
    decode(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 3);
    end(&w);
}

TEST(aseprite, a_second_cel_and_a_link_to_nothing_are_refused)
{
    struct world w;
    struct make_ase_cel cel = {1, 0, 0, 255, 0, 1, 1};
    begin(&w, 1, 1, 32, 2, 1, 0);
    layer(&w, "a");
    layer(&w, "b\x1b");
    dot(&w, 0, 0, 0, red);
    dot(&w, 0, 0, 0, red);
    make_ase_frame(&w.m, 1);
    make_ase_link(&w.m, &cel, 0);
    finish(&w);
    CHECK(mentions(&w.diags, "layer 0 \"a\", cel: a second cel"));
    // The name is hostile text.
    CHECK(mentions(&w.diags, "frame 2, layer 1 \"b\\x1b\", cel: the cel is "
                             "linked to frame 1, where its layer has none"));
    end(&w);
}

TEST(aseprite, a_bomb_that_unpacks_to_more_than_its_size_is_refused)
{
    static uint8_t zeroes[1 << 20];
    static uint8_t packed[1 << 16];
    uLongf size = sizeof packed;
    struct world w;
    struct pm_buf body;
    struct pm_allocator alloc = pm_allocator_libc();
    CHECK_INT(compress(packed, &size, zeroes, sizeof zeroes), Z_OK);
    begin(&w, 16, 16, 32, 1, 1, 0);
    layer(&w, "a");
    pm_buf_init(&body, &alloc);
    pm_buf_put(&body, "\0\0\0\0\0\0\xff\2\0\0\0\0\0\0\0\0\x10\0\x10\0", 20);
    body.size = 16;
    pm_buf_put(&body, "\x10\0\x10\0", 4);
    pm_buf_put(&body, packed, size);
    make_ase_chunk(&w.m, 0x2005, body.data, body.size);
    pm_buf_free(&body);
    finish(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(mentions(&w.diags, "are more than the 1024 bytes"));
    end(&w);
}

TEST(aseprite, cels_of_too_many_bytes_together_are_refused)
{
    static uint8_t zeroes[4096 * 4096];
    static uint8_t packed[1 << 18];
    uLongf size = sizeof packed;
    struct world w;
    struct pm_buf body;
    struct pm_allocator alloc = pm_allocator_libc();
    CHECK_INT(compress(packed, &size, zeroes, sizeof zeroes), Z_OK);
    begin(&w, 1, 1, 8, 1, 1, 0);
    make_ase_palette(&w.m, colours, 4);
    for (uint8_t i = 0; i < 5; i++) {
        layer(&w, "a");
        pm_buf_init(&body, &alloc);
        pm_buf_put(&body, "\0\0\0\0\0\0\xff\2\0\0\0\0\0\0\0\0", 16);
        body.data[0] = i;
        pm_buf_put(&body, "\0\x10\0\x10", 4);
        pm_buf_put(&body, packed, size);
        make_ase_chunk(&w.m, 0x2005, body.data, body.size);
        pm_buf_free(&body);
    }
    finish(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 1);
    CHECK(mentions(&w.diags, "layer 4 \"a\", cel: 16777216 bytes of pixels; "
                             "all cels and tiles together may have 67108864"));
    end(&w);
}

TEST(aseprite, links_cannot_make_much_work_of_a_small_file)
{
    static uint8_t pixels[4 * 512 * 512];
    struct world w;
    struct make_ase_cel cel = {0, 0, 0, 255, 0, 512, 512};
    begin(&w, 512, 512, 32, 60, 1, 0);
    for (int i = 0; i < 20; i++)
        layer(&w, "a");
    for (uint16_t i = 0; i < 20; i++) {
        cel.layer = i;
        make_ase_cel(&w.m, &cel, 0, pixels, sizeof pixels);
    }
    for (uint16_t frame = 1; frame < 60; frame++) {
        make_ase_frame(&w.m, 1);
        for (uint16_t i = 0; i < 20; i++) {
            cel.layer = i;
            make_ase_link(&w.m, &cel, frame - 1);
        }
    }
    finish(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 1);
    CHECK(mentions(&w.diags, "draw more than 268435456 pixels"));
    end(&w);
}

TEST(aseprite, other_faults_have_their_messages)
{
    static const struct {
        uint16_t type;
        const char *bytes;
        size_t size;
        const char *expected;
    } rows[] = {
        {0x2019, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20,
         "palette: a palette of 0 colours"},
        {0x2019, "\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20,
         "a palette of 257 colours"},
        {0x2019, "\4\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0", 20,
         "of which 2 to 1 are set"},
        {0x2019, "\4\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0", 20,
         "of which 0 to 4 are set"},
        {0x2019, "\4\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0", 20,
         "palette: the chunk ends before"},
        {0x0004, "\1\0\1\0", 4, "packet 0 sets the colours 1 to 256"},
        {0x0004, "\1\0\1\2", 4, "old palette: the chunk ends before"},
        {0x0011, "\1\0\0\1\0\x40\0", 7, "a colour of six bits"},
        {0x2018,
         "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0"
         "0123456789012345678901234567890123456789012345678901234567"
         "890123",
         29 + 64, "the name of tag 0 has 64 bytes; it must be at most 63"},
        {0x2023,
         "\7\0\0\0\2\0\0\0\1\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
         "\0\0\0\0",
         34, "1 tiles of 0 x 1 pixels"},
        {0x2023,
         "\7\0\0\0\2\0\0\0\1\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
         "\0\0\0\0\1\0\0\0",
         38, "tileset: the chunk ends before"},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct world w;
        begin(&w, 1, 1, 8, 1, 1, 0);
        make_ase_chunk(&w.m, rows[i].type, rows[i].bytes, rows[i].size);
        finish(&w);
        if (!CHECK_INT(w.status, PM_ERR_INVALID) ||
            !CHECK(mentions(&w.diags, rows[i].expected)))
            fprintf(stderr, "in row %zu\n", i);
        end(&w);
    }
}

TEST(aseprite, an_indexed_file_without_a_palette_is_refused)
{
    struct world w;
    begin(&w, 1, 1, 8, 1, 1, 0);
    finish(&w);
    CHECK(mentions(&w.diags, "there is no palette"));
    end(&w);
}

TEST(aseprite, layers_and_groups_have_limits)
{
    struct world w;
    begin(&w, 1, 1, 32, 1, 3, 0);
    for (uint16_t i = 0; i < 15; i++)
        make_ase_layer(&w.m, 1, 1, i, 0, 255, "g");
    make_ase_layer(&w.m, 1, 0, 15, 0, 255, "a");
    for (int i = 16; i < 1024; i++)
        layer(&w, "a");
    dot(&w, 15, 0, 0, red);
    finish(&w);
    CHECK(is(&w, 0, 0, 0, red));
    end(&w);
    begin(&w, 1, 1, 32, 1, 3, 0);
    for (int i = 0; i < 1025; i++)
        layer(&w, "a");
    finish(&w);
    CHECK(mentions(&w.diags, "there are more than 1024 layers"));
    end(&w);
}

static int ase_task(const struct pm_allocator *alloc, void *context)
{
    const struct pm_buf *bytes = context;
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_pack_animation result;
    struct pm_pack_file file = {.name = "a",
                                .bytes = bytes->data,
                                .size = bytes->size,
                                .alloc = alloc,
                                .diags = &diags,
                                .report = &report};
    pm_diags_init(&diags, alloc);
    pm_buf_init(&report, alloc);
    pm_status status = pm_pack_decode_aseprite(&file, &result);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    if (!status)
        pm_pack_animation_free(alloc, &result);
    bool ok = !status && !report.failed;
    pm_diags_free(&diags);
    pm_buf_free(&report);
    return ok;
}

TEST(aseprite, a_failed_allocation_leaves_nothing_behind)
{
    struct world w;
    make_good(&w, 1);
    CHECK(pm_fault_alloc_each(ase_task, &w.bytes, 0) > 10);
    end(&w);
    tilemap(&w, 1, 1 | FLIP_X, 2);
    CHECK(pm_fault_alloc_each(ase_task, &w.bytes, 0) > 10);
    end(&w);
}
