// SPDX-License-Identifier: MIT
//
// A window with keyboard, game controllers, mouse and sound, by SDL 2. It
// knows nothing of the machine: it gives input and takes pictures and
// samples.
//
//   arrows                 up, down, left, right
//   Z X A S                a, b, x, y
//   Q W                    l, r
//   Enter, Shift           start, select
//   mouse                  touch
//   F5  F11  F12  Esc      reset, fullscreen, screenshot, quit
//
// The keyboard is pad 1, by place on the keyboard, whatever is printed on
// the keys. The first controller is pad 1 too, the others are pads 2 to 4.
// Controller: cross or left stick, a b x y, shoulders, start, back.
//
// One window a process; all calls from the thread that opened it.

#ifndef PM_HOST_SDL2_H
#define PM_HOST_SDL2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/input.h>
#include <prometeu/picture.h>
#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PM_SDL_FRAMES_PER_SECOND 60
#define PM_SDL_SOUND_RATE        48000

struct pm_sdl_host;

// What the player asked for since the last poll, besides playing.
struct pm_sdl_wishes {
    bool quit;
    bool reset;
    bool screenshot;
};

// Whether SDL can be loaded.
bool pm_sdl_is_there(void);

// Opens a window of [scale] (0: as large as fits well) times the picture,
// and a sound device. Stores the host in [out], to be closed by the caller.
//
// Without a sound device the host is open and silent, see
// pm_sdl_has_sound. Fails with PM_ERR_UNSUPPORTED when there is no display or
// no SDL, PM_ERR_NO_MEMORY; [out_error] (NULL: not wanted) then says what SDL
// said, until SDL is called again.
pm_status pm_sdl_open(const char *title, unsigned scale,
                      struct pm_sdl_host **out, const char **out_error);
void pm_sdl_close(struct pm_sdl_host *host);

bool pm_sdl_has_sound(const struct pm_sdl_host *host);

// Makes a key, by SDL's name for its place ("Left Ctrl", "J"), a button (one
// of enum pm_button) of a pad (0..3), in place of what it was; -1: of none.
// F5, F11, F12 and Escape keep their meaning besides. Fails with
// PM_ERR_NOT_FOUND when no key has the name, PM_ERR_INVALID for other pads
// and buttons.
pm_status pm_sdl_bind_key(struct pm_sdl_host *host, const char *key,
                          unsigned pad, int button);

// The text in the window's frame.
void pm_sdl_set_title(struct pm_sdl_host *host, const char *title);

// Takes in what happened, and gives the state of pads and pointer. A key
// that went down and up again since the last poll is down in this one.
// [wishes] is set as a whole.
void pm_sdl_poll(struct pm_sdl_host *host, struct pm_frame_input *input,
                 struct pm_sdl_wishes *wishes);

// Shows a picture of PM_PICTURE_PIXELS pixels in the middle of the window,
// by the largest whole factor that fits. Fails with PM_ERR_IO when the
// display cannot.
pm_status pm_sdl_present(struct pm_sdl_host *host, const uint16_t *pixels);

// Adds [frames] pairs of samples (left, right; 48,000 pairs a second) behind
// those that are still to be played. Where more than a tenth of a second
// waits, the new ones are dropped, so that sound never lags behind the
// picture.
void pm_sdl_queue_audio(struct pm_sdl_host *host, const int16_t *stereo,
                        size_t frames);

// Waits until the next sixtieth of a second, counted without drift and
// whatever the display's own rate is. After a delay up to four ticks are
// caught up at once; a longer one (a suspended machine) is forgotten.
void pm_sdl_wait_next_tick(struct pm_sdl_host *host);

#ifdef __cplusplus
}
#endif

#endif
