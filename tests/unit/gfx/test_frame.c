// SPDX-License-Identifier: MIT
#include "scene.h"

#include <stdlib.h>

#include "base/mem.h"
#include "support/test.h"

static unsigned solid(unsigned i)
{
    (void)i;
    return 1;
}

TEST(frame, is_of_the_clear_colour_until_that_is_set_anew)
{
    struct scene s;
    scene_open(&s);
    scene_present(&s);
    CHECK_INT(s.gfx.front[100], 0);
    pm_gfx_clear(&s.gfx, 5);
    CHECK_INT(s.gfx.front[100], 0);
    for (int i = 0; i < 3; i++) {
        scene_present(&s);
        CHECK_INT(s.gfx.front[0], 5);
        CHECK_INT(s.gfx.front[PM_PICTURE_PIXELS - 1], 5);
    }
    scene_close(&s);
}

TEST(frame, sprites_are_under_the_fades_and_primitives_above)
{
    struct scene s;
    scene_open(&s);
    scene_sheet(&s, 0, 8, solid);
    struct pm_gfx_sprite sprite = {.x = 0, .y = 0};
    // The clear colour comes first, whenever it is asked for.
    pm_gfx_pixel(&s.gfx, 0, 0, 0x1234);
    pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite);
    pm_gfx_clear(&s.gfx, 0xffff);
    scene_present(&s);
    CHECK_INT(s.gfx.front[0], 0x1234);
    CHECK_INT(s.gfx.front[1], 2);
    CHECK_INT(s.gfx.front[8], 0xffff);

    pm_gfx_set_fade(&s.gfx, PM_GFX_FADE_SCENE, 31, 0x0f0f);
    pm_gfx_emit_sprite(&s.gfx, s.bank, &sprite);
    pm_gfx_pixel(&s.gfx, 0, 0, 0x1234);
    scene_present(&s);
    CHECK_INT(s.gfx.front[0], 0x1234);
    CHECK_INT(s.gfx.front[1], 0x0f0f);
    CHECK_INT(s.gfx.front[8], 0x0f0f);
    // A frame takes nothing along but the settings.
    scene_present(&s);
    CHECK_INT(s.gfx.front[0], 0x0f0f);
    scene_close(&s);
}

static unsigned channel(unsigned value, unsigned to, unsigned level)
{
    return (value * (31 - level) + to * level + 15) / 31;
}

static uint16_t faded(uint16_t p, unsigned level, uint16_t c)
{
    return (uint16_t)(channel(p >> 11, c >> 11, level) << 11 |
                      channel(p >> 5 & 63, c >> 5 & 63, level) << 5 |
                      channel(p & 31, c & 31, level));
}

TEST(frame, fades_blend_each_channel_the_scene_before_the_hud)
{
    struct scene s;
    uint64_t seed = 9;
    scene_open(&s);
    for (unsigned a = 0; a < 32; a++) {
        uint64_t r = scene_random(&seed);
        uint16_t clear = (uint16_t)r;
        uint16_t to = (uint16_t)(r >> 16);
        uint16_t too = (uint16_t)(r >> 32);
        unsigned b = r >> 48 & 31;
        pm_gfx_clear(&s.gfx, clear);
        pm_gfx_set_fade(&s.gfx, PM_GFX_FADE_SCENE, a, to);
        pm_gfx_set_fade(&s.gfx, PM_GFX_FADE_HUD, b, too);
        scene_present(&s);
        CHECK_INT(s.gfx.front[0], faded(faded(clear, a, to), b, too));
    }
    CHECK_INT(faded(0x1234, 0, 0xffff), 0x1234);
    CHECK_INT(faded(0x1234, 31, 0xffff), 0xffff);
    scene_close(&s);
}

TEST(frame, the_picture_stays_whole_while_the_next_one_is_recorded)
{
    struct scene s;
    scene_open(&s);
    pm_gfx_fill_rect(&s.gfx, 0, 0, 320, 180, 3);
    scene_present(&s);
    uint64_t before = scene_hash(&s);
    pm_gfx_fill_rect(&s.gfx, 0, 0, 320, 180, 4);
    CHECK(scene_hash(&s) == before);
    scene_present(&s);
    CHECK(scene_hash(&s) != before);
    scene_close(&s);
}

static int make(const struct pm_allocator *alloc, void *context)
{
    (void)context;
    struct pm_gfx gfx;
    if (pm_gfx_init(&gfx, alloc) != PM_OK)
        return 0;
    pm_gfx_free(&gfx);
    pm_gfx_free(&gfx);
    return 1;
}

TEST(frame, cannot_be_made_without_memory)
{
    CHECK_INT(pm_fault_alloc_each(make, NULL, 0), 4);
}

// --- saving ------------------------------------------------------------------

