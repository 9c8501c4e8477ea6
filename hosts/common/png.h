// SPDX-License-Identifier: MIT
//
// Pictures as PNG files.

#ifndef PM_HOST_PNG_H
#define PM_HOST_PNG_H

#include <stdint.h>

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

#ifdef __cplusplus
}
#endif

#endif
