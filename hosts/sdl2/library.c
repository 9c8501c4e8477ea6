// SPDX-License-Identifier: MIT
#include "hosts/sdl2/library.h"

#include "hosts/sdl2/sdl2.h"

#ifdef PM_SDL_LIBRARY

#include <dlfcn.h>
#include <string.h>

// POSIX promises that a function's address fits a void *, which C does not.
static bool find(void *library, const char *name, void *out)
{
    void *found = dlsym(library, name);

    memcpy(out, &found, sizeof found);
    return found != NULL;
}

bool pm_sdl_load(struct pm_sdl_calls *out, const char **out_error)
{
    void *library = dlopen(PM_SDL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    bool has_all = library != NULL;

#define SDL_CALL(name)                                                         \
    has_all = has_all && find(library, "SDL_" #name, &out->name);
#include "hosts/sdl2/calls.def"
#undef SDL_CALL
    if (!has_all && out_error)
        *out_error = library ? PM_SDL_LIBRARY " is too old"
                             : PM_SDL_LIBRARY " is not there";
    return has_all;
}

#else

bool pm_sdl_load(struct pm_sdl_calls *out, const char **out_error)
{
    (void)out_error;
    *out = (struct pm_sdl_calls){
#define SDL_CALL(name) .name = SDL_##name,
#include "hosts/sdl2/calls.def"
#undef SDL_CALL
    };
    return true;
}

#endif

bool pm_sdl_is_there(void)
{
    struct pm_sdl_calls calls;

    return pm_sdl_load(&calls, NULL);
}
