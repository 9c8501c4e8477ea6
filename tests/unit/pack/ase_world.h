// SPDX-License-Identifier: MIT
//
// A file of Aseprite that a test writes chunk by chunk, and what is made of it.

#ifndef PM_TEST_ASE_WORLD_H
#define PM_TEST_ASE_WORLD_H

#include "pack/convert.h"
#include "support/make_aseprite.h"

struct ase_world {
    struct make_ase m;
    struct pm_buf bytes;
    struct pm_buf report;
    struct pm_diags diags;
    struct pm_pack_animation result;
    pm_status status;
};

extern const uint8_t ase_red[4];
extern const uint8_t ase_green[4];
extern const uint8_t ase_blue[4];
extern const uint8_t ase_none[4];
extern const uint8_t ase_colours[4][4]; // a palette

// Begins a file and its first frame. A test then writes to [w->m].
void ase_begin(struct ase_world *w, uint16_t width, uint16_t height,
               uint16_t bits, uint16_t frames, uint32_t flags,
               uint8_t transparent);
// A visible layer.
void ase_layer(struct ase_world *w, const char *name);
// A raw cel of one pixel of 32 bits.
void ase_dot(struct ase_world *w, uint16_t at, int16_t x, int16_t z,
             const uint8_t *rgba);
// Ends the file and decodes it.
void ase_finish(struct ase_world *w);
// Decodes the bytes as they are. CHECKs that each fault has its place.
void ase_decode(struct ase_world *w);
void ase_end(struct ase_world *w);

// Whether a diagnostic says so.
bool ase_mentions(const struct pm_diags *diags, const char *what);
// Whether a pixel of an RGBA frame is [rgba].
bool ase_is(const struct ase_world *w, uint32_t frame, uint32_t x, uint32_t y,
            const uint8_t *rgba);

// --- tiles -------------------------------------------------------------------

#define ASE_FLIP_X 0x80000000
#define ASE_FLIP_Y 0x40000000
#define ASE_TURN   0x20000000

// An indexed tilemap of 2 x 1 tiles of 2 x 2 pixels, the second of the tileset
// with the colours 1, 2, 3 and 0, decoded.
void ase_tilemap(struct ase_world *w, uint32_t left, uint32_t right,
                 uint16_t height);

#endif
