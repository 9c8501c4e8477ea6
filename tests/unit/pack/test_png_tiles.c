// SPDX-License-Identifier: MIT
//
// Pictures of tiles: larger than a sheet, and interlaced.

#include "pack/pack_internal.h"

#include "base/mem.h"

#include "support/make_png.h"
#include "support/test.h"

static const uint8_t colours[2][3] = {{0, 0, 0}, {255, 255, 255}};

static uint8_t pixels[4097 * 8];

static pm_status decode(const struct pm_buf *png, uint32_t max_side,
                        struct pm_pack_image *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;

    pm_diags_init(&diags, &alloc);
    pm_status status = pm_pack_decode_png_of("a.png", png->data, png->size,
                                             max_side, &alloc, &diags, out);
    CHECK_INT(diags.errors, status != PM_OK);
    pm_diags_free(&diags);
    return status;
}

TEST(png, the_limit_of_sides_is_the_callers)
{
    static const struct {
        uint32_t width;
        uint32_t limit;
        pm_status wanted;
    } rows[] = {
        {4096, 4096, PM_OK},
        {4097, 4096, PM_ERR_INVALID},
        {257, 256, PM_ERR_INVALID},
        {257, 257, PM_OK},
    };
    struct pm_allocator alloc = pm_allocator_libc();

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct pm_pack_image image;
        struct pm_buf png;
        pm_buf_init(&png, &alloc);
        memset(pixels, 0, sizeof pixels);
        pixels[rows[i].width * 8 - 1] = 1;
        make_png_indexed(&png, rows[i].width, 8, pixels, colours, 2);
        CHECK_INT(decode(&png, rows[i].limit, &image), rows[i].wanted);
        if (!rows[i].wanted) {
            CHECK_INT(image.pixels[rows[i].width * 8 - 1], 1);
            CHECK_INT(image.pixels[rows[i].width * 8 - 2], 0);
            pm_mem_free(&alloc, image.pixels, image.bytes);
        }
        pm_buf_free(&png);
    }
}

// The seven passes of an interlaced picture: where each begins, and its steps.
static const int passes[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8},
                                 {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2},
                                 {0, 1, 1, 2}};

TEST(png, an_interlaced_picture_is_put_together)
{
    static const uint8_t head[13] = {0, 0, 0, 8, 0, 0, 0, 8, 8, 3, 0, 0, 1};
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_image image;
    struct pm_buf rows;
    struct pm_buf png;

    pm_buf_init(&png, &alloc);
    pm_buf_init(&rows, &alloc);
    for (int pass = 0; pass < 7; pass++)
        for (int y = passes[pass][1]; y < 8; y += passes[pass][3]) {
            pm_buf_put8(&rows, 0);
            for (int x = passes[pass][0]; x < 8; x += passes[pass][2])
                pm_buf_put8(&rows, (uint8_t)(y * 8 + x));
        }
    pm_buf_put(&png, "\x89PNG\r\n\x1a\n", 8);
    make_png_chunk(&png, "IHDR", head, sizeof head);
    static const uint8_t palette[64 * 3];
    make_png_chunk(&png, "PLTE", palette, sizeof palette);
    // As one row, whose first byte is the filter of the first row.
    make_png_end(&png, rows.data + 1, rows.size - 1, 1);
    REQUIRE(decode(&png, 256, &image) == PM_OK);
    for (int i = 0; i < 64; i++)
        CHECK_INT(image.pixels[i], i);
    pm_mem_free(&alloc, image.pixels, image.bytes);
    pm_buf_free(&rows);
    pm_buf_free(&png);
}
