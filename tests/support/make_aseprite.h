// SPDX-License-Identifier: MIT
//
// Writes small .aseprite files chunk by chunk, right or wrong as a test wants
// them.

#ifndef PM_TEST_MAKE_ASEPRITE_H
#define PM_TEST_MAKE_ASEPRITE_H

#include "base/buf.h"

struct make_ase {
    struct pm_buf *out;
    size_t frame; // where the last frame begins
    uint16_t chunks;
};

// Appends the header. [bits] a pixel: 32, 16 or 8.
void make_ase_begin(struct make_ase *m, struct pm_buf *out, uint16_t width,
                    uint16_t height, uint16_t bits, uint16_t frames,
                    uint32_t flags, uint8_t transparent);
void make_ase_frame(struct make_ase *m, uint16_t duration);
void make_ase_chunk(struct make_ase *m, uint16_t type, const void *body,
                    size_t size);
// Puts the size into the header.
void make_ase_end(struct make_ase *m);

// [flags]: 1 visible, 8 background, 64 reference. [kind]: 0 image, 1 group,
// 2 tilemap.
void make_ase_layer(struct make_ase *m, uint16_t flags, uint16_t kind,
                    uint16_t level, uint16_t blend, uint8_t opacity,
                    const char *name);

struct make_ase_cel {
    uint16_t layer;
    int16_t x;
    int16_t y;
    uint8_t opacity;
    int16_t z;
    uint16_t width;
    uint16_t height;
};

// [kind]: 0 raw, 2 packed (stored blocks), of [size] bytes of pixels.
void make_ase_cel(struct make_ase *m, const struct make_ase_cel *cel,
                  uint16_t kind, const void *pixels, size_t size);
// A cel that is linked to [frame].
void make_ase_link(struct make_ase *m, const struct make_ase_cel *cel,
                   uint16_t frame);
// A cel of tiles, numbers and flips as Aseprite has them: bits 0-28 number,
// 29 diagonal, 30 y, 31 x.
void make_ase_tiles(struct make_ase *m, const struct make_ase_cel *cel,
                    const uint32_t *tiles);
// A tileset in the file, of [size] bytes of pixels.
void make_ase_tileset(struct make_ase *m, uint32_t id, uint32_t count,
                      uint16_t width, uint16_t height, const void *pixels,
                      size_t size);
// A whole palette.
void make_ase_palette(struct make_ase *m, const uint8_t (*rgba)[4],
                      uint32_t count);
// A chunk of one tag.
void make_ase_tag(struct make_ase *m, uint16_t from, uint16_t to,
                  uint8_t direction, uint16_t repeat, const char *name);

// zlib's form of bytes that are not packed.
void make_zlib_stored(struct pm_buf *out, const uint8_t *bytes, size_t size);

#endif
