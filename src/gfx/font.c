// SPDX-License-Identifier: MIT
//
// The built-in font. Letters are a table; the characters of box drawing
// (U+2500-257F) are made from what they are: the weights of up to four arms
// from the middle of the cell, a few of them dashed, round or slanted.

#include <string.h>

#include "base/utf8.h"
#include "gfx/gfx_internal.h"

static const uint8_t latin[][PM_FONT_SIZE] = {
#include "gfx/font_latin.inc"
};

static const uint8_t unknown[PM_FONT_SIZE] = {0xfe, 0x82, 0x82, 0x82,
                                              0x82, 0x82, 0xfe, 0x00};

// --- box drawing -------------------------------------------------------------

// The weight of an arm: none, light (one pixel), heavy (three), double (two
// with one between them). The middle of a cell is pixel 3, 3.
enum { NONE, LIGHT, HEAVY, DOUBLE };

#define ARMS(up, right, down, left)                                            \
    (uint8_t)((up) | (right) << 2 | (down) << 4 | (left) << 6)

// U+2500-2503, 250C-254B, 2550-256C, 2574-257F; the rest is zero here.
static const uint8_t arms[128] = {
    [0x00] = ARMS(0, 1, 0, 1),
    [0x01] = ARMS(0, 2, 0, 2),
    [0x02] = ARMS(1, 0, 1, 0),
    [0x03] = ARMS(2, 0, 2, 0),
    // Down and right, down and left, up and right, up and left.
    [0x0c] = ARMS(0, 1, 1, 0),
    [0x0d] = ARMS(0, 2, 1, 0),
    [0x0e] = ARMS(0, 1, 2, 0),
    [0x0f] = ARMS(0, 2, 2, 0),
    [0x10] = ARMS(0, 0, 1, 1),
    [0x11] = ARMS(0, 0, 1, 2),
    [0x12] = ARMS(0, 0, 2, 1),
    [0x13] = ARMS(0, 0, 2, 2),
    [0x14] = ARMS(1, 1, 0, 0),
    [0x15] = ARMS(1, 2, 0, 0),
    [0x16] = ARMS(2, 1, 0, 0),
    [0x17] = ARMS(2, 2, 0, 0),
    [0x18] = ARMS(1, 0, 0, 1),
    [0x19] = ARMS(1, 0, 0, 2),
    [0x1a] = ARMS(2, 0, 0, 1),
    [0x1b] = ARMS(2, 0, 0, 2),
    // Vertical and right, vertical and left.
    [0x1c] = ARMS(1, 1, 1, 0),
    [0x1d] = ARMS(1, 2, 1, 0),
    [0x1e] = ARMS(2, 1, 1, 0),
    [0x1f] = ARMS(1, 1, 2, 0),
    [0x20] = ARMS(2, 1, 2, 0),
    [0x21] = ARMS(2, 2, 1, 0),
    [0x22] = ARMS(1, 2, 2, 0),
    [0x23] = ARMS(2, 2, 2, 0),
    [0x24] = ARMS(1, 0, 1, 1),
    [0x25] = ARMS(1, 0, 1, 2),
    [0x26] = ARMS(2, 0, 1, 1),
    [0x27] = ARMS(1, 0, 2, 1),
    [0x28] = ARMS(2, 0, 2, 1),
    [0x29] = ARMS(2, 0, 1, 2),
    [0x2a] = ARMS(1, 0, 2, 2),
    [0x2b] = ARMS(2, 0, 2, 2),
    // Down and horizontal, up and horizontal.
    [0x2c] = ARMS(0, 1, 1, 1),
    [0x2d] = ARMS(0, 1, 1, 2),
    [0x2e] = ARMS(0, 2, 1, 1),
    [0x2f] = ARMS(0, 2, 1, 2),
    [0x30] = ARMS(0, 1, 2, 1),
    [0x31] = ARMS(0, 1, 2, 2),
    [0x32] = ARMS(0, 2, 2, 1),
    [0x33] = ARMS(0, 2, 2, 2),
    [0x34] = ARMS(1, 1, 0, 1),
    [0x35] = ARMS(1, 1, 0, 2),
    [0x36] = ARMS(1, 2, 0, 1),
    [0x37] = ARMS(1, 2, 0, 2),
    [0x38] = ARMS(2, 1, 0, 1),
    [0x39] = ARMS(2, 1, 0, 2),
    [0x3a] = ARMS(2, 2, 0, 1),
    [0x3b] = ARMS(2, 2, 0, 2),
    // Crosses.
    [0x3c] = ARMS(1, 1, 1, 1),
    [0x3d] = ARMS(1, 1, 1, 2),
    [0x3e] = ARMS(1, 2, 1, 1),
    [0x3f] = ARMS(1, 2, 1, 2),
    [0x40] = ARMS(2, 1, 1, 1),
    [0x41] = ARMS(1, 1, 2, 1),
    [0x42] = ARMS(2, 1, 2, 1),
    [0x43] = ARMS(2, 1, 1, 2),
    [0x44] = ARMS(2, 2, 1, 1),
    [0x45] = ARMS(1, 1, 2, 2),
    [0x46] = ARMS(1, 2, 2, 1),
    [0x47] = ARMS(2, 2, 1, 2),
    [0x48] = ARMS(1, 2, 2, 2),
    [0x49] = ARMS(2, 1, 2, 2),
    [0x4a] = ARMS(2, 2, 2, 1),
    [0x4b] = ARMS(2, 2, 2, 2),
    // Double lines.
    [0x50] = ARMS(0, 3, 0, 3),
    [0x51] = ARMS(3, 0, 3, 0),
    [0x52] = ARMS(0, 3, 1, 0),
    [0x53] = ARMS(0, 1, 3, 0),
    [0x54] = ARMS(0, 3, 3, 0),
    [0x55] = ARMS(0, 0, 1, 3),
    [0x56] = ARMS(0, 0, 3, 1),
    [0x57] = ARMS(0, 0, 3, 3),
    [0x58] = ARMS(1, 3, 0, 0),
    [0x59] = ARMS(3, 1, 0, 0),
    [0x5a] = ARMS(3, 3, 0, 0),
    [0x5b] = ARMS(1, 0, 0, 3),
    [0x5c] = ARMS(3, 0, 0, 1),
    [0x5d] = ARMS(3, 0, 0, 3),
    [0x5e] = ARMS(1, 3, 1, 0),
    [0x5f] = ARMS(3, 1, 3, 0),
    [0x60] = ARMS(3, 3, 3, 0),
    [0x61] = ARMS(1, 0, 1, 3),
    [0x62] = ARMS(3, 0, 3, 1),
    [0x63] = ARMS(3, 0, 3, 3),
    [0x64] = ARMS(0, 3, 1, 3),
    [0x65] = ARMS(0, 1, 3, 1),
    [0x66] = ARMS(0, 3, 3, 3),
    [0x67] = ARMS(1, 3, 0, 3),
    [0x68] = ARMS(3, 1, 0, 1),
    [0x69] = ARMS(3, 3, 0, 3),
    [0x6a] = ARMS(1, 3, 1, 3),
    [0x6b] = ARMS(3, 1, 3, 1),
    [0x6c] = ARMS(3, 3, 3, 3),
    // Half lines.
    [0x74] = ARMS(0, 0, 0, 1),
    [0x75] = ARMS(1, 0, 0, 0),
    [0x76] = ARMS(0, 1, 0, 0),
    [0x77] = ARMS(0, 0, 1, 0),
    [0x78] = ARMS(0, 0, 0, 2),
    [0x79] = ARMS(2, 0, 0, 0),
    [0x7a] = ARMS(0, 2, 0, 0),
    [0x7b] = ARMS(0, 0, 2, 0),
    [0x7c] = ARMS(0, 2, 0, 1),
    [0x7d] = ARMS(1, 0, 2, 0),
    [0x7e] = ARMS(0, 1, 0, 2),
    [0x7f] = ARMS(2, 0, 1, 0),
};

