// SPDX-License-Identifier: MIT
#include <string.h>

#include "layers.h"

#include "base/mem.h"
#include "support/test.h"

#define ROWS(...) ((const char *const[]){__VA_ARGS__, NULL})

static unsigned solid(unsigned i)
{
    (void)i;
    return 1;
}

// Index 1 to 4 for tile 0 to 3 of a sheet with tiles of 8 pixels.
static unsigned numbered(unsigned i)
{
    return 1 + i % 16 / 8 + i / 128 * 2;
}

// A sheet of 8-pixel tiles with an L in tile 0.
static unsigned letter(unsigned i)
{
    unsigned x = i % 16;
    unsigned y = i / 16;
    return y < 8 && x < 8 && (x == 1 || (y == 6 && x >= 1 && x < 5)) ? 2 : 0;
}

static uint16_t at(const struct scene *s, int x, int y)
{
    return s->gfx.front[y * PM_PICTURE_WIDTH + x];
}

static size_t drawn(const struct scene *s)
{
    size_t count = 0;
    for (size_t i = 0; i < PM_PICTURE_PIXELS; i++)
        count += s->gfx.front[i] != s->gfx.clear_color;
    return count;
}

// A picture with a scene of one layer of width by height tiles of 8 pixels in
// slot 3, bound.
static void open_one(struct scene *s, struct layers *layers, uint32_t width,
                     uint32_t height)
{
    scene_open(s);
    scene_sheet(s, 0, 8, numbered);
    *layers = (struct layers){0};
    layers_fill(layers, 0, 0, 8, width, height);
    layers_put(s, 3, 30, layers);
    CHECK_INT(pm_gfx_bind_scene(&s->gfx, s->bank, 3), PM_GFX_OK);
}

static void put_again(struct scene *s, const struct layers *layers)
{
    layers_put(s, 3, 30, layers);
    scene_present(s);
}

// --- the binding -------------------------------------------------------------

TEST(scenes, a_slot_that_is_empty_is_unavailable_and_the_old_binding_stays)
{
    struct scene s;
    static struct layers layers;
    scene_open(&s);
    CHECK_INT(s.gfx.scene_slot, PM_GFX_NO_SCENE);
    for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++)
        CHECK_INT(pm_gfx_bind_scene(&s.gfx, s.bank, slot),
                  PM_GFX_SCENE_UNAVAILABLE);
    CHECK_INT(s.gfx.scene_slot, PM_GFX_NO_SCENE);
    scene_close(&s);

    open_one(&s, &layers, 1, 1);
    CHECK_INT(pm_gfx_bind_scene(&s.gfx, s.bank, 4), PM_GFX_SCENE_UNAVAILABLE);
    scene_present(&s);
    CHECK_INT(drawn(&s), 64);
    scene_close(&s);
}

TEST(scenes, a_binding_is_to_the_slot_and_stays_until_it_is_undone)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 1, 1);
    for (int i = 0; i < 3; i++) {
        scene_present(&s);
        CHECK_INT(drawn(&s), 64);
    }
    // Another scene in the slot, none, and one again.
    layers_fill(&layers, 0, 0, 8, 2, 1);
    layers_put(&s, 3, 31, &layers);
    scene_present(&s);
    CHECK_INT(drawn(&s), 128);
    pm_bank_unload(s.bank, PM_BANK_SCENE, 3);
    scene_present(&s);
    CHECK_INT(drawn(&s), 0);
    layers_put(&s, 3, 31, &layers);
    scene_present(&s);
    CHECK_INT(drawn(&s), 128);
    pm_gfx_unbind_scene(&s.gfx);
    scene_present(&s);
    CHECK_INT(drawn(&s), 0);
    pm_gfx_unbind_scene(&s.gfx);
    CHECK_INT(pm_gfx_bind_scene(&s.gfx, s.bank, 3), PM_GFX_OK);
    scene_present(&s);
    CHECK_INT(drawn(&s), 128);
    scene_close(&s);
}

