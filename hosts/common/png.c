// SPDX-License-Identifier: MIT
#include "hosts/common/png.h"

#include <png.h>
#include <stdlib.h>

#include "hosts/common/files.h"

// The picture as rows of red, green, blue; to be freed.
static uint8_t *widen(const uint16_t *pixels, unsigned scale)
{
    unsigned width = PM_PICTURE_WIDTH * scale;
    unsigned height = PM_PICTURE_HEIGHT * scale;
    uint8_t *rgb = malloc((size_t)width * height * 3);
    uint8_t *at = rgb;

    for (unsigned y = 0; rgb && y < height; y++) {
        const uint16_t *row = pixels + y / scale * PM_PICTURE_WIDTH;
        for (unsigned x = 0; x < width; x++) {
            uint16_t pixel = row[x / scale];
            *at++ = pm_picture_red(pixel);
            *at++ = pm_picture_green(pixel);
            *at++ = pm_picture_blue(pixel);
        }
    }
    return rgb;
}

static pm_status write_rgb(const char *path, const uint8_t *rgb, unsigned scale,
                           const char **out_error)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = PM_PICTURE_WIDTH * scale,
                       .height = PM_PICTURE_HEIGHT * scale,
                       .format = PNG_FORMAT_RGB};
    // A bound for any content, so that it is compressed only once.
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *file = malloc(size);

    if (out_error)
        *out_error = "out of memory";
    if (!file ||
        !png_image_write_to_memory(&image, file, &size, 0, rgb, 0, NULL)) {
        png_image_free(&image);
        free(file);
        return PM_ERR_NO_MEMORY;
    }
    pm_status status = pm_file_write(path, file, size, out_error);
    free(file);
    return status;
}

pm_status pm_png_write(const char *path, const uint16_t *pixels, unsigned scale,
                       const char **out_error)
{
    if (scale < 1 || scale > PM_PNG_SCALE_MAX) {
        if (out_error)
            *out_error = "the scale must be 1 to 16";
        return PM_ERR_INVALID;
    }
    uint8_t *rgb = widen(pixels, scale);
    if (!rgb) {
        if (out_error)
            *out_error = "out of memory";
        return PM_ERR_NO_MEMORY;
    }
    pm_status status = write_rgb(path, rgb, scale, out_error);
    free(rgb);
    return status;
}
