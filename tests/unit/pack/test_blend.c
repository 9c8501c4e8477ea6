// SPDX-License-Identifier: MIT
#include "pack/blend.h"

#include "base/check.h"

#include "support/test.h"

// What each mode makes of four pairs of pixels: opaque, both half
// transparent, a grey source (whose hue is none), and a pale backdrop under
// half opacity. Computed by a script of its own from the published formulas.
struct pair {
    uint8_t backdrop[4];
    uint8_t source[4];
    int opacity;
};

static const struct pair pairs[4] = {
    {{200, 100, 50, 255}, {30, 180, 90, 255}, 255},
    {{12, 250, 128, 200}, {240, 64, 64, 130}, 180},
    {{77, 77, 200, 255}, {90, 90, 90, 255}, 255},
    {{5, 60, 255, 90}, {255, 200, 0, 255}, 128},
};

static const uint8_t wanted[PM_BLEND_MODES][4][4] = {
    {{30, 180, 90, 255},
     {107, 173, 102, 220},
     {90, 90, 90, 255},
     {189, 163, 67, 173}},
    {{24, 71, 18, 255},
     {26, 172, 90, 220},
     {27, 27, 71, 255},
     {103, 110, 67, 173}},
    {{206, 209, 122, 255},
     {107, 238, 135, 220},
     {140, 140, 219, 255},
     {189, 168, 155, 173}},
    {{158, 141, 35, 255},
     {30, 238, 102, 220},
     {54, 54, 184, 255},
     {104, 126, 155, 173}},
    {{30, 100, 50, 255},
     {26, 173, 102, 220},
     {77, 77, 90, 255},
     {103, 115, 67, 173}},
    {{200, 180, 90, 255},
     {107, 238, 124, 220},
     {90, 90, 200, 255},
     {189, 163, 155, 173}},
    {{227, 255, 77, 255},
     {94, 240, 139, 220},
     {119, 119, 255, 255},
     {189, 182, 155, 173}},
    {{0, 35, 0, 255}, {23, 233, 79, 220}, {0, 0, 99, 255}, {103, 97, 155, 173}},
    {{47, 164, 35, 255},
     {102, 194, 102, 220},
     {54, 54, 141, 255},
     {189, 154, 67, 173}},
    {{167, 125, 38, 255},
     {35, 238, 113, 220},
     {61, 61, 187, 255},
     {108, 127, 155, 173}},
    {{170, 80, 40, 255},
     {103, 216, 102, 220},
     {13, 13, 110, 255},
     {188, 142, 155, 173}},
    {{182, 138, 104, 255},
     {104, 217, 124, 220},
     {113, 113, 148, 255},
     {188, 151, 155, 173}},
    {{29, 179, 89, 255},
     {112, 198, 111, 220},
     {153, 63, 63, 255},
     {131, 117, 67, 173}},
    {{200, 99, 49, 255},
     {40, 230, 127, 220},
     {144, 67, 67, 255},
     {103, 115, 155, 173}},
    {{29, 179, 89, 255},
     {112, 195, 124, 220},
     {90, 90, 90, 255},
     {131, 117, 67, 173}},
    {{200, 100, 50, 255},
     {23, 214, 111, 220},
     {76, 76, 199, 255},
     {161, 160, 155, 173}},
    {{230, 255, 140, 255},
     {111, 240, 146, 220},
     {167, 167, 255, 255},
     {189, 182, 155, 173}},
    {{170, 0, 0, 255},
     {23, 216, 102, 220},
     {0, 0, 110, 255},
     {102, 94, 155, 173}},
    {{255, 142, 142, 255},
     {26, 240, 169, 220},
     {218, 218, 255, 255},
     {103, 121, 155, 173}},
};

TEST(blend, each_mode_makes_what_aseprite_makes)
{
    for (int mode = 0; mode < PM_BLEND_MODES; mode++)
        for (int i = 0; i < 4; i++) {
            uint8_t pixel[4];
            memcpy(pixel, pairs[i].backdrop, 4);
            pm_pack_blend((enum pm_pack_blend_mode)mode, pixel, pairs[i].source,
                          pairs[i].opacity);
            for (int k = 0; k < 4; k++)
                CHECK_INT(pixel[k], wanted[mode][i][k]);
        }
}

TEST(blend, a_transparent_source_changes_nothing)
{
    static const uint8_t source[4] = {9, 9, 9, 0};
    for (int mode = 0; mode < PM_BLEND_MODES; mode++) {
        uint8_t pixel[4] = {1, 2, 3, 4};
        pm_pack_blend((enum pm_pack_blend_mode)mode, pixel, source, 255);
        CHECK(memcmp(pixel, "\1\2\3\4", 4) == 0);
    }
}

TEST(blend, a_transparent_backdrop_shows_the_source_in_each_mode)
{
    static const uint8_t source[4] = {200, 100, 0, 255};
    for (int mode = 0; mode < PM_BLEND_MODES; mode++) {
        uint8_t pixel[4] = {1, 2, 3, 0};
        pm_pack_blend((enum pm_pack_blend_mode)mode, pixel, source, 128);
        CHECK(memcmp(pixel, "\310\144\0\200", 4) == 0);
    }
}

TEST(blend, an_opaque_source_of_the_normal_mode_replaces_any_backdrop)
{
    for (int i = 0; i < 256; i++) {
        uint8_t pixel[4] = {(uint8_t)i, (uint8_t)(255 - i), 7, (uint8_t)i};
        uint8_t source[4] = {(uint8_t)(i * 3), 5, (uint8_t)(i * 7), 255};
        pm_pack_blend(PM_BLEND_NORMAL, pixel, source, 255);
        CHECK(memcmp(pixel, source, 4) == 0);
    }
}

// The formulas in floating point stay in range for all that there is.
TEST(blend, no_pair_of_channels_leaves_the_range)
{
    uint32_t sum = 0;
    for (int mode = PM_BLEND_SOFT_LIGHT; mode <= PM_BLEND_LUMINOSITY; mode++)
        for (int b = 0; b < 256; b += 3)
            for (int s = 0; s < 256; s += 3) {
                uint8_t pixel[4] = {(uint8_t)b, (uint8_t)s, 0, 255};
                uint8_t source[4] = {(uint8_t)s, 255, (uint8_t)(b / 2), 255};
                pm_pack_blend((enum pm_pack_blend_mode)mode, pixel, source,
                              255);
                CHECK_INT(pixel[3], 255);
                sum = sum * 31 + pixel[0] + pixel[1] + pixel[2];
            }
    CHECK(sum != 0);
}

TEST(blend, products_are_rounded)
{
    for (int a = 0; a < 256; a++)
        for (int b = 0; b < 256; b++)
            CHECK_INT(pm_pack_mul255(a, b), (a * b * 2 + 255) / 510);
}
