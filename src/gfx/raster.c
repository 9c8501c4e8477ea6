// SPDX-License-Identifier: MIT
//
// The primitives, clipped before their loops: no loop here is longer than
// the picture is wide and high. Numbers are within -2^30..2^30, so that sums
// of them fit 32 bits with a sign and products 64.

#include <string.h>

#include "gfx/gfx_internal.h"

#define WIDTH  PM_PICTURE_WIDTH
#define HEIGHT PM_PICTURE_HEIGHT

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t most(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static bool is_row(int32_t y)
{
    return y >= 0 && y < HEIGHT;
}

static void put(uint16_t *target, int32_t x, int32_t y, uint16_t color)
{
    if (x >= 0 && x < WIDTH && is_row(y))
        target[y * WIDTH + x] = color;
}

// Four at a time: compilers do not see to it at usual levels.
void pm_raster_fill(uint16_t *at, size_t count, uint16_t color)
{
    const uint16_t four[4] = {color, color, color, color};

    for (; count >= 4; count -= 4, at += 4)
        memcpy(at, four, sizeof four);
    while (count-- > 0)
        *at++ = color;
}

// Draws the pixels x0..x1 (both) of row y, those that are in the picture.
static void span(uint16_t *target, int32_t x0, int32_t x1, int32_t y,
                 uint16_t color)
{
    if (!is_row(y))
        return;
    int32_t from = most(x0, 0);
    int32_t end = least(x1, WIDTH - 1) + 1;
    if (from < end)
        pm_raster_fill(target + y * WIDTH + from, (size_t)(end - from), color);
}

// --- rectangles --------------------------------------------------------------

// Draws x0..x1-1, y0..y1-1.
static void fill_rect(uint16_t *target, int32_t x0, int32_t y0, int32_t x1,
                      int32_t y1, uint16_t color)
{
    int32_t end = least(y1, HEIGHT);
    for (int32_t y = most(y0, 0); y < end; y++)
        span(target, x0, x1 - 1, y, color);
}

static void rect(uint16_t *target, int32_t x0, int32_t y0, int32_t x1,
                 int32_t y1, uint16_t color)
{
    if (x0 >= x1 || y0 >= y1)
        return;
    span(target, x0, x1 - 1, y0, color);
    span(target, x0, x1 - 1, y1 - 1, color);
    fill_rect(target, x0, y0, x0 + 1, y1, color);
    fill_rect(target, x1 - 1, y0, x1, y1, color);
}

// --- lines -------------------------------------------------------------------

// A line walked along its longer axis u: for each u from u0 to u1 one pixel,
// at v0 + (u - u0) * dv / du rounded to the nearest, halves up. So a line is
// the same from either end.
struct walk {
    int32_t u;  // next step
    int32_t u1; // last step
    int32_t v;
    int64_t rest; // of v, in 1 / (2 du), 0 .. 2 du - 1
    int64_t du;
    int64_t dv; // -du .. du
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

// Starts at the first step that is not before 0 and ends before [length].
static struct walk walk_make(int32_t u0, int32_t v0, int32_t u1, int32_t v1,
                             int32_t length)
{
    struct walk w = {.u = most(u0, 0), .u1 = least(u1, length - 1)};
    w.du = (int64_t)u1 - u0;
    w.dv = (int64_t)v1 - v0;
    if (w.du == 0) {
        w.du = 1; // a single pixel: dv is 0 too
        w.dv = 0;
    }
    // 2 * t + du may not fit, so the halves are added behind the division.
    int64_t t = ((int64_t)w.u - u0) * w.dv;
    int64_t whole = floor_div(t, w.du);
    int64_t twice = 2 * (t - whole * w.du) + w.du;
    w.v = (int32_t)(v0 + whole + twice / (2 * w.du));
    w.rest = twice % (2 * w.du);
    return w;
}

static void walk_step(struct walk *w)
{
    w->u++;
    w->rest += 2 * w->dv;
    if (w->rest >= 2 * w->du) {
        w->rest -= 2 * w->du;
        w->v++;
    } else if (w->rest < 0) {
        w->rest += 2 * w->du;
        w->v--;
    }
}

static void line(uint16_t *target, int32_t x0, int32_t y0, int32_t x1,
                 int32_t y1, uint16_t color)
{
    int64_t wide = x0 < x1 ? (int64_t)x1 - x0 : (int64_t)x0 - x1;
    int64_t high = y0 < y1 ? (int64_t)y1 - y0 : (int64_t)y0 - y1;
    struct walk w;

    if (wide >= high) {
        w = x0 <= x1 ? walk_make(x0, y0, x1, y1, WIDTH)
                     : walk_make(x1, y1, x0, y0, WIDTH);
        for (; w.u <= w.u1; walk_step(&w))
            put(target, w.u, w.v, color);
    } else {
        w = y0 <= y1 ? walk_make(y0, x0, y1, x1, HEIGHT)
                     : walk_make(y1, x1, y0, x0, HEIGHT);
        for (; w.u <= w.u1; walk_step(&w))
            put(target, w.v, w.u, color);
    }
}

// --- circles -----------------------------------------------------------------

// With M the larger and m the smaller of the distances |dx| and |dy| from
// the centre, a pixel is within the disc of radius r where
// M^2 - M + m^2 < r^2 (and the centre always is), and on its circle where
// also r^2 <= M^2 + M + m^2: M is sqrt(r^2 - m^2) rounded to the nearest.

static bool is_inside(int64_t dx, int64_t dy, int64_t radius)
{
    int64_t larger = dx > dy ? dx : dy;
    return larger == 0 || dx * dx + dy * dy - larger < radius * radius;
}

static bool is_beyond(int64_t dx, int64_t dy, int64_t radius)
{
    int64_t larger = dx > dy ? dx : dy;
    return dx * dx + dy * dy + larger >= radius * radius;
}

// One half of a circle, right or left of its centre, followed from row to
// row. The row's pixels on the circle have distances inner..outer (none
// when inner > outer), as far as they are in low..high, where the picture
// is. Both ends move towards the circle's side and back, once each, so that
// all rows together cost no more than the picture's width and height.
struct half {
    int32_t low;
    int32_t high;
    int32_t inner;
    int32_t outer;
};

static struct half half_make(int32_t nearest, int32_t farthest, int32_t radius)
{
    struct half h = {most(nearest, 0), least(farthest, radius), 0, 0};
    h.inner = h.low;
    h.outer = h.low - 1;
    return h;
}

static void half_row(struct half *h, int64_t dy, int64_t radius)
{
    while (h->outer < h->high && is_inside(h->outer + 1, dy, radius))
        h->outer++;
    while (h->outer >= h->low && !is_inside(h->outer, dy, radius))
        h->outer--;
    while (h->inner > h->low && is_beyond(h->inner - 1, dy, radius))
        h->inner--;
    while (h->inner <= h->high && !is_beyond(h->inner, dy, radius))
        h->inner++;
}

static void circle(uint16_t *target, int32_t cx, int32_t cy, int32_t radius,
                   bool is_filled, uint16_t color)
{
    if (radius < 0)
        return;
    struct half right = half_make(-cx, WIDTH - 1 - cx, radius);
    struct half left = half_make(cx - (WIDTH - 1), cx, radius);
    int64_t last = (int64_t)cy + radius;
    for (int32_t y = most(0, cy - radius); y < HEIGHT && y <= last; y++) {
        int32_t dy = y < cy ? cy - y : y - cy;
        half_row(&right, dy, radius);
        half_row(&left, dy, radius);
        int32_t from = is_filled ? right.low : right.inner;
        span(target, cx + from, cx + right.outer, y, color);
        from = is_filled ? left.low : left.inner;
        span(target, cx - left.outer, cx - from, y, color);
    }
}

// --- text --------------------------------------------------------------------

static void character(uint16_t *target, uint32_t code, int32_t x, int32_t y,
                      uint16_t color)
{
    uint8_t rows[PM_FONT_SIZE];

    if (x <= -PM_FONT_SIZE || x >= WIDTH || y <= -PM_FONT_SIZE || y >= HEIGHT)
        return;
    pm_font_rows(code, rows);
    for (int32_t j = 0; j < PM_FONT_SIZE; j++)
        for (int32_t i = 0; i < PM_FONT_SIZE; i++)
            if (rows[j] & 0x80 >> i)
                put(target, x + i, y + j, color);
}

static void text(uint16_t *target, int32_t x, int32_t y, const uint8_t *at,
                 size_t size, uint16_t color)
{
    const uint8_t *end = at + size;
    int32_t left = x;

    while (at < end && y < HEIGHT) {
        uint32_t code = pm_font_next(&at, end);
        if (code == '\n') {
            x = left;
            y += PM_FONT_SIZE;
            continue;
        }
        character(target, code, x, y, color);
        x += PM_FONT_SIZE;
    }
}

// --- commands ----------------------------------------------------------------

void pm_raster_command(uint16_t *target, const struct pm_gfx_command *c,
                       const uint8_t *bytes)
{
    switch (c->kind) {
    case PM_GFX_PIXEL:
        put(target, c->a, c->b, c->color);
        break;
    case PM_GFX_LINE:
        line(target, c->a, c->b, c->c, c->d, c->color);
        break;
    case PM_GFX_RECT:
        rect(target, c->a, c->b, c->c, c->d, c->color);
        break;
    case PM_GFX_FILL_RECT:
        fill_rect(target, c->a, c->b, c->c, c->d, c->color);
        break;
    case PM_GFX_CIRCLE:
    case PM_GFX_DISC:
        circle(target, c->a, c->b, c->c, c->kind == PM_GFX_DISC, c->color);
        break;
    case PM_GFX_TEXT:
        text(target, c->a, c->b, bytes + c->c, (size_t)c->d, c->color);
        break;
    default:
        break;
    }
}

// How many of from..to-1 are in 0..length-1.
static uint32_t visible(int64_t from, int64_t to, int32_t length)
{
    from = from < 0 ? 0 : from;
    to = to > length ? length : to;
    return to > from ? (uint32_t)(to - from) : 0;
}

uint32_t pm_raster_work(const struct pm_gfx_command *c)
{
    int64_t r = c->c;
    switch (c->kind) {
    case PM_GFX_LINE:
        return visible(least(c->a, c->c), (int64_t)most(c->a, c->c) + 1,
                       WIDTH) +
               visible(least(c->b, c->d), (int64_t)most(c->b, c->d) + 1,
                       HEIGHT);
    case PM_GFX_RECT:
        return 2 * (visible(c->a, c->c, WIDTH) + visible(c->b, c->d, HEIGHT));
    case PM_GFX_FILL_RECT:
        return visible(c->a, c->c, WIDTH) * visible(c->b, c->d, HEIGHT);
    case PM_GFX_CIRCLE:
        return 4 * (visible(c->a - r, c->a + r + 1, WIDTH) +
                    visible(c->b - r, c->b + r + 1, HEIGHT));
    case PM_GFX_DISC:
        return visible(c->a - r, c->a + r + 1, WIDTH) *
               visible(c->b - r, c->b + r + 1, HEIGHT);
    case PM_GFX_TEXT:
        return (uint32_t)c->d * PM_FONT_SIZE * PM_FONT_SIZE;
    default:
        return 1;
    }
}
