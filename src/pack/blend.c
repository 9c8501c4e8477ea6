// SPDX-License-Identifier: MIT
//
// Channels are whole numbers. Soft light and the four modes of hue and
// saturation are defined by formulas in floating point; they are computed in
// doubles with the basic operations and the square root only, which IEEE 754
// rounds the same way everywhere.

#include "pack/blend.h"

#include <math.h>
#include <string.h>

// Also right for a negative [a]: shifts round down on all our compilers.
int pm_pack_mul255(int a, int b)
{
    int t = a * b + 128;
    return ((t >> 8) + t) >> 8;
}

static int div255(int a, int b)
{
    return (a * 255 + b / 2) / b;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

// --- a channel ---------------------------------------------------------------

static int screen(int b, int s)
{
    return b + s - pm_pack_mul255(b, s);
}

static int hard_light(int b, int s)
{
    return s < 128 ? pm_pack_mul255(b, s * 2) : screen(b, s * 2 - 255);
}

static int color_dodge(int b, int s)
{
    if (b == 0)
        return 0;
    return b >= 255 - s ? 255 : div255(b, 255 - s);
}

static int color_burn(int b, int s)
{
    if (b == 255)
        return 255;
    return 255 - b >= s ? 0 : 255 - div255(255 - b, s);
}

static int divide(int b, int s)
{
    if (b == 0)
        return 0;
    return b >= s ? 255 : div255(b, s);
}

static int soft_light(int backdrop, int source)
{
    double b = backdrop / 255.0;
    double s = source / 255.0;
    double d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : sqrt(b);
    double r = s <= 0.5 ? b - (1.0 - 2.0 * s) * b * (1.0 - b)
                        : b + (2.0 * s - 1.0) * (d - b);
    return (int)(r * 255 + 0.5);
}

static int channel(enum pm_pack_blend_mode mode, int b, int s)
{
    switch (mode) {
    case PM_BLEND_MULTIPLY:
        return pm_pack_mul255(b, s);
    case PM_BLEND_SCREEN:
        return screen(b, s);
    case PM_BLEND_OVERLAY:
        return hard_light(s, b);
    case PM_BLEND_DARKEN:
        return least(b, s);
    case PM_BLEND_LIGHTEN:
        return most(b, s);
    case PM_BLEND_COLOR_DODGE:
        return color_dodge(b, s);
    case PM_BLEND_COLOR_BURN:
        return color_burn(b, s);
    case PM_BLEND_HARD_LIGHT:
        return hard_light(b, s);
    case PM_BLEND_SOFT_LIGHT:
        return soft_light(b, s);
    case PM_BLEND_DIFFERENCE:
        return b > s ? b - s : s - b;
    case PM_BLEND_EXCLUSION:
        return b + s - 2 * pm_pack_mul255(b, s);
    case PM_BLEND_ADDITION:
        return least(b + s, 255);
    case PM_BLEND_SUBTRACT:
        return most(b - s, 0);
    case PM_BLEND_DIVIDE:
        return divide(b, s);
    default:
        return s;
    }
}

// --- hue, saturation, luminosity ---------------------------------------------

static double luminosity(const double *c)
{
    return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2];
}

static double saturation(const double *c)
{
    return fmax(c[0], fmax(c[1], c[2])) - fmin(c[0], fmin(c[1], c[2]));
}

static void clip(double *c)
{
    double l = luminosity(c);
    double low = fmin(c[0], fmin(c[1], c[2]));
    double high = fmax(c[0], fmax(c[1], c[2]));

    for (int i = 0; low < 0 && i < 3; i++)
        c[i] = l + (c[i] - l) * l / (l - low);
    for (int i = 0; high > 1 && i < 3; i++)
        c[i] = l + (c[i] - l) * (1 - l) / (high - l);
}

static void set_luminosity(double *c, double l)
{
    double d = l - luminosity(c);
    for (int i = 0; i < 3; i++)
        c[i] += d;
    clip(c);
}

