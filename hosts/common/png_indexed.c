// SPDX-License-Identifier: MIT
#include <png.h>

#include "hosts/common/png.h"

static void widen(const uint16_t palette[16], uint8_t out[16][4])
{
    for (int i = 0; i < 16; i++) {
        out[i][0] = pm_picture_red(palette[i]);
        out[i][1] = pm_picture_green(palette[i]);
        out[i][2] = pm_picture_blue(palette[i]);
        out[i][3] = i ? 255 : 0;
    }
}

pm_status pm_png_encode_indexed(const struct pm_png_indexed *picture,
                                const struct pm_allocator *alloc, uint8_t **out,
                                size_t *out_size)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = picture->width,
                       .height = picture->height,
                       .format = PNG_FORMAT_RGBA_COLORMAP,
                       .colormap_entries = 16};
    // A bound for any content, so that it is compressed only once.
    png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);
    png_alloc_size_t size = room;
    uint8_t colours[16][4];
    uint8_t *file = alloc->resize(alloc->context, NULL, 0, room);

    widen(picture->palette, colours);
    if (!file || !png_image_write_to_memory(&image, file, &size, 0,
                                            picture->indices, 0, colours)) {
        png_image_free(&image);
        if (file)
            alloc->resize(alloc->context, file, room, 0);
        return PM_ERR_NO_MEMORY;
    }
    *out = alloc->resize(alloc->context, file, room, size);
    *out_size = size;
    if (*out)
        return PM_OK;
    alloc->resize(alloc->context, file, room, 0);
    return PM_ERR_NO_MEMORY;
}
