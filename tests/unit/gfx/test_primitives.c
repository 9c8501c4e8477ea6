// SPDX-License-Identifier: MIT
#include "scene.h"

#include "support/test.h"

#define ROWS(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST(primitives, lines_halve_ties_downwards_from_either_end)
{
    struct scene s;
    scene_open(&s);
    struct pm_gfx *g = &s.gfx;
    pm_gfx_line(g, 0, 0, 6, 3, 1);
    pm_gfx_line(g, 16, 3, 10, 0, 1);
    pm_gfx_line(g, 20, 3, 26, 0, 1);
    pm_gfx_line(g, 30, 0, 33, 6, 1);
    pm_gfx_line(g, 40, 4, 40, 4, 1);
    pm_gfx_line(g, 46, 1, 42, 1, 1);
    scene_present(&s);
    CHECK(scene_is(&s, 0, 0,
                   ROWS("#.........#........", ".##........##......",
                        "...##........##....", ".....##........##..")));
    CHECK(scene_is(&s, 20, 0,
                   ROWS("......#.", "....##..", "..##....", "##......")));
    CHECK(scene_is(&s, 30, 0,
                   ROWS("#....", ".#...", ".#...", "..#..", "..#..", "...#.",
                        "...#.", ".....")));
    CHECK(scene_is(&s, 39, 0,
                   ROWS("........", "...#####", "........", "........",
                        ".#......", "........")));
    scene_close(&s);
}

TEST(primitives, rectangles_count_their_pixels)
{
    struct scene s;
    scene_open(&s);
    struct pm_gfx *g = &s.gfx;
    pm_gfx_rect(g, 1, 1, 5, 4, 1);
    pm_gfx_fill_rect(g, 8, 1, 3, 2, 1);
    pm_gfx_rect(g, 13, 1, 1, 1, 1);
    pm_gfx_rect(g, 15, 1, 2, 2, 1);
    pm_gfx_rect(g, 18, 1, 0, 3, 1);
    pm_gfx_fill_rect(g, 18, 1, 3, -3, 1);
    pm_gfx_fill_rect(g, 18, 1, INT64_MIN, INT64_MIN, 1);
    scene_present(&s);
    CHECK(scene_is(&s, 0, 0,
                   ROWS("......................", ".#####..###..#.##.....",
                        ".#...#..###....##.....", ".#...#................",
                        ".#####................", "......................")));
    scene_close(&s);
}

TEST(primitives, circles_and_discs_are_round)
{
    struct scene s;
    scene_open(&s);
    struct pm_gfx *g = &s.gfx;
    pm_gfx_circle(g, 1, 3, 0, 1);
    pm_gfx_circle(g, 5, 3, 1, 1);
    pm_gfx_circle(g, 10, 3, 2, 1);
    pm_gfx_circle(g, 17, 3, 3, 1);
    pm_gfx_disc(g, 22, 3, 0, 1);
    pm_gfx_disc(g, 25, 3, 1, 1);
    pm_gfx_disc(g, 30, 3, 2, 1);
    pm_gfx_disc(g, 37, 3, 3, 1);
    pm_gfx_disc(g, 44, 3, -1, 1);
    pm_gfx_circle(g, 44, 3, INT64_MIN, 1);
    scene_present(&s);
    CHECK(scene_is(&s, 0, 0,
                   ROWS("................###.................###.......",
                        ".........###...#...#.........###...#####......",
                        ".....#..#...#.#.....#....#..#####.#######.....",
                        ".#..#.#.#...#.#.....#.#.###.#####.#######.....",
                        ".....#..#...#.#.....#....#..#####.#######.....",
                        ".........###...#...#.........###...#####......",
                        "................###.................###.......")));
    scene_close(&s);
}

TEST(primitives, text_has_lines_and_hollow_boxes)
{
    struct scene s;
    scene_open(&s);
    pm_gfx_text(&s.gfx, 0, 0, 1, "A\xff\n\xc3\xa4\x07", 6);
    scene_present(&s);
    CHECK(scene_is(
        &s, 0, 0,
        ROWS("..###...#######.", ".##.##..#.....#.", "##...##.#.....#.",
             "##...##.#.....#.", "#######.#.....#.", "##...##.#.....#.",
             "##...##.#######.", "................", ".##.##..#######.",
             "........#.....#.", ".#####..#.....#.", ".....##.#.....#.",
             ".######.#.....#.", "##...##.#.....#.", ".######.#######.",
             "................")));
    scene_close(&s);
}