TEST(scenes, only_what_is_in_the_slots_when_the_frame_ends_is_drawn)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 1, 1);
    pm_bank_unload(s.bank, PM_BANK_GLYPH, 0);
    scene_present(&s);
    CHECK_INT(drawn(&s), 0);
    // A scene whose bytes are changed is another one, at the same address or
    // not; and so with sheets.
    for (unsigned palette = 0; palette < 64; palette++) {
        layers.layer[0].cells[0] = layers_cell(0, palette, false, false);
        layers_put(&s, 3, 30, &layers);
        scene_sheet(&s, 0, 8, palette % 2 ? solid : numbered);
        scene_present(&s);
        CHECK_INT(at(&s, 0, 0), palette * 16 + 2);
        CHECK_INT(drawn(&s), 64);
        pm_bank_unload(s.bank, PM_BANK_SCENE, 3);
        pm_bank_unload(s.bank, PM_BANK_GLYPH, 0);
    }
    scene_close(&s);
}

// --- cells -------------------------------------------------------------------

TEST(scenes, cells_name_glyph_palette_and_flips)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 4, 1);
    scene_sheet(&s, 0, 8, letter);
    for (unsigned i = 0; i < 4; i++)
        layers.layer[0].cells[i] = layers_cell(0, i, i & 1, i >> 1);
    put_again(&s, &layers);
    CHECK(scene_is(&s, 0, 0,
                   ROWS(".#............#..#............#.",
                        ".#............#..####......####.",
                        ".#............#..#............#.",
                        ".#............#..#............#.",
                        ".#............#..#............#.",
                        ".#............#..#............#.",
                        ".####......####..#............#.",
                        ".#............#..#............#.")));
    for (int i = 0; i < 4; i++)
        CHECK_INT(at(&s, 8 * i + (i % 2 ? 6 : 1), 0), i * 16 + 2 + 1);
    scene_close(&s);
}

TEST(scenes, a_cell_that_is_not_used_or_has_no_glyph_draws_nothing)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 5, 1);
    layers.layer[0].cells[0] = 0;
    layers.layer[0].cells[1] = layers_cell(3, 63, false, false);
    layers.layer[0].cells[2] = layers_cell(4, 0, false, false);
    layers.layer[0].cells[3] = layers_cell(65535, 0, true, true);
    layers.layer[0].cells[4] = layers_cell(2, 0, 1, 1) & ~(1u << 24);
    put_again(&s, &layers);
    CHECK_INT(drawn(&s), 64);
    CHECK_INT(at(&s, 8, 0), 63 * 16 + 4 + 1);
    scene_close(&s);
}

TEST(scenes, a_layer_needs_to_be_active_and_a_sheet_with_its_tile_size)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 1, 1);
    scene_sheet(&s, 1, 16, solid);
    for (unsigned bank = 0; bank < 3; bank++)
        for (unsigned size = 8; size <= 32; size *= 2)
            for (int active = 0; active < 2; active++) {
                layers.layer[0].bank = (uint8_t)bank;
                layers.layer[0].tile_size = (uint8_t)size;
                layers.layer[0].is_active = active;
                put_again(&s, &layers);
                bool fits = active && ((bank == 0 && size == 8) ||
                                       (bank == 1 && size == 16));
                CHECK_INT(drawn(&s), fits ? size * size : 0);
            }
    scene_close(&s);
}

TEST(scenes, a_layer_without_cells_draws_nothing)
{
    static const uint32_t sizes[][2] = {
        {0, 0}, {0, UINT32_MAX}, {UINT32_MAX, 0}};
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 1, 1);
    for (int i = 0; i < 3; i++) {
        layers.layer[0].width = sizes[i][0];
        layers.layer[0].height = sizes[i][1];
        put_again(&s, &layers);
        CHECK_INT(drawn(&s), 0);
    }
    scene_close(&s);
}