// What no arms can say, drawn out.
struct special {
    uint8_t code; // after U+2500
    uint8_t rows[PM_FONT_SIZE];
};

static const struct special specials[] = {
    // Dashes: three, four, two to a cell; light and heavy, lying and upright.
    {0x04, {0, 0, 0, 0xda, 0, 0, 0, 0}},
    {0x05, {0, 0, 0xda, 0xda, 0xda, 0, 0, 0}},
    {0x06, {0x10, 0x10, 0, 0x10, 0x10, 0, 0x10, 0}},
    {0x07, {0x38, 0x38, 0, 0x38, 0x38, 0, 0x38, 0}},
    {0x08, {0, 0, 0, 0xaa, 0, 0, 0, 0}},
    {0x09, {0, 0, 0xaa, 0xaa, 0xaa, 0, 0, 0}},
    {0x0a, {0x10, 0, 0x10, 0, 0x10, 0, 0x10, 0}},
    {0x0b, {0x38, 0, 0x38, 0, 0x38, 0, 0x38, 0}},
    {0x4c, {0, 0, 0, 0xee, 0, 0, 0, 0}},
    {0x4d, {0, 0, 0xee, 0xee, 0xee, 0, 0, 0}},
    {0x4e, {0x10, 0x10, 0x10, 0, 0x10, 0x10, 0x10, 0}},
    {0x4f, {0x38, 0x38, 0x38, 0, 0x38, 0x38, 0x38, 0}},
    // Round corners: down right, down left, up left, up right.
    {0x6d, {0, 0, 0, 0x07, 0x08, 0x10, 0x10, 0x10}},
    {0x6e, {0, 0, 0, 0xc0, 0x20, 0x10, 0x10, 0x10}},
    {0x6f, {0x10, 0x10, 0x20, 0xc0, 0, 0, 0, 0}},
    {0x70, {0x10, 0x10, 0x08, 0x07, 0, 0, 0, 0}},
    // Slants.
    {0x71, {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80}},
    {0x72, {0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01}},
    {0x73, {0x81, 0x42, 0x24, 0x18, 0x18, 0x24, 0x42, 0x81}},
};

