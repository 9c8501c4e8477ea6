// SPDX-License-Identifier: MIT
//
// What the files of the packer share.

#ifndef PM_PACK_PACK_INTERNAL_H
#define PM_PACK_PACK_INTERNAL_H

#include "pack/pack.h"

// A decoded picture.
struct pm_pack_image {
    uint32_t width;
    uint32_t height;
    bool is_indexed;
    // Indexed: a byte a pixel; otherwise red, green, blue and alpha.
    uint8_t *pixels;
    size_t bytes;
    // Of an indexed picture.
    int colours;
    uint8_t palette[256][3];
    uint8_t alpha[256];
};

// png.c: decodes a PNG of at most PM_PACK_MAX_SIDE pixels each way.
pm_status pm_pack_decode_png(const char *file, const void *png, size_t size,
                             const struct pm_allocator *alloc,
                             struct pm_diags *diags, struct pm_pack_image *out);

// The same for at most [max_side] pixels each way. Memory is a byte a pixel
// for an indexed picture, else four, and up to 16 MiB of libpng's.
pm_status pm_pack_decode_png_of(const char *file, const void *png, size_t size,
                                uint32_t max_side,
                                const struct pm_allocator *alloc,
                                struct pm_diags *diags,
                                struct pm_pack_image *out);

// What quantising found.
struct pm_pack_colours {
    uint16_t palette[16]; // RGB565; 0 is transparent
    int used;             // besides index 0
    int found;            // different RGB565 colours in the picture
    int worst;            // largest error of a channel, of 255
};

// quantise.c: gives each of [count] RGBA pixels an index 0..15.
pm_status pm_pack_quantise(const uint8_t *rgba, size_t count, uint8_t *indices,
                           const struct pm_allocator *alloc,
                           struct pm_pack_colours *out);

// The nearest RGB565 colour.
static inline uint16_t pm_pack_rgb565(const uint8_t *rgb)
{
    unsigned r = (rgb[0] * 31u + 127) / 255;
    unsigned g = (rgb[1] * 63u + 127) / 255;
    unsigned b = (rgb[2] * 31u + 127) / 255;
    return (uint16_t)(r << 11 | g << 5 | b);
}

#endif
