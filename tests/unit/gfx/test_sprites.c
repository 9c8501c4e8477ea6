// SPDX-License-Identifier: MIT
#include "scene.h"

#include "support/test.h"

#define ROWS(...) ((const char *const[]){__VA_ARGS__, NULL})

static unsigned solid(unsigned i)
{
    (void)i;
    return 1;
}

// A sheet of 8-pixel tiles with an L in tile 0.
static unsigned letter(unsigned i)
{
    unsigned x = i % 16;
    unsigned y = i / 16;
    return y < 8 && x < 8 && (x == 1 || (y == 6 && x >= 1 && x < 5)) ? 2 : 0;
}

static unsigned noise(unsigned i)
{
    uint64_t seed = i + 77;
    return (scene_random(&seed) >> 40) % 20 < 4 ? 0 : (i * 7 + i / 32) % 16;
}

static struct pm_gfx_sprite sprite_at(int32_t x, int32_t y)
{
    return (struct pm_gfx_sprite){.x = x, .y = y};
}

TEST(sprites, flip_and_leave_index_0_transparent)
{
    struct scene s;
    scene_open(&s);
    scene_sheet(&s, 0, 8, letter);
    for (int i = 0; i < 4; i++) {
        struct pm_gfx_sprite sprite = sprite_at(i * 8, 0);
        sprite.flip_x = i & 1;
        sprite.flip_y = i >> 1;
        sprite.palette = 3;
        CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_OK);
    }
    scene_present(&s);
    CHECK(scene_is(&s, 0, 0,
                   ROWS(".#............#..#............#.",
                        ".#............#..####......####.",
                        ".#............#..#............#.",
                        ".#............#..#............#.",
                        ".#............#..#............#.",
                        ".#............#..#............#.",
                        ".####......####..#............#.",
                        ".#............#..#............#.")));
    // Colour 2 of palette 3.
    CHECK_INT(s.gfx.front[1], 3 * 16 + 2 + 1);
    scene_close(&s);
}

TEST(sprites, are_clipped_at_each_edge)
{
    struct scene s;
    scene_open(&s);
    scene_sheet(&s, 0, 8, solid);
    static const int32_t places[][2] = {
        {-7, 10},  {319, 20}, {30, -7},  {40, 179},       {-8, 50},
        {320, 60}, {70, -8},  {80, 180}, {-(1 << 30), 0}, {1 << 30, 1 << 30},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct pm_gfx_sprite sprite = sprite_at(places[i][0], places[i][1]);
        CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_OK);
    }
    scene_present(&s);
    size_t drawn = 0;
    for (size_t i = 0; i < PM_PICTURE_PIXELS; i++)
        drawn += s.gfx.front[i] != 0;
    CHECK_INT(drawn, 4 * 8);
    CHECK_INT(s.gfx.front[10 * 320], 2);
    CHECK_INT(s.gfx.front[20 * 320 + 319], 2);
    CHECK_INT(s.gfx.front[30], 2);
    CHECK_INT(s.gfx.front[179 * 320 + 40], 2);
    scene_close(&s);
}

TEST(sprites, are_ordered_by_layer_then_priority_then_arrival)
{
    struct scene s;
    scene_open(&s);
    scene_sheet(&s, 0, 8, solid);
    static const struct {
        uint8_t layer, priority;
    } order[] = {{3, 0}, {0, 255}, {0, 254}, {3, 0}, {2, 9}, {0, 255}};
    // Sprite i has palette i and starts i pixels further right, so that
    // each column shows which of those up to it is on top.
    for (int i = 0; i < 6; i++) {
        struct pm_gfx_sprite sprite = sprite_at(i, 0);
        sprite.palette = (uint8_t)i;
        sprite.layer = order[i].layer;
        sprite.priority = order[i].priority;
        CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_OK);
    }
    scene_present(&s);
    static const int top[] = {0, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3, 4, 5};
    for (int x = 0; x < 13; x++)
        CHECK_INT(s.gfx.front[x], top[x] * 16 + 2);
    scene_close(&s);
}

TEST(sprites, number_513_overflows_and_an_empty_bank_comes_first)
{
    struct scene s;
    scene_open(&s);
    struct pm_gfx_sprite sprite = sprite_at(0, 0);
    CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_BANK_EMPTY);
    CHECK_INT(s.gfx.sprite_count, 0);
    scene_sheet(&s, 0, 8, solid);
    for (int i = 0; i < PM_GFX_SPRITES; i++)
        CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_OK);
    CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) ==
          PM_GFX_SPRITE_OVERFLOW);
    sprite.bank = 1;
    CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_BANK_EMPTY);
    scene_present(&s);
    sprite.bank = 0;
    CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_OK);
    scene_close(&s);
}