// Where two channels are equal, Aseprite may take one of them for two of the
// three places and leave the other as it is. Pictures were drawn to look like
// that, so the places are chosen in the same way.
static void set_saturation(double *c, double s)
{
    double r = c[0];
    double g = c[1];
    double b = c[2];
    int low = g < b ? 1 : 2;
    int high = g > b ? 1 : 2;
    int middle = r > g   ? (g > b   ? 1
                            : r > b ? 2
                                    : 0)
                 : g > b ? (b > r ? 2 : 0)
                         : 1;

    low = r < c[low] ? 0 : low;
    high = r > c[high] ? 0 : high;
    if (c[high] > c[low]) {
        c[middle] = (c[middle] - c[low]) * s / (c[high] - c[low]);
        c[high] = s;
    } else {
        c[middle] = c[high] = 0;
    }
    c[low] = 0;
}

static void hue_and_such(enum pm_pack_blend_mode mode, const uint8_t *backdrop,
                         const uint8_t *source, uint8_t *out)
{
    double b[3];
    double s[3];

    for (int i = 0; i < 3; i++) {
        b[i] = backdrop[i] / 255.0;
        s[i] = source[i] / 255.0;
    }
    double *result = mode == PM_BLEND_HUE || mode == PM_BLEND_COLOR ? s : b;
    double l = luminosity(mode == PM_BLEND_LUMINOSITY ? s : b);
    if (mode == PM_BLEND_HUE)
        set_saturation(s, saturation(b));
    else if (mode == PM_BLEND_SATURATION)
        set_saturation(b, saturation(s));
    set_luminosity(result, l);
    for (int i = 0; i < 3; i++)
        out[i] = (uint8_t)least(most((int)(255.0 * result[i]), 0), 255);
}

// --- a pixel -----------------------------------------------------------------

static void normal(uint8_t *backdrop, const uint8_t *source, int opacity)
{
    int sa = pm_pack_mul255(source[3], opacity);
    int ba = backdrop[3];

    if (ba == 0) {
        memcpy(backdrop, source, 3);
        backdrop[3] = (uint8_t)sa;
        return;
    }
    int ra = sa + ba - pm_pack_mul255(ba, sa);
    for (int i = 0; i < 3; i++)
        backdrop[i] =
            (uint8_t)(backdrop[i] + (source[i] - backdrop[i]) * sa / ra);
    backdrop[3] = (uint8_t)ra;
}

// From [backdrop] to [source], by [opacity].
static void merge(uint8_t *backdrop, const uint8_t *source, int opacity)
{
    int ba = backdrop[3];

    for (int i = 0; i < 3; i++) {
        int b = backdrop[i];
        int s = source[i];
        if (ba == 0)
            backdrop[i] = (uint8_t)s;
        else if (source[3] != 0)
            backdrop[i] = (uint8_t)(b + pm_pack_mul255(s - b, opacity));
    }
    backdrop[3] = (uint8_t)(ba + pm_pack_mul255(source[3] - ba, opacity));
    if (backdrop[3] == 0)
        memset(backdrop, 0, 3);
}

void pm_pack_blend(enum pm_pack_blend_mode mode, uint8_t *backdrop,
                   const uint8_t *source, int opacity)
{
    uint8_t mixed[4] = {0, 0, 0, source[3]};
    uint8_t blended[4];
    int ba = backdrop[3];

    if (source[3] == 0)
        return;
    if (mode == PM_BLEND_NORMAL || ba == 0) {
        normal(backdrop, source, opacity);
        return;
    }
    if (mode >= PM_BLEND_HUE && mode <= PM_BLEND_LUMINOSITY)
        hue_and_such(mode, backdrop, source, mixed);
    else
        for (int i = 0; i < 3; i++)
            mixed[i] = (uint8_t)channel(mode, backdrop[i], source[i]);

    // The less opaque the backdrop, the more the source is seen as it is.
    memcpy(blended, backdrop, 4);
    normal(blended, mixed, opacity);
    normal(backdrop, source, opacity);
    merge(backdrop, blended, ba);
    merge(backdrop, blended,
          pm_pack_mul255(ba, pm_pack_mul255(source[3], opacity)));
}