TEST(primitives, box_drawing_joins_from_cell_to_cell)
{
    struct scene s;
    scene_open(&s);
    const char *text = "\u2554\u2566\u2557\u250f\u2513\n\u255a\u2569\u255d"
                       "\u2517\u251b";
    pm_gfx_text(&s.gfx, 0, 0, 1, text, strlen(text));
    scene_present(&s);
    CHECK(scene_is(&s, 0, 0,
                   ROWS("........................................",
                        "........................................",
                        "..###################.....###########...",
                        "..#.................#.....###########...",
                        "..#.#######.#######.#.....###########...")));
    // The middle of a double crossing stays open.
    const uint16_t *front = s.gfx.front;
    CHECK_INT(front[3 * PM_PICTURE_WIDTH + 11], 0);
    CHECK_INT(front[2 * PM_PICTURE_WIDTH + 11], 1);
    CHECK_INT(front[4 * PM_PICTURE_WIDTH + 11], 0);
    // Upright lines of both rows meet at the edge between them.
    for (int y = 5; y < 10; y++)
        CHECK_INT(front[y * PM_PICTURE_WIDTH + 2], 1);
    scene_close(&s);
}

TEST(primitives, text_is_measured_in_characters)
{
    CHECK_INT(pm_gfx_text_width("", 0), 0);
    CHECK_INT(pm_gfx_text_height("", 0), 8);
    CHECK_INT(pm_gfx_text_width("abc", 3), 24);
    CHECK_INT(pm_gfx_text_width("\xc3\xa4\xc3\nabc\n", 8), 24);
    CHECK_INT(pm_gfx_text_width("\xc3\xa4\xc3\xa4\xc3", 5), 24);
    CHECK_INT(pm_gfx_text_height("a\nb\n", 4), 24);
}

TEST(primitives, the_last_pixel_of_each_corner_is_in_the_picture)
{
    struct scene s;
    scene_open(&s);
    pm_gfx_rect(&s.gfx, 0, 0, 320, 180, 7);
    pm_gfx_pixel(&s.gfx, 320, 0, 9);
    pm_gfx_pixel(&s.gfx, 0, 180, 9);
    pm_gfx_pixel(&s.gfx, -1, 5, 9);
    pm_gfx_pixel(&s.gfx, INT64_MAX, INT64_MIN, 9);
    scene_present(&s);
    CHECK_INT(s.gfx.front[0], 7);
    CHECK_INT(s.gfx.front[PM_PICTURE_PIXELS - 1], 7);
    CHECK_INT(s.gfx.front[PM_PICTURE_WIDTH], 7);
    CHECK_INT(s.gfx.front[2 * PM_PICTURE_WIDTH - 1], 7);
    CHECK_INT(s.gfx.front[2 * PM_PICTURE_WIDTH - 2], 0);
    scene_close(&s);
}

TEST(primitives, the_largest_numbers_are_clipped_and_exact)
{
    struct scene s;
    scene_open(&s);
    struct pm_gfx *g = &s.gfx;
    const int64_t far = (int64_t)1 << 62;
    pm_gfx_fill_rect(g, -far, -far, far + 10, far + 20, 1);
    pm_gfx_fill_rect(g, 300, 170, INT64_MAX, INT64_MAX, 2);
    pm_gfx_line(g, INT64_MIN, 50, INT64_MAX, 50, 3);
    pm_gfx_line(g, INT64_MIN, INT64_MIN, INT64_MAX, INT64_MAX, 4);
    scene_present(&s);
    CHECK_INT(g->front[19 * 320 + 9], 1);
    CHECK_INT(g->front[20 * 320 + 9], 0);
    CHECK_INT(g->front[19 * 320 + 10], 0);
    CHECK_INT(g->front[179 * 320 + 319], 2);
    CHECK_INT(g->front[50 * 320], 3);
    CHECK_INT(g->front[50 * 320 + 319], 3);
    CHECK_INT(g->front[100 * 320 + 100], 4);

    // The disc's leftmost pixel is at 0, 0, and the circle's rightmost.
    pm_gfx_disc(g, INT64_MAX, 0, INT64_MAX, 5);
    pm_gfx_circle(g, INT64_MIN, 0, INT64_MAX, 6);
    pm_gfx_text(g, INT64_MIN, INT64_MAX, 7, "x", 1);
    scene_present(&s);
    CHECK_INT(g->front[0], 6);
    CHECK_INT(g->front[1], 5);
    CHECK_INT(g->front[179 * 320 + 319], 5);
    scene_close(&s);
}

TEST(primitives, a_full_list_is_reported_and_the_frame_is_kept)
{
    struct scene s;
    scene_open(&s);
    struct pm_gfx *g = &s.gfx;
    for (int i = 0; i < PM_GFX_COMMANDS; i++)
        REQUIRE(pm_gfx_pixel(g, i % 320, i / 320, 1) == PM_GFX_OK);
    uint64_t work = g->work;
    CHECK(pm_gfx_pixel(g, 0, 0, 2) == PM_GFX_DRAW_OVERFLOW);
    CHECK(pm_gfx_disc(g, 0, 0, 9, 2) == PM_GFX_DRAW_OVERFLOW);
    CHECK(pm_gfx_text(g, 0, 0, 2, "a", 1) == PM_GFX_DRAW_OVERFLOW);
    CHECK_INT(g->text_size, 0);
    CHECK(g->work == work);
    scene_present(&s);
    CHECK_INT(g->front[0], 1);
    CHECK(pm_gfx_pixel(g, 0, 0, 2) == PM_GFX_OK);
    scene_close(&s);
}

