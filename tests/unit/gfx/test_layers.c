// SPDX-License-Identifier: MIT
//
// Scenes and sprites against what they are defined as, pixel by pixel, over
// frames between which scenes, sheets, slots and the camera change at random.
#include <stdlib.h>
#include <string.h>

#include "layers.h"

#include "support/test.h"

static uint64_t below(uint64_t *seed, uint64_t limit)
{
    return (scene_random(seed) >> 16) % limit;
}

// A sheet of any valid form, a third of it transparent, in [slot].
static void put_any_sheet(struct scene *s, unsigned slot, uint64_t *seed)
{
    uint32_t size = 8u << below(seed, 3);
    struct pm_glyph_form form = {size, size * (1 + (uint32_t)below(seed, 3)),
                                 size * (1 + (uint32_t)below(seed, 3))};
    size_t stored_size = pm_glyph_stored_size(&form);
    uint8_t *stored = malloc(stored_size);

    REQUIRE(stored);
    for (size_t i = 0; i < stored_size; i++) {
        uint64_t r = scene_random(seed) >> 20;
        uint8_t keep = (uint8_t)((r % 3 ? 0xf0 : 0) | (r / 3 % 3 ? 15 : 0));
        stored[i] = (uint8_t)((r >> 20) & keep);
    }
    CHECK(pm_bank_install_glyph(s->bank, slot, (int32_t)slot, &form, stored,
                                stored_size) == PM_OK);
    free(stored);
}

static int32_t any_parallax(uint64_t *seed)
{
    static const int32_t usual[] = {65536, 32768, 98304, 0, -65536, 21845};
    uint64_t r = below(seed, 8);

    return r < 6    ? usual[r]
           : r == 6 ? (int32_t)below(seed, 1 << 18) - (1 << 17)
                    : (int32_t)scene_random(seed);
}

static void fill_any_layer(struct scene *s, struct layer *layer, uint64_t *seed)
{
    layer->is_active = below(seed, 8) != 0;
    layer->bank = (uint8_t)below(seed, 6);
    const struct pm_glyph_sheet *sheet = pm_bank_glyph(s->bank, layer->bank);
    // Mostly the size that its sheet has.
    layer->tile_size = sheet && below(seed, 8)
                           ? (uint8_t)sheet->form.tile_size
                           : (uint8_t)(8u << below(seed, 3));
    layer->parallax_x = any_parallax(seed);
    layer->parallax_y = any_parallax(seed);
    layer->width = (uint32_t)below(seed, 65);
    layer->height = (uint32_t)below(seed, 65);
    for (uint32_t i = 0; i < layer->width * layer->height; i++) {
        uint64_t r = scene_random(seed) >> 16;
        layer->cells[i] =
            layers_cell(r % 10, r >> 8 & 63, r >> 16 & 1, r >> 17 & 1);
        if ((r >> 20) % 6 == 0)
            layer->cells[i] &= ~(1u << 24);
    }
}

#define MODELS 3

// What is random frame after frame, and what is in the slots 0 to 2.
struct play {
    struct scene s;
    struct layers model[MODELS];
    bool is_full[MODELS];
    int bound; // -1: none
    uint64_t seed;
    int64_t x;
    int64_t y;
};

static void put_any_scene(struct play *p)
{
    unsigned slot = (unsigned)below(&p->seed, MODELS);

    for (int i = 0; i < PM_SCENE_LAYERS; i++)
        fill_any_layer(&p->s, &p->model[slot].layer[i], &p->seed);
    layers_put(&p->s, slot, (int32_t)below(&p->seed, 4), &p->model[slot]);
    p->is_full[slot] = true;
}

static void share_scene(struct play *p)
{
    unsigned from = (unsigned)below(&p->seed, MODELS);
    unsigned to = (unsigned)below(&p->seed, MODELS);

    if (pm_bank_share(p->s.bank, PM_BANK_SCENE, from, to) != PM_OK)
        return;
    memmove(&p->model[to], &p->model[from], sizeof p->model[to]);
    p->is_full[to] = true;
}

