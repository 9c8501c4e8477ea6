// SPDX-License-Identifier: MIT
#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash.h"

#ifdef PM_HAVE_SDL2

#include "hosts/common/png.h"
#include "hosts/sdl2/sdl2.h"

static void say_keys(const char *title, bool has_sound)
{
    printf("%s\n"
           "  arrows       move            Z X A S   a b x y\n"
           "  Q W          l r             Enter     start, Shift: select\n"
           "  mouse        touch           gamepads work too\n"
           "  F5 reset     F11 fullscreen  F12 screenshot   Esc quit\n",
           title);
    if (!has_sound)
        printf("  (no sound device was found: it plays silently)\n");
    fflush(stdout);
}

static void add_script(struct pm_input_player *player,
                       struct pm_frame_input *input)
{
    struct pm_frame_input scripted;

    if (!player)
        return;
    pm_input_player_next(player, &scripted);
    for (int i = 0; i < PM_PADS; i++)
        input->pad[i] |= scripted.pad[i];
    if (scripted.touch_present) {
        input->touch_present = 1;
        input->touch_down = scripted.touch_down;
        input->touch_x = scripted.touch_x;
        input->touch_y = scripted.touch_y;
    }
}

static void take_shot(struct pm_machine *machine, const char *shot)
{
    const char *path = shot ? shot : "screenshot.png";
    const char *error = NULL;
    pm_status status =
        pm_png_write(path, pm_machine_picture(machine), 1, &error);

    if (status)
        cli_file_error(path, status, error);
    else
        printf("picture in %s\n", path);
    fflush(stdout);
}

// What the window shows: the machine's picture, or why it stopped.
struct player {
    struct pm_machine *machine;
    struct pm_sdl_host *host;
    const char *path;
    const char *shot;
    struct pm_input_player *script;
    struct cli_reload *reload; // NULL: nothing is watched
    bool has_trapped;
    bool has_notice; // of a version that failed
    uint16_t notice[PM_PICTURE_WIDTH * CLI_NOTICE_ROWS];
    uint16_t shown[PM_PICTURE_PIXELS];
    uint16_t crash[PM_PICTURE_PIXELS];
};

static void reset(struct player *p)
{
    pm_machine_reset(p->machine);
    p->has_trapped = false;
}

// A trap ends the program, not the window.
static void tick(struct player *p, const struct pm_frame_input *input)
{
    if (p->has_trapped || pm_machine_tick(p->machine, input) != PM_TICK_TRAPPED)
        return;
    const struct pm_trap_info *trap = pm_machine_trap(p->machine);
    p->has_trapped = true;
    cli_print_trap(trap, p->path);
    cli_draw_crash(trap, p->crash);
}

// A new version may run after a trap; one that failed is told in the window.
static bool look_for_changes(struct player *p)
{
    enum cli_reload_event event =
        p->reload ? cli_reload_look(p->reload, 0) : CLI_RELOAD_NONE;

    if (event == CLI_RELOAD_DONE)
        p->has_trapped = p->has_notice = false;
    if (event == CLI_RELOAD_FAILED) {
        p->has_notice = true;
        cli_draw_notice(pm_buf_cstr(&p->reload->error), p->notice);
    }
    return event != CLI_RELOAD_STOPPED;
}

static const uint16_t *picture(struct player *p)
{
    const uint16_t *pixels =
        p->has_trapped ? p->crash : pm_machine_picture(p->machine);
    size_t rows = PM_PICTURE_HEIGHT - CLI_NOTICE_ROWS;

    if (!p->has_notice)
        return pixels;
    memcpy(p->shown, pixels, sizeof p->shown);
    memcpy(p->shown + rows * PM_PICTURE_WIDTH, p->notice, sizeof p->notice);
    return p->shown;
}

static int play(struct player *p)
{
    for (;;) {
        struct pm_frame_input input;
        struct pm_sdl_wishes wishes;

        pm_sdl_poll(p->host, &input, &wishes);
        if (wishes.quit || !look_for_changes(p))
            return p->has_trapped ? CLI_BAD : CLI_OK;
        if (wishes.reset)
            reset(p);
        add_script(p->script, &input);
        tick(p, &input);
        if (pm_sdl_present(p->host, picture(p)))
            return CLI_WORLD;
        if (!p->has_trapped)
            pm_sdl_queue_audio(p->host, pm_machine_sound(p->machine),
                               PM_SOUND_FRAMES);
        if (wishes.screenshot)
            take_shot(p->machine, p->shot);
        pm_sdl_wait_next_tick(p->host);
    }
}

// SDL may fall back to a driver that shows nothing, and a game that nobody
// sees would run for ever. A driver that the user asked for is fine.
static bool has_display(void)
{
#ifdef __linux__
    static const char *const names[] = {"DISPLAY", "WAYLAND_DISPLAY",
                                        "SDL_VIDEODRIVER"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return true;
    }
    return false;
#else
    return true;
#endif
}

int cli_play(struct pm_machine *machine, const char *path, unsigned scale,
             const char *shot, struct pm_input_player *player,
             struct cli_reload *reload)
{
    struct pm_cart_info cart;
    struct pm_sdl_host *host;
    const char *error = NULL;

    pm_machine_cart(machine, &cart);
    if (!has_display() || pm_sdl_open(cart.title, scale, &host, &error)) {
        cli_error("no window can be opened (%s); \"prometeu run %s "
                  "--headless --shot picture.png\" runs without one",
                  error ? error : "no display", path);
        return CLI_WORLD;
    }
    say_keys(cart.title, pm_sdl_has_sound(host));
    static struct player window;
    window = (struct player){.machine = machine,
                             .host = host,
                             .path = path,
                             .shot = shot,
                             .script = player,
                             .reload = reload};
    int code = play(&window);
    pm_sdl_close(host);
    return code;
}

#else

int cli_play(struct pm_machine *machine, const char *path, unsigned scale,
             const char *shot, struct pm_input_player *player,
             struct cli_reload *reload)
{
    (void)machine;
    (void)scale;
    (void)shot;
    (void)player;
    (void)reload;
    cli_error("this build has no window (SDL 2 was not there); \"prometeu run "
              "%s --headless --shot picture.png\" runs without one",
              path);
    return CLI_WORLD;
}

#endif