TEST(sprites, a_slot_emptied_before_the_end_of_the_frame_draws_nothing)
{
    struct scene s;
    scene_open(&s);
    scene_sheet(&s, 0, 8, solid);
    struct pm_gfx_sprite sprite = sprite_at(0, 0);
    CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_OK);
    pm_bank_unload(s.bank, PM_BANK_GLYPH, 0);
    scene_present(&s);
    CHECK_INT(s.gfx.front[0], 0);
    scene_close(&s);
}

TEST(sprites, tiles_outside_the_sheet_do_not_exist_and_draw_nothing)
{
    struct scene s;
    scene_open(&s);
    struct pm_gfx_sprite sprite = sprite_at(0, 0);
    sprite.glyph = 4;
    CHECK(pm_gfx_glyph_exists(s.bank, &sprite));
    scene_sheet(&s, 0, 8, solid);
    CHECK(!pm_gfx_glyph_exists(s.bank, &sprite));
    CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_OK);
    sprite.glyph = 65535;
    CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite) == PM_GFX_OK);
    scene_present(&s);
    CHECK_INT(s.gfx.front[0], 0);
    sprite.glyph = 3;
    CHECK(pm_gfx_glyph_exists(s.bank, &sprite));
    scene_close(&s);
}

TEST(sprites, numbers_from_outside_are_taken_only_in_their_ranges)
{
    static const int64_t max[5] = {65535, 63, 3, 15, 255};
    struct pm_gfx_sprite out;
    for (int i = 0; i < 5; i++) {
        for (int edge = 0; edge < 4; edge++) {
            int64_t v[5] = {0};
            v[i] = edge == 0   ? max[i]
                   : edge == 1 ? max[i] + 1
                   : edge == 2 ? -1
                               : INT64_MIN;
            CHECK_INT(pm_gfx_make_sprite(&out, v[0], v[1], 5, 6, v[2], v[3],
                                         true, false, v[4]),
                      edge == 0);
        }
    }
    REQUIRE(pm_gfx_make_sprite(&out, 65535, 63, INT64_MAX, INT64_MIN, 3, 15,
                               true, false, 255));
    CHECK_INT(out.glyph, 65535);
    CHECK_INT(out.x, 1 << 30);
    CHECK_INT(out.y, -(1 << 30));
    CHECK(out.flip_x && !out.flip_y);
}

// One pixel of the picture, by asking each sprite in turn.
static uint16_t expected(const struct scene *s,
                         const struct pm_gfx_sprite *sprites, int count, int x,
                         int y)
{
    const struct pm_glyph_sheet *sheet = pm_bank_glyph(s->bank, 0);
    int size = (int)sheet->form.tile_size;
    int best = -1;
    uint16_t color = 0;
    for (int i = 0; i < count; i++) {
        const struct pm_gfx_sprite *sprite = &sprites[i];
        int tx = x - sprite->x;
        int ty = y - sprite->y;
        int rank = sprite->layer * 256 + sprite->priority;
        if (tx < 0 || ty < 0 || tx >= size || ty >= size || rank < best)
            continue;
        tx = sprite->flip_x ? size - 1 - tx : tx;
        ty = sprite->flip_y ? size - 1 - ty : ty;
        int px = sprite->glyph % 2 * size + tx;
        int py = sprite->glyph / 2 * size + ty;
        unsigned index = sheet->pixels[py * 2 * size + px];
        if (index == 0)
            continue;
        best = rank;
        color = (uint16_t)(sprite->palette * 16 + index + 1);
    }
    return color;
}

static bool is_as_expected(unsigned tile_size, uint64_t seed)
{
    struct scene s;
    struct pm_gfx_sprite sprites[200];
    bool same = true;

    scene_open(&s);
    scene_sheet(&s, 0, tile_size, noise);
    for (int i = 0; i < 200; i++) {
        uint64_t r = scene_random(&seed);
        CHECK(pm_gfx_make_sprite(&sprites[i], r % 4, r >> 2 & 63,
                                 (int64_t)(r >> 8) % 170 * 2 - 10,
                                 (int64_t)(r >> 24) % 200 - 10, r >> 40 & 3, 0,
                                 r >> 42 & 1, r >> 43 & 1, r >> 44 & 3));
        CHECK(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprites[i]) == PM_GFX_OK);
    }
    scene_present(&s);
    for (int y = 0; y < PM_PICTURE_HEIGHT; y++)
        for (int x = 0; x < PM_PICTURE_WIDTH; x++)
            same = same && s.gfx.front[y * PM_PICTURE_WIDTH + x] ==
                               expected(&s, sprites, 200, x, y);
    scene_close(&s);
    return same;
}

TEST(sprites, are_drawn_as_they_are_defined)
{
    CHECK(is_as_expected(8, 5));
    CHECK(is_as_expected(16, 6));
    CHECK(is_as_expected(32, 7));
}