TEST(primitives, text_bytes_are_bounded_by_the_frame)
{
    struct scene s;
    static uint8_t bytes[PM_GFX_TEXT_BYTES];
    scene_open(&s);
    memset(bytes, 'a', sizeof bytes);
    CHECK(pm_gfx_text(&s.gfx, 0, 0, 1, bytes, sizeof bytes - 1) == PM_GFX_OK);
    CHECK(pm_gfx_text(&s.gfx, 0, 0, 1, bytes, 2) == PM_GFX_DRAW_OVERFLOW);
    CHECK(pm_gfx_text(&s.gfx, 0, 0, 1, bytes, SIZE_MAX) ==
          PM_GFX_DRAW_OVERFLOW);
    CHECK(pm_gfx_text(&s.gfx, 0, 0, 1, bytes, 1) == PM_GFX_OK);
    CHECK(pm_gfx_text(&s.gfx, 0, 0, 1, NULL, 0) == PM_GFX_OK);
    scene_present(&s);
    CHECK(pm_gfx_text(&s.gfx, 0, 0, 1, bytes, sizeof bytes) == PM_GFX_OK);
    scene_close(&s);
}

TEST(primitives, work_counts_what_can_be_seen)
{
    struct scene s;
    scene_open(&s);
    struct pm_gfx *g = &s.gfx;
    static const struct {
        int64_t x, y, width, height;
        uint64_t work;
    } rects[] = {
        {0, 0, 320, 180, 57600}, {-1, -1, INT64_MAX, INT64_MAX, 57600},
        {319, 179, 5, 5, 1},     {320, 0, 5, 5, 0},
        {5, 5, 0, 5, 0},
    };
    for (size_t i = 0; i < sizeof rects / sizeof rects[0]; i++) {
        uint64_t before = g->work;
        pm_gfx_fill_rect(g, rects[i].x, rects[i].y, rects[i].width,
                         rects[i].height, 1);
        CHECK_INT(g->work - before, rects[i].work);
    }
    uint64_t before = g->work;
    pm_gfx_disc(g, 160, 90, INT64_MAX, 1);
    CHECK_INT(g->work - before, 57600);
    scene_present(&s);
    CHECK_INT(g->work, 0);
    scene_close(&s);
}

// --- against the definitions -------------------------------------------------

// Wide enough that the formulas can be written as they stand.
typedef __int128 wide;

static wide absolute(wide a)
{
    return a < 0 ? -a : a;
}

