// SPDX-License-Identifier: MIT
//
// PNG by libpng, from memory, fenced in: sides are looked at before libpng
// sees a byte, its memory is counted against a limit, chunks are bounded, and
// its errors land in one setjmp with everything it held in one struct.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// Brings setjmp along; jumping is left to it.
#include <png.h>

#include "base/mem.h"
#include "pack/pack_internal.h"

// What libpng may have at a time besides the picture's pixels: far above what
// the rows of any picture need.
#define MEMORY_LIMIT ((size_t)16 << 20)
#define CHUNK_LIMIT  ((size_t)1 << 20)

struct decoder {
    struct pm_allocator alloc;
    struct pm_diags *diags;
    const char *file;
    const uint8_t *bytes;
    size_t size;
    uint32_t max_side;
    size_t at;
    size_t memory;
    bool out_of_memory;
    int passes; // over the rows; more than one when they are interlaced
    png_structp png;
    png_infop info;
    struct pm_pack_image *image;
};

static void fault(struct decoder *d, size_t at, const char *code,
                  const char *format, ...) PM_PRINTF(4, 5);

static void fault(struct decoder *d, size_t at, const char *code,
                  const char *format, ...)
{
    struct pm_place place = pm_place_at(d->file, at);
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_diags_error(d->diags, &place, code, "%s", text);
}

// --- what libpng calls -------------------------------------------------------

// Stands before each block, because libpng does not tell sizes back.
union block {
    size_t size;
    max_align_t align;
};

static png_voidp get_memory(png_structp png, png_alloc_size_t size)
{
    struct decoder *d = png_get_mem_ptr(png);
    union block *block = NULL;

    // Beyond the limit the picture is at fault, not the host's memory.
    if (size > MEMORY_LIMIT || d->memory + size > MEMORY_LIMIT)
        return NULL;
    block = pm_mem_alloc(&d->alloc, sizeof *block + size);
    if (!block) {
        d->out_of_memory = true;
        return NULL;
    }
    block->size = size;
    d->memory += size;
    return block + 1;
}

static void free_memory(png_structp png, png_voidp at)
{
    struct decoder *d = png_get_mem_ptr(png);
    if (!at)
        return;
    union block *block = (union block *)at - 1;
    d->memory -= block->size;
    pm_mem_free(&d->alloc, block, sizeof *block + block->size);
}

static void read_bytes(png_structp png, png_bytep out, size_t size)
{
    struct decoder *d = png_get_io_ptr(png);
    if (size > d->size - d->at)
        png_error(png, "the file ends inside a chunk");
    memcpy(out, d->bytes + d->at, size);
    d->at += size;
}

static void on_error(png_structp png, png_const_charp message)
{
    struct decoder *d = png_get_error_ptr(png);
    if (!d->out_of_memory)
        fault(d, d->at, "PACK-PNG",
              "the picture cannot be decoded: %s (near byte %zu of %zu)",
              message, d->at, d->size);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    struct decoder *d = png_get_error_ptr(png);
    struct pm_place place = pm_place_at(d->file, d->at);
    pm_diags_warning(d->diags, &place, "PACK-PNG", "%s", message);
}

// --- before libpng -----------------------------------------------------------

static uint32_t big32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static bool check_head(struct decoder *d)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};

    if (d->size < 33 || memcmp(d->bytes, signature, 8) != 0 ||
        memcmp(d->bytes + 12, "IHDR", 4) != 0) {
        fault(d, 0, "PACK-PNG",
              "this is no PNG; export the picture as one (not a renamed file "
              "of another kind)");
        return false;
    }
    uint32_t width = big32(d->bytes + 16);
    uint32_t height = big32(d->bytes + 20);
    if (width < 1 || height < 1 || width > d->max_side ||
        height > d->max_side) {
        fault(d, 16, "PACK-PNG-SIZE",
              "the picture has %" PRIu32 " x %" PRIu32
              " pixels; %s has at most %" PRIu32 " x %" PRIu32
              ": cut it into several",
              width, height,
              d->max_side == PM_PACK_MAX_SIDE ? "a sheet" : "one of tiles",
              d->max_side, d->max_side);
        return false;
    }
    return true;
}

// --- decoding ----------------------------------------------------------------