static void record_some(struct scene *s)
{
    struct pm_gfx_sprite sprite;
    pm_gfx_clear(&s->gfx, 0x1111);
    pm_gfx_circle(&s->gfx, 100, 100, 30, 7);
    scene_present(s);
    pm_gfx_set_fade(&s->gfx, PM_GFX_FADE_HUD, 3, 0x7777);
    for (int i = 0; i < 20; i++) {
        pm_gfx_make_sprite(&sprite, i & 3, i, i * 9 - 5, -i, i & 3, 0, i & 1,
                           i >> 1 & 1, i * 3);
        pm_gfx_emit_sprite(&s->gfx, s->bank, &sprite);
    }
    pm_gfx_text(&s->gfx, 5, 5, 1, "first", 5);
    pm_gfx_line(&s->gfx, -5, 0, INT64_MAX, 90, 2);
    pm_gfx_rect(&s->gfx, 3, 4, 50, 60, 3);
    pm_gfx_fill_rect(&s->gfx, 9, 9, 2, 2, 4);
    pm_gfx_disc(&s->gfx, 200, 50, 20, 5);
    pm_gfx_pixel(&s->gfx, 1, 1, 6);
    pm_gfx_text(&s->gfx, 5, 15, 1, "second", 6);
}

static void save(const struct scene *s, struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_buf_init(out, &alloc);
    pm_gfx_save(&s->gfx, out);
    CHECK(pm_buf_status(out) == PM_OK);
}

static bool saves_as(const struct scene *s, const struct pm_buf *wanted)
{
    struct pm_buf found;
    save(s, &found);
    bool same = found.size == wanted->size &&
                memcmp(found.data, wanted->data, found.size) == 0;
    pm_buf_free(&found);
    return same;
}

TEST(frame, goes_on_from_a_saved_state_as_if_nothing_had_been)
{
    struct scene s;
    struct scene other;
    struct pm_buf saved;
    scene_open(&s);
    scene_open(&other);
    scene_sheet(&s, 0, 8, solid);
    scene_sheet(&other, 0, 8, solid);
    record_some(&s);
    save(&s, &saved);
    // The other one has a past of its own.
    pm_gfx_fill_rect(&other.gfx, 0, 0, 400, 400, 9);
    pm_gfx_text(&other.gfx, 0, 0, 9, "gone", 4);
    struct pm_cursor from = pm_cursor_make(saved.data, saved.size);
    CHECK(pm_gfx_load(&other.gfx, &from) == PM_OK);
    CHECK_INT(pm_cursor_left(&from), 0);
    CHECK(saves_as(&other, &saved));
    CHECK(other.gfx.work == s.gfx.work);
    CHECK(scene_hash(&other) == scene_hash(&s));
    scene_present(&s);
    scene_present(&other);
    CHECK(scene_hash(&other) == scene_hash(&s));
    pm_buf_free(&saved);
    scene_close(&s);
    scene_close(&other);
}

TEST(frame, a_saved_state_cut_anywhere_is_refused_and_changes_nothing)
{
    struct scene s;
    struct pm_buf saved;
    scene_open(&s);
    scene_sheet(&s, 0, 8, solid);
    record_some(&s);
    save(&s, &saved);
    size_t fixed = PM_PICTURE_PIXELS * 2;
    for (size_t size = fixed - 1; size < saved.size; size++) {
        struct pm_cursor from = pm_cursor_make(saved.data, size);
        CHECK(pm_gfx_load(&s.gfx, &from) == PM_ERR_INVALID);
    }
    struct pm_cursor from = pm_cursor_make(saved.data, 0);
    CHECK(pm_gfx_load(&s.gfx, &from) == PM_ERR_INVALID);
    CHECK(saves_as(&s, &saved));
    pm_buf_free(&saved);
    scene_close(&s);
}

TEST(frame, a_damaged_saved_state_is_refused_or_draws_within_the_picture)
{
    struct scene s;
    struct pm_buf saved;
    scene_open(&s);
    scene_sheet(&s, 0, 8, solid);
    record_some(&s);
    save(&s, &saved);
    for (size_t at = PM_PICTURE_PIXELS * 2; at < saved.size; at++) {
        for (int bit = (int)(at & 1); bit < 8; bit += 2) {
            saved.data[at] ^= (uint8_t)(1 << bit);
            struct pm_cursor from = pm_cursor_make(saved.data, saved.size);
            if (pm_gfx_load(&s.gfx, &from) == PM_OK) {
                // What was taken is what is written back.
                size_t size = saved.size;
                saved.size = from.at;
                CHECK(saves_as(&s, &saved));
                saved.size = size;
                if (bit < 2)
                    scene_present(&s);
            }
            saved.data[at] ^= (uint8_t)(1 << bit);
        }
    }
    pm_buf_free(&saved);
    scene_close(&s);
}