static wide floor_div(wide a, wide b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

// Whether a line has the pixel u, v, with u along its longer axis.
static bool on_line(wide u0, wide v0, wide u1, wide v1, wide u, wide v)
{
    if (u0 > u1)
        return on_line(u1, v1, u0, v0, u, v);
    if (u < u0 || u > u1)
        return false;
    if (u0 == u1)
        return v == v0;
    wide du = u1 - u0;
    return v == v0 + floor_div(2 * (u - u0) * (v1 - v0) + du, 2 * du);
}

// Whether a command covers a pixel, straight from docs/spec/picture.md.
static bool covers(const struct pm_gfx_command *c, int64_t x, int64_t y)
{
    wide dx = absolute(x - c->a);
    wide dy = absolute(y - c->b);
    wide most = dx > dy ? dx : dy;
    wide square = dx * dx + dy * dy;
    wide r = c->c;
    bool in_rect = x >= c->a && x < c->c && y >= c->b && y < c->d;
    switch (c->kind) {
    case PM_GFX_PIXEL:
        return dx == 0 && dy == 0;
    case PM_GFX_LINE:
        return absolute((int64_t)c->c - c->a) >= absolute((int64_t)c->d - c->b)
                   ? on_line(c->a, c->b, c->c, c->d, x, y)
                   : on_line(c->b, c->a, c->d, c->c, y, x);
    case PM_GFX_RECT:
        return in_rect &&
               (x == c->a || x == c->c - 1 || y == c->b || y == c->d - 1);
    case PM_GFX_FILL_RECT:
        return in_rect;
    case PM_GFX_CIRCLE:
        return r >= 0 && (square - most < r * r || most == 0) &&
               r * r <= square + most;
    default:
        return r >= 0 && (square - most < r * r || most == 0);
    }
}

static int64_t random_number(uint64_t *seed)
{
    static const int64_t ranges[] = {12,   120,    400,
                                     3000, 100000, (int64_t)1 << 32};
    int64_t range = ranges[scene_random(seed) % 6];
    return (80 + (int64_t)(scene_random(seed) % (uint64_t)range) - range / 2);
}

static bool is_drawn_as_defined(struct scene *s, uint64_t *seed)
{
    struct pm_gfx *g = &s->gfx;
    int64_t a = random_number(seed);
    int64_t b = random_number(seed);
    int64_t c = random_number(seed);
    int64_t d = random_number(seed);
    switch (scene_random(seed) % 8) {
    case 0:
        pm_gfx_pixel(g, a, b, 1);
        break;
    case 1:
        pm_gfx_line(g, a, b, c, d, 1);
        break;
    case 2:
        pm_gfx_rect(g, a, b, c, d, 1);
        break;
    case 3:
        pm_gfx_fill_rect(g, a, b, c, d, 1);
        break;
    case 4:
        pm_gfx_circle(g, a, b, c, 1);
        break;
    case 5:
        // Its edge goes through the picture, however far its centre is.
        pm_gfx_circle(g, a, b, a > b ? a - 100 : 60 - b, 1);
        break;
    default:
        pm_gfx_disc(g, a, b, a > b ? a - 100 : 60 - b, 1);
        break;
    }
    struct pm_gfx_command command = g->commands[0];
    scene_present(s);
    for (int y = 0; y < PM_PICTURE_HEIGHT; y++)
        for (int x = 0; x < PM_PICTURE_WIDTH; x++)
            if ((g->front[y * PM_PICTURE_WIDTH + x] == 1) !=
                covers(&command, x, y))
                return false;
    return true;
}

TEST(primitives, are_drawn_as_they_are_defined)
{
    struct scene s;
    uint64_t seed = 1;
    scene_open(&s);
    for (int i = 0; i < 500; i++)
        if (!CHECK(is_drawn_as_defined(&s, &seed)))
            break;
    scene_close(&s);
}

TEST(primitives, small_circles_everywhere_are_drawn_as_they_are_defined)
{
    struct scene s;
    scene_open(&s);
    for (int r = 0; r <= 40; r++) {
        pm_gfx_clear(&s.gfx, 0);
        pm_gfx_circle(&s.gfx, 50, 50, r, 1);
        struct pm_gfx_command circle = s.gfx.commands[0];
        struct pm_gfx_command disc = circle;
        disc.kind = PM_GFX_DISC;
        scene_present(&s);
        for (int y = 0; y < 100; y++)
            for (int x = 0; x < 100; x++) {
                bool on = s.gfx.front[y * PM_PICTURE_WIDTH + x] == 1;
                REQUIRE(on == covers(&circle, x, y));
                // A disc has no pixel outside of its circle.
                bool is_edge =
                    covers(&disc, x, y) &&
                    (!covers(&disc, x + 1, y) && !covers(&disc, x, y + 1));
                REQUIRE(!is_edge || on);
                REQUIRE(!on || covers(&disc, x, y));
            }
    }
    scene_close(&s);
}

TEST(primitives, later_ones_cover_earlier_ones)
{
    struct scene s;
    scene_open(&s);
    pm_gfx_fill_rect(&s.gfx, 0, 0, 9, 9, 1);
    pm_gfx_text(&s.gfx, 0, 0, 2, "A", 1);
    pm_gfx_pixel(&s.gfx, 2, 0, 3);
    scene_present(&s);
    CHECK_INT(s.gfx.front[0], 1);
    CHECK_INT(s.gfx.front[2], 3);
    CHECK_INT(s.gfx.front[3], 2);
    scene_close(&s);
}

// A picture with a bit of everything, in two dozen calls.
static void draw_everything(struct pm_gfx *g)
{
    const char *text = "Gr\u00fc\u00dfe \u2560\u2550\u256c \u20ac";
    pm_gfx_clear(g, 0x1082);
    for (int i = 0; i < 8; i++) {
        pm_gfx_line(g, 160, 90, i * 50 - 20, -10, (uint16_t)(0xf800 >> i));
        pm_gfx_disc(g, i * 40, 150, i * 3, (uint16_t)(0x07e0 + i));
        pm_gfx_circle(g, 160, 90, i * 17, (uint16_t)(0x001f + i * 64));
    }
    pm_gfx_rect(g, -3, -3, 330, 100, 0xffff);
    pm_gfx_text(g, 30, 30, 0xffe0, text, strlen(text));
}

TEST(primitives, a_picture_with_all_of_them_is_this_one)
{
    struct scene s;
    scene_open(&s);
    draw_everything(&s.gfx);
    scene_present(&s);
    CHECK(scene_hash(&s) == 3308897368210651788u);
    scene_close(&s);
}