// --- the camera --------------------------------------------------------------

// Where a layer of one tile is along an axis for a camera and parallax.
static void check_place(struct scene *s, struct layers *layers, int64_t camera,
                        int32_t parallax, int wanted)
{
    layers->layer[0].parallax_x = layers->layer[0].parallax_y = parallax;
    pm_gfx_set_camera(&s->gfx, camera, camera);
    put_again(s, layers);
    CHECK_INT(drawn(s), 64);
    CHECK_INT(at(s, wanted, wanted), 2);
    CHECK_INT(at(s, wanted + 7, wanted + 7), 2);
}

TEST(scenes, a_layer_moves_by_the_floor_of_its_share_of_the_way)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 1, 1);
    check_place(&s, &layers, 0, 65536, 0);
    check_place(&s, &layers, -10, 65536, 10);
    check_place(&s, &layers, 10, -65536, 10);
    // Half, each way: 1 and 0 look the same, -1 and -2 do.
    check_place(&s, &layers, 1, 32768, 0);
    check_place(&s, &layers, -1, 32768, 1);
    check_place(&s, &layers, -2, 32768, 1);
    check_place(&s, &layers, -3, 32768, 2);
    check_place(&s, &layers, 1, -32768, 1);
    check_place(&s, &layers, -101, 65536, 101);
    check_place(&s, &layers, -101, 65537, 102);
    check_place(&s, &layers, 0, INT32_MIN, 0);
    // 2^30 times -1 / 65536, and what counts as that.
    check_place(&s, &layers, -(1 << 22), 1, 64);
    check_place(&s, &layers, 999999, 0, 0);
    check_place(&s, &layers, INT64_MIN, 0, 0);
    CHECK_INT(s.gfx.camera_x, -(1 << 30));
    scene_close(&s);
}

TEST(scenes, camera_numbers_count_as_the_nearest_in_range)
{
    struct scene s;
    scene_open(&s);
    pm_gfx_set_camera(&s.gfx, INT64_MAX, INT64_MIN);
    CHECK_INT(s.gfx.camera_x, 1 << 30);
    CHECK_INT(s.gfx.camera_y, -(1 << 30));
    pm_gfx_set_camera(&s.gfx, (1 << 30) - 1, -(1 << 30) + 1);
    CHECK_INT(s.gfx.camera_x, (1 << 30) - 1);
    CHECK_INT(s.gfx.camera_y, -(1 << 30) + 1);
    scene_close(&s);
}

TEST(scenes, the_farthest_camera_and_parallax_show_nothing_and_harm_nothing)
{
    static const int32_t shares[] = {INT32_MIN, INT32_MAX, 65536, -65536, 1};
    static const int64_t ways[] = {INT64_MIN, INT64_MAX, -(1 << 29), 1 << 29};
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 64, 64);
    for (int i = 0; i < 5; i++)
        for (int x = 0; x < 4; x++)
            for (int y = 0; y < 4; y++) {
                layers.layer[0].parallax_x = shares[i];
                layers.layer[0].parallax_y = shares[4 - i];
                pm_gfx_set_camera(&s.gfx, ways[x], ways[y]);
                put_again(&s, &layers);
                CHECK_INT(drawn(&s), 0);
            }
    scene_close(&s);
}

