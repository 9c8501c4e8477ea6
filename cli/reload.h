// SPDX-License-Identifier: MIT
//
// Reloading a project while it runs, for prometeu run.

#ifndef PM_CLI_RELOAD_H
#define PM_CLI_RELOAD_H

#include "cli.h"
#include "pack.h"

enum cli_reload_event {
    CLI_RELOAD_NONE,    // nothing, or not yet
    CLI_RELOAD_DONE,    // the new version runs
    CLI_RELOAD_FAILED,  // the old one goes on; what is wrong was printed
    CLI_RELOAD_STOPPED, // SIGINT or SIGTERM came
};

struct cli_reload {
    const char *folder;
    const char *profile;
    struct pm_machine *machine;
    struct cli_cart *cart; // what is loaded
    struct cli_project_roots project;
    struct pm_watch *watch;
    unsigned pause;  // looks until the next one, where nothing tells
    unsigned quiet;  // looks without a change until it is built; 0: none came
    unsigned waited; // looks since the first change
    // The first error of the version that failed, until one does not.
    struct pm_buf error;
};

// Starts watching a project whose cartridge is in [cart]; the texts must live
// on. CLI_OK, or the exit code. From here on SIGINT and SIGTERM do not end the
// program.
int cli_reload_open(struct cli_reload *reload, const char *folder,
                    const char *profile, bool polls, struct cli_cart *cart);
// Zeroes are fine.
void cli_reload_close(struct cli_reload *reload);

// To be called some sixty times a second, with the machine that has the
// cartridge loaded: waits [milliseconds], and when files have changed and come
// to rest builds the project and reloads it.
enum cli_reload_event cli_reload_look(struct cli_reload *reload,
                                      int milliseconds);

#endif
