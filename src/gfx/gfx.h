// SPDX-License-Identifier: MIT
//
// The picture of a frame: memory in, memory out.
//
// During a frame sprites and primitives are only recorded. At its end
// pm_gfx_present draws all of them into the back buffer, in this order, and
// swaps the buffers:
//
//   1. the clear colour, everywhere
//   2. for each layer from 0 to 3: that layer of the bound scene, then the
//      layer's sprites by priority, then first come; later ones cover
//   3. the scene fade, then the HUD fade, over all of that
//   4. primitives and text, in the order in which they were asked for
//
// So the front buffer is always a whole picture, and a frame that draws
// nothing is one of the clear colour. Clear colour, fades, camera and the
// bound scene stay until they are set anew; sprites, primitives and text are
// of one frame.
//
// A scene is bound by its slot. What the slot holds when the frame is drawn
// is drawn, be it another scene than the one that was there at the binding;
// an empty slot draws nothing, and the binding stays. Cells are read where
// they are, each frame: a cache of those in view could save a twentieth of
// the time at most (docs/spec/picture.md).
//
// All arithmetic is on integers and all of it is defined to the pixel
// (docs/spec/picture.md). The cost of a call is bounded by what of it is
// seen, never by the size of its numbers; [work] counts it.
//
// Coordinates of primitives may be any 64-bit numbers. The edges of
// rectangles are exact. Elsewhere a number outside -2^30..2^30 counts as the
// nearest of these: far outside the picture it makes no difference but to
// the slope of a line and the curve of a circle.

#ifndef PM_GFX_GFX_H
#define PM_GFX_GFX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/picture.h>
#include <prometeu/status.h>

#include "bank/bank.h"
#include "base/buf.h"
#include "base/cursor.h"

#define PM_GFX_SPRITES      512
#define PM_GFX_COMMANDS     65536
#define PM_GFX_TEXT_BYTES   65536
#define PM_GFX_GLYPH_MAX    65535
#define PM_GFX_PALETTE_MAX  63
#define PM_GFX_LAYER_MAX    3
#define PM_GFX_PRIORITY_MAX 255
#define PM_GFX_BANK_MAX     15
#define PM_GFX_FADE_MAX     31
#define PM_GFX_COORD_MAX    (1 << 30)
#define PM_GFX_NO_SCENE     255
#define PM_FONT_SIZE        8

// What a cartridge sees as the status of a picture call; frozen.
typedef enum pm_gfx_status {
    PM_GFX_OK = 0,
    PM_GFX_SCENE_UNAVAILABLE = 1,
    PM_GFX_BANK_EMPTY = 2,
    PM_GFX_SPRITE_OVERFLOW = 3,
    // The frame has no room for another primitive or for the text.
    PM_GFX_DRAW_OVERFLOW = 4,
} pm_gfx_status;

enum pm_gfx_fade_kind { PM_GFX_FADE_SCENE, PM_GFX_FADE_HUD, PM_GFX_FADES };

// The upper left corner of the sprite's tile is at x, y.
struct pm_gfx_sprite {
    int32_t x; // -2^30..2^30
    int32_t y;
    uint16_t glyph;   // number of the tile in its sheet
    uint8_t palette;  // 0..63
    uint8_t layer;    // 0..3
    uint8_t bank;     // 0..15
    uint8_t priority; // 0..255
    bool flip_x;
    bool flip_y;
};

struct pm_gfx_fade {
    uint8_t level; // 0: none, 31: nothing but the colour
    uint16_t color;
};

enum pm_gfx_command_kind {
    PM_GFX_PIXEL,     // a, b: place
    PM_GFX_LINE,      // a, b to c, d, both drawn
    PM_GFX_RECT,      // outline of the pixels a..c-1, b..d-1
    PM_GFX_FILL_RECT, // those pixels
    PM_GFX_CIRCLE,    // a, b: centre; c: radius, negative: nothing
    PM_GFX_DISC,
    PM_GFX_TEXT, // a, b: place; c: offset of the bytes; d: their number
    PM_GFX_COMMAND_KINDS,
};

struct pm_gfx_command {
    int32_t a;
    int32_t b;
    int32_t c;
    int32_t d;
    uint16_t color;
    uint8_t kind;
};

// Read what you like; change it by the functions only.
struct pm_gfx {
    struct pm_allocator alloc;
    // PM_PICTURE_PIXELS each. [front] is the picture of the last frame.
    uint16_t *front;
    uint16_t *back;
    struct pm_gfx_command *commands; // PM_GFX_COMMANDS
    uint8_t *text;                   // PM_GFX_TEXT_BYTES
    uint32_t command_count;
    uint32_t text_size;
    uint32_t sprite_count;
    uint16_t clear_color;
    struct pm_gfx_fade fades[PM_GFX_FADES];
    uint8_t scene_slot; // of the bound scene, or PM_GFX_NO_SCENE
    // The world's pixel that a layer with parallax 1 has in the picture's
    // upper left corner; -2^30..2^30.
    int32_t camera_x;
    int32_t camera_y;
    // Pixels that this frame's primitives and text may touch, counted when
    // they are recorded and bounded by the picture, so that a call can be
    // priced by how much [work] grew. Outlines count their length.
    uint64_t work;
    struct pm_gfx_sprite sprites[PM_GFX_SPRITES];
};

