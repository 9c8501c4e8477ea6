// SPDX-License-Identifier: MIT
#include "hosts/sdl2/sdl2.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts/sdl2/library.h"

#define CAUGHT_UP_TICKS 4
// Pairs that may wait: a tenth of a second.
#define SOUND_LIMIT (PM_SDL_SOUND_RATE / 10)
#define STICK_DEAD  12000

struct pm_sdl_host {
    struct pm_sdl_calls sdl;
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    SDL_AudioDeviceID audio; // 0: none
    SDL_GameController *controllers[PM_PADS];
    // What each key is: a pad's number and a button's bit, 0 for none.
    struct binding {
        uint16_t pad;
        uint16_t bit;
    } keys[SDL_NUM_SCANCODES];
    // Buttons of the keyboard that are down, and all buttons that went down
    // since the last poll.
    uint16_t held[PM_PADS];
    uint16_t tapped[PM_PADS];
    bool mouse_tapped;
    // The host's clock of the next tick.
    uint64_t next_tick; // in SDL's counts, times 60
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// --- keys --------------------------------------------------------------------

// The keys of pad 1, unless they are bound otherwise.
static const struct {
    SDL_Scancode key;
    int button;
} keymap[] = {
    {SDL_SCANCODE_UP, PM_BUTTON_UP},
    {SDL_SCANCODE_DOWN, PM_BUTTON_DOWN},
    {SDL_SCANCODE_LEFT, PM_BUTTON_LEFT},
    {SDL_SCANCODE_RIGHT, PM_BUTTON_RIGHT},
    {SDL_SCANCODE_Z, PM_BUTTON_A},
    {SDL_SCANCODE_X, PM_BUTTON_B},
    {SDL_SCANCODE_A, PM_BUTTON_X},
    {SDL_SCANCODE_S, PM_BUTTON_Y},
    {SDL_SCANCODE_Q, PM_BUTTON_L},
    {SDL_SCANCODE_W, PM_BUTTON_R},
    {SDL_SCANCODE_RETURN, PM_BUTTON_START},
    {SDL_SCANCODE_KP_ENTER, PM_BUTTON_START},
    {SDL_SCANCODE_LSHIFT, PM_BUTTON_SELECT},
    {SDL_SCANCODE_RSHIFT, PM_BUTTON_SELECT},
};

static void bind_usual_keys(struct pm_sdl_host *host)
{
    for (size_t i = 0; i < COUNT(keymap); i++)
        host->keys[keymap[i].key] =
            (struct binding){0, (uint16_t)(1 << keymap[i].button)};
}

pm_status pm_sdl_bind_key(struct pm_sdl_host *host, const char *key,
                          unsigned pad, int button)
{
    SDL_Scancode code = host->sdl.GetScancodeFromName(key);

    if (code == SDL_SCANCODE_UNKNOWN)
        return PM_ERR_NOT_FOUND;
    if (pad >= PM_PADS || button < -1 || button >= PM_BUTTONS)
        return PM_ERR_INVALID;
    // It may be down, and will go up as another button.
    host->held[host->keys[code].pad] &= (uint16_t)~host->keys[code].bit;
    host->keys[code] = (struct binding){
        (uint16_t)pad, button < 0 ? 0 : (uint16_t)(1 << button)};
    return PM_OK;
}

// --- opening -----------------------------------------------------------------

static unsigned fitting_scale(const struct pm_sdl_host *host)
{
    SDL_Rect room;
    unsigned scale = 1;

    if (host->sdl.GetDisplayUsableBounds(0, &room) != 0)
        return 3;
    while (scale < 8 &&
           (scale + 1) * PM_PICTURE_WIDTH <= (unsigned)room.w * 9 / 10 &&
           (scale + 1) * PM_PICTURE_HEIGHT <= (unsigned)room.h * 9 / 10)
        scale++;
    return scale;
}

static bool open_window(struct pm_sdl_host *host, const char *title,
                        unsigned scale)
{
    int factor = (int)(scale == 0   ? fitting_scale(host)
                       : scale < 16 ? scale
                                    : 16);

    host->sdl.SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "nearest");
    host->window = host->sdl.CreateWindow(
        title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
        PM_PICTURE_WIDTH * factor, PM_PICTURE_HEIGHT * factor,
        SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!host->window)
        return false;
    host->sdl.SetWindowMinimumSize(host->window, PM_PICTURE_WIDTH,
                                   PM_PICTURE_HEIGHT);
    // No wait for the display: the ticks are ours.
    host->renderer = host->sdl.CreateRenderer(host->window, -1, 0);
    if (!host->renderer)
        host->renderer =
            host->sdl.CreateRenderer(host->window, -1, SDL_RENDERER_SOFTWARE);
    if (!host->renderer)
        return false;
    host->sdl.RenderSetLogicalSize(host->renderer, PM_PICTURE_WIDTH,
                                   PM_PICTURE_HEIGHT);
    host->sdl.RenderSetIntegerScale(host->renderer, SDL_TRUE);
    host->texture = host->sdl.CreateTexture(
        host->renderer, SDL_PIXELFORMAT_RGB565, SDL_TEXTUREACCESS_STREAMING,
        PM_PICTURE_WIDTH, PM_PICTURE_HEIGHT);
    return host->texture != NULL;
}

