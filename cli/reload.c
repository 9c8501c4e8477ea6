// SPDX-License-Identifier: MIT
#include "reload.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

// Programs that save files write them in several steps, and several of them at
// once: a change is built when nothing more has changed for so many looks. Few
// do while no file is just being written to; where one is, or nobody can tell,
// more. At the latest it is built after so many.
#define SETTLE_LOOKS  2
#define WRITING_LOOKS 8
#define MOST_LOOKS    240

// Where the system tells nothing of changes, every so many looks one is real.
#define PAUSE_LOOKS 30

int cli_reload_begin(struct cli_reload *reload, const char *folder,
                     const char *profile, struct cli_cart *cart)
{
    *reload =
        (struct cli_reload){.folder = folder, .profile = profile, .cart = cart};
    pm_buf_init(&reload->error, &cli_alloc);
    cli_project_roots_init(&reload->project, folder);
    cli_pbs_init(&reload->sources, folder);
    return cli_rebuild_project(&reload->sources, profile, NULL, cart, NULL);
}

int cli_reload_open(struct cli_reload *reload, bool polls)
{
    if (pm_watch_open(&cli_alloc, reload->project.roots,
                      PM_ARRAY_LEN(reload->project.roots), polls,
                      &reload->watch) == PM_OK)
        return CLI_OK;
    cli_error("memory is short");
    return CLI_WORLD;
}

void cli_reload_close(struct cli_reload *reload)
{
    if (!reload->folder)
        return;
    pm_watch_close(reload->watch);
    cli_project_roots_free(&reload->project);
    cli_pbs_free(&reload->sources);
    pm_buf_free(&reload->error);
    *reload = (struct cli_reload){0};
}

// --- one version -------------------------------------------------------------

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1000000;
}

// Globals that start anew stand in the summary.
static void print_report(const struct pm_report *report)
{
    for (size_t i = 0; i < pm_report_count(report); i++) {
        const char *line = pm_report_line(report, i);
        if (!strstr(line, "warning RELOAD-GLOBAL:"))
            cli_print_line(line);
    }
}

static bool load(struct cli_reload *reload, struct cli_cart *next, double start)
{
    struct pm_cart_files files = cli_cart_files(next);
    const struct pm_report *report = NULL;
    struct pm_reload result;
    pm_status status =
        pm_machine_reload(reload->machine, &files, &result, &report);

    print_report(report);
    if (status)
        return false;
    printf("reloaded in %.0f ms: %s\n", now_ms() - start, result.text);
    return true;
}

static bool build(struct cli_reload *reload)
{
    double start = now_ms();
    struct cli_cart next;

    cli_cart_init(&next);
    bool is_done = cli_rebuild_project(&reload->sources, reload->profile, NULL,
                                       &next, NULL) == CLI_OK &&
                   load(reload, &next, start);
    if (is_done) {
        // What the old version has opened is in use no more.
        cli_cart_free(reload->cart);
        *reload->cart = next;
    } else {
        printf("not reloaded: the version before goes on\n");
        cli_cart_free(&next);
    }
    fflush(stdout);
    return is_done;
}

static enum cli_reload_event build_anew(struct cli_reload *reload)
{
    reload->quiet = reload->waited = 0;
    reload->error.size = 0;
    reload->error.failed = false;
    cli_first_error = &reload->error;
    bool is_done = build(reload);
    cli_first_error = NULL;
    if (!is_done && reload->error.size == 0)
        pm_buf_puts(&reload->error, "the new version cannot be loaded");
    return is_done ? CLI_RELOAD_DONE : CLI_RELOAD_FAILED;
}

// --- looking -----------------------------------------------------------------

static enum pm_watch_event look(struct cli_reload *reload, int milliseconds)
{
    if (pm_watch_is_told(reload->watch))
        return pm_watch_wait(reload->watch, milliseconds);
    struct timespec time = {0, (long)milliseconds * 1000000};
    nanosleep(&time, NULL);
    if (reload->pause) {
        reload->pause--;
        return PM_WATCH_QUIET;
    }
    reload->pause = PAUSE_LOOKS;
    return pm_watch_wait(reload->watch, 0);
}

static bool has_settled(struct cli_reload *reload)
{
    if (reload->quiet >= WRITING_LOOKS || reload->waited >= MOST_LOOKS) {
        pm_watch_settle(reload->watch);
        return true;
    }
    return reload->quiet >= SETTLE_LOOKS && pm_watch_is_told(reload->watch) &&
           !pm_watch_is_writing(reload->watch);
}

enum cli_reload_event cli_reload_look(struct cli_reload *reload,
                                      int milliseconds)
{
    enum pm_watch_event event = look(reload, milliseconds);

    if (event == PM_WATCH_STOPPED)
        return CLI_RELOAD_STOPPED;
    if (event == PM_WATCH_CHANGED)
        reload->quiet = 0;
    else if (reload->waited)
        reload->quiet++;
    else
        return CLI_RELOAD_NONE;
    reload->waited++;
    return has_settled(reload) ? build_anew(reload) : CLI_RELOAD_NONE;
}