// Makes a black picture. Fails with PM_ERR_NO_MEMORY; [gfx] may then not be
// used. pm_gfx_free ends it; it may also be called on zeroes.
pm_status pm_gfx_init(struct pm_gfx *gfx, const struct pm_allocator *alloc);
void pm_gfx_free(struct pm_gfx *gfx);

// The number a coordinate counts as: the nearest of -2^30..2^30.
static inline int32_t pm_gfx_coord(int64_t value)
{
    return value < -PM_GFX_COORD_MAX  ? -PM_GFX_COORD_MAX
           : value > PM_GFX_COORD_MAX ? PM_GFX_COORD_MAX
                                      : (int32_t)value;
}

// The colour that each frame starts with.
void pm_gfx_clear(struct pm_gfx *gfx, uint16_t color);

// Sets one of the fades. [level] is 0..31.
void pm_gfx_set_fade(struct pm_gfx *gfx, enum pm_gfx_fade_kind kind,
                     unsigned level, uint16_t color);

// Binds the scene in [slot] (0..15), in place of the one bound before.
// PM_GFX_SCENE_UNAVAILABLE when the slot is empty; the old binding stays.
pm_gfx_status pm_gfx_bind_scene(struct pm_gfx *gfx, const struct pm_bank *bank,
                                unsigned slot);
// No scene is drawn any more. Nothing happens when none was bound.
void pm_gfx_unbind_scene(struct pm_gfx *gfx);

// Where the scene is looked at from, in pixels of the world. Holds with and
// without a bound scene.
void pm_gfx_set_camera(struct pm_gfx *gfx, int64_t x, int64_t y);

// The primitives. Each returns PM_GFX_DRAW_OVERFLOW, and records nothing,
// when the frame has PM_GFX_COMMANDS already. A width, height or radius
// below its least value (1, 1, 0) makes an empty shape: it draws nothing,
// but is recorded like any other.
pm_gfx_status pm_gfx_pixel(struct pm_gfx *gfx, int64_t x, int64_t y,
                           uint16_t color);
pm_gfx_status pm_gfx_line(struct pm_gfx *gfx, int64_t x0, int64_t y0,
                          int64_t x1, int64_t y1, uint16_t color);
pm_gfx_status pm_gfx_rect(struct pm_gfx *gfx, int64_t x, int64_t y,
                          int64_t width, int64_t height, uint16_t color);
pm_gfx_status pm_gfx_fill_rect(struct pm_gfx *gfx, int64_t x, int64_t y,
                               int64_t width, int64_t height, uint16_t color);
pm_gfx_status pm_gfx_circle(struct pm_gfx *gfx, int64_t x, int64_t y,
                            int64_t radius, uint16_t color);
pm_gfx_status pm_gfx_disc(struct pm_gfx *gfx, int64_t x, int64_t y,
                          int64_t radius, uint16_t color);

// Text in UTF-8, upper left corner at x, y, 8 pixels a character. '\n' starts
// a line below at the same x. A character the font does not have, and each
// byte that is not UTF-8, shows as a hollow box. The bytes are copied;
// PM_GFX_DRAW_OVERFLOW also when they exceed PM_GFX_TEXT_BYTES a frame.
pm_gfx_status pm_gfx_text(struct pm_gfx *gfx, int64_t x, int64_t y,
                          uint16_t color, const void *text, size_t size);

// Pixels of the widest line of the text, and of all its lines (a text of
// nothing is one line).
size_t pm_gfx_text_width(const void *text, size_t size);
size_t pm_gfx_text_height(const void *text, size_t size);

// Makes a sprite of numbers from outside. False when one is out of its
// range; [out] is then undefined. Any x and y are in range.
bool pm_gfx_make_sprite(struct pm_gfx_sprite *out, int64_t glyph,
                        int64_t palette, int64_t x, int64_t y, int64_t layer,
                        int64_t bank, bool flip_x, bool flip_y,
                        int64_t priority);

// Whether the sprite's slot is empty or its sheet has the sprite's tile.
// Where it has not, emitting the sprite is the cartridge's fault.
bool pm_gfx_glyph_exists(const struct pm_bank *bank,
                         const struct pm_gfx_sprite *sprite);

// Adds a sprite to the frame. The sprite's numbers must be in their ranges.
// PM_GFX_BANK_EMPTY when its slot is empty, else PM_GFX_SPRITE_OVERFLOW when
// the frame has PM_GFX_SPRITES already; nothing is added then. A tile that
// its sheet does not have draws nothing.
pm_gfx_status pm_gfx_emit_sprite(struct pm_gfx *gfx, const struct pm_bank *bank,
                                 const struct pm_gfx_sprite *sprite);

// Draws the frame, makes it the front buffer and starts the next one. A slot
// that has become empty since draws nothing.
void pm_gfx_present(struct pm_gfx *gfx, const struct pm_bank *bank);

// Forgets what the unfinished frame has recorded.
void pm_gfx_forget_frame(struct pm_gfx *gfx);

// Appends the whole state: the front picture, clear colour, fades, bound
// scene, camera, and what the unfinished frame has recorded. Equal states give
// equal bytes.
void pm_gfx_save(const struct pm_gfx *gfx, struct pm_buf *out);

// Takes back what pm_gfx_save wrote. Fails with PM_ERR_INVALID, and leaves
// the state as it was, when the bytes end early or break a rule.
pm_status pm_gfx_load(struct pm_gfx *gfx, struct pm_cursor *from);

#endif