// Sound is no reason to fail: there may be no device.
static void open_sound(struct pm_sdl_host *host)
{
    SDL_AudioSpec wanted = {.freq = PM_SDL_SOUND_RATE,
                            .format = AUDIO_S16SYS,
                            .channels = 2,
                            .samples = 512};

    if (host->sdl.InitSubSystem(SDL_INIT_AUDIO) != 0)
        return;
    host->audio = host->sdl.OpenAudioDevice(NULL, 0, &wanted, NULL, 0);
    if (host->audio)
        host->sdl.PauseAudioDevice(host->audio, 0);
}

static uint64_t clock_now(const struct pm_sdl_host *host)
{
    return host->sdl.GetPerformanceCounter() * PM_SDL_FRAMES_PER_SECOND;
}

// Closing forgets SDL's message, which is kept where it was until SDL is
// called again.
static pm_status give_up(struct pm_sdl_host *host, const char **out_error)
{
    struct pm_sdl_calls sdl = host->sdl;
    char message[256];

    snprintf(message, sizeof message, "%s", sdl.GetError());
    pm_sdl_close(host);
    sdl.SetError("%s", message);
    if (out_error)
        *out_error = sdl.GetError();
    return PM_ERR_UNSUPPORTED;
}

pm_status pm_sdl_open(const char *title, unsigned scale,
                      struct pm_sdl_host **out, const char **out_error)
{
    struct pm_sdl_host *host = calloc(1, sizeof *host);

    if (out_error)
        *out_error = "out of memory";
    if (!host)
        return PM_ERR_NO_MEMORY;
    if (!pm_sdl_load(&host->sdl, out_error)) {
        free(host);
        return PM_ERR_UNSUPPORTED;
    }
    if (host->sdl.Init(SDL_INIT_VIDEO) != 0 || !open_window(host, title, scale))
        return give_up(host, out_error);
    bind_usual_keys(host);
    open_sound(host);
    // Nor are controllers, which come and go anyway.
    host->sdl.InitSubSystem(SDL_INIT_GAMECONTROLLER);
    host->next_tick = clock_now(host);
    *out = host;
    return PM_OK;
}

void pm_sdl_close(struct pm_sdl_host *host)
{
    if (!host)
        return;
    for (int i = 0; i < PM_PADS; i++)
        if (host->controllers[i])
            host->sdl.GameControllerClose(host->controllers[i]);
    if (host->audio)
        host->sdl.CloseAudioDevice(host->audio);
    if (host->texture)
        host->sdl.DestroyTexture(host->texture);
    if (host->renderer)
        host->sdl.DestroyRenderer(host->renderer);
    if (host->window)
        host->sdl.DestroyWindow(host->window);
    host->sdl.Quit();
    free(host);
}

bool pm_sdl_has_sound(const struct pm_sdl_host *host)
{
    return host->audio != 0;
}

void pm_sdl_set_title(struct pm_sdl_host *host, const char *title)
{
    host->sdl.SetWindowTitle(host->window, title);
}

// --- input -------------------------------------------------------------------

static const struct {
    SDL_GameControllerButton from;
    int button;
} padmap[] = {
    {SDL_CONTROLLER_BUTTON_DPAD_UP, PM_BUTTON_UP},
    {SDL_CONTROLLER_BUTTON_DPAD_DOWN, PM_BUTTON_DOWN},
    {SDL_CONTROLLER_BUTTON_DPAD_LEFT, PM_BUTTON_LEFT},
    {SDL_CONTROLLER_BUTTON_DPAD_RIGHT, PM_BUTTON_RIGHT},
    {SDL_CONTROLLER_BUTTON_A, PM_BUTTON_A},
    {SDL_CONTROLLER_BUTTON_B, PM_BUTTON_B},
    {SDL_CONTROLLER_BUTTON_X, PM_BUTTON_X},
    {SDL_CONTROLLER_BUTTON_Y, PM_BUTTON_Y},
    {SDL_CONTROLLER_BUTTON_LEFTSHOULDER, PM_BUTTON_L},
    {SDL_CONTROLLER_BUTTON_RIGHTSHOULDER, PM_BUTTON_R},
    {SDL_CONTROLLER_BUTTON_START, PM_BUTTON_START},
    {SDL_CONTROLLER_BUTTON_BACK, PM_BUTTON_SELECT},
};