TEST(scenes, a_layer_ends_at_its_edges_and_does_not_begin_again)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 3, 2);
    pm_gfx_set_camera(&s.gfx, -20, -30);
    scene_present(&s);
    CHECK_INT(drawn(&s), 24 * 16);
    CHECK_INT(at(&s, 20, 30), 2);
    CHECK_INT(at(&s, 43, 45), 2);
    // The picture's corners each show one pixel of it.
    static const int corners[4][4] = {{23, 15, 0, 0},
                                      {-319, 15, 319, 0},
                                      {23, -179, 0, 179},
                                      {-319, -179, 319, 179}};
    for (int i = 0; i < 4; i++) {
        pm_gfx_set_camera(&s.gfx, corners[i][0], corners[i][1]);
        scene_present(&s);
        CHECK_INT(drawn(&s), 1);
        CHECK_INT(at(&s, corners[i][2], corners[i][3]), 2);
    }
    static const int outside[4][2] = {{24, 0}, {-320, 0}, {0, 16}, {0, -180}};
    for (int i = 0; i < 4; i++) {
        pm_gfx_set_camera(&s.gfx, outside[i][0], outside[i][1]);
        scene_present(&s);
        CHECK_INT(drawn(&s), 0);
    }
    scene_close(&s);
}

// --- the order ---------------------------------------------------------------

TEST(scenes, each_layer_is_under_its_sprites_and_over_those_before)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 1, 1);
    for (unsigned i = 0; i < 4; i++) {
        layers_fill(&layers, i, 0, 8, 1, 1);
        layers.layer[i].cells[0] = layers_cell(0, i + 10, false, false);
        // Layer i covers columns i and more, its sprite columns from i + 8.
        layers.layer[i].parallax_x = -65536 * (int32_t)i * 4;
    }
    layers_put(&s, 3, 30, &layers);
    pm_gfx_set_camera(&s.gfx, 1, 0);
    for (int i = 3; i >= 0; i--) {
        struct pm_gfx_sprite sprite = {.x = i * 4 + 2};
        sprite.palette = (uint8_t)(i + 20);
        sprite.layer = (uint8_t)i;
        CHECK_INT(pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite), PM_GFX_OK);
    }
    scene_present(&s);
    // Two columns of each layer, two of its sprite, then the next layer's.
    for (int x = 0; x < 16; x++) {
        int layer = x / 4;
        int palette = (x % 4 < 2 ? 10 : 20) + layer;
        CHECK_INT(at(&s, x, 0), palette * 16 + 2);
    }
    scene_close(&s);
}

TEST(scenes, are_under_the_fades_and_under_primitives)
{
    struct scene s;
    static struct layers layers;
    open_one(&s, &layers, 1, 1);
    pm_gfx_pixel(&s.gfx, 0, 0, 0x1234);
    pm_gfx_set_fade(&s.gfx, PM_GFX_FADE_SCENE, 31, 0x0f0f);
    scene_present(&s);
    CHECK_INT(at(&s, 0, 0), 0x1234);
    CHECK_INT(at(&s, 1, 0), 0x0f0f);
    CHECK_INT(at(&s, 9, 0), 0x0f0f);
    scene_close(&s);
}

// --- saving ------------------------------------------------------------------

// The bytes of a saved picture before the slot of the scene.
#define BEFORE (PM_PICTURE_PIXELS * 2 + 2 + 2 * 3)

static void save(const struct scene *s, struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_buf_init(out, &alloc);
    pm_gfx_save(&s->gfx, out);
    REQUIRE(pm_buf_status(out) == PM_OK);
}

TEST(scenes, a_saved_state_has_the_binding_and_the_camera)
{
    struct scene s;
    struct scene other;
    static struct layers layers;
    struct pm_buf saved;
    struct pm_buf again;
    open_one(&s, &layers, 30, 30);
    open_one(&other, &layers, 30, 30);
    pm_gfx_set_camera(&s.gfx, -77, 1 << 30);
    pm_gfx_unbind_scene(&other.gfx);
    save(&s, &saved);
    struct pm_cursor from = pm_cursor_make(saved.data, saved.size);
    CHECK(pm_gfx_load(&other.gfx, &from) == PM_OK);
    CHECK_INT(other.gfx.scene_slot, 3);
    CHECK_INT(other.gfx.camera_x, -77);
    CHECK_INT(other.gfx.camera_y, 1 << 30);
    save(&other, &again);
    CHECK(saved.size == again.size &&
          memcmp(saved.data, again.data, saved.size) == 0);
    pm_gfx_set_camera(&s.gfx, -77, 100);
    pm_gfx_set_camera(&other.gfx, -77, 100);
    scene_present(&s);
    scene_present(&other);
    CHECK(scene_hash(&s) == scene_hash(&other));
    CHECK(drawn(&s) > 0);
    pm_buf_free(&saved);
    pm_buf_free(&again);
    scene_close(&s);
    scene_close(&other);
}

