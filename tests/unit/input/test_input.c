// SPDX-License-Identifier: MIT
#include "input/input.h"

#include "support/test.h"

#define BIT(button) ((uint16_t)(1 << PM_BUTTON_##button))

TEST(input, knows_pressed_released_and_hold_of_each_button)
{
    struct pm_input input = {0};
    struct pm_frame_input in = {.pad = {BIT(A) | BIT(UP)}};
    const struct pm_pad_state *pad = &input.pads[0];

    pm_input_latch(&input, &in);
    CHECK_INT(pad->down, BIT(A) | BIT(UP));
    CHECK_INT(pad->pressed, BIT(A) | BIT(UP));
    CHECK_INT(pad->hold[PM_BUTTON_A], 1);
    in.pad[0] = BIT(A) | BIT(SELECT);
    pm_input_latch(&input, &in);
    CHECK_INT(pad->pressed, BIT(SELECT));
    CHECK_INT(pad->released, BIT(UP));
    CHECK_INT(pad->hold[PM_BUTTON_A], 2);
    CHECK_INT(pad->hold[PM_BUTTON_UP], 0);
    in.pad[0] = 0;
    pm_input_latch(&input, &in);
    CHECK_INT(pad->released, BIT(A) | BIT(SELECT));
    CHECK_INT(pad->hold[PM_BUTTON_A], 0);
    pm_input_latch(&input, &in);
    CHECK_INT(pad->released, 0);
    CHECK_INT(input.pads[1].down, 0);
}

TEST(input, ignores_bits_that_are_no_button)
{
    struct pm_input input = {0};
    struct pm_frame_input in = {.pad = {0, 0, 0, 0xffff}};
    pm_input_latch(&input, &in);
    CHECK_INT(input.pads[3].down, 0x0fff);
}

TEST(input, hold_stops_at_the_largest_number)
{
    struct pm_input input = {0};
    struct pm_frame_input in = {
        .pad = {BIT(B)}, .touch_present = 1, .touch_down = 1};
    pm_input_latch(&input, &in);
    input.pads[0].hold[PM_BUTTON_B] = UINT32_MAX - 1;
    input.touch.hold = UINT32_MAX;
    pm_input_latch(&input, &in);
    pm_input_latch(&input, &in);
    CHECK(input.pads[0].hold[PM_BUTTON_B] == UINT32_MAX);
    CHECK(input.touch.hold == UINT32_MAX);
}

TEST(input, the_pointer_stays_in_the_picture_and_where_it_was)
{
    struct pm_input input = {0};
    struct pm_frame_input in = {
        .touch_x = -5, .touch_y = 999, .touch_present = 1, .touch_down = 7};
    pm_input_latch(&input, &in);
    CHECK(input.touch.x == 0 && input.touch.y == 179);
    CHECK(input.touch.down && input.touch.pressed);
    in.touch_x = 320;
    in.touch_y = 10;
    pm_input_latch(&input, &in);
    CHECK(input.touch.x == 319 && input.touch.y == 10);
    CHECK(!input.touch.pressed && input.touch.hold == 2);
    // The finger is lifted: there is no pointer, so none touches.
    in = (struct pm_frame_input){.touch_x = 50, .touch_down = 1};
    pm_input_latch(&input, &in);
    CHECK(!input.touch.present && !input.touch.down && input.touch.released);
    CHECK(input.touch.x == 319 && input.touch.y == 10);
    pm_input_latch(&input, &in);
    CHECK(!input.touch.released);
}

static void play(struct pm_input *input, unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        struct pm_frame_input in = {.pad = {(uint16_t)(i * 37), 0, 5},
                                    .touch_x = (int16_t)i,
                                    .touch_present = i % 3 != 0,
                                    .touch_down = i % 2};
        pm_input_latch(input, &in);
    }
}

TEST(input, goes_on_from_a_saved_state)
{
    struct pm_allocator alloc = pm_allocator_libc();
    for (unsigned frames = 0; frames < 40; frames++) {
        struct pm_input input = {0};
        struct pm_input other = {0};
        struct pm_buf saved;
        play(&input, frames);
        play(&other, 3);
        pm_buf_init(&saved, &alloc);
        pm_input_save(&input, &saved);
        for (size_t size = 0; size < saved.size; size++) {
            struct pm_cursor from = pm_cursor_make(saved.data, size);
            CHECK(pm_input_load(&other, &from) == PM_ERR_INVALID);
        }
        struct pm_cursor from = pm_cursor_make(saved.data, saved.size);
        CHECK(pm_input_load(&other, &from) == PM_OK);
        CHECK_INT(pm_cursor_left(&from), 0);
        CHECK(memcmp(&input, &other, sizeof input) == 0);
        pm_buf_free(&saved);
    }
}

TEST(input, refuses_saved_states_that_cannot_be)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf saved;
    struct pm_input input = {0};
    struct pm_input kept = {0};
    size_t refused = 0;
    play(&input, 9);
    pm_buf_init(&saved, &alloc);
    pm_input_save(&input, &saved);
    for (size_t at = 0; at < saved.size * 8; at++) {
        saved.data[at / 8] ^= (uint8_t)(1 << at % 8);
        struct pm_input loaded = kept;
        struct pm_cursor from = pm_cursor_make(saved.data, saved.size);
        if (pm_input_load(&loaded, &from) != PM_OK) {
            refused++;
            CHECK(memcmp(&loaded, &kept, sizeof kept) == 0);
        }
        saved.data[at / 8] ^= (uint8_t)(1 << at % 8);
    }
    CHECK(refused > saved.size * 8 / 2);
    pm_buf_free(&saved);
}

TEST(input, buttons_have_names)
{
    CHECK_STR(pm_button_name(PM_BUTTON_UP), "up");
    CHECK_STR(pm_button_name(PM_BUTTON_SELECT), "select");
    CHECK_STR(pm_button_name(PM_BUTTONS), "?");
    CHECK_STR(pm_button_name(-1), "?");
}
