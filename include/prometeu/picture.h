// SPDX-License-Identifier: MIT
//
// The picture that a frame gives to its host: PM_PICTURE_HEIGHT rows of
// PM_PICTURE_WIDTH pixels, top row first, left pixel first, no gaps. A pixel
// is RGB565 in a native uint16_t: red in bits 11-15, green in bits 5-10, blue
// in bits 0-4. Hosts show it scaled by whole factors, nearest.

#ifndef PROMETEU_PICTURE_H
#define PROMETEU_PICTURE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PM_PICTURE_WIDTH  320
#define PM_PICTURE_HEIGHT 180
#define PM_PICTURE_PIXELS (PM_PICTURE_WIDTH * PM_PICTURE_HEIGHT)

// A channel of 5 or 6 bits widened to 8: its high bits fill the low ones, so
// that the lowest value stays 0 and the highest becomes 255.
static inline uint8_t pm_picture_red(uint16_t pixel)
{
    unsigned v = pixel >> 11;
    return (uint8_t)(v << 3 | v >> 2);
}

static inline uint8_t pm_picture_green(uint16_t pixel)
{
    unsigned v = pixel >> 5 & 63;
    return (uint8_t)(v << 2 | v >> 4);
}

static inline uint8_t pm_picture_blue(uint16_t pixel)
{
    unsigned v = pixel & 31;
    return (uint8_t)(v << 3 | v >> 2);
}

// The pixel for 8-bit channels; their low bits are cut off.
static inline uint16_t pm_picture_pixel(uint8_t red, uint8_t green,
                                        uint8_t blue)
{
    return (uint16_t)((red >> 3) << 11 | (green >> 2) << 5 | blue >> 3);
}

#ifdef __cplusplus
}
#endif

#endif