TEST(scenes, a_saved_slot_is_one_that_can_be_bound_or_none)
{
    struct scene s;
    static struct layers layers;
    struct pm_buf saved;
    open_one(&s, &layers, 1, 1);
    save(&s, &saved);
    CHECK_INT(saved.data[BEFORE], 3);
    for (int slot = 0; slot < 256; slot++) {
        saved.data[BEFORE] = (uint8_t)slot;
        struct pm_cursor from = pm_cursor_make(saved.data, saved.size);
        bool can_be = slot < PM_BANK_SLOTS || slot == PM_GFX_NO_SCENE;
        uint8_t before = s.gfx.scene_slot;
        CHECK_INT(pm_gfx_load(&s.gfx, &from), can_be ? PM_OK : PM_ERR_INVALID);
        CHECK_INT(s.gfx.scene_slot, can_be ? slot : before);
        // A slot that is empty now draws nothing.
        scene_present(&s);
        CHECK_INT(drawn(&s), s.gfx.scene_slot == 3 ? 64 : 0);
    }
    pm_buf_free(&saved);
    scene_close(&s);
}

TEST(scenes, a_saved_camera_keeps_its_range)
{
    static const int32_t edges[] = {1 << 30,        (1 << 30) + 1, -(1 << 30),
                                    -(1 << 30) - 1, INT32_MIN,     INT32_MAX};
    struct scene s;
    static struct layers layers;
    struct pm_buf saved;
    open_one(&s, &layers, 1, 1);
    save(&s, &saved);
    for (int axis = 0; axis < 2; axis++)
        for (int i = 0; i < 6; i++) {
            uint8_t *place = saved.data + BEFORE + 1 + 4 * axis;
            pm_store32(place, (uint32_t)edges[i]);
            struct pm_cursor from = pm_cursor_make(saved.data, saved.size);
            CHECK_INT(pm_gfx_load(&s.gfx, &from),
                      i == 0 || i == 2 ? PM_OK : PM_ERR_INVALID);
            pm_store32(place, 0);
        }
    pm_buf_free(&saved);
    scene_close(&s);
}

// --- one picture -------------------------------------------------------------

TEST(scenes, a_world_of_four_layers_is_this_one)
{
    struct scene s;
    static struct layers layers;
    static uint16_t wanted[PM_PICTURE_PIXELS];
    open_one(&s, &layers, 40, 30);
    scene_sheet(&s, 1, 16, letter);
    scene_sheet(&s, 2, 32, letter);
    layers_fill(&layers, 1, 1, 16, 20, 10);
    layers_fill(&layers, 2, 2, 32, 9, 4);
    layers_fill(&layers, 3, 0, 8, 25, 2);
    for (unsigned i = 0; i < 4; i++) {
        struct layer *layer = &layers.layer[i];
        layer->parallax_x = layer->parallax_y = 16384 * (int32_t)(i + 1);
        for (unsigned k = 0; k < layer->width * layer->height; k++)
            layer->cells[k] =
                layers_cell(k * 7 % 5, (k + i * 9) % 64, k & 1, k >> 1 & 1);
    }
    layers_put(&s, 3, 30, &layers);
    pm_gfx_set_camera(&s.gfx, 45, -13);
    layers_picture(&s, &layers, wanted);
    scene_present(&s);
    CHECK(layers_match(&s, wanted));
    CHECK(scene_hash(&s) == 10807247272706570674u);
    scene_close(&s);
}
