// SPDX-License-Identifier: MIT
#include "hosts/common/png.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/test.h"

static uint16_t picture[PM_PICTURE_PIXELS];

static void check_scaled(unsigned scale)
{
    char path[512];
    png_image image = {.version = PNG_IMAGE_VERSION};
    size_t wrong = 0;

    snprintf(path, sizeof path, PM_BINARY_DIR "/test-picture-%d.png",
             (int)getpid());
    REQUIRE(pm_png_write(path, picture, scale, NULL) == PM_OK);
    REQUIRE(png_image_begin_read_from_file(&image, path));
    image.format = PNG_FORMAT_RGB;
    CHECK_INT(image.width, PM_PICTURE_WIDTH * scale);
    CHECK_INT(image.height, PM_PICTURE_HEIGHT * scale);
    uint8_t *rgb = malloc(PNG_IMAGE_SIZE(image));
    REQUIRE(png_image_finish_read(&image, NULL, rgb, 0, NULL));
    for (unsigned y = 0; y < image.height; y++)
        for (unsigned x = 0; x < image.width; x++) {
            uint16_t p = picture[y / scale * PM_PICTURE_WIDTH + x / scale];
            const uint8_t *found = rgb + (y * image.width + x) * 3;
            wrong += found[0] != pm_picture_red(p) ||
                     found[1] != pm_picture_green(p) ||
                     found[2] != pm_picture_blue(p);
        }
    CHECK_INT(wrong, 0);
    free(rgb);
    remove(path);
}

TEST(png, holds_each_pixel_at_each_scale)
{
    for (size_t i = 0; i < PM_PICTURE_PIXELS; i++)
        picture[i] = (uint16_t)(i * 2654435761u >> 7);
    check_scaled(1);
    check_scaled(3);
}

TEST(png, says_what_is_wrong)
{
    const char *error = NULL;
    CHECK(pm_png_write("/tmp/x.png", picture, 0, &error) == PM_ERR_INVALID);
    CHECK_STR(error, "the scale must be 1 to 16");
    CHECK(pm_png_write("/tmp/x.png", picture, 17, NULL) == PM_ERR_INVALID);
    CHECK(pm_png_write("/no/such/folder/x.png", picture, 1, &error) ==
          PM_ERR_NOT_FOUND);
    CHECK_STR(error, "No such file or directory");
}

TEST(png, colours_are_widened_to_their_whole_range)
{
    CHECK_INT(pm_picture_red(0xffff), 255);
    CHECK_INT(pm_picture_green(0xffff), 255);
    CHECK_INT(pm_picture_blue(0xffff), 255);
    CHECK_INT(pm_picture_red(0x07ff), 0);
    for (unsigned p = 0; p < 65536; p += 7)
        CHECK_INT(pm_picture_pixel(pm_picture_red((uint16_t)p),
                                   pm_picture_green((uint16_t)p),
                                   pm_picture_blue((uint16_t)p)),
                  p);
}
