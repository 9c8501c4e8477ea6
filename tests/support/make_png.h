// SPDX-License-Identifier: MIT
//
// Writes small PNGs chunk by chunk, right or wrong as a test wants them.

#ifndef PM_TEST_MAKE_PNG_H
#define PM_TEST_MAKE_PNG_H

#include "base/buf.h"

// Appends signature and IHDR. [type]: 0 grey, 2 RGB, 3 indexed, 6 RGBA.
void make_png_begin(struct pm_buf *out, uint32_t width, uint32_t height,
                    int depth, int type);

// Appends a chunk with its sum.
void make_png_chunk(struct pm_buf *out, const char *name, const void *bytes,
                    size_t size);

// Appends IDAT (stored, unfiltered) of [height] rows of [stride] bytes, and
// IEND.
void make_png_end(struct pm_buf *out, const void *pixels, size_t stride,
                  size_t height);

// A whole indexed picture of a byte a pixel.
void make_png_indexed(struct pm_buf *out, uint32_t width, uint32_t height,
                      const void *pixels, const uint8_t (*palette)[3],
                      int colours);

// A whole RGBA picture.
void make_png_rgba(struct pm_buf *out, uint32_t width, uint32_t height,
                   const void *pixels);

#endif
