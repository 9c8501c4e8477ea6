// SPDX-License-Identifier: MIT
//
// Pictures as PNG files.

#ifndef PM_HOST_PNG_H
#define PM_HOST_PNG_H

#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/picture.h>
#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PM_PNG_SCALE_MAX 16

// Writes a picture of PM_PICTURE_PIXELS pixels as a PNG with 8 bits a
// channel, [scale] (1..16) times as large, whole or not at all (see
// pm_file_write). Equal pictures give equal files with the same libpng.
// Fails with PM_ERR_INVALID for another scale, PM_ERR_NO_MEMORY, or like
// pm_file_write.
pm_status pm_png_write(const char *path, const uint16_t *pixels, unsigned scale,
                       const char **out_error);

// A picture of indices, and the 16 colours that they stand for.
struct pm_png_indexed {
    uint32_t width;
    uint32_t height;
    const uint8_t *indices; // width * height of them, 0..15
    uint16_t palette[16];   // RGB565; the first is transparent
};

// Makes a PNG with a palette of 16 in memory, to be freed with the allocator
// and [out_size]. Fails with PM_ERR_NO_MEMORY.
pm_status pm_png_encode_indexed(const struct pm_png_indexed *picture,
                                const struct pm_allocator *alloc, uint8_t **out,
                                size_t *out_size);

#ifdef __cplusplus
}
#endif

#endif
