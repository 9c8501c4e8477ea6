// SPDX-License-Identifier: MIT
//
// How a pixel is laid over another, to the bit as Aseprite does it: what the
// artist saw is what is packed.

#ifndef PM_PACK_BLEND_H
#define PM_PACK_BLEND_H

#include <stdint.h>

// As .aseprite files number them.
enum pm_pack_blend_mode {
    PM_BLEND_NORMAL,
    PM_BLEND_MULTIPLY,
    PM_BLEND_SCREEN,
    PM_BLEND_OVERLAY,
    PM_BLEND_DARKEN,
    PM_BLEND_LIGHTEN,
    PM_BLEND_COLOR_DODGE,
    PM_BLEND_COLOR_BURN,
    PM_BLEND_HARD_LIGHT,
    PM_BLEND_SOFT_LIGHT,
    PM_BLEND_DIFFERENCE,
    PM_BLEND_EXCLUSION,
    PM_BLEND_HUE,
    PM_BLEND_SATURATION,
    PM_BLEND_COLOR,
    PM_BLEND_LUMINOSITY,
    PM_BLEND_ADDITION,
    PM_BLEND_SUBTRACT,
    PM_BLEND_DIVIDE,
    PM_BLEND_MODES
};

// [a] * [b] / 255, rounded.
int pm_pack_mul255(int a, int b);

// Lays [source] over [backdrop], both RGBA, the result into [backdrop].
// [opacity] 0..255 is on top of the source's alpha.
void pm_pack_blend(enum pm_pack_blend_mode mode, uint8_t *backdrop,
                   const uint8_t *source, int opacity);

#endif
