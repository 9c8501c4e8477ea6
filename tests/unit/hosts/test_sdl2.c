// SPDX-License-Identifier: MIT
//
// The window without a display: SDL's dummy drivers take pictures and sound
// and give the events that are pushed here.

#ifdef PM_HAVE_SDL2

#include "hosts/sdl2/sdl2.h"

#include <SDL.h>

#include "support/test.h"

#define BIT(button) (1 << PM_BUTTON_##button)

static struct pm_sdl_host *open_host(void)
{
    struct pm_sdl_host *host = NULL;
    const char *error = NULL;
    SDL_setenv("SDL_VIDEODRIVER", "dummy", 1);
    SDL_setenv("SDL_AUDIODRIVER", "dummy", 1);
    CHECK(pm_sdl_open("test", 2, &host, &error) == PM_OK);
    return host;
}

static void push_key(Uint32 type, SDL_Scancode key, Uint8 repeat)
{
    SDL_Event event = {.key = {.type = type, .repeat = repeat}};
    event.key.keysym.scancode = key;
    SDL_PushEvent(&event);
}

TEST(sdl2, keys_are_pad_1_and_a_short_tap_is_seen)
{
    struct pm_sdl_host *host = open_host();
    struct pm_frame_input in;
    struct pm_sdl_wishes wishes;
    REQUIRE(host);
    pm_sdl_poll(host, &in, &wishes);
    CHECK_INT(in.pad[0], 0);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_LEFT, 0);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_Z, 0);
    push_key(SDL_KEYUP, SDL_SCANCODE_Z, 0);
    pm_sdl_poll(host, &in, &wishes);
    CHECK_INT(in.pad[0], BIT(LEFT) | BIT(A));
    pm_sdl_poll(host, &in, &wishes);
    CHECK_INT(in.pad[0], BIT(LEFT));
    push_key(SDL_KEYUP, SDL_SCANCODE_LEFT, 0);
    pm_sdl_poll(host, &in, &wishes);
    CHECK_INT(in.pad[0], 0);
    CHECK(!wishes.quit && !wishes.reset && !wishes.screenshot);
    pm_sdl_close(host);
}

TEST(sdl2, each_key_is_the_button_that_is_documented)
{
    static const struct {
        SDL_Scancode key;
        int bits;
    } keys[] = {
        {SDL_SCANCODE_UP, BIT(UP)},         {SDL_SCANCODE_DOWN, BIT(DOWN)},
        {SDL_SCANCODE_LEFT, BIT(LEFT)},     {SDL_SCANCODE_RIGHT, BIT(RIGHT)},
        {SDL_SCANCODE_Z, BIT(A)},           {SDL_SCANCODE_X, BIT(B)},
        {SDL_SCANCODE_A, BIT(X)},           {SDL_SCANCODE_S, BIT(Y)},
        {SDL_SCANCODE_Q, BIT(L)},           {SDL_SCANCODE_W, BIT(R)},
        {SDL_SCANCODE_RETURN, BIT(START)},  {SDL_SCANCODE_LSHIFT, BIT(SELECT)},
        {SDL_SCANCODE_RSHIFT, BIT(SELECT)}, {SDL_SCANCODE_P, 0},
    };
    struct pm_sdl_host *host = open_host();
    struct pm_frame_input in;
    struct pm_sdl_wishes wishes;
    REQUIRE(host);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        push_key(SDL_KEYDOWN, keys[i].key, 0);
        push_key(SDL_KEYUP, keys[i].key, 0);
        pm_sdl_poll(host, &in, &wishes);
        CHECK_INT(in.pad[0], keys[i].bits);
    }
    pm_sdl_close(host);
}

