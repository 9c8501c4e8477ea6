// SPDX-License-Identifier: MIT
//
// --watch: does something again whenever files have changed.
#include <stdio.h>

#include "pack.h"

// Programs that save files write them in several steps: it is packed when
// nothing has changed for a while, or not any later than some seconds after
// the first change.
#define SETTLE_MS   120
#define MOST_SETTLE 40

static enum pm_watch_event settle(struct pm_watch *watch)
{
    enum pm_watch_event event = PM_WATCH_CHANGED;

    for (int i = 0; i < MOST_SETTLE && event == PM_WATCH_CHANGED; i++)
        event = pm_watch_wait(watch, SETTLE_MS);
    return event;
}

int cli_watch(const struct pm_watch_root *roots, size_t count, bool polls,
              void (*work)(void *context), void *context)
{
    struct pm_watch *watch;

    if (pm_watch_open(&cli_alloc, roots, count, polls, &watch)) {
        cli_error("memory is short");
        return CLI_WORLD;
    }
    for (;;) {
        work(context);
        printf("watching%s; Ctrl-C ends it\n",
               pm_watch_is_told(watch) ? "" : " (looking twice a second)");
        fflush(stdout);
        if (pm_watch_wait(watch, -1) == PM_WATCH_STOPPED ||
            settle(watch) == PM_WATCH_STOPPED)
            break;
    }
    pm_watch_close(watch);
    return CLI_OK;
}