static void take_palette(struct decoder *d)
{
    struct pm_pack_image *image = d->image;
    png_colorp palette = NULL;
    png_bytep alpha = NULL;
    int count = 0;

    png_get_PLTE(d->png, d->info, &palette, &count);
    image->colours = count;
    memset(image->alpha, 255, sizeof image->alpha);
    for (int i = 0; i < count && i < 256; i++) {
        image->palette[i][0] = palette[i].red;
        image->palette[i][1] = palette[i].green;
        image->palette[i][2] = palette[i].blue;
    }
    count = 0;
    png_get_tRNS(d->png, d->info, &alpha, &count, NULL);
    for (int i = 0; alpha && i < count && i < 256; i++)
        image->alpha[i] = alpha[i];
}

static void ask_for_rgba(struct decoder *d)
{
    png_set_expand(d->png);
    png_set_scale_16(d->png);
    png_set_gray_to_rgb(d->png);
    png_set_add_alpha(d->png, 255, PNG_FILLER_AFTER);
}

static void start(struct decoder *d)
{
    struct pm_pack_image *image = d->image;

    png_set_user_limits(d->png, d->max_side, d->max_side);
    png_set_chunk_malloc_max(d->png, CHUNK_LIMIT);
    png_set_chunk_cache_max(d->png, 64);
    png_set_read_fn(d->png, d, read_bytes);
    png_read_info(d->png, d->info);
    image->width = png_get_image_width(d->png, d->info);
    image->height = png_get_image_height(d->png, d->info);
    image->is_indexed =
        png_get_color_type(d->png, d->info) == PNG_COLOR_TYPE_PALETTE;
    if (image->is_indexed) {
        take_palette(d);
        png_set_packing(d->png);
    } else {
        ask_for_rgba(d);
    }
    d->passes = png_set_interlace_handling(d->png);
    png_read_update_info(d->png, d->info);
}

static void read_rows(struct decoder *d)
{
    struct pm_pack_image *image = d->image;
    size_t stride = (size_t)image->width * (image->is_indexed ? 1 : 4);

    if (png_get_rowbytes(d->png, d->info) != stride)
        png_error(d->png, "rows have an unexpected size");
    image->bytes = stride * image->height;
    image->pixels = pm_mem_zalloc(&d->alloc, image->bytes);
    if (!image->pixels) {
        d->out_of_memory = true;
        png_error(d->png, "memory is too short");
    }
    for (int pass = 0; pass < d->passes; pass++)
        for (uint32_t y = 0; y < image->height; y++)
            png_read_row(d->png, image->pixels + stride * y, NULL);
    png_read_end(d->png, NULL);
}

// All that may jump out is called from here; what it made is in [d].
static bool decode(struct decoder *d)
{
    d->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, d, on_error,
                                      on_warning, d, get_memory, free_memory);
    if (d->png)
        d->info = png_create_info_struct(d->png);
    if (!d->info) {
        d->out_of_memory = true;
        return false;
    }
    if (setjmp(png_jmpbuf(d->png)))
        return false;
    start(d);
    read_rows(d);
    return true;
}

pm_status pm_pack_decode_png(const char *file, const void *png, size_t size,
                             const struct pm_allocator *alloc,
                             struct pm_diags *diags, struct pm_pack_image *out)
{
    return pm_pack_decode_png_of(file, png, size, PM_PACK_MAX_SIDE, alloc,
                                 diags, out);
}

pm_status pm_pack_decode_png_of(const char *file, const void *png, size_t size,
                                uint32_t max_side,
                                const struct pm_allocator *alloc,
                                struct pm_diags *diags,
                                struct pm_pack_image *out)
{
    struct decoder d = {.alloc = *alloc,
                        .diags = diags,
                        .file = file,
                        .bytes = png,
                        .size = size,
                        .max_side = max_side,
                        .image = out};

    *out = (struct pm_pack_image){0};
    if (!check_head(&d))
        return PM_ERR_INVALID;
    bool ok = decode(&d);
    png_destroy_read_struct(&d.png, &d.info, NULL);
    if (ok)
        return PM_OK;
    pm_mem_free(alloc, out->pixels, out->bytes);
    out->pixels = NULL;
    return d.out_of_memory ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
}
