// SPDX-License-Identifier: MIT
//
// Files of Aseprite that are good: the frames are what Aseprite shows.
#include <stdio.h>
#include <string.h>

#include "ase_world.h"
#include "support/test.h"

// --- pixels ------------------------------------------------------------------

TEST(aseprite, cels_are_put_in_their_place_and_clipped)
{
    static const int16_t places[][2] = {
        {1, 1}, {-1, -1}, {3, 2}, {9, 9}, {-9, 0}};
    for (size_t i = 0; i < PM_ARRAY_LEN(places); i++) {
        for (uint16_t kind = 0; kind <= 2; kind += 2) {
            uint8_t pixels[4][4];
            struct ase_world w;
            ase_begin(&w, 4, 3, 32, 1, 1, 0);
            for (int k = 0; k < 4; k++)
                memcpy(pixels[k], k == 3 ? ase_blue : ase_red, 4);
            ase_layer(&w, "a");
            struct make_ase_cel cel = {0, places[i][0], places[i][1], 255, 0, 2,
                                       2};
            make_ase_cel(&w.m, &cel, kind, pixels, sizeof pixels);
            ase_finish(&w);
            REQUIRE(w.status == PM_OK);
            CHECK_INT(w.result.width, 4);
            CHECK_INT(w.result.height, 3);
            CHECK_INT(w.result.durations[0], 100);
            for (int y = 0; y < 3; y++)
                for (int x = 0; x < 4; x++) {
                    int cx = x - places[i][0];
                    int cy = y - places[i][1];
                    bool in = cx >= 0 && cy >= 0 && cx < 2 && cy < 2;
                    CHECK(ase_is(&w, 0, (uint32_t)x, (uint32_t)y,
                                 !in                  ? ase_none
                                 : cx == 1 && cy == 1 ? ase_blue
                                                      : ase_red));
                }
            ase_end(&w);
        }
    }
}

TEST(aseprite, grey_pixels_become_rgba)
{
    static const uint8_t pixels[] = {100, 255, 50, 128};
    static const uint8_t wanted[2][4] = {{100, 100, 100, 255},
                                         {50, 50, 50, 128}};
    struct ase_world w;
    ase_begin(&w, 2, 1, 16, 1, 1, 0);
    ase_layer(&w, "a");
    struct make_ase_cel cel = {0, 0, 0, 255, 0, 2, 1};
    make_ase_cel(&w.m, &cel, 2, pixels, sizeof pixels);
    ase_finish(&w);
    CHECK(ase_is(&w, 0, 0, 0, wanted[0]));
    CHECK(ase_is(&w, 0, 1, 0, wanted[1]));
    ase_end(&w);
}

static void indexed(struct ase_world *w, uint16_t layer_flags, uint8_t opacity,
                    const uint8_t *pixels)
{
    ase_begin(w, 4, 1, 8, 1, 1, 2);
    make_ase_palette(&w->m, ase_colours, 4);
    make_ase_layer(&w->m, layer_flags, 0, 0, 0, opacity, "a");
    struct make_ase_cel cel = {0, 0, 0, 255, 0, 4, 1};
    make_ase_cel(&w->m, &cel, 2, pixels, 4);
    ase_finish(w);
}

TEST(aseprite, an_indexed_file_keeps_indices_and_palette)
{
    static const uint8_t pixels[4] = {3, 2, 1, 0};
    struct ase_world w;
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
    ase_end(&w);
}

TEST(aseprite, an_indexed_background_has_no_transparent_index)
{
    static const uint8_t pixels[4] = {3, 2, 1, 0};
    struct ase_world w;
    indexed(&w, 1 | 8, 255, pixels);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.result.frames[0].is_indexed);
    CHECK_INT(w.result.frames[0].alpha[2], 255);
    ase_end(&w);
}

TEST(aseprite, an_indexed_file_that_is_not_opaque_becomes_rgba)
{
    static const uint8_t pixels[4] = {3, 2, 1, 0};
    static const uint8_t wanted[4] = {40, 0, 0, 128};
    struct ase_world w;
    indexed(&w, 1, 128, pixels);
    CHECK(ase_is(&w, 0, 0, 0, wanted));
    CHECK(ase_is(&w, 0, 1, 0, ase_none));
    ase_end(&w);
}

TEST(aseprite, indices_beyond_the_palette_are_transparent_and_told)
{
    static const uint8_t pixels[4] = {3, 200, 1, 4};
    struct ase_world w;
    indexed(&w, 1, 255, pixels);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.result.frames[0].is_indexed);
    CHECK(memcmp(w.result.frames[0].pixels, "\3\2\1\2", 4) == 0);
    CHECK(strstr(pm_buf_cstr(&w.report), "2 pixels have an index that"));
    ase_end(&w);
}

