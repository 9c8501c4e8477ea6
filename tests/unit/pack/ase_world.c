// SPDX-License-Identifier: MIT
#include "ase_world.h"

#include <stdio.h>
#include <string.h>

#include "support/test.h"

const uint8_t ase_red[4] = {255, 0, 0, 255};
const uint8_t ase_green[4] = {0, 255, 0, 255};
const uint8_t ase_blue[4] = {0, 0, 255, 255};
const uint8_t ase_none[4] = {0, 0, 0, 0};
const uint8_t ase_colours[4][4] = {
    {10, 0, 0, 255}, {20, 0, 0, 255}, {30, 0, 0, 255}, {40, 0, 0, 255}};

void ase_begin(struct ase_world *w, uint16_t width, uint16_t height,
               uint16_t bits, uint16_t frames, uint32_t flags,
               uint8_t transparent)
{
    struct pm_allocator alloc = pm_allocator_libc();
    memset(w, 0, sizeof *w);
    pm_buf_init(&w->bytes, &alloc);
    pm_buf_init(&w->report, &alloc);
    pm_diags_init(&w->diags, &alloc);
    make_ase_begin(&w->m, &w->bytes, width, height, bits, frames, flags,
                   transparent);
    make_ase_frame(&w->m, 100);
}

void ase_decode(struct ase_world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_file file = {.name = "a.ase",
                                .bytes = w->bytes.data,
                                .size = w->bytes.size,
                                .alloc = &alloc,
                                .diags = &w->diags,
                                .report = &w->report};
    w->status = pm_pack_decode_aseprite(&file, &w->result);
    for (size_t i = 0; w->status && i < w->diags.count; i++)
        CHECK(w->diags.items[i].place.has_offset);
}

void ase_finish(struct ase_world *w)
{
    make_ase_end(&w->m);
    ase_decode(w);
}

void ase_end(struct ase_world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_pack_animation_free(&alloc, &w->result);
    pm_buf_free(&w->bytes);
    pm_buf_free(&w->report);
    pm_diags_free(&w->diags);
}

bool ase_mentions(const struct pm_diags *diags, const char *what)
{
    for (size_t i = 0; i < diags->count; i++)
        if (strstr(diags->items[i].text, what))
            return true;
    fprintf(stderr, "wanted: %s\n", what);
    for (size_t i = 0; i < diags->count; i++)
        fprintf(stderr, "found:  %s\n", diags->items[i].text);
    return false;
}

bool ase_is(const struct ase_world *w, uint32_t frame, uint32_t x, uint32_t y,
            const uint8_t *rgba)
{
    if (w->status || frame >= w->result.frame_count)
        return false;
    const struct pm_pack_image *image = &w->result.frames[frame];
    const uint8_t *at = image->pixels + ((size_t)y * image->width + x) * 4;
    if (image->is_indexed)
        return false;
    return rgba[3] == 0 ? at[3] == 0 : memcmp(at, rgba, 4) == 0;
}

void ase_layer(struct ase_world *w, const char *name)
{
    make_ase_layer(&w->m, 1, 0, 0, 0, 255, name);
}

void ase_dot(struct ase_world *w, uint16_t at, int16_t x, int16_t z,
             const uint8_t *rgba)
{
    struct make_ase_cel cel = {at, x, 0, 255, z, 1, 1};
    make_ase_cel(&w->m, &cel, 0, rgba, 4);
}

void ase_tilemap(struct ase_world *w, uint32_t left, uint32_t right,
                 uint16_t height)
{
    static const uint8_t pixels[8] = {0, 0, 0, 0, 1, 2, 3, 0};
    const uint32_t tiles[] = {left, right};
    struct make_ase_cel cel = {0, 1, 0, 255, 0, 2, 1};
    ase_begin(w, 6, 2, 8, 1, 1, 0);
    make_ase_palette(&w->m, ase_colours, 4);
    make_ase_tileset(&w->m, 7, height == 2 ? 2 : 4, 2, height, pixels, 8);
    make_ase_layer(&w->m, 1, 2, 0, 0, 255, "map");
    make_ase_tiles(&w->m, &cel, tiles);
    ase_finish(w);
}