static void bind_any(struct play *p)
{
    unsigned slot = (unsigned)below(&p->seed, MODELS + 1);

    if (slot == MODELS) {
        pm_gfx_unbind_scene(&p->s.gfx);
        p->bound = -1;
        return;
    }
    CHECK_INT(pm_gfx_bind_scene(&p->s.gfx, p->s.bank, slot),
              p->is_full[slot] ? PM_GFX_OK : PM_GFX_SCENE_UNAVAILABLE);
    if (p->is_full[slot])
        p->bound = (int)slot;
}

// Changes one thing of what stays from frame to frame.
static void change_something(struct play *p)
{
    unsigned slot = (unsigned)below(&p->seed, MODELS);

    switch (below(&p->seed, 9)) {
    case 0:
        put_any_scene(p);
        break;
    case 1:
        share_scene(p);
        break;
    case 2:
        pm_bank_unload(p->s.bank, PM_BANK_SCENE, slot);
        p->is_full[slot] = false;
        break;
    case 3:
        bind_any(p);
        break;
    case 4:
        put_any_sheet(&p->s, (unsigned)below(&p->seed, 5), &p->seed);
        break;
    case 5:
        pm_bank_unload(p->s.bank, PM_BANK_GLYPH, slot);
        break;
    default:
        // Somewhere else, on or near the layers.
        p->x = (int64_t)below(&p->seed, 900) - 300;
        p->y = (int64_t)below(&p->seed, 700) - 200;
    }
}

static void emit_some(struct play *p)
{
    for (int i = 0; i < 8; i++) {
        struct pm_gfx_sprite sprite;
        uint64_t r = scene_random(&p->seed) >> 10;
        CHECK(pm_gfx_make_sprite(
            &sprite, r % 5, r >> 4 & 63, (int64_t)(r >> 10) % 360 - 30,
            (int64_t)(r >> 20) % 220 - 30, r >> 30 & 3, (r >> 32) % 5,
            r >> 36 & 1, r >> 37 & 1, r >> 38 & 1));
        pm_gfx_emit_sprite(&p->s.gfx, p->s.bank, &sprite);
    }
}

static bool next_frame_matches(struct play *p)
{
    static uint16_t wanted[PM_PICTURE_PIXELS];
    const struct layers *layers = NULL;

    if (below(&p->seed, 2))
        change_something(p);
    // A way that goes on, by a pixel, by a tile or so, or not at all.
    p->x += (int64_t)below(&p->seed, 5) - 1;
    p->y += (int64_t)below(&p->seed, 3) * (int64_t)below(&p->seed, 12) - 8;
    pm_gfx_set_camera(&p->s.gfx, p->x, p->y);
    pm_gfx_clear(&p->s.gfx, (uint16_t)below(&p->seed, 65536));
    emit_some(p);
    if (p->bound >= 0 && p->is_full[p->bound])
        layers = &p->model[p->bound];
    layers_picture(&p->s, layers, wanted);
    scene_present(&p->s);
    return layers_match(&p->s, wanted);
}

static void play(uint64_t seed, int frames)
{
    static struct play p;
    p = (struct play){.bound = -1, .seed = seed};
    scene_open(&p.s);
    for (unsigned slot = 0; slot < 5; slot++)
        put_any_sheet(&p.s, slot, &p.seed);
    put_any_scene(&p);
    bind_any(&p);
    for (int i = 0; i < frames; i++)
        if (!CHECK(next_frame_matches(&p)))
            break;
    scene_close(&p.s);
}

TEST(layers, are_drawn_as_they_are_defined_whatever_changes_between_frames)
{
    for (uint64_t seed = 1; seed <= 8; seed++)
        play(seed * 77, 40);
}