TEST(aseprite, a_palette_that_changes_makes_frames_rgba)
{
    static const uint8_t other[4][4] = {{90, 0, 0, 255}, {91, 0, 0, 255}};
    static const uint8_t wanted[2][4] = {{20, 0, 0, 255}, {91, 0, 0, 255}};
    static const uint8_t pixel[1] = {1};
    for (int changed = 0; changed < 2; changed++) {
        struct ase_world w;
        struct make_ase_cel cel = {0, 0, 0, 255, 0, 1, 1};
        ase_begin(&w, 1, 1, 8, 2, 1, 0);
        make_ase_palette(&w.m, ase_colours, 4);
        ase_layer(&w, "a");
        make_ase_cel(&w.m, &cel, 0, pixel, 1);
        make_ase_frame(&w.m, 0);
        make_ase_palette(&w.m, changed ? other : ase_colours, 4);
        make_ase_link(&w.m, &cel, 0);
        ase_finish(&w);
        REQUIRE(w.status == PM_OK);
        CHECK_INT(w.result.frames[0].is_indexed, !changed);
        CHECK_INT(w.result.frames[1].is_indexed, !changed);
        if (changed) {
            CHECK(ase_is(&w, 0, 0, 0, wanted[0]));
            CHECK(ase_is(&w, 1, 0, 0, wanted[1]));
        }
        ase_end(&w);
    }
}

TEST(aseprite, old_palettes_count_until_a_new_one_is_there)
{
    static const uint8_t body[] = {2, 0, 1, 1, 9, 8, 7, 1, 1, 63, 62, 0};
    static const uint8_t pixels[4] = {0, 1, 2, 3};
    for (int kind = 0; kind < 3; kind++) {
        struct ase_world w;
        struct make_ase_cel cel = {0, 0, 0, 255, 0, 4, 1};
        ase_begin(&w, 4, 1, 8, 1, 1, 9);
        if (kind == 2)
            make_ase_palette(&w.m, ase_colours, 4);
        make_ase_chunk(&w.m, kind == 1 ? 0x11 : 0x04, body, sizeof body);
        ase_layer(&w, "a");
        make_ase_cel(&w.m, &cel, 0, pixels, 4);
        ase_finish(&w);
        REQUIRE(w.status == PM_OK);
        const struct pm_pack_image *image = &w.result.frames[0];
        CHECK_INT(image->palette[1][0], kind == 0 ? 9 : kind == 1 ? 36 : 20);
        CHECK_INT(image->palette[3][0], kind == 0 ? 63 : kind == 1 ? 255 : 40);
        CHECK_INT(image->palette[2][0], kind == 2 ? 30 : 0);
        CHECK_INT(image->colours, 10);
        ase_end(&w);
    }
}

// --- layers ------------------------------------------------------------------

TEST(aseprite, what_is_hidden_is_not_seen)
{
    struct ase_world w;
    ase_begin(&w, 5, 1, 32, 1, 1, 0);
    ase_layer(&w, "shown");
    make_ase_layer(&w.m, 0, 0, 0, 0, 255, "hidden");
    make_ase_layer(&w.m, 0, 1, 0, 0, 255, "hidden group");
    make_ase_layer(&w.m, 1, 1, 1, 0, 255, "group in it");
    make_ase_layer(&w.m, 1, 0, 2, 0, 255, "shown in it");
    make_ase_layer(&w.m, 1 | 64, 0, 0, 0, 255, "reference");
    make_ase_layer(&w.m, 1, 1, 0, 0, 255, "shown group");
    make_ase_layer(&w.m, 1, 0, 1, 0, 255, "shown in it");
    static const uint16_t with_cels[] = {0, 1, 4, 5, 7};
    for (size_t i = 0; i < 5; i++)
        ase_dot(&w, with_cels[i], (int16_t)i, 0, ase_red);
    ase_finish(&w);
    CHECK(ase_is(&w, 0, 0, 0, ase_red));
    CHECK(ase_is(&w, 0, 1, 0, ase_none));
    CHECK(ase_is(&w, 0, 2, 0, ase_none));
    CHECK(ase_is(&w, 0, 3, 0, ase_none));
    CHECK(ase_is(&w, 0, 4, 0, ase_red));
    ase_end(&w);
}