static uint16_t pad_bit(int from)
{
    for (size_t i = 0; i < COUNT(padmap); i++)
        if ((int)padmap[i].from == from)
            return (uint16_t)(1 << padmap[i].button);
    return 0;
}

static int pad_of(const struct pm_sdl_host *host, SDL_JoystickID id)
{
    SDL_GameController *controller = host->sdl.GameControllerFromInstanceID(id);
    for (int i = 0; i < PM_PADS; i++)
        if (controller && host->controllers[i] == controller)
            return i;
    return -1;
}

static void add_controller(struct pm_sdl_host *host, int index)
{
    for (int i = 0; i < PM_PADS; i++) {
        if (host->controllers[i])
            continue;
        host->controllers[i] = host->sdl.GameControllerOpen(index);
        return;
    }
}

static void remove_controller(struct pm_sdl_host *host, SDL_JoystickID id)
{
    int pad = pad_of(host, id);
    if (pad < 0)
        return;
    host->sdl.GameControllerClose(host->controllers[pad]);
    host->controllers[pad] = NULL;
}

static void toggle_fullscreen(struct pm_sdl_host *host)
{
    Uint32 flags = host->sdl.GetWindowFlags(host->window);
    host->sdl.SetWindowFullscreen(host->window,
                                  flags & SDL_WINDOW_FULLSCREEN_DESKTOP
                                      ? 0
                                      : SDL_WINDOW_FULLSCREEN_DESKTOP);
}

static void take_key(struct pm_sdl_host *host, const SDL_KeyboardEvent *event,
                     struct pm_sdl_wishes *wishes)
{
    const struct binding *key = &host->keys[event->keysym.scancode];

    if (event->repeat)
        return;
    host->held[key->pad] |= key->bit;
    host->tapped[key->pad] |= key->bit;
    switch (event->keysym.scancode) {
    case SDL_SCANCODE_ESCAPE:
        wishes->quit = true;
        break;
    case SDL_SCANCODE_F5:
        wishes->reset = true;
        break;
    case SDL_SCANCODE_F11:
        toggle_fullscreen(host);
        break;
    case SDL_SCANCODE_F12:
        wishes->screenshot = true;
        break;
    default:
        break;
    }
}

static void take_event(struct pm_sdl_host *host, const SDL_Event *event,
                       struct pm_sdl_wishes *wishes)
{
    const struct binding *key;
    int pad;

    switch (event->type) {
    case SDL_QUIT:
        wishes->quit = true;
        break;
    case SDL_KEYDOWN:
        take_key(host, &event->key, wishes);
        break;
    case SDL_KEYUP:
        key = &host->keys[event->key.keysym.scancode];
        host->held[key->pad] &= (uint16_t)~key->bit;
        break;
    case SDL_WINDOWEVENT:
        // Keys that are let go elsewhere would stay down for ever.
        if (event->window.event == SDL_WINDOWEVENT_FOCUS_LOST)
            memset(host->held, 0, sizeof host->held);
        break;
    case SDL_MOUSEBUTTONDOWN:
        host->mouse_tapped |= event->button.button == SDL_BUTTON_LEFT;
        break;
    case SDL_CONTROLLERDEVICEADDED:
        add_controller(host, event->cdevice.which);
        break;
    case SDL_CONTROLLERDEVICEREMOVED:
        remove_controller(host, event->cdevice.which);
        break;
    case SDL_CONTROLLERBUTTONDOWN:
        pad = pad_of(host, event->cbutton.which);
        if (pad >= 0)
            host->tapped[pad] |= pad_bit(event->cbutton.button);
        break;
    default:
        break;
    }
}