// How far an arm goes: it ends so many pixels outside of the middle.
enum { FAR = -1, MIDDLE = 0, NEAR = 1 };

// Where an arm's line ends. [side] is the weight of the crossing arm on the
// line's own side, [other] of the one on the other side, [facing] that of
// the arm opposite. Double lines open into each other; others meet.
static int arm_end(unsigned own, unsigned side, unsigned other, unsigned facing)
{
    if (own == DOUBLE) {
        if (side == DOUBLE)
            return NEAR;
        return other == DOUBLE && !facing ? FAR : MIDDLE;
    }
    if (side == DOUBLE && other == DOUBLE)
        return facing ? MIDDLE : NEAR;
    return side >= HEAVY || other >= HEAVY ? FAR : MIDDLE;
}

static bool has_line(unsigned weight, int at)
{
    return weight == HEAVY || (weight == LIGHT && at == 0) ||
           (weight == DOUBLE && at != 0);
}

static void put(uint8_t rows[PM_FONT_SIZE], int x, int y)
{
    if (x >= 0 && x < PM_FONT_SIZE && y >= 0 && y < PM_FONT_SIZE)
        rows[y] |= (uint8_t)(0x80 >> x);
}

// Draws arm [i] of [w]: 0 up, 1 right, 2 down, 3 left.
static void draw_arm(uint8_t rows[PM_FONT_SIZE], const unsigned w[4], int i)
{
    static const int dx[4] = {0, 1, 0, -1};
    static const int dy[4] = {-1, 0, 1, 0};
    int turn = (i + 1) & 3; // towards positive [at]

    for (int at = -1; at <= 1; at++) {
        unsigned side = w[at > 0 ? turn : (i + 3) & 3];
        unsigned other = w[at > 0 ? (i + 3) & 3 : turn];
        if (!has_line(w[i], at))
            continue;
        for (int to = arm_end(w[i], side, other, w[i ^ 2]); to < 5; to++)
            put(rows, 3 + dx[i] * to + dx[turn] * at,
                3 + dy[i] * to + dy[turn] * at);
    }
}

static void box_rows(unsigned code, uint8_t rows[PM_FONT_SIZE])
{
    unsigned weights[4];

    memset(rows, 0, PM_FONT_SIZE);
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++)
        if (specials[i].code == code)
            memcpy(rows, specials[i].rows, PM_FONT_SIZE);
    for (unsigned i = 0; i < 4; i++)
        weights[i] = arms[code] >> 2 * i & 3;
    for (int i = 0; i < 4; i++)
        draw_arm(rows, weights, i);
}

// --- the font ----------------------------------------------------------------

void pm_font_rows(uint32_t code, uint8_t rows[PM_FONT_SIZE])
{
    if (code >= 0x20 && code <= 0x7e)
        memcpy(rows, latin[code - 0x20], PM_FONT_SIZE);
    else if (code >= 0xa0 && code <= 0xff)
        memcpy(rows, latin[code - 0xa0 + 0x5f], PM_FONT_SIZE);
    else if (code >= 0x2500 && code <= 0x257f)
        box_rows(code - 0x2500, rows);
    else
        memcpy(rows, unknown, PM_FONT_SIZE);
}

uint32_t pm_font_next(const uint8_t **at, const uint8_t *end)
{
    uint32_t code;
    size_t length = pm_utf8_decode(*at, (size_t)(end - *at), &code);

    *at += length ? length : 1;
    return length ? code : PM_FONT_UNKNOWN;
}

size_t pm_gfx_text_width(const void *text, size_t size)
{
    const uint8_t *at = text;
    size_t line = 0;
    size_t widest = 0;

    for (size_t left = size; left > 0;) {
        const uint8_t *next = at;
        line = pm_font_next(&next, at + left) == '\n' ? 0 : line + 1;
        left -= (size_t)(next - at);
        at = next;
        widest = line > widest ? line : widest;
    }
    return widest * PM_FONT_SIZE;
}

size_t pm_gfx_text_height(const void *text, size_t size)
{
    const uint8_t *bytes = text;
    size_t lines = 1;

    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    return lines * PM_FONT_SIZE;
}