TEST(aseprite, opacities_of_cel_and_layer_are_multiplied)
{
    static const uint8_t wanted[3][4] = {
        {255, 0, 0, 128}, {255, 0, 0, 64}, {255, 0, 0, 128}};
    for (uint32_t flags = 0; flags < 2; flags++) {
        struct ase_world w;
        ase_begin(&w, 2, 1, 32, 1, flags, 0);
        make_ase_layer(&w.m, 1, 0, 0, 0, 128, "a");
        struct make_ase_cel cel = {0, 1, 0, 128, 0, 1, 1};
        make_ase_cel(&w.m, &cel, 0, ase_red, 4);
        ase_finish(&w);
        // Without flag 1 the layer's opacity means nothing.
        CHECK(ase_is(&w, 0, 1, 0, wanted[flags ? 1 : 2]));
        ase_end(&w);
    }
}

TEST(aseprite, the_layer_s_blend_mode_is_used)
{
    static const uint8_t below[4] = {200, 100, 50, 255};
    static const uint8_t above[4] = {100, 100, 255, 255};
    static const uint8_t wanted[4] = {78, 39, 50, 255};
    struct ase_world w;
    ase_begin(&w, 1, 1, 32, 1, 1, 0);
    ase_layer(&w, "below");
    make_ase_layer(&w.m, 1, 0, 0, 1, 255, "multiply");
    ase_dot(&w, 0, 0, 0, below);
    ase_dot(&w, 1, 0, 0, above);
    ase_finish(&w);
    CHECK(ase_is(&w, 0, 0, 0, wanted));
    ase_end(&w);
}

// Layers 0, 1 and 2 are red, green and blue; what lies on top?
TEST(aseprite, the_z_index_moves_a_cel_between_layers)
{
    static const struct {
        int16_t z[3];
        const uint8_t *top;
    } rows[] = {
        {{0, 0, 0}, ase_blue},          {{2, 0, 0}, ase_red},
        {{1, 0, 0}, ase_blue},          {{0, 1, 0}, ase_green},
        {{0, 0, -1}, ase_green},        {{0, 0, -2}, ase_green},
        {{9, 5, 0}, ase_red},           {{-3, 0, 0}, ase_blue},
        {{32767, 32767, 0}, ase_green},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct ase_world w;
        ase_begin(&w, 1, 1, 32, 1, 1, 0);
        for (int k = 0; k < 3; k++)
            ase_layer(&w, "a");
        ase_dot(&w, 0, 0, rows[i].z[0], ase_red);
        ase_dot(&w, 1, 0, rows[i].z[1], ase_green);
        ase_dot(&w, 2, 0, rows[i].z[2], ase_blue);
        ase_finish(&w);
        if (!CHECK(ase_is(&w, 0, 0, 0, rows[i].top)))
            fprintf(stderr, "in row %zu\n", i);
        ase_end(&w);
    }
}

TEST(aseprite, a_background_stays_below_all)
{
    struct ase_world w;
    ase_begin(&w, 1, 1, 32, 1, 1, 0);
    make_ase_layer(&w.m, 1 | 8, 0, 0, 0, 255, "background");
    ase_layer(&w, "a");
    ase_dot(&w, 0, 0, 100, ase_red);
    ase_dot(&w, 1, 0, -100, ase_green);
    ase_finish(&w);
    CHECK(ase_is(&w, 0, 0, 0, ase_green));
    ase_end(&w);
}

TEST(aseprite, groups_are_laid_over_by_themselves_where_the_file_says_so)
{
    // A group of half opacity with green over red: by itself it is half
    // green; else green lies over all.
    static const uint8_t wanted[4] = {0, 128, 127, 255};
    for (uint32_t flags = 1; flags <= 3; flags += 2) {
        struct ase_world w;
        ase_begin(&w, 2, 1, 32, 1, flags, 0);
        ase_layer(&w, "below");
        make_ase_layer(&w.m, 1, 1, 0, 0, 128, "group");
        make_ase_layer(&w.m, 1, 0, 1, 0, 255, "red");
        make_ase_layer(&w.m, 1, 1, 1, 0, 255, "inner");
        make_ase_layer(&w.m, 1, 0, 2, 0, 255, "green");
        ase_dot(&w, 0, 0, 0, ase_blue);
        ase_dot(&w, 2, 0, 0, ase_red);
        ase_dot(&w, 4, 0, 0, ase_green);
        ase_finish(&w);
        CHECK(ase_is(&w, 0, 0, 0, flags == 3 ? wanted : ase_green));
        CHECK(ase_is(&w, 0, 1, 0, ase_none));
        ase_end(&w);
    }
}

// --- frames ------------------------------------------------------------------