static uint16_t stick_bits(const struct pm_sdl_host *host,
                           SDL_GameController *controller)
{
    int x =
        host->sdl.GameControllerGetAxis(controller, SDL_CONTROLLER_AXIS_LEFTX);
    int y =
        host->sdl.GameControllerGetAxis(controller, SDL_CONTROLLER_AXIS_LEFTY);
    unsigned bits = 0;

    bits |= (x < -STICK_DEAD) << PM_BUTTON_LEFT;
    bits |= (x > STICK_DEAD) << PM_BUTTON_RIGHT;
    bits |= (y < -STICK_DEAD) << PM_BUTTON_UP;
    bits |= (y > STICK_DEAD) << PM_BUTTON_DOWN;
    return (uint16_t)bits;
}

static uint16_t controller_bits(const struct pm_sdl_host *host,
                                SDL_GameController *controller)
{
    uint16_t bits = stick_bits(host, controller);
    for (size_t i = 0; i < COUNT(padmap); i++)
        if (host->sdl.GameControllerGetButton(controller, padmap[i].from))
            bits |= (uint16_t)(1 << padmap[i].button);
    return bits;
}

static int16_t clamp(float value, int length)
{
    return value < 0                ? 0
           : value >= (float)length ? (int16_t)(length - 1)
                                    : (int16_t)value;
}

// The mouse over the picture is a pointer; once it touches, it stays one
// until it is let go, wherever it goes.
static void take_mouse(struct pm_sdl_host *host, struct pm_frame_input *input)
{
    int window_x;
    int window_y;
    float x;
    float y;
    Uint32 buttons = host->sdl.GetMouseState(&window_x, &window_y);
    bool is_down = (buttons & SDL_BUTTON_LMASK) || host->mouse_tapped;

    host->sdl.RenderWindowToLogical(host->renderer, window_x, window_y, &x, &y);
    bool is_over = host->sdl.GetMouseFocus() == host->window && x >= 0 &&
                   y >= 0 && x < PM_PICTURE_WIDTH && y < PM_PICTURE_HEIGHT;
    input->touch_x = clamp(x, PM_PICTURE_WIDTH);
    input->touch_y = clamp(y, PM_PICTURE_HEIGHT);
    input->touch_present = is_over || is_down;
    input->touch_down = is_down;
    host->mouse_tapped = false;
}

void pm_sdl_poll(struct pm_sdl_host *host, struct pm_frame_input *input,
                 struct pm_sdl_wishes *wishes)
{
    SDL_Event event;

    *input = (struct pm_frame_input){0};
    *wishes = (struct pm_sdl_wishes){0};
    while (host->sdl.PollEvent(&event))
        take_event(host, &event, wishes);
    for (int i = 0; i < PM_PADS; i++) {
        input->pad[i] = host->held[i] | host->tapped[i];
        if (host->controllers[i])
            input->pad[i] |= controller_bits(host, host->controllers[i]);
        host->tapped[i] = 0;
    }
    take_mouse(host, input);
}

// --- picture and sound -------------------------------------------------------

pm_status pm_sdl_present(struct pm_sdl_host *host, const uint16_t *pixels)
{
    if (host->sdl.UpdateTexture(host->texture, NULL, pixels,
                                PM_PICTURE_WIDTH * (int)sizeof *pixels) != 0)
        return PM_ERR_IO;
    host->sdl.SetRenderDrawColor(host->renderer, 0, 0, 0, 255);
    if (host->sdl.RenderClear(host->renderer) != 0 ||
        host->sdl.RenderCopy(host->renderer, host->texture, NULL, NULL) != 0)
        return PM_ERR_IO;
    host->sdl.RenderPresent(host->renderer);
    return PM_OK;
}

void pm_sdl_queue_audio(struct pm_sdl_host *host, const int16_t *stereo,
                        size_t frames)
{
    const size_t pair = 2 * sizeof *stereo;

    if (!host->audio)
        return;
    size_t waiting = host->sdl.GetQueuedAudioSize(host->audio) / pair;
    if (waiting < SOUND_LIMIT && frames <= SOUND_LIMIT)
        host->sdl.QueueAudio(host->audio, stereo, (Uint32)(frames * pair));
}

// --- ticks -------------------------------------------------------------------

void pm_sdl_wait_next_tick(struct pm_sdl_host *host)
{
    uint64_t tick = host->sdl.GetPerformanceFrequency();

    host->next_tick += tick;
    uint64_t now = clock_now(host);
    if (now > host->next_tick + CAUGHT_UP_TICKS * tick)
        host->next_tick = now;
    while (now < host->next_tick) {
        uint64_t left =
            (host->next_tick - now) * 1000 / tick / PM_SDL_FRAMES_PER_SECOND;
        // The last millisecond is too short to sleep exactly.
        host->sdl.Delay(left > 1 ? (Uint32)(left - 1) : 0);
        now = clock_now(host);
    }
}