TEST(sdl2, keys_can_be_bound_otherwise)
{
    struct pm_sdl_host *host = open_host();
    struct pm_frame_input in;
    struct pm_sdl_wishes wishes;
    REQUIRE(host);
    CHECK(pm_sdl_bind_key(host, "J", 2, PM_BUTTON_R) == PM_OK);
    CHECK(pm_sdl_bind_key(host, "Z", 0, -1) == PM_OK);
    CHECK(pm_sdl_bind_key(host, "No Such Key", 0, 0) == PM_ERR_NOT_FOUND);
    CHECK(pm_sdl_bind_key(host, "J", 4, 0) == PM_ERR_INVALID);
    CHECK(pm_sdl_bind_key(host, "J", 0, PM_BUTTONS) == PM_ERR_INVALID);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_J, 0);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_Z, 0);
    pm_sdl_poll(host, &in, &wishes);
    CHECK_INT(in.pad[0], 0);
    CHECK_INT(in.pad[2], BIT(R));
    push_key(SDL_KEYUP, SDL_SCANCODE_J, 0);
    pm_sdl_poll(host, &in, &wishes);
    CHECK_INT(in.pad[2], 0);
    pm_sdl_close(host);
}

TEST(sdl2, wishes_are_told_once)
{
    struct pm_sdl_host *host = open_host();
    struct pm_frame_input in;
    struct pm_sdl_wishes wishes;
    SDL_Event quit = {.type = SDL_QUIT};
    REQUIRE(host);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_F5, 0);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_F12, 0);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_ESCAPE, 0);
    pm_sdl_poll(host, &in, &wishes);
    CHECK(wishes.quit && wishes.reset && wishes.screenshot);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_F5, 1);
    pm_sdl_poll(host, &in, &wishes);
    CHECK(!wishes.quit && !wishes.reset && !wishes.screenshot);
    SDL_PushEvent(&quit);
    pm_sdl_poll(host, &in, &wishes);
    CHECK(wishes.quit);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_F11, 0);
    pm_sdl_poll(host, &in, &wishes);
    pm_sdl_close(host);
}

TEST(sdl2, keys_are_let_go_when_the_window_loses_them)
{
    struct pm_sdl_host *host = open_host();
    struct pm_frame_input in;
    struct pm_sdl_wishes wishes;
    SDL_Event event = {.window = {.type = SDL_WINDOWEVENT,
                                  .event = SDL_WINDOWEVENT_FOCUS_LOST}};
    REQUIRE(host);
    push_key(SDL_KEYDOWN, SDL_SCANCODE_UP, 0);
    pm_sdl_poll(host, &in, &wishes);
    SDL_PushEvent(&event);
    pm_sdl_poll(host, &in, &wishes);
    CHECK_INT(in.pad[0], 0);
    pm_sdl_close(host);
}

TEST(sdl2, takes_pictures_and_sound)
{
    static uint16_t pixels[PM_PICTURE_PIXELS];
    static int16_t samples[800 * 2];
    struct pm_sdl_host *host = open_host();
    REQUIRE(host);
    CHECK(pm_sdl_has_sound(host));
    pm_sdl_set_title(host, "another");
    for (int i = 0; i < 20; i++) {
        CHECK(pm_sdl_present(host, pixels) == PM_OK);
        pm_sdl_queue_audio(host, samples, 800);
    }
    pm_sdl_close(host);
    pm_sdl_close(NULL);
}

TEST(sdl2, ticks_come_sixty_times_a_second_without_drift)
{
    struct pm_sdl_host *host = open_host();
    REQUIRE(host);
    pm_sdl_wait_next_tick(host);
    Uint64 start = SDL_GetPerformanceCounter();
    // Uneven work within the ticks changes nothing about their number.
    for (int i = 0; i < 30; i++) {
        SDL_Delay((Uint32)(i % 3 * 7));
        pm_sdl_wait_next_tick(host);
    }
    double took = (double)(SDL_GetPerformanceCounter() - start) /
                  (double)SDL_GetPerformanceFrequency();
    // A busy machine may be late at the start and catch up four ticks, or be
    // late at the end, but never is it early.
    CHECK(took > (30.0 - 5.0) / 60);
    pm_sdl_close(host);
}

TEST(sdl2, without_a_display_opening_says_why)
{
    struct pm_sdl_host *host = NULL;
    const char *error = NULL;
    SDL_setenv("SDL_VIDEODRIVER", "no-such-driver", 1);
    CHECK(pm_sdl_open("test", 1, &host, &error) == PM_ERR_UNSUPPORTED);
    CHECK(error && error[0]);
    CHECK(!host);
}

#endif
