// SPDX-License-Identifier: MIT
//
// .aseprite files: all frames of what comes out have their pixels, and
// indices are inside the palette. zlib's check sums are believed here, or
// mutations of packed pixels would end there: most of the corpus is raw.

#include "base/check.h"
#include "pack/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_frame(const struct pm_pack_animation *a, uint32_t frame)
{
    const struct pm_pack_image *image = &a->frames[frame];
    size_t pixels = (size_t)a->width * a->height;

    PM_CHECK(a->durations[frame] > 0);
    PM_CHECK(image->width == a->width && image->height == a->height);
    PM_CHECK(image->bytes == (image->is_indexed ? pixels : pixels * 4));
    PM_CHECK(image->is_indexed == a->frames[0].is_indexed);
    for (size_t i = 0; image->is_indexed && i < pixels; i++)
        PM_CHECK(image->pixels[i] < image->colours);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_animation result;
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_pack_file file = {.name = "input.ase",
                                .bytes = data,
                                .size = size,
                                .alloc = &alloc,
                                .diags = &diags,
                                .report = &report};

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&report, &alloc);
    if (pm_pack_decode_aseprite(&file, &result) == PM_OK) {
        PM_CHECK(result.frame_count > 0);
        for (uint32_t i = 0; i < result.frame_count; i++)
            check_frame(&result, i);
        for (uint32_t i = 0; i < result.tag_count; i++)
            PM_CHECK(result.tags[i].from <= result.tags[i].to &&
                     result.tags[i].to < result.frame_count &&
                     result.tags[i].direction <= 3);
        pm_pack_animation_free(&alloc, &result);
    } else {
        PM_CHECK(diags.errors > 0);
    }
    pm_buf_free(&report);
    pm_diags_free(&diags);
    return 0;
}
