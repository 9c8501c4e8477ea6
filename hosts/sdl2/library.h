// SPDX-License-Identifier: MIT
//
// SDL 2 as a table of its functions.
//
// It brings some forty libraries with it, and most of what the command line
// does needs no window: loading them took longer than many a command. So it
// is loaded when a window is opened, where the system has a way to do that
// (PM_SDL_LIBRARY is the library's name then), and linked elsewhere.

#ifndef PM_HOST_SDL2_LIBRARY_H
#define PM_HOST_SDL2_LIBRARY_H

#include <SDL.h>
#include <stdbool.h>

struct pm_sdl_calls {
#define SDL_CALL(name) __typeof__(SDL_##name) *name;
#include "hosts/sdl2/calls.def"
#undef SDL_CALL
};

// Fills the table. False when the library is not there or has not all of it;
// [out_error] (NULL: not wanted) then says so. What was loaded stays so, for
// threads and handlers of it may live on.
bool pm_sdl_load(struct pm_sdl_calls *out, const char **out_error);

#endif