TEST(aseprite, linked_cels_show_the_pixels_of_an_earlier_frame)
{
    struct ase_world w;
    struct make_ase_cel cel = {0, 2, 0, 255, 0, 1, 1};
    ase_begin(&w, 3, 1, 32, 4, 1, 0);
    ase_layer(&w, "a");
    ase_layer(&w, "b");
    ase_dot(&w, 1, 1, 0, ase_green);
    ase_dot(&w, 0, 0, 0, ase_red);
    make_ase_frame(&w.m, 0);
    make_ase_link(&w.m, &cel, 0);
    make_ase_frame(&w.m, 40);
    make_ase_frame(&w.m, 50);
    // To a link, and to a layer that came first in its frame.
    make_ase_link(&w.m, &cel, 1);
    cel.layer = 1;
    cel.x = 0;
    make_ase_link(&w.m, &cel, 0);
    ase_finish(&w);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.result.frame_count == 4);
    CHECK(ase_is(&w, 0, 0, 0, ase_red));
    CHECK(ase_is(&w, 0, 1, 0, ase_green));
    CHECK(ase_is(&w, 1, 0, 0, ase_none));
    CHECK(ase_is(&w, 1, 2, 0, ase_red));
    CHECK(ase_is(&w, 2, 2, 0, ase_none));
    CHECK(ase_is(&w, 3, 2, 0, ase_red));
    CHECK(ase_is(&w, 3, 0, 0, ase_green));
    CHECK_INT(w.result.durations[0], 100);
    CHECK_INT(w.result.durations[1], 70);
    CHECK_INT(w.result.durations[2], 40);
    ase_end(&w);
}

TEST(aseprite, tags_have_names_frames_direction_and_repeat)
{
    struct ase_world w;
    ase_begin(&w, 1, 1, 32, 3, 1, 0);
    make_ase_tag(&w.m, 1, 2, 3, 7, "l\xc3\xa4uft");
    make_ase_frame(&w.m, 1);
    make_ase_frame(&w.m, 1);
    ase_finish(&w);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.result.tag_count == 1);
    const struct pm_pack_tag *tag = &w.result.tags[0];
    CHECK_STR(tag->name, "l\xc3\xa4uft");
    CHECK_INT(tag->from, 1);
    CHECK_INT(tag->to, 2);
    CHECK_INT(tag->direction, 3);
    CHECK_INT(tag->repeat, 7);
    ase_end(&w);
}

TEST(aseprite, chunks_that_are_not_known_are_left_out_and_told)
{
    struct ase_world w;
    ase_begin(&w, 1, 1, 32, 1, 1, 0);
    make_ase_chunk(&w.m, 0x2020, "any", 3);
    make_ase_chunk(&w.m, 0x2007, "any", 3);
    make_ase_chunk(&w.m, 0x3000, "any", 3);
    make_ase_chunk(&w.m, 0x3001, NULL, 0);
    ase_finish(&w);
    CHECK_INT(w.status, PM_OK);
    CHECK_STR(pm_buf_cstr(&w.report),
              "a.ase: 2 chunks of kinds that are not known left out\n");
    ase_end(&w);
}

// --- tiles -------------------------------------------------------------------

TEST(aseprite, tilemaps_are_drawn_with_all_flips)
{
    static const struct {
        uint32_t cell;
        uint8_t wanted[4];
    } rows[] = {
        {0, {0, 0, 0, 0}},
        {1, {1, 2, 3, 0}},
        {1 | ASE_FLIP_X, {2, 1, 0, 3}},
        {1 | ASE_FLIP_Y, {3, 0, 1, 2}},
        {1 | ASE_TURN, {1, 3, 2, 0}},
        {1 | ASE_FLIP_X | ASE_FLIP_Y, {0, 3, 2, 1}},
        // Turned to the right: the left column, from below, is on top.
        {1 | ASE_FLIP_X | ASE_TURN, {3, 1, 0, 2}},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct ase_world w;
        const uint8_t *want = rows[i].wanted;
        ase_tilemap(&w, rows[i].cell, 1, 2);
        REQUIRE(w.status == PM_OK);
        REQUIRE(w.result.frames[0].is_indexed);
        const uint8_t *pixels = w.result.frames[0].pixels;
        const uint8_t upper[6] = {0, want[0], want[1], 1, 2, 0};
        const uint8_t lower[6] = {0, want[2], want[3], 3, 0, 0};
        if (!CHECK(memcmp(pixels, upper, 6) == 0 &&
                   memcmp(pixels + 6, lower, 6) == 0))
            fprintf(stderr, "in row %zu\n", i);
        ase_end(&w);
    }
}
