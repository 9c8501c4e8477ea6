// SPDX-License-Identifier: MIT
//
// Scenes for the tests of gfx: a model of one that is written out as an asset
// and put into the bank, and a picture made from models pixel by pixel, as
// docs/spec/picture.md defines it, to compare the drawn one with.

#ifndef PM_TEST_GFX_LAYERS_H
#define PM_TEST_GFX_LAYERS_H

#include "scene.h"

#define LAYER_CELLS 4096

struct layer {
    bool is_active;
    uint8_t bank;
    uint8_t tile_size;
    int32_t parallax_x;
    int32_t parallax_y;
    uint32_t width; // width * height is at most LAYER_CELLS
    uint32_t height;
    uint32_t cells[LAYER_CELLS];
};

struct layers {
    struct layer layer[PM_SCENE_LAYERS];
};

// A cell with everything it can say.
uint32_t layers_cell(unsigned glyph, unsigned palette, bool flip_x,
                     bool flip_y);

// Makes layer [index] of [layers] a full one of parallax 1 with [width] by
// [height] cells of glyph 0, palette 0.
void layers_fill(struct layers *layers, unsigned index, unsigned bank,
                 unsigned tile_size, uint32_t width, uint32_t height);

// Puts the scene into slot [slot], as asset [id].
void layers_put(struct scene *scene, unsigned slot, int32_t id,
                const struct layers *layers);

// Makes in [wanted] (PM_PICTURE_PIXELS) what the next picture has to be before
// fades and primitives: of the clear colour, [layers] (NULL: no scene), the
// sheets in the bank, and the sprites recorded so far.
void layers_picture(const struct scene *scene, const struct layers *layers,
                    uint16_t *wanted);

// Whether the front picture is [wanted]; says where the first difference is.
bool layers_match(const struct scene *scene, const uint16_t *wanted);

#endif
