// SPDX-License-Identifier: MIT
#include "support/make_png.h"

#include <string.h>

#include "base/crc.h"

static void put_big32(struct pm_buf *out, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        pm_buf_put8(out, (uint8_t)(v >> shift));
}

void make_png_chunk(struct pm_buf *out, const char *name, const void *bytes,
                    size_t size)
{
    put_big32(out, (uint32_t)size);
    pm_buf_put(out, name, 4);
    if (size)
        pm_buf_put(out, bytes, size);
    put_big32(out, pm_crc32(0, out->data + out->size - size - 4, size + 4));
}

void make_png_begin(struct pm_buf *out, uint32_t width, uint32_t height,
                    int depth, int type)
{
    uint8_t head[13] = {0};
    for (int i = 0; i < 4; i++) {
        head[i] = (uint8_t)(width >> (24 - 8 * i));
        head[4 + i] = (uint8_t)(height >> (24 - 8 * i));
    }
    head[8] = (uint8_t)depth;
    head[9] = (uint8_t)type;
    pm_buf_put(out, "\x89PNG\r\n\x1a\n", 8);
    make_png_chunk(out, "IHDR", head, sizeof head);
}

// zlib of stored blocks, one a row.
static void put_zlib(struct pm_buf *z, const uint8_t *pixels, size_t stride,
                     size_t height)
{
    uint32_t a = 1;
    uint32_t b = 0;

    pm_buf_put(z, "\x78\x01", 2);
    for (size_t y = 0; y < height; y++) {
        const uint8_t *row = pixels + y * stride;
        pm_buf_put8(z, y + 1 == height);
        pm_buf_put16(z, (uint16_t)(stride + 1));
        pm_buf_put16(z, (uint16_t) ~(stride + 1));
        pm_buf_put8(z, 0);
        pm_buf_put(z, row, stride);
        b = (b + a) % 65521;
        for (size_t x = 0; x < stride; x++) {
            a = (a + row[x]) % 65521;
            b = (b + a) % 65521;
        }
    }
    put_big32(z, b << 16 | a);
}

void make_png_end(struct pm_buf *out, const void *pixels, size_t stride,
                  size_t height)
{
    struct pm_buf z;
    pm_buf_init(&z, &out->alloc);
    put_zlib(&z, pixels, stride, height);
    make_png_chunk(out, "IDAT", z.data, z.size);
    make_png_chunk(out, "IEND", NULL, 0);
    pm_buf_free(&z);
}

void make_png_indexed(struct pm_buf *out, uint32_t width, uint32_t height,
                      const void *pixels, const uint8_t (*palette)[3],
                      int colours)
{
    make_png_begin(out, width, height, 8, 3);
    make_png_chunk(out, "PLTE", palette, (size_t)colours * 3);
    make_png_end(out, pixels, width, height);
}

void make_png_rgba(struct pm_buf *out, uint32_t width, uint32_t height,
                   const void *pixels)
{
    make_png_begin(out, width, height, 8, 6);
    make_png_end(out, pixels, (size_t)width * 4, height);
}
