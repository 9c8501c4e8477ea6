// SPDX-License-Identifier: MIT
//
// Reloading a project while it runs, for prometeu run.

#ifndef PM_CLI_RELOAD_H
#define PM_CLI_RELOAD_H

#include "cli.h"
#include "pack.h"
#include "pbs.h"

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
    struct cli_pbs sources; // as they were read for the last version
    struct pm_watch *watch;
    unsigned pause;  // looks until the next one, where nothing tells
    unsigned quiet;  // looks since the last change
    unsigned waited; // looks since the first change; 0: none came
    // The first error of the version that failed, until one does not.
    struct pm_buf error;
};

// Builds the first version of a project into [cart], as cli_open_cart does;
// the texts and [cart] must live on.
int cli_reload_begin(struct cli_reload *reload, const char *folder,
                     const char *profile, struct cli_cart *cart);
// Starts watching it. CLI_OK, or the exit code. From here on SIGINT and SIGTERM
// do not end the program.
int cli_reload_open(struct cli_reload *reload, bool polls);
// Zeroes are fine.
void cli_reload_close(struct cli_reload *reload);

// To be called some sixty times a second, with the machine that has the
// cartridge loaded: waits [milliseconds], and when files have changed and come
// to rest builds the project and reloads it.
enum cli_reload_event cli_reload_look(struct cli_reload *reload,
                                      int milliseconds);

#endif
